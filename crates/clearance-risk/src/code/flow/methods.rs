//! Calls of methods: of text, containers, files, objects of the tables, and of things of no
//! known kind (see [`super::foreign`]).

use clearance_core::{Effect, Span};

use super::ast::Name;
use super::call::Args;
use super::rule::{self, Rest, Rule, Special};
use super::value::{ANY, DATA, NUM, PATH, Part, REFLECT, Text, Thing, Val};
use super::{Cell, CodeTarget, Flow, site};

/// Methods that data has; on something found by a computed name, only these are understood.
const DATA_METHODS: &[&str] = &[
    "get",
    "items",
    "keys",
    "values",
    "lower",
    "upper",
    "strip",
    "split",
    "startswith",
    "endswith",
    "append",
    "extend",
    "count",
    "index",
    "find",
    "format",
    "decode",
    "encode",
    "join",
    "sort",
    "pop",
    "add",
    "push",
    "length",
    "map",
    "filter",
    "forEach",
    "slice",
    "toString",
    "toFixed",
    "trim",
    "includes",
    "concat",
    "reduce",
    "some",
    "every",
    "has",
    "set",
    "splitlines",
    "rstrip",
    "lstrip",
    "update",
    "setdefault",
    "padStart",
    "padEnd",
    "toLowerCase",
    "toUpperCase",
    "startsWith",
    "endsWith",
    "indexOf",
    "match",
    "test",
    "localeCompare",
    "flatMap",
    "entries",
    "reverse",
    "substring",
    "at",
    "isdigit",
    "title",
    "copy",
    "group",
    "findIndex",
    "charCodeAt",
    "codePointAt",
    "shift",
    "unshift",
    "splice",
];

