//! Patterns of every dialect on any names: no panic, and a pattern that has no special
//! character covers exactly the names that it should.
#![no_main]

use clearance_branch::lint::lint_pattern;
use clearance_branch::pattern::{Dialect, Pattern};
use clearance_branch::refspec::is_ref_name;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: (u8, &str, &str)| {
    let (dialect, text, name) = case;
    let dialect = Dialect::ALL[usize::from(dialect) % Dialect::ALL.len()];
    let Ok(pattern) = Pattern::new(dialect, text) else {
        return;
    };
    let matched = pattern.matches(name);
    assert_eq!(pattern.matches(name), matched);

    let plain = |c: char| c.is_ascii_alphanumeric() || c == '/' || c == '-';
    let compares_whole = matches!(
        dialect,
        Dialect::Github | Dialect::Gitlab | Dialect::Refspec
    );
    if compares_whole && text.chars().all(plain) {
        assert_eq!(matched, text == name, "{dialect} `{text}` on `{name}`");
    }
    let never = lint_pattern(&pattern)
        .iter()
        .any(|l| l.code == "pattern-never");
    // Never, that is: no name that git takes (`\[` only covers `[`).
    let possible = is_ref_name(&format!("refs/heads/{name}"), false);
    if never && dialect == Dialect::Github && !name.starts_with("refs/") && possible {
        assert!(
            !matched,
            "`{text}` was said never to match, and covers `{name}`"
        );
    }
});
