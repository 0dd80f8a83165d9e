//! Shell patterns: may a name that the shell would expand be a sensitive one?
//!
//! A pattern counts when its literal parts *point* at a sensitive name: `.e*`, `id_*`,
//! `*.pem`, `.s?h/*`. Patterns that merely could match anything (`*`, `src/*`, `*.md`) do not.

use super::matching::{Components, component_matches, has_fine_extension, sorted_has};
use clearance_core::Verdict;

use super::{Entry, PathHit, classify_canonical, normalize, table};

/// Brace alternatives that are looked at; a pattern with more is cut and its rest read as `*`.
const MAX_ALTERNATIVES: usize = 64;

/// Says whether a shell pattern points at a sensitive path. A pattern that only may match one
/// asks; it denies only where the literal part (`~/.ssh/*`) already lies in such a place.
///
/// Understood: `*`, `?`, bracket sets, `**`, braces and the extended forms (`@(…)`, read as
/// `*`). As in the shell, a wildcard does not match a leading dot. The pattern may be
/// relative, absolute or begin with `~`.
///
/// # Examples
///
/// ```
/// use clearance_sensitive::glob_may_match_sensitive as points;
///
/// assert_eq!(points(b".e*").map(|hit| hit.kind), Some("dotenv"));
/// assert_eq!(points(b"~/.s?h/*").map(|hit| hit.kind), Some("ssh"));
/// assert!(points(b"*").is_none());
/// assert!(points(b"src/*.rs").is_none());
/// ```
pub fn glob_may_match_sensitive(pattern: &[u8]) -> Option<PathHit> {
    let mut best: Option<PathHit> = None;
    for alternative in expand_braces(pattern) {
        let canonical = normalize::canonical(&unescape(&alternative));
        let literal = classify_canonical(&canonical);
        let guessed = if has_wildcard(&canonical) {
            pointed_at(&canonical)
        } else {
            None
        };
        for hit in literal.into_iter().chain(guessed) {
            if best.is_none_or(|best| (hit.read, hit.write) > (best.read, best.write)) {
                best = Some(hit);
            }
        }
    }
    best
}

pub(super) fn has_wildcard(text: &[u8]) -> bool {
    text.iter()
        .any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'{' | b'('))
}

/// An escaped wildcard is one byte; other backslashes stay (they may separate Windows names).
fn unescape(pattern: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(pattern.len());
    let mut rest = pattern;
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, after) {
            (
                b'\\',
                [
                    b'*' | b'?' | b'[' | b']' | b'{' | b'}' | b'\\' | b' ',
                    tail @ ..,
                ],
            ) => {
                out.push(b'?');
                rest = tail;
            }
            _ => out.push(*byte),
        }
    }
    out
}

/// The kind that the wildcards of a canonical pattern point at: of several the first in the
/// table whose reading matters. A guess asks; it never denies.
fn pointed_at(canonical: &[u8]) -> Option<PathHit> {
    let split = Components::new(canonical);
    let parts: Vec<Part<'_>> = split.parts().iter().map(|part| Part::new(part)).collect();
    let spelt_out = parts.last().is_some_and(|part| !part.wild);
    if !split.rooted() && !spelt_out && !parts.iter().any(Part::could_point) {
        return None;
    }
    let exact = table::EXACT
        .iter()
        .flat_map(|(name, entries)| entries.iter().map(move |e| (*name, e)));
    let globs = table::GLOBS.iter().map(|(name, entry)| (*name, entry));
    let pointed = exact
        .chain(globs)
        .filter(|(name, entry)| points_at(&parts, split.rooted(), name, entry));
    let kinds = pointed.filter_map(|(_, entry)| {
        table::KINDS
            .get(usize::from(entry.kind))
            .map(|kind| (kind.read == Verdict::Allow, entry.kind, kind))
    });
    let (_, _, kind) = kinds.min_by_key(|(harmless, index, _)| (*harmless, *index))?;
    let cap = |verdict: Verdict| verdict.min(Verdict::Ask);
    let hit = kind.hit();
    (kind.write != Verdict::Allow).then_some(PathHit {
        read: cap(hit.read),
        write: cap(hit.write),
        ..hit
    })
}

