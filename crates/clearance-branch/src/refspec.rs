//! Refspecs and ref names: the grammar of `git push`'s arguments.
//!
//! What a refspec does to a repository is in [`crate::push`]; ref patterns of hosting
//! services are another dialect and live elsewhere. Start with [`Refspec::parse`].
//!
//! Facts: gitglossary (refspec), git-push(1), git-check-ref-format(1), gitrevisions(7);
//! held against real git in `tests/push_oracle.rs`.

use thiserror::Error;

/// Why a text is no refspec for a push.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RefspecError {
    /// A negative refspec with a destination, without a name, or naming an object id.
    #[error("`{0}` is no negative refspec: it takes one ref name or pattern")]
    Negative(String),
    /// A `*` stands on one side only, or twice on a side.
    #[error("`{0}` has a `*` on one side only, or more than one on a side")]
    Pattern(String),
    /// A side is not a ref name.
    #[error("`{0}` names something that is not a ref name")]
    Name(String),
    /// The destination after the colon is empty.
    #[error("`{0}` has an empty destination")]
    EmptyDestination(String),
}

/// What a refspec selects.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefspecKind {
    /// `:`: every branch that both sides have.
    Matching,
    /// `^name`: what not to push.
    Negative {
        /// A ref name, or a pattern with one `*`.
        pattern: String,
    },
    /// `*` on both sides, or one side that stands for both.
    Pattern {
        /// The side that matches local refs.
        source: String,
        /// The side the match is written into, if given.
        destination: Option<String>,
    },
    /// One source, one destination.
    Pair {
        /// A ref or revision; empty means deletion.
        source: String,
        /// The ref to change, if given.
        destination: Option<String>,
    },
}

/// One refspec of a push.
///
/// # Examples
///
/// ```
/// use clearance_branch::refspec::{Refspec, RefspecKind};
///
/// let spec = Refspec::parse("+@:main").unwrap();
/// assert!(spec.force);
/// assert_eq!(
///     spec.kind,
///     RefspecKind::Pair { source: "HEAD".into(), destination: Some("main".into()) }
/// );
/// assert!(Refspec::parse("main:").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refspec {
    /// It began with `+`.
    pub force: bool,
    /// What it selects.
    pub kind: RefspecKind,
}

impl Refspec {
    /// Reads a refspec as `git push` does.
    ///
    /// # Errors
    ///
    /// [`RefspecError`] where git says "invalid refspec".
    pub fn parse(text: &str) -> Result<Self, RefspecError> {
        if let Some(pattern) = text.strip_prefix('^') {
            return Self::negative(text, pattern);
        }
        let (force, body) = text
            .strip_prefix('+')
            .map_or((false, text), |body| (true, body));
        if body == ":" {
            return Ok(Self {
                force,
                kind: RefspecKind::Matching,
            });
        }
        let (source, destination) = match body.rsplit_once(':') {
            Some((source, destination)) => (source, Some(destination)),
            None => (body, None),
        };
        let glob = source.contains('*');
        if destination.is_some_and(|d| d.contains('*') != glob) {
            return Err(RefspecError::Pattern(text.to_owned()));
        }
        let source = if source == "@" { "HEAD" } else { source };
        check_sides(text, source, destination, glob)?;
        let (source, destination) = (source.to_owned(), destination.map(str::to_owned));
        let kind = if glob {
            RefspecKind::Pattern {
                source,
                destination,
            }
        } else {
            RefspecKind::Pair {
                source,
                destination,
            }
        };
        Ok(Self { force, kind })
    }

    fn negative(text: &str, pattern: &str) -> Result<Self, RefspecError> {
        let pattern = if pattern == "@" { "HEAD" } else { pattern };
        let glob = pattern.contains('*');
        if pattern.contains(':') || is_object_id(pattern) || !is_ref_name(pattern, glob) {
            return Err(RefspecError::Negative(text.to_owned()));
        }
        let kind = RefspecKind::Negative {
            pattern: pattern.to_owned(),
        };
        Ok(Self { force: false, kind })
    }
}

