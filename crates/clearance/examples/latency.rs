//! How long decisions take: reads JSON lines `{"command", "cwd"?, "root"?, "home"?}` and prints
//! percentiles of warm decisions in process, the cold start, and the slowest commands.
//! `cargo run --release --example latency -- ROWS.jsonl [SLOWEST]`.
//!
//! Each command is decided several times and the shortest time counts, so that a busy machine
//! shows less.

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use clearance::{Context, Engine, Request};
use serde_json::Value;

const REPEATS: usize = 5;

struct Row {
    command: String,
    context: Context,
}

fn row(line: &str) -> Option<Row> {
    let row: Value = serde_json::from_str(line).ok()?;
    let text = |key: &str| row.get(key).and_then(Value::as_str);
    let root = text("root").or(text("cwd")).unwrap_or("/home/dev/project");
    let cwd = text("cwd").unwrap_or(root);
    let home = text("home").unwrap_or("/home/dev");
    Some(Row {
        command: text("command")?.to_owned(),
        context: Context::new(root).cwd(cwd).home(home),
    })
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    black_box(work());
    begun.elapsed()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: latency ROWS.jsonl [SLOWEST]")?;
    let slowest: usize = args.next().map_or(Ok(0), |n| n.parse())?;
    let text = fs::read_to_string(path)?;
    let rows: Vec<Row> = text.lines().filter_map(row).collect();
    let first = rows.first().ok_or("no commands")?;

    let mut engine = None;
    let made = timed(|| engine = Some(Engine::builtin()));
    let engine = engine.ok_or("no engine")?;
    let decide = |row: &Row| engine.evaluate(&Request::command(row.command.as_str()), &row.context);
    println!(
        "engine {made:?}, first decision {:?}",
        timed(|| decide(first))
    );

    let best = |row: &Row| (0..REPEATS).map(|_| timed(|| decide(row))).min();
    let mut times: Vec<(Duration, &Row)> = rows
        .iter()
        .filter_map(|row| Some((best(row)?, row)))
        .collect();
    times.sort_by_key(|(time, _)| *time);
    let at = |per_mille: usize| times.get(times.len() * per_mille / 1000).map(|t| t.0);
    let total: Duration = times.iter().map(|t| t.0).sum();
    println!(
        "{} decisions: p50 {:?}, mean {:?}, p90 {:?}, p99 {:?}, worst {:?}",
        times.len(),
        at(500).unwrap_or_default(),
        total / u32::try_from(times.len())?,
        at(900).unwrap_or_default(),
        at(990).unwrap_or_default(),
        times.last().map(|t| t.0).unwrap_or_default(),
    );
    for (time, row) in times.iter().rev().take(slowest) {
        let shown: String = row.command.chars().take(100).collect();
        println!("{time:>12?} {:>6} B {shown:?}", row.command.len());
    }
    Ok(())
}
