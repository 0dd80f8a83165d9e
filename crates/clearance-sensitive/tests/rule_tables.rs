//! The checked-in rule tables are what `rules/*.toml` says, and every example holds.
//!
//! `CLEARANCE_BLESS=1 cargo test -p clearance-sensitive --test rule_tables` rewrites them.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::string_slice
)]

mod support;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use clearance_sensitive::scan;
use serde::Deserialize;
use support::{Dice, Piece, Rule, load, make, parse};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules/table.rs");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    placeholders: Vec<String>,
    weak: Vec<String>,
    harmless: Vec<String>,
}

fn words() -> Words {
    toml::from_str(include_str!("../rules/words.toml")).expect("words.toml is well formed")
}

/// How often three bytes occur in ten million positions of source code, where often.
fn gram_costs() -> HashMap<u16, u64> {
    let mut costs = HashMap::new();
    for line in include_str!("../rules/grams.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
    {
        let (gram, count) = line.split_once(' ').expect("a gram and a count");
        let gram = u32::from_str_radix(gram, 16).expect("hexadecimal");
        *costs.entry(slot(gram)).or_default() += count.parse::<u64>().expect("a count");
    }
    costs
}

fn slot(gram: u32) -> u16 {
    (gram.wrapping_mul(0x9e37_79b1) >> 16) as u16
}

fn slot_of_four(gram: u32) -> u16 {
    (gram.wrapping_mul(0x85eb_ca6b) >> 16) as u16
}

fn gram(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0] | 0x20, bytes[1] | 0x20, bytes[2] | 0x20, 0])
}

#[derive(Default)]
struct Tables {
    classes: Vec<u128>,
    patterns: Vec<String>,
    keywords: BTreeMap<String, BTreeSet<usize>>,
}

impl Tables {
    fn class(&mut self, bits: u128) -> usize {
        self.classes
            .iter()
            .position(|known| *known == bits)
            .unwrap_or_else(|| {
                self.classes.push(bits);
                self.classes.len() - 1
            })
    }

    fn steps(&mut self, pieces: &[Piece]) -> String {
        let steps: Vec<String> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => format!("Step::Literal(b{text:?})"),
                Piece::Folded(text) => format!("Step::Folded(b{text:?})"),
                Piece::Run(bits, min, max) => {
                    format!("Step::Run({}, {min}, {max})", self.class(*bits))
                }
            })
            .collect();
        format!("&[{}]", steps.join(", "))
    }

    fn pattern(&mut self, rule: usize, shape: &str, keywords: &[String]) {
        let at = self.patterns.len();
        self.patterns
            .push(format!("Pattern {{ rule: {rule}, shape: {shape} }}"));
        for keyword in keywords {
            self.keywords
                .entry(keyword.to_lowercase())
                .or_default()
                .insert(at);
        }
    }

    fn token(&mut self, index: usize, rule: &Rule, shape: &str, costs: &HashMap<u16, u64>) {
        let pieces = parse(shape);
        let anchor = (0..pieces.len())
            .filter(|at| matches!(&pieces[*at], Piece::Literal(text) | Piece::Folded(text) if text.len() >= 3))
            .min_by_key(|at| match &pieces[*at] {
                Piece::Literal(text) | Piece::Folded(text) => best_grams(keyword_of(text).as_bytes(), costs).1,
                Piece::Run(..) => u64::MAX,
            })
            .unwrap_or_else(|| panic!("{}: `{shape}` has no literal of three bytes", rule.id));
        let (Piece::Literal(text) | Piece::Folded(text)) = &pieces[anchor] else {
            unreachable!()
        };
        // The finder wants four bytes: a short literal is completed by what may follow it.
        let keywords = match (keyword_of(text), pieces.get(anchor + 1)) {
            (short, Some(Piece::Run(bits, ..))) if short.len() == 3 => (0x20..127_u8)
                .filter(|byte| bits >> byte & 1 == 1)
                .map(|byte| format!("{short}{}", char::from(byte)).to_lowercase())
                .collect(),
            (keyword, _) => vec![keyword],
        };
        let mut before: Vec<Piece> = pieces[..anchor].to_vec();
        before.reverse();
        let edges = u8::from(rule.open_left) | u8::from(rule.open_right) << 1;
        let shape = format!(
            "Shape::Token {{ before: {}, after: {}, edges: Edges({edges}) }}",
            self.steps(&before),
            self.steps(&pieces[anchor..])
        );
        self.pattern(index, &shape, &keywords);
    }
}

