//! Name patterns, each in the dialect of the program it was written for: [`Pattern`],
//! [`Dialect`], and GitHub's include/exclude pair, [`RefCondition`].
//!
//! A pattern never changes its meaning with where it is used: `release/**` covers
//! `release/1.0/x` for git, and not for GitHub, so the dialect is part of the type.
//! Which refs are protected is the business of `protect`.
//!
//! # Untrusted input
//!
//! Patterns and names may come from anybody. Globs run as a set of positions that advances
//! one character at a time, so a match takes time linear in the name for a given pattern
//! and never backtracks; patterns above [`Pattern::MAX_LEN`] bytes are refused.

mod compile;
mod condition;
mod glob;
#[cfg(test)]
mod tests;

use core::fmt;
use core::str::FromStr;

pub use condition::{Coverage, RefCondition, RefKind};
use glob::Glob;

/// Whose pattern language it is.
///
/// # Examples
///
/// ```
/// use clearance_branch::pattern::Dialect;
///
/// assert_eq!("for-each-ref".parse(), Ok(Dialect::ForEachRef));
/// assert_eq!(Dialect::GithubRuleset.as_str(), "github-ruleset");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// GitHub branch protection rules: Ruby's `File.fnmatch` with `FNM_PATHNAME`, on the
    /// short name. `*` stops at `/`; `**/` is any number of directories; `**` elsewhere is
    /// one `*`. Source: GitHub's documentation of branch protection rules, Ruby's `File`.
    Github,
    /// One entry of a GitHub ruleset's include or exclude list: as [`Dialect::Github`], on
    /// the full ref, and `~ALL` and `~DEFAULT_BRANCH`.
    GithubRuleset,
    /// GitLab protected branches: `*` alone is special and crosses slashes.
    Gitlab,
    /// A gitolite refex: a regular expression anchored in front only; one that does not
    /// begin with `refs/` has `refs/heads/` put before it. Needs the feature `gitolite`.
    Gitolite,
    /// Git's matcher in path mode, as in `includeIf "onbranch:"`; a trailing `/` means
    /// everything below. Source: gitglossary(7), git-config(1).
    Wildmatch,
    /// `git for-each-ref`: the matcher, or the pattern as a leading path. Source:
    /// git-for-each-ref(1).
    ForEachRef,
    /// One side of a refspec: at most one `*`, which crosses slashes. Source: gitglossary(7).
    Refspec,
    /// A line of a gitignore file, on a path of a file. Source: gitignore(5).
    Gitignore,
    /// A pattern of a CODEOWNERS file: as [`Dialect::Gitignore`] without `!` and `[..]`,
    /// and a last component of `*` covers no deeper files. Source: GitHub's documentation
    /// of code owners.
    Codeowners,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: &'static [Self] = &[
        Self::Github,
        Self::GithubRuleset,
        Self::Gitlab,
        Self::Gitolite,
        Self::Wildmatch,
        Self::ForEachRef,
        Self::Refspec,
        Self::Gitignore,
        Self::Codeowners,
    ];

    /// The stable name, as policies spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::GithubRuleset => "github-ruleset",
            Self::Gitlab => "gitlab",
            Self::Gitolite => "gitolite",
            Self::Wildmatch => "wildmatch",
            Self::ForEachRef => "for-each-ref",
            Self::Refspec => "refspec",
            Self::Gitignore => "gitignore",
            Self::Codeowners => "codeowners",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = PatternError;

    fn from_str(name: &str) -> Result<Self, PatternError> {
        Self::ALL
            .iter()
            .copied()
            .find(|d| d.as_str() == name)
            .ok_or_else(|| PatternError::UnknownDialect {
                name: name.to_owned(),
            })
    }
}

