//! Files that the script itself has written: what is known of them when they are read or run.

use clearance_core::{Effect, Span, Verdict};
use clearance_shell::analyze::Progress;
use clearance_shell::invocation::{Bytes, Cwd, Invocation, Reason, Stdin, Value, WrittenFile};

use crate::arg::Arg;
use crate::code::{CodeReport, CodeTarget};
use crate::judge::{Call, Judge, Site, Taint, Written};
use crate::matcher::Given;
use crate::path::{Place, Scope};
use crate::run::arrived::could_be_code;
use crate::run::base_name;
use crate::run::obeyed::{
    code_file, code_language, is_loaded, is_obeyed, is_recipe, is_recipe_of, is_script,
};
use crate::run::strings::literals;
use crate::run::{foreign, nativesource};
use crate::spec::{Lang, WordRole};

/// The files that were written, by the commands that did it.
pub(super) struct Files<'a> {
    sorted: Vec<&'a WrittenFile>,
    done: usize,
}

impl<'a> Files<'a> {
    /// Those that the new invocations wrote.
    pub(super) fn new(script: Progress<'a>) -> Self {
        let new = |file: &&WrittenFile| file.by as usize >= script.first();
        let mut sorted: Vec<_> = script.written().iter().filter(new).collect();
        // Nearly sorted already, and those of one command keep their order.
        sorted.sort_by_key(|file| file.by);
        Self { sorted, done: 0 }
    }

    /// Those of this command, which is after the one that was asked for before.
    pub(super) fn by(&mut self, index: usize) -> &[&'a WrittenFile] {
        let rest = self.sorted.get(self.done..).unwrap_or_default();
        let count = rest.partition_point(|file| file.by as usize <= index);
        let from = self.done;
        self.done += count;
        self.sorted.get(from..self.done).unwrap_or_default()
    }
}

