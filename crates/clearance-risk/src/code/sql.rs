//! SQL, and the meta commands of the sqlite3, psql and mysql shells.
//!
//! The dialect is not known: where the dialects cut a text into statements differently, it is
//! not understood. Source of facts: the SQLite 3.46, PostgreSQL 17 and MySQL 8.4 manuals, and
//! the manual pages of their shells. Tokens are in [`lexer`], files and functions of the server in
//! [`reach`], meta commands in [`meta`].

use crate::names::SQLITE_PRAGMA;

mod lexer;
mod meta;
mod reach;
#[cfg(test)]
mod tests;

use clearance_core::Effect;

use self::lexer::{Tok, Token};
use super::notes::{Notes, begins, fixed};
use super::{CodeReport, CodeTarget};

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
            | "discard" => self.act(Effect::Compute, start, end),
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
            // `SET log_query_path = '...'`: files that are written from now on.
            "set"
                if ["_path", "_output", "_directory"]
                    .iter()
                    .any(|e| second.ends_with(e))
                    && second != "search_path" =>
            {
                self.notes
                    .unknown(start, end, "a setting that names a file");
            }
            // `RESET MASTER` of MySQL deletes the logs that replicas read.
            "reset"
                if matches!(
                    second,
                    "master" | "replica" | "slave" | "binary" | "persist"
                ) =>
            {
                self.act(Effect::DbDestroy, start, end);
            }
            "set" | "reset" => self.act(Effect::Compute, start, end),
            "pragma" => self.pragma(tokens, start, end),
            "insert" | "replace" | "merge" | "upsert" | "analyze" | "vacuum" | "reindex"
            | "cluster" | "refresh" | "comment" | "optimize" | "repair" | "check" | "lock"
            | "unlock" | "rename" | "import" => self.act(Effect::DbChange, start, end),
            "update" | "delete" => self.act(
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
            Tok::Word(w) if SQLITE_PRAGMA.has(w) => Some(w.as_str()),
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
}
