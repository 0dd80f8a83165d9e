//! Facts from the installed `git`: [`GitProvider`].
//!
//! It starts `git` as a process and reads what that prints, so that includes, conditions,
//! work trees, packed refs, reftables and hash functions are git's own business. Only
//! commands are used that run nothing else: no hook, pager, file system monitor, filter,
//! signature check or editor, and no network (missing objects of partial clones are not
//! fetched). Time and output are bounded; whatever fails leaves a gap in the facts, and gaps
//! make answers cautious. Nothing is asked before somebody calls a method.
//!
//! It believes the `git` that is found on `PATH`. Name one with [`GitProvider::program`] where
//! `PATH` cannot be trusted.

mod process;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

use crate::facts::{
    AncestryAnswer, ConfigEntry, Head, Location, ObjectKind, RepoFacts, Repository,
};
use crate::git_config::read_listing;
use process::Place;

use crate::push::{Env, GitCommand, Need, PushPlan, absolute, local_path, resolve_push};

/// Why git gave no answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ProviderError {
    /// It could not be started.
    #[error("git cannot be started")]
    Start(#[source] std::io::Error),
    /// It took too long.
    #[error("git took longer than {0:?}")]
    Time(Duration),
    /// It printed too much.
    #[error("git printed more than {0} bytes")]
    Size(usize),
    /// It failed.
    #[error("`git {0}` failed")]
    Failed(String),
    /// Its output was not understood.
    #[error("the output of `git {0}` was not understood")]
    Output(String),
}

/// Asks the installed `git`.
///
/// # Examples
///
/// ```no_run
/// use clearance_branch::git_provider::GitProvider;
/// use clearance_branch::push::Env;
///
/// let git = GitProvider::new();
/// let plan = git.resolve_push(&["git", "push", "-f"], &Env::default(), ".".as_ref());
/// for effect in &plan.effects {
///     println!("{}", effect.why);
/// }
/// ```
#[derive(Clone, Debug)]
pub struct GitProvider {
    program: OsString,
    time: Duration,
    size: usize,
    needs: usize,
}

impl Default for GitProvider {
    fn default() -> Self {
        Self::new()
    }
}

impl GitProvider {
    /// `git` from `PATH`; two seconds and 8 MiB per question, 64 further questions.
    #[must_use]
    pub fn new() -> Self {
        let (program, time) = (OsString::from("git"), Duration::from_secs(2));
        Self {
            program,
            time,
            size: 8 << 20,
            needs: 64,
        }
    }

    /// Uses another program.
    #[must_use]
    pub fn program(mut self, program: impl AsRef<OsStr>) -> Self {
        self.program = program.as_ref().to_owned();
        self
    }

    /// Sets the longest time for one question.
    #[must_use]
    pub fn time_limit(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }

    /// Sets the most bytes that one answer may have.
    #[must_use]
    pub fn size_limit(mut self, bytes: usize) -> Self {
        self.size = bytes;
        self
    }

    /// Resolves a push, asking git for whatever the answer depends on. Where git gives no
    /// answer, the plan says so.
    #[must_use]
    pub fn resolve_push<S: AsRef<[u8]>>(&self, argv: &[S], env: &Env, cwd: &Path) -> PushPlan {
        match self.facts_for(argv, env, cwd) {
            Ok(facts) => resolve_push(argv, &facts, env),
            Err(error) => {
                let mut plan = resolve_push(argv, &RepoFacts::default(), env);
                plan.unresolved.push(error.to_string());
                plan
            }
        }
    }

    /// The facts of the repository in a directory.
    ///
    /// # Errors
    ///
    /// [`ProviderError`] where git cannot be asked or `cwd` lies in no repository.
    pub fn facts(&self, cwd: &Path) -> Result<RepoFacts, ProviderError> {
        let (options, env) = (Vec::new(), Vec::new());
        self.gather(&Place {
            directory: cwd,
            options,
            env,
        })
    }

