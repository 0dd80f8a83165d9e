//! GitHub's rulesets.
//!
//! Source: GitHub's REST documentation of repository rules. All active rulesets that cover a
//! ref apply, and the strictest setting holds.

use clearance_core::{Role, Verdict};
use serde_json::Value;

use super::value::{At, parse};
use super::{ImportError, Requirements, reason};
use crate::pattern::{Coverage, RefCondition, RefKind};
use crate::protect::{Actor, ChangeKind, Protection, PushReason, RefChange};

/// The rulesets of a repository.
///
/// # Examples
///
/// ```
/// use clearance_branch::import::Rulesets;
/// use clearance_branch::protect::{Actor, ChangeKind, Protection, RefChange};
/// use clearance_core::{Role, Verdict};
///
/// let rulesets = Rulesets::from_json(
///     r#"[{"name": "no rewinding", "target": "branch", "enforcement": "active",
///          "conditions": {"ref_name": {"include": ["~ALL"], "exclude": []}},
///          "rules": [{"type": "non_fast_forward"}]}]"#,
/// )?;
/// let refname = "refs/heads/topic";
/// let change = RefChange { remote: None, refname, kind: ChangeKind::Force };
/// let reasons = rulesets.reasons(&change, &Actor::new(Role::Human));
/// assert_eq!(reasons[0].verdict, Verdict::Deny);
/// # Ok::<(), clearance_branch::import::ImportError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Rulesets {
    rulesets: Vec<Ruleset>,
    default_branch: Option<String>,
}

#[derive(Clone, Debug)]
struct Ruleset {
    name: String,
    condition: RefCondition,
    rules: Vec<Rule>,
    /// Whether some actor may bypass it.
    has_bypass: bool,
    /// Whether administrators may bypass it with a plain push.
    admin_bypass: bool,
}

#[derive(Clone, Debug)]
enum Rule {
    Creation,
    Update,
    Deletion,
    NonFastForward,
    PullRequest(Requirements),
    Checks {
        names: Vec<String>,
        up_to_date: bool,
        not_on_create: bool,
    },
    /// One that depends on what the commits contain.
    Content(String),
}

/// The role id that GitHub gives to repository administrators.
const ADMIN_ROLE: u64 = 5;

impl Rulesets {
    /// Reads one ruleset or a list of them, as the REST interface gives them. Those that are
    /// not active, or are about pushes rather than refs, are left out.
    ///
    /// # Errors
    ///
    /// [`ImportError`] for anything that is not as documented; nothing is imported then.
    pub fn from_json(text: &str) -> Result<Self, ImportError> {
        Self::from_value(&parse(text)?)
    }

    /// As [`Rulesets::from_json`], from a value.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn from_value(value: &Value) -> Result<Self, ImportError> {
        let all = At::root(value).one_or_more()?;
        let rulesets = all.iter().map(ruleset).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            rulesets: rulesets.into_iter().flatten().collect(),
            default_branch: None,
        })
    }

    /// The same, knowing the short name of the default branch. Without it, a push that
    /// `~DEFAULT_BRANCH` could be about asks.
    #[must_use]
    pub fn with_default_branch(self, name: &str) -> Self {
        Self {
            default_branch: Some(name.to_owned()),
            ..self
        }
    }

    /// The conditions of the active rulesets, with their names.
    pub fn conditions(&self) -> impl Iterator<Item = (&str, &RefCondition)> {
        self.rulesets
            .iter()
            .map(|r| (r.name.as_str(), &r.condition))
    }

    /// What all rulesets together ask of a ref; `None` if none covers it.
    #[must_use]
    pub fn requirements(&self, refname: &str) -> Option<Requirements> {
        let default = self.default_branch.as_deref();
        let mut sum = Requirements {
            binds_admins: true,
            ..Requirements::default()
        };
        let mut names = Vec::new();
        for ruleset in &self.rulesets {
            if ruleset.condition.covers(refname, default) == Coverage::Yes {
                names.push(ruleset.name.as_str());
                sum.binds_admins &= !ruleset.has_bypass;
                ruleset.rules.iter().for_each(|rule| rule.add_to(&mut sum));
            }
        }
        sum.rule = names.join(", ");
        (!names.is_empty()).then_some(sum)
    }
}

