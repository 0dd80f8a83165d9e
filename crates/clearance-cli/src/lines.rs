//! Lines of bounded length from a stream: a longer one is reported and skipped, so that one
//! absurd line costs neither memory nor the rest of the stream.

use std::io::{self, BufRead};

/// The longest line that is kept, in bytes: a request holds at most a file's new content.
pub(crate) const LONGEST: usize = 64 << 20;

/// What the next line is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// It is in the buffer, without its line feed.
    Kept,
    /// It was longer than the bound and skipped.
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
            buffer.clear();
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
            [(Line::TooLong, b"".to_vec()), (Line::Kept, b"xy".to_vec()),]
        );
    }
}