impl Flow<'_> {
    /// `receiver.name(args)`.
    pub(super) fn method(&mut self, receiver: &Val, name: &Name, args: Args, span: Span) -> Val {
        if !self.step() || self.depth > 400 {
            return Val::any();
        }
        self.depth += 1;
        let out = self.method_inner(receiver, name, &args, span);
        self.depth -= 1;
        out
    }

    fn method_inner(&mut self, receiver: &Val, name: &Name, args: &Args, span: Span) -> Val {
        let mut out = Val::default();
        if receiver.is_bottom() {
            if !self.emit {
                return out;
            }
            self.hand_over(args, span);
            return Val::any();
        }
        if self.is_forbidden(receiver, name) {
            self.unknown(span, "an attribute that reaches into the language");
            self.hand_over(args, span);
            return Val::flag(REFLECT);
        }
        if receiver.has(REFLECT) {
            if !DATA_METHODS.contains(&&**name) {
                self.unknown(span, "a function that is found by a computed name");
            }
            self.hand_over(args, span);
            out.flags |= ANY | DATA;
        }
        if self.dialect.javascript && matches!(&**name, "call" | "apply" | "bind") {
            return self.call_with(receiver, name, args, span);
        }
        let plain = receiver.has(DATA | NUM) || receiver.text.is_some();
        if plain || receiver.has(ANY) {
            // Checks for names that reach into the language.
            let member = self.member(&Val::flag(receiver.flags & (ANY | DATA)), name, span);
            let callable = Val {
                flags: member.flags & REFLECT,
                text: None,
                things: member
                    .things
                    .into_iter()
                    .filter(|t| !matches!(t, Thing::Method(..)))
                    .collect(),
            };
            if !callable.is_bottom() {
                let made = self.call(&callable, args.clone(), span);
                out.join(&made);
            }
        }
        if receiver.text.is_some() {
            let made = self.text_method(receiver, name, args, span);
            out.join(&made);
        } else if receiver.has(DATA | NUM) {
            self.callbacks(args, span);
            match &**name {
                "hexdigest" | "isoformat" | "hex" | "toISOString" => {
                    out.join(&Val::text(Text::part(Part::Name)));
                }
                "strftime" if is_flat_format(args) => {
                    out.join(&Val::text(Text::part(Part::Name)));
                }
                _ => out.flags |= DATA,
            }
        }
        if receiver.has(ANY) {
            let made = self.foreign_call(name, args, span);
            out.join(&made);
        }
        for thing in &receiver.things {
            let made = self.thing_method(thing, name, args, span);
            self.merge(&mut out, &made);
        }
        out
    }

    /// `f.call(this, …)`, `f.apply(this, list)`, `f.bind(this, …)`.
    fn call_with(&mut self, receiver: &Val, name: &Name, args: &Args, span: Span) -> Val {
        let mut inner = args.rest();
        if &**name == "apply" {
            let list = inner.list.first().cloned().unwrap_or_default();
            inner = match self.exact_items(&list) {
                Some(items) => Args {
                    list: items,
                    ..Args::default()
                },
                None => Args {
                    star: Some(self.elements(&list)),
                    ..Args::default()
                },
            };
        }
        if &**name == "bind" {
            // A bound function may get more arguments.
            self.escape(receiver, &Val::any());
        }
        if let Some(this) = args.list.first() {
            self.escape(this, &Val::any());
        }
        let made = self.call(receiver, inner, span);
        if &**name == "bind" {
            receiver.clone().joined(&made)
        } else {
            made
        }
    }

    fn thing_method(&mut self, thing: &Thing, name: &Name, args: &Args, span: Span) -> Val {
        match thing {
            Thing::Module(module) => {
                let callee = self.module_member(module, name, span);
                self.call(&callee, args.clone(), span)
            }
            Thing::Class(id) => {
                let member = self
                    .class_member(*id, name)
                    .joined(&self.attrs.get(name).cloned().unwrap_or_default());
                if member.is_bottom() {
                    self.hand_over(args, span);
                    return Val::any();
                }
                // A class method gets the class; a plain one its arguments as they are.
                let bound = self.instance_method(*id, name, args.clone(), span);
                self.call(&member, args.clone(), span).joined(&bound)
            }
            Thing::Instance(id) => {
                let mut out = self.instance_method(*id, name, args.clone(), span);
                if let Some(attr) = self.attrs.get(name).cloned() {
                    let made = self.call(&attr, args.clone(), span);
                    out.join(&made);
                }
                let member = self.class_member(*id, name);
                if member.has(ANY) || out.is_bottom() {
                    let made = self.foreign_call(name, args, span);
                    out.join(&made);
                }
                out
            }
            Thing::Func(_) | Thing::Method(..) => self.foreign_call(name, args, span),
            Thing::Known(known, rule) => self.static_method(known, rule, name, args, span),
            Thing::Cell(site) => self.cell_method(*site, name, args, span),
            Thing::File(path) => self.file_method(path.as_ref(), name, args, span),
            Thing::Object(kind, text) => match rule::find(kind.names, name) {
                Some((known, rule)) => {
                    self.apply(known, rule, args, Some((kind, text.as_ref())), span)
                }
                None => match kind.rest {
                    Rest::Pure => {
                        self.callbacks(args, span);
                        Val::data()
                    }
                    Rest::Any => self.foreign_call(name, args, span),
                    Rest::Unknown => {
                        self.unknown(span, "a method that is not known");
                        Val::any()
                    }
                },
            },
            Thing::Environ => self.environ_method(name, args, span),
        }
    }

    /// `datetime.now()`, `dict.fromkeys()`, `Path.home()`, `str.join(…)`.
    fn static_method(
        &mut self,
        known: &'static str,
        rule: &'static Rule,
        name: &Name,
        args: &Args,
        span: Span,
    ) -> Val {
        match (rule, &**name) {
            (Rule::Special(Special::MakePath), "home") => {
                self.apply("home", &Rule::Special(Special::Home), args, None, span)
            }
            (Rule::Special(Special::MakePath), "cwd") => Val::path(Text::lit(b".")),
            (Rule::Special(Special::Iterate), "from") => {
                let made = self.apply("from", &Rule::Special(Special::Iterate), args, None, span);
                self.callbacks(args, span);
                made
            }
            (
                Rule::Special(Special::MakePath | Special::Str | Special::Iterate | Special::Dict),
                _,
            ) => {
                // An unbound method: the first argument is the receiver.
                let receiver = args.get(0, "").unwrap_or_default();
                if receiver.is_bottom() {
                    Val::data()
                } else {
                    self.method(&receiver, name, args.rest(), span)
                }
            }
            (Rule::Special(Special::Import), "resolve") if self.dialect.javascript => Val::data(),
            _ if self.carried(name).is_some() || self.dialect.method(name).is_some() => {
                self.foreign_call(name, args, span)
            }
            _ if super::call::is_harmless(rule) => {
                self.callbacks(args, span);
                Val::flag(
                    DATA | if matches!(rule, Rule::Foreign) {
                        ANY
                    } else {
                        0
                    },
                )
            }
            _ => {
                let _ = known;
                self.unknown(span, "a method of a library function");
                Val::any()
            }
        }
    }

    fn environ_method(&mut self, name: &Name, args: &Args, span: Span) -> Val {
        match &**name {
            "get" | "pop" => {
                let key = args.get(0, "key").unwrap_or_default();
                if &**name == "pop" {
                    self.set_environment(&key, span);
                }
                self.read_environment(&key, span);
                let default = args.get(1, "default").unwrap_or_default();
                Val::data().joined(&default)
            }
            "setdefault" => {
                self.set_environment(&args.get(0, "key").unwrap_or_default(), span);
                Val::data()
            }
            "copy" => Val::thing(Thing::Environ),
            "update" => {
                let given = args.get(0, "").unwrap_or_default();
                self.set_environment_from(&given, args, span);
                Val::num()
            }
            _ => {
                self.shown(&Val::thing(Thing::Environ), span);
                Val::data()
            }
        }
    }

    fn set_environment_from(&mut self, given: &Val, args: &Args, span: Span) {
        let mut known = true;
        for thing in &given.things {
            let Thing::Cell(site) = thing else {
                known = false;
                continue;
            };
            let cell = self.cells.get(site).cloned().unwrap_or_default();
            let names: Vec<Name> = cell.fields.iter().map(|(n, _)| n.clone()).collect();
            known &= cell.other.is_bottom();
            for name in names {
                self.set_environment(&Val::lit(name.as_bytes()), span);
            }
        }
        for (name, _) in &args.named {
            self.set_environment(&Val::lit(name.as_bytes()), span);
        }
        if !known || given.flags != 0 || args.star.is_some() || args.stars.is_some() {
            self.set_environment(&Val::data(), span);
        }
    }

    pub(super) fn set_environment(&mut self, key: &Val, span: Span) {
        self.act(
            Effect::Environment,
            CodeTarget::Variable(key.as_text().to_value()),
            span,
        );
    }

    pub(super) fn read_environment(&mut self, key: &Val, span: Span) {
        if key.is_bottom() && !self.emit {
            return;
        }
        self.act(
            Effect::Read,
            CodeTarget::Variable(key.as_text().to_value()),
            span,
        );
    }

    fn file_method(&mut self, path: Option<&Text>, name: &Name, args: &Args, span: Span) -> Val {
        match &**name {
            "__enter__" => Val::thing(Thing::File(path.cloned())),
            "on" | "pipe" | "once" => {
                self.callbacks(args, span);
                let target = args.get(0, "").unwrap_or_default();
                Val::thing(Thing::File(path.cloned())).joined(&target)
            }
            _ => {
                self.callbacks(args, span);
                Val::data()
            }
        }
    }

    fn cell_method(&mut self, site_of: u64, name: &Name, args: &Args, span: Span) -> Val {
        let Some(cell) = self.cells.get(&site_of).cloned() else {
            return Val::any();
        };
        let own = Val::thing(Thing::Cell(site_of));
        // A field that is a function is called as a method.
        if let Some((_, field)) = cell.fields.iter().find(|(n, _)| n == name) {
            if self.dialect.javascript {
                return self.call(&field.clone(), args.clone(), span);
            }
        }
        let elem = cell.elem.clone();
        let first = args.get(0, "").unwrap_or_default();
        match &**name {
            "append" | "add" | "push" | "appendleft" | "unshift" | "put" | "put_nowait"
            | "enqueue" => {
                let mut all = args.star.clone().unwrap_or_default();
                for value in &args.list {
                    all.join(value);
                }
                self.update_cell(site_of, |c| c.add(&all));
                Val::num()
            }
            "insert" => {
                let value = args.get(1, "object").unwrap_or_default();
                self.update_cell(site_of, |c| c.add(&value));
                Val::num()
            }
            "extend" | "extendleft" | "union" | "intersection" | "difference" => {
                let inner = self.iterate(&first, span);
                self.update_cell(site_of, |c| c.add(&inner));
                own
            }
            "update" | "set" | "assign" => {
                let inner = self
                    .elements(&first)
                    .joined(&args.get(1, "").unwrap_or_default());
                let keys = self.iterate(&first, span);
                let mut more = Val::default();
                for (_, value) in &args.named {
                    more.join(value);
                }
                self.update_cell(site_of, |c| {
                    c.keys.join(&keys) | c.add(&inner) | (!more.is_bottom() && c.add(&more))
                });
                own
            }
            "setdefault" => {
                let value = args.get(1, "default").unwrap_or_default();
                self.update_cell(site_of, |c| c.keys.join(&first) | c.add(&value));
                elem.joined(&value)
            }
            "get" | "pop" | "popleft" | "shift" | "at" | "popitem" => {
                self.update_cell(site_of, |c| {
                    &**name != "get" && &**name != "at" && c.items.take().is_some()
                });
                let found = self.item(&own, &first, span);
                let default = args.get(1, "default").unwrap_or_default();
                let mut out = found.joined(&default).joined(&Val::num());
                if first.is_bottom() {
                    out.join(&elem);
                }
                out.flags &= !REFLECT;
                out
            }
            "items" | "entries" => {
                let keys = if cell.keys.is_bottom() {
                    Val::num()
                } else {
                    cell.keys.clone()
                };
                let pair = self.tuple_of(span, 2, vec![keys, elem]);
                self.list_of(span, pair)
            }
            "keys" => {
                let keys = cell.keys.clone().joined(&Val::data());
                let keys = if cell.keys.is_bottom() {
                    keys
                } else {
                    cell.keys
                };
                self.list_of(span, keys)
            }
            "values" => self.list_of(span, elem),
            "copy" | "slice" | "filter" | "reverse" | "sort" | "toSorted" | "toReversed"
            | "concat" | "flat" | "splice" => {
                let mut all = elem;
                for value in &args.list {
                    let inner = self.elements(value);
                    all.join(&inner);
                    if let Thing::Func(_) = value.things.first().unwrap_or(&Thing::Environ) {
                        self.escape(value, &all.clone());
                    }
                }
                self.callbacks(args, span);
                if &**name == "sort" || &**name == "reverse" || &**name == "splice" {
                    self.update_cell(site_of, |c| c.items.take().is_some());
                }
                let nested = self.elements(&all);
                if &**name == "flat" {
                    all.join(&nested);
                }
                let copy = Cell {
                    elem: all.clone(),
                    keys: cell.keys,
                    other: all,
                    ..Cell::default()
                };
                self.new_cell(site(span, 3), copy)
            }
            "map" | "forEach" | "flatMap" | "some" | "every" | "find" | "findIndex" | "reduce"
            | "findLast" | "reduceRight" => {
                let made = self.call(
                    &first,
                    Args {
                        list: vec![elem.clone(), Val::num(), own.clone()],
                        star: (name.starts_with("reduce"))
                            .then(|| elem.clone().joined(&Val::any())),
                        ..Args::default()
                    },
                    span,
                );
                for extra in args.list.get(1..).unwrap_or_default() {
                    self.escape(extra, &Val::any());
                }
                match &**name {
                    "map" => self.list_of(span, made),
                    "flatMap" => {
                        let inner = self.elements(&made);
                        self.list_of(span, inner)
                    }
                    "find" | "findLast" => elem.joined(&Val::num()),
                    "reduce" | "reduceRight" => made.joined(&args.get(1, "").unwrap_or_default()),
                    _ => Val::num(),
                }
            }
            "remove" | "clear" | "discard" | "rotate" | "delete" => {
                self.update_cell(site_of, |c| c.items.take().is_some());
                Val::num()
            }
            "join" => {
                let (items, by) = (cell.items, first.as_text());
                self.join_text(items, &elem, &by)
            }
            "most_common" => {
                let pair = self.tuple_of(span, 2, vec![cell.keys.joined(&elem), Val::num()]);
                self.list_of(span, pair)
            }
            _ => {
                self.callbacks(args, span);
                let mut inner = elem.clone();
                inner.join(&Val::data());
                self.escape(&inner, &Val::any());
                Val::flag(DATA | elem.flags & ANY)
            }
        }
    }

    /// The items put together with text between them.
    pub(super) fn join_text(&mut self, items: Option<Vec<Val>>, elem: &Val, by: &Text) -> Val {
        let Some(items) = items else {
            let name = elem.flags == NUM && elem.text.is_none() && elem.things.is_empty();
            let short = by
                .sole()
                .is_some_and(|b| !b.contains(&b'/') && !b.contains(&b'.'));
            return Val::text(Text::part(if name && short {
                Part::Name
            } else {
                Part::Any
            }));
        };
        let mut out: Option<Text> = None;
        for item in &items {
            let text = item.as_text();
            out = Some(match out {
                Some(before) => before.concat(by).concat(&text),
                None => text,
            });
        }
        Val::text(out.unwrap_or_else(|| Text::lit(b"")))
    }

    /// What text or data offers by that name, not called.
    pub(super) fn text_member(&mut self, value: &Val, name: &Name) -> Val {
        let text = value.as_text();
        if value.has(PATH) {
            match &**name {
                "parent" => return Val::path(parent(&text)),
                "name" | "stem" => return Val::text(base_name(&text, &**name == "stem")),
                "suffix" => return Val::text(Text::part(Part::Name)),
                "parents" | "parts" | "suffixes" => return Val::data(),
                _ => {}
            }
        }
        Val::flag(DATA)
    }

    fn text_method(&mut self, receiver: &Val, name: &Name, args: &Args, span: Span) -> Val {
        let text = receiver.text.clone().unwrap_or_else(Text::any);
        if receiver.has(PATH) {
            if let Some(made) = self.path_method(&text, name, args, span) {
                return made;
            }
        }
        let first = args.get(0, "").unwrap_or_default();
        let plain = args.list.is_empty() && args.star.is_none();
        match &**name {
            "strip" | "trim" if plain => Val::text(text.map_lit(|b| Some(b.trim_ascii().to_vec()))),
            "rstrip" | "trimEnd" if plain => {
                Val::text(text.map_lit(|b| Some(b.trim_ascii_end().to_vec())))
            }
            "lstrip" | "trimStart" if plain => {
                Val::text(text.map_lit(|b| Some(b.trim_ascii_start().to_vec())))
            }
            "lower" | "toLowerCase" => {
                Val::text(text.map_lit(|b| b.is_ascii().then(|| b.to_ascii_lowercase())))
            }
            "upper" | "toUpperCase" => {
                Val::text(text.map_lit(|b| b.is_ascii().then(|| b.to_ascii_uppercase())))
            }
            "encode" | "decode" | "toString" | "valueOf" => {
                let ascii = text.map_lit(|b| b.is_ascii().then(|| b.to_vec()));
                let same = match first.sole_text() {
                    None => args.list.is_empty(),
                    Some(codec) => {
                        let codec = codec.to_ascii_lowercase();
                        [&b"utf-8"[..], b"utf8", b"ascii", b"latin-1", b"latin1"].contains(&&*codec)
                    }
                };
                if same { Val::text(ascii) } else { Val::data() }
            }
            // A piece of a name is as plain as the name.
            "slice" | "substring" | "substr" if self.dialect.javascript && text.is_name() => {
                Val::text(Text::part(Part::Name))
            }
            "replace" | "replaceAll" => {
                let with = args.get(1, "new").unwrap_or_default();
                self.callbacks(args, span);
                match (first.sole_text(), with.sole_text()) {
                    (Some(from), Some(to))
                        if !from.is_empty() && &**name == "replace" && !self.dialect.javascript =>
                    {
                        Val::text(text.map_lit(|b| Some(replace(b, from, to))))
                    }
                    _ => Val::data(),
                }
            }
            "join" => {
                let items = self.exact_items(&first);
                let elem = self.iterate(&first, span);
                self.shown(&first, span);
                self.join_text(items, &elem, &text)
            }
            "concat" => {
                let mut out = text;
                for value in &args.list {
                    out = out.concat(&value.as_text());
                }
                Val::text(out)
            }
            "format" => self.format_method(&text, args, span),
            "split" | "splitlines" | "rsplit" if receiver.flags == 0 => {
                self.split(&text, &first, args, span)
            }
            "count" | "find" | "index" | "startswith" | "endswith" | "isdigit" | "startsWith"
            | "endsWith" | "indexOf" | "includes" | "codePointAt" | "charCodeAt" => Val::num(),
            _ => {
                self.callbacks(args, span);
                Val::data()
            }
        }
    }

    fn split(&mut self, text: &Text, by: &Val, args: &Args, span: Span) -> Val {
        let pieces = match (text.sole(), args.list.as_slice()) {
            (Some(known), []) => Some(
                known
                    .split(u8::is_ascii_whitespace)
                    .filter(|w| !w.is_empty())
                    .map(Val::lit)
                    .collect::<Vec<_>>(),
            ),
            (Some(known), [_]) => by
                .sole_text()
                .filter(|b| !b.is_empty() && b.len() == 1)
                .map(|sep| {
                    known
                        .split(|b| sep.first() == Some(b))
                        .map(Val::lit)
                        .collect()
                }),
            _ => None,
        };
        match pieces {
            Some(items) if items.len() <= 64 => self.tuple_of(span, 4, items),
            _ => self.list_of(span, Val::data()),
        }
    }

    fn format_method(&mut self, text: &Text, args: &Args, span: Span) -> Val {
        for value in args.all() {
            self.shown(value, span);
        }
        let Some(known) = text.sole() else {
            return Val::data();
        };
        let mut out = Text::lit(b"");
        let mut next = 0_u8;
        let mut rest = known;
        while let Some(at) = rest.iter().position(|b| matches!(b, b'{' | b'}')) {
            let (before, after) = rest.split_at(at);
            out = out.concat(&Text::lit(before));
            match after {
                [b'{', b'{', tail @ ..] | [b'}', b'}', tail @ ..] => {
                    out = out.concat(&Text::lit(after.get(..1).unwrap_or_default()));
                    rest = tail;
                }
                [b'{', tail @ ..] => {
                    let Some(end) = tail.iter().position(|&b| b == b'}') else {
                        return Val::data();
                    };
                    let field = tail.get(..end).unwrap_or_default();
                    let value = match core::str::from_utf8(field) {
                        Ok("") => {
                            next += 1;
                            args.get(next - 1, "")
                        }
                        Ok(name) if name.bytes().all(|b| b.is_ascii_digit()) => {
                            name.parse().ok().and_then(|n| args.get(n, ""))
                        }
                        Ok(name) => args.named(name).cloned(),
                        Err(_) => None,
                    };
                    out = out.concat(&value.map_or_else(Text::any, |v| v.as_text()));
                    rest = tail.get(end + 1..).unwrap_or_default();
                }
                _ => return Val::data(),
            }
        }
        Val::text(out.concat(&Text::lit(rest)))
    }

    /// Methods of `pathlib.Path`; `None`: not one.
    fn path_method(&mut self, path: &Text, name: &Name, args: &Args, span: Span) -> Option<Val> {
        let first = args.get(0, "target").unwrap_or_default();
        Some(match &**name {
            "read_text" | "read_bytes" => {
                self.act_path(Effect::Read, path, span);
                Val::data()
            }
            "write_text" | "write_bytes" | "touch" | "mkdir" => {
                self.act_path(Effect::Write, path, span);
                Val::num()
            }
            "unlink" | "rmdir" => {
                self.act_path(Effect::Delete, path, span);
                Val::num()
            }
            "chmod" | "lchmod" => {
                self.act_path(Effect::ChangeMode, path, span);
                Val::num()
            }
            "rename" | "replace" | "move" | "move_into" => {
                self.act_path(Effect::Write, path, span);
                self.act_path(Effect::Write, &first.as_text(), span);
                Val::path(first.as_text())
            }
            "copy" | "copy_into" => {
                self.act_path(Effect::Read, path, span);
                self.act_path(Effect::Write, &first.as_text(), span);
                Val::path(first.as_text())
            }
            "symlink_to" | "hardlink_to" | "link_to" => {
                self.act_path(Effect::Write, path, span);
                self.act_path(Effect::Read, &first.as_text(), span);
                Val::num()
            }
            "open" => {
                let mut inner = args.clone();
                inner.list.insert(0, Val::path(path.clone()));
                self.apply("open", &Rule::Special(Special::Open), &inner, None, span)
            }
            "exists" | "is_file" | "is_dir" | "is_symlink" | "stat" | "lstat" | "owner"
            | "group" | "is_mount" | "samefile" | "readlink" => {
                self.act_path(Effect::List, path, span);
                Val::data()
            }
            "iterdir" => {
                self.act_path(Effect::List, path, span);
                let elem = Val::path(path.below(Part::Name));
                self.list_of(span, elem)
            }
            "glob" | "rglob" => {
                self.act_path(Effect::List, path, span);
                let up = first
                    .as_text()
                    .may_start(|b| b.windows(2).any(|w| w == b"..") || b.starts_with(b"/"));
                let up = up || first.text.is_none();
                let elem = Val::path(if up {
                    Text::any()
                } else {
                    path.below(Part::Sub)
                });
                self.list_of(span, elem)
            }
            "walk" => {
                self.act_path(Effect::List, path, span);
                self.walk(path, true, span)
            }
            "joinpath" => {
                let mut out = path.clone();
                for value in &args.list {
                    out = out.join_path(&value.as_text(), true);
                }
                if let Some(star) = &args.star {
                    let _ = star;
                    out = Text::any();
                }
                Val::path(out)
            }
            "with_suffix" => match first.sole_text() {
                Some(suffix) => {
                    let suffix = suffix.to_vec();
                    Val::path(
                        path.map_lit(|b| with_suffix(b, &suffix))
                            .joined_name_safe(path),
                    )
                }
                None => Val::path(Text::any()),
            },
            "with_name" | "with_stem" => Val::path(parent(path).join_path(&first.as_text(), true)),
            "resolve" | "absolute" | "expanduser" | "as_posix" => Val::path(path.clone()),
            "relative_to" | "as_uri" | "match" | "is_relative_to" | "is_absolute" => {
                Val::flag(DATA | NUM)
            }
            _ => return None,
        })
    }

    /// `os.walk`: directory, names of directories, names of files.
    pub(super) fn walk(&mut self, path: &Text, as_path: bool, span: Span) -> Val {
        let dir = path.concat(&Text::part(Part::Sub));
        let dir = path.clone().also(&path.below(Part::Sub)).unwrap_or(dir);
        let dir = if as_path {
            Val::path(dir)
        } else {
            Val::text(dir)
        };
        let dirs = self.tuple_cell(span, 5, Val::text(Text::part(Part::Name)));
        let files = self.tuple_cell(span, 6, Val::text(Text::part(Part::Name)));
        let row = self.tuple_of(span, 7, vec![dir, dirs, files]);
        self.list_of(span, row)
    }

    fn tuple_cell(&mut self, span: Span, salt: u64, elem: Val) -> Val {
        self.new_cell(
            site(span, salt),
            Cell {
                elem,
                ..Cell::default()
            },
        )
    }
}

