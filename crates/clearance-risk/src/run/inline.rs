//! Program texts in a language: what the analysis of their code says they do.

use clearance_core::{Effect, Span};
use clearance_shell::invocation::{Value, Word};

use crate::arg::Arg;
use crate::code::{CodeReport, CodeTarget, Language};
use crate::judge::{Judge, Site, Taint};
use crate::run::TextId;
use crate::run::texts::TEXT_STEPS;
use crate::spec::{Lang, WordRole};
use crate::{env, score};

impl Judge<'_> {
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
                let shown = named.known().is_none_or(|mut names| {
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
                // Without a host: the client says which, and that is the project's own.
                let relative = |u: &[u8]| u.starts_with(b"/") && !u.starts_with(b"//");
                if self.ledger.base.is_some()
                    && arg.known().is_some_and(|mut all| all.all(relative))
                {
                    return;
                }
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
            CodeTarget::Module(Value::Static(name)) if name.windows(2).any(|w| w == b"..") => {
                let site = &Site {
                    cwd: match self.ledger.base.clone() {
                        Some(dir) => std::borrow::Cow::Owned(dir),
                        None => site.cwd.clone(),
                    },
                    ..site.clone()
                };
                let file = Value::Static(name.clone());
                self.path(WordRole::Run, Arg::of(&file, span), site);
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
