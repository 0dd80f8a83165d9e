//! Scripts and what they could run.

use std::fmt::Write;

mod arrays;
mod code;
mod control;
mod corners;
mod effects;
mod limits;
mod origins;
mod printed;
mod streams;
mod traps;

use super::analyze;
use crate::invocation::{Analysis, Cwd, Env, Reason, Value, Word};

/// A word: its text, `{a|b}`, `*glob*`, or `?prefix…suffix` (`#` for a number).
fn word(word: &Word) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match &word.value {
        Value::Static(bytes) => text(bytes),
        Value::OneOf(all) => {
            format!(
                "{{{}}}",
                all.iter()
                    .map(|item| text(item))
                    .collect::<Vec<_>>()
                    .join("|")
            )
        }
        Value::Glob(glob) => format!("*{}*", text(&glob.pattern)),
        Value::Dynamic(known) if known.numeric => "#".to_owned(),
        Value::Dynamic(known) => format!("?{}…{}", text(&known.prefix), text(&known.suffix)),
    }
}

/// One line an invocation: assignments, words, and (if it changed) the directory.
fn lines(analysis: &Analysis) -> Vec<String> {
    let mut lines = Vec::new();
    for invocation in &analysis.invocations {
        let mut parts: Vec<String> = Vec::new();
        for assignment in &invocation.assignments {
            let name = String::from_utf8_lossy(&assignment.name).into_owned();
            parts.push(format!("{name}={}", word(&assignment.value)));
        }
        parts.extend(invocation.argv.iter().map(word));
        let mut line = parts.join(" ");
        match &invocation.cwd {
            Cwd::Known(path) if **path == *b"/w" => {}
            Cwd::Known(path) => {
                let _ = write!(line, " @{}", String::from_utf8_lossy(path));
            }
            Cwd::OneOf(all) => {
                let all: Vec<_> = all
                    .iter()
                    .map(|path| String::from_utf8_lossy(path))
                    .collect();
                let _ = write!(line, " @{{{}}}", all.join("|"));
            }
            Cwd::Below(path) => {
                let _ = write!(line, " @{}/…", String::from_utf8_lossy(path));
            }
            Cwd::Printed(printed) => {
                let _ = write!(line, " @#{}", printed.by);
                line.push_str(if printed.unquoted { "?" } else { "" });
                line.push_str(if printed.or_stayed { "|" } else { "" });
                for (mark, text) in [("/", Some(&printed.path)), ("<", printed.top.as_ref())] {
                    if let Some(text) = text.filter(|text| !text.is_empty()) {
                        let _ = write!(line, "{mark}{}", String::from_utf8_lossy(text));
                    }
                }
            }
            Cwd::Unknown => line.push_str(" @?"),
        }
        lines.push(line);
    }
    lines
}

fn env() -> Env {
    Env {
        cwd: Some(b"/w".as_slice().into()),
        home: Some(b"/home/u".as_slice().into()),
        ..Env::default()
    }
}

fn run(script: &str) -> Analysis {
    analyze(script.as_bytes(), &env())
}

/// Scripts that are understood entirely, and what they run.
fn check(table: &[(&str, &[&str])]) {
    for (script, want) in table {
        let analysis = run(script);
        assert_eq!(lines(&analysis), *want, "{script}");
        assert!(analysis.complete, "{script}");
        assert_eq!(analysis.opaque, [], "{script}");
    }
}

/// Scripts with a site whose meaning is not known.
fn opaque(table: &[(&str, Reason)]) {
    for (script, reason) in table {
        let analysis = run(script);
        assert!(
            analysis.opaque.iter().any(|site| site.reason == *reason),
            "{script}: {:?}",
            analysis.opaque
        );
    }
}
