//! The machine: an explicit stack of tasks over the tree, and the contexts in which commands
//! run (subshells, pipes, captures, compound redirections).
//!
//! Nothing here recurses on the input. A construct pushes what remains to be done and
//! returns; [`Machine::run`] pops the next task.

use std::rc::Rc;
use std::sync::Arc;

use clearance_core::Span;

use super::code::{Alternatives, CallFrame, Trap};
use super::control::{Branches, Chain};
use super::files::Files;
use super::loops::LoopFrame;
use super::state::{Changes, State};
use super::value::{self, Text};
use crate::expand::Expander;
use crate::invocation::{
    Analysis, Assignment, Bytes, Cwd, Dialect, Dynamic, Env, Flags, Opaque, Piece, Reason,
    Redirect, Stdin, Stdout, Value, Via, Word,
};
use crate::parse::Parser;
use crate::tree::{Kind, NodeId, Note, Script};

/// Which of the texts a node belongs to.
pub(super) type Src = u32;

/// What remains to be done. The node is always that of the construct, or of the child that
/// has just been run.
#[derive(Debug)]
pub(super) enum Task {
    /// Run a command.
    Command(Src, NodeId),
    /// Run this child of a list, then those after it.
    Item(Src, NodeId),
    /// This operand of an and-or list has run.
    AndOr(Src, NodeId),
    /// This element of a pipeline has run.
    Pipe(Src, NodeId),
    /// A pipeline of one command with `!` or `time` has run.
    Negate(bool),
    /// The words of a compound command are ready: its substitutions have run. The number is
    /// how many results there were before.
    Ready(Src, NodeId, usize),
    /// The words of a simple command are ready.
    Simple(Src, NodeId, usize),
    /// The words of an assignment (the second node) are ready; those after it are not.
    Assign(Src, NodeId, NodeId, usize),
    /// Run a command or process substitution for its output.
    Substitute(Src, NodeId),
    /// Its commands have run.
    Substituted(Src, NodeId),
    /// Leave a context.
    Leave,
    /// Leave a subshell: run its traps, then undo what it changed.
    EndSubshell,
    /// The traps of the subshell have run.
    EndSubshellNow,
    /// The condition of `if` has run; this is the list.
    Condition(Src, NodeId),
    /// A body of `if` has run.
    Branch(Src, NodeId),
    /// A body of `case` has run.
    CaseBody(Src, NodeId),
    /// The condition of `while` has run.
    LoopCondition,
    /// An expression (the number says which) of `for ((;;))` is ready.
    LoopArith(usize, usize),
    /// The body of a loop has run.
    LoopBody,
    /// Go on with the alternatives of one command.
    Alternative,
    /// A function body has run.
    Return,
    /// Run this text as code.
    Text(Bytes, Via, Span),
    /// The text of an alias is done.
    EndAlias,
    /// A trap has run; it should have changed nothing since the mark.
    CheckTrap(usize),
    /// Variables set for one command are put back.
    Restore(Changes),
    /// What the enclosing redirection into a file caught is stored.
    Store(Word, bool),
    /// The traps of the whole script are due.
    Traps,
}

/// Where a command runs, apart from the state.
#[derive(Clone, Debug)]
pub(super) struct Context {
    pub(super) via: Via,
    pub(super) flags: Flags,
    pub(super) stdin: Stdin,
    /// Which standard input that is, to know whether something has read from it.
    pub(super) stdin_id: usize,
    pub(super) stdout: Stdout,
    /// The sink that standard output flows into, if it is of interest.
    pub(super) sink: Option<usize>,
    /// Standard error flows into the same place.
    pub(super) errors_too: bool,
    /// Nested conditions and loops.
    pub(super) conditions: u16,
    /// Nested loops and background jobs, in which output cannot be told.
    pub(super) repeats: u16,
    /// Commands of decoded text carry the span of what decoded it.
    pub(super) span: Option<Span>,
    /// How deep texts are nested in texts and function calls.
    pub(super) depth: u16,
    /// How many redirections of enclosing commands there are.
    pub(super) redirects: usize,
}

