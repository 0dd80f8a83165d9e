//! Real git is the oracle: what `git push --dry-run --porcelain` announces, and what a real
//! push then changes, must be what [`clearance_branch`] says beforehand, from the facts that
//! the provider gathers.
//!
//! Everything lies in a temporary folder; only the `file` protocol is allowed.
#![cfg(feature = "git-provider")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clearance_branch::git_provider::GitProvider;
use clearance_branch::push::{EffectKind, Env, PushPlan};

/// Commits by name: a main line, a side line, a line of its own.
const COMMITS: &[(&str, &[&str])] = &[
    ("c1", &[]),
    ("c2", &["c1"]),
    ("c3", &["c2"]),
    ("d1", &["c1"]),
    ("d2", &["d1"]),
    ("m", &["c3", "d1"]),
    ("x1", &[]),
];

const LOCAL: &[(&str, &str)] = &[
    ("refs/heads/main", "c3"),
    ("refs/heads/topic", "d2"),
    ("refs/heads/feature/a", "c2"),
    ("refs/heads/merged", "m"),
    ("refs/heads/v1", "c1"),
    ("refs/heads/lone", "x1"),
    ("refs/tags/v1", "t1"),
    ("refs/tags/v2", "t2"),
    ("refs/tags/v3", "t3"),
    ("refs/tags/light", "c3"),
    ("refs/notes/commits", "x1"),
    ("refs/stash", "c1"),
    ("refs/remotes/origin/main", "c2"),
    ("refs/remotes/origin/topic", "c3"),
    ("refs/remotes/origin/gone", "c1"),
];

const ORIGIN: &[(&str, &str)] = &[
    ("refs/heads/main", "c2"),
    ("refs/heads/topic", "c3"),
    ("refs/heads/feature/a", "r1"),
    ("refs/heads/old", "c1"),
    ("refs/heads/merged", "m"),
    ("refs/tags/light", "c2"),
    ("refs/tags/v2", "t2"),
];

/// Name, `HEAD`, configuration.
const STATES: &[(&str, &str, &str)] = &[
    (
        "plain",
        "refs/heads/main",
        "[branch \"main\"]\nremote = origin\nmerge = refs/heads/main\n",
    ),
    (
        "upstream",
        "refs/heads/topic",
        "[push]\ndefault = upstream\n[branch \"topic\"]\nremote = origin\nmerge = refs/heads/main\n\
         [branch \"merged\"]\nremote = origin\nmerge = refs/heads/topic\n",
    ),
    (
        "mapped",
        "refs/heads/feature/a",
        "[remote \"origin\"]\npush = +refs/heads/*:refs/heads/wip/*\npush = ^refs/heads/lone\n\
         pushurl = ../origin.git\npushurl = ../backup.git\n",
    ),
    (
        "matching",
        "refs/heads/merged",
        "[push]\ndefault = matching\nfollowTags = true\n",
    ),
    ("detached", "c2", "[push]\ndefault = current\n"),
    (
        "rewritten",
        "refs/heads/lone",
        "[remote]\npushDefault = backup\n[url \"../\"]\ninsteadOf = up:\n\
         [url \"../backup\"]\npushInsteadOf = ../origin\n[branch \"lone\"]\nremote = origin\n\
         merge = refs/heads/lone\n[push]\nautoSetupRemote = true\n",
    ),
    (
        "mirrored",
        "refs/heads/main",
        "[remote \"backup\"]\nmirror = true\n[remote]\npushDefault = backup\n",
    ),
];

