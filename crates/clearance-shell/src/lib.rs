//! Shell text to the commands that a real shell could run.
//!
//! Danger is not judged here: this crate knows no program but the shell's own builtins, and
//! no policy. See [`invocation`] for what comes out of [`analyze`].
#![forbid(unsafe_code)]

pub mod analyze;
pub mod expand;
pub mod invocation;
#[cfg(feature = "serde")]
pub mod json;
pub mod parse;
pub mod tree;

pub use analyze::{Analyzer, analyze};
pub use invocation::{Analysis, Dialect, Env, Invocation, Limits, Reason, Value, Word};
pub use parse::{ExtGlob, Parser, parse};
pub use tree::Script;
