//! Words, texts and marks of a source in C, C++, Rust, Go or Java.

/// The language of a source, where it matters for its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    /// C or C++.
    C,
    Rust,
    Go,
    Java,
}

/// A token of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// A name, a keyword or a number.
    Word(&'t str),
    /// A string or a character: what is between its quotes.
    Text(&'t str),
    Mark(char),
}

/// The tokens of a source; `None`: something has no end, is no token of the language, or is one
/// by which the text says something else to the compiler.
pub(super) fn tokens(text: &str, tongue: Tongue) -> Option<Vec<Token<'_>>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if is_refused(rest, first, tongue) {
            return None;
        }
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, tail)| tail);
        } else if let Some(tail) = rest.strip_prefix("/*") {
            let (inner, tail) = tail.split_once("*/")?;
            // Rust's comments nest.
            if tongue == Tongue::Rust && inner.contains("/*") {
                return None;
            }
            rest = tail;
        } else if first == '"' || first == '\'' && !is_lifetime(rest, tongue) {
            let inner = quoted(rest, first)?;
            if tongue != Tongue::Rust && inner.contains('\n') {
                return None;
            }
            out.push(Token::Text(inner));
            rest = rest.get(inner.len() + 2..)?;
        } else if first == '`' {
            let (inner, tail) = rest.get(1..)?.split_once('`')?;
            out.push(Token::Text(inner));
            rest = tail;
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
            let (word, tail) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
            // The digits of C++ can be grouped by a quote.
            if first.is_ascii_digit() && tail.starts_with('\'') {
                return None;
            }
            out.push(Token::Word(word));
            rest = tail;
        } else {
            // The quote of a lifetime stands for nothing.
            if !first.is_whitespace() && first != '\'' {
                out.push(Token::Mark(first));
            }
            rest = rest.get(first.len_utf8()..)?;
        }
    }
    Some(out)
}

/// What begins here is not read: directives to the compiler, raw strings of Rust, marks that the
/// language does not have.
fn is_refused(rest: &str, first: char, tongue: Tongue) -> bool {
    let begins = |all: &[&str]| all.iter().any(|beginning| rest.starts_with(beginning));
    match tongue {
        Tongue::C => matches!(first, '\\' | '@' | '`' | '#'),
        Tongue::Rust => {
            matches!(first, '\\' | '`')
                || begins(&["r\"", "r#\"", "r##", "br\"", "br#", "cr\"", "cr#"])
        }
        Tongue::Go => begins(&["//go:", "/*line", "//line"]),
        // A text of several lines is no string of one.
        Tongue::Java => matches!(first, '\\' | '`' | '#') || begins(&["\"\"\""]),
    }
}

/// `'a` and not `'a'`.
fn is_lifetime(rest: &str, tongue: Tongue) -> bool {
    tongue == Tongue::Rust && !rest.starts_with("'\\") && rest.chars().nth(2) != Some('\'')
}

/// The text between the mark here and the same one further on.
fn quoted(text: &str, mark: char) -> Option<&str> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if !escaped && c == mark {
            return text.get(1..at);
        }
        escaped = !escaped && c == '\\';
    }
    None
}
