//! Text to tree: a hand-written parser of one pass, without recursion.
//!
//! The grammar is bash 5.2's (`man bash`, SHELL GRAMMAR; POSIX XCU 2.10); what bash does
//! beyond its manual was found by asking it. Substitutions are parsed where they stand.
//! [`Parser`] keeps its buffers, so that a warm one allocates nothing; [`parse`] is the
//! short way.
//!
//! The parser is a stack of `Frame`s. One step looks at the innermost frame, consumes
//! text, and then finishes the frame, pushes another one, or fails. `list` holds lists,
//! pipelines and the choice of a command, `compound` the compound commands, `simple` simple
//! commands, assignments and arrays, `redirect` redirections and here-documents, `word` the
//! parts of words, `quote` and `tilde` what their names say, `dollar` what begins with a dollar or a backquote, `cond` the `[[ ]]`.

mod class;
mod compound;
mod cond;
mod dollar;
mod double;
mod frame;
mod list;
mod piece;
mod quote;
mod redirect;
mod simple;
mod tilde;
mod trouble;
mod word;

use clearance_core::Span;

use crate::invocation::{Dialect, Limits};
use crate::tree::{Connector, Flags, Kind, Node, NodeId, Note, Script, Segment};

use class::{BLANK, NAME, NAME_START, is};
use frame::{Frame, FrameKind, Terminators};
pub(crate) use piece::Room;

/// Whether extended patterns such as `@(a|b)` are recognised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ExtGlob {
    /// As a non-interactive bash: off until a line with `shopt -s extglob` has been read. An
    /// extended pattern before that is parsed and remarked.
    #[default]
    Auto,
    /// On from the start (`bash -O extglob`).
    On,
}

/// A parser with its buffers. See the [module documentation](self).
///
/// # Examples
///
/// ```
/// use clearance_shell::tree::Script;
/// use clearance_shell::{Dialect, Limits, Parser};
///
/// let mut parser = Parser::new(Dialect::Bash, Limits::default());
/// let mut script = Script::new();
/// for text in ["ls -l", "echo $(date"] {
///     parser.parse_into(text.as_bytes(), &mut script);
///     assert_eq!(script.is_complete(), text == "ls -l");
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Parser {
    dialect: Dialect,
    limits: Limits,
    extglob: ExtGlob,
    stack: Vec<Frame>,
    pending: Vec<redirect::Pending>,
    checkpoints: Vec<double::Checkpoint>,
    doubled: Vec<(u32, bool)>,
}

/// Parses `text` as a whole script.
///
/// It never fails: what is not understood is a [`Kind::Error`] node with a diagnostic.
///
/// # Examples
///
/// ```
/// use clearance_shell::{Dialect, Limits, parse};
///
/// assert!(parse(b"if true; then echo yes; fi", Dialect::Bash, Limits::default()).is_complete());
/// assert!(!parse(b"if true; then", Dialect::Bash, Limits::default()).is_complete());
/// ```
#[must_use]
pub fn parse(text: &[u8], dialect: Dialect, limits: Limits) -> Script {
    let mut script = Script::new();
    Parser::new(dialect, limits).parse_into(text, &mut script);
    script
}

impl Parser {
    /// A parser for one dialect.
    #[must_use]
    pub const fn new(dialect: Dialect, limits: Limits) -> Self {
        Self {
            dialect,
            limits,
            extglob: ExtGlob::Auto,
            stack: Vec::new(),
            pending: Vec::new(),
            checkpoints: Vec::new(),
            doubled: Vec::new(),
        }
    }

    /// Whether extended patterns are on.
    #[must_use]
    pub const fn extglob(mut self, extglob: ExtGlob) -> Self {
        self.extglob = extglob;
        self
    }

    /// Parses `text` into `script`, whose old content is dropped and whose buffers are
    /// reused.
    pub fn parse_into(&mut self, text: &[u8], script: &mut Script) {
        // Without a bound there is one piece only.
        let _ = self.first_piece(text, script, Room::NONE);
    }
}

/// Why a step could not go on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fail {
    note: Note,
    at: usize,
}

type Step = Result<(), Fail>;

