//! Text inside text: base64, hexadecimal, percent and backslash escapes.

/// Bytes of one encoded run that are looked at.
pub(crate) const MAX_RUN: usize = 6 * 1024;
/// Shorter runs hold no secret.
pub(crate) const MIN_RUN: usize = 32;

const NONE: u8 = 255;

/// Values of both base64 alphabets (RFC 4648).
static SEXTETS: [u8; 256] = sextets();

const fn sextets() -> [u8; 256] {
    let mut out = [NONE; 256];
    let mut byte = 0_u8;
    loop {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => NONE,
        };
        set(&mut out, byte, value);
        if byte == 255 {
            return out;
        }
        byte += 1;
    }
}

#[expect(clippy::indexing_slicing, reason = "a byte is within 256 places")]
const fn set(out: &mut [u8; 256], at: u8, value: u8) {
    out[at as usize] = value;
}

fn sextet(byte: u8) -> u8 {
    SEXTETS.get(usize::from(byte)).copied().unwrap_or(NONE)
}

pub(crate) fn is_base64(byte: u8) -> bool {
    sextet(byte) != NONE
}

/// Whether any of 16 bytes is below `+`, the lowest byte of base64.
pub(crate) fn has_byte_below_plus(block: &[u8; 16]) -> bool {
    const ONES: u128 = u128::MAX / 255;
    let word = u128::from_le_bytes(*block);
    word.wrapping_sub(ONES * 0x2b) & !word & (ONES * 0x80) != 0
}

/// Decodes either alphabet; padding and a cut end are accepted.
pub(crate) fn base64_decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let body_len = text
        .iter()
        .rposition(|&byte| byte != b'=')
        .map_or(0, |at| at + 1);
    for group in text.get(..body_len)?.chunks(4) {
        let mut bits = 0_u32;
        for &byte in group {
            let value = sextet(byte);
            if value == NONE {
                return None;
            }
            bits = bits << 6 | u32::from(value);
        }
        let [_, a, b, c] = (bits << (6 * (4 - group.len()))).to_be_bytes();
        out.extend([a, b, c].iter().take((group.len() * 3) / 4));
    }
    Some(out)
}

pub(crate) fn hex_decode(text: &[u8]) -> Option<Vec<u8>> {
    text.chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Some(hex_digit(*high)? << 4 | hex_digit(*low)?),
            _ => None,
        })
        .collect()
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Whether bytes look like text: what a decoded run must be to be worth scanning.
fn is_text(bytes: &[u8]) -> bool {
    let odd = bytes
        .iter()
        .filter(|byte| !matches!(byte, 0x20..=0x7e | b'\n' | b'\r' | b'\t'))
        .count();
    odd * 16 <= bytes.len()
}

/// A decoded run: its text, and how to find a place of it in what it was decoded from.
pub(crate) struct Decoded {
    pub(crate) text: Vec<u8>,
    map: Map,
}

enum Map {
    /// Encoded bytes and decoded bytes per group, and where the run starts.
    Groups {
        start: usize,
        encoded: usize,
        decoded: usize,
        len: usize,
    },
    /// The source offset of each decoded byte, and one past the end.
    Offsets(Vec<usize>),
}

impl Decoded {
    /// The smallest part of the source that covers a part of the decoded text.
    pub(crate) fn source_span(&self, start: usize, end: usize) -> (usize, usize) {
        match &self.map {
            Map::Groups {
                start: run,
                encoded,
                decoded,
                len,
            } => {
                let from = start / decoded * encoded;
                let to = end.div_ceil(*decoded) * encoded;
                (run + from, run + to.min(*len))
            }
            Map::Offsets(offsets) => {
                let place = |at: usize| offsets.get(at).or(offsets.last()).copied();
                (
                    place(start).unwrap_or_default(),
                    place(end).unwrap_or_default(),
                )
            }
        }
    }
}

