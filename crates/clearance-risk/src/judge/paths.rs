//! Words that name files: where they lie, what changing them means.

use std::borrow::Cow;

use clearance_core::{Effect, Span, Verdict};
use clearance_sensitive::PathHit;
use clearance_shell::invocation::{Bytes, Cwd, Printed};

use crate::arg::Arg;
use crate::judge::{Judge, Site, Taint, verb};
use crate::path::{Place, Scope, matches_only_built};
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

/// `https://…`, `s3://…`.
fn has_scheme(path: &[u8]) -> bool {
    let at = path.windows(3).position(|w| w == b"://");
    at.and_then(|at| path.get(..at)).is_some_and(|scheme| {
        scheme.len() > 1 && scheme != b"file" && scheme.iter().all(u8::is_ascii_alphanumeric)
    })
}

impl Judge<'_> {
    /// A path in a role, judged by where it lies.
    pub fn path(&mut self, role: WordRole, arg: Arg<'_>, site: &Site<'_>) {
        if let Some(known) = arg.known() {
            for path in known {
                // Where a program takes an address for a file, it sends there.
                let written = matches!(role, WordRole::Write | WordRole::WriteDir);
                if written && has_scheme(path) {
                    let shown = arg.show();
                    self.address(arg, true, &shown);
                    continue;
                }
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

    pub(super) fn glob_deletion(&mut self, arg: Arg<'_>) {
        if self
            .ledger
            .found
            .iter()
            .any(|f| f.finding.span == arg.span())
        {
            return;
        }
        let pattern = arg.glob().map_or(arg.prefix(), |(pattern, _)| pattern);
        let temp = pattern.starts_with(b"/tmp/") || pattern.starts_with(b"/var/tmp/");
        if !temp && !matches_only_built(pattern) {
            self.report(Effect::Delete, 40, "delete.glob", arg.span(), || {
                format!(
                    "the pattern `{}` deletes files that are not named",
                    arg.show()
                )
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

    /// A path given as text.
    pub fn path_text(&mut self, role: WordRole, path: &[u8], wild: bool, span: Span, cwd: &Cwd) {
        if role == WordRole::Run && self.run_elsewhere(path, span) {
            return;
        }
        if path == b"-" || path.is_empty() {
            return;
        }
        // No file is called so; many programs run such a name, or read what stands in it.
        if matches!(path.trim_ascii(), [b'|' | b'<', ..] | [.., b'|']) && !wild {
            return self.unknown("path.command", span, || {
                format!(
                    "`{}` is a command to some programs",
                    String::from_utf8_lossy(path)
                )
            });
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
                self.obeyed(Effect::Write, place, span);
            }
            WordRole::Move => {
                let whole = matches!(place.scope, Scope::ProjectTop | Scope::TempTop);
                let effect = if is_near(place.scope) && !whole {
                    Effect::Write
                } else {
                    Effect::Delete
                };
                self.rated(effect, place, span);
                self.obeyed(effect, place, span);
            }
            WordRole::Delete | WordRole::DeleteTree if self.holds_moved(place) => {
                self.report(Effect::DeleteTree, 45, "delete.moved", span, || {
                    let path = String::from_utf8_lossy(&place.path).into_owned();
                    format!("deletes `{path}`, to which this script has moved files of the project")
                });
            }
            WordRole::Delete => {
                self.rated(Effect::Delete, place, span);
                self.obeyed(Effect::Delete, place, span);
            }
            WordRole::DeleteTree => self.rated(Effect::DeleteTree, place, span),
            WordRole::Mode => self.rated(Effect::ChangeMode, place, span),
            WordRole::Run => self.run_place(place, span),
            _ => {}
        }
    }

    /// Files of the project were moved there, or below, or above it.
    fn holds_moved(&self, place: &Place) -> bool {
        let literal = place.path.split(|b| b"*?[".contains(b)).next();
        let literal = literal.unwrap_or_default();
        let wild = literal.len() < place.path.len();
        self.ledger.moved.iter().any(|moved| {
            let after = moved.strip_prefix(literal);
            after.is_some_and(|rest| wild || rest.is_empty() || rest.starts_with(b"/"))
                || place
                    .path
                    .strip_prefix(moved.as_slice())
                    .is_some_and(|rest| rest.starts_with(b"/"))
        })
    }

    /// A file that others may read, but that decides what runs or what may run. Files that
    /// hold secrets are made anew without harm.
    fn obeyed(&mut self, effect: Effect, place: &Place, span: Span) {
        // Elsewhere the place speaks for itself.
        if place.scope == Scope::Hook || !is_near(place.scope) {
            return;
        }
        let governs = |hit: &PathHit| hit.read == Verdict::Allow && hit.write != Verdict::Allow;
        let Some(hit) = self.secret(place).filter(governs) else {
            return;
        };
        self.finding(effect, 40, false, Some(&place.path), span, || {
            let path = String::from_utf8_lossy(&place.path);
            let rule = format!("{}.{}", effect.as_str(), Scope::Hook.as_str());
            let message = format!("{} `{path}`: {}", verb(effect), hit.why);
            (Cow::Owned(rule), message, None)
        });
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
