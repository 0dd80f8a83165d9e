//! Build tools, task runners and compilers: what a word of the call can make them run.

use clearance_core::Effect;
use clearance_shell::invocation::Word;

use crate::arg::Arg;
use crate::env_flags::CODEGEN;
use crate::judge::{Call, Judge};
use crate::spec::WordRole;

/// Bytes that mean something to the shell that a build tool hands its variables to.
const SHELL_SPECIAL: &[u8] = b";|&$`<>(){}\\\"'\n!*?[]#~";

/// Variables of make that name programs, or carry options of make itself.
const PROGRAM_VARIABLES: &[&str] = &[
    "AR", "AS", "CC", "CPP", "CXX", "FC", "LD", "NM", "RANLIB", "STRIP", "GO", "CARGO", "RUSTC",
    "PYTHON", "PIP", "NODE", "NPM", "MAKE", "INSTALL", "RM", "CP", "MV", "LEX", "YACC", "SUDO",
];

/// `NAME=value` given to make or just: a program name must be a known tool, other values must
/// hold nothing that a shell would read.
fn variable(judge: &mut Judge<'_>, name: &[u8], value: Arg<'_>, call: &Call<'_>) {
    let Some(text) = value.as_static() else {
        if value.dynamic().is_some_and(|d| d.numeric) {
            return;
        }
        return judge.unknown("make.variable", value.span(), || {
            format!("the value `{}` is not determined", value.show())
        });
    };
    let name = String::from_utf8_lossy(name).into_owned();
    let plain = !text.iter().any(|b| SHELL_SPECIAL.contains(b));
    let settings = [
        "SHELL",
        "MAKEFLAGS",
        "MAKEFILES",
        "MFLAGS",
        ".SHELLFLAGS",
        "PATH",
    ];
    let program = PROGRAM_VARIABLES.contains(&name.as_str())
        || name.ends_with("_WRAPPER")
        || name.ends_with("_LAUNCHER");
    let fits = if settings.contains(&name.as_str()) {
        false
    } else if program {
        plain && !text.contains(&b' ') && !text.contains(&b'/') && judge.knows(text)
    } else {
        plain
    };
    if !fits {
        let tool = call.called();
        judge.unknown("make.variable", value.span(), || {
            format!("`{name}` of `{tool}` can name a program or hold shell text")
        });
    }
}

/// The words of make and just: targets, and `NAME=value`.
fn targets(judge: &mut Judge<'_>, call: &Call<'_>) {
    for arg in call.operands() {
        let prefix = arg.prefix();
        match prefix.iter().position(|&b| b == b'=') {
            Some(at) if prefix.get(..at).is_some_and(is_name) => {
                let name = prefix.get(..at).unwrap_or_default().to_vec();
                let name = name.strip_suffix(b":").unwrap_or(&name).to_vec();
                variable(judge, &name, arg.skip(at + 1), call);
            }
            _ => {
                let plain = arg.known().is_some_and(|mut all| {
                    all.all(|t| {
                        !t.starts_with(b"-") && !t.iter().any(|b| SHELL_SPECIAL.contains(b))
                    })
                });
                let numeric = arg.dynamic().is_some_and(|d| d.numeric);
                if !plain && !numeric {
                    judge.unknown("make.target", arg.span(), || {
                        format!("what `{}` makes it run is not known", arg.show())
                    });
                }
            }
        }
    }
}

fn is_name(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_suffix(b":").unwrap_or(bytes);
    let bytes = bytes.strip_suffix(b"+").unwrap_or(bytes);
    !bytes.is_empty()
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(b))
}

/// `make [OPTION]... [TARGET | NAME=VALUE]...`.
pub(super) fn make(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    targets(judge, call);
    let installs = call.operands().any(|a| {
        matches!(
            a.as_static(),
            Some(b"install" | b"uninstall" | b"install-strip")
        )
    });
    let stage = |a: Arg<'_>| {
        [&b"DESTDIR="[..], b"PREFIX=", b"prefix="]
            .into_iter()
            .find(|p| a.prefix().starts_with(p))
            .map(<[u8]>::len)
    };
    let mut staged = false;
    for arg in call.operands().filter(|_| installs) {
        if let Some(length) = stage(arg) {
            staged = true;
            judge.path(WordRole::Write, arg.skip(length), call.site);
        }
    }
    if installs && !staged {
        super::stage::judge_install(judge, call);
    }
}

