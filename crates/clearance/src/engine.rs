//! The engine: policy and catalog in, decisions out.

use clearance_branch::gate::GateIndex;
use clearance_core::{Finding, Score, Verdict};
use clearance_policy::Policy;
use clearance_risk::judge::MOST_FINDINGS;
use clearance_risk::spec::EffectSet;
use clearance_risk::{Catalog, Judged, Thresholds};

use crate::gates::Gates;
use crate::watch::Watch;
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
        let mut watch = Watch::new(&self.policy, self.gates(context));
        let mut assessment = match request {
            Request::Command(text) => {
                let mut each = |judged: &Judged<'_>| watch.see(judged);
                clearance_risk::assess_each(text, risk, catalog, thresholds, &mut each)
            }
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
                    EffectSet::EMPTY,
                );
            }
        };
        if !assessment.pushes.is_empty() {
            crate::push::refine(&self.policy, context, watch.others(), &mut assessment);
        }
        if context.repository.is_some() && !assessment.git.is_empty() {
            crate::repository::judge_configuration(context, &mut assessment);
        }
        watch.conclude(&mut assessment.findings);
        let findings = assessment.findings.into_iter().map(|found| found.finding);
        decision(findings.collect(), assessment.score, assessment.effects)
    }

    fn gates<'a>(&'a self, context: &'a Context) -> Gates<'a> {
        Gates {
            policy: self.policy.branch(),
            index: &self.gates,
            context,
        }
    }
}

/// The findings in order, and what they come to.
fn decision(mut findings: Vec<Finding>, least: Score, effects: EffectSet) -> Decision {
    findings.retain(|f| f.verdict != Verdict::Allow);
    findings.sort_by(|a, b| {
        (b.verdict, b.score)
            .cmp(&(a.verdict, a.score))
            .then(a.span.cmp(&b.span))
    });
    findings.dedup();
    // The worst ones stay.
    findings.truncate(MOST_FINDINGS);
    let verdict = findings
        .iter()
        .fold(Verdict::Allow, |v, f| v.join(f.verdict));
    let worst = findings.iter().map(|f| f.score).max();
    Decision {
        verdict,
        score: worst.unwrap_or_default().max(least),
        effects: effects.iter().collect(),
        findings,
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
