//! Tokens of SQL: where the dialects read a text differently, it is not understood.

use super::Sql;

/// A token of a statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tok<'a> {
    /// A word, in lower case.
    Word(String),
    /// A quoted string or name: its text.
    Text(&'a [u8]),
    Mark(u8),
}

pub(super) type Token<'a> = (Tok<'a>, usize, usize);

/// Reasons that occur often.
const AMBIGUOUS: &str = "text that databases read differently";

impl<'a> Sql<'a> {
    pub(super) fn peek(&self, ahead: usize) -> Option<u8> {
        self.code.get(self.at + ahead).copied()
    }

    pub(super) fn rest_of_line(&self) -> &'a [u8] {
        let rest = self.code.get(self.at..).unwrap_or_default();
        rest.split(|&b| b == b'\n').next().unwrap_or_default()
    }

    /// The next token; `None`: blanks or a comment were skipped.
    pub(super) fn token(&mut self) -> Result<Option<Token<'a>>, (usize, &'static str)> {
        let start = self.at;
        let Some(b) = self.peek(0) else {
            return Ok(None);
        };
        let quiet = |line: &[u8]| {
            !line.iter().any(|c| b"'\"`;$\\".contains(c)) && !line.windows(2).any(|w| w == b"/*")
        };
        match b {
            b'-' if self.peek(1) == Some(b'-') => {
                // MySQL wants a blank after the dashes.
                let plain = self.peek(2).is_none_or(|c| c.is_ascii_whitespace());
                let line = self.rest_of_line();
                if !plain && !quiet(line) {
                    return Err((start, AMBIGUOUS));
                }
                self.at += line.len();
                Ok(None)
            }
            b'#' => {
                // A comment for MySQL, an operator for PostgreSQL.
                if !quiet(self.rest_of_line()) {
                    return Err((start, AMBIGUOUS));
                }
                self.at += 1;
                Ok(Some((Tok::Mark(b'#'), start, self.at)))
            }
            b'/' if self.peek(1) == Some(b'*') => self.comment(),
            b'\'' | b'"' | b'`' => self.quoted(b),
            b'$' if self.dollar_quote() => Err((start, "a dollar-quoted body")),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => {
                while self.peek(0).is_some_and(|c| {
                    c == b'_' || c == b'$' || c >= 0x80 || c.is_ascii_alphanumeric()
                }) {
                    self.at += 1;
                }
                let word = self.code.get(start..self.at).unwrap_or_default();
                // `E'…'` has backslash escapes, `U&'…'` others.
                if self.peek(0) == Some(b'\'')
                    && !matches!(word, b"x" | b"X" | b"b" | b"B" | b"N" | b"n")
                {
                    return Err((start, AMBIGUOUS));
                }
                Ok(Some((
                    Tok::Word(String::from_utf8_lossy(word).to_ascii_lowercase()),
                    start,
                    self.at,
                )))
            }
            b'0'..=b'9' => {
                while self
                    .peek(0)
                    .is_some_and(|c| c == b'.' || c.is_ascii_alphanumeric())
                {
                    self.at += 1;
                }
                Ok(Some((Tok::Mark(b'0'), start, self.at)))
            }
            _ if b.is_ascii_whitespace() => {
                self.at += 1;
                Ok(None)
            }
            _ => {
                self.at += 1;
                Ok(Some((Tok::Mark(b), start, self.at)))
            }
        }
    }

    fn comment(&mut self) -> Result<Option<Token<'a>>, (usize, &'static str)> {
        let start = self.at;
        let rest = self.code.get(self.at + 2..).unwrap_or_default();
        let Some(end) = rest.windows(2).position(|w| w == b"*/") else {
            return Err((start, "a comment has no end"));
        };
        let body = rest.get(..end).unwrap_or_default();
        // MySQL runs `/*! … */`; only PostgreSQL nests comments.
        if body.starts_with(b"!") || body.starts_with(b"M!") || body.windows(2).any(|w| w == b"/*")
        {
            return Err((start, AMBIGUOUS));
        }
        self.at += end + 4;
        Ok(None)
    }

    fn quoted(&mut self, quote: u8) -> Result<Option<Token<'a>>, (usize, &'static str)> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek(0) {
                None => return Err((start, "a string has no end")),
                // An escape for MySQL, a character for the others.
                Some(b'\\') if matches!(self.peek(1), Some(b'\'' | b'"' | b'`' | b'\\')) => {
                    return Err((start, AMBIGUOUS));
                }
                Some(b) if b == quote => {
                    self.at += 1;
                    if self.peek(0) != Some(quote) {
                        break;
                    }
                    self.at += 1;
                }
                Some(_) => self.at += 1,
            }
        }
        let text = self.code.get(start + 1..self.at - 1).unwrap_or_default();
        Ok(Some((Tok::Text(text), start, self.at)))
    }

    fn dollar_quote(&self) -> bool {
        let rest = self.code.get(self.at + 1..).unwrap_or_default();
        let tag = rest
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count();
        rest.get(tag) == Some(&b'$')
    }
}
