use std::hint::black_box;
use std::time::Instant;
use clearance::{Context, Engine, Request};
fn main() {
    let t = Instant::now();
    let engine = Engine::builtin();
    let built = t.elapsed();
    let context = Context::new("/home/dev/project").home("/home/dev");
    let t = Instant::now();
    black_box(engine.evaluate(&Request::command("git status"), &context));
    println!("construct {built:?} first {:?}", t.elapsed());
    let t = Instant::now();
    for _ in 0..1000 { black_box(Engine::builtin()); }
    println!("engine again {:?}", t.elapsed() / 1000);
    let catalog = clearance_risk::Catalog::builtin();
    let names: [&[u8]; 8] = [b"git", b"cargo", b"rm", b"nope", b"docker", b"ls", b"zip", b"python3"];
    let t = Instant::now();
    for _ in 0..100_000 { for n in names { black_box(clearance_risk::Catalog::builtin()); black_box(catalog.program(black_box(n))); } }
    println!("lookup {:?}", t.elapsed() / 800_000);
    for text in ["git status --short", "cargo test --workspace 2>&1 | tail -20", "cd crates/core && ls -la && sed -n '1,80p' src/lib.rs",
      "grep -rn \"fn parse\" --include='*.rs' src | head -30; rg -n 'impl Word' crates", "for f in src/*.rs; do echo \"== $f\"; wc -l \"$f\"; done", "rm -rf / --no-preserve-root", "acme-deploy --all production"] {
        let r = Request::command(text);
        let mut v: Vec<u128> = (0..4000).map(|_| { let t = Instant::now(); black_box(engine.evaluate(black_box(&r), &context)); t.elapsed().as_nanos() }).collect();
        v.sort();
        println!("{:>7} ns p50 {:>7} p95  {text}", v[2000], v[3800]);
    }
    if let Some(path) = std::env::args().nth(1) {
        let text = std::fs::read_to_string(path).unwrap();
        let rows: Vec<String> = text.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["command"].as_str().unwrap_or_default().to_owned()).collect();
        let rounds = std::env::args().nth(2).and_then(|s| s.parse().ok()).unwrap_or(1);
        let mut v: Vec<u128> = Vec::new();
        for _ in 0..rounds { v.clear(); for r in &rows { let r = Request::command(r.as_str()); let t = Instant::now(); black_box(engine.evaluate(&r, &context)); v.push(t.elapsed().as_nanos()); } }
        v.sort();
        println!("rows {} p50 {} p95 {} p99 {} max {} mean {}", v.len(), v[v.len()/2], v[v.len()*95/100], v[v.len()*99/100], v[v.len()-1], v.iter().sum::<u128>() / v.len() as u128);
    }
}
