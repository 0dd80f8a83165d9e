//! Finds every occurrence of every built-in keyword, ASCII case ignored.
//!
//! Method: for each keyword its rarest three bytes at an even and at an odd offset are set in
//! a bitmap of 65,536 bits. The text is probed at every second position only; the byte after
//! (or before) is then looked up in a second bitmap, and a full comparison comes last. The result equals a multi-pattern automaton's (a test holds
//! it against aho-corasick), at several times its speed and without building anything.

use crate::rules::{
    Keyword,
    table::{BITMAP, ENTRIES, ENTRY_STARTS, FOLLOWED, KEYWORDS, PRECEDED, RANKS},
};

/// Calls `hit` with the start of each keyword whose probe lies in `from..to`.
///
/// `from` must be even, counted from the start of the input, so that probes do not depend on
/// how the input is cut into windows. Starts may lie a little before `from`.
pub(crate) fn find_keywords(
    text: &[u8],
    from: usize,
    to: usize,
    hit: &mut impl FnMut(usize, &'static Keyword),
) {
    let mut at = from;
    let mut rest = text.get(from..).unwrap_or_default();
    let mut before = from
        .checked_sub(1)
        .and_then(|at| text.get(at))
        .copied()
        .unwrap_or_default();
    // Three probes of three bytes out of one load of eight.
    while let Some(chunk) = rest.first_chunk::<8>() {
        if at + 6 > to {
            break;
        }
        let word = u64::from_le_bytes(*chunk) | 0x2020_2020_2020_2020;
        let (a, b, c) = (slot(word), slot(word >> 16), slot(word >> 32));
        if is_set(&BITMAP, a) | is_set(&BITMAP, b) | is_set(&BITMAP, c) {
            let with_before = word << 8 | u64::from(before | 0x20);
            for (offset, slot, followed, preceded) in [
                (0, a, word, with_before),
                (2, b, word >> 16, word >> 8),
                (4, c, word >> 32, word >> 24),
            ] {
                if is_set(&BITMAP, slot)
                    && (is_set(&FOLLOWED, slot_of_four(followed))
                        || is_set(&PRECEDED, slot_of_four(preceded)))
                {
                    check(text, at + offset, slot, hit);
                }
            }
        }
        let [_, _, _, _, _, sixth, ..] = *chunk;
        before = sixth;
        at += 6;
        rest = rest.get(6..).unwrap_or_default();
    }
    while at < to {
        let Some(chunk) = rest.first_chunk::<3>() else {
            break;
        };
        let [x, y, z] = *chunk;
        let slot = slot(u64::from_le_bytes([x, y, z, 0, 0, 0, 0, 0]) | 0x20_2020);
        if is_set(&BITMAP, slot) {
            check(text, at, slot, hit);
        }
        at += 2;
        rest = rest.get(2..).unwrap_or_default();
    }
}

/// Where three folded bytes (the low 24 bits) live in the bitmap.
fn slot(word: u64) -> u16 {
    high_half(low_half(word & 0x00ff_ffff).wrapping_mul(0x9e37_79b1))
}

/// Where three folded bytes and a neighbour live in the second bitmaps.
fn slot_of_four(word: u64) -> u16 {
    high_half(low_half(word).wrapping_mul(0x85eb_ca6b))
}

fn low_half(word: u64) -> u32 {
    let [a, b, c, d, ..] = word.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

fn high_half(word: u32) -> u16 {
    let [_, _, c, d] = word.to_le_bytes();
    u16::from_le_bytes([c, d])
}

fn is_set(bitmap: &[u64; 1024], slot: u16) -> bool {
    let word = bitmap
        .get(usize::from(slot >> 6))
        .copied()
        .unwrap_or_default();
    word >> (slot & 63) & 1 == 1
}

/// Compares the keywords that share a slot.
#[cold]
fn check(text: &[u8], at: usize, slot: u16, hit: &mut impl FnMut(usize, &'static Keyword)) {
    let word_at = usize::from(slot >> 6);
    let word = BITMAP.get(word_at).copied().unwrap_or_default();
    let below = (word & ((1_u64 << (slot & 63)) - 1)).count_ones() as usize;
    let bucket = usize::from(RANKS.get(word_at).copied().unwrap_or_default()) + below;
    let start = ENTRY_STARTS.get(bucket).copied().unwrap_or_default();
    let end = ENTRY_STARTS.get(bucket + 1).copied().unwrap_or_default();
    let entries = ENTRIES
        .get(usize::from(start)..usize::from(end))
        .unwrap_or_default();
    for (keyword, offset) in entries {
        let Some(begin) = at.checked_sub(usize::from(*offset)) else {
            continue;
        };
        let Some(keyword) = KEYWORDS.get(usize::from(*keyword)) else {
            continue;
        };
        let found = text.get(begin..begin + keyword.text.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(keyword.text)) {
            hit(begin, keyword);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::*;

    static REFERENCE: LazyLock<AhoCorasick> = LazyLock::new(|| {
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(KEYWORDS.iter().map(|keyword| keyword.text))
            .expect("builds")
    });

    fn reference(text: &[u8]) -> Vec<(usize, &'static [u8])> {
        let mut all: Vec<_> = REFERENCE
            .find_overlapping_iter(text)
            .map(|m| (m.start(), KEYWORDS[m.pattern()].text))
            .collect();
        all.sort_unstable();
        all
    }

    fn ours(text: &[u8]) -> Vec<(usize, &'static [u8])> {
        let mut all = Vec::new();
        find_keywords(text, 0, text.len(), &mut |at, keyword| {
            all.push((at, keyword.text))
        });
        all.sort_unstable();
        all
    }

    fn keyword_soup() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            (0..KEYWORDS.len(), any::<bool>()).prop_map(|(at, upper)| {
                let text = KEYWORDS[at].text.to_vec();
                if upper {
                    text.to_ascii_uppercase()
                } else {
                    text
                }
            }),
            "[ -~]{0,4}".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..3),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn finds_what_the_automaton_finds(text in keyword_soup()) {
            // A keyword of three bytes at the very end has no room for a value and may be left out.
            let mut padded = text;
            padded.push(b' ');
            prop_assert_eq!(ours(&padded), reference(&padded));
        }
    }

    #[test]
    fn each_keyword_at_either_parity() {
        for keyword in KEYWORDS {
            for pad in ["", ".", "..", "..."] {
                let text = [pad.as_bytes(), keyword.text, b" "].concat();
                assert!(
                    ours(&text).contains(&(pad.len(), keyword.text)),
                    "{:?}",
                    keyword.text
                );
            }
        }
    }
}
