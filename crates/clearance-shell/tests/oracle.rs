//! Words against the real bash: random simple commands, run with a harmless function in the
//! place of the command, and the arguments that it got beside ours.
//!
//! Nothing can be run: `PATH` names no directory, only builtins exist, and the words are made
//! of a few letters.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

use std::io::Write;
use std::process::{Command, Stdio};

use clearance_shell::expand::{Expander, Nothing};
use clearance_shell::tree::{Flags, Kind};
use clearance_shell::{Dialect, Limits, parse};

/// A small generator of numbers, the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.next(from.len())]
    }
}

const LITERALS: [&str; 22] = [
    "a", "b", "zz", "-v", "--k=w", "m=n", "p.q", "s/t", "7", "%d", "+", "@h", "c:d", "x,y", "ü",
    "漢", "-", "..", "]", "!", "a!b", "^",
];
const ESCAPES: [&str; 16] = [
    "\\ ", "\\$", "\\`", "\\\"", "\\'", "\\\\", "\\*", "\\{", "\\}", "\\,", "\\~", "\\#", "\\;",
    "\\|", "\\\n", "\\n",
];
const SINGLE: [&str; 12] = [
    "a", " ", "$x", "\\", "\"", "`", "*", "~", "{a,b}", "\n", "#", "$(y)",
];
const DOUBLE: [&str; 16] = [
    "a", " ", "b  c", "\\$", "\\\"", "\\\\", "\\`", "\\z", "\\\n", "'", "*", "~", "{a,b}", "#",
    "$", "$ ",
];
const ANSI: [&str; 22] = [
    "a", "\\n", "\\t", "\\\\", "\\'", "\\\"", "\\x41", "\\x4z", "\\101", "\\1019", "\\u20ac",
    "\\U1F600", "\\cB", "\\e", "\\?", "\\q", "\\x{42}", "\\377", "$x", "{a,b}", " ", "\\0zz",
];
const BRACES: [&str; 24] = [
    "{1..4}",
    "{4..1}",
    "{08..11}",
    "{a..d}",
    "{a..g..3}",
    "{-2..2}",
    "{}",
    "{a}",
    "{a,b",
    "a,b}",
    "{,}",
    "{a,{b,c}}",
    "{a,b}{c,d}",
    "{{a,b}",
    "{a,b}}",
    "{1..x}",
    "{1..}",
    "{'a,b',c}",
    "{a\\,b,c}",
    "{\"x\",y}",
    "\\{a,b}",
    "{a,}",
    "{3..9..4}",
    "{x,$'y,z'}",
];

fn repeated(random: &mut Random, from: &[&str]) -> String {
    let count = random.next(4);
    (0..count).map(|_| random.pick(from)).collect()
}

fn piece(random: &mut Random) -> String {
    match random.next(7) {
        0 | 1 => random.pick(&LITERALS).to_owned(),
        2 => random.pick(&ESCAPES).to_owned(),
        3 => format!("'{}'", repeated(random, &SINGLE)),
        4 => format!("\"{}\"", repeated(random, &DOUBLE)),
        5 => format!("$'{}'", repeated(random, &ANSI)),
        _ => random.pick(&BRACES).to_owned(),
    }
}

fn line(random: &mut Random) -> String {
    let mut line = random
        .pick(&["probe", "pr'o'be", "\\probe", "$'probe'", "{probe,k}"])
        .to_owned();
    for _ in 0..random.next(5) {
        line.push_str(random.pick(&[" ", "  ", "\t", " \\\n"]));
        let mut word: String = (0..=random.next(3)).map(|_| piece(random)).collect();
        if word.starts_with('#') {
            word.insert(0, '\\');
        }
        line.push_str(&word);
        if random.next(20) == 0 {
            line.push_str(random.pick(&[" 2>/dev/null", ">/dev/null", " </dev/null", " # end"]));
        }
    }
    line
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Where bash is, by the `PATH` of this process (its own will be empty).
fn bash() -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join("bash"))
        .find(|file| file.is_file())
}

/// The arguments that bash gives for each line; `None` where it ran nothing, or bash is
/// missing.
fn ask_bash(lines: &[String]) -> Option<Vec<Option<Vec<Vec<u8>>>>> {
    let mut script = String::from(
        "probe() { builtin printf '%s\\0' \"P$#\" \"$@\"; }\n\
         command_not_found_handle() { return 127; }\n",
    );
    for line in lines {
        script.push_str(&format!(
            "( eval {} 3>&1 ) 2>/dev/null </dev/null\nbuiltin printf 'E\\0'\n",
            quoted(line)
        ));
    }
    // Redirections of the line itself must not hide the report.
    let script = script.replace("\"$@\"; }", "\"$@\" >&3; }");
    let mut child = Command::new(bash()?)
        .args(["--norc", "--noprofile", "/dev/stdin"])
        .env_clear()
        .env("PATH", "/nonexistent")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    let feeder = std::thread::spawn(move || stdin.write_all(script.as_bytes()));
    let output = child.wait_with_output().ok()?;
    feeder.join().ok()?.ok()?;
    let mut tokens = output.stdout.split(|byte| *byte == 0);
    let mut answers = Vec::new();
    for _ in lines {
        let mut answer = None;
        loop {
            let token = tokens.next()?;
            if token == b"E" {
                break;
            }
            let count: usize = std::str::from_utf8(token.strip_prefix(b"P")?)
                .ok()?
                .parse()
                .ok()?;
            answer = Some(tokens.by_ref().take(count).map(<[u8]>::to_vec).collect());
        }
        answers.push(answer);
    }
    Some(answers)
}

/// Our arguments, when all of them are static.
fn ours(line: &str) -> Option<Vec<Vec<u8>>> {
    let limits = Limits {
        alternatives: 4096,
        ..Limits::default()
    };
    let script = parse(line.as_bytes(), Dialect::Bash, limits);
    let command = script
        .walk(script.root())
        .find(|id| script.kind(*id) == Kind::Simple && !script.flags(*id).has(Flags::INCOMPLETE))?;
    let mut world = Nothing;
    let mut expander = Expander::new(&mut world, Dialect::Bash, limits);
    let mut words = Vec::new();
    for word in script.simple(command).words() {
        expander.arguments(&script, word, &mut words);
    }
    let texts: Option<Vec<_>> = words
        .iter()
        .map(|word| word.as_static().map(<[u8]>::to_vec))
        .collect();
    Some(texts?.split_first()?.1.to_vec())
}

#[test]
fn static_words_are_what_bash_passes() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut compared, mut resolved) = (0, 0);
    for _ in 0..6 {
        let lines: Vec<_> = (0..400).map(|_| line(&mut random)).collect();
        let Some(answers) = ask_bash(&lines) else {
            eprintln!("skipped: bash is missing or did not answer");
            return;
        };
        for (line, answer) in lines.iter().zip(answers) {
            let Some(answer) = answer else { continue };
            compared += 1;
            let Some(found) = ours(line) else { continue };
            resolved += 1;
            let show = |words: &[Vec<u8>]| -> Vec<String> {
                words
                    .iter()
                    .map(|word| word.escape_ascii().to_string())
                    .collect()
            };
            assert_eq!(show(&found), show(&answer), "{line:?}");
        }
    }
    assert!(compared > 1_500, "bash ran only {compared} of the lines");
    // Only `*` and `?` in pieces, and a lone `!` or `^` beside brackets, make patterns.
    assert!(
        resolved * 100 >= compared * 97,
        "{resolved} of {compared} resolved"
    );
}
