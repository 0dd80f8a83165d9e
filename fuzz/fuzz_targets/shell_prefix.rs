//! Every prefix of a text parses, and a parser that was used before gives the same tree.
#![no_main]

use clearance_shell::{Dialect, Limits, Parser, Script, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let text = &text[..text.len().min(256)];
    let mut parser = Parser::new(Dialect::Bash, Limits::default());
    let mut script = Script::new();
    for end in 0..=text.len() {
        parser.parse_into(&text[..end], &mut script);
    }
    let fresh = parse(text, Dialect::Bash, Limits::default());
    assert_eq!(script.len(), fresh.len());
    assert_eq!(script.is_complete(), fresh.is_complete());
});
