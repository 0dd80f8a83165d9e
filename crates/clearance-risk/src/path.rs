//! Where a path lies: [`Places`] turns the text of a path into a [`Scope`].
//!
//! Purely lexical, unless the context has [`FileFacts`](crate::context::FileFacts). The
//! project's root wins over what its own location looks like: real roots lie below temporary
//! folders and below dot folders of agents.

use clearance_shell::invocation::Cwd;

use crate::context::Context;

/// Where a path lies, as far as it matters for what is done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// Inside the project.
    Project,
    /// Inside a directory of the project that its tools make again (`target`, `node_modules`).
    Build,
    /// The project's root itself.
    ProjectTop,
    /// Git's own files in the project, apart from [`Scope::Hook`].
    Git,
    /// A file of the project that runs code, or permits things, later and unasked: git hooks
    /// and configuration, editor tasks, agent settings, Clearance's own policy.
    Hook,
    /// Below a directory for temporary files.
    Temp,
    /// A directory for temporary files itself.
    TempTop,
    /// Below the home directory.
    Home,
    /// The home directory itself, or a whole set of things in it.
    HomeTop,
    /// A file below home that runs code later or governs access (`.bashrc`, `.ssh`).
    HomeConfig,
    /// The system's directories.
    System,
    /// `/` or a directory directly below it.
    Top,
    /// `/dev/null` and its like, standard streams.
    Null,
    /// Other devices.
    Device,
    /// `/dev/tcp/..`, `/dev/udp/..` as bash understands them in redirections.
    Socket,
    /// `/proc` and `/sys`.
    Proc,
    /// Anywhere else.
    Outside,
    /// The text does not say.
    Unknown,
}

impl Scope {
    /// A short name for rule ids.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Build => "build",
            Self::ProjectTop => "project-root",
            Self::Git => "git",
            Self::Hook => "hook",
            Self::Temp => "temp",
            Self::TempTop => "temp-root",
            Self::Home => "home",
            Self::HomeTop => "home-root",
            Self::HomeConfig => "home-config",
            Self::System => "system",
            Self::Top => "top",
            Self::Null => "null",
            Self::Device => "device",
            Self::Socket => "socket",
            Self::Proc => "proc",
            Self::Outside => "outside",
            Self::Unknown => "unknown",
        }
    }

    /// For messages.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Project => "inside the project",
            Self::Build => "in a build directory of the project",
            Self::ProjectTop => "the project itself",
            Self::Git => "git's own files",
            Self::Hook => "which can run code or grant rights later",
            Self::Temp => "in a temporary directory",
            Self::TempTop => "the temporary directory itself",
            Self::Home => "in the home directory, outside the project",
            Self::HomeTop => "the home directory itself",
            Self::HomeConfig => "personal configuration that runs code or governs access",
            Self::System => "a system directory",
            Self::Top => "the root of the file system",
            Self::Null => "a null device",
            Self::Device => "a device",
            Self::Socket => "a network connection",
            Self::Proc => "the kernel's files",
            Self::Outside => "outside the project",
            Self::Unknown => "not determined by the text",
        }
    }
}

/// A path, placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where it lies.
    pub scope: Scope,
    /// Absolute and normalised; with wildcards if the text had them.
    pub path: Vec<u8>,
    /// It has wildcards.
    pub wild: bool,
}

/// The directories of a [`Context`], normalised.
#[derive(Clone, Debug)]
pub struct Places {
    root: Vec<u8>,
    home: Vec<u8>,
    temp: Vec<Vec<u8>>,
    start: Cwd,
    fold: bool,
    facts: Option<std::sync::Arc<dyn crate::context::FileFacts>>,
}

const TEMP: &[&[u8]] = &[b"/tmp", b"/var/tmp", b"/dev/shm"];

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
    "public/build",
    "site",
    ".docusaurus",
    ".vite",
    ".wrangler",
    ".serverless",
];

