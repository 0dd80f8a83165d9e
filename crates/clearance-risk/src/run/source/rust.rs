//! What a source in Rust may say. Facts: the Rust reference and standard library, 1.85.

use super::tokens::{Token, Tongue, tokens};

/// Words by which a Rust program reaches out of itself.
const BANNED: &[&str] = &[
    "unsafe",
    "extern",
    "asm",
    "global_asm",
    "naked_asm",
    "include",
    "include_str",
    "include_bytes",
    "env",
    "option_env",
    "fs",
    "process",
    "net",
    "os",
    "ffi",
    "path",
    "arch",
    "intrinsics",
    "ptr",
    "libc",
    "link",
    "link_section",
    "no_mangle",
    "export_name",
    "proc_macro",
    "feature",
    "plugin",
    "crate_type",
    "no_main",
    "no_std",
    "panic_handler",
    "global_allocator",
    "macro_use",
    "rustc",
];

/// The text only computes, reads its input and prints.
pub(super) fn is_harmless(text: &str) -> bool {
    let Some(tokens) = tokens(text, Tongue::Rust) else {
        return false;
    };
    let banned = tokens.iter().any(|token| match token {
        Token::Word(word) => BANNED.contains(word),
        _ => false,
    });
    // `mod name;` is another file.
    let elsewhere = tokens.windows(3).any(|three| {
        matches!(three, [Token::Word(first), Token::Word(_), Token::Mark(';')] if *first == "mod")
    });
    !banned && !elsewhere
}
