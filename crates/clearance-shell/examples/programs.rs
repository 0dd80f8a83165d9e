//! Lists the programs that a script on standard input names, with their places. It looks at
//! the text only: what `eval`, functions and variables lead to is the business of `analyze`.

use std::io::Read;

use clearance_shell::expand::{Expander, Nothing};
use clearance_shell::tree::Kind;
use clearance_shell::{Dialect, Limits, parse};

fn main() -> std::io::Result<()> {
    let mut text = Vec::new();
    std::io::stdin().read_to_end(&mut text)?;
    let script = parse(&text, Dialect::Bash, Limits::default());
    let mut world = Nothing;
    let mut expander = Expander::new(&mut world, Dialect::Bash, Limits::default());
    for id in script
        .walk(script.root())
        .filter(|id| script.kind(*id) == Kind::Simple)
    {
        let Some(word) = script.simple(id).words().next() else {
            continue;
        };
        let mut words = Vec::new();
        expander.arguments(&script, word, &mut words);
        let span = script.span(word);
        match words.first().and_then(|word| word.as_static()) {
            Some(name) => println!("{}..{}\t{}", span.start, span.end, name.escape_ascii()),
            None => println!("{}..{}\tnot known from the text", span.start, span.end),
        }
    }
    for remark in script.diagnostics() {
        println!(
            "{}..{}\t{}",
            remark.span.start,
            remark.span.end,
            remark.note.message()
        );
    }
    Ok(())
}
