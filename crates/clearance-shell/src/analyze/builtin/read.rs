//! `read`: what it reads, where that is known.

use std::sync::Arc;

use super::super::machine::Machine;
use super::super::simple::{Command, printers};
use super::super::value;
use crate::expand::Variable;
use crate::invocation::{Dynamic, Piece, Reason, Stdin, Value, Word};

/// The operands of `read`.
#[derive(Debug, Default)]
struct Operands {
    names: Vec<Word>,
    /// Of `-a`.
    array: Option<Word>,
    /// `-r`: backslashes stand for themselves.
    raw: bool,
    /// There are options that change what is read.
    special: bool,
    /// Something else than a whole line is read.
    partial: bool,
}

impl Operands {
    fn of(command: &Command) -> Self {
        let mut operands = Self::default();
        let mut arguments = command.arguments().iter();
        while let Some(word) = arguments.next() {
            let letters = match word.as_static() {
                Some([b'-', letters @ ..]) if !letters.is_empty() && operands.names.is_empty() => {
                    letters
                }
                _ => {
                    operands.names.push(word.clone());
                    continue;
                }
            };
            operands.raw |= letters.contains(&b'r');
            operands.special |= letters.iter().any(|letter| !matches!(letter, b'r' | b's'));
            let with_value = letters.iter().position(|letter| {
                matches!(
                    letter,
                    b'a' | b'd' | b'i' | b'n' | b'N' | b'p' | b't' | b'u'
                )
            });
            let Some(place) = with_value else { continue };
            // The value may be the rest of the letters, or the next word.
            let value = if place + 1 == letters.len() {
                arguments.next()
            } else {
                None
            };
            let letter = letters.get(place);
            operands.partial |= match letter {
                Some(b'p' | b't') => false,
                Some(b'd') => value.and_then(Word::as_static) != Some(b""),
                _ => true,
            };
            if letter == Some(&b'a') && value.is_some() {
                operands.array = value.cloned();
            }
        }
        operands
    }
}

