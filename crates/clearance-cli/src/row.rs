//! One request of `clearance batch` and its answer, in the machine form.

use clearance::{Context, Decision, Dialect, Engine, Request, Role, ToolError};
use serde_json::{Map, Value, json};

/// Decides one row. Whatever is wrong with it, the answer is `ask` with an `error`.
pub(crate) fn decide(engine: &Engine, base: &Context, row: &Value) -> Value {
    let id = row.get("id");
    match row
        .as_object()
        .ok_or_else(|| "not a JSON object".to_owned())
        .and_then(|row| {
            let request = request(row)?;
            let context = context(base, row)?;
            Ok(engine.evaluate(&request, &context))
        }) {
        Ok(decision) => answer(id, &decision),
        Err(error) => refusal(id, &error),
    }
}

/// The answer to a row that could not be decided.
pub(crate) fn refusal(id: Option<&Value>, error: &str) -> Value {
    let mut out = Map::new();
    if let Some(id) = id {
        out.insert("id".into(), id.clone());
    }
    out.insert("verdict".into(), "ask".into());
    out.insert("error".into(), error.into());
    Value::Object(out)
}

/// A decision in the machine form.
pub(crate) fn answer(id: Option<&Value>, decision: &Decision) -> Value {
    let findings: Vec<Value> = decision
        .findings()
        .iter()
        .map(|f| {
            let mut out = json!({
                "rule": f.rule,
                "effect": f.effect.as_str(),
                "verdict": f.verdict.as_str(),
                "score": f.score.get(),
                "span": [f.span.start, f.span.end],
                "message": f.message,
            });
            if let (Some(remedy), Some(out)) = (&f.remedy, out.as_object_mut()) {
                out.insert("remedy".into(), remedy.as_ref().into());
            }
            out
        })
        .collect();
    let mut out = Map::new();
    if let Some(id) = id {
        out.insert("id".into(), id.clone());
    }
    out.insert("verdict".into(), decision.verdict().as_str().into());
    out.insert("risk".into(), decision.risk().as_str().into());
    out.insert("score".into(), decision.score().get().into());
    out.insert("findings".into(), findings.into());
    Value::Object(out)
}

type Row = Map<String, Value>;

fn request(row: &Row) -> Result<Request<'_>, String> {
    let kinds = ["command", "read", "write", "url", "tool"];
    let present: Vec<&str> = kinds.into_iter().filter(|k| row.contains_key(*k)).collect();
    match present.as_slice() {
        ["command"] => Ok(Request::command(string(row, "command")?)),
        ["read"] => Ok(Request::read(string(row, "read")?)),
        ["url"] => Ok(Request::url(string(row, "url")?)),
        ["write"] => {
            let content = match row.get("content") {
                None => None,
                Some(_) => Some(string(row, "content")?.as_bytes().into()),
            };
            Ok(Request::Write {
                path: string(row, "write")?.as_bytes().into(),
                content,
            })
        }
        ["tool"] => {
            let name = string(row, "tool")?;
            let input = row.get("input").ok_or("`tool` needs `input`")?;
            match Request::from_tool(name, input) {
                // It may stand behind a gate.
                Err(ToolError::Unknown(_)) => Ok(Request::named(name)),
                other => other.map_err(|e| e.to_string()),
            }
        }
        [] => Err(format!("one of `{}` is needed", kinds.join("`, `"))),
        many => Err(format!("only one of `{}` at a time", many.join("`, `"))),
    }
}

fn context(base: &Context, row: &Row) -> Result<Context, String> {
    let mut context = base.clone();
    let path = |key| -> Result<Option<&str>, String> {
        match row.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => string(row, key).map(Some),
        }
    };
    // A row that places itself is not placed by where this program happens to run.
    let (cwd, root) = (path("cwd")?, path("root")?);
    if let Some(dir) = cwd.or(root) {
        context = context.cwd(dir).root(root.unwrap_or(dir));
    }
    // Some tools carry the folder that they run in; a relative one is below the working directory.
    if let Some(dir) = tool_folder(row)? {
        context = context.within(dir);
    }
    if let Some(home) = path("home")? {
        context = context.home(home);
    }
    if let Some(shell) = path("shell")? {
        context = context.shell(dialect(shell));
    }
    if let Some(name) = path("role")? {
        context = context.role(role(name).ok_or_else(|| format!("unknown role `{name}`"))?);
    }
    match row.get("env") {
        None | Some(Value::Null) => {}
        Some(Value::Object(variables)) => {
            for (name, value) in variables {
                let value = value
                    .as_str()
                    .ok_or_else(|| format!("`env.{name}` is not a string"))?;
                context = context.variable(name.as_str(), value);
            }
        }
        Some(_) => return Err("`env` is not an object".into()),
    }
    if let Some(gates) = row.get("gates").filter(|gates| !gates.is_null()) {
        context = context
            .gates_json(gates)
            .map_err(|e| format!("`gates`: {e}"))?;
    }
    match row.get("repo") {
        None | Some(Value::Null) => Ok(context),
        Some(state) => context
            .repository_json(state)
            .map_err(|e| format!("`repo`: {e}")),
    }
}

/// The folder that a tool's own input says it runs in.
fn tool_folder(row: &Row) -> Result<Option<&str>, String> {
    let fields = [
        "cwd",
        "workdir",
        "dir_path",
        "working_directory",
        "directory",
    ];
    let Some(input) = row.get("input").filter(|_| row.contains_key("tool")) else {
        return Ok(None);
    };
    match fields.iter().find_map(|field| input.get(field)) {
        None | Some(Value::Null) => Ok(None),
        Some(folder) => match folder.as_str() {
            Some("") => Ok(None),
            Some(folder) => Ok(Some(folder)),
            None => Err("the folder of the tool is not a string".to_owned()),
        },
    }
}

fn string<'a>(row: &'a Row, key: &str) -> Result<&'a str, String> {
    row.get(key)
        .and_then(Value::as_str)
        .ok_or_else(|| format!("`{key}` is not a string"))
}

/// The dialect of a shell by its name or path; others are not known, which is the cautious
/// reading.
fn dialect(shell: &str) -> Dialect {
    match shell.rsplit('/').next().unwrap_or(shell) {
        "bash" => Dialect::Bash,
        "sh" | "dash" => Dialect::Posix,
        "zsh" => Dialect::Zsh,
        _ => Dialect::Unknown,
    }
}

fn role(name: &str) -> Option<Role> {
    [Role::Agent, Role::Bot, Role::Human, Role::Admin]
        .into_iter()
        .find(|r| r.as_str() == name)
}
