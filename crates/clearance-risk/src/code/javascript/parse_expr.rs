//! JavaScript expressions: tokens to the shared tree.

mod literals;

use super::lexer::{Part, Tok};
use super::parse::{Parse, Parser};
use crate::code::flow::ast::*;
use clearance_core::Span;

impl Parser {
    /// Expressions with commas between them: the value of the last.
    pub(super) fn sequence(&mut self) -> Parse<Expr> {
        let start = self.here();
        let mut last = self.assignment()?;
        let mut before = Vec::new();
        while self.eat_op(",") {
            before.push(core::mem::replace(&mut last, self.assignment()?));
        }
        if before.is_empty() {
            return Ok(last);
        }
        Ok(Expr::new(
            ExprKind::Choice(Box::new(Choice {
                tests: before,
                values: vec![last],
            })),
            self.since(start),
        ))
    }

    pub(super) fn assignment(&mut self) -> Parse<Expr> {
        self.enter()?;
        let result = self.assignment_inner();
        self.leave();
        result
    }

    fn assignment_inner(&mut self) -> Parse<Expr> {
        let start = self.here();
        if self.is_word("yield") && !matches!(self.peek_at(1), Tok::Op("=" | "." | ")" | "(")) {
            self.at += 1;
            self.eat_op("*");
            let end = self.newline()
                || matches!(
                    self.peek(),
                    Tok::Op(")" | "]" | "}" | "," | ";" | ":") | Tok::End
                );
            let value = if end {
                None
            } else {
                Some(Box::new(self.assignment()?))
            };
            return Ok(Expr::new(ExprKind::Yield(value), self.since(start)));
        }
        if let Some(arrow) = self.arrow()? {
            return Ok(arrow);
        }
        let value = self.conditional()?;
        let op = match self.peek() {
            Tok::Op("=") => Op::Set,
            Tok::Op("+=") => Op::Add,
            Tok::Op("&&=" | "||=" | "??=") => Op::Either,
            Tok::Op(
                "-=" | "*=" | "/=" | "%=" | "**=" | "<<=" | ">>=" | ">>>=" | "&=" | "|=" | "^=",
            ) => Op::Other,
            _ => return Ok(value),
        };
        self.at += 1;
        let right = self.assignment()?;
        Ok(Expr::new(
            ExprKind::Bind(Box::new(value), op, Box::new(right)),
            self.since(start),
        ))
    }

    fn conditional(&mut self) -> Parse<Expr> {
        let start = self.here();
        let (mut tests, mut values) = (Vec::new(), Vec::new());
        let mut last = self.operators()?;
        // `a ? b : c ? d : e`, flat.
        while self.eat_op("?") {
            tests.push(last);
            let no_in = core::mem::replace(&mut self.own.no_in, false);
            let value = self.assignment();
            self.own.no_in = no_in;
            values.push(value?);
            self.expect_op(":")?;
            match self.arrow()? {
                Some(arrow) => {
                    last = arrow;
                    break;
                }
                None => last = self.operators()?,
            }
        }
        if tests.is_empty() {
            return Ok(last);
        }
        // `a ? b : c = d` assigns in the last branch.
        if self.is_op("=") {
            self.at += 1;
            let right = self.assignment()?;
            let span = self.since(start);
            last = Expr::new(
                ExprKind::Bind(Box::new(last), Op::Set, Box::new(right)),
                span,
            );
        }
        values.push(last);
        Ok(Expr::new(
            ExprKind::Choice(Box::new(Choice { tests, values })),
            self.since(start),
        ))
    }

