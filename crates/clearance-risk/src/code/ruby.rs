//! Ruby one-liners: a list of what is known to compute, print, read or change; all else is not
//! understood.
//!
//! Source of facts: the documentation of Ruby 3.4's core classes. Options and files are the
//! caller's.

use clearance_core::Effect;
use clearance_shell::invocation::Value;

use super::notes::{Notes, begins, fixed};
use super::quoting::{delimited, double, single};
use super::{CodeReport, CodeTarget};

/// How deep code in strings may nest.
const MAX_DEPTH: u16 = 6;

/// Words and methods that only compute or print.
const PURE: &[&str] = &[
    "puts",
    "print",
    "p",
    "pp",
    "printf",
    "if",
    "elsif",
    "else",
    "unless",
    "while",
    "until",
    "for",
    "in",
    "do",
    "end",
    "def",
    "return",
    "begin",
    "rescue",
    "ensure",
    "case",
    "when",
    "then",
    "and",
    "or",
    "not",
    "nil",
    "true",
    "false",
    "self",
    "next",
    "break",
    "yield",
    "exit",
    "raise",
    "lambda",
    "proc",
    "loop",
    "format",
    "sprintf",
    "rand",
    "sleep",
    "gets",
    "Integer",
    "Float",
    "String",
    "Array",
    "Hash",
    "JSON",
    "YAML",
    "CSV",
    "Time",
    "Date",
    "Math",
    "Set",
    "Comparable",
    "Enumerable",
    "STDIN",
    "STDOUT",
    "STDERR",
    "ARGF",
    "ARGV",
    "StandardError",
    "ArgumentError",
    "RuntimeError",
    "each",
    "map",
    "collect",
    "select",
    "filter",
    "reject",
    "find",
    "detect",
    "inject",
    "reduce",
    "sum",
    "min",
    "max",
    "sort",
    "sort_by",
    "min_by",
    "max_by",
    "group_by",
    "partition",
    "zip",
    "flat_map",
    "each_with_index",
    "each_with_object",
    "each_slice",
    "each_cons",
    "each_line",
    "each_char",
    "each_key",
    "each_value",
    "each_pair",
    "with_index",
    "times",
    "upto",
    "downto",
    "step",
    "to_a",
    "to_s",
    "to_i",
    "to_f",
    "to_h",
    "to_sym",
    "to_json",
    "to_yaml",
    "inspect",
    "length",
    "size",
    "count",
    "first",
    "last",
    "take",
    "drop",
    "take_while",
    "drop_while",
    "reverse",
    "rotate",
    "uniq",
    "compact",
    "flatten",
    "join",
    "split",
    "strip",
    "lstrip",
    "rstrip",
    "chomp",
    "chop",
    "chars",
    "lines",
    "bytes",
    "upcase",
    "downcase",
    "capitalize",
    "swapcase",
    "sub",
    "gsub",
    "tr",
    "delete",
    "squeeze",
    "index",
    "rindex",
    "slice",
    "start_with?",
    "end_with?",
    "include?",
    "empty?",
    "any?",
    "all?",
    "none?",
    "nil?",
    "zero?",
    "even?",
    "odd?",
    "key?",
    "has_key?",
    "keys",
    "values",
    "fetch",
    "dig",
    "merge",
    "transform_values",
    "transform_keys",
    "push",
    "pop",
    "shift",
    "unshift",
    "concat",
    "insert",
    "append",
    "match",
    "match?",
    "scan",
    "ord",
    "chr",
    "hex",
    "abs",
    "round",
    "floor",
    "ceil",
    "parse",
    "pretty_generate",
    "generate",
    "dump",
    "safe_load",
    "now",
    "today",
    "strftime",
    "year",
    "month",
    "day",
    "new",
    "sqrt",
    "pow",
    "ljust",
    "rjust",
    "center",
    "class",
    "is_a?",
    "respond_to?",
    "freeze",
    "dup",
    "tally",
    "each_entry",
    "filter_map",
    "values_at",
    "name",
    "message",
    "RUBY_VERSION",
    "RUBY_PLATFORM",
    "version",
    "block_given?",
    "catch",
    "throw",
    "x",
    "it",
    "_1",
    "read",
    "readlines",
    "gsub!",
    "sub!",
    "strip!",
    "chomp!",
    "map!",
    "sort!",
    "uniq!",
    "write",
    "Regexp",
    "escape",
    "encoding",
    "force_encoding",
    "encode",
    "unpack",
    "unpack1",
    "pack",
    "between?",
    "clamp",
    "divmod",
    "cycle",
    "lazy",
    "sum_by",
];

