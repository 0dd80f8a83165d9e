//! Functions that call others, make code, look into modules or use the environment.

use clearance_core::{Effect, Span};
use clearance_shell::invocation::Value;

use crate::code::Language;
use crate::code::flow::ast::Name;
use crate::code::flow::call::Args;
use crate::code::flow::rule::Special;
use crate::code::flow::value::{DATA, REFLECT, Text, Thing, Val};
use crate::code::flow::{CodeTarget, Flow};

impl Flow<'_> {
    pub(super) fn import_call(&mut self, special: Special, args: &Args, span: Span) -> Val {
        let what = args.get(0, "name").unwrap_or_default();
        if special == Special::Require && what.sole_text().is_some_and(|t| t.ends_with(b".json")) {
            self.act_path(Effect::Read, &what.as_text(), span);
            return Val::data();
        }
        self.import_value(&what, span)
    }

    pub(super) fn set_attribute(&mut self, args: &Args, span: Span, first: Val) -> Val {
        let key = args.get(1, "").unwrap_or_default();
        let library = first
            .things
            .iter()
            .any(|t| matches!(t, Thing::Module(_) | Thing::Known(..)));
        if library || key.sole_text().is_none() {
            self.unknown(span, "an attribute with a computed name is set");
        }
        self.hand_over(&args.rest(), span);
        let value = args.get(2, "").unwrap_or_default();
        if let Some(key) = key.sole_text() {
            let key: Name = String::from_utf8_lossy(key).as_ref().into();
            let mut now = self.attrs.remove(&key).unwrap_or_default();
            let before = now.clone();
            self.merge(&mut now, &value);
            self.changed |= now != before;
            self.attrs.insert(key, now);
        }
        Val::num()
    }

    /// What gives the names of a module or an object.
    pub(super) fn reflect(&mut self, args: &Args, span: Span) -> Val {
        for value in args.all() {
            self.shown(value, span);
            let environment =
                |t: &Thing| matches!(t, Thing::Module(m) if matches!(m.name, "os" | "posix"));
            if value.things.iter().any(environment) {
                self.shown(&Val::thing(Thing::Environ), span);
            }
            let module = value
                .things
                .iter()
                .any(|t| matches!(t, Thing::Module(m) if !m.third_party));
            if module {
                return Val::flag(REFLECT);
            }
        }
        Val::flag(REFLECT | DATA)
    }

    pub(super) fn get_env(&mut self, args: &Args, span: Span) -> Val {
        let key = args.get(0, "key").unwrap_or_default();
        self.read_environment(&key, span);
        let default = args.get(1, "default").unwrap_or_default();
        Val::data().joined(&default)
    }

    /// Calls its first argument with the others.
    pub(super) fn call_first(&mut self, name: &str, args: &Args, span: Span) -> Val {
        let function = args
            .get(0, "func function fn callback target")
            .unwrap_or_default();
        if function.text.is_some() && matches!(name, "timeit" | "repeat" | "Timer") {
            return self.evaluate(Special::Eval, args, span);
        }
        let made = self.call(&function, args.rest(), span);
        match name {
            "submit" | "run_in_executor" | "to_thread" | "create_task" => made.joined(&Val::any()),
            _ => made,
        }
    }

    /// `Thread(target=f, args=…)`.
    pub(super) fn thread(&mut self, name: &str, args: &Args, span: Span) -> Val {
        let function = args.named("target").or(args.named("function")).cloned();
        let function = function
            .or_else(|| args.list.get(1).cloned())
            .unwrap_or_default();
        let given = args
            .named("args")
            .or(args.list.get(if name == "Timer" { 2 } else { 3 }))
            .cloned()
            .unwrap_or_default();
        let inner = match self.exact_items(&given) {
            Some(items) => Args {
                list: items,
                ..Args::default()
            },
            None if given.is_bottom() => Args::default(),
            None => Args {
                star: Some(self.elements(&given)),
                ..Args::default()
            },
        };
        if !function.is_bottom() {
            self.call(&function, inner, span);
        }
        for value in args.all() {
            self.escape(value, &Val::any());
        }
        Val::data()
    }

    /// More arguments come later.
    pub(super) fn partial(&mut self, args: &Args, span: Span) -> Val {
        let function = args.get(0, "func").unwrap_or_default();
        // More arguments come later.
        let mut inner = args.rest();
        inner
            .star
            .get_or_insert_with(Val::default)
            .join(&Val::any());
        self.escape(&function, &Val::any());
        self.call(&function, inner, span);
        function
    }

    pub(super) fn listen(&mut self, args: &Args, span: Span) -> Val {
        let address = args.get(0, "").unwrap_or_else(Val::any);
        let text = self.host(&address);
        self.act_url(Effect::NetListen, &text, span);
        self.hand_over(args, span);
        Val::any()
    }

    /// `setTimeout(f, …)`.
    pub(super) fn js_timer(&mut self, args: &Args, span: Span) -> Val {
        let function = args.get(0, "").unwrap_or_default();
        if function.text.is_some() || function.has(DATA) {
            self.unknown(span, "text is run as code");
        }
        let mut inner = args.rest();
        if !inner.list.is_empty() {
            inner.list.remove(0);
        }
        self.call(&function, inner, span);
        Val::data()
    }

    pub(super) fn evaluate(&mut self, special: Special, args: &Args, span: Span) -> Val {
        let code = match special {
            Special::JsFunction => args.list.last().cloned(),
            _ => args.get(0, "source object expression"),
        };
        let code = code.unwrap_or_default();
        // `eval(f)` of something that is not text gives it back.
        let known = code.text.is_some() && code.flags == 0 && code.things.is_empty();
        match code
            .text
            .as_ref()
            .filter(|_| known && args.list.len() < 2 || special != Special::Eval)
            .and_then(Text::sole)
        {
            Some(text) if args.list.len() <= 3 => {
                // It shares the variables of the code around.
                let binds = [
                    &b"="[..],
                    b"import",
                    b"def",
                    b"class",
                    b"for",
                    b"as",
                    b"del",
                    b"function",
                    b"++",
                    b"--",
                ];
                if binds.iter().any(|w| text.windows(w.len()).any(|t| t == *w)) {
                    self.unknown(span, "text that changes variables is run as code");
                }
                let language = if self.dialect.javascript {
                    Language::JavaScript
                } else {
                    Language::Python
                };
                let value = Value::Static(text.into());
                self.act(Effect::RunInline, CodeTarget::Code(language, value), span);
            }
            _ => self.unknown(span, "text that is not known is run as code"),
        }
        // Whatever it defines or gives back is out of sight.
        self.hand_over(args, span);
        Val::flag(REFLECT)
    }

    pub(super) fn get_attribute(&mut self, args: &Args, span: Span) -> Val {
        let base = args.get(0, "").unwrap_or_default();
        let key = args.get(1, "").unwrap_or_default();
        let default = args.get(2, "").unwrap_or_default();
        let names: Option<Vec<Name>> = if key.flags == 0 && key.things.is_empty() {
            key.text.as_ref().and_then(Text::all_known).map(|all| {
                all.iter()
                    .map(|n| Name::from(String::from_utf8_lossy(n).as_ref()))
                    .collect()
            })
        } else {
            None
        };
        let mut out = default;
        match names {
            Some(names) => {
                for name in names {
                    let member = self.member(&base, &name, span);
                    out.join(&member);
                }
            }
            None => {
                out.flags |= REFLECT;
            }
        }
        out
    }
}
