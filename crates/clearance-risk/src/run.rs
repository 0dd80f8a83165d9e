//! The part of [`Judge`] that follows what runs: commands, shell texts, program texts, files,
//! standard input, and the default evaluation of a call by its pack.

use std::borrow::Cow;

use clearance_core::{Effect, Span};
use clearance_shell::invocation::{
    Analysis, Bytes, Cwd, Dialect, Env, Invocation, Reason, Redirect, RedirectKind, Stdin, Value,
    Word, WrittenFile,
};

use crate::arg::Arg;
use crate::code::{self, CodeTarget, Language};
use crate::handlers;
use crate::judge::{Call, Judge, Ledger, Site, Taint, Written, static_word, why};
use crate::matcher::{self, Issue, IssueKind};
use crate::path::{Place, Scope};
use crate::spec::{Count, EnvMeaning, Lang, Operand, WordRole};
use crate::store::Program;
use crate::{env, score};

/// Combinations of alternatives that are tried one by one.
const MAX_COMBINATIONS: usize = 64;

impl Judge<'_> {
    /// Judges every invocation of [`Judge::script`] in order.
    pub(crate) fn whole_script(&mut self, mut each: impl FnMut(&mut Ledger, usize)) {
        let script = self.script;
        for (index, invocation) in script.iter().enumerate() {
            let taint = std::mem::take(&mut self.ledger.taint);
            self.invocation(index, invocation);
            let own = self.ledger.taint;
            self.taints.push(own);
            self.ledger.taint = taint.with(own);
            each(self.ledger, index);
        }
    }

    fn invocation(&mut self, index: usize, invocation: &Invocation) {
        let site = Site::new(invocation);
        self.ledger.taint = self.stdin_taint(site.stdin);
        self.ledger.writes.clear();
        self.ledger.outputs.clear();
        for word in &invocation.argv {
            let taint = self.word_taint(Arg::new(word));
            self.ledger.taint = self.ledger.taint.with(taint);
        }
        for redirect in &invocation.redirects {
            self.redirect(redirect, &site);
        }
        env::judge_assignments(self, &invocation.assignments, &site);
        if invocation.argv.is_empty() {
            return self.remember_writes(index, &site);
        }
        if self.enter(invocation.span) {
            self.command(&invocation.argv, &site);
        }
        self.remember_writes(index, &site);
    }

    fn redirect(&mut self, redirect: &Redirect, site: &Site<'_>) {
        let arg = Arg::new(&redirect.target);
        let role = match redirect.kind {
            RedirectKind::Duplicate | RedirectKind::Text => return,
            RedirectKind::Read => WordRole::Read,
            RedirectKind::Write | RedirectKind::Append | RedirectKind::ReadWrite => WordRole::Write,
        };
        if arg.prefix().starts_with(b"/dev/tcp/") || arg.prefix().starts_with(b"/dev/udp/") {
            self.ledger.remote = true;
            self.taint(Taint::NET);
            return self.report(Effect::NetWrite, 60, "net.socket", redirect.span, || {
                format!("`{}` opens a network connection", arg.show())
            });
        }
        if arg.as_static() == Some(b"!") {
            // A file named `!` to bash; to zsh the word after it is the file.
            self.unknown("shell.dialect", redirect.span, || {
                "`>!` writes different files in bash and zsh".to_owned()
            });
        }
        if role == WordRole::Write && self.is_runner_file(redirect) {
            return;
        }
        self.path(role, arg, site);
        if role == WordRole::Write {
            if let Some(known) = arg.known() {
                for path in known {
                    let places = self.locate(path, false, &site.cwd);
                    self.ledger
                        .writes
                        .extend(places.into_iter().map(|p| p.path));
                }
            }
        }
    }

    /// `>> "$GITHUB_OUTPUT"` and its like: where the runner of a workflow collects results. A
    /// script that sets the variable itself has a known target.
    fn is_runner_file(&self, redirect: &Redirect) -> bool {
        const NAMES: &[&[u8]] = &[
            b"GITHUB_OUTPUT",
            b"GITHUB_STEP_SUMMARY",
            b"GITHUB_ENV",
            b"GITHUB_STATE",
        ];
        let Value::Dynamic(dynamic) = &redirect.target.value else {
            return false;
        };
        if self.outer.is_some() || dynamic.reason != Reason::UnknownVariable {
            return false;
        }
        let text = redirect.target.span.of(self.text);
        let text = text
            .strip_prefix(b"\"")
            .and_then(|t| t.strip_suffix(b"\""))
            .unwrap_or(text);
        let Some(name) = text.strip_prefix(b"$") else {
            return false;
        };
        let name = name
            .strip_prefix(b"{")
            .and_then(|n| n.strip_suffix(b"}"))
            .unwrap_or(name);
        NAMES.contains(&name)
    }

    /// Notes what the script has written where, for when it is read or run.
    fn remember_writes(&mut self, index: usize, site: &Site<'_>) {
        let taint = self.ledger.taint;
        for path in std::mem::take(&mut self.ledger.writes) {
            if !path.starts_with(b"/dev/") {
                self.ledger.written.push(Written {
                    path,
                    text: None,
                    taint,
                });
            }
        }
        // Other programs write what they made of the project's own files.
        let outputs = std::mem::take(&mut self.ledger.outputs);
        if taint.has(Taint::NET) || taint.has(Taint::SECRET) {
            self.ledger
                .written
                .extend(outputs.into_iter().map(|path| Written {
                    path,
                    text: None,
                    taint,
                }));
        }
        let files = self.files;
        let by = |file: &&WrittenFile| file.by as usize == index;
        for file in files.iter().filter(by) {
            let Some(paths) = Arg::new(&file.path).known() else {
                continue;
            };
            let paths: Vec<&[u8]> = paths.collect();
            // Of several alternatives only one is written.
            let text = if paths.len() == 1 {
                file.content.clone()
            } else {
                None
            };
            for path in paths {
                for place in self.locate(path, false, &site.cwd) {
                    let before = self
                        .ledger
                        .written
                        .iter()
                        .rev()
                        .find(|w| w.path == place.path);
                    let taint = before.map_or(taint, |w| taint.with(w.taint));
                    let text = text.clone();
                    self.ledger.written.push(Written {
                        path: place.path,
                        text,
                        taint,
                    });
                }
            }
        }
    }

    /// Runs a command in place of the current one: a wrapper's inner command.
    pub fn run_argv(&mut self, argv: &[Word], site: &Site<'_>) {
        let span = argv.first().map_or(site.invocation.span, |w| w.span);
        if argv.is_empty() || !self.enter(span) {
            return;
        }
        self.ledger.nested = true;
        self.depth += 1;
        self.command(argv, site);
        self.depth -= 1;
    }

    fn command(&mut self, argv: &[Word], site: &Site<'_>) {
        let Some(first) = argv.first() else { return };
        if self.context.record_inner && self.depth > 0 {
            self.ledger.inner.push(crate::assess::known_words(argv));
        }
        match &first.value {
            Value::Static(name) => {
                if let Some(at) = self.alternatives(argv, name) {
                    return self.each_alternative(argv, at, site);
                }
                self.named(name, argv, site);
            }
            Value::OneOf(_) => self.each_alternative(argv, 0, site),
            Value::Glob(_) | Value::Dynamic(_) => self.dynamic_command(first),
        }
    }

    fn dynamic_command(&mut self, word: &Word) {
        let arg = Arg::new(word);
        let taint = self.word_taint(arg);
        if taint.has(Taint::NET) {
            return self.report(
                Effect::RunDownloaded,
                95,
                "run.downloaded",
                word.span,
                || "what the network answers is run as a command".to_owned(),
            );
        }
        let reason = arg.dynamic().map_or(Reason::Glob, |d| d.reason);
        self.unknown("command.dynamic", word.span, || {
            format!(
                "which program `{}` runs is not determined: {}",
                arg.show(),
                why(reason)
            )
        });
    }

    /// The first word whose alternatives matter to how the words are read.
    fn alternatives(&self, argv: &[Word], name: &[u8]) -> Option<usize> {
        let mut combinations = 1usize;
        let mut first = None;
        let mut dash = false;
        for (at, word) in argv.iter().enumerate() {
            if let Value::OneOf(list) = &word.value {
                combinations = combinations.saturating_mul(list.len().max(1));
                first = first.or(Some(at));
                dash |= list.iter().any(|b| b.starts_with(b"-"));
            }
        }
        let first = first?;
        let matters = dash
            || self
                .catalog
                .program(base_name(name))
                .is_none_or(|p| p.base.handler.is_some() || !p.subs.is_empty());
        (matters && combinations <= MAX_COMBINATIONS).then_some(first)
    }

    fn each_alternative(&mut self, argv: &[Word], at: usize, site: &Site<'_>) {
        let Some(Word {
            value: Value::OneOf(list),
            span,
        }) = argv.get(at)
        else {
            return;
        };
        let mut words = argv.to_vec();
        for value in list.iter() {
            if let Some(word) = words.get_mut(at) {
                *word = Word {
                    value: Value::Static(value.clone()),
                    span: *span,
                };
            }
            self.ledger.steps += 1;
            if self.ledger.steps > self.context.limits.steps {
                return self.unknown("limit.steps", *span, || "too many alternatives".to_owned());
            }
            self.command(&words, site);
        }
    }

    fn named(&mut self, name: &[u8], argv: &[Word], site: &Site<'_>) {
        if name.starts_with(b"!") {
            // Input meant for another program, or a history expansion.
            return self.unknown_program(name, argv);
        }
        let strange = |b: &u8| b"=<>|&;()$`\"'\\*?[]{}".contains(b) || b.is_ascii_control();
        if name.contains(&b'/') && !name.starts_with(b"/") && name.iter().any(strange) {
            return self.unknown_program(name, argv);
        }
        if name.contains(&b'/') {
            return self.by_path(name, argv, site);
        }
        match self.catalog.program(name) {
            Some(program) => self.known(program, argv, site),
            None => self.unknown_program(name, argv),
        }
    }

    fn unknown_program(&mut self, name: &[u8], argv: &[Word]) {
        let span = argv.first().map_or(Span::default(), |w| w.span);
        if name.is_empty() {
            return self.unknown("program.empty", span, || "an empty command word".to_owned());
        }
        self.unknown("program.unknown", span, || {
            format!(
                "the program `{}` is not known",
                String::from_utf8_lossy(name)
            )
        });
    }

    /// A program given by its path.
    fn by_path(&mut self, name: &[u8], argv: &[Word], site: &Site<'_>) {
        let span = argv.first().map_or(site.invocation.span, |w| w.span);
        let base = base_name(name);
        if matches!(site.cwd.as_ref(), Cwd::Below(_) | Cwd::Printed(_)) && !name.starts_with(b"/") {
            return self.unknown("run.below", span, || {
                "which directory the program is run from is not known".to_owned()
            });
        }
        for place in self.locate(name, false, &site.cwd) {
            let known = self.catalog.program(base);
            match known {
                Some(program) if self.is_tool_dir(&place, base) => self.known(program, argv, site),
                _ if is_system_bin(&place.path) || self.is_user_bin(&place.path) => {
                    self.unknown_program(base, argv);
                }
                _ => {
                    self.run_file_at(None, &place, span, argv.get(1..).unwrap_or_default(), site);
                    if let (Some(program), b"gradlew" | b"mvnw" | b"rails" | b"rake") =
                        (known, base)
                    {
                        // The project's own copy takes the words that the program takes.
                        self.known(program, argv, site);
                    }
                }
            }
        }
    }

    /// A directory in which a program of a known name is that program.
    fn is_tool_dir(&self, place: &Place, base: &[u8]) -> bool {
        if is_system_bin(&place.path) || self.is_user_bin(&place.path) {
            return true;
        }
        let near = matches!(place.scope, Scope::Project | Scope::Build);
        let dir = place
            .path
            .get(..place.path.len().saturating_sub(base.len() + 1));
        let dir = dir.unwrap_or_default();
        near && [
            &b"/node_modules/.bin"[..],
            b"/venv/bin",
            b"/.venv/bin",
            b"/env/bin",
            b"/.tox",
        ]
        .iter()
        .any(|tail| dir.ends_with(tail))
    }

    fn is_user_bin(&self, path: &[u8]) -> bool {
        let home = self.places.home();
        if home.is_empty() {
            return false;
        }
        let Some(rest) = path.strip_prefix(home) else {
            return false;
        };
        const DIRS: &[&[u8]] = &[
            b"/.cargo/bin/",
            b"/.local/bin/",
            b"/go/bin/",
            b"/.bun/bin/",
            b"/.deno/bin/",
            b"/.volta/bin/",
            b"/.nvm/versions/",
            b"/.pyenv/shims/",
            b"/.rbenv/shims/",
            b"/.asdf/shims/",
            b"/.local/share/mise/shims/",
            b"/miniconda3/bin/",
            b"/anaconda3/bin/",
        ];
        DIRS.iter().any(|d| rest.starts_with(d))
    }

    fn known(&mut self, program: Program<'_>, argv: &[Word], site: &Site<'_>) {
        let parsed = matcher::parse(program, argv);
        let mut cwd = Cow::Borrowed(site.cwd.as_ref());
        for given in parsed
            .options
            .iter()
            .filter(|o| o.spec.role == WordRole::Cd)
        {
            if let Some(dir) = given.value {
                cwd = Cow::Owned(self.change_dir(dir, &cwd));
            }
        }
        let site = &Site {
            cwd,
            ..site.clone()
        };
        let call = Call {
            program,
            argv,
            parsed,
            site,
        };
        let remote = std::mem::take(&mut self.ledger.remote);
        let nested = std::mem::take(&mut self.ledger.nested);
        self.issues(&call.parsed.issues, &call);
        if !call.parsed.help {
            // The handler of a program with sub-commands is about its own options only.
            let whole = program.subs.is_empty();
            if let (Some(name), false) = (program.base.handler, whole) {
                self.handle(name, &call);
            }
            let base = call.parsed.command.is_base();
            match call.parsed.command.handler {
                Some(name) if whole || !base => self.handle(name, &call),
                _ => self.defaults(&call),
            }
        }
        self.note_copies(&call);
        if !call.parsed.help {
            crate::tasks::judge_tasks(self, &call);
        }
        let runs = self.ledger.effects.has(Effect::RunProject)
            || self.ledger.effects.has(Effect::InstallProject);
        let loads = matches!(call.name(), "python" | "node" | "ruby");
        if (runs || loads) && !self.ledger.written.is_empty() {
            self.written_recipes(&call);
        }
        if self.ledger.remote && !self.ledger.nested && self.ledger.taint.has(Taint::SECRET) {
            let name = call.name();
            self.exfiltrates(call.span(), || {
                format!("`{name}` sends a secret to the network")
            });
        }
        self.ledger.remote |= remote;
        self.ledger.nested |= nested;
    }

    /// What is copied, moved or linked from outside the project and run later is not the
    /// project's own program.
    fn note_copies(&mut self, call: &Call<'_>) {
        if !matches!(
            call.name(),
            "cp" | "mv" | "ln" | "install" | "rsync" | "dd" | "ditto" | "link"
        ) {
            return;
        }
        let words: Vec<Arg<'_>> = call.operands().collect();
        let Some((target, sources)) = words.split_last() else {
            return;
        };
        let cwd = &call.site.cwd;
        let own = |place: &Place| matches!(place.scope, Scope::Project | Scope::Build);
        let mut copied: Vec<Vec<u8>> = Vec::new();
        for source in sources {
            let paths: Vec<&[u8]> = match source.known() {
                Some(known) => known.collect(),
                None => vec![b"/\0"],
            };
            for path in paths {
                let place = self.locate(path, false, cwd);
                let written = |p: &Place| self.ledger.written.iter().any(|w| w.path == p.path);
                if place.iter().all(|p| own(p) && !written(p)) {
                    continue;
                }
                let Some(targets) = target.known() else {
                    continue;
                };
                for to in targets {
                    let mut inside = to.to_vec();
                    inside.push(b'/');
                    inside.extend_from_slice(base_name(path));
                    copied.extend(self.locate(to, false, cwd).into_iter().map(|p| p.path));
                    copied.extend(self.locate(&inside, false, cwd).into_iter().map(|p| p.path));
                }
            }
        }
        let taint = self.ledger.taint;
        for path in copied {
            self.ledger.written.push(Written {
                path,
                text: None,
                taint,
            });
        }
    }

    /// Files that say what a project tool runs, written by this very script.
    fn written_recipes(&mut self, call: &Call<'_>) {
        const RECIPES: &[&[u8]] = &[
            b"Gemfile",
            b"Rakefile",
            b"Makefile",
            b"makefile",
            b"GNUmakefile",
            b"justfile",
            b"Justfile",
            b"package.json",
            b"Taskfile.yml",
            b"Vagrantfile",
            b"build.gradle",
            b"mise.toml",
            b".mise.toml",
            b"noxfile.py",
            b"tox.ini",
            b"build.rs",
        ];
        let name = call.name();
        let recipe = self
            .ledger
            .written
            .iter()
            .rev()
            .find(|w| RECIPES.contains(&base_name(&w.path)))
            .map(|w| String::from_utf8_lossy(&w.path).into_owned());
        if recipe.is_none() {
            self.written_code(call);
        }
        if let Some(path) = recipe {
            self.report(
                Effect::RunInline,
                40,
                "run.written-recipe",
                call.span(),
                || format!("`{name}` runs what this script has just written to `{path}`"),
            );
        }
    }

    /// Code that this script has written and that project code, run later, loads or is: what it
    /// is known to do counts. Its unknown parts are those of any code of the project.
    fn written_code(&mut self, call: &Call<'_>) {
        let mut seen: Vec<Vec<u8>> = Vec::new();
        let mut texts: Vec<(Lang, Bytes)> = Vec::new();
        let mut loaded: Option<Vec<u8>> = None;
        for written in self.ledger.written.iter().rev() {
            if seen.contains(&written.path) {
                continue;
            }
            seen.push(written.path.clone());
            let name = base_name(&written.path);
            if written.taint.has(Taint::NET) && is_loaded(name) {
                loaded = Some(written.path.clone());
            }
            match (&written.text, code_language(name)) {
                (Some(text), Some(lang)) => texts.push((lang, text.clone())),
                (None, Some(_)) => {}
                (_, None) if is_obeyed(&written.path) => loaded = Some(written.path.clone()),
                (_, None) => {}
            }
        }
        for (lang, text) in texts {
            self.known_harm(lang, &text, call.span(), call.site);
        }
        if let Some(path) = loaded {
            let name = call.name();
            self.report(
                Effect::RunInline,
                40,
                "run.written-recipe",
                call.span(),
                || {
                    let path = String::from_utf8_lossy(&path).into_owned();
                    format!("`{name}` obeys what this script has just written to `{path}`")
                },
            );
        }
    }

    /// Analyses a program text of which only the known harm counts: what is not understood is
    /// dropped.
    pub(crate) fn known_harm(&mut self, lang: Lang, source: &[u8], span: Span, site: &Site<'_>) {
        let found = self.ledger.found.len();
        let (score, effects) = (self.ledger.score, self.ledger.effects);
        let remote = self.ledger.remote;
        let taint = self.ledger.taint;
        self.code_text(lang, source, &[], span, site);
        let harm = |effect: Effect| {
            matches!(
                effect,
                Effect::Write
                    | Effect::Delete
                    | Effect::DeleteTree
                    | Effect::ChangeMode
                    | Effect::Persist
                    | Effect::System
                    | Effect::Privilege
                    | Effect::Device
                    | Effect::Exfiltrate
                    | Effect::RunDownloaded
            )
        };
        let mut index = 0;
        self.ledger.found.retain(|f| {
            index += 1;
            index <= found || harm(f.finding.effect)
        });
        self.ledger.remote = remote;
        self.ledger.taint = taint;
        if self.ledger.found.len() == found {
            self.ledger.score = score;
            self.ledger.effects = effects;
        }
    }

    /// The script itself has written files with a known text below this directory.
    pub(crate) fn wrote_below(&self, dir: &[u8]) -> bool {
        self.ledger.written.iter().any(|w| {
            let inside = w
                .path
                .strip_prefix(dir)
                .is_some_and(|rest| rest.starts_with(b"/"));
            inside && w.text.is_some()
        })
    }

    fn handle(&mut self, name: &str, call: &Call<'_>) {
        match handlers::by_name(name) {
            Some(handler) => handler(self, call),
            None => self.unknown("handler.missing", call.span(), || {
                format!("no handler `{name}` is built in")
            }),
        }
    }

    fn issues(&mut self, issues: &[Issue<'_>], call: &Call<'_>) {
        let name = call.name();
        for issue in issues {
            let arg = Arg::new(issue.word);
            let rule = match issue.kind {
                IssueKind::UnknownOption | IssueKind::Ambiguous | IssueKind::UnexpectedValue => {
                    "option.unknown"
                }
                IssueKind::UnknownSub => "subcommand.unknown",
                _ => "option.dynamic",
            };
            self.unknown(rule, issue.word.span, || match issue.kind {
                IssueKind::UnknownOption => {
                    format!("the option `{}` of `{name}` is not known", arg.show())
                }
                IssueKind::Ambiguous => format!("`{}` of `{name}` is ambiguous", arg.show()),
                IssueKind::UnexpectedValue => {
                    format!("`{}` of `{name}` takes no value", arg.show())
                }
                IssueKind::MaybeOption => {
                    format!("`{}` could be an option of `{name}`; write `--` before it", arg.show())
                }
                IssueKind::GlobOption => format!(
                    "`{}` could match a file whose name is an option of `{name}`; write `./` before it",
                    arg.show()
                ),
                IssueKind::UnknownSub => {
                    format!("the sub-command `{}` of `{name}` is not known", arg.show())
                }
                IssueKind::DynamicSub => {
                    format!("the sub-command `{}` of `{name}` is not determined", arg.show())
                }
                IssueKind::LooseValue => {
                    format!("`{}` could be several words, or none", arg.show())
                }
            });
        }
    }

    /// All that the pack says about a call: effects, values of options, operands, standard
    /// input, variables.
    pub fn defaults(&mut self, call: &Call<'_>) {
        self.option_defaults(call);
        self.operand_defaults(call);
        self.stdin_defaults(call);
        for (name, meaning) in call.command().env.iter() {
            let Some(word) = call.site.variable(name.as_bytes()) else {
                continue;
            };
            match meaning {
                EnvMeaning::Role(role) => self.word(role, Arg::new(word), call),
                EnvMeaning::Effect(effect) => self.effect(effect, call),
            }
        }
    }

    /// The effects of the command, and the effects and values of its options.
    pub fn option_defaults(&mut self, call: &Call<'_>) {
        let replaced = call.options().iter().any(|o| o.spec.replace);
        if !replaced {
            for effect in call.command().effects.iter() {
                self.effect(effect, call);
            }
        }
        if call.options().is_empty() && call.parsed.operands.is_empty() {
            for effect in call.command().bare.iter() {
                self.effect(effect, call);
            }
        }
        for given in call.options() {
            for effect in given.spec.effects.iter() {
                self.effect(effect, call);
            }
            match (given.value, call.rest()) {
                (Some(_), Some(rest)) if given.spec.role.takes_command() => {
                    self.run_argv(rest, call.site);
                }
                (Some(value), _) => self.word(given.spec.role, value, call),
                (None, _) if given.spec.role == WordRole::Ask => {
                    self.word(WordRole::Ask, Arg::new(given.word), call);
                }
                (None, _) => {}
            }
            if let (Some(role), Some(value)) = (given.spec.second, given.second) {
                self.word(role, value, call);
            }
        }
    }

    /// The operands, by the grammar of the command or of an option that replaces it.
    pub fn operand_defaults(&mut self, call: &Call<'_>) {
        let given = call.options().iter().rev().find_map(|o| o.spec.operands);
        let grammar = given.or(call.command().operands);
        let count = call.parsed.operands.len();
        let Some(grammar) = grammar else {
            if let (Some(arg), false) = (call.operand(0), call.command().lenient) {
                self.unexpected(arg, call);
            }
            return;
        };
        let loose = |&(_, arg): &(usize, Arg<'_>)| arg.is_multiple();
        let Some(first) = call.parsed.operands.iter().position(loose) else {
            let roles = roles(grammar, count);
            for (index, arg) in call.operands().enumerate() {
                let Some(&role) = roles.get(index) else {
                    if call.command().lenient || ends_in_rest(grammar) {
                        break;
                    }
                    return self.unexpected(arg, call);
                };
                if self.operand(role, index, arg, call) {
                    break;
                }
            }
            return;
        };
        let last = call
            .parsed
            .operands
            .iter()
            .rposition(loose)
            .unwrap_or(first);
        for (index, arg) in call.operands().enumerate() {
            let candidates = possible_roles(grammar, count, first, last, index);
            if candidates.is_empty() && !call.command().lenient && !ends_in_rest(grammar) {
                return self.unexpected(arg, call);
            }
            let mut rest = false;
            for role in candidates {
                rest |= self.operand(role, index, arg, call);
            }
            if rest {
                break;
            }
        }
    }

    /// Judges one operand; true if it took all that follow.
    fn operand(&mut self, role: WordRole, index: usize, arg: Arg<'_>, call: &Call<'_>) -> bool {
        match role {
            WordRole::Command | WordRole::CommandOptions => {
                self.run_argv(call.from_operand(index), call.site);
                true
            }
            WordRole::Script(lang) => {
                let rest = call.from_operand(index + 1);
                self.run_file(lang, arg, rest, call.site);
                true
            }
            WordRole::Code(lang) => {
                let values: Vec<Value> = call
                    .from_operand(index + 1)
                    .iter()
                    .map(|w| w.value.clone())
                    .collect();
                self.run_code(lang, arg, &values, call.site);
                false
            }
            role => {
                self.word(role, arg, call);
                role.takes_rest()
            }
        }
    }

    fn unexpected(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        let name = call.name();
        let path = call.path();
        self.unknown("operand.unknown", arg.span(), || {
            let space = if path.is_empty() { "" } else { " " };
            format!(
                "what `{}` means to `{name}{space}{path}` is not known",
                arg.show()
            )
        });
    }

    fn stdin_defaults(&mut self, call: &Call<'_>) {
        let named = call.operands().any(|a| a.as_static() != Some(b"-"));
        if named {
            return;
        }
        match call.command().stdin {
            Some(WordRole::Shell) => self.run_stdin(None, call.site, call.span()),
            Some(WordRole::Code(lang) | WordRole::Script(Some(lang))) => {
                self.run_stdin(Some(lang), call.site, call.span());
            }
            Some(WordRole::Ask)
                if !matches!(call.site.stdin, Stdin::Null | Stdin::Inherit)
                    || call.options().is_empty() =>
            {
                let name = call.name();
                self.unknown("code.stdin", call.span(), || {
                    format!("`{name}` runs what it reads from standard input")
                });
            }
            _ => {}
        }
    }

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
        if !self.enter(span) {
            return;
        }
        let environment = self.shell_env(positional, site);
        let analysis = clearance_shell::analyze(script, &environment);
        self.nested(&analysis, span, site);
    }

    fn shell_env(&self, positional: Option<Vec<Bytes>>, site: &Site<'_>) -> Env {
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

    fn nested(&mut self, analysis: &Analysis, span: Span, site: &Site<'_>) {
        self.ledger.nested = true;
        let outer = Some(self.outer.unwrap_or(span));
        let inherited = self.stdin_taint(site.stdin);
        let writes = std::mem::take(&mut self.ledger.writes);
        let outputs = std::mem::take(&mut self.ledger.outputs);
        let mut inner = Judge {
            context: self.context,
            catalog: self.catalog,
            places: self.places,
            thresholds: self.thresholds,
            ledger: &mut *self.ledger,
            script: &analysis.invocations,
            files: &analysis.written,
            text: &[],
            taints: Vec::with_capacity(analysis.invocations.len()),
            inherited,
            depth: self.depth + 1,
            outer,
        };
        inner.opaque(analysis);
        inner.whole_script(|_, _| {});
        self.ledger.writes = writes;
        self.ledger.outputs = outputs;
    }

    fn dynamic_code(&mut self, text: Arg<'_>) {
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
            return self.dynamic_code(text);
        };
        for source in known {
            self.code_text(lang, source, args, text.span(), site);
        }
    }

    fn code_text(
        &mut self,
        lang: Lang,
        source: &[u8],
        args: &[Value],
        span: Span,
        site: &Site<'_>,
    ) {
        if !self.enter(span) {
            return;
        }
        let report = code::analyze(language(lang), source, &code::CodeInput { args });
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
            self.depth += 1;
            self.code_act(act.effect, &act.target, span, site);
            self.depth -= 1;
        }
    }

    fn code_act(&mut self, effect: Effect, target: &CodeTarget, span: Span, site: &Site<'_>) {
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
                if !matches!(effect, Effect::Read | Effect::Secret) {
                    self.plain(effect, span);
                }
            }
            CodeTarget::Module(_) | CodeTarget::None => self.plain(effect, span),
        }
    }

    fn plain(&mut self, effect: Effect, span: Span) {
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
                    self.run_stdin(lang, site, file.span());
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
            }
        } else {
            self.dynamic_code(file);
        }
    }

    fn run_file_at(
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
                Some(lang) => self.code_text(lang, text, &[], span, site),
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

/// The language of a file of code, by its name.
fn code_language(name: &[u8]) -> Option<Lang> {
    let extension = name.rsplit(|&b| b == b'.').next().unwrap_or_default();
    Some(match extension {
        b"py" => Lang::Python,
        b"js" | b"cjs" | b"mjs" | b"jsx" => Lang::Javascript,
        b"ts" | b"cts" | b"mts" | b"tsx" => Lang::Typescript,
        b"rb" => Lang::Ruby,
        _ => return None,
    })
}

/// Files that tools load without being told to.
fn is_loaded(name: &[u8]) -> bool {
    matches!(
        name,
        b"conftest.py" | b"setup.py" | b"sitecustomize.py" | b"usercustomize.py"
    ) || name.windows(8).any(|w| w == b".config.")
}

/// Files in no language that is analysed, whose words project tools obey.
fn is_obeyed(path: &[u8]) -> bool {
    let name = base_name(path);
    name.ends_with(b".gradle")
        || name.ends_with(b".gradle.kts")
        || matches!(
            name,
            b".npmrc" | b".yarnrc" | b".yarnrc.yml" | b".bazelrc" | b"gradle-wrapper.properties"
        )
        || path.ends_with(b".cargo/config.toml")
        || path.ends_with(b".cargo/config")
}

/// The part after the last slash.
pub(crate) fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&b| b == b'/').next().unwrap_or(path)
}

