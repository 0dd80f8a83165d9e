//! How a catalog is stored: rows of small numbers that refer to each other by index.
//!
//! Nothing here holds a pointer, so the built-in [`Store`], which `build.rs` writes as static
//! tables, costs neither relocations nor decoding when a process starts; its pages are read
//! when they are looked at. A company's own programs have the same form, in vectors. To read
//! a store use the views [`Program`], [`Command`] and [`OptionSpec`]; to make one, see
//! [`crate::intern`]. This file is also compiled into `build.rs`.

// Given by its path, since `build.rs` reads this file from elsewhere.
#[path = "store/env.rs"]
mod env;

use std::borrow::Cow;
use std::fmt;

pub use self::env::{EnvTable, NameSet};
use super::spec::{Arity, EffectSet, EnvMeaning, Operand, Syntax, WordRole};

/// A table that is static or owned.
pub type Rows<T> = Cow<'static, [T]>;

/// A piece of the text of a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Piece {
    pub(crate) start: u32,
    pub(crate) length: u32,
}

impl Piece {
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
    const fn name(self) -> Piece {
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
    const fn path(self) -> Piece {
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
    let bytes = name.iter().copied().chain(std::iter::repeat(0)).take(8);
    bytes.fold(0, |key, byte| key << 8 | u64::from(byte))
}

/// Tables of programs; see the [module](self).
#[derive(Clone, Default)]
pub struct Store {
    pub(crate) text: Cow<'static, str>,
    pub(crate) options: Rows<OptionRow>,
    pub(crate) option_kinds: Rows<OptionKind>,
    pub(crate) operands: Rows<Operand>,
    pub(crate) env: Rows<EnvRow>,
    pub(crate) commands: Rows<CommandRow>,
    pub(crate) command_kinds: Rows<CommandKind>,
    pub(crate) programs: Rows<ProgramRow>,
    /// Sorted by name.
    pub(crate) names: Rows<NameRow>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("programs", &self.programs.len())
            .finish_non_exhaustive()
    }
}

impl Store {
    /// The program called by this name (no directory part).
    #[must_use]
    pub fn program(&self, name: &[u8]) -> Option<Program<'_>> {
        let text = &*self.text;
        let key = name_key(name);
        let order = |row: &NameRow| {
            let by_key = row.key.cmp(&key);
            by_key.then_with(|| row.name.bytes_of(text).cmp(name))
        };
        let at = self.names.binary_search_by(order).ok()?;
        let found = self.names.get(at)?;
        let row = self.programs.get(found.program as usize)?;
        Some(Program {
            called: found.name.of(text),
            ..self.view(row)?
        })
    }

    /// Every program, in order of declaration.
    pub fn programs(&self) -> impl Iterator<Item = Program<'_>> {
        self.programs.iter().filter_map(|row| self.view(row))
    }

    fn view<'s>(&'s self, row: &'s ProgramRow) -> Option<Program<'s>> {
        let names = row.names.of(&self.text);
        let name = names.split(' ').next().unwrap_or_default();
        Some(Program {
            names,
            name,
            called: name,
            base: self.command(&row.base)?,
            subs: Subs {
                store: self,
                rows: row.subs.of(&self.commands),
            },
            default: row.default,
            globals_before: row.globals_before,
            help: row.help,
        })
    }

    fn command<'s>(&'s self, row: &CommandRow) -> Option<Command<'s>> {
        let kind = self.command_kinds.get(row.kind as usize)?;
        let handler = kind.handler.of(&self.text);
        Some(Command {
            path: row.path().of(&self.text),
            wild: row.wild,
            syntax: kind.syntax,
            effects: kind.effects,
            bare: kind.bare,
            operands: kind.operands.map(|range| range.of(&self.operands)),
            options: Options {
                store: self,
                rows: kind.options.of(&self.options),
                prefixes: kind.prefixes,
            },
            passes_on: kind.passes_on,
            handler: (!handler.is_empty()).then_some(handler),
            stdin: kind.stdin,
            env: Variables {
                store: self,
                rows: kind.env.of(&self.env),
            },
            options_matter: kind.options_matter,
        })
    }

    fn option(&self, row: OptionRow) -> Option<OptionSpec<'_>> {
        let kind = self.option_kinds.get(usize::from(row.kind))?;
        Some(OptionSpec {
            name: row.name().of(&self.text),
            prefix: kind.prefix,
            arity: kind.arity,
            role: kind.role,
            second: kind.second,
            effects: kind.effects,
            replace: kind.replace,
            sub: kind.sub,
            operands: kind.operands.map(|range| range.of(&self.operands)),
        })
    }
}

