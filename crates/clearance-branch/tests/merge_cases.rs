//! Cases of merges, as data; the text that people read; and properties of any facts.
#![cfg(all(feature = "json", feature = "toml"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use clearance_branch::config::Policy;
use clearance_branch::json::{
    Reading, answer_gate, answer_merge, answer_push, answer_row, merge_facts, parse_row,
    pattern_row,
};
use clearance_branch::merge::{CheckStatus, Checks, Outcome, decide_merge};
use clearance_branch::{Confidence, Percent};
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    pr: Value,
    #[serde(default)]
    context: Value,
    decision: String,
    who: Option<String>,
    to: Option<String>,
    #[serde(default)]
    reasons: Vec<String>,
}

#[test]
fn every_case() {
    let file: File = toml::from_str(include_str!("data/merge.toml")).unwrap();
    for mut case in file.case {
        let pr = case.pr.as_object_mut().unwrap();
        pr.entry("author").or_insert("ada".into());
        pr.entry("head").or_insert("new".into());
        let row = json!({ "id": case.name, "pr": case.pr, "context": case.context });
        let answer = answer_row(&row, &Policy::default());
        let name = &case.name;
        assert_eq!(answer["id"], *name);
        assert_eq!(
            answer["decision"], case.decision,
            "{name}: {}",
            answer["text"]
        );
        assert_eq!(
            answer["reasons"],
            json!(case.reasons),
            "{name}: {}",
            answer["text"]
        );
        assert_eq!(
            answer.get("who"),
            case.who.map(Value::from).as_ref(),
            "{name}"
        );
        assert_eq!(
            answer.get("to"),
            case.to.map(Value::from).as_ref(),
            "{name}"
        );
        let allowed = answer["verdict"] == "allow";
        assert_eq!(allowed, case.decision == "merge", "{name}");
    }
}

#[test]
fn the_text_names_reasons_notes_and_what_would_help() {
    let facts = json!({
        "pr": {
            "target": "main", "source": "pre-production", "author": "ada", "head": "new",
            "confidence": 97,
            "approvals": [{ "by": "grace", "role": "executive", "sha": "old" }],
            "checks": { "success": 7, "skipped": 1 },
        },
        "context": { "breaker": "open", "manual_trigger": true },
    });
    let answer = answer_merge(&facts, &Policy::default(), Reading::Strict);
    let expected = "\
wait
  wait [checks_missing]: 8 checks passed, 9 are required
  wait [circuit_breaker]: the circuit breaker is open
  ask [confidence_low]: the score is 97; `main` asks for 100
  ask [needs_executive]: `main` asks for an approval of level executive
  ask [needs_review]: `main` asks for 1 approvals, 0 count
  note: the approval by `grace` does not count: it is of an older commit
  note: skipped, and counted as passed: skipped 1
  it would merge with: one more check that passes on the head commit; an approval of the head \
commit by an executive that names the override `confidence` and `breaker`";
    assert_eq!(answer["text"], expected);
}

#[test]
fn checks_that_nobody_mentions_are_vouched_for_in_rows_only() {
    let facts = json!({
        "pr": {
            "target": "main", "source": "pre-production", "author": "ada", "head": "new",
            "confidence": 100, "approvals": [{ "by": "grace", "role": "executive" }],
        },
        "context": { "manual_trigger": true },
    });
    let policy = Policy::default();
    assert_eq!(
        answer_merge(&facts, &policy, Reading::Vouched)["decision"],
        "merge"
    );
    let strict = answer_merge(&facts, &policy, Reading::Strict);
    assert_eq!(
        (&strict["decision"], &strict["reasons"]),
        (&json!("wait"), &json!(["checks_missing"]))
    );
}

#[test]
fn windows_of_the_policy_freeze_and_need_the_time() {
    let policy = "[[freeze]]\nname = 'week end'\nfrom = 'fri 16:00'\nuntil = 'mon 08:00'\n\
                  time_zone = '+01:00'\ntargets = ['develop']";
    let policy = Policy::from_toml(policy, "p.toml").unwrap();
    let at = |now: Value, target: &str| {
        let row = json!({
            "pr": { "target": target, "author": "ada", "head": "new", "confidence": 99 },
            "context": { "now": now },
        });
        answer_row(&row, &policy)["reasons"].clone()
    };
    assert_eq!(
        at(json!("2026-01-16T15:00:00Z"), "develop"),
        json!(["freeze"])
    );
    assert_eq!(at(json!("2026-01-16T14:59:59Z"), "develop"), json!([]));
    assert_eq!(at(json!("2026-01-16T15:00:00Z"), "staging"), json!([]));
    assert_eq!(at(json!(null), "develop"), json!(["clock_unknown"]));
    assert_eq!(
        at(json!("today"), "develop"),
        json!(["clock_unknown", "facts_invalid"])
    );
}

