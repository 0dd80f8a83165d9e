//! Matches the components of a canonical path against the table of names.

use clearance_core::Verdict;

use super::letters::{filter_slot, letters};
use super::{Entry, Kind, table};
use crate::text::Piece;

/// A canonical path, ready to be matched component by component.
#[derive(Clone, Copy)]
pub(super) struct Components<'a> {
    path: &'a [u8],
}

impl<'a> Components<'a> {
    pub(super) const fn new(path: &'a [u8]) -> Self {
        Self { path }
    }

    pub(super) fn rooted(self) -> bool {
        self.path.first() == Some(&b'/')
    }

    pub(super) fn parts(self) -> impl DoubleEndedIterator<Item = &'a [u8]> {
        parts_of(self.path)
    }

    /// The entry that matches with the most literal bytes; of several the first.
    pub(super) fn best_match(self) -> Option<&'static Entry> {
        let last = self.parts().next_back()?;
        let mut best = None;
        let (mut start, mut at) = (0, 0);
        for name in self.path.split(|&byte| byte == b'/') {
            let end = start + name.len();
            if !name.is_empty() {
                let place = Place {
                    before: self.path.get(..start).unwrap_or_default(),
                    at,
                    is_last: core::ptr::eq(name, last),
                };
                self.match_at(name, place, &mut best);
                at += 1;
            }
            start = end + 1;
        }
        best.map(|best: Best| best.entry)
    }

    fn match_at(self, name: &[u8], place: Place<'_>, best: &mut Option<Best>) {
        let mut consider = |entry: &'static Entry, own: usize, wild: bool| {
            let weight = own + entry.parents_weight();
            if best.as_ref().is_none_or(|known| weight > known.weight)
                && self.accepts(entry, place, wild)
            {
                *best = Some(Best { entry, weight });
            }
        };
        for entry in exact_entries(name) {
            consider(entry, name.len(), false);
        }
        for_each_glob(name, |entry| {
            if (entry.dir || place.is_last) && component_matches(entry.name(), name) {
                consider(entry, literal_len(entry.name()), true);
            }
        });
    }

    fn accepts(self, entry: &Entry, place: Place<'_>, wild: bool) -> bool {
        if !(entry.dir || place.is_last) || !self.parents_match(entry, place) {
            return false;
        }
        entry.rooted || !self.is_look_alike(entry, wild)
    }

    fn parents_match(self, entry: &Entry, place: Place<'_>) -> bool {
        let parents = entry.parents();
        if entry.rooted && !(self.rooted() && place.at == parents.len()) {
            return false;
        }
        place.at >= parents.len()
            && parents
                .iter()
                .zip(parts_of(place.before).rev())
                .all(|(pattern, part)| component_matches(pattern.bytes(table::TEXT), part))
    }

    /// Templates, prose, source code and public halves, and test data for soft kinds.
    fn is_look_alike(self, entry: &Entry, wild: bool) -> bool {
        let Some(name) = self.parts().next_back() else {
            return false;
        };
        let kind = Kind::of(entry);
        // What is obeyed rather than kept secret is code and prose as well.
        if kind.is_some_and(|kind| kind.read == Verdict::Allow && kind.write != Verdict::Allow) {
            return false;
        }
        let soft = kind.is_some_and(|kind| kind.soft);
        let mut parents = self.parts().rev().skip(1);
        if soft && parents.any(|part| sorted_has(&table::FINE_DIRECTORIES, part)) {
            return true;
        }
        if !(wild || entry.dir) {
            return false;
        }
        has_fine_extension(name)
            || ((!entry.dir || soft) && has_template_word(name))
            || (!entry.dir && is_fine_name(name))
    }
}

/// The best entry so far.
struct Best {
    entry: &'static Entry,
    weight: usize,
}

/// Where a component stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// The path before it.
    before: &'a [u8],
    /// The number of components before it.
    at: usize,
    is_last: bool,
}

fn parts_of(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|&byte| byte == b'/')
        .filter(|part| !part.is_empty())
}

/// The entries whose last component is exactly `name`.
pub(super) fn exact_entries(name: &[u8]) -> &'static [Entry] {
    let slot = filter_slot(name);
    let word = table::FILTER.get((slot >> 6) as usize);
    if word.is_none_or(|word| word >> (slot & 63) & 1 == 0) {
        return &[];
    }
    let found = table::NAMES.binary_search_by(|row| row.text.bytes(table::TEXT).cmp(name));
    found
        .ok()
        .and_then(|at| table::NAMES.get(at))
        .map_or(&[], |row| row.entries())
}

