//! Decisions: routine commands as agents write them, the cost against the size, and the
//! construction of the engine.
//!
//! Every case says which verdict it expects and checks it before it is timed.

use std::hint::black_box;

use clearance::{Context, Engine, Request, Verdict};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Commands of the shapes that agents write, with the expected verdict.
const COMMANDS: &[(&str, Verdict, &str)] = &[
    ("one", Verdict::Allow, "git status --short"),
    (
        "pipe",
        Verdict::Allow,
        "cargo test --workspace 2>&1 | tail -20",
    ),
    (
        "list",
        Verdict::Allow,
        "cd crates/core && ls -la && sed -n '1,80p' src/lib.rs",
    ),
    (
        "search",
        Verdict::Allow,
        "grep -rn \"fn parse\" --include='*.rs' src | head -30; rg -n 'impl Word' crates",
    ),
    (
        "commit",
        Verdict::Allow,
        "git add -A && git commit -m \"$(cat <<'EOF'\nRead words once\n\nThe second pass is gone.\nEOF\n)\"",
    ),
    (
        "loop",
        Verdict::Allow,
        "for f in src/*.rs; do echo \"== $f\"; wc -l \"$f\"; done",
    ),
    (
        "variables",
        Verdict::Allow,
        "out=target/report; mkdir -p \"$out\" && cp README.md \"$out/readme.md\" && ls \"$out\"",
    ),
    (
        "written programs",
        Verdict::Allow,
        "cat > /tmp/one.mjs <<'EOF'\nimport { execFileSync } from 'node:child_process'\n\
         execFileSync('node', ['scripts/a.mjs'])\nexecFileSync('node', ['scripts/b.mjs'])\n\
         EOF\nnode /tmp/one.mjs",
    ),
    ("unknown", Verdict::Ask, "acme-deploy --all production"),
    ("danger", Verdict::Deny, "rm -rf / --no-preserve-root"),
];

fn context() -> Context {
    Context::new("/home/dev/project").home("/home/dev")
}

fn decisions(c: &mut Criterion) {
    let engine = Engine::builtin();
    let context = context();
    let mut group = c.benchmark_group("decision");
    for (name, verdict, text) in COMMANDS {
        let request = Request::command(*text);
        assert_eq!(
            engine.evaluate(&request, &context).verdict(),
            *verdict,
            "{text}"
        );
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(*name, |b| {
            b.iter(|| engine.evaluate(black_box(&request), &context))
        });
    }
    group.finish();
}

fn sizes(c: &mut Criterion) {
    let engine = Engine::builtin();
    let context = context();
    let mut group = c.benchmark_group("size");
    for kib in [1usize, 4, 16, 60] {
        let line = "grep -n \"word\" src/lib.rs | head -5 && echo done\n";
        let text = line.repeat(kib * 1024 / line.len());
        let request = Request::command(text.as_str());
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("lines", kib), &request, |b, request| {
            b.iter(|| engine.evaluate(black_box(request), &context));
        });
        let body = "some text of a file that is written, with 'quotes' and $dollars\n";
        let text = format!(
            "cat > notes.txt <<'EOF'\n{}EOF\n",
            body.repeat(kib * 1024 / body.len())
        );
        let request = Request::command(text);
        group.bench_with_input(
            BenchmarkId::new("here-document", kib),
            &request,
            |b, request| {
                b.iter(|| engine.evaluate(black_box(request), &context));
            },
        );
    }
    group.finish();
}

fn construction(c: &mut Criterion) {
    let context = context();
    let mut group = c.benchmark_group("engine");
    group.bench_function("builtin", |b| b.iter(Engine::builtin));
    group.bench_function("builtin and first decision", |b| {
        b.iter(|| Engine::builtin().evaluate(&Request::command("git status"), &context));
    });
    group.finish();
}

criterion_group!(benches, decisions, sizes, construction);
criterion_main!(benches);
