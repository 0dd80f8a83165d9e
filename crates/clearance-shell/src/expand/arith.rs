//! Arithmetic expressions (`man bash`, ARITHMETIC EVALUATION), over 64-bit numbers that may be
//! unknown.

use crate::invocation::Reason;

/// A number, as far as it is known.
pub(crate) type Number = Option<i64>;

/// Why an expression has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault(pub(crate) Reason);

/// Where variables come from.
pub(crate) trait Variables {
    /// The value of a variable or of an element; `depth` counts nested evaluation.
    fn get(&mut self, target: Target<'_>, depth: u32) -> Result<Number, Fault>;

    /// An assignment.
    fn set(&mut self, target: Target<'_>, value: Number, depth: u32);
}

/// Stands in the text for a number that is not known.
pub(crate) const UNKNOWN: &[u8] = b"\x01";

/// Parentheses, operators and variables whose values are expressions nest no deeper.
pub(crate) const MAX_DEPTH: u32 = 16;

/// Evaluates a whole expression; an empty one is 0.
pub(crate) fn evaluate(
    text: &[u8],
    depth: u32,
    sure: bool,
    variables: &mut dyn Variables,
) -> Result<Number, Fault> {
    let mut parser = Parser {
        text,
        pos: 0,
        depth,
        skipping: false,
        unsure: !sure,
        variables,
    };
    parser.blanks();
    if parser.pos == text.len() {
        return Ok(Some(0));
    }
    let value = parser.comma()?;
    parser.blanks();
    if parser.pos < text.len() {
        Err(Fault(Reason::Syntax))
    } else {
        Ok(value)
    }
}

struct Parser<'a, 'v> {
    text: &'a [u8],
    pos: usize,
    depth: u32,
    /// In the branch that is surely not taken.
    skipping: bool,
    /// In a branch that is perhaps not taken.
    unsure: bool,
    variables: &'v mut dyn Variables,
}

/// What is read or assigned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) subscript: Option<&'a [u8]>,
    /// This is surely evaluated, not only if some number is what it may be.
    pub(crate) sure: bool,
}

/// A variable or an element.
#[derive(Clone, Copy, Debug)]
struct Place<'a> {
    name: &'a [u8],
    subscript: Option<&'a [u8]>,
}

/// Binary operators by precedence, loosest first; longer ones first in a row.
const LEVELS: [&[&[u8]]; 10] = [
    &[b"||"],
    &[b"&&"],
    &[b"|"],
    &[b"^"],
    &[b"&"],
    &[b"==", b"!="],
    &[b"<=", b">=", b"<", b">"],
    &[b"<<", b">>"],
    &[b"+", b"-"],
    &[b"*", b"/", b"%"],
];

const ASSIGNMENTS: [&[u8]; 11] = [
    b"=", b"*=", b"/=", b"%=", b"+=", b"-=", b"<<=", b">>=", b"&=", b"^=", b"|=",
];

type Outcome = Result<Number, Fault>;

