//! Tables of texts for the tests: what is expected is written in a short form.

use clearance_shell::invocation::Value;

use super::{CodeInput, CodeTarget, Language, analyze};

/// A text, and what it does, in any order: `?` for something not understood, else the effect and
/// its target. `...` stands for what is not known.
pub(super) type Row = (&'static str, &'static [&'static str]);

fn value(value: &Value) -> String {
    let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
    match value {
        Value::Static(b) => text(b),
        Value::OneOf(many) => many.iter().map(|b| text(b)).collect::<Vec<_>>().join("|"),
        Value::Glob(glob) => format!("glob:{}", text(&glob.pattern)),
        Value::Dynamic(d) => format!("{}...{}", text(&d.prefix), text(&d.suffix)),
    }
}

fn target(of: &CodeTarget) -> String {
    match of {
        CodeTarget::None => String::new(),
        CodeTarget::Path(v) => format!(" {}", value(v)),
        CodeTarget::Argv(words) => words.iter().map(|w| format!(" {}", value(w))).collect(),
        CodeTarget::Shell(v) => format!(" sh {}", value(v)),
        CodeTarget::Url(v) => format!(" url {}", value(v)),
        CodeTarget::Variable(v) => format!(" ${}", value(v)),
        CodeTarget::Module(v) => format!(" mod {}", value(v)),
        CodeTarget::Code(language, v) => format!(" {language:?} {}", value(v)),
    }
}

/// What the analysis says, in the short form.
pub(super) fn found(language: Language, code: &str) -> Vec<String> {
    let report = analyze(language, code.as_bytes(), &CodeInput::default());
    for span in report
        .acts
        .iter()
        .map(|a| a.span)
        .chain(report.unknown.iter().map(|u| u.0))
    {
        assert!(span.end as usize <= code.len(), "{code:?}: {span:?}");
    }
    let mut out: Vec<String> = report
        .acts
        .iter()
        .map(|a| format!("{}{}", a.effect, target(&a.target)))
        .collect();
    if !report.unknown.is_empty() {
        out.push("?".to_owned());
    }
    out.sort();
    out.dedup();
    out
}

/// Every row gives exactly what it says.
#[track_caller]
pub(super) fn check(language: Language, rows: &[Row]) {
    let mut wrong = String::new();
    for (code, expected) in rows {
        let mut expected: Vec<String> = expected.iter().map(|e| (*e).to_owned()).collect();
        expected.sort();
        let found = found(language, code);
        if found != expected {
            wrong.push_str(&format!(
                "{code:?}\n  expected {expected:?}\n  found    {found:?}\n"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
