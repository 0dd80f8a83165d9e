//! Lists of names that packs give (`[[names]]`, see `docs/PACKS.md`) and code asks for: of files
//! that tools obey, of functions that only compute, of settings that run programs.
//!
//! `build.rs` makes a static of each, by its name. All share one text, in which a name that is
//! on several lists stands once.

use std::cmp::Ordering;

pub(crate) use self::lists::*;
use crate::store::{Piece, fits};

/// A list: whole names, and patterns with `*` at an end.
#[derive(Debug)]
pub(crate) struct Names {
    /// A bit for each byte that a whole name begins with, by its low six bits.
    first: u64,
    /// Sorted by length, those of one length by their bytes.
    whole: &'static [Piece],
    patterns: &'static [Piece],
}

impl Names {
    /// This name is on the list.
    pub(crate) fn has(&self, name: impl AsRef<[u8]>) -> bool {
        let name = name.as_ref();
        self.has_whole(name)
            || (self.patterns.iter()).any(|pattern| fits(pattern.of(lists::TEXT), name))
    }

    /// A whole name of the list occurs in the text.
    pub(crate) fn stands_in(&self, text: &[u8]) -> bool {
        let occurs = |name: &[u8]| text.windows(name.len()).any(|part| part == name);
        (self.whole.iter()).any(|known| occurs(known.bytes_of(lists::TEXT)))
    }

    fn has_whole(&self, name: &[u8]) -> bool {
        let Some(&first) = name.first() else {
            return false;
        };
        if self.first & (1 << (first & 63)) == 0 {
            return false;
        }
        let order = |known: &Piece| match known.len().cmp(&name.len()) {
            Ordering::Equal => known.bytes_of(lists::TEXT).cmp(name),
            other => other,
        };
        self.whole.binary_search_by(order).is_ok()
    }
}

/// One list for each of several programs, sorted by their names.
#[derive(Debug)]
pub(crate) struct NamesOf(&'static [(&'static str, Names)]);

impl NamesOf {
    /// This name is on the list of the program.
    pub(crate) fn has(&self, program: &str, name: impl AsRef<[u8]>) -> bool {
        let at = self.0.binary_search_by(|(of, _)| (*of).cmp(program));
        at.ok()
            .and_then(|at| self.0.get(at))
            .is_some_and(|(_, names)| names.has(name))
    }

    /// The first program that has this name on its list.
    pub(crate) fn program_of(&self, name: impl AsRef<[u8]>) -> Option<&'static str> {
        let name = name.as_ref();
        let found = self.0.iter().find(|(_, names)| names.has(name));
        found.map(|&(program, _)| program)
    }
}

/// What `build.rs` has written.
// Without all analysers of inline code their lists are asked for by nobody.
#[cfg_attr(
    not(all(
        feature = "code-python",
        feature = "code-javascript",
        feature = "code-sql",
        feature = "code-script"
    )),
    allow(dead_code)
)]
mod lists {
    use super::{Names, NamesOf, Piece};

    include!(concat!(env!("OUT_DIR"), "/names.rs"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_and_patterns() {
        for (name, expected) in [
            ("Makefile", true),
            ("makefiles", false),
            ("", false),
            ("package.json", true),
        ] {
            assert_eq!(RECIPE.has(name), expected, "{name}");
        }
        assert!(LOADED.has(b"vite.config.ts"));
        assert!(!LOADED.has(b"config.ts"));
    }

    #[test]
    fn every_name_is_found_again() {
        for piece in C_CALL.whole {
            assert!(C_CALL.has(piece.of(lists::TEXT)));
        }
        for piece in C_BANNED.whole {
            assert!(!C_CALL.has(piece.of(lists::TEXT)));
        }
    }

    #[test]
    fn lists_of_programs() {
        assert!(RECIPE_OF.has("docker", b"docker-compose.yml"));
        assert!(RECIPE_OF.has("wrangler", b"wrangler.toml"));
        assert!(!RECIPE_OF.has("terraform", b"docker-compose.yml"));
        assert!(!RECIPE_OF.has("no-such-program", b"main.tf"));
        assert_eq!(TOOL_PACKAGE.program_of("typescript"), Some("tsc"));
        assert_eq!(TOOL_PACKAGE.program_of("tsc"), None);
    }
}
