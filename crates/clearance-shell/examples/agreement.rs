//! Compares the parser with `bash -O extglob -n` over files.
//!
//! Reads the paths of scripts on standard input, one a line, and prints those of which only
//! one of the two says that they can be read to the end, then the counts.
//!
//! ```text
//! find /usr -name '*.sh' | cargo run --release --example agreement
//! ```

use std::io::{BufRead, Write};
use std::process::{Command, Stdio};

use clearance_shell::parse::ExtGlob;
use clearance_shell::tree::Script;
use clearance_shell::{Dialect, Limits, Parser};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let limits = Limits {
        bytes: u32::MAX,
        ..Limits::default()
    };
    let mut parser = Parser::new(Dialect::Bash, limits).extglob(ExtGlob::On);
    let mut script = Script::new();
    let mut out = std::io::stdout().lock();
    let (mut files, mut accepted, mut ours, mut theirs) = (0, 0, 0, 0);
    for path in std::io::stdin().lock().lines() {
        let path = path?;
        let Ok(text) = std::fs::read(&path) else {
            continue;
        };
        let Some(bash) = bash_reads(&path)? else {
            return Err("there is no bash here".into());
        };
        parser.parse_into(&text, &mut script);
        files += 1;
        accepted += u32::from(bash);
        match (script.is_complete(), bash) {
            (true, false) => {
                ours += 1;
                writeln!(out, "only we: {path}")?;
            }
            (false, true) => {
                theirs += 1;
                writeln!(out, "only bash: {path}")?;
            }
            _ => {}
        }
    }
    let agree = files - ours - theirs;
    let share = 100.0 * f64::from(agree) / f64::from(files.max(1));
    writeln!(
        out,
        "{files} files, {accepted} read by bash; {agree} agree ({share:.2} %), {ours} only we, {theirs} only bash"
    )?;
    Ok(())
}

/// After an error inside `[[ ]]` bash prints it and exits with 0 all the same; warnings it
/// prints too.
fn bash_reads(path: &str) -> std::io::Result<Option<bool>> {
    let done = Command::new("bash")
        .args(["-O", "extglob", "-n", path])
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output();
    match done {
        Ok(done) => {
            let message = String::from_utf8_lossy(&done.stderr);
            let error = message.lines().any(|line| !line.contains("warning:"));
            Ok(Some(done.status.success() && !error))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
