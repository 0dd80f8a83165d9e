//! Rules of the tables, applied to a call.

use std::rc::Rc;

use clearance_core::{Effect, Span};
use clearance_shell::invocation::Value;

use super::ast::Name;
use super::call::Args;
use super::rule::{Do, From, ObjType, Ret, Rule, Special};
use super::value::{ANY, DATA, NUM, PATH, Part, REFLECT, Text, Thing, Val, unknown_value};
use super::{CodeTarget, Flow};
use crate::code::Language;

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

    #[expect(clippy::too_many_lines, reason = "one arm a function of the library")]
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
            Special::Import | Special::Require => {
                let what = args.get(0, "name").unwrap_or_default();
                if special == Special::Require
                    && what.sole_text().is_some_and(|t| t.ends_with(b".json"))
                {
                    self.act_path(Effect::Read, &what.as_text(), span);
                    return Val::data();
                }
                self.import_value(&what, span)
            }
            Special::GetAttr => self.get_attribute(args, span),
            Special::SetAttr => {
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
            Special::Reflect => {
                for value in args.all() {
                    self.shown(value, span);
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
            Special::Super => Val::any(),
            Special::Type => {
                if args.list.len() >= 3 {
                    // A class made at run time: what it holds is out of sight.
                    self.hand_over(args, span);
                    return Val::any();
                }
                let mut out = Val::data();
                for thing in &first.things {
                    match thing {
                        // `type(instance)` is its class; calling it makes another one.
                        Thing::Instance(id) => {
                            out.join(&Val::thing(Thing::Class(*id)));
                        }
                        Thing::Module(_) | Thing::Object(..) | Thing::Known(..) => {
                            out.flags |= REFLECT
                        }
                        _ => {}
                    }
                }
                out.flags |= first.flags & (ANY | REFLECT);
                out
            }
            Special::Look => {
                for value in args.all() {
                    self.shown(value, span);
                }
                Val::flag(DATA | NUM)
            }
            Special::Help => {
                if args.list.is_empty() {
                    self.act(Effect::Interactive, CodeTarget::None, span);
                }
                Val::num()
            }
            Special::Iterate => {
                self.callbacks(args, span);
                let Some(given) = args.get(0, "iterable") else {
                    return self.new_cell(super::site(span, 1), super::Cell::default());
                };
                if self.dialect.javascript {
                    let mut elem = Val::default();
                    for value in &args.list {
                        let inner = self.iterate(value, span);
                        elem.join(&inner);
                    }
                    return self.list_of(span, elem.joined(&Val::num()));
                }
                match self.exact_items(&given) {
                    Some(items) => self.tuple_of(span, 1, items),
                    None => {
                        let elem = self.iterate(&given, span);
                        self.list_of(span, elem)
                    }
                }
            }
            Special::Enumerate => {
                let elem = self.iterate(
                    &first.joined(&args.get(0, "iterable").unwrap_or_default()),
                    span,
                );
                let pair = self.tuple_of(span, 2, vec![Val::num(), elem]);
                self.list_of(span, pair)
            }
            Special::Zip => {
                let mut columns = Vec::new();
                for value in &args.list {
                    columns.push(self.iterate(value, span));
                }
                if let Some(star) = &args.star {
                    let elem = self.iterate(star, span);
                    return self.list_of(span, elem.joined(&Val::data()));
                }
                let row = self.tuple_of(span, 2, columns);
                self.list_of(span, row)
            }
            Special::Map => {
                let function = args.get(0, "func function fn").unwrap_or_default();
                let mut call = Args::default();
                for value in args.list.iter().skip(1) {
                    call.list.push(self.iterate(value, span));
                }
                if let Some(star) = &args.star {
                    call.star = Some(self.iterate(star, span));
                }
                let mut made = self.call(&function, call.clone(), span);
                if name == "filter"
                    || name == "takewhile"
                    || name == "dropwhile"
                    || name == "filterfalse"
                {
                    made = call.list.pop().unwrap_or_default();
                } else if name == "starmap" || name == "reduce" || name == "accumulate" {
                    self.escape(&function, &Val::flag(DATA | ANY));
                    made.flags |= DATA;
                }
                self.list_of(span, made)
            }
            Special::Sorted => {
                self.callbacks(args, span);
                let given = args.get(0, "iterable").unwrap_or_default();
                let elem = self.iterate(&given, span);
                match name {
                    "max" | "min" | "next" | "choice" => {
                        let mut out = elem;
                        for value in &args.list {
                            out.join(value);
                        }
                        out.joined(&Val::num())
                    }
                    _ => self.list_of(span, elem),
                }
            }
            Special::Range => self.list_of(span, Val::num()),
            Special::Dict => {
                let environ = first.things.contains(&Thing::Environ);
                let mut cell = super::Cell::default();
                for thing in &first.things {
                    if let Thing::Cell(from) = thing {
                        if let Some(other) = self.cells.get(from).cloned() {
                            let nested = self.elements(&other.elem);
                            cell.join(&other);
                            cell.elem.join(&nested);
                            cell.other.join(&nested);
                            cell.keys.join(&Val::data());
                        }
                    }
                }
                cell.items = None;
                for (key, value) in &args.named {
                    cell.keys.join(&Val::lit(key.as_bytes()));
                    cell.set_field(key, value);
                }
                if let Some(stars) = &args.stars {
                    cell.other.join(stars);
                    cell.elem.join(stars);
                }
                if first.has(DATA | ANY) || name != "dict" {
                    self.callbacks(args, span);
                    cell.other.flags |= DATA | first.flags & ANY;
                    cell.elem.flags |= DATA | first.flags & ANY;
                    cell.keys.flags |= DATA;
                }
                let made = self.new_cell(super::site(span, 1), cell);
                if environ {
                    Val::thing(Thing::Environ).joined(&made)
                } else {
                    made
                }
            }
            Special::Str => {
                let value = args.get(0, "object").unwrap_or_else(|| Val::lit(b""));
                self.shown(&value, span);
                Val::text(value.as_text())
            }
            Special::PathJoin | Special::JsPathJoin | Special::JsPathResolve => {
                let resets = special != Special::JsPathJoin;
                let mut parts = args.list.iter();
                let mut out = parts.next().map_or_else(|| Text::lit(b""), Val::as_text);
                for part in parts {
                    out = out.join_path(&part.as_text(), resets);
                }
                if args.star.is_some() {
                    out = Text::any();
                }
                Val::text(out)
            }
            Special::PathDir => Val::text(super::methods::parent(&first.as_text())),
            Special::PathBase => Val::text(super::methods::base_name(&first.as_text(), false)),
            Special::PathSplit => {
                let text = first.as_text();
                let items = if name == "split" {
                    vec![
                        Val::text(super::methods::parent(&text)),
                        Val::text(super::methods::base_name(&text, false)),
                    ]
                } else {
                    let bare = text.map_lit(|b| {
                        let dot = b.iter().rposition(|&c| c == b'.').filter(|&at| {
                            at > 0
                                && b.get(at - 1) != Some(&b'/')
                                && !b.get(at..).is_some_and(|r| r.contains(&b'/'))
                        });
                        Some(b.get(..dot.unwrap_or(b.len())).unwrap_or_default().to_vec())
                    });
                    let bare = if bare.all_known().is_some() {
                        bare
                    } else {
                        super::methods::parent(&text)
                            .slash()
                            .concat(&Text::part(Part::Name))
                    };
                    vec![Val::text(bare), Val::text(Text::part(Part::Name))]
                };
                self.tuple_of(span, 2, items)
            }
            Special::Absolute => {
                let given = args.get(0, "path filename").unwrap_or_default();
                Val {
                    flags: given.flags & PATH,
                    text: Some(given.as_text()),
                    things: Vec::new(),
                }
            }
            Special::ExpandUser => {
                let given = args.get(0, "path").unwrap_or_default();
                if given
                    .text
                    .as_ref()
                    .is_some_and(|t| t.may_start(|b| b.contains(&b'$')))
                    && name == "expandvars"
                {
                    return Val::data();
                }
                Val::text(given.as_text())
            }
            Special::MakePath => {
                let mut parts = args.list.iter();
                let mut out = parts.next().map_or_else(|| Text::lit(b"."), Val::as_text);
                for part in parts {
                    out = out.join_path(&part.as_text(), true);
                }
                if args.star.is_some() {
                    out = Text::any();
                }
                Val::path(out)
            }
            Special::Home => {
                let home = Text::lit(b"~");
                if name == "homedir" {
                    Val::text(home)
                } else {
                    Val::path(home)
                }
            }
            Special::Walk => {
                let top = args
                    .get(0, "top")
                    .map_or_else(|| Text::lit(b"."), |v| v.as_text());
                self.act_path(Effect::List, &top, span);
                self.walk(&top, false, span)
            }
            Special::Glob => {
                let pattern = args.get(0, "pathname").unwrap_or_default();
                let root = args.get(1, "root_dir").map(|v| v.as_text());
                self.glob(&pattern, root.as_ref(), span)
            }
            Special::Environ => Val::thing(Thing::Environ),
            Special::Argv => Val::data(),
            Special::GetEnv => {
                let key = args.get(0, "key").unwrap_or_default();
                self.read_environment(&key, span);
                let default = args.get(1, "default").unwrap_or_default();
                Val::data().joined(&default)
            }
            Special::PutEnv => {
                self.set_environment(&first, span);
                Val::num()
            }
            Special::SysPath => {
                // A directory from which imports run code.
                let dir = match name {
                    "insert" => args.get(1, ""),
                    _ => args.get(0, ""),
                };
                let dir = dir.unwrap_or_default();
                let text = if dir.things.is_empty() {
                    dir.as_text()
                } else {
                    self.elements(&dir).as_text()
                };
                self.act_path(Effect::RunProject, &text, span);
                Val::num()
            }
            Special::Chdir => {
                let text = path_text(&first).unwrap_or_else(Text::any);
                self.act_path(Effect::List, &text, span);
                if self.emit {
                    match &mut self.chdir {
                        Some(dir) => {
                            dir.join(&text);
                        }
                        None => self.chdir = Some(text),
                    }
                }
                Val::num()
            }
            Special::Subprocess
            | Special::ShellCommand
            | Special::ExecList
            | Special::ExecVector
            | Special::JsExec
            | Special::JsSpawn
            | Special::JsFork => self.process(name, special, args, span),
            Special::CallFirst => {
                let function = args
                    .get(0, "func function fn callback target")
                    .unwrap_or_default();
                if function.text.is_some() && matches!(name, "timeit" | "repeat" | "Timer") {
                    return self.evaluate(Special::Eval, args, span);
                }
                let made = self.call(&function, args.rest(), span);
                match name {
                    "submit" | "run_in_executor" | "to_thread" | "create_task" => {
                        made.joined(&Val::any())
                    }
                    _ => made,
                }
            }
            Special::Thread => {
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
            Special::Partial => {
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
            Special::JsMkdtemp => {
                let prefix = args.get(0, "prefix").unwrap_or_else(Val::any).as_text();
                let path = prefix.concat(&Text::lit(b".made-by-the-code"));
                self.act_path(Effect::Write, &path, span);
                Val::text(path)
            }
            Special::FileInput => {
                let files = args.get(0, "files").unwrap_or_else(Val::data);
                let elem = self.iterate(&files, span);
                let text = if files.text.is_some() {
                    files.as_text()
                } else {
                    elem.as_text()
                };
                let inplace =
                    args.named("inplace").is_some() || args.list.len() > 1 || args.stars.is_some();
                self.act_path(
                    if inplace { Effect::Write } else { Effect::Read },
                    &text,
                    span,
                );
                Val::data()
            }
            Special::SqlConnect => {
                let text = path_text(&args.get(0, "database").unwrap_or_else(Val::data))
                    .unwrap_or_else(Text::any);
                if text.sole() != Some(b":memory:") {
                    self.act_path(Effect::Read, &text, span);
                    for value in text.to_values() {
                        self.act(Effect::DbRead, CodeTarget::Path(value), span);
                    }
                }
                match name {
                    _ if text.sole() == Some(b":memory:") => {
                        Val::thing(Thing::Object(super::foreign::MEMORY_DB, None))
                    }
                    _ => Val::thing(Thing::Object(super::foreign::SQL, Some(text))),
                }
            }
            Special::SqlExecute => self.sql(args, own, span),
            Special::YamlLoad => self.yaml(args, span),
            Special::NumpyLoad => {
                if args.named("allow_pickle").is_some()
                    || args.list.len() > 2
                    || args.stars.is_some()
                {
                    return self.unpickle(Special::Unpickle, args, span);
                }
                if let Some(text) = path_text(&first) {
                    self.act_path(Effect::Read, &text, span);
                }
                Val::any()
            }
            Special::Insert => {
                // The other arguments get into the list.
                let mut all = Val::data();
                for value in args.all().skip(1) {
                    all.join(value);
                }
                for thing in &first.things {
                    if let Thing::Cell(site) = thing {
                        self.update_cell(*site, |cell| cell.add(&all));
                    }
                }
                self.callbacks(args, span);
                first.joined(&Val::data())
            }
            Special::ForeignQuery => {
                let plain = first
                    .sole_text()
                    .is_some_and(|t| !t.iter().any(|b| b"@(`_;".contains(b)));
                if !plain && (first.text.is_some() || first.has(DATA)) {
                    self.unknown(span, "a method that can run text as code");
                }
                self.hand_over(args, span);
                Val::any()
            }
            Special::Listen => {
                let address = args.get(0, "").unwrap_or_else(Val::any);
                let text = self.host(&address);
                self.act_url(Effect::NetListen, &text, span);
                self.hand_over(args, span);
                Val::any()
            }
            Special::HubLoad => self.hub(args, span),
            Special::ForeignRemove => {
                // `list.remove(x)` or `filesystem.remove(path)`: a path is text.
                if first.text.is_some() || first.has(PATH) {
                    self.act_path(Effect::Delete, &first.as_text(), span);
                }
                self.hand_over(args, span);
                Val::any()
            }
            Special::ForeignWrite => {
                // `file.write(text)` or `table.write(path)`.
                let named = args.named("filename").or(args.named("output")).cloned();
                let given = named.or_else(|| first.text.is_some().then(|| first.clone()));
                if let Some(text) = given.as_ref().and_then(path_text) {
                    let content = text
                        .sole()
                        .is_some_and(|t| t.contains(&b'\n') || t.contains(&b' '));
                    let path_like = text.may_start(|b| {
                        b.starts_with(b"/") || b.starts_with(b"~") || b.starts_with(b"..")
                    });
                    if !content && (path_like || text.all_known().is_some()) {
                        self.act_path(Effect::Write, &text, span);
                    }
                }
                self.hand_over(args, span);
                Val::any()
            }
            Special::JsRm => {
                let text = path_text(&first).unwrap_or_else(Text::any);
                let options = args.get(1, "").unwrap_or_default();
                let tree = !options.is_bottom()
                    && !options.things.iter().any(|t| matches!(t, Thing::Func(_)));
                self.act_path(
                    if tree {
                        Effect::DeleteTree
                    } else {
                        Effect::Delete
                    },
                    &text,
                    span,
                );
                self.hand_over(args, span);
                Val::num()
            }
            Special::JsOpenStream => {
                let text = path_text(&first).unwrap_or_else(Text::any);
                self.act_path(
                    if name == "createReadStream" {
                        Effect::Read
                    } else {
                        Effect::Write
                    },
                    &text,
                    span,
                );
                Val::thing(Thing::File(Some(text)))
            }
            Special::JsReaddir => {
                let text = path_text(&first).unwrap_or_else(|| Text::lit(b"."));
                self.act_path(Effect::List, &text, span);
                self.callbacks(args, span);
                let deep = args.get(1, "").is_some_and(|v| !v.things.is_empty());
                let elem = Val::text(Text::part(if deep { Part::Sub } else { Part::Name }));
                let elem = if deep {
                    elem.joined(&Val::data())
                } else {
                    elem
                };
                self.list_of(span, elem)
            }
            Special::JsObjectAssign => {
                let mut inner = Val::default();
                for value in args.list.iter().skip(1) {
                    self.shown(value, span);
                    let elem = self.elements(value);
                    inner.join(&elem);
                }
                self.escape(&inner, &Val::any());
                for thing in &first.things {
                    match thing {
                        Thing::Cell(site) => self.update_cell(*site, |c| c.add(&inner)),
                        Thing::Module(_) | Thing::Known(..) => {
                            self.unknown(span, "a library is changed")
                        }
                        Thing::Environ => self.set_environment(&Val::data(), span),
                        _ => {}
                    }
                }
                first
            }
            Special::JsObjectItems => {
                self.shown(&first, span);
                let library = first
                    .things
                    .iter()
                    .any(|t| matches!(t, Thing::Module(m) if !m.third_party));
                let elem = if library {
                    Val::flag(REFLECT)
                } else {
                    self.elements(&first)
                };
                let keys = first.things.iter().fold(Val::data(), |mut keys, t| {
                    if let Thing::Cell(site) = t {
                        if let Some(cell) = self.cells.get(site) {
                            keys.join(&cell.keys);
                        }
                    }
                    keys
                });
                match name {
                    "keys" | "getOwnPropertyNames" => self.list_of(span, keys),
                    "values" => self.list_of(span, elem),
                    _ => {
                        let pair = self.tuple_of(span, 2, vec![keys, elem]);
                        self.list_of(span, pair)
                    }
                }
            }
            Special::JsTimer => {
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
        }
    }

    fn open(&mut self, args: &Args, span: Span) -> Val {
        let file = args.get(0, "file filename name path").unwrap_or_default();
        if args.named("opener").is_some() {
            self.unknown(span, "a file is opened by a function of its own");
        }
        let mode = args.get(1, "mode").unwrap_or_default();
        let Some(text) = path_text(&file) else {
            return Val::thing(Thing::File(None));
        };
        let modes = mode.text.as_ref().and_then(Text::all_known);
        let (read, write) = if mode.is_bottom() && args.stars.is_none() {
            (true, false)
        } else {
            match modes {
                Some(all) if mode.flags & !PATH == 0 && mode.things.is_empty() => {
                    let writes =
                        |m: &&[u8]| m.iter().any(|b| matches!(b, b'w' | b'a' | b'x' | b'+'));
                    let reads = |m: &&[u8]| m.contains(&b'r') || m.contains(&b'+') || !writes(m);
                    (all.iter().any(reads), all.iter().any(writes))
                }
                _ => (true, true),
            }
        };
        if read {
            self.act_path(Effect::Read, &text, span);
        }
        if write {
            self.act_path(Effect::Write, &text, span);
        }
        Val::thing(Thing::File(Some(text)))
    }

    fn evaluate(&mut self, special: Special, args: &Args, span: Span) -> Val {
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

    fn get_attribute(&mut self, args: &Args, span: Span) -> Val {
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

    fn glob(&mut self, pattern: &Val, root: Option<&Text>, span: Span) -> Val {
        let text = pattern.as_text();
        let text = match root {
            Some(root) => root.join_path(&text, true),
            None => text,
        };
        let result = text.map(glob_results);
        self.act_path(Effect::List, &result, span);
        self.list_of(span, Val::text(result))
    }

    fn temporary(&mut self, name: &str, special: Special, args: &Args, span: Span) -> Val {
        let mut dir = Text::lit(b"/tmp");
        let position = if special == Special::TempFile && name == "NamedTemporaryFile" {
            9
        } else {
            2
        };
        if let Some(given) = args.get(position, "dir").and_then(|v| path_text(&v)) {
            dir = given;
        }
        for key in ["prefix", "suffix"] {
            let odd = args.named(key).is_some_and(|v| {
                v.as_text().may_start(|b| b.contains(&b'/')) || v.sole_text().is_none()
            });
            if odd {
                dir = Text::any();
            }
        }
        if name == "tmpdir" || name == "gettempdir" {
            return Val::lit(b"/tmp");
        }
        // A name that nothing else has; it stands for itself.
        let path = dir.below(Part::Lit(b"tmp.made-by-the-code"[..].into()));
        self.act_path(Effect::Write, &path, span);
        match name {
            "mkdtemp" | "mktemp" | "TemporaryDirectory" => Val::text(path),
            "mkstemp" => self.tuple_of(span, 2, vec![Val::num(), Val::text(path)]),
            _ => Val::thing(Thing::File(Some(path))),
        }
    }

    fn sql(&mut self, args: &Args, own: Own<'_>, span: Span) -> Val {
        let text = args
            .get(0, "sql query statement operation")
            .unwrap_or_default();
        let memory = own.is_some_and(|(kind, _)| kind == super::foreign::MEMORY_DB);
        let known = text
            .text
            .as_ref()
            .and_then(Text::all_known)
            .filter(|_| text.flags == 0 && text.things.is_empty());
        match known {
            Some(all) => {
                let changes = all.iter().any(|one| {
                    let verb = one.trim_ascii_start().to_ascii_lowercase();
                    ![&b"select"[..], b"pragma", b"explain", b"values"]
                        .iter()
                        .any(|v| verb.starts_with(v))
                });
                if let (false, true, Some((_, Some(path)))) = (memory, changes, own) {
                    self.act_path(Effect::Write, path, span);
                }
                for one in all {
                    if memory
                        && !has_word(one, b"attach")
                        && !has_word(one, b"load_extension")
                        && !has_word(one, b"into")
                        && !has_word(one, b"writefile")
                    {
                        continue;
                    }
                    let value = Value::Static(one.into());
                    self.act(
                        Effect::RunInline,
                        CodeTarget::Code(Language::Sql, value),
                        span,
                    );
                }
            }
            None => {
                // A statement with parts put in: its verb still counts.
                let verb = text.as_text();
                let reads = !verb.may_start(|b| {
                    let t = b.trim_ascii_start().to_ascii_lowercase();
                    !t.starts_with(b"select ") && !t.starts_with(b"pragma table_info")
                });
                if reads && own.is_some() {
                    self.act(Effect::DbRead, CodeTarget::None, span);
                } else if !text.is_bottom() || self.emit {
                    self.unknown(span, "a database statement that is not known");
                }
            }
        }
        self.callbacks(&args.rest(), span);
        match own {
            Some((kind, text)) => Val::thing(Thing::Object(kind, text.cloned())),
            None => Val::data().joined(&Val::any()),
        }
    }

    fn yaml(&mut self, args: &Args, span: Span) -> Val {
        let loader = args.get(1, "Loader").unwrap_or_default();
        let safe =
            loader.things.iter().all(
                |t| matches!(t, Thing::Known(n, _) if n.contains("Safe") || n.contains("Base")),
            ) && loader.flags == 0
                && !loader.things.is_empty();
        if !safe {
            return self.unpickle(Special::Unpickle, args, span);
        }
        Val::data()
    }

    /// The file can hold code, which runs: as a script of its place.
    fn unpickle(&mut self, special: Special, args: &Args, span: Span) -> Val {
        let position = u8::from(special == Special::SpecFromFile);
        let given = args
            .get(position, "file path location f fname filename name_or_path")
            .unwrap_or_default();
        if given.is_bottom() && !self.emit {
            return Val::default();
        }
        let mut paths = path_text(&given).filter(|_| !given.has(DATA) || given.text.is_some());
        let mut known = paths.is_some() && !given.has(ANY | REFLECT | DATA);
        for thing in &given.things {
            match thing {
                Thing::File(Some(path)) => match &mut paths {
                    Some(all) => {
                        all.join(path);
                    }
                    None => {
                        paths = Some(path.clone());
                        known = given.flags == 0;
                    }
                },
                _ => known = false,
            }
        }
        match paths {
            Some(path) if known => {
                self.act_path(Effect::Read, &path, span);
                self.act_path(Effect::RunProject, &path, span);
            }
            _ => self.unknown(span, "data that can run code is loaded"),
        }
        Val::any()
    }

    fn hub(&mut self, args: &Args, span: Span) -> Val {
        if args.named("trust_remote_code").is_some() {
            self.unknown(span, "code of a downloaded model runs");
        }
        let name = args
            .get(
                0,
                "repo_id path pretrained_model_name_or_path model_name_or_path name",
            )
            .unwrap_or_default();
        let text = path_text(&name).unwrap_or_else(Text::any);
        let local = text.all_known().is_some_and(|all| {
            all.iter()
                .all(|t| t.starts_with(b"/") || t.starts_with(b"./") || t.starts_with(b"~"))
        });
        if local {
            self.act_path(Effect::Read, &text, span);
        } else {
            let url = Text::lit(b"hub:").concat(&text);
            self.act_url(Effect::NetRead, &url, span);
        }
        for key in ["local_dir", "cache_dir", "cache_folder"] {
            if let Some(dir) = args.named(key).and_then(path_text) {
                self.act_path(Effect::Write, &dir, span);
            }
        }
        self.hand_over(args, span);
        let _ = unknown_value;
        Val::any()
    }
}

/// The paths that a pattern can match: a directory that is known, and what is below it.
fn glob_results(parts: &[Part]) -> Rc<[Part]> {
    let wild = |b: &u8| b"*?[".contains(b);
    let up = parts.iter().any(|p| match p {
        Part::Lit(lit) => lit.windows(2).any(|w| w == b".."),
        Part::Any => true,
        _ => false,
    });
    match parts {
        [Part::Lit(only)] if !only.iter().any(wild) => parts.into(),
        [Part::Lit(first), ..] => {
            let end = first.iter().position(wild).unwrap_or(first.len());
            let known = first.get(..end).unwrap_or_default();
            let rest = first.get(end..).unwrap_or_default();
            let flat = parts.len() == 1 && !rest.contains(&b'/');
            let tail = match rest.iter().rposition(|b| b"*?[]".contains(b)) {
                Some(at) if flat => rest.get(at + 1..).unwrap_or_default(),
                _ => b"",
            };
            let hole = if up {
                Part::Any
            } else if flat {
                Part::Name
            } else {
                Part::Sub
            };
            [Part::Lit(known.into()), hole, Part::Lit(tail.into())]
                .into_iter()
                .filter(|p| !matches!(p, Part::Lit(b) if b.is_empty()))
                .collect()
        }
        _ if up => [Part::Any].into(),
        _ => [Part::Sub].into(),
    }
}

fn has_word(text: &[u8], word: &[u8]) -> bool {
    text.to_ascii_lowercase()
        .windows(word.len())
        .any(|w| w == word)
}
