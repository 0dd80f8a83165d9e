//! `clearance check`: one command, for a person or as one JSON object.

use std::io::{self, IsTerminal, Read, Write};

use clearance::Request;
use clearance::branch::git_provider::GitProvider;

use crate::args::CheckOptions;
use crate::render::{self, Style};
use crate::row;
use crate::setup::{self, Failure, World};
use crate::status::Status;

pub(crate) fn run(options: &CheckOptions) -> Result<Status, Failure> {
    let text = if options.text == "-" {
        stdin()?
    } else {
        setup::bytes(&options.text)
    };
    let world = World::find(&options.world);
    let engine = setup::engine(&options.world, world.root.as_deref())?;
    let git = std::sync::Arc::new(GitProvider::new());
    let mut context = world.context().shell(options.shell.into()).repository(git);
    if let Some(file) = &options.gates {
        let name = file.display();
        let wrong = |e: &dyn std::fmt::Display| Failure::Other(format!("`{name}`: {e}"));
        let text = std::fs::read(file).map_err(|e| wrong(&e))?;
        let gates: serde_json::Value = serde_json::from_slice(&text).map_err(|e| wrong(&e))?;
        context = context.gates_json(&gates).map_err(|e| wrong(&e))?;
    }
    let decision = engine.evaluate(&Request::Command((&text).into()), &context);

    let mut out = io::stdout().lock();
    if options.json {
        writeln!(out, "{}", row::answer(None, &decision)).map_err(Failure::writing)?;
    } else {
        let style = Style {
            colour: out.is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        };
        render::decision(&mut out, style, &text, &decision).map_err(Failure::writing)?;
    }
    out.flush().map_err(Failure::writing)?;
    Ok(decision.verdict().into())
}

/// All of standard input, as far as a decision can need it: past the bound the rest is not
/// read, and the engine asks because of the length.
pub(crate) fn stdin() -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    io::stdin()
        .lock()
        .take(crate::lines::LONGEST as u64)
        .read_to_end(&mut text)
        .map_err(Failure::reading)?;
    Ok(text)
}