    /// The facts of the repository that a command line acts on, and what that command line
    /// needs to know of objects, ancestry and local repositories.
    ///
    /// # Errors
    ///
    /// As [`GitProvider::facts`].
    pub fn facts_for<S: AsRef<[u8]>>(
        &self,
        argv: &[S],
        env: &Env,
        cwd: &Path,
    ) -> Result<RepoFacts, ProviderError> {
        let git = GitCommand::parse(argv, env).unwrap_or_default();
        let place = Place {
            directory: cwd,
            options: options(&git),
            env: redirections(&git, env),
        };
        let mut facts = self.gather(&place)?;
        facts.follows_directory = true;
        let mut asked = Vec::new();
        for _ in 0..3 {
            let plan = resolve_push(argv, &facts, env);
            let new: Vec<Need> = plan
                .needs
                .into_iter()
                .filter(|n| !asked.contains(n))
                .collect();
            if new.is_empty() || asked.len() + new.len() > self.needs {
                break;
            }
            for need in &new {
                self.fill(need, &place, &mut facts);
            }
            asked.extend(new);
        }
        Ok(facts)
    }

    /// The configuration under which a command line would run, without what it sets itself.
    ///
    /// # Errors
    ///
    /// As [`GitProvider::facts`]; but the directory need not lie in a repository.
    pub fn config_for<S: AsRef<[u8]>>(
        &self,
        argv: &[S],
        env: &Env,
        cwd: &Path,
    ) -> Result<Vec<ConfigEntry>, ProviderError> {
        let git = GitCommand::parse(argv, env).unwrap_or_default();
        self.config(&Place {
            directory: cwd,
            options: options(&git),
            env: redirections(&git, env),
        })
    }

    fn config(&self, place: &Place<'_>) -> Result<Vec<ConfigEntry>, ProviderError> {
        let list = [
            "config",
            "--list",
            "-z",
            "--show-scope",
            "--show-origin",
            "--includes",
        ];
        let listing = self.must(place, &list, false)?;
        read_listing(&listing).map_err(|_| ProviderError::Output("config".to_owned()))
    }

    /// Whether one commit contains another; `None` where git cannot say. In a server's hook
    /// the quarantined objects are seen.
    #[must_use]
    pub fn contains(&self, cwd: &Path, descendant: &str, ancestor: &str) -> Option<bool> {
        let (options, env) = (Vec::new(), Vec::new());
        self.is_ancestor(
            &Place {
                directory: cwd,
                options,
                env,
            },
            ancestor,
            descendant,
        )
    }

    fn gather(&self, place: &Place<'_>) -> Result<RepoFacts, ProviderError> {
        let mut facts = RepoFacts::default();
        (facts.config, facts.config_complete) = (self.config(place)?, true);
        self.add_location(place, &mut facts)?;
        self.add_head(place, &mut facts)?;
        let refs = self.must(
            place,
            &["for-each-ref", &format!("--format={REF_FORMAT}")],
            true,
        )?;
        facts.refs_complete = add_refs(&refs, &mut facts);
        Ok(facts)
    }

    fn add_location(&self, place: &Place<'_>, facts: &mut RepoFacts) -> Result<(), ProviderError> {
        let ask = [
            "rev-parse",
            "--path-format=absolute",
            "--git-dir",
            "--git-common-dir",
        ];
        let ask: Vec<&str> = ask.into_iter().chain(["--is-inside-work-tree"]).collect();
        let told = text(self.must(place, &ask, true)?)?;
        let mut own: Vec<String> = told.lines().map(str::to_owned).collect();
        let inside = own.pop().is_some_and(|inside| inside == "true");
        let common = own.last().cloned();
        let top = self.ask(place, &["rev-parse", "--show-toplevel"], true)?;
        let top = Some(text(top.output)?.trim_end_matches('\n').to_owned());
        let top = top.filter(|t| !t.is_empty());
        let base = if inside { top.clone() } else { current(place) };
        let trees = self.ask(place, &["worktree", "list", "--porcelain", "-z"], true)?;
        let trees = text(trees.output)?;
        own.extend(
            trees
                .split('\0')
                .filter_map(|l| l.strip_prefix("worktree "))
                .map(str::to_owned),
        );
        facts.location = Location {
            base,
            own,
            nothing_else: false,
        };
        if let Some(common) = common {
            facts.legacy_remotes = legacy_remotes(Path::new(&common));
        }
        facts.submodules = top.map(|top| Path::new(&top).join(".gitmodules").exists());
        Ok(())
    }

