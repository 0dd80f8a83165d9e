//! How bad an effect is at a place: 0 to 100. The table is written out in `docs/SCORE.md`.

use clearance_core::{Effect, Score, Verdict};

use crate::path::Scope;

/// From which score on to ask, and to deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// The first score that asks.
    pub ask: u8,
    /// The first score that denies.
    pub deny: u8,
}

impl Default for Thresholds {
    /// Ask from [`Score::MEDIUM`] on, deny from 90 on.
    fn default() -> Self {
        Self {
            ask: Score::MEDIUM,
            deny: 90,
        }
    }
}

impl Thresholds {
    /// The verdict on a score. What is not understood is never allowed.
    #[must_use]
    pub fn verdict(self, effect: Effect, score: u8) -> Verdict {
        if score >= self.deny {
            Verdict::Deny
        } else if score >= self.ask || effect == Effect::Unknown {
            Verdict::Ask
        } else {
            Verdict::Allow
        }
    }
}

/// The score of an effect that has no place, or whose place is the working directory inside
/// the project.
#[must_use]
pub const fn base(effect: Effect) -> u8 {
    match effect {
        Effect::Compute | Effect::List => 0,
        Effect::Read | Effect::ContainerRead | Effect::Write | Effect::VcsLocal => 5,
        Effect::RunProject | Effect::DbRead | Effect::ClusterRead | Effect::CloudRead => 10,
        Effect::NetRead | Effect::InstallProject | Effect::Delete | Effect::ChangeMode => 15,
        Effect::ContainerChange => 20,
        Effect::Interactive | Effect::NetListen => 35,
        Effect::VcsPush | Effect::Process | Effect::RunInline | Effect::DbChange => 40,
        Effect::InstallUser | Effect::VcsDiscard | Effect::DeleteTree | Effect::Environment => 45,
        Effect::RunOther | Effect::NetWrite | Effect::ContainerDestroy | Effect::Secret => 50,
        Effect::InstallSystem | Effect::Service | Effect::ClusterChange | Effect::CloudChange => 55,
        Effect::Privilege | Effect::VcsRewrite => 60,
        Effect::System => 65,
        Effect::Persist | Effect::DbDestroy => 75,
        Effect::Publish | Effect::ClusterDestroy | Effect::CloudDestroy => 80,
        Effect::Device | Effect::RunDownloaded => 95,
        Effect::Exfiltrate => 100,
        _ => 50,
    }
}

/// The score of an effect at a place. Effects that have no place score as [`base`].
#[must_use]
pub const fn rate(effect: Effect, scope: Scope) -> u8 {
    match effect {
        Effect::List => 0,
        Effect::Read => match scope {
            Scope::Device | Scope::Socket => 50,
            Scope::Proc | Scope::System | Scope::Home | Scope::HomeConfig | Scope::Outside => 15,
            Scope::Unknown => 20,
            _ => 5,
        },
        Effect::Write => write(scope),
        Effect::ChangeMode => match scope {
            Scope::Temp => 10,
            _ => {
                let score = write(scope);
                if score < 10 { 10 } else { score }
            }
        },
        Effect::Delete => match scope {
            Scope::Project | Scope::Build => 15,
            Scope::Temp => 10,
            Scope::Git => 50,
            Scope::Hook => 60,
            Scope::ProjectTop => 60,
            _ => {
                let score = write(scope);
                if score < 5 { score } else { score + 5 }
            }
        },
        Effect::DeleteTree => match scope {
            Scope::Build => 20,
            Scope::Temp => 15,
            Scope::Project => 45,
            Scope::TempTop => 60,
            Scope::Git | Scope::Hook => 75,
            Scope::ProjectTop => 85,
            Scope::Home | Scope::Outside => 70,
            Scope::Unknown => 75,
            Scope::HomeConfig => 85,
            Scope::Null => 80,
            Scope::System | Scope::Device | Scope::Proc | Scope::Socket => 95,
            Scope::Top | Scope::HomeTop => 100,
        },
        Effect::VcsLocal | Effect::RunProject | Effect::InstallProject => match scope {
            Scope::Project | Scope::Build | Scope::ProjectTop | Scope::Hook | Scope::Git => {
                base(effect)
            }
            Scope::Temp | Scope::TempTop => match effect {
                Effect::RunProject => 40,
                _ => base(effect),
            },
            _ => base(effect) + 35,
        },
        _ => base(effect),
    }
}

const fn write(scope: Scope) -> u8 {
    match scope {
        Scope::Null => 0,
        Scope::Project | Scope::Build | Scope::Temp | Scope::TempTop | Scope::ProjectTop => 5,
        Scope::Home | Scope::HomeTop | Scope::Outside => 45,
        Scope::Unknown => 50,
        Scope::Git => 50,
        Scope::Hook | Scope::HomeConfig => 75,
        Scope::System | Scope::Proc | Scope::Top => 80,
        Scope::Socket => 60,
        Scope::Device => 95,
    }
}

/// Whatever the thresholds and the rules of a policy: never lowered below Deny.
#[must_use]
pub const fn is_floor(effect: Effect, scope: Scope) -> bool {
    match effect {
        Effect::Exfiltrate => true,
        Effect::DeleteTree => matches!(scope, Scope::Top | Scope::HomeTop | Scope::System),
        Effect::Write | Effect::Delete => matches!(scope, Scope::Device),
        _ => false,
    }
}
