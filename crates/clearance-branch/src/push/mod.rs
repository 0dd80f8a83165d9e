//! What a `git push` command line changes: [`resolve_push`].
//!
//! It follows git 2.47 from the words of the command line and the facts of the repository:
//! global options, aliases, options, choice of the remote, URL rewriting, refspecs,
//! `push.default`, and the comparison with the refs of the other side. What git would refuse is
//! no effect; what depends on something unknown is a possible effect; what is not
//! understood at all is `unresolved`. Whether an effect is permitted is decided elsewhere.
//!
//! Facts: git(1), git-push(1), git-send-pack(1), git-config(1), gitrevisions(7),
//! gitremote-helpers(7); held against real git in `tests/push_oracle.rs`.

mod flags;
mod globals;
mod matching;
mod plan;
mod revision;
mod settings;
mod status;
mod target;
mod wanted;

pub use globals::{Env, GitCommand};
pub(crate) use globals::{Expanded, expand};
pub(crate) use globals::{canonical_key, is_builtin};
pub use plan::{
    Certainty, Command, EffectKind, Need, ProgramRun, PushPlan, RefEffect, Refusal, ShellAlias,
};
pub(crate) use settings::boolean;

use crate::facts::{ConfigEntry, RepoFacts, Scope};
pub(crate) use target::absolute;
#[cfg(feature = "git-provider")]
pub(crate) use target::local_path;

use flags::Flags;
use settings::Settings;

/// More refspecs times refs than this are not looked at: the push is unresolved.
const WORK_LIMIT: usize = 4_000_000;

/// Says which refs of which repositories a command line would change.
///
/// `argv` is the whole line, its first word git itself; `facts` must describe the repository
/// that the command acts on (see [`RepoFacts::follows_directory`]); `env` holds the
/// variables that the line sets for itself.
///
/// A command that is no push gives [`Command::Other`] and something unresolved, so that
/// nothing can be concluded from its empty list of effects.
///
/// # Examples
///
/// ```
/// use clearance_branch::facts::{Head, RepoFacts};
/// use clearance_branch::push::{Certainty, EffectKind, Env, resolve_push};
///
/// let mut facts = RepoFacts::default();
/// facts.head = Head::Branch("refs/heads/topic".into());
/// facts.refs.insert("refs/heads/topic".into(), "c1".into());
/// (facts.refs_complete, facts.config_complete) = (true, true);
///
/// let plan = resolve_push(&["git", "push", "-f", "https://h.example/x", "HEAD:main"], &facts, &Env::default());
/// let effect = &plan.effects[0];
/// assert_eq!(effect.name, "refs/heads/main");
/// assert_eq!(effect.kind, EffectKind::Force);
/// assert_eq!(effect.certainty, Certainty::Possible); // the other side's refs are unknown
/// ```
#[must_use]
pub fn resolve_push<S: AsRef<[u8]>>(argv: &[S], facts: &RepoFacts, env: &Env) -> PushPlan {
    let mut plan = PushPlan::default();
    match GitCommand::parse(argv, env) {
        Some(git) => resolve_git(git, facts, &mut plan),
        None => plan.unresolved("it is no git command in UTF-8"),
    }
    plan
}

fn resolve_git(mut git: GitCommand, facts: &RepoFacts, plan: &mut PushPlan) {
    note_directory(&git, facts, plan);
    if facts.config_has_command_line {
        git.config.clear();
    }
    match expand(&mut git, facts) {
        Expanded::Builtin => {}
        Expanded::Shell(alias) => {
            plan.unresolved(format!("the alias `{}` runs a shell", alias.name));
            plan.shell = Some(alias);
        }
        Expanded::External if git.word.is_empty() => {}
        Expanded::External if !facts.config_complete => {
            plan.unresolved(format!("`{}` may be an alias", git.word));
        }
        Expanded::External => plan.unresolved(format!("`git {}` is a program", git.word)),
    }
    for reason in &git.unclear {
        plan.unresolved(reason.clone());
    }
    for (by, text) in &git.programs {
        let (by, text) = (by.clone(), text.clone());
        plan.programs.push(ProgramRun {
            by,
            text,
            here: true,
            scope: Scope::Command,
        });
    }
    match git.word.as_str() {
        _ if plan.shell.is_some() => {}
        "push" => resolve_words(&git, facts, plan, false),
        "send-pack" => resolve_words(&git, facts, plan, true),
        word => {
            plan.command = Command::Other(word.to_owned());
            plan.unresolved("it is no push");
        }
    }
}

/// Notes where the command leads to a repository that the facts are not about.
fn note_directory(git: &GitCommand, facts: &RepoFacts, plan: &mut PushPlan) {
    if facts.follows_directory {
        return;
    }
    let options = [
        (!git.directories.is_empty(), "-C"),
        (git.git_dir.is_some(), "--git-dir"),
        (git.work_tree.is_some(), "--work-tree"),
        (git.bare, "--bare"),
    ];
    let names = options
        .iter()
        .filter(|(given, _)| *given)
        .map(|(_, name)| *name);
    for name in names.chain(git.redirecting.iter().map(String::as_str)) {
        plan.unresolved(format!(
            "`{name}` leads to a repository that was not looked at"
        ));
    }
}

fn resolve_words(git: &GitCommand, facts: &RepoFacts, plan: &mut PushPlan, raw: bool) {
    plan.command = if raw {
        Command::SendPack
    } else {
        Command::Push
    };
    if git.paginate {
        let (by, text) = ("--paginate".to_owned(), String::new());
        plan.programs.push(ProgramRun {
            by,
            text,
            here: true,
            scope: Scope::Command,
        });
    }
    let entries: Vec<&ConfigEntry> = facts.config.iter().chain(&git.config).collect();
    let settings = Settings::read(entries.iter().copied());
    let Some(flags) = Flags::read(&git.args, &settings, raw, plan) else {
        return;
    };
    if !facts.config_complete {
        plan.unresolved("the configuration is not known");
    }
    // `send-pack` never looks at most of the configuration.
    let broken = if raw {
        &[][..]
    } else {
        settings.broken.as_slice()
    };
    for reason in broken {
        plan.refuse("", format!("{reason}, so git gives up"));
    }
    let push = Push {
        facts,
        settings: &settings,
        flags: &flags,
        namespace: git.namespace.as_deref(),
    };
    let recurses = flags.recurses_into_submodules() && facts.submodules != Some(false);
    if recurses {
        plan.unresolved("submodules are pushed too");
    }
    if broken.is_empty() && !flags.dry_run {
        push.resolve(plan, raw);
    }
}

/// One push, with everything that it depends on.
#[derive(Clone, Copy)]
struct Push<'a> {
    facts: &'a RepoFacts,
    settings: &'a Settings<'a>,
    flags: &'a Flags,
    namespace: Option<&'a str>,
}

impl Push<'_> {
    fn resolve(&self, plan: &mut PushPlan, raw: bool) {
        let chosen = if raw {
            self.named_url(plan)
        } else {
            self.choose_remote(plan)
        };
        let Some(chosen) = chosen else { return };
        let Some(wanted) = self.wanted(&chosen, plan) else {
            return;
        };
        let refs = self.facts.refs.len().max(1);
        if wanted.specs.len().saturating_mul(refs) > WORK_LIMIT {
            plan.unresolved("too many refspecs and refs to look at");
            return;
        }
        self.note_programs(&chosen, plan);
        matching::resolve_targets(self, &chosen, &wanted, plan);
    }
}
