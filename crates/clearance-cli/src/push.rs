//! `clearance push`: what a `git push` would change in a repository whose state is given as
//! JSON, and what the protection says of it.

use std::fmt::Write as _;
use std::path::Path;

use clearance::branch::config::Policy;
use clearance::branch::facts::Scope;
use clearance::branch::protect::{Actor, ChangeKind, RefChange, decide_push};
use clearance::branch::push::{Certainty, EffectKind, PushPlan, RefEffect};
use clearance::branch::row::{self, Row, RowMeta};
use clearance::{Role, Verdict};
use serde_json::{Value, json};

use crate::args::PushOptions;
use crate::batch;
use crate::branch::{policy, single, with_json};
use crate::setup::Failure;
use crate::status::Status;

pub(crate) fn run(options: &PushOptions) -> Result<Status, Failure> {
    let policy = policy(options.policy.as_deref())?;
    let meta = options
        .meta
        .as_deref()
        .map(meta)
        .transpose()?
        .unwrap_or_default();
    let role = options.role.into();
    let answer = |facts: &Value| match serde_json::from_value::<Row>(facts.clone()) {
        Ok(row) => answer(&row, &meta, &policy, role),
        Err(error) => crate::row::refusal(facts.get("id"), &error.to_string()),
    };
    if options.batch {
        batch::stream(|line| with_json(line, answer))
    } else {
        single(options.json, answer)
    }
}

fn answer(row: &Row, meta: &RowMeta, policy: &Policy, role: Role) -> Value {
    let out = row::answer(row, meta, |plan| plan_verdict(plan, policy, role));
    let mut text = format!("{}\n", out.verdict);
    for effect in &out.effects {
        let kind = serde_json::to_value(effect.kind).unwrap_or_default();
        let kind = kind.as_str().unwrap_or("change");
        let _ = writeln!(
            text,
            "  {kind} {} on {}: {}",
            effect.name, effect.remote, effect.why
        );
    }
    for reason in &out.reasons {
        let _ = writeln!(text, "  {reason}");
    }
    match serde_json::to_value(&out) {
        Ok(Value::Object(mut fields)) => {
            fields.insert("text".to_owned(), text.into());
            Value::Object(fields)
        }
        _ => json!({"id": row.id, "verdict": "ask", "error": "the answer is no JSON"}),
    }
}

fn plan_verdict(plan: &PushPlan, policy: &Policy, role: Role) -> Verdict {
    if plan.dry_run {
        return Verdict::Allow;
    }
    // What the user's own configuration runs (a credential helper) is the user's choice.
    let foreign = plan
        .programs
        .iter()
        .any(|p| !matches!(p.scope, Scope::System | Scope::Global));
    let programs = if foreign {
        Verdict::Ask
    } else {
        Verdict::Allow
    };
    plan.effects
        .iter()
        .map(|e| effect_verdict(e, policy, role).0)
        .fold(programs, Verdict::join)
}

/// What the protection says of one change, and why. A change that is only possible is asked
/// about where a sure one is refused.
pub(crate) fn effect_verdict(
    effect: &RefEffect,
    policy: &Policy,
    role: Role,
) -> (Verdict, Vec<String>) {
    let kind = match effect.kind {
        EffectKind::Create => ChangeKind::Create,
        EffectKind::Update => ChangeKind::Update,
        EffectKind::Force => ChangeKind::Force,
        EffectKind::Delete => ChangeKind::Delete,
    };
    let change = RefChange {
        remote: Some(&effect.remote),
        refname: &effect.name,
        kind,
    };
    let decided = decide_push(&policy.push, &[], &change, &Actor::new(role));
    let verdict = match effect.certainty {
        Certainty::Sure => decided.verdict(),
        Certainty::Possible => decided.verdict().min(Verdict::Ask),
    };
    let reasons = decided
        .reasons
        .into_iter()
        .filter(|r| r.verdict != Verdict::Allow);
    (verdict, reasons.map(|r| r.message).collect())
}

fn meta(file: &Path) -> Result<RowMeta, Failure> {
    let name = file.display();
    let text =
        std::fs::read(file).map_err(|e| Failure::Other(format!("cannot read `{name}`: {e}")))?;
    serde_json::from_slice(&text).map_err(|e| Failure::Other(format!("`{name}`: {e}")))
}
