//! Programs in C, C++, Rust and Go that the script itself has written: what their texts say
//! about them.
//!
//! Only programs that compute, read standard input and print are understood. What is not on a
//! list is not. Each language has a file; [`tokens`] is what they share.

mod c;
mod go;
mod rust;
mod tokens;

/// The text of this file is a program that only computes, reads its input and prints.
pub(super) fn is_harmless(path: &[u8], text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else {
        return false;
    };
    let ends = |endings: &[&str]| endings.iter().any(|e| path.ends_with(e.as_bytes()));
    if ends(&[".c", ".cpp", ".cc", ".cxx"]) {
        c::is_harmless(text)
    } else if ends(&[".rs"]) {
        rust::is_harmless(text)
    } else {
        false
    }
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
