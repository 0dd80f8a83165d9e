//! Protected refs, pushes, merges, promotion and gates.
#![forbid(unsafe_code)]

pub mod breaker;
pub mod config;
pub mod freeze;
pub mod gate;
#[cfg(feature = "json")]
pub mod json;
mod level;
pub mod limits;
pub mod merge;
pub mod pattern;
pub mod protect;
pub mod route;

pub use level::{Confidence, Level, Percent, PercentError, Review};
