//! Text and bodies that run as code: functions, aliases, `eval`, `source`; traps are in `trap`.

use std::rc::Rc;
use std::sync::Arc;

use clearance_core::Span;

use super::assign::is_one_word;
use super::builtin;
use super::machine::{Machine, Task};
use super::redirect::written_file;
use super::simple::Command;
use super::state::{Args, Attrs, Cell, Changes, Def, Held, Opt, Sym, Var};
use super::value;
use crate::expand::Variable;
use crate::invocation::{
    Assignment, Bytes, Dialect, Flags, Reason, RedirectKind, Stdout, Value, Via,
};
use crate::tree::{Flags as Marks, Kind};

/// A function call, or a sourced file, that is running.
#[derive(Debug)]
pub(super) struct CallFrame {
    /// The function; `None` for a sourced file.
    name: Option<Sym>,
    mark: usize,
    dead: bool,
    /// How many loops there were.
    pub(super) loops: usize,
    args: Args,
    /// How deep in conditions it began.
    conditions: u16,
    locals: Vec<Local>,
    returns: Vec<Changes>,
}

/// A variable to put back when the function ends.
#[derive(Debug)]
struct Local {
    sym: Sym,
    var: Var,
    /// On every path; otherwise it may also stay what the function made of it.
    surely: bool,
}

/// Several commands of which one runs.
#[derive(Debug)]
pub(super) struct Alternatives {
    mark: usize,
    dead: bool,
    paths: Vec<Changes>,
    /// Still to do, the next one last.
    todo: Vec<Alternative>,
    started: bool,
}

#[derive(Debug)]
enum Alternative {
    Body(Sym, Def, Command),
    Text(Bytes, Via, Option<Command>),
    Command(Command),
}

