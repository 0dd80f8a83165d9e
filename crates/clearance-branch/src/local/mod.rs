//! Local git commands that matter to protection: [`classify_local`].
//!
//! Pushes are [`crate::push`]'s business; this is about commands that move or drop branches,
//! rewrite history, destroy what recovery needs, lose work, or change what later, innocent
//! commands mean. It errs on the side of caution: an option is taken to be given as soon as
//! a word may stand for it. What is not listed here has no effect of these kinds, which does
//! not make it harmless.
//!
//! Facts: the man pages of git 2.47.

mod after;
mod redirect;
mod table;
mod words;

use crate::facts::{Head, RepoFacts};
use crate::git_config;
use crate::push::{Env, Expanded, GitCommand, expand};
use table::RULES;
use words::Words;

pub use after::{After, after, moved};
pub use redirect::redirects_pushes;

/// What a local command does that protection cares about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum LocalClass {
    /// A ref moves to an unrelated value, or comes to point elsewhere.
    MoveRef,
    /// A ref goes away.
    DropRef,
    /// Commits are replaced by others.
    RewriteHistory,
    /// What a mistake could be undone with goes away: reflogs, stashes, unreachable objects.
    DestroyRecovery,
    /// Changes that are recorded nowhere go away.
    LoseWork,
    /// A check is skipped, or later commands mean something else: hooks, remotes, aliases,
    /// `push.default`.
    WeakenGuard,
    /// Text runs as a program or in a shell.
    RunText,
    /// It was not understood.
    Unknown,
}

impl LocalClass {
    /// Whether work can be lost by it.
    #[must_use]
    pub const fn discards(self) -> bool {
        matches!(
            self,
            Self::DropRef | Self::DestroyRecovery | Self::LoseWork | Self::Unknown
        )
    }

    /// Whether history can change by it.
    #[must_use]
    pub const fn rewrites(self) -> bool {
        matches!(self, Self::MoveRef | Self::RewriteHistory | Self::Unknown)
    }
}

/// One effect of a local command.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LocalEffect {
    /// Of which kind.
    pub class: LocalClass,
    /// The ref, by its full name where that is known; the configuration key; or the text that
    /// runs. `None` where the command does not say.
    pub target: Option<String>,
    /// One sentence.
    pub why: String,
}

/// Classifies a local git command line, its first word git itself.
///
/// Without facts an alias cannot be followed and gives [`LocalClass::Unknown`]. Empty for
/// commands that have none of these effects, and for pushes.
///
/// # Examples
///
/// ```
/// use clearance_branch::local::{LocalClass, classify_local};
///
/// let class = |line: &[&str]| -> Vec<LocalClass> {
///     classify_local(line, None).into_iter().map(|e| e.class).collect()
/// };
/// assert_eq!(class(&["git", "reset", "--har"]), [LocalClass::LoseWork, LocalClass::MoveRef]);
/// assert_eq!(class(&["git", "commit", "-nm", "x"]), [LocalClass::WeakenGuard]);
/// assert_eq!(class(&["git", "commit", "-m", "-n"]), []);
/// assert_eq!(class(&["git", "status"]), []);
/// ```
#[must_use]
pub fn classify_local<S: AsRef<[u8]>>(argv: &[S], facts: Option<&RepoFacts>) -> Vec<LocalEffect> {
    let mut found = Found {
        effects: Vec::new(),
    };
    let Some(mut git) = GitCommand::parse(argv, &Env::default()) else {
        found.add(LocalClass::Unknown, None, "it is no git command in UTF-8");
        return found.effects;
    };
    let nothing = RepoFacts::default();
    match expand(&mut git, facts.unwrap_or(&nothing)) {
        Expanded::Builtin => {}
        Expanded::Shell(alias) => {
            found.add(
                LocalClass::RunText,
                Some(alias.script()),
                "an alias runs a shell",
            );
            return found.effects;
        }
        Expanded::External if git.word.is_empty() && git.unclear.is_empty() => {}
        Expanded::External => match git.word.as_str() {
            "filter-repo" => {
                found.add(
                    LocalClass::RewriteHistory,
                    None,
                    "`git filter-repo` rewrites history",
                );
            }
            "filter-branch" | "submodule" | "mergetool" | "request-pull" => {}
            word => {
                let why = format!("`git {word}` is an alias or a program that is not known");
                found.add(LocalClass::Unknown, None, &why);
            }
        },
    }
    for reason in &git.unclear {
        found.add(LocalClass::Unknown, None, reason);
    }
    let words = Words::new(&git.word, &git.args);
    for rule in RULES.iter().filter(|rule| words.satisfies(rule)) {
        found.add(rule.class, None, rule.why);
    }
    found.targets(&git.word, &words, facts);
    found.effects
}

