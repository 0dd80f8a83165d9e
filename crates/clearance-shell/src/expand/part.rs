//! The parts of a word, evaluated to pieces: `emit` adds values, `row` takes words out of
//! brace expansion.

mod emit;
mod row;

use crate::invocation::{Bytes, Reason, Value};
use crate::tree::{Flags, Kind, NodeId, ParamOp, Script};

use super::field::{Piece, Pieces};
use super::{Expander, MAX_DEPTH, Variable, World, decode_ansi, unknown};

pub(super) use row::Row;

/// Steps for a part that is not just text.
const EXPANSION: usize = 5;

/// How parts are evaluated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Context {
    /// Inside double quotes: nothing is split, no pattern is active.
    pub(super) quoted: bool,
    /// Inside an operand of `${…}`: literal text is part of the result, and is split.
    pub(super) result: bool,
}

/// A word that came out of brace expansion.
impl<W: World + ?Sized> Expander<'_, W> {
    /// Evaluates all children of a node.
    pub(super) fn parts(
        &mut self,
        script: &Script,
        parent: NodeId,
        context: Context,
        out: &mut Pieces,
    ) {
        if self.depth >= MAX_DEPTH {
            out.list
                .push(Piece::Unknown(Box::new(unknown(Reason::Limit))));
            self.world.opaque(script.span(parent), Reason::Limit);
            return;
        }
        self.depth += 1;
        if script.flags(parent).has(Flags::PLAIN) && script.kind(parent) == Kind::Word {
            literal(script.text(parent), context, out);
        }
        for id in script.children(parent) {
            if !self.part(script, id, context, out) {
                break;
            }
        }
        self.depth -= 1;
    }

    /// `false`: the work is too much, and the rest of the word is not known.
    fn part(&mut self, script: &Script, id: NodeId, context: Context, out: &mut Pieces) -> bool {
        let kind = script.kind(id);
        let expands = !matches!(
            kind,
            Kind::Literal | Kind::BraceOpen | Kind::BraceComma | Kind::BraceClose | Kind::Escape
        );
        if !self.world.spend(1 + EXPANSION * usize::from(expands)) {
            let rest = Piece::Unknown(Box::new(unknown(Reason::Limit)));
            out.list.push(rest);
            return false;
        }
        match kind {
            Kind::Literal | Kind::BraceOpen | Kind::BraceComma | Kind::BraceClose => {
                literal(script.text(id), context, out);
            }
            Kind::Glob => {
                let unquoted = Context {
                    quoted: false,
                    ..context
                };
                literal(script.text(id), unquoted, out);
            }
            Kind::Escape => out.text(script.text(id).get(1..).unwrap_or_default(), true),
            Kind::SingleQuote => {
                out.list.push(Piece::Exists);
                out.text(script.quoted_text(id), true);
            }
            Kind::AnsiQuote => {
                let mut text = Vec::new();
                decode_ansi(script.quoted_text(id), &mut text);
                out.list.push(Piece::Exists);
                out.text(&text, true);
            }
            Kind::DoubleQuote => self.double_quote(script, id, out),
            Kind::Param => self.param(script, id, context, out),
            Kind::CommandSub => {
                let value = self.output_of(script, id);
                self.emit(&value, context, out);
            }
            Kind::ProcessSub => {
                let value = self.path_of(script, id);
                self.emit(
                    &value,
                    Context {
                        quoted: true,
                        ..context
                    },
                    out,
                );
            }
            Kind::Arith => {
                let value = self.arith_value(script, id);
                self.emit(&value, context, out);
            }
            // Only brace expansion could have put it at the beginning of a word.
            Kind::Tilde if script.flags(id).has(Flags::BRACES) => {
                literal(script.text(id), context, out);
            }
            Kind::Tilde => self.tilde(script, id, out),
            Kind::ExtGlob => self.extended_pattern(script, id, context, out),
            Kind::Subscript => {
                literal(b"[", context, out);
                self.parts(script, id, context, out);
                literal(b"]", context, out);
            }
            _ => {
                out.list
                    .push(Piece::Unknown(Box::new(unknown(Reason::Syntax))));
                self.world.opaque(script.span(id), Reason::Syntax);
            }
        }
        true
    }

    fn double_quote(&mut self, script: &Script, id: NodeId, out: &mut Pieces) {
        if script.flags(id).has(Flags::PLAIN) {
            out.list.push(Piece::Exists);
            out.text(script.quoted_text(id), true);
            return;
        }
        let (lists, stars) = list_kinds(script, id);
        if lists && stars {
            // bash 5.2 sometimes splits the latter like the former.
            let quoted = Context {
                quoted: true,
                result: false,
            };
            let mut inner = Pieces::default();
            self.parts(script, id, quoted, &mut inner);
            let list = inner.origins(unknown(Reason::Dialect));
            return self.emit_list_from(list, false, quoted, out);
        }
        let mark = out.list.len();
        self.parts(
            script,
            id,
            Context {
                quoted: true,
                result: false,
            },
            out,
        );
        let inner = out.list.get(mark..).unwrap_or_default();
        let has_list = script.children(id).any(|part| is_list(script, part));
        let vanishes = has_list
            && inner
                .iter()
                .all(|piece| matches!(piece, Piece::Unknown(dynamic) if dynamic.may_vanish));
        if !vanishes {
            out.list.insert(mark, Piece::Exists);
        }
    }

    fn extended_pattern(
        &mut self,
        script: &Script,
        id: NodeId,
        context: Context,
        out: &mut Pieces,
    ) {
        let operator = script.text(id).get(..1).unwrap_or_default();
        literal(operator, context, out);
        let mut before: &[u8] = b"(";
        for alternative in script.children(id) {
            literal(before, context, out);
            self.parts(script, alternative, context, out);
            before = b"|";
        }
        literal(b")", context, out);
    }

    // ---- substitutions ----

    /// What a substitution prints; in further runs over the same word, as in the first one.
    fn output_of(&mut self, script: &Script, id: NodeId) -> Value {
        self.remembered(id, |world| world.command_output(script, id))
    }

    fn path_of(&mut self, script: &Script, id: NodeId) -> Value {
        self.remembered(id, |world| world.process_path(script, id))
    }

    fn remembered(&mut self, id: NodeId, ask: impl FnOnce(&mut W) -> Value) -> Value {
        match self.outputs.binary_search_by_key(&id, |entry| entry.0) {
            Ok(known) => match self.outputs.get(known) {
                Some((_, value)) => value.clone(),
                None => Value::Dynamic(unknown(Reason::CommandOutput)),
            },
            Err(place) => {
                let value = ask(self.world);
                self.outputs.insert(place, (id, value.clone()));
                value
            }
        }
    }

    // ---- tildes ----

    fn tilde(&mut self, script: &Script, id: NodeId, out: &mut Pieces) {
        let text = script.text(id);
        self.tilde_text(text, out);
    }

    fn tilde_text(&mut self, text: &[u8], out: &mut Pieces) {
        let user = text.get(1..).unwrap_or_default();
        if user.is_empty() {
            match self.world.variable(b"HOME") {
                Variable::Scalar(value) => {
                    out.list.push(Piece::Exists);
                    let quoted = Context {
                        quoted: true,
                        result: false,
                    };
                    return self.emit(&value, quoted, out);
                }
                Variable::Unset => {}
                _ => return self.unknown_home(Reason::UnknownVariable, out),
            }
        }
        match self.world.user_home(user) {
            Ok(Some(home)) => {
                out.list.push(Piece::Exists);
                out.text(&home, true);
            }
            Ok(None) => out.text(text, false),
            Err(reason) => self.unknown_home(reason, out),
        }
    }

    /// A directory: never empty, never split, and never an option.
    fn unknown_home(&mut self, reason: Reason, out: &mut Pieces) {
        let mut dynamic = unknown(reason);
        dynamic.may_split = false;
        dynamic.may_vanish = false;
        dynamic.may_start_dash = false;
        out.list.push(Piece::Unknown(Box::new(dynamic)));
    }
}

