//! Assignments as they stand in the tree: plain ones, arrays, those before a command, and
//! the arguments of declaration builtins.

use std::sync::Arc;

use super::store::all_items;
use super::{is_name, is_one_word};
use crate::analyze::machine::{Machine, cost};
use crate::analyze::simple::{Command, Declared};
use crate::analyze::value;
use crate::expand::{Key, Variable, World};
use crate::invocation::{Assignment, Bytes, Dynamic, Reason, Value, Word};
use crate::tree::{AssignValue, Flags as Marks, Kind, NodeId, ParamOp, Script};

impl Machine<'_> {
    /// Evaluates and makes one assignment.
    pub(in crate::analyze) fn assign_node(&mut self, script: &Script, id: NodeId) -> Assignment {
        let (declared, assignment) = self.evaluate_assignment(script, id, false);
        let span = assignment.value.span;
        self.assign_to(
            &declared.name,
            declared.key,
            declared.value,
            declared.append,
            span,
        );
        assignment
    }

    fn evaluate_assignment(
        &mut self,
        script: &Script,
        id: NodeId,
        associative: bool,
    ) -> (Declared, Assignment) {
        self.charge(cost::ASSIGNMENT);
        let assign = script.assign(id);
        let name: Bytes = assign.name.into();
        let span = self.span(script, id);
        let associative = associative || self.is_associative(&name);
        let key = assign
            .subscript
            .map(|subscript| self.expander().key(script, subscript, associative));
        let value = match assign.value {
            AssignValue::Word(word) if script.kind(word) == Kind::Word => {
                Variable::Scalar(self.assigned_text(script, word))
            }
            AssignValue::Word(_) => Variable::Scalar(value::fixed(b"")),
            AssignValue::Array(array) => self.array(script, array, associative),
        };
        let shown = match &value {
            Variable::Scalar(value) if key.is_none() => value.clone(),
            other => all_items(other, self.state.most),
        };
        let assignment = Assignment {
            name: Arc::clone(&name),
            value: Word { value: shown, span },
            append: assign.append,
        };
        (
            Declared {
                argument: 0,
                name,
                key,
                value,
                append: assign.append,
            },
            assignment,
        )
    }

    fn is_associative(&mut self, name: &[u8]) -> bool {
        let sym = self.sym(name);
        self.state
            .var(sym)
            .is_some_and(|var| var.value.is_associative())
    }

    /// The right side of an assignment. What is nothing but a substitution or a variable keeps
    /// what is known of its text.
    fn assigned_text(&mut self, script: &Script, word: NodeId) -> Value {
        let value = self.expander().single(script, word);
        if !matches!(value, Value::Dynamic(_)) {
            return value;
        }
        match lone_part(script, word) {
            Some(part) if script.kind(part) == Kind::CommandSub => {
                self.command_output(script, part)
            }
            Some(part) if is_plain_use(script, part) => {
                let name = script.param(part).name.to_vec();
                let mut text = self.variable_value(&name);
                if let (Value::Dynamic(text), Value::Dynamic(word)) = (&mut text, &value) {
                    text.variables = Arc::clone(&word.variables);
                }
                text
            }
            _ => value::content(&value),
        }
    }

    /// `( … )` after `name=`.
    fn array(&mut self, script: &Script, array: NodeId, associative: bool) -> Variable {
        let mut items: Vec<(u64, Value)> = Vec::new();
        let mut named: Vec<(Bytes, Value)> = Vec::new();
        let mut known = true;
        let mut next = 0_u64;
        for child in script.children(array) {
            if script.kind(child) == Kind::Assign {
                let assign = script.assign(child);
                let value = match assign.value {
                    AssignValue::Word(word) if script.kind(word) == Kind::Word => {
                        self.assigned_text(script, word)
                    }
                    _ => value::fixed(b""),
                };
                let key = match assign.subscript {
                    Some(subscript) => self.expander().key(script, subscript, associative),
                    None => Key::Unknown,
                };
                match key {
                    Key::Index(at) => {
                        items.push((at, value));
                        next = at.saturating_add(1);
                    }
                    Key::Name(key) => named.push((key, value)),
                    Key::Unknown => known = false,
                }
                continue;
            }
            let mut words = Vec::new();
            self.expander().arguments(script, child, &mut words);
            self.charge(words.len().saturating_mul(cost::ITEM));
            if self.is_stopped() {
                known = false;
                break;
            }
            for word in words {
                known &= is_one_word(&word.value);
                items.push((next, value::content(&word.value)));
                next = next.saturating_add(1);
            }
        }
        match (known, associative) {
            (true, true) if items.is_empty() => Variable::Associative(named),
            (false, _) | (true, true) => Variable::Unlisted { associative },
            (true, false) => {
                items.sort_by_key(|(at, _)| *at);
                Variable::Indexed(items)
            }
        }
    }

    /// Assignments before a command word: each sees those before it; none stays.
    pub(in crate::analyze) fn prefix_assignments(
        &mut self,
        script: &Script,
        id: NodeId,
        command: &mut Command,
    ) {
        let mark = self.state.mark();
        for child in script.children(id) {
            match script.kind(child) {
                Kind::Assign => {
                    let assignment = self.assign_node(script, child);
                    command.assignments.push(assignment);
                }
                Kind::Word => break,
                _ => {}
            }
        }
        self.state.roll_back(mark);
        self.exported = None;
    }

    /// Assignments whose command vanished.
    pub(in crate::analyze) fn keep_assignments(&mut self, assignments: &[Assignment]) {
        for assignment in assignments {
            let value = Variable::Scalar(assignment.value.value.clone());
            let span = assignment.value.span;
            self.assign_to(&assignment.name, None, value, assignment.append, span);
        }
    }

    /// An argument of a declaration builtin.
    pub(in crate::analyze) fn declaration(
        &mut self,
        script: &Script,
        id: NodeId,
        command: &mut Command,
    ) {
        let associative = command
            .argv
            .iter()
            .filter_map(Word::as_static)
            .any(|option| option.first() == Some(&b'-') && option.contains(&b'A'));
        let (mut declared, assignment) = self.evaluate_assignment(script, id, associative);
        let braces = matches!(script.assign(id).value, AssignValue::Word(word)
            if has_braces(script, word));
        if braces {
            // Unlike in a plain assignment they expand here, and the last word wins.
            let unknown = value::unknown(Reason::TooMany);
            declared.value = Variable::Scalar(Value::Dynamic(unknown));
        }
        declared.argument = command.argv.len();
        let assign = script.assign(id);
        let mut head = assign.name.to_vec();
        if let Some(subscript) = assign.subscript {
            head.extend_from_slice(script.text(subscript));
        }
        head.extend_from_slice(if assign.append { b"+=" } else { b"=" });
        let value = match &declared.value {
            Variable::Scalar(value) => value::concat(&value::fixed(&head), value, self.state.most),
            _ => {
                head.push(b'(');
                Value::Dynamic(Dynamic {
                    may_split: false,
                    ..value::one_word(Reason::TooMany, &head)
                })
            }
        };
        let value = one_piece(value);
        command.argv.push(Word {
            value,
            span: assignment.value.span,
        });
        command.declared.push(declared);
    }
}

