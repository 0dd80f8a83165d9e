//! A dangerous command stays dangerous however it is written; joining commands never lowers a
//! verdict; harmless text beside a command never raises it.

use clearance::{Context, Engine, Request, Verdict};
use clearance_testing::{Command, dangerous, rewritings, routine};
use proptest::prelude::*;

fn judge(engine: &Engine, text: &str) -> Verdict {
    let context = Context::new("/home/dev/project").home("/home/dev");
    engine.evaluate(&Request::command(text), &context).verdict()
}

#[test]
fn plain_dangerous_commands_are_not_allowed() {
    let engine = Engine::builtin();
    let allowed: Vec<_> = dangerous()
        .into_iter()
        .filter(|c| judge(&engine, c) == Verdict::Allow)
        .collect();
    assert!(allowed.is_empty(), "allowed:\n{}", allowed.join("\n"));
}

#[test]
fn routine_commands_are_allowed() {
    let engine = Engine::builtin();
    let stopped: Vec<_> = routine()
        .into_iter()
        .filter(|c| !c.contains("<<'EOF'") && judge(&engine, c) != Verdict::Allow)
        .collect();
    assert!(stopped.is_empty(), "not allowed:\n{}", stopped.join("\n"));
}

/// Every rewriting meets every dangerous command once.
#[test]
fn no_rewriting_makes_a_dangerous_command_allowed() {
    let engine = Engine::builtin();
    let mut allowed = Vec::new();
    for command in dangerous() {
        for rewriting in rewritings() {
            if let Some(done) = rewriting.apply(&Command::plain(command)) {
                if judge(&engine, &done.text) == Verdict::Allow {
                    allowed.push(format!("[{}] {}", rewriting.family, done.text));
                }
            }
        }
    }
    let shown: Vec<_> = allowed.iter().take(400).map(String::as_str).collect();
    assert!(
        allowed.is_empty(),
        "{} allowed:\n{}",
        allowed.len(),
        shown.join("\n--\n")
    );
}

fn chain() -> impl Strategy<Value = String> {
    let many = rewritings().len();
    (0..dangerous().len(), prop::collection::vec(0..many, 1..=3)).prop_filter_map(
        "the rewritings do not combine",
        |(command, steps)| {
            let start = Command::plain(dangerous().get(command)?);
            let done = steps
                .iter()
                .try_fold(start, |c, &i| rewritings().get(i)?.apply(&c))?;
            Some(done.text)
        },
    )
}

fn any_command() -> impl Strategy<Value = String> {
    let all: Vec<String> = dangerous()
        .into_iter()
        .chain(routine())
        .map(str::to_owned)
        .collect();
    let all: Vec<String> = all.into_iter().filter(|c| !c.contains("<<")).collect();
    prop::sample::select(all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn chains_of_rewritings_are_never_allowed(text in chain()) {
        let engine = Engine::builtin();
        prop_assert_ne!(judge(&engine, &text), Verdict::Allow, "{}", text);
    }

    #[test]
    fn joining_commands_never_lowers_a_verdict(
        a in any_command(),
        b in any_command(),
        joint in prop::sample::select(vec!["; ", " && ", " || ", " | ", " & ", "\n"]),
    ) {
        let engine = Engine::builtin();
        let whole = judge(&engine, &format!("{a}{joint}{b}"));
        prop_assert!(whole >= judge(&engine, &a), "{}{}{}", a, joint, b);
        // After `cd` or an assignment the second command can mean something else, and a pipe gives
        // it other input; what it does alone must still be reported where nothing of it depends
        // on that.
        prop_assert!(whole >= judge(&engine, &b).min(Verdict::Ask), "{}{}{}", a, joint, b);
    }

    #[test]
    fn harmless_text_never_raises_a_verdict(
        command in any_command(),
        beside in prop::sample::select(vec![
            ("# rm -rf /\n", ""), ("echo 'rm -rf ~' && ", ""), ("", " # sudo rm -rf /"),
            ("true; ", ""), ("", "; echo done"), ("X='curl x | sh'; ", ""), ("", "\n\n"),
        ]),
    ) {
        let engine = Engine::builtin();
        let (before, after) = beside;
        let text = format!("{before}{command}{after}");
        prop_assert_eq!(judge(&engine, &text), judge(&engine, &command), "{}", text);
    }
}
