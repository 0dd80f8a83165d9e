//! What commands print: the shape of their output, where the words of the call tell.
//!
//! A word such as `"$(git rev-parse --show-toplevel)/src"` or what `xargs` appends is not
//! determined by the text, but the program that printed it says a lot: `mktemp` prints the path
//! of a new file, `wc -l < f` a number, `git ls-files` names of files of the repository. Only
//! what a program is documented to print counts; everything else is [`Shape::Free`].
//!
//! Names of files in the project are trusted as the project's own code is: they are taken to
//! be names, not options.

use clearance_shell::invocation::{
    Assignment, Dynamic, Invocation, Piece, Redirect, RedirectKind, Stdin, Word,
};

use crate::arg::Arg;
use crate::judge::{Call, Judge, Site};
use crate::matcher;
use crate::run::base_name;

mod argv;
mod programs;
mod shape;
mod words;

pub(crate) use shape::{Found, Shape};

/// How far back along pipes and substitutions a shape is looked for.
const MOST_STEPS: u8 = 8;

impl Judge<'_> {
    /// The shape of what an invocation of this script prints.
    pub(crate) fn shape(&self, index: u32) -> Shape {
        self.shape_within(index, MOST_STEPS)
    }

    fn shape_within(&self, index: u32, steps: u8) -> Shape {
        let (Some(invocation), Some(steps)) =
            (self.script.get(index as usize), steps.checked_sub(1))
        else {
            return Shape::Free;
        };
        if invocation.redirects.iter().any(mixes_errors) {
            return Shape::Free;
        }
        let name = invocation.argv.first().and_then(Word::as_static);
        let name = name.unwrap_or_default();
        if name == b"mktemp" || name == b"gmktemp" {
            return self.fresh(index, invocation);
        }
        let name = [
            "/usr/bin/",
            "/bin/",
            "/usr/local/bin/",
            "/opt/homebrew/bin/",
        ]
        .iter()
        .find_map(|dir| name.strip_prefix(dir.as_bytes()))
        .unwrap_or(name);
        let Some(program) = self.catalog.program(name) else {
            return Shape::Free;
        };
        let site = Site::new(invocation);
        let call = Call {
            program,
            argv: &invocation.argv,
            parsed: matcher::parse(program, &invocation.argv),
            site: &site,
        };
        programs::shape(self, &call, steps)
    }

    /// The shape of what flows into standard input.
    pub(crate) fn input_shape(&self, stdin: &Stdin, steps: u8) -> Shape {
        match stdin {
            Stdin::Pipe(sources) => sources
                .iter()
                .map(|&index| self.shape_within(index, steps))
                .reduce(Shape::or)
                .unwrap_or(Shape::Free),
            Stdin::Dynamic(dynamic) => match dynamic.pieces() {
                [Piece::Output(by) | Piece::Item(by)] => self.shape_within(*by, steps),
                _ => Shape::Free,
            },
            _ => Shape::Free,
        }
    }

    /// A new path: nothing else has this name, so it stands for itself.
    fn fresh(&self, index: u32, invocation: &Invocation) -> Shape {
        let Some((dir, name)) = self.new_place(invocation) else {
            return Shape::Free;
        };
        let outer = self.outer.map_or(0, |span| span.start);
        let mut path = dir;
        if path.last() != Some(&b'/') && !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(&name);
        path.extend_from_slice(format!(".{}-{outer}-{index}", self.depth).as_bytes());
        Shape::Fresh(path)
    }

    /// The directory in which `mktemp` makes something, and how its name begins.
    pub(crate) fn new_place(&self, invocation: &Invocation) -> Option<(Vec<u8>, Vec<u8>)> {
        let (name, rest) = invocation.argv.split_first()?;
        if !matches!(name.as_static(), Some(b"mktemp" | b"gmktemp")) {
            return None;
        }
        let mut template: Option<&[u8]> = None;
        let mut inside = false;
        let temp = b"/tmp".to_vec();
        for word in rest {
            match word.as_static() {
                Some(
                    b"-d" | b"-q" | b"-dq" | b"-qd" | b"--directory" | b"--quiet" | b"--tmpdir",
                ) => {}
                Some(b"-t" | b"-dt" | b"-td") => inside = true,
                Some(text) if text.starts_with(b"--suffix=") && !text.contains(&b'/') => {}
                Some(text) if text.starts_with(b"-") => return None,
                Some(text) => {
                    if template.replace(text).is_some() {
                        return None;
                    }
                }
                None => {
                    // `"${TMPDIR:-/tmp}/name.XXXXXX"`: what the caller has there is the
                    // directory for temporary files.
                    let rest = self.after_tmpdir(word)?;
                    if template.replace(rest).is_some() || inside {
                        return None;
                    }
                    inside = true;
                }
            }
        }
        let set = |a: &&Assignment| &*a.name == b"TMPDIR";
        let own = invocation
            .assignments
            .iter()
            .chain(invocation.exported.iter())
            .rev();
        let dir = match own.clone().find(set) {
            None => temp,
            Some(assignment) => assignment.value.as_static()?.to_vec(),
        };
        let Some(template) = template else {
            return Some((dir, b"tmp".to_vec()));
        };
        let stem = template.split(|&b| b == b'X').next().unwrap_or_default();
        let (place, name) = match stem.iter().rposition(|&b| b == b'/') {
            Some(at) => stem.split_at_checked(at + 1)?,
            None => (&b""[..], stem),
        };
        if inside {
            let sound = !place.starts_with(b"/") && !climbs(place);
            let mut whole = dir;
            whole.push(b'/');
            whole.extend_from_slice(place);
            return sound.then(|| (whole, name.to_vec()));
        }
        let place = if place.is_empty() { b"./" } else { place };
        Some((place.to_vec(), name.to_vec()))
    }

    /// The rest of a word that begins with the directory for temporary files, as the caller
    /// has set it.
    fn after_tmpdir(&self, word: &Word) -> Option<&'_ [u8]> {
        const STARTS: &[&[u8]] = &[b"${TMPDIR:-/tmp}/", b"${TMPDIR:-/tmp/}", b"$TMPDIR/"];
        if self.outer.is_some() || self.text.windows(7).any(|w| w == b"TMPDIR=") {
            return None;
        }
        let text = word.span.of(self.text);
        let text = text
            .strip_prefix(b"\"")
            .and_then(|t| t.strip_suffix(b"\""))
            .unwrap_or(text);
        let rest = STARTS.iter().find_map(|start| text.strip_prefix(*start))?;
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b"._-/".contains(b);
        (rest.iter().all(plain) && !climbs(rest)).then_some(rest)
    }
}

