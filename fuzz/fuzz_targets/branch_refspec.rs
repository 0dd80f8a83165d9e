//! Any words after `git push` give a plan that is not silent: without knowing the other side,
//! a push that is not refused, not dry and not unresolved has at least possible effects; and
//! force never takes an effect away.
#![no_main]

use clearance_branch::facts::{ConfigEntry, Head, RepoFacts, Scope};
use clearance_branch::push::{Env, PushPlan, resolve_push};
use clearance_branch::refspec::Refspec;
use libfuzzer_sys::fuzz_target;

fn facts() -> RepoFacts {
    let mut facts = RepoFacts {
        head: Head::Branch("refs/heads/topic".into()),
        refs_complete: true,
        config_complete: true,
        ..RepoFacts::default()
    };
    facts.refs.insert("refs/heads/topic".into(), "c1".into());
    facts.refs.insert("refs/tags/v1".into(), "t1".into());
    let url = ConfigEntry::new(Scope::Local, "remote.o.url", Some("https://h.example/o"));
    facts.config.push(url);
    facts
}

fn is_silent(plan: &PushPlan) -> bool {
    plan.effects.is_empty()
        && plan.unresolved.is_empty()
        && plan.refused.is_empty()
        && !plan.dry_run
}

fuzz_target!(|text: &str| {
    let _ = Refspec::parse(text);
    let facts = facts();
    let plan = |force: &[&str]| {
        let words = ["git", "push"].into_iter().chain(force.iter().copied());
        let words: Vec<&str> = words
            .chain(["o", "topic"])
            .chain(text.split('\n'))
            .collect();
        resolve_push(&words, &facts, &Env::default())
    };
    let plain = plan(&[]);
    let excluded = text.split('\n').any(|word| word.starts_with('^'));
    assert!(excluded || !is_silent(&plain));
    assert!(plan(&["--force"]).effects.len() >= plain.effects.len());
});
