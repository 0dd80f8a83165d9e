//! What programs do: the catalog of program specs, effects and score.
#![forbid(unsafe_code)]

pub mod code;
