//! `echo` and `printf`.

use crate::analyze::value::{self, Text};
use crate::invocation::{Reason, Value, Word};

/// What `echo` prints. `options`: the letters that it takes for options; `escapes`:
/// backslashes are expanded without `-e`, if known.
pub(in crate::analyze) fn echo(
    arguments: &[Word],
    options: &[u8],
    escapes: Option<bool>,
    most: usize,
) -> Option<Value> {
    let mut arguments = arguments;
    let mut newline = true;
    let mut escapes = escapes;
    while let [first, rest @ ..] = arguments {
        let Some([b'-', letters @ ..]) = first.as_static() else {
            break;
        };
        if letters.is_empty() || !letters.iter().all(|letter| options.contains(letter)) {
            break;
        }
        for letter in letters {
            match letter {
                b'n' => newline = false,
                b'e' => escapes = Some(true),
                _ => escapes = Some(false),
            }
        }
        arguments = rest;
    }
    let mut text = Text::default();
    for (at, word) in arguments.iter().enumerate() {
        if at > 0 {
            text.bytes(b" ", most);
        }
        let piece = piece(&word.value);
        // An unknown word could be an option.
        if at == 0 && piece.as_static().is_none() && value::describe(&piece).may_start_dash {
            return None;
        }
        text.push(&piece, most);
    }
    if newline && !text.is_number() {
        text.bytes(b"\n", most);
    }
    let text = text.finish();
    match (&text, escapes) {
        (_, Some(false)) => Some(text),
        (Value::Static(bytes), Some(true)) => Some(Value::Static(unescape(bytes, false)?.into())),
        (Value::Static(bytes), None) if !bytes.contains(&b'\\') => Some(text),
        _ => None,
    }
}

/// A word as part of a text, whose blanks are those of its own text.
fn piece(word: &Value) -> Value {
    match word {
        Value::Glob(_) => Value::Dynamic(value::describe(word)),
        other => value::content(other),
    }
}

/// Backslash escapes of `echo -e` and of `printf %b`, which also takes octal digits without a
/// zero before them; `None` where it is not certain, or ends what `printf` prints.
fn unescape(text: &[u8], printf: bool) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let from = rest;
        let Some((&escape, tail)) = rest.split_first() else {
            out.push(b'\\');
            break;
        };
        rest = tail;
        match escape {
            b'0' => rest = octal(rest, 3, &mut out),
            b'1'..=b'7' if printf => rest = octal(from, 3, &mut out),
            b'x' => rest = hexadecimal(rest, &mut out)?,
            b'c' if printf => return None,
            b'c' => return Some(out),
            b'u' | b'U' => return None,
            other => match simple_escape(other) {
                Some(byte) => out.push(byte),
                None => out.extend_from_slice(&[b'\\', other]),
            },
        }
    }
    Some(out)
}

const fn simple_escape(letter: u8) -> Option<u8> {
    Some(match letter {
        b'a' => 7,
        b'b' => 8,
        b'e' | b'E' => 27,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' => b'\\',
        _ => return None,
    })
}

fn octal<'a>(text: &'a [u8], most: usize, out: &mut Vec<u8>) -> &'a [u8] {
    let digits = text
        .iter()
        .take(most)
        .take_while(|byte| matches!(byte, b'0'..=b'7'))
        .count();
    let (number, rest) = text.split_at_checked(digits).unwrap_or((text, b""));
    let value = number
        .iter()
        .fold(0_u32, |sum, digit| sum * 8 + u32::from(digit - b'0'));
    out.push(u8::try_from(value & 0xff).unwrap_or(0));
    rest
}

fn hexadecimal<'a>(text: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let digits = text
        .iter()
        .take(2)
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let (number, rest) = text.split_at_checked(digits)?;
    let number = std::str::from_utf8(number).ok()?;
    out.push(u8::from_str_radix(number, 16).ok()?);
    Some(rest)
}

/// What `printf` prints.
pub(in crate::analyze) fn printf(arguments: &[Word], most: usize) -> Option<Value> {
    let arguments = match arguments {
        [first, rest @ ..] if first.as_static() == Some(b"--") => rest,
        all => all,
    };
    let (format, words) = arguments.split_first()?;
    let format = format.as_static()?;
    if format.first() == Some(&b'-') && format.len() > 1 {
        return None;
    }
    let mut out = Text::default();
    let mut words = words.iter();
    loop {
        let before = words.len();
        print_once(format, &mut words, &mut out, most)?;
        if words.len() == 0 || words.len() == before {
            return Some(out.finish());
        }
    }
}

