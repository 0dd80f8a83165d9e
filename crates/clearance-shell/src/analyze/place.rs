//! Where a command runs: the working directory as far as it is known.

use std::sync::Arc;

use crate::invocation::{Bytes, Cwd, Dynamic, Glob, Piece, Printed, Value};

/// The working directory, and what it is instead if the `cd` that was run last failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) now: Cwd,
    /// `Some` right after a `cd`, until it is known to have succeeded or not.
    pub(super) otherwise: Option<Cwd>,
    /// Where the last `cd` came from.
    pub(super) before: Option<Cwd>,
}

impl Place {
    pub(super) const fn at(now: Cwd) -> Self {
        Self {
            now,
            otherwise: None,
            before: None,
        }
    }

    /// The `cd` is known to have led here or there.
    pub(super) fn resolved(&self, now: Cwd) -> Self {
        Self {
            now,
            otherwise: None,
            before: self.before.clone(),
        }
    }

    /// Where one is if the last `cd` may have failed.
    pub(super) fn settled(&self, most: usize) -> Cwd {
        match &self.otherwise {
            Some(other) => join(&self.now, other, most),
            None => self.now.clone(),
        }
    }
}

/// Either of the two.
pub(super) fn join(a: &Cwd, b: &Cwd, most: usize) -> Cwd {
    if a == b {
        return a.clone();
    }
    match (known(a), known(b)) {
        (Some(left), Some(right)) => {
            let mut all: Vec<Bytes> = left.to_vec();
            all.extend(right.iter().filter(|item| !left.contains(item)).cloned());
            if all.len() > most {
                Cwd::Unknown
            } else {
                Cwd::OneOf(all.into())
            }
        }
        _ => stayed(a, b)
            .or_else(|| stayed(b, a))
            .unwrap_or_else(|| below_both(a, b)),
    }
}

/// The first is where a `cd` led to, the second where it came from.
fn stayed(there: &Cwd, here: &Cwd) -> Option<Cwd> {
    match there {
        Cwd::Printed(printed)
            if *printed.from == *here && *here != Cwd::Unknown && printed.path.is_empty() =>
        {
            Some(Cwd::Printed(Printed {
                or_stayed: true,
                top: None,
                ..printed.clone()
            }))
        }
        _ => None,
    }
}

/// The known directories.
pub(super) fn known(cwd: &Cwd) -> Option<&[Bytes]> {
    match cwd {
        Cwd::Known(path) => Some(std::slice::from_ref(path)),
        Cwd::OneOf(all) => Some(all),
        Cwd::Below(_) | Cwd::Printed(_) | Cwd::Unknown => None,
    }
}

fn below_both(a: &Cwd, b: &Cwd) -> Cwd {
    for (outer, inner) in [(a, b), (b, a)] {
        let Some(top) = top(outer) else { continue };
        let inside = match known(inner) {
            Some(all) => all.iter().all(|path| is_below(path, top)),
            None => self::top(inner).is_some_and(|path| is_below(path, top)),
        };
        if inside {
            return Cwd::Below(top.clone());
        }
    }
    Cwd::Unknown
}

/// The known directory that it is not above.
fn top(cwd: &Cwd) -> Option<&Bytes> {
    match cwd {
        Cwd::Below(path) => Some(path),
        Cwd::Printed(printed) => printed.top.as_ref(),
        Cwd::Known(_) | Cwd::OneOf(_) | Cwd::Unknown => None,
    }
}

/// It does not refer to commands that will be reported anew: those from `kept` on.
pub(super) fn forget_from(cwd: &mut Cwd, kept: usize) {
    let Cwd::Printed(printed) = cwd else { return };
    if printed.by as usize >= kept {
        *cwd = printed.top.take().map_or(Cwd::Unknown, Cwd::Below);
    }
}

fn is_below(path: &[u8], top: &[u8]) -> bool {
    path.strip_prefix(top)
        .is_some_and(|rest| rest.is_empty() || rest.first() == Some(&b'/') || top.ends_with(b"/"))
}

