//! Places where bash reads the text by rules of its own.

use super::{analyze, check, env, lines, opaque, run};
use crate::invocation::{Dialect, Env, Reason, Value};

#[test]
fn substitutions_in_regular_expressions_run() {
    check(&[
        ("[[ a =~ <(b) ]] && c", &["b", "c"]),
        ("[[ a =~ x>(b; c)y ]]", &["b", "c"]),
        ("[[ ! a =~ <(b 'c )' # )\n) && d ]]", &["b c )"]),
    ]);
    // The end of a group is found by counting parentheses.
    let grouped = run("[[ a =~ (b|<(c)) ]]");
    assert_eq!(grouped.invocations.len(), 1);
    assert_eq!(grouped.opaque.len(), 1);
}

#[test]
fn case_in_arithmetic_is_not_arithmetic() {
    opaque(&[
        ("a $(( 0$(case b in b) ;; esac) ))", Reason::Syntax),
        (
            "a \"$(( 1 + $(case b in (b) c ;; esac) ))\"",
            Reason::Syntax,
        ),
    ]);
    check(&[(
        "a $(( 1 + $(echo esac >&2; echo 2) ))",
        &["echo esac", "echo 2", "a 3"],
    )]);
}

#[test]
fn a_backslash_at_the_end_stands_for_itself_under_c() {
    check(&[
        ("a b\\", &["a b\\"]),
        ("a \"\n\" b\\", &["a \n b\\"]),
        // Its line was read in single quotes.
        ("a '\n'\\", &["a \n"]),
        ("a $'\n'b\\", &["a \nb"]),
        ("a '\n'\nb c\\", &["a \n", "b c\\"]),
    ]);
    for (dialect, file) in [(Dialect::Bash, true), (Dialect::Unknown, false)] {
        let env = Env {
            dialect,
            file,
            ..Env::default()
        };
        let analysis = super::analyze(b"a b\\", &env);
        assert_eq!(analysis.opaque.len(), 1, "{dialect:?}");
    }
}

#[test]
fn braces_pass_over_substitutions() {
    check(&[
        ("a {b,\"$(echo c # it's\n)\"}d", &["echo c", "a bd cd"]),
        ("a {b,${n:-$(echo c # it's }\n)}}", &["echo c", "a b ?…"]),
        ("a {b,\"$(echo '}')\"}", &["echo }", "a b }"]),
    ]);
}

#[test]
fn sequences_end_where_bash_ends_them() {
    check(&[
        ("a {1..3}", &["a 1 2 3"]),
        (
            "a {1..9223372036854775807}",
            &["a {1..9223372036854775807}"],
        ),
        ("a {08..10}", &["a 08 09 10"]),
    ]);
    let many = run("a {1..5000}");
    let word = many.invocations.first().and_then(|one| one.argv.last());
    let Some(Value::Dynamic(known)) = word.map(|word| &word.value) else {
        panic!("too many to list")
    };
    assert!(known.numeric && known.may_split && !known.may_vanish && !known.may_start_dash);
    // A backquote that comes out of a sequence begins a substitution.
    opaque(&[("a {Z..a..6}b{Z..a..6}", Reason::Syntax)]);
}

#[test]
fn read_resolves_known_input() {
    check(&[
        ("read x <<<'b c '; a \"$x\"", &["read x", "a b c"]),
        (
            "read -r x y <<E\n b c d\nE\na \"$y\"",
            &["read -r x y", "a c d"],
        ),
        (
            "IFS=, read -r x y <<<b,c; a $x $y",
            &["IFS=, read -r x y", "a b c"],
        ),
        (
            "{ read x; read y; a $x $y; } <<E\nb\nc\nE\n",
            &["read x", "read y", "a b ?…"],
        ),
        ("echo b | { read x; a $x; }", &["echo b", "read x", "a b"]),
        (
            "echo b | while read x; do a \"$x\"; done",
            &["echo b", "read x", "a ?…"],
        ),
        ("read x <<<'b\\c'; a \"$x\"", &["read x", "a ?…"]),
        ("read -n 1 x <<<b; a \"$x\"", &["read -n 1 x", "a ?…"]),
        ("read <<<' b'; a \"$REPLY\"", &["read", "a  b"]),
        ("read x; a \"$x\"", &["read x", "a ?…"]),
    ]);
}

