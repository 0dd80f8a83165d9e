//! What commands print, where their words alone tell.
//!
//! This is the only place of this crate that knows programs: a few whose output is a known
//! text, a number, or one word, which scripts put into variables all the time. Nothing here
//! says whether running them is harmless.

use super::machine::Machine;
use super::simple::Command;
use super::value::{self, Text};
use crate::invocation::{Dynamic, Reason, Stdin, Value, Word};

/// So many numbers `seq` may print as known text.
const MOST_NUMBERS: i64 = 64;

/// What `echo` prints. `options`: the letters that it takes for options; `escapes`:
/// backslashes are expanded without `-e`, if known.
pub(super) fn echo(
    arguments: &[Word],
    options: &[u8],
    escapes: Option<bool>,
    most: usize,
) -> Option<Value> {
    let mut arguments = arguments;
    let mut newline = true;
    let mut escapes = escapes;
    while let [first, rest @ ..] = arguments {
        let Some([b'-', letters @ ..]) = first.as_static() else {
            break;
        };
        if letters.is_empty() || !letters.iter().all(|letter| options.contains(letter)) {
            break;
        }
        for letter in letters {
            match letter {
                b'n' => newline = false,
                b'e' => escapes = Some(true),
                _ => escapes = Some(false),
            }
        }
        arguments = rest;
    }
    let mut text = Text::default();
    for (at, word) in arguments.iter().enumerate() {
        if at > 0 {
            text.bytes(b" ", most);
        }
        let piece = piece(&word.value);
        // An unknown word could be an option.
        if at == 0 && piece.as_static().is_none() && value::describe(&piece).may_start_dash {
            return None;
        }
        text.push(&piece, most);
    }
    if newline && !text.is_number() {
        text.bytes(b"\n", most);
    }
    let text = text.finish();
    match (&text, escapes) {
        (_, Some(false)) => Some(text),
        (Value::Static(bytes), Some(true)) => Some(Value::Static(unescape(bytes, false)?.into())),
        (Value::Static(bytes), None) if !bytes.contains(&b'\\') => Some(text),
        _ => None,
    }
}

fn is_number(value: &Value) -> bool {
    matches!(value, Value::Dynamic(dynamic) if dynamic.numeric)
}

/// A word as part of a text, whose blanks are those of its own text.
fn piece(word: &Value) -> Value {
    match word {
        Value::Glob(_) => Value::Dynamic(value::describe(word)),
        other => value::content(other),
    }
}

/// Backslash escapes of `echo -e` and of `printf %b`, which also takes octal digits without a
/// zero before them; `None` where it is not certain, or ends what `printf` prints.
fn unescape(text: &[u8], printf: bool) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let from = rest;
        let Some((&escape, tail)) = rest.split_first() else {
            out.push(b'\\');
            break;
        };
        rest = tail;
        match escape {
            b'0' => rest = octal(rest, 3, &mut out),
            b'1'..=b'7' if printf => rest = octal(from, 3, &mut out),
            b'x' => rest = hexadecimal(rest, &mut out)?,
            b'c' if printf => return None,
            b'c' => return Some(out),
            b'u' | b'U' => return None,
            other => match simple_escape(other) {
                Some(byte) => out.push(byte),
                None => out.extend_from_slice(&[b'\\', other]),
            },
        }
    }
    Some(out)
}

const fn simple_escape(letter: u8) -> Option<u8> {
    Some(match letter {
        b'a' => 7,
        b'b' => 8,
        b'e' | b'E' => 27,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' => b'\\',
        _ => return None,
    })
}

fn octal<'a>(text: &'a [u8], most: usize, out: &mut Vec<u8>) -> &'a [u8] {
    let digits = text
        .iter()
        .take(most)
        .take_while(|byte| matches!(byte, b'0'..=b'7'))
        .count();
    let (number, rest) = text.split_at_checked(digits).unwrap_or((text, b""));
    let value = number
        .iter()
        .fold(0_u32, |sum, digit| sum * 8 + u32::from(digit - b'0'));
    out.push(u8::try_from(value & 0xff).unwrap_or(0));
    rest
}

