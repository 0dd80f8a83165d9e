//! JavaScript text to tokens: regular expressions, template literals, strings.
//!
//! Source of facts: ECMAScript 2025, "Lexical Grammar" and Annex B. What browsers' comments
//! (`<!--`) and escaped identifiers would hide is not understood.

use std::rc::Rc;

use clearance_core::Span;

use crate::code::flow::ast::MAX_DEPTH;
use crate::code::flow::parser::{Lexeme, Trouble};

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Tok,
    pub(super) span: Span,
    /// A line ended before it.
    pub(super) newline: bool,
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
pub(super) enum Tok {
    Name(Rc<str>),
    /// Its value, if it is a small whole number.
    Number(Option<u16>),
    Text(Rc<[u8]>),
    Template(Rc<[Part]>),
    Regex,
    Op(&'static str),
    End,
}

/// A part of a template literal.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Text(Rc<[u8]>),
    Hole(Rc<[Token]>),
}

const OPS: &[&str] = &[
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=",
    "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
    "<<", ">>", "**", "{", "}", "(", ")", "[", "]", ";", ",", "<", ">", "+", "-", "*", "/", "%",
    "&", "|", "^", "!", "~", "?", ":", "=", ".", "@",
];

struct Lexer<'a> {
    code: &'a [u8],
    at: usize,
    out: Vec<Token>,
    newline: bool,
    /// For each open parenthesis: a regular expression may follow where it closes.
    parens: Vec<bool>,
    after_paren: bool,
}

/// The tokens of a text.
pub(super) fn lex(code: &[u8]) -> Result<Vec<Token>, Trouble> {
    let mut at = 0;
    if code.starts_with(b"#!") {
        at = code.iter().position(|&b| b == b'\n').unwrap_or(code.len());
    }
    let (mut tokens, end) = run(code, at, false, 0)?;
    tokens.push(Token {
        kind: Tok::End,
        span: span(end, end),
        newline: true,
    });
    Ok(tokens)
}

