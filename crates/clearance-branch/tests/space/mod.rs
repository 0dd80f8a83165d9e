//! The points of the promotion space, and what can be done to them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic"
)]

use clearance_branch::breaker::BreakerState;
use clearance_branch::merge::{
    Approval, Change, Check, CheckStatus, Checks as MergeChecks, MergeContext, MergeFacts, Override,
};
use clearance_branch::{Confidence, Level};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Who {
    Human,
    /// A person with an administrator's wish to pass failed checks.
    Admin,
    Bot,
    /// A bot that claims the same.
    BotAdmin,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Signed {
    Nobody,
    /// An executive's approval of an older commit.
    Stale,
    /// The author's own.
    Own,
    Reviewer,
    Lead,
    LeadNamingAll,
    Executive,
    ExecutiveNamingAll,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Checks {
    Passed,
    OneSkipped,
    OneMissing,
    Pending,
    Old,
    OneFailed,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Freeze {
    No,
    Yes,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) source: &'static str,
    pub(crate) promotion: bool,
    pub(crate) target: &'static str,
    pub(crate) score: Option<f64>,
    pub(crate) who: Who,
    pub(crate) signed: Signed,
    pub(crate) checks: Checks,
    pub(crate) freeze: Freeze,
    pub(crate) breaker: &'static str,
}

const SOURCES: [&str; 5] = ["topic", "develop", "staging", "pre-production", "main"];
const TARGETS: [&str; 5] = ["develop", "staging", "pre-production", "main", "trunk"];
const SCORES: [Option<f64>; 7] = [
    Some(101.0),
    None,
    Some(84.9),
    Some(85.0),
    Some(90.0),
    Some(95.0),
    Some(100.0),
];
const WHO: [Who; 4] = [Who::Human, Who::Admin, Who::Bot, Who::BotAdmin];
/// Each counts for no more than the next ones, but for the two that only one of them names.
const SIGNED: [Signed; 8] = [
    Signed::Nobody,
    Signed::Stale,
    Signed::Own,
    Signed::Reviewer,
    Signed::Lead,
    Signed::LeadNamingAll,
    Signed::Executive,
    Signed::ExecutiveNamingAll,
];
const CHECKS: [Checks; 6] = [
    Checks::Passed,
    Checks::OneSkipped,
    Checks::OneMissing,
    Checks::Pending,
    Checks::Old,
    Checks::OneFailed,
];
const BREAKERS: [&str; 3] = ["closed", "half-open", "open"];

impl Case {
    /// Every point.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let sizes = [5, 2, 5, 7, 4, 8, 6, 2, 3];
        (0..sizes.iter().product::<usize>()).map(move |mut n| {
            let mut digit = |base| {
                let digit = n % base;
                n /= base;
                digit
            };
            Self {
                source: SOURCES[digit(5)],
                promotion: digit(2) == 1,
                target: TARGETS[digit(5)],
                score: SCORES[digit(7)],
                who: WHO[digit(4)],
                signed: SIGNED[digit(8)],
                checks: CHECKS[digit(6)],
                freeze: [Freeze::No, Freeze::Yes][digit(2)],
                breaker: BREAKERS[digit(3)],
            }
        })
    }

    /// The same point with one thing worse.
    pub(crate) fn worse(&self) -> Vec<Self> {
        let mut worse = Vec::new();
        let score = SCORES.iter().position(|s| *s == self.score).unwrap();
        if let Some(below) = score.checked_sub(1) {
            worse.push(Self {
                score: SCORES[below],
                ..*self
            });
        }
        let less: &[Signed] = match self.signed {
            Signed::Nobody => &[],
            Signed::Stale | Signed::Own | Signed::Reviewer => &[Signed::Nobody],
            Signed::Lead => &[Signed::Nobody, Signed::Reviewer],
            Signed::LeadNamingAll => &[Signed::Nobody, Signed::Lead],
            Signed::Executive => &[Signed::Nobody, Signed::Lead, Signed::Stale, Signed::Own],
            Signed::ExecutiveNamingAll => {
                &[Signed::Nobody, Signed::Executive, Signed::LeadNamingAll]
            }
        };
        worse.extend(less.iter().map(|&signed| Self { signed, ..*self }));
        if self.checks == Checks::Passed {
            worse.extend(CHECKS.map(|checks| Self { checks, ..*self }));
        }
        // An administrator may pass a failed check, so that only for others nothing is worse.
        if self.who != Who::Admin {
            let checks = Checks::OneFailed;
            worse.push(Self { checks, ..*self });
        }
        if self.who == Who::Admin {
            worse.push(Self {
                who: Who::Human,
                ..*self
            });
        }
        worse.push(Self {
            freeze: Freeze::Yes,
            ..*self
        });
        let breaker = BREAKERS.iter().position(|b| *b == self.breaker).unwrap();
        worse.extend(
            BREAKERS[breaker..]
                .iter()
                .map(|breaker| Self { breaker, ..*self }),
        );
        worse
    }

    pub(crate) fn facts(&self) -> (MergeFacts, MergeContext) {
        let bot = matches!(self.who, Who::Bot | Who::BotAdmin);
        let facts = MergeFacts {
            target: self.target.to_owned(),
            source: Some(self.source.to_owned()),
            promotion: self.promotion,
            author: "ada".to_owned(),
            head: "new".to_owned(),
            confidence: self.score.map_or(Confidence::Missing, Confidence::new),
            approvals: approvals(self.signed),
            checks: MergeChecks::Listed(checks(self.checks)),
            bot: bot.then(|| "style".to_owned()),
            admin_bypass: matches!(self.who, Who::Admin | Who::BotAdmin),
            ..MergeFacts::default()
        };
        let context = MergeContext {
            frozen: self.freeze == Freeze::Yes,
            breaker: BreakerState::parse(self.breaker).unwrap(),
            ..MergeContext::default()
        };
        (facts, context)
    }
}

fn approvals(signed: Signed) -> Vec<Approval> {
    let by = |level, naming: &[Override]| Approval {
        by: "grace".to_owned(),
        level: Some(level),
        overrides: naming.to_vec(),
        ..Approval::default()
    };
    let all = [Override::Confidence, Override::Freeze, Override::Breaker];
    let executive = by(Level::Executive, &all);
    match signed {
        Signed::Nobody => Vec::new(),
        Signed::Stale => vec![Approval {
            commit: Some("old".to_owned()),
            ..executive
        }],
        Signed::Own => vec![Approval {
            by: "Ada".to_owned(),
            ..executive
        }],
        Signed::Reviewer => vec![by(Level::Reviewer, &all)],
        Signed::Lead => vec![by(Level::TechnicalLead, &[])],
        Signed::LeadNamingAll => vec![by(Level::TechnicalLead, &all)],
        Signed::Executive => vec![by(Level::Executive, &[])],
        Signed::ExecutiveNamingAll => vec![executive],
    }
}

/// Nine checks, but for what the case says.
fn checks(checks: Checks) -> Vec<Check> {
    let mut list: Vec<Check> = (1..=9)
        .map(|i| Check {
            name: format!("check {i}"),
            status: CheckStatus::Success,
            commit: Some("new".to_owned()),
        })
        .collect();
    match checks {
        Checks::Passed => {}
        Checks::OneSkipped => list[4].status = CheckStatus::Skipped,
        Checks::OneMissing => list.truncate(8),
        Checks::Pending => list[8].status = CheckStatus::Pending,
        Checks::Old => list
            .iter_mut()
            .for_each(|c| c.commit = Some("old".to_owned())),
        Checks::OneFailed => list[0].status = CheckStatus::Failed,
    }
    list
}

/// Does to the facts what a change says.
pub(crate) fn apply(change: &Change, facts: &mut MergeFacts, context: &mut MergeContext) {
    let fresh = facts.approvals.len();
    let mut sign = |level, overrides: &[Override], n: usize| {
        facts.approvals.push(Approval {
            by: format!("person {}", fresh + n),
            level: Some(level),
            overrides: overrides.to_vec(),
            ..Approval::default()
        });
    };
    match change {
        Change::Sign { level, naming } => sign(*level, naming, 0),
        Change::SecondSign(level) => sign(*level, &[], 0),
        Change::Reviews(n) => (0..*n).for_each(|i| sign(Level::Reviewer, &[], i as usize)),
        Change::Retarget(to) => facts.target.clone_from(to),
        Change::NoPromotion => facts.promotion = false,
        Change::ComeFrom(source) => facts.source = Some(source.clone()),
        Change::PassChecks(names) => {
            for name in names {
                pass(facts, name);
            }
        }
        Change::MoreChecks(n) => (0..*n).for_each(|i| pass(facts, &format!("more {i}"))),
        Change::BoardDecides => context.board_days = Some(0.0),
        Change::StartByHand => context.manual_trigger = true,
        Change::WithdrawVeto => facts.veto = false,
        other => panic!("{other:?} cannot come up here"),
    }
}

fn pass(facts: &mut MergeFacts, name: &str) {
    let MergeChecks::Listed(list) = &mut facts.checks else {
        panic!("no list")
    };
    list.retain(|c| c.name != name);
    list.push(Check {
        name: name.to_owned(),
        status: CheckStatus::Success,
        commit: None,
    });
}
