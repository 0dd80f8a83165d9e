//! Any JSON as a host's rules and as rows of facts: no panic, an import never loosens our own
//! policy, and a row is allowed only where nothing speaks against it.
#![no_main]

use clearance_branch::config::Policy;
use clearance_branch::import::{ClassicRules, GitlabRules, Rulesets};
use clearance_branch::json::{answer_row, pattern_row};
use clearance_branch::protect::{
    Actor, ChangeKind, Protection, PushPolicy, RefChange, decide_push,
};
use clearance_core::Role;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return;
    };
    let mut imported: Vec<Box<dyn Protection>> = Vec::new();
    imported.extend(
        ClassicRules::from_value(&value)
            .ok()
            .map(|r| Box::new(r) as Box<_>),
    );
    imported.extend(
        Rulesets::from_value(&value)
            .ok()
            .map(|r| Box::new(r) as Box<_>),
    );
    imported.extend(
        GitlabRules::from_value(&value)
            .ok()
            .map(|r| Box::new(r) as Box<_>),
    );
    let policy = PushPolicy::default();
    for refname in ["refs/heads/main", "refs/heads/a/b", "refs/tags/v1"] {
        for kind in ChangeKind::ALL {
            let change = RefChange {
                remote: None,
                refname,
                kind,
            };
            let actor = Actor::new(Role::Agent);
            let alone = decide_push(&policy, &[], &change, &actor).verdict();
            for rules in &imported {
                let both = decide_push(&policy, &[rules.as_ref()], &change, &actor).verdict();
                assert!(both >= alone);
            }
        }
    }
    let answer = answer_row(&value, &Policy::default());
    if answer["decision"] == "merge" {
        assert_eq!(answer["verdict"], "allow");
        assert_eq!(answer["reasons"].as_array().map(Vec::len), Some(0));
    }
    let _ = pattern_row(&value);
});
