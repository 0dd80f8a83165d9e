//! Commands that stand behind a gate are decided by it, in whatever way they are spelt.

use clearance_branch::config::Policy as BranchPolicy;
use clearance_branch::gate::{GateDecision, GateFacts, GateIndex, GateMatch, check_gate};
use clearance_core::{Effect, Finding, Score, Span, Verdict};
use clearance_risk::{Found, Judged};
use clearance_shell::invocation::{Bytes, Word};

use crate::Context;
use crate::watch::{recorded, words};

/// The gates of a policy, and the facts about them.
pub(crate) struct Gates<'a> {
    pub(crate) policy: &'a BranchPolicy,
    pub(crate) index: &'a GateIndex,
    pub(crate) context: &'a Context,
}

impl<'a> Gates<'a> {
    /// The gates that a command of the script stands before. Nearly every program stands
    /// before none.
    pub(crate) fn find(&self, judged: &Judged<'_>) -> Vec<(&'a str, GateMatch)> {
        match judged.invocation.argv.first().and_then(Word::as_static) {
            Some(program) if self.index.has_program(program) => {
                let words: Vec<Option<&[u8]>> = words(&judged.invocation.argv).collect();
                self.index.find(&words)
            }
            _ => Vec::new(),
        }
    }

    /// The gates that a command stands before which a wrapper or a shell would run.
    pub(crate) fn find_inner(&self, argv: &[Option<Bytes>]) -> Vec<(&'a str, GateMatch)> {
        match argv.first() {
            Some(Some(program)) if self.index.has_program(program) => {
                let words: Vec<Option<&[u8]>> = recorded(argv).collect();
                self.index.find(&words)
            }
            _ => Vec::new(),
        }
    }

    /// The gate is open for this command, of which nothing else need be known.
    pub(crate) fn lets_through(&self, gate: &str, how: GateMatch, judged: &Judged<'_>) -> bool {
        how == GateMatch::Exact && !judged.is_redirected() && self.admits(gate)
    }

    /// The findings about a command or tool that is known by its name alone.
    pub(crate) fn judge_name(&self, text: &[u8]) -> Vec<Finding> {
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let span = Span::new(0, end);
        let argv: Vec<Option<&[u8]>> = text
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty())
            .map(Some)
            .collect();
        let gates = self.index.find(&argv);
        let closed = gates
            .iter()
            .flat_map(|(gate, how)| self.closed(gate, *how, span));
        let mut findings: Vec<Finding> = closed.map(|found| found.finding).collect();
        let admitted = gates
            .iter()
            .any(|(gate, how)| *how == GateMatch::Exact && self.admits(gate));
        if findings.is_empty() && !admitted {
            findings.push(unknown_name(text, span));
        }
        findings
    }

    fn decide(&self, gate: &str) -> GateDecision {
        let known = self
            .context
            .gates
            .iter()
            .find(|facts| facts.command == gate);
        match known {
            Some(facts) => check_gate(self.policy, facts),
            None => {
                let command = gate.to_owned();
                let nothing = GateFacts {
                    command,
                    ..GateFacts::default()
                };
                check_gate(self.policy, &nothing)
            }
        }
    }

    /// The gate is open, and lets commands through of which nothing else is known.
    fn admits(&self, gate: &str) -> bool {
        let allows = self.policy.gates.get(gate).is_some_and(|g| g.allows);
        allows && self.decide(gate).is_open()
    }

    /// What a gate says that is not open.
    pub(crate) fn closed(&self, gate: &str, how: GateMatch, span: Span) -> Vec<Found> {
        let findings = self.decide(gate).findings(span);
        let found = findings.into_iter().map(|mut finding| {
            if how == GateMatch::Maybe {
                finding.verdict = finding.verdict.min(Verdict::Ask);
            }
            // No allow rule and no effect that is allowed opens a gate.
            Found {
                finding,
                floor: true,
                path: None,
            }
        });
        found.collect()
    }
}

fn unknown_name(text: &[u8], span: Span) -> Finding {
    let name = String::from_utf8_lossy(text);
    Finding {
        rule: "tool.unknown".into(),
        effect: Effect::Unknown,
        verdict: Verdict::Ask,
        score: Score::new(40),
        span,
        message: format!("the tool or command `{name}` is not known").into(),
        remedy: None,
    }
}

#[cfg(test)]
mod tests {
    use clearance_policy::{Layer, Policy};

    use super::*;
    use crate::{Engine, Request};

    const POLICY: &str = "[branch.gate.ship]\nwho = 'technical-lead'\n\
                          commands = ['make deploy', 'kubectl rollout']\n\
                          [[allow]]\nargv = ['make']\n[[allow]]\nargv = ['ship']\n\
                          [effects]\nrun-other = 'allow'\n";

    fn engine() -> Engine {
        let policy = Policy::builtin().layer(Layer::User, "p", POLICY).unwrap();
        Engine::from_policy(&policy).unwrap()
    }

