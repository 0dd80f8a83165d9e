//! Variables that hold a secret and whose value a command prints.

use clearance_core::{Effect, Span};
use clearance_shell::invocation::{Stdin, Value, Word};

use crate::arg::Arg;
use crate::env::is_secret_name;
use crate::judge::{Call, Judge};

/// `echo "$TOKEN"`, `cat <<< "$TOKEN"`, `declare -p TOKEN`: what is printed gets into logs, into
/// files, and before the eyes of an agent.
pub(super) fn judge_shown(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.ledger.traces |= begins_trace(call);
    if judge.ledger.traces {
        for word in call.argv {
            shown(judge, word, word.span);
        }
        for assignment in &call.site.invocation.assignments {
            shown(judge, &assignment.value, assignment.value.span);
        }
    }
    match call.name() {
        "echo" | "printf" => {
            for word in call.argv.iter().skip(1) {
                shown(judge, word, word.span);
            }
        }
        "cat" | "tee" | "base64" | "rev" | "xxd" | "od" | "tr" => {
            if let Stdin::Dynamic(text) = call.site.stdin {
                report(judge, &text.variables, call.span());
            }
        }
        "declare" if call.has(&["-p"]) => {
            for name in call.operands().filter(|name| speaks_of_secrets(*name)) {
                tell(judge, name.span(), &name.show());
            }
        }
        _ => {}
    }
}

/// `set -x`, `set -euxo pipefail`, `set -o xtrace`.
fn begins_trace(call: &Call<'_>) -> bool {
    if call.name() != "set" {
        return false;
    }
    let mut words = call.operands().map_while(Arg::as_static).peekable();
    while let Some(word) = words.next() {
        let Some(letters) = word.strip_prefix(b"-") else {
            return false;
        };
        if letters.contains(&b'x') {
            return true;
        }
        if letters.ends_with(b"o") && words.next() == Some(b"xtrace") {
            return true;
        }
    }
    false
}

fn speaks_of_secrets(name: Arg<'_>) -> bool {
    name.known().is_some_and(|mut all| all.any(is_secret_name))
}

fn shown(judge: &mut Judge<'_>, word: &Word, span: Span) {
    match &word.value {
        Value::Dynamic(text) => report(judge, &text.variables, span),
        // A runner of workflows puts the value there before the shell sees any quotes.
        Value::Static(text) if holds_expression_of_secrets(text) => {
            tell(judge, span, "secrets");
        }
        _ => {}
    }
}

/// `${{ … secrets … }}`
fn holds_expression_of_secrets(text: &[u8]) -> bool {
    let Some(start) = text.windows(3).position(|w| w == b"${{") else {
        return false;
    };
    let expression = text.get(start..).unwrap_or_default();
    expression.windows(7).any(|w| w == b"secrets")
}

fn report(judge: &mut Judge<'_>, variables: &[clearance_shell::invocation::Bytes], span: Span) {
    if let Some(name) = variables.iter().find(|name| is_secret_name(name)) {
        tell(judge, span, &String::from_utf8_lossy(name));
    }
}

fn tell(judge: &mut Judge<'_>, span: Span, name: &str) {
    judge.report(Effect::Secret, 45, "secret.variable", span, || {
        format!("prints the variable `{name}`, which can hold a secret")
    });
}
