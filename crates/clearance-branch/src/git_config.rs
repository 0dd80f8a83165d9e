//! git's configuration as text: what `git config --list` prints, the files themselves, and
//! which entries make git run other programs.
//!
//! Read-only git commands are harmless only where the configuration is neutral: `git status`
//! runs what `core.fsmonitor` names. [`programs`] finds all such entries,
//! [`Program::runs_for`] says which subcommands they concern.
//!
//! Facts: git-config(1), gitattributes(5), githooks(5).

use thiserror::Error;

use crate::facts::{ConfigEntry, Scope};

/// Why a text is no configuration.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A record of the listing is incomplete.
    #[error("the listing ends in the middle of a record")]
    Cut,
    /// It is not UTF-8.
    #[error("the text is not UTF-8")]
    Encoding,
    /// A line that git would refuse.
    #[error("line {0} is no configuration")]
    Line(usize),
}

/// Reads what `git config --list -z --show-scope --show-origin` prints.
///
/// # Errors
///
/// [`ConfigError`] where records are cut short or are not UTF-8.
///
/// # Examples
///
/// ```
/// use clearance_branch::git_config::read_listing;
///
/// let text = b"local\0file:.git/config\0push.default\ncurrent\0";
/// let entries = read_listing(text).unwrap();
/// assert_eq!(entries[0].key, "push.default");
/// assert_eq!(entries[0].origin.as_deref(), Some("file:.git/config"));
/// ```
pub fn read_listing(text: &[u8]) -> Result<Vec<ConfigEntry>, ConfigError> {
    let text = core::str::from_utf8(text).map_err(|_| ConfigError::Encoding)?;
    let Some(text) = text.strip_suffix('\0') else {
        return if text.is_empty() {
            Ok(Vec::new())
        } else {
            Err(ConfigError::Cut)
        };
    };
    let mut fields = text.split('\0');
    let mut entries = Vec::new();
    while let Some(scope) = fields.next() {
        let (Some(origin), Some(pair)) = (fields.next(), fields.next()) else {
            return Err(ConfigError::Cut);
        };
        let (key, value) = match pair.split_once('\n') {
            Some((key, value)) => (key, Some(value)),
            None => (pair, None),
        };
        let mut entry = ConfigEntry::new(Scope::parse(scope), key, value);
        entry.origin = Some(origin.to_owned());
        entries.push(entry);
    }
    Ok(entries)
}

