//! Hostile input for our parser and its peers: who crashes, who hangs, and how the time grows.
//!
//! Each engine parses each family in a process of its own, since some of them overflow their
//! stack: 1,000, 10,000 and 100,000 times one construct, on the 8 MB of a main thread (ours on
//! a thread of 64 kB), six seconds each. Prints a table in Markdown. A cell is the time for
//! the largest size that was answered, and the exponent by which it grew from the size before
//! (left out below a millisecond, where it says nothing).
//!
//! ```text
//! cargo bench -p clearance-benches --bench hostile
//! ```

#[allow(dead_code, reason = "one table is for the analysis alone")]
#[path = "../../crates/clearance-shell/tests/families/mod.rs"]
mod families;

use std::hint::black_box;
use std::io::{Cursor, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clearance_shell::{Dialect, Env, Limits};
use families::FAMILIES;

const ENGINES: [&str; 7] = [
    "clearance/parse",
    "clearance/analyze",
    "brush/parse",
    "brush/words",
    "conch/parse",
    "tree-sitter/parse",
    "shlex/split",
];

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

const PATIENCE: Duration = Duration::from_secs(6);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [mark, engine, family, size] if mark == "child" => child(engine, family, size),
        _ => table(),
    }
}

// --- one parse

fn child(engine: &str, family: &str, size: &str) {
    let family = FAMILIES.iter().find(|(name, _)| *name == family);
    let (Some((_, family)), Ok(size)) = (family, size.parse()) else {
        std::process::exit(2);
    };
    let text = family(size);
    let time = if engine.starts_with("clearance") {
        let engine = engine.to_owned();
        let run = move || timed(&engine, &text);
        let thread = std::thread::Builder::new().stack_size(64 * 1024).spawn(run);
        thread.ok().and_then(|thread| thread.join().ok())
    } else {
        Some(timed(engine, &text))
    };
    match time {
        Some(time) => println!("{}", time.as_nanos()),
        None => std::process::exit(3),
    }
}

/// The time of one parse, with the tree dropped.
fn timed(engine: &str, text: &str) -> Duration {
    let begun = Instant::now();
    match engine {
        "clearance/parse" => {
            black_box(clearance_shell::parse(
                text.as_bytes(),
                Dialect::Bash,
                limits(),
            ));
        }
        "clearance/analyze" => {
            let env = Env {
                limits: limits(),
                ..Env::default()
            };
            black_box(clearance_shell::analyze(text.as_bytes(), &env));
        }
        "brush/parse" => {
            black_box(brush(text));
        }
        "brush/words" => {
            black_box(brush(text));
            brush_words(text);
        }
        "conch/parse" => conch(text),
        "tree-sitter/parse" => {
            let mut parser = tree_sitter::Parser::new();
            if parser
                .set_language(&tree_sitter_bash::LANGUAGE.into())
                .is_ok()
            {
                black_box(parser.parse(text, None));
            }
        }
        _ => {
            black_box(shlex::split(text));
        }
    }
    begun.elapsed()
}

fn limits() -> Limits {
    Limits {
        bytes: u32::MAX,
        ..Limits::default()
    }
}

fn brush(text: &str) -> bool {
    let options = brush_parser::ParserOptions::default();
    let mut parser = brush_parser::Parser::new(Cursor::new(text), &options);
    black_box(parser.parse_program()).is_ok()
}

fn brush_words(text: &str) {
    let options = brush_parser::ParserOptions::default();
    let Ok(tokens) = brush_parser::uncached_tokenize_str(text, &options.tokenizer_options()) else {
        return;
    };
    for token in &tokens {
        if let brush_parser::Token::Word(..) = token {
            drop(black_box(brush_parser::word::parse(
                token.to_str(),
                &options,
            )));
        }
    }
}

fn conch(text: &str) {
    use conch_parser::ast::builder::StringBuilder;
    use conch_parser::lexer::Lexer;
    use conch_parser::parse::Parser;
    let parser: Parser<_, StringBuilder> =
        Parser::with_builder(Lexer::new(text.chars()), StringBuilder::new());
    for command in parser {
        if black_box(command).is_err() {
            break;
        }
    }
}

// --- the table

/// How one parse went.
#[derive(Clone, Copy)]
enum Outcome {
    Time(Duration),
    Crash,
    Hang,
}

fn table() {
    println!("| family | {} |", ENGINES.join(" | "));
    println!("|---|{}", "---|".repeat(ENGINES.len()));
    let mut failures = [0_usize; ENGINES.len()];
    for (family, _) in FAMILIES {
        let mut cells = Vec::new();
        for (engine, failed) in ENGINES.iter().zip(&mut failures) {
            let (cell, good) = cell(engine, family);
            *failed += usize::from(!good);
            cells.push(cell);
        }
        println!("| {family} | {} |", cells.join(" | "));
    }
    let failures: Vec<String> = failures.iter().map(usize::to_string).collect();
    println!("| **crashed or hung** | {} |", failures.join(" | "));
}

/// What to show, and whether every size was answered.
fn cell(engine: &str, family: &str) -> (String, bool) {
    let mut times = Vec::new();
    for size in SIZES {
        match run(engine, family, size) {
            Outcome::Time(time) => times.push(time),
            Outcome::Crash => return (format!("**crash** at {size}"), false),
            Outcome::Hang => return (format!("**> 6 s** at {size}"), false),
        }
    }
    let (Some(last), Some(before)) = (times.last(), times.iter().rev().nth(1)) else {
        return (String::new(), true);
    };
    let (last, before) = (last.as_secs_f64(), before.as_secs_f64());
    let exponent = if last < 1e-3 {
        String::new()
    } else {
        format!(", {:.2}", (last / before).log10())
    };
    (format!("{:.2} ms{exponent}", last * 1e3), true)
}

/// Parses in a process of its own: the fastest of three.
fn run(engine: &str, family: &str, size: usize) -> Outcome {
    let mut best: Option<Duration> = None;
    for _ in 0..3 {
        match once(engine, family, size) {
            Outcome::Time(time) => best = Some(best.map_or(time, |best| best.min(time))),
            other => return other,
        }
        if best.is_some_and(|time| time > Duration::from_secs(1)) {
            break;
        }
    }
    best.map_or(Outcome::Crash, Outcome::Time)
}

fn once(engine: &str, family: &str, size: usize) -> Outcome {
    let Ok(program) = std::env::current_exe() else {
        return Outcome::Crash;
    };
    let child = Command::new(program)
        .args(["child", engine, family, &size.to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        return Outcome::Crash;
    };
    let begun = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if begun.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(2));
            }
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return Outcome::Hang;
            }
        }
    };
    let mut text = String::new();
    if let Some(mut out) = child.stdout.take() {
        let _ = out.read_to_string(&mut text);
    }
    match (status.success(), text.trim().parse()) {
        (true, Ok(nanoseconds)) => Outcome::Time(Duration::from_nanos(nanoseconds)),
        _ => Outcome::Crash,
    }
}
