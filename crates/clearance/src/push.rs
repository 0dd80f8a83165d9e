//! What the facts of a repository say of the pushes in a command.

use clearance_branch::facts::{RepoFacts, Scope};
use clearance_branch::local::{self, After};
use clearance_branch::protect::{
    Actor, ChangeKind, PushPolicy, PushReason, RefChange, decide_push,
};
use clearance_branch::push::{Certainty, EffectKind, Env, PushPlan, RefEffect, resolve_push};
use clearance_core::{Effect, Finding, Role, Score, Verdict};
use clearance_policy::Policy;
use clearance_risk::{Assessment, Found, GitCall, Judged, PushCall};

use crate::Context;
use crate::repository::{directory, is_elsewhere, known_words, variables};
use crate::watch::{recorded, words};

/// More states than this, in which a push may find its repository, are not looked at.
const MOST_STATES: usize = 16;

/// Replaces what the text alone says of each push by what the repository's state says.
pub(crate) fn refine(
    policy: &Policy,
    context: &Context,
    others: &Others,
    assessment: &mut Assessment,
) {
    let calls = std::mem::take(&mut assessment.pushes);
    let git = std::mem::take(&mut assessment.git);
    let redirections = redirections(&git);
    for call in &calls {
        let earlier: Vec<(usize, &GitCall)> = earlier(&git, call).collect();
        let redirected = earlier
            .iter()
            .find_map(|(at, _)| redirections.get(*at)?.clone())
            .or_else(|| others.host_tool.clone());
        let earlier: Vec<&GitCall> = earlier.into_iter().map(|(_, git)| git).collect();
        let before = Before {
            redirected,
            earlier,
            others,
        };
        refine_call(policy, context, &before, assessment, call);
    }
    assessment.git = git;
    assessment.pushes = calls;
}

/// What may run before a push.
struct Before<'a> {
    /// It changes where the push goes.
    redirected: Option<String>,
    earlier: Vec<&'a GitCall>,
    others: &'a Others,
}

/// For each `git` command whether it changes where pushes go.
fn redirections(git: &[GitCall]) -> Vec<Option<String>> {
    let redirects = |git: &GitCall| {
        let words = known_words(&git.argv)?;
        local::redirects_pushes(&words)
    };
    git.iter().map(redirects).collect()
}

fn refine_call(
    policy: &Policy,
    context: &Context,
    before: &Before<'_>,
    assessment: &mut Assessment,
    call: &PushCall,
) {
    let plans = known_words(&call.argv)
        .zip(variables(&call.env))
        .and_then(|(argv, env)| plans(policy, context, call, &argv, &env, before));
    if let Some(why) = &before.redirected {
        let unfollowed = finding_unfollowed(call, why);
        assessment.findings.push(unfollowed);
    } else if let Some(why) = plans.as_ref().and_then(|p| p.unfollowed.as_ref()) {
        assessment.findings.push(finding_unfollowed(call, why));
    }
    let Some(plans) = plans else { return };
    let found = call
        .finding
        .and_then(|index| assessment.findings.get_mut(index))
        .filter(|found| !found.floor);
    let by_text = found.as_ref().map_or(Verdict::Allow, |f| f.finding.verdict);
    if let Some(found) = found.filter(|_| plans.are_understood()) {
        found.finding.verdict = Verdict::Allow;
    }
    let branch = policy.branch();
    for (effect, sure) in plans.effects() {
        for reason in reasons(&branch.push, effect, context.risk.role) {
            // A change that is only possible is a question, unless the text alone says that
            // it is to be refused; which it does of branches.
            let most = match (sure, effect.name.starts_with("refs/heads/")) {
                (true, _) => Verdict::Deny,
                (false, true) => by_text.join(Verdict::Ask),
                (false, false) => Verdict::Ask,
            };
            let found = finding(call, effect, reason, most);
            assessment.findings.push(found);
        }
    }
}

/// The `git` commands that may run before a push.
fn earlier<'g>(git: &'g [GitCall], call: &PushCall) -> impl Iterator<Item = (usize, &'g GitCall)> {
    let at = call.at;
    let always = git.get(at).is_some_and(|own| own.anytime);
    git.iter()
        .enumerate()
        .filter(move |(index, other)| *index != at && (*index < at || other.anytime || always))
}

