//! How much of real commands is not determined by their text, and why.
//!
//! Reads JSON lines with the script in `command` or `script`, and prints for each reason how
//! many of them have an opaque site, and how many a word that is not known. With `--show
//! REASON` it prints those with an opaque site of that reason instead, with `--words REASON`
//! those with such a word.
//!
//! ```text
//! cargo run --release --example unresolved < commands.jsonl
//! cargo run --release --example unresolved -- --show Arithmetic < commands.jsonl
//! ```

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use clearance_shell::invocation::{Analysis, Dynamic, Value};
use clearance_shell::{Analyzer, Env};

/// Rows with an opaque site, rows with an unknown word.
type Counts = BTreeMap<String, (usize, usize)>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |option: &str| match arguments.as_slice() {
        [given, reason] if given == option => Some(reason.as_str()),
        _ => None,
    };
    let (show, show_words) = (wanted("--show"), wanted("--words"));
    let env = Env {
        cwd: Some(b"/home/dev/project"[..].into()),
        home: Some(b"/home/dev"[..].into()),
        ..Env::default()
    };
    let mut analyzer = Analyzer::new();
    let mut counts = Counts::new();
    let (mut rows, mut incomplete, mut opaque, mut unknown) = (0, 0, 0, 0);
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        let text = row.get("command").or_else(|| row.get("script"));
        let Some(text) = text.and_then(|text| text.as_str()) else {
            continue;
        };
        let analysis = analyzer.analyze(text.as_bytes(), &env);
        let sites = sites(&analysis);
        let words = words(&analysis);
        rows += 1;
        incomplete += usize::from(!analysis.complete);
        opaque += usize::from(!sites.is_empty());
        unknown += usize::from(!words.is_empty());
        let asked = |list: &[String], wanted: Option<&str>| {
            wanted.is_some_and(|reason| list.iter().any(|one| one == reason))
        };
        if asked(&sites, show) || asked(&words, show_words) {
            writeln!(out, "{text}\n--")?;
        }
        for reason in sites {
            counts.entry(reason).or_default().0 += 1;
        }
        for reason in words {
            counts.entry(reason).or_default().1 += 1;
        }
    }
    if show.is_none() && show_words.is_none() {
        let share = |count: usize| 100.0 * count as f64 / rows.max(1) as f64;
        writeln!(out, "{rows} scripts, {incomplete} not parsed to the end")?;
        writeln!(out, "{opaque} ({:.2} %) with an opaque site", share(opaque))?;
        writeln!(
            out,
            "{unknown} ({:.2} %) with an unknown word",
            share(unknown)
        )?;
        let mut all: Vec<_> = counts.into_iter().collect();
        all.sort_by_key(|(_, (sites, words))| std::cmp::Reverse((*sites, *words)));
        for (reason, (sites, words)) in all {
            writeln!(out, "{reason:24} {sites:6} opaque {words:6} words")?;
        }
    }
    Ok(())
}

/// The reasons of opaque sites, each once.
fn sites(analysis: &Analysis) -> Vec<String> {
    once(
        analysis
            .opaque
            .iter()
            .map(|site| format!("{:?}", site.reason)),
    )
}

/// The reasons of words that are not known, each once; an output that is known as such counts
/// by itself.
fn words(analysis: &Analysis) -> Vec<String> {
    let words = analysis.invocations.iter().flat_map(|one| &one.argv);
    once(words.filter_map(|word| match &word.value {
        Value::Dynamic(known) => Some(reason(known)),
        _ => None,
    }))
}

fn reason(known: &Dynamic) -> String {
    if known.pieces.is_some() {
        return "CommandOutput (of one)".to_owned();
    }
    if known.numeric {
        return "a number".to_owned();
    }
    format!("{:?}", known.reason)
}

fn once(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = all.collect();
    all.sort_unstable();
    all.dedup();
    all
}
