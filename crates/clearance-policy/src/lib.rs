//! The policy file of Clearance: what it may say, where it is wrong, how layers combine.
//!
//! A policy is TOML. Start with [`Policy::builtin`] and put layers on it with
//! [`Policy::layer`]:
//!
//! ```
//! use clearance_policy::{Layer, Policy};
//!
//! let text = r#"
//!     [thresholds]
//!     deny = 85
//!
//!     [[allow]]
//!     argv = ["terraform", "plan"]
//!     why = "plans change nothing"
//!
//!     [branches]
//!     protected = ["main", "release/*"]
//! "#;
//! let policy = Policy::builtin().layer(Layer::User, "policy.toml", text)?;
//! assert_eq!(policy.rules().len(), 1);
//! # Ok::<(), clearance_policy::PolicyError>(())
//! ```
//!
//! Layers combine like this: deny wins over ask wins over allow, whatever the layer; a higher
//! layer may tighten and loosen thresholds and switches, except that [`Layer::Project`] may
//! only tighten unless the user trusts it, since an agent can write it. What an untrusted
//! project layer tried to loosen is kept as a [`Notice`] and has no effect.
//!
//! The table `[branch]` holds what merges, promotions, gates and direct pushes are decided by
//! ([`Policy::branch`]); [`branch_policy`] reads it also from a file of its own.
//!
//! An allow rule lowers Ask to Allow for commands of exactly its shape; it never touches the
//! built-in floor. Applying the rules is the engine's work (crate `clearance`); do not use
//! this crate to decide anything.
#![forbid(unsafe_code)]

mod branch;
mod error;
mod file;
mod layer;
mod rule;

pub use branch::{branch_policy, branch_policy_file};
pub use error::{Diagnostic, PolicyError};
pub use layer::{Layer, Notice, Policy};
pub use rule::{Match, Rest, Rule};
