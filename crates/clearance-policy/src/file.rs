//! One policy file: its TOML shape and the checks that the shape cannot express.

use std::collections::BTreeMap;
use std::ops::Range;

use clearance_core::{Effect, Verdict};
use serde::Deserialize;
use toml::Spanned;

use crate::Layer;
use crate::error::{Diagnostic, PolicyError, nearest};
use crate::rule::{Item, Rest, Rule};

/// Programs that run other text or other programs: an allow rule that ends on one of them
/// would allow everything.
const CARRIERS: &[&str] = &[
    "bash",
    "sh",
    "zsh",
    "dash",
    "ksh",
    "fish",
    "env",
    "sudo",
    "doas",
    "su",
    "xargs",
    "nice",
    "nohup",
    "timeout",
    "time",
    "exec",
    "eval",
    "command",
    "builtin",
    "source",
    ".",
    "python",
    "python3",
    "node",
    "deno",
    "bun",
    "ruby",
    "perl",
    "php",
    "lua",
    "awk",
    "gawk",
    "osascript",
    "ssh",
    "watch",
    "setsid",
    "stdbuf",
    "strace",
    "busybox",
    "find",
    "parallel",
];

/// Effects that no policy allows wholesale: what was not understood, and what leaks or breaks
/// beyond repair.
const NEVER_ALLOWED: &[Effect] = &[
    Effect::Unknown,
    Effect::Exfiltrate,
    Effect::Device,
    Effect::RunDownloaded,
    Effect::Secret,
];

/// The keys at the top of a policy file.
pub(crate) const KEYS: &[&str] = &[
    "version",
    "thresholds",
    "switches",
    "allow",
    "ask",
    "deny",
    "branches",
    "branch",
    "effects",
    "program",
];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct File {
    pub(crate) version: Option<Spanned<u32>>,
    #[serde(default)]
    pub(crate) thresholds: Thresholds,
    #[serde(default)]
    pub(crate) switches: BTreeMap<String, Spanned<Switch>>,
    #[serde(default)]
    pub(crate) effects: BTreeMap<String, Spanned<Answer>>,
    #[serde(default)]
    allow: Vec<Spanned<RuleTable>>,
    #[serde(default)]
    ask: Vec<Spanned<RuleTable>>,
    #[serde(default)]
    deny: Vec<Spanned<RuleTable>>,
    #[serde(default)]
    pub(crate) branches: Branches,
    /// Read a second time as a table where it is there: here only its errors matter.
    pub(crate) branch: Option<Spanned<clearance_branch::config::Policy>>,
    #[serde(default)]
    pub(crate) program: Vec<Spanned<toml::Table>>,
}

