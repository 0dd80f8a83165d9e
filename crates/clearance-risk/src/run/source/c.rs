//! What a source in C or C++ may include, call and say. Facts: ISO C17 and C++20.

use super::tokens::{Token, Tongue, tokens};
use crate::names::{C_BANNED, C_CALL, C_HEADER};

/// The text only computes, reads its input and prints.
pub(super) fn is_harmless(text: &str) -> bool {
    // A compiler may go on with the next line where blanks follow the backslash, and take a
    // carriage return for the end of one.
    let spliced = |line: &str| line.trim_end().ends_with('\\') || line.contains('\r');
    if ["??", "%:", "R\"", "u8R", "<:"]
        .iter()
        .any(|m| text.contains(m))
        || text.split('\n').any(spliced)
    {
        return false;
    }
    let mut code = String::with_capacity(text.len());
    for line in text.lines() {
        let Some(directive) = line.trim_start().strip_prefix('#') else {
            code.push_str(line);
            code.push('\n');
            continue;
        };
        if !is_plain_directive(directive.trim()) {
            return false;
        }
    }
    let Some(tokens) = tokens(&code, Tongue::C) else {
        return false;
    };
    let own = defined(&tokens);
    let mut before: [&Token<'_>; 2] = [&Token::Mark(';'), &Token::Mark(';')];
    for token in &tokens {
        match (before, token) {
            (_, Token::Word(word)) if C_BANNED.has(word.as_bytes()) => return false,
            ([_, Token::Mark(')' | ']' | '}') | Token::Text(_)], Token::Mark('(')) => return false,
            ([front, Token::Word(name)], Token::Mark('(')) => {
                // `object.method(`: of types that the headers above or the text itself define.
                let member = matches!(front, Token::Mark('.' | '>'));
                let known = C_CALL.has(name.as_bytes()) || own.contains(name);
                if !member && !known {
                    return false;
                }
            }
            _ => {}
        }
        before = [before[1], token];
    }
    true
}

/// `include` of a header of the list, `define` of a name as a number.
fn is_plain_directive(directive: &str) -> bool {
    if let Some(header) = directive.strip_prefix("include") {
        let name = header
            .trim()
            .strip_prefix('<')
            .and_then(|name| name.strip_suffix('>'));
        return name.is_some_and(|name| C_HEADER.has(name.trim().as_bytes()));
    }
    let Some(definition) = directive.strip_prefix("define ") else {
        return false;
    };
    let mut words = definition.split_whitespace();
    let name = words.next().unwrap_or_default();
    let value: Vec<&str> = words.collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let number = |v: &&str| {
        v.chars().next().is_some_and(|c| c.is_ascii_digit())
            && v.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
    };
    let feature = name == "_GNU_SOURCE" || name.starts_with("_POSIX") || name.starts_with("_XOPEN");
    name.chars().all(plain)
        && !C_CALL.has(name.as_bytes())
        && match value.as_slice() {
            [] => feature,
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
