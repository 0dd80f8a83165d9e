//! `[[ … ]]`.

use crate::tree::{Flags, Kind, NodeId};

use super::class::{BREAK, is};
use super::frame::{Frame, FrameKind, Mode, part};
use super::{Run, Step, narrow};

/// States of a `Cond` frame.
mod state {
    pub(super) const TERM: u8 = 0;
    pub(super) const AFTER: u8 = 1;
}

/// States of a `CondTerm` frame.
mod term {
    pub(super) const OPERATOR: u8 = 0;
    pub(super) const DONE: u8 = 1;
}

/// Unary operators of `test` (`man bash`, CONDITIONAL EXPRESSIONS).
const UNARY: &[u8] = b"abcdefghknoprstuvwxzGLNORS";

/// Binary operators that are words.
const BINARY: [&[u8]; 13] = [
    b"=", b"==", b"!=", b"=~", b"-eq", b"-ne", b"-lt", b"-le", b"-gt", b"-ge", b"-nt", b"-ot",
    b"-ef",
];

impl Run<'_> {
    /// One step of a `Cond` frame: `[[ … ]]` or a group in it.
    pub(super) fn cond(&mut self) -> Step {
        if self.cur.held != NodeId::NONE {
            self.cur.state = state::AFTER;
        }
        if self.cur.state == state::AFTER {
            return self.after_term();
        }
        if self.skip_newlines() {
            return Ok(());
        }
        match self.at(self.pos) {
            b'(' => {
                let node = self.add(Kind::CondGroup, self.pos, self.pos);
                self.pos += 1;
                self.push_nested(Frame::new(FrameKind::Cond, node))
            }
            b'!' if self.ends_word(self.pos + 1) => {
                if self.cur.saved == 0 {
                    self.cur.saved_end = narrow(self.pos);
                }
                self.cur.saved += 1;
                self.pos += 1;
                Ok(())
            }
            _ => self.begin_term(),
        }
    }

    /// A word, and perhaps an operator.
    fn begin_term(&mut self) -> Step {
        let start = self.pos;
        let process = matches!(self.at(start), b'<' | b'>') && self.is_process_substitution(start);
        if (self.ends_word(start) && !process) || self.at_closing(start) {
            return self.unexpected();
        }
        let unary = self.at(start) == b'-'
            && UNARY.contains(&self.at(start + 1))
            && is(self.at(start + 2), BREAK);
        if unary {
            let node = self.add(Kind::CondUnary, start, start);
            let operator = self.intern(start, start + 2);
            self.edit(node, |node| node.data = operator);
            self.pos = start + 2;
            self.skip_blanks();
            let process =
                matches!(self.at(self.pos), b'<' | b'>') && self.is_process_substitution(self.pos);
            if self.ends_word(self.pos) && !process {
                return self.unexpected();
            }
            let mut frame = Frame::new(FrameKind::CondTerm, node);
            frame.state = term::DONE;
            self.push(frame);
        } else {
            let node = self.add(Kind::CondWord, start, start);
            self.push(Frame::new(FrameKind::CondTerm, node));
        }
        self.word(Mode::Cond, part::NO_BRACES)?;
        Ok(())
    }

    fn at_closing(&self, pos: usize) -> bool {
        self.slice(pos, pos + 2) == b"]]" && self.ends_word(pos + 2)
    }

    /// One step of a `CondTerm` frame.
    pub(super) fn cond_term(&mut self) -> Step {
        if self.cur.state == term::OPERATOR {
            self.cur.state = term::DONE;
            if self.skip_newlines() {
                self.cur.state = term::OPERATOR;
                return Ok(());
            }
            if let Some((start, end)) = self.binary_operator() {
                return self.right_side(start, end);
            }
        }
        let end = self.end_of(self.cur.last);
        self.finish(end);
        Ok(())
    }

    fn binary_operator(&self) -> Option<(usize, usize)> {
        let start = self.pos;
        let byte = self.at(start);
        if matches!(byte, b'<' | b'>') {
            return (!self.is_process_substitution(start)).then_some((start, start + 1));
        }
        let end = self.skip(start, BREAK);
        BINARY
            .contains(&self.slice(start, end))
            .then_some((start, end))
    }

    fn right_side(&mut self, start: usize, end: usize) -> Step {
        let operator = self.intern(start, end);
        self.edit(self.cur.node, |node| {
            node.kind = Kind::CondBinary;
            node.data = operator;
        });
        self.pos = end;
        self.skip_blanks();
        let regex = self.slice(start, end) == b"=~";
        let mode = if regex { Mode::Regex } else { Mode::Cond };
        let byte = self.at(self.pos);
        let process = matches!(byte, b'<' | b'>') && self.is_process_substitution(self.pos);
        let begins = process || (regex && matches!(byte, b'(' | b'|'));
        if self.ends_word(self.pos) && !begins {
            return self.unexpected();
        }
        self.word(mode, part::NO_BRACES)?;
        Ok(())
    }

    /// After an expression: `&&`, `||`, the end.
    fn after_term(&mut self) -> Step {
        if self.skip_newlines() {
            return Ok(());
        }
        let byte = self.at(self.pos);
        let second = self.at(self.after_continuations(self.pos + 1));
        if byte == second && matches!(byte, b'&' | b'|') {
            self.pos = self.after_continuations(self.pos + 1) + 1;
            let held = self.negated();
            if byte == b'&' {
                self.join_and(held);
            } else {
                let held = self.close_and(held);
                self.join_or(held);
            }
            self.cur.state = state::TERM;
            return Ok(());
        }
        let group = self.script.kind(self.cur.node) == Kind::CondGroup;
        if group {
            if byte != b')' {
                return self.unexpected();
            }
            self.pos += 1;
        } else {
            if !self.at_closing(self.pos) {
                return self.unexpected();
            }
            self.pos += 2;
        }
        let held = self.negated();
        let held = self.close_and(held);
        let held = self.close_or(held);
        self.append(held);
        let end = self.pos;
        if group {
            self.finish(end);
        } else {
            self.set_end(self.cur.node, end);
            self.depth = self.depth.saturating_sub(1);
            self.cur.kind = FrameKind::Redirects;
            self.cur.state = 0;
        }
        Ok(())
    }

    /// Takes the expression that was read last, with the `!` before it.
    fn negated(&mut self) -> NodeId {
        let held = std::mem::replace(&mut self.cur.held, NodeId::NONE);
        let count = std::mem::take(&mut self.cur.saved);
        if count % 2 == 0 {
            return held;
        }
        let start = self.cur.saved_end as usize;
        let end = self.end_of(held);
        let not = self.add(Kind::CondNot, start, end);
        self.link(not, NodeId::NONE, held);
        not
    }

    fn join_and(&mut self, held: NodeId) {
        if self.cur.inner == NodeId::NONE {
            let start = self.script.node(held).start as usize;
            self.cur.inner = self.add(Kind::CondAnd, start, start);
            self.cur.inner_last = NodeId::NONE;
        }
        self.cur.inner_last = self.link(self.cur.inner, self.cur.inner_last, held);
    }

    fn join_or(&mut self, held: NodeId) {
        if self.cur.outer == NodeId::NONE {
            let start = self.script.node(held).start as usize;
            self.cur.outer = self.add(Kind::CondOr, start, start);
            self.cur.outer_last = NodeId::NONE;
        }
        self.cur.outer_last = self.link(self.cur.outer, self.cur.outer_last, held);
    }

    fn close_and(&mut self, held: NodeId) -> NodeId {
        let and = self.cur.inner;
        if and == NodeId::NONE {
            return held;
        }
        self.link(and, self.cur.inner_last, held);
        self.cur.inner = NodeId::NONE;
        let end = self.end_of(held);
        self.set_end(and, end);
        and
    }

    fn close_or(&mut self, held: NodeId) -> NodeId {
        let or = self.cur.outer;
        if or == NodeId::NONE {
            return held;
        }
        self.link(or, self.cur.outer_last, held);
        self.cur.outer = NodeId::NONE;
        let end = self.end_of(held);
        self.set_end(or, end);
        or
    }

    /// When the parse is given up inside `[[`.
    pub(super) fn close_expression(&mut self, end: usize) {
        let mut held = NodeId::NONE;
        if self.cur.held != NodeId::NONE {
            held = self.negated();
        }
        for open in [self.cur.inner, self.cur.outer] {
            if open == NodeId::NONE {
                continue;
            }
            if held != NodeId::NONE {
                let last = if open == self.cur.inner {
                    self.cur.inner_last
                } else {
                    self.cur.outer_last
                };
                self.link(open, last, held);
            }
            held = open;
            self.set_end(open, end);
            self.flag(open, Flags::INCOMPLETE);
        }
        self.cur.inner = NodeId::NONE;
        self.cur.outer = NodeId::NONE;
        if held != NodeId::NONE {
            self.append(held);
        }
    }
}
