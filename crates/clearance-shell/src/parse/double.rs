//! `((`: arithmetic, or two parentheses. It is tried as arithmetic first, as bash does; what it
//! turned out to be is remembered, and what is read again is bounded.

use super::frame::{Frame, FrameKind};
use super::word::Flow;
use super::{Fail, Run, narrow};
use crate::tree::Note;

/// The state before a `((` that is tried as arithmetic.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checkpoint {
    frame: Frame,
    pub(super) stack: usize,
    pos: usize,
    end: usize,
    /// The second parenthesis.
    second: usize,
    nodes: usize,
    folded: usize,
    names: usize,
    text: usize,
    segments: usize,
    diagnostics: usize,
    pending: usize,
    here_base: usize,
    depth: u32,
    commands: u32,
    here_documents: u32,
    extglob: bool,
    extglob_next_line: bool,
}

impl Run<'_> {
    /// A `((` whose second parenthesis is at `second` has not turned out to be nested
    /// parentheses.
    pub(super) fn may_be_arithmetic(&self, second: usize) -> bool {
        let key = narrow(second);
        match self.doubled.binary_search_by_key(&key, |entry| entry.0) {
            Ok(index) => self.doubled.get(index).is_none_or(|entry| entry.1),
            Err(_) => true,
        }
    }

    /// Remembers the state at `start`, to come back if this is no arithmetic.
    pub(super) fn checkpoint(&mut self, start: usize, second: usize) {
        self.checkpoints.push(Checkpoint {
            frame: self.cur,
            stack: self.stack.len(),
            pos: start,
            end: self.end,
            second,
            nodes: self.script.nodes.len(),
            folded: self.script.folded,
            names: self.script.names.len(),
            text: self.script.text.len(),
            segments: self.script.segments.len(),
            diagnostics: self.script.diagnostics.len(),
            pending: self.pending.len(),
            here_base: self.here_base,
            depth: self.depth,
            commands: self.commands,
            here_documents: self.here_documents,
            extglob: self.extglob,
            extglob_next_line: self.extglob_next_line,
        });
    }

    /// The `)` that closes arithmetic must be followed by another one.
    pub(super) fn close_arithmetic(&mut self) -> Flow {
        let second = self.after_continuations(self.pos + 1);
        if self.at(second) != b')' {
            return Err(Fail {
                note: Note::UnexpectedToken,
                at: self.pos,
            });
        }
        self.checkpoints.pop();
        self.flush();
        self.close_arith_node(second + 1);
        Ok(false)
    }

    fn close_arith_node(&mut self, after: usize) {
        let inner = self.pos;
        self.pos = after;
        let command = self
            .stack
            .last()
            .is_some_and(|frame| frame.kind == FrameKind::Redirects);
        self.finish(if command { inner } else { after });
    }

    /// After a failure: goes back to the last `((` that was taken for arithmetic.
    pub(super) fn retry(&mut self) -> bool {
        let Some(saved) = self.checkpoints.pop() else {
            return false;
        };
        self.reparsed += self.pos.saturating_sub(saved.pos) + 1;
        let budget = self
            .script
            .text
            .len()
            .saturating_mul(2)
            .saturating_add(4096);
        if self.reparsed > budget {
            return false;
        }
        let key = narrow(saved.second);
        if let Err(index) = self.doubled.binary_search_by_key(&key, |entry| entry.0) {
            self.doubled.insert(index, (key, false));
        }
        // Decoded text goes, and other text may come in its place.
        self.reserved.0 = 0;
        self.scanned = (0, 0);
        self.script.nodes.truncate(saved.nodes);
        self.script.folded = saved.folded;
        self.script.names.truncate(saved.names);
        self.script.text.truncate(saved.text);
        self.script.segments.truncate(saved.segments);
        self.script.diagnostics.truncate(saved.diagnostics);
        self.pending.truncate(saved.pending);
        self.stack.truncate(saved.stack);
        self.cur = saved.frame;
        self.pos = saved.pos;
        self.end = saved.end;
        self.here_base = saved.here_base;
        self.depth = saved.depth;
        self.commands = saved.commands;
        self.here_documents = saved.here_documents;
        self.extglob = saved.extglob;
        self.extglob_next_line = saved.extglob_next_line;
        true
    }
}
