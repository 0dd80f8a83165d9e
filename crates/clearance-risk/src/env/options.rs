//! Variables that hold options of compilers, runtimes and tools: harmless when every word is
//! known to say only how to compile, test, show or trace. Which variables, and which options,
//! are lists of `packs/env.toml`.

use crate::names::{
    CC_FLAG, CC_FLAG_BANNED, CC_FLAG_PLAIN, GO_FLAG, JVM_FLAG, JVM_MEMORY, LINT_FLAG, NODE_FLAG,
    OPTIONS_VARIABLE, PYTEST_FLAG, RUBY_FLAG, RUSTC_CODEGEN, RUSTC_UNSTABLE,
};

/// The value of this variable holds nothing but known, harmless options.
pub(crate) fn is_harmless(name: &str, value: &str) -> bool {
    let Some(program) = OPTIONS_VARIABLE.program_of(name) else {
        return false;
    };
    // What splits words for one of these programs ends a command for another. The unit separator
    // splits those of cargo's encoded variables.
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\x1f');
    if value.contains(control) {
        return false;
    }
    let words: Vec<&str> = value
        .split([' ', '\t', '\x1f'])
        .filter(|w| !w.is_empty())
        .collect();
    let all = |known: fn(&str) -> bool| words.iter().all(|word| known(word));
    match program {
        "rustc" => rust(&words),
        "cc" => all(c_option),
        "go" => all(go_option),
        "node" => all(node_option),
        "java" => all(jvm_option),
        "make" => all(make_option),
        "pytest" => all(pytest_option),
        "ruby" => all(|word| RUBY_FLAG.has(word)),
        "less" => all(less_option),
        "erl" => matches!(
            words.as_slice(),
            ["-kernel", "shell_history", "enabled"] | ["+fnu"] | ["+S", _]
        ),
        "sanitizer" => !value.contains('/') && !value.contains("path") && !value.contains("dir="),
        "setting" => plain(value),
        _ => false,
    }
}

fn plain(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"._-, ".contains(&b))
}

fn number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn make_option(word: &str) -> bool {
    matches!(word, "-s" | "-k" | "--silent" | "--no-print-directory")
        || word.strip_prefix("-j").is_some_and(number)
}

/// Letters of options that say how a text is shown.
fn less_option(word: &str) -> bool {
    let letters = word.strip_prefix('-').unwrap_or_default();
    !letters.is_empty() && letters.chars().all(|c| "FRSXiIMNnKQJgwqae".contains(c))
}

/// `-C opt-level=3`, `--cfg loom`, `-D warnings`.
fn rust(words: &[&str]) -> bool {
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let (name, attached) = match word.split_at_checked(2) {
            Some((short @ ("-C" | "-D" | "-A" | "-W" | "-F" | "-Z"), value)) => {
                (short, Some(value))
            }
            _ => match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (*word, None),
            },
        };
        let attached = attached.filter(|v| !v.is_empty());
        let switch = matches!(name, "-g" | "-O" | "-v" | "-q" | "--document-private-items");
        if switch && attached.is_none() {
            continue;
        }
        let Some(value) = attached.or_else(|| rest.next().copied()) else {
            return false;
        };
        let known = match name {
            "-C" | "--codegen" => codegen(value),
            "--cfg" | "--check-cfg" => !value.contains('/'),
            "-Z" => is_harmless_unstable(value) || value.starts_with("rustdoc-") && lint(value),
            _ => LINT_FLAG.has(name) && lint(value),
        };
        if !known {
            return false;
        }
    }
    true
}

/// `rustc -Z VALUE` that names no program and no file.
pub(crate) fn is_harmless_unstable(value: &str) -> bool {
    let first = value.split('=').next().unwrap_or_default();
    (first.starts_with("miri") && !value.contains('/')) || RUSTC_UNSTABLE.has(first)
}

