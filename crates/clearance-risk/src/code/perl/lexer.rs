//! The tokens of Perl, as far as they are understood.

use clearance_core::Effect;
use clearance_shell::invocation::Value;

use super::Perl;
use super::words::{BEFORE_PATTERN, OPS};
use super::{MAX_DEPTH, scan};
use crate::code::CodeTarget;
use crate::code::notes::{begins, fixed};
use crate::code::quoting::{delimited, double, single};
use crate::code::script::Tok;

impl Perl<'_> {
    pub(super) fn lex(&mut self) -> Result<(), &'static str> {
        if self.script.depth > MAX_DEPTH {
            return Err("it nests too deep");
        }
        while let Some(b) = self.script.peek(0) {
            let start = self.script.at;
            match b {
                b'\n'
                    if self.script.peek(1) == Some(b'=')
                        && self.script.peek(2).is_some_and(|c| c.is_ascii_alphabetic()) =>
                {
                    return Err("documentation inside the text");
                }
                _ if b.is_ascii_whitespace() => self.script.at += 1,
                b'#' => self.script.comment(),
                b'$' | b'@' | b'%' | b'&' => self.variable()?,
                b'0'..=b'9' => {
                    while self.script.peek(0).is_some_and(|c| {
                        c.is_ascii_alphanumeric()
                            || c == b'_'
                            || c == b'.' && self.script.peek(1) != Some(b'.')
                    }) {
                        self.script.at += 1;
                    }
                    self.script.push(Tok::Number, start);
                }
                b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.word()?,
                b'\'' => self.script.single_quoted(start)?,
                b'"' => {
                    let (end, text) =
                        delimited(self.script.code, start).ok_or("a string has no end")?;
                    self.script.at = end;
                    let value = interpolated(text)?;
                    self.script.push(Tok::Text(value), start);
                }
                b'`' => {
                    let (end, text) =
                        delimited(self.script.code, start).ok_or("a string has no end")?;
                    self.script.at = end;
                    self.shell(text, start);
                }
                b'/' if self.pattern_here()? => {
                    let (end, text) =
                        delimited(self.script.code, start).ok_or("a pattern has no end")?;
                    self.script.at = end;
                    pattern(text)?;
                    self.flags();
                    self.script.push(Tok::Pattern, start);
                }
                b'<' => self.angle()?,
                b'*' if self
                    .script
                    .peek(1)
                    .is_some_and(|c| c == b'{' || c.is_ascii_alphabetic())
                    && !self.after_operand() =>
                {
                    return Err("a symbol table entry");
                }
                b'-' if !self.after_operand()
                    && self.script.peek(1).is_some_and(|c| c.is_ascii_alphabetic())
                    && self
                        .script
                        .peek(2)
                        .is_some_and(|c| !c.is_ascii_alphanumeric() && c != b'_') =>
                {
                    // A file test.
                    self.script.at += 2;
                    self.script.push(Tok::Op(b"-e"), start);
                }
                0x80.. | 0 => return Err("a character that was not understood"),
                _ => {
                    let rest = self.script.code.get(start..).unwrap_or_default();
                    match OPS.iter().find(|op| rest.starts_with(op)) {
                        Some(op) => {
                            self.script.at += op.len();
                            self.script.push(Tok::Op(op), start);
                        }
                        None => {
                            self.script.at += 1;
                            self.script.push(Tok::Mark(b), start);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn after_operand(&self) -> bool {
        match self.script.tokens.last().map(|t| &t.0) {
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
        match self.script.tokens.last().map(|t| &t.0) {
            None => Ok(true),
            Some(
                Tok::Variable(_)
                | Tok::Symbol(_)
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
        let start = self.script.at;
        while self.script.peek(0).is_some_and(|c| c.is_ascii_alphabetic()) {
            self.script.at += 1;
        }
        self.script
            .code
            .get(start..self.script.at)
            .unwrap_or_default()
            .to_vec()
    }

    fn variable(&mut self) -> Result<(), &'static str> {
        let start = self.script.at;
        let sigil = self.script.peek(0).unwrap_or_default();
        let after_word = matches!(self.script.tokens.last(), Some((Tok::Word(_), _)))
            && self
                .script
                .peek(1)
                .is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, b'_' | b'{' | b'$'));
        if matches!(sigil, b'%' | b'&') && self.after_operand() && !after_word {
            // An operator.
            let rest = self.script.code.get(start..).unwrap_or_default();
            let op = OPS.iter().find(|op| rest.starts_with(op));
            self.script.at += op.map_or(1, |op| op.len());
            self.script
                .push(op.map_or(Tok::Mark(sigil), |op| Tok::Op(op)), start);
            return Ok(());
        }
        if sigil == b'&' {
            return if self.script.peek(1) == Some(b'&') {
                self.script.at += 2;
                self.script.push(Tok::Op(b"&&"), start);
                Ok(())
            } else {
                Err("a function that is called by reference")
            };
        }
        self.script.at += 1;
        while self.script.peek(0) == Some(b'$')
            && self
                .script
                .peek(1)
                .is_some_and(|c| c == b'$' || c == b'_' || c.is_ascii_alphabetic() || c == b'{')
        {
            self.script.at += 1;
        }
        if self.script.peek(0) == Some(b'#') && sigil == b'$' {
            self.script.at += 1;
        }
        match self.script.peek(0) {
            Some(b'_' | b'a'..=b'z' | b'A'..=b'Z') => {
                while self.script.peek(0).is_some_and(|c| {
                    c == b'_'
                        || c.is_ascii_alphanumeric()
                        || c == b':' && self.script.peek(1) == Some(b':')
                        || c == b':' && self.script.code.get(self.script.at - 1) == Some(&b':')
                }) {
                    self.script.at += 1;
                }
            }
            Some(b'0'..=b'9') => {
                while self.script.peek(0).is_some_and(|c| c.is_ascii_digit()) {
                    self.script.at += 1;
                }
            }
            // `@{...}`, `%$x`: what is inside is read as code.
            Some(b'{') => {}
            Some(b'&' | b'/' | b'\\' | b',' | b'.' | b';' | b'!' | b'@' | b'"' | b'|' | b'+')
                if sigil == b'$' =>
            {
                self.script.at += 1
            }
            _ => return Err("a variable that was not understood"),
        }
        let name = self.script.since(start);
        self.script.push(Tok::Variable(name), start);
        Ok(())
    }

    fn word(&mut self) -> Result<(), &'static str> {
        let start = self.script.at;
        while self.script.peek(0).is_some_and(|c| {
            c == b'_'
                || c.is_ascii_alphanumeric()
                || c == b':' && self.script.peek(1) == Some(b':')
                || c == b':'
                    && self.script.at > start
                    && self.script.code.get(self.script.at - 1) == Some(&b':')
        }) {
            self.script.at += 1;
        }
        let word = self.script.since(start);
        if matches!(word.as_str(), "__END__" | "__DATA__") {
            self.script.at = self.script.code.len();
            return Ok(());
        }
        let mut next = self.script.at;
        while self
            .script
            .code
            .get(next)
            .is_some_and(u8::is_ascii_whitespace)
        {
            next += 1;
        }
        let arrow = self
            .script
            .code
            .get(next..)
            .is_some_and(|r| r.starts_with(b"=>"));
        // `$h{word}` and `->{word}`; after anything else the braces are a block.
        let subscript = match self.script.tokens.as_slice() {
            [.., (before, _), (Tok::Mark(b'{'), _)] => matches!(
                before,
                Tok::Variable(_) | Tok::Op(b"->") | Tok::Mark(b']' | b'}')
            ),
            _ => false,
        };
        let key = arrow || (subscript && self.script.code.get(next) == Some(&b'}'));
        let called = matches!(self.script.tokens.last(), Some((Tok::Op(b"->"), _)));
        if key && !called {
            self.script.push(Tok::Text(fixed(word.as_bytes())), start);
            return Ok(());
        }
        if !called
            && matches!(
                word.as_str(),
                "q" | "qq" | "qw" | "qx" | "m" | "qr" | "s" | "tr" | "y"
            )
        {
            let spaced = next > self.script.at;
            match self.script.code.get(next) {
                Some(b'#') if spaced => return Err("a quote that was not understood"),
                Some(b'=' | b',' | b';' | b')') | None => {
                    return Err("a quote that was not understood");
                }
                Some(_) => return self.quote(&word, next, start),
            }
        }
        self.script.push(Tok::Word(word), start);
        Ok(())
    }

    fn quote(&mut self, word: &str, at: usize, start: usize) -> Result<(), &'static str> {
        let code = self.script.code;
        let (mut end, first) = delimited(code, at).ok_or("a quote was not understood")?;
        let bare = code.get(at) == Some(&b'\'');
        match word {
            "q" | "qw" => {
                let text = single(first);
                self.script.push(Tok::Text(fixed(&text)), start);
            }
            "qq" => {
                let value = interpolated(first)?;
                self.script.push(Tok::Text(value), start);
            }
            "qx" => self.shell(first, start),
            "m" | "qr" => {
                pattern(first)?;
                self.script.at = end;
                self.flags();
                self.script.push(Tok::Pattern, start);
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
                    self.script.at = end;
                    let flags = self.flags();
                    let evaluated = flags.iter().filter(|&&f| f == b'e').count();
                    match evaluated {
                        0 if bare => {}
                        0 => {
                            interpolated(second)?;
                        }
                        // A delimiter that is escaped in the code stands for itself.
                        1 if escaped(second, code.get(from).copied()) => {
                            return Err("an escaped delimiter in code");
                        }
                        1 => scan(
                            second,
                            self.script.base + from + 1,
                            self.script.notes,
                            self.script.depth + 1,
                        ),
                        _ => return Err("text is run as code"),
                    }
                    self.script.push(Tok::Pattern, start);
                    return Ok(());
                }
                self.script.at = end;
                self.flags();
                self.script.push(Tok::Pattern, start);
                return Ok(());
            }
        }
        self.script.at = end;
        Ok(())
    }

    fn shell(&mut self, text: &[u8], start: usize) {
        let plain = !text.iter().any(|b| b"$@\\".contains(b));
        let value = if plain { fixed(text) } else { begins(b"") };
        let end = self.script.base + self.script.at;
        self.script.notes.act(
            Effect::RunOther,
            CodeTarget::Shell(value),
            self.script.base + start,
            end.max(self.script.base + start),
        );
        self.script.push(Tok::Text(begins(b"")), start);
    }

    /// `<STDIN>`, `<$fh>`, `<>`, a glob, or an operator.
    fn angle(&mut self) -> Result<(), &'static str> {
        let start = self.script.at;
        if self.after_operand() {
            let rest = self.script.code.get(start..).unwrap_or_default();
            let op = OPS.iter().find(|op| rest.starts_with(op));
            self.script.at += op.map_or(1, |op| op.len());
            self.script
                .push(op.map_or(Tok::Mark(b'<'), |op| Tok::Op(op)), start);
            return Ok(());
        }
        let rest = self.script.code.get(start + 1..).unwrap_or_default();
        let end = rest
            .iter()
            .position(|&b| b == b'>')
            .ok_or("a here-document or an operator")?;
        let inner = rest.get(..end).unwrap_or_default();
        let name = inner.strip_prefix(b"$").unwrap_or(inner);
        if !name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_') {
            return Err("a here-document or a glob");
        }
        self.script.at = start + end + 2;
        self.script.push(Tok::Text(begins(b"")), start);
        Ok(())
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

/// The text holds its delimiter behind a backslash.
fn escaped(text: &[u8], delimiter: Option<u8>) -> bool {
    let mut pairs = text.windows(2);
    pairs.any(|w| matches!(w, [b'\\', c] if Some(*c) == delimiter))
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
