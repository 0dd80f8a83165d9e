//! Words that are not determined by the text, and what is known of them all the same.

use std::sync::Arc;

use super::{Bytes, Reason};

/// What is known of a word that is not determined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dynamic {
    /// Why it is not determined.
    pub reason: Reason,
    /// The text is known to begin with these bytes (of the first word, if it splits).
    pub prefix: Bytes,
    /// The text is known to end with these bytes (of the last word, if it splits).
    pub suffix: Bytes,
    /// It can become several words.
    pub may_split: bool,
    /// It can become no word at all.
    pub may_vanish: bool,
    /// It (or a word split from it) can begin with `-`.
    pub may_start_dash: bool,
    /// It is a decimal number (`$?`, `$#`, `$((i+1))`, output of `wc -l`).
    pub numeric: bool,
    /// Indexes into [`Analysis::invocations`](super::Analysis::invocations): commands whose
    /// output flows into it.
    pub sources: Arc<[u32]>,
    /// Variables whose value the script does not determine and that flows into it.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_shell::invocation::Value;
    /// use clearance_shell::{Env, analyze};
    ///
    /// let analysis = analyze(b"x=$TOKEN; echo \"<${x:0:4}>\" ${#TOKEN}", &Env::default());
    /// let [_, word, length] = &*analysis.invocations[1].argv else { panic!("three words") };
    /// let Value::Dynamic(word) = &word.value else { panic!("not static") };
    /// assert_eq!(*word.variables, [b"TOKEN"[..].into()]);
    /// let Value::Dynamic(length) = &length.value else { panic!("not static") };
    /// assert!(length.variables.is_empty());
    /// ```
    pub variables: Arc<[Bytes]>,
    /// How the text is put together, if the whole output of a single command is a part of it:
    /// at least one piece that is not a text, a pattern or unknown, in order, before word
    /// splitting and pathname expansion.
    /// `None`: only the ends are known.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_shell::invocation::{Piece, Value};
    /// use clearance_shell::{Env, analyze};
    ///
    /// let script = b"d=$(mktemp -d); cp a \"$d/b\"; rm -rf \"$d\"";
    /// let analysis = analyze(script, &Env::default());
    /// let [mktemp, _, cp, rm] = analysis.invocations.as_slice() else { panic!("four") };
    /// assert_eq!(mktemp.argv[0].as_static(), Some(&b"mktemp"[..]));
    ///
    /// // All of the word is what `mktemp`, invocation 0, printed.
    /// let Value::Dynamic(whole) = &rm.argv[2].value else { panic!("not static") };
    /// assert_eq!(whole.printed_by(), Some(0));
    ///
    /// let Value::Dynamic(copy) = &cp.argv[2].value else { panic!("not static") };
    /// assert_eq!(copy.printed_by(), None);
    /// assert_eq!(copy.pieces(), [Piece::Output(0), Piece::Text(b"/b"[..].into())]);
    /// ```
    pub pieces: Option<Arc<[Piece]>>,
}

/// A part of a word that is not determined as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Piece {
    /// Exactly these bytes.
    Text(Bytes),
    /// What one execution of the invocation of this index printed, all of it, without the
    /// newlines at its end. It is empty if the command failed without output or did not run
    /// (`$(test -e x && cat x)`). In a loop, two pieces of the same index need not be equal.
    Output(u32),
    /// One word of what the invocation of this index printed, as `for` takes it, or what
    /// `read` takes of one line, from the line's beginning on; perhaps empty.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_shell::invocation::{Piece, Value};
    /// use clearance_shell::{Env, analyze};
    ///
    /// let script = b"git ls-files | while IFS=: read -r file rest; do wc \"$file\" \"$rest\"; done";
    /// let analysis = analyze(script, &Env::default());
    /// let wc = analysis.invocations.last().expect("the loop's body");
    /// let [_, Value::Dynamic(file), Value::Dynamic(rest)] =
    ///     [0, 1, 2].map(|at| wc.argv[at].value.clone())
    /// else { panic!("not static") };
    /// assert_eq!(file.pieces(), [Piece::Item(0)]);
    /// assert!(rest.pieces().is_empty());
    /// ```
    Item(u32),
    /// A decimal number, perhaps with a minus; several, if the word can split.
    Number,
    /// One path that matches this pathname pattern, or the pattern's own text: a loop over
    /// `*.c`.
    Match(Bytes),
    /// What is left of one of those, after an operator such as `%.c` took something away.
    Part {
        /// The pattern.
        pattern: Bytes,
        /// What is left begins as the path does.
        front: bool,
    },
    /// A pathname pattern, as in [`Glob::pattern`](super::Glob::pattern); always the last
    /// piece. The word becomes the paths that match.
    Pattern(Bytes),
    /// Any text, or none.
    Unknown,
}