fn points_at(parts: &[Part<'_>], rooted: bool, name: &str, entry: &Entry) -> bool {
    let Some(last) = parts.len().checked_sub(1) else {
        return false;
    };
    let first = if entry.dir { 0 } else { last };
    (first..=last).any(|at| {
        if entry.rooted && !(rooted && at == entry.parents.len()) {
            return false;
        }
        let Some((own, parents)) = parts.get(..=at).and_then(<[Part<'_>]>::split_last) else {
            return false;
        };
        if parents.len() < entry.parents.len() || (!own.wild && !parents.iter().any(|p| p.wild)) {
            return false;
        }
        let pairs = || entry.parents.iter().zip(parents.iter().rev());
        own.may_be(name)
            && pairs().all(|(want, part)| part.may_be(want))
            && (own.singles_out(name, is_fine_tail(parts))
                || pairs().any(|(want, part)| part.points_as_parent(want))
                || (entry.rooted && points_from_root(own, parents, name)))
    })
}

/// `/etc/*`, `/etc/s*`, `/e*/sh*`: close enough to a rooted name.
fn points_from_root(own: &Part<'_>, parents: &[Part<'_>], name: &str) -> bool {
    let spelt_out = !parents.is_empty() && parents.iter().all(|part| !part.wild);
    let needed = if spelt_out && !name.contains('*') {
        0
    } else {
        2
    };
    own.literals >= needed
}

/// Source code, prose and public halves keep their meaning behind a wildcard.
fn is_fine_tail(parents: &[Part<'_>]) -> bool {
    parents
        .iter()
        .any(|part| !part.wild && sorted_has(table::FINE_DIRECTORIES, part.text))
}

/// One token of a pattern component.
#[derive(Clone, Copy)]
enum Token {
    Star,
    /// The bytes it may be, as 256 bits.
    Set([u64; 4]),
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
}

impl<'a> Part<'a> {
    fn new(text: &'a [u8]) -> Self {
        let wild = has_wildcard(text);
        let prefix_len = text
            .iter()
            .position(|byte| matches!(byte, b'*' | b'?' | b'[' | b'{' | b'('))
            .unwrap_or(text.len());
        let tokens = tokens(text);
        let literals = tokens.iter().filter(|token| token.is_single()).count();
        let prefix = text.get(..prefix_len).unwrap_or_default();
        Self {
            text,
            tokens,
            wild,
            literals,
            prefix,
        }
    }

    fn could_point(&self) -> bool {
        self.text.first() == Some(&b'.')
            || (self.wild && self.prefix.len() >= 3)
            || self.literals >= 3 && telling(self.text).is_some()
    }

    /// The pattern and the table's pattern have a common member.
    fn may_be(&self, want: &str) -> bool {
        let want = want.as_bytes();
        if !self.wild {
            return component_matches(want, self.text);
        }
        if self.text.first() != Some(&b'.') && want.first() == Some(&b'.') {
            return false;
        }
        intersects(&self.tokens, &tokens(want))
    }

    /// A literal parent that is itself a tell-tale place: `.aws/c*`.
    fn points_as_parent(&self, want: &str) -> bool {
        if self.wild {
            self.is_dot_pattern_for(want)
        } else {
            want.starts_with('.')
        }
    }

    fn singles_out(&self, want: &str, fine: bool) -> bool {
        if !self.wild {
            // `/*/id_rsa`, `~/.s*/id_rsa`: the name itself is spelt out.
            return true;
        }
        let other_kind_of_file = has_fine_extension(self.text)
            && super::matching::extension(self.text) != super::matching::extension(want.as_bytes());
        if fine || other_kind_of_file {
            return false;
        }
        self.is_dot_pattern_for(want)
            || self.tells(want)
            || self.covers(want)
            || self.resembles(want)
    }

    /// `.e*` for `.env`, `.??*` for any dot name; not `.eslint*`.
    fn is_dot_pattern_for(&self, want: &str) -> bool {
        let want = want.as_bytes();
        let stem_len = want
            .iter()
            .position(|byte| matches!(byte, b'*' | b'?' | b'['));
        let stem = want
            .get(..stem_len.unwrap_or(want.len()))
            .unwrap_or_default();
        // `.*rc` is no `.env.*`: with a bare dot in front, only whole names or `.*` itself.
        let bare = self.prefix == b"." && self.literals > 1;
        self.text.first() == Some(&b'.')
            && !(bare && stem.len() < want.len())
            && want.first() == Some(&b'.')
            && !sorted_has(table::ORDINARY, self.prefix)
            && (stem.starts_with(self.prefix) || (stem.len() >= 4 && self.prefix.starts_with(stem)))
    }

    /// Both hold the same tell-tale word.
    fn tells(&self, want: &str) -> bool {
        telling_words().any(|(word, anchored)| {
            if anchored {
                self.text.starts_with(word) && want.as_bytes().starts_with(word)
            } else {
                contains(self.text, word) && contains(want.as_bytes(), word)
            }
        })
    }

    /// All but one byte of the end or beginning that gives a kind away: `server.?ey` for
    /// `*.key`, `.?nv.local` for `.env.*`.
    fn resembles(&self, want: &str) -> bool {
        let nearly = |tokens: &[Token]| {
            tokens.len() >= 4
                && !tokens.iter().any(|token| matches!(token, Token::Star))
                && tokens.iter().filter(|token| token.is_single()).count() + 1 >= tokens.len()
        };
        let is_plain = |text: &str| !text.contains(['*', '?', '[']);
        if let Some(end) = want.strip_prefix('*').filter(|end| is_plain(end)) {
            let from = self.tokens.len().checked_sub(end.len());
            from.and_then(|from| self.tokens.get(from..))
                .is_some_and(nearly)
        } else if let Some(start) = want.strip_suffix('*').filter(|start| is_plain(start)) {
            self.tokens.get(..start.len()).is_some_and(nearly)
        } else {
            false
        }
    }

    /// Spelt out for the most part: `id_r*`, `master.k?y`.
    fn covers(&self, want: &str) -> bool {
        let fixed = want
            .bytes()
            .filter(|byte| !matches!(byte, b'*' | b'?' | b'[' | b']'))
            .count();
        fixed == want.len() && self.prefix.len() >= 2 && self.literals * 4 >= want.len() * 3
            || fixed == want.len() && self.literals + 1 >= want.len() && want.len() >= 3
    }
}

fn telling_words() -> impl Iterator<Item = (&'static [u8], bool)> {
    table::TELLING
        .iter()
        .map(|word| match word.strip_prefix('^') {
            Some(rest) => (rest.as_bytes(), true),
            None => (word.as_bytes(), false),
        })
}

fn telling(text: &[u8]) -> Option<&'static [u8]> {
    telling_words()
        .find(|(word, anchored)| {
            if *anchored {
                text.starts_with(word)
            } else {
                contains(text, word)
            }
        })
        .map(|(word, _)| word)
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(text, word).is_some()
}

impl Token {
    const ANY: Self = Self::Set([u64::MAX; 4]);

    fn only(byte: u8) -> Self {
        let mut bits = [0; 4];
        add(&mut bits, byte);
        Self::Set(bits)
    }

    fn is_single(&self) -> bool {
        match self {
            Self::Star => false,
            Self::Set(bits) => bits.iter().map(|word| word.count_ones()).sum::<u32>() <= 2,
        }
    }
}

fn add(bits: &mut [u64; 4], byte: u8) {
    if let Some(word) = bits.get_mut(usize::from(byte >> 6)) {
        *word |= 1 << (byte & 63);
    }
}

fn tokens(pattern: &[u8]) -> Vec<Token> {
    let mut out = Vec::with_capacity(pattern.len());
    let mut rest = pattern;
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, after) {
            (b'@' | b'+' | b'?' | b'*' | b'!', [b'(', ..]) => {
                let close = after
                    .iter()
                    .position(|&b| b == b')')
                    .map_or(after.len(), |at| at + 1);
                rest = after.get(close..).unwrap_or_default();
                out.push(Token::Star);
            }
            (b'*' | b'{' | b'(', _) => out.push(Token::Star),
            (b'?', _) => out.push(Token::ANY),
            (b'[', _) => match bracket(after) {
                Some((set, after)) => {
                    out.push(set);
                    rest = after;
                }
                None => out.push(Token::only(b'[')),
            },
            _ => out.push(Token::only(*byte)),
        }
    }
    out
}

