//! What git tells its `pre-push`, `pre-receive` and `update` hooks, as [`RefEffect`]s.
//!
//! Reading standard input and asking git about ancestry is left to the caller (feature
//! `git-provider` does the latter); a hook must refuse on any [`HookError`]. Facts:
//! githooks(5), git-receive-pack(1) ("quarantine environment").

use thiserror::Error;

use crate::facts::ObjectId;
use crate::push::{Certainty, EffectKind, RefEffect};

/// Why the words that git handed over were not understood.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HookError {
    /// It is not UTF-8.
    #[error("the input is not UTF-8")]
    Encoding,
    /// A line does not have the fields that this hook gets.
    #[error("line {line} is not `{expected}`")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// The fields.
        expected: &'static str,
    },
    /// The arguments are not those that this hook gets.
    #[error("the arguments are not `{0}`")]
    Arguments(&'static str),
}

/// One ref that is about to change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HookUpdate {
    /// The ref on the receiving side.
    pub name: String,
    /// Its value there; `None` where it does not exist yet.
    pub old: Option<ObjectId>,
    /// Its value afterwards; `None` where it goes away.
    pub new: Option<ObjectId>,
    /// What is pushed there, where the hook is told; else empty.
    pub src: String,
}

/// Reads the standard input of a `pre-push` hook: one line per ref,
/// `local-ref local-id remote-ref remote-id`.
///
/// # Errors
///
/// [`HookError`] for anything else. No line at all is fine: there is nothing to push.
///
/// # Examples
///
/// ```
/// use clearance_branch::hook::read_pre_push;
///
/// let zero = "0".repeat(40);
/// let line = format!("(delete) {zero} refs/heads/main {}\n", "1".repeat(40));
/// let updates = read_pre_push(line.as_bytes()).unwrap();
/// assert_eq!((updates[0].name.as_str(), &updates[0].new), ("refs/heads/main", &None));
/// ```
pub fn read_pre_push(input: &[u8]) -> Result<Vec<HookUpdate>, HookError> {
    let expected = "<local ref> <local id> <remote ref> <remote id>";
    lines(input, expected, |fields| match fields {
        [src, new, name, old] => update(name, old, new, src),
        _ => None,
    })
}

/// Reads the standard input of a `pre-receive` hook: one line per ref, `old-id new-id ref`.
///
/// # Errors
///
/// [`HookError`] for anything else.
pub fn read_pre_receive(input: &[u8]) -> Result<Vec<HookUpdate>, HookError> {
    lines(input, "<old id> <new id> <ref>", |fields| match fields {
        [old, new, name] => update(name, old, new, ""),
        _ => None,
    })
}

/// Reads the arguments of an `update` hook: `ref old-id new-id`.
///
/// # Errors
///
/// [`HookError`] for anything else.
pub fn read_update<S: AsRef<[u8]>>(args: &[S]) -> Result<HookUpdate, HookError> {
    let words: Result<Vec<&str>, _> = args
        .iter()
        .map(|a| core::str::from_utf8(a.as_ref()))
        .collect();
    let words = words.map_err(|_| HookError::Encoding)?;
    let parsed = match words.as_slice() {
        [name, old, new] => update(name, old, new, ""),
        _ => None,
    };
    parsed.ok_or(HookError::Arguments("<ref> <old id> <new id>"))
}

fn lines(
    input: &[u8],
    expected: &'static str,
    read: impl Fn(&[&str]) -> Option<HookUpdate>,
) -> Result<Vec<HookUpdate>, HookError> {
    let text = core::str::from_utf8(input).map_err(|_| HookError::Encoding)?;
    let numbered = text.split_terminator('\n').enumerate();
    numbered
        .map(|(index, line)| {
            let fields: Vec<&str> = line.split(' ').collect();
            read(&fields).ok_or(HookError::Line {
                line: index + 1,
                expected,
            })
        })
        .collect()
}

