//! The policy for merges, routing, promotion and gates: [`Policy`].
//!
//! [`Policy::default`] is the model that the documentation describes: four branches,
//! `develop`, `staging`, `pre-production` and `main`, each stricter than the one before. A
//! TOML file changes single values of it (feature `toml`); what it does not mention stays.

mod target;

use std::collections::BTreeMap;

pub use target::{Skipped, Target};

use crate::breaker::BreakerPolicy;
use crate::freeze::Freeze;
use crate::gate::Gate;
use crate::level::Level;
use crate::limits::{Budgets, VulnerabilityAges};
use crate::protect::PushPolicy;
use crate::route::{Kind, Route};

/// Everything that merges, routes, promotions, gates and direct pushes are decided by.
///
/// # Examples
///
/// ```
/// use clearance_branch::config::Policy;
///
/// let policy = Policy::default();
/// assert_eq!(policy.targets["staging"].min_confidence.get(), 90.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Policy {
    /// The branches that pull requests may aim at; any other is closed. TOML:
    /// `[target.NAME]`; an entry changes values of the branch of that name, or adds one.
    #[cfg_attr(
        feature = "serde",
        serde(rename = "target", deserialize_with = "target::layered")
    )]
    pub targets: BTreeMap<String, Target>,
    /// The order of promotion.
    pub promotion: Promotion,
    /// What becomes of pull requests by bots.
    pub bots: Bots,
    /// What business impact does.
    pub impact: Impact,
    /// Freeze windows. TOML: `[[freeze]]`.
    #[cfg_attr(feature = "serde", serde(rename = "freeze"))]
    pub freezes: Vec<Freeze>,
    /// When the circuit breaker opens and closes.
    pub breaker: BreakerPolicy,
    /// Who may lift a freeze or an open breaker for one change, by naming it.
    pub overrides: Overrides,
    /// How a revert is merged.
    pub rollback: Rollback,
    /// How a hotfix is merged.
    pub hotfix: Hotfix,
    /// What metrics must stay under.
    pub budgets: Budgets,
    /// How long vulnerabilities may stay open.
    pub vulnerabilities: VulnerabilityAges,
    /// Where changes are routed: the first rule that fits. TOML: `[[route]]`.
    #[cfg_attr(feature = "serde", serde(rename = "route"))]
    pub routes: Vec<Route>,
    /// Kinds of change, told by the files they touch: the first that fits. None by default:
    /// whoever asks says what kind it is. TOML: `[[kind]]`.
    #[cfg_attr(feature = "serde", serde(rename = "kind"))]
    pub kinds: Vec<Kind>,
    /// Gated commands by their exact names. TOML: `[gate.NAME]`; an entry replaces the gate
    /// of that name, or adds one.
    #[cfg_attr(
        feature = "serde",
        serde(rename = "gate", deserialize_with = "layered_gates")
    )]
    pub gates: BTreeMap<String, Gate>,
    /// Which refs are protected against direct pushes.
    pub push: PushPolicy,
}

impl Policy {
    /// The model as a policy file: every value that there is, with its default.
    pub const MODEL: &'static str = include_str!("model.toml");
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            targets: target::model(),
            promotion: Promotion::default(),
            bots: Bots::default(),
            impact: Impact::default(),
            freezes: Vec::new(),
            breaker: BreakerPolicy::default(),
            overrides: Overrides::default(),
            rollback: Rollback::default(),
            hotfix: Hotfix::default(),
            budgets: Budgets::default(),
            vulnerabilities: VulnerabilityAges::default(),
            routes: crate::route::model(),
            kinds: Vec::new(),
            gates: crate::gate::model(),
            push: PushPolicy::default(),
        }
    }
}

/// The order of promotion, and who may go round it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Promotion {
    /// The branches, lowest first. Promotions go one step upward, never down.
    pub order: Vec<String>,
}

impl Default for Promotion {
    fn default() -> Self {
        let order = ["develop", "staging", "pre-production", "main"];
        Self {
            order: order.map(str::to_owned).to_vec(),
        }
    }
}

impl Promotion {
    /// The place of a branch in the order.
    #[must_use]
    pub fn tier(&self, branch: &str) -> Option<usize> {
        self.order.iter().position(|b| b == branch)
    }

    /// The branch right below another.
    #[must_use]
    pub fn below(&self, branch: &str) -> Option<&str> {
        let tier = self.tier(branch)?.checked_sub(1)?;
        self.order.get(tier).map(String::as_str)
    }

    /// The last branch of the order.
    #[must_use]
    pub fn last(&self) -> Option<&str> {
        self.order.last().map(String::as_str)
    }
}

