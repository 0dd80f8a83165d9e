//! The rules of gitolite.
//!
//! Source: gitolite's documentation of `conf/gitolite.conf` ("basics", "access rules",
//! "refexes"). Rules are ordered. Of those for the repository and user whose refex matches
//! the ref, the first that grants the permission, or denies with `-`, decides; at the end of
//! the list everything is denied.

use std::collections::{BTreeMap, BTreeSet};

use clearance_core::Verdict;

use super::{ImportError, reason};
use crate::pattern::{Dialect, Pattern};
use crate::protect::{Actor, ChangeKind, Protection, PushReason, RefChange};

/// The rules of one repository.
///
/// # Examples
///
/// ```
/// use clearance_branch::import::GitoliteRules;
/// use clearance_branch::protect::{Actor, ChangeKind, Protection, RefChange};
/// use clearance_core::{Role, Verdict};
///
/// let rules = GitoliteRules::parse(
///     "@devs = ann bob\nrepo tool\n  RW+ dev/ = @devs\n  RW main$ = ann\n",
///     "tool",
/// )?;
/// let change = |refname| RefChange { remote: None, refname, kind: ChangeKind::Update };
/// let as_bob = Actor::new(Role::Human).named("bob");
/// let verdict = |refname| rules.reasons(&change(refname), &as_bob)[0].verdict;
/// assert_eq!(verdict("refs/heads/dev/x"), Verdict::Allow);
/// assert_eq!(verdict("refs/heads/main"), Verdict::Deny);
/// # Ok::<(), clearance_branch::import::ImportError>(())
/// ```
#[derive(Clone, Debug)]
pub struct GitoliteRules {
    rules: Vec<Rule>,
    /// Whether some rule has `C` (`D`): then creating (deleting) needs it.
    create_needs_c: bool,
    delete_needs_d: bool,
}

#[derive(Clone, Debug)]
struct Rule {
    line: usize,
    permission: String,
    refex: Refex,
    users: BTreeSet<String>,
}

#[derive(Clone, Debug)]
enum Refex {
    Pattern(Pattern),
    /// With `USER` in it, to be replaced by the name of who pushes.
    WithUser(String),
}

type Groups = BTreeMap<String, BTreeSet<String>>;

impl GitoliteRules {
    /// Reads the rules for `repo` from the text of `gitolite.conf`.
    ///
    /// # Errors
    ///
    /// [`ImportError`] for a line that is not understood, among them `include` and `subconf`,
    /// which name other files; nothing is imported then.
    pub fn parse(text: &str, repo: &str) -> Result<Self, ImportError> {
        let mut groups = Groups::new();
        let mut rules = Vec::new();
        let mut ours = false;
        for (i, line) in text.lines().enumerate() {
            let line_error = |why: &str| ImportError::Line {
                line: i + 1,
                why: why.to_owned(),
            };
            let line = line.split('#').next().unwrap_or_default().trim();
            let mut words = line.split_whitespace();
            match words.next() {
                None => {}
                Some("repo") => ours = names_repo(words, repo, &groups),
                Some("config" | "option" | "owner" | "category" | "desc" | "=begin" | "=end") => {}
                Some("include" | "subconf") => {
                    return Err(line_error("other files cannot be included"));
                }
                Some(word) if word.starts_with('@') => define(line, &mut groups)
                    .ok_or_else(|| line_error("expected `@group = members`"))?,
                Some(word) if is_permission(word) => {
                    let (left, users) = line
                        .split_once('=')
                        .ok_or_else(|| line_error("expected `= users`"))?;
                    if ours {
                        let users = expand(users, &groups);
                        rules.extend(rules_of(left, &users, i + 1)?);
                    }
                }
                Some(word) => return Err(line_error(&format!("`{word}` is not understood"))),
            }
        }
        let some = |c| rules.iter().any(|r: &Rule| r.permission.contains(c));
        Ok(Self {
            create_needs_c: some('C'),
            delete_needs_d: some('D'),
            rules,
        })
    }

    /// The patterns, but for those that depend on who pushes.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.rules.iter().filter_map(|r| match &r.refex {
            Refex::Pattern(p) => Some(p),
            Refex::WithUser(_) => None,
        })
    }

    fn letter(&self, kind: ChangeKind) -> char {
        match kind {
            ChangeKind::Create if self.create_needs_c => 'C',
            ChangeKind::Create | ChangeKind::Update => 'W',
            ChangeKind::Delete if self.delete_needs_d => 'D',
            ChangeKind::Force | ChangeKind::Delete => '+',
        }
    }
}

