//! What the parser makes of the constructs of the shell: a table of texts and trees, and the
//! properties that hold for any text.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

use clearance_shell::tree::{Flags, Kind, NodeId, Note, Script};
use clearance_shell::{Dialect, ExtGlob, Limits, Parser, parse};
use proptest::prelude::*;

fn bash(text: &str) -> Script {
    parse(text.as_bytes(), Dialect::Bash, Limits::default())
}

/// The tree in one line: kinds with their children in parentheses; plain words as text.
fn shape(script: &Script, id: NodeId) -> String {
    if script.kind(id) == Kind::Word && script.flags(id).has(Flags::PLAIN) {
        return String::from_utf8_lossy(script.text(id)).into_owned();
    }
    let inner: Vec<_> = script
        .children(id)
        .map(|child| shape(script, child))
        .collect();
    let name = format!("{:?}", script.kind(id));
    if inner.is_empty() {
        name
    } else {
        format!("{name}({})", inner.join(" "))
    }
}

fn whole(text: &str) -> String {
    let script = bash(text);
    assert!(script.is_complete(), "{text}: {:?}", script.diagnostics());
    script
        .children(script.root())
        .map(|id| shape(&script, id))
        .collect::<Vec<_>>()
        .join("; ")
}

#[test]
fn constructs_have_the_expected_trees() {
    let table: [(&str, &str); 52] = [
        ("a b", "Simple(a b)"),
        ("a;b\nc", "Simple(a); Simple(b); Simple(c)"),
        ("a && b || c", "AndOr(Simple(a) Simple(b) Simple(c))"),
        ("a | b |& c", "Pipeline(Simple(a) Simple(b) Simple(c))"),
        (
            "a | b && c & d",
            "AndOr(Pipeline(Simple(a) Simple(b)) Simple(c)); Simple(d)",
        ),
        ("! a", "Pipeline(Simple(a))"),
        ("time -p a | b", "Pipeline(Simple(a) Simple(b))"),
        ("(a; b)", "Subshell(List(Simple(a) Simple(b)))"),
        ("{ a; } >f", "Group(List(Simple(a)) Redirect(f))"),
        ("if a; then b; fi", "If(List(Simple(a)) List(Simple(b)))"),
        (
            "if a; then b; elif c; then d; else e; fi",
            "If(List(Simple(a)) List(Simple(b)) List(Simple(c)) List(Simple(d)) List(Simple(e)))",
        ),
        (
            "while a; do b; done",
            "While(List(Simple(a)) List(Simple(b)))",
        ),
        (
            "until a\ndo b\ndone <f",
            "Until(List(Simple(a)) List(Simple(b)) Redirect(f))",
        ),
        ("for x in a b; do c; done", "For(a b List(Simple(c)))"),
        ("for x; do c; done", "For(List(Simple(c)))"),
        ("for x in a; { c; }", "For(a List(Simple(c)))"),
        ("select x in a; do c; done", "Select(a List(Simple(c)))"),
        (
            "for ((i=0;i<1;i++)); do c; done",
            "ArithFor(Arith(Literal) Arith(Literal) Arith(Literal) List(Simple(c)))",
        ),
        (
            "case x in a|b) c;; (d) ;& e) f;;& esac",
            "Case(x CaseItem(a b List(Simple(c))) CaseItem(d List) CaseItem(e List(Simple(f))))",
        ),
        ("case x in esac", "Case(x)"),
        ("f() { a; }", "Function(f Group(List(Simple(a))))"),
        ("function f { a; }", "Function(f Group(List(Simple(a))))"),
        ("function f() (a)", "Function(f Subshell(List(Simple(a))))"),
        (
            "[[ -f a && ( b == c || ! d ) ]]",
            "Cond(CondAnd(CondUnary(a) CondGroup(CondOr(CondBinary(b c) CondNot(CondWord(d))))))",
        ),
        ("[[ a =~ ^(x|y z)$ ]]", "Cond(CondBinary(a Word(Literal)))"),
        ("((a+1))", "ArithCommand(Arith(Literal))"),
        (
            "((a); b)",
            "Subshell(List(Subshell(List(Simple(a))) Simple(b)))",
        ),
        ("coproc a b", "Coproc(Simple(a b))"),
        ("coproc N { a; }", "Coproc(N Group(List(Simple(a))))"),
        ("a=1 b", "Simple(Assign(1) b)"),
        ("a+=1", "Simple(Assign(1))"),
        ("a[1]=x", "Simple(Assign(Subscript(Literal) x))"),
        (
            "a=(b [1]=c)",
            "Simple(Assign(Array(b Assign(Subscript(Literal) c))))",
        ),
        ("export a=(b) c", "Simple(export Assign(Array(b)) c)"),
        (
            "a 2>&1 >f <<<g {v}<h",
            "Simple(a Redirect(1) Redirect(f) Redirect(g) Redirect(h))",
        ),
        ("a 10>f 1b>g", "Simple(a Redirect(f) 1b Redirect(g))"),
        ("a &>f", "Simple(a Redirect(f))"),
        ("a 'b c'd", "Simple(a Word(SingleQuote Literal))"),
        ("a \"b $c\"", "Simple(a Word(DoubleQuote(Literal Param)))"),
        ("a $'b\\'c'", "Simple(a Word(AnsiQuote))"),
        ("a \\b", "Simple(a Word(Escape))"),
        (
            "a\\\nb c\\\n",
            "Simple(Word(Literal Literal) Word(Literal))",
        ),
        (
            "a $(b) `c`",
            "Simple(a Word(CommandSub(List(Simple(b)))) Word(CommandSub(List(Simple(c)))))",
        ),
        (
            "a <(b) >(c)",
            "Simple(a Word(ProcessSub(List(Simple(b)))) Word(ProcessSub(List(Simple(c)))))",
        ),
        (
            "a $((1)) $[2]",
            "Simple(a Word(Arith(Literal)) Word(Arith(Literal)))",
        ),
        (
            "a $((b) | c)",
            "Simple(a Word(CommandSub(List(Pipeline(Subshell(List(Simple(b))) Simple(c))))))",
        ),
        ("a ${b:-c d}", "Simple(a Word(Param(Word(Literal))))"),
        (
            "a ${b/c/d} ${e:1:2} ${f[3]}",
            "Simple(a Word(Param(Word(Literal) Word(Literal))) \
          Word(Param(Arith(Literal) Arith(Literal))) Word(Param(Subscript(Literal))))",
        ),
        (
            "a ~/b x=~/c *.d {e,f}",
            "Simple(a Word(Tilde Literal) Word(Literal Tilde Literal) Word(Glob Literal) \
          Word(BraceOpen Literal BraceComma Literal BraceClose))",
        ),
        (
            "a <<E\nb $c\nE\nd",
            "Simple(a Redirect(E HereBody(Literal Param Literal))); Simple(d)",
        ),
        (
            "a <<'E' | b\n$c\nE",
            "Pipeline(Simple(a Redirect(Word HereBody(Literal))) Simple(b))",
        ),
        (
            "wh\\\nile a; do b; done # c",
            "While(List(Simple(a)) List(Simple(b)))",
        ),
    ];
    for (text, expected) in table {
        let expected = expected.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(whole(text), expected, "{text}");
    }
}

