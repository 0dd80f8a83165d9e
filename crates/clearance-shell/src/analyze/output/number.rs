//! Programs that print numbers: dates, sequences, counts.

use super::{is_number, numbers, numeric, word};
use crate::analyze::assign::is_one_word;
use crate::analyze::value;
use crate::invocation::{Value, Word};

/// So many numbers `seq` may print as known text.
const MOST_NUMBERS: i64 = 64;

/// `date +FORMAT` of conversions that print no blanks.
pub(super) fn date(arguments: &[Word]) -> Option<Value> {
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

pub(super) fn seq(arguments: &[Word]) -> Option<Value> {
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
pub(super) fn count(arguments: &[Word], options: &[&[u8]]) -> Option<Value> {
    let [only] = arguments else { return None };
    options.contains(&only.as_static()?).then(numeric)
}

/// `-q` or `--quiet` is among the first options: nothing is printed, whatever the others say,
/// unless they ask for help.
fn is_quiet(arguments: &[Word]) -> bool {
    let others = |text: &[u8]| {
        text.starts_with(b"--") && !matches!(text, b"--" | b"--quiet" | b"--silent")
            || (text.starts_with(b"-") && text.contains(&b'V'))
    };
    if arguments.iter().filter_map(Word::as_static).any(others) {
        return false;
    }
    let options = arguments
        .iter()
        .map_while(Word::as_static)
        .take_while(|text| text.starts_with(b"-") && *text != b"--");
    for option in options {
        if matches!(option, b"--quiet" | b"--silent") {
            return true;
        }
        // A letter with a value takes the rest of its word, or the next one.
        let valued = option
            .iter()
            .position(|letter| b"efmABCdD".contains(letter));
        let plain = option.get(..valued.unwrap_or(option.len()));
        if plain.is_some_and(|letters| letters.contains(&b'q')) {
            return true;
        }
        if valued.is_some() {
            return false;
        }
    }
    false
}

/// `grep -c` of at most one file prints one number.
pub(super) fn grep(arguments: &[Word]) -> Option<Value> {
    if is_quiet(arguments) {
        return Some(value::fixed(b""));
    }
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
            _ if is_one_word(&word.value) => operands += 1,
            _ => return None,
        }
    }
    let files = if patterns { operands } else { operands - 1 };
    let dynamic = arguments
        .iter()
        .any(|word| word.as_static().is_none() && value::describe(&word.value).may_start_dash);
    (counts && files <= 1 && !dynamic).then(numeric)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{shown, words};
    use super::*;

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
        for quiet in [
            &["-q", "x", "f"][..],
            &["-rqE", "x"],
            &["--quiet", "-e", "x"],
        ] {
            assert_eq!(shown(grep(&words(quiet))).as_deref(), Some(""), "{quiet:?}");
        }
        for loud in [
            &["-e", "-q", "f"][..],
            &["-eq", "f"],
            &["x", "-q"],
            &["-q", "--help"],
        ] {
            assert!(grep(&words(loud)).is_none(), "{loud:?}");
        }
        assert_eq!(
            shown(seq(&words(&["2", "4"]))).as_deref(),
            Some("2\n3\n4\n")
        );
    }
}
