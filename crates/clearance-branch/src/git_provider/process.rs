//! git as a process that runs nothing else, within bounds of time and output.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::{GitProvider, ProviderError};

/// Variables of git that are kept: they say which repository a command is about, also inside
/// a server's hook (the quarantine of objects not yet accepted).
const KEPT: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CEILING_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_SYSTEM",
    "GIT_DIR",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_QUARANTINE_PATH",
    "GIT_WORK_TREE",
];

/// What makes git harmless: no prompt, lock, pager, editor, network or trace.
const SET: &[(&str, &str)] = &[
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_PAGER", "cat"),
    ("GIT_EDITOR", "false"),
    ("GIT_ASKPASS", "false"),
    ("SSH_ASKPASS", "false"),
    ("GIT_SSH_COMMAND", "false"),
    ("GIT_ADVICE", "0"),
    ("LC_ALL", "C"),
];

/// The same by configuration, for commands other than `config`, whose listing it would spoil.
const OPTIONS: &[&str] = &[
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.pager=cat",
    "-c",
    "protocol.allow=never",
    "-c",
    "log.showSignature=false",
];

/// One answer of git.
pub(super) struct Answer {
    pub(super) status: Option<i32>,
    pub(super) output: Vec<u8>,
}

/// Where the commands run.
pub(super) struct Place<'p> {
    pub(super) directory: &'p Path,
    /// Options before the subcommand, and variables.
    pub(super) options: Vec<String>,
    pub(super) env: Vec<(String, String)>,
}

impl GitProvider {
    /// Asks and wants success.
    pub(super) fn must(
        &self,
        place: &Place<'_>,
        args: &[&str],
        quiet: bool,
    ) -> Result<Vec<u8>, ProviderError> {
        let answer = self.ask(place, args, quiet)?;
        let name = args.first().copied().unwrap_or_default().to_owned();
        if answer.status == Some(0) {
            Ok(answer.output)
        } else {
            Err(ProviderError::Failed(name))
        }
    }

    pub(super) fn ask(
        &self,
        place: &Place<'_>,
        args: &[&str],
        quiet: bool,
    ) -> Result<Answer, ProviderError> {
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(is_dropped) {
                command.env_remove(&name);
            }
        }
        command.envs(place.env.iter().map(|(n, v)| (n, v)));
        command.envs(SET.iter().copied());
        command
            .current_dir(place.directory)
            .args(["--no-pager", "--no-optional-locks"]);
        command.args(&place.options);
        if quiet {
            command.args(OPTIONS);
        }
        command
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let child = command.spawn().map_err(ProviderError::Start)?;
        self.read(child)
    }

    /// Reads the output within the limits; a process that exceeds them is ended.
    fn read(&self, mut child: Child) -> Result<Answer, ProviderError> {
        let end = Instant::now() + self.time;
        let limit = u64::try_from(self.size)
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        let (sender, receiver) = mpsc::channel();
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || {
                let mut bytes = Vec::new();
                let read = output.take(limit).read_to_end(&mut bytes);
                // Nobody listens any more where the time is over.
                let _ = sender.send(read.map(|_| bytes));
            });
        }
        let output = receiver.recv_timeout(self.time);
        let Ok(Ok(output)) = output else {
            stop(&mut child);
            return Err(ProviderError::Time(self.time));
        };
        if output.len() > self.size {
            stop(&mut child);
            return Err(ProviderError::Size(self.size));
        }
        loop {
            match child.try_wait() {
                Ok(Some(status)) => {
                    return Ok(Answer {
                        status: status.code(),
                        output,
                    });
                }
                Ok(None) if Instant::now() < end => std::thread::sleep(Duration::from_micros(200)),
                _ => {
                    stop(&mut child);
                    return Err(ProviderError::Time(self.time));
                }
            }
        }
    }
}

/// Whether a variable of git's is kept from it.
fn is_dropped(name: &str) -> bool {
    let counted = ["GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"];
    name.starts_with("GIT_")
        && !KEPT.contains(&name)
        && !counted.iter().any(|prefix| name.starts_with(prefix))
}

fn stop(child: &mut Child) {
    // It may have ended by itself; there is nothing to do about either failure.
    let _ = child.kill();
    let _ = child.wait();
}
