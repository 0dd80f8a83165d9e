//! Traps in patterns.

use super::{Lint, Weight};
use crate::pattern::{Dialect, Pattern, RefCondition, RefKind};

/// What a pattern probably does not do as its author hoped.
///
/// # Examples
///
/// ```
/// use clearance_branch::lint::lint_pattern;
/// use clearance_branch::pattern::{Dialect, Pattern};
///
/// let pattern = Pattern::new(Dialect::Github, "release/**")?;
/// let lint = &lint_pattern(&pattern)[0];
/// assert_eq!(lint.code, "pattern-one-level");
/// assert_eq!(lint.help.as_deref(), Some("write `release/**/*` for any depth"));
/// # Ok::<(), clearance_branch::pattern::PatternError>(())
/// ```
#[must_use]
pub fn lint_pattern(pattern: &Pattern) -> Vec<Lint> {
    let text = pattern.as_str();
    let mut found = match pattern.dialect() {
        Dialect::Github => github(text, true),
        Dialect::GithubRuleset if text.starts_with('~') => Vec::new(),
        Dialect::GithubRuleset => github(text, false),
        Dialect::Gitlab => gitlab(text),
        Dialect::Gitolite => gitolite(text),
        Dialect::Gitignore => ignore(text),
        Dialect::Codeowners | Dialect::Wildmatch | Dialect::ForEachRef | Dialect::Refspec => {
            Vec::new()
        }
    };
    found.extend(spelling(text));
    found
}

fn never(text: &str, why: &str) -> Lint {
    Lint::new(
        "pattern-never",
        Weight::Error,
        format!("`{text}` can never match: {why}"),
    )
}

fn plain(text: &str, what: &str) -> Lint {
    let message = format!("`{text}`: {what} has no special meaning here and stands for itself");
    Lint::new("pattern-literal", Weight::Warning, message)
}

/// Characters that look like others or turn the text round.
fn spelling(text: &str) -> Option<Lint> {
    let hidden = |c: char| {
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
            || c == '\u{feff}'
            || c.is_control()
    };
    if text.contains(hidden) {
        let message = format!("`{}` holds invisible characters", text.escape_unicode());
        return Some(Lint::new("pattern-invisible", Weight::Error, message));
    }
    let blank = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
    if blank {
        let message = format!("`{text}` begins or ends with a space, which ref names cannot have");
        return Some(Lint::new("pattern-space", Weight::Warning, message));
    }
    let latin = text.chars().any(|c| c.is_ascii_alphabetic());
    let look_alike = |c: char| matches!(c, '\u{370}'..='\u{52f}');
    (latin && text.contains(look_alike)).then(|| {
        let message = format!("`{text}` mixes Latin letters with Greek or Cyrillic ones");
        Lint::new("pattern-mixed-script", Weight::Warning, message)
    })
}

fn github(text: &str, classic: bool) -> Vec<Lint> {
    let mut found = Vec::new();
    if text.is_empty() {
        found.push(never(text, "no name is empty"));
    }
    if classic && text.starts_with("refs/") {
        let short = text.strip_prefix("refs/heads/").unwrap_or(text);
        let why = "a classic rule is held against the short name";
        found.push(never(text, why).help(format!("write `{short}`")));
    }
    if !classic && !text.starts_with("refs/") && !text.is_empty() && !text.starts_with('*') {
        let why = "a ruleset is held against the full name";
        found.push(never(text, why).help(format!("write `refs/heads/{text}`")));
    }
    if unclosed_bracket(text) {
        found.push(never(text, "a `[` is not closed"));
    }
    found.extend(double_star(text));
    if text.contains('{') {
        found.push(plain(text, "`{…}`").help("write one pattern for each alternative"));
    }
    if text.contains("[^") {
        found.push(undocumented(text, "`[^…]`").help("write `[!…]`"));
    }
    if text.contains('\\') {
        found.push(undocumented(text, "a backslash"));
    }
    found
}

