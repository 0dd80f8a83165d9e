//! Shell patterns: may a name that the shell would expand be a sensitive one?
//!
//! A pattern counts when its literal parts *point* at a sensitive name: `.e*`, `id_*`,
//! `*.pem`, `.s?h/*`. Patterns that merely could match anything (`*`, `src/*`, `*.md`) do not.

use super::canonical::Canonical;
use super::pattern::has_wildcard;
use super::point::pointed_at;
use super::{PathHit, classify_canonical};

/// Brace alternatives that are looked at; a pattern with more is cut and its rest read as `*`.
const MAX_ALTERNATIVES: usize = 64;

/// Says whether a shell pattern points at a sensitive path. A pattern that only may match one
/// asks; it denies only where the literal part (`~/.ssh/*`) already lies in such a place.
///
/// Understood: `*`, `?`, bracket sets, `**`, braces and the extended forms (`@(…)`, read as
/// `*`). As in the shell, a wildcard does not match a leading dot. The pattern may be
/// relative, absolute or begin with `~`.
///
/// # Examples
///
/// ```
/// use clearance_sensitive::glob_may_match_sensitive as points;
///
/// assert_eq!(points(b".e*").map(|hit| hit.kind), Some("dotenv"));
/// assert_eq!(points(b"~/.s?h/*").map(|hit| hit.kind), Some("ssh"));
/// assert!(points(b"*").is_none());
/// assert!(points(b"src/*.rs").is_none());
/// ```
pub fn glob_may_match_sensitive(pattern: &[u8]) -> Option<PathHit> {
    if !pattern.contains(&b'{') {
        return points_at_sensitive(pattern);
    }
    let alternatives = expand_braces(pattern);
    let hits = alternatives
        .iter()
        .filter_map(|one| points_at_sensitive(one));
    hits.reduce(stronger)
}

/// The same for a pattern without braces.
fn points_at_sensitive(pattern: &[u8]) -> Option<PathHit> {
    let canonical = if pattern.contains(&b'\\') {
        Canonical::new(&unescape(pattern))
    } else {
        Canonical::new(pattern)
    };
    let literal = classify_canonical(canonical.as_bytes());
    let guessed = if has_wildcard(canonical.as_bytes()) {
        pointed_at(canonical.as_bytes())
    } else {
        None
    };
    literal.into_iter().chain(guessed).reduce(stronger)
}

/// Of two hits the one that matters more; the first of equal ones.
fn stronger(one: PathHit, other: PathHit) -> PathHit {
    if (other.read, other.write) > (one.read, one.write) {
        other
    } else {
        one
    }
}

/// An escaped wildcard is one byte; other backslashes stay (they may separate Windows names).
fn unescape(pattern: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(pattern.len());
    let mut rest = pattern;
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, after) {
            (
                b'\\',
                [
                    b'*' | b'?' | b'[' | b']' | b'{' | b'}' | b'\\' | b' ',
                    tail @ ..,
                ],
            ) => {
                out.push(b'?');
                rest = tail;
            }
            _ => out.push(*byte),
        }
    }
    out
}

/// The alternatives of `{a,b}`, nested ones too; at most [`MAX_ALTERNATIVES`].
fn expand_braces(pattern: &[u8]) -> Vec<Vec<u8>> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_vec()];
    let mut rounds = 0;
    while let Some(text) = open.pop() {
        rounds += 1;
        match first_brace(&text) {
            Some((before, inside, after)) if rounds < MAX_ALTERNATIVES => {
                for choice in top_level_choices(inside) {
                    open.push([before, choice, after].concat());
                }
            }
            _ => done.push(text),
        }
    }
    done
}

/// `before{inside}after` for the first brace pair that holds a comma.
fn first_brace(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.iter().position(|&byte| byte == b'{')?;
        let mut depth = 0_usize;
        let mut comma = false;
        for (at, byte) in text.iter().enumerate().skip(start) {
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                b',' if depth == 1 => comma = true,
                _ => {}
            }
            if depth == 0 {
                if comma {
                    return Some((
                        text.get(..start)?,
                        text.get(start + 1..at)?,
                        text.get(at + 1..)?,
                    ));
                }
                break;
            }
        }
        from = start + 1;
    }
}