/// One program.
///
/// # Examples
///
/// ```
/// use clearance_risk::Catalog;
///
/// let catalog = Catalog::builtin();
/// let git = catalog.program(b"git").unwrap();
/// assert_eq!(git.name(), "git");
/// assert!(git.subs.named("commit").is_some());
/// assert!(git.base.options.get(b"-C").is_some());
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Program<'s> {
    names: &'s str,
    name: &'s str,
    called: &'s str,
    /// What it does without a sub-command.
    pub base: Command<'s>,
    /// Its sub-commands.
    pub subs: Subs<'s>,
    default: Option<u16>,
    /// Options of the program itself are allowed only before the sub-command.
    pub globals_before: bool,
    /// A lone `--help` or `--version` only prints.
    pub help: bool,
}

impl<'s> Program<'s> {
    /// The canonical name.
    #[must_use]
    pub const fn name(&self) -> &'s str {
        self.name
    }

    /// The name by which it was asked for, for messages.
    ///
    /// # Examples
    ///
    /// ```
    /// let catalog = clearance_risk::Catalog::builtin();
    /// let program = catalog.program(b"gcp").unwrap();
    /// assert_eq!((program.name(), program.called()), ("cp", "gcp"));
    /// ```
    #[must_use]
    pub const fn called(&self) -> &'s str {
        self.called
    }

    /// The names it is called by; the first is the canonical one.
    pub fn names(&self) -> impl Iterator<Item = &'s str> + use<'s> {
        self.names.split(' ')
    }

    /// The sub-command meant when none is given.
    #[must_use]
    pub fn default_sub(&self) -> Option<Command<'s>> {
        self.subs.get(usize::from(self.default?))
    }
}

/// What a program, or one of its sub-commands, does with its words.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Command<'s> {
    /// The sub-command's words, joined by one blank; empty for the program itself.
    pub path: &'s str,
    /// The last word of [`Command::path`] is only a beginning.
    pub wild: bool,
    /// How options are read.
    pub syntax: Syntax,
    /// What every call does.
    pub effects: EffectSet,
    /// What it does when it is called without any word after its name or path.
    pub bare: EffectSet,
    /// The roles of the operands; `None`: no operand is allowed.
    pub operands: Option<&'s [Operand]>,
    /// Every spelling of every option.
    pub options: Options<'s>,
    /// Options that are not listed are handed on to code that is not this program.
    pub passes_on: bool,
    /// The handler that decides instead.
    pub handler: Option<&'s str>,
    /// What standard input is to it when it is read.
    pub stdin: Option<WordRole>,
    /// Variables it heeds.
    pub env: Variables<'s>,
    /// An option of it could run, write, delete or send: a word that might be an option matters.
    pub options_matter: bool,
}

impl Command<'_> {
    /// It is the program itself, no sub-command.
    #[must_use]
    pub const fn is_base(&self) -> bool {
        self.path.is_empty()
    }
}

/// One spelling of an option.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct OptionSpec<'s> {
    /// The spelling with its dashes; a trailing `*` of the pack is in [`OptionSpec::prefix`].
    pub name: &'s str,
    /// The spelling is the beginning; the rest of the word is the value (`-D*`).
    pub prefix: bool,
    /// Whether it takes a value.
    pub arity: Arity,
    /// What the value is.
    pub role: WordRole,
    /// What its second value is, if it takes two words.
    pub second: Option<WordRole>,
    /// Effects that it adds.
    pub effects: EffectSet,
    /// Its effects replace those of the command.
    pub replace: bool,
    /// It selects the sub-command of its own name.
    pub sub: bool,
    /// The operands when it is given.
    pub operands: Option<&'s [Operand]>,
}

/// The options of a command, sorted by name.
#[derive(Clone, Copy)]
pub struct Options<'s> {
    store: &'s Store,
    rows: &'s [OptionRow],
    prefixes: bool,
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|o| o.name)).finish()
    }
}

