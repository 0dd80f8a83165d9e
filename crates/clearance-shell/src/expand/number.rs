//! Arithmetic in words: the text of the expression is expanded first, then evaluated.

use clearance_core::Span;

use crate::invocation::{Bytes, Dialect, Dynamic, Reason, Value};
use crate::tree::{NodeId, Script};

use super::arith::{self, Fault, Number, Target, Variables};
use super::field::{Piece, Pieces};
use super::join::join_values;
use super::param::numeric;
use super::part::{Context, fixed};
use super::{Expander, Key, Variable, World, unknown};

impl<W: World + ?Sized> Expander<'_, W> {
    /// The value of an arithmetic expression as text.
    pub(super) fn arith_value(&mut self, script: &Script, arith: NodeId) -> Value {
        let text = self.arith_text(script, arith);
        self.arith_value_of(script, arith, text)
    }

    /// The value of the expression with this text (`None`: not known).
    pub(super) fn arith_value_of(
        &mut self,
        script: &Script,
        arith: NodeId,
        text: Option<Vec<u8>>,
    ) -> Value {
        match self.evaluate(script, arith, text) {
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
        let text = self.arith_text(script, arith);
        self.evaluate(script, arith, text).ok().flatten()
    }

    fn evaluate(
        &mut self,
        script: &Script,
        arith: NodeId,
        text: Option<Vec<u8>>,
    ) -> Result<Number, Fault> {
        let span = script.span(arith);
        let Some(text) = text else {
            return Ok(None);
        };
        if matches!(self.dialect, Dialect::Zsh | Dialect::Unknown) && has_octal(&text) {
            self.world.opaque(span, Reason::Dialect);
        }
        let mut adapter = Adapter {
            world: &mut *self.world,
            span,
        };
        let result = evaluate_text(&text, 0, true, &mut adapter);
        if matches!(result, Err(Fault(Reason::Limit))) {
            self.world.opaque(span, Reason::Limit);
        }
        result
    }

    /// The text of the expression after expansion; unknown numbers are marked.
    pub(super) fn arith_text(&mut self, script: &Script, arith: NodeId) -> Option<Vec<u8>> {
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
        let text = self.arith_text(script, subscript);
        match self.evaluate(script, subscript, text) {
            Ok(Some(index)) => u64::try_from(index).map_or(Key::Unknown, Key::Index),
            _ => Key::Unknown,
        }
    }
}

/// Evaluates text; text that bash would expand once more is not understood.
fn evaluate_text<W: World + ?Sized>(
    text: &[u8],
    depth: u32,
    sure: bool,
    adapter: &mut Adapter<'_, W>,
) -> Result<Number, Fault> {
    if text.iter().any(|byte| matches!(byte, b'$' | b'`' | b'\\')) {
        adapter.world.opaque(adapter.span, Reason::Arithmetic);
        return Ok(None);
    }
    arith::evaluate(text, depth, sure, adapter)
}

/// Gives the evaluator the variables of the world.
struct Adapter<'w, W: World + ?Sized> {
    world: &'w mut W,
    span: Span,
}

impl<W: World + ?Sized> Variables for Adapter<'_, W> {
    fn get(&mut self, target: Target<'_>, depth: u32) -> Result<Number, Fault> {
        let Target {
            name,
            subscript,
            sure,
        } = target;
        let variable = self.world.variable(name);
        let value = match (variable, subscript) {
            (Variable::Unset, None) => return Ok(Some(0)),
            (Variable::Unset, Some(subscript)) => {
                evaluate_text(subscript, depth + 1, sure, self)?;
                return Ok(Some(0));
            }
            (Variable::Scalar(value), None) => Some(value),
            (Variable::Scalar(value), Some(subscript)) => {
                match evaluate_text(subscript, depth + 1, sure, self)? {
                    Some(0) => Some(value),
                    Some(_) => None,
                    None => return Ok(None),
                }
            }
            (Variable::Indexed(items), subscript) => {
                let index = match subscript {
                    None => Some(0),
                    Some(subscript) => evaluate_text(subscript, depth + 1, sure, self)?,
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
            (Variable::Unlisted { .. } | Variable::Unknown(_), _) => return self.unknown(),
        };
        match value {
            None => Ok(Some(0)),
            Some(value) => self.number(&value, depth, sure),
        }
    }

    fn set(&mut self, target: Target<'_>, value: Number, depth: u32) {
        let name = target.name;
        let key = target.subscript.map(|subscript| {
            if self.world.variable(name).is_associative() {
                return Key::Name(Bytes::from(subscript));
            }
            match evaluate_text(subscript, depth + 1, target.sure, self) {
                Ok(Some(index)) => u64::try_from(index).map_or(Key::Unknown, Key::Index),
                _ => Key::Unknown,
            }
        });
        let value = match value {
            Some(number) if target.sure => fixed(number.to_string().as_bytes()),
            _ => {
                let mut value = numeric(Reason::Arithmetic);
                if let Value::Dynamic(dynamic) = &mut value {
                    dynamic.may_start_dash = true;
                }
                value
            }
        };
        let value = if target.sure {
            value
        } else {
            self.or_as_before(name, key.as_ref(), value)
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

    /// The number, or what there was before.
    fn or_as_before(&mut self, name: &[u8], key: Option<&Key>, number: Value) -> Value {
        let old = match self.world.variable(name) {
            Variable::Scalar(old) if key.is_none() => Some(old),
            Variable::Unset if key.is_none() => Some(fixed(b"")),
            _ => None,
        };
        let Some(old) = old else {
            return Value::Dynamic(unknown(Reason::Arithmetic));
        };
        match (&old, number) {
            (Value::Static(text), Value::Dynamic(number)) if text.is_empty() => {
                Value::Dynamic(Dynamic {
                    may_vanish: true,
                    ..number
                })
            }
            (Value::Static(text), number) if is_decimal(text) => number,
            (Value::OneOf(all), number) if all.iter().all(|text| is_decimal(text)) => number,
            (_, number) => join_values(&[&old, &number], Reason::Arithmetic),
        }
    }

    /// The value of a variable is an expression itself.
    fn number(&mut self, value: &Value, depth: u32, sure: bool) -> Result<Number, Fault> {
        match value {
            Value::Static(text) => evaluate_text(text, depth + 1, sure, self),
            Value::OneOf(items) if items.iter().all(|text| arith::number(text).is_some()) => {
                Ok(None)
            }
            Value::Dynamic(dynamic) if dynamic.numeric => Ok(None),
            _ => self.unknown(),
        }
    }
}

/// A number that begins with a zero: octal, but in zsh, decimal.
fn has_octal(text: &[u8]) -> bool {
    let mut before = b' ';
    let mut bytes = text.iter().peekable();
    while let Some(byte) = bytes.next() {
        let starts = !(before.is_ascii_alphanumeric() || matches!(before, b'_' | b'#' | b'.'));
        if *byte == b'0' && starts && bytes.peek().is_some_and(|next| next.is_ascii_digit()) {
            return true;
        }
        before = *byte;
    }
    false
}

/// Digits, perhaps after a minus.
fn is_decimal(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}