/// Why a pattern was refused. A refused pattern covers nothing and everything: callers must
/// not read it as "not protected".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// No dialect has that name.
    #[error("unknown pattern dialect `{name}`")]
    UnknownDialect {
        /// The name.
        name: String,
    },
    /// The pattern is longer than [`Pattern::MAX_LEN`] bytes.
    #[error("pattern of {len} bytes is longer than {max}", max = Pattern::MAX_LEN)]
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// A ruleset token other than `~ALL` and `~DEFAULT_BRANCH`.
    #[error("unknown ruleset token `{token}`: there are `~ALL` and `~DEFAULT_BRANCH`")]
    UnknownToken {
        /// The token.
        token: String,
    },
    /// Git refuses it as one side of a refspec.
    #[error("`{pattern}` is not a valid side of a refspec: {why}")]
    Refspec {
        /// The pattern.
        pattern: String,
        /// Which rule of git-check-ref-format(1) it breaks.
        why: &'static str,
    },
    /// A CODEOWNERS pattern with `!` or `[..]`, which GitHub does not support.
    #[error("`{pattern}` uses {what}, which code owner files do not support")]
    Codeowners {
        /// The pattern.
        pattern: String,
        /// What is not supported.
        what: &'static str,
    },
    /// The regular expression is malformed or needs what a linear-time matcher cannot do.
    #[error("`{pattern}` is not a regular expression that can be matched in linear time: {why}")]
    Regex {
        /// The pattern.
        pattern: String,
        /// What the parser says.
        why: String,
    },
    /// The crate was built without the feature the dialect needs.
    #[error("the dialect `{dialect}` needs the feature `{feature}`")]
    Unsupported {
        /// The dialect.
        dialect: Dialect,
        /// The feature.
        feature: &'static str,
    },
}

/// A compiled pattern of one [`Dialect`].
///
/// # Examples
///
/// ```
/// use clearance_branch::pattern::{Dialect, Pattern};
///
/// let github = Pattern::new(Dialect::Github, "release/**")?;
/// assert!(github.matches("release/1.0"));
/// assert!(!github.matches("release/1.0/fix"));
///
/// let git = Pattern::new(Dialect::Wildmatch, "release/**")?;
/// assert!(git.matches("release/1.0/fix"));
/// # Ok::<(), clearance_branch::pattern::PatternError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    dialect: Dialect,
    text: Box<str>,
    matcher: Matcher,
}

#[derive(Clone, Debug)]
enum Matcher {
    /// The name itself.
    Exact(Box<str>),
    /// Any name.
    All,
    /// The default branch, whichever that is.
    DefaultBranch,
    /// No name.
    Nothing,
    Glob(Glob),
    /// The glob, or the text as a leading path.
    PathPrefix(Glob),
    Path(compile::PathRule),
    #[cfg(feature = "gitolite")]
    Regex(Box<regex_automata::meta::Regex>),
}

impl Pattern {
    /// The longest pattern that is accepted, in bytes.
    pub const MAX_LEN: usize = 1024;

    /// Compiles `text` as a pattern of `dialect`.
    ///
    /// # Errors
    ///
    /// [`PatternError`] where the dialect refuses the text. What a dialect merely does not
    /// understand as its author hoped (braces for GitHub) is no error; see `lint`.
    pub fn new(dialect: Dialect, text: &str) -> Result<Self, PatternError> {
        if text.len() > Self::MAX_LEN {
            return Err(PatternError::TooLong { len: text.len() });
        }
        let matcher = match dialect {
            Dialect::Github => glob_or_exact(Glob::ruby(text), text, "*?[\\"),
            Dialect::GithubRuleset => ruleset_entry(text)?,
            Dialect::Gitlab => glob_or_exact(Glob::stars(text), text, "*"),
            Dialect::Gitolite => gitolite(text)?,
            Dialect::Wildmatch => {
                let below = if text.ends_with('/') { "**" } else { "" };
                glob_or_exact(
                    Glob::wildmatch(&format!("{text}{below}"), true),
                    text,
                    "*?[\\/",
                )
            }
            Dialect::ForEachRef => Matcher::PathPrefix(Glob::wildmatch(text, true)),
            Dialect::Refspec => {
                compile::check_refspec_side(text).map_err(|why| PatternError::Refspec {
                    pattern: text.to_owned(),
                    why,
                })?;
                glob_or_exact(Glob::stars(text), text, "*")
            }
            Dialect::Gitignore => compile::gitignore(text).map_or(Matcher::Nothing, Matcher::Path),
            Dialect::Codeowners => compile::codeowners(text)
                .map_err(|what| PatternError::Codeowners {
                    pattern: text.to_owned(),
                    what,
                })?
                .map_or(Matcher::Nothing, Matcher::Path),
        };
        Ok(Self {
            dialect,
            text: text.into(),
            matcher,
        })
    }

