//! Python: a tokenizer, a parser and the tables for the effect analysis in [`super::flow`].

mod lexer;
mod parse;
mod parse_expr;
mod table;
#[cfg(test)]
mod tests;
mod third_party;

use super::flow;
use super::{CodeInput, CodeReport};

/// What a Python text would do.
pub(super) fn analyze(code: &[u8], input: &CodeInput<'_>) -> CodeReport {
    match parse::parse(code) {
        Ok(program) => flow::run(&program, &table::PYTHON, input, code.len()),
        Err(trouble) => CodeReport {
            acts: Vec::new(),
            unknown: vec![trouble],
        },
    }
}
