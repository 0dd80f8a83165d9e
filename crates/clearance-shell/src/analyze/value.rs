//! What is known of a value: joining two, gluing two together, and widening.
//!
//! The order is by knowledge: a static text is below a set of texts, which is below a dynamic
//! word with some known properties, which is below a word of which nothing is known.

use std::sync::{Arc, LazyLock};

use crate::expand::Variable;
use crate::invocation::{Bytes, Dynamic, Glob, Joined, Piece, Reason, Value};

/// No bytes. Shared, since making an empty `Arc` costs an allocation.
pub(super) fn no_bytes() -> Bytes {
    static EMPTY: LazyLock<Bytes> = LazyLock::new(|| Arc::from(&b""[..]));
    Arc::clone(&EMPTY)
}

/// No sources, shared likewise.
pub(super) fn no_sources() -> Arc<[u32]> {
    static EMPTY: LazyLock<Arc<[u32]>> = LazyLock::new(|| Arc::from(&[][..]));
    Arc::clone(&EMPTY)
}

/// A value of these bytes.
pub(super) fn fixed(bytes: &[u8]) -> Value {
    Value::Static(if bytes.is_empty() {
        no_bytes()
    } else {
        bytes.into()
    })
}

/// Nothing is known but the reason.
pub(super) fn unknown(reason: Reason) -> Dynamic {
    Dynamic {
        reason,
        prefix: no_bytes(),
        suffix: no_bytes(),
        may_split: true,
        may_vanish: true,
        may_start_dash: true,
        numeric: false,
        sources: no_sources(),
        variables: Arc::default(),
        pieces: None,
    }
}

/// A decimal number, possibly negative.
pub(super) fn number(reason: Reason) -> Dynamic {
    Dynamic {
        may_split: false,
        may_vanish: false,
        numeric: true,
        ..unknown(reason)
    }
}

/// One word of a known beginning that holds no blank and no pattern character.
pub(super) fn one_word(reason: Reason, prefix: &[u8]) -> Dynamic {
    Dynamic {
        prefix: prefix.into(),
        may_split: false,
        may_vanish: prefix.is_empty(),
        may_start_dash: prefix.first().is_none_or(|byte| *byte == b'-'),
        ..unknown(reason)
    }
}

/// An optional minus and at least one digit: safe as arithmetic, and never an octal error
/// that would be read as a name.
pub(super) fn is_number(bytes: &[u8]) -> bool {
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    !digits.is_empty() && digits.len() < 20 && digits.iter().all(u8::is_ascii_digit)
}

/// Unquoted, the text would be split or expanded as a pattern.
pub(super) fn splits(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .any(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'*' | b'?' | b'['))
}

/// The alternatives, if they are all known.
pub(super) fn alternatives(value: &Value) -> Option<&[Bytes]> {
    match value {
        Value::Static(bytes) => Some(std::slice::from_ref(bytes)),
        Value::OneOf(all) => Some(all),
        Value::Glob(_) | Value::Dynamic(_) => None,
    }
}

/// A value that is one of these; too many become dynamic.
pub(super) fn one_of(mut all: Vec<Bytes>, most: usize) -> Value {
    dedup(&mut all);
    if all.len() > most {
        return Value::Dynamic(describe_all(&all, Reason::TooMany));
    }
    match all.as_slice() {
        [] => fixed(b""),
        [only] => Value::Static(Arc::clone(only)),
        _ => Value::OneOf(all.into()),
    }
}

