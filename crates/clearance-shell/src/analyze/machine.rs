//! The machine: an explicit stack of tasks over the tree.
//!
//! Nothing here recurses on the input. A construct pushes what remains to be done and
//! returns; [`Machine::run`] pops the next task.
//!
//! `task` lists the tasks; `context` is where commands run (subshells, pipes, captures,
//! compound redirections), `sink` what collects their output, `substitution` what runs
//! inside words.

mod buffers;
mod context;
mod handing;
mod keeping;
mod sink;
mod substitution;
mod task;

use std::rc::Rc;
use std::sync::Arc;

use clearance_core::Span;

use super::code::{Alternatives, CallFrame};
use super::control::{Branches, Chain};
use super::files::Files;
use super::loops::LoopFrame;
use super::state::{State, Sym};
use super::trap::{Trap, TrapRun};
use crate::expand::Expander;
use crate::invocation::{
    Analysis, Assignment, Cwd, Dialect, Env, Flags, Opaque, Reason, Redirect, Stdin, Stdout, Value,
    Via,
};
use crate::parse::Parser;
use crate::tree::{Kind, NodeId, Note, Script};

pub(super) use buffers::Buffers;
use context::{Context, Subshell};
use handing::Handing;
use sink::Sink;
pub(super) use task::Task;

/// Which of the texts a node belongs to.
pub(super) type Src = u32;

/// The abstract shell.
#[derive(Debug)]
pub(super) struct Machine<'e> {
    pub(super) env: &'e Env,
    pub(super) state: State,
    pub(super) out: Analysis,
    /// Who takes commands while the machine goes on.
    handing: Handing<'e>,
    scripts: Vec<Rc<Script>>,
    pub(super) tasks: Vec<Task>,
    pub(super) context: Context,
    outer: Vec<Context>,
    pub(super) redirects: Vec<Redirect>,
    pub(super) exec_redirects: Vec<Redirect>,
    pub(super) sinks: Vec<Sink>,
    /// For each standard input, whether something has read from it.
    pub(super) read: Vec<bool>,
    subshells: Vec<Subshell>,
    /// Results of substitutions of the commands being built.
    pub(super) results: Vec<(Src, NodeId, Value)>,
    /// The one after that which was asked for last.
    pub(super) next_result: usize,
    found: Vec<NodeId>,
    descent: Vec<NodeId>,
    pub(super) chains: Vec<Chain>,
    pub(super) branches: Vec<Branches>,
    pub(super) loops: Vec<LoopFrame>,
    pub(super) alternatives: Vec<Alternatives>,
    pub(super) calls: Vec<CallFrame>,
    pub(super) traps: Vec<Trap>,
    pub(super) trap_runs: Vec<TrapRun>,
    /// Variables that a trap can change at any time; ascending.
    pub(super) unstable: Vec<Sym>,
    /// Aliases that are being expanded.
    pub(super) aliases: Vec<Sym>,
    pub(super) files: Files,
    pub(super) exported: Option<Arc<[Assignment]>>,
    pub(super) pending: Vec<Vec<Assignment>>,
    /// Assignments made by the expansion that is running surely happen, and once.
    pub(super) sure_assignments: bool,
    /// Control does not get here.
    pub(super) dead: bool,
    /// Whether the last command succeeded, if that is known.
    pub(super) status: Option<bool>,
    /// No command has run, not even in a substitution.
    pub(super) untouched: bool,
    steps: u32,
    /// Bytes that came out of variables so far.
    pub(super) expanded: usize,
    /// Bytes of decoded text so far.
    pub(super) decoded: usize,
    stopped: bool,
    /// Pipes: the text or the sources of the element that ran last.
    pub(super) feeds: Vec<Stdin>,
}

/// Steps for what takes more work than most tasks do, so that the limit on steps bounds the
/// time: a step is some hundred instructions.
pub(super) mod cost {
    /// A command that is reported.
    pub(in crate::analyze) const COMMAND: usize = 2;
    /// An assignment that is evaluated.
    pub(in crate::analyze) const ASSIGNMENT: usize = 6;
    /// A pattern of `case`.
    pub(in crate::analyze) const PATTERN: usize = 4;
    /// An item of an array.
    pub(in crate::analyze) const ITEM: usize = 3;
    /// A context that is entered and left.
    pub(in crate::analyze) const CONTEXT: usize = 2;
    /// A subshell, with what undoes its changes.
    pub(in crate::analyze) const SUBSHELL: usize = 3;
    /// Output that is collected.
    pub(in crate::analyze) const SINK: usize = 4;
    /// Paths that meet.
    pub(in crate::analyze) const PATHS: usize = 4;
    /// A text that is run, and so many bytes of it.
    pub(in crate::analyze) const TEXT: usize = 8;
    pub(in crate::analyze) const PARSED: usize = 5;
}