#[test]
fn owners_of_changed_files_must_approve() {
    let policy = Policy::from_toml("[target.develop]\ncode_owners = true", "p.toml").unwrap();
    let reasons = |owners: Value, by: &str| {
        let row = json!({ "pr": {
            "target": "develop", "author": "ada", "head": "new", "confidence": 99,
            "owners": owners, "approvals": [{ "by": by, "role": "reviewer" }],
        }});
        answer_row(&row, &policy)["reasons"].clone()
    };
    assert_eq!(
        reasons(json!([["@grace"], ["@joan", "@grace"]]), "grace"),
        json!([])
    );
    assert_eq!(
        reasons(json!([["@grace"], ["@joan"]]), "grace"),
        json!(["needs_code_owner"])
    );
    assert_eq!(reasons(json!([[]]), "grace"), json!([]));
    assert_eq!(reasons(json!(null), "grace"), json!(["needs_code_owner"]));
}

#[test]
fn a_stricter_policy_reads_skipped_checks_as_missing_and_binds_administrators() {
    let text = "[target.develop]\nrequired_checks = ['build']\nskipped_checks = 'missing'\n\
                enforce_admins = true\noptional_checks = ['lint']";
    let policy = Policy::from_toml(text, "p.toml").unwrap();
    let reasons = |checks: Value| {
        let row = json!({ "pr": {
            "target": "develop", "author": "ada", "head": "new", "confidence": 99,
            "admin_bypass": true, "checks": checks,
        }});
        answer_row(&row, &policy)["reasons"].clone()
    };
    let one = |name: &str, status: &str| json!([{ "name": name, "status": status }]);
    assert_eq!(reasons(one("build", "success")), json!([]));
    assert_eq!(reasons(one("build", "skipped")), json!(["checks_missing"]));
    assert_eq!(reasons(one("build", "failure")), json!(["check_failed"]));
    assert_eq!(reasons(one("test", "success")), json!(["checks_missing"]));
    let both = json!([
        { "name": "build", "status": "success" }, { "name": "lint", "status": "failure" },
    ]);
    assert_eq!(reasons(both), json!([]));
}

#[test]
fn malformed_rows_ask() {
    let rows = [
        json!(null),
        json!({ "id": 1 }),
        json!({ "id": 1, "input": 7 }),
        json!({ "input": { "ref": 7 } }),
        json!({ "input": { "ref": "refs/heads/x", "actor": "king" } }),
        json!({ "input": { "ref": "refs/heads/x", "force": "no" } }),
    ];
    for row in rows {
        let answer = answer_row(&row, &Policy::default());
        assert_eq!(answer["verdict"], "ask", "{row}");
        assert!(answer["error"].is_string(), "{row}");
        assert_eq!(answer.get("id"), row.get("id"));
    }
    let answer = answer_row(&json!({ "pr": 3 }), &Policy::default());
    assert_eq!(answer["verdict"], "deny");
    assert!(
        answer_push(&json!({ "ref": "refs/heads/main" }), &Policy::default())["verdict"] == "deny"
    );
    let misspelt = json!({ "command": "cto.plan", "validation": "PROCEED", "human": "APPROVED", "decidedat": 3 });
    assert_eq!(answer_gate(&misspelt, &Policy::default())["gate"], "closed");
    assert_eq!(pattern_row(&json!({ "dialect": "github" }))["match"], false);
}

