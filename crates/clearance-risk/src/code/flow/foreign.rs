//! Things of no known kind: what a method does is judged by its name. Also requests to the
//! network, whose method and address are arguments.

use clearance_core::{Effect, Span};

use super::apply::{Own, path_text};
use super::ast::Name;
use super::call::Args;
use super::rule::{self, ObjType, Rest, Rule, Special};
use super::value::{ANY, DATA, PATH, Text, Thing, Val};
use super::{CodeTarget, Flow};

/// A database connection or cursor.
pub(super) static SQL: &ObjType = &ObjType {
    name: "sql",
    rest: Rest::Pure,
    names: &[
        ("cursor", Rule::Own),
        (
            "execute executescript executemany exec prepare",
            Rule::Special(Special::SqlExecute),
        ),
        (
            "fetchall fetchone fetchmany commit rollback close",
            Rule::Pure,
        ),
        (
            "create_function create_aggregate create_collation set_authorizer set_trace_callback",
            Rule::Pure,
        ),
        (
            "enable_load_extension load_extension enableLoadExtension loadExtension",
            Rule::Unknown("a database extension is loaded"),
        ),
        (
            "backup iterdump deserialize",
            Rule::Unknown("a database is copied"),
        ),
    ],
};

/// The same, in memory.
pub(super) static MEMORY_DB: &ObjType = &ObjType {
    name: "memory-sql",
    rest: Rest::Pure,
    names: &[
        ("cursor", Rule::Own),
        (
            "execute executescript executemany",
            Rule::Special(Special::SqlExecute),
        ),
        (
            "enable_load_extension load_extension",
            Rule::Unknown("a database extension is loaded"),
        ),
        ("backup", Rule::Unknown("a database is copied")),
    ],
};

/// Modules with effects that other modules carry as attributes.
const CARRIED: &[&str] = &[
    "os",
    "sys",
    "subprocess",
    "shutil",
    "builtins",
    "importlib",
    "posix",
    "ctypes",
    "pty",
    "runpy",
];

