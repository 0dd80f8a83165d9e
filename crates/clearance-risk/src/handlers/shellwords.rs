//! `eval`, `trap`: text that a shell runs. clearance-shell follows them where they stand in a
//! script; here they are judged when another command runs them.

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use clearance_shell::invocation::Value;

/// `eval [TEXT]...`.
pub(super) fn eval(judge: &mut Judge<'_>, call: &Call<'_>) {
    if is_direct(call) {
        return;
    }
    if let [_, word] = call.argv {
        if judge.is_setup_text(word) {
            return;
        }
    }
    let mut joined: Vec<u8> = Vec::new();
    for arg in call.operands() {
        let Some(text) = arg.as_static() else {
            return judge.unknown("code.dynamic", arg.span(), || {
                "the text that `eval` runs is not determined".to_owned()
            });
        };
        if !joined.is_empty() {
            joined.push(b' ');
        }
        joined.extend_from_slice(text);
    }
    let value = Value::Static(joined.into());
    judge.run_shell(Arg::of(&value, call.span()), call.site);
}

/// `trap [TEXT SIGNAL...]`.
pub(super) fn trap(judge: &mut Judge<'_>, call: &Call<'_>) {
    if is_direct(call) {
        return;
    }
    if let Some(text) = call.operand(0) {
        if !text.prefix().starts_with(b"-") {
            judge.run_shell(text, call.site);
        }
    }
}

/// The command stands in the script itself, so that its text was followed there.
fn is_direct(call: &Call<'_>) -> bool {
    std::ptr::eq(call.argv, call.site.invocation.argv.as_slice())
}