impl Judge<'_> {
    /// Notes what the script has written where, for when it is read or run.
    pub(super) fn remember_writes(&mut self, files: &[&WrittenFile], site: &Site<'_>) {
        let taint = self.ledger.taint;
        for path in std::mem::take(&mut self.ledger.writes) {
            if !path.starts_with(b"/dev/") {
                self.ledger.written.push(Written {
                    path,
                    text: None,
                    taint,
                    added: None,
                });
            }
        }
        // Other programs write what they made of the project's own files.
        let outputs = std::mem::take(&mut self.ledger.outputs);
        let tainted = taint.has(Taint::NET) || taint.has(Taint::SECRET);
        let away = taint.has(Taint::AWAY);
        let keeps_meaning = !outputs.is_empty() && keeps_meaning(site.invocation);
        let kept = outputs.into_iter().filter(|path| {
            let file = base_name(path);
            let obeyed = is_loaded(file) || is_obeyed(path) || is_recipe(file);
            tainted || (away && could_be_code(file)) || (obeyed && !keeps_meaning)
        });
        self.ledger.written.extend(kept.map(|path| Written {
            path,
            text: None,
            taint,
            added: None,
        }));
        let added = echoed(site.invocation);
        for file in files {
            let path = self.resolved_target(&file.path);
            let Some(paths) = Arg::new(&path).known() else {
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
                        added: added.clone(),
                    });
                }
            }
        }
    }

    /// What is copied, moved or linked from outside the project and run later is not the
    /// project's own program.
    pub(super) fn note_copies(&mut self, call: &Call<'_>) {
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
        let secrets = sources.iter().any(|source| {
            source.known().is_some_and(|mut paths| {
                paths.any(|p| {
                    self.locate(p, false, cwd).any(|place| {
                        self.secret(&place)
                            .is_some_and(|hit| hit.read != Verdict::Allow)
                    })
                })
            })
        });
        let own = |place: &Place| matches!(place.scope, Scope::Project | Scope::Build);
        let mut copied: Vec<Vec<u8>> = Vec::new();
        let mut taint = self.ledger.taint;
        for source in sources {
            let paths: Vec<&[u8]> = match source.known() {
                Some(known) => known.collect(),
                None => vec![b"/\0"],
            };
            for path in paths {
                let mut away = false;
                let mut written = false;
                for place in self.locate(path, false, cwd) {
                    away |= !own(&place);
                    if let Some(from) = self.written_at(&place.path) {
                        written = true;
                        taint = taint.with(from.taint);
                    }
                }
                if !secrets && !away && !written {
                    continue;
                }
                if away {
                    taint = taint.with(Taint::AWAY);
                }
                let Some(targets) = target.known() else {
                    continue;
                };
                for to in targets {
                    let mut inside = to.to_vec();
                    inside.push(b'/');
                    inside.extend_from_slice(base_name(path));
                    copied.extend(self.locate(to, false, cwd).map(|p| p.path));
                    copied.extend(self.locate(&inside, false, cwd).map(|p| p.path));
                }
            }
        }
        if secrets {
            taint = taint.with(Taint::SECRET);
        }
        for path in copied {
            self.ledger.written.push(Written {
                path,
                text: None,
                taint,
                added: None,
            });
        }
    }

    /// What a compiler makes of the project's own sources is the project's own program, also
    /// where it lies in a temporary directory. `from`: the outputs of the call begin there.
    pub(super) fn note_built(&mut self, call: &Call<'_>, from: usize) {
        let unnamed = self.unnamed_output(call);
        if self.ledger.outputs.len() <= from && unnamed.is_none() {
            return;
        }
        let own = |place: &Place| {
            if self.is_written_here(place, call) {
                return true;
            }
            let known = matches!(
                place.scope,
                Scope::Project | Scope::ProjectTop | Scope::Build
            );
            let foreign = self
                .ledger
                .written
                .iter()
                .any(|w| w.path == place.path && (w.text.is_none() || w.taint.has(Taint::NET)));
            known && !foreign
        };
        let cwd = &call.site.cwd;
        let here = self.locate(b".", false, cwd).all(|place| own(&place));
        let sources = match (call.name(), call.path()) {
            ("go", "build" | "test") => here,
            ("gcc" | "rustc" | "swiftc" | "zig" | "nim" | "ghc" | "ocaml", _) => true,
            ("crystal" | "odin", "build") | ("dart", "compile exe") => true,
            ("cp" | "install", _) => call.operands().len() == 2,
            _ => false,
        };
        if !sources {
            return;
        }
        let last = call.operands().len().saturating_sub(1);
        let copies = matches!(call.name(), "cp" | "install");
        for (index, arg) in call.operands().enumerate() {
            if copies && index == last {
                continue;
            }
            if let Some((pattern, _)) = arg.glob() {
                // What the pattern finds are the project's sources, unless the script wrote some.
                let wrote = self.ledger.written.iter().any(|w| code_file(&w.path));
                if wrote || !self.locate(pattern, true, cwd).all(|place| own(&place)) {
                    return;
                }
                continue;
            }
            let Some(mut known) = arg.known() else { return };
            let package = |text: &[u8]| call.name() == "go" && !text.starts_with(b"/");
            let mut all = |text: &[u8]| {
                package(text) && !text.windows(2).any(|w| w == b"..")
                    || self.locate(text, false, cwd).all(|place| own(&place))
            };
            if !known.all(&mut all) {
                return;
            }
        }
        let temp = |path: &&Vec<u8>| self.places.scope(path, false) == Scope::Temp;
        let outputs = self.ledger.outputs.get(from..).unwrap_or_default();
        let outputs = outputs.iter().cloned().chain(unnamed);
        let built: Vec<Vec<u8>> = outputs.filter(|path| temp(&path)).collect();
        self.ledger.built.extend(built);
    }

    /// What a compiler of one program writes that is not told where.
    fn unnamed_output(&self, call: &Call<'_>) -> Option<Vec<u8>> {
        let stays = call.has(&[
            "-o",
            "-c",
            "-S",
            "-E",
            "-fsyntax-only",
            "--crate-type",
            "--emit",
        ]);
        if stays {
            return None;
        }
        let name = match call.name() {
            "gcc" => b"a.out".to_vec(),
            "rustc" => {
                let source = call.operand(0).and_then(Arg::as_static)?;
                base_name(source).strip_suffix(b".rs")?.to_vec()
            }
            _ => return None,
        };
        let mut places = self.locate(&name, false, &call.site.cwd);
        places.next().map(|place| place.path)
    }

    /// A source in a temporary directory that this script has written with a text that only
    /// computes and prints, compiled with nothing beside it.
    fn is_written_here(&self, place: &Place, call: &Call<'_>) -> bool {
        let alone =
            matches!(call.name(), "gcc" | "rustc") && call.options().iter().all(is_plain_build);
        let mut written = self.ledger.written.iter().rev();
        let latest = written.find(|w| w.path == place.path);
        alone
            && place.scope == Scope::Temp
            && latest.is_some_and(|w| {
                let text = w.text.as_deref();
                !w.taint.has(Taint::NET)
                    && text.is_some_and(|text| nativesource::is_harmless(&place.path, text))
            })
    }

    /// The process whose number is in this file is one that the script itself has started:
    /// `echo $! > FILE`.
    pub(crate) fn holds_own_process(&self, path: &[u8], cwd: &Cwd) -> bool {
        let Some(place) = self.locate(path, false, cwd).next() else {
            return false;
        };
        let mut writers = self
            .script
            .written()
            .iter()
            .filter(|file| {
                let target = self.resolved_target(&file.path);
                let known = Arg::new(&target).known();
                known.is_some_and(|mut all| {
                    all.any(|p| self.locate(p, false, cwd).any(|w| w.path == place.path))
                })
            })
            .peekable();
        let own = |file: &WrittenFile| {
            let writer = self.script.invocation(file.by);
            writer.is_some_and(|call| match call.argv.as_slice() {
                [echo, number] => {
                    echo.as_static() == Some(b"echo") && is_own_process(Arg::new(number))
                }
                _ => false,
            })
        };
        writers.peek().is_some() && writers.all(own)
    }

    /// The call runs code of the project, and the script has written files before.
    pub(super) fn runs_written(&mut self, call: &Call<'_>) {
        let has = |effect: Effect| self.ledger.effects.has(effect);
        let builds = match call.name() {
            "docker" | "docker-compose" => has(Effect::ContainerChange),
            "terraform" | "pre-commit" | "guard" | "hk" => true,
            "go" => matches!(call.path(), "build" | "generate" | "install"),
            "uv" => matches!(call.path(), "sync" | "build" | "lock" | "pip sync"),
            _ => false,
        };
        let project = has(Effect::RunProject) || has(Effect::InstallProject);
        let runs = project || builds;
        let loads = matches!(call.name(), "python" | "node" | "ruby");
        if !runs && !loads {
            return;
        }
        let name = call.called().to_owned();
        if runs {
            let places: Vec<Vec<u8>> = self
                .locate(b".", false, &call.site.cwd)
                .map(|place| place.path)
                .collect();
            if places
                .iter()
                .any(|path| self.runs_arrived(path, &name, call.span()))
            {
                return;
            }
        }
        let recipe = self
            .ledger
            .written
            .iter()
            .rev()
            .find(|w| {
                let file = base_name(&w.path);
                (project || loads) && is_recipe(file) || is_recipe_of(file, call.name())
            })
            .map(|w| String::from_utf8_lossy(&w.path).into_owned());
        let Some(path) = recipe else {
            return self.written_code(&name, call.span(), call.site);
        };
        self.report(
            Effect::RunInline,
            40,
            "run.written-recipe",
            call.span(),
            || format!("`{name}` runs what this script has just written to `{path}`"),
        );
    }

    /// A file that a tool loads (its configuration, a plug-in), written by this script: settings
    /// that point nowhere else, or code whose language is analysed.
    pub(crate) fn written_config(&mut self, place: &Place, span: Span) {
        const SETTINGS: &[&[u8]] = &[
            b".json", b".jsonc", b".toml", b".yml", b".yaml", b".ini", b".cfg", b".conf", b".py",
            b".js", b".cjs", b".mjs", b".ts", b".mts", b".rb", b".rc", b".txt", b".env", b".c",
            b".h", b".cc", b".cpp", b".go", b".rs", b".java", b".kt", b".swift", b".zig", b".xml",
        ];
        let mut written = self.ledger.written.iter().rev();
        let Some(written) = written.find(|w| w.path == place.path) else {
            return;
        };
        let name = base_name(&written.path);
        if written.text.is_none() && !name.contains(&b'.') {
            // Data that a program text has written for itself.
            return;
        }
        let known = written.text.as_ref().is_some_and(|text| {
            SETTINGS.iter().any(|end| name.ends_with(end))
                && !foreign::harms(name, text)
                && !foreign::points_away(name, text)
        });
        if !known {
            let shown = String::from_utf8_lossy(&written.path).into_owned();
            self.unknown("run.written", span, || {
                format!("`{shown}` was written by this script and is then loaded as code")
            });
        }
    }

    /// Code that this script has written and that project code, run later, loads or is: what it
    /// is known to do counts. Its unknown parts are those of any code of the project.
    pub(super) fn written_code(&mut self, name: &str, span: Span, site: &Site<'_>) {
        let mut seen: Vec<Vec<u8>> = Vec::new();
        let mut texts: Vec<(Lang, Bytes)> = Vec::new();
        let mut loaded: Option<Vec<u8>> = None;
        for written in self.ledger.written.iter().rev() {
            if seen.contains(&written.path) {
                continue;
            }
            seen.push(written.path.clone());
            let file = base_name(&written.path);
            let unseen = written.taint.has(Taint::NET) || written.text.is_none();
            let shown = written.text.as_ref().or(written.added.as_ref());
            let away = shown
                .is_some_and(|text| foreign::harms(file, text) || foreign::points_away(file, text));
            if (unseen && is_loaded(file)) || away {
                loaded = Some(written.path.clone());
            }
            match (shown, code_language(file)) {
                (Some(text), Some(lang)) => texts.push((lang, text.clone())),
                (None, Some(_)) => {}
                (_, None) if is_obeyed(&written.path) => loaded = Some(written.path.clone()),
                (_, None) => {}
            }
        }
        for (path, source) in &self.ledger.written_by {
            if let Some(lang) = code_language(base_name(path)) {
                texts.extend(literals(source).into_iter().map(|text| (lang, text.into())));
            }
        }
        // What such code runs in turn loads the same texts again: each counts once.
        let outermost = self.ledger.harm.is_none();
        for (lang, text) in texts {
            let seen = self.ledger.harm.get_or_insert_default();
            let here = (text, site.cwd.as_ref().clone());
            if !seen.contains(&here) {
                seen.push(here.clone());
                self.known_harm(lang, &here.0, span, site);
            }
        }
        if outermost {
            self.ledger.harm = None;
        }
        if let Some(path) = loaded {
            self.report(Effect::RunInline, 40, "run.written-recipe", span, || {
                let path = String::from_utf8_lossy(&path).into_owned();
                format!("`{name}` obeys what this script has just written to `{path}`")
            });
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

    /// Notes what a program text writes: of a file for a shell or for a tool the text is not
    /// known; code is among the strings of the program text.
    pub(super) fn note_code_writes(
        &mut self,
        lang: Lang,
        source: &[u8],
        report: &CodeReport,
        site: &Site<'_>,
    ) {
        if matches!(lang, Lang::Sed | Lang::Awk | Lang::Jq | Lang::Sql) {
            return;
        }
        for act in report.acts.iter().filter(|a| a.effect == Effect::Write) {
            let CodeTarget::Path(value) = &act.target else {
                continue;
            };
            let Value::Static(path) = value else { continue };
            for place in self.locate(path, false, &site.cwd) {
                let name = base_name(&place.path);
                if code_language(name).is_some() {
                    let text = Bytes::from(source);
                    self.ledger.written_by.push((place.path, text));
                } else if is_script(name) || is_recipe(name) {
                    let taint = self.ledger.taint;
                    self.ledger.written.push(Written {
                        path: place.path,
                        text: None,
                        taint,
                        added: None,
                    });
                }
            }
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
}

/// What `echo`, `printf` and `cat` with a here-document print, as it stands.
fn echoed(invocation: &Invocation) -> Option<Bytes> {
    if let Stdin::Text(text) = &invocation.stdin {
        return Some(text.clone());
    }
    let (name, words) = invocation.argv.split_first()?;
    if !matches!(name.as_static(), Some(b"echo" | b"printf")) {
        return None;
    }
    let words: Option<Vec<&[u8]>> = words.iter().map(|w| w.as_static()).collect();
    Some(words?.join(&b' ').into())
}

/// An invocation that changes how files look, or a version number in them, not what they say.
fn keeps_meaning(invocation: &Invocation) -> bool {
    const FORMATTERS: &[&[u8]] = &[
        b"prettier",
        b"biome",
        b"dprint",
        b"black",
        b"ruff",
        b"isort",
        b"taplo",
        b"rubocop",
        b"eslint",
        b"yapf",
    ];
    let mut words = invocation
        .argv
        .iter()
        .map(|w| w.as_static().unwrap_or(b"?"));
    let mut name = base_name(words.next().unwrap_or_default());
    if name == b"npx" {
        name = words.next().unwrap_or_default();
    }
    FORMATTERS.contains(&name)
        || name == b"sed"
            && words.all(|word| {
                matches!(word, b"-i" | b"-E" | b"-r" | b"-e" | b"")
                    || is_version_edit(word)
                    || is_recipe(base_name(word))
            })
}

/// `$!`, `$$`: a number that the shell itself knows.
pub(crate) fn is_own_process(arg: Arg<'_>) -> bool {
    arg.dynamic()
        .is_some_and(|d| d.numeric && d.reason == Reason::Parameter)
}

/// An edit by `sed` that puts in a version number only.
fn is_version_edit(script: &[u8]) -> bool {
    let mut parts = match script {
        [b's', sign, rest @ ..] => rest.split(move |b| b == sign),
        _ => return false,
    };
    let (Some(_), Some(new), Some(flags), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let Ok(new) = std::str::from_utf8(new) else {
        return false;
    };
    let rest = new
        .replace("version", "")
        .replace(r"\1", "")
        .replace(r"\2", "");
    flags.iter().all(|b| b"g0123456789".contains(b))
        && rest
            .bytes()
            .all(|b| b.is_ascii_digit() || b"\"':,=. ^~".contains(&b))
}

/// An option that changes neither the text that is compiled nor what is linked to it.
fn is_plain_build(given: &Given<'_>) -> bool {
    let Some(value) = given.value else {
        return true;
    };
    let text = value.as_static().unwrap_or(b"?");
    match given.spec.name {
        "-l" => matches!(text, b"m" | b"pthread" | b"stdc++"),
        "-C" | "--codegen" => text.starts_with(b"opt-level") || text.starts_with(b"debuginfo"),
        "-W" | "-O" | "-g" | "-m" | "-std" | "-std=" | "-march=" | "-mtune=" | "--edition" => true,
        _ => given.spec.role == WordRole::Write,
    }
}
