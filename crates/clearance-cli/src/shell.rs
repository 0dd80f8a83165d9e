//! `clearance shell`: what a script could run, for debugging.

use std::io::{self, Write};

use clearance::shell::Env;
use clearance::shell::json::Document;
use serde_json::Value;

use crate::args::ShellOptions;
use crate::batch;
use crate::branch::with_json;
use crate::row;
use crate::setup::Failure;
use crate::status::Status;

pub(crate) fn run(options: &ShellOptions) -> Result<Status, Failure> {
    let env = Env {
        dialect: options.shell.into(),
        ..Env::default()
    };
    if options.batch {
        return batch::stream(|line| {
            with_json(line, |request| {
                match request.get("script").and_then(Value::as_str) {
                    Some(script) => with_id(request.get("id"), analysis(script.as_bytes(), &env)),
                    None => row::refusal(request.get("id"), "`script` is not a string"),
                }
            })
        });
    }
    let script = crate::check::stdin()?;
    let mut out = io::stdout().lock();
    if options.tree {
        let tree = clearance::shell::parse(&script, env.dialect, env.limits);
        write!(out, "{}", tree.pretty(tree.root()))
    } else {
        writeln!(out, "{}", analysis(&script, &env))
    }
    .map_err(Failure::writing)?;
    out.flush().map_err(Failure::writing)?;
    Ok(Status::Success)
}

fn analysis(script: &[u8], env: &Env) -> Value {
    let tree = clearance::shell::parse(script, env.dialect, env.limits);
    let analysis = clearance::shell::analyze(script, env);
    serde_json::to_value(Document::new(&tree, &analysis))
        .unwrap_or_else(|e| row::refusal(None, &e.to_string()))
}

fn with_id(id: Option<&Value>, mut answer: Value) -> Value {
    if let (Some(id), Some(answer)) = (id, answer.as_object_mut()) {
        answer.insert("id".to_owned(), id.clone());
    }
    answer
}
