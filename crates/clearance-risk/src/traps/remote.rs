//! Clusters, charts and forges: addresses, and secrets that are shown.

use clearance_core::Effect;

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::spec::WordRole;

/// Files by address, templates and values from files.
pub(super) fn kubectl(judge: &mut Judge<'_>, call: &Call<'_>) {
    for value in call.values(&["-o", "--output"]) {
        let file = value
            .as_str()
            .and_then(|t| t.split_once("-file="))
            .map(|(_, file)| file);
        if let Some(file) = file {
            judge.path_text(
                WordRole::Read,
                file.as_bytes(),
                false,
                value.span(),
                &call.site.cwd,
            );
        }
    }
    for word in call.argv.iter().skip(1).map(Arg::new) {
        for option in [&b"--from-file="[..], b"--from-env-file="] {
            if word.prefix().starts_with(option) {
                let value = word.skip(option.len());
                let name = value.prefix().iter().position(|&b| b == b'=');
                judge.path(
                    WordRole::Read,
                    value.skip(name.map_or(0, |at| at + 1)),
                    call.site,
                );
            }
        }
    }
    let files = call.values(&["-f", "--filename", "-k", "--kustomize"]);
    let files: Vec<Arg<'_>> = files.collect();
    for file in files {
        address(judge, file, "kubectl");
    }
    fetched(judge, call);
}

/// Operands that are addresses.
pub(super) fn fetched(judge: &mut Judge<'_>, call: &Call<'_>) {
    for word in call.operands() {
        address(judge, word, call.called());
    }
}

pub(super) fn address(judge: &mut Judge<'_>, word: Arg<'_>, tool: &str) {
    let text = word.prefix();
    if text.windows(3).any(|w| w == b"://") || text.starts_with(b"github.com/") {
        judge.address(word, false, tool);
    }
}

/// `docker inspect -f '{{.Config.Env}}'` shows the variables of a container.
pub(super) fn container_variables(judge: &mut Judge<'_>, call: &Call<'_>) {
    let shows = call
        .argv
        .iter()
        .any(|w| Arg::new(w).prefix().windows(4).any(|p| p == b".Env"));
    if shows {
        judge.effect(Effect::Secret, call);
    }
}

/// `gh`: tokens, other servers, directories.
pub(super) fn forge(judge: &mut Judge<'_>, call: &Call<'_>) {
    match call.path() {
        "api" => {
            for word in call.operands() {
                address(judge, word, "gh api");
            }
            for host in call.values(&["--hostname"]) {
                judge.host(host, call);
            }
            for header in call.values(&["-H", "--header"]) {
                let text = header.prefix().to_ascii_lowercase();
                if text.starts_with(b"x-http-method") {
                    judge.effect(Effect::NetWrite, call);
                }
            }
        }
        _ => {}
    }
}