#[derive(Clone, Debug, PartialEq)]
enum Tok {
    Word(String),
    Variable(String),
    Symbol(String),
    Text(Value),
    Number,
    Mark(u8),
}

struct Ruby<'a> {
    code: &'a [u8],
    base: usize,
    at: usize,
    tokens: Vec<(Tok, usize)>,
    notes: &'a mut Notes,
    depth: u16,
    /// Code inside strings: read when the variables are known.
    inner: Vec<(usize, usize)>,
    /// Variables of the code around.
    outer: &'a [String],
}

/// What a Ruby text would do.
pub(super) fn analyze(code: &[u8]) -> CodeReport {
    let mut notes = Notes::default();
    scan(code, 0, &mut notes, 0, &[]);
    notes.finish()
}

fn scan(code: &[u8], base: usize, notes: &mut Notes, depth: u16, outer: &[String]) {
    let mut ruby = Ruby {
        code,
        base,
        at: 0,
        tokens: Vec::new(),
        notes,
        depth,
        inner: Vec::new(),
        outer,
    };
    if let Err(why) = ruby.lex() {
        let (start, end) = (base + ruby.at.min(code.len()), base + code.len());
        ruby.notes.unknown(start, end, why);
        return;
    }
    ruby.judge();
}

impl Ruby<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.code.get(self.at + ahead).copied()
    }

    fn push(&mut self, tok: Tok, start: usize) {
        self.tokens.push((tok, start));
    }

    /// The last token ends an operand, so that an operator follows.
    fn after_operand(&self) -> bool {
        match self.tokens.last().map(|t| &t.0) {
            Some(
                Tok::Variable(_)
                | Tok::Symbol(_)
                | Tok::Text(_)
                | Tok::Number
                | Tok::Mark(b')' | b']' | b'}'),
            ) => true,
            Some(Tok::Word(w)) => !matches!(
                w.as_str(),
                "if" | "unless"
                    | "while"
                    | "until"
                    | "and"
                    | "or"
                    | "not"
                    | "when"
                    | "in"
                    | "return"
                    | "puts"
                    | "print"
                    | "p"
                    | "then"
                    | "do"
                    | "else"
                    | "elsif"
                    | "case"
            ),
            _ => false,
        }
    }

    fn lex(&mut self) -> Result<(), &'static str> {
        if self.depth > MAX_DEPTH {
            return Err("it nests too deep");
        }
        while let Some(b) = self.peek(0) {
            let start = self.at;
            match b {
                b'\n' if self.peek(1) == Some(b'=') => return Err("documentation inside the text"),
                _ if b.is_ascii_whitespace() => self.at += 1,
                b'#' => {
                    while self.peek(0).is_some_and(|c| c != b'\n') {
                        self.at += 1;
                    }
                }
                b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.word()?,
                b'0'..=b'9' => {
                    while self.peek(0).is_some_and(|c| {
                        c.is_ascii_alphanumeric()
                            || c == b'_'
                            || c == b'.' && self.peek(1).is_some_and(|d| d.is_ascii_digit())
                    }) {
                        self.at += 1;
                    }
                    self.push(Tok::Number, start);
                }
                b'$' | b'@' => {
                    self.at += 1;
                    while self
                        .peek(0)
                        .is_some_and(|c| c == b'@' || c == b'_' || c.is_ascii_alphanumeric())
                    {
                        self.at += 1;
                    }
                    if self.at == start + 1
                        && self.peek(0).is_some_and(|c| b"!/,.;&~0*".contains(&c))
                    {
                        self.at += 1;
                    }
                    let name =
                        String::from_utf8_lossy(self.code.get(start..self.at).unwrap_or_default())
                            .into_owned();
                    self.push(Tok::Variable(name), start);
                }
                b'\'' => {
                    let (end, text) = delimited(self.code, start).ok_or("a string has no end")?;
                    self.at = end;
                    let text = single(text);
                    self.push(Tok::Text(fixed(&text)), start);
                }
                b'"' => self.string(start, false)?,
                b'`' => self.string(start, true)?,
                b'/' => {
                    if self.after_operand() {
                        if matches!(
                            self.tokens.last(),
                            Some((Tok::Word(_) | Tok::Mark(b'}'), _))
                        ) {
                            return Err("a slash that was not understood");
                        }
                        self.at += 1;
                        self.push(Tok::Mark(b), start);
                    } else {
                        let (end, text) =
                            delimited(self.code, start).ok_or("a pattern has no end")?;
                        self.at = end;
                        self.holes(text, self.at - 1 - text.len())?;
                        while self.peek(0).is_some_and(|c| c.is_ascii_alphabetic()) {
                            self.at += 1;
                        }
                        self.push(Tok::Text(begins(b"")), start);
                    }
                }
                b'%' if !self.after_operand() => self.percent(start)?,
                b'<' if self.code.get(start..).is_some_and(|r| {
                    r.starts_with(b"<<")
                        && r.get(2).is_some_and(|c| {
                            matches!(c, b'~' | b'-' | b'"' | b'\'') || c.is_ascii_uppercase()
                        })
                }) =>
                {
                    return Err("a here-document");
                }
                b':' if self.peek(1) == Some(b':') => {
                    self.at += 2;
                    self.push(Tok::Mark(b'.'), start);
                }
                b':' if self
                    .peek(1)
                    .is_some_and(|c| c == b'_' || c.is_ascii_alphabetic())
                    && !matches!(self.code.get(start.wrapping_sub(1)), Some(c) if c.is_ascii_alphanumeric()) =>
                {
                    self.at += 1;
                    while self.peek(0).is_some_and(|c| {
                        c == b'_' || c == b'?' || c == b'!' || c.is_ascii_alphanumeric()
                    }) {
                        self.at += 1;
                    }
                    let name = String::from_utf8_lossy(
                        self.code.get(start + 1..self.at).unwrap_or_default(),
                    )
                    .into_owned();
                    self.push(Tok::Symbol(name), start);
                }
                b':' if matches!(self.peek(1), Some(b'"' | b'\'')) => {
                    return Err("a symbol that is made at run time");
                }
                0x80.. | 0 | b'\\' => return Err("a character that was not understood"),
                _ => {
                    self.at += 1;
                    self.push(Tok::Mark(b), start);
                }
            }
        }
        Ok(())
    }

    fn word(&mut self) -> Result<(), &'static str> {
        let start = self.at;
        while self
            .peek(0)
            .is_some_and(|c| c == b'_' || c.is_ascii_alphanumeric())
        {
            self.at += 1;
        }
        if self.peek(0).is_some_and(|c| c == b'?' || c == b'!') && self.peek(1) != Some(b'=') {
            // `empty?`, but `x ? y : z` has a blank.
            self.at += 1;
        }
        let word =
            String::from_utf8_lossy(self.code.get(start..self.at).unwrap_or_default()).into_owned();
        if word == "__END__" {
            self.at = self.code.len();
            return Ok(());
        }
        // `key: value`.
        if self.peek(0) == Some(b':')
            && self.peek(1) != Some(b':')
            && !matches!(self.tokens.last(), Some((Tok::Mark(b'?' | b'.'), _)))
        {
            self.at += 1;
            self.push(Tok::Symbol(word), start);
            return Ok(());
        }
        self.push(Tok::Word(word), start);
        Ok(())
    }

    fn string(&mut self, start: usize, shell: bool) -> Result<(), &'static str> {
        let (end, text) = string_end(self.code, start).ok_or("a string has no end")?;
        self.at = end;
        self.text(text, start, shell)
    }

    fn text(&mut self, text: &[u8], start: usize, shell: bool) -> Result<(), &'static str> {
        let holes = self.holes(text, self.at - 1 - text.len())?;
        let value = match (holes, double(text)) {
            (false, Some(known)) => fixed(&known),
            _ => begins(b""),
        };
        if shell {
            let target = CodeTarget::Shell(value);
            self.notes.act(
                Effect::RunOther,
                target,
                self.base + start,
                self.base + self.at,
            );
            self.push(Tok::Text(begins(b"")), start);
        } else {
            self.push(Tok::Text(value), start);
        }
        Ok(())
    }

    /// Code inside `#{…}` is read in turn; `true` if there is any.
    fn holes(&mut self, text: &[u8], place: usize) -> Result<bool, &'static str> {
        let mut i = 0;
        let mut any = false;
        while let Some(&b) = text.get(i) {
            match (b, text.get(i + 1)) {
                (b'\\', _) => i += 1,
                (b'#', Some(b'{')) => {
                    any = true;
                    let (end, inner) = delimited(text, i + 1).ok_or("code inside a string")?;
                    // Braces in strings of the inner code would mislead.
                    if inner.iter().any(|c| matches!(c, b'"' | b'\'' | b'`'))
                        && inner.iter().any(|c| matches!(c, b'{' | b'}' | b'\\'))
                    {
                        return Err("code inside a string");
                    }
                    let from = place + i + 2;
                    self.inner.push((from, from + inner.len()));
                    i = end;
                    continue;
                }
                (b'#', Some(b'$' | b'@')) => any = true,
                _ => {}
            }
            i += 1;
        }
        Ok(any)
    }

    /// `%w[]`, `%q()`, `%Q()`, `%x()`, `%r{}`.
    fn percent(&mut self, start: usize) -> Result<(), &'static str> {
        let kind = self.peek(1).unwrap_or_default();
        let at = if kind.is_ascii_alphabetic() {
            start + 2
        } else {
            start + 1
        };
        let (end, text) = delimited(self.code, at).ok_or("a quote was not understood")?;
        self.at = end;
        match kind {
            b'w' | b'i' | b'q' | b's' => {
                let text = single(text);
                self.push(Tok::Text(fixed(&text)), start);
                Ok(())
            }
            b'x' => self.text(text, start, true),
            b'Q' | b'W' | b'I' | b'r' => self.text(text, start, false),
            _ if !kind.is_ascii_alphabetic() => self.text(text, start, false),
            _ => Err("a quote was not understood"),
        }
    }

    fn tok(&self, i: usize) -> Option<&Tok> {
        self.tokens.get(i).map(|t| &t.0)
    }

    fn judge(&mut self) {
        let tokens = self.tokens.clone();
        let mut own: Vec<String> = self.outer.to_vec();
        for (i, (tok, _)) in tokens.iter().enumerate() {
            if let Tok::Word(word) = tok {
                let before = i.checked_sub(1).and_then(|p| tokens.get(p)).map(|t| &t.0);
                let next = tokens.get(i + 1).map(|t| &t.0);
                let after = tokens.get(i + 2).map(|t| &t.0);
                let assigned = matches!(next, Some(Tok::Mark(b'=')))
                    && !matches!(after, Some(Tok::Mark(b'=' | b'~')))
                    && !matches!(before, Some(Tok::Mark(b'.')));
                let op_assigned = matches!(next, Some(Tok::Mark(b'+' | b'-' | b'*' | b'|')))
                    && matches!(after, Some(Tok::Mark(b'=')));
                let bound = matches!(before, Some(Tok::Mark(b'|' | b',' | b'(')))
                    && matches!(next, Some(Tok::Mark(b'|' | b',' | b')')))
                    && in_bars(&tokens, i);
                let named =
                    matches!(before, Some(Tok::Word(w)) if matches!(w.as_str(), "def" | "for"));
                let lower = word.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
                if lower && (assigned || op_assigned || bound || named) {
                    own.push(word.clone());
                }
            }
        }
        for (from, to) in core::mem::take(&mut self.inner) {
            let inner = self.code.get(from..to).unwrap_or_default();
            scan(inner, self.base + from, self.notes, self.depth + 1, &own);
        }
        for (i, (tok, place)) in tokens.iter().enumerate() {
            let start = self.base + place;
            match tok {
                Tok::Word(word) => self.judge_word(word, i, start, &own),
                Tok::Symbol(name)
                    if matches!(
                        i.checked_sub(1).and_then(|p| self.tok(p)),
                        Some(Tok::Mark(b'&'))
                    ) && !PURE.contains(&name.as_str()) =>
                {
                    self.notes
                        .unknown(start, start + name.len(), "a method that is not known");
                }
                Tok::Variable(name)
                    if matches!(
                        name.as_str(),
                        "$LOAD_PATH" | "$:" | "$LOADED_FEATURES" | "$0"
                    ) =>
                {
                    self.notes.unknown(
                        start,
                        start + name.len(),
                        "the interpreter's own variables",
                    );
                }
                _ => {}
            }
        }
    }

    /// The argument at a place: one literal and then an end.
    fn argument(&self, i: usize) -> Value {
        match (self.tok(i), self.tok(i + 1)) {
            (
                Some(Tok::Text(value)),
                None | Some(Tok::Mark(b')' | b';' | b',' | b'}' | b'.') | Tok::Word(_)),
            ) => value.clone(),
            _ => begins(b""),
        }
    }

    fn judge_word(&mut self, word: &str, i: usize, start: usize, own: &[String]) {
        let end = start + word.len();
        let before = i.checked_sub(1).and_then(|p| self.tok(p)).cloned();
        let first = i + 1 + usize::from(matches!(self.tok(i + 1), Some(Tok::Mark(b'('))));
        if matches!(&before, Some(Tok::Mark(b'.'))) {
            let owner = match i.checked_sub(2).and_then(|p| self.tok(p)) {
                Some(Tok::Word(w)) if w.starts_with(|c: char| c.is_ascii_uppercase()) => {
                    Some(w.clone())
                }
                _ => None,
            };
            return self.judge_method(owner.as_deref(), word, first, start, end);
        }
        match word {
            "require" => {
                let module = self.argument(first);
                let known = matches!(
                    module.as_static(),
                    Some(
                        b"json"
                            | b"yaml"
                            | b"set"
                            | b"date"
                            | b"time"
                            | b"csv"
                            | b"pp"
                            | b"digest"
                            | b"securerandom"
                            | b"bigdecimal"
                            | b"erb"
                            | b"uri"
                            | b"fileutils"
                            | b"pathname"
                            | b"strscan"
                            | b"stringio"
                    )
                );
                if !known {
                    self.notes.unknown(start, end, "a module that is not known");
                }
            }
            "system" | "exec" | "spawn" => {
                let more = matches!(self.tok(first + 1), Some(Tok::Mark(b',')));
                let value = if more {
                    begins(b"")
                } else {
                    self.argument(first)
                };
                self.notes
                    .act(Effect::RunOther, CodeTarget::Shell(value), start, end);
            }
            "ENV" => {
                let one = match (self.tok(i + 1), self.tok(i + 2), self.tok(i + 3)) {
                    (
                        Some(Tok::Mark(b'[')),
                        Some(Tok::Text(Value::Static(name))),
                        Some(Tok::Mark(b']')),
                    ) => Some(name.clone()),
                    _ => None,
                };
                let sets = matches!(self.tok(i + 4), Some(Tok::Mark(b'=')))
                    && !matches!(self.tok(i + 5), Some(Tok::Mark(b'=' | b'~')));
                match one {
                    Some(name) if sets => self.notes.act(
                        Effect::Environment,
                        CodeTarget::Variable(fixed(&name)),
                        start,
                        end,
                    ),
                    Some(name) => {
                        self.notes
                            .act(Effect::Read, CodeTarget::Variable(fixed(&name)), start, end)
                    }
                    None => self.notes.act(
                        Effect::Secret,
                        CodeTarget::Variable(begins(b"")),
                        start,
                        end,
                    ),
                }
            }
            "File" | "Dir" | "FileUtils" | "IO"
                if matches!(self.tok(i + 1), Some(Tok::Mark(b'.'))) => {}
            "def"
                if matches!(self.tok(i + 1), Some(Tok::Word(name)) if PURE.contains(&name.as_str()))
                    || matches!(self.tok(i + 2), Some(Tok::Mark(b'.'))) =>
            {
                self.notes
                    .unknown(start, end, "a method of the language is redefined");
            }
            _ if PURE.contains(&word) || own.iter().any(|o| o == word) => {}
            _ => self.notes.unknown(start, end, "a name that is not known"),
        }
    }

    fn judge_method(
        &mut self,
        owner: Option<&str>,
        name: &str,
        first: usize,
        start: usize,
        end: usize,
    ) {
        let arg = self.argument(first);
        let mut act = |effect: Effect, value: Value| {
            self.notes.act(effect, CodeTarget::Path(value), start, end)
        };
        match (owner, name) {
            (Some("File" | "IO"), "read" | "readlines" | "foreach" | "binread")
            | (Some("YAML" | "JSON"), "load_file" | "safe_load_file")
            | (Some("CSV"), "read" | "foreach" | "table") => {
                // `IO.read("|cmd")` runs a command.
                if owner == Some("IO") && arg.as_static().is_none_or(|a| a.starts_with(b"|")) {
                    self.notes.unknown(
                        start,
                        end,
                        "a file is opened by text that can be a command",
                    );
                } else {
                    act(Effect::Read, arg);
                }
            }
            (Some("File"), "write" | "binwrite") => act(Effect::Write, arg),
            (Some("File"), "open" | "new") => {
                let mode = match (self.tok(first + 1), self.tok(first + 2)) {
                    (Some(Tok::Mark(b',')), Some(Tok::Text(mode))) => {
                        mode.as_static().map(<[u8]>::to_vec)
                    }
                    (Some(Tok::Mark(b',')), _) => None,
                    _ => Some(b"r".to_vec()),
                };
                let reads = mode.is_some_and(|m| m.first() == Some(&b'r') && !m.contains(&b'+'));
                self.notes.act(
                    if reads { Effect::Read } else { Effect::Write },
                    CodeTarget::Path(arg),
                    start,
                    end,
                );
            }
            (Some("File"), "delete" | "unlink") | (Some("Dir"), "delete" | "rmdir" | "unlink") => {
                act(Effect::Delete, arg);
                if matches!(self.tok(first + 1), Some(Tok::Mark(b','))) {
                    self.notes
                        .act(Effect::Delete, CodeTarget::Path(begins(b"")), start, end);
                }
            }
            (Some("File"), "exist?" | "file?" | "directory?" | "size" | "mtime" | "stat")
            | (Some("Dir"), "glob" | "children" | "entries" | "exist?" | "each_child") => {
                act(Effect::List, arg)
            }
            (
                Some("File"),
                "join" | "basename" | "dirname" | "extname" | "expand_path" | "absolute_path",
            )
            | (Some("Dir"), "pwd") => {}
            (Some("File"), "rename") | (Some("FileUtils"), "mv" | "cp" | "cp_r" | "copy") => {
                act(Effect::Write, arg);
                let to = self.argument(first + 2);
                self.notes
                    .act(Effect::Write, CodeTarget::Path(to), start, end);
            }
            (Some("FileUtils"), "mkdir_p" | "mkdir" | "touch") | (Some("Dir"), "mkdir") => {
                act(Effect::Write, arg)
            }
            (Some("FileUtils"), "rm_rf" | "rm_r" | "remove_dir" | "rmtree") => {
                act(Effect::DeleteTree, arg)
            }
            (Some("FileUtils"), "rm" | "rm_f") => act(Effect::Delete, arg),
            (Some("File" | "Dir" | "FileUtils" | "IO"), _) => {
                self.notes.unknown(start, end, "a method that is not known")
            }
            // `JSON.load` and `YAML.load` of text can make objects.
            (Some("YAML" | "JSON"), "load" | "unsafe_load" | "unsafe_load_file") => self
                .notes
                .unknown(start, end, "data that can run code is loaded"),
            _ if PURE.contains(&name) && !matches!(name, "write" | "if" | "def" | "end") => {}
            (None, "write") => {}
            _ => self.notes.unknown(start, end, "a method that is not known"),
        }
    }
}

