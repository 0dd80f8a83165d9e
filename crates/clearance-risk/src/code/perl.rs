//! Perl one-liners: a list of what is known to compute, print, read or change; all else is not
//! understood.
//!
//! Source of facts: perlfunc, perlop and perlvar (5.40). Options (`-n`, `-p`, `-i`, `-M`) and
//! files are the caller's; `<>` reads the caller's files.

mod judge;
mod lexer;
#[cfg(test)]
mod tests;
mod words;

use super::CodeReport;
use super::notes::Notes;
use super::script::Script;

/// How deep replacement code may nest.
const MAX_DEPTH: u16 = 4;

struct Perl<'a> {
    script: Script<'a>,
}

/// What a Perl text would do.
pub(super) fn analyze(code: &[u8]) -> CodeReport {
    let mut notes = Notes::default();
    scan(code, 0, &mut notes, 0);
    notes.finish()
}

fn scan(code: &[u8], base: usize, notes: &mut Notes, depth: u16) {
    let script = Script::new(code, base, notes, depth);
    let mut perl = Perl { script };
    match perl.lex() {
        Ok(()) => perl.judge(),
        Err(why) => perl.script.fail(why),
    }
}
