//! sed scripts: which files they read and write, which commands they run.
//!
//! Source of facts: the GNU sed 4.9 manual, "sed scripts". Options (`-i`, `-n`, `-E`) are the
//! caller's. Parts that only edit text have no effect of their own.

use clearance_core::Effect;

use super::notes::{Notes, begins, fixed};
use super::{CodeReport, CodeTarget};

struct Sed<'a> {
    code: &'a [u8],
    at: usize,
    notes: Notes,
}

/// What a sed script would do.
pub(super) fn analyze(code: &[u8]) -> CodeReport {
    let mut sed = Sed {
        code,
        at: 0,
        notes: Notes::default(),
    };
    if code.contains(&0) {
        sed.notes.unknown(0, code.len(), "a NUL byte");
        return sed.notes.finish();
    }
    let mut open = 0_u32;
    loop {
        sed.skip(|b| b.is_ascii_whitespace() || b == b';');
        let start = sed.at;
        match sed.peek() {
            None => break,
            Some(b'#') => sed.skip(|b| b != b'\n'),
            Some(b'}') => {
                sed.at += 1;
                if open == 0 {
                    sed.notes
                        .unknown(start, start + 1, "the syntax was not understood");
                }
                open = open.saturating_sub(1);
            }
            Some(_) => {
                let Some(()) = sed.addresses().and_then(|()| sed.command(&mut open)) else {
                    let end = code.len();
                    sed.notes
                        .unknown(start, end, "the syntax was not understood");
                    break;
                };
            }
        }
    }
    if open > 0 {
        sed.notes
            .unknown(0, code.len(), "the syntax was not understood");
    }
    sed.notes.finish()
}

