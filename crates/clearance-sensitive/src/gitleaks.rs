//! Reads gitleaks' TOML configuration and runs its rules beside the built-in ones.
//!
//! Understood: `rules` with `id`, `description`, `regex`, `path`, `keywords`, `entropy`,
//! `secretGroup`, `tags` and allow lists (`regexes`, `regexTarget`, `paths`, `stopwords`,
//! `condition`); the global allow list. `extend.useDefault` is what happens anyway. Regular
//! expressions run on the line of a keyword, always in linear time, compiled on first use.
//! What cannot be honoured is listed by [`Config::ignored`]. Source: the gitleaks README.

use std::sync::{Arc, OnceLock};

use aho_corasick::AhoCorasick;
use regex_automata::meta::Regex;
use serde::Deserialize;

use crate::scan::{Candidate, Options, RuleRef, Window, candidate, entropy_tenths};

/// How much of a long line is looked at before and after a keyword.
const BEFORE: usize = 1024;
const AFTER: usize = 4096;
/// On a long line a rule runs at most once for so many bytes.
const PACE: usize = 512;
/// Bytes that one compiled expression may take.
const SIZE_LIMIT: usize = 4 << 20;

/// A gitleaks configuration.
///
/// # Examples
///
/// ```
/// use clearance_sensitive::{Scanner, gitleaks::Config};
///
/// let config = Config::parse(r#"
///     [[rules]]
///     id = "acme-key"
///     description = "Acme key"
///     regex = '''acme_([0-9a-f]{12})'''
///     keywords = ["acme_"]
/// "#)?;
/// let found = Scanner::new().with_gitleaks(config).scan(b"x = acme_0123456789ac;");
/// assert_eq!((found[0].rule_id(), found[0].range()), ("acme-key", 9..21));
/// # Ok::<(), clearance_sensitive::gitleaks::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct Config {
    rules: Vec<Arc<UserRule>>,
    allow: Vec<AllowList>,
    keywords: AhoCorasick,
    /// The rule of each keyword of the automaton.
    owners: Vec<usize>,
    ignored: Vec<String>,
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Not TOML, or not of gitleaks' shape.
    #[error("cannot read the configuration: {0}")]
    Syntax(String),
    /// A regular expression that is not understood.
    #[error("rule `{rule}`: cannot read the expression `{regex}`: {reason}")]
    Regex {
        /// The rule, or `allowlist`.
        rule: String,
        /// The expression.
        regex: String,
        /// What is wrong.
        reason: String,
    },
    /// The keywords are too many for the automaton.
    #[error("too many keywords: {0}")]
    Keywords(String),
}

/// One rule of a configuration.
#[derive(Debug)]
pub(crate) struct UserRule {
    id: String,
    description: String,
    regex: Lazy,
    path: Option<Lazy>,
    group: usize,
    /// In tenths of a bit.
    entropy: u32,
    has_keywords: bool,
    allow: Vec<AllowList>,
}

impl UserRule {
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn description(&self) -> &str {
        &self.description
    }
}

/// As in Go's expressions, classes and word boundaries are ASCII.
fn syntax() -> regex_automata::util::syntax::Config {
    regex_automata::util::syntax::Config::new()
        .utf8(false)
        .unicode(false)
}

/// An expression that is compiled when it is first needed.
#[derive(Debug)]
struct Lazy {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Lazy {
    /// Checks the syntax only.
    fn new(rule: &str, source: &str) -> Result<Self, ConfigError> {
        match regex_automata::util::syntax::parse_with(source, &syntax()) {
            Ok(_) => Ok(Self {
                source: source.to_owned(),
                compiled: OnceLock::new(),
            }),
            Err(error) => Err(ConfigError::Regex {
                rule: rule.to_owned(),
                regex: source.to_owned(),
                reason: error
                    .to_string()
                    .lines()
                    .last()
                    .unwrap_or_default()
                    .to_owned(),
            }),
        }
    }

    /// `None` when the expression is too large to compile.
    fn get(&self) -> Option<&Regex> {
        let build = || {
            let config = Regex::config()
                .nfa_size_limit(Some(SIZE_LIMIT))
                .utf8_empty(false);
            Regex::builder()
                .configure(config)
                .syntax(syntax())
                .build(&self.source)
                .ok()
        };
        self.compiled.get_or_init(build).as_ref()
    }

