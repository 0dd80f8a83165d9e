//! The operators of `${…}` that change text: removal, replacement, case, substring,
//! transformation (`man bash`, Parameter Expansion).

use crate::tree::ParamOp;

use super::pattern::{Pattern, chars};
use super::{decode_ansi, quote};

/// An operator with operands that are known.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Pattern {
        op: ParamOp,
        pattern: Vec<u8>,
        replacement: Vec<u8>,
    },
    Transform(u8),
}

/// Matching that would cost more steps than this is not done.
const MAX_COST: usize = 1 << 24;

impl Change {
    /// The operator only takes something away, and whether it leaves the front as it is.
    pub(super) const fn only_removes(&self) -> Option<bool> {
        match self {
            Self::Pattern {
                op: ParamOp::RemovePrefix | ParamOp::RemoveLongestPrefix,
                ..
            } => Some(false),
            Self::Pattern {
                op: ParamOp::RemoveSuffix | ParamOp::RemoveLongestSuffix,
                ..
            } => Some(true),
            _ => None,
        }
    }

    /// The result of the operator is text that bash expands once more (`@P`).
    pub(super) const fn rereads(&self) -> bool {
        matches!(self, Self::Transform(b'P'))
    }
}

/// Characters of a text with their lengths in bytes.
type Chars = Vec<(u32, usize)>;

/// Applies an operator; `None` when the result is not known.
pub(super) fn apply(change: &Change, text: &[u8]) -> Option<Vec<u8>> {
    let (op, pattern, replacement) = match change {
        Change::Transform(letter) => return transform(*letter, text),
        Change::Pattern {
            op,
            pattern,
            replacement,
        } => (*op, pattern, replacement),
    };
    let characters = chars(text);
    let length = characters.len().saturating_add(1);
    if length
        .saturating_mul(length)
        .saturating_mul(pattern.len().saturating_add(1))
        > MAX_COST
    {
        return None;
    }
    let pattern = Pattern::new(pattern);
    Some(match op {
        ParamOp::RemovePrefix => remove_prefix(text, &characters, &pattern, false),
        ParamOp::RemoveLongestPrefix => remove_prefix(text, &characters, &pattern, true),
        ParamOp::RemoveSuffix => remove_suffix(text, &characters, &pattern, false),
        ParamOp::RemoveLongestSuffix => remove_suffix(text, &characters, &pattern, true),
        ParamOp::ReplaceFirst
        | ParamOp::ReplaceAll
        | ParamOp::ReplacePrefix
        | ParamOp::ReplaceSuffix => replace(op, text, &characters, &pattern, replacement),
        _ => change_case(op, text, &characters, &pattern)?,
    })
}

/// The byte position of the character at an index.
fn offset(characters: &Chars, index: usize) -> usize {
    characters
        .iter()
        .take(index)
        .map(|character| character.1)
        .sum()
}

fn remove_prefix(text: &[u8], characters: &Chars, pattern: &Pattern, longest: bool) -> Vec<u8> {
    let matches = |end: &usize| {
        characters
            .get(..*end)
            .is_some_and(|prefix| pattern.matches(prefix))
    };
    let mut ends = 0..=characters.len();
    let found = if longest {
        ends.rev().find(matches)
    } else {
        ends.find(matches)
    };
    let cut = offset(characters, found.unwrap_or(0));
    text.get(cut..).unwrap_or_default().to_vec()
}

fn remove_suffix(text: &[u8], characters: &Chars, pattern: &Pattern, longest: bool) -> Vec<u8> {
    let matches = |start: &usize| {
        characters
            .get(*start..)
            .is_some_and(|suffix| pattern.matches(suffix))
    };
    let mut starts = 0..=characters.len();
    let found = if longest {
        starts.find(matches)
    } else {
        starts.rev().find(matches)
    };
    let cut = offset(characters, found.unwrap_or(characters.len()));
    text.get(..cut).unwrap_or_default().to_vec()
}

