//! The shapes of outputs, and what two of them have in common.

use super::climbs;

/// What every line that a command prints looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Anything.
    Free,
    /// Digits; one line of them, or several.
    Number {
        /// There can be several lines.
        many: bool,
    },
    /// Digits, a colon, and then anything: `grep -n`.
    Numbered,
    /// A hash or a number, and then anything: `git log --oneline`.
    Led {
        /// A blank follows it.
        blank: bool,
    },
    /// Mode, type and hash of a file, and its name: `git ls-tree`.
    Tree,
    /// Letters, digits and `. : _ + -`, no dash at the beginning: a date, a hash.
    Stamp,
    /// A word that never begins with a dash and has no `/` in it.
    Plain,
    /// A word that never begins with a dash and has no `..` in it: a revision, an import path,
    /// an absolute path somewhere.
    Word,
    /// Names of files that lie where these patterns say, relative to the working directory.
    Paths(Vec<Found>),
    /// The path of a new file or directory that the command itself has made.
    Fresh(Vec<u8>),
    /// The top directory of the project's repository.
    Root,
}

/// Where names of files lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// A pattern whose `*` also stands for `/`.
    pub(crate) pattern: Vec<u8>,
    /// Names that begin with a dot can be among them.
    pub(crate) hidden: bool,
}

impl Found {
    pub(crate) fn below(dir: &[u8], hidden: bool) -> Self {
        let dir = dir.strip_suffix(b"/").unwrap_or(dir);
        let mut pattern = if dir == b"." {
            Vec::new()
        } else {
            dir.to_vec()
        };
        if !pattern.is_empty() || dir.is_empty() {
            pattern.push(b'/');
        }
        pattern.push(b'*');
        Self { pattern, hidden }
    }

    /// Changing such files is not changing what runs later or grants rights.
    pub(super) fn is_ordinary(&self) -> bool {
        const OBEYED: &[&[u8]] = &[b".json", b".toml", b".yml", b".yaml", b".sh", b".config"];
        let everywhere = self.pattern.first() == Some(&b'*');
        let plain_end = self
            .pattern
            .iter()
            .rposition(|&b| b == b'.')
            .is_some_and(|at| {
                let extension = self.pattern.get(at..).unwrap_or_default();
                extension.len() > 1
                    && extension
                        .get(1..)
                        .is_some_and(|e| e.iter().all(u8::is_ascii_alphanumeric))
                    && !OBEYED.contains(&extension)
            });
        !self.hidden || !everywhere || plain_end
    }
}

impl Shape {
    /// No line of it begins with a dash, nor, with `split`, any word of a line.
    pub(super) fn is_undashed(&self, split: bool) -> bool {
        match self {
            Self::Free => false,
            Self::Numbered | Self::Led { .. } | Self::Tree => !split,
            _ => true,
        }
    }

    /// What both can be.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Free, _) | (_, Self::Free) => Self::Free,
            (Self::Paths(found), other) | (other, Self::Paths(found))
                if !matches!(other, Self::Paths(_)) && found.iter().any(|f| climbs(&f.pattern)) =>
            {
                Self::Free
            }
            (Self::Number { .. }, Self::Number { .. }) => Self::Number { many: true },
            (Self::Paths(mut a), Self::Paths(b)) => {
                a.extend(b);
                Self::Paths(a)
            }
            (Self::Numbered | Self::Led { .. } | Self::Tree, _)
            | (_, Self::Numbered | Self::Led { .. } | Self::Tree) => Self::Led { blank: false },
            (
                Self::Number { .. } | Self::Stamp | Self::Plain,
                Self::Number { .. } | Self::Stamp | Self::Plain,
            ) => Self::Plain,
            _ => Self::Word,
        }
    }
}
