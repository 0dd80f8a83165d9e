//! How a catalog is stored: rows of small numbers that refer to each other by index.
//!
//! Nothing here holds a pointer, so the built-in [`Store`], which `build.rs` writes as static
//! tables, costs neither relocations nor decoding when a process starts; its pages are read
//! when they are looked at. A company's own programs have the same form, in vectors. To read
//! a store use the views [`Program`], [`Command`] and [`OptionSpec`]; to make one, see
//! [`crate::intern`]. This file is also compiled into `build.rs`.

// Given by their paths, since `build.rs` reads this file from elsewhere.
#[path = "store/env.rs"]
mod env;
#[path = "store/rows.rs"]
mod rows;
#[path = "store/views.rs"]
mod views;

use std::borrow::Cow;
use std::fmt;

pub(crate) use self::env::fits;
pub use self::env::{EnvTable, NameSet};
pub(crate) use self::rows::name_key;
pub use self::rows::{
    CommandKind, CommandRow, EnvRow, NameRow, OptionKind, OptionRow, Piece, ProgramRow, Range, Rows,
};
pub use self::views::{Command, OptionSpec, Options, Program, Subs, Variables};
use super::spec::Operand;

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
