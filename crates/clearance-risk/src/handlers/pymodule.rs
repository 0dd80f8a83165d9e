//! `python -m`: modules of Python's standard library (those that read options, such as profilers,
//! archives, timing and the server of static files, one by one), tools of the environment, modules
//! of the project.
//!
//! Facts from the Python library reference, 3.13.

use clearance_core::Effect;
use clearance_shell::invocation::{Stdin, Word};

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{PDB_COMMAND, PYTHON_MODULE_ASKS, PYTHON_MODULE_READ};
use crate::spec::{Lang, WordRole};

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
    /// The operand is a directory that is created.
    Venv,
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
        "wsgiref.simple_server" | "xmlrpc.server" => Module::Listens,
        name if PYTHON_MODULE_ASKS.has(name) => Module::Asks,
        _ => return None,
    })
}

/// `python [OPTION]... -m MODULE [ARG]...`.
pub(super) fn python_module(judge: &mut Judge<'_>, module: Arg<'_>, call: &Call<'_>) {
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
    if judge_module(judge, name, rest, call) {
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

/// Options of a module: which take a value, and what it is.
struct Options {
    /// With a value, and its role.
    values: &'static [(&'static str, WordRole)],
    /// Without.
    flags: &'static [&'static str],
}

/// Reads options up to the first operand; the rest is returned. Nothing if one is not known.
fn read_options<'w>(
    judge: &mut Judge<'_>,
    words: &'w [Word],
    options: &Options,
    call: &Call<'_>,
) -> Option<(Vec<&'static str>, &'w [Word])> {
    let mut given = Vec::new();
    let mut rest = words;
    while let Some((word, tail)) = rest.split_first() {
        let Some(text) = Arg::new(word).as_str() else {
            break;
        };
        if !text.starts_with('-') || text == "-" {
            break;
        }
        rest = tail;
        if let Some(flag) = options.flags.iter().find(|f| **f == text) {
            given.push(*flag);
            continue;
        }
        let (name, attached) = match text.split_once('=') {
            Some((name, _)) if name.starts_with("--") => (name, Some(name.len() + 1)),
            _ => (text, None),
        };
        let &(name, role) = options.values.iter().find(|(n, _)| *n == name)?;
        given.push(name);
        match attached {
            Some(at) => judge.word(role, Arg::new(word).skip(at), call),
            None => {
                let (value, tail) = rest.split_first()?;
                judge.word(role, Arg::new(value), call);
                rest = tail;
            }
        }
        if role == WordRole::Module {
            // What follows is the module's.
            return Some((given, rest));
        }
    }
    Some((given, rest))
}

fn not_understood(judge: &mut Judge<'_>, name: &str, call: &Call<'_>) {
    judge.unknown("module.unknown", call.span(), || {
        format!("what `python -m {name}` does was not understood")
    });
}

/// The module `name` with the words after it; whether it is one of those that read options.
fn judge_module(judge: &mut Judge<'_>, name: &str, words: &[Word], call: &Call<'_>) -> bool {
    match name {
        "http.server" => server(judge, words, call),
        "cProfile" | "profile" | "trace" | "runpy" | "tracemalloc" => {
            profiler(judge, name, words, call)
        }
        "zipapp" => zipapp(judge, words, call),
        "zipfile" | "tarfile" => archive(judge, name, words, call),
        "timeit" => timeit(judge, words, call),
        "pdb" => debugger(judge, words, call),
        "ensurepip"
            if words.len() == 1
                && words
                    .first()
                    .is_some_and(|w| w.as_static() == Some(b"--version")) => {}
        _ => return false,
    }
    true
}

/// `http.server [-b ADDRESS] [-d DIRECTORY] [PORT]`: on this machine's own address only, what it
/// serves is seen by nobody else.
fn server(judge: &mut Judge<'_>, words: &[Word], call: &Call<'_>) {
    let mut local = false;
    let mut rest = words;
    while let Some((word, tail)) = rest.split_first() {
        rest = tail;
        let text = Arg::new(word).as_str().unwrap_or("?");
        let (name, attached) = text
            .split_once('=')
            .map_or((text, None), |(n, v)| (n, Some(v)));
        match name {
            "-b" | "--bind" | "-d" | "--directory" | "-p" | "--protocol" => {
                let value = match attached {
                    Some(_) => Some(Arg::new(word).skip(name.len() + 1)),
                    None => {
                        let (value, tail) = rest.split_first().unzip();
                        rest = tail.unwrap_or_default();
                        value.map(Arg::new)
                    }
                };
                let Some(value) = value else { break };
                if matches!(name, "-b" | "--bind") {
                    local = matches!(
                        value.as_static(),
                        Some(b"127.0.0.1" | b"localhost" | b"::1")
                    );
                } else if matches!(name, "-d" | "--directory") {
                    judge.path(WordRole::ReadTree, value, call.site);
                }
            }
            port if port.bytes().all(|b| b.is_ascii_digit()) => {}
            _ => local = false,
        }
    }
    let effect = if local {
        Effect::RunProject
    } else {
        Effect::NetListen
    };
    judge.effect(effect, call);
}

