//! `clearance scan` and `clearance redact` as a caller sees them: what is printed, and how the
//! program ends (0 clean, 3 found, 2 usage, 1 error).
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Made up; found by the name that it is assigned to.
const SECRET: &str = "PGPASSWORD=vK7#mQ2x!pL9\n";
const VALUE: &str = "vK7#mQ2x!pL9";

fn clearance(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clearance"));
    command.current_dir(folder).env_remove("CLEARANCE_POLICY");
    command
}

fn scan(folder: &Path, words: &[&str]) -> Output {
    let mut command = clearance(folder);
    let output = command
        .arg("scan")
        .args(words)
        .stdin(Stdio::null())
        .output();
    output.expect("the program runs")
}

/// Runs a command of the program with standard input.
fn feed(folder: &Path, words: &[&str], input: &[u8]) -> Output {
    let mut child = clearance(folder)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("joins").expect("the input is read");
    output
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("not ended by a signal")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn lines(output: &Output) -> Vec<Value> {
    let lines = text(&output.stdout);
    let parse = |line: &str| serde_json::from_str(line).expect("a JSON object a line");
    lines.lines().map(parse).collect()
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, content).expect("a file");
    }
    folder
}

fn git(folder: &Path, words: &[&str]) -> bool {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
        .args(words)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A new repository; `None`, with a message, where there is no git.
fn repository(files: &[(&str, &[u8])]) -> Option<TempDir> {
    let folder = folder(files);
    if git(folder.path(), &["init", "-q"]) {
        return Some(folder);
    }
    eprintln!("skipped: git is not installed");
    None
}

#[test]
fn the_status_says_what_was_found() {
    let clean = folder(&[("a.txt", b"nothing to see\n")]);
    let output = scan(clean.path(), &[]);
    assert_eq!((status(&output), output.stdout.as_slice()), (0, &b""[..]));
    let found = folder(&[("sub/ci.env", SECRET.as_bytes())]);
    let output = scan(found.path(), &["."]);
    assert_eq!(status(&output), 3);
    let printed = text(&output.stdout);
    assert!(printed.contains("ci.env:1:12: "), "{printed}");
    assert!(!printed.contains(VALUE));
    assert_eq!(status(&scan(found.path(), &["--no-such-option"])), 2);
    assert_eq!(status(&scan(found.path(), &["--staged", "x"])), 2);
    assert_eq!(status(&scan(found.path(), &["no-such-file"])), 1);
    assert_eq!(status(&scan(found.path(), &["--baseline", "none"])), 1);
}

#[test]
fn a_stream_is_scanned_and_redacted() {
    let here = folder(&[]);
    let output = feed(here.path(), &["scan", "-", "--json"], SECRET.as_bytes());
    assert_eq!(status(&output), 3);
    let found = lines(&output);
    assert_eq!(found[0]["span"], serde_json::json!([11, 23]));
    assert!(found[0].get("path").is_none());
    assert_eq!(status(&feed(here.path(), &["scan", "-"], b"")), 0);
    let output = feed(here.path(), &["redact"], SECRET.as_bytes());
    assert_eq!(status(&output), 0);
    assert_eq!(
        text(&output.stdout),
        "PGPASSWORD=[redacted generic-password]\n"
    );
}

#[test]
fn a_line_of_ten_megabytes() {
    let here = folder(&[]);
    let mut line = b"a b ".repeat(2_600_000);
    line.extend_from_slice(SECRET.as_bytes());
    fs::write(here.path().join("long.txt"), &line).expect("a file");
    for output in [
        scan(here.path(), &["--json"]),
        feed(here.path(), &["scan", "-", "--json"], &line),
    ] {
        assert_eq!(status(&output), 3);
        let found = lines(&output);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["span"][1], line.len() - 1);
        assert_eq!(found[0]["line"], 1);
    }
}

#[test]
fn binary_and_ignored_files_are_left_out() {
    let binary = [b"\0\x01", SECRET.as_bytes()].concat();
    let Some(here) = repository(&[
        ("image.bin", &binary),
        ("out/ci.env", SECRET.as_bytes()),
        (".gitignore", b"out/\n"),
        (".hidden", SECRET.as_bytes()),
    ]) else {
        return;
    };
    let output = scan(here.path(), &["--json"]);
    let found = lines(&output);
    assert_eq!(found.len(), 1, "{found:?}");
    let path = found[0]["path"].as_str().expect("a path");
    assert!(path.ends_with(".hidden"), "{path}");
    let output = scan(here.path(), &["--exclude", ".hidden"]);
    assert_eq!(status(&output), 0);
}

