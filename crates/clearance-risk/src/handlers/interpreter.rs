//! Language runtimes: `python`, `node` and their like, given code or a file. What `python -m` runs
//! is in [`super::pymodule`].

use clearance_core::Effect;
use clearance_shell::invocation::Value;

use crate::arg::Arg;
use crate::judge::{Call, Judge, Site, Taint};
use crate::spec::{Lang, WordRole};

/// `python [OPTION]... [-c TEXT | -m MODULE | FILE | -] [ARG]...`.
pub(super) fn python(judge: &mut Judge<'_>, call: &Call<'_>) {
    // `-c` and `-m` end the options: what follows is the program's.
    if let Some(module) = call.value(&["-m"]) {
        return super::pymodule::python_module(judge, module, call);
    }
    interpreter(judge, call, Lang::Python, &["-c"]);
}

/// `node [OPTION]... [-e TEXT | FILE | -] [ARG]...`.
pub(super) fn node(judge: &mut Judge<'_>, call: &Call<'_>) {
    interpreter(
        judge,
        call,
        Lang::Javascript,
        &["-e", "--eval", "-p", "--print", "-pe"],
    );
    for text in call.values(&["-p", "--print", "-pe"]) {
        printed_expression(judge, text, call.site);
    }
}

/// `node -p TEXT`: the value of its last expression is printed.
fn printed_expression(judge: &mut Judge<'_>, text: Arg<'_>, site: &Site<'_>) {
    let Some(source) = text.as_static() else {
        return;
    };
    let source = source.trim_ascii();
    let source = source.strip_suffix(b";").unwrap_or(source);
    let last = source.iter().rposition(|b| b";\n".contains(b));
    let (before, last) = source.split_at(last.map_or(0, |at| at + 1));
    let printed = [before, b"console.log(", last, b")"].concat();
    judge.shown_secrets(Lang::Javascript, &printed, text.span(), site);
}

/// `ruby [OPTION]... [-e TEXT | FILE] [ARG]...`.
pub(super) fn ruby(judge: &mut Judge<'_>, call: &Call<'_>) {
    interpreter(judge, call, Lang::Ruby, &["-e"]);
}

/// `perl [OPTION]... [-e TEXT | FILE] [ARG]...`.
pub(super) fn perl(judge: &mut Judge<'_>, call: &Call<'_>) {
    interpreter(judge, call, Lang::Perl, &["-e", "-E"]);
}

/// `php [OPTION]... [-r TEXT | FILE] [ARG]...`.
pub(super) fn php(judge: &mut Judge<'_>, call: &Call<'_>) {
    super::phptext::settings(judge, call);
    let looks = call.has(&[
        "-m",
        "-i",
        "--ini",
        "--info",
        "--modules",
        "--rf",
        "--rc",
        "--re",
        "--rz",
        "--ri",
    ]);
    if looks && call.operand(0).is_none() && !call.has(&["-r", "--run"]) {
        return judge.option_defaults(call);
    }
    if let Some(address) = call.value(&["-S", "--server"]) {
        // The built-in server of the project's pages, on this machine only.
        judge.host(address, call);
        judge.option_defaults(call);
        judge.effect(Effect::RunProject, call);
        let roots = call.values(&["-t", "--docroot"]).chain(call.operands());
        let roots: Vec<Arg<'_>> = roots.collect();
        for root in roots {
            judge.path(WordRole::Run, root, call.site);
        }
        if address.prefix().starts_with(b"0.0.0.0") || address.prefix().starts_with(b"[::]") {
            judge.effect(Effect::NetListen, call);
        }
        return;
    }
    if !super::phptext::judge_text(judge, call) {
        interpreter(judge, call, Lang::Php, &["-r", "--run"]);
    }
}

/// `lua [OPTION]... [-e TEXT]... [FILE] [ARG]...`.
pub(super) fn lua(judge: &mut Judge<'_>, call: &Call<'_>) {
    interpreter(judge, call, Lang::Lua, &["-e"]);
}

fn interpreter(judge: &mut Judge<'_>, call: &Call<'_>, lang: Lang, code: &[&str]) {
    let texts: Vec<Arg<'_>> = call.values(code).collect();
    for effect in call.command().effects.iter() {
        judge.effect(effect, call);
    }
    for given in call.options() {
        for effect in given.spec.effects.iter() {
            judge.effect(effect, call);
        }
        if let (Some(value), false) = (given.value, code.contains(&given.spec.name)) {
            judge.word(given.spec.role, value, call);
        }
    }
    if lang == Lang::Perl {
        two_part_names(judge, call);
    }
    if !texts.is_empty() {
        if matches!(lang, Lang::Perl | Lang::Ruby) {
            line_files(judge, call);
            // `<>` and `ARGF` read the operands.
            for file in call.operands().filter(|f| f.prefix().contains(&b'/')) {
                judge.path(WordRole::Read, file, call.site);
            }
        }
        if lang == Lang::Perl && call.options().iter().any(|o| is_module_option(o.spec.name)) {
            return with_modules(judge, call, &texts);
        }
        return code_texts(judge, call, lang, &texts);
    }
    let only_prints = call.options().iter().any(|o| {
        matches!(
            o.spec.name,
            "-V" | "-VV" | "-h" | "-?" | "-v" | "--v8-options" | "--test"
        )
    });
    match call.operand(0) {
        Some(file) => judge.run_file(Some(lang), file, call.from_operand(1), call.site),
        None if only_prints => {}
        None => judge.run_stdin(Some(lang), call.site, call.span()),
    }
}

