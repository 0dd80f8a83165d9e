//! Which refs are protected, and who may change them how: [`decide_push`].
//!
//! What a push changes is worked out elsewhere; here one [`RefChange`] at a time is held
//! against our own [`PushPolicy`] and against what was imported from a host
//! ([`crate::import`]). The strictest answer wins, except inside an import, where the host's
//! own way of combining its rules decides.

mod policy;

use clearance_core::{Effect, Finding, Role, Score, Span, Verdict};

pub use policy::{Actions, ByRole, ProtectRule, PushPolicy};

/// What happens to a ref.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It comes into being.
    Create,
    /// It moves forward.
    Update,
    /// It moves to a commit that does not contain the old one.
    Force,
    /// It goes away.
    Delete,
}

impl ChangeKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Create, Self::Update, Self::Force, Self::Delete];

    /// `create`, `update`, `force` or `delete`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Force => "force",
            Self::Delete => "delete",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == name)
    }

    const fn verb(self) -> &'static str {
        match self {
            Self::Create => "creating",
            Self::Update => "pushing to",
            Self::Force => "rewinding",
            Self::Delete => "deleting",
        }
    }
}

/// A change of one ref of one remote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefChange<'a> {
    /// The remote's name or URL, if known. Only for the reader: rules hold for all remotes.
    pub remote: Option<&'a str>,
    /// The full name, such as `refs/heads/main`.
    pub refname: &'a str,
    /// What happens to it.
    pub kind: ChangeKind,
}

/// Who pushes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Actor<'a> {
    /// In which role. The default is an agent.
    pub role: Role,
    /// The account's name on the host, if known.
    pub name: Option<&'a str>,
}

impl<'a> Actor<'a> {
    /// An actor of that role, without a name.
    #[must_use]
    pub const fn new(role: Role) -> Self {
        Self { role, name: None }
    }

    /// The same with an account name.
    #[must_use]
    pub const fn named(self, name: &'a str) -> Self {
        Self {
            role: self.role,
            name: Some(name),
        }
    }

    /// Whether it is a person. Agents and bots never enjoy a person's exceptions.
    #[must_use]
    pub const fn is_person(&self) -> bool {
        matches!(self.role, Role::Human | Role::Admin)
    }
}

/// One reason for a verdict on a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushReason {
    /// A stable id, such as `branch.push.protected`.
    pub rule: &'static str,
    /// What this reason alone leads to.
    pub verdict: Verdict,
    /// One sentence.
    pub message: String,
    /// What to do instead, if there is something.
    pub remedy: Option<&'static str>,
}

impl PushReason {
    /// The same as a finding about the bytes at `span`.
    #[must_use]
    pub fn finding(&self, span: Span) -> Finding {
        let score = match self.verdict {
            Verdict::Allow => Score::new(20),
            Verdict::Ask => Score::new(60),
            Verdict::Deny => Score::new(90),
        };
        Finding {
            rule: self.rule.into(),
            effect: Effect::VcsPush,
            verdict: self.verdict,
            score,
            span,
            message: self.message.clone().into(),
            remedy: self.remedy.map(Into::into),
        }
    }
}

/// The answer about one change of one ref.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PushDecision {
    /// Every reason, also those that allow.
    pub reasons: Vec<PushReason>,
}

impl PushDecision {
    /// The strictest of its reasons; ask if there is none.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.reasons
            .iter()
            .map(|r| r.verdict)
            .max()
            .unwrap_or_default()
    }
}

/// A source of rules beside our own policy, such as an import.
pub trait Protection {
    /// The reasons it has about a change; none if the ref is none of its business.
    fn reasons(&self, change: &RefChange<'_>, actor: &Actor<'_>) -> Vec<PushReason>;
}

