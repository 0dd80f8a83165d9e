//! Simple commands: from words, redirections and assignments to an invocation.

use std::sync::{Arc, LazyLock};

use clearance_core::Span;

use super::machine::{Machine, Src, Task, cost};
use super::state::{Attrs, Opt};
use super::{builtin, output, value};
use crate::expand::{Key, Variable, any_row};
use crate::invocation::{
    Assignment, Bytes, Dialect, Dynamic, Flags, Invocation, Piece, Reason, Redirect, RedirectKind,
    Stdin, Stdout, Value, Word,
};
use crate::tree::{Flags as Marks, Kind, NodeId, Script};

/// A simple command after expansion, on its way to what it runs.
#[derive(Clone, Debug)]
pub(super) struct Command {
    pub(super) argv: Vec<Word>,
    pub(super) assignments: Vec<Assignment>,
    pub(super) redirects: Vec<Redirect>,
    /// Where its own redirections take standard input and output.
    pub(super) stdin: Option<Stdin>,
    pub(super) stdout: Option<Stdout>,
    /// Its own redirections send errors where output goes.
    pub(super) errors_too: bool,
    pub(super) span: Span,
    pub(super) flags: Flags,
    /// Functions and aliases are not looked at any more.
    pub(super) direct: bool,
    /// How many `command` and `builtin` were taken off.
    pub(super) prefixes: u8,
    /// The place in the tree, for aliases; `None` when it was made up.
    pub(super) origin: Option<(Src, NodeId)>,
    /// Arguments that the grammar knows to be assignments (`export A=b`).
    pub(super) declared: Vec<Declared>,
}

/// An argument of a declaration builtin.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    /// Its place in `argv`.
    pub(super) argument: usize,
    pub(super) name: Bytes,
    pub(super) key: Option<Key>,
    pub(super) value: Variable,
    pub(super) append: bool,
}

/// So many commands may come out of one whose first word may be several words.
const MOST_ROWS: usize = 16;

/// The rows of words that a command may have, while it is expanded. Words that are the same in
/// all of them wait in the `argv` of the command.
#[derive(Debug, Default)]
struct Rows {
    all: Vec<Vec<Word>>,
    /// There may be no more than one.
    one: bool,
}

impl Rows {
    /// The next word may be the command word, and may be one of several.
    fn may_branch(&self, argv: &[Word]) -> bool {
        let first = self.all.is_empty() || self.all.iter().any(Vec::is_empty);
        first && argv.is_empty() && !self.one
    }

    /// The words that wait, then one of these forms. Gives how many words were copied.
    fn extend(&mut self, argv: &mut Vec<Word>, forms: Vec<Vec<Word>>) -> usize {
        let waiting = std::mem::take(argv);
        let mut rows = std::mem::take(&mut self.all);
        if rows.is_empty() {
            rows.push(Vec::new());
        }
        if rows.len() * forms.len() > MOST_ROWS {
            argv.extend(waiting);
            argv.extend(any_row(&forms));
            self.all = rows;
            return argv.len();
        }
        for row in &rows {
            for form in &forms {
                self.all.push(
                    [row, &waiting, form]
                        .into_iter()
                        .flatten()
                        .cloned()
                        .collect(),
                );
            }
        }
        self.all.iter().map(Vec::len).sum()
    }

    /// The rows, when there are any; otherwise `argv` covers them. Without a word there is no
    /// command, if it is otherwise `bare`.
    fn finish(mut self, argv: &mut Vec<Word>, bare: bool) -> Option<Vec<Vec<Word>>> {
        if self.all.is_empty() {
            return None;
        }
        for row in &mut self.all {
            row.extend_from_slice(argv);
        }
        if bare || self.all.iter().all(|row| !row.is_empty()) {
            return Some(self.all);
        }
        *argv = any_row(&self.all);
        None
    }
}

impl Command {
    pub(super) fn name(&self) -> Option<&[u8]> {
        self.argv.first().and_then(Word::as_static)
    }

    /// The arguments after the command word.
    pub(super) fn arguments(&self) -> &[Word] {
        self.argv.get(1..).unwrap_or_default()
    }
}

