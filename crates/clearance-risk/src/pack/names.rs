//! `[[names]]`: lists of names that code asks for.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::super::spec::{NamesDef, NamesOfDef};
use super::{Fault, fault};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamesTable {
    name: Spanned<String>,
    what: Spanned<String>,
    /// For readers of the pack.
    #[serde(default, rename = "source")]
    _source: Option<String>,
    words: Option<Spanned<String>>,
    /// Programs, and the words of their own list.
    #[serde(default)]
    of: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    hits: Vec<String>,
    #[serde(default)]
    misses: Vec<String>,
}

impl NamesTable {
    pub(super) fn examples(&self) -> impl Iterator<Item = (String, String, bool)> {
        let hits = self.hits.iter().map(|command| (command, false));
        let misses = self.misses.iter().map(|command| (command, true));
        hits.chain(misses)
            .map(|(command, allowed)| (self.name.get_ref().clone(), command.clone(), allowed))
    }

    pub(super) fn compile(&self) -> Result<NamesDef, Fault> {
        let name = self.name.get_ref();
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if name.is_empty() || !name.bytes().all(plain) {
            let message = "a list is named by small letters, digits and dashes".to_owned();
            return Err(fault(&self.name, message, None));
        }
        let what = self.what.get_ref();
        if what.trim().is_empty() {
            return Err(fault(&self.what, "a list says what it lists".into(), None));
        }
        let words = match &self.words {
            Some(text) if self.of.is_empty() => NamesOfDef::All(words(text)?),
            None if !self.of.is_empty() => NamesOfDef::Each(self.each()?),
            _ => {
                let message = "a list has either `words` or `of`".to_owned();
                return Err(fault(&self.name, message, None));
            }
        };
        Ok(NamesDef {
            name: name.clone(),
            what: what.clone(),
            words,
        })
    }

    fn each(&self) -> Result<BTreeMap<String, Vec<String>>, Fault> {
        let mut lists = BTreeMap::new();
        for (programs, text) in &self.of {
            for program in programs.split_whitespace() {
                if lists.insert(program.to_owned(), words(text)?).is_some() {
                    return Err(fault(text, format!("`{program}` has two lists"), None));
                }
            }
        }
        Ok(lists)
    }
}

/// The words of a list, which occur once.
fn words(text: &Spanned<String>) -> Result<Vec<String>, Fault> {
    let mut words: Vec<String> = Vec::new();
    for word in text.get_ref().split_whitespace() {
        let inner = word.strip_prefix('*').unwrap_or(word);
        let inner = inner.strip_suffix('*').unwrap_or(inner);
        if inner.is_empty() || inner.contains('*') {
            let message = format!("`{word}` is no name with a `*` at its ends");
            return Err(fault(text, message, None));
        }
        words.push(word.to_owned());
    }
    words.sort_unstable();
    let double = words.windows(2).find(|two| two.first() == two.last());
    match double.and_then(|two| two.first()) {
        Some(word) => Err(fault(text, format!("`{word}` occurs twice"), None)),
        None => Ok(words),
    }
}
