//! Redacted text never holds a value that was found, and a redacted stream hides every span.
#![no_main]

use clearance_sensitive::{Scanner, redact};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let out = redact(text);
    // Redaction does not listen to inline markers.
    let found = Scanner::new().with_markers(false).scan(text.as_bytes());
    for one in &found {
        if let Some(value) = text.get(one.range()) {
            assert!(!out.contains(value), "{one:?}");
        }
    }
    assert_eq!(found.is_empty(), out == text);
    let mut streamed = Vec::new();
    let count = Scanner::new()
        .redact_stream(text.as_bytes(), &mut streamed)
        .expect("memory");
    assert_eq!(count, found.len() as u64);
});