impl<'a> Parser<'a, '_> {
    fn rest(&self) -> &'a [u8] {
        self.text.get(self.pos..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.pos += rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n'))
            .count();
    }

    fn eat(&mut self, token: &[u8]) -> bool {
        self.blanks();
        let found = self.rest().starts_with(token);
        if found {
            self.pos += token.len();
        }
        found
    }

    fn nested<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth >= MAX_DEPTH {
            return Err(Fault(Reason::Limit));
        }
        self.depth += 1;
        let out = run(self);
        self.depth -= 1;
        out
    }

    fn comma(&mut self) -> Outcome {
        self.nested(|this| {
            let mut value = this.assignment()?;
            while this.eat(b",") {
                value = this.assignment()?;
            }
            Ok(value)
        })
    }

    fn assignment(&mut self) -> Outcome {
        let start = self.pos;
        self.blanks();
        if let Some(place) = self.place()? {
            if let Some(operator) = self.assignment_operator() {
                let right = self.nested(Self::assignment)?;
                let value = match operator.strip_suffix(b"=") {
                    Some([]) | None => right,
                    Some(operator) => {
                        let left = self.read(place)?;
                        self.apply(operator, left, right)?
                    }
                };
                self.write(place, value);
                return Ok(value);
            }
        }
        self.pos = start;
        self.ternary()
    }

    fn assignment_operator(&mut self) -> Option<&'static [u8]> {
        self.blanks();
        let rest = self.rest();
        let found = ASSIGNMENTS
            .into_iter()
            .filter(|token| rest.starts_with(token));
        let token = found.max_by_key(|token| token.len())?;
        if token == b"=" && rest.starts_with(b"==") {
            return None;
        }
        self.pos += token.len();
        Some(token)
    }

    fn ternary(&mut self) -> Outcome {
        let condition = self.binary(0)?;
        if !self.eat(b"?") {
            return Ok(condition);
        }
        let yes = self.branch(condition, |value| value != 0, Self::comma)?;
        if !self.eat(b":") {
            return Err(Fault(Reason::Syntax));
        }
        let no = self.branch(
            condition,
            |value| value == 0,
            |this| this.nested(Self::assignment),
        )?;
        Ok(match condition {
            Some(0) => no,
            Some(_) => yes,
            None if yes == no => yes,
            None => None,
        })
    }

    /// Evaluates an operand that counts only if `taken` says so of the condition.
    fn branch(
        &mut self,
        condition: Number,
        taken: impl Fn(i64) -> bool,
        run: impl FnOnce(&mut Self) -> Outcome,
    ) -> Outcome {
        let saved = (self.skipping, self.unsure);
        match condition {
            Some(value) => self.skipping |= !taken(value),
            None => self.unsure = true,
        }
        let out = run(self);
        (self.skipping, self.unsure) = saved;
        out
    }

    fn binary(&mut self, level: usize) -> Outcome {
        let Some(operators) = LEVELS.get(level) else {
            return self.power();
        };
        let mut left = self.binary(level + 1)?;
        while let Some(operator) = self.operator(operators) {
            left = match operator {
                b"||" => {
                    let right =
                        self.branch(left, |value| value == 0, |this| this.binary(level + 1))?;
                    either(left, right, true)
                }
                b"&&" => {
                    let right =
                        self.branch(left, |value| value != 0, |this| this.binary(level + 1))?;
                    either(left, right, false)
                }
                _ => {
                    let right = self.binary(level + 1)?;
                    self.apply(operator, left, right)?
                }
            };
        }
        Ok(left)
    }

    /// One of the operators, if the longest operator here is it.
    fn operator(&mut self, operators: &[&'static [u8]]) -> Option<&'static [u8]> {
        self.blanks();
        let rest = self.rest();
        let token = *operators.iter().find(|token| rest.starts_with(token))?;
        let after = rest.get(token.len()..).unwrap_or_default().first();
        let longer = match token {
            b"|" => matches!(after, Some(b'|' | b'=')),
            b"&" => matches!(after, Some(b'&' | b'=')),
            b"<" | b">" => after == token.first(),
            b"*" => matches!(after, Some(b'*' | b'=')),
            b"<<" | b">>" | b"^" | b"+" | b"-" | b"/" | b"%" => after == Some(&b'='),
            _ => false,
        };
        if longer {
            return None;
        }
        self.pos += token.len();
        Some(token)
    }

    fn power(&mut self) -> Outcome {
        let base = self.unary()?;
        if !self.eat(b"**") {
            return Ok(base);
        }
        let exponent = self.nested(Self::power)?;
        let (Some(base), Some(exponent)) = (base, exponent) else {
            return Ok(None);
        };
        let Ok(mut left) = u64::try_from(exponent) else {
            return Err(Fault(Reason::Syntax));
        };
        let (mut value, mut square) = (1_i64, base);
        while left > 0 {
            if left & 1 == 1 {
                value = value.wrapping_mul(square);
            }
            square = square.wrapping_mul(square);
            left >>= 1;
        }
        Ok(Some(value))
    }

    fn unary(&mut self) -> Outcome {
        self.blanks();
        match self.rest() {
            [b'+', b'+', ..] => self.prefix_step(1),
            [b'-', b'-', ..] => self.prefix_step(-1),
            [b'!', ..] => self.sign(|value| i64::from(value == 0)),
            [b'~', ..] => self.sign(|value| !value),
            [b'+', ..] => self.sign(|value| value),
            [b'-', ..] => self.sign(i64::wrapping_neg),
            _ => self.postfix(),
        }
    }

    fn sign(&mut self, change: impl Fn(i64) -> i64) -> Outcome {
        self.pos += 1;
        Ok(self.nested(Self::unary)?.map(change))
    }

    fn prefix_step(&mut self, step: i64) -> Outcome {
        let start = self.pos;
        self.pos += 2;
        self.blanks();
        if let Some(place) = self.place()? {
            let value = self.read(place)?.map(|value| value.wrapping_add(step));
            self.write(place, value);
            return Ok(value);
        }
        self.pos = start;
        self.sign(if step < 0 {
            i64::wrapping_neg
        } else {
            |value| value
        })
    }

    fn postfix(&mut self) -> Outcome {
        let Some(place) = self.place()? else {
            return self.primary();
        };
        let value = self.read(place)?;
        self.blanks();
        let step = match self.rest() {
            [b'+', b'+', ..] => 1,
            [b'-', b'-', ..] => -1,
            _ => return Ok(value),
        };
        self.pos += 2;
        self.write(place, value.map(|value| value.wrapping_add(step)));
        Ok(value)
    }

    fn primary(&mut self) -> Outcome {
        if self.eat(UNKNOWN) {
            return Ok(None);
        }
        if self.eat(b"(") {
            let value = self.comma()?;
            return if self.eat(b")") {
                Ok(value)
            } else {
                Err(Fault(Reason::Syntax))
            };
        }
        let length = self
            .rest()
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'@' | b'_'))
            .count();
        let text = self.rest().get(..length).unwrap_or_default();
        if !text.first().is_some_and(u8::is_ascii_digit) {
            return Err(Fault(Reason::Syntax));
        }
        self.pos += length;
        number(text).map(Some).ok_or(Fault(Reason::Syntax))
    }

    /// A variable name, with a subscript if there is one.
    fn place(&mut self) -> Result<Option<Place<'a>>, Fault> {
        let rest = self.rest();
        if !rest
            .first()
            .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        {
            return Ok(None);
        }
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let length = rest.iter().take_while(is_name).count();
        let (name, after) = rest.split_at_checked(length).unwrap_or_default();
        self.pos += length;
        if after.first() != Some(&b'[') {
            return Ok(Some(Place {
                name,
                subscript: None,
            }));
        }
        let mut level = 0_usize;
        for (index, byte) in after.iter().enumerate() {
            match byte {
                b'[' => level += 1,
                b']' => level -= 1,
                _ => {}
            }
            if level == 0 {
                self.pos += index + 1;
                let subscript = after.get(1..index).unwrap_or_default();
                return Ok(Some(Place {
                    name,
                    subscript: Some(subscript),
                }));
            }
        }
        Err(Fault(Reason::Syntax))
    }

    fn read(&mut self, place: Place<'_>) -> Outcome {
        if self.skipping {
            return Ok(Some(0));
        }
        let target = self.target(place);
        self.variables.get(target, self.depth)
    }

    fn write(&mut self, place: Place<'_>, value: Number) {
        if !self.skipping {
            let target = self.target(place);
            self.variables.set(target, value, self.depth);
        }
    }

    fn target<'p>(&self, place: Place<'p>) -> Target<'p> {
        Target {
            name: place.name,
            subscript: place.subscript,
            sure: !self.unsure,
        }
    }

    fn apply(&self, operator: &[u8], left: Number, right: Number) -> Outcome {
        let (Some(left), Some(right)) = (left, right) else {
            return Ok(None);
        };
        if right == 0 && matches!(operator, b"/" | b"%") {
            return if self.skipping {
                Ok(Some(0))
            } else {
                Err(Fault(Reason::Syntax))
            };
        }
        let shift = u32::try_from(right & 63).unwrap_or(0);
        Ok(Some(match operator {
            b"|" => left | right,
            b"^" => left ^ right,
            b"&" => left & right,
            b"==" => i64::from(left == right),
            b"!=" => i64::from(left != right),
            b"<=" => i64::from(left <= right),
            b">=" => i64::from(left >= right),
            b"<" => i64::from(left < right),
            b">" => i64::from(left > right),
            b"<<" => left.wrapping_shl(shift),
            b">>" => left.wrapping_shr(shift),
            b"+" => left.wrapping_add(right),
            b"-" => left.wrapping_sub(right),
            b"*" => left.wrapping_mul(right),
            b"/" => left.wrapping_div(right),
            b"%" => left.wrapping_rem(right),
            _ => return Err(Fault(Reason::Syntax)),
        }))
    }
}

