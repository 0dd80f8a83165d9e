//! The tokens of Ruby, as far as they are understood.

use clearance_core::Effect;

use super::MAX_DEPTH;
use super::Ruby;
use crate::code::CodeTarget;
use crate::code::notes::{begins, fixed};
use crate::code::quoting::{delimited, double, single};
use crate::code::script::Tok;

impl Ruby<'_> {
    /// The last token ends an operand, so that an operator follows.
    fn after_operand(&self) -> bool {
        match self.script.tokens.last().map(|t| &t.0) {
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

    pub(super) fn lex(&mut self) -> Result<(), &'static str> {
        if self.script.depth > MAX_DEPTH {
            return Err("it nests too deep");
        }
        while let Some(b) = self.script.peek(0) {
            let start = self.script.at;
            match b {
                b'\n' if self.script.peek(1) == Some(b'=') => {
                    return Err("documentation inside the text");
                }
                _ if b.is_ascii_whitespace() => self.script.at += 1,
                b'#' => self.script.comment(),
                b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.word()?,
                b'0'..=b'9' => {
                    while self.script.peek(0).is_some_and(|c| {
                        c.is_ascii_alphanumeric()
                            || c == b'_'
                            || c == b'.' && self.script.peek(1).is_some_and(|d| d.is_ascii_digit())
                    }) {
                        self.script.at += 1;
                    }
                    self.script.push(Tok::Number, start);
                }
                b'$' | b'@' => {
                    self.script.at += 1;
                    while self
                        .script
                        .peek(0)
                        .is_some_and(|c| c == b'@' || c == b'_' || c.is_ascii_alphanumeric())
                    {
                        self.script.at += 1;
                    }
                    if self.script.at == start + 1
                        && self
                            .script
                            .peek(0)
                            .is_some_and(|c| b"!/,.;&~0*".contains(&c))
                    {
                        self.script.at += 1;
                    }
                    let name = self.script.since(start);
                    self.script.push(Tok::Variable(name), start);
                }
                b'\'' => self.script.single_quoted(start)?,
                b'"' => self.string(start, false)?,
                b'`' => self.string(start, true)?,
                b'/' => {
                    if self.after_operand() {
                        if matches!(
                            self.script.tokens.last(),
                            Some((Tok::Word(_) | Tok::Mark(b'}'), _))
                        ) {
                            return Err("a slash that was not understood");
                        }
                        self.script.at += 1;
                        self.script.push(Tok::Mark(b), start);
                    } else {
                        let (end, text) =
                            delimited(self.script.code, start).ok_or("a pattern has no end")?;
                        self.script.at = end;
                        self.holes(text, self.script.at - 1 - text.len())?;
                        while self.script.peek(0).is_some_and(|c| c.is_ascii_alphabetic()) {
                            self.script.at += 1;
                        }
                        self.script.push(Tok::Text(begins(b"")), start);
                    }
                }
                b'%' if !self.after_operand() => self.percent(start)?,
                b'<' if self.script.code.get(start..).is_some_and(|r| {
                    r.starts_with(b"<<")
                        && r.get(2).is_some_and(|c| {
                            matches!(c, b'~' | b'-' | b'"' | b'\'') || c.is_ascii_uppercase()
                        })
                }) =>
                {
                    return Err("a here-document");
                }
                b':' if self.script.peek(1) == Some(b':') => {
                    self.script.at += 2;
                    self.script.push(Tok::Mark(b'.'), start);
                }
                b':' if self
                    .script
                    .peek(1)
                    .is_some_and(|c| c == b'_' || c.is_ascii_alphabetic())
                    && !matches!(self.script.code.get(start.wrapping_sub(1)), Some(c) if c.is_ascii_alphanumeric()) =>
                {
                    self.script.at += 1;
                    while self.script.peek(0).is_some_and(|c| {
                        c == b'_' || c == b'?' || c == b'!' || c.is_ascii_alphanumeric()
                    }) {
                        self.script.at += 1;
                    }
                    let name = self.script.since(start + 1);
                    self.script.push(Tok::Symbol(name), start);
                }
                b':' if matches!(self.script.peek(1), Some(b'"' | b'\'')) => {
                    return Err("a symbol that is made at run time");
                }
                0x80.. | 0 | b'\\' => return Err("a character that was not understood"),
                _ => {
                    self.script.at += 1;
                    self.script.push(Tok::Mark(b), start);
                }
            }
        }
        Ok(())
    }

    fn word(&mut self) -> Result<(), &'static str> {
        let start = self.script.at;
        while self
            .script
            .peek(0)
            .is_some_and(|c| c == b'_' || c.is_ascii_alphanumeric())
        {
            self.script.at += 1;
        }
        if self.script.peek(0).is_some_and(|c| c == b'?' || c == b'!')
            && self.script.peek(1) != Some(b'=')
        {
            // `empty?`, but `x ? y : z` has a blank.
            self.script.at += 1;
        }
        let word = self.script.since(start);
        if word == "__END__" {
            self.script.at = self.script.code.len();
            return Ok(());
        }
        // `key: value`.
        if self.script.peek(0) == Some(b':')
            && self.script.peek(1) != Some(b':')
            && !matches!(self.script.tokens.last(), Some((Tok::Mark(b'?' | b'.'), _)))
        {
            self.script.at += 1;
            self.script.push(Tok::Symbol(word), start);
            return Ok(());
        }
        self.script.push(Tok::Word(word), start);
        Ok(())
    }

    fn string(&mut self, start: usize, shell: bool) -> Result<(), &'static str> {
        let (end, text) = string_end(self.script.code, start).ok_or("a string has no end")?;
        self.script.at = end;
        self.text(text, start, shell)
    }

    fn text(&mut self, text: &[u8], start: usize, shell: bool) -> Result<(), &'static str> {
        let holes = self.holes(text, self.script.at - 1 - text.len())?;
        let value = match (holes, double(text)) {
            (false, Some(known)) => fixed(&known),
            _ => begins(b""),
        };
        if shell {
            let target = CodeTarget::Shell(value);
            self.script.notes.act(
                Effect::RunOther,
                target,
                self.script.base + start,
                self.script.base + self.script.at,
            );
            self.script.push(Tok::Text(begins(b"")), start);
        } else {
            self.script.push(Tok::Text(value), start);
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
        let kind = self.script.peek(1).unwrap_or_default();
        let at = if kind.is_ascii_alphabetic() {
            start + 2
        } else {
            start + 1
        };
        let (end, text) = delimited(self.script.code, at).ok_or("a quote was not understood")?;
        self.script.at = end;
        match kind {
            b'w' | b'i' | b'q' | b's' => {
                let text = single(text);
                self.script.push(Tok::Text(fixed(&text)), start);
                Ok(())
            }
            b'x' => self.text(text, start, true),
            b'Q' | b'W' | b'I' | b'r' => self.text(text, start, false),
            _ if !kind.is_ascii_alphabetic() => self.text(text, start, false),
            _ => Err("a quote was not understood"),
        }
    }
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
