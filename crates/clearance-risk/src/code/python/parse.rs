//! Python statements: tokens to the shared tree. Expressions are in [`super::parse_expr`].
//!
//! Blocks are flattened (see [`crate::code::flow::ast`]), so their indentation is skipped;
//! only the bodies of functions and classes are followed.

mod definitions;
mod imports;

use super::lexer::{Tok, Token, lex};
use crate::code::flow::ast::*;
use crate::code::flow::parser;

pub(crate) use crate::code::flow::parser::Parse;

/// The parser's state.
pub(crate) type Parser<'a> = parser::Parser<Token, Own<'a>>;

/// What only this language needs.
pub(crate) struct Own<'a> {
    pub(crate) code: &'a [u8],
    /// The class in whose body the parser is, and in no function of it.
    pub(crate) class: Option<usize>,
}

/// Parses a whole text; what is not Python is an error.
pub(crate) fn parse(code: &[u8]) -> Parse<Program> {
    if let Some(at) = code.iter().position(|&b| b == 0) {
        return Err((super::lexer::span(at, at + 1), "a NUL byte"));
    }
    let tokens = lex(code)?;
    let mut parser = Parser::new(tokens, Own { code, class: None });
    // An indented first line is an error in a file, but `-c` dedents it.
    while *parser.peek() != Tok::End {
        if matches!(parser.peek(), Tok::Newline | Tok::Indent | Tok::Dedent) {
            parser.at += 1;
        } else {
            parser.statement()?;
        }
    }
    parser.program.body = tight(parser.out);
    Ok(parser.program)
}

