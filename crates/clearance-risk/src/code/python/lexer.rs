//! Python text to tokens: indentation, strings, f-strings, numbers, names, operators.
//!
//! Source of facts: the Python language reference, chapter "Lexical analysis" (3.13).

use std::rc::Rc;

use clearance_core::Span;

/// How deep f-strings may nest.
const MAX_FSTRING: u16 = 8;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: Tok,
    pub(crate) span: Span,
}

/// Kinds of token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tok {
    Name(Rc<str>),
    Number,
    Str(Rc<[StrPart]>),
    Op(&'static str),
    Newline,
    Indent,
    Dedent,
    End,
}

/// A part of a string literal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StrPart {
    Lit(Rc<[u8]>),
    /// An escape that is not resolved (`\N{…}`).
    Opaque,
    /// A replacement field: the expression's place, and whether it is put in unchanged.
    Hole(Span, bool),
}

/// What went wrong, and where.
pub(crate) type Trouble = (Span, &'static str);

const OPS: &[&str] = &[
    "**=", "//=", ">>=", "<<=", "...", "!=", ":=", "->", "**", "//", ">>", "<<", "<=", ">=", "==",
    "+=", "-=", "*=", "/=", "%=", "@=", "&=", "|=", "^=", "+", "-", "*", "/", "%", "@", "&", "|",
    "^", "~", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "=",
];

struct Lexer<'a> {
    code: &'a [u8],
    at: usize,
    end: usize,
    brackets: u32,
    indents: Vec<usize>,
    out: Vec<Token>,
}

/// The tokens of a whole text.
pub(crate) fn lex(code: &[u8]) -> Result<Vec<Token>, Trouble> {
    let start = if code.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    let mut lexer = Lexer {
        code,
        at: start,
        end: code.len(),
        brackets: 0,
        indents: vec![0],
        out: Vec::new(),
    };
    lexer.check_encoding()?;
    lexer.line_start()?;
    lexer.run()?;
    lexer.finish();
    Ok(lexer.out)
}

