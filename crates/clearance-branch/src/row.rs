//! One line of `clearance push --batch`: [`Row`] in, [`RowAnswer`] out.
//!
//! A row holds a command line and the whole state of a repository and of those around it, all
//! below one folder written `{BASE}`. Objects are named, not hashed: `c3` is a commit, `t2`
//! an annotated tag, `r1` a commit that only the other repositories have, `b1` a blob.
//! [`RowMeta`] says what the names stand for; without it, updates stay possible ones.

use std::collections::BTreeMap;

use clearance_core::Verdict;
use serde::{Deserialize, Serialize};

use crate::facts::{ConfigEntry, Head, Location, ObjectKind, RepoFacts, Repository, Scope};
use crate::push::{
    Certainty, Command, EffectKind, Env, GitCommand, PushPlan, absolute, resolve_push,
};

/// What stands for `{BASE}` while a row is answered.
const BASE: &str = "/base";

/// What object names stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RowMeta {
    /// Object ids by name.
    pub ids: BTreeMap<String, String>,
    /// Parents by name of a commit.
    pub commits: BTreeMap<String, Vec<String>>,
    /// The commit that an annotated tag leads to.
    pub tag_objects: BTreeMap<String, String>,
    /// Commits that are not in the repository itself.
    pub only_on_remotes: Vec<String>,
}

/// A repository that a row's command may push to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RowRemote {
    /// Objects by full ref name.
    pub refs: BTreeMap<String, String>,
    /// Settings of the receiving side. Only those that the client notices count: hidden refs,
    /// and whether push options are taken.
    pub deny: Vec<String>,
}

/// The state of the repository that a row's command runs in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RowState {
    /// `refs/...`, or the name of an object.
    pub head: String,
    /// Objects by short branch name.
    pub branches: BTreeMap<String, String>,
    /// Objects by short tag name.
    pub tags: BTreeMap<String, String>,
    /// Objects by full ref name.
    pub other_refs: BTreeMap<String, String>,
    /// Objects by full ref name.
    pub tracking: BTreeMap<String, String>,
    /// Scope, key and value, as git lists them for this very command line.
    pub config: Vec<(String, String, Option<String>)>,
    /// Repositories by folder name below `{BASE}`.
    pub remotes: BTreeMap<String, RowRemote>,
    /// `HEAD` of linked work trees, by folder name below `{BASE}`.
    pub worktrees: BTreeMap<String, String>,
    /// Values of branches by short name, oldest first.
    pub reflogs: BTreeMap<String, Vec<String>>,
    /// `files` or `reftable`.
    pub ref_format: String,
    /// Exit status of the `pre-push` hook, where there is one.
    pub hook_exit: Option<i32>,
}

/// One question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// Handed back.
    pub id: String,
    /// The command line, git first.
    pub argv: Vec<String>,
    /// The state.
    pub repo_state: RowState,
    /// The current directory, relative to `{BASE}`.
    #[serde(default)]
    pub cwd_rel: Option<String>,
    /// Variables that the command line sets.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// What the object names stand for, if told per row.
    #[serde(default)]
    pub meta: Option<RowMeta>,
}

/// One changed ref of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowEffect {
    /// The repository's folder name, `.` for the row's own, or a URL.
    pub remote: String,
    /// The full name of the ref, or a pattern with `*`.
    #[serde(rename = "ref")]
    pub name: String,
    /// What happens.
    pub kind: EffectKind,
    /// What is pushed there; empty for a deletion.
    pub src: String,
    /// How sure that is.
    pub certainty: Certainty,
    /// Why.
    pub why: String,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowAnswer {
    /// The row's.
    pub id: String,
    /// What changes.
    pub effects: Vec<RowEffect>,
    /// Something was not understood, or an effect is only possible.
    pub unresolved: bool,
    /// Why, and what git would refuse.
    pub reasons: Vec<String>,
    /// What to do.
    pub verdict: Verdict,
}

