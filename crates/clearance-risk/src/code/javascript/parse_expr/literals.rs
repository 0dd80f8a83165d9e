//! Lists, objects, templates and the words that begin an expression.

use clearance_core::Span;

use crate::code::flow::ast::*;
use crate::code::javascript::lexer::{Part, Tok, Token};
use crate::code::javascript::parse::{Parse, Parser};

impl Parser {
    pub(in crate::code::javascript) fn primary(&mut self) -> Parse<Expr> {
        self.enter()?;
        let result = self.primary_inner();
        self.leave();
        result
    }

    pub(in crate::code::javascript) fn primary_inner(&mut self) -> Parse<Expr> {
        let start = self.here();
        let kind = match self.peek().clone() {
            Tok::Number(n) => n.map_or(ExprKind::Number, ExprKind::Int),
            Tok::Regex => ExprKind::Constant,
            Tok::Text(text) => ExprKind::Text(text),
            Tok::Template(parts) => {
                self.at += 1;
                let mut pieces = Vec::new();
                for part in parts.iter() {
                    pieces.push(match part {
                        Part::Text(text) => Piece::Text(text.clone()),
                        Part::Hole(tokens) => Piece::Hole(self.hole(tokens)?, true),
                    });
                }
                return Ok(Expr::new(
                    ExprKind::Format(tight(pieces)),
                    self.since(start),
                ));
            }
            Tok::Name(name) => return self.word(&name, start),
            Tok::Op("(") => {
                self.at += 1;
                let no_in = core::mem::replace(&mut self.own.no_in, false);
                let value = self.sequence();
                self.own.no_in = no_in;
                self.expect_op(")")?;
                return value;
            }
            Tok::Op("[") => return self.array(start),
            Tok::Op("{") => return self.object(start),
            _ => return self.misread(),
        };
        self.at += 1;
        Ok(Expr::new(kind, self.since(start)))
    }

    pub(in crate::code::javascript) fn word(&mut self, name: &Name, start: Span) -> Parse<Expr> {
        let kind = match &**name {
            "function" => {
                self.at += 1;
                return self.function_expression(start);
            }
            "async" if matches!(self.peek_at(1), Tok::Name(n) if &**n == "function") => {
                self.at += 2;
                return self.function_expression(start);
            }
            "class" => {
                let id = self.class()?;
                return Ok(Expr::new(ExprKind::Class(id), self.since(start)));
            }
            "import" => {
                self.at += 1;
                if self.eat_op(".") {
                    let what = self.name()?;
                    if &*what != "meta" {
                        return self.misread();
                    }
                    return Ok(Expr::new(ExprKind::Opaque, self.since(start)));
                }
                self.expect_op("(")?;
                let args = self.arguments()?;
                let Some(first) = args.into_iter().next() else {
                    return self.misread();
                };
                return Ok(Expr::new(
                    ExprKind::ImportCall(Box::new(first.value)),
                    self.since(start),
                ));
            }
            "new" => {
                // `new.target`.
                self.at += 3;
                return Ok(Expr::new(ExprKind::Opaque, self.since(start)));
            }
            "this" => ExprKind::This,
            "super" => ExprKind::Super,
            "null" | "undefined" | "NaN" | "Infinity" => ExprKind::Constant,
            "true" | "false" => ExprKind::Bool(&**name == "true"),
            "if" | "for" | "while" | "return" | "var" | "const" | "case" | "throw" | "try"
            | "catch" | "else" | "switch" | "do" | "in" | "instanceof" | "typeof" | "void"
            | "delete" | "with" | "break" | "continue" | "export" | "extends" | "finally"
            | "enum" => return self.misread(),
            _ => ExprKind::Name(name.clone()),
        };
        self.at += 1;
        Ok(Expr::new(kind, self.since(start)))
    }

    pub(in crate::code::javascript) fn function_expression(&mut self, start: Span) -> Parse<Expr> {
        self.eat_op("*");
        let name = match self.peek().clone() {
            Tok::Name(n) => {
                self.at += 1;
                n
            }
            _ => "".into(),
        };
        let id = self.function(name.clone())?;
        let span = self.since(start);
        if !name.is_empty() {
            // Its name is known inside of it.
            if let Some(func) = self.program.funcs.get_mut(id) {
                let scope = func.scope;
                if let Some(scope) = self.program.scopes.get_mut(scope) {
                    scope.declared.push(name.clone());
                }
                let target = Expr::new(ExprKind::Name(name), span);
                let own = Expr::new(ExprKind::Lambda(id), span);
                func.body.insert(
                    0,
                    Stmt {
                        kind: StmtKind::Assign(vec![target], own),
                        span,
                    },
                );
            }
        }
        Ok(Expr::new(ExprKind::Lambda(id), span))
    }