/// Reads a configuration file. Includes are entries like any other; nothing is followed.
///
/// # Errors
///
/// [`ConfigError::Line`] with the number of the first line that git would refuse.
///
/// # Examples
///
/// ```
/// use clearance_branch::facts::Scope;
/// use clearance_branch::git_config::read_file;
///
/// let text = "[remote \"o\"]\n\turl = \"a b\" ; note\n\tmirror\n";
/// let entries = read_file(text, Scope::Local).unwrap();
/// assert_eq!(entries[0].key, "remote.o.url");
/// assert_eq!(entries[0].value.as_deref(), Some("a b"));
/// assert_eq!(entries[1].value, None);
/// ```
pub fn read_file(text: &str, scope: Scope) -> Result<Vec<ConfigEntry>, ConfigError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader {
        rest: text,
        line: 1,
    };
    let mut section: Option<String> = None;
    let mut entries = Vec::new();
    loop {
        reader.skip_blank();
        match reader.peek() {
            None => return Ok(entries),
            Some('[') => section = Some(reader.section()?),
            Some('#' | ';') => reader.skip_line(),
            Some(_) => {
                let (name, value) = reader.variable()?;
                let section = section.as_ref().ok_or(ConfigError::Line(reader.line))?;
                let key = format!("{section}.{name}");
                entries.push(ConfigEntry::new(scope, &key, value.as_deref()));
            }
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
    line: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let mut c = chars.next()?;
        if c == '\r' && chars.as_str().starts_with('\n') {
            c = chars.next()?;
        }
        self.rest = chars.as_str();
        self.line += usize::from(c == '\n');
        Some(c)
    }

    fn fail<T>(&self) -> Result<T, ConfigError> {
        Err(ConfigError::Line(self.line))
    }

    fn skip_blank(&mut self) {
        while self.peek().is_some_and(|c| c.is_ascii_whitespace()) {
            self.next();
        }
    }

    fn skip_line(&mut self) {
        while let Some(c) = self.next() {
            if c == '\n' {
                return;
            }
        }
    }

    /// `[section]`, `[section.sub]` or `[section "sub"]`.
    fn section(&mut self) -> Result<String, ConfigError> {
        self.next();
        let mut name = String::new();
        loop {
            match self.next() {
                Some(']') if !name.is_empty() => return Ok(name),
                Some(c) if c.is_ascii_alphanumeric() || c == '-' || c == '.' => {
                    name.push(c.to_ascii_lowercase());
                }
                Some(' ' | '\t') if !name.is_empty() => return self.subsection(name),
                _ => return self.fail(),
            }
        }
    }

    fn subsection(&mut self, mut name: String) -> Result<String, ConfigError> {
        while matches!(self.peek(), Some(' ' | '\t')) {
            self.next();
        }
        if self.next() != Some('"') {
            return self.fail();
        }
        name.push('.');
        loop {
            match self.next() {
                Some('"') => break,
                Some('\n') | None => return self.fail(),
                Some('\\') => match self.next() {
                    Some(c) if c != '\n' => name.push(c),
                    _ => return self.fail(),
                },
                Some(c) => name.push(c),
            }
        }
        if self.next() == Some(']') {
            Ok(name)
        } else {
            self.fail()
        }
    }

    fn variable(&mut self) -> Result<(String, Option<String>), ConfigError> {
        let mut name = String::new();
        while let Some(c) = self
            .peek()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        {
            name.push(c.to_ascii_lowercase());
            self.next();
        }
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return self.fail();
        }
        while matches!(self.peek(), Some(' ' | '\t')) {
            self.next();
        }
        match self.next() {
            Some('\n') | None => Ok((name, None)),
            Some('=') => Ok((name, Some(self.value()?))),
            _ => self.fail(),
        }
    }

    /// A value: quotes, escapes, comments and continued lines; blanks around it go.
    fn value(&mut self) -> Result<String, ConfigError> {
        let (mut value, mut quoted, mut blanks) = (String::new(), false, String::new());
        while matches!(self.peek(), Some(' ' | '\t')) {
            self.next();
        }
        loop {
            let Some(c) = self.next() else {
                return if quoted { self.fail() } else { Ok(value) };
            };
            match c {
                '\n' if quoted => return self.fail(),
                '\n' => return Ok(value),
                '#' | ';' if !quoted => {
                    self.skip_line();
                    return Ok(value);
                }
                ' ' | '\t' if !quoted => {
                    blanks.push(c);
                    continue;
                }
                '"' => quoted = !quoted,
                '\\' => {
                    let escaped = self.escape()?;
                    value.push_str(&std::mem::take(&mut blanks));
                    value.extend(escaped);
                    continue;
                }
                _ => {}
            }
            value.push_str(&std::mem::take(&mut blanks));
            if c != '"' {
                value.push(c);
            }
        }
    }

    fn escape(&mut self) -> Result<Option<char>, ConfigError> {
        match self.next() {
            Some('\n') => Ok(None),
            Some('t') => Ok(Some('\t')),
            Some('b') => Ok(Some('\u{8}')),
            Some('n') => Ok(Some('\n')),
            Some(c @ ('\\' | '"')) => Ok(Some(c)),
            _ => self.fail(),
        }
    }
}

/// When git runs what an entry names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Trigger {
    /// Whenever a command looks at the work tree, reading ones included.
    WorkTree,
    /// Whenever differences or contents are shown.
    Diff,
    /// Whenever output goes through a pager.
    Pager,
    /// Whenever signatures are made or looked at.
    Signature,
    /// Whenever another machine is reached.
    Network,
    /// Whenever text is to be edited.
    Editor,
    /// Whenever a hook may run.
    Hook,
    /// Whenever contents are merged.
    Merge,
    /// Whenever that alias is used.
    Alias,
    /// In a tool of its own (mergetool, difftool, browser, mail).
    Tool,
}

/// An entry that names a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program<'a> {
    /// The entry.
    pub entry: &'a ConfigEntry,
    /// When it runs.
    pub trigger: Trigger,
}

/// Subcommands that show neither contents nor differences and refresh no index.
const PLAIN: &[&str] = &[
    "branch",
    "check-ref-format",
    "config",
    "count-objects",
    "for-each-ref",
    "ls-tree",
    "merge-base",
    "name-rev",
    "remote",
    "rev-list",
    "rev-parse",
    "show-ref",
    "symbolic-ref",
    "var",
    "version",
];

/// Subcommands that only read, and yet write the index where the times of files have changed,
/// after which the hook `post-index-change` runs.
const REFRESHING: &[&str] = &["describe", "status"];