/// `||` (`decides` is true) and `&&`: one side that decides is enough.
fn either(left: Number, right: Number, decides: bool) -> Number {
    let truth = |number: Number| number.map(|value| value != 0);
    match (truth(left), truth(right)) {
        (Some(value), _) | (_, Some(value)) if value == decides => Some(i64::from(decides)),
        (Some(_), Some(_)) => Some(i64::from(!decides)),
        _ => None,
    }
}

/// A constant: decimal, `0x…`, `0…`, `base#digits`.
pub(crate) fn number(text: &[u8]) -> Option<i64> {
    if let Some(hash) = memchr::memchr(b'#', text) {
        let base = digits(text.get(..hash)?, 10)?;
        let base = u32::try_from(base)
            .ok()
            .filter(|base| (2..=64).contains(base))?;
        let rest = text.get(hash + 1..)?;
        return if rest.is_empty() {
            None
        } else {
            digits(rest, base)
        };
    }
    match text {
        [b'0', b'x' | b'X', rest @ ..] => digits(rest, 16),
        [b'0', rest @ ..] => digits(rest, 8),
        _ => digits(text, 10),
    }
}

fn digits(text: &[u8], base: u32) -> Option<i64> {
    text.iter().try_fold(0_i64, |sum, byte| {
        let digit = match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            b'a'..=b'z' => u32::from(byte - b'a') + 10,
            b'A'..=b'Z' if base <= 36 => u32::from(byte - b'A') + 10,
            b'A'..=b'Z' => u32::from(byte - b'A') + 36,
            b'@' => 62,
            b'_' => 63,
            _ => return None,
        };
        (digit < base).then(|| {
            sum.wrapping_mul(i64::from(base))
                .wrapping_add(i64::from(digit))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{Fault, Number, Target, Variables, evaluate};

    struct None_;

    impl Variables for None_ {
        fn get(&mut self, _: Target<'_>, _: u32) -> Result<Number, Fault> {
            Ok(None)
        }
        fn set(&mut self, _: Target<'_>, _: Number, _: u32) {}
    }

    #[test]
    fn expressions_have_the_values_that_bash_gives() {
        let cases: [(&str, Option<Option<i64>>); 24] = [
            ("", Some(Some(0))),
            ("1+2*3", Some(Some(7))),
            ("(1+2)*3", Some(Some(9))),
            ("2**3**2", Some(Some(512))),
            ("-2**2", Some(Some(4))),
            ("1<2?5:6", Some(Some(5))),
            ("0x10+010+2#101", Some(Some(29))),
            ("1,2", Some(Some(2))),
            ("~0", Some(Some(-1))),
            ("!3", Some(Some(0))),
            ("7%4", Some(Some(3))),
            ("1<<4>>2", Some(Some(4))),
            ("1||x", Some(Some(1))),
            ("0&&x", Some(Some(0))),
            ("x&&0", Some(Some(0))),
            ("x", Some(None)),
            ("x+1", Some(None)),
            ("x=5", Some(Some(5))),
            ("1/0", None),
            ("1 2", None),
            ("08", None),
            ("- -1", Some(Some(1))),
            ("5--2", Some(Some(7))),
            ("64#_", Some(Some(63))),
        ];
        for (text, expected) in cases {
            assert_eq!(
                evaluate(text.as_bytes(), 0, true, &mut None_).ok(),
                expected,
                "{text}"
            );
        }
    }
}
