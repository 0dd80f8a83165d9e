//! Paths that the text does not determine.

use clearance_core::Effect;
use clearance_shell::invocation::{Dynamic, Piece, Reason, Value};

use super::{Judge, Site, Taint, role_verb, why};
use crate::arg::Arg;
use crate::spec::WordRole;

impl Judge<'_> {
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
                Reason::UnknownVariable
                | Reason::Assigned
                | Reason::Parameter
                | Reason::Indirect => dynamic.sources.is_empty() || taint.has(Taint::FREE_TEXT),
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