impl Program<'_> {
    /// Whether a subcommand may run it. In doubt it may.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_branch::facts::{ConfigEntry, Scope};
    /// use clearance_branch::git_config::programs;
    ///
    /// let config = [ConfigEntry::new(Scope::Local, "core.fsmonitor", Some("/tmp/x"))];
    /// let found = programs(&config);
    /// assert!(found[0].runs_for("status") && !found[0].runs_for("rev-parse"));
    /// ```
    #[must_use]
    pub fn runs_for(&self, subcommand: &str) -> bool {
        let plain = PLAIN.contains(&subcommand);
        let one_of = |list: &[&str]| list.contains(&subcommand);
        match self.trigger {
            Trigger::WorkTree | Trigger::Diff => !plain,
            Trigger::Pager => true,
            Trigger::Signature => !plain && !one_of(&["status", "ls-files", "diff", "grep"]),
            Trigger::Hook => !plain && (one_of(REFRESHING) || !one_of(READING)),
            Trigger::Network | Trigger::Editor | Trigger::Merge => !plain && !one_of(READING),
            Trigger::Alias => !crate::push::is_builtin(subcommand),
            Trigger::Tool => !plain && !one_of(READING),
        }
    }

    /// Whether somebody other than the user may have set it: it lies in the repository, on
    /// the command line, or at an unknown place.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        !matches!(self.entry.scope, Scope::System | Scope::Global)
    }
}

/// Subcommands that only read and stay on this machine (in a repository without promised
/// objects).
const READING: &[&str] = &[
    "blame",
    "cat-file",
    "describe",
    "diff",
    "diff-files",
    "diff-index",
    "diff-tree",
    "grep",
    "log",
    "ls-files",
    "range-diff",
    "shortlog",
    "show",
    "status",
    "whatchanged",
];

/// Finds the entries that name programs. Values that switch a feature on or off without
/// naming a program are left out.
#[must_use]
pub fn programs(config: &[ConfigEntry]) -> Vec<Program<'_>> {
    let found = config.iter().filter_map(|entry| {
        let trigger = trigger(entry)?;
        Some(Program { entry, trigger })
    });
    found.collect()
}

/// Whether a subcommand that only reads runs nothing but git under this configuration, as far
/// as the user has not set it up. Only meaningful where the configuration is complete.
#[must_use]
pub fn is_neutral_for(subcommand: &str, config: &[ConfigEntry]) -> bool {
    !programs(config)
        .iter()
        .any(|p| p.is_foreign() && p.runs_for(subcommand))
}

/// Programs that tools commonly set up in a repository, and that are what they seem: what
/// `git lfs install --local` writes (git-lfs-install(1)), git's own credential helpers, the
/// pagers that every system has.
fn is_well_known(key: &str, value: &str) -> bool {
    let helper =
        key == "credential.helper" || (key.starts_with("credential.") && key.ends_with(".helper"));
    match key {
        "filter.lfs.clean" => value == "git-lfs clean -- %f",
        "filter.lfs.smudge" => matches!(
            value,
            "git-lfs smudge -- %f" | "git-lfs smudge --skip -- %f"
        ),
        "filter.lfs.process" => {
            matches!(
                value,
                "git-lfs filter-process" | "git-lfs filter-process --skip"
            )
        }
        "core.pager" => matches!(value, "" | "cat" | "less"),
        _ if helper => matches!(value, "" | "cache" | "store" | "osxkeychain" | "manager"),
        _ => false,
    }
}

