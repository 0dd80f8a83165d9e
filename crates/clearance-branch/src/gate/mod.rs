//! Gates: named commands that open only on their conditions, [`check_gate`].
//!
//! Words are exact, and what is missing counts as pending: a gate that nobody opened is
//! closed. A command that no gate names is closed too; ask [`Policy::gates`] first whether a
//! command is gated at all, or, for a command line, [`GateIndex`].

mod command;

pub use command::{GateIndex, GateMatch};

use std::collections::BTreeMap;

use clearance_core::{Effect, Finding, Score, Span, Verdict};

use crate::config::Policy;
use crate::level::Level;
use crate::limits::{MetricProblem, Vulnerability};

/// What a command needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Gate {
    /// Whether it needs nothing at all.
    pub free: bool,
    /// Whether it needs the validation decision `PROCEED`.
    pub validation: bool,
    /// Whether it needs a person's `APPROVED`, newer than that decision.
    pub human: bool,
    /// Who approves.
    pub who: Level,
    /// Items that must be ticked off.
    pub checklist: Vec<String>,
    /// Whether metrics must be within their budgets.
    pub budgets: bool,
    /// Whether no vulnerability may be late.
    pub vulnerabilities: bool,
    /// Command lines that it stands before, besides its own name: each a program and words
    /// that follow it, such as `make deploy`.
    pub commands: Vec<String>,
    /// Whether a command that nothing else is known of may run while the gate is open.
    pub allows: bool,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            free: false,
            validation: true,
            human: true,
            who: Level::Executive,
            checklist: Vec::new(),
            budgets: false,
            vulnerabilities: false,
            commands: Vec::new(),
            allows: true,
        }
    }
}

pub(crate) fn model() -> BTreeMap<String, Gate> {
    let free = Gate {
        free: true,
        allows: false,
        ..Gate::default()
    };
    let out = Gate {
        checklist: ["tests", "security review", "rollback plan"]
            .map(str::to_owned)
            .to_vec(),
        budgets: true,
        vulnerabilities: true,
        ..Gate::default()
    };
    let named = [
        ("cto.plan", Gate::default()),
        ("cto.implement", Gate::default()),
        ("cto.status", free.clone()),
        ("cto.backups", free),
        ("deployment", out.clone()),
        ("release", out),
    ];
    named
        .into_iter()
        .map(|(name, gate)| (name.to_owned(), gate))
        .collect()
}

/// What is known about a gated command.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GateFacts {
    /// The command's exact name.
    pub command: String,
    /// The validation decision, such as `PROCEED`; `None` is pending.
    pub validation: Option<String>,
    /// The person's answer, such as `APPROVED`; `None` is pending.
    pub human: Option<String>,
    /// When validation was decided, on any clock that both times share.
    pub decided_at: Option<f64>,
    /// When the person answered.
    pub approved_at: Option<f64>,
    /// Items ticked off.
    pub checklist: Vec<String>,
    /// Measurements; `None` is "not measured".
    pub metrics: BTreeMap<String, Option<f64>>,
    /// Open vulnerabilities; `None` if nobody looked.
    pub vulnerabilities: Option<Vec<Vulnerability>>,
    /// Facts that could not be read.
    pub problems: Vec<String>,
}

/// One condition that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateReason {
    /// A stable code, such as `validation_pending`.
    pub code: &'static str,
    /// What this condition alone leads to: ask where a person can open the gate.
    pub verdict: Verdict,
    /// What is missing, in one sentence.
    pub message: String,
}

/// Whether a gate is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateDecision {
    /// The gate.
    pub gate: String,
    /// Every condition that does not hold; none if the gate is open.
    pub reasons: Vec<GateReason>,
    /// Who can act.
    pub who: Option<Level>,
}

impl GateDecision {
    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Allow if it is open, otherwise the strictest of its reasons.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.reasons
            .iter()
            .fold(Verdict::Allow, |v, r| v.join(r.verdict))
    }
}

impl GateDecision {
    /// The same as findings about the bytes at `span`; none if the gate is open.
    #[must_use]
    pub fn findings(&self, span: Span) -> Vec<Finding> {
        let finding = |reason: &GateReason| Finding {
            rule: format!("branch.gate.{}", reason.code).into(),
            effect: Effect::RunOther,
            verdict: reason.verdict,
            score: Score::new(if reason.verdict == Verdict::Deny {
                90
            } else {
                60
            }),
            span,
            message: format!("the gate `{}` is closed: {}", self.gate, reason.message).into(),
            remedy: self
                .who
                .map(|who| format!("it takes the approval of: {who}").into()),
        };
        self.reasons.iter().map(finding).collect()
    }
}

