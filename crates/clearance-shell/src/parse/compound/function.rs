//! Function definitions and coprocesses.

use crate::parse::frame::{Mode, part};
use crate::parse::list::Reserved;
use crate::parse::{Run, Step};
use crate::tree::{Flags, Kind};

/// States of a `Function` frame.
pub(in crate::parse) mod state {
    pub(in crate::parse) const NAME: u8 = 0;
    pub(in crate::parse) const PARENTHESES: u8 = 1;
    pub(in crate::parse) const BODY: u8 = 2;
    pub(in crate::parse) const DONE: u8 = 3;
}

impl Run<'_> {
    /// One step of a `Function` frame.
    pub(in crate::parse) fn function(&mut self) -> Step {
        match self.cur.state {
            state::NAME => {
                self.skip_blanks();
                if self.ends_word(self.pos) {
                    return self.unexpected();
                }
                self.cur.state = state::PARENTHESES;
                self.word(Mode::Word, part::NO_BRACES)?;
                Ok(())
            }
            state::PARENTHESES => {
                self.cur.state = state::BODY;
                if self.skip_blanks() == b'(' {
                    let close = self.pos;
                    self.pos += 1;
                    if self.skip_blanks() == b')' {
                        self.pos += 1;
                    } else {
                        // A subshell is the body.
                        self.pos = close;
                    }
                }
                Ok(())
            }
            state::BODY => {
                if self.skip_newlines() {
                    return Ok(());
                }
                self.cur.state = state::DONE;
                self.function_body()
            }
            _ => {
                let end = self.end_of(self.cur.last);
                self.finish(end);
                Ok(())
            }
        }
    }

    fn function_body(&mut self) -> Step {
        if self.begins_compound(self.pos) {
            return self.begin_compound();
        }
        if self.dialect == crate::Dialect::Bash || self.is_end(self.pos) || self.ends_word(self.pos)
        {
            return self.unexpected();
        }
        // dash and zsh take any command.
        if self.dialect == crate::Dialect::Unknown {
            return self.unexpected();
        }
        self.begin_simple()
    }

    /// A compound command begins at `pos`.
    fn begins_compound(&mut self, pos: usize) -> bool {
        if self.at(pos) == b'(' {
            return true;
        }
        match self.reserved_at(pos) {
            Some((word, _)) => matches!(
                word,
                Reserved::Open
                    | Reserved::If
                    | Reserved::While
                    | Reserved::Until
                    | Reserved::For
                    | Reserved::Select
                    | Reserved::Case
                    | Reserved::Cond
            ),
            None => false,
        }
    }

    fn begin_compound(&mut self) -> Step {
        if self.at(self.pos) == b'(' {
            return self.parenthesis();
        }
        match self.reserved_at(self.pos) {
            Some((word, end)) => self.compound(word, end),
            None => self.unexpected(),
        }
    }

    /// One step of a `Coproc` frame.
    pub(in crate::parse) fn coproc(&mut self) -> Step {
        const BEGIN: u8 = 0;
        const NAMED: u8 = 1;
        match self.cur.state {
            BEGIN => {
                self.skip_blanks();
                if self.begins_compound(self.pos) {
                    self.cur.state = NAMED + 1;
                    return self.begin_compound();
                }
                if let Some(end) = self.coproc_name() {
                    let name = self.leaf(Kind::Word, self.pos, end);
                    self.flag(name, Flags::PLAIN);
                    self.pos = end;
                    self.skip_blanks();
                    self.cur.state = NAMED + 1;
                    return self.begin_compound();
                }
                self.cur.state = NAMED + 1;
                match self.reserved_at(self.pos) {
                    None | Some((Reserved::Time, _)) => self.begin_simple(),
                    Some(_) => self.unexpected(),
                }
            }
            _ => {
                let end = self.end_of(self.cur.last);
                self.finish(end);
                Ok(())
            }
        }
    }

    /// The end of the name in `coproc NAME compound-command`.
    fn coproc_name(&mut self) -> Option<usize> {
        let start = self.pos;
        let end = self.name_end(start);
        if end == start || !self.ends_word(end) {
            return None;
        }
        self.pos = end;
        self.skip_blanks();
        let compound = self.begins_compound(self.pos);
        self.pos = start;
        compound.then_some(end)
    }
}
