//! What a git command leaves behind, as far as a later push depends on it: [`after`].
//!
//! A script is judged before it runs, so the facts of the repository are those from before
//! its first command. `git commit && git push` does not push what they show. Here the few
//! commands that usually stand before a push are followed; every other one makes the push a
//! matter for somebody who is asked.
//!
//! Facts: git-checkout(1), git-switch(1), git-branch(1), git-commit(1), git-config(1)
//! (`branch.autoSetupMerge`), git 2.47.

use super::Words;
use super::redirect::{config, remote};
use crate::facts::{ConfigEntry, Head, RepoFacts, Scope};
use crate::push::{Env, Expanded, GitCommand, expand};

/// What a repository may look like after a command.
#[derive(Clone, Debug, PartialEq)]
pub enum After {
    /// As before.
    Same,
    /// Like one of these, or as before: the command may fail, or act on another repository.
    States(Vec<RepoFacts>),
    /// In a way that is not followed; one sentence says what the command may change.
    Unknown(String),
}

/// Subcommands that change neither refs nor configuration.
const INERT: &[&str] = &[
    "add",
    "annotate",
    "apply",
    "archive",
    "blame",
    "cat-file",
    "check-attr",
    "check-ignore",
    "check-mailmap",
    "check-ref-format",
    "cherry",
    "clean",
    "clone",
    "commit-tree",
    "count-objects",
    "describe",
    "diff",
    "diff-files",
    "diff-index",
    "diff-tree",
    "for-each-ref",
    "format-patch",
    "fsck",
    "gc",
    "get-tar-commit-id",
    "grep",
    "hash-object",
    "help",
    "log",
    "ls-files",
    "ls-remote",
    "ls-tree",
    "merge-base",
    "merge-tree",
    "mv",
    "name-rev",
    "patch-id",
    "prune",
    "range-diff",
    "repack",
    "restore",
    "rev-list",
    "rev-parse",
    "rm",
    "shortlog",
    "show",
    "show-branch",
    "show-ref",
    "sparse-checkout",
    "status",
    "stripspace",
    "update-index",
    "var",
    "verify-commit",
    "verify-tag",
    "version",
    "whatchanged",
    "write-tree",
];

/// Subcommands that move branches which are there, and nothing else. What a rebase of
/// another branch checks out is looked at apart.
const MOVING: &[&str] = &[
    "am",
    "cherry-pick",
    "commit",
    "merge",
    "rebase",
    "reset",
    "revert",
];

/// Options with which `git tag` lists or checks.
const TAG_LISTS: &[&str] = &[
    "list",
    "contains",
    "no-contains",
    "merged",
    "no-merged",
    "points-at",
    "verify",
];

/// Says what a repository may look like after a command line of git, its first word git
/// itself, that is no push.
///
/// # Examples
///
/// ```
/// use clearance_branch::facts::{Head, RepoFacts};
/// use clearance_branch::local::{After, after};
/// use clearance_branch::push::Env;
///
/// let facts = RepoFacts { head: Head::Branch("refs/heads/main".into()), ..RepoFacts::default() };
/// let env = Env::default();
/// assert_eq!(after(&["git", "status"], &facts, &env), After::Same);
/// let After::States(states) = after(&["git", "switch", "-c", "fix"], &facts, &env) else {
///     panic!("a new branch is followed");
/// };
/// assert_eq!(states[0].head, Head::Branch("refs/heads/fix".into()));
/// let remote = ["git", "remote", "set-url", "origin", "https://e.example/x"];
/// assert!(matches!(after(&remote, &facts, &env), After::Unknown(_)));
/// ```
#[must_use]
pub fn after<S: AsRef<[u8]>>(argv: &[S], facts: &RepoFacts, env: &Env) -> After {
    let Some(mut git) = GitCommand::parse(argv, env) else {
        return After::Unknown("it is no git command in UTF-8".to_owned());
    };
    match expand(&mut git, facts) {
        Expanded::Builtin => {}
        Expanded::External if git.word.is_empty() && git.unclear.is_empty() => return After::Same,
        Expanded::External | Expanded::Shell(_) => {
            let why = format!("`git {}` runs something that is not followed", git.word);
            return After::Unknown(why);
        }
    }
    let words = Words::new(&git.word, &git.args);
    let unknown = || After::Unknown(format!("`git {}` changes the repository", git.word));
    match git.word.as_str() {
        word if INERT.contains(&word) => After::Same,
        word if MOVING.contains(&word) => moving(word, &words, facts).unwrap_or_else(unknown),
        "config" => config(&words).map_or(After::Same, After::Unknown),
        "remote" => remote(&words).map_or(After::Same, After::Unknown),
        "branch" => branch(&words, facts).unwrap_or_else(unknown),
        "checkout" | "switch" => checkout(&git.word, &words, facts).unwrap_or_else(unknown),
        "fetch" | "pull" => fetch(&words, facts).unwrap_or_else(unknown),
        "push" => pushed(&words, facts).unwrap_or_else(unknown),
        "stash" if !words.operands.contains(&"branch") => After::Same,
        "tag" if words.has("ln", TAG_LISTS) => After::Same,
        "tag" => After::States(vec![tag(&words, facts)]),
        "reflog" | "worktree" | "submodule" | "notes" | "bundle"
            if reads_only(&git.word, &words) =>
        {
            After::Same
        }
        _ => unknown(),
    }
}

