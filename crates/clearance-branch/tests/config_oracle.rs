//! Real git is the oracle for which configuration runs programs: wherever a subcommand starts
//! the program that an entry names, [`is_neutral_for`] must have said so.
//!
//! Everything lies in a temporary folder; nothing reaches the network: the program that is
//! named in place of `ssh` or a proxy only leaves a mark.
#![cfg(all(feature = "git-provider", unix))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use clearance_branch::git_config::is_neutral_for;
use clearance_branch::git_provider::GitProvider;
use clearance_branch::push::Env;

/// A key and its value.
type Pair = (&'static str, &'static str);

/// Keys that take a program, `%` for it, and what else must be set for git to use it.
const KEYS: &[(&str, &str, &[Pair])] = &[
    ("core.fsmonitor", "%", &[]),
    ("filter.probe.clean", "%", &[]),
    ("filter.probe.smudge", "%", &[]),
    ("filter.probe.process", "%", &[]),
    ("diff.external", "%", &[]),
    ("diff.probe.textconv", "%", &[]),
    ("diff.probe.command", "%", &[]),
    ("merge.probe.driver", "% %A", &[]),
    ("core.hooksPath", "hooks", &[]),
    ("core.editor", "%", &[]),
    ("sequence.editor", "%", &[]),
    ("core.sshCommand", "%", &[]),
    ("core.gitProxy", "%", &[]),
    ("remote.origin.uploadpack", "%", &[]),
    (
        "gpg.program",
        "%",
        &[("log.showSignature", "true"), ("commit.gpgSign", "true")],
    ),
    ("alias.peek", "!%", &[]),
    ("init.templateDir", "templates", &[]),
    (
        "difftool.probe.cmd",
        "%",
        &[("diff.tool", "probe"), ("difftool.prompt", "false")],
    ),
];

/// Commands that leave the repository as it is, but for the index.
const READS: &[&str] = &[
    "status",
    "status --short",
    "diff",
    "diff --cached",
    "diff HEAD~1",
    "diff --ext-diff HEAD~1",
    "log -p -2",
    "log -p --ext-diff -2",
    "log --show-signature -1",
    "log --format=%G? -1",
    "--paginate branch",
    "show",
    "show --textconv HEAD:a.txt",
    "blame a.txt",
    "grep two",
    "ls-files",
    "ls-files -m",
    "describe --always --dirty",
    "rev-parse HEAD",
    "branch -a",
    "branch --show-current",
    "for-each-ref",
    "shortlog HEAD",
    "cat-file -p HEAD",
    "cat-file --textconv HEAD:a.txt",
    "cat-file --filters HEAD:a.txt",
    "diff-files -p",
    "diff-index -p HEAD",
    "diff-tree -p HEAD",
    "config --list",
    "rev-list HEAD",
    "merge-base HEAD HEAD~1",
    "reflog",
    "worktree list",
    "symbolic-ref HEAD",
    "name-rev HEAD",
    "ls-tree HEAD",
    "show-ref",
    "peek",
    "ls-remote origin",
    "ls-remote ssh://h.invalid/x",
    "ls-remote git://h.invalid/x",
    "archive -o /dev/null HEAD",
    "difftool HEAD~1",
    "verify-commit HEAD",
];

/// Commands that change something, each run in a world of its own.
const CHANGES: &[&str] = &[
    "add a.txt",
    "commit -a",
    "commit --allow-empty -m three",
    "checkout -- a.txt",
    "checkout side",
    "merge side",
    "rebase -i HEAD~1",
    "stash",
    "fetch origin",
    "pull origin main",
    "fetch ssh://h.invalid/x",
    "reset --hard",
    "init sub",
    "clone . copy",
    "worktree add ../tree side",
];

/// A folder, and where the program leaves its mark.
struct World(tempfile::TempDir, PathBuf);

