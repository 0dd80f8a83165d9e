//! Facts from JSON.

use std::collections::BTreeMap;

use serde_json::Value;

use super::reader::Reader;
use crate::breaker::BreakerState;
use crate::gate::GateFacts;
use crate::level::{Confidence, Level};
use crate::limits::{Severity, Vulnerability};
use crate::merge::{
    Approval, Check, CheckStatus, Checks, ImpactLevel, MergeContext, MergeFacts, Override,
};
use crate::route::RouteFacts;

/// What facts mean that are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A pull request without `checks` has none.
    Strict,
    /// A pull request without `checks` is one whose required checks have all passed on the
    /// head commit: whoever wrote the row vouches for that.
    Vouched,
}

/// Fields that decide nothing.
const HARMLESS: &[&str] = &[
    "id",
    "number",
    "title",
    "body",
    "description",
    "url",
    "html_url",
    "labels",
    "repo",
    "created_at",
    "updated_at",
    "comment",
];

/// More checks of one kind than this are no count that anybody means.
const MOST_CHECKS: u32 = 1000;

/// The facts of `{"pr": {...}, "context": {...}}`. Whatever cannot be read, and every field
/// that is not known, is noted in [`MergeFacts::problems`], which asks.
#[must_use]
pub fn merge_facts(row: &Value, reading: Reading) -> (MergeFacts, MergeContext) {
    let mut facts = pull_request(row.get("pr"), reading);
    let (context, problems) = context(row.get("context"));
    facts.problems.extend(problems);
    (facts, context)
}

fn pull_request(value: Option<&Value>, reading: Reading) -> MergeFacts {
    let mut r = Reader::new(value, "pr");
    let head = r.text("head").unwrap_or_default();
    let author = r.text("author").unwrap_or_default();
    let actor = r.text("actor");
    let program = r.flag("agent") || matches!(actor.as_deref(), Some("agent" | "bot"));
    let mut facts = MergeFacts {
        target: r.text("target").unwrap_or_default(),
        source: r.text("source"),
        last_pusher: r.text("last_pusher"),
        bot: bot(&mut r, &author),
        confidence: confidence(&mut r),
        approvals: approvals(&mut r),
        changes_requested: r.flag("changes_requested"),
        veto: r.flag("veto"),
        draft: r.flag("draft"),
        conflict: r.flag("conflict"),
        checks: checks(&mut r, reading),
        promotion: r.flag("promotion"),
        only_bot_changes: r.flag("only_bot_changes"),
        revert: r.flag("revert"),
        hotfix: r.flag("hotfix"),
        security_fix: r.flag("security_fix"),
        impact: impact(&mut r),
        admin_bypass: r.flag("admin_bypass") && !program,
        owners: owners(&mut r),
        problems: Vec::new(),
        author,
        head,
    };
    facts.problems = r.finish(HARMLESS);
    facts
}

fn bot(r: &mut Reader<'_>, author: &str) -> Option<String> {
    match r.value("bot") {
        Some(Value::String(kind)) => Some(kind.clone()),
        Some(Value::Bool(true)) => Some(author.to_owned()),
        Some(Value::Bool(false)) => None,
        Some(_) => {
            r.wrong("bot", "the kind of a bot");
            Some(author.to_owned())
        }
        // The host's own mark of an automated account.
        None => author.ends_with("[bot]").then(|| author.to_owned()),
    }
}

fn confidence(r: &mut Reader<'_>) -> Confidence {
    let by_itself = r.flag("self_scored");
    match r.value("confidence") {
        None => Confidence::Missing,
        Some(value) => match value.as_f64().map_or(Confidence::Invalid, Confidence::new) {
            Confidence::Scored(_) if by_itself => Confidence::SelfReported,
            other => other,
        },
    }
}

