//! Environment variables as part of the command: which are harmless, which load code or
//! redirect programs.

use clearance_core::{Effect, Span};
use clearance_shell::invocation::{Assignment, Value, Word};

use crate::arg::Arg;
use crate::judge::{Judge, Site};
use crate::names::SECRET_VARIABLE;
use crate::path::Scope;

pub(crate) mod options;
mod own;

/// `A=b cmd`, or `A=b` alone.
pub(crate) fn judge_assignments(judge: &mut Judge<'_>, list: &[Assignment], site: &Site<'_>) {
    // Alone it is a variable of the script, not of a program.
    let exported = !site.invocation.argv.is_empty();
    for assignment in list {
        let value = Arg::new(&assignment.value);
        let span = assignment.value.span;
        judge_variable(judge, &assignment.name, value, span, exported, site);
    }
}

/// Variables that the text of a script sets in places that no invocation shows.
pub(crate) fn judge_text(judge: &mut Judge<'_>) {
    let script = judge.text;
    judge_default_assignments(judge, script);
    judge_loop_variables(judge, script);
}

/// `${NAME:=value}` and `${NAME=value}` set variables while a word is expanded. Names that
/// matter are looked for in the text itself.
fn judge_default_assignments(judge: &mut Judge<'_>, script: &[u8]) {
    let mut rest = script;
    while let Some(at) = memchr::memchr(b'$', rest) {
        rest = rest.get(at + 1..).unwrap_or_default();
        let Some(inside) = rest.strip_prefix(b"{") else {
            continue;
        };
        rest = inside;
        let start = script.len() - rest.len();
        let name = rest
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count();
        let (name, tail) = rest.split_at(name);
        let tail = tail.strip_prefix(b":").unwrap_or(tail);
        if !tail.starts_with(b"=") {
            continue;
        }
        let table = judge.catalog.env();
        let text = std::str::from_utf8(name).unwrap_or_default();
        let matters = table.is_dangerous(text) || table.is_path(text);
        if matters && !table.is_harmless(text) {
            let start = u32::try_from(start).unwrap_or(u32::MAX);
            let span = Span::new(start, start.saturating_add(1));
            judge.report(Effect::Environment, 45, "env.dangerous", span, || {
                format!("the variable `{text}` changes what programs run or trust")
            });
        }
    }
}

/// `for NAME in …` sets a variable that no assignment shows.
fn judge_loop_variables(judge: &mut Judge<'_>, script: &[u8]) {
    for at in memchr::memchr_iter(b' ', script) {
        let (text, rest) = script.split_at_checked(at).unwrap_or_default();
        let Some(before) = text.strip_suffix(b"for").or(text.strip_suffix(b"select")) else {
            continue;
        };
        let begins = |b: &u8| b.is_ascii_whitespace() || b";&|({".contains(b);
        if !before.last().is_none_or(begins) {
            continue;
        }
        let rest = rest.get(1..).unwrap_or_default();
        let name = rest.trim_ascii_start();
        let length = name
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count();
        let (name, tail) = name.split_at(length);
        if tail.trim_ascii_start().starts_with(b"in") {
            let start = script.len().saturating_sub(rest.len());
            let start = u32::try_from(start).unwrap_or(u32::MAX);
            judge_name(judge, name, Span::new(start, start.saturating_add(1)));
        }
    }
}

/// A builtin of the shell sets this variable to what is not seen here.
pub(crate) fn judge_name(judge: &mut Judge<'_>, name: &[u8], span: Span) {
    let table = judge.catalog.env();
    let Ok(text) = std::str::from_utf8(name) else {
        return;
    };
    // Names of everyday loops (`for ENV in dev prod`) are only dangerous where they are exported.
    let heeded = matches!(
        text,
        "HOME"
            | "SHELL"
            | "PAGER"
            | "EDITOR"
            | "VISUAL"
            | "PS4"
            | "PROMPT_COMMAND"
            | "BASH_ENV"
            | "CDPATH"
    ) || ["LD_", "DYLD_", "GIT_"].iter().any(|p| text.starts_with(p));
    if (heeded || table.is_path(text)) && !table.is_harmless(text) {
        judge.report(Effect::Environment, 45, "env.dangerous", span, || {
            format!("the variable `{text}` changes what programs run or trust")
        });
    }
}

/// A word `NAME=value`, as `env` and `export` take it. A word without `=` exports or names a
/// variable, which changes nothing of its value.
pub(crate) fn judge_word(judge: &mut Judge<'_>, word: Arg<'_>, site: &Site<'_>) {
    let known = match word.as_static() {
        Some(bytes) => bytes,
        None => word.prefix(),
    };
    match known.iter().position(|&b| b == b'=') {
        Some(at) => {
            let name = known.get(..at).unwrap_or_default();
            let name = name.strip_suffix(b"+").unwrap_or(name);
            judge_variable(judge, name, word.skip(at + 1), word.span(), true, site);
        }
        None if word.as_static().is_some() => {}
        None => judge.unknown("env.dynamic", word.span(), || {
            format!("which variable `{}` sets is not determined", word.show())
        }),
    }
}

/// A variable that a program is given among its words and hands to what it runs.
pub(crate) fn judge_given(judge: &mut Judge<'_>, name: &[u8], value: Arg<'_>, site: &Site<'_>) {
    judge_variable(judge, name, value, value.span(), true, site);
}

