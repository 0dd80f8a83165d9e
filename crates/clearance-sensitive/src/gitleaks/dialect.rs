//! Go's regular expressions in the spelling of this crate's engine.
//!
//! Both are of the RE2 family; they differ in what needs a backslash. In Go a brace that begins
//! no count is an ordinary character, and so are `[`, `&&`, `--` and `~~` inside of a class;
//! `\Q…\E` quotes. Source: the documentation of Go's `regexp/syntax` and of `regex-syntax`.

use std::str::Chars;

/// The expression with backslashes where this engine asks for them.
pub(super) fn translate(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + 8);
    let mut rest = source.chars();
    while let Some(next) = rest.next() {
        match next {
            '\\' => escape(&mut rest, &mut out),
            '[' => class(&mut rest, &mut out),
            '{' if !begins_count(rest.as_str()) => out.push_str("\\{"),
            other => out.push(other),
        }
    }
    out
}

/// What follows a backslash: one character, or a quotation.
fn escape(rest: &mut Chars<'_>, out: &mut String) {
    match rest.next() {
        Some('Q') => {
            let quoted = rest.as_str();
            let (inside, after) = quoted.split_once("\\E").unwrap_or((quoted, ""));
            for letter in inside.chars() {
                if letter.is_ascii_punctuation() {
                    out.push('\\');
                }
                out.push(letter);
            }
            *rest = after.chars();
        }
        Some(letter) => out.extend(['\\', letter]),
        None => out.push('\\'),
    }
}

/// A class, from after its opening bracket to its end.
fn class(rest: &mut Chars<'_>, out: &mut String) {
    out.push('[');
    if rest.as_str().starts_with('^') {
        out.extend(rest.next());
    }
    // A bracket that closes nothing is a member.
    if rest.as_str().starts_with(']') {
        rest.next();
        out.push_str("\\]");
    }
    while let Some(next) = rest.next() {
        match next {
            ']' => {
                out.push(']');
                return;
            }
            '\\' => escape(rest, out),
            '[' if rest.as_str().starts_with(':') => {
                let inside = rest.as_str();
                let end = inside.find(":]").map_or(0, |at| at + 2);
                let (name, after) = inside.split_at_checked(end).unwrap_or(("", inside));
                out.push_str(if name.is_empty() { "\\[" } else { "[" });
                out.push_str(name);
                *rest = after.chars();
            }
            '[' => out.push_str("\\["),
            '&' | '~' => out.extend(['\\', next]),
            '-' if rest.as_str().starts_with('-') => out.push_str("\\-"),
            other => out.push(other),
        }
    }
}

/// `3}`, `3,}` or `3,5}`: a count, the brace of which was read.
fn begins_count(text: &str) -> bool {
    let Some((inside, _)) = text.split_once('}') else {
        return false;
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    match inside.split_once(',') {
        Some((least, most)) => !least.is_empty() && digits(least) && digits(most),
        None => !inside.is_empty() && digits(inside),
    }
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn what_go_reads_as_itself_gets_a_backslash() {
        for (go, ours) in [
            (r"a{2}b{1,}c{1,3}", r"a{2}b{1,}c{1,3}"),
            (r"\$(?:\d+|{\d+})", r"\$(?:\d+|\{\d+})"),
            (r"{{ x }}", r"\{\{ x }}"),
            (r"a{,3}", r"a\{,3}"),
            (r"[[{]", r"[\[{]"),
            (r"[]a]", r"[\]a]"),
            (r"[^]a]", r"[^\]a]"),
            (r"[[:alpha:]_]", r"[[:alpha:]_]"),
            (r"[a&&b~~c--d]", r"[a\&\&b\~\~c\--d]"),
            (r"[\[\]{}]", r"[\[\]{}]"),
            (r"\Qa.b{\Ec.", r"a\.b\{c."),
            (r"\{x\}", r"\{x\}"),
        ] {
            assert_eq!(translate(go), ours, "{go}");
        }
    }
}