/// `base/path` without `.`, `..` and doubled slashes, by the text alone (as `cd` does it). A
/// relative base stays relative to the unknown start; an empty result is `.`.
pub(super) fn resolve(base: &[u8], path: &[u8]) -> Bytes {
    let mut out: Vec<u8> = Vec::with_capacity(base.len() + path.len() + 1);
    if path.first() != Some(&b'/') {
        append(&mut out, base);
    }
    append(&mut out, path);
    if out.is_empty() {
        b".".as_slice().into()
    } else {
        out.into()
    }
}

fn append(out: &mut Vec<u8>, path: &[u8]) {
    if path.first() == Some(&b'/') && out.is_empty() {
        out.push(b'/');
    }
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => up(out),
            _ => push(out, part),
        }
    }
}

fn push(out: &mut Vec<u8>, part: &[u8]) {
    if out.last().is_some_and(|byte| *byte != b'/') {
        out.push(b'/');
    }
    out.extend_from_slice(part);
}

fn up(out: &mut Vec<u8>) {
    let last = out.iter().rposition(|byte| *byte == b'/');
    let name = out.get(last.map_or(0, |at| at + 1)..).unwrap_or_default();
    match (name, last) {
        // At the root.
        (b"", _) if out.first() == Some(&b'/') => {}
        (b"" | b"..", _) => push(out, b".."),
        (_, Some(0)) => out.truncate(1),
        (_, Some(at)) => out.truncate(at),
        (_, None) => out.clear(),
    }
}

/// A path component `..` occurs.
fn climbs(path: &[u8]) -> bool {
    path.split(|byte| *byte == b'/').any(|part| part == b"..")
}

/// Where `cd target` leads from `from`.
pub(super) fn enter(from: &Cwd, target: &Value, most: usize) -> Cwd {
    match target {
        Value::Static(path) => enter_known(from, path),
        Value::OneOf(all) => all
            .iter()
            .map(|path| enter_known(from, path))
            .reduce(|a, b| join(&a, &b, most))
            .unwrap_or(Cwd::Unknown),
        Value::Glob(glob) => enter_glob(from, glob),
        Value::Dynamic(dynamic) => enter_dynamic(from, dynamic),
    }
}

fn enter_known(from: &Cwd, path: &[u8]) -> Cwd {
    if path.first() == Some(&b'/') {
        return Cwd::Known(resolve(b"", path));
    }
    match from {
        Cwd::Known(base) => Cwd::Known(resolve(base, path)),
        Cwd::OneOf(all) => {
            let mut next: Vec<Bytes> = Vec::with_capacity(all.len());
            for base in all.iter() {
                let path = resolve(base, path);
                if !next.contains(&path) {
                    next.push(path);
                }
            }
            match next.as_slice() {
                [only] => Cwd::Known(only.clone()),
                _ => Cwd::OneOf(next.into()),
            }
        }
        Cwd::Below(top) if !climbs(path) => Cwd::Below(top.clone()),
        Cwd::Printed(printed) => Cwd::Printed(onward(printed, path)),
        Cwd::Below(_) | Cwd::Unknown => Cwd::Unknown,
    }
}

/// From a directory that a command printed.
fn onward(printed: &Printed, path: &[u8]) -> Printed {
    let path = match resolve(&printed.path, path) {
        here if *here == *b"." => Bytes::default(),
        path => path,
    };
    Printed {
        top: printed.top.clone().filter(|_| !climbs(&path)),
        path,
        ..printed.clone()
    }
}

/// Matches of a pattern lie below its literal directory; a component that begins with a dot
/// could be `..` (before bash 5.2).
fn enter_glob(from: &Cwd, glob: &Glob) -> Cwd {
    let pattern = &glob.pattern;
    let risky = pattern
        .split(|byte| *byte == b'/')
        .any(|part| part.starts_with(b".") || part.starts_with(b"["));
    if risky || pattern.contains(&b'\\') || pattern.contains(&b'(') {
        return Cwd::Unknown;
    }
    let special = pattern
        .iter()
        .position(|byte| matches!(byte, b'*' | b'?' | b'['))
        .unwrap_or(pattern.len());
    let head = pattern.get(..special).unwrap_or_default();
    let directory = match head.iter().rposition(|byte| *byte == b'/') {
        Some(at) => head.get(..=at).unwrap_or_default(),
        None => b"".as_slice(),
    };
    below(enter_known(from, directory))
}

