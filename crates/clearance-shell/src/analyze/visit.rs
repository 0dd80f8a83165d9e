//! Taking commands while they are found: [`Visitor`].

use crate::invocation::{Invocation, Opaque, WrittenFile};

/// Takes the commands of a script while its analysis goes on; see
/// [`Analyzer::visit`](crate::Analyzer::visit).
pub trait Visitor {
    /// More was found. Called at least once, unless the text is beyond the limit.
    fn visit(&mut self, progress: &Progress<'_>);
}

/// What was found so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress<'a> {
    pub(super) first: usize,
    pub(super) new: &'a [Invocation],
    pub(super) kept: &'a [(u32, Invocation)],
    pub(super) written: &'a [WrittenFile],
    pub(super) opaque: &'a [Opaque],
}

impl<'a> Progress<'a> {
    /// Everything at once, of a finished analysis.
    #[must_use]
    pub fn of(analysis: &'a crate::Analysis) -> Self {
        Self {
            first: 0,
            new: &analysis.invocations,
            kept: &[],
            written: &analysis.written,
            opaque: &analysis.opaque,
        }
    }

    /// The index of the first of [`Progress::new_invocations`].
    #[must_use]
    pub const fn first(&self) -> usize {
        self.first
    }

    /// The commands that were not there at the last visit.
    #[must_use]
    pub const fn new_invocations(&self) -> &'a [Invocation] {
        self.new
    }

    /// The command of this index. Of those of earlier visits only the ones that something
    /// still refers to are there: sources of [`Dynamic`](crate::invocation::Dynamic) words,
    /// writers of files whose content is not known, and what runs in the background.
    #[must_use]
    pub fn invocation(&self, index: u32) -> Option<&'a Invocation> {
        match (index as usize).checked_sub(self.first) {
            Some(recent) => self.new.get(recent),
            None => {
                let at = self.kept.binary_search_by_key(&index, |(own, _)| *own);
                self.kept.get(at.ok()?).map(|(_, invocation)| invocation)
            }
        }
    }

    /// The commands of earlier visits that are kept, and the new ones up to the index, in order.
    pub fn before(&self, index: usize) -> impl Iterator<Item = &'a Invocation> + use<'a> {
        let new = self.new.iter().take(index.saturating_sub(self.first));
        self.kept
            .iter()
            .map(|(_, invocation)| invocation)
            .chain(new)
    }

    /// All files that were written so far, by [`WrittenFile::by`] in no certain order.
    #[must_use]
    pub const fn written(&self) -> &'a [WrittenFile] {
        self.written
    }

    /// All sites so far whose meaning the text does not determine.
    #[must_use]
    pub const fn opaque(&self) -> &'a [Opaque] {
        self.opaque
    }
}
