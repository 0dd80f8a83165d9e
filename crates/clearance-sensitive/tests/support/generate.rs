//! Writes the rules as tables of numbers: everything that is text lies in one long text, so
//! that nothing has to be relocated when a process starts.
#![allow(unreachable_pub)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use serde::Deserialize;

#[path = "../../src/scan/gram.rs"]
#[allow(dead_code)]
mod gram;
#[path = "text.rs"]
mod text;

use super::support::{Piece, Rule, named, parse};
use text::{Text, sorted};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    placeholders: Vec<String>,
    sequences: Vec<String>,
    weak: Vec<String>,
    harmless: Vec<String>,
    secret_names: Vec<String>,
    clear_names: Vec<String>,
    sums: Vec<String>,
    password_words: Vec<String>,
    references: Vec<String>,
    ciphertexts: Vec<String>,
    negations: Vec<String>,
}

fn words() -> Words {
    toml::from_str(include_str!("../../rules/words.toml")).expect("words.toml is well formed")
}

/// How often grams occur in ten million positions of source code.
struct Costs {
    exact: HashMap<u32, u64>,
    /// With any first byte.
    open: HashMap<u32, u64>,
}

fn costs() -> Costs {
    let (mut exact, mut open) = (HashMap::new(), HashMap::new());
    for line in include_str!("../../rules/grams.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
    {
        let (gram, count) = line.split_once(' ').expect("a gram and a count");
        let gram = u32::from_str_radix(gram, 16).expect("hexadecimal");
        let count = count.parse::<u64>().expect("a count");
        exact.insert(gram, count);
        *open.entry(gram & 0xffff_ff00).or_default() += count;
    }
    Costs { exact, open }
}

/// A gram of a keyword: its folded bytes and where it stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Probe {
    gram: u32,
    keyword: usize,
    offset: i8,
}

impl Probe {
    fn new(keyword: &[u8], number: usize, offset: i8) -> Self {
        let mut bytes = [0; 4];
        let start = usize::try_from(offset.max(0)).expect("small");
        let skip = usize::from(offset < 0);
        for (slot, byte) in bytes[skip..].iter_mut().zip(&keyword[start..]) {
            *slot = byte | 0x20;
        }
        Self {
            gram: u32::from_le_bytes(bytes),
            keyword: number,
            offset,
        }
    }

    fn cost(&self, costs: &Costs) -> u64 {
        let known = if self.offset < 0 {
            costs.open.get(&self.gram)
        } else {
            costs.exact.get(&self.gram)
        };
        // An open byte lets through whatever else falls into the row.
        let share = if self.offset < 0 {
            10_000_000 / 8192
        } else {
            0
        };
        known.copied().unwrap_or_default() + share
    }
}

/// The rarest grams of a keyword at an even and at an odd offset.
fn probes(keyword: &[u8], number: usize, costs: &Costs) -> [Probe; 2] {
    assert!(keyword.len() >= 4, "a keyword of fewer than four bytes");
    let last = i8::try_from(keyword.len() - 4).expect("short");
    [0, -1].map(|first: i8| {
        (first..=last)
            .step_by(2)
            .map(|offset| Probe::new(keyword, number, offset))
            .min_by_key(|probe| probe.cost(costs))
            .expect("an offset")
    })
}

