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
        let mut patterns = set.patterns.of(&self.names).iter();
        patterns.any(|piece| fits(piece.of(&self.text), name.as_bytes()))
    }
}

/// The name is the pattern's text with anything for a `*` at its end, its beginning, or both.
pub(crate) fn fits(pattern: &str, name: &[u8]) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(tail), None) => name.ends_with(tail.as_bytes()),
        (None, Some(stem)) => name.starts_with(stem.as_bytes()),
        (Some(tail), Some(_)) => {
            let inner = tail.trim_end_matches('*').as_bytes();
            inner.is_empty() || name.windows(inner.len()).any(|part| part == inner)
        }
        (None, None) => false,
    }
}
