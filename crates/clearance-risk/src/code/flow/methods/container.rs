//! Methods of lists, tuples, mappings and of the environment.

use clearance_core::{Effect, Span};

use crate::code::flow::ast::Name;
use crate::code::flow::call::Args;
use crate::code::flow::value::{ANY, DATA, REFLECT, Thing, Val};
use crate::code::flow::{Cell, CodeTarget, Flow, site};

impl Flow<'_> {
    pub(in crate::code::flow) fn environ_method(
        &mut self,
        name: &Name,
        args: &Args,
        span: Span,
    ) -> Val {
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

    pub(in crate::code::flow) fn set_environment_from(
        &mut self,
        given: &Val,
        args: &Args,
        span: Span,
    ) {
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

    pub(in crate::code::flow) fn set_environment(&mut self, key: &Val, span: Span) {
        self.act(
            Effect::Environment,
            CodeTarget::Variable(key.as_text().to_value()),
            span,
        );
    }

    pub(in crate::code::flow) fn read_environment(&mut self, key: &Val, span: Span) {
        if key.is_bottom() && !self.emit {
            return;
        }
        self.act(
            Effect::Read,
            CodeTarget::Variable(key.as_text().to_value()),
            span,
        );
    }

    pub(in crate::code::flow) fn cell_method(
        &mut self,
        site_of: u64,
        name: &Name,
        args: &Args,
        span: Span,
    ) -> Val {
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
}
