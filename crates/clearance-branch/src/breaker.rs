//! The circuit breaker: after too many failed merges nothing goes on by itself.
//!
//! [`Breaker`] is driven by outcomes. Closed: all is as usual. Open: nothing merges, until
//! the cool-down is over. Half-open: only what the policy lets through then, and the next
//! outcome decides.

use jiff::Timestamp;

/// Whether changes may flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BreakerState {
    /// They may.
    #[default]
    Closed,
    /// Only trial changes may.
    HalfOpen,
    /// They may not.
    Open,
}

impl BreakerState {
    /// `closed`, `half-open` or `open`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::HalfOpen => "half-open",
            Self::Open => "open",
        }
    }

    /// The state of that name (`half_open` is taken too).
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "closed" => Some(Self::Closed),
            "half-open" | "half_open" => Some(Self::HalfOpen),
            "open" => Some(Self::Open),
            _ => None,
        }
    }
}

/// When the breaker opens and closes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct BreakerPolicy {
    /// It opens at this many failures in a row; 0 means 1.
    pub failures: u32,
    /// Hours after the last failure until it is half-open.
    pub cool_down_hours: u32,
    /// It closes at this many successes in a row while half-open; 0 means 1.
    pub successes: u32,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            failures: 3,
            cool_down_hours: 24,
            successes: 1,
        }
    }
}

/// A breaker with its history.
///
/// # Examples
///
/// ```
/// use clearance_branch::breaker::{Breaker, BreakerPolicy, BreakerState};
/// use jiff::Timestamp;
///
/// let policy = BreakerPolicy { failures: 2, cool_down_hours: 1, successes: 1 };
/// let at = |hours: i64| Timestamp::from_second(hours * 3600).unwrap();
/// let mut breaker = Breaker::default();
/// breaker.record(&policy, false, at(0));
/// assert_eq!(breaker.state(&policy, at(0)), BreakerState::Closed);
/// breaker.record(&policy, false, at(1));
/// assert_eq!(breaker.state(&policy, at(1)), BreakerState::Open);
/// assert_eq!(breaker.state(&policy, at(2)), BreakerState::HalfOpen);
/// breaker.record(&policy, true, at(2));
/// assert_eq!(breaker.state(&policy, at(2)), BreakerState::Closed);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    successes: u32,
    /// The last failure that opened it or kept it open.
    opened: Option<Timestamp>,
}

impl Breaker {
    /// Takes note of how a merge or deployment went.
    ///
    /// A success while it is open changes nothing: it began before.
    pub fn record(&mut self, policy: &BreakerPolicy, succeeded: bool, now: Timestamp) {
        match (self.state(policy, now), succeeded) {
            (BreakerState::Closed, true) => *self = Self::default(),
            (BreakerState::Closed, false) => {
                self.failures = self.failures.saturating_add(1);
                if self.failures >= policy.failures.max(1) {
                    self.opened = Some(now);
                }
            }
            (BreakerState::HalfOpen, true) => {
                self.successes = self.successes.saturating_add(1);
                if self.successes >= policy.successes.max(1) {
                    *self = Self::default();
                }
            }
            (BreakerState::HalfOpen | BreakerState::Open, false) => {
                self.successes = 0;
                self.opened = self.opened.max(Some(now));
            }
            (BreakerState::Open, true) => {}
        }
    }

    /// Its state at `now`. A clock that runs backwards keeps it open.
    #[must_use]
    pub fn state(&self, policy: &BreakerPolicy, now: Timestamp) -> BreakerState {
        let Some(opened) = self.opened else {
            return BreakerState::Closed;
        };
        let waited = now.as_second().saturating_sub(opened.as_second());
        if waited >= i64::from(policy.cool_down_hours) * 3600 && now >= opened {
            BreakerState::HalfOpen
        } else {
            BreakerState::Open
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(hours * 3600).unwrap()
    }

    /// Every history of five outcomes, an hour apart, against the rules read aloud.
    #[test]
    fn all_short_histories() {
        let policy = BreakerPolicy {
            failures: 2,
            cool_down_hours: 2,
            successes: 2,
        };
        for bits in 0_u32..32 {
            let mut breaker = Breaker::default();
            let (mut state, mut run, mut since) = (BreakerState::Closed, 0, 0);
            for hour in 0..5_i64 {
                let ok = bits >> hour & 1 == 1;
                if state == BreakerState::Open && hour - since >= 2 {
                    (state, run) = (BreakerState::HalfOpen, 0);
                }
                assert_eq!(
                    breaker.state(&policy, at(hour)),
                    state,
                    "{bits:05b} at {hour}"
                );
                breaker.record(&policy, ok, at(hour));
                match (state, ok) {
                    (BreakerState::Closed, false) if run == 1 => {
                        (state, since) = (BreakerState::Open, hour);
                    }
                    (BreakerState::Closed, false) => run += 1,
                    (BreakerState::Closed, true) => run = 0,
                    (BreakerState::HalfOpen, true) if run == 1 => {
                        (state, run) = (BreakerState::Closed, 0);
                    }
                    (BreakerState::HalfOpen, true) => run += 1,
                    (_, false) => (state, since) = (BreakerState::Open, hour),
                    (BreakerState::Open, true) => {}
                }
            }
        }
    }

    #[test]
    fn names_parse_back_and_nothing_else_does() {
        for state in [
            BreakerState::Closed,
            BreakerState::HalfOpen,
            BreakerState::Open,
        ] {
            assert_eq!(BreakerState::parse(state.as_str()), Some(state));
        }
        assert_eq!(BreakerState::parse("OPEN"), None);
    }
}
