//! Variables: assignment in all its forms.

use std::sync::Arc;

use clearance_core::Span;

use super::machine::{Machine, Task};
use super::simple::{Command, Declared, scalar};
use super::state::{Attrs, Opt, Sym, Var};
use super::value;
use crate::expand::{Key, Variable};
use crate::invocation::{Assignment, Bytes, Reason, Value, Via, Word};
use crate::tree::{AssignValue, Flags as Marks, Kind, NodeId, Script};

impl Machine<'_> {
    /// The symbol of a name, with its value from the environment if it is new.
    pub(super) fn sym(&mut self, name: &[u8]) -> Sym {
        let env = self.env;
        self.state.intern(name, || initial(env, name))
    }

    /// Sets a cell and whatever depends on it.
    pub(super) fn set_cell(&mut self, sym: Sym, var: Var) {
        let old = self
            .state
            .var(sym)
            .map_or(Attrs::default(), |var| var.attrs);
        let exported = var.attrs.has(Attrs::EXPORT) || old.has(Attrs::EXPORT);
        if exported || self.state.options().may_be_on(Opt::AllExport) {
            self.exported = None;
        }
        self.state.set_var(sym, var);
    }

    /// The variable may also still be what it was.
    pub(super) fn join_cell(&mut self, sym: Sym, old: &Var) {
        let Some(now) = self.state.var(sym) else {
            return;
        };
        let value = value::join_variables(&old.value, &now.value, self.state.most);
        let attrs = now.attrs;
        self.set_cell(sym, Var { value, attrs });
    }

    /// Sets a variable.
    pub(super) fn set_variable(&mut self, name: &[u8], value: Variable, span: Span) {
        self.assign_to(name, None, value, false, span);
    }

    /// All variables become unknown.
    pub(super) fn forget_variables(&mut self) {
        let all: Vec<(Sym, Attrs)> = self
            .state
            .vars()
            .map(|(sym, _, var)| (sym, var.attrs))
            .collect();
        self.charge(all.len());
        for (sym, attrs) in all {
            self.set_cell(
                sym,
                Var {
                    attrs,
                    ..Var::unknown()
                },
            );
        }
    }

    /// Anything may have been run.
    pub(super) fn forget_all(&mut self) {
        self.forget_variables();
        self.state
            .set_place(super::place::Place::at(crate::invocation::Cwd::Unknown));
        self.state
            .set(super::state::Cell::Args, super::state::Held::Args(None));
        self.files.forget();
    }

    /// `name=value`, `name+=value`, `name[key]=value`.
    pub(super) fn assign_to(
        &mut self,
        name: &[u8],
        key: Option<Key>,
        value: Variable,
        append: bool,
        span: Span,
    ) {
        let Some(sym) = self.target_of(name, span) else {
            return;
        };
        let old = self.state.var(sym).cloned().unwrap_or_else(Var::unknown);
        let value = if old.attrs.has(Attrs::INTEGER) {
            self.as_integer(value, span)
        } else {
            value
        };
        let most = self.state.most;
        let new = match (key, append) {
            _ if old.attrs.has(Attrs::CHANGES) => Variable::Unknown(Reason::ShellState),
            (Some(key), append) => set_element(&old.value, &key, &value, append, most),
            (None, false) => replace_whole(&old.value, value),
            (None, true) => append_to(&old, &value, most),
        };
        self.charge(size(&new));
        let attrs = old.attrs.with(Attrs::SEEN).with(always_exported(name));
        self.look_at(name, &new, span);
        self.set_cell(sym, Var { value: new, attrs });
    }

    /// The variable that an assignment to this name sets: through name references.
    fn target_of(&mut self, name: &[u8], span: Span) -> Option<Sym> {
        let mut sym = self.sym(name);
        for _ in 0..8 {
            let var = self.state.var(sym)?;
            if !var.attrs.has(Attrs::NAMEREF) {
                return Some(sym);
            }
            match scalar(&var.value) {
                Value::Static(target) if is_name(&target) => sym = self.sym(&target),
                _ => {
                    self.opaque(span, Reason::Indirect);
                    self.forget_variables();
                    return None;
                }
            }
        }
        self.opaque(span, Reason::Indirect);
        None
    }

    fn as_integer(&mut self, value: Variable, span: Span) -> Variable {
        match value {
            Variable::Scalar(text) => Variable::Scalar(self.evaluate(&text, span)),
            Variable::Indexed(items) => Variable::Indexed(
                items
                    .into_iter()
                    .map(|(at, text)| (at, self.evaluate(&text, span)))
                    .collect(),
            ),
            other => other,
        }
    }

    /// Variables that the shell itself runs as code.
    fn look_at(&mut self, name: &[u8], value: &Variable, span: Span) {
        if !matches!(
            name,
            b"PS4" | b"PROMPT_COMMAND" | b"BASH_ENV" | b"BASH_ALIASES" | b"BASH_CMDS"
        ) {
            return;
        }
        let text = scalar(value);
        match (name, text.as_static()) {
            (_, Some(b"")) => {}
            (b"PS4", Some(text)) if !reexpands(text) => {}
            (b"PS4", _) => self.opaque(span, Reason::Reexpansion),
            (b"PROMPT_COMMAND", Some(text)) => {
                self.tasks.push(Task::Text(text.into(), Via::Trap, span));
            }
            (b"BASH_ENV", Some(path)) => match self.files.read(&self.state.place.now, path) {
                Some(text) => self.tasks.push(Task::Text(text, Via::Trap, span)),
                None => self.opaque(span, Reason::DynamicCode),
            },
            (b"BASH_ALIASES" | b"BASH_CMDS", _) => self.opaque(span, Reason::Redefinition),
            _ => self.opaque(span, Reason::DynamicCode),
        }
    }

    // --- from the tree

    /// Evaluates and makes one assignment.
    pub(super) fn assign_node(&mut self, script: &Script, id: NodeId) -> Assignment {
        let (declared, assignment) = self.evaluate_assignment(script, id, false);
        let span = assignment.value.span;
        self.assign_to(
            &declared.name,
            declared.key,
            declared.value,
            declared.append,
            span,
        );
        assignment
    }

    fn evaluate_assignment(
        &mut self,
        script: &Script,
        id: NodeId,
        associative: bool,
    ) -> (Declared, Assignment) {
        let assign = script.assign(id);
        let name: Bytes = assign.name.into();
        let span = self.span(script, id);
        let associative = associative || self.is_associative(&name);
        let key = assign
            .subscript
            .map(|subscript| self.expander().key(script, subscript, associative));
        let value = match assign.value {
            AssignValue::Word(word) if script.kind(word) == Kind::Word => {
                Variable::Scalar(self.assigned_text(script, word))
            }
            AssignValue::Word(_) => Variable::Scalar(value::fixed(b"")),
            AssignValue::Array(array) => self.array(script, array, associative),
        };
        let shown = match &value {
            Variable::Scalar(value) if key.is_none() => value.clone(),
            other => all_items(other, self.state.most),
        };
        let assignment = Assignment {
            name: Arc::clone(&name),
            value: Word { value: shown, span },
            append: assign.append,
        };
        (
            Declared {
                argument: 0,
                name,
                key,
                value,
                append: assign.append,
            },
            assignment,
        )
    }

    fn is_associative(&mut self, name: &[u8]) -> bool {
        let sym = self.sym(name);
        matches!(
            self.state.var(sym),
            Some(Var {
                value: Variable::Associative(_),
                ..
            })
        )
    }

    /// The right side of an assignment. What is nothing but a substitution or a variable keeps
    /// what is known of its text.
    fn assigned_text(&mut self, script: &Script, word: NodeId) -> Value {
        let value = self.expander().single(script, word);
        if !matches!(value, Value::Dynamic(_)) {
            return value;
        }
        match lone_part(script, word) {
            Some(part) if script.kind(part) == Kind::CommandSub => {
                use crate::expand::World;
                self.command_output(script, part)
            }
            Some(part) if is_plain_use(script, part) => {
                let name = script.param(part).name.to_vec();
                let mut text = self.variable_value(&name);
                if let (Value::Dynamic(text), Value::Dynamic(word)) = (&mut text, &value) {
                    text.variables = Arc::clone(&word.variables);
                }
                text
            }
            _ => value::content(&value),
        }
    }

    /// `( … )` after `name=`.
    fn array(&mut self, script: &Script, array: NodeId, associative: bool) -> Variable {
        let mut items: Vec<(u64, Value)> = Vec::new();
        let mut named: Vec<(Bytes, Value)> = Vec::new();
        let mut known = true;
        let mut next = 0_u64;
        for child in script.children(array) {
            if script.kind(child) == Kind::Assign {
                let assign = script.assign(child);
                let value = match assign.value {
                    AssignValue::Word(word) if script.kind(word) == Kind::Word => {
                        self.assigned_text(script, word)
                    }
                    _ => value::fixed(b""),
                };
                let key = match assign.subscript {
                    Some(subscript) => self.expander().key(script, subscript, associative),
                    None => Key::Unknown,
                };
                match key {
                    Key::Index(at) => {
                        items.push((at, value));
                        next = at.saturating_add(1);
                    }
                    Key::Name(key) => named.push((key, value)),
                    Key::Unknown => known = false,
                }
                continue;
            }
            let mut words = Vec::new();
            self.expander().arguments(script, child, &mut words);
            for word in words {
                known &= is_one_word(&word.value);
                items.push((next, value::content(&word.value)));
                next = next.saturating_add(1);
            }
        }
        match (known, associative) {
            (false, _) => Variable::Unknown(Reason::UnknownVariable),
            (true, true) if items.is_empty() => Variable::Associative(named),
            (true, true) => Variable::Unknown(Reason::UnknownVariable),
            (true, false) => {
                items.sort_by_key(|(at, _)| *at);
                Variable::Indexed(items)
            }
        }
    }

    /// Assignments before a command word: each sees those before it; none stays.
    pub(super) fn prefix_assignments(
        &mut self,
        script: &Script,
        id: NodeId,
        command: &mut Command,
    ) {
        let mark = self.state.mark();
        for child in script.children(id) {
            match script.kind(child) {
                Kind::Assign => {
                    let assignment = self.assign_node(script, child);
                    command.assignments.push(assignment);
                }
                Kind::Word => break,
                _ => {}
            }
        }
        self.state.roll_back(mark);
        self.exported = None;
    }

    /// Assignments whose command vanished.
    pub(super) fn keep_assignments(&mut self, assignments: &[Assignment]) {
        for assignment in assignments {
            let value = Variable::Scalar(assignment.value.value.clone());
            let span = assignment.value.span;
            self.assign_to(&assignment.name, None, value, assignment.append, span);
        }
    }

    /// An argument of a declaration builtin.
    pub(super) fn declaration(&mut self, script: &Script, id: NodeId, command: &mut Command) {
        let associative = command
            .argv
            .iter()
            .filter_map(Word::as_static)
            .any(|option| option.first() == Some(&b'-') && option.contains(&b'A'));
        let (mut declared, assignment) = self.evaluate_assignment(script, id, associative);
        let braces = matches!(script.assign(id).value, AssignValue::Word(word)
            if has_braces(script, word));
        if braces {
            // Unlike in a plain assignment they expand here, and the last word wins.
            let unknown = value::unknown(Reason::TooMany);
            declared.value = Variable::Scalar(Value::Dynamic(unknown));
        }
        declared.argument = command.argv.len();
        let assign = script.assign(id);
        let mut head = assign.name.to_vec();
        if let Some(subscript) = assign.subscript {
            head.extend_from_slice(script.text(subscript));
        }
        head.extend_from_slice(if assign.append { b"+=" } else { b"=" });
        let value = match &declared.value {
            Variable::Scalar(value) => value::concat(&value::fixed(&head), value, self.state.most),
            _ => {
                head.push(b'(');
                Value::Dynamic(crate::invocation::Dynamic {
                    may_split: false,
                    ..value::one_word(Reason::TooMany, &head)
                })
            }
        };
        let value = one_piece(value);
        command.argv.push(Word {
            value,
            span: assignment.value.span,
        });
        command.declared.push(declared);
    }
}

