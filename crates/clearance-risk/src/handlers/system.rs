//! Terminals, tracers, locks and the tools that show or set what the system is.

use clearance_core::Effect;
use clearance_shell::invocation::Word;

use super::packages::{joined, words_or_shell};
use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{IP_FLAG, SERVICE_READ};
use crate::spec::WordRole;

/// Formats of tmux: `#(command)` runs.
pub(super) fn tmux_format(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let values: Vec<Arg<'_>> = call.options().iter().filter_map(|o| o.value).collect();
    for arg in call.operands().chain(values) {
        let runs = arg
            .as_static()
            .is_none_or(|t| t.windows(2).any(|w| w == b"#("));
        if runs && !arg.dynamic().is_some_and(|d| d.numeric) {
            judge.unknown("tmux.format", arg.span(), || {
                format!("`{}` can hold a command", arg.show())
            });
        }
    }
}

/// `tmux new-session`, `new-window`, `split-window`: the words are a command.
pub(super) fn tmux_new(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    words_or_shell(judge, call.from_operand(0), call);
    let attached = !call.has(&["-d"]);
    if attached && matches!(call.path(), "new" | "new-session") {
        judge.effect(Effect::Interactive, call);
    }
}

/// `strace [OPTION]... COMMAND`: the output can be a pipe.
pub(super) fn strace(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    if let Some(out) = call.value(&["-o", "--output"]) {
        if out.prefix().starts_with(b"|") || out.prefix().starts_with(b"!") {
            judge.word(WordRole::Exec, out, call);
        }
    }
    judge.run_argv(call.from_operand(0), call.site);
}

/// `flock [OPTION]... FILE|DESCRIPTOR [COMMAND]`.
pub(super) fn flock(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let Some(lock) = call.operand(0) else { return };
    let number = lock
        .as_static()
        .is_some_and(|n| n.iter().all(u8::is_ascii_digit));
    if !number {
        judge.path(WordRole::Write, lock, call.site);
    }
    let rest = call.from_operand(1);
    match rest {
        [flag, text, ..] if matches!(flag.as_static(), Some(b"-c" | b"--command")) => {
            judge.run_shell(Arg::new(text), call.site);
        }
        [] => {}
        _ => judge.run_argv(rest, call.site),
    }
}

/// `watch [OPTION]... COMMAND...`: the words are joined to a shell command.
pub(super) fn watch(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let words = call.from_operand(0);
    if words.is_empty() {
        return;
    }
    if call.has(&["-x", "--exec"]) {
        return judge.run_argv(words, call.site);
    }
    match joined(words) {
        Some(text) => judge.run_shell(Arg::of(&text, call.span()), call.site),
        None => judge.unknown("watch.dynamic", call.span(), || {
            "the command is not determined".to_owned()
        }),
    }
}

/// `entr [OPTION]... COMMAND...`; with `-s` the words are shell text.
pub(super) fn entr(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let words = call.from_operand(0);
    if !call.has(&["-s"]) {
        return judge.run_argv(words, call.site);
    }
    match joined(words) {
        Some(text) => judge.run_shell(Arg::of(&text, call.span()), call.site),
        None => judge.unknown("entr.dynamic", call.span(), || {
            "the command is not determined".to_owned()
        }),
    }
}

/// The words of a call, if all are known text.
fn texts<'c>(call: &Call<'c>) -> Option<Vec<&'c str>> {
    call.argv
        .iter()
        .skip(1)
        .map(|w| w.as_static().and_then(|b| std::str::from_utf8(b).ok()))
        .collect()
}

fn ask(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.effect(Effect::System, call);
}

/// `ip [OPTION]... OBJECT [COMMAND]...`.
pub(super) fn ip(judge: &mut Judge<'_>, call: &Call<'_>) {
    let Some(words) = texts(call) else {
        return ask(judge, call);
    };
    let mut rest = words.iter().skip_while(|w| IP_FLAG.has(w));
    let object = rest.next().copied().unwrap_or_default();
    if object.is_empty() {
        return;
    }
    let known = [
        "address",
        "addr",
        "link",
        "route",
        "neighbour",
        "neighbor",
        "rule",
        "maddress",
        "mroute",
        "netns",
        "tunnel",
        "tuntap",
        "vrf",
    ]
    .iter()
    .any(|o| o.starts_with(object));
    let verb = rest.next().copied().unwrap_or("show");
    let reads = ["show", "list", "ls", "lst", "get", "help", "sh", "s", "l"].contains(&verb)
        || (verb == "dev" && known);
    if !(known && reads) || object.starts_with('-') {
        ask(judge, call);
    }
}

/// The name that the program is called by, without its directory.
fn called<'c>(call: &Call<'c>) -> &'c [u8] {
    let name = call.argv.first().and_then(Word::as_static);
    crate::run::base_name(name.unwrap_or_default())
}

