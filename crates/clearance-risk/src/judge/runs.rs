//! Paths of what is run: programs, tools, files that an option loads.

use std::borrow::Cow;

use clearance_core::{Effect, Span, Verdict};

use super::{Call, Judge};
use crate::arg::Arg;
use crate::path::{Place, Scope};
use crate::score;
use crate::spec::WordRole;

impl Judge<'_> {
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
            self.reads_secret(place, &hit, score::base(Effect::Secret), span);
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
}
