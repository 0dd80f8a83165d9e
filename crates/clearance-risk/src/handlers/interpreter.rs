//! Language runtimes: `python`, `node` and their like, given code, a module or a file.

use clearance_core::Effect;
use clearance_shell::invocation::{Value, Word};

use crate::arg::Arg;
use crate::code::{self, CodeInput, Language};
use crate::judge::{Call, Judge, Site, Taint};
use crate::names::{PYTHON_MODULE_ASKS, PYTHON_MODULE_READ};
use crate::path::Scope;
use crate::spec::{Lang, WordRole};

/// `python [OPTION]... [-c TEXT | -m MODULE | FILE | -] [ARG]...`.
pub(super) fn python(judge: &mut Judge<'_>, call: &Call<'_>) {
    // `-c` and `-m` end the options: what follows is the program's.
    if let Some(module) = call.value(&["-m"]) {
        return python_module(judge, module, call);
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

/// What a module of the standard library does when it is run.
enum Module {
    /// Nothing but computing and printing; operands are files that are read.
    Reads,
    /// As a program of this name in the catalog.
    Program(&'static str),
    /// Code of the project.
    Project,
    /// The first operand is read, the second written.
    ReadWrite,
    /// The operands are a program file and its arguments.
    Script,
    /// The operand is a directory that is created.
    Venv,
    /// The operands are program texts.
    Code,
    /// An archive that is listed, or made or unpacked.
    Archive,
    /// It serves the files of a directory.
    Serves,
    /// It opens a port.
    Listens,
    /// It is not understood, or needs a person.
    Asks,
}

/// Modules by name; facts from the Python library reference, 3.13.
fn standard_module(name: &str) -> Option<Module> {
    Some(match name {
        "json.tool" => Module::ReadWrite,
        name if PYTHON_MODULE_READ.has(name) => Module::Reads,
        "unittest" | "doctest" | "test" | "pickle" | "pickletools" => Module::Project,
        "pip" | "pip3" => Module::Program("pip"),
        "venv" | "virtualenv" => Module::Venv,
        "cProfile" | "profile" | "trace" | "runpy" | "tracemalloc" => Module::Script,
        "timeit" => Module::Code,
        "zipfile" | "tarfile" => Module::Archive,
        "http.server" => Module::Serves,
        "wsgiref.simple_server" | "xmlrpc.server" => Module::Listens,
        name if PYTHON_MODULE_ASKS.has(name) => Module::Asks,
        _ => return None,
    })
}

fn python_module(judge: &mut Judge<'_>, module: Arg<'_>, call: &Call<'_>) {
    for given in call.options() {
        if let (Some(value), false) = (given.value, given.spec.name == "-m") {
            judge.word(given.spec.role, value, call);
        }
    }
    let Some(name) = module.as_str() else {
        return judge.unknown("module.dynamic", module.span(), || {
            "the module is not determined".to_owned()
        });
    };
    let rest = call.from_operand(0);
    if super::pymodule::judge_module(judge, name, rest, call) {
        return;
    }
    if matches!(
        name,
        "unittest" | "doctest" | "test" | "pickle" | "pickletools" | "pydoc"
    ) {
        for word in rest.iter().map(Arg::new) {
            if word.prefix().contains(&b'/') {
                judge.path(WordRole::Run, word, call.site);
            }
        }
    }
    if matches!(name, "compileall" | "fileinput") {
        let role = if name == "fileinput" {
            WordRole::Read
        } else {
            WordRole::Write
        };
        for word in rest.iter().map(Arg::new) {
            if !word.prefix().starts_with(b"-") {
                judge.path(role, word, call.site);
            }
        }
    }
    if name == "pydoc" && rest.iter().any(|w| Arg::new(w).prefix().starts_with(b"-")) {
        return judge.unknown("module.unknown", module.span(), || {
            "`pydoc` with options serves or writes pages".to_owned()
        });
    }
    match standard_module(name) {
        Some(Module::Program(program)) => as_program(judge, program, rest, call),
        Some(Module::Reads) => {
            for word in rest {
                let option = Arg::new(word).prefix().starts_with(b"-");
                if !option {
                    judge.path(WordRole::Read, Arg::new(word), call.site);
                }
            }
        }
        Some(Module::ReadWrite) => {
            let files = rest
                .iter()
                .filter(|w| !Arg::new(w).prefix().starts_with(b"-"));
            for (index, word) in files.enumerate() {
                let role = if index == 0 {
                    WordRole::Read
                } else {
                    WordRole::Write
                };
                judge.path(role, Arg::new(word), call.site);
            }
        }
        Some(Module::Script) => profiled(judge, name, rest, call),
        Some(Module::Code) => timed(judge, rest, call),
        Some(Module::Archive) => archive(judge, name, rest, call),
        Some(Module::Serves) => {
            if serves_at_home(judge, rest, call) {
                judge.effect(Effect::RunProject, call);
            } else {
                judge.effect(Effect::NetListen, call);
            }
        }
        Some(Module::Venv) => {
            judge.effect(Effect::InstallProject, call);
            let clears = rest
                .iter()
                .any(|w| Arg::new(w).prefix().starts_with(b"--cl"));
            for word in rest
                .iter()
                .filter(|w| !Arg::new(w).prefix().starts_with(b"-"))
            {
                // What lies there is deleted first.
                let role = if clears {
                    WordRole::DeleteTree
                } else {
                    WordRole::WriteDir
                };
                judge.path(role, Arg::new(word), call.site);
            }
        }
        Some(Module::Project) => judge.effect(Effect::RunProject, call),
        Some(Module::Listens) => judge.effect(Effect::NetListen, call),
        Some(Module::Asks) => judge.unknown("module.unknown", module.span(), || {
            format!("what `python -m {name}` does was not understood")
        }),
        None => {
            // A tool that is installed in the environment, by its own name or that of its
            // package; else a module of the project.
            let first = name.split('.').next().unwrap_or(name).replace('_', "-");
            let first = match first.as_str() {
                "IPython" => "ipython".to_owned(),
                "awscli" => "aws".to_owned(),
                "notebook" | "jupyterlab" => "jupyter-notebook".to_owned(),
                "dotenv" => {
                    return judge.unknown("module.unknown", module.span(), || {
                        "`python -m dotenv` shows or sets what `.env` holds".to_owned()
                    });
                }
                _ => first,
            };
            if judge.knows(first.as_bytes()) {
                as_program(judge, &first, rest, call);
            } else {
                judge.effect(Effect::RunProject, call);
            }
        }
    }
}

fn as_program(judge: &mut Judge<'_>, program: &str, rest: &[Word], call: &Call<'_>) {
    let mut argv = vec![Word::fixed(program.as_bytes(), call.span())];
    argv.extend_from_slice(rest);
    judge.run_argv(&argv, call.site);
}

/// `python -m cProfile [-s KEY] [-o FILE] {-m MODULE | FILE} [ARG]...`.
fn profiled(judge: &mut Judge<'_>, name: &str, rest: &[Word], call: &Call<'_>) {
    let mut at = 0;
    while let Some(word) = rest.get(at) {
        at += 1;
        match word.as_static() {
            Some(b"-s" | b"--sort") => at += 1,
            Some(b"-o" | b"--outfile") => {
                if let Some(file) = rest.get(at) {
                    judge.path(WordRole::Write, Arg::new(file), call.site);
                }
                at += 1;
            }
            Some(b"-m") => {
                let mut argv = vec![Word::fixed(b"python3", call.span())];
                argv.extend_from_slice(rest.get(at - 1..).unwrap_or_default());
                return judge.run_argv(&argv, call.site);
            }
            Some(text) if !text.starts_with(b"-") && !text.is_empty() => {
                let args = rest.get(at..).unwrap_or_default();
                return judge.run_file(Some(Lang::Python), Arg::new(word), args, call.site);
            }
            _ => break,
        }
    }
    judge.unknown("module.unknown", call.span(), || {
        format!("what `python -m {name}` runs was not understood")
    });
}

/// `python -m timeit [-n N] [-r N] [-u UNIT] [-s SETUP]... [TEXT]...`: all texts are code.
fn timed(judge: &mut Judge<'_>, rest: &[Word], call: &Call<'_>) {
    let mut program: Vec<u8> = Vec::new();
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let text = match word.as_static() {
            Some(b"-n" | b"-r" | b"-u" | b"--number" | b"--repeat" | b"--unit") => {
                words.next();
                continue;
            }
            Some(b"-p" | b"-v" | b"-vv" | b"--process" | b"--verbose") => continue,
            Some(b"-s" | b"--setup") => words.next().and_then(Word::as_static),
            Some(text) if text.starts_with(b"-") => None,
            other => other,
        };
        let Some(text) = text else {
            return judge.unknown("module.unknown", word.span, || {
                "what `python -m timeit` runs was not understood".to_owned()
            });
        };
        program.extend_from_slice(text);
        program.push(b'\n');
    }
    // Only what computes: the text runs many thousand times.
    let report = code::analyze(Language::Python, &program, &CodeInput { args: &[] });
    if !report.acts.is_empty() || !report.unknown.is_empty() {
        judge.unknown("module.unknown", call.span(), || {
            "what is timed does more than compute".to_owned()
        });
    }
}

/// `python -m zipfile -l ARCHIVE`, `-t ARCHIVE`, `-c ARCHIVE SOURCE...`, `-e ARCHIVE DIR`.
fn archive(judge: &mut Judge<'_>, name: &str, rest: &[Word], call: &Call<'_>) {
    let verbose = |w: &&Word| matches!(w.as_static(), Some(b"-v" | b"--verbose"));
    let words: Vec<&Word> = rest.iter().filter(|w| !verbose(w)).collect();
    let file = |at: usize| words.get(at).map(|w| Arg::new(w));
    let mode = words.first().and_then(|w| w.as_static());
    match (mode, file(1)) {
        (Some(b"-l" | b"--list" | b"-t" | b"--test"), Some(archive)) if words.len() == 2 => {
            judge.path(WordRole::Read, archive, call.site);
        }
        (Some(b"-c" | b"--create"), Some(archive)) => {
            judge.path(WordRole::Write, archive, call.site);
            for source in words.iter().skip(2) {
                judge.path(WordRole::ReadTree, Arg::new(source), call.site);
            }
        }
        (Some(b"-e" | b"--extract"), Some(archive)) if words.len() == 3 => {
            judge.path(WordRole::Read, archive, call.site);
            if let Some(dir) = file(2) {
                judge.path(WordRole::WriteDir, dir, call.site);
            }
        }
        _ => judge.unknown("module.unknown", call.span(), || {
            format!("what `python -m {name}` does was not understood")
        }),
    }
}

/// `python -m http.server --bind 127.0.0.1 [--directory DIR] [PORT]`: only this machine is
/// served, and only files of the project or temporary ones.
fn serves_at_home(judge: &Judge<'_>, rest: &[Word], call: &Call<'_>) -> bool {
    let mut bound = false;
    let mut dir: Option<Arg<'_>> = None;
    let mut at = 0;
    while let Some(word) = rest.get(at) {
        at += 1;
        let Some(text) = word.as_static() else {
            if Arg::new(word).dynamic().is_some_and(|d| d.numeric) {
                continue;
            }
            return false;
        };
        let (name, attached) = match text.iter().position(|&b| b == b'=') {
            Some(at) => (
                text.get(..at).unwrap_or_default(),
                Some(Arg::new(word).skip(at + 1)),
            ),
            None => (text, None),
        };
        match name {
            b"-b" | b"--bind" | b"-d" | b"--directory" => {
                let value = attached.or_else(|| rest.get(at).map(Arg::new));
                at += usize::from(attached.is_none());
                let Some(value) = value else { return false };
                if matches!(name, b"-b" | b"--bind") {
                    let host: Option<&[u8]> = value.as_static();
                    bound = matches!(host, Some(b"127.0.0.1" | b"localhost" | b"::1"));
                } else {
                    dir = Some(value);
                }
            }
            port if port.iter().all(u8::is_ascii_digit) => {}
            _ => return false,
        }
    }
    let near = |path: &[u8]| {
        judge.locate(path, false, &call.site.cwd).all(|place| {
            matches!(
                place.scope,
                Scope::Project | Scope::ProjectTop | Scope::Build | Scope::Temp
            )
        })
    };
    bound
        && match dir {
            None => near(b"."),
            Some(dir) => dir.known().is_some_and(|mut all| all.all(near)),
        }
}
