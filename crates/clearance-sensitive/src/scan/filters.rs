//! What tells a real value from a look-alike: entropy, placeholders, checksums.

use crate::bytes::contains_folded;
use crate::rules::{Check, Needs, table};

/// Whether a value passes everything its rule asks for.
pub(crate) fn is_plausible(value: &[u8], entropy: u8, needs: Needs, check: Check) -> bool {
    has_form(value, entropy, needs, check) && !is_typed_along(value)
}

/// As [`is_plausible`], for values whose exact form tells what they are: somebody may have
/// typed one along a row of keys, and a form with a name is more than a coincidence.
pub(crate) fn has_form(value: &[u8], entropy: u8, needs: Needs, check: Check) -> bool {
    needs.are_met(value)
        && entropy_tenths(value) >= u32::from(entropy)
        && !is_masked(value)
        && checksum_holds(check, value)
}

/// Shannon entropy of the bytes, in tenths of a bit per byte.
pub(crate) fn entropy_tenths(value: &[u8]) -> u32 {
    let mut counts = [0_u16; 128];
    for &byte in value {
        if let Some(count) = counts.get_mut(usize::from(byte & 127)) {
            *count = count.saturating_add(1);
        }
    }
    let total = u32::try_from(value.len()).unwrap_or(u32::MAX);
    if total == 0 {
        return 0;
    }
    // log2(n) - sum(c * log2(c)) / n
    let weighted: u64 = counts
        .iter()
        .filter(|&&count| count > 1)
        .map(|&count| u64::from(count) * log2(u32::from(count)))
        .sum();
    let bits = log2(total).saturating_sub(weighted / u64::from(total));
    u32::try_from((bits * 10) >> LOG_SHIFT).unwrap_or_default()
}

/// Fractional bits of [`log2`].
const LOG_SHIFT: u32 = 16;

/// Binary logarithms up to 64.
static LOGS: [u32; 65] = logs();

const fn logs() -> [u32; 65] {
    let mut out = [0; 65];
    let mut n = 1_u32;
    while n < 65 {
        set_log(&mut out, n, slow_log2(n) as u32);
        n += 1;
    }
    out
}

#[expect(clippy::indexing_slicing, reason = "the caller counts to 64")]
const fn set_log(out: &mut [u32; 65], n: u32, log: u32) {
    out[n as usize] = log;
}

fn log2(n: u32) -> u64 {
    match LOGS.get(n as usize) {
        Some(&log) => u64::from(log),
        None => slow_log2(n),
    }
}

/// Digit by digit: squaring doubles the logarithm.
const fn slow_log2(n: u32) -> u64 {
    let whole = n.ilog2();
    let mut mantissa = (n as u64) << (31 - whole);
    let mut log = whole as u64;
    let mut digit = 0;
    while digit < LOG_SHIFT {
        mantissa = (mantissa * mantissa) >> 31;
        log <<= 1;
        if mantissa >> 32 != 0 {
            mantissa >>= 1;
            log |= 1;
        }
        digit += 1;
    }
    log
}

/// Values that only show where a secret would stand.
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    is_masked(value) || is_typed_along(value)
}

/// `xxxxxx`, `YOUR_TOKEN`: words and masks in place of a value.
fn is_masked(value: &[u8]) -> bool {
    has_long_repeat(value) || table::PLACEHOLDERS.is_in(value)
}

/// `1234567890`, `qwerty`: the keys as they lie, or the letters in their order.
fn is_typed_along(value: &[u8]) -> bool {
    has_long_sequence(value) || table::SEQUENCES.is_in(value)
}

/// `xxxxxx`, `000000`, `******`: six equal bytes in a row. In a long value `A` does not count: it
/// is what zeros are in base64, and several providers' keys have a field of them.
fn has_long_repeat(value: &[u8]) -> bool {
    let zeros = value.len() >= 40;
    let mut run = 1;
    value.windows(2).any(|pair| {
        run = if matches!(pair, [a, b] if a == b && !(zeros && *a == b'A')) {
            run + 1
        } else {
            1
        };
        run >= 6
    })
}

/// `12345678`, `abcdefgh`: eight ascending bytes in a row.
fn has_long_sequence(value: &[u8]) -> bool {
    let mut run = 1;
    value.windows(2).any(|pair| {
        let next = matches!(pair, [a, b] if a.wrapping_add(1) == *b && b.is_ascii_alphanumeric());
        run = if next { run + 1 } else { 1 };
        run >= 8
    })
}

