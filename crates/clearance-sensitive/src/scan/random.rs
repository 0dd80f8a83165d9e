//! Tells random strings from words, names and paths.

use super::filters;

/// Random strings change between kinds of characters; words, paths and names do not.
pub(super) fn looks_random(value: &[u8]) -> bool {
    let trimmed = value
        .strip_suffix(b"==")
        .or(value.strip_suffix(b"="))
        .unwrap_or(value);
    let is_hex = trimmed
        .iter()
        .all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    let entropy = filters::entropy_tenths(trimmed);
    if is_hex {
        let digits = trimmed.iter().filter(|byte| byte.is_ascii_digit()).count();
        let letters = trimmed
            .iter()
            .filter(|byte| byte.is_ascii_alphabetic())
            .count();
        return entropy >= 28 && digits * 6 >= trimmed.len() && letters * 8 >= trimmed.len();
    }
    let separators = trimmed
        .iter()
        .filter(|byte| b"./:_-~+=".contains(byte))
        .count();
    entropy >= 35
        && filters::change_percent(trimmed) >= 15
        && separators * 6 <= trimmed.len()
        && !reads_like_words(trimmed)
        && trimmed.iter().any(u8::is_ascii_digit)
}

/// Mostly runs of letters that alternate vowels and consonants as words do.
pub(super) fn reads_like_words(value: &[u8]) -> bool {
    let joined = value
        .iter()
        .filter(|byte| matches!(byte, b'_' | b'-' | b'.' | b'/' | b':'))
        .count();
    // `openssl_x509_check`: between separators short words count as well.
    let shortest = if joined > 0 { 3 } else { 5 };
    let in_words: usize = value
        .split(|byte| !byte.is_ascii_alphabetic())
        .flat_map(split_humps)
        .filter(|word| word.len() >= shortest && is_pronounceable(word))
        .map(<[u8]>::len)
        .sum();
    in_words * 2 > value.len() - joined
}

/// Splits `camelCase` into its humps.
fn split_humps(word: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = word;
    core::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let upper = rest
            .iter()
            .take_while(|byte| byte.is_ascii_uppercase())
            .count();
        let lower = rest
            .iter()
            .skip(upper)
            .take_while(|byte| byte.is_ascii_lowercase())
            .count();
        let (hump, tail) = rest.split_at_checked((upper + lower).max(1))?;
        rest = tail;
        Some(hump)
    })
}

fn is_pronounceable(word: &[u8]) -> bool {
    let vowels = word
        .iter()
        .filter(|byte| b"aeiouyAEIOUY".contains(byte))
        .count();
    let mut run = 0;
    let hard = word.iter().any(|byte| {
        run = if b"aeiouyAEIOUY".contains(byte) {
            0
        } else {
            run + 1
        };
        run > 3
    });
    // Letters that words rarely use make up a quarter of random ones.
    let rare = word
        .iter()
        .filter(|byte| b"jqxzkvwJQXZKVW".contains(byte))
        .count();
    rare * 6 <= word.len() && vowels * 4 >= word.len() && vowels * 3 <= word.len() * 2 && !hard
}