/// The end of the longest match that begins at `start`.
fn longest_match(characters: &Chars, pattern: &Pattern, start: usize) -> Option<usize> {
    (start..=characters.len()).rev().find(|end| {
        characters
            .get(start..*end)
            .is_some_and(|part| pattern.matches(part))
    })
}

fn replace(
    op: ParamOp,
    text: &[u8],
    characters: &Chars,
    pattern: &Pattern,
    replacement: &[u8],
) -> Vec<u8> {
    let slice = |from: usize, to: usize| {
        text.get(offset(characters, from)..offset(characters, to))
            .unwrap_or_default()
    };
    let count = characters.len();
    let mut out = Vec::with_capacity(text.len());
    match op {
        ParamOp::ReplacePrefix => {
            let end = longest_match(characters, pattern, 0);
            if let Some(end) = end {
                substitute(replacement, slice(0, end), &mut out);
            }
            out.extend_from_slice(slice(end.unwrap_or(0), count));
        }
        ParamOp::ReplaceSuffix => {
            let start = (0..=count).find(|start| {
                characters
                    .get(*start..)
                    .is_some_and(|end| pattern.matches(end))
            });
            out.extend_from_slice(slice(0, start.unwrap_or(count)));
            if let Some(start) = start {
                substitute(replacement, slice(start, count), &mut out);
            }
        }
        _ if pattern.is_empty() => out.extend_from_slice(text),
        _ => {
            let mut at = 0;
            let mut done = false;
            while at < count {
                let end = if done {
                    None
                } else {
                    longest_match(characters, pattern, at)
                };
                match end {
                    Some(end) => {
                        substitute(replacement, slice(at, end), &mut out);
                        done = op == ParamOp::ReplaceFirst;
                        if end == at {
                            out.extend_from_slice(slice(at, at + 1));
                        }
                        at = end.max(at + 1);
                    }
                    None => {
                        out.extend_from_slice(slice(at, at + 1));
                        at += 1;
                    }
                }
            }
            if count == 0 && pattern.matches(&[]) {
                substitute(replacement, b"", &mut out);
            }
        }
    }
    out
}

/// The replacement with `&` for the match; `\&` is `&`.
fn substitute(replacement: &[u8], matched: &[u8], out: &mut Vec<u8>) {
    let mut bytes = replacement.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'&' => out.extend_from_slice(matched),
            b'\\' => match bytes.next() {
                Some(escaped) if matches!(escaped, b'&' | b'\\') => out.push(*escaped),
                Some(other) => out.extend([b'\\', *other]),
                None => out.push(b'\\'),
            },
            _ => out.push(*byte),
        }
    }
}

fn change_case(op: ParamOp, text: &[u8], characters: &Chars, pattern: &Pattern) -> Option<Vec<u8>> {
    let all = matches!(
        op,
        ParamOp::UpperAll | ParamOp::LowerAll | ParamOp::ToggleAll
    );
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    for (index, character) in characters.iter().enumerate() {
        let (bytes, tail) = rest.split_at_checked(character.1)?;
        rest = tail;
        let applies = (all || index == 0)
            && (pattern.is_empty() || pattern.matches(std::slice::from_ref(character)));
        let letter = char::from_u32(character.0).filter(|_| applies);
        match letter {
            Some(letter) => push_cased(op, letter, &mut out)?,
            None => out.extend_from_slice(bytes),
        }
    }
    Some(out)
}

/// Appends a letter in its other case; `None` where `towupper` might say something else.
fn push_cased(op: ParamOp, letter: char, out: &mut Vec<u8>) -> Option<()> {
    let upper = match op {
        ParamOp::UpperFirst | ParamOp::UpperAll => true,
        ParamOp::LowerFirst | ParamOp::LowerAll => false,
        _ => letter.is_lowercase(),
    };
    let mut buffer = [0; 4];
    let cased = if upper {
        single(letter.to_uppercase())
    } else {
        single(letter.to_lowercase())
    };
    out.extend_from_slice(cased?.encode_utf8(&mut buffer).as_bytes());
    Some(())
}