/// The only part of a word, perhaps in double quotes.
fn lone_part(script: &Script, word: NodeId) -> Option<NodeId> {
    let part = script.first_child(word)?;
    if script.next_sibling(part).is_some() {
        return None;
    }
    if script.kind(part) == Kind::DoubleQuote {
        return lone_part(script, part);
    }
    Some(part)
}

/// `$name`
fn is_plain_use(script: &Script, part: NodeId) -> bool {
    if script.kind(part) != Kind::Param {
        return false;
    }
    let param = script.param(part);
    param.op == ParamOp::Value
        && !param.indirect
        && param.subscript.is_none()
        && is_name(param.name)
}

/// An unquoted brace that is not part of `${…}`.
fn has_braces(script: &Script, word: NodeId) -> bool {
    script.flags(word).has(Marks::BRACES)
        || (script.flags(word).has(Marks::PLAIN) && script.text(word).contains(&b'{'))
        || script.children(word).any(|part| {
            matches!(script.kind(part), Kind::Literal | Kind::BraceOpen)
                && script.text(part).contains(&b'{')
        })
}

/// The right side of a declaration is not split.
fn one_piece(value: Value) -> Value {
    match value {
        Value::Dynamic(dynamic) => Value::Dynamic(Dynamic {
            may_split: false,
            may_vanish: false,
            ..dynamic
        }),
        other => other,
    }
}
