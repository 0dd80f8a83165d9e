//! Quotes: backslashes, single and double quotes, `$'…'`.

use crate::invocation::Dialect;
use crate::tree::{Flags, Kind, Note};

use super::class::{DOUBLE, is};
use super::frame::{Frame, FrameKind, Mode, part};
use super::word::Flow;
use super::{Fail, Run};

impl Run<'_> {
    pub(super) fn backslash(&mut self, mode: Mode) -> Flow {
        let next = self.at(self.pos + 1);
        if self.is_end(self.pos + 1) {
            if mode.is_word() {
                self.remark_here(self.pos, self.pos + 1, Note::FinalBackslash);
                self.flush();
                if let Some(kind) = self.final_backslash() {
                    self.leaf(kind, self.pos, self.pos + 1);
                }
                self.lit = self.pos + 1;
            }
            return self.literal();
        }
        if next == b'\n' {
            self.flush();
            self.pos += 2;
            self.lit = self.pos;
            return Ok(true);
        }
        let pattern = self.cur.bits & part::PATTERN != 0;
        let escapes = match mode {
            Mode::Double if self.cur.bits & part::LOOSE != 0 => true,
            Mode::Double => matches!(next, b'$' | b'`' | b'"' | b'\\'),
            Mode::Here => matches!(next, b'$' | b'`' | b'\\'),
            Mode::QuotedOperand if !pattern => {
                matches!(next, b'$' | b'`' | b'"' | b'\\' | b'}')
            }
            Mode::Arith | Mode::ForArith | Mode::Offset => {
                matches!(next, b'$' | b'`' | b'"' | b'\\')
            }
            _ => true,
        };
        if !escapes {
            self.pos += 2;
            return Ok(true);
        }
        self.flush();
        let continues = is(next, super::NAME) && self.after_short_name();
        if self.cur.bits & part::LOOSE != 0 && (continues || self.at(self.pos - 1) == b'$') {
            // bash takes the backslash away first, so that the name goes on.
            self.leaf(Kind::Error, self.pos, self.pos + 2);
            self.spoil_parameter(self.pos, self.pos + 2);
            self.pos += 2;
            self.lit = self.pos;
            return Ok(true);
        }
        self.leaf(Kind::Escape, self.pos, self.pos + 2);
        self.cur.bits |= part::QUOTED;
        self.pos += 2;
        self.lit = self.pos;
        Ok(true)
    }

    pub(super) fn single_quote(&mut self, mode: Mode) -> Flow {
        if mode == Mode::QuotedOperand && self.cur.bits & part::PATTERN == 0 {
            return self.hiding_quote();
        }
        self.flush();
        let start = self.pos;
        let rest = self.slice(start + 1, self.end);
        let Some(length) = memchr::memchr(b'\'', rest) else {
            return Err(Fail {
                note: Note::UnexpectedEnd,
                at: start,
            });
        };
        self.pos = start + length + 2;
        self.note_newline(start);
        self.leaf(Kind::SingleQuote, start, self.pos);
        self.cur.bits |= part::QUOTED;
        self.lit = self.pos;
        Ok(true)
    }

    /// In an operand inside double quotes `'` is literal, but what stands up to the next one
    /// cannot close the operand.
    pub(super) fn hiding_quote(&mut self) -> Flow {
        let start = self.pos;
        let rest = self.slice(start + 1, self.end);
        let Some(length) = memchr::memchr(b'\'', rest) else {
            return Err(Fail {
                note: Note::UnexpectedEnd,
                at: start,
            });
        };
        self.cur.bits |= part::SINGLE;
        self.cur.saved_end = super::narrow(self.end);
        self.end = start + 1 + length;
        self.pos = start + 1;
        Ok(true)
    }

    /// The operand goes on after the second of two hiding quotes.
    pub(super) fn end_of_hiding(&mut self) {
        self.cur.bits &= !part::SINGLE;
        self.end = self.cur.saved_end as usize;
        self.pos += 1;
    }

    /// The `${…}` around the current frame, and those around it, are not understood.
    pub(super) fn spoil_parameter(&mut self, start: usize, end: usize) {
        self.remark_here(start, end, Note::BadSubstitution);
        for index in (0..self.stack.len()).rev() {
            let Some(frame) = self.stack.get(index) else {
                break;
            };
            match frame.kind {
                FrameKind::Param => {
                    let id = frame.node;
                    self.edit(id, |node| node.op = crate::tree::ParamOp::Bad as u8);
                }
                FrameKind::Parts => {}
                _ => break,
            }
        }
    }

    pub(super) fn double_quote(&mut self, mode: Mode) -> Flow {
        if mode == Mode::Double {
            return self.end_parts_with(1);
        }
        let start = self.pos;
        self.open_double_quote(start, start, Flags::NONE)
    }

    /// A double quote whose node begins at `start` and whose `"` is at `quote`.
    pub(super) fn open_double_quote(&mut self, start: usize, quote: usize, flags: Flags) -> Flow {
        self.pos = start;
        self.flush();
        self.cur.bits |= part::QUOTED;
        let loose = if Mode::from_byte(self.cur.state) == Mode::QuotedOperand {
            part::LOOSE
        } else {
            0
        };
        let end = self.skip(quote + 1, DOUBLE);
        if self.at(end) == b'"' {
            let id = self.leaf(Kind::DoubleQuote, start, end + 1);
            self.flag(id, flags.with(Flags::PLAIN));
            self.pos = end + 1;
            self.lit = self.pos;
            return Ok(true);
        }
        let node = self.add(Kind::DoubleQuote, start, quote + 1);
        self.flag(node, flags);
        self.pos = quote + 1;
        self.push_nested(Frame::parts(node, Mode::Double, part::IN_QUOTES | loose))?;
        Ok(false)
    }

    /// `$'…'`; the dollar is at `start`, the quote at `quote`.
    pub(super) fn ansi_quote(&mut self, start: usize, quote: usize) -> Flow {
        self.flush();
        self.differs_in_dash(start, quote + 1);
        let mut end = quote + 1;
        loop {
            let rest = self.slice(end, self.end);
            let Some(length) = memchr::memchr2(b'\'', b'\\', rest) else {
                return Err(Fail {
                    note: Note::UnexpectedEnd,
                    at: start,
                });
            };
            end += length;
            if self.at(end) == b'\'' {
                break;
            }
            end += 2;
        }
        self.pos = end + 1;
        self.note_newline(start);
        let reread = Mode::from_byte(self.cur.state) == Mode::QuotedOperand
            && self.cur.bits & part::PATTERN == 0
            && self.decodes_to_special(quote + 1, end);
        if reread {
            // bash puts the decoded text in its place and reads it once more.
            self.leaf(Kind::Error, start, self.pos);
            self.spoil_parameter(start, end + 1);
        } else {
            self.leaf(Kind::AnsiQuote, start, self.pos);
        }
        self.cur.bits |= part::QUOTED;
        self.lit = self.pos;
        Ok(true)
    }

    /// `$name` without braces ends here.
    pub(super) fn after_short_name(&self) -> bool {
        let last = self.script.node(self.cur.last);
        last.kind == Kind::Param && last.end as usize == self.pos && self.at(self.pos - 1) != b'}'
    }

    /// What a backslash at the end stands for. Bash keeps it, unless it read the last line
    /// while it was looking for a closing single quote: then it takes the backslash and the
    /// newline that it adds for a continuation.
    /// After two continuations in a row it is dropped, after three it is kept: that is not
    /// guessed.
    fn final_backslash(&self) -> Option<Kind> {
        if self.slice(0, self.pos).ends_with(b"\\\n\\\n") {
            return Some(Kind::Error);
        }
        let Some(quoted) = self.quoted_newline else {
            return Some(Kind::Literal);
        };
        if self.end < self.script.text.len() {
            return Some(Kind::Error);
        }
        let last = memchr::memrchr(b'\n', self.slice(0, self.pos));
        let dropped = self.dialect != Dialect::Posix && last == Some(quoted);
        (!dropped).then_some(Kind::Literal)
    }

    /// Single quotes from `start` to here may hold newlines.
    pub(super) fn note_newline(&mut self, start: usize) {
        let text = self.slice(start, self.pos);
        if let Some(at) = memchr::memrchr(b'\n', text) {
            self.quoted_newline = Some(start + at);
        }
    }

    /// The text of a `$'…'` may hold a character that is special in double quotes.
    pub(super) fn decodes_to_special(&self, start: usize, end: usize) -> bool {
        self.slice(start, end).windows(2).any(|pair| {
            matches!(
                pair,
                [
                    b'\\',
                    b'x' | b'u' | b'U' | b'c' | b'0'..=b'7' | b'\\' | b'"' | b'\''
                ]
            )
        }) || self
            .slice(start, end)
            .iter()
            .any(|byte| matches!(byte, b'}' | b'$' | b'`' | b'"'))
    }
}
