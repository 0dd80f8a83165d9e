//! Drives the stages over a window of the input and settles overlapping candidates.
//!
//! The engine is fed windows that advance over the input. All decisions depend on bounded
//! context only ([`BEHIND`] and [`AHEAD`]), and a window's last [`AHEAD`] bytes are left to the
//! next one, so cutting the input differently cannot change the result.

use super::decode::{self, Decoded};
use super::finder::find_keywords;
use super::{Detection, Encoding, Options, shapes};
use crate::bytes;
use crate::fingerprint::Fingerprint;
use crate::rules::{Keyword, Rule, Shape, table};

/// Context kept before the place that is worked on.
pub(crate) const BEHIND: usize = 2 * 1024;
/// Context needed after it.
pub(crate) const AHEAD: usize = 8 * 1024;
/// How far the inline marker is looked for on either side of a finding.
const MARKER_REACH: usize = 512;
/// Windows advance in multiples of this, which keeps probes in step.
pub(crate) const STRIDE: usize = 48;
/// The marker of this scanner, after which a rule may be named.
const MARKER: &[u8] = b"clearance:allow";
/// What people have written for gitleaks and for detect-secrets (their READMEs).
const OTHER_MARKERS: [&[u8]; 3] = [
    b"gitleaks:allow",
    b"pragma: allowlist secret",
    b"pragma: whitelist secret",
];
/// A chain of overlapping candidates is cut after this many bytes, which bounds memory.
const MAX_CLUSTER: u64 = 64 * 1024;

/// A value that a rule found, before overlaps are settled.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) rule: RuleRef,
    rank: u8,
    encoding: Encoding,
    silenced: bool,
    preview: Box<str>,
    /// Made early only for values that do not stand in the input as they are.
    fingerprint: Option<Fingerprint>,
}

/// A built-in rule or one of the user's.
#[derive(Debug, Clone)]
pub(crate) enum RuleRef {
    BuiltIn(&'static Rule),
    #[cfg(feature = "gitleaks")]
    User(std::sync::Arc<crate::gitleaks::UserRule>),
}

/// State that is carried from window to window. Positions are absolute.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    /// Everything before this was worked on.
    done: u64,
    next_run: u64,
    in_long_run: bool,
    next_escape: u64,
    pending: Vec<Candidate>,
    lines: Lines,
    #[cfg(feature = "gitleaks")]
    user: crate::gitleaks::State,
}

impl Engine {
    /// Works on `text`, which starts at `base` of the input; `last` says that it is its end.
    ///
    /// Returns how many bytes at the front of `text` are no longer needed.
    pub(crate) fn feed(
        &mut self,
        options: &Options,
        text: &[u8],
        base: u64,
        last: bool,
        sink: &mut dyn FnMut(Detection),
    ) -> usize {
        let window = Window {
            text,
            base,
            depth: 0,
        };
        let safe = if last {
            text.len()
        } else {
            text.len().saturating_sub(AHEAD) / STRIDE * STRIDE
        };
        let from = window.local(self.done);
        if safe > from || last {
            let fresh = candidates(options, &window, from, safe, self);
            self.pending.extend(fresh);
            self.done = base + safe as u64;
        }
        // A later candidate starts at most BEHIND before what was worked on.
        let settled = if last {
            u64::MAX
        } else {
            self.done.saturating_sub(BEHIND as u64)
        };
        self.settle(options, &window, settled, sink);
        let keep_from = window.local(self.done).saturating_sub(2 * BEHIND) / STRIDE * STRIDE;
        let oldest = self
            .pending
            .iter()
            .map(|c| window.local(c.start))
            .min()
            .unwrap_or(keep_from);
        let drop = keep_from.min(oldest / STRIDE * STRIDE);
        if !last {
            self.lines
                .advance(text.get(..drop).unwrap_or_default(), base);
        }
        drop
    }

    /// No detection will start before this place any more.
    pub(crate) fn certain_until(&self) -> u64 {
        let settled = self.done.saturating_sub(BEHIND as u64);
        self.pending
            .iter()
            .map(|candidate| candidate.start)
            .min()
            .map_or(settled, |s| s.min(settled))
    }

