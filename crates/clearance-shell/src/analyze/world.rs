//! What word expansion asks, answered from the state.

use std::sync::Arc;

use clearance_core::Span;

use super::machine::Machine;
use super::state::{Attrs, Opt, Var};
use super::{simple, value};
use crate::expand::{Key, Parameter, Variable, World};
use crate::invocation::{Bytes, Reason, Value};
use crate::tree::{NodeId, Script};

impl World for Machine<'_> {
    fn is_assigned(&mut self, name: &[u8]) -> bool {
        let sym = self.sym(name);
        let seen = |var: &Var| var.attrs.has(Attrs::SEEN);
        self.state.var(sym).is_some_and(seen)
    }

    fn variable(&mut self, name: &[u8]) -> Variable {
        self.charge(1);
        let mut sym = self.sym(name);
        for _ in 0..8 {
            let Some(var) = self.state.var(sym) else {
                break;
            };
            if !self.unstable.is_empty() && self.unstable.binary_search(&sym).is_ok() {
                return Variable::Unknown(Reason::ShellState);
            }
            if !var.attrs.has(Attrs::NAMEREF) {
                let value = match &var.value {
                    Variable::Unknown(_) if name == b"PWD" => Variable::Scalar(self.pwd()),
                    Variable::Unknown(_) if name == b"OLDPWD" => Variable::Scalar(self.old_pwd()),
                    value => value.clone(),
                };
                return self.bounded(value);
            }
            match simple::scalar(&var.value) {
                Value::Static(target) if super::assign::is_name(&target) => {
                    sym = self.sym(&target);
                }
                _ => break,
            }
        }
        self.opaque(Span::default(), Reason::Indirect);
        Variable::Unknown(Reason::Indirect)
    }

    fn positional(&mut self) -> Option<Vec<Value>> {
        let args = self.state.args().clone()?;
        self.charge(args.len());
        let bytes = args.iter().map(value_bytes).sum();
        self.expands(bytes).then(|| args.to_vec())
    }

    fn parameter(&mut self, parameter: Parameter) -> Value {
        match parameter {
            Parameter::Zero => match self.env.positional.as_deref() {
                Some([zero, ..]) => Value::Static(Arc::clone(zero)),
                _ => Value::Dynamic(value::unknown(Reason::Parameter)),
            },
            Parameter::Status if self.untouched && self.env.status.is_some() => {
                let status = self.env.status.unwrap_or_default();
                value::fixed(status.to_string().as_bytes())
            }
            Parameter::Status | Parameter::ProcessId => {
                let number = value::number(Reason::Parameter);
                Value::Dynamic(crate::invocation::Dynamic {
                    may_start_dash: false,
                    ..number
                })
            }
            Parameter::BackgroundId => Value::Dynamic(crate::invocation::Dynamic {
                may_vanish: true,
                may_start_dash: false,
                ..value::number(Reason::Parameter)
            }),
            Parameter::Options => Value::Dynamic(crate::invocation::Dynamic {
                may_start_dash: false,
                ..value::one_word(Reason::Parameter, b"")
            }),
        }
    }

    fn user_home(&mut self, name: &[u8]) -> Result<Option<Bytes>, Reason> {
        if matches!(name, b"+" | b"-") {
            // dash looks for a user of that name, and finds none.
            match self.env.dialect {
                crate::invocation::Dialect::Posix => return Ok(None),
                crate::invocation::Dialect::Unknown => {
                    self.opaque(Span::default(), Reason::Dialect);
                }
                _ => {}
            }
        }
        let value = match name {
            b"+" => self.pwd(),
            b"-" => self.variable_value(b"OLDPWD"),
            b"root" => return Ok(Some(b"/root".as_slice().into())),
            _ => return Err(Reason::UnknownVariable),
        };
        match value {
            Value::Static(path) => Ok(Some(path)),
            _ => Err(Reason::UnknownVariable),
        }
    }

    fn command_output(&mut self, script: &Script, node: NodeId) -> Value {
        self.result(script, node, Reason::CommandOutput)
    }

    fn process_path(&mut self, script: &Script, node: NodeId) -> Value {
        self.result(script, node, Reason::CommandOutput)
    }

    fn assign(&mut self, name: &[u8], element: Option<&Key>, value: Value) {
        let old = (!self.sure_assignments)
            .then(|| self.sym(name))
            .and_then(|sym| self.state.var(sym).map(|var| (sym, var.clone())));
        self.assign_to(
            name,
            element.cloned(),
            Variable::Scalar(value),
            false,
            Span::default(),
        );
        if let Some((sym, old)) = old {
            self.join_cell(sym, &old);
        }
    }

    fn certain(&mut self, certain: bool) {
        self.sure_assignments = certain;
    }

    fn opaque(&mut self, span: Span, reason: Reason) {
        Machine::opaque(self, span, reason);
    }

    fn spend(&mut self, steps: usize) -> bool {
        self.charge(steps);
        !self.is_stopped()
    }

    fn extglob(&mut self) -> bool {
        self.state.options().is_on(Opt::ExtGlob)
    }

    fn nullglob(&mut self) -> bool {
        self.state.options().may_be_on(Opt::NullGlob)
    }
}

/// The bytes of all alternatives.
fn value_bytes(value: &Value) -> usize {
    value::alternatives(value).map_or(0, |all| all.iter().map(|item| item.len()).sum())
}

/// So many times the limit on input may be made of variables.
const GROWTH: usize = 16;

impl Machine<'_> {
    /// Variables can double the text at each use; `false` when it is too much.
    fn expands(&mut self, bytes: usize) -> bool {
        self.expanded = self.expanded.saturating_add(bytes);
        self.expanded <= (self.env.limits.bytes as usize).saturating_mul(GROWTH)
    }

    fn bounded(&mut self, variable: Variable) -> Variable {
        let bytes = match &variable {
            Variable::Scalar(value) => value_bytes(value),
            Variable::Indexed(items) => {
                self.charge(items.len());
                items.iter().map(|(_, value)| value_bytes(value)).sum()
            }
            Variable::Associative(items) => {
                self.charge(items.len());
                items
                    .iter()
                    .map(|(key, value)| key.len() + value_bytes(value))
                    .sum()
            }
            Variable::Unset | Variable::Unlisted { .. } | Variable::Unknown(_) => 0,
        };
        if self.expands(bytes) {
            return variable;
        }
        Machine::opaque(self, Span::default(), Reason::Limit);
        Variable::Unknown(Reason::Limit)
    }

    /// What a substitution that has run gave.
    fn result(&mut self, script: &Script, node: NodeId, reason: Reason) -> Value {
        // Mostly they are asked for in the order in which they ran.
        let next = self.next_result;
        let is_it = |at: usize| {
            self.results
                .get(at)
                .is_some_and(|(src, known, _)| *known == node && self.is_script(*src, script))
        };
        let found = Some(next)
            .filter(|at| is_it(*at))
            .or_else(|| (0..self.results.len()).rev().find(|at| is_it(*at)));
        self.next_result = found.map_or(0, |at| at + 1);
        match found.and_then(|at| self.results.get(at)) {
            Some((_, _, value)) => value.clone(),
            None => {
                // It was not foreseen that it runs: then what it runs was not reported.
                Machine::opaque(self, script.span(node), Reason::Limit);
                Value::Dynamic(value::unknown(reason))
            }
        }
    }
}
