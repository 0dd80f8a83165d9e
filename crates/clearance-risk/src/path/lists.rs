//! Which names make a path special: in the project, in a home, in the system.

use super::Scope;

/// Directories that tools of the project make again.
const BUILD: &[&str] = &[
    "target",
    "build",
    "dist",
    "out",
    "node_modules",
    "coverage",
    "htmlcov",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".tox",
    ".nox",
    ".venv",
    "venv",
    ".next",
    ".nuxt",
    ".svelte-kit",
    ".turbo",
    ".parcel-cache",
    ".cache",
    ".gradle",
    ".eggs",
    "_build",
    ".nyc_output",
    "storybook-static",
    ".output",
    ".angular",
    "obj",
    "bin",
    "tmp",
    "temp",
    ".terraform",
    "playwright-report",
    "test-results",
    ".coverage",
    ".hypothesis",
    "cmake-build-debug",
    "cmake-build-release",
    ".dart_tool",
    ".build",
    "DerivedData",
    "zig-out",
    "zig-cache",
    ".zig-cache",
    "site",
    ".docusaurus",
    ".vite",
    ".wrangler",
    ".serverless",
];

/// A directory that a project can fill. One at `/`, around a home or of the system would make
/// everything the project's.
pub(super) fn can_be_root(root: &[u8], home: &[u8]) -> bool {
    const WHOLE: &[&str] = &[
        "/",
        "/Users",
        "/home",
        "/mnt",
        "/opt",
        "/private",
        "/srv",
        "/tmp",
        "/usr/local/src",
        "/usr/src",
        "/var",
        "/var/cache",
        "/var/db",
        "/var/folders",
        "/var/lib",
        "/var/log",
        "/var/mail",
        "/var/run",
        "/var/spool",
        "/var/tmp",
    ];
    const SYSTEM: &[&str] = &[
        "Applications",
        "Library",
        "System",
        "bin",
        "boot",
        "dev",
        "efi",
        "etc",
        "lib",
        "lib32",
        "lib64",
        "libx32",
        "nix",
        "proc",
        "run",
        "sbin",
        "snap",
        "sys",
        "usr",
    ];
    let top = root.split(|&b| b == b'/').nth(1).unwrap_or_default();
    let around_home = home
        .strip_prefix(root)
        .is_some_and(|rest| rest.starts_with(b"/"));
    let own = [&b"/usr/src/"[..], b"/usr/local/src/", b"/dev/shm/"];
    !around_home
        && !WHOLE.iter().any(|w| w.as_bytes() == root)
        && (own.iter().any(|o| root.starts_with(o)) || !SYSTEM.iter().any(|s| s.as_bytes() == top))
}

/// Files that run code or grant rights later, relative to the project's root; `/` at the end
/// means everything below. In lower case, and with a dot at the beginning but for one.
const HOOKS: &[&str] = &[
    ".git/hooks/",
    ".git/config",
    ".git/config.worktree",
    ".git/info/attributes",
    ".git/modules/",
    ".gitmodules",
    ".git",
    ".claude/settings.json",
    ".claude/settings.local.json",
    ".claude/hooks/",
    ".mcp.json",
    ".cursor/hooks.json",
    ".cursor/mcp.json",
    ".cursor/hooks/",
    ".codex/config.toml",
    ".codex/hooks/",
    ".codex/hooks.json",
    ".codex/rules/",
    ".gemini/settings.json",
    ".vscode/tasks.json",
    ".vscode/settings.json",
    ".vscode/launch.json",
    ".idea/workspace.xml",
    ".idea/runconfigurations/",
    ".clearance/",
    ".clearance.toml",
    "clearance.toml",
    ".husky/",
    ".envrc",
    ".opencode/plugin/",
    ".github/copilot-hooks.json",
    ".vscode/mcp.json",
    ".devcontainer/",
    ".zed/tasks.json",
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".pnpmfile.cjs",
    ".cargo/config",
    ".cargo/config.toml",
    ".vimrc",
    ".exrc",
    ".gdbinit",
    ".lldbinit",
    ".venv/bin/",
    "node_modules/.bin/",
];

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

