//! The analysis as data for other programs (feature `serde`): what `clearance shell --json`
//! prints. Fields may be added, never renamed.
//!
//! Texts are strings; text that is not UTF-8 is `{"bytes": "<base64>"}` in place of the
//! string. Spans are `[start, end]`, in bytes of the script.

use clearance_core::Span;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::invocation::{
    Analysis, Assignment, Cwd, Dynamic, Flags, Invocation, Opaque, Piece, Reason, Redirect,
    RedirectKind, Stdin, Stdout, Value, Via, Word, WrittenFile,
};
use crate::tree::{Diagnostic, Script};

/// A script's diagnostics and analysis, to be serialised as one object.
///
/// # Examples
///
/// ```
/// use clearance_shell::json::Document;
/// use clearance_shell::{Dialect, Env, Limits, analyze, parse};
///
/// let text = b"echo hi";
/// let script = parse(text, Dialect::Bash, Limits::default());
/// let analysis = analyze(text, &Env::default());
/// let json = serde_json::to_value(Document::new(&script, &analysis))?;
/// assert_eq!(json["invocations"][0]["argv"][1]["static"], "hi");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    script: &'a Script,
    analysis: &'a Analysis,
}

impl<'a> Document<'a> {
    /// Both of the same text.
    #[must_use]
    pub const fn new(script: &'a Script, analysis: &'a Analysis) -> Self {
        Self { script, analysis }
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("complete", &self.analysis.complete)?;
        map.serialize_entry("diagnostics", &List(self.script.diagnostics(), diagnostic))?;
        map.serialize_entry("invocations", &List(&self.analysis.invocations, invocation))?;
        map.serialize_entry("unresolved", &List(&self.analysis.opaque, opaque))?;
        map.serialize_entry("written", &List(&self.analysis.written, written))?;
        map.end()
    }
}

/// How one item becomes an object.
type Item<T> = fn(&T, &mut dyn FnMut(&'static str, Field<'_>));

/// Items as a list of objects.
struct List<'a, T>(&'a [T], Item<T>);

impl<T> Serialize for List<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for item in self.0 {
            seq.serialize_element(&Object(item, self.1))?;
        }
        seq.end()
    }
}

struct Object<'a, T>(&'a T, Item<T>);

impl<T> Serialize for Object<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut result = Ok(());
        (self.1)(self.0, &mut |name, field| {
            if result.is_ok() {
                result = map.serialize_entry(name, &field);
            }
        });
        result?;
        map.end()
    }
}

/// A field of an object.
enum Field<'a> {
    Bool(bool),
    Number(Option<u32>),
    Name(&'static str),
    Names(&'a [&'static str]),
    Text(&'a [u8]),
    Maybe(Option<&'a [u8]>),
    Texts(&'a [crate::invocation::Bytes]),
    Span(Span),
    Word(&'a Word),
    Words(&'a [Word]),
    Dynamic(&'a Dynamic),
    Numbers(&'a [u32]),
    Pieces(&'a [Piece]),
    Cwd(&'a Cwd),
    Stdin(&'a Stdin),
    Assignments(&'a [Assignment]),
    Redirects(&'a [Redirect]),
}

impl Serialize for Field<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => value.serialize(serializer),
            Self::Name(name) => serializer.serialize_str(name),
            Self::Names(names) => names.serialize(serializer),
            Self::Text(text) => Text(text).serialize(serializer),
            Self::Maybe(text) => text.map(Text).serialize(serializer),
            Self::Texts(texts) => serializer.collect_seq(texts.iter().map(|text| Text(text))),
            Self::Span(span) => [span.start, span.end].serialize(serializer),
            Self::Word(only) => Object(*only, word).serialize(serializer),
            Self::Words(words) => List(words, word).serialize(serializer),
            Self::Dynamic(known) => Object(*known, dynamic).serialize(serializer),
            Self::Numbers(numbers) => numbers.serialize(serializer),
            Self::Pieces(pieces) => List(pieces, piece).serialize(serializer),
            Self::Cwd(place) => Object(*place, cwd).serialize(serializer),
            Self::Stdin(input) => Object(*input, stdin).serialize(serializer),
            Self::Assignments(all) => List(all, assignment).serialize(serializer),
            Self::Redirects(all) => List(all, redirect).serialize(serializer),
        }
    }
}

/// Bytes as a string, or as base64 in an object.
struct Text<'a>(&'a [u8]);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("bytes", &base64(self.0))?;
                map.end()
            }
        }
    }
}

/// RFC 4648 base64 with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |value: u32| {
        let at = usize::try_from(value & 63).unwrap_or(0);
        char::from(DIGITS.get(at).copied().unwrap_or(b'='))
    };
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        out.push(digit(bits >> 18));
        out.push(digit(bits >> 12));
        out.push(if chunk.len() > 1 {
            digit(bits >> 6)
        } else {
            '='
        });
        out.push(if chunk.len() > 2 { digit(bits) } else { '=' });
    }
    out
}

