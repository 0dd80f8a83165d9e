//! What the tests against real shells share: which probes ran, and are the arguments that one
//! got reported?

use std::io::Read;
use std::process::{Command, Stdio};

use clearance_shell::{Analysis, Value, Word};

/// The words of the probes that this shell ran, each logged as `P`, their number, and the words;
/// `None` when the shell is missing. A script that prints without end is cut off after so many
/// bytes.
pub(crate) fn ran(shell: &mut Command, most: u64) -> Option<Vec<Vec<String>>> {
    let mut child = shell
        .env("PATH", "/nonexistent")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut log = Vec::new();
    child.stdout.take()?.take(most).read_to_end(&mut log).ok()?;
    let _ = child.kill();
    let _ = child.wait();
    let mut items = log
        .split(|byte| *byte == 0)
        .map(|item| String::from_utf8_lossy(item).into_owned());
    let mut all = Vec::new();
    while let Some(count) = items
        .next()
        .and_then(|head| head.strip_prefix('P')?.parse().ok())
    {
        all.push(items.by_ref().take(count).collect());
    }
    Some(all)
}

/// Whether these words could become exactly these arguments.
fn covers(words: &[Word], arguments: &[String]) -> bool {
    let Some((first, rest)) = words.split_first() else {
        return arguments.is_empty();
    };
    let one = |fits: bool| fits && covers(rest, &arguments[1..]);
    match &first.value {
        Value::Static(text) => one(arguments
            .first()
            .is_some_and(|argument| argument.as_bytes() == &**text)),
        Value::OneOf(all) => one(arguments
            .first()
            .is_some_and(|argument| all.iter().any(|text| argument.as_bytes() == &**text))),
        Value::Glob(_) => (1..=arguments.len()).any(|count| covers(rest, &arguments[count..])),
        Value::Dynamic(known) => {
            let least = usize::from(!(known.may_vanish || known.may_split));
            let most = if known.may_split { arguments.len() } else { 1 };
            (least..=most.min(arguments.len())).any(|count| {
                let (mine, others) = arguments.split_at(count);
                let ends = match mine {
                    [] => true,
                    [first, ..] => {
                        let last = &mine[mine.len() - 1];
                        first.as_bytes().starts_with(&known.prefix)
                            && last.as_bytes().ends_with(&known.suffix)
                            && (!known.numeric || first.parse::<i64>().is_ok())
                    }
                };
                ends && covers(rest, others)
            })
        }
    }
}

/// A probe with these arguments is among what could run.
pub(crate) fn is_reported(analysis: &Analysis, arguments: &[String]) -> bool {
    analysis
        .invocations
        .iter()
        .filter(|invocation| {
            invocation
                .argv
                .first()
                .is_some_and(|word| word.as_static() == Some(b"probe"))
        })
        .any(|invocation| covers(&invocation.argv[1..], arguments))
}
