//! Limits, depth and work.

use super::{env, run};
use crate::analyze::analyze;
use crate::invocation::{Env, Limits, Reason, Value};

#[test]
fn limits_end_in_an_opaque_site() {
    let env = Env {
        limits: Limits {
            steps: 50,
            ..Limits::default()
        },
        ..env()
    };
    let analysis = analyze("a; ".repeat(100).as_bytes(), &env);
    assert!(!analysis.complete);
    assert!(
        analysis
            .opaque
            .iter()
            .any(|site| site.reason == Reason::Limit)
    );
    let long = analyze(&vec![b'a'; 70_000], &Env::default());
    assert!(!long.complete && long.opaque[0].reason == Reason::Limit);
}

#[test]
fn deep_nesting_needs_no_stack() {
    let families: [(&str, &str, &str); 9] = [
        ("(", "a", ")"),
        ("{ ", "a", "; }"),
        ("$(", "a", ")"),
        ("\"$(", "a", ")\""),
        ("if ", "a", "; then b; fi"),
        ("${x:-", "a", "}"),
        ("while a; do ", "b", "; done"),
        ("eval '", "a", "'"),
        ("f() { ", "a", "; }"),
    ];
    let thread = std::thread::Builder::new().stack_size(256 * 1024);
    let done = thread.spawn(move || {
        for (open, middle, close) in families {
            // Miri interprets: it looks for undefined behaviour, not for depth.
            for depth in if cfg!(miri) { [5, 25] } else { [100, 100_000] } {
                let text = [open.repeat(depth), middle.to_owned(), close.repeat(depth)].concat();
                let env = Env {
                    limits: Limits {
                        bytes: u32::MAX,
                        ..Limits::default()
                    },
                    ..Env::default()
                };
                let analysis = analyze(text.as_bytes(), &env);
                if depth > 1000 && open != "eval '" {
                    assert!(!analysis.opaque.is_empty(), "{open}");
                }
            }
        }
    });
    done.expect("a thread")
        .join()
        .expect("no overflow and no panic");
}

#[test]
fn work_is_linear() {
    let families = [
        "a; ",
        "x=1; ",
        "a && ",
        "a | ",
        "x$i=1 && ",
        "f() { a; }; f; ",
        "(a) ",
        "cd a; ",
    ];
    for family in families {
        let steps = |count: usize| {
            let env = Env {
                limits: Limits {
                    steps: u32::MAX,
                    ..Limits::default()
                },
                ..env()
            };
            let mut text = String::new();
            for number in 0..count {
                text.push_str(&family.replace("$i", &number.to_string()));
            }
            f64::from(analyze(text.as_bytes(), &env).steps)
        };
        let few = if cfg!(miri) { 6 } else { 500 };
        let ratio = steps(4 * few) / steps(few);
        assert!(ratio < 6.0, "{family}: {ratio}");
    }
}

/// A text that is made of itself again and again comes from the same few places.
#[test]
fn origins_do_not_add_up() {
    for step in [
        "x=${x:-$y}${y:-b}; ",
        "x=$x$x$y; ",
        "x=${x#a}${x%b}$y; ",
        "x+=$x$y; ",
    ] {
        let analysis = run(&[&step.repeat(if cfg!(miri) { 10 } else { 300 }), "a \"$x\""].concat());
        let word = analysis
            .invocations
            .last()
            .and_then(|call| call.argv.get(1));
        let Some(Value::Dynamic(word)) = word.map(|word| &word.value) else {
            panic!("{step}: {word:?}");
        };
        assert!(word.variables.iter().any(|name| **name == *b"y"), "{step}");
        assert!(word.variables.len() <= 2, "{step}: {:?}", word.variables);
        assert!(word.sources.is_empty(), "{step}");
    }
}

/// Work that is not in proportion to the text is cut off, and said to be.
#[test]
#[cfg_attr(miri, ignore = "only texts of some hundred kilobytes reach the limit")]
fn values_that_grow_end_in_an_unknown() {
    let limits = Limits {
        bytes: u32::MAX,
        ..Limits::default()
    };
    let limited = Env { limits, ..env() };
    for (open, middle, close) in [
        ("", "x+=abcdefghijklmnopqrstuvwxyz$y; ", ""),
        ("trap a EXIT; ", "f() { b; }; ", ""),
        ("", "export v$i=$v; b; ", ""),
        ("", "read x && ", "a"),
        ("{ ", "if a; then echo b$i; fi; ", "} | sort"),
    ] {
        let text: String = (0..20_000)
            .map(|number| middle.replace("$i", &number.to_string()))
            .collect();
        let text = [open, &text, close].concat();
        let analysis = analyze(text.as_bytes(), &limited);
        assert!(!analysis.complete, "{middle}");
        let cut = analysis
            .opaque
            .iter()
            .any(|site| site.reason == Reason::Limit);
        assert!(cut, "{middle}");
        assert!(
            analysis.steps <= limits.steps + 100_000,
            "{middle}: {}",
            analysis.steps
        );
    }
}
