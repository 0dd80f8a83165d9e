//! Variables that hold options of compilers and runtimes: harmless when every word is known to
//! say only how to compile, test or trace.
//!
//! Facts: rustc 1.85 `-C help`, gcc(1) 12, go help environment 1.23, node --help 22, java(1) 17,
//! the sanitizers' flag lists.

/// Settings of `rustc -C` that name no program and no file.
pub(crate) const CODEGEN: &[&str] = &[
    "opt-level",
    "debuginfo",
    "target-cpu",
    "target-feature",
    "panic",
    "lto",
    "codegen-units",
    "strip",
    "debug-assertions",
    "overflow-checks",
    "embed-bitcode",
    "prefer-dynamic",
    "relocation-model",
    "code-model",
    "instrument-coverage",
    "metadata",
    "extra-filename",
    "rpath",
    "split-debuginfo",
    "symbol-mangling-version",
    "force-frame-pointers",
    "tune-cpu",
    "no-redzone",
    "inline-threshold",
    "force-unwind-tables",
    "link-dead-code",
];

/// The value of this variable holds nothing but known, harmless options.
pub(crate) fn is_harmless(name: &str, value: &str) -> bool {
    let words: Vec<&str> = value
        .split([' ', '\t', '\x1f'])
        .filter(|w| !w.is_empty())
        .collect();
    match name {
        "RUSTFLAGS"
        | "RUSTDOCFLAGS"
        | "CARGO_BUILD_RUSTFLAGS"
        | "CARGO_ENCODED_RUSTFLAGS"
        | "CARGO_ENCODED_RUSTDOCFLAGS"
        | "MIRIFLAGS" => rust(&words),
        "CFLAGS" | "CXXFLAGS" | "CPPFLAGS" | "FFLAGS" | "CGO_CFLAGS" | "CGO_CXXFLAGS"
        | "LDFLAGS" | "CGO_LDFLAGS" => words.iter().all(|w| c_option(w)),
        "GOFLAGS" => words.iter().all(|w| go_option(w)),
        "NODE_OPTIONS" => words.iter().all(|w| node_option(w)),
        "JAVA_TOOL_OPTIONS" | "_JAVA_OPTIONS" | "JDK_JAVA_OPTIONS" | "JAVA_OPTS" | "MAVEN_OPTS"
        | "GRADLE_OPTS" | "SBT_OPTS" | "ANT_OPTS" | "LEIN_JVM_OPTS" | "JVM_OPTS" => {
            words.iter().all(|w| jvm_option(w))
        }
        "MAKEFLAGS" | "GNUMAKEFLAGS" => words
            .iter()
            .all(|w| matches!(*w, "-s" | "-k" | "--no-print-directory") || parallel(w)),
        "ASAN_OPTIONS" | "UBSAN_OPTIONS" | "TSAN_OPTIONS" | "LSAN_OPTIONS" | "MSAN_OPTIONS" => {
            !value.contains('/') && !value.contains("path") && !value.contains("dir=")
        }
        "PYTEST_ADDOPTS" => words.iter().all(|w| pytest_option(w)),
        "CMAKE_BUILD_PARALLEL_LEVEL"
        | "CMAKE_BUILD_TYPE"
        | "CMAKE_EXPORT_COMPILE_COMMANDS"
        | "CMAKE_COLOR_DIAGNOSTICS"
        | "CMAKE_GENERATOR"
        | "CARGO_BUILD_TARGET"
        | "CARGO_PROFILE"
        | "GOEXPERIMENT"
        | "GRADLE_CONSOLE"
        | "CCACHE_DISABLE"
        | "SCCACHE_RECACHE" => plain(value),
        "RUBYOPT" => words.iter().all(|w| {
            matches!(
                *w,
                "-W0" | "-W1" | "-W2" | "-w" | "--yjit" | "--disable=gems"
            ) || w.starts_with("-W:")
        }),
        "ELIXIR_ERL_OPTIONS" | "ERL_FLAGS" | "ERL_AFLAGS" => {
            matches!(
                words.as_slice(),
                ["-kernel", "shell_history", "enabled"] | ["+fnu"] | ["+S", _]
            )
        }
        _ => false,
    }
}

fn plain(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"._-, ".contains(&b))
}

fn parallel(word: &str) -> bool {
    word.strip_prefix("-j")
        .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
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
            "-D" | "-A" | "-W" | "-F" | "--deny" | "--allow" | "--warn" | "--forbid"
            | "--cap-lints" | "--edition" | "--color" => lint(value),
            "--cfg" | "--check-cfg" => !value.contains('/'),
            "-Z" => is_harmless_unstable(value),
            _ => false,
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
    (first.starts_with("miri") && !value.contains('/'))
        || matches!(
            first,
            "sanitizer"
                | "threads"
                | "macro-backtrace"
                | "randomize-layout"
                | "unstable-options"
                | "share-generics"
                | "tune-cpu"
                | "time-passes"
                | "build-std"
                | "panic-abort-tests"
                | "next-solver"
                | "polonius"
                | "location-detail"
                | "fmt-debug"
                | "validate-mir"
                | "treat-err-as-bug"
        )
}

fn codegen(value: &str) -> bool {
    let (name, setting) = value.split_once('=').unwrap_or((value, ""));
    let linker = name == "link-arg"
        && matches!(
            setting,
            "-fuse-ld=mold" | "-fuse-ld=lld" | "-s" | "-static" | "-lc"
        );
    linker || (CODEGEN.contains(&name) && !setting.contains('/'))
}

fn lint(value: &str) -> bool {
    value
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"_:-,".contains(&b))
}

