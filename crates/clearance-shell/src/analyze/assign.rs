//! Variables: assignment in all its forms.
//!
//! `tree` evaluates assignments as they stand in a script, `store` is what a variable holds
//! after one, `initial` what it held before any.

mod initial;
mod store;
mod tree;

use clearance_core::Span;

use super::machine::{Machine, Task};
use super::simple::scalar;
use super::state::{Attrs, Opt, Sym, Var};
use super::value;
use crate::expand::{Key, Variable};
use crate::invocation::{Reason, Value, Via};

use initial::{always_exported, initial};
use store::{append_to, replace_whole, set_element};

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
            b"PS4"
                | b"PROMPT_COMMAND"
                | b"BASH_ENV"
                | b"BASH_ALIASES"
                | b"BASH_CMDS"
                | b"GLOBIGNORE"
        ) {
            return;
        }
        let text = scalar(value);
        match (name, text.as_static()) {
            (_, Some(b"")) => {}
            // Patterns match hidden files from now on.
            (b"GLOBIGNORE", _) => {
                let mut options = self.state.options();
                options.set(Opt::Rewrites, true);
                self.state.set_options(options);
            }
            (b"PS4", Some(text)) if !reexpands(text) => {}
            (b"PS4", _) => self.opaque(span, Reason::Reexpansion),
            (b"PROMPT_COMMAND", Some(text)) => {
                self.tasks.push(Task::Text(text.into(), Via::Trap, span));
            }
            (b"BASH_ENV", Some(path)) => {
                let path = value::fixed(path);
                match self.files.read(&self.state.place.now, &path) {
                    Some([text]) => {
                        let text = text.clone();
                        self.tasks.push(Task::Text(text, Via::Trap, span));
                    }
                    _ => self.opaque(span, Reason::DynamicCode),
                }
            }
            (b"BASH_ALIASES" | b"BASH_CMDS", _) => self.opaque(span, Reason::Redefinition),
            _ => self.opaque(span, Reason::DynamicCode),
        }
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
