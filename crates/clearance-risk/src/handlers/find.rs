//! `find` and `fd`: expressions that run, write and delete. Facts: find(1), GNU findutils 4.9
//! and macOS; fd(1) 10.

mod bound;

use clearance_core::Effect;
use clearance_shell::invocation::{Cwd, Dynamic, Glob, Reason, Value, Word};

use crate::arg::Arg;
use crate::judge::{Call, Judge, Site, Taint};
use crate::names::{FIND_PLAIN, FIND_TEXT, NAME_PRINTER, SECRET_HINT};
use crate::path::Scope;
use crate::secret::selects_secrets;
use crate::spec::WordRole;

/// `find [PATH]... [EXPRESSION]`.
pub(super) fn find(judge: &mut Judge<'_>, call: &Call<'_>) {
    let words = call.argv.get(1..).unwrap_or_default();
    let mut at = 0;
    let mut follows = false;
    while let Some(word) = words.get(at) {
        match word.as_static() {
            Some(flag @ (b"-H" | b"-L" | b"-P" | b"-E" | b"-x" | b"-X" | b"-s" | b"-d")) => {
                follows |= flag == b"-L";
                at += 1;
            }
            Some(b"-D") => at += 2,
            Some(text) if text.starts_with(b"-O") => at += 1,
            _ => break,
        }
    }
    let has = |names: &[&[u8]]| {
        let mut all = words.iter().filter_map(Word::as_static);
        all.any(|word| names.contains(&word))
    };
    if has(&[b"-files0-from"]) && has(&[b"-delete", b"-exec", b"-execdir", b"-ok", b"-okdir"]) {
        judge.unknown("find.list", call.span(), || {
            "where it looks stands in a file".to_owned()
        });
    }
    let starts = words.get(at..).unwrap_or_default();
    let count = starts
        .iter()
        .position(begins_expression)
        .unwrap_or(starts.len());
    let (starts, expression) = starts.split_at(count);
    for start in starts {
        let arg = Arg::new(start);
        let loose = arg.dynamic().is_some_and(|d| {
            // `"$dir/src"`: no part of an expression holds a slash.
            let path = !d.may_split && d.suffix.contains(&b'/');
            d.may_start_dash && !d.numeric && !path && !judge.is_undashed(d)
        });
        if loose {
            judge.unknown("find.start", start.span, || {
                format!("`{}` could be an expression of `find`", arg.show())
            });
        }
        judge.path(WordRole::List, arg, call.site);
    }
    let mut search = Search {
        judge,
        call,
        starts,
        names: Vec::new(),
    };
    search.collect_names(expression);
    follows |= expression
        .iter()
        .any(|w| matches!(w.as_static(), Some(b"-follow" | b"-L")));
    if follows || !bound::is_bounded(expression) {
        // What links lead to lies anywhere.
        search.names.push(b"*");
    }
    search.expression(expression);
}

/// A regular expression for names that speaks of secrets.
pub(crate) fn hints_at_secrets(text: &[u8]) -> bool {
    SECRET_HINT.has(text.to_ascii_lowercase())
}

fn begins_expression(word: &Word) -> bool {
    let prefix = Arg::new(word).prefix();
    prefix.starts_with(b"-") || matches!(prefix, b"(" | b")" | b"!" | b",")
}

struct Search<'j, 'a, 'c> {
    judge: &'j mut Judge<'a>,
    call: &'c Call<'c>,
    starts: &'c [Word],
    names: Vec<&'c [u8]>,
}

impl<'c> Search<'_, '_, 'c> {
    fn collect_names(&mut self, expression: &'c [Word]) {
        for pair in expression.windows(2) {
            if let [test, value] = pair {
                let test = test.as_static().unwrap_or_default();
                if matches!(
                    test,
                    b"-name" | b"-iname" | b"-path" | b"-ipath" | b"-wholename"
                ) {
                    self.names.extend(Arg::new(value).as_static());
                }
                match test {
                    // `*` of a path matches directories too.
                    b"-path" | b"-ipath" | b"-wholename" => self.names.push(b"*"),
                    b"-regex" | b"-iregex" => {
                        let text = Arg::new(value).as_static().unwrap_or(b".env");
                        if hints_at_secrets(text) {
                            self.names.push(b".env");
                        }
                    }
                    b"-samefile" | b"-files0-from" => {
                        self.judge
                            .path(WordRole::Read, Arg::new(value), self.call.site);
                    }
                    _ => {}
                }
            }
        }
        if self.names.iter().any(|n| selects_secrets(n)) {
            self.judge.taint(Taint::SECRET_NAMES);
        }
    }

