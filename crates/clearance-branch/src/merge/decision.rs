//! The answer: [`MergeDecision`], its [`Reason`]s, and the [`Change`]s that would flip it.

use core::fmt;

use clearance_core::Verdict;

use super::facts::Override;
use crate::level::Level;

/// What becomes of a pull request. Ordered: the strictest reason decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It may be merged.
    Merge,
    /// A person must act.
    Ask,
    /// Time or a machine must act; nobody is asked before that.
    Wait,
    /// It belongs to another branch.
    Route,
    /// It may not be merged.
    Deny,
}

impl Outcome {
    /// `merge`, `ask`, `wait`, `route` or `deny`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Ask => "ask",
            Self::Wait => "wait",
            Self::Route => "route",
            Self::Deny => "deny",
        }
    }

    /// The same in the words of the engine: only [`Outcome::Merge`] allows.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Merge => Verdict::Allow,
            Self::Ask | Self::Wait => Verdict::Ask,
            Self::Route | Self::Deny => Verdict::Deny,
        }
    }
}

/// Who must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// An owner of the changed files.
    CodeOwner,
    /// Somebody of that level or above.
    Level(Level),
    /// An administrator.
    Admin,
}

impl Who {
    /// `code-owner`, the level's name, or `admin`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CodeOwner => "code-owner",
            Self::Level(level) => level.as_str(),
            Self::Admin => "admin",
        }
    }
}

/// The change that would make one reason go away.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// Somebody of this level or above approves the head commit and names what they lift.
    Sign {
        /// The level.
        level: Level,
        /// What they name.
        naming: Vec<Override>,
    },
    /// Beside that, another person of this level or above approves.
    SecondSign(Level),
    /// So many more people approve.
    Reviews(u32),
    /// One of these owners approves.
    OwnerApproves(Vec<String>),
    /// The owners of the changed files become known.
    KnowOwners,
    /// The target branch gets an entry in the policy.
    AddTarget(String),
    /// It aims at another branch.
    Retarget(String),
    /// It comes from this branch.
    ComeFrom(String),
    /// It is opened as an ordinary pull request.
    NoPromotion,
    /// The executive takes the veto back.
    WithdrawVeto,
    /// Whoever asked for changes approves them or takes that back.
    ResolveRequest,
    /// It stops being a draft.
    MarkReady,
    /// Its conflicts are resolved.
    ResolveConflict,
    /// These checks pass.
    PassChecks(Vec<String>),
    /// So many more checks pass on the head commit.
    MoreChecks(u32),
    /// So many hours go by.
    WaitHours(f64),
    /// The change board decides.
    BoardDecides,
    /// A person starts it.
    StartByHand,
    /// The caller says what time it is.
    KnowTime,
    /// A vulnerability is fixed, or its severity and age become known.
    FixVulnerability(String),
    /// A metric comes below its bound.
    Lower(String, f64),
    /// A metric is measured.
    Measure(String),
    /// A fact is given in a form that can be read.
    FixFact(String),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sign { level, naming } if naming.is_empty() => {
                write!(f, "an approval of the head commit by {}", article(*level))
            }
            Self::Sign { level, naming } => {
                let names: Vec<String> =
                    naming.iter().map(|n| format!("`{}`", n.as_str())).collect();
                write!(
                    f,
                    "an approval of the head commit by {} that names the override {}",
                    article(*level),
                    names.join(" and ")
                )
            }
            Self::SecondSign(level) => write!(f, "an approval by another person, {level} or above"),
            Self::Reviews(1) => f.write_str("an approval by one more person"),
            Self::Reviews(n) => write!(f, "approvals by {n} more people"),
            Self::OwnerApproves(owners) => {
                write!(f, "an approval by {}", owners.join(" or "))
            }
            Self::KnowOwners => f.write_str("the owners of the changed files"),
            Self::AddTarget(name) => write!(f, "an entry `[target.{name}]` in the policy"),
            Self::Retarget(name) => write!(f, "aiming it at `{name}`"),
            Self::ComeFrom(name) => write!(f, "a pull request from `{name}`"),
            Self::NoPromotion => f.write_str("opening it as an ordinary pull request"),
            Self::WithdrawVeto => f.write_str("the veto being taken back"),
            Self::ResolveRequest => f.write_str("the requested changes being made and accepted"),
            Self::MarkReady => f.write_str("marking it ready for review"),
            Self::ResolveConflict => f.write_str("resolving the conflicts"),
            Self::PassChecks(names) => write!(f, "a pass of {}", names.join(", ")),
            Self::MoreChecks(1) => f.write_str("one more check that passes on the head commit"),
            Self::MoreChecks(n) => write!(f, "{n} more checks that pass on the head commit"),
            Self::WaitHours(hours) => write!(f, "waiting {hours} more hours"),
            Self::BoardDecides => f.write_str("a decision of the change board"),
            Self::StartByHand => f.write_str("a start by hand"),
            Self::KnowTime => f.write_str("knowing the time"),
            Self::FixVulnerability(name) => write!(f, "closing {name}"),
            Self::Lower(name, bound) => write!(f, "bringing `{name}` below {bound}"),
            Self::Measure(name) => write!(f, "measuring `{name}`"),
            Self::FixFact(problem) => write!(f, "correcting the facts: {problem}"),
        }
    }
}

