//! Tools of OCaml, Nim and Zig: words that name code.

use clearance_core::Effect;
use clearance_shell::invocation::Word;

use crate::judge::{Call, Judge};
use crate::spec::WordRole;

/// `dune exec [OPTION]... PROGRAM [-- ARG...]`: a program that the project builds, or one from
/// `PATH`.
pub(super) fn dune_exec(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    judge.effect(Effect::RunProject, call);
    let Some(program) = call.operand(0) else {
        return;
    };
    let name = program.as_static().unwrap_or_default();
    if name.is_empty() {
        return judge.unknown("operand.unknown", program.span(), || {
            "which program is run is not known".to_owned()
        });
    }
    if name.starts_with(b"/") || name.starts_with(b"..") {
        judge.path(WordRole::Run, program, call.site);
    } else if !name.contains(&b'/') && judge.knows(name) {
        judge.run_argv(call.from_operand(0), call.site);
    }
}

/// `nim`: the program's own options are those of its sub-commands.
pub(super) fn nim(judge: &mut Judge<'_>, call: &Call<'_>) {
    if call.path().is_empty() && call.argv.len() > 1 && !call.has(&["-v", "--version"]) {
        judge.unknown("operand.unknown", call.span(), || {
            "this command of `nim` is not known".to_owned()
        });
    }
}

/// `zig cc`, `zig c++`: clang by another name.
pub(super) fn zig_cc(judge: &mut Judge<'_>, call: &Call<'_>) {
    let mut words = vec![Word::fixed(b"clang", call.span())];
    words.extend_from_slice(call.from_operand(0));
    judge.run_argv(&words, call.site);
}
