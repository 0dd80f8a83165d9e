//! Parameters and variables: which value, and what the operators of `${…}` do with it.

mod change;

use std::sync::Arc;

use crate::invocation::{Bytes, Dialect, Dynamic, Reason, Value};
use crate::tree::{NodeId, Param, ParamOp, Script};

use super::field::{Piece, Pieces};
use super::gathered::Gathered;
use super::part::{Context, fixed};
use super::{Expander, Variable, World, unknown};

/// The value of a parameter.
#[derive(Clone, Debug)]
pub(super) enum Got {
    Unset,
    Value(Value),
    /// Set or not, and to anything.
    Maybe(Reason),
    List {
        items: Vec<Value>,
        star: bool,
    },
    /// A list of which nothing is known.
    MaybeList {
        reason: Reason,
        star: bool,
    },
}

/// The commands whose output a text is made of, and the variables.
type Origins = (Arc<[u32]>, Arc<[Bytes]>);

/// Whether something holds, as far as it is known.
type Truth = Option<bool>;

impl<W: World + ?Sized> Expander<'_, W> {
    /// Evaluates a `Param`.
    pub(super) fn param(
        &mut self,
        script: &Script,
        id: NodeId,
        context: Context,
        out: &mut Pieces,
    ) {
        let before = out.list.len();
        let param = script.param(id);
        let pointed = self.pointed(&param);
        let named = pointed.as_deref().unwrap_or(param.name);
        let origins = self.value_of(script, id, named, context, out);
        if matches!(
            param.op,
            ParamOp::Length | ParamOp::AlternativeIfSet | ParamOp::AlternativeIfFull
        ) {
            return;
        }
        // What an operator leaves of a text comes from where the text came from.
        let stray = |piece: &Piece| match piece {
            Piece::Unknown(text) => {
                !text.numeric && text.variables.is_empty() && text.sources.is_empty()
            }
            _ => false,
        };
        let mut pieces = out.list.iter_mut().skip(before);
        if !pieces.any(|piece| stray(piece)) {
            return;
        }
        if let Some((sources, variables)) = origins {
            for piece in out
                .list
                .iter_mut()
                .skip(before)
                .filter(|piece| stray(piece))
            {
                if let Piece::Unknown(text) = piece {
                    text.sources = Arc::clone(&sources);
                    text.variables = Arc::clone(&variables);
                }
            }
        }
        self.name(named, before, out);
    }

    /// The variable that `${!name}` is about, if it is known.
    fn pointed(&mut self, param: &Param<'_>) -> Option<Bytes> {
        if !param.indirect || param.subscript.is_some() {
            return None;
        }
        match self.named(param.name) {
            Got::Value(Value::Static(name)) => Some(name),
            _ => None,
        }
    }

    /// What is not known is named after the variable, and told apart by who has set it.
    fn name(&mut self, name: &[u8], from: usize, out: &mut Pieces) {
        let nameless = |piece: &Piece| match piece {
            Piece::Unknown(text) => {
                matches!(text.reason, Reason::UnknownVariable | Reason::Assigned)
                    && !text.numeric
                    && text.variables.is_empty()
                    && text.sources.is_empty()
            }
            _ => false,
        };
        if !out.list.iter().skip(from).any(nameless) {
            return;
        }
        let names = match self.world.variable(name) {
            Variable::Scalar(Value::Dynamic(text)) if !text.variables.is_empty() => text.variables,
            _ => [Bytes::from(name)].into(),
        };
        let assigned = self.world.is_assigned(name);
        for piece in out.list.iter_mut().skip(from) {
            if nameless(piece) {
                if let Piece::Unknown(text) = piece {
                    text.variables = names.clone();
                    if assigned {
                        text.reason = Reason::Assigned;
                    }
                }
            }
        }
    }

    /// Gives the origins of the parameter's value, before the operator; `named` is the variable
    /// that it is the value of.
    fn value_of(
        &mut self,
        script: &Script,
        id: NodeId,
        named: &[u8],
        mut context: Context,
        out: &mut Pieces,
    ) -> Option<Origins> {
        let mut param = script.param(id);
        if let Some(expression) = param.name.strip_prefix(b"{{") {
            // `${{ … }}` of a workflow: one piece, wherever it stands.
            context.quoted = true;
            let expression = expression.strip_suffix(b"}}").unwrap_or(expression);
            if expression.trim_ascii() == b"github.workspace" {
                param.name = b"{{github.workspace}}";
            }
        }
        if let Some(operand) = param.operand {
            if matches!(self.dialect, Dialect::Zsh | Dialect::Unknown) {
                self.pair_braces(script, operand);
            }
        }
        let got = self.fetch(script, id, &param);
        let origins = match param.op {
            ParamOp::Value => None,
            _ => origins(&got, named),
        };
        let nested = context.result && param.op != ParamOp::Value;
        if nested && matches!(got, Got::List { .. }) {
            // Whether the elements stay apart depends on the operators around.
            let dynamic = unknown(Reason::Dialect);
            out.list.push(Piece::Unknown(Box::new(dynamic)));
        } else {
            self.operated(script, id, &param, got, context, out);
        }
        origins
    }

    /// Adds the value with the operator applied to it.
    fn operated(
        &mut self,
        script: &Script,
        id: NodeId,
        param: &Param<'_>,
        got: Got,
        context: Context,
        out: &mut Pieces,
    ) {
        match param.op {
            ParamOp::Value | ParamOp::NamesJoined | ParamOp::NamesSeparate | ParamOp::Keys => {
                self.emit_got(got, context, out);
            }
            ParamOp::Length => {
                let value = length_of(&got);
                self.emit(&value, context, out);
            }
            ParamOp::DefaultIfUnset | ParamOp::DefaultIfEmpty => {
                let replaced = self.decide(not(usable(&got, param.op)), &got);
                if replaced {
                    self.operand(script, param, context, out);
                } else {
                    self.emit_got(settled(got), context, out);
                }
            }
            ParamOp::AlternativeIfSet | ParamOp::AlternativeIfFull => {
                if self.decide(usable(&got, param.op), &got) {
                    self.operand(script, param, context, out);
                }
            }
            ParamOp::AssignIfUnset | ParamOp::AssignIfEmpty => {
                let replaced = self.decide(not(usable(&got, param.op)), &got);
                if replaced {
                    self.assign_default(script, param, context, out);
                } else {
                    self.emit_got(settled(got), context, out);
                }
            }
            ParamOp::ErrorIfUnset | ParamOp::ErrorIfEmpty => {
                if usable(&got, param.op) == Some(true) {
                    return self.emit_got(got, context, out);
                }
                let mut message = Pieces::default();
                self.operand(script, param, context, &mut message);
                let dynamic = unknown(reason_of(&got));
                self.emit_dynamic(dynamic, context, out);
            }
            ParamOp::Bad => {
                let dynamic = unknown(Reason::Syntax);
                self.emit_dynamic(dynamic, context, out);
                self.world.opaque(script.span(id), Reason::Syntax);
            }
            _ => self.changed(script, id, param, got, context, out),
        }
    }

    fn operand(&mut self, script: &Script, param: &Param<'_>, context: Context, out: &mut Pieces) {
        if let Some(operand) = param.operand {
            self.parts(
                script,
                operand,
                Context {
                    result: true,
                    ..context
                },
                out,
            );
        }
    }

    /// In zsh a brace in an operand is closed before the parameter is: it ends elsewhere.
    fn pair_braces(&mut self, script: &Script, operand: NodeId) {
        let text = script.text(operand);
        let opens = (0..text.len())
            .any(|at| text.get(at) == Some(&b'{') && (at == 0 || text.get(at - 1) != Some(&b'$')));
        if opens {
            self.world.opaque(script.span(operand), Reason::Dialect);
        }
    }

    fn decide(&mut self, truth: Truth, got: &Got) -> bool {
        match truth {
            Some(truth) => truth,
            None => self.choose(2, reason_of(got)) == 0,
        }
    }

    /// `${name:=word}`
    fn assign_default(
        &mut self,
        script: &Script,
        param: &Param<'_>,
        context: Context,
        out: &mut Pieces,
    ) {
        let mut pieces = Pieces::default();
        self.operand(
            script,
            param,
            Context {
                quoted: true,
                result: true,
            },
            &mut pieces,
        );
        let value = match pieces.known_text() {
            Ok(text) => fixed(&text),
            Err(dynamic) if pieces.list.len() == 1 => Value::Dynamic(dynamic.clone()),
            Err(dynamic) => Value::Dynamic(blend(dynamic, &pieces)),
        };
        let key = param
            .subscript
            .map(|subscript| self.element(script, subscript, false));
        self.world.assign(param.name, key.as_ref(), value.clone());
        self.emit(&value, context, out);
    }

    /// Adds a value as it is.
    pub(super) fn emit_got(&mut self, got: Got, context: Context, out: &mut Pieces) {
        match got {
            Got::Unset => {}
            Got::Value(value) => self.emit(&value, context, out),
            Got::Maybe(reason) => self.emit_dynamic(unknown(reason), context, out),
            Got::List { items, star } => self.emit_list(&items, star, context, out),
            Got::MaybeList { reason, star } => self.emit_unknown_list(reason, star, context, out),
        }
    }
}

