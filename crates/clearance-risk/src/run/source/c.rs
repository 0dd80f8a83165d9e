//! What a source in C or C++ may include, call and say. Facts: ISO C17 and C++20.

use super::tokens::{Token, Tongue, tokens};
use super::{Acts, Beside};
use crate::names::{C_BANNED, C_CALL, C_CHECK, C_CHECK_HEADER, C_HEADER, C_RENAMES};
use crate::spec::WordRole;

/// The text only computes, reads its input, prints, and opens these files; in a project it may
/// call what the project's headers declare under their own names.
pub(super) fn read<'t>(text: &'t str, beside: Beside<'_>) -> Option<Acts<'t>> {
    // A compiler may go on with the next line where blanks follow the backslash, and take a
    // carriage return for the end of one.
    let spliced = |line: &str| line.trim_end().ends_with('\\') || line.contains('\r');
    if ["??", "%:", "R\"", "u8R", "<:"]
        .iter()
        .any(|m| text.contains(m))
        || text.split('\n').any(spliced)
    {
        return None;
    }
    let mut all = Vec::new();
    let mut headers: Vec<&str> = Vec::new();
    let mut rest = text;
    // What stands between two directives is read by itself: a comment or a string that is open
    // at its end is not understood.
    loop {
        let line = directive(rest);
        let (code, tail) = rest.split_at_checked(line.unwrap_or(rest.len()))?;
        all.extend(tokens(code, Tongue::C)?);
        if tail.is_empty() {
            break;
        }
        let (line, tail) = tail.split_once('\n').unwrap_or((tail, ""));
        let directive = line.trim_start().strip_prefix('#')?.trim();
        match own_header(directive).filter(|_| beside != Beside::Nothing) {
            Some(name) => headers.push(name),
            None if !is_plain_directive(directive, beside) => return None,
            None => {}
        }
        rest = tail;
    }
    calls(&all, &headers, beside)
}

