//! `[[ ]]`, `(( ))`, and every text that bash evaluates as arithmetic or as a name.

use clearance_core::Span;

use crate::analyze::machine::Machine;
use crate::analyze::value;
use crate::expand::Variable;
use crate::invocation::{Reason, Value};
use crate::tree::{Kind, NodeId, Script};

impl Machine<'_> {
    pub(super) fn arith_command(&mut self, script: &Script, id: NodeId) {
        if let Some(arith) = script.first_child(id) {
            self.arithmetic(script, arith);
        }
        self.status = None;
    }

    pub(super) fn cond(&mut self, script: &Script, id: NodeId) {
        self.status = None;
        let mut pending: Vec<NodeId> = script.first_child(id).into_iter().collect();
        while let Some(id) = pending.pop() {
            match script.kind(id) {
                Kind::CondOr | Kind::CondAnd | Kind::CondNot | Kind::CondGroup => {
                    let children: Vec<NodeId> = script.children(id).collect();
                    pending.extend(children.into_iter().rev());
                }
                Kind::CondWord => {
                    if let Some(word) = script.first_child(id) {
                        self.expander().single(script, word);
                    }
                }
                Kind::CondUnary => self.cond_unary(script, id),
                Kind::CondBinary => self.cond_binary(script, id),
                _ => {}
            }
        }
    }

    fn cond_unary(&mut self, script: &Script, id: NodeId) {
        let Some(word) = script.first_child(id) else {
            return;
        };
        let value = self.expander().single(script, word);
        if script.cond_op(id).text == b"-v" {
            self.check_name(&value, script.span(word));
        }
    }

    fn cond_binary(&mut self, script: &Script, id: NodeId) {
        let op = script.cond_op(id);
        let (arithmetic, pattern) = (op.is_arithmetic(), op.is_pattern());
        let mut words = script.children(id);
        let (Some(left), Some(right)) = (words.next(), words.next()) else {
            return;
        };
        let left_value = self.expander().single(script, left);
        if arithmetic {
            let right_value = self.expander().single(script, right);
            self.evaluate(&left_value, script.span(left));
            self.evaluate(&right_value, script.span(right));
        } else if pattern {
            self.expander().pattern(script, right);
            if op.text == b"=~" {
                self.set_unknown(b"BASH_REMATCH");
            }
        } else {
            self.expander().single(script, right);
        }
    }

    /// A name that is looked up, where a subscript would be evaluated as arithmetic.
    pub(in crate::analyze) fn check_name(&mut self, name: &Value, span: Span) {
        match value::alternatives(name) {
            Some(all) => {
                if all.iter().any(|name| is_risky_name(name)) {
                    self.opaque(span, Reason::Subscript);
                }
            }
            None => self.opaque(span, Reason::Indirect),
        }
    }

    /// A text that bash evaluates as arithmetic.
    pub(in crate::analyze) fn evaluate(&mut self, text: &Value, span: Span) -> Value {
        let all = match text {
            Value::Static(text) if value::is_number(text) || text.is_empty() => {
                return text_number(text);
            }
            Value::Dynamic(dynamic) if dynamic.numeric => return text.clone(),
            _ => value::alternatives(text).map(<[_]>::to_vec),
        };
        let Some(all) = all else {
            self.opaque(span, Reason::Arithmetic);
            self.forget_variables();
            return Value::Dynamic(value::number(Reason::Arithmetic));
        };
        let mut result: Option<Value> = None;
        // One of them is evaluated: what each assigns is a path of its own.
        let (mark, several) = (self.state.mark(), all.len() > 1);
        let mut paths = Vec::new();
        for text in all {
            let number = if value::is_number(&text) {
                Value::Static(text)
            } else {
                self.evaluate_text(&text, span)
            };
            let most = self.state.most;
            result =
                Some(result.map_or(number.clone(), |known| value::join(&known, &number, most)));
            if several {
                paths.push(self.state.changes(mark));
                self.state.roll_back(mark);
            }
        }
        if several {
            let work = self.state.merge(&mut paths);
            self.charge(work);
            self.exported = None;
        }
        result.unwrap_or_else(|| value::fixed(b"0"))
    }

    fn evaluate_text(&mut self, text: &[u8], span: Span) -> Value {
        // A substitution inside would run; it is not followed here.
        let plain = !text
            .iter()
            .any(|byte| matches!(byte, b'$' | b'`' | b'\\' | b'"' | b'\''));
        let source = [b"((".as_slice(), text, b"))"].concat();
        let src = if plain {
            self.add_script(&source)
        } else {
            None
        };
        let Some(src) = src else {
            self.opaque(span, Reason::Arithmetic);
            self.forget_variables();
            return Value::Dynamic(value::number(Reason::Arithmetic));
        };
        let script = self.script(src);
        let arith = script
            .walk(script.root())
            .find(|id| script.kind(*id) == Kind::Arith);
        match arith {
            Some(arith) => self.arithmetic(&script, arith),
            None => {
                self.opaque(span, Reason::Arithmetic);
                Value::Dynamic(value::number(Reason::Arithmetic))
            }
        }
    }

    /// The variable becomes unknown.
    pub(in crate::analyze) fn set_unknown(&mut self, name: &[u8]) {
        self.set_variable(
            name,
            Variable::Unknown(Reason::UnknownVariable),
            Span::default(),
        );
    }
}

/// An empty text counts as zero.
fn text_number(text: &[u8]) -> Value {
    value::fixed(if text.is_empty() { b"0" } else { text })
}

/// A name with a subscript other than a plain number, `@` or `*`.
pub(in crate::analyze) fn is_risky_name(name: &[u8]) -> bool {
    let Some(open) = name.iter().position(|byte| *byte == b'[') else {
        return false;
    };
    let inside = name.get(open + 1..).unwrap_or_default();
    let inside = inside.strip_suffix(b"]").unwrap_or(inside);
    !(value::is_number(inside) || inside == b"@" || inside == b"*")
}
