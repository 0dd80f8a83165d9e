//! Simple commands, assignments and array literals.

use crate::tree::{Flags, Kind, Node, NodeId};

use super::class::{DIGIT, ENDS, EQUALS, NAME_START, WORD, is};
use super::frame::{Frame, FrameKind, Mode, part};
use super::{Run, Step, narrow};

/// Bits of a `Simple` frame.
mod bit {
    /// The command word has been read.
    pub(super) const COMMAND: u16 = 1;
    /// Its arguments may be assignments.
    pub(super) const DECLARES: u16 = 2;
    /// It is `shopt`.
    pub(super) const SHOPT: u16 = 4;
    /// It is `shopt -s`.
    pub(super) const SETS: u16 = 8;
    /// A redirection came (then no function definition can follow).
    pub(super) const REDIRECTED: u16 = 16;
}

/// Builtins whose arguments are parsed as assignments.
const DECLARATIONS: [&[u8]; 8] = [
    b"alias",
    b"declare",
    b"eval",
    b"export",
    b"let",
    b"local",
    b"readonly",
    b"typeset",
];

/// States of an `Assign` frame.
mod assign {
    pub(super) const VALUE: u8 = 0;
    pub(super) const SUBSCRIPT: u8 = 1;
    pub(super) const DONE: u8 = 2;
}

