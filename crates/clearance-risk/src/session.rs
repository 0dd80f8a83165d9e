//! A script is judged while it is analysed: its commands come in batches and are not kept.

use std::cell::RefCell;
use std::ops::Range;

use clearance_core::{Score, Verdict};
use clearance_shell::Analyzer;
use clearance_shell::analyze::{Progress, Visitor};
use clearance_shell::invocation::{Analysis, Bytes, Env, Invocation, Redirect, RedirectKind};

use crate::judge::{Judge, Ledger};
use crate::spec::EffectSet;

/// A simple command of the script, and what was found about it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Judged<'j> {
    /// The command.
    pub invocation: &'j Invocation,
    /// The words of every command that wrappers and shells inside it would run, `None` for one
    /// that is not known, where [`Context::record_inner`](crate::Context::record_inner) asks
    /// for them.
    pub inner: &'j [Vec<Option<Bytes>>],
    /// The verdict on it alone.
    pub verdict: Verdict,
    /// The worst score.
    pub score: Score,
    /// No policy may allow it.
    pub floor: bool,
    /// Its effects, allowed ones included.
    pub effects: EffectSet,
    /// Its findings, as a range of [`Assessment::findings`](crate::Assessment::findings).
    pub findings: Range<usize>,
}

impl Judged<'_> {
    /// It writes a file by redirection.
    #[must_use]
    pub fn is_redirected(&self) -> bool {
        use RedirectKind::{Append, ReadWrite, Write};
        let writes = |redirect: &Redirect| {
            matches!(redirect.kind, Write | Append | ReadWrite)
                && redirect.target.as_static() != Some(b"/dev/null")
        };
        self.invocation.redirects.iter().any(writes)
    }
}

/// Who is told of each command of the script itself.
pub(crate) type Each<'a> = &'a mut dyn FnMut(&Judged<'_>);

/// Judges what the analysis of one script finds.
pub(crate) struct Session<'a> {
    judge: Judge<'a>,
    each: Option<Each<'a>>,
    /// So many opaque sites were reported.
    opaque: usize,
    begun: bool,
    sums: Sums,
}

impl<'a> Session<'a> {
    /// For a script of its own, or (without `each`) for one inside another one.
    pub(crate) fn new(judge: Judge<'a>, each: Option<Each<'a>>) -> Self {
        Self {
            judge,
            each,
            opaque: 0,
            begun: false,
            sums: Sums::default(),
        }
    }

    /// Analyses a script and judges it.
    pub(crate) fn run(mut self, script: &[u8], env: &Env) {
        let analysis = with_analyzer(script.len(), |analyzer| {
            analyzer.visit(script, env, &mut self)
        });
        self.finish(&analysis);
    }

    /// Judges a script that was analysed before.
    pub(crate) fn run_all(mut self, analysis: &Analysis) {
        self.visit(&Progress::of(analysis));
        self.finish(analysis);
    }

    /// What is known only at the end.
    fn finish(mut self, analysis: &Analysis) {
        let sites = analysis.opaque.get(self.opaque..).unwrap_or_default();
        self.judge.opaque_sites(sites);
        self.judge.completeness(analysis);
        if self.each.is_some() {
            self.sums.take_from(self.judge.ledger);
            self.judge.ledger.effects = self.sums.effects;
            self.judge.ledger.score = self.sums.score;
        }
    }
}

impl Visitor for Session<'_> {
    fn visit(&mut self, progress: &Progress<'_>) {
        let mut judge = self.judge.reborrow(*progress);
        let sites = progress.opaque().get(self.opaque..).unwrap_or_default();
        self.opaque = progress.opaque().len();
        judge.opaque_sites(sites);
        if !std::mem::replace(&mut self.begun, true) {
            crate::env::judge_text(&mut judge);
        }
        if let Some(each) = &mut self.each {
            let sums = &mut self.sums;
            sums.take_from(judge.ledger);
            let mut from = judge.findings();
            judge.whole_script(|ledger, invocation| {
                tell(each, ledger, from, invocation);
                sums.take_from(ledger);
                from = ledger.found.len();
            });
        } else {
            judge.whole_script(|_, _| {});
        }
        let taints = judge.taints;
        self.judge.taints = taints;
    }
}

/// The effects and the worst score of several commands.
#[derive(Default)]
struct Sums {
    effects: EffectSet,
    score: u8,
}

impl Sums {
    /// Adds what the ledger has; the next command starts at nothing.
    fn take_from(&mut self, ledger: &mut Ledger) {
        self.effects = self.effects.union(std::mem::take(&mut ledger.effects));
        self.score = self.score.max(std::mem::take(&mut ledger.score));
    }
}

/// Tells of a command whose findings begin at `from`.
fn tell(each: &mut Each<'_>, ledger: &mut Ledger, from: usize, invocation: &Invocation) {
    let own = ledger.found.get(from..).unwrap_or_default();
    let unlisted = std::mem::take(&mut ledger.unlisted);
    let verdicts = own.iter().map(|f| f.finding.verdict).chain(unlisted);
    let verdict = verdicts.fold(Verdict::Allow, Verdict::join);
    each(&Judged {
        invocation,
        inner: &ledger.inner,
        verdict,
        score: Score::new(ledger.score),
        floor: unlisted.is_some() || own.iter().any(|f| f.floor),
        effects: ledger.effects,
        findings: from..ledger.found.len(),
    });
    ledger.inner.clear();
}

thread_local! {
    /// Analysers with room in their buffers; one for each script inside another one.
    static ANALYZERS: RefCell<Vec<Analyzer>> = const { RefCell::new(Vec::new()) };
}

/// Texts up to this length leave their buffers to the next one.
const KEPT: usize = 4096;

/// So many analysers are kept.
const MOST_KEPT: usize = 3;

/// Runs `work` on a text of this length with the buffers of an earlier one.
fn with_analyzer<T>(length: usize, work: impl FnOnce(&mut Analyzer) -> T) -> T {
    let pool = |pool: &RefCell<Vec<Analyzer>>| pool.try_borrow_mut().ok()?.pop();
    let mut analyzer = ANALYZERS.try_with(pool).ok().flatten().unwrap_or_default();
    let result = work(&mut analyzer);
    if length <= KEPT {
        // Without a place to go it is dropped.
        let _ = ANALYZERS.try_with(|pool| {
            let mut pool = pool.try_borrow_mut().ok()?;
            (pool.len() < MOST_KEPT).then(|| pool.push(analyzer))
        });
    }
    result
}
