//! Reads an assignment around a keyword, in the spellings of configuration, code and commands.

use super::shapes::{byte_before, is_word};
use crate::rules::table;

/// Longest identifier part looked at beside a keyword.
const IDENT: usize = 48;
/// Longest value of an assignment.
const VALUE: usize = 256;

/// What stands before the value in a header of HTTP.
const AUTH_SCHEMES: [&[u8]; 8] = [
    b"bearer ",
    b"basic ",
    b"token ",
    b"apikey ",
    b"api-token ",
    b"apikey-v1 ",
    b"oauth ",
    b"ssws ",
];

/// What an assignment says: the name it assigns to, and the value.
pub(super) struct Assigned<'a> {
    pub(super) name: &'a [u8],
    pub(super) start: usize,
    pub(super) value: &'a [u8],
    pub(super) quoted: bool,
    /// The name is qualified, as in `"AWS::IAM::AccessKey"`.
    pub(super) is_type_name: bool,
    /// `Basic …`, which has a rule of its own.
    pub(super) is_basic: bool,
    /// No blanks around the sign, as in the environment or an option.
    pub(super) tight: bool,
    /// The name is an option: `--password …`.
    pub(super) option: bool,
}

/// Reads `…keyword… = "value"` in the spellings of configuration files, code and commands.
pub(super) fn assignment(text: &[u8], start: usize, end: usize) -> Option<Assigned<'_>> {
    let is_name = |byte: &u8| is_word(*byte) || matches!(byte, b'-' | b'.');
    let before = text.get(start.saturating_sub(IDENT)..start)?;
    let head = before.iter().rev().take_while(|byte| is_name(byte)).count();
    let after = text.get(end..(end + IDENT).min(text.len()))?;
    let tail = after.iter().take_while(|byte| is_name(byte)).count();
    let name = text.get(start - head..end + tail)?;
    let mut at = end + tail;
    let name_quoted = matches!(text.get(at), Some(b'"' | b'\'' | b'`'));
    at += count_of(text, at, 4, b"\"'`])\\ \t");
    // `- name: X` and on the next line `value: …`.
    let apart = value_entry(text, end + tail);
    at = apart.unwrap_or(at);
    let sign_at = at;
    // `("api_key", "value")`: the comma of a call, not of a list.
    let in_call = name_quoted && byte_before(text, (start - head).saturating_sub(1)) == Some(b'(');
    let is_element = text.get(at) == Some(&b'>') && byte_before(text, start - head) == Some(b'<');
    let sign = match declared_type(text, at) {
        _ if is_element => 1,
        Some(len) => len,
        None => sign_len(text, at, in_call || text.get(end + tail) == Some(&b'('))?,
    };
    let option = name.starts_with(b"-") || text.get(start - head..start)?.starts_with(b"-");
    if sign == 0 && !(option && at > end + tail) {
        return None;
    }
    at += sign;
    let opener_at = at;
    at += count_of(text, at, 6, b" \t\"'`=@(\\[{");
    if text.get(at) == Some(&b'\n') || text.get(at) == Some(&b'\r') {
        at += count_of(text, at, 40, b" \t\r\n\"'`");
    }
    let opener = text.get(opener_at..at)?;
    // What an element holds is as surely a value as what quotes hold.
    let quoted = is_element
        || opener
            .iter()
            .any(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    let is_basic = starts_with_folded(text, at, b"basic ");
    for word in AUTH_SCHEMES {
        if starts_with_folded(text, at, word) {
            at += word.len();
        }
    }
    let quote = opener
        .iter()
        .copied()
        .find(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    let mut value = value_at(text, at, quote)?;
    if let Some(len) = words_before_last(text, at, is_element, quote) {
        at += len;
        value = value_at(text, at, quote)?;
    }
    let tight = sign_at == end + tail && opener.is_empty()
        || quoted && opener.len() == 1 && sign_at == end + tail;
    let is_type_name = text
        .get(..start - head)
        .is_some_and(|text| text.ends_with(b"::"));
    Some(Assigned {
        name,
        is_type_name,
        is_basic,
        start: at,
        value,
        quoted,
        tight,
        option,
    })
}

/// The value that starts at `at`, up to its quote or, without one, to the end of the word.
fn value_at(text: &[u8], at: usize, quote: Option<u8>) -> Option<&[u8]> {
    let rest = text.get(at..(at + VALUE).min(text.len()))?;
    let len = rest
        .iter()
        .take_while(|byte| match quote {
            Some(quote) => **byte != quote && !matches!(byte, b'\n' | b'\r' | b'<'),
            None => !byte.is_ascii_whitespace() && !b"\"'`<>;,)}]|&\\".contains(byte),
        })
        .count();
    let value = rest.get(..len)?;
    Some(value.strip_suffix(b"\\").unwrap_or(value))
}

/// Most words before the value that an element or a quoted text holds.
const WORDS: usize = 3;
/// Fewest bytes of a value that stands behind words.
const LAST_WORD: usize = 20;

/// The bytes before the last word, when what is assigned is a few words and a long one:
/// `<secret>{acme prod VALUE}</secret>`, `auth_token = "Acme-Scheme VALUE"`.
fn words_before_last(text: &[u8], at: usize, is_element: bool, quote: Option<u8>) -> Option<usize> {
    let rest = text.get(at..(at + VALUE).min(text.len()))?;
    let end = |byte: &u8| match quote {
        Some(quote) => *byte == quote || *byte == b'\n',
        None => matches!(byte, b'<' | b'\n' | b'}'),
    };
    if !is_element && quote.is_none() {
        return None;
    }
    let whole = rest.get(..rest.iter().position(end)?)?;
    let blank = whole.iter().rposition(|byte| *byte == b' ')?;
    let words = whole.get(..blank)?;
    let few = words.iter().filter(|byte| **byte == b' ').count() < WORDS;
    let plain = |byte: &u8| is_word(*byte) || matches!(byte, b' ' | b'-' | b'.' | b':');
    (few && whole.len() - blank > LAST_WORD && words.iter().all(plain)).then_some(blank + 1)
}

/// Reads `mailjet api key VALUE` and `mailjet key = 'VALUE'`: words, the last of which says that a
/// secret follows.
pub(super) fn said(text: &[u8], start: usize, end: usize) -> Option<Assigned<'_>> {
    let line = text.get(end..(end + IDENT).min(text.len()))?;
    let words = line
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic() || b"_- \t".contains(byte))
        .count();
    // The words end with the last blank: what follows is the value, which may begin with letters.
    let blank = line
        .get(..words)?
        .iter()
        .rposition(|byte| matches!(byte, b' ' | b'\t'))?;
    let name = line.get(..blank)?.trim_ascii_end();
    let last = name
        .rsplit(|byte| matches!(byte, b' ' | b'\t'))
        .next()
        .unwrap_or_default();
    if !table::SECRET_NAMES.is_in(last) {
        return None;
    }
    let opener_at = end + blank + 1;
    let sign = count_of(text, opener_at, 2, b":=");
    let blanks = count_of(text, opener_at + sign, 4, b" \t");
    let mut at = opener_at + sign + blanks;
    let quote = text
        .get(at)
        .copied()
        .filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    at += usize::from(quote.is_some());
    Some(Assigned {
        name: text.get(start..end + name.len())?,
        start: at,
        value: value_at(text, at, quote)?,
        quoted: quote.is_some(),
        is_type_name: false,
        is_basic: false,
        tight: false,
        option: false,
    })
}

