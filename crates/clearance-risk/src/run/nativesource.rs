//! A program in C, C++ or Rust that the script itself has written: what its text says about it.
//!
//! Only programs that compute, read standard input and print are understood. What is not on a
//! list is not. Facts: ISO C17 and C++20, the Rust standard library 1.85.

/// Headers whose functions and types are on the list below, or hold nothing that reaches out.
const HEADERS: &[&str] = &[
    "algorithm",
    "array",
    "assert.h",
    "atomic",
    "bit",
    "bitset",
    "cassert",
    "cctype",
    "cerrno",
    "cfloat",
    "chrono",
    "climits",
    "cmath",
    "compare",
    "complex",
    "complex.h",
    "concepts",
    "cstddef",
    "cstdint",
    "cstdio",
    "cstdlib",
    "cstring",
    "ctime",
    "ctype.h",
    "deque",
    "errno.h",
    "exception",
    "float.h",
    "forward_list",
    "functional",
    "initializer_list",
    "inttypes.h",
    "iomanip",
    "iostream",
    "iterator",
    "limits",
    "limits.h",
    "list",
    "map",
    "math.h",
    "memory",
    "mutex",
    "numeric",
    "optional",
    "ostream",
    "pthread.h",
    "queue",
    "random",
    "ranges",
    "ratio",
    "set",
    "span",
    "sstream",
    "stack",
    "stdalign.h",
    "stdarg.h",
    "stdatomic.h",
    "stdbool.h",
    "stddef.h",
    "stdexcept",
    "stdint.h",
    "stdio.h",
    "stdlib.h",
    "string",
    "string.h",
    "string_view",
    "thread",
    "time.h",
    "tuple",
    "type_traits",
    "typeinfo",
    "unordered_map",
    "unordered_set",
    "utility",
    "variant",
    "vector",
    "wchar.h",
    "wctype.h",
];

/// Functions of these headers, and words that stand before a parenthesis.
const CALLS: &[&str] = &[
    "if",
    "for",
    "while",
    "switch",
    "return",
    "sizeof",
    "alignof",
    "_Alignof",
    "static_assert",
    "_Static_assert",
    "decltype",
    "noexcept",
    "catch",
    "constexpr",
    "int",
    "long",
    "double",
    "float",
    "char",
    "bool",
    "unsigned",
    "size_t",
    "main",
    "offsetof",
    "va_start",
    "va_end",
    "va_arg",
    "va_copy",
    "assert",
    "printf",
    "fprintf",
    "sprintf",
    "snprintf",
    "vprintf",
    "vfprintf",
    "vsnprintf",
    "puts",
    "putchar",
    "putc",
    "fputs",
    "fputc",
    "fflush",
    "scanf",
    "sscanf",
    "fgets",
    "getchar",
    "perror",
    "strerror",
    "feof",
    "ferror",
    "setvbuf",
    "setbuf",
    "malloc",
    "calloc",
    "realloc",
    "free",
    "aligned_alloc",
    "memcpy",
    "memset",
    "memmove",
    "memcmp",
    "memchr",
    "strlen",
    "strcmp",
    "strncmp",
    "strcpy",
    "strncpy",
    "strcat",
    "strncat",
    "strchr",
    "strrchr",
    "strstr",
    "strtok",
    "strdup",
    "strspn",
    "strcspn",
    "strtol",
    "strtoul",
    "strtoll",
    "strtoull",
    "strtod",
    "strtof",
    "atoi",
    "atol",
    "atoll",
    "atof",
    "abs",
    "labs",
    "llabs",
    "div",
    "rand",
    "srand",
    "time",
    "clock",
    "clock_gettime",
    "difftime",
    "localtime",
    "gmtime",
    "strftime",
    "mktime",
    "asctime",
    "ctime",
    "exit",
    "abort",
    "qsort",
    "bsearch",
    "isalpha",
    "isdigit",
    "isalnum",
    "isspace",
    "isupper",
    "islower",
    "ispunct",
    "isprint",
    "isxdigit",
    "toupper",
    "tolower",
    "sqrt",
    "sqrtf",
    "cbrt",
    "pow",
    "powf",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "atan2",
    "sinh",
    "cosh",
    "tanh",
    "exp",
    "exp2",
    "expm1",
    "log",
    "log2",
    "log10",
    "log1p",
    "floor",
    "ceil",
    "round",
    "lround",
    "trunc",
    "fabs",
    "fabsf",
    "fmod",
    "fmin",
    "fmax",
    "hypot",
    "isnan",
    "isinf",
    "isfinite",
    "nan",
    "ldexp",
    "frexp",
    "modf",
    "pthread_create",
    "pthread_join",
    "pthread_mutex_init",
    "pthread_mutex_lock",
    "pthread_mutex_unlock",
    "pthread_mutex_destroy",
    "pthread_self",
    "pthread_exit",
    "atomic_load",
    "atomic_store",
    "atomic_fetch_add",
    "thrd_sleep",
    "min",
    "max",
    "swap",
    "sort",
    "move",
    "make_pair",
    "make_tuple",
    "to_string",
    "stoi",
    "stol",
    "stod",
    "getline",
    "accumulate",
    "iota",
    "reverse",
    "find",
    "count",
    "unique",
    "lower_bound",
    "upper_bound",
    "make_unique",
    "make_shared",
    "string",
    "vector",
    "pair",
    "__builtin_popcount",
    "__builtin_popcountll",
    "__builtin_clz",
    "__builtin_clzll",
    "__builtin_ctz",
    "__builtin_ctzll",
    "__builtin_expect",
    "__builtin_bswap32",
];

