//! Strings: escapes, and the holes of f-strings.

use super::{StrPart, Trouble, span};

/// How deep f-strings may nest.
const MAX_FSTRING: u16 = 8;

/// The place after the string literal whose quote is at `at`; its parts go to `out`.
pub(super) fn scan_string(
    code: &[u8],
    mut at: usize,
    end: usize,
    prefix: &str,
    depth: u16,
    mut out: Option<&mut Vec<StrPart>>,
) -> Result<usize, Trouble> {
    let start = at;
    let fail = |why| Err((span(start, start + 1), why));
    if depth > MAX_FSTRING {
        return fail("format strings nest too deep");
    }
    let get = |i: usize| if i < end { code.get(i).copied() } else { None };
    let Some(quote) = get(at) else {
        return fail("a string has no end");
    };
    let triple = get(at + 1) == Some(quote) && get(at + 2) == Some(quote);
    at += if triple { 3 } else { 1 };
    let (raw, format, bytes) = (
        prefix.contains('r'),
        prefix.contains('f'),
        prefix.contains('b'),
    );
    let mut lit = Vec::new();
    loop {
        let Some(b) = get(at) else {
            return fail("a string has no end");
        };
        match b {
            _ if b == quote
                && (!triple || (get(at + 1) == Some(quote) && get(at + 2) == Some(quote))) =>
            {
                at += if triple { 3 } else { 1 };
                break;
            }
            b'\n' | b'\r' if !triple => return fail("a string has no end"),
            b'\\' if raw => {
                lit.push(b);
                at += 1;
                if let Some(next @ (b'\'' | b'"' | b'\\' | b'\n' | b'\r')) = get(at) {
                    lit.push(next);
                    at += 1;
                }
            }
            b'\\' => {
                let opaque;
                (at, opaque) = escape(code, at + 1, end, bytes, &mut lit);
                if opaque {
                    flush(&mut lit, &mut out);
                    push(&mut out, StrPart::Opaque);
                }
            }
            b'{' if format && get(at + 1) == Some(b'{') => {
                lit.push(b'{');
                at += 2;
            }
            b'}' if format && get(at + 1) == Some(b'}') => {
                lit.push(b'}');
                at += 2;
            }
            b'{' if format => {
                flush(&mut lit, &mut out);
                at = scan_hole(code, at + 1, end, depth, &mut out)?;
            }
            _ => {
                lit.push(b);
                at += 1;
            }
        }
    }
    flush(&mut lit, &mut out);
    Ok(at)
}

fn flush(lit: &mut Vec<u8>, out: &mut Option<&mut Vec<StrPart>>) {
    if !lit.is_empty() {
        push(out, StrPart::Lit(core::mem::take(lit).into()));
    }
}

fn push(out: &mut Option<&mut Vec<StrPart>>, part: StrPart) {
    if let Some(out) = out {
        out.push(part);
    }
}

