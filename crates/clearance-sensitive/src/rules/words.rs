//! Sets of words that are looked for inside of names and values.

use super::table;
use crate::text::Piece;

/// Words in lower case, looked for with any case. Most text is done with by a filter over
/// pairs of bytes, so that a set may be large.
#[derive(Debug)]
pub(crate) struct WordSet {
    /// By [`pair_slot`] of the first two bytes of the words.
    pub(crate) filter: [u64; 8],
    /// Where the words start in the table, and how many.
    pub(crate) words: (u16, u16),
}

impl WordSet {
    /// Whether the text contains one of the words.
    pub(crate) fn is_in(&self, text: &[u8]) -> bool {
        text.windows(2).enumerate().any(|(at, pair)| {
            self.may_begin(pair) && self.begins(text.get(at..).unwrap_or_default())
        })
    }

    /// Tells nearly every text that begins with none of the words.
    fn may_begin(&self, text: &[u8]) -> bool {
        let [first, second, ..] = text else {
            return false;
        };
        let slot = pair_slot(*first, *second);
        let word = self.filter.get(slot >> 6).copied().unwrap_or_default();
        word >> (slot & 63) & 1 == 1
    }

    /// Whether one of the words begins a word of the text or a hump of one (`myApify`, `_apify`,
    /// but not `geoapify`).
    pub(crate) fn begins_word_in(&self, text: &[u8]) -> bool {
        (0..text.len()).any(|at| {
            let (before, rest) = text.split_at_checked(at).unwrap_or_default();
            let hump = rest.first().is_some_and(u8::is_ascii_uppercase)
                && before.last().is_some_and(u8::is_ascii_lowercase);
            (hump || !before.last().is_some_and(u8::is_ascii_alphabetic)) && self.begins_with(rest)
        })
    }

    /// Whether the text begins with one of the words.
    pub(crate) fn begins_with(&self, text: &[u8]) -> bool {
        self.may_begin(text) && self.begins(text)
    }

    /// Whether the text is one of the words.
    pub(crate) fn has(&self, text: &[u8]) -> bool {
        let mut words = self.words();
        words.any(|word| word.eq_ignore_ascii_case(text))
    }

    #[cold]
    fn begins(&self, rest: &[u8]) -> bool {
        let Some(first) = rest.first().map(u8::to_ascii_lowercase) else {
            return false;
        };
        // The words are sorted: those with this first byte lie together.
        let first_of = |piece: &Piece| piece.bytes(table::TEXT).first().copied();
        let pieces = self.pieces();
        let from = pieces.partition_point(|piece| first_of(piece) < Some(first));
        let words = pieces.get(from..).unwrap_or_default().iter();
        words
            .map(|piece| piece.bytes(table::TEXT))
            .take_while(|word| word.first() == Some(&first))
            .any(|word| {
                let start = rest.get(..word.len());
                start.is_some_and(|start| start.eq_ignore_ascii_case(word))
            })
    }

    fn words(&self) -> impl Iterator<Item = &'static [u8]> {
        let pieces = self.pieces().iter();
        pieces.map(|piece: &Piece| piece.bytes(table::TEXT))
    }

    fn pieces(&self) -> &'static [Piece] {
        let (start, count) = (usize::from(self.words.0), usize::from(self.words.1));
        table::WORDS.get(start..start + count).unwrap_or_default()
    }
}

/// The place of two bytes in a filter; letter case does not matter.
pub(crate) const fn pair_slot(first: u8, second: u8) -> usize {
    (first & 31) as usize | ((second & 15) as usize) << 5
}
