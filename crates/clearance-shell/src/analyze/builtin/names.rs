//! Builtins that set variables by name: `mapfile`, `printf -v`, `getopts`, `wait -p`,
//! and `unset`.

use super::options;
use crate::analyze::assign::is_name;
use crate::analyze::control::is_risky_name;
use crate::analyze::machine::Machine;
use crate::analyze::simple::{Command, scalar};
use crate::analyze::state::{self, Attrs, Cell, Held, Var};
use crate::analyze::{output, value};
use crate::expand::{Key, Variable};
use crate::invocation::{Dynamic, Reason, Value, Word};

impl Machine<'_> {
    /// A name argument: sets that variable to something.
    pub(in crate::analyze) fn set_name(&mut self, word: &Word, value: Variable) {
        let Some(names) = value::alternatives(&word.value).map(<[_]>::to_vec) else {
            self.opaque(word.span, Reason::Indirect);
            self.forget_variables();
            return;
        };
        let only = names.len() == 1;
        for name in names {
            let value = if only {
                value.clone()
            } else {
                Variable::Unknown(Reason::Assigned)
            };
            if is_name(&name) {
                self.assign_to(&name, None, value, false, word.span);
            } else if is_risky_name(&name) {
                self.opaque(word.span, Reason::Subscript);
            } else if let Some(open) = name.iter().position(|byte| *byte == b'[') {
                let base = name.get(..open).unwrap_or_default();
                self.assign_to(base, Some(Key::Unknown), value, false, word.span);
            }
        }
    }

    pub(super) fn mapfile(&mut self, command: &Command) {
        let arguments = command.arguments();
        let mut at = 0;
        let mut name = None;
        while let Some(word) = arguments.get(at) {
            at += 1;
            match word.as_static() {
                Some([b'-', letter, rest @ ..]) => {
                    if *letter == b'C' {
                        self.opaque(command.span, Reason::DynamicCode);
                    }
                    let with_value =
                        matches!(letter, b'C' | b'c' | b'd' | b'n' | b'O' | b's' | b'u');
                    if with_value && rest.is_empty() {
                        at += 1;
                    } else if rest.contains(&b'C') {
                        self.opaque(command.span, Reason::DynamicCode);
                    }
                }
                _ => name = Some(word.clone()),
            }
        }
        let value = Variable::Unlisted { associative: false };
        match name {
            Some(name) => self.set_name(&name, value),
            None => self.set_variable(b"MAPFILE", value, command.span),
        }
    }

    pub(super) fn getopts(&mut self, command: &Command) {
        if let Some(name) = command.arguments().get(1) {
            self.set_name(
                name,
                Variable::Scalar(Value::Dynamic(Dynamic {
                    may_split: false,
                    may_vanish: false,
                    may_start_dash: false,
                    ..value::unknown(Reason::Parameter)
                })),
            );
        }
        self.set_variable(
            b"OPTARG",
            Variable::Scalar(Value::Dynamic(value::unknown(Reason::Parameter))),
            command.span,
        );
        let number = Value::Dynamic(value::number(Reason::Parameter));
        self.set_variable(b"OPTIND", Variable::Scalar(number), command.span);
    }

    pub(super) fn printf(&mut self, command: &Command) {
        let [option, name, rest @ ..] = command.arguments() else {
            self.status = None;
            return;
        };
        match option.as_static() {
            Some(b"-v") => {
                let text = output::printf(rest, self.state.most)
                    .unwrap_or_else(|| Value::Dynamic(value::unknown(Reason::UnknownVariable)));
                self.set_name(name, Variable::Scalar(text));
            }
            Some(_) => {}
            // It could be `-v`.
            None => {
                if may_be(&option.value, b"-v") {
                    self.opaque(option.span, Reason::Indirect);
                }
            }
        }
    }

    pub(super) fn wait(&mut self, command: &Command) {
        for pair in command.arguments().windows(2) {
            let [option, name] = pair else { continue };
            if option.as_static() == Some(b"-p") {
                self.set_name(
                    name,
                    Variable::Scalar(Value::Dynamic(value::number(Reason::Parameter))),
                );
            }
        }
    }

    pub(super) fn unset(&mut self, command: &Command) {
        let (letters, first) = options(command.arguments());
        for word in command.arguments().get(first..).unwrap_or_default() {
            let Some(names) = value::alternatives(&word.value).map(<[_]>::to_vec) else {
                self.opaque(word.span, Reason::Indirect);
                self.forget_variables();
                continue;
            };
            for name in &names {
                if self.unset_key(name) {
                    continue;
                }
                if is_risky_name(name) {
                    self.opaque(word.span, Reason::Subscript);
                    continue;
                }
                self.unset_one(name, &letters, names.len() == 1);
            }
        }
        self.status = None;
    }

    /// Of what is surely an associative array, an element with a plain key: that is no
    /// expression. Whether it is there any more is not said.
    fn unset_key(&mut self, name: &[u8]) -> bool {
        let Some(open) = name.iter().position(|byte| *byte == b'[') else {
            return false;
        };
        let (base, key) = name.split_at(open);
        let plain = |key: &[u8]| {
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            !key.is_empty() && key.iter().all(plain)
        };
        let key = key
            .strip_prefix(b"[")
            .and_then(|key| key.strip_suffix(b"]"));
        let sym = self.sym(base);
        let surely = self
            .state
            .var(sym)
            .is_some_and(|var| var.value.is_associative() && !var.attrs.has(Attrs::NAMEREF));
        if !surely || !key.is_some_and(plain) {
            return false;
        }
        self.set_unknown(base);
        true
    }

    pub(super) fn unset_one(&mut self, name: &[u8], letters: &[u8], only: bool) {
        if let Some(open) = name.iter().position(|byte| *byte == b'[') {
            let base = name.get(..open).unwrap_or_default().to_vec();
            self.set_unknown(&base);
            return;
        }
        let sym = self.sym(name);
        if !letters.contains(&b'f') {
            let var = if only {
                Var {
                    value: Variable::Unset,
                    attrs: Attrs::SEEN,
                }
            } else {
                Var::unknown()
            };
            self.exported = None;
            self.set_cell(sym, var);
        }
        let defined = self
            .state
            .function(sym)
            .is_some_and(|function| !function.defs.is_empty());
        if defined && !letters.contains(&b'v') {
            // The variable is tried first, so the function may stay.
            let Some(mut function) = self.state.function(sym).cloned() else {
                return;
            };
            if letters.contains(&b'f') && only {
                function = state::Defined::nothing();
            } else {
                function.absent = true;
            }
            self.state
                .set(Cell::Function(sym), Held::Function(function));
        }
    }

    /// What a plain use of a variable gives.
    pub(in crate::analyze) fn variable_value(&mut self, name: &[u8]) -> Value {
        use crate::expand::World;
        scalar(&self.variable(name))
    }
}

/// The value could be this text.
fn may_be(value: &Value, text: &[u8]) -> bool {
    let known = value::describe(value);
    !known.numeric
        && known.may_start_dash
        && text.starts_with(
            known
                .prefix
                .get(..known.prefix.len().min(text.len()))
                .unwrap_or_default(),
        )
        && known.prefix.len() <= text.len()
}