    /// The pattern that covers exactly the full ref `name`, whatever characters it has.
    #[must_use]
    pub fn exact(name: &str) -> Self {
        Self {
            dialect: Dialect::GithubRuleset,
            text: name.into(),
            matcher: Matcher::Exact(name.into()),
        }
    }

    /// Whether it covers `name`: the short name or the full ref, as the dialect says.
    /// `~DEFAULT_BRANCH` covers nothing here; see [`Pattern::matches_with_default`].
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.matches_with_default(name, None)
    }

    /// As [`Pattern::matches`]; `default_branch` is the short name of the default branch,
    /// which `~DEFAULT_BRANCH` covers.
    #[must_use]
    pub fn matches_with_default(&self, name: &str, default_branch: Option<&str>) -> bool {
        match &self.matcher {
            Matcher::Exact(text) => **text == *name,
            Matcher::All => true,
            Matcher::Nothing => false,
            Matcher::DefaultBranch => name
                .strip_prefix("refs/heads/")
                .is_some_and(|n| Some(n) == default_branch),
            Matcher::Glob(glob) => glob.matches(name),
            Matcher::PathPrefix(glob) => is_leading_path(&self.text, name) || glob.matches(name),
            Matcher::Path(rule) => rule.matches(name),
            #[cfg(feature = "gitolite")]
            Matcher::Regex(regex) => regex.is_match(name),
        }
    }

    /// Its dialect.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Its text, as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it covers one name only and needs no matching.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        matches!(self.matcher, Matcher::Exact(_))
    }

    fn is_default_branch(&self) -> bool {
        matches!(self.matcher, Matcher::DefaultBranch)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

fn glob_or_exact(glob: Glob, text: &str, special: &str) -> Matcher {
    if text.contains(|c| special.contains(c)) {
        Matcher::Glob(glob)
    } else {
        Matcher::Exact(text.into())
    }
}

fn ruleset_entry(text: &str) -> Result<Matcher, PatternError> {
    match text {
        "~ALL" => Ok(Matcher::All),
        "~DEFAULT_BRANCH" => Ok(Matcher::DefaultBranch),
        _ if text.starts_with('~') => Err(PatternError::UnknownToken {
            token: text.to_owned(),
        }),
        _ => Ok(glob_or_exact(Glob::ruby(text), text, "*?[\\")),
    }
}

/// Git's rule: the pattern is the name, or a leading path of it.
fn is_leading_path(pattern: &str, name: &str) -> bool {
    !pattern.is_empty()
        && name
            .strip_prefix(pattern)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || pattern.ends_with('/'))
}

/// The full regular expression of a gitolite refex, as gitolite builds it. It is not put in
/// a group, so in `main|dev` only `main` is anchored: that is what gitolite does.
#[cfg(feature = "gitolite")]
fn gitolite_regex(refex: &str) -> String {
    match refex {
        "" => "^refs/.*".to_owned(),
        _ if refex.starts_with("refs/") || refex.starts_with("VREF/") => format!("^{refex}"),
        _ => format!("^refs/heads/{refex}"),
    }
}

#[cfg(feature = "gitolite")]
fn gitolite(refex: &str) -> Result<Matcher, PatternError> {
    use regex_automata::{meta, util::syntax};
    // Perl matches bytes here, so `.` is one byte and `\w` is ASCII.
    meta::Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(
            meta::Config::new()
                .nfa_size_limit(Some(1 << 20))
                .utf8_empty(false),
        )
        .build(&gitolite_regex(refex))
        .map(|regex| Matcher::Regex(Box::new(regex)))
        .map_err(|error| PatternError::Regex {
            pattern: refex.to_owned(),
            why: first_line(&error),
        })
}

/// The parser's own reason, without the drawing of the pattern.
#[cfg(feature = "gitolite")]
fn first_line(error: &regex_automata::meta::BuildError) -> String {
    use std::error::Error as _;
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text = inner.to_string();
        source = inner.source();
    }
    let reason = text
        .lines()
        .rev()
        .find_map(|l| l.trim().strip_prefix("error: "));
    reason
        .unwrap_or_else(|| text.lines().next().unwrap_or("malformed"))
        .to_owned()
}

#[cfg(not(feature = "gitolite"))]
fn gitolite(_refex: &str) -> Result<Matcher, PatternError> {
    Err(PatternError::Unsupported {
        dialect: Dialect::Gitolite,
        feature: "gitolite",
    })
}
