//! Names of tasks: what `npm run NAME`, `make NAME` and their like say about themselves. The
//! content of a task is not seen; a name that says "publish" or "drop the database" is believed.

use clearance_core::Effect;

use crate::arg::Arg;
use crate::judge::{Call, Judge, Site};
use crate::names::{
    ADMIN_COMMAND, Names, TASK_DATA, TASK_DESTROY, TASK_DESTROY_DATA, TASK_OUTWARD, TASK_ROUTINE,
};
use crate::spec::{Lang, WordRole};

/// The words of a name: parted by signs and by capitals, in small letters.
fn tokens(name: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut lower = false;
    for c in name.chars() {
        let boundary = !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && lower);
        if boundary && !word.is_empty() {
            all.push(std::mem::take(&mut word));
        }
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
        lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    if !word.is_empty() {
        all.push(word);
    }
    all
}

/// What the name of a task says that it does, beyond building and testing.
pub(crate) fn meaning(name: &str) -> Option<Effect> {
    let words = tokens(name);
    let has = |list: &Names| words.iter().any(|w| list.has(w));
    let data = has(&TASK_DATA);
    if words.first().is_some_and(|w| TASK_ROUTINE.has(w)) && !data {
        return None;
    }
    if has(&TASK_DESTROY)
        || (data && has(&TASK_DESTROY_DATA))
        || matches!(&*words, [w] if w == "flush")
    {
        return Some(Effect::DbDestroy);
    }
    let local = words.iter().any(|w| w == "local" || w == "notes");
    (has(&TASK_OUTWARD) && !local).then_some(Effect::Publish)
}

/// The words given to a program that runs tasks by name.
pub(crate) fn judge_tasks(judge: &mut Judge<'_>, call: &Call<'_>) {
    let path = call.path();
    elsewhere(judge, call);
    if call.name() == "make"
        && call.has(&[
            "-n",
            "--just-print",
            "--dry-run",
            "--recon",
            "-q",
            "--question",
        ])
    {
        // The recipes are printed, not run.
        return;
    }
    if matches!(call.name(), "npm" | "yarn")
        && path.starts_with("run")
        && call.operand(0).and_then(Arg::as_static) == Some(b"env")
    {
        // Built in, where the project has no script of that name: it prints the environment.
        judge.effect(Effect::Secret, call);
    }
    let words: Vec<Arg<'_>> = match call.name() {
        "make" | "gradle" | "rake" | "nx" | "turbo" | "lerna" | "ant" | "ninja" | "mill" => {
            call.operands().collect()
        }
        "invoke" | "task" | "poe" => call.operands().collect(),
        "npm" | "pnpm" | "yarn" | "bun" if path.is_empty() || path.starts_with("run") => {
            call.operands().take(1).collect()
        }
        "just" | "mise" | "deno" | "composer" | "bazel" | "rails"
            if path.is_empty() || path.starts_with("run") || path == "task" =>
        {
            call.operands().take(1).collect()
        }
        "tox" | "nox" => call
            .values(&["-e", "-s", "--session", "--sessions", "--env"])
            .collect(),
        "cmake" => call.values(&["--target", "-t"]).collect(),
        _ => return,
    };
    for word in words {
        for name in word.known().into_iter().flatten() {
            let Ok(name) = std::str::from_utf8(name) else {
                continue;
            };
            if !name.contains('=') && !name.starts_with('-') {
                told(judge, word, name, meaning(name));
            }
        }
    }
    installs(judge, call);
}

/// Operands of test runners, compilers and bundlers are code: a path that leaves the project is
/// judged as what is run.
fn elsewhere(judge: &mut Judge<'_>, call: &Call<'_>) {
    match call.name() {
        "tox" if call.operand(0).and_then(Arg::as_static) == Some(b"exec") => {
            return judge.run_argv(call.from_operand(1), call.site);
        }
        "jest" | "bun" | "deno" | "vite" | "next" | "astro" | "nuxt" | "webpack" => {}
        "go" if matches!(call.path(), "build" | "test" | "vet" | "generate") => {}
        _ => return,
    }
    for word in call.operands() {
        let leaves = word.known().is_some_and(|mut all| {
            all.any(|p| {
                p.starts_with(b"/") || p.starts_with(b"../") || p.windows(3).any(|w| w == b"://")
            })
        });
        if leaves {
            judge.path(WordRole::Run, word, call.site);
        }
    }
}

/// The targets by which a build installs what it has built.
fn installs(judge: &mut Judge<'_>, call: &Call<'_>) {
    let install = |arg: Arg<'_>| {
        matches!(
            arg.as_static(),
            Some(b"install" | b"uninstall" | b"install/strip")
        )
    };
    let installs = match call.name() {
        "ninja" => call.operands().any(install),
        "cmake" => call.values(&["--target", "-t"]).any(install),
        _ => false,
    };
    if installs {
        crate::handlers::stage::judge_install(judge, call);
    }
}

