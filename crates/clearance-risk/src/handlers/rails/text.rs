//! Ruby given to `rails runner`: what only asks the models of the project.

use crate::names::{RAILS_CONSTANT, RAILS_READ, RUBY_KERNEL};

/// The text only asks models: every method is known to read, no constant reaches further.
pub(super) fn reads(text: &str) -> bool {
    let Some(words) = bare_ruby(text) else {
        return false;
    };
    if words.contains(['`', '$', '@', '\\']) || words.contains("<<") {
        return false;
    }
    let mut locals: Vec<String> = Vec::new();
    let parts: Vec<&str> = words.split('|').collect();
    for block in parts.iter().skip(1).step_by(2) {
        locals.extend(identifiers(block).map(|(_, w, _)| w.to_owned()));
    }
    for line in words.split([';', '\n']) {
        if let Some((name, rest)) = line.split_once('=') {
            let name = name.trim();
            let assigns = !rest.starts_with(['=', '~', '>'])
                && name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit());
            if assigns && !name.is_empty() {
                locals.push(name.to_owned());
            }
        }
    }
    identifiers(&words).all(|(before, word, after)| {
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return true;
        }
        if word.starts_with(|c: char| c.is_ascii_uppercase()) {
            return !RAILS_CONSTANT.has(word) && (after != '(');
        }
        // `:name` and `name:` are symbols; `&:name` is a call.
        let symbol = before == ':' || after == ':';
        let called = word.ends_with(['!']);
        let attribute = ["_id", "_at", "_on", "_count", "_name", "_type", "?"]
            .iter()
            .any(|end| word.ends_with(end));
        !called
            && (symbol
                || RAILS_READ.has(word)
                || (before == '.' && attribute && after != '(')
                || (before != '.' && !RUBY_KERNEL.has(word) && locals.iter().any(|l| l == word)))
    })
}

/// Words with the sign before and behind: `&:x` has `&` before it.
fn identifiers(text: &str) -> impl Iterator<Item = (char, &str, char)> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = text;
    let mut before = ' ';
    std::iter::from_fn(move || {
        let start = rest.find(is_word)?;
        let (gap, tail) = rest.split_at_checked(start)?;
        let mut signs = gap.chars().rev();
        match signs.next() {
            Some(':') if signs.next() == Some('&') => before = '&',
            Some(':') if gap.ends_with("::") => before = '.',
            Some(sign) => before = sign,
            None => {}
        }
        let end = tail.find(|c| !is_word(c)).unwrap_or(tail.len());
        let end = match tail.get(end..).and_then(|t| t.chars().next()) {
            Some('?' | '!') if !tail.get(end + 1..).is_some_and(|t| t.starts_with('=')) => end + 1,
            _ => end,
        };
        let (word, tail) = tail.split_at_checked(end)?;
        let mut next = tail.chars();
        let after = match (next.next(), next.next()) {
            (Some(':'), Some(':')) => '.',
            (Some(sign), _) => sign,
            (None, _) => ' ',
        };
        rest = tail;
        let sign = before;
        before = ' ';
        Some((sign, word, after))
    })
}

/// The text without its strings, the code inside `#{…}` kept.
fn bare_ruby(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    // The quote that a closing brace leads back into.
    let mut open: Vec<(char, u32)> = Vec::new();
    let mut quote: Option<char> = None;
    while let Some(c) = chars.next() {
        match quote {
            Some(q) => match c {
                '\\' => {
                    chars.next()?;
                }
                '#' if q == '"' && chars.peek() == Some(&'{') => {
                    chars.next();
                    out.push(' ');
                    open.push((q, 0));
                    quote = None;
                }
                '#' if q == '"' && matches!(chars.peek(), Some('$' | '@')) => return None,
                c if c == q => {
                    quote = None;
                    out.push('"');
                }
                _ => {}
            },
            None => match c {
                '"' | '\'' => quote = Some(c),
                '`' | '%' | '#' => return None,
                '{' => {
                    if let Some((_, depth)) = open.last_mut() {
                        *depth += 1;
                    }
                    out.push(c);
                }
                '}' => match open.last_mut() {
                    Some((q, 0)) => {
                        quote = Some(*q);
                        open.pop();
                        out.push(' ');
                    }
                    Some((_, depth)) => {
                        *depth -= 1;
                        out.push(c);
                    }
                    None => out.push(c),
                },
                c => out.push(c),
            },
        }
    }
    (quote.is_none() && open.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ruby_that_only_asks_models() {
        for text in [
            "puts Order.count",
            "Order.group(:state).count.each { |s, n| puts \"#{s}: #{n}\" }",
            "puts Order.where(state: \"open\").order(created_at: :desc).limit(5).pluck(:id, :total).inspect",
            "puts User.find_by(email: \"a@example.com\").attributes.to_json",
            "n = Invoice.where(paid: false).count; puts n",
            "pp Order.first.customer_id",
        ] {
            assert!(reads(text), "{text}");
        }
        for text in [
            "User.destroy_all",
            "User.all.each(&:destroy)",
            "User.first.send(:destroy)",
            "system \"id\"",
            "system(\"id\")",
            "puts `id`",
            "File.write(\"/etc/x\", \"\")",
            "User.update_all(admin: true)",
            "puts \"#{system(\"id\")}\"",
            "puts \"#{User.delete_all}\"",
            "%x(id)",
            "eval params",
            "User.first.save!",
            "User.create(name: \"x\")",
            "puts ENV[\"SECRET\"]",
            "ActiveRecord::Base.connection.execute(\"drop table users\")",
            "Kernel.system(\"id\")",
            "open(\"|id\").read",
            "p = method(:system); p.call(\"id\")",
            "exit! ; rm",
            "Order.where(state: 1).delete_all # ok",
            "User.connection.drop_table(:x)",
            "Mailer.welcome.deliver_now",
            "require \"/tmp/x\"",
            "[\"id\"].each(&method(:system))",
            "::File.delete(\"x\")",
            "system = 1; system \"id\"",
        ] {
            assert!(!reads(text), "{text}");
        }
    }
}
