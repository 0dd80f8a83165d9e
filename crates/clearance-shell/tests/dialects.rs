//! The same text in bash, dash and zsh: what each of them runs must be reported for its own
//! dialect, and, or flagged, when it is not known which of them will run it.
//!
//! Nothing can be run: `PATH` names no directory, and the commands are a harmless function.
//! A shell that is not installed is left out, with a message.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod probes;

use std::process::Command;

use clearance_shell::{Dialect, Env, analyze};

use probes::is_reported;

/// Constructs on which the shells differ, and some on which they do not.
const FRAGMENTS: [&str; 84] = [
    "probe a 'b c' \"d\"",
    "probe $x",
    "probe \"$x\"",
    "probe p$x'q'",
    "for i in $x; do probe \"$i\"; done",
    "for i in a b; do probe $i; done",
    "probe {a,b}",
    "probe a{1..3}b",
    "probe {a}",
    "probe ${x:-{a,b}c}",
    "probe $'a\\tb'",
    "probe $'\\x41'",
    "probe $\"a\"",
    "probe k=~",
    "probe --k=~",
    "probe ~/a",
    "probe a &>/dev/null; probe b",
    "probe a >&2; probe b",
    "probe a |& probe b; probe c",
    "if [[ a = a ]]; then probe y; else probe n; fi",
    "if [[ a == a ]] ; then probe y; fi; probe z",
    "((1)) && probe y || probe n",
    "((0)) && probe y || probe n",
    "probe $((1 + 2)) $((010)) $((2#11))",
    "probe $[1 + 2]",
    "probe <(:) ; probe z",
    "probe =probe",
    "probe a=b=c",
    "{ probe a }; probe b",
    "{ probe a; }",
    "repeat 2 probe r",
    "for i (a b) probe $i; probe z",
    "foreach i (a b); probe $i; end",
    "if (( 1 )) { probe y }; probe z",
    "function f { probe f; }; f",
    "function f() { probe f; }; f",
    "f() probe f\nf",
    "() { probe anonymous; }",
    "time probe t",
    "noglob probe *",
    "nocorrect probe a",
    "- probe a",
    "command probe a; probe b",
    "builtin probe a; probe b",
    "probe \"${x/a/b}\"",
    "probe \"${x//[ab]/c}\"",
    "probe ${x:0:1}",
    "probe ${x^^}",
    "probe ${x@Q}",
    "probe ${#x}",
    "probe ${x%b}",
    "probe \"${x#a }\"",
    "y=x; probe \"${!y}\"",
    "probe ${(U)x}",
    "probe ${x:u}",
    "probe $x[1]",
    "probe \"$x[1]\"",
    "a=(p q); probe ${a[1]}",
    "a=(p q); probe $a",
    "a=(p q); probe \"${a[@]}\"",
    "set -- p q; probe $1 \"$@\" \"$*\"",
    "set -- 'p q' r; probe $* $@",
    "echo -e 'a\\tb' | { read -r v; probe \"$v\"; }",
    "v=$(echo 'a\\tb'); probe \"$v\"",
    "v=$(echo -n a); probe \"$v\"",
    "v=$(printf '%s' a); probe \"$v\"",
    "echo a | read -r v; probe \"z$v\"",
    "probe z | while read -r v; do probe l; done; probe m",
    "alias al='probe alias'\nal b",
    "local v=1; probe $v",
    "export v='a b'; probe $v",
    "typeset v=a; probe \"$v\"",
    "declare v=a; probe \"$v\"",
    "let v=1+1; probe $v",
    "v=1; v+=2; probe $v",
    "case a in a) probe a;& b) probe b;; esac",
    "case a in a) probe a;;& a) probe c;; esac",
    "case ab in (a*) probe y;; esac",
    "select i in a; do probe s; break; done",
    "for ((i=0; i<2; i++)); do probe $i; done",
    "coproc probe c; probe z",
    "eval 'probe e; probe $x'",
    "! probe a; probe b",
    "probe a^b a#b; probe b # c",
];

const PRELUDE: &str =
    "probe() { printf '%s\\0' \"P$#\" \"$@\" >&9; }; x='a b'; exec 9>&1 >/dev/null\n";

/// Where a program is, since the shells get a `PATH` without any.
fn find(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// The words of the probes that ran; `None` when the shell is missing.
fn run(shell: &[&str], script: &str) -> Option<Vec<Vec<String>>> {
    let mut command = Command::new(find(shell[0])?);
    command
        .args(&shell[1..])
        .args(["-c", &format!("{PRELUDE}{script}")])
        .env_clear()
        .envs([("HOME", "/home/u"), ("LC_ALL", "C")])
        .current_dir(std::env::temp_dir());
    probes::ran(&mut command, 1 << 16)
}

/// Fragments alone, and in pairs.
fn scripts() -> Vec<String> {
    let mut all: Vec<String> = FRAGMENTS.map(str::to_owned).to_vec();
    for (at, first) in FRAGMENTS.iter().enumerate() {
        let second = FRAGMENTS[(at * 31 + 17) % FRAGMENTS.len()];
        all.push(format!("({first}\n); {second}"));
    }
    all
}

#[test]
fn what_each_shell_runs_is_reported_or_flagged() {
    let shells: [(&[&str], Dialect); 3] = [
        (&["bash", "--norc", "--noprofile"], Dialect::Bash),
        (&["dash"], Dialect::Posix),
        (&["zsh", "-f"], Dialect::Zsh),
    ];
    let mut problems = Vec::new();
    for (shell, own) in shells {
        if run(shell, "probe 1").is_none_or(|ran| ran != [["1"]]) {
            println!("left out: there is no {} here", shell[0]);
            continue;
        }
        let (mut ran, mut exact) = (0, [0, 0]);
        for script in scripts() {
            let real = run(shell, &script).expect("the shell was there before");
            for (at, dialect) in [own, Dialect::Unknown].into_iter().enumerate() {
                let env = Env {
                    dialect,
                    home: Some(b"/home/u".as_slice().into()),
                    ..Env::default()
                };
                let text = format!("x='a b'\n{script}");
                let analysis = analyze(text.as_bytes(), &env);
                let flagged = !analysis.complete || !analysis.opaque.is_empty();
                for arguments in &real {
                    ran += 1;
                    let reported = is_reported(&analysis, arguments);
                    exact[at] += usize::from(reported);
                    if !reported && !flagged {
                        problems.push(format!(
                            "{} as {dialect:?}: probe {arguments:?} is not covered in\n{script}",
                            shell[0]
                        ));
                    }
                }
            }
        }
        println!("{}: {ran} probes, reported {exact:?}", shell[0]);
        // Otherwise everything may have been flagged.
        assert!(exact[0] * 4 > ran, "{}: {exact:?} of {ran}", shell[0]);
    }
    assert!(
        problems.is_empty(),
        "{}\n{}",
        problems.len(),
        problems.join("\n--\n")
    );
}