impl Rule {
    fn add_to(&self, sum: &mut Requirements) {
        match self {
            Self::NonFastForward => sum.no_force = true,
            Self::Deletion => sum.no_deletion = true,
            Self::PullRequest(r) => {
                sum.pull_request = true;
                sum.reviews = sum.reviews.max(r.reviews);
                sum.code_owners |= r.code_owners;
                sum.dismiss_stale |= r.dismiss_stale;
                sum.last_push |= r.last_push;
            }
            Self::Checks {
                names, up_to_date, ..
            } => {
                sum.checks.extend(names.iter().cloned());
                sum.checks.sort_unstable();
                sum.checks.dedup();
                sum.up_to_date |= up_to_date;
            }
            Self::Creation | Self::Update | Self::Content(_) => {}
        }
    }

    /// Verdict and sentence about a change; `refuse` is what a refusal means to this actor.
    fn about(&self, kind: ChangeKind, refuse: Verdict) -> Option<(Verdict, String)> {
        use ChangeKind::{Create, Delete, Force, Update};
        let moves = matches!(kind, Update | Force);
        match self {
            Self::Creation if kind == Create => Some((refuse, "it may not be created".to_owned())),
            Self::Update if moves => Some((refuse, "it may not be changed".to_owned())),
            // Rewinding and deleting is off for administrators too.
            Self::Deletion if kind == Delete => {
                Some((Verdict::Deny, "it may not be deleted".to_owned()))
            }
            Self::NonFastForward if kind == Force => {
                Some((Verdict::Deny, "it may not be rewound".to_owned()))
            }
            Self::PullRequest(_) if moves => {
                Some((refuse, "changes come by pull requests".to_owned()))
            }
            Self::Checks {
                not_on_create: true,
                ..
            } if kind == Create => None,
            Self::Checks { names, .. } if kind != Delete => Some((
                refuse,
                format!("checks must have passed before: {}", names.join(", ")),
            )),
            Self::Content(what) if kind != Delete => Some((
                Verdict::Ask,
                format!("the rule `{what}` depends on what is pushed"),
            )),
            _ => None,
        }
    }
}

fn need<'a>(at: &At<'a>, name: &str, expected: &'static str) -> Result<At<'a>, ImportError> {
    at.get(name)?.ok_or_else(|| at.wrong(expected))
}

/// A ruleset; `None` for one that holds nothing back.
fn ruleset(at: &At<'_>) -> Result<Option<Ruleset>, ImportError> {
    let enforcement = need(at, "enforcement", "a ruleset with an `enforcement`")?;
    match enforcement.text()? {
        "active" => {}
        "evaluate" | "disabled" => return Ok(None),
        _ => return Err(enforcement.wrong("`active`, `evaluate` or `disabled`")),
    }
    let kind = match at.get("target")?.as_ref().map(At::text).transpose()? {
        None | Some("branch") => RefKind::Branch,
        Some("tag") => RefKind::Tag,
        Some("push") => return Ok(None),
        Some(_) => return Err(at.wrong("a ruleset with the target `branch`, `tag` or `push`")),
    };
    let conditions = need(at, "conditions", "a ruleset with `conditions`")?;
    let names = need(&conditions, "ref_name", "a condition with a `ref_name`")?;
    let (include, exclude) = (names.texts_of("include")?, names.texts_of("exclude")?);
    let condition =
        RefCondition::new(kind, &include, &exclude).map_err(|source| ImportError::Pattern {
            place: names.place.clone(),
            source,
        })?;
    let rules = need(at, "rules", "a ruleset with `rules`")?;
    let bypass = at.items_of("bypass_actors")?;
    let admin_bypass = bypass
        .iter()
        .map(admin_may_push)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Ruleset {
        name: at.get("name")?.map_or(Ok("?"), |n| n.text())?.to_owned(),
        condition,
        rules: rules.items()?.iter().map(rule).collect::<Result<_, _>>()?,
        has_bypass: !bypass.is_empty(),
        admin_bypass: admin_bypass.contains(&true),
    }))
}

