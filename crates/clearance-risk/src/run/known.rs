//! Program texts that were analysed already: each is analysed once, however often it runs.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::rc::Rc;

use clearance_shell::invocation::Value;

use crate::code::{self, CodeInput, CodeReport, Language};

/// One analysed text with its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TextId(usize);

/// The analysed texts of a script.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    all: Vec<Known>,
    by_hash: HashMap<u64, Vec<usize>>,
}

#[derive(Debug)]
struct Known {
    language: Language,
    source: Box<[u8]>,
    args: Box<[Value]>,
    report: Rc<CodeReport>,
}

impl Texts {
    /// The analysed text is this one, with whatever arguments.
    pub(crate) fn is(&self, id: TextId, source: &[u8]) -> bool {
        self.all
            .get(id.0)
            .is_some_and(|known| *known.source == *source)
    }

    /// What the text would do; `None` where `fresh` says that a text of this length is too much.
    pub(crate) fn analyze(
        &mut self,
        language: Language,
        source: &[u8],
        args: &[Value],
        fresh: impl FnOnce() -> bool,
    ) -> Option<(TextId, Rc<CodeReport>)> {
        let hash = self.by_hash.hasher().hash_one((language, source));
        let same = |known: &Known| {
            known.language == language && *known.source == *source && *known.args == *args
        };
        let among = self.by_hash.get(&hash).map(Vec::as_slice);
        for &index in among.unwrap_or_default() {
            if let Some(known) = self.all.get(index).filter(|known| same(known)) {
                return Some((TextId(index), Rc::clone(&known.report)));
            }
        }
        if !fresh() {
            return None;
        }
        let report = Rc::new(code::analyze(language, source, &CodeInput { args }));
        let index = self.all.len();
        self.all.push(Known {
            language,
            source: source.into(),
            args: args.into(),
            report: Rc::clone(&report),
        });
        self.by_hash.entry(hash).or_default().push(index);
        Some((TextId(index), report))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_analysed_once_with_the_same_arguments() {
        let mut texts = Texts::default();
        let one = [Value::Static(b"x"[..].into())];
        let mut ask = |language, source: &[u8], args: &[Value], fresh| {
            texts
                .analyze(language, source, args, || fresh)
                .map(|(id, _)| id.0)
        };
        assert_eq!(ask(Language::Python, b"print(1)", &[], true), Some(0));
        assert_eq!(ask(Language::Python, b"print(1)", &[], false), Some(0));
        assert_eq!(ask(Language::Python, b"print(1)", &one, false), None);
        assert_eq!(ask(Language::Python, b"print(1)", &one, true), Some(1));
        assert_eq!(ask(Language::Ruby, b"print(1)", &[], true), Some(2));
        assert_eq!(ask(Language::Python, b"print(2)", &[], false), None);
    }
}
