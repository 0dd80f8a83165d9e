//! Handlers: what the data of a pack cannot say about a program.
//!
//! A handler is named by a pack (`handler = "env"`) and decides *instead of* the default
//! evaluation; [`Judge::defaults`] (or its parts [`Judge::option_defaults`],
//! [`Judge::operand_defaults`]) does what the pack says. The words are already read by the
//! spec, see [`Call`]; unknown options are already reported.
//!
//! The rule: what a handler does not understand, it reports by [`Judge::unknown`]. To leave a
//! word out is to allow it.
//!
//! ```ignore
//! pub(super) fn timeout(judge: &mut Judge<'_>, call: &Call<'_>) {
//!     judge.option_defaults(call);                    // effects, values of options
//!     judge.run_argv(call.from_operand(1), call.site); // the words after the duration
//! }
//! ```

// Who writes which, while several work at once. Engine: git*, find, fd, sed, awk, jq, chmod,
// kill, ps, mktemp, printenv, dd, patch, install, dc, interpreters, wrappers. Packs: the
// package managers and runners (npm, npx, pnpm, yarn, bun, deno, uv, pip, go, rustc, pytest,
// eslint), tmux, containers, network, databases, all else.
mod find;
mod git;
mod interpreter;
mod push;
mod shellwords;
mod system;
mod text;
mod wrap;

use crate::judge::{Call, Judge};

/// A handler.
pub type Handler = fn(&mut Judge<'_>, &Call<'_>);

/// The pack says all that is needed; the name keeps room for a handler.
fn defaults(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
}

/// The handler that packs call by this name.
#[must_use]
pub fn by_name(name: &str) -> Option<Handler> {
    Some(match name {
        "awk" => text::awk,
        "chmod" => system::chmod,
        "dc" => text::dc,
        "dd" => system::dd,
        "fd" => find::fd,
        "find" => find::find,
        "git" => git::git,
        "git-branch" | "git-clean" | "git-commit" | "git-rebase" | "jq" | "mktemp" | "patch"
        | "printenv" => defaults,
        "git-checkout" => git::checkout,
        "git-config" => git::config_command,
        "git-fetch" => git::fetch,
        "git-foreach" => git::foreach,
        "git-restore" => git::restore,
        "git-rm" => git::rm,
        "git-worktree" => git::worktree,
        "install" => system::install,
        "kill" => system::kill,
        "ps" => system::ps,
        "sed" => text::sed,
        "declare" => wrap::declare,
        "eval" => shellwords::eval,
        "env" => wrap::env,
        "git-push" => push::git_push,
        "lua" => interpreter::lua,
        "node" => interpreter::node,
        "perl" => interpreter::perl,
        "php" => interpreter::php,
        "python" => interpreter::python,
        "ruby" => interpreter::ruby,
        "shell" => wrap::shell,
        "trap" => shellwords::trap,
        "xargs" => wrap::xargs,
        _ => return None,
    })
}
