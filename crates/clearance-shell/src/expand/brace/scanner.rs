//! The brace scanner of bash, which finds brace expressions in the text of a word by rules of
//! its own for quotes.

use std::ops::Range;

use super::matching::{Mark, Matching};
use crate::tree::{Kind, NodeId, Script};

/// Words that are longer are not looked into. No program takes an argument of that length
/// (`MAX_ARG_STRLEN` of Linux, 128 KiB).
pub(super) const LONGEST: usize = 1 << 17;

/// The substitutions `$(…)`, `$((…))`, `<(…)` and `>(…)` in a part of a word, as ranges of its
/// text: bash's brace scanner passes over each as a whole. (It reads them as printed anew, so
/// that quotes in comments do not count.)
fn substitutions(script: &Script, id: NodeId) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let whole = script.text(id);
    if memchr::memchr(b'(', whole).is_none() {
        return found;
    }
    let base = script.text_span(id).start as usize;
    let mut pending = vec![id];
    while let Some(inner) = pending.pop() {
        if inner != id {
            pending.extend(script.next_sibling(inner));
        }
        let kind = script.kind(inner);
        let text = script.text(inner);
        let opens = matches!(kind, Kind::CommandSub | Kind::ProcessSub | Kind::Arith)
            && matches!(text, [b'$' | b'<' | b'>', b'(', ..]);
        if opens {
            let start = (script.text_span(inner).start as usize).saturating_sub(base);
            found.push(start..start + text.len());
        } else if kind != Kind::CommandSub {
            // The text of backquotes is decoded: it stands elsewhere.
            pending.extend(script.first_child(inner));
        }
    }
    found
}

/// The end of the substitution that begins at `pos`.
fn passed(found: &[Range<usize>], pos: usize) -> Option<usize> {
    let at = found.partition_point(|range| range.start < pos);
    let range = found.get(at).filter(|range| range.start == pos)?;
    Some(range.end)
}

/// The brace scanner of bash comes out of the text of a part as it went in, and sees no brace
/// in it. The scanner pairs quotes without regard to nesting: in `"${a:-"{b,c}"}"` it sees
/// `{b,c}` outside quotes.
pub(super) fn is_regular(script: &Script, id: NodeId) -> bool {
    if !matches!(script.kind(id), Kind::DoubleQuote | Kind::Param) {
        return true;
    }
    let text = script.text(id);
    if text.len() > LONGEST {
        return false;
    }
    let found = substitutions(script, id);
    let mut quote = 0;
    let mut level = 0_usize;
    let mut pos = 0;
    while let Some(byte) = text.get(pos).copied() {
        pos += 1;
        if matches!(quote, 0 | b'"') {
            if let Some(end) = passed(&found, pos - 1) {
                pos = end;
                continue;
            }
        }
        match byte {
            b'\\' if quote != b'\'' => pos += 1,
            b'$' if text.get(pos) == Some(&b'{') && quote != b'\'' => {
                pos += 1;
                level += usize::from(quote == 0);
            }
            _ if byte == quote => quote = 0,
            _ if quote != 0 => {}
            b'"' | b'\'' | b'`' => quote = byte,
            b'{' | b',' if level == 0 => return false,
            b'{' => level += 1,
            b'}' if level == 0 => return false,
            b'}' => level -= 1,
            _ => {}
        }
    }
    quote == 0 && level == 0
}

/// How many bytes of the word are looked at to tell whether braces expand in it.
pub(in crate::expand) fn looked_at(script: &Script, word: NodeId) -> usize {
    let text = script.text(word);
    if script.first_child(word).is_none() || memchr::memchr(b'{', text).is_none() {
        return 0;
    }
    text.len()
}

/// A word without marks whose quotes bash's brace scanner sees otherwise, so that braces in
/// them may expand.
pub(in crate::expand) fn hides_braces(script: &Script, word: NodeId) -> bool {
    memchr::memchr(b'{', script.text(word)).is_some()
        && script.children(word).any(|id| !is_regular(script, id))
        && scanner_finds(script, word)
}

/// bash's brace scanner finds an expression in the text.
pub(super) fn scanner_finds(script: &Script, word: NodeId) -> bool {
    let text = script.text(word);
    if text.len() > LONGEST {
        return true;
    }
    finds(text, &substitutions(script, word))
}

