//! Functions, their parameters, and classes.

use super::{Parse, Parser};
use crate::code::flow::ast::*;
use crate::code::javascript::lexer::Tok;

impl Parser {
    pub(in crate::code::javascript) fn function_statement(&mut self) -> Parse<()> {
        let start = self.here();
        self.at += 1;
        self.eat_op("*");
        let name = self.name()?;
        self.declare(&name);
        let id = self.function(name)?;
        let span = self.since(start);
        self.emit(StmtKind::Func(id, Vec::new()), span);
        Ok(())
    }

    /// Parameters and body.
    pub(in crate::code::javascript) fn function(&mut self, name: Name) -> Parse<usize> {
        self.expect_op("(")?;
        let scope = self.open_scope(None);
        let (params, body) = self.in_scope(scope, Self::function_rest)?;
        self.program.funcs.push(Func {
            name,
            params,
            body,
            scope,
            class: None,
            takes_self: false,
        });
        Ok(self.program.funcs.len() - 1)
    }

    pub(in crate::code::javascript) fn function_rest(&mut self) -> Parse<(Vec<Param>, Vec<Stmt>)> {
        let params = self.params()?;
        let body = self.function_body()?;
        Ok((params, body))
    }

    pub(in crate::code::javascript) fn function_body(&mut self) -> Parse<Vec<Stmt>> {
        let saved = core::mem::take(&mut self.out);
        let no_in = core::mem::replace(&mut self.own.no_in, false);
        let result = self.block();
        self.own.no_in = no_in;
        let body = core::mem::replace(&mut self.out, saved);
        result.map(|()| body)
    }

    /// Up to and with the closing parenthesis.
    pub(in crate::code::javascript) fn params(&mut self) -> Parse<Vec<Param>> {
        let mut params = Vec::new();
        let no_in = core::mem::replace(&mut self.own.no_in, false);
        while !self.eat_op(")") {
            let star = if self.eat_op("...") {
                Star::One
            } else {
                Star::No
            };
            let target = self.binding_target()?;
            self.declare_pattern(&target);
            let default = if self.eat_op("=") {
                Some(self.assignment()?)
            } else {
                None
            };
            params.push(Param {
                target,
                default,
                star,
            });
            if !self.eat_op(",") && !self.is_op(")") {
                return self.misread();
            }
        }
        self.own.no_in = no_in;
        Ok(params)
    }

    /// A name, or a pattern of names.
    pub(in crate::code::javascript) fn binding_target(&mut self) -> Parse<Expr> {
        let start = self.here();
        if self.is_op("{") || self.is_op("[") {
            let no_in = core::mem::replace(&mut self.own.no_in, false);
            let made = self.primary();
            self.own.no_in = no_in;
            return made;
        }
        let name = self.name()?;
        Ok(Expr::new(ExprKind::Name(name), self.since(start)))
    }

    /// A class, from its keyword on.
    pub(in crate::code::javascript) fn class(&mut self) -> Parse<usize> {
        self.at += 1;
        let name = match self.peek().clone() {
            Tok::Name(n) if &*n != "extends" => {
                self.at += 1;
                n
            }
            _ => "".into(),
        };
        let mut bases = Vec::new();
        if self.eat_word("extends") {
            let value = self.postfix()?;
            bases.push(Arg {
                name: None,
                star: Star::No,
                value,
            });
        }
        self.class_of(name, bases, Self::class_body)
    }

    pub(in crate::code::javascript) fn class_body(&mut self, class: usize) -> Parse<()> {
        self.expect_op("{")?;
        while !self.eat_op("}") {
            if self.eat_op(";") {
                continue;
            }
            let start = self.here();
            if self.is_op("@") {
                return Err((start, "a decorator"));
            }
            if self.is_word("static") && matches!(self.peek_at(1), Tok::Op("{")) {
                self.at += 1;
                self.block()?;
                continue;
            }
            let mut getter = false;
            while let Tok::Name(n) = self.peek().clone() {
                let modifier = matches!(&*n, "static" | "async" | "get" | "set" | "accessor");
                let alone = matches!(self.peek_at(1), Tok::Op("(" | "=" | ";" | "}"));
                if !modifier || alone {
                    break;
                }
                getter |= &*n == "get";
                self.at += 1;
            }
            self.eat_op("*");
            let (key, name) = self.property_key()?;
            if let Some(key) = key {
                self.emit_expr(key);
            }
            if self.is_op("(") {
                let id = self.function(name.clone())?;
                if let Some(func) = self.program.funcs.get_mut(id) {
                    func.class = Some(class);
                }
                let span = self.since(start);
                if getter {
                    // Reading the property calls it.
                    let lambda = Expr::new(ExprKind::Lambda(id), span);
                    let call =
                        ExprKind::Postfix(Box::new(lambda), vec![Trailer::Call(Vec::new(), span)]);
                    let target = Expr::new(ExprKind::Name(name), span);
                    self.emit(StmtKind::Assign(vec![target], Expr::new(call, span)), span);
                } else {
                    self.emit(StmtKind::Func(id, Vec::new()), span);
                }
            } else {
                let value = if self.eat_op("=") {
                    self.assignment()?
                } else {
                    Expr::new(ExprKind::Constant, start)
                };
                let span = self.since(start);
                let target = Expr::new(ExprKind::Name(name), span);
                self.emit(StmtKind::Assign(vec![target], value), span);
                self.semicolon()?;
            }
        }
        Ok(())
    }
}
