//! From the pieces of an expanded word to its fields: splitting, quote removal, patterns.

use super::gathered::Gathered;
use crate::invocation::{Dynamic, Glob, Joined, Reason, Value};

/// A piece of a word after expansion.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// Text that is not split: quoted (no pattern characters) or literal.
    Text { start: u32, end: u32, quoted: bool },
    /// Unquoted result of an expansion: split, and patterns in it are active.
    Split { start: u32, end: u32 },
    /// Text that is not known; whether it can split or vanish here it says itself.
    Unknown(Box<Dynamic>),
    /// Between the elements of `$@`.
    Break,
    /// Quotes: the field exists even when it is empty.
    Exists,
}

/// The pieces of one word, with their text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pieces {
    pub(crate) list: Vec<Piece>,
    pub(crate) bytes: Vec<u8>,
}

impl Pieces {
    fn add(&mut self, text: &[u8]) -> (u32, u32) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text);
        (position(start), position(self.bytes.len()))
    }

    pub(crate) fn text(&mut self, text: &[u8], quoted: bool) {
        if !text.is_empty() {
            let (start, end) = self.add(text);
            self.list.push(Piece::Text { start, end, quoted });
        }
    }

    pub(crate) fn split(&mut self, text: &[u8]) {
        if !text.is_empty() {
            let (start, end) = self.add(text);
            self.list.push(Piece::Split { start, end });
        }
    }

    /// The text of all pieces, when all of it is known; elements are joined by a space.
    pub(crate) fn known_text(&self) -> Result<Vec<u8>, &Dynamic> {
        let mut out = Vec::new();
        for piece in &self.list {
            match piece {
                Piece::Text { start, end, .. } | Piece::Split { start, end } => {
                    out.extend_from_slice(self.get(*start, *end));
                }
                Piece::Unknown(dynamic) => return Err(dynamic),
                Piece::Break => out.push(b' '),
                Piece::Exists => {}
            }
        }
        Ok(out)
    }

    /// Where the unknown pieces come from: what is left to say of a word that is not put
    /// together.
    pub(crate) fn origins(&self, mut word: Dynamic) -> Dynamic {
        let mut origins = Gathered::default();
        for piece in &self.list {
            if let Piece::Unknown(dynamic) = piece {
                origins.add(&dynamic.sources, &dynamic.variables);
            }
        }
        origins.give(&mut word);
        word
    }

    pub(crate) fn get(&self, start: u32, end: u32) -> &[u8] {
        self.bytes
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }

    /// The text as a pattern: quoted characters that would be special get a backslash.
    pub(crate) fn pattern(&self) -> Result<Vec<u8>, &Dynamic> {
        let mut out = Vec::new();
        for piece in &self.list {
            match piece {
                Piece::Text {
                    start,
                    end,
                    quoted: true,
                } => escape(self.get(*start, *end), &mut out),
                Piece::Text { start, end, .. } | Piece::Split { start, end } => {
                    out.extend_from_slice(self.get(*start, *end));
                }
                Piece::Unknown(dynamic) => return Err(dynamic),
                Piece::Break => out.push(b' '),
                Piece::Exists => {}
            }
        }
        Ok(out)
    }
}

/// Text positions are bounded by the limit on bytes, a `u32`.
fn position(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Appends text with a backslash before each character that is special in patterns.
pub(crate) fn escape(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        if matches!(
            byte,
            b'*' | b'?'
                | b'['
                | b']'
                | b'\\'
                | b'!'
                | b'^'
                | b'-'
                | b'('
                | b')'
                | b'|'
                | b'@'
                | b'+'
        ) {
            out.push(b'\\');
        }
        out.push(*byte);
    }
}

/// What separates fields.
#[derive(Clone, Debug)]
pub(crate) enum Separators {
    /// The characters of `IFS`.
    Known(Vec<u8>),
    /// `IFS` is not known.
    Unknown,
}

impl Separators {
    fn is_blank(byte: u8) -> bool {
        matches!(byte, b' ' | b'\t' | b'\n')
    }
}

/// How pieces become fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Unquoted results are split (not in assignments and the like).
    pub(crate) split: bool,
    /// Unquoted pattern characters make a pattern.
    pub(crate) glob: bool,
    /// Extended patterns are on.
    pub(crate) extglob: bool,
    pub(crate) nullglob: bool,
    /// Splitting differs between shells that may run it.
    pub(crate) uncertain: bool,
}

