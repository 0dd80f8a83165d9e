//! Perl one-liners: a list of what is known to compute, print, read or change; all else is not
//! understood.
//!
//! Source of facts: perlfunc, perlop and perlvar (5.40). Options (`-n`, `-p`, `-i`, `-M`) and
//! files are the caller's; `<>` reads the caller's files.

use clearance_core::Effect;
use clearance_shell::invocation::Value;

use super::notes::{Notes, begins, fixed};
use super::quoting::{delimited, double, single};
use super::{CodeReport, CodeTarget};

/// How deep replacement code may nest.
const MAX_DEPTH: u16 = 4;

/// Functions and words that only compute or print.
const PURE: &[&str] = &[
    "print",
    "printf",
    "say",
    "split",
    "join",
    "map",
    "grep",
    "sort",
    "reverse",
    "keys",
    "values",
    "each",
    "exists",
    "defined",
    "delete",
    "push",
    "pop",
    "shift",
    "unshift",
    "splice",
    "length",
    "substr",
    "index",
    "rindex",
    "uc",
    "lc",
    "ucfirst",
    "lcfirst",
    "fc",
    "sprintf",
    "chomp",
    "chop",
    "chr",
    "ord",
    "hex",
    "oct",
    "abs",
    "int",
    "sqrt",
    "sin",
    "cos",
    "atan2",
    "exp",
    "log",
    "rand",
    "srand",
    "time",
    "localtime",
    "gmtime",
    "scalar",
    "wantarray",
    "die",
    "warn",
    "return",
    "next",
    "last",
    "redo",
    "if",
    "elsif",
    "else",
    "unless",
    "while",
    "until",
    "for",
    "foreach",
    "my",
    "our",
    "local",
    "state",
    "and",
    "or",
    "not",
    "xor",
    "eq",
    "ne",
    "lt",
    "gt",
    "le",
    "ge",
    "cmp",
    "x",
    "undef",
    "ref",
    "pos",
    "quotemeta",
    "pack",
    "unpack",
    "vec",
    "exit",
    "BEGIN",
    "END",
    "eof",
    "STDIN",
    "STDOUT",
    "STDERR",
    "binmode",
    "sleep",
    "close",
    "lock",
    "study",
    "sub",
    "continue",
    "sum",
    "sum0",
    "min",
    "max",
    "first",
    "uniq",
    "shuffle",
    "any",
    "all",
    "none",
    "reduce",
    "Dumper",
    "floor",
    "ceil",
    "strftime",
    "decode_json",
    "encode_json",
    "__PACKAGE__",
    "__LINE__",
    "__FILE__",
    "a",
    "b",
    "keys",
    "readline",
    "getc",
    "tell",
    "fileno",
    "utf8",
    "const",
];

/// Modules that only compute.
const MODULES: &[&str] = &[
    "strict",
    "warnings",
    "utf8",
    "feature",
    "integer",
    "bigint",
    "bignum",
    "List::Util",
    "Data::Dumper",
    "POSIX",
    "JSON::PP",
    "Time::HiRes",
    "Time::Local",
    "Encode",
    "MIME::Base64",
    "Digest::MD5",
    "Digest::SHA",
    "Scalar::Util",
    "Text::Wrap",
    "Math::BigInt",
    "constant",
    "locale",
    "open_",
    "English",
];

/// Words before which a slash begins a pattern.
const BEFORE_PATTERN: &[&str] = &[
    "split", "grep", "map", "join", "and", "or", "not", "if", "elsif", "unless", "while", "until",
    "print", "return", "push", "x", "eq", "ne", "cmp", "first", "any", "all", "none", "xor", "say",
];

#[derive(Clone, Debug, PartialEq)]
enum Tok {
    Word(String),
    /// A variable with its sigil.
    Variable(String),
    Text(Value),
    Number,
    Pattern,
    Mark(u8),
    /// `=>`, `->`, `::` and other operators of several characters.
    Op(&'static [u8]),
}

struct Perl<'a> {
    code: &'a [u8],
    base: usize,
    at: usize,
    tokens: Vec<(Tok, usize)>,
    notes: &'a mut Notes,
    depth: u16,
}

