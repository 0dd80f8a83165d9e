//! Protected refs, pushes, merges, promotion and gates.
#![forbid(unsafe_code)]

pub mod pattern;
