//! Whether a pull request may be merged: [`decide_merge`].
//!
//! Facts in, decision out: no clock, no file, no network. Every rule is asked and every
//! reason reported; the strictest decides (deny, then wait, then ask, then merge). Only a
//! veto, a branch that no policy knows and a bot's pull request that belongs elsewhere end
//! the matter at once.

mod checks;
mod decision;
mod facts;
mod rules;
mod sign;

pub use decision::{Change, MergeDecision, Outcome, Reason, Who};
pub use facts::{
    Approval, Check, CheckStatus, Checks, ImpactLevel, MergeContext, MergeFacts, Override,
};

use crate::config::{Policy, Target};
use crate::level::Review;
use sign::Signatures;

/// What kind of change it is, as far as the rules differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ordinary,
    Promotion,
    Revert,
    Hotfix,
}

/// A pull request beside the rules of its target.
struct Case<'a> {
    policy: &'a Policy,
    facts: &'a MergeFacts,
    context: &'a MergeContext,
    target: &'a Target,
    kind: Kind,
    /// The review that is asked for, lifted where impact is high.
    review: Review,
    signatures: Signatures<'a>,
}

/// Decides about a pull request.
///
/// # Examples
///
/// ```
/// use clearance_branch::config::Policy;
/// use clearance_branch::merge::{Checks, MergeContext, MergeFacts, Outcome, decide_merge};
/// use clearance_branch::Confidence;
///
/// let mut facts = MergeFacts {
///     target: "staging".to_owned(),
///     author: "ada".to_owned(),
///     head: "4f2a".to_owned(),
///     confidence: Confidence::new(88.0),
///     checks: Checks::AllPassed,
///     ..MergeFacts::default()
/// };
/// let policy = Policy::default();
/// let decision = decide_merge(&policy, &facts, &MergeContext::default());
/// assert_eq!(decision.outcome, Outcome::Ask);
/// assert_eq!(decision.codes(), ["confidence_low"]);
///
/// facts.confidence = Confidence::new(90.0);
/// let decision = decide_merge(&policy, &facts, &MergeContext::default());
/// assert_eq!(decision.outcome, Outcome::Merge);
/// ```
#[must_use]
pub fn decide_merge(policy: &Policy, facts: &MergeFacts, context: &MergeContext) -> MergeDecision {
    let Some(target) = policy.targets.get(&facts.target) else {
        return MergeDecision::new(vec![rules::unknown_target(facts)], Vec::new(), Vec::new());
    };
    let redirect = rules::bot_elsewhere(policy, facts);
    if let (Some(reason), false) = (redirect, facts.veto) {
        return MergeDecision::new(vec![reason], Vec::new(), Vec::new());
    }
    let case = Case::new(policy, facts, context, target);
    let (reasons, mut notes) = case.all_rules();
    notes.splice(0..0, case.signatures.ignored.iter().cloned());
    if facts.veto {
        MergeDecision::new(vec![rules::veto()], reasons, notes)
    } else {
        MergeDecision::new(reasons, Vec::new(), notes)
    }
}

impl<'a> Case<'a> {
    fn new(
        policy: &'a Policy,
        facts: &'a MergeFacts,
        context: &'a MergeContext,
        target: &'a Target,
    ) -> Self {
        let high = |(name, level): (&String, &ImpactLevel)| {
            *level == ImpactLevel::High && policy.impact.lifting.contains(name)
        };
        let lifted = facts.impact.iter().any(high);
        Self {
            policy,
            facts,
            context,
            target,
            kind: kind(policy, facts),
            review: if lifted {
                target.review.lifted()
            } else {
                target.review
            },
            signatures: Signatures::count(facts, target),
        }
    }
}

fn kind(policy: &Policy, facts: &MergeFacts) -> Kind {
    let last = policy.promotion.last() == Some(facts.target.as_str());
    let from_below =
        facts.source.is_some() && facts.source.as_deref() == policy.promotion.below(&facts.target);
    if facts.hotfix && last && policy.hotfix.allowed {
        Kind::Hotfix
    } else if facts.revert {
        Kind::Revert
    } else if facts.promotion || from_below {
        Kind::Promotion
    } else {
        Kind::Ordinary
    }
}
