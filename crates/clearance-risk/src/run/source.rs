//! Programs in compiled languages that the script itself has written: what their texts say about
//! them.
//!
//! A text is understood where all that it includes, imports and calls is known to compute, to
//! read standard input, to print, or to open a file by a name that stands there; the names are
//! handed back to be judged. What is not on a list is not understood. Each language has a file;
//! [`tokens`] is what they share.

mod c;
mod cmake;
mod go;
mod java;
mod manifest;
mod rust;
mod tokens;

use crate::names::{COMMON_DIRECTORY, SOURCE_CODE};
use crate::run::base_name;
use crate::spec::WordRole;

/// What stands beside a source when it is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beside<'a> {
    /// Nothing: the text is the whole program.
    Nothing,
    /// The project, in which the file lies by this path. Its own code may be called: that it is
    /// run is what the command says.
    Project(&'a str),
}

impl Beside<'_> {
    /// A directory above the file has this name, and not one that many have.
    fn names(self, name: &str) -> bool {
        let Beside::Project(path) = self else {
            return false;
        };
        let mut above = path.rsplit('/').skip(1);
        name.len() > 1 && !COMMON_DIRECTORY.has(name) && above.any(|dir| dir == name)
    }
}

/// The files that a program opens, by the names that stand in its text.
pub(super) type Acts<'t> = Vec<(WordRole, &'t str)>;

/// What a text does, in a file of this name. `None`: it is not understood.
pub(super) fn read<'t>(path: &[u8], text: &'t [u8], beside: Beside<'_>) -> Option<Acts<'t>> {
    let name = base_name(path);
    if !is_source(name) {
        return Some(Acts::new());
    }
    let text = std::str::from_utf8(text).ok()?;
    let nothing = |known: bool| known.then(Acts::new);
    if let Some(known) = manifest::is_plain(name, text) {
        return nothing(known);
    }
    let extension = name.rsplit(|&b| b == b'.').next().unwrap_or_default();
    match extension {
        b"c" | b"h" | b"cc" | b"cpp" | b"cxx" | b"hpp" => c::read(text, beside),
        b"go" => go::read(text, beside),
        b"rs" => rust::read(text, beside),
        b"java" => nothing(java::is_harmless(text)),
        b"txt" | b"cmake" => nothing(cmake::is_plain(text)),
        _ => None,
    }
}

/// The text of this file is a whole program that only computes, reads its input and prints.
pub(super) fn is_harmless(path: &[u8], text: &[u8]) -> bool {
    let compiled = [&b".c"[..], b".cpp", b".cc", b".cxx", b".rs"];
    compiled.iter().any(|end| path.ends_with(end))
        && read(path, text, Beside::Nothing).is_some_and(|acts| acts.is_empty())
}

/// A file of this name is a source of a language that is read here or nowhere, or says how such
/// sources are built.
pub(super) fn is_source(name: &[u8]) -> bool {
    SOURCE_CODE.has(name)
}

#[cfg(test)]
mod tests {
    use super::is_harmless;

    fn harmless(name: &str, text: &str) -> bool {
        is_harmless(name.as_bytes(), text.as_bytes())
    }

    #[test]
    fn programs_that_print_are_understood() {
        for (name, text) in [
            (
                "a.c",
                "#include <stdio.h>\nint main(void) { printf(\"%zu\\n\", sizeof(long)); return 0; }",
            ),
            (
                "a.c",
                "#include <stdio.h>\n#define N 10\nstatic int sq(int x) { return x * x; }\nint main() { for (int i = 0; i < N; i++) printf(\"%d\\n\", sq(i)); }",
            ),
            ("a.c", "int main(){return 0;}"),
            (
                "a.cpp",
                "#include <iostream>\n#include <vector>\nint main() { std::vector<int> v; v.push_back(1); std::cout << v.size() << '\\n'; }",
            ),
            (
                "a.rs",
                "fn main() { println!(\"{}\", std::mem::size_of::<Option<Box<u8>>>()); }",
            ),
            (
                "a.rs",
                "use std::collections::HashMap;\nfn f<'a>(x: &'a str) -> &'a str { x }\nfn main() { let m: HashMap<u8, char> = HashMap::new(); println!(\"{} {}\", m.len(), f(\"fs\")); }",
            ),
        ] {
            assert!(harmless(name, text), "{text}");
        }
    }

