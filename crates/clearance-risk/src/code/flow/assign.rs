//! Statements, and what they bind.

use clearance_core::Span;

use super::Flow;
use super::ast::{Expr, ExprKind, Name, Op, Stmt, StmtKind, Trailer};
use super::rule::Rest;
use super::value::{ANY, DATA, NUM, REFLECT, Thing, Val};

impl Flow<'_> {
    pub(super) fn statement(&mut self, stmt: &Stmt, scope: usize, func: Option<usize>) {
        if !self.step() {
            return;
        }
        match &stmt.kind {
            StmtKind::Expr(value) => {
                self.eval(value, scope);
            }
            StmtKind::Assign(targets, value) => {
                let value = self.eval(value, scope);
                for target in targets {
                    self.bind(target, &value, scope);
                }
            }
            StmtKind::Augment(target, op, value) => self.augment(target, *op, value, scope),
            StmtKind::For(target, iter) => {
                let iter = self.eval(iter, scope);
                let item = self.iterate(&iter, stmt.span);
                self.bind(target, &item, scope);
            }
            StmtKind::With(target, value) => {
                let value = self.eval(value, scope);
                let entered = self.entered(&value);
                if let Some(target) = target {
                    self.bind(target, &entered, scope);
                }
            }
            StmtKind::Catch(name) => self.assign_name(name, &Val::flag(DATA | ANY), scope),
            StmtKind::Import(module, alias) => {
                self.import_statement(module, alias.as_ref(), scope, stmt.span)
            }
            StmtKind::From(module, name, alias) => {
                self.import_from(
                    module.as_ref(),
                    name.as_ref(),
                    alias.as_ref(),
                    scope,
                    stmt.span,
                );
            }
            StmtKind::Func(id, decorators) => {
                let value = Val::thing(Thing::Func(*id));
                if !self.dialect.javascript {
                    // Python evaluates the defaults where the function is defined.
                    let params = self.program.funcs.get(*id).map(|f| &f.params);
                    for default in params
                        .into_iter()
                        .flatten()
                        .filter_map(|p| p.default.as_ref())
                    {
                        self.eval(default, scope);
                    }
                }
                self.define(decorators, value, *id, None, scope);
            }
            StmtKind::Class(id, decorators) => self.class_statement(*id, decorators, scope),
            StmtKind::Return(value) => {
                let value = value
                    .as_ref()
                    .map_or_else(Val::num, |v| self.eval(v, scope));
                self.give_back(func, &value);
                // What a library calls gives the value to the library.
                let escaped = func.and_then(|id| self.reached.get(id).copied().flatten());
                if escaped.is_some_and(|flags| flags != 0) {
                    self.escape(&value, &Val::any());
                }
            }
            StmtKind::Delete(target) => {
                self.eval_delete(target, scope);
            }
        }
    }

    pub(super) fn give_back(&mut self, func: Option<usize>, value: &Val) {
        let Some(id) = func else { return };
        let Some(now) = self.returns.get_mut(id) else {
            return;
        };
        let mut now = core::mem::take(now);
        let before = now.clone();
        self.merge(&mut now, value);
        self.changed |= now != before;
        if let Some(slot) = self.returns.get_mut(id) {
            *slot = now;
        }
    }

    fn define(
        &mut self,
        decorators: &[Expr],
        mut value: Val,
        id: usize,
        class: Option<usize>,
        scope: usize,
    ) {
        for decorator in decorators.iter().rev() {
            let callee = self.eval(decorator, scope);
            let made = self.call(
                &callee,
                super::call::Args::one(value.clone()),
                decorator.span,
            );
            value.join(&made);
        }
        let name = match class {
            Some(id) => self.program.classes.get(id).map(|c| c.name.clone()),
            None => self.program.funcs.get(id).map(|f| f.name.clone()),
        };
        let Some(name) = name else { return };
        // Python and JavaScript call these themselves.
        let called = name.starts_with("__") && &*name != "__init__" && &*name != "__new__";
        if called && class.is_none() {
            self.reach(id, &Val::any());
        }
        self.assign_name(&name, &value, scope);
    }

    fn class_statement(&mut self, id: usize, decorators: &[Expr], scope: usize) {
        let Some(class) = self.program.classes.get(id) else {
            return;
        };
        self.class_body(id, scope);
        let value = Val::thing(Thing::Class(id));
        if !class.name.is_empty() {
            self.define(decorators, value, id, Some(id), scope);
        }
    }

    /// Runs the body of a class; a base that is not a class of the program may call methods.
    pub(super) fn class_body(&mut self, id: usize, scope: usize) {
        let Some(class) = self.program.classes.get(id) else {
            return;
        };
        let mut foreign = false;
        for base in &class.bases {
            let value = self.eval(&base.value, scope);
            foreign |=
                value.flags != 0 || value.things.iter().any(|t| !matches!(t, Thing::Class(_)));
            if base.name.is_some() {
                self.escape(&value, &Val::any());
            }
        }
        for stmt in &class.body {
            self.statement(stmt, class.scope, None);
        }
        if foreign {
            self.escape_class(id);
        }
    }

    fn augment(&mut self, target: &Expr, op: Op, value: &Expr, scope: usize) {
        let old = self.eval(target, scope);
        let new = self.eval(value, scope);
        let text_like = old.text.is_some();
        let made = match op {
            Op::Add if text_like || old.things.is_empty() => self.add(&old, &new, target.span),
            Op::Div => self.divide(&old, &new),
            Op::Either | Op::Set => old.clone().joined(&new),
            _ => {
                let mut out = old.clone();
                if out.text.is_some() {
                    out.flags |= DATA;
                }
                out.join(&Val::num());
                out
            }
        };
        // `list += items` adds to the list in place.
        for thing in &old.things {
            if let Thing::Cell(site) = thing {
                let items = self.elements(&new);
                self.update_cell(*site, |cell| cell.add(&items));
            }
        }
        self.bind(target, &made, scope);
    }

    pub(super) fn assign_name(&mut self, name: &Name, value: &Val, scope: usize) {
        let program = self.program;
        if self.dialect.javascript {
            // A variable of a block counts as the function's: every scope that declares the
            // name gets the value, so that none is missed.
            let mut at = scope;
            let mut found = false;
            while let Some(s) = program.scopes.get(at) {
                if s.declared.contains(name) || s.class.is_some() {
                    found = true;
                    self.class_attribute(name, value, at);
                    self.set_var(at, name, value);
                    if s.class.is_some() {
                        break;
                    }
                }
                if at == 0 {
                    break;
                }
                at = s.parent;
            }
            if !found {
                self.set_var(0, name, value);
            }
            return;
        }
        let outer = program
            .scopes
            .get(scope)
            .is_some_and(|s| s.outer.contains(name));
        if outer && scope != 0 {
            // `global` or `nonlocal`: every scope around, so that none is missed.
            let mut at = scope;
            while at != 0 {
                at = program.scopes.get(at).map_or(0, |s| s.parent);
                self.set_var(at, name, value);
            }
            return;
        }
        self.class_attribute(name, value, scope);
        self.set_var(scope, name, value);
    }

    /// What a class holds can be reached through any of its instances, wherever they are.
    fn class_attribute(&mut self, name: &Name, value: &Val, scope: usize) {
        if self
            .program
            .scopes
            .get(scope)
            .is_none_or(|s| s.class.is_none())
        {
            return;
        }
        // The language calls special methods itself.
        let special =
            name.starts_with("__") && !matches!(&**name, "__init__" | "__post_init__" | "__new__");
        let mut held = value.clone();
        if !special {
            held.things
                .retain(|t| matches!(t, Thing::Known(..) | Thing::Method(..) | Thing::Module(_)));
        }
        self.escape(&held, &Val::any());
    }

    /// Gives the value to a target.
    pub(super) fn bind(&mut self, target: &Expr, value: &Val, scope: usize) {
        if !self.step() {
            return;
        }
        match &target.kind {
            ExprKind::Name(name) => self.assign_name(name, value, scope),
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                self.unpack(items, value, scope, target.span);
            }
            ExprKind::Star(inner) => {
                let elem = self.iterate(value, target.span);
                let list = self.list_of(inner.span, elem);
                self.bind(inner, &list, scope);
            }
            ExprKind::Dict(pairs) => self.destructure(pairs, value, scope),
            ExprKind::Bind(inner, _, default) => {
                let default = self.eval(default, scope);
                self.bind(inner, &value.clone().joined(&default), scope);
            }
            ExprKind::Postfix(base, trailers) => {
                let Some((last, before)) = trailers.split_last() else {
                    return;
                };
                let base = self.postfix(base, before, scope, target.span);
                match last {
                    Trailer::Attr(name, span) => self.set_attr(&base, name, value, *span),
                    Trailer::Index(keys) => self.set_item(&base, keys, value, scope, target.span),
                    Trailer::Call(..) => self.unknown(target.span, "a call is assigned to"),
                }
            }
            ExprKind::Constant | ExprKind::Opaque => {}
            _ => self.unknown(target.span, "an assignment that was not understood"),
        }
    }

    fn unpack(&mut self, targets: &[Expr], value: &Val, scope: usize, span: Span) {
        let starred = targets.iter().any(|t| matches!(t.kind, ExprKind::Star(_)));
        let mut columns = vec![Val::default(); targets.len()];
        let mut rest = Val {
            flags: value.flags,
            text: value.text.clone(),
            things: Vec::new(),
        };
        for thing in &value.things {
            let items = match thing {
                Thing::Cell(site) => self.cells.get(site).and_then(|c| c.items.clone()),
                _ => None,
            };
            match items {
                Some(items)
                    if !starred && (items.len() == targets.len() || self.dialect.javascript) =>
                {
                    for (column, item) in columns.iter_mut().zip(&items) {
                        column.join(item);
                    }
                }
                _ => rest.things.push(thing.clone()),
            }
        }
        if !rest.is_bottom() {
            let elem = self.iterate(&rest, span);
            for column in &mut columns {
                column.join(&elem);
            }
        }
        for (target, column) in targets.iter().zip(&columns) {
            if let ExprKind::Star(inner) = &target.kind {
                let list = self.list_of(inner.span, column.clone());
                self.bind(inner, &list, scope);
            } else {
                self.bind(target, column, scope);
            }
        }
    }

    /// JavaScript's object patterns.
    fn destructure(&mut self, pairs: &[(Option<Expr>, Expr)], value: &Val, scope: usize) {
        for (key, target) in pairs {
            let item = match key {
                Some(Expr {
                    kind: ExprKind::Text(name),
                    span,
                }) => {
                    let name: Name = String::from_utf8_lossy(name).as_ref().into();
                    self.member(value, &name, *span)
                }
                Some(key) => {
                    let key = self.eval(key, scope);
                    self.item(value, &key, target.span)
                }
                None => {
                    self.escape(value, &Val::any());
                    value.clone()
                }
            };
            self.bind(target, &item, scope);
        }
    }

    fn set_attr(&mut self, base: &Val, name: &Name, value: &Val, span: Span) {
        for thing in &base.things {
            match thing {
                Thing::Module(module) => {
                    let harmless = matches!(
                        (module.name, &**name),
                        (
                            "sys",
                            "stdout"
                                | "stderr"
                                | "stdin"
                                | "dont_write_bytecode"
                                | "argv"
                                | "tracebacklimit"
                        ) | ("process", "exitCode" | "title")
                            | ("module", "exports")
                    ) || (module.rest == Rest::Any && module.third_party);
                    if !harmless {
                        self.unknown(span, "a library is changed");
                    }
                }
                Thing::Known(..) | Thing::Object(..) | Thing::File(_) => {
                    if name.starts_with("__") || self.dialect.javascript && &**name == "prototype" {
                        self.unknown(span, "a library is changed");
                    }
                    self.escape(value, &Val::any());
                }
                Thing::Environ if self.dialect.javascript => {
                    self.set_environment(&Val::lit(name.as_bytes()), span);
                }
                Thing::Cell(site) => {
                    let site = *site;
                    self.update_cell(site, |cell| cell.set_field(name, value));
                }
                _ => {}
            }
        }
        if name.starts_with("__") && !matches!(&**name, "__name__" | "__doc__") {
            self.unknown(span, "a special attribute is set");
        }
        if self.dialect.javascript && matches!(&**name, "__proto__" | "prototype" | "constructor") {
            self.unknown(span, "a prototype is changed");
        }
        if self.is_forbidden(base, name) {
            self.unknown(span, "an attribute that reaches into the language");
        }
        if base.has(ANY | REFLECT | DATA | NUM) || base.text.is_some() {
            self.escape(value, &Val::any());
        }
        let mut now = self.attrs.remove(name).unwrap_or_default();
        let before = now.clone();
        self.merge(&mut now, value);
        self.changed |= now != before;
        self.attrs.insert(name.clone(), now);
    }

    fn set_item(&mut self, base: &Val, keys: &[Expr], value: &Val, scope: usize, span: Span) {
        let mut key = Val::default();
        for expr in keys {
            key.join(&self.eval(expr, scope));
        }
        if base.has(REFLECT) {
            self.unknown(span, "a name space is changed");
        }
        if base.has(ANY | DATA) {
            self.escape(value, &Val::any());
        }
        let name: Option<Name> = key
            .sole_text()
            .map(|t| Name::from(String::from_utf8_lossy(t).as_ref()));
        if self.dialect.javascript {
            match &name {
                Some(name) => return self.set_attr(base, name, value, span),
                None if base
                    .things
                    .iter()
                    .any(|t| !matches!(t, Thing::Cell(_) | Thing::Instance(_))) =>
                {
                    self.unknown(span, "an attribute with a computed name is set");
                }
                None => {}
            }
        }
        for thing in &base.things {
            match thing {
                Thing::Cell(site) => {
                    let site = *site;
                    let (key, name) = (key.clone(), name.clone());
                    if keys.len() > 1 {
                        // `list[1:2] = items`.
                        let items = self.elements(value);
                        self.update_cell(site, |cell| cell.add(&items));
                    }
                    let by_number = key.flags == NUM && key.text.is_none();
                    self.update_cell(site, |cell| {
                        let changed = if by_number {
                            false
                        } else {
                            cell.keys.join(&key)
                        };
                        changed
                            | match &name {
                                Some(name) => cell.set_field(name, value),
                                None => cell.add(value),
                            }
                    });
                }
                Thing::Environ => self.set_environment(&key, span),
                Thing::Module(_) | Thing::Known(..) => self.unknown(span, "a library is changed"),
                Thing::Instance(_) => self.escape(value, &Val::any()),
                Thing::Object(kind, _) if kind.name == "module search path" => {
                    let text = self.elements(value).joined(value).as_text();
                    self.act_path(clearance_core::Effect::RunProject, &text, span);
                }
                _ => {}
            }
        }
    }

    fn eval_delete(&mut self, target: &Expr, scope: usize) {
        match &target.kind {
            ExprKind::Name(_) => {}
            ExprKind::Tuple(items) => {
                for item in items {
                    self.eval_delete(item, scope);
                }
            }
            ExprKind::Postfix(base, trailers) => {
                let Some((last, before)) = trailers.split_last() else {
                    return;
                };
                let base = self.postfix(base, before, scope, target.span);
                let library = base
                    .things
                    .iter()
                    .any(|t| matches!(t, Thing::Module(_) | Thing::Known(..)));
                if library && matches!(last, Trailer::Attr(..)) {
                    self.unknown(target.span, "a library is changed");
                }
                if let Trailer::Index(keys) = last {
                    for key in keys {
                        let key = self.eval(key, scope);
                        if base.things.contains(&Thing::Environ) {
                            self.set_environment(&key, target.span);
                        }
                    }
                }
                for thing in &base.things {
                    if let Thing::Cell(site) = thing {
                        self.update_cell(*site, |cell| cell.items.take().is_some());
                    }
                }
            }
            _ => {
                self.eval(target, scope);
            }
        }
    }

    fn import_statement(&mut self, module: &Name, alias: Option<&Name>, scope: usize, span: Span) {
        let value = self.import(module, span);
        match alias {
            Some(alias) => self.assign_name(alias, &value, scope),
            None => {
                // `import a.b` binds `a`.
                let top = module.split('.').next().unwrap_or(module);
                let value = if top == &**module {
                    value
                } else {
                    match self.dialect.module(top) {
                        Some(found) => Val::thing(Thing::Module(found)),
                        None => value,
                    }
                };
                self.assign_name(&top.into(), &value, scope);
            }
        }
    }

    fn import_from(
        &mut self,
        module: Option<&Name>,
        name: Option<&Name>,
        alias: Option<&Name>,
        scope: usize,
        span: Span,
    ) {
        let Some(module) = module else {
            // A relative import: code of the project.
            if let Some(name) = alias.or(name) {
                self.assign_name(name, &Val::any(), scope);
            } else {
                self.star |= ANY;
            }
            return;
        };
        if &**module == "__future__" {
            return;
        }
        let from = self.import(module, span);
        let Some(name) = name else {
            match from.things.first() {
                Some(Thing::Module(m)) if m.rest != Rest::Pure => {
                    if m.rest == Rest::Any {
                        self.star |= ANY;
                    } else {
                        self.unknown(span, "all names of a module are imported");
                    }
                }
                Some(_) => self.star |= DATA,
                None => self.star |= ANY,
            }
            return;
        };
        let dotted = format!("{module}.{name}");
        let value = if self.dialect.module(&dotted).is_some() && !self.dialect.javascript {
            self.import(&dotted, span)
        } else {
            self.member(&from, name, span)
        };
        self.assign_name(alias.unwrap_or(name), &value, scope);
    }
}
