//! The scanner: text in, detections out.

mod armour;
mod assign;
mod decode;
mod engine;
mod filters;
mod finder;
mod gram;
mod manifest;
mod random;
mod shapes;
mod steps;
mod stream;

use core::fmt;
use core::ops::Range;

pub(crate) use decode::hex_decode;
#[cfg(feature = "gitleaks")]
pub(crate) use engine::RuleRef;
#[cfg(feature = "gitleaks")]
pub(crate) use engine::{Candidate, Window, candidate};
use engine::{Engine, RuleRef as InnerRule};
#[cfg(feature = "gitleaks")]
pub(crate) use filters::entropy_tenths;
pub use stream::Stream;

use crate::fingerprint::Fingerprint;
use crate::rules::Severity;

/// How a value was written in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As it is.
    Plain,
    /// In base64 or hexadecimal.
    Encoded,
    /// With percent, JSON or shell escapes.
    Escaped,
}

/// A secret that was found: its kind and place, never its value.
///
/// # Examples
///
/// ```
/// let text = b"\npassword = \"vK7#mQ2x!pL9\"";
/// let found = clearance_sensitive::scan(text);
/// assert_eq!(found[0].rule_id(), "generic-password");
/// assert_eq!((found[0].line(), found[0].column()), (2, 13));
/// assert!(!format!("{:?}", found[0]).contains("vK7"));
/// ```
#[derive(Clone)]
pub struct Detection {
    rule: InnerRule,
    span: Range<u64>,
    line: u64,
    column: u64,
    preview: Box<str>,
    fingerprint: Fingerprint,
    encoding: Encoding,
}

impl Detection {
    fn new(
        rule: InnerRule,
        span: Range<u64>,
        (line, column): (u64, u64),
        preview: Box<str>,
        fingerprint: Fingerprint,
        encoding: Encoding,
    ) -> Self {
        Self {
            rule,
            span,
            line,
            column,
            preview,
            fingerprint,
            encoding,
        }
    }

    /// The stable id of the rule.
    pub fn rule_id(&self) -> &str {
        self.rule.id()
    }

    /// What the rule finds, in a few words.
    pub fn description(&self) -> &str {
        match &self.rule {
            InnerRule::BuiltIn(rule) => rule.description(),
            #[cfg(feature = "gitleaks")]
            InnerRule::User(rule) => rule.description(),
        }
    }

    /// How bad a leak is.
    pub fn severity(&self) -> Severity {
        match &self.rule {
            InnerRule::BuiltIn(rule) => rule.severity,
            #[cfg(feature = "gitleaks")]
            InnerRule::User(_) => Severity::High,
        }
    }

    /// The bytes of the input that hold the value, in its written form.
    pub fn span(&self) -> Range<u64> {
        self.span.clone()
    }

    /// The span as indices, for input that was scanned from a slice.
    ///
    /// # Examples
    ///
    /// ```
    /// let text = "export PGPASSWORD=vK7#mQ2x!pL9";
    /// let found = clearance_sensitive::scan(text.as_bytes());
    /// assert_eq!(text.get(found[0].range()), Some("vK7#mQ2x!pL9"));
    /// ```
    pub fn range(&self) -> Range<usize> {
        let index = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        index(self.span.start)..index(self.span.end)
    }

    /// The line of the first byte, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The column of the first byte, from 1, in bytes.
    pub fn column(&self) -> u64 {
        self.column
    }

    /// The public beginning of the value (such as `ghp_`) and stars.
    pub fn preview(&self) -> &str {
        &self.preview
    }

    /// Identifies the value without telling it.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// How the value was written.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }
}

impl fmt::Debug for Detection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detection")
            .field("rule", &self.rule_id())
            .field("span", &self.span)
            .field("line", &self.line)
            .field("column", &self.column)
            .field("preview", &self.preview)
            .field("fingerprint", &self.fingerprint)
            .field("encoding", &self.encoding)
            .finish()
    }
}

impl PartialEq for Detection {
    fn eq(&self, other: &Self) -> bool {
        (
            self.rule_id(),
            &self.span,
            self.line,
            self.column,
            self.fingerprint,
            self.encoding,
        ) == (
            other.rule_id(),
            &other.span,
            other.line,
            other.column,
            other.fingerprint,
            other.encoding,
        )
    }
}

impl Eq for Detection {}

#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) salt: Vec<u8>,
    pub(crate) max_depth: u8,
    /// Whether inline markers silence anything.
    pub(crate) markers: bool,
    #[cfg(feature = "gitleaks")]
    pub(crate) user: Option<std::sync::Arc<crate::gitleaks::Config>>,
    /// What the rules that ask for a path are told.
    #[cfg(feature = "gitleaks")]
    pub(crate) path: Option<String>,
}

