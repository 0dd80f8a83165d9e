//! `declare`, `typeset`, `local`, `export`, `readonly`.

use std::sync::Arc;

use clearance_core::Span;

use super::assign::is_name;
use super::control::is_risky_name;
use super::machine::Machine;
use super::simple::Command;
use super::state::{Attrs, Sym, Var};
use super::value;
use crate::expand::{Key, Variable};
use crate::invocation::{Dialect, Dynamic, Reason, Value, Word};

/// What the options of one command ask for.
#[derive(Clone, Copy, Debug, Default)]
struct Wish {
    set: Attrs,
    clear: Attrs,
    local: bool,
    indexed: bool,
    associative: bool,
    functions: bool,
    print: bool,
}

impl Machine<'_> {
    pub(super) fn declare(&mut self, command: &Command) {
        let mut wish = Wish::default();
        let name = command.name().unwrap_or_default();
        if name == b"local" && !self.in_function() {
            return self.local_outside(command);
        }
        match name {
            b"export" => wish.set = Attrs::EXPORT,
            b"readonly" => {}
            _ => wish.local = true,
        }
        let export = name == b"export";
        for (at, word) in command.arguments().iter().enumerate() {
            let declared = command
                .declared
                .iter()
                .find(|declared| declared.argument == at + 1);
            if let Some(declared) = declared {
                let declared = declared.clone();
                let value = Some((declared.value, declared.append));
                self.declare_one(&declared.name, declared.key, value, wish, word.span);
                continue;
            }
            match &word.value {
                Value::Static(text) => {
                    let sign = text.first().copied();
                    if matches!(sign, Some(b'-' | b'+')) && text.len() > 1 {
                        wish.read_option(text, export);
                        continue;
                    }
                    let text = Arc::clone(text);
                    self.declare_text(&text, wish, word.span);
                }
                Value::OneOf(all) => {
                    for text in Arc::clone(all).iter() {
                        let name = text.split(|byte| *byte == b'=').next().unwrap_or_default();
                        if is_name(name) {
                            self.set_unknown(name);
                        } else {
                            self.opaque(word.span, Reason::Subscript);
                        }
                    }
                }
                Value::Dynamic(dynamic) if !wish.print => self.declare_dynamic(dynamic, wish, word),
                Value::Glob(_) | Value::Dynamic(_) => {
                    self.opaque(word.span, Reason::Indirect);
                    self.forget_variables();
                }
            }
        }
        if wish.functions && (export || wish.set.has(Attrs::EXPORT)) {
            // Shells started from here on run something else under that name.
            self.opaque(command.span, Reason::Redefinition);
        }
        self.status = if self.results.is_empty() {
            Some(true)
        } else {
            None
        };
    }

    /// `local` outside functions: bash and dash refuse it and assign nothing, zsh assigns.
    fn local_outside(&mut self, command: &Command) {
        self.status = None;
        if matches!(self.env.dialect, Dialect::Bash | Dialect::Posix) {
            return;
        }
        self.opaque(command.span, Reason::Dialect);
        self.forget_variables();
    }

    /// `name=value` in one piece, or a name.
    fn declare_text(&mut self, text: &[u8], wish: Wish, span: Span) {
        let (name, value, append) = match text.iter().position(|byte| *byte == b'=') {
            Some(at) => {
                let (name, value) = text.split_at(at);
                let value = value.get(1..).unwrap_or_default();
                match name.strip_suffix(b"+") {
                    Some(name) => (name, Some(value), true),
                    None => (name, Some(value), false),
                }
            }
            None => (text, None, false),
        };
        if is_risky_name(name) {
            self.opaque(span, Reason::Subscript);
            return;
        }
        let (base, key) = match name.iter().position(|byte| *byte == b'[') {
            Some(at) => (name.get(..at).unwrap_or_default(), Some(Key::Unknown)),
            None => (name, None),
        };
        if wish.functions || wish.print || !is_name(base) {
            return;
        }
        let value = value.map(|value| (Variable::Scalar(value::fixed(value)), append));
        self.declare_one(base, key, value, wish, span);
    }

    /// A word of which only the beginning is known.
    fn declare_dynamic(&mut self, dynamic: &Dynamic, wish: Wish, word: &Word) {
        let equals = dynamic.prefix.iter().position(|byte| *byte == b'=');
        let name = equals
            .and_then(|at| dynamic.prefix.get(..at))
            .filter(|name| is_name(name));
        match (name, equals) {
            (Some(name), Some(at)) if !dynamic.may_split => {
                let rest = dynamic.prefix.get(at + 1..).unwrap_or_default();
                let value = Value::Dynamic(Dynamic {
                    prefix: rest.into(),
                    pieces: None,
                    may_vanish: rest.is_empty(),
                    may_split: true,
                    may_start_dash: rest.first().is_none_or(|byte| *byte == b'-'),
                    ..dynamic.clone()
                });
                let name = name.to_vec();
                let value = Some((Variable::Scalar(value), false));
                self.declare_one(&name, None, value, wish, word.span);
            }
            _ => {
                self.opaque(word.span, Reason::Indirect);
                self.forget_variables();
            }
        }
    }

    fn declare_one(
        &mut self,
        name: &[u8],
        key: Option<Key>,
        value: Option<(Variable, bool)>,
        wish: Wish,
        span: Span,
    ) {
        let sym = self.sym(name);
        let fresh = wish.local && self.make_local(sym);
        let mut var = self.state.var(sym).cloned().unwrap_or_else(Var::unknown);
        if fresh {
            var = Var {
                value: Variable::Unset,
                attrs: Attrs::SEEN,
            };
        }
        var.attrs = var.attrs.with(wish.set).without(wish.clear);
        if wish.associative {
            var.value = associative(&var);
        } else if wish.indexed {
            var.value = indexed(&var);
        }
        let reference = wish.set.has(Attrs::NAMEREF);
        if value.is_none() && !fresh {
            var.attrs = var.attrs.with(if self.is_set_here(sym) {
                Attrs::SEEN
            } else {
                Attrs::default()
            });
        }
        self.exported = None;
        match value {
            Some((value, append)) if reference => {
                let target = super::simple::scalar(&value);
                let safe = value::alternatives(&target)
                    .is_some_and(|all| all.iter().all(|name| is_name(name)));
                if !safe || append {
                    self.opaque(span, Reason::Indirect);
                }
                self.set_cell(
                    sym,
                    Var {
                        value,
                        attrs: var.attrs.with(Attrs::SEEN),
                    },
                );
            }
            Some((value, append)) => {
                let value = self.as_declared(value, wish);
                self.set_cell(sym, var);
                self.assign_to(name, key, value, append, span);
            }
            None => self.set_cell(sym, var),
        }
    }

    fn is_set_here(&self, sym: Sym) -> bool {
        self.state
            .var(sym)
            .is_some_and(|var| var.attrs.has(Attrs::SEEN))
    }

    /// `declare -A m=(…)`: the items were read before it was known to be associative.
    fn as_declared(&mut self, value: Variable, wish: Wish) -> Variable {
        match value {
            Variable::Indexed(items) if wish.associative => {
                if items.is_empty() {
                    Variable::Associative(Vec::new())
                } else {
                    Variable::Unlisted { associative: false }
                }
            }
            other => other,
        }
    }
}

