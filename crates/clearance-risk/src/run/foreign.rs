//! Program texts in languages that are not analysed, written by the script that then builds or
//! tests the project: what can be told from their words.

/// Names of what removes, moves or writes files, called or handed on under another name.
const REMOVES: &[&str] = &[
    "Remove",
    "remove",
    "unlink",
    "Unlink",
    "rmdir",
    "deleteRecursively",
    "FileUtils.delete",
    "Files.delete",
    "removeItem(",
    "rm_rf",
    "File.rm",
    "Directory.Delete",
];

/// Names of what writes, moves or links files, or goes where they lie.
const WRITES: &[&str] = &[
    "fopen(",
    "freopen(",
    "creat(",
    "O_WRONLY",
    "O_RDWR",
    "O_TRUNC",
    "fstream",
    "File::create",
    "OpenOptions",
    "fs::write",
    "fs::$",
    "fs::*",
    "os.Create",
    "OpenFile",
    "WriteFile",
    "Files.write",
    "symlink",
    "Symlink",
    "os.Link",
    "rename",
    "Rename",
    "chdir",
    "Chdir",
    "set_current_dir",
];

/// Names of what starts programs, or finds functions by what is put together.
const STARTS: &[&str] = &[
    "exec.Command",
    "Command::new",
    "system",
    "popen",
    "execv",
    "execl",
    "spawn",
    "##",
    "dlsym",
    "dlopen",
    "asm",
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
    "`/home",
    "`/root",
    "`/etc",
    "`~",
    "`../",
    "homeDirectory",
];

/// Places outside a project by their names.
const FAR: &[&str] = &[
    "\"/home", "\"/Users", "\"/root", "\"/etc", "\"/usr", "\"~", "`/home", "`/root", "`/etc", "`~",
];

/// What no program of a project needs: secrets of the user, sources from elsewhere, functions
/// under false names, the whole environment, every process.
const NEVER: &[&str] = &[
    "/.ssh/",
    "id_rsa",
    "/.netrc",
    "/.aws/",
    "/.npmrc",
    "/etc/shadow",
    "/.bashrc",
    "/.profile",
    "/.zshrc",
    "/.gnupg",
    "/.kube/config",
    "/.docker/config",
    "#include \"/",
    "include_str!(\"/",
    "include_bytes!(\"/",
    "#[path=\"/",
    "#[path = \"/",
    "go:linkname",
    "go:embed .env",
    "plugin.Open(\"/",
    "**environ",
    "** environ",
    "**envp",
    "os.Environ()",
    "env::vars()",
    "kill(-1",
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
    let spliced: Vec<u8>;
    let text = if contains(text, b"\\\n") {
        // A name or a command may go on in the next line.
        let lines: Vec<&[u8]> = text.split(|&b| b == b'\n').collect();
        spliced = lines.iter().fold(Vec::new(), |mut all, line| {
            match line.strip_suffix(b"\\") {
                Some(open) => all.extend_from_slice(open),
                None => {
                    all.extend_from_slice(line);
                    all.push(b'\n');
                }
            }
            all
        });
        &spliced
    } else {
        text
    };
    let has = |list: &[&str]| list.iter().any(|part| contains(text, part.as_bytes()));
    if name == b"CMakeLists.txt" || name.ends_with(b".cmake") {
        return has(CMAKE) || contains(text, b"execute_process(") && has(COMMANDS);
    }
    is_code(name)
        && (has(NEVER)
            || text.split(|&b| b == b'\n').any(shows_secret)
            || (has(REMOVES) && has(PLACES))
            || (has(WRITES) && has(FAR))
            || (has(STARTS) && has(COMMANDS)))
}

/// The line prints a variable that holds a secret by its name.
fn shows_secret(line: &[u8]) -> bool {
    let prints = ["puts(", "print", "Print", "cout", "echo"];
    prints.iter().any(|p| contains(line, p.as_bytes()))
        && [
            "getenv(\"",
            "Getenv(\"",
            "env!(\"",
            "env::var(\"",
            "getProperty(\"",
        ]
        .iter()
        .any(|read| {
            let Some(at) = line.windows(read.len()).position(|w| w == read.as_bytes()) else {
                return false;
            };
            let rest = line.get(at + read.len()..).unwrap_or_default();
            let name = rest.split(|&b| b == b'"').next().unwrap_or_default();
            crate::env::is_secret_name(name)
        })
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
            (
                "a.c",
                "int (*f)(const char *) = system; f(\"rm -rf /x\");",
                true,
            ),
            (
                "a.c",
                "#define P(a,b) a##b\nP(sys,tem)(\"rm -rf /x\");",
                true,
            ),
            ("a.c", "#define GO remove\nGO(\"/home/dev/a\");", true),
            ("a.c", "fopen(\"/home/dev/a\", \"w\");", true),
            ("a.c", "fopen(\"out.txt\", \"w\");", false),
            ("a.c", "extern char **environ;", true),
            ("a.c", "sys\\\ntem(\"rm -rf /x\");", true),
            ("a.c", "puts(getenv(\"GITHUB_TOKEN\"));", true),
            ("a.c", "puts(getenv(\"LANG\"));", false),
            (
                "a.rs",
                "let t = env::var(\"API_TOKEN\");\nprintln!(\"ok\");",
                false,
            ),
            ("a.go", "f := os.RemoveAll; f(`/home/dev/x`)", true),
            ("a.go", "http.Post(u, t, os.Open(h + \"/.netrc\"))", true),
            (
                "a.rs",
                "macro_rules! m{($a:ident)=>{std::fs::$a(\"/home/x\")}}",
                true,
            ),
            ("a.rs", "let v: Vec<u8> = vec![1]; v.remove(0);", false),
            ("a.rs", "fs::write(\"out/a.txt\", x)", false),
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
