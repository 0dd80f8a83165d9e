//! rustc and the commands of cargo that hand words on.

use clearance_core::Effect;
use clearance_shell::invocation::Word;

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::RUSTC_CODEGEN;

/// `rustc`: `-C` values that run a linker of one's choice, `--emit` with a path.
pub(super) fn rustc(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    if call.name() == "rustdoc" {
        for value in call.values(&["-Z"]) {
            if !value
                .as_str()
                .is_some_and(crate::env::options::is_harmless_unstable)
            {
                judge.unknown("rustc.unstable", value.span(), || {
                    format!("`-Z {}` is not known", value.show())
                });
            }
        }
        return;
    }
    for value in call.values(&["-C", "--codegen"]) {
        let known = value.as_str().is_some_and(|v| {
            v == "help" || RUSTC_CODEGEN.has(v.split('=').next().unwrap_or_default())
        });
        if !known {
            judge.unknown("rustc.codegen", value.span(), || {
                format!("`-C {}` can name a linker or a plug-in", value.show())
            });
        }
    }
    for value in call.values(&["--emit", "--print", "-Z"]) {
        if value
            .as_static()
            .is_none_or(|v| v.contains(&b'=') || v.contains(&b'/'))
        {
            judge.unknown("rustc.emit", value.span(), || {
                format!("what `{}` writes is not known", value.show())
            });
        }
    }
    let stable = call.values(&["-Z"]).all(|v| {
        v.as_str()
            .is_some_and(|v| v == "help" || crate::env::options::is_harmless_unstable(v))
    });
    if !stable {
        judge.unknown("rustc.unstable", call.span(), || {
            "unstable options of rustc".to_owned()
        });
    }
    if call.parsed.operands.is_empty() {
        return;
    }
    judge.effect(Effect::Write, call);
}

/// `cargo rustc -- ARG...`, `cargo clippy -- ARG...`: the words after `--` are the compiler's.
pub(super) fn cargo_rustc(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    let Some(at) = call.argv.iter().position(|w| w.as_static() == Some(b"--")) else {
        return;
    };
    let program: &[u8] = match call.path() {
        "fmt" => b"rustfmt",
        "rustdoc" => b"rustdoc",
        _ => b"rustc",
    };
    let mut words = vec![Word::fixed(program, call.span())];
    let rest = call.argv.get(at + 1..).unwrap_or_default();
    words.extend(
        rest.iter()
            .filter(|w| w.as_static() != Some(b"--no-deps"))
            .cloned(),
    );
    if words.len() > 1 {
        judge.run_argv(&words, call.site);
    }
}

/// `cargo run`, `cargo xtask TASK`, `cargo watch -x 'SUB ARG...' -- COMMAND`.
pub(super) fn cargo_run(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    if matches!(call.path(), "xtask" | "x" | "make") {
        if let Some(name) = call.operand(0).and_then(Arg::as_str) {
            if let Some(effect) = crate::tasks::meaning(name) {
                judge.effect(effect, call);
            }
        }
    }
    if call.path() != "watch" {
        return;
    }
    for text in call.values(&["-x", "--exec"]) {
        let Some(text) = text.as_str() else {
            judge.unknown("cargo.watch", text.span(), || {
                "what `cargo watch` runs is not determined".to_owned()
            });
            continue;
        };
        let mut words = vec![Word::fixed(b"cargo", call.span())];
        let parts = text.split_whitespace();
        words.extend(parts.map(|w| Word::fixed(w.as_bytes(), call.span())));
        judge.run_argv(&words, call.site);
    }
    if call.argv.iter().any(|w| w.as_static() == Some(b"--")) {
        judge.run_argv(call.from_operand(0), call.site);
    }
}
