//! A read-eval loop that runs a command only where the engine allows it, and asks otherwise.
//!
//! ```console
//! $ cargo run -p clearance-examples --example guard
//! ```

use std::io::{self, BufRead, Write};
use std::process::Command;

use clearance::{Context, Engine, Request, Verdict};

fn main() -> io::Result<()> {
    let engine = Engine::builtin();
    let here = std::env::current_dir()?;
    let context = Context::new(here.to_string_lossy().as_bytes());
    let mut lines = io::stdin().lock().lines();
    while let Some(line) = prompt(&mut lines, "$ ")? {
        let decision = engine.evaluate(&Request::command(&line), &context);
        for finding in decision.findings() {
            println!("  {}: {}", finding.rule, finding.message);
        }
        let run = match decision.verdict() {
            Verdict::Allow => true,
            Verdict::Ask => {
                prompt(&mut lines, "run it? [y/N] ")?.is_some_and(|answer| answer == "y")
            }
            Verdict::Deny => false,
        };
        if run {
            Command::new("bash").args(["-c", &line]).status()?;
        }
    }
    Ok(())
}

fn prompt(
    lines: &mut impl Iterator<Item = io::Result<String>>,
    text: &str,
) -> io::Result<Option<String>> {
    print!("{text}");
    io::stdout().flush()?;
    lines.next().transpose()
}
