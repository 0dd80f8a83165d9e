//! Reads gitleaks' TOML configuration and runs its rules beside the built-in ones.
//!
//! Understood: `rules` with `id`, `description`, `regex`, `path`, `keywords`, `entropy`,
//! `secretGroup`, `tags` and allow lists (`regexes`, `regexTarget`, `paths`, `stopwords`,
//! `condition`); the global allow list. `extend.useDefault` is what happens anyway. Regular
//! expressions run on the line of a keyword, always in linear time, compiled on first use.
//! What cannot be honoured is listed by [`Config::ignored`]. Source: the gitleaks README.

mod dialect;
mod raw;
mod run;

use std::sync::{Arc, OnceLock};

use aho_corasick::AhoCorasick;
use regex_automata::meta::Regex;
use toml::Spanned;

use raw::{RawAllow, RawConfig};
pub(crate) use run::{State, user_candidates};

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
    #[error("line {line}: rule `{rule}`: cannot read the expression `{regex}`: {reason}")]
    Regex {
        /// Where the expression stands, from 1.
        line: usize,
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
    line: usize,
    compiled: OnceLock<Option<Regex>>,
}

impl Lazy {
    /// Checks the syntax only. `file` is the text that the expression stands in.
    fn new(file: &str, rule: &str, source: &Spanned<String>) -> Result<Self, ConfigError> {
        let line = line_of(file, source.span().start);
        let source = source.get_ref();
        match regex_automata::util::syntax::parse_with(&dialect::translate(source), &syntax()) {
            Ok(_) => Ok(Self {
                source: source.to_owned(),
                line,
                compiled: OnceLock::new(),
            }),
            Err(error) => Err(ConfigError::Regex {
                line,
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
                .build(&dialect::translate(&self.source))
                .ok()
        };
        self.compiled.get_or_init(build).as_ref()
    }

    fn is_match(&self, text: &[u8]) -> bool {
        self.get().is_some_and(|regex| regex.is_match(text))
    }
}

/// The line of a place in a file, from 1.
fn line_of(file: &str, at: usize) -> usize {
    let before = file.as_bytes().get(..at).unwrap_or_default();
    1 + before.iter().filter(|byte| **byte == b'\n').count()
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
        let allow = allow_lists(
            text,
            "allowlist",
            raw.allowlist,
            raw.allowlists,
            &mut ignored,
        )?;
        let (mut rules, mut words, mut owners) = (Vec::new(), Vec::new(), Vec::new());
        for rule in raw.rules {
            let regex = rule.regex.filter(|regex| !regex.get_ref().is_empty());
            let Some(regex) = regex else {
                ignored.push(format!("rule `{}`: it has no expression", rule.id));
                continue;
            };
            let regex = Lazy::new(text, &rule.id, &regex)?;
            let path = rule
                .path
                .map(|path| Lazy::new(text, &rule.id, &path))
                .transpose()?;
            for word in rule.keywords.iter().filter(|word| !word.is_empty()) {
                owners.push(rules.len());
                words.push(word.clone());
            }
            rules.push(Arc::new(UserRule {
                has_keywords: rule.keywords.iter().any(|word| !word.is_empty()),
                allow: allow_lists(
                    text,
                    &rule.id,
                    rule.allowlist,
                    rule.allowlists,
                    &mut ignored,
                )?,
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
                    line: rule.regex.line,
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
    file: &str,
    rule: &str,
    one: Option<RawAllow>,
    many: Vec<RawAllow>,
    ignored: &mut Vec<String>,
) -> Result<Vec<AllowList>, ConfigError> {
    let compile = |sources: &[Spanned<String>]| -> Result<Vec<Lazy>, ConfigError> {
        sources
            .iter()
            .map(|source| Lazy::new(file, rule, source))
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
        regex = '''zz[0-9]{5}|^\$(?:\d+|{\d+})$'''
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
                .starts_with("line 3: rule `x`: cannot read the expression `(a`"),
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