/// What the commands of a script that are no `git` mean to a push in it.
#[derive(Debug)]
pub(crate) struct Others {
    /// A tool of a host may change where the push goes.
    host_tool: Option<String>,
    /// Whether it is looked for commands that may tag a version.
    with_tags: bool,
    /// One of them was found.
    may_tag: bool,
    /// How many commands there are, `git` included.
    count: usize,
}

impl Others {
    pub(crate) fn new(with_tags: bool) -> Self {
        Self {
            host_tool: None,
            with_tags,
            may_tag: false,
            count: 0,
        }
    }

    /// A command was judged.
    pub(crate) fn see(&mut self, judged: &Judged<'_>) {
        let argv = &judged.invocation.argv;
        self.count += 1;
        if self.host_tool.is_none() {
            let mut inner = judged.inner.iter();
            self.host_tool = by_host_tool(words(argv))
                .or_else(|| inner.find_map(|argv| by_host_tool(recorded(argv))));
        }
        if self.with_tags && !self.may_tag {
            let mut inner = judged.inner.iter();
            self.may_tag = may_tag(words(argv)) || inner.any(|argv| may_tag(recorded(argv)));
        }
    }
}

/// Tools of hosts that check out branches, and add or change remotes (gh(1), hub(1), glab(1)).
fn by_host_tool<'w>(mut argv: impl Iterator<Item = Option<&'w [u8]>>) -> Option<String> {
    const CHANGES: &[&[u8]] = &[
        b"checkout",
        b"co",
        b"fork",
        b"sync",
        b"rename",
        b"set-default",
        b"create",
        b"clone",
        b"remote",
    ];
    let program = argv.next().flatten()?;
    let name = program.rsplit(|b| *b == b'/').next()?;
    if !matches!(name, b"gh" | b"hub" | b"glab") {
        return None;
    }
    let first: Vec<Option<&[u8]>> = argv.take(3).collect();
    let created = matches!(
        first.first(),
        Some(Some(b"pr" | b"issue" | b"mr" | b"release"))
    );
    let changes = first
        .iter()
        .any(|w| w.is_none_or(|w| CHANGES.contains(&w) && !(created && w == b"create")));
    changes.then(|| format!("`{}` may change it", String::from_utf8_lossy(name)))
}

/// Commands that may tag a version.
fn may_tag<'w>(argv: impl Iterator<Item = Option<&'w [u8]>>) -> bool {
    let says = |word: &[u8]| {
        let begins = |at: usize, what: &[u8]| {
            let tail = word.get(at..).unwrap_or_default();
            tail.starts_with(what)
        };
        word.iter().enumerate().any(|(at, byte)| match byte {
            b'v' => begins(at, b"version"),
            b'r' => begins(at, b"release"),
            b'b' => begins(at, b"bump"),
            _ => false,
        })
    };
    let mut argv = argv.peekable();
    argv.peek() != Some(&Some(b"git")) && argv.flatten().any(says)
}

/// What a push would do, in every state that its repository may be in by then.
struct Plans {
    plans: Vec<PushPlan>,
    /// Facts of the repository were given.
    informed: bool,
    /// An earlier command that was not followed.
    unfollowed: Option<String>,
}

impl Plans {
    fn are_understood(&self) -> bool {
        // Effects that are only possible are a superset of what happens, so they do not stand
        // in the way: each of them is judged for itself.
        self.informed && self.unfollowed.is_none() && self.plans.iter().all(is_understood)
    }

    /// Every effect once, and whether it happens in all states for sure.
    fn effects(&self) -> Vec<(&RefEffect, bool)> {
        let same = |a: &RefEffect, b: &RefEffect| {
            (&a.remote, &a.name, a.kind) == (&b.remote, &b.name, b.kind)
        };
        let mut effects: Vec<(&RefEffect, bool)> = Vec::new();
        for effect in self.plans.iter().flat_map(changes) {
            if effects.iter().any(|(known, _)| same(known, effect)) {
                continue;
            }
            let sure_in = |plan: &PushPlan| {
                plan.effects
                    .iter()
                    .any(|e| same(e, effect) && e.certainty == Certainty::Sure)
            };
            effects.push((effect, self.plans.iter().all(sure_in)));
        }
        effects
    }
}