/// The scores from which on an action is asked about or denied.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Thresholds {
    pub(crate) ask: Option<Spanned<u8>>,
    pub(crate) deny: Option<Spanned<u8>>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Switch {
    Allow,
    Ask,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Answer {
    Allow,
    Ask,
    Deny,
}

impl From<Answer> for Verdict {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Allow => Self::Allow,
            Answer::Ask => Self::Ask,
            Answer::Deny => Self::Deny,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Branches {
    pub(crate) protected: Option<Vec<Spanned<String>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RuleTable {
    argv: Spanned<Vec<Spanned<ItemText>>>,
    #[serde(default)]
    rest: Rest,
    why: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum ItemText {
    One(String),
    Any(Vec<String>),
}

/// Parses and checks one file.
pub(crate) fn parse(name: &str, text: &str) -> Result<File, PolicyError> {
    let file: File = toml::from_str(text).map_err(|e| syntax(name, text, &e))?;
    check(name, text, &file)?;
    Ok(file)
}

fn syntax(name: &str, text: &str, error: &toml::de::Error) -> PolicyError {
    let span = error.span().unwrap_or(0..0);
    let message = error.message().trim().replace('\n', "; ");
    let marked = text
        .get(span.clone())
        .unwrap_or_default()
        .trim_matches(['[', ']', '"', ' ']);
    let mut diagnostic = Diagnostic::new(name, text, span, message);
    if let Some(near) = nearest(marked, KEYS).filter(|near| *near != marked) {
        diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
    } else if diagnostic.message().contains("unknown field") {
        diagnostic = diagnostic.help("remove the key or correct its spelling");
    } else if diagnostic.message().contains("invalid type") {
        diagnostic = diagnostic.help("write a value of the expected type");
    } else {
        diagnostic = diagnostic.help("a policy is a TOML text; see docs/POLICY.md for its keys");
    }
    PolicyError::Syntax(diagnostic)
}

fn check(name: &str, text: &str, file: &File) -> Result<(), PolicyError> {
    let invalid = |span: Range<usize>, message: String, help: &str| {
        Err(PolicyError::Invalid(
            Diagnostic::new(name, text, span, message).help(help),
        ))
    };
    if let Some(version) = file.version.as_ref().filter(|v| *v.get_ref() != 1) {
        let message = format!("unknown policy version `{}`", version.get_ref());
        return invalid(version.span(), message, "this program reads version 1");
    }
    for threshold in [&file.thresholds.ask, &file.thresholds.deny]
        .into_iter()
        .flatten()
    {
        if *threshold.get_ref() > 100 || *threshold.get_ref() == 0 {
            let message = format!("threshold `{}` is out of range", threshold.get_ref());
            return invalid(threshold.span(), message, "a score from 1 to 100");
        }
    }
    if let (Some(ask), Some(deny)) = (&file.thresholds.ask, &file.thresholds.deny) {
        if ask.get_ref() > deny.get_ref() {
            let message = "the deny threshold lies below the ask threshold".to_owned();
            return invalid(deny.span(), message, "deny must be at least ask");
        }
    }
    for (key, value) in &file.switches {
        if !crate::layer::SWITCHES.contains(&key.as_str()) {
            let help = nearest(key, crate::layer::SWITCHES).map_or_else(
                || "see docs/POLICY.md".to_owned(),
                |n| format!("did you mean `{n}`?"),
            );
            return invalid(value.span(), format!("unknown switch `{key}`"), &help);
        }
    }
    for (key, value) in &file.effects {
        let Some(effect) = Effect::parse(key) else {
            let names: Vec<&str> = Effect::ALL.iter().map(|e| e.as_str()).collect();
            let help = nearest(key, &names).map_or_else(
                || "see docs/SCORE.md".to_owned(),
                |n| format!("did you mean `{n}`?"),
            );
            return invalid(value.span(), format!("unknown effect `{key}`"), &help);
        };
        if *value.get_ref() == Answer::Allow && NEVER_ALLOWED.contains(&effect) {
            let message = format!("the effect `{key}` cannot be allowed in general");
            return invalid(
                value.span(),
                message,
                "write an allow rule for the exact command",
            );
        }
    }
    for pattern in file.branches.protected.iter().flatten() {
        if pattern.get_ref().trim().is_empty() {
            let message = "a branch pattern is empty".to_owned();
            return invalid(
                pattern.span(),
                message,
                "name a branch or a pattern such as `release/*`",
            );
        }
    }
    Ok(())
}

/// The rules of a file, checked.
pub(crate) fn rules(
    file: File,
    name: &str,
    text: &str,
    layer: Layer,
) -> Result<Vec<Rule>, PolicyError> {
    let shared: std::sync::Arc<str> = name.into();
    let groups = [
        (Verdict::Deny, file.deny),
        (Verdict::Ask, file.ask),
        (Verdict::Allow, file.allow),
    ];
    let mut rules = Vec::new();
    for (verdict, tables) in groups {
        for table in tables {
            let span = table.span();
            let table = table.into_inner();
            let line = text
                .get(..span.start)
                .unwrap_or_default()
                .matches('\n')
                .count()
                + 1;
            let argv = items(&table, verdict, name, text)?;
            rules.push(Rule {
                verdict,
                argv,
                rest: table.rest,
                why: table.why,
                layer,
                file: shared.clone(),
                line,
            });
        }
    }
    Ok(rules)
}

fn items(
    table: &RuleTable,
    verdict: Verdict,
    name: &str,
    text: &str,
) -> Result<Vec<Item>, PolicyError> {
    let invalid = |span: Range<usize>, message: &str, help: &str| {
        let diagnostic = Diagnostic::new(name, text, span, message.to_owned()).help(help);
        PolicyError::Invalid(diagnostic)
    };
    let mut items = Vec::new();
    for word in table.argv.get_ref() {
        items.push(match word.get_ref() {
            ItemText::One(w) if w == "*" => Item::Wild,
            ItemText::One(w) => Item::Word(w.as_str().into()),
            ItemText::Any(words) if words.is_empty() => {
                return Err(invalid(
                    word.span(),
                    "an empty list matches nothing",
                    "list the words",
                ));
            }
            ItemText::Any(words) => Item::Any(words.clone()),
        });
    }
    match items.first() {
        None => {
            let help = "give at least the program: argv = [\"make\"]";
            return Err(invalid(
                table.argv.span(),
                "a rule without words matches everything",
                help,
            ));
        }
        Some(Item::Wild) if verdict == Verdict::Allow => {
            let help = "name the program that may run";
            return Err(invalid(
                table.argv.span(),
                "an allow rule for any program",
                help,
            ));
        }
        Some(_) => {}
    }
    if verdict == Verdict::Allow && table.rest != Rest::None && ends_open(&items) {
        let help = "add the words that make it safe, or set rest = \"none\"";
        let message = "this allow rule would allow any program: it ends at one that runs others";
        return Err(invalid(table.argv.span(), message, help));
    }
    Ok(items)
}

/// The rule's words end at a program that runs whatever follows, or at an option for code.
fn ends_open(items: &[Item]) -> bool {
    let carrier = |w: &str| CARRIERS.contains(&w.rsplit('/').next().unwrap_or(w));
    let is = |item: &Item, test: &dyn Fn(&str) -> bool| match item {
        Item::Word(w) => test(w),
        Item::Any(words) => words.iter().any(|w| test(w)),
        Item::Wild => true,
    };
    match items {
        [.., last]
            if is(last, &|w| {
                matches!(w, "-c" | "-e" | "--eval" | "--command" | "--")
            }) =>
        {
            true
        }
        [first, rest @ ..] if is(first, &carrier) => rest
            .iter()
            .all(|item| is(item, &|w| w.starts_with('-') || carrier(w))),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Vec<Rule>, PolicyError> {
        let file = parse("p.toml", text)?;
        rules(file, "p.toml", text, Layer::User)
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let table = [
            ("[[alow]]\nargv=['x']\n", 1, "unknown field `alow`"),
            ("x = \n", 1, ""),
            ("\n[thresholds]\nask = \"high\"\n", 3, "invalid type"),
            ("[thresholds]\nask = 130\n", 2, "out of range"),
            (
                "[thresholds]\nask = 80\ndeny = 20\n",
                3,
                "below the ask threshold",
            ),
            ("version = 2\n", 1, "unknown policy version `2`"),
            (
                "[switches]\nbare-pusch = 'allow'\n",
                2,
                "unknown switch `bare-pusch`",
            ),
            ("[effects]\nunknown = 'allow'\n", 2, "cannot be allowed"),
            (
                "[effects]\nnet-raed = 'ask'\n",
                2,
                "unknown effect `net-raed`",
            ),
            ("[[allow]]\nargv = []\n", 2, "without words"),
            ("[[allow]]\nargv = ['*', 'x']\n", 2, "any program"),
            (
                "[[allow]]\nargv = ['sudo']\n",
                2,
                "ends at one that runs others",
            ),
            (
                "[[allow]]\nargv = ['/usr/bin/env', '-i']\n",
                2,
                "ends at one that runs others",
            ),
            (
                "[[allow]]\nargv = ['docker', 'exec', 'db', 'sh', '-c']\n",
                2,
                "runs others",
            ),
            ("[branches]\nprotected = ['']\n", 2, "empty"),
        ];
        for (text, line, message) in table {
            let error = load(text).expect_err(text);
            let d = error.diagnostic().expect(text);
            assert_eq!(d.line(), line, "{text}: {error}");
            assert!(d.message().contains(message), "{text}: {error}");
            assert!(error.to_string().contains("\nhelp: "), "{error}");
        }
    }

    #[test]
    fn rules_keep_their_line() {
        let rules =
            load("\n[[deny]]\nargv = ['a']\n[[allow]]\nargv = ['b', ['c', 'd']]\n").unwrap();
        let lines: Vec<_> = rules.iter().map(|r| (r.verdict(), r.origin().2)).collect();
        assert_eq!(lines, [(Verdict::Deny, 2), (Verdict::Allow, 4)]);
    }

    #[test]
    fn a_shell_with_a_fixed_script_may_be_allowed() {
        assert!(load("[[allow]]\nargv = ['bash', 'scripts/lint.sh']\n").is_ok());
        assert!(load("[[allow]]\nargv = ['env']\nrest = 'none'\n").is_ok());
    }
}
