//! Secrets in bytes and sensitive paths.
#![forbid(unsafe_code)]

mod paths;

pub use paths::{
    PathHit, classify_path, classify_url, glob_may_match_sensitive, normalize, path_kinds,
};
