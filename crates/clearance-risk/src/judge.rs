//! [`Judge`]: what handlers and the default evaluation tell about a call.
//!
//! A handler is a function `fn(&mut Judge<'_>, &Call<'_>)`. It gets the words as the
//! [`matcher`](crate::matcher) read them and says what happens, by the methods of [`Judge`]:
//!
//! - [`Judge::word`], [`Judge::path`]: a word in a role (`docs/PACKS.md`), judged by where it
//!   lies;
//! - [`Judge::effect`]: an effect without a path;
//! - [`Judge::run_argv`], [`Judge::run_shell`], [`Judge::run_code`], [`Judge::run_file`],
//!   [`Judge::run_stdin`]: what runs in turn;
//! - [`Judge::unknown`]: what the handler does not understand. In doubt, this;
//! - [`Judge::defaults`]: all that the pack says about the call.
//!
//! What is routine costs nothing: messages are closures, called only for findings.

mod call;
mod net;
mod paths;
mod wording;

pub use call::{Call, Site};
pub use net::is_local;
pub use paths::Located;
pub(crate) use paths::is_near;
pub use wording::{describe, why};
pub(crate) use wording::{role_verb, verb};

use std::borrow::Cow;

use clearance_core::{Effect, Finding, Score, Span, Verdict};
use clearance_shell::analyze::Progress;
use clearance_shell::invocation::{
    Analysis, Assignment, Bytes, Cwd, Flags, Opaque, Stdin, Value, Via, Word,
};

use crate::arg::Arg;
use crate::catalog::Catalog;
use crate::context::Context;
use crate::path::{Places, Scope};
use crate::run::{TextId, Texts};
use crate::score;
use crate::score::Thresholds;
use crate::spec::{EffectSet, WordRole};

/// So many findings are listed, and one more that stands for all others.
pub const MOST_FINDINGS: usize = 100;

/// So many `git` commands are noted for whoever knows the repository; more are asked about.
pub const MOST_GIT: usize = 256;

/// How deep programs may start programs before the answer is Ask.
pub const MAX_DEPTH: u8 = 24;

/// A step here (a byte of a program text, an alternative of a word) is so much less work than
/// one of the shell, whose limit is the measure for both.
const JUDGED: u32 = 6;

/// Where data comes from or what it holds, as bits that flow along pipes and substitutions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taint(u8);

impl Taint {
    /// Nothing special.
    pub const NONE: Self = Self(0);
    /// It came from the network.
    pub const NET: Self = Self(1);
    /// It holds a secret.
    pub const SECRET: Self = Self(2);
    /// It holds names of files that hold secrets.
    pub const SECRET_NAMES: Self = Self(4);
    /// It holds names of files outside the project and the temporary directories.
    pub const FAR_NAMES: Self = Self(8);
    /// It came from an address, not from a known service.
    pub const RAW: Self = Self(32);
    /// It was printed by something that is not only a lister of names: names in it could be any.
    pub const FREE_TEXT: Self = Self(16);

    /// It came from outside the project: a temporary directory, home, an unknown place.
    pub const AWAY: Self = Self(64);