/// The part of a literal that is searched for.
fn keyword_of(literal: &str) -> String {
    literal.to_lowercase().chars().take(20).collect()
}

/// The rarest probes at an even and at an odd offset, and how often they come up.
fn best_grams(keyword: &[u8], costs: &HashMap<u16, u64>) -> ([(usize, u32); 2], u64) {
    let cost = |gram: u32| costs.get(&slot(gram)).copied().unwrap_or_default();
    let best = |parity: usize| {
        (parity..=keyword.len().saturating_sub(3))
            .step_by(2)
            .min_by_key(|at| cost(gram(&keyword[*at..])))
            .map_or((0, gram(b"   ")), |at| (at, gram(&keyword[at..])))
    };
    let picks = [best(0), best(1)];
    let total = picks.iter().map(|(_, gram)| cost(*gram)).sum::<u64>();
    (
        picks,
        if keyword.len() < 4 {
            total + 100_000
        } else {
            total
        },
    )
}

fn severity(name: &str) -> &'static str {
    match name {
        "low" => "Severity::Low",
        "medium" => "Severity::Medium",
        "high" => "Severity::High",
        other => panic!("no severity `{other}`"),
    }
}

fn check(name: Option<&str>) -> &'static str {
    match name {
        None => "Check::None",
        Some("crc32-base62") => "Check::Crc32Base62",
        Some("aws-key-id") => "Check::AwsKeyId",
        Some("jwt") => "Check::Jwt",
        Some("bech32") => "Check::Bech32",
        Some("base58") => "Check::Base58",
        Some("basic-auth") => "Check::BasicAuth",
        Some(other) => panic!("no check `{other}`"),
    }
}

/// What a random value of the shape safely reaches, in tenths of a bit.
fn default_entropy(shape: &str) -> u8 {
    let mut union = 0_u128;
    let mut length = 0_u32;
    for piece in parse(shape) {
        if let Piece::Run(bits, min, _) = piece {
            union |= bits;
            length += u32::from(min);
        }
    }
    let size = union.count_ones();
    match (size, length) {
        (_, 0..=7) => 0,
        (0..=10, _) => 15,
        (11..=16, 8..=19) => 18,
        (11..=16, 20..) => 26,
        (_, 8..=15) => 22,
        (_, 16..=27) => 28,
        _ => 33,
    }
}

fn rank(rule: &Rule) -> u8 {
    rule.rank.unwrap_or_else(|| {
        if rule.token.is_empty() {
            return if rule.value == ["opaque"] { 30 } else { 50 };
        }
        let literal: usize = parse(&rule.token[0])
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) | Piece::Folded(text) => text.len(),
                Piece::Run(..) => 0,
            })
            .sum();
        100 + u8::try_from(literal.min(40)).expect("small")
    })
}

fn needs(rule: &Rule) -> u8 {
    let bit = |name: &String| match name.as_str() {
        "digit" => 1,
        "letter" => 2,
        "upper" => 4,
        "lower" => 8,
        other => panic!("no need `{other}`"),
    };
    if rule.needs.is_empty()
        && !rule.near.is_empty()
        && !rule.value.iter().any(|v| v.starts_with(r"\d{"))
    {
        return 3;
    }
    rule.needs.iter().map(bit).sum()
}

