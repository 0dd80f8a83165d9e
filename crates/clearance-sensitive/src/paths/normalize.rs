//! One spelling for every way to write a path.
//!
//! Purely lexical: it does not ask the file system, so a symbolic link keeps its name.

/// Rewrites a path into one plain spelling, optionally against a working directory.
///
/// Done here: `file:` addresses (with percent escapes), Windows drives and separators,
/// `$HOME`, `%USERPROFILE%`, `$env:APPDATA` and their relatives (to `~`), empty and `.`
/// components, `..` (never above the root or above `~`), `/proc/*/root` (the root again) and
/// `/proc/self/cwd` (the working directory). Case is kept. A relative path stays relative
/// when `cwd` is `None`. Addresses with another scheme are returned as they are.
///
/// # Examples
///
/// ```
/// use clearance_sensitive::normalize;
///
/// assert_eq!(normalize(b"a//b/./../c", Some(b"/w")), b"/w/a/c");
/// assert_eq!(normalize(b"file:///etc/%73hadow", None), b"/etc/shadow");
/// assert_eq!(normalize(br"%USERPROFILE%\.aws\x", None), b"~/.aws/x");
/// assert_eq!(normalize(b"/proc/self/root/etc/../x", None), b"/x");
/// assert_eq!(normalize(b"../x", None), b"../x");
/// assert_eq!(normalize(b".", None), b".");
/// ```
pub fn normalize(path: &[u8], cwd: Option<&[u8]>) -> Vec<u8> {
    let path: Vec<u8> = path.iter().copied().filter(|&byte| byte != 0).collect();
    let path = match strip_file_scheme(&path) {
        Some(local) => percent_decode(local),
        None if after_scheme(&path).is_some() => return path,
        None => path,
    };
    let path = expand_variables(windows_separators(path));
    let mut stack = Stack::default();
    if !is_absolute(&path) {
        if let Some(cwd) = cwd {
            stack.push_all(cwd, None);
        }
    }
    stack.push_all(&path, cwd);
    stack.render()
}

/// The spelling used for classification: normalised, lower case, one separator, no disguises.
pub(super) fn canonical(path: &[u8]) -> Vec<u8> {
    let visible = strip_invisible(path);
    let slashed: Vec<u8> = visible
        .iter()
        .map(|&byte| if byte == b'\\' { b'/' } else { byte })
        .collect();
    let mut out = normalize(&slashed, None);
    out.make_ascii_lowercase();
    strip_stream_names(&mut out);
    for (alias, real) in ALIASES {
        if let Some(rest) = out.strip_prefix(*alias) {
            out = [*real, rest].concat();
            break;
        }
    }
    out
}

/// Places that are another name of a place, on macOS and on systemd machines.
const ALIASES: &[(&[u8], &[u8])] = &[
    (b"/system/volumes/data/", b"/"),
    (b"/private/etc/", b"/etc/"),
    (b"/private/var/", b"/var/"),
    (b"/private/tmp/", b"/tmp/"),
    (b"/mnt/c/", b"c:/"),
];

/// What stands for a place at the start of a path. Compared without case.
const VARIABLES: &[(&str, &str)] = &[
    ("$home", "~"),
    ("${home}", "~"),
    ("%userprofile%", "~"),
    ("%homedrive%%homepath%", "~"),
    ("%homepath%", "~"),
    ("$env:userprofile", "~"),
    ("${env:userprofile}", "~"),
    ("$env:home", "~"),
    ("${env:home}", "~"),
    ("%appdata%", "~/AppData/Roaming"),
    ("$env:appdata", "~/AppData/Roaming"),
    ("${env:appdata}", "~/AppData/Roaming"),
    ("%localappdata%", "~/AppData/Local"),
    ("$env:localappdata", "~/AppData/Local"),
    ("${env:localappdata}", "~/AppData/Local"),
    ("$xdg_config_home", "~/.config"),
    ("${xdg_config_home}", "~/.config"),
    ("$xdg_data_home", "~/.local/share"),
    ("${xdg_data_home}", "~/.local/share"),
    ("$xdg_cache_home", "~/.cache"),
    ("${xdg_cache_home}", "~/.cache"),
    ("%systemroot%", "C:/Windows"),
    ("%windir%", "C:/Windows"),
    ("$env:windir", "C:/Windows"),
    ("$env:systemroot", "C:/Windows"),
];

