//! Attributes: of modules, library objects, classes and data.

use clearance_core::Span;

use crate::code::flow::Flow;
use crate::code::flow::ast::Name;
use crate::code::flow::rule::{self, Rest, Rule};
use crate::code::flow::value::{ANY, DATA, NUM, REFLECT, Text, Thing, Val};

/// Attributes with two underscores that only tell something.
const HARMLESS_DUNDER: &[&str] = &[
    "__name__",
    "__doc__",
    "__version__",
    "__file__",
    "__class__",
    "__mro__",
    "__bases__",
    "__module__",
    "__qualname__",
    "__path__",
    "__all__",
    "__annotations__",
    "__init__",
    "__len__",
    "__author__",
    "__cause__",
    "__context__",
    "__repr__",
    "__str__",
    "__eq__",
    "__hash__",
    "__members__",
    "__origin__",
    "__args__",
    "__package__",
    "__signature__",
    "__enter__",
    "__exit__",
    "__next__",
    "__iter__",
    "__contains__",
    "__getitem__",
    "__call__",
    "__new__",
    "__post_init__",
    "__wrapped__",
    "__dataclass_fields__",
    "__slots__",
    "__version_info__",
];

impl Flow<'_> {
    pub(in crate::code::flow) fn import_value(&mut self, what: &Val, span: Span) -> Val {
        let names: Option<Vec<String>> = if what.flags == 0 && what.things.is_empty() {
            what.text.as_ref().and_then(Text::all_known).map(|all| {
                all.iter()
                    .map(|n| String::from_utf8_lossy(n).into_owned())
                    .collect()
            })
        } else {
            None
        };
        let Some(names) = names else {
            if !what.is_bottom() || self.emit {
                self.unknown(span, "a module whose name is computed");
            }
            return Val::any();
        };
        let mut out = Val::default();
        for name in names {
            let module = self.import(&name, span);
            out.join(&module);
            if name.contains('.') && !self.dialect.javascript {
                let top = name.split('.').next().unwrap_or_default();
                if let Some(found) = self.dialect.module(top) {
                    out.join(&Val::thing(Thing::Module(found)));
                }
            }
        }
        out
    }

    /// `value.name`, not called.
    pub(in crate::code::flow) fn member(&mut self, value: &Val, name: &Name, span: Span) -> Val {
        if !self.step() {
            return Val::any();
        }
        let mut out = Val::default();
        if self.is_forbidden(value, name) {
            self.unknown(span, "an attribute that reaches into the language");
            return Val::flag(REFLECT);
        }
        if value.has(REFLECT) {
            out.flags |= REFLECT;
        }
        let attrs = self.attrs.get(name).cloned();
        if value.has(ANY)
            || value
                .things
                .iter()
                .any(|t| matches!(t, Thing::Instance(_) | Thing::Class(_) | Thing::Func(_)))
        {
            if let Some(attrs) = &attrs {
                out.join(attrs);
            }
        }
        if value.has(ANY) {
            out.join(&self.foreign_member(name, value));
        }
        if value.has(DATA | NUM) || value.text.is_some() {
            out.join(&self.text_member(value, name, span));
            if let Some(module) = self.carried(name) {
                out.join(&Val::thing(Thing::Module(module)));
            }
        }
        for thing in &value.things {
            let made = self.thing_member(thing, name, span);
            out.join(&made);
        }
        out
    }

    pub(in crate::code::flow) fn is_forbidden(&self, value: &Val, name: &Name) -> bool {
        if self.dialect.javascript {
            let plain = value.things.iter().all(|t| matches!(t, Thing::Module(_)));
            return matches!(
                &**name,
                "constructor"
                    | "__proto__"
                    | "__defineGetter__"
                    | "__defineSetter__"
                    | "__lookupGetter__"
                    | "caller"
                    | "callee"
                    | "mainModule"
                    | "_load"
                    | "binding"
                    | "_linkedBinding"
                    | "dlopen"
                    | "prepareStackTrace"
            ) && !(plain && !value.things.is_empty() && &**name == "caller");
        }
        if name.starts_with("__") && name.ends_with("__") {
            let library = value
                .things
                .iter()
                .any(|t| matches!(t, Thing::Module(_) | Thing::Known(..)));
            let dict = &**name == "__dict__" && !library;
            return !dict && !HARMLESS_DUNDER.contains(&&**name);
        }
        matches!(
            &**name,
            "gi_frame"
                | "cr_frame"
                | "ag_frame"
                | "f_globals"
                | "f_builtins"
                | "f_locals"
                | "f_back"
                | "tb_frame"
                | "func_globals"
                | "func_code"
                | "gi_code"
                | "cr_code"
        )
    }

    pub(in crate::code::flow) fn thing_member(
        &mut self,
        thing: &Thing,
        name: &Name,
        span: Span,
    ) -> Val {
        let method = || {
            Val::thing(Thing::Method(
                Val::thing(thing.clone()).into(),
                name.clone(),
            ))
        };
        if !matches!(thing, Thing::Module(_) | Thing::Cell(_) | Thing::Environ) {
            // A module that lies inside of something else.
            if let Some(module) = self.carried(name) {
                return Val::thing(Thing::Module(module)).joined(&Val::any());
            }
        }
        if let (Thing::Instance(id), "__class__" | "constructor") = (thing, &**name) {
            return Val::thing(Thing::Class(*id));
        }
        match thing {
            Thing::Module(module) => self.module_member(module, name, span),
            Thing::Class(id) | Thing::Instance(id) => {
                let mut out = self.class_member(*id, name);
                if matches!(thing, Thing::Instance(_)) && !out.things.is_empty() {
                    // Bound to its receiver when it is called.
                    out.things.retain(|t| !matches!(t, Thing::Func(_)));
                    out.join(&method());
                }
                if !self.attrs.contains_key(name) && out.is_bottom() {
                    out.flags |= ANY;
                }
                out
            }
            Thing::Cell(site) => {
                let field = self.cells.get(site).map(|cell| {
                    let mut out = cell.other.clone();
                    if let Some((_, field)) = cell.fields.iter().find(|(n, _)| n == name) {
                        out.join(field);
                    } else if self.dialect.javascript {
                        out.flags |= DATA;
                    }
                    out
                });
                match field {
                    Some(field) if self.dialect.javascript => field.joined(&method()),
                    _ => method(),
                }
            }
            Thing::File(path) => match &**name {
                "name" | "path" => path.clone().map_or_else(Val::data, Val::text),
                "buffer" => Val::thing(thing.clone()),
                _ => method(),
            },
            Thing::Object(kind, text) => match rule::find(kind.names, name) {
                Some((_, Rule::Value)) => Val::data(),
                Some((_, Rule::Same)) => text.clone().map_or_else(Val::data, Val::text),
                Some((_, Rule::Foreign)) => Val::any(),
                _ => method(),
            },
            Thing::Environ if self.dialect.javascript => {
                self.read_environment(&Val::lit(name.as_bytes()), span);
                Val::data()
            }
            Thing::Known(_, rule) => match (rule, &**name) {
                (Rule::Unknown(why), _) => {
                    self.unknown(span, why);
                    Val::any()
                }
                (_, "prototype") => Val::flag(DATA | REFLECT),
                _ => method(),
            },
            Thing::Func(_) | Thing::Method(..) | Thing::Environ => method(),
        }
    }

    /// A name of a known module.
    pub(in crate::code::flow) fn module_member(
        &mut self,
        module: &'static rule::Module,
        name: &Name,
        span: Span,
    ) -> Val {
        if self.dialect.javascript && &**name == "default" {
            return Val::thing(Thing::Module(module));
        }
        if let Some((known, rule)) = rule::find(module.names, name) {
            return self.known_value(known, rule, span);
        }
        let dotted = format!("{}.{}", module.name, name);
        if let Some(sub) = self.dialect.module(&dotted) {
            return Val::thing(Thing::Module(sub));
        }
        // A module that another one imported.
        let bare = name.trim_start_matches('_');
        if let (Some(other), false) = (self.dialect.module(bare), self.dialect.javascript) {
            if !(module.third_party && other.third_party) {
                return Val::thing(Thing::Module(other));
            }
        }
        if matches!(
            &**name,
            "__name__" | "__doc__" | "__version__" | "__file__" | "__path__" | "__all__"
        ) {
            return Val::data();
        }
        match module.rest {
            Rest::Pure if name.starts_with('_') => {
                self.unknown(span, "a private name of a library");
                Val::any()
            }
            Rest::Pure => Val::thing(Thing::Known("", &Rule::Pure)),
            Rest::Any => self.foreign_member(name, &Val::any()),
            Rest::Unknown => {
                self.unknown(span, "a function of a library that is not known");
                Val::any()
            }
        }
    }
}