#[test]
fn what_bash_refuses_is_not_complete() {
    let table = [
        "a |",
        "| a",
        "a && ",
        "( a",
        "a )",
        "{ a; ",
        "if a; then b",
        "if ; then b; fi",
        "for x in a; done",
        "case x in a) b",
        "a 'b",
        "a \"b",
        "a `b",
        "a $(b",
        "a ${b",
        "a >",
        "a <<",
        "f( a",
        "[[ a b ]]",
        "while a; done",
        ";;",
        "a;;b",
        "do a",
        "a | ! b",
        "in",
        "}",
        "fi",
        "( )",
        "{ }",
        "a=(b;c)",
        "! | a",
        "a > 2>f",
    ];
    for text in table {
        assert!(!bash(text).is_complete(), "{text}");
    }
}

#[test]
fn commands_before_an_error_stay() {
    let script = bash("rm a\nif true; then rm b; (");
    let found: Vec<_> = script
        .walk(script.root())
        .filter(|id| script.kind(*id) == Kind::Simple)
        .map(|id| String::from_utf8_lossy(script.text(id)).into_owned())
        .collect();
    assert_eq!(found, ["rm a", "true", "rm b"]);
    assert!(
        script
            .walk(script.root())
            .any(|id| script.kind(id) == Kind::Error)
    );
}