fn expand_variables(path: Vec<u8>) -> Vec<u8> {
    if !matches!(path.first(), Some(b'$' | b'%')) {
        return path;
    }
    for (name, place) in VARIABLES {
        let Some((head, rest)) = path.split_at_checked(name.len()) else {
            continue;
        };
        if head.eq_ignore_ascii_case(name.as_bytes()) && matches!(rest.first(), None | Some(b'/')) {
            return [place.as_bytes(), rest].concat();
        }
    }
    path
}

fn strip_file_scheme(path: &[u8]) -> Option<&[u8]> {
    let (head, rest) = path.split_at_checked(5)?;
    if !head.eq_ignore_ascii_case(b"file:") {
        return None;
    }
    // `file://host/path`: the host names this machine, whatever it says.
    let Some(after) = rest.strip_prefix(b"//") else {
        return Some(rest);
    };
    let slash = after
        .iter()
        .position(|&byte| byte == b'/')
        .unwrap_or(after.len());
    let local = after.get(slash..).unwrap_or_default();
    // `/C:/x` is a drive.
    match local {
        [b'/', drive, b':', ..] if drive.is_ascii_alphabetic() => local.get(1..),
        _ => Some(local),
    }
}

/// What follows `name://`, with a name of at least two letters (one letter is a drive).
pub(super) fn after_scheme(path: &[u8]) -> Option<&[u8]> {
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    let len = path.iter().take_while(|byte| is_scheme(byte)).count();
    let (name, rest) = path.split_at_checked(len)?;
    let rest = rest.strip_prefix(b"://")?;
    (len >= 2 && name.first().is_some_and(u8::is_ascii_alphabetic)).then_some(rest)
}

fn percent_decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        rest = match rest {
            [b'%', high, low, after @ ..] => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    let byte = high << 4 | low;
                    if byte != 0 {
                        out.push(byte);
                    }
                    after
                }
                _ => {
                    out.push(b'%');
                    rest.get(1..).unwrap_or_default()
                }
            },
            [byte, after @ ..] => {
                out.push(*byte);
                after
            }
            [] => return out,
        };
    }
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// Turns `\` into `/` where the beginning shows that the path is a Windows one.
fn windows_separators(path: Vec<u8>) -> Vec<u8> {
    let looks_windows = match path.as_slice() {
        [drive, b':', b'\\' | b'/', ..] => drive.is_ascii_alphabetic(),
        [b'\\', b'\\', ..] | [b'~', b'\\', ..] => true,
        [b'%' | b'$', ..] => path.contains(&b'\\'),
        _ => false,
    };
    if !looks_windows {
        return path;
    }
    let path: Vec<u8> = path
        .into_iter()
        .map(|byte| if byte == b'\\' { b'/' } else { byte })
        .collect();
    match path
        .strip_prefix(b"//?/")
        .or_else(|| path.strip_prefix(b"//./"))
    {
        Some(inner) => inner.to_vec(),
        None => path,
    }
}

fn is_drive(part: &[u8]) -> bool {
    matches!(part, [drive, b':'] if drive.is_ascii_alphabetic())
}

fn is_absolute(path: &[u8]) -> bool {
    match path {
        [b'/' | b'~', ..] => true,
        [drive, b':', b'/', ..] => drive.is_ascii_alphabetic(),
        _ => false,
    }
}

/// Components as they are pushed, `..` resolved on the way.
#[derive(Default)]
struct Stack {
    rooted: bool,
    parts: Vec<Vec<u8>>,
}

impl Stack {
    fn push_all(&mut self, path: &[u8], cwd: Option<&[u8]>) {
        if is_absolute(path) {
            self.parts.clear();
            self.rooted = path.first() == Some(&b'/');
        }
        for part in path.split(|&byte| byte == b'/') {
            match part {
                b"" | b"." => {}
                b".." => self.pop(),
                _ => {
                    self.parts.push(part.to_vec());
                    self.follow_proc(cwd);
                }
            }
        }
    }

    fn pop(&mut self) {
        match self.parts.last().map(Vec::as_slice) {
            Some(b"..") => self.parts.push(b"..".to_vec()),
            Some(top) if self.parts.len() == 1 && (top.first() == Some(&b'~')) => {
                self.parts.push(b"..".to_vec());
            }
            Some(top) if self.parts.len() == 1 && is_drive(top) => {}
            Some(_) => {
                self.parts.pop();
            }
            None if self.rooted => {}
            None => self.parts.push(b"..".to_vec()),
        }
    }