/// `just [OPTION]... [NAME=VALUE]... [RECIPE [ARG]...]...`: arguments are put into the text of
/// the recipe.
pub(super) fn just(judge: &mut Judge<'_>, call: &Call<'_>) {
    if call.has(&["-c", "--command"]) {
        judge.option_defaults(call);
        return judge.run_argv(call.from_operand(0), call.site);
    }
    judge.option_defaults(call);
    targets(judge, call);
}

/// `mise exec [TOOL@VERSION]... -- COMMAND`.
pub(super) fn mise_exec(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let words = call.argv;
    let dashes = words.iter().position(|w| w.as_static() == Some(b"--"));
    match dashes {
        Some(at) => judge.run_argv(words.get(at + 1..).unwrap_or_default(), call.site),
        None if call.has(&["-c", "--command"]) => {}
        None => judge.unknown("mise.exec", call.span(), || {
            "what `mise exec` runs is not known; write `--` before the command".to_owned()
        }),
    }
}

/// Compilers and their like: `@file` names further options, a backslash begins a TeX command.
pub(super) fn at_files(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for arg in call.operands() {
        let prefix = arg.prefix();
        if prefix.starts_with(b"@") || prefix.starts_with(b"/dev/") || prefix.contains(&b'\\') {
            judge.unknown("argument.file", arg.span(), || {
                format!("`{}` holds options that are not seen", arg.show())
            });
        }
    }
}

/// C compilers: as [`at_files`]; options for the linker are known ones, and settings hold no
/// path and no command.
pub(super) fn cc(judge: &mut Judge<'_>, call: &Call<'_>) {
    at_files(judge, call);
    for given in call.options() {
        let Some(value) = given.value else { continue };
        let fits = match given.spec.name {
            "-Wl," => value.as_static().is_some_and(linker_words),
            "-f" => value.as_static().is_some_and(|v| {
                v.windows(10).any(|w| w == b"prefix-map") || !v.iter().any(|b| b"/|@<>".contains(b))
            }),
            "-W" | "-m" | "-g" | "-s" | "-O" | "-x" => value
                .as_static()
                .is_some_and(|v| !v.iter().any(|b| b"/|@<>".contains(b))),
            _ => true,
        };
        if !fits {
            judge.unknown("cc.option", value.span(), || {
                format!(
                    "`{}{}` can run or write something",
                    given.spec.name,
                    value.show()
                )
            });
        }
    }
}

/// The words after `-Wl,` are known to say only how to link.
fn linker_words(text: &[u8]) -> bool {
    const KNOWN: &[&[u8]] = &[
        b"-rpath",
        b"--rpath",
        b"-z",
        b"-soname",
        b"--as-needed",
        b"--no-as-needed",
        b"--gc-sections",
        b"-Bstatic",
        b"-Bdynamic",
        b"-Bsymbolic",
        b"--start-group",
        b"--end-group",
        b"--whole-archive",
        b"--no-whole-archive",
        b"--no-undefined",
        b"-O1",
        b"-O2",
        b"--strip-all",
        b"-s",
        b"-S",
        b"--export-dynamic",
        b"-E",
        b"--build-id",
        b"-dead_strip",
        b"-framework",
        b"-rpath-link",
        b"--allow-multiple-definition",
        b"-stack_size",
        b"-headerpad_max_install_names",
        b"--hash-style",
        b"--version-script",
        b"--exclude-libs",
        b"-undefined",
        b"-install_name",
        b"--fatal-warnings",
        b"-lm",
        b"-lpthread",
    ];
    text.split(|&b| b == b',').all(|word| {
        let name = word.split(|&b| b == b'=').next().unwrap_or_default();
        !word.starts_with(b"-") && !word.starts_with(b"@") || KNOWN.contains(&name)
    })
}

