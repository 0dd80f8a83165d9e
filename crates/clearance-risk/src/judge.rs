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

use std::borrow::Cow;

use clearance_core::{Effect, Finding, Score, Span, Verdict};
use clearance_shell::invocation::{
    Analysis, Assignment, Bytes, Cwd, Flags, Invocation, Reason, Stdin, Stdout, Value, Via, Word,
    WrittenFile,
};

use crate::arg::Arg;
use crate::catalog::Catalog;
use crate::context::Context;
use crate::matcher::{Given, Parsed};
use crate::path::{Place, Places, Scope};
use crate::score::{self, Thresholds};
use crate::spec::{EffectSet, WordRole};
use crate::store::{Command, Program};

/// How deep programs may start programs before the answer is Ask.
pub const MAX_DEPTH: u8 = 24;

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
    pub(crate) effects: EffectSet,
    pub(crate) score: u8,
    pub(crate) taint: Taint,
    pub(crate) pushes: Vec<PushCall>,
    pub(crate) git: Vec<GitCall>,
    /// Files that the script wrote: absolute path, the text if it is known, what is in it.
    pub(crate) written: Vec<Written>,
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
}

/// A file that the script wrote.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) path: Vec<u8>,
    pub(crate) text: Option<Bytes>,
    pub(crate) taint: Taint,
}

/// The circumstances of a call.
#[derive(Clone, Debug)]
pub struct Site<'s> {
    /// The invocation of the script that leads here.
    pub invocation: &'s Invocation,
    /// The working directory.
    pub cwd: Cow<'s, Cwd>,
    /// Where standard input comes from.
    pub stdin: &'s Stdin,
    /// Variables set for this call, besides [`Invocation::assignments`].
    pub env: &'s [Assignment],
}

impl<'s> Site<'s> {
    /// As the script has it.
    #[must_use]
    pub fn new(invocation: &'s Invocation) -> Self {
        Self {
            invocation,
            cwd: Cow::Borrowed(&invocation.cwd),
            stdin: &invocation.stdin,
            env: &[],
        }
    }

    /// Where standard output goes.
    #[must_use]
    pub fn stdout(&self) -> &'s Stdout {
        &self.invocation.stdout
    }

    /// The last value of a variable that the script sets for this call.
    #[must_use]
    pub fn variable(&self, name: &[u8]) -> Option<&'s Word> {
        let here = self
            .env
            .iter()
            .rev()
            .chain(self.invocation.assignments.iter().rev());
        here.chain(self.invocation.exported.iter().rev())
            .find(|a| &*a.name == name)
            .map(|a| &a.value)
    }
}

/// One call of a known program, its words read.
#[derive(Debug)]
pub struct Call<'c> {
    /// The program.
    pub program: Program<'c>,
    /// All words, the program's name first.
    pub argv: &'c [Word],
    /// The words as read: sub-command, options, operands.
    pub parsed: Parsed<'c>,
    /// The circumstances.
    pub site: &'c Site<'c>,
}