/// The facts with the values of all branches and tags no longer known, because some command
/// may have moved them; their names stay.
#[must_use]
pub fn moved(facts: &RepoFacts) -> RepoFacts {
    let mut moved = facts.clone();
    for (name, id) in &mut moved.refs {
        if !name.starts_with("refs/remotes/") {
            *id = changed(name);
        }
    }
    moved.revisions.clear();
    moved.reflogs = None;
    moved.no_other_names = false;
    match &mut moved.head {
        Head::Detached(id) => *id = changed("HEAD"),
        // Its first commit makes a branch.
        Head::Branch(name) if !moved.refs.contains_key(name) => {
            moved.refs.insert(name.clone(), changed(name));
        }
        Head::Branch(_) | Head::Unknown => {}
    }
    moved
}

/// An object that nobody knows yet, another one for each name.
fn changed(name: &str) -> String {
    format!("(what {name} is then)")
}

/// As [`moved`], and other repositories or the picture of them may have changed too.
fn fetched(facts: &RepoFacts) -> RepoFacts {
    let mut fetched = moved(facts);
    fetched
        .refs
        .retain(|name, _| !name.starts_with("refs/remotes/"));
    fetched.refs_complete = false;
    fetched.repositories.clear();
    fetched.location.nothing_else = false;
    fetched
}

fn moving(word: &str, words: &Words<'_>, facts: &RepoFacts) -> Option<After> {
    let mut states = vec![moved(facts)];
    if word == "rebase" {
        // `git rebase upstream branch` checks the branch out; `--root` leaves out `upstream`.
        if words.has("x", &["exec"]) {
            return None;
        }
        states.extend(
            words
                .operands
                .iter()
                .filter_map(|name| on_branch(name, facts)),
        );
    }
    Some(After::States(states))
}

/// `HEAD` at a branch that is there.
fn on_branch(name: &str, facts: &RepoFacts) -> Option<RepoFacts> {
    let full = format!("refs/heads/{name}");
    facts.refs.contains_key(&full).then(|| {
        let mut state = moved(facts);
        state.head = Head::Branch(full);
        state
    })
}

/// With a branch of this name, which may or may not be there already.
fn with_branch(name: &str, facts: &RepoFacts) -> (RepoFacts, String) {
    let mut state = moved(facts);
    let full = format!("refs/heads/{name}");
    state.refs.insert(full.clone(), changed(&full));
    (state, full)
}

/// `git checkout` and `git switch`.
fn checkout(word: &str, words: &Words<'_>, facts: &RepoFacts) -> Option<After> {
    if words.has("t", &["track"]) || words.has("", &["guess", "recurse-submodules"]) {
        return None;
    }
    let (letters, longs): (&[&str], &[&str]) = if word == "checkout" {
        (&["b", "B"], &["orphan"])
    } else {
        (&["c", "C"], &["create", "force-create", "orphan"])
    };
    let short = letters.iter().flat_map(|l| words.values(l, ""));
    let long = longs.iter().flat_map(|l| words.values("\0", l));
    let created: Vec<String> = short.chain(long).collect();
    match (created.as_slice(), words.operands.as_slice()) {
        ([name], []) => {
            let (mut state, full) = with_branch(name, facts);
            state.head = Head::Branch(full);
            Some(After::States(vec![state]))
        }
        ([name], [start]) => {
            let (mut state, full) = with_branch(name, facts);
            state.head = Head::Branch(full);
            follow(&mut state, name, start, facts)?;
            Some(After::States(vec![state]))
        }
        ([], []) => words
            .has("d", &["detach"])
            .then(|| After::States(vec![detached(facts)]))
            .or(Some(After::Same)),
        ([], [name]) if !words.dashed => existing(name, facts),
        // Files are taken from somewhere.
        ([], _) if word == "checkout" => Some(After::Same),
        _ => None,
    }
}

fn detached(facts: &RepoFacts) -> RepoFacts {
    let mut state = moved(facts);
    state.head = Head::Detached(changed("HEAD"));
    state
}

/// `git checkout NAME`: a branch, a remote's branch of that name, another commit, or a file.
fn existing(name: &str, facts: &RepoFacts) -> Option<After> {
    if name.starts_with('-') || name.contains("@{") || name.starts_with(':') {
        return None;
    }
    let mut states = vec![detached(facts)];
    states.extend(on_branch(name, facts));
    for remote in remotes(facts) {
        if facts
            .refs
            .contains_key(&format!("refs/remotes/{remote}/{name}"))
            || !facts.refs_complete
        {
            let (mut state, full) = with_branch(name, facts);
            state.head = Head::Branch(full);
            upstream(&mut state, name, remote, &format!("refs/heads/{name}"));
            states.push(state);
        }
    }
    Some(After::States(states))
}

