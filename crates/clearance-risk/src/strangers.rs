//! Environment variables that no table names. What they mean is their program's business, but
//! some can be told from name and value: they name a program, carry options, redirect it to
//! another server, or point to a place from which nothing should be loaded.

use clearance_core::{Effect, Span, Verdict};

use crate::arg::Arg;
use crate::judge::{Judge, Site, is_local};
use crate::names::{
    KEPT_VARIABLE, LOADING_WORD, VARIABLE_OPTIONS, VARIABLE_PROGRAM, VARIABLE_SERVER,
    WRITTEN_VARIABLE,
};
use crate::path::{Place, Scope};

/// A variable that a program is started with.
pub(crate) fn judge_stranger(
    judge: &mut Judge<'_>,
    name: &str,
    value: Arg<'_>,
    span: Span,
    site: &Site<'_>,
) {
    let Some(values) = value.known() else { return };
    for text in values {
        if VARIABLE_PROGRAM.has(name) && text.contains(&b'/') && !text.starts_with(b"/usr/") {
            return say(judge, span, || format!("`{name}` names a program"));
        }
        if VARIABLE_OPTIONS.has(name) && loads(text) {
            return say(judge, span, || {
                format!("`{name}` carries options that load code")
            });
        }
        let address = text.windows(3).any(|w| w == b"://");
        if address {
            if VARIABLE_SERVER.has(name) && !is_local(text) {
                return say(judge, span, || {
                    format!("`{name}` sends the program to another server")
                });
            }
            continue;
        }
        let upper = name.to_ascii_uppercase();
        let use_of = Use {
            written: WRITTEN_VARIABLE.has(upper.as_bytes()),
            kept: KEPT_VARIABLE.has(upper.as_bytes()),
        };
        for path in text.split(|&b| b == b':') {
            if path.starts_with(b"/") || path.starts_with(b"~/") || path.starts_with(b"../") {
                for place in judge.locate(path, false, &site.cwd) {
                    if is_strange(judge, &place, use_of) {
                        return say(judge, span, || {
                            let shown = String::from_utf8_lossy(&place.path);
                            let lies = place.scope.describe();
                            format!("`{name}` points to `{shown}`, {lies}")
                        });
                    }
                }
            }
        }
    }
}

/// Options by which code is loaded or run.
fn loads(text: &[u8]) -> bool {
    text.split(|b| b.is_ascii_whitespace())
        .any(|word| LOADING_WORD.has(word))
}

/// What the place is for that a variable names.
#[derive(Clone, Copy)]
struct Use {
    /// It is written, and nothing is loaded from it.
    written: bool,
    /// It is written, and what was written is loaded.
    kept: bool,
}

/// Nothing is loaded from there, or nothing is written there.
fn is_strange(judge: &Judge<'_>, place: &Place, use_of: Use) -> bool {
    let secret = judge
        .secret(place)
        .is_some_and(|hit| hit.read != Verdict::Allow);
    secret
        || match place.scope {
            Scope::HomeTop | Scope::HomeConfig | Scope::Hook | Scope::Device | Scope::Socket => {
                true
            }
            Scope::Temp | Scope::TempTop => !use_of.written,
            Scope::Project | Scope::Build | Scope::ProjectTop | Scope::Null => false,
            // Its own place among the caches of the user is where it writes anyway.
            Scope::Home => (use_of.written || use_of.kept) && !is_cache(judge, place),
            _ => use_of.written || use_of.kept,
        }
}

/// Below `~/.cache` or `~/Library/Caches`.
fn is_cache(judge: &Judge<'_>, place: &Place) -> bool {
    let rest = place.path.strip_prefix(judge.places().home());
    rest.is_some_and(|rest| rest.starts_with(b"/.cache/") || rest.starts_with(b"/Library/Caches/"))
}

fn say(judge: &mut Judge<'_>, span: Span, message: impl FnOnce() -> String) {
    judge.report(Effect::Environment, 45, "env.unusual", span, message);
}
