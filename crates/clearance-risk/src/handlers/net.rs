//! Network clients: which method, what is sent, where it goes.

use clearance_core::Effect;
use clearance_shell::invocation::Word;

use crate::arg::Arg;
use crate::judge::{Call, Judge, is_local};
use crate::names::{CURL_PLAIN, FORGE_PUBLIC, NAME_LOOKUP, REQUEST_METHOD};
use crate::spec::WordRole;

fn method(judge: &mut Judge<'_>, value: Arg<'_>, call: &Call<'_>) {
    if value.as_static().is_none_or(|m| !REQUEST_METHOD.has(m)) {
        let name = call.called();
        judge.report(Effect::NetWrite, 50, "net.method", value.span(), || {
            format!("`{name}` is told to use the method `{}`", value.show())
        });
    }
}

/// Data for a request: `@file` is read and sent.
fn upload(judge: &mut Judge<'_>, value: Arg<'_>, marks: &[u8], call: &Call<'_>) {
    let prefix = value.prefix();
    if prefix.first().is_some_and(|b| marks.contains(b)) {
        judge.path(WordRole::Read, value.skip(1), call.site);
    }
    let taint = value.dynamic().map(|_| judge.word_taint(value));
    if let Some(taint) = taint {
        judge.taint(taint);
    }
}

/// `curl`: the addresses, what is sent and where the answer goes.
pub(super) fn curl(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    for value in call.values(&["-X", "--request"]) {
        method(judge, value, call);
    }
    for value in call.values(&["-d", "--data", "--data-ascii", "--data-binary", "--json"]) {
        upload(judge, value, b"@", call);
    }
    for value in call.values(&["--data-urlencode", "--url-query"]) {
        let text = value.prefix();
        match text.iter().position(|&b| b == b'@') {
            Some(at) if !text.get(..at).unwrap_or_default().contains(&b'=') => {
                judge.path(WordRole::Read, value.skip(at + 1), call.site);
            }
            _ => {}
        }
    }
    for value in call.values(&["-F", "--form"]) {
        let text = value.prefix();
        let at = text.iter().position(|&b| b == b'=').map_or(0, |at| at + 1);
        upload(judge, value.skip(at), b"@<", call);
    }
    for value in call.values(&["-H", "--header"]) {
        upload(judge, value, b"@", call);
    }
    for value in call.values(&["-b", "--cookie"]) {
        let file = value.as_static().is_some_and(|c| !c.contains(&b'='));
        if file {
            judge.path(WordRole::Read, value, call.site);
        }
    }
    for value in call.values(&["-w", "--write-out"]) {
        let plain = value
            .as_static()
            .is_some_and(|w| !w.windows(7).any(|p| p == b"%output") && !w.starts_with(b"@"));
        if !plain {
            judge.unknown("curl.write-out", value.span(), || {
                format!("`{}` can write files", value.show())
            });
        }
    }
    let writes = call.has(&["-T", "--upload-file"]);
    let plain = is_plain_get(call);
    for url in call.operands() {
        if plain && url.as_static().is_some_and(is_forge_api) {
            judge.public_address();
        } else {
            judge.address(url, writes, "curl");
        }
    }
}

/// Nothing but a `GET` whose answer is shown: no data, no account, no file.
fn is_plain_get(call: &Call<'_>) -> bool {
    call.options().iter().all(|given| {
        let value = given.value.and_then(Arg::as_static);
        match given.spec.name {
            option if CURL_PLAIN.has(option) => true,
            "-o" | "--output" => value == Some(b"/dev/null"),
            "-X" | "--request" => value == Some(b"GET"),
            "-H" | "--header" => value.is_some_and(|header| {
                let lower = header.to_ascii_lowercase();
                [&b"accept:"[..], b"x-github-api-version:", b"user-agent:"]
                    .iter()
                    .any(|name| lower.starts_with(name))
            }),
            _ => false,
        }
    })
}

/// What the forge shows to everybody, as `gh api` reads it too.
fn is_forge_api(url: &[u8]) -> bool {
    let Some(path) = url.strip_prefix(b"https://api.github.com/") else {
        return false;
    };
    let first = path.split(|b| b"/?".contains(b)).next().unwrap_or_default();
    FORGE_PUBLIC.has(first)
        && path.len() <= 300
        && path
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"/?&=._-+:,%".contains(b))
}

/// `wget`: as `curl`; without `-O` and `--spider` the answer becomes a file.
pub(super) fn wget(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    for value in call.values(&["--method"]) {
        method(judge, value, call);
    }
    for url in call.operands() {
        judge.address(url, false, "wget");
    }
    let named = call.has(&[
        "-O",
        "--output-document",
        "--spider",
        "-P",
        "--directory-prefix",
    ]);
    if !named && !call.parsed.operands.is_empty() {
        judge.effect(Effect::Write, call);
    }
}

