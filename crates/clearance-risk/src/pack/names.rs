//! `[[names]]`: lists of names that code asks for.

use serde::Deserialize;
use toml::Spanned;

use super::super::spec::NamesDef;
use super::{Fault, fault};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamesTable {
    name: Spanned<String>,
    what: Spanned<String>,
    /// For readers of the pack.
    #[serde(default, rename = "source")]
    _source: Option<String>,
    #[serde(default)]
    of: String,
    words: Spanned<String>,
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
        let mut words: Vec<String> = Vec::new();
        for word in self.words.get_ref().split_whitespace() {
            let inner = word.strip_prefix('*').unwrap_or(word);
            let inner = inner.strip_suffix('*').unwrap_or(inner);
            if inner.is_empty() || inner.contains('*') {
                let message = format!("`{word}` is no name with a `*` at its ends");
                return Err(fault(&self.words, message, None));
            }
            words.push(word.to_owned());
        }
        words.sort_unstable();
        let double = words.windows(2).find(|two| two.first() == two.last());
        if let Some(word) = double.and_then(|two| two.first()) {
            return Err(fault(&self.words, format!("`{word}` occurs twice"), None));
        }
        Ok(NamesDef {
            name: name.clone(),
            what: what.clone(),
            of: self.of.split_whitespace().map(str::to_owned).collect(),
            words,
        })
    }
}
