//! Remarks, and what happens after an error: the rest becomes an `Error` node, and what was
//! read stays.

use clearance_core::Span;

use crate::invocation::{Dialect, Reason};
use crate::tree::{Diagnostic, Flags, Kind, NodeId, Note};

use super::frame::{self, Frame, FrameKind};
use super::{Fail, Run, dollar, narrow};

impl Run<'_> {
    pub(super) fn remark(&mut self, span: Span, note: Note) {
        let reason = match note {
            Note::UnexpectedToken
            | Note::UnexpectedEnd
            | Note::BadSubstitution
            | Note::Ambiguous => Reason::Syntax,
            Note::HereDocumentInSubstitution => Reason::HeredocInSubstitution,
            Note::Nul => Reason::Binary,
            Note::Depth | Note::Length => Reason::Limit,
            Note::ExtendedPattern => Reason::ShellState,
            Note::HereDocumentEnd | Note::Dialect | Note::FinalBackslash => Reason::Dialect,
        };
        let span = self.script.to_source(span);
        let diagnostic = Diagnostic { span, reason, note };
        if self.script.diagnostics.last() != Some(&diagnostic) {
            self.script.diagnostics.push(diagnostic);
        }
    }

    pub(super) fn remark_here(&mut self, start: usize, end: usize, note: Note) {
        self.remark(Span::new(narrow(start), narrow(end)), note);
    }

    /// A construct that another shell runs differently: a remark when the shell is not known.
    pub(super) fn differs(&mut self, start: usize, end: usize) {
        if matches!(self.dialect, Dialect::Unknown | Dialect::Zsh) {
            self.remark_here(start, end, Note::Dialect);
        }
    }

    /// A construct that bash and zsh have and dash lacks.
    pub(super) fn differs_in_dash(&mut self, start: usize, end: usize) {
        if self.dialect == Dialect::Unknown {
            self.remark_here(start, end, Note::Dialect);
        }
    }

    pub(super) fn too_long(&mut self) {
        let end = self.script.source_len;
        self.remark(Span::new(end.saturating_sub(1), end), Note::Length);
        self.script.complete = false;
    }

    pub(super) fn unexpected<T>(&self) -> Result<T, Fail> {
        let note = if self.is_end(self.pos) {
            Note::UnexpectedEnd
        } else {
            Note::UnexpectedToken
        };
        Err(Fail { note, at: self.pos })
    }

    /// The index in the stack of the innermost region (a backquote's text, a here-document),
    /// whose errors do not reach the text around it: bash meets them only when it expands it.
    pub(super) fn region(&self) -> Option<usize> {
        let is_region = |frame: &Frame| match frame.kind {
            FrameKind::HereBodies => true,
            FrameKind::Parts => frame.bits & frame::part::SINGLE != 0,
            FrameKind::Substitution => frame.bits & dollar::BACKQUOTED != 0,
            _ => false,
        };
        if is_region(&self.cur) {
            return Some(self.stack.len());
        }
        self.stack.iter().rposition(is_region)
    }

    /// An error node holds the rest of the region, or of the input. Everything that was begun
    /// in it is closed around the error node, and what was read stays.
    pub(super) fn recover(&mut self, fail: Fail) {
        let region = match fail.note {
            Note::Depth | Note::Length => None,
            _ => self.region(),
        };
        self.script.complete = false;
        let end = match region {
            Some(_) => self.end,
            None => self.script.source_len as usize,
        };
        let text = Span::new(narrow(fail.at.min(self.end)), narrow(self.end));
        let at = match region {
            Some(_) => text.start,
            None => self
                .script
                .to_source(text)
                .start
                .min(self.script.source_len),
        };
        self.remark(Span::new(at, narrow(end)), fail.note);
        let mut rest = self.add(Kind::Error, at as usize, end);
        let floor = region.map_or(0, |index| index + 1);
        while self
            .checkpoints
            .last()
            .is_some_and(|saved| saved.stack >= floor)
        {
            self.checkpoints.pop();
        }
        while self.cur.kind != FrameKind::End && self.stack.len() >= floor.max(1) {
            self.steps += 1;
            self.close_open_commands(end);
            self.add_open_word();
            if rest != NodeId::NONE && self.cur.node != NodeId::NONE {
                self.append(rest);
                rest = NodeId::NONE;
            }
            let (id, kind) = (self.cur.node, self.cur.kind);
            if kind == FrameKind::Substitution {
                self.here_base = self.cur.saved_base as usize;
            }
            self.edit(id, |node| {
                node.end = node.start.max(narrow(end));
                node.flags = node.flags.with(Flags::INCOMPLETE);
            });
            self.pop();
            if kind != FrameKind::ExtGlob && kind != FrameKind::HereBodies {
                self.deliver(id);
            }
        }
        self.leave_region(end, rest);
    }

    /// After an error in a region: the frame of the region goes on as if it had ended well.
    pub(super) fn leave_region(&mut self, end: usize, rest: NodeId) {
        if self.cur.kind == FrameKind::End {
            return;
        }
        self.pos = end;
        self.add_open_word();
        if rest != NodeId::NONE && self.cur.node != NodeId::NONE {
            self.append(rest);
        }
        if self.cur.kind == FrameKind::Substitution {
            self.pending
                .truncate(self.here_base.max(self.cur.saved_base as usize));
        }
    }
}
