//! Lists, and-or lists, pipelines, and which command begins at a place.

use crate::tree::{Connector, Flags, Kind, Node, NodeId, Note};

use super::class::{BLANK, BREAK, EQUALS, WORD, is};
use super::frame::{Frame, FrameKind, Terminators};
use super::{Run, Step, narrow};

/// States of a `List` frame.
pub(super) mod state {
    /// A command or the end may come.
    pub(in crate::parse) const START: u8 = 0;
    /// A command must come (after `&&`, `||`).
    pub(in crate::parse) const OPERAND: u8 = 1;
    /// A command must come (after `|`).
    pub(in crate::parse) const PIPED: u8 = 2;
    /// After `!` or `time`: a command may come.
    pub(in crate::parse) const PREFIXED: u8 = 3;
    /// A command was read; an operator or the end comes.
    pub(in crate::parse) const AFTER: u8 = 4;
}

/// The reserved words (`man bash`, RESERVED WORDS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reserved {
    If,
    Then,
    Elif,
    Else,
    Fi,
    While,
    Until,
    Do,
    Done,
    For,
    Select,
    Case,
    Esac,
    In,
    Function,
    Time,
    Coproc,
    Open,
    Close,
    Bang,
    Cond,
    CondEnd,
}

/// What the text at a place is.
enum Begin {
    /// A reserved word of so many bytes.
    Whole(Reserved, usize),
    /// Perhaps one, with line continuations in it.
    Broken,
}

impl Reserved {
    /// The length of the longest.
    const LONGEST: usize = 8;

    /// Whether `text` begins with a reserved word.
    #[inline]
    fn begins(text: &[u8]) -> Option<Begin> {
        let (found, length) = match text {
            [b'i', b'f', ..] => (Self::If, 2),
            [b'i', b'n', ..] => (Self::In, 2),
            [b't', b'h', b'e', b'n', ..] => (Self::Then, 4),
            [b't', b'i', b'm', b'e', ..] => (Self::Time, 4),
            [b'e', b'l', b'i', b'f', ..] => (Self::Elif, 4),
            [b'e', b'l', b's', b'e', ..] => (Self::Else, 4),
            [b'e', b's', b'a', b'c', ..] => (Self::Esac, 4),
            [b'f', b'i', ..] => (Self::Fi, 2),
            [b'f', b'o', b'r', ..] => (Self::For, 3),
            [b'd', b'o', b'n', b'e', ..] => (Self::Done, 4),
            [b'd', b'o', ..] => (Self::Do, 2),
            [b'{', ..] => (Self::Open, 1),
            [b'}', ..] => (Self::Close, 1),
            [b'!', ..] => (Self::Bang, 1),
            [b'[', b'[', ..] => (Self::Cond, 2),
            [b']', b']', ..] => (Self::CondEnd, 2),
            [b'c' | b's' | b'w' | b'u', ..] | [b'f', b'u', ..] => return Self::among_others(text),
            [b'd' | b'e' | b'f' | b'i' | b't' | b'[' | b']', ..] => return Self::broken(text),
            _ => return None,
        };
        match text.get(length) {
            None => Some(Begin::Whole(found, length)),
            Some(next) if is(*next, BREAK) => Some(Begin::Whole(found, length)),
            Some(_) => Self::broken(text),
        }
    }

    /// The longer and rarer words.
    fn among_others(text: &[u8]) -> Option<Begin> {
        let (found, length) = match text {
            [b'c', b'a', b's', b'e', ..] => (Self::Case, 4),
            [b'c', b'o', b'p', b'r', b'o', b'c', ..] => (Self::Coproc, 6),
            [b'f', b'u', b'n', b'c', b't', b'i', b'o', b'n', ..] => (Self::Function, 8),
            [b's', b'e', b'l', b'e', b'c', b't', ..] => (Self::Select, 6),
            [b'u', b'n', b't', b'i', b'l', ..] => (Self::Until, 5),
            [b'w', b'h', b'i', b'l', b'e', ..] => (Self::While, 5),
            _ => return Self::broken(text),
        };
        if text.get(length).is_none_or(|next| is(*next, BREAK)) {
            Some(Begin::Whole(found, length))
        } else {
            Self::broken(text)
        }
    }

