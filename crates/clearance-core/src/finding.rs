//! One reason for a verdict: [`Finding`], and where it points: [`Span`].

use std::borrow::Cow;

use crate::{Effect, Score, Verdict};

/// A half-open range of byte offsets, `start..end`, into the text that was judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// A span; an `end` before `start` gives an empty span at `start`.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Self {
        Self {
            start,
            end: if end < start { start } else { end },
        }
    }

    /// The same as a range of `usize`.
    #[must_use]
    pub const fn range(self) -> core::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The bytes of `text` that it covers; empty where it does not fit.
    #[must_use]
    pub fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.range()).unwrap_or_default()
    }

    /// The smallest span that covers both.
    #[must_use]
    pub const fn to(self, other: Self) -> Self {
        Self {
            start: if self.start < other.start {
                self.start
            } else {
                other.start
            },
            end: if self.end > other.end {
                self.end
            } else {
                other.end
            },
        }
    }
}

/// One reason for a verdict: which rule, what would happen, where, how bad, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Finding {
    /// A stable id, dotted and lower case, such as `git.push.force`.
    pub rule: Cow<'static, str>,
    /// What would happen.
    pub effect: Effect,
    /// What this finding alone would lead to.
    pub verdict: Verdict,
    /// How risky this finding alone is.
    pub score: Score,
    /// The bytes it is about.
    pub span: Span,
    /// One sentence, lower case, no full stop, user text in backticks.
    pub message: Cow<'static, str>,
    /// What would change the answer, or a safer way.
    pub remedy: Option<Cow<'static, str>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_never_panics() {
        assert_eq!(Span::new(2, 4).of(b"abcdef"), b"cd");
        assert_eq!(Span::new(4, 90).of(b"abcdef"), b"");
        assert_eq!(Span::new(9, 3), Span { start: 9, end: 9 });
        assert_eq!(Span::new(1, 3).to(Span::new(2, 9)), Span::new(1, 9));
    }
}
