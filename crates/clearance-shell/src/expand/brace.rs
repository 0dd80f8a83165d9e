//! Brace expansion: before everything else, and on the text (`man bash`, Brace Expansion).
//!
//! A word is a row of elements: the marks `{ , }` and everything else. What bash takes for a
//! brace expression, what it leaves alone, and the order of the results follow its
//! `braces.c`, as observed. `scanner` is how bash finds braces in a text with quotes,
//! `matching` which of them belong together.

mod matching;
mod scanner;

use std::ops::Range;

use crate::tree::{Kind, NodeId, Script};

use matching::{Mark, Matching};
use scanner::{LONGEST, is_regular, scanner_finds};

pub(super) use scanner::{hides_braces, looked_at};

/// A piece of a word after brace expansion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Atom {
    /// A part of the word as it stands (a mark that marks nothing is a literal).
    Part(NodeId),
    /// Text from a sequence expression, in [`Braces::generated`].
    Generated(u32, u32),
}

/// The words that came out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Braces {
    /// Each word as a row of atoms.
    pub(crate) words: Vec<Vec<Atom>>,
    /// Text of sequence expressions.
    pub(crate) generated: Vec<u8>,
}

impl Braces {
    /// There was nothing to expand: the only word has the parts that it had.
    pub(crate) fn is_unchanged(&self, script: &Script, word: NodeId) -> bool {
        match self.words.as_slice() {
            [only] => only
                .iter()
                .copied()
                .eq(script.children(word).map(Atom::Part)),
            _ => false,
        }
    }
}

/// Why a word was not expanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// More words than the limit.
    TooMany,
    /// bash reads the braces by rules of their own, which see the quotes of this word
    /// otherwise than the rest of the shell does.
    Irregular,
}

/// A word under way: what is settled, and the rows that still have to be expanded, the next
/// one last.
#[derive(Clone, Debug)]
struct Work {
    done: Vec<Atom>,
    rest: Vec<Range<usize>>,
}

struct Row<'a> {
    script: &'a Script,
    parts: Vec<NodeId>,
    matching: Matching,
}

/// The work that goes into one word, in parts of it that are looked at, beside what is in
/// proportion to the word.
const MOST_WORK: usize = 1 << 16;

/// Expands the braces of a word. Adds to `steps` how many parts of the word were looked at.
pub(crate) fn expand(
    script: &Script,
    word: NodeId,
    limit: usize,
    steps: &mut usize,
) -> Result<Braces, Refused> {
    if script.text(word).len() > LONGEST {
        return Err(Refused::TooMany);
    }
    let row = Row::new(script, word);
    let regular = row.parts.iter().all(|id| is_regular(script, *id));
    let mut out = Braces::default();
    if !regular {
        if scanner_finds(script, word) {
            return Err(Refused::Irregular);
        }
        out.words
            .push(row.parts.iter().map(|id| Atom::Part(*id)).collect());
        return Ok(out);
    }
    let parts = row.parts.len();
    let budget = limit
        .saturating_mul(parts.saturating_add(4))
        .saturating_mul(4)
        .min(parts.saturating_mul(4).saturating_add(MOST_WORK));
    let mut stack = vec![Work {
        done: Vec::new(),
        rest: std::iter::once(0..row.parts.len()).collect(),
    }];
    while let Some(mut work) = stack.pop() {
        let Some(range) = work.rest.pop() else {
            out.words.push(work.done);
            if out.words.len() > limit {
                return Err(Refused::TooMany);
            }
            continue;
        };
        *steps = steps
            .saturating_add(range.len())
            .saturating_add(work.done.len())
            .saturating_add(1);
        if *steps > budget {
            return Err(Refused::TooMany);
        }
        row.one(work, range, &mut stack, &mut out.generated, limit)?;
    }
    Ok(out)
}

impl<'a> Row<'a> {
    fn new(script: &'a Script, word: NodeId) -> Self {
        let mut row = Self {
            script,
            parts: script.children(word).collect(),
            matching: Matching::new(&[]),
        };
        let marks: Vec<Mark> = (0..row.parts.len()).map(|index| row.mark(index)).collect();
        row.matching = Matching::new(&marks);
        row
    }

    fn mark(&self, index: usize) -> Mark {
        match self.kind(index) {
            Some(Kind::BraceOpen) => Mark::Open,
            Some(Kind::BraceClose) => Mark::Close,
            Some(Kind::BraceComma) => Mark::Separator,
            Some(Kind::Literal) if self.has_dots(index) => Mark::Separator,
            _ => Mark::Other,
        }
    }

