//! Private keys in armour: RFC 7468, RFC 4716, RFC 9580, OpenSSH's PROTOCOL.key.

use super::decode::is_base64;
use super::filters;
use super::shapes::Found;
use crate::bytes::{contains_folded, find_word};
use crate::rules::table;

/// Longest armoured block.
const BLOCK: usize = 7 * 1024;

/// An armoured block, to its end line or as far as its body goes.
pub(super) fn block(text: &[u8], start: usize, end: usize) -> Option<Found> {
    let window = text.get(start..(start + BLOCK).min(text.len()))?;
    let header_len = end - start;
    let label_end = header_len
        + find_word(
            window
                .get(header_len..)?
                .get(..96.min(window.len() - header_len))?,
            b"--",
        )?;
    let label = window.get(header_len..label_end)?;
    if !contains_folded(label, b"private key") {
        return None;
    }
    let body = window.get(label_end..)?;
    let body_start = body.iter().take_while(|byte| **byte == b'-').count();
    let close =
        find_word(body.get(body_start..)?, b"-----END").or_else(|| find_word(body, b"---- END"));
    let body_end = match close {
        Some(at) => body_start + at,
        None => {
            body_start
                + body
                    .get(body_start..)?
                    .iter()
                    .take_while(|byte| is_armour(**byte))
                    .count()
        }
    };
    let payload = body.get(body_start..body_end)?;
    // Leave out `\n` escapes and headers: what counts is that there is key material.
    let material = payload
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .count();
    let longest = payload
        .split(|byte| !is_base64(*byte))
        .map(<[u8]>::len)
        .max()
        .unwrap_or_default();
    if material < 32 || longest < 20 || !is_key_material(payload) {
        return None;
    }
    let tail = match close {
        Some(_) => closing_line(body.get(body_end..)?),
        None => 0,
    };
    Some(Found {
        start,
        end: start + label_end + body_end + tail,
        public: 11,
    })
}

/// Key material has long runs of `A` (zeros) in it, so repetition alone says nothing.
fn is_key_material(payload: &[u8]) -> bool {
    let head = payload.get(..payload.len().min(400)).unwrap_or(payload);
    let first = payload.get(..payload.len().min(64)).unwrap_or(payload);
    filters::entropy_tenths(head) >= 30 && !table::PLACEHOLDERS.is_in(first)
}

fn closing_line(text: &[u8]) -> usize {
    let after = text.get(5..).unwrap_or_default();
    let len = after
        .iter()
        .take(80)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' '))
        .count();
    let dashes = after
        .get(len..)
        .unwrap_or_default()
        .iter()
        .take(5)
        .take_while(|b| **b == b'-')
        .count();
    (5 + len + dashes).min(text.len())
}

fn is_armour(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/=\\-_:,\"'".contains(&byte)
}
