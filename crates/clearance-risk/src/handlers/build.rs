//! make, just, qmake, mise: variables and targets.

use clearance_core::Effect;

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{MAKE_PROGRAM, RECIPE_OPTION};
use crate::spec::WordRole;

/// Bytes that mean something to the shell that a build tool hands its variables to.
const SHELL_SPECIAL: &[u8] = b";|&$`<>(){}\\\"'\n!*?[]#~";

/// `NAME=value` given to make, just or configure: a program name must be a known tool, other
/// values must hold nothing that a shell would read. Recipes find it in their environment (GNU
/// make manual, "Communicating Variables to a Sub-make"), so that it must be harmless there too.
fn variable(judge: &mut Judge<'_>, name: &[u8], value: Arg<'_>, call: &Call<'_>) {
    let Some(text) = value.as_static() else {
        if value.dynamic().is_some_and(|d| d.numeric) {
            return;
        }
        return judge.unknown("make.variable", value.span(), || {
            format!("the value `{}` is not determined", value.show())
        });
    };
    let name = String::from_utf8_lossy(name).into_owned();
    let plain = !text.iter().any(|b| SHELL_SPECIAL.contains(b));
    let settings = [
        "SHELL",
        "MAKEFLAGS",
        "MAKEFILES",
        "MFLAGS",
        ".SHELLFLAGS",
        "PATH",
    ];
    let program =
        MAKE_PROGRAM.has(&name) || name.ends_with("_WRAPPER") || name.ends_with("_LAUNCHER");
    let fits = if settings.contains(&name.as_str()) {
        false
    } else if program {
        plain && is_tool(judge, text)
    } else {
        if plain {
            crate::env::judge_given(judge, name.as_bytes(), value, call.site);
        }
        plain
    };
    if !fits {
        let tool = call.called();
        judge.unknown("make.variable", value.span(), || {
            format!("`{name}` of `{tool}` can name a program or hold shell text")
        });
    }
}

/// A known tool by its name, with options or without.
fn is_tool(judge: &Judge<'_>, text: &[u8]) -> bool {
    let mut words = text.split(|&b| b == b' ').filter(|word| !word.is_empty());
    let known = words
        .next()
        .is_some_and(|name| !name.contains(&b'/') && judge.knows(name));
    known
        && words.all(|word| word.starts_with(b"-m") || word.starts_with(b"-std=") || word == b"-O2")
}

/// `./configure [OPTION]... [NAME=VALUE]...`, made by autoconf or written to look like it.
pub(super) fn configure(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    judge.effect(Effect::RunProject, call);
    let by_path = call.argv.first().and_then(|name| name.as_static());
    if !by_path.is_some_and(|name| name.contains(&b'/')) {
        judge.unknown("program.unknown", call.span(), || {
            "which `configure` is meant is not known; write its path".to_owned()
        });
    }
    targets(judge, call);
}

/// The words of make and just: targets, and `NAME=value`.
fn targets(judge: &mut Judge<'_>, call: &Call<'_>) {
    for (at, arg) in call.operands().enumerate() {
        // What follows a recipe of just is handed to it.
        let chosen = |text: &[u8]| RECIPE_OPTION.has(text);
        if at > 0 && call.name() == "just" && arg.as_static().is_some_and(chosen) {
            continue;
        }
        let prefix = arg.prefix();
        match prefix.iter().position(|&b| b == b'=') {
            Some(at) if prefix.get(..at).is_some_and(is_name) => {
                let name = prefix.get(..at).unwrap_or_default().to_vec();
                let name = name.strip_suffix(b":").unwrap_or(&name).to_vec();
                variable(judge, &name, arg.skip(at + 1), call);
            }
            _ => {
                let plain = arg.known().is_some_and(|mut all| {
                    all.all(|t| {
                        !t.starts_with(b"-") && !t.iter().any(|b| SHELL_SPECIAL.contains(b))
                    })
                });
                let numeric = arg.dynamic().is_some_and(|d| d.numeric);
                if !plain && !numeric {
                    judge.unknown("make.target", arg.span(), || {
                        format!("what `{}` makes it run is not known", arg.show())
                    });
                }
            }
        }
    }
}