fn undocumented(text: &str, what: &str) -> Lint {
    let message = format!("`{text}`: {what} is not documented by GitHub");
    Lint::new("pattern-undocumented", Weight::Hint, message)
}

/// `**` means any depth only as a whole component with something after it.
fn double_star(text: &str) -> Option<Lint> {
    let components: Vec<&str> = text.split('/').collect();
    let (last, before) = components.split_last()?;
    let message = |what: &str| format!("`{text}`: {what}");
    if *last == "**" && !before.is_empty() {
        let lint = Lint::new(
            "pattern-one-level",
            Weight::Warning,
            message("`**` at the end covers one level only"),
        );
        return Some(lint.help(format!("write `{text}/*` for any depth")));
    }
    let odd = |c: &&&str| c.contains("**") && **c != "**";
    components.iter().find(odd).map(|c| {
        let message = message(&format!(
            "`{c}` is one component: `**` in it is the same as `*`"
        ));
        Lint::new("pattern-one-level", Weight::Warning, message)
    })
}

fn unclosed_bracket(text: &str) -> bool {
    text.split_once('[')
        .is_some_and(|(_, rest)| !rest.contains(']'))
}

fn gitlab(text: &str) -> Vec<Lint> {
    let mut found = Vec::new();
    if text.contains(['?', '[']) {
        found.push(plain(text, "only `*` is special for GitLab: anything else"));
    }
    if text.starts_with("refs/") {
        found.push(never(text, "GitLab compares the short name"));
    }
    found
}

fn gitolite(text: &str) -> Vec<Lint> {
    let mut found = Vec::new();
    let plain_name = |c: char| c.is_ascii_alphanumeric() || "-_/".contains(c);
    if !text.is_empty() && text.chars().all(plain_name) && !text.ends_with('/') {
        let message = format!("`{text}` also covers `{text}2`: it is anchored in front only");
        let lint = Lint::new("pattern-open-end", Weight::Warning, message);
        found.push(lint.help(format!("write `{text}$`")));
    }
    if text.starts_with('^') {
        let why = "`refs/heads/` is put before the `^`";
        found.push(never(text, why).help("leave the `^` out"));
    }
    if alternatives_outside_group(text) {
        let message = format!("`{text}`: only the first alternative is anchored");
        let lint = Lint::new("pattern-unanchored", Weight::Error, message);
        found.push(lint.help(format!("write `({text})`")));
    }
    found
}

fn alternatives_outside_group(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut escaped = false;
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => return true,
            _ => {}
        }
    }
    false
}

fn ignore(text: &str) -> Vec<Lint> {
    if text.starts_with('!') {
        vec![never(text, "a negation by itself covers nothing")]
    } else {
        Vec::new()
    }
}

/// What is wrong with a ruleset's condition as a whole, and with each of its patterns.
#[must_use]
pub fn lint_condition(condition: &RefCondition) -> Vec<Lint> {
    let mut found: Vec<Lint> = condition
        .include()
        .iter()
        .chain(condition.exclude())
        .flat_map(lint_pattern)
        .collect();
    let never = |message: String| Lint::new("rule-never", Weight::Error, message);
    if condition.include().is_empty() {
        found.push(never(
            "the include list is empty: the rule never applies".to_owned(),
        ));
    }
    if condition.exclude().iter().any(|p| p.as_str() == "~ALL") {
        found.push(never(
            "`~ALL` is excluded: the rule never applies".to_owned(),
        ));
    }
    for include in condition.include() {
        let text = include.as_str();
        if condition.exclude().iter().any(|e| e.as_str() == text) {
            found.push(never(format!("`{text}` is both included and excluded")));
        } else if covered_by_exclude(condition, text) {
            found.push(never(format!(
                "`{text}` is included, and an exclude covers it"
            )));
        }
        let other = match condition.kind() {
            RefKind::Branch => "refs/tags/",
            RefKind::Tag => "refs/heads/",
        };
        if text.starts_with(other) {
            let kind = condition.kind().prefix();
            found.push(never(format!(
                "`{text}` can never match: the rule is about `{kind}`"
            )));
        }
    }
    found
}

