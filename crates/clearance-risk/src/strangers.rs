//! Environment variables that no table names. What they mean is their program's business, but
//! some can be told from name and value: they name a program, carry options, redirect it to
//! another server, or point to a place from which nothing should be loaded.

use clearance_core::{Effect, Span, Verdict};

use crate::arg::Arg;
use crate::judge::{Judge, Site, is_local};
use crate::names::{VARIABLE_OPTIONS, VARIABLE_PROGRAM, VARIABLE_SERVER, VARIABLE_WRITTEN};
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
        let written = VARIABLE_WRITTEN.has(name);
        for path in text.split(|&b| b == b':') {
            if path.starts_with(b"/") || path.starts_with(b"~/") || path.starts_with(b"../") {
                for place in judge.locate(path, false, &site.cwd) {
                    if is_strange(judge, &place, written) {
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
    const LOADS: &[&[u8]] = &[
        b"-javaagent",
        b"-agent",
        b"--require",
        b"--import",
        b"--eval",
        b"--exec",
        b"--preload",
        b"-e",
        b"-r",
        b"-M",
        b"-I",
    ];
    text.split(|b| b.is_ascii_whitespace())
        .any(|word| LOADS.iter().any(|l| word.starts_with(l)))
}

/// Nothing is loaded from there, or nothing is written there.
fn is_strange(judge: &Judge<'_>, place: &Place, written: bool) -> bool {
    let secret = judge
        .secret(place)
        .is_some_and(|hit| hit.read != Verdict::Allow);
    secret
        || match place.scope {
            Scope::HomeTop | Scope::HomeConfig | Scope::Hook | Scope::Device | Scope::Socket => {
                true
            }
            Scope::Temp | Scope::TempTop => !written,
            _ => false,
        }
}

fn say(judge: &mut Judge<'_>, span: Span, message: impl FnOnce() -> String) {
    judge.report(Effect::Environment, 45, "env.unusual", span, message);
}