const OPS: &[&[u8]] = &[
    b"<=>", b"**=", b"||=", b"&&=", b"//=", b"...", b"=>", b"->", b"::", b"==", b"!=", b"=~",
    b"!~", b"<=", b">=", b"&&", b"||", b"//", b"..", b"++", b"--", b"+=", b"-=", b"*=", b"/=",
    b".=", b"x=", b"%=", b"|=", b"&=", b"^=", b"**", b"<<", b">>",
];

/// What a Perl text would do.
pub(super) fn analyze(code: &[u8]) -> CodeReport {
    let mut notes = Notes::default();
    scan(code, 0, &mut notes, 0);
    notes.finish()
}

fn scan(code: &[u8], base: usize, notes: &mut Notes, depth: u16) {
    let mut perl = Perl {
        code,
        base,
        at: 0,
        tokens: Vec::new(),
        notes,
        depth,
    };
    if let Err(why) = perl.lex() {
        let (start, end) = (base + perl.at.min(code.len()), base + code.len());
        perl.notes.unknown(start, end, why);
        return;
    }
    perl.judge();
}

impl Perl<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.code.get(self.at + ahead).copied()
    }

    fn push(&mut self, tok: Tok, start: usize) {
        self.tokens.push((tok, start));
    }

    fn lex(&mut self) -> Result<(), &'static str> {
        if self.depth > MAX_DEPTH {
            return Err("it nests too deep");
        }
        while let Some(b) = self.peek(0) {
            let start = self.at;
            match b {
                b'\n'
                    if self.peek(1) == Some(b'=')
                        && self.peek(2).is_some_and(|c| c.is_ascii_alphabetic()) =>
                {
                    return Err("documentation inside the text");
                }
                _ if b.is_ascii_whitespace() => self.at += 1,
                b'#' => {
                    while self.peek(0).is_some_and(|c| c != b'\n') {
                        self.at += 1;
                    }
                }
                b'$' | b'@' | b'%' | b'&' => self.variable()?,
                b'0'..=b'9' => {
                    while self.peek(0).is_some_and(|c| {
                        c.is_ascii_alphanumeric()
                            || c == b'_'
                            || c == b'.' && self.peek(1) != Some(b'.')
                    }) {
                        self.at += 1;
                    }
                    self.push(Tok::Number, start);
                }
                b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.word()?,
                b'\'' => {
                    let (end, text) = delimited(self.code, start).ok_or("a string has no end")?;
                    self.at = end;
                    let text = single(text);
                    self.push(Tok::Text(fixed(&text)), start);
                }
                b'"' => {
                    let (end, text) = delimited(self.code, start).ok_or("a string has no end")?;
                    self.at = end;
                    let value = interpolated(text)?;
                    self.push(Tok::Text(value), start);
                }
                b'`' => {
                    let (end, text) = delimited(self.code, start).ok_or("a string has no end")?;
                    self.at = end;
                    self.shell(text, start);
                }
                b'/' if self.pattern_here()? => {
                    let (end, text) = delimited(self.code, start).ok_or("a pattern has no end")?;
                    self.at = end;
                    pattern(text)?;
                    self.flags();
                    self.push(Tok::Pattern, start);
                }
                b'<' => self.angle()?,
                b'*' if self
                    .peek(1)
                    .is_some_and(|c| c == b'{' || c.is_ascii_alphabetic())
                    && !self.after_operand() =>
                {
                    return Err("a symbol table entry");
                }
                b'-' if !self.after_operand()
                    && self.peek(1).is_some_and(|c| c.is_ascii_alphabetic())
                    && self
                        .peek(2)
                        .is_some_and(|c| !c.is_ascii_alphanumeric() && c != b'_') =>
                {
                    // A file test.
                    self.at += 2;
                    self.push(Tok::Op(b"-e"), start);
                }
                0x80.. | 0 => return Err("a character that was not understood"),
                _ => {
                    let rest = self.code.get(start..).unwrap_or_default();
                    match OPS.iter().find(|op| rest.starts_with(op)) {
                        Some(op) => {
                            self.at += op.len();
                            self.push(Tok::Op(op), start);
                        }
                        None => {
                            self.at += 1;
                            self.push(Tok::Mark(b), start);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn after_operand(&self) -> bool {
        match self.tokens.last().map(|t| &t.0) {
            Some(
                Tok::Variable(_)
                | Tok::Text(_)
                | Tok::Number
                | Tok::Pattern
                | Tok::Mark(b')' | b']' | b'}'),
            ) => true,
            Some(Tok::Word(w)) => !BEFORE_PATTERN.contains(&w.as_str()),
            _ => false,
        }
    }

    fn pattern_here(&self) -> Result<bool, &'static str> {
        match self.tokens.last().map(|t| &t.0) {
            None => Ok(true),
            Some(
                Tok::Variable(_)
                | Tok::Text(_)
                | Tok::Number
                | Tok::Pattern
                | Tok::Mark(b')' | b']'),
            ) => Ok(false),
            Some(Tok::Mark(b'}')) => Err("a slash after a brace"),
            Some(Tok::Op(op)) => {
                if matches!(*op, b"++" | b"--" | b"-e") {
                    Err("a slash that was not understood")
                } else {
                    Ok(true)
                }
            }
            Some(Tok::Word(w)) if BEFORE_PATTERN.contains(&w.as_str()) => Ok(true),
            Some(Tok::Word(_)) => Err("a slash that was not understood"),
            Some(Tok::Mark(_)) => Ok(true),
        }
    }

    fn flags(&mut self) -> Vec<u8> {
        let start = self.at;
        while self.peek(0).is_some_and(|c| c.is_ascii_alphabetic()) {
            self.at += 1;
        }
        self.code.get(start..self.at).unwrap_or_default().to_vec()
    }

    fn variable(&mut self) -> Result<(), &'static str> {
        let start = self.at;
        let sigil = self.peek(0).unwrap_or_default();
        let after_word = matches!(self.tokens.last(), Some((Tok::Word(_), _)))
            && self
                .peek(1)
                .is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, b'_' | b'{' | b'$'));
        if matches!(sigil, b'%' | b'&') && self.after_operand() && !after_word {
            // An operator.
            let rest = self.code.get(start..).unwrap_or_default();
            let op = OPS.iter().find(|op| rest.starts_with(op));
            self.at += op.map_or(1, |op| op.len());
            self.push(op.map_or(Tok::Mark(sigil), |op| Tok::Op(op)), start);
            return Ok(());
        }
        if sigil == b'&' {
            return if self.peek(1) == Some(b'&') {
                self.at += 2;
                self.push(Tok::Op(b"&&"), start);
                Ok(())
            } else {
                Err("a function that is called by reference")
            };
        }
        self.at += 1;
        while self.peek(0) == Some(b'$')
            && self
                .peek(1)
                .is_some_and(|c| c == b'$' || c == b'_' || c.is_ascii_alphabetic() || c == b'{')
        {
            self.at += 1;
        }
        if self.peek(0) == Some(b'#') && sigil == b'$' {
            self.at += 1;
        }
        match self.peek(0) {
            Some(b'_' | b'a'..=b'z' | b'A'..=b'Z') => {
                while self.peek(0).is_some_and(|c| {
                    c == b'_'
                        || c.is_ascii_alphanumeric()
                        || c == b':' && self.peek(1) == Some(b':')
                        || c == b':' && self.code.get(self.at - 1) == Some(&b':')
                }) {
                    self.at += 1;
                }
            }
            Some(b'0'..=b'9') => {
                while self.peek(0).is_some_and(|c| c.is_ascii_digit()) {
                    self.at += 1;
                }
            }
            // `@{...}`, `%$x`: what is inside is read as code.
            Some(b'{') => {}
            Some(b'&' | b'/' | b'\\' | b',' | b'.' | b';' | b'!' | b'@' | b'"' | b'|' | b'+')
                if sigil == b'$' =>
            {
                self.at += 1
            }
            _ => return Err("a variable that was not understood"),
        }
        let name =
            String::from_utf8_lossy(self.code.get(start..self.at).unwrap_or_default()).into_owned();
        self.push(Tok::Variable(name), start);
        Ok(())
    }

    fn word(&mut self) -> Result<(), &'static str> {
        let start = self.at;
        while self.peek(0).is_some_and(|c| {
            c == b'_'
                || c.is_ascii_alphanumeric()
                || c == b':' && self.peek(1) == Some(b':')
                || c == b':' && self.at > start && self.code.get(self.at - 1) == Some(&b':')
        }) {
            self.at += 1;
        }
        let word =
            String::from_utf8_lossy(self.code.get(start..self.at).unwrap_or_default()).into_owned();
        if matches!(word.as_str(), "__END__" | "__DATA__") {
            self.at = self.code.len();
            return Ok(());
        }
        let mut next = self.at;
        while self.code.get(next).is_some_and(u8::is_ascii_whitespace) {
            next += 1;
        }
        let arrow = self.code.get(next..).is_some_and(|r| r.starts_with(b"=>"));
        let key = arrow
            || (matches!(self.tokens.last(), Some((Tok::Mark(b'{'), _)))
                && self.code.get(next) == Some(&b'}'));
        let called = matches!(self.tokens.last(), Some((Tok::Op(b"->"), _)));
        if key && !called {
            self.push(Tok::Text(fixed(word.as_bytes())), start);
            return Ok(());
        }
        if !called
            && matches!(
                word.as_str(),
                "q" | "qq" | "qw" | "qx" | "m" | "qr" | "s" | "tr" | "y"
            )
        {
            let spaced = next > self.at;
            match self.code.get(next) {
                Some(b'#') if spaced => return Err("a quote that was not understood"),
                Some(b'=' | b',' | b';' | b')') | None => {
                    return Err("a quote that was not understood");
                }
                Some(_) => return self.quote(&word, next, start),
            }
        }
        self.push(Tok::Word(word), start);
        Ok(())
    }

    fn quote(&mut self, word: &str, at: usize, start: usize) -> Result<(), &'static str> {
        let code = self.code;
        let (mut end, first) = delimited(code, at).ok_or("a quote was not understood")?;
        let bare = code.get(at) == Some(&b'\'');
        match word {
            "q" | "qw" => {
                let text = single(first);
                self.push(Tok::Text(fixed(&text)), start);
            }
            "qq" => {
                let value = interpolated(first)?;
                self.push(Tok::Text(value), start);
            }
            "qx" => self.shell(first, start),
            "m" | "qr" => {
                pattern(first)?;
                self.at = end;
                self.flags();
                self.push(Tok::Pattern, start);
                return Ok(());
            }
            _ => {
                // A second part: after brackets with delimiters of its own.
                let bracket = matches!(code.get(at), Some(b'(' | b'[' | b'{' | b'<'));
                let from = if bracket {
                    let mut from = end;
                    while code.get(from).is_some_and(u8::is_ascii_whitespace) {
                        from += 1;
                    }
                    if code.get(from) == Some(&b'#') {
                        return Err("a quote was not understood");
                    }
                    from
                } else {
                    end - 1
                };
                let (after, second) = delimited(code, from).ok_or("a quote was not understood")?;
                end = after;
                if word == "s" {
                    pattern(first)?;
                    self.at = end;
                    let flags = self.flags();
                    let evaluated = flags.iter().filter(|&&f| f == b'e').count();
                    match evaluated {
                        0 if bare => {}
                        0 => {
                            interpolated(second)?;
                        }
                        1 => scan(second, self.base + from + 1, self.notes, self.depth + 1),
                        _ => return Err("text is run as code"),
                    }
                    self.push(Tok::Pattern, start);
                    return Ok(());
                }
                self.at = end;
                self.flags();
                self.push(Tok::Pattern, start);
                return Ok(());
            }
        }
        self.at = end;
        Ok(())
    }

    fn shell(&mut self, text: &[u8], start: usize) {
        let plain = !text.iter().any(|b| b"$@\\".contains(b));
        let value = if plain { fixed(text) } else { begins(b"") };
        let end = self.base + self.at;
        self.notes.act(
            Effect::RunOther,
            CodeTarget::Shell(value),
            self.base + start,
            end.max(self.base + start),
        );
        self.push(Tok::Text(begins(b"")), start);
    }

    /// `<STDIN>`, `<$fh>`, `<>`, a glob, or an operator.
    fn angle(&mut self) -> Result<(), &'static str> {
        let start = self.at;
        if self.after_operand() {
            let rest = self.code.get(start..).unwrap_or_default();
            let op = OPS.iter().find(|op| rest.starts_with(op));
            self.at += op.map_or(1, |op| op.len());
            self.push(op.map_or(Tok::Mark(b'<'), |op| Tok::Op(op)), start);
            return Ok(());
        }
        let rest = self.code.get(start + 1..).unwrap_or_default();
        let end = rest
            .iter()
            .position(|&b| b == b'>')
            .ok_or("a here-document or an operator")?;
        let inner = rest.get(..end).unwrap_or_default();
        let name = inner.strip_prefix(b"$").unwrap_or(inner);
        if !name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_') {
            return Err("a here-document or a glob");
        }
        self.at = start + end + 2;
        self.push(Tok::Text(begins(b"")), start);
        Ok(())
    }

    fn tok(&self, i: usize) -> Option<&Tok> {
        self.tokens.get(i).map(|t| &t.0)
    }

    fn judge(&mut self) {
        let tokens = self.tokens.clone();
        let subs: Vec<String> = tokens
            .windows(2)
            .filter_map(|pair| match pair {
                [(Tok::Word(sub), _), (Tok::Word(name), _)] if sub == "sub" => Some(name.clone()),
                _ => None,
            })
            .collect();
        for (i, (tok, place)) in tokens.iter().enumerate() {
            let start = self.base + place;
            match tok {
                Tok::Word(word) => self.judge_word(word, i, start, &subs),
                Tok::Variable(name) => self.judge_variable(name, i, start),
                Tok::Op(b"->")
                    if !matches!(
                        self.tok(i + 1),
                        Some(Tok::Mark(b'[' | b'{') | Tok::Variable(_))
                    ) || matches!(self.tok(i + 1), Some(Tok::Variable(v)) if v.len() > 1) =>
                {
                    self.notes
                        .unknown(start, start + 2, "a method or a function by reference");
                }
                Tok::Op(b"-e") => {
                    let value = self.argument(i + 1);
                    self.notes
                        .act(Effect::List, CodeTarget::Path(value), start, start + 2);
                }
                Tok::Mark(b'\\') if matches!(self.tok(i + 1), Some(Tok::Mark(b'&'))) => {
                    self.notes
                        .unknown(start, start + 1, "a function by reference");
                }
                _ => {}
            }
        }
    }

    fn judge_variable(&mut self, name: &str, i: usize, start: usize) {
        let end = start + name.len();
        let bare = name.trim_start_matches(['$', '@', '%', '#']);
        match bare {
            "ENV" => {
                let one = match (self.tok(i + 1), self.tok(i + 2), self.tok(i + 3)) {
                    (
                        Some(Tok::Mark(b'{')),
                        Some(Tok::Text(Value::Static(key))),
                        Some(Tok::Mark(b'}')),
                    ) if name.starts_with('$') => Some(key.clone()),
                    _ => None,
                };
                let sets = matches!(
                    self.tok(i + 4),
                    Some(Tok::Mark(b'=') | Tok::Op(b".=" | b"||=" | b"//="))
                );
                match one {
                    Some(key) if sets => self.notes.act(
                        Effect::Environment,
                        CodeTarget::Variable(fixed(&key)),
                        start,
                        end,
                    ),
                    Some(key) => {
                        self.notes
                            .act(Effect::Read, CodeTarget::Variable(fixed(&key)), start, end)
                    }
                    None => self.notes.act(
                        Effect::Secret,
                        CodeTarget::Variable(begins(b"")),
                        start,
                        end,
                    ),
                }
            }
            "ARGV" | "INC" | "SIG" | "CORE" | "main" | "DB" | "_ARGV"
                if name.starts_with('@') || bare != "ARGV" =>
            {
                // Reading the arguments is fine, giving them to `<>` by assignment is not.
                let given = matches!(self.tok(i + 1), Some(Tok::Mark(b'=')));
                let pushed = matches!(i.checked_sub(1).and_then(|p| self.tok(p)), Some(Tok::Word(w)) if matches!(w.as_str(), "push" | "unshift" | "local" | "splice"))
                    || matches!(
                        (
                            i.checked_sub(1).and_then(|p| self.tok(p)),
                            i.checked_sub(2).and_then(|p| self.tok(p))
                        ),
                        (Some(Tok::Mark(b'(')), Some(Tok::Word(_)))
                    );
                if bare != "ARGV" || given || pushed {
                    self.notes
                        .unknown(start, end, "the interpreter's own variables");
                }
            }
            _ if bare.contains("::") => {
                self.notes
                    .unknown(start, end, "a variable of another package")
            }
            _ => {}
        }
        // Elements of the arguments are paths that `<>` opens.
        if name == "$ARGV"
            && matches!(self.tok(i + 1), Some(Tok::Mark(b'[')))
            && matches!(self.tok(i + 4), Some(Tok::Mark(b'=')))
        {
            self.notes
                .unknown(start, end, "the interpreter's own variables");
        }
    }

    /// The text argument at a place: one literal and then an end.
    fn argument(&self, i: usize) -> Value {
        match (self.tok(i), self.tok(i + 1)) {
            (
                Some(Tok::Text(value)),
                None
                | Some(
                    Tok::Mark(b')' | b';' | b',' | b'}' | b'?' | b':')
                    | Tok::Op(b"&&" | b"||" | b"//"),
                ),
            ) => value.clone(),
            (Some(Tok::Text(value)), Some(Tok::Word(w)))
                if matches!(
                    w.as_str(),
                    "or" | "and" | "if" | "unless" | "for" | "foreach"
                ) =>
            {
                value.clone()
            }
            _ => begins(b""),
        }
    }

    fn judge_word(&mut self, word: &str, i: usize, start: usize, subs: &[String]) {
        let end = start + word.len();
        let first = i + 1 + usize::from(matches!(self.tok(i + 1), Some(Tok::Mark(b'('))));
        let before = i.checked_sub(1).and_then(|p| self.tok(p)).cloned();
        if matches!(&before, Some(Tok::Word(w)) if w == "sub") {
            if PURE.contains(&word) {
                self.notes
                    .unknown(start, end, "a function of the language is redefined");
            }
            return;
        }
        if matches!(&before, Some(Tok::Word(w)) if w == "use" || w == "no") {
            if !MODULES.contains(&word) && !word.starts_with('v') {
                self.notes.unknown(start, end, "a module that is not known");
            }
            return;
        }
        match word {
            "system" | "exec" => {
                let value = self.argument(first);
                let more = matches!(self.tok(first + 1), Some(Tok::Mark(b',')));
                let value = if more { begins(b"") } else { value };
                self.notes
                    .act(Effect::RunOther, CodeTarget::Shell(value), start, end);
            }
            "unlink" | "rmdir" => {
                let value = self.argument(first);
                let more = matches!(self.tok(first + 1), Some(Tok::Mark(b',')));
                if more {
                    self.notes
                        .act(Effect::Delete, CodeTarget::Path(begins(b"")), start, end);
                }
                self.notes
                    .act(Effect::Delete, CodeTarget::Path(value), start, end);
            }
            "mkdir" => {
                let value = self.argument(first);
                self.notes
                    .act(Effect::Write, CodeTarget::Path(value), start, end);
            }
            "rename" => {
                for at in [first, first + 2] {
                    let value = self.argument(at);
                    self.notes
                        .act(Effect::Write, CodeTarget::Path(value), start, end);
                }
            }
            "open" => self.open(first, start, end),
            "use" | "no" if matches!(self.tok(i + 1), Some(Tok::Word(_) | Tok::Number)) => {}
            "eval" | "do" if matches!(self.tok(i + 1), Some(Tok::Mark(b'{'))) => {}
            _ if PURE.contains(&word) || subs.iter().any(|s| s == word) => {}
            // A handle or a label.
            _ if word.len() > 1
                && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
                && matches!(
                    word,
                    "FH" | "IN" | "OUT" | "FILE" | "LINE" | "OUTER" | "INNER" | "F" | "ARGV"
                ) => {}
            _ => self
                .notes
                .unknown(start, end, "a function that is not known"),
        }
    }

    /// `open(my $fh, '<', 'file')`.
    fn open(&mut self, mut at: usize, start: usize, end: usize) {
        if matches!(self.tok(at), Some(Tok::Word(w)) if w == "my" || w == "local") {
            at += 1;
        }
        let mode = match (
            self.tok(at),
            self.tok(at + 1),
            self.tok(at + 2),
            self.tok(at + 3),
        ) {
            (
                Some(Tok::Variable(_) | Tok::Word(_)),
                Some(Tok::Mark(b',')),
                Some(Tok::Text(Value::Static(mode))),
                Some(Tok::Mark(b',')),
            ) => mode.clone(),
            _ => {
                self.notes
                    .unknown(start, end, "a file is opened by text that can be a command");
                return;
            }
        };
        let path = self.argument(at + 4);
        let bare = mode
            .split(|&b| b == b':')
            .next()
            .unwrap_or_default()
            .trim_ascii();
        let effect = match bare {
            b"<" => Effect::Read,
            b">" | b">>" | b"+<" | b"+>" | b"+>>" => Effect::Write,
            _ => {
                self.notes
                    .unknown(start, end, "a file is opened by text that can be a command");
                return;
            }
        };
        self.notes.act(effect, CodeTarget::Path(path), start, end);
    }
}

