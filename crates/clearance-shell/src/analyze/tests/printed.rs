//! Words and directories that are the output of a command.

use super::{check, run};
use crate::invocation::{Piece, Value};

/// The last word of the last command: `#n` for an output, `@n` for a part of one, `*p*` for a
/// pattern, `<p>` for one match of it, `7` for a number, `…`.
fn last(script: &str) -> String {
    let analysis = run(script);
    let word = analysis
        .invocations
        .last()
        .and_then(|invocation| invocation.argv.last());
    let Some(Value::Dynamic(known)) = word.map(|word| &word.value) else {
        return "static".to_owned();
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let shown = known.pieces().iter().map(|piece| match piece {
        Piece::Text(bytes) => text(bytes),
        Piece::Output(by) => format!("#{by}"),
        Piece::Pattern(pattern) => format!("*{}*", text(pattern)),
        Piece::Item(by) => format!("@{by}"),
        Piece::Number => "7".to_owned(),
        Piece::Match(pattern) => format!("<{}>", text(pattern)),
        Piece::Part { pattern, front } => {
            let mark = if *front { "^" } else { "" };
            format!("<{mark}{}…>", text(pattern))
        }
        Piece::Unknown => "…".to_owned(),
    });
    shown.collect()
}

#[test]
fn outputs_are_followed_into_words() {
    for (script, want) in [
        ("rm -rf \"$(mktemp -d)\"", "#0"),
        ("d=$(mktemp -d); rm -rf \"$d\"", "#0"),
        ("d=$(mktemp -d) || exit 1; rm $d", "#0"),
        ("d=`mktemp -d`/x; e=${d}y; cp a \"b$e\"", "b#0/xy"),
        (
            "r=$(git rev-parse --show-toplevel); ls \"$r\"/src/*.rs",
            "#0/src/**.rs*",
        ),
        ("r=$(f); ls \"$r\"/a*'[b]'", "#0/a**\\[b\\]*"),
        ("ls $(go env GOPATH)/bin", "#0/bin"),
        ("ls \"$x/$(go env GOPATH)/$y\"", "…#0/…"),
        ("export r=$(f); ls --a=$r", "--a=#0"),
        ("g() { local r=$(f); ls \"$r\"; }; g", "#0"),
        ("set -- \"$(f)\"; ls \"$1\"", "#0"),
        ("a=(\"$(f)\" b); ls \"${a[0]}\"", "#0"),
        ("for x in \"$(f)\"; do ls \"$x\"; done", "#0"),
        ("x=$(cd a && pwd); ls \"$x\"", "static"),
        ("x=$(cd \"$y\" && pwd); ls \"$x\"", "#1"),
        ("x=$(echo \"b$(f)/a\"); ls \"$x\"", "b#0/a"),
        ("x=$(printf '%s\\n' \"$(f)\"); ls \"$x\"", "#0"),
        ("x=$(test -e a && f); ls \"$x\"", "#1"),
        ("x=$(f | head -1); ls \"$x\"", "#1"),
        ("x=$(f 2>/dev/null); ls \"$x\"", "#0"),
        ("if a; then x=$(f); else x=$(f); fi; ls \"$x\"", ""),
    ] {
        assert_eq!(last(script), want, "{script}");
    }
}

#[test]
fn mixed_outputs_are_not_one_output() {
    for script in [
        "x=$(f; g); ls \"$x\"",
        "x=$(f || g); ls \"$x\"",
        "x=$(f 2>&1); ls \"$x\"",
        "x=$({ f; } 2>&1); ls \"$x\"",
        "x=$(for i in 1 2; do f; done); ls \"$x\"",
        "x=$(while f; do :; done); ls \"$x\"",
        "x=$(f &>/dev/stdout); ls \"$x\"",
        "ls <(f)",
        "x=$(f); ls ${x%/}",
        "x=$(f); ls ${x:0:1}",
        "x=$(f); while a; do x=$(g); done; ls \"$x\"",
        "x=$(f); if a; then x=b; fi; ls \"$x\"",
    ] {
        assert_eq!(last(script), "", "{script}");
    }
}

#[test]
fn printed_directories_are_followed() {
    check(&[
        (
            "d=$(mktemp -d); cd \"$d\"; ls; cd .. && ls",
            &[
                "mktemp -d",
                "d=?/tmp/…",
                "cd ?/tmp/…",
                "ls @#0|",
                "cd .. @#0|",
                "ls @#0|/..",
            ],
        ),
        (
            "cd \"$(git rev-parse --show-toplevel)/a/..\" && cd b && ls",
            &[
                "git rev-parse --show-toplevel",
                "cd ?…/a/..",
                "cd b @#0",
                "ls @#0/b",
            ],
        ),
        (
            "cd $(f) && ls; cd /w && ls",
            &["f", "cd ?…", "ls @#0?", "cd /w @#0?|", "ls"],
        ),
        (
            "cd \"$(dirname \"$0\")/..\" && ls",
            &["dirname ?…", "cd ?…/..", "ls @#0/.."],
        ),
        (
            "while a; do cd \"$(f)\" || exit; ls; done",
            &["a @?", "f @?", "cd ?… @?", "exit @?", "ls @#1"],
        ),
    ]);
}

/// What a substitution gives is not taken for known when something could get into it on
/// another way than by standard output.
#[test]
fn other_ways_into_a_substitution_are_seen() {
    for script in [
        "x=$(f &>/dev/stdout); ls \"$x\"",
        "x=$(echo a >/dev/stdout); ls \"$x\"",
        "x=$(echo a >/proc/self/fd/1); ls \"$x\"",
        "x=$(echo a >/dev/fd/1); ls \"$x\"",
        "x=$({ echo a >&3; } 3>&1); ls \"$x\"",
        "x=$({ echo a >&3 | cat; } 3>&1); ls \"$x\"",
        "x=$({ echo a; } >/dev/stdout); ls \"$x\"",
        "x=$(f 2>&1 >/dev/null); ls \"$x\"",
        "x=$({ f >&2; } 2>&1); ls \"$x\"",
        "x=$(f > >(cat)); ls \"$x\"",
        "x=$(echo a | tee /dev/stdout); ls \"$x\"",
        "x=$(exec >/dev/stdout; echo a); ls \"$x\"",
        "x=$(exec 3>&1; echo a >&3); ls \"$x\"",
        "x=$(f >\"$y\"); ls \"$x\"",
    ] {
        assert_eq!(last(script), "", "{script}");
    }
    for script in [
        "x=$(echo a >b; echo c); ls \"$x\"",
        "x=$(echo a >&2); ls \"$x\"",
        "x=$(echo a 2>/dev/null); ls \"$x\"",
    ] {
        assert_eq!(last(script), "static", "{script}");
    }
    let analysis = run("echo 'rm -rf a' >/dev/stdout | sh");
    let stdin = &analysis.invocations.last().expect("sh").stdin;
    assert!(matches!(stdin, crate::invocation::Stdin::Pipe(all) if **all == [0]));
}

#[test]
fn parts_of_outputs_numbers_and_matches_are_followed() {
    for (script, want) in [
        ("for f in $(g); do ls \"$f\"; done", "@0"),
        ("for f in a$(g); do ls \"$f\"; done", ""),
        ("g | while read -r f; do ls \"$f/x\"; done", "@0/x"),
        ("g | while IFS=: read -r a b; do ls \"$a\"; done", "@0"),
        ("g | while IFS=: read -r a b; do ls \"$b\"; done", ""),
        ("g | while read -n 1 f; do ls \"$f\"; done", ""),
        ("while read -r f; do ls \"$f\"; done < <(g)", "@0"),
        ("g | while read -r f; do ls \"${f%.c}\"; done", ""),
        ("i=$((x + 1)); ls \"a$i.b\"", "a7.b"),
        ("sed -n \"$((n - 5)),$((n + 5))p\"", "7,7p"),
        ("n=$(wc -l < f); ls \"x$n\"", "x#0"),
        ("for f in *.c; do ls \"a/$f\"; done", "a/<*.c>"),
        ("for f in *.c; do ls \"${f%.c}.o\"; done", "<^*.c…>.o"),
        ("for f in d/*.c; do ls \"o/${f##*/}\"; done", "o/<d/*.c…>"),
        ("for f in *.c; do ls \"o/${f/c/o}\"; done", ""),
    ] {
        assert_eq!(last(script), want, "{script}");
    }
}
