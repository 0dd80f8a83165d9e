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

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::facts::{
    AncestryAnswer, ConfigEntry, Head, Location, ObjectKind, RepoFacts, Repository,
};
use crate::git_config::read_listing;
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

/// Variables of git that are kept: they say which repository a command is about, also inside
/// a server's hook (the quarantine of objects not yet accepted).
const KEPT: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CEILING_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_SYSTEM",
    "GIT_DIR",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_QUARANTINE_PATH",
    "GIT_WORK_TREE",
];

/// What makes git harmless: no prompt, lock, pager, editor, network or trace.
const SET: &[(&str, &str)] = &[
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_PAGER", "cat"),
    ("GIT_EDITOR", "false"),
    ("GIT_ASKPASS", "false"),
    ("SSH_ASKPASS", "false"),
    ("GIT_SSH_COMMAND", "false"),
    ("GIT_ADVICE", "0"),
    ("LC_ALL", "C"),
];

/// The same by configuration, for commands other than `config`, whose listing it would spoil.
const OPTIONS: &[&str] = &[
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.pager=cat",
    "-c",
    "protocol.allow=never",
    "-c",
    "log.showSignature=false",
];

/// One answer of git.
struct Answer {
    status: Option<i32>,
    output: Vec<u8>,
}

/// Where the commands run.
struct Place<'p> {
    directory: &'p Path,
    /// Options before the subcommand, and variables.
    options: Vec<String>,
    env: Vec<(String, String)>,
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

    /// Asks and wants success.
    fn must(
        &self,
        place: &Place<'_>,
        args: &[&str],
        quiet: bool,
    ) -> Result<Vec<u8>, ProviderError> {
        let answer = self.ask(place, args, quiet)?;
        let name = args.first().copied().unwrap_or_default().to_owned();
        if answer.status == Some(0) {
            Ok(answer.output)
        } else {
            Err(ProviderError::Failed(name))
        }
    }

    fn ask(&self, place: &Place<'_>, args: &[&str], quiet: bool) -> Result<Answer, ProviderError> {
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(is_dropped) {
                command.env_remove(&name);
            }
        }
        command.envs(place.env.iter().map(|(n, v)| (n, v)));
        command.envs(SET.iter().copied());
        command
            .current_dir(place.directory)
            .args(["--no-pager", "--no-optional-locks"]);
        command.args(&place.options);
        if quiet {
            command.args(OPTIONS);
        }
        command
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let child = command.spawn().map_err(ProviderError::Start)?;
        self.read(child)
    }

    /// Reads the output within the limits; a process that exceeds them is ended.
    fn read(&self, mut child: Child) -> Result<Answer, ProviderError> {
        let end = Instant::now() + self.time;
        let limit = u64::try_from(self.size)
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        let (sender, receiver) = mpsc::channel();
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || {
                let mut bytes = Vec::new();
                let read = output.take(limit).read_to_end(&mut bytes);
                // Nobody listens any more where the time is over.
                let _ = sender.send(read.map(|_| bytes));
            });
        }
        let output = receiver.recv_timeout(self.time);
        let Ok(Ok(output)) = output else {
            stop(&mut child);
            return Err(ProviderError::Time(self.time));
        };
        if output.len() > self.size {
            stop(&mut child);
            return Err(ProviderError::Size(self.size));
        }
        loop {
            match child.try_wait() {
                Ok(Some(status)) => {
                    return Ok(Answer {
                        status: status.code(),
                        output,
                    });
                }
                Ok(None) if Instant::now() < end => std::thread::sleep(Duration::from_micros(200)),
                _ => {
                    stop(&mut child);
                    return Err(ProviderError::Time(self.time));
                }
            }
        }
    }
}

/// Whether a variable of git's is kept from it.
fn is_dropped(name: &str) -> bool {
    let counted = ["GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"];
    name.starts_with("GIT_")
        && !KEPT.contains(&name)
        && !counted.iter().any(|prefix| name.starts_with(prefix))
}

fn stop(child: &mut Child) {
    // It may have ended by itself; there is nothing to do about either failure.
    let _ = child.kill();
    let _ = child.wait();
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