impl Dynamic {
    /// A word of which nothing is known but the reason.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_shell::Reason;
    /// use clearance_shell::invocation::Dynamic;
    ///
    /// let word = Dynamic { may_split: false, ..Dynamic::unknown(Reason::Parameter) };
    /// assert!(word.may_vanish && word.may_start_dash && word.pieces().is_empty());
    /// ```
    #[must_use]
    pub fn unknown(reason: Reason) -> Self {
        Self {
            reason,
            prefix: Bytes::default(),
            suffix: Bytes::default(),
            may_split: true,
            may_vanish: true,
            may_start_dash: true,
            numeric: false,
            sources: Arc::default(),
            variables: Arc::default(),
            pieces: None,
        }
    }

    /// The invocation whose output the text is, all of it and nothing else.
    #[must_use]
    pub fn printed_by(&self) -> Option<u32> {
        match self.pieces() {
            [Piece::Output(by)] => Some(*by),
            _ => None,
        }
    }

    /// The pieces; empty if they are not known. A number is a piece by itself.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        self.parts().unwrap_or_default()
    }

    pub(crate) fn parts(&self) -> Option<&[Piece]> {
        let number = self.numeric.then_some(&[Piece::Number][..]);
        self.pieces.as_deref().or(number)
    }

    /// The word without its first `count` bytes, which are known; for `--option=value`.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_shell::invocation::{Piece, Value};
    /// use clearance_shell::{Env, analyze};
    ///
    /// let analysis = analyze(b"make --directory=$(pwd -P)/src", &Env::default());
    /// let Value::Dynamic(word) = &analysis.invocations[1].argv[1].value else { panic!() };
    /// let value = word.without_start(b"--directory=".len());
    /// assert_eq!(value.pieces(), [Piece::Output(0), Piece::Text(b"/src"[..].into())]);
    /// ```
    #[must_use]
    pub fn without_start(&self, count: usize) -> Self {
        let prefix = self.prefix.get(count..).unwrap_or_default();
        let pieces = self.pieces().split_first().and_then(|(first, rest)| {
            let Piece::Text(text) = first else {
                return None;
            };
            let left = text.get(count..)?;
            let left = (!left.is_empty()).then(|| Piece::Text(left.into()));
            Some(left.into_iter().chain(rest.iter().cloned()).collect())
        });
        Self {
            prefix: prefix.into(),
            pieces,
            ..self.clone()
        }
    }

    /// Forgets commands that will be reported anew, perhaps under another number: those
    /// from `kept` on.
    pub(crate) fn forget_from(&mut self, kept: usize) {
        let gone = |index: u32| index as usize >= kept;
        if self.sources.iter().any(|index| gone(*index)) {
            self.sources = Arc::default();
        }
        let refers =
            |piece: &Piece| matches!(piece, Piece::Output(by) | Piece::Item(by) if gone(*by));
        if self.pieces().iter().any(refers) {
            self.pieces = None;
        }
    }
}

/// So many pieces are told apart.
const MOST_PIECES: usize = 8;

/// So many bytes of known text are kept beside outputs.
const MOST_TEXT: usize = 1024;

/// Puts pieces together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Joined {
    list: Vec<Piece>,
    text: Vec<u8>,
    /// The open text is a pattern.
    pattern: bool,
    total: usize,
}

impl Joined {
    pub(crate) fn text(&mut self, text: &[u8]) {
        self.add(text);
    }

