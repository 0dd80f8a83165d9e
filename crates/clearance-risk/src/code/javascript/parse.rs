//! JavaScript statements: tokens to the shared tree. Expressions are in [`super::parse_expr`].
//!
//! Blocks are flattened, a variable belongs to the whole function: lookups see every scope
//! around, so that nothing is missed. The missing semicolon ends a statement where the next
//! token cannot continue it, which is what the language does.

mod definitions;
mod modules;

use super::lexer::{Tok, Token, lex};
use crate::code::flow::ast::*;
use crate::code::flow::parser;

pub(super) use crate::code::flow::parser::Parse;

/// The parser's state.
pub(super) type Parser = parser::Parser<Token, Own>;

/// What only this language needs.
pub(super) struct Own {
    /// `in` ends an expression: the head of a `for`.
    pub(super) no_in: bool,
    /// For each opening bracket, the place where it closes.
    pub(super) matching: Vec<Option<usize>>,
}

/// The places where the brackets close.
pub(super) fn matching(tokens: &[Token]) -> Vec<Option<usize>> {
    let mut out = vec![None; tokens.len()];
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Tok::Op("(" | "[" | "{") => open.push(at),
            Tok::Op(")" | "]" | "}") => {
                if let Some(slot) = open.pop().and_then(|from| out.get_mut(from)) {
                    *slot = Some(at);
                }
            }
            _ => {}
        }
    }
    out
}

/// Parses a whole text; what is not JavaScript is an error.
pub(super) fn parse(code: &[u8]) -> Parse<Program> {
    let tokens = lex(code)?;
    let matching = matching(&tokens);
    let no_in = false;
    let mut parser = Parser::new(tokens, Own { no_in, matching });
    while *parser.peek() != Tok::End {
        parser.statement()?;
    }
    parser.program.body = tight(parser.out);
    Ok(parser.program)
}