fn check_sides(
    text: &str,
    source: &str,
    destination: Option<&str>,
    glob: bool,
) -> Result<(), RefspecError> {
    if glob && !is_ref_name(source, true) {
        return Err(RefspecError::Name(text.to_owned()));
    }
    match destination {
        Some("") => Err(RefspecError::EmptyDestination(text.to_owned())),
        Some(name) if is_ref_name(name, glob) => Ok(()),
        None if is_ref_name(source, glob) => Ok(()),
        _ => Err(RefspecError::Name(text.to_owned())),
    }
}

/// Whether it is a full object id: 40 or 64 hexadecimal digits.
#[must_use]
pub fn is_object_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Whether it is a ref name, of one or more levels; with `pattern`, one `*` may stand in it.
///
/// git-check-ref-format(1), with `--allow-onelevel` and, for a pattern, `--refspec-pattern`.
///
/// # Examples
///
/// ```
/// use clearance_branch::refspec::is_ref_name;
///
/// assert!(is_ref_name("refs/heads/feature/a", false));
/// assert!(is_ref_name("refs/heads/ma*", true));
/// for bad in ["", "a..b", "a/", "/a", "a//b", ".a", "a.lock", "a b", "a@{0}", "@", "a*"] {
///     assert!(!is_ref_name(bad, false), "{bad}");
/// }
/// ```
#[must_use]
pub fn is_ref_name(name: &str, pattern: bool) -> bool {
    let stars = name.bytes().filter(|&b| b == b'*').count();
    stars <= usize::from(pattern)
        && name != "@"
        && !name.ends_with('.')
        && !name.contains("..")
        && !name.contains("@{")
        && !name
            .bytes()
            .any(|b| b <= b' ' || b == 0x7f || b"~^:?[\\".contains(&b))
        && name
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock"))
}

/// Matches `name` against a pattern with at most one `*`, which crosses slashes, and gives
/// the text that the `*` stands for. A pattern without `*` matches only itself.
#[must_use]
pub fn star<'n>(pattern: &str, name: &'n str) -> Option<&'n str> {
    match pattern.split_once('*') {
        Some((before, after)) => name.strip_prefix(before)?.strip_suffix(after),
        None => (pattern == name).then_some(""),
    }
}

/// Writes what a `*` stood for into another pattern.
#[must_use]
pub fn fill(pattern: &str, middle: &str) -> String {
    pattern.replacen('*', middle, 1)
}

/// The names that a short name may stand for, in git's order (gitrevisions(7), "<refname>").
pub(crate) fn candidates(short: &str) -> [String; 6] {
    [
        short.to_owned(),
        format!("refs/{short}"),
        format!("refs/tags/{short}"),
        format!("refs/heads/{short}"),
        format!("refs/remotes/{short}"),
        format!("refs/remotes/{short}/HEAD"),
    ]
}

/// Whether `short` may stand for the ref `full`.
pub(crate) fn may_name(short: &str, full: &str) -> bool {
    let Some(before) = full.strip_suffix(short) else {
        return full
            .strip_prefix("refs/remotes/")
            .and_then(|rest| rest.strip_suffix("/HEAD"))
            .is_some_and(|rest| rest == short);
    };
    matches!(
        before,
        "" | "refs/" | "refs/tags/" | "refs/heads/" | "refs/remotes/"
    ) || full
        .strip_prefix("refs/remotes/")
        .and_then(|r| r.strip_suffix("/HEAD"))
        == Some(short)
}

/// What a short name finds among refs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    One(String),
    None,
    Several,
}

