//! Meta commands: sqlite3's dot commands, psql's and mysql's backslash commands, and mysql's
//! commands without one.

use clearance_core::Effect;

use super::{Sql, begins, fixed};
use crate::code::CodeTarget;
use crate::names::{MYSQL_WORD, PSQL_BACKSLASH, SQLITE_DOT};

impl Sql<'_> {
    /// A command for the database's shell at the start of a line; `true`: it was one.
    pub(super) fn meta_line(&mut self) -> bool {
        let start = self.at;
        let rest = self.code.get(start..).unwrap_or_default();
        if rest.starts_with(b".") && rest.get(1).is_some_and(u8::is_ascii_alphabetic) {
            let line = self.rest_of_line();
            self.at += line.len();
            self.dot(start, line);
            return true;
        }
        let word: Vec<u8> = rest
            .iter()
            .take(24)
            .take_while(|b| b.is_ascii_alphabetic())
            .map(u8::to_ascii_lowercase)
            .collect();
        if !MYSQL_WORD.has(&word) {
            return false;
        }
        let line = self.rest_of_line();
        let tail = line.get(word.len()..).unwrap_or_default().trim_ascii();
        match word.as_slice() {
            b"system" => {
                let command = tail.strip_suffix(b";").unwrap_or(tail);
                self.notes.act(
                    Effect::RunOther,
                    CodeTarget::Shell(fixed(command)),
                    start,
                    start + line.len(),
                );
            }
            b"source" | b"pager" | b"tee" | b"notee" | b"nopager" | b"edit" | b"delimiter"
            | b"connect" | b"rehash" | b"prompt" | b"resetconnection" | b"charset" => {
                self.notes.unknown(
                    start,
                    start + line.len(),
                    "a command of the database's shell",
                );
            }
            _ => return false,
        }
        self.at += line.len();
        true
    }

    fn dot(&mut self, start: usize, line: &[u8]) {
        let end = start + line.len();
        let name_len = line
            .iter()
            .skip(1)
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count();
        let name = String::from_utf8_lossy(line.get(1..=name_len).unwrap_or_default()).into_owned();
        let rest = line.get(name_len + 1..).unwrap_or_default().trim_ascii();
        let args = words(rest);
        let last = args.as_ref().and_then(|a| a.last().cloned());
        match name.as_str() {
            "tables" | "schema" | "indexes" | "indices" | "databases" | "dump" | "fullschema"
            | "dbinfo" | "sha3sum" => {
                self.act(Effect::DbRead, start, end);
            }
            name if SQLITE_DOT.has(name) => {}
            "output" | "once" | "log" | "trace" => match (args.as_deref(), last) {
                (Some([]), _) => {}
                (Some([only]), _)
                    if matches!(only.as_slice(), b"stdout" | b"off" | b"on" | b"stderr") => {}
                // `-e` and `-x` open an editor or a spreadsheet.
                (Some([only]), _) if only.starts_with(b"-") => {
                    self.notes
                        .unknown(start, end, "a command of the database's shell")
                }
                (Some([only]), _) => match only.strip_prefix(b"|") {
                    Some(command) => self.shell(command, start, end),
                    None => self.path(Effect::Write, Some(only), start, end),
                },
                (_, Some(_)) if rest.starts_with(b"|") => {
                    self.shell(rest.get(1..).unwrap_or_default(), start, end)
                }
                _ => self
                    .notes
                    .unknown(start, end, "a command of the database's shell"),
            },
            "backup" | "save" | "clone" => match last {
                Some(file) => self.path(Effect::Write, Some(&file), start, end),
                None => self.path(Effect::Write, None, start, end),
            },
            "open" => match last {
                Some(file) => self.path(Effect::DbRead, Some(&file), start, end),
                None => self
                    .notes
                    .unknown(start, end, "a command of the database's shell"),
            },
            "restore" => {
                self.path(Effect::Read, last.as_deref(), start, end);
                self.act(Effect::DbDestroy, start, end);
            }
            "import" => self.import(args.as_deref(), rest, start, end),
            "shell" | "system" => self.shell(rest, start, end),
            _ => self
                .notes
                .unknown(start, end, "a command of the database's shell"),
        }
    }

    fn import(&mut self, args: Option<&[Vec<u8>]>, rest: &[u8], start: usize, end: usize) {
        let file = args.and_then(|a| a.iter().find(|w| !w.starts_with(b"-")));
        match file {
            Some(file) if !file.starts_with(b"|") && !rest.contains(&b'|') => {
                self.path(Effect::Read, Some(file), start, end);
                self.act(Effect::DbChange, start, end);
            }
            _ => self
                .notes
                .unknown(start, end, "a command of the database's shell"),
        }
    }

    fn shell(&mut self, command: &[u8], start: usize, end: usize) {
        // Its quoting is not the shell's: only plain words are passed on as they are.
        let plain = !command.iter().any(|b| b"'\"\\".contains(b));
        let text = if plain { fixed(command) } else { begins(b"") };
        self.notes
            .act(Effect::RunOther, CodeTarget::Shell(text), start, end);
    }

    /// After a backslash outside quotes.
    pub(super) fn backslash(&mut self, start: usize) {
        let line = self.rest_of_line();
        let end = self.at + line.len();
        self.at = end;
        let len = line.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let name = String::from_utf8_lossy(line.get(..len).unwrap_or_default()).into_owned();
        let rest = line.get(len..).unwrap_or_default().trim_ascii();
        let args = rest.trim_start_matches_plus();
        match name.as_str() {
            "" if line.starts_with(b"!") => {
                let command = line.get(1..).unwrap_or_default().trim_ascii();
                self.notes.act(
                    Effect::RunOther,
                    CodeTarget::Shell(fixed(command)),
                    start,
                    end,
                );
            }
            "copy" => self.copy_meta(rest, start, end),
            // `\g file`, `\T file`: with an argument these write; a backquote runs a command.
            "g" | "gx" | "s" | "T" | "C" | "w" | "p" if !args.is_empty() => {
                self.notes
                    .unknown(start, end, "a command of the database's shell");
            }
            _ if rest.contains(&b'`') || rest.contains(&b'\\') || rest.contains(&b'|') => {
                self.notes
                    .unknown(start, end, "a command of the database's shell");
            }
            name if PSQL_BACKSLASH.has(name) => {
                if name.starts_with('d') || matches!(name, "l" | "list" | "z" | "sf" | "sv") {
                    self.act(Effect::DbRead, start, end);
                }
            }
            _ => self
                .notes
                .unknown(start, end, "a command of the database's shell"),
        }
    }

    /// `\copy table from 'file'`, `\copy (query) to 'file'`.
    fn copy_meta(&mut self, rest: &[u8], start: usize, end: usize) {
        let lower = rest.to_ascii_lowercase();
        let has = |word: &[u8]| {
            lower
                .split(|b| !b.is_ascii_alphanumeric())
                .any(|w| w == word)
        };
        if has(b"program") {
            self.notes
                .act(Effect::RunOther, CodeTarget::Shell(begins(b"")), start, end);
            return;
        }
        let mut quoted = rest.split(|&b| b == b'\'');
        let file = quoted.nth(1);
        match file {
            Some(file) if has(b"from") && !has(b"to") => {
                self.path(Effect::Read, Some(file), start, end);
                self.act(Effect::DbChange, start, end);
            }
            Some(file)
                if has(b"to")
                    && !has(b"delete")
                    && !has(b"update")
                    && !has(b"insert")
                    && quoted.nth(1).is_none() =>
            {
                self.path(Effect::Write, Some(file), start, end);
                self.act(Effect::DbRead, start, end);
            }
            _ => self
                .notes
                .unknown(start, end, "a command of the database's shell"),
        }
    }
}