impl<'e> Machine<'e> {
    pub(super) fn new(env: &'e Env, script: Rc<Script>, mut buffers: Buffers) -> Self {
        let cwd = Cwd::Known(env.cwd.clone().unwrap_or_else(|| b".".as_slice().into()));
        let args = env.positional.as_ref().map(|all| {
            all.iter()
                .skip(1)
                .map(|arg| Value::Static(Arc::clone(arg)))
                .collect::<Rc<[Value]>>()
        });
        let most = usize::from(env.limits.alternatives);
        buffers.scripts.push(script);
        buffers.read.push(false);
        Self {
            env,
            state: State::new(cwd, args, most),
            out: Analysis {
                invocations: buffers.invocations,
                ..Analysis::default()
            },
            handing: Handing::new(buffers.lasting),
            scripts: buffers.scripts,
            tasks: buffers.tasks,
            context: Context {
                via: Via::Script,
                flags: Flags::NONE,
                stdin: Stdin::Inherit,
                stdin_id: 0,
                stdout: Stdout::Inherit,
                sink: None,
                errors_too: false,
                conditions: 0,
                repeats: 0,
                span: None,
                depth: 0,
                redirects: 0,
            },
            outer: buffers.outer,
            redirects: Vec::new(),
            exec_redirects: Vec::new(),
            sinks: buffers.sinks,
            read: buffers.read,
            subshells: buffers.subshells,
            results: buffers.results,
            next_result: 0,
            found: buffers.found,
            descent: buffers.descent,
            chains: buffers.chains,
            branches: Vec::new(),
            loops: Vec::new(),
            alternatives: Vec::new(),
            calls: Vec::new(),
            traps: Vec::new(),
            trap_runs: Vec::new(),
            unstable: Vec::new(),
            aliases: Vec::new(),
            files: Files::default(),
            exported: None,
            pending: Vec::new(),
            sure_assignments: false,
            dead: false,
            status: None,
            untouched: true,
            steps: 0,
            expanded: 0,
            decoded: 0,
            stopped: false,
            feeds: buffers.feeds,
        }
    }

    /// Begins with the main text, or its first piece.
    pub(super) fn begin(&mut self) {
        self.remark(0);
        self.tasks.push(Task::Traps);
        let root = self.script(0).root();
        self.start_list(0, root);
    }

    /// Runs what there is of the main text; after its `last` piece, the traps too.
    pub(super) fn advance(&mut self, last: bool) {
        while let Some(task) = self.tasks.pop() {
            if matches!(task, Task::Traps) && !last {
                self.tasks.push(task);
                return;
            }
            let work = self.state.take_work();
            self.charge(1 + work);
            if self.stopped {
                self.out.complete = false;
                self.opaque(self.whole(), Reason::Limit);
                break;
            }
            self.step(task);
            self.hand_over_some();
        }
    }

    /// Puts the next piece of the main text in the place of the one that was run, or (if
    /// functions may stand in it) after it. `parse` gives the list of commands.
    pub(super) fn next_piece(&mut self, parse: impl FnOnce(&mut Script, bool) -> NodeId) {
        self.results.clear();
        self.next_result = 0;
        let keep = self.state.any_function;
        let Some(script) = self.scripts.first_mut() else {
            return;
        };
        let list = parse(Rc::make_mut(script), keep);
        self.remark(0);
        self.start_list(0, list);
    }

    /// Everything has run.
    pub(super) fn end(&mut self) {
        self.out.steps = self.steps;
        self.hand_over_last();
    }

    /// Gives back the result, the buffers, emptied, and the main script.
    pub(super) fn finish(mut self) -> (Analysis, Buffers, Rc<Script>) {
        self.scripts.truncate(1);
        let script = self.scripts.pop().unwrap_or_default();
        let (invocations, lasting) = self.handing.finish(&mut self.out.invocations);
        let buffers = Buffers {
            invocations,
            lasting,
            tasks: self.tasks,
            scripts: self.scripts,
            outer: self.outer,
            sinks: self.sinks,
            read: self.read,
            subshells: self.subshells,
            results: self.results,
            found: self.found,
            descent: self.descent,
            chains: self.chains,
            feeds: self.feeds,
        };
        (self.out, buffers.emptied(), script)
    }

    fn step(&mut self, task: Task) {
        match task {
            Task::Command(src, id) => self.command(src, id),
            Task::Item(src, id) => self.item(src, id),
            Task::AndOr(src, id) => self.and_or_next(src, id),
            Task::Pipe(src, id, around) => self.pipe_next(src, id, around),
            Task::Negate(negated) => self.negate(negated),
            Task::Ready(src, id, base) => self.ready(src, id, base),
            Task::Simple(src, id, base) => self.simple_ready(src, id, base),
            Task::Assign(src, id, child, base) => self.assign_ready(src, id, child, base),
            Task::Substitute(src, id) => self.substitute(src, id),
            Task::Substituted(src, id) => self.substituted(src, id),
            Task::Leave => self.leave(),
            Task::EndSubshell => self.end_subshell(),
            Task::EndSubshellNow => self.end_subshell_now(),
            Task::Condition(src, id) => self.condition_done(src, id),
            Task::Branch(src, id) => self.branch_done(src, id),
            Task::CaseBody(src, id) => self.case_body_done(src, id),
            Task::LoopCondition => self.loop_condition_done(),
            Task::LoopArith(base, part) => self.loop_arith(base, part),
            Task::LoopBody => self.loop_body_done(),
            Task::Alternative => self.next_alternative(),
            Task::Return => self.call_done(),
            Task::Text(text, via, span) => self.run_text(&text, via, span, None),
            Task::EndAlias => {
                self.aliases.pop();
            }
            Task::Trap(trap) => self.start_trap(trap),
            Task::EndTrap => self.end_trap(),
            Task::DueTraps(due) => self.run_traps(due),
            Task::Recall => {
                self.recall();
                self.exported = None;
            }
            Task::Restore(changes) => self.state.apply(changes),
            Task::Store(path, append) => self.store_sink(&path, append),
            Task::Traps => self.due_traps(0),
        }
    }