/// A double-quoted text: known, or with plain variables; code inside is not understood.
fn interpolated(text: &[u8]) -> Result<Value, &'static str> {
    let mut holes = false;
    let mut i = 0;
    while let Some(&b) = text.get(i) {
        match b {
            b'\\' => i += 1,
            b'$' | b'@' => match text.get(i + 1) {
                Some(b'{') => {
                    let rest = text.get(i + 2..).unwrap_or_default();
                    let name = rest
                        .iter()
                        .take_while(|c| c.is_ascii_alphanumeric() || **c == b'_')
                        .count();
                    if name == 0 || rest.get(name) != Some(&b'}') {
                        return Err("code inside a string");
                    }
                    holes = true;
                }
                Some(b'$') if b == b'@' => return Err("code inside a string"),
                Some(c)
                    if c.is_ascii_alphanumeric()
                        || matches!(
                            c,
                            b'_' | b'$' | b'&' | b'!' | b'@' | b',' | b'.' | b';' | b'/' | b'0'
                        ) && b == b'$' =>
                {
                    // An index can hold code too.
                    let rest = text.get(i + 1..).unwrap_or_default();
                    let name = rest
                        .iter()
                        .take_while(|c| {
                            c.is_ascii_alphanumeric() || matches!(**c, b'_' | b':' | b'$')
                        })
                        .count();
                    let mut at = i + 1 + name.max(1);
                    if text.get(at..).is_some_and(|r| r.starts_with(b"->")) {
                        at += 2;
                    }
                    if let Some(b'[' | b'{') = text.get(at) {
                        let (_, inner) = delimited(text, at).ok_or("code inside a string")?;
                        if !inner.iter().all(|c| {
                            c.is_ascii_alphanumeric()
                                || matches!(c, b'_' | b'$' | b'-' | b'\'' | b'"' | b' ')
                        }) {
                            return Err("code inside a string");
                        }
                    }
                    if rest.get(..3).is_some_and(|r| r == b"ENV") {
                        return Err("the environment inside a string");
                    }
                    holes = true;
                }
                _ => {}
            },
            _ => {}
        }
        i += 1;
    }
    Ok(match (holes, double(text)) {
        (false, Some(known)) => fixed(&known),
        _ => begins(b""),
    })
}

