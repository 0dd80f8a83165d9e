//! Properties of every analyser: total, spans inside the text, and never calmer when something
//! dangerous is added.

use proptest::prelude::*;

use super::testing::found;
use super::{CodeInput, Language, analyze};

const ALL: &[Language] = &[
    Language::Python,
    Language::JavaScript,
    Language::TypeScript,
    Language::Ruby,
    Language::Perl,
    Language::Awk,
    Language::Sed,
    Language::Jq,
    Language::Sql,
    Language::Php,
    Language::Lua,
];

/// Pieces of which texts are put together that get deep into the parsers.
const PIECES: &[&str] = &[
    "import os",
    "from x import y",
    "def f(a, *b, c=1):",
    "class A(B):",
    "return",
    "yield",
    "lambda x: x",
    "for i in range(3):",
    "with open('a') as f:",
    "f'{x!r:>{w}}'",
    "print(",
    "os.system('id')",
    "[i for i in x if i]",
    "{'a': 1, **b}",
    "x = ",
    "x += ",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ";",
    "\n",
    "\n  ",
    "'",
    "\"",
    "`",
    "\\",
    "#",
    "//",
    "/*",
    "*/",
    "=>",
    "${",
    "const a =",
    "function f() {",
    "require('fs')",
    "async",
    "await",
    "new A",
    "/re/g",
    "select 1",
    "drop table t",
    "--",
    "$$",
    ".shell id",
    "\\!",
    "s/a/b/e",
    "w f",
    "1,2",
    "BEGIN{",
    "print > ",
    "| getline",
    "system(",
    "$ENV",
    "env",
    "\\(",
    "qx(",
    "%w[",
    "#{",
    "@{[",
    "$x",
    "@a",
    "%h",
    "<>",
    "<<A",
    "->",
    "::",
    "=~",
    "not ",
    "-",
    "\u{2028}",
    "\0",
    "é",
    "match x:",
    "case y:",
    "try:",
    "except E as e:",
    "global x",
    "@d",
    "*",
    "**",
    ".",
    "...",
    "1e5",
    "0x",
    "b'\\x41'",
    "r'",
    "'''",
    "if",
    "else",
    "elif",
    "while",
    "x if y else z",
    "async def g():",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_give_a_report_with_spans_inside(code in proptest::collection::vec(any::<u8>(), 0..200)) {
        for language in ALL {
            total(*language, &code)?;
        }
    }

    #[test]
    fn any_pieces_give_a_report_with_spans_inside(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40),
        gap in "[ \n]?",
    ) {
        let code = pieces.join(&gap);
        for language in ALL {
            total(*language, code.as_bytes())?;
        }
    }

    /// Whatever comes before on its own lines, the danger at the end is told, or the text is not
    /// understood.
    #[test]
    fn danger_at_the_end_is_never_lost(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..12),
    ) {
        let before = pieces.join(" ");
        let seen = |told: &[String]| told.iter().any(|f| f == "?" || f.contains(" sh "));
        let code = format!("{before}\nimport os\nos.system('rm -rf /')");
        // Inside a string of several lines it is no code.
        let quoted = before.contains("'''");
        let told = found(Language::Python, &code);
        prop_assert!(quoted || seen(&told), "{code:?}: {told:?}");
        let code = format!("{before}\n;require('child_process').execSync('rm -rf /')");
        let commented = before.contains("/*");
        let told = found(Language::JavaScript, &code);
        prop_assert!(commented || seen(&told), "{code:?}: {told:?}");
    }
}

fn total(language: Language, code: &[u8]) -> Result<(), TestCaseError> {
    let report = analyze(language, code, &CodeInput::default());
    let spans = report
        .acts
        .iter()
        .map(|a| a.span)
        .chain(report.unknown.iter().map(|u| u.0));
    for span in spans {
        prop_assert!(
            span.start <= span.end && span.end as usize <= code.len(),
            "{language:?}: {span:?}"
        );
    }
    Ok(())
}

#[test]
fn languages_that_are_not_analysed_are_not_understood() {
    for language in [Language::Php, Language::Lua] {
        assert!(
            !analyze(language, b"", &CodeInput::default())
                .unknown
                .is_empty()
        );
    }
}

#[test]
fn too_long_a_text_is_not_understood() {
    let code = vec![b' '; 300 * 1024];
    for language in ALL {
        assert!(
            !analyze(*language, &code, &CodeInput::default())
                .unknown
                .is_empty()
        );
    }
}