/// The place after the replacement field whose expression begins at `at`.
pub(super) fn scan_hole(
    code: &[u8],
    mut at: usize,
    end: usize,
    depth: u16,
    out: &mut Option<&mut Vec<StrPart>>,
) -> Result<usize, Trouble> {
    let start = at;
    let fail = |why| Err((span(start, start + 1), why));
    let get = |i: usize| if i < end { code.get(i).copied() } else { None };
    let mut open = 0_u32;
    let expr_end;
    loop {
        let Some(b) = get(at) else {
            return fail("a replacement field has no end");
        };
        match b {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' => open = open.saturating_sub(1),
            b'}' if open > 0 => open -= 1,
            b'}' | b':' if open == 0 => {
                expr_end = at;
                break;
            }
            b'!' if open == 0 && get(at + 1) != Some(b'=') => {
                expr_end = at;
                break;
            }
            b'\'' | b'"' => {
                let before = code.get(start..at).unwrap_or_default();
                let letters = before
                    .iter()
                    .rev()
                    .take_while(|b| b.is_ascii_alphabetic())
                    .count();
                let lower = before
                    .get(before.len() - letters..)
                    .unwrap_or_default()
                    .to_ascii_lowercase();
                let (f, r) = (lower.contains(&b'f'), lower.contains(&b'r'));
                let prefix = match (f && letters <= 2, r && letters <= 2) {
                    (true, true) => "rf",
                    (true, false) => "f",
                    (false, true) => "r",
                    _ => "",
                };
                at = scan_string(code, at, end, prefix, depth + 1, None)?;
                continue;
            }
            b'#' => return fail("a comment inside a replacement field"),
            _ => {}
        }
        at += 1;
    }
    // `{x=}` prints the text of the expression too.
    let text = code
        .get(start..expr_end)
        .unwrap_or_default()
        .trim_ascii_end();
    let debug = text.ends_with(b"=")
        && !matches!(
            text.get(text.len().wrapping_sub(2)),
            Some(b'=' | b'!' | b'<' | b'>')
        );
    let stop = if debug {
        start + text.len() - 1
    } else {
        expr_end
    };
    let plain = !debug && get(at) == Some(b'}');
    push(out, StrPart::Hole(span(start, stop), plain));
    if get(at) == Some(b'!') {
        at += 1;
        while get(at).is_some_and(|b| b.is_ascii_alphabetic() || b == b' ') {
            at += 1;
        }
    }
    if get(at) == Some(b':') {
        at += 1;
        loop {
            match get(at) {
                Some(b'{') => {
                    if depth > MAX_FSTRING {
                        return fail("format strings nest too deep");
                    }
                    at = scan_hole(code, at + 1, end, depth + 1, out)?;
                }
                Some(b'}') => break,
                Some(_) => at += 1,
                None => return fail("a replacement field has no end"),
            }
        }
    }
    if get(at) == Some(b'}') {
        Ok(at + 1)
    } else {
        fail("a replacement field has no end")
    }
}

/// Decodes the escape after the backslash; gives the place after it, and whether its value is
/// not resolved.
fn escape(code: &[u8], at: usize, end: usize, bytes: bool, lit: &mut Vec<u8>) -> (usize, bool) {
    let get = |i: usize| if i < end { code.get(i).copied() } else { None };
    let Some(b) = get(at) else { return (at, false) };
    let simple = match b {
        b'n' => Some(b'\n'),
        b't' => Some(b'\t'),
        b'r' => Some(b'\r'),
        b'a' => Some(7),
        b'b' => Some(8),
        b'f' => Some(12),
        b'v' => Some(11),
        b'\\' | b'\'' | b'"' => Some(b),
        _ => None,
    };
    if let Some(c) = simple {
        lit.push(c);
        return (at + 1, false);
    }
    let radix = |from: usize, max: usize, radix: u32| {
        let digits = (0..max)
            .map_while(|i| get(from + i).and_then(|c| char::from(c).to_digit(radix)))
            .collect::<Vec<_>>();
        (
            digits
                .iter()
                .fold(0_u32, |n, d| n.wrapping_mul(radix).wrapping_add(*d)),
            digits.len(),
        )
    };
    let mut put = |n: u32| {
        if bytes {
            lit.push((n & 0xff) as u8);
        } else {
            let c = char::from_u32(n).unwrap_or(char::REPLACEMENT_CHARACTER);
            lit.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    };
    match b {
        b'\n' => (at + 1, false),
        b'\r' => (at + 1 + usize::from(get(at + 1) == Some(b'\n')), false),
        b'0'..=b'7' => {
            let (n, len) = radix(at, 3, 8);
            put(n);
            (at + len, false)
        }
        b'x' => {
            let (n, len) = radix(at + 1, 2, 16);
            put(n);
            (at + 1 + len, false)
        }
        b'u' | b'U' if !bytes => {
            let (n, len) = radix(at + 1, if b == b'u' { 4 } else { 8 }, 16);
            put(n);
            (at + 1 + len, false)
        }
        b'N' if !bytes => {
            let mut at = at + 1;
            if get(at) == Some(b'{') {
                while get(at).is_some_and(|c| c != b'}' && c != b'\n' && c != b'"' && c != b'\'') {
                    at += 1;
                }
                at += usize::from(get(at) == Some(b'}'));
            }
            (at, true)
        }
        // In a format string the brace still opens a field.
        b'{' | b'}' => {
            lit.push(b'\\');
            (at, false)
        }
        _ => {
            lit.extend_from_slice(&[b'\\', b]);
            (at + 1, false)
        }
    }
}
