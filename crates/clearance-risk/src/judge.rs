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
mod dynamic;
mod gitcalls;
mod ledger;
mod net;
mod paths;
mod read;
mod runs;
mod taint;
mod wording;
mod words;

pub use call::{Call, Site};
pub use gitcalls::{GitCall, MOST_GIT, PushCall};
pub use ledger::{Found, MOST_FINDINGS};
pub(crate) use ledger::{Ledger, Source, Written};
pub use net::is_local;
pub use paths::Located;
pub(crate) use paths::is_near;
pub use taint::Taint;
pub use wording::{describe, why};
pub(crate) use wording::{role_verb, verb};

use std::borrow::Cow;

use clearance_core::{Effect, Finding, Score, Span, Verdict};
use clearance_shell::analyze::Progress;
use clearance_shell::invocation::{Analysis, Opaque, Stdin};

use crate::catalog::Catalog;
use crate::context::Context;
use crate::path::{Places, Scope};
use crate::score;
use crate::score::Thresholds;

/// How deep programs may start programs before the answer is Ask.
pub const MAX_DEPTH: u8 = 24;

/// A step here (a byte of a program text, an alternative of a word) is so much less work than
/// one of the shell, whose limit is the measure for both.
const JUDGED: u32 = 6;

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

    /// Notes an effect that is routine here.
    pub fn ledger_effect(&mut self, effect: Effect) {
        self.ledger.effects = self.ledger.effects.with(effect);
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

/// `git add -p` that reads its answers from a known text; `e` would open an editor.
fn is_answered(call: &Call<'_>) -> bool {
    let patches = matches!(call.path(), "add" | "reset" | "commit" | "stash push")
        && call.name() == "git"
        && call.has(&["-p", "--patch"]);
    let plain = |b: &u8| b"ynqadjJkKgs?/0123456789\n ".contains(b);
    patches
        && matches!(call.site.stdin, Stdin::Text(text) if !text.is_empty() && text.iter().all(plain))
}