/// Words that stand in no program that only computes.
const BANNED_C: &[&str] = &[
    "asm",
    "__asm",
    "__asm__",
    "extern",
    "system",
    "popen",
    "fopen",
    "freopen",
    "fdopen",
    "remove",
    "rename",
    "tmpfile",
    "tmpnam",
    "mkstemp",
    "mkdtemp",
    "mktemp",
    "realpath",
    "getenv",
    "secure_getenv",
    "setenv",
    "putenv",
    "quick_exit",
    "at_quick_exit",
    "atexit",
    "reinterpret_cast",
    "__attribute__",
    "constructor",
    "environ",
    "__environ",
    "_Pragma",
    "import",
    "module",
    "fwrite",
    "fread",
    "stdin_fileno",
    "syscall",
    "co_await",
    "template_for",
    "goto",
];

/// Words by which a Rust program reaches out of itself.
const BANNED_RUST: &[&str] = &[
    "unsafe",
    "extern",
    "asm",
    "global_asm",
    "naked_asm",
    "include",
    "include_str",
    "include_bytes",
    "env",
    "option_env",
    "fs",
    "process",
    "net",
    "os",
    "ffi",
    "path",
    "arch",
    "intrinsics",
    "ptr",
    "libc",
    "link",
    "link_section",
    "no_mangle",
    "export_name",
    "proc_macro",
    "feature",
    "plugin",
    "crate_type",
    "no_main",
    "no_std",
    "panic_handler",
    "global_allocator",
    "macro_use",
    "rustc",
];

/// The text of this file is a program that only computes, reads its input and prints.
pub(super) fn is_harmless(path: &[u8], text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else {
        return false;
    };
    let ends = |endings: &[&str]| endings.iter().any(|e| path.ends_with(e.as_bytes()));
    if ends(&[".c", ".cpp", ".cc", ".cxx"]) {
        is_harmless_c(text)
    } else if ends(&[".rs"]) {
        is_harmless_rust(text)
    } else {
        false
    }
}

fn is_harmless_rust(text: &str) -> bool {
    let Some(tokens) = tokens(text, true) else {
        return false;
    };
    let banned = tokens.iter().any(|token| match token {
        Token::Word(word) => BANNED_RUST.contains(&word.as_str()),
        _ => false,
    });
    // `mod name;` is another file.
    let elsewhere = tokens.windows(3).any(|three| {
        matches!(three, [Token::Word(first), Token::Word(_), Token::Mark(';')] if first == "mod")
    });
    !banned && !elsewhere
}