type Out<'a> = &'a mut dyn FnMut(&'static str, Field<'_>);

fn diagnostic(item: &Diagnostic, out: Out<'_>) {
    out("span", Field::Span(item.span));
    out("reason", Field::Name(reason(item.reason)));
    out("message", Field::Name(item.note.message()));
}

fn opaque(item: &Opaque, out: Out<'_>) {
    out("span", Field::Span(item.span));
    out("reason", Field::Name(reason(item.reason)));
}

fn written(item: &WrittenFile, out: Out<'_>) {
    out("path", Field::Word(&item.path));
    out("content", Field::Maybe(item.content.as_deref()));
    out("by", Field::Number(Some(item.by)));
    out("span", Field::Span(item.span));
}

fn invocation(item: &Invocation, out: Out<'_>) {
    out("argv", Field::Words(&item.argv));
    out("assignments", Field::Assignments(&item.assignments));
    out("exported", Field::Assignments(&item.exported));
    out("redirects", Field::Redirects(&item.redirects));
    out("stdin", Field::Stdin(&item.stdin));
    out("stdout", Field::Name(stdout(&item.stdout)));
    out("cwd", Field::Cwd(&item.cwd));
    out("span", Field::Span(item.span));
    out("via", Field::Name(via(item.via)));
    out("flags", Field::Names(&flags(item.flags)));
}

fn assignment(item: &Assignment, out: Out<'_>) {
    out("name", Field::Text(&item.name));
    out("value", Field::Word(&item.value));
    out("append", Field::Bool(item.append));
}

fn redirect(item: &Redirect, out: Out<'_>) {
    out("fd", Field::Number(item.fd));
    out("kind", Field::Name(redirect_kind(item.kind)));
    out("target", Field::Word(&item.target));
    out("span", Field::Span(item.span));
}

fn word(item: &Word, out: Out<'_>) {
    match &item.value {
        Value::Static(text) => out("static", Field::Text(text)),
        Value::OneOf(all) => out("one_of", Field::Texts(all)),
        Value::Glob(glob) => {
            out("glob", Field::Text(&glob.pattern));
            out("single", Field::Bool(glob.single));
        }
        Value::Dynamic(known) => dynamic(known, out),
    }
    out("span", Field::Span(item.span));
}

fn dynamic(item: &Dynamic, out: Out<'_>) {
    out("dynamic", Field::Bool(true));
    out("prefix", Field::Text(&item.prefix));
    out("suffix", Field::Text(&item.suffix));
    out("reason", Field::Name(reason(item.reason)));
    out("may_split", Field::Bool(item.may_split));
    out("may_vanish", Field::Bool(item.may_vanish));
    out("may_start_dash", Field::Bool(item.may_start_dash));
    out("numeric", Field::Bool(item.numeric));
    out("sources", Field::Numbers(&item.sources));
    if let Some(pieces) = &item.pieces {
        out("pieces", Field::Pieces(pieces));
    }
}

fn piece(item: &Piece, out: Out<'_>) {
    match item {
        Piece::Text(text) => out("text", Field::Text(text)),
        Piece::Output(by) => out("output", Field::Number(Some(*by))),
        Piece::Match(pattern) => out("match", Field::Text(pattern)),
        Piece::Part { pattern, .. } => out("part", Field::Text(pattern)),
        Piece::Number => out("number", Field::Bool(true)),
        Piece::Item(by) => out("item", Field::Number(Some(*by))),
        Piece::Pattern(pattern) => out("pattern", Field::Text(pattern)),
        Piece::Unknown => out("unknown", Field::Bool(true)),
    }
}

fn cwd(item: &Cwd, out: Out<'_>) {
    match item {
        Cwd::Known(path) => out("known", Field::Text(path)),
        Cwd::OneOf(all) => out("one_of", Field::Texts(all)),
        Cwd::Below(path) => out("below", Field::Text(path)),
        Cwd::Printed(printed) => {
            out("printed_by", Field::Number(Some(printed.by)));
            out("path", Field::Text(&printed.path));
            out("from", Field::Cwd(&printed.from));
            out("unquoted", Field::Bool(printed.unquoted));
            out("or_stayed", Field::Bool(printed.or_stayed));
            out("below", Field::Maybe(printed.top.as_deref()));
        }
        Cwd::Unknown => out("unknown", Field::Bool(true)),
    }
}

