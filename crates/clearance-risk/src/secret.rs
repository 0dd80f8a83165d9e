//! Which paths hold secrets: the table of clearance-sensitive, asked about paths, patterns and
//! parts of paths.

use clearance_core::Verdict;
use clearance_sensitive::{PathHit, classify_path, glob_may_match_sensitive};

/// What is known of a path, or of the paths that a pattern matches.
pub(crate) fn classify(path: &[u8], wild: bool) -> Option<PathHit> {
    if wild {
        glob_may_match_sensitive(path)
    } else {
        classify_path(path)
    }
}

/// Some path with this beginning and this end can hold secrets.
pub(crate) fn could_be_sensitive(prefix: &[u8], suffix: &[u8]) -> bool {
    let mut joined = prefix.to_vec();
    joined.push(b'x');
    joined.extend_from_slice(suffix);
    let reads = |hit: PathHit| hit.read != Verdict::Allow;
    classify_path(&joined).is_some_and(reads)
        || (!suffix.is_empty() && classify_path(suffix).is_some_and(reads))
}

/// A word that selects names (`find -name`, a pattern of `fd`) selects secrets.
#[must_use]
pub fn selects_secrets(pattern: &[u8]) -> bool {
    glob_may_match_sensitive(pattern).is_some_and(|hit| hit.read != Verdict::Allow)
}
