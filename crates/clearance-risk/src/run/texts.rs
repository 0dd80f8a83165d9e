//! Texts that a shell runs, and code that is not determined.

use clearance_core::{Effect, Span};
use clearance_shell::analyze::Progress;
use clearance_shell::invocation::{Bytes, Cwd, Dialect, Env, Reason, Value};

use crate::arg::Arg;
use crate::judge::{Judge, Site, Taint, why};
use crate::session::Session;

/// Steps that running a text costs, besides those of what is in it.
pub(super) const TEXT_STEPS: usize = 24;

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
            unset: Vec::new(),
            positional,
            status: None,
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

    /// A secret leaves the machine: never lowered.
    pub fn exfiltrates(&mut self, span: Span, message: impl FnOnce() -> String) {
        self.report_floor(Effect::Exfiltrate, 100, "secret.exfiltrate", span, message);
    }
}
