//! Patterns of `${name#pattern}` and the like, matched against known text.
//!
//! POSIX XCU 2.14 with bash's bracket expressions. Characters are UTF-8; a byte that is not
//! is a character of its own.

/// One element of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Element {
    /// `*`
    Any,
    /// `?`
    One,
    /// This character.
    Char(u32),
    /// `[…]`
    Set { not: bool, items: Vec<Item> },
}

/// A member of a bracket expression.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Range(u32, u32),
    Class(Vec<u8>),
}

/// A pattern, compiled. Special characters in the source are unescaped, literal ones behind a
/// backslash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pattern {
    elements: Vec<Element>,
}

/// The first character of `text` (bytes that are no UTF-8 count above all characters), and
/// its length.
pub(crate) fn first_char(text: &[u8]) -> Option<(u32, usize)> {
    let first = *text.first()?;
    if first < 0x80 {
        return Some((u32::from(first), 1));
    }
    let chunk = text.get(..text.len().min(4)).unwrap_or(text);
    let valid = match std::str::from_utf8(chunk) {
        Ok(valid) => valid,
        Err(error) => chunk
            .get(..error.valid_up_to())
            .and_then(|valid| std::str::from_utf8(valid).ok())
            .unwrap_or_default(),
    };
    match valid.chars().next() {
        Some(character) => Some((u32::from(character), character.len_utf8())),
        None => Some((0x11_0000 + u32::from(first), 1)),
    }
}

/// The characters of a text.
pub(crate) fn chars(text: &[u8]) -> Vec<(u32, usize)> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((character, length)) = first_char(rest) {
        out.push((character, length));
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

impl Pattern {
    /// Compiles a pattern.
    pub(crate) fn new(source: &[u8]) -> Self {
        let mut elements = Vec::new();
        let mut rest = source;
        while let Some((character, length)) = first_char(rest) {
            let tail = rest.get(length..).unwrap_or_default();
            rest = tail;
            let element = match u8::try_from(character) {
                Ok(b'*') => Element::Any,
                Ok(b'?') => Element::One,
                Ok(b'\\') => match first_char(tail) {
                    Some((escaped, length)) => {
                        rest = tail.get(length..).unwrap_or_default();
                        Element::Char(escaped)
                    }
                    None => Element::Char(character),
                },
                Ok(b'[') => match bracket(tail) {
                    Some((set, after)) => {
                        rest = after;
                        set
                    }
                    None => Element::Char(character),
                },
                _ => Element::Char(character),
            };
            if element != Element::Any || elements.last() != Some(&Element::Any) {
                elements.push(element);
            }
        }
        Self { elements }
    }

    /// Nothing in it: it matches the empty text only.
    pub(crate) fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// The whole text matches. The cost is at most the product of both lengths.
    pub(crate) fn matches(&self, text: &[(u32, usize)]) -> bool {
        let (mut at, mut next) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        loop {
            match (self.elements.get(next), text.get(at)) {
                (Some(Element::Any), _) => {
                    star = Some((next + 1, at));
                    next += 1;
                    continue;
                }
                (Some(element), Some((character, _))) if element.accepts(*character) => {
                    at += 1;
                    next += 1;
                    continue;
                }
                (None, None) => return true,
                _ => {}
            }
            match star {
                Some((after, from)) if from < text.len() => {
                    star = Some((after, from + 1));
                    next = after;
                    at = from + 1;
                }
                _ => return false,
            }
        }
    }
}

impl Element {
    fn accepts(&self, character: u32) -> bool {
        match self {
            Self::Any => false,
            Self::One => true,
            Self::Char(wanted) => *wanted == character,
            Self::Set { not, items } => items.iter().any(|item| item.accepts(character)) != *not,
        }
    }
}

impl Item {
    fn accepts(&self, character: u32) -> bool {
        match self {
            Self::Range(low, high) => (*low..=*high).contains(&character),
            Self::Class(name) => in_class(name, character),
        }
    }
}

fn in_class(name: &[u8], character: u32) -> bool {
    let Some(character) = char::from_u32(character) else {
        return false;
    };
    match name {
        b"alpha" => character.is_alphabetic(),
        b"digit" => character.is_ascii_digit(),
        b"alnum" => character.is_alphanumeric(),
        b"upper" => character.is_uppercase(),
        b"lower" => character.is_lowercase(),
        b"space" => character.is_whitespace(),
        b"blank" => matches!(character, ' ' | '\t'),
        b"punct" => character.is_ascii_punctuation(),
        b"cntrl" => character.is_control(),
        b"xdigit" => character.is_ascii_hexdigit(),
        b"print" => !character.is_control(),
        b"graph" => !character.is_control() && !character.is_whitespace(),
        b"word" => character.is_alphanumeric() || character == '_',
        _ => false,
    }
}

/// A bracket expression after its `[`, and the rest after its `]`.
fn bracket(source: &[u8]) -> Option<(Element, &[u8])> {
    let (not, mut rest) = match source {
        [b'!' | b'^', rest @ ..] => (true, rest),
        _ => (false, source),
    };
    let mut items = Vec::new();
    let mut first = true;
    loop {
        if rest.first() == Some(&b']') && !first {
            return Some((Element::Set { not, items }, rest.get(1..)?));
        }
        first = false;
        if let Some(class) = rest.strip_prefix(b"[:") {
            if let Some(end) = memchr::memmem::find(class, b":]") {
                items.push(Item::Class(class.get(..end)?.to_vec()));
                rest = class.get(end + 2..)?;
                continue;
            }
        }
        let (low, after) = member(rest)?;
        rest = after;
        let high = match rest {
            [b'-', tail @ ..] if tail.first().is_some_and(|byte| *byte != b']') => {
                let (high, after) = member(tail)?;
                rest = after;
                high
            }
            _ => low,
        };
        items.push(Item::Range(low, high));
    }
}

/// One character of a bracket expression, perhaps behind a backslash.
fn member(source: &[u8]) -> Option<(u32, &[u8])> {
    let source = match source {
        [b'\\', rest @ ..] if !rest.is_empty() => rest,
        _ => source,
    };
    let (character, length) = first_char(source)?;
    Some((character, source.get(length..)?))
}

#[cfg(test)]
mod tests {
    use super::{Pattern, chars};

    #[test]
    fn patterns_match_as_in_bash() {
        let cases: [(&str, &str, bool); 16] = [
            ("a*b", "aXXb", true),
            ("a*b", "aXXc", false),
            ("*", "", true),
            ("?", "é", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]]", "]", true),
            ("[", "[", true),
            ("[a", "[a", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("[[:digit:]]*", "7up", true),
            ("[\\]]", "]", true),
            ("*a*a*a*b", "aaaaaaaaaaaaaaaa", false),
            ("", "", true),
            ("", "a", false),
        ];
        for (pattern, text, expected) in cases {
            let found = Pattern::new(pattern.as_bytes()).matches(&chars(text.as_bytes()));
            assert_eq!(found, expected, "{pattern} against {text}");
        }
    }
}