/// Command lines; every word is split at blanks.
const LINES: &[&str] = &[
    "push",
    "push origin",
    "push backup",
    "push -f",
    "push --force origin main topic",
    "push origin HEAD",
    "push origin @",
    "push origin main",
    "push origin topic",
    "push origin merged",
    "push origin v1",
    "push origin heads/v1 tags/v1",
    "push origin +topic",
    "push origin topic:main",
    "push origin merged:main",
    "push origin HEAD:main",
    "push origin +HEAD:main",
    "push origin HEAD~1:main",
    "push origin merged^2:refs/heads/side",
    "push origin main:new",
    "push origin v2:new",
    "push origin v2^{}:refs/heads/new",
    "push origin light",
    "push -f origin light",
    "push origin :old",
    "push origin :refs/heads/old :light",
    "push -d origin old topic",
    "push --delete origin light",
    "push origin nosuch",
    "push origin nosuch:main",
    "push origin :nosuch",
    "push origin main:",
    "push origin :",
    "push origin +:",
    "push origin refs/heads/*:refs/heads/*",
    "push origin +refs/heads/*",
    "push origin refs/heads/*:refs/heads/bak/*",
    "push origin refs/heads/* ^refs/heads/topic ^refs/heads/feature/*",
    "push origin *:*",
    "push --all origin",
    "push --branches backup",
    "push --mir backup",
    "push --mirror origin",
    "push --tags origin",
    "push --ta origin main",
    "push origin tag v3",
    "push --follow-tags origin main merged",
    "push --prune origin refs/heads/*:refs/heads/*",
    "push --prune origin refs/tags/*",
    "push --prune origin :",
    "push --force-with-lease origin topic",
    "push --force-w=topic:c1 origin topic",
    "push --force-with-lease=topic:main origin topic",
    "push --force-with-lease=main: origin main",
    "push --force-with-lease --force-if-includes origin topic",
    "push --force-with-lease=main:c1 --force origin main",
    "push --atomic origin main topic",
    "push --no-force -uf origin topic",
    "push origin refs/stash",
    "push origin refs/stash:refs/heads/stash",
    "push origin refs/notes/commits",
    "push origin main main",
    "push origin main:old topic:old",
    "push ../backup.git main",
    "push file://BASE/backup.git main",
    "push up:backup.git main topic",
    "push --repo=backup main",
    "push . main:topic",
    "push . +main:topic",
    "push --all --tags origin",
    "push --mirror origin main",
    "push --delete origin",
    "push --forc origin main",
    "push --no-verify origin main:a/b/c",
    "push origin main:refs/for/main",
    "push -- origin main",
    "push origin --end-of-options main",
    "push -qf origin topic",
    "-c push.default=matching push",
    "-c push.default=nothing push",
    "-c push.default=sometimes push",
    "-c remote.origin.push=HEAD:refs/heads/main push origin",
    "-c remote.origin.push=a:b: push backup main",
    "-c remote.new.url=../backup.git push new main",
    "-c remote.origin.mirror push origin",
    "-c url.../backup.insteadOf=../origin push origin main",
    "-c alias.p=push p origin main:y",
    "-c alias.pf=push%-f pf origin topic",
    "-c alias.lit=!git%push%-f%origin lit topic",
    "-C sub push origin main:z",
    "--git-dir=.git push origin main:z",
];

struct Scratch {
    base: PathBuf,
    ids: BTreeMap<String, String>,
    _folder: tempfile::TempDir,
}

fn git(directory: &Path, args: &[&str], home: &Path) -> Output {
    let mut command = Command::new("git");
    command
        .env_clear()
        .envs(std::env::var_os("PATH").map(|p| ("PATH", p)));
    let who = [("AUTHOR", "a"), ("COMMITTER", "a")];
    for (role, name) in who {
        command
            .env(format!("GIT_{role}_NAME"), name)
            .env(format!("GIT_{role}_EMAIL"), "a@b.invalid");
        command.env(format!("GIT_{role}_DATE"), "1700000000 +0000");
    }
    for (name, value) in [
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_ALLOW_PROTOCOL", "file"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_SSH_COMMAND", "false"),
        ("LC_ALL", "C"),
    ] {
        command.env(name, value);
    }
    command
        .env("HOME", home)
        .current_dir(directory)
        .args(args)
        .output()
        .expect("git starts")
}

