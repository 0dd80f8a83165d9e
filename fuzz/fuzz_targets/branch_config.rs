//! Configuration text is read without panics, keys come back in git's canonical form, and a
//! push under any configuration is answered.
#![no_main]

use clearance_branch::facts::{RepoFacts, Scope};
use clearance_branch::git_config::{programs, read_file, read_listing};
use clearance_branch::push::{Env, resolve_push};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = read_listing(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(config) = read_file(text, Scope::Local) else {
        return;
    };
    for entry in &config {
        let (section, _, variable) = entry.parts();
        assert_eq!(section, section.to_ascii_lowercase());
        assert_eq!(variable, variable.to_ascii_lowercase());
    }
    let _ = programs(&config);
    let facts = RepoFacts {
        config,
        config_complete: true,
        ..RepoFacts::default()
    };
    for line in [
        &["git", "push"][..],
        &["git", "push", "origin", "main"],
        &["git", "p"],
    ] {
        let _ = resolve_push(line, &facts, &Env::default());
    }
});
