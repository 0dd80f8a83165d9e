//! What filters print: some of what they read.

use super::super::Shape;
use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::run::base_name;

// --- filters

/// A filter without files prints some of the lines that it reads.
pub(super) fn passes(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    let name = call
        .argv
        .first()
        .and_then(|w| w.as_static())
        .unwrap_or_default();
    let name = base_name(name);
    let changes = match name {
        b"uniq" => call.has(&["-c", "--count"]),
        b"cat" => !call.options().is_empty(),
        b"head" | b"tail" | b"ghead" | b"gtail" => call.has(&["-c", "--bytes", "-v"]),
        _ => false,
    };
    let files = call.operands().len() > 0 && name != b"tee";
    if changes || files {
        return Shape::Free;
    }
    let one = call
        .argv
        .iter()
        .any(|w| matches!(w.as_static(), Some(b"-1" | b"-n1")))
        || call.value(&["-n", "--lines"]).and_then(Arg::as_static) == Some(b"1");
    match judge.input_shape(call.site.stdin, steps) {
        Shape::Number { many } => Shape::Number {
            many: many && !(one && matches!(name, b"head" | b"tail")),
        },
        other => other,
    }
}

/// `sed -n 3p`, `sed 5q`: lines as they came.
pub(super) fn sed(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    let script = call.operand(0).and_then(Arg::as_static).unwrap_or_default();
    let quiet = call.has(&["-n", "--quiet", "--silent"]) && call.options().len() == 1;
    let (ends, plain) = match script.split_last() {
        Some((b'p', rest)) => (quiet, rest),
        Some((b'q' | b'd', rest)) => (call.options().is_empty() || quiet, rest),
        _ => (false, script),
    };
    let address = !plain.is_empty()
        && plain
            .iter()
            .all(|b| b.is_ascii_digit() || b",$+~".contains(b));
    if ends && address && call.operands().len() == 1 {
        return judge.input_shape(call.site.stdin, steps);
    }
    Shape::Free
}

/// `tr -d ' '` takes nothing from a number that matters.
pub(super) fn digits_stay(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    let deletes = call.has(&["-d", "--delete"]) && call.options().len() == 1;
    match judge.input_shape(call.site.stdin, steps) {
        Shape::Number { many } if deletes => Shape::Number { many },
        _ => Shape::Free,
    }
}

pub(super) fn cut(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    let first = call.value(&["-f", "--fields"]).and_then(Arg::as_static) == Some(b"1");
    let at = call.value(&["-d", "--delimiter"]).and_then(Arg::as_static);
    if !first || call.operands().len() > 0 {
        return Shape::Free;
    }
    match (at, judge.input_shape(call.site.stdin, steps)) {
        (Some(b":"), Shape::Numbered) => Shape::Number { many: true },
        (Some(b" "), shape) => first_column(shape),
        (_, shape @ Shape::Number { .. }) => shape,
        _ => Shape::Free,
    }
}

/// `awk '{print $1}'`, and mode, type and hash of what `git ls-tree` prints.
pub(super) fn awk(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    if call.operands().len() != 1 || !call.options().is_empty() {
        return Shape::Free;
    }
    let program = call.operand(0).and_then(Arg::as_static).unwrap_or_default();
    let program: Vec<u8> = program.iter().copied().filter(|b| *b != b' ').collect();
    match (&*program, judge.input_shape(call.site.stdin, steps)) {
        (b"{print$1}", shape) => first_column(shape),
        (b"{print$2}" | b"{print$3}", Shape::Tree) => Shape::Plain,
        _ => Shape::Free,
    }
}

/// What lines begin with, up to a blank.
pub(super) fn first_column(shape: Shape) -> Shape {
    match shape {
        Shape::Led { blank: true } | Shape::Tree => Shape::Plain,
        shape @ (Shape::Number { .. } | Shape::Stamp | Shape::Plain | Shape::Word) => shape,
        _ => Shape::Free,
    }
}
