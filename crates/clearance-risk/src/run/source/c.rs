//! What a source in C or C++ may include, call and say. Facts: ISO C17 and C++20.

use super::tokens::{Token, Tongue, tokens};

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
const BANNED: &[&str] = &[
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

/// The text only computes, reads its input and prints.
pub(super) fn is_harmless(text: &str) -> bool {
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
    let Some(tokens) = tokens(&code, Tongue::C) else {
        return false;
    };
    let own = defined(&tokens);
    let mut before: [&Token<'_>; 2] = [&Token::Mark(';'), &Token::Mark(';')];
    for token in &tokens {
        match (before, token) {
            (_, Token::Word(word)) if BANNED.contains(word) => return false,
            ([_, Token::Mark(')' | ']' | '}') | Token::Text(_)], Token::Mark('(')) => return false,
            ([front, Token::Word(name)], Token::Mark('(')) => {
                // `object.method(`: of types that the headers above or the text itself define.
                let member = matches!(front, Token::Mark('.' | '>'));
                let known = CALLS.contains(name) || own.contains(name);
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
fn defined<'t>(tokens: &[Token<'t>]) -> Vec<&'t str> {
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
                matches!(t, Token::Word(w) if !matches!(*w, "return" | "else"))
                    || *t == Token::Mark('*')
            });
        if block == Some(&Token::Mark('{')) && typed {
            names.push(*name);
        }
    }
    names
}