    /// Emits the clusters of overlapping candidates that lie wholly before `settled`.
    fn settle(
        &mut self,
        options: &Options,
        window: &Window<'_>,
        settled: u64,
        sink: &mut dyn FnMut(Detection),
    ) {
        self.pending.sort_by(|a, b| a.order().cmp(&b.order()));
        let mut open = core::mem::take(&mut self.pending).into_iter().peekable();
        while let Some(first) = open.next() {
            let (mut end, limit) = (first.end, first.start + MAX_CLUSTER);
            let mut cluster = vec![first];
            while let Some(next) = open.next_if(|next| next.start < end.min(limit)) {
                end = end.max(next.end);
                cluster.push(next);
            }
            if end.min(limit) > settled {
                self.pending.append(&mut cluster);
                self.pending.extend(open);
                return;
            }
            for winner in pick(cluster) {
                if !winner.silenced {
                    let (line, column) = self.lines.locate(window, winner.start);
                    sink(winner.into_detection(options, window, line, column));
                }
            }
        }
    }
}

/// Of overlapping candidates the most specific ones, in order.
fn pick(mut cluster: Vec<Candidate>) -> Vec<Candidate> {
    if cluster.len() > 1 {
        cluster.sort_by(|a, b| b.rank.cmp(&a.rank).then_with(|| a.order().cmp(&b.order())));
        let mut kept: Vec<Candidate> = Vec::new();
        for candidate in cluster {
            if kept
                .iter()
                .all(|k| candidate.end <= k.start || k.end <= candidate.start)
            {
                kept.push(candidate);
            }
        }
        kept.sort_by(|a, b| a.order().cmp(&b.order()));
        return kept;
    }
    cluster
}

impl Candidate {
    fn order(&self) -> (u64, core::cmp::Reverse<u64>, core::cmp::Reverse<u8>, &str) {
        (
            self.start,
            core::cmp::Reverse(self.end),
            core::cmp::Reverse(self.rank),
            self.rule.id(),
        )
    }

    fn into_detection(
        self,
        options: &Options,
        window: &Window<'_>,
        line: u64,
        column: u64,
    ) -> Detection {
        let value = window.local(self.start)..window.local(self.end);
        let value = window.text.get(value).unwrap_or_default();
        let fingerprint = self
            .fingerprint
            .unwrap_or_else(|| Fingerprint::of(&options.salt, self.rule.id(), value));
        Detection::new(
            self.rule,
            self.start..self.end,
            (line, column),
            self.preview,
            fingerprint,
            self.encoding,
        )
    }
}

impl RuleRef {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::BuiltIn(rule) => rule.id(),
            #[cfg(feature = "gitleaks")]
            Self::User(rule) => rule.id(),
        }
    }
}

/// A part of the input with its place in it.
pub(crate) struct Window<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) base: u64,
    pub(crate) depth: u8,
}

impl Window<'_> {
    pub(crate) fn local(&self, at: u64) -> usize {
        usize::try_from(at.saturating_sub(self.base)).unwrap_or(usize::MAX)
    }

    /// Bounded context around a place: the slice and where it starts.
    pub(crate) fn around(&self, at: usize) -> (&[u8], usize) {
        let from = at.saturating_sub(BEHIND / 2);
        let to = (at + AHEAD - 512).min(self.text.len());
        (self.text.get(from..to).unwrap_or_default(), from)
    }
}

/// All candidates whose keyword, run or escape lies in `from..to`.
fn candidates(
    options: &Options,
    window: &Window<'_>,
    from: usize,
    to: usize,
    state: &mut Engine,
) -> Vec<Candidate> {
    let mut out = Vec::new();
    find_keywords(window.text, from, to, &mut |at, keyword| {
        verify_keyword(options, window, at, keyword, &mut out);
    });
    #[cfg(feature = "gitleaks")]
    crate::gitleaks::user_candidates(options, window, from, to, &mut state.user, &mut out);
    if window.depth < options.max_depth {
        runs(options, window, to, state, &mut out);
        escapes(options, window, to, state, &mut out);
    }
    out
}

