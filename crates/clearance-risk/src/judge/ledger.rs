//! What an assessment has found so far: findings, effects, and the files that the script wrote.

use std::borrow::Cow;

use clearance_core::{Effect, Finding, Score, Span, Verdict};
use clearance_shell::invocation::{Bytes, Cwd};

use super::{GitCall, PushCall, Taint};
use crate::run::{TextId, Texts};
use crate::spec::{EffectSet, WordRole};

/// So many findings are listed, and one more that stands for all others.
pub const MOST_FINDINGS: usize = 100;

/// A finding and whether any policy may lower it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The finding.
    pub finding: Finding,
    /// No policy and no threshold lowers it.
    pub floor: bool,
    /// The path that it is about, absolute and normalised, if it is about one.
    pub path: Option<Vec<u8>>,
}

/// What was found so far; one for a whole assessment.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) found: Vec<Found>,
    /// Stands for the findings beyond [`MOST_FINDINGS`].
    pub(crate) rest: Option<Found>,
    /// The verdict of those of the present command that it stands for.
    pub(crate) unlisted: Option<Verdict>,
    pub(crate) effects: EffectSet,
    pub(crate) score: u8,
    pub(crate) taint: Taint,
    pub(crate) pushes: Vec<PushCall>,
    pub(crate) git: Vec<GitCall>,
    /// Files that the script wrote: absolute path, the text if it is known, what is in it.
    pub(crate) written: Vec<Written>,
    /// Files that program texts have written, and those texts.
    pub(crate) written_by: Vec<(Vec<u8>, Bytes)>,
    /// Scripts and sources that were edited in place, and what was put in.
    pub(crate) edited: Vec<(Vec<u8>, Bytes)>,
    /// A shell shows every command, with its variables filled in, before it runs it.
    pub(crate) traces: bool,
    /// Where the script has moved files of the project that are not made again.
    pub(crate) moved: Vec<Vec<u8>>,
    /// Where the file lies whose program text is being judged: what it loads lies from there.
    pub(crate) base: Option<Cwd>,
    /// Texts that the current call has run as its program.
    pub(crate) ran: Vec<Bytes>,
    /// Sources of compiled languages that were read.
    pub(crate) sources: Vec<Source>,
    /// Programs in temporary directories that the script built of the project's own sources.
    pub(crate) built: Vec<Vec<u8>>,
    /// The script has added a remote: what is checked out later can be anyone's.
    pub(crate) strange_remote: bool,
    /// Work done, in bytes of program texts and the like.
    pub(crate) steps: u32,
    /// Files that the current invocation writes by redirection.
    pub(crate) writes: Vec<Vec<u8>>,
    /// Files that it writes by an operand or option.
    pub(crate) outputs: Vec<Vec<u8>>,
    /// The current call reaches another machine.
    pub(crate) remote: bool,
    /// The current call ran another one, which was judged for itself.
    pub(crate) nested: bool,
    /// The words of the commands that the current call would run, if they are recorded.
    pub(crate) inner: Vec<Vec<Option<Bytes>>>,
    /// Program texts that were analysed.
    pub(crate) texts: Texts,
    /// Program texts that are being judged, outermost first, and the directories they run in.
    pub(crate) running: Vec<(TextId, Cwd)>,
    /// Written program texts whose harm was counted for the current outermost call.
    pub(crate) harm: Option<Vec<(Bytes, Cwd)>>,
}

impl Ledger {
    /// A finding that is not listed. No policy lowers what stands for it: which commands it is
    /// about is not known any more.
    pub(super) fn sum_up(&mut self, verdict: Verdict, score: u8, span: Span) {
        self.unlisted = self.unlisted.max(Some(verdict));
        let score = Score::new(score);
        let rest = self.rest.get_or_insert(Found {
            finding: Finding {
                rule: Cow::Borrowed("limit.findings"),
                effect: Effect::Unknown,
                verdict,
                score,
                span,
                message: Cow::Borrowed("there are more reasons than are listed"),
                remedy: None,
            },
            floor: true,
            path: None,
        });
        rest.finding.verdict = rest.finding.verdict.join(verdict);
        rest.finding.score = rest.finding.score.max(score);
    }

    /// The script has written files so far.
    pub(crate) fn has_written(&self) -> bool {
        !self.written.is_empty() || !self.written_by.is_empty() || !self.edited.is_empty()
    }
}

/// A source that the script has written, and what was understood of it.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) path: Box<[u8]>,
    pub(crate) text: Bytes,
    /// The files that it opens; `None`: it is not understood.
    pub(crate) acts: Option<Vec<(WordRole, Bytes)>>,
}

/// A file that the script wrote.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) path: Vec<u8>,
    pub(crate) text: Option<Bytes>,
    pub(crate) taint: Taint,
    /// What was added to a text that is not known.
    pub(crate) added: Option<Bytes>,
}
