//! A long text is parsed in pieces, each of whole commands of the outermost list, so that the
//! tree of one can go before the next is made.

use clearance_core::Span;

use super::frame::{Frame, FrameKind};
use super::{ExtGlob, Parser, Run, list};
use crate::tree::{Kind, NodeId, Script};

/// Longer texts are cut off whatever the limits say: the nodes of 128 MiB, in which each byte may
/// be decoded four times, can still be numbered.
const MOST_BYTES: usize = 1 << 27;

/// How many nodes there may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// Of about so many is a piece.
    pub(crate) piece: usize,
    /// With so many the parse is given up, as for a text beyond the limit on bytes. Not less
    /// than `piece`.
    pub(crate) most: usize,
}

impl Room {
    /// No bounds: one piece, of the whole text.
    pub(crate) const NONE: Self = Self {
        piece: usize::MAX,
        most: usize::MAX,
    };

    fn after(self, nodes: usize) -> Self {
        Self {
            piece: self.piece.saturating_add(nodes),
            most: self.most.saturating_add(nodes),
        }
    }
}

/// Where a parse stands between two pieces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rest {
    cur: Frame,
    pos: usize,
    end: usize,
    extglob: bool,
    extglob_next_line: bool,
    quoted_newline: Option<usize>,
    depth: u32,
    commands: u32,
    here_documents: u32,
    reparsed: usize,
    steps: u64,
}

impl Parser {
    /// Parses `text` until a piece is full. Its old content is dropped. `None`:
    /// the text is done.
    pub(crate) fn first_piece(
        &mut self,
        text: &[u8],
        script: &mut Script,
        room: Room,
    ) -> Option<Rest> {
        script.text.clear();
        script.nodes.clear();
        script.folded = 0;
        script.names.clear();
        script.segments.clear();
        script.diagnostics.clear();
        self.stack.clear();
        self.pending.clear();
        self.checkpoints.clear();
        self.doubled.clear();
        let limit = MOST_BYTES.min(self.limits.bytes as usize);
        let kept = text.get(..limit).unwrap_or(text);
        script.text.extend_from_slice(kept);
        script.source_len = u32::try_from(kept.len()).unwrap_or(u32::MAX);
        script.names.push(Span::default());
        script.complete = true;
        script.steps = 0;
        let start = Rest {
            cur: Frame::END,
            pos: 0,
            end: kept.len(),
            extglob: self.extglob == ExtGlob::On,
            extglob_next_line: false,
            quoted_newline: None,
            depth: 0,
            commands: 0,
            here_documents: 0,
            reparsed: 0,
            steps: 0,
        };
        let mut run = self.run(script, start);
        if kept.len() < text.len() {
            run.too_long();
        }
        run.begin();
        run.go_on(room).then(|| run.rest())
    }

    /// Parses on, until another piece is full. Gives the list that holds the commands of
    /// this piece. With `keep` the nodes of earlier pieces stay, without their remarks; decoded
    /// text always stays.
    pub(crate) fn next_piece(
        &mut self,
        script: &mut Script,
        rest: Rest,
        room: Room,
        keep: bool,
    ) -> (NodeId, Option<Rest>) {
        script.diagnostics.clear();
        if !keep {
            script.nodes.clear();
            script.folded = 0;
            script.names.truncate(1);
        }
        let room = room.after(script.len());
        let mut run = self.run(script, rest);
        let list = run.add(Kind::List, rest.pos, rest.end);
        run.cur.node = list;
        run.cur.last = NodeId::NONE;
        let more = run.go_on(room).then(|| run.rest());
        (list, more)
    }

    fn run<'a>(&'a mut self, script: &'a mut Script, rest: Rest) -> Run<'a> {
        Run {
            script,
            stack: &mut self.stack,
            pending: &mut self.pending,
            checkpoints: &mut self.checkpoints,
            doubled: &mut self.doubled,
            cur: rest.cur,
            pos: rest.pos,
            end: rest.end,
            lit: 0,
            here_base: 0,
            dialect: self.dialect,
            limits: self.limits,
            extglob: rest.extglob,
            extglob_next_line: rest.extglob_next_line,
            quoted_newline: rest.quoted_newline,
            depth: rest.depth,
            commands: rest.commands,
            here_documents: rest.here_documents,
            reparsed: rest.reparsed,
            reserved: (0, list::Reserved::If, 0),
            scanned: (0, 0),
            most: usize::MAX,
            piece: 0,
            steps: rest.steps,
        }
    }
}

