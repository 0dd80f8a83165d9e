//! What a statement reaches outside the database: files, addresses, functions of the server.

use clearance_core::Effect;

use super::Sql;
use super::lexer::{Tok, Token};
use crate::names::{SQL_BANNED, SQL_READER, SQL_SECRET};

impl<'a> Sql<'a> {
    /// `INTO OUTFILE`, `INTO DUMPFILE`, `VACUUM INTO`, `LOAD DATA`.
    pub(super) fn files(&mut self, tokens: &[Token<'a>]) {
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
    pub(super) fn source(&mut self, text: Option<&[u8]>, start: usize, end: usize) {
        if text.is_some_and(|t| t.windows(3).any(|w| w == b"://")) {
            self.notes
                .unknown(start, end, "data that lies on another machine");
        } else {
            self.path(Effect::Read, text, start, end);
        }
    }

    /// Functions that reach outside the database.
    pub(super) fn functions(&mut self, tokens: &[Token<'a>]) {
        // Tables of the server that hold the hashes of passwords.
        for (i, (token, start, end)) in tokens.iter().enumerate() {
            let Tok::Word(word) = token else { continue };
            let user = word == "user"
                && matches!(
                    tokens.get(i.wrapping_sub(1)).map(|t| &t.0),
                    Some(Tok::Mark(b'.'))
                )
                && matches!(tokens.get(i.wrapping_sub(2)).map(|t| &t.0), Some(Tok::Word(w)) if w == "mysql");
            if user || SQL_SECRET.has(word) {
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
                name if SQL_READER.has(name) => self.source(text, *start, *end),
                name if !SQL_BANNED.has(name)
                    && (name.starts_with("read_") || name.ends_with("_scan")) =>
                {
                    self.source(text, *start, *end);
                }
                "writefile" => self.path(Effect::Write, text, *start, *end),
                name if SQL_BANNED.has(name)
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