fn codegen(value: &str) -> bool {
    let (name, setting) = value.split_once('=').unwrap_or((value, ""));
    let linker = name == "link-arg"
        && matches!(
            setting,
            "-fuse-ld=mold" | "-fuse-ld=lld" | "-s" | "-static" | "-lc"
        );
    linker || (RUSTC_CODEGEN.has(name) && !setting.contains('/'))
}

/// The name of a lint, an edition and their like.
fn lint(value: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-:=,.()+".contains(&b);
    !value.starts_with('-') && value.bytes().all(allowed)
}

fn c_option(word: &str) -> bool {
    // A definition may hold anything but what a shell would read; it is only text to the compiler.
    let definition = word.starts_with("-D") && !word.contains(['`', '$', ';', '|', '&', '<', '>']);
    let directory = |text: &str| {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-=+.,/".contains(&b);
        !text.is_empty() && text.bytes().all(allowed)
    };
    CC_FLAG_PLAIN.has(word)
        || definition
        || word.strip_prefix("-I").is_some_and(directory)
        || (CC_FLAG.has(word)
            && !CC_FLAG_BANNED.has(word)
            && !word.contains(['/', '@', '`', '$', ';', '|', '&', '<', '>', '(']))
}

fn go_option(word: &str) -> bool {
    let word = word.trim_matches(['"', '\'']);
    let word = word.strip_prefix('-').unwrap_or(word);
    let word = word.strip_prefix('-').unwrap_or(word);
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    GO_FLAG.has(name) && !value.contains('/')
}

/// An underscore stands for a dash in the names of these options.
fn node_option(word: &str) -> bool {
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    let name = name.replace('_', "-");
    let experimental = name.strip_prefix("--experimental-").is_some_and(|rest| {
        let code = ["loader", "config", "sea"];
        value.is_empty()
            && !code.iter().any(|part| rest.contains(part))
            && rest.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    });
    experimental || (NODE_FLAG.has(&name) && plain(value))
}

/// Memory, collectors, warnings and plain properties.
fn jvm_option(word: &str) -> bool {
    let word = word.trim_matches(['"', '\'']);
    (JVM_MEMORY.has(word) || JVM_FLAG.has(word))
        && (!word.contains('/')
            || word.starts_with("--add-opens=")
            || word.starts_with("-Duser.timezone="))
        && !word.contains("agent")
        && !word.contains("OnError")
}

