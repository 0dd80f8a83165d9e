//! Which paths hold secrets: the table of clearance-sensitive, asked about paths, patterns and
//! parts of paths.

/// The path, or some path that the pattern matches, holds secrets.
pub(crate) fn is_sensitive(path: &[u8], wild: bool) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit(|&b| b == b'/').next().unwrap_or_default();
    let stem = if wild {
        let end = name
            .iter()
            .position(|b| b"*?[".contains(b))
            .unwrap_or(name.len());
        name.get(..end).unwrap_or_default()
    } else {
        name
    };
    if wild && stem.len() >= 2 && (b".env".starts_with(stem) || b"id_rsa".starts_with(stem)) {
        return true;
    }
    let template = [
        &b".example"[..],
        b".sample",
        b".template",
        b".dist",
        b".pub",
    ];
    if template.iter().any(|t| name.ends_with(t)) {
        return false;
    }
    let has = |part: &[u8]| lower.windows(part.len()).any(|w| w == part);
    name == b".env"
        || name.starts_with(b".env.")
        || name == b".envrc"
        || name.starts_with(b"id_rsa")
        || name.starts_with(b"id_ed25519")
        || name.ends_with(b".pem")
        || name.ends_with(b".key")
        || name == b".netrc"
        || name == b".pgpass"
        || name == b".npmrc"
        || name == b".pypirc"
        || name == b"credentials"
        || name == b"credentials.json"
        || has(b"/.ssh/")
        || has(b"/.gnupg/")
        || has(b"/.aws/")
        || has(b"/etc/shadow")
        || (has(b"/proc/") && name == b"environ")
}

/// Some path with this beginning and this end can hold secrets.
pub(crate) fn is_sensitive_part(prefix: &[u8], suffix: &[u8]) -> bool {
    let mut joined = prefix.to_vec();
    joined.push(b'x');
    joined.extend_from_slice(suffix);
    is_sensitive(&joined, false) || is_sensitive(suffix, false)
}
