//! Text in a form that the shell reads back: `${name@Q}`.

/// Quotes as bash does: single quotes, or `$'…'` when there are control characters.
pub(super) fn reusable(text: &[u8]) -> Vec<u8> {
    let control = |byte: &u8| byte.is_ascii_control();
    let valid = std::str::from_utf8(text);
    let special = text.iter().any(control)
        || valid.is_err()
        || valid.is_ok_and(|text| text.chars().any(char::is_control));
    if special { ansi(text) } else { single(text) }
}

fn single(text: &[u8]) -> Vec<u8> {
    let mut out = vec![b'\''];
    for byte in text {
        match byte {
            b'\'' => out.extend_from_slice(b"'\\''"),
            _ => out.push(*byte),
        }
    }
    out.push(b'\'');
    out
}

fn ansi(text: &[u8]) -> Vec<u8> {
    let mut out = b"$'".to_vec();
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            push(character, &mut out);
        }
        for byte in chunk.invalid() {
            push_octal(*byte, &mut out);
        }
    }
    out.push(b'\'');
    out
}

fn push(character: char, out: &mut Vec<u8>) {
    let escape = match character {
        '\x07' => b'a',
        '\x08' => b'b',
        '\x1b' => b'E',
        '\x0c' => b'f',
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\x0b' => b'v',
        '\\' => b'\\',
        '\'' => b'\'',
        _ if character.is_control() => {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                push_octal(byte, out);
            }
            return;
        }
        _ => {
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            return;
        }
    };
    out.extend([b'\\', escape]);
}

fn push_octal(byte: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("\\{byte:03o}").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::reusable;

    #[test]
    fn control_characters_need_the_dollar_form() {
        assert_eq!(reusable(b"a b"), b"'a b'");
        assert_eq!(reusable(b"it's"), b"'it'\\''s'");
        assert_eq!(reusable(b"1\n2'"), b"$'1\\n2\\''");
        assert_eq!(reusable(b"\x01\xff"), b"$'\\001\\377'");
    }
}