/// The only part of a word, perhaps in double quotes.
fn lone_part(script: &Script, word: NodeId) -> Option<NodeId> {
    let part = script.first_child(word)?;
    if script.next_sibling(part).is_some() {
        return None;
    }
    if script.kind(part) == Kind::DoubleQuote {
        return lone_part(script, part);
    }
    Some(part)
}

/// `$name`
fn is_plain_use(script: &Script, part: NodeId) -> bool {
    if script.kind(part) != Kind::Param {
        return false;
    }
    let param = script.param(part);
    param.op == crate::tree::ParamOp::Value
        && !param.indirect
        && param.subscript.is_none()
        && is_name(param.name)
}

/// An unquoted brace that is not part of `${…}`.
fn has_braces(script: &Script, word: NodeId) -> bool {
    script.flags(word).has(Marks::BRACES)
        || (script.flags(word).has(Marks::PLAIN) && script.text(word).contains(&b'{'))
        || script.children(word).any(|part| {
            matches!(script.kind(part), Kind::Literal | Kind::BraceOpen)
                && script.text(part).contains(&b'{')
        })
}

/// The right side of a declaration is not split.
fn one_piece(value: Value) -> Value {
    match value {
        Value::Dynamic(dynamic) => Value::Dynamic(crate::invocation::Dynamic {
            may_split: false,
            may_vanish: false,
            ..dynamic
        }),
        other => other,
    }
}

