//! Program texts in languages without an analyser: their bare words, strings left out.

use clearance_shell::invocation::Value;

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::spec::WordRole;

/// A text in a language without an analyser: allowed are calls from a list of modules and
/// functions that compute and print, with literals.
pub(super) fn text_of_calls(
    judge: &mut Judge<'_>,
    text: Arg<'_>,
    language: &str,
    fits: fn(&str) -> bool,
) {
    if !text.as_str().is_some_and(fits) {
        judge.unknown("code.unknown", text.span(), || {
            format!("inline code in {language} was not understood")
        });
    }
}

/// Words of a text, its strings left out: `Module.function`, names, signs. Nothing if a string
/// is not closed or holds interpolation.
pub(super) fn bare_words(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\'' => {
                loop {
                    match chars.next()? {
                        '\\' => {
                            chars.next()?;
                        }
                        // `#{…}` and `$(…)` are code.
                        '#' | '$' => return None,
                        d if d == c => break,
                        _ => {}
                    }
                }
                out.push('"');
            }
            '`' | '~' | '#' | '$' => return None,
            c => out.push(c),
        }
    }
    Some(out)
}

/// The same with no blank between a name and the parenthesis of its call.
pub(super) fn tight_words(text: &str) -> Option<String> {
    let words = bare_words(text)?;
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        if c == '(' {
            out.truncate(out.trim_end().len());
        }
        out.push(c);
    }
    Some(out)
}

/// The texts in quotes that look like names of files, as paths.
pub(super) fn judge_strings(judge: &mut Judge<'_>, text: Arg<'_>, role: WordRole, call: &Call<'_>) {
    let Some(source) = text.as_str() else { return };
    let mut rest = source;
    while let Some(start) = rest.find(['"', '\'']) {
        let mark = rest.get(start..).and_then(|r| r.chars().next());
        let inner = rest.get(start + 1..).unwrap_or_default();
        let end = mark
            .and_then(|mark| inner.find(mark))
            .unwrap_or(inner.len());
        let name = inner.get(..end).unwrap_or_default();
        let file = name.contains(['.', '/', '~']);
        if file && !name.is_empty() {
            let value = Value::Static(name.as_bytes().into());
            judge.path(role, Arg::of(&value, text.span()), call.site);
        }
        rest = inner.get(end + 1..).unwrap_or_default();
    }
}

/// There is a backslash that stands for more than the end of a line.
pub(super) fn escapes(text: &str) -> bool {
    text.replace("\\n", "").replace("\\t", "").contains('\\')
}

/// Names that stand before `(` or after a dot, and module names.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || "_.:!?".contains(c)))
        .filter(|w| w.chars().any(char::is_alphabetic))
}
