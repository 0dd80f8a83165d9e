//! Values of variables that could do harm and do not: directories for temporary files, variables
//! of the project's own programs, and flags that [`super::options`], which is asked first, does
//! not have. Facts: rustc(1) 1.95, gcc(1) 12, node(1) 22, less(1) 590, pytest's reference.

use clearance_shell::invocation::Word;

use crate::arg::Arg;
use crate::judge::{Judge, Site};
use crate::names::{LOADER_PREFIX, PYTEST_FLAG};
use crate::path::Scope;
use crate::spec::WordRole;

/// The value of this variable is understood, and harmless or judged as the path that it is.
pub(super) fn is_understood(
    judge: &mut Judge<'_>,
    name: &str,
    value: Arg<'_>,
    site: &Site<'_>,
) -> bool {
    match name {
        "TMPDIR" | "TMP" | "TEMP" => in_temp(judge, value, site),
        // A home that the script has made: what is in it is its own.
        "HOME" | "XDG_CONFIG_HOME" | "XDG_DATA_HOME" | "XDG_CACHE_HOME" | "XDG_STATE_HOME" => {
            judge.is_fresh(value)
        }
        "CARGO_TARGET_DIR" => {
            let understood = in_temp(judge, value, site);
            if understood {
                judge.path(WordRole::WriteDir, value, site);
            }
            understood
        }
        // `GOPATH=$(go env GOPATH)`: as it was.
        "GOPATH" => judge.prints_go_variable(value, name),
        _ => {
            let Some(text) = value.as_str() else {
                return false;
            };
            only_flags(name, text)
        }
    }
}

/// `APP_CONFIG=/tmp/x/config.toml target/debug/app`: a variable of the project's own program,
/// called by its path, that points into the project or to what the script itself has made.
pub(super) fn is_of_own_program(
    judge: &Judge<'_>,
    name: &str,
    value: Arg<'_>,
    site: &Site<'_>,
) -> bool {
    let program = site.invocation.argv.first().and_then(Word::as_static);
    let Some(program) = program.filter(|p| p.contains(&b'/')) else {
        return false;
    };
    let prefix: Vec<u8> = crate::run::base_name(program)
        .iter()
        .map(|b| {
            if *b == b'-' {
                b'_'
            } else {
                b.to_ascii_uppercase()
            }
        })
        .chain([b'_'])
        .collect();
    // Names that loaders and other programs heed, whatever the program is called.
    if LOADER_PREFIX.has(&prefix) {
        return false;
    }
    let own = |scope: Scope| matches!(scope, Scope::Project | Scope::Build);
    let is_built = |path: &[u8]| {
        judge.locate(path, false, &site.cwd).all(|place| {
            own(place.scope) && !judge.ledger.written.iter().any(|w| w.path == place.path)
        })
    };
    prefix.len() > 2
        && name.as_bytes().starts_with(&prefix)
        && is_built(program)
        && (judge.is_fresh(value)
            || value.known().is_some_and(|mut all| {
                all.all(|path| judge.locate(path, false, &site.cwd).all(|p| own(p.scope)))
            }))
}

/// Libraries of the project for a program of the project, both as its build left them.
pub(super) fn loads_for_own_program(
    judge: &Judge<'_>,
    name: &str,
    value: Arg<'_>,
    site: &Site<'_>,
) -> bool {
    let own = |scope: Scope| matches!(scope, Scope::Project | Scope::Build);
    let program = site.invocation.argv.first().and_then(Word::as_static);
    let built = program
        .filter(|p| p.contains(&b'/'))
        .is_some_and(|program| {
            judge.locate(program, false, &site.cwd).all(|place| {
                own(place.scope) && !judge.ledger.written.iter().any(|w| w.path == place.path)
            })
        });
    let loader = matches!(name, "LD_LIBRARY_PATH" | "DYLD_LIBRARY_PATH");
    if !loader || !built {
        return false;
    }
    // `DIR:$LD_LIBRARY_PATH` keeps what the caller has.
    let known: Vec<u8> = match (value.as_static(), value.dynamic()) {
        (Some(text), _) => text.to_vec(),
        (None, Some(rest)) => {
            let same = matches!(&*rest.variables, [only] if &**only == name.as_bytes());
            match value.prefix().strip_suffix(b":") {
                Some(front) if same && rest.suffix.is_empty() && rest.sources.is_empty() => {
                    front.to_vec()
                }
                _ => return false,
            }
        }
        _ => return false,
    };
    known.split(|&b| b == b':').all(|dir| {
        !dir.is_empty()
            && judge
                .locate(dir, false, &site.cwd)
                .all(|place| own(place.scope) && !judge.writes_below(&place.path))
    })
}