impl Parser<'_> {
    pub(crate) fn peek(&self) -> &Tok {
        self.tokens.get(self.at).map_or(&Tok::End, |t| &t.kind)
    }

    pub(crate) fn peek_at(&self, ahead: usize) -> &Tok {
        self.tokens
            .get(self.at + ahead)
            .map_or(&Tok::End, |t| &t.kind)
    }

    pub(crate) fn name(&mut self) -> Parse<Name> {
        match self.peek().clone() {
            Tok::Name(n) if !is_keyword(&n) => {
                self.at += 1;
                Ok(n)
            }
            _ => self.fail("a name was expected"),
        }
    }

    fn emit_expr(&mut self, value: Expr) {
        let span = value.span;
        self.emit(StmtKind::Expr(value), span);
    }

    fn end_of_statement(&mut self) -> Parse<()> {
        match self.peek() {
            Tok::Newline | Tok::Op(";") => {
                self.at += 1;
                Ok(())
            }
            Tok::End | Tok::Dedent => Ok(()),
            _ => self.misread(),
        }
    }

    /// The statements of one block: after a colon, on the same line or indented.
    fn block(&mut self) -> Parse<()> {
        self.expect_op(":")?;
        if *self.peek() != Tok::Newline {
            while !matches!(self.peek(), Tok::Newline | Tok::End) {
                self.simple()?;
                if !self.eat_op(";") {
                    break;
                }
            }
            if *self.peek() == Tok::Newline {
                self.at += 1;
            }
            return Ok(());
        }
        self.at += 1;
        if *self.peek() != Tok::Indent {
            return self.fail("an indented block was expected");
        }
        self.at += 1;
        self.enter()?;
        while !matches!(self.peek(), Tok::Dedent | Tok::End) {
            self.statement()?;
        }
        if *self.peek() == Tok::Dedent {
            self.at += 1;
        }
        self.leave();
        Ok(())
    }

    fn statement(&mut self) -> Parse<()> {
        if *self.peek() == Tok::Newline {
            self.at += 1;
            return Ok(());
        }
        let word = match self.peek() {
            Tok::Name(n) => n.clone(),
            Tok::Op("@") => return self.decorated(),
            _ => {
                self.simple()?;
                return self.end_of_statement();
            }
        };
        match &*word {
            "async" => {
                self.at += 1;
                self.statement()
            }
            "if" | "while" | "elif" => {
                self.at += 1;
                let test = self.named_expression()?;
                self.emit_expr(test);
                self.block()
            }
            "else" | "finally" | "try" => {
                self.at += 1;
                self.block()
            }
            "except" => self.except(),
            "for" => {
                let start = self.here();
                self.at += 1;
                let target = self.target_list()?;
                if !self.eat_word("in") {
                    return self.fail("`in` was expected");
                }
                let iter = self.expression_list()?;
                let span = self.since(start);
                self.emit(StmtKind::For(target, iter), span);
                self.block()
            }
            "with" => self.with(),
            "def" => self.function(Vec::new()),
            "class" => self.class(Vec::new()),
            "match" if self.match_ahead() => self.match_statement(),
            "type"
                if matches!(self.peek_at(1), Tok::Name(_))
                    && !matches!(self.peek_at(1), Tok::Name(n) if is_keyword(n)) =>
            {
                self.fail("a type statement")
            }
            _ => {
                self.simple()?;
                self.end_of_statement()
            }
        }
    }

    fn except(&mut self) -> Parse<()> {
        let start = self.here();
        self.at += 1;
        self.eat_op("*");
        if !self.is_op(":") {
            let kind = self.expression_list()?;
            self.emit_expr(kind);
            if self.eat_word("as") {
                let name = self.name()?;
                let span = self.since(start);
                self.emit(StmtKind::Catch(name), span);
            }
        }
        self.block()
    }

    fn with(&mut self) -> Parse<()> {
        self.at += 1;
        let mark = (self.at, self.out.len());
        // `with (a as b, c as d):` or a parenthesised expression.
        let grouped =
            self.eat_op("(") && self.with_items().is_ok() && self.eat_op(")") && self.is_op(":");
        if !grouped {
            self.at = mark.0;
            self.out.truncate(mark.1);
            self.with_items()?;
        }
        self.block()
    }

    fn with_items(&mut self) -> Parse<()> {
        let depth = self.depth;
        let result = self.with_items_inner();
        self.depth = depth;
        result
    }

    fn with_items_inner(&mut self) -> Parse<()> {
        loop {
            if self.is_op(")") || self.is_op(":") {
                return Ok(());
            }
            let start = self.here();
            let value = self.expression()?;
            let target = if self.eat_word("as") {
                Some(self.target()?)
            } else {
                None
            };
            let span = self.since(start);
            self.emit(StmtKind::With(target, value), span);
            if !self.eat_op(",") {
                return Ok(());
            }
        }
    }

    /// `match` is a keyword only before a subject and a colon at the end of the line.
    fn match_ahead(&self) -> bool {
        let mut open = 0_u32;
        let mut at = self.at + 1;
        if matches!(self.peek_at(1), Tok::Op("=" | "." | ")" | "," | ":" | "]")) {
            return false;
        }
        loop {
            match self.tokens.get(at).map(|t| &t.kind) {
                Some(Tok::Op("(" | "[" | "{")) => open += 1,
                Some(Tok::Op(")" | "]" | "}")) => open = open.saturating_sub(1),
                Some(Tok::Op(":")) if open == 0 => {
                    return matches!(self.tokens.get(at + 1).map(|t| &t.kind), Some(Tok::Newline));
                }
                Some(Tok::Newline | Tok::End) | None => return false,
                _ => {}
            }
            at += 1;
        }
    }

    /// Captures in patterns are bound to something of no known kind, since the subject's
    /// parts are data or were reported where they came from; classes in patterns do not run.
    fn match_statement(&mut self) -> Parse<()> {
        self.at += 1;
        let subject = self.expression_list()?;
        self.emit_expr(subject);
        self.expect_op(":")?;
        if *self.peek() != Tok::Newline {
            return self.misread();
        }
        self.at += 1;
        if *self.peek() != Tok::Indent {
            return self.fail("an indented block was expected");
        }
        self.at += 1;
        while self.eat_word("case") {
            self.case_pattern()?;
            if self.eat_word("if") {
                let test = self.named_expression()?;
                self.emit_expr(test);
            }
            self.block()?;
        }
        if *self.peek() == Tok::Dedent {
            self.at += 1;
            return Ok(());
        }
        self.misread()
    }

    fn case_pattern(&mut self) -> Parse<()> {
        let mut open = 0_u32;
        loop {
            match self.peek().clone() {
                Tok::Op("(" | "[" | "{") => open += 1,
                Tok::Op(")" | "]" | "}") => open = open.saturating_sub(1),
                Tok::Op(":") if open == 0 => return Ok(()),
                Tok::Name(n) if open == 0 && &*n == "if" => return Ok(()),
                Tok::Name(n) => {
                    let dotted = matches!(self.peek_at(1), Tok::Op("." | "(" | "="));
                    if !dotted && !is_keyword(&n) && &*n != "_" {
                        let here = self.here();
                        self.emit(StmtKind::Catch(n), here);
                    }
                }
                Tok::Newline | Tok::End | Tok::Indent | Tok::Dedent => {
                    return self.misread();
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// A statement that fits on one line.
    fn simple(&mut self) -> Parse<()> {
        let start = self.here();
        let word = match self.peek() {
            Tok::Name(n) => n.clone(),
            _ => return self.expression_statement(),
        };
        match &*word {
            "pass" | "break" | "continue" => {
                self.at += 1;
                Ok(())
            }
            "return" => {
                self.at += 1;
                let value = if self.at_end() {
                    None
                } else {
                    Some(self.expression_list()?)
                };
                let span = self.since(start);
                self.emit(StmtKind::Return(value), span);
                Ok(())
            }
            "raise" | "assert" => {
                self.at += 1;
                while !self.at_end() {
                    let value = self.expression()?;
                    self.emit_expr(value);
                    if !self.eat_op(",") && !self.eat_word("from") {
                        break;
                    }
                }
                Ok(())
            }
            "del" => {
                self.at += 1;
                let target = self.expression_list()?;
                let span = self.since(start);
                self.emit(StmtKind::Delete(target), span);
                Ok(())
            }
            "global" | "nonlocal" => {
                self.at += 1;
                loop {
                    let name = self.name()?;
                    if let Some(scope) = self.program.scopes.get_mut(self.scope) {
                        scope.outer.push(name);
                    }
                    if !self.eat_op(",") {
                        return Ok(());
                    }
                }
            }
            "import" => self.import(),
            "from" => self.import_names(),
            _ => self.expression_statement(),
        }
    }

    fn at_end(&self) -> bool {
        matches!(
            self.peek(),
            Tok::Newline | Tok::End | Tok::Dedent | Tok::Op(";")
        )
    }

    fn expression_statement(&mut self) -> Parse<()> {
        let start = self.here();
        let first = self.expression_list()?;
        if self.eat_op(":") {
            let note = self.expression()?;
            self.emit_expr(note);
            if self.eat_op("=") {
                let value = self.expression_list()?;
                let span = self.since(start);
                self.emit(StmtKind::Assign(vec![first], value), span);
            }
            return Ok(());
        }
        if let Some(op) = self.augmented() {
            self.at += 1;
            let value = self.expression_list()?;
            let span = self.since(start);
            self.emit(StmtKind::Augment(first, op, value), span);
            return Ok(());
        }
        if !self.eat_op("=") {
            let span = self.since(start);
            self.emit(StmtKind::Expr(first), span);
            return Ok(());
        }
        let (mut targets, mut value) = (vec![first], self.expression_list()?);
        while self.eat_op("=") {
            targets.push(core::mem::replace(&mut value, self.expression_list()?));
        }
        let span = self.since(start);
        self.emit(StmtKind::Assign(targets, value), span);
        Ok(())
    }

    fn augmented(&self) -> Option<Op> {
        match self.peek() {
            Tok::Op("+=") => Some(Op::Add),
            Tok::Op("/=") => Some(Op::Div),
            Tok::Op("%=") => Some(Op::Mod),
            Tok::Op("-=" | "*=" | "//=" | "**=" | ">>=" | "<<=" | "&=" | "|=" | "^=" | "@=") => {
                Some(Op::Other)
            }
            _ => None,
        }
    }
}

/// Reserved words.
pub(crate) fn is_keyword(name: &str) -> bool {
    matches!(
        name,
        "False"
            | "None"
            | "True"
            | "and"
            | "as"
            | "assert"
            | "async"
            | "await"
            | "break"
            | "class"
            | "continue"
            | "def"
            | "del"
            | "elif"
            | "else"
            | "except"
            | "finally"
            | "for"
            | "from"
            | "global"
            | "if"
            | "import"
            | "in"
            | "is"
            | "lambda"
            | "nonlocal"
            | "not"
            | "or"
            | "pass"
            | "raise"
            | "return"
            | "try"
            | "while"
            | "with"
            | "yield"
    )
}
