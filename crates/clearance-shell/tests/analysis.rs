//! Properties of the abstract execution over arbitrary text.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use clearance_shell::{Analysis, Analyzer, Env, analyze};
use proptest::prelude::*;

/// Pieces that make scripts when they are put together at random.
const PIECES: &[&str] = &[
    "a",
    "b ",
    "x=1",
    "x=$y",
    "$x",
    "\"$x\"",
    "${x:-a}",
    "${x%b}",
    "$((n+1))",
    "$(a)",
    "`b`",
    "'",
    "\"",
    "\\",
    ";",
    "\n",
    " ",
    "&&",
    "||",
    "|",
    "&",
    "(",
    ")",
    "{ ",
    "}",
    "if ",
    "then ",
    "else ",
    "fi",
    "while ",
    "for x in a b",
    "do ",
    "done",
    "case x in",
    "esac",
    ";;",
    "f()",
    "f ",
    "cd ",
    "cd ..",
    "eval ",
    "trap 'a' EXIT",
    "<<E\n",
    "\nE\n",
    "<<<",
    ">",
    "<",
    "2>&1",
    "[[ ",
    "]]",
    "((",
    "))",
    "a=(",
    "local x",
    "export ",
    "read x",
    "unset x",
    "set -- ",
    "shift",
    "break",
    "return",
    "exit",
    "source f",
    "*",
    "?",
    "[a]",
    "~",
    "#",
    "!",
    "$@",
    "$1",
    "$#",
    "{a,b}",
    "alias a=b",
    "echo ",
    "printf ",
    "\u{0}",
    "é",
];

fn soup() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(PIECES), 0..24)
        .prop_map(|pieces| pieces.concat().into_bytes())
}

/// Whole commands, to be put one after the other.
const COMMANDS: &[&str] = &[
    "a",
    "x=1",
    "y=$x",
    "echo \"$x\" $y",
    "cd d",
    "cd d && b",
    "cd - || exit",
    "if a; then x=2; else y=3; fi",
    "for x in 1 2; do b $x; done",
    "while a; do x=$x$x; break; done",
    "f() { c \"$1\"; return; }",
    "f $x",
    "(x=5; d $x)",
    "x=$(e | g)",
    "set -- p q",
    "h \"$@\"",
    "local z=1",
    "export x",
    "unset x",
    "eval 'i $x'",
    "trap 'j \"$x\"' EXIT",
    "k > out",
    "echo l > file",
    ". ./file",
    "m & n",
    "! o",
    "case $x in 1) p;; esac",
    "exit",
    "{ q; r; } | s",
    "alias t=u",
    "shopt -s expand_aliases",
    "t",
    "source v",
    "read x",
    "$x w",
];

fn scripts() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(COMMANDS), 1..10)
        .prop_map(|all| all.join("\n").into_bytes())
}

fn check_form(text: &[u8], analysis: &Analysis) -> Result<(), TestCaseError> {
    let end = u32::try_from(text.len()).expect("short");
    for invocation in &analysis.invocations {
        prop_assert!(invocation.span.start <= invocation.span.end && invocation.span.end <= end);
        let here = analysis.invocations.len();
        if let clearance_shell::invocation::Stdin::Pipe(sources) = &invocation.stdin {
            prop_assert!(sources.iter().all(|index| (*index as usize) < here));
        }
    }
    for site in &analysis.opaque {
        prop_assert!(site.span.start <= site.span.end && site.span.end <= end);
    }
    prop_assert!(analysis.complete || !analysis.opaque.is_empty());
    Ok(())
}

fn commands(analysis: &Analysis) -> Vec<Vec<Option<&[u8]>>> {
    let argvs = analysis
        .invocations
        .iter()
        .filter(|invocation| !invocation.argv.is_empty());
    argvs
        .map(|invocation| {
            invocation
                .argv
                .iter()
                .map(|word| word.as_static())
                .collect()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_analysed(text in prop::collection::vec(any::<u8>(), 0..80)) {
        check_form(&text, &analyze(&text, &Env::default()))?;
    }

    #[test]
    fn any_soup_is_analysed(text in soup()) {
        check_form(&text, &analyze(&text, &Env::default()))?;
    }

    #[test]
    fn a_warm_analyser_answers_as_a_new_one(texts in prop::collection::vec(soup(), 1..4)) {
        let mut warm = Analyzer::new();
        for text in &texts {
            let (new, old) = (analyze(text, &Env::default()), warm.analyze(text, &Env::default()));
            prop_assert_eq!(format!("{new:?}"), format!("{old:?}"));
        }
    }

    #[test]
    fn a_command_that_follows_takes_nothing_away(text in scripts()) {
        let analysis = analyze(&text, &Env::default());
        let longer = analyze(&[&text[..], b"\nlast-command"].concat(), &Env::default());
        let after = commands(&longer);
        for command in commands(&analysis) {
            prop_assert!(after.contains(&command), "{:?} is gone", command);
        }
        prop_assert!(after.iter().any(|command| command[0] == Some(b"last-command")));
    }
}
