//! Hostile input: the work is counted in steps, and must grow with the length and no faster;
//! nesting must not use the stack.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod families;

use clearance_shell::tree::Script;
use clearance_shell::{Dialect, Env, Limits, Parser, analyze, parse};
use families::{FAMILIES, RUN};

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
