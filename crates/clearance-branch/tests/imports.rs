//! Imports: each host's rules, combined its own way. The documents below are our own, in the
//! shape that the hosts document.
#![cfg(all(feature = "json", feature = "gitolite"))]

use clearance_branch::import::{ClassicRules, GitlabRules, GitoliteRules, ImportError, Rulesets};
use clearance_branch::protect::{
    Actor, ChangeKind, Protection, PushPolicy, RefChange, decide_push,
};
use clearance_core::{Role, Verdict};
use proptest::prelude::*;

/// One letter for each of agent, bot, human, admin: allow, `?` ask, deny, `-` no reason.
fn verdicts(rules: &dyn Protection, refname: &str, kind: ChangeKind) -> String {
    let change = RefChange {
        remote: None,
        refname,
        kind,
    };
    let letter = |role| {
        let reasons = rules.reasons(&change, &Actor::new(role));
        match reasons.iter().map(|r| r.verdict).max() {
            None => '-',
            Some(Verdict::Allow) => 'a',
            Some(Verdict::Ask) => '?',
            Some(Verdict::Deny) => 'd',
        }
    };
    [Role::Agent, Role::Bot, Role::Human, Role::Admin]
        .into_iter()
        .map(letter)
        .collect()
}

fn check(rules: &dyn Protection, table: &[(&str, ChangeKind, &str)]) {
    for (name, kind, expected) in table {
        let refname = format!("refs/heads/{name}");
        assert_eq!(
            verdicts(rules, &refname, *kind),
            *expected,
            "{name} {kind:?}"
        );
    }
}

use ChangeKind::{Create, Delete, Force, Update};

#[test]
fn of_classic_rules_one_applies() {
    let rules = ClassicRules::from_json(include_str!("data/classic.json")).unwrap();
    let table = [
        // An exact name before any wildcard, wherever it stands.
        ("prod", Update, "dddd"),
        ("prod", Force, "dddd"),
        // Of two wildcards the first.
        ("prod-eu", Update, "ddd?"),
        ("prod-eu", Force, "dddd"),
        ("prod-eu", Delete, "????"),
        ("prod-eu", Create, "aaaa"),
        ("sandbox/x", Update, "aaaa"),
        ("sandbox/x", Force, "????"),
        ("sandbox/x", Delete, "dddd"),
        ("locked", Update, "dddd"),
        ("from/url", Update, "dddd"),
        ("other", Update, "----"),
    ];
    check(&rules, &table);
    let change = RefChange {
        remote: None,
        refname: "refs/heads/prod-eu",
        kind: Update,
    };
    let verdict = |role, name| {
        let reasons = rules.reasons(&change, &Actor::new(role).named(name));
        reasons.iter().map(|r| r.verdict).max().unwrap()
    };
    // An exception for a person asks that person, and does nothing for a program.
    assert_eq!(verdict(Role::Human, "Ann"), Verdict::Ask);
    assert_eq!(verdict(Role::Human, "bob"), Verdict::Deny);
    assert_eq!(verdict(Role::Agent, "ann"), Verdict::Deny);
}

#[test]
fn all_rulesets_apply() {
    let rules = Rulesets::from_json(include_str!("data/rulesets.json")).unwrap();
    let known = rules.clone().with_default_branch("trunk");
    let table = [
        ("trunk", Update, "ddd?"),
        ("trunk", Force, "dddd"),
        ("trunk", Delete, "dddd"),
        ("rel/1", Update, "dddd"),
        ("rel/1", Create, "dddd"),
        ("rel/1/fix", Update, "????"),
        ("topic", Update, "----"),
        ("topic", Force, "dddd"),
        // Only evaluated, or disabled.
        ("dry", Update, "----"),
    ];
    check(&known, &table);
    // Without knowing the default branch, any branch could be it.
    check(
        &rules,
        &[("topic", Update, "????"), ("topic", Force, "dddd")],
    );
    assert_eq!(verdicts(&known, "refs/tags/v1", Delete), "dddd");

    let sum = known.requirements("refs/heads/trunk").unwrap();
    assert_eq!(sum.rule, "no rewinding, default");
    assert_eq!(
        (sum.reviews, sum.checks.as_slice()),
        (2, &["build".to_owned()][..])
    );
    assert!(sum.no_force && sum.pull_request && !sum.binds_admins);
    assert!(known.requirements("refs/notes/x").is_none());
}

#[test]
fn gitlab_takes_the_most_permissive() {
    let rules = GitlabRules::from_json(include_str!("data/gitlab.json")).unwrap();
    let table = [
        ("prod", Update, "ddda"),
        ("prod", Delete, "dddd"),
        ("prod", Force, "dddd"),
        // The wildcard lets developers push and rewind, and beats the exact name.
        ("dev-main", Update, "aaaa"),
        ("dev-main", Force, "????"),
        ("closed", Update, "dddd"),
        ("someone", Update, "dd??"),
        ("owned", Update, "dd??"),
        ("free", Update, "----"),
    ];
    check(&rules, &table);
    let sum = rules.requirements("closed").unwrap();
    assert!(sum.pull_request && sum.no_force && sum.no_deletion);
}