/// A bracket set, `after` its `[`. Classes such as `[:alpha:]` are read as anything.
fn bracket(after: &[u8]) -> Option<(Token, &[u8])> {
    let (negated, body) = match after {
        [b'!' | b'^', body @ ..] => (true, body),
        body => (false, body),
    };
    // A `]` in first place is a member.
    let close = body.iter().skip(1).position(|&byte| byte == b']')? + 1;
    let (mut inside, rest) = body.split_at_checked(close)?;
    let rest = rest.get(1..)?;
    if inside.contains(&b'[') {
        let rest = rest.strip_prefix(b"]").unwrap_or(rest);
        return Some((Token::ANY, rest));
    }
    let mut bits = [0; 4];
    loop {
        inside = match inside {
            [low, b'-', high, tail @ ..] => {
                (*low..=*high).for_each(|byte| add(&mut bits, byte.to_ascii_lowercase()));
                tail
            }
            [one, tail @ ..] => {
                add(&mut bits, one.to_ascii_lowercase());
                tail
            }
            [] => break,
        };
    }
    if negated {
        bits.iter_mut().for_each(|word| *word = !*word);
    }
    Some((Token::Set(bits), rest))
}

/// Whether two patterns have a common member; time is the product of their lengths.
fn intersects(a: &[Token], b: &[Token]) -> bool {
    // row[j]: the rest of `a` and the rest of `b` after j tokens have a common member.
    let mut row: Vec<bool> = suffixes_may_be_empty(b);
    for (at, token) in a.iter().enumerate().rev() {
        let rest_empty = a
            .get(at..)
            .unwrap_or_default()
            .iter()
            .all(|t| matches!(t, Token::Star));
        let mut next = vec![false; row.len()];
        if let Some(end) = next.last_mut() {
            *end = rest_empty;
        }
        for (j, other) in b.iter().enumerate().rev() {
            let below = row.get(j).copied().unwrap_or_default();
            let right = next.get(j + 1).copied().unwrap_or_default();
            let diagonal = row.get(j + 1).copied().unwrap_or_default();
            let meets = match (token, other) {
                (Token::Star, _) | (_, Token::Star) => below || right,
                (Token::Set(x), Token::Set(y)) => {
                    diagonal && x.iter().zip(y).any(|(x, y)| x & y != 0)
                }
            };
            if let Some(cell) = next.get_mut(j) {
                *cell = meets;
            }
        }
        row = next;
    }
    row.first().copied().unwrap_or_default()
}