    fn add_head(&self, place: &Place<'_>, facts: &mut RepoFacts) -> Result<(), ProviderError> {
        let branch = self.ask(place, &["symbolic-ref", "-q", "HEAD"], true)?;
        facts.head = match branch.status {
            Some(0) => Head::Branch(text(branch.output)?.trim_end().to_owned()),
            _ => match self.revision(place, "HEAD") {
                Some(Some(id)) => Head::Detached(id),
                _ => Head::Unknown,
            },
        };
        Ok(())
    }

    /// Fetches one missing fact; what git does not know stays unknown.
    fn fill(&self, need: &Need, place: &Place<'_>, facts: &mut RepoFacts) {
        match need {
            Need::Revision(text) => {
                if let Some(answer) = self.revision(place, text) {
                    facts.revisions.insert(text.clone(), answer);
                }
            }
            Need::Object(id) => {
                if let Some(kind) = self.kind(place, id) {
                    facts.objects.insert(id.clone(), kind);
                }
            }
            Need::Ancestry(ancestor, descendant) => {
                if let Some(contains) = self.is_ancestor(place, ancestor, descendant) {
                    let (ancestor, descendant) = (ancestor.clone(), descendant.clone());
                    let answer = AncestryAnswer {
                        ancestor,
                        descendant,
                        contains,
                    };
                    facts.ancestry.answers.push(answer);
                }
            }
            Need::Refs(url) => facts
                .repositories
                .extend(self.repository(place, url, facts)),
            Need::Reflog(_) => {}
        }
    }

    fn revision(&self, place: &Place<'_>, expression: &str) -> Option<Option<String>> {
        let ask = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            expression,
        ];
        let answer = self.ask(place, &ask, true).ok()?;
        match answer.status? {
            0 => Some(Some(text(answer.output).ok()?.trim_end().to_owned())),
            1 => Some(None),
            _ => None,
        }
    }

    fn kind(&self, place: &Place<'_>, id: &str) -> Option<ObjectKind> {
        if !crate::refspec::is_object_id(id) {
            return None;
        }
        let answer = self.ask(place, &["cat-file", "-t", id], true).ok()?;
        match (answer.status?, answer.output.as_slice()) {
            (0, b"commit\n") => Some(ObjectKind::Commit),
            (0, b"tag\n") => {
                let target = self.revision(place, &format!("{id}^{{commit}}"))?;
                Some(ObjectKind::Tag(target))
            }
            (0, b"blob\n" | b"tree\n") => Some(ObjectKind::Other),
            (128, b"") => Some(ObjectKind::Absent),
            _ => None,
        }
    }

    fn is_ancestor(&self, place: &Place<'_>, ancestor: &str, descendant: &str) -> Option<bool> {
        let ids = [ancestor, descendant];
        if !ids.iter().all(|id| crate::refspec::is_object_id(id)) {
            return None;
        }
        let ask = ["merge-base", "--is-ancestor", ancestor, descendant];
        match self.ask(place, &ask, true).ok()?.status? {
            0 => Some(true),
            1 => Some(false),
            _ => None,
        }
    }

    /// The refs of a repository on this machine.
    fn repository(&self, place: &Place<'_>, url: &str, facts: &RepoFacts) -> Option<Repository> {
        let path = absolute(facts.location.base.as_deref(), local_path(url)?)?;
        let folders =
            ["/.git", "", ".git/.git", ".git"].map(|s| PathBuf::from(format!("{path}{s}")));
        let folder = folders.into_iter().find(|f| f.join("HEAD").is_file())?;
        let options = vec![format!("--git-dir={}", folder.to_str()?)];
        let there = Place {
            directory: place.directory,
            options,
            env: Vec::new(),
        };
        let format = format!("--format={REF_FORMAT}");
        let listing = self.must(&there, &["for-each-ref", &format], true).ok()?;
        let mut found = RepoFacts::default();
        let urls = vec![url.to_owned(), path];
        let label = url.to_owned();
        add_refs(&listing, &mut found).then_some(Repository {
            label,
            urls,
            refs: found.refs,
            push_options: None,
        })
    }
}