/// What becomes of pull requests by bots.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Bots {
    /// The only branch they merge into; others are redirected there. Empty: no redirection.
    pub redirect_to: String,
    /// Hours between promotions that hold nothing but bot changes.
    pub batch_hours: f64,
}

impl Default for Bots {
    fn default() -> Self {
        Self {
            redirect_to: "develop".to_owned(),
            batch_hours: 168.0,
        }
    }
}

/// What business impact does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Impact {
    /// The kinds of impact that lift the required review by one step when high.
    pub lifting: Vec<String>,
}

impl Default for Impact {
    fn default() -> Self {
        let lifting = ["revenue", "customer_facing", "infrastructure"];
        Self {
            lifting: lifting.map(str::to_owned).to_vec(),
        }
    }
}

/// Who may lift a freeze or an open breaker for one change, by naming it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Overrides {
    /// A freeze.
    pub freeze: Level,
    /// The circuit breaker.
    pub breaker: Level,
}

impl Default for Overrides {
    fn default() -> Self {
        Self {
            freeze: Level::Executive,
            breaker: Level::Executive,
        }
    }
}

/// How a revert is merged. It never needs the order of promotion, a cadence, the change
/// board, a start by hand, or budgets and vulnerability ages to hold: it is the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Rollback {
    /// Whether it needs a score like any change.
    pub needs_score: bool,
    /// Whether it may go in while branches are frozen.
    pub ignores_freeze: bool,
    /// Whether it may go in while the circuit breaker is open or half-open.
    pub ignores_breaker: bool,
}

/// How a hotfix to the last branch is merged: past the order of promotion, but with two
/// people's signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Hotfix {
    /// Whether there is such a path.
    pub allowed: bool,
    /// Whether it needs a score like any change.
    pub needs_score: bool,
    /// The second signature, beside the one the branch asks for, by another person.
    pub second: Level,
}

impl Default for Hotfix {
    fn default() -> Self {
        Self {
            allowed: true,
            needs_score: false,
            second: Level::TechnicalLead,
        }
    }
}

#[cfg(feature = "serde")]
fn layered_gates<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Gate>, D::Error> {
    let mut gates = crate::gate::model();
    gates.extend(<BTreeMap<String, Gate> as serde::Deserialize>::deserialize(
        deserializer,
    )?);
    Ok(gates)
}

/// Why a policy file was refused.
#[cfg(feature = "toml")]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("{file}:{line}:{column}: {message}")]
pub struct PolicyError {
    /// The file's name, as the caller gave it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The bytes it is about.
    pub span: core::ops::Range<usize>,
    /// What is wrong.
    pub message: String,
}

#[cfg(feature = "toml")]
impl Policy {
    /// Reads a policy; `file` is only used in errors.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] with the place: malformed TOML, unknown keys, values out of range,
    /// references to branches that are not there.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_branch::config::Policy;
    ///
    /// let policy = Policy::from_toml("[target.develop]\nmin_confidence = 80", "policy.toml")?;
    /// assert_eq!(policy.targets["develop"].min_confidence.get(), 80.0);
    /// assert_eq!(policy.targets["main"].min_confidence.get(), 100.0);
    ///
    /// let error = Policy::from_toml("[bots]\nbatch_days = 7", "policy.toml").unwrap_err();
    /// assert_eq!((error.line, error.column), (2, 1));
    /// # Ok::<(), clearance_branch::config::PolicyError>(())
    /// ```
    pub fn from_toml(text: &str, file: &str) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text).map_err(|error| {
            let span = error.span().unwrap_or_default();
            PolicyError::new(text, file, span, error.message().to_owned())
        })?;
        match policy.inconsistency() {
            None => Ok(policy),
            Some((key, message)) => {
                let start = text.find(&key).unwrap_or_default();
                let span = start..start.saturating_add(key.len()).min(text.len());
                Err(PolicyError::new(text, file, span, message))
            }
        }
    }
}

#[cfg(feature = "toml")]
impl PolicyError {
    fn new(text: &str, file: &str, span: core::ops::Range<usize>, message: String) -> Self {
        let before = text.get(..span.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        Self {
            file: file.to_owned(),
            line,
            column,
            span,
            message,
        }
    }
}

impl Policy {
    /// A branch that is named somewhere but has no target entry: the text to point at, and
    /// what is wrong.
    #[must_use]
    pub fn inconsistency(&self) -> Option<(String, String)> {
        let missing = |name: &str| !name.is_empty() && !self.targets.contains_key(name);
        let order = self.promotion.order.iter().find(|b| missing(b));
        if let Some(branch) = order {
            let message = format!("`{branch}` is in the promotion order but is no target");
            return Some((branch.clone(), message));
        }
        if missing(&self.bots.redirect_to) {
            let branch = self.bots.redirect_to.clone();
            let message = format!("bots are redirected to `{branch}`, which is no target");
            return Some((branch, message));
        }
        let route = self.routes.iter().find(|r| missing(&r.to))?;
        let message = format!("changes are routed to `{}`, which is no target", route.to);
        Some((route.to.clone(), message))
    }
}

#[cfg(all(test, feature = "toml"))]
mod tests {
    use super::*;
    use crate::level::{Percent, Review};

