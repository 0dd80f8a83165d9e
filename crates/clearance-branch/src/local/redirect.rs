//! Commands that make later pushes mean something else: [`redirects_pushes`].

use super::Words;
use crate::push::{Env, GitCommand};

/// Sections of the configuration on which no push depends, in lower case.
const IRRELEVANT: &[&str] = &[
    "advice",
    "author",
    "blame",
    "color",
    "column",
    "commit",
    "committer",
    "diff",
    "format",
    "grep",
    "help",
    "i18n",
    "init",
    "log",
    "merge",
    "pull",
    "rebase",
    "rerere",
    "status",
    "user",
    "versionsort",
];

/// Says whether a command line of git makes later pushes go elsewhere, or mean something
/// else, for all that the text shows: a sentence, or `None`.
///
/// # Examples
///
/// ```
/// use clearance_branch::local::redirects_pushes;
///
/// let line = ["git", "config", "url.https://e.example/.insteadOf", "https://h.example/"];
/// assert!(redirects_pushes(&line).is_some());
/// assert!(redirects_pushes(&["git", "config", "user.name", "Ada"]).is_none());
/// ```
#[must_use]
pub fn redirects_pushes<S: AsRef<[u8]>>(argv: &[S]) -> Option<String> {
    let Some(git) = GitCommand::parse(argv, &Env::default()) else {
        return Some("it is no git command in UTF-8".to_owned());
    };
    let words = Words::new(&git.word, &git.args);
    let upstream = |letters| words.has(letters, &["set-upstream-to", "unset-upstream"]);
    let sentence = || Some("it changes where a branch is pushed to".to_owned());
    match git.word.as_str() {
        "config" => config(&words),
        "remote" => remote(&words),
        "branch" if upstream("u") => sentence(),
        "fetch" | "pull" if words.has("", &["set-upstream"]) => sentence(),
        _ => None,
    }
}

/// A sentence where `git config` writes something that a push may depend on.
pub(super) fn config(words: &Words<'_>) -> Option<String> {
    let first = words.operands.first().copied().unwrap_or_default();
    let subcommand = matches!(
        first,
        "set" | "unset" | "get" | "list" | "edit" | "rename-section" | "remove-section"
    );
    let reads = words.has(
        "l",
        &[
            "get",
            "get-all",
            "get-regexp",
            "get-urlmatch",
            "get-color",
            "get-colorbool",
            "list",
        ],
    ) || matches!(first, "get" | "list");
    let keys = words
        .operands
        .get(usize::from(subcommand)..)
        .unwrap_or_default();
    let writes = matches!(
        first,
        "set" | "unset" | "edit" | "rename-section" | "remove-section"
    ) || keys.len() > 1
        || words.has(
            "e",
            &[
                "add",
                "unset",
                "unset-all",
                "replace-all",
                "edit",
                "rename-section",
                "remove-section",
            ],
        );
    if reads || !writes {
        return None;
    }
    let key = keys.first().copied().unwrap_or_default();
    let section = key
        .split('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let harmless = IRRELEVANT.contains(&section.as_str())
        && !words.has("e", &["edit", "rename-section", "remove-section"])
        && !first.ends_with("-section")
        && !super::changes_meaning(key, keys.get(1).copied());
    (!harmless).then(|| format!("`git config {key}` may change what a push means"))
}

pub(super) fn remote(words: &Words<'_>) -> Option<String> {
    match words.operands.as_slice() {
        [] | ["show" | "get-url" | "prune" | "update", ..] => None,
        [what, ..] => Some(format!("`git remote {what}` changes where a push goes")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn redirections_are_told_without_facts() {
        for (line, redirects) in [
            ("git remote add x y", true),
            ("git remote set-url --push o y", true),
            ("git remote", false),
            ("git config remote.o.pushurl y", true),
            ("git config --global url.x.pushInsteadOf y", true),
            ("git config core.sshCommand y", true),
            ("git config include.path y", true),
            ("git config user.name y", false),
            ("git branch -u o/main", true),
            ("git branch x", false),
            ("git fetch o", false),
            ("git commit -m remote", false),
            ("git push -u o x", false),
        ] {
            let words: Vec<&str> = line.split(' ').collect();
            assert_eq!(redirects_pushes(&words).is_some(), redirects, "{line}");
        }
    }

    proptest! {
        #[test]
        fn no_words_break_it(words: Vec<Vec<u8>>, name in "(config|remote|branch|fetch)") {
            let mut line = vec![b"git".to_vec(), name.into_bytes()];
            line.extend(words);
            let _ = redirects_pushes(&line);
        }
    }
}