#[derive(Default)]
struct Tables {
    text: Text,
    classes: Vec<u128>,
    steps: Vec<String>,
    patterns: Vec<String>,
    keywords: BTreeMap<String, BTreeSet<usize>>,
    words: Vec<String>,
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
                Piece::Literal(text) => format!("Step::Literal({})", self.text.piece(text)),
                Piece::Folded(text) => format!("Step::Folded({})", self.text.piece(text)),
                Piece::Run(bits, min, max) => {
                    format!("Step::Run({}, {min}, {max})", self.class(*bits))
                }
            })
            .collect();
        let known = self
            .steps
            .windows(steps.len().max(1))
            .position(|w| w == steps);
        let start = known.unwrap_or(self.steps.len());
        if known.is_none() {
            self.steps.extend(steps.iter().cloned());
        }
        format!(
            "Steps({}, {})",
            if steps.is_empty() { 0 } else { start },
            steps.len()
        )
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

    fn token(&mut self, index: usize, rule: &Rule, shape: &str, costs: &Costs) {
        let pieces = parse(shape);
        let cost = |piece: &Piece| match piece {
            Piece::Literal(text) | Piece::Folded(text) if text.len() >= 4 => {
                let probes = probes(keyword_of(text).as_bytes(), 0, costs);
                probes.iter().map(|probe| probe.cost(costs)).sum()
            }
            Piece::Literal(text) | Piece::Folded(text) if text.len() == 3 => 100_000,
            _ => u64::MAX,
        };
        let anchor = (0..pieces.len())
            .min_by_key(|at| cost(&pieces[*at]))
            .filter(|at| cost(&pieces[*at]) < u64::MAX)
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

    fn word_set(&mut self, name: &str, words: &[String]) -> String {
        let sorted = sorted(words);
        let mut filter = [0_u64; 8];
        for word in &sorted {
            let [first, second, ..] = word.as_bytes() else {
                panic!("`{word}` is too short for the filter")
            };
            let slot = usize::from(first & 31) | usize::from(second & 15) << 5;
            filter[slot >> 6] |= 1 << (slot & 63);
        }
        let start = self.words.len();
        self.words.extend(sorted);
        let count = self.words.len() - start;
        format!(
            "pub(crate) static {name}: WordSet = WordSet {{ filter: {filter:?}, words: ({start}, {count}) }};"
        )
    }
}

/// The rows that `gram::row` tells apart.
const ROWS: usize = 8192;

