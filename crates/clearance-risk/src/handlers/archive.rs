//! Archives: which operation, and where members go.

use clearance_core::Effect;
use clearance_shell::invocation::{Bytes, Value};

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::SEVENZIP_SWITCH;
use crate::spec::WordRole;

/// The working directory as a word.
fn here() -> Value {
    Value::Static(Bytes::from(&b"."[..]))
}

fn extract_here(judge: &mut Judge<'_>, call: &Call<'_>) {
    let dot = here();
    judge.path(WordRole::WriteDir, Arg::of(&dot, call.span()), call.site);
}

/// `tar`: listing and comparing read, creating reads members and writes the archive,
/// extracting writes below the working directory.
pub(super) fn tar(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let archive = call.value(&["-f", "--file"]);
    if let Some(file) = archive {
        let remote = file.prefix().contains(&b':') && !call.has(&["--force-local"]);
        if remote {
            judge.report(Effect::NetWrite, 50, "tar.remote", file.span(), || {
                format!("the archive `{}` lies on another machine", file.show())
            });
        }
    }
    let lists = call.has(&["-t", "--list", "-d", "--diff", "--compare"]);
    let creates = call.has(&[
        "-c",
        "--create",
        "-r",
        "--append",
        "-u",
        "--update",
        "-A",
        "--catenate",
        "--concatenate",
    ]);
    let extracts = call.has(&["-x", "--extract", "--get"]);
    for arg in call.operands() {
        if arg.prefix().starts_with(b"@") && creates {
            judge.path(WordRole::Read, arg.skip(1), call.site);
        }
        if creates {
            judge.path(WordRole::ReadTree, arg, call.site);
        }
    }
    if creates {
        if let Some(file) = archive {
            judge.path(WordRole::Write, file, call.site);
            // With `-C` the archive still lies where tar was started.
            let start = crate::judge::Site::new(call.site.invocation);
            judge.path(WordRole::Write, file, &start);
        }
    }
    if extracts {
        if call.has(&["-P", "--absolute-names"]) {
            judge.unknown("tar.absolute", call.span(), || {
                "members go where their names say, also outside".to_owned()
            });
        }
        if !call.has(&["-O", "--to-stdout"]) {
            extract_here(judge, call);
        }
    }
    let other = call.options().is_empty() || call.has(&["--show-defaults"]);
    if !lists && !creates && !extracts && !other {
        judge.unknown("tar.operation", call.span(), || {
            "which operation `tar` is to do is not known".to_owned()
        });
    }
}

/// `unzip`: listing, testing and printing read; all else writes below `-d` or here.
pub(super) fn unzip(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    if let Some(archive) = call.operand(0) {
        judge.path(WordRole::Read, archive, call.site);
    }
    let name = call
        .argv
        .first()
        .and_then(|w| w.as_static())
        .unwrap_or_default();
    let unpacks = crate::run::base_name(name) == b"unzip";
    let reads = call.has(&["-l", "-t", "-p", "-c", "-v", "-z", "-Z", "-Z1", "-Z2"]);
    if unpacks && !reads && !call.has(&["-d"]) && !call.parsed.operands.is_empty() {
        extract_here(judge, call);
    }
}

/// `gzip` and its like: to standard output, testing and listing read; else the file changes.
pub(super) fn gzip(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let reads = call.has(&[
        "-c",
        "--stdout",
        "--to-stdout",
        "-l",
        "--list",
        "-t",
        "--test",
        "-o",
        "--output",
    ]);
    for arg in call.operands() {
        judge.path(WordRole::Read, arg, call.site);
        if !reads {
            judge.path(WordRole::Edit, arg, call.site);
        }
    }
}

/// `7z COMMAND [SWITCH]... ARCHIVE [FILE]...`.
pub(super) fn sevenzip(judge: &mut Judge<'_>, call: &Call<'_>) {
    let mut words = call.operands();
    let command = words.next().and_then(Arg::as_static).unwrap_or_default();
    let mut files: Vec<Arg<'_>> = Vec::new();
    let mut output = None;
    for arg in words {
        let prefix = arg.prefix();
        if !prefix.starts_with(b"-") {
            files.push(arg);
            continue;
        }
        if prefix.starts_with(b"-o") {
            output = Some(arg.skip(2));
            continue;
        }
        let plain = SEVENZIP_SWITCH.has(prefix) && !prefix.starts_with(b"-sdel");
        if !plain {
            judge.unknown("7z.switch", arg.span(), || {
                format!("the switch `{}` is not known", arg.show())
            });
        }
    }
    let Some((&archive, members)) = files.split_first() else {
        if !command.is_empty() && !matches!(command, b"i" | b"b") {
            judge.unknown("7z.command", call.span(), || {
                "no archive is named".to_owned()
            });
        }
        return;
    };
    match command {
        b"l" | b"t" | b"h" => judge.path(WordRole::Read, archive, call.site),
        b"x" | b"e" => {
            judge.path(WordRole::Read, archive, call.site);
            match output {
                Some(dir) => judge.path(WordRole::WriteDir, dir, call.site),
                None => extract_here(judge, call),
            }
        }
        b"a" | b"u" => {
            judge.path(WordRole::Write, archive, call.site);
            for &member in members {
                judge.path(WordRole::ReadTree, member, call.site);
            }
        }
        _ => judge.unknown("7z.command", call.span(), || {
            "this command of `7z` changes an archive or is not known".to_owned()
        }),
    }
}

/// `cpio`: only listing is plain.
pub(super) fn cpio(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let lists = call.has(&["-t", "--list"]);
    let extracts = call.has(&["-i", "--extract"]) && call.has(&["--no-absolute-filenames"]);
    if extracts && !lists {
        return extract_here(judge, call);
    }
    let packs = call.has(&["-o", "--create"]);
    if packs && !lists {
        // The names come from standard input.
        let stdin = Value::Static(Bytes::from(&b"-"[..]));
        judge.word(WordRole::ReadList, Arg::of(&stdin, call.span()), call);
        if judge
            .stdin_taint(call.site.stdin)
            .has(crate::judge::Taint::SECRET_NAMES)
        {
            judge.effect(Effect::Secret, call);
        }
        return;
    }
    if !lists {
        judge.unknown("cpio.operation", call.span(), || {
            "which files `cpio` reads or writes is not known".to_owned()
        });
    }
}