    /// `/proc/self/root` is the root again, `/proc/self/cwd` the working directory.
    fn follow_proc(&mut self, cwd: Option<&[u8]>) {
        if !self.rooted || self.parts.first().is_none_or(|part| part != b"proc") {
            return;
        }
        let parts: Vec<&[u8]> = self.parts.iter().map(Vec::as_slice).collect();
        let (who, link) = match parts.as_slice() {
            [_, who, link] | [_, who, b"task", _, link] => (*who, *link),
            _ => return,
        };
        match link {
            b"root" if is_process(who) => self.parts.clear(),
            b"cwd" if matches!(who, b"self" | b"thread-self") => {
                self.parts.clear();
                self.rooted = false;
                if let Some(cwd) = cwd {
                    self.push_all(cwd, None);
                }
            }
            _ => {}
        }
    }

    fn render(self) -> Vec<u8> {
        let mut out = if self.rooted {
            b"/".to_vec()
        } else {
            Vec::new()
        };
        out.extend_from_slice(&self.parts.join(&b'/'));
        if out.is_empty() { b".".to_vec() } else { out }
    }
}

fn is_process(who: &[u8]) -> bool {
    matches!(who, b"self" | b"thread-self")
        || (!who.is_empty() && who.iter().all(u8::is_ascii_digit))
}

/// Drops characters that show nothing: zero-width, direction marks, the byte-order mark.
fn strip_invisible(path: &[u8]) -> Vec<u8> {
    if path.is_ascii() {
        return path.to_vec();
    }
    String::from_utf8_lossy(path)
        .chars()
        .filter(|c| {
            !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
        })
        .map(fold_wide)
        .collect::<String>()
        .into_bytes()
}

/// Full-width forms, and the two letters that fold to ASCII: long s and the Kelvin sign.
pub(super) fn fold_wide(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        _ => c,
    }
}

/// Windows ignores trailing dots and blanks and reads `name::$DATA` as `name`.
fn strip_stream_names(path: &mut Vec<u8>) {
    if let Some(at) = crate::bytes::find_word(path, b"::$data") {
        path.truncate(at);
    }
    while path.len() > 2 && matches!(path.last(), Some(b' ' | b'.')) && !path.ends_with(b"..") {
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_many() {
        let rows: &[(&str, Option<&str>, &str)] = &[
            ("a/b", None, "a/b"),
            ("./a", None, "a"),
            ("/", None, "/"),
            ("", None, "."),
            ("", Some("/w"), "/w"),
            ("..", Some("/w/x"), "/w"),
            ("../../../..", Some("/w/x"), "/"),
            ("~/../x", None, "~/../x"),
            ("~mia/x", None, "~mia/x"),
            ("x", Some("~/p"), "~/p/x"),
            ("${HOME}/a", None, "~/a"),
            ("$HOMER/a", None, "$HOMER/a"),
            ("C:\\a\\..\\b", None, "C:/b"),
            ("c:/../..", None, "c:"),
            ("\\\\?\\C:\\a", None, "C:/a"),
            ("file://localhost/etc/x", None, "/etc/x"),
            ("file:///C:/x", None, "C:/x"),
            ("FILE:/etc/x", None, "/etc/x"),
            ("https://h/a/../b", None, "https://h/a/../b"),
            ("/proc/1/root/a", None, "/a"),
            ("/proc/self/task/7/root/../a", None, "/a"),
            ("/proc/self/cwd/a", Some("/w"), "/w/a"),
            ("/proc/self/cwd/a", None, "a"),
            ("/proc/1/cwd/a", Some("/w"), "/proc/1/cwd/a"),
            ("/proc/x/root/a", None, "/proc/x/root/a"),
            ("/proc/../etc", None, "/etc"),
        ];
        for (path, cwd, want) in rows {
            let got = normalize(path.as_bytes(), cwd.map(str::as_bytes));
            assert_eq!(String::from_utf8_lossy(&got), *want, "{path}");
        }
    }

    #[test]
    fn disguises_fall_away() {
        for (path, want) in [
            ("A\u{200b}/.E\u{ad}nv", "a/.env"),
            (".env::$DATA", ".env"),
            (".env. .", ".env"),
            ("\u{ff0e}env", ".env"),
            (".\u{17f}sh", ".ssh"),
            ("a\\b", "a/b"),
        ] {
            assert_eq!(
                String::from_utf8_lossy(&canonical(path.as_bytes())),
                want,
                "{path}"
            );
        }
    }
}