struct Found {
    effects: Vec<LocalEffect>,
}

impl Found {
    fn add(&mut self, class: LocalClass, target: Option<String>, why: &str) {
        let effect = LocalEffect {
            class,
            target,
            why: why.to_owned(),
        };
        if !self.effects.contains(&effect) {
            self.effects.push(effect);
        }
    }

    /// What the tables cannot say: the refs that are meant, and text that runs.
    fn targets(&mut self, word: &str, words: &Words<'_>, facts: Option<&RepoFacts>) {
        match word {
            "branch" => self.branch(words),
            "tag" => {
                self.name_refs(&words.operands, LocalClass::DropRef, "refs/tags/");
                let first: Vec<&str> = words.operands.iter().take(1).copied().collect();
                self.name_refs(&first, LocalClass::MoveRef, "refs/tags/");
            }
            "update-ref" | "symbolic-ref" => {
                let writes =
                    word == "update-ref" || words.operands.len() > 1 || words.has("d", &["delete"]);
                if writes {
                    let target = words.operands.first().map(|w| (*w).to_owned());
                    self.add(LocalClass::MoveRef, target, "it writes a ref directly");
                }
            }
            "config" => self.config(words),
            "fetch" | "pull" => self.fetch(words),
            "rebase" | "bisect" | "filter-branch" | "submodule" | "for-each-repo" => {
                self.text(word, words);
            }
            "checkout" => self.checkout(words),
            _ => {}
        }
        let current = facts.and_then(|f| match &f.head {
            Head::Branch(name) => Some(name.clone()),
            _ => None,
        });
        let on_current = ["reset", "commit", "rebase", "filter-branch", "pull", "am"];
        if on_current.contains(&word) {
            let moves = [LocalClass::MoveRef, LocalClass::RewriteHistory];
            let effects = self.effects.iter_mut().filter(|e| moves.contains(&e.class));
            effects
                .filter(|e| e.target.is_none())
                .for_each(|e| e.target.clone_from(&current));
        }
    }

    fn name_refs(&mut self, names: &[&str], class: LocalClass, prefix: &str) {
        let Some(at) = self.effects.iter().position(|e| e.class == class) else {
            return;
        };
        let why = self
            .effects
            .get(at)
            .map(|e| e.why.clone())
            .unwrap_or_default();
        if names.is_empty() {
            return;
        }
        self.effects.remove(at);
        for name in names {
            self.add(class, Some(format!("{prefix}{name}")), &why);
        }
    }

    fn branch(&mut self, words: &Words<'_>) {
        let remote = words.has("r", &["remotes"]);
        let prefix = if remote {
            "refs/remotes/"
        } else {
            "refs/heads/"
        };
        self.name_refs(&words.operands, LocalClass::DropRef, prefix);
        // `-f name start` moves one branch; renaming and copying concern both names.
        let both = words.has("mMcC", &["move", "copy"]);
        let names = if both { 2 } else { 1 };
        let names: Vec<&str> = words.operands.iter().take(names).copied().collect();
        self.name_refs(&names, LocalClass::MoveRef, prefix);
    }

    fn config(&mut self, words: &Words<'_>) {
        let edits = ["edit", "rename-section", "remove-section"];
        let reads = [
            "get",
            "list",
            "get-all",
            "get-regexp",
            "get-urlmatch",
            "get-color",
        ];
        let first = words.operands.first().copied().unwrap_or_default();
        if words.has("e", &edits) || edits.contains(&first) {
            self.add(
                LocalClass::WeakenGuard,
                None,
                "it edits configuration as text",
            );
            return;
        }
        if words.has("l", &reads) || reads.contains(&first) {
            return;
        }
        let rest = match (first, words.operands.split_first()) {
            ("set" | "unset", Some((_, rest))) => rest,
            _ => words.operands.as_slice(),
        };
        let writes = rest.len() > 1
            || first == "unset"
            || words.has("", &["add", "unset", "unset-all", "replace-all"]);
        if let Some(key) = rest.first().filter(|_| writes) {
            let value = rest.get(1).copied();
            if changes_meaning(key, value) {
                let why = format!("`{key}` changes what later commands do");
                self.add(LocalClass::WeakenGuard, Some((*key).to_owned()), &why);
            }
        }
    }