/// The remotes that the configuration names.
fn remotes(facts: &RepoFacts) -> Vec<&str> {
    let named = facts.config.iter().filter_map(|e| match e.parts() {
        ("remote", Some(name), _) => Some(name),
        _ => None,
    });
    let mut names: Vec<&str> = named.collect();
    names.dedup();
    names
}

/// The upstream that a new branch gets from its starting point; `None` where that cannot be
/// said.
fn follow(state: &mut RepoFacts, name: &str, start: &str, facts: &RepoFacts) -> Option<()> {
    let setting = facts.value("branch.autosetupmerge").flatten();
    let never = setting == Some("false");
    let usual = facts.config_complete && matches!(setting, None | Some("true"));
    if never {
        return Some(());
    }
    if !usual {
        return None;
    }
    let short = start.strip_prefix("refs/").unwrap_or(start);
    let short = short.strip_prefix("remotes/").unwrap_or(short);
    let remote = remotes(facts).into_iter().find(|remote| {
        short
            .strip_prefix(remote)
            .is_some_and(|rest| rest.starts_with('/'))
    });
    let Some(remote) = remote else {
        return Some(());
    };
    let usual = format!("+refs/heads/*:refs/remotes/{remote}/*");
    let key = format!("remote.{remote}.fetch");
    let mut fetches = facts.config.iter().filter(|e| e.key == key);
    if !fetches.all(|e| e.value.as_deref() == Some(usual.as_str())) {
        return None;
    }
    let branch = short.get(remote.len() + 1..).unwrap_or_default();
    upstream(state, name, remote, &format!("refs/heads/{branch}"));
    Some(())
}

fn upstream(state: &mut RepoFacts, name: &str, remote: &str, merge: &str) {
    let keys = [("remote", remote), ("merge", merge)];
    state.config.extend(keys.map(|(variable, value)| {
        let key = format!("branch.{name}.{variable}");
        ConfigEntry::new(Scope::Local, &key, Some(value))
    }));
}

fn branch(words: &Words<'_>, facts: &RepoFacts) -> Option<After> {
    let lists = [
        "list",
        "all",
        "remotes",
        "contains",
        "no-contains",
        "merged",
        "no-merged",
    ];
    let shows = [
        "show-current",
        "points-at",
        "verbose",
        "format",
        "sort",
        "column",
    ];
    let changes = words.has(
        "mMcCuft",
        &[
            "move",
            "copy",
            "set-upstream-to",
            "unset-upstream",
            "edit-description",
            "force",
            "track",
        ],
    );
    if changes {
        return None;
    }
    if words.has("dD", &["delete"]) {
        let mut state = moved(facts);
        for name in &words.operands {
            state.refs.remove(&format!("refs/heads/{name}"));
            state.refs.remove(&format!("refs/remotes/{name}"));
        }
        return Some(After::States(vec![state]));
    }
    if words.has("lar", &lists) || words.has("v", &shows) {
        return Some(After::Same);
    }
    match words.operands.as_slice() {
        [] => Some(After::Same),
        [name] => Some(After::States(vec![with_branch(name, facts).0])),
        [name, start] => {
            let (mut state, _) = with_branch(name, facts);
            follow(&mut state, name, start, facts)?;
            Some(After::States(vec![state]))
        }
        _ => None,
    }
}

fn tag(words: &Words<'_>, facts: &RepoFacts) -> RepoFacts {
    let mut state = moved(facts);
    if words.has("d", &["delete"]) {
        for name in &words.operands {
            state.refs.remove(&format!("refs/tags/{name}"));
        }
    } else if let Some(name) = words.operands.first() {
        let full = format!("refs/tags/{name}");
        state.refs.insert(full.clone(), changed(&full));
    }
    state
}

fn fetch(words: &Words<'_>, facts: &RepoFacts) -> Option<After> {
    let specs = words.operands.get(1..).unwrap_or_default();
    let writes = specs.iter().any(|spec| spec.contains(':'));
    if writes || words.has("", &["set-upstream"]) {
        return None;
    }
    Some(After::States(vec![fetched(facts)]))
}

/// After an earlier push the other side is not what it was.
fn pushed(words: &Words<'_>, facts: &RepoFacts) -> Option<After> {
    let setup = facts.value("push.autosetupremote");
    let sets = words.has("u", &["set-upstream"]) || setup.is_some_and(|v| v != Some("false"));
    (!sets).then(|| After::States(vec![fetched(facts)]))
}

fn reads_only(word: &str, words: &Words<'_>) -> bool {
    let first = words.operands.first().copied();
    match word {
        "reflog" => !matches!(first, Some("expire" | "delete" | "drop" | "write")),
        "worktree" => matches!(first, None | Some("list" | "prune" | "lock" | "unlock")),
        "submodule" => matches!(first, None | Some("status" | "summary")),
        "notes" => matches!(first, None | Some("list" | "show" | "get-ref")),
        _ => matches!(first, Some("verify" | "list-heads" | "create")),
    }
}

#[cfg(test)]
mod tests;
