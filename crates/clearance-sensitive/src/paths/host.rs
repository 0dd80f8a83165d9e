//! Addresses that hand out credentials: the metadata services of the clouds.
//!
//! An address has many spellings (decimal, hexadecimal, octal, short, mapped into IPv6);
//! they are read as `inet_aton(3)` and the WHATWG URL standard read them.

use std::net::Ipv6Addr;

use super::canonical::Canonical;
use super::matching::sorted_has;
use super::normalize::{after_scheme, fold_wide};
use super::{PathHit, table};

/// Says whether an address (with a scheme, or a bare host with a path) reaches the metadata
/// service of a cloud, or as a `file:` address a sensitive file.
///
/// # Examples
///
/// ```
/// use clearance_sensitive::classify_url;
///
/// let hit = classify_url(b"http://2852039166/latest/").expect("169.254.169.254 in decimal");
/// assert_eq!(hit.kind, "metadata-endpoint");
/// assert!(classify_url(b"http://localhost:8080/metadata").is_none());
/// assert!(classify_url(b"file:///etc/shadow").is_some());
/// assert!(classify_url(b"src/main.rs").is_none());
/// ```
pub fn classify_url(text: &[u8]) -> Option<PathHit> {
    if text
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"file:"))
    {
        return super::classify_canonical(Canonical::new(text).as_bytes());
    }
    let (rest, schemed) = match after_scheme(text) {
        Some(rest) => (rest, true),
        None => (text.strip_prefix(b"//").unwrap_or(text), false),
    };
    let authority = rest
        .split(|byte| matches!(byte, b'/' | b'?' | b'#' | b'\\'))
        .next()?;
    let host = authority.rsplit(|&byte| byte == b'@').next()?;
    if !is_metadata_host(host, schemed) {
        return None;
    }
    let kind = table::KINDS.get(usize::from(table::METADATA_KIND))?;
    Some(kind.hit())
}

/// Longest host that is looked at without allocating; names of the DNS are shorter.
const HOST: usize = 254;

fn is_metadata_host(host: &[u8], schemed: bool) -> bool {
    // Without a scheme only what has dots or colons is a host: a bare word is a file name.
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    if host.is_empty() || !schemed && host.iter().all(is_word) {
        return false;
    }
    let mut lower = [0; HOST];
    match lower.get_mut(..host.len()) {
        Some(room) if host.is_ascii() && !host.contains(&b'%') => {
            room.copy_from_slice(host);
            room.make_ascii_lowercase();
            core::str::from_utf8(room).is_ok_and(|host| is_metadata_name(host, schemed))
        }
        _ => {
            let decoded = decode_percent(host);
            let folded: String = String::from_utf8_lossy(&decoded)
                .chars()
                .map(fold_host)
                .collect();
            is_metadata_name(&folded.to_ascii_lowercase(), schemed)
        }
    }
}

/// Full-width characters, ideographic dots and circled digits, as the URL standard maps them.
fn fold_host(c: char) -> char {
    match c {
        '\u{3002}' | '\u{ff0e}' | '\u{ff61}' => '.',
        '\u{24ea}' => '0',
        '\u{2460}'..='\u{2468}' => {
            char::from_u32(u32::from(c) - 0x2460 + u32::from('1')).unwrap_or(c)
        }
        _ => fold_wide(c),
    }
}

/// `host` is in lower case and has no escapes.
fn is_metadata_name(host: &str, schemed: bool) -> bool {
    if let Some(inner) = host.strip_prefix('[') {
        let address = inner.split([']', '%']).next().unwrap_or_default();
        return address.parse().is_ok_and(is_metadata_v6);
    }
    if host.bytes().filter(|&byte| byte == b':').count() >= 2 {
        if let Ok(address) = host.parse::<Ipv6Addr>() {
            return is_metadata_v6(address);
        }
    }
    let name = host.split(':').next().unwrap_or_default();
    let name = name.strip_suffix('.').unwrap_or(name);
    let dotted = name.contains('.');
    if let Some(address) = parse_ipv4(name) {
        return (schemed || dotted) && is_metadata_v4(address);
    }
    (schemed || dotted) && (is_known(name) || embeds_metadata_address(name))
}