trait TrimPlus {
    fn trim_start_matches_plus(&self) -> &[u8];
}

impl TrimPlus for [u8] {
    /// `\dt+` and `;` at the end say nothing about files.
    fn trim_start_matches_plus(&self) -> &[u8] {
        let rest = self.strip_prefix(b"+").unwrap_or(self);
        rest.strip_suffix(b";").unwrap_or(rest).trim_ascii()
    }
}

/// Words of a dot command; `None`: with quotes or escapes inside words.
fn words(rest: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&b) = rest.get(at) {
        if b.is_ascii_whitespace() {
            at += 1;
        } else if matches!(b, b'\'' | b'"') {
            let tail = rest.get(at + 1..)?;
            let end = tail.iter().position(|&c| c == b)?;
            let word = tail.get(..end)?;
            if word.contains(&b'\\') {
                return None;
            }
            out.push(word.to_vec());
            at += end + 2;
        } else {
            let tail = rest.get(at..)?;
            let end = tail
                .iter()
                .position(u8::is_ascii_whitespace)
                .unwrap_or(tail.len());
            let word = tail.get(..end)?;
            if word.iter().any(|c| b"'\"\\".contains(c)) {
                return None;
            }
            out.push(word.to_vec());
            at += end;
        }
    }
    Some(out)
}
