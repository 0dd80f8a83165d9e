//! Pairs local refs with the refs of the other side: explicit pairs first, then patterns and
//! matching branches, followed tags, and deletions by `--prune` and `--mirror`.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Push;
use super::plan::{Need, PushPlan};
use super::revision::{self, Revision};
use super::settings::excludes;
use super::status::{Candidate, New, Outcome};
use super::target::Chosen;
use super::wanted::Wanted;
use crate::facts::Repository;
use crate::refspec::{Found, Refspec, RefspecKind, fill, find, star};

/// What is sent to one ref.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) src: String,
    pub(super) new: New,
    pub(super) force: bool,
    /// It was found by guessing what the other side has.
    pub(super) guessed: bool,
    pub(super) why: Rc<str>,
    pub(super) outcome: Outcome,
}

pub(super) struct Matching<'a> {
    pub(super) push: &'a Push<'a>,
    pub(super) chosen: &'a Chosen<'a>,
    pub(super) wanted: &'a Wanted,
    pub(super) url: &'a str,
    /// The other side; `None` where its refs are not known.
    pub(super) other: Option<&'a Repository>,
    pub(super) sent: BTreeMap<String, Sent>,
    /// Second sources for one ref, which git overlooks where the other side has no refs.
    pub(super) doubles: Vec<(String, Sent)>,
    /// Patterns of refs that may be deleted on an unknown other side.
    pub(super) deleted: Vec<(String, Rc<str>)>,
    /// Refs of any name that may be written because a source or the local refs are unknown.
    pub(super) anything: Vec<(String, Rc<str>, bool)>,
}

impl<'a> Matching<'a> {
    pub(super) fn new(
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
    pub(super) fn run(&mut self, plan: &mut PushPlan) -> BTreeMap<String, Sent> {
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
            self.follow_tags(plan);
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
        // Whatever else the name may stand for, it leads to no ref: git cannot tell where to.
        if facts.refs_complete && (sent.new != New::Unknown || name != "HEAD") {
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
}

fn is_single(spec: &Refspec) -> bool {
    matches!(
        spec.kind,
        RefspecKind::Pair { .. } | RefspecKind::Negative { .. }
    )
}
