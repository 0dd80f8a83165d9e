//! What commands print, where their words alone tell.
//!
//! This is the only place of this crate that knows programs: a few whose output is a known
//! text, a number, or one word, which scripts put into variables all the time. Nothing here
//! says whether running them is harmless.

mod number;
mod path;
mod print;

use super::machine::Machine;
use super::simple::Command;
use super::value;
use crate::invocation::{Dynamic, Reason, Stdin, Value, Word};

use number::{count, date, grep, seq};
use path::{basename, dirname, mktemp};
pub(super) use print::{echo, printf};

fn is_number(value: &Value) -> bool {
    matches!(value, Value::Dynamic(dynamic) if dynamic.numeric)
}

/// A program that changes no file, whatever its arguments, apart from its redirections.
pub(super) fn leaves_files_alone(name: Option<&[u8]>) -> bool {
    matches!(
        name,
        Some(
            b"basename"
                | b"cat"
                | b"chmod"
                | b"date"
                | b"dirname"
                | b"grep"
                | b"head"
                | b"id"
                | b"ls"
                | b"mkdir"
                | b"mktemp"
                | b"nproc"
                | b"seq"
                | b"sleep"
                | b"stat"
                | b"tail"
                | b"tee"
                | b"uname"
                | b"wc"
                | b"which"
                | b"whoami"
        )
    )
}

/// What a program prints, if its words tell; `None`: not known.
pub(super) fn program(
    command: &Command,
    stdin: &Stdin,
    machine: &mut Machine<'_>,
) -> Option<Value> {
    let name = command.name()?;
    let arguments = command.arguments();
    match name {
        b"cat" => cat(arguments, stdin, machine),
        b"tee" => {
            let index = u32::try_from(machine.out.invocations.len().checked_sub(1)?).ok()?;
            machine.tee(command, stdin, index);
            Machine::input_text(stdin)
        }
        b"basename" => Some(ended(basename(arguments)?)),
        b"dirname" => Some(ended(dirname(arguments)?)),
        b"mktemp" => mktemp(arguments, machine),
        b"date" => date(arguments),
        b"seq" => seq(arguments),
        b"expr" => None,
        b"wc" => count(arguments, &[b"-l", b"-c", b"-w", b"-m", b"--lines"]),
        b"grep" | b"egrep" | b"fgrep" => grep(arguments),
        b"nproc" => Some(numeric()),
        b"id" => match arguments {
            [only] if matches!(only.as_static(), Some(b"-u" | b"-g")) => Some(numeric()),
            [only] if matches!(only.as_static(), Some(b"-un" | b"-gn")) => Some(word(b"")),
            _ => None,
        },
        b"pgrep" | b"pidof" => Some(numbers()),
        b"lsof" => {
            let terse = arguments
                .iter()
                .any(|word| word.as_static().is_some_and(|text| text.starts_with(b"-t")));
            terse.then(numbers)
        }
        b"whoami" | b"hostname" | b"uname" | b"arch" | b"uuidgen" => Some(word(b"")),
        b"git" => git(arguments),
        _ => None,
    }
}

fn numeric() -> Value {
    // Nothing at all when it fails.
    Value::Dynamic(Dynamic {
        may_vanish: true,
        ..value::number(Reason::CommandOutput)
    })
}

fn numbers() -> Value {
    Value::Dynamic(Dynamic {
        may_vanish: true,
        may_split: true,
        ..value::number(Reason::CommandOutput)
    })
}

/// One word without blanks that does not begin with a dash, or nothing.
fn word(prefix: &[u8]) -> Value {
    Value::Dynamic(Dynamic {
        may_vanish: true,
        may_start_dash: false,
        ..value::one_word(Reason::CommandOutput, prefix)
    })
}

fn ended(text: Value) -> Value {
    match text {
        Value::Static(bytes) => Value::Static([&*bytes, b"\n"].concat().into()),
        other => other,
    }
}

fn cat(arguments: &[Word], stdin: &Stdin, machine: &Machine<'_>) -> Option<Value> {
    if arguments.is_empty() {
        return match stdin {
            Stdin::Dynamic(dynamic) => Some(Value::Dynamic(dynamic.clone())),
            Stdin::File(path) => machine.file_text(path),
            other => Machine::input_text(other),
        };
    }
    let mut all = Vec::new();
    for word in arguments {
        let text = match word.as_static()? {
            b"-" => Machine::input_text(stdin)?,
            option if option.starts_with(b"-") => return None,
            _ => machine.file_text(word)?,
        };
        all.extend_from_slice(text.as_static()?);
    }
    Some(value::fixed(&all))
}

/// Names and hashes that git prints in one word.
fn git(arguments: &[Word]) -> Option<Value> {
    let mut words = arguments.iter().filter_map(Word::as_static);
    let mut first = words.next()?;
    while first == b"-C" {
        words.next()?;
        first = words.next()?;
    }
    let second = words.next();
    match (first, second) {
        (b"rev-parse", Some(b"--show-toplevel" | b"--git-dir" | b"--git-common-dir")) => {
            Some(word(b""))
        }
        (b"rev-parse", Some(b"HEAD" | b"--abbrev-ref" | b"--short" | b"--verify")) => {
            Some(word(b""))
        }
        (b"branch", Some(b"--show-current")) => Some(word(b"")),
        (b"merge-base", _) => Some(word(b"")),
        (b"rev-list", Some(b"--count")) => Some(numeric()),
        (b"symbolic-ref", _) => Some(word(b"")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clearance_core::Span;

    use super::*;

    pub(super) fn words(texts: &[&str]) -> Vec<Word> {
        texts
            .iter()
            .map(|text| Word::fixed(text.as_bytes(), Span::default()))
            .collect()
    }

    pub(super) fn shown(value: Option<Value>) -> Option<String> {
        let value = value?;
        Some(String::from_utf8_lossy(value.as_static()?).into_owned())
    }
}
