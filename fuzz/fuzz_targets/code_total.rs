//! Any bytes, in every language: the analysis ends, and its spans lie inside the text.
#![no_main]

use clearance_risk::code::{CodeInput, Language, analyze};
use libfuzzer_sys::fuzz_target;

const LANGUAGES: &[Language] = &[
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

fuzz_target!(|data: (u8, &[u8])| {
    let (choice, code) = data;
    let Some(language) = LANGUAGES.get(usize::from(choice) % LANGUAGES.len()) else {
        return;
    };
    let report = analyze(*language, code, &CodeInput::default());
    let spans = report
        .acts
        .iter()
        .map(|a| a.span)
        .chain(report.unknown.iter().map(|u| u.0));
    for span in spans {
        assert!(span.start <= span.end && span.end as usize <= code.len());
    }
});
