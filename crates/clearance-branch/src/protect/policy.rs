//! Our own rules for direct pushes: [`PushPolicy`].

use clearance_core::{Role, Verdict};

use super::{Actor, ChangeKind, PULL_REQUEST, PushReason, RefChange, act};
use crate::pattern::{Coverage, Pattern, PatternError, RefCondition, RefKind};

/// A verdict for each role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByRole {
    /// For coding agents.
    pub agent: Verdict,
    /// For automation with an account of its own.
    pub bot: Verdict,
    /// For people.
    pub human: Verdict,
    /// For administrators.
    pub admin: Verdict,
}

impl ByRole {
    /// The same for all.
    #[must_use]
    pub const fn all(verdict: Verdict) -> Self {
        Self {
            agent: verdict,
            bot: verdict,
            human: verdict,
            admin: verdict,
        }
    }

    /// One for programs, one for people, one for administrators.
    #[must_use]
    pub const fn new(programs: Verdict, human: Verdict, admin: Verdict) -> Self {
        Self {
            agent: programs,
            bot: programs,
            human,
            admin,
        }
    }

    /// The verdict for a role.
    #[must_use]
    pub const fn get(&self, role: Role) -> Verdict {
        match role {
            Role::Agent => self.agent,
            Role::Bot => self.bot,
            Role::Human => self.human,
            Role::Admin => self.admin,
        }
    }
}

/// A verdict for each kind of change and each role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Actions {
    /// For creating.
    pub create: ByRole,
    /// For moving forward.
    pub update: ByRole,
    /// For rewinding.
    pub force: ByRole,
    /// For deleting.
    pub delete: ByRole,
}

impl Actions {
    /// Of a protected branch: nothing by programs, pull requests for people, an
    /// administrator is asked; rewinding and deleting is off for all.
    pub const PROTECTED: Self = Self {
        create: ByRole::new(Verdict::Deny, Verdict::Ask, Verdict::Ask),
        update: ByRole::new(Verdict::Deny, Verdict::Deny, Verdict::Ask),
        force: ByRole::all(Verdict::Deny),
        delete: ByRole::all(Verdict::Deny),
    };

    /// Of a branch that nobody protects: rewriting it asks.
    pub const BRANCH: Self = Self {
        create: ByRole::all(Verdict::Allow),
        update: ByRole::all(Verdict::Allow),
        force: ByRole::all(Verdict::Ask),
        delete: ByRole::all(Verdict::Ask),
    };

    /// Of a tag: others rely on it never to move, and its creation may start a release.
    pub const TAG: Self = Self {
        create: ByRole::all(Verdict::Ask),
        update: ByRole::new(Verdict::Deny, Verdict::Ask, Verdict::Ask),
        force: ByRole::new(Verdict::Deny, Verdict::Ask, Verdict::Ask),
        delete: ByRole::new(Verdict::Deny, Verdict::Ask, Verdict::Ask),
    };

    /// The verdict for a change by a role.
    #[must_use]
    pub const fn get(&self, kind: ChangeKind, role: Role) -> Verdict {
        match kind {
            ChangeKind::Create => self.create.get(role),
            ChangeKind::Update => self.update.get(role),
            ChangeKind::Force => self.force.get(role),
            ChangeKind::Delete => self.delete.get(role),
        }
    }
}

impl Default for Actions {
    fn default() -> Self {
        Self::PROTECTED
    }
}

/// A rule: these refs, and what may be done to them.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "RawRule"))]
pub struct ProtectRule {
    condition: RefCondition,
    actions: Actions,
}

impl ProtectRule {
    /// A rule for the refs that `include` covers and `exclude` does not, in the pattern
    /// language of GitHub rulesets. Unlike there, a pattern that does not begin with `refs/`
    /// or `~` is about short names: `main` means `refs/heads/main`.
    ///
    /// # Errors
    ///
    /// [`PatternError`] for a pattern that is refused.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_branch::pattern::{Coverage, RefKind};
    /// use clearance_branch::protect::{Actions, ProtectRule};
    ///
    /// let rule = ProtectRule::new::<&str>(RefKind::Branch, &["rel-*"], &[], Actions::PROTECTED)?;
    /// assert_eq!(rule.condition().covers("refs/heads/rel-1", None), Coverage::Yes);
    /// # Ok::<(), clearance_branch::pattern::PatternError>(())
    /// ```
    pub fn new<S: AsRef<str>>(
        kind: RefKind,
        include: &[S],
        exclude: &[S],
        actions: Actions,
    ) -> Result<Self, PatternError> {
        let full = |list: &[S]| -> Vec<String> {
            list.iter()
                .map(|p| full_pattern(kind, p.as_ref()))
                .collect()
        };
        Ok(Self {
            condition: RefCondition::new(kind, &full(include), &full(exclude))?,
            actions,
        })
    }