/// `rustc`: `-C` values that run a linker of one's choice, `--emit` with a path.
pub(super) fn rustc(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    if call.name() == "rustdoc" {
        for value in call.values(&["-Z"]) {
            if !value
                .as_str()
                .is_some_and(crate::env_flags::is_harmless_unstable)
            {
                judge.unknown("rustc.unstable", value.span(), || {
                    format!("`-Z {}` is not known", value.show())
                });
            }
        }
        return;
    }
    for value in call.values(&["-C", "--codegen"]) {
        let known = value
            .as_str()
            .is_some_and(|v| CODEGEN.contains(&v.split('=').next().unwrap_or_default()));
        if !known {
            judge.unknown("rustc.codegen", value.span(), || {
                format!("`-C {}` can name a linker or a plug-in", value.show())
            });
        }
    }
    for value in call.values(&["--emit", "--print", "-Z"]) {
        if value
            .as_static()
            .is_none_or(|v| v.contains(&b'=') || v.contains(&b'/'))
        {
            judge.unknown("rustc.emit", value.span(), || {
                format!("what `{}` writes is not known", value.show())
            });
        }
    }
    let stable = call.values(&["-Z"]).all(|v| {
        v.as_str()
            .is_some_and(crate::env_flags::is_harmless_unstable)
    });
    if !stable {
        judge.unknown("rustc.unstable", call.span(), || {
            "unstable options of rustc".to_owned()
        });
    }
    if call.parsed.operands.is_empty() {
        return;
    }
    judge.effect(Effect::Write, call);
}

/// `cmake`: cached variables that name programs, and `-E`.
pub(super) fn cmake(judge: &mut Judge<'_>, call: &Call<'_>) {
    if call.has(&["-E"]) {
        return cmake_tool(judge, call);
    }
    judge.defaults(call);
    if call.has(&["--install"]) && !call.has(&["--prefix"]) {
        super::stage::judge_install(judge, call);
    }
    for value in call.values(&["-D"]) {
        // Whatever they are, these hold no program and no path.
        let free = [
            &b"CMAKE_BUILD_TYPE="[..],
            b"BUILD_SHARED_LIBS=",
            b"BUILD_TESTING=",
        ];
        if free.iter().any(|name| value.prefix().starts_with(name)) {
            continue;
        }
        let Some(text) = value.as_str() else {
            judge.unknown("cmake.variable", value.span(), || {
                format!("the cached variable `{}` is not determined", value.show())
            });
            continue;
        };
        let (name, setting) = text.split_once('=').unwrap_or((text, ""));
        let name = name.split(':').next().unwrap_or_default();
        let program = [
            "LAUNCHER",
            "COMPILER",
            "COMMAND",
            "PROGRAM",
            "INCLUDE",
            "TOOLCHAIN",
            "LINKER",
            "EXECUTABLE",
            "RULE",
            "MODULE_PATH",
            "EMULATOR",
        ]
        .iter()
        .any(|part| name.contains(part))
            && !name.ends_with("EXPORT_COMPILE_COMMANDS");
        let compiler = [
            "gcc", "g++", "clang", "clang++", "cc", "c++", "ccache", "sccache",
        ]
        .contains(&setting);
        let plugin = ["plugin", "-wrapper", "@/"]
            .iter()
            .any(|p| setting.contains(p));
        let source = name.starts_with("FETCHCONTENT_SOURCE") && setting.starts_with('/');
        if plugin || source || (program && !compiler) {
            judge.unknown("cmake.variable", value.span(), || {
                format!("`{name}` names a program or a script that the build runs")
            });
        }
        if name == "CMAKE_INSTALL_PREFIX" || setting.contains('`') || setting.contains("$(") {
            continue;
        }
    }
}

