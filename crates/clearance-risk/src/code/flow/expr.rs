//! Expressions to values.

use clearance_core::{Effect, Span};

use super::ast::{Arg, Expr, ExprKind, Name, Op, Piece, Star, Trailer};
use super::call::Args;
use super::rule::{self, Rest, Rule, Special};
use super::value::{ANY, DATA, NUM, PATH, Part, REFLECT, Text, Thing, Val};
use super::{Cell, Flow, site};

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
    /// The value of an expression; its effects are noted.
    pub(super) fn eval(&mut self, expr: &Expr, scope: usize) -> Val {
        if !self.step() || self.depth > 400 {
            self.steps = 0;
            return Val::any();
        }
        self.depth += 1;
        let value = self.eval_inner(expr, scope);
        self.depth -= 1;
        value
    }

    fn eval_inner(&mut self, expr: &Expr, scope: usize) -> Val {
        match &expr.kind {
            ExprKind::Name(name) => self.lookup(scope, name, expr.span),
            ExprKind::Text(bytes) => Val::lit(bytes),
            ExprKind::Format(pieces) => self.format(pieces, scope, expr.span),
            ExprKind::Number | ExprKind::Int(_) | ExprKind::Constant | ExprKind::Bool(_) => {
                Val::num()
            }
            ExprKind::Opaque => Val::data(),
            ExprKind::List(items) => self.list(items, false, scope, expr.span),
            ExprKind::Tuple(items) => self.list(items, true, scope, expr.span),
            ExprKind::Dict(pairs) => self.dict(pairs, scope, expr.span),
            ExprKind::Comprehension(items, clauses, tests, pairs) => {
                for (target, iter) in clauses {
                    let iter = self.eval(iter, scope);
                    let item = self.iterate(&iter, target.span);
                    self.bind(target, &item, scope);
                }
                for test in tests {
                    self.eval(test, scope);
                }
                let mut values = items
                    .iter()
                    .map(|item| self.eval(item, scope))
                    .collect::<Vec<_>>();
                let last = values.pop().unwrap_or_default();
                let first = values.pop().unwrap_or_default();
                let mut cell = Cell {
                    elem: last.clone(),
                    ..Cell::default()
                };
                if *pairs {
                    cell.keys = first;
                    cell.other = last;
                }
                self.new_cell(site(expr.span, 1), cell)
            }
            ExprKind::Lambda(id) => Val::thing(Thing::Func(*id)),
            ExprKind::Class(id) => {
                self.class_body(*id, scope);
                if let Some(class) = self.program.classes.get(*id) {
                    if !class.name.is_empty() {
                        self.set_var(
                            class.scope,
                            &class.name.clone(),
                            &Val::thing(Thing::Class(*id)),
                        );
                    }
                }
                Val::thing(Thing::Class(*id))
            }
            ExprKind::Chain(operands, ops) => self.chain(operands, ops, scope, expr.span),
            ExprKind::Unary(inner) => {
                let value = self.eval(inner, scope);
                if value.has(ANY) {
                    Val::flag(NUM | ANY)
                } else {
                    Val::num()
                }
            }
            ExprKind::Await(inner) => self.eval(inner, scope),
            ExprKind::Yield(inner) => {
                if let Some(inner) = inner {
                    let value = self.eval(inner, scope);
                    self.yielded(&value, scope, expr.span);
                }
                Val::flag(DATA)
            }
            ExprKind::Choice(tests, values) => {
                for test in tests {
                    self.eval(test, scope);
                }
                let mut out = Val::default();
                for value in values {
                    let value = self.eval(value, scope);
                    self.merge(&mut out, &value);
                }
                out
            }
            ExprKind::Postfix(base, trailers) => self.postfix(base, trailers, scope, expr.span),
            ExprKind::Star(inner) => self.eval(inner, scope),
            ExprKind::Bind(target, op, value) => {
                let mut value = self.eval(value, scope);
                if *op != Op::Set {
                    let old = self.eval(target, scope);
                    value = if *op == Op::Add {
                        self.add(&old, &value, expr.span)
                    } else {
                        old.joined(&value)
                    };
                }
                self.bind(target, &value, scope);
                value
            }
            ExprKind::New(callee, args) => {
                let callee = self.eval(callee, scope);
                let args = self.args(args, scope);
                self.call(&callee, args, expr.span)
            }
            ExprKind::This => self.this(scope),
            ExprKind::Super => self.super_value(scope),
            ExprKind::ImportCall(what) => {
                let what = self.eval(what, scope);
                self.import_value(&what, expr.span)
            }
        }
    }

    fn this(&mut self, scope: usize) -> Val {
        let mut at = scope;
        while let Some(s) = self.program.scopes.get(at) {
            if let Some(class) = s.class {
                return Val::thing(Thing::Instance(class));
            }
            if at == 0 {
                break;
            }
            at = s.parent;
        }
        Val::any()
    }

    /// `super()`: what the bases of the class offer, by name.
    pub(super) fn super_value(&mut self, scope: usize) -> Val {
        self.this(scope).joined(&Val::any())
    }

    /// What a generator yields is what iterating its call gives.
    fn yielded(&mut self, value: &Val, scope: usize, span: Span) {
        let func = self.program.funcs.iter().position(|f| f.scope == scope);
        let list = self.list_of(span, value.clone());
        self.give_back(func, &list);
    }

    fn list(&mut self, items: &[Expr], fixed: bool, scope: usize, span: Span) -> Val {
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
    pub(super) fn exact_items(&self, value: &Val) -> Option<Vec<Val>> {
        match (value.flags, &value.text, value.things.as_slice()) {
            (0, None, [Thing::Cell(site)]) => self.cells.get(site).and_then(|c| c.items.clone()),
            _ => None,
        }
    }

    fn dict(&mut self, pairs: &[(Option<Expr>, Expr)], scope: usize, span: Span) -> Val {
        let mut cell = Cell::default();
        let mut environ = false;
        for (key, value) in pairs {
            let value = self.eval(value, scope);
            let Some(key) = key else {
                environ |= value.things.contains(&Thing::Environ);
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

    fn format(&mut self, pieces: &[Piece], scope: usize, span: Span) -> Val {
        let mut out = Text::lit(b"");
        for piece in pieces {
            let text = match piece {
                Piece::Text(bytes) => Text::lit(bytes),
                Piece::Hole(value, plain) => {
                    let value = self.eval(value, scope);
                    if value.is_bottom() && !self.emit {
                        return Val::default();
                    }
                    self.shown(&value, span);
                    if *plain {
                        value.as_text()
                    } else if value.flags == NUM && value.things.is_empty() && value.text.is_none()
                    {
                        Text::part(Part::Num)
                    } else {
                        Text::any()
                    }
                }
            };
            out = out.concat(&text);
        }
        Val::text(out)
    }

    /// The value is printed or put into text: a dump of the environment shows secrets.
    pub(super) fn shown(&mut self, value: &Val, span: Span) {
        if value.things.contains(&Thing::Environ) {
            let target = super::CodeTarget::Variable(super::value::unknown_value());
            self.act(Effect::Secret, target, span);
        }
    }

    fn chain(&mut self, operands: &[Expr], ops: &[Op], scope: usize, span: Span) -> Val {
        let values = operands
            .iter()
            .map(|o| self.eval(o, scope))
            .collect::<Vec<_>>();
        let mut out = Val::default();
        let mut start = 0;
        for end in 0..=ops.len() {
            let boundary = ops.get(end).is_none_or(|op| *op == Op::Either);
            if !boundary {
                continue;
            }
            let part = values.get(start..=end).unwrap_or_default();
            let inner = ops.get(start..end).unwrap_or_default();
            let value = self.chain_part(part, inner, span);
            self.merge(&mut out, &value);
            start = end + 1;
        }
        out
    }

    /// Operands without `or` and `and` between them.
    fn chain_part(&mut self, values: &[Val], ops: &[Op], span: Span) -> Val {
        let Some((first, rest)) = values.split_first() else {
            return Val::default();
        };
        if ops.is_empty() {
            return first.clone();
        }
        if ops.contains(&Op::Compare) {
            let foreign = values.iter().any(|v| v.has(ANY));
            return if foreign {
                Val::flag(NUM | ANY)
            } else {
                Val::num()
            };
        }
        let mut sum: Option<Val> = None;
        let mut term = first.clone();
        for (op, value) in ops.iter().zip(rest) {
            if *op == Op::Add {
                sum = Some(match sum {
                    Some(before) => self.add(&before, &term, span),
                    None => term,
                });
                term = value.clone();
                continue;
            }
            term = match op {
                Op::Div => self.divide(&term, value),
                Op::Mod if term.text.is_some() => self.percent(&term, value),
                _ => self.other_op(&term, value),
            };
        }
        match sum {
            Some(before) => self.add(&before, &term, span),
            None => term,
        }
    }

    /// `a + b`: numbers, text, or lists.
    pub(super) fn add(&mut self, a: &Val, b: &Val, span: Span) -> Val {
        if !self.emit && (a.is_bottom() || b.is_bottom()) {
            return Val::default();
        }
        self.shown(a, span);
        self.shown(b, span);
        let mut out = Val::default();
        let cells = |v: &Val| v.things.iter().any(|t| matches!(t, Thing::Cell(_)));
        if cells(a) || cells(b) {
            let (left, right) = (self.exact_items(a), self.exact_items(b));
            let mut cell = Cell {
                elem: self.elements(a),
                ..Cell::default()
            };
            cell.elem.join(&self.elements(b));
            if let (Some(mut left), Some(right)) = (left, right) {
                left.extend(right);
                cell.items = Some(left).filter(|all| all.len() <= 64);
            }
            out.join(&self.new_cell(site(span, 8), cell));
        }
        if a.text.is_some()
            || b.text.is_some()
            || self.dialect.javascript && !(a.flags == NUM && b.flags == NUM)
        {
            out.join(&Val::text(a.as_text().concat(&b.as_text())));
        }
        let pure = |v: &Val| v.text.is_some() && v.flags & !PATH == 0 && v.things.is_empty();
        if !pure(a) && !pure(b) {
            out.flags |= (a.flags | b.flags) & (NUM | DATA | ANY);
        }
        if out.is_bottom() {
            out.flags |= DATA | ANY;
        }
        out
    }

    /// `a / b`: numbers, or a path and a name.
    pub(super) fn divide(&mut self, a: &Val, b: &Val) -> Val {
        if !self.emit && (a.is_bottom() || b.is_bottom()) {
            return Val::default();
        }
        let mut out = Val::default();
        if a.has(PATH) || b.has(PATH) {
            out.join(&Val::path(a.as_text().join_path(&b.as_text(), true)));
        }
        out.flags |= (a.flags | b.flags) & (NUM | DATA | ANY);
        if out.is_bottom() {
            out.flags |= NUM | ANY;
        }
        out
    }

    fn other_op(&mut self, a: &Val, b: &Val) -> Val {
        let mut out = Val::default();
        for value in [a, b] {
            let inner = self.elements(value);
            out.flags |= value.flags & (NUM | DATA | ANY) | inner.flags & (NUM | DATA | ANY);
            if value.text.is_some() || inner.text.is_some() {
                out.flags |= DATA;
            }
            // `|` of two mappings, `*` of a list: what they hold is no longer followed.
            if value
                .things
                .iter()
                .any(|t| !matches!(t, Thing::Known(..) | Thing::Class(_) | Thing::Module(_)))
            {
                out.flags |= DATA | ANY;
                self.escape(value, &Val::any());
            }
        }
        if out.is_bottom() {
            Val::flag(NUM | ANY)
        } else {
            out
        }
    }

    /// `"…%s…" % values`.
    fn percent(&mut self, format: &Val, args: &Val) -> Val {
        self.shown(args, Span::default());
        let items = match self.exact_items(args) {
            Some(items) => items,
            None if args.things.is_empty() => vec![args.clone()],
            None => return Val::data(),
        };
        let Some(text) = format.sole_text() else {
            return Val::data();
        };
        let mut out = Text::lit(b"");
        let mut items = items.iter();
        let mut rest = text;
        while let Some(at) = rest.iter().position(|&b| b == b'%') {
            let (before, after) = rest.split_at(at);
            out = out.concat(&Text::lit(before));
            let width = after
                .iter()
                .skip(1)
                .take_while(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.'))
                .count();
            let piece = match after.get(1 + width) {
                Some(b'%') => Text::lit(b"%"),
                Some(b's') if width == 0 => items.next().map_or_else(Text::any, Val::as_text),
                Some(b'd' | b'i' | b'u' | b'f' | b'x' | b'X' | b'o' | b'g' | b'e') => {
                    items.next();
                    Text::part(Part::Num)
                }
                _ => return Val::data(),
            };
            out = out.concat(&piece);
            rest = after.get(2 + width..).unwrap_or_default();
        }
        Val::text(out.concat(&Text::lit(rest)))
    }

    pub(super) fn postfix(
        &mut self,
        base: &Expr,
        trailers: &[Trailer],
        scope: usize,
        span: Span,
    ) -> Val {
        let mut value = self.eval(base, scope);
        let mut at = 0;
        while let Some(trailer) = trailers.get(at) {
            at += 1;
            if !self.step() {
                return Val::any();
            }
            value = match (trailer, trailers.get(at)) {
                (Trailer::Attr(name, here), Some(Trailer::Call(args, _))) => {
                    at += 1;
                    let args = self.args(args, scope);
                    self.method(&value, name, args, here.to(span))
                }
                (Trailer::Attr(name, here), _) => self.member(&value, name, *here),
                (Trailer::Call(args, here), _) => {
                    let args = self.args(args, scope);
                    self.call_in(&value, args, *here, scope)
                }
                (Trailer::Index(keys), next) => {
                    let mut key = Val::default();
                    for expr in keys {
                        key = self.eval(expr, scope);
                    }
                    let slice = matches!(
                        keys.last(),
                        Some(Expr {
                            kind: ExprKind::Opaque,
                            ..
                        })
                    );
                    let _ = next;
                    if slice && !self.dialect.javascript {
                        self.slice(&value, span)
                    } else if keys.len() > 1 {
                        let elem = self.item(&value, &Val::data(), span);
                        elem.joined(&Val::data())
                    } else {
                        match keys.first().map(|k| &k.kind) {
                            Some(ExprKind::Int(n)) => self.item_at(&value, *n, &key, span),
                            _ => self.item(&value, &key, span),
                        }
                    }
                }
            };
        }
        value
    }

    fn slice(&mut self, value: &Val, span: Span) -> Val {
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

    pub(super) fn args(&mut self, args: &[Arg], scope: usize) -> Args {
        let mut out = Args::default();
        for arg in args {
            let value = self.eval(&arg.value, scope);
            if let (Some("shell"), ExprKind::Bool(b)) = (arg.name.as_deref(), &arg.value.kind) {
                out.shell = Some(*b);
            }
            match (arg.star, &arg.name) {
                (Star::No, Some(name)) => out.named.push((name.clone(), value)),
                (Star::No, None) => match &mut out.star {
                    // After `*args` the positions are not known.
                    Some(star) => {
                        star.join(&value);
                    }
                    None => out.list.push(value),
                },
                (Star::One, _) => match self.exact_items(&value) {
                    Some(items) if out.star.is_none() => out.list.extend(items),
                    _ => {
                        let elem = self.iterate(&value, arg.value.span);
                        out.star.get_or_insert_with(Val::default).join(&elem);
                    }
                },
                (Star::Two, _) => {
                    self.shown(&value, arg.value.span);
                    let elem = self.elements(&value);
                    out.stars.get_or_insert_with(Val::default).join(&elem);
                }
            }
        }
        out
    }

    /// What iterating gives.
    pub(super) fn iterate(&mut self, value: &Val, span: Span) -> Val {
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
    pub(super) fn elements(&mut self, value: &Val) -> Val {
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
    pub(super) fn entered(&mut self, value: &Val) -> Val {
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
    pub(super) fn item(&mut self, value: &Val, key: &Val, span: Span) -> Val {
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
    fn item_at(&mut self, value: &Val, at: u16, key: &Val, span: Span) -> Val {
        match self.exact_items(value) {
            Some(items) => items
                .get(usize::from(at))
                .cloned()
                .unwrap_or_else(Val::data),
            None => self.item(value, key, span),
        }
    }

    pub(super) fn import_value(&mut self, what: &Val, span: Span) -> Val {
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
    pub(super) fn member(&mut self, value: &Val, name: &Name, span: Span) -> Val {
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
            out.join(&self.text_member(value, name));
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

    pub(super) fn is_forbidden(&self, value: &Val, name: &Name) -> bool {
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

    fn thing_member(&mut self, thing: &Thing, name: &Name, span: Span) -> Val {
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
    pub(super) fn module_member(
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
