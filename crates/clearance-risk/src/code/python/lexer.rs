//! Python text to tokens: indentation, strings, f-strings, numbers, names, operators.
//!
//! Source of facts: the Python language reference, chapter "Lexical analysis" (3.13).

mod strings;

use clearance_core::Span;

use self::strings::scan_string;
use std::rc::Rc;

use crate::code::flow::parser::{Lexeme, Trouble};

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: Tok,
    pub(crate) span: Span,
}

impl Lexeme for Token {
    fn span(&self) -> Span {
        self.span
    }

    fn is_op(&self, op: &str) -> bool {
        matches!(self.kind, Tok::Op(o) if o == op)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Tok::Name(n) if **n == *word)
    }
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

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

pub(crate) fn span(start: usize, end: usize) -> Span {
    let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span::new(clip(start), clip(end))
}