impl Scratch {
    /// `None`, with a message, where there is no git.
    fn new() -> Option<Self> {
        if Command::new("git").arg("--version").output().is_err() {
            eprintln!("skipped: there is no git to compare with");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().canonicalize().unwrap();
        let mut scratch = Self {
            base,
            ids: BTreeMap::new(),
            _folder: folder,
        };
        std::fs::create_dir_all(scratch.path("work/sub")).unwrap();
        for (place, options) in [
            ("work", &["init", "-q"][..]),
            ("origin.git", &["init", "-q", "--bare"]),
            ("backup.git", &["init", "-q", "--bare"]),
        ] {
            let place = scratch.path(place);
            std::fs::create_dir_all(&place).unwrap();
            scratch.git(&place, options);
        }
        scratch.make_objects();
        Some(scratch)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.base.join(name)
    }

    fn git(&self, place: &Path, args: &[&str]) -> String {
        let out = git(place, args, &self.base);
        assert!(
            out.status.success(),
            "{args:?}: {}",
            String::from_utf8_lossy(&out.stderr)
        );
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }

    /// All objects lie in `work`; the bare repositories borrow them. `r1` is only in `origin`.
    fn make_objects(&mut self) {
        let (work, origin) = (self.path("work"), self.path("origin.git"));
        let tree = self.git(&work, &["hash-object", "-wt", "tree", "/dev/null"]);
        for (name, parents) in COMMITS {
            let mut args = vec!["commit-tree", &tree, "-m", name];
            for parent in *parents {
                args.extend(["-p", self.ids[*parent].as_str()]);
            }
            let id = self.git(&work, &args);
            self.ids.insert((*name).to_owned(), id);
        }
        for (name, commit) in [("t1", "c2"), ("t2", "d1"), ("t3", "c3")] {
            self.git(&work, &["tag", "-a", "-m", name, name, &self.ids[commit]]);
            let id = self.git(&work, &["rev-parse", name]);
            self.git(&work, &["tag", "-d", name]);
            self.ids.insert(name.to_owned(), id);
        }
        for bare in ["origin.git", "backup.git"] {
            let objects = format!("{}\n", self.path("work/.git/objects").display());
            std::fs::write(self.path(bare).join("objects/info/alternates"), objects).unwrap();
        }
        let tree = self.git(&origin, &["hash-object", "-wt", "tree", "/dev/null"]);
        let id = self.git(
            &origin,
            &["commit-tree", &tree, "-m", "r1", "-p", &self.ids["c2"]],
        );
        self.ids.insert("r1".to_owned(), id);
    }

    /// Puts every ref and the configuration into their first state.
    fn reset(&self, head: &str, config: &str) {
        for (place, refs) in [("work", LOCAL), ("origin.git", ORIGIN), ("backup.git", &[])] {
            let wanted: BTreeMap<&str, &str> = refs
                .iter()
                .map(|(name, id)| (*name, self.ids[*id].as_str()))
                .collect();
            for name in self
                .refs(place)
                .keys()
                .filter(|n| !wanted.contains_key(n.as_str()))
            {
                self.git(&self.path(place), &["update-ref", "--no-deref", "-d", name]);
            }
            let have = self.refs(place);
            for (name, id) in wanted {
                if have.get(name).map(String::as_str) != Some(id) {
                    self.git(&self.path(place), &["update-ref", name, id]);
                }
            }
        }
        let head = match self.ids.get(head) {
            Some(id) => format!("{id}\n"),
            None => format!("ref: {head}\n"),
        };
        std::fs::write(self.path("work/.git/HEAD"), head).unwrap();
        let text = format!(
            "[core]\nrepositoryformatversion = 0\nbare = false\nlogAllRefUpdates = false\n\
             [remote \"origin\"]\nurl = ../origin.git\nfetch = +refs/heads/*:refs/remotes/origin/*\n\
             [remote \"backup\"]\nurl = ../backup.git\n[receive]\ndenyCurrentBranch = ignore\n{config}"
        );
        std::fs::write(self.path("work/.git/config"), text).unwrap();
    }

    fn refs(&self, place: &str) -> BTreeMap<String, String> {
        let out = self.git(
            &self.path(place),
            &["for-each-ref", "--format=%(refname) %(objectname)"],
        );
        let pairs = out.lines().filter_map(|l| l.split_once(' '));
        pairs
            .map(|(name, id)| (name.to_owned(), id.to_owned()))
            .collect()
    }

    fn all_refs(&self) -> BTreeMap<(String, String), String> {
        let mut all = BTreeMap::new();
        for place in ["work", "origin.git", "backup.git"] {
            for (name, id) in self.refs(place) {
                all.insert((place.to_owned(), name), id);
            }
        }
        all
    }

    fn words(&self, line: &str) -> Vec<String> {
        let base = self.base.to_str().unwrap();
        let mut words: Vec<String> = vec![];
        for word in line.split_whitespace() {
            let word = word
                .replace("BASE", base)
                .replace(":c1", &format!(":{}", self.ids["c1"]));
            words.push(word);
        }
        // A blank inside a word is written as `%`.
        words.iter().map(|word| word.replace('%', " ")).collect()
    }

    fn plan(&self, words: &[String]) -> PushPlan {
        let home = self.base.to_str().unwrap();
        let env: Env = [("HOME", home), ("GIT_CONFIG_NOSYSTEM", "1")]
            .into_iter()
            .collect();
        let argv: Vec<&str> = std::iter::once("git")
            .chain(words.iter().map(String::as_str))
            .collect();
        GitProvider::new()
            .time_limit(std::time::Duration::from_secs(30))
            .resolve_push(&argv, &env, &self.path("work"))
    }

    /// What a dry run announces: URL, ref, kind, source. `None` where it would not say.
    fn announced(
        &self,
        words: &[String],
    ) -> Option<BTreeSet<(String, String, EffectKind, String)>> {
        let at = words
            .iter()
            .position(|w| matches!(w.as_str(), "push" | "p" | "pf" | "lit"))?;
        if words.iter().any(|w| w.starts_with("-q")) {
            return None;
        }
        let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
        args.splice(at + 1..at + 1, ["--dry-run", "--porcelain"]);
        let out = git(&self.path("work"), &args, &self.base);
        let text = String::from_utf8(out.stdout).unwrap();
        let (mut url, mut found) = (String::new(), BTreeSet::new());
        for line in text.lines() {
            if let Some(to) = line.strip_prefix("To ") {
                to.clone_into(&mut url);
            }
            let fields: Vec<&str> = line.split('\t').collect();
            let [flag, pair, _] = fields.as_slice() else {
                continue;
            };
            let kind = match *flag {
                "*" => EffectKind::Create,
                " " => EffectKind::Update,
                "+" => EffectKind::Force,
                "-" => EffectKind::Delete,
                _ => continue,
            };
            let (src, name) = pair.rsplit_once(':').unwrap();
            found.insert((url.clone(), name.to_owned(), kind, src.to_owned()));
        }
        Some(found)
    }
}

fn place_of(url: &str) -> &str {
    let name = url.trim_end_matches('/').rsplit('/').next().unwrap_or(url);
    if name == "." { "work" } else { name }
}

/// The refs of the tables that a real push changed and the plan did not name.
fn missed(scratch: &Scratch, words: &[String], plan: &PushPlan) -> Vec<String> {
    let before = scratch.all_refs();
    let args: Vec<&str> = words.iter().map(String::as_str).collect();
    git(&scratch.path("work"), &args, &scratch.base);
    let after = scratch.all_refs();
    let foreseen: BTreeSet<(&str, &str)> = plan
        .effects
        .iter()
        .map(|e| (place_of(&e.url), e.name.as_str()))
        .collect();
    let changed = before
        .keys()
        .chain(after.keys())
        .filter(|k| before.get(*k) != after.get(*k));
    // Tracking refs follow by themselves.
    let counted =
        changed.filter(|(place, name)| place != "work" || !name.starts_with("refs/remotes/"));
    counted
        .filter(|(place, name)| !foreseen.contains(&(place.as_str(), name.as_str())))
        .map(|(place, name)| format!("{place} {name}"))
        .collect()
}

#[test]
fn pushes_are_foreseen() {
    let Some(scratch) = Scratch::new() else {
        return;
    };
    let (mut cases, mut exact, mut wrong) = (0, 0, Vec::new());
    for (index, (state, head, config)) in STATES.iter().enumerate() {
        scratch.reset(head, config);
        for (number, line) in LINES.iter().enumerate() {
            // Every line meets at least two states; together they are well over 120 cases.
            if (number + index) % 3 == 0 {
                continue;
            }
            cases += 1;
            let words = scratch.words(line);
            let plan = scratch.plan(&words);
            let said: BTreeSet<_> = plan
                .effects
                .iter()
                .map(|e| (e.url.clone(), e.name.clone(), e.kind, e.src.clone()))
                .collect();
            if let (true, Some(announced)) = (plan.is_exact(), scratch.announced(&words)) {
                exact += 1;
                if announced != said {
                    wrong.push(format!(
                        "{state}: git {line}\n  git: {announced:?}\n  we: {said:?}\n  {:?}",
                        plan.refused
                    ));
                }
            }
            if (number + index) % 4 == 1 {
                let missed = missed(&scratch, &words, &plan);
                if !missed.is_empty() && plan.unresolved.is_empty() {
                    wrong.push(format!("{state}: git {line}\n  missed: {missed:?}"));
                }
                scratch.reset(head, config);
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {cases} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(
        cases >= 120 && exact * 100 >= cases * 90,
        "{exact} exact of {cases}"
    );
}

/// A repository whose configuration names programs wherever that is possible: the provider
/// reports them and runs none.
#[test]
fn a_hostile_repository_runs_nothing() {
    let Some(scratch) = Scratch::new() else {
        return;
    };
    let trap = scratch.path("sprung");
    let spring = format!("touch {}", trap.display());
    let config = format!(
        "[core]\nfsmonitor = \"{spring} #\"\npager = \"{spring} #\"\nsshCommand = \"{spring} #\"\n\
         alternateRefsCommand = \"{spring} #\"\neditor = \"{spring} #\"\naskPass = \"{spring} #\"\n\
         [diff]\nexternal = \"{spring} #\"\n[credential]\nhelper = \"!{spring} #\"\n\
         [alias]\nrev-parse = \"!{spring}\"\nst = \"!{spring}\"\n[gpg]\nprogram = \"{spring} #\"\n\
         [log]\nshowSignature = true\n[filter \"x\"]\nclean = \"{spring} #\"\nsmudge = \"{spring} #\"\n\
         [remote \"r\"]\nurl = \"ext::sh -c '{spring}'\"\n[protocol \"ext\"]\nallow = always\n"
    );
    scratch.reset("refs/heads/main", &config);
    std::fs::write(scratch.path("work/.gitattributes"), "* filter=x diff=x\n").unwrap();
    for line in [
        "push origin main",
        "push -f origin topic",
        "push r main",
        "push --follow-tags backup v1",
    ] {
        let _ = scratch.plan(&scratch.words(line));
    }
    let ext = scratch.plan(&scratch.words("push r main"));
    assert!(!ext.unresolved.is_empty() && !ext.programs.is_empty());
    let facts = GitProvider::new().facts(&scratch.path("work")).unwrap();
    let keys: BTreeSet<String> = clearance_branch::git_provider::foreign_programs(&facts)
        .into_iter()
        .map(|e| e.key)
        .collect();
    for key in [
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "credential.helper",
        "alias.st",
        "filter.x.clean",
    ] {
        assert!(keys.contains(key), "{key}");
    }
    assert!(!clearance_branch::git_config::is_neutral_for(
        "status",
        &facts.config
    ));
    assert!(!trap.exists(), "a program ran");
}

/// Time and size limits hold, and a directory without a repository is an error.
#[test]
fn limits_and_failures_are_errors() {
    let Some(scratch) = Scratch::new() else {
        return;
    };
    scratch.reset("refs/heads/main", "");
    let work = scratch.path("work");
    assert!(GitProvider::new().size_limit(3).facts(&work).is_err());
    assert!(
        GitProvider::new()
            .program("/nonexistent/git")
            .facts(&work)
            .is_err()
    );
    let plan = GitProvider::new().program("/nonexistent/git").resolve_push(
        &["git", "push", "origin", "main"],
        &Env::default(),
        &work,
    );
    assert!(!plan.unresolved.is_empty() && !plan.effects.is_empty());
    let (c1, c3, x1) = (&scratch.ids["c1"], &scratch.ids["c3"], &scratch.ids["x1"]);
    let contains = |new: &str, old: &str| GitProvider::new().contains(&work, new, old);
    assert_eq!(contains(c3, c1), Some(true));
    assert_eq!(contains(c3, x1), Some(false));
    assert_eq!(contains(c3, &"1".repeat(40)), None);
}
