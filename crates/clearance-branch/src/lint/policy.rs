//! Contradictions and holes in a policy.

use clearance_core::{Role, Verdict};

use super::{Lint, Weight, lint_condition};
use crate::config::Policy;
use crate::protect::{Actor, ChangeKind, RefChange, decide_push};

/// What in a policy is probably not meant as it is written.
///
/// # Examples
///
/// ```
/// use clearance_branch::config::Policy;
/// use clearance_branch::lint::lint_policy;
///
/// let mut policy = Policy::default();
/// assert!(lint_policy(&policy).is_empty());
///
/// // Nothing comes before the first branch of the order.
/// policy.targets.get_mut("develop").unwrap().only_promotions = true;
/// assert_eq!(lint_policy(&policy)[0].code, "target-closed");
/// ```
#[must_use]
pub fn lint_policy(policy: &Policy) -> Vec<Lint> {
    let mut found = Vec::new();
    if let Some((_, message)) = policy.inconsistency() {
        found.push(Lint::new("unknown-target", Weight::Error, message));
    }
    found.extend(targets(policy));
    found.extend(order(policy));
    found.extend(routes(policy));
    found.extend(freezes(policy));
    found.extend(budgets(policy));
    found.extend(pushes(policy));
    found.extend(gates(policy));
    found
}

fn gates(policy: &Policy) -> Vec<Lint> {
    let mut found = Vec::new();
    for (name, gate) in &policy.gates {
        let other = gate.budgets || gate.vulnerabilities || !gate.checklist.is_empty();
        if gate.free && other {
            let message = format!("the gate `{name}` is free, so its conditions do nothing");
            found.push(Lint::new("gate-contradiction", Weight::Error, message));
        }
        if !gate.free && !gate.validation && !gate.human && !other {
            let message = format!("the gate `{name}` has no condition: it is always open");
            let lint = Lint::new("gate-idle", Weight::Warning, message);
            found.push(lint.help("write `free = true` if that is meant"));
        }
        let lines = std::iter::once(name).chain(&gate.commands);
        if lines.into_iter().any(|line| line.trim().is_empty()) {
            let message = format!("the gate `{name}` names an empty command, which nothing is");
            found.push(Lint::new("gate-empty", Weight::Error, message));
        }
    }
    found
}

fn targets(policy: &Policy) -> Vec<Lint> {
    let mut found = Vec::new();
    for (name, target) in &policy.targets {
        if target.only_promotions && policy.promotion.below(name).is_none() {
            let message = format!(
                "nothing can ever merge into `{name}`: it takes promotions only, and no branch \
                 comes before it in the order"
            );
            found.push(Lint::new("target-closed", Weight::Error, message));
        }
        for check in target
            .required_checks
            .iter()
            .filter(|c| target.optional_checks.contains(c))
        {
            let message = format!("the check `{check}` of `{name}` is both required and optional");
            found.push(Lint::new("check-contradiction", Weight::Error, message));
        }
        if !target.dismiss_stale {
            let message = format!("approvals of older commits count for `{name}`");
            found.push(Lint::new("stale-approvals", Weight::Warning, message));
        }
    }
    found
}

/// Whatever holds on the way up should not be looser at the top.
fn order(policy: &Policy) -> Vec<Lint> {
    let mut found = Vec::new();
    let order = &policy.promotion.order;
    for (name, above) in order.iter().zip(order.iter().skip(1)) {
        let (Some(low), Some(high)) = (policy.targets.get(name), policy.targets.get(above)) else {
            continue;
        };
        let looser = [
            (high.min_confidence < low.min_confidence, "a lower score"),
            (high.review < low.review, "a lesser review"),
            (high.min_reviews < low.min_reviews, "fewer reviews"),
            (high.min_checks < low.min_checks, "fewer checks"),
        ];
        for (_, what) in looser.iter().filter(|(looser, _)| *looser) {
            let message = format!("`{above}` asks for {what} than `{name}`, which comes before it");
            found.push(Lint::new("order-loosens", Weight::Warning, message));
        }
    }
    for (i, name) in order.iter().enumerate() {
        if order.iter().take(i).any(|n| n == name) {
            let message = format!("`{name}` is twice in the order of promotion");
            found.push(Lint::new("order-double", Weight::Error, message));
        }
    }
    found
}

fn routes(policy: &Policy) -> Vec<Lint> {
    let mut found = Vec::new();
    for (i, route) in policy.routes.iter().enumerate() {
        if route.above.get() >= 100.0 {
            let message = format!(
                "the route of `{}` to `{}` can never be taken: no score is above 100",
                route.change, route.to
            );
            found.push(Lint::new("rule-never", Weight::Error, message));
        }
        let mut before = policy.routes.iter().take(i);
        let shadow = before.find(|r| r.change == route.change && r.above <= route.above);
        if let Some(first) = shadow {
            let message = format!(
                "the route of `{}` above {} to `{}` can never be taken: the one above {} comes \
                 first",
                route.change, route.above, route.to, first.above
            );
            found.push(Lint::new("rule-never", Weight::Error, message));
        }
    }
    found
}

