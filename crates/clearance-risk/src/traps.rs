//! Words that a pack takes for plain text and by which a known tool runs, loads or shows
//! something after all: one place for what neither the data of a pack nor a handler says.

mod builds;
mod remote;
mod search;

use clearance_core::Effect;
use clearance_shell::invocation::{Stdin, Word};

use crate::arg::Arg;
use crate::judge::{Call, Judge, Taint};
use crate::path::Scope;

/// The words of a call that was judged by its pack.
pub(crate) fn judge_traps(judge: &mut Judge<'_>, call: &Call<'_>) {
    match call.name() {
        "cargo" => builds::cargo(judge, call),
        "sbt" | "ant" if is_named(call, b"sbt") => builds::sbt(judge, call),
        "kubectl" => remote::kubectl(judge, call),
        "helm" => remote::fetched(judge, call),
        "rails" | "rake" => builds::template(judge, call),
        "dotnet" | "msbuild" => builds::loggers(judge, call),
        "docker" if call.path().ends_with("inspect") => remote::container_variables(judge, call),
        "grep" | "rg" | "ag" | "ack" | "ugrep" => {
            search::selected_files(judge, call);
            search::here(judge, call);
            search::selected_names(judge, call);
        }
        "git" if call.path() == "ls-files" => {
            let ignored = call.has(&["-o", "--others"]) && !call.has(&["--exclude-standard"]);
            if ignored {
                judge.taint(Taint::SECRET_NAMES);
            }
        }
        "ls" if call.has(&["-a", "--all", "-A", "--almost-all"]) => {
            judge.taint(Taint::SECRET_NAMES);
        }
        "gh" => remote::forge(judge, call),
        "pip" | "uv" => builds::requirements(judge, call),
        "base64" | "base32" | "basenc" | "xxd" | "uudecode" | "rev" | "openssl" | "iconv"
        | "gpg" => {
            judge.taint(Taint::FREE_TEXT);
        }
        "cat" | "head" | "tail" | "jq" | "yq" | "sort"
            if call.operand(0).is_some()
                && call.parsed.operands.len() > usize::from(matches!(call.name(), "jq" | "yq")) =>
        {
            judge.taint(Taint::FREE_TEXT);
        }
        "tr" if rotates(call) => judge.taint(Taint::FREE_TEXT),
        "python" | "node" | "ruby" | "perl" | "php" | "lua" if call.parsed.operands.is_empty() => {
            // What a program text prints is its own affair.
            judge.taint(Taint::FREE_TEXT);
        }
        "go" if matches!(call.path(), "mod edit" | "work use" | "work edit") => {
            for word in call.argv.iter().skip(1).map(Arg::new) {
                let text = word.prefix();
                let at = text.iter().rposition(|&b| b == b'=').map_or(0, |at| at + 1);
                let away = [&b"/"[..], b"~", b"../.."]
                    .iter()
                    .any(|p| text.get(at..).unwrap_or_default().starts_with(p));
                if away {
                    runs(judge, word, "go");
                }
            }
        }
        "ln" | "link" => {
            // What is written through the link later changes the file itself.
            for word in call
                .operands()
                .take(call.parsed.operands.len().saturating_sub(1))
            {
                for path in word.known().into_iter().flatten() {
                    let mut places = judge.locate(path, false, &call.site.cwd);
                    if places.any(|p| {
                        matches!(p.scope, Scope::HomeConfig | Scope::System | Scope::HomeTop)
                    }) {
                        runs(judge, word, "the link");
                    }
                }
            }
        }
        "systemctl" if is_named(call, b"resolvectl") && call.parsed.operands.len() > 2 => {
            judge.effect(Effect::Service, call);
        }
        "bc" => {
            let shell = matches!(call.site.stdin, Stdin::Text(text)
                if text.split(|&b| b == b'\n').any(|l| l.trim_ascii_start().starts_with(b"!")));
            if shell {
                runs(
                    judge,
                    Arg::new(
                        call.argv
                            .first()
                            .unwrap_or(&Word::fixed(b"bc", call.span())),
                    ),
                    "bc",
                );
            }
        }
        "fd" => {
            let secret = |v: &Arg<'_>| {
                matches!(
                    v.as_static(),
                    Some(b"key" | b"pem" | b"p12" | b"pfx" | b"env" | b"jks" | b"kdbx")
                )
            };
            for value in call.values(&["-e", "--extension"]).filter(secret) {
                if call.rest().is_some() {
                    judge.report(Effect::Secret, 45, "secret.search", value.span(), || {
                        format!("`{}` chooses files that hold secrets", value.show())
                    });
                }
            }
        }
        "cmake" => {
            for word in call.argv.iter().map(Arg::new) {
                let set = [&b"SHELL="[..], b"MAKEFLAGS=", b"CC=", b"--eval"];
                if set.iter().any(|p| word.prefix().starts_with(p)) {
                    runs(judge, word, "cmake");
                }
            }
        }
        "npm" | "pnpm" if call.path().starts_with("config") || call.path() == "get" => {
            for word in call.operands() {
                let text = word.prefix().to_ascii_lowercase();
                if [&b"_auth"[..], b"token", b"password"]
                    .iter()
                    .any(|p| text.windows(p.len()).any(|w| w == *p))
                {
                    judge.effect(Effect::Secret, call);
                }
            }
        }
        "npm" | "pnpm" | "yarn" | "bun" => builds::handed_on(judge, call),
        "ghc" | "stack" | "opam" => builds::language_tools(judge, call),
        "sorbet" => builds::ruby_tools(judge, call),
        _ => {}
    }
}

/// `tr` with ranges of letters that do not only change their case.
fn rotates(call: &Call<'_>) -> bool {
    let (Some(from), Some(to)) = (call.operand(0), call.operand(1)) else {
        return false;
    };
    let letters = |arg: Arg<'_>| {
        arg.as_static().is_none_or(|t| {
            t.windows(2)
                .any(|w| matches!(w, [letter, b'-'] if letter.is_ascii_alphabetic()))
        })
    };
    let whole = |arg: Arg<'_>| matches!(arg.as_static(), Some(b"a-z" | b"A-Z" | b"_" | b"-"));
    letters(from) && !(whole(from) && whole(to))
}

/// The name that the call was made by.
fn is_named(call: &Call<'_>, name: &[u8]) -> bool {
    call.argv
        .first()
        .and_then(|w| w.as_static())
        .is_some_and(|w| crate::run::base_name(w) == name)
}

fn runs(judge: &mut Judge<'_>, word: Arg<'_>, tool: &str) {
    judge.report(Effect::RunOther, 45, "run.word", word.span(), || {
        format!("`{}` makes `{tool}` run or load something", word.show())
    });
}
