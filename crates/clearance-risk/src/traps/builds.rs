//! Build tools and package managers: words for the tools behind them.

use clearance_core::Effect;

use super::{is_named, runs};
use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{CARGO_PROFILE, CARGO_UNSTABLE, FASTLANE_PUBLISH, LOADING_OPTION, RUSTC_BANNED};
use crate::spec::WordRole;

/// `npm test -- WORD...`: options for the tool behind the script.
pub(super) fn handed_on(judge: &mut Judge<'_>, call: &Call<'_>) {
    let words: Vec<Arg<'_>> = call.argv.iter().map(Arg::new).collect();
    // npm reads what stands before `--`; the others hand it on.
    let at = match words.iter().position(|w| w.as_static() == Some(b"--")) {
        Some(at) => at,
        None if call.name() != "npm" && call.command().passes_on => 1,
        None => return,
    };
    let mut loads = false;
    for &word in words.get(at + 1..).unwrap_or_default() {
        let text = word.prefix().to_ascii_lowercase();
        let (name, value) = match text.iter().position(|&b| b == b'=') {
            Some(end) => text.split_at(end),
            None => (&*text, &b""[..]),
        };
        let option = name.starts_with(b"-");
        let named = option && LOADING_OPTION.has(name);
        let value = match (option, value.strip_prefix(b"=")) {
            (true, Some(value)) if named => value,
            (false, _) if loads => &*text,
            _ => b"",
        };
        loads = named && !text.contains(&b'=');
        if [&b"/tmp/"[..], b"/home/", b"/var/tmp/", b"~", b"../.."]
            .iter()
            .any(|p| value.starts_with(p))
        {
            runs(judge, word, call.called());
        }
    }
}

/// `+TOOLCHAIN` can be a directory; words after `--` go to rustc, rustdoc or rustfmt.
pub(super) fn cargo(judge: &mut Judge<'_>, call: &Call<'_>) {
    for word in call.argv.iter().skip(1).map(Arg::new) {
        match word.as_static() {
            Some(text) if text.starts_with(b"+") && text.contains(&b'/') => {
                runs(judge, word, "cargo");
            }
            Some(b"--") => break,
            _ => {}
        }
    }
    for value in call.values(&["-Z"]) {
        let known = value.as_str().is_some_and(|text| {
            let name = text.split('=').next().unwrap_or(text);
            CARGO_UNSTABLE.has(name)
        });
        if !known {
            runs(judge, value, "cargo");
        }
    }
    for value in call.values(&["--config"]) {
        // A file of that name would be read instead.
        let text = value.as_str().unwrap_or_default();
        if !is_plain_setting(text) || judge.has_written(text.as_bytes(), &call.site.cwd) {
            runs(judge, value, "cargo");
        }
    }
    for value in call.values(&["--bin", "--example"]) {
        if let Some(effect) = value.as_str().and_then(crate::tasks::meaning) {
            judge.effect(effect, call);
        }
    }
    let words: Vec<Arg<'_>> = call.argv.iter().map(Arg::new).collect();
    let dashes = words.iter().position(|w| w.as_static() == Some(b"--"));
    let after = dashes.map_or(&[][..], |at| words.get(at + 1..).unwrap_or_default());
    match call.path() {
        "rustc" | "clippy" | "rustdoc" | "fmt" => {
            for &word in after {
                let text = word.as_static().unwrap_or(b"linker");
                // rustfmt's settings, one by one: none of them runs anything.
                if call.path() == "fmt" && (text == b"--config" || text.starts_with(b"--config=")) {
                    continue;
                }
                if RUSTC_BANNED.has(text) {
                    runs(judge, word, "cargo");
                }
            }
        }
        "test" | "t" | "bench" => {
            for pair in after.windows(2) {
                if let [option, file] = pair {
                    if option.as_static() == Some(b"--logfile") {
                        judge.path(WordRole::Write, *file, call.site);
                    }
                }
            }
        }
        "xtask" | "make" | "x" | "dev" | "ci" => {
            let name = call.operand(0).and_then(Arg::as_str);
            if let Some(effect) = name.and_then(crate::tasks::meaning) {
                judge.effect(effect, call);
            }
        }
        _ => {}
    }
}

