//! Calls of methods: of text, containers, files, objects of the tables, and of things of no
//! known kind (see [`super::foreign`]).
mod container;
mod text;

use super::Flow;
use super::ast::Name;
use super::call::Args;
use super::rule::{self, Rest, Rule, Special};
use super::value::{ANY, DATA, NUM, Part, REFLECT, Text, Thing, Val};
use clearance_core::Span;

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
            (Rule::Special(Special::MakePath), "from_uri") => Val::path(Text::any()),
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

/// The directory of a path.
pub(super) fn parent(text: &Text) -> Text {
    text.map(|parts| {
        if let [Part::Lit(lit)] = parts {
            // The working directory's own directory, once the path is resolved.
            if lit
                .split(|&b| b == b'/')
                .all(|c| matches!(c, b"." | b".." | b""))
                && !lit.starts_with(b"/")
            {
                return [Part::Lit([lit, &b"/.."[..]].concat().into())].into();
            }
        }
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

/// A time format without a slash.
fn is_flat_format(args: &Args) -> bool {
    let odd = [&b"/"[..], b"%D", b"%x", b"%c", b"%E", b"%O"];
    args.get(0, "format").is_some_and(|v| {
        v.sole_text()
            .is_some_and(|t| !odd.iter().any(|o| t.windows(o.len()).any(|w| w == *o)))
    })
}

/// The part up to and with the last slash, and the rest.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&b| b == b'/') {
        Some(at) => path.split_at(at + 1),
        None => (b"", path),
    }
}
