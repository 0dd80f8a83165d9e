//! GitHub's classic branch protection rules.
//!
//! Source: GitHub's REST documentation of branch protection. Exactly one rule applies to a
//! branch: one that names it exactly before any wildcard, and among equals the oldest, that
//! is, the first of the list.

use clearance_core::{Role, Verdict};
use serde_json::Value;

use super::value::{At, parse};
use super::{ImportError, Requirements, reason};
use crate::pattern::{Dialect, Pattern};
use crate::protect::{Actor, ChangeKind, Protection, PushReason, RefChange};

/// The classic rules of a repository.
///
/// # Examples
///
/// ```
/// use clearance_branch::import::ClassicRules;
/// use clearance_branch::protect::{Actor, ChangeKind, Protection, RefChange};
/// use clearance_core::{Role, Verdict};
///
/// let rules = ClassicRules::from_json(
///     r#"[{"pattern": "prod*", "enforce_admins": {"enabled": true},
///          "required_pull_request_reviews": {"required_approving_review_count": 2}}]"#,
/// )?;
/// let refname = "refs/heads/production";
/// let change = RefChange { remote: None, refname, kind: ChangeKind::Update };
/// let reasons = rules.reasons(&change, &Actor::new(Role::Admin));
/// assert_eq!(reasons[0].verdict, Verdict::Deny);
/// # Ok::<(), clearance_branch::import::ImportError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ClassicRules {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    pattern: Pattern,
    locked: bool,
    /// Accounts that may push past the pull request.
    bypass: Option<Vec<String>>,
    /// Accounts that may push at all.
    restricted_to: Option<Vec<String>>,
    block_creations: bool,
    allow_force: bool,
    allow_deletions: bool,
    requirements: Requirements,
}

impl ClassicRules {
    /// Reads one rule or a list of rules, as the REST interface gives them. The branch name
    /// or pattern stands in `pattern`, `branch` or `name`, or is taken from the rule's `url`.
    ///
    /// # Errors
    ///
    /// [`ImportError`] for anything that is not as documented; nothing is imported then.
    pub fn from_json(text: &str) -> Result<Self, ImportError> {
        Self::from_value(&parse(text)?)
    }

    /// As [`ClassicRules::from_json`], from a value.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn from_value(value: &Value) -> Result<Self, ImportError> {
        let rules = At::root(value).one_or_more()?;
        Ok(Self {
            rules: rules.iter().map(rule).collect::<Result<_, _>>()?,
        })
    }

    /// The requirements of each rule, with its pattern.
    pub fn requirements(&self) -> impl Iterator<Item = (&Pattern, &Requirements)> {
        self.rules.iter().map(|r| (&r.pattern, &r.requirements))
    }

    fn applying(&self, branch: &str) -> Option<&Rule> {
        let exact = self
            .rules
            .iter()
            .find(|r| r.pattern.is_exact() && r.pattern.matches(branch));
        exact.or_else(|| self.rules.iter().find(|r| r.pattern.matches(branch)))
    }
}

fn rule(at: &At<'_>) -> Result<Rule, ImportError> {
    let (place, name) = name(at)?;
    let pattern = Pattern::new(Dialect::Github, &name)
        .map_err(|source| ImportError::Pattern { place, source })?;
    let reviews = at.get("required_pull_request_reviews")?;
    let checks = at.get("required_status_checks")?;
    let admins = at.flag_or("enforce_admins", true)?;
    let allow_force = at.flag_or("allow_force_pushes", false)?;
    let allow_deletions = at.flag_or("allow_deletions", false)?;
    let bypass = reviews
        .as_ref()
        .map(|r| r.get("bypass_pull_request_allowances"));
    let bypass = bypass
        .transpose()?
        .flatten()
        .as_ref()
        .map(accounts)
        .transpose()?;
    let mut requirements = Requirements {
        rule: name,
        no_force: !allow_force,
        no_deletion: !allow_deletions,
        pull_request: reviews.is_some(),
        binds_admins: admins && bypass.as_ref().is_none_or(Vec::is_empty),
        ..Requirements::default()
    };
    if let Some(r) = &reviews {
        requirements.reviews = r.count_or("required_approving_review_count", 1)?;
        requirements.code_owners = r.flag_or("require_code_owner_reviews", false)?;
        requirements.dismiss_stale = r.flag_or("dismiss_stale_reviews", false)?;
        requirements.last_push = r.flag_or("require_last_push_approval", false)?;
    }
    if let Some(c) = &checks {
        requirements.up_to_date = c.flag_or("strict", false)?;
        requirements.checks = contexts(c)?;
    }
    Ok(Rule {
        pattern,
        locked: at.flag_or("lock_branch", false)?,
        bypass,
        restricted_to: at.get("restrictions")?.as_ref().map(accounts).transpose()?,
        block_creations: at.flag_or("block_creations", false)?,
        allow_force,
        allow_deletions,
        requirements,
    })
}

