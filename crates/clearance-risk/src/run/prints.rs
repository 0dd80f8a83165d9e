//! A program text that prints what a variable with a secret's name holds. The analysers tell
//! that the variable is read; whether it is shown is told from the statement.

/// What prints, with what stands between it and its argument.
const PRINTS: &[&str] = &[
    "print(",
    "print ",
    "printf(",
    "console.log(",
    "console.error(",
    "console.info(",
    "puts ",
    "puts(",
    "p ENV",
    "echo ",
    "say ",
    "stdout.write(",
    "println(",
];

/// What turns a value into something that says nothing of it.
const HIDES: &[&str] = &[
    "len(",
    "bool(",
    "!!",
    "typeof",
    "Boolean(",
    ".length",
    ".size",
    "[:",
    ".slice(",
    ".substring(",
    " is not None",
    " is None",
    " in os.environ",
    " ? ",
    "===",
    "!==",
    "==",
    "!=",
    " if ",
    ".nil?",
    "hash",
    "startswith",
    "startsWith",
    "defined",
];

/// A statement of `source` prints the variable `name`.
pub(super) fn prints_variable(source: &[u8], name: &[u8]) -> bool {
    source
        .split(|&b| b == b'\n' || b == b';')
        .any(|statement| statement_prints(statement, name))
}

fn statement_prints(statement: &[u8], name: &[u8]) -> bool {
    let Some(at) = find(statement, name) else {
        return false;
    };
    let (before, after) = statement.split_at(at);
    let reads = [
        "environ",
        "getenv",
        "process.env",
        "ENV[",
        "ENV{",
        "ENV.fetch",
        "Bun.env",
        "env.get(",
    ]
    .iter()
    .any(|access| find(before, access.as_bytes()).is_some());
    let prints = PRINTS
        .iter()
        .any(|print| find(before, print.as_bytes()).is_some());
    // A name alone that is longer: `TOKEN` in `TOKEN_FILE`.
    let whole = after
        .get(name.len())
        .is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'_');
    reads
        && prints
        && whole
        && !HIDES
            .iter()
            .any(|hides| find(statement, hides.as_bytes()).is_some())
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len().max(1)).position(|w| w == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_shows_the_value_counts() {
        for (source, prints) in [
            ("import os; print(os.environ['API_KEY'])", true),
            ("console.log(process.env.API_KEY)", true),
            ("puts ENV['API_KEY']", true),
            ("print $ENV{API_KEY}", true),
            ("import os; print(len(os.environ['API_KEY']))", false),
            ("import os; print('API_KEY' in os.environ)", false),
            ("console.log(!!process.env.API_KEY)", false),
            ("console.log(process.env.API_KEY ? 'set' : 'unset')", false),
            ("import os; k = os.environ['API_KEY']; print('done')", false),
            ("print(os.environ['API_KEY_FILE'])", false),
        ] {
            assert_eq!(
                prints_variable(source.as_bytes(), b"API_KEY"),
                prints,
                "{source}"
            );
        }
    }
}
