//! Programs whose work is to run another: `env`, `xargs`, shells; and `export` and its like.

use clearance_core::Effect;
use clearance_shell::invocation::{Bytes, Dynamic, Piece, Reason, Stdin, Value, Word};

use crate::arg::Arg;
use crate::env::assignment;
use crate::handlers::envlist;
use crate::judge::{Call, Judge, Site, Taint};

/// `env [OPTION]... [NAME=VALUE]... [COMMAND [ARG]...]`.
pub(super) fn env(judge: &mut Judge<'_>, call: &Call<'_>) {
    if call.argv.len() == 1 && envlist::is_filtered(judge, call) {
        return;
    }
    judge.option_defaults(call);
    let mut assignments = call.site.env.to_vec();
    let mut words: Vec<Word> = Vec::new();
    if let Some(split) = call.value(&["-S", "--split-string"]) {
        let Some(text) = split.as_static() else {
            return judge.unknown("env.split", split.span(), || {
                "the text that `env -S` splits is not determined".to_owned()
            });
        };
        if text.iter().any(|b| b"\\\"'$#".contains(b)) {
            return judge.unknown("env.split", split.span(), || {
                "`env -S` reads quotes, escapes and variables by rules of its own".to_owned()
            });
        }
        let parts = text
            .split(u8::is_ascii_whitespace)
            .filter(|p| !p.is_empty());
        words.extend(parts.map(|p| Word::fixed(p, split.span())));
    }
    words.extend_from_slice(call.from_operand(0));
    let command = words
        .iter()
        .position(|w| !Arg::new(w).prefix().contains(&b'='));
    let (variables, command) = words.split_at(command.unwrap_or(words.len()));
    for word in variables {
        judge.environment(Arg::new(word), call);
        assignments.extend(assignment(word));
    }
    if command.is_empty() {
        if call.has(&["-i", "--ignore-environment", "-"]) {
            return;
        }
        judge.taint(Taint::SECRET);
        return judge.report(
            Effect::Secret,
            40,
            "secret.environment",
            call.span(),
            || "`env` prints every variable, secrets included".to_owned(),
        );
    }
    let cwd = match call.value(&["-C", "--chdir"]) {
        Some(dir) => std::borrow::Cow::Owned(judge.change_dir(dir, &call.site.cwd)),
        None => call.site.cwd.clone(),
    };
    let site = Site {
        env: &assignments,
        cwd,
        ..call.site.clone()
    };
    judge.run_argv(command, &site);
}

/// `printenv [NAME]...`.
pub(super) fn printenv(judge: &mut Judge<'_>, call: &Call<'_>) {
    if call.argv.len() == 1 && envlist::is_filtered(judge, call) {
        return;
    }
    judge.defaults(call);
}

/// `export`, `declare`, `readonly`, `local`: `NAME=value` words change later commands.
pub(super) fn declare(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    // `declare -x` lists as well; only functions and arrays hold nothing of the environment.
    let lists = call.has(&["-p", "-x", "-r", "-g", "-i", "-l", "-u", "-n", "-t"]);
    if lists && call.operand(0).is_none() && !call.has(&["-f", "-F", "-a", "-A"]) {
        judge.effect(Effect::Secret, call);
    }
    if call.has(&["-n"]) && call.name() != "export" {
        judge.report(
            Effect::Environment,
            45,
            "env.reference",
            call.span(),
            || "a variable that stands for another one can change it unseen".to_owned(),
        );
    }
    for arg in call.operands() {
        judge.environment(arg, call);
    }
}

/// `alias [NAME[=TEXT]]...`: later commands of that name mean something else.
pub(super) fn alias(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    for arg in call.operands() {
        if arg.as_static().is_none_or(|text| text.contains(&b'=')) {
            judge.report(Effect::Environment, 40, "env.alias", arg.span(), || {
                format!(
                    "the alias `{}` changes what later commands mean",
                    arg.show()
                )
            });
        }
    }
}

/// `xargs [OPTION]... [COMMAND [ARG]...]`: the words from standard input are appended, or put
/// in the place of a string.
pub(super) fn xargs(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let command = call.from_operand(0);
    if command.is_empty() {
        return;
    }
    let replace = call
        .value(&["-I"])
        .or_else(|| call.value(&["-i", "--replace", "-J"]))
        .map(|v| v.as_static().unwrap_or_default().to_vec())
        .or_else(|| call.has(&["-i", "--replace"]).then(|| b"{}".to_vec()));
    let null = call.has(&["-0", "--null", "-d", "--delimiter"]);
    let words = match (&call.site.stdin, call.has(&["-a", "--arg-file"])) {
        (Stdin::Text(text), false) => plain_words(text, replace.is_some(), null, call),
        _ => None,
    };
    let words = words.unwrap_or_else(|| vec![input_word(call, replace.is_some() || null)]);
    let site = Site {
        stdin: &Stdin::Null,
        ..call.site.clone()
    };
    match replace.filter(|r| !r.is_empty()) {
        Some(mark) => {
            for word in &words {
                let argv: Vec<Word> = command
                    .iter()
                    .map(|part| substitute(part, &mark, word))
                    .collect();
                judge.run_argv(&argv, &site);
            }
        }
        None => {
            let mut argv = command.to_vec();
            argv.extend(words);
            judge.run_argv(&argv, &site);
        }
    }
}

