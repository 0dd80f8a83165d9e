//! Protected refs, pushes, merges, promotion and gates: may this change of a branch happen
//! without asking a person?
//!
//! Everything here but the `git` provider is pure. Facts go in, a decision comes out, and the clock is a fact. Where
//! the facts come from (a host's interface, the CLI's JSON) is left to the caller, and so is
//! acting on the answer. Every answer carries all its reasons, who must act, and the smallest
//! change that would flip it.
//!
//! | question | start with |
//! |---|---|
//! | which refs would this `git push` change? | [`push::resolve_push`] |
//! | may this pull request be merged or promoted? | [`merge::decide_merge`] |
//! | which branch is this change for? | [`route::route`] |
//! | is this command's gate open? | [`gate::check_gate`] |
//! | may this ref be pushed to directly? | [`protect::decide_push`] |
//! | does this pattern cover this name? | [`pattern::Pattern`] |
//! | are this policy and these rules what they seem? | [`lint`] |
//!
//! The policy is [`config::Policy`]; its default is a complete model of four branches.
//!
//! Do not use this crate instead of the host's own protection: it decides before an action
//! reaches the host, for those who ask it.
//!
//! # Features
//!
//! None is on by default, and none changes an answer. `serde`: policies as serde types.
//! `toml`: reading a policy file. `json`: importers of GitHub's and GitLab's rules, and rows
//! of facts. `gitolite`: gitolite's patterns and rules, which are regular expressions.
//! `git-provider`: facts about a repository, asked of the installed `git`.
#![forbid(unsafe_code)]

pub mod breaker;
pub mod config;
pub mod facts;
pub mod freeze;
pub mod gate;
pub mod git_config;
#[cfg(feature = "git-provider")]
pub mod git_provider;
pub mod hook;
pub mod import;
#[cfg(feature = "json")]
pub mod json;
mod level;
pub mod limits;
pub mod lint;
pub mod local;
pub mod merge;
mod options;
pub mod owners;
pub mod pattern;
pub mod protect;
pub mod push;
pub mod refspec;
pub mod route;
#[cfg(feature = "serde")]
pub mod row;

pub use level::{Confidence, Level, Percent, PercentError, Review};
