//! What the words of a Perl text do.

use clearance_core::Effect;
use clearance_shell::invocation::Value;

use super::Perl;
use crate::code::CodeTarget;
use crate::code::notes::begins;
use crate::code::script::Tok;
use crate::names::{PERL_MODULE, PERL_WORD};

/// Why an `open` is not understood.
const OPENED: &str = "a file is opened by text that can be a command";

impl Perl<'_> {
    pub(super) fn judge(&mut self) {
        let tokens = self.script.tokens.clone();
        let subs: Vec<String> = tokens
            .windows(2)
            .filter_map(|pair| match pair {
                [(Tok::Word(sub), _), (Tok::Word(name), _)] if sub == "sub" => Some(name.clone()),
                _ => None,
            })
            .collect();
        for (i, (tok, place)) in tokens.iter().enumerate() {
            let start = self.script.base + place;
            match tok {
                Tok::Word(word) => self.judge_word(word, i, start, &subs),
                Tok::Variable(name) => self.judge_variable(name, i, start),
                Tok::Op(b"->")
                    if !matches!(
                        self.script.tok(i + 1),
                        Some(Tok::Mark(b'[' | b'{') | Tok::Variable(_))
                    ) || matches!(self.script.tok(i + 1), Some(Tok::Variable(v)) if v.len() > 1) =>
                {
                    self.script.notes.unknown(
                        start,
                        start + 2,
                        "a method or a function by reference",
                    );
                }
                Tok::Op(b"-e") => {
                    let value = self.argument(i + 1);
                    self.script
                        .notes
                        .act(Effect::List, CodeTarget::Path(value), start, start + 2);
                }
                Tok::Mark(b'\\') if matches!(self.script.tok(i + 1), Some(Tok::Mark(b'&'))) => {
                    self.script
                        .notes
                        .unknown(start, start + 1, "a function by reference");
                }
                _ => {}
            }
        }
    }

    fn judge_variable(&mut self, name: &str, i: usize, start: usize) {
        let end = start + name.len();
        let bare = name.trim_start_matches(['$', '@', '%', '#']);
        match bare {
            "ENV" => {
                let one = name.starts_with('$').then(|| self.script.key(i, *b"{}"));
                let sets = matches!(
                    self.script.tok(i + 4),
                    Some(Tok::Mark(b'=') | Tok::Op(b".=" | b"||=" | b"//="))
                );
                self.script.environment(one.flatten(), sets, start, end);
            }
            "ARGV" | "INC" | "SIG" | "CORE" | "main" | "DB" | "_ARGV"
                if name.starts_with('@') || bare != "ARGV" =>
            {
                // Reading the arguments is fine, giving them to `<>` by assignment is not.
                let given = matches!(self.script.tok(i + 1), Some(Tok::Mark(b'=')));
                let pushed = matches!(i.checked_sub(1).and_then(|p| self.script.tok(p)), Some(Tok::Word(w)) if matches!(w.as_str(), "push" | "unshift" | "local" | "splice"))
                    || matches!(
                        (
                            i.checked_sub(1).and_then(|p| self.script.tok(p)),
                            i.checked_sub(2).and_then(|p| self.script.tok(p))
                        ),
                        (Some(Tok::Mark(b'(')), Some(Tok::Word(_)))
                    );
                if bare != "ARGV" || given || pushed {
                    self.script
                        .notes
                        .unknown(start, end, "the interpreter's own variables");
                }
            }
            _ if bare.contains("::") => {
                self.script
                    .notes
                    .unknown(start, end, "a variable of another package")
            }
            _ => {}
        }
        // Elements of the arguments are paths that `<>` opens.
        if name == "$ARGV"
            && matches!(self.script.tok(i + 1), Some(Tok::Mark(b'[')))
            && matches!(self.script.tok(i + 4), Some(Tok::Mark(b'=')))
        {
            self.script
                .notes
                .unknown(start, end, "the interpreter's own variables");
        }
    }

    /// The text argument at a place: one literal and then an end.
    fn argument(&self, i: usize) -> Value {
        match (self.script.tok(i), self.script.tok(i + 1)) {
            (
                Some(Tok::Text(value)),
                None
                | Some(
                    Tok::Mark(b')' | b';' | b',' | b'}' | b'?' | b':')
                    | Tok::Op(b"&&" | b"||" | b"//"),
                ),
            ) => value.clone(),
            (Some(Tok::Text(value)), Some(Tok::Word(w)))
                if matches!(
                    w.as_str(),
                    "or" | "and" | "if" | "unless" | "for" | "foreach"
                ) =>
            {
                value.clone()
            }
            _ => begins(b""),
        }
    }

    fn judge_word(&mut self, word: &str, i: usize, start: usize, subs: &[String]) {
        let end = start + word.len();
        let first = i + 1 + usize::from(matches!(self.script.tok(i + 1), Some(Tok::Mark(b'('))));
        let before = i.checked_sub(1).and_then(|p| self.script.tok(p)).cloned();
        if matches!(&before, Some(Tok::Word(w)) if w == "sub") {
            if PERL_WORD.has(word) {
                self.script
                    .notes
                    .unknown(start, end, "a function of the language is redefined");
            }
            return;
        }
        if matches!(&before, Some(Tok::Word(w)) if w == "use" || w == "no") {
            if !PERL_MODULE.has(word) && !word.starts_with('v') {
                self.script
                    .notes
                    .unknown(start, end, "a module that is not known");
            }
            return;
        }
        match word {
            "system" | "exec" => {
                let value = self.argument(first);
                self.script.runs(value, first, start, end);
            }
            "unlink" | "rmdir" => {
                let value = self.argument(first);
                let more = matches!(self.script.tok(first + 1), Some(Tok::Mark(b',')));
                if more {
                    self.script.notes.act(
                        Effect::Delete,
                        CodeTarget::Path(begins(b"")),
                        start,
                        end,
                    );
                }
                self.script
                    .notes
                    .act(Effect::Delete, CodeTarget::Path(value), start, end);
            }
            "mkdir" => {
                let value = self.argument(first);
                self.script
                    .notes
                    .act(Effect::Write, CodeTarget::Path(value), start, end);
            }
            "rename" => {
                for at in [first, first + 2] {
                    let value = self.argument(at);
                    self.script
                        .notes
                        .act(Effect::Write, CodeTarget::Path(value), start, end);
                }
            }
            "open" => self.open(first, start, end),
            "use" | "no" if matches!(self.script.tok(i + 1), Some(Tok::Word(_) | Tok::Number)) => {}
            "eval" | "do" if matches!(self.script.tok(i + 1), Some(Tok::Mark(b'{'))) => {}
            _ if PERL_WORD.has(word) || subs.iter().any(|s| s == word) => {}
            // A handle or a label.
            _ if word.len() > 1
                && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
                && matches!(
                    word,
                    "FH" | "IN" | "OUT" | "FILE" | "LINE" | "OUTER" | "INNER" | "F" | "ARGV"
                ) => {}
            _ => self
                .script
                .notes
                .unknown(start, end, "a function that is not known"),
        }
    }

    /// `open(my $fh, '<', 'file')`.
    fn open(&mut self, mut at: usize, start: usize, end: usize) {
        if matches!(self.script.tok(at), Some(Tok::Word(w)) if w == "my" || w == "local") {
            at += 1;
        }
        let mode = match (
            self.script.tok(at),
            self.script.tok(at + 1),
            self.script.tok(at + 2),
            self.script.tok(at + 3),
        ) {
            (
                Some(Tok::Variable(_) | Tok::Word(_)),
                Some(Tok::Mark(b',')),
                Some(Tok::Text(Value::Static(mode))),
                Some(Tok::Mark(b',')),
            ) => mode.clone(),
            _ => {
                self.script.notes.unknown(start, end, OPENED);
                return;
            }
        };
        let path = self.argument(at + 4);
        let bare = mode
            .split(|&b| b == b':')
            .next()
            .unwrap_or_default()
            .trim_ascii();
        let effect = match bare {
            b"<" => Effect::Read,
            b">" | b">>" | b"+<" | b"+>" | b"+>>" => Effect::Write,
            _ => {
                self.script.notes.unknown(start, end, OPENED);
                return;
            }
        };
        self.script
            .notes
            .act(effect, CodeTarget::Path(path), start, end);
    }
}
