//! Recall over labelled examples: how many of them the scanner finds, by source and kind.
//!
//! `recall FILE.jsonl [misses|alarms|rows]` reads rows `{"src","kind","label","text"}` with label
//! `secret` or `clean`. Each text is scanned on its own. Per source it prints the recall as a
//! mean over kinds (a kind whose examples repeat one value in many spellings weighs no more than
//! another) and the share of clean texts that give a finding; the last line is the mean over
//! the sources. Most clean texts of scanners are clean for one rule of theirs only, so those that
//! only a generic rule speaks of (a random value with a name that says it is secret) are counted
//! apart. With `misses` or `alarms` it prints these rows instead, with `rows` all of them.
use std::collections::BTreeMap;

#[derive(serde::Deserialize)]
struct Row {
    src: String,
    kind: String,
    label: String,
    text: String,
}

/// Found and all.
type Count = (f64, f64);

fn share(count: Count) -> f64 {
    if count.1 == 0.0 {
        return 0.0;
    }
    100.0 * count.0 / count.1
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let file = words.next().ok_or("name a file of rows")?;
    let show = words.next().unwrap_or_default();
    let mut secrets: BTreeMap<String, BTreeMap<String, Count>> = BTreeMap::new();
    let mut clean: BTreeMap<String, Count> = BTreeMap::new();
    let mut guessed: BTreeMap<String, f64> = BTreeMap::new();
    for line in std::fs::read_to_string(file)?.lines() {
        let row: Row = serde_json::from_str(line)?;
        let found = clearance_sensitive::scan(row.text.as_bytes());
        let hit = !found.is_empty();
        let generic = |id: &str| id.starts_with("generic-");
        if row.label != "secret" && hit && found.iter().all(|one| generic(one.rule_id())) {
            *guessed.entry(row.src.clone()).or_default() += 1.0;
        }
        let count = match row.label.as_str() {
            "secret" => secrets
                .entry(row.src.clone())
                .or_default()
                .entry(row.kind.clone())
                .or_default(),
            _ => clean.entry(row.src.clone()).or_default(),
        };
        count.0 += f64::from(u8::from(hit));
        count.1 += 1.0;
        let shown = match row.label.as_str() {
            _ if show == "rows" => true,
            "secret" => show == "misses" && !hit,
            _ => show == "alarms" && hit,
        };
        if shown {
            let ids: Vec<_> = found.iter().map(|one| one.rule_id()).collect();
            let text: String = row.text.chars().take(400).collect();
            println!(
                "{}\t{}\t{}\t{}\t{text:?}",
                row.src,
                row.kind,
                row.label,
                ids.join(",")
            );
        }
    }
    if !show.is_empty() {
        return Ok(());
    }
    let (mut recalls, mut alarms) = (0.0, (0.0, 0.0));
    for (src, kinds) in &secrets {
        let by_kind = kinds.values().map(|count| share(*count)).sum::<f64>() / kinds.len() as f64;
        let rows = kinds
            .values()
            .fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let false_ones = clean.get(src).copied().unwrap_or_default();
        println!(
            "{src:16} kinds {:4}  recall by kind {by_kind:5.1} %  by row {:5.1} % of {:5}  alarms {:5.1} % of {}, generic {:5.1} %",
            kinds.len(),
            share(rows),
            rows.1,
            share(false_ones),
            false_ones.1,
            share((guessed.get(src).copied().unwrap_or_default(), false_ones.1))
        );
        recalls += by_kind;
        if false_ones.1 > 0.0 {
            alarms = (alarms.0 + share(false_ones), alarms.1 + 1.0);
        }
    }
    println!(
        "mean of {} sources: recall {:.1} %, alarms {:.1} %",
        secrets.len(),
        recalls / secrets.len() as f64,
        alarms.0 / alarms.1
    );
    Ok(())
}