fn top_level_choices(inside: &[u8]) -> Vec<&[u8]> {
    let mut depth = 0_usize;
    inside
        .split(|byte| {
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            *byte == b',' && depth == 0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use clearance_core::Verdict;

    use super::*;

    #[test]
    fn patterns_that_point_at_secrets() {
        for (pattern, kind) in [
            (".e*", "dotenv"),
            (".env*", "dotenv"),
            (".en?", "dotenv"),
            ("app/.[e]nv", "dotenv"),
            ("*.env", "dotenv"),
            ("id_*", "ssh"),
            ("id_r*", "ssh"),
            ("*_rsa", "ssh"),
            ("*.pem", "key-file"),
            ("certs/*.key", "key-file"),
            ("*.p12", "key-file"),
            (".s?h/*", "ssh"),
            ("~/.ssh/*", "ssh"),
            ("~/.s*/id_rsa", "ssh"),
            ("/home/*/.ssh/id_rsa", "ssh"),
            ("~/.{ssh,kube}/config", "kube"),
            ("/etc/sh*", "system"),
            ("/etc/shado?", "system"),
            ("/*/shadow", "system"),
            ("/e*/sh*", "system"),
            ("/proc/*/environ", "proc"),
            ("/proc/[0-9]*/environ", "proc"),
            ("*secret*", "key-file"),
            ("cred*.json", "database"),
            ("~/.aws/c*", "aws"),
            ("~/.a*/credentials", "framework-secret"),
            ("*.tfstate", "iac"),
            (".n?mrc", "package-registry"),
            ("~/.*_history", "history"),
            (".[!.]*", "dotenv"),
            ("{a,b/{c,.env}}", "dotenv"),
            ("**/.env", "dotenv"),
            ("**/*.pem", "key-file"),
        ] {
            let got = glob_may_match_sensitive(pattern.as_bytes());
            assert!(got.is_some(), "{pattern} points at {kind}");
            assert_eq!(got.map(|hit| hit.kind), Some(kind), "{pattern}");
        }
    }

    #[test]
    fn everyday_patterns_are_fine() {
        for pattern in [
            "*",
            "**",
            "**/*",
            "*.py",
            "src/*",
            "*.md",
            "src/**/*.rs",
            "*.json",
            "*.yml",
            "*.toml",
            "config/*",
            "*.txt",
            "test_*",
            "*.config.js",
            "package*.json",
            "docs/*.md",
            "*.lock",
            "target/*/deps",
            "Cargo.*",
            "*.sh",
            ".github/*",
            ".github/workflows/*.yml",
            ".eslint*",
            ".git*",
            "*_test.go",
            "app/[id]/page.tsx",
            "app/[...slug]/*",
            "*.{ts,tsx}",
            "?",
            "[a-z]*",
            "*secret*.rs",
            "*credentials*.md",
            "src/*token*.ts",
            "data*",
            "log*",
            "main*",
            "READ*",
            "~/.ssh/*.pub",
            "*.env.example",
            "crates/*/src/lib.rs",
            "*.log",
            "build/*",
            "~/*",
            "../*",
            "config*",
            "app*",
            "docker-compose*.yml",
            "*.conf",
            "local*",
            "auth*",
            "key*",
            "doc*",
            "*.sql",
            "migrations/*.sql",
            "pass*",
            "test/fixtures/*.pem",
            "dist/*.js",
            "*.tar.gz",
            "/tmp/*",
            "/usr/lib/*",
            "/usr/share/doc/*",
            "node_modules/*",
            "*.xml",
            "log*.txt",
        ] {
            let hit = glob_may_match_sensitive(pattern.as_bytes());
            assert!(
                hit.is_none_or(|hit| hit.read == Verdict::Allow),
                "{pattern}: {hit:?}"
            );
        }
    }

    #[test]
    fn brace_bombs_stay_small() {
        let bomb = b"{a,b}".repeat(40);
        assert!(expand_braces(&bomb).len() <= 2 * MAX_ALTERNATIVES);
    }
}