#[test]
fn staged_means_the_index() {
    let Some(here) = repository(&[("a.env", SECRET.as_bytes()), ("b.env", b"X=1\n")]) else {
        return;
    };
    assert_eq!(
        status(&scan(here.path(), &["--staged"])),
        0,
        "nothing staged"
    );
    assert!(git(here.path(), &["add", "a.env", "b.env"]));
    // The work tree is clean by now; what would be committed is not.
    fs::write(here.path().join("a.env"), "X=2\n").expect("a file");
    let output = scan(here.path(), &["--staged", "--json"]);
    assert_eq!(status(&output), 3);
    let found = lines(&output);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["path"], "a.env");
    // The other way round: only the work tree holds it.
    assert!(git(here.path(), &["add", "a.env"]));
    fs::write(here.path().join("b.env"), SECRET).expect("a file");
    assert_eq!(status(&scan(here.path(), &["--staged"])), 0);
    assert!(git(here.path(), &["commit", "-qm", "x"]));
    // A renamed file and a submodule's commit need no blob of that name.
    assert!(git(here.path(), &["mv", "a.env", "c d.env"]));
    let commit = "160000,0123456789012345678901234567890123456789,sub";
    assert!(git(
        here.path(),
        &["update-index", "--add", "--cacheinfo", commit]
    ));
    let output = scan(here.path(), &["--staged"]);
    assert_eq!(status(&output), 0, "{}", text(&output.stderr));
}

#[test]
fn staged_outside_of_a_repository_is_an_error() {
    let here = folder(&[]);
    let output = clearance(here.path())
        .args(["scan", "--staged"])
        .env(
            "GIT_CEILING_DIRECTORIES",
            here.path().parent().expect("a parent"),
        )
        .output()
        .expect("the program runs");
    assert_eq!(status(&output), 1);
}

#[test]
fn a_baseline_silences_its_findings_only() {
    let here = folder(&[("a.env", SECRET.as_bytes())]);
    let write = ["a.env", "--write-baseline", "accepted"];
    assert_eq!(status(&scan(here.path(), &write)), 0);
    let read = ["a.env", "b.env", "--baseline", "accepted", "--json"];
    fs::write(here.path().join("b.env"), "X=1\n").expect("a file");
    assert_eq!(status(&scan(here.path(), &read)), 0);
    fs::write(here.path().join("b.env"), SECRET).expect("a file");
    let output = scan(here.path(), &read);
    assert_eq!(status(&output), 3);
    assert_eq!(lines(&output)[0]["path"], "b.env");
    fs::write(here.path().join("accepted"), "not a line of one\n").expect("a file");
    assert_eq!(status(&scan(here.path(), &read)), 1);
}

#[test]
fn batch_answers_each_line() {
    let here = folder(&[]);
    let input = format!(
        "{}\n\n{}\nnonsense\n{}\n",
        serde_json::json!({"id": 7, "text": SECRET}),
        serde_json::json!({"id": "b", "text": "cargo test"}),
        serde_json::json!({"id": "c"}),
    );
    let output = feed(here.path(), &["scan", "--batch"], input.as_bytes());
    assert_eq!(status(&output), 3);
    let answers = lines(&output);
    assert_eq!(answers.len(), 4, "one line for each line");
    assert_eq!(answers[0]["id"], 7);
    assert_eq!(answers[0]["matches"][0]["rule"], "generic-password");
    assert_eq!(answers[1], serde_json::json!({"id": "b", "matches": []}));
    assert!(answers[2]["error"].is_string() && answers[2]["id"].is_null());
    assert!(answers[3]["error"].is_string());
}

#[test]
fn the_machine_forms_agree() {
    let here = folder(&[("a.env", SECRET.as_bytes()), ("b.env", SECRET.as_bytes())]);
    let each = lines(&scan(here.path(), &["--json"]));
    let array = scan(here.path(), &["--json-array"]);
    let array: Vec<Value> = serde_json::from_slice(&array.stdout).expect("an array");
    assert_eq!(array, each);
    let sarif = scan(here.path(), &["--sarif"]);
    assert_eq!(status(&sarif), 3);
    let sarif: Value = serde_json::from_slice(&sarif.stdout).expect("an object");
    assert_eq!(sarif["version"], "2.1.0");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), each.len());
    assert_eq!(status(&scan(here.path(), &["--sarif", "--json"])), 2);
}

