//! Where a path lies: [`Places`] turns the text of a path into a [`Scope`].
//!
//! Purely lexical, unless the context has [`FileFacts`](crate::context::FileFacts). The
//! project's root wins over what its own location looks like: real roots lie below temporary
//! folders and below dot folders of agents.

mod lists;
mod text;

use clearance_shell::invocation::{Bytes, Cwd};

pub(crate) use self::lists::matches_only_built;
use self::lists::{can_be_root, device_scope, home_scope, project_scope, system_scope};
pub use self::text::absolute;
use self::text::{fixed_part, holds, is_absolute, join};
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
    root: Bytes,
    home: Bytes,
    temp: Vec<Bytes>,
    start: Cwd,
    fold: bool,
    facts: Option<std::sync::Arc<dyn crate::context::FileFacts>>,
}

const TEMP: &[&[u8]] = &[b"/tmp", b"/var/tmp", b"/dev/shm"];

impl Places {
    /// The places of a context.
    #[must_use]
    pub fn new(context: &Context) -> Self {
        let base = |bytes: Option<&Bytes>| {
            let bytes = bytes.filter(|b| b.starts_with(b"/"))?;
            Some(if is_absolute(bytes) {
                bytes.clone()
            } else {
                absolute(bytes).into()
            })
        };
        let cwd = base(context.cwd.as_ref().or(context.root.as_ref()));
        let root = base(context.root.as_ref()).or_else(|| cwd.clone());
        let home = base(context.home.as_ref())
            .filter(|h| h.len() > 1)
            .unwrap_or_default();
        Self {
            root: root.filter(|r| can_be_root(r, &home)).unwrap_or_default(),
            home,
            temp: context.temp.iter().filter_map(|t| base(Some(t))).collect(),
            start: cwd.map_or(Cwd::Unknown, Cwd::Known),
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
            .chain(self.temp.iter().map(|temp| &**temp))
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
        let same = head == base || (self.fold && head.eq_ignore_ascii_case(base));
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

/// The stricter of two scopes, for writing.
fn worse(a: Scope, b: Scope) -> Scope {
    let rank = |s: Scope| crate::score::rate(clearance_core::Effect::Write, s);
    if rank(b) > rank(a) { b } else { a }
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
            ("a/b/.cargo/config.toml", false, Scope::Hook),
            ("web/node_modules/.bin/tsc", false, Scope::Hook),
            ("srv.git/hooks/update", false, Scope::Hook),
            ("srv.git/config", false, Scope::Hook),
            ("srv.git/objects/ab", false, Scope::Project),
            ("docs/config", false, Scope::Project),
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