impl<'c> Call<'c> {
    /// The canonical name of the program.
    #[must_use]
    pub fn name(&self) -> &'c str {
        self.program.name()
    }

    /// The sub-command's path, empty without one.
    #[must_use]
    pub fn path(&self) -> &'c str {
        self.parsed.command.path
    }

    /// The (sub-)command's spec.
    #[must_use]
    pub const fn command(&self) -> &Command<'c> {
        &self.parsed.command
    }

    /// The options, in order.
    #[must_use]
    pub fn options(&self) -> &[Given<'c>] {
        &self.parsed.options
    }

    /// One of these options was given (full names, with dashes).
    #[must_use]
    pub fn has(&self, names: &[&str]) -> bool {
        self.parsed
            .options
            .iter()
            .any(|o| names.contains(&o.spec.name))
    }

    /// The value of the last of these options.
    #[must_use]
    pub fn value(&self, names: &[&str]) -> Option<Arg<'c>> {
        self.values(names).last()
    }

    /// The values of all of these options, in order.
    pub fn values<'n>(&'n self, names: &'n [&'n str]) -> impl Iterator<Item = Arg<'c>> + 'n {
        self.parsed
            .options
            .iter()
            .filter(|o| names.contains(&o.spec.name))
            .filter_map(|o| o.value)
    }

    /// The command that an option takes (`fd -x COMMAND...`).
    #[must_use]
    pub fn rest(&self) -> Option<&'c [Word]> {
        self.argv.get(self.parsed.rest?..)
    }

    /// The operands.
    pub fn operands(&self) -> impl DoubleEndedIterator<Item = Arg<'c>> + ExactSizeIterator + '_ {
        self.parsed.operands.iter().map(|&(_, arg)| arg)
    }

    /// The operand at this place.
    #[must_use]
    pub fn operand(&self, index: usize) -> Option<Arg<'c>> {
        self.parsed.operands.get(index).map(|&(_, arg)| arg)
    }

    /// The words from the operand at this place to the end, options among them included:
    /// an inner command.
    #[must_use]
    pub fn from_operand(&self, index: usize) -> &'c [Word] {
        match self.parsed.operands.get(index) {
            Some(&(at, _)) => self.argv.get(at..).unwrap_or_default(),
            None => &[],
        }
    }

    /// The whole call.
    #[must_use]
    pub fn span(&self) -> Span {
        match (self.argv.first(), self.argv.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => self.site.invocation.span,
        }
    }
}