impl Text {
    /// Both.
    pub(super) fn also(mut self, other: &Self) -> Option<Self> {
        self.join(other);
        Some(self)
    }

    /// Where a change of the suffix could not be followed, the directory still holds.
    fn joined_name_safe(self, path: &Self) -> Self {
        if self.all_known().is_some() {
            return self;
        }
        parent(path).slash().concat(&Self::part(Part::Name))
    }
}

/// A time format without a slash.
fn is_flat_format(args: &Args) -> bool {
    let odd = [&b"/"[..], b"%D", b"%x", b"%c", b"%E", b"%O"];
    args.get(0, "format").is_some_and(|v| {
        v.sole_text()
            .is_some_and(|t| !odd.iter().any(|o| t.windows(o.len()).any(|w| w == *o)))
    })
}

fn with_suffix(path: &[u8], suffix: &[u8]) -> Option<Vec<u8>> {
    let (dir, name) = split(path);
    let stem = match name.iter().rposition(|&b| b == b'.') {
        Some(at) if at > 0 => name.get(..at)?,
        _ => name,
    };
    Some([dir, stem, suffix].concat())
}

/// The part up to and with the last slash, and the rest.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&b| b == b'/') {
        Some(at) => path.split_at(at + 1),
        None => (b"", path),
    }
}

fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.windows(from.len()).position(|w| w == from) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        out.extend_from_slice(to);
        rest = rest.get(at + from.len()..).unwrap_or_default();
        if out.len() > 65_536 {
            break;
        }
    }
    out.extend_from_slice(rest);
    out
}

/// The directory of a path.
pub(super) fn parent(text: &Text) -> Text {
    text.map(|parts| {
        let mut out: Vec<Part> = parts.to_vec();
        loop {
            match out.pop() {
                None => return [Part::Lit(b"."[..].into())].into(),
                Some(Part::Any | Part::Sub) => {
                    let whole = out.is_empty();
                    out.push(if whole { Part::Any } else { Part::Sub });
                    return if whole || parts.contains(&Part::Any) {
                        [Part::Any].into()
                    } else {
                        out.into()
                    };
                }
                Some(Part::Num | Part::Name) => {}
                Some(Part::Lit(lit)) => {
                    let trimmed = lit
                        .strip_suffix(b"/")
                        .filter(|t| !t.is_empty() && out.is_empty())
                        .unwrap_or(&lit);
                    let (dir, _) = split(if parts.len() == 1 { trimmed } else { &lit });
                    if dir.is_empty() {
                        continue;
                    }
                    let dir = if dir.len() > 1 {
                        dir.get(..dir.len() - 1).unwrap_or_default()
                    } else {
                        dir
                    };
                    out.push(Part::Lit(dir.into()));
                    return out.into();
                }
            }
        }
    })
}

/// The last component of a path.
pub(super) fn base_name(text: &Text, stem: bool) -> Text {
    text.map(|parts| match parts {
        [Part::Lit(only)] => {
            let (_, name) = split(only);
            let name = match name.iter().rposition(|&b| b == b'.') {
                Some(at) if stem && at > 0 => name.get(..at).unwrap_or_default(),
                _ => name,
            };
            [Part::Lit(name.into())].into()
        }
        _ => [Part::Name].into(),
    })
}
