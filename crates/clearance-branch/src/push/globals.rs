//! The part of a git command line before the subcommand: global options, configuration set
//! for one command, environment, aliases (git(1)).

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::builtins::is_builtin;
use super::plan::ShellAlias;
use crate::facts::{ConfigEntry, RepoFacts, Scope};

/// Environment variables that a command line sets for itself (`GIT_DIR=x git push`).
///
/// # Examples
///
/// ```
/// use clearance_branch::push::Env;
///
/// let env: Env = [("GIT_DIR", "/srv/x.git")].into_iter().collect();
/// assert_eq!(env.get("GIT_DIR"), Some("/srv/x.git"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Env(Vec<(String, String)>);

impl Env {
    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// All variables with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(n, v)| (n.into(), v.into()))
                .collect(),
        )
    }
}

/// A git command line up to and with its subcommand.
///
/// # Examples
///
/// ```
/// use clearance_branch::push::{Env, GitCommand};
///
/// let line = ["git", "-C", "sub", "-c", "push.default=current", "push", "-f"];
/// let git = GitCommand::parse(&line, &Env::default()).unwrap();
/// assert_eq!(git.directories, ["sub"]);
/// assert_eq!((git.word.as_str(), git.args.as_slice()), ("push", &["-f".to_owned()][..]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GitCommand {
    /// Values of `-C`, in order; each is relative to the one before.
    pub directories: Vec<String>,
    /// `--git-dir`.
    pub git_dir: Option<String>,
    /// `--work-tree`.
    pub work_tree: Option<String>,
    /// `--namespace`, or `GIT_NAMESPACE`.
    pub namespace: Option<String>,
    /// Configuration set by `-c`, `--config-env` and `GIT_CONFIG_COUNT`.
    pub config: Vec<ConfigEntry>,
    /// `--bare`.
    pub bare: bool,
    /// `--paginate`: output goes through a pager.
    pub paginate: bool,
    /// What could not be understood.
    pub unclear: Vec<String>,
    /// Variables that name a program which git runs, with their values.
    pub programs: Vec<(String, String)>,
    /// Variables that lead to another repository or other configuration.
    pub redirecting: Vec<String>,
    /// The subcommand, or empty where git only prints something.
    pub word: String,
    /// The words after it.
    pub args: Vec<String>,
}

/// Variables of git that change neither what is pushed nor what is run.
const HARMLESS: &[&str] = &[
    "GIT_ADVICE",
    "GIT_ALLOW_PROTOCOL",
    "GIT_AUTHOR_DATE",
    "GIT_AUTHOR_EMAIL",
    "GIT_AUTHOR_NAME",
    "GIT_CEILING_DIRECTORIES",
    "GIT_COMMITTER_DATE",
    "GIT_COMMITTER_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_CURL_VERBOSE",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_FLUSH",
    "GIT_HTTP_LOW_SPEED_LIMIT",
    "GIT_HTTP_LOW_SPEED_TIME",
    "GIT_HTTP_USER_AGENT",
    "GIT_LFS_SKIP_SMUDGE",
    "GIT_LITERAL_PATHSPECS",
    "GIT_MERGE_AUTOEDIT",
    "GIT_MERGE_VERBOSITY",
    "GIT_OPTIONAL_LOCKS",
    "GIT_PRINT_SHA1_ELLIPSIS",
    "GIT_PROTOCOL",
    "GIT_REFLOG_ACTION",
    "GIT_TERMINAL_PROMPT",
    "GIT_TEST_DEBUG",
];

/// Variables that name a program.
const PROGRAMS: &[&str] = &[
    "GIT_ASKPASS",
    "GIT_EDITOR",
    "GIT_EXEC_PATH",
    "GIT_EXTERNAL_DIFF",
    "GIT_PAGER",
    "GIT_PROXY_COMMAND",
    "GIT_SEQUENCE_EDITOR",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_TEMPLATE_DIR",
];

/// Variables that lead to another repository, other configuration or other objects.
const REDIRECTING: &[&str] = &[
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_SYSTEM",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "HOME",
    "XDG_CONFIG_HOME",
];

