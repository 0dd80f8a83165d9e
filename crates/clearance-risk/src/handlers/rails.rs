//! Ruby on Rails and rake: tasks that change a database, and code given as text.

mod text;

use clearance_core::Effect;

use super::jvm;
use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::RAILS_MIGRATE;
use crate::spec::WordRole;

/// `rake [OPTION]... [TASK | NAME=VALUE]...`.
pub(super) fn rake(judge: &mut Judge<'_>, call: &Call<'_>) {
    jvm::tasks(judge, call);
    database(judge, call);
}

/// `rails COMMAND [ARG]...`.
pub(super) fn rails(judge: &mut Judge<'_>, call: &Call<'_>) {
    if !call.path().is_empty() {
        return;
    }
    let words: Vec<Arg<'_>> = call.operands().collect();
    let Some((first, rest)) = words.split_first() else {
        return;
    };
    match first.as_str() {
        Some("runner" | "r") => runner(judge, rest, call),
        Some("server" | "s") => server(judge, rest, call),
        Some("test" | "t") => loads(judge, rest, call),
        Some("generate" | "g" | "routes") => {}
        Some(_) => database(judge, call),
        None => judge.unknown("operand.unknown", first.span(), || {
            format!("which command `{}` is, is not known", first.show())
        }),
    }
}

/// `rails server [OPTION]...`: where it listens, what it obeys.
fn server(judge: &mut Judge<'_>, words: &[Arg<'_>], call: &Call<'_>) {
    const KNOWN: &[&str] = &[
        "-d",
        "--daemon",
        "-C",
        "--dev-caching",
        "--no-dev-caching",
        "--early-hints",
        "--log-to-stdout",
        "--no-log-to-stdout",
    ];
    const VALUED: &[&str] = &["-p", "--port", "-e", "--environment", "-u", "--using"];
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = word.as_str().unwrap_or("-?");
        let (name, attached) = match text.split_once('=') {
            Some((name, _)) => (name, Some(word.skip(name.len() + 1))),
            None => (text, None),
        };
        match name {
            "-b" | "--binding" | "-c" | "--config" => {
                let role = if name == "-b" || name == "--binding" {
                    WordRole::Listen
                } else {
                    WordRole::Run
                };
                if let Some(value) = attached.or_else(|| words.next().copied()) {
                    judge.word(role, value, call);
                }
            }
            _ if VALUED.contains(&name) && attached.is_none() => {
                words.next();
            }
            _ if VALUED.contains(&name) || KNOWN.contains(&name) => {}
            // The name of the server.
            _ if !name.starts_with('-') => {}
            _ => judge.unknown("option.unknown", word.span(), || {
                format!(
                    "the option `{}` of `rails server` is not known",
                    word.show()
                )
            }),
        }
    }
}

/// `rails test [OPTION]... [FILE]...`: files are loaded, also those after `-r` and `-I`.
fn loads(judge: &mut Judge<'_>, words: &[Arg<'_>], call: &Call<'_>) {
    for (index, word) in words.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| words.get(at));
        let loaded = matches!(
            before.and_then(|w| w.as_static()),
            Some(b"-r" | b"--require" | b"-I" | b"--include")
        );
        let file = !word.prefix().starts_with(b"-") && word.prefix().contains(&b'/');
        let joined = [&b"-r"[..], b"-I"]
            .iter()
            .any(|o| word.prefix().starts_with(o) && word.prefix().len() > 2);
        let named: Option<usize> = [&b"--require="[..], b"--include="]
            .iter()
            .find(|o| word.prefix().starts_with(o))
            .map(|o| o.len());
        if loaded || file {
            judge.path(WordRole::Run, *word, call.site);
        } else if joined {
            judge.path(WordRole::Run, word.skip(2), call.site);
        } else if let Some(length) = named {
            judge.path(WordRole::Run, word.skip(length), call.site);
        }
    }
}

/// Tasks that migrate ask, unless the environment is that of the tests.
fn database(judge: &mut Judge<'_>, call: &Call<'_>) {
    let changes = call
        .operands()
        .any(|a| a.as_str().is_none_or(|t| RAILS_MIGRATE.has(t)));
    let named = call.operands().any(|a| a.prefix().starts_with(b"db:"));
    let asks = match environment(call) {
        Environment::Test => false,
        Environment::Development => changes,
        Environment::Other => changes || named,
    };
    if asks {
        judge.effect(Effect::DbChange, call);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Environment {
    Test,
    Development,
    Other,
}

/// What `RAILS_ENV` is, given before the command or among its words.
fn environment(call: &Call<'_>) -> Environment {
    let names: [&[u8]; 2] = [b"RAILS_ENV", b"RACK_ENV"];
    let given = call.operands().find_map(|a| {
        let text = a.as_static()?;
        text.strip_prefix(b"RAILS_ENV=")
            .or(text.strip_prefix(b"RACK_ENV="))
            .map(<[u8]>::to_vec)
    });
    let set = names.iter().find_map(|n| call.site.variable(n));
    let value = match (given, set) {
        (Some(value), _) => value,
        (None, Some(word)) => word.as_static().unwrap_or(b"?").to_vec(),
        (None, None) => return Environment::Development,
    };
    match value.as_slice() {
        b"test" | b"ci" => Environment::Test,
        b"development" => Environment::Development,
        _ => Environment::Other,
    }
}

/// `rails runner [-e ENVIRONMENT] FILE | TEXT [ARG]...`.
fn runner(judge: &mut Judge<'_>, words: &[Arg<'_>], call: &Call<'_>) {
    let words = match words {
        [option, value, rest @ ..]
            if matches!(option.as_static(), Some(b"-e" | b"--environment")) =>
        {
            if !matches!(value.as_static(), Some(b"test" | b"development")) {
                judge.effect(Effect::DbChange, call);
            }
            rest
        }
        words => words,
    };
    if environment(call) == Environment::Other {
        judge.effect(Effect::DbChange, call);
    }
    let Some(text) = words.first() else { return };
    if text.as_static() == Some(b"-") {
        return judge.run_stdin(Some(crate::spec::Lang::Ruby), call.site, text.span());
    }
    let file = text
        .as_static()
        .is_some_and(|t| t.ends_with(b".rb") && !t.contains(&b' '));
    if file {
        return judge.run_file(Some(crate::spec::Lang::Ruby), *text, &[], call.site);
    }
    if !text.as_str().is_some_and(text::reads) {
        judge.unknown("code.unknown", text.span(), || {
            "inline Ruby that may do more than ask the models of the project".to_owned()
        });
    }
}
