//! Pairs local refs with the refs of the other side: explicit pairs first, then patterns and
//! matching branches, followed tags, and deletions by `--prune` and `--mirror`.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::plan::{Certainty, EffectKind, Need, PushPlan, RefEffect};
use super::revision::{self, Revision};
use super::settings::excludes;
use super::status::{Candidate, New, Outcome};
use super::target::{Behind, Chosen};
use super::wanted::Wanted;
use super::{Push, matching};
use crate::facts::{ObjectKind, Repository};
use crate::refspec::{Found, Refspec, RefspecKind, fill, find, star};

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
        matching::resolve_again(
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

/// What is sent to one ref.
#[derive(Clone, Debug)]
struct Sent {
    src: String,
    new: New,
    force: bool,
    /// It was found by guessing what the other side has.
    guessed: bool,
    why: Rc<str>,
    outcome: Outcome,
}

struct Matching<'a> {
    push: &'a Push<'a>,
    chosen: &'a Chosen<'a>,
    wanted: &'a Wanted,
    url: &'a str,
    /// The other side; `None` where its refs are not known.
    other: Option<&'a Repository>,
    sent: BTreeMap<String, Sent>,
    /// Second sources for one ref, which git overlooks where the other side has no refs.
    doubles: Vec<(String, Sent)>,
    /// Patterns of refs that may be deleted on an unknown other side.
    deleted: Vec<(String, Rc<str>)>,
    /// Refs of any name that may be written because a source or the local refs are unknown.
    anything: Vec<(String, Rc<str>, bool)>,
}

impl<'a> Matching<'a> {
    fn new(
        push: &'a Push<'a>,
        chosen: &'a Chosen<'a>,
        wanted: &'a Wanted,
        url: &'a str,
        other: Option<&'a Repository>,
    ) -> Self {
        let (sent, doubles) = (BTreeMap::new(), Vec::new());
        let (deleted, anything) = (Vec::new(), Vec::new());
        Self {
            push,
            chosen,
            wanted,
            url,
            other,
            sent,
            doubles,
            deleted,
            anything,
        }
    }

    /// Everything that is sent, with its outcome; empty where git refuses.
    fn run(&mut self, plan: &mut PushPlan) -> BTreeMap<String, Sent> {
        let wanted = self.wanted;
        let mut failed = false;
        for (spec, why) in &wanted.specs {
            if let RefspecKind::Pair {
                source,
                destination,
            } = &spec.kind
            {
                failed |= self
                    .explicit(spec, source, destination.as_deref(), why, plan)
                    .is_err();
            }
        }
        if failed {
            return BTreeMap::new();
        }
        self.by_pattern();
        if self.push.flags.follow_tags {
            self.follow_tags();
        }
        if self.push.flags.prune {
            self.prune();
        }
        if let Some(why) = &wanted.mirror {
            self.mirror(why);
        }
        let kept = |name: &str| !wanted.specs.iter().any(|(spec, _)| excludes(spec, name));
        self.sent.retain(|name, _| kept(name));
        self.doubles.retain(|(name, _)| kept(name));
        self.judge(plan);
        std::mem::take(&mut self.sent)
    }

    fn refuse(&self, about: &str, why: &str, plan: &mut PushPlan) {
        plan.refuse(about, why);
    }

    /// One `source:destination`; an error ends the push to this URL.
    fn explicit(
        &mut self,
        spec: &Refspec,
        source: &str,
        destination: Option<&str>,
        why: &Rc<str>,
        plan: &mut PushPlan,
    ) -> Result<(), ()> {
        let (name, new) = self.source(source, plan)?;
        let sent = Sent {
            src: name.clone(),
            new,
            force: spec.force,
            guessed: false,
            why: why.clone(),
            outcome: Outcome::Nothing,
        };
        match destination {
            Some(to) => self.send_to(to, sent, plan),
            None => {
                let Some(to) = self.same_name(&name, &sent, plan)? else {
                    return Ok(());
                };
                self.send_to(&to, sent, plan)
            }
        }
    }