    /// A line continuation may stand inside of it.
    #[inline]
    fn broken(text: &[u8]) -> Option<Begin> {
        let window = text.get(..=Self::LONGEST).unwrap_or(text);
        let at = window
            .iter()
            .position(|byte| is(*byte, BREAK) || *byte == b'\\')?;
        (window.get(at) == Some(&b'\\') && text.get(at + 1) == Some(&b'\n'))
            .then_some(Begin::Broken)
    }

    fn of(word: &[u8]) -> Option<Self> {
        Some(match word {
            b"if" => Self::If,
            b"then" => Self::Then,
            b"elif" => Self::Elif,
            b"else" => Self::Else,
            b"fi" => Self::Fi,
            b"while" => Self::While,
            b"until" => Self::Until,
            b"do" => Self::Do,
            b"done" => Self::Done,
            b"for" => Self::For,
            b"select" => Self::Select,
            b"case" => Self::Case,
            b"esac" => Self::Esac,
            b"in" => Self::In,
            b"function" => Self::Function,
            b"time" => Self::Time,
            b"coproc" => Self::Coproc,
            b"{" => Self::Open,
            b"}" => Self::Close,
            b"!" => Self::Bang,
            b"[[" => Self::Cond,
            b"]]" => Self::CondEnd,
            _ => return None,
        })
    }

    /// Words that dash does not reserve.
    const fn is_extension(self) -> bool {
        matches!(
            self,
            Self::Select | Self::Function | Self::Time | Self::Coproc | Self::Cond
        )
    }

    /// What it ends, if it ends a list.
    const fn ends(self) -> Option<Terminators> {
        Some(match self {
            Self::Then => Terminators::THEN,
            Self::Elif | Self::Else => Terminators::ELSE,
            Self::Fi => Terminators::FI,
            Self::Do => Terminators::DO,
            Self::Done => Terminators::DONE,
            Self::Close => Terminators::BRACE,
            Self::Esac => Terminators::CASE,
            _ => return None,
        })
    }
}