fn initial(env: &crate::invocation::Env, name: &[u8]) -> Var {
    let known = env
        .variables
        .iter()
        .rev()
        .find(|(known, _)| **known == *name);
    let attrs = Attrs::default();
    match known {
        Some((_, value)) => Var {
            value: Variable::Scalar(Value::Static(Arc::clone(value))),
            attrs: attrs.with(Attrs::EXPORT),
        },
        None => match (name, &env.home) {
            (b"HOME", Some(home)) => Var {
                value: Variable::Scalar(Value::Static(Arc::clone(home))),
                attrs: attrs.with(Attrs::EXPORT),
            },
            (b"IFS", _) => Var {
                value: Variable::Scalar(value::fixed(b" \t\n")),
                attrs,
            },
            (b"PS4", _) => Var {
                value: Variable::Scalar(value::fixed(b"+ ")),
                attrs,
            },
            // Not exported by any usual set-up, and given above when it is.
            (b"CDPATH", _) => Var {
                value: Variable::Unset,
                attrs,
            },
            (name, _) if is_counter(name) => Var {
                value: Variable::Scalar(Value::Dynamic(value::number(Reason::Parameter))),
                attrs,
            },
            _ => Var::unknown(),
        },
    }
}

/// Variables that the shell itself keeps as numbers, whatever the environment says
/// (`man bash`, Shell Variables).
fn is_counter(name: &[u8]) -> bool {
    matches!(
        name,
        b"RANDOM"
            | b"SRANDOM"
            | b"SECONDS"
            | b"LINENO"
            | b"BASHPID"
            | b"PPID"
            | b"UID"
            | b"EUID"
            | b"EPOCHSECONDS"
            | b"BASH_SUBSHELL"
            | b"OPTIND"
    )
}

