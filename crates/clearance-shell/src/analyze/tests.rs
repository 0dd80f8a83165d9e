//! Scripts and what they could run.

use std::fmt::Write;

mod corners;
mod printed;

use super::analyze;
use crate::invocation::{Analysis, Cwd, Dialect, Env, Flags, Limits, Reason, Stdin, Value, Word};

/// A word: its text, `{a|b}`, `*glob*`, or `?prefix…suffix` (`#` for a number).
fn word(word: &Word) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match &word.value {
        Value::Static(bytes) => text(bytes),
        Value::OneOf(all) => {
            format!(
                "{{{}}}",
                all.iter()
                    .map(|item| text(item))
                    .collect::<Vec<_>>()
                    .join("|")
            )
        }
        Value::Glob(glob) => format!("*{}*", text(&glob.pattern)),
        Value::Dynamic(known) if known.numeric => "#".to_owned(),
        Value::Dynamic(known) => format!("?{}…{}", text(&known.prefix), text(&known.suffix)),
    }
}

/// One line an invocation: assignments, words, and (if it changed) the directory.
fn lines(analysis: &Analysis) -> Vec<String> {
    let mut lines = Vec::new();
    for invocation in &analysis.invocations {
        let mut parts: Vec<String> = Vec::new();
        for assignment in &invocation.assignments {
            let name = String::from_utf8_lossy(&assignment.name).into_owned();
            parts.push(format!("{name}={}", word(&assignment.value)));
        }
        parts.extend(invocation.argv.iter().map(word));
        let mut line = parts.join(" ");
        match &invocation.cwd {
            Cwd::Known(path) if **path == *b"/w" => {}
            Cwd::Known(path) => {
                let _ = write!(line, " @{}", String::from_utf8_lossy(path));
            }
            Cwd::OneOf(all) => {
                let all: Vec<_> = all
                    .iter()
                    .map(|path| String::from_utf8_lossy(path))
                    .collect();
                let _ = write!(line, " @{{{}}}", all.join("|"));
            }
            Cwd::Below(path) => {
                let _ = write!(line, " @{}/…", String::from_utf8_lossy(path));
            }
            Cwd::Printed(printed) => {
                let _ = write!(line, " @#{}", printed.by);
                line.push_str(if printed.unquoted { "?" } else { "" });
                line.push_str(if printed.or_stayed { "|" } else { "" });
                for (mark, text) in [("/", Some(&printed.path)), ("<", printed.top.as_ref())] {
                    if let Some(text) = text.filter(|text| !text.is_empty()) {
                        let _ = write!(line, "{mark}{}", String::from_utf8_lossy(text));
                    }
                }
            }
            Cwd::Unknown => line.push_str(" @?"),
        }
        lines.push(line);
    }
    lines
}

fn env() -> Env {
    Env {
        cwd: Some(b"/w".as_slice().into()),
        home: Some(b"/home/u".as_slice().into()),
        ..Env::default()
    }
}

fn run(script: &str) -> Analysis {
    analyze(script.as_bytes(), &env())
}

/// Scripts that are understood entirely, and what they run.
fn check(table: &[(&str, &[&str])]) {
    for (script, want) in table {
        let analysis = run(script);
        assert_eq!(lines(&analysis), *want, "{script}");
        assert!(analysis.complete, "{script}");
        assert_eq!(analysis.opaque, [], "{script}");
    }
}

/// Scripts with a site whose meaning is not known.
fn opaque(table: &[(&str, Reason)]) {
    for (script, reason) in table {
        let analysis = run(script);
        assert!(
            analysis.opaque.iter().any(|site| site.reason == *reason),
            "{script}: {:?}",
            analysis.opaque
        );
    }
}

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

#[test]
fn code_in_strings_is_followed() {
    check(&[
        ("eval 'rm x; ls'", &["eval rm x; ls", "rm x", "ls"]),
        ("x='rm y'; eval \"$x\"", &["x=rm y", "eval rm y", "rm y"]),
        (
            "for c in 'a b' 'c d'; do eval \"$c\"; done",
            &["eval {a b|c d}", "a b", "c d"],
        ),
        ("trap 'rm x' EXIT; ls", &["trap rm x EXIT", "ls", "rm x"]),
        (
            "x=1; trap 'rm $x' EXIT; x=2",
            &["x=1", "trap rm $x EXIT", "x=2", "rm {2|1}"],
        ),
        ("(trap 'rm x' EXIT); ls", &["trap rm x EXIT", "rm x", "ls"]),
        ("echo 'rm x' > f; . ./f", &["echo rm x", ". ./f", "rm x"]),
        (". /dev/stdin <<< 'rm x'", &[". /dev/stdin", "rm x"]),
        (
            "source <(echo rm x)",
            &["echo rm x", "source ?/dev/fd/…", "rm x"],
        ),
        (
            "shopt -s expand_aliases\nalias l='rm -r'\nl x",
            &["shopt -s expand_aliases", "alias l=rm -r", "rm -r x", "l x"],
        ),
        ("alias l='rm -r'\nl x", &["alias l=rm -r", "l x"]),
    ]);
    opaque(&[
        ("eval \"$x\"", Reason::DynamicCode),
        ("eval $(curl x)", Reason::DynamicCode),
        ("trap \"$x\" EXIT", Reason::DynamicCode),
        ("source \"$x\"", Reason::DynamicCode),
        ("trap 'x=1' DEBUG; y", Reason::ShellState),
        ("export -f f", Reason::Redefinition),
        ("hash -p /tmp/x ls; ls", Reason::Redefinition),
        ("enable -f ./x.so ls", Reason::Redefinition),
        ("BASH_ENV=x bash -c y", Reason::DynamicCode),
        ("PS4='$(x)'; set -x", Reason::Reexpansion),
        ("mapfile -C 'x' -c1 a", Reason::DynamicCode),
        ("compgen -C x a", Reason::Reexpansion),
        ("eval '((a\n)\nb\n)'", Reason::Syntax),
    ]);
}

