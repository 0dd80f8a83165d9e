//! The engine: policy and catalog in, decisions out.

use clearance_branch::gate::GateIndex;
use clearance_core::{Effect, Finding, Score, Verdict};
use clearance_policy::{Policy, Rule};
use clearance_risk::{Assessment, Catalog, Found, InvocationReport, Thresholds};

use clearance_shell::invocation::Bytes;

use crate::gates::Gates;
use crate::{Context, Decision, Request};

/// Decides requests. Making the built-in one costs nothing worth saving; it can be shared
/// between threads.
///
/// # Examples
///
/// ```
/// use clearance::{Context, Engine, Layer, Policy, Request, Verdict};
///
/// let text = "[[deny]]\nargv = ['make', 'deploy']\n";
/// let policy = Policy::builtin().layer(Layer::User, "policy.toml", text)?;
/// let engine = Engine::from_policy(&policy)?;
/// let context = Context::new("/home/dev/project").home("/home/dev");
/// let decision = engine.evaluate(&Request::command("make deploy"), &context);
/// assert_eq!(decision.verdict(), Verdict::Deny);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Engine {
    catalog: Catalog,
    policy: Policy,
    gates: GateIndex,
}

/// Why an engine could not be made from a policy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// A program of the policy is not described in the pack schema.
    #[error("the policy's own programs: {0}")]
    Program(#[from] clearance_risk::pack::PackError),
}

impl Default for Engine {
    fn default() -> Self {
        Self::builtin()
    }
}

impl Engine {
    /// The engine with the built-in catalog and policy.
    #[must_use]
    pub fn builtin() -> Self {
        Self::with(Catalog::builtin(), Policy::builtin())
    }

    /// The engine with the built-in catalog, the programs of the policy, and its rules.
    ///
    /// # Errors
    ///
    /// [`EngineError::Program`] when a program of the policy does not fit the pack schema.
    pub fn from_policy(policy: &Policy) -> Result<Self, EngineError> {
        let mut catalog = Catalog::builtin();
        for program in policy.programs() {
            catalog = catalog.with_pack("policy", program)?;
        }
        Ok(Self::with(catalog, policy.clone()))
    }

    fn with(catalog: Catalog, policy: Policy) -> Self {
        let gates = GateIndex::new(policy.branch());
        Self {
            catalog,
            policy,
            gates,
        }
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Decides one request: a pure function of it, the context and the policy.
    #[must_use]
    pub fn evaluate(&self, request: &Request<'_>, context: &Context) -> Decision {
        let (ask, deny) = self.policy.thresholds();
        let thresholds = Thresholds { ask, deny };
        let bare_push = self.policy.switch("bare-push");
        let adjusted = bare_push.map(|bare_push| {
            let mut risk = context.risk.clone();
            risk.bare_push = bare_push;
            risk
        });
        let risk = adjusted.as_ref().unwrap_or(&context.risk);
        let catalog = &self.catalog;
        let mut assessment = match request {
            Request::Command(text) => clearance_risk::assess(text, risk, catalog, thresholds),
            Request::Read(path) => clearance_risk::assess_read(path, risk, catalog, thresholds),
            Request::Write { path, content } => {
                let content = content.as_deref().unwrap_or_default();
                clearance_risk::assess_write(path, content, risk, catalog, thresholds)
            }
            Request::Url(url) => clearance_risk::assess_url(url, risk, catalog, thresholds),
            Request::Named(name) => {
                return decision(
                    self.gates(context).judge_name(name),
                    Score::default(),
                    Vec::new(),
                );
            }
        };
        if !assessment.pushes.is_empty() {
            crate::push::refine(&self.policy, context, &mut assessment);
        }
        if context.repository.is_some() && !assessment.git.is_empty() {
            crate::repository::judge_configuration(context, &mut assessment);
        }
        self.gates(context).judge(&mut assessment);
        self.conclude(assessment)
    }

    fn gates<'a>(&'a self, context: &'a Context) -> Gates<'a> {
        Gates {
            policy: self.policy.branch(),
            index: &self.gates,
            context,
        }
    }

    /// Applies the policy's rules and effects, and orders the reasons.
    fn conclude(&self, mut assessment: Assessment) -> Decision {
        let plain = self.policy.rules().is_empty() && self.policy.effects().is_empty();
        if !plain {
            self.apply_effects(&mut assessment);
            self.apply_rules(&mut assessment);
        }
        let findings = assessment.findings.into_iter().map(|found| found.finding);
        let effects = assessment.effects.iter().collect();
        decision(findings.collect(), assessment.score, effects)
    }

    fn apply_effects(&self, assessment: &mut Assessment) {
        for &(effect, verdict) in self.policy.effects() {
            match verdict {
                Verdict::Allow => lower(&mut assessment.findings, |f| f.effect == effect),
                _ => {
                    let raised = raise(assessment, effect, verdict);
                    assessment.findings.extend(raised);
                }
            }
        }
    }

    fn apply_rules(&self, assessment: &mut Assessment) {
        let mut added = Vec::new();
        for report in &assessment.invocations {
            if let Some((verdict, rule)) = self.strictest(report) {
                if verdict == Verdict::Allow && report.redirected {
                    // The rule is about the command, not about a file that it overwrites.
                } else if verdict == Verdict::Allow {
                    let own = assessment.findings.get_mut(report.findings.clone());
                    // Its words are the rule's shape; variables put before them are not.
                    lower(own.unwrap_or_default(), |f| f.effect != Effect::Environment);
                } else {
                    added.push(by_rule(rule, verdict, report));
                }
            }
        }
        assessment.findings.extend(added);
    }

    /// What the rules say of a command and of the commands that it would run in turn. An
    /// allow rule must cover the command as it is written.
    fn strictest(&self, report: &InvocationReport) -> Option<(Verdict, &Rule)> {
        let words = |argv: &[Option<Bytes>]| {
            let words: Vec<Option<&[u8]>> = argv.iter().map(Option::as_deref).collect();
            self.policy.verdict_on(&words)
        };
        let inner = report.inner.iter().filter_map(|argv| words(argv));
        let inner = inner.filter(|(verdict, _)| *verdict != Verdict::Allow);
        words(&report.argv)
            .into_iter()
            .chain(inner)
            .max_by_key(|(verdict, _)| *verdict)
    }
}

/// The findings in order, and what they come to.
fn decision(mut findings: Vec<Finding>, least: Score, effects: Vec<Effect>) -> Decision {
    findings.retain(|f| f.verdict != Verdict::Allow);
    findings.sort_by(|a, b| {
        (b.verdict, b.score)
            .cmp(&(a.verdict, a.score))
            .then(a.span.cmp(&b.span))
    });
    findings.dedup();
    let verdict = findings
        .iter()
        .fold(Verdict::Allow, |v, f| v.join(f.verdict));
    let worst = findings.iter().map(|f| f.score).max();
    Decision {
        verdict,
        score: worst.unwrap_or_default().max(least),
        effects,
        findings,
    }
}

/// Findings that may be lowered no longer count.
fn lower(findings: &mut [Found], which: impl Fn(&Finding) -> bool) {
    for found in findings {
        if !found.floor && which(&found.finding) {
            found.finding.verdict = Verdict::Allow;
        }
    }
}

/// A finding for each command that has the effect.
fn raise(assessment: &Assessment, effect: Effect, verdict: Verdict) -> Vec<Found> {
    let with_effect = assessment
        .invocations
        .iter()
        .filter(|report| report.effects.has(effect));
    with_effect
        .map(|report| {
            let message = format!("the policy says {verdict} to every `{effect}`");
            policy_finding("policy.effect", effect, verdict, report, message)
        })
        .collect()
}

fn by_rule(rule: &Rule, verdict: Verdict, report: &InvocationReport) -> Found {
    let (_, file, line) = rule.origin();
    let message = match (verdict == rule.verdict(), rule.why()) {
        (true, Some(why)) => format!("{why} ({file}:{line})"),
        (true, None) => format!("a rule of the policy says {verdict} ({file}:{line})"),
        (false, _) => format!(
            "a rule of the policy says {} to what this could be ({file}:{line})",
            rule.verdict()
        ),
    };
    policy_finding("policy.rule", Effect::Unknown, verdict, report, message)
}

fn policy_finding(
    rule: &'static str,
    effect: Effect,
    verdict: Verdict,
    report: &InvocationReport,
    message: String,
) -> Found {
    let score = if verdict == Verdict::Deny { 90 } else { 30 };
    Found {
        finding: Finding {
            rule: rule.into(),
            effect,
            verdict,
            score: Score::new(score),
            span: report.span,
            message: message.into(),
            remedy: None,
        },
        floor: true,
        path: None,
    }
}

#[cfg(test)]
mod tests {
    use clearance_policy::Layer;

