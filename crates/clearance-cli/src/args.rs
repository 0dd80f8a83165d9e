//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Decides whether an action of a coding agent may run without asking a person.
#[derive(Debug, Parser)]
#[command(name = "clearance", version, disable_help_subcommand = true)]
#[command(after_help = "Exit status: 0 allow, 3 ask, 4 deny, 2 usage, 1 error (read it as ask).")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Decide one shell command and say why
    Check(CheckOptions),
    /// Decide a stream of requests, one JSON object a line
    Batch(BatchOptions),
    /// Show what a script on standard input could run
    Shell(ShellOptions),
    /// Find secrets in files, in what git is about to commit, or in a stream
    Scan(ScanOptions),
    /// Copy standard input to standard output with secrets replaced
    Redact,
    /// Say what a `git push` would change, from JSON facts on standard input
    Push(PushOptions),
    /// Run as a hook of git: pre-push, pre-receive, update
    GitHook(GitHookOptions),
    /// Decide the merge of a pull request from JSON facts on standard input
    Merge(FactsOptions),
    /// Say where a change goes, from JSON facts on standard input
    Route(FactsOptions),
    /// Say whether a gate is open, from JSON facts on standard input
    Gate(FactsOptions),
    /// Match refs against patterns, one JSON object a line
    Pattern(PatternOptions),
    /// Look at policy files
    #[command(subcommand)]
    Policy(PolicyCommand),
}

impl Command {
    /// Reads the words of the commands that hooks run without making the tree of all commands,
    /// which costs more than a decision. `None` for other commands and for what is no plain use
    /// of these.
    pub(crate) fn of_hook(mut words: impl Iterator<Item = OsString>) -> Option<Self> {
        match words.next()?.to_str()? {
            "check" => read(words).map(Self::Check),
            "batch" => read(words).map(Self::Batch),
            _ => None,
        }
    }
}

fn read<T: Args>(words: impl Iterator<Item = OsString>) -> Option<T> {
    let bare = clap::Command::new("clearance")
        .no_binary_name(true)
        .disable_help_flag(true);
    let matches = T::augment_args(bare).try_get_matches_from(words).ok()?;
    T::from_arg_matches(&matches).ok()
}

/// Which policy and whose world.
#[derive(Args, Debug, Default)]
pub(crate) struct WorldOptions {
    /// The working directory [default: the current one]
    #[arg(long, value_name = "DIR")]
    pub(crate) cwd: Option<OsString>,
    /// The project's root [default: the nearest folder upwards with a .git, else the working directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<OsString>,
    /// The home directory [default: $HOME]
    #[arg(long, value_name = "DIR")]
    pub(crate) home: Option<OsString>,
    /// A policy file [default: clearance/policy.toml in the user's configuration folder, if there]
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct CheckOptions {
    /// The command, or `-` for standard input
    pub(crate) text: OsString,
    #[command(flatten)]
    pub(crate) world: WorldOptions,
    /// Which shell will run it
    #[arg(long, value_enum, default_value_t = Shell::Bash)]
    pub(crate) shell: Shell,
    /// What is known of gated commands, as JSON: {"name": {"validation", "human", …}}
    #[arg(long, value_name = "FILE")]
    pub(crate) gates: Option<PathBuf>,
    /// Answer with one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct BatchOptions {
    /// Ask the local git about rows that push and come without `repo`
    #[arg(long)]
    pub(crate) git: bool,
    #[command(flatten)]
    pub(crate) world: WorldOptions,
}

#[derive(Args, Debug)]
pub(crate) struct ShellOptions {
    /// Answer with one JSON object (the only form so far besides --tree)
    #[arg(long, conflicts_with = "tree")]
    pub(crate) json: bool,
    /// Print the syntax tree
    #[arg(long, conflicts_with = "batch")]
    pub(crate) tree: bool,
    /// Read JSON lines {"id", "script"} and answer each
    #[arg(long)]
    pub(crate) batch: bool,
    /// Which shell will run it
    #[arg(long, value_enum, default_value_t = Shell::Bash)]
    pub(crate) shell: Shell,
}

#[derive(Args, Debug)]
pub(crate) struct FactsOptions {
    /// Read one JSON object a line and answer each
    #[arg(long)]
    pub(crate) batch: bool,
    /// Answer with one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// A branch policy file (see docs/BRANCH.md)
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(after_help = "Exit status: 0 clean, 3 secrets found, 2 usage, 1 error.")]
pub(crate) struct ScanOptions {
    /// Files and folders, or `-` for standard input [default: the current folder]
    pub(crate) paths: Vec<PathBuf>,
    /// Scan what git is about to commit, from its index
    #[arg(long, conflicts_with = "paths")]
    pub(crate) staged: bool,
    /// Read JSON lines {"id", "text"} and answer each
    #[arg(long, conflicts_with_all = ["paths", "staged"])]
    pub(crate) batch: bool,
    /// One JSON object a line for each match
    #[arg(long, visible_alias = "jsonl", group = "format")]
    pub(crate) json: bool,
    /// One JSON array of all matches
    #[arg(long, group = "format")]
    pub(crate) json_array: bool,
    /// SARIF 2.1.0
    #[arg(long, group = "format")]
    pub(crate) sarif: bool,
    /// Findings that are accepted
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Accept everything that is found now, and write that down
    #[arg(long, value_name = "FILE")]
    pub(crate) write_baseline: Option<PathBuf>,
    /// Leave out files that match
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// Report also what a marker on its line allows
    #[arg(long)]
    pub(crate) ignore_markers: bool,
    /// Use the rules of a gitleaks configuration (TOML) beside the built-in ones
    #[arg(long, value_name = "FILE")]
    pub(crate) gitleaks_config: Option<PathBuf>,
}

/// The form of a report.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ScanFormat {
    Text,
    Lines,
    Array,
    Sarif,
}

