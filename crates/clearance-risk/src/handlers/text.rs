//! Text tools with a language of their own: `sed`, `awk`, `jq`; and `dc`.

use clearance_core::Effect;
use clearance_shell::invocation::{Stdin, Value};

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::spec::{Lang, WordRole};

/// `sed [OPTION]... {TEXT | -e TEXT | -f FILE}... [FILE]...`.
pub(super) fn sed(judge: &mut Judge<'_>, call: &Call<'_>) {
    let in_place = call.has(&["-i", "--in-place", "-I"]);
    for suffix in call.values(&["-i", "--in-place"]) {
        // With a slash or `*` it names another place for the copy.
        let plain = suffix
            .as_static()
            .is_some_and(|s| !s.iter().any(|b| b"/*".contains(b)));
        if !plain {
            judge.unknown("sed.suffix", suffix.span(), || {
                format!("where `{}` puts the copy is not known", suffix.show())
            });
        }
    }
    let scripts: Vec<Arg<'_>> = call.values(&["-e", "--expression"]).collect();
    let file = call.value(&["-f", "--file"]);
    let mut operands = call.operands().peekable();
    // On macOS `-i` takes its suffix as a word of its own; to GNU sed an empty word is an
    // empty script, and what follows are files. Reading it the first way covers both.
    if in_place && operands.peek().and_then(|a| a.as_static()) == Some(b"") {
        operands.next();
    }
    let known: Option<Vec<&[u8]>> = scripts.iter().map(|s| s.as_static()).collect();
    match known.as_deref() {
        // All of them are one script, a line each.
        Some(lines @ [_, _, ..]) => {
            let value = Value::Static(lines.join(&b'\n').into());
            judge.run_code(Lang::Sed, Arg::of(&value, call.span()), &[], call.site);
        }
        _ => {
            for script in &scripts {
                judge.run_code(Lang::Sed, *script, &[], call.site);
            }
        }
    }
    if let Some(file) = file {
        judge.run_file(Some(Lang::Sed), file, &[], call.site);
    }
    if scripts.is_empty() && file.is_none() {
        match operands.next() {
            Some(script) if script.is_multiple() => {
                judge.unknown("code.dynamic", script.span(), || {
                    "the script of `sed` is not determined".to_owned()
                });
            }
            Some(script) => judge.run_code(Lang::Sed, script, &[], call.site),
            None => {}
        }
    }
    let role = if in_place {
        WordRole::Edit
    } else {
        WordRole::Read
    };
    for file in operands {
        judge.path(role, file, call.site);
    }
}

/// `awk [OPTION]... {TEXT | -f FILE}... [FILE | NAME=VALUE]...`.
pub(super) fn awk(judge: &mut Judge<'_>, call: &Call<'_>) {
    for given in call.options() {
        if let Some(value) = given.value {
            judge.word(given.spec.role, value, call);
        } else if given.spec.role == WordRole::Ask {
            judge.word(WordRole::Ask, Arg::new(given.word), call);
        }
    }
    let mut operands = call.operands();
    if !call.has(&["-f", "--file", "-e", "--source"]) {
        match operands.next() {
            Some(program) if program.is_multiple() => {
                judge.unknown("code.dynamic", program.span(), || {
                    "the program of `awk` is not determined".to_owned()
                });
            }
            Some(program) => judge.run_code(Lang::Awk, program, &[], call.site),
            None => {}
        }
    }
    for file in operands {
        let name = file
            .prefix()
            .split(|&b| b == b'=')
            .next()
            .unwrap_or_default();
        let assignment = name.len() < file.prefix().len()
            && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
        if !assignment {
            judge.path(WordRole::Read, file, call.site);
        }
    }
}

/// `dc [-e TEXT]...`: `!` runs a command.
pub(super) fn dc(judge: &mut Judge<'_>, call: &Call<'_>) {
    for text in call.values(&["-e", "--expression"]) {
        let plain = text.as_static().is_some_and(|t| !t.contains(&b'!'));
        if !plain {
            judge.report(Effect::RunInline, 45, "dc.shell", text.span(), || {
                "a program of `dc` with `!` runs commands".to_owned()
            });
        }
    }
    let silent = match call.site.stdin {
        _ if !call.options().is_empty() || call.operand(0).is_some() => true,
        Stdin::Text(text) => !text.contains(&b'!'),
        Stdin::Null => true,
        _ => false,
    };
    if !silent {
        judge.unknown("dc.stdin", call.span(), || {
            "what `dc` reads can run commands".to_owned()
        });
    }
    judge.operand_defaults(call);
    for given in call.options() {
        if let (Some(value), true) = (given.value, given.spec.role == WordRole::Ask) {
            judge.word(WordRole::Ask, value, call);
        }
    }
}
