//! Addresses that hand out credentials: the metadata services of the clouds.
//!
//! An address has many spellings (decimal, hexadecimal, octal, short, mapped into IPv6);
//! they are read as `inet_aton(3)` and the WHATWG URL standard read them.

use std::net::Ipv6Addr;

use super::{PathHit, normalize::has_scheme, table};

/// Says whether an address (with a scheme, or a bare host with a path) reaches the metadata
/// service of a cloud.
///
/// # Examples
///
/// ```
/// use clearance_sensitive::classify_url;
///
/// let hit = classify_url(b"http://2852039166/latest/").expect("169.254.169.254 in decimal");
/// assert_eq!(hit.kind, "metadata-endpoint");
/// assert!(classify_url(b"http://localhost:8080/metadata").is_none());
/// assert!(classify_url(b"src/main.rs").is_none());
/// ```
pub fn classify_url(text: &[u8]) -> Option<PathHit> {
    let schemed = has_scheme(text);
    let rest = if schemed {
        let colon = text.iter().position(|&byte| byte == b':')?;
        text.get(colon + 3..)?
    } else {
        text.strip_prefix(b"//").unwrap_or(text)
    };
    let authority = rest
        .split(|byte| matches!(byte, b'/' | b'?' | b'#' | b'\\'))
        .next()?;
    let host = authority.rsplit(|&byte| byte == b'@').next()?;
    is_metadata_host(host, schemed).then(hit)?
}

fn hit() -> Option<PathHit> {
    table::KINDS
        .get(usize::from(table::METADATA_KIND))
        .map(super::Kind::hit)
}

fn is_metadata_host(host: &[u8], schemed: bool) -> bool {
    let decoded = String::from_utf8_lossy(&decode_percent(host)).to_ascii_lowercase();
    if let Some(inner) = decoded.strip_prefix('[') {
        let address = inner.split([']', '%']).next().unwrap_or_default();
        return address.parse().is_ok_and(is_metadata_v6);
    }
    if let Ok(address) = decoded.parse::<Ipv6Addr>() {
        return is_metadata_v6(address);
    }
    let name = decoded.split(':').next().unwrap_or_default();
    let name = name.strip_suffix('.').unwrap_or(name);
    if let Some(address) = parse_ipv4(name) {
        // Without a scheme only the dotted form counts: a bare number is a file name.
        return (schemed || name.contains('.')) && is_metadata_v4(address);
    }
    let dotted = name.contains('.');
    (schemed || dotted) && (table::HOSTS.contains(&name) || embeds_metadata_address(name))
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
    let numbers: Vec<u32> = name.split('.').map(parse_number).collect::<Option<_>>()?;
    let (&last, heads) = numbers.split_last()?;
    if heads.len() > 3 || heads.iter().any(|&number| number > 255) {
        return None;
    }
    let left_bits = 32 - 8 * u32::try_from(heads.len()).ok()?;
    if left_bits < 32 && last >> left_bits != 0 {
        return None;
    }
    let base = heads
        .iter()
        .fold(0_u64, |sum, &number| sum << 8 | u64::from(number));
    u32::try_from(base << left_bits | u64::from(last)).ok()
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
