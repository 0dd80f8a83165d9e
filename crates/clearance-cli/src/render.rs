//! Decisions as people read them: the verdict, the score, each reason with the command
//! underlined.

use std::io::{self, Write};

use clearance::{Decision, Finding, Verdict};

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Escape sequences are written.
    pub(crate) colour: bool,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    fn verdict(self, verdict: Verdict) -> String {
        let code = match verdict {
            Verdict::Allow => "32;1",
            Verdict::Ask => "33;1",
            Verdict::Deny => "31;1",
        };
        self.paint(code, verdict.as_str())
    }
}

/// Writes a decision on `text`.
pub(crate) fn decision(
    out: &mut impl Write,
    style: Style,
    text: &[u8],
    decision: &Decision,
) -> io::Result<()> {
    writeln!(
        out,
        "{}  {} risk, score {}",
        style.verdict(decision.verdict()),
        decision.risk(),
        decision.score()
    )?;
    for finding in decision.findings() {
        writeln!(out)?;
        write_finding(out, style, text, finding)?;
    }
    Ok(())
}

fn write_finding(
    out: &mut impl Write,
    style: Style,
    text: &[u8],
    finding: &Finding,
) -> io::Result<()> {
    writeln!(
        out,
        "{}[{}]: {}",
        style.verdict(finding.verdict),
        finding.rule,
        printable(finding.message.as_bytes())
    )?;
    underline(out, style, text, finding)?;
    if let Some(remedy) = &finding.remedy {
        writeln!(
            out,
            "{}: {}",
            style.paint("36", "help"),
            printable(remedy.as_bytes())
        )?;
    }
    Ok(())
}

/// The most columns of a line that are shown.
const COLUMNS: usize = 100;

/// The line in which the finding starts, cut to a window around it, and carets below.
fn underline(out: &mut impl Write, style: Style, text: &[u8], finding: &Finding) -> io::Result<()> {
    let start = (finding.span.start as usize).min(text.len());
    let end = (finding.span.end as usize).clamp(start, text.len());
    let (before, rest) = text.split_at_checked(start).unwrap_or((text, &[]));
    let line_start = before
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |i| i + 1);
    let head = before.get(line_start..).unwrap_or_default();
    let marked = rest.get(..end - start).unwrap_or_default();
    let marked = marked.split(|&b| b == b'\n').next().unwrap_or_default();
    let tail = rest.get(marked.len()..).unwrap_or_default();
    let tail = tail.split(|&b| b == b'\n').next().unwrap_or_default();

    let head = last_chars(&printable(head), COLUMNS / 2);
    let marked = first_chars(&printable(marked), COLUMNS / 2);
    let tail = first_chars(&printable(tail), COLUMNS / 4);
    writeln!(out, "  | {head}{marked}{tail}")?;
    let carets = "^".repeat(marked.chars().count().max(1));
    writeln!(
        out,
        "  | {}{}",
        " ".repeat(head.chars().count()),
        style.paint("31;1", &carets)
    )
}

fn first_chars(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn last_chars(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let tail: String = text.chars().skip(count - most).collect();
    format!("…{tail}")
}

/// Text for a terminal: control characters, invisible and direction-changing characters are
/// written as escapes, so that what is shown is what would run.
pub(crate) fn printable(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\t' => out.push(' '),
                c if c.is_control() || is_hidden(c) => out.extend(c.escape_unicode()),
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// Characters that show nothing or reorder their neighbours (Unicode: default ignorable code
/// points that occur in text, bidirectional controls, tag characters).
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_shown() {
        assert_eq!(
            printable("a\u{202e}b\u{200b}\u{1b}[0m".as_bytes()),
            "a\\u{202e}b\\u{200b}\\u{1b}[0m"
        );
        assert_eq!(printable(b"a\xffb\tc"), "a\\xffb c");
    }

    #[test]
    fn long_lines_are_cut() {
        assert_eq!(first_chars("abcdef", 3), "abc…");
        assert_eq!(last_chars("abcdef", 3), "…def");
        assert_eq!(last_chars("äb", 3), "äb");
    }
}
