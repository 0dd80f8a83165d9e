//! The rules, each by itself. A rule looks at the case and gives its reasons; it knows of no
//! other rule.

use super::facts::{MergeFacts, Override};
use super::{Case, Change, Kind, Outcome, Reason, Who};
use crate::breaker::BreakerState;
use crate::config::Policy;
use crate::level::Level;
use crate::limits::MetricProblem;

pub(super) fn unknown_target(facts: &MergeFacts) -> Reason {
    let name = &facts.target;
    let message = format!("no policy is known for the branch `{name}`");
    deny("unknown_target", message, Change::AddTarget(name.clone()))
}

pub(super) fn bot_elsewhere(policy: &Policy, facts: &MergeFacts) -> Option<Reason> {
    let to = &policy.bots.redirect_to;
    let bot = facts
        .bot
        .as_ref()
        .filter(|_| !to.is_empty() && facts.target != *to)?;
    Some(Reason {
        code: "bot_to_develop",
        outcome: Outcome::Route,
        who: None,
        message: format!(
            "changes by the bot `{bot}` go to `{to}`, not to `{}`",
            facts.target
        ),
        change: Change::Retarget(to.clone()),
    })
}

pub(super) fn veto() -> Reason {
    deny(
        "executive_veto",
        "an executive said no".to_owned(),
        Change::WithdrawVeto,
    )
}

pub(super) fn deny(code: &'static str, message: String, change: Change) -> Reason {
    Reason {
        code,
        outcome: Outcome::Deny,
        who: None,
        message,
        change,
    }
}

pub(super) fn wait(code: &'static str, message: String, change: Change) -> Reason {
    Reason {
        code,
        outcome: Outcome::Wait,
        who: None,
        message,
        change,
    }
}

pub(super) fn ask(code: &'static str, who: Who, message: String, change: Change) -> Reason {
    Reason {
        code,
        outcome: Outcome::Ask,
        who: Some(who),
        message,
        change,
    }
}

pub(super) type Found = Vec<Reason>;