#[test]
fn words_for_non_numbers_are_no_numbers() {
    let row = parse_row(br#"{"a": [NaN, -Infinity, Infinity], "b": "say \"NaN\" \\", "c": NaN}"#);
    let expected =
        json!({"a": ["NaN", "-Infinity", "Infinity"], "b": "say \"NaN\" \\", "c": "NaN"});
    assert_eq!(row.unwrap(), expected);
    assert!(parse_row(b"{\"a\": NaN").is_err());
    assert!(parse_row(b"\xff").is_err());
}

/// Any JSON of the right shape, and some of the wrong one.
fn row() -> impl Strategy<Value = Value> {
    let target = prop::sample::select(vec!["develop", "staging", "pre-production", "main", "x"]);
    let source = prop::sample::select(vec!["develop", "staging", "pre-production", "topic"]);
    let role = prop::sample::select(vec!["reviewer", "technical-lead", "executive", "guest"]);
    let over = prop::sample::select(vec!["confidence", "freeze", "breaker"]);
    let by = prop::sample::select(vec!["ada", "grace", "Grace", "joan"]);
    let sha = prop::sample::select(vec!["new", "old"]);
    let approval = (role, over, by, sha, any::<bool>()).prop_map(|(role, over, by, sha, bot)| {
        json!({ "role": role, "override": over, "by": by, "sha": sha, "bot": bot })
    });
    let status = prop::sample::select(vec!["success", "skipped", "pending", "failure"]);
    let check =
        ("[abc]", status).prop_map(|(name, status)| json!({ "name": name, "status": status }));
    let flags = prop::collection::vec(any::<bool>(), 7);
    let pr = (
        target,
        source,
        0.0..101.0_f64,
        prop::collection::vec(approval, 0..4),
        prop::collection::vec(check, 0..5),
        flags.clone(),
    );
    let breaker = prop::sample::select(vec!["closed", "half-open", "open"]);
    let context = (breaker, 0.0..200.0_f64, 0.0..10.0_f64, flags);
    (pr, context).prop_map(|((target, source, score, approvals, checks, f), (breaker, hours, days, g))| {
        json!({
            "pr": {
                "target": target, "source": source, "author": "ada", "head": "new",
                "confidence": score, "approvals": approvals, "checks": checks,
                "promotion": f[0], "revert": f[1], "hotfix": f[2], "admin_bypass": f[3],
                "draft": f[4] && f[5], "impact": { "revenue": if f[6] { "high" } else { "low" } },
            },
            "context": {
                "breaker": breaker, "hours_since_promotion": hours, "cab_days": days,
                "frozen": g[0] && g[1], "manual_trigger": g[2],
                "metrics": { "cls": if g[3] { Value::Null } else { json!(days / 20.0) } },
                "vulnerabilities": [{ "severity": "high", "age_h": hours }],
            },
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn less_is_never_more_permissive(row in row(), which in any::<prop::sample::Index>()) {
        let policy = Policy::default();
        let (facts, context) = merge_facts(&row, Reading::Vouched);
        let outcome = decide_merge(&policy, &facts, &context).outcome;

        let mut fewer = facts.clone();
        if !fewer.approvals.is_empty() {
            fewer.approvals.remove(which.index(fewer.approvals.len()));
            prop_assert!(decide_merge(&policy, &fewer, &context).outcome >= outcome);
        }
        let mut failed = facts.clone();
        if let Checks::Listed(list) = &mut failed.checks {
            let passing = list.iter_mut().find(|c| c.status == CheckStatus::Success);
            if let (Some(check), false) = (passing, facts.admin_bypass) {
                check.status = CheckStatus::Failed;
                prop_assert!(decide_merge(&policy, &failed, &context).outcome >= outcome);
            }
        }
        let lower = facts.confidence.counts_as().map_or(0.0, Percent::get) / 2.0;
        for confidence in [Confidence::new(lower), Confidence::Missing, Confidence::Invalid] {
            let scored = clearance_branch::merge::MergeFacts { confidence, ..facts.clone() };
            prop_assert!(decide_merge(&policy, &scored, &context).outcome >= outcome);
        }
        for flag in [true, false] {
            let mut worse = facts.clone();
            worse.changes_requested = true;
            worse.veto = flag;
            prop_assert!(decide_merge(&policy, &worse, &context).outcome >= outcome);
        }
    }

    #[test]
    fn a_decision_merges_exactly_without_reasons(row in row()) {
        let (facts, context) = merge_facts(&row, Reading::Strict);
        let decision = decide_merge(&Policy::default(), &facts, &context);
        prop_assert_eq!(decision.reasons.is_empty(), decision.outcome == Outcome::Merge);
        prop_assert_eq!(decision.who().is_some(), decision.outcome.as_str() == "ask");
        let sorted = decision.reasons.windows(2).all(|w| w[0].outcome >= w[1].outcome);
        prop_assert!(sorted);
    }

    #[test]
    fn no_json_panics(text in "[\\[\\]{}\":,a-z0-9 .-]{0,80}") {
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            let _ = answer_row(&value, &Policy::default());
            let _ = pattern_row(&value);
            let row = json!({ "pr": value, "context": value });
            prop_assert!(answer_row(&row, &Policy::default())["verdict"] != "allow");
        }
    }
}