fn verify_keyword(
    options: &Options,
    window: &Window<'_>,
    at: usize,
    keyword: &'static Keyword,
    out: &mut Vec<Candidate>,
) {
    let (context, context_at) = window.around(at);
    let start = at - context_at;
    for pattern in keyword.patterns() {
        let Some(rule) = table::RULES.get(usize::from(pattern.rule)) else {
            continue;
        };
        let Some(found) =
            shapes::verify(pattern, rule, context, start, start + keyword.text().len())
        else {
            continue;
        };
        let rule = match pattern.shape {
            Shape::Url => shapes::rule_of_scheme(context, start + 1).unwrap_or(rule),
            _ => rule,
        };
        let value = context.get(found.start..found.end).unwrap_or_default();
        out.push(candidate(
            options,
            window,
            context_at + found.start,
            context_at + found.end,
            RuleRef::BuiltIn(rule),
            (rule.rank, value.get(..found.public).unwrap_or_default()),
        ));
    }
}

/// Makes a candidate out of a span; `rank_and_prefix` holds what may be shown of the value.
pub(crate) fn candidate(
    options: &Options,
    window: &Window<'_>,
    start: usize,
    end: usize,
    rule: RuleRef,
    (rank, prefix): (u8, &[u8]),
) -> Candidate {
    let fingerprint = (window.depth > 0).then(|| {
        let value = window.text.get(start..end).unwrap_or_default();
        Fingerprint::of(&options.salt, rule.id(), value)
    });
    let preview = format!("{}****", String::from_utf8_lossy(prefix)).into_boxed_str();
    Candidate {
        start: window.base + start as u64,
        end: window.base + end as u64,
        silenced: options.markers && is_marked(window.text, start, end, rule.id()),
        rule,
        rank,
        encoding: Encoding::Plain,
        preview,
        fingerprint,
    }
}

/// Whether the finding's own lines carry the marker, for all rules or for this one.
fn is_marked(text: &[u8], start: usize, end: usize, rule: &str) -> bool {
    let before = text
        .get(start.saturating_sub(MARKER_REACH)..start)
        .unwrap_or_default();
    let after = text
        .get(end..(end + MARKER_REACH).min(text.len()))
        .unwrap_or_default();
    let left =
        bytes::find_last(b'\n', before).map_or(before, |at| before.get(at..).unwrap_or_default());
    let right = bytes::find(b'\n', after).map_or(after, |at| after.get(..at).unwrap_or_default());
    [left, right].into_iter().any(|side| {
        let other = |marker: &&[u8]| bytes::find_word(side, marker).is_some();
        if OTHER_MARKERS.iter().any(other) {
            return true;
        }
        let mut rest = side;
        while let Some(at) = bytes::find_word(rest, MARKER) {
            rest = rest.get(at + MARKER.len()..).unwrap_or_default();
            let meant = match rest {
                [b'(' | b'=' | b':', rest @ ..] => {
                    let mut words =
                        rest.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-');
                    words.next() == Some(rule.as_bytes())
                }
                _ => true,
            };
            if meant {
                return true;
            }
        }
        false
    })
}

