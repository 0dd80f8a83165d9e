//! `vim -es`, `ex -s`: an editor that nobody sits at, with its commands on the line.
//!
//! Facts: vim(1) and its `starting.txt`, `change.txt`, `repeat.txt`, 9.0.

use clearance_core::Effect;
use clearance_shell::invocation::{Stdin, Word};

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::VIM_OPTION;
use crate::run::base_name;
use crate::spec::WordRole;

/// `vim -es -u NONE -c COMMAND... FILE...`.
pub(super) fn vim(judge: &mut Judge<'_>, call: &Call<'_>) {
    let words: Vec<Arg<'_>> = call.argv.iter().skip(1).map(Arg::new).collect();
    let name = call.argv.first().and_then(Word::as_static);
    let ex = name.is_some_and(|n| base_name(n) == b"ex");
    let mut session = Session {
        silent: false,
        changes: false,
        ends: false,
    };
    let mut files: Vec<Arg<'_>> = Vec::new();
    // Without a terminal nvim still runs what a person has set up for it.
    let (mut headless, mut clean) = (false, false);
    let mut at = 0;
    while let Some(&word) = words.get(at) {
        at += 1;
        let Some(text) = word.as_static() else {
            return judge.unknown("vim.argument", word.span(), || {
                format!("`{}` could be an option of the editor", word.show())
            });
        };
        match text {
            b"-es" | b"-Es" => session.silent = true,
            b"--headless" => headless = true,
            b"--clean" => clean = true,
            b"-s" if ex => session.silent = true,
            b"-N" | b"-n" | b"-e" | b"-E" | b"-Z" | b"-f" | b"--noplugin" => {}
            b"-u" | b"-i" | b"-U" => {
                let plain = words.get(at).and_then(|w| w.as_static());
                if !matches!(plain, Some(b"NONE" | b"NORC" | b"DEFAULTS" | b"/dev/null")) {
                    return stranger(judge, word);
                }
                clean |= text == b"-u";
                at += 1;
            }
            b"-c" | b"-sc" => {
                session.silent |= ex && text == b"-sc";
                let Some(&command) = words.get(at) else {
                    return stranger(judge, word);
                };
                at += 1;
                if !session.command(command.as_static().unwrap_or(b"?")) {
                    return stranger(judge, command);
                }
            }
            _ if text.starts_with(b"+") && text.len() > 1 => {
                if !session.command(text.get(1..).unwrap_or_default()) {
                    return stranger(judge, word);
                }
            }
            _ if text.starts_with(b"-") => return stranger(judge, word),
            _ => files.push(word),
        }
    }
    session.silent |= headless && clean;
    // In silent mode what is read are commands, until the end.
    let mute = matches!(call.site.stdin, Stdin::Inherit | Stdin::Null);
    if !session.silent || !session.ends || !mute {
        return judge.effect(Effect::Interactive, call);
    }
    for file in files {
        let role = if session.changes {
            WordRole::Edit
        } else {
            WordRole::Read
        };
        judge.path(role, file, call.site);
    }
}

fn stranger(judge: &mut Judge<'_>, word: Arg<'_>) {
    judge.unknown("vim.argument", word.span(), || {
        format!(
            "what `{}` makes the editor do was not understood",
            word.show()
        )
    });
}

struct Session {
    silent: bool,
    changes: bool,
    ends: bool,
}

impl Session {
    /// One command, if it is known to change or print the file at hand only.
    fn command(&mut self, text: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(text) else {
            return false;
        };
        let text = text.trim().trim_start_matches(':');
        if text.contains(['|', '\n', '`', '!', '\r', '\x16'])
            && !matches!(text, "q!" | "wq!" | "x!" | "w!" | "qa!" | "wqa!")
        {
            return false;
        }
        match text {
            "q" | "q!" | "qa" | "qa!" | "quit" | "qall" | "qall!" | "cq" => {
                self.ends = true;
                return true;
            }
            "wq" | "wq!" | "x" | "x!" | "xa" | "wqa" | "wqa!" | "xit" => {
                self.ends = true;
                self.changes = true;
                return true;
            }
            "w" | "w!" | "wa" | "update" | "write" => {
                self.changes = true;
                return true;
            }
            "retab" | "set nomore" | "version" | "p" | "%p" | "%print" | "d" => return true,
            _ => {}
        }
        if let Some(option) = text.strip_prefix("set ") {
            let number = |o: &str| {
                [
                    "ts=",
                    "sw=",
                    "sts=",
                    "tabstop=",
                    "shiftwidth=",
                    "tw=",
                    "textwidth=",
                ]
                .iter()
                .any(|n| {
                    o.strip_prefix(n)
                        .is_some_and(|v| v.bytes().all(|b| b.is_ascii_digit()))
                })
            };
            return option
                .split_whitespace()
                .all(|o| VIM_OPTION.has(o) || number(o));
        }
        substitution(text)
    }
}

/// `[RANGE]s/PATTERN/TEXT/FLAGS`, `[RANGE]d`, `g/PATTERN/d`: no expression, no other command.
fn substitution(text: &str) -> bool {
    let range = |c: char| c.is_ascii_digit() || "%,$.+-".contains(c);
    let rest = text.trim_start_matches(range);
    if matches!(
        rest,
        "d" | "p" | "normal! gg=G" | "retab" | "sort" | "sort u" | "j" | "join"
    ) {
        return true;
    }
    let (global, rest) = match rest.strip_prefix(['g', 'v']) {
        Some(rest) => (true, rest),
        None => (false, rest.strip_prefix('s').unwrap_or_default()),
    };
    let Some(mark) = rest.chars().next().filter(|c| "/,#;:@".contains(*c)) else {
        return false;
    };
    let parts = split_at_mark(rest.get(1..).unwrap_or_default(), mark);
    match (global, parts.as_slice()) {
        (true, [_, command]) => matches!(command.as_str(), "d" | "p"),
        (false, [_, new]) => !new.starts_with("\\="),
        (false, [_, new, flags]) => {
            !new.starts_with("\\=") && flags.chars().all(|c| "gceiIn&".contains(c))
        }
        _ => false,
    }
}

/// The parts between the marks, those after a backslash not counted.
fn split_at_mark(text: &str, mark: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let Some(part) = parts.last_mut() else { break };
        if c == '\\' {
            part.push(c);
            part.extend(chars.next());
        } else if c == mark {
            parts.push(String::new());
        } else {
            part.push(c);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::Session;

    #[test]
    fn commands_that_only_change_the_file() {
        for (command, known) in [
            ("%s/foo/bar/g", true),
            (":%s/foo/bar/ge", true),
            ("1,3d", true),
            ("g/x/d", true),
            ("wq", true),
            ("set ff=unix", true),
            ("s/a/\\=system('id')/", false),
            ("g/x/!id", false),
            ("w /etc/x", false),
            ("!id", false),
            ("r !id", false),
            ("source x.vim", false),
            ("set makeprg=x", false),
            ("g/x/normal ix", false),
            ("s/a/b/|!id", false),
            ("e /etc/passwd", false),
            ("lua os.execute('id')", false),
            ("call system('id')", false),
        ] {
            let mut session = Session {
                silent: true,
                changes: false,
                ends: false,
            };
            assert_eq!(session.command(command.as_bytes()), known, "{command}");
        }
    }
}
