//! What a push would do, as data: [`PushPlan`].

use std::fmt;

use crate::facts::Scope;

/// How a ref of a repository changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum EffectKind {
    /// It comes into being.
    Create,
    /// It moves forward: the new value contains the old one.
    Update,
    /// It moves to something that does not contain its old value, or git needs force for
    /// another reason: an existing tag, something that is no commit, an old value that is
    /// not known here, a lease that `--force` overrides.
    Force,
    /// It goes away.
    Delete,
}

impl EffectKind {
    /// `create`, `update`, `force` or `delete`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Force => "force",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for EffectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How sure an effect is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Certainty {
    /// git would ask the other side for exactly this. The other side may refuse.
    Sure,
    /// It may happen, depending on something that is not known; the kind is the gravest that
    /// the command line permits (a forced push says `force`, an unforced one `update`).
    Possible,
}

/// One ref that a push changes, or may change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RefEffect {
    /// The remote as git names it: `origin`, or the URL.
    pub remote: String,
    /// The URL that is pushed to, after all rewriting.
    pub url: String,
    /// The label of the repository among the facts, where it was found there; `.` for the
    /// repository itself.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub repository: Option<String>,
    /// The full name of the ref, or a pattern with one `*` (see [`RefEffect::pattern`]).
    #[cfg_attr(feature = "serde", serde(rename = "ref"))]
    pub name: String,
    /// `name` is a pattern: any ref that it matches may change. `*` crosses slashes.
    #[cfg_attr(feature = "serde", serde(default))]
    pub pattern: bool,
    /// What happens.
    pub kind: EffectKind,
    /// What is pushed there, as git prints it; empty for a deletion.
    pub src: String,
    /// How sure it is.
    pub certainty: Certainty,
    /// One sentence: what caused it, with the configuration key and where that is set.
    pub why: String,
}

/// A shell alias: git would hand this to `sh -c`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ShellAlias {
    /// The alias.
    pub name: String,
    /// Its text, without the `!`.
    pub text: String,
    /// The arguments that follow it.
    pub args: Vec<String>,
}

impl ShellAlias {
    /// The whole as one shell script, arguments quoted, as it would run at the top of the
    /// work tree.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_branch::push::ShellAlias;
    ///
    /// let alias = ShellAlias {
    ///     name: "p".into(),
    ///     text: "git push \"$@\"".into(),
    ///     args: vec!["o'x".into()],
    /// };
    /// // git appends `"$@"` itself, whatever the text says.
    /// assert_eq!(alias.script(), "set -- 'o'\\''x'\ngit push \"$@\" \"$@\"");
    /// ```
    #[must_use]
    pub fn script(&self) -> String {
        if self.args.is_empty() {
            return self.text.clone();
        }
        let quote = |arg: &String| format!(" '{}'", arg.replace('\'', "'\\''"));
        let words: String = self.args.iter().map(quote).collect();
        format!("set --{words}\n{} \"$@\"", self.text)
    }
}

impl ShellAlias {
    /// The words that would run, where the text is nothing but plain words: no quotes,
    /// variables, patterns, operators or assignments, and git as the first word.
    pub(crate) fn plain_words(&self) -> Option<Vec<String>> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_./:=@+,%- \t".contains(c);
        let words: Vec<String> = self
            .text
            .split_ascii_whitespace()
            .map(str::to_owned)
            .collect();
        let is_git = words.first().is_some_and(|w| w == "git");
        (is_git && self.text.chars().all(plain))
            .then(|| words.into_iter().chain(self.args.iter().cloned()).collect())
    }
}

/// A program that the push would run besides git itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ProgramRun {
    /// The option, configuration key or variable that names it.
    pub by: String,
    /// What it names; shell text for most of them.
    pub text: String,
    /// It runs on this machine; otherwise on the server.
    pub here: bool,
    /// Where it is set: [`Scope::Command`] for options and variables of the command line.
    /// What a user's own configuration names is usually trusted, the rest is not.
    pub scope: Scope,
}

/// Something that git would refuse, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Refusal {
    /// The ref or URL, or empty for the whole command.
    pub about: String,
    /// One sentence.
    pub why: String,
}

/// A fact that would make an answer surer. A provider may fetch it and ask again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Need {
    /// What `git rev-parse` says of this.
    Revision(String),
    /// What kind of object this is, and the commit it leads to.
    Object(String),
    /// Whether the second contains the first.
    Ancestry(String, String),
    /// The refs behind this URL.
    Refs(String),
    /// The reflog of this ref.
    Reflog(String),
}

/// What the command line is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Command {
    /// `git push`.
    Push,
    /// `git send-pack`.
    SendPack,
    /// Another subcommand of git, aliases followed.
    Other(String),
    /// It is no git command, or it was not understood so far.
    #[default]
    Unknown,
}

/// Everything that a `git push` command line would do.
///
/// Harmless only where `unresolved`, `shell` and `programs` are empty and every effect,
/// possible ones included, is permitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PushPlan {
    /// What it is.
    pub command: Command,
    /// The refs that change or may change, in no particular order, without doubles.
    pub effects: Vec<RefEffect>,
    /// What was not understood: not empty means that anything may happen.
    pub unresolved: Vec<String>,
    /// A `!` alias, to be judged as shell text. Nothing else is known then.
    pub shell: Option<ShellAlias>,
    /// Other programs that it runs.
    pub programs: Vec<ProgramRun>,
    /// What git itself would refuse.
    pub refused: Vec<Refusal>,
    /// Facts that would make the answer surer.
    pub needs: Vec<Need>,
    /// It only pretends (`--dry-run`): no effect.
    pub dry_run: bool,
    /// It skips the `pre-push` hook (`--no-verify`).
    pub skips_hook: bool,
    /// It makes the pushed branches' destinations their upstream (`-u`): local configuration.
    pub sets_upstream: bool,
}

impl PushPlan {
    /// Whether every effect is known and sure.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.unresolved.is_empty()
            && self.shell.is_none()
            && self.effects.iter().all(|e| e.certainty == Certainty::Sure)
    }

    pub(crate) fn unresolved(&mut self, reason: impl Into<String>) {
        let reason = reason.into();
        if !self.unresolved.contains(&reason) {
            self.unresolved.push(reason);
        }
    }

    pub(crate) fn refuse(&mut self, about: &str, why: impl Into<String>) {
        self.refused.push(Refusal {
            about: about.to_owned(),
            why: why.into(),
        });
    }

    pub(crate) fn need(&mut self, need: Need) {
        if !self.needs.contains(&need) {
            self.needs.push(need);
        }
    }
}
