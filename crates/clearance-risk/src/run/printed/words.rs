//! Words put together of known text and outputs: whether they can be options, where paths lie.

use clearance_shell::invocation::{Dynamic, Glob, Piece, Reason, Value};

use super::{Found, Shape, climbs, escaped, sane};
use crate::arg::Arg;
use crate::judge::Judge;

impl Judge<'_> {
    /// No word that this becomes begins with a dash, as far as its printers tell.
    pub(crate) fn is_undashed(&self, dynamic: &Dynamic) -> bool {
        let pieces = dynamic.pieces();
        let split = dynamic.may_split;
        let shape = |by: u32| self.shape(by);
        let mut before = true;
        for (at, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Output(by) if !shape(*by).is_undashed(split) => return false,
                // One word of the output, or one line's beginning.
                Piece::Item(by) if !shape(*by).is_undashed(split) => return false,
                Piece::Output(_) | Piece::Item(_) | Piece::Number => {}
                Piece::Match(pattern)
                | Piece::Part {
                    pattern,
                    front: true,
                } => {
                    let sure = pattern.first().is_some_and(|b| !b"-*?[\\(@!+".contains(b));
                    if before && !sure {
                        return false;
                    }
                    before = false;
                }
                // What stands before it can be empty.
                Piece::Text(text) if at > 0 && before && text.starts_with(b"-") => return false,
                Piece::Text(_) => before = false,
                _ => return !split && at > 0 && !before,
            }
        }
        !pieces.is_empty()
    }

    /// `$RUNNER_TEMP/name` and its like: below the directory for temporary files, as the caller
    /// has set it and the script leaves it.
    pub(crate) fn in_temp_of_caller(&self, arg: Arg<'_>) -> Option<Vec<u8>> {
        let dynamic = arg.dynamic()?;
        let [name] = &*dynamic.variables else {
            return None;
        };
        let known = matches!(&**name, b"RUNNER_TEMP" | b"TMPDIR");
        if !known || !self.is_of_caller(dynamic) || !dynamic.prefix.is_empty() {
            return None;
        }
        let text = arg.span().of(self.text);
        let text = text
            .strip_prefix(b"\"")
            .and_then(|t| t.strip_suffix(b"\""))
            .unwrap_or(text);
        let text = text.strip_prefix(b"$")?;
        let rest = match text.strip_prefix(b"{") {
            Some(inner) => inner
                .strip_prefix(&**name)
                .map(|inner| inner.strip_prefix(b":-/tmp").unwrap_or(inner))?
                .strip_prefix(b"}")?,
            None => text.strip_prefix(&**name)?,
        };
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b"._-/".contains(b);
        let sound = rest.starts_with(b"/")
            && rest.len() > 1
            && rest.ends_with(&dynamic.suffix)
            && rest.iter().all(plain)
            && !climbs(rest);
        sound.then(|| [&b"/tmp/caller"[..], rest].concat())
    }

    /// Variables that the script only expands: what they hold is the caller's own environment.
    pub(crate) fn is_of_caller(&self, dynamic: &Dynamic) -> bool {
        self.outer.is_none()
            && dynamic.reason == Reason::UnknownVariable
            && dynamic.sources.is_empty()
            && !dynamic.variables.is_empty()
            && dynamic
                .variables
                .iter()
                .all(|name| only_expanded(self.text, name))
    }

    /// The texts that a word stands for if it is put together of known text and numbers only:
    /// two of them, with different numbers of lines, where that matters.
    pub(crate) fn with_numbers(&self, dynamic: &Dynamic) -> Option<Vec<Vec<u8>>> {
        self.filled(dynamic, false)
    }

    /// The same with dates and hashes, which are words of letters, digits and `. : _ + -`.
    pub(crate) fn with_stamps(&self, dynamic: &Dynamic) -> Option<Vec<Vec<u8>>> {
        self.filled(dynamic, true)
    }

    fn filled(&self, dynamic: &Dynamic, stamps: bool) -> Option<Vec<Vec<u8>>> {
        let pieces = dynamic.pieces();
        let mut many = false;
        let mut texts = [Vec::new(), Vec::new()];
        if pieces.is_empty() && !dynamic.numeric {
            return None;
        }
        for piece in pieces {
            let parts: [&[u8]; 2] = match piece {
                Piece::Text(text) => [text, text],
                Piece::Number => [b"7", b"7"],
                Piece::Output(by) | Piece::Item(by) => match self.shape(*by) {
                    Shape::Number { many: several } => {
                        let several = several && matches!(piece, Piece::Output(_));
                        many |= several;
                        if several {
                            [b"7", b"7\n7"]
                        } else {
                            [b"7", b"7"]
                        }
                    }
                    Shape::Stamp if stamps => {
                        // Both kinds of beginning: a number, and a letter that runs commands.
                        many = true;
                        [b"7a.7:7_7+7-7", b"e7a.7:7_7+7-7"]
                    }
                    _ => return None,
                },
                _ => return None,
            };
            for (text, part) in texts.iter_mut().zip(parts) {
                text.extend_from_slice(part);
            }
        }
        let [one, two] = texts;
        Some(if many { vec![one, two] } else { vec![one] })
    }

    /// One of the texts that a word can be if its unknown parts are numbers, names and
    /// revisions: none of them has blanks, quotes or a dash at its beginning.
    pub(crate) fn sample(&self, arg: Arg<'_>) -> Option<Vec<u8>> {
        if let Some(text) = arg.as_static() {
            return Some(text.to_vec());
        }
        let Value::Dynamic(dynamic) = arg.to_value() else {
            return None;
        };
        let mut out = Vec::new();
        for piece in dynamic.pieces() {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text),
                Piece::Number => out.push(b'7'),
                Piece::Output(by) => match self.shape(*by) {
                    Shape::Number { many: false } => out.push(b'7'),
                    Shape::Stamp | Shape::Plain | Shape::Word => out.push(b'x'),
                    _ => return None,
                },
                _ => return None,
            }
        }
        (!out.is_empty()).then_some(out)
    }

    /// Where a path lies that is put together of known text and outputs of a known shape, as
    /// patterns for [`Judge::path_text`]. `change`: files are changed, not only read.
    pub(crate) fn path_patterns(&self, dynamic: &Dynamic, change: bool) -> Option<Vec<Vec<u8>>> {
        let mut all: Vec<Vec<u8>> = vec![Vec::new()];
        let pieces = dynamic.pieces();
        if pieces.is_empty() || (dynamic.may_split && pieces.len() > 1) {
            return None;
        }
        for (at, piece) in pieces.iter().enumerate() {
            let shape = match piece {
                Piece::Text(text) => {
                    let text = escaped(text);
                    all.iter_mut().for_each(|p| p.extend_from_slice(&text));
                    continue;
                }
                Piece::Pattern(pattern) => {
                    all.iter_mut().for_each(|p| p.extend_from_slice(pattern));
                    continue;
                }
                Piece::Number => Shape::Number { many: false },
                Piece::Match(pattern) | Piece::Part { pattern, .. } if !sane(pattern) => {
                    return None;
                }
                Piece::Match(pattern) if at == 0 => {
                    all = vec![pattern.to_vec()];
                    continue;
                }
                // A part of a relative path lies below the working directory.
                Piece::Match(_) | Piece::Part { .. } => Shape::Plain,
                Piece::Output(by) | Piece::Item(by) => self.shape(*by),
                _ => return None,
            };
            match shape {
                Shape::Number { .. } | Shape::Stamp | Shape::Plain => {
                    all.iter_mut().for_each(|p| p.push(b'*'));
                }
                Shape::Paths(found) if at == 0 => {
                    if change && !found.iter().all(Found::is_ordinary) {
                        return None;
                    }
                    all = found.into_iter().map(|f| f.pattern).collect();
                }
                // Below the text before it.
                Shape::Word if at > 0 => all.iter_mut().for_each(|p| p.push(b'*')),
                Shape::Paths(found) if at > 0 && !found.iter().any(|f| climbs(&f.pattern)) => {
                    all.iter_mut().for_each(|p| p.push(b'*'));
                }
                _ => return None,
            }
        }
        (all.len() <= 16).then_some(all)
    }

    /// Whether the word is a name that its printer tells, and where it lies if that is not the
    /// project: files that its own tools list are as trusted as its code.
    pub(crate) fn names_of(&self, dynamic: &Dynamic) -> (bool, Option<Vec<Vec<u8>>>) {
        if let Some(patterns) = self.path_patterns(dynamic, false) {
            let own = |p: &Vec<u8>| p.starts_with(b"*");
            let far = patterns.iter().any(|p| !own(p)).then(|| patterns.clone());
            return (true, far);
        }
        let known = match dynamic.pieces() {
            [Piece::Output(by) | Piece::Item(by)] => {
                matches!(
                    self.shape(*by),
                    Shape::Word | Shape::Stamp | Shape::Plain | Shape::Root
                )
            }
            _ => false,
        };
        (known, None)
    }

    /// Arguments of a program text, as far as their printers tell what they are.
    pub(crate) fn told(&self, args: &[Value]) -> Vec<Value> {
        let one = |value: &Value| match value {
            Value::Dynamic(dynamic) if !dynamic.may_split => {
                let patterns = self.path_patterns(dynamic, false).unwrap_or_default();
                match patterns.as_slice() {
                    [only] => Value::Glob(Glob {
                        pattern: only.as_slice().into(),
                        single: true,
                        may_vanish: false,
                    }),
                    _ => value.clone(),
                }
            }
            other => other.clone(),
        };
        args.iter().map(one).collect()
    }
}

