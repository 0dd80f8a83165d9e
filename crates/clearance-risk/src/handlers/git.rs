//! git: the sub-commands whose words the pack cannot tell apart. Configuration is in [`config`],
//! pushes are in [`push`]. Facts: git 2.47 manual pages.

mod config;
pub(super) mod push;

pub(super) use self::config::config_command;

use clearance_core::{Effect, Verdict};
use clearance_shell::invocation::{Stdin, Value, Word};

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::path::Scope;
use crate::spec::WordRole;

/// Options of git itself; the sub-command is judged after.
pub(super) fn git(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.git(call);
    for given in call.options().iter().take(call.parsed.globals) {
        let Some(value) = given.value else { continue };
        match given.spec.name {
            "-c" => config::config_word(judge, value),
            "--git-dir" | "--work-tree" => foreign_repository(judge, value, call),
            _ => {}
        }
    }
}

/// The configuration of a repository elsewhere can run programs.
fn foreign_repository(judge: &mut Judge<'_>, dir: Arg<'_>, call: &Call<'_>) {
    let near = |scope| {
        matches!(
            scope,
            Scope::Project | Scope::ProjectTop | Scope::Hook | Scope::Git
        )
    };
    let inside = dir.known().is_some_and(|mut paths| {
        paths.all(|p| {
            judge
                .locate(p, false, &call.site.cwd)
                .all(|p| near(p.scope))
        })
    });
    if !inside {
        judge.report(
            Effect::Environment,
            45,
            "git.repository",
            dir.span(),
            || {
                format!(
                    "the configuration of the repository `{}` can run programs",
                    dir.show()
                )
            },
        );
    }
}

/// `git bisect run COMMAND`: once for every revision, of which a script can be another one.
pub(super) fn bisect_run(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let words = call.from_operand(0);
    let script = words
        .first()
        .is_none_or(|w| w.as_static().is_none_or(|name| name.contains(&b'/')));
    if script {
        return judge.unknown("git.bisect.run", call.span(), || {
            "what the script is in other revisions is not known".to_owned()
        });
    }
    judge.run_argv(words, call.site);
}

/// `git branch`: without a name, or with a question, it only lists.
pub(super) fn branch(judge: &mut Judge<'_>, call: &Call<'_>) {
    let lists = [
        "-l",
        "--list",
        "--show-current",
        "-a",
        "--all",
        "-r",
        "--remotes",
        "-v",
        "-vv",
        "--verbose",
        "--contains",
        "--no-contains",
        "--merged",
        "--no-merged",
        "--points-at",
        "--format",
        "--sort",
        "--column",
    ];
    let changes = [
        "-d",
        "--delete",
        "-D",
        "-m",
        "--move",
        "-M",
        "-c",
        "--copy",
        "-C",
        "-f",
        "--force",
        "-u",
        "--set-upstream-to",
        "--unset-upstream",
        "-t",
        "--track",
        "--edit-description",
    ];
    // Options before the sub-command are git's own: `-C DIR`, `-c NAME=VALUE`.
    if !has_own(call, &changes) && (has_own(call, &lists) || call.operand(0).is_none()) {
        return;
    }
    judge.defaults(call);
}

/// One of these options was given to the sub-command itself.
fn has_own(call: &Call<'_>, names: &[&str]) -> bool {
    let own = call
        .options()
        .get(call.parsed.globals..)
        .unwrap_or_default();
    own.iter().any(|o| names.contains(&o.spec.name))
}

/// `git cat-file --batch`: the objects that standard input names are shown.
pub(super) fn cat_file(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    let Stdin::Text(names) = call.site.stdin else {
        return;
    };
    for line in names.split(|&b| b == b'\n') {
        let name = line.strip_prefix(b"contents ").unwrap_or(line).trim_ascii();
        let value = Value::Static(name.into());
        judge.revision(Arg::of(&value, call.span()), call);
    }
}

/// `git tag`: without a name, or with a question, it only lists.
pub(super) fn tag(judge: &mut Judge<'_>, call: &Call<'_>) {
    let lists = [
        "-l",
        "--list",
        "--contains",
        "--no-contains",
        "--merged",
        "--no-merged",
        "--points-at",
        "--sort",
        "--format",
        "--column",
        "-n",
    ];
    let changes = [
        "-a",
        "--annotate",
        "-s",
        "--sign",
        "-d",
        "--delete",
        "-f",
        "--force",
        "-m",
        "--message",
        "-F",
        "--file",
        "-u",
        "--local-user",
    ];
    if !has_own(call, &changes) && (has_own(call, &lists) || call.operand(0).is_none()) {
        return;
    }
    judge.defaults(call);
}

/// `git rm`: what is tracked can be restored, but not the whole project at once.
pub(super) fn rm(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    if call.has(&["-n", "--dry-run"]) {
        return;
    }
    let cached = call.has(&["--cached"]);
    for arg in call.operands() {
        let Some(paths) = arg.known() else {
            if arg.dynamic().is_some() && !cached {
                judge.unknown("path.dynamic", arg.span(), || {
                    "which files git removes is not determined".to_owned()
                });
            }
            continue;
        };
        for path in paths {
            if cached {
                continue;
            }
            let whole = matches!(path, b":/" | b":" | b"*" | b":(top)")
                || judge
                    .locate(path, true, &call.site.cwd)
                    .any(|p| !matches!(p.scope, Scope::Project | Scope::Build | Scope::Temp));
            if whole {
                judge.report(Effect::VcsDiscard, 50, "git.rm.all", arg.span(), || {
                    format!("removes `{}`", arg.show())
                });
            }
        }
    }
}

