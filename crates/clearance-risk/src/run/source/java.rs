//! What a source in Java may say. Facts: the Java SE 21 language specification and API.
//!
//! Names that are neither imported nor of `java.lang` are those of the same package: the
//! project's own.

use super::tokens::{Token, Tongue, tokens};
use crate::names::{JAVA_BANNED, JAVA_OF_SYSTEM, JAVA_PACKAGE, JAVA_PLATFORM};

/// The text computes, prints, checks, and calls what is the project's own.
pub(super) fn is_harmless(text: &str) -> bool {
    // Escapes are read before anything else: they could be quotes and ends of lines.
    if text.contains("\\u") {
        return false;
    }
    let Some(tokens) = tokens(text, Tongue::Java) else {
        return false;
    };
    let mut package: Vec<&str> = Vec::new();
    let mut rest = tokens.as_slice();
    let mut before = Token::Mark(';');
    while let Some((&token, tail)) = rest.split_first() {
        rest = tail;
        if let (Token::Word(word @ ("import" | "package")), Token::Mark(';' | '}')) =
            (token, before)
        {
            let end = rest.iter().position(|t| *t == Token::Mark(';'));
            let Some((named, tail)) = end.and_then(|end| rest.split_at_checked(end)) else {
                return false;
            };
            let words: Vec<&str> = named
                .iter()
                .filter_map(|t| match t {
                    Token::Word(w) if *w != "static" => Some(*w),
                    Token::Mark('*') => Some("*"),
                    _ => None,
                })
                .collect();
            if word == "package" {
                package = words;
            } else if !is_known_import(&words, &package) {
                return false;
            }
            rest = tail;
            continue;
        }
        if let Token::Word(word) = token {
            let next = (rest.first(), rest.get(1));
            let system = word == "System"
                && !matches!(
                    next,
                    (Some(Token::Mark('.')), Some(Token::Word(name)))
                        if JAVA_OF_SYSTEM.has(name.as_bytes())
                );
            // A whole name needs no import.
            let whole = before != Token::Mark('.')
                && JAVA_PLATFORM.has(word.as_bytes())
                && next.0 == Some(&Token::Mark('.'));
            if system || whole || JAVA_BANNED.has(word.as_bytes()) {
                return false;
            }
        }
        before = token;
    }
    true
}

/// A class of the list, or one of the same root as the text's own package.
fn is_known_import(words: &[&str], package: &[&str]) -> bool {
    let name = words.join(".");
    if JAVA_PACKAGE.has(name.as_bytes()) {
        return true;
    }
    let foreign = words
        .first()
        .is_none_or(|w| matches!(*w, "java" | "javax" | "jdk" | "sun"));
    !foreign
        && package.len() >= 2
        && words.len() > 2
        && words.iter().take(2).eq(package.iter().take(2))
        && !name.starts_with("com.sun.")
}

#[cfg(test)]
mod tests {
    use super::is_harmless;

    #[test]
    fn what_is_understood() {
        for (text, understood) in [
            (
                "package com.payhub;\nimport static org.junit.jupiter.api.Assertions.assertEquals;\nimport org.junit.jupiter.api.Test;\nclass FeeTest { @Test void a() { assertEquals(13, Fee.of(125).cents()); } }",
                true,
            ),
            (
                "import java.util.*;\npublic class Main { public static void main(String[] a) { List<Integer> l = new ArrayList<>(); System.out.println(l.size()); } }",
                true,
            ),
            ("package a.b;\nimport a.b.c.D;\nclass X { D d; }", true),
            ("import java.io.File;\nclass X {}", false),
            ("import java.nio.file.*;\nclass X {}", false),
            (
                "class X { void a() { new java.io.File(\"x\").delete(); } }",
                false,
            ),
            (
                "class X { void a() { Runtime.getRuntime().exec(\"x\"); } }",
                false,
            ),
            (
                "class X { void a() { new ProcessBuilder(\"x\").start(); } }",
                false,
            ),
            (
                "class X { String a() { return System.getenv(\"TOKEN\"); } }",
                false,
            ),
            (
                "import static java.lang.System.*;\nclass X { String a() { return getenv(\"T\"); } }",
                false,
            ),
            (
                "import static java.lang.Runtime.getRuntime;\nclass X { }",
                false,
            ),
            ("class X { void a() { Class.forName(\"x\"); } }", false),
            ("class X { /* \\u002a/ void b() {} /* */ }", false),
            (
                "import java.util.Formatter;\nclass X { void a() { new Formatter(\"/etc/x\"); } }",
                false,
            ),
            (
                "import org.apache.commons.io.FileUtils;\nclass X { }",
                false,
            ),
            (
                "class X { void a() { X.class.getMethod(\"b\").invoke(null); } }",
                false,
            ),
            ("class X { void a() { var s = \"x", false),
        ] {
            assert_eq!(is_harmless(text), understood, "{text}");
        }
    }
}
