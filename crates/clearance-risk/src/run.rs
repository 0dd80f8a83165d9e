//! The part of [`Judge`] that follows what runs: commands, shell texts, program texts, files,
//! standard input, and the default evaluation of a call by its pack.

use std::borrow::Cow;

use clearance_core::{Effect, Span};
use clearance_shell::invocation::{
    Cwd, Invocation, Reason, Redirect, RedirectKind, Value, Word, WrittenFile,
};

use crate::arg::Arg;
use crate::judge::{Call, Judge, Ledger, Site, Taint, why};
use crate::path::{Place, Scope};
use crate::spec::WordRole;
use crate::store::Program;
use crate::{env, handlers, matcher};

mod arrived;
mod built;
mod inline;
mod known;
mod loaded;
mod obeyed;
mod printed;
mod prints;
mod scripts;
mod setup;
mod shown;
mod source;
mod stray;
mod strings;
mod texts;
mod words;
mod written;

pub(crate) use printed::Shape;
pub(crate) use written::is_own_process;

pub(crate) use known::{TextId, Texts};
use written::Files;

/// Combinations of alternatives that are tried one by one.
const MAX_COMBINATIONS: usize = 64;

impl Judge<'_> {
    /// Judges every new invocation of [`Judge::script`] in order.
    pub(crate) fn whole_script(&mut self, mut each: impl FnMut(&mut Ledger, &Invocation)) {
        let script = self.script;
        let mut files = Files::new(script);
        for (index, invocation) in (script.first()..).zip(script.new_invocations()) {
            let taint = std::mem::take(&mut self.ledger.taint);
            self.invocation(files.by(index), invocation);
            let own = self.ledger.taint;
            self.taints.push(own);
            self.ledger.taint = taint.with(own);
            each(self.ledger, invocation);
        }
    }

    fn invocation(&mut self, files: &[&WrittenFile], invocation: &Invocation) {
        let mut site = Site::new(invocation);
        if matches!(invocation.cwd, Cwd::Printed(_)) {
            site.cwd = self.resolved_cwd(&invocation.cwd);
        }
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
            return self.remember_writes(files, &site);
        }
        if self.enter(invocation.span) {
            let argv = self.resolved(&invocation.argv);
            self.command(&argv, &site);
        }
        self.remember_writes(files, &site);
    }

    fn redirect(&mut self, redirect: &Redirect, site: &Site<'_>) {
        let target = self.resolved_target(&redirect.target);
        let arg = Arg::new(&target);
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
        if role == WordRole::Write && self.is_runner_file(arg) {
            return;
        }
        if role == WordRole::Write && self.is_runner_path(arg) {
            return self.runner_path(redirect.span, site);
        }
        self.path(role, arg, site);
        if role == WordRole::Write {
            if let Some(known) = arg.known() {
                for path in known {
                    let places = self.locate(path, false, &site.cwd);
                    self.ledger.writes.extend(places.map(|p| p.path));
                }
            }
        }
    }

    /// `"$GITHUB_OUTPUT"` and its like as the file that is written: where the runner of a workflow
    /// collects results. A script that sets the variable itself has a known target.
    pub(crate) fn is_runner_file(&self, file: Arg<'_>) -> bool {
        [
            &b"GITHUB_OUTPUT"[..],
            b"GITHUB_STEP_SUMMARY",
            b"GITHUB_ENV",
            b"GITHUB_STATE",
        ]
        .contains(&self.outer_variable(file))
    }

    /// `"$GITHUB_PATH"`: each line goes before the `PATH` of the steps that follow.
    fn is_runner_path(&self, file: Arg<'_>) -> bool {
        self.outer_variable(file) == b"GITHUB_PATH"
    }

    /// The variable that makes up the whole word, set by whoever started the script and left alone
    /// by it.
    fn outer_variable(&self, word: Arg<'_>) -> &[u8] {
        let Some(dynamic) = word.dynamic().filter(|d| self.is_of_caller(d)) else {
            return b"";
        };
        let text = word.span().of(self.text);
        let text = text
            .strip_prefix(b"\"")
            .and_then(|t| t.strip_suffix(b"\""))
            .unwrap_or(text);
        let Some(name) = text.strip_prefix(b"$") else {
            return b"";
        };
        let name = name
            .strip_prefix(b"{")
            .and_then(|n| n.strip_suffix(b"}"))
            .unwrap_or(name);
        let only = matches!(&*dynamic.variables, [only] if **only == *name);
        if only { name } else { b"" }
    }

    /// What is written to `$GITHUB_PATH` is judged as an assignment to `PATH`.
    fn runner_path(&mut self, span: Span, site: &Site<'_>) {
        match site.invocation.argv.as_slice() {
            [echo, dir] if echo.as_static() == Some(b"echo") && Arg::new(dir).known().is_some() => {
                env::judge_directories(self, "PATH", Arg::new(dir), span, site);
            }
            _ => self.unknown("env.path", span, || {
                "the directories of `PATH` are not determined".to_owned()
            }),
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
            if self.ledger.steps > self.most_steps() {
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
                    let words = argv.get(1..).unwrap_or_default();
                    self.run_file_at(None, &place, span, words, site);
                    self.handed(words, &site.cwd);
                    if self.ledger.has_written() {
                        let shown = String::from_utf8_lossy(base).into_owned();
                        self.written_code(&shown, span, site);
                    }
                    // The project's own copy takes the words that the program takes.
                    if let Some(program) = known.filter(|p| is_copy(p, base)) {
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
        // What tools put there runs code later, hence the scope of hooks.
        let near = matches!(place.scope, Scope::Project | Scope::Build | Scope::Hook);
        let end = place.path.len().saturating_sub(base.len() + 1);
        let mut dirs = place
            .path
            .get(..end)
            .unwrap_or_default()
            .rsplit(|&b| b == b'/');
        let (dir, above) = (dirs.next(), dirs.next().unwrap_or_default());
        near && match dir {
            Some(b".bin") => true,
            // Virtual environments have any name: `venv311`, `.env`, `.tox/py312`, `.nox/tests`.
            Some(b"bin" | b"Scripts") => {
                above == b"vendor"
                    || above.starts_with(b".")
                    || above.windows(3).any(|w| w == b"env")
                    || matches!(dirs.next(), Some(b".tox" | b".nox"))
            }
            _ => false,
        }
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
        let (found, outputs) = (self.ledger.found.len(), self.ledger.outputs.len());
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
        let first = call.parsed.command.operands.and_then(<[_]>::first);
        let runs = call.parsed.command.effects.has(Effect::RunProject)
            || first
                .is_some_and(|operand| matches!(operand.role, WordRole::Run | WordRole::Script(_)))
            || program.base.handler.is_some_and(is_interpreter);
        if runs && !call.parsed.help && self.ledger.found.len() == found {
            self.handed(argv.get(1..).unwrap_or_default(), &call.site.cwd);
        }
        self.note_copies(&call);
        self.note_moves(&call);
        self.note_arrivals(&call, outputs);
        if self.ledger.found.len() == found {
            self.note_built(&call, outputs);
        }
        if !call.parsed.help {
            crate::tasks::judge_tasks(self, &call);
            crate::traps::judge_traps(self, &call);
            shown::judge_shown(self, &call);
        }
        if self.ledger.has_written() {
            self.runs_written(&call);
        }
        if self.ledger.remote && !self.ledger.nested && self.ledger.taint.has(Taint::SECRET) {
            let name = call.called();
            self.exfiltrates(call.span(), || {
                format!("`{name}` sends a secret to the network")
            });
        }
        self.ledger.remote |= remote;
        self.ledger.nested |= nested;
    }

    fn handle(&mut self, name: &str, call: &Call<'_>) {
        match handlers::by_name(name) {
            Some(handler) => handler(self, call),
            None => self.unknown("handler.missing", call.span(), || {
                format!("no handler `{name}` is built in")
            }),
        }
    }
}

/// The part after the last slash.
pub(crate) fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&b| b == b'/').next().unwrap_or(path)
}

/// A program of the project that has this name reads its words as the known one does: wrappers
/// of build tools, and interpreters and shells wherever an environment or a build puts them.
fn is_copy(program: &Program<'_>, base: &[u8]) -> bool {
    matches!(
        base,
        b"configure" | b"gradlew" | b"mvnw" | b"rails" | b"rake"
    ) || program.base.handler.is_some_and(is_interpreter)
}

/// The handler is one of a program that runs a file of code.
pub(crate) fn is_interpreter(handler: &str) -> bool {
    matches!(
        handler,
        "python" | "node" | "ruby" | "perl" | "php" | "shell"
    )
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
