//! Texts and files that are run: shell, program code, standard input.

use clearance_core::{Effect, Span};
use clearance_shell::analyze::Progress;
use clearance_shell::invocation::{Bytes, Cwd, Dialect, Env, Reason, Stdin, Value, Word};

use crate::arg::Arg;
use crate::code::{CodeReport, CodeTarget, Language};
use crate::judge::{Judge, Site, Taint, static_word, why};
use crate::path::Place;
use crate::run::{TextId, base_name};
use crate::session::Session;
use crate::spec::{Lang, WordRole};
use crate::{env, score};

/// Steps that running a text costs, besides those of what is in it.
const TEXT_STEPS: usize = 24;

/// Steps that reading a shell text costs.
fn text_steps(script: &[u8]) -> usize {
    TEXT_STEPS + script.len() / 8
}

impl Judge<'_> {
    /// A text run by a shell.
    pub fn run_shell(&mut self, text: Arg<'_>, site: &Site<'_>) {
        self.run_shell_with(text, None, site);
    }

    /// A text run by a shell with positional parameters (`$0` first), if they are known.
    pub fn run_shell_with(
        &mut self,
        text: Arg<'_>,
        positional: Option<Vec<Bytes>>,
        site: &Site<'_>,
    ) {
        let Some(known) = text.known() else {
            return self.dynamic_code(text);
        };
        for script in known {
            self.shell_text(script, positional.clone(), text.span(), site);
        }
    }

    pub(crate) fn shell_text(
        &mut self,
        script: &[u8],
        positional: Option<Vec<Bytes>>,
        span: Span,
        site: &Site<'_>,
    ) {
        if !self.enter_with(span, text_steps(script)) {
            return;
        }
        let environment = self.shell_env(positional, site);
        self.nested(script, &environment, span, site);
    }

    pub(super) fn shell_env(&self, positional: Option<Vec<Bytes>>, site: &Site<'_>) -> Env {
        let mut variables = self.context.variables.clone();
        let here = site
            .invocation
            .exported
            .iter()
            .chain(&site.invocation.assignments);
        for assignment in here.chain(site.env) {
            variables.retain(|(name, _)| *name != assignment.name);
            if let (Value::Static(value), false) = (&assignment.value.value, assignment.append) {
                variables.push((assignment.name.clone(), value.clone()));
            }
        }
        Env {
            cwd: match site.cwd.as_ref() {
                Cwd::Known(dir) => Some(dir.clone()),
                _ => None,
            },
            home: self.context.home.clone(),
            variables,
            positional,
            dialect: match self.context.dialect {
                Dialect::Unknown => Dialect::Unknown,
                _ => Dialect::Bash,
            },
            // Which of both it is makes a difference only for the worse.
            file: true,
            limits: self.context.limits,
        }
    }

    fn nested(&mut self, script: &[u8], environment: &Env, span: Span, site: &Site<'_>) {
        self.ledger.nested = true;
        let outer = Some(self.outer.unwrap_or(span));
        let inherited = self.stdin_taint(site.stdin);
        let writes = std::mem::take(&mut self.ledger.writes);
        let outputs = std::mem::take(&mut self.ledger.outputs);
        let judge = Judge {
            context: self.context,
            catalog: self.catalog,
            places: self.places,
            thresholds: self.thresholds,
            ledger: &mut *self.ledger,
            script: Progress::default(),
            text: &[],
            taints: Vec::new(),
            inherited,
            depth: self.depth + 1,
            outer,
        };
        Session::new(judge, None).run(script, environment);
        self.ledger.writes = writes;
        self.ledger.outputs = outputs;
    }

    pub(super) fn dynamic_code(&mut self, text: Arg<'_>) {
        if self.word_taint(text).has(Taint::NET) {
            return self.report(
                Effect::RunDownloaded,
                95,
                "run.downloaded",
                text.span(),
                || "code from the network is run".to_owned(),
            );
        }
        let reason = text.dynamic().map_or(Reason::Glob, |d| d.reason);
        self.unknown("code.dynamic", text.span(), || {
            format!(
                "the code `{}` is not determined: {}",
                text.show(),
                why(reason)
            )
        });
    }

    /// A program text in a language, with the arguments that it gets.
    pub fn run_code(&mut self, lang: Lang, text: Arg<'_>, args: &[Value], site: &Site<'_>) {
        let Some(known) = text.known() else {
            // Text around numbers: any number will do.
            let value = text.to_value();
            let texts = match &value {
                Value::Dynamic(dynamic) if dynamic.may_split => None,
                // The letters of a date mean something to sed only outside a replacement, where
                // a sample of them is read as a command and refused.
                Value::Dynamic(dynamic) if lang == Lang::Sed => self.with_stamps(dynamic),
                Value::Dynamic(dynamic) => self.with_numbers(dynamic),
                _ => None,
            };
            let Some(texts) = texts else {
                return self.dynamic_code(text);
            };
            // An address without a command: sed refuses the whole script.
            let refused = |source: &[u8]| {
                let line = source.split(|&b| b == b'\n').next().unwrap_or_default();
                line.len() < source.len() && line.iter().all(|b| b.is_ascii_digit() || *b == b',')
            };
            for source in texts {
                if lang == Lang::Sed && refused(&source) {
                    continue;
                }
                self.code_text(lang, &source, args, text.span(), site);
            }
            return;
        };
        for source in known {
            self.code_text(lang, source, args, text.span(), site);
        }
    }

    pub(super) fn code_text(
        &mut self,
        lang: Lang,
        source: &[u8],
        args: &[Value],
        span: Span,
        site: &Site<'_>,
    ) {
        if !self.enter_with(span, TEXT_STEPS) {
            return;
        }
        let args = self.told(args);
        let limit = self.most_steps();
        let steps = &mut self.ledger.steps;
        let fresh = || {
            *steps = steps.saturating_add(u32::try_from(source.len()).unwrap_or(u32::MAX));
            *steps <= limit
        };
        let known = self
            .ledger
            .texts
            .analyze(language(lang), source, &args, fresh);
        let cwd = site.cwd.as_ref();
        let running = |id: TextId| {
            self.ledger
                .running
                .iter()
                .any(|(i, c)| *i == id && c == cwd)
        };
        let Some((id, report)) = known.filter(|(id, _)| !running(*id)) else {
            return self.unknown("limit.depth", span, || {
                "a program text that runs itself, or too much program text".to_owned()
            });
        };
        self.ledger.running.push((id, cwd.clone()));
        self.code_report(lang, source, &report, span, site);
        self.ledger.running.pop();
    }

    fn code_report(
        &mut self,
        lang: Lang,
        source: &[u8],
        report: &CodeReport,
        span: Span,
        site: &Site<'_>,
    ) {
        self.ledger.effects = self.ledger.effects.with(Effect::Compute);
        if let Some(&(_, reason)) = report.unknown.first() {
            self.report(
                Effect::Unknown,
                score::base(Effect::RunInline),
                "code.unknown",
                span,
                || format!("inline code was not understood: {reason}"),
            );
        }
        self.note_code_writes(lang, source, report, site);
        let mut looked = 0u8;
        for act in &report.acts {
            let text_tool = matches!(lang, Lang::Sed | Lang::Awk | Lang::Jq | Lang::Sql);
            if text_tool && matches!(act.target, CodeTarget::Shell(_) | CodeTarget::Argv(_)) {
                self.report(Effect::RunInline, 40, "code.runs", span, || {
                    "a text tool is told to run a command".to_owned()
                });
            }
            if let (true, CodeTarget::Variable(value)) = (text_tool, &act.target) {
                let named = Arg::of(value, span);
                if named
                    .known()
                    .is_none_or(|mut names| names.any(env::is_secret_name))
                {
                    self.report(Effect::Secret, 50, "secret.variable", span, || {
                        format!("the variable `{}` can hold a secret", named.show())
                    });
                }
            }
            if let CodeTarget::Variable(value) = &act.target {
                let named = Arg::of(value, span);
                let shown = named.known().is_some_and(|mut names| {
                    names.any(|n| {
                        let secret = env::is_secret_name(n);
                        looked = looked.saturating_add(u8::from(secret));
                        // A text that asks for that many secrets is not looked through.
                        secret && (looked > 16 || crate::run::prints::prints_variable(source, n))
                    })
                });
                if shown {
                    self.report(Effect::Secret, 50, "secret.variable", span, || {
                        format!("the variable `{}` can hold a secret", named.show())
                    });
                }
            }
            self.depth += 1;
            self.code_act(act.effect, &act.target, span, site);
            self.depth -= 1;
        }
    }

    pub(super) fn code_act(
        &mut self,
        effect: Effect,
        target: &CodeTarget,
        span: Span,
        site: &Site<'_>,
    ) {
        match target {
            CodeTarget::Path(value) => {
                let role = match effect {
                    Effect::Read => WordRole::Read,
                    Effect::List => WordRole::List,
                    Effect::Write => WordRole::Write,
                    Effect::Delete => WordRole::Delete,
                    Effect::DeleteTree => WordRole::DeleteTree,
                    Effect::ChangeMode => WordRole::Mode,
                    Effect::RunProject => WordRole::Run,
                    _ => return self.plain(effect, span),
                };
                self.path(role, Arg::of(value, span), site);
            }
            CodeTarget::Argv(values) => {
                let words: Vec<Word> = values
                    .iter()
                    .map(|v| Word {
                        value: v.clone(),
                        span,
                    })
                    .collect();
                self.run_argv(&words, site);
            }
            CodeTarget::Shell(value) => self.run_shell(Arg::of(value, span), site),
            CodeTarget::Url(value) => {
                let arg = Arg::of(value, span);
                let hub = arg.prefix().starts_with(b"hub:")
                    || arg
                        .known()
                        .is_some_and(|mut all| all.all(|u| u.starts_with(b"hub:")));
                if effect == Effect::NetRead && hub {
                    // A model or data set by its name, as a package.
                    self.taint(Taint::NET);
                    return self.plain(effect, span);
                }
                self.address(arg, effect == Effect::NetWrite, "inline code");
            }
            CodeTarget::Code(language, value) => {
                if let Some(lang) = lang_of(*language) {
                    self.run_code(lang, Arg::of(value, span), &[], site);
                }
            }
            CodeTarget::Variable(value) => {
                let arg = Arg::of(value, span);
                let secret = arg
                    .known()
                    .is_none_or(|mut names| names.any(env::is_secret_name));
                if secret {
                    self.taint(Taint::SECRET);
                    if effect == Effect::Secret {
                        return self.plain(effect, span);
                    }
                }
                // What the program and the programs that it starts are told.
                let told = effect == Effect::Environment
                    && arg.known().is_some_and(|mut names| {
                        let table = self.catalog.env();
                        names.all(|name| {
                            std::str::from_utf8(name).is_ok_and(|name| {
                                table.is_harmless(name)
                                    || !table.is_dangerous(name) && !table.is_path(name)
                            })
                        })
                    });
                if !told && !matches!(effect, Effect::Read | Effect::Secret) {
                    self.plain(effect, span);
                }
            }
            CodeTarget::Module(_) | CodeTarget::None => self.plain(effect, span),
        }
    }

    pub(super) fn plain(&mut self, effect: Effect, span: Span) {
        if matches!(effect, Effect::NetRead | Effect::NetWrite) {
            self.ledger.remote = true;
        }
        self.report(effect, score::base(effect), "code.effect", span, || {
            format!("inline code {}", crate::judge::describe(effect))
        });
    }

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
            if super::setup::is_setup_script(&place.path, self.places.home()) {
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
                self.code_text(lang, &text, &values, span, site);
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

    /// A secret leaves the machine: never lowered.
    pub fn exfiltrates(&mut self, span: Span, message: impl FnOnce() -> String) {
        self.report_floor(Effect::Exfiltrate, 100, "secret.exfiltrate", span, message);
    }

    /// A call that a handler makes up, with `argv` read anew.
    pub fn run_words(&mut self, words: &[&[u8]], span: Span, site: &Site<'_>) {
        let argv: Vec<Word> = words.iter().map(|w| static_word(w, span)).collect();
        self.run_argv(&argv, site);
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

fn language(lang: Lang) -> Language {
    match lang {
        Lang::Python => Language::Python,
        Lang::Javascript => Language::JavaScript,
        Lang::Typescript => Language::TypeScript,
        Lang::Ruby => Language::Ruby,
        Lang::Perl => Language::Perl,
        Lang::Awk => Language::Awk,
        Lang::Sed => Language::Sed,
        Lang::Jq => Language::Jq,
        Lang::Sql => Language::Sql,
        Lang::Php => Language::Php,
        Lang::Lua => Language::Lua,
    }
}

fn lang_of(language: Language) -> Option<Lang> {
    Some(match language {
        Language::Python => Lang::Python,
        Language::JavaScript => Lang::Javascript,
        Language::TypeScript => Lang::Typescript,
        Language::Ruby => Lang::Ruby,
        Language::Perl => Lang::Perl,
        Language::Awk => Lang::Awk,
        Language::Sed => Lang::Sed,
        Language::Jq => Lang::Jq,
        Language::Sql => Lang::Sql,
        Language::Php => Lang::Php,
        Language::Lua => Lang::Lua,
    })
}
