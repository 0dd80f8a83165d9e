//! The rules of one target branch: [`Target`].

use std::collections::BTreeMap;

use crate::import::Requirements;
use crate::level::{Percent, Review};

/// What a skipped or neutral required check counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Skipped {
    /// As passed, the way hosts read it.
    Passed,
    /// As not there.
    Missing,
}

/// The rules of one target branch.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The score from which it merges, inclusive and unrounded.
    pub min_confidence: Percent,
    /// Which review it asks for.
    pub review: Review,
    /// How many people must have approved, whatever their level.
    pub min_reviews: u32,
    /// Checks that must have passed on the head commit, by name.
    pub required_checks: Vec<String>,
    /// How many distinct checks must have passed on the head commit.
    pub min_checks: u32,
    /// Checks whose failure does not matter.
    pub optional_checks: Vec<String>,
    /// What a skipped check counts as.
    pub skipped_checks: Skipped,
    /// Whether approvals of older commits are void.
    pub dismiss_stale: bool,
    /// Whether the approval of the person who pushed last is void.
    pub last_push_approval: bool,
    /// Whether a failed check binds administrators too. If not, a human administrator who
    /// wants to pass it is asked.
    pub enforce_admins: bool,
    /// Whether owners of the changed files must have approved.
    pub code_owners: bool,
    /// Whether only the branch right below in the order of promotion may merge here.
    pub only_promotions: bool,
    /// Hours between promotions.
    pub cadence_hours: f64,
    /// Whether a person must start a promotion.
    pub manual: bool,
    /// Whether the change board must have decided on a promotion.
    pub board: bool,
    /// How many days old its decision may be.
    pub board_days: f64,
    /// Whether budgets and vulnerability ages hold merges.
    pub release: bool,
    /// Whether merges go on while the circuit breaker is half-open.
    pub half_open: bool,
}

impl Default for Target {
    /// The strict beginning for a branch of one's own: a score of 100, one review, nothing
    /// skipped, no exceptions.
    fn default() -> Self {
        Self {
            min_confidence: Percent::clamped(100.0),
            review: Review::Reviewer,
            min_reviews: 0,
            required_checks: Vec::new(),
            min_checks: 0,
            optional_checks: Vec::new(),
            skipped_checks: Skipped::Missing,
            dismiss_stale: true,
            last_push_approval: true,
            enforce_admins: true,
            code_owners: false,
            only_promotions: false,
            cadence_hours: 0.0,
            manual: false,
            board: false,
            board_days: 7.0,
            release: false,
            half_open: false,
        }
    }
}

impl Target {
    /// Takes over what a host's rules ask for, where that is stricter.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_branch::config::Policy;
    /// use clearance_branch::import::Requirements;
    ///
    /// let mut policy = Policy::default();
    /// let host = Requirements { reviews: 2, dismiss_stale: false, ..Requirements::default() };
    /// let develop = policy.targets.get_mut("develop").unwrap();
    /// develop.tighten(&host);
    /// assert_eq!((develop.min_reviews, develop.dismiss_stale), (2, true));
    /// ```
    pub fn tighten(&mut self, host: &Requirements) {
        self.min_reviews = self.min_reviews.max(host.reviews);
        self.code_owners |= host.code_owners;
        self.dismiss_stale |= host.dismiss_stale;
        self.last_push_approval |= host.last_push;
        self.enforce_admins |= host.binds_admins;
        self.optional_checks
            .retain(|name| !host.checks.contains(name));
        for name in &host.checks {
            if !self.required_checks.contains(name) {
                self.required_checks.push(name.clone());
            }
        }
    }
}

/// The four branches of the model.
pub(super) fn model() -> BTreeMap<String, Target> {
    let base = Target {
        review: Review::None,
        skipped_checks: Skipped::Passed,
        enforce_admins: false,
        ..Target::default()
    };
    let develop = Target {
        min_confidence: Percent::clamped(85.0),
        half_open: true,
        ..base.clone()
    };
    let staging = Target {
        min_confidence: Percent::clamped(90.0),
        review: Review::Optional,
        cadence_hours: 24.0,
        ..base.clone()
    };
    let pre_production = Target {
        min_confidence: Percent::clamped(95.0),
        review: Review::TechnicalLead,
        only_promotions: true,
        cadence_hours: 168.0,
        board: true,
        release: true,
        ..base.clone()
    };
    let main = Target {
        min_confidence: Percent::clamped(100.0),
        review: Review::Executive,
        min_reviews: 1,
        min_checks: 9,
        only_promotions: true,
        manual: true,
        release: true,
        ..base
    };
    let named = [
        ("develop", develop),
        ("staging", staging),
        ("pre-production", pre_production),
        ("main", main),
    ];
    named
        .into_iter()
        .map(|(name, target)| (name.to_owned(), target))
        .collect()
}

#[cfg(feature = "serde")]
macro_rules! patch {
    ($($field:ident: $type:ty,)*) => {
        /// The values of a target that a file mentions.
        #[derive(Default, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct Patch {
            $($field: Option<$type>,)*
        }

        impl Patch {
            fn apply(self, target: &mut Target) {
                $(if let Some(value) = self.$field {
                    target.$field = value;
                })*
            }
        }
    };
}

#[cfg(feature = "serde")]
patch! {
    min_confidence: Percent,
    review: Review,
    min_reviews: u32,
    required_checks: Vec<String>,
    min_checks: u32,
    optional_checks: Vec<String>,
    skipped_checks: Skipped,
    dismiss_stale: bool,
    last_push_approval: bool,
    enforce_admins: bool,
    code_owners: bool,
    only_promotions: bool,
    cadence_hours: f64,
    manual: bool,
    board: bool,
    board_days: f64,
    release: bool,
    half_open: bool,
}

/// The model with the values that a file mentions.
#[cfg(feature = "serde")]
pub(super) fn layered<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Target>, D::Error> {
    let patches = <BTreeMap<String, Patch> as serde::Deserialize>::deserialize(deserializer)?;
    let mut targets = model();
    for (name, patch) in patches {
        patch.apply(targets.entry(name).or_default());
    }
    Ok(targets)
}
