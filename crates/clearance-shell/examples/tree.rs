//! Prints the syntax tree of the script on standard input.

use std::io::Read;

use clearance_shell::{Dialect, Limits, parse};

fn main() -> std::io::Result<()> {
    let mut text = Vec::new();
    std::io::stdin().read_to_end(&mut text)?;
    let limits = Limits {
        bytes: u32::MAX,
        ..Limits::default()
    };
    let script = parse(&text, Dialect::Bash, limits);
    print!("{}", script.pretty(script.root()));
    for diagnostic in script.diagnostics() {
        let (start, end) = (diagnostic.span.start, diagnostic.span.end);
        println!("{start}..{end}: {}", diagnostic.note.message());
    }
    println!("complete: {}", script.is_complete());
    Ok(())
}
