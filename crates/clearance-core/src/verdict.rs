//! The answer itself: [`Verdict`], the [`Score`] behind it, its [`Risk`] tier, and the
//! [`Role`] of who asks.

use core::fmt;

/// What to do with an action. Ordered `Allow < Ask < Deny`: a join semilattice, so the
/// verdict on a whole is the [`join`](Verdict::join) of the verdicts on its parts.
///
/// The default is [`Verdict::Ask`]: whatever was not decided must be asked.
///
/// # Examples
///
/// ```
/// use clearance_core::Verdict;
///
/// assert_eq!(Verdict::Allow.join(Verdict::Ask), Verdict::Ask);
/// assert!(Verdict::Ask < Verdict::Deny);
/// assert_eq!(Verdict::default(), Verdict::Ask);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Verdict {
    /// Run it without asking.
    Allow,
    /// A person should look first.
    #[default]
    Ask,
    /// Do not run it.
    Deny,
}

impl Verdict {
    /// The stricter of the two.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        self.max(other)
    }

    /// `allow`, `ask` or `deny`, as the machine forms spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Ask => "ask",
            Self::Deny => "deny",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The tier of a [`Score`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Risk {
    /// Routine.
    #[default]
    Low,
    /// Worth a look.
    Medium,
    /// Hard or impossible to undo, or it reaches other people or machines.
    High,
}

impl Risk {
    /// `low`, `medium` or `high`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How risky an action is, 0 (nothing happens) to 100 (irreversible and wide).
///
/// # Examples
///
/// ```
/// use clearance_core::{Risk, Score};
///
/// assert_eq!(Score::new(130).get(), 100);
/// assert_eq!(Score::new(10).risk(), Risk::Low);
/// assert_eq!(Score::new(95).risk(), Risk::High);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Score(u8);

impl Score {
    /// The first score of [`Risk::Medium`].
    pub const MEDIUM: u8 = 30;
    /// The first score of [`Risk::High`].
    pub const HIGH: u8 = 70;

    /// A score; values above 100 become 100.
    #[must_use]
    pub const fn new(value: u8) -> Self {
        Self(if value > 100 { 100 } else { value })
    }

    /// The number, 0 to 100.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The tier: low below [`Score::MEDIUM`], high from [`Score::HIGH`] on.
    #[must_use]
    pub const fn risk(self) -> Risk {
        if self.0 >= Self::HIGH {
            Risk::High
        } else if self.0 >= Self::MEDIUM {
            Risk::Medium
        } else {
            Risk::Low
        }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Who wants the action. The default is [`Role::Agent`], the least trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Role {
    /// A coding agent acting for somebody.
    #[default]
    Agent,
    /// Automation with an account of its own (dependency updates, release bots).
    Bot,
    /// A person.
    Human,
    /// A person with administrative rights over the repository.
    Admin,
}

impl Role {
    /// `agent`, `bot`, `human` or `admin`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Bot => "bot",
            Self::Human => "human",
            Self::Admin => "admin",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Verdict; 3] = [Verdict::Allow, Verdict::Ask, Verdict::Deny];

    #[test]
    fn join_is_a_semilattice() {
        for a in ALL {
            assert_eq!(a.join(a), a);
            for b in ALL {
                assert_eq!(a.join(b), b.join(a));
                assert!(a.join(b) >= a && a.join(b) >= b);
                for c in ALL {
                    assert_eq!(a.join(b).join(c), a.join(b.join(c)));
                }
            }
        }
    }

    #[test]
    fn tiers_meet_at_their_bounds() {
        assert_eq!(Score::new(29).risk(), Risk::Low);
        assert_eq!(Score::new(30).risk(), Risk::Medium);
        assert_eq!(Score::new(69).risk(), Risk::Medium);
        assert_eq!(Score::new(70).risk(), Risk::High);
        assert_eq!(Score::new(255).get(), 100);
    }
}