/// One parse under way.
struct Run<'a> {
    script: &'a mut Script,
    /// The frames around [`Self::cur`], outermost first.
    stack: &'a mut Vec<Frame>,
    /// Here-documents whose text has not come yet.
    pending: &'a mut Vec<redirect::Pending>,
    checkpoints: &'a mut Vec<double::Checkpoint>,
    /// For the second parenthesis of each `((` that was tried: whether it was arithmetic.
    doubled: &'a mut Vec<(u32, bool)>,
    cur: Frame,
    pos: usize,
    /// The end of the region that is read: of the input, a backquote's text, a here-document.
    end: usize,
    /// Where the literal text that has not become a node yet begins.
    lit: usize,
    /// Pending here-documents below this index belong to text outside a substitution.
    here_base: usize,
    dialect: Dialect,
    limits: Limits,
    extglob: bool,
    extglob_next_line: bool,
    /// The last newline in single quotes.
    quoted_newline: Option<usize>,
    depth: u32,
    /// Commands and here-documents so far; substitutions compare.
    commands: u32,
    here_documents: u32,
    /// Bytes read again after a wrong guess at `((`.
    reparsed: usize,
    /// The reserved word that was found last, where it begins (0: none) and ends.
    reserved: (usize, list::Reserved, usize),
    /// Of the word that was tried as plain text last: where it begins, and where the plain
    /// text ends.
    scanned: (usize, usize),
    /// With so many nodes the parse is given up, in [`Self::go_on`].
    most: usize,
    /// The piece of decoded text whose origin was asked for last.
    piece: usize,
    steps: u64,
}