impl Sed<'_> {
    fn peek(&self) -> Option<u8> {
        self.code.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let b = self.peek()?;
        self.at += 1;
        Some(b)
    }

    fn skip(&mut self, f: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&f) {
            self.at += 1;
        }
    }

    fn blanks(&mut self) {
        self.skip(|b| b.is_ascii_whitespace() && b != b'\n');
    }

    /// `addr`, `addr,addr`, `addr!`.
    fn addresses(&mut self) -> Option<()> {
        if self.address(false)? {
            self.blanks();
            if self.peek() == Some(b',') {
                self.at += 1;
                self.blanks();
                if !self.address(true)? {
                    return None;
                }
            }
        }
        self.skip(|b| b.is_ascii_whitespace() && b != b'\n' || b == b'!');
        Some(())
    }

    fn address(&mut self, second: bool) -> Option<bool> {
        match self.peek() {
            Some(b'0'..=b'9') => {
                self.skip(|b| b.is_ascii_digit());
                self.blanks();
                if self.peek() == Some(b'~') {
                    self.at += 1;
                    self.skip(|b| b.is_ascii_digit());
                }
            }
            Some(b'+' | b'~') if second => {
                self.at += 1;
                self.skip(|b| b.is_ascii_digit());
            }
            Some(b'$') => self.at += 1,
            Some(b'/') => {
                self.at += 1;
                self.until(b'/')?;
                self.skip(|b| matches!(b, b'I' | b'M'));
            }
            Some(b'\\') => {
                self.at += 1;
                let by = self.next()?;
                if by == b'\n' || by == b'\\' {
                    return None;
                }
                self.until(by)?;
                self.skip(|b| matches!(b, b'I' | b'M'));
            }
            _ => return Some(false),
        }
        Some(true)
    }

    /// Up to and with the delimiter that no backslash precedes.
    fn until(&mut self, by: u8) -> Option<()> {
        loop {
            match self.next()? {
                b if b == by => return Some(()),
                b'\\' => {
                    self.next()?;
                }
                _ => {}
            }
        }
    }

    /// The rest of the line.
    fn line(&mut self) -> (usize, usize) {
        self.blanks();
        let start = self.at;
        self.skip(|b| b != b'\n');
        (start, self.at)
    }

    fn file(&mut self, effect: Effect) -> Option<()> {
        let (start, end) = self.line();
        let name = self.code.get(start..end)?;
        if name.is_empty() {
            return None;
        }
        if !matches!(name, b"/dev/stdout" | b"/dev/stderr" | b"/dev/stdin") {
            self.notes
                .act(effect, CodeTarget::Path(fixed(name)), start, end);
        }
        Some(())
    }

    fn command(&mut self, open: &mut u32) -> Option<()> {
        let start = self.at;
        match self.next()? {
            b'{' => {
                *open += 1;
                return Some(());
            }
            b'a' | b'i' | b'c' => return self.text(),
            b':' | b'b' | b't' | b'T' => {
                self.blanks();
                self.skip(|b| !b.is_ascii_whitespace() && b != b';' && b != b'}');
            }
            b'r' | b'R' => return self.file(Effect::Read),
            b'w' | b'W' => return self.file(Effect::Write),
            b'e' => {
                let (from, to) = self.line();
                let command = self.code.get(from..to)?;
                let text = if command.is_empty() {
                    begins(b"")
                } else {
                    fixed(command)
                };
                self.notes
                    .act(Effect::RunOther, CodeTarget::Shell(text), start, to);
                return Some(());
            }
            b's' => return self.substitute(start),
            b'y' => {
                let by = self.next().filter(|b| !matches!(b, b'\n' | b'\\'))?;
                self.until(by)?;
                self.until(by)?;
            }
            b'q' | b'Q' | b'l' | b'L' => {
                self.blanks();
                self.skip(|b| b.is_ascii_digit());
            }
            b'v' => {
                self.line();
            }
            b'=' | b'd' | b'D' | b'F' | b'g' | b'G' | b'h' | b'H' | b'n' | b'N' | b'p' | b'P'
            | b'x' | b'z' => {}
            _ => return None,
        }
        self.end()
    }

    /// Between commands stand `;`, a newline, `}` or a comment.
    fn end(&mut self) -> Option<()> {
        self.blanks();
        match self.peek() {
            None | Some(b';' | b'\n' | b'}' | b'#') => Some(()),
            Some(_) => None,
        }
    }

    /// Text after `a`, `i` or `c`: to the end of the line, on and on after backslashes.
    fn text(&mut self) -> Option<()> {
        self.blanks();
        if self.peek() == Some(b'}') {
            // GNU sed wants text here.
            return None;
        }
        while let Some(b) = self.next() {
            match b {
                b'\\' => {
                    self.next();
                }
                b'\n' => break,
                _ => {}
            }
        }
        Some(())
    }

    fn substitute(&mut self, start: usize) -> Option<()> {
        let by = self.next().filter(|b| !matches!(b, b'\n' | b'\\'))?;
        self.until(by)?;
        self.until(by)?;
        loop {
            match self.peek() {
                Some(b'g' | b'p' | b'i' | b'I' | b'm' | b'M' | b'0'..=b'9') => self.at += 1,
                Some(b'e') => {
                    self.at += 1;
                    let target = CodeTarget::Shell(begins(b""));
                    self.notes.act(Effect::RunOther, target, start, self.at);
                }
                Some(b'w') => {
                    self.at += 1;
                    return self.file(Effect::Write);
                }
                _ => return self.end(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Language;
    use crate::code::testing::{Row, check};

    const ROWS: &[Row] = &[
        ("1,20p", &[]),
        ("$p", &[]),
        ("$!d", &[]),
        ("2q", &[]),
        ("0~3d", &[]),
        ("/from/,/to/p", &[]),
        ("/from/I,+3!d", &[]),
        ("\\,a/b,p", &[]),
        ("s/a/b/", &[]),
        ("s/a/b/gI", &[]),
        ("s|/usr|/opt|2p", &[]),
        ("s,x\\,y,z,", &[]),
        ("s/[/]x/y/", &["?"]),
        ("y/abc/xyz/", &[]),
        ("/x/{s/a/b/;p}", &[]),
        ("/x/{\n p\n d\n}", &[]),
        (":a;N;$!ba;s/\\n/ /g", &[]),
        ("a\\\nsome text; w file\n$d", &[]),
        ("1i # heading", &[]),
        ("/x/c\\  e rm -rf ~", &[]),
        ("# w file\np", &[]),
        ("n;d", &[]),
        ("l 20;=;F;z", &[]),
        ("w out.txt", &["write out.txt"]),
        ("w /dev/stdout", &[]),
        ("s/a/b/w out.txt", &["write out.txt"]),
        ("s/a/b/gw /etc/passwd", &["write /etc/passwd"]),
        ("1W .git/hooks/pre-commit", &["write .git/hooks/pre-commit"]),
        ("r notes.txt", &["read notes.txt"]),
        ("R /etc/shadow", &["read /etc/shadow"]),
        ("/x/{r a.txt\nd}", &["read a.txt"]),
        ("1e rm -rf ~", &["run-other sh rm -rf ~"]),
        ("e", &["run-other sh ..."]),
        ("s/.*/rm -rf ~/e", &["run-other sh ..."]),
        ("s/x/y/ge", &["run-other sh ..."]),
        ("s/x/y/;e id", &["run-other sh id"]),
        ("{p;e id\n}", &["run-other sh id"]),
        ("1!e id", &["run-other sh id"]),
        ("1,2 ! e id", &["run-other sh id"]),
        ("b end; e id", &["run-other sh id"]),
        (":x}e id", &["?", "run-other sh id"]),
        ("s/a", &["?"]),
        ("s/a/b", &["?"]),
        ("{p", &["?"]),
        ("p}", &["?"]),
        ("k", &["?"]),
        ("w", &["?"]),
        ("p x", &["?"]),
    ];

    #[test]
    fn scripts_tell_their_files_and_commands() {
        check(Language::Sed, ROWS);
    }

    #[test]
    fn a_nul_byte_is_not_understood() {
        assert!(!analyze(b"p\0").unknown.is_empty());
    }
}