/// `git restore`: from the index only it is local, else work is lost.
pub(super) fn restore(judge: &mut Judge<'_>, call: &Call<'_>) {
    let staged = call.has(&["-S", "--staged"]);
    if staged && call.has(&["-W", "--worktree"]) {
        return judge.effect(Effect::VcsDiscard, call);
    }
    judge.option_defaults(call);
}

/// `git checkout`: branches are switched, files are overwritten.
pub(super) fn checkout(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let creates = call.has(&["-b", "-B", "--orphan", "-t", "--track", "-d", "--detach"]);
    let dashes = call.argv.iter().any(|w| w.as_static() == Some(b"--"));
    let operands: Vec<Arg<'_>> = call.operands().collect();
    let after_dashes = dashes
        && call
            .argv
            .last()
            .is_some_and(|w| w.as_static() != Some(b"--"));
    let files = after_dashes
        || (!creates && operands.len() > 1)
        || operands.iter().any(|a| a.is_multiple())
        || (!creates && operands.first().is_some_and(|a| looks_like_path(*a)));
    if files || call.has(&["--pathspec-from-file"]) {
        judge.report(
            Effect::VcsDiscard,
            45,
            "git.checkout.files",
            call.span(),
            || "overwrites files, and with them changes that are not committed".to_owned(),
        );
    }
}

fn looks_like_path(arg: Arg<'_>) -> bool {
    let Some(text) = arg.as_str() else {
        return false;
    };
    let last = text.rsplit('/').next().unwrap_or(text);
    let extension = last.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && (1..=5).contains(&extension.len())
            && extension.chars().all(|c| c.is_ascii_alphabetic())
    });
    text == "."
        || text.starts_with("./")
        || text.starts_with("../")
        || text.starts_with(":/")
        || text.ends_with('/')
        || text.contains('*')
        || extension
}

/// `git fetch`, `git pull`: a forced refspec can overwrite local branches.
pub(super) fn fetch(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    if let Some(remote) = call.operand(0) {
        judge.remote(remote, call);
        foreign_remote(judge, remote);
    }
    for spec in call.operands().skip(1) {
        // No file is named like a refspec: the pattern is git's.
        let pattern = spec.glob().map(|(pattern, _)| pattern);
        let pattern = pattern.filter(|p| p.starts_with(b"refs/") || p.starts_with(b"+refs/"));
        let pattern = pattern.and_then(|p| std::str::from_utf8(p).ok());
        let Some(text) = spec.as_str().or(pattern) else {
            if spec.is_multiple() {
                judge.unknown("git.refspec", spec.span(), || {
                    "what is fetched is not determined".to_owned()
                });
            }
            continue;
        };
        let forced = text.strip_prefix('+').and_then(|t| t.split_once(':'));
        if forced.is_some_and(|(_, to)| !to.is_empty() && !to.starts_with("refs/remotes/")) {
            judge.report(
                Effect::VcsDiscard,
                50,
                "git.fetch.force",
                spec.span(),
                || format!("`{text}` can overwrite local branches"),
            );
        }
    }
}

/// An address or a path in place of a remote's name: history from elsewhere, which `pull` merges
/// and the next build runs.
fn foreign_remote(judge: &mut Judge<'_>, remote: Arg<'_>) {
    let text = remote.prefix();
    let foreign = text.starts_with(b"/")
        || text.starts_with(b".")
        || text.starts_with(b"~")
        || text.contains(&b':');
    if foreign {
        judge.report(
            Effect::NetRead,
            40,
            "git.fetch.address",
            remote.span(),
            || format!("`{}` is not a remote of this repository", remote.show()),
        );
    }
}

/// `git add`: what is staged is published with the next push.
pub(super) fn add(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let forced = call.has(&["-f", "--force"]);
    if forced && call.has(&["-A", "--all", "-u", "--update"]) {
        judge.report(Effect::VcsLocal, 40, "git.add.ignored", call.span(), || {
            "stages files that are ignored, secrets among them".to_owned()
        });
    }
    for path in call.operands() {
        let every = forced && matches!(path.as_static(), Some(b"." | b":/" | b"*"));
        if every || path.known().is_some_and(|mut all| all.any(names_secret)) {
            judge.report(Effect::Secret, 40, "git.add.secret", path.span(), || {
                format!("stages `{}`, which can hold secrets", path.show())
            });
        }
    }
}

fn names_secret(path: &[u8]) -> bool {
    crate::secret::classify(path, false).is_some_and(|hit| hit.read != Verdict::Allow)
}

/// `git worktree add PATH`: beside the project is a usual place.
pub(super) fn worktree(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let Some(path) = call.operand(0) else { return };
    let root = judge.places().root();
    let parent = root
        .iter()
        .rposition(|&b| b == b'/')
        .and_then(|at| root.get(..at));
    let beside = path.known().is_some_and(|mut paths| {
        paths.all(|p| {
            judge.locate(p, false, &call.site.cwd).all(|place| {
                let dir = place.path.iter().rposition(|&b| b == b'/');
                dir.and_then(|at| place.path.get(..at)) == parent
                    && matches!(place.scope, Scope::Home | Scope::Outside)
            })
        })
    });
    if !beside {
        judge.path(WordRole::Write, path, call.site);
    }
}

/// `git submodule foreach TEXT`.
pub(super) fn foreach(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let mut joined: Vec<u8> = Vec::new();
    for arg in call.operands() {
        let Some(text) = arg.as_static() else {
            return judge.unknown("code.dynamic", arg.span(), || {
                "the command is not determined".to_owned()
            });
        };
        if !joined.is_empty() {
            joined.push(b' ');
        }
        joined.extend_from_slice(text);
    }
    let word = Word {
        value: Value::Static(joined.into()),
        span: call.span(),
    };
    judge.run_shell(Arg::new(&word), call.site);
}