impl Run<'_> {
    /// A command of the outermost list may begin here, and nothing that came before has an
    /// end to come.
    pub(super) fn is_between_commands(&self) -> bool {
        let frame = &self.cur;
        let open = [frame.held, frame.outer, frame.inner];
        frame.kind == FrameKind::List
            && self.stack.len() == 1
            && frame.state == list::state::START
            && frame.last != NodeId::NONE
            && open.iter().all(|id| *id == NodeId::NONE)
            && self.pending.is_empty()
            && self.checkpoints.is_empty()
    }

    fn rest(&self) -> Rest {
        Rest {
            cur: self.cur,
            pos: self.pos,
            end: self.end,
            extglob: self.extglob,
            extglob_next_line: self.extglob_next_line,
            quoted_newline: self.quoted_newline,
            depth: self.depth,
            commands: self.commands,
            here_documents: self.here_documents,
            reparsed: self.reparsed,
            steps: self.steps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invocation::{Dialect, Limits};
    use crate::parse;
    use crate::tree::Note;

    /// The commands of the outermost list of every piece, with the connectors and remarks.
    fn pieces(text: &[u8], piece: usize, keep: bool) -> (Vec<String>, Vec<String>, bool) {
        let mut parser = Parser::new(Dialect::Bash, Limits::default());
        let mut script = Script::new();
        let most = usize::MAX;
        let room = Room { piece, most };
        let (mut commands, mut remarks) = (Vec::new(), Vec::new());
        let mut rest = parser.first_piece(text, &mut script, room);
        let mut list = script.root();
        loop {
            for id in script.children(list) {
                let tree: Vec<String> = script
                    .walk(id)
                    .map(|id| format!("{:?} {:?}", script.kind(id), script.span(id)))
                    .collect();
                commands.push(format!("{:?} {tree:?}", script.connector(id)));
            }
            let notes = script.diagnostics().iter();
            remarks.extend(notes.map(|d| format!("{:?} {:?}", d.note, d.span)));
            let Some(at) = rest else { break };
            (list, rest) = parser.next_piece(&mut script, at, room, keep);
        }
        remarks.dedup();
        (commands, remarks, script.is_complete())
    }

    #[test]
    fn a_tree_without_room_ends_in_an_error() {
        for text in [
            "if a; then b; fi",
            "a `b c` $(d)",
            "((1)) ",
            "a <<E\nb\nE\n",
        ] {
            let text = [&"{ ".repeat(30), text, &"; }".repeat(30)].concat();
            let mut parser = Parser::new(Dialect::Bash, Limits::default());
            let mut script = Script::new();
            let whole = {
                parser.parse_into(text.as_bytes(), &mut script);
                script.len()
            };
            for most in 0..whole {
                let room = Room { piece: most, most };
                let more = parser.first_piece(text.as_bytes(), &mut script, room);
                assert!(more.is_none() && !script.is_complete(), "{most}: {text}");
                let mut notes = script.diagnostics().iter();
                assert!(notes.any(|remark| remark.note == Note::Length));
                let nodes = script.walk(script.root());
                let errors = nodes.filter(|id| script.kind(*id) == Kind::Error);
                assert_eq!(errors.count(), 1, "{most}: {text}");
            }
        }
    }

    #[test]
    fn pieces_hold_what_the_whole_holds() {
        const LINES: &[&str] = &[
            "ls -la; pwd &",
            "a && b || c | d",
            "cat <<E; x\ny\nE",
            "cat <<A <<B\n1\nA\n2\nB",
            "f() { ls; }; f",
            "if a; then b; fi",
            "x=$(pwd; ls `a \\`b\\``)",
            "((a+1)); (( (b) )); ((ls) ; pwd)",
            "! time a",
            "shopt -s extglob\nls @(a|b)",
            "echo 'a\nb' \"c\nd\" # e",
            "case x in a) b;; esac",
            "",
        ];
        let ends = [
            "",
            "a 'b",
            "if x",
            ")",
            "ls |",
            "cat <<E\nx",
            "fi; ls",
            "a\\",
        ];
        for end in ends.into_iter().take(if cfg!(miri) { 1 } else { 8 }) {
            for first in 0..if cfg!(miri) { 1 } else { LINES.len() } {
                let mut text = String::new();
                let lines = LINES.len() - if cfg!(miri) { 8 } else { 0 };
                for line in LINES.iter().cycle().skip(first).take(lines) {
                    text.push_str(line);
                    text.push('\n');
                }
                text.push_str(end);
                let whole = pieces(text.as_bytes(), usize::MAX, false);
                let script = parse(text.as_bytes(), Dialect::Bash, Limits::default());
                assert_eq!(whole.0.len(), script.children(script.root()).count());
                let rooms = [(1, false), (9, true), (1, true), (20, false)];
                for (room, keep) in rooms.into_iter().take(if cfg!(miri) { 2 } else { 4 }) {
                    assert_eq!(pieces(text.as_bytes(), room, keep), whole, "{text}");
                }
            }
        }
    }
}