    use super::*;

    fn verdict(policy: &str, command: &str) -> Verdict {
        let policy = Policy::builtin().layer(Layer::User, "p", policy).unwrap();
        let context = Context::new("/home/dev/project").home("/home/dev");
        Engine::from_policy(&policy)
            .unwrap()
            .evaluate(&Request::command(command), &context)
            .verdict()
    }

    #[test]
    fn rules_apply_to_their_shape_and_no_further() {
        const DENY: &str = "[[deny]]\nargv = ['make', 'deploy']\n";
        const ALLOW: &str = "[[allow]]\nargv = ['acme', 'sync']\n";
        const PUBLISH: &str = "[effects]\npublish = 'deny'\nnet-read = 'allow'\n";
        let table = [
            (DENY, "make test", Verdict::Allow),
            (DENY, "make deploy", Verdict::Deny),
            (DENY, "cd x && make deploy", Verdict::Deny),
            (DENY, "timeout 9 make deploy", Verdict::Deny),
            (DENY, "bash -c 'make deploy'", Verdict::Deny),
            (DENY, "echo make deploy", Verdict::Allow),
            (ALLOW, "acme sync --all", Verdict::Allow),
            (ALLOW, "acme purge", Verdict::Ask),
            (ALLOW, "acme sync $x", Verdict::Ask),
            (ALLOW, "acme sync > ~/.bashrc", Verdict::Ask),
            (ALLOW, "acme sync; rm -rf /", Verdict::Deny),
            (ALLOW, "sudo acme sync", Verdict::Ask),
            (PUBLISH, "cargo publish", Verdict::Deny),
            (PUBLISH, "curl https://example.org", Verdict::Allow),
        ];
        for (policy, command, want) in table {
            assert_eq!(verdict(policy, command), want, "{command}");
        }
    }

    #[test]
    fn a_rule_does_not_cover_the_variables_before_its_words() {
        let policy = "[[allow]]\nargv = ['frobnicate']\n";
        assert_eq!(verdict(policy, "frobnicate"), Verdict::Allow);
        assert_eq!(
            verdict(policy, "LD_PRELOAD=/tmp/x.so frobnicate"),
            Verdict::Ask
        );
    }

    #[test]
    fn no_rule_lowers_the_floor() {
        let policy =
            "[[allow]]\nargv = ['rm']\nrest = 'any'\n[thresholds]\nask = 100\ndeny = 100\n";
        assert_eq!(verdict(policy, "rm -rf /"), Verdict::Deny);
        assert_ne!(verdict(policy, "unknown-program"), Verdict::Allow);
    }
}
