//! The answer: [`Decision`].

use std::fmt;

use clearance_core::{Effect, Finding, Risk, Score, Verdict};

/// The answer to one request, with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub(crate) verdict: Verdict,
    pub(crate) score: Score,
    pub(crate) findings: Vec<Finding>,
    pub(crate) effects: Effects,
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

    /// The reasons, worst first, without doubles; of very many only the worst. Empty when
    /// there is nothing to say against it.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What it would do, as far as that was understood, each effect once.
    #[must_use]
    pub fn effects(&self) -> &[Effect] {
        self.effects.as_slice()
    }
}

/// Effects, each once.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Effects {
    list: [Effect; Effect::ALL.len()],
    count: usize,
}

impl Effects {
    fn as_slice(&self) -> &[Effect] {
        self.list.get(..self.count).unwrap_or_default()
    }
}

impl FromIterator<Effect> for Effects {
    fn from_iter<I: IntoIterator<Item = Effect>>(effects: I) -> Self {
        let mut list = [Effect::Unknown; Effect::ALL.len()];
        let places = list.iter_mut().zip(effects);
        let count = places.map(|(place, effect)| *place = effect).count();
        Self { list, count }
    }
}

impl fmt::Debug for Effects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}
