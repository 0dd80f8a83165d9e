//! Control flow: lists, and-or lists, pipelines, groups, `if`, `case`, functions.
//!
//! Every path counts. Paths are kept as changes of a common base and joined where they meet;
//! a path that ends in `exit` or its like joins nowhere.

use clearance_core::Span;

use super::machine::{Machine, Src, Task};
use super::simple::Command;
use super::state::{Cell, Changes, Def, Defined, Held, Opt};
use super::value;
use crate::expand::Variable;
use crate::invocation::{Flags, Reason, Stdin, Stdout, Value};
use crate::tree::{Connector, Flags as Marks, Kind, NodeId, Script};

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

/// An `if` or `case` that is running.
#[derive(Debug)]
pub(super) struct Branches {
    mark: usize,
    dead: bool,
    /// Paths that are done.
    done: Vec<Changes>,
    /// `if`: the path on which all conditions so far failed. `None`: it is dead.
    rest: Option<Changes>,
    /// `case`: the branch falls into the next.
    falls: Option<Changes>,
    /// `case`: some pattern surely matches.
    exhaustive: bool,
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
        match script.kind(id) {
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
        self.charge(work);
        self.dead = was_dead;
    }

    // --- pipelines

    fn pipeline(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let Some(first) = script.first_child(id) else {
            self.status = None;
            return;
        };
        if script.next_sibling(first).is_none() {
            self.tasks
                .push(Task::Negate(script.flags(id).has(Marks::NEGATED)));
            self.command(src, first);
            return;
        }
        self.feeds.push(self.context.stdin.clone());
        self.pipe_element(src, first, true);
    }

    pub(super) fn negate(&mut self, negated: bool) {
        if negated {
            self.state.settle();
            self.status = None;
        }
    }

    fn pipe_element(&mut self, src: Src, id: NodeId, first: bool) {
        let script = self.script(src);
        let last = script.next_sibling(id).is_none();
        self.tasks.push(Task::Pipe(src, id));
        self.subshell();
        if !first {
            let stdin = self.feeds.last().cloned().unwrap_or_default();
            self.set_stdin(stdin);
        }
        if !last {
            let errors = script.connector(id) == Connector::PipeBoth;
            self.open_sink(Stdout::Pipe);
            self.context.errors_too = errors;
        }
        if last && self.state.options().may_be_on(Opt::LastPipe) {
            // Then it runs in this shell after all.
            self.forget_variables();
        }
        self.command(src, id);
    }

