//! Files that are run, and programs on standard input.

use clearance_core::{Effect, Span};
use clearance_shell::invocation::{Bytes, Stdin, Value, Word};

use crate::arg::Arg;
use crate::judge::{Judge, Site, Taint};
use crate::path::Place;
use crate::run::{base_name, setup};
use crate::spec::{Lang, WordRole};

impl Judge<'_> {
    /// A file with a program; `args` are the words after it.
    pub fn run_file(&mut self, lang: Option<Lang>, file: Arg<'_>, args: &[Word], site: &Site<'_>) {
        if let Some(known) = file.known() {
            for path in known {
                if matches!(path, b"-" | b"/dev/stdin") {
                    let values: Vec<Value> = args.iter().map(|w| w.value.clone()).collect();
                    self.run_stdin_with(lang, &values, site, file.span());
                    continue;
                }
                if path.starts_with(b"npm:") || path.starts_with(b"jsr:") {
                    // A package by the name that deno has for it.
                    self.path(WordRole::Run, file, site);
                    continue;
                }
                if path.windows(3).any(|w| w == b"://") {
                    self.report(
                        Effect::RunDownloaded,
                        95,
                        "run.downloaded",
                        file.span(),
                        || format!("runs `{}` from the network", file.show()),
                    );
                    continue;
                }
                for place in self.locate(path, false, &site.cwd) {
                    self.run_file_at(lang, &place, file.span(), args, site);
                }
            }
        } else if let Some((pattern, _)) = file.glob() {
            for place in self.locate(pattern, true, &site.cwd) {
                self.rated_run(&place, file.span());
                self.run_written_below(lang, &place, file.span(), args, site);
            }
        } else {
            self.dynamic_code(file);
        }
    }

    /// What the script itself has written where a pattern looks.
    fn run_written_below(
        &mut self,
        lang: Option<Lang>,
        pattern: &Place,
        span: Span,
        args: &[Word],
        site: &Site<'_>,
    ) {
        let literal = pattern.path.split(|b| b"*?[".contains(b)).next();
        let literal = literal.unwrap_or_default().to_vec();
        let mut paths: Vec<Vec<u8>> = Vec::new();
        for written in &self.ledger.written {
            if written.path.starts_with(&literal) && !paths.contains(&written.path) {
                paths.push(written.path.clone());
            }
        }
        for path in paths {
            for place in self.locate(&path, false, &site.cwd) {
                self.run_file_at(lang, &place, span, args, site);
            }
        }
    }

    pub(super) fn run_file_at(
        &mut self,
        lang: Option<Lang>,
        place: &Place,
        span: Span,
        args: &[Word],
        site: &Site<'_>,
    ) {
        let words: Vec<Arg<'_>> = args.iter().map(Arg::new).collect();
        crate::tasks::judge_admin(self, base_name(&place.path), &words, site);
        let written = self
            .ledger
            .written
            .iter()
            .rev()
            .find(|w| w.path == place.path)
            .cloned();
        let Some(written) = written else {
            let near = |p: crate::path::Place| crate::judge::is_near(p.scope);
            if self.ledger.built.contains(&place.path)
                && self.locate(b".", false, &site.cwd).all(near)
            {
                return self.ledger_effect(Effect::RunProject);
            }
            if setup::is_setup_script(&place.path, self.places.home()) {
                return self.ledger_effect(Effect::RunOther);
            }
            return self.rated_run(place, span);
        };
        let path = String::from_utf8_lossy(&place.path).into_owned();
        if written.taint.has(Taint::NET) {
            return self.report(Effect::RunDownloaded, 95, "run.downloaded", span, || {
                format!("`{path}` was just written from the network and is run")
            });
        }
        let Some(text) = written.text else {
            return self.unknown("run.written", span, || {
                format!("`{path}` was written by this script with a text that is not known")
            });
        };
        match lang.map_or_else(|| shebang(&text), Interpreter::Code) {
            Interpreter::Shell => {
                let mut positional = vec![Bytes::from(place.path.as_slice())];
                let known = args.iter().all(|w| match &w.value {
                    Value::Static(bytes) => {
                        positional.push(bytes.clone());
                        true
                    }
                    _ => false,
                });
                self.shell_text(&text, known.then_some(positional), span, site);
            }
            Interpreter::Code(lang) => {
                let values: Vec<Value> = args.iter().map(|w| w.value.clone()).collect();
                self.ledger.ran.push(text.clone());
                self.file_text(lang, &place.path, &text, &values, span, site);
            }
            Interpreter::Other => self.unknown("run.written", span, || {
                format!("`{path}` was written by this script for an interpreter that is not known")
            }),
        }
    }

    /// A shell script file (`bash x.sh`): as [`Judge::run_file`], read as shell whatever its
    /// first line.
    pub fn run_shell_file(&mut self, file: Arg<'_>, args: &[Word], site: &Site<'_>) {
        if let Some(known) = file.known() {
            for path in known {
                for place in self.locate(path, false, &site.cwd) {
                    let text = self
                        .ledger
                        .written
                        .iter()
                        .rev()
                        .find(|w| w.path == place.path && !w.taint.has(Taint::NET))
                        .and_then(|w| w.text.clone());
                    match text {
                        Some(text) => self.shell_text(&text, None, file.span(), site),
                        None if matches!(path, b"-" | b"/dev/stdin") => {
                            self.run_stdin(None, site, file.span());
                        }
                        None => self.run_file_at(None, &place, file.span(), args, site),
                    }
                }
            }
            return;
        }
        self.run_file(None, file, args, site);
    }

    /// Standard input is a program: in a language, or (`None`) for a shell.
    pub fn run_stdin(&mut self, lang: Option<Lang>, site: &Site<'_>, span: Span) {
        self.run_stdin_with(lang, &[], site, span);
    }

    /// As [`Judge::run_stdin`], with the arguments that the program gets.
    fn run_stdin_with(&mut self, lang: Option<Lang>, args: &[Value], site: &Site<'_>, span: Span) {
        let taint = self.stdin_taint(site.stdin);
        if taint.has(Taint::NET) {
            return self.report(Effect::RunDownloaded, 95, "run.downloaded", span, || {
                "what the network answers is run as a program".to_owned()
            });
        }
        match site.stdin {
            Stdin::Null => {}
            Stdin::Inherit => {
                self.report(Effect::Interactive, 35, "run.interactive", span, || {
                    "an interactive interpreter waits for a person".to_owned()
                });
            }
            Stdin::Text(text) => match lang {
                None => self.shell_text(text, None, span, site),
                Some(lang) => self.code_text(lang, text, args, span, site),
            },
            Stdin::File(word) => match lang {
                None => self.run_shell_file(Arg::new(word), &[], site),
                Some(_) => self.run_file(lang, Arg::new(word), &[], site),
            },
            Stdin::Dynamic(_) | Stdin::Pipe(_) => {
                self.unknown("code.stdin", span, || {
                    "the program on standard input is not determined".to_owned()
                });
            }
        }
    }
}