fn freezes(policy: &Policy) -> Vec<Lint> {
    let named = policy
        .freezes
        .iter()
        .flat_map(|f| f.targets.iter().map(move |t| (f, t)));
    named
        .filter(|(_, target)| !policy.targets.contains_key(*target))
        .map(|(freeze, target)| {
            let message = format!("the freeze `{}` names `{target}`, no target", freeze.name);
            Lint::new("unknown-target", Weight::Error, message)
        })
        .collect()
}

fn budgets(policy: &Policy) -> Vec<Lint> {
    let unbounded = policy.budgets.required.iter();
    unbounded
        .filter(|name| !policy.budgets.below.contains_key(*name))
        .map(|name| {
            let message = format!("the metric `{name}` must be reported, and has no bound");
            Lint::new("metric-unbounded", Weight::Warning, message)
        })
        .collect()
}

fn pushes(policy: &Policy) -> Vec<Lint> {
    let mut found: Vec<Lint> = policy
        .push
        .protect
        .iter()
        .flat_map(|rule| lint_condition(rule.condition()))
        .collect();
    for (i, rule) in policy.push.protect.iter().enumerate() {
        if policy.push.protect.iter().take(i).any(|r| r == rule) {
            let names: Vec<_> = rule
                .condition()
                .include()
                .iter()
                .map(|p| p.as_str())
                .collect();
            let message = format!("the rule for `{}` stands there twice", names.join("`, `"));
            found.push(Lint::new("rule-double", Weight::Warning, message));
        }
    }
    for name in policy.targets.keys() {
        let refname = format!("refs/heads/{name}");
        let allowed = |kind, role| {
            let change = RefChange {
                remote: None,
                refname: &refname,
                kind,
            };
            let verdict = decide_push(&policy.push, &[], &change, &Actor::new(role)).verdict();
            verdict == Verdict::Allow
        };
        if allowed(ChangeKind::Update, Role::Agent) {
            let message =
                format!("an agent may push to `{name}` directly, past the rules for merges");
            let lint = Lint::new("target-unprotected", Weight::Warning, message);
            found.push(lint.help(format!(
                "protect `{refname}` with an entry `[[push.protect]]`"
            )));
        }
        if [Role::Agent, Role::Bot, Role::Human, Role::Admin]
            .into_iter()
            .any(|role| allowed(ChangeKind::Force, role) || allowed(ChangeKind::Delete, role))
        {
            let message = format!("`{name}` may be rewound or deleted without a question");
            found.push(Lint::new("target-rewindable", Weight::Warning, message));
        }
    }
    found
}

#[cfg(all(test, feature = "toml"))]
mod tests {
    use super::*;

    #[test]
    fn each_fault_is_found() {
        let table = [
            ("", ""),
            (
                "[target.develop]\nrequired_checks = ['a']\noptional_checks = ['a']",
                "check-contradiction",
            ),
            ("[target.main]\nmin_confidence = 80", "order-loosens"),
            ("[target.main]\nreview = 'optional'", "order-loosens"),
            ("[target.main]\ndismiss_stale = false", "stale-approvals"),
            ("[target.trunk]", "target-unprotected"),
            (
                "[promotion]\norder = ['develop', 'develop', 'main']",
                "order-double",
            ),
            (
                "[[route]]\nchange = 'x'\nabove = 1\nto = 'main'\n[[route]]\nchange = 'x'\nabove = 2\nto = 'develop'",
                "rule-never",
            ),
            (
                "[[freeze]]\nname = 'f'\nfrom = 'fri 16:00'\nuntil = 'mon 08:00'\ntargets = ['mian']",
                "unknown-target",
            ),
            ("[budgets]\nrequired = ['speed']", "metric-unbounded"),
            ("[[push.protect]]\ninclude = ['rel[']", "pattern-never"),
            (
                "[[push.protect]]\ninclude = ['rel/**']",
                "pattern-one-level",
            ),
            ("[[push.protect]]\ninclude = []", "rule-never"),
            ("[[push.protect]]\ninclude = ['refs/tags/x']", "rule-never"),
            ("[[push.protect]]\ninclude = ['{a,b}']", "pattern-literal"),
            (
                "[[route]]\nchange = 'x'\nabove = 100\nto = 'main'",
                "rule-never",
            ),
            (
                "[gate.ship]\nvalidation = false\nhuman = false",
                "gate-idle",
            ),
            (
                "[gate.ship]\nfree = true\nchecklist = ['tests']",
                "gate-contradiction",
            ),
            ("[gate.ship]\ncommands = ['']", "gate-empty"),
            ("[gate.'']", "gate-empty"),
            (
                "[[push.protect]]\ninclude = ['refs/heads/**/*']\nforce = 'allow'",
                "target-rewindable",
            ),
        ];
        for (text, code) in table {
            let policy = Policy::from_toml(text, "p.toml").unwrap();
            let codes: Vec<_> = lint_policy(&policy).iter().map(|l| l.code).collect();
            if code.is_empty() {
                assert!(codes.is_empty(), "{codes:?}");
            } else {
                assert!(codes.contains(&code), "{text}: {codes:?}");
            }
        }
    }
}