/// The part of a literal that is searched for.
fn keyword_of(literal: &str) -> String {
    literal.to_lowercase().chars().take(20).collect()
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
        Some("password") => "Check::Password",
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
        (11..=16, 20..) => 25,
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

fn hex_bits() -> u128 {
    named(b'h').expect("a class") | named(b'H').expect("a class")
}

fn needs(rule: &Rule) -> u8 {
    let bit = |name: &String| match name.as_str() {
        "digit" => 1,
        "letter" => 2,
        "upper" => 4,
        "lower" => 8,
        other => panic!("no need `{other}`"),
    };
    // A value that begins with letters of its own needs no digits to be told from a word.
    let marked = |value: &String| match parse(value).first() {
        Some(Piece::Literal(text)) => value != "opaque" && text.len() >= 2,
        _ => false,
    };
    if rule.needs.is_empty()
        && !rule.near.is_empty()
        && !rule.value.iter().all(marked)
        && !rule.value.iter().any(|v| v.starts_with(r"\d{"))
    {
        // No word of twenty letters is hexadecimal.
        let hex = |value: &String| matches!(parse(value).as_slice(), [Piece::Run(bits, 20.., _)] if *bits & !hex_bits() == 0);
        return if rule.value.iter().all(hex) { 2 } else { 3 };
    }
    rule.needs.iter().map(bit).sum()
}

/// The beginnings by which the values of exclusive rules announce themselves.
fn exclusive_prefixes(rules: &[Rule]) -> Vec<String> {
    let exclusive = rules.iter().filter(|rule| !rule.exclusive.is_empty());
    let shapes = exclusive.flat_map(|rule| rule.token.iter().chain(&rule.value));
    let prefix = |shape: &String| match parse(shape).into_iter().next() {
        Some(Piece::Literal(text) | Piece::Folded(text)) if text.len() >= 5 => {
            Some(text.to_lowercase())
        }
        _ => None,
    };
    shapes.filter_map(prefix).collect()
}

/// Writes `pub(crate) static NAME: [KIND; n]`, one row a line.
fn table(out: &mut String, name: &str, kind: &str, rows: &[String]) {
    writeln!(
        out,
        "pub(crate) static {name}: [{kind}; {}] = [\n    {},\n];\n",
        rows.len(),
        rows.join(",\n    ")
    )
    .expect("a string");
}

/// The same, all rows in one line.
fn row_table<T: ToString>(out: &mut String, name: &str, kind: &str, rows: &[T]) {
    let rows: Vec<String> = rows.iter().map(T::to_string).collect();
    let (count, rows) = (rows.len(), rows.join(", "));
    writeln!(
        out,
        "pub(crate) static {name}: [{kind}; {count}] = [{rows}];\n"
    )
    .expect("a string");
}

/// The whole of `src/rules/table.rs`.
pub fn generate(rules: &[Rule]) -> String {
    let costs = costs();
    let mut tables = Tables::default();
    let mut out = String::from(
        "//! Generated from `rules/*.toml` by `tests/rule_tables.rs`; do not edit.\n\nuse super::{Check, Edges, Keyword, Needs, Pattern, Probe, Rule, Severity, Shape, Step, Steps, WordSet};\nuse crate::text::Piece;\n\n",
    );
    let rows: Vec<String> = rules
        .iter()
        .map(|rule| rule_row(rule, &mut tables.text))
        .collect();
    table(&mut out, "RULES", "Rule", &rows);
    for (index, rule) in rules.iter().enumerate() {
        patterns_of(index, rule, &mut tables, &costs);
    }
    scheme_tables(&mut out, rules, &mut tables);
    let classes: Vec<String> = tables
        .classes
        .iter()
        .map(|bits| format!("{bits:#x}"))
        .collect();
    row_table(&mut out, "CLASSES", "u128", &classes);
    table(&mut out, "STEPS", "Step", &tables.steps);
    table(&mut out, "PATTERNS", "Pattern", &tables.patterns);
    keyword_tables(&mut out, &mut tables, &costs);
    let words = words();
    let names: Vec<String> = rules.iter().flat_map(|r| r.exclusive.clone()).collect();
    for (name, list) in [
        ("EXCLUSIVE_NAMES", &names),
        ("EXCLUSIVE_PREFIXES", &exclusive_prefixes(rules)),
        ("CIPHERTEXTS", &words.ciphertexts),
        ("NEGATIONS", &words.negations),
        ("PLACEHOLDERS", &words.placeholders),
        ("SEQUENCES", &words.sequences),
        ("WEAK", &words.weak),
        ("HARMLESS", &words.harmless),
        ("SECRET_NAMES", &words.secret_names),
        ("CLEAR_NAMES", &words.clear_names),
        ("SUMS", &words.sums),
        ("PASSWORD_WORDS", &words.password_words),
        ("REFERENCES", &words.references),
    ] {
        out.push_str(&tables.word_set(name, list));
        out.push('\n');
    }
    let (count, list) = (tables.words.len(), tables.text.pieces(&tables.words));
    writeln!(out, "pub(crate) static WORDS: [Piece; {count}] = {list};").expect("a string");
    writeln!(out, "pub(crate) static TEXT: &str = {:?};", tables.text.all).expect("a string");
    out
}

fn rule_row(rule: &Rule, text: &mut Text) -> String {
    let shapes = rule
        .token
        .iter()
        .chain(&rule.value)
        .filter(|v| *v != "opaque");
    let entropy = rule.entropy.unwrap_or_else(|| {
        shapes
            .map(|shape| default_entropy(shape))
            .min()
            .unwrap_or(if rule.value.is_empty() { 0 } else { 33 })
    });
    format!(
        "Rule {{ id: {}, what: {}, source: {}, severity: {}, rank: {}, entropy: {entropy}, needs: Needs({}), check: {} }}",
        text.piece(&rule.id),
        text.piece(&rule.what),
        text.piece(&rule.source),
        severity(&rule.severity),
        rank(rule),
        needs(rule),
        check(rule.check.as_deref())
    )
}

fn patterns_of(index: usize, rule: &Rule, tables: &mut Tables, costs: &Costs) {
    for shape in &rule.token {
        tables.token(index, rule, shape, costs);
    }
    for value in &rule.value {
        let shape = if value == "opaque" {
            "Shape::Opaque".to_owned()
        } else {
            format!("Shape::Near {{ value: {} }}", tables.steps(&parse(value)))
        };
        tables.pattern(index, &shape, &rule.near);
    }
    match rule.code.as_deref() {
        None | Some("url") => {}
        Some("block") => tables.pattern(index, "Shape::Block", &rule.words),
        Some("manifest") => tables.pattern(index, "Shape::Manifest", &rule.words),
        Some("generic") => tables.pattern(index, "Shape::Generic", &rule.words),
        Some("password") => tables.pattern(index, "Shape::Password", &rule.words),
        Some(other) => panic!("no code `{other}`"),
    }
}

/// One pattern for all schemes, and which rule each belongs to.
fn scheme_tables(out: &mut String, rules: &[Rule], tables: &mut Tables) {
    let mut schemes: Vec<(String, usize)> = Vec::new();
    let (mut first, mut other) = (None, 0);
    for (index, rule) in rules.iter().enumerate() {
        if rule.code.as_deref() != Some("url") {
            continue;
        }
        first = first.or(Some(index));
        for word in &rule.words {
            if word == "*" {
                other = index;
            } else {
                schemes.push((word.clone(), index));
            }
        }
    }
    let ends: Vec<String> = (b'a'..=b'z')
        .chain(b'0'..=b'9')
        .map(|end| format!("{}://", char::from(end)))
        .collect();
    tables.pattern(first.expect("a rule for addresses"), "Shape::Url", &ends);
    schemes.sort();
    let rows: Vec<String> = schemes
        .iter()
        .map(|(scheme, rule)| format!("({}, {rule})", tables.text.piece(scheme)))
        .collect();
    out.push_str("/// Sorted by scheme: the rule of its family.\n");
    row_table(out, "SCHEMES", "(Piece, u16)", &rows);
    writeln!(out, "pub(crate) const OTHER_SCHEME: u16 = {other};\n").expect("a string");
}

/// The keywords, and the finder's table of rows with the grams behind it.
fn keyword_tables(out: &mut String, tables: &mut Tables, costs: &Costs) {
    let (mut keywords, mut lists) = (Vec::new(), Vec::<usize>::new());
    let mut rows: Vec<Vec<Probe>> = vec![Vec::new(); ROWS];
    for (number, (keyword, patterns)) in tables.keywords.iter().enumerate() {
        keywords.push(format!(
            "Keyword {{ text: {}, patterns: ({}, {}) }}",
            tables.text.piece(keyword),
            lists.len(),
            patterns.len()
        ));
        lists.extend(patterns);
        for probe in probes(keyword.as_bytes(), number, costs) {
            rows[gram::row(probe.gram) as usize].push(probe);
        }
    }
    table(out, "KEYWORDS", "Keyword", &keywords);
    row_table::<usize>(out, "PATTERN_LISTS", "u16", &lists);
    let (mut bits, mut starts, mut all) = (Vec::new(), vec![0], Vec::<String>::new());
    for row in &mut rows {
        row.sort();
        let set = row.iter().fold(0_u32, |set, probe| match probe.offset {
            ..0 => u32::MAX,
            _ => set | 1 << gram::bit(probe.gram),
        });
        bits.push(format!("{set:#x}"));
        all.extend(row.iter().map(|probe| {
            format!(
                "Probe {{ gram: {:#x}, keyword: {}, offset: {} }}",
                probe.gram, probe.keyword, probe.offset
            )
        }));
        starts.push(all.len());
    }
    out.push_str("/// Which first bytes may stand before the three that select a row.\n");
    row_table(out, "ROWS", "u32", &bits);
    out.push_str("/// Where the probes of each row start.\n");
    row_table(out, "ROW_STARTS", "u16", &starts);
    table(out, "PROBES", "Probe", &all);
}