    /// Both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// All bits of `other` are set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// A `git push`, for whoever knows the repository.
#[derive(Clone, Debug)]
pub struct PushCall {
    /// The words from `git` on.
    pub argv: Vec<Word>,
    /// The working directory.
    pub cwd: Cwd,
    /// Variables set for this call.
    pub env: Vec<Assignment>,
    /// Where it stands.
    pub span: Span,
    /// Index into the findings: the one that the facts of the repository may refine, if any.
    pub finding: Option<usize>,
    /// Its own index among the `git` commands of the script.
    pub at: usize,
}

/// A `git` command, for whoever knows the repository.
#[derive(Clone, Debug)]
pub struct GitCall {
    /// The words from `git` on.
    pub argv: Vec<Word>,
    /// The subcommand as the catalog knows it (`remote add`); empty for one that it does not.
    pub subcommand: String,
    /// The working directory.
    pub cwd: Cwd,
    /// Variables set for this call.
    pub env: Vec<Assignment>,
    /// Where it stands.
    pub span: Span,
    /// It can run at another time than its place in the script says: in a loop, in the
    /// background, in a trap.
    pub anytime: bool,
}

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
    fn sum_up(&mut self, verdict: Verdict, score: u8, span: Span) {
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
        !self.written.is_empty() || !self.written_by.is_empty()
    }
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

/// Judges calls; see the [module](self).
#[derive(Debug)]
pub struct Judge<'a> {
    pub(crate) context: &'a Context,
    pub(crate) catalog: &'a Catalog,
    pub(crate) places: &'a Places,
    pub(crate) thresholds: Thresholds,
    pub(crate) ledger: &'a mut Ledger,
    /// What clearance-shell has found in the script that is being judged.
    pub(crate) script: Progress<'a>,
    /// The text of the whole script; empty inside nested ones.
    pub(crate) text: &'a [u8],
    /// What flowed out of its invocations so far.
    pub(crate) taints: Vec<Taint>,
    /// What flows into commands that inherit standard input.
    pub(crate) inherited: Taint,
    pub(crate) depth: u8,
    /// Inside a text that stands in one word of the outer script: its span.
    pub(crate) outer: Option<Span>,
}

