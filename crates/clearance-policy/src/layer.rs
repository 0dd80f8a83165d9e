//! Layers and their combination: [`Policy`].

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use clearance_core::{Effect, Verdict};

use clearance_branch::config::Policy as BranchPolicy;

use crate::branch::{self, BranchLayers};
use crate::file::{self, File, Switch};
use crate::{Diagnostic, Match, PolicyError, Rule};

/// The names of the switches, see `docs/POLICY.md`.
pub(crate) const SWITCHES: &[&str] = &["bare-push"];

/// Where a policy text comes from, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Compiled in.
    Builtin,
    /// The organisation's.
    Organisation,
    /// The user's own.
    User,
    /// The project's, which an agent can write: it may only tighten.
    Project,
    /// The project's, which the user has declared trusted.
    TrustedProject,
    /// This session's.
    Session,
}

impl Layer {
    /// It may loosen what lower layers say.
    #[must_use]
    pub fn may_loosen(self) -> bool {
        self != Self::Project
    }
}

/// Something in a policy that has no effect, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The place and the sentence.
    pub diagnostic: Diagnostic,
}

/// Rules, thresholds, switches, branches and own programs of all layers together.
#[derive(Clone, Debug)]
pub struct Policy {
    rules: Vec<Rule>,
    ask: u8,
    deny: u8,
    switches: BTreeMap<String, Verdict>,
    effects: Vec<(Effect, Verdict)>,
    protected: Vec<String>,
    /// A layer has set `protected`.
    own_list: bool,
    branch_layers: BranchLayers,
    branch: Arc<BranchPolicy>,
    programs: Vec<Arc<str>>,
    notices: Vec<Notice>,
}

impl Policy {
    /// The score from which on the built-in policy asks.
    pub const ASK: u8 = 30;
    /// The score from which on the built-in policy denies.
    pub const DENY: u8 = 90;
    /// The branches that the built-in policy protects (patterns in GitHub's ruleset dialect).
    pub const PROTECTED: &[&str] = &[
        "main",
        "master",
        "trunk",
        "develop",
        "staging",
        "pre-production",
        "production",
        "release/**/*",
        "release-*",
        "hotfix/**/*",
    ];