/// Says whether a gate is open.
///
/// # Examples
///
/// ```
/// use clearance_branch::config::Policy;
/// use clearance_branch::gate::{GateFacts, check_gate};
///
/// let mut facts = GateFacts { command: "cto.plan".to_owned(), ..GateFacts::default() };
/// facts.validation = Some("PROCEED".to_owned());
/// assert!(!check_gate(&Policy::default(), &facts).is_open());
/// facts.human = Some("APPROVED".to_owned());
/// assert!(check_gate(&Policy::default(), &facts).is_open());
/// ```
#[must_use]
pub fn check_gate(policy: &Policy, facts: &GateFacts) -> GateDecision {
    let mut reasons = Vec::new();
    let name = facts.command.clone();
    let Some(gate) = policy.gates.get(&facts.command) else {
        let message = format!("no gate is known by the name `{}`", facts.command);
        reasons.push(GateReason {
            code: "unknown_command",
            verdict: Verdict::Deny,
            message,
        });
        return GateDecision {
            gate: name,
            reasons,
            who: None,
        };
    };
    if gate.free {
        return GateDecision {
            gate: name,
            reasons,
            who: None,
        };
    }
    if gate.validation {
        reasons.extend(validation(facts));
    }
    if gate.human {
        reasons.extend(human(facts, gate));
    }
    reasons.extend(checklist(facts, gate));
    if gate.budgets {
        reasons.extend(budgets(policy, facts));
    }
    if gate.vulnerabilities {
        reasons.extend(vulnerabilities(policy, facts));
    }
    reasons.extend(
        facts
            .problems
            .iter()
            .map(|p| ask("facts_invalid", p.clone())),
    );
    let who = (!reasons.is_empty()).then_some(gate.who);
    GateDecision {
        gate: name,
        reasons,
        who,
    }
}

fn ask(code: &'static str, message: String) -> GateReason {
    GateReason {
        code,
        verdict: Verdict::Ask,
        message,
    }
}

fn deny(code: &'static str, message: String) -> GateReason {
    GateReason {
        code,
        verdict: Verdict::Deny,
        message,
    }
}

fn validation(facts: &GateFacts) -> Option<GateReason> {
    match facts.validation.as_deref() {
        Some("PROCEED") => None,
        None | Some("PENDING") => Some(ask(
            "validation_pending",
            "the validation decision is pending".to_owned(),
        )),
        Some(other) => Some(deny(
            "validation_negative",
            format!("the validation decision is `{other}`, not `PROCEED`"),
        )),
    }
}

fn human(facts: &GateFacts, gate: &Gate) -> Option<GateReason> {
    match facts.human.as_deref() {
        Some("APPROVED") => {}
        None | Some("PENDING") => {
            return Some(ask(
                "approval_pending",
                format!("no {} has approved yet", gate.who),
            ));
        }
        Some(other) => {
            let message = format!("the human answer is `{other}`, not `APPROVED`");
            return Some(deny("approval_refused", message));
        }
    }
    let newer = match (facts.approved_at, facts.decided_at) {
        (Some(approved), Some(decided)) => approved > decided,
        (None, None) => true,
        // One time alone shows nothing.
        _ => false,
    };
    let message = "the approval is not newer than the validation decision";
    (gate.validation && !newer).then(|| ask("approval_stale", message.to_owned()))
}

fn checklist<'a>(facts: &'a GateFacts, gate: &'a Gate) -> impl Iterator<Item = GateReason> + 'a {
    let open = gate
        .checklist
        .iter()
        .filter(|item| !facts.checklist.contains(item));
    open.map(|item| ask("checklist_open", format!("`{item}` is not ticked off")))
}

fn budgets(policy: &Policy, facts: &GateFacts) -> Vec<GateReason> {
    if facts.metrics.is_empty() {
        return vec![ask("metric_unknown", "no metric was measured".to_owned())];
    }
    let reason = |problem| match problem {
        MetricProblem::Over { name, value, bound } => deny(
            "budget_exceeded",
            format!("`{name}` is {value}, not below {bound}"),
        ),
        MetricProblem::Unmeasured { name } => {
            ask("metric_unknown", format!("`{name}` was not measured"))
        }
    };
    policy
        .budgets
        .problems(&facts.metrics)
        .into_iter()
        .map(reason)
        .collect()
}

