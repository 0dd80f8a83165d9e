//! What begins with a dollar or a backquote: parameters, substitutions, arithmetic.

use crate::tree::{Flags, Kind, Node, NodeId, Note, ParamOp, Segment};

use super::class::{self, DIGIT, NAME, NAME_START, SPECIAL, is};
use super::frame::{Frame, FrameKind, Mode, Terminators, part};
use super::word::Flow;
use super::{Fail, Run, Step, narrow};

/// Bit of a `Substitution` frame: backquotes.
pub(super) const BACKQUOTED: u16 = 1;

/// See `tree::view`.
const INDIRECT: u32 = 1 << 31;
const BRACED: u32 = 1 << 30;

/// States of a `Param` frame.
mod state {
    pub(super) const OPERATOR: u8 = 0;
    pub(super) const SECOND: u8 = 1;
    pub(super) const CLOSE: u8 = 2;
}

/// Bits of a `Param` frame.
mod bit {
    pub(super) const IN_QUOTES: u16 = 1;
    pub(super) const IN_HERE: u16 = 2;
    pub(super) const LENGTH: u16 = 4;
    pub(super) const INDIRECT: u16 = 8;
}

impl Run<'_> {
    /// A dollar at the current position.
    pub(super) fn dollar(&mut self, mode: Mode) -> Flow {
        let start = self.pos;
        let next = self.after_continuations(start + 1);
        let byte = self.at(next);
        if is(byte, NAME_START | DIGIT | SPECIAL) {
            return self.short_parameter(start, next, mode);
        }
        match byte {
            b'(' => {
                let second = self.after_continuations(next + 1);
                if self.at(second) == b'(' && self.may_be_arithmetic(second) {
                    self.flush();
                    self.checkpoint(start, second);
                    let node = self.add(Kind::Arith, start, start);
                    self.mark_quoted(node, mode);
                    self.pos = second + 1;
                    self.push_nested(Frame::parts(node, Mode::Arith, part::IN_QUOTES))?;
                    return Ok(false);
                }
                self.flush();
                self.pos = next + 1;
                self.begin_substitution(Kind::CommandSub, start, self.quoted_flag(mode))
            }
            b'{' => {
                if let Some(end) = self.template_expression(next) {
                    return self.template(start, next, end, mode);
                }
                self.flush();
                self.pos = next + 1;
                self.braced_parameter(start, mode)?;
                Ok(false)
            }
            b'[' if self.extended_shell() => {
                self.flush();
                self.differs_in_dash(start, next + 1);
                let node = self.add(Kind::Arith, start, start);
                self.mark_quoted(node, mode);
                self.pos = next + 1;
                self.push_nested(Frame::parts(node, Mode::Bracket, part::IN_QUOTES))?;
                Ok(false)
            }
            b'\'' if self.extended_shell() && self.quotes_apply(mode) => {
                self.ansi_quote(start, next)
            }
            b'"' if self.extended_shell() && (mode.unquoted() || mode == Mode::QuotedOperand) => {
                self.differs(start, next + 1);
                self.open_double_quote(start, next, Flags::LOCALE)
            }
            _ => {
                if matches!(byte, b'~' | b'=' | b'^' | b'+') && is(self.at(next + 1), NAME_START) {
                    // zsh expands the parameter: `$~x`, `$=x`.
                    self.differs(start, next + 1);
                }
                self.pos = start + 1;
                Ok(true)
            }
        }
    }

    /// `'` quotes here.
    fn quotes_apply(&self, mode: Mode) -> bool {
        mode.unquoted()
            || mode == Mode::QuotedOperand
            || (mode.arithmetic() && self.cur.bits & part::IN_QUOTES == 0)
    }

    fn mark_quoted(&mut self, node: NodeId, mode: Mode) {
        let flag = self.quoted_flag(mode);
        self.flag(node, flag);
    }

    fn quoted_flag(&self, mode: Mode) -> Flags {
        if self.in_quotes(mode) {
            Flags::IN_QUOTES
        } else {
            Flags::NONE
        }
    }

    /// `$name`, `$1`, `$@`.
    fn short_parameter(&mut self, start: usize, next: usize, mode: Mode) -> Flow {
        self.flush();
        let (name, end) = if is(self.at(next), NAME_START) {
            let Some(found) = self.name_at(next) else {
                return Ok(false);
            };
            found
        } else {
            if self.at(next) == b'#' && is(self.at(next + 1), NAME_START) {
                // The length of `x` in zsh: `$#x`.
                self.differs(start, next + 1);
            }
            (self.intern(next, next + 1), next + 1)
        };
        self.pos = end;
        self.lit = end;
        let node = self.leaf(Kind::Param, start, end);
        self.edit(node, |node| node.data = name);
        self.mark_quoted(node, mode);
        let after = self.at(end);
        if after == b'[' || (after == b':' && self.at(end + 1).is_ascii_alphabetic()) {
            // zsh: a subscript, a modifier.
            self.differs(start, end + 1);
        }
        Ok(true)
    }

    /// The end of a workflow expression `${{ … }}` whose second brace would stand behind `brace`:
    /// a runner replaces it by a text before a shell sees it, and every shell refuses it
    /// when it comes to run it. Only what no shell could read as anything else than one
    /// parameter is taken: quotes that close, and nothing that expands.
    fn template_expression(&self, brace: usize) -> Option<usize> {
        if self.at(brace + 1) != b'{' {
            return None;
        }
        let rest = self.slice(brace + 2, self.end);
        let length = rest.iter().position(|&byte| byte == b'}')?;
        let inner = rest.get(..length)?;
        let plain =
            |byte: &u8| byte.is_ascii_alphanumeric() || b" _-.,:/*+=<>!&|()[]'@#%".contains(byte);
        let quotes = inner.iter().filter(|&&byte| byte == b'\'').count();
        let named = inner.iter().any(u8::is_ascii_alphanumeric);
        let closed = rest.get(length + 1) == Some(&b'}');
        (named && closed && quotes % 2 == 0 && inner.iter().all(plain))
            .then_some(brace + 2 + length + 2)
    }

    /// `${{ … }}`: one piece of text that is not known, as of a variable whose name nobody
    /// can set.
    fn template(&mut self, start: usize, brace: usize, end: usize, mode: Mode) -> Flow {
        self.flush();
        let name = self.intern(brace, end);
        self.pos = end;
        self.lit = end;
        let node = self.leaf(Kind::Param, start, end);
        self.edit(node, |node| node.data = name);
        self.mark_quoted(node, mode);
        Ok(true)
    }

    // ---- substitutions ----

    /// The text of a substitution, which is none of backquotes, is at the current position.
    fn begin_substitution(&mut self, kind: Kind, start: usize, flags: Flags) -> Flow {
        let terminators = Terminators::PARENTHESIS.or(Terminators::EMPTY);
        let mut node = Node::new(kind, narrow(start), narrow(start));
        node.flags = flags;
        if let Some(list) = self.one_word_inside(terminators) {
            self.end_substitution(node, list, self.pos + 1);
            return Ok(true);
        }
        let node = self.add_node(node);
        let mut frame = Frame::new(FrameKind::Substitution, node);
        frame.saved_base = narrow(self.here_base);
        frame.saved_count = self.commands;
        frame.saved = self.here_documents;
        self.push_nested(frame)?;
        self.here_base = self.pending.len();
        self.push_list(terminators)?;
        Ok(false)
    }

    /// As `one_word`, for a substitution that has no frame yet.
    fn one_word_inside(&mut self, terminators: Terminators) -> Option<NodeId> {
        let room = u32::from(self.limits.depth).saturating_sub(self.depth);
        if room < 2 {
            return None;
        }
        self.one_word(terminators)
    }

    /// A substitution of one word is complete.
    fn end_substitution(&mut self, mut node: Node, list: NodeId, end: usize) {
        (node.child, node.end) = (list, narrow(end));
        let id = self.add_node(node);
        self.append(id);
        self.pos = end;
        self.lit = end;
    }

    /// `<(…)` or `>(…)` at the current position.
    pub(super) fn process_substitution(&mut self) -> Flow {
        self.flush();
        let start = self.pos;
        let flags = if self.at(start) == b'>' {
            Flags::OUTPUT
        } else {
            Flags::NONE
        };
        self.pos = self.after_continuations(start + 1) + 1;
        self.differs_in_dash(start, self.pos);
        self.begin_substitution(Kind::ProcessSub, start, flags)
    }

    /// One step of a `Substitution` frame: its list is complete.
    pub(super) fn substitution(&mut self) -> Step {
        let frame = self.cur;
        if frame.bits & BACKQUOTED != 0 {
            if !self.is_end(self.pos) {
                return self.unexpected();
            }
            self.drop_here_documents(self.here_base);
            self.pos = frame.saved as usize;
            self.end = frame.saved_end as usize;
            self.here_base = frame.saved_base as usize;
            let end = self.pos;
            self.finish(end);
            return Ok(());
        }
        if self.at(self.pos) != b')' {
            return self.unexpected();
        }
        self.pos += 1;
        let start = self.script.node(frame.node).start as usize;
        let unread = self.pending.len() > self.here_base;
        let several = self.commands > frame.saved_count + 1;
        if unread || (several && self.here_documents > frame.saved) {
            self.remark_here(start, self.pos, Note::HereDocumentInSubstitution);
        }
        self.here_base = frame.saved_base as usize;
        let end = self.pos;
        self.finish(end);
        Ok(())
    }

    /// A backquote at the current position: its text is decoded and then parsed. On one line
    /// without a backslash it is parsed where it stands.
    pub(super) fn backquote(&mut self, mode: Mode) -> Flow {
        let start = self.pos;
        self.flush();
        let (close, as_written) = self.closing_backquote(start)?;
        let (base, end) = if as_written {
            (start + 1, close)
        } else {
            // In the text of a here-document a double quote is no quote.
            let quoted = self.in_quotes(mode) && self.cur.bits & part::IN_HERE == 0;
            self.decode_backquoted(start, close, quoted)?
        };
        let mut node = Node::new(Kind::CommandSub, narrow(start), narrow(close + 1));
        node.flags = Flags::BACKQUOTE.with(self.quoted_flag(mode));
        let terminators = Terminators::END.or(Terminators::EMPTY);
        let outer = std::mem::replace(&mut self.end, end);
        self.pos = base;
        if let Some(list) = self.one_word_inside(terminators) {
            self.end = outer;
            self.end_substitution(node, list, close + 1);
            return Ok(true);
        }
        (self.pos, self.end) = (start, outer);
        let node = self.add_node(node);
        let mut frame = Frame::new(FrameKind::Substitution, node);
        frame.bits = BACKQUOTED;
        frame.saved = narrow(close + 1);
        frame.saved_end = narrow(outer);
        frame.saved_base = narrow(self.here_base);
        self.push_nested(frame)?;
        self.here_base = self.pending.len();
        (self.pos, self.end) = (base, end);
        self.push_list(terminators)?;
        Ok(false)
    }

    /// The position of the closing backquote, and whether the text before it is one line
    /// without a backslash.
    fn closing_backquote(&mut self, start: usize) -> Result<(usize, bool), Fail> {
        let mut pos = start + 1;
        let mut as_written = true;
        loop {
            self.steps += 1;
            let rest = self.slice(pos, self.end);
            let Some(length) = rest.iter().position(|byte| is(*byte, class::BACKQUOTED)) else {
                return Err(Fail {
                    note: Note::UnexpectedEnd,
                    at: start,
                });
            };
            pos += length;
            let byte = self.at(pos);
            if byte == b'`' {
                return Ok((pos, as_written));
            }
            as_written = false;
            pos += if byte == b'\n' { 1 } else { 2 };
        }
    }

    /// Appends the text between backquotes to the decoded text: a backslash goes away before
    /// `` ` ``, `$`, a backslash, and (in double quotes) `"`. Gives where the decoded text
    /// begins and ends.
    fn decode_backquoted(
        &mut self,
        open: usize,
        end: usize,
        quoted: bool,
    ) -> Result<(usize, usize), Fail> {
        let start = open + 1;
        let base = self.script.text.len();
        let budget = (self.script.source_len as usize)
            .saturating_mul(4)
            .saturating_add(4096);
        if base.saturating_add(end - open) > budget {
            return Err(Fail {
                note: Note::Length,
                at: open,
            });
        }
        // Even empty text gets a segment, so that its position maps into the input.
        let at = self.origin(start);
        let text = narrow(self.script.text.len());
        self.script.segments.push(Segment { text, source: at });
        let mut run = start;
        let mut pos = start;
        while pos < end {
            self.steps += 1;
            let rest = self.slice(pos, end);
            let rest = rest.get(..end - pos).unwrap_or(rest);
            let Some(length) = rest.iter().position(|byte| *byte == b'\\') else {
                break;
            };
            pos += length;
            let next = self.at(pos + 1);
            if matches!(next, b'`' | b'$' | b'\\') || (quoted && next == b'"') {
                self.copy_decoded(run, pos);
                run = pos + 1;
            }
            pos += 2;
        }
        self.copy_decoded(run, end);
        let length = self.script.text.len();
        // The end is a place of this text, and not of what is decoded next.
        self.script.text.push(b'\n');
        Ok((base, length))
    }

    // ---- `${…}` ----

    /// `${` was read, up to the current position.
    fn braced_parameter(&mut self, start: usize, mode: Mode) -> Step {
        let node = self.add(Kind::Param, start, start);
        self.edit(node, |node| node.data = BRACED);
        self.mark_quoted(node, mode);
        let mut frame = Frame::new(FrameKind::Param, node);
        if self.in_quotes(mode) {
            frame.bits |= bit::IN_QUOTES;
        }
        if mode == Mode::Here || self.cur.bits & part::IN_HERE != 0 {
            frame.bits |= bit::IN_HERE;
        }
        self.push_nested(frame)?;
        self.prefix_operators();
        if !self.parameter_name() {
            return self.bad_substitution();
        }
        if self.peek() == b'[' && is(self.at(self.pos.wrapping_sub(1)), NAME) {
            return self.begin_subscript();
        }
        Ok(())
    }

    /// `#` and `!` in front of the name.
    fn prefix_operators(&mut self) {
        let byte = self.peek();
        if !matches!(byte, b'#' | b'!') {
            return;
        }
        let next = self.after_continuations(self.pos + 1);
        let second = self.at(next);
        let third = self.at(self.after_continuations(next + 1));
        let named = is(second, NAME) || (is(second, SPECIAL) && third == b'}');
        if !named {
            return;
        }
        self.pos = next;
        if byte == b'#' {
            self.cur.bits |= bit::LENGTH;
        } else {
            self.differs(next - 1, next);
            self.cur.bits |= bit::INDIRECT;
        }
    }

    /// The name, number or special parameter.
    fn parameter_name(&mut self) -> bool {
        let start = self.pos;
        let byte = self.peek();
        let found = if is(byte, NAME_START) {
            let pos = self.pos;
            self.name_at(pos)
        } else if is(byte, DIGIT) {
            let mut end = self.pos;
            while is(self.at(end), DIGIT) {
                end += 1;
            }
            Some((self.intern(self.pos, end), end))
        } else if is(byte, SPECIAL) {
            Some((self.intern(self.pos, self.pos + 1), self.pos + 1))
        } else {
            None
        };
        let Some((name, end)) = found else {
            self.pos = start;
            return false;
        };
        let indirect = if self.cur.bits & bit::INDIRECT != 0 {
            INDIRECT
        } else {
            0
        };
        self.edit(self.cur.node, |node| node.data = name | BRACED | indirect);
        self.pos = end;
        true
    }

    /// One step of a `Param` frame.
    pub(super) fn param(&mut self) -> Step {
        match self.cur.state {
            state::OPERATOR => {
                self.cur.state = state::CLOSE;
                self.parameter_operator()
            }
            state::SECOND => {
                self.cur.state = state::CLOSE;
                self.second_operand()
            }
            _ => {
                if self.at(self.pos) != b'}' {
                    return self.unexpected();
                }
                self.pos += 1;
                let end = self.pos;
                self.finish(end);
                Ok(())
            }
        }
    }

    fn set_op(&mut self, op: ParamOp) {
        self.edit(self.cur.node, |node| node.op = op as u8);
    }

    fn parameter_operator(&mut self) -> Step {
        let byte = self.peek();
        let bits = self.cur.bits;
        if bits & bit::LENGTH != 0 {
            self.set_op(ParamOp::Length);
            return if byte == b'}' {
                Ok(())
            } else {
                self.bad_substitution()
            };
        }
        if bits & bit::INDIRECT != 0 {
            if let Some(op) = self.name_list(byte) {
                self.set_op(op);
                return Ok(());
            }
        }
        let next = self.at(self.after_continuations(self.pos + 1));
        match byte {
            b'}' => Ok(()),
            b':' => match Self::conditional(next, true) {
                Some(op) => {
                    self.pos = self.after_continuations(self.pos + 1);
                    self.word_operand(op)
                }
                None => self.substring(),
            },
            b'-' | b'=' | b'?' | b'+' => match Self::conditional(byte, false) {
                Some(op) => self.word_operand(op),
                None => self.bad_substitution(),
            },
            b'#' | b'%' => self.removal(byte, next),
            b'/' => self.replacement(next),
            b'^' | b',' | b'~' => self.case_change(byte, next),
            b'@' if next.is_ascii_alphabetic()
                && self.at(self.after_continuations(self.pos + 2)) == b'}' =>
            {
                self.differs(self.pos, self.pos + 2);
                self.set_op(ParamOp::Transform);
                let start = self.after_continuations(self.pos + 1);
                let letter = self.leaf(Kind::Word, start, start + 1);
                self.flag(letter, Flags::PLAIN);
                self.pos = self.after_continuations(start + 1);
                Ok(())
            }
            _ => self.bad_substitution(),
        }
    }

    /// `${!prefix*}`, `${!prefix@}`, `${!name[@]}`.
    fn name_list(&mut self, byte: u8) -> Option<ParamOp> {
        let next = self.after_continuations(self.pos + 1);
        if matches!(byte, b'*' | b'@') && self.at(next) == b'}' {
            self.pos = next;
            return Some(if byte == b'*' {
                ParamOp::NamesJoined
            } else {
                ParamOp::NamesSeparate
            });
        }
        let subscript = self.cur.last;
        let keys = self.script.kind(subscript) == Kind::Subscript
            && matches!(self.script.text(subscript), b"[@]" | b"[*]");
        (keys && byte == b'}').then_some(ParamOp::Keys)
    }

    const fn conditional(byte: u8, colon: bool) -> Option<ParamOp> {
        Some(match (byte, colon) {
            (b'-', false) => ParamOp::DefaultIfUnset,
            (b'-', true) => ParamOp::DefaultIfEmpty,
            (b'=', false) => ParamOp::AssignIfUnset,
            (b'=', true) => ParamOp::AssignIfEmpty,
            (b'?', false) => ParamOp::ErrorIfUnset,
            (b'?', true) => ParamOp::ErrorIfEmpty,
            (b'+', false) => ParamOp::AlternativeIfSet,
            (b'+', true) => ParamOp::AlternativeIfFull,
            _ => return None,
        })
    }

    /// An operand after the operator character at the current position.
    fn word_operand(&mut self, op: ParamOp) -> Step {
        self.set_op(op);
        self.pos += 1;
        self.push_operand(0)
    }

    fn push_operand(&mut self, bits: u16) -> Step {
        let frame = self.cur.bits;
        let mut bits = bits;
        let mode = if frame & bit::IN_QUOTES != 0 {
            bits |= part::IN_QUOTES;
            Mode::QuotedOperand
        } else {
            Mode::Operand
        };
        if frame & bit::IN_HERE != 0 {
            bits |= part::IN_HERE;
        }
        self.push_nested(Frame::word(narrow(self.pos), mode, bits))
    }

    fn removal(&mut self, byte: u8, next: u8) -> Step {
        let double = next == byte;
        let op = match (byte, double) {
            (b'#', false) => ParamOp::RemovePrefix,
            (b'#', true) => ParamOp::RemoveLongestPrefix,
            (_, false) => ParamOp::RemoveSuffix,
            (_, true) => ParamOp::RemoveLongestSuffix,
        };
        self.set_op(op);
        self.pos = self.after_continuations(self.pos + 1) + usize::from(double);
        self.push_operand(part::PATTERN)
    }

    fn replacement(&mut self, next: u8) -> Step {
        self.differs_in_dash(self.pos, self.pos + 1);
        let (op, more) = match next {
            b'/' => (ParamOp::ReplaceAll, 1),
            b'#' => (ParamOp::ReplacePrefix, 1),
            b'%' => (ParamOp::ReplaceSuffix, 1),
            _ => (ParamOp::ReplaceFirst, 0),
        };
        self.set_op(op);
        self.pos = self.after_continuations(self.pos + 1) + more;
        self.cur.state = state::SECOND;
        self.push_operand(part::PATTERN | part::SLASH)
    }

    fn case_change(&mut self, byte: u8, next: u8) -> Step {
        self.differs(self.pos, self.pos + 1);
        let double = next == byte;
        let op = match (byte, double) {
            (b'^', false) => ParamOp::UpperFirst,
            (b'^', true) => ParamOp::UpperAll,
            (b',', false) => ParamOp::LowerFirst,
            (b',', true) => ParamOp::LowerAll,
            (_, false) => ParamOp::ToggleFirst,
            (_, true) => ParamOp::ToggleAll,
        };
        self.set_op(op);
        self.pos = self.after_continuations(self.pos + 1) + usize::from(double);
        self.push_operand(part::PATTERN)
    }

    fn substring(&mut self) -> Step {
        self.differs_in_dash(self.pos, self.pos + 1);
        self.set_op(ParamOp::Substring);
        self.pos += 1;
        self.cur.state = state::SECOND;
        let node = self.add(Kind::Arith, self.pos, self.pos);
        self.push_nested(Frame::parts(
            node,
            Mode::Offset,
            part::IN_QUOTES | part::COLON,
        ))
    }

    fn second_operand(&mut self) -> Step {
        match self.at(self.pos) {
            b'/' => {
                self.pos += 1;
                self.push_operand(part::PATTERN)
            }
            b':' => {
                self.pos += 1;
                let node = self.add(Kind::Arith, self.pos, self.pos);
                self.push_nested(Frame::parts(node, Mode::Offset, part::IN_QUOTES))
            }
            _ => Ok(()),
        }
    }

    /// A form that bash refuses when it runs: read up to the closing brace.
    fn bad_substitution(&mut self) -> Step {
        let start = self.script.node(self.cur.node).start as usize;
        self.remark_here(start, self.pos.max(start + 2), Note::BadSubstitution);
        self.set_op(ParamOp::Bad);
        self.cur.state = state::CLOSE;
        self.push_operand(part::PATTERN)
    }
}