/// Tries a run of base64 characters as hexadecimal, then as base64.
pub(crate) fn decode_run(text: &[u8], start: usize, end: usize) -> Option<Decoded> {
    let run = text.get(start..end)?;
    let probe = run.get(..MIN_RUN)?;
    if run.iter().all(u8::is_ascii_hexdigit) {
        let decoded = hex_decode(run)?;
        let map = Map::Groups {
            start,
            encoded: 2,
            decoded: 1,
            len: run.len(),
        };
        return is_text(&decoded).then_some(Decoded { text: decoded, map });
    }
    // A word glued in front (`basic/…`) shifts the groups; the first fit wins.
    (0..4).find_map(|shift| {
        if !is_text(&base64_decode(probe.get(shift..)?)?) {
            return None;
        }
        let decoded = base64_decode(run.get(shift..)?)?;
        let map = Map::Groups {
            start: start + shift,
            encoded: 4,
            decoded: 3,
            len: run.len() - shift,
        };
        is_text(&decoded).then_some(Decoded { text: decoded, map })
    })
}

/// The byte that an escape stands for, and its length: `%2D`, `\x2d`, `\u002d`, `\/`.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    let two = |high: u8, low: u8| Some(hex_digit(high)? << 4 | hex_digit(low)?);
    match text {
        [b'%', high, low, ..] => Some((two(*high, *low)?, 3)),
        [b'\\', b'x', high, low, ..] => Some((two(*high, *low)?, 4)),
        [b'\\', b'u', b'0', b'0', high, low, ..] => Some((two(*high, *low)?, 6)),
        [b'\\', b'u', b'{', high, low, b'}', ..] => Some((two(*high, *low)?, 6)),
        [b'\\', a @ b'0'..=b'1', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            Some(((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'), 4))
        }
        [
            b'\\',
            byte @ (b'/' | b'-' | b'_' | b'=' | b'+' | b':' | b'.'),
            ..,
        ] => Some((*byte, 2)),
        _ => None,
    }
}

/// Whether an escape at the start of `text` hides a printable byte of a word.
pub(crate) fn hides_a_byte(text: &[u8]) -> bool {
    escape(text).is_some_and(|(byte, len)| len > 2 && matches!(byte, 0x21..=0x7e))
}

/// The end of the word around an escape and the start of it, within the limits.
pub(crate) fn word_around(text: &[u8], at: usize, behind: usize, ahead: usize) -> (usize, usize) {
    let ends = |byte: &&u8| {
        byte.is_ascii_whitespace() || matches!(**byte, b'"' | b'\'' | b'`' | b'<' | b'>')
    };
    let before = text.get(at.saturating_sub(behind)..at).unwrap_or_default();
    let after = text.get(at..).unwrap_or_default();
    let left = before.iter().rev().take_while(|byte| !ends(byte)).count();
    let right = after
        .iter()
        .take(ahead)
        .take_while(|byte| !ends(byte))
        .count();
    (at - left, at + right)
}

/// Resolves all escapes of a word.
pub(crate) fn decode_escapes(text: &[u8], start: usize, end: usize) -> Option<Decoded> {
    let mut out = Vec::with_capacity(end.checked_sub(start)?);
    let mut offsets = Vec::with_capacity(out.capacity() + 1);
    let mut at = start;
    while at < end {
        let rest = text.get(at..end)?;
        offsets.push(at);
        match escape(rest) {
            Some((byte, len)) => {
                out.push(byte);
                at += len;
            }
            None => {
                out.push(*rest.first()?);
                at += 1;
            }
        }
    }
    offsets.push(end);
    Some(Decoded {
        text: out,
        map: Map::Offsets(offsets),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_rfc_4648() {
        for (text, want) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg", "foob"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(
                base64_decode(text.as_bytes()).as_deref(),
                Some(want.as_bytes()),
                "{text}"
            );
        }
        assert_eq!(base64_decode(b"Zm9*"), None);
        assert_eq!(base64_decode(b"_-A="), base64_decode(b"/+A="));
    }

    #[test]
    fn escapes_map_back() {
        let text = br"k=a%62\x63\u0064\/e";
        let decoded = decode_escapes(text, 0, text.len()).expect("decodes");
        assert_eq!(decoded.text, b"k=abcd/e");
        assert_eq!(decoded.source_span(3, 6), (3, 16));
    }

    #[test]
    fn a_run_maps_back() {
        let text = b"x dXNlcjpodW50ZXIyLWlzLWEtcGFzcy13b3Jk y";
        let decoded = decode_run(text, 2, 38).expect("decodes");
        assert_eq!(decoded.text, b"user:hunter2-is-a-pass-word");
        assert_eq!(decoded.source_span(5, 12), (6, 18));
    }
}
