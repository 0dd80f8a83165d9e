//! The program `clearance`: the engine from a terminal, a stream or a hook.
//!
//! Exit statuses: 0 allow (or clean), 3 ask (or secrets found), 4 deny, 2 wrong usage,
//! 1 anything that failed, which callers must read as ask.
#![forbid(unsafe_code)]

mod args;
mod batch;
mod branch;
mod check;
mod git_hook;
mod lines;
mod lint;
mod push;
mod render;
mod row;
mod scan;
mod setup;
mod shell;
mod status;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Command, PolicyCommand};
use crate::branch::Question;
use crate::status::Status;

fn main() -> ExitCode {
    let command = match Command::of_hook(std::env::args_os().skip(1)) {
        Some(command) => command,
        None => match Arguments::try_parse() {
            Ok(arguments) => arguments.command,
            Err(error) => return usage(&error),
        },
    };
    let done = match command {
        Command::Check(options) => check::run(&options),
        Command::Batch(options) => batch::run(&options),
        Command::Shell(options) => shell::run(&options),
        Command::Scan(options) => scan::run(&options),
        Command::Redact => scan::redact(),
        Command::Push(options) => push::run(&options),
        Command::GitHook(options) => git_hook::run(&options),
        Command::Merge(options) => branch::run(Question::Merge, &options),
        Command::Route(options) => branch::run(Question::Route, &options),
        Command::Gate(options) => branch::run(Question::Gate, &options),
        Command::Pattern(_) => branch::patterns(),
        Command::Policy(PolicyCommand::Lint(options)) => lint::run(&options),
    };
    match done {
        Ok(status) => status.into(),
        Err(error) => {
            // A reader that went away is not worth a message, but it is no success either.
            if !error.is_closed_pipe() {
                eprintln!("clearance: {error}");
            }
            Status::Failure.into()
        }
    }
}

/// Says what is wrong with the command line, or what was asked for.
fn usage(error: &clap::Error) -> ExitCode {
    let status = if error.use_stderr() {
        Status::Usage
    } else {
        Status::Success
    };
    match error.print() {
        Ok(()) => status.into(),
        Err(_) => Status::Failure.into(),
    }
}
