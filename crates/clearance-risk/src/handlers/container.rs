//! Containers and clusters: mounts, what runs inside, secrets.

use clearance_core::Effect;
use clearance_shell::invocation::{Stdin, Word};

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::CONTAINER_READER;
use crate::spec::WordRole;

/// `docker run [OPTION]... IMAGE [COMMAND [ARG]...]`: without mounts and rights the command
/// stays in the container.
pub(super) fn docker_run(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    if let Some(image) = call.operand(0) {
        if image.as_static().is_none() && image.prefix().is_empty() {
            judge.unknown("docker.image", image.span(), || {
                format!("the image `{}` is not determined", image.show())
            });
        }
    }
    for variable in call.values(&["-e", "--env"]) {
        if variable.as_static().is_some_and(|v| !v.contains(&b'=')) {
            judge.word(WordRole::Variable, variable, call);
        }
    }
    // A shell that waits for a person. What else runs there stays there: no mount, no device,
    // no network of the host and no privilege was given, since those options ask.
    let shell = call.parsed.operands.len() == 2
        && call
            .operand(1)
            .and_then(Arg::as_static)
            .is_some_and(is_shell);
    if shell && call.has(&["-i", "--interactive", "-t", "--tty"]) {
        judge.effect(Effect::Interactive, call);
    }
}

fn is_shell(name: &[u8]) -> bool {
    matches!(
        crate::run::base_name(name),
        b"sh" | b"bash" | b"ash" | b"dash" | b"zsh"
    )
}

/// `docker exec [OPTION]... CONTAINER COMMAND [ARG]...`.
pub(super) fn docker_exec(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    inside(judge, call, 1, true);
}

/// `docker cp CONTAINER:PATH FILE`: a file is written here. The other way round the container
/// changes.
pub(super) fn docker_cp(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let inside = |arg: Arg<'_>| {
        let prefix = arg.prefix();
        let colon = prefix.iter().position(|&b| b == b':');
        let slash = prefix.iter().position(|&b| b == b'/');
        colon.is_some_and(|colon| colon > 1 && slash.is_none_or(|slash| colon < slash))
    };
    if let Some(from) = call.operand(0).filter(|from| inside(*from)) {
        // What lies at that place of a container is as secret as it is here.
        let colon = memchr::memchr(b':', from.prefix()).map_or(0, |colon| colon + 1);
        judge.path(WordRole::Read, from.skip(colon), call.site);
    }
    match (call.operand(0), call.operand(1)) {
        (Some(from), Some(to)) if inside(from) && to.as_static() == Some(b"-") => {}
        (Some(from), Some(to)) if inside(from) && !inside(to) => {
            judge.path(WordRole::Write, to, call.site);
            // What is in it is not known: the file, or one of that name in the directory.
            let name = from
                .as_static()
                .map(crate::run::base_name)
                .unwrap_or_default();
            let within = to.as_static().map(|to| [to, b"/", name].concat());
            let paths = to.as_static().map(<[u8]>::to_vec).into_iter().chain(within);
            let made: Vec<Vec<u8>> = paths
                .flat_map(|path| {
                    let places = judge.locate(&path, false, &call.site.cwd);
                    places.map(|place| place.path).collect::<Vec<_>>()
                })
                .collect();
            judge.ledger.writes.extend(made);
        }
        (from, _) => {
            if let Some(from) = from {
                judge.path(WordRole::Read, from, call.site);
            }
            judge.report(
                Effect::ContainerChange,
                45,
                "docker.copy",
                call.span(),
                || "files in a container are changed".to_owned(),
            );
        }
    }
}

/// A command inside a container, judged as if it ran in the project; only what reads or builds
/// passes.
fn inside(judge: &mut Judge<'_>, call: &Call<'_>, from: usize, running: bool) {
    inside_words(judge, call.from_operand(from), call, running);
}

fn inside_words(judge: &mut Judge<'_>, words: &[Word], call: &Call<'_>, running: bool) {
    let Some(first) = words.first() else { return };
    let name = first.as_static().unwrap_or_default();
    let base = crate::run::base_name(name);
    let shell = is_shell(base);
    if shell && words.len() == 1 {
        if running || call.has(&["-i", "--interactive", "-t", "--tty"]) {
            judge.effect(Effect::Interactive, call);
        }
        return;
    }
    if judge.knows(base) || shell || CONTAINER_READER.has(base) {
        return judge.run_argv(words, call.site);
    }
    if running {
        judge.unknown("docker.exec", call.span(), || {
            "what runs in the container is not known".to_owned()
        });
    }
}

/// `docker build [OPTION]... DIRECTORY|URL|-`.
pub(super) fn docker_build(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    for cache in call.values(&["--cache-to"]) {
        let near = [&b"type=inline"[..], b"type=local", b"type=gha"];
        if !near.iter().any(|kind| cache.prefix().starts_with(kind)) {
            judge.effect(Effect::NetWrite, call);
        }
    }
    for arg in call.operands() {
        let address = arg.prefix().windows(3).any(|w| w == b"://")
            || arg.prefix().starts_with(b"git@")
            || arg.prefix().starts_with(b"github.com/");
        if address {
            judge.address(arg, false, "docker build");
        } else if arg.as_static() == Some(b"-") {
            if let Stdin::File(file) = call.site.stdin {
                judge.path(WordRole::Run, Arg::new(file), call.site);
            }
        } else if call.path() != "buildx bake" {
            judge.path(WordRole::Run, arg, call.site);
        }
    }
}

