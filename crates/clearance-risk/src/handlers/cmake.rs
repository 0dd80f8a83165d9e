//! CMake, ninja and meson: cached variables that name programs, and their own tools.

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{CMAKE_PROGRAM, NINJA_TOOL};
use crate::spec::WordRole;

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
        let program = CMAKE_PROGRAM.has(name) && !name.ends_with("EXPORT_COMPILE_COMMANDS");
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
        let reading = tool.as_static().is_some_and(|t| NINJA_TOOL.has(t));
        if !reading {
            judge.unknown("ninja.tool", tool.span(), || {
                format!("`ninja -t {}` changes the build directory", tool.show())
            });
        }
    }
}

/// `meson setup [DIR] [DIR]`: one is built in, the other one is built; which is which is told by
/// where the build file lies.
pub(super) fn meson_setup(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let words: Vec<Arg<'_>> = call.operands().collect();
    let source = |w: &Arg<'_>| w.as_static() == Some(b".");
    let build_only = words.len() < 2 || words.iter().any(source);
    for word in words {
        judge.path(WordRole::WriteDir, word, call.site);
        if !build_only {
            judge.path(WordRole::Run, word, call.site);
        }
    }
}