impl Places {
    /// The places of a context.
    #[must_use]
    pub fn new(context: &Context) -> Self {
        let base = |bytes: Option<&[u8]>| bytes.filter(|b| b.starts_with(b"/")).map(absolute);
        let cwd = base(context.cwd.as_deref().or(context.root.as_deref()));
        let root = base(context.root.as_deref()).or_else(|| cwd.clone());
        let home = base(context.home.as_deref())
            .filter(|h| h.len() > 1)
            .unwrap_or_default();
        Self {
            root: root.filter(|r| can_be_root(r, &home)).unwrap_or_default(),
            home,
            temp: context.temp.iter().filter_map(|t| base(Some(t))).collect(),
            start: cwd.map_or(Cwd::Unknown, |c| Cwd::Known(c.into())),
            fold: context.fold_case,
            facts: context.facts.clone(),
        }
    }

    /// The working directory at the start.
    #[must_use]
    pub fn start(&self) -> &Cwd {
        &self.start
    }

    /// The project's root, empty if not known.
    #[must_use]
    pub fn root(&self) -> &[u8] {
        &self.root
    }

    /// The home directory, empty if not known.
    #[must_use]
    pub fn home(&self) -> &[u8] {
        &self.home
    }

    /// Places `path`, relative to the directory `cwd` (absolute, or empty if not known).
    /// `wild`: `path` is a pathname pattern, and a backslash makes the next byte literal.
    #[must_use]
    pub fn place(&self, path: &[u8], wild: bool, cwd: &[u8]) -> Place {
        let Some(path) = self.absolute(path, cwd) else {
            return Place {
                scope: Scope::Unknown,
                path: path.to_vec(),
                wild,
            };
        };
        let mut scope = self.scope(&path, wild);
        if let Some(real) = self.facts.as_ref().and_then(|f| f.real_path(&path)) {
            let real = absolute(&real);
            if real != path {
                scope = worse(scope, self.scope(&real, wild));
            }
        }
        Place { scope, path, wild }
    }

    fn absolute(&self, path: &[u8], cwd: &[u8]) -> Option<Vec<u8>> {
        if path.starts_with(b"/") {
            return Some(absolute(path));
        }
        if path == b"~" || path.starts_with(b"~/") {
            if self.home.is_empty() {
                return None;
            }
            return Some(join(&self.home, path.get(1..).unwrap_or_default()));
        }
        if path.starts_with(b"~") || !cwd.starts_with(b"/") {
            return None;
        }
        Some(join(cwd, path))
    }

    /// Where an absolute, normalised path lies.
    #[must_use]
    pub fn scope(&self, path: &[u8], wild: bool) -> Scope {
        // Of a pattern, only the directories before the first wildcard are sure.
        let fixed = if wild { fixed_part(path) } else { path };
        if let Some(rest) = self.below(fixed, &self.root) {
            let tail = path.get(fixed.len() - rest.len()..).unwrap_or_default();
            let tail = tail.strip_prefix(b"/").unwrap_or(tail);
            let scope = project_scope(tail, wild);
            // A home directory that is a project as well keeps its configuration.
            return if self.root == self.home && tail.starts_with(b".") {
                worse(scope, home_scope(tail))
            } else {
                scope
            };
        }
        if let Some(null) = device_scope(path) {
            return null;
        }
        for temp in TEMP
            .iter()
            .copied()
            .chain(self.temp.iter().map(Vec::as_slice))
        {
            if let Some(rest) = self.below(fixed, temp) {
                if let Some(scope) = self.within_temp(path, fixed, wild) {
                    return scope;
                }
                let top =
                    rest.is_empty() && (!wild || matches!(path.get(temp.len()..), Some(b"/*")));
                return if top { Scope::TempTop } else { Scope::Temp };
            }
        }
        if path.starts_with(b"/var/folders/") {
            return Scope::Temp;
        }
        if path == b"/proc"
            || path == b"/sys"
            || path.starts_with(b"/proc/")
            || path.starts_with(b"/sys/")
        {
            return Scope::Proc;
        }
        if let Some(rest) = self.below(path, &self.home) {
            return home_scope(rest);
        }
        for home in [&b"/root"[..], b"/home/", b"/Users/"] {
            if let Some(rest) = path.strip_prefix(home) {
                let inside = match home.last() {
                    Some(b'/') => rest.iter().position(|&b| b == b'/').map(|at| at + 1),
                    _ if rest.is_empty() => None,
                    _ if rest.starts_with(b"/") => Some(1),
                    _ => continue,
                };
                return match inside {
                    Some(at) => home_scope(rest.get(at..).unwrap_or_default()),
                    None => Scope::HomeTop,
                };
            }
        }
        system_scope(path)
    }

