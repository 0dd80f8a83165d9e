//! Searches in bytes.
//!
//! Long text goes to memchr. Short text is walked through: asking the processor what it can
//! do, which memchr does at its first call, takes longer than the scan of a command, on
//! virtual machines by far.

/// Text up to this length is walked through.
const SHORT: usize = 1024;

pub(crate) fn find(byte: u8, text: &[u8]) -> Option<usize> {
    if text.len() <= SHORT {
        text.iter().position(|&found| found == byte)
    } else {
        memchr::memchr(byte, text)
    }
}

pub(crate) fn find_last(byte: u8, text: &[u8]) -> Option<usize> {
    if text.len() <= SHORT {
        text.iter().rposition(|&found| found == byte)
    } else {
        memchr::memrchr(byte, text)
    }
}

pub(crate) fn count(byte: u8, text: &[u8]) -> usize {
    if text.len() <= SHORT {
        text.iter().filter(|&&found| found == byte).count()
    } else {
        memchr::memchr_iter(byte, text).count()
    }
}

/// The first place of either byte.
pub(crate) fn find_either(one: u8, other: u8, text: &[u8]) -> Option<usize> {
    if text.len() <= SHORT {
        text.iter()
            .position(|&found| found == one || found == other)
    } else {
        memchr::memchr2(one, other, text)
    }
}

/// Where a word first stands in the text.
pub(crate) fn find_word(text: &[u8], word: &[u8]) -> Option<usize> {
    if text.len() > SHORT {
        return memchr::memmem::find(text, word);
    }
    let Some((&first, tail)) = word.split_first() else {
        return Some(0);
    };
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        let at = from + rest.iter().position(|&byte| byte == first)?;
        if text
            .get(at + 1..)
            .is_some_and(|after| after.starts_with(tail))
        {
            return Some(at);
        }
        from = at + 1;
    }
}

pub(crate) fn contains_word(text: &[u8], word: &[u8]) -> bool {
    find_word(text, word).is_some()
}

/// Whether a word in lower case stands in the text, in any letter case.
pub(crate) fn contains_folded(text: &[u8], word: &[u8]) -> bool {
    let Some((&first, tail)) = word.split_first() else {
        return true;
    };
    let mut rest = text;
    while let Some(at) = find_either(first, first.to_ascii_uppercase(), rest) {
        rest = rest.get(at + 1..).unwrap_or_default();
        let found = rest.get(..tail.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(tail)) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn short_and_long_text_agree(text in prop::collection::vec(prop::sample::select(b"abAB-".to_vec()), 0..40)) {
            let mut long = text.clone();
            long.resize(SHORT + 41, b'z');
            for byte in *b"a-q" {
                prop_assert_eq!(find(byte, &text), find(byte, &long));
                prop_assert_eq!(count(byte, &text), count(byte, &long));
                prop_assert_eq!(find_last(byte, &text), find_last(byte, &long));
                prop_assert_eq!(find_either(byte, b'B', &text), find_either(byte, b'B', &long));
            }
            for word in [&b"a"[..], b"ab", b"aba", b"b-b"] {
                prop_assert_eq!(find_word(&text, word), find_word(&long, word));
                prop_assert_eq!(contains_folded(&text, word), contains_folded(&long, word));
                let lower = text.to_ascii_lowercase();
                prop_assert_eq!(contains_folded(&text, word), contains_word(&lower, word));
            }
        }
    }
}