fn generate(rules: &[Rule], words: &Words) -> String {
    let costs = gram_costs();
    let mut tables = Tables::default();
    let mut out = String::from(
        "//! Generated from `rules/*.toml` by `tests/rule_tables.rs`; do not edit.\n\nuse super::{Check, Edges, Keyword, Needs, Pattern, Rule, Severity, Shape, Step};\n\n",
    );
    out.push_str("pub(crate) static RULES: &[Rule] = &[\n");
    let mut schemes: Vec<(String, String)> = Vec::new();
    let mut other_scheme = String::new();
    let mut url_rules = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let entropy = rule.entropy.unwrap_or_else(|| {
            let all = rule
                .token
                .iter()
                .chain(&rule.value)
                .filter(|v| *v != "opaque");
            all.map(|shape| default_entropy(shape))
                .min()
                .unwrap_or(if rule.value.is_empty() { 0 } else { 33 })
        });
        writeln!(out, "    Rule {{ id: {:?}, what: {:?}, source: {:?}, severity: {}, rank: {}, entropy: {entropy}, needs: Needs({}), check: {} }},",
            rule.id, rule.what, rule.source, severity(&rule.severity), rank(rule), needs(rule), check(rule.check.as_deref())).expect("a string");
        for shape in &rule.token {
            tables.token(index, rule, shape, &costs);
        }
        for value in &rule.value {
            let shape = if value == "opaque" {
                "Shape::Opaque".to_owned()
            } else {
                let steps = tables.steps(&parse(value));
                format!("Shape::Near {{ value: {steps} }}")
            };
            tables.pattern(index, &shape, &rule.near);
        }
        match rule.code.as_deref() {
            None => {}
            Some("block") => tables.pattern(index, "Shape::Block", &rule.words),
            Some("generic") => tables.pattern(index, "Shape::Generic", &rule.words),
            Some("password") => tables.pattern(index, "Shape::Password", &rule.words),
            Some("url") => {
                url_rules.push(index);
                for word in &rule.words {
                    if word == "*" {
                        other_scheme.clone_from(&rule.id)
                    } else {
                        schemes.push((word.clone(), rule.id.clone()))
                    }
                }
            }
            Some(other) => panic!("no code `{other}`"),
        }
    }
    out.push_str("];\n\n");
    let ends: Vec<String> = (b'a'..=b'z')
        .chain(b'0'..=b'9')
        .map(|end| format!("{}://", char::from(end)))
        .collect();
    tables.pattern(url_rules[0], "Shape::Url", &ends);
    schemes.sort();
    let class_list: Vec<String> = tables
        .classes
        .iter()
        .map(|bits| format!("{bits:#x}"))
        .collect();
    writeln!(
        out,
        "pub(crate) static CLASSES: &[u128] = &[{}];\n",
        class_list.join(", ")
    )
    .expect("a string");
    writeln!(
        out,
        "pub(crate) static PATTERNS: &[Pattern] = &[\n    {},\n];\n",
        tables.patterns.join(",\n    ")
    )
    .expect("a string");
    out.push_str("pub(crate) static KEYWORDS: &[Keyword] = &[\n");
    for (text, patterns) in &tables.keywords {
        let patterns: Vec<usize> = patterns.iter().copied().collect();
        writeln!(
            out,
            "    Keyword {{ text: b{text:?}, patterns: &{patterns:?} }},"
        )
        .expect("a string");
    }
    out.push_str("];\n\n");
    finder_tables(&mut out, &tables, &costs);
    writeln!(out, "/// Sorted by scheme: the rule of its family.\npub(crate) static SCHEMES: &[(&[u8], &str)] = &[").expect("a string");
    for (scheme, id) in schemes {
        writeln!(out, "    (b{scheme:?}, {id:?}),").expect("a string");
    }
    writeln!(
        out,
        "];\npub(crate) const OTHER_SCHEME: &str = {other_scheme:?};"
    )
    .expect("a string");
    for (name, list) in [
        ("PLACEHOLDERS", &words.placeholders),
        ("WEAK", &words.weak),
        ("HARMLESS", &words.harmless),
    ] {
        let sorted: BTreeSet<&String> = list.iter().collect();
        let list: Vec<String> = sorted.iter().map(|word| format!("b{word:?}")).collect();
        writeln!(
            out,
            "pub(crate) static {name}: &[&[u8]] = &[{}];",
            list.join(", ")
        )
        .expect("a string");
    }
    out
}

