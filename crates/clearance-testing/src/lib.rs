//! Disguises for shell commands: rewritings that keep the meaning under bash and hide it from
//! whoever reads the text.
//!
//! For tests only. A [`Rewriting`] turns a [`Command`] into another text that runs the same
//! words; the test beside this crate runs each of them for real on a harmless probe. What the
//! engine says of a rewritten dangerous command must never be Allow.
//!
//! The rewritings are data (`data/rewritings.txt`): a family, a level and a template.
#![forbid(unsafe_code)]

mod encode;

use std::sync::OnceLock;

/// What is rewritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The words, if it is a plain command of known words that nothing was done to yet.
    pub words: Option<Vec<String>>,
    /// The text.
    pub text: String,
}

impl Command {
    /// A plain command: words separated by single blanks, without quotes.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self {
            words: Some(text.split(' ').map(str::to_owned).collect()),
            text: text.to_owned(),
        }
    }
}

/// A way to write the same command differently.
#[derive(Clone, Debug)]
pub struct Rewriting {
    /// What kind of disguise it is, as in the research note on attacks.
    pub family: &'static str,
    /// It works on the words of a plain command, not on any text.
    on_words: bool,
    /// The program that it needs besides bash and the common tools, if any.
    pub needs: Option<&'static str>,
    /// The text with placeholders.
    pub template: &'static str,
}

impl Rewriting {
    /// The rewritten command, if this rewriting applies to it.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_testing::{Command, rewritings};
    ///
    /// let eval = rewritings().iter().find(|r| r.template == "eval @Q@").unwrap();
    /// assert_eq!(eval.apply(&Command::plain("touch m")).unwrap().text, "eval 'touch m'");
    /// ```
    #[must_use]
    pub fn apply(&self, command: &Command) -> Option<Command> {
        let text = if self.on_words {
            encode::fill_words(self.template, command.words.as_deref()?)?
        } else {
            encode::fill_text(self.template, &command.text)?
        };
        Some(Command { words: None, text })
    }
}

/// All rewritings.
#[must_use]
pub fn rewritings() -> &'static [Rewriting] {
    static ALL: OnceLock<Vec<Rewriting>> = OnceLock::new();
    ALL.get_or_init(|| parse(include_str!("../data/rewritings.txt")))
}

/// The dangerous commands that the project's tests disguise: plain words, one a line.
#[must_use]
pub fn dangerous() -> Vec<&'static str> {
    lines(include_str!("../data/dangerous.txt")).collect()
}

/// Routine commands, one a line.
#[must_use]
pub fn routine() -> Vec<&'static str> {
    lines(include_str!("../data/routine.txt")).collect()
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "))
}

/// `[family]` opens a family; `w:` a rewriting of words, `t:` one of text; `w(perl):` needs a
/// program. `\n` in a template is a line feed.
fn parse(text: &'static str) -> Vec<Rewriting> {
    let mut family = "";
    let mut all = Vec::new();
    for line in lines(text) {
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            family = name;
        } else if let Some((head, template)) = line.split_once(": ") {
            let (level, needs) = match head.split_once('(') {
                Some((level, program)) => (level, program.strip_suffix(')')),
                None => (head, None),
            };
            all.push(Rewriting {
                family,
                on_words: level == "w",
                needs,
                template,
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_many_and_they_differ() {
        let all = rewritings();
        assert!(all.len() >= 150, "{}", all.len());
        for (i, r) in all.iter().enumerate() {
            assert!(
                all[..i].iter().all(|o| o.template != r.template),
                "twice: {}",
                r.template
            );
            let done = r
                .apply(&Command::plain("touch m"))
                .unwrap_or_else(|| panic!("{}", r.template));
            assert!(!done.text.is_empty());
        }
    }

    #[test]
    fn words_are_gone_after_one_rewriting() {
        let once = rewritings()[0].apply(&Command::plain("touch m")).unwrap();
        assert_eq!(once.words, None);
    }
}
