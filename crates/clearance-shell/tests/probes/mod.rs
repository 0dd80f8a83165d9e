//! What the tests against real shells share: are the arguments that a probe got reported?

use clearance_shell::{Analysis, Value, Word};

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
