//! Words: literal runs, quotes, tildes, patterns and braces.

use crate::tree::{Flags, Kind, Node, NodeId, Note};

use super::class::{ARITH, BRACE, BREAK, DOUBLE, HERE, HERE_TABS, OPERAND, WORD, is};
use super::frame::{Frame, FrameKind, Mode, part};
use super::{Fail, Run, Step, narrow};

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
        let (from, scanned) = self.scanned;
        let end = self.skip(if from == start { scanned } else { start }, WORD);
        if end > start && self.ends_plain(end, mode) {
            self.pos = end;
            self.plain_word(start, end);
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
            self.plain_word(start, start + 2);
            return Ok(true);
        }
        self.pos = end;
        let frames = self.stack.len();
        self.push_nested(Frame::word(narrow(start), mode, bits | part::FRESH))?;
        self.parts()?;
        Ok(self.stack.len() == frames && !self.is_full())
    }

    /// A word whose text is its value.
    #[inline]
    pub(super) fn plain_word(&mut self, start: usize, end: usize) {
        let mut node = Node::new(Kind::Word, narrow(start), narrow(end));
        node.flags = Flags::PLAIN;
        let id = self.add_node(node);
        self.append(id);
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
            self.lit = self.start_of_parts();
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
            if !self.part(mode)? || self.is_full() {
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
        if start < end && !self.joins_mark(start, end) {
            self.leaf(Kind::Literal, start, end);
        }
        self.lit = end;
    }

    /// Literal text right after a mark of brace expansion shares its record.
    #[inline]
    fn joins_mark(&mut self, start: usize, end: usize) -> bool {
        if self.cur.bits & part::BRACES == 0 {
            return false;
        }
        let last = self.cur.last;
        let record = self.script.nodes.get_mut(last.record());
        let literal = record.and_then(|mark| mark.join_literal(last, narrow(start), narrow(end)));
        self.cur.last = literal.unwrap_or(last);
        self.script.folded += usize::from(literal.is_some());
        literal.is_some()
    }

    /// The byte is literal.
    pub(super) fn literal(&mut self) -> Flow {
        self.pos += 1;
        Ok(true)
    }

    /// Where the text of this frame begins.
    pub(super) fn start_of_parts(&self) -> usize {
        if self.cur.node == NodeId::NONE {
            self.cur.saved_base as usize
        } else {
            self.script.node(self.cur.node).start as usize
        }
    }

    /// The node of this frame ends before the current position.
    pub(super) fn end_parts(&mut self) -> Flow {
        self.flush();
        let (flags, end) = (self.flags_of_parts(), self.pos);
        if self.cur.node == NodeId::NONE {
            self.cur.node = self.add_word(flags, end);
        } else {
            self.flag(self.cur.node, flags);
        }
        self.finish(end);
        Ok(false)
    }

    /// The node of the word of this frame, which ends here. A word of one part shares the
    /// record of the part.
    fn add_word(&mut self, flags: Flags, end: usize) -> NodeId {
        let Frame { first, last, .. } = self.cur;
        let start = self.start_of_parts();
        if last == NodeId::NONE {
            // Only line continuations.
            let id = self.add(Kind::Word, end, end);
            self.flag(id, flags.with(Flags::PLAIN));
            return id;
        }
        if first == last {
            let part = self.script.node(first);
            let same = part.start == narrow(start) && part.end == narrow(end);
            if same && flags == Flags::of_word_around(part.kind) {
                self.flag(first, Flags::ONE_PART);
                self.script.folded += 1;
                return first;
            }
        }
        let mut word = Node::new(Kind::Word, narrow(start), narrow(end));
        (word.child, word.flags) = (first, flags);
        self.add_node(word)
    }

    /// When the parse is given up inside a word: it gets its node.
    pub(super) fn add_open_word(&mut self) {
        if self.cur.kind == FrameKind::Parts && self.cur.node == NodeId::NONE {
            let start = self.start_of_parts();
            let mut word = Node::new(Kind::Word, narrow(start), narrow(start));
            word.child = self.cur.first;
            if self.cur.bits & part::ASSIGNMENT != 0 {
                word.flags = Flags::ASSIGNMENT_LIKE;
            }
            self.cur.node = self.add_node(word);
        }
    }

    /// The node of this frame ends with the byte at the current position.
    pub(super) fn end_parts_with(&mut self, length: usize) -> Flow {
        self.flush();
        self.pos += length;
        let end = self.pos;
        self.finish(end);
        Ok(false)
    }

    fn flags_of_parts(&self) -> Flags {
        let bits = self.cur.bits;
        if bits & (part::QUOTED | part::BRACES | part::IN_QUOTES | part::ASSIGNMENT) == 0 {
            return Flags::NONE;
        }
        let flags = [
            (part::QUOTED, Flags::QUOTED),
            (part::BRACES, Flags::BRACES),
            (part::IN_QUOTES, Flags::IN_QUOTES),
            (part::ASSIGNMENT, Flags::ASSIGNMENT_LIKE),
        ];
        flags.iter().fold(Flags::NONE, |all, (bit, flag)| {
            if bits & bit == 0 {
                all
            } else {
                all.with(*flag)
            }
        })
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
        if substitution && mode.unquoted() {
            if mode == Mode::Regex && self.cur.saved > 0 {
                // bash finds the end of the group by counting parentheses, not by this.
                self.remark_here(self.pos, self.pos + 1, Note::Ambiguous);
            }
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
        let start = narrow(self.pos);
        self.push_nested(Frame::word(start, Mode::Alternative, part::NO_BRACES))
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