fn c_option(word: &str) -> bool {
    let starts = [
        "-O",
        "-g",
        "-W",
        "-D",
        "-U",
        "-std=",
        "-m",
        "-f",
        "-l",
        "-pipe",
        "-pedantic",
        "-pthread",
        "-static",
        "-s",
        "-w",
        "--coverage",
        "-march=",
        "-shared",
    ];
    let runs = [
        "-Wl,",
        "-Wa,",
        "-Wp,",
        "-specs",
        "--specs",
        "-fplugin",
        "-fpass-plugin",
        "-fuse-ld",
        "-wrapper",
        "-fmodule",
        "-save",
        "-fprofile",
        "-fdump",
        "-sysroot",
        "-fcrash",
        "-B",
    ];
    // A definition may hold anything but what a shell would read; it is only text to the compiler.
    let definition = word.starts_with("-D") && !word.contains(['`', '$', ';', '|', '&', '<', '>']);
    let gc = matches!(
        word,
        "-Wl,--as-needed" | "-Wl,--gc-sections" | "-Wl,-z,relro" | "-Wl,-z,now" | "-Wl,-O1"
    );
    gc || definition
        || (starts.iter().any(|p| word.starts_with(p))
            && !runs.iter().any(|p| word.starts_with(p))
            && !word.contains(['/', '@', '`', '$', ';', '|', '&', '<', '>', '(']))
}

fn go_option(word: &str) -> bool {
    let word = word.trim_matches(['"', '\'']);
    let word = word.strip_prefix('-').unwrap_or(word);
    let word = word.strip_prefix('-').unwrap_or(word);
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    let known = [
        "mod",
        "count",
        "v",
        "race",
        "tags",
        "trimpath",
        "buildvcs",
        "p",
        "short",
        "shuffle",
        "timeout",
        "failfast",
        "x",
        "a",
        "cover",
        "covermode",
        "json",
        "vet",
        "modcacherw",
        "parallel",
        "run",
    ];
    known.contains(&name) && !value.contains('/')
}

fn node_option(word: &str) -> bool {
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    let name = name.replace('_', "-");
    let known = [
        "--max-old-space-size",
        "--max-semi-space-size",
        "--max-http-header-size",
        "--no-warnings",
        "--no-deprecation",
        "--enable-source-maps",
        "--trace-warnings",
        "--trace-deprecation",
        "--trace-uncaught",
        "--throw-deprecation",
        "--unhandled-rejections",
        "--openssl-legacy-provider",
        "--dns-result-order",
        "--stack-trace-limit",
        "--experimental-vm-modules",
        "--experimental-strip-types",
        "--experimental-transform-types",
        "--experimental-require-module",
        "--experimental-fetch",
        "--no-experimental-fetch",
        "--experimental-sqlite",
        "--no-experimental-strip-types",
        "--experimental-wasm-modules",
        "--experimental-json-modules",
        "--disable-warning",
        "--expose-gc",
        "--conditions",
        "-C",
        "--no-network-family-autoselection",
        "--experimental-global-webcrypto",
        "--no-experimental-webstorage",
        "--no-experimental-require-module",
        "--experimental-websocket",
        "--preserve-symlinks",
    ];
    known.contains(&name.as_str()) && plain(value)
}

/// Beginnings of options of the JVM about memory, collectors and assertions.
pub(crate) const JVM_MEMORY: &[&str] = &[
    "-Xmx",
    "-Xms",
    "-Xss",
    "-Xmn",
    "-XX:Max",
    "-XX:Min",
    "-XX:+Use",
    "-XX:-Use",
    "-ea",
    "-Dfile.encoding=",
];

/// Memory, collectors, warnings and plain properties.
fn jvm_option(word: &str) -> bool {
    let word = word.trim_matches(['"', '\'']);
    let starts = [
        "-XX:Initial",
        "-XX:TieredStopAtLevel=",
        "-XX:ReservedCodeCacheSize=",
        "-XX:ActiveProcessorCount=",
        "-XX:+ExitOnOutOfMemoryError",
        "-Duser.timezone=",
        "-Duser.language=",
        "-Duser.country=",
        "-Djava.awt.headless=",
        "-Dorg.slf4j.",
        "-Dorg.gradle.daemon=",
        "-Dorg.gradle.parallel=",
        "-Dstyle.color=",
        "-Djansi.",
        "-esa",
        "-Dspring.profiles.active=",
        "--enable-preview",
        "--add-opens=",
        "--add-modules=",
        "--enable-native-access=",
        "-Dhttp.keepAlive=",
        "-Dmaven.wagon.",
        "-Dlog",
        "-Dsbt.log",
        "-Dkotlin.daemon.",
        "-Dorg.gradle.workers.max=",
    ];
    let known = |begins: &[&str]| begins.iter().any(|p| word.starts_with(p));
    (known(JVM_MEMORY) || known(&starts))
        && (!word.contains('/')
            || word.starts_with("--add-opens=")
            || word.starts_with("-Duser.timezone="))
        && !word.contains("agent")
        && !word.contains("OnError")
}

fn pytest_option(word: &str) -> bool {
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    let known = [
        "-q",
        "-qq",
        "-v",
        "-vv",
        "-x",
        "-s",
        "-ra",
        "-rA",
        "-rf",
        "--tb",
        "--color",
        "--maxfail",
        "--durations",
        "--no-header",
        "--no-cov",
        "-l",
        "--lf",
        "--ff",
        "--disable-warnings",
        "--strict-markers",
        "--timeout",
        "-n",
        "auto",
        "--dist",
        "--randomly-seed",
    ];
    let number = word.bytes().all(|b| b.is_ascii_digit());
    number
        || (known.contains(&name) && plain(value))
        || name
            .strip_prefix("-n")
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
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
        ] {
            assert!(!is_harmless(name, value), "{name}={value}");
        }
    }
}
