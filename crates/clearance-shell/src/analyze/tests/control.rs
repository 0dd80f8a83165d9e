//! What values, branches, loops, functions and directories become.

use super::{check, opaque, run};
use crate::invocation::{Flags, Reason, Value};

#[test]
fn variables_hold_what_was_assigned() {
    check(&[
        ("x=rm; $x -rf a", &["x=rm", "rm -rf a"]),
        ("x=1; y=$x$x; echo $y", &["x=1", "y=11", "echo 11"]),
        ("x=a x=b; echo $x", &["x=a x=b", "echo b"]),
        (
            "x=1; x=2 echo $x; echo $x",
            &["x=1", "x=2 echo 1", "echo 1"],
        ),
        ("x=a; x+=b; echo $x", &["x=a", "x=b", "echo ab"]),
        ("unset x; echo \"[$x]\"", &["unset x", "echo []"]),
        (
            "a=(1 '2 3'); echo \"${a[1]}\" ${#a[@]}",
            &["a={1|2 3}", "echo 2 3 2"],
        ),
        (
            "a=(1 2); a+=(3); printf x \"${a[@]}\"",
            &["a={1|2}", "a=3", "printf x 1 2 3"],
        ),
        (
            "declare -A m=([k]=v); echo ${m[k]}",
            &["declare -A ?m=(…", "echo v"],
        ),
        (
            "set -- a 'b c'; echo \"$2\" $#; shift; echo \"$1\"",
            &["set -- a b c", "echo b c 2", "shift", "echo b c"],
        ),
        (
            "declare -i n=3; n=4; echo $n",
            &["declare -i n=3", "n=4", "echo 4"],
        ),
        (
            "declare -n r=x; x=5; echo $r",
            &["declare -n r=x", "x=5", "echo 5"],
        ),
        (
            "printf -v x '%s-%s' a b; echo $x",
            &["printf -v x %s-%s a b", "echo a-b"],
        ),
        (
            "export A=1; (A=2; echo $A); echo $A",
            &["export A=1", "A=2", "echo 2", "echo 1"],
        ),
        (
            "unset x; : ${x:=5}; echo ~ \"$HOME\"",
            &["unset x", ": 5", "echo /home/u /home/u"],
        ),
    ]);
}

#[test]
fn branches_are_joined() {
    check(&[
        (
            "if a; then x=1; else x=2; fi; echo $x",
            &["a", "x=1", "x=2", "echo {1|2}"],
        ),
        ("x=1; a && x=2; echo $x", &["x=1", "a", "x=2", "echo {2|1}"]),
        ("x=1; a || x=2; echo $x", &["x=1", "a", "x=2", "echo {2|1}"]),
        ("x=1; x=2 && b; echo $x", &["x=1", "x=2", "b", "echo 2"]),
        (
            "x=0; case $y in a) x=1;; b) x=2;; esac; echo $x",
            &["x=0", "x=1", "x=2", "echo {1|2|0}"],
        ),
        (
            "x=0; case $y in a) x=1;; *) x=2;; esac; echo $x",
            &["x=0", "x=1", "x=2", "echo {1|2}"],
        ),
        (
            "x=0; case $y in a) x=1;& b) echo $x;; esac",
            &["x=0", "x=1", "echo {1|0}"],
        ),
        (
            "x=1; if a; then x=2; exit; fi; echo $x",
            &["x=1", "a", "x=2", "exit", "echo 1"],
        ),
        (
            "x=1; { x=2; } | cat; echo $x",
            &["x=1", "x=2", "cat", "echo 1"],
        ),
        (
            "x=1; (x=2); x=3 & echo $x",
            &["x=1", "x=2", "x=3", "echo 1"],
        ),
    ]);
}

#[test]
fn loops_reach_a_fixed_point() {
    check(&[
        ("for i in a b; do echo $i.x; done", &["echo {a.x|b.x}"]),
        ("for f in *.c; do cc \"$f\"; done", &["cc **.c*"]),
        (
            "x=0; for i in 1 2; do echo $x; x=1; done; echo $x",
            &["x=0", "echo {0|1}", "x=1", "echo 1"],
        ),
        (
            "i=0; while a; do i=$((i+1)); done; echo $i",
            &["i=0", "a", "i=#", "echo #"],
        ),
        (
            "x=1; while a; do x=2; break; x=3; done; echo $x",
            &["x=1", "a", "x=2", "break", "x=3", "echo {2|1}"],
        ),
        (
            "x=1; while a; do x=2; continue; x=3; done; echo $x",
            &["x=1", "a", "x=2", "continue", "x=3", "echo {1|2}"],
        ),
        (
            "while true; do x=1; break; done; echo $x",
            &["true", "x=1", "break", "echo 1"],
        ),
        (
            "for i in $(seq 2); do echo $i; done",
            &["seq 2", "echo {1|2}"],
        ),
        ("for ((i=0; i<2; i++)); do echo $i; done", &["echo #"]),
        ("until a; do b; done", &["a", "b"]),
    ]);
    let analysis = run("x=a; while b; do x=$x$x; echo $x; done");
    let last = analysis.invocations.last().expect("echo");
    assert!(
        matches!(last.argv[1].value, Value::Dynamic(_)),
        "{:?}",
        last.argv
    );
    assert!(last.flags.has(Flags::LOOP));
}