/// Answers a row. `meta` serves rows without one of their own; `judge` decides on what was
/// found, and is not asked where something was not understood: that is always at least
/// [`Verdict::Ask`].
///
/// # Examples
///
/// ```
/// use clearance_branch::row::{Row, RowMeta, answer};
/// use clearance_core::Verdict;
///
/// let row: Row = serde_json::from_str(
///     r#"{"id": "1", "argv": ["git", "push", "o", "main"], "cwd_rel": "work", "repo_state": {
///         "head": "refs/heads/main", "branches": {"main": "c1"},
///         "config": [["local", "remote.o.url", "../o.git"]], "remotes": {"o.git": {}}}}"#,
/// )
/// .unwrap();
/// let out = answer(&row, &RowMeta::default(), |_| Verdict::Allow);
/// assert_eq!(out.effects[0].remote, "o.git");
/// assert_eq!(out.effects[0].name, "refs/heads/main");
/// assert!(!out.unresolved);
/// ```
pub fn answer(row: &Row, meta: &RowMeta, judge: impl FnOnce(&PushPlan) -> Verdict) -> RowAnswer {
    let argv: Vec<String> = row.argv.iter().map(|word| place(word)).collect();
    let env: Env = row.env.iter().map(|(n, v)| (n.clone(), place(v))).collect();
    let facts = row.facts(meta);
    let mut plan = resolve_push(&argv, &facts, &env);
    if row.hook_refuses(&facts, &plan) {
        plan.effects
            .iter_mut()
            .for_each(|e| e.certainty = Certainty::Possible);
    }
    let exact = plan.is_exact();
    let verdict = judge(&plan);
    let verdict = if plan.unresolved.is_empty() {
        verdict
    } else {
        verdict.join(Verdict::Ask)
    };
    let refused = plan.refused.iter().map(|r| match r.about.as_str() {
        "" => format!("git refuses: {}", r.why),
        about => format!("git refuses `{about}`: {}", r.why),
    });
    let reasons = plan.unresolved.iter().cloned().chain(refused).collect();
    let effects = plan.effects.into_iter().map(|e| RowEffect {
        remote: e.repository.unwrap_or(e.url),
        name: e.name,
        kind: e.kind,
        src: e.src,
        certainty: e.certainty,
        why: e.why,
    });
    RowAnswer {
        id: row.id.clone(),
        effects: effects.collect(),
        unresolved: !exact,
        reasons,
        verdict,
    }
}

fn place(text: &str) -> String {
    text.replace("{BASE}", BASE)
}

impl Row {
    /// The facts that the row tells.
    #[must_use]
    pub fn facts(&self, meta: &RowMeta) -> RepoFacts {
        let meta = self.meta.as_ref().unwrap_or(meta);
        let state = &self.repo_state;
        let mut facts = RepoFacts {
            refs: state.refs(),
            refs_complete: true,
            no_other_names: true,
            config: state.entries(),
            config_complete: true,
            config_has_command_line: true,
            follows_directory: true,
            repositories: state.repositories(),
            submodules: Some(false),
            ..RepoFacts::default()
        };
        if state.ref_format != "reftable" {
            let full =
                |(name, log): (&String, &Vec<String>)| (format!("refs/heads/{name}"), log.clone());
            facts.reflogs = Some(state.reflogs.iter().map(full).collect());
        }
        add_objects(&mut facts, state, meta);
        self.add_revisions(&mut facts, meta);
        self.add_place(&mut facts);
        facts
    }

    /// Whether the repository's `pre-push` hook runs and fails, which no client can foresee.
    fn hook_refuses(&self, facts: &RepoFacts, plan: &PushPlan) -> bool {
        self.repo_state.hook_exit.is_some_and(|status| status != 0)
            && plan.command == Command::Push
            && !plan.skips_hook
            && facts.value("core.hookspath").is_none()
    }

    /// Object ids on the command line, whole or shortened.
    fn add_revisions(&self, facts: &mut RepoFacts, meta: &RowMeta) {
        let words = self
            .argv
            .iter()
            .flat_map(|w| w.split(|c: char| !c.is_ascii_hexdigit()));
        for word in words.filter(|w| w.len() >= 4) {
            let mut names = meta.ids.iter().filter(|(_, id)| id.starts_with(word));
            if let (Some((name, _)), None) = (names.next(), names.next()) {
                facts.revisions.insert(word.to_owned(), Some(name.clone()));
            }
        }
    }

