//! `case`.

use crate::parse::frame::{Frame, FrameKind, Mode, Terminators, part};
use crate::parse::list::Reserved;
use crate::parse::{Run, Step};
use crate::tree::Kind;

impl Run<'_> {
    /// One step of a `Case` frame.
    pub(in crate::parse) fn case(&mut self) -> Step {
        const SUBJECT: u8 = 0;
        const IN: u8 = 1;
        while self.cur.kind == FrameKind::Case && !self.is_full() {
            self.steps += 1;
            match self.cur.state {
                SUBJECT => {
                    self.skip_blanks();
                    let process = matches!(self.at(self.pos), b'<' | b'>')
                        && self.is_process_substitution(self.pos);
                    if self.ends_word(self.pos) && !process {
                        return self.unexpected();
                    }
                    self.cur.state = IN;
                    self.word(Mode::Word, part::NO_BRACES)?;
                }
                IN => {
                    if self.skip_newlines() {
                        return Ok(());
                    }
                    self.expect(Reserved::In)?;
                    self.cur.state += 1;
                }
                _ => {
                    if self.skip_newlines() {
                        return Ok(());
                    }
                    self.case_item_or_end()?;
                }
            }
        }
        Ok(())
    }

    fn case_item_or_end(&mut self) -> Step {
        if let Some((Reserved::Esac, end)) = self.reserved_at(self.pos) {
            self.pos = end;
            self.closed();
            return Ok(());
        }
        if self.is_end(self.pos) {
            return self.unexpected();
        }
        let node = self.add(Kind::CaseItem, self.pos, self.pos);
        if self.at(self.pos) == b'(' {
            self.pos += 1;
        }
        self.push_nested(Frame::new(FrameKind::CaseItem, node))?;
        self.case_item()
    }

    /// One step of a `CaseItem` frame.
    pub(in crate::parse) fn case_item(&mut self) -> Step {
        const PATTERN: u8 = 0;
        const AFTER_PATTERN: u8 = 1;
        while self.cur.kind == FrameKind::CaseItem && !self.is_full() {
            self.steps += 1;
            match self.cur.state {
                PATTERN => {
                    self.skip_blanks();
                    let process = matches!(self.at(self.pos), b'<' | b'>')
                        && self.is_process_substitution(self.pos);
                    if self.ends_word(self.pos) && !process {
                        return self.unexpected();
                    }
                    self.cur.state = AFTER_PATTERN;
                    self.word(Mode::Pattern, part::NO_BRACES)?;
                }
                AFTER_PATTERN => match self.skip_blanks() {
                    b'|' => {
                        self.pos += 1;
                        self.cur.state = PATTERN;
                    }
                    b')' => {
                        self.pos += 1;
                        self.cur.state += 1;
                        self.push_list(Terminators::CASE.or(Terminators::EMPTY))?;
                    }
                    _ => return self.unexpected(),
                },
                _ => {
                    let connector = self.case_terminator();
                    let node = self.cur.node;
                    self.set_connector(node, connector);
                    let end = self.pos;
                    self.finish(end);
                    break;
                }
            }
        }
        Ok(())
    }

    fn case_terminator(&mut self) -> crate::tree::Connector {
        use crate::tree::Connector;
        self.skip_blanks();
        if self.at(self.pos) != b';' {
            return Connector::None;
        }
        let start = self.pos;
        self.pos += 1;
        let second = self.peek();
        self.pos += 1;
        let connector = if second == b'&' {
            Connector::FallThrough
        } else if self.peek() == b'&' {
            self.pos += 1;
            Connector::TestNext
        } else {
            return Connector::Break;
        };
        self.differs(start, self.pos);
        connector
    }
}
