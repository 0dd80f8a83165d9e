//! Where data comes from, and how that flows into words and standard input.

use clearance_shell::invocation::Stdin;

use super::Judge;
use crate::arg::Arg;

/// Where data comes from or what it holds, as bits that flow along pipes and substitutions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taint(u8);

impl Taint {
    /// Nothing special.
    pub const NONE: Self = Self(0);
    /// It came from the network.
    pub const NET: Self = Self(1);
    /// It holds a secret.
    pub const SECRET: Self = Self(2);
    /// It holds names of files that hold secrets.
    pub const SECRET_NAMES: Self = Self(4);
    /// It holds names of files outside the project and the temporary directories.
    pub const FAR_NAMES: Self = Self(8);
    /// It was printed by something that is not only a lister of names: names in it could be any.
    pub const FREE_TEXT: Self = Self(16);
    /// It came from an address, not from a known service.
    pub const RAW: Self = Self(32);
    /// It came from outside the project: a temporary directory, home, an unknown place.
    pub const AWAY: Self = Self(64);

    /// Both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// All bits of `other` are set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl Judge<'_> {
    /// Data that flows into this word.
    #[must_use]
    pub fn word_taint(&self, arg: Arg<'_>) -> Taint {
        arg.dynamic()
            .map_or(Taint::NONE, |d| self.sources(&d.sources))
    }

    pub(crate) fn sources(&self, sources: &[u32]) -> Taint {
        sources
            .iter()
            .filter_map(|&i| self.taints.get(i as usize))
            .fold(Taint::NONE, |all, &t| all.with(t))
    }

    /// Data that flows into standard input.
    #[must_use]
    pub fn stdin_taint(&self, stdin: &Stdin) -> Taint {
        match stdin {
            Stdin::Inherit => self.inherited,
            Stdin::Pipe(sources) => self.sources(sources),
            Stdin::Dynamic(dynamic) => self.sources(&dynamic.sources),
            Stdin::Null | Stdin::Text(_) | Stdin::File(_) => Taint::NONE,
        }
    }

    /// Adds to what flows out of this call.
    pub fn taint(&mut self, taint: Taint) {
        self.ledger.taint = self.ledger.taint.with(taint);
    }
}
