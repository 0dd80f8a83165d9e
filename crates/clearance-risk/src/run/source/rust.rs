//! What a source in Rust may say. Facts: the Rust reference and standard library, 1.85.

use super::tokens::{Token, Tongue, tokens};
use crate::names::RUST_BANNED;

/// The text only computes, reads its input and prints.
pub(super) fn is_harmless(text: &str) -> bool {
    let Some(tokens) = tokens(text, Tongue::Rust) else {
        return false;
    };
    let banned = tokens.iter().any(|token| match token {
        Token::Word(word) => RUST_BANNED.has(word.as_bytes()),
        _ => false,
    });
    // `mod name;` is another file.
    let elsewhere = tokens.windows(3).any(|three| {
        matches!(three, [Token::Word(first), Token::Word(_), Token::Mark(';')] if *first == "mod")
    });
    !banned && !elsewhere
}
