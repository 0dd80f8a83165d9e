//! Code owners: [`Owners`], who must review which files.
//!
//! Source: GitHub's documentation of code owners. The last line that covers a file decides,
//! also if it names nobody. The file counts as it stands on the *target* branch.

use crate::pattern::{Dialect, Pattern, PatternError};

/// The largest file that hosts read, in bytes.
pub const MAX_LEN: usize = 3 << 20;

/// A CODEOWNERS file.
///
/// # Examples
///
/// ```
/// use clearance_branch::owners::Owners;
///
/// let owners = Owners::parse("*      @ada\n/docs/ @grace @ada # prose\n/docs/api/\n")?;
/// assert_eq!(owners.of("src/lib.rs"), ["@ada"]);
/// assert_eq!(owners.of("docs/a.md"), ["@grace", "@ada"]);
/// assert!(owners.of("docs/api/b.md").is_empty());
/// # Ok::<(), clearance_branch::owners::OwnersError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Owners {
    lines: Vec<(Pattern, Vec<String>)>,
}

/// Why a CODEOWNERS file was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OwnersError {
    /// It is longer than [`MAX_LEN`] bytes: hosts do not read it at all.
    #[error("the file is longer than {MAX_LEN} bytes")]
    TooLong,
    /// A pattern was refused. Hosts skip such a line; we do not, since it was meant to
    /// protect something.
    #[error("line {line}: {source}")]
    Pattern {
        /// The line, from 1.
        line: usize,
        /// Why.
        source: PatternError,
    },
}

impl Owners {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`OwnersError`] for a file that is too long or has a pattern that is refused.
    pub fn parse(text: &str) -> Result<Self, OwnersError> {
        if text.len() > MAX_LEN {
            return Err(OwnersError::TooLong);
        }
        let mut lines = Vec::new();
        for (i, line) in text.lines().enumerate() {
            let mut words = words(line).into_iter();
            let Some(first) = words.next() else { continue };
            let pattern = Pattern::new(Dialect::Codeowners, &first).map_err(|source| {
                OwnersError::Pattern {
                    line: i + 1,
                    source,
                }
            })?;
            lines.push((pattern, words.collect()));
        }
        Ok(Self { lines })
    }

    /// Who owns a file; nobody if the list is empty.
    #[must_use]
    pub fn of(&self, path: &str) -> &[String] {
        let line = self
            .lines
            .iter()
            .rev()
            .find(|(pattern, _)| pattern.matches(path));
        line.map_or(&[], |(_, owners)| owners)
    }

    /// The owners of each of these files, without doubles, as
    /// [`MergeFacts::owners`](crate::merge::MergeFacts::owners) takes them.
    #[must_use]
    pub fn of_all<S: AsRef<str>>(&self, paths: &[S]) -> Vec<Vec<String>> {
        let mut all: Vec<Vec<String>> = paths
            .iter()
            .map(|p| self.of(p.as_ref()).to_vec())
            .filter(|o| !o.is_empty())
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The words of a line up to a comment; `\ ` is a space within a word.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&' ') => {
                word.push_str("\\ ");
                chars.next();
            }
            '#' if word.is_empty() => break,
            c if c.is_whitespace() => words.extend(take(&mut word)),
            c => word.push(c),
        }
    }
    words.extend(take(&mut word));
    words
}

fn take(word: &mut String) -> Option<String> {
    Some(core::mem::take(word)).filter(|w| !w.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_that_covers_decides() {
        let text = "\
            # everybody\n\
            *            @all\n\
            *.rs         @rust a@example.org\n\
            docs/*       @docs\n\
            /my\\ dir/   @spaces\n\
            **/generated\n";
        let owners = Owners::parse(text).unwrap();
        let table: [(&str, &[&str]); 6] = [
            ("x", &["@all"]),
            ("a/b.rs", &["@rust", "a@example.org"]),
            ("docs/a.md", &["@docs"]),
            ("docs/deep/a.md", &["@all"]),
            ("my dir/x", &["@spaces"]),
            ("src/generated/x.rs", &[]),
        ];
        for (path, expected) in table {
            assert_eq!(owners.of(path), expected, "{path}");
        }
        assert_eq!(owners.of_all(&["x", "y", "generated/z"]), [["@all"]]);
    }

    #[test]
    fn what_hosts_would_skip_is_an_error() {
        let error = Owners::parse("* @a\n!x @b\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2: `!x` uses negation, which code owner files do not support"
        );
        assert_eq!(
            Owners::parse(&"a\n".repeat(MAX_LEN)).unwrap_err(),
            OwnersError::TooLong
        );
    }
}