    fn expression(&mut self, words: &'c [Word]) {
        let mut at = 0;
        while let Some(word) = words.get(at) {
            at += 1;
            let Some(text) = Arg::new(word).as_str() else {
                self.unknown(word);
                continue;
            };
            if FIND_PLAIN.has(text) {
                continue;
            }
            if FIND_TEXT.has(text) || text.starts_with("-newer") {
                if let Some(value) = words.get(at) {
                    self.value(value);
                }
                at += 1;
                continue;
            }
            match text {
                "-delete" => self.delete(),
                "-fprint" | "-fprint0" | "-fls" | "-fprintf" => {
                    if let Some(file) = words.get(at) {
                        self.judge
                            .path(WordRole::Write, Arg::new(file), self.call.site);
                    }
                    at += if text == "-fprintf" { 2 } else { 1 };
                }
                "-exec" | "-execdir" | "-ok" | "-okdir" => {
                    let rest = words.get(at..).unwrap_or_default();
                    let ends = |i: usize, w: &Word| match w.as_static() {
                        Some(b";") => true,
                        Some(b"+") => {
                            i > 0 && rest.get(i - 1).and_then(Word::as_static) == Some(b"{}")
                        }
                        _ => false,
                    };
                    let end = rest.iter().enumerate().position(|(i, w)| ends(i, w));
                    let Some(end) = end else {
                        self.unknown(word);
                        return;
                    };
                    let many = rest.get(end).and_then(Word::as_static) == Some(b"+");
                    self.exec(
                        rest.get(..end).unwrap_or_default(),
                        text.ends_with("dir"),
                        many,
                    );
                    at += end + 1;
                }
                _ => self.unknown(word),
            }
        }
    }

    fn value(&mut self, value: &Word) {
        let arg = Arg::new(value);
        if arg.dynamic().is_some_and(|d| d.may_split || d.may_vanish) {
            self.unknown(value);
        }
    }

    fn unknown(&mut self, word: &Word) {
        self.judge.unknown("find.expression", word.span, || {
            format!(
                "`{}` in the expression of `find` was not understood",
                Arg::new(word).show()
            )
        });
    }

    /// Everything that may be found below the starts.
    fn found(&self, many: bool) -> Vec<Word> {
        let here = Word::fixed(b".", self.call.span());
        let starts = if self.starts.is_empty() {
            std::slice::from_ref(&here)
        } else {
            self.starts
        };
        let mut words = Vec::new();
        for start in starts {
            let arg = Arg::new(start);
            let names: &[&[u8]] = if self.names.is_empty() {
                &[b"*"]
            } else {
                &self.names
            };
            for name in names {
                let name = name.rsplit(|&b| b == b'/').next().unwrap_or(name);
                let value = match arg.known() {
                    Some(paths) => {
                        for path in paths {
                            let mut pattern = path.to_vec();
                            pattern.push(b'/');
                            pattern.extend_from_slice(name);
                            let glob = Glob {
                                pattern: pattern.into(),
                                single: !many,
                                may_vanish: many,
                            };
                            words.push(Word {
                                value: Value::Glob(glob),
                                span: start.span,
                            });
                        }
                        continue;
                    }
                    None => Value::Dynamic(Dynamic {
                        prefix: arg.prefix().into(),
                        may_split: many,
                        may_vanish: false,
                        may_start_dash: false,
                        ..Dynamic::unknown(Reason::Glob)
                    }),
                };
                words.push(Word {
                    value,
                    span: start.span,
                });
            }
        }
        words
    }

    /// A reader of all that lies below home or the whole system.
    fn everything(&mut self, command: &[Word]) {
        let first = command.first().and_then(Word::as_static);
        let lists = first.is_some_and(|f| NAME_PRINTER.has(crate::run::base_name(f)));
        if lists || !(self.names.is_empty() || self.names.contains(&&b"*"[..])) {
            return;
        }
        for start in self.starts {
            let Some(paths) = Arg::new(start).known() else {
                continue;
            };
            for path in paths {
                for place in self.judge.locate(path, false, &self.call.site.cwd) {
                    if matches!(place.scope, Scope::HomeTop | Scope::Top | Scope::Proc) {
                        self.judge
                            .path(WordRole::ReadTree, Arg::new(start), self.call.site);
                    }
                }
            }
        }
    }

    fn delete(&mut self) {
        for found in self.found(true) {
            self.judge
                .path(WordRole::DeleteTree, Arg::new(&found), self.call.site);
        }
    }

