//! What the facts of a repository say of the pushes in a command.

use std::fmt;
use std::path::Path;

use clearance_branch::facts::{RepoFacts, Scope};
use clearance_branch::pattern::RefKind;
use clearance_branch::protect::{
    Actions, Actor, ChangeKind, ProtectRule, PushPolicy, PushReason, RefChange, decide_push,
};
use clearance_branch::push::{EffectKind, Env, PushPlan, RefEffect, resolve_push};
use clearance_core::{Effect, Finding, Role, Score, Verdict};
use clearance_policy::Policy;
use clearance_risk::{Assessment, Found, PushCall};
use clearance_shell::invocation::{Cwd, Value};

use crate::Context;

/// Somebody who knows the repository, and is asked only when a command pushes.
///
/// [`RepoFacts`] answers from plain data; with the feature `git`,
/// [`GitProvider`](clearance_branch::git_provider::GitProvider) asks the installed git.
pub trait Repository: fmt::Debug + Send + Sync {
    /// What this command line, run in this directory with these variables, would push.
    /// Whatever is not known must be left unresolved.
    fn plan(&self, argv: &[&[u8]], env: &Env, cwd: Option<&Path>) -> PushPlan;
}

impl Repository for RepoFacts {
    fn plan(&self, argv: &[&[u8]], env: &Env, _: Option<&Path>) -> PushPlan {
        resolve_push(argv, self, env)
    }
}

#[cfg(feature = "git")]
impl Repository for clearance_branch::git_provider::GitProvider {
    fn plan(&self, argv: &[&[u8]], env: &Env, cwd: Option<&Path>) -> PushPlan {
        match cwd {
            Some(cwd) => self.resolve_push(argv, env, cwd),
            None => resolve_push(argv, &RepoFacts::default(), env),
        }
    }
}

/// Replaces what the text alone says of each push by what the repository's state says.
pub(crate) fn refine(policy: &Policy, context: &Context, assessment: &mut Assessment) {
    let calls = std::mem::take(&mut assessment.pushes);
    for call in &calls {
        if let Some(argv) = known_words(call) {
            refine_call(policy, context, assessment, call, &argv);
        }
    }
    assessment.pushes = calls;
}

fn refine_call(
    policy: &Policy,
    context: &Context,
    assessment: &mut Assessment,
    call: &PushCall,
    argv: &[&[u8]],
) {
    let Some(env) = variables(call) else { return };
    let plan = match &context.repository {
        Some(repository) => repository.plan(argv, &env, directory(call).as_deref()),
        None if policy.protected() == Policy::PROTECTED => return,
        None => resolve_push(argv, &RepoFacts::default(), &env),
    };
    // Effects that are only possible are a superset of what happens, so they do not stand in
    // the way: each of them is judged below.
    // What the user's own configuration runs (a credential helper) is the user's choice.
    let foreign = plan
        .programs
        .iter()
        .any(|p| !matches!(p.scope, Scope::System | Scope::Global));
    let understood = plan.unresolved.is_empty() && plan.shell.is_none() && !foreign;
    if context.repository.is_some() && understood {
        let found = call
            .finding
            .and_then(|index| assessment.findings.get_mut(index));
        if let Some(found) = found.filter(|f| !f.floor) {
            found.finding.verdict = Verdict::Allow;
        }
    }
    let rules = rules(policy);
    let effects = plan.effects.iter().filter(|_| !plan.dry_run);
    for effect in effects {
        for reason in reasons(&rules, effect, context.risk.role) {
            assessment.findings.push(finding(call, effect, reason));
        }
    }
}

/// The words, if all are known.
fn known_words(call: &PushCall) -> Option<Vec<&[u8]>> {
    call.argv.iter().map(|word| word.as_static()).collect()
}

/// The variables that the call sets, if all are known.
fn variables(call: &PushCall) -> Option<Env> {
    let pair = |a: &clearance_shell::invocation::Assignment| match &a.value.value {
        Value::Static(value) => Some((
            String::from_utf8(a.name.to_vec()).ok()?,
            String::from_utf8(value.to_vec()).ok()?,
        )),
        _ => None,
    };
    call.env
        .iter()
        .map(pair)
        .collect::<Option<Vec<_>>>()
        .map(|pairs| pairs.into_iter().collect())
}

fn directory(call: &PushCall) -> Option<std::path::PathBuf> {
    match &call.cwd {
        Cwd::Known(path) => std::str::from_utf8(path).ok().map(Into::into),
        _ => None,
    }
}

/// The policy's protected branches, in the model of protection. A pattern that is refused
/// protects everything.
fn rules(policy: &Policy) -> PushPolicy {
    let mut rules = PushPolicy::default();
    let protect = |include: &[&str]| {
        ProtectRule::new::<&str>(RefKind::Branch, include, &[], Actions::PROTECTED)
    };
    let names: Vec<&str> = policy.protected().iter().map(String::as_str).collect();
    let rule = protect(&names).or_else(|_| protect(&["~ALL"]));
    rules.protect = rule.into_iter().collect();
    rules
}

fn reasons(rules: &PushPolicy, effect: &RefEffect, role: Role) -> Vec<PushReason> {
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
    let decided = decide_push(rules, &[], &change, &Actor::new(role));
    decided
        .reasons
        .into_iter()
        .filter(|r| r.verdict != Verdict::Allow)
        .collect()
}

fn finding(call: &PushCall, effect: &RefEffect, reason: PushReason) -> Found {
    let sure = effect.certainty == clearance_branch::push::Certainty::Sure;
    // A change that is only possible is a question, not a refusal.
    let verdict = if sure {
        reason.verdict
    } else {
        reason.verdict.min(Verdict::Ask)
    };
    let score = if verdict == Verdict::Deny { 90 } else { 45 };
    Found {
        finding: Finding {
            rule: reason.rule.into(),
            effect: Effect::VcsPush,
            verdict,
            score: Score::new(score),
            span: call.span,
            message: format!("{}: {}", reason.message, effect.why).into(),
            remedy: reason.remedy.map(Into::into),
        },
        floor: false,
        path: None,
    }
}