fn is_system_bin(path: &[u8]) -> bool {
    const DIRS: &[&[u8]] = &[
        b"/bin/",
        b"/usr/bin/",
        b"/usr/local/bin/",
        b"/sbin/",
        b"/usr/sbin/",
        b"/usr/local/sbin/",
        b"/opt/homebrew/bin/",
        b"/home/linuxbrew/.linuxbrew/bin/",
        b"/snap/bin/",
        b"/usr/local/go/bin/",
        b"/opt/local/bin/",
    ];
    if path.starts_with(b"/opt/conda/") && path.windows(5).any(|w| w == b"/bin/") {
        return true;
    }
    DIRS.iter().any(|d| {
        path.strip_prefix(*d)
            .is_some_and(|rest| !rest.contains(&b'/'))
    })
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

fn ends_in_rest(grammar: &[Operand]) -> bool {
    grammar.last().is_some_and(|o| o.role.takes_rest())
}

/// The role of each of `count` operands. Shorter than `count` if the grammar has no more.
fn roles(grammar: &[Operand], count: usize) -> Cow<'static, [WordRole]> {
    if let ([one], 1) = (grammar, count) {
        // The commonest case, without allocation.
        return match one.role {
            WordRole::Text => Cow::Borrowed(&[WordRole::Text]),
            WordRole::Read => Cow::Borrowed(&[WordRole::Read]),
            role => Cow::Owned(vec![role]),
        };
    }
    let required = grammar
        .iter()
        .filter(|o| matches!(o.count, Count::One | Count::Some))
        .count();
    let mut spare = count.saturating_sub(required);
    let mut list = Vec::with_capacity(count);
    for operand in grammar {
        let times = match operand.count {
            Count::One => 1,
            Count::Optional => spare.min(1),
            Count::Any => spare,
            Count::Some => 1 + spare,
        };
        spare -= match operand.count {
            Count::One => 0,
            Count::Optional | Count::Any => times,
            Count::Some => times - 1,
        };
        list.extend(std::iter::repeat_n(operand.role, times));
    }
    list.truncate(count);
    Cow::Owned(list)
}

