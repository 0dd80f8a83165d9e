//! Modes, processes, copies of raw data.

use clearance_core::Effect;
use clearance_shell::invocation::{Dynamic, Flags, Invocation, Word};

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::DD_KEY;
use crate::run::is_own_process;
use crate::spec::WordRole;

/// Modes that stand where options stand: they only take away.
const TAKEN_AWAY: &[&str] = &["-r", "-w", "-x", "-X", "-s", "-t", "-u", "-g", "-o"];

/// `chmod MODE FILE...`.
pub(super) fn chmod(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    if call.has(&["--reference"]) || call.has(TAKEN_AWAY) {
        return;
    }
    if let Some(mode) = call.operand(0) {
        mode_word(judge, mode);
    }
}

/// `install -m MODE`.
pub(super) fn install(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    if let Some(mode) = call.value(&["-m", "--mode"]) {
        mode_word(judge, mode);
    }
}

/// A mode that lets others write, or that lends the owner's rights.
fn mode_word(judge: &mut Judge<'_>, mode: Arg<'_>) {
    let Some(text) = mode.as_str() else {
        return judge.unknown("mode.dynamic", mode.span(), || {
            "the mode is not determined".to_owned()
        });
    };
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        let Ok(bits) = u32::from_str_radix(text, 8) else {
            return;
        };
        if bits & 0o6000 != 0 {
            special(judge, mode);
        } else if bits & 0o002 != 0 {
            open(judge, mode);
        }
        return;
    }
    let Some(given) = text.split(',').map(clause).collect::<Option<Vec<_>>>() else {
        return judge.unknown("mode.unknown", mode.span(), || {
            format!("the mode `{}` was not understood", mode.show())
        });
    };
    if given.iter().any(|one| one.special) {
        special(judge, mode);
    }
    if given.iter().any(|one| one.open) {
        open(judge, mode);
    }
}

/// What a clause of a symbolic mode gives.
struct Given {
    /// The owner's or the group's rights to whoever runs the file.
    special: bool,
    /// Writing to everybody.
    open: bool,
}

/// One clause: who, then one or more of an operator and the rights it adds, removes or sets
/// (`u-x+s`; "Symbolic Modes" of the GNU coreutils manual). `None`: not a clause.
fn clause(text: &str) -> Option<Given> {
    let at = text.find(['+', '-', '='])?;
    let (who, mut rest) = text.split_at_checked(at)?;
    if !who.chars().all(|c| "ugoa".contains(c)) {
        return None;
    }
    let mut given = Given {
        special: false,
        open: false,
    };
    while let Some(operator) = rest.chars().next() {
        rest = rest.get(operator.len_utf8()..)?;
        let (rights, after) =
            rest.split_at_checked(rest.find(['+', '-', '=']).unwrap_or(rest.len()))?;
        rest = after;
        if !rights.chars().all(|c| "rwxXstugo".contains(c)) {
            return None;
        }
        if operator != '-' {
            given.special |= rights.contains('s');
            given.open |= rights.contains(['w', 'u', 'g']) && who.contains(['o', 'a']);
        }
    }
    Some(given)
}

fn special(judge: &mut Judge<'_>, mode: Arg<'_>) {
    judge.report(Effect::Privilege, 60, "mode.setuid", mode.span(), || {
        format!(
            "the mode `{}` lends the owner's rights to whoever runs the file",
            mode.show()
        )
    });
}

fn open(judge: &mut Judge<'_>, mode: Arg<'_>) {
    judge.report(
        Effect::ChangeMode,
        40,
        "mode.world-writable",
        mode.span(),
        || format!("the mode `{}` lets everybody write", mode.show()),
    );
}

/// `kill [-SIGNAL] PID...`: jobs of this script are its own.
pub(super) fn kill(judge: &mut Judge<'_>, call: &Call<'_>) {
    let words: Vec<Arg<'_>> = call.operands().collect();
    let first = words.first().and_then(|a| a.as_str());
    if matches!(first, Some("-l" | "-L" | "--list" | "--table" | "-0")) {
        return;
    }
    if matches!(first, Some("-s" | "-n" | "--signal"))
        && words.get(1).and_then(|a| a.as_str()) == Some("0")
    {
        return;
    }
    for (index, arg) in words.iter().enumerate() {
        let option = index == 0 && arg.prefix().starts_with(b"-");
        let value = index == 1 && matches!(first, Some("-s" | "-n" | "--signal"));
        let own = arg.as_static().is_some_and(|t| t.starts_with(b"%"))
            || is_own_process(*arg)
            || prints_own_process(judge, *arg);
        if (option && words.len() > 1) || value || own {
            continue;
        }
        judge.report(Effect::Process, 40, "process.kill", arg.span(), || {
            format!(
                "signals the process `{}`, which need not be its own",
                arg.show()
            )
        });
    }
}

