//! The measures that decisions are made of: [`Level`], [`Review`], [`Percent`],
//! [`Confidence`].

use core::fmt;

/// How much a person's signature weighs. A higher level satisfies a lower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Level {
    /// Anybody who may review.
    Reviewer,
    /// Who answers for the technique.
    TechnicalLead,
    /// Who answers for the business.
    Executive,
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 3] = [Self::Reviewer, Self::TechnicalLead, Self::Executive];

    /// `reviewer`, `technical-lead` or `executive`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reviewer => "reviewer",
            Self::TechnicalLead => "technical-lead",
            Self::Executive => "executive",
        }
    }

    /// The level of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.as_str() == name)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Which review a target branch asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Review {
    /// None. A person's approval replaces the score.
    None,
    /// None by itself. A person's approval replaces the score.
    Optional,
    /// A reviewer must sign, whatever the score.
    Reviewer,
    /// A technical lead must sign, whatever the score.
    TechnicalLead,
    /// An executive must sign, whatever the score.
    Executive,
}

impl Review {
    /// Who must sign.
    #[must_use]
    pub const fn required(self) -> Option<Level> {
        match self {
            Self::None | Self::Optional => None,
            Self::Reviewer => Some(Level::Reviewer),
            Self::TechnicalLead => Some(Level::TechnicalLead),
            Self::Executive => Some(Level::Executive),
        }
    }

    /// Who is asked where somebody must be.
    #[must_use]
    pub fn asked(self) -> Level {
        self.required().unwrap_or(Level::Reviewer)
    }

    /// One step up, as high business impact demands.
    #[must_use]
    pub const fn lifted(self) -> Self {
        match self {
            Self::None => Self::Reviewer,
            Self::Optional | Self::Reviewer => Self::TechnicalLead,
            Self::TechnicalLead | Self::Executive => Self::Executive,
        }
    }

    /// Whether a person's approval stands in for a missing or low score.
    #[must_use]
    pub const fn replaces_score(self) -> bool {
        matches!(self, Self::None | Self::Optional)
    }
}

/// A percentage, always a number from 0 to 100; not rounded.
///
/// # Examples
///
/// ```
/// use clearance_branch::Percent;
///
/// assert!(Percent::new(89.999) < Percent::new(90.0));
/// assert_eq!(Percent::new(100.5), None);
/// assert_eq!(Percent::new(f64::NAN), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "f64"))]
pub struct Percent(f64);

impl Percent {
    /// 0 %.
    pub const ZERO: Self = Self(0.0);

    /// A percentage; `None` outside 0 to 100.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=100.0).contains(&value).then_some(Self(value))
    }

    /// The nearest percentage; what is not a number becomes 0.
    #[must_use]
    pub const fn clamped(value: f64) -> Self {
        if value > 100.0 {
            Self(100.0)
        } else if value > 0.0 {
            Self(value)
        } else {
            Self(0.0)
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A number outside 0 to 100 where a percentage belongs.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("`{0}` is not a percentage: expected 0 to 100")]
pub struct PercentError(f64);

impl TryFrom<f64> for Percent {
    type Error = PercentError;

    fn try_from(value: f64) -> Result<Self, PercentError> {
        Self::new(value).ok_or(PercentError(value))
    }
}

/// How sure the configured scorer is that a change may go in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Confidence {
    /// Nobody scored it: counts as 0.
    #[default]
    Missing,
    /// The author scored it: counts as 0.
    SelfReported,
    /// Text, not a number, or outside 0 to 100: no score at all.
    Invalid,
    /// A score.
    Scored(Percent),
}

impl Confidence {
    /// A score from a number; invalid outside 0 to 100.
    #[must_use]
    pub fn new(value: f64) -> Self {
        Percent::new(value).map_or(Self::Invalid, Self::Scored)
    }

    /// What it counts as; `None` if invalid.
    #[must_use]
    pub const fn counts_as(self) -> Option<Percent> {
        match self {
            Self::Invalid => None,
            Self::Missing | Self::SelfReported => Some(Percent::ZERO),
            Self::Scored(p) => Some(p),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_a_number_from_0_to_100() {
        for bad in [-0.1, 100.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Confidence::new(bad), Confidence::Invalid, "{bad}");
        }
        assert_eq!(Confidence::new(0.0).counts_as(), Some(Percent::ZERO));
        assert_eq!(Confidence::SelfReported.counts_as(), Some(Percent::ZERO));
        assert_eq!(Percent::clamped(f64::NAN), Percent::ZERO);
        assert_eq!(Percent::clamped(300.0).get(), 100.0);
    }

    #[test]
    fn lifting_never_lowers() {
        let all = [
            Review::None,
            Review::Optional,
            Review::Reviewer,
            Review::TechnicalLead,
            Review::Executive,
        ];
        for review in all {
            assert!(review.lifted().required() >= review.required());
            assert!(review.lifted().required().is_some());
        }
        assert_eq!(Level::parse("executive"), Some(Level::Executive));
        assert_eq!(Level::parse("Executive"), None);
    }
}