/// The tokens of one expression (a replacement field) at `span`.
pub(crate) fn lex_expression(code: &[u8], span: Span) -> Result<Vec<Token>, Trouble> {
    let range = span.range();
    let mut lexer = Lexer {
        code,
        at: range.start,
        end: range.end.min(code.len()),
        brackets: 1,
        indents: vec![0],
        out: Vec::new(),
    };
    lexer.run()?;
    lexer.push(Tok::End, lexer.at);
    Ok(lexer.out)
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        let at = self.at + ahead;
        if at < self.end {
            self.code.get(at).copied()
        } else {
            None
        }
    }

    fn span(&self, start: usize) -> Span {
        span(start, self.at)
    }

    fn push(&mut self, kind: Tok, start: usize) {
        let span = self.span(start);
        self.out.push(Token { kind, span });
    }

    /// Another encoding than UTF-8 could hide any text.
    fn check_encoding(&self) -> Result<(), Trouble> {
        for line in self.code.split(|&b| b == b'\n').take(2) {
            let trimmed = line.trim_ascii_start();
            if !trimmed.starts_with(b"#") {
                continue;
            }
            let lower = line.to_ascii_lowercase();
            let Some(at) = find(&lower, b"coding") else {
                continue;
            };
            let rest = lower.get(at + 6..).unwrap_or_default();
            let (Some(b':' | b'='), name) = (rest.first(), rest.get(1..).unwrap_or_default())
            else {
                continue;
            };
            let name = name.trim_ascii_start();
            let known = [&b"utf-8"[..], b"utf8", b"ascii", b"us-ascii"]
                .iter()
                .any(|k| {
                    name.strip_prefix(*k).is_some_and(|r| {
                        !r.first()
                            .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'-')
                    })
                });
            if !known {
                return Err((span(0, line.len()), "the text declares another encoding"));
            }
        }
        Ok(())
    }

    /// Indentation, at the start of a logical line.
    fn line_start(&mut self) -> Result<(), Trouble> {
        loop {
            let start = self.at;
            let mut column = 0;
            while let Some(b) = self.peek(0) {
                match b {
                    b' ' => column += 1,
                    b'\t' => column = (column / 8 + 1) * 8,
                    0x0c => column = 0,
                    _ => break,
                }
                self.at += 1;
            }
            match self.peek(0) {
                Some(b'#') => self.skip_comment(),
                Some(b'\n' | b'\r') => self.at += 1,
                None => return Ok(()),
                _ => return self.indent(column, start),
            }
        }
    }

    fn indent(&mut self, column: usize, start: usize) -> Result<(), Trouble> {
        let current = self.indents.last().copied().unwrap_or(0);
        if column > current {
            self.indents.push(column);
            self.push(Tok::Indent, start);
            return Ok(());
        }
        while column < self.indents.last().copied().unwrap_or(0) {
            self.indents.pop();
            self.push(Tok::Dedent, start);
        }
        if column == self.indents.last().copied().unwrap_or(0) {
            Ok(())
        } else {
            Err((self.span(start), "the indentation fits no block"))
        }
    }

    fn skip_comment(&mut self) {
        while self.peek(0).is_some_and(|b| b != b'\n' && b != b'\r') {
            self.at += 1;
        }
    }

    fn run(&mut self) -> Result<(), Trouble> {
        while let Some(b) = self.peek(0) {
            let start = self.at;
            match b {
                b' ' | b'\t' | 0x0c => self.at += 1,
                b'#' => self.skip_comment(),
                b'\n' | b'\r' => {
                    self.at += 1;
                    if self.brackets == 0 {
                        self.push(Tok::Newline, start);
                        self.line_start()?;
                    }
                }
                b'\\' => self.continuation()?,
                b'0'..=b'9' => self.number(),
                b'.' if self.peek(1).is_some_and(|c| c.is_ascii_digit()) => self.number(),
                b'\'' | b'"' => self.string(start, "")?,
                b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => self.name()?,
                _ => self.operator()?,
            }
        }
        Ok(())
    }

    fn finish(&mut self) {
        let at = self.at;
        self.push(Tok::Newline, at);
        while self.indents.len() > 1 {
            self.indents.pop();
            self.push(Tok::Dedent, at);
        }
        self.push(Tok::End, at);
    }

    fn continuation(&mut self) -> Result<(), Trouble> {
        let start = self.at;
        self.at += 1;
        match self.peek(0) {
            Some(b'\r') if self.peek(1) == Some(b'\n') => self.at += 2,
            Some(b'\n' | b'\r') => self.at += 1,
            _ => return Err((self.span(start), "a backslash that joins no lines")),
        }
        Ok(())
    }

    fn number(&mut self) {
        let start = self.at;
        while let Some(b) = self.peek(0) {
            let exponent = matches!(b, b'+' | b'-')
                && matches!(self.code.get(self.at - 1), Some(b'e' | b'E'))
                && !self
                    .code
                    .get(start..start + 2)
                    .is_some_and(|p| p.eq_ignore_ascii_case(b"0x"));
            if b.is_ascii_alphanumeric() || b == b'_' || b == b'.' || exponent {
                self.at += 1;
            } else {
                break;
            }
        }
        // `1if x` is two tokens; the digits alone are a number, the rest a keyword.
        let text = self.code.get(start..self.at).unwrap_or_default();
        for word in [
            &b"if"[..],
            b"else",
            b"and",
            b"or",
            b"in",
            b"is",
            b"for",
            b"not",
        ] {
            let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
            if digits > 0 && text.get(digits..) == Some(word) {
                self.at = start + digits;
                break;
            }
        }
        self.push(Tok::Number, start);
    }

    fn name(&mut self) -> Result<(), Trouble> {
        let start = self.at;
        while self
            .peek(0)
            .is_some_and(|b| b == b'_' || b.is_ascii_alphanumeric() || b >= 0x80)
        {
            self.at += 1;
        }
        let bytes = self.code.get(start..self.at).unwrap_or_default();
        if let Some(quote @ (b'\'' | b'"')) = self.peek(0) {
            let lower = bytes.to_ascii_lowercase();
            if bytes.len() <= 2
                && [&b"r"[..], b"b", b"u", b"f", b"br", b"rb", b"fr", b"rf"].contains(&&*lower)
            {
                let _ = quote;
                let prefix = if lower.contains(&b'f') {
                    if lower.contains(&b'r') { "rf" } else { "f" }
                } else if lower.contains(&b'r') {
                    "r"
                } else if lower.contains(&b'b') {
                    "b"
                } else {
                    ""
                };
                return self.string(start, prefix);
            }
        }
        let here = self.span(start);
        let Ok(text) = core::str::from_utf8(bytes) else {
            return Err((here, "the text is not UTF-8"));
        };
        // Python folds compatibility characters (NFKC): only letters that stay themselves.
        let plain = |c: char| {
            c.is_ascii()
                || matches!(c, '\u{c0}'..='\u{24f}' | '\u{391}'..='\u{3c9}' | '\u{400}'..='\u{45f}'
                    | '\u{3041}'..='\u{30fe}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
                    && !matches!(c, '\u{132}' | '\u{133}' | '\u{13f}' | '\u{140}' | '\u{149}' | '\u{17f}' | '\u{1c4}'..='\u{1cc}' | '\u{1f1}'..='\u{1f3}')
        };
        if !text.chars().all(plain) {
            return Err((here, "an identifier with characters that Python folds"));
        }
        self.push(Tok::Name(text.into()), start);
        Ok(())
    }

    fn operator(&mut self) -> Result<(), Trouble> {
        let start = self.at;
        let rest = self.code.get(self.at..self.end).unwrap_or_default();
        let Some(op) = OPS.iter().find(|op| rest.starts_with(op.as_bytes())) else {
            return Err((
                span(start, start + 1),
                "a character that Python does not know",
            ));
        };
        self.at += op.len();
        match *op {
            "(" | "[" | "{" => self.brackets += 1,
            ")" | "]" | "}" => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
        self.push(Tok::Op(op), start);
        Ok(())
    }

    fn string(&mut self, start: usize, prefix: &str) -> Result<(), Trouble> {
        let mut parts = Vec::new();
        self.at = scan_string(self.code, self.at, self.end, prefix, 0, Some(&mut parts))?;
        self.push(Tok::Str(parts.into()), start);
        Ok(())
    }
}

/// The place after the string literal whose quote is at `at`; its parts go to `out`.
fn scan_string(
    code: &[u8],
    mut at: usize,
    end: usize,
    prefix: &str,
    depth: u16,
    mut out: Option<&mut Vec<StrPart>>,
) -> Result<usize, Trouble> {
    let start = at;
    let fail = |why| Err((span(start, start + 1), why));
    if depth > MAX_FSTRING {
        return fail("format strings nest too deep");
    }
    let get = |i: usize| if i < end { code.get(i).copied() } else { None };
    let Some(quote) = get(at) else {
        return fail("a string has no end");
    };
    let triple = get(at + 1) == Some(quote) && get(at + 2) == Some(quote);
    at += if triple { 3 } else { 1 };
    let (raw, format, bytes) = (
        prefix.contains('r'),
        prefix.contains('f'),
        prefix.contains('b'),
    );
    let mut lit = Vec::new();
    loop {
        let Some(b) = get(at) else {
            return fail("a string has no end");
        };
        match b {
            _ if b == quote
                && (!triple || (get(at + 1) == Some(quote) && get(at + 2) == Some(quote))) =>
            {
                at += if triple { 3 } else { 1 };
                break;
            }
            b'\n' | b'\r' if !triple => return fail("a string has no end"),
            b'\\' if raw => {
                lit.push(b);
                at += 1;
                if let Some(next @ (b'\'' | b'"' | b'\\' | b'\n' | b'\r')) = get(at) {
                    lit.push(next);
                    at += 1;
                }
            }
            b'\\' => {
                let opaque;
                (at, opaque) = escape(code, at + 1, end, bytes, &mut lit);
                if opaque {
                    flush(&mut lit, &mut out);
                    push(&mut out, StrPart::Opaque);
                }
            }
            b'{' if format && get(at + 1) == Some(b'{') => {
                lit.push(b'{');
                at += 2;
            }
            b'}' if format && get(at + 1) == Some(b'}') => {
                lit.push(b'}');
                at += 2;
            }
            b'{' if format => {
                flush(&mut lit, &mut out);
                at = scan_hole(code, at + 1, end, depth, &mut out)?;
            }
            _ => {
                lit.push(b);
                at += 1;
            }
        }
    }
    flush(&mut lit, &mut out);
    Ok(at)
}

fn flush(lit: &mut Vec<u8>, out: &mut Option<&mut Vec<StrPart>>) {
    if !lit.is_empty() {
        push(out, StrPart::Lit(core::mem::take(lit).into()));
    }
}

fn push(out: &mut Option<&mut Vec<StrPart>>, part: StrPart) {
    if let Some(out) = out {
        out.push(part);
    }
}

/// The place after the replacement field whose expression begins at `at`.
fn scan_hole(
    code: &[u8],
    mut at: usize,
    end: usize,
    depth: u16,
    out: &mut Option<&mut Vec<StrPart>>,
) -> Result<usize, Trouble> {
    let start = at;
    let fail = |why| Err((span(start, start + 1), why));
    let get = |i: usize| if i < end { code.get(i).copied() } else { None };
    let mut open = 0_u32;
    let expr_end;
    loop {
        let Some(b) = get(at) else {
            return fail("a replacement field has no end");
        };
        match b {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' => open = open.saturating_sub(1),
            b'}' if open > 0 => open -= 1,
            b'}' | b':' if open == 0 => {
                expr_end = at;
                break;
            }
            b'!' if open == 0 && get(at + 1) != Some(b'=') => {
                expr_end = at;
                break;
            }
            b'\'' | b'"' => {
                let before = code.get(start..at).unwrap_or_default();
                let letters = before
                    .iter()
                    .rev()
                    .take_while(|b| b.is_ascii_alphabetic())
                    .count();
                let lower = before
                    .get(before.len() - letters..)
                    .unwrap_or_default()
                    .to_ascii_lowercase();
                let (f, r) = (lower.contains(&b'f'), lower.contains(&b'r'));
                let prefix = match (f && letters <= 2, r && letters <= 2) {
                    (true, true) => "rf",
                    (true, false) => "f",
                    (false, true) => "r",
                    _ => "",
                };
                at = scan_string(code, at, end, prefix, depth + 1, None)?;
                continue;
            }
            b'#' => return fail("a comment inside a replacement field"),
            _ => {}
        }
        at += 1;
    }
    // `{x=}` prints the text of the expression too.
    let text = code
        .get(start..expr_end)
        .unwrap_or_default()
        .trim_ascii_end();
    let debug = text.ends_with(b"=")
        && !matches!(
            text.get(text.len().wrapping_sub(2)),
            Some(b'=' | b'!' | b'<' | b'>')
        );
    let stop = if debug {
        start + text.len() - 1
    } else {
        expr_end
    };
    let plain = !debug && get(at) == Some(b'}');
    push(out, StrPart::Hole(span(start, stop), plain));
    if get(at) == Some(b'!') {
        at += 1;
        while get(at).is_some_and(|b| b.is_ascii_alphabetic() || b == b' ') {
            at += 1;
        }
    }
    if get(at) == Some(b':') {
        at += 1;
        loop {
            match get(at) {
                Some(b'{') => {
                    if depth > MAX_FSTRING {
                        return fail("format strings nest too deep");
                    }
                    at = scan_hole(code, at + 1, end, depth + 1, out)?;
                }
                Some(b'}') => break,
                Some(_) => at += 1,
                None => return fail("a replacement field has no end"),
            }
        }
    }
    if get(at) == Some(b'}') {
        Ok(at + 1)
    } else {
        fail("a replacement field has no end")
    }
}

/// Decodes the escape after the backslash; gives the place after it, and whether its value is
/// not resolved.
fn escape(code: &[u8], at: usize, end: usize, bytes: bool, lit: &mut Vec<u8>) -> (usize, bool) {
    let get = |i: usize| if i < end { code.get(i).copied() } else { None };
    let Some(b) = get(at) else { return (at, false) };
    let simple = match b {
        b'n' => Some(b'\n'),
        b't' => Some(b'\t'),
        b'r' => Some(b'\r'),
        b'a' => Some(7),
        b'b' => Some(8),
        b'f' => Some(12),
        b'v' => Some(11),
        b'\\' | b'\'' | b'"' => Some(b),
        _ => None,
    };
    if let Some(c) = simple {
        lit.push(c);
        return (at + 1, false);
    }
    let radix = |from: usize, max: usize, radix: u32| {
        let digits = (0..max)
            .map_while(|i| get(from + i).and_then(|c| char::from(c).to_digit(radix)))
            .collect::<Vec<_>>();
        (
            digits
                .iter()
                .fold(0_u32, |n, d| n.wrapping_mul(radix).wrapping_add(*d)),
            digits.len(),
        )
    };
    let mut put = |n: u32| {
        if bytes {
            lit.push((n & 0xff) as u8);
        } else {
            let c = char::from_u32(n).unwrap_or(char::REPLACEMENT_CHARACTER);
            lit.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    };
    match b {
        b'\n' => (at + 1, false),
        b'\r' => (at + 1 + usize::from(get(at + 1) == Some(b'\n')), false),
        b'0'..=b'7' => {
            let (n, len) = radix(at, 3, 8);
            put(n);
            (at + len, false)
        }
        b'x' => {
            let (n, len) = radix(at + 1, 2, 16);
            put(n);
            (at + 1 + len, false)
        }
        b'u' | b'U' if !bytes => {
            let (n, len) = radix(at + 1, if b == b'u' { 4 } else { 8 }, 16);
            put(n);
            (at + 1 + len, false)
        }
        b'N' if !bytes => {
            let mut at = at + 1;
            if get(at) == Some(b'{') {
                while get(at).is_some_and(|c| c != b'}' && c != b'\n' && c != b'"' && c != b'\'') {
                    at += 1;
                }
                at += usize::from(get(at) == Some(b'}'));
            }
            (at, true)
        }
        // In a format string the brace still opens a field.
        b'{' | b'}' => {
            lit.push(b'\\');
            (at, false)
        }
        _ => {
            lit.extend_from_slice(&[b'\\', b]);
            (at + 1, false)
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

pub(crate) fn span(start: usize, end: usize) -> Span {
    let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span::new(clip(start), clip(end))
}
