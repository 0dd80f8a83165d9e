//! Compound commands: groups, subshells, arithmetic commands and `if`; `loops`, `case` and
//! `function` hold the others.

mod case;
mod function;
mod loops;

use crate::tree::{Flags, Kind, NodeId};

use super::class::{DIGIT, is};
use super::frame::{Frame, FrameKind, Mode, Terminators, part};
use super::list::Reserved;
use super::{Run, Step};

pub(super) use function::state as function_state;

impl Run<'_> {
    /// Begins the compound command of a reserved word that ends at `end`.
    pub(super) fn compound(&mut self, word: Reserved, end: usize) -> Step {
        let start = self.pos;
        self.pos = end;
        self.commands += 1;
        let (kind, frame) = match word {
            Reserved::Open => (Kind::Group, FrameKind::Group),
            Reserved::If => (Kind::If, FrameKind::If),
            Reserved::While => (Kind::While, FrameKind::Loop),
            Reserved::Until => (Kind::Until, FrameKind::Loop),
            Reserved::For => (Kind::For, FrameKind::For),
            Reserved::Select => (Kind::Select, FrameKind::For),
            Reserved::Case => (Kind::Case, FrameKind::Case),
            Reserved::Function => (Kind::Function, FrameKind::Function),
            Reserved::Coproc => (Kind::Coproc, FrameKind::Coproc),
            Reserved::Cond => (Kind::Cond, FrameKind::Cond),
            _ => return self.unexpected(),
        };
        if matches!(
            word,
            Reserved::Select | Reserved::Function | Reserved::Coproc | Reserved::Cond
        ) {
            self.differs_in_dash(start, end);
        }
        let node = self.add(kind, start, end);
        if word == Reserved::Function {
            self.flag(node, Flags::KEYWORD);
        }
        self.push_nested(Frame::new(frame, node))
    }

    /// A command that begins with `(`.
    pub(super) fn parenthesis(&mut self) -> Step {
        let start = self.pos;
        let second = self.after_continuations(start + 1);
        if self.at(second) == b'(' && self.extended_shell() && self.may_be_arithmetic(second) {
            self.checkpoint(start, second);
            self.commands += 1;
            self.differs_in_dash(start, second + 1);
            let node = self.add(Kind::ArithCommand, start, start);
            self.pos = second + 1;
            self.push_nested(Frame::new(FrameKind::Redirects, node))?;
            return self.push_arith(Mode::Arith);
        }
        self.commands += 1;
        let node = self.add(Kind::Subshell, start, start);
        self.pos += 1;
        self.push_nested(Frame::new(FrameKind::Subshell, node))
    }

    /// Begins an `Arith` node at the current position.
    pub(super) fn push_arith(&mut self, mode: Mode) -> Step {
        let node = self.add(Kind::Arith, self.pos, self.pos);
        self.push_nested(Frame::parts(node, mode, part::IN_QUOTES))
    }

    /// The compound command is complete but for its redirections.
    fn closed(&mut self) {
        let end = self.pos;
        self.set_end(self.cur.node, end);
        self.depth = self.depth.saturating_sub(u32::from(self.cur.kind.nests()));
        self.cur.kind = FrameKind::Redirects;
    }

    /// One step of a `Redirects` frame.
    pub(super) fn redirects(&mut self) -> Step {
        if self.script.kind(self.cur.last) == Kind::Arith {
            // `(( … ))`: the parts end before the two parentheses.
            let end = self.script.node(self.cur.node).end as usize;
            if end < self.pos {
                let pos = self.pos;
                self.set_end(self.cur.node, pos);
            }
        }
        let byte = self.skip_blanks();
        let start = self.pos;
        match byte {
            b'<' | b'>' => return self.begin_redirect(start, 0),
            b'&' if self.extended_shell() && self.at(self.pos + 1) == b'>' => {
                return self.begin_redirect(start, 0);
            }
            b'{' => {}
            _ if is(byte, DIGIT) => {}
            _ => return self.finish_compound(),
        }
        match self.descriptor(byte) {
            Some((descriptor, operator)) => {
                self.pos = operator;
                self.begin_redirect(start, descriptor)
            }
            None => self.finish_compound(),
        }
    }

    fn finish_compound(&mut self) -> Step {
        let own = self.script.node(self.cur.node).end as usize;
        let end = own.max(self.end_of(self.cur.last));
        self.finish(end);
        Ok(())
    }

    /// One step of a `Subshell` or `Group` frame.
    pub(super) fn grouped(&mut self) -> Step {
        let subshell = self.cur.kind == FrameKind::Subshell;
        if self.cur.last == NodeId::NONE {
            return self.push_list(if subshell {
                Terminators::PARENTHESIS
            } else {
                Terminators::BRACE
            });
        }
        if subshell {
            self.close_parenthesis()?;
        } else {
            self.expect(Reserved::Close)?;
        }
        self.closed();
        Ok(())
    }

    pub(super) fn close_parenthesis(&mut self) -> Step {
        if self.skip_blanks() != b')' {
            return self.unexpected();
        }
        self.pos += 1;
        Ok(())
    }

    /// One step of an `If` frame.
    pub(super) fn if_clause(&mut self) -> Step {
        const CONDITION: u8 = 0;
        const THEN: u8 = 1;
        const NEXT: u8 = 2;
        const END: u8 = 3;
        // A list of one word is read without a frame.
        while self.cur.kind == FrameKind::If && !self.is_full() {
            match self.cur.state {
                CONDITION => {
                    self.cur.state = THEN;
                    self.push_list(Terminators::THEN)?;
                }
                THEN => {
                    self.expect(Reserved::Then)?;
                    self.cur.state = NEXT;
                    self.push_list(Terminators::ELSE.or(Terminators::FI))?;
                }
                NEXT => {
                    self.skip_blanks();
                    match self.reserved_at(self.pos) {
                        Some((Reserved::Elif, end)) => {
                            self.pos = end;
                            self.cur.state = THEN;
                            self.push_list(Terminators::THEN)?;
                        }
                        Some((Reserved::Else, end)) => {
                            self.pos = end;
                            self.cur.state = END;
                            self.push_list(Terminators::FI)?;
                        }
                        _ => self.cur.state = END,
                    }
                }
                _ => {
                    self.expect(Reserved::Fi)?;
                    self.closed();
                }
            }
            self.steps += 1;
        }
        Ok(())
    }
}
