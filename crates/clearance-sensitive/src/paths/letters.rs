// What tells at one look that two names differ. Shared by the tables' generator.

/// Which letters, digits and marks occur in a name (in lower case), as a set of 32 bits.
pub(super) fn letters(name: &[u8]) -> u32 {
    name.iter().fold(0, |set, &byte| set | letter(byte))
}

/// The bit of one byte; all digits share one, so do all bytes without an own one.
pub(super) fn letter(byte: u8) -> u32 {
    1 << match byte {
        b'a'..=b'z' => byte - b'a',
        b'0'..=b'9' => 26,
        b'.' => 27,
        b'_' => 28,
        b'-' => 29,
        _ => 30,
    }
}

/// Bits of the filter of exact names.
pub(super) const FILTER_BITS: u32 = 1 << 14;

/// The place of a name in the filter of exact names.
pub(super) fn filter_slot(name: &[u8]) -> u32 {
    let mut sum = 0x9e37_79b9_u32;
    for chunk in name.chunks(4) {
        let mut word = [0; 4];
        word.iter_mut()
            .zip(chunk)
            .for_each(|(to, from)| *to = *from);
        sum = (sum ^ u32::from_le_bytes(word)).wrapping_mul(0x85eb_ca6b);
        sum ^= sum >> 15;
    }
    sum & (FILTER_BITS - 1)
}