fn is_harmless_c(text: &str) -> bool {
    if ["??", "%:", "\\\n", "R\"", "u8R", "<:"]
        .iter()
        .any(|m| text.contains(m))
    {
        return false;
    }
    let mut code = String::with_capacity(text.len());
    for line in text.lines() {
        let Some(directive) = line.trim_start().strip_prefix('#') else {
            code.push_str(line);
            code.push('\n');
            continue;
        };
        if !is_plain_directive(directive.trim()) {
            return false;
        }
    }
    let Some(tokens) = tokens(&code, false) else {
        return false;
    };
    let own = defined(&tokens);
    let mut before: [&Token; 2] = [&Token::Mark(';'), &Token::Mark(';')];
    for token in &tokens {
        match (before, token) {
            (_, Token::Word(word)) if BANNED_C.contains(&word.as_str()) => return false,
            ([_, Token::Mark(')' | ']' | '}') | Token::Text], Token::Mark('(')) => return false,
            ([front, Token::Word(name)], Token::Mark('(')) => {
                // `object.method(`: of types that the headers above or the text itself define.
                let member = matches!(front, Token::Mark('.' | '>'));
                let known = CALLS.contains(&name.as_str()) || own.contains(&name.as_str());
                if !member && !known {
                    return false;
                }
            }
            _ => {}
        }
        before = [before[1], token];
    }
    true
}

/// `include` of a header of the list, `define` of a name as a number.
fn is_plain_directive(directive: &str) -> bool {
    if let Some(header) = directive.strip_prefix("include") {
        let name = header
            .trim()
            .strip_prefix('<')
            .and_then(|name| name.strip_suffix('>'));
        return name.is_some_and(|name| HEADERS.contains(&name.trim()));
    }
    let Some(definition) = directive.strip_prefix("define ") else {
        return false;
    };
    let mut words = definition.split_whitespace();
    let name = words.next().unwrap_or_default();
    let value: Vec<&str> = words.collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let number = |v: &&str| {
        v.chars().next().is_some_and(|c| c.is_ascii_digit())
            && v.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
    };
    let feature = name == "_GNU_SOURCE" || name.starts_with("_POSIX") || name.starts_with("_XOPEN");
    name.chars().all(plain)
        && !CALLS.contains(&name)
        && match value.as_slice() {
            [] => feature,
            [only] => number(only),
            _ => false,
        }
}

/// Functions that the text defines: a name, its parameters, a block.
fn defined(tokens: &[Token]) -> Vec<&str> {
    let mut names = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let (Token::Word(name), Some(Token::Mark('('))) = (token, tokens.get(at + 1)) else {
            continue;
        };
        let mut depth = 0usize;
        let mut end = None;
        for (further, token) in tokens.iter().enumerate().skip(at + 1) {
            match token {
                Token::Mark('(') => depth += 1,
                Token::Mark(')') => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        end = Some(further);
                        break;
                    }
                }
                Token::Mark(';' | '{') => break,
                _ => {}
            }
        }
        let block = end.and_then(|end| tokens.get(end + 1));
        let typed = at
            .checked_sub(1)
            .and_then(|before| tokens.get(before))
            .is_some_and(|t| {
                matches!(t, Token::Word(w) if w != "return" && w != "else")
                    || *t == Token::Mark('*')
            });
        if block == Some(&Token::Mark('{')) && typed {
            names.push(name.as_str());
        }
    }
    names
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text,
    Mark(char),
}

/// Words, texts and marks; `None`: something has no end.
fn tokens(text: &str, rust: bool) -> Option<Vec<Token>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, tail)| tail);
        } else if let Some(tail) = rest.strip_prefix("/*") {
            let (inner, tail) = tail.split_once("*/")?;
            // Rust's comments nest.
            if rust && inner.contains("/*") {
                return None;
            }
            rest = tail;
        } else if rust
            && (rest.starts_with("r\"") || rest.starts_with("r#\"") || rest.starts_with("br"))
        {
            return None;
        } else if first == '"' {
            let length = quoted(rest, '"')?;
            out.push(Token::Text);
            rest = rest.get(length..)?;
        } else if first == '\'' {
            // A character, or a lifetime.
            let lifetime = rust && !rest.starts_with("'\\") && rest.chars().nth(2) != Some('\'');
            if lifetime {
                rest = rest.get(1..)?;
            } else {
                let length = quoted(rest, '\'')?;
                out.push(Token::Text);
                rest = rest.get(length..)?;
            }
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
            let (word, tail) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
            out.push(Token::Word(word.to_owned()));
            rest = tail;
        } else {
            if first == '\\' || first == '@' && !rust || first == '`' {
                return None;
            }
            if !first.is_whitespace() {
                out.push(Token::Mark(first));
            }
            rest = rest.get(first.len_utf8()..)?;
        }
    }
    Some(out)
}

/// The length of a text in quotes, both of them included.
fn quoted(text: &str, mark: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if !escaped && c == mark {
            return Some(at + 1);
        }
        escaped = !escaped && c == '\\';
    }
    None
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