impl Parser {
    pub(super) fn peek(&self) -> &Tok {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> &Tok {
        self.tokens
            .get(self.at + ahead)
            .map_or(&Tok::End, |t| &t.kind)
    }

    pub(super) fn newline(&self) -> bool {
        self.tokens.get(self.at).is_none_or(|t| t.newline)
    }

    pub(super) fn name(&mut self) -> Parse<Name> {
        match self.peek().clone() {
            Tok::Name(n) => {
                self.at += 1;
                Ok(n)
            }
            _ => self.misread(),
        }
    }

    pub(super) fn declare(&mut self, name: &Name) {
        if let Some(scope) = self.program.scopes.get_mut(self.scope) {
            if !scope.declared.contains(name) {
                scope.declared.push(name.clone());
            }
        }
    }

    /// Declares every name that a pattern binds.
    pub(super) fn declare_pattern(&mut self, pattern: &Expr) {
        match &pattern.kind {
            ExprKind::Name(name) => self.declare(&name.clone()),
            ExprKind::List(items) | ExprKind::Tuple(items) => {
                items.iter().for_each(|i| self.declare_pattern(i))
            }
            ExprKind::Dict(pairs) => pairs.iter().for_each(|(_, v)| self.declare_pattern(v)),
            ExprKind::Star(inner) | ExprKind::Bind(inner, ..) => self.declare_pattern(inner),
            _ => {}
        }
    }

    pub(super) fn semicolon(&mut self) -> Parse<()> {
        if self.eat_op(";") || self.newline() || self.is_op("}") || *self.peek() == Tok::End {
            return Ok(());
        }
        self.misread()
    }

    fn statement(&mut self) -> Parse<()> {
        self.enter()?;
        let result = self.statement_inner();
        self.leave();
        result
    }

    pub(super) fn block(&mut self) -> Parse<()> {
        self.expect_op("{")?;
        while !self.is_op("}") {
            if *self.peek() == Tok::End {
                return self.misread();
            }
            self.statement()?;
        }
        self.at += 1;
        Ok(())
    }

    fn statement_inner(&mut self) -> Parse<()> {
        if self.is_op("{") {
            return self.block();
        }
        if self.eat_op(";") {
            return Ok(());
        }
        let word = match self.peek() {
            Tok::Name(n) => n.clone(),
            _ => return self.expression_statement(),
        };
        let start = self.here();
        let next_is = |p: &Self, op: &str| matches!(p.peek_at(1), Tok::Op(o) if *o == op);
        match &*word {
            "var" | "let" | "const" | "using"
                if matches!(self.peek_at(1), Tok::Name(_) | Tok::Op("{" | "[")) =>
            {
                self.at += 1;
                self.declarations()?;
                self.semicolon()
            }
            "function" => self.function_statement(),
            "async" if matches!(self.peek_at(1), Tok::Name(n) if &**n == "function") => {
                self.at += 1;
                self.function_statement()
            }
            "class" => {
                let id = self.class()?;
                let span = self.since(start);
                if let Some(class) = self.program.classes.get(id) {
                    let name = class.name.clone();
                    self.declare(&name);
                }
                self.emit(StmtKind::Class(id, Vec::new()), span);
                Ok(())
            }
            "if" | "while" | "switch" if next_is(self, "(") => {
                self.at += 2;
                let test = self.sequence()?;
                self.expect_op(")")?;
                self.emit_expr(test);
                if &*word == "switch" {
                    self.cases()
                } else {
                    self.statement()
                }
            }
            "else" | "do" | "finally" => {
                self.at += 1;
                self.statement()
            }
            "try" if next_is(self, "{") => {
                self.at += 1;
                self.block()
            }
            "catch" => {
                self.at += 1;
                if self.eat_op("(") {
                    let target = self.binding_target()?;
                    self.declare_pattern(&target);
                    let value = Expr::new(ExprKind::Opaque, start);
                    self.emit(StmtKind::Assign(vec![target], value), start);
                    self.expect_op(")")?;
                }
                self.block()
            }
            "for" => self.for_statement(),
            "return" | "throw" => {
                self.at += 1;
                let end = self.newline()
                    || self.is_op(";")
                    || self.is_op("}")
                    || *self.peek() == Tok::End;
                let value = if end { None } else { Some(self.sequence()?) };
                let span = self.since(start);
                self.emit(StmtKind::Return(value), span);
                self.semicolon()
            }
            "break" | "continue" | "debugger" => {
                self.at += 1;
                if !self.newline() && matches!(self.peek(), Tok::Name(_)) {
                    self.at += 1;
                }
                self.semicolon()
            }
            "with" if next_is(self, "(") => Err((start, "a `with` statement")),
            "import" if !next_is(self, "(") && !next_is(self, ".") => self.import(),
            "export" => self.export(),
            // A label.
            _ if next_is(self, ":") => {
                self.at += 2;
                self.statement()
            }
            _ => self.expression_statement(),
        }
    }

    fn emit_expr(&mut self, value: Expr) {
        let span = value.span;
        self.emit(StmtKind::Expr(value), span);
    }

    fn expression_statement(&mut self) -> Parse<()> {
        let value = self.sequence()?;
        self.emit_expr(value);
        self.semicolon()
    }

    fn cases(&mut self) -> Parse<()> {
        self.expect_op("{")?;
        while !self.eat_op("}") {
            if self.eat_word("case") {
                let value = self.sequence()?;
                self.emit_expr(value);
                self.expect_op(":")?;
            } else if self.is_word("default") && matches!(self.peek_at(1), Tok::Op(":")) {
                self.at += 2;
            } else if *self.peek() == Tok::End {
                return self.misread();
            } else {
                self.statement()?;
            }
        }
        Ok(())
    }

    /// `a = 1, {b} = c`, after the keyword.
    fn declarations(&mut self) -> Parse<()> {
        loop {
            let start = self.here();
            let target = self.binding_target()?;
            self.declare_pattern(&target);
            let value = if self.eat_op("=") {
                self.assignment()?
            } else {
                Expr::new(ExprKind::Constant, start)
            };
            let span = self.since(start);
            self.emit(StmtKind::Assign(vec![target], value), span);
            if !self.eat_op(",") {
                return Ok(());
            }
        }
    }

    fn for_statement(&mut self) -> Parse<()> {
        let start = self.here();
        self.at += 1;
        self.eat_word("await");
        self.expect_op("(")?;
        let declared = matches!(self.peek(), Tok::Name(n) if matches!(&**n, "var" | "let" | "const"))
            && matches!(self.peek_at(1), Tok::Name(_) | Tok::Op("{" | "["));
        if declared {
            self.at += 1;
        }
        if self.is_op(";") {
            self.at += 1;
            return self.for_rest();
        }
        self.own.no_in = true;
        let first = if declared {
            self.binding_target()
        } else {
            self.assignment()
        };
        self.own.no_in = false;
        let target = first?;
        if declared {
            self.declare_pattern(&target);
        }
        let of = self.eat_word("of");
        if of || self.eat_word("in") {
            let iter = self.sequence()?;
            self.expect_op(")")?;
            let span = self.since(start);
            if of {
                self.emit(StmtKind::For(target, iter), span);
            } else {
                self.emit_expr(iter);
                let keys = Expr::new(ExprKind::Opaque, span);
                self.emit(StmtKind::Assign(vec![target], keys), span);
            }
            return self.statement();
        }
        if declared {
            let span = self.since(start);
            self.own.no_in = true;
            let value = if self.eat_op("=") {
                self.assignment()
            } else {
                Ok(Expr::new(ExprKind::Constant, span))
            };
            self.own.no_in = false;
            self.emit(StmtKind::Assign(vec![target], value?), span);
            if self.eat_op(",") {
                self.declarations()?;
            }
        } else {
            self.emit_expr(target);
            while self.eat_op(",") {
                let value = self.assignment()?;
                self.emit_expr(value);
            }
        }
        self.expect_op(";")?;
        self.for_rest()
    }

    fn for_rest(&mut self) -> Parse<()> {
        if !self.is_op(";") {
            let test = self.sequence()?;
            self.emit_expr(test);
        }
        self.expect_op(";")?;
        if !self.is_op(")") {
            let step = self.sequence()?;
            self.emit_expr(step);
        }
        self.expect_op(")")?;
        self.statement()
    }
}