/// `--config KEY=VALUE` with a key that changes how much is built or shown, not what; without
/// `=` it is a file (The Cargo Book, "Configuration").
fn is_plain_setting(text: &str) -> bool {
    let Some((key, _)) = text.split_once('=') else {
        return false;
    };
    let key = key.trim();
    let last = key.rsplit('.').next().unwrap_or_default();
    let plain = (key.starts_with("profile.") && CARGO_PROFILE.has(last))
        || key.starts_with("term.")
        || matches!(
            key,
            "net.offline" | "net.retry" | "build.jobs" | "build.incremental"
        );
    plain && !text.contains(['\n', '\r'])
}

/// Commands of sbt's shell that evaluate Scala, run a program or read further commands.
pub(super) fn sbt(judge: &mut Judge<'_>, call: &Call<'_>) {
    for word in call.operands() {
        let text = word.as_static().unwrap_or(b"!");
        for command in text.split(|&b| b == b';') {
            let command = command.trim_ascii_start();
            let evaluates = [
                &b"!"[..],
                b"<",
                b"eval",
                b"set ",
                b"load",
                b"alias ",
                b"apply",
                b"addPlugin",
                b"addCommandAlias",
            ]
            .iter()
            .any(|p| command.starts_with(p));
            if evaluates {
                runs(judge, word, "sbt");
            }
        }
    }
}

/// `rails app:template LOCATION=URL` runs what it fetches.
pub(super) fn template(judge: &mut Judge<'_>, call: &Call<'_>) {
    for word in call.operands() {
        if word.prefix().starts_with(b"app:template") || word.prefix().starts_with(b"LOCATION=") {
            runs(judge, word, call.called());
        }
    }
}

/// `-logger:FILE` and its like load an assembly.
pub(super) fn loggers(judge: &mut Judge<'_>, call: &Call<'_>) {
    for word in call.argv.iter().skip(1).map(Arg::new) {
        let text = word.prefix().to_ascii_lowercase();
        let text = text.strip_prefix(b"--").or(text.strip_prefix(b"-"));
        let loads = text.is_some_and(|t| {
            [&b"logger:"[..], b"distributedlogger:", b"dl:", b"l:"]
                .iter()
                .any(|p| t.starts_with(p))
        });
        if loads {
            runs(judge, word, call.called());
        }
    }
}

/// A list of packages that this script has written, with addresses in it.
pub(super) fn requirements(judge: &mut Judge<'_>, call: &Call<'_>) {
    for file in call.values(&["-r", "--requirement", "-c", "--constraint"]) {
        let foreign = file.known().into_iter().flatten().any(|path| {
            judge.locate(path, false, &call.site.cwd).any(|place| {
                let written = judge
                    .ledger
                    .written
                    .iter()
                    .rev()
                    .find(|w| w.path == place.path);
                written.is_some_and(|w| {
                    w.text.as_ref().is_none_or(|text| {
                        text.windows(3).any(|w| w == b"://")
                            || text
                                .split(|&b| b == b'\n')
                                .any(|l| l.starts_with(b"-") || l.starts_with(b"/"))
                    })
                })
            })
        });
        if foreign {
            runs(judge, file, call.called());
        }
    }
}

/// Build tools and runners of languages that are not analysed.
pub(super) fn language_tools(judge: &mut Judge<'_>, call: &Call<'_>) {
    for word in call.argv.iter().skip(1).map(Arg::new) {
        let text = word.prefix();
        if text == b"--" {
            break;
        }
        let away = text.starts_with(b"/") || text.starts_with(b"~/") || text.starts_with(b"../");
        if away || text.windows(3).any(|w| w == b"://") {
            judge.path(WordRole::Run, word, call.site);
        }
    }
    let first = call.argv.get(1).map(Arg::new);
    let evaluates = matches!(
        first.and_then(Arg::as_static),
        Some(b"eval" | b"utop" | b"repl" | b"ghci" | b"script" | b"tool")
    );
    if let (true, Some(word)) = (evaluates, first) {
        runs(judge, word, call.called());
    }
}

/// Lanes of fastlane, subcommands of CocoaPods: those that publish.
pub(super) fn ruby_tools(judge: &mut Judge<'_>, call: &Call<'_>) {
    let lane = is_named(call, b"fastlane");
    if !lane && !is_named(call, b"pod") {
        return;
    }
    for word in call.operands() {
        let Some(name) = word.as_str() else { continue };
        let publishes = crate::tasks::meaning(name).is_some() || FASTLANE_PUBLISH.has(name);
        if publishes && (lane || name == "trunk") {
            judge.effect(Effect::Publish, call);
        }
    }
}
