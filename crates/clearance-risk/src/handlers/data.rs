//! Databases: the statements decide.

use clearance_core::Effect;
use clearance_shell::invocation::Stdin;

use crate::arg::Arg;
use crate::code::{self, CodeInput, CodeTarget, Language};
use crate::judge::{Call, Judge, is_local};
use crate::names::{MLR_FLAG, MLR_VERB, REDIS_CHANGE, REDIS_READ, YQ_BANNED};
use crate::spec::{Lang, WordRole};

/// What the pack says about the options, but for the values of these, which the caller judges.
fn options_except(judge: &mut Judge<'_>, call: &Call<'_>, names: &[&str]) {
    for effect in call.command().effects.iter() {
        judge.effect(effect, call);
    }
    for given in call.options() {
        if names.contains(&given.spec.name) {
            continue;
        }
        for effect in given.spec.effects.iter() {
            judge.effect(effect, call);
        }
        if let Some(value) = given.value {
            judge.word(given.spec.role, value, call);
        }
    }
}

/// `sqlite3 [OPTION]... FILE [SQL]...`: a change of the database is a change of that file.
pub(super) fn sqlite(judge: &mut Judge<'_>, call: &Call<'_>) {
    options_except(judge, call, &["-cmd", "-c", "-s"]);
    let file = call.operand(0);
    let mut statements: Vec<Arg<'_>> = call.values(&["-cmd", "-c", "-s"]).collect();
    statements.extend(call.operands().skip(1));
    if statements.is_empty() {
        match call.site.stdin {
            Stdin::Text(text) => sql_on_file(judge, file, text, call),
            _ => judge.run_stdin(Some(Lang::Sql), call.site, call.span()),
        }
        return;
    }
    for statement in statements {
        match statement.known() {
            Some(all) => {
                for text in all {
                    sql_on_file(judge, file, text, call);
                }
            }
            None => judge.unknown("sql.dynamic", statement.span(), || {
                format!("the statement `{}` is not determined", statement.show())
            }),
        }
    }
}

fn sql_on_file(judge: &mut Judge<'_>, file: Option<Arg<'_>>, text: &[u8], call: &Call<'_>) {
    let on_file = |judge: &mut Judge<'_>, role: WordRole| {
        let Some(file) = file.filter(|f| !f.prefix().starts_with(b":memory:")) else {
            return;
        };
        if let Some(address) = file.prefix().strip_prefix(b"file:") {
            // An address of a database: its path, and how it is opened.
            let path = address.split(|&b| b == b'?').next().unwrap_or_default();
            let plain = file.as_static().is_some() && !path.contains(&b'%');
            if plain && !path.starts_with(b"//") {
                return judge.path_text(role, path, false, file.span(), &call.site.cwd);
            }
            return judge.unknown("db.address", file.span(), || {
                "the address of a database is not read".to_owned()
            });
        }
        judge.path(role, file, call.site);
    };
    on_file(judge, WordRole::Read);
    let report = code::analyze(Language::Sql, text, &CodeInput { args: &[] });
    if let Some(&(_, reason)) = report.unknown.first() {
        judge.unknown("sql.unknown", call.span(), || {
            format!("the statement was not understood: {reason}")
        });
    }
    for act in &report.acts {
        match (&act.target, act.effect) {
            (CodeTarget::None, Effect::DbRead | Effect::Compute) => {}
            (CodeTarget::None, Effect::DbChange) => on_file(judge, WordRole::Edit),
            (CodeTarget::Path(value), effect) => {
                let role = match effect {
                    Effect::Read | Effect::DbRead => WordRole::Read,
                    Effect::List => WordRole::List,
                    _ => WordRole::Write,
                };
                judge.path(role, Arg::of(value, call.span()), call.site);
            }
            (CodeTarget::Shell(value), _) => {
                judge.report(Effect::RunInline, 40, "code.runs", call.span(), || {
                    "the shell of a database is told to run a command".to_owned()
                });
                judge.run_shell(Arg::of(value, call.span()), call.site);
            }
            (_, effect) => judge.effect(effect, call),
        }
    }
}

/// The host of a database server: this machine, or Ask.
fn server(judge: &mut Judge<'_>, value: Arg<'_>) {
    let socket = value.prefix().starts_with(b"/");
    let address = value.as_static().is_some_and(|t| {
        (t.windows(3).any(|w| w == b"://") && !is_local(t)) || t.windows(5).any(|w| w == b"host=")
    });
    if address && !socket {
        judge.report(Effect::NetRead, 40, "db.host", value.span(), || {
            format!("the database `{}` lies on another machine", value.show())
        });
    }
}

