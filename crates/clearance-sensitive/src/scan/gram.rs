// How the finder addresses its table. Shared by the tables' generator.

/// Four bytes (the low half of `word`) with letter case and a few marks folded.
pub(super) const FOLD: u32 = 0x2020_2020;

/// The row of a gram: a hash of its last three bytes, folded. Of 30,000 odd factors this one
/// lets the least source text pass.
pub(super) const fn row(folded: u32) -> u32 {
    (folded & 0xffff_ff00).wrapping_mul(0x7b81_b9f9) >> 19
}

/// The bit of a gram in its row: its first byte, of which letter case is left out.
pub(super) const fn bit(folded: u32) -> u32 {
    folded & 31
}
