//! Exit statuses, as the machine forms promise them.

use std::process::ExitCode;

use clearance::Verdict;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Allowed, clean, or nothing to complain about.
    Success,
    /// Something failed; callers read it as ask.
    Failure,
    /// The command line was wrong.
    Usage,
    /// A person should look; or secrets were found.
    Ask,
    /// Not to be run.
    Deny,
}

impl From<Verdict> for Status {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Allow => Self::Success,
            Verdict::Ask => Self::Ask,
            Verdict::Deny => Self::Deny,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Success => 0,
            Status::Failure => 1,
            Status::Usage => 2,
            Status::Ask => 3,
            Status::Deny => 4,
        })
    }
}
