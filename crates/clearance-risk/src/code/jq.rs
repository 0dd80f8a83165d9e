//! jq filters: they compute, unless they look at the environment or load modules.
//!
//! Source of facts: the jq 1.7 manual. Options and files are the caller's.

use clearance_core::Effect;

use super::notes::{Notes, begins, fixed};
use super::{CodeReport, CodeTarget};

#[derive(Clone, Copy, PartialEq, Debug)]
enum Tok<'a> {
    Word(&'a [u8]),
    Text(&'a [u8]),
    Mark(u8),
}

/// What a jq filter would do.
pub(super) fn analyze(code: &[u8]) -> CodeReport {
    let mut notes = Notes::default();
    let mut tokens = Vec::new();
    match lex(code, &mut tokens) {
        Some(()) => scan(&tokens, &mut notes),
        None => notes.unknown(0, code.len(), "the syntax was not understood"),
    }
    notes.finish()
}

/// Tokens with their places; brackets and strings must close.
fn lex<'a>(code: &'a [u8], out: &mut Vec<(Tok<'a>, usize)>) -> Option<()> {
    let mut at = 0;
    // Open brackets; `"` stands for an interpolation `\(` inside a string.
    let mut open: Vec<u8> = Vec::new();
    while let Some(&b) = code.get(at) {
        let start = at;
        at += 1;
        match b {
            b'#' => {
                while code.get(at).is_some_and(|&c| c != b'\n') {
                    at += 1;
                }
            }
            b'"' => at = string(code, at, start, &mut open, out)?,
            b'(' | b'[' | b'{' => {
                open.push(b);
                out.push((Tok::Mark(b), start));
            }
            b')' | b']' | b'}' => {
                let opened = open.pop()?;
                let fits = matches!(
                    (opened, b),
                    (b'(' | b'"', b')') | (b'[', b']') | (b'{', b'}')
                );
                if !fits {
                    return None;
                }
                out.push((Tok::Mark(b), start));
                if opened == b'"' {
                    at = string(code, at, start, &mut open, out)?;
                }
            }
            b'_' | b'$' | b'@' | b'a'..=b'z' | b'A'..=b'Z' => {
                let word = |c: u8| c == b'_' || c.is_ascii_alphanumeric() || c == b':';
                while code.get(at).is_some_and(|&c| word(c)) {
                    // `a::b` is one name, `a:` is not.
                    if code.get(at) == Some(&b':') {
                        if code.get(at + 1) != Some(&b':') {
                            break;
                        }
                        at += 1;
                    }
                    at += 1;
                }
                out.push((Tok::Word(code.get(start..at)?), start));
            }
            b'0'..=b'9' => {
                while code
                    .get(at)
                    .is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'.')
                {
                    at += 1;
                }
                out.push((Tok::Mark(b'0'), start));
            }
            _ if b.is_ascii_whitespace() => {}
            0 => return None,
            _ => out.push((Tok::Mark(b), start)),
        }
    }
    open.is_empty().then_some(())
}

/// The rest of a string: to its end, or into an interpolation.
fn string<'a>(
    code: &'a [u8],
    mut at: usize,
    start: usize,
    open: &mut Vec<u8>,
    out: &mut Vec<(Tok<'a>, usize)>,
) -> Option<usize> {
    let from = at;
    loop {
        match code.get(at)? {
            b'"' => {
                out.push((Tok::Text(code.get(from..at)?), start));
                return Some(at + 1);
            }
            b'\\' if code.get(at + 1) == Some(&b'(') => {
                out.push((Tok::Text(b""), start));
                out.push((Tok::Mark(b'('), at));
                open.push(b'"');
                return Some(at + 2);
            }
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

fn scan(tokens: &[(Tok<'_>, usize)], notes: &mut Notes) {
    let mut open: Vec<u8> = Vec::new();
    for (i, (token, at)) in tokens.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|p| tokens.get(p)).map(|t| t.0);
        let after = tokens.get(i + 1).map(|t| t.0);
        match token {
            Tok::Mark(b @ (b'(' | b'[' | b'{')) => open.push(*b),
            Tok::Mark(b')' | b']' | b'}') => {
                open.pop();
            }
            Tok::Word(word) => {
                let end = at + word.len();
                let field = before == Some(Tok::Mark(b'.'));
                let key = open.last() == Some(&b'{')
                    && matches!(before, Some(Tok::Mark(b'{' | b',')))
                    && matches!(after, Some(Tok::Mark(b'}' | b',' | b':')));
                match *word {
                    b"import" | b"include" if !field && matches!(after, Some(Tok::Text(_))) => {
                        notes.unknown(*at, end, "a module is loaded");
                    }
                    b"env" if field || key => {}
                    b"env" | b"$ENV" => variable(tokens, i, *at, end, notes),
                    b"get_search_list" | b"input_filename" | b"$__prog_args" => {}
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

/// `env.NAME` and `$ENV["NAME"]` read one variable; all else shows them all.
fn variable(tokens: &[(Tok<'_>, usize)], i: usize, at: usize, end: usize, notes: &mut Notes) {
    let next = |n: usize| tokens.get(i + n).map(|t| t.0);
    let name = match (next(1), next(2), next(3)) {
        (Some(Tok::Mark(b'.')), Some(Tok::Word(name)), _) => Some(name),
        (Some(Tok::Mark(b'.')), Some(Tok::Text(name)), _) => Some(name),
        (Some(Tok::Mark(b'[')), Some(Tok::Text(name)), Some(Tok::Mark(b']'))) => Some(name),
        _ => None,
    };
    match name {
        Some(name) if !name.is_empty() && !name.contains(&b'\\') => {
            notes.act(Effect::Read, CodeTarget::Variable(fixed(name)), at, end);
        }
        _ => notes.act(Effect::Secret, CodeTarget::Variable(begins(b"")), at, end),
    }
}

#[cfg(test)]
mod tests {
    use crate::code::Language;
    use crate::code::testing::{Row, check};

    const ROWS: &[Row] = &[
        (".", &[]),
        (".scripts | keys", &[]),
        (".a[]? | select(.b == \"x\") | {id, env, path: .p}", &[]),
        ("\"\\(.name): \\(.version | tostring)\"", &[]),
        (".env", &[]),
        (".env.HOME", &[]),
        ("{env: .x}", &[]),
        ("{env}", &[]),
        ("{a: 1, env}", &[]),
        ("[.[] | .import]", &[]),
        ("def f(x): x + 1; map(f(.))", &[]),
        ("@sh \"rm \\(.x)\"", &[]),
        ("[\"a\",\"b\"] | join(\",\")", &[]),
        ("# $ENV\n.", &[]),
        ("input_filename", &[]),
        ("env", &["secret $..."]),
        ("$ENV", &["secret $..."]),
        ("env | keys", &["secret $..."]),
        ("[1, env, 2]", &["secret $..."]),
        ("{a: env}", &["secret $..."]),
        ("{(env|tostring): 1}", &["secret $..."]),
        ("$ENV.HOME", &["read $HOME"]),
        ("env.PATH", &["read $PATH"]),
        ("$ENV[\"HOME\"]", &["read $HOME"]),
        ("$ENV[.x]", &["secret $..."]),
        ("\"\\($ENV.TOKEN)\"", &["read $TOKEN"]),
        ("import \"m\" as m; m::f", &["?"]),
        ("include \"m\"; .", &["?"]),
        ("\"open", &["?"]),
        ("(.a", &["?"]),
        (".a)", &["?"]),
    ];

    #[test]
    fn filters_tell_what_they_see_of_the_environment() {
        check(Language::Jq, ROWS);
    }
}
