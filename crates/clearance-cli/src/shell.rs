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
                    Some(script) => {
                        let env = told(request, &env);
                        with_id(request.get("id"), analysis(script.as_bytes(), &env))
                    }
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

/// What a request tells of the world: `home`, `variables` (with `null` for one that is not set),
/// `positional`, the list of `$0`, `$1` and so on, and `status`, which `$?` is at first.
fn told(request: &Value, env: &Env) -> Env {
    let mut env = env.clone();
    let text = |value: &Value| value.as_str().map(|text| text.as_bytes().into());
    env.home = request.get("home").and_then(text);
    for (name, value) in request
        .get("variables")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        match (text(value), value.is_null()) {
            (Some(value), _) => env.variables.push((name.as_bytes().into(), value)),
            (None, true) => env.unset.push(name.as_bytes().into()),
            (None, false) => {}
        }
    }
    let list = request.get("positional").and_then(Value::as_array);
    let status = request.get("status").and_then(Value::as_u64);
    env.status = status.and_then(|status| u8::try_from(status).ok());
    env.positional = list.and_then(|list| list.iter().map(text).collect());
    env
}

fn with_id(id: Option<&Value>, mut answer: Value) -> Value {
    if let (Some(id), Some(answer)) = (id, answer.as_object_mut()) {
        answer.insert("id".to_owned(), id.clone());
    }
    answer
}