/// Git's files and [`HOOKS`] among the paths, in lower case, with a dot before a name.
fn dotted_scope(lower: &[u8]) -> Option<Scope> {
    let fits = |name: &str, text: &[u8]| match name.strip_suffix('/') {
        Some(stem) => text.starts_with(name.as_bytes()) || text == stem.as_bytes(),
        None => text == name.as_bytes(),
    };
    // Tools look for them in the directory where they start, and that can be a package or a
    // checkout inside the project.
    let obeyed = |text: &[u8]| HOOKS.iter().any(|name| fits(name, text));
    let starts = std::iter::once(0).chain(memchr::memchr_iter(b'/', lower).map(|at| at + 1));
    let mut names = starts.filter_map(|at| lower.get(at..));
    if names.any(|text| obeyed(text) || is_of_bare_repository(text)) {
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
    let known = |&b: &u8| BUILD_FIRST.get(usize::from(b)) == Some(&true);
    (part.first().is_some_and(known) && BUILD.iter().any(|b| b.as_bytes() == part))
        || part.ends_with(b".egg-info")
}

/// Whatever matches the pattern is a build directory, or was made by a compiler.
pub(crate) fn matches_only_built(pattern: &[u8]) -> bool {
    const MADE: &[&[u8]] = &[
        b".egg-info",
        b".pyc",
        b".pyo",
        b".o",
        b".obj",
        b".class",
        b".gcda",
        b".gcno",
        b".profraw",
    ];
    let last = pattern.rsplit(|&b| b == b'/').next().unwrap_or_default();
    let wild = |b: &u8| b"*?[]{}()!@+|\\".contains(b);
    let Some(at) = last.iter().rposition(wild) else {
        return is_build(last);
    };
    let fixed = last.get(at + 1..).unwrap_or_default();
    MADE.iter().any(|end| fixed.ends_with(end))
}

/// The bytes that names of build directories begin with.
#[expect(clippy::indexing_slicing, reason = "computed by the compiler")]
const BUILD_FIRST: [bool; 256] = {
    let mut first = [false; 256];
    let mut at = 0;
    while at < BUILD.len() {
        first[BUILD[at].as_bytes()[0] as usize] = true;
        at += 1;
    }
    first
};

/// Where a path relative to a home directory lies.
pub(super) fn home_scope(rest: &[u8]) -> Scope {
    if rest.is_empty() || rest == b"*" {
        return Scope::HomeTop;
    }
    let first = rest.split(|&b| b == b'/').next().unwrap_or_default();
    const CONFIG: &[&str] = &[
        ".bashrc",
        ".bash_profile",
        ".bash_login",
        ".bash_logout",
        ".profile",
        ".zshrc",
        ".zshenv",
        ".zprofile",
        ".zlogin",
        ".zlogout",
        ".ssh",
        ".gnupg",
        ".gitconfig",
        ".config",
        ".npmrc",
        ".yarnrc",
        ".pypirc",
        ".netrc",
        ".aws",
        ".azure",
        ".kube",
        ".docker",
        ".claude",
        ".codex",
        ".cursor",
        ".gemini",
        ".clearance",
        ".vimrc",
        ".vim",
        ".emacs",
        ".emacs.d",
        ".inputrc",
        ".tmux.conf",
        ".cshrc",
        ".tcshrc",
        ".kshrc",
        ".pam_environment",
        ".xinitrc",
        ".xprofile",
        ".xsession",
        ".git-templates",
        ".githooks",
        ".pythonrc",
        ".pystartup",
        ".irbrc",
        ".pryrc",
        ".curlrc",
        ".wgetrc",
        ".psqlrc",
        ".sqliterc",
        ".my.cnf",
        ".gdbinit",
        ".lldbinit",
        ".screenrc",
        ".Rprofile",
        ".terraformrc",
        ".rhosts",
        ".forward",
        ".procmailrc",
        ".envrc",
        ".vscode",
        ".exrc",
        ".local",
        "Library",
        ".cargo",
        ".m2",
        ".gradle",
        ".bundle",
        ".gem",
    ];
    let possible = matches!(first.first(), Some(b'.' | b'L'));
    if possible && CONFIG.iter().any(|c| c.as_bytes() == first) {
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
    const NULL: &[&[u8]] = &[
        b"null", b"zero", b"full", b"stdin", b"stdout", b"stderr", b"tty", b"random", b"urandom",
    ];
    if NULL.contains(&name) || name.starts_with(b"fd/") || name == b"fd" {
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
    const SYSTEM: &[&[u8]] = &[
        b"etc",
        b"usr",
        b"bin",
        b"sbin",
        b"lib",
        b"lib32",
        b"lib64",
        b"libx32",
        b"boot",
        b"opt",
        b"var",
        b"dev",
        b"run",
        b"srv",
        b"System",
        b"Library",
        b"Applications",
        b"private",
        b"cores",
        b"snap",
        b"nix",
        b"efi",
        b"initrd",
    ];
    if SYSTEM.contains(&first) {
        Scope::System
    } else {
        Scope::Outside
    }
}
