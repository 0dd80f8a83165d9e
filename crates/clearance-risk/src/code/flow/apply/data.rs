//! Functions of the libraries that make and look at data.

use clearance_core::Span;

use crate::code::flow::call::Args;
use crate::code::flow::rule::Rest;
use crate::code::flow::value::{ANY, DATA, NUM, REFLECT, Thing, Val};
use crate::code::flow::{Cell, Flow, site};

impl Flow<'_> {
    /// `type(x)`.
    pub(super) fn type_of(&mut self, args: &Args, span: Span, first: Val) -> Val {
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
                Thing::Module(_) | Thing::Object(..) | Thing::Known(..) => out.flags |= REFLECT,
                _ => {}
            }
        }
        out.flags |= first.flags & (ANY | REFLECT);
        out
    }

    pub(super) fn look(&mut self, args: &Args, span: Span) -> Val {
        for value in args.all() {
            self.shown(value, span);
        }
        Val::flag(DATA | NUM)
    }

    /// `list(x)`, `tuple(x)`, `set(x)`.
    pub(super) fn list_from(&mut self, args: &Args, span: Span) -> Val {
        self.callbacks(args, span);
        let Some(given) = args.get(0, "iterable") else {
            return self.new_cell(site(span, 1), Cell::default());
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

    pub(super) fn enumerate(&mut self, args: &Args, span: Span, first: Val) -> Val {
        let elem = self.iterate(
            &first.joined(&args.get(0, "iterable").unwrap_or_default()),
            span,
        );
        let pair = self.tuple_of(span, 2, vec![Val::num(), elem]);
        self.list_of(span, pair)
    }

    pub(super) fn zip(&mut self, args: &Args, span: Span) -> Val {
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

    /// `map`, `filter` and their like.
    pub(super) fn map(&mut self, name: &str, args: &Args, span: Span) -> Val {
        let function = args.get(0, "func function fn").unwrap_or_default();
        let mut call = Args::default();
        for value in args.list.iter().skip(1) {
            call.list.push(self.iterate(value, span));
        }
        if let Some(star) = &args.star {
            call.star = Some(self.iterate(star, span));
        }
        let mut made = self.call(&function, call.clone(), span);
        if name == "filter" || name == "takewhile" || name == "dropwhile" || name == "filterfalse" {
            made = call.list.pop().unwrap_or_default();
        } else if name == "starmap" || name == "reduce" || name == "accumulate" {
            self.escape(&function, &Val::flag(DATA | ANY));
            made.flags |= DATA;
        }
        self.list_of(span, made)
    }

    /// `sorted`, `max` and their like.
    pub(super) fn sorted(&mut self, name: &str, args: &Args, span: Span) -> Val {
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

    /// `dict(…)`.
    pub(super) fn dict_from(&mut self, name: &str, args: &Args, span: Span, first: Val) -> Val {
        let environ = first.things.contains(&Thing::Environ);
        let mut cell = Cell::default();
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
        let made = self.new_cell(site(span, 1), cell);
        if environ {
            Val::thing(Thing::Environ).joined(&made)
        } else {
            made
        }
    }

    /// The other arguments get into the list.
    pub(super) fn insert(&mut self, args: &Args, span: Span, first: Val) -> Val {
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

    /// `Object.assign(target, …)`.
    pub(super) fn js_object_assign(&mut self, args: &Args, span: Span, first: Val) -> Val {
        let mut inner = Val::default();
        for value in args.list.iter().skip(1) {
            self.shown(value, span);
            self.spread_module(value, span);
            let elem = self.elements(value);
            inner.join(&elem);
        }
        self.escape(&inner, &Val::any());
        for thing in &first.things {
            match thing {
                Thing::Cell(site) => self.update_cell(*site, |c| c.add(&inner)),
                Thing::Module(_) | Thing::Known(..) => self.unknown(span, "a library is changed"),
                Thing::Environ => self.set_environment(&Val::data(), span),
                _ => {}
            }
        }
        first
    }

    /// `{...require('fs')}`: what is found in the copy is not followed.
    pub(in crate::code::flow) fn spread_module(&mut self, value: &Val, span: Span) {
        let library = |t: &Thing| matches!(t, Thing::Module(m) if m.rest == Rest::Unknown);
        if value.things.iter().any(library) {
            self.unknown(span, "a library is copied");
        }
    }

    /// `Object.keys`, `values` and `entries`.
    pub(super) fn js_object_items(&mut self, name: &str, span: Span, first: Val) -> Val {
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
}
