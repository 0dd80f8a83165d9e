//! Tables written for this crate, a slow reference for GitHub's dialect, and real git for
//! the dialects that git defines.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::{Coverage, Dialect, Pattern, PatternError, RefCondition, RefKind};

fn matches(dialect: Dialect, pattern: &str, name: &str) -> bool {
    Pattern::new(dialect, pattern).is_ok_and(|p| p.matches(name))
}

#[test]
fn each_dialect_reads_stars_its_own_way() {
    use Dialect::{Codeowners, ForEachRef, Github, Gitignore, Gitlab, Refspec, Wildmatch};
    let table = [
        (Github, "hot/**", "hot/a", true),
        (Github, "hot/**", "hot/a/b", false),
        (Github, "hot/**/*", "hot/a/b", true),
        (Github, "hot/**/*", "hot/a", true),
        (Github, "hot/**/*", "hot", false),
        (Github, "**/x", "x", true),
        (Github, "**/x", "a/b/x", true),
        (Github, "a**/x", "a/b/x", false),
        (Github, "x?", "xé", true),
        (Github, "[!0-9]x", "ax", true),
        (Github, "[]", "]", false),
        (Github, "[z-a]", "z", true),
        (Github, "[z-a]", "m", false),
        (Github, "[a", "[a", false),
        (Github, "{a,b}", "a", false),
        (Github, "{a,b}", "{a,b}", true),
        (Github, "\\*", "*", true),
        (Github, "*", ".x", false),
        (Github, "*.x", ".x", false),
        (Github, ".?", ".x", true),
        (Github, "", "", true),
        (Wildmatch, "hot/**", "hot/a/b", true),
        (Wildmatch, "hot/", "hot/a/b", true),
        (Wildmatch, "hot/**", "hot", false),
        (Wildmatch, "hot/**/b", "hot/b", true),
        (Wildmatch, "h**t/x", "hot/x", true),
        (Wildmatch, "x?", "xé", false),
        (Wildmatch, "[]a]x", "]x", true),
        (Wildmatch, "[[:digit:]x]", "7", true),
        (Wildmatch, "[[:nope:]]", "n", false),
        (Wildmatch, "[z-a]", "z", true),
        (Wildmatch, "[z-a]", "a", false),
        (Gitlab, "hot*", "hot/a/b", true),
        (Gitlab, "hot?", "hot1", false),
        (Gitlab, "a.b", "axb", false),
        (Refspec, "refs/heads/h*t", "refs/heads/hot/or/not", true),
        (Refspec, "refs/heads/h*t", "refs/heads/ht", true),
        (Refspec, "refs/heads/ho*ot", "refs/heads/hot", false),
        (ForEachRef, "refs/heads", "refs/heads/a/b", true),
        (ForEachRef, "refs/head", "refs/heads/a", false),
        (ForEachRef, "refs/heads/*", "refs/heads/a/b", false),
        (Gitignore, "logs", "a/logs/x", true),
        (Gitignore, "/logs", "a/logs/x", false),
        (Gitignore, "logs/", "logs", false),
        (Gitignore, "logs/", "logs/", true),
        (Gitignore, "doc/*", "doc/a/b", true),
        (Gitignore, "!doc", "doc", false),
        (Gitignore, "# doc", "# doc", false),
        (Gitignore, "doc  ", "doc", true),
        (Gitignore, "doc\\ ", "doc ", true),
        (Codeowners, "doc/*", "doc/a/b", false),
        (Codeowners, "doc/*", "doc/a", true),
        (Codeowners, "*", "a/b/c", true),
        (Codeowners, "/lib/", "lib/a/b", true),
    ];
    for (dialect, pattern, name, expected) in table {
        assert_eq!(
            matches(dialect, pattern, name),
            expected,
            "{dialect}: {pattern} on {name}"
        );
    }
}

#[cfg(feature = "gitolite")]
#[test]
fn gitolite_anchors_in_front_only() {
    let table = [
        ("prod", "refs/heads/prod", true),
        ("prod", "refs/heads/prod-old", true),
        ("prod$", "refs/heads/prod-old", false),
        ("", "refs/tags/v1", true),
        ("refs/tags/v[0-9]", "refs/tags/v1.2", true),
        ("^prod", "refs/heads/prod", false),
        ("prod|dev", "refs/heads/my-dev", true),
        ("a.b", "refs/heads/aéb", false),
    ];
    for (pattern, name, expected) in table {
        assert_eq!(
            matches(Dialect::Gitolite, pattern, name),
            expected,
            "{pattern} on {name}"
        );
    }
    for bad in ["(", "(?=x)", r"(a)\1"] {
        let error = Pattern::new(Dialect::Gitolite, bad).unwrap_err();
        assert!(matches!(error, PatternError::Regex { .. }), "{bad}");
    }
}

