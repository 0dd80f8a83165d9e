//! Runs the rules of a configuration at the keywords of a window.

use std::sync::Arc;

use super::Config;
use crate::scan::{Candidate, Options, RuleRef, Window, candidate, entropy_tenths};

/// How much of a long line is looked at before and after a keyword.
const BEFORE: usize = 1024;
const AFTER: usize = 4096;
/// On a long line a rule runs at most once for so many bytes.
const PACE: usize = 512;

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