impl Machine<'_> {
    // --- alternatives

    fn alternatives(&mut self, mut todo: Vec<Alternative>) {
        todo.reverse();
        self.alternatives.push(Alternatives {
            mark: self.state.mark(),
            dead: self.dead,
            paths: Vec::new(),
            todo,
            started: false,
        });
        self.tasks.push(Task::Alternative);
    }

    pub(super) fn any_command(&mut self, commands: Vec<Command>) {
        self.alternatives(commands.into_iter().map(Alternative::Command).collect());
    }

    pub(super) fn next_alternative(&mut self) {
        let Some(mut frame) = self.alternatives.pop() else {
            return;
        };
        if frame.started {
            if !self.dead {
                frame.paths.push(self.state.changes(frame.mark));
            }
            self.state.roll_back(frame.mark);
            self.exported = None;
            self.dead = frame.dead;
        }
        frame.started = true;
        let Some(next) = frame.todo.pop() else {
            self.dead = true;
            self.meet(frame.mark, frame.dead, &mut frame.paths);
            self.status = None;
            return;
        };
        self.alternatives.push(frame);
        self.tasks.push(Task::Alternative);
        self.enter();
        self.conditional();
        match next {
            Alternative::Body(sym, def, command) => self.call(sym, def, command),
            Alternative::Text(text, via, command) => {
                let span = command
                    .as_ref()
                    .map_or(Span::default(), |command| command.span);
                self.run_text(&text, via, span, command.as_ref());
            }
            Alternative::Command(command) => self.dispatch(command),
        }
    }

    // --- functions

    /// Runs the command as a function, if it may be one.
    pub(super) fn try_function(&mut self, command: &Command) -> bool {
        let Some(sym) = command.name().and_then(|name| self.state.find(name)) else {
            return false;
        };
        let Some(defined) = self
            .state
            .function(sym)
            .filter(|defined| !defined.defs.is_empty())
        else {
            return false;
        };
        let defined = defined.clone();
        if let ([def], false) = (&*defined.defs, defined.absent) {
            self.call(sym, *def, command.clone());
            return true;
        }
        let mut todo: Vec<Alternative> = defined
            .defs
            .iter()
            .map(|def| Alternative::Body(sym, *def, command.clone()))
            .collect();
        if defined.absent {
            let command = Command {
                direct: true,
                ..command.clone()
            };
            todo.push(Alternative::Command(command));
        }
        self.alternatives(todo);
        true
    }

    fn call(&mut self, sym: Sym, def: Def, command: Command) {
        let running = self.calls.iter().any(|call| call.name == Some(sym));
        if running || self.context.depth >= super::MAX_DEPTH {
            self.opaque(command.span, Reason::Limit);
            self.forget_all();
            return;
        }
        let args = positional(&command);
        self.charge(1 + command.argv.len());
        self.enter_for(&command);
        self.context.via = Via::Function;
        self.context.depth = self.context.depth.saturating_add(1);
        self.push_call(Some(sym));
        self.state.set(Cell::Args, Held::Args(args));
        self.tasks.push(Task::Command(def.script, def.body));
    }

    fn push_call(&mut self, name: Option<Sym>) {
        self.calls.push(CallFrame {
            name,
            mark: self.state.mark(),
            dead: self.dead,
            loops: match name {
                Some(_) => self.loops.len(),
                None => self.calls.last().map_or(0, |call| call.loops),
            },
            args: self.state.args().clone(),
            conditions: self.context.conditions,
            locals: Vec::new(),
            returns: Vec::new(),
        });
        self.tasks.push(Task::Return);
    }

    /// Enters a context with the redirections and assignments of a command that runs code in
    /// this shell.
    fn enter_for(&mut self, command: &Command) {
        let mut before: Changes = Vec::new();
        for assignment in &command.assignments {
            let sym = self.sym(&assignment.name);
            before.push((Cell::Var(sym), self.state.get(Cell::Var(sym))));
        }
        if !before.is_empty() {
            self.tasks.push(Task::Restore(before));
        }
        let file = written_file(&command.redirects);
        if let Some(file) = file {
            let append = file.kind == RedirectKind::Append;
            self.tasks.push(Task::Store(file.target.clone(), append));
        }
        self.enter();
        for assignment in &command.assignments {
            self.temporary(assignment);
        }
        self.redirects.extend_from_slice(&command.redirects);
        if let Some(stdin) = &command.stdin {
            self.set_stdin(stdin.clone());
        }
        if file.is_some() {
            self.open_sink(Stdout::File);
        } else if let Some(stdout) = &command.stdout {
            self.context.stdout = stdout.clone();
            self.context.sink = None;
        }
        self.context.errors_too |= command.errors_too;
        self.context.flags = self.context.flags.with(command.flags);
    }

    /// A variable set, and exported, for one command.
    fn temporary(&mut self, assignment: &Assignment) {
        let value = Variable::Scalar(assignment.value.value.clone());
        let span = assignment.value.span;
        self.assign_to(&assignment.name, None, value, assignment.append, span);
        let sym = self.sym(&assignment.name);
        if let Some(var) = self.state.var(sym).cloned() {
            self.set_cell(
                sym,
                Var {
                    attrs: var.attrs.with(Attrs::EXPORT),
                    ..var
                },
            );
        }
    }

    pub(super) fn call_done(&mut self) {
        let Some(mut call) = self.calls.pop() else {
            return;
        };
        let mut returns = std::mem::take(&mut call.returns);
        if !returns.is_empty() {
            self.state.settle();
            self.meet(call.mark, call.dead, &mut returns);
        }
        for local in call.locals.into_iter().rev() {
            if local.surely {
                self.set_cell(local.sym, local.var);
            } else {
                self.join_cell(local.sym, &local.var);
            }
        }
        if *self.state.args() != call.args {
            self.state.set(Cell::Args, Held::Args(call.args));
        }
    }

    /// `return`: the path goes on after the call.
    pub(super) fn return_from(&mut self) {
        let Some(mark) = self.calls.last().map(|call| call.mark) else {
            return;
        };
        self.leaves_trap(usize::MAX, self.calls.len().saturating_sub(1));
        let changes = self.state.changes(mark);
        self.charge(changes.len());
        if let Some(call) = self.calls.last_mut() {
            call.returns.push(changes);
        }
        self.dead = true;
    }

    /// A function is running.
    pub(super) fn in_function(&self) -> bool {
        self.calls.iter().any(|call| call.name.is_some())
    }

    /// `local`: the variable is put back when the function ends. `false` outside functions.
    pub(super) fn make_local(&mut self, sym: Sym) -> bool {
        let var = self.state.var(sym).cloned().unwrap_or_else(Var::unknown);
        let most = self.state.most;
        let conditions = self.context.conditions;
        let here = self.loops.len();
        let Some(call) = self.calls.iter_mut().rev().find(|call| call.name.is_some()) else {
            return false;
        };
        let surely = conditions == call.conditions && here == call.loops && call.returns.is_empty();
        match call.locals.iter_mut().find(|known| known.sym == sym) {
            // It is local already.
            Some(known) if known.surely => {}
            Some(known) => {
                known.var.value = value::join_variables(&known.var.value, &var.value, most);
            }
            None => call.locals.push(Local { sym, var, surely }),
        }
        true
    }

    /// How many variables are local to the function that is running.
    pub(super) fn local_count(&self) -> usize {
        let call = self.calls.iter().rev().find(|call| call.name.is_some());
        call.map_or(0, |call| call.locals.len())
    }

    /// A subshell is left: what it made local was so in there only.
    pub(super) fn keep_locals(&mut self, count: usize) {
        if let Some(call) = self.calls.iter_mut().rev().find(|call| call.name.is_some()) {
            call.locals.truncate(count);
        }
    }

    // --- text

    /// Runs a text as code. The redirections and assignments are those of the command that
    /// runs it.
    pub(super) fn run_text(
        &mut self,
        text: &[u8],
        via: Via,
        span: Span,
        command: Option<&Command>,
    ) {
        let span = self.context.span.unwrap_or(span);
        match command {
            Some(command) => self.enter_for(command),
            None => self.enter(),
        }
        self.context.span = Some(span);
        self.context.via = via;
        let Some(src) = self.add_script(text) else {
            return;
        };
        self.context.depth = self.context.depth.saturating_add(1);
        let root = self.script(src).root();
        if via == Via::Source {
            self.push_call(None);
        }
        self.start_list(src, root);
    }

    /// What an invocation runs is reported by itself.
    pub(super) fn resolved(&mut self, index: u32) {
        if let Some(invocation) = self.invocation_mut(index) {
            invocation.flags = invocation.flags.with(Flags::RESOLVED);
        }
    }

    /// `eval` and its like, of a value.
    pub(super) fn run_value(&mut self, text: &Value, via: Via, command: &Command) {
        let stripped = Command {
            argv: Vec::new(),
            declared: Vec::new(),
            ..command.clone()
        };
        match text {
            Value::Static(text) => self.run_text(text, via, command.span, Some(&stripped)),
            Value::OneOf(all) => {
                let todo = all
                    .iter()
                    .map(|text| Alternative::Text(Arc::clone(text), via, Some(stripped.clone())))
                    .collect();
                self.alternatives(todo);
            }
            Value::Dynamic(dynamic) if dynamic.printed_by().is_some() => {
                // Who knows the program knows the text, a change of directory by it included.
                self.opaque(command.span, Reason::DynamicCode);
                self.forget_variables();
                self.files.forget();
            }
            Value::Glob(_) | Value::Dynamic(_) => {
                self.opaque(command.span, Reason::DynamicCode);
                self.forget_all();
            }
        }
    }

    /// `. file`: of a file that this script wrote, or whose text comes with it.
    pub(super) fn source(&mut self, command: &Command, index: u32) {
        let mut args = command.arguments();
        if args.first().and_then(|word| word.as_static()) == Some(b"--") {
            args = args.get(1..).unwrap_or_default();
        }
        let Some(file) = args.first() else { return };
        let text = match &file.value {
            Value::Static(path) if is_stdin(path) => Self::input_text(&self.stdin_of(command)),
            Value::Static(path) if path.contains(&b'/') => self.file_text(file),
            // A process substitution is read by nobody else.
            Value::Dynamic(known) if known.prefix.starts_with(b"/dev/fd/") => {
                let mut written = self.out.written.iter().rev();
                let found = written.find(|written| written.path.value == file.value);
                found
                    .and_then(|written| written.content.clone())
                    .map(Value::Static)
            }
            Value::Dynamic(_) => self.file_text(file),
            _ => None,
        };
        let Some(text) = text else {
            // The file is judged as a file (a change of directory by it included); what
            // variables it sets is not known.
            if value::alternatives(&file.value).is_none() {
                self.opaque(file.span, Reason::DynamicCode);
                self.forget_all();
            } else {
                self.forget_variables();
                self.files.forget();
            }
            return;
        };
        self.resolved(index);
        if let Some(rest) = args.get(1..).filter(|rest| !rest.is_empty()) {
            let values = rest.iter().map(|word| value::content(&word.value));
            let known = rest.iter().all(|word| is_one_word(&word.value));
            let args: Args = known.then(|| values.collect());
            let before = vec![(Cell::Args, self.state.get(Cell::Args))];
            self.tasks.push(Task::Restore(before));
            self.state.set(Cell::Args, Held::Args(args));
        }
        self.run_value(&text, Via::Source, command);
    }

    // --- aliases

    /// Runs the command as an alias, if it may be one.
    pub(super) fn try_alias(&mut self, command: &Command) -> bool {
        let dialect_expands = self.env.dialect != Dialect::Bash;
        if !dialect_expands && !self.state.options().may_be_on(Opt::ExpandAliases) {
            return false;
        }
        let Some((src, id)) = command.origin else {
            return false;
        };
        let Some(sym) = command.name().and_then(|name| self.state.find(name)) else {
            return false;
        };
        let Some(alias) = self.state.alias(sym).filter(|alias| !alias.defs.is_empty()) else {
            return false;
        };
        let script = self.script(src);
        let first = script
            .children(id)
            .find(|child| script.kind(*child) == Kind::Word);
        let Some(first) = first.filter(|first| script.flags(*first).has(Marks::PLAIN)) else {
            return false;
        };
        if self.aliases.contains(&sym) {
            return false;
        }
        let defs = Rc::clone(&alias.defs);
        let whole = script.text_span(id);
        let word = script.text_span(first);
        let text = script.text_bytes();
        let before = text
            .get(whole.start as usize..word.start as usize)
            .unwrap_or_default();
        let after = text
            .get(word.end as usize..whole.end as usize)
            .unwrap_or_default();
        let documents = script
            .redirects(id)
            .any(|node| script.redirect(node).body.is_some());
        let mut todo = Vec::new();
        for def in defs.iter() {
            match def {
                Some(def) if !documents && !def.ends_with(b" ") => {
                    let text = [before, def, after].concat();
                    todo.push(Alternative::Text(text.into(), Via::Alias, None));
                }
                _ => self.opaque(command.span, Reason::Redefinition),
            }
        }
        // It may have been defined after this was read.
        todo.push(Alternative::Command(Command {
            origin: None,
            ..command.clone()
        }));
        self.aliases.push(sym);
        self.tasks.push(Task::EndAlias);
        self.enter();
        self.context.span = Some(command.span);
        self.alternatives(todo);
        true
    }

    /// `alias name=value …`
    pub(super) fn define_aliases(&mut self, command: &Command) {
        for word in command.arguments() {
            let Some(text) = word.as_static() else {
                self.opaque(word.span, Reason::Redefinition);
                continue;
            };
            let Some(equals) = text.iter().position(|byte| *byte == b'=') else {
                continue;
            };
            let (name, value) = text.split_at(equals);
            let value: Bytes = value.get(1..).unwrap_or_default().into();
            if builtin::is_reserved(name) {
                self.opaque(word.span, Reason::Redefinition);
            }
            let sym = self.sym(name);
            let only = super::state::Defined::only(Some(value));
            self.state.set(Cell::Alias(sym), Held::Alias(only));
        }
    }
}

fn is_stdin(path: &[u8]) -> bool {
    matches!(path, b"/dev/stdin" | b"/dev/fd/0" | b"/proc/self/fd/0")
}

fn positional(command: &Command) -> Args {
    let args = command.arguments();
    let known = args.iter().all(|word| is_one_word(&word.value));
    known.then(|| {
        args.iter()
            .map(|word| value::content(&word.value))
            .collect()
    })
}
