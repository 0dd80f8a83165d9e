//! Quotes that Perl and Ruby share: a delimiter that may be a bracket, and nesting inside it.

/// The place after the closing delimiter, and the text between; `at` is at the opening one.
/// Backslashes protect the next byte.
pub(super) fn delimited(code: &[u8], at: usize) -> Option<(usize, &[u8])> {
    let open = *code.get(at)?;
    let close = match open {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        b'<' => b'>',
        b if b.is_ascii_alphanumeric() || b.is_ascii_whitespace() || b >= 0x80 || b == b'\\' => {
            return None;
        }
        b => b,
    };
    let mut depth = 0_u32;
    let mut i = at + 1;
    loop {
        match *code.get(i)? {
            b'\\' => i += 1,
            b if b == close && depth == 0 => return Some((i + 1, code.get(at + 1..i)?)),
            b if b == close => depth -= 1,
            b if b == open && open != close => depth += 1,
            _ => {}
        }
        i += 1;
    }
}

/// The text of a single-quoted string.
pub(super) fn single(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = text.iter().copied().peekable();
    while let Some(b) = bytes.next() {
        match (b, bytes.peek()) {
            (b'\\', Some(&n @ (b'\\' | b'\''))) => {
                out.push(n);
                bytes.next();
            }
            _ => out.push(b),
        }
    }
    out
}

/// The text of a double-quoted string without holes; `None`: with an escape that is not plain.
pub(super) fn double(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut bytes = text.iter().copied();
    while let Some(b) = bytes.next() {
        if b != b'\\' {
            out.push(b);
            continue;
        }
        out.push(match bytes.next()? {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'e' => 0x1b,
            b'0' => return None,
            b if b.is_ascii_alphanumeric() => return None,
            b => b,
        });
    }
    Some(out)
}
