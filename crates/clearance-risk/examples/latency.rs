//! How long decisions take: reads JSON lines `{"command", "cwd"?, "root"?, "home"?}` and prints
//! the median, mean and 99th percentile of warm decisions, and the time to make the catalog.
//! `cargo run --release --example latency < rows.jsonl`.

use std::hint::black_box;
use std::io::{self, BufRead};
use std::time::Instant;

use clearance_risk::{Catalog, Context, Thresholds, assess};
use clearance_shell::invocation::Env;
use serde_json::Value;

fn main() -> io::Result<()> {
    let begun = Instant::now();
    let catalog = black_box(Catalog::builtin());
    println!("catalog: {:?}", begun.elapsed());
    let mut times: Vec<u128> = Vec::new();
    let mut shell: Vec<u128> = Vec::new();
    let mut first = None;
    for line in io::stdin().lock().lines() {
        let Ok(row) = serde_json::from_str::<Value>(&line?) else {
            continue;
        };
        let text = |key: &str| {
            row.get(key)
                .and_then(Value::as_str)
                .map(|s| s.as_bytes().into())
        };
        let mut context = Context::default();
        context.cwd = text("cwd");
        context.root = text("root");
        context.home = text("home");
        let command = row
            .get("command")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let judge = || {
            assess(
                command.as_bytes(),
                &context,
                &catalog,
                Thresholds::default(),
            )
        };
        let begun = Instant::now();
        black_box(judge());
        first.get_or_insert(begun.elapsed());
        let env = Env {
            cwd: context.cwd.clone(),
            home: context.home.clone(),
            ..Env::default()
        };
        let begun = Instant::now();
        black_box(clearance_shell::analyze(command.as_bytes(), &env));
        shell.push(begun.elapsed().as_nanos());
        let begun = Instant::now();
        black_box(judge());
        times.push(begun.elapsed().as_nanos());
    }
    shell.sort_unstable();
    println!(
        "shell analysis alone: p50 {} ns",
        shell.get(shell.len() / 2).copied().unwrap_or_default()
    );
    times.sort_unstable();
    let count = times.len().max(1);
    let at = |share: usize| times.get(count * share / 100).copied().unwrap_or_default();
    println!("first: {first:?}");
    println!(
        "{} decisions: p50 {} ns, mean {} ns, p90 {} ns, p99 {} ns",
        times.len(),
        at(50),
        times.iter().sum::<u128>() / count as u128,
        at(90),
        at(99)
    );
    Ok(())
}
