//! Shell text to the commands that a real shell could run.
//!
//! Three layers, each usable alone:
//!
//! 1. [`parse()`] (or a [`Parser`] that keeps its buffers) turns bytes into a [`Script`]: the
//!    full grammar of bash 5.2, in one pass, without recursion, for any input. What is not
//!    understood is an [`Error`](tree::Kind::Error) node with a diagnostic, never dropped.
//! 2. [`expand`] says what a word becomes: quotes, braces, tildes, parameters, arithmetic,
//!    splitting and patterns, as far as it is known.
//! 3. [`analyze()`] runs the script abstractly and lists every simple command that could run;
//!    [`invocation`] holds its result.
//!
//! Danger is not judged here: this crate knows no program but the shell's own builtins, and
//! no policy. It runs nothing and looks nothing up.
//!
//! Input is hostile by assumption: work is linear in the length, nesting is bounded by
//! [`Limits`], and no input panics. [`Dialect`] chooses between bash, dash and zsh; an unknown
//! shell is read as bash, with a remark wherever another shell would do something else. Words
//! that cannot be known are [`Value::Dynamic`] with the reason, never a guess; where parser
//! and `bash -n` differ is listed in `docs/shell-agreement.md`.
//!
//! Do not use it to run shell scripts, to format them (comments are not kept), or for shells
//! that are no descendants of the Bourne shell.
//!
//! # Examples
//!
//! The words of the first command, without allocating for plain ones:
//!
//! ```
//! use clearance_shell::tree::Kind;
//! use clearance_shell::{Dialect, Limits, Parser, Script};
//!
//! let mut parser = Parser::new(Dialect::Bash, Limits::default());
//! let mut script = Script::new();
//! parser.parse_into(b"git push --force origin main | tee log", &mut script);
//! let command = script.nodes().find(|id| script.kind(*id) == Kind::Simple).unwrap();
//! let words: Vec<_> =
//!     script.simple(command).words().filter_map(|word| script.plain_text(word)).collect();
//! assert_eq!(words, [&b"git"[..], b"push", b"--force", b"origin", b"main"]);
//! ```
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