    /// The policy that holds without any file.
    #[must_use]
    pub fn builtin() -> Self {
        Self {
            rules: Vec::new(),
            ask: Self::ASK,
            deny: Self::DENY,
            switches: BTreeMap::new(),
            effects: Vec::new(),
            protected: Self::PROTECTED.iter().map(|p| (*p).to_owned()).collect(),
            own_list: false,
            branch_layers: BranchLayers::default(),
            branch: branch::builtin(),
            programs: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// This policy with a layer on top. `name` is used in messages only.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] with the place: broken TOML, unknown keys, wrong types, values that
    /// make no sense.
    pub fn layer(mut self, layer: Layer, name: &str, text: &str) -> Result<Self, PolicyError> {
        let file = file::parse(name, text)?;
        let place = Place { layer, name, text };
        self.set_thresholds(&file, place);
        self.set_switches(&file, place);
        self.set_effects(&file, place);
        self.set_branches(&file, place);
        self.set_branch_policy(&file, place)?;
        self.add_programs(&file, place)?;
        for rule in file::rules(file, name, text, layer)? {
            if rule.verdict() == Verdict::Allow && !layer.may_loosen() {
                let span = line_span(text, rule.line);
                self.notice(
                    place,
                    span,
                    "an allow rule of an untrusted project is ignored",
                );
            } else {
                self.rules.push(rule);
            }
        }
        Ok(self)
    }

    /// As [`Policy::layer`], from a file.
    ///
    /// # Errors
    ///
    /// As [`Policy::layer`], and when the file cannot be read or is not UTF-8.
    pub fn layer_file(self, layer: Layer, path: &Path) -> Result<Self, PolicyError> {
        let (name, text) = read(path)?;
        self.layer(layer, &name, &text)
    }

    /// The rules of all layers.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The scores from which on an action is asked about, and denied.
    #[must_use]
    pub fn thresholds(&self) -> (u8, u8) {
        (self.ask, self.deny)
    }

    /// A switch, if a layer has set it.
    #[must_use]
    pub fn switch(&self, name: &str) -> Option<Verdict> {
        self.switches.get(name).copied()
    }

    /// What is to be done about these effects, wherever they are found.
    #[must_use]
    pub fn effects(&self) -> &[(Effect, Verdict)] {
        &self.effects
    }

    /// Patterns of protected branches.
    #[must_use]
    pub fn protected(&self) -> &[String] {
        &self.protected
    }

    /// What merges, routes, gates and direct pushes are decided by: the model of
    /// `docs/BRANCH.md` with what the tables `[branch]` change, and [`Policy::protected`].
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_policy::{Layer, Policy};
    ///
    /// let text = "[branch.gate.ship]\ncommands = ['make deploy']\n";
    /// let policy = Policy::builtin().layer(Layer::User, "policy.toml", text)?;
    /// assert!(policy.branch().gates.contains_key("ship"));
    /// assert!(policy.branch().gates.contains_key("release")); // the model's
    /// # Ok::<(), clearance_policy::PolicyError>(())
    /// ```
    #[must_use]
    pub fn branch(&self) -> &BranchPolicy {
        &self.branch
    }

    /// Whether a layer says which branches are protected.
    #[must_use]
    pub fn protects_own_branches(&self) -> bool {
        self.own_list || self.branch_layers.has_push_rules()
    }

    /// Own programs, each a TOML text in the pack schema (`docs/PACKS.md`).
    #[must_use]
    pub fn programs(&self) -> &[Arc<str>] {
        &self.programs
    }

    /// What had no effect, and why.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// What the rules say of a command with these words (`None`: a word that is not known):
    /// the strictest rule that applies. A rule to ask or deny that could apply asks.
    #[must_use]
    pub fn verdict_on(&self, argv: &[Option<&[u8]>]) -> Option<(Verdict, &Rule)> {
        self.rules
            .iter()
            .filter_map(|rule| match (rule.matches(argv), rule.verdict()) {
                (Match::Yes, verdict) => Some((verdict, rule)),
                (Match::Maybe, Verdict::Ask | Verdict::Deny) => Some((Verdict::Ask, rule)),
                _ => None,
            })
            .max_by_key(|(verdict, _)| *verdict)
    }

    fn set_thresholds(&mut self, file: &File, place: Place<'_>) {
        for (value, current) in [
            (&file.thresholds.ask, &mut self.ask),
            (&file.thresholds.deny, &mut self.deny),
        ] {
            let Some(value) = value else { continue };
            let new = *value.get_ref();
            if new <= *current || place.layer.may_loosen() {
                *current = new;
            } else {
                let message = "a higher threshold of an untrusted project is ignored";
                self.notices.push(place.notice(value.span(), message));
            }
        }
        // A layer that lowers only one of them must not turn their order round.
        self.ask = self.ask.min(self.deny);
    }

    fn set_switches(&mut self, file: &File, place: Place<'_>) {
        for (name, value) in &file.switches {
            let verdict = match value.get_ref() {
                Switch::Allow => Verdict::Allow,
                Switch::Ask => Verdict::Ask,
            };
            if verdict == Verdict::Ask || place.layer.may_loosen() {
                self.switches.insert(name.clone(), verdict);
            } else {
                self.notice(
                    place,
                    value.span(),
                    "a switch of an untrusted project is ignored",
                );
            }
        }
    }

    fn set_effects(&mut self, file: &File, place: Place<'_>) {
        for (name, value) in &file.effects {
            let Some(effect) = Effect::parse(name) else {
                continue;
            };
            let verdict = Verdict::from(*value.get_ref());
            if verdict == Verdict::Allow && !place.layer.may_loosen() {
                self.notice(
                    place,
                    value.span(),
                    "an effect that an untrusted project allows is ignored",
                );
                continue;
            }
            let before = self.effects.iter().position(|(e, _)| *e == effect);
            let old = before.map(|i| self.effects.swap_remove(i).1);
            let new = match old {
                Some(old) if !place.layer.may_loosen() => old.join(verdict),
                _ => verdict,
            };
            self.effects.push((effect, new));
        }
    }

    fn set_branches(&mut self, file: &File, place: Place<'_>) {
        let Some(patterns) = &file.branches.protected else {
            return;
        };
        self.own_list = true;
        if place.layer.may_loosen() {
            self.protected.clear();
        }
        for pattern in patterns {
            if !self.protected.contains(pattern.get_ref()) {
                self.protected.push(pattern.get_ref().clone());
            }
        }
    }

    fn set_branch_policy(&mut self, file: &File, place: Place<'_>) -> Result<(), PolicyError> {
        let invalid = |span, message: String| {
            let help = "see docs/BRANCH.md for the tables below `[branch]`";
            PolicyError::Invalid(place.diagnostic(span, &message).help(help))
        };
        if let Some(typed) = &file.branch {
            let may_loosen = place.layer.may_loosen();
            let added = self
                .branch_layers
                .add(place.text, typed.get_ref(), may_loosen);
            for ignored in added.map_err(|message| invalid(typed.span(), message))? {
                self.notice(place, typed.span(), ignored.0);
            }
        }
        if file.branch.is_some() || file.branches.protected.is_some() {
            let span = file.branch.as_ref().map_or(0..0, toml::Spanned::span);
            let made = self
                .branch_layers
                .with_protected(&self.protected, self.own_list);
            self.branch = Arc::new(made.map_err(|message| invalid(span, message))?);
        }
        Ok(())
    }

    fn add_programs(&mut self, file: &File, place: Place<'_>) -> Result<(), PolicyError> {
        for program in &file.program {
            if !place.layer.may_loosen() {
                self.notice(
                    place,
                    program.span(),
                    "a program of an untrusted project is ignored",
                );
                continue;
            }
            let mut pack = toml::Table::new();
            let list = toml::Value::Array(vec![toml::Value::Table(program.get_ref().clone())]);
            pack.insert("program".to_owned(), list);
            let text = toml::to_string(&pack).map_err(|e| {
                PolicyError::Invalid(place.diagnostic(program.span(), &e.to_string()))
            })?;
            self.programs.push(text.into());
        }
        Ok(())
    }

    fn notice(&mut self, place: Place<'_>, span: std::ops::Range<usize>, message: &str) {
        self.notices.push(place.notice(span, message));
    }
}

/// A file's name for messages, and its text.
pub(crate) fn read(path: &Path) -> Result<(String, String), PolicyError> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|source| PolicyError::Read {
        file: name.clone(),
        source,
    })?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok((name, text)),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..offset).unwrap_or_default();
            let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
            Err(PolicyError::NotUtf8 {
                file: name,
                offset,
                line,
            })
        }
    }
}