fn text(bytes: Vec<u8>) -> Result<String, ProviderError> {
    String::from_utf8(bytes).map_err(|_| ProviderError::Output("rev-parse".to_owned()))
}

fn current(place: &Place<'_>) -> Option<String> {
    let mut directory = place.directory.canonicalize().ok()?;
    let mut options = place.options.iter();
    while let Some(option) = options.next() {
        if option == "-C" {
            directory = directory.join(options.next()?).canonicalize().ok()?;
        }
    }
    directory.to_str().map(str::to_owned)
}

/// The options that lead to the repository; configuration is left to the resolver.
fn options(git: &GitCommand) -> Vec<String> {
    let mut options: Vec<String> = git
        .directories
        .iter()
        .flat_map(|d| ["-C".to_owned(), d.clone()])
        .collect();
    options.extend(git.git_dir.iter().map(|d| format!("--git-dir={d}")));
    options.extend(git.work_tree.iter().map(|d| format!("--work-tree={d}")));
    if git.bare {
        options.push("--bare".to_owned());
    }
    options
}

/// The command's own variables that lead to another repository or other configuration.
fn redirections(git: &GitCommand, env: &Env) -> Vec<(String, String)> {
    let kept = env
        .iter()
        .filter(|(name, _)| git.redirecting.iter().any(|r| r == name));
    kept.map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Value, type, the commit behind a tag, its type, target of a symbolic ref, name.
const REF_FORMAT: &str =
    "%(objectname) %(objecttype) %(*objectname) %(*objecttype) %(symref) %(refname)";

/// Adds a listing of refs; false where a line was not understood.
fn add_refs(listing: &[u8], facts: &mut RepoFacts) -> bool {
    let Ok(listing) = core::str::from_utf8(listing) else {
        return false;
    };
    let mut complete = true;
    for line in listing.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let [id, kind, target, target_kind, symbolic, name] = fields.as_slice() else {
            complete = false;
            continue;
        };
        let kind = match *kind {
            "commit" => ObjectKind::Commit,
            "tag" if *target_kind == "commit" => ObjectKind::Tag(Some((*target).to_owned())),
            "tag" => ObjectKind::Tag(None),
            _ => ObjectKind::Other,
        };
        if matches!(kind, ObjectKind::Tag(Some(_))) {
            facts
                .objects
                .insert((*target).to_owned(), ObjectKind::Commit);
        }
        facts.objects.insert((*id).to_owned(), kind);
        facts.refs.insert((*name).to_owned(), (*id).to_owned());
        if !symbolic.is_empty() {
            facts
                .symbolic
                .insert((*name).to_owned(), (*symbolic).to_owned());
        }
    }
    complete
}

/// Names below `.git/remotes` and `.git/branches`, at most a thousand of each.
fn legacy_remotes(common: &Path) -> Vec<String> {
    let folders = ["remotes", "branches"].map(|name| std::fs::read_dir(common.join(name)));
    let entries = folders
        .into_iter()
        .flatten()
        .flat_map(|f| f.take(1000))
        .flatten();
    entries
        .filter_map(|e| e.file_name().into_string().ok())
        .collect()
}

/// The entries of a repository's configuration that make git run other programs, as
/// [`crate::git_config::programs`] finds them, but owned.
#[must_use]
pub fn foreign_programs(facts: &RepoFacts) -> Vec<ConfigEntry> {
    let found = crate::git_config::programs(&facts.config);
    found
        .into_iter()
        .filter(|p| p.is_foreign())
        .map(|p| p.entry.clone())
        .collect()
}
