//! Protected refs, pushes, merges, promotion and gates: facts in, decision out.
#![forbid(unsafe_code)]

pub mod facts;
mod options;
pub mod push;
pub mod refspec;
#[cfg(feature = "serde")]
pub mod row;