/// Decides about one change of one ref.
///
/// # Examples
///
/// ```
/// use clearance_branch::protect::{Actor, ChangeKind, PushPolicy, RefChange, decide_push};
/// use clearance_core::{Role, Verdict};
///
/// let policy = PushPolicy::default();
/// let force = |refname| RefChange { remote: None, refname, kind: ChangeKind::Force };
/// let verdict = |change, role| decide_push(&policy, &[], &change, &Actor::new(role)).verdict();
/// assert_eq!(verdict(force("refs/heads/main"), Role::Admin), Verdict::Deny);
/// assert_eq!(verdict(force("refs/heads/topic"), Role::Agent), Verdict::Ask);
/// ```
#[must_use]
pub fn decide_push(
    policy: &PushPolicy,
    imported: &[&dyn Protection],
    change: &RefChange<'_>,
    actor: &Actor<'_>,
) -> PushDecision {
    let mut reasons = policy.reasons(change, actor);
    for source in imported {
        reasons.extend(source.reasons(change, actor));
    }
    reasons.sort_by_key(|r| core::cmp::Reverse(r.verdict));
    PushDecision { reasons }
}

/// The sentence that opens every reason.
pub(crate) fn act(change: &RefChange<'_>) -> String {
    let remote = change
        .remote
        .map(|r| format!(" on `{r}`"))
        .unwrap_or_default();
    format!("{} `{}`{remote}", change.kind.verb(), change.refname)
}

pub(crate) const PULL_REQUEST: &str = "push a branch of your own and open a pull request";

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Role; 4] = [Role::Agent, Role::Bot, Role::Human, Role::Admin];

    fn verdicts(policy: &PushPolicy, refname: &str, kind: ChangeKind) -> String {
        let change = RefChange {
            remote: None,
            refname,
            kind,
        };
        let letter = |role| match decide_push(policy, &[], &change, &Actor::new(role)).verdict() {
            Verdict::Allow => 'a',
            Verdict::Ask => '?',
            Verdict::Deny => 'd',
        };
        ROLES.into_iter().map(letter).collect()
    }

    #[test]
    fn the_model() {
        use ChangeKind::{Create, Delete, Force, Update};
        // Agent, bot, human, admin.
        let table = [
            ("refs/heads/develop", Update, "dd??"),
            ("refs/heads/staging", Update, "ddd?"),
            ("refs/heads/master", Update, "ddd?"),
            ("refs/heads/release/1.0", Update, "ddd?"),
            ("refs/heads/release/1.0/fix", Force, "dddd"),
            ("refs/heads/main", Delete, "dddd"),
            ("refs/heads/main", Create, "dd??"),
            ("refs/heads/topic", Create, "aaaa"),
            ("refs/heads/topic", Update, "aaaa"),
            ("refs/heads/topic", Force, "????"),
            ("refs/heads/topic", Delete, "????"),
            ("refs/heads/mainly", Update, "aaaa"),
            ("refs/tags/v1", Create, "????"),
            ("refs/tags/v1", Force, "dd??"),
            ("refs/notes/commits", Update, "????"),
            ("refs/namespaces/x/refs/heads/main", Update, "????"),
            ("main", Update, "????"),
            ("", Update, "????"),
        ];
        for (refname, kind, expected) in table {
            let got = verdicts(&PushPolicy::default(), refname, kind);
            assert_eq!(got, expected, "{refname} {kind:?}");
        }
    }

    #[test]
    fn the_default_branch_is_protected_whatever_its_name() {
        let mut policy = PushPolicy::default();
        assert_eq!(
            verdicts(&policy, "refs/heads/trunk", ChangeKind::Update),
            "aaaa"
        );
        policy.default_branch = Some("trunk".to_owned());
        assert_eq!(
            verdicts(&policy, "refs/heads/trunk", ChangeKind::Update),
            "ddd?"
        );
    }

    #[test]
    fn a_decision_without_reasons_asks() {
        assert_eq!(PushDecision::default().verdict(), Verdict::Ask);
    }

    #[test]
    fn a_reason_says_what_and_what_else() {
        let refname = "refs/heads/main";
        let change = RefChange {
            remote: Some("origin"),
            refname,
            kind: ChangeKind::Update,
        };
        let decision = decide_push(
            &PushPolicy::default(),
            &[],
            &change,
            &Actor::new(Role::Agent),
        );
        let reason = &decision.reasons[0];
        assert_eq!(reason.rule, "branch.push.protected");
        assert_eq!(
            reason.message,
            "pushing to `refs/heads/main` on `origin` as agent: the branch is protected by \
             `refs/heads/main`"
        );
        assert_eq!(
            reason.remedy,
            Some("push a branch of your own and open a pull request")
        );
    }
}
