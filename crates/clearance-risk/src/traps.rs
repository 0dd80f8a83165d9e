//! Words that a pack takes for plain text and by which a known tool runs, loads or shows
//! something after all: one place for what neither the data of a pack nor a handler says.

use clearance_core::Effect;
use clearance_shell::invocation::{Cwd, Stdin, Word};

use crate::arg::Arg;
use crate::judge::{Call, Judge, Taint};
use crate::path::Scope;
use crate::secret;
use crate::spec::WordRole;

/// `-Z` of cargo: those that change how, not what, is built.
const UNSTABLE: &[&str] = &[
    "avoid-dev-deps",
    "build-std",
    "direct-minimal-versions",
    "doctest-xcompile",
    "next-lockfile-bump",
    "minimal-versions",
    "msrv-policy",
    "no-index-update",
    "panic-abort-tests",
    "public-dependency",
    "rustdoc-map",
    "sparse-registry",
    "timings",
    "unstable-options",
    "bindeps",
    "checksum-freshness",
    "feature-unification",
    "gc",
    "lints",
    "warnings",
];

/// The words of a call that was judged by its pack.
pub(crate) fn judge_traps(judge: &mut Judge<'_>, call: &Call<'_>) {
    match call.name() {
        "cargo" => cargo(judge, call),
        "sbt" | "ant" if is_named(call, b"sbt") => sbt(judge, call),
        "kubectl" => kubectl(judge, call),
        "helm" => fetched(judge, call),
        "rails" | "rake" => template(judge, call),
        "dotnet" | "msbuild" => loggers(judge, call),
        "docker" if call.path().ends_with("inspect") => container_variables(judge, call),
        "grep" | "rg" | "ag" | "ack" | "ugrep" => {
            selected_files(judge, call);
            here(judge, call);
            selected_names(judge, call);
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
        "gh" => forge(judge, call),
        "pip" => requirements(judge, call),
        "javac" if is_named(call, b"jshell") && !call.has(&["--version", "-version"]) => {
            judge.unknown("code.stdin", call.span(), || {
                "`jshell` runs what it reads".to_owned()
            });
        }
        "base64" | "base32" | "basenc" | "xxd" | "uudecode" | "rev" | "openssl" | "iconv" => {
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
        "git" if call.path() == "apply" => {
            for value in call.values(&["--directory"]) {
                judge.path(WordRole::Write, value, call.site);
            }
        }
        "awk" if call.has(&["-D", "--debug"]) => judge.effect(Effect::Interactive, call),
        "coverage" => {
            for value in call.values(&["--data-file"]) {
                judge.path(WordRole::Write, value, call.site);
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
        "cdk" | "expo" if is_named(call, b"cdk") => {
            for value in call.values(&["-a", "--app"]) {
                runs(judge, value, "cdk");
            }
        }
        "valgrind" => {
            for value in call
                .values(&["--tool"])
                .filter(|v| v.prefix().contains(&b'/'))
            {
                runs(judge, value, "valgrind");
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
        "gradle" if call.has(&["--scan"]) => judge.effect(Effect::NetWrite, call),
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
        "npm" | "pnpm" | "yarn" | "bun" => handed_on(judge, call),
        "gpg" if call.has(&["--list-packets"]) => {
            judge.taint(Taint::FREE_TEXT);
            for word in call.operands() {
                judge.path(WordRole::Read, word, call.site);
            }
        }
        "tree" if call.has(&["--fromfile"]) => {
            for word in call.operands() {
                judge.path(WordRole::Read, word, call.site);
            }
        }
        "ghc" | "stack" | "opam" => language_tools(judge, call),
        "sorbet" => ruby_tools(judge, call),
        "read" | "let" | "printf" | "echo" => shell_variables(judge, call),
        "uv" => {
            requirements(judge, call);
            interpreters(judge, call);
        }
        "mypy" | "poetry" | "pdm" | "tox" | "virtualenv" => interpreters(judge, call),
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

/// `npm test -- WORD...`: options for the tool behind the script.
fn handed_on(judge: &mut Judge<'_>, call: &Call<'_>) {
    const LOADS: &[&[u8]] = &[
        b"config",
        b"setup",
        b"require",
        b"import",
        b"reporter",
        b"plugin",
        b"preset",
        b"transform",
        b"loader",
        b"resolver",
        b"runner",
        b"rootdir",
        b"root",
        b"dir",
        b"env",
        b"parser",
        b"format",
        b"teardown",
        b"file",
    ];
    let words: Vec<Arg<'_>> = call.argv.iter().map(Arg::new).collect();
    let Some(at) = words.iter().position(|w| w.as_static() == Some(b"--")) else {
        return;
    };
    let mut loads = false;
    for &word in words.get(at + 1..).unwrap_or_default() {
        let text = word.prefix().to_ascii_lowercase();
        let (name, value) = match text.iter().position(|&b| b == b'=') {
            Some(end) => text.split_at(end),
            None => (&*text, &b""[..]),
        };
        let option = name.starts_with(b"-");
        let named = option && LOADS.iter().any(|l| name.windows(l.len()).any(|w| w == *l));
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

/// Builtins of the shell that set variables.
fn shell_variables(judge: &mut Judge<'_>, call: &Call<'_>) {
    let named = match call.name() {
        "read" => call.operands().chain(call.values(&["-a"])).collect(),
        "let" => call.operands().collect(),
        _ => call.values(&["-v"]).collect::<Vec<_>>(),
    };
    for word in named {
        let text = word.as_static().unwrap_or(word.prefix());
        let length = text
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count();
        crate::env::judge_name(judge, text.get(..length).unwrap_or_default(), word.span());
    }
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

/// `+TOOLCHAIN` can be a directory; words after `--` go to rustc, rustdoc or rustfmt.
fn cargo(judge: &mut Judge<'_>, call: &Call<'_>) {
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
            UNSTABLE.contains(&name)
        });
        if !known {
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
                const LOADS: &[&[u8]] = &[
                    b"linker",
                    b"link-arg",
                    b"codegen-backend",
                    b"--config-path",
                    b"--config",
                    b"runtool",
                    b"--html-in-header",
                    b"--html-before",
                    b"--html-after",
                    b"--extend-css",
                    b"--theme",
                    b"-L",
                    b"--extern",
                    b"--out-dir",
                    b"@",
                ];
                let text = word.as_static().unwrap_or(b"linker");
                let at_start = |p: &[u8]| p.starts_with(b"-") || p == b"@";
                if LOADS.iter().any(|p| {
                    if at_start(p) {
                        text.starts_with(p)
                    } else {
                        text.windows(p.len()).any(|w| w == *p)
                    }
                }) {
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

/// Commands of sbt's shell that evaluate Scala, run a program or read further commands.
fn sbt(judge: &mut Judge<'_>, call: &Call<'_>) {
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

/// Files by address, templates and values from files.
fn kubectl(judge: &mut Judge<'_>, call: &Call<'_>) {
    for value in call.values(&["-o", "--output"]) {
        let file = value
            .as_str()
            .and_then(|t| t.split_once("-file="))
            .map(|(_, file)| file);
        if let Some(file) = file {
            judge.path_text(
                WordRole::Read,
                file.as_bytes(),
                false,
                value.span(),
                &call.site.cwd,
            );
        }
    }
    for word in call.argv.iter().skip(1).map(Arg::new) {
        for option in [&b"--from-file="[..], b"--from-env-file="] {
            if word.prefix().starts_with(option) {
                let value = word.skip(option.len());
                let name = value.prefix().iter().position(|&b| b == b'=');
                judge.path(
                    WordRole::Read,
                    value.skip(name.map_or(0, |at| at + 1)),
                    call.site,
                );
            }
        }
    }
    let files = call.values(&["-f", "--filename", "-k", "--kustomize"]);
    let files: Vec<Arg<'_>> = files.collect();
    for file in files {
        address(judge, file, "kubectl");
    }
    fetched(judge, call);
}

/// Operands that are addresses.
fn fetched(judge: &mut Judge<'_>, call: &Call<'_>) {
    for word in call.operands() {
        address(judge, word, call.called());
    }
}

fn address(judge: &mut Judge<'_>, word: Arg<'_>, tool: &str) {
    let text = word.prefix();
    if text.windows(3).any(|w| w == b"://") || text.starts_with(b"github.com/") {
        judge.address(word, false, tool);
    }
}

/// `rails app:template LOCATION=URL` runs what it fetches.
fn template(judge: &mut Judge<'_>, call: &Call<'_>) {
    for word in call.operands() {
        if word.prefix().starts_with(b"app:template") || word.prefix().starts_with(b"LOCATION=") {
            runs(judge, word, call.called());
        }
    }
}

/// `-logger:FILE` and its like load an assembly.
fn loggers(judge: &mut Judge<'_>, call: &Call<'_>) {
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

/// `docker inspect -f '{{.Config.Env}}'` shows the variables of a container.
fn container_variables(judge: &mut Judge<'_>, call: &Call<'_>) {
    let shows = call
        .argv
        .iter()
        .any(|w| Arg::new(w).prefix().windows(4).any(|p| p == b".Env"));
    if shows {
        judge.effect(Effect::Secret, call);
    }
}

/// A search without files reads everything below the working directory.
fn here(judge: &mut Judge<'_>, call: &Call<'_>) {
    let recursive =
        call.name() != "grep" || call.has(&["-r", "--recursive", "-R", "--dereference-recursive"]);
    let patterns = usize::from(!call.has(&["-e", "--regexp", "-f", "--file"]));
    let known = matches!(call.site.cwd.as_ref(), Cwd::Known(_) | Cwd::OneOf(_));
    let piped = call.name() != "grep" && !matches!(call.site.stdin, Stdin::Inherit | Stdin::Null);
    if recursive && known && !piped && call.parsed.operands.len() <= patterns {
        let word = Word::fixed(b".", call.span());
        judge.path(WordRole::ReadTree, Arg::new(&word), call.site);
    }
}

/// Names from a list that speak of secrets, chosen for the next command.
fn selected_names(judge: &mut Judge<'_>, call: &Call<'_>) {
    if !matches!(call.site.stdin, Stdin::Pipe(_)) || call.has(&["-v", "--invert-match", "-q", "-c"])
    {
        return;
    }
    let pattern = call.value(&["-e", "--regexp"]).or(call.operand(0));
    let hints = pattern
        .and_then(Arg::as_static)
        .is_some_and(crate::handlers::find::hints_at_secrets);
    if hints && call.parsed.operands.len() <= 1 {
        judge.taint(Taint::SECRET_NAMES);
    }
}

/// `gh`: tokens, other servers, directories.
fn forge(judge: &mut Judge<'_>, call: &Call<'_>) {
    match call.path() {
        "auth status" if call.has(&["-t", "--show-token"]) => judge.effect(Effect::Secret, call),
        "api" => {
            for word in call.operands() {
                address(judge, word, "gh api");
            }
            for host in call.values(&["--hostname"]) {
                judge.host(host, call);
            }
            for header in call.values(&["-H", "--header"]) {
                let text = header.prefix().to_ascii_lowercase();
                if text.starts_with(b"x-http-method") {
                    judge.effect(Effect::NetWrite, call);
                }
            }
        }
        "repo clone" => {
            if let Some(dir) = call.operand(1) {
                judge.path(WordRole::Write, dir, call.site);
            }
        }
        _ => {}
    }
}

/// A list of packages that this script has written, with addresses in it.
fn requirements(judge: &mut Judge<'_>, call: &Call<'_>) {
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

/// Options that choose the files of a search: a pattern for files with secrets.
fn selected_files(judge: &mut Judge<'_>, call: &Call<'_>) {
    let lists = call.has(&[
        "-l",
        "--files-with-matches",
        "--files",
        "-L",
        "--files-without-match",
        "-c",
        "--count",
    ]);
    for value in call.values(&["--include", "-g", "--glob", "--iglob"]) {
        let selects = value
            .known()
            .is_some_and(|mut all| all.any(|p| !p.starts_with(b"!") && secret::selects_secrets(p)))
            || value
                .glob()
                .is_some_and(|(p, _)| secret::selects_secrets(p));
        if selects && !lists {
            judge.report(Effect::Secret, 45, "secret.search", value.span(), || {
                format!("`{}` chooses files that hold secrets", value.show())
            });
        }
    }
}

/// Build tools and runners of languages that are not analysed.
fn language_tools(judge: &mut Judge<'_>, call: &Call<'_>) {
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
fn ruby_tools(judge: &mut Judge<'_>, call: &Call<'_>) {
    let lane = is_named(call, b"fastlane");
    if !lane && !is_named(call, b"pod") {
        return;
    }
    for word in call.operands() {
        let Some(name) = word.as_str() else { continue };
        let publishes = crate::tasks::meaning(name).is_some()
            || matches!(
                name,
                "deliver"
                    | "pilot"
                    | "supply"
                    | "beta"
                    | "appstore"
                    | "testflight"
                    | "trunk"
                    | "match"
                    | "sigh"
                    | "cert"
                    | "produce"
                    | "pem"
                    | "run"
                    | "upload_to_app_store"
            );
        if publishes && (lane || name == "trunk") {
            judge.effect(Effect::Publish, call);
        }
    }
}

/// An interpreter or a project of one's choice.
fn interpreters(judge: &mut Judge<'_>, call: &Call<'_>) {
    let project = is_named(call, b"pyright") || is_named(call, b"basedpyright");
    for given in call.options() {
        let named = match given.spec.name {
            "--python" | "-P" | "--interpreter" => true,
            "-p" => project || call.name() != "mypy",
            _ => false,
        };
        let (true, Some(value)) = (named, given.value) else {
            continue;
        };
        if value.prefix().contains(&b'/') || value.as_static().is_none() {
            judge.path(WordRole::Run, value, call.site);
        }
    }
    if call.path() == "env use" {
        for word in call.operands().filter(|w| w.prefix().contains(&b'/')) {
            judge.path(WordRole::Run, word, call.site);
        }
    }
}
