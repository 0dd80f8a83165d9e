//! Paths that must not be read without a question and paths that are read all day, each list
//! written down before it was tried.
#![allow(clippy::expect_used, clippy::panic)]

use clearance_core::Verdict;
use clearance_sensitive::classify_path;

const SENSITIVE: &str = include_str!("paths/sensitive.txt");
const CLEAN: &str = include_str!("paths/clean.txt");

fn rows(list: &'static str) -> Vec<&'static str> {
    let rows: Vec<_> = list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "))
        .collect();
    assert!(rows.len() >= 150, "{}", rows.len());
    rows
}

fn is_free(path: &str) -> bool {
    classify_path(path.as_bytes()).is_none_or(|hit| hit.read == Verdict::Allow)
}

#[test]
fn every_sensitive_path_is_known() {
    let missed: Vec<_> = rows(SENSITIVE)
        .into_iter()
        .filter(|path| is_free(path))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn no_everyday_path_is_asked_about() {
    let asked: Vec<_> = rows(CLEAN)
        .into_iter()
        .filter(|path| !is_free(path))
        .map(|path| (path, classify_path(path.as_bytes()).map(|hit| hit.kind)))
        .collect();
    assert!(asked.is_empty(), "{asked:#?}");
}
