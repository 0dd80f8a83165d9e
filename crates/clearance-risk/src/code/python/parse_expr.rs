//! Python expressions: tokens to the shared tree.

use clearance_core::Span;

use super::lexer::{StrPart, Tok, lex_expression};
use super::parse::{Parse, Parser, is_keyword};
use crate::code::flow::ast::*;

impl Parser<'_> {
    /// `a, *b, c`: a tuple when there is a comma.
    pub(crate) fn expression_list(&mut self) -> Parse<Expr> {
        let start = self.here();
        let first = self.expression_star()?;
        if !self.is_op(",") {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.eat_op(",") {
            if !self.starts_expression() {
                break;
            }
            items.push(self.expression_star()?);
        }
        Ok(Expr::new(ExprKind::Tuple(items), self.since(start)))
    }

    fn starts_expression(&self) -> bool {
        match self.peek() {
            Tok::Name(n) => {
                !is_keyword(n)
                    || matches!(
                        &**n,
                        "None" | "True" | "False" | "not" | "lambda" | "await" | "yield"
                    )
            }
            Tok::Number | Tok::Str(_) => true,
            Tok::Op(op) => matches!(*op, "(" | "[" | "{" | "-" | "+" | "~" | "*" | "**" | "..."),
            _ => false,
        }
    }

    pub(crate) fn expression_star(&mut self) -> Parse<Expr> {
        let start = self.here();
        if self.eat_op("*") {
            let value = self.expression()?;
            return Ok(Expr::new(
                ExprKind::Star(Box::new(value)),
                self.since(start),
            ));
        }
        self.named_expression()
    }

    /// An expression, possibly `name := value`.
    pub(crate) fn named_expression(&mut self) -> Parse<Expr> {
        let start = self.here();
        let value = self.expression()?;
        if self.eat_op(":=") {
            self.enter()?;
            let right = self.expression()?;
            self.leave();
            let kind = ExprKind::Bind(Box::new(value), Op::Set, Box::new(right));
            return Ok(Expr::new(kind, self.since(start)));
        }
        Ok(value)
    }

    /// Targets of `for`: no comparison, so that `in` ends them.
    pub(crate) fn target_list(&mut self) -> Parse<Expr> {
        let start = self.here();
        let first = self.target()?;
        if !self.is_op(",") {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.eat_op(",") {
            if self.is_word("in") {
                break;
            }
            items.push(self.target()?);
        }
        Ok(Expr::new(ExprKind::Tuple(items), self.since(start)))
    }

    pub(crate) fn target(&mut self) -> Parse<Expr> {
        let start = self.here();
        if self.eat_op("*") {
            let inner = self.primary()?;
            return Ok(Expr::new(
                ExprKind::Star(Box::new(inner)),
                self.since(start),
            ));
        }
        self.primary()
    }

    /// One expression without commas.
    pub(crate) fn expression(&mut self) -> Parse<Expr> {
        self.enter()?;
        let result = self.expression_inner();
        self.leave();
        result
    }

    fn expression_inner(&mut self) -> Parse<Expr> {
        let start = self.here();
        if self.is_word("lambda") {
            return self.lambda();
        }
        if self.eat_word("yield") {
            self.eat_word("from");
            let value = if self.starts_expression() {
                Some(Box::new(self.expression_list()?))
            } else {
                None
            };
            return Ok(Expr::new(ExprKind::Yield(value), self.since(start)));
        }
        let first = self.operators()?;
        if !self.is_word("if") {
            return Ok(first);
        }
        let (mut tests, mut values) = (Vec::new(), vec![first]);
        // `a if b else c if d else …`, flat.
        while self.eat_word("if") {
            tests.push(self.operators()?);
            if !self.eat_word("else") {
                return self.fail("`else` was expected");
            }
            if self.is_word("lambda") {
                values.push(self.expression()?);
                break;
            }
            values.push(self.operators()?);
        }
        let choice = Choice { tests, values };
        Ok(Expr::new(
            ExprKind::Choice(Box::new(choice)),
            self.since(start),
        ))
    }

    fn lambda(&mut self) -> Parse<Expr> {
        let start = self.here();
        self.at += 1;
        let scope = self.open_scope(None);
        let params = self.params(":")?;
        self.expect_op(":")?;
        let class = self.own.class.take();
        let value = self.in_scope(scope, Self::expression);
        self.own.class = class;
        let value = value?;
        let span = value.span;
        let body = vec![Stmt {
            kind: StmtKind::Return(Some(value)),
            span,
        }];
        let func = Func {
            name: "<lambda>".into(),
            params,
            body,
            scope,
            class: None,
            takes_self: false,
        };
        self.program.funcs.push(func);
        let kind = ExprKind::Lambda(self.program.funcs.len() - 1);
        Ok(Expr::new(kind, self.since(start)))
    }

    /// Operands and binary operators, flat.
    fn operators(&mut self) -> Parse<Expr> {
        let start = self.here();
        let first = self.unary()?;
        if self.operator().is_none() {
            return Ok(first);
        }
        let (mut operands, mut ops) = (vec![first], Vec::new());
        while let Some((op, tokens)) = self.operator() {
            self.at += tokens;
            push_tight(&mut ops, op);
            operands.push(self.unary()?);
        }
        let operands = tight(operands);
        let chain = Chain { operands, ops };
        Ok(Expr::new(
            ExprKind::Chain(Box::new(chain)),
            self.since(start),
        ))
    }

    fn operator(&self) -> Option<(Op, usize)> {
        Some(match self.peek() {
            Tok::Op("+") => (Op::Add, 1),
            Tok::Op("%") => (Op::Mod, 1),
            Tok::Op("/") => (Op::Div, 1),
            Tok::Op("-" | "*" | "//" | "**" | ">>" | "<<" | "&" | "|" | "^" | "@") => {
                (Op::Other, 1)
            }
            Tok::Op("<" | ">" | "<=" | ">=" | "==" | "!=") => (Op::Compare, 1),
            Tok::Name(n) => match &**n {
                "and" | "or" => (Op::Either, 1),
                "in" => (Op::Compare, 1),
                "is" => {
                    let two = matches!(self.peek_at(1), Tok::Name(m) if &**m == "not");
                    (Op::Compare, 1 + usize::from(two))
                }
                "not" if matches!(self.peek_at(1), Tok::Name(m) if &**m == "in") => {
                    (Op::Compare, 2)
                }
                _ => return None,
            },
            _ => return None,
        })
    }

    fn unary(&mut self) -> Parse<Expr> {
        let start = self.here();
        let mut any = false;
        while self.is_op("-") || self.is_op("+") || self.is_op("~") || self.is_word("not") {
            self.at += 1;
            any = true;
        }
        let value = if self.is_word("lambda") {
            self.expression()?
        } else {
            self.primary()?
        };
        if any {
            return Ok(Expr::new(
                ExprKind::Unary(Box::new(value)),
                self.since(start),
            ));
        }
        Ok(value)
    }

    /// An atom with its attributes, indexes and calls.
    pub(crate) fn primary(&mut self) -> Parse<Expr> {
        self.enter()?;
        let result = self.primary_inner();
        self.leave();
        result
    }

    fn primary_inner(&mut self) -> Parse<Expr> {
        let start = self.here();
        let awaited = self.eat_word("await");
        let atom = self.atom()?;
        let mut trailers = Vec::new();
        loop {
            let here = self.here();
            if self.eat_op(".") {
                let name = match self.peek().clone() {
                    Tok::Name(n) => n,
                    _ => return self.fail("a name was expected"),
                };
                self.at += 1;
                push_tight(&mut trailers, Trailer::Attr(name, self.since(here)));
            } else if self.eat_op("(") {
                let args = self.arguments()?;
                push_tight(&mut trailers, Trailer::Call(args, self.since(start)));
            } else if self.eat_op("[") {
                push_tight(&mut trailers, Trailer::Index(self.subscript()?));
            } else {
                break;
            }
        }
        let mut value = if trailers.is_empty() {
            atom
        } else {
            Expr::new(
                ExprKind::Postfix(Box::new(atom), tight(trailers)),
                self.since(start),
            )
        };
        if awaited {
            value = Expr::new(ExprKind::Await(Box::new(value)), self.since(start));
        }
        Ok(value)
    }

    /// Up to and with the closing parenthesis.
    pub(crate) fn arguments(&mut self) -> Parse<Vec<Arg>> {
        let mut args = Vec::new();
        while !self.is_op(")") {
            let start = self.here();
            let star = if self.eat_op("**") {
                Star::Two
            } else if self.eat_op("*") {
                Star::One
            } else {
                Star::No
            };
            let mut name = None;
            if let (Star::No, Tok::Name(n), Tok::Op("=")) =
                (star, self.peek().clone(), self.peek_at(1))
            {
                if !is_keyword(&n) {
                    name = Some(n);
                    self.at += 2;
                }
            }
            let mut value = self.named_expression()?;
            if self.is_word("for")
                || (self.is_word("async")
                    && matches!(self.peek_at(1), Tok::Name(n) if &**n == "for"))
            {
                value = self.comprehension(vec![value], false, start)?;
            }
            push_tight(&mut args, Arg { name, star, value });
            if !self.eat_op(",") {
                break;
            }
        }
        self.expect_op(")")?;
        Ok(tight(args))
    }

    fn subscript(&mut self) -> Parse<Vec<Expr>> {
        let start = self.here();
        let mut items = Vec::new();
        let mut slice = false;
        let mut many = false;
        while !self.is_op("]") {
            if self.eat_op(":") {
                slice = true;
            } else if self.eat_op(",") {
                many = true;
            } else {
                push_tight(&mut items, self.expression_star()?);
            }
        }
        self.at += 1;
        if slice || many {
            // A slice of the value, or an index of several parts.
            let mark = Expr::new(
                if slice {
                    ExprKind::Opaque
                } else {
                    ExprKind::Number
                },
                self.since(start),
            );
            items.push(mark);
        }
        Ok(items)
    }

    fn atom(&mut self) -> Parse<Expr> {
        let start = self.here();
        let kind = match self.peek().clone() {
            Tok::Number => {
                self.at += 1;
                let text = core::str::from_utf8(start.of(self.own.code)).ok();
                text.and_then(|t| t.parse().ok())
                    .map_or(ExprKind::Number, ExprKind::Int)
            }
            Tok::Str(_) => return self.strings(),
            Tok::Name(n) => {
                self.at += 1;
                match &*n {
                    "None" => ExprKind::Constant,
                    "True" | "False" => ExprKind::Bool(&*n == "True"),
                    word if is_keyword(word) => {
                        self.at -= 1;
                        return self.misread();
                    }
                    _ => ExprKind::Name(n),
                }
            }
            Tok::Op("...") => {
                self.at += 1;
                ExprKind::Constant
            }
            Tok::Op("(") => {
                self.at += 1;
                return self.parenthesis(start);
            }
            Tok::Op("[") => {
                self.at += 1;
                return self.list(start);
            }
            Tok::Op("{") => {
                self.at += 1;
                return self.braces(start);
            }
            _ => return self.misread(),
        };
        Ok(Expr::new(kind, self.since(start)))
    }

    fn parenthesis(&mut self, start: Span) -> Parse<Expr> {
        if self.eat_op(")") {
            return Ok(Expr::new(ExprKind::Tuple(Vec::new()), self.since(start)));
        }
        let first = self.expression_star()?;
        if self.is_word("for") || self.is_word("async") {
            let value = self.comprehension(vec![first], false, start)?;
            self.expect_op(")")?;
            return Ok(value);
        }
        if self.eat_op(")") {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.eat_op(",") {
            if self.is_op(")") {
                break;
            }
            items.push(self.expression_star()?);
        }
        self.expect_op(")")?;
        Ok(Expr::new(ExprKind::Tuple(tight(items)), self.since(start)))
    }

    fn list(&mut self, start: Span) -> Parse<Expr> {
        let mut items = Vec::new();
        while !self.is_op("]") {
            items.push(self.expression_star()?);
            if self.is_word("for") || self.is_word("async") {
                let value = self.comprehension(items, false, start)?;
                self.expect_op("]")?;
                return Ok(value);
            }
            if !self.eat_op(",") {
                break;
            }
        }
        self.expect_op("]")?;
        Ok(Expr::new(ExprKind::List(tight(items)), self.since(start)))
    }

    fn braces(&mut self, start: Span) -> Parse<Expr> {
        let mut pairs = Vec::new();
        let mut items = Vec::new();
        while !self.is_op("}") {
            if self.eat_op("**") {
                pairs.push((None, self.expression()?));
            } else {
                let first = self.expression_star()?;
                if self.eat_op(":") {
                    let value = self.expression()?;
                    if self.is_word("for") || self.is_word("async") {
                        let made = self.comprehension(vec![first, value], true, start)?;
                        self.expect_op("}")?;
                        return Ok(made);
                    }
                    pairs.push((Some(first), value));
                } else if self.is_word("for") || self.is_word("async") {
                    let made = self.comprehension(vec![first], false, start)?;
                    self.expect_op("}")?;
                    return Ok(made);
                } else {
                    items.push(first);
                }
            }
            if !self.eat_op(",") {
                break;
            }
        }
        self.expect_op("}")?;
        let kind = if items.is_empty() {
            ExprKind::Dict(tight(pairs))
        } else {
            ExprKind::List(tight(items))
        };
        Ok(Expr::new(kind, self.since(start)))
    }

    fn comprehension(&mut self, items: Vec<Expr>, pairs: bool, start: Span) -> Parse<Expr> {
        let (mut clauses, mut tests) = (Vec::new(), Vec::new());
        loop {
            if self.is_word("async") && matches!(self.peek_at(1), Tok::Name(n) if &**n == "for") {
                self.at += 1;
            }
            if self.eat_word("for") {
                let target = self.target_list()?;
                if !self.eat_word("in") {
                    return self.fail("`in` was expected");
                }
                let iter = self.operators()?;
                push_tight(&mut clauses, (target, iter));
            } else if self.eat_word("if") {
                let test = self.operators()?;
                tests.push(if self.eat_op(":=") {
                    let right = self.expression()?;
                    let span = self.since(start);
                    Expr::new(
                        ExprKind::Bind(Box::new(test), Op::Set, Box::new(right)),
                        span,
                    )
                } else {
                    test
                });
            } else {
                break;
            }
        }
        let made = Comprehension {
            items,
            clauses: tight(clauses),
            tests,
            pairs,
        };
        Ok(Expr::new(
            ExprKind::Comprehension(Box::new(made)),
            self.since(start),
        ))
    }

    /// Adjacent string literals are one.
    fn strings(&mut self) -> Parse<Expr> {
        let start = self.here();
        let mut pieces = Vec::new();
        let mut fixed = Vec::new();
        while let Tok::Str(parts) = self.peek().clone() {
            let here = self.here();
            self.at += 1;
            for part in parts.iter() {
                match part {
                    StrPart::Lit(bytes) => fixed.extend_from_slice(bytes),
                    StrPart::Opaque => {
                        pieces.push(Piece::Text(core::mem::take(&mut fixed).into()));
                        pieces.push(Piece::Hole(Expr::new(ExprKind::Opaque, here), true));
                    }
                    StrPart::Hole(span, plain) => {
                        pieces.push(Piece::Text(core::mem::take(&mut fixed).into()));
                        pieces.push(Piece::Hole(self.hole(*span)?, *plain));
                    }
                }
            }
        }
        let kind = if pieces.is_empty() {
            ExprKind::Text(fixed.into())
        } else {
            pieces.push(Piece::Text(fixed.into()));
            ExprKind::Format(tight(pieces))
        };
        Ok(Expr::new(kind, self.since(start)))
    }

    /// The expression of a replacement field.
    fn hole(&mut self, span: Span) -> Parse<Expr> {
        self.enter()?;
        let tokens = lex_expression(self.own.code, span)?;
        let outer = core::mem::replace(&mut self.tokens, tokens);
        let at = core::mem::replace(&mut self.at, 0);
        let result = self.expression_list();
        let done = *self.peek() == Tok::End;
        self.tokens = outer;
        self.at = at;
        self.leave();
        let value = result?;
        if done {
            Ok(value)
        } else {
            Err((span, "the syntax was not understood"))
        }
    }
}
