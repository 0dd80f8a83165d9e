//! The `git` commands of a script, noted for whoever knows the repository.

use clearance_core::Span;
use clearance_shell::invocation::{Assignment, Cwd, Flags, Via, Word};

use super::{Call, Judge, Site};

/// So many `git` commands are noted for whoever knows the repository; more are asked about.
pub const MOST_GIT: usize = 256;

/// A `git push`, for whoever knows the repository.
#[derive(Clone, Debug)]
pub struct PushCall {
    /// The words from `git` on.
    pub argv: Vec<Word>,
    /// The working directory.
    pub cwd: Cwd,
    /// Variables set for this call.
    pub env: Vec<Assignment>,
    /// Where it stands.
    pub span: Span,
    /// Index into the findings: the one that the facts of the repository may refine, if any.
    pub finding: Option<usize>,
    /// Its own index among the `git` commands of the script.
    pub at: usize,
}

/// A `git` command, for whoever knows the repository.
#[derive(Clone, Debug)]
pub struct GitCall {
    /// The words from `git` on.
    pub argv: Vec<Word>,
    /// The subcommand as the catalog knows it (`remote add`); empty for one that it does not.
    pub subcommand: String,
    /// The working directory.
    pub cwd: Cwd,
    /// Variables set for this call.
    pub env: Vec<Assignment>,
    /// Where it stands.
    pub span: Span,
    /// It can run at another time than its place in the script says: in a loop, in the
    /// background, in a trap.
    pub anytime: bool,
}

impl Judge<'_> {
    /// Notes a `git push`, for whoever knows the repository.
    pub fn push(&mut self, argv: &[Word], site: &Site<'_>, finding: Option<usize>) {
        let span = self.span(site.invocation.span);
        if self.is_too_much_git(span) {
            return;
        }
        self.ledger.pushes.push(PushCall {
            argv: argv.to_vec(),
            cwd: site.cwd.clone().into_owned(),
            env: variables(site),
            span,
            finding,
            at: self.ledger.git.len().saturating_sub(1),
        });
    }

    /// No more `git` commands are noted, which is asked about.
    fn is_too_much_git(&mut self, span: Span) -> bool {
        let full = self.ledger.git.len() >= MOST_GIT;
        if full {
            self.unknown("limit.git", span, || {
                "there are more `git` commands than are followed".to_owned()
            });
        }
        full
    }

    /// Notes a `git` command, for whoever knows the repository.
    pub(crate) fn git(&mut self, call: &Call<'_>) {
        let site = call.site;
        if self.is_too_much_git(call.span()) {
            return;
        }
        let flags = site.invocation.flags;
        let anytime = flags.has(Flags::LOOP)
            || flags.has(Flags::BACKGROUND)
            || matches!(site.invocation.via, Via::Trap | Via::ProcessSubstitution);
        let span = self.span(site.invocation.span);
        self.ledger.git.push(GitCall {
            argv: call.argv.to_vec(),
            subcommand: call.path().to_owned(),
            cwd: site.cwd.clone().into_owned(),
            env: variables(site),
            span,
            anytime,
        });
    }
}

/// The variables that a command gets besides those that were there before the script.
fn variables(site: &Site<'_>) -> Vec<Assignment> {
    let mut env = site.invocation.exported.to_vec();
    env.extend_from_slice(&site.invocation.assignments);
    env.extend_from_slice(site.env);
    env
}