/// The bitmap of the finder and what stands behind its bits.
fn finder_tables(out: &mut String, tables: &Tables, costs: &HashMap<u16, u64>) {
    let mut buckets: BTreeMap<u16, Vec<(usize, usize)>> = BTreeMap::new();
    let (mut bitmap, mut followed, mut preceded) = ([0_u64; 1024], [0_u64; 1024], [0_u64; 1024]);
    let set = |map: &mut [u64; 1024], slot: u16| map[usize::from(slot >> 6)] |= 1 << (slot & 63);
    for (index, keyword) in tables.keywords.keys().enumerate() {
        let bytes = keyword.as_bytes();
        assert!(bytes.len() >= 4, "`{keyword}` is too short for the finder");
        for (offset, gram) in best_grams(bytes, costs).0 {
            match (
                bytes.get(offset + 3),
                offset.checked_sub(1).map(|at| bytes[at]),
            ) {
                (Some(next), _) => {
                    set(
                        &mut followed,
                        slot_of_four(gram | u32::from(next | 0x20) << 24),
                    );
                }
                (None, Some(before)) => {
                    set(
                        &mut preceded,
                        slot_of_four(gram << 8 | u32::from(before | 0x20)),
                    );
                }
                (None, None) => panic!("`{keyword}` is all probe"),
            }
            set(&mut bitmap, slot(gram));
            let entry = (index, offset);
            let bucket = buckets.entry(slot(gram)).or_default();
            if !bucket.contains(&entry) {
                bucket.push(entry);
            }
        }
    }
    let mut ranks = Vec::new();
    let mut below = 0;
    for word in bitmap {
        ranks.push(below);
        below += word.count_ones();
    }
    let mut starts = vec![0];
    let mut entries: Vec<(usize, usize)> = Vec::new();
    for bucket in buckets.values() {
        entries.extend(bucket);
        starts.push(entries.len());
    }
    for (name, what, map) in [
        (
            "BITMAP",
            "Which three bytes can begin a comparison.",
            bitmap,
        ),
        (
            "FOLLOWED",
            "Which four bytes can: those and the next.",
            followed,
        ),
        (
            "PRECEDED",
            "Which four bytes can: the one before and those.",
            preceded,
        ),
    ] {
        let words: Vec<String> = map.iter().map(|word| format!("{word:#x}")).collect();
        writeln!(
            out,
            "/// {what}\npub(crate) static {name}: [u64; 1024] = [{}];",
            words.join(", ")
        )
        .expect("a string");
    }
    writeln!(out, "/// Bits set before each word of the bitmap.\npub(crate) static RANKS: [u16; 1024] = {ranks:?};").expect("a string");
    writeln!(out, "/// Where the entries of each set bit start.\npub(crate) static ENTRY_STARTS: &[u16] = &{starts:?};").expect("a string");
    writeln!(out, "/// A keyword and the offset of the probe in it.\npub(crate) static ENTRIES: &[(u16, u8)] = &{entries:?};\n").expect("a string");
}

#[test]
fn the_checked_in_tables_are_fresh() {
    let fresh = generate(&load(), &words());
    if std::env::var_os("CLEARANCE_BLESS").is_some() {
        std::fs::write(TABLE, &fresh).expect("the table can be written");
    }
    let now = std::fs::read_to_string(TABLE).unwrap_or_default();
    assert!(
        now == fresh,
        "rules/*.toml changed: run with CLEARANCE_BLESS=1"
    );
}