/// Tokens up to the end, or inside a template to the brace that closes the hole.
fn run(code: &[u8], at: usize, hole: bool, depth: u16) -> Result<(Vec<Token>, usize), Trouble> {
    if depth > MAX_DEPTH / 2 {
        return Err((span(at, at), "it nests too deep"));
    }
    let mut lexer = Lexer {
        code,
        at,
        out: Vec::new(),
        newline: false,
        parens: Vec::new(),
        after_paren: false,
    };
    let mut braces = 0_u32;
    while let Some(b) = lexer.peek(0) {
        let start = lexer.at;
        match b {
            b'\n' | b'\r' => {
                lexer.newline = true;
                lexer.at += 1;
            }
            b' ' | b'\t' | 0x0b | 0x0c => lexer.at += 1,
            0xe2 if lexer.line_separator() => {
                lexer.newline = true;
                lexer.at += 3;
            }
            0xc2 if lexer.peek(1) == Some(0xa0) => lexer.at += 2,
            0xef if lexer.peek(1) == Some(0xbb) && lexer.peek(2) == Some(0xbf) => lexer.at += 3,
            b'/' if lexer.peek(1) == Some(b'/') => {
                while lexer.peek(0).is_some_and(|c| c != b'\n' && c != b'\r')
                    && !lexer.line_separator()
                {
                    lexer.at += 1;
                }
            }
            b'/' if lexer.peek(1) == Some(b'*') => lexer.comment()?,
            b'<' if code.get(start..).is_some_and(|r| r.starts_with(b"<!--")) => {
                return Err((span(start, start + 4), "a browser's comment"));
            }
            b'-' if code.get(start..).is_some_and(|r| r.starts_with(b"-->"))
                && (lexer.newline || lexer.out.is_empty()) =>
            {
                return Err((span(start, start + 3), "a browser's comment"));
            }
            b'\'' | b'"' => lexer.string(b)?,
            b'`' => lexer.template(depth)?,
            b'0'..=b'9' => lexer.number(),
            b'.' if lexer.peek(1).is_some_and(|c| c.is_ascii_digit()) => lexer.number(),
            b'_' | b'$' | b'#' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => lexer.name()?,
            b'/' => {
                if lexer.regex_here()? {
                    lexer.regex()?;
                } else {
                    lexer.operator()?;
                }
            }
            b'}' if hole && braces == 0 => return Ok((lexer.out, lexer.at + 1)),
            _ => {
                match b {
                    b'{' => braces += 1,
                    b'}' => braces = braces.saturating_sub(1),
                    _ => {}
                }
                lexer.operator()?;
            }
        }
    }
    if hole {
        return Err((span(at, at), "a template has no end"));
    }
    let end = lexer.at;
    Ok((lexer.out, end))
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.code.get(self.at + ahead).copied()
    }

    fn line_separator(&self) -> bool {
        self.peek(0) == Some(0xe2)
            && self.peek(1) == Some(0x80)
            && matches!(self.peek(2), Some(0xa8 | 0xa9))
    }

    fn push(&mut self, kind: Tok, start: usize) {
        self.at = self.at.min(self.code.len());
        let newline = core::mem::replace(&mut self.newline, false);
        self.out.push(Token {
            kind,
            span: span(start, self.at),
            newline,
        });
    }

    fn comment(&mut self) -> Result<(), Trouble> {
        let rest = self.code.get(self.at + 2..).unwrap_or_default();
        let Some(end) = rest.windows(2).position(|w| w == b"*/") else {
            return Err((span(self.at, self.at + 2), "a comment has no end"));
        };
        self.newline |= rest.get(..end).is_some_and(|c| c.contains(&b'\n'));
        self.at += end + 4;
        Ok(())
    }

    fn number(&mut self) {
        let start = self.at;
        while let Some(b) = self.peek(0) {
            let exponent = matches!(b, b'+' | b'-')
                && matches!(self.code.get(self.at - 1), Some(b'e' | b'E'))
                && !matches!(self.code.get(start + 1), Some(b'x' | b'X'));
            if b.is_ascii_alphanumeric() || b == b'_' || b == b'.' || exponent {
                self.at += 1;
            } else {
                break;
            }
        }
        let text = self
            .code
            .get(start..self.at)
            .and_then(|t| core::str::from_utf8(t).ok());
        self.push(Tok::Number(text.and_then(|t| t.parse().ok())), start);
    }

    fn name(&mut self) -> Result<(), Trouble> {
        let start = self.at;
        self.at += 1;
        while self
            .peek(0)
            .is_some_and(|b| b == b'_' || b == b'$' || b.is_ascii_alphanumeric() || b >= 0x80)
            && !self.line_separator()
        {
            self.at += 1;
        }
        let bytes = self.code.get(start..self.at).unwrap_or_default();
        let here = span(start, self.at);
        if self.peek(0) == Some(b'\\') {
            return Err((here, "an escaped identifier"));
        }
        let Ok(text) = core::str::from_utf8(bytes) else {
            return Err((here, "the text is not UTF-8"));
        };
        if text.chars().any(|c| !c.is_ascii() && !c.is_alphanumeric()) {
            return Err((here, "a character that was not understood"));
        }
        self.push(Tok::Name(text.into()), start);
        Ok(())
    }

    fn operator(&mut self) -> Result<(), Trouble> {
        let start = self.at;
        let rest = self.code.get(start..).unwrap_or_default();
        let Some(mut op) = OPS
            .iter()
            .find(|op| rest.starts_with(op.as_bytes()))
            .copied()
        else {
            return Err((span(start, start + 1), "the syntax was not understood"));
        };
        // `a?.5:b` is no optional chain.
        if op == "?." && rest.get(2).is_some_and(u8::is_ascii_digit) {
            op = "?";
        }
        if op == "(" {
            let before = self.out.last().map(|t| &t.kind);
            let control = matches!(before, Some(Tok::Name(n)) if matches!(&**n, "if" | "while" | "for" | "with"));
            self.parens.push(control);
        }
        self.after_paren = op == ")" && self.parens.pop().unwrap_or(false);
        self.at += op.len();
        self.push(Tok::Op(op), start);
        Ok(())
    }

    fn regex_here(&self) -> Result<bool, Trouble> {
        Ok(match self.out.last().map(|t| &t.kind) {
            None => true,
            Some(Tok::Name(n)) => matches!(
                &**n,
                "return"
                    | "typeof"
                    | "case"
                    | "in"
                    | "of"
                    | "delete"
                    | "void"
                    | "throw"
                    | "new"
                    | "instanceof"
                    | "do"
                    | "else"
                    | "await"
                    | "yield"
            ),
            Some(Tok::Number(_) | Tok::Text(_) | Tok::Template(_) | Tok::Regex | Tok::End) => false,
            Some(Tok::Op(")")) => self.after_paren,
            Some(Tok::Op("]" | "++" | "--")) => false,
            // The end of a block or of an object: not told apart here.
            Some(Tok::Op("}")) => {
                return Err((span(self.at, self.at + 1), "a slash after a brace"));
            }
            Some(Tok::Op(_)) => true,
        })
    }

    fn regex(&mut self) -> Result<(), Trouble> {
        let start = self.at;
        self.at += 1;
        let mut class = false;
        loop {
            match self.peek(0) {
                None | Some(b'\n' | b'\r') => {
                    return Err((span(start, self.at), "a regular expression has no end"));
                }
                Some(b'\\') => self.at += 1,
                Some(b'[') => class = true,
                Some(b']') => class = false,
                Some(b'/') if !class => break,
                Some(_) => {}
            }
            self.at += 1;
        }
        self.at += 1;
        while self.peek(0).is_some_and(|b| b.is_ascii_alphabetic()) {
            self.at += 1;
        }
        self.push(Tok::Regex, start);
        Ok(())
    }

    fn string(&mut self, quote: u8) -> Result<(), Trouble> {
        let start = self.at;
        self.at += 1;
        let mut out = Vec::new();
        loop {
            match self.peek(0) {
                None | Some(b'\n' | b'\r') => {
                    return Err((span(start, self.at), "a string has no end"));
                }
                Some(b) if b == quote => break,
                Some(b'\\') => self.escape(&mut out),
                Some(b) => {
                    out.push(b);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        self.push(Tok::Text(out.into()), start);
        Ok(())
    }

    fn escape(&mut self, out: &mut Vec<u8>) {
        self.at += 1;
        let Some(b) = self.peek(0) else { return };
        self.at += 1;
        let mut put = |n: u32| {
            let c = char::from_u32(n).unwrap_or(char::REPLACEMENT_CHARACTER);
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        };
        match b {
            b'n' => put(10),
            b't' => put(9),
            b'r' => put(13),
            b'b' => put(8),
            b'f' => put(12),
            b'v' => put(11),
            b'\r' => self.at += usize::from(self.peek(0) == Some(b'\n')),
            b'\n' => {}
            b'x' => {
                let n = self.digits(2, 16);
                put(n);
            }
            b'u' if self.peek(0) == Some(b'{') => {
                self.at += 1;
                let n = self.digits(8, 16);
                self.at += usize::from(self.peek(0) == Some(b'}'));
                put(n);
            }
            b'u' => {
                let n = self.digits(4, 16);
                put(n);
            }
            b'0'..=b'7' => {
                self.at -= 1;
                let n = self.digits(if b < b'4' { 3 } else { 2 }, 8);
                put(n);
            }
            _ => out.push(b),
        }
    }

    fn digits(&mut self, max: usize, radix: u32) -> u32 {
        let mut n = 0_u32;
        for _ in 0..max {
            match self.peek(0).and_then(|b| char::from(b).to_digit(radix)) {
                Some(d) => {
                    n = n.wrapping_mul(radix).wrapping_add(d);
                    self.at += 1;
                }
                None => break,
            }
        }
        n
    }

    fn template(&mut self, depth: u16) -> Result<(), Trouble> {
        let start = self.at;
        self.at += 1;
        let mut parts = Vec::new();
        let mut text = Vec::new();
        loop {
            match self.peek(0) {
                None => return Err((span(start, self.at), "a template has no end")),
                Some(b'`') => break,
                Some(b'\\') => self.escape(&mut text),
                Some(b'$') if self.peek(1) == Some(b'{') => {
                    parts.push(Part::Text(core::mem::take(&mut text).into()));
                    let (tokens, end) = run(self.code, self.at + 2, true, depth + 1)?;
                    parts.push(Part::Hole(tokens.into()));
                    self.at = end;
                }
                Some(b) => {
                    text.push(b);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        parts.push(Part::Text(text.into()));
        self.push(Tok::Template(parts.into()), start);
        Ok(())
    }
}

pub(super) fn span(start: usize, end: usize) -> Span {
    let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span::new(clip(start), clip(end))
}