/// The share of neighbours that change between lower, upper and digits, in percent.
///
/// Random text changes often, words and identifiers rarely.
pub(crate) fn change_percent(value: &[u8]) -> usize {
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let changes = value
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if kind(*a) != kind(*b)))
        .count();
    changes * 100 / value.len().max(2).saturating_sub(1)
}

pub(crate) fn checksum_holds(check: Check, value: &[u8]) -> bool {
    match check {
        Check::None => true,
        Check::Crc32Base62 => {
            let body_start = value
                .iter()
                .position(|&byte| byte == b'_')
                .map_or(0, |at| at + 1);
            crc32_base62_holds(value, body_start)
        }
        Check::AwsKeyId => is_aws_key_id(value),
        Check::Jwt => is_jwt(value),
        Check::Bech32 => bech32_holds(value),
        Check::Base58 => base58_holds(value),
        Check::BasicAuth => is_basic_auth(value),
        Check::Password => ends_in_password(value),
    }
}

/// GitHub's published scheme: six base-62 digits of CRC-32, padded with zeros.
fn crc32_base62_holds(value: &[u8], from: usize) -> bool {
    let Some((body, check)) = value
        .len()
        .checked_sub(6)
        .and_then(|at| value.split_at_checked(at))
    else {
        return false;
    };
    let number = check.iter().try_fold(0_u64, |sum, &byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'a'..=b'z' => byte - b'a' + 36,
            _ => return None,
        };
        Some(sum * 62 + u64::from(digit))
    });
    number == body.get(from..).map(|body| u64::from(crc32(body)))
}

/// CRC-32 (ISO 3309), four bits at a time.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 16] = [
        0x0000_0000,
        0x1db7_1064,
        0x3b6e_20c8,
        0x26d9_30ac,
        0x76dc_4190,
        0x6b6b_51f4,
        0x4db2_6158,
        0x5005_713c,
        0xedb8_8320,
        0xf00f_9344,
        0xd6d6_a3e8,
        0xcb61_b38c,
        0x9b64_c2b0,
        0x86d3_d2d4,
        0xa00a_e278,
        0xbdbd_f21c,
    ];
    let lookup = |crc: u32| TABLE.get((crc & 15) as usize).copied().unwrap_or_default();
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        let crc = lookup(crc ^ u32::from(byte)) ^ crc >> 4;
        lookup(crc ^ u32::from(byte >> 4)) ^ crc >> 4
    })
}

/// Base 32 after the four letters, and not one repeated pattern.
fn is_aws_key_id(value: &[u8]) -> bool {
    let body = value.get(4..).unwrap_or_default();
    body.iter()
        .all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
}

fn is_jwt(value: &[u8]) -> bool {
    let mut parts = value.split(|&byte| byte == b'.');
    let head = parts.next().and_then(super::decode::base64_decode);
    let is_object = |json: &[u8]| json.first() == Some(&b'{') && json.last() == Some(&b'}');
    head.is_some_and(|head| is_object(&head) && contains_folded(&head, b"\"alg\""))
        && parts.next().is_some()
}

fn is_basic_auth(value: &[u8]) -> bool {
    let coded = value
        .rsplit(|byte| byte.is_ascii_whitespace())
        .next()
        .unwrap_or_default();
    let Some(plain) = super::decode::base64_decode(coded) else {
        return false;
    };
    let Some(colon) = plain.iter().position(|&byte| byte == b':') else {
        return false;
    };
    let (user, password) = plain.split_at_checked(colon).unwrap_or_default();
    let password = password.get(1..).unwrap_or_default();
    plain.iter().all(|byte| (0x20..0x7f).contains(byte))
        && password.len() >= 4
        && user != password
        && !is_placeholder(password)
        && !is_weak_word(password)
        && !is_weak_escaped(password)
}

/// Whether what stands last in a command or a file of credentials is a password and not the word for
/// one: digits, signs or both letter cases.
fn ends_in_password(value: &[u8]) -> bool {
    let is_edge = |byte: &u8| byte.is_ascii_whitespace() || b"=:>\"'".contains(byte);
    let password = value.rsplit(is_edge).next().unwrap_or_default();
    let has = |test: fn(&u8) -> bool| password.iter().any(test);
    let mixed = has(u8::is_ascii_digit)
        || has(u8::is_ascii_punctuation)
        || has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && password.len() >= 10;
    mixed
        && !is_masked(password)
        && !is_weak_word(password)
        && !table::PASSWORD_WORDS.is_in(password)
        && password.iter().any(u8::is_ascii_alphabetic)
}

