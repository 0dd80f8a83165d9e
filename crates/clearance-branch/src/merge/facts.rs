//! What is known about a pull request and the world around it: [`MergeFacts`],
//! [`MergeContext`].

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::breaker::BreakerState;
use crate::level::{Confidence, Level};
use crate::limits::Vulnerability;

/// A pull request. The default is one about which nothing is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MergeFacts {
    /// The branch it aims at, by its short name.
    pub target: String,
    /// The branch it comes from, if known.
    pub source: Option<String>,
    /// Who made it.
    pub author: String,
    /// Who pushed last, if known.
    pub last_pusher: Option<String>,
    /// The commit id at its head.
    pub head: String,
    /// Which kind of bot made it, if one did.
    pub bot: Option<String>,
    /// How sure the scorer is.
    pub confidence: Confidence,
    /// Approving reviews.
    pub approvals: Vec<Approval>,
    /// Whether somebody asked for changes and has not taken that back.
    pub changes_requested: bool,
    /// Whether an executive said no.
    pub veto: bool,
    /// Whether it is a draft.
    pub draft: bool,
    /// Whether it conflicts with its target.
    pub conflict: bool,
    /// What ran on it.
    pub checks: Checks,
    /// Whether it promotes one branch of the order to the next.
    pub promotion: bool,
    /// Whether that promotion holds nothing but changes by bots.
    pub only_bot_changes: bool,
    /// Whether it undoes the last merge.
    pub revert: bool,
    /// Whether it is a hotfix.
    pub hotfix: bool,
    /// Whether it fixes a vulnerability; late vulnerabilities never hold their own fix.
    pub security_fix: bool,
    /// Its impact on the business, by kind.
    pub impact: BTreeMap<String, ImpactLevel>,
    /// Whether an administrator wants to pass a failed check.
    pub admin_bypass: bool,
    /// For each changed file that has owners, who they are; `None` if that is not known.
    pub owners: Option<Vec<Vec<String>>>,
    /// Facts that could not be read; each one asks.
    pub problems: Vec<String>,
}

/// An approving review.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approval {
    /// Who approved.
    pub by: String,
    /// How much the signature weighs; `None` for a role that is not known, which counts
    /// for nothing.
    pub level: Option<Level>,
    /// The commit that was approved; `None` where the host vouches that it is the head.
    pub commit: Option<String>,
    /// Whether a program approved.
    pub bot: bool,
    /// Whether it was dismissed.
    pub dismissed: bool,
    /// What the approver lifts by naming it.
    pub overrides: Vec<Override>,
}

/// What an approver may lift for one change, by naming it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Override {
    /// A score below the line.
    Confidence,
    /// A freeze.
    Freeze,
    /// An open or half-open circuit breaker.
    Breaker,
}

impl Override {
    /// `confidence`, `freeze` or `breaker`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confidence => "confidence",
            Self::Freeze => "freeze",
            Self::Breaker => "breaker",
        }
    }

    /// The override of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "confidence" | "confidence_low" | "score" | "threshold" => Some(Self::Confidence),
            "freeze" => Some(Self::Freeze),
            "breaker" | "circuit" | "circuit_breaker" | "circuit-breaker" => Some(Self::Breaker),
            _ => None,
        }
    }
}

/// What ran on a pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Checks {
    /// Nobody looked.
    #[default]
    Unknown,
    /// The caller vouches that every required check passed on the head commit.
    AllPassed,
    /// These ran, the latest run of each.
    Listed(Vec<Check>),
}

/// A check by its name and result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name. Of two results with one name, the worse counts.
    pub name: String,
    /// Its result.
    pub status: CheckStatus,
    /// The commit it ran on; `None` where the host vouches that it is the head.
    pub commit: Option<String>,
}

/// The result of a check. Skipped and not applicable are no success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckStatus {
    /// It passed.
    Success,
    /// It was skipped, or came out neutral.
    Skipped,
    /// It is not finished.
    Pending,
    /// It failed, was cancelled or ran out of time.
    Failed,
}

impl CheckStatus {
    /// The status of that name, in the words that hosts use; a result nobody knows is a
    /// failure.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        match name {
            "success" | "passed" => Self::Success,
            "skipped" | "neutral" => Self::Skipped,
            "pending" | "queued" | "in_progress" | "expected" | "waiting" | "requested" => {
                Self::Pending
            }
            _ => Self::Failed,
        }
    }
}

/// How much a change matters to the business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImpactLevel {
    /// Little, or not at all.
    Low,
    /// Somewhat.
    Medium,
    /// A lot: it lifts the required review by one step.
    High,
}

impl ImpactLevel {
    /// The level of that name (`none` is low).
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "none" | "low" => Some(Self::Low),
            "medium" => Some(Self::Medium),
            "high" => Some(Self::High),
            _ => None,
        }
    }
}

/// The world around a pull request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MergeContext {
    /// The time; needed if the policy has freeze windows.
    pub now: Option<Timestamp>,
    /// Whether merges are frozen by hand.
    pub frozen: bool,
    /// The circuit breaker.
    pub breaker: BreakerState,
    /// Hours since the last promotion to the target; `None` if there was none yet.
    pub hours_since_promotion: Option<f64>,
    /// Hours since the last promotion of bot changes; `None` if there was none yet.
    pub hours_since_batch: Option<f64>,
    /// Days since the change board decided; `None` if it has not.
    pub board_days: Option<f64>,
    /// Whether a person started this promotion.
    pub manual_trigger: bool,
    /// How many checks must have passed below the last branch of the order, where that is
    /// more than the policy says.
    pub checks_below_last: u32,
    /// Open vulnerabilities.
    pub vulnerabilities: Vec<Vulnerability>,
    /// Measurements; `None` is "not measured".
    pub metrics: BTreeMap<String, Option<f64>>,
}
