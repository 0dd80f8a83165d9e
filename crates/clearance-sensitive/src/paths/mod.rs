//! Sensitive paths: which names and places hold secrets, and how much a read or write matters.
//!
//! Start with [`classify_path`]; [`glob_may_match_sensitive`] answers for shell patterns and
//! [`classify_url`] for addresses. The knowledge is data (`rules/paths.toml`), turned into
//! static tables; this module only matches. Nothing here touches the file system: symbolic
//! links are not seen, so a caller that can resolve them should classify both spellings.

mod canonical;
mod glob;
mod host;
mod letters;
mod matching;
mod normalize;
mod pattern;
mod point;
#[rustfmt::skip]
mod table;

use clearance_core::Verdict;

use crate::text::Piece;

pub use glob::glob_may_match_sensitive;
pub use host::classify_url;
pub(crate) use matching::component_matches;
pub use normalize::normalize;

/// Why a path is sensitive, and what a policy should do about it by default.
///
/// # Examples
///
/// ```
/// use clearance_core::Verdict;
/// use clearance_sensitive::classify_path;
///
/// let hit = classify_path(b"~/.ssh/known_hosts").expect("known");
/// assert_eq!(hit.kind, "ssh-known-hosts");
/// assert_eq!((hit.read, hit.write), (Verdict::Allow, Verdict::Ask));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathHit {
    /// Stable id of the kind, for example `dotenv`.
    pub kind: &'static str,
    /// One clause that says what such a path holds.
    pub why: &'static str,
    /// What to do when it is read. `Allow` marks kinds where only a write matters.
    pub read: Verdict,
    /// What to do when it is written, moved, linked or deleted.
    pub write: Verdict,
}

/// One row of the table of kinds.
#[derive(Debug)]
struct Kind {
    id: Piece,
    why: Piece,
    read: Verdict,
    write: Verdict,
    /// Files of this kind are fine in directories of test data.
    soft: bool,
}

/// One pattern: the kind it stands for, its last component and those before.
#[derive(Debug)]
struct Entry {
    name: Piece,
    kind: u8,
    /// The pattern covers everything below the name as well.
    dir: bool,
    /// The pattern starts at the root of the file system.
    rooted: bool,
    /// Parent components, nearest first; each may hold wildcards.
    parents: (u16, u8),
    /// The tell-tale words in the name, as bits.
    telling: u64,
}

impl Entry {
    fn name(&self) -> &'static [u8] {
        self.name.bytes(table::TEXT)
    }

    fn parents(&self) -> &'static [Piece] {
        let (start, count) = self.parents;
        rows(&table::PARENTS, start, count)
    }

    /// How much of the parents is spelt out.
    fn parents_weight(&self) -> usize {
        let spelt = |parent: &Piece| matching::literal_len(parent.bytes(table::TEXT)) + 1;
        self.parents().iter().map(spelt).sum()
    }
}

/// A last component without wildcards.
#[derive(Debug)]
struct Name {
    text: Piece,
    letters: u32,
    entries: (u16, u8),
}

impl Name {
    fn entries(&self) -> &'static [Entry] {
        let (start, count) = self.entries;
        rows(&table::ENTRIES, start, count)
    }
}

/// A last component with wildcards.
#[derive(Debug)]
struct Glob {
    /// What a name must hold to match.
    letters: u32,
    entry: u16,
}

impl Glob {
    fn entry(&self) -> Option<&'static Entry> {
        table::ENTRIES.get(usize::from(self.entry))
    }
}

fn rows<T>(table: &'static [T], start: u16, count: u8) -> &'static [T] {
    let start = usize::from(start);
    table
        .get(start..start + usize::from(count))
        .unwrap_or_default()
}

/// All kinds, in the order of the data file.
///
/// # Examples
///
/// ```
/// assert!(clearance_sensitive::path_kinds().any(|kind| kind.kind == "dotenv"));
/// ```
pub fn path_kinds() -> impl Iterator<Item = PathHit> {
    table::KINDS.iter().map(Kind::hit)
}

impl Kind {
    fn of(entry: &Entry) -> Option<&'static Self> {
        table::KINDS.get(usize::from(entry.kind))
    }

    fn hit(&self) -> PathHit {
        PathHit {
            kind: self.id.of(table::TEXT),
            why: self.why.of(table::TEXT),
            read: self.read,
            write: self.write,
        }
    }
}

/// Says whether a path is sensitive: `None` for an ordinary one.
///
/// The path may be absolute, relative or begin with `~`; it need not be normalised. Evasive
/// spellings are seen through: case, `//`, `.` and `..`, `file:` addresses, Windows forms,
/// `$HOME` and its relatives, `/proc/self/root`, invisible characters, and shell wildcards
/// (as in [`glob_may_match_sensitive`]). Look-alikes such as `.env.example` or `id_rsa.pub`
/// are ordinary. An address with a scheme goes to [`classify_url`].
///
/// # Examples
///
/// ```
/// use clearance_sensitive::classify_path;
///
/// assert_eq!(classify_path(b"app/.ENV").map(|hit| hit.kind), Some("dotenv"));
/// assert_eq!(classify_path(b"/proc/self/root/etc/./shadow").map(|hit| hit.kind), Some("system"));
/// assert!(classify_path(b".env.example").is_none());
/// assert!(classify_path(b"src/main.rs").is_none());
/// ```
pub fn classify_path(path: &[u8]) -> Option<PathHit> {
    if let Some(hit) = classify_url(path) {
        return Some(hit);
    }
    let canonical = canonical::Canonical::new(path);
    classify_canonical(canonical.as_bytes()).or_else(|| {
        if pattern::has_wildcard(path) {
            glob_may_match_sensitive(path)
        } else {
            None
        }
    })
}

/// Matches a canonical path (normalised, lower case) literally.
fn classify_canonical(path: &[u8]) -> Option<PathHit> {
    let entry = matching::Components::new(path).best_match()?;
    let kind = Kind::of(entry)?;
    let harmless = kind.read == Verdict::Allow && kind.write == Verdict::Allow;
    if harmless { None } else { Some(kind.hit()) }
}

#[cfg(test)]
mod tests;
