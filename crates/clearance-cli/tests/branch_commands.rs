//! `push`, `merge`, `route`, `gate`, `pattern`, `policy lint` and `check` as programs: exit
//! statuses, batches, and input that is not what it should be. Nothing of that kind ever ends
//! in an allow.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const ALLOW: i32 = 0;
const FAILURE: i32 = 1;
const USAGE: i32 = 2;
const ASK: i32 = 3;
const DENY: i32 = 4;

fn run(words: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(words)
        .env("HOME", "/nonexistent")
        .env_remove("XDG_CONFIG_HOME")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // The program may end without reading everything.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    })
}

fn status(done: &Output) -> i32 {
    done.status.code().unwrap()
}

fn lines(done: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&done.stdout).unwrap();
    text.lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

fn stderr(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned()
}

/// A push by an agent of a branch of its own, a direct push of `main`, both without knowledge
/// of the other side.
fn push_row(branch: &str) -> Value {
    json!({
        "id": branch,
        "argv": ["git", "push", "origin", format!("{branch}:refs/heads/{branch}")],
        "repo_state": {
            "head": format!("refs/heads/{branch}"),
            "branches": {branch: "c1"},
            "config": [["local", "remote.origin.url", "https://h.example/x"]],
            "remotes": {},
        },
    })
}

#[test]
fn exit_statuses_follow_the_decision() {
    let merge = |target: &str, score: f64, checks: Value| json!({"pr": {"target": target, "confidence": score, "checks": checks, "head": "h"}, "context": {}});
    let passed = json!({"success": 9});
    let gate = |validation: &str| json!({"command": "cto.plan", "validation": validation, "human": "APPROVED"});
    let table = [
        (
            &["merge"][..],
            merge("develop", 99.0, passed.clone()),
            ALLOW,
        ),
        (&["merge"], merge("develop", 50.0, passed.clone()), ASK),
        (
            &["merge"],
            merge("develop", 99.0, json!({"failed": 1})),
            DENY,
        ),
        (&["merge"], merge("nowhere", 99.0, passed), DENY),
        (
            &["route"],
            json!({"change": "trivial", "confidence": 99}),
            ALLOW,
        ),
        (
            &["route"],
            json!({"change": "nonsense", "confidence": 99}),
            ASK,
        ),
        (&["gate"], gate("PROCEED"), ALLOW),
        (&["gate"], json!({"command": "cto.plan"}), ASK),
        (&["gate"], gate("PIVOT"), DENY),
        (&["gate"], json!({"command": "no such gate"}), DENY),
        (&["push"], push_row("topic"), ALLOW),
        (&["push"], push_row("main"), ASK),
    ];
    for (words, facts, want) in table {
        let done = run(words, facts.to_string().as_bytes());
        assert_eq!(status(&done), want, "{words:?} {facts} {done:?}");
        let json: Vec<&str> = words.iter().copied().chain(["--json"]).collect();
        let again = run(&json, facts.to_string().as_bytes());
        let verdict = ["allow", "", "", "ask", "deny"][usize::try_from(want).unwrap()];
        assert_eq!(
            (status(&again), &lines(&again)[0]["verdict"]),
            (want, &json!(verdict))
        );
    }
}