/// The words of a known text, if it has nothing that xargs reads specially.
fn plain_words(text: &Bytes, lines: bool, null: bool, call: &Call<'_>) -> Option<Vec<Word>> {
    if null || text.len() > 4096 || text.iter().any(|b| b"\\\"'".contains(b)) {
        return None;
    }
    let span = call.span();
    let word = |part: &[u8]| Word::fixed(part, span);
    Some(if lines {
        text.split(|&b| b == b'\n')
            .map(<[u8]>::trim_ascii_start)
            .filter(|l| !l.is_empty())
            .map(word)
            .collect()
    } else {
        text.split(u8::is_ascii_whitespace)
            .filter(|p| !p.is_empty())
            .map(word)
            .collect()
    })
}

/// What is known of a word that xargs reads.
fn input_word(call: &Call<'_>, single: bool) -> Word {
    let sources = match call.site.stdin {
        Stdin::Pipe(sources) => sources.clone(),
        Stdin::Dynamic(dynamic) => dynamic.sources.clone(),
        _ => [].into(),
    };
    let by = match call.site.stdin {
        Stdin::Pipe(sources) => match **sources {
            [by] => Some(by),
            _ => None,
        },
        Stdin::Dynamic(dynamic) => dynamic.printed_by(),
        _ => None,
    };
    let dynamic = Dynamic {
        may_split: !single,
        may_vanish: !single,
        sources,
        pieces: by.map(|by| [Piece::Item(by)].into()),
        ..Dynamic::unknown(match call.site.stdin {
            // A file whose content is not known.
            Stdin::File(_) => Reason::UnknownVariable,
            _ => Reason::CommandOutput,
        })
    };
    Word {
        value: Value::Dynamic(dynamic),
        span: call.span(),
    }
}

/// `part` with every `mark` replaced by `word`.
fn substitute(part: &Word, mark: &[u8], word: &Word) -> Word {
    let Some(bytes) = part.as_static() else {
        return part.clone();
    };
    let find = |from: &[u8]| from.windows(mark.len()).position(|w| w == mark);
    let Some(at) = find(bytes) else {
        return part.clone();
    };
    if bytes.len() == mark.len() {
        return word.clone();
    }
    if let Some(text) = word.as_static() {
        let mut out = Vec::new();
        let mut rest = bytes;
        while let Some(at) = find(rest) {
            let (before, after) = rest.split_at(at);
            out.extend_from_slice(before);
            out.extend_from_slice(text);
            rest = after.get(mark.len()..).unwrap_or_default();
        }
        out.extend_from_slice(rest);
        return Word {
            value: Value::Static(out.into()),
            span: part.span,
        };
    }
    let Value::Dynamic(dynamic) = &word.value else {
        return word.clone();
    };
    let prefix = bytes.get(..at).unwrap_or_default();
    let last = bytes
        .windows(mark.len())
        .rposition(|w| w == mark)
        .unwrap_or(at);
    let suffix = bytes.get(last + mark.len()..).unwrap_or_default();
    let text = |text: &[u8]| (!text.is_empty()).then(|| Piece::Text(text.into()));
    let item = || dynamic.pieces().iter().cloned();
    // A text for a shell can name it more than once.
    let several = bytes.contains(&b' ');
    let whole = (last == at || several) && !dynamic.may_split && !dynamic.pieces().is_empty();
    let pieces = whole.then(|| {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rest = bytes;
        while let Some(at) = find(rest) {
            let (before, after) = rest.split_at(at);
            pieces.extend(text(before));
            pieces.extend(item());
            rest = after.get(mark.len()..).unwrap_or_default();
        }
        pieces.extend(text(rest));
        pieces.into()
    });
    let dynamic = Dynamic {
        prefix: prefix.into(),
        suffix: suffix.into(),
        pieces,
        may_vanish: false,
        may_start_dash: prefix.is_empty() || prefix.starts_with(b"-"),
        ..dynamic.clone()
    };
    Word {
        value: Value::Dynamic(dynamic),
        span: part.span,
    }
}

/// `sh [-c TEXT [NAME [ARG]...] | FILE [ARG]...]`.
pub(super) fn shell(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let operands = call.parsed.operands.len();
    let traces = call
        .values(&["-o"])
        .any(|name| name.as_static() == Some(b"xtrace"));
    judge.ledger.traces |= traces || call.has(&["-x"]);
    if call.has(&["-c"]) {
        let Some(text) = call.operand(0) else { return };
        let rest = call.from_operand(1);
        let mut positional: Option<Vec<Bytes>> = Some(Vec::new());
        for word in rest {
            match (&word.value, &mut positional) {
                (Value::Static(bytes), Some(list)) => list.push(bytes.clone()),
                _ => positional = None,
            }
        }
        if rest.is_empty() {
            positional = Some(vec![Bytes::from(call.name().as_bytes())]);
        }
        return judge.run_shell_with(text, positional, call.site);
    }
    // `-n` reads without running.
    if call.has(&["-n"]) {
        for arg in call.operands() {
            judge.path(crate::spec::WordRole::Read, arg, call.site);
        }
        return;
    }
    if operands == 0 || call.has(&["-s"]) {
        return judge.run_stdin(None, call.site, call.span());
    }
    if let Some(file) = call.operand(0) {
        judge.run_shell_file(file, call.from_operand(1), call.site);
    }
}
