//! The environment printed into a filter: `env | grep '^PATH='` shows one variable, not all.

use clearance_shell::invocation::{Invocation, RedirectKind, Stdin, Stdout, Word};

use crate::env::is_secret_name;
use crate::judge::{Call, Judge};
use crate::names::{ACCESS_WORD, PLAIN_VARIABLE};
use crate::run::base_name;

/// How many filters may stand in a row.
const MOST_FILTERS: u8 = 4;

/// All that is printed of the environment by this call goes through a filter that lets only
/// variables through that hold no secrets.
pub(super) fn is_filtered(judge: &Judge<'_>, call: &Call<'_>) -> bool {
    let invocation = call.site.invocation;
    // Every reader must be in sight, also those that come later.
    if !judge.script.is_all() {
        return false;
    }
    let at = judge
        .script
        .new_invocations()
        .iter()
        .position(|other| std::ptr::eq(other, invocation));
    at.is_some_and(|at| goes_through(judge, at, invocation, MOST_FILTERS))
}

/// A filter that reads what this call prints looks for such a word.
pub(super) fn is_searched(
    judge: &Judge<'_>,
    call: &Call<'_>,
    word: impl Fn(&[u8]) -> bool,
) -> bool {
    let invocation = call.site.invocation;
    let all = judge.script.new_invocations();
    let at = all.iter().position(|other| std::ptr::eq(other, invocation));
    let Some(index) = at.and_then(|at| u32::try_from(at).ok()) else {
        return false;
    };
    all.iter().any(|reader| {
        let reads = matches!(&reader.stdin, Stdin::Pipe(sources) if sources.contains(&index));
        reads
            && reader
                .argv
                .iter()
                .skip(1)
                .filter_map(Word::as_static)
                .any(&word)
    })
}

/// The filter of `make -p` lets through lines of targets only: no variable is printed as
/// `name:` at the beginning of a line.
pub(super) fn lists_targets(judge: &Judge<'_>, call: &Call<'_>) -> bool {
    let target = |word: &[u8]| {
        let set = word.strip_prefix(b"^[");
        let end = |rest: &[u8]| rest == b"]+:" || rest == b"]*:" || rest == b"]+:.*";
        set.and_then(|rest| {
            let close = rest.iter().position(|&b| b == b']')?;
            rest.get(close..)
        })
        .is_some_and(end)
            && !word.contains(&b'=')
    };
    let grep = judge.script.new_invocations().iter().all(|reader| {
        let words = words(reader).unwrap_or_default();
        let piped = matches!(reader.stdin, Stdin::Pipe(_));
        !piped
            || matches!(
                words.as_slice(),
                [b"head" | b"sort" | b"wc" | b"cut" | b"sed" | b"tail", ..]
            )
            || matches!(words.as_slice(), [b"grep", b"-E" | b"-oE", pattern] if target(pattern))
    });
    grep && judge.script.is_all() && is_searched(judge, call, target)
}

fn goes_through(judge: &Judge<'_>, at: usize, printer: &Invocation, most: u8) -> bool {
    let Some(most) = most.checked_sub(1) else {
        return false;
    };
    let writes = |kind: RedirectKind| {
        matches!(
            kind,
            RedirectKind::Write | RedirectKind::Append | RedirectKind::ReadWrite
        )
    };
    let aside = |word: &Word| word.as_static() == Some(b"/dev/null");
    let stray = printer
        .redirects
        .iter()
        .any(|r| writes(r.kind) && !aside(&r.target));
    if printer.stdout != Stdout::Pipe || stray {
        return false;
    }
    let Ok(index) = u32::try_from(at) else {
        return false;
    };
    let mut readers = 0usize;
    for (at, reader) in judge.script.new_invocations().iter().enumerate() {
        match &reader.stdin {
            Stdin::Pipe(sources) if sources.contains(&index) => {}
            // What an earlier reader has left over: `env | { grep -q PATH; cat; }`.
            Stdin::Dynamic(rest) if rest.sources.is_empty() || rest.sources.contains(&index) => {
                return false;
            }
            _ => continue,
        }
        readers += 1;
        let passes = is_sort(reader) && goes_through(judge, at, reader, most);
        if !(passes || selects(reader)) {
            return false;
        }
    }
    readers > 0
}

