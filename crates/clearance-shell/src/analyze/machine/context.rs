//! The contexts in which commands run: conditions, loops, standard input, subshells.

use clearance_core::Span;

use super::{Machine, Task, cost};
use crate::invocation::{Flags, Stdin, Stdout, Via};

/// Where a command runs, apart from the state.
#[derive(Clone, Debug)]
pub(in crate::analyze) struct Context {
    pub(in crate::analyze) via: Via,
    pub(in crate::analyze) flags: Flags,
    pub(in crate::analyze) stdin: Stdin,
    /// Which standard input that is, to know whether something has read from it.
    pub(in crate::analyze) stdin_id: usize,
    pub(in crate::analyze) stdout: Stdout,
    /// The sink that standard output flows into, if it is of interest.
    pub(in crate::analyze) sink: Option<usize>,
    /// Standard error flows into the same place.
    pub(in crate::analyze) errors_too: bool,
    /// Nested conditions and loops.
    pub(in crate::analyze) conditions: u16,
    /// Nested loops and background jobs, in which output cannot be told.
    pub(in crate::analyze) repeats: u16,
    /// Commands of decoded text carry the span of what decoded it.
    pub(in crate::analyze) span: Option<Span>,
    /// How deep texts are nested in texts and function calls.
    pub(in crate::analyze) depth: u16,
    /// How many redirections of enclosing commands there are.
    pub(in crate::analyze) redirects: usize,
}

/// A subshell.
#[derive(Debug)]
pub(super) struct Subshell {
    mark: usize,
    dead: bool,
    exec_redirects: usize,
    traps: usize,
    locals: usize,
}

impl Machine<'_> {
    /// Enters a context that differs by what the caller changes next.
    pub(in crate::analyze) fn enter(&mut self) {
        self.charge(cost::CONTEXT);
        self.outer.push(self.context.clone());
        self.context.redirects = self.redirects.len();
        self.tasks.push(Task::Leave);
    }

    pub(super) fn leave(&mut self) {
        if let Some(context) = self.outer.pop() {
            self.redirects.truncate(self.context.redirects);
            self.context = context;
        }
    }

    /// What follows runs only under a condition, until the context is left.
    pub(in crate::analyze) fn conditional(&mut self) {
        self.context.flags = self.context.flags.with(Flags::CONDITIONAL);
        self.context.conditions = self.context.conditions.saturating_add(1);
    }

    /// What follows can run many times.
    pub(in crate::analyze) fn repeated(&mut self) {
        self.context.flags = self.context.flags.with(Flags::LOOP);
        self.context.repeats = self.context.repeats.saturating_add(1);
        // A second round finds its input partly read.
        self.mark_read();
    }

    /// Gives the context a standard input of its own.
    pub(in crate::analyze) fn set_stdin(&mut self, stdin: Stdin) {
        self.context.stdin = stdin;
        self.context.stdin_id = self.read.len();
        self.read.push(false);
    }

    /// Something has read from standard input.
    pub(in crate::analyze) fn mark_read(&mut self) {
        if let Some(read) = self.read.get_mut(self.context.stdin_id) {
            *read = true;
        }
    }

    /// Enters a subshell and its context.
    pub(in crate::analyze) fn subshell(&mut self) {
        self.charge(cost::SUBSHELL);
        self.enter();
        self.context.flags = self.context.flags.with(Flags::SUBSHELL);
        self.subshells.push(Subshell {
            mark: self.state.mark(),
            dead: self.dead,
            exec_redirects: self.exec_redirects.len(),
            traps: self.traps.len(),
            locals: self.local_count(),
        });
        self.tasks.push(Task::EndSubshell);
    }

    pub(super) fn end_subshell(&mut self) {
        self.tasks.push(Task::EndSubshellNow);
        let traps = self.subshells.last().map_or(0, |subshell| subshell.traps);
        self.due_traps(traps);
    }

    pub(super) fn end_subshell_now(&mut self) {
        if let Some(subshell) = self.subshells.pop() {
            self.state.roll_back(subshell.mark);
            self.exported = None;
            self.dead = subshell.dead;
            self.keep_locals(subshell.locals);
            self.exec_redirects.truncate(subshell.exec_redirects);
        }
        self.status = None;
    }
}