/// Wherever the name stands in the text, it is expanded: `$NAME` or `${NAME…}` without a default
/// that is assigned. Other words of that spelling count where a builtin could set them.
fn only_expanded(text: &[u8], name: &[u8]) -> bool {
    const SETTERS: &[&[u8]] = &[
        b"read",
        b"for",
        b"select",
        b"printf",
        b"mapfile",
        b"readarray",
        b"getopts",
        b"declare",
        b"typeset",
        b"local",
        b"export",
        b"unset",
        b"let",
        b"((",
        b"source",
        b"eval",
        b". ",
        b"wait",
        b"readonly",
        b"coproc",
        b"function",
        b"()",
    ];
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let strict = SETTERS
        .iter()
        .any(|setter| text.windows(setter.len()).any(|w| w == *setter));
    let mut found = false;
    let mut at = 0;
    while let Some(next) = text
        .get(at..)
        .and_then(|rest| rest.windows(name.len().max(1)).position(|w| w == name))
    {
        let start = at + next;
        let end = start + name.len();
        at = end;
        let before = text.get(..start).unwrap_or_default();
        let after = text.get(end..).unwrap_or_default();
        if before.last().is_some_and(is_name) || after.first().is_some_and(is_name) {
            continue;
        }
        let assigns = |rest: &[u8]| {
            [&b"="[..], b"+=", b":=", b"[", b"\\"]
                .iter()
                .any(|mark| rest.starts_with(mark))
        };
        let expanded = before.ends_with(b"$") || before.ends_with(b"${");
        if expanded && !(before.ends_with(b"${") && assigns(after)) {
            found = true;
        } else if strict || assigns(after) {
            return false;
        }
    }
    found
}