#[test]
fn evaluated_names_are_opaque() {
    opaque(&[
        ("v='a[$(x)]'; (( v ))", Reason::Arithmetic),
        ("v='a[$(x)]'; [[ v -eq 0 ]]", Reason::Arithmetic),
        ("v='a[$(x)]'; let v", Reason::Arithmetic),
        ("v='a[$(x)]'; declare -i w=v", Reason::Arithmetic),
        ("v='a[$(x)]'; [[ -v $v ]]", Reason::Subscript),
        ("v='a[$(x)]'; test -v \"$v\"", Reason::Subscript),
        ("v='a[$(x)]'; printf -v \"$v\" 1", Reason::Subscript),
        ("v='a[$(x)]'; read \"$v\"", Reason::Subscript),
        ("v='a[$(x)]'; unset \"$v\"", Reason::Subscript),
        ("declare \"a[\\$(x)]=1\"", Reason::Subscript),
        ("declare -n r='a[$(x)]'; echo $r", Reason::Indirect),
        ("read \"$x\"", Reason::Indirect),
        ("echo $((x))", Reason::Arithmetic),
        ("read x; (( x ))", Reason::Arithmetic),
        ("[ $x = y ]", Reason::Subscript),
        ("export $(cat .env)", Reason::Indirect),
    ]);
    check(&[
        ("i=3; (( i > 2 )); [[ $i -eq 3 ]]", &["i=3"]),
        (
            "n=$(wc -l < f); [[ $n -gt 5 ]]; echo $((n + 1))",
            &["wc -l", "n=#", "echo #"],
        ),
        (
            "[ \"$x\" = y ]; [ $? -eq 0 ]",
            &["[ ?… = y ]", "[ # -eq 0 ]"],
        ),
        ("[[ $x == y ]]", &[]),
    ]);
}

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

#[test]
fn limits_end_in_an_opaque_site() {
    let env = Env {
        limits: Limits {
            steps: 50,
            ..Limits::default()
        },
        ..env()
    };
    let analysis = analyze("a; ".repeat(100).as_bytes(), &env);
    assert!(!analysis.complete);
    assert!(
        analysis
            .opaque
            .iter()
            .any(|site| site.reason == Reason::Limit)
    );
    let long = analyze(&vec![b'a'; 70_000], &Env::default());
    assert!(!long.complete && long.opaque[0].reason == Reason::Limit);
}

#[test]
fn deep_nesting_needs_no_stack() {
    let families: [(&str, &str, &str); 9] = [
        ("(", "a", ")"),
        ("{ ", "a", "; }"),
        ("$(", "a", ")"),
        ("\"$(", "a", ")\""),
        ("if ", "a", "; then b; fi"),
        ("${x:-", "a", "}"),
        ("while a; do ", "b", "; done"),
        ("eval '", "a", "'"),
        ("f() { ", "a", "; }"),
    ];
    let thread = std::thread::Builder::new().stack_size(256 * 1024);
    let done = thread.spawn(move || {
        for (open, middle, close) in families {
            for depth in [100, 100_000] {
                let text = [open.repeat(depth), middle.to_owned(), close.repeat(depth)].concat();
                let env = Env {
                    limits: Limits {
                        bytes: u32::MAX,
                        ..Limits::default()
                    },
                    ..Env::default()
                };
                let analysis = analyze(text.as_bytes(), &env);
                if depth > 1000 && open != "eval '" {
                    assert!(!analysis.opaque.is_empty(), "{open}");
                }
            }
        }
    });
    done.expect("a thread")
        .join()
        .expect("no overflow and no panic");
}

#[test]
fn work_is_linear() {
    let families = [
        "a; ",
        "x=1; ",
        "a && ",
        "a | ",
        "x$i=1 && ",
        "f() { a; }; f; ",
        "(a) ",
        "cd a; ",
    ];
    for family in families {
        let steps = |count: usize| {
            let env = Env {
                limits: Limits {
                    steps: u32::MAX,
                    ..Limits::default()
                },
                ..env()
            };
            let mut text = String::new();
            for number in 0..count {
                text.push_str(&family.replace("$i", &number.to_string()));
            }
            f64::from(analyze(text.as_bytes(), &env).steps)
        };
        let ratio = steps(2000) / steps(500);
        assert!(ratio < 6.0, "{family}: {ratio}");
    }
}

#[test]
fn other_dialects_expand_aliases() {
    let env = Env {
        dialect: Dialect::Posix,
        ..env()
    };
    let analysis = analyze(b"alias l='rm -r'\nl x", &env);
    assert_eq!(lines(&analysis)[1..], ["rm -r x", "l x"]);
}
