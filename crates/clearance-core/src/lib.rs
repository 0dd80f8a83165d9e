//! The words all Clearance crates share: [`Verdict`], [`Risk`], [`Score`], [`Effect`],
//! [`Finding`], [`Span`], [`Role`].
//!
//! Nothing here decides anything. Start with [`Verdict`], the three-valued answer, and
//! [`Finding`], one reason for it. Do not use this crate alone: it only lets the crates
//! that decide speak the same language.
#![forbid(unsafe_code)]

mod effect;
mod finding;
mod verdict;

pub use effect::Effect;
pub use finding::{Finding, Span};
pub use verdict::{Risk, Role, Score, Verdict};
