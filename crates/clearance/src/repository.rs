//! Who knows the repository: [`Repository`]. And what its configuration makes git run.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use clearance_branch::facts::{ConfigEntry, RepoFacts};
use clearance_branch::git_config::{Program, programs};
use clearance_branch::push::{Env, GitCommand};
use clearance_core::{Effect, Finding, Score, Verdict};
use clearance_risk::{Assessment, Found, GitCall};
use clearance_shell::invocation::{Assignment, Cwd, Value, Word};

use crate::Context;

/// Somebody who knows the repository, and is asked only when a command uses git.
///
/// [`RepoFacts`] answers from plain data; with the feature `git`,
/// [`GitProvider`](clearance_branch::git_provider::GitProvider) asks the installed git.
pub trait Repository: fmt::Debug + Send + Sync {
    /// What is known of the repository that this command line acts on, run in this directory
    /// with these variables, and of everything that a push there depends on.
    ///
    /// # Errors
    ///
    /// A sentence where nothing can be said; the answer is then the cautious one.
    fn facts(
        &self,
        argv: &[&[u8]],
        env: &Env,
        cwd: Option<&Path>,
    ) -> Result<Cow<'_, RepoFacts>, String>;

    /// The configuration under which this command line would run.
    ///
    /// # Errors
    ///
    /// As for [`Repository::facts`].
    fn configuration(
        &self,
        argv: &[&[u8]],
        env: &Env,
        cwd: Option<&Path>,
    ) -> Result<Cow<'_, [ConfigEntry]>, String>;

    /// The answers are about the directory that is asked about; otherwise they are about the
    /// one that the request starts in.
    fn follows_directory(&self) -> bool {
        true
    }
}

impl Repository for RepoFacts {
    fn facts(&self, _: &[&[u8]], _: &Env, _: Option<&Path>) -> Result<Cow<'_, RepoFacts>, String> {
        Ok(Cow::Borrowed(self))
    }

    fn configuration(
        &self,
        argv: &[&[u8]],
        env: &Env,
        _: Option<&Path>,
    ) -> Result<Cow<'_, [ConfigEntry]>, String> {
        let git = GitCommand::parse(argv, env).unwrap_or_default();
        let leads_away = !git.directories.is_empty()
            || git.git_dir.is_some()
            || git.work_tree.is_some()
            || !git.redirecting.is_empty();
        if !self.config_complete || (leads_away && !self.follows_directory) {
            return Err("the configuration of the repository is not known".to_owned());
        }
        Ok(Cow::Borrowed(&self.config))
    }

    fn follows_directory(&self) -> bool {
        self.follows_directory
    }
}

#[cfg(feature = "git")]
impl Repository for clearance_branch::git_provider::GitProvider {
    fn facts(
        &self,
        argv: &[&[u8]],
        env: &Env,
        cwd: Option<&Path>,
    ) -> Result<Cow<'_, RepoFacts>, String> {
        let cwd = cwd.ok_or("the working directory is not known")?;
        let facts = self.facts_for(argv, env, cwd).map_err(|e| e.to_string())?;
        Ok(Cow::Owned(facts))
    }

    fn configuration(
        &self,
        argv: &[&[u8]],
        env: &Env,
        cwd: Option<&Path>,
    ) -> Result<Cow<'_, [ConfigEntry]>, String> {
        let cwd = cwd.ok_or("the working directory is not known")?;
        let config = self.config_for(argv, env, cwd).map_err(|e| e.to_string())?;
        Ok(Cow::Owned(config))
    }
}

/// The words, if all are known.
pub(crate) fn known_words(argv: &[Word]) -> Option<Vec<&[u8]>> {
    argv.iter().map(Word::as_static).collect()
}

/// The variables that a call sets, if all are known.
pub(crate) fn variables(env: &[Assignment]) -> Option<Env> {
    let pair = |a: &Assignment| match &a.value.value {
        Value::Static(value) => Some((
            String::from_utf8(a.name.to_vec()).ok()?,
            String::from_utf8(value.to_vec()).ok()?,
        )),
        _ => None,
    };
    let pairs = env.iter().map(pair).collect::<Option<Vec<_>>>();
    pairs.map(|pairs| pairs.into_iter().collect())
}

pub(crate) fn directory(cwd: &Cwd) -> Option<PathBuf> {
    match cwd {
        Cwd::Known(path) => std::str::from_utf8(path).ok().map(Into::into),
        _ => None,
    }
}

