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
    "raise ",
    "SystemExit(",
    "sys.exit(",
    "assert ",
    "throw ",
    "die ",
    "warn ",
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
    let statements = || source.split(|&b| b == b'\n' || b == b';');
    if statements().any(|statement| statement_prints(statement, name)) {
        return true;
    }
    let (whole, carriers) = carriers(source, name);
    // `e = os.environ; print(e["NAME"])`
    let by_alias = |statement: &[u8]| {
        let own = whole.get(ACCESS.len()..).unwrap_or_default();
        own.iter().any(|e| shows(statement, e)) && word_at(statement, name).is_some()
    };
    if statements().any(by_alias) {
        return true;
    }
    !carriers.is_empty()
        && statements().any(|statement| carriers.iter().any(|c| shows(statement, c)))
}

/// How one gets at the environment.
const ACCESS: &[&str] = &[
    "os.environ",
    "environ",
    "os.getenv",
    "getenv",
    "process.env",
    "ENV",
    "$ENV",
    "Bun.env",
    "Deno.env",
];

/// The program's own names for the value: `t = os.environ["NAME"]`, `{NAME} = process.env`, and
/// what they are handed on to as they are.
fn carriers<'s>(source: &'s [u8], name: &[u8]) -> (Vec<&'s [u8]>, Vec<&'s [u8]>) {
    // Names for the environment as a whole, and for the value.
    let mut whole: Vec<&[u8]> = ACCESS.iter().map(|a| a.as_bytes()).collect();
    let mut found: Vec<&[u8]> = Vec::new();
    for statement in source.split(|&b| b == b'\n' || b == b';').take(400) {
        let Some((left, right)) = assignment(statement) else {
            continue;
        };
        let right = right.trim_ascii();
        let begins = |what: &&[u8]| {
            let after = right.strip_prefix(*what)?;
            let ends = after.first().is_none_or(|b| !is_name(*b));
            ends.then_some(after)
        };
        let environment = whole.iter().find_map(begins);
        let value = match environment {
            Some(b"") => word_at(left, name).is_some(),
            Some(after) => word_at(after, name).is_some(),
            None => found.iter().find_map(begins).is_some_and(|after| {
                after.trim_ascii().is_empty() || after.starts_with(b".") || after.starts_with(b"[")
            }),
        };
        if HIDES.iter().any(|h| find(right, h.as_bytes()).is_some()) || found.len() > 16 {
            continue;
        }
        let mut names = left.split(|&b| !is_name(b)).filter(|n| !n.is_empty());
        if environment == Some(b"") && !value {
            whole.extend(names.next_back().filter(|_| whole.len() < 32));
        } else if value {
            found.extend(
                names.filter(|n| !matches!(*n, b"const" | b"let" | b"var" | b"my" | b"our")),
            );
        }
    }
    (whole, found)
}

/// Both sides of `left = right`.
fn assignment(statement: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = statement.iter().position(|&b| b == b'=')?;
    let (left, right) = statement.split_at(at);
    let right = right.get(1..)?;
    let compares = matches!(right.first(), Some(b'=' | b'>' | b'~'))
        || matches!(left.last(), Some(b'!' | b'<' | b'>'))
        || left.contains(&b'(');
    (!compares).then_some((left, right))
}

/// The statement prints the variable of the program as it is.
fn shows(statement: &[u8], carrier: &[u8]) -> bool {
    PRINTS.iter().any(|print| {
        let Some(at) = find(statement, print.as_bytes()) else {
            return false;
        };
        let rest = statement.get(at + print.len()..).unwrap_or_default();
        word_at(rest, carrier).is_some_and(|at| {
            let between = rest.get(..at).unwrap_or_default();
            !between.contains(&b'(')
        })
    }) && !HIDES
        .iter()
        .any(|hides| find(statement, hides.as_bytes()).is_some())
}

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// Where the name stands as a word of its own.
fn word_at(text: &[u8], name: &[u8]) -> Option<usize> {
    if name.is_empty() {
        return None;
    }
    text.windows(name.len()).enumerate().position(|(i, w)| {
        w == name
            && !i
                .checked_sub(1)
                .and_then(|b| text.get(b))
                .copied()
                .is_some_and(is_name)
            && !text.get(i + name.len()).copied().is_some_and(is_name)
    })
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
            ("import os; t = os.environ['API_KEY']; print(t)", true),
            ("t=os.getenv('API_KEY')\nprint(f'key {t}')", true),
            ("e = os.environ; print(e['API_KEY'])", true),
            ("e = os.environ; k = e['API_KEY']; print(k)", true),
            (
                "const {API_KEY, PORT} = process.env; console.log(API_KEY)",
                true,
            ),
            (
                "const k = process.env.API_KEY; const c = k; console.log(c)",
                true,
            ),
            ("my $t=$ENV{API_KEY}; print $t", true),
            ("t = ENV['API_KEY']; puts t", true),
            ("t = os.environ['API_KEY']; print(len(t))", false),
            (
                "t = os.environ['API_KEY']; r = get(u, t); print(r.json())",
                false,
            ),
            (
                "t = os.environ['API_KEY']; print('set' if t else 'unset')",
                false,
            ),
            ("t = os.environ['API_KEY']; print(total)", false),
        ] {
            assert_eq!(
                prints_variable(source.as_bytes(), b"API_KEY"),
                prints,
                "{source}"
            );
        }
    }
}
