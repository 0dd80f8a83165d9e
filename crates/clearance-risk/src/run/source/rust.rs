//! What a source in Rust may say. Facts: the Rust reference and standard library, 1.85.

use super::tokens::{Token, Tongue, tokens};
use super::{Acts, Beside};
use crate::names::{RUST_BANNED, RUST_CRATE, RUST_METHOD};
use crate::spec::WordRole;

/// The text only computes, reads its input, prints, and opens these files; in a project it may
/// call what is the project's own.
pub(super) fn read<'t>(text: &'t str, beside: Beside<'_>) -> Option<Acts<'t>> {
    let tokens = tokens(text, Tongue::Rust)?;
    let alone = beside == Beside::Nothing;
    let mut acts = Acts::new();
    let at = |index: usize| tokens.get(index);
    for (index, token) in tokens.iter().enumerate() {
        let Token::Word(word) = *token else { continue };
        let before = index.checked_sub(1).and_then(at);
        let member = !alone && before == Some(&Token::Mark('.'));
        if word == "fs" && !alone && !member {
            // `use std::fs;`, and below `fs::write("name", ...)`.
            if at(index + 1) != Some(&Token::Mark(';')) {
                acts.push(opened(tokens.get(index + 1..)?)?);
            }
            continue;
        }
        if RUST_BANNED.has(word.as_bytes()) && !(member && RUST_METHOD.has(word.as_bytes())) {
            return None;
        }
        // `mod name;` is another file.
        if alone && word == "mod" && at(index + 2) == Some(&Token::Mark(';')) {
            return None;
        }
        if !alone && leads(&tokens, index) && !is_known_crate(word, &tokens, beside) {
            return None;
        }
    }
    Some(acts)
}

/// The word is the first of a path `word::...`.
fn leads(tokens: &[Token<'_>], index: usize) -> bool {
    let mark = |at: Option<usize>| at.and_then(|at| tokens.get(at)) == Some(&Token::Mark(':'));
    let before = index.checked_sub(1);
    let after = mark(Some(index + 1)) && mark(Some(index + 2));
    after && !(mark(before) && mark(index.checked_sub(2)))
}

/// A crate that only computes, the project's own, a module of the text, or a type.
fn is_known_crate(word: &str, tokens: &[Token<'_>], beside: Beside<'_>) -> bool {
    let upper = word.chars().next().is_some_and(char::is_uppercase);
    let here = || {
        tokens
            .windows(2)
            .any(|two| matches!(two, [Token::Word("mod"), Token::Word(name)] if *name == word))
    };
    upper
        || RUST_CRATE.has(word.as_bytes())
        || beside.names(word)
        || beside.names(&word.replace('_', "-"))
        || here()
}

/// After `fs`: `::write("name"`.
fn opened<'t>(tokens: &[Token<'t>]) -> Option<(WordRole, &'t str)> {
    let [
        Token::Mark(':'),
        Token::Mark(':'),
        Token::Word(function),
        Token::Mark('('),
        Token::Text(name),
        Token::Mark(',' | ')'),
        ..,
    ] = tokens
    else {
        return None;
    };
    let role = match *function {
        "read" | "read_to_string" => WordRole::Read,
        "read_dir" | "metadata" => WordRole::List,
        "write" | "create_dir" | "create_dir_all" => WordRole::Write,
        "remove_file" => WordRole::Delete,
        "remove_dir_all" => WordRole::DeleteTree,
        _ => return None,
    };
    (!name.contains('\\')).then_some((role, *name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: Beside<'_> = Beside::Project("/home/dev/ferrule/crates/ferrule-core/tests/a.rs");

    #[test]
    fn tests_of_the_project() {
        for (text, understood) in [
            (
                "use ferrule_core::{parse, Span};\n#[test]\nfn a() { assert_eq!(parse(\"a\").unwrap().span(), Span::new(0, 1)); }",
                true,
            ),
            (
                "#[cfg(test)]\nmod tests { use super::*; use std::collections::HashMap; #[test] fn a() { let m: HashMap<u8, u8> = HashMap::new(); assert!(m.is_empty()); } }",
                true,
            ),
            ("pub mod frame;\n", true),
            ("fn a(p: &P) -> bool { p.path().len() > 1 }", true),
            (
                "use nix::unistd;\nfn a() { unistd::unlink(\"x\").unwrap(); }",
                false,
            ),
            ("fn a() { nix::unistd::unlink(\"x\").unwrap(); }", false),
            ("#[path = \"/tmp/x.rs\"]\nmod x;", false),
            ("fn a() { std::process::Command::new(\"x\"); }", false),
            (
                "use std::fs as f;\nfn a() { f::remove_file(\"x\"); }",
                false,
            ),
            ("use std::fs::*;", false),
            ("fn a() { std::fs::remove_dir_all(x) }", false),
            (
                "fn a() { std::fs::write(concat!(\"/\", \"x\"), \"\") }",
                false,
            ),
            (
                "macro_rules! m{($a:ident)=>{std::fs::$a(\"/home/x\")}}",
                false,
            ),
        ] {
            assert_eq!(read(text, FILE).is_some(), understood, "{text}");
        }
        assert_eq!(
            read("fn a() { std::fs::write(\"out/a\", x); }", FILE),
            Some(vec![(WordRole::Write, "out/a")])
        );
    }
}