/// The token stands between bars (`|a, b|`) or parentheses of a definition.
fn in_bars(tokens: &[(Tok, usize)], i: usize) -> bool {
    let mut at = i;
    let mut steps = 0;
    while let Some(before) = at.checked_sub(1) {
        at = before;
        steps += 1;
        if steps > 16 {
            return false;
        }
        match tokens.get(at).map(|t| &t.0) {
            Some(Tok::Mark(b'|')) => {
                return matches!(
                    at.checked_sub(1).and_then(|p| tokens.get(p)).map(|t| &t.0),
                    Some(Tok::Mark(b'{')) | Some(Tok::Word(_))
                );
            }
            Some(Tok::Mark(b'(')) => {
                let name = at.checked_sub(2).and_then(|p| tokens.get(p)).map(|t| &t.0);
                return matches!(name, Some(Tok::Word(w)) if w == "def");
            }
            Some(Tok::Word(_) | Tok::Mark(b',')) => {}
            _ => return false,
        }
    }
    false
}

/// The end of a string with holes: quotes inside holes do not end it.
fn string_end(code: &[u8], at: usize) -> Option<(usize, &[u8])> {
    let quote = *code.get(at)?;
    let mut i = at + 1;
    loop {
        match *code.get(i)? {
            b'\\' => i += 1,
            b'#' if code.get(i + 1) == Some(&b'{') => {
                let (end, _) = delimited(code, i + 1)?;
                i = end;
                continue;
            }
            b if b == quote => return Some((i + 1, code.get(at + 1..i)?)),
            _ => {}
        }
        i += 1;
    }
}

