//! Reads a program's words by its spec: options, their values, the sub-command, operands.
//!
//! Words are abstract, see [`Word`]: one that is not determined and might be an option of a
//! program whose options matter is an [`Issue`], and so is every option that no spec names.
//! Nothing is judged here.

use crate::arg::Arg;
use crate::spec::{Arity, Count, Lang, Syntax, WordRole};
use crate::store::{Command, OptionSpec, Program};
use clearance_shell::invocation::{Value, Word};

/// An option that was given.
#[derive(Clone, Copy, Debug)]
pub struct Given<'c> {
    /// Its spec.
    pub spec: OptionSpec<'c>,
    /// Its value; for a flag the whole word, so that it has a span.
    pub value: Option<Arg<'c>>,
    /// Its second value, if it takes two words.
    pub second: Option<Arg<'c>>,
    /// The word it stands in.
    pub word: &'c Word,
}

/// Words read by a spec.
#[derive(Clone, Debug)]
pub struct Parsed<'c> {
    /// The (sub-)command.
    pub command: Command<'c>,
    /// The options, in order.
    pub options: Vec<Given<'c>>,
    /// How many of the options stand before the sub-command.
    pub globals: usize,
    /// The operands: index into the words, and the word.
    pub operands: Vec<(usize, Arg<'c>)>,
    /// Where the command begins that an option takes (`fd -x COMMAND...`).
    pub rest: Option<usize>,
    /// What was not understood.
    pub issues: Vec<Issue<'c>>,
    /// Only help or the version is asked for.
    pub help: bool,
}

/// Why words were not understood.
#[derive(Clone, Copy, Debug)]
pub struct Issue<'c> {
    /// The word.
    pub word: &'c Word,
    /// What is wrong with it.
    pub kind: IssueKind,
}

/// A pathname pattern that could match a name that begins with a dash.
fn may_match_a_dash(pattern: &[u8]) -> bool {
    matches!(
        pattern,
        [b'*' | b'?' | b'[', ..] | [b'@' | b'!' | b'+', b'(', ..]
    )
}

/// What is wrong with a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueKind {
    /// No spec names this option.
    UnknownOption,
    /// Several long options begin like this.
    Ambiguous,
    /// A value that the option does not take.
    UnexpectedValue,
    /// A word that is not determined could be an option.
    MaybeOption,
    /// A pathname pattern could match a file whose name is an option.
    GlobOption,
    /// No spec names this sub-command.
    UnknownSub,
    /// The sub-command is not determined.
    DynamicSub,
    /// A value that could be several words, or none.
    LooseValue,
}

/// Reads `argv` (the program's name first).
#[must_use]
pub fn parse<'c>(program: Program<'c>, argv: &'c [Word]) -> Parsed<'c> {
    let mut reader = Reader {
        program,
        argv,
        at: 1,
        ended: program.base.syntax == Syntax::None,
        in_sub: false,
        out: Parsed {
            command: program.base,
            options: Vec::new(),
            globals: 0,
            operands: Vec::with_capacity(argv.len().saturating_sub(1)),
            rest: None,
            issues: Vec::new(),
            help: false,
        },
    };
    if is_help(&program, argv) {
        reader.out.help = true;
        return reader.out;
    }
    reader.bsd_cluster();
    while let Some(word) = argv.get(reader.at) {
        reader.word(word);
    }
    if !reader.in_sub && reader.out.operands.is_empty() {
        if let Some(sub) = program.default_sub() {
            reader.out.command = sub;
        }
    }
    reader.out
}

fn is_help(program: &Program<'_>, argv: &[Word]) -> bool {
    let Some((last, before)) = argv.split_last() else {
        return false;
    };
    // `-help` is the spelling of programs whose options have one dash.
    let words = matches!(
        program.base.syntax,
        Syntax::Exact | Syntax::Go | Syntax::GoAny
    );
    let asked = match last.as_static() {
        Some(b"--help" | b"--version") => true,
        Some(b"-help") => words,
        _ => false,
    };
    if !program.help || !asked {
        return false;
    }
    let Some(path) = before.get(1..) else {
        return false;
    };
    let mut joined: Vec<u8> = Vec::new();
    for word in path {
        let Some(bytes) = word.as_static() else {
            return false;
        };
        if !joined.is_empty() {
            joined.push(b' ');
        }
        joined.extend_from_slice(bytes);
    }
    joined.is_empty()
        || std::str::from_utf8(&joined).is_ok_and(|path| program.subs.named(path).is_some())
}

struct Reader<'c> {
    program: Program<'c>,
    argv: &'c [Word],
    at: usize,
    ended: bool,
    in_sub: bool,
    out: Parsed<'c>,
}

