//! Random scripts, run by the bash of this machine: every command that ran must have been
//! reported, with its words, or be covered by something that is said to be unknown.
//!
//! The scripts call a function `probe N words…` that logs its arguments. They nest control
//! flow around variables, arrays, functions, loops with `break`, traps, `eval` and files, so
//! that a wrong value of the abstract execution shows up as an argument that was not
//! reported. Nothing but builtins can run: `PATH` is empty.
//!
//! `CLEARANCE_SCRIPTS` sets how many scripts are tried, `CLEARANCE_SEED` where to begin.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use std::fmt::Write as _;
use std::process::Command;

mod probes;

use clearance_shell::{Env, analyze};

use probes::is_reported;

/// A small generator of pseudo-random numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("fits")
    }

    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

struct Generator {
    random: Random,
    probes: usize,
    functions: usize,
    in_function: bool,
    in_loop: bool,
}

const VARIABLES: [&str; 4] = ["x", "y", "z", "w"];

impl Generator {
    fn word(&mut self) -> String {
        let variable = self.random.pick(&VARIABLES);
        match self.random.below(18) {
            0 => format!("${variable}"),
            1..=4 => format!("\"${variable}\""),
            5 => format!("\"${{{variable}:-none}}\""),
            6 => format!("\"${{{variable}%b}}\""),
            7 => "\"${a[@]}\"".to_owned(),
            8 => "${#a[@]}".to_owned(),
            9 => "\"$1\"".to_owned(),
            10 => "\"$@\"".to_owned(),
            11 => "$#".to_owned(),
            12 => "$((n + 1))".to_owned(),
            13 => format!("\"$(echo \"${variable}\" c)\""),
            14 => format!("a{{\"${variable}\",d}}"),
            15 => "'c d'".to_owned(),
            _ => self.random.pick(&["a", "b", "ab", "-e"]).to_owned(),
        }
    }

    fn probe(&mut self) -> String {
        self.probes += 1;
        let mut text = format!("probe {}", self.probes);
        for _ in 0..self.random.below(4) {
            let word = self.word();
            let _ = write!(text, " {word}");
        }
        text
    }

    fn change(&mut self) -> String {
        let variable = self.random.pick(&VARIABLES);
        let word = self.word();
        match self.random.below(20) {
            0..=4 => format!("{variable}={word}"),
            5 => format!("{variable}+=b"),
            6 => "n=$((n + 1))".to_owned(),
            7 => "((n++))".to_owned(),
            8 => format!("a=({word} b)"),
            9 => format!("a+=({word})"),
            10 => format!("unset {variable}"),
            11 => format!("set -- {word} b"),
            12 => "shift 2>/dev/null".to_owned(),
            13 => format!("read -r {variable} <<< {word}"),
            14 => format!("printf -v {variable} '%s.' {word}"),
            15 => format!("export {variable}={word}"),
            16 => format!(": \"${{{variable}:=dflt}}\""),
            17 if self.in_function => format!("local {variable}={word}"),
            18 => format!("a[1]={word}"),
            _ => format!("{variable}=$(echo {word})"),
        }
    }

    fn condition(&mut self) -> String {
        let variable = self.random.pick(&VARIABLES);
        match self.random.below(6) {
            0 => "true".to_owned(),
            1 => "false".to_owned(),
            2 => format!("[ \"${variable}\" = a ]"),
            3 => format!("[[ ${variable} == a* ]]"),
            4 => "(( n < 2 ))".to_owned(),
            _ => self.command(1),
        }
    }

    fn list(&mut self, depth: usize) -> String {
        let mut text = String::new();
        for _ in 0..=self.random.below(3) {
            text.push_str(&self.command(depth));
            text.push('\n');
        }
        text
    }

