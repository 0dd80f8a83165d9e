//! How much memory decisions take: reads JSON lines `{"command", "cwd"?, "root"?, "home"?}` and
//! prints percentiles of the peak and of the number of allocations, and how many decisions keep
//! to four times the length of the command and 64 KiB.
//! `cargo run --release --example memory -- ROWS.jsonl`.

use std::error::Error;
use std::fs;
use std::hint::black_box;

use clearance::{Context, Engine, Request};
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: memory ROWS.jsonl")?;
    let engine = Engine::builtin();
    let (mut peaks, mut counts) = (Vec::new(), Vec::new());
    let (mut kept, mut worst) = (0_usize, (0.0, String::new()));
    for line in fs::read_to_string(path)?.lines() {
        let row: Value = serde_json::from_str(line)?;
        let text = |key: &str| row.get(key).and_then(Value::as_str);
        let Some(command) = text("command") else {
            continue;
        };
        let root = text("root").or(text("cwd")).unwrap_or("/home/dev/project");
        let context = Context::new(root)
            .cwd(text("cwd").unwrap_or(root))
            .home(text("home").unwrap_or("/home/dev"));
        let request = Request::command(command);
        // Tables of a language are made when it is first met.
        black_box(engine.evaluate(&request, &context));
        let used = allocation_counter::measure(|| {
            black_box(engine.evaluate(&request, &context));
        });
        let allowed = 4 * command.len() as u64 + 64 * 1024;
        kept += usize::from(used.bytes_max <= allowed);
        let share = used.bytes_max as f64 / allowed as f64;
        if share > worst.0 {
            worst = (share, command.chars().take(100).collect());
        }
        peaks.push(used.bytes_max);
        counts.push(used.count_total);
    }
    peaks.sort_unstable();
    counts.sort_unstable();
    let at = |list: &[u64], share: usize| list.get(list.len() * share / 1000).copied();
    for (name, list) in [("peak bytes", &peaks), ("allocations", &counts)] {
        println!(
            "{name}: p50 {:?}, p90 {:?}, p99 {:?}, p99.9 {:?}",
            at(list, 500),
            at(list, 900),
            at(list, 990),
            at(list, 999)
        );
    }
    println!("{kept} of {} keep to the budget", peaks.len());
    println!("worst: {:.2} of it, {:?}", worst.0, worst.1);
    Ok(())
}
