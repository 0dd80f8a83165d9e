//! What the program finds around it: policy files, the working directory, the project's root.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use clearance::{Context, Engine, EngineError, Layer, Policy, PolicyError};

use crate::args::WorldOptions;

/// Why the program could not answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Reading or writing failed.
    Io(&'static str, io::Error),
    /// The policy cannot be used.
    Policy(PolicyError),
    /// The policy's own programs cannot be used.
    Engine(EngineError),
    /// Anything else, said in one sentence.
    Other(String),
}

impl Failure {
    /// The reader of our output went away.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Io(_, e) if e.kind() == io::ErrorKind::BrokenPipe)
    }

    /// For `map_err`: writing to standard output failed.
    pub(crate) fn writing(error: io::Error) -> Self {
        Self::Io("cannot write to standard output", error)
    }

    /// For `map_err`: reading from standard input failed.
    pub(crate) fn reading(error: io::Error) -> Self {
        Self::Io("cannot read from standard input", error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(what, error) => write!(f, "{what}: {error}"),
            Self::Policy(error) => error.fmt(f),
            Self::Engine(error) => error.fmt(f),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// The name of the project's policy file, beside its `.git`.
pub(crate) const PROJECT_POLICY: &str = ".clearance.toml";

/// The engine with the user's policy and, if a local root is given, the project's.
pub(crate) fn engine(options: &WorldOptions, root: Option<&Path>) -> Result<Engine, Failure> {
    let mut policy = Policy::builtin();
    if let Some(file) = &options.policy {
        policy = policy
            .layer_file(Layer::User, file)
            .map_err(Failure::Policy)?;
    } else if let Some(file) = user_policy().filter(|file| exists(file)) {
        policy = policy
            .layer_file(Layer::User, &file)
            .map_err(Failure::Policy)?;
    }
    if let Some(file) = root
        .map(|r| r.join(PROJECT_POLICY))
        .filter(|file| exists(file))
    {
        policy = policy
            .layer_file(Layer::Project, &file)
            .map_err(Failure::Policy)?;
    }
    for notice in policy.notices() {
        eprintln!(
            "{}",
            notice
                .diagnostic
                .to_string()
                .replacen("error:", "notice:", 1)
        );
    }
    Engine::from_policy(&policy).map_err(Failure::Engine)
}

/// Something is there; also when it cannot be looked at, so that reading it reports why.
fn exists(path: &Path) -> bool {
    !matches!(path.symlink_metadata(), Err(e) if e.kind() == io::ErrorKind::NotFound || e.kind() == io::ErrorKind::NotADirectory)
}

fn user_policy() -> Option<PathBuf> {
    let base = match std::env::var_os("XDG_CONFIG_HOME").filter(|v| !v.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(std::env::var_os("HOME")?).join(".config"),
    };
    Some(base.join("clearance").join("policy.toml"))
}

/// The world as the options and the process have it.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) cwd: Option<PathBuf>,
    pub(crate) root: Option<PathBuf>,
    pub(crate) home: Option<PathBuf>,
}

impl World {
    pub(crate) fn find(options: &WorldOptions) -> Self {
        let given = |value: &Option<std::ffi::OsString>| value.as_ref().map(PathBuf::from);
        let cwd = given(&options.cwd).or_else(|| std::env::current_dir().ok());
        let root = given(&options.root).or_else(|| cwd.as_deref().map(project_root));
        let home = given(&options.home).or_else(|| {
            std::env::var_os("HOME")
                .filter(|v| !v.is_empty())
                .map(PathBuf::from)
        });
        Self { cwd, root, home }
    }

    pub(crate) fn context(&self) -> Context {
        let mut context = Context::default();
        if let Some(cwd) = &self.cwd {
            context = context.cwd(bytes(cwd.as_os_str()));
        }
        if let Some(root) = &self.root {
            context = context.root(bytes(root.as_os_str()));
        }
        if let Some(home) = &self.home {
            context = context.home(bytes(home.as_os_str()));
        }
        context
    }
}

/// The nearest folder upwards that holds a `.git`, else the folder itself.
fn project_root(cwd: &Path) -> PathBuf {
    cwd.ancestors()
        .find(|a| exists(&a.join(".git")))
        .unwrap_or(cwd)
        .to_path_buf()
}

/// The bytes of a name. Where the system's names are not bytes, those of its Unicode form.
pub(crate) fn bytes(name: &OsStr) -> Vec<u8> {
    #[cfg(unix)]
    {
        std::os::unix::ffi::OsStrExt::as_bytes(name).to_vec()
    }
    #[cfg(not(unix))]
    {
        name.to_string_lossy().into_owned().into_bytes()
    }
}