    fn command(&mut self, depth: usize) -> String {
        if depth == 0 {
            return if self.random.below(2) == 0 {
                self.probe()
            } else {
                self.change()
            };
        }
        let depth = depth - 1;
        let variable = self.random.pick(&VARIABLES);
        match self.random.below(26) {
            0 => format!(
                "if {}; then\n{}else\n{}fi",
                self.condition(),
                self.list(depth),
                self.list(depth)
            ),
            1 => format!("if {}; then\n{}fi", self.condition(), self.list(depth)),
            2 => {
                let words = (self.word(), self.word());
                let body = self.looped(depth);
                format!("for {variable} in {} {}; do\n{body}done", words.0, words.1)
            }
            3 => {
                let body = self.looped(depth);
                format!("for {variable} in a b; do\n{body}done")
            }
            4 => {
                self.functions += 1;
                let counter = format!("k{}", self.functions);
                let body = self.looped(depth);
                format!("{counter}=0\nwhile (( {counter}++ < 2 )); do\n{body}done")
            }
            5 => {
                // Without `continue`, which would never end.
                let outer = std::mem::replace(&mut self.in_loop, false);
                let body = self.list(depth);
                self.in_loop = outer;
                format!("while true; do\n{body}break\ndone")
            }
            6 => format!("({})", self.list(depth)),
            7 => format!("{{\n{}}}", self.list(depth)),
            8 => {
                let word = self.word();
                format!(
                    "case {word} in\na*) {};;\n'c d') {};&\n*) {};;\nesac",
                    self.command(depth),
                    self.command(depth),
                    self.command(depth)
                )
            }
            9 => format!("{} && {}", self.condition(), self.command(depth)),
            10 => format!("{} || {}", self.condition(), self.command(depth)),
            11 => format!(
                "{} && {} || {}",
                self.condition(),
                self.command(depth),
                self.command(depth)
            ),
            12 => format!("{} | {}", self.command(depth), self.command(depth)),
            13 | 14 => self.function(depth),
            15 => format!("eval '{}'", self.list(depth).replace('\'', "'\\''")),
            16 if self.in_loop => self.random.pick(&["break", "continue"]).to_owned(),
            17 if self.in_function => "return".to_owned(),
            18 => format!("({}\nexit\n{})", self.list(depth), self.command(depth)),
            19 => format!("{}=$({})", variable, self.list(depth)),
            20 => format!(
                "(trap '{}' EXIT\n{})",
                self.command(0).replace('\'', "'\\''"),
                self.list(depth)
            ),
            21 => format!("{} & wait", self.command(depth)),
            22 => format!("! {}", self.command(depth)),
            23 => {
                let word = self.word();
                format!(
                    "{variable}={word} eval '{}'",
                    self.command(0).replace('\'', "'\\''")
                )
            }
            24 => {
                let body = self.list(depth);
                format!("{{\n{body}}} > /dev/null")
            }
            _ => format!("{}\n{}", self.command(depth), self.command(depth)),
        }
    }

    fn looped(&mut self, depth: usize) -> String {
        let outer = std::mem::replace(&mut self.in_loop, true);
        let body = self.list(depth);
        self.in_loop = outer;
        body
    }

    fn function(&mut self, depth: usize) -> String {
        self.functions += 1;
        let name = format!("f{}", self.functions);
        let outer = std::mem::replace(&mut self.in_function, true);
        let in_loop = std::mem::replace(&mut self.in_loop, false);
        let body = self.list(depth);
        self.in_function = outer;
        self.in_loop = in_loop;
        let words = (self.word(), self.word());
        let call = format!("{name} {} {}", words.0, words.1);
        match self.random.below(4) {
            0 => format!("{name}() {{\n{body}}}\n{call} && {}", self.command(0)),
            1 => format!("{name}() {{\n{body}}}\n{call}\n{call}"),
            2 => format!(
                "if {}; then\n{name}() {{\n{body}}}\n{call}\nfi",
                self.condition()
            ),
            _ => format!("{name}() {{\n{body}}}\n{call}"),
        }
    }
}

fn script(seed: u64) -> String {
    let mut generator = Generator {
        random: Random(seed),
        probes: 0,
        functions: 0,
        in_function: false,
        in_loop: false,
    };
    let mut text = String::from("n=0 x=a y='c d'\na=(a b)\n");
    for _ in 0..1 + generator.random.below(4) {
        let depth = 1 + generator.random.below(3);
        text.push_str(&generator.command(depth));
        text.push('\n');
    }
    text.push_str(&generator.probe());
    text.push('\n');
    text
}

const PRELUDE: &str = r#"exec 9>&1 </dev/null >/dev/null; ulimit -t 2
probe() { local IFS=' '; builtin printf '%s\0' "P$#" "$@" >&9; return $(( $1 % 3 == 0 )); }
"#;

/// The words of the probes that ran; `None` when bash is missing or does not come to an end.
fn run(bash: &str, script: &str) -> Option<Vec<Vec<String>>> {
    let mut command = Command::new(bash);
    command
        .args(["--norc", "--noprofile", "-c"])
        .arg(format!("{PRELUDE}{script}"))
        .env_clear();
    probes::ran(&mut command, 1 << 20)
}

#[test]
fn every_command_that_bash_runs_is_reported() {
    let number = |name: &str, default: u64| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let bash = "/bin/bash";
    if run(bash, "probe 1").is_none_or(|ran| ran != [["1"]]) {
        println!("skipped: there is no {bash} here");
        return;
    }
    let first = number("CLEARANCE_SEED", 1);
    let (mut ran, mut exact, mut vague) = (0, 0, 0);
    for seed in first..first + number("CLEARANCE_SCRIPTS", 150) {
        let script = script(seed);
        let analysis = analyze(script.as_bytes(), &Env::default());
        assert!(
            analysis.complete || !analysis.opaque.is_empty(),
            "seed {seed}"
        );
        let known = analysis.complete && analysis.opaque.is_empty();
        for arguments in run(bash, &script).expect("bash was there before") {
            ran += 1;
            if is_reported(&analysis, &arguments) {
                exact += 1;
            } else {
                assert!(
                    !known,
                    "seed {seed}: probe {arguments:?} is not covered in\n{script}"
                );
                vague += 1;
            }
        }
    }
    println!("{ran} probes ran, {exact} were reported, {vague} were covered by an opaque site");
    // Otherwise the test above proves nothing.
    assert!(exact > 10 * vague, "{exact} against {vague}");
}