fn hexadecimal<'a>(text: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let digits = text
        .iter()
        .take(2)
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let (number, rest) = text.split_at_checked(digits)?;
    let number = std::str::from_utf8(number).ok()?;
    out.push(u8::from_str_radix(number, 16).ok()?);
    Some(rest)
}

/// What `printf` prints.
pub(super) fn printf(arguments: &[Word], most: usize) -> Option<Value> {
    let arguments = match arguments {
        [first, rest @ ..] if first.as_static() == Some(b"--") => rest,
        all => all,
    };
    let (format, words) = arguments.split_first()?;
    let format = format.as_static()?;
    if format.first() == Some(&b'-') && format.len() > 1 {
        return None;
    }
    let mut out = Text::default();
    let mut words = words.iter();
    loop {
        let before = words.len();
        print_once(format, &mut words, &mut out, most)?;
        if words.len() == 0 || words.len() == before {
            return Some(out.finish());
        }
    }
}

/// The format, used once.
fn print_once<'a>(
    format: &[u8],
    words: &mut impl Iterator<Item = &'a Word>,
    out: &mut Text,
    most: usize,
) -> Option<()> {
    let mut literal = Vec::new();
    let mut rest = format;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'\\' => {
                let (&escape, tail) = rest.split_first()?;
                match escape {
                    b'0'..=b'7' => rest = octal(rest, 3, &mut literal),
                    b'x' => rest = hexadecimal(tail, &mut literal)?,
                    b'"' | b'\'' => {
                        literal.push(escape);
                        rest = tail;
                    }
                    other => {
                        literal.push(simple_escape(other)?);
                        rest = tail;
                    }
                }
            }
            b'%' => {
                let (&conversion, tail) = rest.split_first()?;
                rest = tail;
                let piece = match conversion {
                    b'%' => value::fixed(b"%"),
                    b's' => piece(
                        &words
                            .next()
                            .map_or_else(|| value::fixed(b""), |word| word.value.clone()),
                    ),
                    b'd' | b'i' | b'u' => integer(words.next())?,
                    b'b' => {
                        let word = words
                            .next()
                            .map_or(b"".as_slice(), |w| w.as_static().unwrap_or(b"\\u"));
                        value::fixed(&unescape(word, true)?)
                    }
                    b'q' => quoted(words.next()?.as_static()?)?,
                    _ => return None,
                };
                out.bytes(&literal, most);
                literal.clear();
                out.push(&piece, most);
            }
            other => literal.push(other),
        }
    }
    if !(out.is_number() && literal == b"\n") {
        out.bytes(&literal, most);
    }
    Some(())
}

fn integer(word: Option<&Word>) -> Option<Value> {
    match word.map(|word| &word.value) {
        None => Some(value::fixed(b"0")),
        Some(Value::Static(text)) => {
            let number: i64 = std::str::from_utf8(text).ok()?.parse().ok()?;
            let plain = !text.starts_with(b"0") || text.len() == 1;
            plain.then(|| value::fixed(number.to_string().as_bytes()))
        }
        // Anything else is printed as a number, or as 0 with an error.
        Some(_) => Some(Value::Dynamic(value::number(Reason::CommandOutput))),
    }
}

/// `%q` of a text that needs no quotes.
fn quoted(text: &[u8]) -> Option<Value> {
    let plain = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'+')
    };
    (!text.is_empty() && text.iter().all(plain)).then(|| value::fixed(text))
}

// --- programs

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

fn trimmed(path: &[u8]) -> &[u8] {
    let end = path
        .iter()
        .rposition(|byte| *byte != b'/')
        .map_or(0, |at| at + 1);
    path.get(..end).unwrap_or_default()
}