impl Run<'_> {
    /// Begins a simple command. One of plain words only is complete at once.
    pub(super) fn begin_simple(&mut self) -> Step {
        self.commands += 1;
        let node = self.add(Kind::Simple, self.pos, self.pos);
        let (last, bits) = self.plain_words(node, NodeId::NONE, 0);
        if last != NodeId::NONE {
            let end = self.pos;
            let complete = match self.skip_blanks() {
                b'\n' | b';' | b'|' | b')' => true,
                b'&' => !(self.extended_shell() && self.at(self.pos + 1) == b'>'),
                0 => self.is_end(self.pos),
                _ => false,
            };
            if complete {
                self.set_end(node, end);
                self.deliver(node);
                return Ok(());
            }
        }
        let mut frame = Frame::new(FrameKind::Simple, node);
        (frame.last, frame.bits) = (last, bits);
        self.push(frame);
        self.simple_words()
    }

    /// One step of a `Simple` frame: words until an operator, or until a word has to be read
    /// by frames of its own.
    pub(super) fn simple(&mut self) -> Step {
        self.more_plain_words();
        self.simple_words()
    }

    fn more_plain_words(&mut self) {
        let Frame {
            node, last, bits, ..
        } = self.cur;
        (self.cur.last, self.cur.bits) = self.plain_words(node, last, bits);
    }

    fn simple_words(&mut self) -> Step {
        loop {
            let byte = self.skip_blanks();
            match byte {
                b'\n' | b';' | b'|' | b')' => return self.end_simple(),
                b'&' => {
                    if !(self.extended_shell() && self.at(self.pos + 1) == b'>') {
                        return self.end_simple();
                    }
                    self.cur.bits |= bit::REDIRECTED;
                    return self.begin_redirect(self.pos, 0);
                }
                b'<' | b'>' if !self.is_process_substitution(self.pos) => {
                    self.cur.bits |= bit::REDIRECTED;
                    return self.begin_redirect(self.pos, 0);
                }
                b'(' => return self.definition(),
                b'#' => self.skip_comment(),
                0 if self.is_end(self.pos) => return self.end_simple(),
                _ => {
                    if !self.simple_word(byte)? {
                        return Ok(());
                    }
                    self.more_plain_words();
                }
            }
        }
    }

    /// Reads words that are nothing but text, as most are, while they come one blank apart.
    /// [`Self::simple_word`] reads them too, and all others. Takes and gives the last child
    /// of the command and the bits.
    #[inline]
    fn plain_words(&mut self, node: NodeId, last: NodeId, bits: u16) -> (NodeId, u16) {
        let (mut last, mut bits) = (last, bits);
        while bits & (bit::DECLARES | bit::SHOPT) == 0 {
            let start = self.pos + usize::from(self.at(self.pos) == b' ');
            let rest = self.script.text.get(start..self.end).unwrap_or_default();
            let command = bits & bit::COMMAND == 0;
            let stops = if command { WORD | EQUALS } else { WORD };
            let length = rest.iter().position(|byte| is(*byte, stops));
            let length = length.unwrap_or(rest.len());
            let Some((text @ [first, ..], after)) = rest.split_at_checked(length) else {
                break;
            };
            let ends = after.first().is_none_or(|next| is(*next, ENDS));
            if !ends || matches!(first, b'#' | b'=') {
                self.scanned = (start, start + length);
                break;
            }
            if command {
                bits |= bit::COMMAND | self.noticed(text);
            }
            self.pos = start + length;
            let mut word = Node::new(Kind::Word, narrow(start), narrow(start + length));
            word.flags = Flags::PLAIN;
            let id = self.add_node(word);
            last = self.link(node, last, id);
        }
        (last, bits)
    }

    /// What a plain command word says about the words after it.
    #[inline]
    fn noticed(&self, command: &[u8]) -> u16 {
        if DECLARATIONS.contains(&command) && self.dialect != crate::Dialect::Posix {
            bit::DECLARES
        } else if command == b"shopt" {
            bit::SHOPT
        } else {
            0
        }
    }

    pub(super) fn is_process_substitution(&self, pos: usize) -> bool {
        self.extended_shell() && self.at(self.after_continuations(pos + 1)) == b'('
    }

    fn end_simple(&mut self) -> Step {
        if self.cur.last == NodeId::NONE {
            return self.unexpected();
        }
        let end = self.end_of(self.cur.last);
        self.finish(end);
        Ok(())
    }

    /// A descriptor in front of a redirection: its name and the position of the operator.
    pub(super) fn descriptor(&mut self, byte: u8) -> Option<(u32, usize)> {
        let start = self.pos;
        let end = if is(byte, DIGIT) {
            let mut end = start;
            while is(self.at(end), DIGIT) {
                end += 1;
            }
            if !self.extended_shell() && end - start > 1 {
                return None;
            }
            end
        } else if byte == b'{' && self.extended_shell() && is(self.at(start + 1), NAME_START) {
            let mut end = self.name_end(start + 1);
            if self.at(end) == b'[' {
                end = self.skip_subscript(end);
            }
            if self.at(end) != b'}' {
                return None;
            }
            end + 1
        } else {
            return None;
        };
        let operator = self.after_continuations(end);
        if !matches!(self.at(operator), b'<' | b'>') || self.is_process_substitution(operator) {
            return None;
        }
        let braces = usize::from(byte == b'{');
        if braces == 1 || end - start > 1 {
            self.differs_in_dash(start, operator + 1);
        }
        Some((self.intern(start + braces, end - braces), operator))
    }

    /// The position after a short subscript without quotes or expansions.
    fn skip_subscript(&self, start: usize) -> usize {
        let mut pos = start + 1;
        while matches!(self.at(pos), b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_') {
            pos += 1;
        }
        if self.at(pos) == b']' { pos + 1 } else { start }
    }

    /// Reads a word, an assignment or a redirection. `false`: a frame was pushed.
    fn simple_word(&mut self, byte: u8) -> Result<bool, super::Fail> {
        if byte == b'{' || is(byte, DIGIT) {
            if let Some((descriptor, operator)) = self.descriptor(byte) {
                let start = self.pos;
                self.pos = operator;
                self.cur.bits |= bit::REDIRECTED;
                self.begin_redirect(start, descriptor)?;
                return Ok(false);
            }
        }
        let bits = self.cur.bits;
        if (bits & bit::COMMAND == 0 || bits & bit::DECLARES != 0)
            && is(byte, NAME_START)
            && self.begin_assignment()?
        {
            return Ok(false);
        }
        self.cur.bits |= bit::COMMAND;
        let done = self.word(Mode::Word, 0)?;
        if done && (bits & bit::COMMAND == 0 || bits & bit::SHOPT != 0) {
            self.notice(bits);
        }
        Ok(done)
    }

    /// Looks at a plain command word (or argument of `shopt`) that changes how the parse
    /// goes on.
    fn notice(&mut self, bits: u16) {
        let text = self.script.text(self.cur.last);
        let mut more = 0;
        if bits & bit::COMMAND == 0 {
            more = self.noticed(text);
        } else if text == b"-s" {
            more = bit::SETS;
        } else if text == b"extglob" && bits & bit::SETS != 0 {
            self.extglob_next_line = true;
        }
        self.cur.bits |= more;
    }

    /// `name() …`
    fn definition(&mut self) -> Step {
        let name = self.cur.last;
        let only = self.script.node(self.cur.node).child == name;
        let is_word = self.script.kind(name) == Kind::Word;
        if !only || !is_word || self.cur.bits & bit::REDIRECTED != 0 {
            return self.unexpected();
        }
        self.pos += 1;
        if self.skip_blanks() != b')' {
            return self.unexpected();
        }
        self.pos += 1;
        self.edit(self.cur.node, |node| node.kind = Kind::Function);
        self.cur.kind = FrameKind::Function;
        self.cur.state = super::compound::function_state::BODY;
        Ok(())
    }

    // ---- assignments ----

    /// Pushes a frame for `name=…`, `name+=…` or `name[…` if one begins here.
    fn begin_assignment(&mut self) -> Result<bool, super::Fail> {
        let start = self.pos;
        let end = self.name_end(start);
        if !matches!(self.at(end), b'=' | b'[' | b'+' | b'\\') {
            return Ok(false);
        }
        let after = self.after_continuations(end);
        let byte = self.at(after);
        let operator = byte == b'='
            || self.extended_shell() && (byte == b'[' && after == end || self.is_append(after));
        let broken = after != end && is(byte, super::NAME);
        if !(operator || broken) {
            return Ok(false);
        }
        let names = self.script.names.len();
        let text = self.script.text.len();
        let segments = self.script.segments.len();
        let Some((name, end)) = self.name_at(start) else {
            return Ok(false);
        };
        let end = self.after_continuations(end);
        let byte = self.at(end);
        let append = self.is_append(end);
        if !(byte == b'=' || self.extended_shell() && (byte == b'[' || append)) {
            self.script.names.truncate(names);
            self.script.text.truncate(text);
            self.script.segments.truncate(segments);
            return Ok(false);
        }
        self.begin_assign_at(start, end, name)?;
        Ok(true)
    }

    fn is_append(&self, pos: usize) -> bool {
        self.extended_shell()
            && self.at(pos) == b'+'
            && self.at(self.after_continuations(pos + 1)) == b'='
    }

    /// Pushes an `Assign` frame; `operator` is the position of `=`, `+` or `[`.
    fn begin_assign_at(&mut self, start: usize, operator: usize, name: u32) -> Step {
        let node = self.add(Kind::Assign, start, operator);
        self.edit(node, |node| node.data = name);
        self.push(Frame::new(FrameKind::Assign, node));
        self.pos = operator;
        if self.at(operator) == b'[' {
            // For dash it is a command of that name.
            self.differs_in_dash(start, operator + 1);
            self.cur.state = assign::SUBSCRIPT;
            self.begin_subscript()
        } else {
            self.assign_operator();
            Ok(())
        }
    }

    /// Consumes `=` or `+=`.
    fn assign_operator(&mut self) {
        if self.at(self.pos) == b'+' {
            self.differs_in_dash(self.pos, self.pos + 1);
            self.pos = self.after_continuations(self.pos + 1);
            self.flag(self.cur.node, Flags::APPEND);
        }
        self.pos = self.after_continuations(self.pos + 1);
        self.cur.state = assign::VALUE;
    }

    /// One step of an `Assign` frame.
    pub(super) fn assign(&mut self) -> Step {
        match self.cur.state {
            assign::SUBSCRIPT => {
                let next = self.after_continuations(self.pos);
                if self.at(next) == b'=' || self.is_append(next) {
                    self.pos = next;
                    self.assign_operator();
                    self.assign()
                } else {
                    self.subscript_as_word()
                }
            }
            assign::VALUE => {
                self.cur.state = assign::DONE;
                if self.at(self.pos) == b'(' && self.extended_shell() {
                    return self.begin_array();
                }
                if self.ends_value() {
                    let empty = self.leaf(Kind::Word, self.pos, self.pos);
                    self.flag(empty, Flags::PLAIN);
                } else if !self.word(Mode::Word, part::ASSIGNED)? {
                    return Ok(());
                }
                self.assign()
            }
            _ => {
                let end = self.end_of(self.cur.last);
                self.finish(end);
                Ok(())
            }
        }
    }

    fn ends_value(&self) -> bool {
        let byte = self.at(self.pos);
        self.ends_word(self.pos)
            && !(matches!(byte, b'<' | b'>') && self.is_process_substitution(self.pos))
    }

    /// `name[…]` without `=`: a word after all. The frame becomes the word's own.
    fn subscript_as_word(&mut self) -> Step {
        let node = self.cur.node;
        let start = self.script.node(node).start as usize;
        let subscript = self.cur.last;
        let name_end = self.script.node(subscript).start as usize;
        if name_end > start {
            let literal = self.add(Kind::Literal, start, name_end);
            self.edit(literal, |node| node.next = subscript);
            self.edit(node, |node| node.child = literal);
        }
        self.edit(node, |node| {
            node.kind = Kind::Word;
            node.data = 0;
        });
        self.cur.kind = FrameKind::Parts;
        self.cur.state = Mode::Word as u8;
        self.cur.bits = 0;
        self.depth += 1;
        Ok(())
    }

    // ---- arrays ----

    fn begin_array(&mut self) -> Step {
        self.differs_in_dash(self.pos, self.pos + 1);
        let node = self.add(Kind::Array, self.pos, self.pos);
        self.pos += 1;
        self.push_nested(Frame::new(FrameKind::Array, node))
    }

    /// One step of an `Array` frame.
    pub(super) fn array(&mut self) -> Step {
        loop {
            if self.skip_newlines() {
                return Ok(());
            }
            match self.at(self.pos) {
                b')' => {
                    self.pos += 1;
                    let end = self.pos;
                    self.finish(end);
                    return Ok(());
                }
                b'[' => return self.begin_assign_at(self.pos, self.pos, 0),
                b'<' | b'>' if self.is_process_substitution(self.pos) => {}
                b'<' | b'>' | b'(' | b'&' | b'|' | b';' => return self.unexpected(),
                0 if self.is_end(self.pos) => return self.unexpected(),
                _ => {}
            }
            if !self.word(Mode::Word, 0)? {
                return Ok(());
            }
        }
    }

    /// Reads `[ … ]` as a subscript, by a frame of its own.
    pub(super) fn begin_subscript(&mut self) -> Step {
        self.differs_in_dash(self.pos, self.pos + 1);
        let node = self.add(Kind::Subscript, self.pos, self.pos);
        self.pos += 1;
        self.push_nested(Frame::parts(node, Mode::Bracket, 0))
    }

    pub(super) fn set_end(&mut self, id: NodeId, end: usize) {
        self.edit(id, |node| node.end = narrow(end));
    }
}