/// Finds long runs of base64 or hexadecimal characters and looks into them.
fn runs(
    options: &Options,
    window: &Window<'_>,
    to: usize,
    state: &mut Engine,
    out: &mut Vec<Candidate>,
) {
    const BLOCK: usize = decode::MIN_RUN / 2;
    let text = window.text;
    let mut at = window.local(state.next_run);
    while at < to {
        let Some(block) = text.get(at..).and_then(|rest| rest.first_chunk::<BLOCK>()) else {
            break;
        };
        if state.in_long_run {
            state.in_long_run = block.iter().all(|byte| decode::is_base64(*byte));
            at += BLOCK;
            continue;
        }
        // Blanks, quotes and brackets end a run; they tell nearly every block at one look.
        if decode::has_byte_below_plus(block) || !block.iter().all(|byte| decode::is_base64(*byte))
        {
            at += BLOCK;
            continue;
        }
        let before = text.get(at.saturating_sub(BLOCK)..at).unwrap_or_default();
        let left = before
            .iter()
            .rev()
            .take_while(|byte| decode::is_base64(**byte))
            .count();
        let right = text
            .get(at..)
            .unwrap_or_default()
            .iter()
            .take(decode::MAX_RUN)
            .take_while(|byte| decode::is_base64(**byte))
            .count();
        if left + right >= decode::MIN_RUN {
            if let Some(decoded) = decode::decode_run(text, at - left, at + right) {
                nested(options, window, &decoded, Encoding::Encoded, out);
            }
        }
        state.in_long_run = right == decode::MAX_RUN;
        at += right.div_ceil(BLOCK) * BLOCK;
    }
    state.next_run = window.base + at as u64;
}

/// Finds percent and backslash escapes that hide bytes of a word and looks behind them.
fn escapes(
    options: &Options,
    window: &Window<'_>,
    to: usize,
    state: &mut Engine,
    out: &mut Vec<Candidate>,
) {
    let text = window.text;
    let mut at = window.local(state.next_escape);
    while at < to {
        let Some(found) = text
            .get(at..to)
            .and_then(|rest| bytes::find_either(b'%', b'\\', rest))
        else {
            at = to;
            break;
        };
        at += found;
        if !decode::hides_a_byte(text.get(at..).unwrap_or_default()) {
            at += 1;
            continue;
        }
        let (start, end) = decode::word_around(text, at, 256, 2048);
        if let Some(decoded) = decode::decode_escapes(text, start, end) {
            nested(options, window, &decoded, Encoding::Escaped, out);
        }
        at = end.max(at + 1);
    }
    state.next_escape = window.base + at as u64;
}

/// Scans decoded text and maps what it finds back to the source.
fn nested(
    options: &Options,
    window: &Window<'_>,
    decoded: &Decoded,
    how: Encoding,
    out: &mut Vec<Candidate>,
) {
    let inner = Window {
        text: &decoded.text,
        base: 0,
        depth: window.depth + 1,
    };
    let mut state = Engine::default();
    for found in candidates(options, &inner, 0, decoded.text.len(), &mut state) {
        let (start, end) = decoded.source_span(inner.local(found.start), inner.local(found.end));
        let unchanged = (end - start) as u64 == found.end - found.start;
        if how == Encoding::Escaped && unchanged {
            continue;
        }
        out.push(Candidate {
            start: window.base + start as u64,
            end: window.base + end as u64,
            silenced: found.silenced
                || options.markers && is_marked(window.text, start, end, found.rule.id()),
            encoding: how,
            ..found
        });
    }
}

/// Counts lines as far as was asked.
#[derive(Debug, Default)]
struct Lines {
    /// Everything before this is counted.
    counted: u64,
    /// Line feeds before `counted`.
    feeds: u64,
    /// Where the line of `counted` starts.
    line_start: u64,
}

impl Lines {
    /// Counts the bytes that are about to be dropped; they start at `base`.
    fn advance(&mut self, dropped: &[u8], base: u64) {
        let from = usize::try_from(self.counted.saturating_sub(base)).unwrap_or(usize::MAX);
        let Some(fresh) = dropped.get(from..) else {
            return;
        };
        let start = self.counted;
        if let Some(last) = bytes::find_last(b'\n', fresh) {
            self.feeds += bytes::count(b'\n', fresh) as u64;
            self.line_start = start + last as u64 + 1;
        }
        self.counted += fresh.len() as u64;
    }

    /// Line and column, from 1; columns count bytes.
    fn locate(&mut self, window: &Window<'_>, at: u64) -> (u64, u64) {
        let end = window.local(at);
        self.advance(window.text.get(..end).unwrap_or_default(), window.base);
        (self.feeds + 1, at - self.line_start + 1)
    }
}