    /// Where the command runs, and which work tree's `HEAD` counts.
    fn add_place(&self, facts: &mut RepoFacts) {
        let argv: Vec<String> = self.argv.iter().map(|word| place(word)).collect();
        let env: Env = self
            .env
            .iter()
            .map(|(n, v)| (n.clone(), place(v)))
            .collect();
        let git = GitCommand::parse(&argv, &env).unwrap_or_default();
        let mut cwd = format!("{BASE}/{}", self.cwd_rel.as_deref().unwrap_or("work"));
        for directory in &git.directories {
            cwd = absolute(Some(&cwd), directory).unwrap_or(cwd);
        }
        let cwd = absolute(None, &cwd).unwrap_or(cwd);
        let work = format!("{BASE}/work");
        let trees: Vec<String> = self
            .repo_state
            .worktrees
            .keys()
            .map(|name| format!("{BASE}/{name}"))
            .collect();
        let inside = |top: &String| cwd == *top || cwd.starts_with(&format!("{top}/"));
        let linked = trees.iter().find(|top| inside(top));
        let named = git.git_dir.is_some() || env.get("GIT_DIR").is_some();
        let work_tree = git.work_tree.as_deref().or(env.get("GIT_WORK_TREE"));
        let work_tree = work_tree.and_then(|tree| absolute(Some(&cwd), tree));
        let top = match (named, work_tree, linked) {
            (true, tree, _) => tree.filter(&inside),
            (false, _, Some(linked)) => Some(linked.clone()),
            (false, _, None) => Some(work.clone()).filter(&inside),
        };
        let head = match linked
            .filter(|_| !named)
            .and_then(|top| top.strip_prefix(BASE))
        {
            Some(name) => self.repo_state.worktrees.get(name.trim_start_matches('/')),
            None => Some(&self.repo_state.head),
        };
        facts.head = match head {
            Some(name) if name.starts_with("refs/") => Head::Branch(name.clone()),
            Some(id) => Head::Detached(id.clone()),
            None => Head::Unknown,
        };
        let own = trees
            .iter()
            .chain([&work])
            .flat_map(|t| [t.clone(), format!("{t}/.git")]);
        let own = own.collect();
        facts.location = Location {
            base: Some(top.unwrap_or(cwd)),
            own,
            nothing_else: true,
        };
    }
}

impl RowRemote {
    /// The refs that it shows.
    fn visible(&self) -> BTreeMap<String, String> {
        let hidden = |name: &str| {
            self.deny
                .iter()
                .filter_map(|d| d.strip_prefix("transfer.hideRefs="))
                .any(|top| {
                    name.strip_prefix(top)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                })
        };
        let shown = self.refs.iter().filter(|(name, _)| !hidden(name));
        shown.map(|(name, id)| (name.clone(), id.clone())).collect()
    }
}

impl RowState {
    fn refs(&self) -> BTreeMap<String, String> {
        let heads = self
            .branches
            .iter()
            .map(|(n, id)| (format!("refs/heads/{n}"), id.clone()));
        let tags = self
            .tags
            .iter()
            .map(|(n, id)| (format!("refs/tags/{n}"), id.clone()));
        let rest = self.other_refs.iter().chain(&self.tracking);
        heads
            .chain(tags)
            .chain(rest.map(|(n, id)| (n.clone(), id.clone())))
            .collect()
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        let entry = |(scope, key, value): &(String, String, Option<String>)| {
            let value = value.as_deref().map(place);
            ConfigEntry::new(Scope::parse(scope), &place(key), value.as_deref())
        };
        self.config.iter().map(entry).collect()
    }

    fn repositories(&self) -> Vec<Repository> {
        let repository = |(name, remote): (&String, &RowRemote)| Repository {
            label: name.clone(),
            urls: vec![format!("{BASE}/{name}")],
            refs: remote.visible(),
            push_options: Some(
                remote
                    .deny
                    .iter()
                    .any(|d| d == "receive.advertisePushOptions=true"),
            ),
        };
        self.remotes.iter().map(repository).collect()
    }
}

fn add_objects(facts: &mut RepoFacts, state: &RowState, meta: &RowMeta) {
    let remote = state.remotes.values().flat_map(|r| r.refs.values());
    let mentioned = facts.refs.values().chain(remote).chain([&state.head]);
    let names: Vec<String> = mentioned.chain(meta.ids.keys()).cloned().collect();
    for name in names {
        let absent = meta.only_on_remotes.contains(&name);
        let kind = match name.as_bytes().first() {
            _ if absent => ObjectKind::Absent,
            Some(b'c') => ObjectKind::Commit,
            Some(b't') => ObjectKind::Tag(meta.tag_objects.get(&name).cloned()),
            Some(b'b' | b'e') => ObjectKind::Other,
            Some(b'r') if !name.starts_with("refs/") => ObjectKind::Absent,
            _ => continue,
        };
        facts.objects.insert(name, kind);
    }
    facts.ancestry.parents.clone_from(&meta.commits);
}
