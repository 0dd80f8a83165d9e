//! Which sensitive name the wildcards of a pattern point at.

use clearance_core::Verdict;

use super::letters::{letter, letters};
use super::matching::{
    Components, component_matches, exact_entries, extension, for_each_glob, glob_bucket, glob_key,
    has_fine_extension, sorted_has,
};
use super::pattern::{Token, has_wildcard, intersects, is_wildcard, matches_name, tokens};
use super::{Entry, Kind, PathHit, table};

/// The kind that the wildcards of a canonical pattern point at: of several the first in the
/// table whose reading matters. A guess asks; it never denies.
pub(super) fn pointed_at(canonical: &[u8]) -> Option<PathHit> {
    let split = Components::new(canonical);
    let parts: Vec<Part<'_>> = split.parts().map(Part::new).collect();
    let spelt_out = parts.last().is_some_and(|part| !part.wild);
    if !split.rooted() && !spelt_out && !parts.iter().any(Part::could_point) {
        return None;
    }
    let search = Search {
        fine: parts.iter().any(Part::is_fine_directory),
        parts: &parts,
        rooted: split.rooted(),
    };
    let kind = Kind::of(search.best()?)?;
    let cap = |verdict: Verdict| verdict.min(Verdict::Ask);
    let hit = kind.hit();
    (kind.write != Verdict::Allow).then_some(PathHit {
        read: cap(hit.read),
        write: cap(hit.write),
        ..hit
    })
}

/// A pattern that is held against the table.
struct Search<'a> {
    parts: &'a [Part<'a>],
    rooted: bool,
    /// A directory of it holds test data.
    fine: bool,
}

impl Search<'_> {
    /// Of all entries that are pointed at the one whose kind matters most.
    fn best(&self) -> Option<&'static Entry> {
        let rank = |entry: &Entry| {
            let harmless = Kind::of(entry).is_none_or(|kind| kind.read == Verdict::Allow);
            (harmless, entry.kind)
        };
        let mut best: Option<((bool, u8), &'static Entry)> = None;
        let mut wild_before = false;
        for (at, own) in self.parts.iter().enumerate() {
            let is_last = at + 1 == self.parts.len();
            let parents = self.parts.get(..at).unwrap_or_default();
            let mut consider = |entry: &'static Entry| {
                let rank = rank(entry);
                if (entry.dir || is_last)
                    && best.is_none_or(|(known, _)| rank < known)
                    && self.points_at(own, parents, entry)
                {
                    best = Some((rank, entry));
                }
            };
            if !own.wild {
                if wild_before {
                    exact_entries(own.text).iter().for_each(&mut consider);
                    for_each_glob(own.text, &mut consider);
                }
            } else if own.can_single_out(self.fine) || parents.iter().any(Part::is_dotted) {
                own.for_each_name(&mut consider);
            } else if self.rooted {
                rooted_entries().for_each(&mut consider);
            }
            wild_before |= own.wild;
        }
        best.map(|(_, entry)| entry)
    }

    fn points_at(&self, own: &Part<'_>, parents: &[Part<'_>], entry: &Entry) -> bool {
        let wanted = entry.parents();
        if parents.len() < wanted.len()
            || entry.rooted && !(self.rooted && parents.len() == wanted.len())
        {
            return false;
        }
        let name = entry.name();
        let pairs = || {
            let wanted = wanted.iter().map(|want| want.bytes(table::TEXT));
            wanted.zip(parents.iter().rev())
        };
        // What is spelt out is the cheapest to compare.
        pairs().all(|(want, part)| part.wild || part.may_be(want))
            && (own.singles_out(entry, self.fine)
                || pairs().any(|(want, part)| part.points_as_parent(want))
                || (entry.rooted && points_from_root(own, parents, name)))
            && own.may_be(name)
            && pairs().all(|(want, part)| !part.wild || part.may_be(want))
    }
}

fn rooted_entries() -> impl Iterator<Item = &'static Entry> {
    let rows = table::ROOTED.iter();
    rows.filter_map(|at| table::ENTRIES.get(usize::from(*at)))
}