impl Run<'_> {
    /// The reserved word that begins at `pos`, with the position after it. Line
    /// continuations inside are looked through.
    pub(super) fn reserved_at(&mut self, pos: usize) -> Option<(Reserved, usize)> {
        let (found, word, end) = self.reserved;
        if found == pos && pos != 0 {
            return Some((word, end));
        }
        let rest = self.script.text.get(pos..self.end)?;
        let (word, end) = match Reserved::begins(rest)? {
            Begin::Whole(word, length) => (word, pos + length),
            Begin::Broken => self.broken_reserved(pos)?,
        };
        if word == Reserved::Bang {
            return (!self.extglob || self.at(end) != b'(').then_some((word, end));
        }
        if !self.extended_shell() && word.is_extension() {
            return None;
        }
        // What ends a list is asked for again by the construct around it.
        self.reserved = (pos, word, end);
        Some((word, end))
    }

    /// A reserved word with line continuations in it.
    #[cold]
    fn broken_reserved(&self, mut pos: usize) -> Option<(Reserved, usize)> {
        let mut word = [0_u8; Reserved::LONGEST];
        let mut length = 0;
        loop {
            let byte = self.at(pos);
            if is(byte, BREAK) || self.is_end(pos) {
                break;
            }
            if byte == b'\\' {
                let next = self.after_continuations(pos);
                if next == pos {
                    return None;
                }
                pos = next;
                continue;
            }
            *word.get_mut(length)? = byte;
            length += 1;
            pos += 1;
        }
        Some((Reserved::of(word.get(..length)?)?, pos))
    }

    /// Consumes the reserved word, or fails.
    pub(super) fn expect(&mut self, word: Reserved) -> Step {
        self.skip_blanks();
        match self.reserved_at(self.pos) {
            Some((found, end)) if found == word => {
                self.pos = end;
                Ok(())
            }
            _ => self.unexpected(),
        }
    }

    /// Begins a list below the current frame. One of a single plain word is complete at once.
    pub(super) fn push_list(&mut self, terminators: Terminators) -> Step {
        if let Some(list) = self.one_word(terminators) {
            self.append(list);
            return Ok(());
        }
        let node = self.add(Kind::List, self.pos, self.pos);
        self.push_nested(Frame::list(node, terminators))
    }

    /// Reads a list of one command of one plain word, such as `$(pwd)` and `then exit; fi`
    /// have, up to what ends it. `None`: it is something else, and nothing was read.
    #[inline]
    pub(super) fn one_word(&mut self, terminators: Terminators) -> Option<NodeId> {
        let from = self.pos;
        let start = self.after_blanks(from);
        let rest = self.script.text.get(start..self.end).unwrap_or_default();
        let length = rest.iter().position(|byte| is(*byte, WORD | EQUALS));
        let end = start + length.unwrap_or(rest.len());
        let stop = self.after_blanks(end);
        let ends = matches!(self.at(stop), b')' | b';' | b'\n') || self.is_end(stop);
        let comment = rest.first() == Some(&b'#');
        if !ends || end == start || comment || self.depth >= u32::from(self.limits.depth) {
            return None;
        }
        let (connector, after) = self.end_of_one(stop, terminators)?;
        if self.reserved_at(start).is_some() {
            return None;
        }
        self.commands += 1;
        self.steps += 1;
        let mut node = Node::new(Kind::Word, narrow(start), narrow(end));
        node.flags = Flags::PLAIN.with(Flags::ONE_WORD);
        (node.op, node.data) = (connector as u8, narrow(from));
        self.script.folded += 2;
        self.pos = after;
        Some(self.add_node(node))
    }

    fn after_blanks(&self, mut pos: usize) -> usize {
        while is(self.at(pos), BLANK) {
            pos += 1;
        }
        pos
    }

    /// The operator at `pos` after the only command of a list, and the position of what ends
    /// the list.
    #[inline]
    fn end_of_one(&mut self, pos: usize, ends: Terminators) -> Option<(Connector, usize)> {
        let closes = |byte: u8, end: bool| match byte {
            b')' => ends.has(Terminators::PARENTHESIS),
            0 => end && ends.has(Terminators::END),
            _ => false,
        };
        let byte = self.at(pos);
        if closes(byte, self.is_end(pos)) {
            return Some((Connector::None, pos));
        }
        let connector = match (byte, self.at(pos + 1)) {
            (b';', b';' | b'&') => {
                return ends
                    .has(Terminators::CASE)
                    .then_some((Connector::None, pos));
            }
            (b';', b'\\') => return None,
            (b';', _) => Connector::Semicolon,
            // What begins on the next line: texts of here-documents, another grammar.
            (b'\n', _) if self.pending.len() == self.here_base && !self.extglob_next_line => {
                Connector::Newline
            }
            _ => return None,
        };
        let after = self.after_blanks(pos + 1);
        if closes(self.at(after), self.is_end(after)) {
            return Some((connector, after));
        }
        let (word, _) = self.reserved_at(after)?;
        ends.has(word.ends()?).then_some((connector, after))
    }

    /// One step of a `List` frame.
    pub(super) fn list(&mut self) -> Step {
        loop {
            if self.cur.held != NodeId::NONE {
                self.cur.state = state::AFTER;
            }
            if self.cur.state == state::AFTER {
                self.after_command()?;
            } else {
                self.before_command()?;
            }
            // A list goes on at once, but for the outermost, which may be left between
            // commands.
            let goes_on = self.cur.held != NodeId::NONE || self.stack.len() > 1;
            if self.cur.kind != FrameKind::List || !goes_on {
                return Ok(());
            }
            self.steps += 1;
        }
    }

    fn ends(&self, terminators: Terminators) -> bool {
        Terminators(self.cur.bits).has(terminators)
    }

    fn before_command(&mut self) -> Step {
        let state = self.cur.state;
        let mut byte = self.at(self.pos);
        if byte == b' ' {
            self.pos += 1;
            byte = self.at(self.pos);
        }
        // Mostly a command begins here, and there is nothing to skip.
        if byte <= b'#' || byte == b'\\' {
            if state == state::PREFIXED {
                self.skip_blanks();
            } else if self.skip_newlines() {
                return Ok(());
            }
            byte = self.at(self.pos);
        }
        match byte {
            b')' | b';' | b'&' | b'|' | b'\n' | b'#' | 0 if byte != 0 || self.is_end(self.pos) => {
                self.no_command(byte)
            }
            _ => self.command(byte),
        }
    }

    /// Where a command could begin there is an operator or the end.
    fn no_command(&mut self, byte: u8) -> Step {
        if byte == b'&' && self.extended_shell() && self.at(self.pos + 1) == b'>' {
            return self.begin_simple();
        }
        if self.cur.state == state::PREFIXED {
            let second = self.at(self.pos + 1);
            let substitution = self
                .stack
                .last()
                .is_some_and(|frame| frame.kind == FrameKind::Substitution);
            let ends = match byte {
                b';' => !matches!(second, b';' | b'&'),
                b')' => substitution,
                _ => matches!(byte, b'\n' | b'#' | 0),
            };
            if !ends {
                return self.unexpected();
            }
            if byte == b'#' {
                self.skip_comment();
            }
            // `!` or `time` alone: an empty pipeline.
            self.cur.held = self.cur.inner;
            self.cur.inner = NodeId::NONE;
            let (held, end) = (self.cur.held, self.pos);
            self.edit(held, |node| node.end = narrow(end));
            return Ok(());
        }
        let ends = match byte {
            b')' => self.ends(Terminators::PARENTHESIS),
            b';' => self.ends(Terminators::CASE) && matches!(self.at(self.pos + 1), b';' | b'&'),
            0 => self.ends(Terminators::END),
            _ => false,
        };
        if ends {
            self.finish_list()
        } else {
            self.unexpected()
        }
    }

    /// The list ends here, after a separator or empty.
    fn finish_list(&mut self) -> Step {
        let empty = self.cur.last == NodeId::NONE;
        if self.cur.state != state::START || (empty && !self.ends(Terminators::EMPTY)) {
            return self.unexpected();
        }
        let end = if empty {
            self.pos
        } else {
            self.end_of(self.cur.last)
        };
        self.finish(end);
        Ok(())
    }

    fn command(&mut self, byte: u8) -> Step {
        if byte == b'(' {
            return self.parenthesis();
        }
        match self.reserved_at(self.pos) {
            None => self.begin_simple(),
            Some((Reserved::Bang, end)) => self.negation(end),
            Some((Reserved::Time, end)) => self.time(end),
            Some((Reserved::In | Reserved::CondEnd, _)) => self.unexpected(),
            Some((word, end)) => match word.ends() {
                Some(terminators) if self.ends(terminators) => self.finish_list(),
                Some(_) => self.unexpected(),
                None => self.compound(word, end),
            },
        }
    }

    fn pipeline_prefix(&mut self, end: usize) -> NodeId {
        if self.cur.inner == NodeId::NONE {
            self.cur.inner = self.add(Kind::Pipeline, self.pos, end);
            self.cur.inner_last = NodeId::NONE;
        }
        self.pos = end;
        self.cur.state = state::PREFIXED;
        self.cur.inner
    }

    fn negation(&mut self, end: usize) -> Step {
        if self.cur.state == state::PIPED {
            return self.unexpected();
        }
        if self.at(end) == b'(' && !self.extglob {
            // Another command when extglob is on.
            self.remark_here(self.pos, end + 1, Note::ExtendedPattern);
        }
        let pipeline = self.pipeline_prefix(end);
        self.edit(pipeline, |node| {
            node.flags = Flags(node.flags.0 ^ Flags::NEGATED.0)
        });
        Ok(())
    }

    fn time(&mut self, end: usize) -> Step {
        if self.cur.state == state::PIPED {
            return self.begin_simple();
        }
        let start = self.pos;
        let pipeline = self.pipeline_prefix(end);
        self.flag(pipeline, Flags::TIMED);
        self.skip_blanks();
        if self.slice(self.pos, self.pos + 2) == b"-p" && self.ends_word(self.pos + 2) {
            self.pos += 2;
            self.differs(start, self.pos);
            self.skip_blanks();
        } else {
            self.differs_in_dash(start, end);
        }
        if self.slice(self.pos, self.pos + 2) == b"--" && self.ends_word(self.pos + 2) {
            self.pos += 2;
        }
        Ok(())
    }

    pub(super) fn ends_word(&self, pos: usize) -> bool {
        self.is_end(pos) || is(self.at(pos), BREAK)
    }

    /// After a command: which operator follows.
    fn after_command(&mut self) -> Step {
        let mut byte = self.skip_blanks();
        if byte == b'#' {
            self.skip_comment();
            byte = self.at(self.pos);
        }
        match byte {
            b'\n' => {
                self.place(Connector::Newline);
                self.newline();
                Ok(())
            }
            b';' => self.after_semicolon(),
            b'&' => {
                self.pos += 1;
                if self.peek() == b'&' {
                    self.pos += 1;
                    self.place(Connector::And);
                } else {
                    self.place(Connector::Background);
                }
                Ok(())
            }
            b'|' => {
                self.pos += 1;
                let connector = match self.peek() {
                    b'|' => Connector::Or,
                    b'&' if self.extended_shell() => {
                        self.differs_in_dash(self.pos - 1, self.pos + 1);
                        Connector::PipeBoth
                    }
                    _ => Connector::Pipe,
                };
                self.pos += usize::from(connector != Connector::Pipe);
                self.place(connector);
                Ok(())
            }
            b')' if self.ends(Terminators::PARENTHESIS) => self.end_after_command(),
            0 if self.is_end(self.pos) && self.ends(Terminators::END) => self.end_after_command(),
            _ => self.after_compound(),
        }
    }

    fn end_after_command(&mut self) -> Step {
        self.place(Connector::None);
        self.finish_list()
    }

    fn after_semicolon(&mut self) -> Step {
        let start = self.pos;
        self.pos += 1;
        if matches!(self.peek(), b';' | b'&') {
            self.pos = start;
            if self.ends(Terminators::CASE) {
                return self.end_after_command();
            }
            return self.unexpected();
        }
        self.place(Connector::Semicolon);
        Ok(())
    }

    /// After a compound command a reserved word may end the list.
    fn after_compound(&mut self) -> Step {
        if self.script.kind(self.cur.held) == Kind::Simple {
            return self.unexpected();
        }
        let terminators = self.reserved_at(self.pos).and_then(|(word, _)| word.ends());
        match terminators {
            Some(terminators) if self.ends(terminators) => self.end_after_command(),
            _ => self.unexpected(),
        }
    }

    /// Gives the held command its place, with the operator after it.
    fn place(&mut self, connector: Connector) {
        let command = std::mem::replace(&mut self.cur.held, NodeId::NONE);
        self.cur.state = match connector {
            Connector::Pipe | Connector::PipeBoth => {
                if self.cur.inner == NodeId::NONE {
                    let start = self.script.node(command).start as usize;
                    self.cur.inner = self.add(Kind::Pipeline, start, start);
                    self.cur.inner_last = NodeId::NONE;
                }
                self.set_connector(command, connector);
                self.cur.inner_last = self.link(self.cur.inner, self.cur.inner_last, command);
                state::PIPED
            }
            Connector::And | Connector::Or => {
                let command = self.close_pipeline(command);
                if self.cur.outer == NodeId::NONE {
                    let start = self.script.node(command).start as usize;
                    self.cur.outer = self.add(Kind::AndOr, start, start);
                    self.cur.outer_last = NodeId::NONE;
                }
                self.set_connector(command, connector);
                self.cur.outer_last = self.link(self.cur.outer, self.cur.outer_last, command);
                state::OPERAND
            }
            _ => {
                let command = self.close_pipeline(command);
                let command = self.close_and_or(command);
                self.set_connector(command, connector);
                self.append(command);
                state::START
            }
        };
    }

    fn close_pipeline(&mut self, command: NodeId) -> NodeId {
        let pipeline = self.cur.inner;
        if pipeline == NodeId::NONE {
            return command;
        }
        self.link(pipeline, self.cur.inner_last, command);
        self.cur.inner = NodeId::NONE;
        let end = self.script.node(command).end;
        self.edit(pipeline, |node| node.end = end);
        pipeline
    }

    fn close_and_or(&mut self, command: NodeId) -> NodeId {
        let and_or = self.cur.outer;
        if and_or == NodeId::NONE {
            return command;
        }
        self.link(and_or, self.cur.outer_last, command);
        self.cur.outer = NodeId::NONE;
        let end = self.script.node(command).end;
        self.edit(and_or, |node| node.end = end);
        and_or
    }

    /// When the parse is given up: everything that was read gets a place in the tree.
    pub(super) fn close_open_commands(&mut self, end: usize) {
        for open in [self.cur.inner, self.cur.outer] {
            self.edit(open, |node| {
                node.end = narrow(end);
                node.flags = node.flags.with(Flags::INCOMPLETE);
            });
        }
        if self.cur.kind == FrameKind::Cond {
            self.close_expression(end);
            return;
        }
        if self.cur.kind != FrameKind::List {
            return;
        }
        if self.cur.held != NodeId::NONE {
            self.place(Connector::None);
        } else if self.cur.inner != NodeId::NONE {
            self.cur.held = std::mem::replace(&mut self.cur.inner, NodeId::NONE);
            self.place(Connector::None);
        } else if self.cur.outer != NodeId::NONE {
            self.cur.held = std::mem::replace(&mut self.cur.outer, NodeId::NONE);
            self.place(Connector::None);
        }
    }
}
