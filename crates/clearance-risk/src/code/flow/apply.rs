//! Rules of the tables, applied to a call.
mod calls;
mod data;
mod files;
mod paths;
mod stores;

use super::call::Args;
use super::rule::{Do, From, ObjType, Ret, Rule, Special};
use super::value::{ANY, DATA, NUM, Part, REFLECT, Text, Thing, Val};
use super::{CodeTarget, Flow};
use clearance_core::{Effect, Span};

/// The object a method is called on: its type and the text it was made of.
pub(super) type Own<'t> = Option<(&'static ObjType, Option<&'t Text>)>;

/// An argument that is a path: its text; `None` for an open file, a descriptor or nothing.
pub(super) fn path_text(value: &Val) -> Option<Text> {
    // Open files, streams and modules are no paths; anything else could be one.
    let odd = |t: &Thing| !matches!(t, Thing::File(_) | Thing::Object(..) | Thing::Module(_));
    let textual = value.text.is_some() || value.has(DATA | ANY | REFLECT);
    if !textual && !value.things.iter().any(odd) {
        return None;
    }
    let mut plain = Val {
        flags: value.flags & !NUM,
        text: value.text.clone(),
        things: Vec::new(),
    };
    if value.things.iter().any(odd) {
        plain.flags |= ANY;
    }
    let mut out = plain.text.clone();
    if plain.has(DATA | ANY | REFLECT) {
        match &mut out {
            Some(text) => {
                text.join(&Text::any());
            }
            None => out = Some(Text::any()),
        }
    }
    out
}