    /// The local side: its name as git prints it, and its value.
    fn source(&self, source: &str, plan: &mut PushPlan) -> Result<(String, New), ()> {
        let push = self.push;
        match find(source, |name| push.is_pushable(name)) {
            Found::One(name) => {
                let value = push.facts.refs.get(&name).cloned();
                Ok((name, value.map_or(New::Unknown, New::Id)))
            }
            Found::Several => {
                self.refuse(source, "the name stands for several refs here", plan);
                Err(())
            }
            Found::None if source.is_empty() => Ok((String::new(), New::Delete)),
            Found::None => match revision::resolve(source, push.facts, push.settings) {
                Revision::Id(id) => Ok((source.to_owned(), New::Id(id))),
                Revision::Fails => {
                    self.refuse(source, "there is nothing of that name here", plan);
                    Err(())
                }
                Revision::Unknown => {
                    plan.need(Need::Revision(source.to_owned()));
                    Ok((source.to_owned(), New::Unknown))
                }
            },
        }
    }

    /// The destination of a refspec without one: the source's own name, `HEAD` followed.
    fn same_name(
        &mut self,
        name: &str,
        sent: &Sent,
        plan: &mut PushPlan,
    ) -> Result<Option<String>, ()> {
        let facts = self.push.facts;
        if let Some(full) = revision::ref_behind(name, facts) {
            let symbolic = full != name;
            if symbolic && !full.starts_with("refs/heads/") {
                self.refuse(name, "it does not lead to a branch", plan);
                return Err(());
            }
            return Ok(Some(full));
        }
        if facts.refs_complete && sent.new != New::Unknown {
            self.refuse(name, "it is no ref, and no destination is given", plan);
            return Err(());
        }
        let force = sent.force;
        if name == "HEAD" || name.contains('*') {
            self.anything
                .push(("refs/heads/*".to_owned(), sent.why.clone(), force));
            return Ok(None);
        }
        for full in [
            name.to_owned(),
            format!("refs/heads/{name}"),
            format!("refs/tags/{name}"),
        ] {
            if full.starts_with("refs/") {
                let guess = Sent {
                    guessed: true,
                    ..sent.clone()
                };
                self.sent.entry(full).or_insert(guess);
            }
        }
        Ok(None)
    }

    /// The other side's ref that a destination means.
    fn send_to(&mut self, to: &str, sent: Sent, plan: &mut PushPlan) -> Result<(), ()> {
        let Some(other) = self.other else {
            self.send_to_unknown(to, &sent);
            return Ok(());
        };
        let empty = other.refs.is_empty();
        let sends = |name: &str| !empty && self.sent.contains_key(name);
        let found = find(to, |name| other.refs.contains_key(name) || sends(name));
        let name = match found {
            Found::One(name) => name,
            Found::Several => {
                self.refuse(to, "the name stands for several refs there", plan);
                return Err(());
            }
            Found::None if to.starts_with("refs/") => to.to_owned(),
            Found::None if sent.new == New::Delete => {
                self.refuse(to, "there is no such ref there", plan);
                return Err(());
            }
            Found::None => match self.guess(to, &sent.src) {
                Some(name) => name,
                None if sent.new == New::Unknown || !self.push.facts.refs_complete => {
                    self.send_to_unknown(to, &sent);
                    return Ok(());
                }
                None => {
                    self.refuse(
                        to,
                        "the name is no ref there and says not what it would be",
                        plan,
                    );
                    return Err(());
                }
            },
        };
        if empty && self.sent.contains_key(&name) {
            self.doubles.push((name, sent));
            return Ok(());
        }
        if self.sent.get(&name).is_some_and(|s| !s.guessed) {
            self.refuse(&name, "two sources are given for it", plan);
            return Err(());
        }
        self.sent.insert(name, sent);
        Ok(())
    }

    /// The full name of a new ref, by the kind of its source.
    fn guess(&self, to: &str, src: &str) -> Option<String> {
        let behind = revision::ref_behind(src, self.push.facts)?;
        let kinds = ["refs/heads/", "refs/tags/"];
        let prefix = kinds.iter().find(|prefix| behind.starts_with(**prefix))?;
        Some(format!("{prefix}{to}"))
    }

