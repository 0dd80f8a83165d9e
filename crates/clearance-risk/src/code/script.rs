//! What the readers of Perl and Ruby share: tokens and where they stand, and what both
//! languages do in the same way.

use clearance_core::Effect;
use clearance_shell::invocation::Value;

use super::CodeTarget;
use super::notes::{Notes, begins, fixed};
use super::quoting::{delimited, single};

/// A piece of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tok {
    Word(String),
    /// A variable with its sigil.
    Variable(String),
    /// Ruby's `:name` and `name:`.
    Symbol(String),
    Text(Value),
    Number,
    /// A pattern of Perl, or its replacement.
    Pattern,
    Mark(u8),
    /// Operators of several characters: `=>`, `->`, `::`.
    Op(&'static [u8]),
}

/// A text that is being read.
pub(super) struct Script<'a> {
    pub(super) code: &'a [u8],
    /// Where the code stands in the whole text.
    pub(super) base: usize,
    pub(super) at: usize,
    /// The tokens and where they begin.
    pub(super) tokens: Vec<(Tok, usize)>,
    pub(super) notes: &'a mut Notes,
    pub(super) depth: u16,
}

impl<'a> Script<'a> {
    pub(super) fn new(code: &'a [u8], base: usize, notes: &'a mut Notes, depth: u16) -> Self {
        Self {
            code,
            base,
            at: 0,
            tokens: Vec::new(),
            notes,
            depth,
        }
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<u8> {
        self.code.get(self.at + ahead).copied()
    }

    pub(super) fn push(&mut self, tok: Tok, start: usize) {
        self.tokens.push((tok, start));
    }

    pub(super) fn tok(&self, i: usize) -> Option<&Tok> {
        self.tokens.get(i).map(|t| &t.0)
    }

    /// The text from `start` to here.
    pub(super) fn since(&self, start: usize) -> String {
        String::from_utf8_lossy(self.code.get(start..self.at).unwrap_or_default()).into_owned()
    }

    /// The rest, from here on, was not understood.
    pub(super) fn fail(&mut self, why: &'static str) {
        let end = self.code.len();
        let start = self.base + self.at.min(end);
        self.notes.unknown(start, self.base + end, why);
    }

    /// To the end of the line.
    pub(super) fn comment(&mut self) {
        while self.peek(0).is_some_and(|c| c != b'\n') {
            self.at += 1;
        }
    }

    /// A string in single quotes.
    pub(super) fn single_quoted(&mut self, start: usize) -> Result<(), &'static str> {
        let (end, text) = delimited(self.code, start).ok_or("a string has no end")?;
        self.at = end;
        self.push(Tok::Text(fixed(&single(text))), start);
        Ok(())
    }

    /// A command with its only argument at the token `first`.
    pub(super) fn runs(&mut self, argument: Value, first: usize, start: usize, end: usize) {
        let more = matches!(self.tok(first + 1), Some(Tok::Mark(b',')));
        let value = if more { begins(b"") } else { argument };
        self.notes
            .act(Effect::RunOther, CodeTarget::Shell(value), start, end);
    }

    /// The key of the environment at the token `i`: one literal in brackets.
    pub(super) fn key(&self, i: usize, brackets: [u8; 2]) -> Option<Value> {
        match (self.tok(i + 1), self.tok(i + 2), self.tok(i + 3)) {
            (
                Some(Tok::Mark(open)),
                Some(Tok::Text(key @ Value::Static(_))),
                Some(Tok::Mark(close)),
            ) if [*open, *close] == brackets => Some(key.clone()),
            _ => None,
        }
    }

    /// The environment is read or set under this key; without one, all of it is read.
    pub(super) fn environment(&mut self, key: Option<Value>, sets: bool, start: usize, end: usize) {
        let (effect, key) = match key {
            Some(key) if sets => (Effect::Environment, key),
            Some(key) => (Effect::Read, key),
            None => (Effect::Secret, begins(b"")),
        };
        self.notes
            .act(effect, CodeTarget::Variable(key), start, end);
    }
}
