//! The text that the pieces of a generated table are cut from.
#![allow(unreachable_pub)]

use std::collections::BTreeMap;

/// Collects words; equal ones share a place.
#[derive(Default)]
pub struct Text {
    pub all: String,
    known: BTreeMap<String, usize>,
}

impl Text {
    pub fn piece(&mut self, text: &str) -> String {
        let at = match self.known.get(text) {
            Some(at) => *at,
            None => {
                let at = self.all.find(text).unwrap_or_else(|| {
                    self.all.push_str(text);
                    self.all.len() - text.len()
                });
                self.known.insert(text.to_owned(), at);
                at
            }
        };
        format!("Piece({at}, {})", text.len())
    }

    pub fn pieces(&mut self, words: &[String]) -> String {
        let pieces: Vec<String> = words.iter().map(|word| self.piece(word)).collect();
        format!("[{}]", pieces.join(", "))
    }
}

pub fn sorted(words: &[String]) -> Vec<String> {
    let mut sorted = words.to_vec();
    sorted.sort();
    sorted.dedup();
    sorted
}
