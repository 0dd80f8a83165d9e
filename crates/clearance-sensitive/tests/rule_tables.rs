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

#[path = "support/generate.rs"]
mod generate;

use std::collections::BTreeSet;

use clearance_sensitive::scan;
use support::{Dice, Piece, Rule, load, make, parse};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules/table.rs");

#[test]
fn the_checked_in_tables_are_fresh() {
    let fresh = generate::generate(&load());
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
        // To silence others a form must be documented.
        let guessed = ["no grammar", "no form", "not compared", "none"]
            .iter()
            .any(|word| rule.source.contains(word));
        assert!(rule.exclusive.is_empty() || !guessed, "{}", rule.id);
        // What a rule is called, what it says and where that comes from are three things.
        assert!(
            rule.source.len() >= 5 && rule.source != rule.what,
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
