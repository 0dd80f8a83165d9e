//! The [`Catalog`]: all programs that are known, built in and a company's own.

use crate::intern;
use crate::pack::{Pack, PackError};
use crate::spec::ProgramDef;
use crate::store::{EnvTable, Program, Store};

#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, reason = "tables written by build.rs")]
mod builtin {
    use std::borrow::Cow::Borrowed;

    use clearance_core::Effect;

    use crate::spec::Lang::*;
    use crate::spec::{Arity, Count, EffectSet, EnvMeaning, Operand, Syntax, WordRole as R};
    use crate::store::{
        CommandKind, CommandRow, EnvRow, EnvTable, NameRow, NameSet, OptionKind, OptionRow, Piece,
        ProgramRow, Range, Store,
    };

    #[allow(dead_code)]
    const UNUSED: (R, Option<Effect>) = (R::Code(Sql), None);

    include!(concat!(env!("OUT_DIR"), "/catalog.rs"));
}

/// Every program that is known. Cheap to make, cheap to clone without own programs.
///
/// # Examples
///
/// ```
/// use clearance_risk::Catalog;
///
/// let catalog = Catalog::builtin();
/// assert!(catalog.program(b"env").is_some());
/// assert!(catalog.program(b"no-such-program").is_none());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Later stores replace programs of earlier ones and of the built-in one.
    own: Vec<Store>,
}

impl Catalog {
    /// The built-in packs only. Costs nothing.
    #[must_use]
    pub const fn builtin() -> Self {
        Self { own: Vec::new() }
    }

    /// Adds a company's programs. A program of the same name as a known one replaces it; of
    /// several in the list with the same name, the last one counts.
    #[must_use]
    pub fn with_programs(mut self, programs: &[ProgramDef]) -> Self {
        if !programs.is_empty() {
            self.own.push(intern::programs(programs));
        }
        self
    }

    /// Adds the programs of a pack text; `file` is for error messages.
    ///
    /// # Errors
    ///
    /// As [`crate::pack::parse`].
    pub fn with_pack(self, file: &str, text: &str) -> Result<Self, PackError> {
        let Pack { programs, .. } = crate::pack::parse(file, text)?;
        Ok(self.with_programs(&programs))
    }

    /// The program called by this name (no directory part).
    #[must_use]
    pub fn program(&self, name: &[u8]) -> Option<Program<'_>> {
        let own = self.own.iter().rev().find_map(|store| store.program(name));
        own.or_else(|| builtin::STORE.program(name))
    }

    /// Every program, the built-in ones first.
    pub fn programs(&self) -> impl Iterator<Item = Program<'_>> {
        std::iter::once(&builtin::STORE)
            .chain(&self.own)
            .flat_map(Store::programs)
    }

    /// What is known of environment variables.
    #[must_use]
    pub const fn env(&self) -> &EnvTable {
        &builtin::ENV
    }
}