fn told(judge: &mut Judge<'_>, word: Arg<'_>, name: &str, effect: Option<Effect>) {
    let Some(effect) = effect else { return };
    let rule = if effect == Effect::Publish {
        "task.publish"
    } else {
        "task.destroy"
    };
    judge.report(effect, 45, rule, word.span(), || {
        format!(
            "the task `{name}` {} by its name",
            crate::judge::describe(effect)
        )
    });
}

/// The script by which a framework is administered is run with these words.
pub(crate) fn judge_admin(
    judge: &mut Judge<'_>,
    script: &[u8],
    words: &[Arg<'_>],
    site: &Site<'_>,
) {
    if !matches!(
        script,
        b"manage.py" | b"artisan" | b"console" | b"rails" | b"rake" | b"setup.py"
    ) {
        return;
    }
    for word in words {
        let text = word.as_static().unwrap_or_default();
        if script == b"setup.py"
            && matches!(text, b"upload" | b"register" | b"install" | b"develop")
        {
            let effect = if text == b"upload" || text == b"register" {
                Effect::Publish
            } else {
                Effect::InstallUser
            };
            judge.report(effect, 45, "task.install", word.span(), || {
                "`setup.py` installs or publishes".to_owned()
            });
        }
        if text.starts_with(b"--pythonpath=/") || text.starts_with(b"--pythonpath=..") {
            judge.unknown("option.outside", word.span(), || {
                "code is loaded from outside the project".to_owned()
            });
        }
    }
    for word in words {
        let Some(name) = word.as_str() else {
            continue;
        };
        if name.starts_with('-') {
            continue;
        }
        let effect = if ADMIN_COMMAND.has(name) {
            Some(Effect::DbDestroy)
        } else {
            meaning(name)
        };
        told(judge, *word, name, effect);
        if matches!(name, "runserver" | "runserver_plus" | "serve") {
            listens(judge, words);
        }
        if matches!(name, "shell" | "shell_plus") {
            return shell_text(judge, words, site);
        }
        // What follows are the arguments of that command.
        break;
    }
    zero(judge, words);
}

/// `manage.py runserver [ADDRESS:]PORT`, `artisan serve --host=ADDRESS`: an address that others
/// reach.
fn listens(judge: &mut Judge<'_>, words: &[Arg<'_>]) {
    for word in words {
        let text = word.as_static().unwrap_or_default();
        let text = text.strip_prefix(b"--host=").unwrap_or(text);
        let open = [&b"0.0.0.0"[..], b"0:", b"[::]", b"::", b":"]
            .iter()
            .any(|p| text.starts_with(p))
            || text == b"0";
        if open {
            let score = crate::score::base(Effect::NetListen);
            judge.report(Effect::NetListen, score, "net.listen", word.span(), || {
                format!(
                    "a server listens at `{}`, where others reach it",
                    word.show()
                )
            });
        }
    }
}

/// `manage.py shell -c TEXT`: what the text is known to do counts.
fn shell_text(judge: &mut Judge<'_>, words: &[Arg<'_>], site: &Site<'_>) {
    let texts = words.windows(2).filter_map(|pair| match pair {
        [option, text] if matches!(option.as_static(), Some(b"-c" | b"--command")) => Some(*text),
        _ => None,
    });
    for text in texts {
        for source in text.known().into_iter().flatten() {
            judge.known_harm(Lang::Python, source, text.span(), site);
            let harm: [&[u8]; 9] = [
                b".delete(",
                b".update(",
                b".raw(",
                b".execute(",
                b".bulk_update(",
                b"truncate",
                b"drop ",
                b"flush",
                b"_raw_delete",
            ];
            let lower = source.to_ascii_lowercase();
            if harm.iter().any(|h| lower.windows(h.len()).any(|w| w == *h)) {
                told(judge, text, "shell", Some(Effect::DbDestroy));
            }
        }
    }
}

/// `manage.py migrate APP zero` drops the tables of the application.
fn zero(judge: &mut Judge<'_>, words: &[Arg<'_>]) {
    let zero = matches!(words, [a, .., b] if a.as_static() == Some(b"migrate") && b.as_static() == Some(b"zero"));
    if let (true, Some(last)) = (zero, words.last()) {
        told(judge, *last, "migrate … zero", Some(Effect::DbDestroy));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_publish_or_destroy() {
        for name in [
            "publish",
            "deploy:prod",
            "release",
            "publishToMavenCentral",
            "closeAndReleaseRepository",
        ] {
            assert_eq!(meaning(name), Some(Effect::Publish), "{name}");
        }
        for name in [
            "db:drop",
            "db-reset",
            "migrate:fresh",
            "nuke",
            "flywayClean",
            "dropAll",
            "db:schema:load",
        ] {
            assert_eq!(meaning(name), Some(Effect::DbDestroy), "{name}");
        }
        for name in [
            "build:prod",
            "test",
            "assembleRelease",
            "release-notes",
            "reset",
            "db:seed",
            "clean",
            "start:prod",
            "publishToMavenLocal",
            "migrate",
        ] {
            assert_eq!(meaning(name), None, "{name}");
        }
    }
}
