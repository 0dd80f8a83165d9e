//! Ruby one-liners: a list of what is known to compute, print, read or change; all else is not
//! understood.
//!
//! Source of facts: the documentation of Ruby 3.4's core classes. Options and files are the
//! caller's.

mod judge;
mod lexer;
#[cfg(test)]
mod tests;

use super::CodeReport;
use super::notes::Notes;
use super::script::Script;

/// How deep code in strings may nest.
const MAX_DEPTH: u16 = 6;

struct Ruby<'a> {
    script: Script<'a>,
    /// Code inside strings: read when the variables are known.
    inner: Vec<(usize, usize)>,
    /// Variables of the code around.
    outer: &'a [String],
}

/// What a Ruby text would do.
pub(super) fn analyze(code: &[u8]) -> CodeReport {
    let mut notes = Notes::default();
    scan(code, 0, &mut notes, 0, &[]);
    notes.finish()
}

fn scan(code: &[u8], base: usize, notes: &mut Notes, depth: u16, outer: &[String]) {
    let mut ruby = Ruby {
        script: Script::new(code, base, notes, depth),
        inner: Vec::new(),
        outer,
    };
    match ruby.lex() {
        Ok(()) => ruby.judge(),
        Err(why) => ruby.script.fail(why),
    }
}