/// Whether a bypass entry lets administrators past with a plain push.
fn admin_may_push(at: &At<'_>) -> Result<bool, ImportError> {
    let kind = need(at, "actor_type", "a bypass actor with an `actor_type`")?;
    let mode = at.get("bypass_mode")?.map_or(Ok("always"), |m| m.text())?;
    let id = at.get("actor_id")?.and_then(|id| id.value.as_u64());
    let admins = match kind.text()? {
        "OrganizationAdmin" | "EnterpriseOwner" => true,
        "RepositoryRole" => id == Some(ADMIN_ROLE),
        _ => false,
    };
    Ok(admins && matches!(mode, "always" | "exempt"))
}

fn rule(at: &At<'_>) -> Result<Rule, ImportError> {
    let kind = need(at, "type", "a rule with a `type`")?.text()?;
    let parameters = at.get("parameters")?;
    Ok(match kind {
        "creation" => Rule::Creation,
        "update" => Rule::Update,
        "deletion" => Rule::Deletion,
        "non_fast_forward" => Rule::NonFastForward,
        "pull_request" | "merge_queue" => {
            let mut r = Requirements {
                pull_request: true,
                ..Requirements::default()
            };
            if let Some(p) = &parameters {
                r.reviews = p.count_or("required_approving_review_count", 0)?;
                r.code_owners = p.flag_or("require_code_owner_review", false)?;
                r.dismiss_stale = p.flag_or("dismiss_stale_reviews_on_push", false)?;
                r.last_push = p.flag_or("require_last_push_approval", false)?;
            }
            Rule::PullRequest(r)
        }
        "required_status_checks" => checks(at, parameters.as_ref())?,
        // Linear history, signatures, deployments, scanning, names and messages, and kinds
        // that came later: whether they hold cannot be told from the ref alone.
        other => Rule::Content(other.to_owned()),
    })
}

fn checks(at: &At<'_>, parameters: Option<&At<'_>>) -> Result<Rule, ImportError> {
    let p = parameters.ok_or_else(|| at.wrong("a rule with `parameters`"))?;
    let mut names = Vec::new();
    for check in p.items_of("required_status_checks")? {
        names.push(
            need(&check, "context", "a check with a `context`")?
                .text()?
                .to_owned(),
        );
    }
    Ok(Rule::Checks {
        names,
        up_to_date: p.flag_or("strict_required_status_checks_policy", false)?,
        not_on_create: p.flag_or("do_not_enforce_on_create", false)?,
    })
}

impl Protection for Rulesets {
    fn reasons(&self, change: &RefChange<'_>, actor: &Actor<'_>) -> Vec<PushReason> {
        let mut reasons = Vec::new();
        for ruleset in &self.rulesets {
            let coverage = ruleset
                .condition
                .covers(change.refname, self.default_branch.as_deref());
            if coverage == Coverage::No {
                continue;
            }
            let exempt = actor.role == Role::Admin && ruleset.admin_bypass;
            let refuse = if exempt { Verdict::Ask } else { Verdict::Deny };
            let name = &ruleset.name;
            for (verdict, why) in ruleset
                .rules
                .iter()
                .filter_map(|r| r.about(change.kind, refuse))
            {
                let (verdict, doubt) = match coverage {
                    Coverage::Unknown => {
                        (verdict.min(Verdict::Ask), ", if this is the default branch")
                    }
                    _ => (verdict, ""),
                };
                let why = format!("GitHub's ruleset `{name}`: {why}{doubt}");
                reasons.push(reason("branch.github.ruleset", verdict, change, &why));
            }
        }
        reasons
    }
}