#[test]
fn what_a_dialect_refuses_is_an_error() {
    for bad in [
        "refs/heads/*/*",
        "refs/heads/[a]",
        "a..b",
        "a/",
        ".a",
        "a.lock",
        "@",
        "a b",
        "",
    ] {
        let error = Pattern::new(Dialect::Refspec, bad).unwrap_err();
        assert!(matches!(error, PatternError::Refspec { .. }), "{bad}");
    }
    assert!(Pattern::new(Dialect::GithubRuleset, "~all").is_err());
    assert!(Pattern::new(Dialect::Codeowners, "!a").is_err());
    assert!(Pattern::new(Dialect::Codeowners, "[a]").is_err());
    let long = "a".repeat(Pattern::MAX_LEN + 1);
    assert_eq!(
        Pattern::new(Dialect::Github, &long)
            .unwrap_err()
            .to_string(),
        "pattern of 1025 bytes is longer than 1024"
    );
    let longest = Pattern::new(Dialect::Github, &"*a".repeat(Pattern::MAX_LEN / 2)).unwrap();
    assert!(longest.matches(&"ba".repeat(Pattern::MAX_LEN / 2)));
    assert!(!longest.matches(&"ba".repeat(Pattern::MAX_LEN / 2 - 1)));
}

#[test]
fn a_condition_includes_and_then_excludes() {
    use Coverage::{No, Unknown, Yes};
    let main = Some("main");
    type Row = (
        &'static [&'static str],
        &'static [&'static str],
        &'static str,
        Option<&'static str>,
        Coverage,
    );
    let table: [Row; 8] = [
        (&["~ALL"], &[], "refs/heads/x", None, Yes),
        (&["~ALL"], &["~DEFAULT_BRANCH"], "refs/heads/main", main, No),
        (
            &["~ALL"],
            &["~DEFAULT_BRANCH"],
            "refs/heads/x",
            None,
            Unknown,
        ),
        (&["~DEFAULT_BRANCH"], &[], "refs/heads/main", main, Yes),
        (&["~DEFAULT_BRANCH"], &[], "refs/heads/x", None, Unknown),
        (
            &["~DEFAULT_BRANCH", "refs/heads/x"],
            &[],
            "refs/heads/x",
            None,
            Yes,
        ),
        (&[], &[], "refs/heads/x", main, No),
        (&["main"], &[], "refs/heads/main", main, No),
    ];
    for (include, exclude, name, default, expected) in table {
        let condition = RefCondition::new(RefKind::Branch, include, exclude).unwrap();
        assert_eq!(
            condition.covers(name, default),
            expected,
            "{include:?} {exclude:?} {name}"
        );
    }
}

/// GitHub's dialect without brackets and escapes, written as its documentation says it.
fn slow_github(pattern: &[&str], name: &[&str]) -> bool {
    match (pattern, name) {
        (["**", pattern @ ..], _) if !pattern.is_empty() => {
            (0..=name.len()).any(|n| slow_github(pattern, &name[n..]))
        }
        ([p, pattern @ ..], [n, name @ ..]) => {
            let (p, n): (Vec<_>, Vec<_>) = (p.chars().collect(), n.chars().collect());
            slow_component(&p, &n) && slow_github(pattern, name)
        }
        ([], []) => true,
        _ => false,
    }
}

fn slow_component(pattern: &[char], name: &[char]) -> bool {
    match (pattern, name) {
        (['*', pattern @ ..], _) => (0..=name.len()).any(|n| slow_component(pattern, &name[n..])),
        (['?', pattern @ ..], [_, name @ ..]) => slow_component(pattern, name),
        ([p, pattern @ ..], [n, name @ ..]) => p == n && slow_component(pattern, name),
        ([], []) => true,
        _ => false,
    }
}

proptest! {
    #[test]
    fn github_agrees_with_the_slow_reference(
        pattern in "([ab*?/]|\\*\\*/){0,10}",
        name in "[ab]{1,2}(/[ab]{1,3}){0,4}",
    ) {
        let parts: Vec<&str> = pattern.split('/').collect();
        let components: Vec<&str> = name.split('/').collect();
        prop_assert_eq!(
            matches(Dialect::Github, &pattern, &name),
            slow_github(&parts, &components)
        );
    }

    #[test]
    fn no_text_panics(pattern in "\\PC{0,40}", glob in "[\\[\\]!^:a*?/\\\\.-]{0,20}", name in "\\PC{0,40}") {
        for &dialect in Dialect::ALL {
            matches(dialect, &pattern, &name);
            matches(dialect, &glob, &name);
            matches(dialect, &glob, &glob);
        }
    }

    #[test]
    fn a_name_without_special_characters_covers_itself(name in "[a-z]{1,5}(/[a-z]{1,5}){0,3}") {
        for &dialect in Dialect::ALL {
            if dialect != Dialect::Gitolite {
                prop_assert!(matches(dialect, &name, &name), "{}", dialect);
            }
        }
    }
}

