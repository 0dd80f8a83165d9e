//! The checked-in path tables are what `rules/paths.toml` says, and every example holds.
//!
//! `CLEARANCE_BLESS=1 cargo test -p clearance-sensitive --test path_tables` rewrites them.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used
)]

use std::fmt::Write as _;
use std::net::Ipv6Addr;

use clearance_core::Verdict;
use serde::Deserialize;

#[path = "../src/paths/letters.rs"]
mod letters;
#[path = "support/text.rs"]
mod text;

use text::{Text, sorted};

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

fn words(out: &mut String, text: &mut Text, name: &str, words: &[String]) {
    let sorted = sorted(words);
    let (count, list) = (sorted.len(), text.pieces(&sorted));
    writeln!(out, "pub(super) static {name}: [Piece; {count}] = {list};").expect("a string");
}

/// A pattern of a kind.
struct Row {
    kind: usize,
    last: String,
    parents: Vec<String>,
    dir: bool,
    rooted: bool,
}

fn is_wild(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

/// The bytes that stand for themselves outside of brackets, those at both ends apart.
fn literals(pattern: &str) -> (Vec<u8>, Option<u8>, Option<u8>) {
    let (mut inside, mut all) = (false, Vec::new());
    for byte in pattern.bytes() {
        match byte {
            b'[' => inside = true,
            b']' => inside = false,
            b'*' | b'?' => {}
            _ if !inside => all.push(byte),
            _ => {}
        }
    }
    let plain = |byte: Option<u8>| byte.filter(|byte| !b"*?[]".contains(byte));
    (
        all,
        plain(pattern.bytes().next()),
        plain(pattern.bytes().last()),
    )
}

fn rows(file: &File) -> Vec<Row> {
    let mut all = Vec::new();
    for (kind, row) in file.kind.iter().enumerate() {
        for pattern in &row.paths {
            let (last, parents, dir, rooted) = cut(pattern);
            all.push(Row {
                kind,
                last,
                parents,
                dir,
                rooted,
            });
        }
    }
    // Names sorted, then the wild ones in the order of their buckets.
    all.sort_by_key(|row| match literals(&row.last) {
        _ if !is_wild(&row.last) => (0, 0, row.last.clone()),
        (_, first, last) => (1, bucket(first, last), String::new()),
    });
    all
}

fn bucket(first: Option<u8>, last: Option<u8>) -> usize {
    match (first, last) {
        (Some(first), _) => usize::from(first),
        (None, Some(last)) => usize::from(last) | 128,
        (None, None) => 0,
    }
}

fn generate(file: &File) -> String {
    let mut out = String::from(
        "//! Generated from `rules/paths.toml` by `tests/path_tables.rs`; do not edit.\n\nuse clearance_core::Verdict;\n\nuse super::{Entry, Glob, Kind, Name};\nuse crate::text::Piece;\n\n",
    );
    let mut text = Text::default();
    writeln!(
        out,
        "pub(super) static KINDS: [Kind; {}] = [",
        file.kind.len()
    )
    .expect("a string");
    for kind in &file.kind {
        let (read, write) = (verdict(&kind.read), verdict(&kind.write));
        writeln!(
            out,
            "    Kind {{ id: {}, why: {}, read: {read}, write: {write}, soft: {} }},",
            text.piece(&kind.id),
            text.piece(&kind.why),
            kind.soft
        )
        .expect("a string");
    }
    out.push_str("];\n\n");
    let rows = rows(file);
    let telling = sorted(&file.globs.telling);
    entry_tables(&mut out, &rows, &telling, &mut text);
    name_tables(&mut out, &rows, &mut text);
    for (name, list) in [
        ("FINE_WORDS", &file.fine.words),
        ("FINE_EXTENSIONS", &file.fine.extensions),
        ("FINE_NAMES", &file.fine.names),
        ("FINE_DIRECTORIES", &file.fine.directories),
        ("ORDINARY", &file.globs.ordinary),
    ] {
        words(&mut out, &mut text, name, list);
    }
    assert!(
        telling.len() <= 64,
        "the tell-tale words are bits of a word"
    );
    words(&mut out, &mut text, "TELLING", &telling);
    letter_table(&mut out, "TELLING_LETTERS", &telling);
    letter_table(&mut out, "FINE_NAME_LETTERS", &sorted(&file.fine.names));
    host_tables(&mut out, file, &mut text);
    writeln!(out, "pub(super) static TEXT: &str = {:?};", text.all).expect("a string");
    out
}

fn letter_table(out: &mut String, name: &str, words: &[String]) {
    let sets: Vec<u32> = words
        .iter()
        .map(|word| letters::letters(&literals(word.trim_start_matches('^')).0))
        .collect();
    let count = sets.len();
    writeln!(out, "pub(super) static {name}: [u32; {count}] = {sets:?};").expect("a string");
}

/// The tell-tale words in a name, as bits.
fn told(name: &str, telling: &[String]) -> u64 {
    let holds = |word: &String| match word.strip_prefix('^') {
        Some(word) => name.starts_with(word),
        None => name.contains(word.as_str()),
    };
    let rows = telling.iter().enumerate().filter(|(_, word)| holds(word));
    rows.fold(0, |bits, (at, _)| bits | 1 << at)
}

fn entry_tables(out: &mut String, rows: &[Row], telling: &[String], text: &mut Text) {
    let mut parents: Vec<Vec<String>> = Vec::new();
    let (mut starts, mut total) = (Vec::new(), 0);
    for row in rows {
        if !parents.contains(&row.parents) {
            parents.push(row.parents.clone());
            starts.push(total);
            total += row.parents.len();
        }
    }
    writeln!(
        out,
        "/// By last component, sorted; those with wildcards follow.\npub(super) static ENTRIES: [Entry; {}] = [",
        rows.len()
    )
    .expect("a string");
    for row in rows {
        let at = parents.iter().position(|known| *known == row.parents);
        let start = starts[at.expect("known")];
        writeln!(
            out,
            "    Entry {{ name: {}, kind: {}, dir: {}, rooted: {}, parents: ({start}, {}), telling: {:#x} }},",
            text.piece(&row.last),
            row.kind,
            row.dir,
            row.rooted,
            row.parents.len(),
            told(&row.last, telling)
        )
        .expect("a string");
    }
    out.push_str("];\n\n");
    let all: Vec<String> = parents.concat();
    let (count, list) = (all.len(), text.pieces(&all));
    writeln!(out, "pub(super) static PARENTS: [Piece; {count}] = {list};").expect("a string");
    let rooted: Vec<usize> = (0..rows.len()).filter(|at| rows[*at].rooted).collect();
    let count = rooted.len();
    writeln!(
        out,
        "pub(super) static ROOTED: [u16; {count}] = {rooted:?};\n"
    )
    .expect("a string");
}

fn name_tables(out: &mut String, rows: &[Row], text: &mut Text) {
    let (mut names, mut filter) = (Vec::new(), [0_u64; letters::FILTER_BITS as usize / 64]);
    let (mut globs, mut starts) = (Vec::new(), [0; 257]);
    for group in rows.chunk_by(|a, b| a.last == b.last && !is_wild(&a.last)) {
        let last = &group[0].last;
        let at = rows.iter().position(|row| core::ptr::eq(row, &group[0]));
        let at = at.expect("a row of the table");
        if is_wild(last) {
            let (bytes, first, end) = literals(last);
            globs.push(format!(
                "Glob {{ letters: {:#x}, entry: {at} }}",
                letters::letters(&bytes)
            ));
            for start in &mut starts[bucket(first, end) + 1..] {
                *start = globs.len();
            }
        } else {
            let slot = letters::filter_slot(last.as_bytes());
            filter[(slot >> 6) as usize] |= 1 << (slot & 63);
            names.push(format!(
                "Name {{ text: {}, letters: {:#x}, entries: ({at}, {}) }}",
                text.piece(last),
                letters::letters(last.as_bytes()),
                group.len()
            ));
        }
    }
    for (what, name, kind, rows) in [
        ("Names without wildcards, sorted.", "NAMES", "Name", names),
        ("Names with wildcards, in buckets.", "GLOBS", "Glob", globs),
    ] {
        writeln!(
            out,
            "/// {what}\npub(super) static {name}: [{kind}; {}] = [\n    {},\n];\n",
            rows.len(),
            rows.join(",\n    ")
        )
        .expect("a string");
    }
    writeln!(
        out,
        "/// Where each bucket starts.\npub(super) static GLOB_STARTS: [u16; 257] = {starts:?};"
    )
    .expect("a string");
    let words: Vec<String> = filter.iter().map(|word| format!("{word:#x}")).collect();
    writeln!(
        out,
        "/// A name without a bit here is in no row.\npub(super) static FILTER: [u64; {}] = [{}];\n",
        words.len(),
        words.join(", ")
    )
    .expect("a string");
}

fn host_tables(out: &mut String, file: &File, text: &mut Text) {
    let metadata = file.kind.iter().position(|kind| !kind.hosts.is_empty());
    let metadata = metadata.expect("a kind has hosts");
    let kind = &file.kind[metadata];
    words(out, text, "HOSTS", &kind.hosts);
    writeln!(out, "pub(super) const METADATA_KIND: u8 = {metadata};").expect("a string");
    let networks: Vec<(u32, u32)> = kind.addresses.iter().map(|text| network(text)).collect();
    writeln!(
        out,
        "/// Base and mask.\npub(super) static NETWORKS: [(u32, u32); {}] = {networks:?};",
        networks.len()
    )
    .expect("a string");
    let six: Vec<u128> = kind
        .addresses6
        .iter()
        .map(|text| text.parse::<Ipv6Addr>().expect("an address").to_bits())
        .collect();
    let count = six.len();
    writeln!(
        out,
        "pub(super) static NETWORKS6: [u128; {count}] = {six:?};"
    )
    .expect("a string");
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
