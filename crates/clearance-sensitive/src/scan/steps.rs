//! Runs the steps of a shape over text, forwards or backwards.
//!
//! Runs are greedy with backtracking. A budget bounds the work per attempt, so that hostile
//! text cannot make it more than linear in the length of the text.

use crate::rules::{
    Class, Step,
    table::{CLASSES, TEXT},
};

/// Steps one attempt may take; real values need a few per step of the shape.
const BUDGET: u32 = 2_000;

fn class(number: u8) -> Class {
    Class(
        CLASSES
            .get(usize::from(number))
            .copied()
            .unwrap_or_default(),
    )
}

/// Where the match of `steps` that starts at `at` ends. `accept` sees each possible end.
pub(crate) fn forwards(
    steps: &[Step],
    text: &[u8],
    at: usize,
    accept: &dyn Fn(usize) -> bool,
) -> Option<usize> {
    go(
        steps,
        text,
        at,
        Direction::Forwards,
        &mut { BUDGET },
        accept,
    )
}

/// Where the match of `steps` (nearest first) that ends at `at` starts.
pub(crate) fn backwards(
    steps: &[Step],
    text: &[u8],
    at: usize,
    accept: &dyn Fn(usize) -> bool,
) -> Option<usize> {
    go(
        steps,
        text,
        at,
        Direction::Backwards,
        &mut { BUDGET },
        accept,
    )
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Forwards,
    Backwards,
}

impl Direction {
    fn literal(self, text: &[u8], at: usize, want: &[u8], fold: bool) -> Option<usize> {
        let (start, end) = match self {
            Self::Forwards => (at, at.checked_add(want.len())?),
            Self::Backwards => (at.checked_sub(want.len())?, at),
        };
        let found = text.get(start..end)?;
        let same = if fold {
            found.eq_ignore_ascii_case(want)
        } else {
            found == want
        };
        same.then_some(if self == Self::Forwards { end } else { start })
    }

    fn run(self, text: &[u8], at: usize, class: Class, max: usize) -> usize {
        match self {
            Self::Forwards => {
                let rest = text.get(at..).unwrap_or_default();
                rest.iter()
                    .take(max)
                    .take_while(|byte| class.has(**byte))
                    .count()
            }
            Self::Backwards => {
                let before = text.get(..at).unwrap_or_default();
                before
                    .iter()
                    .rev()
                    .take(max)
                    .take_while(|byte| class.has(**byte))
                    .count()
            }
        }
    }

    fn moved(self, at: usize, by: usize) -> Option<usize> {
        match self {
            Self::Forwards => at.checked_add(by),
            Self::Backwards => at.checked_sub(by),
        }
    }
}

fn go(
    steps: &[Step],
    text: &[u8],
    at: usize,
    direction: Direction,
    budget: &mut u32,
    accept: &dyn Fn(usize) -> bool,
) -> Option<usize> {
    *budget = budget.checked_sub(1)?;
    match steps {
        [] => accept(at).then_some(at),
        [Step::Literal(want), rest @ ..] => {
            let next = direction.literal(text, at, want.bytes(TEXT), false)?;
            go(rest, text, next, direction, budget, accept)
        }
        [Step::Folded(want), rest @ ..] => {
            let next = direction.literal(text, at, want.bytes(TEXT), true)?;
            go(rest, text, next, direction, budget, accept)
        }
        [Step::Run(number, min, max), rest @ ..] => {
            let (min, max) = (usize::from(*min), usize::from(*max));
            let longest = direction.run(text, at, class(*number), max);
            (min..=longest).rev().find_map(|count| {
                let next = direction.moved(at, count)?;
                go(rest, text, next, direction, budget, accept)
            })
        }
    }
}
