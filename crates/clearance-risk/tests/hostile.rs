//! Commands that were written to get past the packs, and what they look like when they are
//! routine: `tests/hostile/programs.txt` (options that run, load, read or write what nobody was
//! shown), `chains.txt` (code that comes in by one way and is run by another), `words.txt` and
//! `texts.txt` (of every kind, written before anything was looked up), `twins.txt`.

mod rows;

use rows::{context, wrong};

const PROGRAMS: &str = include_str!("hostile/programs.txt");
const CHAINS: &str = include_str!("hostile/chains.txt");
const WORDS: &str = include_str!("hostile/words.txt");
const TEXTS: &str = include_str!("hostile/texts.txt");
const TWINS: &str = include_str!("hostile/twins.txt");

fn is_row(line: &&str) -> bool {
    !line.is_empty() && !line.starts_with('#')
}

#[test]
fn no_hostile_option_is_allowed() {
    let rows: Vec<&str> = PROGRAMS.lines().filter(is_row).collect();
    assert!(rows.len() > 1200);
    let wrong = wrong(&context(), rows, false);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_hostile_chain_is_allowed() {
    let rows = CHAINS.split("\n%%\n").map(|row| row.trim_end_matches('\n'));
    let rows: Vec<&str> = rows.filter(is_row).collect();
    assert!(rows.len() > 600);
    let wrong = wrong(&context(), rows, false);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_hostile_command_is_allowed() {
    let rows: Vec<&str> = WORDS.lines().filter(is_row).collect();
    assert!(rows.len() > 5000);
    let wrong = wrong(&context(), rows, false);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_hostile_text_is_allowed() {
    let rows = TEXTS.split("\n%%\n").map(|row| row.trim_end_matches('\n'));
    let rows: Vec<&str> = rows.filter(is_row).collect();
    assert!(rows.len() > 600);
    let wrong = wrong(&context(), rows, false);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn routine_twins_are_allowed() {
    let rows: Vec<String> = TWINS
        .lines()
        .filter(is_row)
        .map(|row| row.replace("\\n", "\n"))
        .collect();
    let wrong = wrong(&context(), rows.iter().map(String::as_str), true);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
