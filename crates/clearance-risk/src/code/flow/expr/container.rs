//! Lists, tuples and mappings: made, iterated, indexed.

use clearance_core::Span;

use crate::code::flow::ast::{Expr, ExprKind, Name};
use crate::code::flow::call::Args;
use crate::code::flow::rule::{Rest, Rule, Special};
use crate::code::flow::value::{ANY, DATA, NUM, REFLECT, Thing, Val};
use crate::code::flow::{Cell, Flow, site};

impl Flow<'_> {
    pub(in crate::code::flow) fn list(
        &mut self,
        items: &[Expr],
        fixed: bool,
        scope: usize,
        span: Span,
    ) -> Val {
        let mut cell = Cell {
            fixed,
            ..Cell::default()
        };
        let mut exact = Some(Vec::new());
        for item in items {
            let value = self.eval(item, scope);
            if let ExprKind::Star(_) = item.kind {
                let elem = self.iterate(&value, item.span);
                let spread = self.exact_items(&value);
                self.merge(&mut cell.elem, &elem);
                match (&mut exact, spread) {
                    (Some(all), Some(more)) => all.extend(more),
                    _ => exact = None,
                }
                continue;
            }
            self.merge(&mut cell.elem, &value);
            if let Some(all) = &mut exact {
                all.push(value);
            }
        }
        cell.items = exact.filter(|all| all.len() <= 64);
        self.new_cell(site(span, 0), cell)
    }

    /// The items, if the value is exactly one container whose items are known.
    pub(in crate::code::flow) fn exact_items(&self, value: &Val) -> Option<Vec<Val>> {
        match (value.flags, &value.text, value.things.as_slice()) {
            (0, None, [Thing::Cell(site)]) => self.cells.get(site).and_then(|c| c.items.clone()),
            _ => None,
        }
    }

    pub(in crate::code::flow) fn dict(
        &mut self,
        pairs: &[(Option<Expr>, Expr)],
        scope: usize,
        span: Span,
    ) -> Val {
        let mut cell = Cell::default();
        let mut environ = false;
        for (key, value) in pairs {
            let value = self.eval(value, scope);
            let Some(key) = key else {
                environ |= value.things.contains(&Thing::Environ);
                self.spread_module(&value, span);
                for thing in &value.things {
                    if let Thing::Cell(from) = thing {
                        if let Some(other) = self.cells.get(from).cloned() {
                            cell.join(&other);
                            cell.items = None;
                        }
                    }
                }
                let elem = self.elements(&value);
                cell.other.join(&elem);
                cell.elem.join(&elem);
                cell.keys.join(&Val::data());
                continue;
            };
            let key = self.eval(key, scope);
            cell.keys.join(&key);
            match key.sole_text() {
                Some(name) => {
                    let name: Name = String::from_utf8_lossy(name).as_ref().into();
                    cell.set_field(&name, &value);
                }
                None => {
                    let mut other = core::mem::take(&mut cell.other);
                    self.merge(&mut other, &value);
                    cell.other = other;
                    let mut elem = core::mem::take(&mut cell.elem);
                    self.merge(&mut elem, &value);
                    cell.elem = elem;
                }
            }
        }
        let made = self.new_cell(site(span, 0), cell);
        if environ {
            made.joined(&Val::thing(Thing::Environ))
        } else {
            made
        }
    }

    pub(in crate::code::flow) fn slice(&mut self, value: &Val, span: Span) -> Val {
        let mut out = Val::flag(value.flags & (NUM | DATA | ANY | REFLECT));
        if value.text.is_some() {
            out.flags |= DATA;
        }
        if !value.things.is_empty() {
            let elem = self.elements(value);
            out.join(&self.list_of(span, elem));
        }
        out
    }

    /// What iterating gives.
    pub(in crate::code::flow) fn iterate(&mut self, value: &Val, span: Span) -> Val {
        let mut out = Val::default();
        if value.text.is_some() || value.has(DATA) {
            out.flags |= DATA;
        }
        out.flags |= value.flags & (ANY | REFLECT);
        for thing in &value.things {
            match thing {
                Thing::Cell(site) => {
                    if let Some(cell) = self.cells.get(site) {
                        let found = if cell.keys.is_bottom() {
                            &cell.elem
                        } else {
                            &cell.keys
                        };
                        out.join(found);
                    }
                }
                Thing::File(_) => out.flags |= DATA,
                Thing::Object(kind, _) => {
                    out.flags |= if kind.rest == Rest::Any { ANY } else { DATA };
                }
                Thing::Environ => {
                    self.shown(value, span);
                    out.flags |= DATA;
                }
                Thing::Instance(class) => {
                    let made =
                        self.instance_method(*class, &"__iter__".into(), Args::default(), span);
                    let next =
                        self.instance_method(*class, &"__next__".into(), Args::default(), span);
                    let mut inner = self.elements(&made);
                    inner.join(&next);
                    out.join(&inner);
                    out.flags |= ANY;
                }
                _ => out.flags |= ANY,
            }
        }
        out
    }

    /// Everything a container holds.
    pub(in crate::code::flow) fn elements(&mut self, value: &Val) -> Val {
        let mut out = Val::flag(value.flags & (ANY | REFLECT | DATA));
        if value.text.is_some() {
            out.flags |= DATA;
        }
        for thing in &value.things {
            match thing {
                Thing::Cell(site) => {
                    if let Some(cell) = self.cells.get(site) {
                        out.join(&cell.elem);
                        out.join(&cell.other);
                    }
                }
                Thing::File(_) | Thing::Environ => out.flags |= DATA,
                Thing::Object(..) => out.flags |= DATA | ANY,
                _ => out.flags |= ANY,
            }
        }
        out
    }

    /// What a context manager binds.
    pub(in crate::code::flow) fn entered(&mut self, value: &Val) -> Val {
        let mut out = value.clone();
        for thing in &value.things {
            if let Thing::Instance(class) = thing {
                let made = self.instance_method(
                    *class,
                    &"__enter__".into(),
                    Args::default(),
                    Span::default(),
                );
                out.join(&made);
            }
            if let Thing::Cell(_) = thing {
                // A generator under `@contextmanager`.
                let inner = self.elements(value);
                out.join(&inner);
            }
        }
        out
    }

    /// `value[key]`.
    pub(in crate::code::flow) fn item(&mut self, value: &Val, key: &Val, span: Span) -> Val {
        let known = key
            .sole_text()
            .map(|t| Name::from(String::from_utf8_lossy(t).as_ref()));
        let number = key.flags == NUM && key.text.is_none() && key.things.is_empty();
        if self.dialect.javascript && !number {
            if let Some(name) = &known {
                return self.member(value, name, span);
            }
        }
        let mut out = Val::flag(value.flags & (ANY | REFLECT));
        // In JavaScript any key of a string, number or function can be a method.
        let computed = self.dialect.javascript && !number;
        if value.text.is_some() || value.has(DATA) {
            out.flags |= DATA | if computed { REFLECT } else { 0 };
        }
        if value.has(ANY) && computed {
            out.flags |= REFLECT;
        }
        for thing in &value.things {
            match thing {
                Thing::Cell(site) => {
                    if let Some(cell) = self.cells.get(site) {
                        let field = known
                            .as_ref()
                            .and_then(|k| cell.fields.iter().find(|(n, _)| n == k));
                        match field {
                            Some((_, field)) => {
                                out.join(field);
                                out.join(&cell.other);
                            }
                            None if known.is_some() && !cell.other.is_bottom() => {
                                out.join(&cell.other);
                            }
                            None => {
                                out.join(&cell.elem);
                            }
                        }
                    }
                    if computed {
                        out.flags |= REFLECT;
                    }
                }
                Thing::Environ => {
                    self.read_environment(key, span);
                    out.flags |= DATA;
                }
                Thing::Module(_) => {
                    self.unknown(span, "a name of a module that is computed");
                    out.flags |= REFLECT;
                }
                Thing::Known(_, rule)
                    if matches!(
                        rule,
                        Rule::Pure
                            | Rule::Foreign
                            | Rule::Num
                            | Rule::Special(
                                Special::Str | Special::Iterate | Special::Dict | Special::Type
                            )
                    ) && !self.dialect.javascript =>
                {
                    // `dict[str, int]`: a type.
                    out.join(&Val::thing(thing.clone()));
                }
                Thing::Instance(class) => {
                    let made = self.instance_method(
                        *class,
                        &"__getitem__".into(),
                        Args::one(key.clone()),
                        span,
                    );
                    out.join(&made);
                    out.flags |= ANY | if computed { REFLECT } else { 0 };
                }
                Thing::Object(kind, _) => {
                    out.flags |= if kind.rest == Rest::Any { ANY } else { DATA }
                }
                _ => out.flags |= ANY | if computed { REFLECT } else { 0 },
            }
        }
        out
    }

    /// `value[3]`: of a container whose items are known, that one.
    pub(in crate::code::flow) fn item_at(
        &mut self,
        value: &Val,
        at: u16,
        key: &Val,
        span: Span,
    ) -> Val {
        match self.exact_items(value) {
            Some(items) => items
                .get(usize::from(at))
                .cloned()
                .unwrap_or_else(Val::data),
            None => self.item(value, key, span),
        }
    }
}
