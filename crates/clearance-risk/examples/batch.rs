//! Judges JSON lines `{"id", "command", "cwd"?, "root"?, "home"?}` and answers with the verdict
//! and the findings, one line each: the risk engine alone, without policy and repository.
//! `cargo run --example batch -- batch < rows.jsonl`.

use std::io::{self, BufRead, Write};

use clearance_core::Verdict;
use clearance_risk::{Catalog, Context, Thresholds, assess};
use serde_json::{Value, json};

fn answer(line: &str, catalog: &Catalog) -> Value {
    let row: Value = match serde_json::from_str(line) {
        Ok(row) => row,
        Err(error) => return json!({"verdict": "ask", "error": error.to_string()}),
    };
    let text = |key: &str| {
        row.get(key)
            .and_then(Value::as_str)
            .map(|s| s.as_bytes().into())
    };
    let mut context = Context::default();
    context.cwd = text("cwd");
    context.root = text("root");
    context.home = text("home");
    context.bare_push = Verdict::Allow;
    let command = row
        .get("command")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let got = assess(command.as_bytes(), &context, catalog, Thresholds::default());
    let findings: Vec<Value> = got
        .findings
        .iter()
        .map(|f| {
            json!({
                "rule": f.finding.rule,
                "effect": f.finding.effect.as_str(),
                "span": [f.finding.span.start, f.finding.span.end],
                "message": f.finding.message,
            })
        })
        .collect();
    json!({
        "id": row.get("id"),
        "verdict": got.verdict.as_str(),
        "risk": got.score.risk().as_str(),
        "score": got.score.get(),
        "findings": findings,
    })
}

fn main() -> io::Result<()> {
    let catalog = Catalog::builtin();
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        writeln!(out, "{}", answer(&line?, &catalog))?;
    }
    out.flush()
}