impl ScanOptions {
    pub(crate) fn format(&self) -> ScanFormat {
        match (self.json, self.json_array, self.sarif) {
            (true, ..) => ScanFormat::Lines,
            (_, true, _) => ScanFormat::Array,
            (_, _, true) => ScanFormat::Sarif,
            _ => ScanFormat::Text,
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct PushOptions {
    /// Read one JSON object a line and answer each
    #[arg(long)]
    pub(crate) batch: bool,
    /// Answer with one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// What the names of objects stand for: {"ids", "commits", "tag_objects", "only_on_remotes"}
    #[arg(long, value_name = "FILE")]
    pub(crate) meta: Option<PathBuf>,
    /// Who pushes
    #[arg(long, value_enum, default_value_t = Who::Agent)]
    pub(crate) role: Who,
    /// A branch policy file (see docs/BRANCH.md)
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct GitHookOptions {
    #[command(subcommand)]
    pub(crate) hook: GitHook,
    /// Who pushes
    #[arg(long, value_enum, default_value_t = Who::Agent, global = true)]
    pub(crate) role: Who,
    /// A branch policy file (see docs/BRANCH.md)
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) policy: Option<PathBuf>,
}

/// The hooks, with the words that git gives each (githooks(5)).
#[derive(Debug, Subcommand)]
pub(crate) enum GitHook {
    /// On the client, before anything is sent
    PrePush {
        /// The remote's name
        remote: String,
        /// Its URL
        url: String,
    },
    /// On the server, before any ref is changed
    PreReceive,
    /// On the server, once for each ref
    Update {
        /// The ref, its old and its new value
        #[arg(num_args = 3, required = true)]
        words: Vec<OsString>,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Who {
    /// A coding agent
    Agent,
    /// Automation with an account of its own
    Bot,
    /// A person
    Human,
    /// A person with administrative rights
    Admin,
}

impl From<Who> for clearance::Role {
    fn from(who: Who) -> Self {
        match who {
            Who::Agent => Self::Agent,
            Who::Bot => Self::Bot,
            Who::Human => Self::Human,
            Who::Admin => Self::Admin,
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct PatternOptions {
    /// Read {"id", "dialect", "pattern", "ref"} a line and answer {"id", "match"} (the only form)
    #[arg(long, required = true)]
    pub(crate) batch: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Report what is weak or without effect in a branch policy, or in a host's rules
    Lint(LintOptions),
}

#[derive(Args, Debug)]
pub(crate) struct LintOptions {
    /// The file
    pub(crate) file: PathBuf,
    /// What it holds, where that is no policy of ours
    #[arg(long, value_enum, value_name = "HOST")]
    pub(crate) from: Option<HostRules>,
    /// The branch whose tier of protection is told, for rules of GitHub and GitLab
    #[arg(long, default_value = "main", requires = "from")]
    pub(crate) branch: String,
    /// The repository that gitolite's rules are read for
    #[arg(long, default_value = "", requires = "from")]
    pub(crate) repo: String,
}

/// Rules of a host, as it exports them.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum HostRules {
    /// GitHub branch protection, JSON
    GithubClassic,
    /// GitHub rulesets, JSON
    GithubRulesets,
    /// GitLab protected branches, JSON
    Gitlab,
    /// gitolite.conf
    Gitolite,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Shell {
    /// GNU bash
    Bash,
    /// POSIX sh (dash)
    Sh,
    /// zsh
    Zsh,
    /// Not known
    Unknown,
}

impl From<Shell> for clearance::Dialect {
    fn from(shell: Shell) -> Self {
        match shell {
            Shell::Bash => Self::Bash,
            Shell::Sh => Self::Posix,
            Shell::Zsh => Self::Zsh,
            Shell::Unknown => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_reads_as_the_long_way_or_not_at_all() {
        for line in [
            "check ls",
            "check --json ls",
            "check ls --cwd /x --shell zsh --json",
            "check -- --json",
            "check -",
            "check",
            "check --help",
            "check -h",
            "check --version",
            "check ls pwd",
            "check --unknown ls",
            "check ls --shell fish",
            "batch",
            "batch --git --root /x",
            "batch x",
            "shell --tree",
            "--version",
            "",
        ] {
            let words = || line.split_whitespace().map(OsString::from);
            let long = Arguments::try_parse_from(
                std::iter::once(OsString::from("clearance")).chain(words()),
            );
            let hook = line.starts_with("check") || line.starts_with("batch");
            match (Command::of_hook(words()), long) {
                (Some(short), Ok(long)) => {
                    assert_eq!(
                        format!("{short:?}"),
                        format!("{:?}", long.command),
                        "{line}"
                    );
                }
                (Some(short), Err(error)) => panic!("{line}: {short:?}, but {error}"),
                (None, Ok(_)) => assert!(!hook, "{line}"),
                (None, Err(_)) => {}
            }
        }
    }
}