    /// What is not temporary in a temporary directory: a home there, and the directories that
    /// hold it or the project.
    fn within_temp(&self, path: &[u8], fixed: &[u8], wild: bool) -> Option<Scope> {
        if let Some(rest) = self.below(fixed, &self.home) {
            let tail = path.get(fixed.len() - rest.len()..).unwrap_or_default();
            return Some(home_scope(tail.strip_prefix(b"/").unwrap_or(tail)));
        }
        if holds(path, wild, &self.home) {
            return Some(Scope::HomeTop);
        }
        holds(path, wild, &self.root).then_some(Scope::ProjectTop)
    }

    /// The rest of `path` below `base`, without leading slash.
    fn below<'p>(&self, path: &'p [u8], base: &[u8]) -> Option<&'p [u8]> {
        if base.is_empty() {
            return None;
        }
        let (head, tail) = path.split_at_checked(base.len())?;
        let same = if self.fold {
            head.eq_ignore_ascii_case(base)
        } else {
            head == base
        };
        match (same, tail) {
            (true, []) => Some(tail),
            (true, [b'/', rest @ ..]) => Some(rest),
            _ => None,
        }
    }

    /// `path` is `base` or a directory above it.
    #[must_use]
    pub fn contains_root(&self, path: &[u8]) -> bool {
        !self.root.is_empty() && (path == b"/" || self.below(&self.root, path).is_some())
    }
}

/// A directory that a project can fill. One at `/`, around a home or of the system would make
/// everything the project's.
fn can_be_root(root: &[u8], home: &[u8]) -> bool {
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
        "/Applications",
        "/Library",
        "/System",
        "/bin",
        "/boot",
        "/dev",
        "/efi",
        "/etc",
        "/lib",
        "/lib32",
        "/lib64",
        "/libx32",
        "/nix",
        "/proc",
        "/run",
        "/sbin",
        "/snap",
        "/sys",
        "/usr",
    ];
    let below = |base: &[u8]| {
        root.strip_prefix(base)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    };
    let around_home = home
        .strip_prefix(root)
        .is_some_and(|rest| rest.starts_with(b"/"));
    let own = [&b"/usr/src/"[..], b"/usr/local/src/", b"/dev/shm/"];
    !around_home
        && !WHOLE.iter().any(|w| w.as_bytes() == root)
        && (own.iter().any(|o| root.starts_with(o)) || !SYSTEM.iter().any(|s| below(s.as_bytes())))
}

/// `path` may be `base` or a directory above it.
fn holds(path: &[u8], wild: bool, base: &[u8]) -> bool {
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

/// The stricter of two scopes, for writing.
fn worse(a: Scope, b: Scope) -> Scope {
    let rank = |s: Scope| crate::score::rate(clearance_core::Effect::Write, s);
    if rank(b) > rank(a) { b } else { a }
}

fn join(base: &[u8], path: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(base.len() + path.len() + 1);
    whole.extend_from_slice(base);
    whole.push(b'/');
    whole.extend_from_slice(path);
    absolute(&whole)
}

/// Removes `.`, `..`, doubled slashes, and macOS's `/private`.
#[must_use]
pub fn absolute(path: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(path.len());
    for part in path.split(|&b| b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                let parent = out.iter().rposition(|&b| b == b'/').unwrap_or(0);
                out.truncate(parent);
            }
            _ if could_climb(part) => {
                // `.*` matches `..` as well.
                let parent = out.iter().rposition(|&b| b == b'/').unwrap_or(0);
                out.truncate(parent);
                out.push(b'/');
                out.extend_from_slice(b"*");
            }
            _ => {
                out.push(b'/');
                out.extend_from_slice(part);
            }
        }
    }
    for alias in [&b"/private/tmp"[..], b"/private/var", b"/private/etc"] {
        if out.starts_with(alias) && matches!(out.get(alias.len()), None | Some(b'/')) {
            out.drain(..b"/private".len());
            break;
        }
    }
    if out.is_empty() {
        out.push(b'/');
    }
    out
}

