//! Words, targets and directories that stand for a new file or for the top directory of the
//! repository, written out.

use std::borrow::Cow;

use clearance_shell::invocation::{Bytes, Cwd, Dynamic, Glob, Piece, Printed, Value, Word};

use super::{Shape, climbs, escaped};
use crate::arg::Arg;
use crate::judge::Judge;
use crate::path::Scope;
use crate::run::base_name;

impl Judge<'_> {
    /// The words of an invocation, those that stand for a new file or for the repository's top
    /// directory written out.
    pub(crate) fn resolved<'w>(&self, argv: &'w [Word]) -> Cow<'w, [Word]> {
        let tells = |word: &Word| matches!(&word.value, Value::Dynamic(d) if d.pieces.is_some());
        if !argv.iter().any(tells) {
            return Cow::Borrowed(argv);
        }
        let name = argv.first().and_then(Word::as_static).unwrap_or_default();
        let deletes = matches!(
            base_name(name),
            b"rm" | b"rmdir" | b"unlink" | b"find" | b"shred"
        );
        let words = argv
            .iter()
            .map(|word| match self.written_out(word, deletes) {
                Some(value) => Word {
                    value,
                    span: word.span,
                },
                None => word.clone(),
            });
        Cow::Owned(words.collect())
    }

    /// The same for the targets of redirections.
    pub(crate) fn resolved_target<'w>(&self, target: &'w Word) -> Cow<'w, Word> {
        match self.written_out(target, false) {
            Some(value) => Cow::Owned(Word {
                value,
                span: target.span,
            }),
            None => Cow::Borrowed(target),
        }
    }

    fn written_out(&self, word: &Word, deletes: bool) -> Option<Value> {
        let Value::Dynamic(dynamic) = &word.value else {
            return None;
        };
        let (first, rest) = dynamic.pieces().split_first()?;
        // `--option=$(mktemp)/x`: text before it.
        let (mut text, output, rest) = match (first, rest.split_first()) {
            (Piece::Output(by), _) => (Vec::new(), *by, rest),
            (Piece::Text(before), Some((Piece::Output(by), rest))) if before.ends_with(b"=") => {
                (before.to_vec(), *by, rest)
            }
            _ => return None,
        };
        let start = match self.shape(output) {
            Shape::Fresh(path) => path,
            Shape::Root if !deletes && !self.places.root().is_empty() => {
                self.places.root().to_vec()
            }
            _ => return None,
        };
        text.extend_from_slice(&start);
        match rest {
            [] => Some(Value::Static(text.into())),
            [Piece::Text(tail)] if !deletes || is_own(tail) => {
                text.extend_from_slice(tail);
                Some(Value::Static(text.into()))
            }
            [Piece::Text(tail), more @ ..]
                if !deletes && tail.starts_with(b"/") && more.iter().all(is_counted) =>
            {
                for piece in rest {
                    match piece {
                        Piece::Text(part) => text.extend_from_slice(part),
                        _ => text.push(b'7'),
                    }
                }
                Some(Value::Static(text.into()))
            }
            [Piece::Pattern(pattern)] if !deletes => pattern_after(&text, pattern),
            [Piece::Text(tail), Piece::Pattern(pattern)] if !deletes => {
                text.extend_from_slice(tail);
                pattern_after(&text, pattern)
            }
            _ => None,
        }
    }

    /// The value is the path of something that the script has made with `mktemp`, or below it.
    pub(crate) fn is_fresh(&self, arg: Arg<'_>) -> bool {
        let Some(dynamic) = arg.dynamic() else {
            return false;
        };
        let fresh = |by: &u32| matches!(self.shape(*by), Shape::Fresh(_));
        match dynamic.pieces() {
            [Piece::Output(by)] => fresh(by),
            [Piece::Output(by), Piece::Text(rest)] => {
                fresh(by) && rest.starts_with(b"/") && !climbs(rest)
            }
            _ => false,
        }
    }

    /// The value is what `go env NAME` printed.
    pub(crate) fn prints_go_variable(&self, arg: Arg<'_>, name: &str) -> bool {
        let by = arg.dynamic().and_then(Dynamic::printed_by);
        let call = by.and_then(|by| self.script.get(by as usize));
        call.is_some_and(|call| {
            let words: Option<Vec<&[u8]>> = call.argv.iter().map(Word::as_static).collect();
            words.is_some_and(|w| w == [&b"go"[..], b"env", name.as_bytes()])
        })
    }

    /// The working directory, if a command printed it.
    pub(crate) fn resolved_cwd<'c>(&self, cwd: &'c Cwd) -> Cow<'c, Cwd> {
        let Cwd::Printed(printed) = cwd else {
            return Cow::Borrowed(cwd);
        };
        match self.printed_dirs(printed) {
            Some(dirs) => Cow::Owned(match dirs.as_slice() {
                [one] => Cwd::Known(one.clone()),
                _ => Cwd::OneOf(dirs.into()),
            }),
            None => Cow::Borrowed(cwd),
        }
    }

    fn printed_dirs(&self, printed: &Printed) -> Option<Vec<Bytes>> {
        let start = match self.shape(printed.by) {
            Shape::Fresh(path) => path,
            Shape::Root if !self.places.root().is_empty() => self.places.root().to_vec(),
            _ => return None,
        };
        let Cwd::Known(from) = printed.from.as_ref() else {
            return None;
        };
        let at = |dir: &[u8]| -> Option<Bytes> {
            let mut path = dir.to_vec();
            if !printed.path.is_empty() {
                path.push(b'/');
                path.extend_from_slice(&printed.path);
            }
            let place = self.places.place(&path, false, from);
            (place.scope != Scope::Unknown).then(|| place.path.into())
        };
        let mut dirs = vec![at(&start)?];
        if printed.or_stayed {
            dirs.push(at(from)?);
        }
        Some(dirs)
    }
}

/// Known text or a number.
fn is_counted(piece: &Piece) -> bool {
    matches!(piece, Piece::Text(_) | Piece::Number)
}

/// What follows a new directory in a word that is deleted, if it is sure that nothing else is
/// meant even if no directory was made: one component that no system has at its top.
fn is_own(tail: &[u8]) -> bool {
    const TOPS: &[&[u8]] = &[
        b"bin",
        b"boot",
        b"dev",
        b"etc",
        b"home",
        b"lib",
        b"lib32",
        b"lib64",
        b"libx32",
        b"media",
        b"mnt",
        b"opt",
        b"proc",
        b"root",
        b"run",
        b"sbin",
        b"snap",
        b"srv",
        b"sys",
        b"tmp",
        b"usr",
        b"var",
        b"Applications",
        b"Library",
        b"Network",
        b"System",
        b"Users",
        b"Volumes",
        b"cores",
        b"private",
        b"app",
        b"data",
        b"workspace",
        b"nix",
    ];
    let Some(rest) = tail.strip_prefix(b"/") else {
        return tail.is_empty();
    };
    let first = rest.split(|&b| b == b'/').next().unwrap_or_default();
    !first.is_empty() && !climbs(rest) && first != b"." && !TOPS.contains(&first)
}

fn pattern_after(text: &[u8], pattern: &Bytes) -> Option<Value> {
    let mut whole = escaped(text);
    whole.extend_from_slice(pattern);
    Some(Value::Glob(Glob {
        pattern: whole.into(),
        single: false,
        may_vanish: true,
    }))
}
