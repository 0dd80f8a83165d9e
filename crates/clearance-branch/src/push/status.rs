//! Whether git would send one ref, and what that does to it: force, leases, fast-forwards.

use super::Push;
use super::flags::Lease;
use super::plan::{EffectKind, Need, PushPlan};
use super::revision::{self, Revision};
use super::settings::Remote;
use crate::facts::{ObjectKind, Repository};
use crate::refspec::may_name;

/// What is written to a ref.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum New {
    Delete,
    Id(String),
    Unknown,
}

/// What becomes of one ref.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is as it should be, or there is nothing to delete.
    Nothing,
    Sure(EffectKind),
    Possible(EffectKind),
    /// git refuses.
    Rejected(&'static str),
}

/// Yes, no, or not known.
type Answer = Option<bool>;

/// What a lease says of a ref.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LeaseState {
    None,
    Holds,
    Fails(&'static str),
    Unknown,
}

/// One ref on the other side and what is wanted of it.
pub(crate) struct Candidate<'c> {
    pub(crate) name: &'c str,
    /// Its value there: not known, absent, or this.
    pub(crate) old: Option<Option<&'c str>>,
    pub(crate) new: &'c New,
    pub(crate) force: bool,
}

impl Push<'_> {
    pub(crate) fn outcome(
        &self,
        candidate: &Candidate<'_>,
        remote: Option<&Remote<'_>>,
        plan: &mut PushPlan,
    ) -> Outcome {
        let Some(old) = candidate.old else {
            let leased = self.flags.leases.iter().any(|l| {
                l.name
                    .as_deref()
                    .is_none_or(|n| may_name(n, candidate.name))
            });
            return unknown_other_side(candidate, leased);
        };
        if let (Some(old), New::Id(new)) = (old, candidate.new) {
            if old == new {
                return Outcome::Nothing;
            }
        }
        let lease = self.lease(candidate.name, old, remote, plan);
        let forced = candidate.force || lease == LeaseState::Holds;
        let reason = match lease {
            LeaseState::Fails(reason) => Some(reason),
            _ => None,
        };
        match (candidate.new, old, reason) {
            (_, _, Some(reason)) if !forced => Outcome::Rejected(reason),
            (New::Delete, None, _) => Outcome::Nothing,
            (New::Delete, Some(_), _) => sure_unless(lease, candidate, EffectKind::Delete),
            (_, None, _) => sure_unless(lease, candidate, EffectKind::Create),
            (_, Some(_), Some(_)) => Outcome::Sure(EffectKind::Force),
            (New::Unknown, Some(_), _) => self.unsure(forced || lease == LeaseState::Unknown),
            (New::Id(new), Some(old), None) => {
                let forward = self.moves_forward(candidate.name, old, new, plan);
                self.judge(forward, forced, lease == LeaseState::Unknown)
            }
        }
    }

    fn unsure(&self, forced: bool) -> Outcome {
        Outcome::Possible(if forced {
            EffectKind::Force
        } else {
            EffectKind::Update
        })
    }

    fn judge(&self, forward: Result<Answer, &'static str>, forced: bool, maybe: bool) -> Outcome {
        match forward {
            Ok(Some(true)) if maybe => Outcome::Possible(EffectKind::Update),
            Ok(Some(true)) => Outcome::Sure(EffectKind::Update),
            Ok(None) => self.unsure(forced || maybe),
            Ok(Some(false)) | Err(_) if forced => Outcome::Sure(EffectKind::Force),
            Ok(Some(false)) | Err(_) if maybe => Outcome::Possible(EffectKind::Force),
            Ok(Some(false)) => Outcome::Rejected("it would not move forward"),
            Err(reason) => Outcome::Rejected(reason),
        }
    }

    /// Whether the new value contains the old one; an error is what git needs force for even
    /// then.
    fn moves_forward(
        &self,
        name: &str,
        old: &str,
        new: &str,
        plan: &mut PushPlan,
    ) -> Result<Answer, &'static str> {
        if name.starts_with("refs/tags/") {
            return Err("the tag exists there already");
        }
        let facts = self.facts;
        if facts.kind(old) == Some(&ObjectKind::Absent) {
            return Err("its value there is not known here");
        }
        for id in [old, new] {
            if facts.kind(id).is_none() {
                plan.need(Need::Object(id.to_owned()));
            }
        }
        let (Some(before), Some(after)) = (facts.commit_of(old), facts.commit_of(new)) else {
            return Ok(None);
        };
        let (Some(before), Some(after)) = (before, after) else {
            return Err("a value is no commit");
        };
        let contains = facts.ancestry.contains(after, before);
        if contains.is_none() {
            plan.need(Need::Ancestry(before.to_owned(), after.to_owned()));
        }
        Ok(contains)
    }

    fn lease(
        &self,
        name: &str,
        old: Option<&str>,
        remote: Option<&Remote<'_>>,
        plan: &mut PushPlan,
    ) -> LeaseState {
        let named = |l: &&Lease| l.name.as_deref().is_some_and(|n| may_name(n, name));
        let rest = |l: &&Lease| l.name.is_none();
        let leases = &self.flags.leases;
        let Some(lease) = leases
            .iter()
            .find(named)
            .or_else(|| leases.iter().find(rest))
        else {
            return LeaseState::None;
        };
        let expected = match lease.expect.as_deref() {
            Some("") => Some(None),
            Some(text) => match revision::resolve(text, self.facts, self.settings) {
                Revision::Id(id) => Some(Some(id)),
                _ => None,
            },
            None => self.tracked(name, remote),
        };
        let Some(expected) = expected else {
            return LeaseState::Unknown;
        };
        if expected.as_deref() != old {
            return LeaseState::Fails("the lease does not hold");
        }
        let tracked = lease.expect.is_none() && expected.is_some();
        match (self.flags.includes && tracked, old) {
            (true, Some(old)) => self.included(name, old, plan),
            _ => LeaseState::Holds,
        }
    }

    /// The value of the tracking ref: not known, none, or this.
    fn tracked(&self, name: &str, remote: Option<&Remote<'_>>) -> Option<Option<String>> {
        let Some(tracking) = remote.and_then(|r| r.tracking(name)) else {
            return Some(None);
        };
        match self.facts.refs.get(&tracking) {
            Some(id) => Some(Some(id.clone())),
            None => self.facts.refs_complete.then_some(None),
        }
    }

    /// `--force-if-includes`: the local branch's reflog must have contained the old value.
    fn included(&self, name: &str, old: &str, plan: &mut PushPlan) -> LeaseState {
        let Some(logs) = &self.facts.reflogs else {
            plan.need(Need::Reflog(name.to_owned()));
            return LeaseState::Unknown;
        };
        let values = logs.get(name).map(Vec::as_slice).unwrap_or_default();
        let answers = values
            .iter()
            .map(|value| self.facts.ancestry.contains(value, old));
        let mut state = LeaseState::Fails("the branch here never contained what is there");
        for answer in answers {
            match answer {
                Some(true) => return LeaseState::Holds,
                Some(false) => {}
                None => state = LeaseState::Unknown,
            }
        }
        state
    }

    /// Whether every lease names something that git understands.
    pub(crate) fn leases_parse(&self, plan: &mut PushPlan) -> bool {
        for text in self.flags.lease_values.iter().filter(|t| !t.is_empty()) {
            match revision::resolve(text, self.facts, self.settings) {
                Revision::Id(_) => {}
                Revision::Fails => {
                    plan.refuse(text, "the lease names no object");
                    return false;
                }
                Revision::Unknown => plan.need(Need::Revision(text.clone())),
            }
        }
        true
    }
}

fn sure_unless(lease: LeaseState, candidate: &Candidate<'_>, kind: EffectKind) -> Outcome {
    if lease == LeaseState::Unknown && !candidate.force {
        Outcome::Possible(kind)
    } else {
        Outcome::Sure(kind)
    }
}

/// The gravest that can happen where the other side's value is not known. A lease that
/// holds acts as force.
fn unknown_other_side(candidate: &Candidate<'_>, leased: bool) -> Outcome {
    Outcome::Possible(match candidate.new {
        New::Delete => EffectKind::Delete,
        _ if candidate.force || leased => EffectKind::Force,
        _ => EffectKind::Update,
    })
}

impl Repository {
    /// The value of a ref there.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.refs.get(name).map(String::as_str)
    }
}
