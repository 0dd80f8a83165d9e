//! The assessment of an action: [`assess`], [`assess_each`], [`assess_analysis`], and of file and network
//! access by other tools.

use std::ops::Range;

use clearance_core::{Effect, Score, Span, Verdict};
use clearance_shell::analyze::Progress;
use clearance_shell::invocation::{Analysis, Bytes, Cwd, Env, Value, Word};

use crate::arg::Arg;
use crate::catalog::Catalog;
use crate::context::Context;
use crate::judge::{Found, GitCall, Judge, Ledger, PushCall};
use crate::path::Places;
use crate::score::Thresholds;
use crate::session::{Judged, Session};
use crate::spec::{EffectSet, WordRole};

/// What an action would do, and what to do about it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Assessment {
    /// The strictest verdict of all findings; Allow without any.
    pub verdict: Verdict,
    /// The worst score, allowed effects included.
    pub score: Score,
    /// Why it is not allowed: in the order of the text, without doubles. Beyond
    /// [`MOST_FINDINGS`](crate::judge::MOST_FINDINGS) one stands for all others.
    pub findings: Vec<Found>,
    /// Every simple command that could run.
    pub invocations: Vec<InvocationReport>,
    /// Every `git push` in it.
    pub pushes: Vec<PushCall>,
    /// Every `git` command in it, pushes included, in the order of the script.
    pub git: Vec<GitCall>,
    /// Every effect, allowed ones included.
    pub effects: EffectSet,
}

/// What one simple command would do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InvocationReport {
    /// The words, `None` for one that is not known, where [`Context::record_inner`] asks for
    /// them.
    pub argv: Vec<Option<Bytes>>,
    /// The words of every command that wrappers and shells inside it would run, where
    /// [`Context::record_inner`] asks for them.
    pub inner: Vec<Vec<Option<Bytes>>>,
    /// It writes a file by redirection.
    pub redirected: bool,
    /// Where it stands.
    pub span: Span,
    /// The verdict on it alone.
    pub verdict: Verdict,
    /// The worst score.
    pub score: Score,
    /// No policy may allow it.
    pub floor: bool,
    /// Its effects, allowed ones included.
    pub effects: EffectSet,
    /// Its findings, as a range of [`Assessment::findings`].
    pub findings: Range<usize>,
}

/// Assesses a shell script.
#[must_use]
pub fn assess(
    script: &[u8],
    context: &Context,
    catalog: &Catalog,
    thresholds: Thresholds,
) -> Assessment {
    let mut reports = Vec::new();
    let mut each = |judged: &Judged<'_>| reports.push(report(judged, context.record_inner));
    let assessment = assess_each(script, context, catalog, thresholds, &mut each);
    Assessment {
        invocations: reports,
        ..assessment
    }
}

