//! Files that the script has written and that tools or code of the project then load.

use clearance_core::{Effect, Span};
use clearance_shell::invocation::{Bytes, Cwd, Value, Word};

use crate::arg::Arg;
use crate::judge::{Call, Judge, Site, Source, Taint, Written};
use crate::names::{LOADED, RECIPE, SETTINGS, TOOL_SETTINGS};
use crate::path::Place;
use crate::run::built::defines_functions;
use crate::run::obeyed::{code_language, is_obeyed, is_recipe_of};
use crate::run::strings::{decodes, literals};
use crate::run::{base_name, source};
use crate::spec::{Lang, WordRole};

/// Stands before the text of a test in JavaScript.
const JS_TEST_NAMES: &[u8] = b"import { describe, it, test, suite, expect, beforeEach, afterEach, beforeAll, afterAll, before, after, vi, jest } from 'vitest'; ";

/// The text is a script for a shell, by its name or by its first line.
fn is_shell_file(name: &[u8], text: &[u8]) -> bool {
    let named = [&b".sh"[..], b".bash"]
        .iter()
        .any(|end| name.ends_with(end));
    let line = text.split(|&b| b == b'\n').next().unwrap_or_default();
    let shell = line.starts_with(b"#!") && (line.ends_with(b"sh") || line.ends_with(b"sh -e"));
    named || shell && !name.contains(&b'.')
}

/// A word of the settings names a place outside the project, or an address.
fn leads_away(text: &[u8]) -> bool {
    let plugs = |word: &[u8]| word == b"-p" || word.starts_with(b"--rootdir");
    text.split(|b| b.is_ascii_whitespace() || b"\"'=,:;<>[]{}()".contains(b))
        .any(|word| {
            let away = [&b"/"[..], b"~", b"../"]
                .iter()
                .any(|way| word.starts_with(way));
            (away && word.len() > 2 && !word.starts_with(b"//")) || plugs(word)
        })
}

/// The file is a test by its name.
fn is_js_test(path: &[u8]) -> bool {
    let name = base_name(path);
    let has = |part: &[u8]| name.windows(part.len()).any(|w| w == part);
    has(b".test.") || has(b".spec.") || path.windows(11).any(|w| w == b"/__tests__/")
}

