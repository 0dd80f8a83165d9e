//! What the words of a Ruby text do.

use clearance_core::Effect;
use clearance_shell::invocation::Value;

use super::Ruby;
use super::scan;
use crate::code::CodeTarget;
use crate::code::notes::begins;
use crate::code::script::Tok;
use crate::names::{RUBY_LIBRARY, RUBY_WORD};

impl Ruby<'_> {
    pub(super) fn judge(&mut self) {
        let tokens = self.script.tokens.clone();
        let mut own: Vec<String> = self.outer.to_vec();
        for (i, (tok, _)) in tokens.iter().enumerate() {
            if let Tok::Word(word) = tok {
                let before = i.checked_sub(1).and_then(|p| tokens.get(p)).map(|t| &t.0);
                let next = tokens.get(i + 1).map(|t| &t.0);
                let after = tokens.get(i + 2).map(|t| &t.0);
                let assigned = matches!(next, Some(Tok::Mark(b'=')))
                    && !matches!(after, Some(Tok::Mark(b'=' | b'~')))
                    && !matches!(before, Some(Tok::Mark(b'.')));
                let op_assigned = matches!(next, Some(Tok::Mark(b'+' | b'-' | b'*' | b'|')))
                    && matches!(after, Some(Tok::Mark(b'=')));
                let bound = matches!(before, Some(Tok::Mark(b'|' | b',' | b'(')))
                    && matches!(next, Some(Tok::Mark(b'|' | b',' | b')')))
                    && in_bars(&tokens, i);
                let named =
                    matches!(before, Some(Tok::Word(w)) if matches!(w.as_str(), "def" | "for"));
                let lower = word.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
                if lower && (assigned || op_assigned || bound || named) {
                    own.push(word.clone());
                }
            }
        }
        for (from, to) in core::mem::take(&mut self.inner) {
            let inner = self.script.code.get(from..to).unwrap_or_default();
            scan(
                inner,
                self.script.base + from,
                self.script.notes,
                self.script.depth + 1,
                &own,
            );
        }
        for (i, (tok, place)) in tokens.iter().enumerate() {
            let start = self.script.base + place;
            match tok {
                Tok::Word(word) => self.judge_word(word, i, start, &own),
                Tok::Symbol(name)
                    if matches!(
                        i.checked_sub(1).and_then(|p| self.script.tok(p)),
                        Some(Tok::Mark(b'&'))
                    ) && !RUBY_WORD.has(name) =>
                {
                    self.script.notes.unknown(
                        start,
                        start + name.len(),
                        "a method that is not known",
                    );
                }
                Tok::Variable(name)
                    if matches!(
                        name.as_str(),
                        "$LOAD_PATH" | "$:" | "$LOADED_FEATURES" | "$0"
                    ) =>
                {
                    self.script.notes.unknown(
                        start,
                        start + name.len(),
                        "the interpreter's own variables",
                    );
                }
                _ => {}
            }
        }
    }

    /// The argument at a place: one literal and then an end.
    fn argument(&self, i: usize) -> Value {
        match (self.script.tok(i), self.script.tok(i + 1)) {
            (
                Some(Tok::Text(value)),
                None | Some(Tok::Mark(b')' | b';' | b',' | b'}' | b'.') | Tok::Word(_)),
            ) => value.clone(),
            _ => begins(b""),
        }
    }

    fn judge_word(&mut self, word: &str, i: usize, start: usize, own: &[String]) {
        let end = start + word.len();
        let before = i.checked_sub(1).and_then(|p| self.script.tok(p)).cloned();
        let first = i + 1 + usize::from(matches!(self.script.tok(i + 1), Some(Tok::Mark(b'('))));
        if matches!(&before, Some(Tok::Mark(b'.'))) {
            let owner = match i.checked_sub(2).and_then(|p| self.script.tok(p)) {
                Some(Tok::Word(w)) if w.starts_with(|c: char| c.is_ascii_uppercase()) => {
                    Some(w.clone())
                }
                _ => None,
            };
            return self.judge_method(owner.as_deref(), word, first, start, end);
        }
        match word {
            "require" => {
                let module = self.argument(first);
                let known = module.as_static().is_some_and(|m| RUBY_LIBRARY.has(m));
                if !known {
                    self.script
                        .notes
                        .unknown(start, end, "a module that is not known");
                }
            }
            "system" | "exec" | "spawn" => {
                let value = self.argument(first);
                self.script.runs(value, first, start, end);
            }
            "ENV" => {
                let one = self.script.key(i, *b"[]");
                let sets = matches!(self.script.tok(i + 4), Some(Tok::Mark(b'=')))
                    && !matches!(self.script.tok(i + 5), Some(Tok::Mark(b'=' | b'~')));
                self.script.environment(one, sets, start, end);
            }
            "File" | "Dir" | "FileUtils" | "IO"
                if matches!(self.script.tok(i + 1), Some(Tok::Mark(b'.'))) => {}
            "def"
                if matches!(self.script.tok(i + 1), Some(Tok::Word(name)) if RUBY_WORD.has(name))
                    || matches!(self.script.tok(i + 2), Some(Tok::Mark(b'.'))) =>
            {
                self.script
                    .notes
                    .unknown(start, end, "a method of the language is redefined");
            }
            _ if RUBY_WORD.has(word) || own.iter().any(|o| o == word) => {}
            _ => self
                .script
                .notes
                .unknown(start, end, "a name that is not known"),
        }
    }

    fn judge_method(
        &mut self,
        owner: Option<&str>,
        name: &str,
        first: usize,
        start: usize,
        end: usize,
    ) {
        let arg = self.argument(first);
        let mut act = |effect: Effect, value: Value| {
            self.script
                .notes
                .act(effect, CodeTarget::Path(value), start, end)
        };
        match (owner, name) {
            (Some("File" | "IO"), "read" | "readlines" | "foreach" | "binread")
            | (Some("YAML" | "JSON"), "load_file" | "safe_load_file")
            | (Some("CSV"), "read" | "foreach" | "table") => {
                // `IO.read("|cmd")` runs a command.
                if owner == Some("IO") && arg.as_static().is_none_or(|a| a.starts_with(b"|")) {
                    self.script.notes.unknown(
                        start,
                        end,
                        "a file is opened by text that can be a command",
                    );
                } else {
                    act(Effect::Read, arg);
                }
            }
            (Some("File"), "write" | "binwrite") => act(Effect::Write, arg),
            (Some("File"), "open" | "new") => {
                let mode = match (self.script.tok(first + 1), self.script.tok(first + 2)) {
                    (Some(Tok::Mark(b',')), Some(Tok::Text(mode))) => {
                        mode.as_static().map(<[u8]>::to_vec)
                    }
                    (Some(Tok::Mark(b',')), _) => None,
                    _ => Some(b"r".to_vec()),
                };
                let reads = mode.is_some_and(|m| m.first() == Some(&b'r') && !m.contains(&b'+'));
                self.script.notes.act(
                    if reads { Effect::Read } else { Effect::Write },
                    CodeTarget::Path(arg),
                    start,
                    end,
                );
            }
            (Some("File"), "delete" | "unlink") | (Some("Dir"), "delete" | "rmdir" | "unlink") => {
                act(Effect::Delete, arg);
                if matches!(self.script.tok(first + 1), Some(Tok::Mark(b','))) {
                    self.script.notes.act(
                        Effect::Delete,
                        CodeTarget::Path(begins(b"")),
                        start,
                        end,
                    );
                }
            }
            (Some("File"), "exist?" | "file?" | "directory?" | "size" | "mtime" | "stat")
            | (Some("Dir"), "glob" | "children" | "entries" | "exist?" | "each_child") => {
                act(Effect::List, arg)
            }
            (
                Some("File"),
                "join" | "basename" | "dirname" | "extname" | "expand_path" | "absolute_path",
            )
            | (Some("Dir"), "pwd") => {}
            (Some("File"), "rename") | (Some("FileUtils"), "mv" | "cp" | "cp_r" | "copy") => {
                act(Effect::Write, arg);
                let to = self.argument(first + 2);
                self.script
                    .notes
                    .act(Effect::Write, CodeTarget::Path(to), start, end);
            }
            (Some("FileUtils"), "mkdir_p" | "mkdir" | "touch") | (Some("Dir"), "mkdir") => {
                act(Effect::Write, arg)
            }
            (Some("FileUtils"), "rm_rf" | "rm_r" | "remove_dir" | "rmtree") => {
                act(Effect::DeleteTree, arg)
            }
            (Some("FileUtils"), "rm" | "rm_f") => act(Effect::Delete, arg),
            (Some("File" | "Dir" | "FileUtils" | "IO"), _) => {
                self.script
                    .notes
                    .unknown(start, end, "a method that is not known")
            }
            // `JSON.load` and `YAML.load` of text can make objects.
            (Some("YAML" | "JSON"), "load" | "unsafe_load" | "unsafe_load_file") => self
                .script
                .notes
                .unknown(start, end, "data that can run code is loaded"),
            _ if RUBY_WORD.has(name) && !matches!(name, "write" | "if" | "def" | "end") => {}
            (None, "write") => {}
            _ => self
                .script
                .notes
                .unknown(start, end, "a method that is not known"),
        }
    }
}

/// The token stands between bars (`|a, b|`) or parentheses of a definition.
fn in_bars(tokens: &[(Tok, usize)], i: usize) -> bool {
    let mut at = i;
    let mut steps = 0;
    while let Some(before) = at.checked_sub(1) {
        at = before;
        steps += 1;
        if steps > 16 {
            return false;
        }
        match tokens.get(at).map(|t| &t.0) {
            Some(Tok::Mark(b'|')) => {
                return matches!(
                    at.checked_sub(1).and_then(|p| tokens.get(p)).map(|t| &t.0),
                    Some(Tok::Mark(b'{')) | Some(Tok::Word(_))
                );
            }
            Some(Tok::Mark(b'(')) => {
                let name = at.checked_sub(2).and_then(|p| tokens.get(p)).map(|t| &t.0);
                return matches!(name, Some(Tok::Word(w)) if w == "def");
            }
            Some(Tok::Word(_) | Tok::Mark(b',')) => {}
            _ => return false,
        }
    }
    false
}