/// A directory for temporary files, in the project or made by the script.
fn in_temp(judge: &Judge<'_>, value: Arg<'_>, site: &Site<'_>) -> bool {
    if judge.is_fresh(value) {
        return true;
    }
    let near = |scope: Scope| matches!(scope, Scope::Temp | Scope::TempTop | Scope::Build);
    value.known().is_some_and(|mut all| {
        all.all(|path| {
            path.starts_with(b"/") && judge.locate(path, false, &site.cwd).all(|p| near(p.scope))
        })
    })
}

/// The value of this variable holds harmless flags only.
pub(crate) fn only_flags(name: &str, text: &str) -> bool {
    let strange = |c: char| "`$;&|<>\"'\\\n@".contains(c);
    if text.contains(strange) {
        return false;
    }
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    match name {
        "RUSTFLAGS" | "RUSTDOCFLAGS" => rust(&words),
        "CFLAGS" | "CXXFLAGS" | "CPPFLAGS" | "LDFLAGS" | "CGO_CFLAGS" | "CGO_CXXFLAGS"
        | "CGO_LDFLAGS" | "FCFLAGS" | "FFLAGS" => words.iter().all(|word| compiler(word)),
        "NODE_OPTIONS" => words.iter().all(|word| node(word)),
        "PYTEST_ADDOPTS" => words.iter().all(|word| pytest(word)),
        "LESS" => words.iter().all(|word| {
            let letters = word.strip_prefix('-').unwrap_or_default();
            !letters.is_empty() && letters.chars().all(|c| "FRSXiIMNnKQJgwqae".contains(c))
        }),
        "MAKEFLAGS" => words.iter().all(|word| {
            let count = word.strip_prefix("-j").unwrap_or("x");
            count.chars().all(|c| c.is_ascii_digit()) || matches!(*word, "-s" | "-k" | "--silent")
        }),
        _ => false,
    }
}

/// Flags of rustc and rustdoc; some take their value as a word of its own.
fn rust(words: &[&str]) -> bool {
    const CODEGEN: &[&str] = &[
        "target-cpu",
        "target-feature",
        "opt-level",
        "debuginfo",
        "debug-assertions",
        "overflow-checks",
        "panic",
        "codegen-units",
        "lto",
        "strip",
        "instrument-coverage",
        "force-frame-pointers",
        "embed-bitcode",
        "relocation-model",
        "link-dead-code",
        "symbol-mangling-version",
        "prefer-dynamic",
        "inline-threshold",
        "split-debuginfo",
    ];
    let codegen = |text: &str| {
        let name = text.split('=').next().unwrap_or_default();
        CODEGEN.contains(&name) && !text.contains('/')
    };
    let plain = |text: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_-:=,.()+".contains(c);
        !text.is_empty() && !text.starts_with('-') && text.chars().all(allowed)
    };
    let unstable = |text: &str| {
        [
            "sanitizer=",
            "randomize-layout",
            "threads=",
            "unstable-options",
            "rustdoc-",
        ]
        .iter()
        .any(|known| text.starts_with(known))
            && plain(text)
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let understood = match *word {
            "-D" | "-A" | "-W" | "-F" | "--cfg" | "--check-cfg" | "--cap-lints" | "--deny"
            | "--allow" | "--warn" => words.next().is_some_and(|value| plain(value)),
            "-C" | "--codegen" => words.next().is_some_and(|value| codegen(value)),
            "-Z" => words.next().is_some_and(|value| unstable(value)),
            "-g" | "-O" => true,
            other => {
                let (head, rest) = other.split_at_checked(2).unwrap_or((other, ""));
                match head {
                    "-D" | "-A" | "-W" | "-F" => plain(rest),
                    "-C" => codegen(rest),
                    "-Z" => unstable(rest),
                    _ => other
                        .strip_prefix("--cfg=")
                        .or_else(|| other.strip_prefix("--cap-lints="))
                        .is_some_and(plain),
                }
            }
        };
        if !understood {
            return false;
        }
    }
    true
}