    /// Which refs it is about.
    #[must_use]
    pub fn condition(&self) -> &RefCondition {
        &self.condition
    }

    /// What may be done to them.
    #[must_use]
    pub fn actions(&self) -> &Actions {
        &self.actions
    }

    fn exact(names: &[&str], actions: Actions) -> Self {
        let include = names
            .iter()
            .map(|n| Pattern::exact(&format!("refs/heads/{n}")))
            .collect();
        Self {
            condition: RefCondition::of_patterns(RefKind::Branch, include),
            actions,
        }
    }
}

/// A pattern for full names, from one that may be for short names.
fn full_pattern(kind: RefKind, pattern: &str) -> String {
    if pattern.starts_with("refs/") || pattern.starts_with('~') || pattern.is_empty() {
        pattern.to_owned()
    } else {
        format!("{}{pattern}", kind.prefix())
    }
}

impl PartialEq for ProtectRule {
    fn eq(&self, other: &Self) -> bool {
        let texts = |list: &[Pattern]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        self.actions == other.actions
            && self.condition.kind() == other.condition.kind()
            && texts(self.condition.include()) == texts(other.condition.include())
            && texts(self.condition.exclude()) == texts(other.condition.exclude())
    }
}

/// Which refs are protected against direct pushes. Of several rules the strictest holds.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct PushPolicy {
    /// The short name of the remote's default branch, which is always protected. Leave it
    /// out if the caller fills it in from the repository.
    pub default_branch: Option<String>,
    /// The rules. TOML: `[[push.protect]]`; a file that has any replaces the model's.
    pub protect: Vec<ProtectRule>,
    /// For branches that no rule covers.
    pub branches: Actions,
    /// For tags that no rule covers.
    pub tags: Actions,
    /// For refs that are neither branches nor tags.
    pub other: ByRole,
}

impl Default for PushPolicy {
    fn default() -> Self {
        let shared = Actions {
            update: ByRole::new(Verdict::Deny, Verdict::Ask, Verdict::Ask),
            ..Actions::PROTECTED
        };
        let mut release = ProtectRule::exact(
            &["main", "master", "staging", "pre-production"],
            Actions::PROTECTED,
        );
        release.condition.include_more("refs/heads/release/**/*");
        Self {
            default_branch: None,
            protect: vec![ProtectRule::exact(&["develop"], shared), release],
            branches: Actions::BRANCH,
            tags: Actions::TAG,
            other: ByRole::all(Verdict::Ask),
        }
    }
}

impl PushPolicy {
    pub(super) fn reasons(&self, change: &RefChange<'_>, actor: &Actor<'_>) -> Vec<PushReason> {
        let mut reasons = Vec::new();
        let default = self.default_branch.as_deref();
        for rule in &self.protect {
            match rule.condition.covers(change.refname, default) {
                Coverage::No => {}
                Coverage::Yes => {
                    let verdict = rule.actions.get(change.kind, actor.role);
                    let by = rule.condition.covering(change.refname, default);
                    reasons.push(protected(change, actor, verdict, by));
                }
                Coverage::Unknown => {
                    // It may or may not be covered: at least ask, unless the rule allows.
                    let verdict = rule.actions.get(change.kind, actor.role).min(Verdict::Ask);
                    reasons.push(protected(change, actor, verdict, "~DEFAULT_BRANCH"));
                }
            }
        }
        let short = change.refname.strip_prefix("refs/heads/");
        if reasons.is_empty() && short.is_some() && short == default {
            let verdict = Actions::PROTECTED.get(change.kind, actor.role);
            reasons.push(protected(
                change,
                actor,
                verdict,
                "being the default branch",
            ));
        }
        if reasons.is_empty() {
            reasons.push(self.unprotected(change, actor));
        }
        reasons
    }

