//! What a `CMakeLists.txt` may say. Facts: the manual of CMake 3.30, `cmake-commands(7)`.

use crate::names::{CMAKE_COMMAND, CMAKE_VARIABLE};

/// The text declares programs, libraries and tests of sources below its directory.
pub(super) fn is_plain(text: &str) -> bool {
    let Some(commands) = commands(text) else {
        return false;
    };
    let programs: Vec<&str> = commands
        .iter()
        .filter(|(name, _)| *name == "add_executable")
        .filter_map(|(_, args)| args.first().copied())
        .collect();
    commands.iter().all(|(name, args)| {
        CMAKE_COMMAND.has(name.as_bytes())
            && args.iter().all(|arg| is_near(arg))
            && match *name {
                "set" => is_plain_setting(args),
                "foreach" => args.first().is_some_and(|name| is_own_variable(name)),
                "add_test" => tested(args).is_some_and(|program| programs.contains(&program)),
                "include" => args
                    .iter()
                    .all(|a| matches!(*a, "CTest" | "GoogleTest" | "GNUInstallDirs")),
                "target_compile_options" | "add_compile_options" => {
                    let from = usize::from(*name == "target_compile_options");
                    args.iter()
                        .skip(from)
                        .all(|a| is_scope(a) || is_plain_flag(a))
                }
                "target_compile_definitions" | "add_compile_definitions" => {
                    args.iter().all(|a| !a.contains(['=', '(']))
                }
                "target_link_libraries" => args.iter().all(|a| !a.starts_with('-')),
                _ => true,
            }
    })
}

/// The commands and the words between their parentheses.
fn commands(text: &str) -> Option<Vec<(&str, Vec<&str>)>> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if let Some(comment) = rest.strip_prefix('#') {
            if comment.starts_with('[') {
                return None;
            }
            rest = comment.split_once('\n').map_or("", |(_, tail)| tail);
            continue;
        }
        if rest.is_empty() {
            return Some(out);
        }
        let (name, tail) = rest.split_once('(')?;
        let (inner, tail) = tail.split_once(')')?;
        // Quoted words in which anything may stand, words in brackets, what is put together.
        let strange = |c: char| matches!(c, '\\' | '[' | ']' | '(' | '#' | ';' | '<' | '`');
        if inner.contains(strange) || inner.contains("$ENV") {
            return None;
        }
        let quotes = inner.matches('"').count();
        if quotes % 2 == 1 {
            return None;
        }
        let name = name.trim();
        let words: Vec<&str> = inner
            .split(|c: char| c.is_whitespace() || c == '"')
            .filter(|w| !w.is_empty())
            .collect();
        out.push((name, words));
        rest = tail;
    }
}

fn is_near(word: &str) -> bool {
    !word.starts_with(['/', '~']) && !word.contains("..") && !word.contains("://")
}

fn is_scope(word: &str) -> bool {
    matches!(word, "PRIVATE" | "PUBLIC" | "INTERFACE")
}

/// Flags about warnings, optimization, symbols and the standard.
fn is_plain_flag(flag: &str) -> bool {
    let plain = [
        "-O",
        "-g",
        "-std=",
        "-pedantic",
        "-Wno-",
        "-Wall",
        "-Wextra",
        "-Werror",
    ];
    let comma = flag.contains(',');
    let warning = flag.strip_prefix("-W").is_some_and(|rest| {
        rest.chars().next().is_some_and(|c| c.is_ascii_lowercase()) && rest.len() > 2
    });
    !comma && (warning || plain.iter().any(|p| flag.starts_with(p)))
}

/// `set(NAME value...)`: a variable of the text, or one of the list; flags that say nothing more.
fn is_plain_setting(args: &[&str]) -> bool {
    let Some((name, values)) = args.split_first() else {
        return false;
    };
    let own = is_own_variable(name);
    let flags = matches!(*name, "CMAKE_C_FLAGS" | "CMAKE_CXX_FLAGS")
        && values
            .iter()
            .all(|v| is_plain_flag(v) || v.starts_with("${CMAKE_C"));
    own || flags || CMAKE_VARIABLE.has(name.as_bytes())
}

/// A variable that means nothing to CMake.
fn is_own_variable(name: &str) -> bool {
    let theirs = ["CMAKE_", "CTEST_", "CPACK_", "PROJECT_"];
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !theirs.iter().any(|p| name.starts_with(p))
        && !matches!(name, "ENV" | "MEMORYCHECK_COMMAND" | "MAKECOMMAND")
}

/// The program of `add_test(NAME x COMMAND program)`, `add_test(x program)`.
fn tested<'t>(args: &[&'t str]) -> Option<&'t str> {
    match args {
        ["NAME", _, "COMMAND", program, ..] | [_, program, ..] => Some(program),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn what_is_understood() {
        for (text, understood) in [
            (
                "cmake_minimum_required(VERSION 3.16)\nproject(a LANGUAGES CXX)\nset(CMAKE_CXX_STANDARD 20)\nset(SRC a.cpp b.cpp)\nadd_executable(a ${SRC})\ntarget_compile_options(a PRIVATE -Wall -O2)\nenable_testing()\nadd_test(NAME t COMMAND a)\n",
                true,
            ),
            (
                "find_package(Threads REQUIRED)\nadd_library(x STATIC x.c) # note\n",
                true,
            ),
            ("execute_process(COMMAND sh -c x)", false),
            ("add_custom_target(a ALL COMMAND rm -rf x)", false),
            ("add_custom_command(OUTPUT x COMMAND sh)", false),
            ("add_test(NAME t COMMAND rm -rf x)", false),
            ("add_executable(a a.c)\nadd_test(t sh -c x)", false),
            ("set(CMAKE_C_COMPILER ./x)", false),
            ("foreach(CMAKE_C_COMPILER_LAUNCHER rm)\nendforeach()", false),
            (
                "foreach(X a b)\nadd_executable(${X} ${X}.c)\nendforeach()",
                true,
            ),
            ("set(CMAKE_C_COMPILER_LAUNCHER x)", false),
            ("set(CMAKE_C_FLAGS -fplugin=x)", false),
            ("set(CMAKE_C_FLAGS \"-Wl,-z\")", false),
            ("set(ENV{PATH} x)", false),
            ("include(/tmp/x.cmake)", false),
            ("include(x.cmake)", false),
            ("add_subdirectory(../../x)", false),
            ("file(REMOVE_RECURSE x)", false),
            ("Include(FetchContent)", false),
            ("add_compile_definitions(puts=system)", false),
            ("target_link_libraries(a -Wl,x)", false),
            ("project(a", false),
        ] {
            assert_eq!(is_plain(text), understood, "{text}");
        }
    }
}