/// Finds the ref that a short name means among those that `has` knows. Heads, tags and
/// names in full win over the rest; two winners are an error for git.
pub(crate) fn find(short: &str, has: impl Fn(&str) -> bool) -> Found {
    let (mut strong, mut weak) = (Vec::new(), Vec::new());
    for name in candidates(short) {
        if !has(&name) {
            continue;
        }
        let full = name.len() == short.len() || name.len() == short.len() + "refs/".len();
        if full || name.starts_with("refs/heads/") || name.starts_with("refs/tags/") {
            strong.push(name);
        } else {
            weak.push(name);
        }
    }
    let mut found = if strong.is_empty() { weak } else { strong };
    match (found.pop(), found.is_empty()) {
        (Some(name), true) => Found::One(name),
        (Some(_), false) => Found::Several,
        (None, _) => Found::None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pair(source: &str, destination: Option<&str>) -> RefspecKind {
        RefspecKind::Pair {
            source: source.into(),
            destination: destination.map(Into::into),
        }
    }

    #[test]
    fn refspecs_are_read_as_git_reads_them() {
        let table = [
            ("main", false, pair("main", None)),
            ("+main", true, pair("main", None)),
            ("@", false, pair("HEAD", None)),
            (":main", false, pair("", Some("main"))),
            ("+:main", true, pair("", Some("main"))),
            ("a:b", false, pair("a", Some("b"))),
            (":/fix: it:main", false, pair(":/fix: it", Some("main"))),
            ("HEAD~1:main", false, pair("HEAD~1", Some("main"))),
            (":", false, RefspecKind::Matching),
            ("+:", true, RefspecKind::Matching),
            (
                "^refs/heads/ma*",
                false,
                RefspecKind::Negative {
                    pattern: "refs/heads/ma*".into(),
                },
            ),
            (
                "+refs/heads/*:refs/x/*",
                true,
                RefspecKind::Pattern {
                    source: "refs/heads/*".into(),
                    destination: Some("refs/x/*".into()),
                },
            ),
            (
                "refs/*",
                false,
                RefspecKind::Pattern {
                    source: "refs/*".into(),
                    destination: None,
                },
            ),
        ];
        for (text, force, kind) in table {
            assert_eq!(Refspec::parse(text), Ok(Refspec { force, kind }), "{text}");
        }
    }

    #[test]
    fn what_git_calls_invalid_is_an_error() {
        for text in [
            "",
            "+",
            "a:",
            "^",
            "^a:b",
            "^*:*",
            "a*:b",
            "a:b*",
            "HEAD~1",
            "a b",
            "*:**",
            "a**:*",
            "x:y/",
            "x:.y",
            "x:y.lock",
            "^0123456789012345678901234567890123456789",
            "a:b:c:",
        ] {
            assert!(Refspec::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn strong_names_win_and_two_of_them_are_ambiguous() {
        let refs = [
            "refs/heads/main",
            "refs/remotes/main",
            "refs/tags/v1",
            "refs/heads/v1",
        ];
        let has = |name: &str| refs.contains(&name);
        assert_eq!(find("main", has), Found::One("refs/heads/main".into()));
        assert_eq!(find("v1", has), Found::Several);
        assert_eq!(find("heads/v1", has), Found::One("refs/heads/v1".into()));
        assert_eq!(find("v2", has), Found::None);
        assert!(may_name("main", "refs/heads/main") && may_name("heads/main", "refs/heads/main"));
        assert!(may_name("o", "refs/remotes/o/HEAD") && !may_name("ain", "refs/heads/main"));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_parser(text in ".*") {
            if let Ok(spec) = Refspec::parse(&text) {
                prop_assert!(!spec.force || text.starts_with('+'));
            }
            let _ = is_ref_name(&text, true);
        }

        #[test]
        fn a_star_gives_back_what_was_filled_in(middle in "[a-z/]{0,12}") {
            let name = fill("refs/heads/*/x", &middle);
            prop_assert_eq!(star("refs/heads/*/x", &name), Some(middle.as_str()));
        }
    }
}
