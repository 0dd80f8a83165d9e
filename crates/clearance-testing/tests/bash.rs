//! Every rewriting, alone and in short chains, is run by the real bash on a harmless probe: a
//! command that creates a file in a scratch folder.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::path::Path;
use std::process::{Command as Process, Stdio};

use clearance_testing::{Command, Rewriting, rewritings};

fn present(program: &str) -> bool {
    let test = format!("command -v {program}");
    Process::new("bash")
        .args(["-c", &test])
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

fn usable(rewriting: &Rewriting) -> bool {
    rewriting.needs.is_none_or(present)
}

/// Runs the text in a scratch folder that is also the home; did the probe leave its mark?
fn leaves_mark(text: &str) -> bool {
    let scratch = tempfile::tempdir().unwrap();
    let folder: &Path = scratch.path();
    let mut process = Process::new("bash");
    process
        .args(["-c", text])
        .current_dir(folder)
        .env("HOME", folder);
    for name in ["BASH_ENV", "ENV", "PROMPT_COMMAND", "nothing"] {
        process.env_remove(name);
    }
    process
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    folder.join("mark").exists()
}

#[test]
fn each_rewriting_keeps_the_meaning() {
    if !present("bash") {
        eprintln!("skipped: there is no bash on this machine");
        return;
    }
    let probe = Command::plain("touch mark");
    let mut lost = Vec::new();
    for rewriting in rewritings() {
        if !usable(rewriting) {
            eprintln!(
                "skipped for want of {:?}: {}",
                rewriting.needs, rewriting.template
            );
            continue;
        }
        let done = rewriting.apply(&probe).expect(rewriting.template);
        if !leaves_mark(&done.text) {
            lost.push(done.text);
        }
    }
    assert!(
        lost.is_empty(),
        "{} lost their meaning:\n{}",
        lost.len(),
        lost.join("\n--\n")
    );
}

#[test]
fn chains_keep_the_meaning() {
    if !present("bash") {
        eprintln!("skipped: there is no bash on this machine");
        return;
    }
    let all: Vec<&Rewriting> = rewritings().iter().filter(|r| usable(r)).collect();
    let mut lost = Vec::new();
    let mut seed = 1u32;
    let mut pick = || {
        // Numerical Recipes' generator: any will do, as long as it is the same in every run.
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        all[(seed >> 8) as usize % all.len()]
    };
    let mut tried = 0;
    while tried < 80 {
        let chain = [pick(), pick(), pick()];
        let done = chain
            .iter()
            .try_fold(Command::plain("touch mark"), |c, r| r.apply(&c));
        let Some(done) = done else { continue };
        tried += 1;
        if !leaves_mark(&done.text) {
            lost.push(done.text);
        }
    }
    // A handler for the end of a shell inside a shell that is replaced, a variable that an outer
    // rewriting uses as well: some pairs do not combine. They must stay few.
    assert!(
        lost.len() * 12 <= tried,
        "{} of {tried} lost:\n{}",
        lost.len(),
        lost.join("\n--\n")
    );
}