/// Calls `visit` with the entries whose last component has wildcards and may match `name`.
///
/// They are filed under their first byte, or under their last one when the first is a
/// wildcard, or under nothing.
pub(super) fn for_each_glob(name: &[u8], mut visit: impl FnMut(&'static Entry)) {
    let (Some(&first), Some(&last)) = (name.first(), name.last()) else {
        return;
    };
    let has = letters(name);
    for key in [glob_key(first, false), glob_key(last, true), 0] {
        for row in glob_bucket(key) {
            if row.letters & !has == 0 {
                if let Some(entry) = row.entry() {
                    visit(entry);
                }
            }
        }
    }
}

/// The key of a bucket: a first byte, or a last byte marked so.
pub(super) fn glob_key(byte: u8, last: bool) -> usize {
    usize::from(byte & 127) + if last { 128 } else { 0 }
}

pub(super) fn glob_bucket(key: usize) -> &'static [super::Glob] {
    let bound = |at: usize| table::GLOB_STARTS.get(at).copied().map(usize::from);
    match (bound(key), bound(key + 1)) {
        (Some(from), Some(to)) => table::GLOBS.get(from..to).unwrap_or_default(),
        _ => &[],
    }
}

pub(super) fn literal_len(pattern: &[u8]) -> usize {
    pattern
        .iter()
        .filter(|byte| !matches!(byte, b'*' | b'?' | b'[' | b']'))
        .count()
}

pub(super) fn sorted_has(sorted: &[Piece], name: &[u8]) -> bool {
    sorted
        .binary_search_by(|known| known.bytes(table::TEXT).cmp(name))
        .is_ok()
}

/// The part after the last dot, if the name has one that is not its first byte.
pub(super) fn extension(name: &[u8]) -> Option<&[u8]> {
    let dot = name.iter().rposition(|&byte| byte == b'.')?;
    if dot == 0 { None } else { name.get(dot + 1..) }
}

pub(super) fn has_fine_extension(name: &[u8]) -> bool {
    extension(name).is_some_and(|extension| sorted_has(&table::FINE_EXTENSIONS, extension))
}

fn is_fine_name(name: &[u8]) -> bool {
    let has = letters(name);
    let mut rows = table::FINE_NAMES.iter().zip(&table::FINE_NAME_LETTERS);
    rows.any(|(pattern, needed)| {
        needed & !has == 0 && component_matches(pattern.bytes(table::TEXT), name)
    })
}

fn has_template_word(name: &[u8]) -> bool {
    name.split(|byte| matches!(byte, b'.' | b'-' | b'_'))
        .any(|word| sorted_has(&table::FINE_WORDS, word))
}
/// Matches one component against a pattern of literals, `*`, `?` and `[a-z]`.
///
/// Linear backtracking: only the last `*` is ever retried.
pub(crate) fn component_matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut rest, mut left) = (pattern, name);
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        match step(rest, left) {
            Step::Star(after) => {
                retry = Some((after, left));
                rest = after;
            }
            Step::Next(after, remaining) => (rest, left) = (after, remaining),
            Step::Done => return true,
            Step::Fail => match retry {
                Some((after, [_, remaining @ ..])) => {
                    retry = Some((after, remaining));
                    (rest, left) = (after, remaining);
                }
                _ => return false,
            },
        }
    }
}

enum Step<'p, 'n> {
    Star(&'p [u8]),
    Next(&'p [u8], &'n [u8]),
    Done,
    Fail,
}

fn step<'p, 'n>(pattern: &'p [u8], name: &'n [u8]) -> Step<'p, 'n> {
    match (pattern, name) {
        ([], []) => Step::Done,
        ([b'*', after @ ..], _) => Step::Star(after),
        ([b'?', after @ ..], [_, remaining @ ..]) => Step::Next(after, remaining),
        ([b'[', after @ ..], [byte, remaining @ ..]) => match set(after) {
            Some((inside, after)) if set_has(inside, *byte) => Step::Next(after, remaining),
            _ => Step::Fail,
        },
        ([want, after @ ..], [byte, remaining @ ..]) if want == byte => {
            Step::Next(after, remaining)
        }
        _ => Step::Fail,
    }
}

/// Splits `0-9]rest` into the inside and the rest.
fn set(after: &[u8]) -> Option<(&[u8], &[u8])> {
    let close = after.iter().position(|&byte| byte == b']')?;
    Some((after.get(..close)?, after.get(close + 1..)?))
}

fn set_has(inside: &[u8], byte: u8) -> bool {
    match inside {
        [low, b'-', high, rest @ ..] => (*low..=*high).contains(&byte) || set_has(rest, byte),
        [one, rest @ ..] => *one == byte || set_has(rest, byte),
        [] => false,
    }
}
