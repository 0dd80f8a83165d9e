//! `ffmpeg`: which of its words are files.

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{FFMPEG_FILTER, FFMPEG_FLAG, FFMPEG_VALUE, MEDIA_FILE};
use crate::spec::WordRole;

/// A filter graph of such filters alone: `[in]scale=640:-1,fps=8[out];…`. Quotes and escapes are
/// not read.
fn is_plain_filter(graph: Arg<'_>) -> bool {
    let Some(graph) = graph.as_static() else {
        return false;
    };
    let odd = |b: &u8| b"'\\\"".contains(b) || *b < b' ';
    if graph.is_empty() || graph.iter().any(odd) {
        return false;
    }
    // A comma within brackets of an expression starts no filter: such graphs are not read.
    if graph.contains(&b'(') {
        return false;
    }
    graph.split(|&b| b == b',' || b == b';').all(|filter| {
        let mut rest = filter;
        while let Some(after) = rest.strip_prefix(b"[") {
            let Some(end) = after.iter().position(|&b| b == b']') else {
                return false;
            };
            rest = after.get(end + 1..).unwrap_or_default();
        }
        let end = rest.iter().position(|&b| b == b'=' || b == b'[');
        let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        FFMPEG_FILTER.has(name)
    })
}

/// `ffmpeg`: plain inputs and outputs, and options whose values cannot name files.
pub(super) fn ffmpeg(judge: &mut Judge<'_>, call: &Call<'_>) {
    let mut words = call.operands();
    while let Some(arg) = words.next() {
        let text = arg.prefix();
        let stem = text.split(|&b| b == b':').next().unwrap_or_default();
        if FFMPEG_FLAG.has(text) {
            continue;
        }
        if FFMPEG_VALUE.has(stem) {
            words.next();
            continue;
        }
        if matches!(
            stem,
            b"-vf" | b"-af" | b"-filter" | b"-lavfi" | b"-filter_complex"
        ) {
            if !words.next().is_some_and(is_plain_filter) {
                judge.unknown("ffmpeg.filter", arg.span(), || {
                    "a filter of `ffmpeg` can read files and load code".to_owned()
                });
            }
            continue;
        }
        if text == b"-f" {
            // A format by its name; `lavfi` reads a filter, which must not read files in turn.
            let format = words.next().and_then(Arg::as_static).unwrap_or_default();
            if format == b"lavfi" {
                let _input = words.next();
                let filter = words.next().and_then(Arg::as_static).unwrap_or_default();
                let plain = [
                    &b"testsrc"[..],
                    b"sine",
                    b"color",
                    b"anullsrc",
                    b"smptebars",
                    b"nullsrc",
                ]
                .iter()
                .any(|f| filter.starts_with(f))
                    && !filter.contains(&b',');
                if !plain {
                    judge.unknown("ffmpeg.filter", arg.span(), || {
                        "a filter of `ffmpeg` can read files and load code".to_owned()
                    });
                }
            } else if !format.iter().all(u8::is_ascii_alphanumeric)
                || matches!(format, b"concat" | b"data" | b"tee")
            {
                judge.unknown("ffmpeg.format", arg.span(), || {
                    "this format of `ffmpeg` reads other files".to_owned()
                });
            }
            continue;
        }
        let input = text == b"-i";
        let file = if input { words.next() } else { Some(arg) };
        let Some(file) = file else { return };
        let name = file.prefix();
        // Standard output.
        if !input && file.as_static() == Some(b"-") {
            continue;
        }
        let odd = name.contains(&b':')
            || name.starts_with(b"-")
            || file.dynamic().is_some() && name.is_empty();
        let media = file
            .as_static()
            .is_none_or(|f| MEDIA_FILE.has(f.to_ascii_lowercase()));
        if odd || !media {
            judge.unknown("ffmpeg.argument", file.span(), || {
                format!("what `{}` reads or writes is not known", file.show())
            });
            continue;
        }
        let role = if input {
            WordRole::Read
        } else {
            WordRole::Write
        };
        judge.path(role, file, call.site);
    }
}

#[cfg(test)]
mod tests {
    use clearance_core::Span;
    use clearance_shell::invocation::Word;

    use super::*;

    #[test]
    fn filters_that_look_at_frames_only() {
        for (graph, plain) in [
            ("scale=640:-1", true),
            ("fps=8,scale=640:-1:flags=lanczos", true),
            ("[0:v]scale=320:240[a];[a][1:v]overlay=10:10", true),
            ("movie=/etc/passwd", false),
            ("scale=1:1,subtitles=/etc/passwd", false),
            ("drawtext=textfile=/etc/passwd", false),
            ("frei0r=x", false),
            ("scale='1',movie=x", false),
            ("", false),
        ] {
            let word = Word::fixed(graph.as_bytes(), Span::default());
            assert_eq!(is_plain_filter(Arg::new(&word)), plain, "{graph}");
        }
    }
}
