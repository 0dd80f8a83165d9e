//! Words, texts and marks of a source in C, C++ or Rust.

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Text,
    Mark(char),
}

/// Words, texts and marks; `None`: something has no end.
pub(super) fn tokens(text: &str, rust: bool) -> Option<Vec<Token>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, tail)| tail);
        } else if let Some(tail) = rest.strip_prefix("/*") {
            let (inner, tail) = tail.split_once("*/")?;
            // Rust's comments nest.
            if rust && inner.contains("/*") {
                return None;
            }
            rest = tail;
        } else if rust
            && (rest.starts_with("r\"") || rest.starts_with("r#\"") || rest.starts_with("br"))
        {
            return None;
        } else if first == '"' {
            let length = quoted(rest, '"')?;
            out.push(Token::Text);
            rest = rest.get(length..)?;
        } else if first == '\'' {
            // A character, or a lifetime.
            let lifetime = rust && !rest.starts_with("'\\") && rest.chars().nth(2) != Some('\'');
            if lifetime {
                rest = rest.get(1..)?;
            } else {
                let length = quoted(rest, '\'')?;
                out.push(Token::Text);
                rest = rest.get(length..)?;
            }
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
            let (word, tail) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
            out.push(Token::Word(word.to_owned()));
            rest = tail;
        } else {
            if first == '\\' || first == '@' && !rust || first == '`' {
                return None;
            }
            if !first.is_whitespace() {
                out.push(Token::Mark(first));
            }
            rest = rest.get(first.len_utf8()..)?;
        }
    }
    Some(out)
}

/// The length of a text in quotes, both of them included.
fn quoted(text: &str, mark: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if !escaped && c == mark {
            return Some(at + 1);
        }
        escaped = !escaped && c == '\\';
    }
    None
}