/// A scan whose output nobody takes.
fn scan_without_reader(here: &Path) -> Output {
    let mut child = clearance(here)
        .args(["scan", "--json"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    child.wait_with_output().expect("the program ends")
}

#[test]
fn a_reader_that_goes_away_is_no_crash() {
    let content = SECRET.repeat(20_000);
    let here = folder(&[("a.env", content.as_bytes())]);
    let output = scan_without_reader(here.path());
    let complaint = text(&output.stderr);
    assert!(!complaint.contains("panicked"), "{complaint}");
    assert_ne!(output.status.code(), Some(101));
}

/// All was scanned before the first line is written, so the status says what was found.
#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_changes_nothing() {
    let many: String = (0..20_000)
        .map(|at| format!("PGPASSWORD=vK7#mQ2x!pL9{at}\n"))
        .collect();
    let here = folder(&[("a.env", many.as_bytes())]);
    let output = scan_without_reader(here.path());
    assert_eq!((status(&output), text(&output.stderr)), (3, String::new()));
}

#[test]
fn markers_can_be_ignored() {
    let here = folder(&[("a.env", b"PGPASSWORD=vK7#mQ2x!pL9 # clearance:allow\n")]);
    assert_eq!(status(&scan(here.path(), &[])), 0);
    assert_eq!(status(&scan(here.path(), &["--ignore-markers"])), 3);
}

#[test]
fn a_binary_file_is_scanned_when_it_is_named() {
    let bytes = [b"\0\x01\n", SECRET.as_bytes()].concat();
    let here = folder(&[("a.bin", bytes.as_slice())]);
    assert_eq!(status(&scan(here.path(), &[])), 0);
    let output = scan(here.path(), &["a.bin"]);
    assert_eq!(status(&output), 3);
    assert!(text(&output.stdout).contains("a.bin:2:12: "));
}

#[test]
fn the_rules_of_a_gitleaks_configuration_are_used() {
    let config = "[[rules]]\nid = 'acme-key'\ndescription = 'Acme key'\n\
        regex = '''acme_([0-9a-f]{12})'''\nkeywords = ['acme_']\npath = '''\\.conf$'''\n";
    let line = b"x = acme_0123456789ac;\n";
    let here = folder(&[
        ("rules.toml", config.as_bytes()),
        ("a.conf", line),
        ("a.txt", line),
    ]);
    let words = [
        "a.conf",
        "a.txt",
        "--json",
        "--gitleaks-config",
        "rules.toml",
    ];
    let output = scan(here.path(), &words);
    let found = lines(&output);
    let told = text(&output.stderr);
    assert_eq!((status(&output), found.len()), (3, 1), "{told}");
    assert_eq!(found[0]["path"], "a.conf");
    assert!(text(&output.stdout).contains("acme-key"));
    assert_eq!(status(&scan(here.path(), &["a.conf"])), 0);
    // A configuration that cannot be read is an error, never a scan without it.
    let none = ["a.conf", "--gitleaks-config", "none"];
    assert_eq!(status(&scan(here.path(), &none)), 1);
    let broken = folder(&[("r.toml", b"[[rules]]\nid = 'x'\nregex = '('\n")]);
    let output = scan(broken.path(), &["--gitleaks-config", "r.toml"]);
    assert_eq!(status(&output), 1);
    assert!(text(&output.stderr).contains("line 3"), "{output:?}");
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    use std::os::unix::fs::PermissionsExt as _;
    let here = folder(&[("a.env", SECRET.as_bytes()), ("b.env", b"X=1\n")]);
    let closed = here.path().join("a.env");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("the file is ours");
    if fs::read(&closed).is_ok() {
        eprintln!("skipped: this user reads every file");
        return;
    }
    let output = scan(here.path(), &[]);
    assert_eq!(status(&output), 1);
    assert!(text(&output.stderr).contains("a.env"));
}

/// On a terminal the progress is shown and taken away again, through a real pseudo-terminal
/// (`script` of util-linux).
#[test]
fn progress_is_shown_on_a_terminal() {
    let folder = TempDir::new().expect("a folder");
    for at in 0..520 {
        fs::write(folder.path().join(format!("{at}.txt")), "fine\n").expect("writes");
    }
    let program = env!("CARGO_BIN_EXE_clearance");
    let output = Command::new("script")
        .args(["-qec", &format!("'{program}' scan"), "/dev/null"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output();
    let Ok(output) = output else {
        eprintln!("skipped: `script` is not installed");
        return;
    };
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("\r512 files"), "{shown:?}");
    assert!(shown.contains("\r\u{1b}[K"), "{shown:?}");
    assert_eq!(status(&output), 0, "{shown:?}");
    // A pipe gets none of it.
    let piped = scan(folder.path(), &[]);
    assert!(!text(&piped.stderr).contains("files"));
}
