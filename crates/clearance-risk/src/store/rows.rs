//! The rows of the tables: small numbers that refer to each other by index.

use std::borrow::Cow;

use super::super::spec::{Arity, EffectSet, EnvMeaning, Syntax, WordRole};

/// A table that is static or owned.
pub type Rows<T> = Cow<'static, [T]>;

/// A piece of the text of a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Piece {
    pub(crate) start: u32,
    pub(crate) length: u32,
}

impl Piece {
    /// In bytes.
    pub(crate) fn len(self) -> usize {
        self.length as usize
    }

    pub(crate) fn of(self, text: &str) -> &str {
        let start = self.start as usize;
        text.get(start..start + self.length as usize)
            .unwrap_or_default()
    }

    pub(crate) fn bytes_of(self, text: &str) -> &[u8] {
        let start = self.start as usize;
        text.as_bytes()
            .get(start..start + self.length as usize)
            .unwrap_or_default()
    }
}

/// Rows of a table that follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Range {
    pub(crate) start: u32,
    pub(crate) count: u32,
}

impl Range {
    pub(crate) fn of<T>(self, table: &[T]) -> &[T] {
        let start = self.start as usize;
        table
            .get(start..start + self.count as usize)
            .unwrap_or_default()
    }
}

/// One spelling of an option: its name, and the index of its [`OptionKind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OptionRow {
    pub(crate) start: u32,
    pub(crate) kind: u16,
    pub(crate) length: u8,
}

impl OptionRow {
    pub(super) const fn name(self) -> Piece {
        Piece {
            start: self.start,
            length: self.length as u32,
        }
    }
}

/// All of an option but its name; many options share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OptionKind {
    pub(crate) prefix: bool,
    pub(crate) arity: Arity,
    pub(crate) role: WordRole,
    pub(crate) second: Option<WordRole>,
    pub(crate) effects: EffectSet,
    pub(crate) replace: bool,
    pub(crate) sub: bool,
    pub(crate) operands: Option<Range>,
}

/// A command: its path, and the index of its [`CommandKind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CommandRow {
    pub(crate) start: u32,
    pub(crate) kind: u32,
    pub(crate) length: u32,
    pub(crate) wild: bool,
}

impl CommandRow {
    pub(super) const fn path(self) -> Piece {
        Piece {
            start: self.start,
            length: self.length,
        }
    }
}

/// All of a command but its path; alternative paths share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CommandKind {
    pub(crate) syntax: Syntax,
    pub(crate) effects: EffectSet,
    pub(crate) bare: EffectSet,
    pub(crate) operands: Option<Range>,
    pub(crate) options: Range,
    /// One of the options is only a beginning (`-D*`).
    pub(crate) prefixes: bool,
    pub(crate) passes_on: bool,
    /// Empty: none.
    pub(crate) handler: Piece,
    pub(crate) stdin: Option<WordRole>,
    pub(crate) env: Range,
    pub(crate) options_matter: bool,
}

/// A variable that a command heeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EnvRow {
    pub(crate) name: Piece,
    pub(crate) meaning: EnvMeaning,
}

/// A program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProgramRow {
    /// All names, a blank between them.
    pub(crate) names: Piece,
    pub(crate) base: CommandRow,
    /// Sorted by path, a whole path before the same path as a beginning.
    pub(crate) subs: Range,
    pub(crate) default: Option<u16>,
    pub(crate) globals_before: bool,
    pub(crate) help: bool,
}

/// A name and the index of its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameRow {
    /// [`name_key`] of the name: most comparisons need not look at the text.
    pub(crate) key: u64,
    pub(crate) name: Piece,
    pub(crate) program: u32,
}

/// The first eight bytes of a name as a number that orders as the bytes do.
pub(crate) fn name_key(name: &[u8]) -> u64 {
    let mut key = [0; 8];
    for (slot, byte) in key.iter_mut().zip(name) {
        *slot = *byte;
    }
    u64::from_be_bytes(key)
}
