//! Which options of which subcommands have which effect. Plain data.

use super::LocalClass;
use LocalClass::{DestroyRecovery, DropRef, LoseWork, MoveRef, RewriteHistory, WeakenGuard};

/// One row: the effect is there where the subcommand is `word`, its first operand is one of
/// `operand` (any, if empty), one of the options is given (always, if none is listed), and
/// none of `unless` is.
pub(crate) struct Rule {
    pub(crate) word: &'static str,
    /// Words separated by blanks.
    pub(crate) operand: &'static str,
    pub(crate) letters: &'static str,
    pub(crate) longs: &'static [&'static str],
    pub(crate) unless: &'static [&'static str],
    pub(crate) class: LocalClass,
    pub(crate) why: &'static str,
}

const fn rule(
    word: &'static str,
    letters: &'static str,
    longs: &'static [&'static str],
    class: LocalClass,
    why: &'static str,
) -> Rule {
    Rule {
        word,
        operand: "",
        letters,
        longs,
        unless: &[],
        class,
        why,
    }
}

const fn sub(
    word: &'static str,
    operand: &'static str,
    class: LocalClass,
    why: &'static str,
) -> Rule {
    Rule {
        word,
        operand,
        letters: "",
        longs: &[],
        unless: &[],
        class,
        why,
    }
}

const fn unless(rule: Rule, unless: &'static [&'static str]) -> Rule {
    Rule { unless, ..rule }
}

/// What ends a rebase, merge and so on without beginning one.
const ENDS: &[&str] = &[
    "abort",
    "quit",
    "skip",
    "continue",
    "show-current-patch",
    "edit-todo",
];

pub(crate) const RULES: &[Rule] = &[
    rule("branch", "dD", &["delete"], DropRef, "it deletes a branch"),
    rule(
        "branch",
        "fMC",
        &["force"],
        MoveRef,
        "it moves or replaces a branch",
    ),
    rule("branch", "m", &["move"], MoveRef, "it renames a branch"),
    rule(
        "branch",
        "u",
        &["set-upstream-to"],
        WeakenGuard,
        "it changes where a push goes",
    ),
    rule(
        "branch",
        "",
        &["unset-upstream"],
        WeakenGuard,
        "it changes where a push goes",
    ),
    rule("checkout", "B", &[], MoveRef, "it moves a branch"),
    rule(
        "checkout",
        "f",
        &["force"],
        LoseWork,
        "it drops changes to files",
    ),
    rule(
        "switch",
        "C",
        &["force-create"],
        MoveRef,
        "it moves a branch",
    ),
    rule(
        "switch",
        "f",
        &["force", "discard-changes"],
        LoseWork,
        "it drops changes to files",
    ),
    unless(
        rule("restore", "", &[], LoseWork, "it drops changes to files"),
        &["staged"],
    ),
    rule(
        "restore",
        "W",
        &["worktree"],
        LoseWork,
        "it drops changes to files",
    ),
    rule(
        "reset",
        "",
        &["hard"],
        LoseWork,
        "it drops changes to files",
    ),
    rule(
        "reset",
        "",
        &["merge", "keep"],
        LoseWork,
        "it may drop changes to files",
    ),
    rule(
        "reset",
        "",
        &["hard", "soft", "mixed", "merge", "keep"],
        MoveRef,
        "it moves the branch",
    ),
    rule(
        "clean",
        "f",
        &["force"],
        LoseWork,
        "it deletes files that are not recorded",
    ),
    rule(
        "clean",
        "i",
        &["interactive"],
        LoseWork,
        "it deletes files that are not recorded",
    ),
    rule(
        "rm",
        "f",
        &["force"],
        LoseWork,
        "it deletes files with changes",
    ),
    sub(
        "stash",
        "drop clear pop",
        DestroyRecovery,
        "it drops a stash",
    ),
    rule(
        "commit",
        "",
        &["amend"],
        RewriteHistory,
        "it replaces the last commit",
    ),
    rule(
        "commit",
        "n",
        &["no-verify"],
        WeakenGuard,
        "it skips the hooks",
    ),
    rule(
        "merge",
        "",
        &["no-verify"],
        WeakenGuard,
        "it skips the hooks",
    ),
    rule(
        "merge",
        "",
        &["abort", "quit"],
        LoseWork,
        "it drops a merge in progress",
    ),
    rule("am", "n", &["no-verify"], WeakenGuard, "it skips the hooks"),
    rule(
        "am",
        "",
        &["abort", "quit", "skip"],
        LoseWork,
        "it drops patches in progress",
    ),
    rule(
        "cherry-pick",
        "",
        &["abort", "quit", "skip"],
        LoseWork,
        "it drops picks in progress",
    ),
    rule(
        "revert",
        "",
        &["abort", "quit", "skip"],
        LoseWork,
        "it drops reverts in progress",
    ),
    unless(
        rule("rebase", "", &[], RewriteHistory, "it replaces commits"),
        ENDS,
    ),
    rule(
        "rebase",
        "",
        &["abort", "quit", "skip"],
        LoseWork,
        "it drops a rebase in progress",
    ),
    rule(
        "rebase",
        "",
        &["no-verify"],
        WeakenGuard,
        "it skips the hooks",
    ),
    rule(
        "pull",
        "r",
        &["rebase"],
        RewriteHistory,
        "it replaces commits",
    ),
    rule(
        "pull",
        "",
        &["no-verify"],
        WeakenGuard,
        "it skips the hooks",
    ),
    rule(
        "filter-branch",
        "",
        &[],
        RewriteHistory,
        "it replaces commits",
    ),
    rule(
        "fast-import",
        "",
        &["force"],
        RewriteHistory,
        "it overwrites branches",
    ),
    rule("replace", "", &[], RewriteHistory, "it replaces objects"),
    sub(
        "reflog",
        "expire delete drop",
        DestroyRecovery,
        "it deletes reflog entries",
    ),
    rule(
        "gc",
        "",
        &["prune"],
        DestroyRecovery,
        "it deletes objects that nothing refers to",
    ),
    unless(
        rule(
            "prune",
            "",
            &[],
            DestroyRecovery,
            "it deletes objects that nothing refers to",
        ),
        &["dry-run"],
    ),
    rule(
        "repack",
        "adA",
        &[],
        DestroyRecovery,
        "it may drop objects that nothing refers to",
    ),
    rule("tag", "d", &["delete"], DropRef, "it deletes a tag"),
    rule("tag", "f", &["force"], MoveRef, "it moves a tag"),
    sub("notes", "remove prune", DropRef, "it deletes notes"),
    Rule {
        word: "worktree",
        operand: "remove",
        letters: "f",
        longs: &["force"],
        unless: &[],
        class: LoseWork,
        why: "it deletes a work tree with changes",
    },
    sub(
        "remote",
        "add set-url set-head rename rm remove set-branches",
        WeakenGuard,
        "it changes where a push goes",
    ),
    sub(
        "submodule",
        "deinit",
        LoseWork,
        "it deletes the files of a submodule",
    ),
    sub(
        "sparse-checkout",
        "set",
        LoseWork,
        "it removes files from the work tree",
    ),
    rule(
        "update-index",
        "",
        &["assume-unchanged", "skip-worktree"],
        WeakenGuard,
        "it hides changes to files",
    ),
];

