//! Commands are handed to a [`Visitor`] while the machine goes on, and mostly forgotten.
//!
//! A command that has been handed over is kept only if something can still refer to it: its
//! output was collected, it wrote a file, or it runs in the background.

use std::fmt;

use super::{Machine, Task};
use crate::analyze::{Progress, Visitor};
use crate::invocation::{Flags, Invocation};

/// So many commands are worth handing over.
const BATCH: usize = 32;

/// Who takes commands, and what must be kept of those already given.
#[derive(Default)]
pub(super) struct Handing<'e> {
    visitor: Option<&'e mut dyn Visitor>,
    /// How many were given.
    given: usize,
    /// Of those, the ones that are kept, by index.
    kept: Vec<(u32, Invocation)>,
    /// Of those that were not given yet, which will be kept.
    lasting: Vec<bool>,
    /// When so many are kept, it is looked which of them still matter.
    enough: usize,
    /// No command will follow.
    last: bool,
}

impl Handing<'_> {
    pub(super) fn new(lasting: Vec<bool>) -> Self {
        Self {
            lasting,
            ..Self::default()
        }
    }

    /// The buffers. Without a visitor the commands are the result.
    pub(super) fn finish(self, commands: &mut Vec<Invocation>) -> (Vec<Invocation>, Vec<bool>) {
        let emptied = match self.visitor {
            Some(_) => std::mem::take(commands),
            None => Vec::new(),
        };
        (emptied, self.lasting)
    }
}

impl fmt::Debug for Handing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handing")
            .field("given", &self.given)
            .field("kept", &self.kept)
            .finish_non_exhaustive()
    }
}

impl<'e> Machine<'e> {
    /// Commands will go to this visitor.
    pub(in crate::analyze) fn visited_by(&mut self, visitor: &'e mut dyn Visitor) {
        self.handing.visitor = Some(visitor);
    }

    /// How many commands were reported so far.
    pub(in crate::analyze) fn reported(&self) -> usize {
        self.handing.given + self.out.invocations.len()
    }

    /// The command of this index, unless nothing could refer to it any more.
    pub(in crate::analyze) fn invocation(&self, index: u32) -> Option<&Invocation> {
        self.progress().invocation(index)
    }

    /// One that has just been reported.
    pub(in crate::analyze) fn invocation_mut(&mut self, index: u32) -> Option<&mut Invocation> {
        let recent = (index as usize).checked_sub(self.handing.given)?;
        self.out.invocations.get_mut(recent)
    }

    /// Reports a command.
    pub(in crate::analyze) fn push(&mut self, invocation: Invocation) -> u32 {
        let index = u32::try_from(self.reported()).unwrap_or(u32::MAX);
        if self.handing.visitor.is_some() {
            let lasting = !self.sinks.is_empty() || invocation.flags.has(Flags::BACKGROUND);
            self.handing.lasting.push(lasting);
        }
        self.out.invocations.push(invocation);
        index
    }

    /// Something refers to this command from now on.
    pub(in crate::analyze) fn keep(&mut self, index: u32) {
        let recent = (index as usize).checked_sub(self.handing.given);
        if let Some(lasting) = recent.and_then(|at| self.handing.lasting.get_mut(at)) {
            *lasting = true;
        }
    }

    /// Takes back the reports of the commands from this one on.
    pub(in crate::analyze) fn unreport(&mut self, from: usize) {
        let recent = from.saturating_sub(self.handing.given);
        self.out.invocations.truncate(recent);
        self.handing.lasting.truncate(recent);
    }

    /// Hands over what there is, if it is worth it and nothing can change it any more: no
    /// loop will run again, and no output is being collected.
    pub(super) fn hand_over_some(&mut self) {
        let settled = self.loops.is_empty() && self.sinks.is_empty();
        if self.out.invocations.len() >= BATCH && settled && self.handing.visitor.is_some() {
            self.hand_over();
            if self.is_outermost() {
                // Nothing is ever undone here.
                self.state.forget_trail();
                self.forget_kept();
            }
        }
    }

    /// Hands over the rest: nothing will follow.
    pub(super) fn hand_over_last(&mut self) {
        self.handing.last = true;
        self.hand_over();
    }

    /// Hands over what there is.
    fn hand_over(&mut self) {
        let Some(visitor) = self.handing.visitor.take() else {
            return;
        };
        visitor.visit(&self.progress());
        let first = self.handing.given;
        let given = self.out.invocations.drain(..);
        self.handing.given += given.len();
        let all = (first..).zip(given).zip(self.handing.lasting.drain(..));
        let kept = all.filter(|(_, lasting)| *lasting);
        let kept = kept.filter_map(|((at, one), _)| Some((u32::try_from(at).ok()?, one)));
        self.handing.kept.extend(kept);
        self.handing.visitor = Some(visitor);
    }

    fn progress(&self) -> Progress<'_> {
        Progress {
            first: self.handing.given,
            new: &self.out.invocations,
            kept: &self.handing.kept,
            written: &self.out.written,
            opaque: &self.out.opaque,
            last: self.handing.last,
        }
    }

    /// Forgets commands that were kept for something that is gone.
    fn forget_kept(&mut self) {
        let kept = &self.handing.kept;
        if kept.len() < self.handing.enough.max(BATCH) {
            return;
        }
        let mut used = self.referred(kept).into_iter();
        self.handing.kept.retain(|_| used.next().unwrap_or(true));
        self.handing.enough = 2 * self.handing.kept.len();
    }

    /// The next command is one of the outermost list, and nothing else is under way.
    fn is_outermost(&self) -> bool {
        let next = match self.tasks.last() {
            Some(Task::Item(0, _)) => true,
            Some(Task::Traps) => self.tasks.len() == 1,
            _ => false,
        };
        next && self.outer.is_empty()
            && self.subshells.is_empty()
            && self.chains.is_empty()
            && self.branches.is_empty()
            && self.alternatives.is_empty()
            && self.calls.is_empty()
            // Traps remember what variables were.
            && self.traps.is_empty()
            && self.trap_runs.is_empty()
    }
}