/// A pattern that begins with a dot and matches `..`.
fn could_climb(part: &[u8]) -> bool {
    matches!(part, b".*" | b".?" | b".[.]" | b".**" | b".?*" | b".*.")
}

/// The directories before the first wildcard.
fn fixed_part(path: &[u8]) -> &[u8] {
    let Some(first) = path.iter().position(|b| b"*?[\\{".contains(b)) else {
        return path;
    };
    let end = path
        .get(..first)
        .and_then(|p| p.iter().rposition(|&b| b == b'/'))
        .unwrap_or(0);
    path.get(..end).unwrap_or_default()
}

/// Files that run code or grant rights later, relative to the project's root; `/` at the end
/// means everything below.
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
    ".idea/runConfigurations/",
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
];

fn project_scope(rest: &[u8], wild: bool) -> Scope {
    if rest.is_empty() {
        return Scope::ProjectTop;
    }
    if wild && rest.iter().all(|&b| b == b'*') {
        return Scope::ProjectTop;
    }
    if !rest.starts_with(b".")
        && !rest.windows(2).any(|w| w == b"/.")
        && !rest.starts_with(b"c")
        && !rest.starts_with(b"C")
    {
        return if is_build(rest) {
            Scope::Build
        } else {
            Scope::Project
        };
    }
    let lower = rest.to_ascii_lowercase();
    let nested = |name: &str| {
        let name = name.as_bytes();
        let tail = |text: &[u8]| match name.strip_suffix(b"/") {
            Some(stem) => text.starts_with(name) || text == stem,
            None => text == name,
        };
        // Nested checkouts have hooks too.
        tail(&lower)
            || (name.starts_with(b".git") || name.starts_with(b".husky"))
                && lower
                    .windows(2)
                    .enumerate()
                    .any(|(i, w)| w == b"/." && lower.get(i + 1..).is_some_and(tail))
    };
    if HOOKS.iter().any(|h| nested(h)) {
        return Scope::Hook;
    }
    if lower == b".git" || lower.starts_with(b".git/") || lower.windows(6).any(|w| w == b"/.git/") {
        return Scope::Git;
    }
    if is_build(rest) {
        Scope::Build
    } else {
        Scope::Project
    }
}

/// One component is a build directory, or the name ends as one.
fn is_build(rest: &[u8]) -> bool {
    rest.split(|&b| b == b'/')
        .any(|part| BUILD.iter().any(|b| b.as_bytes() == part) || part.ends_with(b".egg-info"))
}

fn home_scope(rest: &[u8]) -> Scope {
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
    if CONFIG.iter().any(|c| c.as_bytes() == first) {
        Scope::HomeConfig
    } else {
        Scope::Home
    }
}