impl Machine<'_> {
    /// Something that was read.
    pub(super) fn input(&self, command: &Command, may_split: bool) -> Variable {
        let sources = match self.stdin_of(command) {
            Stdin::Pipe(sources) => sources,
            Stdin::Dynamic(dynamic) => Arc::clone(&dynamic.sources),
            Stdin::File(path) => printers(&path),
            _ => value::no_sources(),
        };
        Variable::Scalar(Value::Dynamic(Dynamic {
            sources,
            may_split,
            ..value::unknown(Reason::Assigned)
        }))
    }

    /// What the first name of `read` gets: the beginning of a line.
    fn line_start(&self, command: &Command, rest: &Variable) -> Variable {
        let only = |sources: &[u32]| match sources {
            [by] => Some(*by),
            _ => None,
        };
        let by = match self.stdin_of(command) {
            Stdin::Pipe(sources) => only(&sources),
            Stdin::Dynamic(dynamic) => match dynamic.pieces() {
                [Piece::Output(by) | Piece::Item(by)] => Some(*by),
                _ => None,
            },
            Stdin::File(path) => only(&printers(&path)),
            _ => None,
        };
        match (by, rest) {
            (Some(by), Variable::Scalar(Value::Dynamic(known))) => {
                Variable::Scalar(Value::Dynamic(Dynamic {
                    pieces: Some([Piece::Item(by)].into()),
                    ..known.clone()
                }))
            }
            _ => rest.clone(),
        }
    }

    /// The value of the first name, if what is read is not known.
    fn first_field(&self, command: &Command, operands: &Operands, rest: &Variable) -> Variable {
        if operands.partial {
            return rest.clone();
        }
        let mut first = self.line_start(command, rest);
        // What `IFS` splits is not in it, if more names follow.
        let divided = operands.names.len() > 1 && command.assignments.is_empty();
        if let (Variable::Scalar(Value::Dynamic(known)), true) = (&mut first, divided) {
            known.may_split = false;
        }
        first
    }

    /// Runs before its input counts as read.
    pub(super) fn read_names(&mut self, command: &Command, input: &Stdin) {
        let unknown = self.input(command, true);
        let operands = Operands::of(command);
        let mut fields = self.fields_of(command, &operands, input).into_iter();
        if let Some(name) = &operands.array {
            self.set_name(name, Variable::Unlisted { associative: false });
        }
        let known = |text: Vec<u8>| Variable::Scalar(value::fixed(&text));
        for (at, name) in operands.names.iter().enumerate() {
            let field = match fields.next() {
                Some(text) => known(text),
                None if at == 0 => self.first_field(command, &operands, &unknown),
                None => unknown.clone(),
            };
            self.set_name(name, field);
        }
        if operands.names.is_empty() && operands.array.is_none() {
            let field = fields.next().map_or(unknown, known);
            self.set_variable(b"REPLY", field, command.span);
        }
        self.status = None;
    }

    /// The value of each name (of `REPLY`, without names); nothing if they are not known.
    fn fields_of(&mut self, command: &Command, operands: &Operands, input: &Stdin) -> Vec<Vec<u8>> {
        let Stdin::Text(text) = input else {
            return Vec::new();
        };
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let escapes = !operands.raw && line.contains(&b'\\');
        if operands.special || operands.array.is_some() || escapes || line.contains(&0) {
            return Vec::new();
        }
        self.charge(line.len() / 32);
        if operands.names.is_empty() {
            return vec![line.to_vec()];
        }
        let own = command
            .assignments
            .iter()
            .rev()
            .find(|one| *one.name == *b"IFS");
        let separators = match own {
            Some(assignment) if assignment.append => None,
            Some(assignment) => Some(assignment.value.value.clone()),
            None => self.separators(),
        };
        match separators {
            Some(Value::Static(separators)) => {
                split(line, &separators, operands.names.len()).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// `IFS`, which is the default as long as the script does not set it.
    fn separators(&mut self) -> Option<Value> {
        use crate::expand::World;
        match self.variable(b"IFS") {
            Variable::Scalar(value) => Some(value),
            Variable::Unset => Some(value::fixed(b" \t\n")),
            _ => None,
        }
    }
}

/// A line as `read` divides it among `count` names; `None` where that takes rules that are
/// not followed here (a rest that holds separators other than blanks).
fn split(line: &[u8], separators: &[u8], count: usize) -> Option<Vec<Vec<u8>>> {
    let blank = |byte: &u8| separators.contains(byte) && matches!(byte, b' ' | b'\t');
    let trimmed = |mut text: &[u8]| -> Vec<u8> {
        while let Some((first, rest)) = text.split_first().filter(|(first, _)| blank(first)) {
            let _ = first;
            text = rest;
        }
        while let Some((last, rest)) = text.split_last().filter(|(last, _)| blank(last)) {
            let _ = last;
            text = rest;
        }
        text.to_vec()
    };
    let mut rest = trimmed(line);
    let mut fields = Vec::with_capacity(count);
    while fields.len() + 1 < count {
        let Some(at) = rest.iter().position(|byte| separators.contains(byte)) else {
            fields.push(std::mem::take(&mut rest));
            continue;
        };
        let field = rest.get(..at).unwrap_or_default().to_vec();
        let mut after = rest.get(at..).unwrap_or_default();
        let start = after.iter().take_while(|byte| blank(byte)).count();
        after = after.get(start..).unwrap_or_default();
        // Blanks around another separator belong to it.
        if let Some((first, tail)) = after.split_first() {
            if separators.contains(first) && !blank(first) {
                after = tail;
            }
        }
        fields.push(field);
        rest = trimmed(after);
    }
    let plain = !rest
        .iter()
        .any(|byte| separators.contains(byte) && !blank(byte));
    fields.push(rest);
    plain.then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::split;

    fn fields(line: &str, separators: &str, count: usize) -> Option<Vec<String>> {
        let all = split(line.as_bytes(), separators.as_bytes(), count)?;
        let text = |field: Vec<u8>| String::from_utf8_lossy(&field).into_owned();
        Some(all.into_iter().map(text).collect())
    }

    #[test]
    fn lines_are_divided_among_names() {
        for (line, separators, count, want) in [
            (" a  b c ", " \t\n", 2, &["a", "b c"][..]),
            ("a", " \t\n", 3, &["a", "", ""]),
            (" a b ", "", 1, &[" a b "]),
            ("a,b", ",", 2, &["a", "b"]),
            ("a , b", ", ", 2, &["a", "b"]),
            ("a,,b", ",", 3, &["a", "", "b"]),
        ] {
            let got = fields(line, separators, count).expect("known");
            assert_eq!(got, want, "{line}");
        }
        assert_eq!(fields("a,b,c", ",", 2), None);
    }
}