/// `mktemp [-d] [TEMPLATE]`: a new file where the template says.
pub(super) fn mktemp(judge: &mut Judge<'_>, call: &Call<'_>) {
    let Some((dir, _)) = judge.new_place(call.site.invocation) else {
        return judge.defaults(call);
    };
    judge.option_defaults(call);
    judge.path_text(WordRole::WriteDir, &dir, false, call.span(), &call.site.cwd);
}

/// `kill $(cat FILE)` of a file that holds `$!`, `kill $(jobs -p)`.
fn prints_own_process(judge: &Judge<'_>, arg: Arg<'_>) -> bool {
    let by = arg.dynamic().and_then(Dynamic::printed_by);
    let Some(printer) = by.and_then(|by| judge.script.invocation(by)) else {
        return false;
    };
    let words: Option<Vec<&[u8]>> = printer.argv.iter().map(Word::as_static).collect();
    match words.as_deref() {
        Some([b"jobs", b"-p"] | [b"jobs", b"-p", b"%%" | b"%1"]) => true,
        Some([b"cat", file]) => judge.holds_own_process(file, &printer.cwd),
        _ => false,
    }
}

/// `pkill PATTERN`, `killall NAME`: a program that the script itself has started in the
/// background is its own.
pub(super) fn pkill(judge: &mut Judge<'_>, call: &Call<'_>) {
    let before = || judge.script.before(judge.taints.len());
    let background = |invocation: &&Invocation| invocation.flags.has(Flags::BACKGROUND);
    let own = |arg: Arg<'_>| {
        arg.as_static().is_some_and(|name| {
            let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_./ ".contains(b);
            let whole = call.name() == "killall" || !call.has(&["-f", "--full"]);
            name.len() >= 4
                && name.iter().all(plain)
                && before().filter(background).any(|started| {
                    let words: Vec<&[u8]> =
                        started.argv.iter().filter_map(Word::as_static).collect();
                    let first = words.first().copied().unwrap_or_default();
                    if whole {
                        return first.contains(&b'/') && crate::run::base_name(first) == name;
                    }
                    let line = words.join(&b' ');
                    line.windows(name.len()).any(|w| w == name)
                })
        })
    };
    let only = call.operands().len() == 1 && call.operands().all(own);
    let options = |name: &str| matches!(name, "-f" | "--full" | "-9" | "-TERM" | "-KILL" | "-INT");
    if only && call.options().iter().all(|o| options(o.spec.name)) {
        return;
    }
    judge.defaults(call);
}

/// `ps`: the letter `e` without a dash prints environments.
pub(super) fn ps(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    // Options without a dash: in the first word, or in one that no list of columns is.
    let words = call.argv.iter().skip(1).filter_map(|w| w.as_static());
    let shows = words.enumerate().any(|(at, word)| {
        let letters = !word.is_empty() && word.iter().all(u8::is_ascii_alphabetic);
        letters
            && word.contains(&b'e')
            && (at == 0 || word.iter().all(|b| b"aefglnrtuvwxSV".contains(b)))
    });
    let listed = call.options().iter().any(|o| o.value.is_some());
    if shows
        && (!listed
            || call
                .argv
                .get(1)
                .and_then(|w| w.as_static())
                .is_some_and(|w| !w.starts_with(b"-")))
    {
        judge.effect(Effect::Secret, call);
    }
}

/// `dd KEY=VALUE...`.
pub(super) fn dd(judge: &mut Judge<'_>, call: &Call<'_>) {
    for arg in call.operands() {
        let prefix = arg.prefix();
        if prefix.starts_with(b"if=") {
            judge.path(WordRole::Read, arg.skip(3), call.site);
        } else if prefix.starts_with(b"of=") {
            judge.path(WordRole::Write, arg.skip(3), call.site);
        } else if !known_key(prefix) {
            judge.unknown("operand.unknown", arg.span(), || {
                format!("what `{}` means to `dd` is not known", arg.show())
            });
        }
    }
}

fn known_key(text: &[u8]) -> bool {
    let at = text.iter().position(|&b| b == b'=');
    at.and_then(|at| text.get(..at))
        .is_some_and(|key| DD_KEY.has(key))
}