    /// The state becomes any that a trap could find; whether that is another one.
    pub(super) fn recall(&mut self) -> bool {
        let left = self.env.limits.steps.saturating_sub(self.steps);
        self.state.recall(left as usize)
    }

    /// Work done; beyond the limit everything stops.
    pub(super) fn charge(&mut self, steps: usize) {
        self.steps = self
            .steps
            .saturating_add(u32::try_from(steps).unwrap_or(u32::MAX));
        if self.steps > self.env.limits.steps {
            self.stopped = true;
        }
    }

    /// The limit on work is reached.
    pub(super) const fn is_stopped(&self) -> bool {
        self.stopped
    }

    pub(super) fn script(&self, src: Src) -> Rc<Script> {
        self.scripts
            .get(src as usize)
            .map_or_else(Rc::default, Rc::clone)
    }

    pub(super) fn is_script(&self, src: Src, script: &Script) -> bool {
        self.scripts
            .get(src as usize)
            .is_some_and(|known| std::ptr::eq(&**known, script))
    }

    /// The whole input.
    fn whole(&self) -> Span {
        let length = self
            .scripts
            .first()
            .map_or(0, |script| script.source().len());
        Span::new(0, u32::try_from(length).unwrap_or(u32::MAX))
    }

    /// Where a node is to be shown.
    pub(super) fn span(&self, script: &Script, id: NodeId) -> Span {
        self.context.span.unwrap_or_else(|| script.span(id))
    }

    pub(super) fn opaque(&mut self, span: Span, reason: Reason) {
        let span = self.context.span.unwrap_or(span);
        let site = Opaque { span, reason };
        let recent = self.out.opaque.iter().rev().take(8);
        if !recent.into_iter().any(|known| *known == site) {
            self.out.opaque.push(site);
        }
    }

    /// Takes over what the parser remarked of a text.
    fn remark(&mut self, src: Src) {
        let script = self.script(src);
        if src == 0 {
            self.out.complete = script.is_complete();
        } else if !script.is_complete() {
            self.opaque(Span::default(), Reason::Syntax);
        }
        for diagnostic in script.diagnostics() {
            let harmless = match diagnostic.note {
                Note::HereDocumentEnd => true,
                // Only its own shell knows what it is.
                Note::FinalBackslash => {
                    src == 0 && self.env.dialect == Dialect::Bash && !self.env.file
                }
                _ => false,
            };
            if !harmless {
                self.opaque(diagnostic.span, diagnostic.reason);
            }
        }
    }

    /// Parses a text that will be run as code.
    pub(super) fn add_script(&mut self, text: &[u8]) -> Option<Src> {
        self.decoded = self.decoded.saturating_add(text.len());
        self.charge(cost::TEXT + text.len() / cost::PARSED);
        let src = Src::try_from(self.scripts.len()).ok()?;
        if self.decoded > self.env.limits.bytes as usize || self.context.depth >= super::MAX_DEPTH {
            self.opaque(Span::default(), Reason::Limit);
            return None;
        }
        let mut script = Script::new();
        let extglob = self.state.options().may_be_on(super::state::Opt::ExtGlob);
        let mut parser = Parser::new(self.env.dialect, self.env.limits);
        if extglob {
            parser = parser.extglob(crate::parse::ExtGlob::On);
        }
        parser.parse_into(text, &mut script);
        // Bash does not go back in such a text when `((` turns out to be two subshells.
        let doubled = text.windows(2).any(|pair| pair == b"((")
            && script
                .walk(script.root())
                .any(|id| script.kind(id) == Kind::Subshell && script.text(id).starts_with(b"(("));
        if doubled {
            self.opaque(Span::default(), Reason::Syntax);
        }
        self.scripts.push(Rc::new(script));
        self.remark(src);
        Some(src)
    }

    /// Evaluates arithmetic with this machine as its world.
    pub(super) fn arithmetic(&mut self, script: &Script, id: NodeId) -> Value {
        self.expander().arithmetic(script, id)
    }

    /// The same for words: they may be expanded several times, once for each of the values
    /// that a variable can have, so that assignments in them add to what there was.
    pub(super) fn expander(&mut self) -> Expander<'_, Self> {
        let (dialect, limits) = (self.env.dialect, self.env.limits);
        Expander::new(self, dialect, limits)
    }
}
