//! Programs that print numbers and plain words.

use super::super::Shape;
use super::{number, operands_known};
use crate::arg::Arg;
use crate::judge::Call;
use crate::run::base_name;

// --- numbers and words

pub(super) fn date(call: &Call<'_>) -> Shape {
    let format = call
        .argv
        .iter()
        .skip(1)
        .filter_map(|w| w.as_static())
        .find_map(|w| w.strip_prefix(b"+"));
    let Some(format) = format else {
        return Shape::Free;
    };
    let mut rest = format;
    let mut digits = true;
    let mut plain = true;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            if byte == b'/' || byte.is_ascii_whitespace() {
                return Shape::Free;
            }
            digits &= byte.is_ascii_digit();
            plain &= byte.is_ascii_alphanumeric() || b".:_+-".contains(&byte);
            continue;
        }
        let Some((&letter, tail)) = rest.split_first() else {
            return Shape::Free;
        };
        rest = tail;
        match letter {
            b's' | b'Y' | b'm' | b'd' | b'H' | b'M' | b'S' | b'N' | b'j' | b'y' | b'u' | b'V'
            | b'G' => {}
            b'F' | b'T' | b'R' | b'z' => digits = false,
            b'a' | b'b' | b'h' | b'A' | b'B' | b'Z' => (digits, plain) = (false, false),
            _ => return Shape::Free,
        }
    }
    match format.first() {
        None | Some(b'-') => Shape::Free,
        Some(b'+') => Shape::Plain,
        _ if digits => Shape::Number { many: false },
        _ if plain => Shape::Stamp,
        _ => Shape::Plain,
    }
}

pub(super) fn wc(call: &Call<'_>) -> Shape {
    let single = call.operands().len() == 0 && call.options().len() == 1;
    if single {
        Shape::Number { many: false }
    } else {
        Shape::Led { blank: true }
    }
}

pub(super) fn numeric(call: &Call<'_>) -> Shape {
    let name = call
        .argv
        .first()
        .and_then(|w| w.as_static())
        .unwrap_or_default();
    let one = match base_name(name) {
        b"nproc" | b"tput" => true,
        b"pgrep" => return number(!call.has(&["-l", "-a", "--list-name", "--list-full", "-d"])),
        b"pidof" => return Shape::Number { many: true },
        b"id" => call.has(&["-u", "-g"]) && !call.has(&["-n"]),
        b"getconf" => call.operand(0).and_then(Arg::as_static).is_some_and(|n| {
            n.contains(&b'_') && n.iter().all(|b| b.is_ascii_uppercase() || *b == b'_')
        }),
        b"stat" => call
            .value(&["-c", "--format", "-f"])
            .and_then(Arg::as_static)
            .is_some_and(|f| matches!(f, b"%s" | b"%Y" | b"%z" | b"%m" | b"%a")),
        _ => false,
    };
    if one {
        Shape::Number { many: false }
    } else {
        Shape::Free
    }
}

pub(super) fn plain(call: &Call<'_>) -> Shape {
    if operands_known(call) {
        Shape::Plain
    } else {
        Shape::Free
    }
}
