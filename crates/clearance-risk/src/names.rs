//! Lists of names that packs give (`[[names]]`, see `docs/PACKS.md`) and code asks for: of files
//! that tools obey, of functions that only compute, of settings that run programs.
//!
//! `build.rs` makes a static of each, by its name.

use crate::store::fits;

/// A list: whole names, and patterns with `*` at an end.
#[derive(Debug)]
pub(crate) struct Names {
    /// Sorted.
    whole: &'static [&'static str],
    patterns: &'static [&'static str],
}

impl Names {
    /// This name is on the list.
    pub(crate) fn has(&self, name: &[u8]) -> bool {
        let known = |whole: &&str| whole.as_bytes().cmp(name);
        self.whole.binary_search_by(known).is_ok()
            || self.patterns.iter().any(|pattern| fits(pattern, name))
    }
}

/// One list for each of several programs, sorted by their names.
#[derive(Debug)]
pub(crate) struct NamesOf(&'static [(&'static str, Names)]);

impl NamesOf {
    /// This name is on the list of the program.
    pub(crate) fn has(&self, program: &str, name: &[u8]) -> bool {
        let at = self.0.binary_search_by(|(of, _)| (*of).cmp(program));
        at.ok()
            .and_then(|at| self.0.get(at))
            .is_some_and(|(_, names)| names.has(name))
    }
}

include!(concat!(env!("OUT_DIR"), "/names.rs"));

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
            assert_eq!(RECIPE.has(name.as_bytes()), expected, "{name}");
        }
        assert!(LOADED.has(b"vite.config.ts"));
        assert!(!LOADED.has(b"config.ts"));
    }

    #[test]
    fn lists_of_programs() {
        assert!(RECIPE_OF.has("docker", b"docker-compose.yml"));
        assert!(RECIPE_OF.has("wrangler", b"wrangler.toml"));
        assert!(!RECIPE_OF.has("terraform", b"docker-compose.yml"));
        assert!(!RECIPE_OF.has("no-such-program", b"main.tf"));
    }
}