/// A pattern: code inside it is not understood.
fn pattern(text: &[u8]) -> Result<(), &'static str> {
    let has = |needle: &[u8]| text.windows(needle.len()).any(|w| w == needle);
    if has(b"(?{") || has(b"(??{") || has(b"@{") || has(b"${") || has(b"(?p{") || has(b"(*{") {
        return Err("code inside a pattern");
    }
    if has(b"$ENV") || has(b"@ENV") {
        return Err("the environment inside a pattern");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::code::Language;
    use crate::code::testing::{Row, check};

    const ROWS: &[Row] = &[
        ("s/a/b/g", &[]),
        ("s{a/b}{c}g; s|x|y|", &[]),
        ("tr/a-z/A-Z/; y/a/b/", &[]),
        ("print if /foo/ && !/bar/i", &[]),
        (
            "print join(',', map { $_ * 2 } grep { $_ > 1 } split /,/, $_), \"\\n\"",
            &[],
        ),
        ("$sum += $F[2]; END { print $sum / $. }", &[]),
        (
            "my %h; while (<>) { chomp; $h{lc $_}++ } print \"$_ $h{$_}\\n\" for sort keys %h",
            &[],
        ),
        ("print \"$1\\n\" while s/(\\d+)//", &[]),
        ("print \"x\" x 10, \"\\n\"", &[]),
        ("s/(\\w+)/ucfirst($1)/ge", &[]),
        ("use strict; use List::Util qw(sum); print sum(1, 2)", &[]),
        ("print scalar reverse 'abc' # comment", &[]),
        ("BEGIN { $/ = undef } s/\\n+/\\n/g", &[]),
        ("sub f { return $_[0] + 1 } print f(2)", &[]),
        ("printf \"%d\\n\", hex('ff') unless $x", &[]),
        ("print if 3..5", &[]),
        ("print $h{system}, {exec => 1}->{exec}", &[]),
        ("$_ = pack 'B*', $_", &[]),
        ("print -s 'a.txt'", &["list a.txt"]),
        (
            "open(my $f, '<', 'a.txt') or die; print <$f>",
            &["read a.txt"],
        ),
        ("open my $f, '>', '/etc/x'; print $f 'y'", &["write /etc/x"]),
        ("unlink 'a.txt'", &["delete a.txt"]),
        (
            "rename 'a', 'b'; mkdir('c')",
            &["write a", "write b", "write c"],
        ),
        ("print $ENV{HOME}", &["read $HOME"]),
        ("print %ENV", &["secret $..."]),
        ("print map { \"$_=$ENV{$_}\" } keys %ENV", &["?"]),
        ("$ENV{PATH} = 'x'", &["environment $PATH"]),
        ("system('rm -rf ~')", &["run-other sh rm -rf ~"]),
        ("system \"rm $x\"", &["run-other sh ..."]),
        ("system('rm', '-rf', $x)", &["run-other sh ..."]),
        ("exec 'id'", &["run-other sh id"]),
        ("print `id`", &["run-other sh id"]),
        ("print qx(id)", &["run-other sh id"]),
        ("s/x/system('id')/e", &["run-other sh id"]),
        ("s/x/`id`/e", &["run-other sh id"]),
        ("unlink glob q(*)", &["?", "delete ..."]),
        ("s/x/$y/ee", &["?"]),
        ("open(F, 'id|')", &["?"]),
        ("open(my $f, '-|', 'id')", &["?"]),
        ("open F, $x", &["?"]),
        ("@ARGV = ('id|'); print <>", &["?"]),
        ("push @ARGV, 'id|'; print while <>", &["?"]),
        ("eval 'x'", &["?"]),
        ("eval $x", &["?"]),
        ("do 'x.pl'", &["?"]),
        ("require './x.pl'", &["?"]),
        ("use lib 'x'; use Foo", &["?"]),
        ("\"@{[system 'id']}\"", &["?"]),
        ("print \"${\\ system('id')}\"", &["?"]),
        ("/(?{system 'id'})/", &["?"]),
        ("$x = 'CORE::system'; $x->('id')", &["?"]),
        ("&{'CORE::system'}('id')", &["?"]),
        ("*p = \\&CORE::system; p('id')", &["?"]),
        ("Foo->bar", &["?"]),
        ("$x->delete_all", &["?"]),
        ("kill 9, 1", &["?"]),
        ("fork", &["?"]),
        ("print <<A;\nx\nA\n", &["?"]),
        ("print 'open", &["?"]),
        ("CORE::system('id')", &["?"]),
        ("sub print { system 'id' }", &["?", "run-other sh id"]),
    ];

    #[test]
    fn one_liners_tell_their_effects() {
        check(Language::Perl, ROWS);
    }
}