/// Tools that show when asked plainly and set otherwise.
pub(super) fn netconf(judge: &mut Judge<'_>, call: &Call<'_>) {
    let Some(words) = texts(call) else {
        return ask(judge, call);
    };
    let words = words.as_slice();
    let reads = match called(call) {
        b"ifconfig" => match words {
            [] => true,
            [one] => !one.contains('/'),
            _ => false,
        },
        b"route" => {
            words
                .iter()
                .all(|w| ["-n", "-e", "-ee", "-v", "-4", "-6", "--numeric"].contains(w))
                || matches!(words, ["get", _] | ["-n", "get", _])
        }
        b"arp" => words
            .iter()
            .all(|w| ["-a", "-n", "-v", "-e", "-an", "-na"].contains(w)),
        b"iwconfig" => words.len() <= 1,
        b"iw" => words.iter().any(|w| ["info", "list", "link"].contains(w)),
        b"ethtool" => {
            words.len() == 1 || matches!(words, ["-i" | "-k" | "-S" | "-g" | "-a" | "-c", _])
        }
        b"brctl" => matches!(words, ["show", ..]),
        b"tc" => {
            words.iter().any(|w| ["show", "list", "ls"].contains(w))
                && !words.contains(&"-b")
                && !words.contains(&"-batch")
        }
        b"nmcli" => {
            let plain: Vec<&&str> = words.iter().filter(|w| !w.starts_with('-')).collect();
            match plain.as_slice() {
                [] => true,
                [_] => true,
                [_, verb, ..] => {
                    ["show", "status", "list", "hostname", "permissions"].contains(*verb)
                }
            }
        }
        b"networksetup" => words
            .first()
            .is_some_and(|w| w.starts_with("-list") || w.starts_with("-get")),
        b"scutil" => matches!(
            words,
            ["--dns" | "--proxy" | "--nwi"] | ["--get", _] | ["-r", _]
        ),
        b"ipconfig" => matches!(
            words,
            ["getifaddr" | "getsummary" | "getpacket", ..] | ["ifcount"]
        ),
        _ => false,
    };
    if !reads {
        ask(judge, call);
    }
}

/// Firewalls: listings only.
pub(super) fn firewall(judge: &mut Judge<'_>, call: &Call<'_>) {
    let Some(words) = texts(call) else {
        return ask(judge, call);
    };
    let words = words.as_slice();
    let reads = match called(call) {
        b"iptables" | b"ip6tables" => {
            words
                .iter()
                .any(|w| ["-L", "-S", "--list", "--list-rules"].contains(w))
                && words.iter().all(|w| {
                    !w.starts_with('-')
                        || [
                            "-L",
                            "-S",
                            "--list",
                            "--list-rules",
                            "-n",
                            "-v",
                            "-t",
                            "--line-numbers",
                            "--numeric",
                            "--verbose",
                            "-x",
                        ]
                        .contains(w)
                })
        }
        b"iptables-save" | b"ip6tables-save" => words.is_empty(),
        b"nft" => matches!(words, ["list", ..] | ["-a", "list", ..]),
        b"ufw" => matches!(
            words,
            ["status"] | ["status", "verbose" | "numbered"] | ["version"] | ["app", "list"]
        ),
        b"firewall-cmd" => words
            .iter()
            .all(|w| w.starts_with("--list") || w.starts_with("--get") || *w == "--state"),
        b"ipset" => matches!(words, ["list", ..]),
        b"pfctl" => matches!(words, ["-s", _] | ["-sr" | "-sa" | "-si"]),
        _ => false,
    };
    if !reads {
        ask(judge, call);
    }
}

/// `systemctl`, `loginctl` and their like: reading verbs read, all others change services.
pub(super) fn systemctl(judge: &mut Judge<'_>, call: &Call<'_>) {
    let reading = match texts(call) {
        None => false,
        Some(words) => {
            let danger = words.iter().any(|w| {
                [
                    "-H",
                    "-M",
                    "--host",
                    "--machine",
                    "--root",
                    "--image",
                    "--now",
                    "--force",
                ]
                .iter()
                .any(|p| w.starts_with(p))
            });
            let verb = words.iter().find(|w| !w.starts_with('-')).copied();
            !danger && verb.is_none_or(|v| SERVICE_READ.has(v))
        }
    };
    if !reading {
        judge.effect(Effect::Service, call);
    }
}

/// `sysctl`: `name=value` sets.
pub(super) fn sysctl(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    for arg in call.operands() {
        // A name with `..` leaves `/proc/sys`.
        let outside = |t: &[u8]| t.contains(&b'=') || t.windows(2).any(|w| w == b"..");
        if arg.as_static().is_none_or(outside) {
            judge.effect(Effect::System, call);
        }
    }
}

/// `less +COMMAND`: a search or a place, nothing that runs.
pub(super) fn less(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for word in call.argv.iter().skip(1) {
        let arg = Arg::new(word);
        let Some(command) = arg.prefix().strip_prefix(b"+") else {
            continue;
        };
        let plain = arg.as_static().is_some()
            && (command
                .iter()
                .all(|b| b.is_ascii_digit() || b"gGF+".contains(b))
                || command.starts_with(b"/"));
        if !plain {
            judge.unknown("less.command", word.span, || {
                format!("`{}` can run a program", arg.show())
            });
        }
    }
}

/// `exiftool`: a word with `=` or `<` writes tags.
pub(super) fn exiftool(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for word in call.argv.iter().skip(1) {
        let arg = Arg::new(word);
        let writes = arg.prefix().starts_with(b"-")
            && arg
                .as_static()
                .is_none_or(|t| t.iter().any(|b| b"=<>".contains(b)));
        if writes {
            judge.unknown("exiftool.write", word.span, || {
                format!("`{}` writes tags or reads another file", arg.show())
            });
        }
    }
}

/// Clipboards: filling is harmless, reading can bring out a secret.
pub(super) fn clipboard(judge: &mut Judge<'_>, call: &Call<'_>) {
    let name = call
        .argv
        .first()
        .and_then(Word::as_static)
        .unwrap_or_default();
    let reads = matches!(crate::run::base_name(name), b"pbpaste" | b"wl-paste")
        || call.has(&["-o", "-out", "--output"]);
    if reads {
        judge.effect(Effect::Secret, call);
    }
}