fn overrides(r: &mut Reader<'_>) -> Vec<Override> {
    let mut names = match r.value("override") {
        None => Vec::new(),
        Some(Value::String(name)) => vec![name.clone()],
        Some(_) => r.texts("override"),
    };
    names.extend(r.texts("overrides"));
    let mut known = Vec::new();
    for name in &names {
        match Override::parse(name) {
            Some(what) => known.push(what),
            None => r.wrong("override", "one of `confidence`, `freeze`, `breaker`"),
        }
    }
    known
}

fn approvals(r: &mut Reader<'_>) -> Vec<Approval> {
    let named = overrides(r);
    let mut problems = Vec::new();
    let read = |value| {
        let mut a = Reader::new(Some(value), "pr.approvals");
        let mut approval = Approval {
            by: a.text("by").unwrap_or_default(),
            level: a.text("role").as_deref().and_then(Level::parse),
            commit: a.text("sha").or_else(|| a.text("commit")),
            bot: a.flag("bot"),
            dismissed: a.flag("dismissed"),
            overrides: overrides(&mut a),
        };
        approval.overrides.extend(&named);
        a.value("commit");
        problems.extend(a.finish(HARMLESS));
        approval
    };
    let approvals = r.list("approvals").iter().map(read).collect();
    r.problems.extend(problems);
    approvals
}

fn checks(r: &mut Reader<'_>, reading: Reading) -> Checks {
    match r.value("checks") {
        None if reading == Reading::Vouched => Checks::AllPassed,
        None => Checks::Unknown,
        Some(Value::Array(items)) => {
            let mut problems = Vec::new();
            let list = items
                .iter()
                .map(|v| named_check(v, &mut problems))
                .collect();
            r.problems.extend(problems);
            Checks::Listed(list)
        }
        counts => {
            let mut c = Reader::new(counts, "pr.checks");
            let list = counted_checks(&mut c);
            r.problems.extend(c.finish(&[]));
            Checks::Listed(list)
        }
    }
}

fn named_check(value: &Value, problems: &mut Vec<String>) -> Check {
    let mut c = Reader::new(Some(value), "pr.checks");
    let (conclusion, status) = (c.text("conclusion"), c.text("status"));
    let result = conclusion.or(status).unwrap_or_default();
    let (sha, commit) = (c.text("sha"), c.text("commit"));
    let check = Check {
        name: c.text("name").unwrap_or_default(),
        status: CheckStatus::parse(&result),
        commit: sha.or(commit),
    };
    problems.extend(c.finish(HARMLESS));
    check
}

/// So many checks of each result, without names.
fn counted_checks(c: &mut Reader<'_>) -> Vec<Check> {
    // Any text but the head's id will do for "another commit".
    let commit = c.flag("stale_sha").then(|| "(older)".to_owned());
    let kinds = [
        ("success", CheckStatus::Success),
        ("skipped", CheckStatus::Skipped),
        ("neutral", CheckStatus::Skipped),
        ("pending", CheckStatus::Pending),
        ("failed", CheckStatus::Failed),
        ("cancelled", CheckStatus::Failed),
    ];
    let mut list = Vec::new();
    for (name, status) in kinds {
        let count = c.count(name).min(MOST_CHECKS);
        list.extend((1..=count).map(|i| Check {
            name: format!("{name} {i}"),
            status,
            commit: commit.clone(),
        }));
    }
    list
}

fn impact(r: &mut Reader<'_>) -> BTreeMap<String, ImpactLevel> {
    // An impact in a word that nobody knows counts as high.
    let level = |v: &Value| {
        v.as_str()
            .and_then(ImpactLevel::parse)
            .unwrap_or(ImpactLevel::High)
    };
    r.entries("impact")
        .into_iter()
        .map(|(name, v)| (name.clone(), level(v)))
        .collect()
}

