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

mod archive;
mod build;
mod calltext;
mod cloud;
mod cmake;
mod compilers;
mod container;
mod data;
mod debug;
mod dotnet;
mod editor;
mod elixir;
mod envlist;
mod ffmpeg;
pub(crate) mod find;
mod git;
mod golang;
mod instruments;
mod interpreter;
mod javascript;
mod jvm;
mod langs;
mod looks;
mod media;
mod net;
mod octave;
mod packages;
mod phptext;
mod process;
mod pymodule;
mod rails;
mod reporters;
mod rust;
mod science;
mod shellwords;
pub(crate) mod stage;
mod system;
mod text;
mod tools;
mod wrap;

use crate::judge::{Call, Judge};

/// A handler.
pub type Handler = fn(&mut Judge<'_>, &Call<'_>);

/// The pack says all that is needed; the name keeps room for a handler.
fn defaults(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
}

/// A sub-command that does what it does also when the program is told to rehearse: an option
/// that replaces the effects of others does not replace these.
fn unrehearsed(judge: &mut Judge<'_>, call: &Call<'_>) {
    for effect in call.command().effects.iter() {
        judge.effect(effect, call);
    }
    judge.defaults(call);
}

/// The handler that packs call by this name.
#[must_use]
pub fn by_name(name: &str) -> Option<Handler> {
    Some(match name {
        "alias" => wrap::alias,
        "unrehearsed" => unrehearsed,
        "awk" => text::awk,
        "chmod" => process::chmod,
        "dc" => text::dc,
        "dd" => process::dd,
        "fd" => find::fd,
        "find" => find::find,
        "git" => git::git,
        "git-clean" | "git-commit" | "git-rebase" | "jq" | "patch" => defaults,
        "printenv" => wrap::printenv,
        "git-add" => git::add,
        "git-bisect-run" => git::bisect_run,
        "git-branch" => git::branch,
        "git-cat-file" => git::cat_file,
        "git-tag" => git::tag,
        "git-checkout" => git::checkout,
        "git-config" => git::config_command,
        "git-fetch" => git::fetch,
        "git-foreach" => git::foreach,
        "git-restore" => git::restore,
        "git-rm" => git::rm,
        "git-worktree" => git::worktree,
        "install" => process::install,
        "kill" => process::kill,
        "mktemp" => process::mktemp,
        "pkill" => process::pkill,
        "ps" => process::ps,
        "sed" => text::sed,
        "declare" => wrap::declare,
        "eval" => shellwords::eval,
        "env" => wrap::env,
        "git-push" => git::push::git_push,
        "lua" => interpreter::lua,
        "node" => interpreter::node,
        "perl" => interpreter::perl,
        "php" => interpreter::php,
        "python" => interpreter::python,
        "ruby" => interpreter::ruby,
        "shell" => wrap::shell,
        "trap" => shellwords::trap,
        "xargs" => wrap::xargs,
        _ => return tools::by_name(name),
    })
}