/// Whether a password of an address is one of examples: its percent escapes are resolved, and
/// what is no letter does not count (`pass%3A2`).
pub(crate) fn is_weak_escaped(password: &[u8]) -> bool {
    let decoded = super::decode::decode_escapes(password, 0, password.len());
    let mut plain = decoded.map_or_else(|| password.to_vec(), |decoded| decoded.text);
    if is_weak_word(&plain) {
        return true;
    }
    plain.retain(u8::is_ascii_alphabetic);
    is_weak_word(&plain)
}

/// Passwords of examples.
pub(crate) fn is_weak_word(password: &[u8]) -> bool {
    table::WEAK.has(password)
}

/// BIP 173, both letter cases; the constant of Bech32 (1) or of Bech32m.
fn bech32_holds(value: &[u8]) -> bool {
    const DIGITS: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let lower = value.to_ascii_lowercase();
    let Some(split) = lower.iter().rposition(|&byte| byte == b'1') else {
        return false;
    };
    let (prefix, data) = lower.split_at_checked(split).unwrap_or_default();
    let mut sum = 1_u32;
    let high = prefix.iter().map(|byte| byte >> 5);
    let low = prefix.iter().map(|byte| byte & 31);
    for digit in high.chain([0]).chain(low) {
        sum = bech32_step(sum, digit);
    }
    for byte in data.iter().skip(1) {
        let Some(digit) = DIGITS.iter().position(|digit| digit == byte) else {
            return false;
        };
        sum = bech32_step(sum, u8::try_from(digit).unwrap_or_default());
    }
    matches!(sum, 1 | 0x2bc8_30a3)
}

fn bech32_step(sum: u32, digit: u8) -> u32 {
    const GENERATOR: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    let top = sum >> 25;
    let next = (sum & 0x01ff_ffff) << 5 ^ u32::from(digit);
    GENERATOR
        .iter()
        .enumerate()
        .fold(next, |next, (bit, constant)| {
            if top >> bit & 1 == 1 {
                next ^ constant
            } else {
                next
            }
        })
}

fn base58_holds(value: &[u8]) -> bool {
    const DIGITS: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut bytes: Vec<u8> = Vec::with_capacity(value.len());
    for byte in value {
        let Some(digit) = DIGITS.iter().position(|known| known == byte) else {
            return false;
        };
        let mut carry = digit;
        for slot in &mut bytes {
            carry += usize::from(*slot) * 58;
            *slot = (carry & 255) as u8;
            carry >>= 8;
        }
        while carry > 0 {
            bytes.push((carry & 255) as u8);
            carry >>= 8;
        }
    }
    bytes.extend(value.iter().take_while(|&&byte| byte == b'1').map(|_| 0));
    bytes.reverse();
    let Some((body, check)) = bytes
        .len()
        .checked_sub(4)
        .and_then(|at| bytes.split_at_checked(at))
    else {
        return false;
    };
    hmac_sha256::Hash::hash(&hmac_sha256::Hash::hash(body)).starts_with(check)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc_matches_the_published_check_value() {
        // The check value of CRC-32 in the catalogue of parametrised CRC algorithms.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn entropy_of_known_texts() {
        assert_eq!(entropy_tenths(b""), 0);
        assert_eq!(entropy_tenths(b"aaaa"), 0);
        assert_eq!(entropy_tenths(b"abab"), 10);
        assert_eq!(entropy_tenths(b"abcdefgh"), 30);
        for n in [1_u32, 2, 3, 10, 63, 64, 65, 1000, 4_000_000_000] {
            let log = log2(n) as f64 / f64::from(1 << LOG_SHIFT);
            assert!((f64::from(n).log2() - log).abs() < 0.001, "{n}: {log}");
        }
    }

    #[test]
    fn checksums_of_published_values() {
        // BIP 173 and the Bitcoin wiki publish these.
        assert!(bech32_holds(b"A12UEL5L"));
        assert!(!bech32_holds(b"A12UEL5M"));
        assert!(base58_holds(
            b"5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
        ));
        assert!(!base58_holds(
            b"5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK"
        ));
    }

    #[test]
    fn placeholders() {
        for text in [
            "xxxxxxxx1",
            "YOUR_TOKEN_HERE1",
            "abcdefgh99",
            "my-example-key",
            "changeme99",
        ] {
            assert!(is_placeholder(text.as_bytes()), "{text}");
        }
        for text in ["q7Vd0sXkP2mNw8", "9f86d081884c7d65"] {
            assert!(!is_placeholder(text.as_bytes()), "{text}");
        }
    }
}
