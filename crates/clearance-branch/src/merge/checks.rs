//! The rule about checks: what ran on the head commit, and what came of it.

use super::facts::{Check, CheckStatus, Checks};
use super::rules::{Found, ask, deny, wait};
use super::{Case, Change, Reason, Who};
use crate::config::Skipped;

/// What the checks of a case come to.
#[derive(Default)]
struct Tally {
    passed: u32,
    failed: Vec<String>,
    pending: Vec<String>,
    stale: Vec<String>,
    skipped: Vec<String>,
}

impl Case<'_> {
    fn required_count(&self) -> u32 {
        let last = self.policy.promotion.last() == Some(self.facts.target.as_str());
        let more = if last {
            0
        } else {
            self.context.checks_below_last
        };
        let named = u32::try_from(self.target.required_checks.len()).unwrap_or(u32::MAX);
        self.target.min_checks.max(more).max(named)
    }

    /// The reasons that checks give, and what was counted in their favour.
    pub(super) fn checks(&self) -> (Found, Vec<String>) {
        let list = match &self.facts.checks {
            Checks::AllPassed => return (Vec::new(), Vec::new()),
            Checks::Unknown => &Vec::new(),
            Checks::Listed(list) => list,
        };
        let tally = self.tally(list);
        let mut found = Vec::new();
        found.extend(self.failed(&tally));
        if !tally.pending.is_empty() {
            let message = format!("not finished: {}", tally.pending.join(", "));
            found.push(wait(
                "checks_pending",
                message,
                Change::PassChecks(tally.pending.clone()),
            ));
        }
        if !tally.stale.is_empty() {
            let message = format!("ran on an older commit: {}", tally.stale.join(", "));
            let change = Change::PassChecks(tally.stale.clone());
            found.push(wait("checks_on_old_commit", message, change));
        }
        found.extend(self.missing(list, &tally));
        let notes = match (self.target.skipped_checks, tally.skipped.as_slice()) {
            (_, []) => Vec::new(),
            (Skipped::Passed, names) => {
                vec![format!(
                    "skipped, and counted as passed: {}",
                    names.join(", ")
                )]
            }
            (Skipped::Missing, names) => {
                vec![format!("skipped, and not counted: {}", names.join(", "))]
            }
        };
        (found, notes)
    }

    /// Sorts the checks that matter; of two results with one name one on the head commit
    /// counts, and the worse.
    fn tally(&self, list: &[Check]) -> Tally {
        let mut tally = Tally::default();
        let mut worst: Vec<&Check> = Vec::new();
        for check in list
            .iter()
            .filter(|c| !self.target.optional_checks.contains(&c.name))
        {
            match worst.iter_mut().find(|c| c.name == check.name) {
                Some(_) if self.is_stale(check) => {}
                Some(known) if self.is_stale(known) || known.status < check.status => {
                    *known = check;
                }
                Some(_) => {}
                None => worst.push(check),
            }
        }
        for check in worst {
            let name = check.name.clone();
            match check.status {
                _ if self.is_stale(check) => tally.stale.push(name),
                CheckStatus::Failed => tally.failed.push(name),
                CheckStatus::Pending => tally.pending.push(name),
                CheckStatus::Skipped => {
                    tally.passed += u32::from(self.target.skipped_checks == Skipped::Passed);
                    tally.skipped.push(name);
                }
                CheckStatus::Success => tally.passed += 1,
            }
        }
        tally
    }

    fn is_stale(&self, check: &Check) -> bool {
        check.commit.as_ref().is_some_and(|c| *c != self.facts.head)
    }

    fn failed(&self, tally: &Tally) -> Option<Reason> {
        if tally.failed.is_empty() {
            return None;
        }
        let names = tally.failed.join(", ");
        let change = Change::PassChecks(tally.failed.clone());
        // A bot or an agent is never an administrator.
        if self.facts.admin_bypass && !self.target.enforce_admins && self.facts.bot.is_none() {
            let message = format!("an administrator wants to pass failed checks: {names}");
            return Some(ask("admin_bypass", Who::Admin, message, change));
        }
        Some(deny("check_failed", format!("failed: {names}"), change))
    }

    fn missing(&self, list: &[Check], tally: &Tally) -> Option<Reason> {
        let absent = |name: &&String| {
            let skipped = tally.skipped.contains(name);
            !list.iter().any(|c| c.name == **name)
                || (skipped && self.target.skipped_checks == Skipped::Missing)
        };
        let names: Vec<String> = self
            .target
            .required_checks
            .iter()
            .filter(absent)
            .cloned()
            .collect();
        if !names.is_empty() {
            let message = format!("required and not run: {}", names.join(", "));
            return Some(wait("checks_missing", message, Change::PassChecks(names)));
        }
        let under_way = tally.failed.len() + tally.pending.len() + tally.stale.len();
        let seen = tally
            .passed
            .saturating_add(u32::try_from(under_way).unwrap_or(u32::MAX));
        let needed = self.required_count();
        let missing = needed.saturating_sub(seen);
        if missing == 0 {
            return None;
        }
        let message = format!("{} checks passed, {needed} are required", tally.passed);
        Some(wait("checks_missing", message, Change::MoreChecks(missing)))
    }
}