fn is_name(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_suffix(b":").unwrap_or(bytes);
    let bytes = bytes.strip_suffix(b"+").unwrap_or(bytes);
    !bytes.is_empty()
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(b))
}

/// `make [OPTION]... [TARGET | NAME=VALUE]...`.
pub(super) fn make(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    targets(judge, call);
    // The data base holds every variable, also those of the environment.
    if call.has(&["-p", "--print-data-base"])
        && !super::envlist::is_filtered(judge, call)
        && !super::envlist::lists_targets(judge, call)
    {
        judge.effect(Effect::Secret, call);
    }
    let installs = call.operands().any(|a| {
        matches!(
            a.as_static(),
            Some(b"install" | b"uninstall" | b"install-strip")
        )
    });
    let stage = |a: Arg<'_>| {
        [&b"DESTDIR="[..], b"PREFIX=", b"prefix="]
            .into_iter()
            .find(|p| a.prefix().starts_with(p))
            .map(<[u8]>::len)
    };
    let mut staged = false;
    for arg in call.operands().filter(|_| installs) {
        if let Some(length) = stage(arg) {
            staged = true;
            judge.path(WordRole::Write, arg.skip(length), call.site);
        }
    }
    if installs && !staged {
        super::stage::judge_install(judge, call);
    }
}

/// `just [OPTION]... [NAME=VALUE]... [RECIPE [ARG]...]...`: arguments are put into the text of
/// the recipe.
pub(super) fn just(judge: &mut Judge<'_>, call: &Call<'_>) {
    if call.has(&["-c", "--command"]) {
        judge.option_defaults(call);
        return judge.run_argv(call.from_operand(0), call.site);
    }
    judge.option_defaults(call);
    targets(judge, call);
}

/// `mise exec [TOOL@VERSION]... -- COMMAND`.
pub(super) fn mise_exec(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let words = call.argv;
    let dashes = words.iter().position(|w| w.as_static() == Some(b"--"));
    let tools = call
        .parsed
        .operands
        .iter()
        .filter(|&&(at, _)| Some(at) < dashes);
    for &(_, tool) in tools {
        if !tool.as_static().is_some_and(is_mise_tool) {
            judge.report(
                Effect::RunDownloaded,
                50,
                "run.fetched",
                tool.span(),
                || format!("`{}` names where `mise` gets a program from", tool.show()),
            );
        }
    }
    match dashes {
        Some(at) => judge.run_argv(words.get(at + 1..).unwrap_or_default(), call.site),
        None if call.has(&["-c", "--command"]) => {}
        None => judge.unknown("mise.exec", call.span(), || {
            "what `mise exec` runs is not known; write `--` before the command".to_owned()
        }),
    }
}

/// `TOOL` or `TOOL@VERSION` of mise's own registry. A colon names a backend (`cargo:`, `npm:`,
/// `path:`), with which anybody's code may come.
fn is_mise_tool(word: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_.@+".contains(b);
    !word.is_empty() && word.iter().all(plain)
}

/// `qmake [OPTION]... [PROJECT.pro] [NAME=VALUE]...`.
pub(super) fn qmake(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    for arg in call.operands() {
        if arg.prefix().ends_with(b".pro") {
            judge.path(WordRole::Run, arg, call.site);
        }
    }
    let queries = call.has(&["-query"]);
    let program = call.operands().any(|a| a.prefix().starts_with(b"QMAKE_"));
    if program {
        judge.unknown("make.variable", call.span(), || {
            "a variable of qmake can name a program".to_owned()
        });
    }
    if !queries {
        targets(judge, call);
    }
}