/// Whether there is a list like `$@`, and one like `$*`, among the parts of a double quote.
fn list_kinds(script: &Script, id: NodeId) -> (bool, bool) {
    let mut found = (false, false);
    for part in script.children(id) {
        if script.kind(part) != Kind::Param {
            continue;
        }
        found.0 |= is_list(script, part);
        let param = script.param(part);
        found.1 |= param.name == b"*"
            || param
                .subscript
                .is_some_and(|subscript| script.text(subscript) == b"[*]");
    }
    found
}

/// `$@` or an array with `[@]`, quoted: it can be no word at all.
fn is_list(script: &Script, id: NodeId) -> bool {
    if script.kind(id) != Kind::Param {
        return false;
    }
    let param = script.param(id);
    let own = !matches!(
        param.op,
        ParamOp::Length | ParamOp::AlternativeIfSet | ParamOp::AlternativeIfFull
    );
    let at = param.name == b"@"
        || param
            .subscript
            .is_some_and(|subscript| script.text(subscript) == b"[@]")
        || param.op == ParamOp::NamesSeparate;
    let in_operand = |part| {
        script.kind(part) == Kind::Param && {
            let inner = script.param(part);
            inner.name == b"@" && inner.op == ParamOp::Value
        }
    };
    let operand = param.operand.into_iter();
    (at && own)
        || operand
            .flat_map(|operand| script.children(operand))
            .any(in_operand)
}

/// Adds literal text.
fn literal(text: &[u8], context: Context, out: &mut Pieces) {
    if context.result && !context.quoted {
        out.split(text);
    } else {
        out.text(text, context.quoted);
    }
}

/// Adds the result of an expansion.
fn result(text: &[u8], context: Context, out: &mut Pieces) {
    if context.quoted {
        out.text(text, true);
    } else {
        out.split(text);
    }
}

/// Bytes as a static value.
pub(super) fn fixed(text: &[u8]) -> Value {
    Value::Static(Bytes::from(text))
}