/// The roles that the operand at `index` of `count` can have when those from `first` to `last`
/// can each become several words, or none.
fn possible_roles(
    grammar: &[Operand],
    count: usize,
    first: usize,
    last: usize,
    index: usize,
) -> Vec<WordRole> {
    let fewest = count - (last - first + 1);
    let mut found: Vec<WordRole> = Vec::new();
    for total in fewest..=count + grammar.len() + 1 {
        let roles = roles(grammar, total);
        let after = count - 1 - last;
        let range = if index < first {
            index..index + 1
        } else if index > last {
            let at = (total + index).saturating_sub(count);
            at..at + 1
        } else {
            first..total.saturating_sub(after)
        };
        for &role in roles
            .get(range.start..range.end.min(roles.len()))
            .unwrap_or_default()
        {
            if !found.contains(&role) {
                found.push(role);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grammar(list: &[(WordRole, Count)]) -> Vec<Operand> {
        list.iter()
            .map(|&(role, count)| Operand { role, count })
            .collect()
    }

    #[test]
    fn operands_get_their_roles_from_both_ends() {
        use WordRole::{Pattern, Read, Write};
        let copy = grammar(&[(Read, Count::Some), (Write, Count::One)]);
        assert_eq!(*roles(&copy, 3), [Read, Read, Write]);
        assert_eq!(*roles(&copy, 2), [Read, Write]);
        let search = grammar(&[(Pattern, Count::One), (Read, Count::Any)]);
        assert_eq!(*roles(&search, 1), [Pattern]);
        assert_eq!(*roles(&search, 3), [Pattern, Read, Read]);
        let two = grammar(&[(Read, Count::Optional), (Write, Count::Optional)]);
        assert_eq!(*roles(&two, 3), [Read, Write]);
    }

    #[test]
    fn loose_words_spread_their_doubt() {
        use WordRole::{Pattern, Read, Write};
        let copy = grammar(&[(Read, Count::Some), (Write, Count::One)]);
        // `cp $files dir`
        assert_eq!(possible_roles(&copy, 2, 0, 0, 1), [Read, Write]);
        let search = grammar(&[(Pattern, Count::One), (Read, Count::Any)]);
        // `grep x $files`
        assert_eq!(possible_roles(&search, 2, 1, 1, 0), [Pattern]);
        assert_eq!(possible_roles(&search, 2, 1, 1, 1), [Read]);
        // `uniq $files`
        let two = grammar(&[(Read, Count::Optional), (Write, Count::Optional)]);
        assert!(possible_roles(&two, 1, 0, 0, 0).contains(&Write));
    }
}
