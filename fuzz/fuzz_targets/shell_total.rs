//! Any text gives a tree in every dialect, with work bounded by its length.
#![no_main]

use clearance_shell::{Dialect, Limits, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    for dialect in [
        Dialect::Bash,
        Dialect::Posix,
        Dialect::Zsh,
        Dialect::Unknown,
    ] {
        let script = parse(text, dialect, Limits::default());
        assert!(script.steps() <= 64 * text.len() as u64 + 4_096);
        assert!(script.is_complete() || !script.diagnostics().is_empty());
    }
});