/// `/etc/*`, `/etc/s*`, `/e*/sh*`: close enough to a rooted name.
fn points_from_root(own: &Part<'_>, parents: &[Part<'_>], name: &[u8]) -> bool {
    let spelt_out = !parents.is_empty() && parents.iter().all(|part| !part.wild);
    let needed = if spelt_out && !name.contains(&b'*') {
        0
    } else {
        2
    };
    own.literals >= needed
}

/// One component of the pattern.
struct Part<'a> {
    text: &'a [u8],
    tokens: Vec<Token>,
    wild: bool,
    /// Bytes that are fixed.
    literals: usize,
    /// Fixed bytes before the first wildcard.
    prefix: &'a [u8],
    /// The tell-tale words in it, as bits.
    telling: u64,
    /// What a name without wildcards must hold.
    letters: u32,
}

impl<'a> Part<'a> {
    fn new(text: &'a [u8]) -> Self {
        let prefix_len = text
            .iter()
            .position(|&byte| is_wildcard(byte))
            .unwrap_or(text.len());
        let wild = prefix_len < text.len();
        let prefix = text.get(..prefix_len).unwrap_or_default();
        // A component that is spelt out is only compared as text.
        let tokens = if wild { tokens(text) } else { Vec::new() };
        let literals = if wild {
            tokens.iter().filter(|token| token.is_single()).count()
        } else {
            text.len()
        };
        let letters = tokens.iter().fold(0, |set, token| match token {
            Token::Byte(byte) => set | letter(*byte),
            _ => set,
        });
        Self {
            text,
            tokens,
            wild,
            literals,
            prefix,
            telling: telling(text),
            letters,
        }
    }

    fn could_point(&self) -> bool {
        self.is_dotted()
            || (self.wild && self.prefix.len() >= 3)
            || self.literals >= 3 && self.telling != 0
    }

    fn is_dotted(&self) -> bool {
        self.text.first() == Some(&b'.')
    }

    /// Source code, prose and public halves keep their meaning behind a wildcard.
    fn is_fine_directory(&self) -> bool {
        !self.wild && sorted_has(&table::FINE_DIRECTORIES, self.text)
    }

    /// The pattern and the table's pattern have a common member.
    fn may_be(&self, want: &[u8]) -> bool {
        if !self.wild {
            return component_matches(want, self.text);
        }
        if !self.is_dotted() && want.first() == Some(&b'.') {
            return false;
        }
        if has_wildcard(want) {
            self.ends_fit(want) && intersects(&self.tokens, &tokens(want))
        } else {
            matches_name(&self.tokens, want)
        }
    }

    /// Where both have a fixed byte at an end, it is the same.
    fn ends_fit(&self, want: &[u8]) -> bool {
        let fits = |own: Option<&Token>, byte: Option<&u8>| match (own, byte) {
            (Some(Token::Byte(own)), Some(byte)) => own == byte || b"*?[]".contains(byte),
            _ => true,
        };
        fits(self.tokens.first(), want.first()) && fits(self.tokens.last(), want.last())
    }