/// `cmake -E COMMAND [ARG]...`.
fn cmake_tool(judge: &mut Judge<'_>, call: &Call<'_>) {
    let command = call.operand(0).and_then(Arg::as_str).unwrap_or_default();
    let rest = call.operands().skip(1);
    let role = match command {
        "echo" | "sleep" | "true" | "false" | "capabilities" | "echo_append" => return,
        "cat" | "compare_files" | "md5sum" | "sha1sum" | "sha224sum" | "sha256sum"
        | "sha384sum" | "sha512sum" => WordRole::Read,
        "make_directory" => WordRole::Mkdir,
        "touch" | "touch_nocreate" => WordRole::Write,
        "rm" | "remove" => WordRole::Delete,
        "remove_directory" => WordRole::DeleteTree,
        "copy"
        | "copy_if_different"
        | "copy_directory"
        | "copy_directory_if_different"
        | "create_symlink"
        | "rename" => WordRole::Edit,
        "time" => return judge.run_argv(call.from_operand(1), call.site),
        _ => {
            return judge.unknown("cmake.tool", call.span(), || {
                format!("`cmake -E {command}` is not known")
            });
        }
    };
    let mut role = role;
    for arg in rest {
        match arg.as_static() {
            Some(b"-f" | b"-t" | b"-v") => {}
            Some(b"-r" | b"-R" | b"-rf" | b"-fr" | b"-Rf") => role = WordRole::DeleteTree,
            Some(text) if text.starts_with(b"-") => {
                judge.unknown("cmake.tool", arg.span(), || {
                    format!("the option `{}` of `cmake -E` is not known", arg.show())
                });
            }
            _ => judge.path(role, arg, call.site),
        }
    }
}

/// `ninja -t TOOL`.
pub(super) fn ninja(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    if let Some(tool) = call.value(&["-t"]) {
        let reading = matches!(
            tool.as_static(),
            Some(
                b"targets"
                    | b"query"
                    | b"deps"
                    | b"graph"
                    | b"commands"
                    | b"compdb"
                    | b"list"
                    | b"rules"
                    | b"missingdeps"
                    | b"inputs"
            )
        );
        if !reading {
            judge.unknown("ninja.tool", tool.span(), || {
                format!("`ninja -t {}` changes the build directory", tool.show())
            });
        }
    }
}

/// Binary utilities: the readers read, all others change the files that they are given.
pub(super) fn binutils(judge: &mut Judge<'_>, call: &Call<'_>) {
    const READERS: &[&[u8]] = &[
        b"nm",
        b"objdump",
        b"readelf",
        b"size",
        b"addr2line",
        b"c++filt",
        b"llvm-nm",
        b"llvm-objdump",
        b"llvm-readelf",
        b"otool",
        b"dwarfdump",
        b"eu-readelf",
        b"gprof",
        b"llvm-config",
        b"pkg-config",
        b"pkgconf",
        b"bloaty",
        b"strings",
    ];
    let name = call
        .argv
        .first()
        .and_then(Word::as_static)
        .unwrap_or_default();
    let name = crate::run::base_name(name);
    // `aarch64-linux-gnu-objdump`: the same program for another machine.
    let own = name.rsplit(|&b| b == b'-').next().unwrap_or(name);
    let name = if READERS.contains(&own) && !READERS.contains(&name) {
        own
    } else {
        name
    };
    let mut operands = call.operands();
    let mut role = WordRole::Edit;
    if READERS.contains(&name) {
        role = WordRole::Read;
    } else if matches!(name, b"ar" | b"llvm-ar") {
        let mode = operands
            .next()
            .and_then(|a| a.as_static())
            .unwrap_or_default();
        let mode = mode.strip_prefix(b"-").unwrap_or(mode);
        match mode.first() {
            Some(b't' | b'p') => role = WordRole::Read,
            Some(b'r' | b'q' | b'c' | b's' | b'd' | b'm') if !mode.starts_with(b"-") => {}
            _ => {
                return judge.unknown("ar.mode", call.span(), || {
                    "this mode of `ar` is not known".to_owned()
                });
            }
        }
    }
    let packages = matches!(
        name,
        b"pkg-config" | b"pkgconf" | b"llvm-config" | b"c++filt"
    );
    for arg in operands {
        let prefix = arg.prefix();
        let plugin = prefix.windows(6).any(|w| w == b"plugin")
            || prefix.starts_with(b"@")
            || prefix.windows(6).any(|w| w == b"script")
            || (role == WordRole::Edit && prefix.starts_with(b"-T"))
            || prefix.starts_with(b"-load");
        let option = prefix.starts_with(b"-");
        let writes = role == WordRole::Edit
            && ((option && prefix.contains(&b'/')) || (!option && prefix.contains(&b'=')));
        if plugin || writes || (arg.as_static().is_none() && arg.glob().is_none()) {
            judge.unknown("binutils.option", arg.span(), || {
                format!("what `{}` does is not known", arg.show())
            });
        } else if !option && !packages {
            judge.path(role, arg, call.site);
        }
    }
}