impl GitCommand {
    /// Reads a command line; the first word is git itself, whatever its path. `None` if the
    /// first word is something else or a word is not UTF-8.
    #[must_use]
    pub fn parse<S: AsRef<[u8]>>(argv: &[S], env: &Env) -> Option<Self> {
        let words: Option<Vec<String>> = argv
            .iter()
            .map(|word| core::str::from_utf8(word.as_ref()).ok().map(str::to_owned))
            .collect();
        let words = words?;
        let (program, rest) = words.split_first()?;
        let name = program
            .rsplit('/')
            .next()?
            .strip_suffix(".exe")
            .unwrap_or(program);
        let name = name.rsplit('/').next()?;
        let mut git = Self::default();
        git.read_env(env);
        if name == "git" {
            let rest = git.read_options(rest, env);
            git.take_word(rest);
        } else {
            git.word = name
                .strip_prefix("git-")
                .filter(|w| !w.is_empty())?
                .to_owned();
            git.args = rest.to_vec();
        }
        Some(git)
    }

    fn take_word(&mut self, rest: &[String]) {
        if let Some((word, args)) = rest.split_first() {
            self.word.clone_from(word);
            self.args = args.to_vec();
        }
    }

    fn read_env(&mut self, env: &Env) {
        for (name, value) in env.iter() {
            let counted = ["GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"];
            if name == "GIT_NAMESPACE" {
                self.namespace = Some(value.to_owned());
            } else if PROGRAMS.contains(&name) {
                self.programs.push((name.to_owned(), value.to_owned()));
            } else if REDIRECTING.contains(&name) {
                self.redirecting.push(name.to_owned());
            } else if name.starts_with("GIT_")
                && !name.starts_with("GIT_TRACE")
                && !counted.iter().any(|c| name.starts_with(c))
                && !HARMLESS.contains(&name)
            {
                self.unclear
                    .push(format!("`{name}` is set, and what it changes is not known"));
            }
        }
        self.read_counted(env);
    }

    fn read_counted(&mut self, env: &Env) {
        let Some(count) = env.get("GIT_CONFIG_COUNT").filter(|c| !c.is_empty()) else {
            return;
        };
        let Some(count) = count.parse::<usize>().ok().filter(|&n| n <= 1000) else {
            self.unclear
                .push("`GIT_CONFIG_COUNT` is not a small number".to_owned());
            return;
        };
        for n in 0..count {
            let key = env.get(&format!("GIT_CONFIG_KEY_{n}"));
            let value = env.get(&format!("GIT_CONFIG_VALUE_{n}"));
            match (key, value) {
                (Some(key), Some(value)) => self.set(key, Some(value)),
                _ => self
                    .unclear
                    .push(format!("`GIT_CONFIG_KEY_{n}` has no key or no value")),
            }
        }
    }

    /// Adds one entry of configuration, the key in the form in which git lists it.
    fn set(&mut self, key: &str, value: Option<&str>) {
        let Some(key) = canonical_key(key) else {
            self.unclear
                .push(format!("`{key}` is no configuration key"));
            return;
        };
        if key == "include.path" || key.starts_with("includeif.") {
            self.unclear
                .push(format!("`{key}` on the command line includes a file"));
        }
        let mut entry = ConfigEntry::new(Scope::Command, &key, value);
        entry.origin = Some("command line:".to_owned());
        self.config.push(entry);
    }

