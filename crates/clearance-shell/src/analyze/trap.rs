//! Traps: text that runs when the shell ends, or at any time.
//!
//! A trap of a signal, of `DEBUG`, `ERR` or `RETURN` can run between any two commands from
//! where it is set. Its text is run there, so that what it runs is reported, and once more at
//! the end, with everything that variables held in between. What such a trap changes, unless
//! it leaves the shell, can change at any time.

use std::rc::Rc;

use clearance_core::Span;

use super::machine::{Machine, Task};
use super::simple::Command;
use super::state::{Attrs, Cell, Held, Sym};
use super::value;
use crate::invocation::{Bytes, Reason, Via};

/// A `trap` that was set.
#[derive(Clone, Debug)]
pub(super) struct Trap {
    text: Bytes,
    span: Span,
    /// It runs only when the shell ends.
    at_end: bool,
}

/// A trap that is running.
#[derive(Debug)]
pub(super) struct TrapRun {
    mark: usize,
    dead: bool,
    at_end: bool,
    /// How many loops and calls are around it, that it must not leave.
    pub(super) loops: usize,
    pub(super) calls: usize,
}

/// The traps that are due at the end of a shell.
#[derive(Debug)]
pub(super) struct DueTraps {
    traps: Rc<[Trap]>,
    rounds: u8,
}

impl Machine<'_> {
    /// `trap text signals`
    pub(super) fn set_trap(&mut self, command: &Command) {
        let mut args = command.arguments();
        if args.first().and_then(|word| word.as_static()) == Some(b"--") {
            args = args.get(1..).unwrap_or_default();
        }
        let [text, signals @ ..] = args else { return };
        if signals.is_empty() {
            return;
        }
        let texts = match value::alternatives(&text.value) {
            Some(all) => all.to_vec(),
            None => {
                self.opaque(text.span, Reason::DynamicCode);
                return;
            }
        };
        let at_end = signals.iter().all(|signal| {
            matches!(
                signal.as_static(),
                Some(b"EXIT" | b"exit" | b"0" | b"SIGEXIT")
            )
        });
        for code in texts {
            if code.is_empty() || matches!(&*code, b"-" | b"-p" | b"-l") {
                continue;
            }
            self.state.start_log();
            let trap = Trap {
                text: code,
                span: command.span,
                at_end,
            };
            if !at_end {
                self.tasks.push(Task::Trap(trap.clone()));
            }
            self.traps.push(trap);
        }
    }

    pub(super) fn start_trap(&mut self, trap: Trap) {
        self.trap_runs.push(TrapRun {
            mark: self.state.mark(),
            dead: self.dead,
            at_end: trap.at_end,
            loops: self.loops.len(),
            calls: self.calls.len(),
        });
        self.dead = false;
        self.tasks.push(Task::EndTrap);
        self.tasks.push(Task::Text(trap.text, Via::Trap, trap.span));
    }

    /// A trap has run: the script goes on as if it had not, but for what it can change.
    pub(super) fn end_trap(&mut self) {
        let Some(run) = self.trap_runs.pop() else {
            return;
        };
        // A trap that surely leaves the shell changes nothing for what follows.
        if !run.at_end && !self.dead {
            let changes = self.state.changes(run.mark);
            self.charge(changes.len());
            for (cell, held) in changes {
                match (cell, held) {
                    (Cell::Var(sym), Held::Var(var)) if self.is_plain(sym, var.attrs) => {
                        self.unstable.push(sym);
                    }
                    _ => self.opaque(Span::default(), Reason::ShellState),
                }
            }
            self.unstable.sort_unstable();
            self.unstable.dedup();
        }
        self.state.roll_back(run.mark);
        self.exported = None;
        self.dead = run.dead;
        self.status = None;
    }

    /// Nothing but words of the script depends on the variable.
    fn is_plain(&self, sym: Sym, attrs: Attrs) -> bool {
        let before = self.state.var(sym).map_or(attrs, |var| var.attrs);
        let special = [Attrs::EXPORT, Attrs::NAMEREF]
            .iter()
            .any(|attr| attrs.has(*attr) || before.has(*attr));
        !special
            && !self.state.name(sym).is_some_and(|name| {
                matches!(
                    name,
                    b"IFS"
                        | b"PS4"
                        | b"CDPATH"
                        | b"BASH_ENV"
                        | b"ENV"
                        | b"PROMPT_COMMAND"
                        | b"GLOBIGNORE"
                        | b"SHELLOPTS"
                        | b"BASHOPTS"
                        | b"OPTIND"
                        | b"PWD"
                        | b"OLDPWD"
                        | b"POSIXLY_CORRECT"
                        | b"EXECIGNORE"
                        | b"BASH_COMPAT"
                )
            })
    }

    /// A jump out of a trap is made at a time that is not known.
    pub(super) fn leaves_trap(&mut self, loops: usize, calls: usize) {
        let leaves = self
            .trap_runs
            .last()
            .is_some_and(|run| loops < run.loops || calls < run.calls);
        if leaves {
            self.opaque(Span::default(), Reason::ShellState);
        }
    }

    /// The traps set after the first `kept` ones are due.
    pub(super) fn due_traps(&mut self, kept: usize) {
        if self.traps.len() <= kept {
            return;
        }
        let traps: Rc<[Trap]> = self.traps.drain(kept..).collect();
        self.tasks
            .push(Task::DueTraps(DueTraps { traps, rounds: 0 }));
    }

    /// Runs them once: first those at the end, then those at any time, which can run while the
    /// former do. Each sees everything that variables held; what the latter set, the former
    /// see in a second round.
    pub(super) fn run_traps(&mut self, due: DueTraps) {
        let changed = self.recall();
        self.exported = None;
        self.dead = false;
        if due.rounds > 0 && !changed {
            return;
        }
        if due.rounds > 1 {
            self.opaque(Span::default(), Reason::ShellState);
            return;
        }
        let concurrent = due.traps.iter().any(|trap| !trap.at_end);
        let (at_end, any_time): (Vec<Trap>, Vec<Trap>) =
            due.traps.iter().cloned().partition(|trap| trap.at_end);
        if concurrent {
            self.tasks.push(Task::DueTraps(DueTraps {
                traps: Rc::clone(&due.traps),
                rounds: due.rounds + 1,
            }));
        }
        for trap in any_time.into_iter().rev() {
            self.tasks.push(Task::Trap(trap));
        }
        if !at_end.is_empty() {
            self.tasks.push(Task::Recall);
        }
        for trap in at_end.into_iter().rev() {
            self.tasks.push(Task::Trap(trap));
        }
    }
}
