//! What a secret looks like: the built-in rules as static tables.
//!
//! The tables are generated from `rules/*.toml` (see `tests/rule_tables.rs`); nothing is
//! parsed or compiled at run time. A rule has a keyword that the finder looks for and a shape
//! that is verified around it. Start with [`rules`].

#[rustfmt::skip]
pub(crate) mod table;
mod words;

use crate::text::Piece;
pub(crate) use words::WordSet;

/// How bad it is when a value of this kind leaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Semi-public: identifiers, publishable keys, tokens that expire within minutes.
    Low,
    /// Opens something limited, or the kind is only a guess (generic rules).
    Medium,
    /// Opens an account or a service.
    High,
}

impl Severity {
    /// The word used in reports.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(clearance_sensitive::Severity::High.as_str(), "high");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// One kind of secret.
///
/// # Examples
///
/// ```
/// let rule = clearance_sensitive::rules().iter().find(|rule| rule.id() == "github-pat");
/// assert!(rule.is_some_and(|rule| rule.description().contains("GitHub")));
/// ```
#[derive(Debug)]
pub struct Rule {
    pub(crate) id: Piece,
    pub(crate) what: Piece,
    pub(crate) source: Piece,
    pub(crate) severity: Severity,
    /// Decides which of two overlapping findings stays: more specific is higher.
    pub(crate) rank: u8,
    /// Least entropy of the value, in tenths of a bit per byte.
    pub(crate) entropy: u8,
    pub(crate) needs: Needs,
    pub(crate) check: Check,
}

impl Rule {
    /// Stable id, for example `github-pat`.
    pub fn id(&self) -> &'static str {
        self.id.of(table::TEXT)
    }

    /// What it is, in a few words.
    pub fn description(&self) -> &'static str {
        self.what.of(table::TEXT)
    }

    /// Where the format is documented.
    pub fn source(&self) -> &'static str {
        self.source.of(table::TEXT)
    }

    /// How bad a leak is.
    pub const fn severity(&self) -> Severity {
        self.severity
    }
}

/// All built-in rules.
///
/// # Examples
///
/// ```
/// assert!(clearance_sensitive::rules().len() >= 450);
/// ```
pub fn rules() -> &'static [Rule] {
    &table::RULES
}

/// Which kinds of characters a value must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Needs(pub(crate) u8);

impl Needs {
    pub(crate) const DIGIT: u8 = 1;
    pub(crate) const LETTER: u8 = 2;
    pub(crate) const UPPER: u8 = 4;
    pub(crate) const LOWER: u8 = 8;

    pub(crate) fn are_met(self, value: &[u8]) -> bool {
        let has = |bit: u8, test: fn(&u8) -> bool| self.0 & bit == 0 || value.iter().any(test);
        has(Self::DIGIT, u8::is_ascii_digit)
            && has(Self::LETTER, u8::is_ascii_alphabetic)
            && has(Self::UPPER, u8::is_ascii_uppercase)
            && has(Self::LOWER, u8::is_ascii_lowercase)
    }
}

/// A published test that tells a real value from a look-alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    None,
    /// The last six characters are the base-62 CRC-32 of what stands between prefix and them.
    Crc32Base62,
    /// AWS key ids decode (base 32) to an account number.
    AwsKeyId,
    /// Three base64url parts, the first two of which are JSON objects.
    Jwt,
    /// Bech32 with the prefix before `1` (BIP 173).
    Bech32,
    /// Base58 with four bytes of double SHA-256.
    Base58,
    /// Base64 of text with a colon: HTTP basic credentials (RFC 7617).
    BasicAuth,
    /// Ends in a password that somebody chose: no word of examples, no name.
    Password,
}

/// One step of a shape.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// These bytes.
    Literal(Piece),
    /// These bytes in any case (the table holds lower case).
    Folded(Piece),
    /// `min..=max` bytes of a class, by its number in the table.
    Run(u8, u16, u16),
}

/// The steps of a shape: where they start in the table, and how many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Steps(pub(crate) u16, pub(crate) u8);

impl Steps {
    pub(crate) fn get(self) -> &'static [Step] {
        let start = usize::from(self.0);
        table::STEPS
            .get(start..start + usize::from(self.1))
            .unwrap_or_default()
    }
}

/// A set of ASCII bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Class(pub(crate) u128);

impl Class {
    pub(crate) const fn has(self, byte: u8) -> bool {
        byte < 128 && self.0 >> byte & 1 == 1
    }
}

/// The shape to verify when a keyword was found.
#[derive(Debug)]
pub(crate) enum Shape {
    /// The keyword is the first literal of `after`; `before` goes backwards from it.
    Token {
        before: Steps,
        after: Steps,
        edges: Edges,
    },
    /// The keyword names a provider and the value follows within a short distance.
    Near { value: Steps },
    /// The same with a value of no known form, which must look random.
    Opaque,
    /// The header of a block of armour.
    Block,
    /// The kind of a manifest of Kubernetes.
    Manifest,
    /// The end of a scheme: a password may stand in the authority.
    Url,
    /// A word such as `token` in the name of something that is assigned a value.
    Generic,
    /// A word such as `password`.
    Password,
}

/// What may stand beside a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edges(pub(crate) u8);

impl Edges {
    /// Anything may stand before it.
    pub(crate) const OPEN_LEFT: u8 = 1;
    /// Anything may stand after it.
    pub(crate) const OPEN_RIGHT: u8 = 2;
}

/// A shape and the rule it stands for.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) rule: u16,
    pub(crate) shape: Shape,
}

/// A keyword in lower case and the patterns it starts.
#[derive(Debug)]
pub(crate) struct Keyword {
    pub(crate) text: Piece,
    pub(crate) patterns: (u16, u8),
}

impl Keyword {
    pub(crate) fn text(&self) -> &'static [u8] {
        self.text.bytes(table::TEXT)
    }

    pub(crate) fn patterns(&self) -> impl Iterator<Item = &'static Pattern> {
        let (start, count) = self.patterns;
        let start = usize::from(start);
        let numbers = table::PATTERN_LISTS.get(start..start + usize::from(count));
        let numbers = numbers.unwrap_or_default().iter();
        numbers.filter_map(|number| table::PATTERNS.get(usize::from(*number)))
    }
}

/// A gram of a keyword, which the finder compares after its table of rows.
#[derive(Debug)]
pub(crate) struct Probe {
    /// Four folded bytes; the first one is zero when it may be any.
    pub(crate) gram: u32,
    pub(crate) keyword: u16,
    /// Where the gram stands in the keyword; `-1` begins one byte before it.
    pub(crate) offset: i8,
}

impl Probe {
    /// What of a probe counts: all of it, or all but the byte before the keyword.
    pub(crate) const fn mask(&self) -> u32 {
        if self.offset < 0 {
            0xffff_ff00
        } else {
            u32::MAX
        }
    }
}
