//! `$'…'`: ANSI-C quoting (`man bash`, QUOTING).

/// Decodes the text between the quotes of `$'…'` and appends it. A NUL ends the text, as in
/// bash, whose words cannot hold one.
///
/// # Examples
///
/// ```
/// let mut out = Vec::new();
/// clearance_shell::expand::decode_ansi(br"a\tb\x41\u00e9", &mut out);
/// assert_eq!(out, "a\tbAé".as_bytes());
/// ```
pub fn decode_ansi(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'\\' {
            out.push(*first);
            continue;
        }
        let Some((escape, tail)) = rest.split_first() else {
            out.push(b'\\');
            return;
        };
        rest = tail;
        let ended;
        (rest, ended) = decode_escape(*escape, rest, out);
        if ended {
            return;
        }
    }
}

/// Decodes one escape; `true` when a NUL ended the text.
fn decode_escape<'a>(escape: u8, rest: &'a [u8], out: &mut Vec<u8>) -> (&'a [u8], bool) {
    let simple = match escape {
        b'a' => 7,
        b'b' => 8,
        b'e' | b'E' => 27,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' | b'\'' | b'"' | b'?' => escape,
        b'0'..=b'7' => return octal(escape, rest, out),
        b'x' => return hexadecimal(rest, out),
        b'u' => return unicode(escape, rest, 4, out),
        b'U' => return unicode(escape, rest, 8, out),
        b'c' => return control(rest, out),
        _ => {
            out.extend([b'\\', escape]);
            return (rest, false);
        }
    };
    out.push(simple);
    (rest, false)
}

fn push_byte<'a>(value: u32, rest: &'a [u8], out: &mut Vec<u8>) -> (&'a [u8], bool) {
    let [byte, ..] = value.to_le_bytes();
    if byte == 0 {
        return (rest, true);
    }
    out.push(byte);
    (rest, false)
}

fn octal<'a>(first: u8, rest: &'a [u8], out: &mut Vec<u8>) -> (&'a [u8], bool) {
    let mut value = u32::from(first - b'0');
    let digits = rest
        .iter()
        .take(2)
        .take_while(|byte| matches!(byte, b'0'..=b'7'))
        .count();
    let (digits, rest) = rest.split_at_checked(digits).unwrap_or((&[], rest));
    for digit in digits {
        value = value * 8 + u32::from(digit - b'0');
    }
    push_byte(value & 0xff, rest, out)
}

/// The value of up to `most` hexadecimal digits, and the rest; `None` without any.
fn hex_digits(rest: &[u8], most: usize) -> Option<(u32, &[u8])> {
    let count = rest
        .iter()
        .take(most)
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let (digits, rest) = rest.split_at_checked(count)?;
    if digits.is_empty() {
        return None;
    }
    let value = digits.iter().fold(0_u32, |sum, digit| {
        let digit = char::from(*digit).to_digit(16).unwrap_or(0);
        sum.wrapping_mul(16).wrapping_add(digit)
    });
    Some((value, rest))
}

fn hexadecimal<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> (&'a [u8], bool) {
    if let Some(braced) = rest.strip_prefix(b"{") {
        let (value, after) = hex_digits(braced, usize::MAX).unwrap_or((0, braced));
        let after = after.strip_prefix(b"}").unwrap_or(after);
        return push_byte(value & 0xff, after, out);
    }
    match hex_digits(rest, 2) {
        Some((value, rest)) => push_byte(value, rest, out),
        None => {
            out.extend(b"\\x");
            (rest, false)
        }
    }
}

fn unicode<'a>(escape: u8, rest: &'a [u8], most: usize, out: &mut Vec<u8>) -> (&'a [u8], bool) {
    let Some((value, rest)) = hex_digits(rest, most) else {
        out.extend([b'\\', escape]);
        return (rest, false);
    };
    if value == 0 {
        return (rest, true);
    }
    push_utf8(value, out);
    (rest, false)
}

/// UTF-8 as bash writes it: surrogates too, and up to six bytes.
fn push_utf8(value: u32, out: &mut Vec<u8>) {
    if let Some(character) = char::from_u32(value) {
        out.extend(character.encode_utf8(&mut [0; 4]).bytes());
        return;
    }
    let (lead, more) = match value {
        0..=0xffff => (0xe0, 2),
        0x1_0000..=0x1f_ffff => (0xf0, 3),
        0x20_0000..=0x3ff_ffff => (0xf8, 4),
        0x400_0000..=0x7fff_ffff => (0xfc, 5),
        _ => return,
    };
    let byte = |shift: u32, mark: u32| ((value >> shift) | mark).to_le_bytes()[0];
    out.push(byte(6 * more, lead));
    for index in (0..more).rev() {
        let [low, ..] = (((value >> (6 * index)) & 0x3f) | 0x80).to_le_bytes();
        out.push(low);
    }
}

/// `\cX`: the control character; `\c\\` takes both backslashes.
fn control<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> (&'a [u8], bool) {
    let Some((letter, mut rest)) = rest.split_first() else {
        out.extend(b"\\c");
        return (rest, false);
    };
    if *letter == b'\\' && rest.first() == Some(&b'\\') {
        rest = rest.get(1..).unwrap_or_default();
    }
    let value = if *letter == b'?' {
        0x7f
    } else {
        letter.to_ascii_uppercase() & 0x1f
    };
    push_byte(u32::from(value), rest, out)
}
