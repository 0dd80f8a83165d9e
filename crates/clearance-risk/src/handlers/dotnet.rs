//! .NET: what MSBuild reads among the words of `dotnet build`, programs and packages.

use clearance_core::Effect;

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{DOTNET_LOGGER, MSBUILD_LOADING, MSBUILD_OPTION};
use crate::spec::WordRole;

/// `dotnet APP.dll`: without a sub-command, the first word is a program of the project.
pub(super) fn dotnet(judge: &mut Judge<'_>, call: &Call<'_>) {
    if !call.path().is_empty() {
        return;
    }
    let Some(program) = call.operand(0) else {
        return;
    };
    let library = program.as_static().is_some_and(|p| p.ends_with(b".dll"));
    if library {
        judge.run_file(None, program, &[], call.site);
    } else {
        judge.unknown("operand.unknown", program.span(), || {
            format!("what `{}` means to `dotnet` is not known", program.show())
        });
    }
}

/// `dotnet build`, `dotnet test`: `/name:value` is an option, properties can name files that
/// the build obeys.
pub(super) fn msbuild(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    for given in call.options() {
        let property = matches!(
            given.spec.name,
            "-p" | "-p:"
                | "-property:"
                | "--property"
                | "--property:"
                | "-restoreProperty:"
                | "-rp:"
        );
        if let (Some(value), true) = (given.value, property) {
            property_value(judge, value);
        }
        let logger = matches!(
            given.spec.name,
            "-l" | "--logger" | "-logger:" | "--logger:"
        );
        if let (Some(value), true) = (given.value, logger) {
            let known = value.as_str().is_some_and(is_logger);
            if !known {
                judge.unknown("dotnet.logger", value.span(), || {
                    format!(
                        "the logger `{}` can be a program, or write elsewhere",
                        value.show()
                    )
                });
            }
        }
    }
    for word in call.operands() {
        let prefix = word.prefix();
        match slash_option(prefix) {
            Some((b"p" | b"property" | b"rp", at)) => {
                property_value(judge, word.skip(at));
            }
            Some((name, _)) if is_slash_option(name) => {}
            _ => judge.path(WordRole::Run, word, call.site),
        }
    }
}

/// `/name:value` or `/name`: the name, and where the value begins.
fn slash_option(word: &[u8]) -> Option<(&[u8], usize)> {
    let rest = word.strip_prefix(b"/")?;
    let end = rest.iter().position(|&b| b == b':').unwrap_or(rest.len());
    let name = rest.get(..end)?;
    (!name.contains(&b'/')).then_some((name, end + 2))
}

fn is_slash_option(name: &[u8]) -> bool {
    MSBUILD_OPTION.has(name.to_ascii_lowercase())
}

/// `NAME=VALUE[;NAME=VALUE]...`: a property that names no file and no program.
fn property_value(judge: &mut Judge<'_>, value: Arg<'_>) {
    let fits = value.as_str().is_some_and(|text| {
        text.split(';').all(|pair| {
            let (name, setting) = pair.split_once('=').unwrap_or((pair, ""));
            let name = name.to_ascii_lowercase();
            let place = setting.starts_with(['/', '~', '\\']) || setting.contains("..");
            let coverage = matches!(
                name.as_str(),
                "coverletoutput" | "outputpath" | "publishdir" | "outdir" | "baseoutputpath"
            );
            let plain = !MSBUILD_LOADING.has(&name) || coverage;
            let output = coverage && !place;
            (plain && !place && !setting.contains("$(")) || output
        })
    });
    if !fits {
        judge.unknown("dotnet.property", value.span(), || {
            format!(
                "the property `{}` can name a file that the build obeys",
                value.show()
            )
        });
    }
}

fn is_logger(text: &str) -> bool {
    let (name, settings) = text.split_once([';', ',']).unwrap_or((text, ""));
    let name = name.trim_matches(['"', '\'']).to_ascii_lowercase();
    DOTNET_LOGGER.has(name)
        && !settings.contains("=/")
        && !settings.contains("..")
        && !settings.contains("=~")
}

/// `dotnet run [OPTION]... [ARG]...`: what dotnet does not know is the program's.
pub(super) fn dotnet_run(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    // `dotnet run FILE.cs`: a program of one file.
    let program = |w: &Arg<'_>| w.prefix().ends_with(b".cs") || w.prefix().ends_with(b".csproj");
    if let Some(file) = call.operand(0).filter(program) {
        judge.run_file(None, file, call.from_operand(1), call.site);
    }
}

/// `dotnet add [PROJECT] package NAME`, `dotnet package add NAME`.
pub(super) fn dotnet_package(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    judge.effect(Effect::InstallProject, call);
    let words: Vec<Arg<'_>> = call.operands().collect();
    let words = match words.as_slice() {
        [project, kind, rest @ ..] if call.path() == "add" => {
            judge.path(WordRole::Run, *project, call.site);
            if kind.as_static() == Some(b"reference") {
                for word in rest {
                    judge.path(WordRole::Read, *word, call.site);
                }
                return;
            }
            if kind.as_static() != Some(b"package") {
                return judge.unknown("operand.unknown", kind.span(), || {
                    format!("what `{}` adds is not known", kind.show())
                });
            }
            rest
        }
        words => words,
    };
    for word in words {
        let package = word.as_static().is_some_and(|p| {
            p.iter()
                .all(|b| b.is_ascii_alphanumeric() || b"._-@".contains(b))
        });
        if !package {
            judge.unknown("package.unknown", word.span(), || {
                format!("`{}` is no name of a package", word.show())
            });
        }
    }
}