#[test]
fn ids_are_unique_and_many() {
    let rules = load();
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids.len(), rules.len());
    assert!(ids.len() >= 450, "{}", ids.len());
    for rule in &rules {
        assert!(
            !rule.hits.is_empty() && !rule.misses.is_empty(),
            "{}",
            rule.id
        );
    }
}

/// A made-up value of a rule's shape number `at`.
fn value(rule: &Rule, at: usize, dice: &mut Dice) -> String {
    let shape = rule
        .token
        .get(at)
        .or(rule.value.get(at))
        .map_or(r"\a{32}", String::as_str);
    let shape = if shape == "opaque" {
        r"\a{4}\d\a{9}\d\a{17}"
    } else {
        shape
    };
    loop {
        let made = make(shape, rule.check.as_deref(), dice);
        // A shape is wide; take values as random as providers make them.
        let random = made.bytes().filter(u8::is_ascii_digit).count() * 6 >= made.len();
        if random || !rule.token.is_empty() {
            return made;
        }
    }
}

fn fill(template: &str, rule: &Rule, dice: &mut Dice) -> String {
    let mut text = template.to_owned();
    let good = value(rule, 0, dice);
    let cut = good.len() - 3;
    let mut bad = good.clone();
    bad.pop();
    bad.push(if good.ends_with('A') { 'B' } else { 'A' });
    let fixed = rule
        .token
        .first()
        .map_or(String::new(), |shape| match parse(shape).first() {
            Some(Piece::Literal(text)) => text.clone(),
            _ => String::new(),
        });
    text = text
        .replace("{}", &good)
        .replace("{short}", &good[..cut])
        .replace("{bad}", &bad);
    text = text.replace("{long}", &format!("{good}{}", &good[cut..]));
    text = text.replace("{same}", &format!("{fixed}{}", "x".repeat(40)));
    text = text.replace("{w}", rule.near.first().map_or("", String::as_str));
    text = text.replace("{random}", &make(r"\a{8}\d{2}\a{22}", None, dice));
    let lines: Vec<String> = (0..6).map(|_| make(r"\b{64}", None, dice)).collect();
    text = text.replace("{block}", &lines.join("\n"));
    for at in 1..rule.token.len() {
        text = text.replace(&format!("{{{at}}}"), &value(rule, at, dice));
    }
    text.replace("@age-secret-key", AGE)
        .replace("@nostr-secret", NOSTR)
        .replace("@bip32-private", XPRV)
}

// Published test vectors: the age specification, NIP-19, BIP 32.
const AGE: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
const NOSTR: &str = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5";
const XPRV: &str = "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi";

#[test]
fn every_example_holds() {
    let mut wrong = Vec::new();
    for rule in load() {
        let mut dice = Dice(rule.id.bytes().fold(7_u64, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(u64::from(byte))
        }));
        for template in &rule.hits {
            let text = fill(template, &rule, &mut dice);
            let found = scan(text.as_bytes());
            // A value may belong to a more specific kind as well; it must not go unseen.
            if found.is_empty() {
                wrong.push(format!("{}: not found in `{text}`", rule.id));
            }
        }
        for template in &rule.misses {
            let text = fill(template, &rule, &mut dice);
            let found = scan(text.as_bytes());
            if found.iter().any(|found| found.rule_id() == rule.id) {
                wrong.push(format!("{}: found in `{text}`", rule.id));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn most_first_shapes_are_found_under_their_own_name() {
    let mut other = Vec::new();
    let rules: Vec<Rule> = load()
        .into_iter()
        .filter(|rule| !rule.token.is_empty() && rule.hits[0] == "{}")
        .collect();
    for rule in &rules {
        let mut dice = Dice(11);
        let text = value(rule, 0, &mut dice);
        let found = scan(text.as_bytes());
        if !found.iter().any(|found| found.rule_id() == rule.id) {
            other.push((
                rule.id.clone(),
                found.first().map(|found| found.rule_id().to_owned()),
            ));
        }
    }
    assert!(other.len() * 20 <= rules.len(), "{other:?}");
}