/// What another shell would run differently is marked while the shell is not known, and read
/// its own way when it is dash.
#[test]
fn dialects_differ() {
    for script in [
        "repeat 2 a",
        "noglob a *",
        "nocorrect a",
        "foreach x (a b)",
        "builtin cd a; b",
        "declare x=1; a $x",
        "typeset x=1",
        "source a",
        "pushd a; b",
        "mapfile x",
        "a[0]=1",
        "a ~+",
        "a $#x",
        "a $~x",
        "a $=x",
        "a &>/dev/null",
        "a $'b'",
        "a {b,c}",
        "a |& b",
        "a =b",
        "a k=~",
        "time -p a",
        "x=(a b)",
        "function f { a; }",
        "a <<<b",
        "a <(b)",
        "[[ a ]]",
        "((a))",
        "case a in a) b;& c) d;; esac",
        "a ${b/c/d}",
        "a ${b:1}",
        "a ${!b}",
        "a ${b^}",
        "coproc a",
        "select x in a; do b; done",
        "for ((;;)); do a; done",
        "{x}>a b",
        "a $\"b\"",
        "a $[1]",
        "a $x[1]",
        "a $x:h",
        "[ a == b ]",
    ] {
        let unknown = Env {
            dialect: Dialect::Unknown,
            ..Env::default()
        };
        let analysis = super::analyze(script.as_bytes(), &unknown);
        let marked = analysis
            .opaque
            .iter()
            .any(|site| site.reason == Reason::Dialect);
        assert!(marked || !analysis.complete, "{script}");
    }
    let dash = Env {
        dialect: Dialect::Posix,
        ..Env::default()
    };
    let last = |script: &str| {
        let analysis = super::analyze(script.as_bytes(), &dash);
        let argv = analysis.invocations.last().map(|one| one.argv.clone());
        super::word(argv.unwrap_or_default().last().expect("a word"))
    };
    // The builtin is missing there: the variable stays as it was.
    assert_eq!(last("declare x=1; a $x"), "?…");
    assert_eq!(last("a ~+"), "~+");
    assert_eq!(last("a \"$(echo -e b)\""), "-e b");
    assert_eq!(last("a \"$(echo -n b)\""), "b");
}

#[test]
fn numbers_can_be_missing_or_many() {
    // Of the second word: it can split, it can vanish, it is numeric.
    let flags = |script: &str| {
        let analysis = run(script);
        let last = analysis.invocations.last().expect("a command");
        match &last.argv.get(1).expect("a second word").value {
            Value::Dynamic(known) => (known.may_split, known.may_vanish, known.numeric),
            other => panic!("{script}: {other:?}"),
        }
    };
    for (script, want) in [
        ("a $?", (false, false, true)),
        ("a $(nproc)", (false, true, true)),
        ("a \"$(nproc)\"", (false, false, false)),
        ("a -j$(nproc)", (false, false, false)),
        ("x=$(nproc); a $x", (false, true, true)),
        ("a $(pgrep b)", (true, true, true)),
        ("b | c; a ${PIPESTATUS[1]}", (false, true, true)),
        ("b | c; a $PIPESTATUS", (false, true, true)),
        (
            "f() { local PIPESTATUS=$x; a ${PIPESTATUS[0]}; }; f",
            (true, true, false),
        ),
        (
            "declare -A PIPESTATUS; PIPESTATUS[0]=$x; a ${PIPESTATUS[0]}",
            (true, true, false),
        ),
        ("x=$(pgrep b); a $x", (true, true, true)),
        ("x=\"$(pgrep b)\"; a $x", (true, true, true)),
        ("for x in $(pgrep b); do a $x; done", (false, false, true)),
        ("a $(mktemp -d)", (false, false, false)),
        // `IFS` splits what has no blanks.
        ("IFS=0; a $?", (true, false, true)),
        ("IFS=x; a $?", (false, false, true)),
        ("IFS=/; a $(mktemp -d)", (true, true, false)),
        ("IFS=$y; a $(whoami)", (true, true, false)),
    ] {
        assert_eq!(flags(script), want, "{script}");
    }
}

#[test]
fn local_outside_functions_assigns_nothing() {
    check(&[
        ("x=/; local x=a; rm $x", &["x=/", "local x=a", "rm /"]),
        (
            "f() { local x=a; rm $x; }; x=/; f; rm $x",
            &["x=/", "local x=a", "rm a", "rm /"],
        ),
        (
            "f() { eval 'local x=a'; rm $x; }; x=/; f",
            &["x=/", "eval local x=a", "local x=a", "rm a"],
        ),
    ]);
    for dialect in [Dialect::Unknown, Dialect::Zsh] {
        let env = Env {
            dialect,
            ..Env::default()
        };
        let analysis = crate::analyze::analyze(b"x=/; local x=a; rm $x", &env);
        assert!(
            analysis
                .opaque
                .iter()
                .any(|site| site.reason == Reason::Dialect)
        );
    }
}