#[test]
fn errors_in_backquotes_and_here_documents_do_not_hide_what_follows() {
    for text in ["a `(`; rm b", "a <<E\n$(\nE\nrm b"] {
        let script = bash(text);
        let found = script
            .walk(script.root())
            .any(|id| script.text(id) == b"rm b");
        assert!(found, "{text}");
        assert!(!script.is_complete(), "{text}");
    }
}

#[test]
fn dash_reads_some_texts_otherwise() {
    let posix = |text: &str| {
        let script = parse(text.as_bytes(), Dialect::Posix, Limits::default());
        script
            .children(script.root())
            .map(|id| shape(&script, id))
            .collect::<Vec<_>>()
            .join("; ")
    };
    assert_eq!(posix("a &>f"), "Simple(a); Simple(Redirect(f))");
    assert_eq!(posix("a 10>f"), "Simple(a 10 Redirect(f))");
    assert_eq!(posix("a {b,c}"), "Simple(a Word(Literal))");
    assert_eq!(posix("a $'b'"), "Simple(a Word(Literal SingleQuote))");
    assert_eq!(posix("[[ a"), "Simple(Word(Glob Glob) a)");
}

#[test]
fn an_unknown_shell_gets_remarks_where_shells_differ() {
    let remarked = |text: &str| {
        let script = parse(text.as_bytes(), Dialect::Unknown, Limits::default());
        script
            .diagnostics()
            .iter()
            .any(|remark| remark.note == Note::Dialect)
    };
    for text in [
        "a &>f",
        "a $'b'",
        "a $\"b\"",
        "a {b,c}",
        "a =b",
        "a k=~",
        "time -p a",
        "a <(b)",
        "a <<<b",
        "[[ a ]]",
        "function f { a; }",
        "a 10>f",
        "a ${b^^}",
        "a ${!b}",
        "a $b[1]",
        "((a))",
        "a |& b",
    ] {
        assert!(remarked(text), "{text}");
    }
    for text in [
        "a b",
        "a 'b'",
        "a \"$b\"",
        "a >f 2>&1",
        "if a; then b; fi",
        "a $(b) `c`",
    ] {
        assert!(!remarked(text), "{text}");
    }
}

#[test]
fn here_documents_in_substitutions_beside_commands_are_remarked() {
    let remarked = |text: &str| {
        bash(text)
            .diagnostics()
            .iter()
            .any(|remark| remark.note == Note::HereDocumentInSubstitution)
    };
    assert!(remarked("a $(b <<E; c\nx\nE\n)"));
    assert!(!remarked("a $(b <<E\nx\nE\n)"));
    assert!(!remarked("b <<E; c\nx\nE"));
}

#[test]
fn extended_patterns_need_the_option() {
    let auto = bash("rm !(a)");
    assert!(
        auto.diagnostics()
            .iter()
            .any(|remark| remark.note == Note::ExtendedPattern)
    );
    let mut script = Script::new();
    Parser::new(Dialect::Bash, Limits::default())
        .extglob(ExtGlob::On)
        .parse_into(b"rm !(a)", &mut script);
    assert!(script.is_complete() && script.diagnostics().is_empty());
    let later = bash("shopt -s extglob\nrm !(a)");
    assert!(later.is_complete() && later.diagnostics().is_empty());
}

#[test]
fn spans_of_decoded_text_lie_in_the_input() {
    let script = bash("a `b \\`c\\` d` e");
    let found = script
        .walk(script.root())
        .find(|id| script.kind(*id) == Kind::Simple && script.text(*id) == b"c")
        .expect("the inner command is there");
    let span = script.span(found);
    assert_eq!(span.of(script.source()), b"c");
}

/// The delimiter is decoded text too, and comes right after that of the backquotes.
#[test]
fn an_error_at_the_end_of_decoded_text_stands_there() {
    for text in [
        "`a <<\\b @(c`",
        "`\\a <<\"b\" \"c`",
        "`a <<'b' $(c <<\\d; (`",
    ] {
        let script = bash(text);
        assert!(!script.is_complete(), "{text}");
        assert_sane(&script);
        let errors = script.nodes().filter(|id| script.kind(*id) == Kind::Error);
        let closing = text.len() as u32 - 1;
        for error in errors {
            assert_eq!(script.span(error).end, closing, "{text}");
        }
    }
}

// ---- properties ----

