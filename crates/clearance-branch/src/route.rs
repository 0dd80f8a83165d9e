//! Where a change should go: [`route`], by what it is and how sure the scorer is.
//!
//! Routing is not merging: a change that is routed to a branch still has to meet that
//! branch's own rules.

use crate::config::Policy;
use crate::level::{Confidence, Percent};

/// A rule: changes of this kind, scored above a bound, go to a branch.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Route {
    /// The kind of change, such as `trivial`.
    pub change: String,
    /// The score that must be exceeded, strictly.
    pub above: Percent,
    /// The branch.
    pub to: String,
}

pub(crate) fn model() -> Vec<Route> {
    let route = |change: &str, above, to: &str| Route {
        change: change.to_owned(),
        above: Percent::clamped(above),
        to: to.to_owned(),
    };
    vec![
        route("trivial", 90.0, "develop"),
        route("feature", 75.0, "staging"),
    ]
}

/// What is to be routed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RouteFacts {
    /// The kind of change.
    pub change: String,
    /// How sure the scorer is.
    pub confidence: Confidence,
    /// Whether a bot made it.
    pub bot: bool,
}

/// Where a change goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routed {
    /// The branch; `None` is manual review.
    pub to: Option<String>,
    /// Why, in one sentence.
    pub message: String,
}

impl Routed {
    /// The branch, or `manual_review`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.to.as_deref().unwrap_or("manual_review")
    }
}

/// Says where a change goes.
///
/// # Examples
///
/// ```
/// use clearance_branch::config::Policy;
/// use clearance_branch::route::{RouteFacts, route};
/// use clearance_branch::Confidence;
///
/// let facts = |confidence| RouteFacts {
///     change: "feature".to_owned(),
///     confidence: Confidence::new(confidence),
///     bot: false,
/// };
/// assert_eq!(route(&Policy::default(), &facts(75.5)).as_str(), "staging");
/// assert_eq!(route(&Policy::default(), &facts(75.0)).as_str(), "manual_review");
/// ```
#[must_use]
pub fn route(policy: &Policy, facts: &RouteFacts) -> Routed {
    let to = &policy.bots.redirect_to;
    if facts.bot && !to.is_empty() {
        return Routed {
            to: Some(to.clone()),
            message: format!("changes by bots go to `{to}`"),
        };
    }
    let manual = |message| Routed { to: None, message };
    let Some(score) = facts.confidence.counts_as() else {
        return manual("the score is not a number from 0 to 100".to_owned());
    };
    let kind = facts.change.as_str();
    let mut rules = policy.routes.iter().filter(|r| r.change == kind).peekable();
    if rules.peek().is_none() {
        return manual(format!("no rule routes changes of kind `{kind}`"));
    }
    match rules.clone().find(|r| score > r.above) {
        Some(rule) => Routed {
            to: Some(rule.to.clone()),
            message: format!("`{kind}` scored {score}, above {}", rule.above),
        },
        None => {
            let bounds: Vec<String> = rules.map(|r| r.above.to_string()).collect();
            manual(format!(
                "`{kind}` scored {score}, not above {}",
                bounds.join(" or ")
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_score_above_the_bound_routes() {
        let table = [
            ("trivial", 90.0, "manual_review"),
            ("trivial", 90.1, "develop"),
            ("feature", 75.1, "staging"),
            ("feature", 75.0, "manual_review"),
            ("Feature", 99.0, "manual_review"),
            ("", 100.0, "manual_review"),
            ("trivial", 100.1, "manual_review"),
        ];
        for (change, score, expected) in table {
            let facts = RouteFacts {
                change: change.to_owned(),
                confidence: Confidence::new(score),
                bot: false,
            };
            assert_eq!(
                route(&Policy::default(), &facts).as_str(),
                expected,
                "{change} {score}"
            );
        }
    }

    #[test]
    fn bots_go_to_one_branch() {
        let facts = RouteFacts {
            change: "style".to_owned(),
            bot: true,
            ..RouteFacts::default()
        };
        assert_eq!(route(&Policy::default(), &facts).as_str(), "develop");
    }
}
