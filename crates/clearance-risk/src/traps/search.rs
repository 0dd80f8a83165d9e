//! Searches: the files that they choose, and the names that they print.

use clearance_core::Effect;
use clearance_shell::invocation::{Cwd, Stdin, Word};

use crate::arg::Arg;
use crate::judge::{Call, Judge, Taint};
use crate::secret;
use crate::spec::WordRole;

/// A search without files reads everything below the working directory.
pub(super) fn here(judge: &mut Judge<'_>, call: &Call<'_>) {
    let recursive =
        call.name() != "grep" || call.has(&["-r", "--recursive", "-R", "--dereference-recursive"]);
    let patterns = usize::from(!call.has(&["-e", "--regexp", "-f", "--file"]));
    let known = matches!(call.site.cwd.as_ref(), Cwd::Known(_) | Cwd::OneOf(_));
    let piped = call.name() != "grep" && !matches!(call.site.stdin, Stdin::Inherit | Stdin::Null);
    if recursive && known && !piped && call.parsed.operands.len() <= patterns {
        let word = Word::fixed(b".", call.span());
        judge.path(WordRole::ReadTree, Arg::new(&word), call.site);
    }
}

/// Names from a list that speak of secrets, chosen for the next command.
pub(super) fn selected_names(judge: &mut Judge<'_>, call: &Call<'_>) {
    if !matches!(call.site.stdin, Stdin::Pipe(_)) || call.has(&["-v", "--invert-match", "-q", "-c"])
    {
        return;
    }
    let pattern = call.value(&["-e", "--regexp"]).or(call.operand(0));
    let hints = pattern
        .and_then(Arg::as_static)
        .is_some_and(crate::handlers::find::hints_at_secrets);
    if hints && call.parsed.operands.len() <= 1 {
        judge.taint(Taint::SECRET_NAMES);
    }
}

/// Options that choose the files of a search: a pattern for files with secrets.
pub(super) fn selected_files(judge: &mut Judge<'_>, call: &Call<'_>) {
    let lists = call.has(&[
        "-l",
        "--files-with-matches",
        "--files",
        "-L",
        "--files-without-match",
        "-c",
        "--count",
    ]);
    for value in call.values(&["--include", "-g", "--glob", "--iglob"]) {
        let selects = value
            .known()
            .is_some_and(|mut all| all.any(|p| !p.starts_with(b"!") && secret::selects_secrets(p)))
            || value
                .glob()
                .is_some_and(|(p, _)| secret::selects_secrets(p));
        if selects && !lists {
            judge.report(Effect::Secret, 45, "secret.search", value.span(), || {
                format!("`{}` chooses files that hold secrets", value.show())
            });
        }
    }
}