impl<'a> Judge<'a> {
    /// What the caller said about the world.
    #[must_use]
    pub fn context(&self) -> &'a Context {
        self.context
    }

    /// The directories that scopes are made of.
    #[must_use]
    pub fn places(&self) -> &'a Places {
        self.places
    }

    fn span(&self, span: Span) -> Span {
        self.outer.unwrap_or(span)
    }

    /// Reports an effect with a score of its own. `message` and the rest are only used when
    /// it asks or denies.
    pub fn report(
        &mut self,
        effect: Effect,
        score: u8,
        rule: &'static str,
        span: Span,
        message: impl FnOnce() -> String,
    ) {
        self.finding(effect, score, false, None, span, || {
            (Cow::Borrowed(rule), message(), None)
        });
    }

    /// As [`Judge::report`], denied whatever the thresholds and rules.
    pub fn report_floor(
        &mut self,
        effect: Effect,
        score: u8,
        rule: &'static str,
        span: Span,
        message: impl FnOnce() -> String,
    ) {
        self.finding(effect, score, true, None, span, || {
            (Cow::Borrowed(rule), message(), None)
        });
    }

    fn finding(
        &mut self,
        effect: Effect,
        score: u8,
        floor: bool,
        path: Option<&[u8]>,
        span: Span,
        text: impl FnOnce() -> (Cow<'static, str>, String, Option<Cow<'static, str>>),
    ) {
        self.ledger.effects = self.ledger.effects.with(effect);
        self.ledger.score = self.ledger.score.max(score);
        let verdict = if floor {
            Verdict::Deny
        } else {
            self.thresholds.verdict(effect, score)
        };
        if verdict == Verdict::Allow {
            return;
        }
        let span = self.span(span);
        if self.ledger.found.len() >= MOST_FINDINGS {
            return self.ledger.sum_up(verdict, score, span);
        }
        let (rule, message, remedy) = text();
        let double = self.ledger.found.iter().any(|f| {
            f.finding.rule == rule && f.finding.span == span && f.finding.message == *message
        });
        if double {
            return;
        }
        let finding = Finding {
            rule,
            effect,
            verdict,
            score: Score::new(score),
            span,
            message: Cow::Owned(message),
            remedy,
        };
        self.ledger.found.push(Found {
            finding,
            floor,
            path: path.map(<[u8]>::to_vec),
        });
    }

    /// An effect that is not about a path, or about the working directory.
    pub fn effect(&mut self, effect: Effect, call: &Call<'_>) {
        let scoped = matches!(
            effect,
            Effect::Write | Effect::VcsLocal | Effect::RunProject | Effect::InstallProject
        );
        if scoped {
            return self.effect_in_cwd(effect, call);
        }
        if matches!(
            effect,
            Effect::NetRead | Effect::NetWrite | Effect::Publish | Effect::VcsPush
        ) {
            self.ledger.remote = true;
            self.taint(Taint::NET);
        }
        if effect == Effect::Interactive && is_answered(call) {
            return;
        }
        let name = call.called();
        let path = call.path();
        self.finding(
            effect,
            score::base(effect),
            score::is_floor(effect, Scope::Project),
            None,
            call.span(),
            || {
                let space = if path.is_empty() { "" } else { " " };
                let message = format!("`{name}{space}{path}` {}", describe(effect));
                let remedy = (effect == Effect::VcsDiscard && call.name() == "git").then_some(
                    Cow::Borrowed("see what would be lost with `git status` first"),
                );
                (Cow::Borrowed(effect.as_str()), message, remedy)
            },
        );
    }

    fn effect_in_cwd(&mut self, effect: Effect, call: &Call<'_>) {
        for place in self.locate(b".", false, &call.site.cwd) {
            let mut score = score::rate(effect, place.scope);
            let temp = matches!(place.scope, Scope::Temp | Scope::TempTop);
            if effect == Effect::RunProject && temp && self.wrote_below(&place.path) {
                score = score::base(effect);
            }
            let name = call.called();
            self.finding(effect, score, false, Some(&place.path), call.span(), || {
                let dir = String::from_utf8_lossy(&place.path).into_owned();
                let rule = format!("{}.{}", effect.as_str(), place.scope.as_str());
                let message = format!(
                    "`{name}` {} in `{dir}`, {}",
                    describe(effect),
                    place.scope.describe()
                );
                (
                    Cow::Owned(rule),
                    message,
                    Some(Cow::Borrowed("run it inside the project")),
                )
            });
        }
    }

    /// Something was not understood: the verdict is Ask, whatever else is known.
    pub fn unknown(&mut self, rule: &'static str, span: Span, message: impl FnOnce() -> String) {
        self.report(
            Effect::Unknown,
            score::base(Effect::Unknown),
            rule,
            span,
            message,
        );
    }

    /// A word in a role: every role but those that need the words after it
    /// ([`WordRole::takes_rest`]), which the default evaluation handles.
    pub fn word(&mut self, role: WordRole, arg: Arg<'_>, call: &Call<'_>) {
        match role {
            WordRole::Text => {}
            WordRole::Pattern => self.pattern(arg),
            WordRole::Ref => self.revision(arg, call),
            WordRole::Shell => self.run_shell(arg, call.site),
            WordRole::Code(lang) => self.run_code(lang, arg, &[], call.site),
            WordRole::Script(lang) => self.run_file(lang, arg, &[], call.site),
            WordRole::Exec => self.exec(arg, call),
            WordRole::Command | WordRole::CommandOptions => {
                self.run_argv(&[arg.to_word()], call.site);
            }
            WordRole::Module => self.module(arg, call),
            WordRole::Url | WordRole::UrlWrite => self.url(role, arg, call),
            // Many readers of files take an address as well.
            WordRole::Read | WordRole::ReadTree | WordRole::List
                if net::is_address(arg.prefix()) =>
            {
                self.address(arg, false, call.called());
            }
            WordRole::ReadList => self.read_list(arg, call),
            WordRole::Host => self.host(arg, call),
            WordRole::Listen => self.listen(arg, call),
            WordRole::Tool => self.tool(arg, call),
            WordRole::Assign => self.assigned(arg),
            WordRole::Remote => self.remote(arg, call),
            WordRole::Package | WordRole::PackageOrPath => self.package(role, arg, call),
            WordRole::Env => self.environment(arg, call),
            WordRole::Variable => {
                let secret = arg
                    .known()
                    .is_none_or(|mut n| n.any(crate::env::is_secret_name));
                if secret {
                    self.taint(Taint::SECRET);
                    self.report(Effect::Secret, 50, "secret.variable", arg.span(), || {
                        format!("the variable `{}` can hold a secret", arg.show())
                    });
                }
            }
            WordRole::Pid => self.effect(Effect::Process, call),
            WordRole::Secret => {
                self.report(Effect::Secret, 40, "secret.argument", arg.span(), || {
                    "a secret on the command line can be seen by others".to_owned()
                });
            }
            WordRole::Ask if is_known_index(arg, call) => {}
            WordRole::Ask => {
                let name = call.called();
                self.report(Effect::Unknown, 45, "argument.ask", arg.span(), || {
                    format!(
                        "`{}` makes `{name}` do something a person should look at",
                        arg.show()
                    )
                });
            }
            role => self.path(role, arg, call.site),
        }
    }

    /// A program named by an option: what runs it was not meant to run others.
    fn exec(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        if arg.as_static() == Some(b"cat") && call.name() == "man" {
            // A pager that passes on what it gets.
            return;
        }
        let name = call.called();
        self.report(
            Effect::RunOther,
            score::base(Effect::RunOther),
            "run.option",
            arg.span(),
            || format!("`{name}` is told to run `{}`", arg.show()),
        );
        if arg.as_static().is_some() {
            self.run_shell(arg, call.site);
        }
    }

    fn module(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        if arg.as_static().is_none() {
            self.unknown("module.dynamic", arg.span(), || {
                "the module is not determined".to_owned()
            });
        }
        self.effect(Effect::RunProject, call);
    }

    /// `NAME=value` for a program.
    pub fn environment(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        crate::env::judge_word(self, arg, call.site);
    }

    /// Data that flows into this word.
    #[must_use]
    pub fn word_taint(&self, arg: Arg<'_>) -> Taint {
        arg.dynamic()
            .map_or(Taint::NONE, |d| self.sources(&d.sources))
    }

    pub(crate) fn sources(&self, sources: &[u32]) -> Taint {
        sources
            .iter()
            .filter_map(|&i| self.taints.get(i as usize))
            .fold(Taint::NONE, |all, &t| all.with(t))
    }

    /// Data that flows into standard input.
    #[must_use]
    pub fn stdin_taint(&self, stdin: &Stdin) -> Taint {
        match stdin {
            Stdin::Inherit => self.inherited,
            Stdin::Pipe(sources) => self.sources(sources),
            Stdin::Dynamic(dynamic) => self.sources(&dynamic.sources),
            Stdin::Null | Stdin::Text(_) | Stdin::File(_) => Taint::NONE,
        }
    }

    /// Notes an effect that is routine here.
    pub fn ledger_effect(&mut self, effect: Effect) {
        self.ledger.effects = self.ledger.effects.with(effect);
    }

    /// Adds to what flows out of this call.
    pub fn taint(&mut self, taint: Taint) {
        self.ledger.taint = self.ledger.taint.with(taint);
    }

    /// The current call reaches another machine: a secret that flows into it leaves.
    pub fn contacts(&mut self) {
        self.ledger.remote = true;
    }

    /// The catalog has a program of this name.
    #[must_use]
    pub fn knows(&self, name: &[u8]) -> bool {
        self.catalog.program(name).is_some()
    }

    /// Notes a `git push`, for whoever knows the repository.
    pub fn push(&mut self, argv: &[Word], site: &Site<'_>, finding: Option<usize>) {
        let span = self.span(site.invocation.span);
        if self.is_too_much_git(span) {
            return;
        }
        self.ledger.pushes.push(PushCall {
            argv: argv.to_vec(),
            cwd: site.cwd.clone().into_owned(),
            env: variables(site),
            span,
            finding,
            at: self.ledger.git.len().saturating_sub(1),
        });
    }

    /// No more `git` commands are noted, which is asked about.
    fn is_too_much_git(&mut self, span: Span) -> bool {
        let full = self.ledger.git.len() >= MOST_GIT;
        if full {
            self.unknown("limit.git", span, || {
                "there are more `git` commands than are followed".to_owned()
            });
        }
        full
    }

    /// Notes a `git` command, for whoever knows the repository.
    pub(crate) fn git(&mut self, call: &Call<'_>) {
        let site = call.site;
        if self.is_too_much_git(call.span()) {
            return;
        }
        let flags = site.invocation.flags;
        let anytime = flags.has(Flags::LOOP)
            || flags.has(Flags::BACKGROUND)
            || matches!(site.invocation.via, Via::Trap | Via::ProcessSubstitution);
        let span = self.span(site.invocation.span);
        self.ledger.git.push(GitCall {
            argv: call.argv.to_vec(),
            subcommand: call.path().to_owned(),
            cwd: site.cwd.clone().into_owned(),
            env: variables(site),
            span,
            anytime,
        });
    }

    /// The number of findings so far; see [`PushCall::finding`].
    #[must_use]
    pub fn findings(&self) -> usize {
        self.ledger.found.len()
    }

    /// Whether [`MAX_DEPTH`] and the steps of the limits leave room for one more level.
    pub(crate) fn enter(&mut self, span: Span) -> bool {
        self.enter_with(span, 1)
    }

    /// The bound of the ledger's steps.
    pub(crate) const fn most_steps(&self) -> u32 {
        self.context.limits.steps.saturating_mul(JUDGED)
    }

    /// As [`Judge::enter`], for work of so many steps.
    pub(crate) fn enter_with(&mut self, span: Span, steps: usize) -> bool {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        self.ledger.steps = self.ledger.steps.saturating_add(steps);
        if self.depth >= MAX_DEPTH || self.ledger.steps > self.most_steps() {
            self.unknown("limit.depth", span, || {
                "too deep or too many programs".to_owned()
            });
            return false;
        }
        true
    }

    /// Places whose meaning the text does not determine.
    pub(crate) fn opaque_sites(&mut self, sites: &[Opaque]) {
        for site in sites {
            let reason = site.reason;
            if self.is_tool_setup(reason, site.span) {
                self.ledger_effect(Effect::RunOther);
                continue;
            }
            self.unknown("shell.opaque", site.span, || why(reason).to_owned());
        }
    }

    /// Whether all of the text was read.
    pub(crate) fn completeness(&mut self, analysis: &Analysis) {
        if !analysis.complete && analysis.opaque.is_empty() {
            self.unknown("shell.syntax", Span::default(), || {
                "the text is not complete, valid shell".to_owned()
            });
        }
    }
}