/// Where the unknown parts of a value come from; `None`: there are none, or it is not known.
fn origins(got: &Got, name: &[u8]) -> Option<Origins> {
    let of = |value: &Value| match value {
        Value::Dynamic(known) if !(known.sources.is_empty() && known.variables.is_empty()) => {
            Some((Arc::clone(&known.sources), Arc::clone(&known.variables)))
        }
        _ => None,
    };
    match got {
        Got::Value(value) => of(value),
        Got::List { items, .. } => {
            let mut all = Gathered::default();
            for (from, names) in items.iter().filter_map(of) {
                all.add(&from, &names);
            }
            (!all.is_empty()).then(|| {
                let (sources, variables) = all.finish();
                (sources.into(), variables.into())
            })
        }
        Got::Maybe(Reason::UnknownVariable)
        | Got::MaybeList {
            reason: Reason::UnknownVariable,
            ..
        } => Some((Arc::default(), [Bytes::from(name)].into())),
        Got::Unset | Got::Maybe(_) | Got::MaybeList { .. } => None,
    }
}

/// Several pieces as one text of which only the origins are known.
fn blend(first: &Dynamic, pieces: &Pieces) -> Dynamic {
    pieces.origins(unknown(first.reason))
}
/// A text that is known to be a number.
pub(super) fn numeric(reason: Reason) -> Value {
    let mut dynamic = unknown(reason);
    dynamic.numeric = true;
    dynamic.may_split = false;
    dynamic.may_vanish = false;
    dynamic.may_start_dash = false;
    Value::Dynamic(dynamic)
}