#[test]
fn input_that_is_no_facts_never_allows() {
    let long = format!("{{\"x\": \"{}\"}}", "a".repeat(10 << 20));
    let deep = "[".repeat(1 << 20);
    let inputs: [&[u8]; 14] = [
        b"",
        b"\n",
        b"nonsense",
        b"{",
        b"[]",
        b"null",
        b"3",
        b"{}",
        b"{\"pr\": 3}",
        b"{\"input\": []}",
        b"\xff\xfe\x00\x01",
        b"{\"pr\": {\"target\": \"develop\", \"confidence\": \"100\"}, \"context\": \"none\"}",
        long.as_bytes(),
        deep.as_bytes(),
    ];
    for command in ["merge", "route", "gate", "push"] {
        for input in inputs {
            let shown = String::from_utf8_lossy(input.get(..40).unwrap_or(input)).into_owned();
            let done = run(&[command], input);
            assert_ne!(status(&done), ALLOW, "{command} {shown}");
            assert!(
                !done.stdout.is_empty() || !done.stderr.is_empty(),
                "{command} {shown}"
            );
            if input.len() > 1000 && command != "merge" {
                continue;
            }
            let batch = run(&[command, "--batch"], input);
            assert_eq!(
                status(&batch),
                ALLOW,
                "the stream itself is fine: {command} {shown}"
            );
            for answer in lines(&batch) {
                assert_ne!(answer["verdict"], "allow", "{command} {shown} {answer}");
            }
        }
    }
    for input in inputs {
        for answer in lines(&run(&["pattern", "--batch"], input)) {
            assert_ne!(answer["match"], true, "{answer}");
        }
    }
}

#[test]
fn every_row_is_answered_in_order_with_its_id() {
    let good = json!({"id": "good", "input": {"change": "trivial", "confidence": 99}});
    let long = format!("{{\"id\": \"long\", \"x\": \"{}\"", "a".repeat(1 << 20));
    let rows = [
        good.to_string(),
        r#"{"id": 2, "input": {"change": "trivial", "confidence": NaN}}"#.to_owned(),
        r#"{"id": "cut", "input": {"#.to_owned(),
        long,
        r#"{"id": 5}"#.to_owned(),
        "[1]".to_owned(),
        "nonsense".to_owned(),
        r#"{"id": {"a": 1}, "input": {"change": "trivial", "confidence": 99}}"#.to_owned(),
    ];
    let input = rows.join("\n");
    let want = [
        json!("good"),
        json!(2),
        json!("cut"),
        json!("long"),
        json!(5),
        Value::Null,
        Value::Null,
        json!({"a": 1}),
    ];
    for words in [
        &["merge", "--batch"][..],
        &["route", "--batch"],
        &["gate", "--batch"],
        &["push", "--batch"],
        &["batch"],
        &["shell", "--batch"],
        &["pattern", "--batch"],
    ] {
        let done = run(words, input.as_bytes());
        let answers = lines(&done);
        let ids: Vec<Value> = answers
            .iter()
            .map(|a| a.get("id").cloned().unwrap_or_default())
            .collect();
        assert_eq!(ids, want, "{words:?}");
        for answer in answers.iter().skip(1).take(6) {
            assert_ne!(answer["verdict"], "allow", "{words:?} {answer}");
        }
    }
    let done = run(
        &["merge", "--batch"],
        b"{\"id\": 1, \"input\": {\"command\": \"cto.plan\"}}",
    );
    assert_eq!(lines(&done)[0]["gate"], "closed");
}

#[test]
fn a_policy_that_cannot_be_used_is_an_error_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("branch.toml");
    let name = file.to_str().unwrap();
    let long = "x".repeat(10 << 20);
    let texts: [(&[u8], &str); 9] = [
        (b"[target.main\n", ":1:"),
        (b"\n[target.main]\nmin_confidence = \"high\"\n", ":3:"),
        (b"[target.main]\nreviews = 1\n", ":2:"),
        (b"[promotion]\norder = ['nowhere']\n", ":2:"),
        (b"[branch.target.main]\nmin_confidence = 130\n", ":2:"),
        (b"[branches]\nprotected = 3\n", ":2:"),
        (b"target = 3\n", ":1:"),
        (b"\n\xff\xfe\n", "line 2"),
        (long.as_bytes(), ":1:"),
    ];
    let facts = json!({"pr": {"target": "develop", "confidence": 99}, "context": {}}).to_string();
    let commands: [&[&str]; 8] = [
        &["merge"],
        &["merge", "--batch"],
        &["route"],
        &["gate"],
        &["push"],
        &["push", "--batch"],
        &["git-hook", "pre-receive"],
        &["git-hook", "update", "refs/heads/x", "0", "1"],
    ];
    for (text, place) in texts {
        fs::write(&file, text).unwrap();
        let lint = run(&["policy", "lint", name], b"");
        let all = commands.iter().map(|words| {
            let words: Vec<&str> = words.iter().copied().chain(["--policy", name]).collect();
            run(&words, facts.as_bytes())
        });
        // Ten megabytes take their time in a debug build.
        let most = if text.len() > 1000 { 1 } else { commands.len() };
        for done in all.take(most).chain([lint]) {
            let said = stderr(&done);
            assert_eq!((status(&done), done.stdout.len()), (FAILURE, 0), "{said}");
            assert!(
                said.contains("branch.toml") && said.contains(place),
                "{place}: {said}"
            );
            assert!(said.len() < 2000, "{}", said.len());
        }
    }
    for path in [Path::new("no/such/file.toml"), folder.path()] {
        let words = ["merge", "--policy", path.to_str().unwrap()];
        let done = run(&words, facts.as_bytes());
        assert_eq!(status(&done), FAILURE);
        assert!(
            stderr(&done).contains(path.to_str().unwrap()),
            "{}",
            stderr(&done)
        );
    }
}