fn words(invocation: &Invocation) -> Option<Vec<&[u8]>> {
    let words: Option<Vec<&[u8]>> = invocation.argv.iter().map(Word::as_static).collect();
    words.filter(|_| invocation.assignments.is_empty())
}

fn is_sort(invocation: &Invocation) -> bool {
    match words(invocation).as_deref() {
        Some([name, rest @ ..]) => {
            matches!(base_name(name), b"sort" | b"gsort")
                && rest.iter().all(|w| matches!(*w, b"-u" | b"-r" | b"-f"))
        }
        _ => false,
    }
}

/// `grep PATTERN` with a pattern that is known to select plain variables only; `wc -l`.
fn selects(invocation: &Invocation) -> bool {
    let Some(words) = words(invocation) else {
        return false;
    };
    let Some((name, rest)) = words.split_first() else {
        return false;
    };
    match base_name(name) {
        b"wc" => true,
        b"grep" | b"egrep" | b"fgrep" | b"ggrep" | b"rg" => {
            let mut pattern: Option<&[u8]> = None;
            for word in rest {
                match word.strip_prefix(b"-") {
                    Some(letters) => {
                        let known = !letters.is_empty()
                            && letters.iter().all(|b| b"iEFwncoqe".contains(b))
                            && (!letters.contains(&b'e') || letters == &b"e"[..]);
                        if !known {
                            return false;
                        }
                    }
                    None if pattern.is_none() => pattern = Some(word),
                    None => return false,
                }
            }
            pattern.is_some_and(is_plain_pattern)
        }
        _ => false,
    }
}

/// Every alternative names variables that hold no secrets.
fn is_plain_pattern(pattern: &[u8]) -> bool {
    let text: Vec<u8> = pattern
        .iter()
        .copied()
        .filter(|b| !b"\\()".contains(b))
        .collect();
    text.split(|&b| b == b'|').all(|alternative| {
        let (front, anchored) = match alternative.strip_prefix(b"^") {
            Some(rest) => (rest, true),
            None => (alternative, false),
        };
        let (name, whole) = match front.strip_suffix(b"=") {
            Some(name) => (name, true),
            None => (front, false),
        };
        let identifier =
            !name.is_empty() && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
        let lower = name.to_ascii_lowercase();
        let one = anchored && whole && !is_secret_name(name) && !speaks_of_access(&lower);
        identifier && (one || PLAIN_VARIABLE.has(lower))
    })
}

/// Names of addresses and accounts often hold a password.
fn speaks_of_access(lower: &[u8]) -> bool {
    lower != b"path"
        && !lower.ends_with(b"_path")
        && !lower.ends_with(b"path")
        && ACCESS_WORD.has(lower)
}

#[cfg(test)]
mod tests {
    use super::is_plain_pattern;

    #[test]
    fn only_variables_without_secrets_are_selected() {
        for (pattern, plain) in [
            ("path", true),
            ("^PATH=", true),
            ("^PATH=\\|^HOME=", true),
            ("(NODE_ENV|RUST_LOG)", true),
            ("^MY_SETTING=", true),
            ("^GOFLAGS=", true),
            ("", false),
            (".", false),
            ("^", false),
            ("=", false),
            ("AWS", false),
            ("node", false),
            ("^GO", false),
            ("^API_KEY=", false),
            ("^DATABASE_URL=", false),
            ("^HTTPS_PROXY=", false),
            ("path|.", false),
            ("path|", false),
            ("[a-z]", false),
            ("^GITHUB_PAT=", false),
        ] {
            assert_eq!(is_plain_pattern(pattern.as_bytes()), plain, "{pattern}");
        }
    }
}