fn trigger(entry: &ConfigEntry) -> Option<Trigger> {
    let (section, subsection, variable) = entry.parts();
    let value = entry.value.as_deref().unwrap_or_default();
    let switch = crate::push::boolean(entry.value.as_deref()).is_some();
    if is_well_known(&entry.key, value) {
        return None;
    }
    let trigger = match (section, subsection, variable) {
        ("core", None, "fsmonitor") if switch => return None,
        ("core", None, "fsmonitor") => Trigger::WorkTree,
        ("filter", Some(_), "clean" | "smudge" | "process") => Trigger::WorkTree,
        ("core", None, "pager") => Trigger::Pager,
        ("pager", None, _) if switch => return None,
        ("pager", _, _) => Trigger::Pager,
        ("diff", None, "external") | ("diff", Some(_), "textconv" | "command") => Trigger::Diff,
        ("interactive", None, "difffilter") => Trigger::Diff,
        ("gpg", _, "program" | "defaultkeycommand") => Trigger::Signature,
        ("core", None, "sshcommand" | "gitproxy" | "askpass" | "alternaterefscommand")
        | ("credential", _, "helper")
        | ("remote", Some(_), "receivepack" | "uploadpack" | "vcs")
        | ("protocol", _, "allow")
        | ("uploadpack", None, "packobjectshook") => Trigger::Network,
        ("core" | "sequence", None, "editor") => Trigger::Editor,
        ("core", None, "hookspath") | ("hook", Some(_), "command") => Trigger::Hook,
        ("init", None, "templatedir") => Trigger::Hook,
        ("merge", Some(_), "driver") => Trigger::Merge,
        ("alias", _, _) if value.trim_start().starts_with('!') => Trigger::Alias,
        // Any other value names one of git's own ways.
        ("submodule", Some(_), "update") if value.starts_with('!') => Trigger::Network,
        ("difftool" | "mergetool" | "browser" | "man", Some(_), "cmd" | "path")
        | ("sendemail", _, "sendmailcmd" | "tocmd" | "cccmd" | "headercmd")
        | ("trailer", Some(_), "command" | "cmd") => Trigger::Tool,
        _ => return None,
    };
    Some(trigger)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(text: &str) -> Result<Vec<(String, Option<String>)>, ConfigError> {
        let entries = read_file(text, Scope::Local)?;
        Ok(entries.into_iter().map(|e| (e.key, e.value)).collect())
    }

    fn one(key: &str, value: &str) -> Result<Vec<(String, Option<String>)>, ConfigError> {
        Ok(vec![(key.to_owned(), Some(value.to_owned()))])
    }

    #[test]
    fn files_are_read_as_git_reads_them() {
        assert_eq!(
            file("[Push]\r\n\tDefault = current # x\r\n"),
            one("push.default", "current")
        );
        assert_eq!(
            file("[a \"B\\\"c\"] k = \"x ; y\" z"),
            one("a.B\"c.k", "x ; y z")
        );
        assert_eq!(file("[a.B]\nk=a\\\n b\\tc  \n"), one("a.b.k", "a b\tc"));
        assert_eq!(file("[a]\nk =\n"), one("a.k", ""));
        assert_eq!(file("; note\n# note\n[a]k"), Ok(vec![("a.k".into(), None)]));
        for (text, line) in [
            ("k = v", 1),
            ("[a\n", 2),
            ("[a]\n1 = x", 2),
            ("[a]\nk = \"x\n", 3),
        ] {
            assert_eq!(file(text), Err(ConfigError::Line(line)), "{text}");
        }
    }

    #[test]
    fn programs_are_found() {
        let entry = |key, value| ConfigEntry::new(Scope::Local, key, Some(value));
        for (key, value, subcommand) in [
            ("core.fsmonitor", "/tmp/hook", "status"),
            ("filter.lfs.clean", "x", "diff"),
            ("diff.png.textconv", "x", "log"),
            ("diff.external", "x", "show"),
            ("core.pager", "x", "branch"),
            ("pager.log", "x", "log"),
            ("core.sshcommand", "x", "fetch"),
            ("credential.https://h.helper", "!x", "pull"),
            ("core.hookspath", ".x", "commit"),
            ("core.hookspath", ".x", "status"),
            ("core.hookspath", ".x", "describe"),
            ("core.fsmonitor", "x", "worktree"),
            ("alias.st", "!x", "st"),
            ("gpg.ssh.program", "x", "log"),
        ] {
            let config = [entry(key, value)];
            assert!(!is_neutral_for(subcommand, &config), "{key}");
            let own = [ConfigEntry {
                scope: Scope::Global,
                ..entry(key, value)
            }];
            assert!(is_neutral_for(subcommand, &own), "{key}");
        }
        for (key, value, subcommand) in [
            ("core.fsmonitor", "true", "status"),
            ("pager.log", "false", "log"),
            ("alias.st", "status", "st"),
            ("alias.status", "!x", "status"),
            ("core.sshcommand", "x", "status"),
            ("user.name", "!x", "log"),
        ] {
            assert!(is_neutral_for(subcommand, &[entry(key, value)]), "{key}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_readers(text in ".*", bytes: Vec<u8>) {
            let _ = read_file(&text, Scope::Local);
            let _ = read_listing(&bytes);
        }

        #[test]
        fn quoted_values_come_back(value in "[ -~\t]{0,20}") {
            let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
            prop_assert_eq!(file(&format!("[a]\nk = \"{quoted}\"\n")), one("a.k", &value));
        }
    }
}