impl Flow<'_> {
    /// A module with effects that something else carries under its own name.
    pub(super) fn carried(&self, name: &Name) -> Option<&'static rule::Module> {
        let bare = name.trim_start_matches('_');
        let candidate = !self.dialect.javascript && CARRIED.contains(&bare);
        if candidate {
            self.dialect.module(bare)
        } else {
            None
        }
    }

    /// `thing.name` of something of no known kind, not called.
    pub(super) fn foreign_member(&mut self, name: &Name, _value: &Val) -> Val {
        if let Some(module) = self.carried(name) {
            return Val::thing(Thing::Module(module)).joined(&Val::any());
        }
        if self.dialect.method(name).is_some() {
            // Followed as a method: what it would do is noted when it is called or handed on.
            return Val::thing(Thing::Method(Val::any().into(), name.clone())).joined(&Val::data());
        }
        Val::any()
    }

    /// `thing.name(args)` of something of no known kind.
    pub(super) fn foreign_call(&mut self, name: &Name, args: &Args, span: Span) -> Val {
        // A method of the program's own classes with that name may be meant.
        let mut out = Val::any();
        for id in self.by_name.get(name).cloned().unwrap_or_default() {
            let method = self
                .program
                .funcs
                .get(id)
                .is_some_and(|f| f.class.is_some());
            if method {
                let own = self.program.funcs.get(id).and_then(|f| f.class);
                let made = self.call_func(id, args, own.map(|c| Val::thing(Thing::Instance(c))));
                out.join(&made);
            }
        }
        match self.dialect.method(name) {
            Some((_, Rule::Unknown(why))) => {
                if self.means_text(args) {
                    self.unknown(span, why);
                }
                self.hand_over(args, span);
            }
            Some((_, Rule::Do(what, _))) => {
                self.foreign_effects(what, args, span);
                self.hand_over(args, span);
            }
            Some((known, rule)) => {
                let made = self.apply(known, rule, args, None, span);
                out.join(&made);
            }
            None => self.hand_over(args, span),
        }
        out
    }

    fn foreign_effects(&mut self, what: &'static [rule::Do], args: &Args, span: Span) {
        for rule::Do(effect, from) in what {
            match from {
                rule::From::Path(position, names) => {
                    let Some(value) = args.get(*position, names) else {
                        continue;
                    };
                    if let Some(text) = path_text(&value) {
                        self.act_path(*effect, &text, span);
                    }
                }
                rule::From::Url(position, names) => {
                    let Some(value) = args.get(*position, names) else {
                        self.act_url(*effect, &Text::any(), span);
                        continue;
                    };
                    // A queue's `put(item)` is not a request: an address is text.
                    if value.text.is_some() || args.star.is_some() {
                        self.act_url(*effect, &value.as_text(), span);
                    }
                }
                _ => self.act(*effect, CodeTarget::None, span),
            }
        }
    }

    /// Some argument is or can be a command.
    fn means_text(&mut self, args: &Args) -> bool {
        let Some(first) = args.get(0, "cmd command args code expr") else {
            return false;
        };
        let inner = self.elements(&first);
        let list = first.things.iter().any(|t| matches!(t, Thing::Cell(_)));
        first.text.is_some()
            || first.has(DATA | PATH)
            || (list && (inner.text.is_some() || inner.has(DATA)))
            || (args.star.is_some() && args.list.is_empty())
    }

    pub(super) fn request(
        &mut self,
        name: &str,
        special: Special,
        args: &Args,
        own: Own<'_>,
        span: Span,
    ) -> Val {
        let (method, url) = match special {
            Special::Request if name == "request" || name == "Request" => {
                let method = args.get(0, "method").unwrap_or_default();
                (Some(method), args.get(1, "url"))
            }
            Special::Request => (Some(Val::lit(name.as_bytes())), args.get(0, "url")),
            Special::JsFetch => {
                let options = args.get(1, "").unwrap_or_default();
                let method = if options.is_bottom() {
                    Val::lit(b"GET")
                } else {
                    self.option(&options, "method", b"GET")
                };
                (Some(method), args.get(0, ""))
            }
            Special::JsHttp => {
                let method = match name {
                    "get" => {
                        let options = args.get(1, "").unwrap_or_default();
                        let odd = !options.is_bottom()
                            && !options.things.iter().all(|t| matches!(t, Thing::Func(_)));
                        if odd {
                            self.option(&options, "method", b"GET")
                        } else {
                            Val::lit(b"GET")
                        }
                    }
                    _ => Val::data(),
                };
                (Some(method), args.get(0, ""))
            }
            _ => {
                let data = name != "urlretrieve"
                    && args
                        .get(1, "data")
                        .is_some_and(|v| !(v.flags == super::value::NUM && v.text.is_none()));
                let method = match args.named("method") {
                    Some(method) => method.clone(),
                    None => Val::lit(if data { b"POST" } else { b"GET" }),
                };
                (Some(method), args.get(0, "url fullurl"))
            }
        };
        if special == Special::UrlRequest {
            // Only made; sent by `urlopen`. Keep the address, note the effect here.
        }
        let url = url.unwrap_or_else(Val::any);
        // A request object already told what it does.
        let made = url
            .things
            .iter()
            .any(|t| matches!(t, Thing::Object(kind, _) if kind.name == "request"));
        if !(made && url.flags == 0 && url.text.is_none()) {
            let mut text = url.as_text();
            for thing in &url.things {
                if let Thing::Object(_, Some(of)) = thing {
                    text = of.clone();
                }
            }
            if let Some((_, Some(base))) = own {
                let absolute = !text.may_start(|b| !b.starts_with(b"http"));
                if !absolute {
                    text = base.clone();
                }
            }
            let reads = method.as_ref().and_then(Val::sole_text).is_some_and(|m| {
                let m = m.to_ascii_lowercase();
                matches!(&*m, b"get" | b"head" | b"options")
            });
            let effect = if reads {
                Effect::NetRead
            } else {
                Effect::NetWrite
            };
            self.act_url(effect, &text, span);
            // `urlopen("file:///…")` reads a path.
            if special != Special::JsFetch
                && text.may_start(|b| b.starts_with(b"file:"))
                && text.sole().is_none_or(|t| t.starts_with(b"file:"))
                && text.may_start(|b| !b.starts_with(b"http"))
            {
                let path = text.map_lit(|b| Some(b.strip_prefix(b"file://").unwrap_or(b).to_vec()));
                self.act_path(Effect::Read, &path, span);
            }
        }
        if name == "urlretrieve" {
            match args.get(1, "filename").and_then(|v| path_text(&v)) {
                Some(path) => self.act_path(Effect::Write, &path, span),
                None => self.act_path(
                    Effect::Write,
                    &Text::lit(b"/tmp").below(super::value::Part::Name),
                    span,
                ),
            }
        }
        for key in [
            "files", "data", "json", "params", "headers", "auth", "cookies",
        ] {
            if let Some(value) = args.named(key).cloned() {
                self.sent(&value, span);
            }
        }
        self.hand_over(args, span);
        match special {
            Special::UrlRequest => {
                let text = path_text(&url);
                Val::thing(Thing::Object(REQUEST, text))
            }
            Special::UrlOpen | Special::Request => Val::flag(DATA | ANY),
            _ => Val::any(),
        }
    }

    /// The environment goes out.
    fn sent(&mut self, value: &Val, span: Span) {
        let inner = self.elements(value);
        for v in [value, &inner] {
            if v.things.contains(&Thing::Environ) {
                self.act(
                    Effect::Exfiltrate,
                    CodeTarget::Variable(super::value::unknown_value()),
                    span,
                );
            }
        }
    }

    /// A field of an options object.
    fn option(&mut self, options: &Val, name: &str, default: &[u8]) -> Val {
        let mut out = Val::default();
        if options.has(ANY | DATA) {
            out.flags |= DATA;
        }
        for thing in &options.things {
            let Thing::Cell(site) = thing else {
                out.flags |= DATA;
                continue;
            };
            let Some(cell) = self.cells.get(site) else {
                continue;
            };
            match cell.fields.iter().find(|(n, _)| &**n == name) {
                Some((_, value)) => {
                    out.join(value);
                }
                None if cell.other.is_bottom() => {
                    out.join(&Val::lit(default));
                }
                None => out.flags |= DATA,
            }
        }
        out
    }
}

/// A request that was made but not sent.
static REQUEST: &ObjType = &ObjType {
    name: "request",
    rest: Rest::Pure,
    names: &[],
};
