//! Real git with `clearance git-hook` as its hook: a bare server repository whose
//! `pre-receive` (or `update`) hook guards `main`, and a clone whose `pre-push` hook does.
//!
//! Everything lies in a temporary folder; only the `file` protocol is allowed. Without git
//! the tests say so and pass.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A server and a clone, both with a `main` of two commits and a `topic` of three.
struct World {
    folder: tempfile::TempDir,
}

/// Where the hook runs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hook {
    PreReceive,
    Update,
    PrePush,
}

impl Hook {
    fn name(self) -> &'static str {
        match self {
            Self::PreReceive => "pre-receive",
            Self::Update => "update",
            Self::PrePush => "pre-push",
        }
    }
}

impl World {
    /// `None`, with a message, where there is no git.
    fn new() -> Option<Self> {
        if Command::new("git").arg("--version").output().is_err() {
            eprintln!("skipped: git is not installed");
            return None;
        }
        let world = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(world.path("home")).unwrap();
        world.must(".", &["init", "-q", "--bare", "-b", "main", "server.git"]);
        for setting in ["receive.denyDeletes", "receive.denyNonFastForwards"] {
            // Only the hook is to stand in the way.
            world.must("server.git", &["config", setting, "false"]);
        }
        world.must(
            "server.git",
            &["config", "receive.denyDeleteCurrent", "ignore"],
        );
        world.must(".", &["init", "-q", "-b", "main", "clone"]);
        world.must("clone", &["remote", "add", "origin", "../server.git"]);
        world.commit("one");
        world.commit("two");
        world.must("clone", &["push", "-q", "-u", "origin", "main"]);
        world.must("clone", &["push", "-q", "origin", "main:topic"]);
        world.must("clone", &["fetch", "-q"]);
        Some(world)
    }

    fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut copy = Command::new("cp");
        copy.arg("-R").arg(self.folder.path().join("."));
        assert!(copy.arg(folder.path()).status().unwrap().success());
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn git(&self, folder: &str, args: &[&str]) -> Output {
        Command::new("git")
            .args(args)
            .current_dir(self.path(folder))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_ALLOW_PROTOCOL", "file")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_AUTHOR_NAME", "Ada")
            .env("GIT_AUTHOR_EMAIL", "ada@e.example")
            .env("GIT_COMMITTER_NAME", "Ada")
            .env("GIT_COMMITTER_EMAIL", "ada@e.example")
            .output()
            .unwrap()
    }

    fn must(&self, folder: &str, args: &[&str]) {
        let done = self.git(folder, args);
        assert!(done.status.success(), "git {args:?}: {done:?}");
    }

    fn commit(&self, message: &str) {
        self.must("clone", &["commit", "-q", "--allow-empty", "-m", message]);
    }

    /// The hook that runs the program under test, with more words for it.
    fn install(&self, hook: Hook, more: &str) {
        let folder = match hook {
            Hook::PrePush => self.path("clone/.git/hooks"),
            Hook::PreReceive | Hook::Update => self.path("server.git/hooks"),
        };
        let program = env!("CARGO_BIN_EXE_clearance");
        let text = format!(
            "#!/bin/sh\nexec '{program}' git-hook {more} {} \"$@\"\n",
            hook.name()
        );
        fs::create_dir_all(&folder).unwrap();
        write_program(&folder.join(hook.name()), &text);
    }

    /// Every ref of the server with its value.
    fn server(&self) -> String {
        let listed = self.git(
            "server.git",
            &["for-each-ref", "--format=%(refname) %(objectname)"],
        );
        String::from_utf8(listed.stdout).unwrap()
    }

    /// `main` of the clone drops its last commit and gets another one.
    fn diverge(&self) {
        self.must("clone", &["reset", "-q", "--hard", "HEAD~1"]);
        self.commit("another two");
    }
}