    pub(super) fn pipe_next(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let Some(next) = script.next_sibling(id) else {
            self.feeds.pop();
            self.status = None;
            if self.state.options().may_be_on(Opt::LastPipe) {
                self.forget_variables();
            }
            return;
        };
        let (text, sources) = self.close_sink();
        let feed = match text {
            Value::Static(text) => Stdin::Text(text),
            _ => Stdin::Pipe(sources),
        };
        if let Some(last) = self.feeds.last_mut() {
            *last = feed;
        }
        self.pipe_element(src, next, false);
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

    // --- if

    fn start_if(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let Some(condition) = script.first_child(id) else {
            return;
        };
        self.branches.push(Branches {
            mark: self.state.mark(),
            dead: self.dead,
            done: Vec::new(),
            rest: None,
            falls: None,
            exhaustive: false,
        });
        self.tasks.push(Task::Condition(src, condition));
        self.start_list(src, condition);
    }

    pub(super) fn condition_done(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let Some(mark) = self.branches.last().map(|branches| branches.mark) else {
            return;
        };
        let rest = if self.dead {
            None
        } else {
            Some(self.changes_if(mark, false))
        };
        self.charge(rest.as_ref().map_or(0, Vec::len));
        if let Some(branches) = self.branches.last_mut() {
            branches.rest = rest;
        }
        self.state.refine(true);
        if let Some(body) = script.next_sibling(id) {
            self.tasks.push(Task::Branch(src, body));
            self.enter();
            self.conditional();
            self.start_list(src, body);
        }
    }

    pub(super) fn branch_done(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let Some(mut branches) = self.branches.pop() else {
            return;
        };
        if !self.dead {
            let changes = self.state.changes(branches.mark);
            self.charge(changes.len());
            branches.done.push(changes);
        }
        if !self.state.unchanged_since(branches.mark) {
            self.state.roll_back(branches.mark);
            self.exported = None;
        }
        match branches.rest.take() {
            Some(changes) => {
                self.dead = branches.dead;
                self.state.apply(changes);
            }
            None => self.dead = true,
        }
        self.status = None;
        let next = script
            .next_sibling(id)
            .filter(|next| script.kind(*next) == Kind::List);
        let Some(next) = next else {
            let mut done = std::mem::take(&mut branches.done);
            self.meet(branches.mark, branches.dead, &mut done);
            return;
        };
        let body = script
            .next_sibling(next)
            .filter(|body| script.kind(*body) == Kind::List);
        self.branches.push(branches);
        match body {
            Some(_) => {
                self.tasks.push(Task::Condition(src, next));
                self.enter();
                self.conditional();
                self.start_list(src, next);
            }
            // `else`: no path is left after it.
            None => {
                self.tasks.push(Task::Branch(src, next));
                self.enter();
                self.conditional();
                self.start_list(src, next);
            }
        }
    }

    // --- case

    fn start_case(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let case = script.case(id);
        let subject = match case.subject {
            Some(word) => self.expander().single(&script, word),
            None => Value::Dynamic(value::unknown(Reason::Syntax)),
        };
        let subject = subject.as_static().map(<[u8]>::to_vec);
        let mut exhaustive = false;
        for item in &case.items {
            for pattern in script.case_item(*item).patterns {
                let pattern = self.expander().pattern(&script, pattern);
                let any = matches!(&pattern, Value::Glob(glob) if *glob.pattern == *b"*");
                let same = subject.is_some() && pattern.as_static() == subject.as_deref();
                exhaustive |= any || same;
            }
        }
        self.branches.push(Branches {
            mark: self.state.mark(),
            dead: self.dead,
            done: Vec::new(),
            rest: None,
            falls: None,
            exhaustive,
        });
        match case.items.first() {
            Some(first) => self.case_body(src, *first),
            None => self.end_case(),
        }
    }

    fn case_body(&mut self, src: Src, item: NodeId) {
        let script = self.script(src);
        self.tasks.push(Task::CaseBody(src, item));
        self.enter();
        self.conditional();
        if let Some(body) = script.case_item(item).body {
            self.start_list(src, body);
        }
    }

    pub(super) fn case_body_done(&mut self, src: Src, item: NodeId) {
        let script = self.script(src);
        self.state.settle();
        let Some(mut branches) = self.branches.pop() else {
            return;
        };
        let changes = (!self.dead).then(|| self.state.changes(branches.mark));
        self.charge(changes.as_ref().map_or(0, Vec::len));
        self.state.roll_back(branches.mark);
        self.exported = None;
        self.dead = branches.dead;
        match script.connector(item) {
            Connector::FallThrough | Connector::TestNext => {
                // The next body begins where this one ended, or afresh.
                if let Some(changes) = changes {
                    if script.connector(item) == Connector::TestNext {
                        branches.done.push(changes.clone());
                    }
                    branches.falls = Some(changes);
                }
            }
            _ => {
                branches.done.extend(changes);
                branches.falls = None;
            }
        }
        let falls = branches.falls.take();
        let next = script
            .next_sibling(item)
            .filter(|next| script.kind(*next) == Kind::CaseItem);
        if let Some(next) = next {
            if let Some(changes) = falls {
                self.meet(branches.mark, branches.dead, &mut vec![changes]);
            }
            self.branches.push(branches);
            self.case_body(src, next);
            return;
        }
        branches.done.extend(falls);
        self.branches.push(branches);
        self.end_case();
    }

    fn end_case(&mut self) {
        let Some(mut branches) = self.branches.pop() else {
            return;
        };
        let mut done = std::mem::take(&mut branches.done);
        // No pattern may match.
        self.dead = branches.exhaustive;
        self.meet(branches.mark, branches.dead, &mut done);
        self.status = None;
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

    // --- [[ ]] and (( ))

    fn arith_command(&mut self, script: &Script, id: NodeId) {
        if let Some(arith) = script.first_child(id) {
            self.arithmetic(script, arith);
        }
        self.status = None;
    }

    fn cond(&mut self, script: &Script, id: NodeId) {
        self.status = None;
        let mut pending: Vec<NodeId> = script.first_child(id).into_iter().collect();
        while let Some(id) = pending.pop() {
            match script.kind(id) {
                Kind::CondOr | Kind::CondAnd | Kind::CondNot | Kind::CondGroup => {
                    let children: Vec<NodeId> = script.children(id).collect();
                    pending.extend(children.into_iter().rev());
                }
                Kind::CondWord => {
                    if let Some(word) = script.first_child(id) {
                        self.expander().single(script, word);
                    }
                }
                Kind::CondUnary => self.cond_unary(script, id),
                Kind::CondBinary => self.cond_binary(script, id),
                _ => {}
            }
        }
    }

    fn cond_unary(&mut self, script: &Script, id: NodeId) {
        let Some(word) = script.first_child(id) else {
            return;
        };
        let value = self.expander().single(script, word);
        if script.cond_op(id).text == b"-v" {
            self.check_name(&value, script.span(word));
        }
    }

    fn cond_binary(&mut self, script: &Script, id: NodeId) {
        let op = script.cond_op(id);
        let (arithmetic, pattern) = (op.is_arithmetic(), op.is_pattern());
        let mut words = script.children(id);
        let (Some(left), Some(right)) = (words.next(), words.next()) else {
            return;
        };
        let left_value = self.expander().single(script, left);
        if arithmetic {
            let right_value = self.expander().single(script, right);
            self.evaluate(&left_value, script.span(left));
            self.evaluate(&right_value, script.span(right));
        } else if pattern {
            self.expander().pattern(script, right);
            if op.text == b"=~" {
                self.set_unknown(b"BASH_REMATCH");
            }
        } else {
            self.expander().single(script, right);
        }
    }

    /// A name that is looked up, where a subscript would be evaluated as arithmetic.
    pub(super) fn check_name(&mut self, name: &Value, span: Span) {
        match value::alternatives(name) {
            Some(all) => {
                if all.iter().any(|name| is_risky_name(name)) {
                    self.opaque(span, Reason::Subscript);
                }
            }
            None => self.opaque(span, Reason::Indirect),
        }
    }

    /// A text that bash evaluates as arithmetic.
    pub(super) fn evaluate(&mut self, text: &Value, span: Span) -> Value {
        let all = match text {
            Value::Static(text) if value::is_number(text) || text.is_empty() => {
                return text_number(text);
            }
            Value::Dynamic(dynamic) if dynamic.numeric => return text.clone(),
            _ => value::alternatives(text).map(<[_]>::to_vec),
        };
        let Some(all) = all else {
            self.opaque(span, Reason::Arithmetic);
            self.forget_variables();
            return Value::Dynamic(value::number(Reason::Arithmetic));
        };
        let mut result: Option<Value> = None;
        for text in all {
            let number = if value::is_number(&text) {
                Value::Static(text)
            } else {
                self.evaluate_text(&text, span)
            };
            let most = self.state.most;
            result =
                Some(result.map_or(number.clone(), |known| value::join(&known, &number, most)));
        }
        result.unwrap_or_else(|| value::fixed(b"0"))
    }

    fn evaluate_text(&mut self, text: &[u8], span: Span) -> Value {
        // A substitution inside would run; it is not followed here.
        let plain = !text
            .iter()
            .any(|byte| matches!(byte, b'$' | b'`' | b'\\' | b'"' | b'\''));
        let source = [b"((".as_slice(), text, b"))"].concat();
        let src = if plain {
            self.add_script(&source)
        } else {
            None
        };
        let Some(src) = src else {
            self.opaque(span, Reason::Arithmetic);
            self.forget_variables();
            return Value::Dynamic(value::number(Reason::Arithmetic));
        };
        let script = self.script(src);
        let arith = script
            .walk(script.root())
            .find(|id| script.kind(*id) == Kind::Arith);
        match arith {
            Some(arith) => self.arithmetic(&script, arith),
            None => {
                self.opaque(span, Reason::Arithmetic);
                Value::Dynamic(value::number(Reason::Arithmetic))
            }
        }
    }

    /// The variable becomes unknown.
    pub(super) fn set_unknown(&mut self, name: &[u8]) {
        self.set_variable(
            name,
            Variable::Unknown(Reason::UnknownVariable),
            Span::default(),
        );
    }
}

/// An empty text counts as zero.
fn text_number(text: &[u8]) -> Value {
    value::fixed(if text.is_empty() { b"0" } else { text })
}

/// A name with a subscript other than a plain number, `@` or `*`.
pub(super) fn is_risky_name(name: &[u8]) -> bool {
    let Some(open) = name.iter().position(|byte| *byte == b'[') else {
        return false;
    };
    let inside = name.get(open + 1..).unwrap_or_default();
    let inside = inside.strip_suffix(b"]").unwrap_or(inside);
    !(value::is_number(inside) || inside == b"@" || inside == b"*")
}