fn pytest_option(word: &str) -> bool {
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    number(word)
        || (PYTEST_FLAG.has(name) && plain(value))
        || name
            .strip_prefix("-n")
            .is_some_and(|n| !n.is_empty() && number(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_only_say_how() {
        for (name, value) in [
            ("RUSTFLAGS", "--cfg loom"),
            ("RUSTFLAGS", "-C target-cpu=native -D warnings"),
            ("RUSTFLAGS", "-Copt-level=3 -Zsanitizer=address"),
            ("RUSTDOCFLAGS", "--cfg docsrs -D warnings"),
            ("RUSTFLAGS", "-C debuginfo=1"),
            ("CFLAGS", "-O2 -g -Wall -fsanitize=address,undefined"),
            ("GOFLAGS", "-mod=mod -tags=integration,slow"),
            ("NODE_OPTIONS", "--max-old-space-size=6144 --no-warnings"),
            ("MAVEN_OPTS", "-Xmx2g -XX:MaxMetaspaceSize=512m"),
            ("ASAN_OPTIONS", "detect_leaks=0:abort_on_error=1"),
            ("MAKEFLAGS", "-j8"),
            ("GOEXPERIMENT", "synctest"),
            ("PYTEST_ADDOPTS", "-q --tb=short"),
            ("RUSTFLAGS", "-Copt-level=1 --cfg tokio_unstable"),
            (
                "RUSTDOCFLAGS",
                "-D warnings -A rustdoc::broken_intra_doc_links",
            ),
            (
                "CFLAGS",
                "-O2 -g -Wall -Wextra -fno-omit-frame-pointer -fsanitize=address",
            ),
            ("LDFLAGS", "-lm -pthread --coverage"),
            (
                "NODE_OPTIONS",
                "--max-old-space-size=1024 --experimental-vm-modules",
            ),
            ("LESS", "-FRX"),
            ("CFLAGS", "-Iinclude -I/usr/include -pg"),
            ("NODE_OPTIONS", "--stack-size=2000 --pending-deprecation"),
            ("CARGO_ENCODED_RUSTFLAGS", "-Copt-level=1\x1f-Dwarnings"),
        ] {
            assert!(is_harmless(name, value), "{name}={value}");
        }
        for (name, value) in [
            ("RUSTFLAGS", "-C linker=/tmp/ld"),
            ("RUSTFLAGS", "-Clinker=ld"),
            ("RUSTFLAGS", "-C link-arg=-fplugin=./x"),
            ("RUSTFLAGS", "-C"),
            ("RUSTFLAGS", "-Zcodegen-backend=/tmp/x.so"),
            ("RUSTFLAGS", "@/tmp/x"),
            ("CFLAGS", "-fplugin=./x.so"),
            ("CFLAGS", "-B/tmp"),
            ("CFLAGS", "-O2 -wrapper ./x"),
            ("LDFLAGS", "-Wl,--plugin,./x.so"),
            ("LDFLAGS", "-fuse-ld=/tmp/x"),
            ("GOFLAGS", "-toolexec=./x"),
            ("GOFLAGS", "-overlay=/tmp/x"),
            ("GOFLAGS", "-ldflags=-extld=./x"),
            ("NODE_OPTIONS", "--require /tmp/x.js"),
            ("NODE_OPTIONS", "--import=./x.mjs"),
            ("JAVA_TOOL_OPTIONS", "-javaagent:/tmp/x.jar"),
            ("MAVEN_OPTS", "-Xmx2g -XX:OnOutOfMemoryError=x"),
            ("ASAN_OPTIONS", "log_path=/etc/x"),
            ("MAKEFLAGS", "SHELL=./x"),
            ("PYTEST_ADDOPTS", "-p evil"),
            ("RUBYOPT", "-r/tmp/x"),
            ("LD_PRELOAD", ""),
            ("RUSTFLAGS", "-C linker=./evil.sh"),
            ("RUSTFLAGS", "-Clinker=x -D warnings"),
            ("RUSTFLAGS", "-C link-arg=-fuse-ld=/tmp/x"),
            ("RUSTFLAGS", "-Z codegen-backend=/tmp/x.so"),
            ("CFLAGS", "-wrapper sh,-c,id"),
            ("CFLAGS", "-Wl,-plugin,x"),
            ("CFLAGS", "@flags"),
            ("LDFLAGS", "-L/tmp/x -lfoo"),
            ("NODE_OPTIONS", "--require ./x.js"),
            ("NODE_OPTIONS", "--experimental-loader ./x.mjs"),
            ("NODE_OPTIONS", "--experimental-loader"),
            ("LESS", "-o /etc/x"),
            ("LESS", "+!id"),
            ("MAKEFLAGS", "--eval=x"),
            ("SOMETHING", "-q"),
            ("CFLAGS", "-specs=evil.specs"),
            ("CFLAGS", "-fpass-plugin=evil.so"),
            ("CFLAGS", "-fmodule-mapper=x"),
            ("CFLAGS", "-DX\nreboot"),
            ("CFLAGS", "-O2\rreboot"),
            ("GOFLAGS", "-tags=a\n-toolexec=x"),
            ("JAVA_TOOL_OPTIONS", "-Xmx1g\n-XX:OnOutOfMemoryError=x"),
            ("NODE_OPTIONS", "--experimental-default-config-file"),
            ("RUSTFLAGS", "-D -Clinker=x"),
        ] {
            assert!(!is_harmless(name, value), "{name}={value}");
        }
    }
}
