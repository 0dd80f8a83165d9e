//! Debuggers: the commands that they are given, one by one.

use clearance_core::Effect;

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{GDB_COMMAND, GDB_SETTING, LLDB_COMMAND};
use crate::spec::WordRole;

/// `gdb [OPTION]... [PROGRAM [CORE]]`, `gdb [OPTION]... --args PROGRAM [ARG]...`.
pub(super) fn gdb(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let batch = call.has(&["-batch", "-batch-silent"]);
    target(judge, call, batch);
    for command in call.values(&["-ex", "-eval-command", "-iex", "-init-eval-command"]) {
        let fits = command.as_str().is_some_and(is_gdb);
        refuse(judge, command, fits);
    }
    if call.has(&["-args"]) {
        return judge.run_argv(call.from_operand(0), call.site);
    }
    files(judge, call);
}

/// `lldb [OPTION]... [PROGRAM] [-- ARG...]`.
pub(super) fn lldb(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    target(judge, call, call.has(&["-b", "--batch"]));
    let given = [
        "-o",
        "--one-line",
        "-O",
        "--one-line-before-file",
        "-k",
        "--one-line-on-crash",
    ];
    for command in call.values(&given) {
        let fits = command.as_str().is_some_and(is_lldb);
        refuse(judge, command, fits);
    }
    if call.operand(0).is_some() {
        judge.run_argv(call.from_operand(0), call.site);
    }
}

/// Without a batch it waits for commands.
fn target(judge: &mut Judge<'_>, call: &Call<'_>, batch: bool) {
    if !batch {
        judge.effect(Effect::Interactive, call);
    }
}

/// The program is run; a second file is its core. A number is a process to attach to.
fn files(judge: &mut Judge<'_>, call: &Call<'_>) {
    if let Some(program) = call.operand(0) {
        judge.path(WordRole::Run, program, call.site);
    }
    if let Some(core) = call.operand(1) {
        let process = core
            .as_static()
            .is_none_or(|c| c.iter().all(u8::is_ascii_digit));
        if process {
            judge.effect(Effect::Process, call);
        } else {
            judge.path(WordRole::Read, core, call.site);
        }
    }
}

fn refuse(judge: &mut Judge<'_>, command: Arg<'_>, fits: bool) {
    if !fits {
        judge.unknown("debugger.command", command.span(), || {
            format!("`{}` can run or write something else", command.show())
        });
    }
}

fn is_gdb(text: &str) -> bool {
    let text = text.trim();
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    let name = first.split('/').next().unwrap_or(first);
    if calls(text) || text.contains('|') {
        return false;
    }
    match name {
        "set" => GDB_SETTING.has(second) && !text.contains("auto-load safe-path"),
        // The program is started by a shell, which reads its words.
        "run" | "r" | "start" | "starti" => plain(text),
        // What follows is a command in turn.
        "thread" | "t" | "frame" | "taas" | "tfaas" => match text.split_once("apply") {
            Some((_, rest)) => rest
                .split_whitespace()
                .find(|w| !{
                    matches!(*w, "all")
                        || w.starts_with('-')
                        || w.bytes().all(|b| b.is_ascii_digit())
                })
                .is_some_and(|w| GDB_COMMAND.has(w)),
            None => true,
        },
        "maint" => second == "info",
        "info" | "i" | "inf" => true,
        _ => {
            GDB_COMMAND.has(first)
                || (GDB_COMMAND.has(name)
                    && matches!(
                        name,
                        "p" | "print"
                            | "x"
                            | "display"
                            | "list"
                            | "output"
                            | "disassemble"
                            | "disas"
                            | "info"
                    ))
        }
    }
}

fn is_lldb(text: &str) -> bool {
    let text = text.trim();
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    let first = first.split('/').next().unwrap_or(first);
    if calls(text) || text.contains('|') || text.contains('`') {
        return false;
    }
    match first {
        "run" | "r" => plain(text),
        "process" => matches!(second, "launch" | "continue" | "status" | "kill") && plain(text),
        "memory" => matches!(second, "read" | "region" | "find") && !text.contains("outfile"),
        "register" => second == "read",
        "source" => matches!(second, "list" | "info"),
        "target" => {
            matches!(
                second,
                "list" | "select" | "variable" | "create" | "modules"
            ) && plain(text)
        }
        "breakpoint" | "br" => !matches!(second, "command" | "read" | "write"),
        "watchpoint" => second != "command",
        "settings" => second == "show",
        _ => LLDB_COMMAND.has(first),
    }
}

/// Nothing in it that a shell would read.
fn plain(text: &str) -> bool {
    !text.contains([';', '&', '`', '$', '(', '>', '|', '\n', '\\'])
        && text.matches('<').count() == 0
}

/// An expression that calls a function of the program: `system(…)` is one.
fn calls(text: &str) -> bool {
    let mut before = ' ';
    for c in text.chars() {
        if c == '(' && (before.is_alphanumeric() || "_)]\"'>".contains(before)) {
            return true;
        }
        if !c.is_whitespace() {
            before = c;
        } else if before.is_alphanumeric() {
            // `if (x)`, `printf "…"` keep their word apart; a call may too, so it counts.
            continue;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gdb_may_be_told() {
        for command in [
            "run",
            "bt full",
            "info registers",
            "thread apply all bt",
            "p *(int*)ptr",
            "x/16xb $rsp",
            "set pagination off",
            "break main",
            "b src/a.c:12",
            "p/x flags",
            "disassemble /m main",
            "thread apply all -s bt 5",
            "set print pretty on",
            "list",
            "frame 3",
        ] {
            assert!(is_gdb(command), "{command}");
        }
        for command in [
            "shell id",
            "!id",
            "python print(1)",
            "p system(\"id\")",
            "call f(1)",
            "source /tmp/x",
            "run; id",
            "run > /etc/x",
            "set logging file /etc/x",
            "thread apply all shell id",
            "pipe bt | sh",
            "make",
            "dump memory x 0 1",
            "p ((int(*)())system)(\"id\")",
            "r $(id)",
            "set auto-load safe-path /",
            "generate-core-file",
            "define x",
            "",
            "p system (\"id\")",
            "define-prefix x",
            "add-auto-load-safe-path /",
        ] {
            assert!(!is_gdb(command), "{command}");
        }
    }

    #[test]
    fn what_lldb_may_be_told() {
        for command in [
            "run",
            "bt",
            "thread backtrace all",
            "frame variable",
            "image list",
            "register read",
            "p x",
            "memory read 0x10",
        ] {
            assert!(is_lldb(command), "{command}");
        }
        for command in [
            "platform shell id",
            "script 1",
            "p system(\"id\")",
            "command source /tmp/x",
            "memory write 1 2",
            "breakpoint command add 1",
            "memory read --outfile /etc/x 1",
            "expr `id`",
        ] {
            assert!(!is_lldb(command), "{command}");
        }
    }
}
