//! What is known of environment variables.

use std::borrow::Cow;

use super::{Piece, Range, Rows};

/// Names of variables: whole ones, and patterns with `*` at an end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameSet {
    /// Sorted.
    pub(crate) whole: Range,
    pub(crate) patterns: Range,
}

/// What is known of environment variables (`packs/env.toml`).
///
/// # Examples
///
/// ```
/// use clearance_risk::Catalog;
///
/// let catalog = Catalog::builtin();
/// assert!(catalog.env().is_dangerous("LD_PRELOAD"));
/// assert!(!catalog.env().is_harmless("LD_PRELOAD"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct EnvTable {
    pub(crate) text: Cow<'static, str>,
    pub(crate) names: Rows<Piece>,
    pub(crate) harmless: NameSet,
    pub(crate) dangerous: NameSet,
    pub(crate) paths: NameSet,
    /// Name, value, name, value and so on.
    pub(crate) values: Range,
}

impl EnvTable {
    /// The name is harmless whatever the value.
    #[must_use]
    pub fn is_harmless(&self, name: &str) -> bool {
        self.has(self.harmless, name)
    }

    /// The name loads code, redirects programs or changes what is trusted.
    #[must_use]
    pub fn is_dangerous(&self, name: &str) -> bool {
        self.has(self.dangerous, name)
    }

    /// The value of the name is a list of directories (`:` between them) from which code is
    /// loaded.
    #[must_use]
    pub fn is_path(&self, name: &str) -> bool {
        self.has(self.paths, name)
    }

    /// This value of a name that is otherwise dangerous is harmless.
    #[must_use]
    pub fn is_harmless_value(&self, name: &str, value: &str) -> bool {
        let value = if value.is_empty() { "\"\"" } else { value };
        self.values.of(&self.names).chunks_exact(2).any(
            |pair| matches!(pair, [n, v] if n.of(&self.text) == name && v.of(&self.text) == value),
        )
    }

    fn has(&self, set: NameSet, name: &str) -> bool {
        let whole = set.whole.of(&self.names);
        if whole
            .binary_search_by(|piece| piece.of(&self.text).cmp(name))
            .is_ok()
        {
            return true;
        }
        set.patterns.of(&self.names).iter().any(|piece| {
            let pattern = piece.of(&self.text);
            match (pattern.strip_suffix('*'), pattern.strip_prefix('*')) {
                (Some(stem), Some(_)) => name.contains(stem.trim_start_matches('*')),
                (Some(stem), None) => name.starts_with(stem),
                (None, Some(tail)) => name.ends_with(tail),
                (None, None) => false,
            }
        })
    }
}
