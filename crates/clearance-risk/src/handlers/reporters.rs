//! Checkers whose reporter, formatter or standard is a name, or else a file that is run.

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::ASCIIDOCTOR_ASKS;
use crate::spec::WordRole;

/// `-f NAME`: a formatter that is no file.
pub(super) fn rspec(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for format in call.values(&["-f", "--format"]) {
        plain(judge, format, "formatter");
    }
}

/// `pylint -f NAME[,NAME]...`: a reporter that is no class; a colon names a file it writes.
pub(super) fn pylint(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for format in call.values(&["-f", "--output-format"]) {
        let listed = |b: &u8| b.is_ascii_alphanumeric() || *b == b',';
        if !format.as_static().is_some_and(|v| v.iter().all(listed)) {
            judge.unknown("formatter.unknown", format.span(), || {
                format!("`{}` can be a file or a program", format.show())
            });
        }
    }
}

/// `asciidoctor -a NAME=VALUE`: attributes that name files are read into the page, or run.
pub(super) fn asciidoctor(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for attribute in call.values(&["-a", "--attribute"]) {
        let text = attribute.prefix();
        let at = memchr::memchr(b'=', text).unwrap_or(text.len());
        let name = text.get(..at).unwrap_or_default();
        if attribute.as_static().is_none() || ASCIIDOCTOR_ASKS.has(name) {
            judge.unknown("option.attribute", attribute.span(), || {
                format!(
                    "what the attribute `{}` does was not understood",
                    attribute.show()
                )
            });
        } else if text.get(at..).is_some_and(|value| value.contains(&b'/')) {
            judge.path(WordRole::ReadTree, attribute.skip(at + 1), call.site);
        }
    }
}

/// `mocha -R NAME`: a reporter that is no file.
pub(super) fn mocha(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for reporter in call.values(&["-R", "--reporter", "-u", "--ui"]) {
        plain(judge, reporter, "reporter");
    }
}

/// `depcruise -T NAME`: an output that is no plug-in.
pub(super) fn depcruise(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for output in call.values(&["-T", "--output-type"]) {
        let plug_in = output.prefix().starts_with(b"plugin:");
        if plug_in || output.as_static().is_none() {
            judge.unknown("formatter.unknown", output.span(), || {
                format!("the output `{}` can be a program", output.show())
            });
        }
    }
    // The file of `--config` may be left out: what looks like an option is one.
    for given in call.options() {
        let Some(value) = given.value.filter(|v| v.prefix().starts_with(b"-")) else {
            continue;
        };
        judge.unknown("option.unknown", value.span(), || {
            format!("`{}` may be an option, or the value of one", value.show())
        });
    }
}

/// `phpcs`: a standard or report is a name, or a file of the project.
pub(super) fn phpcs(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for report in call.values(&["--report", "--generator", "--filter"]) {
        plain(judge, report, "report");
    }
    for standard in call.values(&["--standard"]) {
        for name in standard.as_str().unwrap_or("/").split(',') {
            if name.contains(['/', '.', '~', '\\']) {
                judge.path(WordRole::Run, standard, call.site);
            }
        }
    }
}

fn plain(judge: &mut Judge<'_>, value: Arg<'_>, what: &'static str) {
    let plain = value.as_static().is_some_and(|v| {
        v.iter()
            .all(|b| b.is_ascii_alphanumeric() || b":_-,".contains(b))
    });
    if !plain {
        judge.unknown("formatter.unknown", value.span(), || {
            format!("the {what} `{}` can be a program", value.show())
        });
    }
}

/// Tools whose reporter or output may be a program, or a name with a file: a plain name only.
pub(super) fn plain_reporter(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for value in call.values(&["--reporter", "-o", "--output"]) {
        let plain = value.as_static().is_some_and(|v| {
            v.iter()
                .all(|b| b.is_ascii_alphanumeric() || b"-?_".contains(b))
        });
        if !plain {
            judge.unknown("reporter.unknown", value.span(), || {
                format!(
                    "the reporter `{}` can be a program, or write a file",
                    value.show()
                )
            });
        }
    }
}

/// `pandoc -f FORMAT -t FORMAT`: a format is a name, or a program in Lua.
pub(super) fn pandoc(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for format in call.values(&[
        "-f", "--from", "-r", "--read", "-t", "--to", "-w", "--write",
    ]) {
        let program = format
            .as_static()
            .is_none_or(|f| f.contains(&b'/') || f.ends_with(b".lua"));
        if program {
            judge.unknown("formatter.unknown", format.span(), || {
                format!("the format `{}` can be a program", format.show())
            });
        }
    }
}