fn judge_variable(
    judge: &mut Judge<'_>,
    name: &[u8],
    value: Arg<'_>,
    span: Span,
    exported: bool,
    site: &Site<'_>,
) {
    let table = judge.catalog.env();
    let Ok(name) = std::str::from_utf8(name) else {
        return judge.unknown("env.name", span, || {
            "a variable with a strange name".to_owned()
        });
    };
    if table.is_harmless(name) {
        return;
    }
    if let Some(text) = value.as_str() {
        if table.is_harmless_value(name, text) || options::is_harmless(name, text) {
            return;
        }
    }
    if own::is_understood(judge, name, value, site) {
        return;
    }
    if table.is_path(name) {
        // Go writes there what it fetches and builds.
        if name == "GOPATH" && exported {
            crate::strangers::judge_stranger(judge, name, value, span, site);
        }
        return judge_directories(judge, name, value, span, site);
    }
    let written = value.known().is_some_and(|mut values| {
        values.any(|v| v.contains(&b'/') && judge.has_written(v, &site.cwd))
    });
    if written {
        return judge.report(Effect::Environment, 45, "env.written", span, || {
            format!("`{name}` points to a file that this script has written")
        });
    }
    if own::is_of_own_program(judge, name, value, site)
        || own::loads_for_own_program(judge, name, value, site)
    {
        return;
    }
    if table.is_dangerous(name) {
        judge.report(Effect::Environment, 45, "env.dangerous", span, || {
            format!("the variable `{name}` changes what programs run or trust")
        });
    } else if exported {
        crate::strangers::judge_stranger(judge, name, value, span, site);
    }
}

/// A list of directories from which code is loaded.
pub(crate) fn judge_directories(
    judge: &mut Judge<'_>,
    name: &str,
    value: Arg<'_>,
    span: Span,
    site: &Site<'_>,
) {
    let parts: Vec<Vec<u8>> = if let Some(known) = value.known() {
        known
            .flat_map(|v| {
                v.split(|&b| b == b':')
                    .map(<[u8]>::to_vec)
                    .collect::<Vec<_>>()
            })
            .collect()
    } else if let Some(dynamic) = value.dynamic() {
        // `$PATH:dir`, `dir:$PATH`: what the variable was is the caller's; the known parts at
        // both ends are whole only up to a colon.
        if !dynamic.sources.is_empty() {
            return judge.unknown("env.path", span, || {
                format!("the directories of `{name}` are not determined")
            });
        }
        let prefix = value.prefix();
        let before = prefix
            .iter()
            .rposition(|&b| b == b':')
            .and_then(|at| prefix.get(..at));
        let suffix = &dynamic.suffix;
        let after = suffix
            .iter()
            .position(|&b| b == b':')
            .and_then(|at| suffix.get(at + 1..));
        let loose =
            |whole: &[u8], kept: Option<&[u8]>| whole.len() > kept.map_or(0, |k| k.len() + 1);
        if loose(prefix, before) || loose(suffix, after) {
            return judge.unknown("env.path", span, || {
                format!("the directories of `{name}` are not determined")
            });
        }
        before
            .into_iter()
            .chain(after)
            .flat_map(|v| {
                v.split(|&b| b == b':')
                    .map(<[u8]>::to_vec)
                    .collect::<Vec<_>>()
            })
            .collect()
    } else {
        return judge.unknown("env.path", span, || {
            format!("the directories of `{name}` are not determined")
        });
    };
    for part in parts {
        let part = if part.is_empty() { b".".to_vec() } else { part };
        for place in judge.locate(&part, false, &site.cwd) {
            let home_bin = !matches!(place.scope, Scope::Project | Scope::Build)
                && place
                    .path
                    .strip_prefix(judge.places().home())
                    .is_some_and(|rest| {
                        !judge.places().home().is_empty() && rest.ends_with(b"/bin")
                    });
            let system =
                place.scope == Scope::System || place.path == b"/bin" || place.path == b"/sbin";
            // What packages put into `node_modules/.bin` is the project's code, as `npx` runs it.
            let known = match place.scope {
                Scope::Project | Scope::Build | Scope::ProjectTop => {
                    name != "PATH" || is_tool_dir(&place.path)
                }
                Scope::Hook => is_tool_dir(&place.path),
                _ => false,
            };
            let project = known && (name != "PATH" || !judge.writes_below(&place.path));
            if !(home_bin || system || project) {
                judge.report(Effect::Environment, 45, "env.path", span, || {
                    let dir = String::from_utf8_lossy(&place.path).into_owned();
                    format!(
                        "`{name}` makes programs load code from `{dir}`, {}",
                        place.scope.describe()
                    )
                });
            }
        }
    }
}

/// A directory of the project in which its package manager puts programs.
fn is_tool_dir(path: &[u8]) -> bool {
    [
        &b"/node_modules/.bin"[..],
        b"/.venv/bin",
        b"/venv/bin",
        b"/env/bin",
    ]
    .iter()
    .any(|tail| path.ends_with(tail))
}

/// A variable of this name holds a secret.
#[must_use]
pub fn is_secret_name(name: &[u8]) -> bool {
    let upper = name.to_ascii_uppercase();
    SECRET_VARIABLE.has(upper)
}

/// An assignment made up by a wrapper (`env A=b cmd`), for the inner command.
pub(crate) fn assignment(word: &Word) -> Option<Assignment> {
    let Value::Static(bytes) = &word.value else {
        return None;
    };
    let at = bytes.iter().position(|&b| b == b'=')?;
    Some(Assignment {
        name: bytes.get(..at)?.into(),
        value: Arg::new(word).skip(at + 1).to_word(),
        append: false,
    })
}
