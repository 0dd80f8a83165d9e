//! `go build`, `go run`: flags for compiler and linker, packages that are fetched.

use clearance_core::Effect;

use crate::judge::{Call, Judge};
use crate::names::GO_TOOL_FLAG;
use crate::spec::WordRole;

/// Flags for the Go linker and compiler: words that only say how to build.
fn go_flags(judge: &mut Judge<'_>, call: &Call<'_>) {
    for value in call.values(&["-ldflags", "-gcflags", "-asmflags", "-gccgoflags"]) {
        let text = judge.sample(value).unwrap_or_default();
        let text = std::str::from_utf8(&text).unwrap_or_default();
        let fits = !text.is_empty() && {
            let text = text.strip_prefix("all=").unwrap_or(text);
            text.split_whitespace().all(|word| {
                let word = word.trim_matches(['\'', '"']);
                let name = word.split('=').next().unwrap_or_default();
                !word.starts_with('-') || GO_TOOL_FLAG.has(name) || GO_TOOL_FLAG.has(word)
            })
        };
        if !fits {
            judge.unknown("go.flags", value.span(), || {
                format!("`{}` can name a linker or write files", value.show())
            });
        }
    }
}

/// `go build`, `go test` and their like.
pub(super) fn go_build(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    if call.path() == "build" && !call.has(&["-o"]) {
        // The program is written here.
        judge.effect(Effect::Write, call);
    }
    go_flags(judge, call);
}

/// `go run [OPTION]... PACKAGE [ARG]...`: a package with a version is fetched.
pub(super) fn go_run(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    go_flags(judge, call);
    let Some(package) = call.operand(0) else {
        return;
    };
    let fetched = package.as_static().is_none_or(|p| p.contains(&b'@'));
    if fetched {
        return judge.report(
            Effect::RunDownloaded,
            50,
            "run.fetched",
            package.span(),
            || format!("`{}` is fetched and run", package.show()),
        );
    }
    for file in call.operands() {
        let source = file.as_static().is_some_and(|f| f.ends_with(b".go"));
        let path = file.prefix().starts_with(b".") || file.prefix().starts_with(b"/");
        if !source && !path {
            break;
        }
        if source {
            judge.run_go_source(file, call);
        } else {
            judge.path(WordRole::Run, file, call.site);
        }
        if !source {
            break;
        }
    }
}