impl<'c> Reader<'c> {
    fn issue(&mut self, word: &'c Word, kind: IssueKind) {
        // What is not listed is not this program's to read.
        let handed_on = self.out.command.passes_on
            && matches!(kind, IssueKind::UnknownOption | IssueKind::Ambiguous);
        if !handed_on {
            self.out.issues.push(Issue { word, kind });
        }
    }

    fn word(&mut self, word: &'c Word) {
        self.at += 1;
        if self.ended {
            return self.operand(word);
        }
        match &word.value {
            Value::Static(bytes) => {
                if &**bytes == b"--" && self.out.command.syntax != Syntax::Exact {
                    self.ended = true;
                } else if self.looks_like_option(bytes) {
                    self.option(word, bytes, false);
                } else {
                    self.operand(word);
                }
            }
            Value::OneOf(list) => {
                if list.iter().any(|b| b.starts_with(b"-")) {
                    self.issue(word, IssueKind::MaybeOption);
                }
                self.operand(word);
            }
            Value::Glob(glob) => {
                if glob.pattern.starts_with(b"-") {
                    // `--include=*.rs`: the name of the option is sure.
                    let known = Arg::new(word).prefix();
                    return self.option(word, known, true);
                } else if may_match_a_dash(&glob.pattern) && self.options_matter() {
                    self.issue(word, IssueKind::GlobOption);
                }
                self.operand(word);
            }
            Value::Dynamic(dynamic) => {
                if dynamic.prefix.starts_with(b"-") {
                    return self.option(word, &dynamic.prefix, true);
                }
                let dash = (dynamic.prefix.is_empty() || dynamic.may_split)
                    && dynamic.may_start_dash
                    && !dynamic.numeric;
                if dash && self.options_matter() {
                    self.issue(word, IssueKind::MaybeOption);
                }
                self.operand(word);
            }
        }
    }

    fn options_matter(&self) -> bool {
        let command = self.out.command;
        command.options_matter
            || (self.in_sub && !self.program.globals_before && self.program.base.options_matter)
            || (!self.in_sub && !self.program.subs.is_empty())
    }

    fn looks_like_option(&self, bytes: &[u8]) -> bool {
        match bytes {
            [b'-', _, ..] => true,
            [b'+', _, ..] => self.exact(bytes).is_some() || self.by_prefix(bytes).is_some(),
            _ => false,
        }
    }

    fn operand(&mut self, word: &'c Word) {
        if !self.in_sub && self.out.operands.is_empty() && !self.program.subs.is_empty() {
            if self.sub(word) {
                return;
            }
            if let Some(default) = self.program.default_sub() {
                self.out.command = default;
                self.in_sub = true;
            } else if self.out.command.operands.is_none() && self.out.command.handler.is_none() {
                let kind = match word.value {
                    Value::Static(_) => IssueKind::UnknownSub,
                    _ => IssueKind::DynamicSub,
                };
                self.issue(word, kind);
            }
        }
        let index = self.at - 1;
        let rest =
            role_at(&self.out.command, self.out.operands.len()).is_some_and(WordRole::takes_rest);
        self.out.operands.push((index, Arg::new(word)));
        if rest || matches!(self.out.command.syntax, Syntax::Posix | Syntax::Go) {
            self.ended = true;
        }
        if rest {
            let operands = &mut self.out.operands;
            let tail = self.argv.get(self.at..).unwrap_or_default();
            operands.extend(
                tail.iter()
                    .enumerate()
                    .map(|(i, w)| (self.at + i, Arg::new(w))),
            );
            self.at = self.argv.len();
        }
    }

    /// Selects the sub-command with the longest path that stands here.
    fn sub(&mut self, word: &'c Word) -> bool {
        let words = |n: usize| match n {
            0 => word.as_static(),
            n => self.argv.get(self.at - 1 + n)?.as_static(),
        };
        let Some((count, sub)) = self.program.subs.select(words) else {
            return false;
        };
        self.select(sub);
        self.at += count - 1;
        true
    }

    fn select(&mut self, sub: Command<'c>) {
        self.out.globals = self.out.options.len();
        self.out.command = sub;
        self.in_sub = true;
        self.ended = sub.syntax == Syntax::None;
    }