/// Judges calls; see the [module](self).
#[derive(Debug)]
pub struct Judge<'a> {
    pub(crate) context: &'a Context,
    pub(crate) catalog: &'a Catalog,
    pub(crate) places: &'a Places,
    pub(crate) thresholds: Thresholds,
    pub(crate) ledger: &'a mut Ledger,
    /// The script that is being judged, and what flowed out of its invocations so far.
    pub(crate) script: &'a [Invocation],
    /// What clearance-shell knows of files that the script wrote.
    pub(crate) files: &'a [WrittenFile],
    /// The text of the whole script; empty inside nested ones.
    pub(crate) text: &'a [u8],
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
        let name = call.name();
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
                (Cow::Borrowed(effect.as_str()), message, None)
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
            let name = call.name();
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
            WordRole::Host => self.host(arg, call),
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
            WordRole::Ask => {
                let name = call.name();
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

    /// A pattern that names several kinds of secrets is a search for secrets.
    fn pattern(&mut self, arg: Arg<'_>) {
        const WORDS: &[&[u8]] = &[
            b"api_key",
            b"apikey",
            b"api-key",
            b"access_key",
            b"secret_key",
            b"secret",
            b"passwd",
            b"password",
            b"token",
            b"credential",
            b"private_key",
            b"aws_",
            b"bearer",
        ];
        let Some(text) = arg.as_static() else { return };
        if text.len() < 16 || !text.contains(&b'|') {
            return;
        }
        let lower = text.to_ascii_lowercase();
        let count = WORDS
            .iter()
            .filter(|word| lower.windows(word.len()).any(|w| w == **word))
            .count();
        if count >= 3 {
            self.report(Effect::Secret, 35, "secret.search", arg.span(), || {
                "a search for passwords, keys and tokens".to_owned()
            });
        }
    }

    /// A revision, or a path in one (`HEAD:.env`), whose content is shown.
    fn revision(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        let Some(known) = arg.known() else { return };
        for text in known {
            let path = match text.iter().rposition(|&b| b == b':') {
                Some(at) => text.get(at + 1..).unwrap_or_default(),
                None => text,
            };
            if path.is_empty() || !path.iter().any(|b| b"./~_".contains(b)) {
                continue;
            }
            for place in self.locate(path, false, &call.site.cwd) {
                if self
                    .secret(&place)
                    .is_some_and(|hit| hit.read != Verdict::Allow)
                {
                    self.taint(Taint::SECRET);
                    self.report(Effect::Secret, 50, "secret.revision", arg.span(), || {
                        format!("`{}` can hold secrets", arg.show())
                    });
                }
            }
        }
    }

    /// A path in a role, judged by where it lies.
    pub fn path(&mut self, role: WordRole, arg: Arg<'_>, site: &Site<'_>) {
        if let Some(known) = arg.known() {
            for path in known {
                self.path_text(role, path, false, arg.span(), &site.cwd);
            }
        } else if let Some((pattern, glob)) = arg.glob() {
            self.path_text(role, pattern, true, arg.span(), &site.cwd);
            if role == WordRole::Delete || role == WordRole::DeleteTree {
                let _ = glob;
                self.glob_deletion(arg);
            }
        } else if let Some(dynamic) = arg.dynamic() {
            let taint = self.sources(&dynamic.sources);
            self.ledger.taint = self.ledger.taint.with(taint);
            self.dynamic_path(role, arg, taint, site);
        }
    }

    fn glob_deletion(&mut self, arg: Arg<'_>) {
        if self
            .ledger
            .found
            .iter()
            .any(|f| f.finding.span == arg.span())
        {
            return;
        }
        let pattern = arg.prefix();
        let temp = pattern.starts_with(b"/tmp/") || pattern.starts_with(b"/var/tmp/");
        if !temp {
            self.report(Effect::Delete, 40, "delete.glob", arg.span(), || {
                format!(
                    "the pattern `{}` deletes files that are not named",
                    arg.show()
                )
            });
        }
    }

    /// What an option runs is no file: standard input, or an address.
    fn run_elsewhere(&mut self, path: &[u8], span: Span) -> bool {
        let stdin: &[&[u8]] = &[b"-", b"/dev/stdin", b"/dev/fd/0", b"/proc/self/fd/0"];
        if stdin.contains(&path) {
            self.unknown("code.stdin", span, || {
                "what is run comes from standard input".to_owned()
            });
            return true;
        }
        let scheme: &[&[u8]] = &[b"data:", b"npm:", b"jsr:", b"git+", b"git@", b"github:"];
        let address =
            path.windows(3).any(|w| w == b"://") || scheme.iter().any(|s| path.starts_with(s));
        if address {
            self.report(Effect::RunDownloaded, 50, "run.fetched", span, || {
                let shown = String::from_utf8_lossy(path).into_owned();
                format!("`{shown}` is fetched and run")
            });
        }
        address
    }

    /// A path given as text.
    pub fn path_text(&mut self, role: WordRole, path: &[u8], wild: bool, span: Span, cwd: &Cwd) {
        if role == WordRole::Run && self.run_elsewhere(path, span) {
            return;
        }
        if path == b"-" || path.is_empty() {
            return;
        }
        for place in self.locate(path, wild, cwd) {
            self.placed(role, &place, span);
        }
    }

    /// Where a path lies: one place for each possible working directory.
    pub fn locate(&self, path: &[u8], wild: bool, cwd: &Cwd) -> Vec<Place> {
        match cwd {
            Cwd::Known(dir) => vec![self.places.place(path, wild, dir)],
            Cwd::OneOf(dirs) => dirs
                .iter()
                .map(|d| self.places.place(path, wild, d))
                .collect(),
            Cwd::Below(dir) => {
                if path.starts_with(b"/") || path.starts_with(b"~") {
                    return vec![self.places.place(path, wild, dir)];
                }
                let mut below = b"*/".to_vec();
                below.extend_from_slice(path);
                vec![self.places.place(&below, true, dir)]
            }
            Cwd::Unknown => vec![self.places.place(path, wild, b"")],
        }
    }

    fn placed(&mut self, role: WordRole, place: &Place, span: Span) {
        match role {
            WordRole::List | WordRole::Cd => {
                if self
                    .secret(place)
                    .is_some_and(|hit| hit.read != Verdict::Allow)
                {
                    self.ledger.taint = self.ledger.taint.with(Taint::SECRET_NAMES);
                }
                if !near(place.scope) {
                    self.ledger.taint = self.ledger.taint.with(Taint::FAR_NAMES);
                }
                self.ledger.effects = self.ledger.effects.with(Effect::List);
            }
            WordRole::Read | WordRole::ReadTree => self.read(role, place, span),
            WordRole::Write | WordRole::WriteDir | WordRole::Mkdir | WordRole::Edit => {
                self.ledger.outputs.push(place.path.clone());
                self.rated(Effect::Write, place, span);
            }
            WordRole::Move => {
                let effect = if near(place.scope) {
                    Effect::Write
                } else {
                    Effect::Delete
                };
                self.rated(effect, place, span);
            }
            WordRole::Delete => self.rated(Effect::Delete, place, span),
            WordRole::DeleteTree => self.rated(Effect::DeleteTree, place, span),
            WordRole::Mode => self.rated(Effect::ChangeMode, place, span),
            WordRole::Run => self.run_place(place, span),
            _ => {}
        }
    }

    fn rated(&mut self, effect: Effect, place: &Place, span: Span) {
        let scope = place.scope;
        let score = if effect == Effect::DeleteTree
            && scope != Scope::Temp
            && self.places.contains_root(&place.path)
            && scope != Scope::ProjectTop
        {
            100
        } else {
            score::rate(effect, scope)
        };
        let floor =
            score::is_floor(effect, scope) || (effect == Effect::DeleteTree && score == 100);
        self.finding(effect, score, floor, Some(&place.path), span, || {
            let path = String::from_utf8_lossy(&place.path).into_owned();
            let rule = format!("{}.{}", effect.as_str(), scope.as_str());
            let message = format!("{} `{path}`, {}", verb(effect), scope.describe());
            let remedy = match (effect, scope) {
                (Effect::DeleteTree, Scope::Project) => {
                    Some("name the files, or use `git clean -n` to look first")
                }
                (_, Scope::Home | Scope::Outside | Scope::System) => {
                    Some("allowed if the path were inside the project")
                }
                (_, Scope::Unknown) => Some("write the path out"),
                _ => None,
            };
            (Cow::Owned(rule), message, remedy.map(Cow::Borrowed))
        });
    }

    /// What clearance-sensitive knows of a path. Inside the project its location does not
    /// count: a checkout may lie below `.codex` or another agent's folder.
    fn secret(&self, place: &Place) -> Option<clearance_sensitive::PathHit> {
        let inside = matches!(
            place.scope,
            Scope::Project | Scope::Build | Scope::Git | Scope::Hook
        );
        let root = self.places.root().len() + 1;
        let path = if inside { place.path.get(root..) } else { None };
        crate::secret::classify(path.unwrap_or(&place.path), place.wild)
    }

    fn read(&mut self, role: WordRole, place: &Place, span: Span) {
        if let Some(written) = self
            .ledger
            .written
            .iter()
            .rev()
            .find(|w| w.path == place.path)
        {
            self.ledger.taint = self.ledger.taint.with(written.taint);
            return self.rated(Effect::Read, place, span);
        }
        if let Some(hit) = self.secret(place).filter(|hit| hit.read != Verdict::Allow) {
            self.ledger.taint = self.ledger.taint.with(Taint::SECRET);
            let score = if hit.read == Verdict::Deny {
                90
            } else {
                score::base(Effect::Secret)
            };
            return self.finding(
                Effect::Secret,
                score,
                false,
                Some(&place.path),
                span,
                || {
                    let path = String::from_utf8_lossy(&place.path).into_owned();
                    let message = format!("reads `{path}`: {}", hit.why);
                    (Cow::Borrowed("secret.read"), message, None)
                },
            );
        }
        if role == WordRole::ReadTree
            && matches!(place.scope, Scope::HomeTop | Scope::Top | Scope::Proc)
        {
            return self.finding(Effect::Read, 35, false, Some(&place.path), span, || {
                let path = String::from_utf8_lossy(&place.path).into_owned();
                let message = format!("everything below `{path}` is read, secrets included");
                (
                    Cow::Borrowed("read.wide"),
                    message,
                    Some(Cow::Borrowed("name a directory inside the project")),
                )
            });
        }
        self.rated(Effect::Read, place, span);
    }

    /// A path that the text does not determine.
    fn dynamic_path(&mut self, role: WordRole, arg: Arg<'_>, taint: Taint, site: &Site<'_>) {
        let Some(dynamic) = arg.dynamic() else { return };
        let prefix = arg.prefix();
        if dynamic.numeric {
            let mut text = prefix.to_vec();
            text.push(b'0');
            text.extend_from_slice(&dynamic.suffix);
            return self.path_text(role, &text, false, arg.span(), &site.cwd);
        }
        let quiet = matches!(
            role,
            WordRole::Read | WordRole::ReadTree | WordRole::List | WordRole::Cd
        );
        if quiet {
            let secret = taint.has(Taint::SECRET_NAMES)
                || crate::secret::could_be_sensitive(prefix, &dynamic.suffix);
            if secret && role != WordRole::Cd {
                self.report(Effect::Secret, 45, "secret.read", arg.span(), || {
                    format!("`{}` could be a file that holds secrets", arg.show())
                });
            }
            if prefix.starts_with(b"/dev/") && !prefix.starts_with(b"/dev/fd/") {
                self.unknown("path.dynamic", arg.span(), || {
                    format!("the path `{}` is not determined", arg.show())
                });
            }
            self.ledger.effects = self.ledger.effects.with(Effect::Read);
            return;
        }
        let reason = dynamic.reason;
        self.unknown("path.dynamic", arg.span(), || {
            format!(
                "{} a path that is not determined (`{}`: {})",
                role_verb(role),
                arg.show(),
                why(reason)
            )
        });
    }

    /// A file of the project that is executed.
    fn run_place(&mut self, place: &Place, span: Span) {
        self.rated_run(place, span);
    }

    pub(crate) fn rated_run(&mut self, place: &Place, span: Span) {
        let temp = matches!(place.scope, Scope::Temp | Scope::TempTop);
        // A program that lies there, not one that works there.
        let score = if temp {
            40
        } else {
            score::rate(Effect::RunProject, place.scope)
        };
        let path = &place.path;
        self.finding(Effect::RunProject, score, false, Some(path), span, || {
            let shown = String::from_utf8_lossy(path).into_owned();
            let rule = format!("run.{}", place.scope.as_str());
            let message = format!("runs `{shown}`, {}", place.scope.describe());
            (
                Cow::Owned(rule),
                message,
                Some(Cow::Borrowed("allowed if it were a program of the project")),
            )
        });
    }

    /// A program named by an option: what runs it was not meant to run others.
    fn exec(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        let name = call.name();
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

    /// An address, judged by its host.
    pub fn url(&mut self, role: WordRole, arg: Arg<'_>, call: &Call<'_>) {
        self.address(arg, role == WordRole::UrlWrite, call.name());
    }

    /// An address that `name` reads from or writes to.
    pub fn address(&mut self, arg: Arg<'_>, write: bool, name: &str) {
        let effect = if write {
            Effect::NetWrite
        } else {
            Effect::NetRead
        };
        self.taint(Taint::NET.with(Taint::RAW).with(self.word_taint(arg)));
        let local = match arg.as_static() {
            Some(url) => is_local(url),
            None => dynamic_host_is_local(arg.prefix()),
        };
        if local {
            // The developer's own servers.
            self.ledger.score = self.ledger.score.max(10);
            return;
        }
        self.ledger.remote = true;
        let score = if write {
            score::base(Effect::NetWrite)
        } else {
            40
        };
        let rule = if write { "net.write" } else { "net.read" };
        self.report(effect, score, rule, arg.span(), || {
            format!("`{name}` contacts `{}`", arg.show())
        });
    }

    /// A host that is contacted.
    pub fn host(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        self.taint(Taint::NET.with(self.word_taint(arg)));
        if arg.as_static().is_some_and(is_local) {
            return;
        }
        self.ledger.remote = true;
        let name = call.name();
        self.report(Effect::NetRead, 40, "net.host", arg.span(), || {
            format!("`{name}` contacts the host `{}`", arg.show())
        });
    }

    /// The working directory after `cd` to `dir`.
    #[must_use]
    pub fn change_dir(&self, dir: Arg<'_>, cwd: &Cwd) -> Cwd {
        let Some(known) = dir.known() else {
            return Cwd::Unknown;
        };
        let mut all: Vec<Bytes> = Vec::new();
        for path in known {
            for place in self.locate(path, false, cwd) {
                if place.scope == Scope::Unknown {
                    return Cwd::Unknown;
                }
                all.push(place.path.into());
            }
        }
        match all.as_slice() {
            [] => Cwd::Unknown,
            [one] => Cwd::Known(one.clone()),
            _ => Cwd::OneOf(all.into()),
        }
    }

    /// A git remote: a name, a URL, a path.
    pub fn remote(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        let Some(text) = arg.as_static() else {
            if arg.dynamic().is_some_and(|d| !d.prefix.is_empty()) {
                return self.remote_text(arg, arg.prefix());
            }
            return self.unknown("remote.dynamic", arg.span(), || {
                format!("the remote `{}` is not determined", arg.show())
            });
        };
        let _ = call;
        self.remote_text(arg, text);
    }

    fn remote_text(&mut self, arg: Arg<'_>, text: &[u8]) {
        let helper = text.windows(2).any(|w| w == b"::")
            || text.starts_with(b"-")
            || text.windows(4).any(|w| w == b"://-");
        if helper {
            return self.report(
                Effect::RunInline,
                60,
                "git.remote-helper",
                arg.span(),
                || format!("the remote `{}` runs a helper program", arg.show()),
            );
        }
        self.ledger.effects = self.ledger.effects.with(Effect::NetRead);
        self.ledger.remote = true;
    }

    /// A package by name; addresses and paths are not packages of the registry.
    pub fn package(&mut self, role: WordRole, arg: Arg<'_>, call: &Call<'_>) {
        if let Some((pattern, _)) = arg.glob() {
            // `uvicorn[standard]` without quotes: itself, or a file of a like name.
            let plain = pattern
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"._-[],=<>~/".contains(b));
            let stem = pattern.split(|&b| b == b'[').next().unwrap_or_default();
            if plain {
                if stem.first().is_some_and(|b| b"./~".contains(b)) {
                    self.path_text(WordRole::Run, stem, false, arg.span(), &call.site.cwd);
                }
                return;
            }
        }
        let Some(known) = arg.known() else {
            return self.unknown("package.dynamic", arg.span(), || {
                format!("the package `{}` is not determined", arg.show())
            });
        };
        let javascript = matches!(call.name(), "npm" | "pnpm" | "yarn" | "bun");
        for name in known {
            // `name@SPEC`: an address or a path in place of a version.
            let name = match name.iter().rposition(|&b| b == b'@') {
                Some(at) if at > 0 && javascript => {
                    let spec = name.get(at + 1..).unwrap_or_default();
                    let elsewhere = spec.contains(&b'/') || spec.starts_with(b"file:");
                    let alias = spec.starts_with(b"npm:") || spec.starts_with(b"workspace:");
                    if elsewhere && !alias { spec } else { name }
                }
                _ => name,
            };
            let slashes = name.iter().filter(|&&b| b == b'/').count();
            // `user/repository`, as npm and its like read it.
            let hosted = slashes == 1
                && name.first().is_some_and(|b| b.is_ascii_alphanumeric())
                && !name.contains(&b'@')
                && !name.starts_with(b"file:");
            let address = (javascript && hosted)
                || name.starts_with(b"gist:")
                || name.starts_with(b"gitlab:")
                || name.starts_with(b"bitbucket:")
                || name.windows(3).any(|w| w == b"://")
                || name.starts_with(b"git+")
                || name.starts_with(b"git@")
                || name.starts_with(b"github:");
            let path = name.starts_with(b".")
                || name.starts_with(b"/")
                || name.starts_with(b"~")
                || name.starts_with(b"file:");
            if address {
                self.report(
                    Effect::InstallProject,
                    45,
                    "install.address",
                    arg.span(),
                    || format!("`{}` is not a package of the registry", arg.show()),
                );
            } else if path {
                let path = name.strip_prefix(b"file:").unwrap_or(name);
                let path = path.split(|&b| b == b'[').next().unwrap_or_default();
                let role = if role == WordRole::PackageOrPath {
                    WordRole::Run
                } else {
                    WordRole::Read
                };
                self.path_text(role, path, false, arg.span(), &call.site.cwd);
            }
        }
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

    /// The script itself has written this file.
    #[must_use]
    pub fn has_written(&self, path: &[u8], cwd: &Cwd) -> bool {
        self.locate(path, false, cwd)
            .iter()
            .any(|place| self.ledger.written.iter().any(|w| w.path == place.path))
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
        self.ledger.pushes.push(PushCall {
            argv: argv.to_vec(),
            cwd: site.cwd.clone().into_owned(),
            env: variables(site),
            span,
            finding,
            at: self.ledger.git.len().saturating_sub(1),
        });
    }

    /// Notes a `git` command, for whoever knows the repository.
    pub(crate) fn git(&mut self, call: &Call<'_>) {
        let site = call.site;
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
        self.ledger.steps += 1;
        if self.depth >= MAX_DEPTH || self.ledger.steps > self.context.limits.steps {
            self.unknown("limit.depth", span, || {
                "too deep or too many programs".to_owned()
            });
            return false;
        }
        true
    }

    /// The opaque sites and the completeness of an analysis.
    pub(crate) fn opaque(&mut self, analysis: &Analysis) {
        for site in &analysis.opaque {
            let reason = site.reason;
            self.unknown("shell.opaque", site.span, || why(reason).to_owned());
        }
        if !analysis.complete && analysis.opaque.is_empty() {
            self.unknown("shell.syntax", Span::default(), || {
                "the text is not complete, valid shell".to_owned()
            });
        }
    }
}

/// Writing here is the project's own business.
pub(crate) fn near(scope: Scope) -> bool {
    matches!(
        scope,
        Scope::Project
            | Scope::Build
            | Scope::ProjectTop
            | Scope::Temp
            | Scope::TempTop
            | Scope::Null
    )
}

/// The host of an address is this machine.
#[must_use]
pub fn is_local(url: &[u8]) -> bool {
    let rest = match url.windows(3).position(|w| w == b"://") {
        Some(at) => {
            let scheme = url.get(..at).unwrap_or_default().to_ascii_lowercase();
            if scheme == b"file" {
                return false;
            }
            url.get(at + 3..).unwrap_or_default()
        }
        None => url,
    };
    let end = rest
        .iter()
        .position(|b| b"/?#\\".contains(b))
        .unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or_default();
    let host = authority.rsplit(|&b| b == b'@').next().unwrap_or_default();
    let host = match host.strip_prefix(b"[") {
        Some(v6) => v6.split(|&b| b == b']').next().unwrap_or_default(),
        None => host.split(|&b| b == b':').next().unwrap_or_default(),
    };
    let host = host.to_ascii_lowercase();
    let dotted_loopback = host.strip_prefix(b"127.").is_some_and(|rest| {
        rest.split(|&b| b == b'.').count() == 3
            && rest.iter().all(|b| b.is_ascii_digit() || *b == b'.')
    });
    host == b"localhost" || host == b"::1" || host == b"0.0.0.0" || dotted_loopback
}

/// The known beginning of an address holds the whole host, and it is this machine.
fn dynamic_host_is_local(prefix: &[u8]) -> bool {
    let Some(at) = prefix.windows(3).position(|w| w == b"://") else {
        let slash = prefix.contains(&b'/') || prefix.starts_with(b"localhost:");
        return slash && is_local(prefix);
    };
    let rest = prefix.get(at + 3..).unwrap_or_default();
    // `http://localhost:$PORT/` is fine, `http://localhost$x` and `http://user:$p@host` are not.
    let host = rest
        .split(|&b| b == b':' || b == b'/')
        .next()
        .unwrap_or_default();
    host.len() < rest.len() && !rest.contains(&b'@') && is_local(prefix)
}

/// What an effect does, after the name of a program.
#[must_use]
pub const fn describe(effect: Effect) -> &'static str {
    match effect {
        Effect::Write => "writes files",
        Effect::Delete => "deletes files",
        Effect::DeleteTree => "deletes whole directories",
        Effect::ChangeMode => "changes modes or owners",
        Effect::RunProject => "runs code of the project",
        Effect::RunInline => "runs code that was not understood",
        Effect::RunDownloaded => "runs code from the network",
        Effect::RunOther => "runs another program",
        Effect::NetRead => "reads from the network",
        Effect::NetWrite => "sends to the network or changes a remote service",
        Effect::NetListen => "opens a port",
        Effect::InstallProject => "installs into the project",
        Effect::InstallUser => "installs for the user",
        Effect::InstallSystem => "installs for the whole machine",
        Effect::Publish => "publishes",
        Effect::VcsLocal => "changes the repository locally",
        Effect::VcsDiscard => "discards work that is not recorded elsewhere",
        Effect::VcsRewrite => "rewrites history",
        Effect::VcsPush => "updates a remote repository",
        Effect::Process => "signals or traces processes",
        Effect::Service => "controls services",
        Effect::Privilege => "acts with other privileges",
        Effect::System => "changes the system",
        Effect::Device => "writes to a device",
        Effect::DbRead => "reads a database",
        Effect::DbChange => "changes a database",
        Effect::DbDestroy => "drops tables or databases",
        Effect::ContainerRead => "looks at containers",
        Effect::ContainerChange => "changes containers or images",
        Effect::ContainerDestroy => "destroys containers, images or volumes",
        Effect::ClusterRead => "reads a cluster",
        Effect::ClusterChange => "changes a cluster",
        Effect::ClusterDestroy => "destroys cluster resources",
        Effect::CloudRead => "reads cloud resources",
        Effect::CloudChange => "changes cloud resources",
        Effect::CloudDestroy => "destroys cloud resources",
        Effect::Secret => "reads or prints secrets",
        Effect::Exfiltrate => "sends a secret away",
        Effect::Persist => "sets up code that runs later",
        Effect::Environment => "changes what later commands run",
        Effect::Interactive => "waits for a person",
        _ => "does something that was not understood",
    }
}