/// Whether an include that names one ref is excluded.
fn covered_by_exclude(condition: &RefCondition, text: &str) -> bool {
    let exact = condition
        .include()
        .iter()
        .any(|i| i.as_str() == text && i.is_exact());
    exact && condition.exclude().iter().any(|e| e.matches(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(dialect: Dialect, text: &str) -> Vec<&'static str> {
        lint_pattern(&Pattern::new(dialect, text).unwrap())
            .iter()
            .map(|l| l.code)
            .collect()
    }

    #[test]
    fn traps_and_their_harmless_twins() {
        use Dialect::{Github, GithubRuleset, Gitlab};
        let table: [(Dialect, &str, &[&str]); 18] = [
            (Github, "rel/**", &["pattern-one-level"]),
            (Github, "rel/**/*", &[]),
            (Github, "rel**/x", &["pattern-one-level"]),
            (Github, "**", &[]),
            (Github, "{a,b}", &["pattern-literal"]),
            (Github, "refs/heads/a", &["pattern-never"]),
            (Github, "[a", &["pattern-never"]),
            (Github, "[^a]", &["pattern-undocumented"]),
            (Github, "", &["pattern-never"]),
            (Github, "a ", &["pattern-space"]),
            (Github, "m\u{430}in", &["pattern-mixed-script"]),
            (Github, "ma\u{200b}in", &["pattern-invisible"]),
            (GithubRuleset, "a", &["pattern-never"]),
            (GithubRuleset, "refs/heads/a", &[]),
            (GithubRuleset, "~ALL", &[]),
            (Gitlab, "rel-?", &["pattern-literal"]),
            (Gitlab, "rel-*", &[]),
            (Dialect::Gitignore, "!a", &["pattern-never"]),
        ];
        for (dialect, text, expected) in table {
            assert_eq!(codes(dialect, text), expected, "{dialect} {text}");
        }
    }

    #[cfg(feature = "gitolite")]
    #[test]
    fn refexes() {
        let table: [(&str, &[&str]); 6] = [
            ("prod", &["pattern-open-end"]),
            ("prod$", &[]),
            ("dev/", &[]),
            ("^prod$", &["pattern-never"]),
            ("a|b$", &["pattern-unanchored"]),
            ("(a|b)$", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(codes(Dialect::Gitolite, text), expected, "{text}");
        }
    }

    #[test]
    fn what_the_linter_calls_never_never_matches() {
        let names = ["a", "refs/heads/a", "main", "refs/heads/main", "x/y", "[a"];
        for text in ["refs/heads/a", "[a", "", "x[", "refs/x/*"] {
            let pattern = Pattern::new(Dialect::Github, text).unwrap();
            assert!(
                lint_pattern(&pattern)
                    .iter()
                    .any(|l| l.code == "pattern-never"),
                "{text}"
            );
            for name in names.iter().filter(|n| !n.starts_with("refs/")) {
                assert!(!pattern.matches(name), "{text} {name}");
            }
        }
    }

    #[test]
    fn conditions_that_never_apply() {
        let codes = |include: &[&str], exclude: &[&str]| {
            let condition = RefCondition::new(RefKind::Branch, include, exclude).unwrap();
            lint_condition(&condition)
                .iter()
                .map(|l| l.code)
                .collect::<Vec<_>>()
        };
        let none: &[&str] = &[];
        assert_eq!(codes(&["~ALL"], &["refs/heads/x"]), none);
        assert_eq!(codes(&[], &[]), ["rule-never"]);
        assert_eq!(
            codes(&["refs/heads/a"], &["~ALL"]),
            ["rule-never", "rule-never"]
        );
        assert_eq!(codes(&["refs/heads/a"], &["refs/heads/*"]), ["rule-never"]);
        assert_eq!(
            codes(&["refs/heads/a*"], &["refs/heads/a*"]),
            ["rule-never"]
        );
        assert_eq!(codes(&["refs/tags/v1"], &[]), ["rule-never"]);
    }
}
