//! Views of what a [`Store`] holds.

use std::fmt;

use super::super::spec::{Arity, EffectSet, EnvMeaning, Operand, Syntax, WordRole};
use super::{CommandRow, EnvRow, OptionRow, Store};

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
    pub(super) names: &'s str,
    pub(super) name: &'s str,
    pub(super) called: &'s str,
    /// What it does without a sub-command.
    pub base: Command<'s>,
    /// Its sub-commands.
    pub subs: Subs<'s>,
    pub(super) default: Option<u16>,
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
    pub(super) store: &'s Store,
    pub(super) rows: &'s [OptionRow],
    pub(super) prefixes: bool,
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
    pub(super) store: &'s Store,
    pub(super) rows: &'s [CommandRow],
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
        let bound =
            |below: &dyn Fn(&[u8]) -> bool| self.rows.partition_point(|row| below(self.path(row)));
        // A path that is a word and its beginning at once sorts before the word; all others
        // begin with it.
        let middle = bound(&|path| path < first);
        let from = bound(&|path| path.first().copied() < Some(initial)).min(middle);
        let before = self.rows.get(from..middle).unwrap_or_default();
        let here = self.rows.get(middle..).unwrap_or_default();
        let here = here
            .iter()
            .take_while(|row| self.path(row).starts_with(first));
        let mut best: Option<(usize, &CommandRow)> = None;
        for row in before.iter().filter(|row| row.wild).chain(here) {
            let Some(count) = path_length(self.path(row), row.wild, &word) else {
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
    pub(super) store: &'s Store,
    pub(super) rows: &'s [EnvRow],
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
