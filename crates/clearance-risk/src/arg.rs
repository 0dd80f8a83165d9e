//! [`Arg`]: a borrowed view of a word, or of the part of it that is an option's value.

use clearance_core::Span;
use clearance_shell::invocation::{Bytes, Dynamic, Glob, Value, Word};

/// A word, without its first [`skip`](Arg::skip) bytes (`--output=` of `--output=file`).
#[derive(Clone, Copy, Debug)]
pub struct Arg<'a> {
    value: &'a Value,
    span: Span,
    skip: usize,
}

impl<'a> Arg<'a> {
    /// The whole word.
    #[must_use]
    pub fn new(word: &'a Word) -> Self {
        Self {
            value: &word.value,
            span: word.span,
            skip: 0,
        }
    }

    /// A value that is not a word of the script (from an analyser), reported at `span`.
    #[must_use]
    pub fn of(value: &'a Value, span: Span) -> Self {
        Self {
            value,
            span,
            skip: 0,
        }
    }

    /// The same without `count` more bytes at its beginning; they must be known ones.
    #[must_use]
    pub fn skip(self, count: usize) -> Self {
        Self {
            skip: self.skip + count,
            ..self
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn span(self) -> Span {
        self.span
    }

    /// The bytes, if exactly one value is possible.
    #[must_use]
    pub fn as_static(self) -> Option<&'a [u8]> {
        match self.value {
            Value::Static(bytes) => bytes.get(self.skip..),
            _ => None,
        }
    }

    /// The text, if exactly one value is possible and it is UTF-8.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        std::str::from_utf8(self.as_static()?).ok()
    }

    /// Every possible value, if they can be listed.
    #[must_use]
    pub fn known(self) -> Option<impl Iterator<Item = &'a [u8]> + use<'a>> {
        let skip = self.skip;
        let list: &'a [Bytes] = match self.value {
            Value::Static(bytes) => std::slice::from_ref(bytes),
            Value::OneOf(list) => list,
            _ => return None,
        };
        Some(
            list.iter()
                .map(move |bytes| bytes.get(skip..).unwrap_or_default()),
        )
    }

    /// The pathname pattern, if it is one.
    #[must_use]
    pub fn glob(self) -> Option<(&'a [u8], &'a Glob)> {
        match self.value {
            Value::Glob(glob) => Some((glob.pattern.get(self.skip..).unwrap_or_default(), glob)),
            _ => None,
        }
    }

    /// What is known, if it is not determined.
    #[must_use]
    pub fn dynamic(self) -> Option<&'a Dynamic> {
        match self.value {
            Value::Dynamic(dynamic) => Some(dynamic),
            _ => None,
        }
    }

    /// The known beginning; all of it if it is static; nothing if there are alternatives.
    #[must_use]
    pub fn prefix(self) -> &'a [u8] {
        let bytes: &'a [u8] = match self.value {
            Value::Static(bytes) => bytes,
            Value::Glob(glob) => {
                let end = glob.pattern.iter().position(|b| b"*?[\\@!+(".contains(b));
                glob.pattern
                    .get(..end.unwrap_or(glob.pattern.len()))
                    .unwrap_or_default()
            }
            Value::Dynamic(dynamic) => &dynamic.prefix,
            Value::OneOf(_) => return b"",
        };
        bytes.get(self.skip..).unwrap_or_default()
    }

    /// It can become several words, or none.
    #[must_use]
    pub fn is_multiple(self) -> bool {
        match self.value {
            Value::Static(_) | Value::OneOf(_) => false,
            Value::Glob(glob) => !glob.single,
            Value::Dynamic(dynamic) => dynamic.may_split || dynamic.may_vanish,
        }
    }

    /// It can become no word at all.
    #[must_use]
    pub fn may_vanish(self) -> bool {
        match self.value {
            Value::Static(_) | Value::OneOf(_) => false,
            Value::Glob(glob) => glob.may_vanish,
            Value::Dynamic(dynamic) => dynamic.may_vanish || dynamic.may_split,
        }
    }

    /// The value without the skipped bytes, owned.
    #[must_use]
    pub fn to_value(self) -> Value {
        let cut = |bytes: &Bytes| Bytes::from(bytes.get(self.skip..).unwrap_or_default());
        if self.skip == 0 {
            return self.value.clone();
        }
        match self.value {
            Value::Static(bytes) => Value::Static(cut(bytes)),
            Value::OneOf(list) => Value::OneOf(list.iter().map(cut).collect()),
            Value::Glob(glob) => Value::Glob(Glob {
                pattern: cut(&glob.pattern),
                single: glob.single,
                may_vanish: glob.may_vanish,
            }),
            Value::Dynamic(dynamic) => Value::Dynamic(dynamic.without_start(self.skip)),
        }
    }

    /// A word of its own.
    #[must_use]
    pub fn to_word(self) -> Word {
        Word {
            value: self.to_value(),
            span: self.span,
        }
    }

    /// For messages: the text as far as it is known.
    #[must_use]
    pub fn show(self) -> String {
        let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut text = match self.value {
            Value::Static(_) => lossy(self.prefix()),
            Value::OneOf(list) => list
                .first()
                .map(|b| lossy(b) + "` or others")
                .unwrap_or_default(),
            Value::Glob(glob) => lossy(glob.pattern.get(self.skip..).unwrap_or_default()),
            Value::Dynamic(dynamic) => {
                format!("{}…{}", lossy(self.prefix()), lossy(&dynamic.suffix))
            }
        };
        if text.chars().count() > 80 {
            text = text.chars().take(79).collect::<String>() + "…";
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attached_value_is_the_word_without_its_beginning() {
        let word = Word::fixed(b"--output=file", Span::new(0, 13));
        let arg = Arg::new(&word).skip(9);
        assert_eq!(arg.as_static(), Some(&b"file"[..]));
        assert_eq!(arg.to_word().as_static(), Some(&b"file"[..]));
        assert_eq!(arg.skip(90).as_static(), None);
    }
}
