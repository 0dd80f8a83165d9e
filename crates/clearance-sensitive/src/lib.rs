//! Secrets in bytes and sensitive paths.
#![forbid(unsafe_code)]

mod baseline;
mod fingerprint;
#[cfg(feature = "gitleaks")]
pub mod gitleaks;
mod paths;
mod redact;
mod report;
mod rules;
mod scan;

pub use baseline::{Baseline, BaselineError, PathAllowList};
pub use fingerprint::{Fingerprint, NoFingerprint};
pub use paths::{
    PathHit, classify_path, classify_url, glob_may_match_sensitive, normalize, path_kinds,
};
pub use redact::redact;
pub use report::{
    Located, json_string, write_batch, write_json, write_jsonl, write_object, write_sarif,
};
pub use rules::{Rule, Severity, rules};
pub use scan::{Detection, Encoding, Scanner, Stream, scan};