    /// Without the other side's refs a short name may be any of several.
    fn send_to_unknown(&mut self, to: &str, sent: &Sent) {
        let mut names = vec![];
        if to.starts_with("refs/") {
            names.push(to.to_owned());
        } else {
            names.extend([format!("refs/heads/{to}"), format!("refs/tags/{to}")]);
            if to.contains('/') {
                names.push(format!("refs/{to}"));
            }
        }
        let guessed = names.len() > 1;
        for name in names {
            self.sent.entry(name).or_insert_with(|| Sent {
                guessed,
                ..sent.clone()
            });
        }
    }

    /// Patterns and `:` over all local refs; explicit pairs win.
    fn by_pattern(&mut self) {
        let push = self.push;
        if self.wanted.specs.iter().all(|(s, _)| is_single(s)) {
            return;
        }
        if !push.facts.refs_complete {
            self.patterns_of_unknown();
        }
        for (name, id) in &push.facts.refs {
            if !push.is_pushable(name) {
                continue;
            }
            let Some((to, spec, why)) = self.destination(name, false) else {
                continue;
            };
            if self.sent.contains_key(&to) {
                continue;
            }
            let matching = spec.kind == RefspecKind::Matching;
            let create = push.flags.all || self.wanted.mirror.is_some();
            if matching && !create && self.other.is_some_and(|o| o.value(&to).is_none()) {
                continue;
            }
            let (new, force, why) = (New::Id(id.clone()), spec.force, why.clone());
            let (src, outcome) = (name.clone(), Outcome::Nothing);
            self.sent.insert(
                to,
                Sent {
                    src,
                    new,
                    force,
                    guessed: false,
                    why,
                    outcome,
                },
            );
        }
    }

    fn patterns_of_unknown(&mut self) {
        for (spec, why) in &self.wanted.specs {
            let to = match &spec.kind {
                RefspecKind::Pattern {
                    source,
                    destination,
                } => destination.as_ref().unwrap_or(source).clone(),
                RefspecKind::Matching if self.wanted.mirror.is_some() => "refs/*".to_owned(),
                RefspecKind::Matching => "refs/heads/*".to_owned(),
                _ => continue,
            };
            self.anything.push((to, why.clone(), spec.force));
        }
    }

    /// The name on the other side of a name on one side, by the first pattern that matches
    /// or else by `:`; `back` goes from the other side to this one.
    fn destination(&self, name: &str, back: bool) -> Option<(String, &'a Refspec, &'a Rc<str>)> {
        let mut matching: Option<(&Refspec, &Rc<str>)> = None;
        for (spec, why) in &self.wanted.specs {
            match &spec.kind {
                RefspecKind::Matching if matching.is_none() || spec.force => {
                    matching = Some((spec, why));
                }
                RefspecKind::Pattern {
                    source,
                    destination,
                } => {
                    let to = destination.as_ref().unwrap_or(source);
                    let (from, into) = if back { (to, source) } else { (source, to) };
                    if let Some(middle) = star(from, name) {
                        return Some((fill(into, middle), spec, why));
                    }
                }
                _ => {}
            }
        }
        let (spec, why) = matching?;
        let all = self.wanted.mirror.is_some() || name.starts_with("refs/heads/");
        all.then(|| (name.to_owned(), spec, why))
    }