fn changes(plan: &PushPlan) -> impl Iterator<Item = &RefEffect> {
    plan.effects.iter().filter(|_| !plan.dry_run)
}

fn is_understood(plan: &PushPlan) -> bool {
    // What the user's own configuration runs (a credential helper) is the user's choice.
    let foreign = plan
        .programs
        .iter()
        .any(|p| !matches!(p.scope, Scope::System | Scope::Global));
    plan.unresolved.is_empty() && plan.shell.is_none() && !foreign
}

/// `None` where the text alone decides.
fn plans(
    policy: &Policy,
    context: &Context,
    call: &PushCall,
    argv: &[&[u8]],
    env: &Env,
    before: &Before<'_>,
) -> Option<Plans> {
    let alone = before.earlier.is_empty() && before.others.count <= 1;
    let Some(repository) = &context.repository else {
        if !policy.protects_own_branches() {
            return None;
        }
        let plans = vec![resolve_push(argv, &RepoFacts::default(), env)];
        return Some(Plans {
            plans,
            informed: false,
            unfollowed: None,
        });
    };
    let facts = if is_elsewhere(repository.as_ref(), context, &call.cwd) {
        Err("the state of the repository in that folder is not known".to_owned())
    } else {
        repository.facts(argv, env, directory(&call.cwd).as_deref())
    };
    let facts = match facts {
        Ok(facts) => facts,
        Err(why) => {
            let mut plan = resolve_push(argv, &RepoFacts::default(), env);
            plan.unresolved.push(why);
            return Some(Plans {
                plans: vec![plan],
                informed: true,
                unfollowed: None,
            });
        }
    };
    // Any other command may commit: what is up to date now need not be so then.
    let mut start = if alone {
        facts.into_owned()
    } else {
        local::moved(&facts)
    };
    start.refs_complete &= !before.others.may_tag;
    let (states, unfollowed) = states(start, &before.earlier);
    Some(Plans {
        plans: states.iter().map(|s| resolve_push(argv, s, env)).collect(),
        informed: true,
        unfollowed,
    })
}

/// Every state that the repository may be in after some of these commands, and a command that
/// was not followed.
fn states(start: RepoFacts, earlier: &[&GitCall]) -> (Vec<RepoFacts>, Option<String>) {
    let mut states = vec![start];
    // In a loop, commands run again.
    let rounds = 1 + usize::from(earlier.iter().any(|git| git.anytime));
    for git in earlier.iter().cycle().take(earlier.len() * rounds) {
        let words = known_words(&git.argv).zip(variables(&git.env));
        let Some((words, env)) = words else {
            return (
                states,
                Some("a word of an earlier `git` is not known".to_owned()),
            );
        };
        let mut more = Vec::new();
        for state in &states {
            match local::after(&words, state, &env) {
                After::Same => {}
                After::States(new) => more.extend(new),
                After::Unknown(why) => return (states, Some(why)),
            }
        }
        for state in more {
            if !states.contains(&state) {
                states.push(state);
            }
        }
        if states.len() > MOST_STATES {
            let why = "too many `git` commands stand before the push".to_owned();
            return (states, Some(why));
        }
    }
    (states, None)
}

fn finding_unfollowed(call: &PushCall, why: &str) -> Found {
    Found {
        finding: Finding {
            rule: "git.push.after-change".into(),
            effect: Effect::VcsPush,
            verdict: Verdict::Ask,
            score: Score::new(50),
            span: call.span,
            message: format!("where this push goes is not known before the script runs: {why}")
                .into(),
            remedy: Some("push in a command of its own, after the change".into()),
        },
        floor: false,
        path: None,
    }
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

fn finding(call: &PushCall, effect: &RefEffect, reason: PushReason, most: Verdict) -> Found {
    let verdict = reason.verdict.min(most);
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
