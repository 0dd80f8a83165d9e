//! `while`, `until`, `for`, `select` and `for ((…))`.

use crate::parse::class::BREAK;
use crate::parse::frame::{FrameKind, Mode, Terminators};
use crate::parse::list::Reserved;
use crate::parse::{Run, Step};
use crate::tree::{Flags, Kind};

impl Run<'_> {
    /// One step of a `Loop` frame (`while`, `until`).
    pub(in crate::parse) fn while_loop(&mut self) -> Step {
        self.cur.state += 1;
        match self.cur.state {
            1 => self.push_list(Terminators::DO),
            2 => {
                self.expect(Reserved::Do)?;
                self.push_list(Terminators::DONE)
            }
            _ => {
                self.expect(Reserved::Done)?;
                self.closed();
                Ok(())
            }
        }
    }

    /// One step of a `For` frame (`for`, `select`).
    pub(in crate::parse) fn for_loop(&mut self) -> Step {
        const NAME: u8 = 0;
        const IN: u8 = 1;
        const WORDS: u8 = 2;
        const BODY: u8 = 3;
        match self.cur.state {
            NAME => {
                let byte = self.skip_blanks();
                if byte == b'(' && self.script.kind(self.cur.node) == Kind::For {
                    return self.begin_arith_for();
                }
                self.for_name()?;
                self.cur.state = IN;
                Ok(())
            }
            IN => {
                if self.skip_newlines() {
                    return Ok(());
                }
                if let Some((Reserved::In, end)) = self.reserved_at(self.pos) {
                    self.pos = end;
                    self.flag(self.cur.node, Flags::HAS_IN);
                    self.cur.state = WORDS;
                } else {
                    if self.at(self.pos) == b';' {
                        self.pos += 1;
                    }
                    self.cur.state = BODY;
                }
                Ok(())
            }
            WORDS => {
                loop {
                    let byte = self.skip_blanks();
                    match byte {
                        b'#' => self.skip_comment(),
                        b';' | b'\n' => break,
                        b'<' | b'>' if self.is_process_substitution(self.pos) => {
                            self.word(Mode::Word, 0)?;
                            return Ok(());
                        }
                        _ if self.ends_word(self.pos) => return self.unexpected(),
                        _ => {
                            if !self.word(Mode::Word, 0)? {
                                return Ok(());
                            }
                        }
                    }
                }
                self.cur.state = BODY;
                if self.at(self.pos) == b';' {
                    self.pos += 1;
                    return Ok(());
                }
                self.newline();
                Ok(())
            }
            _ => self.loop_body(),
        }
    }

    /// The name after `for`; any word that is a name when it runs.
    fn for_name(&mut self) -> Step {
        let start = self.pos;
        let end = match self.name_at(start) {
            Some((name, end)) => {
                self.edit(self.cur.node, |node| node.data = name);
                end
            }
            None => start,
        };
        if end == start || !self.ends_word(self.after_continuations(end)) {
            // Anything else is refused when it runs, after the words were expanded.
            let stop = self.skip(start, BREAK);
            if stop == start {
                return self.unexpected();
            }
            self.remark_here(start, stop, crate::tree::Note::BadSubstitution);
            self.pos = stop;
            return Ok(());
        }
        self.pos = end;
        Ok(())
    }

    /// `do list; done` or `{ list; }`, then redirections. States 3, 4 and 5 of loops.
    fn loop_body(&mut self) -> Step {
        const BODY: u8 = 3;
        const DONE: u8 = 4;
        if self.cur.state == BODY {
            if self.skip_newlines() {
                return Ok(());
            }
            match self.reserved_at(self.pos) {
                Some((Reserved::Do, end)) => {
                    self.pos = end;
                    self.cur.state = DONE;
                    return self.push_list(Terminators::DONE);
                }
                Some((Reserved::Open, end)) if self.extended_shell() => {
                    self.pos = end;
                    self.cur.state = DONE + 1;
                    return self.push_list(Terminators::BRACE);
                }
                _ => return self.unexpected(),
            }
        }
        let word = if self.cur.state == DONE {
            Reserved::Done
        } else {
            Reserved::Close
        };
        self.expect(word)?;
        self.closed();
        Ok(())
    }

    /// `for (( … ; … ; … ))`
    fn begin_arith_for(&mut self) -> Step {
        let second = self.after_continuations(self.pos + 1);
        if self.at(second) != b'(' || !self.extended_shell() {
            return self.unexpected();
        }
        self.differs_in_dash(self.pos, second + 1);
        self.pos = second + 1;
        self.edit(self.cur.node, |node| node.kind = Kind::ArithFor);
        self.cur.kind = FrameKind::ArithFor;
        self.cur.state = 0;
        self.push_arith(Mode::ForArith)
    }

    /// One step of an `ArithFor` frame.
    pub(in crate::parse) fn arith_for(&mut self) -> Step {
        const CLOSE: u8 = 2;
        const BODY: u8 = 3;
        match self.cur.state {
            0 | 1 => {
                if self.at(self.pos) != b';' {
                    return self.unexpected();
                }
                self.pos += 1;
                self.cur.state += 1;
                self.push_arith(Mode::ForArith)
            }
            CLOSE => {
                if self.at(self.pos) != b')' {
                    return self.unexpected();
                }
                self.pos = self.after_continuations(self.pos + 1);
                if self.at(self.pos) != b')' {
                    return self.unexpected();
                }
                self.pos += 1;
                if self.skip_blanks() == b';' {
                    self.pos += 1;
                }
                self.cur.state = BODY;
                Ok(())
            }
            _ => self.loop_body(),
        }
    }
}