/// A command runs in another directory than the one that the answers are about.
pub(crate) fn is_elsewhere(repository: &dyn Repository, context: &Context, cwd: &Cwd) -> bool {
    if repository.follows_directory() {
        return false;
    }
    let (start, root) = (&context.risk.cwd, &context.risk.root);
    match (start.as_ref().or(root.as_ref()), cwd) {
        // Relative to a start that is not known.
        (None, Cwd::Known(dir)) => tidy(dir) != b".",
        (None, _) => true,
        (Some(start), Cwd::Known(dir)) => {
            let same = |other: &[u8]| tidy(other) == tidy(dir);
            !same(start) && !root.as_ref().is_some_and(|root| same(root))
        }
        (Some(_), _) => true,
    }
}

/// A path without slashes at its end.
fn tidy(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|b| *b != b'/').map_or(0, |at| at + 1);
    path.get(..end).unwrap_or(path)
}

/// Asks about git commands under a configuration that makes them run something which the
/// user has not set up.
pub(crate) fn judge_configuration(context: &Context, assessment: &mut Assessment) {
    let mut asked: Vec<(String, Result<Vec<ConfigEntry>, String>)> = Vec::new();
    let calls = std::mem::take(&mut assessment.git);
    for call in &calls {
        let found = judge_call(context, call, &mut asked);
        assessment.findings.extend(found);
    }
    assessment.git = calls;
}

fn judge_call(
    context: &Context,
    call: &GitCall,
    asked: &mut Vec<(String, Result<Vec<ConfigEntry>, String>)>,
) -> Option<Found> {
    let repository = context.repository.as_deref()?;
    // Words after the subcommand do not matter, known or not.
    let argv: Vec<&[u8]> = call
        .argv
        .iter()
        .map(|word| word.as_static().unwrap_or(b"?"))
        .collect();
    let env = variables(&call.env).unwrap_or_default();
    let git = GitCommand::parse(&argv, &env)?;
    // A push is looked at with everything else that it depends on.
    if matches!(
        git.word.as_str(),
        "" | "help" | "version" | "push" | "send-pack"
    ) {
        return None;
    }
    let place = format!(
        "{:?} {:?} {:?} {:?}",
        call.cwd, git.directories, git.git_dir, env
    );
    let known = asked.iter().position(|(other, _)| *other == place);
    let at = known.unwrap_or_else(|| {
        let config = if is_elsewhere(repository, context, &call.cwd) {
            Err("the configuration in that folder is not known".to_owned())
        } else {
            let cwd = directory(&call.cwd);
            let config = repository.configuration(&argv, &env, cwd.as_deref());
            config.map(Cow::into_owned)
        };
        asked.push((place, config));
        asked.len() - 1
    });
    match &asked.get(at)?.1 {
        Err(why) => Some(finding(call, "git.config.unknown", why.clone())),
        Ok(config) => {
            let found = programs(config);
            let program = found.iter().find(|p| {
                p.is_foreign() && p.runs_for(&git.word) && !is_the_projects(p, context)
            })?;
            Some(finding(
                call,
                "git.config.program",
                sentence(program, &git.word),
            ))
        }
    }
}

/// Hooks inside the project are its own code, wherever they lie in it.
fn is_the_projects(program: &Program<'_>, context: &Context) -> bool {
    let value = program.entry.value.as_deref().unwrap_or_default();
    let inside = match value.strip_prefix('/') {
        None => !value.starts_with('~'),
        Some(_) => context.risk.root.as_ref().is_some_and(|root| {
            let rest = value.as_bytes().strip_prefix(tidy(root));
            rest.is_some_and(|rest| rest.starts_with(b"/"))
        }),
    };
    program.entry.key == "core.hookspath" && inside && !value.split('/').any(|part| part == "..")
}

fn sentence(program: &Program<'_>, word: &str) -> String {
    let entry = program.entry;
    let place = entry.origin.as_deref().unwrap_or(entry.scope.as_str());
    format!(
        "`git {word}` may run `{}`: `{}` says so ({place})",
        entry.value.as_deref().unwrap_or_default(),
        entry.key
    )
}

fn finding(call: &GitCall, rule: &'static str, message: String) -> Found {
    Found {
        finding: Finding {
            rule: rule.into(),
            effect: Effect::RunOther,
            verdict: Verdict::Ask,
            score: Score::new(45),
            span: call.span,
            message: message.into(),
            remedy: None,
        },
        floor: false,
        path: None,
    }
}
