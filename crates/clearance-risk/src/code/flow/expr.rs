//! Expressions to values.
mod container;
mod member;
mod operators;

use super::ast::{Arg, Expr, ExprKind, Op, Piece, Star, Trailer};
use super::call::Args;
use super::value::{ANY, DATA, NUM, Part, Text, Thing, Val};
use super::{Cell, Flow, site};
use clearance_core::{Effect, Span};

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
            ExprKind::Comprehension(made) => {
                for (target, iter) in &made.clauses {
                    let iter = self.eval(iter, scope);
                    let item = self.iterate(&iter, target.span);
                    self.bind(target, &item, scope);
                }
                for test in &made.tests {
                    self.eval(test, scope);
                }
                let mut values = made
                    .items
                    .iter()
                    .map(|item| self.eval(item, scope))
                    .collect::<Vec<_>>();
                let last = values.pop().unwrap_or_default();
                let first = values.pop().unwrap_or_default();
                let mut cell = Cell {
                    elem: last.clone(),
                    ..Cell::default()
                };
                if made.pairs {
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
            ExprKind::Chain(chain) => self.chain(&chain.operands, &chain.ops, scope, expr.span),
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
            ExprKind::Choice(choice) => {
                for test in &choice.tests {
                    self.eval(test, scope);
                }
                let mut out = Val::default();
                for value in &choice.values {
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
        if self.holds_environment(value, 3) {
            let target = super::CodeTarget::Variable(super::value::unknown_value());
            self.act(Effect::Secret, target, span);
        }
    }

    /// The environment, what it is part of (Node's `process`), or a container of these.
    fn holds_environment(&mut self, value: &Val, depth: u8) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        let whole = |thing: &Thing| match thing {
            Thing::Environ => true,
            Thing::Module(module) => module.name == "process",
            _ => false,
        };
        if value.things.iter().any(whole) {
            return true;
        }
        let holds = value.things.iter().any(|t| matches!(t, Thing::Cell(_)));
        holds && {
            let inner = self.elements(value);
            self.holds_environment(&inner, depth)
        }
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
}
