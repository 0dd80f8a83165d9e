//! Explains an obfuscated one-liner: each command on standard input with its quotes removed,
//! its braces expanded, and what stays unknown marked with the reason.

use std::io::Read;

use clearance_shell::expand::{Expander, Nothing};
use clearance_shell::tree::Kind;
use clearance_shell::{Dialect, Limits, Value, parse};

fn show(value: &Value) -> String {
    match value {
        Value::Static(text) => format!("`{}`", text.escape_ascii()),
        Value::OneOf(texts) => {
            let texts: Vec<_> = texts
                .iter()
                .map(|text| text.escape_ascii().to_string())
                .collect();
            format!("one of `{}`", texts.join("`, `"))
        }
        Value::Glob(glob) => format!("files like `{}`", glob.pattern.escape_ascii()),
        Value::Dynamic(dynamic) => format!(
            "`{}…` ({:?}{})",
            dynamic.prefix.escape_ascii(),
            dynamic.reason,
            if dynamic.may_split {
                ", perhaps several words"
            } else {
                ""
            }
        ),
    }
}

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
        println!("{}", script.text(id).escape_ascii());
        let mut words = Vec::new();
        for word in script.simple(id).words() {
            expander.arguments(&script, word, &mut words);
        }
        for word in &words {
            println!("    {}", show(&word.value));
        }
    }
    Ok(())
}