fn basename(arguments: &[Word]) -> Option<Value> {
    let (path, suffix) = match arguments {
        [path] => (path, b"".as_slice()),
        [path, suffix] => (path, suffix.as_static()?),
        _ => return None,
    };
    if value::describe(&path.value).may_start_dash {
        return None;
    }
    let one = |path: &[u8]| {
        let kept = trimmed(path);
        if kept.is_empty() {
            return if path.is_empty() {
                Vec::new()
            } else {
                b"/".to_vec()
            };
        }
        let start = kept
            .iter()
            .rposition(|byte| *byte == b'/')
            .map_or(0, |at| at + 1);
        let name = kept.get(start..).unwrap_or_default();
        match name.strip_suffix(suffix) {
            Some(stem) if !stem.is_empty() => stem.to_vec(),
            _ => name.to_vec(),
        }
    };
    match &path.value {
        Value::Static(path) => Some(value::fixed(&one(path))),
        Value::OneOf(all) => Some(value::one_of(
            all.iter().map(|path| one(path).into()).collect(),
            usize::MAX,
        )),
        // The last component of a path that is not known.
        Value::Glob(_) | Value::Dynamic(_) => None,
    }
}

fn dirname(arguments: &[Word]) -> Option<Value> {
    let [path] = arguments else { return None };
    if value::describe(&path.value).may_start_dash && path.as_static().is_none() {
        return None;
    }
    let one = |path: &[u8]| {
        let kept = trimmed(path);
        if kept.is_empty() {
            return if path.is_empty() {
                b".".to_vec()
            } else {
                b"/".to_vec()
            };
        }
        match kept.iter().rposition(|byte| *byte == b'/') {
            None => b".".to_vec(),
            Some(at) => {
                let parent = trimmed(kept.get(..at).unwrap_or_default());
                if parent.is_empty() {
                    b"/".to_vec()
                } else {
                    parent.to_vec()
                }
            }
        }
    };
    match &path.value {
        Value::Static(path) if !path.starts_with(b"-") => Some(value::fixed(&one(path))),
        Value::OneOf(all) => Some(value::one_of(
            all.iter().map(|path| one(path).into()).collect(),
            usize::MAX,
        )),
        _ => None,
    }
}

/// A new file or directory: in the directory for temporary files, or after a template.
fn mktemp(arguments: &[Word], machine: &mut Machine<'_>) -> Option<Value> {
    let mut template = None;
    let mut inside = false;
    for word in arguments {
        match word.as_static()? {
            b"-d" | b"-q" | b"-u" | b"--directory" | b"--quiet" | b"--tmpdir" => {}
            b"-t" => inside = true,
            option if option.starts_with(b"-") => return None,
            text => template = Some(text),
        }
    }
    let tmp = match machine.variable_value(b"TMPDIR") {
        Value::Static(path) if path.starts_with(b"/") => path,
        _ => b"/tmp".as_slice().into(),
    };
    let prefix = match template {
        Some(template) if template.starts_with(b"/") && !inside => {
            let fixed = template
                .iter()
                .position(|byte| *byte == b'X')
                .unwrap_or(template.len());
            template.get(..fixed).unwrap_or_default().to_vec()
        }
        Some(template) if !inside => {
            let fixed = template
                .iter()
                .position(|byte| *byte == b'X')
                .unwrap_or(template.len());
            template.get(..fixed).unwrap_or_default().to_vec()
        }
        _ => [trimmed(&tmp), b"/"].concat(),
    };
    if value::splits(&prefix) {
        return None;
    }
    Some(Value::Dynamic(Dynamic {
        may_vanish: true,
        ..value::one_word(Reason::CommandOutput, &prefix)
    }))
}

