//! Absurd input is asked about, quickly and without a panic.

use clearance::{Context, Engine, Request, Verdict};
use proptest::prelude::*;

fn judge(text: &[u8]) -> Verdict {
    let context = Context::new("/home/dev/project").home("/home/dev");
    Engine::builtin()
        .evaluate(&Request::Command(text.into()), &context)
        .verdict()
}

#[test]
fn absurd_commands_are_asked_about() {
    let deep = |open: &str, n: usize| open.repeat(n).into_bytes();
    let table: Vec<(&str, Vec<u8>)> = vec![
        ("ten megabytes", vec![b'a'; 10 << 20]),
        ("ten megabytes of lines", b"ls\n".repeat(4 << 20)),
        ("NULs", vec![0; 4096]),
        ("a NUL in a word", b"ls\0 -l".to_vec()),
        ("not UTF-8 as a command", b"\xff\xfe\xfd".to_vec()),
        ("open parentheses", deep("( ", 100_000)),
        ("open substitutions", deep("$(", 100_000)),
        ("open quotes", deep("\"$(", 30_000)),
        ("open braces", deep("${a:-", 20_000)),
        ("open backquotes", deep("`", 60_001)),
        ("open arithmetic", deep("((", 30_000)),
        ("open ifs", deep("if ", 20_000)),
        ("many here-documents", deep("cat <<a ", 8_000)),
        ("brace product", b"echo {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b} > $x".to_vec()),
        ("open quote", b"echo 'abc".to_vec()),
        ("only an operator", b"&&".to_vec()),
    ];
    for (name, text) in table {
        assert_eq!(judge(&text), Verdict::Ask, "{name}");
    }
}

#[test]
fn nothing_is_nothing() {
    assert_eq!(judge(b""), Verdict::Allow);
    assert_eq!(judge(b"  \n# only a comment\n"), Verdict::Allow);
}

proptest! {
    #[test]
    fn any_bytes_are_decided(text in prop::collection::vec(any::<u8>(), 0..300)) {
        judge(&text);
    }

    #[test]
    fn any_shell_like_text_is_decided_the_same_way_twice(
        words in prop::collection::vec(prop::sample::select(vec![
            "rm", "ls", "$(", ")", "`", "\"", "'", "<<E", "\n", "E", "|", "&&", ";", "{", "}", "((", "[[", "]]",
            "if", "then", "fi", "case", "esac", "in", "for", "do", "done", "$x", "${x:-", "~", "*", ">", "/etc",
            "sudo", "bash", "-c", "eval", "git", "push", "find", "-exec", "\\;", "xargs", "python3", " ", "=",
        ]), 0..30),
    ) {
        let text = words.join(" ");
        prop_assert_eq!(judge(text.as_bytes()), judge(text.as_bytes()));
    }
}