impl Run<'_> {
    /// Begins with the outermost list.
    fn begin(&mut self) {
        if memchr::memchr(0, &self.script.text).is_some() {
            self.remark(Span::new(0, self.script.source_len), Note::Nul);
            self.script.complete = false;
        }
        let root = self.add(Kind::List, 0, self.script.source_len as usize);
        self.cur = Frame::new(FrameKind::End, NodeId::NONE);
        self.push(Frame::list(root, Terminators::END.or(Terminators::EMPTY)));
    }

    /// Reads on to the end, or to a place between two commands of the outermost list once
    /// a piece is full. `true`: there is more.
    fn go_on(&mut self, room: Room) -> bool {
        self.most = room.most;
        while self.cur.kind != FrameKind::End {
            if self.script.len() >= room.piece {
                if self.is_between_commands() {
                    return true;
                }
                if self.is_full() {
                    let (note, at) = (Note::Length, self.pos);
                    self.recover(Fail { note, at });
                    continue;
                }
            }
            self.steps += 1;
            if let Err(fail) = self.step() {
                if !self.retry() {
                    self.recover(fail);
                }
            }
        }
        self.drop_here_documents(0);
        if let Some(root) = self.script.nodes.first_mut() {
            root.start = 0;
            root.end = self.script.source_len;
        }
        self.script.steps = self.steps;
        false
    }

    /// There are as many nodes as may be: whatever loops goes back to [`Self::go_on`].
    #[inline]
    fn is_full(&self) -> bool {
        self.script.len() >= self.most
    }

    fn step(&mut self) -> Step {
        match self.cur.kind {
            FrameKind::Simple => self.simple(),
            FrameKind::Parts => self.parts(),
            FrameKind::List => self.list(),
            FrameKind::Redirect => self.redirect(),
            FrameKind::HereBodies => self.here_bodies(),
            FrameKind::Assign => self.assign(),
            FrameKind::Array => self.array(),
            FrameKind::Param => self.param(),
            FrameKind::Substitution => self.substitution(),
            FrameKind::ExtGlob => self.extended(),
            FrameKind::Subshell | FrameKind::Group => self.grouped(),
            FrameKind::If => self.if_clause(),
            FrameKind::Loop => self.while_loop(),
            FrameKind::For => self.for_loop(),
            FrameKind::ArithFor => self.arith_for(),
            FrameKind::Case => self.case(),
            FrameKind::CaseItem => self.case_item(),
            FrameKind::Function => self.function(),
            FrameKind::Coproc => self.coproc(),
            FrameKind::Redirects => self.redirects(),
            FrameKind::Cond => self.cond(),
            FrameKind::CondTerm => self.cond_term(),
            FrameKind::End => Ok(()),
        }
    }

    // ---- text ----

    /// The byte at a position; 0 at or after the end of the region.
    #[inline]
    fn at(&self, pos: usize) -> u8 {
        if pos < self.end {
            self.script.text.get(pos).copied().unwrap_or(0)
        } else {
            0
        }
    }

    /// The byte at the current position, after line continuations.
    #[inline]
    fn peek(&mut self) -> u8 {
        let byte = self.at(self.pos);
        if byte != b'\\' {
            return byte;
        }
        self.pos = self.after_continuations(self.pos);
        self.at(self.pos)
    }

    /// The position after `\⏎` (any number of them).
    fn after_continuations(&self, mut pos: usize) -> usize {
        while self.at(pos) == b'\\' && self.at(pos + 1) == b'\n' {
            pos += 2;
        }
        pos
    }

    /// The position of the first byte from `pos` that has one of the bits, or the end.
    #[inline]
    fn skip(&self, pos: usize, bits: u16) -> usize {
        let rest = self.script.text.get(pos..self.end).unwrap_or_default();
        pos + rest
            .iter()
            .position(|byte| is(*byte, bits))
            .unwrap_or(rest.len())
    }

    /// The position after blanks and line continuations.
    #[inline]
    fn skip_blanks(&mut self) -> u8 {
        loop {
            let byte = self.at(self.pos);
            if byte > b' ' && byte != b'\\' {
                return byte;
            }
            if is(byte, BLANK) {
                self.pos += 1;
            } else if byte == b'\\' && self.at(self.pos + 1) == b'\n' {
                self.pos += 2;
            } else {
                return byte;
            }
        }
    }

    /// Skips a comment up to (not including) the line end, if one begins here.
    fn skip_comment(&mut self) {
        if self.at(self.pos) == b'#' {
            let rest = self.script.text.get(self.pos..self.end).unwrap_or_default();
            self.pos += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        }
    }

    /// Skips blanks, comments and newlines. `true`: here-documents must be read first, and a
    /// frame for them was pushed.
    fn skip_newlines(&mut self) -> bool {
        loop {
            let byte = self.skip_blanks();
            match byte {
                b'#' => self.skip_comment(),
                b'\n' => {
                    if self.newline() {
                        return true;
                    }
                }
                _ => return false,
            }
        }
    }

    /// Consumes a newline token. `true`: a frame for here-documents was pushed.
    fn newline(&mut self) -> bool {
        self.pos += 1;
        if self.extglob_next_line {
            self.extglob = true;
        }
        self.pending.len() > self.here_base && self.start_here_documents()
    }

    fn is_end(&self, pos: usize) -> bool {
        pos >= self.end
    }

    /// The text of the region from `start` to `end`.
    fn slice(&self, start: usize, end: usize) -> &[u8] {
        self.script
            .text
            .get(start..end.min(self.end))
            .unwrap_or_default()
    }

    /// bash or zsh, or taken for bash.
    fn extended_shell(&self) -> bool {
        self.dialect != Dialect::Posix
    }

    // ---- names ----

    /// A name (letters, digits, underscores) that begins at `pos`, and the position after it.
    /// Line continuations inside are taken out, into the decoded text.
    fn name_at(&mut self, pos: usize) -> Option<(u32, usize)> {
        if !is(self.at(pos), NAME_START) {
            return None;
        }
        let end = self.name_end(pos);
        if self.at(end) == b'\\' {
            let next = self.after_continuations(end);
            if next != end && is(self.at(next), NAME) {
                return Some(self.broken_name(pos));
            }
        }
        Some((self.intern(pos, end), end))
    }

    fn name_end(&self, mut pos: usize) -> usize {
        while is(self.at(pos), NAME) {
            pos += 1;
        }
        pos
    }

    fn broken_name(&mut self, start: usize) -> (u32, usize) {
        let at = self.script.text.len();
        let mut pos = start;
        loop {
            let end = self.name_end(pos);
            self.copy_decoded(pos, end);
            let next = self.after_continuations(end);
            if next == end || !is(self.at(next), NAME) {
                pos = end;
                break;
            }
            pos = next;
        }
        let name = Span::new(narrow(at), narrow(self.script.text.len()));
        self.script.names.push(name);
        (narrow(self.script.names.len() - 1), pos)
    }

    /// Remembers a span as a name.
    fn intern(&mut self, start: usize, end: usize) -> u32 {
        self.script
            .names
            .push(Span::new(narrow(start), narrow(end)));
        narrow(self.script.names.len() - 1)
    }

    /// Appends a piece of the text to the decoded text, with its origin.
    fn copy_decoded(&mut self, start: usize, end: usize) {
        if start >= end {
            return;
        }
        let text = narrow(self.script.text.len());
        let source = self.origin(start);
        self.script.segments.push(Segment { text, source });
        self.script
            .text
            .extend_from_within(start..end.min(self.script.text.len()));
    }

    /// Where a byte of the text stands in the input. Mostly it is in the piece of decoded text
    /// that was asked for last, or in one of the next.
    fn origin(&mut self, pos: usize) -> u32 {
        let pos = narrow(pos);
        if pos < self.script.source_len {
            return pos;
        }
        let starts = |index: usize| self.script.segments.get(index).map(|found| found.text);
        let holds = |index: &usize| {
            starts(*index).is_some_and(|text| text <= pos)
                && starts(index + 1).is_none_or(|text| text > pos)
        };
        let near = self.piece..self.piece.saturating_add(4);
        if let Some(index) = near.into_iter().find(holds) {
            self.piece = index;
        } else {
            let after = self.script.segment_after(pos);
            self.piece = after.saturating_sub(1);
        }
        self.script.position_in(self.piece, pos)
    }

    // ---- nodes ----

    #[inline]
    fn add(&mut self, kind: Kind, start: usize, end: usize) -> NodeId {
        self.add_node(Node::new(kind, narrow(start), narrow(end)))
    }

    #[inline]
    fn add_node(&mut self, node: Node) -> NodeId {
        let id = NodeId(narrow(self.script.nodes.len()));
        self.script.nodes.push(node);
        id
    }

    #[inline]
    fn edit(&mut self, id: NodeId, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.script.nodes.get_mut(id.record()) {
            change(node);
        }
    }

    fn flag(&mut self, id: NodeId, flags: Flags) {
        self.edit(id, |node| node.flags = node.flags.with(flags));
    }

    /// Makes `id` the next child of the node of the current frame.
    #[inline]
    fn append(&mut self, id: NodeId) {
        if self.cur.last == NodeId::NONE {
            self.cur.first = id;
        }
        let last = self.link(self.cur.node, self.cur.last, id);
        self.cur.last = last;
    }

    #[inline]
    fn link(&mut self, parent: NodeId, last: NodeId, id: NodeId) -> NodeId {
        if last == NodeId::NONE {
            self.edit(parent, |node| node.child = id);
        } else {
            self.edit(last, |node| node.next = id);
        }
        id
    }

    /// Adds a node without children to the current frame's node.
    #[inline]
    fn leaf(&mut self, kind: Kind, start: usize, end: usize) -> NodeId {
        let id = self.add(kind, start, end);
        self.append(id);
        id
    }

    fn set_connector(&mut self, id: NodeId, connector: Connector) {
        self.edit(id, |node| node.op = connector as u8);
    }

    fn end_of(&self, id: NodeId) -> usize {
        self.script.node(id).end as usize
    }

    // ---- frames ----

    #[inline]
    fn push(&mut self, frame: Frame) {
        self.stack.push(self.cur);
        self.depth += u32::from(frame.kind.nests());
        self.cur = frame;
    }

    /// As [`Self::push`], with the limit on nesting.
    fn push_nested(&mut self, frame: Frame) -> Step {
        self.push(frame);
        if self.depth > u32::from(self.limits.depth) {
            return Err(Fail {
                note: Note::Depth,
                at: self.pos,
            });
        }
        Ok(())
    }

    /// Leaves the current frame; its node ends at `end` and goes to the frame around it.
    #[inline]
    fn finish(&mut self, end: usize) {
        let id = self.cur.node;
        self.edit(id, |node| node.end = narrow(end));
        self.pop();
        self.deliver(id);
    }

    #[inline]
    fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(u32::from(self.cur.kind.nests()));
        self.cur = self.stack.pop().unwrap_or(Frame::END);
    }

    #[inline]
    fn deliver(&mut self, id: NodeId) {
        match self.cur.kind {
            FrameKind::End | FrameKind::HereBodies => {}
            FrameKind::List | FrameKind::Cond => self.cur.held = id,
            _ => self.append(id),
        }
    }
}