/// Every span lies in the input, and children lie in order.
fn assert_sane(script: &Script) {
    let length = u32::try_from(script.source().len()).unwrap();
    let total = u32::try_from(script.text_bytes().len()).unwrap();
    let mut seen = 0;
    for id in script.walk(script.root()) {
        seen += 1;
        assert!(seen <= script.len(), "a node is reached twice");
        let span = script.span(id);
        assert!(
            span.start <= span.end && span.end <= length,
            "{span:?} of {length}"
        );
        let text = script.text_span(id);
        assert!(
            text.start <= text.end && text.end <= total,
            "{text:?} of {total}"
        );
        let mut before = 0;
        for child in script.children(id) {
            if script.kind(child) == Kind::HereBody {
                continue;
            }
            let span = script.span(child);
            assert!(
                span.start >= before,
                "children out of order in {:?}",
                script.kind(id)
            );
            before = span.start;
        }
    }
    for remark in script.diagnostics() {
        assert!(remark.span.end <= length);
    }
}

/// Texts dense in what the shell gives a meaning.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        proptest::sample::select(vec![
            "(",
            ")",
            "((",
            "))",
            "{ ",
            " }",
            "'",
            "\"",
            "`",
            "$(",
            "${",
            "$((",
            "$[",
            "]",
            "[[ ",
            " ]]",
            ";",
            ";;",
            "&",
            "&&",
            "|",
            "||",
            "\n",
            "\\",
            "\\\n",
            "#",
            "!",
            " if ",
            " then ",
            " else ",
            " fi ",
            " for ",
            " in ",
            " do ",
            " done ",
            " while ",
            " case ",
            " esac ",
            " function ",
            "()",
            "<<E\n",
            "\nE\n",
            "<<-'E'\n",
            "<<<",
            "<(",
            ">",
            ">&",
            "&>",
            "2>",
            "{v}>",
            "=",
            "a=(",
            "a[",
            "+=",
            "~",
            "*",
            "?",
            "@(",
            "{a,b}",
            "{1..3}",
            "$x",
            "${x:-",
            "${x//",
            "}",
            "$'",
            "$\"",
            " ",
            "\t",
            "a",
            "b1",
            "-f",
            "é",
            "\0",
            " time ",
            " coproc ",
            " select ",
            ",",
            ":",
            "/",
            "^",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        any::<u8>().prop_map(|byte| vec![byte]),
    ];
    proptest::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        max_global_rejects: 200_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_text_gives_a_sane_tree(text in soup()) {
        for dialect in [Dialect::Bash, Dialect::Posix, Dialect::Zsh, Dialect::Unknown] {
            let script = parse(&text, dialect, Limits::default());
            assert_sane(&script);
            prop_assert_eq!(script.source(), &text[..]);
            let _ = script.pretty(script.root()).to_string();
        }
    }

    #[test]
    fn any_prefix_gives_a_sane_tree(text in soup(), cut in any::<proptest::sample::Index>()) {
        let end = cut.index(text.len() + 1);
        assert_sane(&parse(&text[..end], Dialect::Bash, Limits::default()));
    }

    #[test]
    fn a_used_parser_gives_what_a_new_one_gives(first in soup(), second in soup()) {
        let mut parser = Parser::new(Dialect::Bash, Limits::default());
        let mut script = Script::new();
        parser.parse_into(&first, &mut script);
        parser.parse_into(&second, &mut script);
        let fresh = parse(&second, Dialect::Bash, Limits::default());
        prop_assert_eq!(
            script.pretty(script.root()).to_string(),
            fresh.pretty(fresh.root()).to_string()
        );
        prop_assert_eq!(script.diagnostics(), fresh.diagnostics());
    }

    #[test]
    fn a_complete_script_stays_complete_in_a_group(text in soup()) {
        let script = parse(&text, Dialect::Bash, Limits::default());
        prop_assume!(script.is_complete());
        prop_assume!(script.diagnostics().is_empty());
        prop_assume!(script.first_child(script.root()).is_some());
        // A line continuation would join the closing brace.
        prop_assume!(!text.ends_with(b"\\"));
        let wrapped = [b"{ ", &text[..], b"\n}"].concat();
        let outer = parse(&wrapped, Dialect::Bash, Limits::default());
        prop_assert!(outer.is_complete(), "{:?}", outer.diagnostics());
    }
}