    pub(in crate::code::javascript) fn array(&mut self, start: Span) -> Parse<Expr> {
        self.at += 1;
        let no_in = core::mem::replace(&mut self.own.no_in, false);
        let mut items = Vec::new();
        while !self.eat_op("]") {
            let here = self.here();
            if self.eat_op(",") {
                items.push(Expr::new(ExprKind::Constant, here));
                continue;
            }
            if self.eat_op("...") {
                let value = self.assignment()?;
                items.push(Expr::new(ExprKind::Star(Box::new(value)), self.since(here)));
            } else {
                items.push(self.assignment()?);
            }
            if !self.eat_op(",") && !self.is_op("]") {
                return self.misread();
            }
        }
        self.own.no_in = no_in;
        Ok(Expr::new(ExprKind::List(tight(items)), self.since(start)))
    }

    pub(in crate::code::javascript) fn object(&mut self, start: Span) -> Parse<Expr> {
        self.at += 1;
        let no_in = core::mem::replace(&mut self.own.no_in, false);
        let mut pairs = Vec::new();
        while !self.eat_op("}") {
            let pair = self.property()?;
            pairs.push(pair);
            if !self.eat_op(",") && !self.is_op("}") {
                return self.misread();
            }
        }
        self.own.no_in = no_in;
        Ok(Expr::new(ExprKind::Dict(tight(pairs)), self.since(start)))
    }

    pub(in crate::code::javascript) fn property(&mut self) -> Parse<(Option<Expr>, Expr)> {
        let start = self.here();
        if self.eat_op("...") {
            return Ok((None, self.assignment()?));
        }
        let mut getter = false;
        while let Tok::Name(n) = self.peek().clone() {
            let modifier = matches!(&*n, "async" | "get" | "set");
            let alone = matches!(self.peek_at(1), Tok::Op("(" | ":" | "," | "}" | "="));
            if !modifier || alone {
                break;
            }
            getter |= &*n == "get";
            self.at += 1;
        }
        self.eat_op("*");
        let shorthand = matches!(self.peek(), Tok::Name(_));
        let (key, name) = self.property_key()?;
        let key = key.unwrap_or_else(|| {
            Expr::new(ExprKind::Text(name.as_bytes().into()), self.since(start))
        });
        if self.is_op("(") {
            let id = self.function(name)?;
            let span = self.since(start);
            let lambda = Expr::new(ExprKind::Lambda(id), span);
            let value = if getter {
                // Reading the property calls it.
                Expr::new(
                    ExprKind::Postfix(Box::new(lambda), vec![Trailer::Call(Vec::new(), span)]),
                    span,
                )
            } else {
                lambda
            };
            return Ok((Some(key), value));
        }
        if self.eat_op(":") {
            return Ok((Some(key), self.assignment()?));
        }
        if !shorthand {
            return self.misread();
        }
        let mut value = Expr::new(ExprKind::Name(name), self.since(start));
        if self.eat_op("=") {
            let default = self.assignment()?;
            let span = self.since(start);
            value = Expr::new(
                ExprKind::Bind(Box::new(value), Op::Set, Box::new(default)),
                span,
            );
        }
        Ok((Some(key), value))
    }

    /// A property's name; an expression for computed ones.
    pub(in crate::code::javascript) fn property_key(&mut self) -> Parse<(Option<Expr>, Name)> {
        match self.peek().clone() {
            Tok::Name(n) => {
                self.at += 1;
                Ok((None, n))
            }
            Tok::Text(t) => {
                self.at += 1;
                Ok((None, String::from_utf8_lossy(&t).as_ref().into()))
            }
            Tok::Number(_) => {
                let span = self.here();
                self.at += 1;
                Ok((Some(Expr::new(ExprKind::Number, span)), "0".into()))
            }
            Tok::Op("[") => {
                self.at += 1;
                let key = self.assignment()?;
                self.expect_op("]")?;
                Ok((Some(key), "[]".into()))
            }
            _ => self.misread(),
        }
    }

    /// The expression in a template's hole.
    pub(in crate::code::javascript) fn hole(&mut self, tokens: &[Token]) -> Parse<Expr> {
        self.enter()?;
        let end = tokens.last().map_or(Span::default(), |t| t.span);
        let mut inner = tokens.to_vec();
        inner.push(Token {
            kind: Tok::End,
            span: Span::new(end.end, end.end),
            newline: true,
        });
        let matching = crate::code::javascript::parse::matching(&inner);
        let outer = core::mem::replace(&mut self.tokens, inner);
        let outer_matching = core::mem::replace(&mut self.own.matching, matching);
        let at = core::mem::replace(&mut self.at, 0);
        let result = self.sequence();
        let done = *self.peek() == Tok::End;
        let here = self.here();
        self.tokens = outer;
        self.own.matching = outer_matching;
        self.at = at;
        self.leave();
        let value = result?;
        if done {
            Ok(value)
        } else {
            Err((here, "the syntax was not understood"))
        }
    }
}
