//! What commands print: the shape of their output, where the words of the call tell.
//!
//! A word such as `"$(git rev-parse --show-toplevel)/src"` or what `xargs` appends is not
//! determined by the text, but the program that printed it says a lot: `mktemp` prints the path
//! of a new file, `wc -l < f` a number, `git ls-files` names of files of the repository. Only
//! what a program is documented to print counts; everything else is [`Shape::Free`].
//!
//! Names of files in the project are trusted as the project's own code is: they are taken to
//! be names, not options.

use std::borrow::Cow;

use clearance_shell::invocation::{
    Assignment, Bytes, Cwd, Dynamic, Glob, Invocation, Piece, Printed, Reason, Redirect,
    RedirectKind, Stdin, Value, Word,
};

use crate::arg::Arg;
use crate::judge::{Call, Judge, Site, Taint};
use crate::matcher;
use crate::path::Scope;
use crate::run::base_name;

mod programs;

/// How far back along pipes and substitutions a shape is looked for.
const MOST_STEPS: u8 = 8;

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
    fn is_ordinary(&self) -> bool {
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
    fn is_undashed(&self, split: bool) -> bool {
        match self {
            Self::Free => false,
            Self::Numbered | Self::Led { .. } | Self::Tree => !split,
            _ => true,
        }
    }

    /// What both can be.
    fn or(self, other: Self) -> Self {
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
    fn input_shape(&self, stdin: &Stdin, steps: u8) -> Shape {
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

    // --- words

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
            Some(inner) => inner.strip_prefix(&**name)?.strip_prefix(b"}")?,
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

    /// Variables that the script only expands, and whose names do not speak of options: what
    /// they hold is the caller's own environment.
    pub(crate) fn is_of_caller(&self, dynamic: &Dynamic) -> bool {
        const OPTIONS: &[&[u8]] = &[b"OPT", b"FLAG", b"ARG", b"CMD", b"EXTRA", b"EXPR", b"COND"];
        let text = self.text;
        let speaks = |name: &[u8]| {
            let upper = name.to_ascii_uppercase();
            OPTIONS
                .iter()
                .any(|part| upper.windows(part.len()).any(|w| w == *part))
        };
        self.outer.is_none()
            && dynamic.reason == Reason::UnknownVariable
            && dynamic.sources.is_empty()
            && !dynamic.variables.is_empty()
            && dynamic
                .variables
                .iter()
                .all(|name| !speaks(name) && only_expanded(text, name))
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

    /// The shell texts that a word stands for if names of the project's files stand in it, each
    /// as the pattern that says where they lie: `xargs -I{} sh -c 'head -1 {}'`. What becomes of
    /// any such file becomes of the pattern.
    pub(crate) fn with_names(&self, dynamic: &Dynamic) -> Option<Vec<Vec<u8>>> {
        if self.ledger.taint.has(Taint::SECRET_NAMES) || self.ledger.taint.has(Taint::NET) {
            return None;
        }
        let mut all: Vec<Vec<u8>> = vec![Vec::new()];
        let mut open: Option<u8> = None;
        let mut item = false;
        for piece in dynamic.pieces() {
            match piece {
                Piece::Text(text) => {
                    let mut text: &[u8] = text;
                    if let (true, Some(mark)) = (item, open) {
                        // The quotes around a name are left out with it.
                        text = text.strip_prefix(&[mark])?;
                        open = None;
                    }
                    let mut bytes = text.iter().peekable();
                    while let Some(&byte) = bytes.next() {
                        let tricky = |b: &&u8| matches!(b, b'"' | b'\'' | b'\\' | b'\n' | b'$');
                        match open {
                            Some(mark) if byte == mark => open = None,
                            None if matches!(byte, b'"' | b'\'') => open = Some(byte),
                            _ if byte == b'\\' && bytes.peek().is_none_or(tricky) => return None,
                            _ => {}
                        }
                    }
                    all.iter_mut().for_each(|t| t.extend_from_slice(text));
                    item = false;
                }
                Piece::Item(by) | Piece::Output(by) if !item => {
                    if let Some(mark) = open {
                        for text in &mut all {
                            (text.pop() == Some(mark)).then_some(())?;
                        }
                    }
                    let found = match self.shape(*by) {
                        Shape::Paths(found) => found,
                        _ => return None,
                    };
                    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"._-/*".contains(b);
                    let sound = |f: &Found| {
                        f.pattern.iter().all(plain)
                            && !climbs(&f.pattern)
                            && !f.pattern.starts_with(b"/")
                            && f.is_ordinary()
                    };
                    if !found.iter().all(sound) || found.len() * all.len() > 8 {
                        return None;
                    }
                    all = all
                        .iter()
                        .flat_map(|text| {
                            found.iter().map(move |f| {
                                let front: &[u8] = if f.pattern.starts_with(b"*") {
                                    b"./"
                                } else {
                                    b""
                                };
                                [text, front, &f.pattern].concat()
                            })
                        })
                        .collect();
                    item = true;
                }
                _ => return None,
            }
        }
        let closed = open.is_none();
        (closed && all.iter().all(|t| !t.is_empty())).then_some(all)
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

    // --- invocations

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

/// A relative pattern that never leads upwards.
fn sane(pattern: &[u8]) -> bool {
    !pattern.starts_with(b"/") && !pattern.starts_with(b"~") && !climbs(pattern)
}

/// A component is `..`.
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

fn climbs(path: &[u8]) -> bool {
    path.split(|&b| b == b'/').any(|part| part == b"..")
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
