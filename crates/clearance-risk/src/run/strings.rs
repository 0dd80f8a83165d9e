//! The strings in a program text, as far as any language with quotes and backslashes has them.

use crate::names::DECODER;

/// Strings shorter than this hold no program that matters.
const SHORTEST: usize = 12;

/// The text makes other texts of what does not show them: its strings do not say what it writes.
pub(super) fn decodes(source: &[u8]) -> bool {
    let mut found = false;
    split(source, |outside, _| {
        let mut words = outside.split(|b| !b.is_ascii_alphanumeric() && *b != b'_');
        found |= words.any(|word| DECODER.has(word));
    });
    found
}

/// The strings of a text, escapes resolved.
pub(super) fn literals(source: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    split(source, |_, text| {
        if text.len() >= SHORTEST {
            found.push(text);
        }
    });
    found
}

/// What the commands of a program for `sed` or `perl -p` put in: replacements, added lines.
pub(super) fn put_in(program: &[u8]) -> Vec<Vec<u8>> {
    program
        .split(|&b| b == b'\n')
        .filter_map(one_put_in)
        .collect()
}

fn one_put_in(command: &[u8]) -> Option<Vec<u8>> {
    let address = |b: &u8| b.is_ascii_digit() || b"$,!~+ {".contains(b);
    let at = command.iter().position(|b| !address(b))?;
    let (&letter, rest) = command.get(at..)?.split_first()?;
    if matches!(letter, b'a' | b'i' | b'c') {
        let text = rest.trim_ascii_start();
        return Some(text.strip_prefix(b"\\").unwrap_or(text).to_vec());
    }
    let (&mark, rest) = rest.split_first().filter(|_| letter == b's')?;
    let mut parts = vec![Vec::new()];
    let mut bytes = rest.iter().copied();
    while let Some(byte) = bytes.next() {
        let put = match byte {
            _ if byte == mark => {
                parts.push(Vec::new());
                continue;
            }
            b'\\' => match bytes.next()? {
                b'n' => b'\n',
                other => other,
            },
            other => other,
        };
        parts.last_mut()?.push(put);
    }
    parts.into_iter().nth(1)
}

/// Hands out what stands before each string, and the string, to the end.
fn split(source: &[u8], mut each: impl FnMut(&[u8], Vec<u8>)) {
    let mut rest = source;
    while let Some(at) = rest.iter().position(|b| b"'\"`".contains(b)) {
        let (Some(&quote), Some(tail)) = (rest.get(at), rest.get(at..)) else {
            break;
        };
        let triple = [quote; 3];
        let quotes = if tail.starts_with(&triple) {
            &triple[..]
        } else {
            &[quote]
        };
        let body = tail.get(quotes.len()..).unwrap_or_default();
        let (text, length) = string(body, quotes);
        each(rest.get(..at).unwrap_or_default(), text);
        rest = body.get(length..).unwrap_or_default();
    }
    each(rest, Vec::new());
}

/// A string up to its closing quotes, and how much of the text it takes.
fn string(body: &[u8], quotes: &[u8]) -> (Vec<u8>, usize) {
    let mut text = Vec::new();
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        if body.get(at..).is_some_and(|rest| rest.starts_with(quotes)) {
            return (text, at + quotes.len());
        }
        at += 1;
        if byte != b'\\' {
            text.push(byte);
            continue;
        }
        let escaped = body.get(at).copied().unwrap_or_default();
        at += 1;
        text.push(match escaped {
            b'n' => b'\n',
            b't' => b'\t',
            other => other,
        });
    }
    (text, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_found() {
        for (program, expected) in [
            (&b"s/a/rm -rf \\/x/"[..], &b"rm -rf /x"[..]),
            (b"1,$s#^#import os; #g", b"import os; "),
            (b"1i rm -rf x", b"rm -rf x"),
            (b"$ a\\rm x", b"rm x"),
        ] {
            assert_eq!(put_in(program), [expected]);
        }
        assert!(put_in(b"/x/d").is_empty());
        assert!(put_in(b"s/a\\").is_empty());
    }

    #[test]
    fn strings_are_found_with_their_escapes() {
        let found =
            literals(b"w('''import os\nos.x('a')''') + \"line one\\nline \\\"two\\\"\" + 'short'");
        assert_eq!(
            found,
            [
                b"import os\nos.x('a')".to_vec(),
                b"line one\nline \"two\"".to_vec()
            ]
        );
        assert_eq!(literals(b"'never closed, but long enough").len(), 1);
    }
}