fn single(mut letters: impl Iterator<Item = char>) -> Option<char> {
    let first = letters.next()?;
    letters.next().is_none().then_some(first)
}

/// `${name:offset:length}` in characters; `None` when it is out of range.
pub(super) fn substring(text: &[u8], from: i64, length: Option<i64>) -> Option<&[u8]> {
    let characters = chars(text);
    let count = i64::try_from(characters.len()).ok()?;
    let start = if from < 0 {
        count.checked_add(from)?
    } else {
        from
    };
    if start < 0 || start > count {
        return None;
    }
    let end = match length {
        None => count,
        Some(length) if length < 0 => count.checked_add(length)?,
        Some(length) => start.saturating_add(length).min(count),
    };
    if end < start {
        return None;
    }
    let first = offset(&characters, usize::try_from(start).ok()?);
    let last = offset(&characters, usize::try_from(end).ok()?);
    text.get(first..last)
}

fn transform(letter: u8, text: &[u8]) -> Option<Vec<u8>> {
    let characters = chars(text);
    let any = Pattern::default();
    match letter {
        b'U' => change_case(ParamOp::UpperAll, text, &characters, &any),
        b'u' => change_case(ParamOp::UpperFirst, text, &characters, &any),
        b'L' => change_case(ParamOp::LowerAll, text, &characters, &any),
        b'Q' => Some(quote::reusable(text)),
        b'E' => {
            let mut out = Vec::new();
            decode_ansi(text, &mut out);
            Some(out)
        }
        b'P' => {
            let plain = !text
                .iter()
                .any(|byte| matches!(byte, b'$' | b'`' | b'\\' | b'!'));
            plain.then(|| text.to_vec())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, apply, substring};
    use crate::tree::ParamOp;

    #[test]
    fn operators_give_what_bash_gives() {
        let cases: [(ParamOp, &str, &str, &str, &str); 14] = [
            (ParamOp::RemovePrefix, "alpha", "*a", "", "lpha"),
            (ParamOp::RemoveLongestPrefix, "alpha", "*a", "", ""),
            (ParamOp::RemoveSuffix, "a.b.c", ".*", "", "a.b"),
            (ParamOp::RemoveLongestSuffix, "a.b.c", ".*", "", "a"),
            (ParamOp::ReplaceFirst, "alpha", "a", "_", "_lpha"),
            (ParamOp::ReplaceAll, "alpha", "a", "_", "_lph_"),
            (ParamOp::ReplaceAll, "alpha", "[lp]", "<&>", "a<l><p>ha"),
            (ParamOp::ReplaceAll, "alpha", "p", "\\&", "al&ha"),
            (ParamOp::ReplacePrefix, "alpha", "a", "_", "_lpha"),
            (ParamOp::ReplacePrefix, "alpha", "", "x", "xalpha"),
            (ParamOp::ReplaceSuffix, "alpha", "", "x", "alphax"),
            (ParamOp::UpperFirst, "alpha", "", "", "Alpha"),
            (ParamOp::UpperAll, "alpha", "[al]", "", "ALphA"),
            (ParamOp::LowerAll, "ÉA", "", "", "éa"),
        ];
        for (op, text, pattern, replacement, expected) in cases {
            let change = Change::Pattern {
                op,
                pattern: pattern.into(),
                replacement: replacement.into(),
            };
            let found = apply(&change, text.as_bytes());
            assert_eq!(
                found.as_deref(),
                Some(expected.as_bytes()),
                "{op:?} {text} {pattern}"
            );
        }
    }

    #[test]
    fn substrings_count_characters() {
        assert_eq!(
            substring("héllo".as_bytes(), 1, Some(2)),
            Some("él".as_bytes())
        );
        assert_eq!(substring(b"hello", -2, None), Some(&b"lo"[..]));
        assert_eq!(substring(b"hello", 1, Some(-1)), Some(&b"ell"[..]));
        assert_eq!(substring(b"hello", 9, None), None);
    }
}