fn associative(var: &Var) -> Variable {
    match &var.value {
        value if value.is_associative() => value.clone(),
        Variable::Unset => Variable::Associative(Vec::new()),
        Variable::Unknown(_) if !var.attrs.has(Attrs::SEEN) => Variable::Associative(Vec::new()),
        // An indexed array stays one.
        _ => Variable::Unlisted { associative: false },
    }
}

fn indexed(var: &Var) -> Variable {
    match &var.value {
        Variable::Indexed(items) => Variable::Indexed(items.clone()),
        Variable::Unset => Variable::Indexed(Vec::new()),
        Variable::Unknown(_) if !var.attrs.has(Attrs::SEEN) => Variable::Indexed(Vec::new()),
        Variable::Scalar(value) => Variable::Indexed(vec![(0, value.clone())]),
        value => value
            .unlisted()
            .unwrap_or(Variable::Unlisted { associative: false }),
    }
}

impl Wish {
    fn read_option(&mut self, text: &[u8], export: bool) {
        let on = text.first() == Some(&b'-');
        for letter in text.iter().skip(1) {
            let attr = match letter {
                b'n' if export => {
                    self.clear = self.clear.with(Attrs::EXPORT);
                    self.set = self.set.without(Attrs::EXPORT);
                    continue;
                }
                b'n' => Attrs::NAMEREF,
                b'i' => Attrs::INTEGER,
                b'x' => Attrs::EXPORT,
                b'l' | b'u' | b'c' => Attrs::CHANGES,
                b'a' => {
                    self.indexed |= on;
                    continue;
                }
                b'A' => {
                    self.associative |= on;
                    continue;
                }
                b'f' | b'F' => {
                    self.functions = true;
                    continue;
                }
                b'g' => {
                    self.local = false;
                    continue;
                }
                b'p' => {
                    self.print = true;
                    continue;
                }
                _ => continue,
            };
            if on {
                self.set = self.set.with(attr);
            } else {
                self.clear = self.clear.with(attr);
            }
        }
    }
}
