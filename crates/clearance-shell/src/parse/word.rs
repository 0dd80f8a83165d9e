//! Words: literal runs, quotes, tildes, patterns and braces.

use crate::tree::{Flags, Kind, NodeId, Note};

use super::class::{ARITH, BRACE, BREAK, DOUBLE, HERE, HERE_TABS, OPERAND, WORD, is};
use super::frame::{Frame, FrameKind, Mode, part};
use super::{Fail, Run, Step};

/// Whether the parts of the current frame go on: `false` when a frame was pushed or finished.
pub(super) type Flow = Result<bool, Fail>;

impl Mode {
    const fn stops(self) -> u16 {
        match self {
            Self::Word | Self::Cond | Self::Regex | Self::Pattern | Self::Alternative => WORD,
            Self::Double => DOUBLE,
            Self::Here => HERE,
            Self::Operand | Self::QuotedOperand => OPERAND,
            Self::Arith | Self::Bracket | Self::Offset => ARITH,
            Self::ForArith => ARITH | BREAK,
        }
    }
}

impl Run<'_> {
    /// Reads a word at the current position into the current frame's node. `true`: it is
    /// done; `false`: a frame was pushed that reads it. Something of the word must be there.
    #[inline]
    pub(super) fn word(&mut self, mode: Mode, bits: u16) -> Flow {
        let start = self.pos;
        let end = self.skip(start, WORD);
        if end > start && self.ends_plain(end, mode) {
            self.pos = end;
            let id = self.leaf(Kind::Word, start, end);
            self.flag(id, Flags::PLAIN);
            if self.at(start) == b'=' {
                // zsh: the path of a command.
                self.differs(start, end);
            }
            return Ok(true);
        }
        if end == start
            && self.slice(start, start + 2) == b"{}"
            && (self.is_end(start + 2) || is(self.at(start + 2), BREAK))
        {
            self.pos = start + 2;
            let id = self.leaf(Kind::Word, start, start + 2);
            self.flag(id, Flags::PLAIN);
            return Ok(true);
        }
        let node = self.add(Kind::Word, start, start);
        self.pos = end;
        self.push_nested(Frame::parts(node, mode, bits | part::FRESH))?;
        Ok(false)
    }

    /// The byte at `end`, a stop of plain text, ends the word too.
    fn ends_plain(&self, end: usize, mode: Mode) -> bool {
        if self.is_end(end) {
            return true;
        }
        match self.at(end) {
            b'<' | b'>' => !self.is_process_substitution(end),
            b'(' | b'|' if mode == Mode::Regex => false,
            b'(' => !self.extended_shell() || !matches!(self.at(end - 1), b'@' | b'+' | b'!'),
            byte => is(byte, BREAK),
        }
    }

    /// One step of a `Parts` frame.
    pub(super) fn parts(&mut self) -> Step {
        self.lit = self.pos;
        if self.cur.bits & part::FRESH != 0 {
            self.cur.bits &= !part::FRESH;
            self.lit = self.script.node(self.cur.node).start as usize;
        }
        let mode = Mode::from_byte(self.cur.state);
        let tabs = mode == Mode::Here && self.cur.saved != 0;
        if tabs && self.cur.last == NodeId::NONE {
            self.skip_tabs();
        }
        let mut mask = mode.stops();
        if tabs {
            mask |= HERE_TABS;
        }
        loop {
            self.steps += 1;
            let braces = if self.cur.bits & part::BRACES != 0 {
                BRACE
            } else {
                0
            };
            self.pos = self.skip(self.pos, mask | braces);
            if self.is_end(self.pos) {
                if self.cur.bits & part::SINGLE != 0 {
                    self.end_of_hiding();
                    continue;
                }
                return self.end_of_region(mode);
            }
            if !self.part(mode)? {
                return Ok(());
            }
        }
    }

    fn part(&mut self, mode: Mode) -> Flow {
        let byte = self.at(self.pos);
        match byte {
            b'\\' => self.backslash(mode),
            b'\'' => self.single_quote(mode),
            b'"' => self.double_quote(mode),
            b'$' => self.dollar(mode),
            b'`' => self.backquote(mode),
            b'*' | b'?' | b'[' if !mode.arithmetic() => self.pattern_character(mode),
            b'~' => self.tilde(mode),
            b'{' | b',' => self.brace(mode, byte),
            b'}' if self.cur.bits & part::SINGLE != 0 => self.literal(),
            b'}' => match mode {
                Mode::Operand | Mode::QuotedOperand => self.end_parts(),
                Mode::Offset => self.end_parts(),
                _ => self.brace(mode, byte),
            },
            b'/' if self.cur.bits & part::SLASH != 0 => self.end_parts(),
            b'\n' if mode == Mode::Here => {
                self.pos += 1;
                self.flush();
                self.skip_tabs();
                Ok(true)
            }
            _ if mode.arithmetic() => self.arithmetic_byte(mode, byte),
            _ => self.break_byte(mode, byte),
        }
    }

    fn skip_tabs(&mut self) {
        while self.at(self.pos) == b'\t' {
            self.pos += 1;
        }
        self.lit = self.pos;
    }

    /// The literal run up to the current position becomes a node.
    #[inline]
    pub(super) fn flush(&mut self) {
        let (start, end) = (self.lit, self.pos);
        if start < end {
            self.leaf(Kind::Literal, start, end);
        }
        self.lit = end;
    }

    /// The byte is literal.
    fn literal(&mut self) -> Flow {
        self.pos += 1;
        Ok(true)
    }

    /// The node of this frame ends before the current position.
    pub(super) fn end_parts(&mut self) -> Flow {
        self.flush();
        self.close_word();
        let end = self.pos;
        self.finish(end);
        Ok(false)
    }

    /// The node of this frame ends with the byte at the current position.
    pub(super) fn end_parts_with(&mut self, length: usize) -> Flow {
        self.flush();
        self.pos += length;
        let end = self.pos;
        self.finish(end);
        Ok(false)
    }

    fn close_word(&mut self) {
        let bits = self.cur.bits;
        let mut flags = Flags::NONE;
        if bits & part::QUOTED != 0 {
            flags = flags.with(Flags::QUOTED);
        }
        if bits & part::BRACES != 0 {
            flags = flags.with(Flags::BRACES);
        }
        if bits & part::IN_QUOTES != 0 {
            flags = flags.with(Flags::IN_QUOTES);
        }
        let id = self.cur.node;
        if self.cur.last == NodeId::NONE && self.script.kind(id) == Kind::Word {
            flags = flags.with(Flags::PLAIN);
            let pos = self.pos;
            self.set_start(id, pos);
        }
        self.flag(id, flags);
    }

    fn end_of_region(&mut self, mode: Mode) -> Step {
        self.pos = self.end;
        let open = mode == Mode::Regex && self.cur.saved > 0;
        if (mode.is_word() && !open) || mode == Mode::Here {
            self.end_parts()?;
            return Ok(());
        }
        Err(Fail {
            note: Note::UnexpectedEnd,
            at: self.pos,
        })
    }

    /// Inside double quotes or text that is treated so.
    pub(super) fn in_quotes(&self, mode: Mode) -> bool {
        matches!(mode, Mode::Double | Mode::Here | Mode::QuotedOperand)
            || self.cur.bits & part::IN_QUOTES != 0
    }

    // ---- quotes ----

    fn backslash(&mut self, mode: Mode) -> Flow {
        let next = self.at(self.pos + 1);
        if self.is_end(self.pos + 1) {
            if mode.is_word() {
                self.remark_here(self.pos, self.pos + 1, Note::FinalBackslash);
                self.flush();
                // bash keeps it, unless single quotes hold a newline on the same line.
                let kind = if self.quoted_newline {
                    Kind::Error
                } else {
                    Kind::Literal
                };
                self.leaf(kind, self.pos, self.pos + 1);
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

    fn single_quote(&mut self, mode: Mode) -> Flow {
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
    fn hiding_quote(&mut self) -> Flow {
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
    fn end_of_hiding(&mut self) {
        self.cur.bits &= !part::SINGLE;
        self.end = self.cur.saved_end as usize;
        self.pos += 1;
    }

    /// The `${…}` around the current frame, and those around it, are not understood.
    fn spoil_parameter(&mut self, start: usize, end: usize) {
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

    fn double_quote(&mut self, mode: Mode) -> Flow {
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
    fn after_short_name(&self) -> bool {
        let last = self.script.node(self.cur.last);
        last.kind == Kind::Param && last.end as usize == self.pos && self.at(self.pos - 1) != b'}'
    }

    fn note_newline(&mut self, start: usize) {
        let text = self.slice(start, self.pos);
        self.quoted_newline |= memchr::memchr(b'\n', text).is_some();
    }

    /// The text of a `$'…'` may hold a character that is special in double quotes.
    fn decodes_to_special(&self, start: usize, end: usize) -> bool {
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

    // ---- unquoted special characters ----

    fn pattern_character(&mut self, mode: Mode) -> Flow {
        let pattern = self.cur.bits & part::PATTERN != 0;
        let active =
            (mode.unquoted() && mode != Mode::Regex) || (mode == Mode::QuotedOperand && pattern);
        if active {
            self.flush();
            self.leaf(Kind::Glob, self.pos, self.pos + 1);
            self.pos += 1;
            self.lit = self.pos;
            return Ok(true);
        }
        self.literal()
    }

    fn tilde(&mut self, mode: Mode) -> Flow {
        let braces = mode == Mode::Word
            && self.extended_shell()
            && self.cur.bits & (part::NO_BRACES | part::ASSIGNED) == 0;
        let start = self.pos;
        let assignment = self.tilde_after_assignment(mode);
        let allowed = match mode {
            Mode::Word | Mode::Cond | Mode::Pattern | Mode::Operand | Mode::Regex => {
                self.at_word_start() || assignment
            }
            _ => false,
        };
        if !allowed {
            if braces && self.tilde_in_braces(start) {
                self.flush();
                let id = self.leaf(Kind::Tilde, start, start + 1);
                self.flag(id, Flags::BRACES);
                self.pos = start + 1;
                self.lit = self.pos;
                return Ok(true);
            }
            return self.literal();
        }
        let in_braces = self.cur.bits & part::BRACES != 0;
        let operand = mode == Mode::Operand;
        let mut end = start + 1;
        while !self.is_end(end) && !is(self.at(end), WORD) {
            match self.at(end) {
                b'/' | b':' => break,
                b'}' if in_braces || operand => break,
                b',' if in_braces => break,
                _ => end += 1,
            }
        }
        let stop = self.after_continuations(end);
        let byte = self.at(stop);
        let closes = self.is_end(stop)
            || match byte {
                b':' => {
                    assignment || self.cur.bits & part::ASSIGNED != 0 || self.plain_to_end(stop)
                }
                b'/' => true,
                b'}' => in_braces || operand,
                b',' => in_braces,
                b'{' => braces,
                _ => is(byte, BREAK),
            };
        if !closes {
            self.pos = end;
            if byte == b':' && mode == Mode::Word {
                self.tilde_before_colon(stop);
            }
            return Ok(true);
        }
        self.pos = start;
        self.flush();
        let id = self.leaf(Kind::Tilde, start, end);
        if mode == Mode::Word && matches!(byte, b'{' | b',' | b'}') {
            self.flag(id, Flags::BRACES);
        }
        self.pos = end;
        self.lit = end;
        Ok(true)
    }

    /// The rest of the word is plain text.
    fn plain_to_end(&self, pos: usize) -> bool {
        let end = self.after_continuations(self.skip(pos, WORD));
        self.is_end(end) || is(self.at(end), BREAK)
    }

    /// `~:` in a word with quotes stays, but with `$` bash 5.2 expands the tilde and leaves the
    /// rest alone: not understood.
    fn tilde_before_colon(&mut self, colon: usize) {
        let end = self.skip(colon, BREAK);
        if self
            .slice(colon, end)
            .iter()
            .any(|byte| matches!(byte, b'$' | b'`'))
        {
            self.pos = colon;
            self.flush();
            self.leaf(Kind::Error, colon, colon + 1);
            self.remark_here(colon, end, Note::BadSubstitution);
            self.pos = colon + 1;
            self.lit = self.pos;
        }
    }

    /// Nothing of the word has come yet.
    fn at_word_start(&self) -> bool {
        self.cur.last == NodeId::NONE && self.lit == self.pos
    }

    /// The word has (or may get) braces, so that the tilde may begin a word after all.
    fn tilde_in_braces(&self, pos: usize) -> bool {
        self.cur.bits & part::BRACES != 0 || self.at(pos + 1) == b'{'
    }

    /// The tilde follows the first `=`, or a `:` after it, of an assignment or a word of that
    /// form.
    fn tilde_after_assignment(&mut self, mode: Mode) -> bool {
        if mode != Mode::Word || self.lit == self.pos {
            return false;
        }
        let before = self.at(self.pos - 1);
        if self.cur.bits & part::ASSIGNED != 0 {
            return before == b':';
        }
        if !matches!(before, b'=' | b':') || self.dialect == crate::Dialect::Posix {
            return false;
        }
        // Asked once for each word: the name may be long.
        if self.cur.bits & (part::LIKE | part::UNLIKE) == 0 {
            let like = self.assignment_operator_at();
            self.cur.bits |= if like.is_some() {
                part::LIKE
            } else {
                part::UNLIKE
            };
            self.cur.saved_count = like.map_or(0, super::narrow);
        }
        if self.cur.bits & part::UNLIKE != 0 {
            return false;
        }
        let start = self.script.node(self.cur.node).start as usize;
        let equals = self.cur.saved_count as usize;
        if before == b'=' && equals + 1 < self.pos && self.at(equals + 1) == b'~' {
            // bash looks for `=~` once more in the text after a tilde.
            self.flush();
            self.leaf(Kind::Error, self.pos, self.pos + 1);
            self.remark_here(self.pos, self.pos + 1, Note::BadSubstitution);
            self.pos += 1;
            self.lit = self.pos;
            return false;
        }
        let after_equals = before == b'=' && equals + 1 == self.pos;
        if after_equals || before == b':' {
            let id = self.cur.node;
            self.flag(id, Flags::ASSIGNMENT_LIKE);
            self.differs(start, self.pos + 1);
            return true;
        }
        false
    }

    /// The `=` of a word that begins like an assignment.
    fn assignment_operator_at(&self) -> Option<usize> {
        let start = self.script.node(self.cur.node).start as usize;
        let name = self.name_end(start);
        if !is(self.at(start), super::NAME_START) {
            return None;
        }
        let mut equals = name;
        if self.at(equals) == b'[' {
            let length = memchr::memchr(b']', self.slice(equals, self.pos));
            equals += length.map_or(0, |length| length + 1);
        }
        if self.at(equals) == b'+' {
            equals += 1;
        }
        (self.at(equals) == b'=').then_some(equals)
    }

    fn brace(&mut self, mode: Mode, byte: u8) -> Flow {
        let off = part::NO_BRACES | part::ASSIGNED;
        if mode != Mode::Word || !self.extended_shell() || self.cur.bits & off != 0 {
            return self.literal();
        }
        let kind = match byte {
            b'{' => Kind::BraceOpen,
            b',' => Kind::BraceComma,
            _ => Kind::BraceClose,
        };
        self.flush();
        self.leaf(kind, self.pos, self.pos + 1);
        if kind == Kind::BraceClose {
            self.differs_in_dash(self.pos, self.pos + 1);
        }
        self.cur.bits |= part::BRACES;
        self.pos += 1;
        self.lit = self.pos;
        Ok(true)
    }

    /// A blank, an operator character or a colon.
    fn break_byte(&mut self, mode: Mode, byte: u8) -> Flow {
        let substitution = matches!(byte, b'<' | b'>') && self.is_process_substitution(self.pos);
        if substitution && mode.unquoted() && mode != Mode::Regex {
            return self.process_substitution();
        }
        match mode {
            Mode::Word | Mode::Cond | Mode::Pattern => {
                if byte == b'(' {
                    return self.open_parenthesis(mode);
                }
                if !is(byte, BREAK) {
                    return self.literal();
                }
                self.end_parts()
            }
            Mode::Regex => self.regex_byte(byte),
            Mode::Alternative => match byte {
                b'(' => self.open_parenthesis(mode),
                b'|' if self.cur.saved == 0 => self.end_parts(),
                b')' if self.cur.saved == 0 => self.end_parts(),
                b')' => {
                    self.cur.saved -= 1;
                    self.literal()
                }
                _ => self.literal(),
            },
            Mode::Operand | Mode::QuotedOperand if byte == b'(' => self.open_parenthesis(mode),
            _ => self.literal(),
        }
    }

    fn regex_byte(&mut self, byte: u8) -> Flow {
        match byte {
            b'(' => self.cur.saved += 1,
            b')' if self.cur.saved > 0 => self.cur.saved -= 1,
            b'|' => {}
            _ if self.cur.saved > 0 || !is(byte, BREAK) => {}
            _ => return self.end_parts(),
        }
        self.literal()
    }

    /// `(`: an extended pattern if `?*+@!` stands before it.
    fn open_parenthesis(&mut self, mode: Mode) -> Flow {
        let last = self.script.node(self.cur.last);
        let after_glob = self.lit == self.pos
            && last.kind == Kind::Glob
            && last.end as usize == self.pos
            && self.at(self.pos - 1) != b'[';
        let after_literal =
            self.lit < self.pos && matches!(self.at(self.pos - 1), b'@' | b'+' | b'!');
        let pattern = mode.unquoted() || self.cur.bits & part::PATTERN != 0;
        if !(after_glob || after_literal) || !self.extended_shell() || !pattern {
            return match mode {
                Mode::Alternative => {
                    self.cur.saved += 1;
                    self.literal()
                }
                Mode::Operand | Mode::QuotedOperand => self.literal(),
                _ => self.end_parts(),
            };
        }
        if matches!(mode, Mode::Operand | Mode::QuotedOperand) && !self.extglob {
            return self.literal();
        }
        if !self.extglob && mode != Mode::Cond {
            self.remark_here(self.pos - 1, self.pos + 1, Note::ExtendedPattern);
        }
        let start = self.pos - 1;
        let node = if after_glob {
            let id = self.cur.last;
            self.edit(id, |node| node.kind = Kind::ExtGlob);
            // Delivered already: the frame fills it where it is.
            id
        } else {
            self.pos = start;
            self.flush();
            self.leaf(Kind::ExtGlob, start, start + 1)
        };
        self.pos = start + 2;
        self.lit = self.pos;
        self.push_nested(Frame::new(FrameKind::ExtGlob, node))?;
        Ok(false)
    }

    /// One step of an `ExtGlob` frame, whose node has its place already.
    pub(super) fn extended(&mut self) -> Step {
        if self.cur.state == 0 {
            self.cur.state = 1;
            return self.push_alternative();
        }
        let byte = self.at(self.pos);
        self.pos += 1;
        if byte == b'|' {
            return self.push_alternative();
        }
        if byte != b')' {
            self.pos -= 1;
            return self.unexpected();
        }
        let (id, end) = (self.cur.node, self.pos);
        self.set_end(id, end);
        self.pop();
        Ok(())
    }

    fn push_alternative(&mut self) -> Step {
        let node = self.add(Kind::Word, self.pos, self.pos);
        self.push_nested(Frame::parts(node, Mode::Alternative, part::NO_BRACES))
    }

    // ---- arithmetic text ----

    fn arithmetic_byte(&mut self, mode: Mode, byte: u8) -> Flow {
        let depth = self.cur.saved;
        match (byte, mode) {
            (b'(', Mode::Arith | Mode::ForArith | Mode::Offset) => self.cur.saved += 1,
            (b')', Mode::Arith) if depth == 0 => return self.close_arithmetic(),
            (b')', Mode::ForArith) if depth == 0 => return self.end_parts(),
            (b')', Mode::Arith | Mode::ForArith | Mode::Offset) => {
                self.cur.saved = depth.saturating_sub(1);
            }
            (b';', Mode::ForArith) if depth == 0 => return self.end_parts(),
            (b'[', Mode::Bracket) => self.cur.saved += 1,
            (b']', Mode::Bracket) if depth == 0 => return self.end_parts_with(1),
            (b']', Mode::Bracket) => self.cur.saved = depth - 1,
            (b'?', Mode::Offset) => self.cur.saved_count += 1,
            (b':', Mode::Offset) if depth == 0 && self.cur.bits & part::COLON != 0 => {
                if self.cur.saved_count == 0 {
                    return self.end_parts();
                }
                self.cur.saved_count -= 1;
            }
            _ => {}
        }
        self.literal()
    }
}