/// Something that collects output.
#[derive(Debug)]
pub(super) struct Sink {
    text: Text,
    sources: Vec<u32>,
    /// The command that printed something.
    printer: Option<u32>,
    /// Others did too, or it did so several times, or errors came in.
    mixed: bool,
    /// Something may have come in on other ways than by `print`.
    leaky: bool,
    /// How many invocations there were when it was opened.
    first: u32,
    conditions: u16,
    repeats: u16,
}

/// A subshell.
#[derive(Debug)]
struct Subshell {
    mark: usize,
    dead: bool,
    exec_redirects: usize,
    traps: usize,
    locals: usize,
}

/// The abstract shell.
#[derive(Debug)]
pub(super) struct Machine<'e> {
    pub(super) env: &'e Env,
    pub(super) state: State,
    pub(super) out: Analysis,
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
    /// Aliases that are being expanded.
    pub(super) aliases: Vec<super::state::Sym>,
    pub(super) files: Files,
    pub(super) exported: Option<Arc<[Assignment]>>,
    pub(super) pending: Vec<Vec<Assignment>>,
    /// Assignments made by the expansion that is running surely happen, and once.
    pub(super) sure_assignments: bool,
    /// Control does not get here.
    pub(super) dead: bool,
    /// Whether the last command succeeded, if that is known.
    pub(super) status: Option<bool>,
    steps: u32,
    /// Bytes that came out of variables so far.
    pub(super) expanded: usize,
    /// Bytes of decoded text so far.
    pub(super) decoded: usize,
    stopped: bool,
    /// Pipes: the text or the sources of the element that ran last.
    pub(super) feeds: Vec<Stdin>,
}

impl<'e> Machine<'e> {
    pub(super) fn new(env: &'e Env, script: Rc<Script>, tasks: Vec<Task>) -> Self {
        let cwd = Cwd::Known(env.cwd.clone().unwrap_or_else(|| b".".as_slice().into()));
        let args = env.positional.as_ref().map(|all| {
            all.iter()
                .skip(1)
                .map(|arg| Value::Static(Arc::clone(arg)))
                .collect::<Rc<[Value]>>()
        });
        let most = usize::from(env.limits.alternatives);
        Self {
            env,
            state: State::new(cwd, args, most),
            out: Analysis::default(),
            scripts: vec![script],
            tasks,
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
            outer: Vec::new(),
            redirects: Vec::new(),
            exec_redirects: Vec::new(),
            sinks: Vec::new(),
            read: vec![false],
            subshells: Vec::new(),
            results: Vec::new(),
            next_result: 0,
            found: Vec::new(),
            descent: Vec::new(),
            chains: Vec::new(),
            branches: Vec::new(),
            loops: Vec::new(),
            alternatives: Vec::new(),
            calls: Vec::new(),
            traps: Vec::new(),
            aliases: Vec::new(),
            files: Files::default(),
            exported: None,
            pending: Vec::new(),
            sure_assignments: false,
            dead: false,
            status: None,
            steps: 0,
            expanded: 0,
            decoded: 0,
            stopped: false,
            feeds: Vec::new(),
        }
    }

    /// Runs the main text to its end.
    pub(super) fn run(&mut self) {
        self.remark(0);
        self.tasks.push(Task::Traps);
        let script = self.script(0);
        self.start_list(0, script.root());
        while let Some(task) = self.tasks.pop() {
            self.charge(1);
            if self.stopped {
                self.out.complete = false;
                self.opaque(self.whole(), Reason::Limit);
                break;
            }
            self.step(task);
        }
    }

    /// Gives back what is worth keeping: the tasks' buffer and the main script.
    pub(super) fn finish(mut self) -> (Analysis, Vec<Task>) {
        self.tasks.clear();
        self.out.steps = self.steps;
        (self.out, self.tasks)
    }

