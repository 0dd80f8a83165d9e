//! Runs the examples of every pack: what must not be allowed, and what must be.

mod rows;

use std::fs;
use std::path::Path;

use clearance_core::Verdict;
use clearance_risk::pack;

use rows::context;

#[test]
fn examples_of_the_packs_hold() {
    let mut context = context();
    context.bare_push = Verdict::Allow;
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
            let found = rows::wrong(&context, [command.as_str()], *allowed);
            wrong.extend(
                found
                    .iter()
                    .map(|found| format!("{name} {program}: {found}")),
            );
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
