//! `clearance merge`, `route`, `gate`, `pattern` and `push`: JSON facts in, a decision out.

use std::io::{self, Write};
use std::path::Path;

use clearance::branch::config::Policy;
use clearance::branch::json::{
    Reading, answer_gate, answer_merge, answer_route, answer_row, pattern_row,
};
use serde_json::Value;

use crate::args::FactsOptions;
use crate::batch;
use crate::lines;
use crate::row;
use crate::setup::Failure;
use crate::status::Status;

/// What is to be decided.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Question {
    Merge,
    Route,
    Gate,
}

pub(crate) fn run(question: Question, options: &FactsOptions) -> Result<Status, Failure> {
    let policy = policy(options.policy.as_deref())?;
    if options.batch {
        return batch::stream(|line| with_json(line, |row| answer_row(row, &policy)));
    }
    single(options.json, |facts| match question {
        Question::Merge => answer_merge(facts, &policy, Reading::Strict),
        Question::Route => answer_route(inner(facts), &policy),
        Question::Gate => answer_gate(inner(facts), &policy),
    })
}

/// `clearance pattern --batch`.
pub(crate) fn patterns() -> Result<Status, Failure> {
    batch::stream(|line| with_json(line, pattern_row))
}

/// The facts themselves, whether or not they stand under `input` as in a row.
fn inner(facts: &Value) -> &Value {
    facts.get("input").unwrap_or(facts)
}

/// One JSON text on standard input, its answer on standard output.
pub(crate) fn single(
    as_json: bool,
    answer: impl FnOnce(&Value) -> Value,
) -> Result<Status, Failure> {
    let text = crate::check::stdin()?;
    let facts: Value = serde_json::from_slice(&text)
        .map_err(|e| Failure::Other(format!("standard input is not JSON: {e}")))?;
    let answer = answer(&facts);
    let mut out = io::stdout().lock();
    let text = answer.get("text").and_then(Value::as_str);
    match text.filter(|_| !as_json) {
        Some(text) => writeln!(out, "{}", text.trim_end()),
        None => writeln!(out, "{answer}"),
    }
    .map_err(Failure::writing)?;
    out.flush().map_err(Failure::writing)?;
    Ok(status(&answer))
}

/// The exit status of an answer; one without a verdict failed.
pub(crate) fn status(answer: &Value) -> Status {
    match answer.get("verdict").and_then(Value::as_str) {
        Some("allow") => Status::Success,
        Some("ask") => Status::Ask,
        Some("deny") => Status::Deny,
        _ => Status::Failure,
    }
}

/// The answer to a line of JSON. One that is no JSON is answered with its `id`, if that can
/// be read.
pub(crate) fn with_json(line: &[u8], answer: impl FnOnce(&Value) -> Value) -> Value {
    match clearance::branch::json::parse_row(line) {
        Ok(row) if row.is_object() => answer(&row),
        Ok(_) => row::refusal(None, "not a JSON object"),
        Err(error) => {
            let id = lines::salvage_id(line);
            row::refusal(id.as_ref(), &format!("not a JSON object: {error}"))
        }
    }
}

/// The branch policy of a file, or the built-in one.
pub(crate) fn policy(file: Option<&Path>) -> Result<Policy, Failure> {
    match file {
        None => Ok(Policy::default()),
        Some(file) => clearance::branch_policy_file(file).map_err(|e| Failure::Policy(Box::new(e))),
    }
}
