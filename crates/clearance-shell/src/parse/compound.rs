//! Compound commands, function definitions and coprocesses.

use crate::tree::{Flags, Kind, NodeId};

use super::class::{BREAK, DIGIT, is};
use super::frame::{Frame, FrameKind, Mode, Terminators, part};
use super::list::Reserved;
use super::{Run, Step, narrow};

/// States of a `Function` frame.
pub(super) mod function {
    pub(in crate::parse) const NAME: u8 = 0;
    pub(in crate::parse) const PARENTHESES: u8 = 1;
    pub(in crate::parse) const BODY: u8 = 2;
    pub(in crate::parse) const DONE: u8 = 3;
}

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
        match self.cur.state {
            CONDITION => {
                self.cur.state = THEN;
                self.push_list(Terminators::THEN)
            }
            THEN => {
                self.expect(Reserved::Then)?;
                self.cur.state = NEXT;
                self.push_list(Terminators::ELSE.or(Terminators::FI))
            }
            NEXT => {
                self.skip_blanks();
                match self.reserved_at(self.pos) {
                    Some((Reserved::Elif, end)) => {
                        self.pos = end;
                        self.cur.state = CONDITION;
                    }
                    Some((Reserved::Else, end)) => {
                        self.pos = end;
                        self.cur.state = END;
                        return self.push_list(Terminators::FI);
                    }
                    _ => self.cur.state = END,
                }
                Ok(())
            }
            _ => {
                self.expect(Reserved::Fi)?;
                self.closed();
                Ok(())
            }
        }
    }

    /// One step of a `Loop` frame (`while`, `until`).
    pub(super) fn while_loop(&mut self) -> Step {
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
    pub(super) fn for_loop(&mut self) -> Step {
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
    pub(super) fn arith_for(&mut self) -> Step {
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

    /// One step of a `Case` frame.
    pub(super) fn case(&mut self) -> Step {
        const SUBJECT: u8 = 0;
        const IN: u8 = 1;
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
                Ok(())
            }
            IN => {
                if self.skip_newlines() {
                    return Ok(());
                }
                self.expect(Reserved::In)?;
                self.cur.state += 1;
                Ok(())
            }
            _ => {
                if self.skip_newlines() {
                    return Ok(());
                }
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
                self.push_nested(Frame::new(FrameKind::CaseItem, node))
            }
        }
    }

    /// One step of a `CaseItem` frame.
    pub(super) fn case_item(&mut self) -> Step {
        const PATTERN: u8 = 0;
        const AFTER_PATTERN: u8 = 1;
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
                Ok(())
            }
            AFTER_PATTERN => match self.skip_blanks() {
                b'|' => {
                    self.pos += 1;
                    self.cur.state = PATTERN;
                    Ok(())
                }
                b')' => {
                    self.pos += 1;
                    self.cur.state += 1;
                    self.push_list(Terminators::CASE.or(Terminators::EMPTY))
                }
                _ => self.unexpected(),
            },
            _ => {
                let connector = self.case_terminator();
                let node = self.cur.node;
                self.set_connector(node, connector);
                let end = self.pos;
                self.finish(end);
                Ok(())
            }
        }
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

    /// One step of a `Function` frame.
    pub(super) fn function(&mut self) -> Step {
        match self.cur.state {
            function::NAME => {
                self.skip_blanks();
                if self.ends_word(self.pos) {
                    return self.unexpected();
                }
                self.cur.state = function::PARENTHESES;
                self.word(Mode::Word, part::NO_BRACES)?;
                Ok(())
            }
            function::PARENTHESES => {
                self.cur.state = function::BODY;
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
            function::BODY => {
                if self.skip_newlines() {
                    return Ok(());
                }
                self.cur.state = function::DONE;
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
    fn begins_compound(&self, pos: usize) -> bool {
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
    pub(super) fn coproc(&mut self) -> Step {
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

    pub(super) fn set_start(&mut self, id: NodeId, start: usize) {
        self.edit(id, |node| node.start = narrow(start));
    }
}