/// The name or pattern, and where it stands.
fn name(at: &At<'_>) -> Result<(String, String), ImportError> {
    for field in ["pattern", "branch", "name"] {
        if let Some(name) = at.get(field)? {
            return Ok((name.place.clone(), name.text()?.to_owned()));
        }
    }
    let wrong = || at.wrong("a rule with a `pattern` or a `url`");
    let url = at.get("url")?.ok_or_else(wrong)?;
    let path = url.text()?.split_once("/branches/").ok_or_else(wrong)?.1;
    let name = path.strip_suffix("/protection").ok_or_else(wrong)?;
    Ok((
        url.place.clone(),
        name.replace("%2F", "/").replace("%2f", "/"),
    ))
}

fn contexts(checks: &At<'_>) -> Result<Vec<String>, ImportError> {
    let mut names = checks.texts_of("contexts")?;
    for check in checks.items_of("checks")? {
        let name = check
            .get("context")?
            .ok_or_else(|| check.wrong("a check with a `context`"))?;
        names.push(name.text()?.to_owned());
    }
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// The account names of users, teams and apps.
fn accounts(at: &At<'_>) -> Result<Vec<String>, ImportError> {
    let mut names = Vec::new();
    for (list, field) in [("users", "login"), ("teams", "slug"), ("apps", "slug")] {
        for item in at.items_of(list)? {
            let name = match item.value {
                Value::String(name) => name.clone(),
                _ => {
                    let name = item.get(field)?;
                    name.ok_or_else(|| item.wrong("an account"))?
                        .text()?
                        .to_owned()
                }
            };
            names.push(name);
        }
    }
    Ok(names)
}

impl Rule {
    /// Verdict and sentence about pushing to it directly.
    fn direct(&self, actor: &Actor<'_>) -> Vec<(Verdict, String)> {
        let among = |list: &[String]| {
            actor.is_person()
                && actor
                    .name
                    .is_some_and(|n| list.iter().any(|a| a.eq_ignore_ascii_case(n)))
        };
        // What binds everybody else asks an administrator whom it does not bind.
        let exempt = actor.role == Role::Admin && !self.requirements.binds_admins;
        let refuse = if exempt { Verdict::Ask } else { Verdict::Deny };
        let mut found = Vec::new();
        if self.locked {
            found.push((Verdict::Deny, "the branch is locked".to_owned()));
        }
        if self.requirements.pull_request {
            let listed = self.bypass.as_deref().is_some_and(among);
            let verdict = if listed { Verdict::Ask } else { refuse };
            found.push((verdict, "changes come by pull requests".to_owned()));
        } else if !self.requirements.checks.is_empty() {
            let names = self.requirements.checks.join(", ");
            found.push((refuse, format!("checks must have passed before: {names}")));
        }
        if self
            .restricted_to
            .as_deref()
            .is_some_and(|list| !among(list))
        {
            found.push((refuse, "only certain accounts may push".to_owned()));
        }
        found
    }
}

impl Protection for ClassicRules {
    fn reasons(&self, change: &RefChange<'_>, actor: &Actor<'_>) -> Vec<PushReason> {
        let Some(branch) = change.refname.strip_prefix("refs/heads/") else {
            return Vec::new();
        };
        let Some(rule) = self.applying(branch) else {
            return Vec::new();
        };
        let mut found = match change.kind {
            ChangeKind::Create if !rule.locked && !rule.block_creations => Vec::new(),
            ChangeKind::Delete => Vec::new(),
            _ => rule.direct(actor),
        };
        match change.kind {
            ChangeKind::Force if !rule.allow_force => {
                found.push((Verdict::Deny, "nobody may rewind it".to_owned()));
            }
            ChangeKind::Force => found.push((Verdict::Ask, "it would be rewound".to_owned())),
            ChangeKind::Delete if !rule.allow_deletions => {
                found.push((Verdict::Deny, "nobody may delete it".to_owned()));
            }
            ChangeKind::Delete => found.push((Verdict::Ask, "it would be deleted".to_owned())),
            ChangeKind::Create | ChangeKind::Update => {}
        }
        if found.is_empty() {
            found.push((Verdict::Allow, "the rule does not refuse it".to_owned()));
        }
        let name = &rule.requirements.rule;
        let say = |(verdict, why): (Verdict, String)| {
            let why = format!("GitHub's rule `{name}`: {why}");
            reason("branch.github.classic", verdict, change, &why)
        };
        found.into_iter().map(say).collect()
    }
}
