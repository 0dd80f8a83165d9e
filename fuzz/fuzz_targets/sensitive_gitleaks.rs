//! Any bytes as a gitleaks configuration or a baseline: an answer or an error, never a panic.
#![no_main]

use clearance_sensitive::{Baseline, Scanner, gitleaks::Config};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(baseline) = Baseline::parse(text) {
        assert_eq!(Baseline::parse(&baseline.render()), Ok(baseline));
    }
    if let Ok(config) = Config::parse(text) {
        let _ = Scanner::new().with_gitleaks(config).scan(text.as_bytes());
    }
});
