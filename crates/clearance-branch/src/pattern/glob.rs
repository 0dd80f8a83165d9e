//! Globs as a set of positions: no backtracking, one pass over the name.
//!
//! What a dialect's text means is decided in [`super::compile`]; here it only runs.

/// The most positions a compiled glob may have: three for each byte of the pattern.
const WORDS: usize = (super::Pattern::MAX_LEN * 3).div_ceil(64) + 1;

const SLASH: u32 = '/' as u32;
const DOT: u32 = '.' as u32;

/// One position of a compiled glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// This character (or byte).
    Unit(u32),
    /// Any one except `/`.
    Any,
    /// One of a set; never `/`.
    Set(Box<Set>),
    /// Any number of characters except `/`.
    Star,
    /// Any number of characters.
    StarAll,
    /// Nothing: also go on this many positions further.
    Skip(usize),
    /// Nothing: go on unless a `.` follows.
    NoDot,
    /// At the start of a component: any number of whole directories, none beginning with
    /// a `.`. [`Token::InDir`] follows.
    Dirs,
    /// Inside a directory that [`Token::Dirs`] took.
    InDir,
    /// Never goes on.
    Never,
}

/// A bracket expression.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Set {
    pub(super) negated: bool,
    pub(super) ranges: Vec<(u32, u32)>,
    pub(super) classes: Vec<fn(&u8) -> bool>,
}

impl Set {
    fn has(&self, unit: u32) -> bool {
        let byte = u8::try_from(unit).ok();
        let found = self
            .ranges
            .iter()
            .any(|&(low, high)| low <= unit && unit <= high)
            || byte.is_some_and(|b| self.classes.iter().any(|class| class(&b)));
        unit != SLASH && found != self.negated
    }
}

/// A compiled glob.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    /// What every name must begin with; the tokens stand for what follows.
    prefix: Box<str>,
    tokens: Vec<Token>,
    /// Whether one unit is a byte (git) or a character (Ruby).
    bytes: bool,
}

impl Glob {
    /// A glob over bytes or characters. Leading literal ASCII becomes a prefix.
    pub(super) fn new(mut tokens: Vec<Token>, bytes: bool) -> Self {
        let literal = |t: &Token| match t {
            Token::Unit(u) => u8::try_from(*u).ok().filter(u8::is_ascii).map(char::from),
            _ => None,
        };
        let prefix: String = tokens.iter().map_while(literal).collect();
        tokens.drain(..prefix.len());
        Self {
            prefix: prefix.into(),
            tokens,
            bytes,
        }
    }

    pub(super) fn matches(&self, name: &str) -> bool {
        let Some(rest) = name.strip_prefix(&*self.prefix) else {
            return false;
        };
        if self.bytes {
            self.run(rest.bytes().map(u32::from))
        } else {
            self.run(rest.chars().map(u32::from))
        }
    }

    fn run(&self, units: impl Iterator<Item = u32>) -> bool {
        let mut now = Positions::default();
        now.add(0);
        for unit in units {
            let mut next = Positions::default();
            self.advance(&mut now, Some(unit), &mut next);
            if next.is_empty() {
                return false;
            }
            now = next;
        }
        let mut none = Positions::default();
        self.advance(&mut now, None, &mut none);
        now.contains(self.tokens.len())
    }

    /// Follows all that needs no character (always towards higher positions, so one pass
    /// in ascending order is enough), and all that takes `unit`.
    fn advance(&self, now: &mut Positions, unit: Option<u32>, next: &mut Positions) {
        let mut at = now.next_from(0);
        while let Some(i) = at {
            if let Some(token) = self.tokens.get(i) {
                step(token, i, unit, now, next);
            }
            at = now.next_from(i + 1);
        }
    }
}

fn step(token: &Token, i: usize, unit: Option<u32>, now: &mut Positions, next: &mut Positions) {
    match token {
        Token::Skip(n) => {
            now.add(i + 1);
            now.add(i + n);
        }
        Token::NoDot if unit != Some(DOT) => now.add(i + 1),
        Token::Star | Token::StarAll => now.add(i + 1),
        Token::Dirs => now.add(i + 2),
        _ => {}
    }
    let Some(unit) = unit else { return };
    match token {
        Token::Unit(u) if *u == unit => next.add(i + 1),
        Token::Any if unit != SLASH => next.add(i + 1),
        Token::Set(set) if set.has(unit) => next.add(i + 1),
        Token::Star if unit != SLASH => next.add(i),
        Token::StarAll => next.add(i),
        Token::Dirs if unit == SLASH => next.add(i),
        Token::Dirs if unit != DOT => next.add(i + 1),
        Token::InDir if unit == SLASH => next.add(i.saturating_sub(1)),
        Token::InDir => next.add(i),
        _ => {}
    }
}

/// A set of positions, on the stack.
#[derive(Clone, Copy)]
struct Positions {
    words: [u64; WORDS],
    /// Words from here on are empty.
    used: usize,
}

impl Default for Positions {
    fn default() -> Self {
        Self {
            words: [0; WORDS],
            used: 0,
        }
    }
}

impl Positions {
    fn add(&mut self, i: usize) {
        if let Some(word) = self.words.get_mut(i / 64) {
            *word |= 1 << (i % 64);
            self.used = self.used.max(i / 64 + 1);
        }
    }

    fn contains(&self, i: usize) -> bool {
        self.words
            .get(i / 64)
            .is_some_and(|w| w >> (i % 64) & 1 == 1)
    }

    fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// The first position at or after `from`.
    fn next_from(&self, from: usize) -> Option<usize> {
        let first = self.words.get(from / 64)? & (u64::MAX << (from % 64));
        if first != 0 {
            return Some(from / 64 * 64 + first.trailing_zeros() as usize);
        }
        let words = self
            .words
            .iter()
            .enumerate()
            .take(self.used)
            .skip(from / 64 + 1);
        words
            .into_iter()
            .find(|(_, w)| **w != 0)
            .map(|(k, w)| k * 64 + w.trailing_zeros() as usize)
    }
}