/// `http [METHOD] URL [ITEM]...` of HTTPie.
pub(super) fn httpie(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let mut words = call.operands().peekable();
    if let Some(first) = words.peek() {
        let upper = first
            .as_static()
            .is_some_and(|m| !m.is_empty() && m.iter().all(u8::is_ascii_uppercase));
        if upper {
            method(judge, *first, call);
            words.next();
        }
    }
    let Some(url) = words.next() else { return };
    let local = url
        .as_static()
        .is_some_and(|u| u.starts_with(b":") || is_local(u));
    if !local && !call.has(&["--offline"]) {
        judge.address(url, true, "http");
    }
    for item in words {
        if item.as_static().is_none_or(|i| i.contains(&b'@')) {
            judge.unknown("http.item", item.span(), || {
                format!("`{}` can send a file", item.show())
            });
        }
    }
}

/// Name service and reachability: whatever is asked leaves the machine.
pub(super) fn dns(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let program = call
        .argv
        .first()
        .and_then(Word::as_static)
        .unwrap_or_default();
    if crate::run::base_name(program) == b"getent" {
        let database = call.operand(0).and_then(Arg::as_static);
        if matches!(database, Some(b"shadow" | b"gshadow") | None) {
            judge.effect(Effect::Secret, call);
        }
        return;
    }
    let name = crate::run::base_name(program);
    let asks_resolver = NAME_LOOKUP.has(name);
    // The second operand of these is the server that is asked.
    let server_second = matches!(name, b"host" | b"nslookup" | b"ahost" | b"adig");
    for (index, arg) in call.operands().enumerate() {
        let server = server_second && index > 0;
        let plain = asks_resolver && !server && arg.as_static().is_some_and(is_plain_lookup);
        if plain || arg.prefix().starts_with(b"+") {
            continue;
        }
        judge.host(arg, call);
    }
}

/// A name to look up, as it is written by hand: nothing that could carry data out. A server that
/// is asked must be a well-known one.
fn is_plain_lookup(text: &[u8]) -> bool {
    if let Some(server) = text.strip_prefix(b"@") {
        let known: &[&[u8]] = &[b"8.8.8.8", b"8.8.4.4", b"1.1.1.1", b"1.0.0.1", b"9.9.9.9"];
        return known.contains(&server) || is_local(server);
    }
    let plain = |label: &[u8]| {
        label.len() <= 20
            && label
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"-_:".contains(b))
    };
    text.len() <= 60 && text.split(|&b| b == b'.').all(plain)
}

/// `finger USER@HOST` asks another machine.
pub(super) fn finger(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    for arg in call.operands() {
        if arg.prefix().contains(&b'@') {
            judge.host(arg, call);
        }
    }
}

/// `nc`: only whether a port of this machine is open.
pub(super) fn nc(judge: &mut Judge<'_>, call: &Call<'_>) {
    let local = call
        .operand(0)
        .and_then(Arg::as_static)
        .is_some_and(is_local);
    let asks = call
        .options()
        .iter()
        .any(|o| matches!(o.spec.role, WordRole::Ask) || matches!(o.spec.name, "-l" | "-k" | "-X"));
    if local && !asks {
        // Data stays on this machine; a file of what passed may lie anywhere.
        for file in call.values(&["-o"]) {
            judge.path(WordRole::Write, file, call.site);
        }
        return;
    }
    judge.option_defaults(call);
}

/// `rsync`: a colon before any slash names another machine.
pub(super) fn rsync(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    let deletes = call.has(&[
        "--del",
        "--delete",
        "--delete-before",
        "--delete-during",
        "--delete-delay",
        "--delete-after",
        "--delete-excluded",
        "--remove-source-files",
    ]);
    if deletes && !call.has(&["-n", "--dry-run"]) {
        judge.unknown("rsync.delete", call.span(), || {
            "which files are deleted is not known; `-n` shows them".to_owned()
        });
    }
    for arg in call.operands() {
        let text = arg.prefix();
        let colon = text.iter().position(|&b| b == b':');
        let slash = text.iter().position(|&b| b == b'/').unwrap_or(text.len());
        let remote = colon.is_some_and(|c| c < slash) || text.starts_with(b"rsync://");
        let unknown = arg.as_static().is_none() && arg.glob().is_none() && !text.contains(&b'/');
        if remote || unknown {
            judge.report(Effect::NetWrite, 50, "net.rsync", arg.span(), || {
                format!("`{}` lies on another machine", arg.show())
            });
        }
    }
}

/// `ssh-keygen`: shows keys, or makes a pair at a named path.
pub(super) fn ssh_keygen(judge: &mut Judge<'_>, call: &Call<'_>) {
    if call.has(&["-F"]) {
        return;
    }
    if call.has(&["-l"]) {
        if let Some(file) = call.value(&["-f"]) {
            judge.path(WordRole::List, file, call.site);
        }
        return;
    }
    judge.option_defaults(call);
    if !call.has(&["-f"]) {
        judge.effect(Effect::Secret, call);
    }
}