/// The format, used once.
fn print_once<'a>(
    format: &[u8],
    words: &mut impl Iterator<Item = &'a Word>,
    out: &mut Text,
    most: usize,
) -> Option<()> {
    let mut literal = Vec::new();
    let mut rest = format;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'\\' => {
                let (&escape, tail) = rest.split_first()?;
                match escape {
                    b'0'..=b'7' => rest = octal(rest, 3, &mut literal),
                    b'x' => rest = hexadecimal(tail, &mut literal)?,
                    b'"' | b'\'' => {
                        literal.push(escape);
                        rest = tail;
                    }
                    other => {
                        literal.push(simple_escape(other)?);
                        rest = tail;
                    }
                }
            }
            b'%' => {
                let (&conversion, tail) = rest.split_first()?;
                rest = tail;
                let piece = match conversion {
                    b'%' => value::fixed(b"%"),
                    b's' => piece(
                        &words
                            .next()
                            .map_or_else(|| value::fixed(b""), |word| word.value.clone()),
                    ),
                    b'd' | b'i' | b'u' => integer(words.next())?,
                    b'b' => {
                        let word = words
                            .next()
                            .map_or(b"".as_slice(), |w| w.as_static().unwrap_or(b"\\u"));
                        value::fixed(&unescape(word, true)?)
                    }
                    b'q' => quoted(words.next()?.as_static()?)?,
                    _ => return None,
                };
                out.bytes(&literal, most);
                literal.clear();
                out.push(&piece, most);
            }
            other => literal.push(other),
        }
    }
    if !(out.is_number() && literal == b"\n") {
        out.bytes(&literal, most);
    }
    Some(())
}

fn integer(word: Option<&Word>) -> Option<Value> {
    match word.map(|word| &word.value) {
        None => Some(value::fixed(b"0")),
        Some(Value::Static(text)) => {
            let number: i64 = std::str::from_utf8(text).ok()?.parse().ok()?;
            let plain = !text.starts_with(b"0") || text.len() == 1;
            plain.then(|| value::fixed(number.to_string().as_bytes()))
        }
        // Anything else is printed as a number, or as 0 with an error.
        Some(_) => Some(Value::Dynamic(value::number(Reason::CommandOutput))),
    }
}

/// `%q` of a text that needs no quotes.
fn quoted(text: &[u8]) -> Option<Value> {
    let plain = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'+')
    };
    (!text.is_empty() && text.iter().all(plain)).then(|| value::fixed(text))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{shown, words};
    use super::*;

    #[test]
    fn echo_prints_its_words() {
        for (arguments, want) in [
            (&["a", "b"][..], Some("a b\n")),
            (&["-n", "a"], Some("a")),
            (&["-e", r"a\tb\x41\0101"], Some("a\tbAA\n")),
            (&["-nE", r"a\n"], Some(r"a\n")),
            (&["-e", r"a\cb"], Some("a")),
            (&["-x"], Some("-x\n")),
            (&["-"], Some("-\n")),
            (&[], Some("\n")),
        ] {
            assert_eq!(
                shown(echo(&words(arguments), b"neE", Some(false), 8)).as_deref(),
                want,
                "{arguments:?}"
            );
        }
        assert_eq!(echo(&words(&[r"a\n"]), b"neE", None, 8), None);
        let dash = echo(&words(&["-e", "a"]), b"n", Some(true), 8);
        assert_eq!(shown(dash).as_deref(), Some("-e a\n"));
    }

    #[test]
    fn printf_reuses_its_format() {
        for (arguments, want) in [
            (&["%s\\n", "a", "b"][..], Some("a\nb\n")),
            (&["%s-%s.", "a", "b", "c"], Some("a-b.c-.")),
            (&["\\162\\155"], Some("rm")),
            (&["\\x72m"], Some("rm")),
            (&["%d%%", "7"], Some("7%")),
            (&["%b", "a\\tb"], Some("a\tb")),
            (&["%b", "\\101\\0101\\1012"], Some("AAA2")),
            (&["%b%s", "a\\c", "b"], None),
            (&["--", "x"], Some("x")),
            (&["%5s", "x"], None),
            (&["plain", "unused"], Some("plain")),
        ] {
            assert_eq!(
                shown(printf(&words(arguments), 8)).as_deref(),
                want,
                "{arguments:?}"
            );
        }
    }
}