/// `psql [OPTION]... [DBNAME [USER]]`.
pub(super) fn psql(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    for value in call.values(&["-d", "--dbname"]).chain(call.operands()) {
        server(judge, value);
    }
    if let Some(out) = call.value(&["-o", "--output"]) {
        let role = if out.prefix().starts_with(b"|") {
            WordRole::Exec
        } else {
            WordRole::Write
        };
        judge.word(role, out, call);
    }
    let statements: Vec<Arg<'_>> = call.values(&["-c", "--command"]).collect();
    for &statement in &statements {
        judge.run_code(Lang::Sql, statement, &[], call.site);
    }
    let files: Vec<Arg<'_>> = call.values(&["-f", "--file"]).collect();
    for &file in &files {
        judge.unknown("sql.file", file.span(), || {
            format!("the statements in `{}` are not seen", file.show())
        });
    }
    let lists = call.has(&["-l", "--list"]);
    if statements.is_empty() && files.is_empty() && !lists {
        judge.run_stdin(Some(Lang::Sql), call.site, call.span());
    }
}

/// `mysql [OPTION]... [DATABASE]`.
pub(super) fn mysql(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let statements: Vec<Arg<'_>> = call.values(&["-e", "--execute"]).collect();
    for &statement in &statements {
        judge.run_code(Lang::Sql, statement, &[], call.site);
    }
    if statements.is_empty() {
        judge.run_stdin(Some(Lang::Sql), call.site, call.span());
    }
}

/// `redis-cli [OPTION]... [COMMAND [ARG]...]`.
pub(super) fn redis(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let Some(command) = call.operand(0) else {
        return;
    };
    let word = command.as_str().unwrap_or_default().to_ascii_uppercase();
    if REDIS_READ.has(&word) {
        return judge.effect(Effect::DbRead, call);
    }
    if REDIS_CHANGE.has(&word) {
        return judge.effect(Effect::DbChange, call);
    }
    judge.effect(Effect::DbDestroy, call);
}

/// `yq` (both kinds): an expression that loads or names other files asks.
pub(super) fn yq(judge: &mut Judge<'_>, call: &Call<'_>) {
    options_except(judge, call, &["-i", "--inplace", "--in-place"]);
    let edits = call.has(&["-i", "--inplace", "--in-place"]);
    let mut words = call.operands().peekable();
    if let Some(first) = words.peek() {
        let verb = first.as_static();
        if matches!(
            verb,
            Some(b"e" | b"eval" | b"ea" | b"eval-all" | b"r" | b"read")
        ) {
            words.next();
        }
    }
    let mut expression = call.has(&["--expression"]);
    if let Some(value) = call.value(&["--expression"]) {
        yq_text(judge, value);
    }
    for arg in words {
        if !expression {
            expression = true;
            let file = arg.as_static().is_some_and(|t| {
                t.ends_with(b".yml")
                    || t.ends_with(b".yaml")
                    || t.ends_with(b".json")
                    || t.ends_with(b".toml")
            }) && !arg.prefix().starts_with(b".");
            if !file {
                yq_text(judge, arg);
                continue;
            }
        }
        judge.path(
            if edits {
                WordRole::Edit
            } else {
                WordRole::Read
            },
            arg,
            call.site,
        );
    }
}

fn yq_text(judge: &mut Judge<'_>, expression: Arg<'_>) {
    if !expression.as_str().is_some_and(only_selects) {
        judge.unknown("yq.expression", expression.span(), || {
            format!(
                "the expression `{}` can read other files or the environment",
                expression.show()
            )
        });
    }
}

/// No word of the expression is an operator that reads files or the environment, runs something
/// or evaluates a text (yq 4 and jq manuals). What stands after a dot is a field.
fn only_selects(expression: &str) -> bool {
    // The two characters before: `..` is no field's dot.
    let mut before = [' '; 2];
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, tail) = rest
            .split_at_checked(length.max(first.len_utf8()))
            .unwrap_or((rest, ""));
        let named = (before[1] != '.' || before[0] == '.') && length > 0;
        if named && (YQ_BANNED.has(word) || word.starts_with("load") || word.starts_with("__")) {
            return false;
        }
        before = [before[1], word.chars().next_back().unwrap_or(' ')];
        rest = tail;
    }
    true
}

/// `mlr [FLAG]... VERB [WORD]... [then VERB [WORD]...]... [FILE]...`: verbs can write files, and
/// the language of `put` and `filter` can run programs. Where the words of a verb end and the
/// files begin is not told apart: every word of the last verb may be a file that is read.
pub(super) fn mlr(judge: &mut Judge<'_>, call: &Call<'_>) {
    let words: Vec<Arg<'_>> = call.argv.iter().skip(1).map(Arg::new).collect();
    let flag = |word: &Arg<'_>| word.as_static().is_some_and(|w| MLR_FLAG.has(w));
    let chain = words.iter().skip_while(|word| flag(word));
    let mut begins = true;
    for &word in chain {
        let known = match word.as_static() {
            Some(b"then") => {
                begins = true;
                continue;
            }
            Some(verb) if begins => MLR_VERB.has(verb),
            Some(option) if option.starts_with(b"--") => MLR_FLAG.has(option),
            Some(_) => true,
            None => false,
        };
        if !known {
            return judge.unknown("mlr.verb", word.span(), || {
                format!("what `{}` makes Miller do was not understood", word.show())
            });
        }
        if !begins {
            judge.path(WordRole::Read, word, call.site);
        }
        begins = false;
    }
}
