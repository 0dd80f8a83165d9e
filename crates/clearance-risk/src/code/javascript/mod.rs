//! JavaScript: a tokenizer, a parser and the tables for the effect analysis in [`super::flow`].
//!
//! TypeScript is analysed as far as it is JavaScript; type syntax is not understood.

mod lexer;
mod parse;
mod parse_expr;
mod table;
#[cfg(test)]
mod tests;

use super::flow;
use super::{CodeInput, CodeReport};

/// What a JavaScript text would do.
pub(super) fn analyze(code: &[u8], input: &CodeInput<'_>) -> CodeReport {
    match parse::parse(code) {
        Ok(program) => flow::run(&program, &table::JAVASCRIPT, input, code.len()),
        Err(trouble) => CodeReport {
            acts: Vec::new(),
            unknown: vec![trouble],
        },
    }
}