/// Variables that every process has in its environment already, so that assigning is
/// exporting.
fn always_exported(name: &[u8]) -> Attrs {
    if matches!(
        name,
        b"PATH" | b"HOME" | b"SHELL" | b"USER" | b"LOGNAME" | b"TERM" | b"LANG" | b"TMPDIR"
    ) {
        Attrs::EXPORT
    } else {
        Attrs::default()
    }
}

/// Text that `PS4` would run when a command is traced.
fn reexpands(text: &[u8]) -> bool {
    text.contains(&b'`')
        || text
            .windows(2)
            .any(|pair| matches!(pair, b"$(" | b"$[" | b"@P"))
        || (text.contains(&b'$') && text.contains(&b'['))
}

pub(super) fn is_name(name: &[u8]) -> bool {
    name.first()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        && name
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Exactly one word, whatever it is.
pub(super) fn is_one_word(value: &Value) -> bool {
    match value {
        Value::Static(_) | Value::OneOf(_) => true,
        Value::Glob(glob) => glob.single,
        Value::Dynamic(dynamic) => !dynamic.may_split && !dynamic.may_vanish,
    }
}

fn size(value: &Variable) -> usize {
    match value {
        Variable::Indexed(items) => items.len(),
        Variable::Associative(items) => items.len(),
        _ => 1,
    }
}

/// All items as one value, to be shown.
fn all_items(variable: &Variable, most: usize) -> Value {
    let texts: Option<Vec<Bytes>> = match variable {
        Variable::Indexed(items) => items
            .iter()
            .map(|(_, value)| value::alternatives(value).map(<[Bytes]>::to_vec))
            .collect::<Option<Vec<_>>>()
            .map(|all| all.concat()),
        _ => None,
    };
    match texts {
        Some(all) => value::one_of(all, most),
        None => scalar(variable),
    }
}

/// `name=value` on an array sets its first element.
fn replace_whole(old: &Variable, new: Variable) -> Variable {
    match (old, new) {
        (Variable::Indexed(items), Variable::Scalar(value)) if !items.is_empty() => {
            let mut items = items.clone();
            items.retain(|(at, _)| *at != 0);
            items.insert(0, (0, value));
            Variable::Indexed(items)
        }
        (_, new) => new,
    }
}

fn set_element(old: &Variable, key: &Key, value: &Variable, append: bool, most: usize) -> Variable {
    let Variable::Scalar(value) = value else {
        return Variable::Unknown(Reason::UnknownVariable);
    };
    let join = |old: Option<&Value>| match old {
        Some(old) if append => value::concat(old, value, most),
        _ => value.clone(),
    };
    match (old, key) {
        (Variable::Indexed(items), Key::Index(at)) => {
            let mut items = items.clone();
            let place = items.binary_search_by_key(at, |(at, _)| *at);
            match place {
                Ok(place) => {
                    if let Some(item) = items.get_mut(place) {
                        item.1 = join(Some(&item.1));
                    }
                }
                Err(place) => items.insert(place, (*at, value.clone())),
            }
            Variable::Indexed(items)
        }
        (Variable::Associative(items), Key::Name(name)) => {
            let mut items = items.clone();
            match items.iter_mut().find(|(known, _)| known == name) {
                Some(item) => item.1 = join(Some(&item.1)),
                None => items.push((Arc::clone(name), value.clone())),
            }
            Variable::Associative(items)
        }
        (Variable::Unset, Key::Index(at)) => Variable::Indexed(vec![(*at, value.clone())]),
        _ => Variable::Unknown(Reason::UnknownVariable),
    }
}

fn append_to(old: &Var, value: &Variable, most: usize) -> Variable {
    match (&old.value, value) {
        (Variable::Unset, value) => value.clone(),
        (Variable::Scalar(_), Variable::Scalar(value)) if old.attrs.has(Attrs::INTEGER) => {
            let _ = value;
            Variable::Scalar(Value::Dynamic(value::number(Reason::Arithmetic)))
        }
        (Variable::Scalar(old), Variable::Scalar(value)) => {
            Variable::Scalar(value::concat(old, value, most))
        }
        (Variable::Indexed(items), Variable::Indexed(more)) => {
            let mut items = items.clone();
            let start = items.last().map_or(0, |(at, _)| at.saturating_add(1));
            items.extend(
                (start..)
                    .zip(more)
                    .map(|(at, (_, value))| (at, value.clone())),
            );
            Variable::Indexed(items)
        }
        // From the environment come no arrays; what is appended is its end.
        (Variable::Unknown(reason), Variable::Scalar(value)) if !old.attrs.has(Attrs::SEEN) => {
            let old = Value::Dynamic(value::unknown(*reason));
            Variable::Scalar(value::concat(&old, value, most))
        }
        _ => Variable::Unknown(Reason::UnknownVariable),
    }
}
