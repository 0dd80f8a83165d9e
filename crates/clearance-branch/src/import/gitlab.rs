//! GitLab's protected branches.
//!
//! Source: GitLab's REST documentation of protected branches. Of several rules that cover a
//! branch the *most permissive* holds for pushing and rewinding, and an exact name does not
//! override a wildcard; code owners alone are taken from the strictest. Nobody deletes a
//! protected branch with git.

use clearance_core::{Role, Verdict};
use serde_json::Value;

use super::value::{At, parse};
use super::{ImportError, Requirements, reason};
use crate::pattern::{Dialect, Pattern};
use crate::protect::{Actor, ChangeKind, Protection, PushReason, RefChange};

/// The protected branches of a project.
///
/// Roles are read so: a person, an agent and a bot push as developers, an administrator as a
/// maintainer. Access for single users and groups is by number, which we cannot resolve; to a
/// person it means a question, to a program nothing.
///
/// # Examples
///
/// ```
/// use clearance_branch::import::GitlabRules;
/// use clearance_branch::protect::{Actor, ChangeKind, Protection, RefChange};
/// use clearance_core::{Role, Verdict};
///
/// let rules = GitlabRules::from_json(
///     r#"[{"name": "main", "push_access_levels": [{"access_level": 40}]}]"#,
/// )?;
/// let refname = "refs/heads/main";
/// let change = RefChange { remote: None, refname, kind: ChangeKind::Update };
/// assert_eq!(rules.reasons(&change, &Actor::new(Role::Agent))[0].verdict, Verdict::Deny);
/// assert_eq!(rules.reasons(&change, &Actor::new(Role::Admin))[0].verdict, Verdict::Allow);
/// # Ok::<(), clearance_branch::import::ImportError>(())
/// ```
#[derive(Clone, Debug)]
pub struct GitlabRules {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    pattern: Pattern,
    push: Vec<Access>,
    allow_force: bool,
    code_owners: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Nobody,
    Developers,
    Maintainers,
    Administrators,
    /// A user, group or key given by number.
    Someone,
}

impl GitlabRules {
    /// Reads one protected branch or a list of them, as the REST interface gives them.
    ///
    /// # Errors
    ///
    /// [`ImportError`] for anything that is not as documented; nothing is imported then.
    pub fn from_json(text: &str) -> Result<Self, ImportError> {
        Self::from_value(&parse(text)?)
    }

    /// As [`GitlabRules::from_json`], from a value.
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

    /// The patterns.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.rules.iter().map(|r| &r.pattern)
    }

    /// What the rules that cover a branch come to; `None` if it is not protected.
    #[must_use]
    pub fn requirements(&self, branch: &str) -> Option<Requirements> {
        let rules: Vec<_> = self
            .rules
            .iter()
            .filter(|r| r.pattern.matches(branch))
            .collect();
        let names: Vec<&str> = rules.iter().map(|r| r.pattern.as_str()).collect();
        let closed = rules
            .iter()
            .all(|r| r.push.iter().all(|a| *a == Access::Nobody));
        (!rules.is_empty()).then(|| Requirements {
            rule: names.join(", "),
            no_force: !rules.iter().any(|r| r.allow_force),
            no_deletion: true,
            pull_request: closed,
            code_owners: rules.iter().any(|r| r.code_owners),
            binds_admins: closed,
            ..Requirements::default()
        })
    }
}

fn rule(at: &At<'_>) -> Result<Rule, ImportError> {
    let name = at
        .get("name")?
        .ok_or_else(|| at.wrong("a protected branch with a `name`"))?;
    let pattern =
        Pattern::new(Dialect::Gitlab, name.text()?).map_err(|source| ImportError::Pattern {
            place: name.place.clone(),
            source,
        })?;
    let levels = at.items_of("push_access_levels")?;
    Ok(Rule {
        pattern,
        push: levels.iter().map(access).collect::<Result<_, _>>()?,
        allow_force: at.flag_or("allow_force_push", false)?,
        code_owners: at.flag_or("code_owner_approval_required", false)?,
    })
}

fn access(at: &At<'_>) -> Result<Access, ImportError> {
    for field in ["user_id", "group_id", "deploy_key_id", "member_role_id"] {
        if at.get(field)?.is_some() {
            return Ok(Access::Someone);
        }
    }
    let level = at
        .get("access_level")?
        .ok_or_else(|| at.wrong("an access level"))?;
    match level.number()? {
        0 => Ok(Access::Nobody),
        30 => Ok(Access::Developers),
        40 => Ok(Access::Maintainers),
        60 => Ok(Access::Administrators),
        _ => Err(level.wrong("0, 30, 40 or 60")),
    }
}

impl Access {
    fn verdict(self, actor: &Actor<'_>) -> Verdict {
        match (self, actor.role) {
            (Self::Developers, _) | (Self::Maintainers, Role::Admin) => Verdict::Allow,
            (Self::Someone | Self::Administrators, Role::Human | Role::Admin) => Verdict::Ask,
            _ => Verdict::Deny,
        }
    }
}

impl Protection for GitlabRules {
    fn reasons(&self, change: &RefChange<'_>, actor: &Actor<'_>) -> Vec<PushReason> {
        let Some(branch) = change.refname.strip_prefix("refs/heads/") else {
            return Vec::new();
        };
        let rules: Vec<_> = self
            .rules
            .iter()
            .filter(|r| r.pattern.matches(branch))
            .collect();
        if rules.is_empty() {
            return Vec::new();
        }
        let names: Vec<_> = rules.iter().map(|r| format!("`{}`", r.pattern)).collect();
        let names = names.join(", ");
        let say = |verdict, why: &str| {
            let why = format!("GitLab's protected branch {names}: {why}");
            reason("branch.gitlab.protected", verdict, change, &why)
        };
        if change.kind == ChangeKind::Delete {
            return vec![say(Verdict::Deny, "nobody may delete it with git")];
        }
        let accesses = rules.iter().flat_map(|r| &r.push);
        // The most permissive answer of all rules.
        let push = accesses
            .map(|a| a.verdict(actor))
            .min()
            .unwrap_or(Verdict::Deny);
        let mut reasons = vec![match push {
            Verdict::Allow => say(push, "the role may push"),
            Verdict::Ask => say(push, "only certain accounts may push"),
            Verdict::Deny => say(push, "the role may not push"),
        }];
        if change.kind == ChangeKind::Force {
            reasons.push(if rules.iter().any(|r| r.allow_force) {
                say(Verdict::Ask, "it would be rewound")
            } else {
                say(Verdict::Deny, "nobody may rewind it")
            });
        }
        // Code owners: the strictest of all rules.
        if rules.iter().any(|r| r.code_owners) {
            let verdict = if actor.is_person() {
                Verdict::Ask
            } else {
                Verdict::Deny
            };
            reasons.push(say(verdict, "code owners must approve"));
        }
        reasons
    }
}