#[cfg(test)]
mod tests {
    use crate::code::Language;
    use crate::code::testing::{Row, check};

    const ROWS: &[Row] = &[
        ("puts 1 + 2", &[]),
        ("puts [3, 1].sort.map { |x| x * 2 }.join(',')", &[]),
        (
            "require 'json'; d = JSON.parse(STDIN.read); puts d['a'].length",
            &[],
        ),
        (
            "%w[a b].each_with_index { |s, i| puts \"#{i}: #{s.upcase}\" }",
            &[],
        ),
        ("puts $_.gsub(/a(b)/, 'x') if $_ =~ /y/", &[]),
        ("h = {a: 1, 'b' => 2}; h.each { |k, v| puts \"#{k}\" }", &[]),
        ("def f(n) n + 1 end; puts f(2)", &[]),
        ("puts ARGV.map(&:to_i).sum", &[]),
        ("x = 3; puts x > 2 ? 'a' : 'b'", &[]),
        ("puts File.read('a.txt').lines.count", &["read a.txt"]),
        (
            "require \"yaml\"; c = YAML.load_file('a.yml'); puts c.inspect",
            &["read a.yml"],
        ),
        (
            "YAML.safe_load(File.read('a.yml')); puts 'ok'",
            &["read a.yml"],
        ),
        ("File.write('b.txt', 'x')", &["write b.txt"]),
        (
            "File.open('/etc/x', 'w+') { |f| f.write('y') }",
            &["write /etc/x"],
        ),
        ("puts Dir.glob('*.rb').sort", &["list *.rb"]),
        (
            "require 'fileutils'; FileUtils.rm_rf('/x')",
            &["delete-tree /x"],
        ),
        ("File.delete(x = 'a')", &["delete ..."]),
        ("puts ENV['HOME']", &["read $HOME"]),
        ("puts ENV.to_h", &["secret $..."]),
        ("ENV['PATH'] = 'x'", &["environment $PATH"]),
        ("system('rm -rf ~')", &["run-other sh rm -rf ~"]),
        ("puts `id`", &["run-other sh id"]),
        ("puts %x(id)", &["run-other sh id"]),
        ("puts %Q(#{system('id')})", &["run-other sh id"]),
        ("puts 'x' =~ /#{system('id')}/", &["run-other sh id"]),
        ("exec \"rm #{x = 1}\"", &["run-other sh ..."]),
        ("puts \"#{`id`}\"", &["run-other sh id"]),
        ("puts \"#{system('id')}\"", &["run-other sh id"]),
        ("Kernel.system('id')", &["?"]),
        ("Object.send(:system, 'id')", &["?"]),
        ("[1].send('sys' + 'tem', 'id')", &["?"]),
        ("method(:system).call('id')", &["?"]),
        ("eval 'x'", &["?"]),
        ("instance_eval('x')", &["?"]),
        ("IO.popen('id')", &["?"]),
        ("open('|id')", &["?"]),
        ("IO.read('|id')", &["?"]),
        ("require './x'", &["?"]),
        ("load 'x.rb'", &["?"]),
        ("require 'open3'; Open3.capture2('id')", &["?"]),
        ("Process.kill(9, 1)", &["?"]),
        ("['id'].each(&:system)", &["?"]),
        ("['id'].each(&method(:system))", &["?"]),
        ("Class.new", &["?"]),
        ("def puts(x) `id` end", &["?", "run-other sh id"]),
        ("Marshal.load(x)", &["?"]),
        ("require 'fiddle'; Fiddle.dlopen('x')", &["?"]),
        ("puts <<~A\n x\nA\n", &["?"]),
        ("puts 'open", &["?"]),
        ("at_exit { foo }", &["?"]),
    ];

    #[test]
    fn one_liners_tell_their_effects() {
        check(Language::Ruby, ROWS);
    }
}
