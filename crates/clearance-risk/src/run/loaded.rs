//! Files that the script has written and that tools or code of the project then load.

use clearance_core::{Effect, Span};
use clearance_shell::invocation::Bytes;

use crate::judge::{Call, Judge, Site, Taint};
use crate::names::{LOADED, RECIPE, SETTINGS};
use crate::path::Place;
use crate::run::obeyed::{code_language, is_obeyed, is_recipe_of};
use crate::run::strings::literals;
use crate::run::{base_name, foreign};
use crate::spec::Lang;

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
        let known = written.text.as_ref().is_some_and(|text| {
            SETTINGS.has(name) && !foreign::harms(name, text) && !foreign::points_away(name, text)
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
            if (unseen && LOADED.has(file)) || away {
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
}
