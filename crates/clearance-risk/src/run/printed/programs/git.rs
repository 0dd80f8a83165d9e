//! What git and gh print.

use super::super::{Found, Shape, climbs};
use super::{everything, is_at_home, operands_known, word};
use crate::arg::Arg;
use crate::judge::{Call, Judge};

// --- forges and version control

pub(super) fn git(judge: &Judge<'_>, call: &Call<'_>) -> Shape {
    let format = call
        .value(&["--format", "--pretty"])
        .and_then(Arg::as_static);
    match call.path() {
        "rev-parse" => rev_parse(judge, call),
        "ls-files" => names(call),
        "ls-tree" if call.has(&["--name-only"]) => names(call),
        "diff" | "diff-tree" | "diff-index" | "diff-files" if call.has(&["--name-only"]) => {
            names(call)
        }
        "show" | "log" if call.has(&["--name-only"]) => match format {
            Some(b"" | b"format:" | b"tformat:") => names(call),
            _ => Shape::Free,
        },
        "show" | "log" => match format {
            Some(format) => log_format(format),
            None if call.has(&["--oneline"]) && !call.has(&["--graph", "-p", "--stat"]) => {
                Shape::Led { blank: true }
            }
            None => Shape::Free,
        },
        "ls-tree" => Shape::Tree,
        "blame" | "reflog" => Shape::Led { blank: true },
        "grep" if call.has(&["-l", "--files-with-matches", "--name-only"]) => everything(true),
        "branch" if call.has(&["--show-current"]) => Shape::Word,
        "branch" | "for-each-ref" | "tag" => match format {
            Some(text) => word(text.starts_with(b"%(refname") || text.starts_with(b"%(objectname")),
            None => word(call.path() == "tag" && !call.has(&["-n", "--list-n"])),
        },
        "rev-list" if call.has(&["--count"]) => Shape::Number { many: false },
        "rev-list" => word(format.is_none()),
        "merge-base" | "describe" | "symbolic-ref" | "hash-object" | "write-tree" | "remote"
        | "ls-remote" => word(operands_known(call) || call.path() != "symbolic-ref"),
        _ => Shape::Free,
    }
}

/// `git rev-parse` prints what it does not know as it got it.
pub(super) fn rev_parse(judge: &Judge<'_>, call: &Call<'_>) -> Shape {
    let head: Vec<&[u8]> = call.argv.iter().filter_map(|w| w.as_static()).collect();
    if matches!(
        head.as_slice(),
        [_, b"rev-parse", b"HEAD"]
            | [_, b"rev-parse", b"--short" | b"--verify", b"HEAD"]
            | [
                _,
                b"rev-parse",
                b"--short=7" | b"--short=8" | b"--short=12",
                b"HEAD"
            ]
    ) && head.len() == call.argv.len()
    {
        return Shape::Stamp;
    }
    let mut words = call.argv.iter().skip(1);
    let mut shape = Shape::Word;
    while let Some(word) = words.next() {
        match word.as_static() {
            Some(b"-C") => {
                words.next();
            }
            Some(b"--show-toplevel") if !call.argv.iter().any(|w| w.as_static() == Some(b"-C")) => {
                if is_at_home(judge, call) {
                    shape = Shape::Root;
                }
            }
            Some(text) if text.starts_with(b"-") => {
                const KNOWN: &[&[u8]] = &[
                    b"--show-toplevel",
                    b"--show-prefix",
                    b"--git-dir",
                    b"--absolute-git-dir",
                    b"--git-common-dir",
                    b"--git-path",
                    b"--is-inside-work-tree",
                    b"--abbrev-ref",
                    b"--short",
                    b"--verify",
                    b"--quiet",
                    b"-q",
                    b"--symbolic-full-name",
                    b"--path-format=absolute",
                ];
                if !KNOWN.contains(&text) && !text.starts_with(b"--short=") {
                    return Shape::Free;
                }
            }
            Some(_) => {}
            None => return Shape::Free,
        }
    }
    shape
}

/// `--format` of `git log`: what a line begins with.
pub(super) fn log_format(format: &[u8]) -> Shape {
    let text = format
        .strip_prefix(b"format:")
        .or_else(|| format.strip_prefix(b"tformat:"))
        .unwrap_or(format);
    match text {
        b"%at" | b"%ct" => Shape::Number { many: true },
        _ => {
            let hash = [b"%h", b"%H", b"%t", b"%T"]
                .iter()
                .any(|h| text.starts_with(*h));
            // What follows a hash could be split off.
            match text.get(2) {
                _ if !hash => Shape::Free,
                None => Shape::Plain,
                Some(next) => Shape::Led {
                    blank: *next == b' ',
                },
            }
        }
    }
}

/// Names of files of the repository: all of them, or those that the operands select.
pub(super) fn names(call: &Call<'_>) -> Shape {
    // Before `--` stand revisions.
    let dashes = call.argv.iter().position(|w| w.as_static() == Some(b"--"));
    let operands: Vec<Arg<'_>> = match dashes {
        Some(at) => call.argv.iter().skip(at + 1).map(Arg::new).collect(),
        None => call.operands().collect(),
    };
    if !operands
        .iter()
        .all(|a| a.known().is_some() || a.glob().is_some())
    {
        return Shape::Word;
    }
    let mut paths: Vec<Found> = Vec::new();
    for arg in &operands {
        let texts: Vec<&[u8]> = match arg.known() {
            Some(known) => known.collect(),
            None => arg.glob().map(|(pattern, _)| pattern).into_iter().collect(),
        };
        for text in texts {
            if climbs(text) || text.starts_with(b"/") || text.starts_with(b":") {
                return Shape::Word;
            }
            if text.starts_with(b"*.") {
                paths.push(Found {
                    pattern: text.to_vec(),
                    hidden: true,
                });
            }
        }
    }
    if paths.len() == operands.len() && !paths.is_empty() {
        return Shape::Paths(paths);
    }
    everything(true)
}

/// Fields of `gh`'s own answers that are numbers or names by GitHub's rules.
pub(super) fn gh(call: &Call<'_>) -> Shape {
    let filter = call.value(&["-q", "--jq"]);
    if selects(
        filter,
        &[
            "number",
            "databaseId",
            "total_count",
            "length",
            "run_number",
            "comments",
        ],
    ) {
        return Shape::Number { many: true };
    }
    let names = [
        "headRefName",
        "baseRefName",
        "headRefOid",
        "nameWithOwner",
        "tagName",
        "headSha",
        "oid",
        "headBranch",
        "sha",
        "html_url",
        "url",
        "defaultBranchRef.name",
        "id",
    ];
    word(selects(filter, &names))
}

/// A filter of jq that ends in one of these fields.
pub(super) fn selects(filter: Option<Arg<'_>>, fields: &[&str]) -> bool {
    let Some(text) = filter.and_then(Arg::as_str) else {
        return false;
    };
    let last = text.rsplit('|').next().unwrap_or_default().trim();
    if last.contains(['"', '\'', ',', '+', '/', '(', ')', ' ', '{']) {
        return false;
    }
    let last = last.trim_end_matches("[]").trim_end_matches('?');
    fields.iter().any(|field| {
        last == *field
            || last
                .strip_suffix(field)
                .is_some_and(|rest| rest.ends_with('.'))
    })
}
