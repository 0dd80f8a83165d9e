use clearance_shell::invocation::Value;

use crate::code::testing::{check, found};
use crate::code::{CodeInput, CodeTarget, Language, analyze};

mod detours;
mod reach;
mod rows;

use detours::DETOURS;

#[test]
fn texts_tell_their_effects() {
    for rows in [rows::ROWS, reach::ROWS] {
        assert!(rows.len() >= 50);
        check(Language::Python, rows);
    }
}

#[test]
fn detours_are_not_taken_for_harmless() {
    let mild = ["list", "read a.", "run-project mod", "read a", "compute"];
    let harmless: Vec<_> = DETOURS
        .iter()
        .filter(|code| {
            found(Language::Python, code)
                .iter()
                .all(|f| mild.iter().any(|m| f.starts_with(m)))
        })
        .collect();
    assert!(harmless.is_empty(), "{harmless:#?}");
}

#[test]
fn arguments_of_the_program_are_known() {
    let args = [Value::Static(b"a.txt"[..].into())];
    let report = analyze(
        Language::Python,
        b"import sys\nopen(sys.argv[1], 'w')",
        &CodeInput { args: &args },
    );
    assert_eq!(report.acts.len(), 1);
    assert_eq!(
        report.acts[0].target,
        CodeTarget::Path(Value::Static(b"a.txt"[..].into()))
    );
}

#[test]
fn deep_and_long_texts_end() {
    for unit in [
        "(",
        "[",
        "{",
        "f(",
        "a.b[",
        "lambda: ",
        "not ",
        "-",
        "a if b else ",
        "x = ",
        "f'{",
        "a + ",
        "a.b().c",
        "if x:\n ",
        "def f():\n ",
        "class A:\n ",
    ] {
        let code = unit.repeat(5000);
        let _ = analyze(Language::Python, code.as_bytes(), &CodeInput::default());
        let _ = analyze(Language::JavaScript, code.as_bytes(), &CodeInput::default());
    }
    let nested = (0..300)
        .map(|d| format!("{}if x:\n", " ".repeat(d)))
        .collect::<String>();
    let _ = analyze(Language::Python, nested.as_bytes(), &CodeInput::default());
}
