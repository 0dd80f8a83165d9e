//! Findings that are known and accepted, and paths that are not scanned.

use std::collections::BTreeSet;

use crate::fingerprint::Fingerprint;
use crate::scan::Detection;

/// Accepted findings: each entry silences one value of one rule in one file.
///
/// The text form has one entry a line: rule, fingerprint, path, separated by blanks; `#`
/// starts a comment. The first line may be `salt: …`; fingerprints only compare under the
/// same salt. A moved line keeps its entry, another value or file does not get one.
///
/// # Examples
///
/// ```
/// use clearance_sensitive::{Baseline, Scanner};
///
/// let found = Scanner::new().scan(b"PGPASSWORD=vK7#mQ2x!pL9");
/// let mut baseline = Baseline::default();
/// baseline.insert(Some("ci.env"), &found[0]);
/// let read = Baseline::parse(&baseline.render())?;
/// assert!(read.contains(Some("ci.env"), &found[0]));
/// assert!(!read.contains(Some("other.env"), &found[0]));
/// # Ok::<(), clearance_sensitive::BaselineError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    salt: String,
    entries: BTreeSet<(String, String, Fingerprint)>,
}

/// A baseline that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BaselineError {
    /// A line is not `rule fingerprint path`.
    #[error("line {line}: expected a rule, a fingerprint and a path, got `{text}`")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What stands there.
        text: String,
    },
}

impl Baseline {
    /// An empty baseline whose fingerprints are salted.
    pub fn with_salt(salt: &str) -> Self {
        Self {
            salt: salt.split_whitespace().collect(),
            entries: BTreeSet::new(),
        }
    }

    /// The salt to give to [`Scanner::with_salt`](crate::Scanner::with_salt).
    pub fn salt(&self) -> &[u8] {
        self.salt.as_bytes()
    }

    /// How many findings are accepted.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is accepted.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Accepts a finding in a file, or in input without a name.
    pub fn insert(&mut self, path: Option<&str>, found: &Detection) {
        self.entries.insert(entry(path, found));
    }

    /// Whether exactly this finding in this file is accepted.
    pub fn contains(&self, path: Option<&str>, found: &Detection) -> bool {
        self.entries.contains(&entry(path, found))
    }

    /// The text form.
    pub fn render(&self) -> String {
        let mut out = String::from("# Accepted findings: rule, fingerprint, path.\n");
        if !self.salt.is_empty() {
            out.push_str(&format!("salt: {}\n", self.salt));
        }
        for (path, rule, fingerprint) in &self.entries {
            out.push_str(&format!("{rule} {fingerprint} {path}\n"));
        }
        out
    }

    /// Reads the text form.
    ///
    /// # Errors
    ///
    /// [`BaselineError::Line`] names the first line that is no entry: a suppression that was
    /// mistyped must not silence anything, nor be forgotten.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let mut out = Self::default();
        for (at, line) in text.lines().enumerate() {
            let trimmed = line.trim_start();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            if let Some(salt) = trimmed.strip_prefix("salt:") {
                out.salt = salt.split_whitespace().collect();
                continue;
            }
            let error = || BaselineError::Line {
                line: at + 1,
                text: line.to_owned(),
            };
            let mut parts = trimmed.splitn(3, ' ');
            let (Some(rule), Some(print), Some(path)) = (parts.next(), parts.next(), parts.next())
            else {
                return Err(error());
            };
            let fingerprint = print.parse().map_err(|_| error())?;
            out.entries
                .insert((same_spelling(path), rule.to_owned(), fingerprint));
        }
        Ok(out)
    }
}

fn entry(path: Option<&str>, found: &Detection) -> (String, String, Fingerprint) {
    // Line feeds cannot stand in an entry; no two paths become one in practice.
    let path = path.unwrap_or("-").replace(['\n', '\r'], "?");
    let path = same_spelling(&path);
    (path, found.rule_id().to_owned(), found.fingerprint())
}

/// `./a/b` and `a//b` are `a/b`: what was accepted by `scan .` is accepted by `scan a/b`.
fn same_spelling(path: &str) -> String {
    let parts = path.split('/').enumerate();
    let kept = parts.filter(|(at, part)| *at == 0 && part.is_empty() || !matches!(*part, "" | "."));
    kept.map(|(_, part)| part).collect::<Vec<_>>().join("/")
}

