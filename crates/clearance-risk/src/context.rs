//! What the caller says about the world: [`Context`]. Nothing else is looked up.

use std::fmt;
use std::sync::Arc;

use clearance_core::{Role, Verdict};
use clearance_shell::invocation::{Bytes, Dialect, Limits};

/// Questions about files that only the caller can answer. Without a provider the verdict is
/// the cautious one, and paths are judged by their text alone.
pub trait FileFacts: fmt::Debug + Send + Sync {
    /// The absolute path with every symbolic link resolved, `None` if that is not known.
    /// The path need not exist; then the existing part of it is resolved.
    fn real_path(&self, path: &[u8]) -> Option<Vec<u8>>;
}

/// The circumstances of an action.
///
/// # Examples
///
/// ```
/// use clearance_risk::Context;
///
/// let context = Context::new(b"/home/dev/project").with_home(b"/home/dev");
/// assert_eq!(context.root.as_deref(), Some(&b"/home/dev/project"[..]));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Context {
    /// The working directory, absolute. `None`: the project's root.
    pub cwd: Option<Bytes>,
    /// The project's root, absolute. `None`: the working directory.
    pub root: Option<Bytes>,
    /// The user's home, absolute.
    pub home: Option<Bytes>,
    /// Variables known to be set to exactly this.
    pub variables: Vec<(Bytes, Bytes)>,
    /// Further directories for temporary files, absolute (`$TMPDIR`).
    pub temp: Vec<Bytes>,
    /// Which shell will run a command.
    pub dialect: Dialect,
    /// Who wants the action.
    pub role: Role,
    /// Names of the project's location are compared without regard to case, as on macOS.
    pub fold_case: bool,
    /// The verdict on a `git push` whose branch does not stand in the text, while no facts of
    /// the repository are given.
    pub bare_push: Verdict,
    /// The words of commands and of inner commands (of wrappers, of `sh -c`) are reported, for
    /// policies with rules of their own.
    pub record_inner: bool,
    /// Answers about files.
    pub facts: Option<Arc<dyn FileFacts>>,
    /// Bounds of the work.
    pub limits: Limits,
}

impl Context {
    /// A context for a project that is also the working directory.
    #[must_use]
    pub fn new(root: &[u8]) -> Self {
        Self {
            cwd: Some(root.into()),
            root: Some(root.into()),
            ..Self::default()
        }
    }

    /// With this home.
    #[must_use]
    pub fn with_home(self, home: &[u8]) -> Self {
        Self {
            home: Some(home.into()),
            ..self
        }
    }

    /// With this working directory.
    #[must_use]
    pub fn with_cwd(self, cwd: &[u8]) -> Self {
        Self {
            cwd: Some(cwd.into()),
            ..self
        }
    }
}

impl Default for Context {
    /// Nothing known, bash, the least trusted role, names compared without
    /// regard to case.
    fn default() -> Self {
        Self {
            cwd: None,
            root: None,
            home: None,
            variables: Vec::new(),
            temp: Vec::new(),
            dialect: Dialect::default(),
            role: Role::default(),
            fold_case: true,
            bare_push: Verdict::Ask,
            record_inner: false,
            facts: None,
            limits: Limits::default(),
        }
    }
}