    /// Text with active pattern characters, or (escaped) text after it.
    pub(crate) fn pattern(&mut self, pattern: &[u8]) {
        if !self.pattern {
            self.close();
            self.pattern = true;
        }
        self.add(pattern);
    }

    fn add(&mut self, text: &[u8]) {
        self.total += text.len();
        if self.total <= MOST_TEXT {
            self.text.extend_from_slice(text);
        } else {
            self.text.clear();
            self.pattern = false;
            self.push(Piece::Unknown);
        }
    }

    pub(crate) const fn is_pattern(&self) -> bool {
        self.pattern
    }

    /// The pieces of a word inside this one; `None`: not known.
    pub(crate) fn word(&mut self, pieces: Option<&[Piece]>) {
        let Some(pieces) = pieces else {
            return self.unknown();
        };
        for piece in pieces {
            match piece {
                Piece::Text(text) if !self.pattern => self.text(text),
                Piece::Unknown | Piece::Pattern(_) | Piece::Text(_) => self.unknown(),
                _ if !self.pattern => {
                    self.close();
                    self.push(piece.clone());
                }
                _ => self.unknown(),
            }
        }
    }

    pub(crate) fn unknown(&mut self) {
        if self.pattern {
            // What is not known takes part in the pattern.
            self.text.clear();
            self.pattern = false;
        }
        self.close();
        self.push(Piece::Unknown);
    }

    fn close(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.is_empty() {
            return;
        }
        let piece = if self.pattern {
            Piece::Pattern(text.into())
        } else {
            Piece::Text(text.into())
        };
        self.pattern = false;
        self.push(piece);
    }

    fn push(&mut self, piece: Piece) {
        if piece == Piece::Unknown && self.list.last() == Some(&Piece::Unknown) {
            return;
        }
        if self.list.len() < MOST_PIECES {
            self.list.push(piece);
        } else if let Some(last) = self.list.last_mut() {
            *last = Piece::Unknown;
        }
    }

    /// All pieces, if they tell of an output.
    pub(crate) fn finish(mut self) -> Option<Arc<[Piece]>> {
        self.close();
        let tells = self
            .list
            .iter()
            .any(|piece| !matches!(piece, Piece::Text(_) | Piece::Pattern(_) | Piece::Unknown));
        tells.then(|| self.list.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output() -> Option<&'static [Piece]> {
        Some(&[Piece::Output(3)])
    }

    #[test]
    fn pieces_merge_and_end_in_a_pattern() {
        let mut joined = Joined::default();
        joined.text(b"a");
        joined.text(b"b");
        joined.word(output());
        joined.text(b"/");
        joined.pattern(b"*");
        joined.pattern(b".c");
        let pieces = joined.finish().expect("an output");
        assert_eq!(
            *pieces,
            [
                Piece::Text(b"ab"[..].into()),
                Piece::Output(3),
                Piece::Text(b"/"[..].into()),
                Piece::Pattern(b"*.c"[..].into()),
            ]
        );
    }

    #[test]
    fn an_unknown_text_swallows_the_pattern_before_it() {
        let mut joined = Joined::default();
        joined.word(output());
        joined.pattern(b"*");
        joined.unknown();
        joined.unknown();
        let pieces = joined.finish().expect("an output");
        assert_eq!(*pieces, [Piece::Output(3), Piece::Unknown]);
    }

    #[test]
    fn without_an_output_there_is_nothing_to_tell() {
        let mut joined = Joined::default();
        joined.text(b"a");
        joined.unknown();
        assert_eq!(joined.finish(), None);
    }

    #[test]
    fn pieces_are_bounded() {
        let mut joined = Joined::default();
        for _ in 0..100 {
            joined.word(output());
            joined.text(b"x");
        }
        let pieces = joined.finish().expect("an output");
        assert_eq!(
            (pieces.len(), pieces.last()),
            (MOST_PIECES, Some(&Piece::Unknown))
        );
        let mut joined = Joined::default();
        joined.word(output());
        for _ in 0..100 {
            joined.text(&[b'x'; 100]);
        }
        let pieces = joined.finish().expect("an output");
        assert_eq!(*pieces, [Piece::Output(3), Piece::Unknown]);
    }
}