impl Flow<'_> {
    pub(super) fn apply(
        &mut self,
        name: &str,
        rule: &'static Rule,
        args: &Args,
        own: Own<'_>,
        span: Span,
    ) -> Val {
        match rule {
            Rule::Value => {
                self.hand_over(args, span);
                Val::data()
            }
            Rule::Const(text) => Val::lit(text.as_bytes()),
            Rule::Pure => {
                self.callbacks(args, span);
                Val::data()
            }
            Rule::Num => {
                self.callbacks(args, span);
                Val::num()
            }
            Rule::Foreign => {
                self.hand_over(args, span);
                Val::any()
            }
            Rule::Same => args.get(0, "path s string").unwrap_or_else(Val::data),
            Rule::NamePart => {
                self.callbacks(args, span);
                Val::text(Text::part(Part::Name))
            }
            Rule::Is(_) => {
                self.hand_over(args, span);
                Val::any()
            }
            Rule::Own => {
                self.callbacks(args, span);
                own.map_or_else(Val::data, |(kind, text)| {
                    Val::thing(Thing::Object(kind, text.cloned()))
                })
            }
            Rule::Open(kind) => {
                if self.waits(Special::Open, args) {
                    return Val::default();
                }
                self.open(args, span);
                let text = args
                    .get(0, "file name filename")
                    .and_then(|v| path_text(&v));
                Val::thing(Thing::Object(kind, text))
            }
            Rule::Make(kind) => {
                self.callbacks(args, span);
                let text = args.get(0, "").and_then(|v| path_text(&v));
                Val::thing(Thing::Object(kind, text))
            }
            Rule::Unknown(why) => {
                self.unknown(span, why);
                self.hand_over(args, span);
                Val::any()
            }
            Rule::Do(what, ret) => self.effects(what, *ret, args, own, span),
            Rule::Special(special) => {
                if self.waits(*special, args) {
                    return Val::default();
                }
                self.special(name, *special, args, own, span)
            }
        }
    }

    /// While values are still being found, nothing is concluded from an argument without any.
    fn waits(&self, special: Special, args: &Args) -> bool {
        let lenient = matches!(
            special,
            Special::CallFirst | Special::Thread | Special::Map | Special::Super
        );
        !self.emit && !lenient && args.list.first().is_some_and(Val::is_bottom)
    }

    fn effects(
        &mut self,
        what: &'static [Do],
        ret: Ret,
        args: &Args,
        own: Own<'_>,
        span: Span,
    ) -> Val {
        let mut first: Option<Text> = None;
        for Do(effect, from) in what {
            let text = match from {
                From::Nothing => {
                    self.act(*effect, CodeTarget::None, span);
                    None
                }
                From::Path(position, names) => {
                    let text = match args.get(*position, names) {
                        Some(value) => path_text(&value),
                        None if *effect == Effect::List => Some(Text::lit(b".")),
                        None => None,
                    };
                    if let Some(text) = &text {
                        self.act_path(*effect, text, span);
                    }
                    text
                }
                From::Url(position, names) => {
                    let text = args
                        .get(*position, names)
                        .map_or_else(Text::any, |v| v.as_text());
                    self.act_url(*effect, &text, span);
                    Some(text)
                }
                From::Host(position) => {
                    let text =
                        self.host(&args.get(*position, "address host").unwrap_or_else(Val::any));
                    self.act_url(*effect, &text, span);
                    Some(text)
                }
                From::Own | From::OwnUrl => {
                    let text = own.and_then(|(_, t)| t).cloned().unwrap_or_else(Text::any);
                    if *from == From::Own {
                        self.act_path(*effect, &text, span);
                    } else {
                        self.act_url(*effect, &text, span);
                    }
                    Some(text)
                }
            };
            first = first.or(text);
        }
        self.callbacks(args, span);
        match ret {
            Ret::Data => Val::data(),
            Ret::Num => Val::num(),
            Ret::Any => Val::any(),
            Ret::File => Val::thing(Thing::File(first)),
            Ret::Object(kind) => Val::thing(Thing::Object(kind, first)),
            Ret::Entries => self.list_of(span, Val::text(Text::part(Part::Name))),
        }
    }

    /// `(host, port)` or a host, as `tcp://host:port`.
    fn host(&mut self, value: &Val) -> Text {
        match self.exact_items(value) {
            Some(items) => {
                let mut out = Text::lit(b"tcp://");
                for (at, item) in items.iter().take(2).enumerate() {
                    if at > 0 {
                        out = out.concat(&Text::lit(b":"));
                    }
                    out = out.concat(&item.as_text());
                }
                out
            }
            None if value.text.is_some() => Text::lit(b"tcp://").concat(&value.as_text()),
            None => Text::any(),
        }
    }

    fn special(
        &mut self,
        name: &str,
        special: Special,
        args: &Args,
        own: Own<'_>,
        span: Span,
    ) -> Val {
        let first = args
            .get(0, "path file filename name object")
            .unwrap_or_default();
        match special {
            Special::Open => self.open(args, span),
            Special::OsOpen => {
                let text = path_text(&first).unwrap_or_else(Text::any);
                self.act_path(Effect::Write, &text, span);
                Val::num()
            }
            Special::Eval | Special::JsFunction => self.evaluate(special, args, span),
            Special::Import | Special::Require => self.import_call(special, args, span),
            Special::GetAttr => self.get_attribute(args, span),
            Special::SetAttr => self.set_attribute(args, span, first),
            Special::Reflect => self.reflect(args, span),
            Special::Super => Val::any(),
            Special::Type => self.type_of(args, span, first),
            Special::Look => self.look(args, span),
            Special::Help => {
                if args.list.is_empty() {
                    self.act(Effect::Interactive, CodeTarget::None, span);
                }
                Val::num()
            }
            Special::Iterate => self.list_from(args, span),
            Special::Enumerate => self.enumerate(args, span, first),
            Special::Zip => self.zip(args, span),
            Special::Map => self.map(name, args, span),
            Special::Sorted => self.sorted(name, args, span),
            Special::Range => self.list_of(span, Val::num()),
            Special::Dict => self.dict_from(name, args, span, first),
            Special::Str => {
                let value = args.get(0, "object").unwrap_or_else(|| Val::lit(b""));
                self.shown(&value, span);
                Val::text(value.as_text())
            }
            Special::PathJoin | Special::JsPathJoin | Special::JsPathResolve => {
                self.path_join(special, args)
            }
            Special::PathDir => Val::text(super::methods::parent(&first.as_text())),
            Special::PathBase => Val::text(super::methods::base_name(&first.as_text(), false)),
            Special::PathSplit => self.path_split(name, span, first),
            Special::Absolute => self.absolute(args),
            Special::ExpandUser => self.expand_user(name, args),
            Special::MakePath => self.make_path(args),
            Special::Home => self.home_path(name),
            Special::Walk => self.walk_files(args, span),
            Special::Glob => {
                let pattern = args.get(0, "pathname").unwrap_or_default();
                let root = args.get(1, "root_dir").map(|v| v.as_text());
                self.glob(&pattern, root.as_ref(), span)
            }
            Special::Environ => Val::thing(Thing::Environ),
            Special::Argv => Val::data(),
            Special::GetEnv => self.get_env(args, span),
            Special::PutEnv => {
                self.set_environment(&first, span);
                Val::num()
            }
            Special::SysPath => self.module_path(name, args, span),
            Special::Chdir => self.change_dir(span, first),
            Special::Subprocess
            | Special::ShellCommand
            | Special::ExecList
            | Special::ExecVector
            | Special::JsExec
            | Special::JsSpawn
            | Special::JsFork => self.process(name, special, args, span),
            Special::CallFirst => self.call_first(name, args, span),
            Special::Thread => self.thread(name, args, span),
            Special::Partial => self.partial(args, span),
            Special::Request
            | Special::UrlOpen
            | Special::UrlRequest
            | Special::JsFetch
            | Special::JsHttp => self.request(name, special, args, own, span),
            Special::Unpickle | Special::SpecFromFile => self.unpickle(special, args, span),
            Special::UnpickleText => {
                self.unknown(span, "data that can run code is loaded");
                Val::any()
            }
            Special::TempDir | Special::TempFile => self.temporary(name, special, args, span),
            Special::FileInput => self.file_input(args, span),
            Special::SqlConnect => self.sql_connect(name, args, span),
            Special::SqlExecute => self.sql(args, own, span),
            Special::YamlLoad => self.yaml(args, span),
            Special::NumpyLoad => self.numpy_load(args, span, first),
            Special::Insert => self.insert(args, span, first),
            Special::ForeignQuery => self.foreign_query(args, span, first),
            Special::Listen => self.listen(args, span),
            Special::HubLoad => self.hub(args, span),
            Special::ForeignRemove => self.foreign_remove(args, span, first),
            Special::ForeignWrite => self.foreign_write(args, span, first),
            Special::JsRm => self.js_rm(args, span, first),
            Special::JsOpenStream => self.js_open_stream(name, span, first),
            Special::JsReaddir => self.js_readdir(args, span, first),
            Special::JsObjectAssign => self.js_object_assign(args, span, first),
            Special::JsObjectItems => self.js_object_items(name, span, first),
            Special::JsTimer => self.js_timer(args, span),
        }
    }
}
