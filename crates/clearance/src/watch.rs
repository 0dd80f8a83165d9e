//! What gates and the rules of the policy say of each command, while it is judged.

use std::ops::Range;

use clearance_core::{Effect, Finding, Score, Span, Verdict};
use clearance_policy::{Policy, Rule};
use clearance_risk::{Found, Judged};
use clearance_shell::invocation::{Bytes, Word};

use crate::gates::Gates;
use crate::push::Others;

/// Sees every command once; no command is kept.
pub(crate) struct Watch<'a> {
    policy: &'a Policy,
    gates: Gates<'a>,
    others: Others,
    /// What gates that are not open say.
    closed: Vec<Found>,
    /// Findings of commands whose gate is open.
    open: Vec<Range<usize>>,
    /// What the policy says of effects, with the place of the effect in the policy.
    raised: Vec<(usize, Found)>,
    /// Findings of commands that a rule allows.
    allowed: Vec<Range<usize>>,
    /// What rules say.
    ruled: Vec<Found>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(policy: &'a Policy, gates: Gates<'a>) -> Self {
        let with_tags = gates.context.repository.is_some();
        Self {
            policy,
            gates,
            others: Others::new(with_tags),
            closed: Vec::new(),
            open: Vec::new(),
            raised: Vec::new(),
            allowed: Vec::new(),
            ruled: Vec::new(),
        }
    }

    /// A command was judged.
    pub(crate) fn see(&mut self, judged: &Judged<'_>) {
        self.others.see(judged);
        self.see_gates(judged);
        let effects = self.policy.effects().iter().enumerate();
        for (at, &(effect, verdict)) in effects {
            if verdict != Verdict::Allow && judged.effects.has(effect) {
                let message = format!("the policy says {verdict} to every `{effect}`");
                let span = judged.invocation.span;
                let found = policy_finding("policy.effect", effect, verdict, span, message);
                self.raised.push((at, found));
            }
        }
        if !self.policy.rules().is_empty() {
            self.see_rules(judged);
        }
    }

    /// What has been seen of commands that are not `git`, for pushes.
    pub(crate) fn others(&self) -> &Others {
        &self.others
    }

    fn see_gates(&mut self, judged: &Judged<'_>) {
        let span = judged.invocation.span;
        for (gate, how) in self.gates.find(judged) {
            self.closed.extend(self.gates.closed(gate, how, span));
            if self.gates.lets_through(gate, how, judged) {
                self.open.push(judged.findings.clone());
            }
        }
        for argv in judged.inner {
            for (gate, how) in self.gates.find_inner(argv) {
                self.closed.extend(self.gates.closed(gate, how, span));
            }
        }
    }

    fn see_rules(&mut self, judged: &Judged<'_>) {
        let Some((verdict, rule)) = self.strictest(judged) else {
            return;
        };
        if verdict != Verdict::Allow {
            self.ruled
                .push(by_rule(rule, verdict, judged.invocation.span));
        } else if !judged.is_redirected() && !judged.findings.is_empty() {
            // The rule is about the command, not about a file that it overwrites.
            self.allowed.push(judged.findings.clone());
        }
    }

    /// What the rules say of a command and of the commands that it would run in turn. An
    /// allow rule must cover the command as it is written.
    fn strictest(&self, judged: &Judged<'_>) -> Option<(Verdict, &'a Rule)> {
        let policy = self.policy;
        let inner = judged.inner.iter().filter_map(|argv| {
            let words: Vec<Option<&[u8]>> = recorded(argv).collect();
            policy.verdict_on(&words)
        });
        let inner = inner.filter(|(verdict, _)| *verdict != Verdict::Allow);
        let words: Vec<Option<&[u8]>> = words(&judged.invocation.argv).collect();
        policy
            .verdict_on(&words)
            .into_iter()
            .chain(inner)
            .max_by_key(|(verdict, _)| *verdict)
    }

    /// Applies what was seen to the findings.
    pub(crate) fn conclude(mut self, findings: &mut Vec<Found>) {
        for own in self.open {
            let unknown = |f: &Finding| f.rule == "program.unknown";
            lower(findings.get_mut(own).unwrap_or_default(), unknown);
        }
        findings.append(&mut self.closed);
        let allowed = self.policy.effects().iter();
        for (effect, _) in allowed.filter(|(_, verdict)| *verdict == Verdict::Allow) {
            lower(findings, |f| f.effect == *effect);
        }
        // By effect, then by command.
        self.raised.sort_by_key(|(at, _)| *at);
        findings.extend(self.raised.into_iter().map(|(_, found)| found));
        for own in self.allowed {
            // Its words are the rule's shape; variables put before them are not.
            let of_words = |f: &Finding| f.effect != Effect::Environment;
            lower(findings.get_mut(own).unwrap_or_default(), of_words);
        }
        findings.append(&mut self.ruled);
    }
}

/// The words, `None` for one that is not known.
pub(crate) fn words(argv: &[Word]) -> impl Iterator<Item = Option<&[u8]>> {
    argv.iter().map(Word::as_static)
}

/// The same of recorded words.
pub(crate) fn recorded(argv: &[Option<Bytes>]) -> impl Iterator<Item = Option<&[u8]>> {
    argv.iter().map(Option::as_deref)
}

/// Findings that may be lowered no longer count.
fn lower(findings: &mut [Found], which: impl Fn(&Finding) -> bool) {
    for found in findings {
        if !found.floor && which(&found.finding) {
            found.finding.verdict = Verdict::Allow;
        }
    }
}

fn by_rule(rule: &Rule, verdict: Verdict, span: Span) -> Found {
    let (_, file, line) = rule.origin();
    let message = match (verdict == rule.verdict(), rule.why()) {
        (true, Some(why)) => format!("{why} ({file}:{line})"),
        (true, None) => format!("a rule of the policy says {verdict} ({file}:{line})"),
        (false, _) => format!(
            "a rule of the policy says {} to what this could be ({file}:{line})",
            rule.verdict()
        ),
    };
    policy_finding("policy.rule", Effect::Unknown, verdict, span, message)
}

fn policy_finding(
    rule: &'static str,
    effect: Effect,
    verdict: Verdict,
    span: Span,
    message: String,
) -> Found {
    let score = if verdict == Verdict::Deny { 90 } else { 30 };
    Found {
        finding: Finding {
            rule: rule.into(),
            effect,
            verdict,
            score: Score::new(score),
            span,
            message: message.into(),
            remedy: None,
        },
        floor: true,
        path: None,
    }
}
