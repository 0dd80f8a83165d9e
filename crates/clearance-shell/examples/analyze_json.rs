//! Explains scripts: what each could run, as JSON.
//!
//! Reads one script on standard input, or with `--batch` JSON lines of the form
//! `{"id": …, "script": "…"}`, and prints one JSON object for each.
//!
//! ```text
//! echo 'x=rm; $x -rf "$HOME"' | cargo run --example analyze_json --features serde
//! ```

use std::io::{BufRead, Read, Write};

use clearance_shell::json::Document;
use clearance_shell::{Analyzer, Env, parse};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let env = Env::default();
    let mut analyzer = Analyzer::new();
    let mut out = std::io::stdout().lock();
    let mut explain = |text: &[u8]| -> serde_json::Result<serde_json::Value> {
        let script = parse(text, env.dialect, env.limits);
        let analysis = analyzer.analyze(text, &env);
        serde_json::to_value(Document::new(&script, &analysis))
    };
    if std::env::args().any(|argument| argument == "--batch") {
        for line in std::io::stdin().lock().lines() {
            let request: serde_json::Value = serde_json::from_str(&line?)?;
            let text = request
                .get("script")
                .and_then(|text| text.as_str())
                .unwrap_or_default();
            let mut answer = explain(text.as_bytes())?;
            if let (Some(answer), Some(id)) = (answer.as_object_mut(), request.get("id")) {
                answer.insert("id".to_owned(), id.clone());
            }
            writeln!(out, "{answer}")?;
        }
    } else {
        let mut text = Vec::new();
        std::io::stdin().lock().read_to_end(&mut text)?;
        writeln!(out, "{:#}", explain(&text)?)?;
    }
    Ok(())
}
