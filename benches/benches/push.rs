//! What one push costs: `resolve/CASE/clearance`, facts known, answer checked before timing.

use std::hint::black_box;

use clearance_branch::facts::{
    Ancestry, ConfigEntry, Head, ObjectKind, RepoFacts, Repository, Scope,
};
use clearance_branch::push::{Env, resolve_push};
use criterion::{Criterion, criterion_group, criterion_main};

/// Thirty branches in a line of commits, two remotes, a usual configuration.
fn facts() -> RepoFacts {
    let mut facts = RepoFacts {
        head: Head::Branch("refs/heads/b20".to_owned()),
        refs_complete: true,
        config_complete: true,
        follows_directory: true,
        ..RepoFacts::default()
    };
    let mut ancestry = Ancestry::default();
    let mut other = Repository {
        urls: vec!["/srv/o.git".to_owned()],
        ..Repository::default()
    };
    for n in 0..30_u32 {
        let (id, parent) = (format!("{n:040x}"), format!("{:040x}", n.saturating_sub(1)));
        ancestry.parents.insert(
            id.clone(),
            if n == 0 {
                Vec::new()
            } else {
                vec![parent.clone()]
            },
        );
        facts.objects.insert(id.clone(), ObjectKind::Commit);
        other.refs.insert(format!("refs/heads/b{n}"), parent);
        facts.refs.insert(format!("refs/heads/b{n}"), id.clone());
        facts.refs.insert(format!("refs/remotes/o/b{n}"), id);
        for (key, value) in [("remote", "o"), ("merge", &*format!("refs/heads/b{n}"))] {
            let key = format!("branch.b{n}.{key}");
            facts
                .config
                .push(ConfigEntry::new(Scope::Local, &key, Some(value)));
        }
    }
    for (key, value) in [
        ("remote.o.url", "/srv/o.git"),
        ("remote.o.fetch", "+refs/heads/*:refs/remotes/o/*"),
        ("remote.up.url", "https://h.example/up.git"),
        ("push.default", "simple"),
    ] {
        facts
            .config
            .push(ConfigEntry::new(Scope::Global, key, Some(value)));
    }
    facts.ancestry = ancestry;
    facts.repositories.push(other);
    facts
}

fn resolve(c: &mut Criterion) {
    let (facts, env) = (facts(), Env::default());
    for (case, line, effects) in [
        ("plain", "git push", 1),
        ("refspec", "git push -f o HEAD~3:b2", 1),
        ("unknown", "git push up HEAD:refs/heads/main", 1),
        ("all", "git push --all o", 29),
        ("mirror", "git push --mirror o", 59),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!(
            resolve_push(&words, &facts, &env).effects.len(),
            effects,
            "{line}"
        );
        c.bench_function(&format!("resolve/{case}/clearance"), |b| {
            b.iter(|| resolve_push(black_box(&words), &facts, &env));
        });
    }
}

criterion_group!(benches, resolve);
criterion_main!(benches);
