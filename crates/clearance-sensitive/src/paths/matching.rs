//! Matches the components of a canonical path against the table of names.

use super::{Entry, table};

/// A path cut into components, ready to be matched.
pub(super) struct Components<'a> {
    parts: Vec<&'a [u8]>,
    rooted: bool,
}

impl<'a> Components<'a> {
    pub(super) fn new(path: &'a [u8]) -> Self {
        let rooted = path.first() == Some(&b'/');
        let parts = path
            .split(|&byte| byte == b'/')
            .filter(|part| !part.is_empty())
            .collect();
        Self { parts, rooted }
    }

    pub(super) const fn rooted(&self) -> bool {
        self.rooted
    }

    pub(super) fn parts(&self) -> &[&'a [u8]] {
        &self.parts
    }

    /// Calls `found` with every entry that matches and its weight: the number of literal bytes.
    pub(super) fn for_each_match(&self, mut found: impl FnMut(&'static Entry, usize)) {
        let last = self.parts.len().saturating_sub(1);
        for (at, name) in self.parts.iter().enumerate() {
            let is_last = at == last;
            for entry in exact_entries(name) {
                if self.accepts(entry, at, is_last, false) {
                    found(entry, weight(name.len(), entry));
                }
            }
            for (pattern, entry) in table::GLOBS {
                if (entry.dir || is_last)
                    && component_matches(pattern.as_bytes(), name)
                    && self.accepts(entry, at, is_last, true)
                {
                    found(entry, weight(literal_len(pattern), entry));
                }
            }
        }
    }

    fn accepts(&self, entry: &Entry, at: usize, is_last: bool, wild: bool) -> bool {
        if !(entry.dir || is_last) || !self.parents_match(entry, at) {
            return false;
        }
        entry.rooted || !self.is_look_alike(entry, wild)
    }

    fn parents_match(&self, entry: &Entry, at: usize) -> bool {
        if entry.rooted && !(self.rooted && at == entry.parents.len()) {
            return false;
        }
        let before = self.parts.get(..at).unwrap_or_default();
        before.len() >= entry.parents.len()
            && entry
                .parents
                .iter()
                .zip(before.iter().rev())
                .all(|(pattern, part)| component_matches(pattern.as_bytes(), part))
    }

    /// Templates, prose, source code and public halves, and test data for soft kinds.
    fn is_look_alike(&self, entry: &Entry, wild: bool) -> bool {
        let Some((name, parents)) = self.parts.split_last() else {
            return false;
        };
        let soft = table::KINDS
            .get(usize::from(entry.kind))
            .is_some_and(|kind| kind.soft);
        if soft
            && parents
                .iter()
                .any(|part| sorted_has(table::FINE_DIRECTORIES, part))
        {
            return true;
        }
        if !(wild || entry.dir) {
            return false;
        }
        has_fine_extension(name)
            || (!entry.dir && is_fine_name(name))
            || ((!entry.dir || soft) && has_template_word(name))
    }
}

/// The entries whose last component is exactly `name`.
fn exact_entries(name: &[u8]) -> &'static [Entry] {
    let found = table::EXACT.binary_search_by(|(known, _)| known.as_bytes().cmp(name));
    found
        .ok()
        .and_then(|at| table::EXACT.get(at))
        .map_or(&[], |(_, entries)| entries)
}

fn weight(name_len: usize, entry: &Entry) -> usize {
    name_len
        + entry
            .parents
            .iter()
            .map(|parent| literal_len(parent) + 1)
            .sum::<usize>()
}

fn literal_len(pattern: &str) -> usize {
    pattern
        .bytes()
        .filter(|byte| !matches!(byte, b'*' | b'?' | b'[' | b']'))
        .count()
}

pub(super) fn sorted_has(sorted: &[&str], name: &[u8]) -> bool {
    sorted
        .binary_search_by(|known| known.as_bytes().cmp(name))
        .is_ok()
}

/// The part after the last dot, if the name has one that is not its first byte.
pub(super) fn extension(name: &[u8]) -> Option<&[u8]> {
    let dot = name.iter().rposition(|&byte| byte == b'.')?;
    if dot == 0 { None } else { name.get(dot + 1..) }
}

pub(super) fn has_fine_extension(name: &[u8]) -> bool {
    extension(name).is_some_and(|extension| sorted_has(table::FINE_EXTENSIONS, extension))
}

fn is_fine_name(name: &[u8]) -> bool {
    table::FINE_NAMES
        .iter()
        .any(|pattern| component_matches(pattern.as_bytes(), name))
}

fn has_template_word(name: &[u8]) -> bool {
    name.split(|byte| matches!(byte, b'.' | b'-' | b'_'))
        .any(|word| sorted_has(table::FINE_WORDS, word))
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