fn suffixes_may_be_empty(tokens: &[Token]) -> Vec<bool> {
    (0..=tokens.len())
        .map(|at| {
            tokens
                .get(at..)
                .unwrap_or_default()
                .iter()
                .all(|t| matches!(t, Token::Star))
        })
        .collect()
}

/// The alternatives of `{a,b}`, nested ones too; at most [`MAX_ALTERNATIVES`].
fn expand_braces(pattern: &[u8]) -> Vec<Vec<u8>> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_vec()];
    let mut rounds = 0;
    while let Some(text) = open.pop() {
        rounds += 1;
        match first_brace(&text) {
            Some((before, inside, after)) if rounds < MAX_ALTERNATIVES => {
                for choice in top_level_choices(inside) {
                    open.push([before, choice, after].concat());
                }
            }
            _ => done.push(text),
        }
    }
    done
}

/// `before{inside}after` for the first brace pair that holds a comma.
fn first_brace(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.iter().position(|&byte| byte == b'{')?;
        let mut depth = 0_usize;
        let mut comma = false;
        for (at, byte) in text.iter().enumerate().skip(start) {
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                b',' if depth == 1 => comma = true,
                _ => {}
            }
            if depth == 0 {
                if comma {
                    return Some((
                        text.get(..start)?,
                        text.get(start + 1..at)?,
                        text.get(at + 1..)?,
                    ));
                }
                break;
            }
        }
        from = start + 1;
    }
}