    /// Annotated tags that the other side lacks and that what it will have leads to.
    fn follow_tags(&mut self) {
        let facts = self.push.facts;
        let missing: Vec<_> = facts
            .refs
            .iter()
            .filter(|(name, _)| name.starts_with("refs/tags/"))
            .filter(|(name, _)| !self.sent.contains_key(*name))
            .filter(|(name, _)| self.other.is_none_or(|o| o.value(name).is_none()))
            .filter_map(|(name, id)| match facts.kind(id) {
                Some(ObjectKind::Tag(Some(target))) => Some((name, id, Some(target.as_str()))),
                Some(ObjectKind::Tag(None)) | None => Some((name, id, None)),
                _ => None,
            })
            .collect();
        if missing.is_empty() {
            return;
        }
        let found = {
            let (reached, complete) = self.reached();
            let state = |target: Option<&str>| match target {
                Some(target) if reached.contains(target) => Some(true),
                Some(_) if complete => None,
                _ => Some(false),
            };
            missing
                .into_iter()
                .map(|(n, i, t)| (n, i, state(t)))
                .collect::<Vec<_>>()
        };
        let why: Rc<str> = match self.push.settings.follow_tags {
            Some(entry) => super::globals::cite(entry).into(),
            None => "`--follow-tags`".into(),
        };
        for (name, id, state) in found {
            let Some(sure) = state else { continue };
            let (src, new, why) = (name.clone(), New::Id(id.clone()), why.clone());
            let (force, guessed, outcome) = (false, !sure, Outcome::Nothing);
            self.sent.insert(
                name.clone(),
                Sent {
                    src,
                    new,
                    force,
                    guessed,
                    why,
                    outcome,
                },
            );
        }
    }

    /// Every commit that the other side will have as far as it is known here, and whether
    /// that is all of them.
    fn reached(&self) -> (BTreeSet<&str>, bool) {
        let facts = self.push.facts;
        let Some(other) = self.other else {
            return (BTreeSet::new(), false);
        };
        let mut complete = true;
        let mut todo: Vec<&str> = Vec::new();
        for sent in self.sent.values() {
            match &sent.new {
                New::Id(id) => todo.push(id),
                New::Unknown => complete = false,
                New::Delete => {}
            }
        }
        let replaced = |name: &String| self.sent.get(name).is_some_and(|s| s.new != New::Delete);
        let kept = other.refs.iter().filter(|(name, _)| !replaced(name));
        todo.extend(kept.map(|(_, id)| id.as_str()));
        let mut seen = BTreeSet::new();
        while let Some(id) = todo.pop() {
            let commit = match facts.commit_of(id) {
                Some(Some(commit)) => commit,
                Some(None) => continue,
                None => {
                    complete = false;
                    continue;
                }
            };
            if seen.insert(commit) {
                match facts.ancestry.parents.get(commit) {
                    Some(parents) => todo.extend(parents.iter().map(String::as_str)),
                    None => complete = false,
                }
            }
        }
        (seen, complete)
    }

    /// `--prune`: refs of the other side whose counterpart here is gone.
    fn prune(&mut self) {
        let Some(other) = self.other else {
            self.prune_unknown();
            return;
        };
        let mut gone = Vec::new();
        for name in other
            .refs
            .keys()
            .filter(|name| !self.sent.contains_key(*name))
        {
            let Some((here, _, _)) = self.destination(name, true) else {
                continue;
            };
            if !self.push.is_pushable(&here) {
                gone.push(name.clone());
            }
        }
        for name in gone {
            self.delete(name, "`--prune` and nothing here has that name");
        }
    }

    fn prune_unknown(&mut self) {
        for (spec, _) in &self.wanted.specs {
            let name = match &spec.kind {
                RefspecKind::Pattern {
                    source,
                    destination,
                } => destination.as_ref().unwrap_or(source).clone(),
                RefspecKind::Matching => "refs/heads/*".to_owned(),
                _ => continue,
            };
            self.deleted.push((name, "`--prune`".into()));
        }
    }

    /// `--mirror` deletes whatever is not sent.
    fn mirror(&mut self, why: &Rc<str>) {
        let Some(other) = self.other else {
            self.deleted.push(("refs/*".to_owned(), why.clone()));
            return;
        };
        for name in other.refs.keys() {
            if !self.sent.contains_key(name) {
                self.delete(name.clone(), why);
            }
        }
    }

    fn delete(&mut self, name: String, why: &str) {
        let (src, new, why) = (String::new(), New::Delete, Rc::from(why));
        let (force, guessed, outcome) = (false, false, Outcome::Nothing);
        self.sent.insert(
            name,
            Sent {
                src,
                new,
                force,
                guessed,
                why,
                outcome,
            },
        );
    }