fn device_scope(path: &[u8]) -> Option<Scope> {
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

fn system_scope(path: &[u8]) -> Scope {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        Places::new(&Context::new(b"/home/dev/project").with_home(b"/home/dev"))
    }

    #[test]
    fn paths_are_normalised() {
        for (path, expected) in [
            ("/a/./b//c/..", "/a/b"),
            ("/../..", "/"),
            ("/private/tmp/x", "/tmp/x"),
            ("/privately/x", "/privately/x"),
            ("/a/.*", "/*"),
        ] {
            assert_eq!(absolute(path.as_bytes()), expected.as_bytes(), "{path}");
        }
    }

    #[test]
    fn scopes_follow_the_place() {
        let places = places();
        for (path, wild, expected) in [
            ("src/main.rs", false, Scope::Project),
            ("SRC/../x", false, Scope::Project),
            ("/HOME/dev/Project/x", false, Scope::Project),
            (".", false, Scope::ProjectTop),
            ("*", true, Scope::ProjectTop),
            ("src/*.rs", true, Scope::Project),
            ("target/debug", false, Scope::Build),
            ("a/node_modules", false, Scope::Build),
            (".git/hooks/pre-commit", false, Scope::Hook),
            ("sub/.git/config", false, Scope::Hook),
            (".git/index", false, Scope::Git),
            (".claude/settings.json", false, Scope::Hook),
            (".claude/commands/x.md", false, Scope::Project),
            (".github/workflows/ci.yml", false, Scope::Project),
            ("..", false, Scope::HomeTop),
            ("../other", false, Scope::Home),
            ("~/.bashrc", false, Scope::HomeConfig),
            ("~", false, Scope::HomeTop),
            ("~other/x", false, Scope::Unknown),
            ("/tmp/x", false, Scope::Temp),
            ("/tmp", false, Scope::TempTop),
            ("/tmp/*", true, Scope::TempTop),
            ("/tmp/../etc/passwd", false, Scope::System),
            ("/etc/passwd", false, Scope::System),
            ("/", false, Scope::Top),
            ("/usr", false, Scope::Top),
            ("/*", true, Scope::Top),
            ("/dev/null", false, Scope::Null),
            ("/dev/sda", false, Scope::Device),
            ("/dev/tcp/host/80", false, Scope::Socket),
            ("/proc/1/mem", false, Scope::Proc),
            ("/data/x", false, Scope::Outside),
            ("/home/other", false, Scope::HomeTop),
            ("/root/.ssh/id", false, Scope::HomeConfig),
        ] {
            let place = places.place(path.as_bytes(), wild, b"/home/dev/project");
            assert_eq!(place.scope, expected, "{path}");
        }
        assert_eq!(places.place(b"x", false, b"").scope, Scope::Unknown);
    }

    #[test]
    fn a_project_does_not_make_a_home_or_a_system_its_own() {
        let scope = |root: &str, home: &str, path: &str| {
            let context = Context::new(root.as_bytes()).with_home(home.as_bytes());
            Places::new(&context)
                .place(path.as_bytes(), path.contains('*'), root.as_bytes())
                .scope
        };
        for (root, home, path, expected) in [
            // The home is the project.
            ("/home/dev", "/home/dev", "notes.txt", Scope::Project),
            ("/home/dev", "/home/dev", "~/.bashrc", Scope::HomeConfig),
            ("/home/dev", "/home/dev", ".ssh/config", Scope::HomeConfig),
            ("/home", "/home/dev", "x/y", Scope::Home),
            ("/etc", "/root", "passwd", Scope::System),
            ("/usr", "/root", "bin/x", Scope::System),
            ("/usr/src/app", "/root", "x", Scope::Project),
            ("/var/www/site", "/root", "x", Scope::Project),
            ("/app", "/root", "x", Scope::Project),
            ("/tmp", "/root", "x", Scope::Temp),
            // A home in a temporary directory is a home.
            ("/tmp/w/repo", "/tmp/h", "~/.bashrc", Scope::HomeConfig),
            ("/tmp/w/repo", "/tmp/h", "~", Scope::HomeTop),
            ("/tmp/w/repo", "/tmp/u/h", "/tmp/u", Scope::HomeTop),
            ("/tmp/w/repo", "/tmp/h", "/tmp/h*", Scope::HomeTop),
            // What holds the project is not temporary.
            ("/tmp/w/repo", "/home/dev", "..", Scope::ProjectTop),
            ("/tmp/w/repo", "/home/dev", "/tmp/w", Scope::ProjectTop),
            ("/tmp/w/repo", "/home/dev", "/tmp/*/repo", Scope::ProjectTop),
            ("/tmp/w/repo", "/home/dev", "/tmp/w*", Scope::ProjectTop),
            ("/tmp/w/repo", "/home/dev", "/tmp/w/other", Scope::Temp),
            ("/tmp/w/repo", "/home/dev", "/tmp/*.log", Scope::Temp),
        ] {
            assert_eq!(scope(root, home, path), expected, "{root} {home} {path}");
        }
    }

    #[test]
    fn the_root_wins_over_its_own_location() {
        let places = Places::new(&Context::new(b"/tmp/work").with_home(b"/home/dev"));
        assert_eq!(
            places.place(b"src", false, b"/tmp/work").scope,
            Scope::Project
        );
        assert_eq!(
            places.place(b".", false, b"/tmp/work").scope,
            Scope::ProjectTop
        );
        assert_eq!(
            places.place(b"../other", false, b"/tmp/work").scope,
            Scope::Temp
        );
    }
}
