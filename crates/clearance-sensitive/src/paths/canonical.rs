//! The spelling that is classified: one for every way to write a path.

use super::normalize;

/// Longest path that is rewritten without allocating.
const INLINE: usize = 240;

/// A path in its plain spelling: normalised, lower case, one separator, no disguises.
#[expect(clippy::large_enum_variant, reason = "lives on the stack of one call")]
pub(super) enum Canonical {
    Inline(Buffer),
    Heap(Vec<u8>),
}

impl Canonical {
    pub(super) fn new(path: &[u8]) -> Self {
        match rewrite_plain(path) {
            Some(buffer) => Self::Inline(buffer),
            None => Self::Heap(normalize::canonical(path)),
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Inline(buffer) => buffer.as_bytes(),
            Self::Heap(bytes) => bytes,
        }
    }
}

/// Does [`normalize::canonical`]'s work for paths that need no more than dots, slashes and
/// case; `None` for all others, and for those that are long.
fn rewrite_plain(path: &[u8]) -> Option<Buffer> {
    if path.len() >= INLINE || matches!(path, [b'$' | b'%', ..] | [_, b':', ..]) {
        return None;
    }
    if !path.iter().all(|&byte| is_plain(byte)) || has_telling_colon(path) {
        return None;
    }
    let mut out = Buffer::new();
    let rooted = path.first() == Some(&b'/');
    if rooted {
        out.push(b'/')?;
    }
    for part in path.split(|&byte| byte == b'/') {
        match part {
            [] | [b'.'] => {}
            [b'.', b'.'] => out.step_up()?,
            b"proc" if rooted && out.len == 1 => return None,
            _ => out.push_part(part)?,
        }
    }
    out.strip_tail();
    if out.len == 0 {
        out.push(b'.')?;
    }
    let aliased = [&b"/system/volumes/"[..], b"/private/", b"/mnt/c/"];
    let aliased = aliased
        .iter()
        .any(|place| out.as_bytes().starts_with(place));
    (!aliased).then_some(out)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii() && byte != 0 && byte != b'\\'
}

/// A colon that may belong to a scheme, a drive or the name of a stream.
fn has_telling_colon(path: &[u8]) -> bool {
    let mut rest = path;
    while let Some(at) = rest.iter().position(|&byte| byte == b':') {
        rest = rest.get(at + 1..).unwrap_or_default();
        if matches!(rest.first(), None | Some(b'/' | b':')) {
            return true;
        }
    }
    rest.len() != path.len() && matches!(path.first(), Some(b'f' | b'F'))
}

/// A path under construction.
pub(super) struct Buffer {
    bytes: [u8; INLINE],
    len: usize,
}

impl Buffer {
    const fn new() -> Self {
        Self {
            bytes: [0; INLINE],
            len: 0,
        }
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) -> Option<()> {
        *self.bytes.get_mut(self.len)? = byte;
        self.len += 1;
        Some(())
    }

    fn push_part(&mut self, part: &[u8]) -> Option<()> {
        if !matches!(self.as_bytes().last(), None | Some(b'/')) {
            self.push(b'/')?;
        }
        let end = self.len.checked_add(part.len())?;
        let room = self.bytes.get_mut(self.len..end)?;
        room.copy_from_slice(part);
        room.make_ascii_lowercase();
        self.len = end;
        Some(())
    }

    /// `..`: never above the root or above `~`; above a relative path it stays.
    fn step_up(&mut self) -> Option<()> {
        let now = self.as_bytes();
        let slash = now.iter().rposition(|&byte| byte == b'/');
        let last = now.get(slash.map_or(0, |at| at + 1)..).unwrap_or_default();
        let alone = slash.is_none_or(|at| at == 0);
        match last {
            [] if slash.is_some() => Some(()),
            [] | [b'.', b'.'] => self.push_part(b".."),
            [b'~', ..] if alone => self.push_part(b".."),
            _ => {
                self.len = match slash {
                    None => 0,
                    Some(0) => 1,
                    Some(at) => at,
                };
                Some(())
            }
        }
    }

    /// Windows ignores blanks and dots at the end.
    fn strip_tail(&mut self) {
        while self.len > 2
            && matches!(self.as_bytes().last(), Some(b' ' | b'.'))
            && !self.as_bytes().ends_with(b"..")
        {
            self.len -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_short_way_is_the_long_way(parts in prop::collection::vec(
            prop::sample::select(vec![
                "/", "/", "/", "..", ".", "~", "a", "Bc", "proc", "self", "root", "cwd", "private", "etc", "mnt",
                "c", ":", "::", "$data", " ", "file:", "$HOME", "%", "\\", "x:y", "\u{ad}", "System", "Volumes",
            ]), 0..12)
        ) {
            let path = parts.concat();
            let long = normalize::canonical(path.as_bytes());
            let canonical = Canonical::new(path.as_bytes());
            prop_assert_eq!(canonical.as_bytes(), long.as_slice(), "{}", path);
        }
    }

    #[test]
    fn ordinary_paths_take_the_short_way() {
        for path in [
            "src/main.rs",
            "../A/./b//c",
            "/usr/lib",
            "~/x",
            "HEAD:src/x",
            "./..",
            "",
        ] {
            assert!(
                matches!(Canonical::new(path.as_bytes()), Canonical::Inline(_)),
                "{path}"
            );
        }
    }
}