/// Where the next line begins that is a directive.
fn directive(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('#') {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// What is called and named is known.
fn calls<'t>(all: &[Token<'t>], headers: &[&str], beside: Beside<'_>) -> Option<Acts<'t>> {
    if takes_environment(all) {
        return None;
    }
    let own = defined(all);
    let mut acts = Acts::new();
    let is_stream = |t: &Token<'_>| matches!(t, Token::Word("ifstream" | "ofstream" | "fstream"));
    // The type of a stream by another name opens what is not seen.
    let renames = |t: &Token<'_>| matches!(t, Token::Word(w) if C_RENAMES.has(w.as_bytes()));
    if all.iter().any(is_stream) && all.iter().any(renames) {
        return None;
    }
    let mut before: [&Token<'_>; 2] = [&Token::Mark(';'), &Token::Mark(';')];
    for (index, token) in all.iter().enumerate() {
        let after = all.get(index + 1..).unwrap_or_default();
        match (before, token) {
            (_, Token::Word("fopen")) => acts.push(opened(after)?),
            (_, Token::Word("ifstream" | "ofstream" | "fstream")) => {
                acts.push(streamed(token, after)?);
            }
            (_, Token::Word(word)) if C_BANNED.has(word.as_bytes()) => return None,
            ([_, Token::Mark(')' | ']' | '}') | Token::Text(_)], Token::Mark('(')) => return None,
            ([front, Token::Word(name)], Token::Mark('(')) => {
                // `object.method(`: of types that the headers above or the text itself define.
                let member = matches!(front, Token::Mark('.' | '>'));
                let known = matches!(*name, "fopen")
                    || matches!(front, Token::Word("ifstream" | "ofstream" | "fstream"))
                    || C_CALL.has(name.as_bytes())
                    || own.contains(name)
                    || headers.iter().any(|header| is_of(name, header))
                    || beside != Beside::Nothing && C_CHECK.has(name.as_bytes());
                if !member && !known {
                    return None;
                }
            }
            _ => {}
        }
        before = [before[1], token];
    }
    Some(acts)
}

/// `main(argc, argv, envp)`: the third is the environment, secrets and all.
fn takes_environment(all: &[Token<'_>]) -> bool {
    let is_main = |(_, token): &(usize, &Token<'_>)| **token == Token::Word("main");
    all.iter().enumerate().filter(is_main).any(|(at, _)| {
        let rest = all.get(at..).unwrap_or_default().iter();
        let parameters = rest.take_while(|t| !matches!(t, Token::Mark('{' | ';')));
        parameters.filter(|t| **t == Token::Mark(',')).count() > 1
    })
}

/// A name that begins as its header is called: `ring_push` of `ring.h`.
fn is_of(name: &str, header: &str) -> bool {
    name.strip_prefix(header)
        .is_some_and(|rest| rest.starts_with('_'))
}

/// `include "ring.h"`: the name of a header of the project.
fn own_header(directive: &str) -> Option<&str> {
    let name = directive.strip_prefix("include")?.trim();
    let path = name.strip_prefix('"')?.strip_suffix('"')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let near = path.chars().all(plain) && !path.starts_with('/') && !path.contains("../../");
    let (stem, _) = path.rsplit('/').next()?.split_once('.')?;
    let banned = matches!(
        stem,
        "posix" | "pthread" | "curl" | "git" | "dl" | "sys" | "exec"
    );
    (near && stem.len() > 1 && !banned).then_some(stem)
}

/// After `fopen`: `("name", "mode")`.
fn opened<'t>(after: &[Token<'t>]) -> Option<(WordRole, &'t str)> {
    let [
        Token::Mark('('),
        Token::Text(name),
        Token::Mark(','),
        Token::Text(mode),
        Token::Mark(')'),
        ..,
    ] = after
    else {
        return None;
    };
    let role = match *mode {
        "r" | "rb" | "rt" => WordRole::Read,
        "w" | "wb" | "wt" | "a" | "ab" | "w+" | "wb+" | "r+" | "rb+" => WordRole::Write,
        _ => return None,
    };
    (!name.contains('\\')).then_some((role, *name))
}

/// After `ifstream`: `in("name")`.
fn streamed<'t>(kind: &Token<'_>, after: &[Token<'t>]) -> Option<(WordRole, &'t str)> {
    let [
        Token::Word(_),
        Token::Mark('(' | '{'),
        Token::Text(name),
        Token::Mark(')' | '}' | ','),
        ..,
    ] = after
    else {
        return None;
    };
    let role = match kind {
        Token::Word("ifstream") => WordRole::Read,
        _ => WordRole::Write,
    };
    (!name.contains('\\')).then_some((role, *name))
}

/// `include` of a header of the list, `define` of a name as a number; what guards a header.
fn is_plain_directive(directive: &str, beside: Beside<'_>) -> bool {
    if let Some(header) = directive.strip_prefix("include") {
        let name = header
            .trim()
            .strip_prefix('<')
            .and_then(|name| name.strip_suffix('>'))
            .map(str::trim);
        let checks = |name: &str| beside != Beside::Nothing && C_CHECK_HEADER.has(name.as_bytes());
        return name.is_some_and(|name| C_HEADER.has(name.as_bytes()) || checks(name));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let guard =
        |name: &str| name.ends_with("_H") || name.ends_with("_H_") || name.ends_with("_HPP");
    if matches!(directive, "pragma once" | "endif")
        || directive
            .strip_prefix("endif")
            .is_some_and(|rest| rest.trim().starts_with("//"))
        || directive
            .strip_prefix("ifndef ")
            .is_some_and(|name| guard(name.trim()))
    {
        return true;
    }
    let Some(definition) = directive.strip_prefix("define ") else {
        return false;
    };
    let mut words = definition.split_whitespace();
    let name = words.next().unwrap_or_default();
    let value: Vec<&str> = words.collect();
    let number = |v: &&str| {
        v.chars().next().is_some_and(|c| c.is_ascii_digit())
            && v.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
    };
    let feature = name == "_GNU_SOURCE" || name.starts_with("_POSIX") || name.starts_with("_XOPEN");
    name.chars().all(plain)
        && !C_CALL.has(name.as_bytes())
        && match value.as_slice() {
            [] => feature || guard(name),
            [only] => number(only),
            _ => false,
        }
}

/// Functions that the text defines: a name, its parameters, a block.
fn defined<'t>(tokens: &[Token<'t>]) -> Vec<&'t str> {
    let mut names = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let (Token::Word(name), Some(Token::Mark('('))) = (token, tokens.get(at + 1)) else {
            continue;
        };
        let mut depth = 0usize;
        let mut end = None;
        for (further, token) in tokens.iter().enumerate().skip(at + 1) {
            match token {
                Token::Mark('(') => depth += 1,
                Token::Mark(')') => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        end = Some(further);
                        break;
                    }
                }
                Token::Mark(';' | '{') => break,
                _ => {}
            }
        }
        let block = end.and_then(|end| tokens.get(end + 1));
        let typed = at
            .checked_sub(1)
            .and_then(|before| tokens.get(before))
            .is_some_and(|t| {
                matches!(t, Token::Word(w) if !matches!(*w, "return" | "else"))
                    || *t == Token::Mark('*')
            });
        if block == Some(&Token::Mark('{')) && typed {
            names.push(*name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: Beside<'_> = Beside::Project("/home/dev/skiff/tests/test_ring.c");

    #[test]
    fn tests_of_the_project() {
        for (text, acts) in [
            (
                "#include <assert.h>\n#include \"ring.h\"\nint main(void) { struct ring r; ring_init(&r, 4); assert(ring_push(&r, 1) == 0); }",
                Some(0),
            ),
            (
                "#ifndef A_H\n#define A_H\nint a_b(int x);\n#endif // A_H\n",
                None,
            ),
            ("#pragma once\nstruct a { int b; };\n", Some(0)),
            (
                "#include <gtest/gtest.h>\nTEST(A, b) { EXPECT_EQ(1, 1); }",
                Some(0),
            ),
            (
                "#include <stdio.h>\nint main() { FILE *f = fopen(\"out.txt\", \"w\"); fputs(\"x\", f); fclose(f); }",
                Some(1),
            ),
            (
                "#include <fstream>\nint main() { std::ofstream out(\"a.txt\"); out << 1; }",
                Some(1),
            ),
            (
                "#include <stdio.h>\nint main(int c, char **v) { fopen(v[1], \"w\"); }",
                None,
            ),
            (
                "#include <stdio.h>\nint main() { fopen(\"\\x2fetc/x\", \"w\"); }",
                None,
            ),
            (
                "#include <stdio.h>\nint main() { FILE *(*f)(const char*, const char*) = fopen; }",
                None,
            ),
            (
                "#include <fstream>\nint main() { std::ofstream out; out.open(x); }",
                None,
            ),
            (
                "#include <fstream>\nint main() { std::ofstream o(\"a\"); decltype(o) p{x}; }",
                None,
            ),
            (
                "#include <fstream>\nint main() { std::basic_ofstream<char> o{x}; }",
                None,
            ),
            (
                "#include <fstream>\nusing S = std::ofstream; int main() { S out(x); }",
                None,
            ),
            ("int main(int c, char **v) { return system(v[1]); }", None),
            ("#include \"ring.h\"\nint main() { unlink(\"x\"); }", None),
            ("#include \"ring.h\"\nint main() { stack_push(1); }", None),
            (
                "#include \"posix.h\"\nint main() { posix_spawn(a, b, c, d, e, f); }",
                None,
            ),
            (
                "#include \"/tmp/ring.h\"\nint main() { ring_push(1); }",
                None,
            ),
            ("#include <sys/stat.h>\nint main() { }", None),
            (
                "#define ring_push system\n#include \"ring.h\"\nint main() { ring_push(\"x\"); }",
                None,
            ),
            ("#if 1\nint main() { }\n#endif", None),
            ("/*\n#define X 1\n*/ int main() { }", None),
        ] {
            assert_eq!(read(text, FILE).map(|a| a.len()), acts, "{text}");
        }
        assert!(
            read(
                "#include <stdio.h>\nint main() { fopen(\"a\", \"w\"); }",
                FILE
            )
            .is_some()
        );
    }
}