/// An index of packages that its project itself tells people to use.
fn is_known_index(arg: Arg<'_>, call: &Call<'_>) -> bool {
    const KNOWN: &[&[u8]] = &[
        b"https://download.pytorch.org/whl",
        b"https://data.pyg.org/whl",
    ];
    let python = matches!(call.name(), "pip" | "uv" | "poetry" | "pdm");
    python
        && arg.as_static().is_some_and(|url| {
            KNOWN.iter().any(|known| {
                url.strip_prefix(*known)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
            })
        })
}

/// `git add -p` that reads its answers from a known text; `e` would open an editor.
fn is_answered(call: &Call<'_>) -> bool {
    let patches = matches!(call.path(), "add" | "reset" | "commit" | "stash push")
        && call.name() == "git"
        && call.has(&["-p", "--patch"]);
    let plain = |b: &u8| b"ynqadjJkKgs?/0123456789\n ".contains(b);
    patches
        && matches!(call.site.stdin, Stdin::Text(text) if !text.is_empty() && text.iter().all(plain))
}

/// A call without words of its own, for effects of redirections and assignments.
pub(crate) fn static_word(bytes: &[u8], span: Span) -> Word {
    Word {
        value: Value::Static(Bytes::from(bytes)),
        span,
    }
}

/// The variables that a command gets besides those that were there before the script.
fn variables(site: &Site<'_>) -> Vec<Assignment> {
    let mut env = site.invocation.exported.to_vec();
    env.extend_from_slice(&site.invocation.assignments);
    env.extend_from_slice(site.env);
    env
}