    fn kind(&self, index: usize) -> Option<Kind> {
        self.parts.get(index).map(|id| self.script.kind(*id))
    }

    /// Expands the first brace expression of `range`, or settles it.
    fn one(
        &self,
        mut work: Work,
        range: Range<usize>,
        stack: &mut Vec<Work>,
        generated: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), Refused> {
        let Some((open, close)) = self.first_expression(range.clone()) else {
            self.settle(&mut work.done, range);
            stack.push(work);
            return Ok(());
        };
        self.settle(&mut work.done, range.start..open);
        let inside = open + 1..close;
        let after = close + 1..range.end;
        if !self.has_comma(inside.clone()) {
            return self.sequence(work, open..close + 1, after, stack, generated, limit);
        }
        let alternatives = self.alternatives(inside);
        if stack.len() + alternatives.len() > limit.saturating_mul(2) {
            return Err(Refused::TooMany);
        }
        for alternative in alternatives.into_iter().rev() {
            let mut next = work.clone();
            next.rest.push(after.clone());
            next.rest.push(alternative);
            stack.push(next);
        }
        Ok(())
    }

    fn settle(&self, done: &mut Vec<Atom>, range: Range<usize>) {
        done.extend(
            self.parts
                .get(range)
                .unwrap_or_default()
                .iter()
                .map(|id| Atom::Part(*id)),
        );
    }

    /// The first `{` that begins a brace expression, with its `}`.
    fn first_expression(&self, range: Range<usize>) -> Option<(usize, usize)> {
        range
            .clone()
            .filter(|index| {
                self.kind(*index) == Some(Kind::BraceOpen) && !self.lone(*index, &range)
            })
            .find_map(|open| {
                let close = self.matching.closing(open)?;
                (close < range.end).then_some((open, close))
            })
    }

    /// `{}` at the beginning of the text is no expression.
    fn lone(&self, index: usize, range: &Range<usize>) -> bool {
        index == range.start
            && index + 1 < range.end
            && self.kind(index + 1) == Some(Kind::BraceClose)
    }

    /// `..` in the literal text that begins with this element, not right before the closing
    /// brace. (Line continuations split literals.)
    fn has_dots(&self, index: usize) -> bool {
        let Some(id) = self.parts.get(index) else {
            return false;
        };
        let text = self.script.text(*id);
        let follows = self
            .parts
            .get(index + 1)
            .filter(|id| self.script.kind(**id) == Kind::Literal);
        let crosses = text.ends_with(b".")
            && follows.is_some_and(|id| self.script.text(*id).starts_with(b"."));
        let closed = self.kind(index + 1) == Some(Kind::BraceClose);
        let inner = if closed {
            text.strip_suffix(b"..").unwrap_or(text)
        } else {
            text
        };
        crosses
            || memchr::memmem::find(inner, b"..").is_some()
            || (inner.len() < text.len() && inner.ends_with(b"."))
    }

    /// A comma anywhere in the text, quoted or not (but not behind a backslash).
    fn has_comma(&self, range: Range<usize>) -> bool {
        self.parts.get(range).unwrap_or_default().iter().any(|id| {
            let kind = self.script.kind(*id);
            kind != Kind::Escape && memchr::memchr(b',', self.script.text(*id)).is_some()
        })
    }

    fn alternatives(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut level = 0_usize;
        let mut out = Vec::new();
        let mut start = range.start;
        for index in range.clone() {
            match self.kind(index) {
                Some(Kind::BraceOpen) => level += 1,
                Some(Kind::BraceClose) => level = level.saturating_sub(1),
                Some(Kind::BraceComma) if level == 0 => {
                    out.push(start..index);
                    start = index + 1;
                }
                _ => {}
            }
        }
        out.push(start..range.end);
        out
    }

