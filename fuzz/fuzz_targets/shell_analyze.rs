//! Abstract execution of any bytes: it comes to an end, its spans lie in the script, what was
//! not parsed is said to be unknown, and a command that follows takes nothing away.
#![no_main]

use clearance_shell::{Analysis, Env, analyze};
use libfuzzer_sys::fuzz_target;

fn words(analysis: &Analysis) -> Vec<Vec<Option<&[u8]>>> {
    analysis
        .invocations
        .iter()
        .filter(|invocation| !invocation.argv.is_empty())
        .map(|invocation| {
            invocation
                .argv
                .iter()
                .map(|word| word.as_static())
                .collect()
        })
        .collect()
}

fuzz_target!(|text: &[u8]| {
    let env = Env::default();
    let analysis = analyze(text, &env);
    let end = u32::try_from(text.len()).expect("fuzz inputs are short");
    for invocation in &analysis.invocations {
        assert!(invocation.span.start <= invocation.span.end && invocation.span.end <= end);
    }
    for site in &analysis.opaque {
        assert!(site.span.start <= site.span.end && site.span.end <= end);
    }
    assert!(analysis.complete || !analysis.opaque.is_empty());

    // A comment, a here-document or a backslash at the end would swallow what follows.
    let open = text.ends_with(b"\\") || text.windows(2).any(|pair| pair == b"<<");
    if analysis.complete && analysis.opaque.is_empty() && !open {
        let longer = analyze(&[text, b"\nlast-command"].concat(), &env);
        if longer.opaque.is_empty() {
            let after = words(&longer);
            for command in words(&analysis) {
                assert!(after.contains(&command), "{command:?} is gone");
            }
        }
    }
});