#[test]
fn lint_says_what_is_weak_and_where_nothing_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("branch.toml");
    let name = file.to_str().unwrap();
    for (text, found) in [
        (
            "[[push.protect]]\ninclude = ['refs/heads/release/**']\n",
            "release/**",
        ),
        ("[target.main]\ndismiss_stale = false\n", "main"),
    ] {
        fs::write(&file, text).unwrap();
        let done = run(&["policy", "lint", name], b"");
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert_eq!(status(&done), ASK, "{said}");
        assert!(said.contains(found), "{said}");
    }
}

#[test]
fn rules_of_hosts_are_linted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules");
    let name = file.to_str().unwrap();
    let classic =
        r#"[{"pattern": "rel/**", "protection": {"allow_force_pushes": {"enabled": false}}}]"#;
    let rulesets = r#"[{"name": "a", "target": "branch", "enforcement": "active",
        "conditions": {"ref_name": {"include": ["refs/heads/main"], "exclude": ["~ALL"]}}, "rules": [{"type": "deletion"}]}]"#;
    let gitlab = r#"[{"name": "rel-?", "push_access_levels": [{"access_level": 40}], "merge_access_levels": [{"access_level": 40}]}]"#;
    for (from, text, found) in [
        ("github-classic", classic, Some("pattern-one-level")),
        ("github-rulesets", rulesets, Some("rule-never")),
        ("github-rulesets", rulesets, Some("protection-tier")),
        ("gitlab", gitlab, Some("pattern-literal")),
        (
            "gitolite",
            "repo r\n    RW+ prod = ann\n",
            Some("pattern-open-end"),
        ),
        ("github-classic", "nonsense", None),
        ("github-rulesets", "[{\"rules\": 3}]", None),
        ("gitlab", "3", None),
        ("gitolite", "repo r\n    RW+ ( = ann\n", None),
    ] {
        fs::write(&file, text).unwrap();
        let done = run(
            &["policy", "lint", "--from", from, "--repo", "r", name],
            b"",
        );
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        match found {
            Some(code) => {
                assert_eq!(status(&done), ASK, "{from} {said} {}", stderr(&done));
                assert!(said.contains(code), "{from} {said}");
            }
            None => {
                assert_eq!(status(&done), FAILURE, "{from} {text} {said}");
                assert!(stderr(&done).contains(name), "{}", stderr(&done));
            }
        }
    }
}

