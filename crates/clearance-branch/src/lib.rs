//! Protected refs, pushes, merges, promotion and gates.
#![forbid(unsafe_code)]

pub mod breaker;
pub mod config;
pub mod facts;
pub mod freeze;
pub mod gate;
pub mod git_config;
#[cfg(feature = "git-provider")]
pub mod git_provider;
pub mod hook;
pub mod import;
#[cfg(feature = "json")]
pub mod json;
mod level;
pub mod limits;
pub mod lint;
pub mod local;
pub mod merge;
mod options;
pub mod owners;
pub mod pattern;
pub mod protect;
pub mod push;
pub mod refspec;
pub mod route;
#[cfg(feature = "serde")]
pub mod row;

pub use level::{Confidence, Level, Percent, PercentError, Review};