#[test]
fn functions_run_with_their_arguments() {
    check(&[
        ("f() { rm \"$1\"; }; f a; f 'b c'", &["rm a", "rm b c"]),
        (
            "f() { local x=2; g; }; g() { echo $x; }; x=1; f; echo $x",
            &["x=1", "local x=2", "echo 2", "echo 1"],
        ),
        ("ls() { command rm \"$@\"; }; ls -rf x", &["rm -rf x"]),
        (
            "f() { x=1; return; x=2; }; f; echo $x",
            &["x=1", "return", "x=2", "echo 1"],
        ),
        ("f() { cd /x; }; f && ls", &["cd /x", "ls @/x"]),
        ("a && f() { b; }; f", &["a", "b", "f"]),
        ("f() { b; }; unset -f f; f", &["unset -f f", "f"]),
        ("f() { b; }; \\f; command f", &["b", "f"]),
        (
            "f() { echo $V; }; V=1 f; echo ${V-unset}",
            &["echo 1", "echo ?…"],
        ),
    ]);
    opaque(&[
        ("f() { f; }; f", Reason::Limit),
        (":() { :|:& }; :", Reason::Limit),
    ]);
}

#[test]
fn directories_are_followed() {
    check(&[
        ("cd a && ls", &["cd a", "ls @/w/a"]),
        ("cd a; ls", &["cd a", "ls @{/w/a|/w}"]),
        ("cd a || exit 1; ls", &["cd a", "exit 1", "ls @/w/a"]),
        (
            "cd a || { echo no; exit 1; }\nls",
            &["cd a", "echo no", "exit 1", "ls @/w/a"],
        ),
        ("set -e; cd a; ls", &["set -e", "cd a", "ls @/w/a"]),
        ("cd /; ls", &["cd /", "ls @/"]),
        ("cd && ls", &["cd", "ls @/home/u"]),
        (
            "cd ~/p && cd .. && cd - && pwd",
            &[
                "cd /home/u/p",
                "cd .. @/home/u/p",
                "cd - @/home/u",
                "pwd @/home/u/p",
            ],
        ),
        ("(cd a && ls); ls", &["cd a", "ls @/w/a", "ls"]),
        ("pushd a && popd && ls", &["pushd a", "popd @/w/a", "ls"]),
        ("if cd a; then ls; else b; fi", &["cd a", "ls @/w/a", "b"]),
        ("cd \"$x\" && ls", &["cd ?…", "ls @?"]),
        (
            "cd \"$(mktemp -d)\" && ls",
            &["mktemp -d", "cd ?/tmp/…", "ls @#0</tmp"],
        ),
        ("cd a && echo $PWD $OLDPWD", &["cd a", "echo /w/a /w @/w/a"]),
        (
            "cd a && x=$(pwd) && echo $x",
            &["cd a", "pwd @/w/a", "x=/w/a @/w/a", "echo /w/a @/w/a"],
        ),
        ("CDPATH=/x; cd a && ls", &["CDPATH=/x", "cd a", "ls @?"]),
        (
            "CDPATH=/x; cd ./a && ls",
            &["CDPATH=/x", "cd ./a", "ls @/w/a"],
        ),
    ]);
}

/// A command word of several possible lengths is several commands.
#[test]
fn a_command_that_is_one_of_several_is_each_of_them() {
    for (text, expected) in [
        (
            "for c in 'npm test' ls 'git status -s'; do $c; done",
            "npm test|ls|git status -s",
        ),
        ("if a; then c='x y'; else c=; fi; $c ls", "a|||x y ls|ls"),
        ("s='sudo -n'; a && s=; $s b >f", "|a||b|sudo -n b"),
        ("if a; then c='cd x'; else c=b; fi; $c", "a|||cd x|b"),
        ("x='a b'; c && x=eval; $x 'd e'", "|c||eval d e|d e|a b d e"),
        (
            "x='export a'; b && x=export; $x c=1",
            "|b||export c=1|export a c=1",
        ),
    ] {
        let analysis = run(text);
        let mut lines: Vec<String> = Vec::new();
        for call in &analysis.invocations {
            let words = call
                .argv
                .iter()
                .map(|word| word.as_static().unwrap_or(b"?"));
            let words: Vec<_> = words.map(String::from_utf8_lossy).collect();
            lines.push(words.join(" "));
        }
        assert_eq!(lines.join("|"), expected, "{text}");
        assert!(analysis.opaque.is_empty(), "{text}");
    }
    // Nothing is guessed of too many.
    let many: String = (0..20).map(|number| format!(" 'a {number} b'")).collect();
    let analysis = run(&format!("for c in{many}; do $c; done"));
    assert!(analysis.invocations.len() == 1);
}
