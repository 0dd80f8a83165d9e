//! How well a branch is protected: the tiers of the OpenSSF Scorecard's branch protection
//! check, by its documentation.

use super::{Lint, Weight};
use crate::import::Requirements;

/// How far up the tiers a branch has come, and what the next one lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    /// 0, 3, 6, 8, 9 or 10 points.
    pub points: u8,
    /// What the next tier lacks; empty at 10 points.
    pub missing: Vec<Lint>,
}

/// Says how well a branch is protected. A tier counts only if all below it are complete.
///
/// # Examples
///
/// ```
/// use clearance_branch::import::Requirements;
/// use clearance_branch::lint::tier;
///
/// let rules = Requirements { no_force: true, no_deletion: true, ..Requirements::default() };
/// let tier = tier(&rules);
/// assert_eq!(tier.points, 3);
/// assert_eq!(tier.missing[0].message, "changes need no pull request");
/// ```
#[must_use]
pub fn tier(rules: &Requirements) -> Tier {
    let tiers: [(u8, &[(bool, &str)]); 5] = [
        (
            3,
            &[
                (rules.no_force, "it may be rewound"),
                (rules.no_deletion, "it may be deleted"),
            ],
        ),
        (
            6,
            &[
                (rules.pull_request, "changes need no pull request"),
                (rules.reviews >= 1, "no review is needed"),
                (
                    rules.up_to_date,
                    "a branch need not be up to date to be merged",
                ),
                (
                    rules.last_push,
                    "the last push needs no approval by somebody else",
                ),
            ],
        ),
        (8, &[(!rules.checks.is_empty(), "no check must pass")]),
        (
            9,
            &[
                (rules.reviews >= 2, "fewer than two reviews are needed"),
                (rules.code_owners, "code owners need not review"),
            ],
        ),
        (
            10,
            &[
                (rules.dismiss_stale, "reviews of older commits still count"),
                (
                    rules.binds_admins,
                    "administrators or others may bypass the rules",
                ),
            ],
        ),
    ];
    let mut points = 0;
    for (reached, conditions) in tiers {
        let missing: Vec<Lint> = conditions
            .iter()
            .filter(|(holds, _)| !holds)
            .map(|(_, message)| {
                Lint::new("protection-tier", Weight::Hint, (*message).to_owned()).help(format!(
                    "the next tier of protection is worth {reached} points"
                ))
            })
            .collect();
        if !missing.is_empty() {
            return Tier { points, missing };
        }
        points = reached;
    }
    Tier {
        points,
        missing: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tier_rests_on_the_one_below() {
        let mut rules = Requirements {
            code_owners: true,
            reviews: 2,
            ..Requirements::default()
        };
        let mut points = |change: fn(&mut Requirements)| {
            change(&mut rules);
            tier(&rules).points
        };
        assert_eq!(points(|_| {}), 0);
        assert_eq!(points(|r| (r.no_force, r.no_deletion) = (true, true)), 3);
        assert_eq!(points(|r| (r.pull_request, r.up_to_date) = (true, true)), 3);
        assert_eq!(points(|r| r.last_push = true), 6);
        assert_eq!(points(|r| r.checks = vec!["build".to_owned()]), 9);
        assert_eq!(points(|r| r.dismiss_stale = true), 9);
        assert_eq!(points(|r| r.binds_admins = true), 10);
        assert_eq!(points(|r| r.checks.clear()), 6);
    }
}
