//! Which approvals count: [`Signatures`].

use super::facts::{Approval, MergeFacts, Override};
use crate::config::Target;
use crate::level::Level;

/// The approvals that count, and why others do not.
pub(super) struct Signatures<'a> {
    /// In the order of the facts; one person may have several.
    valid: Vec<(&'a Approval, Level)>,
    /// One sentence for each approval that does not count.
    pub(super) ignored: Vec<String>,
}

impl<'a> Signatures<'a> {
    pub(super) fn count(facts: &'a MergeFacts, target: &Target) -> Self {
        let mut signatures = Self {
            valid: Vec::new(),
            ignored: Vec::new(),
        };
        for approval in &facts.approvals {
            match standing(approval, facts, target) {
                Ok(level) => signatures.valid.push((approval, level)),
                Err(why) => {
                    let by = &approval.by;
                    signatures
                        .ignored
                        .push(format!("the approval by `{by}` does not count: {why}"));
                }
            }
        }
        signatures
    }

    /// How many people approved.
    pub(super) fn people(&self) -> u32 {
        self.people_from(Level::Reviewer)
    }

    /// How many people of that level or above approved.
    fn people_from(&self, level: Level) -> u32 {
        // Hosts do not tell account names apart by case.
        let names = self.valid.iter().filter(|(_, l)| *l >= level);
        let mut names: Vec<String> = names.map(|(a, _)| a.by.to_ascii_lowercase()).collect();
        names.sort_unstable();
        names.dedup();
        u32::try_from(names.len()).unwrap_or(u32::MAX)
    }

    /// Whether somebody of that level or above approved.
    pub(super) fn has(&self, level: Level) -> bool {
        self.valid.iter().any(|(_, l)| *l >= level)
    }

    /// Whether one person of the first level and another of the second approved.
    pub(super) fn has_two(&self, first: Level, second: Level) -> bool {
        self.has(first) && self.has(second) && self.people_from(first.min(second)) >= 2
    }

    /// Whether somebody of that level or above approved and named the override.
    pub(super) fn lifts(&self, level: Level, what: Override) -> bool {
        self.valid
            .iter()
            .any(|(a, l)| *l >= level && a.overrides.contains(&what))
    }

    /// Whether one of these people approved.
    pub(super) fn by_any(&self, owners: &[String]) -> bool {
        let name = |owner: &str| owner.strip_prefix('@').unwrap_or(owner).to_owned();
        self.valid.iter().any(|(a, _)| {
            owners
                .iter()
                .any(|o| name(o).eq_ignore_ascii_case(&name(&a.by)))
        })
    }
}

fn standing(
    approval: &Approval,
    facts: &MergeFacts,
    target: &Target,
) -> Result<Level, &'static str> {
    let is = |name: &str| name.eq_ignore_ascii_case(&approval.by);
    let stale = approval.commit.as_ref().is_some_and(|c| *c != facts.head);
    if approval.by.is_empty() {
        Err("it has no name")
    } else if approval.bot {
        Err("it is a program's")
    } else if is(&facts.author) {
        Err("it is the author's own")
    } else if approval.dismissed {
        Err("it was dismissed")
    } else if stale && target.dismiss_stale {
        Err("it is of an older commit")
    } else if target.last_push_approval && facts.last_pusher.as_deref().is_some_and(is) {
        Err("its author pushed last")
    } else {
        approval.level.ok_or("its role is not known")
    }
}