fn vulnerabilities(policy: &Policy, facts: &GateFacts) -> Vec<GateReason> {
    let Some(open) = &facts.vulnerabilities else {
        let message = "it is not known which vulnerabilities are open".to_owned();
        return vec![ask("vulnerability_unknown", message)];
    };
    let reason = |v: &Vulnerability| {
        let name = v.id.as_deref().unwrap_or("a vulnerability");
        match policy.vulnerabilities.is_late(v) {
            Some(false) => None,
            Some(true) => Some(deny("sla_breached", format!("{name} is open for too long"))),
            None => Some(ask(
                "vulnerability_unknown",
                format!("severity or age of {name} is not known"),
            )),
        }
    };
    open.iter().filter_map(reason).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(facts: &GateFacts) -> Vec<&'static str> {
        check_gate(&Policy::default(), facts)
            .reasons
            .iter()
            .map(|r| r.code)
            .collect()
    }

    fn word(text: &str) -> Option<String> {
        (text != "-").then(|| text.to_owned())
    }

    #[test]
    fn both_words_must_be_exact() {
        let validations = ["PROCEED", "proceed", "ITERATE", "PIVOT", "PENDING", "", "-"];
        let humans = ["APPROVED", "approved", "REJECTED", "PENDING", "", "-"];
        for validation in validations {
            for human in humans {
                let facts = GateFacts {
                    command: "cto.plan".to_owned(),
                    validation: word(validation),
                    human: word(human),
                    ..GateFacts::default()
                };
                let open = validation == "PROCEED" && human == "APPROVED";
                assert_eq!(codes(&facts).is_empty(), open, "{validation} {human}");
                let free = GateFacts {
                    command: "cto.status".to_owned(),
                    ..facts.clone()
                };
                assert!(codes(&free).is_empty());
                let unknown = GateFacts {
                    command: "CTO.plan".to_owned(),
                    ..facts
                };
                assert_eq!(codes(&unknown), ["unknown_command"]);
            }
        }
    }

    #[test]
    fn an_approval_must_be_newer() {
        let table = [
            (None, None, true),
            (Some(3.0), Some(2.0), true),
            (Some(2.0), Some(2.0), false),
            (Some(1.0), Some(2.0), false),
            (None, Some(2.0), false),
            (Some(2.0), None, false),
            (Some(f64::NAN), Some(2.0), false),
        ];
        for (approved_at, decided_at, open) in table {
            let facts = GateFacts {
                command: "cto.plan".to_owned(),
                validation: word("PROCEED"),
                human: word("APPROVED"),
                approved_at,
                decided_at,
                ..GateFacts::default()
            };
            assert_eq!(
                codes(&facts).is_empty(),
                open,
                "{approved_at:?} {decided_at:?}"
            );
        }
    }

    #[test]
    fn a_release_needs_everything_and_says_all_that_is_missing() {
        let mut facts = GateFacts {
            command: "release".to_owned(),
            ..GateFacts::default()
        };
        let all = [
            "validation_pending",
            "approval_pending",
            "checklist_open",
            "checklist_open",
            "checklist_open",
            "metric_unknown",
            "vulnerability_unknown",
        ];
        assert_eq!(codes(&facts), all);
        facts.validation = word("PROCEED");
        facts.human = word("APPROVED");
        facts.checklist = ["tests", "security review", "rollback plan"]
            .map(str::to_owned)
            .to_vec();
        facts.metrics = BTreeMap::from([("lcp_s".to_owned(), Some(2.5))]);
        facts.vulnerabilities = Some(vec![Vulnerability {
            id: None,
            severity: Some(crate::limits::Severity::High),
            age_hours: Some(169.0),
        }]);
        assert_eq!(codes(&facts), ["budget_exceeded", "sla_breached"]);
        let findings = check_gate(&Policy::default(), &facts).findings(Span::new(2, 9));
        assert_eq!(findings[0].rule, "branch.gate.budget_exceeded");
        assert_eq!(
            (findings[1].verdict, findings[1].span),
            (Verdict::Deny, Span::new(2, 9))
        );
        facts.metrics.insert("lcp_s".to_owned(), Some(2.4));
        facts.vulnerabilities = Some(Vec::new());
        let decision = check_gate(&Policy::default(), &facts);
        assert!(decision.is_open() && decision.findings(Span::default()).is_empty());
        assert_eq!(decision.verdict(), Verdict::Allow);
    }
}