impl Judge<'_> {
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
                (project || loads) && RECIPE.has(file) || is_recipe_of(file, call.name())
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
        let mut written = self.ledger.written.iter().rev();
        let Some(written) = written.find(|w| w.path == place.path) else {
            return;
        };
        let name = base_name(&written.path);
        if written.text.is_none() && !name.contains(&b'.') {
            // Data that a program text has written for itself.
            return;
        }
        let plain = SETTINGS.has(name) && !written.taint.has(Taint::NET);
        let known = plain
            && written.text.as_ref().is_some_and(|text| {
                let place = std::str::from_utf8(&written.path).unwrap_or_default();
                source::read(name, text, source::Beside::Project(place)).is_some()
            });
        if !known {
            let shown = String::from_utf8_lossy(&written.path).into_owned();
            self.unknown("run.written", span, || {
                format!("`{shown}` was written by this script and is then loaded as code")
            });
        }
    }

    /// Code that this script has written and that project code, run later, loads or is: it must
    /// be understood. Its calls of the project's code are what the command runs anyway.
    pub(super) fn written_code(&mut self, name: &str, span: Span, site: &Site<'_>) {
        // An interpreter builds nothing by itself; what it starts is judged for itself.
        let builds = !matches!(
            name,
            "python" | "python3" | "node" | "ruby" | "deno" | "bun"
        );
        let mut whole: Vec<Vec<u8>> = Vec::new();
        let mut texts: Vec<(Lang, Vec<u8>, Bytes)> = Vec::new();
        let mut sources: Vec<(Vec<u8>, Bytes)> = Vec::new();
        let mut shells: Vec<(Vec<u8>, Bytes)> = Vec::new();
        let mut loaded: Option<Vec<u8>> = None;
        for written in self.ledger.written.iter().rev() {
            if whole.contains(&written.path) {
                continue;
            }
            let file = base_name(&written.path);
            let shown = written.text.as_ref().or(written.added.as_ref());
            let unseen = written.taint.has(Taint::NET) || shown.is_none();
            // What was added to a file stands beside what was written before.
            if written.text.is_some() || shown.is_none() {
                whole.push(written.path.clone());
            }
            let code = code_language(file);
            let loads = [&b".pth"[..], b".so", b".pyx", b".wasm"];
            let loads = loads.iter().any(|end| file.ends_with(end));
            let source = (builds || loads) && source::is_source(file);
            if unseen && (LOADED.has(file) || code.is_some() || source) {
                loaded = Some(written.path.clone());
            }
            match (shown, code) {
                (Some(text), Some(lang)) => {
                    texts.push((lang, written.path.clone(), text.clone()));
                }
                (_, Some(_)) => {}
                (Some(text), None) if is_shell_file(file, text) => {
                    shells.push((written.path.clone(), text.clone()));
                }
                (Some(text), None) if TOOL_SETTINGS.has(file) && leads_away(text) => {
                    loaded = Some(written.path.clone());
                }
                (_, None) if is_obeyed(&written.path) => loaded = Some(written.path.clone()),
                (Some(text), None) if source => sources.push((written.path.clone(), text.clone())),
                (_, None) => {}
            }
        }
        // What a program text writes is not known.
        let put_together = |(path, _): &&(Vec<u8>, Bytes)| source::is_source(base_name(path));
        let mut by_texts = self.ledger.written_by.iter();
        let hidden = |text: &Bytes| decodes(text);
        if let Some((path, _)) = by_texts.find(|w| {
            let code = code_language(base_name(&w.0)).is_some();
            builds && put_together(w) || code && hidden(&w.1)
        }) {
            loaded = Some(path.clone());
        }
        for (path, text) in sources {
            if !self.source_is_read(&path, &text, span, site) {
                loaded = Some(path);
            }
        }
        let ran = std::mem::take(&mut self.ledger.ran);
        // What such code runs in turn loads the same texts again: each counts once.
        let outermost = self.ledger.harm.is_none();
        for (lang, path, text) in texts {
            // What was run as the program was understood with its arguments.
            if self.is_new(&text, site) && !self.is_running(&text) && !ran.contains(&text) {
                self.file_text(lang, &path, &text, &[], span, site);
            }
        }
        for (path, text) in shells {
            if builds && self.is_new(&text, site) {
                let positional = vec![Bytes::from(path.as_slice())];
                self.shell_text(&text, Some(positional), span, site);
            }
        }
        for (lang, text) in self.written_literals() {
            // One of the strings of a text that writes code: not code by itself.
            if self.is_new(&text, site) {
                self.known_harm(lang, &text, span, site);
            }
        }
        for (path, text) in self.ledger.edited.clone() {
            if self.is_new(&text, site) {
                self.put_in_harm(base_name(&path), &text, span, site);
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

    /// The text was not yet judged for the outermost call.
    fn is_new(&mut self, text: &Bytes, site: &Site<'_>) -> bool {
        let seen = self.ledger.harm.get_or_insert_default();
        let here = (text.clone(), site.cwd.as_ref().clone());
        let new = !seen.contains(&here);
        if new {
            seen.push(here);
        }
        new
    }

    /// A program text that lies in a file: what it loads by a path from itself lies from there.
    pub(super) fn file_text(
        &mut self,
        lang: Lang,
        path: &[u8],
        text: &[u8],
        args: &[Value],
        span: Span,
        site: &Site<'_>,
    ) {
        let end = path.len().saturating_sub(base_name(path).len() + 1);
        let dir = path.get(..end).map(|dir| Cwd::Known(dir.into()));
        let outer = std::mem::replace(&mut self.ledger.base, dir);
        if matches!(lang, Lang::Javascript | Lang::Typescript) && is_js_test(path) {
            // What runs the tests gives them these names.
            let given = [JS_TEST_NAMES, text].concat();
            self.code_text(lang, &given, args, span, site);
        } else {
            self.code_text(lang, text, args, span, site);
        }
        self.ledger.base = outer;
    }

    /// The text is one of those that are being judged.
    fn is_running(&self, source: &[u8]) -> bool {
        let ledger = &self.ledger;
        let mut running = ledger.running.iter();
        running.any(|(id, _)| ledger.texts.is(*id, source))
    }

    /// The strings of the texts that write code, in the language of what they write.
    fn written_literals(&self) -> Vec<(Lang, Bytes)> {
        let mut texts = Vec::new();
        for (path, source) in &self.ledger.written_by {
            if let Some(lang) = code_language(base_name(path)) {
                texts.extend(literals(source).into_iter().map(|text| (lang, text.into())));
            }
        }
        texts
    }

    /// The text of a source is understood; what it opens is judged here.
    fn source_is_read(&mut self, path: &[u8], text: &Bytes, span: Span, site: &Site<'_>) -> bool {
        let c = [&b".c"[..], b".cc", b".cpp", b".cxx", b".h", b".hpp"];
        if c.iter().any(|end| path.ends_with(end)) && defines_functions(self.text) {
            return false;
        }
        let known = self
            .ledger
            .sources
            .iter()
            .position(|source| *source.path == *path && source.text == *text);
        let index = known.unwrap_or_else(|| {
            let place = std::str::from_utf8(path).unwrap_or_default();
            let acts = source::read(path, text, source::Beside::Project(place));
            let acts = acts.map(|acts| {
                let owned = acts
                    .into_iter()
                    .map(|(role, name)| (role, name.as_bytes().into()));
                owned.collect()
            });
            self.ledger.sources.push(Source {
                path: path.into(),
                text: text.clone(),
                acts,
            });
            self.ledger.sources.len() - 1
        });
        let Some(source) = self.ledger.sources.get(index) else {
            return false;
        };
        let Some(acts) = source.acts.clone() else {
            return false;
        };
        // What it hands to the code of the project, as words of a command would be.
        let words: Vec<Word> = text
            .split(|b| b"\"'`".contains(b))
            .map(|piece| Word {
                value: Value::Static(piece.into()),
                span,
            })
            .collect();
        self.handed(&words, &site.cwd);
        for (role, name) in acts {
            if role == WordRole::Write {
                // With a text that is not known.
                let places: Vec<Vec<u8>> = self
                    .locate(&name, false, &site.cwd)
                    .map(|place| place.path)
                    .collect();
                let taint = self.ledger.taint;
                self.ledger
                    .written
                    .extend(places.into_iter().map(|path| Written {
                        path,
                        text: None,
                        taint,
                        added: None,
                    }));
            }
            self.path(role, Arg::of(&Value::Static(name), span), site);
        }
        true
    }

    /// Analyses a program text of which only the known harm counts: what is not understood is
    /// dropped.
    pub(crate) fn known_harm(&mut self, lang: Lang, source: &[u8], span: Span, site: &Site<'_>) {
        self.known_effects(lang, source, span, site, is_harm);
    }

    /// What was put into a script or a source of this name: it is not code by itself.
    fn put_in_harm(&mut self, name: &[u8], text: &[u8], span: Span, site: &Site<'_>) {
        let run = |judge: &mut Self| match code_language(name) {
            Some(lang) => judge.code_text(lang, text, &[], span, site),
            None => judge.shell_text(text, None, span, site),
        };
        self.counted(run, is_harm);
    }

    /// Analyses a program text of which only counts that it shows secrets.
    pub(crate) fn shown_secrets(&mut self, lang: Lang, source: &[u8], span: Span, site: &Site<'_>) {
        self.known_effects(lang, source, span, site, |effect| effect == Effect::Secret);
    }

    fn known_effects(
        &mut self,
        lang: Lang,
        source: &[u8],
        span: Span,
        site: &Site<'_>,
        counts: impl Fn(Effect) -> bool,
    ) {
        self.counted(
            |judge| judge.code_text(lang, source, &[], span, site),
            counts,
        );
    }

    /// Of what is found only these effects count.
    fn counted(&mut self, run: impl FnOnce(&mut Self), counts: impl Fn(Effect) -> bool) {
        let found = self.ledger.found.len();
        let (score, effects) = (self.ledger.score, self.ledger.effects);
        let remote = self.ledger.remote;
        let taint = self.ledger.taint;
        run(self);
        let mut index = 0;
        self.ledger.found.retain(|f| {
            index += 1;
            index <= found || counts(f.finding.effect)
        });
        self.ledger.remote = remote;
        self.ledger.taint = taint;
        if self.ledger.found.len() == found {
            self.ledger.score = score;
            self.ledger.effects = effects;
        }
    }
}

/// What an effect does lasts, or leaves the machine.
fn is_harm(effect: Effect) -> bool {
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
}