fn owners(r: &mut Reader<'_>) -> Option<Vec<Vec<String>>> {
    r.value("owners")?;
    let lists = r.list("owners");
    let texts = |v: &Value| {
        let list = v.as_array()?;
        list.iter()
            .map(|o| o.as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
    };
    let owners: Option<Vec<_>> = lists.iter().map(texts).collect();
    if owners.is_none() {
        r.wrong("owners", "a list of lists of texts");
    }
    owners
}

fn context(value: Option<&Value>) -> (MergeContext, Vec<String>) {
    let mut r = Reader::new(value, "context");
    let context = MergeContext {
        now: now(&mut r),
        frozen: r.flag("frozen"),
        breaker: breaker(&mut r),
        hours_since_promotion: r.number("hours_since_promotion"),
        hours_since_batch: r.number("hours_since_batch"),
        board_days: r.number("cab_days"),
        manual_trigger: r.flag("manual_trigger"),
        checks_below_last: r.count("checks_below_main"),
        vulnerabilities: vulnerabilities(&mut r).unwrap_or_default(),
        metrics: metrics(&mut r),
    };
    (context, r.finish(HARMLESS))
}

fn now(r: &mut Reader<'_>) -> Option<jiff::Timestamp> {
    let text = r.text("now")?;
    let now = text.parse().ok();
    if now.is_none() {
        r.wrong("now", "a time such as `2026-01-31T12:00:00Z`");
    }
    now
}

fn breaker(r: &mut Reader<'_>) -> BreakerState {
    let Some(value) = r.value("breaker") else {
        return BreakerState::Closed;
    };
    value
        .as_str()
        .and_then(BreakerState::parse)
        .unwrap_or_else(|| {
            r.wrong("breaker", "`closed`, `half-open` or `open`");
            BreakerState::Open
        })
}

fn vulnerabilities(r: &mut Reader<'_>) -> Option<Vec<Vulnerability>> {
    r.value("vulnerabilities")?;
    let read = |v| {
        let mut r = Reader::new(Some(v), "vulnerabilities");
        Vulnerability {
            id: r.text("id"),
            severity: r.text("severity").as_deref().and_then(Severity::parse),
            age_hours: r.number("age_h"),
        }
    };
    Some(r.list("vulnerabilities").iter().map(read).collect())
}

fn metrics(r: &mut Reader<'_>) -> BTreeMap<String, Option<f64>> {
    r.entries("metrics")
        .into_iter()
        .map(|(name, v)| (name.clone(), v.as_f64()))
        .collect()
}

/// The facts of a gated command.
#[must_use]
pub fn gate_facts(input: &Value) -> GateFacts {
    let mut r = Reader::new(Some(input), "input");
    let mut facts = GateFacts {
        command: r.text("command").unwrap_or_default(),
        validation: r.text("validation"),
        human: r.text("human"),
        decided_at: time(&mut r, "decided_at"),
        approved_at: time(&mut r, "approved_at"),
        checklist: r.texts("checklist"),
        metrics: metrics(&mut r),
        vulnerabilities: vulnerabilities(&mut r),
        problems: Vec::new(),
    };
    facts.problems = r.finish(HARMLESS);
    facts
}

/// A number on any clock, or a time as text.
fn time(r: &mut Reader<'_>, name: &'static str) -> Option<f64> {
    let parsed = match r.value(name)? {
        Value::String(s) => s
            .parse::<jiff::Timestamp>()
            .ok()
            .map(|t| t.as_duration().as_secs_f64()),
        other => other.as_f64(),
    };
    if parsed.is_none() {
        r.wrong(name, "a time");
    }
    Some(parsed.unwrap_or(f64::NAN))
}

/// The facts of a change to be routed, and what could not be read.
#[must_use]
pub fn route_facts(input: &Value) -> (RouteFacts, Vec<String>) {
    let mut r = Reader::new(Some(input), "input");
    let facts = RouteFacts {
        change: r.text("change").unwrap_or_default(),
        paths: r.texts("paths"),
        confidence: confidence(&mut r),
        bot: bot(&mut r, "").is_some(),
    };
    r.value("target");
    (facts, r.finish(HARMLESS))
}