/// Flags for the Go linker and compiler: words that only say how to build.
fn go_flags(judge: &mut Judge<'_>, call: &Call<'_>) {
    const KNOWN: &[&str] = &[
        "-X",
        "-s",
        "-w",
        "-N",
        "-l",
        "-m",
        "-S",
        "-B",
        "-e",
        "-race",
        "-H",
        "-H=windowsgui",
        "-buildid",
        "-dwarf",
        "-c",
        "-static",
        "-compressdwarf",
        "-checklinkname",
        "-d",
    ];
    for value in call.values(&["-ldflags", "-gcflags", "-asmflags", "-gccgoflags"]) {
        let text = judge.sample(value).unwrap_or_default();
        let text = std::str::from_utf8(&text).unwrap_or_default();
        let fits = !text.is_empty() && {
            let text = text.strip_prefix("all=").unwrap_or(text);
            text.split_whitespace().all(|word| {
                let word = word.trim_matches(['\'', '"']);
                let name = word.split('=').next().unwrap_or_default();
                !word.starts_with('-') || KNOWN.contains(&name) || KNOWN.contains(&word)
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

/// `clang-tidy [OPTION]... FILE... [-- COMPILER OPTION...]`: the words after `--` are read by the
/// compiler.
pub(super) fn clang_tidy(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    let dashes = call.argv.iter().position(|w| w.as_static() == Some(b"--"));
    let Some(at) = dashes else { return };
    let mut words = vec![Word::fixed(b"clang", call.span())];
    words.extend_from_slice(call.argv.get(at + 1..).unwrap_or_default());
    words.push(Word::fixed(b"-fsyntax-only", call.span()));
    judge.run_argv(&words, call.site);
}

/// `qmake [OPTION]... [PROJECT.pro] [NAME=VALUE]...`.
pub(super) fn qmake(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    for arg in call.operands() {
        if arg.prefix().ends_with(b".pro") {
            judge.path(WordRole::Run, arg, call.site);
        }
    }
    let queries = call.has(&["-query"]);
    let program = call.operands().any(|a| a.prefix().starts_with(b"QMAKE_"));
    if program {
        judge.unknown("make.variable", call.span(), || {
            "a variable of qmake can name a program".to_owned()
        });
    }
    if !queries {
        targets(judge, call);
    }
}

/// `cargo rustc -- ARG...`, `cargo clippy -- ARG...`: the words after `--` are the compiler's.
pub(super) fn cargo_rustc(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    let Some(at) = call.argv.iter().position(|w| w.as_static() == Some(b"--")) else {
        return;
    };
    let program: &[u8] = if call.path() == "rustdoc" {
        b"rustdoc"
    } else {
        b"rustc"
    };
    let mut words = vec![Word::fixed(program, call.span())];
    let rest = call.argv.get(at + 1..).unwrap_or_default();
    words.extend(
        rest.iter()
            .filter(|w| w.as_static() != Some(b"--no-deps"))
            .cloned(),
    );
    if words.len() > 1 {
        judge.run_argv(&words, call.site);
    }
}

/// `cargo run`, `cargo xtask TASK`, `cargo watch -x 'SUB ARG...' -- COMMAND`.
pub(super) fn cargo_run(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    if matches!(call.path(), "xtask" | "x" | "make") {
        if let Some(name) = call.operand(0).and_then(Arg::as_str) {
            if let Some(effect) = crate::tasks::meaning(name) {
                judge.effect(effect, call);
            }
        }
    }
    if call.path() != "watch" {
        return;
    }
    for text in call.values(&["-x", "--exec"]) {
        let Some(text) = text.as_str() else {
            judge.unknown("cargo.watch", text.span(), || {
                "what `cargo watch` runs is not determined".to_owned()
            });
            continue;
        };
        let mut words = vec![Word::fixed(b"cargo", call.span())];
        let parts = text.split_whitespace();
        words.extend(parts.map(|w| Word::fixed(w.as_bytes(), call.span())));
        judge.run_argv(&words, call.site);
    }
    if call.argv.iter().any(|w| w.as_static() == Some(b"--")) {
        judge.run_argv(call.from_operand(0), call.site);
    }
}
