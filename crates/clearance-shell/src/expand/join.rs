//! Several possible results of one word become one.

use super::gathered::Gathered;
use crate::invocation::{Bytes, Dynamic, Reason, Value};

/// The fields that hold whichever of the alternatives comes true.
pub(crate) fn join(alternatives: &[Vec<Value>], reason: Reason, out: &mut Vec<Value>) {
    let Some((first, others)) = alternatives.split_first() else {
        return;
    };
    if others.iter().all(|other| other == first) {
        out.extend(first.iter().cloned());
        return;
    }
    let same_count = others.iter().all(|other| other.len() == first.len());
    if same_count {
        for index in 0..first.len() {
            let column: Vec<&Value> = alternatives
                .iter()
                .filter_map(|fields| fields.get(index))
                .collect();
            out.push(join_values(&column, reason));
        }
        return;
    }
    let all: Vec<&Value> = alternatives.iter().flatten().collect();
    let mut joined = widen(&all, reason);
    joined.may_split |= alternatives.iter().any(|fields| fields.len() > 1);
    joined.may_vanish |= alternatives.iter().any(Vec::is_empty);
    if joined.may_split {
        joined.prefix = common_prefix(alternatives.iter().filter_map(|fields| fields.first()));
        joined.suffix = Bytes::default();
    }
    out.push(Value::Dynamic(joined));
}

/// One value that covers all of these.
pub(crate) fn join_values(values: &[&Value], reason: Reason) -> Value {
    let mut known: Vec<Bytes> = Vec::new();
    for value in values {
        match value {
            Value::Static(bytes) => add(&mut known, bytes),
            Value::OneOf(items) => items.iter().for_each(|bytes| add(&mut known, bytes)),
            _ => return Value::Dynamic(widen(values, reason)),
        }
    }
    match known.as_slice() {
        [one] => Value::Static(one.clone()),
        _ => Value::OneOf(known.into()),
    }
}

fn add(known: &mut Vec<Bytes>, bytes: &Bytes) {
    if !known.contains(bytes) {
        known.push(bytes.clone());
    }
}

fn widen(values: &[&Value], reason: Reason) -> Dynamic {
    let mut out = Dynamic {
        prefix: common_prefix(values.iter().copied()),
        may_split: false,
        may_vanish: false,
        may_start_dash: false,
        numeric: !values.is_empty(),
        ..Dynamic::unknown(reason)
    };
    let mut origins = Gathered::default();
    let mut dynamic = None;
    for value in values {
        out.may_start_dash |= may_start_dash(value);
        match value {
            Value::Dynamic(one) => {
                dynamic.get_or_insert(one.reason);
                out.may_split |= one.may_split;
                out.may_vanish |= one.may_vanish;
                out.numeric &= one.numeric;
                origins.add(&one.sources, &one.variables);
            }
            Value::Glob(glob) => {
                dynamic.get_or_insert(Reason::Glob);
                out.may_split |= !glob.single;
                out.numeric = false;
            }
            Value::Static(bytes) => out.numeric &= is_number(bytes),
            Value::OneOf(items) => out.numeric &= items.iter().all(|bytes| is_number(bytes)),
        }
    }
    out.reason = dynamic.unwrap_or(reason);
    origins.give(&mut out);
    out
}

fn is_number(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit)
}

fn may_start_dash(value: &Value) -> bool {
    match value {
        Value::Static(bytes) => bytes.starts_with(b"-"),
        Value::OneOf(items) => items.iter().any(|bytes| bytes.starts_with(b"-")),
        Value::Glob(glob) => {
            matches!(
                glob.pattern.first(),
                Some(b'*' | b'?' | b'[' | b'-' | b'\\') | None
            )
        }
        Value::Dynamic(dynamic) => dynamic.may_start_dash,
    }
}

fn common_prefix<'a>(values: impl Iterator<Item = &'a Value>) -> Bytes {
    let mut prefix: Option<&[u8]> = None;
    for value in values {
        let items: &[Bytes] = match value {
            Value::Static(bytes) => std::slice::from_ref(bytes),
            Value::OneOf(items) => items,
            Value::Glob(_) => return Bytes::default(),
            Value::Dynamic(dynamic) => std::slice::from_ref(&dynamic.prefix),
        };
        for bytes in items {
            let known = prefix.unwrap_or(bytes);
            let same = known
                .iter()
                .zip(bytes.iter())
                .take_while(|(a, b)| a == b)
                .count();
            prefix = known.get(..same);
        }
    }
    prefix.unwrap_or_default().into()
}
