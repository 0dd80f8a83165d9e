//! One component of a shell pattern: its tokens, and what it has in common with a name.

/// One token of a pattern component.
#[derive(Clone, Copy)]
pub(super) enum Token {
    Star,
    Any,
    Byte(u8),
    /// The bytes it may be, as 256 bits.
    Set([u64; 4]),
}

impl Token {
    /// Stands for one byte, or for one of two (`[eE]`).
    pub(super) fn is_single(&self) -> bool {
        match self {
            Self::Star | Self::Any => false,
            Self::Byte(_) => true,
            Self::Set(bits) => bits.iter().map(|word| word.count_ones()).sum::<u32>() <= 2,
        }
    }

    fn has(&self, byte: u8) -> bool {
        match self {
            Self::Star => false,
            Self::Any => true,
            Self::Byte(own) => *own == byte,
            Self::Set(bits) => bits
                .get(usize::from(byte >> 6))
                .is_some_and(|word| word >> (byte & 63) & 1 == 1),
        }
    }

    /// Whether some byte is both.
    fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Star, _) | (_, Self::Star) => false,
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::Byte(byte), token) | (token, Self::Byte(byte)) => token.has(*byte),
            (Self::Set(x), Self::Set(y)) => x.iter().zip(y).any(|(x, y)| x & y != 0),
        }
    }
}

fn add(bits: &mut [u64; 4], byte: u8) {
    if let Some(word) = bits.get_mut(usize::from(byte >> 6)) {
        *word |= 1 << (byte & 63);
    }
}

pub(super) const fn is_wildcard(byte: u8) -> bool {
    matches!(byte, b'*' | b'?' | b'[' | b'{' | b'(')
}

pub(super) fn has_wildcard(text: &[u8]) -> bool {
    text.iter().any(|&byte| is_wildcard(byte))
}

pub(super) fn tokens(pattern: &[u8]) -> Vec<Token> {
    let mut out = Vec::with_capacity(pattern.len());
    let mut rest = pattern;
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, after) {
            (b'@' | b'+' | b'?' | b'*' | b'!', [b'(', ..]) => {
                let close = after
                    .iter()
                    .position(|&b| b == b')')
                    .map_or(after.len(), |at| at + 1);
                rest = after.get(close..).unwrap_or_default();
                out.push(Token::Star);
            }
            (b'*' | b'{' | b'(', _) => out.push(Token::Star),
            (b'?', _) => out.push(Token::Any),
            (b'[', _) => match bracket(after) {
                Some((set, after)) => {
                    out.push(set);
                    rest = after;
                }
                None => out.push(Token::Byte(b'[')),
            },
            _ => out.push(Token::Byte(*byte)),
        }
    }
    out
}

/// A bracket set, `after` its `[`. Classes such as `[:alpha:]` are read as anything.
fn bracket(after: &[u8]) -> Option<(Token, &[u8])> {
    let (negated, body) = match after {
        [b'!' | b'^', body @ ..] => (true, body),
        body => (false, body),
    };
    // A `]` in first place is a member.
    let close = body.iter().skip(1).position(|&byte| byte == b']')? + 1;
    let (mut inside, rest) = body.split_at_checked(close)?;
    let rest = rest.get(1..)?;
    if inside.contains(&b'[') {
        let rest = rest.strip_prefix(b"]").unwrap_or(rest);
        return Some((Token::Any, rest));
    }
    let mut bits = [0; 4];
    loop {
        inside = match inside {
            [low, b'-', high, tail @ ..] => {
                (*low..=*high).for_each(|byte| add(&mut bits, byte.to_ascii_lowercase()));
                tail
            }
            [one, tail @ ..] => {
                add(&mut bits, one.to_ascii_lowercase());
                tail
            }
            [] => break,
        };
    }
    if negated {
        bits.iter_mut().for_each(|word| *word = !*word);
    }
    Some((Token::Set(bits), rest))
}

/// Whether a pattern matches a name without wildcards; only the last star is ever retried.
pub(super) fn matches_name(pattern: &[Token], name: &[u8]) -> bool {
    let (mut rest, mut left) = (pattern, name);
    let mut retry: Option<(&[Token], &[u8])> = None;
    loop {
        match (rest, left) {
            ([Token::Star, after @ ..], _) => {
                retry = Some((after, left));
                rest = after;
            }
            ([], []) => return true,
            ([token, after @ ..], [byte, remaining @ ..]) if token.has(*byte) => {
                (rest, left) = (after, remaining);
            }
            _ => match retry {
                Some((after, [_, remaining @ ..])) => {
                    retry = Some((after, remaining));
                    (rest, left) = (after, remaining);
                }
                _ => return false,
            },
        }
    }
}

/// Whether two patterns have a common member; time is the product of their lengths.
pub(super) fn intersects(a: &[Token], b: &[Token]) -> bool {
    if ends_differ(a, b) {
        return false;
    }
    // row[j]: the rest of `a` and the rest of `b` after j tokens have a common member.
    let mut row: Vec<bool> = suffixes_may_be_empty(b);
    let mut next = vec![false; row.len()];
    let mut rest_empty = true;
    for token in a.iter().rev() {
        rest_empty &= matches!(token, Token::Star);
        if let Some(end) = next.last_mut() {
            *end = rest_empty;
        }
        for (j, other) in b.iter().enumerate().rev() {
            let below = row.get(j).copied().unwrap_or_default();
            let right = next.get(j + 1).copied().unwrap_or_default();
            let diagonal = row.get(j + 1).copied().unwrap_or_default();
            let meets = match (token, other) {
                (Token::Star, _) | (_, Token::Star) => below || right,
                _ => diagonal && token.meets(other),
            };
            if let Some(cell) = next.get_mut(j) {
                *cell = meets;
            }
        }
        core::mem::swap(&mut row, &mut next);
    }
    row.first().copied().unwrap_or_default()
}

/// The first tokens, or the last ones, are no stars and have no byte in common.
fn ends_differ(a: &[Token], b: &[Token]) -> bool {
    let differ = |x: Option<&Token>, y: Option<&Token>| match (x, y) {
        (Some(Token::Star), _) | (_, Some(Token::Star)) => false,
        (Some(x), Some(y)) => !x.meets(y),
        (None, None) => false,
        _ => true,
    };
    differ(a.first(), b.first()) || differ(a.last(), b.last())
}

fn suffixes_may_be_empty(tokens: &[Token]) -> Vec<bool> {
    let stars = tokens
        .iter()
        .rev()
        .take_while(|token| matches!(token, Token::Star))
        .count();
    (0..=tokens.len())
        .map(|at| at + stars >= tokens.len())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intersections() {
        for (a, b, want) in [
            ("*", "", true),
            ("a*c", "ab*", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*.pem", "*.key", false),
            ("[a-c]x", "[c-e]x", true),
            ("[a-c]x", "[d-e]x", false),
            ("[!a]", "a", false),
            ("*a*", "*b*", true),
            ("a", "a*b", false),
            ("[]]x", "]x", true),
            ("a*", "", false),
        ] {
            let (x, y) = (tokens(a.as_bytes()), tokens(b.as_bytes()));
            assert_eq!(intersects(&x, &y), want, "{a} and {b}");
            assert_eq!(intersects(&y, &x), want, "{b} and {a}");
            if !has_wildcard(b.as_bytes()) {
                assert_eq!(matches_name(&x, b.as_bytes()), want, "{a} and {b}");
            }
        }
    }
}