fn article(level: Level) -> &'static str {
    match level {
        Level::Reviewer => "a reviewer",
        Level::TechnicalLead => "a technical lead",
        Level::Executive => "an executive",
    }
}

/// One reason why a pull request does not merge by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// A stable code, such as `confidence_low`.
    pub code: &'static str,
    /// What this reason alone leads to.
    pub outcome: Outcome,
    /// Who must act, if a person must.
    pub who: Option<Who>,
    /// One sentence.
    pub message: String,
    /// What would make it go away.
    pub change: Change,
}

/// The answer about a pull request.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeDecision {
    /// What becomes of it.
    pub outcome: Outcome,
    /// Every reason, strictest first; none if it merges.
    pub reasons: Vec<Reason>,
    /// Where a veto ends the matter: what else stands in the way.
    pub moot: Vec<Reason>,
    /// What was disregarded, and why: approvals that do not count, skipped checks that do.
    pub notes: Vec<String>,
}

impl MergeDecision {
    /// The decision that these reasons make.
    pub(super) fn new(mut reasons: Vec<Reason>, moot: Vec<Reason>, notes: Vec<String>) -> Self {
        reasons.sort_by(|a, b| b.outcome.cmp(&a.outcome).then(a.code.cmp(b.code)));
        let outcome = reasons.first().map_or(Outcome::Merge, |r| r.outcome);
        Self {
            outcome,
            reasons,
            moot,
            notes,
        }
    }

    /// The branch it belongs to instead.
    #[must_use]
    pub fn route_to(&self) -> Option<&str> {
        self.reasons.iter().find_map(|r| match &r.change {
            Change::Retarget(to) if r.outcome == Outcome::Route => Some(to.as_str()),
            _ => None,
        })
    }

    /// Who must act where a person is asked: an administrator, else the highest level that
    /// any reason names, else a code owner.
    #[must_use]
    pub fn who(&self) -> Option<Who> {
        if self.outcome != Outcome::Ask {
            return None;
        }
        self.reasons.iter().filter_map(|r| r.who).max()
    }

    /// The codes of the reasons, in alphabetical order and without doubles.
    #[must_use]
    pub fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<_> = self.reasons.iter().map(|r| r.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// The smallest set of changes that together would make it merge: one signature stands
    /// for all that a signature can settle.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let mut signature: Option<(Level, Vec<Override>)> = None;
        let mut reviews = 0;
        let mut second = None;
        let mut rest = Vec::new();
        for change in self.reasons.iter().chain(&self.moot).map(|r| &r.change) {
            match change {
                Change::Sign { level, naming } => {
                    let (highest, names) = signature.get_or_insert((*level, Vec::new()));
                    *highest = (*highest).max(*level);
                    names.extend(naming);
                }
                Change::Reviews(n) => reviews = reviews.max(*n),
                Change::SecondSign(level) => second = Some(*level),
                other if rest.contains(other) => {}
                other => rest.push(other.clone()),
            }
        }
        let signatures = u32::from(signature.is_some()) + u32::from(second.is_some());
        let more = reviews.saturating_sub(signatures);
        rest.extend(signature.map(|(level, mut naming)| {
            naming.sort_unstable();
            naming.dedup();
            Change::Sign { level, naming }
        }));
        rest.extend(second.map(Change::SecondSign));
        rest.extend((more > 0).then_some(Change::Reviews(more)));
        rest
    }
}

impl fmt::Display for MergeDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.outcome.as_str())?;
        if let Some(to) = self.route_to() {
            write!(f, " to {to}")?;
        }
        if let Some(who) = self.who() {
            write!(f, " ({})", who.as_str())?;
        }
        for reason in &self.reasons {
            write!(
                f,
                "\n  {} [{}]: {}",
                reason.outcome.as_str(),
                reason.code,
                reason.message
            )?;
        }
        for reason in &self.moot {
            write!(f, "\n  besides [{}]: {}", reason.code, reason.message)?;
        }
        for note in &self.notes {
            write!(f, "\n  note: {note}")?;
        }
        let changes = self.changes();
        if !changes.is_empty() {
            let texts: Vec<String> = changes.iter().map(Change::to_string).collect();
            write!(f, "\n  it would merge with: {}", texts.join("; "))?;
        }
        Ok(())
    }
}
