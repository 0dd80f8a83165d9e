//! SQL, and the meta commands of the sqlite3, psql and mysql shells.
//!
//! The dialect is not known: where the dialects cut a text into statements differently, it is
//! not understood. Source of facts: the SQLite 3.46, PostgreSQL 17 and MySQL 8.4 manuals, and
//! the manual pages of their shells. Meta commands are in [`meta`].

mod lists;
mod meta;
use self::lists::{DANGEROUS, PRAGMAS};
use super::notes::{Notes, begins, fixed};
use super::{CodeReport, CodeTarget};
use clearance_core::Effect;

/// A token of a statement.
#[derive(Clone, Debug, PartialEq)]
enum Tok<'a> {
    /// A word, in lower case.
    Word(String),
    /// A quoted string or name: its text.
    Text(&'a [u8]),
    Mark(u8),
}

type Token<'a> = (Tok<'a>, usize, usize);

/// Reasons that occur often.
const AMBIGUOUS: &str = "text that databases read differently";

struct Sql<'a> {
    code: &'a [u8],
    at: usize,
    notes: Notes,
}

/// What a text of SQL statements would do.
pub(super) fn analyze(code: &[u8]) -> CodeReport {
    let mut sql = Sql {
        code,
        at: 0,
        notes: Notes::default(),
    };
    if code.contains(&0) {
        sql.notes.unknown(0, code.len(), "a NUL byte");
        return sql.notes.finish();
    }
    let mut statement: Vec<Token<'_>> = Vec::new();
    while sql.at < code.len() {
        if statement.is_empty() && sql.meta_line() {
            continue;
        }
        match sql.token() {
            Ok(Some((Tok::Mark(b';'), ..))) => {
                sql.statement(&statement);
                statement.clear();
            }
            Ok(Some((Tok::Mark(b'\\'), start, _))) => {
                // psql and mysql: a command for the shell, also after a statement.
                sql.statement(&statement);
                statement.clear();
                sql.backslash(start);
            }
            Ok(Some(token)) => statement.push(token),
            Ok(None) => {}
            Err((start, why)) => {
                sql.notes.unknown(start, code.len(), why);
                break;
            }
        }
    }
    sql.statement(&statement);
    sql.notes.finish()
}

