//! Finds secrets in bytes, redacts them, and knows which paths are sensitive.
//!
//! Start with [`scan`] for a buffer, [`Scanner`] for options and streams, [`redact`] for text
//! that is to be shown, and [`classify_path`] for file names. Reports are written by
//! [`write_jsonl`], [`write_json`] and [`write_sarif`]; accepted findings live in a
//! [`Baseline`].
//!
//! The rules are data (`rules/*.toml`), turned into static tables that are checked in: making
//! a scanner costs nothing, and a command of 200 bytes takes about a microsecond. One pass
//! finds all keywords; table-driven matchers verify a value around each of them; entropy,
//! placeholder words and published checksums remove look-alikes. Encoded text (base64,
//! hexadecimal, percent and JSON escapes) is looked into, to a bounded depth.
//!
//! # What is left to others
//!
//! Nothing is read from disk or sent anywhere: walking files is the caller's work, and
//! whether a token still works is not asked. Whether a finding may pass is a matter of
//! policy. Do not use this crate to decide that text is free of secrets: a password that
//! looks like a word is not found, and an attacker can encode a value so that no scanner
//! finds it.
//!
//! # Untrusted input
//!
//! Any bytes may be scanned. Time is linear in the input, memory is bounded, nothing panics;
//! a [`Detection`] never holds the value that it points at.
//!
//! # Features
//!
//! `gitleaks` (off): reads gitleaks configurations; adds regular expressions.
#![forbid(unsafe_code)]

mod baseline;
mod bytes;
mod fingerprint;
#[cfg(feature = "gitleaks")]
pub mod gitleaks;
mod paths;
mod redact;
mod report;
mod rules;
mod scan;
mod text;

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
