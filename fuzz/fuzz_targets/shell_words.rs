//! Expansion is total, and text that is static without knowledge stays so.
#![no_main]

use clearance_shell::expand::{Expander, Nothing, append_static};
use clearance_shell::tree::Kind;
use clearance_shell::{Dialect, Limits, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let script = parse(text, Dialect::Bash, Limits::default());
    let mut world = Nothing;
    let mut expander = Expander::new(&mut world, Dialect::Bash, Limits::default());
    for command in script.nodes().filter(|id| script.kind(*id) == Kind::Simple) {
        for word in script.simple(command).words() {
            let mut words = Vec::new();
            expander.arguments(&script, word, &mut words);
            let mut fixed = Vec::new();
            if script.kind(word) == Kind::Word && append_static(&script, word, &mut fixed) {
                assert_eq!(words.len(), 1);
                assert_eq!(words[0].as_static(), Some(&fixed[..]));
            }
        }
    }
});
