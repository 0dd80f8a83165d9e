//! Which mark closes which in a word with braces.

/// What matters to the search for a brace expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Open,
    Close,
    /// A comma, or the two dots of a sequence.
    Separator,
    Other,
}

/// Which mark closes the expression that another one opens, for all of them at once: each
/// search on its own would read to the end, and hostile text has many that fail.
#[derive(Debug)]
pub(super) struct Matching {
    /// For each position, the first separator from there on at the same level.
    separator: Vec<u32>,
    /// For each position, the first closing mark from there on that nothing in between opened.
    enclosing: Vec<u32>,
}

/// There is none.
const NOWHERE: u32 = u32::MAX;

impl Matching {
    pub(super) fn new(marks: &[Mark]) -> Self {
        let mut matching = Self {
            separator: vec![NOWHERE; marks.len() + 1],
            enclosing: vec![NOWHERE; marks.len() + 1],
        };
        let mut closing: Vec<u32> = Vec::new();
        for (at, mark) in marks.iter().enumerate().rev() {
            let after = |at: usize| matching.separator.get(at + 1).copied();
            let separator = match mark {
                Mark::Close => {
                    closing.push(narrow(at));
                    after(at)
                }
                // The text between this and its closing mark is on another level.
                Mark::Open => closing.pop().and_then(|close| after(close as usize)),
                Mark::Separator => Some(narrow(at)),
                Mark::Other => after(at),
            };
            let separator = separator.unwrap_or(NOWHERE);
            if let Some(place) = matching.separator.get_mut(at) {
                *place = separator;
            }
            if let Some(place) = matching.enclosing.get_mut(at) {
                *place = closing.last().copied().unwrap_or(NOWHERE);
            }
        }
        matching
    }

    /// The mark that closes what the one at `open` opens: at its own level, after a
    /// separator. (One before a separator closes nothing.)
    pub(super) fn closing(&self, open: usize) -> Option<usize> {
        let after = |row: &[u32], at: usize| {
            let found = row.get(at + 1).copied().filter(|at| *at != NOWHERE);
            found.map(|at| at as usize)
        };
        after(&self.enclosing, after(&self.separator, open)?)
    }
}

/// Marks are fewer than the bytes of the text, which are below the parser's limit, a `u32`.
fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(NOWHERE)
}