impl Machine<'_> {
    pub(super) fn simple(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let mut words = false;
        for child in script.children(id) {
            words |= script.kind(child) == Kind::Word;
            self.gather(&script, child);
        }
        let base = self.results.len();
        self.untouched &= !self.has_found();
        if !self.has_found() {
            self.simple_ready(src, id, base);
        } else if words {
            self.forget_side_effects(&script, id);
            self.tasks.push(Task::Simple(src, id, base));
            self.schedule(src);
        } else {
            // Each assignment sees those before it.
            self.drop_found();
            self.pending.push(Vec::new());
            self.next_assignment(src, script.first_child(id), id, base);
        }
    }

    /// Expansions that assign, beside substitutions that run before them here: what they
    /// assign is not known to the substitutions.
    fn forget_side_effects(&mut self, script: &Script, id: NodeId) {
        let mut forget = false;
        for id in script.walk(id) {
            match script.kind(id) {
                Kind::Param => {
                    let param = script.param(id);
                    use crate::tree::ParamOp::{AssignIfEmpty, AssignIfUnset};
                    if matches!(param.op, AssignIfEmpty | AssignIfUnset) {
                        let name = param.name.to_vec();
                        self.set_unknown(&name);
                    }
                }
                Kind::Arith => {
                    let text = script.text(id);
                    forget |= text.contains(&b'=')
                        || text.windows(2).any(|pair| pair == b"++" || pair == b"--");
                }
                _ => {}
            }
        }
        if forget {
            self.forget_variables();
        }
    }

    // --- assignments only

    /// Prepares the next child of a command without words.
    fn next_assignment(&mut self, src: Src, child: Option<NodeId>, id: NodeId, base: usize) {
        let script = self.script(src);
        let Some(child) = child else {
            self.bare_ready(src, id, base);
            return;
        };
        self.gather(&script, child);
        self.tasks.push(Task::Assign(src, id, child, base));
        self.schedule(src);
    }

    pub(super) fn assign_ready(&mut self, src: Src, id: NodeId, child: NodeId, base: usize) {
        let script = self.script(src);
        if script.kind(child) == Kind::Assign {
            let done = self.assign_node(&script, child);
            if let Some(pending) = self.pending.last_mut() {
                pending.push(done);
            }
        }
        self.next_assignment(src, script.next_sibling(child), id, base);
    }

    /// All assignments are done; what remains are redirections.
    fn bare_ready(&mut self, src: Src, id: NodeId, base: usize) {
        let script = self.script(src);
        let assignments = self.pending.pop().unwrap_or_default();
        self.bare(&script, src, id, assignments);
        self.results.truncate(base);
    }

    fn bare(&mut self, script: &Script, src: Src, id: NodeId, assignments: Vec<Assignment>) {
        let mut command = self.blank(script, src, id);
        command.assignments = assignments;
        self.redirect_own(script, id, &mut command);
        // `$(< file)` prints the file.
        let reads = command
            .redirects
            .iter()
            .any(|redirect| redirect.kind == RedirectKind::Read);
        let only = command.redirects.len() == 1 && command.assignments.is_empty();
        let text = if reads && only && self.context.stdout == Stdout::Captured {
            let path = command
                .redirects
                .first()
                .map(|redirect| redirect.target.clone());
            Some(path.and_then(|path| self.file_text(&path)))
        } else {
            None
        };
        let index = self.emit(&command);
        match text {
            Some(text) => self.print(self.context.sink, Some(index), text, false),
            None => self.write_files(&command, index, Some(value::fixed(b""))),
        }
        self.status = if command.redirects.is_empty() && self.results.is_empty() {
            Some(true)
        } else {
            None
        };
    }

    // --- commands with words

    fn blank(&self, script: &Script, src: Src, id: NodeId) -> Command {
        Command {
            argv: Vec::new(),
            assignments: Vec::new(),
            redirects: Vec::new(),
            stdin: None,
            stdout: None,
            errors_too: false,
            span: self.span(script, id),
            flags: Flags::NONE,
            direct: false,
            prefixes: 0,
            origin: Some((src, id)),
            declared: Vec::new(),
        }
    }

    pub(super) fn simple_ready(&mut self, src: Src, id: NodeId, base: usize) {
        let script = self.script(src);
        let mut command = self.blank(&script, src, id);
        let words = script.children(id);
        let words = words.filter(|child| script.kind(*child) == Kind::Word);
        command.argv.reserve_exact(words.count());
        let mut redirects = false;
        let mut assigns = false;
        let mut rows = Rows::default();
        // What is declared is known by its place among the words.
        let words = script.children(id);
        let mut words = words.skip_while(|child| script.kind(*child) != Kind::Word);
        rows.one = words.any(|child| script.kind(child) == Kind::Assign);
        for child in script.children(id) {
            self.charge(2);
            if self.is_stopped() {
                break;
            }
            match script.kind(child) {
                Kind::Word => self.argument(&script, child, &mut command.argv, &mut rows),
                Kind::Redirect => redirects = true,
                Kind::Assign if command.argv.is_empty() => assigns = true,
                Kind::Assign => self.declaration(&script, child, &mut command),
                _ => {}
            }
        }
        if self.state.options().may_be_on(Opt::Rewrites) {
            self.opaque(script.span(id), Reason::ShellState);
        }
        let first = script
            .children(id)
            .find(|child| script.kind(*child) == Kind::Word);
        let Some(first) = first else {
            self.untouched = false;
            let assignments = if assigns {
                self.assign_all(&script, id)
            } else {
                Vec::new()
            };
            self.bare(&script, src, id, assignments);
            self.results.truncate(base);
            return;
        };
        if script.text(first).first() == Some(&b'\\') {
            command.flags = Flags::DIRECT;
        }
        if redirects {
            self.redirect_own(&script, id, &mut command);
        }
        if assigns {
            self.prefix_assignments(&script, id, &mut command);
        }
        self.untouched = false;
        self.results.truncate(base);
        let bare = command.assignments.is_empty() && command.redirects.is_empty();
        if let Some(rows) = rows.finish(&mut command.argv, bare) {
            let commands = rows.into_iter().map(|argv| Command {
                argv,
                origin: None,
                ..command.clone()
            });
            let commands = commands.collect();
            self.any_command(commands);
            return;
        }
        if command.argv.is_empty() {
            // Every word vanished: assignments stay in this shell.
            self.keep_assignments(&command.assignments);
            let index = self.emit(&command);
            self.write_files(&command, index, Some(value::fixed(b"")));
            self.status = None;
            return;
        }
        self.dispatch(command);
    }

    fn assign_all(&mut self, script: &Script, id: NodeId) -> Vec<Assignment> {
        let mut all = Vec::new();
        for child in script.children(id) {
            if script.kind(child) == Kind::Assign {
                let assignment = self.assign_node(script, child);
                all.push(assignment);
            }
        }
        all
    }

    /// Appends what the word becomes to `argv`, and to the `rows` if there are several.
    fn argument(&mut self, script: &Script, word: NodeId, argv: &mut Vec<Word>, rows: &mut Rows) {
        if script.flags(word).has(Marks::PLAIN) && !script.text(word).is_empty() {
            let value = value::fixed(script.text(word));
            argv.push(Word {
                value,
                span: self.span(script, word),
            });
            return;
        }
        let before = argv.len();
        let forms = if rows.may_branch(argv) {
            self.expander().forms(script, word, MOST_ROWS, argv)
        } else {
            self.expander().arguments(script, word, argv);
            None
        };
        self.charge(argv.len() - before);
        let spans = |words: &mut [Word], span| {
            for word in words {
                word.span = span;
            }
        };
        if let Some(span) = self.context.span {
            spans(argv.get_mut(before..).unwrap_or_default(), span);
        }
        if let Some(mut forms) = forms {
            if let Some(span) = self.context.span {
                forms.iter_mut().for_each(|form| spans(form, span));
            }
            self.charge(rows.extend(argv, forms));
        }
    }

    // --- what runs

    /// Runs a command: a function, a builtin, or a program.
    pub(super) fn dispatch(&mut self, command: Command) {
        self.charge(1);
        self.status = None;
        let Some(first) = command.argv.first() else {
            return;
        };
        match &first.value {
            Value::Static(_) => self.dispatch_named(command),
            Value::OneOf(all) => {
                let all = Arc::clone(all);
                self.dispatch_any(command, &all);
            }
            Value::Glob(_) => self.program(command),
            Value::Dynamic(_) => {
                // It could be a builtin, or a function.
                self.program(command);
                self.forget_all();
            }
        }
    }

    /// The command word is one of several.
    fn dispatch_any(&mut self, command: Command, names: &[Bytes]) {
        let special = names.iter().any(|name| self.is_shell_name(name));
        if !special {
            self.program(command);
            return;
        }
        let commands = names.iter().map(|name| {
            let mut one = command.clone();
            if let Some(first) = one.argv.first_mut() {
                first.value = Value::Static(Arc::clone(name));
            }
            one.origin = None;
            one
        });
        let commands: Vec<Command> = commands.collect();
        self.any_command(commands);
    }

    fn is_shell_name(&self, name: &[u8]) -> bool {
        builtin::find(name).is_some_and(builtin::Builtin::has_effect)
            || self
                .state
                .find(name)
                .and_then(|sym| self.state.function(sym))
                .is_some_and(|function| !function.defs.is_empty())
    }

    fn dispatch_named(&mut self, command: Command) {
        if !command.direct && self.state.any_alias && self.try_alias(&command) {
            return;
        }
        if !command.direct && self.state.any_function && self.try_function(&command) {
            return;
        }
        let name = command.name().unwrap_or_default();
        let dialect = self.env.dialect;
        if builtin::differs(name, dialect) {
            self.opaque(command.span, Reason::Dialect);
        }
        match builtin::find(name) {
            Some(_) if dialect == Dialect::Posix && builtin::is_of_bash(name) => {
                self.program(command);
            }
            Some(builtin) => self.builtin(builtin, command),
            None => self.program(command),
        }
    }

    /// Something that is not part of the shell.
    pub(super) fn program(&mut self, command: Command) {
        let harmless = output::leaves_files_alone(command.name());
        let shared = command.stdin.is_none();
        let watched = self.context.sink.is_some() && command.stdout.is_none();
        if command.redirects.is_empty() && !watched && command.name() != Some(b"tee") {
            self.report(command);
        } else {
            let index = self.emit(&command);
            let stdin = self.stdin_of(&command);
            let errors = command.errors_too || self.context.errors_too;
            let text = output::program(&command, &stdin, self).filter(|_| !errors);
            self.write_files(&command, index, text);
        }
        if !harmless {
            self.files.forget();
        }
        if shared {
            self.mark_read();
        }
        self.status = None;
    }

    /// The standard input that a command finds.
    pub(super) fn stdin_of(&self, command: &Command) -> Stdin {
        match &command.stdin {
            Some(stdin) => stdin.clone(),
            None => self.shared_stdin(),
        }
    }

    /// The context's standard input; what others may have read from is not known any more.
    fn shared_stdin(&self) -> Stdin {
        if !self
            .read
            .get(self.context.stdin_id)
            .copied()
            .unwrap_or(true)
        {
            return self.context.stdin.clone();
        }
        let sources = match &self.context.stdin {
            Stdin::Inherit => return Stdin::Inherit,
            Stdin::Null => return Stdin::Null,
            Stdin::Pipe(sources) => Arc::clone(sources),
            Stdin::Dynamic(dynamic) => Arc::clone(&dynamic.sources),
            Stdin::File(path) => printers(path),
            Stdin::Text(_) => value::no_sources(),
        };
        // Lines of what one command printed, as far as others have left them.
        let pieces = match (&self.context.stdin, &*sources) {
            (Stdin::Pipe(_) | Stdin::File(_), [by]) => Some([Piece::Item(*by)].into()),
            (Stdin::Dynamic(dynamic), _) => match dynamic.pieces() {
                [Piece::Output(by) | Piece::Item(by)] => Some([Piece::Item(*by)].into()),
                _ => None,
            },
            _ => None,
        };
        Stdin::Dynamic(Dynamic {
            sources,
            pieces,
            ..value::unknown(Reason::CommandOutput)
        })
    }

    /// It may read from the standard input that it shares with others.
    pub(super) fn mark_read_by(&mut self, command: &Command) {
        if command.stdin.is_none() {
            self.mark_read();
        }
    }

    /// Reports the command. Gives its index.
    pub(super) fn emit(&mut self, command: &Command) -> u32 {
        self.report(Command {
            argv: command.argv.clone(),
            assignments: command.assignments.clone(),
            redirects: command.redirects.clone(),
            stdin: command.stdin.clone(),
            stdout: command.stdout.clone(),
            declared: Vec::new(),
            ..*command
        })
    }

    /// The same of a command that is not needed any more.
    fn report(&mut self, mut command: Command) -> u32 {
        let stdin = self.stdin_of(&command);
        let redirects = if self.exec_redirects.is_empty() && self.redirects.is_empty() {
            command.redirects
        } else {
            let mut all = self.exec_redirects.clone();
            all.extend_from_slice(&self.redirects);
            all.append(&mut command.redirects);
            all
        };
        self.charge(cost::COMMAND + redirects.len());
        let invocation = Invocation {
            argv: command.argv,
            assignments: command.assignments,
            exported: self.exported(),
            redirects,
            stdin,
            stdout: command
                .stdout
                .unwrap_or_else(|| self.context.stdout.clone()),
            cwd: self.state.place.now.clone(),
            span: command.span,
            via: self.context.via,
            flags: self.context.flags.with(command.flags),
        };
        self.push(invocation)
    }

    /// The variables that commands inherit, as far as this script set them.
    fn exported(&mut self) -> Arc<[Assignment]> {
        if let Some(exported) = &self.exported {
            return Arc::clone(exported);
        }
        let all_of_them = self.state.options().may_be_on(Opt::AllExport);
        let some = self.state.exports().iter();
        let mut all: Vec<_> = if all_of_them {
            self.state.vars().collect()
        } else {
            some.filter_map(|sym| self.state.named(*sym)).collect()
        };
        let looked_at = all.len();
        all.retain(|(_, _, var)| {
            let exported = all_of_them || var.attrs.has(Attrs::EXPORT);
            exported && var.attrs.has(Attrs::SEEN) && var.value != Variable::Unset
        });
        all.sort_unstable_by_key(|(sym, ..)| *sym);
        let assignments = all.iter().map(|(_, name, var)| Assignment {
            name: Arc::clone(name),
            value: Word {
                value: scalar(&var.value),
                span: Span::default(),
            },
            append: false,
        });
        let all = if all.is_empty() {
            no_assignments()
        } else {
            assignments.collect()
        };
        self.charge(looked_at);
        self.exported = Some(Arc::clone(&all));
        all
    }
}

/// No assignments, shared.
fn no_assignments() -> Arc<[Assignment]> {
    static EMPTY: LazyLock<Arc<[Assignment]>> = LazyLock::new(|| Arc::from(Vec::new()));
    Arc::clone(&EMPTY)
}

/// What a plain use of the variable gives.
pub(super) fn scalar(variable: &Variable) -> Value {
    match variable {
        Variable::Unset => value::fixed(b""),
        Variable::Scalar(value) => value.clone(),
        Variable::Indexed(items) => items
            .iter()
            .find(|(index, _)| *index == 0)
            .map_or_else(|| value::fixed(b""), |(_, value)| value.clone()),
        Variable::Associative(_) | Variable::Unlisted { .. } => {
            Value::Dynamic(value::unknown(Reason::UnknownVariable))
        }
        Variable::Unknown(reason) => Value::Dynamic(value::unknown(*reason)),
    }
}

/// The commands whose output is read at this path: that of a process substitution.
pub(super) fn printers(path: &Word) -> Arc<[u32]> {
    match &path.value {
        Value::Dynamic(known) if known.prefix.starts_with(b"/dev/fd/") => {
            Arc::clone(&known.sources)
        }
        _ => value::no_sources(),
    }
}
