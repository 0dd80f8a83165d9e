//! The circumstances of a request: [`Context`].

use std::sync::Arc;

use clearance_branch::gate::GateFacts;
use clearance_core::Role;
use clearance_risk::FileFacts;
use clearance_shell::invocation::Dialect;

use crate::Repository;

/// What the caller says about the world. Nothing else is looked up: a decision is a pure
/// function of request, context and policy.
///
/// What is not said is not known, and what is not known is judged cautiously: without a
/// working directory a relative path could be anywhere.
///
/// # Examples
///
/// ```
/// use clearance::{Context, Engine, Request, Verdict};
///
/// let context = Context::new("/home/dev/project").home("/home/dev").cwd("/home/dev/project/src");
/// let decision = Engine::builtin().evaluate(&Request::command("ls ../docs"), &context);
/// assert_eq!(decision.verdict(), Verdict::Allow);
/// ```
#[derive(Clone, Debug)]
pub struct Context {
    pub(crate) risk: clearance_risk::Context,
    pub(crate) repository: Option<Arc<dyn Repository>>,
    pub(crate) gates: Vec<Arc<GateFacts>>,
}

impl Context {
    /// A project at this absolute path, which is also the working directory.
    #[must_use]
    pub fn new(root: impl AsRef<[u8]>) -> Self {
        Self {
            risk: noted(clearance_risk::Context::new(root.as_ref())),
            ..Self::default()
        }
    }

    /// With this working directory, absolute.
    #[must_use]
    pub fn cwd(mut self, path: impl AsRef<[u8]>) -> Self {
        self.risk.cwd = Some(path.as_ref().into());
        self
    }

    /// With the working directory moved there, as `cd` would: a relative path starts at the
    /// present one, and the project's root stays what it is.
    #[must_use]
    pub fn within(mut self, path: impl AsRef<[u8]>) -> Self {
        let path = path.as_ref();
        let below = self.risk.cwd.as_ref().or(self.risk.root.as_ref());
        let moved = match below {
            Some(below) if !path.starts_with(b"/") => [below, b"/".as_slice(), path].concat(),
            _ => path.to_vec(),
        };
        if self.risk.root.is_none() {
            self.risk.root = self.risk.cwd.clone();
        }
        self.risk.cwd = Some(moved.into());
        self
    }

    /// With this project root, absolute. It wins over what its own location looks like: a
    /// project below a temporary or hidden folder is a project.
    #[must_use]
    pub fn root(mut self, path: impl AsRef<[u8]>) -> Self {
        self.risk.root = Some(path.as_ref().into());
        self
    }

    /// With this home directory, absolute.
    #[must_use]
    pub fn home(mut self, path: impl AsRef<[u8]>) -> Self {
        self.risk.home = Some(path.as_ref().into());
        self
    }

    /// With a further folder for temporary files (`$TMPDIR`), absolute.
    #[must_use]
    pub fn temporary(mut self, path: impl AsRef<[u8]>) -> Self {
        self.risk.temp.push(path.as_ref().into());
        self
    }

    /// With an environment variable that is known to be set to exactly this.
    #[must_use]
    pub fn variable(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.risk
            .variables
            .push((name.as_ref().into(), value.as_ref().into()));
        self
    }

    /// With the shell that will run a command. The default is bash.
    #[must_use]
    pub fn shell(mut self, dialect: Dialect) -> Self {
        self.risk.dialect = dialect;
        self
    }

    /// With the role of who asks. The default is an agent, the least trusted.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.risk.role = role;
        self
    }

    /// With somebody who answers questions about symbolic links.
    #[must_use]
    pub fn files(mut self, facts: Arc<dyn FileFacts>) -> Self {
        self.risk.facts = Some(facts);
        self
    }

    /// With somebody who knows the state of the repository, so that pushes are judged by the
    /// refs that they would really change, and other git commands by the configuration that
    /// they would run under. It is asked only when a command uses git.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use clearance::branch::facts::{ConfigEntry, Head, RepoFacts, Scope};
    /// use clearance::{Context, Engine, Request, Verdict};
    ///
    /// let mut facts = RepoFacts { head: Head::Branch("refs/heads/main".into()), ..RepoFacts::default() };
    /// facts.refs.insert("refs/heads/main".into(), "c1".into());
    /// (facts.refs_complete, facts.config_complete) = (true, true);
    /// for (key, value) in [
    ///     ("remote.origin.url", "https://h.example/x.git"),
    ///     ("branch.main.remote", "origin"),
    ///     ("branch.main.merge", "refs/heads/main"),
    /// ] {
    ///     facts.config.push(ConfigEntry::new(Scope::Local, key, Some(value)));
    /// }
    /// let context = Context::new("/home/dev/project").repository(Arc::new(facts));
    /// let decision = Engine::builtin().evaluate(&Request::command("git push"), &context);
    /// assert_eq!(decision.verdict(), Verdict::Ask);
    /// assert_eq!(decision.findings()[0].rule, "branch.push.protected");
    /// ```
    #[must_use]
    pub fn repository(mut self, facts: Arc<dyn Repository>) -> Self {
        self.repository = Some(facts);
        self
    }

    /// With what is known of a gated command. Without it the gate is closed, and the answer
    /// says so.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance::branch::gate::GateFacts;
    /// use clearance::{Context, Engine, Request, Verdict};
    ///
    /// let context = Context::new("/home/dev/project");
    /// let engine = Engine::builtin();
    /// let plan = Request::command("cto.plan");
    /// assert_eq!(engine.evaluate(&plan, &context).verdict(), Verdict::Ask);
    ///
    /// let facts = GateFacts {
    ///     command: "cto.plan".into(),
    ///     validation: Some("PROCEED".into()),
    ///     human: Some("APPROVED".into()),
    ///     ..GateFacts::default()
    /// };
    /// assert_eq!(engine.evaluate(&plan, &context.gate(facts)).verdict(), Verdict::Allow);
    /// ```
    #[must_use]
    pub fn gate(mut self, facts: GateFacts) -> Self {
        self.gates.retain(|known| known.command != facts.command);
        self.gates.push(Arc::new(facts));
        self
    }
}

impl Default for Context {
    /// Nothing known.
    fn default() -> Self {
        Self {
            risk: noted(clearance_risk::Context::default()),
            repository: None,
            gates: Vec::new(),
        }
    }
}

/// Inner commands are reported: gates and rules are about them too.
fn noted(mut risk: clearance_risk::Context) -> clearance_risk::Context {
    risk.record_inner = true;
    risk
}
