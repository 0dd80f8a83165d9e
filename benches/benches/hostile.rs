//! Hostile input for our parser and its peers: who crashes, who hangs, and how the time grows.
//!
//! Each engine parses each family in a process of its own, since some of them overflow their
//! stack: 1,000, 10,000 and 100,000 times one construct, on the 8 MB of a main thread (ours on
//! a thread of 64 kB), ten seconds each. Prints two tables in Markdown: the families for all
//! engines, and those that only an analysis goes into for ours. A cell is the time for the
//! largest size, and the exponent by which it grew from the size before (left out below a
//! millisecond, where it says nothing). The last rows count what failed and what was slow.
//! Everything is cold, the pages of the tree too; "again" is a second parse of the same text into
//! the same buffers.
//!
//! ```text
//! cargo bench -p clearance-benches --bench hostile
//! cargo bench -p clearance-benches --bench hostile -- parentheses    families with this in their name
//! cargo bench -p clearance-benches --bench hostile -- --test         small sizes, to see that it runs
//! ```

#[path = "../../crates/clearance-shell/tests/families/mod.rs"]
mod families;

use std::hint::black_box;
use std::io::{Cursor, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clearance_shell::{Dialect, Env, Limits, Parser, Script};
use families::{FAMILIES, Family, RUN};

const ENGINES: [&str; 8] = [
    "clearance/parse",
    AGAIN,
    ANALYSIS,
    "brush/parse",
    "brush/words",
    "conch/parse",
    "tree-sitter/parse",
    "shlex/split",
];

/// A parse with buffers that were used before.
const AGAIN: &str = "clearance/parse again";

/// The one that the second table is about.
const ANALYSIS: &str = "clearance/analyze";

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// For a look at whether everything runs.
const SMALL: [usize; 2] = [10, 100];

/// What our engines get; a build without optimisation has larger frames.
const STACK: usize = if cfg!(debug_assertions) { 192 } else { 64 } * 1024;

const PATIENCE: Duration = Duration::from_secs(10);

/// What our engines shall need at most.
const GOAL: Duration = Duration::from_millis(10);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mark, engine, family, size] = arguments.as_slice() {
        if mark == "child" {
            return child(engine, family, size);
        }
    }
    let test = arguments.iter().any(|argument| argument == "--test")
        || !arguments.iter().any(|argument| argument == "--bench");
    let sizes: &[usize] = if test { &SMALL } else { &SIZES };
    let wanted = arguments.iter().find(|argument| !argument.starts_with('-'));
    let wanted = wanted.map_or("", String::as_str);
    table(&ENGINES, &FAMILIES, wanted, sizes);
    println!();
    table(&[ANALYSIS], &RUN, wanted, sizes);
}

// --- one parse

fn child(engine: &str, family: &str, size: &str) {
    let family = FAMILIES
        .iter()
        .chain(&RUN)
        .find(|(name, _)| *name == family);
    let (Some((_, family)), Ok(size)) = (family, size.parse()) else {
        std::process::exit(2);
    };
    let text = family(size);
    let time = if engine.starts_with("clearance") {
        let engine = engine.to_owned();
        let run = move || timed(&engine, &text);
        let thread = std::thread::Builder::new().stack_size(STACK).spawn(run);
        thread.ok().and_then(|thread| thread.join().ok())
    } else {
        Some(timed(engine, &text))
    };
    match time {
        Some(time) => println!("{}", time.as_nanos()),
        None => std::process::exit(3),
    }
}

/// The time of a parse whose buffers have been used before.
fn again(text: &str) -> Duration {
    let mut parser = Parser::new(Dialect::Bash, limits());
    let mut script = Script::new();
    parser.parse_into(text.as_bytes(), &mut script);
    let begun = Instant::now();
    parser.parse_into(text.as_bytes(), &mut script);
    black_box(&script);
    begun.elapsed()
}

/// The time of one parse, with the tree dropped.
fn timed(engine: &str, text: &str) -> Duration {
    if engine == AGAIN {
        return again(text);
    }
    let begun = Instant::now();
    match engine {
        "clearance/parse" => {
            black_box(clearance_shell::parse(
                text.as_bytes(),
                Dialect::Bash,
                limits(),
            ));
        }
        ANALYSIS => {
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

/// A cell of the table.
struct Cell {
    text: String,
    answered: bool,
    slow: bool,
}

fn table(engines: &[&str], families: &[Family], wanted: &str, sizes: &[usize]) {
    row("family", engines.iter().map(|engine| (*engine).to_owned()));
    println!("|{}|", vec!["---"; engines.len() + 1].join("|"));
    let (mut failed, mut slow) = (vec![0_usize; engines.len()], vec![0_usize; engines.len()]);
    for (family, _) in families.iter().filter(|(name, _)| name.contains(wanted)) {
        let cells = engines.iter().zip(failed.iter_mut().zip(&mut slow));
        let cells = cells.map(|(engine, (failed, slow))| {
            let cell = cell(engine, family, sizes);
            *failed += usize::from(!cell.answered);
            *slow += usize::from(cell.slow);
            cell.text
        });
        row(family, cells);
    }
    row("**crashed or hung**", failed.iter().map(usize::to_string));
    row("**longer than 10 ms**", slow.iter().map(usize::to_string));
}

fn row(name: &str, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.map(|cell| format!("{cell:>22}")).collect();
    println!("| {name:<28} | {} |", cells.join(" | "));
}

fn cell(engine: &str, family: &str, sizes: &[usize]) -> Cell {
    let failed = |what: &str, size: usize| Cell {
        text: format!("**{what}** at {size}"),
        answered: false,
        slow: false,
    };
    let mut times = Vec::new();
    for size in sizes {
        match run(engine, family, *size) {
            Outcome::Time(time) => times.push(time),
            Outcome::Crash => return failed("crash", *size),
            Outcome::Hang => return failed("> 10 s", *size),
        }
    }
    let (last, before) = match times.as_slice() {
        [.., before, last] => (*last, *before),
        _ => (Duration::ZERO, Duration::ZERO),
    };
    let exponent = if last < Duration::from_millis(1) {
        String::new()
    } else {
        let growth = last.as_secs_f64() / before.as_secs_f64().max(1e-9);
        format!(", {:.2}", growth.log10())
    };
    Cell {
        text: format!("{:.2} ms{exponent}", last.as_secs_f64() * 1e3),
        answered: true,
        slow: last > GOAL,
    }
}

/// Parses in a process of its own: the fastest of three, unless that takes long.
fn run(engine: &str, family: &str, size: usize) -> Outcome {
    let mut best: Option<Duration> = None;
    for _ in 0..3 {
        match once(engine, family, size) {
            Outcome::Time(time) => best = Some(best.map_or(time, |best| best.min(time))),
            other => return other,
        }
        if best.is_some_and(|time| time > Duration::from_millis(100)) {
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
