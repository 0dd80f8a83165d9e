//! Which gates a command line stands before: [`GateIndex`].

use std::collections::BTreeMap;

use crate::config::Policy;

/// The commands of all gates, by their first words.
///
/// # Examples
///
/// ```
/// use clearance_branch::config::Policy;
/// use clearance_branch::gate::{GateIndex, GateMatch};
///
/// let index = GateIndex::new(&Policy::default());
/// let words = [Some(&b"/opt/bin/cto.plan"[..]), Some(b"--now")];
/// assert_eq!(index.find(&words), [("cto.plan", GateMatch::Spelt)]);
/// assert_eq!(index.find(&[Some(&b"ls"[..])]), []);
/// ```
#[derive(Clone, Debug, Default)]
pub struct GateIndex {
    by_program: BTreeMap<Vec<u8>, Vec<Entry>>,
    /// The first bytes of all programs, as bits: most are told apart by that.
    initials: [u64; 4],
}

#[derive(Clone, Debug)]
struct Entry {
    gate: String,
    /// The words after the program.
    words: Vec<Vec<u8>>,
}

/// How a command line stands before a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GateMatch {
    /// A word that is not known decides whether it does.
    Maybe,
    /// It does, written in another way: the program by its path, other words between.
    Spelt,
    /// It does, word for word.
    Exact,
}

impl GateIndex {
    /// The index of a policy's gates.
    #[must_use]
    pub fn new(policy: &Policy) -> Self {
        let mut index = Self::default();
        for (name, gate) in &policy.gates {
            let lines = std::iter::once(name).chain(&gate.commands);
            for line in lines {
                let mut words = line.split_whitespace().map(|w| w.as_bytes().to_vec());
                let Some(program) = words.next() else {
                    continue;
                };
                let entry = Entry {
                    gate: name.clone(),
                    words: words.collect(),
                };
                let program = base_name(&program).to_vec();
                if let Some((word, bit)) = initial(&program) {
                    if let Some(bits) = index.initials.get_mut(word) {
                        *bits |= bit;
                    }
                }
                index.by_program.entry(program).or_default().push(entry);
            }
        }
        index
    }

    /// Whether there is no gate at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_program.is_empty()
    }

    /// Whether some gate has commands of this program, given by its name or path.
    #[must_use]
    pub fn has_program(&self, program: &[u8]) -> bool {
        let name = base_name(program);
        let known = |(word, bit): (usize, u64)| {
            let bits = self.initials.get(word);
            bits.is_some_and(|bits| bits & bit != 0)
        };
        initial(name).is_none_or(known) && self.by_program.contains_key(name)
    }

    /// The gates that a command line stands before, each once; `None` is a word that is not
    /// known. The words of a gate need not stand side by side: options and their values, or
    /// further targets, may stand between them.
    #[must_use]
    pub fn find(&self, argv: &[Option<&[u8]>]) -> Vec<(&str, GateMatch)> {
        let Some((Some(program), rest)) = argv.split_first() else {
            return Vec::new();
        };
        let entries = self.by_program.get(base_name(program));
        let mut found: Vec<(&str, GateMatch)> = Vec::new();
        for entry in entries.into_iter().flatten() {
            let Some(mut how) = entry.stands_before(rest) else {
                continue;
            };
            if how == GateMatch::Exact && program.contains(&b'/') {
                how = GateMatch::Spelt;
            }
            match found.iter_mut().find(|(gate, _)| *gate == entry.gate) {
                Some((_, known)) => *known = (*known).max(how),
                None => found.push((&entry.gate, how)),
            }
        }
        found
    }
}

impl Entry {
    fn stands_before(&self, rest: &[Option<&[u8]>]) -> Option<GateMatch> {
        let known = rest.iter().all(Option::is_some);
        let first = rest.get(..self.words.len()).unwrap_or_default();
        let side_by_side = first.len() == self.words.len()
            && first
                .iter()
                .zip(&self.words)
                .all(|(w, own)| *w == Some(own.as_slice()));
        if side_by_side {
            return Some(if known {
                GateMatch::Exact
            } else {
                GateMatch::Spelt
            });
        }
        // In order, with anything between; a word that is not known may be several.
        let mut wanted = self.words.iter();
        let mut next = wanted.next();
        for word in rest.iter().flatten() {
            if next.is_some_and(|own| own.as_slice() == *word) {
                next = wanted.next();
            }
        }
        match (next, known) {
            (None, _) => Some(GateMatch::Spelt),
            (Some(_), false) => Some(GateMatch::Maybe),
            (Some(_), true) => None,
        }
    }
}

/// The place of a name's first byte among 256 bits.
fn initial(name: &[u8]) -> Option<(usize, u64)> {
    let first = *name.first()?;
    Some((usize::from(first >> 6), 1 << (first & 63)))
}

/// The name of a program without the path before it, and without the `.exe` behind it.
fn base_name(program: &[u8]) -> &[u8] {
    let name = match program.iter().rposition(|b| b"/\\".contains(b)) {
        Some(slash) => program.get(slash + 1..).unwrap_or_default(),
        None => program,
    };
    name.strip_suffix(b".exe").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Gate;

    #[test]
    fn words_are_found_in_order() {
        let mut policy = Policy::default();
        policy.gates.clear();
        let gate = Gate {
            commands: vec![
                "make deploy".to_owned(),
                "kubectl rollout restart".to_owned(),
            ],
            ..Gate::default()
        };
        policy.gates.insert("ship".to_owned(), gate);
        let index = GateIndex::new(&policy);
        // `?` is a word that is not known.
        for (line, want) in [
            ("ship", Some(GateMatch::Exact)),
            ("ship now", Some(GateMatch::Exact)),
            ("ship ?", Some(GateMatch::Spelt)),
            ("./ship", Some(GateMatch::Spelt)),
            ("bin/ship.exe now", Some(GateMatch::Spelt)),
            ("shipping", None),
            ("make deploy", Some(GateMatch::Exact)),
            ("make deploy test", Some(GateMatch::Exact)),
            ("make -j4 -C x test deploy", Some(GateMatch::Spelt)),
            ("/usr/bin/make deploy", Some(GateMatch::Spelt)),
            ("make deploy-docs", None),
            ("make", None),
            ("make ?", Some(GateMatch::Maybe)),
            ("make ? deploy", Some(GateMatch::Spelt)),
            (
                "kubectl --context prod rollout restart x",
                Some(GateMatch::Spelt),
            ),
            ("kubectl restart rollout", None),
            ("kubectl rollout ?", Some(GateMatch::Maybe)),
            ("? deploy", None),
            ("", None),
        ] {
            let words: Vec<Option<&[u8]>> = line
                .split(' ')
                .map(|w| (w != "?").then_some(w.as_bytes()))
                .collect();
            let found = index.find(&words);
            assert_eq!(found.first().map(|f| f.1), want, "{line}");
            assert!(
                found.iter().all(|f| f.0 == "ship") && found.len() < 2,
                "{line}"
            );
        }
    }
}
