//! Words that name files: where they lie, what touching them means.

use std::borrow::Cow;

use clearance_core::{Effect, Span, Verdict};
use clearance_shell::invocation::{Bytes, Cwd, Dynamic, Piece, Printed, Reason, Stdin, Value};

use crate::arg::Arg;
use crate::judge::{Call, Judge, Site, Taint, role_verb, verb, why};
use crate::path::{Place, Scope};
use crate::run::Shape;
use crate::score;
use crate::spec::WordRole;

/// The places of a path; see [`Judge::locate`].
#[derive(Clone, Debug)]
pub struct Located {
    first: Option<Place>,
    more: std::vec::IntoIter<Place>,
}

impl Iterator for Located {
    type Item = Place;

    fn next(&mut self) -> Option<Place> {
        self.first.take().or_else(|| self.more.next())
    }
}

impl Judge<'_> {
    /// A pattern that names several kinds of secrets is a search for secrets.
    pub(super) fn pattern(&mut self, arg: Arg<'_>) {
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
        let mut found = 0_u32;
        for at in (0..lower.len()).filter(|&at| {
            let first = lower.get(at).copied().unwrap_or_default();
            b"abcpst".contains(&first)
        }) {
            let tail = lower.get(at..).unwrap_or_default();
            for (bit, word) in WORDS.iter().enumerate() {
                found |= u32::from(tail.starts_with(word)) << bit;
            }
        }
        if found.count_ones() >= 3 {
            self.report(Effect::Secret, 35, "secret.search", arg.span(), || {
                "a search for passwords, keys and tokens".to_owned()
            });
        }
    }

    /// A revision, or a path in one (`HEAD:.env`), whose content is shown.
    pub(super) fn revision(&mut self, arg: Arg<'_>, call: &Call<'_>) {
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
            self.hidden_files(role, pattern, arg.span());
            if role == WordRole::Delete || role == WordRole::DeleteTree {
                let _ = glob;
                self.glob_deletion(arg);
            }
        } else if role == WordRole::Write && self.is_runner_file(arg) {
            // `tee -a "$GITHUB_OUTPUT"`
        } else if let Some(dynamic) = arg.dynamic() {
            let taint = self.sources(&dynamic.sources);
            self.ledger.taint = self.ledger.taint.with(taint);
            self.dynamic_path(role, arg, taint, site);
        }
    }

    /// `.*` and its like match `.env`, whatever else they match.
    fn hidden_files(&mut self, role: WordRole, pattern: &[u8], span: Span) {
        let last = pattern.rsplit(|&b| b == b'/').next().unwrap_or_default();
        let every =
            last.starts_with(b".") && last.len() > 1 && last.iter().all(|b| b".*?[]!^".contains(b));
        if every && matches!(role, WordRole::Read | WordRole::ReadTree | WordRole::Edit) {
            self.report(Effect::Secret, 45, "secret.read", span, || {
                let shown = String::from_utf8_lossy(pattern);
                format!("`{shown}` could be a file that holds secrets")
            });
        }
    }

    pub(super) fn glob_deletion(&mut self, arg: Arg<'_>) {
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

    /// A tool by its name, which is one that is installed, or by its path.
    pub(super) fn tool(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        if arg.prefix().contains(&b'/') || arg.prefix().starts_with(b"~") {
            return self.path(WordRole::Run, arg, call.site);
        }
        if arg.as_static().is_none() {
            self.unknown("tool.dynamic", arg.span(), || {
                format!("which tool `{}` is, is not known", arg.show())
            });
        }
    }

    /// A variable that a builtin of the shell sets.
    pub(super) fn assigned(&mut self, arg: Arg<'_>) {
        let text = arg.as_static().unwrap_or(arg.prefix());
        let length = text
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count();
        crate::env::judge_name(self, text.get(..length).unwrap_or_default(), arg.span());
    }

    /// A file that names files (`--files0-from`): each of them is read.
    pub(super) fn read_list(&mut self, list: Arg<'_>, call: &Call<'_>) {
        let Some(known) = list.known() else {
            return self.path(WordRole::Read, list, call.site);
        };
        let mut texts: Vec<Bytes> = Vec::new();
        let mut unseen = false;
        for path in known {
            if matches!(path, b"-" | b"/dev/stdin") {
                match call.site.stdin {
                    Stdin::Text(text) => texts.push(text.clone()),
                    Stdin::Null | Stdin::Inherit => {}
                    Stdin::File(word) => {
                        let file = Arg::new(word);
                        unseen |= !file.as_static().is_some_and(|f| self.is_own_list(f, call));
                    }
                    stdin => unseen |= !matches!(self.input_shape(stdin, 8), Shape::Paths(_)),
                }
                continue;
            }
            self.path_text(WordRole::Read, path, false, list.span(), &call.site.cwd);
            for place in self.locate(path, false, &call.site.cwd) {
                let mut written = self.ledger.written.iter().rev();
                match written.find(|w| w.path == place.path) {
                    Some(written) => match &written.text {
                        Some(text) => texts.push(text.clone()),
                        None => unseen = true,
                    },
                    None => unseen |= !self.is_own_list(path, call),
                }
            }
        }
        for text in texts {
            for name in text.split(|&b| b == b'\n' || b == 0) {
                self.path_text(WordRole::Read, name, false, list.span(), &call.site.cwd);
            }
        }
        if unseen {
            self.unknown("read.list", list.span(), || {
                format!("which files `{}` names is not known", list.show())
            });
        }
    }

    fn is_own_list(&self, path: &[u8], call: &Call<'_>) -> bool {
        let own = |place: Place| matches!(place.scope, Scope::Project | Scope::Build);
        self.locate(path, false, &call.site.cwd).all(own)
    }

    /// What an option runs is no file: standard input, or an address.
    pub(super) fn run_elsewhere(&mut self, path: &[u8], span: Span) -> bool {
        let stdin: &[&[u8]] = &[b"-", b"/dev/stdin", b"/dev/fd/0", b"/proc/self/fd/0"];
        if stdin.contains(&path) {
            self.unknown("code.stdin", span, || {
                "what is run comes from standard input".to_owned()
            });
            return true;
        }
        if path.starts_with(b"{") && path.contains(&b':') {
            self.unknown("run.inline-config", span, || {
                "a configuration is given as text: what it loads is not known".to_owned()
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
    pub fn locate(&self, path: &[u8], wild: bool, cwd: &Cwd) -> Located {
        let one = |path: &[u8], wild: bool, dir: &[u8]| Located {
            first: Some(self.places.place(path, wild, dir)),
            more: Vec::new().into_iter(),
        };
        match cwd {
            Cwd::Known(dir) => one(path, wild, dir),
            Cwd::OneOf(dirs) => {
                let places = dirs.iter().map(|d| self.places.place(path, wild, d));
                Located {
                    first: None,
                    more: places.collect::<Vec<_>>().into_iter(),
                }
            }
            Cwd::Below(dir) | Cwd::Printed(Printed { top: Some(dir), .. }) => {
                if path.starts_with(b"/") || path.starts_with(b"~") {
                    return one(path, wild, dir);
                }
                let mut below = b"*/".to_vec();
                below.extend_from_slice(path);
                one(&below, true, dir)
            }
            Cwd::Printed(_) | Cwd::Unknown => one(path, wild, b""),
        }
    }

    pub(super) fn placed(&mut self, role: WordRole, place: &Place, span: Span) {
        match role {
            WordRole::List | WordRole::Cd => {
                if self
                    .secret(place)
                    .is_some_and(|hit| hit.read != Verdict::Allow)
                {
                    self.ledger.taint = self.ledger.taint.with(Taint::SECRET_NAMES);
                }
                if !is_near(place.scope) {
                    self.ledger.taint = self.ledger.taint.with(Taint::FAR_NAMES);
                }
                self.ledger.effects = self.ledger.effects.with(Effect::List);
            }
            WordRole::Read | WordRole::ReadList | WordRole::ReadTree => {
                self.read(role, place, span);
            }
            WordRole::Write | WordRole::WriteDir | WordRole::Mkdir | WordRole::Edit => {
                self.ledger.outputs.push(place.path.clone());
                self.rated(Effect::Write, place, span);
            }
            WordRole::Move => {
                let whole = matches!(place.scope, Scope::ProjectTop | Scope::TempTop);
                let effect = if is_near(place.scope) && !whole {
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

    pub(super) fn rated(&mut self, effect: Effect, place: &Place, span: Span) {
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
    pub(crate) fn secret(&self, place: &Place) -> Option<clearance_sensitive::PathHit> {
        let inside = matches!(
            place.scope,
            Scope::Project | Scope::Build | Scope::Git | Scope::Hook
        );
        let root = self.places.root().len() + 1;
        let path = if inside { place.path.get(root..) } else { None };
        crate::secret::classify(path.unwrap_or(&place.path), place.wild)
    }

    pub(super) fn read(&mut self, role: WordRole, place: &Place, span: Span) {
        let mut written = self.ledger.written.iter().rev();
        let written = written.find(|w| w.path == place.path);
        if let (None, Some(above)) = (written, self.written_at(&place.path)) {
            self.ledger.taint = self.ledger.taint.with(above.taint);
        }
        if let Some(written) = written {
            let copied = written.text.is_none() && written.taint.has(Taint::SECRET);
            self.ledger.taint = self.ledger.taint.with(written.taint);
            if copied {
                return self.report(Effect::Secret, 45, "secret.read", span, || {
                    let path = String::from_utf8_lossy(&place.path).into_owned();
                    format!("reads `{path}`, which was a secret before")
                });
            }
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
        if !matches!(
            place.scope,
            Scope::Project
                | Scope::ProjectTop
                | Scope::Build
                | Scope::Git
                | Scope::Hook
                | Scope::System
                | Scope::Null
                | Scope::Proc
        ) {
            self.ledger.taint = self.ledger.taint.with(Taint::AWAY);
        }
        let settings = [&b"/.config"[..], b"/.local", b"/.local/share", b"/Library"]
            .iter()
            .any(|dir| place.path.strip_prefix(self.places.home()) == Some(dir));
        if role == WordRole::ReadTree
            && (settings || matches!(place.scope, Scope::HomeTop | Scope::Top | Scope::Proc))
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
    pub(super) fn dynamic_path(
        &mut self,
        role: WordRole,
        arg: Arg<'_>,
        taint: Taint,
        site: &Site<'_>,
    ) {
        let Some(dynamic) = arg.dynamic() else { return };
        let prefix = arg.prefix();
        if dynamic.numeric {
            let mut text = prefix.to_vec();
            text.push(b'0');
            text.extend_from_slice(&dynamic.suffix);
            return self.path_text(role, &text, false, arg.span(), &site.cwd);
        }
        let goes = matches!(
            role,
            WordRole::Delete | WordRole::DeleteTree | WordRole::Move | WordRole::Mode
        );
        if let Some(text) = self.in_temp_of_caller(arg).filter(|_| !goes) {
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
            // Nothing says which file it is, or only what could print any name does.
            let unknown = match dynamic.reason {
                Reason::UnknownVariable | Reason::Parameter | Reason::Indirect => {
                    dynamic.sources.is_empty() || taint.has(Taint::FREE_TEXT)
                }
                Reason::CommandOutput => taint.has(Taint::FREE_TEXT),
                _ => false,
            };
            let blind = unknown
                && matches!(role, WordRole::Read | WordRole::ReadTree)
                && matches!(prefix, b"" | b"./")
                && dynamic.suffix.is_empty();
            let value = arg.to_value();
            let (named, elsewhere) = match &value {
                Value::Dynamic(known) => self.names_of(known),
                _ => (false, None),
            };
            for pattern in elsewhere.unwrap_or_default() {
                self.path_text(role, &pattern, true, arg.span(), &site.cwd);
            }
            if blind && !named {
                self.report(Effect::Secret, 40, "read.dynamic", arg.span(), || {
                    format!("which file `{}` is, is not determined", arg.show())
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
        let change = matches!(
            role,
            WordRole::Write | WordRole::WriteDir | WordRole::Mkdir | WordRole::Edit
        );
        let value = arg.to_value();
        if let (Value::Dynamic(known), true) = (&value, change) {
            if let Some(patterns) = self.path_patterns(known, role == WordRole::Edit) {
                for pattern in patterns {
                    self.path_text(role, &pattern, true, arg.span(), &site.cwd);
                }
                return;
            }
        }
        if let (Value::Dynamic(known), false) = (&value, change || dynamic.may_split) {
            if let Some(mut texts) = self.with_numbers(known) {
                // A command that fails prints no number.
                texts.push(known_text(known));
                for text in texts {
                    self.path_text(role, &text, false, arg.span(), &site.cwd);
                }
                return;
            }
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
    pub(super) fn run_place(&mut self, place: &Place, span: Span) {
        if !self.ledger.written.is_empty() {
            self.written_config(place, span);
        }
        self.rated_run(place, span);
    }

    pub(crate) fn rated_run(&mut self, place: &Place, span: Span) {
        if !self.ledger.written.is_empty() {
            let shown = String::from_utf8_lossy(&place.path).into_owned();
            self.runs_arrived(&place.path, &shown, span);
        }
        let secret = self.secret(place).filter(|hit| hit.read != Verdict::Allow);
        if let Some(hit) = secret {
            // What reads it as a program shows it in its messages.
            self.finding(
                Effect::Secret,
                score::base(Effect::Secret),
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

    /// The script itself has written this file.
    #[must_use]
    pub fn has_written(&self, path: &[u8], cwd: &Cwd) -> bool {
        self.locate(path, false, cwd)
            .any(|place| self.ledger.written.iter().any(|w| w.path == place.path))
    }

    /// The script writes a file of this directory, before or after this place in the script,
    /// or is too long to know.
    pub(crate) fn writes_below(&self, dir: &[u8]) -> bool {
        let below = |path: &[u8]| {
            path.strip_prefix(dir)
                .is_some_and(|rest| rest.starts_with(b"/"))
        };
        if !self.script.is_all() || self.ledger.written.iter().any(|w| below(&w.path)) {
            return true;
        }
        self.script.written().iter().any(|file| {
            let target = self.resolved_target(&file.path);
            let arg = Arg::new(&target);
            let cwd = match self.script.invocation(file.by) {
                Some(invocation) => &invocation.cwd,
                None => &Cwd::Unknown,
            };
            arg.known().is_none_or(|mut paths| {
                paths.any(|path| self.locate(path, false, cwd).any(|p| below(&p.path)))
            })
        })
    }
}

/// Writing here is the project's own business.
pub(crate) fn is_near(scope: Scope) -> bool {
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

/// What is known of a word, without what is not.
fn known_text(word: &Dynamic) -> Vec<u8> {
    let mut text = Vec::new();
    for piece in word.pieces() {
        if let Piece::Text(known) = piece {
            text.extend_from_slice(known);
        }
    }
    text
}
