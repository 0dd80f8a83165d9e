//! Shell text to the commands that a real shell could run.
//!
//! Danger is not judged here: this crate knows no program but the shell's own builtins, and
//! no policy. See [`invocation`] for what comes out of [`analyze`].
#![forbid(unsafe_code)]

pub mod expand;
pub mod invocation;
pub mod parse;
pub mod tree;

pub use invocation::{Dialect, Limits, Reason, Value};
pub use parse::{ExtGlob, Parser, parse};
pub use tree::Script;