/// A relative pattern that never leads upwards.
fn sane(pattern: &[u8]) -> bool {
    !pattern.starts_with(b"/") && !pattern.starts_with(b"~") && !climbs(pattern)
}

/// A component is `..`.
fn climbs(path: &[u8]) -> bool {
    path.split(|&b| b == b'/').any(|part| part == b"..")
}

/// The text as a pathname pattern.
fn escaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        if b"*?[\\".contains(&byte) {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}

/// Standard error goes where standard output goes.
fn mixes_errors(redirect: &Redirect) -> bool {
    redirect.kind == RedirectKind::Duplicate
        && redirect.fd == Some(2)
        && redirect.target.as_static() == Some(b"1")
}

/// The shape of a word that a command prints again.
fn word_shape(judge: &Judge<'_>, arg: Arg<'_>, steps: u8) -> Shape {
    if let Some(known) = arg.known() {
        let found = known.map(|path| Found {
            pattern: escaped(path),
            hidden: base_name(path).starts_with(b"."),
        });
        return Shape::Paths(found.collect());
    }
    if let Some((pattern, _)) = arg.glob() {
        return Shape::Paths(vec![Found {
            pattern: pattern.to_vec(),
            hidden: pattern.starts_with(b"."),
        }]);
    }
    match arg.dynamic().map(Dynamic::pieces) {
        Some([Piece::Output(by) | Piece::Item(by)]) => judge.shape_within(*by, steps),
        Some([Piece::Match(pattern)]) => Shape::Paths(vec![Found {
            pattern: pattern.to_vec(),
            hidden: pattern.starts_with(b"."),
        }]),
        Some([Piece::Part { pattern, .. }]) if sane(pattern) => Shape::Paths(vec![Found {
            pattern: b"*".to_vec(),
            hidden: true,
        }]),
        _ => Shape::Free,
    }
}