    fn read_options<'w>(&mut self, mut words: &'w [String], env: &Env) -> &'w [String] {
        while let Some((word, rest)) = words.split_first() {
            if !word.starts_with('-') {
                return words;
            }
            words = match self.read_option(word, rest, env) {
                Some(rest) => rest,
                None => return &[],
            };
        }
        words
    }

    /// One global option; gives the words that follow, or `None` where git stops.
    fn read_option<'w>(
        &mut self,
        word: &str,
        rest: &'w [String],
        env: &Env,
    ) -> Option<&'w [String]> {
        match word {
            "-p" | "--paginate" => self.paginate = true,
            "--bare" => self.bare = true,
            "-P"
            | "--no-pager"
            | "--no-lazy-fetch"
            | "--no-optional-locks"
            | "--no-advice"
            | "--literal-pathspecs"
            | "--no-literal-pathspecs"
            | "--glob-pathspecs"
            | "--noglob-pathspecs"
            | "--icase-pathspecs"
            | "--no-replace-objects" => {}
            "--exec-path" | "--html-path" | "--man-path" | "--info-path" => return None,
            "-h" | "--help" | "-v" | "--version" => {
                self.word = if word.contains('h') {
                    "help"
                } else {
                    "version"
                }
                .to_owned();
                self.args = rest.to_vec();
                return None;
            }
            _ => return self.read_valued(word, rest, env),
        }
        Some(rest)
    }

    fn read_valued<'w>(
        &mut self,
        word: &str,
        rest: &'w [String],
        env: &Env,
    ) -> Option<&'w [String]> {
        let (name, attached) = match word.split_once('=') {
            Some((name, value)) if word.starts_with("--") => (name, Some(value.to_owned())),
            _ => (word, None),
        };
        let separate = attached.is_none();
        let takes_next = matches!(
            name,
            "-C" | "-c"
                | "--git-dir"
                | "--work-tree"
                | "--namespace"
                | "--config-env"
                | "--attr-source"
                | "--shallow-file"
        );
        let (value, rest) = match (attached, rest.split_first()) {
            (Some(value), _) => (value, rest),
            (None, Some((value, rest))) if takes_next => (value.clone(), rest),
            _ => {
                self.unclear
                    .push(format!("`{word}` is no known option of git"));
                return None;
            }
        };
        self.apply(name, value, separate, env);
        Some(rest)
    }

    fn apply(&mut self, name: &str, value: String, separate: bool, env: &Env) {
        match name {
            "-C" if separate => self.directories.push(value),
            "-c" if separate => match value.split_once('=') {
                Some((key, value)) => self.set(key, Some(value)),
                None => self.set(&value, None),
            },
            "--git-dir" => self.git_dir = Some(value),
            "--work-tree" => self.work_tree = Some(value),
            "--namespace" => self.namespace = Some(value),
            "--attr-source" => {}
            "--exec-path" => self.programs.push(("--exec-path".to_owned(), value)),
            "--config-env" => {
                let found = value.rsplit_once('=').map(|(key, var)| (key, env.get(var)));
                match found {
                    Some((key, Some(set))) => self.set(key, Some(set)),
                    Some((key, None)) => {
                        self.unclear
                            .push(format!("`{key}` is set from the environment"));
                    }
                    None => self
                        .unclear
                        .push("`--config-env` names no variable".to_owned()),
                }
            }
            _ => self
                .unclear
                .push(format!("`{name}` is no option of git that is understood")),
        }
    }
}

/// A key in the form in which git lists it: section and variable in lower case.
pub(crate) fn canonical_key(key: &str) -> Option<String> {
    let (section, rest) = key.split_once('.')?;
    let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let (middle, variable) = match rest.rsplit_once('.') {
        Some((middle, variable)) => (format!(".{middle}"), variable),
        None => (String::new(), rest),
    };
    let starts = variable.starts_with(|c: char| c.is_ascii_alphabetic());
    (word(section) && word(variable) && starts && !middle.contains('\n')).then(|| {
        format!(
            "{}{middle}.{}",
            section.to_ascii_lowercase(),
            variable.to_ascii_lowercase()
        )
    })
}

/// What an alias led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expanded {
    /// A subcommand of git itself.
    Builtin,
    /// Shell text.
    Shell(ShellAlias),
    /// A word that is neither built in nor an alias: a program `git-word`, if there is one.
    External,
}

/// The value of an alias among the facts and the command line's own configuration.
fn alias<'a>(git: &'a GitCommand, facts: &'a RepoFacts) -> Option<&'a str> {
    let key = format!("alias.{}", git.word.to_ascii_lowercase());
    let own = git
        .config
        .iter()
        .rev()
        .find(|e| e.key == key)
        .and_then(|e| e.value.as_deref());
    own.or_else(|| facts.value(&key).flatten())
}

