//! Real git is the oracle: scripts that end in a push, judged beforehand with the facts that
//! the installed git gives, and then run. What was allowed must have left every protected
//! branch, and every repository that is no configured remote, as it was.
//!
//! Everything lies in a temporary folder; only the `file` protocol is allowed.
#![cfg(all(feature = "git", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use clearance::branch::git_provider::GitProvider;
use clearance::{Context, Engine, Request, Verdict};

/// Commands before the push.
const BEFORE: &[&str] = &[
    "",
    "true",
    "git add -A",
    "echo x >> a.txt; git commit -qam x",
    "git commit -q --allow-empty -m y",
    "git commit -q --amend -m z",
    "git checkout -q main",
    "git switch -q main",
    "git checkout -q -b fix",
    "git checkout -q -b fix main",
    "git checkout -q -b fix origin/main",
    "git checkout -q -B topic main",
    "git switch -q -c fix origin/main",
    "git checkout -q --detach",
    "git checkout -q far",
    "git branch tmp main",
    "git branch -q -f topic main",
    "git branch -q -u origin/main",
    "git branch -q -m develop",
    "git merge -q main",
    "git rebase -q main",
    "git reset -q --hard HEAD~1",
    "git tag v9",
    "git fetch -q",
    "git pull -q --rebase",
    "git pull -q origin main",
    "git fetch -q origin main:fresh",
    "git push -q -u origin topic",
    "git push -q origin topic",
    "git remote add evil ../evil.git",
    "git remote set-url origin ../evil.git",
    "git remote set-url --push origin ../evil.git",
    "git config remote.origin.pushurl ../evil.git",
    "git config url.../evil.git.insteadOf ../origin.git",
    "git config push.default current",
    "git config push.default matching",
    "git config push.default upstream",
    "git config remote.origin.push refs/heads/topic:refs/heads/main",
    "git config branch.topic.merge refs/heads/main",
    "git config alias.st status",
    "git symbolic-ref HEAD refs/heads/main",
    "git update-ref refs/heads/topic main",
    "git worktree add -q ../tree main && cd ../tree",
    "git stash -q",
    "git status -s",
    "cd sub",
    "cd ../evil.git",
    "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=push.default GIT_CONFIG_VALUE_0=matching",
    "export GIT_DIR=../evil.git",
];

const PUSHES: &[&str] = &[
    "git push",
    "git push -q",
    "git push origin",
    "git push -u origin HEAD",
    "git push origin HEAD",
    "git push origin topic",
    "git push origin fix",
    "git push -u origin fix",
    "git push origin tmp:main",
    "git push origin HEAD:main",
    "git push origin fresh:main",
    "git push evil topic",
    "git push -f",
    "git push --force-with-lease",
    "git push origin :",
    "git push --all",
    "git push ../evil.git topic",
    "git -c push.default=current push",
    "git push origin develop",
];

struct World(tempfile::TempDir);

impl World {
    fn new() -> Option<Self> {
        if Command::new("git").arg("--version").output().is_err() {
            eprintln!("skipped: git is not installed");
            return None;
        }
        let world = Self(tempfile::tempdir().unwrap());
        world.run(".", "mkdir home && git init -q --bare -b main origin.git && git init -q --bare -b main evil.git");
        world.run(
            ".",
            "git init -q -b main work && mkdir work/sub && echo one > work/a.txt",
        );
        world.run(
            "work",
            "git add -A && git commit -qm one && git remote add origin ../origin.git && \
             git push -q -u origin main && git push -q origin main:develop main:far main:topic && \
             git fetch -q && git checkout -q -b topic --track origin/topic && \
             git commit -q --allow-empty -m two && git push -q && git checkout -q main && \
             git commit -q --allow-empty -m ahead && git checkout -q topic",
        );
        Some(world)
    }

    fn copy(&self) -> Self {
        let copy = Self(tempfile::tempdir().unwrap());
        let from = self.0.path().join(".");
        let mut command = Command::new("cp");
        let done = command.arg("-Rp").arg(from).arg(copy.0.path()).status();
        assert!(done.unwrap().success());
        copy
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().canonicalize().unwrap().join(name)
    }

    fn run(&self, folder: &str, script: &str) -> String {
        let mut command = Command::new("bash");
        command
            .args(["-c", script])
            .current_dir(self.path(folder))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_ALLOW_PROTOCOL", "file")
            .env("GIT_EDITOR", "true");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Ada");
            command.env(format!("GIT_{who}_EMAIL"), "ada@e.example");
        }
        String::from_utf8_lossy(&command.output().unwrap().stdout).into_owned()
    }

    /// What nobody may change without a question.
    fn guarded(&self) -> String {
        let guarded = self.run(
            "origin.git",
            "git for-each-ref refs/heads/main refs/heads/develop refs/tags",
        );
        guarded + &self.run("evil.git", "git for-each-ref")
    }

    fn decide(&self, script: &str) -> Verdict {
        let work = self.path("work");
        let context = Context::new(work.to_str().unwrap())
            .home(self.path("home").to_str().unwrap())
            .repository(Arc::new(GitProvider::new()));
        let engine = Engine::builtin();
        engine
            .evaluate(&Request::command(script), &context)
            .verdict()
    }
}

/// Numbers that look random and are the same each time.
fn numbers() -> impl Iterator<Item = usize> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap_or(0)
    })
}

#[test]
fn what_is_allowed_leaves_protected_branches_alone() {
    let Some(template) = World::new() else { return };
    let mut random = numbers();
    let mut pick = |list: &[&'static str]| list[random.next().unwrap() % list.len()];
    let singles = BEFORE
        .iter()
        .map(|before| (*before, ""))
        .collect::<Vec<_>>();
    let mut scripts = Vec::new();
    for (first, second) in singles {
        let push = pick(PUSHES);
        scripts.push((first, second, pick(&["git push", push])));
    }
    for _ in 0..50 {
        scripts.push((pick(BEFORE), pick(BEFORE), pick(PUSHES)));
    }
    let (mut allowed, mut harmful) = (0, 0);
    for (first, second, push) in scripts {
        let words = [first, second, push];
        let script: Vec<&str> = words.into_iter().filter(|w| !w.is_empty()).collect();
        let script = script.join("; ");
        let world = template.copy();
        let verdict = world.decide(&script);
        let before = world.guarded();
        world.run("work", &script);
        let changed = world.guarded() != before;
        allowed += usize::from(verdict == Verdict::Allow);
        harmful += usize::from(changed);
        assert!(
            !changed || verdict != Verdict::Allow,
            "allowed, and it changes what is guarded: {script}"
        );
    }
    assert!(
        allowed > 20 && harmful > 20,
        "{allowed} allowed, {harmful} harmful"
    );
}