/// Removes repeated items and keeps the order of first appearance.
fn dedup(all: &mut Vec<Bytes>) {
    if all.len() > 16 {
        let mut seen = std::collections::HashSet::new();
        all.retain(|item| seen.insert(Arc::clone(item)));
        return;
    }
    let mut kept: Vec<Bytes> = Vec::with_capacity(all.len());
    for item in all.drain(..) {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    *all = kept;
}

/// What all of these have in common.
pub(super) fn describe_all(all: &[Bytes], reason: Reason) -> Dynamic {
    let mut items = all.iter();
    let Some(first) = items.next() else {
        return unknown(reason);
    };
    items.fold(describe_text(first, reason), |known, item| {
        merge(&known, &describe_text(item, reason))
    })
}

fn describe_text(bytes: &Bytes, reason: Reason) -> Dynamic {
    Dynamic {
        reason,
        prefix: Arc::clone(bytes),
        suffix: Arc::clone(bytes),
        may_split: splits(bytes),
        may_vanish: bytes.is_empty(),
        may_start_dash: bytes.first() == Some(&b'-')
            || (splits(bytes) && has_dash_word(bytes))
            || bytes.is_empty(),
        numeric: is_number(bytes),
        sources: no_sources(),
        variables: Arc::default(),
        pieces: None,
    }
}

fn has_dash_word(bytes: &[u8]) -> bool {
    bytes
        .split(|byte| matches!(byte, b' ' | b'\t' | b'\n'))
        .any(|word| {
            word.first()
                .is_some_and(|byte| matches!(byte, b'-' | b'*' | b'?' | b'['))
        })
}

fn describe_glob(glob: &Glob) -> Dynamic {
    let literal = glob
        .pattern
        .iter()
        .position(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\' | b'('))
        .unwrap_or(glob.pattern.len());
    let prefix = glob.pattern.get(..literal).unwrap_or_default();
    Dynamic {
        prefix: prefix.into(),
        may_vanish: false,
        may_start_dash: prefix.first().is_none_or(|byte| *byte == b'-'),
        ..unknown(Reason::Glob)
    }
}

/// The properties of any value.
pub(super) fn describe(value: &Value) -> Dynamic {
    match value {
        Value::Static(bytes) => describe_text(bytes, Reason::TooMany),
        Value::OneOf(all) => describe_all(all, Reason::TooMany),
        Value::Glob(glob) => describe_glob(glob),
        Value::Dynamic(dynamic) => dynamic.clone(),
    }
}

/// What holds for both.
fn merge(a: &Dynamic, b: &Dynamic) -> Dynamic {
    let same_start = common(a.prefix.iter(), b.prefix.iter());
    let same_end = common(a.suffix.iter().rev(), b.suffix.iter().rev());
    Dynamic {
        reason: if a.reason == Reason::TooMany {
            b.reason
        } else {
            a.reason
        },
        prefix: head(&a.prefix, same_start),
        suffix: tail(&a.suffix, same_end),
        may_split: a.may_split | b.may_split,
        may_vanish: a.may_vanish | b.may_vanish,
        may_start_dash: a.may_start_dash | b.may_start_dash,
        numeric: a.numeric & b.numeric,
        sources: union(&a.sources, &b.sources),
        variables: union(&a.variables, &b.variables),
        pieces: if a.pieces == b.pieces {
            a.pieces.clone()
        } else {
            None
        },
    }
}

fn common<'a>(a: impl Iterator<Item = &'a u8>, b: impl Iterator<Item = &'a u8>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

fn head(bytes: &Bytes, length: usize) -> Bytes {
    match bytes.get(..length) {
        Some(part) if length < bytes.len() => {
            if part.is_empty() {
                no_bytes()
            } else {
                part.into()
            }
        }
        _ => Arc::clone(bytes),
    }
}

fn tail(bytes: &Bytes, length: usize) -> Bytes {
    match bytes.get(bytes.len().saturating_sub(length)..) {
        Some(part) if length < bytes.len() => {
            if part.is_empty() {
                no_bytes()
            } else {
                part.into()
            }
        }
        _ => Arc::clone(bytes),
    }
}

/// All sources of both.
pub(super) fn union<T: Clone + Ord>(a: &Arc<[T]>, b: &Arc<[T]>) -> Arc<[T]> {
    if b.is_empty() || a == b {
        return Arc::clone(a);
    }
    if a.is_empty() {
        return Arc::clone(b);
    }
    let mut all: Vec<T> = a.iter().chain(b.iter()).cloned().collect();
    all.sort_unstable();
    all.dedup();
    all.into()
}

/// What it takes to copy or to compare the value, in steps.
pub(super) fn weight(value: &Value) -> usize {
    const BYTES: usize = 64;
    const ORIGINS: usize = 4;
    match value {
        Value::Static(text) => text.len() / BYTES,
        Value::OneOf(all) => all.len() + bytes_of(all) / BYTES,
        Value::Glob(glob) => glob.pattern.len() / BYTES,
        Value::Dynamic(known) => {
            (known.prefix.len() + known.suffix.len()) / BYTES
                + (known.sources.len() + known.variables.len()) / ORIGINS
        }
    }
}

/// The same of a variable.
pub(super) fn weight_of(variable: &Variable) -> usize {
    match variable {
        Variable::Scalar(value) => weight(value),
        Variable::Indexed(items) => items.iter().map(|(_, value)| 1 + weight(value)).sum(),
        Variable::Associative(items) => items.iter().map(|(_, value)| 1 + weight(value)).sum(),
        Variable::Unset | Variable::Unlisted { .. } | Variable::Unknown(_) => 0,
    }
}

/// A value that is either of the two.
pub(super) fn join(a: &Value, b: &Value, most: usize) -> Value {
    if a == b {
        return a.clone();
    }
    if let (Some(left), Some(right)) = (alternatives(a), alternatives(b)) {
        return one_of(left.iter().chain(right).cloned().collect(), most);
    }
    Value::Dynamic(merge(&describe(a), &describe(b)))
}

/// A variable that is either of the two.
pub(super) fn join_variables(a: &Variable, b: &Variable, most: usize) -> Variable {
    if a == b {
        return a.clone();
    }
    match (a, b) {
        (Variable::Scalar(a), Variable::Scalar(b)) => Variable::Scalar(join(a, b, most)),
        (Variable::Indexed(a), Variable::Indexed(b)) if same_keys(a, b) => {
            Variable::Indexed(join_items(a, b, most))
        }
        (Variable::Associative(a), Variable::Associative(b)) if same_keys(a, b) => {
            Variable::Associative(join_items(a, b, most))
        }
        _ => match (a.unlisted(), b.unlisted(), a, b) {
            (None, None, Variable::Unknown(reason), _)
            | (None, None, _, Variable::Unknown(reason)) => Variable::Unknown(*reason),
            (None, None, ..) => Variable::Unknown(Reason::UnknownVariable),
            _ => Variable::Unlisted {
                associative: a.is_associative() && b.is_associative(),
            },
        },
    }
}

fn same_keys<K: PartialEq>(a: &[(K, Value)], b: &[(K, Value)]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|((a, _), (b, _))| a == b)
}

fn join_items<K: Clone>(a: &[(K, Value)], b: &[(K, Value)], most: usize) -> Vec<(K, Value)> {
    a.iter()
        .zip(b)
        .map(|((key, a), (_, b))| (key.clone(), join(a, b, most)))
        .collect()
}

/// A word as the value of a variable: whether its text can be split is another question than
/// whether the word was.
pub(super) fn content(word: &Value) -> Value {
    match word {
        Value::Dynamic(dynamic) => Value::Dynamic(Dynamic {
            may_split: dynamic.may_split || !dynamic.numeric,
            ..dynamic.clone()
        }),
        other => other.clone(),
    }
}

/// So much is remembered of the end of a text that is not known.
const LONGEST_END: usize = 256;

/// Alternatives of a glued text hold no more bytes than this, together.
const MOST_BYTES: usize = 1 << 16;

fn bytes_of(all: &[Bytes]) -> usize {
    all.iter().map(|item| item.len()).sum()
}

/// The two texts one after the other, as one value.
pub(super) fn concat(a: &Value, b: &Value, most: usize) -> Value {
    if let (Some(left), Some(right)) = (alternatives(a), alternatives(b)) {
        let single = left.len() == 1 && right.len() == 1;
        let bytes = bytes_of(left) * right.len() + bytes_of(right) * left.len();
        let few = left.len().saturating_mul(right.len()) <= most && bytes <= MOST_BYTES;
        if single || few {
            let all = left
                .iter()
                .flat_map(|l| right.iter().map(move |r| [&**l, &**r].concat().into()))
                .collect();
            return one_of(all, most);
        }
    }
    let (left, right) = (describe(a), describe(b));
    let prefix = match alternatives(a) {
        Some([only]) => [&**only, &*right.prefix].concat().into(),
        _ => left.prefix,
    };
    let suffix = match alternatives(b) {
        Some([only]) => end_of(&[&*left.suffix, &**only].concat()),
        _ => right.suffix,
    };
    Value::Dynamic(Dynamic {
        reason: if matches!(a, Value::Dynamic(_)) {
            left.reason
        } else {
            right.reason
        },
        prefix,
        suffix,
        may_split: left.may_split | right.may_split,
        may_vanish: left.may_vanish & right.may_vanish,
        may_start_dash: left.may_start_dash
            | (left.may_vanish & right.may_start_dash)
            | ((left.may_split | right.may_split) & right.may_start_dash),
        numeric: false,
        sources: union(&left.sources, &right.sources),
        variables: union(&left.variables, &right.variables),
        pieces: put_together(a, b),
    })
}

/// The pieces of both, one after the other.
fn put_together(a: &Value, b: &Value) -> Option<Arc<[Piece]>> {
    let tells = |value: &Value| matches!(value, Value::Dynamic(known) if known.parts().is_some());
    if !tells(a) && !tells(b) {
        return None;
    }
    let mut joined = Joined::default();
    for value in [a, b] {
        match value {
            Value::Static(text) => joined.text(text),
            Value::Dynamic(known) => joined.word(known.parts()),
            Value::OneOf(_) | Value::Glob(_) => joined.unknown(),
        }
    }
    joined.finish()
}

/// The last bytes of a text.
fn end_of(text: &[u8]) -> Bytes {
    text.get(text.len().saturating_sub(LONGEST_END)..)
        .unwrap_or_default()
        .into()
}

/// A text that is put together piece by piece, in linear time while the pieces are known.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// The pieces so far, while all of them are known.
    known: Vec<u8>,
    value: Option<Value>,
}

impl Text {
    pub(super) fn bytes(&mut self, piece: &[u8], most: usize) {
        match &mut self.value {
            None => self.known.extend_from_slice(piece),
            Some(value) => *value = concat(value, &fixed(piece), most),
        }
    }

    pub(super) fn push(&mut self, piece: &Value, most: usize) {
        match (&mut self.value, piece) {
            (_, Value::Static(piece)) => self.bytes(&Arc::clone(piece), most),
            (None, piece) if self.known.is_empty() => self.value = Some(piece.clone()),
            (None, piece) => self.value = Some(concat(&fixed(&self.known), piece, most)),
            (Some(value), piece) => *value = concat(value, piece, most),
        }
    }

    /// It is a number, not followed by anything.
    pub(super) fn is_number(&self) -> bool {
        matches!(&self.value, Some(Value::Dynamic(dynamic)) if dynamic.numeric)
    }

    pub(super) fn finish(self) -> Value {
        self.value.unwrap_or_else(|| fixed(&self.known))
    }

    /// What the next piece will cost, in steps.
    pub(super) fn weight(&self) -> usize {
        self.value.as_ref().map_or(0, weight)
    }

    /// The text may also be without what is added now.
    pub(super) fn maybe(&mut self, piece: &Value, most: usize) {
        let before = match &self.value {
            Some(value) => value.clone(),
            None => fixed(&self.known),
        };
        let after = if before.as_static() == Some(b"") {
            piece.clone()
        } else {
            concat(&before, piece, most)
        };
        self.value = Some(join(&before, &after, most));
    }
}

/// The value loses everything that a loop could go on changing for ever.
pub(super) fn widen(variable: &Variable) -> Variable {
    match variable {
        Variable::Scalar(value) if describe(value).numeric => {
            Variable::Scalar(Value::Dynamic(number(Reason::Arithmetic)))
        }
        Variable::Unknown(reason) => Variable::Unknown(*reason),
        other => other
            .unlisted()
            .unwrap_or(Variable::Unknown(Reason::UnknownVariable)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(all: &[&[u8]]) -> Value {
        one_of(all.iter().map(|item| Bytes::from(*item)).collect(), 64)
    }

    #[test]
    fn joining_known_texts_lists_them_once() {
        let joined = join(&set(&[b"a", b"b"]), &set(&[b"b", b"c"]), 64);
        assert_eq!(joined, set(&[b"a", b"b", b"c"]));
        assert_eq!(join(&fixed(b"a"), &fixed(b"a"), 64), fixed(b"a"));
    }

    #[test]
    fn too_many_alternatives_keep_what_they_share() {
        let many: Vec<Bytes> = (0..100)
            .map(|n| format!("/tmp/{n}.log").into_bytes().into())
            .collect();
        let Value::Dynamic(known) = one_of(many, 64) else {
            panic!("too many to list")
        };
        assert_eq!(&*known.prefix, b"/tmp/");
        assert_eq!(&*known.suffix, b".log");
        assert!(!known.may_split && !known.may_vanish && !known.may_start_dash);
    }

    #[test]
    fn numbers_stay_numbers() {
        let Value::Dynamic(known) =
            join(&fixed(b"1"), &Value::Dynamic(number(Reason::Parameter)), 64)
        else {
            panic!("not static")
        };
        assert!(known.numeric);
        assert!(!is_number(b"a[0]") && !is_number(b"") && is_number(b"-12"));
    }

    #[test]
    fn concatenation_keeps_known_ends() {
        let middle = Value::Dynamic(unknown(Reason::UnknownVariable));
        let Value::Dynamic(known) =
            concat(&concat(&fixed(b"/tmp/"), &middle, 64), &fixed(b".txt"), 64)
        else {
            panic!("not static")
        };
        assert_eq!(&*known.prefix, b"/tmp/");
        assert_eq!(&*known.suffix, b".txt");
        assert!(!known.may_vanish);
        assert_eq!(
            concat(&set(&[b"a", b"b"]), &fixed(b"c"), 64),
            set(&[b"ac", b"bc"])
        );
    }
}
