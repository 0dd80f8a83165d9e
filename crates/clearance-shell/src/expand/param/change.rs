//! Operators of `${…}` that change a text: removal, replacement, case, `@` and substrings.

use crate::invocation::{Reason, Value};
use crate::tree::{NodeId, Param, ParamOp, Script};

use super::{Got, origins, reason_of};
use crate::expand::field::{Piece, Pieces};
use crate::expand::gathered::Gathered;
use crate::expand::operator::{self, Change};
use crate::expand::part::{Context, fixed};
use crate::expand::{Expander, Parameter, Variable, World, unknown};

impl<W: World + ?Sized> Expander<'_, W> {
    pub(super) fn changed(
        &mut self,
        script: &Script,
        id: NodeId,
        param: &Param<'_>,
        got: Got,
        context: Context,
        out: &mut Pieces,
    ) {
        if param.op == ParamOp::Substring {
            return self.substring(script, param, got, context, out);
        }
        let mut inserted = Pieces::default();
        let Some(change) = self.change(script, id, param, &mut inserted) else {
            let mut dynamic = inserted.origins(unknown(reason_of(&got)));
            if let Some((sources, variables)) = origins(&got, param.name) {
                let mut all = Gathered::default();
                all.add(&sources, &variables);
                all.add(&dynamic.sources, &dynamic.variables);
                all.give(&mut dynamic);
            }
            return match got {
                Got::List { star, .. } | Got::MaybeList { star, .. } => {
                    self.emit_list_from(dynamic, star, context, out);
                }
                _ => self.emit_dynamic(dynamic, context, out),
            };
        };
        match got {
            Got::Unset => {}
            Got::Value(value) => {
                let value = self.apply(script, id, &change, value);
                self.emit(&value, context, out);
            }
            Got::Maybe(reason) => {
                if change.rereads() {
                    self.world.opaque(script.span(id), Reason::Reexpansion);
                }
                self.emit_dynamic(unknown(reason), context, out);
            }
            Got::List { items, star } => {
                let mut changed = Vec::with_capacity(items.len());
                for item in items {
                    changed.push(self.apply(script, id, &change, item));
                }
                self.emit_list(&changed, star, context, out);
            }
            Got::MaybeList { reason, star } => {
                if change.rereads() {
                    self.world.opaque(script.span(id), Reason::Reexpansion);
                }
                self.emit_unknown_list(reason, star, context, out);
            }
        }
    }

    /// The operator with its operands; `None` when these are not known. Of a replacement the
    /// pieces are kept.
    fn change(
        &mut self,
        script: &Script,
        id: NodeId,
        param: &Param<'_>,
        inserted: &mut Pieces,
    ) -> Option<Change> {
        if param.op == ParamOp::Transform {
            let letter = script.text(param.operand?).first().copied()?;
            return Some(Change::Transform(letter));
        }
        let pattern = self.pattern_operand(script, param.operand);
        let replacement = match param.second {
            Some(second) => {
                self.parts(script, second, Context::default(), inserted);
                replacement_text(inserted)
            }
            None => Some(Vec::new()),
        };
        let pattern = pattern?;
        if memchr::memchr(b'(', &pattern).is_some() && self.world.extglob() {
            self.world.opaque(script.span(id), Reason::ShellState);
            return None;
        }
        Some(Change::Pattern {
            op: param.op,
            pattern,
            replacement: replacement?,
        })
    }

    /// An operand as a pattern.
    fn pattern_operand(&mut self, script: &Script, operand: Option<NodeId>) -> Option<Vec<u8>> {
        let Some(operand) = operand else {
            return Some(Vec::new());
        };
        let mut pieces = Pieces::default();
        self.parts(script, operand, Context::default(), &mut pieces);
        pieces.pattern().ok()
    }

    pub(super) fn apply(
        &mut self,
        script: &Script,
        id: NodeId,
        change: &Change,
        value: Value,
    ) -> Value {
        match value {
            Value::Static(text) => match operator::apply(change, &text) {
                Some(text) => fixed(&text),
                None => {
                    if change.rereads() {
                        self.world.opaque(script.span(id), Reason::Reexpansion);
                    }
                    Value::Dynamic(unknown(Reason::Reexpansion))
                }
            },
            Value::OneOf(items) => {
                let changed: Option<Vec<_>> = items
                    .iter()
                    .map(|text| operator::apply(change, text))
                    .collect();
                match changed {
                    Some(changed) => Value::OneOf(changed.into_iter().map(Into::into).collect()),
                    None => {
                        self.apply(script, id, change, Value::Dynamic(unknown(Reason::TooMany)))
                    }
                }
            }
            Value::Glob(glob) => {
                let mut changed = unknown(Reason::Glob);
                if let Some(front) = change.only_removes() {
                    let pattern = glob.pattern.clone();
                    let piece = crate::invocation::Piece::Part { pattern, front };
                    changed.pieces = Some([piece].into());
                }
                Value::Dynamic(changed)
            }
            Value::Dynamic(dynamic) => {
                if change.rereads() {
                    self.world.opaque(script.span(id), Reason::Reexpansion);
                }
                let mut changed = unknown(dynamic.reason);
                changed.sources = dynamic.sources;
                changed.variables = dynamic.variables;
                Value::Dynamic(changed)
            }
        }
    }

    /// `${name:offset:length}`
    pub(super) fn substring(
        &mut self,
        script: &Script,
        param: &Param<'_>,
        got: Got,
        context: Context,
        out: &mut Pieces,
    ) {
        let offset = param
            .operand
            .map(|operand| self.arith_number(script, operand));
        let length = param.second.map(|second| self.arith_number(script, second));
        let known = offset.flatten().zip(match length {
            Some(length) => length.map(Some),
            None => Some(None),
        });
        let Some((offset, length)) = known else {
            return match got {
                Got::List { star, .. } | Got::MaybeList { star, .. } => {
                    self.emit_unknown_list(Reason::Arithmetic, star, context, out);
                }
                Got::Unset => {}
                _ => self.emit_dynamic(unknown(Reason::Arithmetic), context, out),
            };
        };
        match got {
            Got::Unset => {}
            Got::Value(Value::Static(text)) => {
                let part = operator::substring(&text, offset, length);
                let value = fixed(part.unwrap_or_default());
                self.emit(&value, context, out);
            }
            Got::Value(Value::OneOf(items)) => {
                let parts = items.iter().map(|text| {
                    operator::substring(text, offset, length)
                        .unwrap_or_default()
                        .into()
                });
                let value = Value::OneOf(parts.collect());
                self.emit(&value, context, out);
            }
            Got::List { items, star } => {
                let items = self.slice(param, items, offset, length);
                self.emit_list(&items, star, context, out);
            }
            Got::MaybeList { reason, star } => self.emit_unknown_list(reason, star, context, out),
            other => self.emit_dynamic(unknown(reason_of(&other)), context, out),
        }
    }

    /// Elements by position: of `$@` counted from `$0`, of an array by index.
    fn slice(
        &mut self,
        param: &Param<'_>,
        items: Vec<Value>,
        offset: i64,
        length: Option<i64>,
    ) -> Vec<Value> {
        let mut indexed: Vec<(i64, Value)> = Vec::new();
        let positional = param.subscript.is_none();
        if positional && offset == 0 {
            indexed.push((0, self.world.parameter(Parameter::Zero)));
        }
        match self.world.variable(param.name) {
            Variable::Indexed(elements) if !positional => {
                indexed.extend(
                    elements
                        .into_iter()
                        .map(|item| (i64::try_from(item.0).unwrap_or(0), item.1)),
                );
            }
            _ => {
                let base = i64::from(positional);
                indexed.extend(
                    items
                        .into_iter()
                        .zip(base..)
                        .map(|(item, index)| (index, item)),
                );
            }
        }
        let end = indexed.last().map_or(0, |item| item.0 + 1);
        let from = if offset < 0 { end + offset } else { offset };
        if from < 0 || length.is_some_and(|length| length < 0) {
            return Vec::new();
        }
        let most = length
            .and_then(|length| usize::try_from(length).ok())
            .unwrap_or(usize::MAX);
        indexed
            .into_iter()
            .filter(|item| item.0 >= from)
            .take(most)
            .map(|item| item.1)
            .collect()
    }
}

/// The text of a replacement; `&` would stand for the match (`patsub_replacement`, on by
/// default in bash 5.2), and quoted ones are literal.
fn replacement_text(pieces: &Pieces) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for piece in &pieces.list {
        match piece {
            Piece::Text { start, end, quoted } => {
                for byte in pieces.get(*start, *end) {
                    if *quoted && matches!(byte, b'&' | b'\\') {
                        out.push(b'\\');
                    }
                    out.push(*byte);
                }
            }
            Piece::Split { start, end } => out.extend_from_slice(pieces.get(*start, *end)),
            Piece::Unknown(_) => return None,
            Piece::Break => out.push(b' '),
            Piece::Exists => {}
        }
    }
    Some(out)
}
