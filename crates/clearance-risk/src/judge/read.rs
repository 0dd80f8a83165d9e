//! What reading shows: files that hold secrets, searches for them, and lists of files.

use std::borrow::Cow;

use clearance_core::{Effect, Span, Verdict};
use clearance_sensitive::PathHit;
use clearance_shell::invocation::{Bytes, Cwd, Stdin, Word};

use super::{Call, Judge, Taint};
use crate::arg::Arg;
use crate::path::{Place, Scope};
use crate::run::Shape;
use crate::score;
use crate::spec::WordRole;

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
    pub(crate) fn revision(&mut self, arg: Arg<'_>, call: &Call<'_>) {
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

    /// `.*` and its like match `.env`, whatever else they match.
    pub(super) fn hidden_files(&mut self, role: WordRole, pattern: &[u8], span: Span) {
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

    /// What clearance-sensitive knows of a path. Inside the project its location does not
    /// count: a checkout may lie below `.codex` or another agent's folder.
    pub(crate) fn secret(&self, place: &Place) -> Option<PathHit> {
        let inside = matches!(
            place.scope,
            Scope::Project | Scope::Build | Scope::Git | Scope::Hook
        );
        let root = self.places.root().len() + 1;
        let path = if inside { place.path.get(root..) } else { None };
        crate::secret::classify(path.unwrap_or(&place.path), place.wild)
    }

    /// A file that is known to hold secrets is read.
    pub(super) fn reads_secret(&mut self, place: &Place, hit: &PathHit, score: u8, span: Span) {
        let path = Some(place.path.as_slice());
        self.finding(Effect::Secret, score, false, path, span, || {
            let path = String::from_utf8_lossy(&place.path).into_owned();
            let message = format!("reads `{path}`: {}", hit.why);
            (Cow::Borrowed("secret.read"), message, None)
        });
    }

    /// Words that are handed to code of the project, which may do anything with the file that
    /// one of them names.
    pub(crate) fn handed(&mut self, words: &[Word], cwd: &Cwd) {
        for word in words.iter().map(Arg::new) {
            let Some(text) = word.as_static() else {
                continue;
            };
            let text = text.trim_ascii();
            let at = if text.starts_with(b"-") {
                // `--file=NAME`, `--file:/NAME`, `-f/NAME`.
                let begins =
                    |at: usize| matches!(text.get(at..), Some([b'/', ..] | [b'~', b'/', ..]));
                let sign = memchr::memchr(b'=', text).map(|at| at + 1);
                let path = || (0..text.len()).find(|at| begins(*at));
                sign.or_else(path).unwrap_or(text.len())
            } else {
                0
            };
            let path = text.get(at..).unwrap_or_default();
            let named = matches!(path, [b'.' | b'~' | b'/', _, ..]) || path.contains(&b'/');
            // A text of several words is a program or a message.
            if !named
                || path
                    .iter()
                    .any(|b| b.is_ascii_whitespace() || b"();".contains(b))
            {
                continue;
            }
            for place in self.locate(path, false, cwd) {
                let secret = self.secret(&place).filter(|h| h.read != Verdict::Allow);
                if let Some(hit) = secret {
                    self.taint(Taint::SECRET);
                    self.reads_secret(&place, &hit, score::base(Effect::Secret), word.span());
                }
            }
        }
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
            return self.reads_secret(place, &hit, score, span);
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
}