impl World {
    fn new() -> Option<Self> {
        if Command::new("git").arg("--version").output().is_err() {
            eprintln!("skipped: git is not installed");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("mark");
        let world = Self(folder, mark);
        fs::create_dir(world.path("home")).unwrap();
        fs::create_dir(world.path("work")).unwrap();
        let git = |line: &str| assert!(world.git(line).status.success(), "{line}");
        git("init -q -b main");
        fs::write(
            world.path("work/.gitattributes"),
            "*.txt filter=probe diff=probe merge=probe\n",
        )
        .unwrap();
        for (text, message) in [("one\n", "one"), ("one\ntwo\n", "two")] {
            fs::write(world.path("work/a.txt"), text).unwrap();
            git("add -A");
            git(&format!("commit -q -m {message}"));
        }
        git("clone -q --bare . ../origin.git");
        git("remote add origin ../origin.git");
        git("checkout -q -b side HEAD~1");
        fs::write(world.path("work/a.txt"), "one\nside\n").unwrap();
        git("commit -q -am side");
        git("checkout -q main");
        Some(world)
    }

    fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let from = self.0.path().join(".");
        let done = Command::new("cp")
            .arg("-Rp")
            .arg(from)
            .arg(folder.path())
            .status();
        assert!(done.unwrap().success());
        Self(folder, self.1.clone())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command
            .current_dir(self.path("work"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_ALLOW_PROTOCOL", "file:ssh:git")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("EDITOR", "true")
            .stdin(Stdio::null());
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Ada");
            command.env(format!("GIT_{who}_EMAIL"), "ada@e.example");
        }
        command
    }

    fn git(&self, line: &str) -> Output {
        self.command().args(line.split(' ')).output().unwrap()
    }

    /// Runs it, for a few seconds at most: some programs are waited for that never answer.
    fn briefly(&self, line: &str) {
        let mut command = self.command();
        command
            .args(line.split(' '))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let end = Instant::now() + Duration::from_secs(5);
        while child.try_wait().unwrap().is_none() {
            if Instant::now() > end {
                child.kill().unwrap();
                child.wait().unwrap();
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The program that leaves a mark, and hooks and templates that are it.
    fn arm(&self, key: &str, value: &str, more: &[(&str, &str)]) {
        let probe = self.path("probe");
        let text = format!("#!/bin/sh\n: > '{}'\n", self.1.display());
        fs::write(&probe, text).unwrap();
        fs::set_permissions(&probe, fs::Permissions::from_mode(0o755)).unwrap();
        let hooks = [
            "pre-commit",
            "commit-msg",
            "post-commit",
            "post-checkout",
            "post-merge",
            "pre-rebase",
            "post-index-change",
            "reference-transaction",
            "post-rewrite",
            "prepare-commit-msg",
            "applypatch-msg",
            "pre-applypatch",
            "post-applypatch",
            "pre-merge-commit",
            "pre-auto-gc",
            "fsmonitor-watchman",
            "pre-push",
        ];
        for folder in ["hooks", "templates/hooks"] {
            fs::create_dir_all(self.path(folder)).unwrap();
            for hook in hooks {
                fs::copy(&probe, self.path(folder).join(hook)).unwrap();
            }
        }
        let value = value.replace('%', probe.to_str().unwrap()).replace(
            &format!("{} {}A", probe.display(), probe.display()),
            &format!("{} %A", probe.display()),
        );
        let value = if matches!(key, "core.hooksPath" | "init.templateDir") {
            self.path(&value).to_str().unwrap().to_owned()
        } else {
            value
        };
        let pairs = std::iter::once((key, value.as_str())).chain(more.iter().copied());
        for (key, value) in pairs {
            let set = self.command().args(["config", key, value]).status();
            assert!(set.unwrap().success(), "{key}");
        }
    }

    /// Runs it with a file whose times have changed; says whether the program ran.
    fn marks(&self, line: &str) -> bool {
        let file = self.path("work/a.txt");
        let text = fs::read(&file).unwrap_or_default();
        fs::write(&file, text).unwrap();
        let mark = &self.1;
        drop(fs::remove_file(mark));
        self.briefly(line);
        mark.exists()
    }
}

fn subcommand(line: &str) -> &str {
    line.split(' ').find(|word| !word.starts_with('-')).unwrap()
}

#[test]
fn whatever_runs_is_foretold() {
    let Some(template) = World::new() else { return };
    let mut ran: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut missed = Vec::new();
    for (key, value, more) in KEYS {
        let armed = template.copy();
        armed.arm(key, value, more);
        let world = armed.copy();
        let git = GitProvider::new();
        let work = world.path("work");
        let env: Env = [("HOME", world.path("home").to_str().unwrap())]
            .into_iter()
            .collect();
        let config = git.config_for(&["git", "status"], &env, &work).unwrap();
        let mut look = |world: &World, line: &'static str| {
            // Without the program in its place, these would look for a host that is not there.
            let far = (line.contains("ssh://"), line.contains("git://"));
            if far.0 && *key != "core.sshCommand" || far.1 && *key != "core.gitProxy" {
                return;
            }
            // Without a tool of its own it looks for one that waits for a terminal.
            if line.starts_with("difftool") && !key.starts_with("difftool.") {
                return;
            }
            if world.marks(line) {
                ran.entry(key).or_default().push(line);
                let neutral = is_neutral_for(subcommand(line), &config);
                if neutral {
                    missed.push(format!("`git {line}` runs what `{key}` names"));
                }
            }
        };
        for line in READS {
            look(&world, line);
        }
        for line in CHANGES {
            look(&armed.copy(), line);
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
    // The probe works: these run somewhere.
    for key in [
        "core.fsmonitor",
        "filter.probe.clean",
        "filter.probe.smudge",
        "diff.external",
        "diff.probe.textconv",
        "diff.probe.command",
        "merge.probe.driver",
        "core.hooksPath",
        "core.editor",
        "sequence.editor",
        "core.sshCommand",
        "core.gitProxy",
        "alias.peek",
        "remote.origin.uploadpack",
        "difftool.probe.cmd",
    ] {
        assert!(ran.contains_key(key), "`{key}` ran nowhere: {ran:?}");
    }
}