fn top_level_choices(inside: &[u8]) -> Vec<&[u8]> {
    let mut depth = 0_usize;
    inside
        .split(|byte| {
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            *byte == b',' && depth == 0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_point_at_secrets() {
        for (pattern, kind) in [
            (".e*", "dotenv"),
            (".env*", "dotenv"),
            (".en?", "dotenv"),
            ("app/.[e]nv", "dotenv"),
            ("*.env", "dotenv"),
            ("id_*", "ssh"),
            ("id_r*", "ssh"),
            ("*_rsa", "ssh"),
            ("*.pem", "key-file"),
            ("certs/*.key", "key-file"),
            ("*.p12", "key-file"),
            (".s?h/*", "ssh"),
            ("~/.ssh/*", "ssh"),
            ("~/.s*/id_rsa", "ssh"),
            ("/home/*/.ssh/id_rsa", "ssh"),
            ("~/.{ssh,kube}/config", "kube"),
            ("/etc/sh*", "system"),
            ("/etc/shado?", "system"),
            ("/*/shadow", "system"),
            ("/e*/sh*", "system"),
            ("/proc/*/environ", "proc"),
            ("/proc/[0-9]*/environ", "proc"),
            ("*secret*", "key-file"),
            ("cred*.json", "database"),
            ("~/.aws/c*", "aws"),
            ("~/.a*/credentials", "framework-secret"),
            ("*.tfstate", "iac"),
            (".n?mrc", "package-registry"),
            ("~/.*_history", "history"),
            (".[!.]*", "dotenv"),
            ("{a,b/{c,.env}}", "dotenv"),
            ("**/.env", "dotenv"),
            ("**/*.pem", "key-file"),
        ] {
            let got = glob_may_match_sensitive(pattern.as_bytes());
            assert!(got.is_some(), "{pattern} points at {kind}");
            assert_eq!(got.map(|hit| hit.kind), Some(kind), "{pattern}");
        }
    }

    #[test]
    fn everyday_patterns_are_fine() {
        for pattern in [
            "*",
            "**",
            "**/*",
            "*.py",
            "src/*",
            "*.md",
            "src/**/*.rs",
            "*.json",
            "*.yml",
            "*.toml",
            "config/*",
            "*.txt",
            "test_*",
            "*.config.js",
            "package*.json",
            "docs/*.md",
            "*.lock",
            "target/*/deps",
            "Cargo.*",
            "*.sh",
            ".github/*",
            ".github/workflows/*.yml",
            ".eslint*",
            ".git*",
            "*_test.go",
            "app/[id]/page.tsx",
            "app/[...slug]/*",
            "*.{ts,tsx}",
            "?",
            "[a-z]*",
            "*secret*.rs",
            "*credentials*.md",
            "src/*token*.ts",
            "data*",
            "log*",
            "main*",
            "READ*",
            "~/.ssh/*.pub",
            "*.env.example",
            "crates/*/src/lib.rs",
            "*.log",
            "build/*",
            "~/*",
            "../*",
            "config*",
            "app*",
            "docker-compose*.yml",
            "*.conf",
            "local*",
            "auth*",
            "key*",
            "doc*",
            "*.sql",
            "migrations/*.sql",
            "pass*",
            "test/fixtures/*.pem",
            "dist/*.js",
            "*.tar.gz",
            "/tmp/*",
            "/usr/lib/*",
            "/usr/share/doc/*",
            "node_modules/*",
            "*.xml",
            "log*.txt",
        ] {
            let hit = glob_may_match_sensitive(pattern.as_bytes());
            assert!(
                hit.is_none_or(|hit| hit.read == Verdict::Allow),
                "{pattern}: {hit:?}"
            );
        }
    }

    #[test]
    fn brace_bombs_stay_small() {
        let bomb = b"{a,b}".repeat(40);
        assert!(expand_braces(&bomb).len() <= 2 * MAX_ALTERNATIVES);
    }

    #[test]
    fn intersections() {
        for (a, b, want) in [
            ("*", "", true),
            ("a*c", "ab*", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*.pem", "*.key", false),
            ("[a-c]x", "[c-e]x", true),
            ("[a-c]x", "[d-e]x", false),
            ("[!a]", "a", false),
            ("*a*", "*b*", true),
            ("a", "a*b", false),
            ("[]]x", "]x", true),
        ] {
            let (x, y) = (tokens(a.as_bytes()), tokens(b.as_bytes()));
            assert_eq!(intersects(&x, &y), want, "{a} and {b}");
            assert_eq!(intersects(&y, &x), want, "{b} and {a}");
        }
    }
}