#[test]
fn wrong_usage_is_told_apart() {
    for words in [
        &["merge", "--nonsense"][..],
        &["pattern"],
        &["policy", "lint"],
        &["git-hook"],
        &["git-hook", "pre-push"],
        &["push", "--role", "emperor"],
        &["gate", "extra"],
        &[],
    ] {
        assert_eq!(status(&run(words, b"")), USAGE, "{words:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_success() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clearance"))
        .args(["merge", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    let row = "{\"id\": 1, \"input\": {\"change\": \"trivial\", \"confidence\": 99}}\n";
    for _ in 0..1000 {
        if stdin.write_all(row.as_bytes()).is_err() {
            break;
        }
    }
    drop(stdin);
    let done = child.wait_with_output().unwrap();
    assert_ne!(done.status.code(), Some(ALLOW));
    assert!(done.stderr.is_empty(), "{}", stderr(&done));
}

#[test]
fn patterns_are_matched_and_what_is_malformed_matches_nothing() {
    let row = |dialect: &str, pattern: &str| json!({"id": 1, "dialect": dialect, "pattern": pattern, "ref": "release/1"});
    for (row, want) in [
        (row("gitlab", "rel*"), json!(true)),
        (row("github", "rel*"), json!(false)),
        (row("nonsense", "rel*"), json!(false)),
        (json!({"id": 1}), json!(false)),
        (
            json!({"id": 1, "dialect": "github", "pattern": 3, "ref": "x"}),
            json!(false),
        ),
        (
            json!({"id": 1, "dialect": "gitolite", "pattern": "(", "ref": "x"}),
            json!(false),
        ),
    ] {
        let done = run(&["pattern", "--batch"], row.to_string().as_bytes());
        let answer = &lines(&done)[0];
        assert_eq!(
            (&answer["match"], &answer["id"]),
            (&want, &json!(1)),
            "{row}"
        );
    }
}

#[test]
fn check_and_batch_know_gates() {
    let folder = tempfile::tempdir().unwrap();
    let at = ["--cwd", "/p", "--root", "/p", "--home", "/h"];
    let facts = folder.path().join("gates.json");
    let name = facts.to_str().unwrap();
    let check = |more: &[&str]| run(&[&["check", "cto.plan"][..], &at, more].concat(), b"");
    let closed = check(&[]);
    let said = String::from_utf8_lossy(&closed.stdout).into_owned();
    assert_eq!(status(&closed), ASK, "{said}");
    assert!(
        said.contains("branch.gate.validation_pending") && said.contains("`cto.plan`"),
        "{said}"
    );
    for (text, want) in [
        (
            r#"{"cto.plan": {"validation": "PROCEED", "human": "APPROVED"}}"#,
            ALLOW,
        ),
        (
            r#"{"cto.plan": {"validation": "PROCEED", "human": "REJECTED"}}"#,
            DENY,
        ),
        (
            r#"{"cto.plan": {"validation": "PROCEED", "human": "APPROVED", "hman": 1}}"#,
            ASK,
        ),
        (r#"{"cto.plan": 3}"#, FAILURE),
        ("[]", FAILURE),
        ("nonsense", FAILURE),
    ] {
        fs::write(&facts, text).unwrap();
        let done = check(&["--gates", name]);
        assert_eq!(status(&done), want, "{text} {}", stderr(&done));
    }
    let gates = json!({"cto.plan": {"validation": "PROCEED", "human": "APPROVED"}});
    let rows = [
        (
            json!({"id": 1, "command": "cto.plan", "gates": gates}),
            "allow",
        ),
        (json!({"id": 2, "command": "env cto.plan"}), "ask"),
        (
            json!({"id": 3, "tool": "cto.plan", "input": {}, "gates": gates}),
            "allow",
        ),
        (json!({"id": 4, "tool": "cto.plan", "input": {}}), "ask"),
        (
            json!({"id": 5, "tool": "SlashCommand", "input": {"command": "/cto.plan x"}, "gates": gates}),
            "allow",
        ),
        (json!({"id": 6, "tool": "mcp__x__y", "input": {}}), "ask"),
        (json!({"id": 7, "command": "cto.plan", "gates": []}), "ask"),
    ];
    let input: String = rows.iter().map(|(row, _)| format!("{row}\n")).collect();
    let answers = lines(&run(&["batch"], input.as_bytes()));
    for ((row, want), answer) in rows.iter().zip(answers) {
        assert_eq!(answer["verdict"], *want, "{row} {answer}");
    }
}
