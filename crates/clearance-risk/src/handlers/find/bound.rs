//! Which of the files below its starts the actions of a `find` expression are about.

use clearance_shell::invocation::Word;

use crate::names::FIND_TEXT;

/// A part of the expression in parentheses, or all of it.
#[derive(Clone, Copy, Default)]
struct Group {
    /// A name was asked for before the group begins.
    before: bool,
    /// A name was asked for on the way to the present place.
    named: bool,
    /// No branch so far is without a name.
    all: bool,
    /// The group is negated.
    negated: bool,
}

/// Every action is reached only by files for which a `-name` before it holds. Then the names of
/// the expression say what the actions are about; tests that are negated, stand behind the
/// action or in another branch of `-o` bound nothing (find(1), "Operators").
pub(super) fn is_bounded(words: &[Word]) -> bool {
    let mut outer: Vec<Group> = Vec::new();
    let mut group = Group::new(false, false);
    let mut negated = false;
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let Some(text) = word.as_static() else {
            continue;
        };
        match text {
            b"!" | b"-not" => {
                negated = !negated;
                continue;
            }
            b"(" => {
                outer.push(group);
                group = Group::new(group.named, negated);
            }
            b")" => {
                let Some(around) = outer.pop() else {
                    return false;
                };
                let named = group.all && group.named && !group.negated;
                group = Group {
                    named: around.named || named,
                    ..around
                };
            }
            b"-o" | b"-or" => {
                group.all &= group.named;
                group.named = group.before;
            }
            b"," => return false,
            b"-delete" if !group.named => return false,
            b"-exec" | b"-execdir" | b"-ok" | b"-okdir" => {
                if !group.named {
                    return false;
                }
                at += command_length(words.get(at..).unwrap_or_default());
            }
            b"-name" | b"-iname" => {
                group.named |= !negated;
                at += 1;
            }
            _ if takes_value(text) => at += 1,
            _ => {}
        }
        negated = false;
    }
    true
}

impl Group {
    const fn new(before: bool, negated: bool) -> Self {
        Self {
            before,
            named: before,
            all: true,
            negated,
        }
    }
}

fn takes_value(text: &[u8]) -> bool {
    text.starts_with(b"-newer") || FIND_TEXT.has(text)
}

/// The words of a command up to its `;` or `{} +`, that included.
fn command_length(rest: &[Word]) -> usize {
    let mut before: Option<&[u8]> = None;
    for (at, word) in rest.iter().enumerate() {
        let text = word.as_static();
        if text == Some(b";") || (text == Some(b"+") && before == Some(b"{}")) {
            return at + 1;
        }
        before = text;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use clearance_core::Span;

    use super::*;

    fn bounded(expression: &str) -> bool {
        let word = |text: &str| Word::fixed(text.as_bytes(), Span::default());
        let words: Vec<Word> = expression.split(' ').map(word).collect();
        is_bounded(&words)
    }

    #[test]
    fn names_before_an_action_bound_it() {
        for expression in [
            "-name *.o -delete",
            "-type f -iname *.o -print -delete",
            "( -name a -o -name b ) -delete",
            "-name a -o -name b -delete",
            "-path ./x -prune -o -name *.py -exec cat {} +",
            "-name *.py -not -path */venv/* -exec wc {} ;",
            "-name a ( -exec x {} ; -o -delete )",
            "! ! -name a -delete",
            "-name a",
        ] {
            assert!(bounded(expression), "{expression}");
        }
    }

    #[test]
    fn other_names_do_not() {
        for expression in [
            "-delete",
            "-delete -name *.o",
            "! -name *.o -delete",
            "-not -name *.o -exec rm {} +",
            "-name *.o -o -delete",
            "-name *.o , -delete",
            "( -name a -o -type f ) -delete",
            "! ( -name a ) -delete",
            "( -delete ) -name a",
            "-name a -o -exec rm -name {} +",
            "-newer -name -delete",
            ") -name a -delete",
        ] {
            assert!(!bounded(expression), "{expression}");
        }
    }
}