/// `gh api PATH`, `glab api PATH`: a field makes it a POST, unless the method says GET; a
/// GraphQL text is a query or a mutation.
pub(super) fn gh_api(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let Some(path) = call.operand(0) else { return };
    let fields: Vec<Arg<'_>> = call
        .values(&["-f", "--raw-field", "-F", "--field"])
        .collect();
    let write = |judge: &mut Judge<'_>, arg: Arg<'_>, why: &str| {
        judge.report(Effect::NetWrite, 50, "gh.api", arg.span(), || {
            format!("`gh api` changes something: {why}")
        });
    };
    if path.as_static() == Some(b"graphql") {
        return graphql(judge, path, &fields, call);
    }
    if let Some(value) = call.value(&["-X", "--method"]) {
        let reads = matches!(value.as_static(), Some(b"GET" | b"get" | b"HEAD" | b"head"));
        if !reads {
            return write(judge, value, "the method is not GET");
        }
    } else if let Some(&field) = fields.first() {
        return write(judge, field, "a field makes it a POST");
    } else if let Some(body) = call.value(&["--input"]) {
        return write(judge, body, "a body makes it a POST");
    }
    // `-F name=@file` sends a file.
    for &field in &fields {
        let file = field
            .as_static()
            .is_none_or(|f| f.windows(2).any(|w| w == b"=@"));
        if file && field.as_static().is_some() {
            write(judge, field, "a file is sent");
        }
    }
    judge.effect(Effect::NetRead, call);
}

fn graphql(judge: &mut Judge<'_>, path: Arg<'_>, fields: &[Arg<'_>], call: &Call<'_>) {
    let query = fields.iter().find(|f| f.prefix().starts_with(b"query="));
    let text = query
        .and_then(|q| q.as_static())
        .map(|q| q.get(6..).unwrap_or_default());
    let reads = text.is_some_and(is_query) && !call.has(&["--input"]);
    let files = fields
        .iter()
        .any(|f| f.prefix().windows(2).any(|w| w == b"=@"));
    if !reads || files {
        return judge.report(Effect::NetWrite, 50, "gh.graphql", path.span(), || {
            "the GraphQL text is a mutation, or not known".to_owned()
        });
    }
    judge.effect(Effect::NetRead, call);
}

/// Every operation in a GraphQL document is a query. Words inside strings and comments do not
/// count; in doubt it is none.
fn is_query(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else {
        return false;
    };
    let mut depth = 0usize;
    let mut quoted = false;
    let mut comment = false;
    let mut word = String::new();
    let mut allowed = true;
    let mut any = false;
    for c in text.chars().chain(['\n']) {
        if comment {
            comment = c != '\n';
            continue;
        }
        if quoted {
            quoted = c != '"';
            continue;
        }
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        if depth == 0 && !word.is_empty() {
            allowed &= !matches!(word.as_str(), "mutation" | "subscription");
        }
        word.clear();
        match c {
            '"' => quoted = true,
            '#' => comment = true,
            '{' | '(' => {
                depth += 1;
                any |= c == '{';
            }
            '}' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    allowed && any && !quoted
}

/// `gh config set`, `gh browse`: a pager, editor or browser runs later; reading is fine.
pub(super) fn gh_config(judge: &mut Judge<'_>, call: &Call<'_>) {
    let reading = call.has(&["-n", "--no-browser", "-v", "--view"]);
    let selects = call.path() == "repo set-default";
    if !reading && !selects {
        judge.effect(Effect::Environment, call);
    }
    judge.option_defaults(call);
}

/// `gh pr create`: opening a pull request of the own branch, filled from its commits, is
/// routine; text for other people and another repository ask.
pub(super) fn gh_pr_create(judge: &mut Judge<'_>, call: &Call<'_>) {
    let filled = call.has(&[
        "--fill",
        "-f",
        "--fill-first",
        "--fill-verbose",
        "--dry-run",
    ]);
    let plain = call.options().iter().all(|o| {
        matches!(
            o.spec.name,
            "--fill" | "-f" | "--fill-first" | "--fill-verbose" | "--dry-run" | "-d" | "--draft"
        )
    });
    if filled && plain {
        return;
    }
    judge.option_defaults(call);
}

#[cfg(test)]
mod tests {
    use super::is_query;

    #[test]
    fn graphql_texts_are_queries_only_if_all_operations_are() {
        for (text, expected) in [
            ("{viewer{login}}", true),
            ("query { viewer { login } }", true),
            (
                "query($n:Int!){repository(owner:\"mutation\",name:\"x\"){id}}",
                true,
            ),
            ("# mutation\nquery Q{x}", true),
            ("mutation{x}", false),
            ("query Q{x} mutation M{y}", false),
            ("fragment F on X{id} mutation{y}", false),
            ("", false),
            ("query{x(a:\"", false),
        ] {
            assert_eq!(is_query(text.as_bytes()), expected, "{text}");
        }
    }
}