/// `cProfile [-o FILE] [-s ORDER] [-m MODULE | FILE] [ARG]...`, and `trace` of the same form.
fn profiler(judge: &mut Judge<'_>, name: &str, words: &[Word], call: &Call<'_>) {
    const PROFILE: Options = Options {
        values: &[
            ("-o", WordRole::Write),
            ("--outfile", WordRole::Write),
            ("-s", WordRole::Text),
            ("--sort", WordRole::Text),
            ("-m", WordRole::Module),
        ],
        flags: &[],
    };
    const TRACE: Options = Options {
        values: &[
            ("--ignore-dir", WordRole::Text),
            ("--ignore-module", WordRole::Text),
            ("-C", WordRole::WriteDir),
            ("--coverdir", WordRole::WriteDir),
            ("-f", WordRole::Edit),
            ("--file", WordRole::Edit),
            ("--module", WordRole::Module),
        ],
        flags: &[
            "-t",
            "--trace",
            "-c",
            "--count",
            "-l",
            "--listfuncs",
            "-T",
            "--trackcalls",
            "-m",
            "--missing",
            "-s",
            "--summary",
            "-R",
            "--no-report",
            "-g",
            "--timing",
            "-r",
            "--report",
        ],
    };
    let options = if name == "trace" { &TRACE } else { &PROFILE };
    let Some((given, rest)) = read_options(judge, words, options, call) else {
        return not_understood(judge, name, call);
    };
    let module = given.contains(&"--module") || (given.contains(&"-m") && name != "trace");
    match rest.split_first() {
        _ if module => judge.effect(Effect::RunProject, call),
        Some((file, args)) => judge.run_file(Some(Lang::Python), Arg::new(file), args, call.site),
        None => not_understood(judge, name, call),
    }
}

/// `pdb [-c COMMAND]... [-m MODULE | FILE] [ARG]...`: commands come from `-c`, then from standard
/// input; one that evaluates an expression is not understood.
fn debugger(judge: &mut Judge<'_>, words: &[Word], call: &Call<'_>) {
    let mut commands: Vec<&str> = Vec::new();
    let mut rest = words;
    let mut module = false;
    while let Some((word, tail)) = rest.split_first() {
        let name = match word.as_static() {
            Some(b"-c" | b"--command") => "-c",
            Some(b"-m") => "-m",
            _ => break,
        };
        let Some((value, tail)) = tail.split_first() else {
            return not_understood(judge, "pdb", call);
        };
        rest = tail;
        if name == "-m" {
            judge.word(WordRole::Module, Arg::new(value), call);
            module = true;
            break;
        }
        match Arg::new(value).as_str() {
            Some(text) => commands.push(text),
            None => return not_understood(judge, "pdb", call),
        }
    }
    let fed: String = match call.site.stdin {
        Stdin::Text(text) => String::from_utf8_lossy(text).into_owned(),
        Stdin::Null => "q".to_owned(),
        Stdin::Inherit => String::new(),
        _ => "?".to_owned(),
    };
    commands.extend(fed.lines());
    if !commands.iter().all(|line| shows_only(line)) {
        return not_understood(judge, "pdb", call);
    }
    if !commands
        .iter()
        .any(|line| matches!(line.trim(), "q" | "quit" | "exit"))
    {
        judge.effect(Effect::Interactive, call);
    }
    match rest.split_first() {
        _ if module => judge.effect(Effect::RunProject, call),
        Some((file, args)) => judge.run_file(Some(Lang::Python), Arg::new(file), args, call.site),
        None => not_understood(judge, "pdb", call),
    }
}

/// A command of pdb that moves, stops or shows: a name is looked up, nothing is called.
fn shows_only(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let Some(command) = words.next() else {
        return true;
    };
    let plain = |w: &str| {
        w.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_.".contains(&b))
    };
    let place = |w: &str| {
        w.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_./:-".contains(&b))
    };
    let mut rest = words;
    match command {
        command if PDB_COMMAND.has(command) => rest.all(plain),
        "p" | "pp" | "whatis" => rest.next().is_some_and(plain) && rest.next().is_none(),
        "b" | "break" | "tbreak" | "cl" | "clear" | "enable" | "disable" => {
            rest.next().is_none_or(place) && rest.next().is_none()
        }
        _ => false,
    }
}