fn enter_dynamic(from: &Cwd, target: &Dynamic) -> Cwd {
    if target.numeric && !target.may_vanish {
        return below(from.clone());
    }
    let (by, path) = match target.pieces() {
        [Piece::Output(by)] => (*by, b"".as_slice()),
        [Piece::Output(by), Piece::Text(text)] if text.first() == Some(&b'/') => {
            let slashes = text.iter().take_while(|byte| **byte == b'/').count();
            (*by, text.get(slashes..).unwrap_or_default())
        }
        _ => return Cwd::Unknown,
    };
    let start = Printed {
        by,
        path: Bytes::default(),
        from: Arc::new(match from {
            Cwd::Printed(_) => Cwd::Unknown,
            known => known.clone(),
        }),
        unquoted: target.may_split || target.may_vanish,
        or_stayed: false,
        top: None,
    };
    Cwd::Printed(onward(&start, path))
}

/// Somewhere at or below.
pub(super) fn below(cwd: Cwd) -> Cwd {
    match cwd {
        Cwd::Known(path) | Cwd::Below(path) => Cwd::Below(path),
        Cwd::Printed(printed) => printed.top.map_or(Cwd::Unknown, Cwd::Below),
        Cwd::OneOf(_) | Cwd::Unknown => Cwd::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::value::fixed;

    #[test]
    fn paths_are_resolved_by_their_text() {
        for (base, path, want) in [
            ("/a/b", "c", "/a/b/c"),
            ("/a/b", "..", "/a"),
            ("/a", "..", "/"),
            ("/", "..", "/"),
            ("/a/b", "/x//y/./z/", "/x/y/z"),
            ("/a/b", "../../../c", "/c"),
            (".", "sub", "sub"),
            ("sub", "..", "."),
            (".", "..", ".."),
            ("..", "..", "../.."),
            ("../x", "..", ".."),
            ("a/b", "../c", "a/c"),
            ("/", "x", "/x"),
        ] {
            assert_eq!(
                String::from_utf8_lossy(&resolve(base.as_bytes(), path.as_bytes())),
                want,
                "{base} then {path}"
            );
        }
    }

    #[test]
    fn entering_keeps_what_is_known() {
        let start = Cwd::Known(b"/w".as_slice().into());
        assert_eq!(
            enter(&start, &fixed(b"x"), 8),
            Cwd::Known(b"/w/x".as_slice().into())
        );
        let glob = Value::Glob(Glob {
            pattern: b"src/*/t".as_slice().into(),
            single: false,
            may_vanish: false,
        });
        assert_eq!(
            enter(&start, &glob, 8),
            Cwd::Below(b"/w/src".as_slice().into())
        );
        let dots = Value::Glob(Glob {
            pattern: b".*".as_slice().into(),
            single: false,
            may_vanish: false,
        });
        assert_eq!(enter(&start, &dots, 8), Cwd::Unknown);
        let below = Cwd::Below(b"/tmp".as_slice().into());
        assert_eq!(enter(&below, &fixed(b"a/b"), 8), below);
        assert_eq!(enter(&below, &fixed(b"a/../.."), 8), Cwd::Unknown);
    }

    #[test]
    fn joins_list_or_give_up() {
        let a = Cwd::Known(b"/a".as_slice().into());
        let b = Cwd::Known(b"/b".as_slice().into());
        assert_eq!(
            join(&a, &b, 8),
            Cwd::OneOf(vec![b"/a".as_slice().into(), b"/b".as_slice().into()].into())
        );
        assert_eq!(join(&a, &b, 1), Cwd::Unknown);
        let below = Cwd::Below(b"/a".as_slice().into());
        assert_eq!(join(&below, &a, 8), below);
        assert_eq!(join(&below, &b, 8), Cwd::Unknown);
    }
}