    /// `git fetch . +a:b` moves local branches.
    fn fetch(&mut self, words: &Words<'_>) {
        for word in words.operands.iter().skip(1) {
            let Some((_, to)) = word.rsplit_once(':').filter(|(_, to)| !to.is_empty()) else {
                continue;
            };
            let full = if to.starts_with("refs/") {
                to.to_owned()
            } else {
                format!("refs/heads/{to}")
            };
            if !full.starts_with("refs/remotes/") {
                self.add(
                    LocalClass::MoveRef,
                    Some(full),
                    "it fetches into a local ref",
                );
            }
        }
    }

    /// `git checkout x` with several operands, or with `.`, takes files back.
    fn checkout(&mut self, words: &Words<'_>) {
        let paths = words.dashed || words.operands.len() > 1 || words.operands.contains(&".");
        let creates = words.has("bB", &["orphan"]);
        if paths && !creates {
            self.add(
                LocalClass::LoseWork,
                None,
                "it takes files back and drops their changes",
            );
        }
    }

    fn text(&mut self, word: &str, words: &Words<'_>) {
        let found: Vec<String> = match (word, words.operands.as_slice()) {
            ("rebase", _) => words.values("x", "exec"),
            ("bisect", ["run", rest @ ..]) | ("submodule", ["foreach", rest @ ..]) => {
                vec![rest.join(" ")]
            }
            ("filter-branch", _) => words.all.iter().map(|w| (*w).to_owned()).collect(),
            ("for-each-repo", rest) => vec![rest.join(" ")],
            _ => Vec::new(),
        };
        for text in found {
            self.add(
                LocalClass::RunText,
                Some(text),
                "it runs text that is given to it",
            );
        }
    }
}

