//! The clouds' command lines: thousands of operations, told apart by their verbs.

use clearance_core::Effect;

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{AWS_READ, CLOUD_CHANGE, CLOUD_READ, CLOUD_SECRET, GCLOUD_GROUP};

/// The operands that are plain words, in order.
fn verbs<'c>(call: &Call<'c>) -> Vec<&'c str> {
    call.operands().map_while(Arg::as_str).collect()
}

/// Operations that print credentials although their verb reads.
fn prints_secret(operation: &str) -> bool {
    CLOUD_SECRET.has(operation)
}

fn verdict(judge: &mut Judge<'_>, reads: bool, secret: bool, call: &Call<'_>) {
    judge.option_defaults(call);
    // Abbreviations of options that send the credentials elsewhere.
    let elsewhere = call.argv.iter().any(|w| {
        [
            &b"--ca-b"[..],
            b"--flags",
            b"--kube",
            b"--impers",
            b"--log-http",
        ]
        .iter()
        .any(|p| Arg::new(w).prefix().starts_with(p))
            || (Arg::new(w).prefix().starts_with(b"--endp")
                && !Arg::new(w).prefix().starts_with(b"--endpoint-url"))
    });
    let local = elsewhere
        || call.argv.iter().skip(1).any(|w| {
            Arg::new(w)
                .prefix()
                .windows(7)
                .any(|p| p == b"file://" || p == b"fileb:/")
        });
    let effect = match (secret, reads && !local) {
        (true, _) => Effect::Secret,
        (false, true) => Effect::CloudRead,
        (false, false) => Effect::CloudChange,
    };
    judge.effect(effect, call);
}

/// One of `words` stands alone among the words: the parser of these tools takes it for itself.
fn says(call: &Call<'_>, words: &[&[u8]]) -> bool {
    let mut own = call.argv.iter().skip(1).map(|w| w.as_static());
    !call.argv.iter().any(|w| w.as_static() == Some(b"--"))
        && own.any(|w| w.is_some_and(|w| words.contains(&w)))
}

/// `aws [OPTION]... SERVICE OPERATION [OPTION]... [FILE]`.
pub(super) fn aws(judge: &mut Judge<'_>, call: &Call<'_>) {
    let words = verbs(call);
    let dry = matches!(words.as_slice(), ["s3", "cp" | "mv" | "sync" | "rm", ..])
        && says(call, &[b"--dryrun"]);
    let setting = matches!(words.as_slice(), ["configure", "get", key]
        if ["region", "output", "default.region", "sso_start_url", "sso_region"].contains(key));
    let operation = words.get(1).copied().unwrap_or_default();
    let reads = match words.as_slice() {
        [] => true,
        ["help", ..] | [_, "help", ..] | [_, _, "help"] => true,
        ["s3", "ls", ..] => true,
        _ if dry || setting => true,
        [
            "sts",
            "get-caller-identity" | "decode-authorization-message",
            ..,
        ] => true,
        [_, "wait", _, ..] | ["route53", "test-dns-answer", ..] | ["history", "list", ..] => true,
        ["configure", "list" | "list-profiles", ..] => true,
        [
            "logs",
            "tail" | "filter-log-events" | "start-query" | "get-query-results",
            ..,
        ] => true,
        ["s3api", "get-object", ..] | ["s3api", "select-object-content", ..] => false,
        [_, op, ..] => AWS_READ.has(op),
        _ => false,
    };
    let secret = prints_secret(operation)
        && !operation.starts_with("list-")
        && !operation.starts_with("describe-")
        || matches!(
            words.as_slice(),
            ["configure", "export-credentials" | "get", ..] | ["lambda", "get-function", ..]
        )
        || (operation == "describe-instance-attribute"
            && call.argv.iter().any(|w| w.as_static() == Some(b"userData")));
    let help = words.last() == Some(&"help");
    verdict(judge, reads, secret && !help && !setting, call);
    // `aws apigateway get-export ... FILE`: what is read goes into the file.
    let to_file = operation.starts_with("get-") && !matches!(words.as_slice(), ["configure", ..]);
    for file in call.operands().skip(2).filter(|_| to_file) {
        judge.path(crate::spec::WordRole::Write, file, call.site);
    }
}

/// The first verb reads, and nothing that changes stands before it.
fn reads(words: &[&str]) -> bool {
    let Some(at) = words.iter().position(|w| CLOUD_READ.has(w)) else {
        return words.is_empty();
    };
    let before = words.get(..at).unwrap_or_default();
    before
        .iter()
        .all(|w| !CLOUD_CHANGE.has(w) && !w.starts_with("print-"))
}

/// What gcloud prints from itself.
fn gcloud_prints(words: &[&str]) -> bool {
    matches!(
        words,
        ["topic", ..] | ["cheat-sheet"] | ["config", "get", _] | [.., "images", "list-tags", _]
    ) || words.iter().all(|w| GCLOUD_GROUP.has(w))
}

/// `gcloud GROUP... COMMAND [ARG]...`.
pub(super) fn gcloud(judge: &mut Judge<'_>, call: &Call<'_>) {
    let words = verbs(call);
    let help = says(call, &[b"--help", b"-h"]);
    let secret = words.iter().any(|w| {
        w.starts_with("print-")
            || ["access", "get-credentials", "activate-service-account"].contains(w)
    });
    let reads = help || gcloud_prints(&words) || reads(&words);
    verdict(judge, reads, secret && !help, call);
}

/// `az GROUP... COMMAND`.
pub(super) fn az(judge: &mut Judge<'_>, call: &Call<'_>) {
    let words = verbs(call);
    let help = says(call, &[b"--help", b"-h"]);
    // A lock of a resource is a noun here, and so are the logs of a container.
    let nouns = matches!(
        words.as_slice(),
        ["lock", "list" | "show", ..]
            | ["container", "logs", ..]
            | ["aks", "get-upgrades" | "get-versions", ..]
            | ["feedback", ..]
            | ["bicep", "list-versions", ..]
            | ["webapp", "list-runtimes", ..]
            | ["deployment", _, "validate" | "what-if", ..]
    );
    let path: Vec<&str> = words
        .iter()
        .copied()
        .enumerate()
        .take_while(|(at, w)| *at == 0 || !CLOUD_READ.has(w))
        .map(|(_, w)| w)
        .collect();
    let lists = words.get(path.len()).is_some_and(|v| v.starts_with("list"));
    let secret = words.iter().any(|w| {
        w.starts_with("get-access")
            || w.starts_with("list-keys")
            || w.starts_with("list-connection")
            || w.starts_with("list-publishing")
            || w.starts_with("list-admin")
            || *w == "appsettings"
    }) || (lists
        && path
            .last()
            .is_some_and(|w| ["key", "credential", "connection-string"].contains(w))
        && path.first() != Some(&"keyvault"))
        || (lists && path.last() == Some(&"keys") && path.first() != Some(&"keyvault"))
        || (!lists && path.iter().any(|w| prints_secret(w)));
    let reads = help || nouns || reads(&words);
    verdict(judge, reads, secret && !help, call);
}
