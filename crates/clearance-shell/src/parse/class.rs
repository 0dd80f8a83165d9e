//! What each byte means to the scanner: one table, one lookup a byte.

/// Ends a run of plain text in an unquoted word.
pub(super) const WORD: u16 = 1;
/// Ends a run of plain text inside double quotes.
pub(super) const DOUBLE: u16 = 1 << 1;
/// Ends a run of plain text inside a here-document.
pub(super) const HERE: u16 = 1 << 2;
/// Ends a run of plain text in an operand of `${…}`.
pub(super) const OPERAND: u16 = 1 << 3;
/// Ends a run of plain text in arithmetic and subscripts.
pub(super) const ARITH: u16 = 1 << 4;
/// `{`, `,`, `}`: of brace expansion.
pub(super) const BRACE: u16 = 1 << 5;
/// Space and tab.
pub(super) const BLANK: u16 = 1 << 6;
/// Ends an unquoted word: blanks, newline, `;&|()<>`.
pub(super) const BREAK: u16 = 1 << 7;
/// May begin a variable name.
pub(super) const NAME_START: u16 = 1 << 8;
/// May go on a variable name.
pub(super) const NAME: u16 = 1 << 9;
/// A decimal digit.
pub(super) const DIGIT: u16 = 1 << 10;
/// `@ * # ? - $ !`: a special parameter after `$`.
pub(super) const SPECIAL: u16 = 1 << 11;
/// A newline: ends a run inside a here-document whose tabs are stripped.
pub(super) const HERE_TABS: u16 = 1 << 12;
/// As [`BREAK`], without `(`, `<` and `>`, which may go on a word.
pub(super) const ENDS: u16 = 1 << 13;
/// `=`
pub(super) const EQUALS: u16 = 1 << 14;
/// What the search for a closing backquote looks at.
pub(super) const BACKQUOTED: u16 = 1 << 15;

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
const fn build() -> [u16; 256] {
    let mut table = [0_u16; 256];
    let sets: [(&[u8], u16); 13] = [
        (b"\0 \t\n;&|()<>'\"`\\$*?[{~", WORD),
        (b"\0\"`\\$", DOUBLE),
        (b"\0`\\$", HERE),
        (b"\n", HERE_TABS),
        (b"\0}'\"`\\$*?[~/<>(:", OPERAND),
        (b"\0()'\"`\\$[]}:?", ARITH),
        (b"{,}", BRACE),
        (b" \t", BLANK),
        (b" \t\n;&|()<>", BREAK),
        (b" \t\n;&|)", ENDS),
        (b"=", EQUALS),
        (b"`\\\n", BACKQUOTED),
        (b"@*#?-$!", SPECIAL),
    ];
    let mut set = 0;
    while set < sets.len() {
        let (bytes, bit) = sets[set];
        let mut at = 0;
        while at < bytes.len() {
            table[bytes[at] as usize] |= bit;
            at += 1;
        }
        set += 1;
    }
    let mut byte = 0;
    while byte < 256 {
        let ascii = byte as u8;
        if ascii.is_ascii_alphabetic() || ascii == b'_' {
            table[byte] |= NAME_START | NAME;
        }
        if ascii.is_ascii_digit() {
            table[byte] |= NAME | DIGIT;
        }
        byte += 1;
    }
    table
}

static CLASS: [u16; 256] = build();

/// The bits of a byte.
#[inline]
#[expect(clippy::indexing_slicing, reason = "a byte is always below 256")]
pub(super) fn class(byte: u8) -> u16 {
    CLASS[byte as usize]
}

/// The byte has one of the bits.
#[inline]
pub(super) fn is(byte: u8, bits: u16) -> bool {
    class(byte) & bits != 0
}