/// What it pairs is found in one pass: its quotes do not depend on where it begins, since it
/// begins outside quotes.
fn finds(text: &[u8], found: &[Range<usize>]) -> bool {
    let (marks, starts) = scan(text, found);
    let matching = Matching::new(&marks);
    let mut level = 0_usize;
    for (at, (mark, start)) in marks.iter().zip(&starts).enumerate() {
        match (mark, start) {
            (Mark::Open, Start::Brace) if level == 0 && matching.closing(at).is_some() => {
                return true;
            }
            (Mark::Open, Start::Brace | Start::Lone) if level == 0 => {}
            (Mark::Open, _) => level += 1,
            (Mark::Close, _) => level = level.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// What an opening mark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    Brace,
    /// `{}` at the beginning of the text.
    Lone,
    /// `${`
    Parameter,
    None,
}

/// The marks that bash's scanner sees outside quotes.
fn scan(text: &[u8], found: &[Range<usize>]) -> (Vec<Mark>, Vec<Start>) {
    let at = |pos: usize| text.get(pos).copied().unwrap_or(0);
    let (mut marks, mut starts) = (Vec::new(), Vec::new());
    let (mut pos, mut quote) = (0, 0);
    while pos < text.len() {
        let byte = at(pos);
        if byte == b'\\' && quote != b'\'' {
            pos += 2;
            continue;
        }
        if matches!(quote, 0 | b'"') {
            if let Some(end) = passed(found, pos) {
                pos = end;
                continue;
            }
        }
        if byte == b'$' && at(pos + 1) == b'\'' && quote == 0 {
            pos = after_ansi_quote(text, pos + 2);
            continue;
        }
        let parameter = byte == b'$' && at(pos + 1) == b'{' && quote != b'\'';
        let (mark, start) = match byte {
            b'$' if parameter && quote == 0 => (Mark::Open, Start::Parameter),
            _ if quote != 0 || matches!(byte, b'"' | b'\'' | b'`') => {
                quote = match quote {
                    _ if parameter => quote,
                    0 => byte,
                    _ if byte == quote => 0,
                    _ => quote,
                };
                (Mark::Other, Start::None)
            }
            b'{' if pos == 0 && at(1) == b'}' => (Mark::Open, Start::Lone),
            b'{' => (Mark::Open, Start::Brace),
            b'}' => (Mark::Close, Start::None),
            b',' => (Mark::Separator, Start::None),
            b'.' if at(pos + 1) == b'.' && at(pos + 2) != b'}' => (Mark::Separator, Start::None),
            _ => (Mark::Other, Start::None),
        };
        if mark != Mark::Other {
            marks.push(mark);
            starts.push(start);
        }
        pos += 1 + usize::from(parameter);
    }
    (marks, starts)
}

/// The position after the closing quote of a `$'…'`.
fn after_ansi_quote(text: &[u8], mut pos: usize) -> usize {
    while let Some(byte) = text.get(pos) {
        match byte {
            b'\\' => pos += 2,
            b'\'' => return pos + 1,
            _ => pos += 1,
        }
    }
    pos
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{after_ansi_quote, finds};

    /// The position of the brace that is looked for, found the way bash does: byte by byte
    /// from a start.
    fn gobble(text: &[u8], from: usize, wanted: u8) -> Option<usize> {
        let at = |pos: usize| text.get(pos).copied().unwrap_or(0);
        let (mut pos, mut quote, mut level) = (from, 0, 0_usize);
        let mut separated = wanted == b'{';
        while pos < text.len() {
            let byte = at(pos);
            if byte == b'\\' && quote != b'\'' {
                pos += 2;
                continue;
            }
            if byte == b'$' && at(pos + 1) == b'\'' && quote == 0 {
                pos = after_ansi_quote(text, pos + 2);
                continue;
            }
            if byte == b'$' && at(pos + 1) == b'{' && quote != b'\'' {
                level += usize::from(quote == 0);
                pos += 2;
                continue;
            }
            if quote != 0 {
                if byte == quote {
                    quote = 0;
                }
            } else if matches!(byte, b'"' | b'\'' | b'`') {
                quote = byte;
            } else if byte == wanted && level == 0 && separated {
                if !(byte == b'{' && pos == 0 && at(1) == b'}') {
                    return Some(pos);
                }
            } else if byte == b'{' {
                level += 1;
            } else if byte == b'}' && level > 0 {
                level -= 1;
            } else if wanted == b'}' && level == 0 {
                let dots = byte == b'.' && at(pos + 1) == b'.' && at(pos + 2) != b'}';
                separated |= byte == b',' || dots;
            }
            pos += 1;
        }
        None
    }

    fn finds_slowly(text: &[u8]) -> bool {
        let mut from = 0;
        while let Some(open) = gobble(text, from, b'{') {
            if gobble(text, open + 1, b'}').is_some() {
                return true;
            }
            from = open + 1;
        }
        false
    }

    #[test]
    fn braces_are_found_by_the_pairing_of_quotes() {
        for text in [
            "{a,b}",
            "{a}",
            "{1..3}",
            "{1..}",
            "{a,'}'",
            "{a,\"}\"}",
            "{{a,b}",
            "\\{a,b}",
            "{`a,b`}",
            "{$'a,}'b}",
            "a}{,",
            "",
        ] {
            let text = text.as_bytes();
            assert_eq!(finds(text, &[]), finds_slowly(text));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        // Proptest itself takes too long to interpret.
        #[cfg_attr(miri, ignore = "the table above is enough for Miri")]
        #[test]
        fn one_pass_finds_what_a_scan_from_each_brace_finds(
            text in prop::collection::vec(prop::sample::select(&b"{{{}}},,..$\"'`\\a"[..]), 0..24)
        ) {
            prop_assert_eq!(finds(&text, &[]), finds_slowly(&text));
        }
    }
}
