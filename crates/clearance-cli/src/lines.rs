//! Lines of bounded length from a stream: a longer one is reported and skipped, so that one
//! absurd line costs neither memory nor the rest of the stream.

use std::io::{self, BufRead};

use serde_json::Value;

/// The longest line that is kept, in bytes: a request holds at most a file's new content.
pub(crate) const LONGEST: usize = 64 << 20;

/// How much of a line that is too long is kept, in bytes: enough for an `id` in front.
const BEGINNING: usize = 1 << 12;

/// The `id` of an object in a line that is no JSON as a whole, so that its answer can be told
/// from others: the text or number of the first such field of the outermost object.
pub(crate) fn salvage_id(line: &[u8]) -> Option<Value> {
    let mut rest = line;
    let mut depth = 0_u32;
    while let Some((byte, after)) = rest.split_first() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            b'"' if depth == 1 && rest.starts_with(b"\"id\"") => {
                let value = rest.get(4..)?.trim_ascii_start().strip_prefix(b":")?;
                let mut values = serde_json::Deserializer::from_slice(value).into_iter::<Value>();
                let id = values.next()?.ok()?;
                return (id.is_string() || id.is_number()).then_some(id);
            }
            b'"' => {
                rest = after_string(after)?;
                continue;
            }
            _ => {}
        }
        rest = after;
    }
    None
}

/// What follows the end of a string.
fn after_string(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text;
    loop {
        rest = match rest {
            [b'"', after @ ..] => return Some(after),
            [b'\\', _, after @ ..] | [_, after @ ..] => after,
            [] => return None,
        };
    }
}

/// What the next line is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// It is in the buffer, without its line feed.
    Kept,
    /// It was longer than the bound and skipped; its beginning is in the buffer.
    TooLong,
    /// There is none.
    End,
}

/// Reads the next line into `buffer`, at most `longest` bytes of it.
pub(crate) fn next_line(
    input: &mut impl BufRead,
    buffer: &mut Vec<u8>,
    longest: usize,
) -> io::Result<Line> {
    buffer.clear();
    let mut too_long = false;
    let mut any = false;
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        if chunk.is_empty() {
            return Ok(match (any, too_long) {
                (false, _) => Line::End,
                (true, true) => Line::TooLong,
                (true, false) => Line::Kept,
            });
        }
        any = true;
        let end = chunk.iter().position(|&b| b == b'\n');
        let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
        let used = part.len() + usize::from(end.is_some());
        if buffer.len() + part.len() > longest {
            too_long = true;
            buffer.truncate(BEGINNING);
        } else if !too_long {
            buffer.extend_from_slice(part);
        }
        input.consume(used);
        if end.is_some() {
            return Ok(if too_long { Line::TooLong } else { Line::Kept });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8], longest: usize) -> Vec<(Line, Vec<u8>)> {
        let mut input = io::BufReader::with_capacity(3, text);
        let mut buffer = Vec::new();
        let mut lines = Vec::new();
        loop {
            match next_line(&mut input, &mut buffer, longest).unwrap() {
                Line::End => return lines,
                line => lines.push((line, buffer.clone())),
            }
        }
    }

    #[test]
    fn lines_are_split_and_bounded() {
        assert_eq!(all(b"", 9), []);
        assert_eq!(
            all(b"ab\n\ncd", 9),
            [
                (Line::Kept, b"ab".to_vec()),
                (Line::Kept, b"".to_vec()),
                (Line::Kept, b"cd".to_vec()),
            ]
        );
        assert_eq!(
            all(b"abcdefghij\nxy\n", 4),
            [
                (Line::TooLong, b"abc".to_vec()),
                (Line::Kept, b"xy".to_vec()),
            ]
        );
    }

    #[test]
    fn ids_survive_a_broken_line() {
        use serde_json::json;
        for (line, id) in [
            (r#"{"id": 7, "command": "ls"#, Some(json!(7))),
            (r#"{"id":"a-1","x":nonsense}"#, Some(json!("a-1"))),
            (r#"{"x": "\"id\": 3", "id" : "b" oops"#, Some(json!("b"))),
            (r#"{"x": {"id": 3}, "id": 4,,}"#, Some(json!(4))),
            (r#"{"x": {"id": 3}"#, None),
            (r#"{"id": {"a": 1}, "#, None),
            (r#"{"id": tru"#, None),
            (r#"["id", 3"#, None),
            (r#"{"idea": 3"#, None),
            ("}{", None),
            ("\u{0}", None),
            ("", None),
        ] {
            assert_eq!(salvage_id(line.as_bytes()), id, "{line}");
        }
    }
}
