//! Control flow: lists, and-or lists, groups, functions; in `branch` `if` and `case`, in
//! `pipeline` pipelines, in `cond` the conditions.
//!
//! Every path counts. Paths are kept as changes of a common base and joined where they meet;
//! a path that ends in `exit` or its like joins nowhere.

mod branch;
mod cond;
mod pipeline;

use super::machine::{Machine, Src, Task, cost};
use super::simple::Command;
use super::state::{Cell, Changes, Def, Defined, Held};
use super::value;
use crate::invocation::{Flags, Reason, Stdin, Stdout};
use crate::tree::{Connector, Kind, NodeId};

pub(super) use branch::Branches;
pub(super) use cond::is_risky_name;

/// An and-or list that is running.
#[derive(Debug)]
pub(super) struct Chain {
    mark: usize,
    /// Paths on which the list so far succeeded and the next operand was skipped.
    success: Vec<Changes>,
    /// The same for failure.
    failure: Vec<Changes>,
    dead: bool,
    entered: bool,
}

impl Machine<'_> {
    /// Runs a list in the present context.
    pub(super) fn start_list(&mut self, src: Src, list: NodeId) {
        let script = self.script(src);
        if script.kind(list) != Kind::List {
            self.tasks.push(Task::Item(src, list));
        } else if let Some(first) = script.first_child(list) {
            self.tasks.push(Task::Item(src, first));
        }
    }

    pub(super) fn item(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        self.state.settle();
        if let Some(next) = script.next_sibling(id) {
            if script.kind(next) != Kind::Redirect {
                self.tasks.push(Task::Item(src, next));
            }
        }
        if script.connector(id) == Connector::Background {
            self.background();
        }
        self.command(src, id);
    }

    /// What follows runs in the background, until the context is left.
    fn background(&mut self) {
        self.subshell();
        self.context.flags = self.context.flags.with(Flags::BACKGROUND);
        self.context.repeats = self.context.repeats.saturating_add(1);
        self.files.race();
    }

    pub(super) fn command(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let kind = script.kind(id);
        self.untouched &= matches!(
            kind,
            Kind::Simple | Kind::List | Kind::AndOr | Kind::Pipeline
        );
        match kind {
            Kind::Simple => self.simple(src, id),
            Kind::List => self.start_list(src, id),
            Kind::AndOr => self.and_or(src, id),
            Kind::Pipeline => self.pipeline(src, id),
            Kind::Function => self.define(src, id),
            Kind::Coproc => self.coproc(src, id),
            Kind::Error => self.opaque(script.span(id), Reason::Syntax),
            _ => self.compound(src, id),
        }
    }

    // --- and-or lists

    fn and_or(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let Some(first) = script.first_child(id) else {
            return;
        };
        self.chains.push(Chain {
            mark: self.state.mark(),
            success: Vec::new(),
            failure: Vec::new(),
            dead: self.dead,
            entered: false,
        });
        self.tasks.push(Task::AndOr(src, first));
        self.command(src, first);
    }

    pub(super) fn and_or_next(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let Some(mut chain) = self.chains.pop() else {
            return;
        };
        let op = script.connector(id);
        let next = script
            .next_sibling(id)
            .filter(|_| matches!(op, Connector::And | Connector::Or));
        let Some(next) = next else {
            self.end_chain(chain);
            return;
        };
        let success = op == Connector::And;
        // The path that skips the next operand.
        if !self.dead && self.status != Some(success) {
            let changes = self.changes_if(chain.mark, !success);
            self.charge(changes.len());
            if success {
                &mut chain.failure
            } else {
                &mut chain.success
            }
            .push(changes);
        }
        self.state.refine(success);
        // Paths that skipped operands and go on here.
        let resumed = if success {
            &mut chain.success
        } else {
            &mut chain.failure
        };
        if !resumed.is_empty() {
            let mut paths = std::mem::take(resumed);
            self.meet(chain.mark, chain.dead, &mut paths);
        }
        if !chain.entered {
            chain.entered = true;
            // The context is left below the task that ends the list.
            self.tasks.push(Task::AndOr(src, next));
            let end = self.tasks.pop();
            self.enter();
            self.conditional();
            self.tasks.extend(end);
        } else {
            self.tasks.push(Task::AndOr(src, next));
        }
        self.chains.push(chain);
        self.command(src, next);
    }

    fn end_chain(&mut self, mut chain: Chain) {
        if chain.success.is_empty() && chain.failure.is_empty() {
            return;
        }
        let mut paths = std::mem::take(&mut chain.success);
        paths.append(&mut chain.failure);
        self.meet(chain.mark, chain.dead, &mut paths);
        self.status = None;
    }

    /// The changes since the mark, on the path where the last command succeeded or failed.
    fn changes_if(&mut self, mark: usize, success: bool) -> Changes {
        if self.state.place.otherwise.is_none() {
            return self.state.changes(mark);
        }
        let here = self.state.mark();
        self.state.refine(success);
        let changes = self.state.changes(mark);
        self.state.roll_back(here);
        changes
    }

    /// The present path (unless it is dead) meets the others. All are changes of the state
    /// at the mark.
    pub(super) fn meet(&mut self, mark: usize, was_dead: bool, paths: &mut Vec<Changes>) {
        let nothing = paths.iter().all(Vec::is_empty) && self.state.unchanged_since(mark);
        if !self.dead {
            let here = if nothing {
                Vec::new()
            } else {
                self.state.changes(mark)
            };
            paths.push(here);
        }
        if nothing {
            self.dead = was_dead || paths.is_empty();
            paths.clear();
            return;
        }
        if paths.is_empty() {
            // No path leads on; the state at the last point stands for what follows.
            self.dead = true;
            return;
        }
        self.state.roll_back(mark);
        self.exported = None;
        let work = self.state.merge(paths);
        self.charge(cost::PATHS + work);
        self.dead = was_dead;
    }

    // --- compound commands

    /// Prepares the words and redirections of a compound command.
    fn compound(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let kind = script.kind(id);
        for child in script.children(id) {
            match script.kind(child) {
                Kind::List => {}
                Kind::Arith if kind == Kind::ArithFor => {}
                _ => self.gather(&script, child),
            }
        }
        let base = self.results.len();
        if self.has_found() {
            self.tasks.push(Task::Ready(src, id, base));
            self.schedule(src);
        } else {
            self.ready(src, id, base);
        }
    }

    pub(super) fn ready(&mut self, src: Src, id: NodeId, base: usize) {
        let script = self.script(src);
        let kind = script.kind(id);
        if script.redirects(id).next().is_some() {
            self.redirect_compound(&script, id, src);
        }
        let silent = matches!(kind, Kind::Cond | Kind::ArithCommand);
        if silent && script.redirects(id).next().is_some() {
            // `[[ x ]] > file`: the file is opened, and no command inside shows it.
            self.emit(&Command {
                argv: Vec::new(),
                assignments: Vec::new(),
                redirects: Vec::new(),
                stdin: None,
                stdout: None,
                errors_too: false,
                span: script.span(id),
                flags: Flags::NONE,
                direct: true,
                prefixes: 0,
                origin: None,
                declared: Vec::new(),
            });
        }
        match kind {
            Kind::Group => self.first_list(src, id),
            Kind::Subshell => {
                self.subshell();
                self.first_list(src, id);
            }
            Kind::If => self.start_if(src, id),
            Kind::While | Kind::Until => self.start_while(src, id),
            Kind::For | Kind::Select => self.start_for(src, id),
            Kind::ArithFor => self.start_arith_for(src, id),
            Kind::Case => self.start_case(src, id),
            Kind::Cond => self.cond(&script, id),
            Kind::ArithCommand => self.arith_command(&script, id),
            _ => self.opaque(script.span(id), Reason::Syntax),
        }
        self.results.truncate(base);
    }

    fn first_list(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        if let Some(list) = script.first_child(id) {
            self.start_list(src, list);
        }
    }
    // --- functions and coprocesses

    fn define(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let function = script.function(id);
        let (Some(name), Some(body)) = (function.name, function.body) else {
            self.opaque(script.span(id), Reason::Syntax);
            return;
        };
        let name = script.text(name).to_vec();
        let sym = self.sym(&name);
        let def = Def { script: src, body };
        self.state
            .set(Cell::Function(sym), Held::Function(Defined::only(def)));
        self.status = Some(true);
    }

    fn coproc(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let mut children = script.children(id);
        let (name, body) = match (children.next(), children.next()) {
            (Some(name), Some(body)) => (script.text(name).to_vec(), Some(body)),
            (body, _) => (b"COPROC".to_vec(), body),
        };
        let Some(body) = body else {
            self.opaque(script.span(id), Reason::Syntax);
            return;
        };
        self.set_unknown(&name);
        self.set_unknown(&[&*name, b"_PID"].concat());
        self.background();
        self.context.stdout = Stdout::Pipe;
        self.context.sink = None;
        self.set_stdin(Stdin::Dynamic(value::unknown(Reason::CommandOutput)));
        self.command(src, body);
    }
}
