//! The promotion space, tried completely: stage × target × confidence × actor × approvals ×
//! checks × freeze × breaker, against a slow and plain reference written from the model's
//! description, for the answers, their monotony, and the changes that would flip them.

mod space;

use clearance_branch::config::Policy;
use clearance_branch::merge::{MergeDecision, Outcome, decide_merge};
use space::{Case, Checks, Freeze, Signed, Who};

/// What the reference says: the outcome, and the codes in alphabetical order.
fn reference(case: &Case) -> (Outcome, Vec<&'static str>) {
    // The model's table: score, who signs, which branch feeds it.
    let (line, signer, feeder) = match case.target {
        "develop" => (85.0, "", ""),
        "staging" => (90.0, "", "develop"),
        "pre-production" => (95.0, "lead", "staging"),
        "main" => (100.0, "executive", "pre-production"),
        _ => return (Outcome::Deny, vec!["unknown_target"]),
    };
    let bot = matches!(case.who, Who::Bot | Who::BotAdmin);
    if bot && case.target != "develop" {
        return (Outcome::Route, vec!["bot_to_develop"]);
    }
    let mut deny = Vec::new();
    let mut wait = Vec::new();
    let mut ask = Vec::new();

    match case.checks {
        Checks::OneFailed if case.who == Who::Admin => ask.push("admin_bypass"),
        Checks::OneFailed => deny.push("check_failed"),
        Checks::Old => wait.push("checks_on_old_commit"),
        Checks::Pending => wait.push("checks_pending"),
        // Only main asks for nine.
        Checks::OneMissing if case.target == "main" => wait.push("checks_missing"),
        Checks::OneMissing | Checks::OneSkipped | Checks::Passed => {}
    }
    let fed = !feeder.is_empty() && case.source == feeder;
    let promotion = case.promotion || fed;
    let only_fed = case.target == "pre-production" || case.target == "main";
    if (promotion || only_fed) && !fed {
        deny.push("promotion_order");
    }
    if promotion && case.target == "pre-production" {
        wait.push("change_board");
    }
    if promotion && case.target == "main" {
        ask.push("manual_promotion");
    }
    if case.freeze != Freeze::No && case.signed != Signed::ExecutiveNamingAll {
        wait.push("freeze");
    }
    let stopped = match case.breaker {
        "open" => true,
        "half-open" => case.target != "develop",
        _ => false,
    };
    if stopped && case.signed != Signed::ExecutiveNamingAll {
        wait.push("circuit_breaker");
    }

    let has_lead = matches!(
        case.signed,
        Signed::Lead | Signed::LeadNamingAll | Signed::Executive | Signed::ExecutiveNamingAll
    );
    let has_executive = matches!(case.signed, Signed::Executive | Signed::ExecutiveNamingAll);
    let has_anybody = has_lead || case.signed == Signed::Reviewer;
    let enough = case
        .score
        .is_some_and(|score| score >= line && score <= 100.0);
    let passed_over = match signer {
        "" => has_anybody,
        "lead" => matches!(
            case.signed,
            Signed::LeadNamingAll | Signed::ExecutiveNamingAll
        ),
        _ => case.signed == Signed::ExecutiveNamingAll,
    };
    if !enough && !passed_over {
        let valid = case
            .score
            .is_none_or(|score| (0.0..=100.0).contains(&score));
        ask.push(if valid {
            "confidence_low"
        } else {
            "confidence_invalid"
        });
    }
    if signer == "lead" && !has_lead {
        ask.push("needs_technical_lead");
    }
    if signer == "executive" && !has_executive {
        ask.push("needs_executive");
    }
    if signer == "executive" && !has_anybody {
        ask.push("needs_review");
    }

    let outcome = match (deny.as_slice(), wait.as_slice(), ask.as_slice()) {
        ([], [], []) => Outcome::Merge,
        ([], [], _) => Outcome::Ask,
        ([], _, _) => Outcome::Wait,
        _ => Outcome::Deny,
    };
    let mut codes = [deny, wait, ask].concat();
    codes.sort_unstable();
    (outcome, codes)
}

fn decide(policy: &Policy, case: &Case) -> MergeDecision {
    let (facts, context) = case.facts();
    decide_merge(policy, &facts, &context)
}

#[test]
fn the_whole_space_agrees_with_the_reference() {
    let policy = Policy::default();
    let mut seen = [0_u32; 5];
    for case in Case::all() {
        let decision = decide(&policy, &case);
        assert_eq!(
            (decision.outcome, decision.codes()),
            reference(&case),
            "{case:?}"
        );
        seen[decision.outcome as usize] += 1;
    }
    assert!(
        seen.iter().all(|n| *n > 100),
        "an outcome hardly occurs: {seen:?}"
    );
}

#[test]
fn nothing_worse_makes_it_more_permissive() {
    let policy = Policy::default();
    for case in Case::all() {
        let outcome = decide(&policy, &case).outcome;
        for worse in case.worse() {
            let other = decide(&policy, &worse).outcome;
            assert!(
                other >= outcome,
                "{case:?} is {outcome:?}, {worse:?} is {other:?}"
            );
        }
    }
}

#[test]
fn the_changes_it_names_are_enough_and_none_is_idle() {
    let policy = Policy::default();
    for case in Case::all().step_by(7) {
        let (facts, context) = case.facts();
        let first = decide_merge(&policy, &facts, &context);
        if first.codes() == ["unknown_target"] {
            continue;
        }
        let (mut done, mut around) = (facts.clone(), context.clone());
        // Coming from another branch, or aiming at one, can bring up rules of their own.
        for _ in 0..3 {
            let decision = decide_merge(&policy, &done, &around);
            for change in decision.changes() {
                space::apply(&change, &mut done, &mut around);
            }
        }
        let last = decide_merge(&policy, &done, &around);
        assert_eq!(last.outcome, Outcome::Merge, "{case:?}\n{first}\n{last}");

        let changes = first.changes();
        for idle in 0..changes.len() {
            let (mut part, mut around) = (facts.clone(), context.clone());
            for (i, change) in changes.iter().enumerate() {
                if i != idle {
                    space::apply(change, &mut part, &mut around);
                }
            }
            let decision = decide_merge(&policy, &part, &around);
            assert_ne!(
                decision.outcome,
                Outcome::Merge,
                "{case:?} without {}",
                changes[idle]
            );
        }
    }
}