    fn operators(&mut self) -> Parse<Expr> {
        let start = self.here();
        let first = self.unary()?;
        if self.operator().is_none() {
            return Ok(first);
        }
        let (mut operands, mut ops) = (vec![first], Vec::new());
        while let Some(op) = self.operator() {
            self.at += 1;
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

    fn operator(&self) -> Option<Op> {
        Some(match self.peek() {
            Tok::Op("+") => Op::Add,
            Tok::Op("||" | "&&" | "??") => Op::Either,
            Tok::Op("==" | "!=" | "===" | "!==" | "<" | ">" | "<=" | ">=") => Op::Compare,
            Tok::Op("-" | "*" | "/" | "%" | "**" | "<<" | ">>" | ">>>" | "&" | "|" | "^") => {
                Op::Other
            }
            Tok::Name(n) if &**n == "instanceof" || (&**n == "in" && !self.own.no_in) => {
                Op::Compare
            }
            _ => return None,
        })
    }

    fn unary(&mut self) -> Parse<Expr> {
        let start = self.here();
        let mut marks = false;
        let mut awaits = false;
        loop {
            match self.peek() {
                Tok::Op("!" | "-" | "+" | "~" | "++" | "--") => marks = true,
                Tok::Name(n) if matches!(&**n, "typeof" | "void" | "delete") => marks = true,
                Tok::Name(n)
                    if &**n == "await"
                        && !matches!(self.peek_at(1), Tok::Op(")" | "=" | "." | ";" | ",")) =>
                {
                    awaits = true
                }
                _ => break,
            }
            self.at += 1;
        }
        let mut value = self.postfix()?;
        if !self.newline() && (self.is_op("++") || self.is_op("--")) {
            self.at += 1;
            marks = true;
        }
        if awaits {
            value = Expr::new(ExprKind::Await(Box::new(value)), self.since(start));
        }
        if marks {
            value = Expr::new(ExprKind::Unary(Box::new(value)), self.since(start));
        }
        Ok(value)
    }

    /// A primary expression with members, indexes and calls.
    pub(super) fn postfix(&mut self) -> Parse<Expr> {
        let start = self.here();
        if self.is_word("new") && !matches!(self.peek_at(1), Tok::Op(".")) {
            let made = self.new_expression()?;
            return self.trailers(made, start, true);
        }
        let atom = self.primary()?;
        self.trailers(atom, start, true)
    }

    fn new_expression(&mut self) -> Parse<Expr> {
        let start = self.here();
        self.enter()?;
        self.at += 1;
        let callee = if self.is_word("new") {
            self.new_expression()?
        } else {
            self.primary()?
        };
        let callee = self.trailers(callee, start, false)?;
        let args = if self.eat_op("(") {
            self.arguments()?
        } else {
            Vec::new()
        };
        self.leave();
        Ok(Expr::new(
            ExprKind::New(Box::new(callee), args),
            self.since(start),
        ))
    }

    fn trailers(&mut self, base: Expr, start: Span, calls: bool) -> Parse<Expr> {
        let mut out = Vec::new();
        loop {
            let here = self.here();
            let optional = calls && self.eat_op("?.");
            if self.eat_op(".") || (optional && matches!(self.peek(), Tok::Name(_))) {
                let name = self.name()?;
                push_tight(&mut out, Trailer::Attr(name, self.since(here)));
            } else if calls && self.is_op("(") {
                self.at += 1;
                let args = self.arguments()?;
                push_tight(&mut out, Trailer::Call(args, self.since(start)));
            } else if self.eat_op("[") {
                let no_in = core::mem::replace(&mut self.own.no_in, false);
                let key = self.sequence();
                self.own.no_in = no_in;
                push_tight(&mut out, Trailer::Index(vec![key?]));
                self.expect_op("]")?;
            } else if let Tok::Template(parts) = self.peek().clone() {
                // A tag gets the texts, then the values.
                self.at += 1;
                let args = self.tagged(&parts, here)?;
                push_tight(&mut out, Trailer::Call(args, self.since(start)));
            } else if optional {
                return self.misread();
            } else {
                break;
            }
        }
        if out.is_empty() {
            return Ok(base);
        }
        Ok(Expr::new(
            ExprKind::Postfix(Box::new(base), tight(out)),
            self.since(start),
        ))
    }

    fn tagged(&mut self, parts: &[Part], span: Span) -> Parse<Vec<Arg>> {
        let arg = |value| Arg {
            name: None,
            star: Star::No,
            value,
        };
        let mut texts = Vec::new();
        let mut holes = Vec::new();
        for part in parts {
            match part {
                Part::Text(text) => texts.push(Expr::new(ExprKind::Text(text.clone()), span)),
                Part::Hole(tokens) => holes.push(arg(self.hole(tokens)?)),
            }
        }
        let mut args = vec![arg(Expr::new(ExprKind::List(texts), span))];
        args.append(&mut holes);
        Ok(args)
    }

    /// Up to and with the closing parenthesis.
    pub(super) fn arguments(&mut self) -> Parse<Vec<Arg>> {
        let no_in = core::mem::replace(&mut self.own.no_in, false);
        let mut args = Vec::new();
        while !self.eat_op(")") {
            let star = if self.eat_op("...") {
                Star::One
            } else {
                Star::No
            };
            let arg = Arg {
                name: None,
                star,
                value: self.assignment()?,
            };
            push_tight(&mut args, arg);
            if !self.eat_op(",") && !self.is_op(")") {
                return self.misread();
            }
        }
        self.own.no_in = no_in;
        Ok(tight(args))
    }

    /// An arrow function, if one begins here.
    fn arrow(&mut self) -> Parse<Option<Expr>> {
        let start = self.here();
        let mark = self.at;
        let is_async =
            self.is_word("async") && !matches!(self.peek_at(1), Tok::Op("=>" | "," | ")" | "."));
        let from = mark + usize::from(is_async);
        let single = matches!(self.tokens.get(from).map(|t| &t.kind), Some(Tok::Name(_)))
            && matches!(
                self.tokens.get(from + 1).map(|t| &t.kind),
                Some(Tok::Op("=>"))
            );
        let listed = matches!(self.tokens.get(from).map(|t| &t.kind), Some(Tok::Op("(")))
            && self.arrow_after(from);
        if !single && !listed {
            return Ok(None);
        }
        self.at = from;
        let scope = self.open_scope(None);
        let (params, body) = self.in_scope(scope, |parser| parser.arrow_rest(single))?;
        let func = Func {
            name: "=>".into(),
            params,
            body,
            scope,
            class: None,
            takes_self: false,
        };
        self.program.funcs.push(func);
        let kind = ExprKind::Lambda(self.program.funcs.len() - 1);
        Ok(Some(Expr::new(kind, self.since(start))))
    }

    fn arrow_rest(&mut self, single: bool) -> Parse<(Vec<Param>, Vec<Stmt>)> {
        let params = if single {
            let target = self.binding_target()?;
            self.declare_pattern(&target);
            vec![Param {
                target,
                default: None,
                star: Star::No,
            }]
        } else {
            self.at += 1;
            self.params()?
        };
        self.expect_op("=>")?;
        if self.is_op("{") {
            return Ok((params, self.function_body()?));
        }
        let value = self.assignment()?;
        let span = value.span;
        Ok((
            params,
            vec![Stmt {
                kind: StmtKind::Return(Some(value)),
                span,
            }],
        ))
    }

    /// The parenthesis at this place closes before `=>`.
    fn arrow_after(&self, from: usize) -> bool {
        let close = self.own.matching.get(from).copied().flatten();
        close.is_some_and(|at| {
            matches!(
                self.tokens.get(at + 1).map(|t| &t.kind),
                Some(Tok::Op("=>"))
            )
        })
    }
}
