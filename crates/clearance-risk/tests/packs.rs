//! Runs the examples of every pack: what must not be allowed, and what must be.

use std::fs;
use std::path::Path;

use clearance_core::Verdict;
use clearance_risk::{Catalog, Context, Thresholds, assess, pack};

fn context() -> Context {
    let mut context = Context::new(b"/home/dev/project").with_home(b"/home/dev");
    context.bare_push = Verdict::Allow;
    context
}

#[test]
fn examples_of_the_packs_hold() {
    let catalog = Catalog::builtin();
    let context = context();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs");
    let mut wrong = Vec::new();
    let mut count = 0;
    let mut files: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let pack = pack::parse(&name, &text).unwrap();
        for (program, command, allowed) in &pack.examples {
            count += 1;
            let got = assess(
                command.as_bytes(),
                &context,
                &catalog,
                Thresholds::default(),
            );
            if (got.verdict == Verdict::Allow) != *allowed {
                let why: Vec<String> = got
                    .findings
                    .iter()
                    .map(|f| format!("{}: {}", f.finding.rule, f.finding.message))
                    .collect();
                wrong.push(format!(
                    "{name} {program}: `{command}` is {}: {why:?}",
                    got.verdict
                ));
            }
        }
    }
    assert!(count > 0, "no examples");
    assert!(
        wrong.is_empty(),
        "{} of {count} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