/// The field that is being put together.
#[derive(Debug, Default)]
struct Open {
    text: Vec<u8>,
    /// The same with quoted special characters escaped.
    pattern: Vec<u8>,
    has_glob: bool,
    exists: bool,
    unknown: Option<Box<Gap>>,
}

/// What is not known in a field.
#[derive(Debug)]
struct Gap {
    first: Dynamic,
    prefix: Vec<u8>,
    suffix: Vec<u8>,
    /// A pattern character stands before (after) the unknown part.
    splits: bool,
    vanishes: bool,
    alone: bool,
    origins: Gathered,
    /// How the field is put together, as soon as that tells anything.
    pieces: Option<Joined>,
}

/// Puts fields together and hands them out.
#[derive(Debug)]
pub(crate) struct Assembler<'a> {
    separators: &'a Separators,
    rules: Rules,
    open: Open,
    /// Blanks of `IFS` ended the last field: a following separator belongs to them.
    blank_end: bool,
    out: &'a mut Vec<Value>,
}

impl<'a> Assembler<'a> {
    pub(crate) fn new(separators: &'a Separators, rules: Rules, out: &'a mut Vec<Value>) -> Self {
        Self {
            separators,
            rules,
            open: Open::default(),
            blank_end: false,
            out,
        }
    }

    /// All fields of the pieces.
    pub(crate) fn run(mut self, pieces: &Pieces) {
        for piece in &pieces.list {
            match piece {
                Piece::Text { start, end, quoted } => {
                    self.text(pieces.get(*start, *end), *quoted);
                }
                Piece::Split { start, end } => self.expanded(pieces.get(*start, *end)),
                Piece::Unknown(dynamic) => self.unknown(dynamic),
                Piece::Break if self.rules.split => {
                    if self.open.exists {
                        self.close();
                    }
                    self.blank_end = false;
                }
                Piece::Break => self.text(b" ", true),
                Piece::Exists => {
                    self.open.exists = true;
                    self.blank_end = false;
                }
            }
        }
        if self.open.exists || !self.rules.split {
            self.close();
        }
    }

    fn text(&mut self, text: &[u8], quoted: bool) {
        self.blank_end = false;
        self.open.exists = true;
        self.append(text, quoted);
    }

    fn append(&mut self, text: &[u8], quoted: bool) {
        match &mut self.open.unknown {
            Some(gap) => {
                gap.suffix.extend_from_slice(text);
                gap.alone = false;
            }
            None => self.open.text.extend_from_slice(text),
        }
        let literal = quoted || !self.rules.glob || text == b"\\";
        let special = |byte: &u8| matches!(byte, b'*' | b'?' | b'[' | b'\\' | b'(');
        let globs = !literal && text.iter().any(special);
        if literal {
            escape(text, &mut self.open.pattern);
        } else {
            self.open.pattern.extend_from_slice(text);
            self.open.has_glob |= globs;
        }
        if let Some(gap) = &mut self.open.unknown {
            gap.text(text, literal, globs);
            if globs {
                // What a pattern becomes is not known to end so.
                gap.suffix.clear();
            }
        }
    }

    fn expanded(&mut self, text: &[u8]) {
        if !self.rules.split {
            return self.text(text, false);
        }
        let separators = self.separators;
        let Separators::Known(separators) = separators else {
            let dynamic = unknown_split(text, Reason::ShellState);
            return self.unknown(&dynamic);
        };
        let splits = text.iter().any(|byte| separators.contains(byte));
        if self.rules.uncertain && splits {
            let dynamic = unknown_split(text, Reason::Dialect);
            return self.unknown(&dynamic);
        }
        if !splits {
            return self.text(text, false);
        }
        let mut run = 0;
        for (index, byte) in text.iter().enumerate() {
            if !separators.contains(byte) {
                continue;
            }
            let before = text.get(run..index).unwrap_or_default();
            if !before.is_empty() {
                self.text(before, false);
            }
            run = index + 1;
            self.separator(*byte);
        }
        let rest = text.get(run..).unwrap_or_default();
        if !rest.is_empty() {
            self.text(rest, false);
        }
    }

    fn separator(&mut self, byte: u8) {
        if Separators::is_blank(byte) {
            if self.open.exists {
                self.close();
                self.blank_end = true;
            }
        } else if self.open.exists {
            self.close();
        } else if self.blank_end {
            self.blank_end = false;
        } else {
            self.close();
        }
    }