/// The text that is being read.
#[derive(Clone, Copy)]
struct Place<'a> {
    layer: Layer,
    name: &'a str,
    text: &'a str,
}

impl Place<'_> {
    fn diagnostic(&self, span: std::ops::Range<usize>, message: &str) -> Diagnostic {
        Diagnostic::new(self.name, self.text, span, message.to_owned())
    }

    fn notice(&self, span: std::ops::Range<usize>, message: &str) -> Notice {
        Notice {
            diagnostic: self.diagnostic(span, message),
        }
    }
}

fn line_span(text: &str, line: usize) -> std::ops::Range<usize> {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let width = text
        .get(start..)
        .and_then(|rest| rest.lines().next())
        .map_or(0, str::len);
    start..start + width
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_untrusted_project_only_tightens() {
        let text = "[thresholds]\nask = 60\ndeny = 95\n[switches]\nbare-push = 'allow'\n\
                    [[allow]]\nargv = ['kubectl', 'delete']\n[[deny]]\nargv = ['make', 'deploy']\n\
                    [branches]\nprotected = ['demo']\n";
        let untrusted = Policy::builtin().layer(Layer::Project, "p", text).unwrap();
        assert_eq!(untrusted.thresholds(), (Policy::ASK, Policy::DENY));
        assert_eq!(untrusted.switch("bare-push"), None);
        assert_eq!(untrusted.rules().len(), 1);
        assert_eq!(untrusted.notices().len(), 4);
        assert!(untrusted.protected().iter().any(|p| p == "main"));
        assert!(untrusted.protected().iter().any(|p| p == "demo"));

        let trusted = Policy::builtin()
            .layer(Layer::TrustedProject, "p", text)
            .unwrap();
        assert_eq!(trusted.thresholds(), (60, 95));
        assert_eq!(trusted.switch("bare-push"), Some(Verdict::Allow));
        assert_eq!(trusted.rules().len(), 2);
        assert_eq!(trusted.protected(), ["demo"]);
    }

    #[test]
    fn a_project_tightens_thresholds() {
        let policy = Policy::builtin()
            .layer(Layer::Project, "p", "[thresholds]\ndeny = 20\n")
            .unwrap();
        assert_eq!(policy.thresholds(), (20, 20));
    }

    #[test]
    fn deny_wins_whatever_the_layer() {
        let policy = Policy::builtin()
            .layer(Layer::User, "u", "[[deny]]\nargv = ['make', 'deploy']\n")
            .unwrap()
            .layer(Layer::Session, "s", "[[allow]]\nargv = ['make']\n")
            .unwrap();
        let verdict = |words: &[&str]| {
            let argv: Vec<_> = words.iter().map(|w| Some(w.as_bytes())).collect();
            policy.verdict_on(&argv).map(|(v, _)| v)
        };
        assert_eq!(verdict(&["make", "deploy"]), Some(Verdict::Deny));
        assert_eq!(verdict(&["make", "test"]), Some(Verdict::Allow));
        assert_eq!(verdict(&["ls"]), None);
        assert_eq!(
            policy.verdict_on(&[Some(b"make"), None]).map(|(v, _)| v),
            Some(Verdict::Ask)
        );
    }

    #[test]
    fn the_branch_policy_is_layered() {
        let organisation = "[branch.target.main]\nmin_confidence = 99\n[branch.gate.ship]\n\
                            commands = ['make deploy']\n";
        let user =
            "[branch.target.main]\nreview = 'technical-lead'\n[branches]\nprotected = ['demo']\n";
        let policy = Policy::builtin()
            .layer(Layer::Organisation, "o", organisation)
            .unwrap()
            .layer(Layer::User, "u", user)
            .unwrap();
        let main = &policy.branch().targets["main"];
        assert_eq!(main.min_confidence.get(), 99.0);
        assert_eq!(main.review, clearance_branch::Review::TechnicalLead);
        assert_eq!(policy.branch().gates["ship"].commands, ["make deploy"]);
        let protect = |policy: &Policy| -> Vec<String> {
            let rules = policy.branch().push.protect.iter();
            rules
                .flat_map(|rule| rule.condition().include())
                .map(ToString::to_string)
                .collect()
        };
        assert_eq!(protect(&policy), ["refs/heads/demo"]);
        let rules = "[[branch.push.protect]]\ninclude = ['x']\n";
        let own = Policy::builtin().layer(Layer::User, "u", rules).unwrap();
        assert_eq!(protect(&own), ["refs/heads/x"]);
        assert!(own.protects_own_branches() && !Policy::builtin().protects_own_branches());
        assert!(protect(&Policy::builtin()).contains(&"refs/heads/trunk".to_owned()));
    }

    #[test]
    fn an_untrusted_project_only_adds_gates() {
        let text = "[branch.gate.ship]\ncommands = ['make deploy']\n[branch.gate.release]\nfree = true\n\
                    [branch.gate.idle]\nfree = true\n[branch.target.main]\nmin_confidence = 1\n";
        let policy = Policy::builtin().layer(Layer::Project, "p", text).unwrap();
        let gates = &policy.branch().gates;
        assert!(!gates["ship"].allows && !gates["release"].free && !gates.contains_key("idle"));
        assert_eq!(policy.branch().targets["main"].min_confidence.get(), 100.0);
        assert_eq!(policy.notices().len(), 3);
        // A later layer does not undo them.
        let later = policy
            .layer(Layer::Session, "s", "[branch.bots]\nbatch_hours = 1\n")
            .unwrap();
        assert!(later.branch().gates.contains_key("ship"));
    }

    #[test]
    fn errors_of_the_branch_policy_have_their_place() {
        for (text, line) in [
            ("\n[branch.target.main]\nmin_confidence = 130\n", 3),
            ("[branch.bots]\nbatch_days = 7\n", 2),
            ("[branch]\npromotion = 3\n", 2),
            ("[branch.promotion]\norder = ['nowhere']\n", 1),
        ] {
            let error = Policy::builtin().layer(Layer::User, "p", text).unwrap_err();
            assert_eq!(error.diagnostic().unwrap().line(), line, "{text}: {error}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_an_error() {
        let missing = Policy::builtin().layer_file(Layer::User, Path::new("no/such/policy.toml"));
        assert!(matches!(missing, Err(PolicyError::Read { .. })));
    }
}
