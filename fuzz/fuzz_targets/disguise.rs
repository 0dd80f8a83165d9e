//! A known dangerous command behind a chain of rewritings is never allowed.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use clearance::{Context, Engine, Request, Verdict};
use clearance_testing::{Command, dangerous, rewritings};
use libfuzzer_sys::fuzz_target;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::builtin);

/// Which command, which rewritings, and harmless commands around it.
#[derive(Arbitrary, Debug)]
struct Disguised {
    command: u8,
    steps: [u16; 4],
    depth: u8,
    before: u8,
    after: u8,
}

const BEFORE: &[&str] = &[
    "",
    "cd src; ",
    "export A=b; ",
    "x=1; ",
    "set -e\n",
    "git status && ",
    "# x\n",
    "ls | cat; ",
];
const AFTER: &[&str] = &["", "; true", " # ok", "\necho done", " || true"];

impl Disguised {
    fn render(&self) -> Option<String> {
        let seeds = dangerous();
        let mut command = Command::plain(seeds.get(usize::from(self.command) % seeds.len())?);
        for step in self.steps.iter().take(usize::from(self.depth % 5)) {
            let all = rewritings();
            if let Some(done) = all.get(usize::from(*step) % all.len())?.apply(&command) {
                command = done;
            }
        }
        let before = BEFORE.get(usize::from(self.before) % BEFORE.len())?;
        let after = AFTER.get(usize::from(self.after) % AFTER.len())?;
        Some(format!("{before}{}{after}", command.text))
    }
}

fuzz_target!(|case: Disguised| {
    let Some(text) = case.render() else { return };
    let context = Context::new("/home/dev/project").home("/home/dev");
    let decision = ENGINE.evaluate(&Request::command(text.as_str()), &context);
    assert_ne!(decision.verdict(), Verdict::Allow, "{text}");
});
