//! Spans lie in the input, children in order, and no node is reached twice.
#![no_main]

use clearance_shell::tree::Kind;
use clearance_shell::{Dialect, Limits, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let script = parse(text, Dialect::Bash, Limits::default());
    let mut seen = 0;
    for id in script.walk(script.root()) {
        seen += 1;
        assert!(seen <= script.len());
        let span = script.span(id);
        assert!(span.start <= span.end && span.range().end <= script.source().len());
        let mut before = 0;
        for child in script
            .children(id)
            .filter(|child| script.kind(*child) != Kind::HereBody)
        {
            let span = script.span(child);
            assert!(before <= span.start);
            before = span.start;
        }
    }
});
