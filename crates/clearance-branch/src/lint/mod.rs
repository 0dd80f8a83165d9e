//! What is probably not meant as it is written: [`lint_pattern`], [`lint_condition`],
//! [`lint_policy`], and how well a branch is protected by a host's rules, [`tier`].
//!
//! A linter never changes a decision. It finds patterns that do not cover what their author
//! hoped, rules that can never match, and settings that contradict each other.

mod patterns;
mod policy;
mod tiers;

use core::fmt;

pub use patterns::{lint_condition, lint_pattern};
pub use policy::lint_policy;
pub use tiers::{Tier, tier};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Worth a look.
    Hint,
    /// Probably not what is meant.
    Warning,
    /// It can never do what it says.
    Error,
}

impl Weight {
    /// `hint`, `warning` or `error`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One finding of the linter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lint {
    /// A stable code, such as `pattern-one-level`.
    pub code: &'static str,
    /// How bad it is.
    pub weight: Weight,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to write instead, if that can be said.
    pub help: Option<String>,
}

impl Lint {
    fn new(code: &'static str, weight: Weight, message: String) -> Self {
        Self {
            code,
            weight,
            message,
            help: None,
        }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}[{}]: {}",
            self.weight.as_str(),
            self.code,
            self.message
        )?;
        match &self.help {
            Some(help) => write!(f, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}