/// `date +FORMAT` of conversions that print no blanks.
fn date(arguments: &[Word]) -> Option<Value> {
    let format = arguments
        .iter()
        .find_map(|word| word.as_static()?.strip_prefix(b"+"))?;
    let mut rest = format;
    let mut digits = true;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            if value::splits(&[byte]) {
                return None;
            }
            digits &= byte.is_ascii_digit();
            continue;
        }
        let (&letter, tail) = rest.split_first()?;
        rest = tail;
        match letter {
            b's' | b'Y' | b'm' | b'd' | b'H' | b'M' | b'S' | b'N' | b'j' | b'y' | b'u' | b'V'
            | b'G' => {}
            b'F' | b'T' | b'R' | b'D' | b'a' | b'b' | b'h' | b'A' | b'B' | b'Z' => digits = false,
            b'z' => digits = false,
            _ => return None,
        }
    }
    if digits && !format.is_empty() {
        return Some(numeric());
    }
    let literal = format
        .iter()
        .position(|byte| *byte == b'%')
        .unwrap_or(format.len());
    let prefix = format.get(..literal).unwrap_or_default();
    if prefix.is_empty() && format.starts_with(b"%z") {
        return None;
    }
    Some(word(prefix))
}

fn seq(arguments: &[Word]) -> Option<Value> {
    // `-w`: all of the same width, with zeros in front.
    if let [option, rest @ ..] = arguments {
        if matches!(option.as_static(), Some(b"-w" | b"--equal-width")) {
            return seq(rest).map(|_| numbers_output());
        }
    }
    let numbers: Option<Vec<i64>> = arguments
        .iter()
        .map(|word| std::str::from_utf8(word.as_static()?).ok()?.parse().ok())
        .collect();
    let plain = arguments
        .iter()
        .all(|word| word.as_static().is_some_and(value::is_number) || is_number(&word.value));
    if !plain {
        return None;
    }
    let (first, step, last) = match numbers.as_deref() {
        Some([last]) => (1, 1, *last),
        Some([first, last]) => (*first, 1, *last),
        Some([first, step, last]) => (*first, *step, *last),
        _ => return Some(numbers_output()),
    };
    let count = if step == 0 {
        i64::MAX
    } else {
        last.checked_sub(first)? / step
    };
    if step == 0 || count >= MOST_NUMBERS {
        return Some(numbers_output());
    }
    let mut out = Vec::new();
    let mut number = first;
    while if step > 0 {
        number <= last
    } else {
        number >= last
    } {
        out.extend_from_slice(number.to_string().as_bytes());
        out.push(b'\n');
        number = number.checked_add(step)?;
    }
    Some(value::fixed(&out))
}

fn numbers_output() -> Value {
    numbers()
}

/// A count of standard input: one of these options and no operand.
fn count(arguments: &[Word], options: &[&[u8]]) -> Option<Value> {
    let [only] = arguments else { return None };
    options.contains(&only.as_static()?).then(numeric)
}