    fn unprotected(&self, change: &RefChange<'_>, actor: &Actor<'_>) -> PushReason {
        let below = |prefix| {
            change
                .refname
                .strip_prefix(prefix)
                .is_some_and(|n| !n.is_empty())
        };
        let (rule, verdict, what) = if below("refs/heads/") {
            let verdict = self.branches.get(change.kind, actor.role);
            ("branch.push.branch", verdict, "the branch is not protected")
        } else if below("refs/tags/") {
            (
                "branch.push.tag",
                self.tags.get(change.kind, actor.role),
                "it is a tag",
            )
        } else {
            let verdict = self.other.get(actor.role);
            (
                "branch.push.other",
                verdict,
                "it is neither a branch nor a tag",
            )
        };
        let message = format!("{} as {}: {what}", act(change), actor.role.as_str());
        PushReason {
            rule,
            verdict,
            message,
            remedy: None,
        }
    }
}

fn protected(change: &RefChange<'_>, actor: &Actor<'_>, verdict: Verdict, by: &str) -> PushReason {
    let (rule, remedy) = match change.kind {
        ChangeKind::Create | ChangeKind::Update => ("branch.push.protected", Some(PULL_REQUEST)),
        ChangeKind::Force => ("branch.push.force-protected", Some(PULL_REQUEST)),
        ChangeKind::Delete => ("branch.push.delete-protected", None),
    };
    let by = if by.contains(' ') {
        by.to_owned()
    } else {
        format!("`{by}`")
    };
    let role = actor.role.as_str();
    let message = format!("{} as {role}: the branch is protected by {by}", act(change));
    PushReason {
        rule,
        verdict,
        message,
        remedy: remedy.filter(|_| verdict != Verdict::Allow),
    }
}

#[cfg(feature = "serde")]
mod de {
    use core::fmt;

    use clearance_core::Verdict;
    use serde::de::value::MapAccessDeserializer;
    use serde::de::{Deserialize, Deserializer, IntoDeserializer, MapAccess, Visitor};

    use super::{Actions, ByRole, PatternError, ProtectRule, RefKind};

    /// A verdict for each role, all of which must be given.
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Roles {
        agent: Verdict,
        bot: Verdict,
        human: Verdict,
        admin: Verdict,
    }

    impl<'de> Deserialize<'de> for ByRole {
        /// Either one verdict for all, or a table with one for each role.
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Either;
            impl<'de> Visitor<'de> for Either {
                type Value = ByRole;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("`allow`, `ask` or `deny`, or one of them for each role")
                }

                fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ByRole, E> {
                    Verdict::deserialize(text.into_deserializer()).map(ByRole::all)
                }

                fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ByRole, A::Error> {
                    let Roles {
                        agent,
                        bot,
                        human,
                        admin,
                    } = Roles::deserialize(MapAccessDeserializer::new(map))?;
                    Ok(ByRole {
                        agent,
                        bot,
                        human,
                        admin,
                    })
                }
            }
            deserializer.deserialize_any(Either)
        }
    }

    #[derive(Clone, Copy, Default, serde::Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Target {
        #[default]
        Branch,
        Tag,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct RawRule {
        #[serde(default)]
        target: Target,
        include: Vec<String>,
        #[serde(default)]
        exclude: Vec<String>,
        #[serde(default = "create")]
        create: ByRole,
        #[serde(default = "update")]
        update: ByRole,
        #[serde(default = "deny")]
        force: ByRole,
        #[serde(default = "deny")]
        delete: ByRole,
    }

    fn create() -> ByRole {
        Actions::PROTECTED.create
    }

    fn update() -> ByRole {
        Actions::PROTECTED.update
    }

    fn deny() -> ByRole {
        Actions::PROTECTED.force
    }

    impl TryFrom<RawRule> for ProtectRule {
        type Error = PatternError;

        fn try_from(raw: RawRule) -> Result<Self, PatternError> {
            let RawRule {
                target,
                include,
                exclude,
                create,
                update,
                force,
                delete,
            } = raw;
            let kind = match target {
                Target::Branch => RefKind::Branch,
                Target::Tag => RefKind::Tag,
            };
            Self::new(
                kind,
                &include,
                &exclude,
                Actions {
                    create,
                    update,
                    force,
                    delete,
                },
            )
        }
    }
}

#[cfg(feature = "serde")]
use de::RawRule;