/// A deterministic stream of small numbers.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }

    fn text(&mut self, pieces: &[&str], max: usize) -> String {
        (0..=self.below(max))
            .map(|_| pieces[self.below(pieces.len())])
            .collect()
    }
}

fn git(dir: &Path, args: &[&str], stdin: &str) -> Option<Vec<u8>> {
    let mut child = Command::new("git")
        .arg("-C")
        .arg(dir)
        .args(args)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(stdin.as_bytes()).ok()?;
    Some(child.wait_with_output().ok()?.stdout)
}

/// A scratch repository, or a message and nothing where git is missing.
fn repository() -> Option<tempfile::TempDir> {
    let dir = tempfile::tempdir().unwrap();
    if git(dir.path(), &["init", "-q", "."], "").is_none() {
        eprintln!("skipped: git is not installed");
        return None;
    }
    Some(dir)
}

const PIECES: &[&str] = &[
    "a",
    "b",
    "c",
    "/",
    "/",
    "*",
    "**",
    "**/",
    "/**",
    "?",
    "[ab]",
    "[!a]",
    "[^b]",
    "[]a]",
    "[a-",
    "\\a",
    "\\/",
    "\\*",
    "[[:alpha:]]",
    "ab",
    "[a-b]",
    "[/a]",
    "[[:x]",
];

#[test]
fn ignore_rules_agree_with_git() {
    let Some(dir) = repository() else { return };
    let names = [
        "a",
        "b",
        "ab",
        "abc",
        "a/b",
        "a/b/c",
        "b/a",
        "c/ab/a",
        "a/c",
        "ab/ab/b/a",
        "*",
        "[a-",
    ];
    let input: String = names.iter().map(|n| format!("{n}\0")).collect();
    let mut numbers = Numbers(7);
    for _ in 0..250 {
        let pattern = numbers.text(PIECES, 6);
        if pattern.trim_end() != pattern {
            continue;
        }
        std::fs::write(dir.path().join(".git/info/exclude"), format!("{pattern}\n")).unwrap();
        let out = git(
            dir.path(),
            &["check-ignore", "--no-index", "-z", "--stdin"],
            &input,
        )
        .unwrap();
        let ignored: Vec<&str> = std::str::from_utf8(&out)
            .unwrap()
            .split_terminator('\0')
            .collect();
        for name in names {
            assert_eq!(
                matches(Dialect::Gitignore, &pattern, name),
                ignored.contains(&name),
                "`{pattern}` on `{name}`"
            );
        }
    }
}

#[test]
fn ref_filters_agree_with_git() {
    let Some(dir) = repository() else { return };
    let names: Vec<String> = [
        "a", "b/a", "ab", "abc/b", "b/c/a", "c/a/b/c", "b/b", "éa", "b/é",
    ]
    .iter()
    .map(|n| format!("refs/heads/{n}"))
    .collect();
    let empty = git(
        dir.path(),
        &["hash-object", "-w", "--stdin", "-t", "tree"],
        "",
    )
    .unwrap();
    let tree = String::from_utf8(empty).unwrap();
    let args = [
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@localhost",
        "commit-tree",
        "-m",
        "x",
        tree.trim(),
    ];
    let commit = String::from_utf8(git(dir.path(), &args, "").unwrap()).unwrap();
    let updates: String = names
        .iter()
        .map(|n| format!("create {n} {}\n", commit.trim()))
        .collect();
    git(dir.path(), &["update-ref", "--stdin"], &updates).unwrap();
    let mut numbers = Numbers(11);
    for _ in 0..250 {
        let pattern = format!("refs/heads/{}", numbers.text(PIECES, 6));
        let out = git(
            dir.path(),
            &["for-each-ref", "--format=%(refname)", &pattern],
            "",
        )
        .unwrap();
        let listed: Vec<&str> = std::str::from_utf8(&out).unwrap().lines().collect();
        for name in &names {
            assert_eq!(
                matches(Dialect::ForEachRef, &pattern, name),
                listed.contains(&name.as_str()),
                "`{pattern}` on `{name}`"
            );
        }
    }
}

#[test]
fn refspec_sides_agree_with_git() {
    if repository().is_none() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut numbers = Numbers(13);
    let pieces = [
        "a", "/", "*", ".", "..", ".lock", "@", "{", "~", "b", " ", "-", "é", "refs/",
    ];
    for _ in 0..120 {
        let side = numbers.text(&pieces, 4);
        if side.starts_with('-') {
            continue;
        }
        let valid = Command::new("git")
            .args([
                "check-ref-format",
                "--allow-onelevel",
                "--refspec-pattern",
                &side,
            ])
            .current_dir(dir.path())
            .status()
            .unwrap()
            .success();
        assert_eq!(
            Pattern::new(Dialect::Refspec, &side).is_ok(),
            valid,
            "`{side}`"
        );
    }
}