    /// The program's own command, if its options are allowed here too.
    fn outer(&self) -> Option<&Command<'c>> {
        (self.in_sub && !self.program.globals_before).then_some(&self.program.base)
    }

    fn exact(&self, name: &[u8]) -> Option<OptionSpec<'c>> {
        let found = self.out.command.options.get(name);
        found.or_else(|| self.outer()?.options.get(name))
    }

    fn by_prefix(&self, word: &[u8]) -> Option<OptionSpec<'c>> {
        let found = self.out.command.options.beginning_of(word);
        found.or_else(|| self.outer()?.options.beginning_of(word))
    }

    /// Reads the option in `bytes`, the word's text or (`open`) its known beginning.
    fn option(&mut self, word: &'c Word, bytes: &'c [u8], open: bool) {
        let syntax = self.out.command.syntax;
        if matches!(syntax, Syntax::Go | Syntax::GoAny) {
            return self.go_option(word, bytes, open);
        }
        let (name, equals) = split_equals(bytes);
        if open && equals.is_none() && (name.starts_with(b"--") || syntax == Syntax::Exact) {
            return match self.by_prefix(bytes) {
                Some(spec) => self.give(word, spec, Some(spec.name.len())),
                None => self.issue(word, IssueKind::MaybeOption),
            };
        }
        if !open || equals.is_some() {
            if let Some(spec) = self.exact(name) {
                if equals.is_none() || name.starts_with(b"--") || syntax == Syntax::Exact {
                    return self.give(word, spec, equals);
                }
            }
        }
        if let Some(spec) = self.by_prefix(bytes) {
            return self.give(word, spec, Some(spec.name.len()));
        }
        if name.starts_with(b"--") {
            if matches!(syntax, Syntax::Gnu | Syntax::Posix | Syntax::Bsd) {
                match self.abbreviation(name) {
                    Ok(Some(spec)) => return self.give(word, spec, equals),
                    Ok(None) => {}
                    Err(()) => return self.issue(word, IssueKind::Ambiguous),
                }
            }
            // Beside other words it says nothing: the call is judged as if it were not there.
            if bytes == b"--help" && !open && self.program.help {
                return;
            }
            return self.issue(word, IssueKind::UnknownOption);
        }
        if syntax == Syntax::Exact {
            return self.number(word, bytes);
        }
        self.cluster(word, bytes, 1, open);
    }

    fn number(&mut self, word: &'c Word, bytes: &[u8]) {
        let digits = bytes.get(1..).unwrap_or_default();
        let numeric = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
        match self.exact(b"-#") {
            Some(spec) if numeric => self.push(word, spec, None),
            _ => self.issue(word, IssueKind::UnknownOption),
        }
    }

    fn abbreviation(&self, name: &[u8]) -> Result<Option<OptionSpec<'c>>, ()> {
        let mut found = None;
        for command in std::iter::once(&self.out.command).chain(self.outer()) {
            for option in command.options.with_prefix(name) {
                if found.is_some() {
                    return Err(());
                }
                found = Some(option);
            }
        }
        Ok(found)
    }

    /// A cluster of short options in `bytes` from `from` on.
    fn cluster(&mut self, word: &'c Word, bytes: &'c [u8], from: usize, open: bool) {
        let mut at = from;
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii_digit() && self.exact(&[b'-', byte]).is_none() {
                let rest = bytes.get(at..).unwrap_or_default();
                let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
                match self.exact(b"-#") {
                    Some(spec) => self.push(word, spec, None),
                    None => return self.issue(word, IssueKind::UnknownOption),
                }
                at += digits;
                continue;
            }
            let Some(spec) = self.exact(&[b'-', byte]) else {
                return self.issue(word, IssueKind::UnknownOption);
            };
            at += 1;
            let attached = at < bytes.len() || open;
            match spec.arity {
                Arity::Flag => self.push(word, spec, None),
                Arity::Optional if spec.role == WordRole::Number => {
                    self.push(word, spec, None);
                    at += number(bytes.get(at..).unwrap_or_default(), byte == b'0');
                }
                Arity::Required | Arity::Optional if attached => {
                    return self.push(word, spec, Some(Arg::new(word).skip(at)));
                }
                Arity::Optional => return self.push(word, spec, None),
                Arity::Required => return self.next_value(word, spec),
            }
        }
        if open {
            // What follows the known beginning are further options.
            self.issue(word, IssueKind::MaybeOption);
        }
    }

    /// `tar xf a.tar`: the first operand is a cluster without dash.
    fn bsd_cluster(&mut self) {
        if self.program.base.syntax != Syntax::Bsd {
            return;
        }
        let Some(word) = self.argv.get(1) else { return };
        let Some(bytes) = word.as_static() else {
            return;
        };
        let known = |&b: &u8| b.is_ascii_alphabetic() && self.exact(&[b'-', b]).is_some();
        if bytes.is_empty() || !bytes.iter().all(known) {
            return;
        }
        self.at = 2;
        for &byte in bytes {
            let Some(spec) = self.exact(&[b'-', byte]) else {
                continue;
            };
            match spec.arity {
                Arity::Required => self.next_value(word, spec),
                _ => self.push(word, spec, None),
            }
        }
    }

    fn go_option(&mut self, word: &'c Word, bytes: &'c [u8], open: bool) {
        let bare = bytes
            .strip_prefix(b"-")
            .filter(|b| b.starts_with(b"-"))
            .unwrap_or(bytes);
        let dropped = bytes.len() - bare.len();
        let (name, equals) = split_equals(bare);
        if open && equals.is_none() {
            return self.issue(word, IssueKind::MaybeOption);
        }
        if let Some(spec) = self.exact(name) {
            return self.give(word, spec, equals.map(|at| at + dropped));
        }
        match self.by_prefix(bytes) {
            Some(spec) => self.give(word, spec, Some(spec.name.len())),
            None if self.program.help && matches!(bare, b"-h" | b"-help") => {}
            None => self.issue(word, IssueKind::UnknownOption),
        }
    }

    /// An option whose attached value, if any, begins at `value`.
    fn give(&mut self, word: &'c Word, spec: OptionSpec<'c>, value: Option<usize>) {
        match (spec.arity, value) {
            (Arity::Flag, Some(at)) if !spec.prefix => {
                let boolean = matches!(
                    self.out.command.syntax,
                    Syntax::Go | Syntax::GoAny | Syntax::Clap
                );
                let value = Arg::new(word).skip(at).as_static();
                // `--dry-run=false` is no rehearsal.
                let told = match value {
                    Some(b"true" | b"1") => true,
                    Some(b"false" | b"0") => !spec.replace,
                    _ => false,
                };
                if !boolean || !told {
                    self.issue(word, IssueKind::UnexpectedValue);
                }
                self.push(word, spec, None);
            }
            (_, Some(at)) => self.push(word, spec, Some(Arg::new(word).skip(at))),
            (Arity::Required, None) => self.next_value(word, spec),
            (Arity::Flag | Arity::Optional, None) => self.push(word, spec, None),
        }
    }

    fn next_value(&mut self, word: &'c Word, spec: OptionSpec<'c>) {
        let value = self.argv.get(self.at);
        if let Some(next) = value {
            self.at += 1;
            let arg = Arg::new(next);
            let narrow = arg
                .glob()
                .is_some_and(|(p, _)| !p.iter().any(|b| b"*?".contains(b)));
            if arg.is_multiple() && !narrow {
                self.issue(next, IssueKind::LooseValue);
            }
        }
        self.push(word, spec, value.map(Arg::new));
    }

    fn push(&mut self, word: &'c Word, spec: OptionSpec<'c>, value: Option<Arg<'c>>) {
        if spec.role.takes_command() && value.is_some() {
            self.out.rest = Some(self.at - 1);
            self.at = self.argv.len();
        }
        let ends = matches!(spec.role, WordRole::Module | WordRole::Code(Lang::Python));
        if ends && self.out.command.syntax == Syntax::Posix {
            // `python -m NAME`, `python -c TEXT`: the rest is the program's.
            self.ended = true;
        }
        let mut second = None;
        if spec.second.is_some() {
            if let Some(next) = self.argv.get(self.at) {
                self.at += 1;
                second = Some(Arg::new(next));
            }
        }
        self.out.options.push(Given {
            spec,
            value,
            second,
            word,
        });
        if spec.sub && !self.in_sub {
            if let Some(sub) = self.program.subs.named(spec.name) {
                self.select(sub);
            }
        }
    }
}

/// `--name=value` split: the name, and where the value begins.
/// How many bytes of the beginning are a number.
fn number(bytes: &[u8], after_zero: bool) -> usize {
    let hexadecimal =
        after_zero && matches!(bytes, [b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit());
    let (start, digit): (usize, fn(&u8) -> bool) = if hexadecimal {
        (1, u8::is_ascii_hexdigit)
    } else {
        (0, u8::is_ascii_digit)
    };
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().take_while(|b| digit(b)).count()
}

fn split_equals(bytes: &[u8]) -> (&[u8], Option<usize>) {
    match bytes.iter().position(|&b| b == b'=') {
        Some(at) => (bytes.get(..at).unwrap_or(bytes), Some(at + 1)),
        None => (bytes, None),
    }
}

/// The role of the operand at this place, counted from the front, if the grammar fixes it.
fn role_at(command: &Command<'_>, index: usize) -> Option<WordRole> {
    let operands = command.operands?;
    let before = operands.get(..index.min(operands.len()))?;
    if before
        .iter()
        .any(|o| matches!(o.count, Count::Any | Count::Some))
    {
        return None;
    }
    operands.get(index).map(|o| o.role)
}

#[cfg(test)]
mod tests;