/// Patterns of paths whose content is not reported: `*` and `?` within a component, `**` across.
///
/// # Examples
///
/// ```
/// use clearance_sensitive::PathAllowList;
///
/// let list = PathAllowList::new(["tests/fixtures/**", "*.lock"]);
/// assert!(list.matches("tests/fixtures/keys/a.pem"));
/// assert!(list.matches("sub/Cargo.lock"));
/// assert!(!list.matches("src/main.rs"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct PathAllowList {
    patterns: Vec<String>,
}

impl PathAllowList {
    /// A list of patterns. One without `/` matches the last component in any directory.
    pub fn new<T: Into<String>>(patterns: impl IntoIterator<Item = T>) -> Self {
        Self {
            patterns: patterns.into_iter().map(Into::into).collect(),
        }
    }

    /// Whether a pattern matches the path.
    pub fn matches(&self, path: &str) -> bool {
        let path = path.strip_prefix("./").unwrap_or(path);
        self.patterns.iter().any(|pattern| {
            if pattern.contains('/') {
                let pattern = pattern.trim_start_matches('/');
                let parts: Vec<&str> = pattern.split('/').collect();
                let names: Vec<&str> = path.trim_start_matches('/').split('/').collect();
                components_match(&parts, &names)
            } else {
                path.rsplit('/').next().is_some_and(|name| {
                    crate::paths::component_matches(pattern.as_bytes(), name.as_bytes())
                })
            }
        })
    }
}

/// Patterns against names, `**` standing for any number of names; only the last `**` is retried.
fn components_match(patterns: &[&str], names: &[&str]) -> bool {
    let (mut rest, mut left) = (patterns, names);
    let mut retry: Option<(&[&str], &[&str])> = None;
    loop {
        match (rest, left) {
            ([], []) => return true,
            (["**", after @ ..], _) => {
                retry = Some((after, left));
                rest = after;
                continue;
            }
            ([pattern, after @ ..], [name, remaining @ ..])
                if crate::paths::component_matches(pattern.as_bytes(), name.as_bytes()) =>
            {
                (rest, left) = (after, remaining);
                continue;
            }
            _ => {}
        }
        match retry {
            Some((after, [_, remaining @ ..])) => {
                retry = Some((after, remaining));
                (rest, left) = (after, remaining);
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_silences_exactly_its_finding() {
        let text = b"PGPASSWORD=vK7#mQ2x!pL9\nPGPASSWORD=wL8#nR3y!qM0\n";
        let found = crate::scan(text);
        assert_eq!(found.len(), 2);
        let mut baseline = Baseline::with_salt("x");
        baseline.insert(Some("a b.env"), &found[0]);
        let read = Baseline::parse(&baseline.render()).expect("parses");
        assert_eq!(read, baseline);
        assert!(read.contains(Some("a b.env"), &found[0]));
        assert!(!read.contains(Some("a b.env"), &found[1]));
        assert!(!read.contains(None, &found[0]));
    }

    #[test]
    fn spellings_of_one_path_are_one_entry() {
        let found = crate::scan(b"PGPASSWORD=vK7#mQ2x!pL9\n");
        let mut baseline = Baseline::default();
        baseline.insert(Some("./a/b.env"), &found[0]);
        let read = Baseline::parse(&baseline.render().replace("a/b.env", "./a//b.env"));
        for baseline in [baseline, read.expect("parses")] {
            for (path, want) in [
                ("a/b.env", true),
                ("./a/./b.env", true),
                ("/a/b.env", false),
                ("b.env", false),
                ("a/../a/b.env", false),
            ] {
                assert_eq!(baseline.contains(Some(path), &found[0]), want, "{path}");
            }
        }
    }

    #[test]
    fn a_broken_entry_is_an_error() {
        let error = Baseline::parse("# ok\ngithub-pat nonsense a.rs\n").expect_err("broken");
        assert_eq!(
            error.to_string(),
            "line 2: expected a rule, a fingerprint and a path, got `github-pat nonsense a.rs`"
        );
    }

    #[test]
    fn path_patterns() {
        let list = PathAllowList::new(["a/**/z.txt", "docs/*.md", "/root.txt"]);
        for (path, want) in [
            ("a/z.txt", true),
            ("a/b/c/z.txt", true),
            ("b/a/z.txt", false),
            ("docs/x.md", true),
            ("docs/y/x.md", false),
            ("root.txt", true),
        ] {
            assert_eq!(list.matches(path), want, "{path}");
        }
    }
}
