//! Hostile input: the work is counted in steps, and must grow with the length and no faster;
//! nesting must not use the stack.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

use clearance_shell::tree::Script;
use clearance_shell::{Dialect, Env, Limits, Parser, analyze, parse};

/// A family of inputs: `n` times something, with a frame around it.
type Family = (&'static str, fn(usize) -> String);

fn around(open: &str, n: usize, middle: &str, close: &str) -> String {
    format!("{}{middle}{}", open.repeat(n), close.repeat(n))
}

const FAMILIES: [Family; 46] = [
    ("open parentheses", |n| "( ".repeat(n)),
    ("subshells", |n| around("( ", n, "a", " )")),
    ("groups", |n| around("{ ", n, "a", "; }")),
    ("open groups", |n| "{ ".repeat(n)),
    ("substitutions", |n| {
        format!("a {}", around("$(", n, "b", ")"))
    }),
    ("open substitutions", |n| "$(".repeat(n)),
    ("quoted substitutions", |n| {
        format!("a {}", around("\"$(", n, "b", ")\""))
    }),
    ("process substitutions", |n| {
        format!("a {}", around("<(", n, "b", ")"))
    }),
    ("parameters", |n| {
        format!("a {}", around("${b:-", n, "c", "}"))
    }),
    ("open parameters", |n| "${a:-".repeat(n)),
    ("quoted parameters", |n| {
        format!("a {}", around("\"${b:-", n, "c", "}\""))
    }),
    ("double parentheses", |n| around("((", n, "1", "))")),
    ("open double parentheses", |n| "((".repeat(n)),
    ("spaced double parentheses", |n| {
        around("(( ", n, "a", ") )")
    }),
    ("arithmetic", |n| {
        format!("a {}", around("$((", n, "1", "))"))
    }),
    ("arithmetic that is none", |n| {
        format!("a {}", around("$((", n, "b", ") )"))
    }),
    ("arithmetic parentheses", |n| {
        format!("a $(({}))", around("(", n, "1", ")"))
    }),
    ("old arithmetic", |n| {
        format!("a {}", around("$[", n, "1", "]"))
    }),
    ("subscripts", |n| format!("{}=1", around("a[", n, "1", "]"))),
    ("if", |n| around("if a; then ", n, "b", "; fi")),
    ("elif", |n| {
        format!("if a; then b; {} fi", "elif a; then b; ".repeat(n))
    }),
    ("while", |n| around("while a; do ", n, "b", "; done")),
    ("for", |n| around("for a in b; do ", n, "c", "; done")),
    ("case", |n| around("case a in b) ", n, "c", ";; esac")),
    ("case items", |n| {
        format!("case a in {} esac", "b) c;; ".repeat(n))
    }),
    ("functions", |n| around("f() { ", n, "a", "; }")),
    ("conditions", |n| {
        format!("[[ {} ]]", around("( ", n, "a", " )"))
    }),
    ("condition operators", |n| {
        format!("[[ {}a ]]", "a && ".repeat(n))
    }),
    ("negations", |n| format!("{}a", "! ".repeat(n))),
    ("here-documents on a line", |n| {
        format!("a {}\n{}", "<<E ".repeat(n), "E\n".repeat(n))
    }),
    ("here-documents without end", |n| {
        format!("a {}\n{}", "<<E ".repeat(n), "b\n".repeat(n))
    }),
    ("here-document lines", |n| {
        format!("a <<E\n{}E\n", "b $c\n".repeat(n))
    }),
    ("here-document continuations", |n| {
        format!("a <<E\n{}\nE\n", "b\\\n".repeat(n))
    }),
    ("backquotes", |n| "`a` ".repeat(n)),
    ("escaped backquotes", |n| {
        format!("`a {}`", "\\`b\\` ".repeat(n))
    }),
    ("open braces", |n| format!("a {}", "{b,".repeat(n))),
    ("braces", |n| format!("a {}", around("{b,", n, "c", "}"))),
    ("extended patterns", |n| {
        format!("a {}", around("@(", n, "b", ")"))
    }),
    ("pipeline", |n| format!("{}a", "a | ".repeat(n))),
    ("and-or list", |n| format!("{}a", "a && ".repeat(n))),
    ("lines", |n| "a b\n".repeat(n)),
    ("words", |n| format!("a {}", "b ".repeat(n))),
    ("quotes in one word", |n| {
        format!("a {}", "b'c'\"d\"".repeat(n))
    }),
    ("one long word", |n| "a".repeat(n)),
    ("continuations", |n| format!("a{}", "\\\n".repeat(n))),
    ("dollars", |n| format!("a {}", "$".repeat(n))),
];

/// What only the analysis goes into.
const RUN: [Family; 28] = [
    ("assigned defaults", |n| {
        format!("a {}", around("${b:=", n, "c", "}"))
    }),
    ("removed patterns", |n| {
        format!("a {}", around("${b#", n, "c", "}"))
    }),
    ("substrings", |n| {
        format!("a {}", around("${b:", n, "1", "}"))
    }),
    ("elements", |n| {
        format!("a {}", around("${b[", n, "1", "]}"))
    }),
    ("substitutions in operands", |n| {
        format!("a {}", around("\"${b:-$(c ", n, "d", ")}\""))
    }),
    ("parameters in arithmetic", |n| {
        format!("a {}", around("$((${b:-", n, "1", "}))"))
    }),
    ("substitutions in arithmetic", |n| {
        format!("a {}", around("$(($(echo ", n, "1", ")))"))
    }),
    ("conditional expressions", |n| {
        format!("a $(({}1))", "1?1:".repeat(n))
    }),
    ("signs", |n| format!("a $(({}1))", "- ".repeat(n))),
    ("powers", |n| format!("a $(({}1))", "1**".repeat(n))),
    ("assignments in arithmetic", |n| {
        format!("a $(({}1))", "b=".repeat(n))
    }),
    ("sums", |n| format!("a $(({}1))", "1+".repeat(n))),
    ("eval", |n| format!("{}a", "eval ".repeat(n))),
    ("command", |n| format!("{}a", "command ".repeat(n))),
    ("builtin", |n| format!("{}a", "builtin -- ".repeat(n))),
    ("array items", |n| format!("a=({})", "b ".repeat(n))),
    ("patterns in operands", |n| {
        format!("a {}", around("${b#@(", n, "c", ")}"))
    }),
    ("variables of variables", |n| {
        chain(n, |i| format!("v{}=$v{i}x\n", i + 1))
    }),
    ("references", |n| {
        chain(n, |i| format!("declare -n r{}=r{i}\n", i + 1))
    }),
    ("numbers by name", |n| {
        chain(n, |i| format!("v{}=v{i}\n", i + 1)) + &format!("echo $((v{n}))")
    }),
    ("calls", |n| {
        chain(n, |i| format!("f{}() {{ f{i}; }}\n", i + 1)) + &format!("f{n}")
    }),
    ("aliases", |n| {
        let all = chain(n, |i| format!("alias a{}=a{i}\n", i + 1));
        format!("shopt -s expand_aliases\n{all}a{n}")
    }),
    ("directories", |n| "cd \"$(f)\";".repeat(n)),
    ("patterns of case", |n| {
        format!("case {} in {}) b;; esac", "a".repeat(n), "*a".repeat(n))
    }),
    ("sequences", |n| format!("a {}", "{1..200} ".repeat(n))),
    ("products", |n| format!("a {}", "{1,2}".repeat(n))),
    ("nested loops", |n| {
        around("while a; do x=$x$y; ", n, "b", "; done")
    }),
    ("outputs in a word", |n| {
        format!("a \"{}\"", "$(f)".repeat(n))
    }),
];

fn chain(n: usize, item: fn(usize) -> String) -> String {
    (0..n).map(item).collect()
}

fn steps(parser: &mut Parser, script: &mut Script, text: &str) -> u64 {
    parser.parse_into(text.as_bytes(), script);
    script.steps()
}

#[test]
fn work_grows_with_the_length_and_no_faster() {
    let limits = Limits {
        bytes: u32::MAX,
        ..Limits::default()
    };
    let mut parser = Parser::new(Dialect::Bash, limits);
    let mut script = Script::new();
    for (name, family) in FAMILIES {
        let mut before = steps(&mut parser, &mut script, &family(1_000));
        let mut size = 1_000;
        for larger in [4_000, 16_000] {
            let text = family(larger);
            let now = steps(&mut parser, &mut script, &text);
            // Twice the proportion leaves room for the constant part of small inputs.
            let bound = before * (larger / size) as u64 * 2 + 2_000;
            assert!(
                now <= bound,
                "{name}: {before} steps at {size}, {now} at {larger}"
            );
            // A parse is retried only so often: no more than ten steps for each byte.
            assert!(
                now <= 10 * text.len() as u64 + 2_000,
                "{name}: {now} for {}",
                text.len()
            );
            (before, size) = (now, larger);
        }
    }
}

#[test]
fn every_family_ends_in_a_tree_of_bounded_size() {
    let limits = Limits {
        bytes: u32::MAX,
        ..Limits::default()
    };
    for (name, family) in FAMILIES {
        let text = family(2_000);
        let script = parse(text.as_bytes(), Dialect::Bash, limits);
        assert!(script.len() <= 4 * text.len() + 16, "{name}");
        assert!(script.walk(script.root()).count() <= script.len(), "{name}");
    }
}

#[test]
fn deep_nesting_does_not_use_the_stack() {
    let run = || {
        let deep = Limits {
            bytes: u32::MAX,
            depth: u16::MAX,
            ..Limits::default()
        };
        for limits in [
            deep,
            Limits {
                bytes: u32::MAX,
                ..Limits::default()
            },
        ] {
            for (name, family) in FAMILIES {
                let text = family(20_000);
                let script = parse(text.as_bytes(), Dialect::Bash, limits);
                assert!(script.walk(script.root()).count() > 0, "{name}");
            }
        }
        let text = "$(".repeat(100_000);
        let script = parse(text.as_bytes(), Dialect::Bash, deep);
        assert!(!script.is_complete());
    };
    let thread = std::thread::Builder::new().stack_size(64 * 1024).spawn(run);
    thread.expect("a thread").join().expect("no overflow");
}

/// The analysis goes into everything too, with work in proportion. Nested words are expanded
/// by recursion of bounded depth, for which an optimised build needs less than 64 kB; a build
/// without optimisation has larger frames.
#[test]
fn analysis_does_not_use_the_stack_and_its_work_is_bounded() {
    let env = Env {
        limits: Limits {
            bytes: u32::MAX,
            ..Limits::default()
        },
        ..Env::default()
    };
    let run = move || {
        for (name, family) in FAMILIES.iter().chain(&RUN) {
            let small = analyze(family(500).as_bytes(), &env);
            let text = family(5_000);
            let large = analyze(text.as_bytes(), &env);
            let bound = small.steps.saturating_mul(20).saturating_add(4_000);
            assert!(
                large.steps <= bound,
                "{name}: {} then {}",
                small.steps,
                large.steps
            );
            assert!(
                large.steps <= env.limits.steps + u32::try_from(text.len()).expect("short"),
                "{name}: {}",
                large.steps
            );
        }
    };
    let kilobytes = if cfg!(debug_assertions) { 192 } else { 64 };
    let thread = std::thread::Builder::new()
        .stack_size(kilobytes * 1024)
        .spawn(run);
    thread.expect("a thread").join().expect("no overflow");
}

#[test]
fn nested_backquotes_cost_no_more_than_their_text() {
    let mut text = String::from("a");
    for _ in 0..10 {
        text = format!("`{}`", text.replace('\\', "\\\\").replace('`', "\\`"));
    }
    let script = parse(text.as_bytes(), Dialect::Bash, Limits::default());
    assert!(script.steps() <= 10 * text.len() as u64 + 1_000);
}

#[test]
fn limits_end_in_a_remark() {
    use clearance_shell::tree::Note;
    let short = Limits {
        bytes: 4,
        ..Limits::default()
    };
    let script = parse(b"abcdefgh", Dialect::Bash, short);
    assert!(!script.is_complete());
    assert!(
        script
            .diagnostics()
            .iter()
            .any(|remark| remark.note == Note::Length)
    );
    let flat = Limits {
        depth: 3,
        ..Limits::default()
    };
    let script = parse(b"((((((a))))))", Dialect::Bash, flat);
    assert!(
        script.is_complete(),
        "arithmetic parentheses are no nesting"
    );
    let script = parse(b"a $(b $(c $(d)))", Dialect::Bash, flat);
    assert!(
        script
            .diagnostics()
            .iter()
            .any(|remark| remark.note == Note::Depth)
    );
}