    fn is_match(&self, text: &[u8]) -> bool {
        self.get().is_some_and(|regex| regex.is_match(text))
    }
}

#[derive(Debug)]
struct AllowList {
    all: bool,
    target: Target,
    regexes: Vec<Lazy>,
    paths: Vec<Lazy>,
    stopwords: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
enum Target {
    Secret,
    Match,
    Line,
}

impl AllowList {
    fn allows(&self, secret: &[u8], whole: &[u8], line: &[u8], path: Option<&str>) -> bool {
        let target = match self.target {
            Target::Secret => secret,
            Target::Match => whole,
            Target::Line => line,
        };
        let lower = secret.to_ascii_lowercase();
        let by_regex = || self.regexes.iter().any(|regex| regex.is_match(target));
        let by_path = || path.is_some_and(|p| self.paths.iter().any(|r| r.is_match(p.as_bytes())));
        let by_word = || {
            self.stopwords
                .iter()
                .any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
        };
        if self.all {
            (self.regexes.is_empty() || by_regex())
                && (self.paths.is_empty() || by_path())
                && (self.stopwords.is_empty() || by_word())
                && !(self.regexes.is_empty() && self.paths.is_empty() && self.stopwords.is_empty())
        } else {
            by_regex() || by_path() || by_word()
        }
    }
}

#[derive(Deserialize)]
struct RawConfig {
    #[serde(default)]
    rules: Vec<RawRule>,
    #[serde(default)]
    allowlist: Option<RawAllow>,
    #[serde(default)]
    allowlists: Vec<RawAllow>,
    #[serde(default)]
    extend: RawExtend,
}

#[derive(Deserialize, Default)]
struct RawExtend {
    #[serde(default)]
    path: Option<String>,
    #[serde(default, rename = "disabledRules")]
    disabled: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRule {
    id: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    regex: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    entropy: f64,
    #[serde(default)]
    secret_group: usize,
    #[serde(default)]
    allowlist: Option<RawAllow>,
    #[serde(default)]
    allowlists: Vec<RawAllow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawAllow {
    #[serde(default)]
    condition: String,
    #[serde(default)]
    regex_target: String,
    #[serde(default)]
    regexes: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    stopwords: Vec<String>,
    #[serde(default)]
    commits: Vec<String>,
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Syntax`] when it is not TOML of the right shape, [`ConfigError::Regex`]
    /// for an expression that is not understood: a rule is never silently dropped.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let raw: RawConfig =
            toml::from_str(text).map_err(|error| ConfigError::Syntax(error.to_string()))?;
        let mut ignored = Vec::new();
        if let Some(path) = &raw.extend.path {
            ignored.push(format!("extend.path `{path}`: read that file separately"));
        }
        for rule in &raw.extend.disabled {
            ignored.push(format!(
                "extend.disabledRules `{rule}`: built-in rules have other names"
            ));
        }
        let allow = allow_lists("allowlist", raw.allowlist, raw.allowlists, &mut ignored)?;
        let (mut rules, mut words, mut owners) = (Vec::new(), Vec::new(), Vec::new());
        for rule in raw.rules {
            let Some(regex) = rule.regex.as_deref().filter(|regex| !regex.is_empty()) else {
                ignored.push(format!("rule `{}`: it has no expression", rule.id));
                continue;
            };
            let regex = Lazy::new(&rule.id, regex)?;
            let path = rule
                .path
                .as_deref()
                .map(|path| Lazy::new(&rule.id, path))
                .transpose()?;
            for word in rule.keywords.iter().filter(|word| !word.is_empty()) {
                owners.push(rules.len());
                words.push(word.clone());
            }
            rules.push(Arc::new(UserRule {
                has_keywords: rule.keywords.iter().any(|word| !word.is_empty()),
                allow: allow_lists(&rule.id, rule.allowlist, rule.allowlists, &mut ignored)?,
                id: rule.id,
                description: rule.description,
                regex,
                path,
                group: rule.secret_group,
                entropy: (rule.entropy.clamp(0.0, 8.0) * 10.0) as u32,
            }));
        }
        let keywords = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(&words)
            .map_err(|error| ConfigError::Keywords(error.to_string()))?;
        Ok(Self {
            rules,
            allow,
            keywords,
            owners,
            ignored,
        })
    }

    /// Compiles every expression now, for a caller that has the time.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Regex`] for the first one that is too large; without this call such a
    /// rule finds nothing.
    pub fn compile(&self) -> Result<(), ConfigError> {
        for rule in &self.rules {
            if rule.regex.get().is_none() {
                return Err(ConfigError::Regex {
                    rule: rule.id.clone(),
                    regex: rule.regex.source.clone(),
                    reason: "it is too large".to_owned(),
                });
            }
        }
        Ok(())
    }

    /// What the configuration asks for and is not done, one sentence each.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// Whether the global allow list excludes a whole path.
    pub fn allows_path(&self, path: &str) -> bool {
        self.allow.iter().any(|list| {
            !list.all
                && list
                    .paths
                    .iter()
                    .any(|regex| regex.is_match(path.as_bytes()))
        })
    }
}

fn allow_lists(
    rule: &str,
    one: Option<RawAllow>,
    many: Vec<RawAllow>,
    ignored: &mut Vec<String>,
) -> Result<Vec<AllowList>, ConfigError> {
    let compile = |sources: &[String]| -> Result<Vec<Lazy>, ConfigError> {
        sources
            .iter()
            .map(|source| Lazy::new(rule, source))
            .collect()
    };
    one.into_iter()
        .chain(many)
        .map(|raw| {
            if !raw.commits.is_empty() {
                ignored.push(format!("`{rule}`: allow lists by commit"));
            }
            Ok(AllowList {
                all: raw.condition.eq_ignore_ascii_case("and"),
                target: match raw.regex_target.as_str() {
                    "match" => Target::Match,
                    "line" => Target::Line,
                    _ => Target::Secret,
                },
                regexes: compile(&raw.regexes)?,
                paths: compile(&raw.paths)?,
                stopwords: raw
                    .stopwords
                    .iter()
                    .map(|word| word.to_ascii_lowercase())
                    .collect(),
            })
        })
        .collect()
}

/// Where each rule ran last, carried over windows.
#[derive(Debug, Default)]
pub(crate) struct State {
    last: Vec<Option<(u64, u64)>>,
}

/// Runs the user's rules at the keywords and line starts in `from..to`.
pub(crate) fn user_candidates(
    options: &Options,
    window: &Window<'_>,
    from: usize,
    to: usize,
    state: &mut State,
    out: &mut Vec<Candidate>,
) {
    let Some(config) = options.user.as_deref() else {
        return;
    };
    state.last.resize(config.rules.len(), None);
    let mut places: Vec<(usize, usize)> = Vec::new();
    let reach = window
        .text
        .get(from..(to + 256).min(window.text.len()))
        .unwrap_or_default();
    for hit in config.keywords.find_overlapping_iter(reach) {
        let at = from + hit.start();
        if at < to {
            if let Some(rule) = config.owners.get(hit.pattern().as_usize()) {
                places.push((at, *rule));
            }
        }
    }
    let free = config
        .rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| !rule.has_keywords);
    for (rule, _) in free {
        let fresh = window.text.get(from..to).unwrap_or_default();
        if from == 0 && window.base == 0 {
            places.push((0, rule));
        }
        places.extend(memchr::memchr_iter(b'\n', fresh).map(|at| (from + at + 1, rule)));
    }
    places.sort_unstable();
    for (at, rule) in places {
        run(config, options, window, at, rule, state, out);
    }
}

fn run(
    config: &Config,
    options: &Options,
    window: &Window<'_>,
    at: usize,
    index: usize,
    state: &mut State,
    out: &mut Vec<Candidate>,
) {
    let (Some(rule), Some(last)) = (config.rules.get(index), state.last.get_mut(index)) else {
        return;
    };
    let (start, end) = line_around(window.text, at);
    // A line that was looked at, or a long one that was looked at close by, is done.
    let here = window.base + at as u64;
    let line_end = window.base + end as u64;
    if last.is_some_and(|(seen, seen_end)| {
        seen_end == line_end && seen + BEFORE as u64 > here
            || here < seen + PACE as u64 && here < seen_end
    }) {
        return;
    }
    *last = Some((here, line_end));
    let path = options.path.as_deref();
    if rule
        .path
        .as_ref()
        .is_some_and(|regex| !path.is_some_and(|p| regex.is_match(p.as_bytes())))
    {
        return;
    }
    let (Some(line), Some(regex)) = (window.text.get(start..end), rule.regex.get()) else {
        return;
    };
    let mut captures = regex.create_captures();
    let mut from = 0;
    while from <= line.len() {
        regex.search_captures(
            &regex_automata::Input::new(line).range(from..),
            &mut captures,
        );
        let Some(whole) = captures.get_match() else {
            return;
        };
        from = whole.end().max(whole.start() + 1);
        let group = match rule.group {
            // Without a group that is named, the first one that took part.
            0 => captures
                .iter()
                .skip(1)
                .flatten()
                .find(|span| !span.is_empty()),
            group => captures.get_group(group),
        };
        let span = group.map_or(whole.range(), |span| span.range());
        let (Some(secret), Some(matched)) = (line.get(span.clone()), line.get(whole.range()))
        else {
            return;
        };
        let allowed = config
            .allow
            .iter()
            .chain(&rule.allow)
            .any(|list| list.allows(secret, matched, line, path));
        if secret.is_empty() || entropy_tenths(secret) < rule.entropy || allowed {
            continue;
        }
        // Between the specific built-in rules and the guesses.
        out.push(candidate(
            options,
            window,
            start + span.start,
            start + span.end,
            RuleRef::User(Arc::clone(rule)),
            (90, b""),
        ));
    }
}

/// The line around a place, cut where it is long.
fn line_around(text: &[u8], at: usize) -> (usize, usize) {
    let before = text.get(at.saturating_sub(BEFORE)..at).unwrap_or_default();
    let left = memchr::memrchr(b'\n', before).map_or(before.len(), |feed| before.len() - feed - 1);
    let after = text
        .get(at..(at + AFTER).min(text.len()))
        .unwrap_or_default();
    let right = memchr::memchr(b'\n', after).unwrap_or(after.len());
    (at - left, at + right)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Scanner;

    const CONFIG: &str = r#"
        title = "x"
        [extend]
        useDefault = true
        [allowlist]
        paths = ['''vendor/''']
        stopwords = ["sample"]
        [[rules]]
        id = "acme"
        description = "Acme"
        regex = '''(?i)acme[a-z_]*\s*=\s*"([a-z0-9]{16})"'''
        keywords = ["acme"]
        entropy = 3.0
        secretGroup = 1
        [[rules.allowlists]]
        regexTarget = "line"
        regexes = ['''# ok$''']
        [[rules]]
        id = "numbered"
        description = "without keyword"
        regex = '''\bNB-\d{6}-[A-Z]{4}\b'''
        [[rules]]
        id = "in-php"
        description = "by path"
        regex = '''zz[0-9]{5}'''
        path = '''\.php$'''
        keywords = ["zz"]
    "#;

    fn ids(scanner: &Scanner, text: &str) -> Vec<String> {
        scanner
            .scan(text.as_bytes())
            .iter()
            .map(|found| found.rule_id().to_owned())
            .collect()
    }

    #[test]
    fn rules_groups_entropy_and_allow_lists() {
        let config = Config::parse(CONFIG).expect("parses");
        config.compile().expect("compiles");
        let scanner = Scanner::new().with_gitleaks(config);
        assert_eq!(ids(&scanner, "ACME_x = \"q8w3n5v7k2m9p4t6\""), ["acme"]);
        assert!(ids(&scanner, "ACME_x = \"q8w3n5v7k2m9p4t6\" # ok").is_empty());
        assert!(ids(&scanner, "acme = \"aaaaaaaabbbbbbbb\"").is_empty());
        assert!(ids(&scanner, "acme = \"q8w3n5sample9p4t\"").is_empty());
        assert_eq!(
            ids(&scanner, "a\nNB-482913-QXYZ\nNB-482913-QXYW"),
            ["numbered", "numbered"]
        );
        assert!(ids(&scanner, "zz12345").is_empty());
        assert_eq!(
            ids(&scanner.clone().with_path("a/b.php"), "zz12345"),
            ["in-php"]
        );
    }

    #[test]
    fn a_bad_expression_is_an_error() {
        let error =
            Config::parse("[[rules]]\nid = \"x\"\nregex = '''(a'''").expect_err("open group");
        assert!(
            error
                .to_string()
                .starts_with("rule `x`: cannot read the expression `(a`"),
            "{error}"
        );
        assert!(matches!(
            Config::parse("rules = 1"),
            Err(ConfigError::Syntax(_))
        ));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn any_text_is_survived(text in "[ -~\\n]{0,200}") {
            let _ = Config::parse(&text);
            let _ = Config::parse(&format!("[[rules]]\nid = 'a'\nregex = '''{}'''", text.replace('\'', "")));
        }

        #[test]
        fn streams_equal_buffers(lines in prop::collection::vec(0_usize..6, 0..400), cut in 1_usize..90_000) {
            let scanner = Scanner::new().with_gitleaks(Config::parse(CONFIG).expect("parses"));
            let parts = ["acme = \"q8w3n5v7k2m9p4t6\"", "NB-482913-QXYZ ", "\n", "xxxx yyyy, ", " acme_k=\"w8w3n5v7k2m9p4t6\"\n", "zzz zzz zzzzz zzzzzzzz zzz zzzzzzzzzz zzzzzzzz"];
            let text = lines.iter().map(|at| parts[*at]).collect::<String>().repeat(4);
            let mut found = Vec::new();
            let mut stream = scanner.stream();
            for piece in text.as_bytes().chunks(cut) {
                stream.push(piece, &mut |one| found.push(one));
            }
            stream.finish(&mut |one| found.push(one));
            prop_assert_eq!(found, scanner.scan(text.as_bytes()));
        }
    }
}