fn stdin(item: &Stdin, out: Out<'_>) {
    match item {
        Stdin::Inherit => out("inherit", Field::Bool(true)),
        Stdin::Null => out("null", Field::Bool(true)),
        Stdin::Text(text) => out("text", Field::Text(text)),
        Stdin::Dynamic(known) => out("dynamic", Field::Dynamic(known)),
        Stdin::File(path) => out("file", Field::Word(path)),
        Stdin::Pipe(sources) => out("pipe", Field::Numbers(sources)),
    }
}

const fn stdout(item: &Stdout) -> &'static str {
    match item {
        Stdout::Inherit => "inherit",
        Stdout::Pipe => "pipe",
        Stdout::Captured => "captured",
        Stdout::File => "file",
    }
}

const fn redirect_kind(item: RedirectKind) -> &'static str {
    match item {
        RedirectKind::Read => "read",
        RedirectKind::Write => "write",
        RedirectKind::Append => "append",
        RedirectKind::ReadWrite => "read_write",
        RedirectKind::Duplicate => "duplicate",
        RedirectKind::Text => "text",
    }
}

const fn via(item: Via) -> &'static str {
    match item {
        Via::Script => "script",
        Via::Function => "function",
        Via::Alias => "alias",
        Via::Substitution => "substitution",
        Via::ProcessSubstitution => "process_substitution",
        Via::Eval => "eval",
        Via::Source => "source",
        Via::Trap => "trap",
    }
}

fn flags(item: Flags) -> Vec<&'static str> {
    [
        (Flags::CONDITIONAL, "conditional"),
        (Flags::LOOP, "loop"),
        (Flags::SUBSHELL, "subshell"),
        (Flags::BACKGROUND, "background"),
        (Flags::DIRECT, "direct"),
        (Flags::RESOLVED, "resolved"),
    ]
    .into_iter()
    .filter(|(flag, _)| item.has(*flag))
    .map(|(_, name)| name)
    .collect()
}

const fn reason(item: Reason) -> &'static str {
    match item {
        Reason::UnknownVariable => "unknown_variable",
        Reason::Assigned => "assigned",
        Reason::CommandOutput => "command_output",
        Reason::Parameter => "parameter",
        Reason::Arithmetic => "arithmetic",
        Reason::Reexpansion => "reexpansion",
        Reason::Indirect => "indirect",
        Reason::Subscript => "subscript",
        Reason::Glob => "glob",
        Reason::TooMany => "too_many",
        Reason::DynamicCode => "dynamic_code",
        Reason::HeredocInSubstitution => "heredoc_in_substitution",
        Reason::Dialect => "dialect",
        Reason::Syntax => "syntax",
        Reason::Binary => "binary",
        Reason::Limit => "limit",
        Reason::Redefinition => "redefinition",
        Reason::ShellState => "shell_state",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dialect, Env, Limits, analyze, parse};

    fn json(text: &[u8]) -> serde_json::Value {
        let script = parse(text, Dialect::Bash, Limits::default());
        let analysis = analyze(text, &Env::default());
        serde_json::to_value(Document::new(&script, &analysis)).expect("no error is possible")
    }

    #[test]
    fn base64_is_padded() {
        for (bytes, want) in [
            (b"".as_slice(), ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (b"\xff\xfe\xfd", "//79"),
        ] {
            assert_eq!(base64(bytes), want);
        }
    }

    #[test]
    fn words_show_what_is_known() {
        let json = json(b"A=1 cp *.c \"$x/y\" > out");
        let command = &json["invocations"][0];
        assert_eq!(command["argv"][0]["static"], "cp");
        assert_eq!(command["argv"][1]["glob"], "*.c");
        assert_eq!(command["argv"][2]["dynamic"], true);
        assert_eq!(command["argv"][2]["suffix"], "/y");
        assert_eq!(command["assignments"][0]["name"], "A");
        assert_eq!(command["redirects"][0]["target"]["static"], "out");
        assert_eq!(command["cwd"]["known"], ".");
        assert_eq!(command["span"], serde_json::json!([0, 23]));
        assert_eq!(json["complete"], true);
    }

    #[test]
    fn bytes_that_are_no_text_are_base64() {
        let json = json(b"echo \xff");
        assert_eq!(json["invocations"][0]["argv"][1]["static"]["bytes"], "/w==");
    }

    #[test]
    fn errors_are_diagnostics_and_unresolved() {
        let json = json(b"ls; fi");
        assert_eq!(json["complete"], false);
        assert_eq!(json["unresolved"][0]["reason"], "syntax");
        assert!(json["diagnostics"][0]["message"].is_string());
    }
}
