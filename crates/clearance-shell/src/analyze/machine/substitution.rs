//! Command and process substitutions: finding them in words, running them, and what they
//! leave behind.

use std::sync::Arc;

use super::{Machine, Src, Task};
use crate::analyze::value;
use crate::invocation::{
    Dialect, Dynamic, Flags, Piece, Reason, Stdin, Stdout, Value, Via, Word, WrittenFile,
};
use crate::tree::{Flags as Marks, Kind, NodeId, Script};

impl Machine<'_> {
    /// Finds the substitutions in a part of a tree that run when it is expanded, in order.
    /// Those inside other substitutions run with them.
    pub(in crate::analyze) fn gather(&mut self, script: &Script, id: NodeId) {
        if matches!(script.kind(id), Kind::Word) && script.first_child(id).is_none() {
            return;
        }
        self.descent.clear();
        self.descent.push(id);
        let mut first = true;
        while let Some(id) = self.descent.pop() {
            if !first {
                if let Some(next) = script.next_sibling(id) {
                    self.descent.push(next);
                }
            }
            first = false;
            match script.kind(id) {
                Kind::CommandSub | Kind::ProcessSub => self.found.push(id),
                Kind::List => {}
                kind => {
                    if kind == Kind::Arith && is_ambiguous(script, id) {
                        self.opaque(script.span(id), Reason::Syntax);
                    }
                    if let Some(child) = script.first_child(id) {
                        self.descent.push(child);
                    }
                }
            }
        }
    }

    /// Schedules what was gathered. `true` if there was anything.
    pub(in crate::analyze) fn schedule(&mut self, src: Src) -> bool {
        if self.found.is_empty() {
            return false;
        }
        while let Some(id) = self.found.pop() {
            self.tasks.push(Task::Substitute(src, id));
        }
        true
    }

    /// Forgets what was gathered.
    pub(in crate::analyze) fn drop_found(&mut self) {
        self.found.clear();
    }

    /// Whether anything was gathered.
    pub(in crate::analyze) fn has_found(&self) -> bool {
        !self.found.is_empty()
    }

    pub(super) fn substitute(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        self.tasks.push(Task::Substituted(src, id));
        self.subshell();
        if script.kind(id) == Kind::CommandSub {
            self.open_sink(Stdout::Captured);
            self.context.via = Via::Substitution;
        } else if script.flags(id).has(Marks::OUTPUT) {
            // What it prints goes where the command's output goes, beside it.
            self.leak();
            self.open_sink(self.context.stdout.clone());
            self.context.sink = None;
            self.context.via = Via::ProcessSubstitution;
            self.set_stdin(Stdin::Dynamic(value::unknown(Reason::CommandOutput)));
        } else {
            self.open_sink(Stdout::Captured);
            self.context.via = Via::ProcessSubstitution;
        }
        if script.kind(id) == Kind::ProcessSub {
            self.context.flags = self.context.flags.with(Flags::BACKGROUND);
        }
        match script.first_child(id) {
            Some(list) => self.start_list(src, list),
            None => self.opaque(script.span(id), Reason::Syntax),
        }
    }

    pub(super) fn substituted(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let (text, sources) = self.close_sink();
        let value = if script.kind(id) == Kind::CommandSub {
            captured(text, sources)
        } else {
            self.process_path(&script, id, &text, sources)
        };
        self.results.push((src, id, value));
    }

    fn process_path(
        &mut self,
        script: &Script,
        id: NodeId,
        text: &Value,
        sources: Arc<[u32]>,
    ) -> Value {
        // What zsh takes depends on the system it was built for.
        let folder: &[u8] = match self.env.dialect {
            Dialect::Zsh => b"/",
            _ => b"/dev/fd/",
        };
        let path = Value::Dynamic(Dynamic {
            sources: Arc::clone(&sources),
            ..value::one_word(Reason::CommandOutput, folder)
        });
        if let (Value::Static(text), Some(by)) = (text, sources.last()) {
            let span = self.span(script, id);
            let path = Word {
                value: path.clone(),
                span,
            };
            self.out.written.push(WrittenFile {
                path,
                content: Some(Arc::clone(text)),
                by: *by,
                span,
            });
        }
        path
    }
}

/// Bash counts the parentheses of an arithmetic expression before it looks at substitutions
/// in it, and takes another meaning when they do not match: backquotes with quotes in them,
/// and the patterns of `case`, which it prints without the opening parenthesis.
fn is_ambiguous(script: &Script, arith: NodeId) -> bool {
    let text = script.text(arith);
    if memchr::memchr(b'`', text).is_some() && text.iter().any(|byte| matches!(byte, b'\\' | b'\''))
    {
        return true;
    }
    memchr::memmem::find(text, b"esac").is_some()
        && script
            .walk(arith)
            .any(|inner| script.kind(inner) == Kind::CaseItem)
}

/// The output of a command substitution: without trailing newlines and NUL bytes.
fn captured(text: Value, sources: Arc<[u32]>) -> Value {
    match text {
        Value::Static(text) => value::fixed(&strip(&text)),
        Value::OneOf(all) => value::one_of(
            all.iter().map(|text| strip(text).into()).collect(),
            usize::MAX,
        ),
        other => {
            let known = value::describe(&other);
            let prefix = strip(&known.prefix);
            let suffix = strip(&known.suffix);
            Value::Dynamic(Dynamic {
                prefix: prefix.as_slice().into(),
                suffix: suffix.as_slice().into(),
                may_vanish: known.may_vanish
                    || (prefix.is_empty() && suffix.is_empty() && !known.numeric),
                reason: Reason::CommandOutput,
                sources,
                pieces: known.pieces.map(stripped),
                ..known
            })
        }
    }
}

/// The same pieces without newlines at the end.
fn stripped(pieces: Arc<[Piece]>) -> Arc<[Piece]> {
    let Some(([rest @ .., _], Piece::Text(text))) = Some(&*pieces).zip(pieces.last()) else {
        return pieces;
    };
    let text = strip(text);
    let last = (!text.is_empty()).then(|| Piece::Text(text.into()));
    rest.iter().cloned().chain(last).collect()
}

fn strip(text: &[u8]) -> Vec<u8> {
    let end = text
        .iter()
        .rposition(|byte| !matches!(byte, b'\n' | 0))
        .map_or(0, |at| at + 1);
    text.get(..end)
        .unwrap_or_default()
        .iter()
        .copied()
        .filter(|byte| *byte != 0)
        .collect()
}
