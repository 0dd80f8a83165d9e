//! `clearance batch`: JSON lines in, JSON lines out, in order; a malformed line is answered
//! with `ask` and an `error`, and the stream goes on.

use std::io::{self, BufReader, BufWriter, Write};
use std::sync::Arc;

use clearance::branch::git_provider::GitProvider;
use serde_json::Value;

use crate::args::BatchOptions;
use crate::branch::with_json;
use crate::lines::{self, LONGEST, Line, next_line};
use crate::row;
use crate::setup::{self, Failure, World};
use crate::status::Status;

pub(crate) fn run(options: &BatchOptions) -> Result<Status, Failure> {
    let world = World::find(&options.world);
    let engine = setup::engine(&options.world, None)?;
    let mut context = world.context();
    if options.git {
        context = context.repository(Arc::new(GitProvider::new()));
    }
    stream(|line| with_json(line, |request| row::decide(&engine, &context, request)))
}

/// Answers every line of standard input. Output is flushed whenever no more input is at hand,
/// so that a caller may wait for each answer.
pub(crate) fn stream(mut answer: impl FnMut(&[u8]) -> Value) -> Result<Status, Failure> {
    let mut input = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut line = Vec::new();
    loop {
        let response = match next_line(&mut input, &mut line, LONGEST).map_err(Failure::reading)? {
            Line::End => break,
            Line::TooLong => {
                let id = lines::salvage_id(&line);
                row::refusal(id.as_ref(), "the line is too long")
            }
            Line::Kept if line.iter().all(u8::is_ascii_whitespace) => continue,
            Line::Kept => answer(&line),
        };
        serde_json::to_writer(&mut out, &response).map_err(|e| Failure::writing(e.into()))?;
        out.write_all(b"\n").map_err(Failure::writing)?;
        if input.buffer().is_empty() {
            out.flush().map_err(Failure::writing)?;
        }
    }
    out.flush().map_err(Failure::writing)?;
    Ok(Status::Success)
}