    /// `{1..5}`, or braces that stay because the text is no sequence.
    fn sequence(
        &self,
        work: Work,
        whole: Range<usize>,
        after: Range<usize>,
        stack: &mut Vec<Work>,
        generated: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), Refused> {
        let inside = whole.start + 1..whole.end.saturating_sub(1);
        let items = self
            .literal_text(inside)
            .and_then(|text| Sequence::parse(&text));
        let Some(items) = items else {
            let mut next = work;
            self.settle(&mut next.done, whole);
            next.rest.push(after);
            stack.push(next);
            return Ok(());
        };
        if items.len() > limit as u64 {
            return Err(Refused::TooMany);
        }
        let first = stack.len();
        for text in items {
            let mut next = work.clone();
            let start = position(generated.len());
            generated.extend_from_slice(&text);
            next.done
                .push(Atom::Generated(start, position(generated.len())));
            next.rest.push(after.clone());
            stack.push(next);
        }
        if let Some(items) = stack.get_mut(first..) {
            items.reverse();
        }
        Ok(())
    }

    /// The text, when it is literal throughout.
    fn literal_text(&self, range: Range<usize>) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        for id in self.parts.get(range)? {
            if self.script.kind(*id) != Kind::Literal {
                return None;
            }
            out.extend_from_slice(self.script.text(*id));
        }
        Some(out)
    }
}

/// Text positions are below the parser's limit, a `u32`; generated text is bounded by the
/// limit on alternatives.
fn position(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// `INT_MAX - 3`, the limit of `mkseq` in bash.
const MOST_COUNTED: u64 = 2_147_483_644;

/// The word is one sequence of numbers; whether one of them is negative.
pub(crate) fn only_numbers(script: &Script, word: NodeId) -> Option<bool> {
    let mut parts = script.children(word);
    let open = parts
        .next()
        .filter(|id| script.kind(*id) == Kind::BraceOpen);
    open?;
    let mut inside = Vec::new();
    let close = parts.find(|id| {
        let literal = script.kind(*id) == Kind::Literal;
        if literal {
            inside.extend_from_slice(script.text(*id));
        }
        !literal
    })?;
    if script.kind(close) != Kind::BraceClose || parts.next().is_some() {
        return None;
    }
    let sequence = Sequence::parse(&inside).filter(|items| !items.letters)?;
    Some(sequence.next.min(sequence.last) < 0)
}

/// `first..last..step`, of numbers or letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sequence {
    next: i64,
    last: i64,
    step: i64,
    left: u64,
    /// Digits with the sign, filled with zeros; 0: as they come.
    width: usize,
    letters: bool,
}

impl Sequence {
    fn parse(text: &[u8]) -> Option<Self> {
        let dots = memchr::memmem::find(text, b"..")?;
        let (first, rest) = text.split_at_checked(dots)?;
        let rest = rest.get(2..)?;
        let (last, step) = match memchr::memmem::find(rest, b"..") {
            Some(dots) if rest.len() > dots + 2 => {
                (rest.get(..dots)?, signed(rest.get(dots + 2..)?)?)
            }
            Some(_) => return None,
            None => (rest, 1),
        };
        if let ([a], [b]) = (first, last) {
            if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() {
                return Self::between(i64::from(*a), i64::from(*b), step, 0, true);
            }
        }
        let (a, b) = (signed(first)?, signed(last)?);
        let padded = |text: &[u8]| {
            (text.len() > 1 && text.starts_with(b"0"))
                || (text.len() > 2 && text.starts_with(b"-0"))
        };
        let width = if padded(first) || padded(last) {
            first.len().max(last.len())
        } else {
            0
        };
        Self::between(a, b, step, width, false)
    }

    fn between(first: i64, last: i64, step: i64, width: usize, letters: bool) -> Option<Self> {
        let size = step.checked_abs()?.max(1);
        // bash leaves what it cannot count, or would not have the memory for, as it stands.
        let distance = first.abs_diff(last);
        if distance > i64::MAX.unsigned_abs() - 2 || distance / size.unsigned_abs() > MOST_COUNTED {
            return None;
        }
        let step = if first > last {
            size.checked_neg()?
        } else {
            size
        };
        let left = (distance / size.unsigned_abs()).checked_add(1)?;
        Some(Self {
            next: first,
            last,
            step,
            left,
            width,
            letters,
        })
    }

    const fn len(&self) -> u64 {
        self.left
    }
}

impl Iterator for Sequence {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        self.left = self.left.checked_sub(1)?;
        let value = self.next;
        self.next = value.checked_add(self.step).unwrap_or(self.last);
        if self.letters {
            return Some(vec![u8::try_from(value).unwrap_or(b'?')]);
        }
        let width = self.width;
        Some(format!("{value:0width$}").into_bytes())
    }
}

/// A whole number with an optional sign, as `strtoimax` reads it.
fn signed(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}
