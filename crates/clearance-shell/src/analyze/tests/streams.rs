//! Output, input, files, redirections and exported variables.

use super::{check, lines, run, word};
use crate::invocation::Stdin;

#[test]
fn output_is_known_where_words_tell() {
    check(&[
        (
            "git commit -m \"$(cat <<'EOF'\na (b)\n\nEOF\n)\"",
            &["cat", "git commit -m a (b)"],
        ),
        ("x=$(echo a b); rm \"$x\"", &["echo a b", "x=a b", "rm a b"]),
        ("$(printf '\\162\\155') x", &["printf \\162\\155", "rm x"]),
        (
            "d=$(dirname /a/b); ls $d",
            &["dirname /a/b", "d=/a", "ls /a"],
        ),
        (
            "x=$(a; echo b); ls \"$x\"",
            &["a", "echo b", "x=?…b", "ls ?…b"],
        ),
        (
            "x=$(cd b && pwd); ls \"$x\"",
            &["cd b", "pwd @/w/b", "x={|/w/b}", "ls {|/w/b}"],
        ),
        ("t=$(mktemp); rm $t", &["mktemp", "t=?/tmp/…", "rm ?/tmp/…"]),
        ("sleep $(date +%s)", &["date +%s", "sleep #"]),
        (
            "x=$(a | grep -q b && echo yes); ls \"$x\"",
            &["a", "grep -q b", "echo yes", "x={|yes}", "ls {|yes}"],
        ),
        ("echo hi > f; cat f | bash", &["echo hi", "cat f", "bash"]),
    ]);
}

#[test]
fn input_is_followed() {
    let inputs = |script: &str| -> Vec<Stdin> {
        run(script)
            .invocations
            .into_iter()
            .map(|invocation| invocation.stdin)
            .collect()
    };
    let text = |text: &str| Stdin::Text(text.as_bytes().into());
    assert_eq!(inputs("echo a | b"), [Stdin::Inherit, text("a\n")]);
    assert_eq!(inputs("a | b"), [Stdin::Inherit, Stdin::Pipe([0].into())]);
    assert_eq!(inputs("(a; b) | c")[2], Stdin::Pipe([0, 1].into()));
    assert_eq!(inputs("{ echo a; echo b; } | c")[2], text("a\nb\n"));
    assert_eq!(inputs("a <<< x"), [text("x\n")]);
    assert_eq!(inputs("a <<E\nx\nE"), [text("x\n")]);
    assert_eq!(inputs("a < /dev/null"), [Stdin::Null]);
    assert!(matches!(&inputs("a < f")[0], Stdin::File(path) if path.as_static() == Some(b"f")));
    assert_eq!(inputs("{ a; } <<< x"), [text("x\n")]);
    // What is left after the first command has read is not known.
    assert!(matches!(inputs("{ a; b; } <<< x")[1], Stdin::Dynamic(_)));
    assert!(matches!(
        inputs("while a; do b; done <<< x")[0],
        Stdin::Dynamic(_)
    ));
    assert!(matches!(inputs("echo $x | b")[1], Stdin::Pipe(_)));
    assert_eq!(inputs("echo rm x | tee f | bash")[2], text("rm x\n"));
}

#[test]
fn files_that_the_script_wrote_are_known() {
    let written = |script: &str| -> Vec<(String, Option<String>)> {
        run(script)
            .written
            .iter()
            .map(|file| {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                (word(&file.path), file.content.as_deref().map(text))
            })
            .collect()
    };
    let file = |path: &str, text: Option<&str>| (path.to_owned(), text.map(str::to_owned));
    assert_eq!(written("echo a > f"), [file("f", Some("a\n"))]);
    assert_eq!(written("cat > f <<E\na\nE"), [file("f", Some("a\n"))]);
    assert_eq!(
        written("echo a > f; echo b >> f")[1],
        file("f", Some("a\nb\n"))
    );
    assert_eq!(written("echo a >> f"), [file("f", None)]);
    assert_eq!(written("a > f"), [file("f", None)]);
    assert_eq!(
        written("{ echo a; echo b; } > f"),
        [file("f", Some("a\nb\n"))]
    );
    assert_eq!(
        written("echo a | tee f g"),
        [file("f", Some("a\n")), file("g", Some("a\n"))]
    );
    assert_eq!(written("a > /dev/null 2>&1"), []);
    // Something else may have written it in between.
    assert!(
        lines(&run("echo 'rm x' > f; curl -o f y; . ./f"))
            .iter()
            .all(|line| line != "rm x")
    );
}