const fn verb(effect: Effect) -> &'static str {
    match effect {
        Effect::Write => "writes",
        Effect::Delete => "deletes",
        Effect::DeleteTree => "deletes everything below",
        Effect::ChangeMode => "changes the mode or owner of",
        Effect::RunProject => "runs",
        _ => "reads",
    }
}

const fn role_verb(role: WordRole) -> &'static str {
    match role {
        WordRole::Delete => "deletes",
        WordRole::DeleteTree => "deletes everything below",
        WordRole::Mode => "changes the mode or owner of",
        WordRole::Move => "moves",
        WordRole::Run => "runs",
        _ => "writes",
    }
}

/// Why something is not determined, as a sentence.
#[must_use]
pub const fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::UnknownVariable => "the value of a variable is not known",
        Reason::CommandOutput => "the output of a command is not known",
        Reason::Parameter => "a parameter is not known",
        Reason::Arithmetic => "arithmetic on names that need not be numbers",
        Reason::Reexpansion => "text that is expanded again",
        Reason::Indirect => "a name that is computed at run time",
        Reason::Subscript => "a subscript that the shell evaluates",
        Reason::Glob => "the result of a pattern is not known",
        Reason::TooMany => "too many alternatives",
        Reason::DynamicCode => "code that is not known is run",
        Reason::HeredocInSubstitution => "a here-document inside a substitution",
        Reason::Dialect => "shells differ on this construct",
        Reason::Syntax => "the text is not valid shell",
        Reason::Binary => "bytes that a shell refuses",
        Reason::Limit => "too deep, too long or too many steps",
        Reason::Redefinition => "a command was redefined in a way that was not followed",
        Reason::ShellState => "the state of the shell is not known",
        _ => "not determined",
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_local_only_by_their_name() {
        for (url, local) in [
            ("http://localhost:3000/x", true),
            ("localhost", true),
            ("http://127.0.0.1/x", true),
            ("http://[::1]:80/", true),
            ("http://localhost.evil.example/", false),
            ("http://localhost@evil.example/", false),
            ("http://127.0.0.1.evil.example/", false),
            ("https://example.org", false),
            ("http://evil.example\\@localhost/", false),
            ("file://localhost/etc/passwd", false),
        ] {
            assert_eq!(is_local(url.as_bytes()), local, "{url}");
        }
        assert!(dynamic_host_is_local(b"http://localhost:"));
        assert!(dynamic_host_is_local(b"http://localhost:30/"));
        assert!(!dynamic_host_is_local(b"http://localhost"));
        assert!(!dynamic_host_is_local(b"http://"));
    }
}