fn update(name: &str, old: &str, new: &str, src: &str) -> Option<HookUpdate> {
    let id = |text: &str| match text.len() {
        40 | 64 if text.bytes().all(|b| b == b'0') => Some(None),
        40 | 64 if text.bytes().all(|b| b.is_ascii_hexdigit()) => Some(Some(text.to_owned())),
        _ => None,
    };
    let (old, new) = (id(old)?, id(new)?);
    let src = if src == "(delete)" { "" } else { src };
    // `HEAD` is what a push names for a detached one; everything else is a full name.
    let valid = name.starts_with("refs/") || name == "HEAD";
    valid.then(|| HookUpdate {
        name: name.to_owned(),
        old,
        new,
        src: src.to_owned(),
    })
}

/// Turns updates into effects. `contains(new, old)` says whether the new value contains the
/// old one; where it cannot say, the update counts as forced.
#[must_use]
pub fn effects(
    updates: &[HookUpdate],
    remote: &str,
    url: &str,
    mut contains: impl FnMut(&str, &str) -> Option<bool>,
) -> Vec<RefEffect> {
    let mut judge = |update: &HookUpdate| match (&update.old, &update.new) {
        (None, None) => None,
        (None, Some(_)) => Some((EffectKind::Create, Certainty::Sure, "it does not exist yet")),
        (Some(_), None) => Some((
            EffectKind::Delete,
            Certainty::Sure,
            "its new value is empty",
        )),
        (Some(old), Some(new)) if old == new => None,
        (Some(_), Some(_)) if update.name.starts_with("refs/tags/") => {
            Some((EffectKind::Force, Certainty::Sure, "the tag exists already"))
        }
        (Some(old), Some(new)) => Some(match contains(new, old) {
            Some(true) => (EffectKind::Update, Certainty::Sure, "it moves forward"),
            Some(false) => (EffectKind::Force, Certainty::Sure, "it drops commits"),
            None => (
                EffectKind::Force,
                Certainty::Possible,
                "its old value is not known here",
            ),
        }),
    };
    let effect = |update: &HookUpdate| {
        let (kind, certainty, why) = judge(update)?;
        Some(RefEffect {
            remote: remote.to_owned(),
            url: url.to_owned(),
            repository: None,
            name: update.name.clone(),
            pattern: false,
            kind,
            src: update.src.clone(),
            certainty,
            why: format!("`{}`: {why}", update.name),
        })
    };
    updates.iter().filter_map(effect).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn kinds_follow_old_and_new() {
        let id = |c: &str| c.repeat(40);
        let rows = [
            (id("0"), id("a"), "refs/heads/x", Some(EffectKind::Create)),
            (id("a"), id("0"), "refs/heads/x", Some(EffectKind::Delete)),
            (id("a"), id("b"), "refs/heads/x", Some(EffectKind::Update)),
            (id("b"), id("a"), "refs/heads/x", Some(EffectKind::Force)),
            (id("c"), id("a"), "refs/heads/x", Some(EffectKind::Force)),
            (id("a"), id("b"), "refs/tags/x", Some(EffectKind::Force)),
            (id("a"), id("a"), "refs/heads/x", None),
        ];
        for (old, new, name, kind) in rows {
            let updates = read_pre_receive(format!("{old} {new} {name}\n").as_bytes()).unwrap();
            assert_eq!(updates, [read_update(&[name, &old, &new]).unwrap()]);
            let found = effects(&updates, "", "", |new, old| {
                (!old.starts_with('c')).then(|| new > old)
            });
            assert_eq!(found.first().map(|e| e.kind), kind, "{name} {old} {new}");
        }
    }

    #[test]
    fn anything_else_is_an_error() {
        let id = "a".repeat(40);
        for text in [
            "x",
            "\n",
            "a b c\n",
            &format!("{id} {id}\n"),
            &format!("{id} {id} main\n"),
        ] {
            assert!(read_pre_receive(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(read_pre_push(b""), Ok(vec![]));
        assert_eq!(read_pre_push(&[0xff]), Err(HookError::Encoding));
        assert!(read_update(&["refs/heads/x"]).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes: Vec<u8>) {
            let _ = (read_pre_push(&bytes), read_pre_receive(&bytes), read_update(&[&bytes]));
        }
    }
}