    fn exec(&mut self, command: &[Word], in_dir: bool, many: bool) {
        self.everything(command);
        let site = if in_dir {
            let cwd = match (self.starts, self.call.site.cwd.as_ref()) {
                ([], cwd) => cwd.clone(),
                ([one], cwd) => self.judge.change_dir(Arg::new(one), cwd),
                _ => Cwd::Unknown,
            };
            let cwd = match cwd {
                Cwd::Known(dir) => Cwd::Below(dir),
                other => other,
            };
            Site {
                cwd: std::borrow::Cow::Owned(cwd),
                ..self.call.site.clone()
            }
        } else {
            self.call.site.clone()
        };
        let first = command
            .first()
            .and_then(Word::as_static)
            .unwrap_or_default();
        if matches!(
            crate::run::base_name(first),
            b"chmod" | b"chown" | b"chgrp" | b"setfacl"
        ) {
            self.judge.report(
                Effect::ChangeMode,
                35,
                "mode.bulk",
                self.call.span(),
                || "changes the mode or owner of every file that is found".to_owned(),
            );
        }
        for found in self.found(many) {
            let argv: Vec<Word> = command
                .iter()
                .map(|part| put(part, &found, in_dir))
                .collect();
            self.judge.run_argv(&argv, &site);
        }
    }
}

/// `part` with `{}` replaced by what was found.
fn put(part: &Word, found: &Word, in_dir: bool) -> Word {
    let Some(text) = part.as_static() else {
        return part.clone();
    };
    let Some(at) = text.windows(2).position(|w| w == b"{}") else {
        return part.clone();
    };
    if text == b"{}" && !in_dir {
        return found.clone();
    }
    if text == b"{}" {
        let pattern = b"./*"[..].into();
        return Word {
            value: Value::Glob(Glob {
                pattern,
                single: true,
                may_vanish: false,
            }),
            span: part.span,
        };
    }
    let before = text.get(..at).unwrap_or_default();
    let after = text.get(at + 2..).unwrap_or_default();
    let clear = !after.windows(2).any(|w| w == b"{}");
    if let (Value::Glob(glob), true) = (&found.value, clear) {
        let mut pattern = before.to_vec();
        pattern.extend_from_slice(&glob.pattern);
        pattern.extend_from_slice(after);
        let glob = Glob {
            pattern: pattern.into(),
            single: glob.single,
            may_vanish: glob.may_vanish,
        };
        return Word {
            value: Value::Glob(glob),
            span: part.span,
        };
    }
    let dynamic = Dynamic {
        prefix: before.into(),
        may_split: false,
        may_vanish: false,
        may_start_dash: before.is_empty(),
        ..Dynamic::unknown(Reason::Glob)
    };
    Word {
        value: Value::Dynamic(dynamic),
        span: part.span,
    }
}

/// `fd [PATTERN] [PATH]... [-x COMMAND...]`.
pub(super) fn fd(judge: &mut Judge<'_>, call: &Call<'_>) {
    for effect in call.command().effects.iter() {
        judge.effect(effect, call);
    }
    for given in call.options() {
        if let (Some(value), false) = (given.value, given.spec.role == WordRole::Command) {
            judge.word(given.spec.role, value, call);
        }
    }
    judge.operand_defaults(call);
    if call
        .operand(0)
        .and_then(Arg::as_static)
        .is_some_and(selects_secrets)
    {
        judge.taint(Taint::SECRET_NAMES);
    }
    let Some(command) = call.rest() else { return };
    let end = command.iter().position(|w| w.as_static() == Some(b";"));
    let command = command
        .get(..end.unwrap_or(command.len()))
        .unwrap_or_default();
    let many = call.has(&["-X", "--exec-batch"]);
    let starts: Vec<&[u8]> = call.operands().skip(1).filter_map(Arg::as_static).collect();
    let start = starts.first().copied().unwrap_or(b".");
    let mut pattern = start.to_vec();
    pattern.extend_from_slice(b"/*");
    let glob = Glob {
        pattern: pattern.into(),
        single: !many,
        may_vanish: many,
    };
    let found = Word {
        value: Value::Glob(glob),
        span: call.span(),
    };
    let mut argv: Vec<Word> = Vec::new();
    let mut placed = false;
    for part in command {
        let text = part.as_static().unwrap_or_default();
        if text.windows(2).any(|w| matches!(w, b"{}" | b"{/" | b"{.")) {
            placed = true;
            argv.push(if text == b"{}" {
                found.clone()
            } else {
                put(part, &found, false)
            });
        } else {
            argv.push(part.clone());
        }
    }
    if !placed {
        argv.push(found);
    }
    if starts.len() > 1
        || call
            .value(&["--search-path", "-C", "--base-directory"])
            .is_some()
    {
        judge.unknown("fd.exec", call.span(), || {
            "what the command of `fd` gets was not followed".to_owned()
        });
    }
    judge.run_argv(&argv, call.site);
    judge.ledger_effect(Effect::List);
}
