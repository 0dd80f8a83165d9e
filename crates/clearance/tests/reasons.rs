//! Every answer but Allow says why, where in the text, and for each clause; what a remedy
//! suggests is judged itself and never worse than what it replaces.

use clearance::{Context, Decision, Engine, Request, Verdict};
use clearance_testing::dangerous;

fn decide(engine: &Engine, text: &str) -> Decision {
    let context = Context::new("/home/dev/project").home("/home/dev");
    engine.evaluate(&Request::command(text), &context)
}

/// The texts in backticks.
fn suggested(remedy: &str) -> Vec<&str> {
    remedy.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_answer_has_reasons_within_the_text() {
    let engine = Engine::builtin();
    for command in dangerous() {
        let decision = decide(&engine, command);
        assert_ne!(decision.verdict(), Verdict::Allow, "{command}");
        let findings = decision.findings();
        assert!(!findings.is_empty(), "no reason for `{command}`");
        for finding in findings {
            assert!(!finding.rule.is_empty(), "{command}");
            assert!(finding.message.len() > 5, "{command}: {}", finding.message);
            let end = usize::try_from(finding.span.end).unwrap();
            assert!(end <= command.len(), "{command}: {:?}", finding.span);
        }
        let worst = findings.iter().map(|f| f.verdict).max();
        assert_eq!(worst, Some(decision.verdict()), "{command}");
    }
}

#[test]
fn each_clause_has_its_own_reason() {
    let engine = Engine::builtin();
    let commands = dangerous();
    for pair in commands.chunks_exact(2) {
        let [first, second] = pair else { continue };
        let text = format!("ls; {first}; git status && {second}");
        let decision = decide(&engine, &text);
        for part in [first, second] {
            let start = text.find(part).unwrap();
            let clause = start..start + part.len();
            let inside = decision.findings().iter().any(|f| {
                let at = usize::try_from(f.span.start).unwrap();
                clause.contains(&at)
            });
            assert!(inside, "`{text}` has no reason for `{part}`");
        }
    }
}

#[test]
fn what_a_remedy_suggests_is_not_worse() {
    let engine = Engine::builtin();
    let more = [
        "rm -rf src",
        "rm -rf docs/old tests",
        "cp a /home/dev/b",
        "cat x > \"$y/z\"",
        "cd /opt/x && make",
        "git push origin main",
    ];
    let mut seen = 0;
    for command in dangerous().into_iter().chain(more) {
        let decision = decide(&engine, command);
        for finding in decision.findings() {
            let Some(remedy) = &finding.remedy else {
                continue;
            };
            assert!(remedy.len() > 5, "{command}: {remedy}");
            seen += 1;
            for suggestion in suggested(remedy) {
                let after = decide(&engine, suggestion);
                assert!(
                    after.verdict() < finding.verdict || after.verdict() == Verdict::Allow,
                    "`{command}`: the remedy `{suggestion}` is {:?}",
                    after.verdict()
                );
            }
        }
    }
    assert!(seen >= 10, "only {seen} remedies");
}