/// Letters and long options that take the next word as their value.
pub(crate) const VALUED: &[(&str, &str, &[&str])] = &[
    (
        "commit",
        "mFCct",
        &[
            "message",
            "file",
            "author",
            "date",
            "template",
            "reuse-message",
            "reedit-message",
            "cleanup",
            "trailer",
            "fixup",
            "squash",
            "pathspec-from-file",
        ],
    ),
    (
        "merge",
        "mFsX",
        &[
            "strategy",
            "strategy-option",
            "file",
            "cleanup",
            "into-name",
        ],
    ),
    (
        "tag",
        "mFu",
        &["message", "file", "local-user", "cleanup", "sort", "format"],
    ),
    ("notes", "mFCc", &["message", "file", "ref"]),
    ("stash", "m", &["message"]),
    (
        "rebase",
        "xsXC",
        &["exec", "onto", "strategy", "strategy-option", "whitespace"],
    ),
    (
        "pull",
        "sXjo",
        &["strategy", "strategy-option", "depth", "server-option"],
    ),
    (
        "fetch",
        "jo",
        &[
            "depth",
            "deepen",
            "shallow-since",
            "refmap",
            "server-option",
            "jobs",
        ],
    ),
    ("branch", "u", &["sort", "format", "set-upstream-to"]),
    ("clean", "e", &["exclude"]),
    (
        "restore",
        "s",
        &["source", "conflict", "pathspec-from-file"],
    ),
    (
        "checkout",
        "bB",
        &["orphan", "conflict", "pathspec-from-file"],
    ),
    (
        "switch",
        "cC",
        &["create", "force-create", "orphan", "conflict"],
    ),
    (
        "config",
        "f",
        &["file", "blob", "type", "default", "comment", "value"],
    ),
    (
        "cherry-pick",
        "msX",
        &["mainline", "strategy", "strategy-option", "cleanup"],
    ),
    (
        "revert",
        "msX",
        &["mainline", "strategy", "strategy-option", "cleanup"],
    ),
    ("update-ref", "m", &[]),
    ("symbolic-ref", "m", &[]),
    ("for-each-repo", "", &["config"]),
];
