//! What is known of a repository: [`RepoFacts`], plain data.
//!
//! Nothing here reads a disk. A provider (feature `git-provider`) or any other program
//! fills it; [`crate::push::resolve_push`] reads it. Whatever is missing makes an answer more
//! cautious, never more lenient: [`RepoFacts::default`] knows nothing at all.

use std::collections::{BTreeMap, VecDeque};

/// The id of an object: hexadecimal digits as git prints them. Only compared for equality,
/// so any other stable name of an object does as well.
pub type ObjectId = String;

/// Where `HEAD` points.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Head {
    /// Not known.
    #[default]
    Unknown,
    /// At a branch, by its full ref name; the branch may be unborn.
    Branch(String),
    /// At an object.
    Detached(ObjectId),
}

/// The level a configuration entry comes from; git-config(1), `--show-scope`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Scope {
    /// The machine's file.
    System,
    /// The user's files.
    Global,
    /// The repository's file.
    Local,
    /// The work tree's own file.
    Worktree,
    /// The command line or the environment.
    Command,
    /// Anything else.
    #[default]
    Unknown,
}

impl Scope {
    /// The word that git prints.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Global => "global",
            Self::Local => "local",
            Self::Worktree => "worktree",
            Self::Command => "command",
            Self::Unknown => "unknown",
        }
    }

    /// The scope of that word; [`Scope::Unknown`] for any other.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "system" => Self::System,
            "global" => Self::Global,
            "local" => Self::Local,
            "worktree" => Self::Worktree,
            "command" => Self::Command,
            _ => Self::Unknown,
        }
    }
}

/// One configuration entry, in the order in which git applies them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ConfigEntry {
    /// Where it comes from.
    pub scope: Scope,
    /// The file or command line, as `--show-origin` prints it.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub origin: Option<String>,
    /// Section and variable in lower case, subsection as written: `branch.Topic.pushremote`.
    pub key: String,
    /// The value; `None` for a key without `=`, which means true.
    pub value: Option<String>,
}

impl ConfigEntry {
    /// An entry without a known origin.
    #[must_use]
    pub fn new(scope: Scope, key: &str, value: Option<&str>) -> Self {
        Self {
            scope,
            origin: None,
            key: key.to_owned(),
            value: value.map(str::to_owned),
        }
    }

    /// Section, subsection and variable of the key.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_branch::facts::{ConfigEntry, Scope};
    ///
    /// let entry = ConfigEntry::new(Scope::Local, "branch.release/1.0.merge", None);
    /// assert_eq!(entry.parts(), ("branch", Some("release/1.0"), "merge"));
    /// ```
    #[must_use]
    pub fn parts(&self) -> (&str, Option<&str>, &str) {
        let Some((section, rest)) = self.key.split_once('.') else {
            return (&self.key, None, "");
        };
        match rest.rsplit_once('.') {
            Some((subsection, variable)) => (section, Some(subsection), variable),
            None => (section, None, rest),
        }
    }
}

/// What kind of object an id stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ObjectKind {
    /// A commit.
    Commit,
    /// An annotated tag, and the commit it leads to, if it leads to one that is known.
    Tag(Option<ObjectId>),
    /// A blob or a tree.
    Other,
    /// The repository does not have it.
    Absent,
}

/// Which commits contain which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Ancestry {
    /// Parents by commit. A commit that is listed is listed with all its parents.
    pub parents: BTreeMap<ObjectId, Vec<ObjectId>>,
    /// Single answers: does `descendant` contain `ancestor`?
    pub answers: Vec<AncestryAnswer>,
}

/// One answer of `git merge-base --is-ancestor`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AncestryAnswer {
    /// The older commit.
    pub ancestor: ObjectId,
    /// The newer commit.
    pub descendant: ObjectId,
    /// Whether the newer contains the older.
    pub contains: bool,
}

impl Ancestry {
    /// Whether `descendant` contains `ancestor`; `None` where that is not known.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_branch::facts::Ancestry;
    ///
    /// let mut history = Ancestry::default();
    /// history.parents.insert("b".into(), vec!["a".into()]);
    /// assert_eq!(history.contains("b", "a"), Some(true));
    /// assert_eq!(history.contains("b", "x"), None); // nothing is known of `a`'s parents
    /// history.parents.insert("a".into(), vec![]);
    /// assert_eq!(history.contains("b", "x"), Some(false));
    /// ```
    #[must_use]
    pub fn contains(&self, descendant: &str, ancestor: &str) -> Option<bool> {
        if descendant == ancestor {
            return Some(true);
        }
        let told = |a: &&AncestryAnswer| a.ancestor == ancestor && a.descendant == descendant;
        if let Some(answer) = self.answers.iter().find(told) {
            return Some(answer.contains);
        }
        self.search(descendant, ancestor)
    }

    fn search(&self, descendant: &str, ancestor: &str) -> Option<bool> {
        let mut seen = std::collections::BTreeSet::from([descendant]);
        let mut todo = VecDeque::from([descendant]);
        let mut complete = true;
        while let Some(commit) = todo.pop_front() {
            let Some(parents) = self.parents.get(commit) else {
                complete = false;
                continue;
            };
            for parent in parents {
                if parent == ancestor {
                    return Some(true);
                }
                if seen.insert(parent) {
                    todo.push_back(parent);
                }
            }
        }
        complete.then_some(false)
    }
}

