//! Options told from operands, as far as the tables know which options take a value.

use super::table::{Rule, VALUED};

/// The words after a subcommand, options told from operands as far as the tables know which
/// options take a value.
pub(super) struct Words<'w> {
    word: &'w str,
    /// Every option word, with the value that follows it.
    pub(super) options: Vec<(&'w str, Option<&'w str>)>,
    pub(super) operands: Vec<&'w str>,
    /// All of them.
    pub(super) all: Vec<&'w str>,
    /// `--` was given with something behind it.
    pub(super) dashed: bool,
}

impl<'w> Words<'w> {
    pub(super) fn new(word: &'w str, args: &'w [String]) -> Self {
        let all: Vec<&str> = args.iter().map(String::as_str).collect();
        let mut words = Self {
            word,
            options: Vec::new(),
            operands: Vec::new(),
            all,
            dashed: false,
        };
        let mut args = args.iter().map(String::as_str).peekable();
        while let Some(arg) = args.next() {
            if arg == "--" || arg == "--end-of-options" {
                words.dashed = arg == "--" && args.peek().is_some();
                words.operands.extend(args.by_ref());
            } else if arg.len() > 1 && arg.starts_with('-') {
                let value = if takes_next(word, arg) {
                    args.next()
                } else {
                    None
                };
                words.options.push((arg, value));
            } else {
                words.operands.push(arg);
            }
        }
        words
    }

    /// Whether one of these letters or names may be given: a prefix is enough.
    pub(super) fn has(&self, letters: &str, longs: &[&str]) -> bool {
        self.options
            .iter()
            .any(|(option, _)| match option.strip_prefix("--") {
                Some(long) => {
                    let name = long.split('=').next().unwrap_or(long);
                    !name.is_empty() && longs.iter().any(|l| l.starts_with(name))
                }
                None => given_letters(self.word, option).any(|c| letters.contains(c)),
            })
    }

    pub(super) fn satisfies(&self, rule: &Rule) -> bool {
        let first = self.operands.first().copied().unwrap_or_default();
        rule.word == self.word
            && (rule.operand.is_empty() || rule.operand.split(' ').any(|w| w == first))
            && ((rule.letters.is_empty() && rule.longs.is_empty())
                || self.has(rule.letters, rule.longs))
            && !(rule.unless.iter().any(|long| self.has("", &[long])))
    }

    /// The values of an option.
    pub(super) fn values(&self, letter: &str, long: &str) -> Vec<String> {
        let value = |(option, next): &(&str, Option<&str>)| match option.strip_prefix("--") {
            Some(given) => {
                let (name, attached) = match given.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (given, *next),
                };
                let same = !name.is_empty() && long.starts_with(name);
                same.then(|| attached.unwrap_or_default().to_owned())
            }
            None => {
                let rest = option.split_once(letter).map(|(_, rest)| rest)?;
                Some(if rest.is_empty() {
                    (*next)?.to_owned()
                } else {
                    rest.to_owned()
                })
            }
        };
        self.options.iter().filter_map(value).collect()
    }
}

/// The letters of a cluster up to the first that takes a value.
fn given_letters<'o>(word: &str, option: &'o str) -> impl Iterator<Item = char> + use<'o> {
    let valued = VALUED
        .iter()
        .find(|v| v.0 == word)
        .map(|v| v.1)
        .unwrap_or_default();
    let mut done = false;
    option.chars().skip(1).take_while(move |c| {
        let before = done;
        done |= valued.contains(*c);
        !before
    })
}

/// Whether the word after an option is its value.
fn takes_next(word: &str, option: &str) -> bool {
    let Some((_, letters, longs)) = VALUED.iter().find(|v| v.0 == word) else {
        return false;
    };
    match option.strip_prefix("--") {
        Some(long) => longs.contains(&long),
        None => option.chars().last().is_some_and(|last| {
            letters.contains(last)
                && !option
                    .chars()
                    .skip(1)
                    .take(option.chars().count() - 2)
                    .any(|c| letters.contains(c))
        }),
    }
}
