//! Program texts in languages without an analyser: their bare words, strings left out.

use crate::arg::Arg;
use crate::judge::Judge;

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

/// Names that stand before `(` or after a dot, and module names.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || "_.:!?".contains(c)))
        .filter(|w| w.chars().any(char::is_alphabetic))
}
