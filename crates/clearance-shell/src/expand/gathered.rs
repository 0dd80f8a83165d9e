//! Where the parts of a text come from, put together.

use crate::invocation::{Bytes, Dynamic};

/// The commands whose output a text is made of, and the variables: two sets. A text that is
/// made of itself again and again does not make them longer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gathered {
    sources: Vec<u32>,
    variables: Vec<Bytes>,
    /// How many there were when doubles were removed last.
    settled: usize,
}

/// So many more may be there before doubles are removed again.
const SLACK: usize = 64;

impl Gathered {
    pub(crate) fn add(&mut self, sources: &[u32], variables: &[Bytes]) {
        self.sources.extend_from_slice(sources);
        self.variables.extend_from_slice(variables);
        if self.len() > self.settled.saturating_mul(2).saturating_add(SLACK) {
            self.settle();
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn len(&self) -> usize {
        self.sources.len() + self.variables.len()
    }

    fn settle(&mut self) {
        self.sources.sort_unstable();
        self.sources.dedup();
        self.variables.sort_unstable();
        self.variables.dedup();
        self.settled = self.len();
    }

    /// Both sets, sorted.
    pub(crate) fn finish(mut self) -> (Vec<u32>, Vec<Bytes>) {
        self.settle();
        (self.sources, self.variables)
    }

    /// They become the origins of the word.
    pub(crate) fn give(self, word: &mut Dynamic) {
        let (sources, variables) = self.finish();
        word.sources = sources.into();
        word.variables = variables.into();
    }
}

#[cfg(test)]
mod tests {
    use super::Gathered;

    #[test]
    fn doubles_do_not_add_up() {
        let mut all = Gathered::default();
        for _ in 0..if cfg!(miri) { 600 } else { 100_000 } {
            all.add(&[3, 1], &[b"b"[..].into(), b"a"[..].into()]);
        }
        assert!(all.sources.capacity() < 1_000);
        let (sources, variables) = all.finish();
        assert_eq!(sources, [1, 3]);
        assert_eq!(variables, [b"a"[..].into(), b"b"[..].into()]);
    }
}