#[test]
fn gitolite_takes_the_first_that_fits() {
    let text = include_str!("data/gitolite.conf");
    let rules = GitoliteRules::parse(text, "tool").unwrap();
    let table = [
        ("ann", "main", Update, Verdict::Allow),
        ("ann", "main", Force, Verdict::Deny),
        // Anchored in front only.
        ("ann", "mainly", Update, Verdict::Allow),
        ("bob", "main", Update, Verdict::Deny),
        ("bob", "dev/x", Update, Verdict::Allow),
        ("bob", "dev/x", Force, Verdict::Allow),
        ("bob", "dev/x", Delete, Verdict::Allow),
        ("bob", "dev/frozen", Update, Verdict::Deny),
        ("bob", "user/bob/x", Force, Verdict::Allow),
        ("bob", "user/ann/x", Force, Verdict::Deny),
        ("eve", "dev/x", Update, Verdict::Deny),
        ("b.*", "user/bob/x", Force, Verdict::Ask),
    ];
    for (user, name, kind, expected) in table {
        let refname = format!("refs/heads/{name}");
        let change = RefChange {
            remote: None,
            refname: &refname,
            kind,
        };
        let reasons = rules.reasons(&change, &Actor::new(Role::Human).named(user));
        assert_eq!(reasons[0].verdict, expected, "{user} {name} {kind:?}");
    }
    // Who pushes is not known.
    assert_eq!(verdicts(&rules, "refs/heads/dev/x", Update), "????");
    // Rules of another repository do not count, not even for their `C`.
    let other = GitoliteRules::parse(text, "other").unwrap();
    let change = RefChange {
        remote: None,
        refname: "refs/heads/x",
        kind: Create,
    };
    let by = |user| other.reasons(&change, &Actor::new(Role::Human).named(user))[0].verdict;
    assert_eq!((by("ann"), by("bob")), (Verdict::Allow, Verdict::Deny));
}

#[test]
fn an_import_never_loosens_our_own_policy() {
    let open = GitlabRules::from_json(
        r#"[{"name": "*", "push_access_levels": [{"access_level": 30}], "allow_force_push": true}]"#,
    )
    .unwrap();
    let policy = PushPolicy::default();
    for name in ["main", "develop", "topic"] {
        let refname = format!("refs/heads/{name}");
        for kind in ChangeKind::ALL {
            let change = RefChange {
                remote: None,
                refname: &refname,
                kind,
            };
            for role in [Role::Agent, Role::Bot, Role::Human, Role::Admin] {
                let alone = decide_push(&policy, &[], &change, &Actor::new(role)).verdict();
                let both = decide_push(&policy, &[&open], &change, &Actor::new(role)).verdict();
                assert!(both >= alone, "{name} {kind:?} {role:?}");
            }
        }
    }
}

#[test]
fn what_is_not_as_documented_is_refused_as_a_whole() {
    let place = |error: ImportError| match error {
        ImportError::Value { place, .. } | ImportError::Pattern { place, .. } => place,
        other => other.to_string(),
    };
    let classic = |text| place(ClassicRules::from_json(text).unwrap_err());
    assert_eq!(
        classic(r#"[{"pattern": "a"}, {"pattern": 3}]"#),
        "[1].pattern"
    );
    assert_eq!(
        classic(r#"{"pattern": "a", "enforce_admins": "yes"}"#),
        "enforce_admins"
    );
    assert_eq!(classic("[{}]"), "[0]");
    assert_eq!(classic("3"), "(the whole)");
    assert!(classic("{").starts_with("not JSON: "));
    let rulesets = |text| place(Rulesets::from_json(text).unwrap_err());
    assert_eq!(
        rulesets(r#"[{"enforcement": "sometimes"}]"#),
        "[0].enforcement"
    );
    let bad = r#"{"enforcement": "active", "conditions": {"ref_name": {"include": ["~MINE"]}}}"#;
    assert_eq!(rulesets(bad), "conditions.ref_name");
    let gitlab = |text| place(GitlabRules::from_json(text).unwrap_err());
    let bad = r#"[{"name": "a", "push_access_levels": [{"access_level": 7}]}]"#;
    assert_eq!(gitlab(bad), "[0].push_access_levels[0].access_level");
    let gitolite = |text| GitoliteRules::parse(text, "r").unwrap_err().to_string();
    assert_eq!(
        gitolite("repo r\nallow all"),
        "line 2: `allow` is not understood"
    );
    assert_eq!(
        gitolite("include \"x\""),
        "line 1: other files cannot be included"
    );
    assert_eq!(gitolite("repo r\n RW main"), "line 2: expected `= users`");
    assert!(gitolite("repo r\n RW (a = b").starts_with("line 2: "));
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,60}", lines in "((repo|RW\\+?C?D?|-|@g|include|=| |a|USER|refs/|\n){0,20})") {
        let _ = ClassicRules::from_json(&text);
        let _ = Rulesets::from_json(&text);
        let _ = GitlabRules::from_json(&text);
        let _ = GitoliteRules::parse(&text, "a");
        if let Ok(rules) = GitoliteRules::parse(&lines, "a") {
            let change = RefChange { remote: None, refname: "refs/heads/a", kind: Update };
            rules.reasons(&change, &Actor::new(Role::Human).named("a"));
        }
    }
}