/// What a file is run by.
enum Interpreter {
    Shell,
    Code(Lang),
    Other,
}

/// The interpreter of a file's first line; without one, the shell.
fn shebang(text: &[u8]) -> Interpreter {
    let line = text.split(|&b| b == b'\n').next().unwrap_or_default();
    let Some(line) = line.strip_prefix(b"#!") else {
        return if text.starts_with(b"\x7fELF") {
            Interpreter::Other
        } else {
            Interpreter::Shell
        };
    };
    let mut words = line
        .split(|b| b.is_ascii_whitespace())
        .filter(|w| !w.is_empty());
    let mut name = base_name(words.next().unwrap_or_default());
    if name == b"env" {
        name = words.next().unwrap_or_default();
        if name == b"-S" {
            name = words.next().unwrap_or_default();
        }
    }
    if words
        .next()
        .is_some_and(|w| !matches!(w, b"-e" | b"-eu" | b"-u" | b"-x" | b"-ex"))
    {
        return Interpreter::Other;
    }
    match name {
        b"sh" | b"bash" | b"dash" | b"zsh" | b"ash" => Interpreter::Shell,
        b"python" | b"python3" => Interpreter::Code(Lang::Python),
        b"node" | b"bun" | b"deno" => Interpreter::Code(Lang::Javascript),
        b"ruby" => Interpreter::Code(Lang::Ruby),
        b"perl" => Interpreter::Code(Lang::Perl),
        b"php" => Interpreter::Code(Lang::Php),
        b"lua" => Interpreter::Code(Lang::Lua),
        _ => Interpreter::Other,
    }
}
