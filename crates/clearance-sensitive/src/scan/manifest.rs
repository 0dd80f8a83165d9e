//! Secrets of Kubernetes as manifests: `kind: Secret` with values under `data`.
//!
//! Kubernetes documentation, Secrets: values of `data` are base64, which hides nothing; those of
//! `stringData` are plain and found by their names.

use super::decode::base64_decode;
use super::filters;
use super::shapes::Found;
use crate::bytes::{find_last, find_word};

/// Fewest bytes of a value; shorter ones are switches and names.
const LEAST: usize = 8;
/// Longest value that is looked into; more is not needed to see what it is.
const LONGEST: usize = 4 * 1024;

/// The first value under `data` in the document around the words `start..end`.
pub(super) fn manifest(text: &[u8], start: usize, end: usize) -> Option<Found> {
    let closed = text
        .get(end)
        .is_none_or(|byte| !byte.is_ascii_alphanumeric());
    if !closed || !opens_line(text, start) {
        return None;
    }
    let from = last_divider(text.get(..start)?);
    let rest = text.get(end..)?;
    let to = end + find_word(rest, b"\n---").unwrap_or(rest.len());
    let mut lines = Lines {
        text: text.get(..to)?,
        at: from,
    };
    let mut data: Option<usize> = None;
    while let Some((at, line)) = lines.next() {
        let body = line.trim_ascii();
        if body.is_empty() || body.starts_with(b"#") {
            continue;
        }
        let indent = line.len() - line.trim_ascii_start().len();
        match data {
            Some(outer) if indent > outer => {
                let (value_at, value) = entry(at, line, &mut lines)?;
                if is_sealed(value) {
                    return Some(Found::new(value_at, value_at + value.len()));
                }
            }
            _ => data = is_data(body).then_some(indent),
        }
    }
    None
}

/// Only blanks, a list's dash and quotes stand before the words on their line.
fn opens_line(text: &[u8], start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    let line = find_last(b'\n', before).map_or(before, |at| before.get(at..).unwrap_or_default());
    line.iter()
        .all(|byte| byte.is_ascii_whitespace() || b"\"'-{".contains(byte))
}

/// After the last `---` before the words.
fn last_divider(before: &[u8]) -> usize {
    let mut from = 0;
    while let Some(at) = before
        .get(from..)
        .and_then(|rest| find_word(rest, b"\n---"))
    {
        from += at + 4;
    }
    from
}

fn is_data(body: &[u8]) -> bool {
    matches!(body, b"data:" | b"\"data\": {" | b"\"data\":{" | b"'data':")
}

/// `name: value`, in quotes or not; the value may stand on the next line behind `|` or `>`.
fn entry<'a>(at: usize, line: &'a [u8], lines: &mut Lines<'a>) -> Option<(usize, &'a [u8])> {
    let colon = find_word(line, b": ").map_or(line.len(), |colon| colon + 1);
    let value = line.get(colon..)?;
    if matches!(value.trim_ascii(), b"|" | b">" | b"|-" | b">-") {
        let (at, line) = lines.next()?;
        return Some(bare(at, line));
    }
    Some(bare(at + colon, value))
}

/// A value without the blanks, quotes and the comma around it.
fn bare(at: usize, value: &[u8]) -> (usize, &[u8]) {
    let is_edge = |byte: &u8| byte.is_ascii_whitespace() || b"\"',".contains(byte);
    let head = value.iter().take_while(|byte| is_edge(byte)).count();
    let tail = value.iter().rev().take_while(|byte| is_edge(byte)).count();
    let inner = value.get(head..value.len().saturating_sub(tail).max(head));
    (at + head, inner.unwrap_or_default())
}

/// Base64 of something that could be a secret: no certificate, no word of examples.
fn is_sealed(value: &[u8]) -> bool {
    if !(LEAST..=LONGEST).contains(&value.len()) || value.len() % 4 != 0 {
        return false;
    }
    base64_decode(value).is_some_and(|plain| {
        let plain = plain.trim_ascii();
        plain.len() >= LEAST
            && !plain.starts_with(b"-----BEGIN CERTIFICATE")
            && !filters::is_placeholder(plain)
            && !filters::is_weak_word(plain)
    })
}

struct Lines<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let len = crate::bytes::find(b'\n', rest).unwrap_or(rest.len());
        let at = self.at;
        self.at += len + 1;
        Some((at, rest.get(..len)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<&str> {
        let lower = text.to_lowercase();
        let start = lower.find("kind: secret")?;
        let found = manifest(text.as_bytes(), start, start + "kind: secret".len())?;
        text.get(found.start..found.end)
    }

    #[test]
    fn the_value_is_found_before_and_behind_the_kind() {
        let sealed = "dks3I21RMnghcEw5";
        for text in [
            format!("apiVersion: v1\nkind: Secret\ndata:\n  db: {sealed}\n"),
            format!("data:\n  # sealed\n  db: \"{sealed}\"\nkind: Secret\n"),
            format!("kind: Secret\ntype: Opaque\ndata:\n  db: |\n    {sealed}\n"),
            format!("a: 1\n---\nkind: Secret\ndata:\n  on: eWVz\n  db: {sealed}\n---\nb: 2\n"),
        ] {
            assert_eq!(value(&text), Some(sealed), "{text}");
        }
    }

    #[test]
    fn what_holds_no_value_is_silent() {
        for text in [
            "kind: Secret\ndata:\n  db: {{ .Values.db }}\n",
            "kind: Secret\ndata:\n  db: \"\"\n",
            "kind: SecretStore\ndata:\n  db: dks3I21RMnghcEw5\n",
            "kind: Secret\n---\nkind: ConfigMap\ndata:\n  db: dks3I21RMnghcEw5\n",
            "kind: Secret\nmetadata:\n  name: dks3I21RMnghcEw5\n",
            // A certificate, `changeme123`, `password`.
            "kind: Secret\ndata:\n  ca: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t\n",
            "kind: Secret\ndata:\n  db: Y2hhbmdlbWUxMjM=\n",
            "kind: Secret\ndata:\n  db: cGFzc3dvcmQ=\n",
            "the kind: Secret of data:\n  db: dks3I21RMnghcEw5\n",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
