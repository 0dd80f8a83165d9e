//! git's configuration, by `-c` and by `git config`: which variables run programs, redirect them
//! or weaken checks. Facts: git 2.47, git-config(1).

use clearance_core::Effect;

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{GIT_SECTION, GIT_VARIABLE, GIT_VARIABLE_END};
use crate::spec::WordRole;

/// `-c NAME=VALUE`.
pub(super) fn config_word(judge: &mut Judge<'_>, word: Arg<'_>) {
    let known = word.as_static().unwrap_or(word.prefix());
    let Some(at) = known.iter().position(|&b| b == b'=') else {
        let key = word.as_str().unwrap_or_default();
        return config(judge, key, None, word);
    };
    let key = std::str::from_utf8(known.get(..at).unwrap_or_default()).unwrap_or_default();
    config(judge, key, Some(word.skip(at + 1)), word);
}

fn config(judge: &mut Judge<'_>, key: &str, value: Option<Arg<'_>>, at: Arg<'_>) {
    if !config_is_harmless(key, value) {
        judge.report(Effect::Environment, 45, "git.config", at.span(), || {
            format!("the configuration `{key}` can run programs or change what is trusted")
        });
    }
}

fn config_is_harmless(key: &str, value: Option<Arg<'_>>) -> bool {
    let lower = key.to_ascii_lowercase();
    let (section, rest) = lower.split_once('.').unwrap_or((&lower, ""));
    let name = rest.rsplit('.').next().unwrap_or_default();
    let text = value.map(|v| v.as_str().unwrap_or("\0"));
    match (lower.as_str(), text) {
        ("core.pager" | "core.editor" | "sequence.editor", Some("cat" | "true" | ":" | "")) => {
            return true;
        }
        // Patterns of names that are ignored.
        ("core.excludesfile", Some(_)) => return true,
        ("core.fsmonitor" | "core.hookspath", Some("false" | "/dev/null")) => return true,
        ("core.attributesfile", Some("/dev/null")) => return true,
        ("credential.helper", Some("")) => return true,
        _ => {}
    }
    if section == "pager" {
        return matches!(text, Some("false" | "cat" | "0"));
    }
    // What a subsection narrows is the same variable: `http.https://example.org.sslVerify`.
    let variable = format!("{section}.{name}");
    GIT_SECTION.has(section.as_bytes())
        && !GIT_VARIABLE.has(variable.as_bytes())
        && !GIT_VARIABLE_END.has(name.as_bytes())
        && (section != "protocol" || name == "version")
}

/// Headers, cookies and passwords that the configuration holds, asked for by their names, or
/// looked for in all of it.
fn reads_secrets(judge: &mut Judge<'_>, call: &Call<'_>) {
    let named = call
        .operands()
        .filter_map(Arg::known)
        .flatten()
        .any(speaks_of_secrets);
    let lists = call.has(&["-l", "--list", "--get-regexp"]) || call.path() == "config list";
    if named || lists && super::super::envlist::is_searched(judge, call, speaks_of_secrets) {
        judge.effect(Effect::Secret, call);
    }
}

fn speaks_of_secrets(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    let parts: [&[u8]; 6] = [
        b"extraheader",
        b"cookie",
        b"credential",
        b"authorization",
        b"oauth",
        b"bearer",
    ];
    let whole = matches!(
        &*lower,
        b"credential.helper" | b"http.cookiefile" | b"http.savecookies"
    );
    !whole
        && (crate::env::is_secret_name(text)
            || parts
                .iter()
                .any(|part| lower.windows(part.len()).any(|w| w == *part)))
}

/// `git config`: reading is free, the repository's own harmless variables are local.
pub(in crate::handlers) fn config_command(judge: &mut Judge<'_>, call: &Call<'_>) {
    for given in call.options() {
        for effect in given.spec.effects.iter() {
            judge.effect(effect, call);
        }
    }
    let operands = call.operands().len();
    let reads = call.has(&[
        "--get",
        "--get-all",
        "--get-regexp",
        "-l",
        "--list",
        "--get-urlmatch",
        "--get-color",
        "--get-colorbool",
    ]) || matches!(call.path(), "config get" | "config list");
    let file = call.value(&["-f", "--file"]);
    let writes = !reads
        && (operands >= 2
            || call.has(&["--unset", "--unset-all", "--add", "--replace-all"])
            || matches!(call.path(), "config set" | "config unset"));
    if let Some(file) = file {
        judge.path(
            if writes {
                WordRole::Write
            } else {
                WordRole::Read
            },
            file,
            call.site,
        );
    }
    if !writes {
        return reads_secrets(judge, call);
    }
    if call.has(&["--global", "--system"]) {
        return judge.report(
            Effect::Persist,
            45,
            "git.config.global",
            call.span(),
            || "changes git's configuration for every repository".to_owned(),
        );
    }
    let Some(key) = call.operand(0) else { return };
    match key.as_str() {
        Some(name) if config_is_harmless(name, call.operand(1)) => {
            judge.effect(Effect::VcsLocal, call);
        }
        Some(name) => config(judge, name, call.operand(1), key),
        None => judge.unknown("git.config", key.span(), || {
            "which variable is set is not determined".to_owned()
        }),
    }
}
