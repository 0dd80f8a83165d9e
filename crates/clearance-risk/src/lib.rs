//! What programs do: the catalog of program specs, effects and score.
#![forbid(unsafe_code)]

pub mod arg;
pub mod catalog;
pub mod code;
pub mod matcher;
pub mod pack;
pub mod spec;

pub use catalog::Catalog;
