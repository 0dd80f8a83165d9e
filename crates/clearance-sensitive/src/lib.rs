//! Secrets in bytes and sensitive paths.
#![forbid(unsafe_code)]

mod fingerprint;
mod paths;
mod rules;
mod scan;

pub use fingerprint::{Fingerprint, NoFingerprint};
pub use paths::{PathHit, classify_path, classify_url, glob_may_match_sensitive, normalize, path_kinds};
pub use rules::{Rule, Severity, rules};
pub use scan::{Detection, Encoding, Scanner, Stream, scan};
