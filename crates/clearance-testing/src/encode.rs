//! Placeholders of templates and the encodings behind them.
//!
//! | of a text | |
//! |---|---|
//! | `@T@` | the text itself |
//! | `@Q@` | in single quotes |
//! | `@QQ@` | the single-quoted form inside single quotes |
//! | `@D@` | for inside double quotes |
//! | `@A@` | as `$'…'` in hexadecimal |
//! | `@O@`, `@X@` | as octal and hexadecimal escapes for `printf` |
//! | `@B@` | in base64 |
//! | `@R@` | reversed, in single quotes |
//! | `@J@` | as a string literal that Python, Perl, Ruby, JavaScript and awk read alike, for inside single quotes |
//!
//! `@@` is an `@`.
//!
//! | of words | |
//! |---|---|
//! | `@W@` | all words, each quoted where needed |
//! | `@0@` | the first word; `@0Q@` in single quotes, `@0A@` as `$'…'`, `@0B@` with a backslash before each letter, `@0S@` split by empty quotes, `@0O@` octal, `@0R@` reversed, `@0H@`/`@0L@` its first letter and the rest, `@0U@` in upper case |
//! | `@+@` | the other words, each quoted where needed; `@+Q@` each in single quotes, `@+A@` each as `$'…'`, `@+C@` separated by commas, `@+I@` by `${IFS}` |

/// The template filled with a text; `None` where the text cannot stand there.
pub(crate) fn fill_text(template: &str, text: &str) -> Option<String> {
    // A here-document ends at its delimiter, and a text with line ends is no list element.
    let here = template.contains("<<'EOT'") && text.lines().any(|l| l == "EOT");
    let one_line = template.contains("@R@") || template.contains("@J@");
    // Backticks do not nest, and change backslashes.
    let backticks = template.contains("`@T@`") && text.contains(['`', '\\']);
    // What a trap for the end sets for the end is not run.
    let end = template.starts_with("trap") && template.contains("EXIT") && text.contains("EXIT");
    // A function that is called like the command calls itself, and the command never runs.
    let own = template.starts_with("git()") && text.contains("git");
    if here || backticks || end || own || (one_line && text.contains('\n')) {
        return None;
    }
    fill(template, |name| {
        Some(match name {
            "T" => text.to_owned(),
            "Q" => single(text),
            "QQ" => inner_single(&single(text)),
            "D" => double(text),
            "A" => ansi(text),
            "O" => octal(text),
            "X" => hex(text),
            "B" => base64(text.as_bytes()),
            "R" => single(&reverse(text)),
            "J" => inner_single(&literal(text)),
            _ => return None,
        })
    })
}

/// The template filled with the words of a plain command.
pub(crate) fn fill_words(template: &str, words: &[String]) -> Option<String> {
    let (first, rest) = words.split_first()?;
    let plain_name = first
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
    if template.contains("@0") && !plain_name {
        return None;
    }
    let join = |each: &dyn Fn(&String) -> String, by: &str| {
        rest.iter().map(each).collect::<Vec<_>>().join(by)
    };
    // Braces, commas and field splitting would change such words.
    let delicate = rest
        .iter()
        .any(|w| w.bytes().any(|b| b"{},*?[]~$ ".contains(&b)) || w.is_empty());
    if delicate && (template.contains("@+C@") || template.contains("@+I@")) {
        return None;
    }
    let needs_rest = ["@+C@", "@+I@"].iter().any(|p| template.contains(p));
    if needs_rest && rest.is_empty() {
        return None;
    }
    fill(template, |name| {
        let cut = first.char_indices().nth(1).map_or(first.len(), |(i, _)| i);
        let (head, tail) = first.split_at_checked(cut)?;
        Some(match name {
            "W" => format!("{} {}", first, join(&|w| quoted(w), " ")),
            "0" => first.clone(),
            "0Q" => single(first),
            "0A" => ansi(first),
            "0B" => first.chars().flat_map(|c| ['\\', c]).collect(),
            "0S" => first
                .chars()
                .map(|c| c.to_string())
                .collect::<Vec<_>>()
                .join("''"),
            "0O" => octal(first),
            "0R" => reverse(first),
            "0H" => head.to_owned(),
            "0L" => tail.to_owned(),
            "0U" => first.to_uppercase(),
            "+" => join(&|w| quoted(w), " "),
            "+Q" => join(&|w| protected(w, single), " "),
            "+A" => join(&|w| protected(w, ansi), " "),
            "+C" => join(&|w| w.clone(), ","),
            "+I" => join(&|w| w.clone(), "${IFS}"),
            _ => return None,
        })
    })
}

fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut out = String::new();
    for (i, part) in unescape(template).split('@').enumerate() {
        match (i % 2, part) {
            (0, _) => out.push_str(part),
            (_, "") => out.push('@'),
            _ => out.push_str(&value(part)?),
        }
    }
    Some(out)
}

/// `\\\\` is a backslash and `\\n` a line feed; any other backslash stands for itself.
fn unescape(template: &str) -> String {
    let halves: Vec<String> = template
        .split("\\\\")
        .map(|half| half.replace("\\n", "\n"))
        .collect();
    halves.join("\\")
}

/// A word as it is where the shell leaves it alone (tilde, glob and variable keep their
/// meaning), else in single quotes.
fn quoted(word: &str) -> String {
    let bare = |b: u8| b.is_ascii_alphanumeric() || b"/._-+=:,~*$%@^{}".contains(&b);
    if !word.is_empty() && word.bytes().all(bare) {
        word.to_owned()
    } else {
        single(word)
    }
}

/// Quoted by `how`, but words that the shell would expand stay as they are.
fn protected(word: &str, how: fn(&str) -> String) -> String {
    if word.bytes().any(|b| b"~*?$".contains(&b)) {
        word.to_owned()
    } else {
        how(word)
    }
}

fn single(text: &str) -> String {
    format!("'{}'", inner_single(text))
}

fn inner_single(text: &str) -> String {
    text.replace('\'', "'\\''")
}

fn double(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if "\\\"$`".contains(c) {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

fn ansi(text: &str) -> String {
    format!("$'{}'", hex(text))
}

fn hex(text: &str) -> String {
    text.bytes().map(|b| format!("\\x{b:02x}")).collect()
}

fn octal(text: &str) -> String {
    text.bytes().map(|b| format!("\\{b:03o}")).collect()
}

fn reverse(text: &str) -> String {
    text.chars().rev().collect()
}

/// A double-quoted literal without anything that one of the languages would interpolate.
fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || b" /._-=:,;|&<>()!~*+".contains(&b) {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("\\{b:03o}"));
        }
    }
    out.push('"');
    out
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0u32, |acc, &b| acc << 8 | u32::from(b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            let sextet = (group >> (18 - 6 * i)) & 63;
            let letter = ALPHABET.get(sextet as usize).copied().unwrap_or(b'=');
            out.push(if i <= chunk.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_right() {
        assert_eq!(base64(b"touch m"), "dG91Y2ggbQ==");
        assert_eq!(base64(b"abc"), "YWJj");
        assert_eq!(ansi("rm"), "$'\\x72\\x6d'");
        assert_eq!(octal("rm"), "\\162\\155");
        assert_eq!(single("it's"), "'it'\\''s'");
        assert_eq!(double("a\"$`\\"), "a\\\"\\$\\`\\\\");
        assert_eq!(literal("a 'b'"), "\"a \\047b\\047\"");
    }

    #[test]
    fn what_cannot_stand_there_is_refused() {
        assert_eq!(fill_text("bash <<'EOT'\\n@T@\\nEOT", "a\nEOT\nb"), None);
        assert_eq!(fill_words("{@0@,@+C@}", &["rm".into(), "*".into()]), None);
        assert_eq!(
            fill_words("{@0@,@+C@}", &["rm".into(), "x".into()]).as_deref(),
            Some("{rm,x}")
        );
    }
}
