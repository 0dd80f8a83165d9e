//! Pictures, sound and pages: programs whose file names reach further than paths do.

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::PICTURE_FORMAT;
use crate::spec::WordRole;

/// Formats whose rest is a text to be drawn.
const TEXTS: &[&[u8]] = &[b"label", b"caption", b"pattern"];

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|w| w == part)
}

/// A name stands for a command's output: `|command`, `%pipe%command`.
fn is_pipe(text: &[u8]) -> bool {
    text.starts_with(b"|") || contains(text, b"=|") || contains(text, b"%pipe%")
}

/// The text in front of a colon, if it could be a format.
fn coder(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|&b| b == b':')?;
    let format = text.get(..at)?;
    let plain = !format.is_empty()
        && format
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || *b == b'-');
    plain.then_some((format, text.get(at + 1..).unwrap_or_default()))
}

/// The words of programs that run what a name says behind `|` and `%pipe%` (sox, ghostscript).
pub(super) fn pipes(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for word in call.argv.iter().skip(1) {
        let arg = Arg::new(word);
        if is_pipe(arg.prefix()) || arg.prefix().starts_with(b"@") {
            judge.unknown("argument.pipe", word.span, || {
                format!("`{}` is more than the name of a file", arg.show())
            });
        }
    }
}

/// ImageMagick: a name can carry a format that reads, runs or fetches, and a text that begins
/// with `@` is read from a file.
pub(super) fn imagemagick(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for word in call.argv.iter().skip(1) {
        let arg = Arg::new(word);
        let Some(text) = arg.as_static() else {
            continue;
        };
        if let Some((_, file)) = coder(text).filter(|(f, _)| !TEXTS.contains(f)) {
            // The last word is written.
            let last = call.argv.last().is_some_and(|w| w.span == word.span);
            let role = if last {
                WordRole::Write
            } else {
                WordRole::Read
            };
            if file.contains(&b'/') {
                judge.path_text(role, file, false, word.span, &call.site.cwd);
            }
        }
        let fits = match coder(text) {
            _ if is_pipe(text) || text.starts_with(b"@") || contains(text, b"url(") => false,
            Some((format, rest)) => {
                let lower = format.to_ascii_lowercase();
                let known = PICTURE_FORMAT.has(&lower);
                known || (TEXTS.contains(&lower.as_slice()) && !rest.starts_with(b"@"))
            }
            None => !contains(text, b"\"@") && !contains(text, b"'@"),
        };
        if !fits {
            judge.unknown("argument.format", word.span, || {
                format!("`{}` is more than the name of a file", arg.show())
            });
        }
    }
}
