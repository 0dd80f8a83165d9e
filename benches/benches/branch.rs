//! Merges, direct pushes and patterns, each checked before it is timed.
#![allow(
    clippy::expect_used,
    reason = "a benchmark that cannot be set up fails"
)]

use std::hint::black_box;

use clearance::branch::Confidence;
use clearance::branch::config::Policy;
use clearance::branch::merge::{
    Check, CheckStatus, Checks, MergeContext, MergeFacts, Outcome, decide_merge,
};
use clearance::branch::pattern::{Dialect, Pattern};
use clearance::branch::protect::{Actor, ChangeKind, RefChange, decide_push};
use clearance::{Role, Verdict};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn merges(c: &mut Criterion) {
    let policy = Policy::default();
    let facts = |target: &str, score| MergeFacts {
        target: target.to_owned(),
        source: Some("topic".to_owned()),
        author: "ada".to_owned(),
        head: "new".to_owned(),
        confidence: Confidence::new(score),
        checks: Checks::Listed(
            (0..9)
                .map(|i| Check {
                    name: format!("check {i}"),
                    status: CheckStatus::Success,
                    commit: None,
                })
                .collect(),
        ),
        ..MergeFacts::default()
    };
    let mut group = c.benchmark_group("merge");
    for (name, target, score, outcome) in [
        ("merges", "develop", 90.0, Outcome::Merge),
        ("asks", "staging", 80.0, Outcome::Ask),
        ("many reasons", "main", 80.0, Outcome::Deny),
    ] {
        let facts = facts(target, score);
        let context = MergeContext::default();
        assert_eq!(decide_merge(&policy, &facts, &context).outcome, outcome);
        group.bench_function(BenchmarkId::new(name, "clearance"), |b| {
            b.iter(|| decide_merge(black_box(&policy), black_box(&facts), black_box(&context)));
        });
    }
    group.finish();
}

fn pushes(c: &mut Criterion) {
    let policy = Policy::default().push;
    let mut group = c.benchmark_group("protect");
    for (name, refname, kind, verdict) in [
        (
            "own branch",
            "refs/heads/topic/one",
            ChangeKind::Update,
            Verdict::Allow,
        ),
        (
            "main, forced",
            "refs/heads/main",
            ChangeKind::Force,
            Verdict::Deny,
        ),
    ] {
        let change = RefChange {
            remote: None,
            refname,
            kind,
        };
        let actor = Actor::new(Role::Agent);
        assert_eq!(
            decide_push(&policy, &[], &change, &actor).verdict(),
            verdict
        );
        group.bench_function(BenchmarkId::new(name, "clearance"), |b| {
            b.iter(|| decide_push(black_box(&policy), &[], black_box(&change), &actor));
        });
    }
    group.finish();
}

fn patterns(c: &mut Criterion) {
    let mut group = c.benchmark_group("pattern");
    let hostile = "a".repeat(1000);
    for (name, dialect, text, refname, expected) in [
        (
            "hit",
            Dialect::Github,
            "release/**/*",
            "release/1.0/fix",
            true,
        ),
        ("miss", Dialect::Github, "release/**/*", "topic/one", false),
        (
            "hostile, 1000 bytes",
            Dialect::Wildmatch,
            "*a*a*a*a*a*b",
            hostile.as_str(),
            false,
        ),
    ] {
        let pattern = Pattern::new(dialect, text).expect("the pattern is valid");
        assert_eq!(pattern.matches(refname), expected);
        group.bench_function(BenchmarkId::new(name, "clearance"), |b| {
            b.iter(|| pattern.matches(black_box(refname)));
        });
    }
    group.finish();
}

criterion_group!(benches, merges, pushes, patterns);
criterion_main!(benches);
