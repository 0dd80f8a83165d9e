//! `--follow-tags`: annotated tags go along with the commits that they name.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::matching::{Matching, Sent};
use super::plan::{Need, PushPlan};
use super::status::{New, Outcome};
use crate::facts::ObjectKind;

/// More pairs of tags and commits than this are not asked about one by one.
const PAIRS: usize = 48;

/// An annotated tag that the other side lacks: name, id, the commit it leads to.
type Missing<'a> = (&'a String, &'a String, Option<&'a str>);

impl<'a> Matching<'a> {
    /// Adds the annotated tags that the other side lacks and that what it will have leads to.
    pub(super) fn follow_tags(&mut self, plan: &mut PushPlan) {
        let missing = self.missing_tags();
        if missing.is_empty() {
            return;
        }
        let (tips, mut known) = self.tips(plan);
        let (reached, complete) = self.reached(&tips);
        known &= self.other.is_some();
        let few = missing.len().saturating_mul(tips.len()) <= PAIRS;
        let why: Rc<str> = match self.push.settings.follow_tags {
            Some(entry) => super::globals::cite(entry).into(),
            None => "`--follow-tags`".into(),
        };
        for (name, id, target) in missing {
            let state = match target {
                Some(target) if reached.contains(target) => Some(true),
                Some(_) if known && complete => Some(false),
                Some(target) if known && few => self.is_reached(target, &tips, plan),
                _ => None,
            };
            if state == Some(false) {
                continue;
            }
            let (src, new, why) = (name.clone(), New::Id(id.clone()), why.clone());
            let (force, guessed, outcome) = (false, state.is_none(), Outcome::Nothing);
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

    fn missing_tags(&self) -> Vec<Missing<'a>> {
        let facts = self.push.facts;
        let tags = facts
            .refs
            .iter()
            .filter(|(name, _)| name.starts_with("refs/tags/"));
        let missing = tags
            .filter(|(name, _)| !self.sent.contains_key(*name))
            .filter(|(name, _)| self.other.is_none_or(|o| o.value(name).is_none()));
        let annotated = missing.filter_map(|(name, id)| match facts.kind(id) {
            Some(ObjectKind::Tag(target)) => Some((name, id, target.as_deref())),
            None => Some((name, id, None)),
            _ => None,
        });
        annotated.collect()
    }

    /// The commits that the other side will have for sure, and whether these are all that
    /// are known here.
    fn tips(&self, plan: &mut PushPlan) -> (Vec<String>, bool) {
        let facts = self.push.facts;
        let mut ids: Vec<&str> = Vec::new();
        let mut complete = true;
        for sent in self.sent.values() {
            match &sent.new {
                New::Id(id) => ids.push(id),
                New::Unknown => complete = false,
                New::Delete => {}
            }
        }
        if let Some(other) = self.other {
            let replaced =
                |name: &String| self.sent.get(name).is_some_and(|s| s.new != New::Delete);
            let kept = other.refs.iter().filter(|(name, _)| !replaced(name));
            ids.extend(kept.map(|(_, id)| id.as_str()));
        }
        let mut tips = BTreeSet::new();
        for id in ids {
            match facts.commit_of(id) {
                Some(commit) => tips.extend(commit),
                None => {
                    plan.need(Need::Object(id.to_owned()));
                    complete = false;
                }
            }
        }
        (tips.into_iter().map(str::to_owned).collect(), complete)
    }

    /// Everything that the history known here leads to, and whether it has no gaps.
    fn reached(&self, tips: &[String]) -> (BTreeSet<&'a str>, bool) {
        let parents = &self.push.facts.ancestry.parents;
        let (mut seen, mut complete) = (BTreeSet::new(), true);
        let mut todo: Vec<&'a str> = Vec::new();
        for tip in tips {
            match parents.get_key_value(tip) {
                Some((tip, _)) => todo.push(tip),
                None => complete = false,
            }
        }
        while let Some(commit) = todo.pop() {
            if seen.insert(commit) {
                match parents.get(commit) {
                    Some(parents) => todo.extend(parents.iter().map(String::as_str)),
                    None => complete = false,
                }
            }
        }
        (seen, complete)
    }

    fn is_reached(&self, target: &str, tips: &[String], plan: &mut PushPlan) -> Option<bool> {
        let mut answer = Some(false);
        for tip in tips {
            match self.push.facts.ancestry.contains(tip, target) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => {
                    plan.need(Need::Ancestry(target.to_owned(), tip.clone()));
                    answer = None;
                }
            }
        }
        answer
    }
}