    fn context() -> Context {
        Context::new("/home/dev/project").home("/home/dev")
    }

    fn facts(validation: &str, human: &str) -> GateFacts {
        let word = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        GateFacts {
            command: "ship".to_owned(),
            validation: word(validation),
            human: word(human),
            ..GateFacts::default()
        }
    }

    #[test]
    fn no_spelling_goes_round_a_gate() {
        let engine = engine();
        for command in [
            "ship",
            "ship --now",
            "./ship",
            "/opt/tools/bin/ship x",
            "\\ship",
            "'sh''ip'",
            "s=ship; $s",
            "env ship",
            "env -i A=b ship",
            "command ship",
            "nohup ship &",
            "sudo ship",
            "timeout 5 ship",
            "nice -n 5 make deploy",
            "sh -c ship",
            "bash -c 'cd x && make deploy'",
            "eval make deploy",
            "echo x | xargs ship",
            "xargs -n1 make deploy < list",
            "find . -name x -exec make deploy \\;",
            "make -j4 deploy",
            "make -C sub all deploy",
            "make build deploy V=1",
            "true && make deploy",
            "f() { make deploy; }; f",
            "for t in build deploy; do make $t; done",
            "$(echo ship)",
            "make $TARGET",
            "time make deploy",
            "watch make deploy",
            "kubectl --context prod rollout undo x",
            "ssh host make deploy",
            "cat <(make deploy)",
            "echo \"$(make deploy)\"",
            "trap 'make deploy' EXIT",
            "busybox sh -c 'make deploy'",
        ] {
            let decision = engine.evaluate(&Request::command(command), &context());
            assert_ne!(decision.verdict(), Verdict::Allow, "{command}");
        }
    }

    #[test]
    fn a_closed_gate_says_its_name_and_no_rule_opens_it() {
        let engine = engine();
        for command in [
            "make deploy",
            "env make deploy",
            "sh -c 'make deploy'",
            "ship",
        ] {
            let decision = engine.evaluate(&Request::command(command), &context());
            assert_eq!(decision.verdict(), Verdict::Ask, "{command}");
            let named =
                |f: &Finding| f.rule.starts_with("branch.gate.") && f.message.contains("`ship`");
            assert!(decision.findings().iter().any(named), "{command}");
        }
        let make = engine.evaluate(&Request::command("make build"), &context());
        assert_eq!(make.verdict(), Verdict::Allow);
    }

    #[test]
    fn facts_decide() {
        let engine = engine();
        for (validation, human, want) in [
            ("PROCEED", "APPROVED", Verdict::Allow),
            ("PROCEED", "", Verdict::Ask),
            ("", "APPROVED", Verdict::Ask),
            ("PIVOT", "APPROVED", Verdict::Deny),
            ("PROCEED", "REJECTED", Verdict::Deny),
        ] {
            let context = context().gate(facts(validation, human));
            for command in ["make deploy", "ship"] {
                let decision = engine.evaluate(&Request::command(command), &context);
                assert_eq!(decision.verdict(), want, "{command} {validation} {human}");
            }
            let named = engine.evaluate(&Request::named("/ship"), &context);
            // A name with a path before it is not the name.
            let want = want.join(Verdict::Ask);
            assert_eq!(named.verdict(), want, "{validation} {human}");
        }
    }

    #[test]
    fn an_open_gate_allows_its_own_command_and_nothing_else() {
        let engine = Engine::builtin();
        let facts = GateFacts {
            command: "cto.plan".to_owned(),
            ..facts("PROCEED", "APPROVED")
        };
        let context = context().gate(facts);
        let verdict = |text: &str| engine.evaluate(&Request::command(text), &context).verdict();
        assert_eq!(verdict("cto.plan"), Verdict::Allow);
        assert_eq!(verdict("cto.plan --scope api && ls"), Verdict::Allow);
        for text in [
            "cto.implement",
            "cto.status",
            "/tmp/cto.plan",
            "cto.plan $x",
            "cto.plan > /etc/passwd",
            "cto.plan; rm -rf /",
            "LD_PRELOAD=./x.so cto.plan",
        ] {
            assert_ne!(verdict(text), Verdict::Allow, "{text}");
        }
        let named = |text: &str| engine.evaluate(&Request::named(text), &context).verdict();
        assert_eq!(named("cto.plan"), Verdict::Allow);
        for text in ["cto.implement", "cto.status", "mcp__db__drop", ""] {
            assert_eq!(named(text), Verdict::Ask, "{text}");
        }
    }

    #[test]
    fn a_word_that_is_not_known_asks() {
        let engine = engine();
        let refused = context().gate(facts("PIVOT", ""));
        let decision = engine.evaluate(&Request::command("make $T"), &refused);
        assert_eq!(decision.verdict(), Verdict::Ask);
        assert!(
            decision
                .findings()
                .iter()
                .any(|f| f.rule.starts_with("branch.gate."))
        );
    }
}
