//! The [`Catalog`]: all programs that are known, built in and a company's own.

use std::borrow::Cow;

use crate::pack::{Pack, PackError};
use crate::spec::{EnvTable, Program};

#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, reason = "tables written by build.rs")]
mod builtin {
    use std::borrow::Cow::{self, Borrowed as B};

    use clearance_core::Effect;

    use crate::spec::Arity::{self, *};
    use crate::spec::Lang::*;
    use crate::spec::{
        Command, Count, EffectSet, EnvMeaning, EnvTable, Operand, OptionSpec, Program, Syntax,
        WordRole as R,
    };

    #[allow(non_snake_case)]
    const fn O(name: &'static str, arity: Arity, role: R) -> OptionSpec {
        OptionSpec {
            name: B(name), prefix: false, arity, role, second: None, effects: EffectSet::EMPTY, replace: false,
            sub: false, operands: None,
        }
    }

    #[allow(non_snake_case)]
    const fn P(role: R, count: Count) -> Operand {
        Operand { role, count }
    }

    #[allow(non_snake_case)]
    const fn E(bits: u64) -> EffectSet {
        EffectSet::from_bits(bits)
    }

    #[allow(dead_code)]
    const UNUSED: (Option<Arity>, Option<R>, Option<Effect>, Option<EnvMeaning>, Cow<'static, str>) =
        (Some(Flag), Some(R::Code(Sql)), Some(Effect::Read), None, B(""));

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
    own: Vec<Program>,
    /// Sorted by name; later programs replace earlier and built-in ones.
    own_index: Vec<(Cow<'static, str>, u32)>,
}

impl Catalog {
    /// The built-in packs only.
    #[must_use]
    pub const fn builtin() -> Self {
        Self {
            own: Vec::new(),
            own_index: Vec::new(),
        }
    }

    /// Adds a company's programs. A program of the same name as a known one replaces it.
    #[must_use]
    pub fn with_programs(mut self, programs: Vec<Program>) -> Self {
        for program in programs {
            let index = u32::try_from(self.own.len()).unwrap_or(u32::MAX);
            for name in program.names.iter() {
                match self.own_index.binary_search_by(|(n, _)| n.cmp(name)) {
                    Ok(at) => {
                        if let Some(entry) = self.own_index.get_mut(at) {
                            entry.1 = index;
                        }
                    }
                    Err(at) => self.own_index.insert(at, (name.clone(), index)),
                }
            }
            self.own.push(program);
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
        Ok(self.with_programs(programs))
    }

    /// The program called by this name (no directory part).
    #[must_use]
    pub fn program(&self, name: &[u8]) -> Option<&Program> {
        if !self.own_index.is_empty() {
            let found = self
                .own_index
                .binary_search_by(|(n, _)| n.as_bytes().cmp(name));
            if let Some(&(_, index)) = found.ok().and_then(|at| self.own_index.get(at)) {
                return self.own.get(index as usize);
            }
        }
        let found = builtin::INDEX
            .binary_search_by(|(n, _)| n.as_bytes().cmp(name))
            .ok()?;
        let &(_, index) = builtin::INDEX.get(found)?;
        builtin::PROGRAMS.get(usize::from(index))
    }

    /// Every program, the built-in ones first.
    pub fn programs(&self) -> impl Iterator<Item = &Program> {
        builtin::PROGRAMS.iter().chain(&self.own)
    }

    /// What is known of environment variables.
    #[must_use]
    pub fn env(&self) -> &EnvTable {
        &builtin::ENV
    }
}