impl Case<'_> {
    /// Asks every rule.
    pub(super) fn all_rules(&self) -> (Found, Vec<String>) {
        let mut found = self.state();
        let (checks, notes) = self.checks();
        found.extend(checks);
        found.extend(self.order());
        if self.kind == Kind::Promotion {
            found.extend(self.cadence());
            found.extend(self.batch());
            found.extend(self.board());
            found.extend(self.by_hand());
        }
        found.extend(self.freezes());
        found.extend(self.breaker());
        if self.target.release && !matches!(self.kind, Kind::Revert | Kind::Hotfix) {
            found.extend(self.budgets());
            found.extend(self.vulnerabilities());
        }
        found.extend(self.score());
        found.extend(self.signatures());
        found.extend(self.owners());
        found.extend(self.unread());
        (found, notes)
    }

    fn asked(&self) -> Who {
        Who::Level(self.review.asked())
    }

    fn state(&self) -> Found {
        let states = [
            (
                self.facts.changes_requested,
                "changes_requested",
                "somebody asked for changes",
                Change::ResolveRequest,
            ),
            (
                self.facts.draft,
                "draft",
                "it is a draft",
                Change::MarkReady,
            ),
            (
                self.facts.conflict,
                "conflict",
                "it conflicts with its target",
                Change::ResolveConflict,
            ),
        ];
        let held = states.into_iter().filter(|(holds, ..)| *holds);
        held.map(|(_, code, message, change)| deny(code, message.to_owned(), change))
            .collect()
    }

    fn order(&self) -> Option<Reason> {
        let target = &self.facts.target;
        if matches!(self.kind, Kind::Revert | Kind::Hotfix) {
            return None;
        }
        if !(self.target.only_promotions || self.kind == Kind::Promotion) {
            return None;
        }
        let below = self.policy.promotion.below(target);
        if below.is_some() && self.facts.source.as_deref() == below {
            return None;
        }
        let source = self.facts.source.as_deref().unwrap_or("an unknown branch");
        let message = match below {
            Some(below) => format!("only `{below}` is promoted to `{target}`, not `{source}`"),
            None => format!("nothing is promoted to `{target}`: promotions go upward"),
        };
        let change = match below {
            Some(below) if self.target.only_promotions => Change::ComeFrom(below.to_owned()),
            _ => Change::NoPromotion,
        };
        Some(deny("promotion_order", message, change))
    }

    fn cadence(&self) -> Option<Reason> {
        let hours = self.context.hours_since_promotion?;
        let cadence = self.target.cadence_hours;
        // Written so that what is no number waits.
        if hours >= cadence {
            return None;
        }
        let message =
            format!("the last promotion was {hours} hours ago; there is one every {cadence} hours");
        Some(wait(
            "promotion_window",
            message,
            Change::WaitHours(cadence - hours),
        ))
    }

    fn batch(&self) -> Option<Reason> {
        let every = self.policy.bots.batch_hours;
        let hours = self
            .context
            .hours_since_batch
            .filter(|_| self.facts.only_bot_changes)?;
        if hours >= every {
            return None;
        }
        let message = format!(
            "it holds nothing but changes by bots, which are promoted together every {every} \
             hours; the last time was {hours} hours ago"
        );
        Some(wait("bot_batch", message, Change::WaitHours(every - hours)))
    }

    fn board(&self) -> Option<Reason> {
        let limit = self.target.board_days;
        let message = match self.context.board_days {
            _ if !self.target.board => return None,
            Some(days) if (0.0..=limit).contains(&days) => return None,
            Some(days) => {
                format!("the change board decided {days} days ago, more than {limit}")
            }
            None => "the change board has not decided".to_owned(),
        };
        Some(wait("change_board", message, Change::BoardDecides))
    }

    fn by_hand(&self) -> Option<Reason> {
        if !self.target.manual || self.context.manual_trigger {
            return None;
        }
        let message = format!(
            "a promotion to `{}` is started by a person",
            self.facts.target
        );
        Some(ask(
            "manual_promotion",
            self.asked(),
            message,
            Change::StartByHand,
        ))
    }

    fn freezes(&self) -> Found {
        let level = self.policy.overrides.freeze;
        let exempt = self.kind == Kind::Revert && self.policy.rollback.ignores_freeze;
        if exempt || self.signatures.lifts(level, Override::Freeze) {
            return Vec::new();
        }
        let change = || Change::Sign {
            level,
            naming: vec![Override::Freeze],
        };
        let mut found = Vec::new();
        if self.context.frozen {
            found.push(wait("freeze", "merges are frozen".to_owned(), change()));
        }
        match self.context.now {
            Some(now) => {
                let holding = self
                    .policy
                    .freezes
                    .iter()
                    .filter(|f| f.holds(&self.facts.target, now));
                found.extend(holding.map(|freeze| {
                    let message = format!("the freeze `{}` holds {}", freeze.name, freeze.window);
                    wait("freeze", message, change())
                }));
            }
            None if !self.policy.freezes.is_empty() => {
                let message = "the policy has freeze windows, and the time is not known";
                found.push(wait("clock_unknown", message.to_owned(), Change::KnowTime));
            }
            None => {}
        }
        found
    }

    fn breaker(&self) -> Option<Reason> {
        let level = self.policy.overrides.breaker;
        let state = self.context.breaker;
        let passes = match state {
            BreakerState::Closed => true,
            BreakerState::HalfOpen => self.target.half_open,
            BreakerState::Open => false,
        };
        let exempt = self.kind == Kind::Revert && self.policy.rollback.ignores_breaker;
        if passes || exempt || self.signatures.lifts(level, Override::Breaker) {
            return None;
        }
        let message = format!("the circuit breaker is {}", state.as_str());
        let change = Change::Sign {
            level,
            naming: vec![Override::Breaker],
        };
        Some(wait("circuit_breaker", message, change))
    }

    fn budgets(&self) -> Found {
        let reason = |problem| match problem {
            MetricProblem::Over { name, value, bound } => deny(
                "budget_exceeded",
                format!("`{name}` is {value}, not below {bound}"),
                Change::Lower(name, bound),
            ),
            MetricProblem::Unmeasured { name } => ask(
                "metric_unknown",
                self.asked(),
                format!("`{name}` was not measured"),
                Change::Measure(name),
            ),
        };
        self.policy
            .budgets
            .problems(&self.context.metrics)
            .into_iter()
            .map(reason)
            .collect()
    }

    fn vulnerabilities(&self) -> Found {
        let reason = |v: &crate::limits::Vulnerability| {
            let name = v.id.as_deref().unwrap_or("an open vulnerability");
            let change = Change::FixVulnerability(name.to_owned());
            match (
                self.policy.vulnerabilities.is_late(v),
                v.severity,
                v.age_hours,
            ) {
                (Some(false), ..) => None,
                (Some(true), Some(severity), Some(age)) => {
                    let limit = self.policy.vulnerabilities.limit(severity);
                    let severity = severity.as_str();
                    let message =
                        format!("{name} ({severity}) is open for {age} hours, more than {limit}");
                    Some(deny("sla_breached", message, change))
                }
                _ => Some(ask(
                    "vulnerability_unknown",
                    self.asked(),
                    format!("severity or age of {name} is not known"),
                    change,
                )),
            }
        };
        if self.facts.security_fix {
            return Vec::new();
        }
        self.context
            .vulnerabilities
            .iter()
            .filter_map(reason)
            .collect()
    }

    fn score(&self) -> Option<Reason> {
        let needed = match self.kind {
            Kind::Revert => self.policy.rollback.needs_score,
            Kind::Hotfix => self.policy.hotfix.needs_score,
            Kind::Ordinary | Kind::Promotion => true,
        };
        let line = self.target.min_confidence;
        let score = self.facts.confidence.counts_as();
        if !needed || score.is_some_and(|s| s >= line) {
            return None;
        }
        // Where no signature is asked for, a person's approval stands in for the score;
        // elsewhere whoever signs must say that the score is to be passed over.
        let (accepted, naming) = if self.target.review.replaces_score() {
            (self.signatures.people() > 0, Vec::new())
        } else {
            let level = self.review.asked();
            (
                self.signatures.lifts(level, Override::Confidence),
                vec![Override::Confidence],
            )
        };
        if accepted {
            return None;
        }
        let target = &self.facts.target;
        let (code, message) = match score {
            None => (
                "confidence_invalid",
                "the score is not a number from 0 to 100".to_owned(),
            ),
            Some(score) => (
                "confidence_low",
                format!("the score is {score}; `{target}` asks for {line}"),
            ),
        };
        let change = Change::Sign {
            level: self.review.asked(),
            naming,
        };
        Some(ask(code, self.asked(), message, change))
    }

    fn signatures(&self) -> Found {
        let mut found = Vec::new();
        let target = &self.facts.target;
        if let Some(level) = self.review.required() {
            if !self.signatures.has(level) {
                let message = format!("`{target}` asks for an approval of level {level}");
                let change = Change::Sign {
                    level,
                    naming: Vec::new(),
                };
                found.push(ask(needs(level), Who::Level(level), message, change));
            }
            let second = self.policy.hotfix.second;
            if self.kind == Kind::Hotfix && !self.signatures.has_two(level, second) {
                let message = format!(
                    "a hotfix to `{target}` asks for a second person's approval, {second} or above"
                );
                let change = Change::SecondSign(second);
                found.push(ask(needs(second), Who::Level(second), message, change));
            }
        }
        let missing = self
            .target
            .min_reviews
            .saturating_sub(self.signatures.people());
        if missing > 0 {
            let message = format!(
                "`{target}` asks for {} approvals, {} count",
                self.target.min_reviews,
                self.signatures.people()
            );
            found.push(ask(
                "needs_review",
                self.asked(),
                message,
                Change::Reviews(missing),
            ));
        }
        found
    }

    fn owners(&self) -> Found {
        if !self.target.code_owners {
            return Vec::new();
        }
        let Some(files) = &self.facts.owners else {
            let message = "the owners of the changed files are not known".to_owned();
            return vec![ask(
                "needs_code_owner",
                Who::CodeOwner,
                message,
                Change::KnowOwners,
            )];
        };
        let mut open: Vec<&Vec<String>> = files
            .iter()
            .filter(|owners| !owners.is_empty() && !self.signatures.by_any(owners))
            .collect();
        open.sort_unstable();
        open.dedup();
        open.into_iter()
            .map(|owners| {
                let message = format!("no owner has approved: {}", owners.join(", "));
                let change = Change::OwnerApproves(owners.clone());
                ask("needs_code_owner", Who::CodeOwner, message, change)
            })
            .collect()
    }

    fn unread(&self) -> Found {
        let reason = |p: &String| {
            ask(
                "facts_invalid",
                self.asked(),
                p.clone(),
                Change::FixFact(p.clone()),
            )
        };
        self.facts.problems.iter().map(reason).collect()
    }
}

fn needs(level: Level) -> &'static str {
    match level {
        Level::Reviewer => "needs_review",
        Level::TechnicalLead => "needs_technical_lead",
        Level::Executive => "needs_executive",
    }
}