impl<'s> Options<'s> {
    fn name(&self, row: OptionRow) -> &'s [u8] {
        row.name().bytes_of(&self.store.text)
    }

    /// The option of exactly this spelling; one that is a whole name before one that is a
    /// beginning.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<OptionSpec<'s>> {
        let at = self.rows.partition_point(|row| self.name(*row) < name);
        let row = *self.rows.get(at)?;
        if self.name(row) != name {
            return None;
        }
        self.store.option(row)
    }

    /// The options whose names begin like this, in order.
    pub fn with_prefix<'n>(
        &self,
        beginning: &'n [u8],
    ) -> impl Iterator<Item = OptionSpec<'s>> + use<'s, 'n> {
        let options = *self;
        let from = self.rows.partition_point(|row| self.name(*row) < beginning);
        let tail = self.rows.get(from..).unwrap_or_default();
        tail.iter()
            .take_while(move |row| options.name(**row).starts_with(beginning))
            .filter_map(move |row| options.store.option(*row))
    }

    /// The option that is a beginning (`-D*`) of this word, the longest if there are several.
    #[must_use]
    pub fn beginning_of(&self, word: &[u8]) -> Option<OptionSpec<'s>> {
        if !self.prefixes {
            return None;
        }
        let fits = |row: &&OptionRow| {
            let kind = self.store.option_kinds.get(usize::from(row.kind));
            kind.is_some_and(|k| k.prefix) && word.starts_with(self.name(**row))
        };
        let row = self.rows.iter().filter(fits).max_by_key(|row| row.length)?;
        self.store.option(*row)
    }

    /// All options.
    pub fn iter(&self) -> impl Iterator<Item = OptionSpec<'s>> + use<'s> {
        let store = self.store;
        self.rows.iter().filter_map(move |row| store.option(*row))
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// There are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// The sub-commands of a program, sorted by path.
#[derive(Clone, Copy)]
pub struct Subs<'s> {
    store: &'s Store,
    rows: &'s [CommandRow],
}

impl fmt::Debug for Subs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|s| s.path)).finish()
    }
}

impl<'s> Subs<'s> {
    fn path(&self, row: &CommandRow) -> &'s [u8] {
        row.path().bytes_of(&self.store.text)
    }

    /// The sub-command of this path.
    #[must_use]
    pub fn named(&self, path: &str) -> Option<Command<'s>> {
        let path = path.as_bytes();
        let at = self.rows.partition_point(|row| self.path(row) < path);
        let row = self.rows.get(at)?;
        if self.path(row) != path {
            return None;
        }
        self.store.command(row)
    }

    /// The sub-command whose path stands at the beginning of some words, the longest if there
    /// are several, and how many words its path has. `word` gives the words; one without known
    /// text is on no path.
    pub fn select<'w>(
        &self,
        word: impl Fn(usize) -> Option<&'w [u8]>,
    ) -> Option<(usize, Command<'s>)> {
        let first = word(0)?;
        let initial = first.first().copied()?;
        let from = self
            .rows
            .partition_point(|row| self.path(row).first().copied() < Some(initial));
        let mut best: Option<(usize, &CommandRow)> = None;
        for row in self.rows.get(from..).unwrap_or_default() {
            let path = self.path(row);
            if path.first().copied() != Some(initial) {
                break;
            }
            let Some(count) = path_length(path, row.wild, &word) else {
                continue;
            };
            let better = match best {
                None => true,
                Some((n, b)) => count > n || (count == n && b.wild && !row.wild),
            };
            if better {
                best = Some((count, row));
            }
        }
        let (count, row) = best?;
        Some((count, self.store.command(row)?))
    }

    /// The sub-command at this place.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Command<'s>> {
        self.store.command(self.rows.get(index)?)
    }

    /// All sub-commands.
    pub fn iter(&self) -> impl Iterator<Item = Command<'s>> + use<'s> {
        let store = self.store;
        self.rows.iter().filter_map(move |row| store.command(row))
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// There are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// How many words the path has, if the words begin with it.
fn path_length<'w>(
    path: &[u8],
    wild: bool,
    word: &impl Fn(usize) -> Option<&'w [u8]>,
) -> Option<usize> {
    let mut parts = path.split(|&b| b == b' ').peekable();
    let mut count = 0;
    while let Some(part) = parts.next() {
        let word = word(count)?;
        let fits = if wild && parts.peek().is_none() {
            word.starts_with(part)
        } else {
            word == part
        };
        if !fits {
            return None;
        }
        count += 1;
    }
    Some(count)
}

/// The variables that a command heeds.
#[derive(Clone, Copy)]
pub struct Variables<'s> {
    store: &'s Store,
    rows: &'s [EnvRow],
}

impl fmt::Debug for Variables<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<'s> Variables<'s> {
    /// Name, and the role of the value or an effect.
    pub fn iter(&self) -> impl Iterator<Item = (&'s str, EnvMeaning)> + use<'s> {
        let store = self.store;
        self.rows
            .iter()
            .map(move |row| (row.name.of(&store.text), row.meaning))
    }
}
