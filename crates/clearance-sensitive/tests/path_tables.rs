//! The checked-in path tables are what `rules/paths.toml` says, and every example holds.
//!
//! `CLEARANCE_BLESS=1 cargo test -p clearance-sensitive --test path_tables` rewrites them.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::Ipv6Addr;

use clearance_core::Verdict;
use serde::Deserialize;

const DATA: &str = include_str!("../rules/paths.toml");
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/paths/table.rs");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fine: Fine,
    globs: Globs,
    kind: Vec<Kind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fine {
    words: Vec<String>,
    extensions: Vec<String>,
    names: Vec<String>,
    directories: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Globs {
    telling: Vec<String>,
    ordinary: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    id: String,
    why: String,
    read: String,
    write: String,
    #[serde(default)]
    soft: bool,
    paths: Vec<String>,
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(default)]
    addresses: Vec<String>,
    #[serde(default)]
    addresses6: Vec<String>,
    hits: Vec<String>,
    misses: Vec<String>,
}

fn data() -> File {
    toml::from_str(DATA).expect("rules/paths.toml is well formed")
}

fn verdict(name: &str) -> &'static str {
    match name {
        "allow" => "Verdict::Allow",
        "ask" => "Verdict::Ask",
        "deny" => "Verdict::Deny",
        other => panic!("no verdict `{other}`"),
    }
}

/// One pattern, cut up: last component, parents nearest first, directory, rooted.
fn cut(pattern: &str) -> (String, Vec<String>, bool, bool) {
    assert_eq!(pattern, pattern.to_lowercase(), "patterns are lower case");
    let rooted = pattern.starts_with('/');
    let dir = pattern.ends_with('/');
    let mut parts: Vec<String> = pattern
        .split('/')
        .filter(|p| !p.is_empty())
        .map(str::to_owned)
        .collect();
    let last = parts.pop().expect("a pattern has a name");
    parts.reverse();
    (last, parts, dir, rooted)
}

fn words(out: &mut String, name: &str, words: &[String]) {
    let mut sorted: Vec<&String> = words.iter().collect();
    sorted.sort();
    sorted.dedup();
    writeln!(out, "pub(super) static {name}: &[&str] = &{sorted:?};").expect("a string");
}

fn generate(file: &File) -> String {
    let mut out = String::from(
        "//! Generated from `rules/paths.toml` by `tests/path_tables.rs`; do not edit.\n\nuse clearance_core::Verdict;\n\nuse super::{Entry, Kind};\n\n",
    );
    let mut exact: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut globs: Vec<(String, String)> = Vec::new();
    out.push_str("pub(super) static KINDS: &[Kind] = &[\n");
    for (index, kind) in file.kind.iter().enumerate() {
        let (read, write) = (verdict(&kind.read), verdict(&kind.write));
        writeln!(
            out,
            "    Kind {{ id: {:?}, why: {:?}, read: {read}, write: {write}, soft: {} }},",
            kind.id, kind.why, kind.soft
        )
        .expect("a string");
        for pattern in &kind.paths {
            let (last, parents, dir, rooted) = cut(pattern);
            let entry = format!(
                "Entry {{ kind: {index}, dir: {dir}, rooted: {rooted}, parents: &{parents:?} }}"
            );
            if last.contains(['*', '?', '[']) {
                globs.push((last, entry));
            } else {
                exact.entry(last).or_default().push(entry);
            }
        }
    }
    out.push_str(
        "];\n\n/// By last component, sorted.\npub(super) static EXACT: &[(&str, &[Entry])] = &[\n",
    );
    for (name, entries) in exact {
        writeln!(out, "    ({name:?}, &[{}]),", entries.join(", ")).expect("a string");
    }
    out.push_str("];\n\n/// Those whose last component has wildcards.\npub(super) static GLOBS: &[(&str, Entry)] = &[\n");
    for (name, entry) in globs {
        writeln!(out, "    ({name:?}, {entry}),").expect("a string");
    }
    out.push_str("];\n\n");
    words(&mut out, "FINE_WORDS", &file.fine.words);
    words(&mut out, "FINE_EXTENSIONS", &file.fine.extensions);
    words(&mut out, "FINE_NAMES", &file.fine.names);
    words(&mut out, "FINE_DIRECTORIES", &file.fine.directories);
    words(&mut out, "TELLING", &file.globs.telling);
    words(&mut out, "ORDINARY", &file.globs.ordinary);
    let metadata = file
        .kind
        .iter()
        .position(|k| !k.hosts.is_empty())
        .expect("a kind has hosts");
    let kind = &file.kind[metadata];
    words(&mut out, "HOSTS", &kind.hosts);
    writeln!(out, "pub(super) const METADATA_KIND: u8 = {metadata};").expect("a string");
    let networks: Vec<(u32, u32)> = kind.addresses.iter().map(|text| network(text)).collect();
    writeln!(
        out,
        "/// Base and mask.\npub(super) static NETWORKS: &[(u32, u32)] = &{networks:?};"
    )
    .expect("a string");
    let six: Vec<u128> = kind
        .addresses6
        .iter()
        .map(|text| text.parse::<Ipv6Addr>().expect("an address").to_bits())
        .collect();
    writeln!(out, "pub(super) static NETWORKS6: &[u128] = &{six:?};").expect("a string");
    out
}

fn network(text: &str) -> (u32, u32) {
    let (base, length) = text.split_once('/').expect("a network");
    let base: std::net::Ipv4Addr = base.parse().expect("an address");
    let length: u32 = length.parse().expect("a length");
    (base.to_bits(), u32::MAX << (32 - length))
}

#[test]
fn the_checked_in_tables_are_fresh() {
    let fresh = generate(&data());
    if std::env::var_os("CLEARANCE_BLESS").is_some() {
        std::fs::write(TABLE, &fresh).expect("the table can be written");
    }
    let now = std::fs::read_to_string(TABLE).unwrap_or_default();
    assert!(
        now == fresh,
        "rules/paths.toml changed: run with CLEARANCE_BLESS=1"
    );
}

#[test]
fn every_example_holds() {
    let mut wrong = Vec::new();
    for kind in data().kind {
        for path in &kind.hits {
            let got = clearance_sensitive::classify_path(path.as_bytes());
            let expected = if kind.write == "allow" {
                None
            } else {
                Some(kind.id.as_str())
            };
            // Some places belong to two kinds; what counts is that the hit is no weaker.
            if got.map(|hit| hit.kind) != expected
                && got.is_none_or(|hit| hit.read == Verdict::Allow)
            {
                wrong.push(format!("{path}: {} expected, got {got:?}", kind.id));
            }
        }
        for path in &kind.misses {
            let got = clearance_sensitive::classify_path(path.as_bytes());
            if got.is_some_and(|hit| hit.read != Verdict::Allow) {
                wrong.push(format!("{path}: nothing expected, got {got:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn ids_and_patterns_are_unique() {
    let file = data();
    let mut ids: Vec<&str> = file.kind.iter().map(|kind| kind.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), file.kind.len());
    let mut patterns: Vec<&str> = file
        .kind
        .iter()
        .flat_map(|kind| kind.paths.iter().map(String::as_str))
        .collect();
    let count = patterns.len();
    patterns.sort_unstable();
    patterns.dedup();
    assert_eq!(patterns.len(), count, "a pattern stands in two kinds");
    assert!(
        file.kind
            .iter()
            .all(|kind| !kind.hits.is_empty() && !kind.misses.is_empty())
    );
}
