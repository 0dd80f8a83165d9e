//! Where a change should go: [`route`], by what it is and how sure the scorer is.
//!
//! Routing is not merging: a change that is routed to a branch still has to meet that
//! branch's own rules.

use crate::config::Policy;
use crate::level::{Confidence, Percent};
use crate::pattern::{Dialect, Pattern, PatternError};

/// A kind of change, told by the files it touches: a change is of this kind if every path is
/// covered by one of the patterns.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "RawKind"))]
pub struct Kind {
    change: String,
    only: Vec<Pattern>,
}

impl Kind {
    /// The kind `change` of changes that touch files of these gitignore patterns only.
    ///
    /// # Errors
    ///
    /// [`PatternError`] for a pattern that is refused.
    pub fn new<S: AsRef<str>>(change: &str, only: &[S]) -> Result<Self, PatternError> {
        let compile = |text: &S| Pattern::new(Dialect::Gitignore, text.as_ref());
        let only = only.iter().map(compile).collect::<Result<_, _>>()?;
        Ok(Self {
            change: change.to_owned(),
            only,
        })
    }

    fn covers(&self, paths: &[String]) -> bool {
        paths
            .iter()
            .all(|path| self.only.iter().any(|p| p.matches(path)))
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&Pattern, &Pattern)| a.as_str() == b.as_str();
        self.change == other.change
            && self.only.len() == other.only.len()
            && self.only.iter().zip(&other.only).all(same)
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKind {
    change: String,
    only: Vec<String>,
}

#[cfg(feature = "serde")]
impl TryFrom<RawKind> for Kind {
    type Error = PatternError;

    fn try_from(raw: RawKind) -> Result<Self, PatternError> {
        Self::new(&raw.change, &raw.only)
    }
}

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
    /// The kind of change. Where the policy tells kinds by files and `paths` are given, what
    /// the files say counts instead.
    pub change: String,
    /// The files it touches, if known.
    pub paths: Vec<String>,
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
///     ..RouteFacts::default()
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
    let kind = kind_of(policy, facts);
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

/// The kind of a change; `unknown` for files that no kind covers.
fn kind_of<'a>(policy: &'a Policy, facts: &'a RouteFacts) -> &'a str {
    if policy.kinds.is_empty() || facts.paths.is_empty() {
        return &facts.change;
    }
    let kind = policy.kinds.iter().find(|kind| kind.covers(&facts.paths));
    kind.map_or("unknown", |kind| kind.change.as_str())
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
                ..RouteFacts::default()
            };
            assert_eq!(
                route(&Policy::default(), &facts).as_str(),
                expected,
                "{change} {score}"
            );
        }
    }

    #[test]
    fn files_tell_the_kind_where_the_policy_says_so() {
        let kinds = [
            ("trivial", ["*.md", "docs/"]),
            ("feature", ["src/", "*.md"]),
        ];
        let kinds = kinds.map(|(change, only)| Kind::new(change, &only).unwrap());
        let policy = Policy {
            kinds: kinds.to_vec(),
            ..Policy::default()
        };
        let to = |paths: &[&str]| {
            let facts = RouteFacts {
                change: "trivial".to_owned(),
                paths: paths.iter().map(|p| (*p).to_owned()).collect(),
                confidence: Confidence::new(95.0),
                bot: false,
            };
            route(&policy, &facts).as_str().to_owned()
        };
        assert_eq!(to(&["a.md", "docs/b/c.txt"]), "develop");
        assert_eq!(to(&["a.md", "src/lib.rs"]), "staging");
        // Whatever the change is said to be.
        assert_eq!(to(&["Cargo.toml"]), "manual_review");
        assert_eq!(to(&[]), "develop");
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
