//! `ffmpeg`: which of its words are files.

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::spec::WordRole;

/// Endings of files that hold sound or pictures and name no other file.
const MEDIA: &[&str] = &[
    ".mp4", ".m4v", ".mkv", ".mka", ".mov", ".avi", ".webm", ".flv", ".f4v", ".wmv", ".mpg",
    ".mpeg", ".3gp", ".ogv", ".vob", ".mts", ".m2ts", ".mxf", ".y4m", ".ts", ".mp3", ".wav",
    ".flac", ".ogg", ".oga", ".m4a", ".aac", ".opus", ".wma", ".ac3", ".aiff", ".aif", ".caf",
    ".amr", ".gif", ".png", ".apng", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".avif",
    ".srt", ".vtt", ".null",
];

/// Filters that look at frames only (ffmpeg-filters(1), 5.1): none has an option that names a
/// file or a program.
const FILTERS: &[&[u8]] = &[
    b"adelay",
    b"afade",
    b"aformat",
    b"amix",
    b"anull",
    b"apad",
    b"aresample",
    b"asetpts",
    b"asplit",
    b"atempo",
    b"atrim",
    b"concat",
    b"crop",
    b"cropdetect",
    b"drawbox",
    b"eq",
    b"fade",
    b"format",
    b"fps",
    b"hflip",
    b"highpass",
    b"hstack",
    b"hue",
    b"loudnorm",
    b"lowpass",
    b"negate",
    b"null",
    b"overlay",
    b"pad",
    b"palettegen",
    b"paletteuse",
    b"reverse",
    b"rotate",
    b"scale",
    b"select",
    b"setdar",
    b"setpts",
    b"setsar",
    b"showinfo",
    b"silencedetect",
    b"split",
    b"tile",
    b"thumbnail",
    b"transpose",
    b"trim",
    b"unsharp",
    b"vflip",
    b"volume",
    b"volumedetect",
    b"vstack",
    b"yadif",
];

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
        FILTERS.contains(&name)
    })
}

/// `ffmpeg`: plain inputs and outputs, and options whose values cannot name files.
pub(super) fn ffmpeg(judge: &mut Judge<'_>, call: &Call<'_>) {
    const FLAGS: &[&[u8]] = &[
        b"-y",
        b"-n",
        b"-version",
        b"-hide_banner",
        b"-nostdin",
        b"-nostats",
        b"-an",
        b"-vn",
        b"-sn",
        b"-shortest",
        b"-codecs",
        b"-formats",
        b"-encoders",
        b"-decoders",
        b"-filters",
        b"-buildconf",
        b"-re",
        b"-stats",
        b"-accurate_seek",
        b"-devices",
        b"-protocols",
        b"-hwaccels",
        b"-pix_fmts",
    ];
    const VALUES: &[&[u8]] = &[
        b"-ss",
        b"-t",
        b"-to",
        b"-r",
        b"-s",
        b"-ar",
        b"-ac",
        b"-crf",
        b"-preset",
        b"-tune",
        b"-pix_fmt",
        b"-b",
        b"-q",
        b"-qscale",
        b"-g",
        b"-c",
        b"-codec",
        b"-vcodec",
        b"-acodec",
        b"-map",
        b"-loglevel",
        b"-v",
        b"-threads",
        b"-frames",
        b"-vframes",
        b"-movflags",
        b"-profile",
        b"-level",
        b"-aspect",
        b"-maxrate",
        b"-bufsize",
        b"-metadata",
        b"-vsync",
        b"-loop",
        b"-compression_level",
        b"-framerate",
    ];
    let mut words = call.operands();
    while let Some(arg) = words.next() {
        let text = arg.prefix();
        let stem = text.split(|&b| b == b':').next().unwrap_or_default();
        if FLAGS.contains(&text) {
            continue;
        }
        if VALUES.contains(&stem) {
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
        let media = file.as_static().is_none_or(|f| {
            MEDIA
                .iter()
                .any(|e| f.to_ascii_lowercase().ends_with(e.as_bytes()))
        });
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