fn not(truth: Truth) -> Truth {
    truth.map(|truth| !truth)
}

fn reason_of(got: &Got) -> Reason {
    match got {
        Got::Maybe(reason) | Got::MaybeList { reason, .. } => *reason,
        Got::Value(Value::Dynamic(dynamic)) => dynamic.reason,
        _ => Reason::UnknownVariable,
    }
}

/// The parameter is set (and, for operators with a colon, not empty).
fn usable(got: &Got, op: ParamOp) -> Truth {
    let colon = matches!(
        op,
        ParamOp::DefaultIfEmpty
            | ParamOp::AssignIfEmpty
            | ParamOp::ErrorIfEmpty
            | ParamOp::AlternativeIfFull
    );
    match got {
        Got::Unset => Some(false),
        Got::Maybe(_) | Got::MaybeList { .. } => None,
        Got::Value(value) if colon => filled(value),
        Got::Value(_) => Some(true),
        Got::List { items, .. } => match items.as_slice() {
            [] => Some(false),
            [one] if colon => filled(one),
            _ => Some(true),
        },
    }
}

/// The text is not empty.
fn filled(value: &Value) -> Truth {
    match value {
        Value::Static(text) => Some(!text.is_empty()),
        Value::OneOf(items) if items.iter().all(|text| !text.is_empty()) => Some(true),
        Value::OneOf(_) => None,
        Value::Glob(_) => Some(true),
        Value::Dynamic(dynamic) if dynamic.numeric => Some(true),
        Value::Dynamic(dynamic) if !(dynamic.prefix.is_empty() && dynamic.suffix.is_empty()) => {
            Some(true)
        }
        Value::Dynamic(_) => None,
    }
}

/// After the decision that a parameter is set: what may be unset is then only unknown.
fn settled(got: Got) -> Got {
    match got {
        Got::Maybe(reason) => Got::Value(Value::Dynamic(unknown(reason))),
        other => other,
    }
}

fn length_of(got: &Got) -> Value {
    let count = match got {
        Got::Unset => 0,
        Got::Value(Value::Static(text)) => super::pattern::chars(text).len(),
        Got::List { items, .. } => items.len(),
        _ => return numeric(Reason::Parameter),
    };
    fixed(count.to_string().as_bytes())
}