fn is_known(name: &str) -> bool {
    sorted_has(&table::HOSTS, name.as_bytes())
}

/// `169.254.169.254.nip.io`, `169-254-169-254.sslip.io`: names that resolve to what they spell.
fn embeds_metadata_address(name: &str) -> bool {
    let wildcard = [
        ".nip.io",
        ".sslip.io",
        ".xip.io",
        ".localtest.me",
        ".traefik.me",
    ];
    let Some(inner) = wildcard.iter().find_map(|suffix| name.strip_suffix(suffix)) else {
        return false;
    };
    inner.contains("169.254.") || inner.contains("169-254-") || inner.contains("a9fea9fe")
}

fn is_metadata_v4(address: u32) -> bool {
    table::NETWORKS
        .iter()
        .any(|(base, mask)| address & mask == *base)
}

fn is_metadata_v6(address: Ipv6Addr) -> bool {
    let bits = address.to_bits();
    let mapped = address.to_ipv4_mapped().or_else(|| {
        // The NAT64 prefix 64:ff9b::/96 and the deprecated compatible form.
        (bits >> 32 == 0x0064_ff9b_u128 << 64 || bits >> 32 == 0)
            .then(|| std::net::Ipv4Addr::from_bits((bits & 0xffff_ffff) as u32))
    });
    table::NETWORKS6.contains(&bits) || mapped.is_some_and(|v4| is_metadata_v4(v4.to_bits()))
}

fn decode_percent(host: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(host.len());
    let mut rest = host;
    while let [byte, after @ ..] = rest {
        if let (b'%', [high, low, tail @ ..]) = (*byte, after) {
            let digits = [
                char::from(*high).to_digit(16),
                char::from(*low).to_digit(16),
            ];
            if let [Some(high), Some(low)] = digits {
                out.extend(u8::try_from(high << 4 | low));
                rest = tail;
                continue;
            }
        }
        out.push(*byte);
        rest = after;
    }
    out
}

/// Reads one to four numbers in any base, as `inet_aton(3)`: the last one fills what is left.
fn parse_ipv4(name: &str) -> Option<u32> {
    if !name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (mut base, mut left_bits) = (0_u64, 32_u32);
    let mut numbers = name.split('.').map(parse_number).peekable();
    while let Some(number) = numbers.next() {
        let number = u64::from(number?);
        if numbers.peek().is_none() {
            let fits = number >> left_bits == 0;
            return fits.then(|| u32::try_from(base << left_bits | number).ok())?;
        }
        if number > 255 || left_bits == 8 {
            return None;
        }
        base = base << 8 | number;
        left_bits -= 8;
    }
    None
}

fn parse_number(text: &str) -> Option<u32> {
    let (digits, base) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (text.get(2..)?, 16),
        [b'0', _, ..] => (text.get(1..)?, 8),
        _ => (text, 10),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, base).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_address() {
        for host in [
            "169.254.169.254",
            "2852039166",
            "0xa9fea9fe",
            "0xA9.0xFE.0xa9.0xfe",
            "0251.0376.0251.0376",
            "169.254.43518",
            "169.16689662",
            "169.254.169.254:80",
            "a:b@169.254.169.254",
            "[::ffff:169.254.169.254]",
            "[::ffff:a9fe:a9fe]:80",
            "[64:ff9b::a9fe:a9fe]",
            "169.254.169.254.",
            "%31%36%39.254.169.254",
            "METADATA.google.internal",
            "169-254-169-254.sslip.io",
            "169.254.170.2",
            "\u{ff11}69\u{3002}254.169.254",
            "\u{2460}69.254.169.254",
            "0000000000000000000251.254.169.254",
        ] {
            let url = format!("http://{host}/x");
            assert!(classify_url(url.as_bytes()).is_some(), "{url}");
        }
    }

    #[test]
    fn other_addresses_are_fine() {
        for url in [
            "http://127.0.0.1/",
            "http://169.253.1.1/",
            "https://example.com/169.254.169.254",
            "https://metadata.example.com/",
            "2852039166",
            "http://[::1]/",
            "metadata",
            "http://999.254.169.254/",
            "git@github.com:x/y",
            "",
        ] {
            assert!(classify_url(url.as_bytes()).is_none(), "{url}");
        }
    }
}
