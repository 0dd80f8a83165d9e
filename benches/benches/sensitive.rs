//! The scanner beside its physical references: `group/case/engine`.
//!
//! `clearance` is the whole scan; `aho-corasick` only finds the same number of keywords;
//! `memchr` only reads the text. Each case checks its answer before it is timed.
#![allow(missing_docs, clippy::expect_used, reason = "a benchmark")]

use std::hint::black_box;

use aho_corasick::AhoCorasick;
use clearance_sensitive::{Scanner, classify_path, glob_may_match_sensitive, redact};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// A command of 200 bytes that holds a token.
fn command() -> String {
    let mut text = String::from(
        "curl -sS -X POST https://gitlab.internal/api/v4/projects/12/issues -H 'PRIVATE-TOKEN: glpat-Xk2vQ9mWz7LpR4tYb8Nc' --data title=report ",
    );
    while text.len() < 200 {
        text.push('x');
    }
    text
}

/// Source text: this repository's own files, repeated to about 16 MB.
fn source() -> Vec<u8> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates");
    let mut text = Vec::new();
    let mut open = vec![std::path::PathBuf::from(root)];
    while let Some(path) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&path) else {
            continue;
        };
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("table.rs") {
                text.extend(std::fs::read(&path).expect("a source file"));
            }
        }
    }
    let times = 16_000_000 / text.len().max(1) + 1;
    text.repeat(times)
}

/// As many words of the same kind as the scanner has keywords.
fn words() -> Vec<String> {
    let mut words: Vec<String> = clearance_sensitive::rules()
        .iter()
        .flat_map(|rule| {
            let stem = rule.id().replace("-credential", "");
            [format!("{stem}_"), stem]
        })
        .filter(|word| word.len() >= 4)
        .collect();
    words.truncate(1_600);
    words
}

fn text(c: &mut Criterion) {
    let source = source();
    let scanner = Scanner::new();
    let plain = Scanner::new().with_max_depth(0);
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words())
        .expect("builds");
    assert!(scanner.scan(&source).len() * 1_000_000 < source.len() * 100);
    let mut group = c.benchmark_group("text/source");
    group
        .throughput(Throughput::Bytes(source.len() as u64))
        .sample_size(10);
    group.bench_function("clearance", |b| {
        b.iter(|| scanner.scan(black_box(&source)).len())
    });
    group.bench_function("clearance-no-decoding", |b| {
        b.iter(|| plain.scan(black_box(&source)).len())
    });
    group.bench_function("aho-corasick", |b| {
        b.iter(|| automaton.find_overlapping_iter(black_box(&source)).count());
    });
    group.bench_function("memchr", |b| {
        b.iter(|| memchr::memchr_iter(b'\n', black_box(&source)).count());
    });
    group.finish();
}

fn commands(c: &mut Criterion) {
    let text = command();
    let scanner = Scanner::new();
    assert_eq!(scanner.scan(text.as_bytes()).len(), 1);
    assert!(scanner.scan(b"cargo test --workspace").is_empty());
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words())
        .expect("builds");
    let mut group = c.benchmark_group("command/200-bytes");
    group.bench_function("clearance", |b| {
        b.iter(|| scanner.scan(black_box(text.as_bytes())).len())
    });
    group.bench_function("clearance-redact", |b| {
        b.iter(|| redact(black_box(&text)).len())
    });
    group.bench_function("aho-corasick", |b| {
        b.iter(|| automaton.find_overlapping_iter(black_box(&text)).count());
    });
    group.finish();
    let clean = "git log --oneline --graph --decorate -n 20 origin/main..HEAD -- crates/clearance-shell/src/lib.rs crates/clearance-risk/src/lib.rs && cargo test -p clearance-shell --lib parse -- --nocapture | tail -n 40";
    assert!(scanner.scan(clean.as_bytes()).is_empty());
    c.bench_function("command/clean-200-bytes/clearance", |b| {
        b.iter(|| scanner.scan(black_box(clean.as_bytes())).len());
    });
}

fn paths(c: &mut Criterion) {
    assert!(classify_path(b"crates/clearance-shell/src/lib.rs").is_none());
    assert!(classify_path(b"~/.ssh/id_ed25519").is_some());
    assert!(glob_may_match_sensitive(b"src/*.rs").is_none());
    let mut group = c.benchmark_group("path");
    for (name, path) in [
        ("ordinary", "crates/clearance-shell/src/lib.rs"),
        ("sensitive", "~/.ssh/id_ed25519"),
    ] {
        group.bench_function(format!("{name}/clearance"), |b| {
            b.iter(|| classify_path(black_box(path.as_bytes())));
        });
    }
    group.bench_function("glob/clearance", |b| {
        b.iter(|| glob_may_match_sensitive(black_box(b"src/*.rs")));
    });
    group.finish();
}

criterion_group!(benches, text, commands, paths);
criterion_main!(benches);
