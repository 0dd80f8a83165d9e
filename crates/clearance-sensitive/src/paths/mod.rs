//! Sensitive paths: which names and places hold secrets, and how much a read or write matters.
//!
//! Start with [`classify_path`]; [`glob_may_match_sensitive`] answers for shell patterns and
//! [`classify_url`] for addresses. The knowledge is data (`rules/paths.toml`), turned into
//! static tables; this module only matches. Nothing here touches the file system: symbolic
//! links are not seen, so a caller that can resolve them should classify both spellings.

mod glob;
mod host;
mod matching;
mod normalize;
#[rustfmt::skip]
mod table;

use clearance_core::Verdict;

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
    id: &'static str,
    why: &'static str,
    read: Verdict,
    write: Verdict,
    /// Files of this kind are fine in directories of test data.
    soft: bool,
}

/// One pattern: the kind it stands for and the components before its last one.
#[derive(Debug)]
struct Entry {
    kind: u8,
    /// The pattern covers everything below the name as well.
    dir: bool,
    /// The pattern starts at the root of the file system.
    rooted: bool,
    /// Parent components, nearest first; each may hold wildcards.
    parents: &'static [&'static str],
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
    const fn hit(&self) -> PathHit {
        PathHit {
            kind: self.id,
            why: self.why,
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
    let canonical = normalize::canonical(path);
    classify_canonical(&canonical).or_else(|| {
        if glob::has_wildcard(path) {
            glob_may_match_sensitive(path)
        } else {
            None
        }
    })
}

/// Matches a canonical path (normalised, lower case) literally.
fn classify_canonical(path: &[u8]) -> Option<PathHit> {
    let split = matching::Components::new(path);
    let mut best: Option<(usize, &'static Kind)> = None;
    split.for_each_match(|entry, weight| {
        if best.is_none_or(|(known, _)| weight > known) {
            if let Some(kind) = table::KINDS.get(usize::from(entry.kind)) {
                best = Some((weight, kind));
            }
        }
    });
    let (_, kind) = best?;
    let harmless = kind.read == Verdict::Allow && kind.write == Verdict::Allow;
    if harmless { None } else { Some(kind.hit()) }
}

#[cfg(test)]
mod tests;