/// `docker compose [OPTION]... COMMAND [ARG]...`: bringing the project's own services up and
/// down is routine; volumes, removals and uploads ask.
pub(super) fn compose(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let Some(verb) = call.operand(0) else { return };
    let rest: Vec<Arg<'_>> = call.operands().skip(1).collect();
    let has = |names: &[&[u8]]| {
        rest.iter()
            .any(|a| a.as_static().is_some_and(|t| names.contains(&t)))
    };
    match verb.as_static().unwrap_or_default() {
        b"ps" | b"logs" | b"config" | b"images" | b"top" | b"ls" | b"version" | b"port"
        | b"events" | b"stats" | b"wait" | b"volumes" => {
            if has(&[b"-o", b"--output", b"--lock-image-digests"]) {
                unknown_compose(judge, verb);
            }
        }
        b"up" | b"start" | b"stop" | b"restart" | b"build" | b"pull" | b"create" | b"pause"
        | b"unpause" | b"watch" => {
            if has(&[
                b"--renew-anon-volumes",
                b"-V",
                b"--push",
                b"--ssh",
                b"--secret",
            ]) {
                unknown_compose(judge, verb);
            }
        }
        b"down" => {
            let plain = rest.iter().all(|a| {
                a.as_static().is_some_and(|t| {
                    t == b"--remove-orphans"
                        || t == b"-t"
                        || t == b"--timeout"
                        || t.iter().all(u8::is_ascii_digit)
                        || !t.starts_with(b"-")
                })
            });
            if !plain {
                judge.effect(Effect::ContainerDestroy, call);
            }
        }
        b"exec" | b"run" => compose_exec(judge, verb, call),
        _ => unknown_compose(judge, verb),
    }
}

fn unknown_compose(judge: &mut Judge<'_>, verb: Arg<'_>) {
    judge.report(
        Effect::ContainerChange,
        45,
        "compose.change",
        verb.span(),
        || {
            format!(
                "`compose {}` changes or removes what others may use",
                verb.show()
            )
        },
    );
}

/// `compose exec|run [OPTION]... SERVICE COMMAND [ARG]...`.
fn compose_exec(judge: &mut Judge<'_>, verb: Arg<'_>, call: &Call<'_>) {
    let mut index = 1;
    while let Some(arg) = call.operand(index) {
        match arg.as_static() {
            Some(
                b"-T" | b"-d" | b"--detach" | b"-it" | b"-i" | b"-t" | b"--rm" | b"--no-deps"
                | b"--build" | b"--no-TTY" | b"--interactive" | b"--tty" | b"--service-ports",
            ) => index += 1,
            Some(
                b"-e" | b"--env" | b"-u" | b"--user" | b"-w" | b"--workdir" | b"--index"
                | b"--name",
            ) => index += 2,
            Some(text) if text.starts_with(b"-") => return unknown_compose(judge, verb),
            _ => break,
        }
    }
    inside(judge, call, index + 1, verb.as_static() == Some(b"exec"));
}

/// `kubectl get|describe … secret`: their values are what is printed.
pub(super) fn kubectl_get(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    let secret = |arg: Arg<'_>| {
        arg.as_static().is_none_or(|t| {
            t.split(|&b| b == b',' || b == b'/')
                .any(|kind| kind.to_ascii_lowercase().starts_with(b"secret"))
        })
    };
    let shows = call.path() != "describe" && call.path() != "explain";
    let raw = call.has(&["--flatten"]);
    if (shows && call.path() == "get" && call.operands().any(secret)) || raw {
        judge.effect(Effect::Secret, call);
    }
}

/// Verbs that change a cluster, unless they only try.
pub(super) fn kubectl_write(judge: &mut Judge<'_>, call: &Call<'_>) {
    let tries = call.argv.iter().any(|w| {
        matches!(
            w.as_static(),
            Some(b"--dry-run=client" | b"--dry-run=server")
        )
    });
    let kinds = matches!(
        call.path(),
        "apply"
            | "create"
            | "replace"
            | "patch"
            | "set"
            | "label"
            | "annotate"
            | "scale"
            | "run"
            | "expose"
    );
    let plain = call.argv.iter().all(|w| {
        w.as_static().is_some_and(|t| {
            ![
                &b"--kubeconfig"[..],
                b"--server",
                b"-s",
                b"--token",
                b"--as",
            ]
            .iter()
            .any(|p| t == *p || t.starts_with(&[*p, b"="].concat()))
        })
    });
    if tries && kinds && plain {
        return judge.effect(Effect::ClusterRead, call);
    }
    judge.option_defaults(call);
}
