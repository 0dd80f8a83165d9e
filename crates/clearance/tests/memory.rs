//! The memory of a decision, counted at its peak, beyond the engine.

use std::hint::black_box;

use clearance::{Context, Engine, Request};

/// Requests of the shapes that take most memory for their length, of about so many bytes.
fn requests(length: usize) -> Vec<(&'static str, String)> {
    let full = |text: &str| text.repeat(length / text.len());
    let document = |program: &str, text: &str| format!("{program} <<'EOF'\n{}EOF\n", full(text));
    vec![
        (
            "lines",
            full("grep -n \"word\" src/lib.rs | head -5 && echo done\n"),
        ),
        ("short commands", full("a;")),
        ("short words", format!("echo {}", full("x "))),
        ("assignments", full("a=b\n")),
        ("redirections", full("echo>a\n")),
        ("variables", format!("a=b\n{}", full("echo $a\n"))),
        ("findings", full("rm -rf ~/x\n")),
        ("unknown programs", full("acme x\n")),
        ("pipeline", format!("true{}", full("|cat"))),
        ("substitutions", full("echo $(pwd)\n")),
        ("nested shell", format!("bash -c '{}'", full("ls -la; "))),
        (
            "a written file",
            document("cat > notes.txt", "some text with $dollars\n"),
        ),
        ("Python", document("python3", "print(1)\n")),
        (
            "more Python",
            document("python3", "a = [b for b in open('x')]\n"),
        ),
        ("JavaScript", document("node", "console.log(1);\n")),
        ("SQL", document("sqlite3 a.db", "SELECT 1;\n")),
        ("not closed", full("(")),
    ]
}

/// The peak of a decision, in bytes.
fn peak(engine: &Engine, text: &str) -> u64 {
    let context = Context::new("/home/dev/project").home("/home/dev");
    let request = Request::command(text);
    // Tables of a language are made when it is first met.
    black_box(engine.evaluate(&request, &context));
    allocation_counter::measure(|| {
        black_box(engine.evaluate(&request, &context));
    })
    .bytes_max
}

/// What a request may take: four times its length and 64 KiB.
fn allowed(text: &str) -> u64 {
    4 * text.len() as u64 + 64 * 1024
}

#[test]
fn a_command_takes_little_memory() {
    let engine = Engine::builtin();
    // As long as most commands of agents are.
    for (name, text) in requests(100) {
        let used = peak(&engine, &text);
        println!("{name}: {} bytes, {used} used", text.len());
        assert!(used <= allowed(&text), "{name}: {used}");
    }
    let refused = "ls\n".repeat(100_000);
    assert!(peak(&engine, &refused) < 4096);
}

/// What takes more than that, and how many times its length it may take.
const LARGER: &[(&str, u64)] = &[
    // One command: its words are there at once, with what each of them is.
    ("short words", 160),
    ("pipeline", 300),
    // One long text, and the copies of it.
    ("nested shell", 25),
    ("a written file", 10),
    ("SQL", 10),
    // What was collected of output is looked through now and then.
    ("lines", 40),
    ("substitutions", 80),
    // Every file that is written is remembered.
    ("redirections", 120),
    // The tree of a program text.
    ("Python", 180),
    ("more Python", 180),
    ("JavaScript", 120),
];

#[test]
fn memory_does_not_depend_on_the_number_of_commands() {
    let engine = Engine::builtin();
    for (name, text) in requests(60_000) {
        let used = peak(&engine, &text);
        println!("{name}: {} bytes, {used} used", text.len());
        let larger = LARGER.iter().find(|(larger, _)| *larger == name);
        let limit = match larger {
            Some((_, times)) => times * text.len() as u64,
            None => allowed(&text),
        };
        assert!(used <= limit, "{name}: {used}, not {limit}");
    }
}