    fn unknown(&mut self, dynamic: &Dynamic) {
        self.blank_end = false;
        let splits = dynamic.may_split && self.rules.split;
        let vanishes = dynamic.may_vanish && self.rules.split;
        let fresh = !self.open.exists && self.open.text.is_empty();
        match &mut self.open.unknown {
            None => {
                let mut prefix = std::mem::take(&mut self.open.text);
                if self.open.has_glob {
                    prefix = before_glob(&self.open.pattern);
                }
                let pieces = dynamic.parts().map(|inner| {
                    let mut pieces = Joined::default();
                    pieces.text(&prefix);
                    if self.open.has_glob {
                        pieces.unknown();
                    }
                    pieces.word(Some(inner));
                    pieces
                });
                if fresh || !self.open.has_glob {
                    prefix.extend_from_slice(&dynamic.prefix);
                }
                let mut origins = Gathered::default();
                origins.add(&dynamic.sources, &dynamic.variables);
                self.open.unknown = Some(Box::new(Gap {
                    first: dynamic.clone(),
                    prefix,
                    suffix: dynamic.suffix.to_vec(),
                    splits,
                    vanishes: vanishes && fresh,
                    alone: fresh,
                    origins,
                    pieces,
                }));
            }
            Some(gap) => {
                gap.pieces_of(dynamic);
                gap.suffix = dynamic.suffix.to_vec();
                gap.splits |= splits;
                gap.vanishes &= vanishes;
                gap.alone = false;
                gap.origins.add(&dynamic.sources, &dynamic.variables);
            }
        }
        self.open.exists = true;
    }

    /// The open field is complete.
    fn close(&mut self) {
        let open = std::mem::take(&mut self.open);
        let value = match open.unknown {
            Some(mut gap) => {
                // A pattern beside it can give any number of paths.
                gap.splits |= open.has_glob && self.rules.split;
                gap.value()
            }
            None if open.has_glob && is_pattern(&open.pattern, self.rules.extglob) => {
                Value::Glob(Glob {
                    pattern: open.pattern.into(),
                    single: false,
                    may_vanish: self.rules.nullglob,
                })
            }
            None => Value::Static(open.text.into()),
        };
        self.out.push(value);
    }
}

impl Gap {
    /// Known text follows.
    fn text(&mut self, text: &[u8], literal: bool, globs: bool) {
        let Some(pieces) = &mut self.pieces else {
            return;
        };
        if globs {
            pieces.pattern(text);
        } else if pieces.is_pattern() && literal {
            let mut escaped = Vec::new();
            escape(text, &mut escaped);
            pieces.pattern(&escaped);
        } else if pieces.is_pattern() {
            pieces.pattern(text);
        } else {
            pieces.text(text);
        }
    }

    /// Another text that is not known follows.
    fn pieces_of(&mut self, dynamic: &Dynamic) {
        if self.pieces.is_none() && dynamic.parts().is_some() {
            let mut pieces = Joined::default();
            pieces.text(&self.prefix);
            pieces.unknown();
            self.pieces = Some(pieces);
        }
        if let Some(pieces) = &mut self.pieces {
            pieces.word(dynamic.parts());
        }
    }

    fn value(self) -> Value {
        let first = self.first;
        let (sources, variables) = self.origins.finish();
        let starts = match self.prefix.first() {
            Some(byte) => *byte == b'-',
            None => first.may_start_dash,
        };
        Value::Dynamic(Dynamic {
            reason: first.reason,
            prefix: self.prefix.into(),
            suffix: self.suffix.into(),
            may_split: self.splits,
            may_vanish: self.vanishes,
            may_start_dash: starts || (self.splits && first.may_start_dash),
            numeric: first.numeric && self.alone,
            sources: sources.into(),
            variables: variables.into(),
            pieces: self.pieces.and_then(Joined::finish),
        })
    }
}

fn unknown_split(text: &[u8], reason: Reason) -> Dynamic {
    Dynamic {
        may_start_dash: text.contains(&b'-'),
        ..Dynamic::unknown(reason)
    }
}

/// The literal text of a pattern up to its first special character.
pub(crate) fn before_glob(pattern: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = pattern.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'*' | b'?' | b'[' | b'(' => break,
            b'\\' => out.extend(bytes.next()),
            _ => out.push(*byte),
        }
    }
    out
}

/// The pattern has a special character that is active: `*`, `?`, a complete `[…]`, or an
/// extended pattern.
pub(crate) fn is_pattern(pattern: &[u8], extglob: bool) -> bool {
    let mut bracket = false;
    let mut before = 0;
    let mut bytes = pattern.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'*' | b'?' => return true,
            b'[' => bracket = true,
            b']' if bracket => return true,
            b'(' if extglob && matches!(before, b'@' | b'+' | b'!') => return true,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
        before = *byte;
    }
    false
}