/// The length of a declared type with the sign after it: `: &str =` of Rust, `: String =` of
/// Kotlin and Swift, ` string =` of Go.
fn declared_type(text: &[u8], at: usize) -> Option<usize> {
    let colon = usize::from(text.get(at) == Some(&b':'));
    let type_at = at + colon + count_of(text, at + colon, 2, b" &*[]");
    let word = text.get(type_at..(type_at + 24).min(text.len()))?;
    let is_type = |byte: &&u8| is_word(**byte) || b".<>[]?".contains(*byte);
    let len = word.iter().take_while(is_type).count();
    let first = word.first()?;
    let sign_at = type_at + len + count_of(text, type_at + len, 2, b" ");
    let sound = len >= 3
        && first.is_ascii_alphabetic()
        && (colon == 1 || word.get(..len)? == b"string")
        && text.get(sign_at) == Some(&b'=')
        && !matches!(text.get(sign_at + 1), Some(b'=' | b'>'));
    sound.then_some(sign_at + 1 - at)
}

fn starts_with_folded(text: &[u8], at: usize, word: &[u8]) -> bool {
    let found = text.get(at..at + word.len());
    found.is_some_and(|found| found.eq_ignore_ascii_case(word))
}

fn count_of(text: &[u8], at: usize, max: usize, set: &[u8]) -> usize {
    text.get(at..)
        .unwrap_or_default()
        .iter()
        .take(max)
        .take_while(|byte| set.contains(byte))
        .count()
}

/// Where the sign of `value: …` stands when that entry follows a name at `at`.
fn value_entry(text: &[u8], at: usize) -> Option<usize> {
    let mut at = at + count_of(text, at, 40, b"\"', \t\r\n");
    let word = text.get(at..at + 5)?;
    if !word.eq_ignore_ascii_case(b"value") {
        return None;
    }
    at += 5;
    Some(at + count_of(text, at, 4, b"\"' \t"))
}

/// The length of what assigns: `=`, `:`, `:=`, `=>`, `||`, `>`, and `,` or `(` in a call.
fn sign_len(text: &[u8], at: usize, in_call: bool) -> Option<usize> {
    let rest = text.get(at..)?;
    Some(match rest {
        [b'=', b'=', b'=', ..] => 3,
        // PHP joins to what a variable holds.
        [b'.', b'=', ..] => 2,
        [b':', b':', b':', b'=', ..] => 4,
        [b':', b':', b'=', ..] => 3,
        [b'=', b'=' | b'>', ..] | [b':' | b'?' | b'+', b'=', ..] | [b'|', b'|', ..] => 2,
        [b'=' | b':', ..] => 1,
        // The end of a tag; a redirection has blanks around it.
        [b'>', next, ..] if !next.is_ascii_whitespace() => 1,
        [b',', ..] if in_call => 1,
        _ => 0,
    })
}