/// A position as it is stored. Texts are never longer than `u32::MAX` (the limit is a `u32`).
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "texts are bounded by a u32 limit"
)]
const fn narrow(position: usize) -> u32 {
    position as u32
}

#[cfg(test)]
mod tests {
    use super::{ExtGlob, Parser};
    use crate::invocation::{Dialect, Limits};
    use crate::tree::Script;

    /// The room in every buffer; a warm parse must not change it.
    fn room(parser: &Parser, script: &Script) -> [usize; 9] {
        [
            parser.stack.capacity(),
            parser.pending.capacity(),
            parser.checkpoints.capacity(),
            parser.doubled.capacity(),
            script.text.capacity(),
            script.nodes.capacity(),
            script.names.capacity(),
            script.segments.capacity(),
            script.diagnostics.capacity(),
        ]
    }

    #[test]
    fn a_warm_parser_keeps_its_buffers() {
        let texts: [&[u8]; 4] = [
            b"git commit -m \"a $b\" && ls | wc -l >f",
            b"cat <<E; ((a)); x=$( (b) ) `c \\`d\\``\n$e\nE",
            b"for i in {1..3}; do case $i in a) b;; esac; done",
            b"a 'b",
        ];
        let mut parser = Parser::new(Dialect::Unknown, Limits::default()).extglob(ExtGlob::On);
        let mut script = Script::new();
        for text in texts {
            parser.parse_into(text, &mut script);
        }
        let warm = room(&parser, &script);
        for text in texts.iter().cycle().take(40) {
            parser.parse_into(text, &mut script);
            assert_eq!(room(&parser, &script), warm);
        }
    }
}
