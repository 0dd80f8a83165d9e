//! Protection rules taken over from hosts: `ClassicRules`, `Rulesets`, `GitlabRules`
//! (feature `json`) and `GitoliteRules` (feature `gitolite`).
//!
//! Each host combines its rules in its own way, and an import keeps that way: of GitHub's
//! classic rules exactly one applies to a branch, of its rulesets all do and the strictest
//! holds, GitLab takes the most permissive, gitolite the first that fits. Between imports and
//! our own policy the strictest answer wins ([`decide_push`](crate::protect::decide_push)).
//!
//! An import says what the host would refuse; where the host would let a push through, it
//! says so, and our own policy still has its say. Exceptions that a host grants to persons
//! are never granted to agents and bots; to a person they mean a question.

#[cfg(feature = "json")]
mod classic;
#[cfg(feature = "json")]
mod gitlab;
#[cfg(feature = "gitolite")]
mod gitolite;
#[cfg(feature = "json")]
mod rulesets;
#[cfg(feature = "json")]
mod value;

#[cfg(feature = "json")]
pub use classic::ClassicRules;
#[cfg(feature = "json")]
pub use gitlab::GitlabRules;
#[cfg(feature = "gitolite")]
pub use gitolite::GitoliteRules;
#[cfg(feature = "json")]
pub use rulesets::Rulesets;

use crate::pattern::PatternError;

/// Why rules could not be imported. Nothing is imported then: a part of the rules would
/// protect less than the host does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// It is not JSON.
    #[error("not JSON: {0}")]
    Json(String),
    /// A value is not what it should be.
    #[error("`{place}` is not {expected}")]
    Value {
        /// Where, such as `[2].rules[0].type`.
        place: String,
        /// What was expected.
        expected: &'static str,
    },
    /// A pattern was refused.
    #[error("`{place}`: {source}")]
    Pattern {
        /// Where.
        place: String,
        /// Why.
        source: PatternError,
    },
    /// A line of gitolite's configuration that is not understood.
    #[error("line {line}: {why}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

/// What the rules of a host ask of changes to a branch, for the linter, [`crate::lint`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    /// The name of the rule or rules.
    pub rule: String,
    /// Whether nobody may rewind it.
    pub no_force: bool,
    /// Whether nobody may delete it.
    pub no_deletion: bool,
    /// Whether changes come by pull requests.
    pub pull_request: bool,
    /// How many reviews they need.
    pub reviews: u32,
    /// Whether owners of the changed files must review.
    pub code_owners: bool,
    /// Whether reviews of older commits are void.
    pub dismiss_stale: bool,
    /// Whether somebody else than the last pusher must review.
    pub last_push: bool,
    /// Checks that must pass.
    pub checks: Vec<String>,
    /// Whether a branch must be up to date before it is merged.
    pub up_to_date: bool,
    /// Whether the rules bind administrators and nobody may bypass them.
    pub binds_admins: bool,
}

/// A reason of a host's rule.
#[cfg(any(feature = "json", feature = "gitolite"))]
fn reason(
    rule: &'static str,
    verdict: clearance_core::Verdict,
    change: &crate::protect::RefChange<'_>,
    why: &str,
) -> crate::protect::PushReason {
    let allowed = verdict == clearance_core::Verdict::Allow;
    crate::protect::PushReason {
        rule,
        verdict,
        message: format!("{}: {why}", crate::protect::act(change)),
        remedy: (!allowed).then_some(crate::protect::PULL_REQUEST),
    }
}