    /// What becomes of each ref; with `--atomic`, one refusal refuses all.
    fn judge(&mut self, plan: &mut PushPlan) {
        let (other, push, remote) = (self.other, self.push, self.chosen.remote);
        let mut rejected = false;
        let doubles = self.doubles.iter_mut().map(|(name, sent)| (&*name, sent));
        for (name, sent) in self.sent.iter_mut().chain(doubles) {
            let old = other.map(|o| o.value(name));
            let force = sent.force || self.wanted.force.is_some();
            let candidate = Candidate {
                name,
                old,
                new: &sent.new,
                force,
            };
            sent.outcome = push.outcome(&candidate, remote, plan);
            if let Outcome::Sure(kind) = sent.outcome {
                if sent.guessed {
                    sent.outcome = Outcome::Possible(kind);
                }
            }
            if let Outcome::Rejected(why) = sent.outcome {
                rejected = true;
                plan.refuse(name, why);
            }
        }
        if rejected && push.flags.atomic {
            let doubles = self.doubles.iter_mut().map(|(_, sent)| sent);
            for sent in self.sent.values_mut().chain(doubles) {
                sent.outcome = Outcome::Rejected("`--atomic` refuses all");
            }
        }
    }

    /// Writes the outcome into the plan.
    fn report(&self, sent: &BTreeMap<String, Sent>, label: Option<String>, plan: &mut PushPlan) {
        let doubles = self.doubles.iter().map(|(name, sent)| (name, sent));
        for (name, sent) in sent.iter().chain(doubles) {
            let (kind, certainty) = match sent.outcome {
                Outcome::Sure(kind) => (kind, Certainty::Sure),
                Outcome::Possible(kind) => (kind, Certainty::Possible),
                Outcome::Nothing | Outcome::Rejected(_) => continue,
            };
            let forced = match &self.wanted.force {
                Some(force) if kind == EffectKind::Force => format!(", forced by {force}"),
                _ => String::new(),
            };
            let why = self.sentence(kind, name, &sent.why, &forced);
            self.add(
                (name, false),
                &sent.src,
                (kind, certainty),
                why,
                &label,
                plan,
            );
        }
        for (pattern, why) in &self.deleted {
            let kind = EffectKind::Delete;
            let why = self.sentence(kind, pattern, why, "; the refs there are not known");
            self.add(
                (pattern, true),
                "",
                (kind, Certainty::Possible),
                why,
                &label,
                plan,
            );
        }
        for (pattern, why, force) in &self.anything {
            let forced = *force || self.wanted.force.is_some();
            let kind = if forced {
                EffectKind::Force
            } else {
                EffectKind::Update
            };
            let why = self.sentence(kind, pattern, why, "; the refs here are not known");
            self.add(
                (pattern, true),
                "",
                (kind, Certainty::Possible),
                why,
                &label,
                plan,
            );
        }
    }

    fn sentence(&self, kind: EffectKind, name: &str, why: &str, more: &str) -> String {
        let remote = &self.chosen.name;
        let verb = match kind {
            EffectKind::Create => "creates",
            EffectKind::Update => "updates",
            EffectKind::Force => "overwrites",
            EffectKind::Delete => "deletes",
        };
        let chosen = &self.chosen.why;
        format!("{verb} `{name}` on `{remote}` ({chosen}) because {why}{more}")
    }

    fn add(
        &self,
        (name, pattern): (&str, bool),
        src: &str,
        (kind, certainty): (EffectKind, Certainty),
        why: String,
        repository: &Option<String>,
        plan: &mut PushPlan,
    ) {
        plan.effects.push(RefEffect {
            remote: self.chosen.name.clone(),
            url: self.url.to_owned(),
            repository: repository.clone(),
            name: name.to_owned(),
            pattern,
            kind,
            src: src.to_owned(),
            certainty,
            why,
        });
    }
}

fn is_single(spec: &Refspec) -> bool {
    matches!(
        spec.kind,
        RefspecKind::Pair { .. } | RefspecKind::Negative { .. }
    )
}