impl Options {
    const fn new() -> Self {
        Self {
            salt: Vec::new(),
            max_depth: 2,
            markers: true,
            #[cfg(feature = "gitleaks")]
            user: None,
            #[cfg(feature = "gitleaks")]
            path: None,
        }
    }
}

/// Finds secrets with the built-in rules, and with the user's if there are any.
///
/// Making one costs nothing: the rules are static tables.
///
/// # Examples
///
/// ```
/// use clearance_sensitive::Scanner;
///
/// let scanner = Scanner::new().with_salt(b"of this repository").with_max_depth(1);
/// assert!(scanner.scan(b"fn main() {}").is_empty());
/// ```
#[derive(Debug, Clone)]
pub struct Scanner {
    options: Options,
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

impl Scanner {
    /// The built-in rules, no salt, encoded text looked into twice.
    pub const fn new() -> Self {
        Self {
            options: Options::new(),
        }
    }

    /// Salts the fingerprints.
    #[must_use]
    pub fn with_salt(mut self, salt: &[u8]) -> Self {
        self.options.salt = salt.to_vec();
        self
    }

    /// How often encoded text inside encoded text is looked into: 0 never, at most 8.
    #[must_use]
    pub fn with_max_depth(mut self, depth: u8) -> Self {
        self.options.max_depth = depth.min(8);
        self
    }

    /// Whether a marker on the line of a finding silences it; it does unless told otherwise.
    ///
    /// A marker is the word of whoever wrote the text. Where that is the one who is watched, or
    /// where the text is about to be shown, it must not count.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_sensitive::Scanner;
    ///
    /// let text = b"PGPASSWORD=vK7#mQ2x!pL9 # clearance:allow";
    /// assert!(Scanner::new().scan(text).is_empty());
    /// assert_eq!(Scanner::new().with_markers(false).scan(text).len(), 1);
    /// ```
    #[must_use]
    pub const fn with_markers(mut self, heeded: bool) -> Self {
        self.options.markers = heeded;
        self
    }

    /// Adds the rules of a gitleaks configuration.
    #[cfg(feature = "gitleaks")]
    #[must_use]
    pub fn with_gitleaks(mut self, config: crate::gitleaks::Config) -> Self {
        self.options.user = Some(std::sync::Arc::new(config));
        self
    }

    /// Names the file that is scanned, for rules that ask for a path.
    #[cfg(feature = "gitleaks")]
    #[must_use]
    pub fn with_path(mut self, path: &str) -> Self {
        self.options.path = Some(path.to_owned());
        self
    }

    /// All detections in a buffer, in order of their place.
    ///
    /// Overlapping detections are settled in favour of the more specific rule. Lines with
    /// `clearance:allow` are silent; `clearance:allow(rule-id)` silences that rule only. So are lines
    /// that carry the marker of gitleaks or of detect-secrets. See [`with_markers`](Self::with_markers).
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_sensitive::Scanner;
    ///
    /// let text = "a = 1\nurl = \"redis://:Zq8vTr2LmX@cache.internal/0\"\n";
    /// let found = Scanner::new().scan(text.as_bytes());
    /// assert_eq!(found.len(), 1);
    /// assert_eq!(text.get(found[0].range()), Some("Zq8vTr2LmX"));
    /// ```
    pub fn scan(&self, text: &[u8]) -> Vec<Detection> {
        let mut out = Vec::new();
        Engine::default().feed(&self.options, text, 0, true, &mut |found| out.push(found));
        out
    }

    /// A scanner for input that comes in pieces.
    pub fn stream(&self) -> Stream<'_> {
        Stream::new(&self.options)
    }

    /// Scans a reader to its end with bounded memory; spans count from the reader's start.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_sensitive::Scanner;
    ///
    /// let text = b"PGPASSWORD=vK7#mQ2x!pL9";
    /// let mut found = Vec::new();
    /// Scanner::new().scan_reader(&text[..], |detection| found.push(detection))?;
    /// assert_eq!(found, Scanner::new().scan(text));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the reader fails; what was found until then has been reported.
    pub fn scan_reader(
        &self,
        mut reader: impl std::io::BufRead,
        mut sink: impl FnMut(Detection),
    ) -> std::io::Result<()> {
        let mut stream = self.stream();
        loop {
            let len = match reader.fill_buf() {
                Ok([]) => break,
                Ok(chunk) => {
                    stream.push(chunk, &mut sink);
                    chunk.len()
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            reader.consume(len);
        }
        stream.finish(&mut sink);
        Ok(())
    }
}

/// All detections of the built-in rules; see [`Scanner::scan`].
///
/// # Examples
///
/// ```
/// assert!(clearance_sensitive::scan(b"nothing to see").is_empty());
/// ```
pub fn scan(text: &[u8]) -> Vec<Detection> {
    Scanner::new().scan(text)
}