impl<'a> Sql<'a> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.code.get(self.at + ahead).copied()
    }

    fn rest_of_line(&self) -> &'a [u8] {
        let rest = self.code.get(self.at..).unwrap_or_default();
        rest.split(|&b| b == b'\n').next().unwrap_or_default()
    }

    /// The next token; `None`: blanks or a comment were skipped.
    fn token(&mut self) -> Result<Option<Token<'a>>, (usize, &'static str)> {
        let start = self.at;
        let Some(b) = self.peek(0) else {
            return Ok(None);
        };
        let quiet = |line: &[u8]| {
            !line.iter().any(|c| b"'\"`;$\\".contains(c)) && !line.windows(2).any(|w| w == b"/*")
        };
        match b {
            b'-' if self.peek(1) == Some(b'-') => {
                // MySQL wants a blank after the dashes.
                let plain = self.peek(2).is_none_or(|c| c.is_ascii_whitespace());
                let line = self.rest_of_line();
                if !plain && !quiet(line) {
                    return Err((start, AMBIGUOUS));
                }
                self.at += line.len();
                Ok(None)
            }
            b'#' => {
                // A comment for MySQL, an operator for PostgreSQL.
                if !quiet(self.rest_of_line()) {
                    return Err((start, AMBIGUOUS));
                }
                self.at += 1;
                Ok(Some((Tok::Mark(b'#'), start, self.at)))
            }
            b'/' if self.peek(1) == Some(b'*') => self.comment(),
            b'\'' | b'"' | b'`' => self.quoted(b),
            b'$' if self.dollar_quote() => Err((start, "a dollar-quoted body")),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => {
                while self.peek(0).is_some_and(|c| {
                    c == b'_' || c == b'$' || c >= 0x80 || c.is_ascii_alphanumeric()
                }) {
                    self.at += 1;
                }
                let word = self.code.get(start..self.at).unwrap_or_default();
                // `E'…'` has backslash escapes, `U&'…'` others.
                if self.peek(0) == Some(b'\'')
                    && !matches!(word, b"x" | b"X" | b"b" | b"B" | b"N" | b"n")
                {
                    return Err((start, AMBIGUOUS));
                }
                Ok(Some((
                    Tok::Word(String::from_utf8_lossy(word).to_ascii_lowercase()),
                    start,
                    self.at,
                )))
            }
            b'0'..=b'9' => {
                while self
                    .peek(0)
                    .is_some_and(|c| c == b'.' || c.is_ascii_alphanumeric())
                {
                    self.at += 1;
                }
                Ok(Some((Tok::Mark(b'0'), start, self.at)))
            }
            _ if b.is_ascii_whitespace() => {
                self.at += 1;
                Ok(None)
            }
            _ => {
                self.at += 1;
                Ok(Some((Tok::Mark(b), start, self.at)))
            }
        }
    }

    fn comment(&mut self) -> Result<Option<Token<'a>>, (usize, &'static str)> {
        let start = self.at;
        let rest = self.code.get(self.at + 2..).unwrap_or_default();
        let Some(end) = rest.windows(2).position(|w| w == b"*/") else {
            return Err((start, "a comment has no end"));
        };
        let body = rest.get(..end).unwrap_or_default();
        // MySQL runs `/*! … */`; only PostgreSQL nests comments.
        if body.starts_with(b"!") || body.starts_with(b"M!") || body.windows(2).any(|w| w == b"/*")
        {
            return Err((start, AMBIGUOUS));
        }
        self.at += end + 4;
        Ok(None)
    }

    fn quoted(&mut self, quote: u8) -> Result<Option<Token<'a>>, (usize, &'static str)> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek(0) {
                None => return Err((start, "a string has no end")),
                // An escape for MySQL, a character for the others.
                Some(b'\\') if matches!(self.peek(1), Some(b'\'' | b'"' | b'`' | b'\\')) => {
                    return Err((start, AMBIGUOUS));
                }
                Some(b) if b == quote => {
                    self.at += 1;
                    if self.peek(0) != Some(quote) {
                        break;
                    }
                    self.at += 1;
                }
                Some(_) => self.at += 1,
            }
        }
        let text = self.code.get(start + 1..self.at - 1).unwrap_or_default();
        Ok(Some((Tok::Text(text), start, self.at)))
    }

    fn dollar_quote(&self) -> bool {
        let rest = self.code.get(self.at + 1..).unwrap_or_default();
        let tag = rest
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count();
        rest.get(tag) == Some(&b'$')
    }

    fn act(&mut self, effect: Effect, start: usize, end: usize) {
        self.notes.act(effect, CodeTarget::None, start, end);
    }

    fn path(&mut self, effect: Effect, text: Option<&[u8]>, start: usize, end: usize) {
        let value = text.map_or_else(|| begins(b""), fixed);
        self.notes.act(effect, CodeTarget::Path(value), start, end);
    }

    fn statement(&mut self, tokens: &[Token<'a>]) {
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
            return;
        };
        let (start, end) = (first.1, last.2);
        let mut skip = 0;
        while matches!(tokens.get(skip).map(|t| &t.0), Some(Tok::Mark(b'('))) {
            skip += 1;
        }
        let words: Vec<&str> = tokens
            .iter()
            .filter_map(|t| match &t.0 {
                Tok::Word(w) => Some(w.as_str()),
                _ => None,
            })
            .collect();
        let Some(Tok::Word(verb)) = tokens.get(skip).map(|t| &t.0) else {
            self.notes
                .unknown(start, end, "the syntax was not understood");
            return;
        };
        self.functions(tokens);
        self.files(tokens);
        let has = |word: &str| words.contains(&word);
        let second = words.get(1).copied().unwrap_or_default();
        match verb.as_str() {
            "select" | "values" | "table" | "with" => self.query(tokens, start, end),
            "from" | "summarize" | "explain" | "describe" | "desc" | "show" | "fetch"
            | "declare" | "help" => self.query(tokens, start, end),
            "begin" | "commit" | "rollback" | "savepoint" | "release" | "end" | "start"
            | "abort" | "use" | "close" | "move" | "deallocate" | "detach" | "unlisten"
            | "discard" | "reset" => self.act(Effect::Compute, start, end),
            "set"
                if matches!(
                    second,
                    "global"
                        | "persist"
                        | "persist_only"
                        | "password"
                        | "role"
                        | "session_authorization"
                        | "resource"
                ) || has("authorization") =>
            {
                self.notes
                    .unknown(start, end, "settings of the server or of rights")
            }
            "set" if tokens.iter().any(|t| t.0 == Tok::Mark(b'@')) => {
                // Session variables: MySQL's can be global too (`@@global.x`).
                self.notes
                    .unknown(start, end, "settings of the server or of rights");
            }
            "set" => self.act(Effect::Compute, start, end),
            "pragma" => self.pragma(tokens, start, end),
            "insert" | "replace" | "merge" | "upsert" | "analyze" | "vacuum" | "reindex"
            | "cluster" | "refresh" | "comment" | "optimize" | "repair" | "check" | "lock"
            | "unlock" | "rename" | "import" => self.act(Effect::DbChange, start, end),
            "update" => self.act(
                if has("where") {
                    Effect::DbChange
                } else {
                    Effect::DbDestroy
                },
                start,
                end,
            ),
            "delete" => self.act(
                if has("where") {
                    Effect::DbChange
                } else {
                    Effect::DbDestroy
                },
                start,
                end,
            ),
            "drop" | "truncate" => self.act(Effect::DbDestroy, start, end),
            "create" => self.create(&words, start, end),
            "alter" => self.alter(&words, start, end),
            "attach" => {
                let file = tokens.iter().find_map(|t| match &t.0 {
                    Tok::Text(text) => Some(*text),
                    _ => None,
                });
                if file.is_some_and(|file| file.windows(3).any(|w| w == b"://")) {
                    self.source(file, start, end);
                } else if file != Some(b":memory:") {
                    self.path(Effect::Write, file, start, end);
                }
            }
            "copy" => self.copy(tokens, &words, start, end),
            _ => self
                .notes
                .unknown(start, end, "a statement that is not known"),
        }
    }

    /// A query can change data too: in `WITH`, by `INTO`, or under `EXPLAIN ANALYZE`.
    fn query(&mut self, tokens: &[Token<'a>], start: usize, end: usize) {
        let word = |i: Option<usize>| match i.and_then(|i| tokens.get(i)).map(|t| &t.0) {
            Some(Tok::Word(w)) => w.as_str(),
            _ => "",
        };
        let mut effect = Effect::DbRead;
        for i in 0..tokens.len() {
            let call = matches!(tokens.get(i + 1).map(|t| &t.0), Some(Tok::Mark(b'(')));
            let before = word(i.checked_sub(1));
            let dotted = i > 0 && matches!(tokens.get(i - 1).map(|t| &t.0), Some(Tok::Mark(b'.')));
            let found = match word(Some(i)) {
                _ if dotted || before == "as" && !call => continue,
                "update" if before == "for" || before == "key" || before == "on" => continue,
                "delete" if before == "on" => continue,
                "insert" | "replace" | "truncate" if call => continue,
                "insert" | "update" | "merge" | "into" | "alter" | "create" | "refresh" => {
                    Effect::DbChange
                }
                "delete" if word(Some(i + 1)) == "from" => Effect::DbDestroy,
                "drop" | "truncate" => Effect::DbDestroy,
                _ => continue,
            };
            if effect != Effect::DbDestroy {
                effect = found;
            }
        }
        let filtered = tokens.iter().any(|t| t.0 == Tok::Word("where".to_owned()));
        if effect == Effect::DbDestroy
            && filtered
            && !tokens
                .iter()
                .any(|t| matches!(&t.0, Tok::Word(w) if w == "drop" || w == "truncate"))
        {
            effect = Effect::DbChange;
        }
        self.act(effect, start, end);
    }

    fn pragma(&mut self, tokens: &[Token<'a>], start: usize, end: usize) {
        let name = tokens.iter().rev().find_map(|t| match &t.0 {
            Tok::Word(w) if PRAGMAS.contains(&w.as_str()) => Some(w.as_str()),
            _ => None,
        });
        let sets = tokens.iter().any(|t| t.0 == Tok::Mark(b'='));
        match name {
            Some(_) if !sets => self.act(Effect::DbRead, start, end),
            Some(
                "foreign_keys" | "cache_size" | "temp_store" | "synchronous" | "busy_timeout"
                | "mmap_size",
            ) => {
                self.act(Effect::Compute, start, end);
            }
            Some(
                "journal_mode" | "user_version" | "page_size" | "auto_vacuum" | "encoding"
                | "application_id",
            ) => {
                self.act(Effect::DbChange, start, end);
            }
            _ => self
                .notes
                .unknown(start, end, "a setting of the database that is not known"),
        }
    }

    fn create(&mut self, words: &[&str], start: usize, end: usize) {
        let kind = words.iter().skip(1).find(|w| {
            !matches!(
                **w,
                "or" | "replace"
                    | "temp"
                    | "temporary"
                    | "unique"
                    | "unlogged"
                    | "global"
                    | "local"
                    | "materialized"
                    | "recursive"
                    | "if"
                    | "not"
                    | "exists"
                    | "fulltext"
                    | "spatial"
                    | "concurrently"
            )
        });
        match kind.copied() {
            Some(
                "table" | "index" | "view" | "schema" | "database" | "sequence" | "type" | "domain"
                | "trigger",
            ) if !words.contains(&"external") => {
                if kind == Some(&"trigger") {
                    self.notes
                        .unknown(start, end, "code that the database runs later");
                }
                self.act(Effect::DbChange, start, end);
            }
            Some("virtual") => {
                let known = words
                    .iter()
                    .any(|w| w.starts_with("fts") || w.starts_with("rtree"));
                if !known {
                    self.notes
                        .unknown(start, end, "a table of a module that is not known");
                }
                self.act(Effect::DbChange, start, end);
            }
            _ => self
                .notes
                .unknown(start, end, "code, rights or servers are created"),
        }
    }

    fn alter(&mut self, words: &[&str], start: usize, end: usize) {
        match words.get(1).copied() {
            Some("table" | "index" | "view" | "sequence" | "schema" | "type") => {
                let drops = words.contains(&"drop");
                self.act(
                    if drops {
                        Effect::DbDestroy
                    } else {
                        Effect::DbChange
                    },
                    start,
                    end,
                );
            }
            _ => self
                .notes
                .unknown(start, end, "rights or settings of the server are changed"),
        }
    }

    /// PostgreSQL's `COPY`: files of the server, or programs.
    fn copy(&mut self, tokens: &[Token<'a>], words: &[&str], start: usize, end: usize) {
        let text = tokens.iter().find_map(|t| match &t.0 {
            Tok::Text(text) if self.code.get(t.1) == Some(&b'\'') => Some(*text),
            _ => None,
        });
        if words.contains(&"program") {
            let command = text.map_or_else(|| begins(b""), fixed);
            self.notes
                .act(Effect::RunOther, CodeTarget::Shell(command), start, end);
        } else if words.contains(&"stdout") && !words.contains(&"stdin") {
            self.query(tokens, start, end);
        } else if words.contains(&"stdin") {
            // The rows follow in the text.
            self.notes.unknown(start, end, "rows inside the text");
        } else if let Some(text) = text {
            let effect = if words.contains(&"from") {
                Effect::Read
            } else {
                Effect::Write
            };
            self.path(effect, Some(text), start, end);
            self.act(
                if effect == Effect::Read {
                    Effect::DbChange
                } else {
                    Effect::DbRead
                },
                start,
                end,
            );
        } else {
            self.notes
                .unknown(start, end, "the syntax was not understood");
        }
    }

    /// `INTO OUTFILE`, `INTO DUMPFILE`, `VACUUM INTO`, `LOAD DATA`.
    fn files(&mut self, tokens: &[Token<'a>]) {
        self.tables_of_files(tokens);
        for (i, (token, start, end)) in tokens.iter().enumerate() {
            let Tok::Word(word) = token else { continue };
            let next = tokens.get(i + 1).map(|t| &t.0);
            let text = match next {
                Some(Tok::Text(text)) => Some(*text),
                _ => None,
            };
            let first = matches!(tokens.first().map(|t| &t.0), Some(Tok::Word(w)) if w == "vacuum");
            match word.as_str() {
                "outfile" | "dumpfile" => self.path(Effect::Write, text, *start, *end),
                "infile" => self.path(Effect::Read, text, *start, *end),
                "into" if first => self.path(Effect::Write, text, *start, *end),
                _ => {}
            }
        }
    }

    /// DuckDB takes the name of a file or an address for a table: `FROM 'data/*.csv'`.
    /// <https://duckdb.org/docs/stable/data/overview>
    fn tables_of_files(&mut self, tokens: &[Token<'a>]) {
        let mut source = false;
        for (token, start, end) in tokens {
            match token {
                Tok::Word(word) => match word.as_str() {
                    "from" | "join" | "describe" | "summarize" => source = true,
                    "where" | "group" | "order" | "having" | "limit" | "union" | "select"
                    | "on" | "using" | "values" | "set" | "qualify" | "window" => source = false,
                    _ => {}
                },
                Tok::Text(text) if source && text.iter().any(|b| b"/.~\\".contains(b)) => {
                    self.source(Some(text), *start, *end);
                }
                Tok::Text(_) | Tok::Mark(_) => {}
            }
        }
    }

    /// Data that is read from a file or an address.
    fn source(&mut self, text: Option<&[u8]>, start: usize, end: usize) {
        if text.is_some_and(|t| t.windows(3).any(|w| w == b"://")) {
            self.notes
                .unknown(start, end, "data that lies on another machine");
        } else {
            self.path(Effect::Read, text, start, end);
        }
    }

    /// Functions that reach outside the database.
    fn functions(&mut self, tokens: &[Token<'a>]) {
        // Tables of the server that hold the hashes of passwords.
        for (i, (token, start, end)) in tokens.iter().enumerate() {
            let Tok::Word(word) = token else { continue };
            let user = word == "user"
                && matches!(
                    tokens.get(i.wrapping_sub(1)).map(|t| &t.0),
                    Some(Tok::Mark(b'.'))
                )
                && matches!(tokens.get(i.wrapping_sub(2)).map(|t| &t.0), Some(Tok::Word(w)) if w == "mysql");
            if user
                || matches!(
                    word.as_str(),
                    "pg_shadow"
                        | "pg_authid"
                        | "pg_user_mapping"
                        | "pg_user_mappings"
                        | "mysql.user"
                        | "rolpassword"
                        | "authentication_string"
                )
            {
                self.act(Effect::Secret, *start, *end);
            }
        }
        for (i, (token, start, end)) in tokens.iter().enumerate() {
            if !matches!(tokens.get(i + 1).map(|t| &t.0), Some(Tok::Mark(b'('))) {
                continue;
            }
            // A quoted name is a name too.
            let name = match token {
                Tok::Word(word) => word.clone(),
                Tok::Text(text) => String::from_utf8_lossy(text).to_ascii_lowercase(),
                Tok::Mark(_) => continue,
            };
            let text = match (
                tokens.get(i + 2).map(|t| &t.0),
                tokens.get(i + 3).map(|t| &t.0),
            ) {
                (Some(Tok::Text(text)), Some(Tok::Mark(b')' | b','))) => Some(*text),
                _ => None,
            };
            match name.as_str() {
                "readfile"
                | "load_file"
                | "pg_read_file"
                | "pg_read_binary_file"
                | "pg_stat_file"
                | "pg_ls_dir"
                | "lsdir"
                | "fsdir"
                | "bfilename"
                | "glob_files"
                | "sniff_csv"
                | "st_read"
                | "parquet_metadata"
                | "parquet_schema"
                | "parquet_file_metadata"
                | "parquet_kv_metadata" => self.source(text, *start, *end),
                name if !DANGEROUS.contains(&name)
                    && (name.starts_with("read_") || name.ends_with("_scan")) =>
                {
                    self.source(text, *start, *end);
                }
                "writefile" => self.path(Effect::Write, text, *start, *end),
                name if DANGEROUS.contains(&name)
                    || name.starts_with("dblink")
                    || name.starts_with("xp_")
                    || name.starts_with("sys_")
                    || name.starts_with("lo_")
                    || name.starts_with("pg_file_")
                    || name.starts_with("utl_")
                    || name.starts_with("dbms_")
                    || name.starts_with("pg_ls_") =>
                {
                    self.notes.unknown(
                        *start,
                        *end,
                        "a function that reaches outside the database",
                    );
                }
                "nextval" | "setval" | "pg_advisory_lock" | "pg_advisory_unlock" => {
                    self.act(Effect::DbChange, *start, *end)
                }
                _ => {}
            }
        }
    }
}
#[cfg(test)]
mod tests;
