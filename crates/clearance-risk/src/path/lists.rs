//! Which names make a path special: in the project, in a home, in the system.

use super::Scope;
use crate::names::{
    BUILD_DIRECTORY, BUILT_FILE, HOME_CONFIG, PLAIN_DEVICE, PROJECT_HOOK, SHARED_DIRECTORY,
    SYSTEM_DIRECTORY, SYSTEM_ROOT,
};

/// A directory that a project can fill. One at `/`, around a home or of the system would make
/// everything the project's.
pub(super) fn can_be_root(root: &[u8], home: &[u8]) -> bool {
    let top = root.split(|&b| b == b'/').nth(1).unwrap_or_default();
    let around_home = home
        .strip_prefix(root)
        .is_some_and(|rest| rest.starts_with(b"/"));
    let own = [&b"/usr/src/"[..], b"/usr/local/src/", b"/dev/shm/"];
    !around_home
        && !SHARED_DIRECTORY.has(root)
        && (own.iter().any(|o| root.starts_with(o)) || !SYSTEM_ROOT.has(top))
}

/// Where a path relative to the project's root lies.
pub(super) fn project_scope(rest: &[u8], wild: bool) -> Scope {
    if rest.is_empty() || (wild && rest.iter().all(|&b| b == b'*')) {
        return Scope::ProjectTop;
    }
    let (mut dotted, mut build) = (false, wild && matches_only_built(rest));
    for part in rest.split(|&b| b == b'/') {
        dotted |= part.starts_with(b".") || part.ends_with(b".git");
        build |= is_build(part);
    }
    if dotted {
        if let Some(scope) = dotted_scope(&rest.to_ascii_lowercase()) {
            return scope;
        }
    } else if rest.eq_ignore_ascii_case(b"clearance.toml") {
        return Scope::Hook;
    }
    if build { Scope::Build } else { Scope::Project }
}

/// Git's files and [`PROJECT_HOOK`] among the paths, in lower case, with a dot before a name.
fn dotted_scope(lower: &[u8]) -> Option<Scope> {
    // Tools look for them in the directory where they start, and that can be a package or a
    // checkout inside the project.
    let starts = std::iter::once(0).chain(memchr::memchr_iter(b'/', lower).map(|at| at + 1));
    let mut names = starts.filter_map(|at| lower.get(at..));
    if names.any(|text| PROJECT_HOOK.has(text) || is_of_bare_repository(text)) {
        return Some(Scope::Hook);
    }
    let git =
        lower == b".git" || lower.starts_with(b".git/") || lower.windows(6).any(|w| w == b"/.git/");
    git.then_some(Scope::Git)
}

/// The settings or a hook of a repository without a work tree, which by custom is named so.
fn is_of_bare_repository(text: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'/', text) else {
        return false;
    };
    let inside = text.get(at + 1..).unwrap_or_default();
    text.get(..at).is_some_and(|name| name.ends_with(b".git"))
        && (inside == b"config" || inside == b"hooks" || inside.starts_with(b"hooks/"))
}

/// A component that is a build directory, or whose name ends as one.
fn is_build(part: &[u8]) -> bool {
    BUILD_DIRECTORY.has(part) || part.ends_with(b".egg-info")
}

/// Whatever matches the pattern is a build directory, or was made by a compiler.
pub(crate) fn matches_only_built(pattern: &[u8]) -> bool {
    let last = pattern.rsplit(|&b| b == b'/').next().unwrap_or_default();
    let wild = |b: &u8| b"*?[]{}()!@+|\\".contains(b);
    let Some(at) = last.iter().rposition(wild) else {
        return is_build(last);
    };
    let fixed = last.get(at + 1..).unwrap_or_default();
    BUILT_FILE.has(fixed)
}

/// Where a path relative to a home directory lies.
pub(super) fn home_scope(rest: &[u8]) -> Scope {
    if rest.is_empty() || rest == b"*" {
        return Scope::HomeTop;
    }
    let first = rest.split(|&b| b == b'/').next().unwrap_or_default();
    if HOME_CONFIG.has(first) {
        Scope::HomeConfig
    } else {
        Scope::Home
    }
}

pub(super) fn device_scope(path: &[u8]) -> Option<Scope> {
    let name = path.strip_prefix(b"/dev/")?;
    if name.starts_with(b"shm/") || name == b"shm" {
        return None;
    }
    if name.starts_with(b"tcp/") || name.starts_with(b"udp/") {
        return Some(Scope::Socket);
    }
    if PLAIN_DEVICE.has(name) || name.starts_with(b"fd/") || name == b"fd" {
        return Some(Scope::Null);
    }
    Some(Scope::Device)
}

pub(super) fn system_scope(path: &[u8]) -> Scope {
    let rest = path.get(1..).unwrap_or_default();
    let first = rest.split(|&b| b == b'/').next().unwrap_or_default();
    if first.len() >= rest.len() {
        return Scope::Top;
    }
    if SYSTEM_DIRECTORY.has(first) {
        Scope::System
    } else {
        Scope::Outside
    }
}