/// `-n`, `-p`: the operands are files that are read line by line, with `-i` in place.
fn line_files(judge: &mut Judge<'_>, call: &Call<'_>) {
    let given = |letter: char| {
        call.options()
            .iter()
            .any(|o| o.spec.name.chars().nth(1) == Some(letter))
    };
    let role = if given('i') {
        WordRole::Edit
    } else if given('n') || given('p') {
        WordRole::Read
    } else {
        return;
    };
    for file in call.operands() {
        judge.path(role, file, call.site);
    }
}

/// `<>` opens the operands as `open` of two arguments does: `'cmd|'` is a command and `'>f'` is
/// written, perlop(1). Letters of `-C` end at any other letter, which begins another option.
fn two_part_names(judge: &mut Judge<'_>, call: &Call<'_>) {
    for file in call.operands() {
        let name = file.prefix().trim_ascii();
        let command = matches!(name.first(), Some(b'|' | b'>' | b'<'))
            || name.starts_with(b"+<")
            || name.starts_with(b"+>")
            || name.ends_with(b"|");
        if command {
            judge.unknown("argument.command", file.span(), || {
                "perl opens a file by text that is a command or a redirection".to_owned()
            });
        }
    }
    for backup in call.values(&["-i"]) {
        if backup.prefix().iter().any(|b| b"/*".contains(b)) {
            judge.unknown("option.unknown", backup.span(), || {
                "the old file is kept in a place that is not read".to_owned()
            });
        }
    }
    for letters in call.values(&["-C"]) {
        let known = |b: &u8| b.is_ascii_digit() || b"IOEioADSLa".contains(b);
        if !letters.prefix().iter().all(known) || letters.as_static().is_none() {
            judge.unknown("option.unknown", letters.span(), || {
                "options behind `-C` are not read".to_owned()
            });
        }
    }
}

fn is_module_option(name: &str) -> bool {
    name.starts_with("-M") || name.starts_with("-m")
}

/// `perl -MName=list -e TEXT`: `use Name ...;` before the text.
fn with_modules(judge: &mut Judge<'_>, call: &Call<'_>, texts: &[Arg<'_>]) {
    let mut program: Vec<u8> = Vec::new();
    for given in call
        .options()
        .iter()
        .filter(|o| is_module_option(o.spec.name))
    {
        let Some(name) = given.value.and_then(Arg::as_static) else {
            return judge.unknown("module.dynamic", call.span(), || {
                "the module is not determined".to_owned()
            });
        };
        let name = name.split(|&b| b == b'=').next().unwrap_or_default();
        program.extend_from_slice(b"use ");
        program.extend_from_slice(name);
        program.extend_from_slice(b";\n");
    }
    for text in texts {
        let Some(text) = text.as_static() else {
            return judge.unknown("code.dynamic", call.span(), || {
                "a part of the program text is not determined".to_owned()
            });
        };
        program.extend_from_slice(text);
        program.push(b'\n');
    }
    let value = Value::Static(program.into());
    judge.run_code(Lang::Perl, Arg::of(&value, call.span()), &[], call.site);
}

/// All texts are one program: a single one is analysed, several are joined by line ends.
fn code_texts(judge: &mut Judge<'_>, call: &Call<'_>, lang: Lang, texts: &[Arg<'_>]) {
    // The developer's own servers may be read by a program that says so.
    let taint = judge.stdin_taint(call.site.stdin);
    let reads = |text: &Arg<'_>| {
        let text = text.as_static().unwrap_or_default();
        [
            &b"stdin"[..],
            b"input()",
            b"fileinput",
            b"/dev/fd/0",
            b"readline",
            b"<>",
            b"STDIN",
            b"gets",
        ]
        .iter()
        .any(|way| text.windows(way.len()).any(|w| w == *way))
    };
    if taint.has(Taint::RAW) || (taint.has(Taint::NET) && !texts.iter().any(reads)) {
        judge.report(
            Effect::RunInline,
            35,
            "code.network-input",
            call.span(),
            || "what an address answers flows into an interpreter".to_owned(),
        );
    }
    let args: Vec<Value> = call
        .from_operand(0)
        .iter()
        .map(|w| w.value.clone())
        .collect();
    if let [one] = texts {
        return judge.run_code(lang, *one, &args, call.site);
    }
    let mut joined: Vec<u8> = Vec::new();
    for text in texts {
        let Some(text) = text.as_static() else {
            return judge.unknown("code.dynamic", call.span(), || {
                "a part of the program text is not determined".to_owned()
            });
        };
        joined.extend_from_slice(text);
        joined.push(b'\n');
    }
    let value = Value::Static(joined.into());
    judge.run_code(lang, Arg::of(&value, call.span()), &args, call.site);
}