/// What a file may hold is all that it may hold: each text is run.
#[test]
fn files_that_are_written_twice_hold_either_text() {
    for (script, expected) in [
        ("echo a > f && echo b > f; . ./f", "echo a|echo b|. ./f|b|a"),
        (
            "echo a > f && echo b >> f && . ./f",
            "echo a|echo b|. ./f|a|b|a",
        ),
        (
            "f=$(mktemp); echo a > \"$f\"; . \"$f\"",
            "mktemp|f=?/tmp/…|echo a|. ?/tmp/…|a",
        ),
        (
            "f=$(mktemp); echo a > \"$f\"; [ b ] && echo c > \"$f\"; . \"$f\"",
            "mktemp|f=?/tmp/…|echo a|[ b ]|echo c|. ?/tmp/…|c|a",
        ),
        ("echo a | tee f; . ./f", "echo a|tee f|. ./f|a"),
    ] {
        let analysis = run(script);
        assert_eq!(lines(&analysis).join("|"), expected, "{script}");
        assert!(analysis.opaque.is_empty(), "{script}");
    }
    // Not known: another program, another path that may be the same, a loop.
    for script in [
        "f=$(mktemp); echo a > \"$f\"; b \"$f\"; . \"$f\"",
        "f=$(mktemp); echo a > \"$f\"; echo c > $(d); . \"$f\"",
        "f=$(mktemp); echo a > \"$f\"; echo c > e; . \"$f\"",
        "f=$(mktemp); while b; do echo a > \"$f\"; done; . \"$f\"",
    ] {
        let analysis = run(script);
        assert!(lines(&analysis).iter().all(|line| line != "a"), "{script}");
        assert!(!analysis.opaque.is_empty(), "{script}");
    }
    // Commands of a pipeline run beside each other.
    let analysis = run("echo a > f; echo b > f | . ./f");
    assert!(lines(&analysis).iter().all(|line| line != "b"));
    assert!(!run("echo a > f; . ./f | echo b > f").opaque.is_empty());
}

#[test]
fn redirections_of_enclosing_commands_are_shown() {
    let analysis = run("{ a > 1; } > 2; exec > 3; b 2>&1");
    let targets = |at: usize| -> Vec<String> {
        analysis.invocations[at]
            .redirects
            .iter()
            .map(|redirect| word(&redirect.target))
            .collect()
    };
    assert_eq!(targets(0), ["2", "1"]);
    assert_eq!(targets(2), ["3", "1"]);
}

#[test]
fn exported_variables_are_listed() {
    let exported = |script: &str| -> Vec<String> {
        let analysis = run(script);
        let last = analysis.invocations.last().expect("a command");
        last.exported
            .iter()
            .map(|item| {
                format!(
                    "{}={}",
                    String::from_utf8_lossy(&item.name),
                    word(&item.value)
                )
            })
            .collect()
    };
    assert_eq!(exported("export A=1; B=2; c"), ["A=1"]);
    assert_eq!(exported("A=1; export A; A=2; c"), ["A=2"]);
    assert_eq!(exported("set -a; A=1; c"), ["A=1"]);
    assert_eq!(exported("PATH=/x:$PATH; c"), ["PATH=?/x:…"]);
    assert_eq!(exported("(export A=1); c"), [""; 0]);
    assert_eq!(exported("export A=1; export -n A; c"), [""; 0]);
}