    fn step(&mut self, task: Task) {
        match task {
            Task::Command(src, id) => self.command(src, id),
            Task::Item(src, id) => self.item(src, id),
            Task::AndOr(src, id) => self.and_or_next(src, id),
            Task::Pipe(src, id) => self.pipe_next(src, id),
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
            Task::CheckTrap(mark) => self.check_trap(mark),
            Task::Restore(changes) => self.state.apply(changes),
            Task::Store(path, append) => self.store_sink(&path, append),
            Task::Traps => self.due_traps(0),
        }
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
        self.charge(1 + text.len() / 32);
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

    // --- contexts

    /// Enters a context that differs by what the caller changes next.
    pub(super) fn enter(&mut self) {
        self.outer.push(self.context.clone());
        self.context.redirects = self.redirects.len();
        self.tasks.push(Task::Leave);
    }

    fn leave(&mut self) {
        if let Some(context) = self.outer.pop() {
            self.redirects.truncate(self.context.redirects);
            self.context = context;
        }
    }

    /// What follows runs only under a condition, until the context is left.
    pub(super) fn conditional(&mut self) {
        self.context.flags = self.context.flags.with(Flags::CONDITIONAL);
        self.context.conditions = self.context.conditions.saturating_add(1);
    }

    /// What follows can run many times.
    pub(super) fn repeated(&mut self) {
        self.context.flags = self.context.flags.with(Flags::LOOP);
        self.context.repeats = self.context.repeats.saturating_add(1);
        // A second round finds its input partly read.
        self.mark_read();
    }

    /// Gives the context a standard input of its own.
    pub(super) fn set_stdin(&mut self, stdin: Stdin) {
        self.context.stdin = stdin;
        self.context.stdin_id = self.read.len();
        self.read.push(false);
    }

    /// Something has read from standard input.
    pub(super) fn mark_read(&mut self) {
        if let Some(read) = self.read.get_mut(self.context.stdin_id) {
            *read = true;
        }
    }

    /// Enters a subshell and its context.
    pub(super) fn subshell(&mut self) {
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

    fn end_subshell(&mut self) {
        self.tasks.push(Task::EndSubshellNow);
        let traps = self.subshells.last().map_or(0, |subshell| subshell.traps);
        self.due_traps(traps);
    }

    fn end_subshell_now(&mut self) {
        if let Some(subshell) = self.subshells.pop() {
            self.state.roll_back(subshell.mark);
            self.exported = None;
            self.dead = subshell.dead;
            self.keep_locals(subshell.locals);
            self.exec_redirects.truncate(subshell.exec_redirects);
        }
        self.status = None;
    }

    // --- output

    /// Starts to collect output; the context's standard output flows there.
    pub(super) fn open_sink(&mut self, stdout: Stdout) {
        self.sinks.push(Sink {
            text: Text::default(),
            sources: Vec::new(),
            printer: None,
            mixed: false,
            leaky: false,
            first: u32::try_from(self.out.invocations.len()).unwrap_or(u32::MAX),
            conditions: self.context.conditions,
            repeats: self.context.repeats,
        });
        self.context.stdout = stdout;
        self.context.sink = self.sinks.len().checked_sub(1);
        self.context.errors_too = false;
    }

    /// Stops to collect output.
    pub(super) fn close_sink(&mut self) -> (Value, Arc<[u32]>) {
        match self.sinks.pop() {
            Some(sink) if sink.leaky => {
                let last = u32::try_from(self.out.invocations.len()).unwrap_or(u32::MAX);
                self.charge((last - sink.first.min(last)) as usize);
                let text = Value::Dynamic(value::unknown(Reason::CommandOutput));
                (text, (sink.first..last).collect())
            }
            Some(sink) if sink.sources.is_empty() => (sink.text.finish(), value::no_sources()),
            Some(mut sink) => {
                sink.sources.sort_unstable();
                sink.sources.dedup();
                let mut text = sink.text.finish();
                if let (Value::Dynamic(known), Some(by), false) =
                    (&mut text, sink.printer, sink.mixed)
                {
                    let pieces = &mut known.pieces;
                    pieces.get_or_insert_with(|| [Piece::Output(by)].into());
                }
                (text, sink.sources.into())
            }
            None => (
                Value::Dynamic(value::unknown(Reason::Limit)),
                value::no_sources(),
            ),
        }
    }

    /// A command printed this into the sink (`None`: not known what).
    pub(super) fn print(
        &mut self,
        sink: Option<usize>,
        index: Option<u32>,
        text: Option<Value>,
        errors: bool,
    ) {
        let errors = errors || self.context.errors_too;
        let (conditions, repeats) = (self.context.conditions, self.context.repeats);
        let most = self.state.most;
        let Some(sink) = sink.and_then(|at| self.sinks.get_mut(at)) else {
            return;
        };
        if let Some(index) = index {
            sink.sources.push(index);
        }
        if text.as_ref().and_then(Value::as_static) != Some(b"") {
            sink.mixed |= sink.printer.is_some() || repeats != sink.repeats || errors;
            sink.printer = index;
        }
        let text = match text {
            Some(text) if text.as_static() == Some(b"") => return,
            Some(text) if repeats == sink.repeats => text,
            _ => Value::Dynamic(value::unknown(Reason::CommandOutput)),
        };
        if conditions > sink.conditions {
            sink.text.maybe(&text, most);
        } else {
            sink.text.push(&text, most);
        }
    }

    /// Something is written to a place that could be any of the open sinks.
    pub(super) fn leak(&mut self) {
        self.charge(self.sinks.len());
        for sink in &mut self.sinks {
            sink.leaky = true;
        }
    }

    /// Forgets which commands printed, of those from `kept` on: they will be run again.
    pub(super) fn forget_printers(&mut self, kept: usize) {
        let kept = u32::try_from(kept).unwrap_or(u32::MAX);
        for sink in &mut self.sinks {
            sink.sources.retain(|index| *index < kept);
            // What they printed stays in the text.
            sink.mixed |= sink.printer.is_some_and(|index| index >= kept);
        }
    }

    // --- substitutions

    /// Finds the substitutions in a part of a tree that run when it is expanded, in order.
    /// Those inside other substitutions run with them.
    pub(super) fn gather(&mut self, script: &Script, id: NodeId) {
        if matches!(script.kind(id), Kind::Word) && script.first_child(id).is_none() {
            return;
        }
        self.descent.clear();
        self.descent.push(id);
        let mut first = true;
        while let Some(id) = self.descent.pop() {
            if !first {
                if let Some(next) = script.next_sibling(id) {
                    self.descent.push(next);
                }
            }
            first = false;
            match script.kind(id) {
                Kind::CommandSub | Kind::ProcessSub => self.found.push(id),
                Kind::List => {}
                kind => {
                    if kind == Kind::Arith && is_ambiguous(script, id) {
                        self.opaque(script.span(id), Reason::Syntax);
                    }
                    if let Some(child) = script.first_child(id) {
                        self.descent.push(child);
                    }
                }
            }
        }
    }

    /// Schedules what was gathered. `true` if there was anything.
    pub(super) fn schedule(&mut self, src: Src) -> bool {
        if self.found.is_empty() {
            return false;
        }
        while let Some(id) = self.found.pop() {
            self.tasks.push(Task::Substitute(src, id));
        }
        true
    }

    /// Forgets what was gathered.
    pub(super) fn drop_found(&mut self) {
        self.found.clear();
    }

    /// Whether anything was gathered.
    pub(super) fn has_found(&self) -> bool {
        !self.found.is_empty()
    }

    fn substitute(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        self.tasks.push(Task::Substituted(src, id));
        self.subshell();
        if script.kind(id) == Kind::CommandSub {
            self.open_sink(Stdout::Captured);
            self.context.via = Via::Substitution;
        } else if script.flags(id).has(crate::tree::Flags::OUTPUT) {
            // What it prints goes where the command's output goes, beside it.
            self.leak();
            self.open_sink(self.context.stdout.clone());
            self.context.sink = None;
            self.context.via = Via::ProcessSubstitution;
            self.set_stdin(Stdin::Dynamic(value::unknown(Reason::CommandOutput)));
        } else {
            self.open_sink(Stdout::Captured);
            self.context.via = Via::ProcessSubstitution;
        }
        if script.kind(id) == Kind::ProcessSub {
            self.context.flags = self.context.flags.with(Flags::BACKGROUND);
        }
        match script.first_child(id) {
            Some(list) => self.start_list(src, list),
            None => self.opaque(script.span(id), Reason::Syntax),
        }
    }

    fn substituted(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let (text, sources) = self.close_sink();
        let value = if script.kind(id) == Kind::CommandSub {
            captured(text, sources)
        } else {
            self.process_path(&script, id, &text, sources)
        };
        self.results.push((src, id, value));
    }

    fn process_path(
        &mut self,
        script: &Script,
        id: NodeId,
        text: &Value,
        sources: Arc<[u32]>,
    ) -> Value {
        let path = Value::Dynamic(Dynamic {
            sources: Arc::clone(&sources),
            ..value::one_word(Reason::CommandOutput, b"/dev/fd/")
        });
        if let (Value::Static(text), Some(by)) = (text, sources.last()) {
            let span = self.span(script, id);
            let path = Word {
                value: path.clone(),
                span,
            };
            self.out.written.push(crate::invocation::WrittenFile {
                path,
                content: Some(Arc::clone(text)),
                by: *by,
                span,
            });
        }
        path
    }

    /// Evaluates arithmetic with this machine as its world.
    pub(super) fn arithmetic(&mut self, script: &Script, id: NodeId) -> Value {
        self.sure_assignments = true;
        let value = self.expander().arithmetic(script, id);
        self.sure_assignments = false;
        value
    }

    /// The same for words: they may be expanded several times, once for each of the values
    /// that a variable can have, so that assignments in them add to what there was.
    pub(super) fn expander(&mut self) -> Expander<'_, Self> {
        let (dialect, limits) = (self.env.dialect, self.env.limits);
        Expander::new(self, dialect, limits)
    }
}

/// Bash counts the parentheses of an arithmetic expression before it looks at substitutions
/// in it, and takes another meaning when they do not match: backquotes with quotes in them,
/// and the patterns of `case`, which it prints without the opening parenthesis.
fn is_ambiguous(script: &Script, arith: NodeId) -> bool {
    let text = script.text(arith);
    if memchr::memchr(b'`', text).is_some() && text.iter().any(|byte| matches!(byte, b'\\' | b'\''))
    {
        return true;
    }
    memchr::memmem::find(text, b"esac").is_some()
        && script
            .walk(arith)
            .any(|inner| script.kind(inner) == Kind::CaseItem)
}

/// The output of a command substitution: without trailing newlines and NUL bytes.
fn captured(text: Value, sources: Arc<[u32]>) -> Value {
    match text {
        Value::Static(text) => value::fixed(&strip(&text)),
        Value::OneOf(all) => value::one_of(
            all.iter().map(|text| strip(text).into()).collect(),
            usize::MAX,
        ),
        other => {
            let known = value::describe(&other);
            let prefix = strip(&known.prefix);
            let suffix = strip(&known.suffix);
            Value::Dynamic(Dynamic {
                prefix: prefix.as_slice().into(),
                suffix: suffix.as_slice().into(),
                may_vanish: known.may_vanish
                    || (prefix.is_empty() && suffix.is_empty() && !known.numeric),
                reason: Reason::CommandOutput,
                sources,
                pieces: known.pieces.map(stripped),
                ..known
            })
        }
    }
}

/// The same pieces without newlines at the end.
fn stripped(pieces: Arc<[Piece]>) -> Arc<[Piece]> {
    let Some(([rest @ .., _], Piece::Text(text))) = Some(&*pieces).zip(pieces.last()) else {
        return pieces;
    };
    let text = strip(text);
    let last = (!text.is_empty()).then(|| Piece::Text(text.into()));
    rest.iter().cloned().chain(last).collect()
}

fn strip(text: &[u8]) -> Vec<u8> {
    let end = text
        .iter()
        .rposition(|byte| !matches!(byte, b'\n' | 0))
        .map_or(0, |at| at + 1);
    text.get(..end)
        .unwrap_or_default()
        .iter()
        .copied()
        .filter(|byte| *byte != 0)
        .collect()
}