/// Whether writing a configuration key changes what later commands push, run or check.
fn changes_meaning(key: &str, value: Option<&str>) -> bool {
    let Some(canonical) = crate::push::canonical_key(key) else {
        return true;
    };
    let entry = crate::facts::ConfigEntry::new(crate::facts::Scope::Local, &canonical, value);
    let (section, subsection, variable) = entry.parts();
    let by_section = matches!(
        section,
        "push"
            | "remote"
            | "remotes"
            | "url"
            | "alias"
            | "include"
            | "includeif"
            | "receive"
            | "safe"
            | "protocol"
            | "extensions"
            | "transfer"
            | "filter"
            | "credential"
            | "http"
            | "hook"
    );
    let by_name = matches!(
        (section, subsection, variable),
        (
            "branch",
            Some(_),
            "remote" | "merge" | "pushremote" | "rebase"
        ) | (
            "core",
            None,
            "hookspath" | "worktree" | "bare" | "sshcommand" | "gitproxy"
        ) | ("commit" | "tag", None, "gpgsign")
            | ("fetch", None, "recursesubmodules")
            | ("submodule", None, "recurse")
            | ("gc", _, _)
    );
    by_section || by_name || !git_config::programs(std::slice::from_ref(&entry)).is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use LocalClass::{
        DestroyRecovery, DropRef, LoseWork, MoveRef, RewriteHistory, RunText, Unknown, WeakenGuard,
    };

    fn classes(line: &str) -> Vec<LocalClass> {
        let words: Vec<&str> = line.split(' ').collect();
        classify_local(&words, None)
            .into_iter()
            .map(|e| e.class)
            .collect()
    }

    #[test]
    fn commands_have_their_classes() {
        for (line, expected) in [
            ("git branch -D topic", &[DropRef][..]),
            ("git branch --delete --force topic", &[DropRef, MoveRef]),
            ("git branch -f main HEAD~3", &[MoveRef]),
            ("git branch -M main", &[MoveRef]),
            ("git branch topic", &[]),
            ("git branch -a", &[]),
            ("git checkout -B main", &[MoveRef]),
            ("git checkout -f", &[LoseWork]),
            ("git checkout -- a.rs", &[LoseWork]),
            ("git checkout .", &[LoseWork]),
            ("git checkout topic", &[]),
            ("git checkout -b topic main", &[]),
            ("git switch -C main", &[MoveRef]),
            ("git switch --discard topic", &[LoseWork]),
            ("git switch topic", &[]),
            ("git restore a.rs", &[LoseWork]),
            ("git restore --staged a.rs", &[]),
            ("git restore --staged --worktree a.rs", &[LoseWork]),
            ("git reset --hard HEAD~1", &[LoseWork, MoveRef]),
            ("git clean -fdx", &[LoseWork]),
            ("git clean -n", &[]),
            ("git stash drop", &[DestroyRecovery]),
            ("git stash clear", &[DestroyRecovery]),
            ("git stash", &[]),
            ("git commit --amend", &[RewriteHistory]),
            ("git commit -m --amend", &[]),
            ("git commit --no-verify", &[WeakenGuard]),
            ("git commit -anm x", &[WeakenGuard]),
            ("git commit -am n", &[]),
            ("git rebase main", &[RewriteHistory]),
            ("git rebase -i -x make", &[RewriteHistory, RunText]),
            ("git rebase --abort", &[LoseWork]),
            ("git filter-branch --all", &[RewriteHistory, RunText]),
            ("git filter-repo --path x", &[RewriteHistory]),
            ("git reflog expire --expire=now --all", &[DestroyRecovery]),
            ("git reflog", &[]),
            ("git gc --prune=now", &[DestroyRecovery]),
            ("git gc", &[]),
            ("git prune", &[DestroyRecovery]),
            ("git update-ref -d refs/heads/main", &[MoveRef]),
            ("git symbolic-ref HEAD", &[]),
            ("git symbolic-ref HEAD refs/heads/x", &[MoveRef]),
            ("git config core.hooksPath /dev/null", &[WeakenGuard]),
            ("git config --get remote.origin.url", &[]),
            ("git config remote.origin.url", &[]),
            ("git config set remote.origin.url x", &[WeakenGuard]),
            ("git config user.name Ann", &[]),
            ("git config --global alias.p push", &[WeakenGuard]),
            ("git config -e", &[WeakenGuard]),
            ("git remote set-url origin x", &[WeakenGuard]),
            ("git remote -v", &[]),
            ("git branch --set-upstream-to=origin/main", &[WeakenGuard]),
            ("git tag -d v1", &[DropRef]),
            ("git tag -f v1", &[MoveRef]),
            ("git tag v1", &[]),
            ("git worktree remove -f x", &[LoseWork]),
            ("git fetch . +a:main", &[MoveRef]),
            ("git fetch origin main", &[]),
            ("git pull --rebase", &[RewriteHistory]),
            ("git merge --abort", &[LoseWork]),
            ("git bisect run make", &[RunText]),
            ("git submodule foreach make", &[RunText]),
            ("git rm -rf x", &[LoseWork]),
            ("git nosuch", &[Unknown]),
            ("git log --oneline", &[]),
            ("git push -f", &[]),
        ] {
            assert_eq!(classes(line), expected, "{line}");
        }
    }

    #[test]
    fn targets_are_named() {
        let head = Head::Branch("refs/heads/main".into());
        let facts = RepoFacts {
            head,
            ..RepoFacts::default()
        };
        let target = |line: &str| {
            let words: Vec<&str> = line.split(' ').collect();
            let effects = classify_local(&words, Some(&facts));
            effects.into_iter().rev().find_map(|e| e.target)
        };
        assert_eq!(target("git branch -D a").as_deref(), Some("refs/heads/a"));
        assert_eq!(target("git tag -d v1").as_deref(), Some("refs/tags/v1"));
        assert_eq!(
            target("git reset --hard x").as_deref(),
            Some("refs/heads/main")
        );
        assert_eq!(
            target("git commit --amend").as_deref(),
            Some("refs/heads/main")
        );
        assert_eq!(target("git rebase -xmake").as_deref(), Some("make"));
        assert_eq!(target("git fetch . a:b").as_deref(), Some("refs/heads/b"));
    }

    proptest! {
        #[test]
        fn no_words_break_it(words: Vec<Vec<u8>>) {
            let mut line = vec![b"git".to_vec()];
            line.extend(words);
            let _ = classify_local(&line, None);
        }
    }
}
