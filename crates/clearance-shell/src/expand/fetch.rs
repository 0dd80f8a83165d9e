//! Which value a parameter has, before the operators of `${…}`.

use crate::invocation::{Dialect, Dynamic, Reason, Value};
use crate::tree::{NodeId, Param, ParamOp, Script};

use super::param::{Got, numeric};
use super::part::fixed;
use super::{Expander, Key, Parameter, Variable, World};

/// `{{ github.sha }}`: a workflow's expression that is one word of hexadecimal digits, always.
fn is_plain_expression(name: &[u8]) -> bool {
    const PLAIN: &[&[u8]] = &[
        b"github.sha",
        b"github.workflow_sha",
        b"github.run_id",
        b"github.run_number",
        b"github.run_attempt",
        b"strategy.job-index",
        b"strategy.job-total",
    ];
    name.strip_prefix(b"{{")
        .and_then(|n| n.strip_suffix(b"}}"))
        .is_some_and(|n| PLAIN.contains(&n.trim_ascii()))
}

impl<W: World + ?Sized> Expander<'_, W> {
    pub(super) fn fetch(&mut self, script: &Script, id: NodeId, param: &Param<'_>) -> Got {
        match param.op {
            ParamOp::NamesJoined | ParamOp::NamesSeparate => {
                let star = param.op == ParamOp::NamesJoined;
                return match self.world.names(param.name) {
                    Some(names) => Got::List {
                        items: names.into_iter().map(Value::Static).collect(),
                        star,
                    },
                    None => Got::MaybeList {
                        reason: Reason::UnknownVariable,
                        star,
                    },
                };
            }
            ParamOp::Keys => return self.keys(script, param),
            _ => {}
        }
        let got = match param.subscript {
            Some(subscript) => self.subscripted(script, param.name, subscript),
            None => self.named(param.name),
        };
        if param.indirect {
            self.indirect(script, id, got)
        } else {
            got
        }
    }

    /// A variable, number or special parameter.
    pub(super) fn named(&mut self, name: &[u8]) -> Got {
        match name {
            [b'@' | b'*'] => {
                let star = name == b"*";
                match self.world.positional() {
                    Some(items) => Got::List { items, star },
                    None => Got::MaybeList {
                        reason: Reason::Parameter,
                        star,
                    },
                }
            }
            b"#" => match self.world.positional() {
                Some(items) => Got::Value(fixed(items.len().to_string().as_bytes())),
                None => Got::Value(numeric(Reason::Parameter)),
            },
            b"?" => Got::Value(self.world.parameter(Parameter::Status)),
            b"$" => Got::Value(self.world.parameter(Parameter::ProcessId)),
            b"!" => Got::Value(self.world.parameter(Parameter::BackgroundId)),
            b"-" => Got::Value(self.world.parameter(Parameter::Options)),
            [b'0'..=b'9', ..] => self.numbered(name),
            _ => self.variable(name),
        }
    }

    pub(super) fn numbered(&mut self, name: &[u8]) -> Got {
        let number = std::str::from_utf8(name)
            .ok()
            .and_then(|text| text.parse::<usize>().ok());
        let Some(number) = number else {
            return Got::Unset;
        };
        let Some(index) = number.checked_sub(1) else {
            return Got::Value(self.world.parameter(Parameter::Zero));
        };
        match self.world.positional() {
            Some(items) => items.into_iter().nth(index).map_or(Got::Unset, Got::Value),
            None => Got::Maybe(Reason::Parameter),
        }
    }

    /// A variable without a subscript: of an array, element 0.
    pub(super) fn variable(&mut self, name: &[u8]) -> Got {
        match self.world.variable(name) {
            Variable::Unset => Got::Unset,
            Variable::Scalar(value) => Got::Value(value),
            // The first element, or all of them.
            Variable::Indexed(_) if self.dialect == Dialect::Zsh => Got::MaybeList {
                reason: Reason::Dialect,
                star: false,
            },
            Variable::Indexed(items) => items
                .into_iter()
                .find(|item| item.0 == 0)
                .map_or(Got::Unset, |item| Got::Value(item.1)),
            Variable::Associative(items) => items
                .into_iter()
                .find(|item| &*item.0 == b"0")
                .map_or(Got::Unset, |item| Got::Value(item.1)),
            Variable::Unlisted { .. } if self.dialect == Dialect::Zsh => Got::MaybeList {
                reason: Reason::Dialect,
                star: false,
            },
            Variable::Unlisted { .. } => Got::Maybe(Reason::UnknownVariable),
            Variable::Unknown(reason) if is_plain_expression(name) => Got::Value(numeric(reason)),
            Variable::Unknown(reason) => maybe(name, reason),
        }
    }

    pub(super) fn subscripted(&mut self, script: &Script, name: &[u8], subscript: NodeId) -> Got {
        let star = match script.text(subscript) {
            b"[@]" => false,
            b"[*]" => true,
            _ => return self.element_of(script, name, subscript),
        };
        match self.world.variable(name) {
            Variable::Unset => Got::List {
                items: Vec::new(),
                star,
            },
            Variable::Scalar(value) => Got::List {
                items: vec![value],
                star,
            },
            Variable::Indexed(items) => Got::List {
                items: items.into_iter().map(|item| item.1).collect(),
                star,
            },
            // bash lists associative arrays in the order of its hash table.
            Variable::Associative(items) if items.len() < 2 => Got::List {
                items: items.into_iter().map(|item| item.1).collect(),
                star,
            },
            Variable::Associative(_) => Got::MaybeList {
                reason: Reason::ShellState,
                star,
            },
            Variable::Unlisted { .. } => Got::MaybeList {
                reason: Reason::UnknownVariable,
                star,
            },
            Variable::Unknown(reason) => Got::MaybeList { reason, star },
        }
    }

    pub(super) fn element_of(&mut self, script: &Script, name: &[u8], subscript: NodeId) -> Got {
        let variable = self.world.variable(name);
        let associative = variable.is_associative();
        let key = match &variable {
            Variable::Indexed(items) => {
                let end = items.last().map_or(0, |item| item.0.saturating_add(1));
                self.arith_number(script, subscript)
                    .map_or(Key::Unknown, |index| {
                        let from_end = u64::try_from(-index).ok().filter(|back| *back > 0);
                        let index = match from_end {
                            Some(back) => end.checked_sub(back),
                            None => u64::try_from(index).ok(),
                        };
                        index.map_or(Key::Unknown, Key::Index)
                    })
            }
            _ => self.element(script, subscript, associative),
        };
        match (variable, key) {
            (Variable::Unset, _) => Got::Unset,
            (Variable::Unknown(reason), _) => maybe(name, reason),
            (Variable::Unlisted { .. }, _) => Got::Maybe(Reason::UnknownVariable),
            (_, Key::Unknown) => Got::Maybe(Reason::Subscript),
            // They are counted from 1, unless an option says otherwise; of a text it is a
            // character.
            (Variable::Indexed(_) | Variable::Scalar(_), _) if self.dialect == Dialect::Zsh => {
                Got::Maybe(Reason::Dialect)
            }
            (Variable::Scalar(value), Key::Index(0)) => Got::Value(value),
            (Variable::Indexed(items), Key::Index(index)) => items
                .into_iter()
                .find(|item| item.0 == index)
                .map_or(Got::Unset, |item| Got::Value(item.1)),
            (Variable::Associative(items), Key::Name(name)) => items
                .into_iter()
                .find(|item| item.0 == name)
                .map_or(Got::Unset, |item| Got::Value(item.1)),
            _ => Got::Unset,
        }
    }

    pub(super) fn keys(&mut self, script: &Script, param: &Param<'_>) -> Got {
        let star = param
            .subscript
            .is_some_and(|subscript| script.text(subscript) == b"[*]");
        match self.world.variable(param.name) {
            Variable::Unset => Got::List {
                items: Vec::new(),
                star,
            },
            Variable::Scalar(_) => Got::List {
                items: vec![fixed(b"0")],
                star,
            },
            Variable::Indexed(items) => Got::List {
                items: items
                    .iter()
                    .map(|item| fixed(item.0.to_string().as_bytes()))
                    .collect(),
                star,
            },
            Variable::Associative(items) if items.len() < 2 => Got::List {
                items: items
                    .into_iter()
                    .map(|item| Value::Static(item.0))
                    .collect(),
                star,
            },
            Variable::Associative(_) => Got::MaybeList {
                reason: Reason::ShellState,
                star,
            },
            Variable::Unlisted { .. } => Got::MaybeList {
                reason: Reason::UnknownVariable,
                star,
            },
            Variable::Unknown(reason) => Got::MaybeList { reason, star },
        }
    }

    /// `${!name}`
    pub(super) fn indirect(&mut self, script: &Script, id: NodeId, got: Got) -> Got {
        let name = match got {
            Got::Unset => return Got::Unset,
            Got::Value(Value::Static(name)) => name,
            _ => {
                self.world.opaque(script.span(id), Reason::Indirect);
                return Got::Maybe(Reason::Indirect);
            }
        };
        let plain = name
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let special = matches!(&*name, [b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!']);
        if (plain && !name.is_empty()) || special {
            return self.named(&name);
        }
        self.world.opaque(script.span(id), Reason::Indirect);
        Got::Maybe(Reason::Indirect)
    }
}

/// An element of a variable that is not known. Of `PIPESTATUS`, which every pipeline sets
/// anew, it is a number or not there, as long as the world gives it as a parameter.
fn maybe(name: &[u8], reason: Reason) -> Got {
    if name != b"PIPESTATUS" || reason != Reason::Parameter {
        return Got::Maybe(reason);
    }
    match numeric(reason) {
        Value::Dynamic(number) => Got::Value(Value::Dynamic(Dynamic {
            may_vanish: true,
            ..number
        })),
        other => Got::Value(other),
    }
}
