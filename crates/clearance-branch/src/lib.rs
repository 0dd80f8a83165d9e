//! Protected refs, pushes, merges, promotion and gates.
#![forbid(unsafe_code)]

pub mod breaker;
pub mod config;
pub mod facts;
pub mod freeze;
pub mod gate;
pub mod import;
pub mod git_config;
#[cfg(feature = "git-provider")]
pub mod git_provider;
pub mod hook;
#[cfg(feature = "json")]
pub mod json;
mod level;
pub mod limits;
pub mod lint;
pub mod local;
pub mod merge;
pub mod owners;
mod options;
pub mod pattern;
pub mod protect;
pub mod push;
pub mod refspec;
pub mod route;
#[cfg(feature = "serde")]
pub mod row;

pub use level::{Confidence, Level, Percent, PercentError, Review};