/// The refs of another repository that a push may reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Repository {
    /// What to call it in answers; the URL where empty.
    pub label: String,
    /// URLs or absolute paths under which it is reached, after all rewriting.
    pub urls: Vec<String>,
    /// Every ref by its full name.
    pub refs: BTreeMap<String, ObjectId>,
    /// Whether it takes push options; `None` where unknown.
    pub push_options: Option<bool>,
}

/// Where a repository lies on the disk; all paths absolute, without `.` and `..`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Location {
    /// The directory from which relative URLs are taken: the top of the work tree, or the
    /// current directory where that lies outside of it.
    pub base: Option<String>,
    /// The repository's own folders: work trees and `.git`.
    pub own: Vec<String>,
    /// No repository lies at a local path that is in neither this value nor
    /// [`RepoFacts::repositories`].
    pub nothing_else: bool,
}

/// What is known of a repository. The default knows nothing.
///
/// # Examples
///
/// ```
/// use clearance_branch::facts::{ConfigEntry, Head, RepoFacts, Scope};
///
/// let mut facts = RepoFacts::default();
/// facts.head = Head::Branch("refs/heads/topic".into());
/// facts.config.push(ConfigEntry::new(Scope::Global, "push.default", Some("current")));
/// facts.config_complete = true;
/// assert_eq!(facts.value("push.default"), Some(Some("current")));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct RepoFacts {
    /// Where `HEAD` points, in the work tree that the command runs in.
    pub head: Head,
    /// Every local ref by its full name (`refs/...`).
    pub refs: BTreeMap<String, ObjectId>,
    /// `refs` is all of them.
    pub refs_complete: bool,
    /// No name outside `refs` and [`RepoFacts::revisions`] stands for an object (files such
    /// as `ORIG_HEAD` do).
    pub no_other_names: bool,
    /// Symbolic refs other than `HEAD`, by name, with the ref they point to.
    pub symbolic: BTreeMap<String, String>,
    /// The configuration as git lists it, includes followed.
    pub config: Vec<ConfigEntry>,
    /// `config` is all of it.
    pub config_complete: bool,
    /// `config` already holds what the command line (`-c`, `--config-env`) and the
    /// environment (`GIT_CONFIG_COUNT`) of the very command set.
    pub config_has_command_line: bool,
    /// The facts were gathered where the command's own `-C`, `--git-dir`, `--work-tree` and
    /// environment lead; otherwise those options make an answer uncertain.
    pub follows_directory: bool,
    /// What kind of object an id is.
    pub objects: BTreeMap<ObjectId, ObjectKind>,
    /// Which commits contain which.
    pub ancestry: Ancestry,
    /// What `git rev-parse` says of an expression; `None` where it fails.
    pub revisions: BTreeMap<String, Option<ObjectId>>,
    /// The values in the reflog of a ref, oldest first; `None` where unknown.
    pub reflogs: Option<BTreeMap<String, Vec<ObjectId>>>,
    /// Other repositories whose refs are known.
    pub repositories: Vec<Repository>,
    /// Where the repository lies.
    pub location: Location,
    /// Remotes that are defined by the old files below `.git/remotes` and `.git/branches`.
    pub legacy_remotes: Vec<String>,
    /// Whether it has submodules; `None` where unknown.
    pub submodules: Option<bool>,
}

impl RepoFacts {
    /// The last value of a key; `Some(None)` for a key without a value.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<Option<&str>> {
        self.config
            .iter()
            .rev()
            .find(|e| e.key == key)
            .map(|e| e.value.as_deref())
    }

    /// The kind of an object, if known.
    #[must_use]
    pub fn kind(&self, id: &str) -> Option<&ObjectKind> {
        self.objects.get(id)
    }

    /// The commit that an object is or leads to: `Some(None)` where there is none here.
    pub(crate) fn commit_of<'a>(&'a self, id: &'a str) -> Option<Option<&'a str>> {
        match self.objects.get(id)? {
            ObjectKind::Commit => Some(Some(id)),
            ObjectKind::Tag(target) => Some(target.as_deref()),
            ObjectKind::Other | ObjectKind::Absent => Some(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_split_at_the_first_and_last_dot() {
        let parts = |key| {
            let entry = ConfigEntry::new(Scope::Local, key, None);
            let (a, b, c) = entry.parts();
            (a.to_owned(), b.map(str::to_owned), c.to_owned())
        };
        assert_eq!(
            parts("push.default"),
            ("push".into(), None, "default".into())
        );
        assert_eq!(
            parts("url.https://a.b/.insteadof"),
            (
                "url".into(),
                Some("https://a.b/".into()),
                "insteadof".into()
            )
        );
        assert_eq!(parts("odd"), ("odd".into(), None, String::new()));
    }

    #[test]
    fn a_gap_in_the_history_is_no_answer() {
        let mut history = Ancestry::default();
        history
            .parents
            .insert("c".into(), vec!["b".into(), "gone".into()]);
        history.parents.insert("b".into(), vec![]);
        assert_eq!(history.contains("c", "b"), Some(true));
        assert_eq!(history.contains("c", "a"), None);
        history.answers.push(AncestryAnswer {
            ancestor: "a".into(),
            descendant: "c".into(),
            contains: false,
        });
        assert_eq!(history.contains("c", "a"), Some(false));
    }

    #[test]
    fn scopes_print_and_parse_back() {
        for scope in [
            Scope::System,
            Scope::Global,
            Scope::Local,
            Scope::Worktree,
            Scope::Command,
        ] {
            assert_eq!(Scope::parse(scope.as_str()), scope);
        }
        assert_eq!(Scope::parse("submodule"), Scope::Unknown);
    }
}
