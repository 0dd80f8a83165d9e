//! What can be wrong with a policy file: [`PolicyError`], with file, line, column and help.

use std::fmt;
use std::ops::Range;

/// A policy that could not be used. Whoever gets one must fail closed: no policy, no Allow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The file could not be read.
    #[error("cannot read the policy `{file}`: {source}\nhelp: check the path and its permissions")]
    Read {
        /// The file's name as it was given.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not UTF-8.
    #[error(
        "the policy `{file}` is not UTF-8: bad byte at offset {offset}, line {line}\n\
         help: a policy is a TOML text; save it as UTF-8"
    )]
    NotUtf8 {
        /// The file's name.
        file: String,
        /// The first bad byte.
        offset: usize,
        /// Its line, from 1.
        line: usize,
    },
    /// Broken TOML, an unknown key, a wrong type.
    #[error("{0}")]
    Syntax(Diagnostic),
    /// Well-formed, but it makes no sense.
    #[error("{0}")]
    Invalid(Diagnostic),
}

impl PolicyError {
    /// The place and the text of the complaint, where there is one.
    #[must_use]
    pub fn diagnostic(&self) -> Option<&Diagnostic> {
        match self {
            Self::Syntax(d) | Self::Invalid(d) => Some(d),
            _ => None,
        }
    }
}

/// A complaint about a place in a policy file.
///
/// Displayed as
///
/// ```text
/// error: unknown field `alow`, expected `allow`
///  --> policy.toml:7:3
/// 7 | [[alow]]
///   |   ^^^^
/// help: did you mean `allow`?
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    file: String,
    line: usize,
    column: usize,
    width: usize,
    snippet: String,
    message: String,
    help: Option<String>,
}

impl Diagnostic {
    /// A complaint about `span` of `text`.
    pub(crate) fn new(file: &str, text: &str, span: Range<usize>, message: String) -> Self {
        let start = floor_boundary(text, span.start);
        let before = text.get(..start).unwrap_or_default();
        let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        let snippet = text
            .get(line_start..)
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default();
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        let marked = text
            .get(start..floor_boundary(text, span.end))
            .unwrap_or_default();
        let width = marked
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            .max(1);
        Self {
            file: file.to_owned(),
            line,
            column,
            width,
            snippet: snippet.chars().take(160).collect(),
            message,
            help: None,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The file's name as it was given.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let pad = " ".repeat(number.len());
        let indent = " ".repeat(self.column.saturating_sub(1).min(160));
        let carets = "^".repeat(self.width.min(80));
        writeln!(f, "error: {}", self.message)?;
        writeln!(f, "{pad}--> {}:{}:{}", self.file, self.line, self.column)?;
        writeln!(f, "{number} | {}", self.snippet)?;
        write!(f, "{pad} | {indent}{carets}")?;
        match &self.help {
            Some(help) => write!(f, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}

/// The largest character boundary that is not behind `at`.
fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The candidate nearest to `word` by edit distance, if it is near enough to be meant.
pub(crate) fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    candidates
        .iter()
        .map(|c| (distance(word, c), *c))
        .min()
        .filter(|(d, c)| *d <= 1 + c.len() / 4)
        .map(|(_, c)| c)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (y, cell) in b.chars().zip(row.iter_mut().skip(1)) {
            let value = (diagonal + usize::from(x != y))
                .min(left + 1)
                .min(*cell + 1);
            diagonal = *cell;
            *cell = value;
            left = value;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_marked() {
        let text = "a = 1\nthresh = \"x\"\n";
        let d = Diagnostic::new("p.toml", text, 15..18, "wrong type".into()).help("a number");
        assert_eq!((d.line(), d.column()), (2, 10));
        assert_eq!(
            d.to_string(),
            "error: wrong type\n --> p.toml:2:10\n2 | thresh = \"x\"\n  |          ^^^\nhelp: a number"
        );
    }

    #[test]
    fn any_span_is_survived() {
        for span in [0..0, 3..900, 900..901, 4..4] {
            assert!(
                !Diagnostic::new("f", "ä\nö", span, "m".into())
                    .to_string()
                    .is_empty()
            );
        }
    }

    #[test]
    fn near_words_are_found() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(nearest("alow", &["allow", "ask", "deny"]), Some("allow"));
        assert_eq!(nearest("zzzzzz", &["allow", "ask", "deny"]), None);
    }
}