/// Flags of C compilers and of the linker through them.
fn compiler(word: &str) -> bool {
    let plain = |text: &str| {
        text.chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-=+.,".contains(c))
    };
    let (head, rest) = word.split_at_checked(2).unwrap_or((word, ""));
    match head {
        "-O" | "-g" | "-m" | "-D" | "-U" | "-l" | "-w" | "-s" => plain(rest),
        "-p" => matches!(word, "-pthread" | "-pipe" | "-pg" | "-pedantic" | "-pie"),
        "-W" => plain(rest) && !rest.contains(','),
        "-f" => {
            let loads = ["plugin", "use-ld", "dump", "wrapper", "callgraph", "save"];
            plain(rest) && !loads.iter().any(|l| rest.starts_with(l))
        }
        "-I" => !rest.is_empty() && rest.chars().all(|c| plain(&c.to_string()) || c == '/'),
        _ => {
            matches!(
                word,
                "--coverage" | "-static" | "-shared" | "-ansi" | "-nostdlib" | "-no-pie"
            ) || word.strip_prefix("-std=").is_some_and(plain)
        }
    }
}

fn node(word: &str) -> bool {
    const PLAIN: &[&str] = &[
        "--no-warnings",
        "--no-deprecation",
        "--enable-source-maps",
        "--trace-warnings",
        "--trace-deprecation",
        "--trace-uncaught",
        "--preserve-symlinks",
        "--expose-gc",
        "--throw-deprecation",
        "--pending-deprecation",
        "--openssl-legacy-provider",
    ];
    let numeric = |name: &str| {
        word.strip_prefix(name)
            .is_some_and(|v| !v.is_empty() && v.chars().all(|c| c.is_ascii_digit()))
    };
    let experimental = word.strip_prefix("--experimental-").is_some_and(|v| {
        !v.starts_with("loader")
            && !v.starts_with("config")
            && !v.starts_with("sea")
            && v.chars().all(|c| c.is_ascii_lowercase() || c == '-')
    });
    PLAIN.contains(&word)
        || experimental
        || numeric("--max-old-space-size=")
        || numeric("--max_old_space_size=")
        || numeric("--stack-size=")
        || numeric("--max-semi-space-size=")
        || matches!(
            word,
            "--unhandled-rejections=strict"
                | "--unhandled-rejections=warn"
                | "--dns-result-order=ipv4first"
        )
}

fn pytest(word: &str) -> bool {
    PYTEST_FLAG.has(word)
        || word
            .strip_prefix("--maxfail=")
            .is_some_and(|n| n.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_that_only_say_how_to_build_are_understood() {
        for (name, text) in [
            ("RUSTFLAGS", "-C target-cpu=native -D warnings"),
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
            ("MAKEFLAGS", "-j8"),
        ] {
            assert!(only_flags(name, text), "{name}={text}");
        }
    }

    #[test]
    fn flags_that_run_load_or_write_are_not() {
        for (name, text) in [
            ("RUSTFLAGS", "-C linker=./evil.sh"),
            ("RUSTFLAGS", "-Clinker=x -D warnings"),
            ("RUSTFLAGS", "-C link-arg=-fuse-ld=/tmp/x"),
            ("RUSTFLAGS", "-C"),
            ("RUSTFLAGS", "-Z codegen-backend=/tmp/x.so"),
            ("CFLAGS", "-fplugin=./x.so"),
            ("CFLAGS", "-B/tmp"),
            ("CFLAGS", "-wrapper sh,-c,id"),
            ("CFLAGS", "-Wl,-plugin,x"),
            ("CFLAGS", "@flags"),
            ("LDFLAGS", "-L/tmp/x -lfoo"),
            ("NODE_OPTIONS", "--require ./x.js"),
            ("NODE_OPTIONS", "--import=./x.mjs"),
            ("NODE_OPTIONS", "--experimental-loader ./x.mjs"),
            ("NODE_OPTIONS", "--experimental-loader"),
            ("PYTEST_ADDOPTS", "-p evil"),
            ("LESS", "-o /etc/x"),
            ("LESS", "+!id"),
            ("MAKEFLAGS", "--eval=x"),
            ("SOMETHING", "-q"),
        ] {
            assert!(!only_flags(name, text), "{name}={text}");
        }
    }
}
