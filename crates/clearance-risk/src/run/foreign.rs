//! Program texts in languages that are not analysed, written by the script that then builds or
//! tests the project: what can be told from their words.

/// Calls that remove files.
const REMOVES: &[&str] = &[
    "RemoveAll(",
    "os.Remove(",
    "remove_dir_all",
    "remove_file(",
    "unlink(",
    "rmdir(",
    "deleteRecursively",
    "FileUtils.delete",
    "Files.delete",
    "removeItem(",
    "rm_rf",
    "File.rm",
    "Directory.Delete",
    "os.remove(",
    "fs::remove",
    "filesystem::remove",
];

/// Calls that start programs.
const STARTS: &[&str] = &[
    "exec.Command(",
    "Command::new(",
    "system(",
    "popen(",
    "execvp(",
    "execl(",
    "execve(",
    "getRuntime()",
    "ProcessBuilder",
    "Process.Start",
    "System.cmd(",
    "os.execute(",
    "shell_exec(",
    "passthru(",
    "os:cmd(",
    "go:generate",
    "$(shell",
    "execute_process(",
];

/// Places outside a project.
const PLACES: &[&str] = &[
    "\"/home",
    "\"/Users",
    "\"/root",
    "\"/etc",
    "\"/usr",
    "\"/var/",
    "\"~",
    "HOME",
    "home_dir",
    "UserHomeDir",
    "user.home",
    "\"/\"",
    "\"..\"",
    "\"../",
    "homeDirectory",
];

/// Words of commands that no test needs.
const COMMANDS: &[&str] = &[
    "rm -rf", "rm -r ", "\"rm\"", "rm\",", "curl ", "\"curl\"", "wget", "sudo", "mkfs", "dd if=",
    "| sh", "|sh", "| bash", "/.ssh", "git push", "nc -",
];

/// Statements of CMake that fetch or remove.
const CMAKE: &[&str] = &[
    "REMOVE_RECURSE",
    "file(REMOVE",
    "file(DOWNLOAD",
    "ExternalProject_Add",
    "FetchContent",
];

/// The text, in a file of this name, removes what lies elsewhere or starts such a command.
pub(super) fn harms(name: &[u8], text: &[u8]) -> bool {
    let has = |list: &[&str]| list.iter().any(|part| contains(text, part.as_bytes()));
    if name == b"CMakeLists.txt" || name.ends_with(b".cmake") {
        return has(CMAKE) || contains(text, b"execute_process(") && has(COMMANDS);
    }
    is_code(name) && ((has(REMOVES) && has(PLACES)) || (has(STARTS) && has(COMMANDS)))
}

/// A manifest that takes a dependency, or the tools, from elsewhere.
pub(super) fn points_away(name: &[u8], text: &[u8]) -> bool {
    let parts: &[&str] = match name {
        b"rust-toolchain" | b"rust-toolchain.toml" => &["path"],
        b"go.mod" | b"go.work" => &["=> /", "=> ~", "use /"],
        b"Cargo.toml" => &[
            "path = \"/",
            "path=\"/",
            "git = \"",
            "git=\"",
            "registry = \"http",
            "= \"/",
            "=\"/",
            "../../../",
            "rustc-wrapper",
        ],
        b"pyproject.toml" => &["git+", "@ http", "@ file:", "url = \"http"],
        b"Gemfile" | b"composer.json" => &["git:", "\"vcs\""],
        _ => return false,
    };
    parts.iter().any(|part| contains(text, part.as_bytes()))
}

fn is_code(name: &[u8]) -> bool {
    let extension = name.rsplit(|&b| b == b'.').next().unwrap_or_default();
    matches!(
        extension,
        b"go"
            | b"rs"
            | b"c"
            | b"cc"
            | b"cpp"
            | b"cxx"
            | b"h"
            | b"hpp"
            | b"java"
            | b"kt"
            | b"kts"
            | b"scala"
            | b"swift"
            | b"php"
            | b"pl"
            | b"lua"
            | b"ex"
            | b"exs"
            | b"erl"
            | b"cs"
            | b"fs"
            | b"zig"
            | b"nim"
            | b"cr"
            | b"dart"
            | b"hs"
            | b"ml"
            | b"jl"
            | b"R"
            | b"mk"
            | b"m"
            | b"mm"
            | b"groovy"
            | b"clj"
    )
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len().max(1)).any(|w| w == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_reaches_outside_harms() {
        for (name, text, harm) in [
            ("a_test.go", "os.RemoveAll(\"/home/dev\")", true),
            ("a_test.go", "os.RemoveAll(t.TempDir())", false),
            ("a.rs", "std::fs::remove_dir_all(env!(\"HOME\"))", true),
            ("a.rs", "Command::new(\"git\").arg(\"status\")", false),
            ("a.c", "system(\"rm -rf /x\");", true),
            ("a.txt", "system(\"rm -rf /x\");", false),
            ("CMakeLists.txt", "file(REMOVE_RECURSE \"/x\")", true),
            ("CMakeLists.txt", "add_executable(a a.c)", false),
        ] {
            assert_eq!(
                harms(name.as_bytes(), text.as_bytes()),
                harm,
                "{name}: {text}"
            );
        }
    }

    #[test]
    fn manifests_that_point_away() {
        assert!(points_away(b"go.mod", b"replace a => /opt/a"));
        assert!(!points_away(b"go.mod", b"replace a => ./a"));
        assert!(points_away(b"Cargo.toml", b"a = { git = \"https://x\" }"));
        assert!(!points_away(b"Cargo.toml", b"a = { path = \"../a\" }"));
    }
}
