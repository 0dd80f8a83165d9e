//! Paths as text: normal forms and patterns.

/// `path` may be `base` or a directory above it.
pub(super) fn holds(path: &[u8], wild: bool, base: &[u8]) -> bool {
    if base.is_empty() {
        return false;
    }
    let mut names = base.split(|&b| b == b'/');
    path.split(|&b| b == b'/').all(|part| {
        names.next().is_some_and(|name| {
            if wild {
                may_match(part, name)
            } else {
                part.eq_ignore_ascii_case(name)
            }
        })
    })
}

/// A component of a pathname pattern may match `name`: what stands before its first and after
/// its last wildcard agrees. Brackets and escapes may match anything.
fn may_match(pattern: &[u8], name: &[u8]) -> bool {
    if pattern.iter().any(|b| b"[\\{(!+@".contains(b)) {
        return true;
    }
    let mut literal = pattern.split(|b| matches!(b, b'*' | b'?'));
    let first = literal.next().unwrap_or_default();
    match literal.next_back() {
        None => first == name,
        Some(last) => {
            name.len() >= first.len() + last.len()
                && name.starts_with(first)
                && name.ends_with(last)
        }
    }
}

/// `path` in the directory `base`, as [`absolute`].
pub(super) fn join(base: &[u8], path: &[u8]) -> Vec<u8> {
    if is_absolute(base) && is_plain(path) {
        let base = if base == b"/" { b"" } else { base };
        let mut whole = Vec::with_capacity(base.len() + path.len() + 1);
        whole.extend_from_slice(base);
        whole.push(b'/');
        whole.extend_from_slice(path);
        if !whole.starts_with(b"/private/") {
            return whole;
        }
    }
    resolve(
        components(base).chain(components(path)),
        base.len() + path.len(),
    )
}

/// Removes `.`, `..`, doubled slashes, and macOS's `/private`.
#[must_use]
pub fn absolute(path: &[u8]) -> Vec<u8> {
    if is_absolute(path) {
        return path.to_vec();
    }
    resolve(components(path), path.len())
}

/// [`absolute`] would change nothing.
pub(super) fn is_absolute(path: &[u8]) -> bool {
    let Some(rest) = path.strip_prefix(b"/") else {
        return false;
    };
    if path.starts_with(b"/private/") {
        return false;
    }
    // Most paths have no component that begins with a dot.
    let odd = |pair: &[u8]| matches!(pair, [b'/', b'/' | b'.']);
    if !path.windows(2).any(odd) {
        return rest.is_empty() || !rest.ends_with(b"/");
    }
    let plain = |part: &[u8]| !part.is_empty() && !matches!(part, b"." | b"..") && !climbs(part);
    components(rest).all(plain)
}

/// A relative path of names none of which begins with a dot.
fn is_plain(path: &[u8]) -> bool {
    let odd = |pair: &[u8]| matches!(pair, [b'/', b'/' | b'.']);
    !matches!(path.first(), None | Some(b'/' | b'.'))
        && path.last() != Some(&b'/')
        && !path.windows(2).any(odd)
}

fn components(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|&b| b == b'/')
}

fn resolve<'p>(parts: impl Iterator<Item = &'p [u8]>, length: usize) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(length + 2);
    for part in parts {
        match part {
            b"" | b"." => {}
            b".." => up(&mut out),
            [b'.', ..] if climbs(part) => {
                // `.*` matches `..` as well.
                up(&mut out);
                out.extend_from_slice(b"/*");
            }
            _ => {
                out.push(b'/');
                out.extend_from_slice(part);
            }
        }
    }
    if let Some(real) = out.strip_prefix(b"/private") {
        let alias = |name: &&[u8]| {
            real.strip_prefix(*name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
        };
        if [&b"/tmp"[..], b"/var", b"/etc"].iter().any(alias) {
            out.drain(..b"/private".len());
        }
    }
    if out.is_empty() {
        out.push(b'/');
    }
    out
}

/// To the directory above.
fn up(path: &mut Vec<u8>) {
    let parent = path.iter().rposition(|&b| b == b'/').unwrap_or(0);
    path.truncate(parent);
}

/// A pattern that begins with a dot and matches `..`.
fn climbs(part: &[u8]) -> bool {
    matches!(part, b".*" | b".?" | b".[.]" | b".**" | b".?*" | b".*.")
}

/// The directories before the first wildcard.
pub(super) fn fixed_part(path: &[u8]) -> &[u8] {
    let Some(first) = path.iter().position(|b| b"*?[\\{".contains(b)) else {
        return path;
    };
    let end = path
        .get(..first)
        .and_then(|p| p.iter().rposition(|&b| b == b'/'))
        .unwrap_or(0);
    path.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_ways_lead_to_the_same_place() {
        let slowly = |base: &[u8], path: &[u8]| {
            let parts = components(base).chain(components(path));
            resolve(parts, 0)
        };
        const PARTS: &[&str] = &[
            "", "/", "a", "b.c", ".", "..", ".git", ".*", "private", "tmp",
        ];
        let mut paths: Vec<String> = Vec::new();
        for one in PARTS {
            for two in PARTS {
                for three in PARTS {
                    paths.push([*one, *two, *three].join("/"));
                }
            }
        }
        paths.extend(PARTS.iter().map(|part| (*part).to_owned()));
        for path in &paths {
            let rooted = format!("/{path}");
            let rooted = rooted.as_bytes();
            assert_eq!(absolute(rooted), slowly(b"", rooted), "{path}");
            assert_eq!(absolute(path.as_bytes()), slowly(b"", path.as_bytes()));
            if is_absolute(rooted) {
                assert_eq!(slowly(b"", rooted), rooted, "{path}");
            }
            for base in ["/", "/w", "/w/", "/private", "/private/tmp", "/w/../x", ""] {
                let (base, path) = (base.as_bytes(), path.as_bytes());
                assert_eq!(join(base, path), slowly(base, path));
            }
        }
    }
}