fn write_program(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Pushes that rewrite or delete `main` of the server, each spelt another way; the words
/// before the first `|` configure the clone.
const ATTACKS: &[&str] = &[
    "| push -f origin main",
    "| push --force origin main",
    "| push -fq origin main",
    "| push origin +main",
    "| push origin +HEAD:main",
    "| push origin +HEAD:refs/heads/main",
    "| push origin +@:main",
    "| push --force-with-lease origin main",
    "| push --force-with-lease=main:origin/main origin main",
    "| push --force-w origin HEAD:main",
    "| push origin :main",
    "| push origin :refs/heads/main",
    "| push --delete origin main",
    "| push --del origin main",
    "| push -d origin main",
    "| push --mirror origin",
    "| push --mirror ../server.git",
    "| push --all --force origin",
    "| push --prune origin refs/heads/nothing*:refs/heads/m*",
    "| push origin +refs/heads/*:refs/heads/*",
    "| push origin +:",
    "| push ../server.git +main",
    "| -c push.default=current push -f",
    "| -c remote.origin.push=+main:main push origin",
    "| -c remote.origin.mirror=true push origin",
    "| -c remote.x.url=../server.git push x +main",
    "| -c url.../server.git.insteadOf=far: push far: +main",
    "| -c alias.ship=push ship -f origin main",
    "remote.origin.push=+refs/heads/main:refs/heads/main | push",
    "remote.origin.mirror=true | push",
    "alias.ship=push --force origin main | ship",
    "alias.ship=!git push --force origin main | ship",
    "alias.a=b|alias.b=push +origin | push -f origin HEAD",
    "push.default=upstream | push -f",
    "branch.main.pushRemote=origin | push --force",
    "| send-pack --force ../server.git main",
];

/// Whether the client sends what an attack says although its own hook is not asked:
/// `send-pack` is the plumbing below it (git-send-pack(1)).
fn skips_pre_push(attack: &str) -> bool {
    attack.contains("send-pack")
}

fn configured(world: &World, attack: &str) -> Vec<String> {
    let (settings, words) = attack.rsplit_once("| ").unwrap();
    for setting in settings.split('|').map(str::trim).filter(|s| !s.is_empty()) {
        let (key, value) = setting.split_once('=').unwrap();
        world.must("clone", &["config", key, value]);
    }
    words.split(' ').map(str::to_owned).collect()
}

fn refuses_every_spelling(hook: Hook) {
    let Some(template) = World::new() else { return };
    template.diverge();
    template.must("clone", &["branch", "mine"]);
    // Real processes take their time: the spellings are the same for all hooks, and each but
    // the first looks at some of them.
    let step = match hook {
        Hook::PreReceive => 1,
        Hook::PrePush => 2,
        Hook::Update => 3,
    };
    let mut refused = 0;
    for attack in ATTACKS.iter().step_by(step) {
        if hook == Hook::PrePush && skips_pre_push(attack) {
            continue;
        }
        let world = template.copy();
        let words = configured(&world, attack);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let main = |world: &World| {
            let refs = world.server();
            let line = refs.lines().find(|l| l.starts_with("refs/heads/main "));
            line.map(str::to_owned)
        };
        let before = main(&world);

        // The attack is one: with nobody in the way it changes `main`.
        let unguarded = world.copy();
        unguarded.git("clone", &words);
        assert_ne!(main(&unguarded), before, "no attack: {attack}");

        world.install(hook, "");
        let done = world.git("clone", &words);
        assert!(
            !done.status.success(),
            "{hook:?} let `{attack}` through: {done:?}"
        );
        assert_eq!(main(&world), before, "{hook:?} let `{attack}` change main");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(
            said.contains("clearance: deny:") && said.contains("refs/heads/main"),
            "{attack}: {said}"
        );
        refused += 1;
    }
    assert!(refused > 30 / step, "{refused}");
}

#[test]
fn pre_receive_refuses_every_spelling_of_a_forced_push() {
    refuses_every_spelling(Hook::PreReceive);
}

#[test]
fn update_refuses_every_spelling_of_a_forced_push() {
    refuses_every_spelling(Hook::Update);
}

#[test]
fn pre_push_refuses_every_spelling_of_a_forced_push() {
    refuses_every_spelling(Hook::PrePush);
}

/// What a hook lets through or not, by what is pushed and by whom.
#[test]
fn branches_of_ones_own_pass() {
    // Role, words, whether the push succeeds.
    let table = [
        ("agent", "push origin HEAD:refs/heads/mine", true),
        ("agent", "push -u origin mine", true),
        ("agent", "push origin main:topic", true),
        ("agent", "push origin main", false),
        ("human", "push origin main", false),
        ("agent", "push origin +mine~2:topic", false),
        ("agent", "push origin :topic", false),
        ("agent", "push origin mine mine:main", false),
        ("agent", "push --tags origin", false),
        ("agent", "push origin mine:refs/notes/x", false),
        ("agent", "push --dry-run origin mine", true),
    ];
    let Some(template) = World::new() else { return };
    // New objects, which the server keeps in quarantine while the hook runs.
    template.commit("three");
    template.must("clone", &["branch", "mine"]);
    template.must("clone", &["tag", "v1"]);
    for hook in [Hook::PreReceive, Hook::Update, Hook::PrePush] {
        for (role, words, passes) in table {
            let world = template.copy();
            world.install(hook, &format!("--role {role}"));
            let before = world.server();
            let words: Vec<&str> = words.split(' ').collect();
            let done = world.git("clone", &words);
            assert_eq!(
                done.status.success(),
                passes,
                "{hook:?} as {role}: {words:?} {done:?}"
            );
            let changed = world.server() != before;
            // Of several refs, `update` refuses only those that it is asked about.
            let partly = hook == Hook::Update && words.contains(&"mine:main");
            assert_eq!(
                changed,
                partly || passes && !words.contains(&"--dry-run"),
                "{hook:?} {words:?}"
            );
        }
    }
}

#[test]
fn a_policy_of_ones_own_is_used_and_a_broken_one_refuses() {
    let Some(world) = World::new() else { return };
    world.commit("three");
    let policy = world.path("branch.toml");
    fs::write(&policy, "[[push.protect]]\ninclude = ['to*']\n").unwrap();
    let quoted = format!("--policy '{}'", policy.display());
    world.install(Hook::PreReceive, &quoted);
    assert!(
        world
            .git("clone", &["push", "origin", "main"])
            .status
            .success()
    );
    assert!(
        !world
            .git("clone", &["push", "origin", "main:topic"])
            .status
            .success()
    );
    for text in ["[[push.protect]]\ninclude = 3\n", "\u{0}", "[nonsense]\n"] {
        fs::write(&policy, text).unwrap();
        let done = world.git("clone", &["push", "origin", "main:mine"]);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(
            !done.status.success() && said.contains("branch.toml:"),
            "{said}"
        );
    }
    fs::remove_file(&policy).unwrap();
    let done = world.git("clone", &["push", "origin", "main:mine"]);
    assert!(!done.status.success(), "{done:?}");
}

/// Without the objects of the quarantine nobody can tell a rewind from a step forward.
#[test]
fn objects_in_quarantine_are_seen_and_their_absence_refuses() {
    let Some(world) = World::new() else { return };
    world.commit("three");
    world.install(Hook::PreReceive, "");
    assert!(
        world
            .git("clone", &["push", "origin", "main:topic"])
            .status
            .success()
    );
    world.commit("four");
    let hook = world.path("server.git/hooks/pre-receive");
    let text = fs::read_to_string(&hook).unwrap();
    let blind =
        "unset GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_QUARANTINE_PATH\nexec";
    write_program(&hook, &text.replacen("exec", blind, 1));
    let done = world.git("clone", &["push", "origin", "main:topic"]);
    assert!(!done.status.success(), "{done:?}");
}

/// What does not come from git refuses, with a message.
#[test]
fn nonsense_refuses() {
    let rows: [(&[&str], &[u8]); 7] = [
        (&["pre-receive"], b"nonsense\n"),
        (&["pre-receive"], &[0xff, 0xfe, b'\n']),
        (&["pre-push", "origin", "url"], b"a b c\n"),
        (&["update", "refs/heads/x", "1", "2"], b""),
        (&["update", "refs/heads/x"], b""),
        (&["pre-push"], b""),
        (&["post-receive"], b""),
    ];
    for (words, input) in rows {
        use std::io::Write;
        let mut child = Command::new(env!("CARGO_BIN_EXE_clearance"))
            .arg("git-hook")
            .args(words)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // The program may have ended without reading.
        let _ = child.stdin.take().unwrap().write_all(input);
        let done = child.wait_with_output().unwrap();
        assert!(
            !done.status.success() && !done.stderr.is_empty(),
            "{words:?} {done:?}"
        );
    }
}