    #[test]
    fn programs_that_reach_out_are_not() {
        for (name, text) in [
            ("a.c", "#include <stdlib.h>\nint main() { system(\"id\"); }"),
            (
                "a.c",
                "#include <stdlib.h>\nint main() { int (*f)(const char *) = system; f(\"id\"); }",
            ),
            ("a.c", "int main() { unlink(\"a\"); }"),
            (
                "a.c",
                "#include <stdio.h>\nint main(int c, char **v, char **e) { while (*e) puts(*e++); }",
            ),
            ("a.c", "#include <unistd.h>\nint main() { }"),
            ("a.c", "#include \"x.h\"\nint main() { }"),
            (
                "a.c",
                "#include <stdio.h>\nint main() { fopen(\"a\", \"w\"); }",
            ),
            ("a.c", "#define P sys##tem\nint main() { P(\"id\"); }"),
            (
                "a.c",
                "#define printf system\n#include <stdio.h>\nint main() { printf(\"id\"); }",
            ),
            (
                "a.c",
                "char c[] = \"\\x90\"; int main() { ((void (*)())c)(); }",
            ),
            ("a.c", "int main() { __asm__(\"syscall\"); }"),
            ("a.c", "int main() { sys\\\ntem(\"id\"); }"),
            ("a.c", "// x \\ \n\" \nint main() { system(\"id\"); } // \""),
            ("a.c", "// x \r int main() { system(\"id\"); }\n"),
            ("a.c", "/**/#include \"/etc/x.h\"\nint main() { }"),
            (
                "a.cpp",
                "int main() { int x = 1'0; system(\"id\"); int y = 1'0; }",
            ),
            (
                "a.cpp",
                "#include <iostream>\nvoid f(const char *) { }\nint main() { auto f = &unlink; f(\"x\"); }",
            ),
            (
                "a.rs",
                "fn main() { let a = r##\"\"# \"##; std::fs::remove_file(\"a\"); let b = \"\"; }",
            ),
            (
                "a.c",
                "__attribute__((constructor)) void f(void) { }\nint main() { }",
            ),
            ("a.c", "#pragma GCC dependency \"x\"\nint main() { }"),
            (
                "a.cpp",
                "#include <fstream>\nint main() { std::ofstream f(\"x\"); }",
            ),
            (
                "a.cpp",
                "#include <cstdlib>\nint main() { std::system(\"id\"); }",
            ),
            (
                "a.cpp",
                "#include <filesystem>\nint main() { std::filesystem::remove_all(\"/\"); }",
            ),
            (
                "a.rs",
                "fn main() { std::process::Command::new(\"id\").status().unwrap(); }",
            ),
            (
                "a.rs",
                "use std::{fs, io};\nfn main() { fs::remove_file(\"a\").unwrap(); }",
            ),
            ("a.rs", "fn main() { unsafe { } }"),
            ("a.rs", "mod x;\nfn main() { x::f(); }"),
            ("a.rs", "include!(\"/tmp/x.rs\");"),
            (
                "a.rs",
                "fn main() { println!(\"{}\", include_str!(\"/etc/shadow\")); }",
            ),
            ("a.rs", "#[path = \"/tmp/x.rs\"] mod x;\nfn main() {}"),
            ("a.rs", "fn main() { println!(\"{}\", env!(\"TOKEN\")); }"),
            ("a.py", "print(1)"),
        ] {
            assert!(!harmless(name, text), "{text}");
        }
    }
}