    #[test]
    fn an_empty_file_is_the_model() {
        assert_eq!(Policy::from_toml("", "p.toml").unwrap(), Policy::default());
    }

    #[test]
    fn the_model_as_a_file_is_the_default() {
        assert_eq!(
            Policy::from_toml(Policy::MODEL, "model.toml").unwrap(),
            Policy::default()
        );
    }

    /// Each line of the model is heeded: without any one table, or with one value changed,
    /// nothing is refused, and a changed value makes another policy.
    #[test]
    fn every_number_of_the_model_counts() {
        let lines: Vec<&str> = Policy::MODEL.lines().collect();
        let mut changed = 0;
        for (i, line) in lines.iter().enumerate() {
            let Some((key, value)) = line.split_once(" = ") else {
                continue;
            };
            let other = match value {
                "true" => "false".to_owned(),
                "false" => "true".to_owned(),
                _ => match value.parse::<f64>() {
                    Ok(number) => (number / 2.0 + 1.0).floor().to_string(),
                    Err(_) => continue,
                },
            };
            if other == value {
                continue;
            }
            let line = format!("{key} = {other}");
            let text: Vec<&str> = lines
                .iter()
                .enumerate()
                .map(|(j, l)| if i == j { &line } else { *l })
                .collect();
            let policy = Policy::from_toml(&text.join("\n"), "p.toml").unwrap();
            assert_ne!(policy, Policy::default(), "{line}");
            changed += 1;
        }
        assert!(changed > 50, "{changed}");
    }

    #[test]
    fn a_file_changes_single_values() {
        let text = r#"
            [target.main]
            review = "technical-lead"
            required_checks = ["build", "test"]

            [target.trunk]
            min_confidence = 70

            [[freeze]]
            name = "week end"
            from = "fri 16:00"
            until = "mon 08:00"
            time_zone = "+02:00"

            [gate."deploy.eu"]
            checklist = ["rollback plan"]

            [[route]]
            change = "docs"
            above = 50
            to = "trunk"

            [breaker]
            failures = 5
        "#;
        let policy = Policy::from_toml(text, "p.toml").unwrap();
        let main = &policy.targets["main"];
        assert_eq!(main.review, Review::TechnicalLead);
        assert_eq!(main.min_confidence, Percent::clamped(100.0));
        assert_eq!(main.skipped_checks, Skipped::Passed);
        // A branch of one's own begins strict.
        let trunk = &policy.targets["trunk"];
        assert_eq!(trunk.skipped_checks, Skipped::Missing);
        assert!(trunk.enforce_admins && trunk.dismiss_stale);
        assert_eq!(policy.freezes.len(), 1);
        assert!(policy.gates.contains_key("cto.plan") && policy.gates.contains_key("deploy.eu"));
        assert_eq!(policy.routes.len(), 1);
        assert_eq!(policy.breaker.failures, 5);
        assert_eq!(policy.breaker.cool_down_hours, 24);
    }

    #[test]
    fn errors_say_where() {
        let table = [
            (
                "[target.main]\nmin_confidence = 130",
                "p.toml:2:18: `130` is not a percentage: expected 0 to 100",
            ),
            (
                "[target.main]\n  reviews = 1",
                "p.toml:2:3: unknown field `reviews`",
            ),
            (
                "[[freeze]]\nname = \"x\"",
                "p.toml:1:1: freeze `x` needs either",
            ),
            ("bots = 1", "p.toml:1:8: invalid type: integer `1`"),
            (
                "[promotion]\norder = [\"develop\", \"mian\"]",
                "p.toml:2:22: `mian` is in the promotion order but is no target",
            ),
            ("[bots\n", "p.toml:1:6: "),
            (
                "[[push.protect]]\ninclude = [\"~ALLES\"]",
                "p.toml:1:1: unknown ruleset token `~ALLES`",
            ),
            (
                "[push.tags]\nforce = \"never\"",
                "p.toml:2:9: unknown variant `never`",
            ),
            (
                "[push.tags.force]\nrobot = \"deny\"",
                "p.toml:2:1: unknown field `robot`",
            ),
        ];
        for (text, expected) in table {
            let got = Policy::from_toml(text, "p.toml").unwrap_err().to_string();
            assert!(got.starts_with(expected), "{text}: {got}");
        }
    }
}
