//! A push to each of its URLs in turn.

use std::collections::{BTreeMap, BTreeSet};

use super::Push;
use super::matching::Matching;
use super::plan::{Certainty, PushPlan, RefEffect};
use super::status::{New, Outcome};
use super::target::{Behind, Chosen};
use super::wanted::Wanted;
use crate::facts::Repository;

/// Resolves the push to each URL in turn.
pub(crate) fn resolve_targets(
    push: &Push<'_>,
    chosen: &Chosen<'_>,
    wanted: &Wanted,
    plan: &mut PushPlan,
) {
    if !push.leases_parse(plan) {
        return;
    }
    let mut written = BTreeMap::new();
    for (index, url) in chosen.urls.iter().enumerate() {
        let earlier = (index > 0).then_some(&written);
        let Some(sent) = resolve_url(push, chosen, wanted, url, earlier, plan) else {
            return;
        };
        for (name, value) in sent {
            if let Some(tracking) = chosen.remote.and_then(|r| r.tracking(&name)) {
                written.insert(tracking, value);
            }
        }
    }
}

/// Values that an earlier URL of the same push left in tracking refs; `None` is a deletion.
type Written = BTreeMap<String, Option<String>>;

/// What was sent to one URL; `None` where git cannot reach it and gives up on the rest.
fn resolve_url(
    push: &Push<'_>,
    chosen: &Chosen<'_>,
    wanted: &Wanted,
    url: &str,
    earlier: Option<&Written>,
    plan: &mut PushPlan,
) -> Option<Vec<(String, Option<String>)>> {
    let own;
    let (other, label) = match push.behind(url, plan) {
        Behind::Known(repository) => {
            let label = Some(&repository.label).filter(|l| !l.is_empty());
            (Some(repository), label.cloned())
        }
        Behind::Own => {
            own = own_side(push);
            (own.as_ref(), Some(".".to_owned()))
        }
        Behind::Unknown => (None, None),
        Behind::Nothing => {
            plan.refuse(url, "no repository lies there, so git gives up");
            return None;
        }
    };
    if other.is_some_and(|o| o.push_options == Some(false)) && !push.flags.push_options.is_empty() {
        plan.refuse(url, "the other side takes no push options, so git gives up");
        return None;
    }
    let mut matching = Matching::new(push, chosen, wanted, url, other);
    let sent = matching.run(plan);
    let before = plan.effects.len();
    matching.report(&sent, label.clone(), plan);
    if let Some(written) = earlier.filter(|w| !w.is_empty()) {
        resolve_again(
            push,
            chosen,
            wanted,
            (url, label, other, written),
            before,
            plan,
        );
    }
    if push.namespace.is_some() {
        namespaced(push, url, before, plan);
    }
    let written = sent
        .into_iter()
        .filter(|(_, sent)| !matches!(sent.outcome, Outcome::Rejected(_)))
        .filter_map(|(name, sent)| match sent.new {
            New::Id(id) => Some((name, Some(id))),
            New::Delete => Some((name, None)),
            New::Unknown => None,
        })
        .collect();
    Some(written)
}

/// This repository as the other side of its own push.
fn own_side(push: &Push<'_>) -> Option<Repository> {
    let complete = push.facts.refs_complete;
    complete.then(|| Repository {
        refs: push.facts.refs.clone(),
        ..Repository::default()
    })
}

/// An earlier URL may have written tracking refs that this push then sends: whatever that
/// adds is possible.
fn resolve_again(
    push: &Push<'_>,
    chosen: &Chosen<'_>,
    wanted: &Wanted,
    (url, label, other, written): (&str, Option<String>, Option<&Repository>, &Written),
    before: usize,
    plan: &mut PushPlan,
) {
    let mut facts = push.facts.clone();
    for (name, value) in written {
        match value {
            Some(id) => facts.refs.insert(name.clone(), id.clone()),
            None => facts.refs.remove(name),
        };
    }
    let later = Push {
        facts: &facts,
        ..*push
    };
    let mut scratch = PushPlan::default();
    let mut matching = Matching::new(&later, chosen, wanted, url, other);
    let sent = matching.run(&mut scratch);
    matching.report(&sent, label, &mut scratch);
    let known = plan.effects.get(before..).unwrap_or_default();
    let key = |e: &RefEffect| (e.name.clone(), e.kind);
    let known: BTreeSet<_> = known.iter().map(key).collect();
    for mut effect in scratch.effects {
        if !known.contains(&key(&effect)) {
            effect.certainty = Certainty::Possible;
            effect
                .why
                .push_str("; an earlier URL of this push may have written that");
            plan.effects.push(effect);
        }
    }
}

/// A namespace moves every ref of a push that stays on this machine below
/// `refs/namespaces/`; over the network it does nothing.
fn namespaced(push: &Push<'_>, url: &str, before: usize, plan: &mut PushPlan) {
    let Some(namespace) = push.namespace.filter(|n| !n.is_empty()) else {
        return;
    };
    if super::target::local_path(url).is_none() {
        return;
    }
    plan.unresolved("a namespace is in force");
    let prefix: String = namespace
        .split('/')
        .map(|part| format!("refs/namespaces/{part}/"))
        .collect();
    let mut more = Vec::new();
    for effect in plan.effects.get_mut(before..).unwrap_or_default() {
        effect.certainty = Certainty::Possible;
        let mut moved = effect.clone();
        moved.name.insert_str(0, &prefix);
        more.push(moved);
    }
    plan.effects.append(&mut more);
}
