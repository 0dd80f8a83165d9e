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

mod builtins;
mod flags;
mod globals;
mod matching;
mod plan;
mod report;
mod revision;
mod settings;
mod status;
mod tags;
mod target;
mod urls;
mod wanted;

pub(crate) use builtins::is_builtin;
pub(crate) use globals::canonical_key;
pub use globals::{Env, GitCommand};
pub(crate) use globals::{Expanded, expand};
pub use plan::{
    Certainty, Command, EffectKind, Need, ProgramRun, PushPlan, RefEffect, Refusal, ShellAlias,
};
pub(crate) use settings::boolean;

use crate::facts::{ConfigEntry, RepoFacts, Scope};
#[cfg(any(feature = "git-provider", feature = "serde"))]
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
        urls::resolve_targets(self, &chosen, &wanted, plan);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::facts::Head;

    fn facts() -> RepoFacts {
        let head = Head::Branch("refs/heads/topic".into());
        let mut facts = RepoFacts {
            head,
            ..RepoFacts::default()
        };
        for (name, id) in [("refs/heads/topic", "c1"), ("refs/heads/main", "c2")] {
            facts.refs.insert(name.into(), id.into());
        }
        (facts.refs_complete, facts.config_complete) = (true, true);
        for (key, value) in [
            ("remote.o.url", "https://h.example/o.git"),
            ("branch.topic.remote", "o"),
            ("branch.topic.merge", "refs/heads/main"),
            ("push.default", "upstream"),
            ("alias.up", "push -f"),
            ("alias.lit", "!git push --force o"),
            ("alias.sh", "!git push \"$@\""),
        ] {
            facts
                .config
                .push(ConfigEntry::new(Scope::Global, key, Some(value)));
        }
        facts
    }

    fn plan(line: &str, facts: &RepoFacts) -> PushPlan {
        let words: Vec<&str> = line.split(' ').collect();
        resolve_push(&words, facts, &Env::default())
    }

    fn names(plan: &PushPlan) -> Vec<(&str, EffectKind)> {
        plan.effects
            .iter()
            .map(|e| (e.name.as_str(), e.kind))
            .collect()
    }

    #[test]
    fn without_the_other_side_everything_is_possible() {
        use EffectKind::{Delete, Force, Update};
        let facts = facts();
        for (line, expected) in [
            ("git push", &[("refs/heads/main", Update)][..]),
            ("git push -f", &[("refs/heads/main", Force)]),
            ("git up", &[("refs/heads/main", Force)]),
            ("git push --force-with-lease", &[("refs/heads/main", Force)]),
            ("git push o topic", &[("refs/heads/main", Update)]),
            (
                "git push o topic:x",
                &[("refs/heads/x", Update), ("refs/tags/x", Update)],
            ),
            (
                "git push -d o x",
                &[("refs/heads/x", Delete), ("refs/tags/x", Delete)],
            ),
            (
                "git push --prune o refs/heads/topic*",
                &[("refs/heads/topic", Update), ("refs/heads/topic*", Delete)],
            ),
            (
                "git push o nosuch:refs/heads/x",
                &[("refs/heads/x", Update)],
            ),
            ("git push -n", &[]),
        ] {
            let plan = plan(line, &facts);
            assert_eq!(names(&plan), expected, "{line}");
            assert!(
                plan.effects
                    .iter()
                    .all(|e| e.certainty == Certainty::Possible),
                "{line}"
            );
            assert_eq!(plan.unresolved, Vec::<String>::new(), "{line}");
        }
        let mirror = plan("git push --mirror o", &facts);
        assert!(
            mirror
                .effects
                .iter()
                .any(|e| e.pattern && e.name == "refs/*" && e.kind == Delete)
        );
    }

    #[test]
    fn without_any_facts_nothing_is_silent() {
        let nothing = RepoFacts::default();
        for line in [
            "git push",
            "git push o",
            "git push o main",
            "git push o HEAD",
            "git push -f o a:b",
            "git push --all o",
            "git push --mirror o",
            "git push --tags o",
            "git push o :x",
            "git push o refs/heads/*",
            "git p",
            "git send-pack x y",
        ] {
            let plan = plan(line, &nothing);
            assert!(!plan.unresolved.is_empty(), "{line}");
            let unknown = line == "git p";
            assert!(unknown || !plan.effects.is_empty(), "{line}: {plan:?}");
        }
    }

    #[test]
    fn programs_shells_and_other_places_are_told() {
        let facts = facts();
        let literal = plan("git lit topic", &facts);
        assert_eq!(names(&literal), [("refs/heads/main", EffectKind::Force)]);
        assert!(literal.shell.is_none() && literal.unresolved.is_empty());
        let shell = plan("git sh a b", &facts).shell.unwrap();
        assert_eq!(
            (shell.text.as_str(), shell.args.len()),
            ("git push \"$@\"", 2)
        );
        for line in [
            "git push --receive-pack=/tmp/x o",
            "git push --exec /tmp/x o",
            "git push ext::sh main",
            "git push foo://x main",
            "git -c core.sshCommand=x push o",
            "git -c core.hooksPath=/tmp push o",
            "git --exec-path=/tmp push o",
        ] {
            assert!(!plan(line, &facts).programs.is_empty(), "{line}");
        }
        for line in [
            "git -C x push",
            "git --git-dir=x push",
            "git -c include.path=x push",
            "git status",
            "git push --recurse-submodules=on-demand",
            "git push --bogus",
            "git --odd push",
            "ls",
        ] {
            assert!(!plan(line, &facts).unresolved.is_empty(), "{line}");
        }
        let env: Env = [("GIT_DIR", "x")].into_iter().collect();
        assert!(
            !resolve_push(&["git", "push"], &facts, &env)
                .unresolved
                .is_empty()
        );
    }

    #[test]
    fn sentences_name_the_cause() {
        let plan = plan("git push", &facts());
        let why = &plan.effects[0].why;
        for part in [
            "`refs/heads/main`",
            "`o`",
            "push.default = upstream",
            "branch.topic.merge",
        ] {
            assert!(why.contains(part), "{why}");
        }
    }

    proptest! {
        #[test]
        fn no_words_break_it(words: Vec<Vec<u8>>) {
            let mut line = vec![b"git".to_vec(), b"push".to_vec()];
            line.extend(words);
            let _ = resolve_push(&line, &facts(), &Env::default());
        }

        #[test]
        fn more_force_never_means_fewer_effects(
            specs in proptest::collection::vec("[+^]?(main|topic|HEAD|x|refs/heads/\\*)?(:(main|y|refs/tags/z))?", 0..4)
        ) {
            let facts = facts();
            let line = |flag: &'static str| {
                let words = ["git", "push", flag, "o"].into_iter().map(str::to_owned);
                words.chain(specs.iter().cloned()).collect::<Vec<_>>()
            };
            let plain = resolve_push(&line("-v"), &facts, &Env::default());
            let forced = resolve_push(&line("-f"), &facts, &Env::default());
            prop_assert!(forced.effects.len() >= plain.effects.len());
        }
    }
}
