//! Judges one command line and shows the invocations, findings and effects:
//! `cargo run --example judge -- 'rm -rf ~'`.

use std::process::ExitCode;

use clearance_risk::{Catalog, Context, Thresholds, assess};
use clearance_shell::invocation::Env;

fn main() -> ExitCode {
    let Some(command) = std::env::args().nth(1) else {
        eprintln!("usage: judge COMMAND");
        return ExitCode::from(2);
    };
    let context = Context::new(b"/home/dev/project").with_home(b"/home/dev");
    let env = Env {
        cwd: context.cwd.clone(),
        home: context.home.clone(),
        ..Env::default()
    };
    let analysis = clearance_shell::analyze(command.as_bytes(), &env);
    println!("{analysis:#?}");
    let got = assess(
        command.as_bytes(),
        &context,
        &Catalog::builtin(),
        Thresholds::default(),
    );
    println!("{} {}", got.verdict, got.score);
    for found in &got.findings {
        println!("  {:?}", found.finding);
    }
    println!("effects: {:?}", got.effects.iter().collect::<Vec<_>>());
    ExitCode::SUCCESS
}
