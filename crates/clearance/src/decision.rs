//! The answer: [`Decision`].

use clearance_core::{Effect, Finding, Risk, Score, Verdict};

/// The answer to one request, with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub(crate) verdict: Verdict,
    pub(crate) score: Score,
    pub(crate) findings: Vec<Finding>,
    pub(crate) effects: Vec<Effect>,
}

impl Decision {
    /// What to do.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// How risky it is, 0 to 100.
    #[must_use]
    pub fn score(&self) -> Score {
        self.score
    }

    /// The tier of the score.
    #[must_use]
    pub fn risk(&self) -> Risk {
        self.score.risk()
    }

    /// The reasons, worst first, without doubles. Empty when there is nothing to say against
    /// it.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What it would do, as far as that was understood, each effect once.
    #[must_use]
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }
}