/// Follows aliases until a subcommand, shell text or an unknown word is reached.
pub(crate) fn expand(git: &mut GitCommand, facts: &RepoFacts) -> Expanded {
    let mut seen = BTreeSet::new();
    loop {
        if is_builtin(&git.word) {
            return Expanded::Builtin;
        }
        let Some(text) = alias(git, facts).map(str::to_owned) else {
            return Expanded::External;
        };
        if !seen.insert(git.word.clone()) {
            git.unclear
                .push(format!("the alias `{}` leads back to itself", git.word));
            return Expanded::External;
        }
        let words = if let Some(shell) = text.trim_start().strip_prefix('!') {
            let (name, args) = (git.word.clone(), std::mem::take(&mut git.args));
            let alias = ShellAlias {
                name,
                text: shell.to_owned(),
                args,
            };
            // Plain words mean in a shell what they mean here.
            let Some(words) = alias.plain_words() else {
                return Expanded::Shell(alias);
            };
            words.get(1..).map(<[String]>::to_vec)
        } else {
            let words = split_words(&text).filter(|w| !w.is_empty());
            words.map(|w| w.into_iter().chain(std::mem::take(&mut git.args)).collect())
        };
        let Some(words) = words else {
            git.unclear
                .push(format!("the alias `{}` cannot be taken apart", git.word));
            return Expanded::External;
        };
        if !apply_alias(git, &words) {
            return Expanded::External;
        }
    }
}

fn apply_alias(git: &mut GitCommand, words: &[String]) -> bool {
    let before = (
        git.directories.len(),
        git.git_dir.clone(),
        git.work_tree.clone(),
    );
    git.word.clear();
    let mut part = GitCommand::default();
    let rest = part.read_options(words, &Env::default()).to_vec();
    git.config.append(&mut part.config);
    git.unclear.append(&mut part.unclear);
    git.programs.append(&mut part.programs);
    git.paginate |= part.paginate;
    git.namespace = part.namespace.take().or(git.namespace.take());
    let after = (
        before.0 + part.directories.len(),
        part.git_dir,
        part.work_tree,
    );
    if after.0 != before.0 || after.1.is_some() || after.2.is_some() || part.bare {
        git.unclear
            .push("an alias changes the repository".to_owned());
    }
    git.take_word(&rest);
    !git.word.is_empty()
}

/// Splits the value of an alias into words: blanks, quotes and backslashes as in a shell,
/// nothing else.
pub(crate) fn split_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c') => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (Some(q), _) if c == q => quote = None,
            (None | Some('"'), '\\') => word.get_or_insert_default().push(chars.next()?),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// The key and scope of an entry, for a sentence.
pub(crate) fn cite(entry: &ConfigEntry) -> Cow<'static, str> {
    let value = entry.value.as_deref().unwrap_or("true");
    let origin = match &entry.origin {
        Some(origin) if entry.scope != Scope::Command => format!(", {origin}"),
        _ => String::new(),
    };
    format!(
        "`{} = {value}` ({}{origin})",
        entry.key,
        entry.scope.as_str()
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_split_like_git_splits_them() {
        let split = |t: &str| split_words(t);
        let some = |w: &[&str]| Some(w.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            split("push 'o x' \"HEAD:m\\\"\""),
            some(&["push", "o x", "HEAD:m\""])
        );
        assert_eq!(split("  push  -f "), some(&["push", "-f"]));
        assert_eq!(split("push ''"), some(&["push", ""]));
        assert_eq!(split("push 'x"), None);
        assert_eq!(split("push \\"), None);
    }

    #[test]
    fn global_options_end_at_the_first_word() {
        let line = [
            "git",
            "--git-dir",
            "x",
            "--work-tree=y",
            "-c",
            "Push.Default",
            "push",
            "-C",
        ];
        let git = GitCommand::parse(&line, &Env::default()).unwrap();
        assert_eq!(git.git_dir.as_deref(), Some("x"));
        assert_eq!(
            git.config.first().map(|e| e.key.as_str()),
            Some("push.default")
        );
        assert_eq!(git.args, ["-C"]);
        assert!(git.unclear.is_empty());
        let odd = GitCommand::parse(&["git", "-cx=y", "push"], &Env::default()).unwrap();
        assert!(odd.word.is_empty() && !odd.unclear.is_empty());
        assert_eq!(GitCommand::parse(&["ls"], &Env::default()), None);
        let dashed = GitCommand::parse(&["/usr/lib/git-core/git-push", "-f"], &Env::default());
        assert_eq!(dashed.unwrap().word, "push");
    }
}
