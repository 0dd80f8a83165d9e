//! Tools of JavaScript: which configuration `tsc` obeys, and yarn in a workspace.

use clearance_shell::invocation::Word;

use crate::judge::{Call, Judge};
use crate::spec::WordRole;

/// `tsc [-p PROJECT] [FILE]...`, `tsc -b [PROJECT]...`: what a project's configuration says is
/// written where it says, unless nothing is written.
pub(super) fn tsc(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for word in call.operands().filter(|w| w.prefix().starts_with(b"@")) {
        judge.unknown("argument.file", word.span(), || {
            format!("`{}` holds options that are not seen", word.show())
        });
    }
    if call.has(&["--noEmit", "--noemit"]) {
        return;
    }
    for project in call.values(&["-p", "--project"]) {
        judge.path(WordRole::Run, project, call.site);
    }
    if call.has(&["-b", "--build"]) {
        for project in call.operands() {
            judge.path(WordRole::Run, project, call.site);
        }
    }
}

/// `k6 run FILE`, `k6 inspect FILE`.
pub(super) fn k6(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    // Older versions fetch such a name.
    let fetched = |a: &crate::arg::Arg<'_>| {
        [&b"github.com/"[..], b"cdnjs.com/", b"gitlab.com/"]
            .iter()
            .any(|host| a.prefix().starts_with(host))
    };
    if let Some(arg) = call.operands().find(fetched) {
        judge.unknown("k6.fetched", arg.span(), || {
            format!("`{}` can be fetched and run", arg.show())
        });
    }
}

/// `yarn workspace NAME COMMAND [ARG]...`: yarn again, in the directory of a workspace.
pub(super) fn yarn_workspace(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    let rest = call.from_operand(1);
    if rest.is_empty() {
        return;
    }
    let mut words = vec![Word::fixed(b"yarn", call.span())];
    words.extend_from_slice(rest);
    judge.run_argv(&words, call.site);
}