/// `grep -c` of at most one file prints one number.
fn grep(arguments: &[Word]) -> Option<Value> {
    let mut counts = false;
    let mut operands = 0;
    let mut patterns = false;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_static() {
            Some(option) if option.starts_with(b"--") => {
                if option != b"--count" && option != b"--" {
                    return None;
                }
                counts |= option == b"--count";
            }
            Some([b'-', letters @ ..]) if !letters.is_empty() => {
                if letters.iter().any(|letter| {
                    !matches!(
                        letter,
                        b'c' | b'i' | b'v' | b'E' | b'F' | b'w' | b'x' | b'e' | b'P' | b's'
                    )
                }) {
                    return None;
                }
                counts |= letters.contains(&b'c');
                if letters.last() == Some(&b'e') {
                    patterns = true;
                    words.next()?;
                }
            }
            _ if super::assign::is_one_word(&word.value) => operands += 1,
            _ => return None,
        }
    }
    let files = if patterns { operands } else { operands - 1 };
    let dynamic = arguments
        .iter()
        .any(|word| word.as_static().is_none() && value::describe(&word.value).may_start_dash);
    (counts && files <= 1 && !dynamic).then(numeric)
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

    fn words(texts: &[&str]) -> Vec<Word> {
        texts
            .iter()
            .map(|text| Word::fixed(text.as_bytes(), Span::default()))
            .collect()
    }

    fn shown(value: Option<Value>) -> Option<String> {
        let value = value?;
        Some(String::from_utf8_lossy(value.as_static()?).into_owned())
    }

    #[test]
    fn echo_prints_its_words() {
        for (arguments, want) in [
            (&["a", "b"][..], Some("a b\n")),
            (&["-n", "a"], Some("a")),
            (&["-e", r"a\tb\x41\0101"], Some("a\tbAA\n")),
            (&["-nE", r"a\n"], Some(r"a\n")),
            (&["-e", r"a\cb"], Some("a")),
            (&["-x"], Some("-x\n")),
            (&["-"], Some("-\n")),
            (&[], Some("\n")),
        ] {
            assert_eq!(
                shown(echo(&words(arguments), b"neE", Some(false), 8)).as_deref(),
                want,
                "{arguments:?}"
            );
        }
        assert_eq!(echo(&words(&[r"a\n"]), b"neE", None, 8), None);
        let dash = echo(&words(&["-e", "a"]), b"n", Some(true), 8);
        assert_eq!(shown(dash).as_deref(), Some("-e a\n"));
    }

    #[test]
    fn printf_reuses_its_format() {
        for (arguments, want) in [
            (&["%s\\n", "a", "b"][..], Some("a\nb\n")),
            (&["%s-%s.", "a", "b", "c"], Some("a-b.c-.")),
            (&["\\162\\155"], Some("rm")),
            (&["\\x72m"], Some("rm")),
            (&["%d%%", "7"], Some("7%")),
            (&["%b", "a\\tb"], Some("a\tb")),
            (&["%b", "\\101\\0101\\1012"], Some("AAA2")),
            (&["%b%s", "a\\c", "b"], None),
            (&["--", "x"], Some("x")),
            (&["%5s", "x"], None),
            (&["plain", "unused"], Some("plain")),
        ] {
            assert_eq!(
                shown(printf(&words(arguments), 8)).as_deref(),
                want,
                "{arguments:?}"
            );
        }
    }

    #[test]
    fn paths_are_taken_apart() {
        for (path, base, dir) in [
            ("/a/b", "b", "/a"),
            ("a", "a", "."),
            ("/", "/", "/"),
            ("/a/", "a", "/"),
            ("a//b//", "b", "a"),
        ] {
            assert_eq!(shown(basename(&words(&[path]))).as_deref(), Some(base));
            assert_eq!(shown(dirname(&words(&[path]))).as_deref(), Some(dir));
        }
        assert_eq!(
            shown(basename(&words(&["/x/a.txt", ".txt"]))).as_deref(),
            Some("a")
        );
    }

    #[test]
    fn dates_are_numbers_or_words() {
        assert!(is_number(&date(&words(&["+%s"])).expect("known")));
        let Some(Value::Dynamic(day)) = date(&words(&["+v%Y-%m"])) else {
            panic!("a word")
        };
        assert_eq!(
            (&*day.prefix, day.may_split, day.numeric),
            (b"v".as_slice(), false, false)
        );
        assert_eq!(date(&words(&["+%c"])), None);
        assert_eq!(date(&[]), None);
    }

    #[test]
    fn counts_need_a_single_input() {
        assert!(grep(&words(&["-c", "x", "f"])).is_some());
        assert!(grep(&words(&["-c", "x", "f", "g"])).is_none());
        assert!(grep(&words(&["-rc", "x", "f"])).is_none());
        assert!(grep(&words(&["x", "f"])).is_none());
        assert_eq!(
            shown(seq(&words(&["2", "4"]))).as_deref(),
            Some("2\n3\n4\n")
        );
    }
}