/// As [`assess`], but tells of every simple command while the script is judged and keeps none
/// of them: [`Assessment::invocations`] is empty.
///
/// # Examples
///
/// ```
/// use clearance_core::Verdict;
/// use clearance_risk::{Catalog, Context, Thresholds, assess_each};
///
/// let context = Context::new(b"/home/dev/project").with_home(b"/home/dev");
/// let (catalog, thresholds) = (Catalog::builtin(), Thresholds::default());
/// let mut refused = 0;
/// let text = b"ls; rm -rf /; pwd";
/// let whole = assess_each(text, &context, &catalog, thresholds, &mut |command| {
///     refused += u32::from(command.verdict == Verdict::Deny);
/// });
/// assert_eq!((refused, whole.verdict), (1, Verdict::Deny));
/// ```
#[must_use]
pub fn assess_each(
    script: &[u8],
    context: &Context,
    catalog: &Catalog,
    thresholds: Thresholds,
    each: &mut dyn FnMut(&Judged<'_>),
) -> Assessment {
    let places = Places::new(context);
    let mut variables = context.variables.clone();
    if has_expression(script) {
        // Where a workflow's runner has its checkout; a shell itself refuses the expression.
        let root = context.root.iter().cloned();
        variables.extend(root.map(|root| (b"{{github.workspace}}"[..].into(), root)));
    }
    let env = Env {
        cwd: match places.start() {
            Cwd::Known(dir) => Some(dir.clone()),
            _ => None,
        },
        home: context.home.clone(),
        variables,
        unset: Vec::new(),
        positional: None,
        status: None,
        dialect: context.dialect,
        file: false,
        limits: context.limits,
    };
    let mut ledger = Ledger::default();
    let mut judge = Judge::new(context, catalog, &places, thresholds, &mut ledger);
    judge.text = script;
    Session::new(judge, Some(each)).run(script, &env);
    finish(ledger)
}

/// `${{ … }}` stands in it.
fn has_expression(script: &[u8]) -> bool {
    let mut rest = script;
    while let Some(at) = memchr::memchr(b'$', rest) {
        rest = rest.get(at + 1..).unwrap_or_default();
        if rest.starts_with(b"{{") {
            return true;
        }
    }
    false
}

/// Assesses a script that is already analysed.
#[must_use]
pub fn assess_analysis(
    analysis: &Analysis,
    context: &Context,
    catalog: &Catalog,
    thresholds: Thresholds,
) -> Assessment {
    let places = Places::new(context);
    let mut ledger = Ledger::default();
    let judge = Judge::new(context, catalog, &places, thresholds, &mut ledger);
    let mut reports = Vec::with_capacity(analysis.invocations.len());
    let mut each = |judged: &Judged<'_>| reports.push(report(judged, context.record_inner));
    Session::new(judge, Some(&mut each)).run_all(analysis);
    Assessment {
        invocations: reports,
        ..finish(ledger)
    }
}

fn report(judged: &Judged<'_>, words: bool) -> InvocationReport {
    let invocation = judged.invocation;
    InvocationReport {
        argv: if words {
            known_words(&invocation.argv)
        } else {
            Vec::new()
        },
        inner: judged.inner.to_vec(),
        redirected: judged.is_redirected(),
        span: invocation.span,
        verdict: judged.verdict,
        score: judged.score,
        floor: judged.floor,
        effects: judged.effects,
        findings: judged.findings.clone(),
    }
}

/// The words, as far as they are known.
pub(crate) fn known_words(argv: &[Word]) -> Vec<Option<Bytes>> {
    let word = |value: &Value| match value {
        Value::Static(bytes) => Some(bytes.clone()),
        _ => None,
    };
    argv.iter().map(|w| word(&w.value)).collect()
}

fn finish(ledger: Ledger) -> Assessment {
    let Ledger {
        mut found,
        rest,
        effects,
        score,
        pushes,
        git,
        ..
    } = ledger;
    found.extend(rest);
    let verdict = found
        .iter()
        .fold(Verdict::Allow, |v, f| v.join(f.finding.verdict));
    Assessment {
        verdict,
        score: Score::new(score),
        findings: found,
        invocations: Vec::new(),
        pushes,
        git,
        effects,
    }
}

fn single(
    context: &Context,
    catalog: &Catalog,
    thresholds: Thresholds,
    judge_it: impl FnOnce(&mut Judge<'_>),
) -> Assessment {
    let places = Places::new(context);
    let mut ledger = Ledger::default();
    judge_it(&mut Judge::new(
        context,
        catalog,
        &places,
        thresholds,
        &mut ledger,
    ));
    finish(ledger)
}

/// Assesses the reading of a file by a tool of the agent.
///
/// # Examples
///
/// ```
/// use clearance_core::Verdict;
/// use clearance_risk::{Catalog, Context, Thresholds, assess_read, assess_write};
///
/// let context = Context::new(b"/home/dev/project").with_home(b"/home/dev");
/// let catalog = Catalog::builtin();
/// let read = |path: &str| {
///     assess_read(path.as_bytes(), &context, &catalog, Thresholds::default()).verdict
/// };
/// assert_eq!(read("src/main.rs"), Verdict::Allow);
/// assert_eq!(read("/home/dev/.ssh/id_rsa"), Verdict::Deny);
/// let write = assess_write(b"/etc/hosts", b"", &context, &catalog, Thresholds::default());
/// assert_eq!(write.verdict, Verdict::Ask);
/// ```
#[must_use]
pub fn assess_read(
    path: &[u8],
    context: &Context,
    catalog: &Catalog,
    thresholds: Thresholds,
) -> Assessment {
    single(context, catalog, thresholds, |judge| {
        // Some tools read addresses as they read files.
        if let Some(hit) = clearance_sensitive::classify_url(path) {
            if hit.read != Verdict::Allow {
                let message = || format!("reads a secret: {}", hit.why);
                judge.report(Effect::Secret, 60, "secret.read", Span::default(), message);
            }
        }
        let cwd = judge.places().start().clone();
        judge.path_text(WordRole::Read, path, false, Span::default(), &cwd);
    })
}

/// Assesses the writing of a file by a tool of the agent: where it lies, and whether the
/// content holds a secret.
///
/// # Examples
///
/// ```
/// use clearance_core::Verdict;
/// use clearance_risk::{Catalog, Context, Thresholds, assess_write};
///
/// let context = Context::new(b"/home/dev/project").with_home(b"/home/dev");
/// let catalog = Catalog::builtin();
/// let write = |path: &[u8], content: &[u8]| {
///     assess_write(path, content, &context, &catalog, Thresholds::default()).verdict
/// };
/// assert_eq!(write(b"src/main.rs", b"fn main() {}"), Verdict::Allow);
/// assert_eq!(write(b"src/a.sh", b"export PGPASSWORD=vK7#mQ2x!pL9"), Verdict::Ask);
/// assert_eq!(write(b".env", b"DEBUG=1"), Verdict::Ask);
/// ```
#[must_use]
pub fn assess_write(
    path: &[u8],
    content: &[u8],
    context: &Context,
    catalog: &Catalog,
    thresholds: Thresholds,
) -> Assessment {
    single(context, catalog, thresholds, |judge| {
        written_address(judge, path);
        let cwd = judge.places().start().clone();
        judge.path_text(WordRole::Write, path, false, Span::default(), &cwd);
        for place in judge.locate(path, false, &cwd) {
            if let Some(hit) = judge.secret(&place).filter(|h| h.write != Verdict::Allow) {
                let score = if hit.write == Verdict::Deny { 90 } else { 40 };
                judge.report(
                    Effect::Write,
                    score,
                    "write.secret",
                    Span::default(),
                    || {
                        let shown = String::from_utf8_lossy(&place.path).into_owned();
                        format!("writes `{shown}`: {}", hit.why)
                    },
                );
            }
        }
        // A marker would be the agent's own word.
        let scanner = clearance_sensitive::Scanner::new().with_markers(false);
        if let Some(found) = scanner.scan(content).first() {
            judge.report(
                Effect::Secret,
                45,
                "secret.content",
                Span::default(),
                || {
                    format!(
                        "line {} of the content holds a secret: {}",
                        found.line(),
                        found.description()
                    )
                },
            );
        }
    })
}

/// Some tools take `file:` addresses. Such a name is none in the project, wherever the address
/// leads: nobody but the tool knows how it reads one.
fn written_address(judge: &mut Judge<'_>, path: &[u8]) {
    let scheme = path.get(..5).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case(b"file:") {
        return;
    }
    let hit = clearance_sensitive::classify_url(path).filter(|hit| hit.write != Verdict::Allow);
    let score = match &hit {
        Some(hit) if hit.write == Verdict::Deny => 90,
        _ => 40,
    };
    let message = || {
        let shown = String::from_utf8_lossy(path);
        let why = hit.map_or("an address in place of a path", |hit| hit.why);
        format!("writes `{shown}`: {why}")
    };
    judge.report(
        Effect::Write,
        score,
        "write.address",
        Span::default(),
        message,
    );
}

/// Assesses the fetching of an address by a tool of the agent.
#[must_use]
pub fn assess_url(
    url: &[u8],
    context: &Context,
    catalog: &Catalog,
    thresholds: Thresholds,
) -> Assessment {
    single(context, catalog, thresholds, |judge| {
        let value = Value::Static(url.into());
        judge.address(Arg::of(&value, Span::default()), false, "the fetch");
    })
}

impl<'a> Judge<'a> {
    pub(crate) fn new(
        context: &'a Context,
        catalog: &'a Catalog,
        places: &'a Places,
        thresholds: Thresholds,
        ledger: &'a mut Ledger,
    ) -> Self {
        Self {
            context,
            catalog,
            places,
            thresholds,
            ledger,
            script: Progress::default(),
            text: &[],
            taints: Vec::new(),
            inherited: crate::judge::Taint::NONE,
            depth: 0,
            outer: None,
        }
    }

    /// The same for a while, with more of its script.
    pub(crate) fn reborrow<'b>(&'b mut self, script: Progress<'b>) -> Judge<'b> {
        Judge {
            context: self.context,
            catalog: self.catalog,
            places: self.places,
            thresholds: self.thresholds,
            ledger: &mut *self.ledger,
            script,
            text: self.text,
            taints: std::mem::take(&mut self.taints),
            inherited: self.inherited,
            depth: self.depth,
            outer: self.outer,
        }
    }
}
