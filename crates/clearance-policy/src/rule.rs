//! Rules on commands by their first words: [`Rule`], [`Rule::matches`].

use std::sync::Arc;

use clearance_core::Verdict;

use crate::Layer;

/// A rule of a policy file: a verdict for commands that begin with certain words.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(crate) verdict: Verdict,
    pub(crate) argv: Vec<Item>,
    pub(crate) rest: Rest,
    pub(crate) why: Option<String>,
    pub(crate) layer: Layer,
    pub(crate) file: Arc<str>,
    pub(crate) line: usize,
}

/// One word of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// Exactly this word.
    Word(Box<str>),
    /// One of these words.
    Any(Vec<String>),
    /// Any one word (`*`).
    Wild,
}

/// What may follow the words of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rest {
    /// Nothing.
    None,
    /// Words that are known from the text. The default.
    #[default]
    Known,
    /// Anything, also words that are computed at run time.
    Any,
}

/// How a rule applies to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// It does not.
    No,
    /// It could: a word that decides it is not known.
    Maybe,
    /// It does.
    Yes,
}

impl Rule {
    /// What it says.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Its author's reason.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        self.why.as_deref()
    }

    /// Where it stands: layer, file and line.
    #[must_use]
    pub fn origin(&self) -> (Layer, &str, usize) {
        (self.layer, &self.file, self.line)
    }

    /// Whether it applies to a command with these words; `None` is a word that is not known.
    ///
    /// The first word of an allow rule is compared as it is written; ask and deny rules also
    /// apply to `/any/path/to/` that name, since they must not be escaped by a path.
    #[must_use]
    pub fn matches(&self, argv: &[Option<&[u8]>]) -> Match {
        let loose = self.verdict != Verdict::Allow;
        let mut found = Match::Yes;
        for (i, item) in self.argv.iter().enumerate() {
            let Some(word) = argv.get(i) else {
                return Match::No;
            };
            match word {
                Some(word) if item.accepts(word, loose && i == 0) => {}
                Some(_) => return Match::No,
                None => found = Match::Maybe,
            }
        }
        let rest = argv.get(self.argv.len()..).unwrap_or_default();
        match self.rest {
            Rest::None if !rest.is_empty() => Match::No,
            Rest::Known if !loose && rest.iter().any(Option::is_none) => Match::No,
            _ => found,
        }
    }
}

impl Item {
    fn accepts(&self, word: &[u8], by_name: bool) -> bool {
        let name = match word.iter().rposition(|&b| b == b'/') {
            Some(slash) if by_name => word.get(slash + 1..).unwrap_or_default(),
            _ => word,
        };
        match self {
            Self::Word(w) => w.as_bytes() == name,
            Self::Any(words) => words.iter().any(|w| w.as_bytes() == name),
            Self::Wild => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(verdict: Verdict, words: &[&str], rest: Rest) -> Rule {
        let argv = words
            .iter()
            .map(|w| {
                if *w == "*" {
                    Item::Wild
                } else {
                    Item::Word((*w).into())
                }
            })
            .collect();
        Rule {
            verdict,
            argv,
            rest,
            why: None,
            layer: Layer::User,
            file: "p".into(),
            line: 1,
        }
    }

    fn words(text: &str) -> Vec<Option<&[u8]>> {
        text.split(' ')
            .map(|w| (w != "$?").then_some(w.as_bytes()))
            .collect()
    }

    #[test]
    fn a_prefix_is_matched_word_by_word() {
        let table = [
            (
                Verdict::Allow,
                "terraform plan",
                Rest::Known,
                "terraform plan -out=p",
                Match::Yes,
            ),
            (
                Verdict::Allow,
                "terraform plan",
                Rest::Known,
                "terraform planet",
                Match::No,
            ),
            (
                Verdict::Allow,
                "terraform plan",
                Rest::Known,
                "terraform",
                Match::No,
            ),
            (
                Verdict::Allow,
                "terraform plan",
                Rest::Known,
                "terraform plan $?",
                Match::No,
            ),
            (
                Verdict::Allow,
                "terraform plan",
                Rest::Any,
                "terraform plan $?",
                Match::Yes,
            ),
            (
                Verdict::Allow,
                "terraform plan",
                Rest::None,
                "terraform plan x",
                Match::No,
            ),
            (
                Verdict::Allow,
                "terraform",
                Rest::Any,
                "/tmp/terraform x",
                Match::No,
            ),
            (
                Verdict::Deny,
                "terraform",
                Rest::Known,
                "/tmp/terraform x",
                Match::Yes,
            ),
            (
                Verdict::Deny,
                "git push",
                Rest::Known,
                "git $? x",
                Match::Maybe,
            ),
            (Verdict::Allow, "* x", Rest::Known, "a x", Match::Yes),
        ];
        for (verdict, prefix, rest, argv, want) in table {
            let prefix: Vec<&str> = prefix.split(' ').collect();
            assert_eq!(
                rule(verdict, &prefix, rest).matches(&words(argv)),
                want,
                "{prefix:?} {argv}"
            );
        }
    }
}
