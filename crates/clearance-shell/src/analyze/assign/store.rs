//! What a variable holds after an assignment to it or to one of its elements.

use std::sync::Arc;

use crate::analyze::simple::scalar;
use crate::analyze::state::{Attrs, Var};
use crate::analyze::value;
use crate::expand::{Key, Variable};
use crate::invocation::{Bytes, Reason, Value};

/// All items as one value, to be shown.
pub(super) fn all_items(variable: &Variable, most: usize) -> Value {
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

/// `name=value` on an array sets an element of it.
pub(super) fn replace_whole(old: &Variable, new: Variable) -> Variable {
    match (old, new) {
        (Variable::Indexed(items), Variable::Scalar(value)) => {
            let mut items = items.clone();
            items.retain(|(at, _)| *at != 0);
            items.insert(0, (0, value));
            Variable::Indexed(items)
        }
        (Variable::Associative(items), Variable::Scalar(value)) => {
            let mut items = items.clone();
            items.retain(|(key, _)| **key != *b"0");
            items.push((b"0"[..].into(), value));
            Variable::Associative(items)
        }
        // It stays of its kind, whatever it is assigned.
        (old, Variable::Scalar(_) | Variable::Unknown(_)) if old.unlisted().is_some() => {
            old.unlisted().unwrap_or_else(|| old.clone())
        }
        (
            Variable::Indexed(_) | Variable::Unlisted { associative: false },
            Variable::Associative(_) | Variable::Unlisted { associative: true },
        ) => Variable::Unlisted { associative: false },
        (_, new) => new,
    }
}

pub(super) fn set_element(
    old: &Variable,
    key: &Key,
    value: &Variable,
    append: bool,
    most: usize,
) -> Variable {
    let unlisted = Variable::Unlisted {
        associative: old.is_associative(),
    };
    let Variable::Scalar(value) = value else {
        return unlisted;
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
        // A plain text is the first element.
        (Variable::Scalar(first), Key::Index(0)) => Variable::Indexed(vec![(0, join(Some(first)))]),
        (Variable::Scalar(first), Key::Index(at)) => {
            Variable::Indexed(vec![(0, first.clone()), (*at, value.clone())])
        }
        (Variable::Unset, Key::Index(at)) => Variable::Indexed(vec![(*at, value.clone())]),
        _ => unlisted,
    }
}

pub(super) fn append_to(old: &Var, value: &Variable, most: usize) -> Variable {
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
        (Variable::Scalar(first), Variable::Indexed(more)) => {
            let more = more
                .iter()
                .map(|(at, value)| (at.saturating_add(1), value.clone()));
            Variable::Indexed(std::iter::once((0, first.clone())).chain(more).collect())
        }
        // From the environment come no arrays; what is appended is its end.
        (Variable::Unknown(reason), Variable::Scalar(value)) if !old.attrs.has(Attrs::SEEN) => {
            let old = Value::Dynamic(value::unknown(*reason));
            Variable::Scalar(value::concat(&old, value, most))
        }
        (old, value) => match (old.unlisted(), value.unlisted()) {
            (Some(kept), _) => kept,
            (None, Some(_)) => Variable::Unlisted { associative: false },
            (None, None) => Variable::Unknown(Reason::UnknownVariable),
        },
    }
}
