//! Arithmetic in words: the text of the expression is expanded first, then evaluated.

use clearance_core::Span;

use crate::invocation::{Bytes, Reason, Value};
use crate::tree::{NodeId, Script};

use super::arith::{self, Fault, Number, Variables};
use super::field::{Piece, Pieces};
use super::param::numeric;
use super::part::{Context, fixed};
use super::{Expander, Key, Variable, World, unknown};

impl<W: World + ?Sized> Expander<'_, W> {
    /// The value of an arithmetic expression as text.
    pub(super) fn arith_value(&mut self, script: &Script, arith: NodeId) -> Value {
        match self.evaluate(script, arith) {
            Ok(Some(number)) => fixed(number.to_string().as_bytes()),
            Ok(None) => {
                let mut value = numeric(Reason::Arithmetic);
                if let Value::Dynamic(dynamic) = &mut value {
                    dynamic.may_start_dash = true;
                }
                value
            }
            Err(Fault(reason)) => Value::Dynamic(unknown(reason)),
        }
    }

    /// The value as a number.
    pub(super) fn arith_number(&mut self, script: &Script, arith: NodeId) -> Number {
        self.evaluate(script, arith).ok().flatten()
    }

    fn evaluate(&mut self, script: &Script, arith: NodeId) -> Result<Number, Fault> {
        let span = script.span(arith);
        let Some(text) = self.arith_text(script, arith) else {
            return Ok(None);
        };
        let mut adapter = Adapter {
            world: &mut *self.world,
            span,
        };
        let result = evaluate_text(&text, 0, &mut adapter);
        if matches!(result, Err(Fault(Reason::Limit))) {
            self.world.opaque(span, Reason::Limit);
        }
        result
    }

    /// The text of the expression after expansion; unknown numbers are marked.
    fn arith_text(&mut self, script: &Script, arith: NodeId) -> Option<Vec<u8>> {
        let mut pieces = Pieces::default();
        self.parts(
            script,
            arith,
            Context {
                quoted: true,
                result: false,
            },
            &mut pieces,
        );
        let mut text = Vec::new();
        for piece in &pieces.list {
            match piece {
                Piece::Text { start, end, .. } | Piece::Split { start, end } => {
                    text.extend_from_slice(pieces.get(*start, *end));
                }
                Piece::Unknown(dynamic) if dynamic.numeric => {
                    text.extend_from_slice(arith::UNKNOWN);
                }
                Piece::Unknown(_) => {
                    self.world.opaque(script.span(arith), Reason::Arithmetic);
                    return None;
                }
                Piece::Break => text.push(b' '),
                Piece::Exists => {}
            }
        }
        Some(text)
    }

    /// The element that a subscript names.
    pub(super) fn element(&mut self, script: &Script, subscript: NodeId, associative: bool) -> Key {
        if associative {
            let mut pieces = Pieces::default();
            self.parts(
                script,
                subscript,
                Context {
                    quoted: true,
                    result: false,
                },
                &mut pieces,
            );
            return match pieces.known_text() {
                Ok(text) => Key::Name(Bytes::from(text)),
                Err(_) => Key::Unknown,
            };
        }
        match self.evaluate(script, subscript) {
            Ok(Some(index)) => u64::try_from(index).map_or(Key::Unknown, Key::Index),
            _ => Key::Unknown,
        }
    }
}

/// Evaluates text; text that bash would expand once more is not understood.
fn evaluate_text<W: World + ?Sized>(
    text: &[u8],
    depth: u32,
    adapter: &mut Adapter<'_, W>,
) -> Result<Number, Fault> {
    if text.iter().any(|byte| matches!(byte, b'$' | b'`' | b'\\')) {
        adapter.world.opaque(adapter.span, Reason::Arithmetic);
        return Ok(None);
    }
    arith::evaluate(text, depth, adapter)
}

/// Gives the evaluator the variables of the world.
struct Adapter<'w, W: World + ?Sized> {
    world: &'w mut W,
    span: Span,
}

impl<W: World + ?Sized> Variables for Adapter<'_, W> {
    fn get(&mut self, name: &[u8], subscript: Option<&[u8]>, depth: u32) -> Result<Number, Fault> {
        let variable = self.world.variable(name);
        let value = match (variable, subscript) {
            (Variable::Unset, None) => return Ok(Some(0)),
            (Variable::Unset, Some(subscript)) => {
                evaluate_text(subscript, depth + 1, self)?;
                return Ok(Some(0));
            }
            (Variable::Scalar(value), None) => Some(value),
            (Variable::Scalar(value), Some(subscript)) => {
                match evaluate_text(subscript, depth + 1, self)? {
                    Some(0) => Some(value),
                    Some(_) => None,
                    None => return Ok(None),
                }
            }
            (Variable::Indexed(items), subscript) => {
                let index = match subscript {
                    None => Some(0),
                    Some(subscript) => evaluate_text(subscript, depth + 1, self)?,
                };
                let Some(index) = index else {
                    return self.unknown();
                };
                let index = u64::try_from(index).ok();
                items
                    .into_iter()
                    .find(|item| Some(item.0) == index)
                    .map(|item| item.1)
            }
            (Variable::Associative(items), subscript) => {
                let key = subscript.unwrap_or(b"0");
                items
                    .into_iter()
                    .find(|item| &*item.0 == key)
                    .map(|item| item.1)
            }
            (Variable::Unknown(_), _) => return self.unknown(),
        };
        match value {
            None => Ok(Some(0)),
            Some(value) => self.number(&value, depth),
        }
    }

    fn set(&mut self, name: &[u8], subscript: Option<&[u8]>, value: Number, depth: u32) {
        let key = subscript.map(|subscript| {
            if matches!(self.world.variable(name), Variable::Associative(_)) {
                return Key::Name(Bytes::from(subscript));
            }
            match evaluate_text(subscript, depth + 1, self) {
                Ok(Some(index)) => u64::try_from(index).map_or(Key::Unknown, Key::Index),
                _ => Key::Unknown,
            }
        });
        let value = match value {
            Some(number) => fixed(number.to_string().as_bytes()),
            None => {
                let mut value = numeric(Reason::Arithmetic);
                if let Value::Dynamic(dynamic) = &mut value {
                    dynamic.may_start_dash = true;
                }
                value
            }
        };
        self.world.assign(name, key.as_ref(), value);
    }
}

impl<W: World + ?Sized> Adapter<'_, W> {
    /// The variable may hold code.
    fn unknown(&mut self) -> Result<Number, Fault> {
        self.world.opaque(self.span, Reason::Arithmetic);
        Ok(None)
    }

    /// The value of a variable is an expression itself.
    fn number(&mut self, value: &Value, depth: u32) -> Result<Number, Fault> {
        match value {
            Value::Static(text) => evaluate_text(text, depth + 1, self),
            Value::OneOf(items) if items.iter().all(|text| arith::number(text).is_some()) => {
                Ok(None)
            }
            Value::Dynamic(dynamic) if dynamic.numeric => Ok(None),
            _ => self.unknown(),
        }
    }
}