    /// Calls `visit` with the entries whose names this may be, and with others.
    fn for_each_name(&self, mut visit: impl FnMut(&'static Entry)) {
        let lead: Vec<u8> = self.tokens.iter().map_while(fixed_byte).collect();
        let from =
            table::NAMES.partition_point(|row| row.text.bytes(table::TEXT) < lead.as_slice());
        for row in table::NAMES.get(from..).unwrap_or_default() {
            if !lead.is_empty() && !row.text.bytes(table::TEXT).starts_with(&lead) {
                break;
            }
            if self.letters & !row.letters == 0 {
                row.entries().iter().for_each(&mut visit);
            }
        }
        for key in 0..256 {
            let fits = match key {
                0 => true,
                1..128 => lead
                    .first()
                    .is_none_or(|&byte| glob_key(byte, false) == key),
                _ => {
                    let last = self.tokens.last().and_then(fixed_byte);
                    last.is_none_or(|byte| glob_key(byte, true) == key)
                }
            };
            if fits {
                let rows = glob_bucket(key).iter();
                rows.filter_map(super::Glob::entry).for_each(&mut visit);
            }
        }
    }

    /// A literal parent that is itself a tell-tale place: `.aws/c*`.
    fn points_as_parent(&self, want: &[u8]) -> bool {
        if self.wild {
            self.is_dot_pattern_for(want)
        } else {
            want.first() == Some(&b'.')
        }
    }

    /// Whether [`Self::singles_out`] can hold for any name.
    fn can_single_out(&self, fine: bool) -> bool {
        if !self.wild {
            return true;
        }
        !fine
            && (self.is_dotted()
                || self.telling != 0
                || self.literals >= 2
                || self.tokens.len() >= 4)
    }

    fn singles_out(&self, entry: &Entry, fine: bool) -> bool {
        let want = entry.name();
        if !self.wild {
            // `/*/id_rsa`, `~/.s*/id_rsa`: the name itself is spelt out.
            return true;
        }
        if fine {
            return false;
        }
        let other_kind_of_file =
            || has_fine_extension(self.text) && extension(self.text) != extension(want);
        (self.is_dot_pattern_for(want)
            // Both hold the same tell-tale word.
            || self.telling & entry.telling != 0
            || self.covers(want)
            || self.resembles(want))
            && !other_kind_of_file()
    }

    /// `.e*` for `.env`, `.??*` for any dot name; not `.eslint*`.
    fn is_dot_pattern_for(&self, want: &[u8]) -> bool {
        if !self.is_dotted() || want.first() != Some(&b'.') {
            return false;
        }
        let stem_len = want
            .iter()
            .position(|byte| matches!(byte, b'*' | b'?' | b'['));
        let stem = want
            .get(..stem_len.unwrap_or(want.len()))
            .unwrap_or_default();
        // `.*rc` is no `.env.*`: with a bare dot in front, only whole names or `.*` itself.
        let bare = self.prefix == b"." && self.literals > 1;
        !(bare && stem.len() < want.len())
            && (stem.starts_with(self.prefix) || (stem.len() >= 4 && self.prefix.starts_with(stem)))
            && !sorted_has(&table::ORDINARY, self.prefix)
    }

    /// All but one byte of the end or beginning that gives a kind away: `server.?ey` for
    /// `*.key`, `.?nv.local` for `.env.*`.
    fn resembles(&self, want: &[u8]) -> bool {
        let nearly = |tokens: &[Token]| {
            tokens.len() >= 4
                && !tokens.iter().any(|token| matches!(token, Token::Star))
                && tokens.iter().filter(|token| token.is_single()).count() + 1 >= tokens.len()
        };
        let is_plain = |text: &[u8]| !text.iter().any(|byte| b"*?[".contains(byte));
        match want {
            [b'*', end @ ..] if is_plain(end) => {
                let from = self.tokens.len().checked_sub(end.len());
                from.and_then(|from| self.tokens.get(from..))
                    .is_some_and(nearly)
            }
            [start @ .., b'*'] if is_plain(start) => {
                self.tokens.get(..start.len()).is_some_and(nearly)
            }
            _ => false,
        }
    }

    /// Spelt out for the most part: `id_r*`, `master.k?y`.
    fn covers(&self, want: &[u8]) -> bool {
        let mostly = self.prefix.len() >= 2 && self.literals * 4 >= want.len() * 3
            || self.literals + 1 >= want.len() && want.len() >= 3;
        mostly && !want.iter().any(|byte| b"*?[]".contains(byte))
    }
}

fn fixed_byte(token: &Token) -> Option<u8> {
    match token {
        Token::Byte(byte) => Some(*byte),
        _ => None,
    }
}

/// The tell-tale words in a text, as bits.
fn telling(text: &[u8]) -> u64 {
    let has = letters(text);
    let rows = table::TELLING.iter().zip(&table::TELLING_LETTERS);
    rows.enumerate()
        .filter(|(_, (word, needed))| *needed & !has == 0 && tells(word.bytes(table::TEXT), text))
        .fold(0, |bits, (at, _)| bits | 1_u64.wrapping_shl(at as u32))
}

/// Whether a word that gives a secret away stands in a text; `^` binds it to the beginning.
fn tells(word: &[u8], text: &[u8]) -> bool {
    match word.strip_prefix(b"^") {
        Some(word) => text.starts_with(word),
        None => crate::bytes::contains_word(text, word),
    }
}
