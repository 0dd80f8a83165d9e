//! Any text as gitolite's configuration: no panic, and a user whom no line names is granted
//! nothing.
#![no_main]

use clearance_branch::import::GitoliteRules;
use clearance_branch::protect::{Actor, ChangeKind, Protection, RefChange};
use clearance_core::{Role, Verdict};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: (&str, &str)| {
    let (text, name) = case;
    let Ok(rules) = GitoliteRules::parse(text, "repo") else {
        return;
    };
    let refname = format!("refs/heads/{name}");
    for kind in ChangeKind::ALL {
        let change = RefChange {
            remote: None,
            refname: &refname,
            kind,
        };
        let stranger = Actor::new(Role::Human).named("stranger-whom-nobody-names");
        let reasons = rules.reasons(&change, &stranger);
        assert!(!reasons.is_empty());
        if !text.contains("@all") && !text.contains("stranger") {
            assert!(reasons.iter().all(|r| r.verdict != Verdict::Allow));
        }
    }
});