/// Whether a `repo` line is about the repository; an expression that could be is.
fn names_repo<'a>(names: impl Iterator<Item = &'a str>, repo: &str, groups: &Groups) -> bool {
    names.into_iter().any(|name| {
        name == "@all"
            || name == repo
            || (name.starts_with('@') && expand(name, groups).contains(repo))
            || Pattern::new(Dialect::Gitolite, &format!("refs/{name}$"))
                .is_ok_and(|p| p.matches(&format!("refs/{repo}")))
    })
}

fn define(line: &str, groups: &mut Groups) -> Option<()> {
    let (name, members) = line.split_once('=')?;
    let members = expand(members, groups);
    groups
        .entry(name.trim().to_owned())
        .or_default()
        .extend(members);
    Some(())
}

/// The names in a list, groups replaced by their members; `@all` stays.
fn expand(list: &str, groups: &Groups) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for word in list.split_whitespace() {
        match groups.get(word) {
            Some(members) => names.extend(members.iter().cloned()),
            _ => {
                names.insert(word.to_owned());
            }
        }
    }
    names
}

/// `-`, or `R` or `RW` with `+`, `C`, `D`, `M` after it.
fn is_permission(word: &str) -> bool {
    let rest = word
        .strip_prefix("RW")
        .or_else(|| word.strip_prefix('R'))
        .unwrap_or(word);
    word == "-" || (word.starts_with('R') && rest.chars().all(|c| "+CDM".contains(c)))
}

/// A line without its users: a permission and refexes; none stands for every ref.
fn rules_of(left: &str, users: &BTreeSet<String>, line: usize) -> Result<Vec<Rule>, ImportError> {
    let mut words = left.split_whitespace();
    let permission = words.next().unwrap_or_default().to_owned();
    let mut refexes: Vec<&str> = words.collect();
    if refexes.is_empty() {
        refexes.push("");
    }
    let mut rules = Vec::new();
    for text in refexes {
        // Rules on files and other virtual refs are not about the ref itself.
        if text.starts_with("VREF/") || text.starts_with("NAME/") {
            continue;
        }
        let refex = if text.contains("USER") {
            Refex::WithUser(text.to_owned())
        } else {
            let pattern =
                Pattern::new(Dialect::Gitolite, text).map_err(|error| ImportError::Line {
                    line,
                    why: error.to_string(),
                })?;
            Refex::Pattern(pattern)
        };
        rules.push(Rule {
            line,
            permission: permission.clone(),
            refex,
            users: users.clone(),
        });
    }
    Ok(rules)
}

impl Rule {
    fn is_for(&self, user: &str) -> bool {
        self.users.contains("@all") || self.users.contains(user)
    }

    /// Whether it covers the ref; `None` if that cannot be told.
    fn covers(&self, refname: &str, user: &str) -> Option<bool> {
        match &self.refex {
            Refex::Pattern(pattern) => Some(pattern.matches(refname)),
            Refex::WithUser(text) => {
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
                if !user.chars().all(plain) {
                    return None;
                }
                let text = text.replace("USER", user);
                Pattern::new(Dialect::Gitolite, &text)
                    .ok()
                    .map(|p| p.matches(refname))
            }
        }
    }
}

impl Protection for GitoliteRules {
    fn reasons(&self, change: &RefChange<'_>, actor: &Actor<'_>) -> Vec<PushReason> {
        let say = |verdict, why: &str| {
            vec![reason(
                "branch.gitolite",
                verdict,
                change,
                &format!("gitolite: {why}"),
            )]
        };
        let Some(user) = actor.name else {
            return say(
                Verdict::Ask,
                "its rules depend on who pushes, which is not known",
            );
        };
        let letter = self.letter(change.kind);
        for rule in self.rules.iter().filter(|r| r.is_for(user)) {
            let line = rule.line;
            match rule.covers(change.refname, user) {
                None => {
                    return say(
                        Verdict::Ask,
                        &format!("the rule of line {line} is not clear"),
                    );
                }
                Some(false) => {}
                Some(true) if rule.permission == "-" => {
                    return say(Verdict::Deny, &format!("the rule of line {line} denies it"));
                }
                Some(true) if rule.permission.contains(letter) => {
                    return say(
                        Verdict::Allow,
                        &format!("the rule of line {line} grants it"),
                    );
                }
                Some(true) => {}
            }
        }
        say(
            Verdict::Deny,
            &format!("no rule grants `{letter}` to `{user}`"),
        )
    }
}