#[test]
fn what_zsh_and_dash_read_otherwise_is_flagged() {
    for (text, zsh) in [
        ("a $((010))", true),
        ("a $((x[1] + 010))", true),
        ("a ${x:-{b,c}d}", true),
        ("x+=1", false),
        ("x[1]=a", false),
    ] {
        for (dialect, flagged) in [
            (Dialect::Unknown, true),
            (Dialect::Zsh, zsh),
            (Dialect::Bash, false),
        ] {
            let env = Env {
                dialect,
                variables: [(b"x"[..].into(), b"1"[..].into())].into(),
                ..Env::default()
            };
            let analysis = crate::analyze::analyze(text.as_bytes(), &env);
            let found = analysis
                .opaque
                .iter()
                .any(|site| site.reason == Reason::Dialect);
            assert_eq!(
                found, flagged,
                "{text} as {dialect:?}: {:?}",
                analysis.opaque
            );
        }
    }
}

#[test]
fn a_backslash_that_continues_into_nothing_is_no_word() {
    let words = |script: &str| {
        let analysis = run(script);
        let last = analysis.invocations.last().expect("a command");
        let texts = last
            .argv
            .iter()
            .map(|word| String::from_utf8_lossy(word.as_static().expect("static")).into_owned());
        texts.collect::<Vec<_>>()
    };
    assert_eq!(words("a 'b\n' \\"), ["a", "b\n"]);
    assert_eq!(words("a $'b\n' \\"), ["a", "b\n"]);
    assert_eq!(words("a 'b\n' c\\"), ["a", "b\n", "c"]);
    assert_eq!(words("a 'b\n' ''\\"), ["a", "b\n", ""]);
    // Otherwise it stays.
    assert_eq!(words("a b \\"), ["a", "b", "\\"]);
}

/// Of `\⏎\⏎\` at the end bash drops the last backslash, of `\⏎\⏎\⏎\` it does not.
#[test]
fn a_backslash_at_the_end_after_two_continuations_is_not_known() {
    for script in ["a b\\\n\\\n\\", "a b\\\n\\\n\\\n\\", "a \\\n\\\n\\"] {
        let analysis = run(script);
        let word = analysis.invocations[0].argv.last();
        let known = word.is_some_and(|word| word.as_static().is_some());
        assert!(
            !known || !analysis.opaque.is_empty(),
            "{script:?}: {word:?}"
        );
    }
    check(&[("a b\\\n\\", &["a b\\"]), ("a b\\\nc\\\n\\", &["a bc\\"])]);
}

/// A tilde that braces put at the beginning of a word is the home directory: known where the
/// environment says so, and else a word that is not known. Whether a name is that of a user
/// is said nowhere.
#[test]
fn a_tilde_out_of_braces_is_a_home() {
    check(&[
        ("a {b,}~/x", &["a b~/x /home/u/x"]),
        ("a {~,b}/x", &["a /home/u/x b/x"]),
        ("HOME=/h; a {b,}~/x", &["HOME=/h", "a b~/x /h/x"]),
        ("unset HOME; a {b,}~/x", &["unset HOME", "a b~/x ?…/x"]),
        ("a {b,}~nosuchuser", &["a b~nosuchuser ?…"]),
    ]);
    let unknown = Env {
        cwd: Some(b"/w".as_slice().into()),
        ..Env::default()
    };
    let analysis = analyze(b"a {b,}~/x", &unknown);
    assert_eq!(lines(&analysis), ["a b~/x ?…/x"]);
}

/// What bash 5.2 makes of a dollar that braces put in front of a name.
#[test]
fn a_dollar_out_of_braces_is_read_with_what_follows() {
    check(&[
        ("x=1; a {b,{c$,d}}x", &["x=1", "a bx c1 dx"]),
        ("x='1 2'; a {c$,d}x-y", &["x=1 2", "a c1 2-y dx-y"]),
        ("set -- 1 2; a {$,b}12", &["set -- 1 2", "a 12 b12"]),
        ("x=1 xy=2; a {$,b}{x,xy}", &["x=1 xy=2", "a 1 2 bx bxy"]),
        ("x=1; a {b$,c}/x {$,c}'x'", &["x=1", "a b$/x c/x $x cx"]),
    ]);
    assert!(!run("a {$,b}{c}").opaque.is_empty());
    assert!(!run("a {$,b}@").opaque.is_empty());
}

/// What is told of the start holds until a command may have changed it.
#[test]
fn the_start_is_as_it_was_told() {
    let env = Env {
        unset: vec![b"x"[..].into()],
        status: Some(0),
        ..env()
    };
    for (script, expected) in [
        ("a $? {b$,c}x", "a 0 b cx"),
        ("a ${x-y}", "a y"),
        ("x=1; a $x $?", "x=1|a 1 #"),
        ("a; b $?", "a|b #"),
        ("a \"$(b)\" $?", "b|a ? #"),
        ("((1)); a $?", "a #"),
        ("if a; then b $?; fi", "a|b #"),
    ] {
        let analysis = analyze(script.as_bytes(), &env);
        assert_eq!(lines(&analysis).join("|").replace('…', ""), expected);
    }
}
