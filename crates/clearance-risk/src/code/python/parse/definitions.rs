//! Functions, their parameters, classes, and what decorates them.

use super::{Parse, Parser};
use crate::code::flow::ast::*;
use crate::code::python::lexer::Tok;

impl Parser<'_> {
    pub(in crate::code::python) fn decorated(&mut self) -> Parse<()> {
        let mut decorators = Vec::new();
        while self.eat_op("@") {
            decorators.push(self.named_expression()?);
            if *self.peek() != Tok::Newline {
                return self.misread();
            }
            self.at += 1;
        }
        self.eat_word("async");
        if self.is_word("def") {
            self.function(decorators)
        } else if self.is_word("class") {
            self.class(decorators)
        } else {
            self.fail("a decorator of nothing")
        }
    }

    pub(in crate::code::python) fn skip_type_params(&mut self) -> Parse<()> {
        if self.is_op("[") {
            return self.fail("type parameters");
        }
        Ok(())
    }

    pub(in crate::code::python) fn function(&mut self, decorators: Vec<Expr>) -> Parse<()> {
        let start = self.here();
        self.at += 1;
        let name = self.name()?;
        self.skip_type_params()?;
        self.expect_op("(")?;
        let scope = self.open_scope(None);
        let params = self.params(")")?;
        self.expect_op(")")?;
        if self.eat_op("->") {
            let note = self.expression()?;
            self.emit_expr(note);
        }
        let class = self.own.class.take();
        let body = self.body(scope, Self::block);
        self.own.class = class;
        let body = body?;
        let is_static = decorators
            .iter()
            .any(|d| matches!(&d.kind, ExprKind::Name(n) if **n == *"staticmethod"));
        self.program.funcs.push(Func {
            name,
            params,
            body,
            scope,
            class,
            takes_self: class.is_some() && !is_static,
        });
        let id = self.program.funcs.len() - 1;
        let span = self.since(start);
        self.emit(StmtKind::Func(id, decorators), span);
        Ok(())
    }

    /// Parameters up to the closing token. Defaults belong to the scope around, which does not
    /// matter here: lookups see every scope around.
    pub(in crate::code::python) fn params(&mut self, close: &str) -> Parse<Vec<Param>> {
        let mut params = Vec::new();
        while !self.is_op(close) {
            let start = self.here();
            if self.eat_op("/") {
            } else if self.is_op("*") && matches!(self.peek_at(1), Tok::Op(",")) {
                self.at += 1;
            } else {
                let star = if self.eat_op("**") {
                    Star::Two
                } else if self.eat_op("*") {
                    Star::One
                } else {
                    Star::No
                };
                let name = self.name()?;
                if close == ")" && self.eat_op(":") {
                    let note = self.expression_star()?;
                    self.emit_expr(note);
                }
                let default = if self.eat_op("=") {
                    Some(self.expression()?)
                } else {
                    None
                };
                let target = Expr::new(ExprKind::Name(name), self.since(start));
                params.push(Param {
                    target,
                    default,
                    star,
                });
            }
            if !self.eat_op(",") {
                break;
            }
        }
        Ok(params)
    }

    pub(in crate::code::python) fn class(&mut self, decorators: Vec<Expr>) -> Parse<()> {
        let start = self.here();
        self.at += 1;
        let name = self.name()?;
        self.skip_type_params()?;
        let bases = if self.eat_op("(") {
            self.arguments()?
        } else {
            Vec::new()
        };
        let id = self.class_of(name, bases, |parser, id| {
            let outer = parser.own.class.replace(id);
            let result = parser.block();
            parser.own.class = outer;
            result
        })?;
        let span = self.since(start);
        self.emit(StmtKind::Class(id, decorators), span);
        Ok(())
    }
}