/// `zipapp SOURCE [-o FILE] [-p INTERPRETER] [-m MAIN] [-c]`.
fn zipapp(judge: &mut Judge<'_>, words: &[Word], call: &Call<'_>) {
    const OPTIONS: Options = Options {
        values: &[
            ("-o", WordRole::Write),
            ("--output", WordRole::Write),
            ("-p", WordRole::Text),
            ("--python", WordRole::Text),
            ("-m", WordRole::Text),
            ("--main", WordRole::Text),
        ],
        flags: &["-c", "--compress", "--info"],
    };
    let Some((mut given, rest)) = read_options(judge, words, &OPTIONS, call) else {
        return not_understood(judge, "zipapp", call);
    };
    let Some((source, rest)) = rest.split_first() else {
        return not_understood(judge, "zipapp", call);
    };
    judge.path(WordRole::ReadTree, Arg::new(source), call.site);
    let Some((more, rest)) = read_options(judge, rest, &OPTIONS, call) else {
        return not_understood(judge, "zipapp", call);
    };
    given.extend(more);
    let named = given
        .iter()
        .any(|o| matches!(*o, "-o" | "--output" | "--info"));
    if !rest.is_empty() {
        return not_understood(judge, "zipapp", call);
    }
    if !named {
        judge.path(WordRole::Edit, Arg::new(source), call.site);
    }
}

/// `zipfile -l FILE`, `-t FILE`, `-e FILE DIR`, `-c FILE SOURCE...`; `tarfile` the same.
fn archive(judge: &mut Judge<'_>, name: &str, words: &[Word], call: &Call<'_>) {
    let mut words = words
        .iter()
        .map(Arg::new)
        .filter(|a| !matches!(a.as_static(), Some(b"-v" | b"--verbose")));
    let mode = words.next().and_then(Arg::as_str).unwrap_or_default();
    let first = match mode {
        "-l" | "--list" | "-t" | "--test" | "-e" | "--extract" => WordRole::Read,
        "-c" | "--create" => WordRole::Write,
        _ => return not_understood(judge, name, call),
    };
    let second = match mode {
        "-c" | "--create" => WordRole::ReadTree,
        "-e" | "--extract" => WordRole::WriteDir,
        _ => WordRole::Read,
    };
    let mut count = 0;
    for word in words {
        let role = if count == 0 { first } else { second };
        count += 1;
        judge.path(role, word, call.site);
    }
    if matches!(mode, "-e" | "--extract") && count < 2 {
        judge.effect(Effect::Write, call);
    }
}

/// `timeit [-n N] [-r N] [-u UNIT] [-s SETUP]... [STATEMENT]...`: one program text.
fn timeit(judge: &mut Judge<'_>, words: &[Word], call: &Call<'_>) {
    let mut text: Vec<u8> = Vec::new();
    let mut rest = words;
    let mut options = true;
    while let Some((word, tail)) = rest.split_first() {
        rest = tail;
        let Some(bytes) = word.as_static() else {
            return not_understood(judge, "timeit", call);
        };
        let line = match bytes {
            b"-n" | b"--number" | b"-r" | b"--repeat" | b"-u" | b"--unit" if options => {
                rest = rest.split_first().map_or(rest, |(_, tail)| tail);
                continue;
            }
            b"-v" | b"-p" | b"--verbose" | b"--process" if options => continue,
            b"-s" | b"--setup" if options => {
                let Some((setup, tail)) = rest.split_first() else {
                    return not_understood(judge, "timeit", call);
                };
                rest = tail;
                setup.as_static()
            }
            option if options && is_count(option) => continue,
            option if options && option.starts_with(b"-") => None,
            statement => {
                options = false;
                Some(statement)
            }
        };
        let Some(line) = line else {
            return not_understood(judge, "timeit", call);
        };
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    let value = clearance_shell::invocation::Value::Static(text.into());
    judge.run_code(Lang::Python, Arg::of(&value, call.span()), &[], call.site);
}

/// `-n5`, `-r3`.
fn is_count(option: &[u8]) -> bool {
    let count = option.strip_prefix(b"-n").or(option.strip_prefix(b"-r"));
    count.is_some_and(|n| !n.is_empty() && n.iter().all(u8::is_ascii_digit))
}

/// `jupyter nbconvert`: `--to` is the name of an exporter.
pub(super) fn nbconvert(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for format in call.values(&["--to", "--template", "--theme"]) {
        let plain = format.as_static().is_some_and(|f| {
            f.iter()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(b))
        });
        if !plain {
            judge.unknown("formatter.unknown", format.span(), || {
                format!("`{}` can name code", format.show())
            });
        }
    }
}

/// `dmypy COMMAND [OPTION]... [-- OPTION OF MYPY... FILE...]`.
pub(super) fn dmypy(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    let Some(at) = call.argv.iter().position(|w| w.as_static() == Some(b"--")) else {
        return;
    };
    let mut words = vec![Word::fixed(b"mypy", call.span())];
    words.extend_from_slice(call.argv.get(at + 1..).unwrap_or_default());
    if words.len() > 1 {
        judge.run_argv(&words, call.site);
    }
}
