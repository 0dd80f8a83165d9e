//! Python statements: tokens to the shared tree. Expressions are in [`super::parse_expr`].
//!
//! Blocks are flattened (see [`crate::code::flow::ast`]), so their indentation is skipped;
//! only the bodies of functions and classes are followed.

mod definitions;
mod imports;

use super::lexer::{Tok, Token, Trouble, lex};
use crate::code::flow::ast::*;
use clearance_core::Span;

/// What the parser gives up with.
pub(crate) type Parse<T> = Result<T, Trouble>;

/// The parser's state.
pub(crate) struct Parser<'a> {
    pub(crate) code: &'a [u8],
    pub(crate) tokens: Vec<Token>,
    pub(crate) at: usize,
    pub(crate) program: Program,
    pub(crate) scope: usize,
    pub(crate) class: Option<usize>,
    pub(crate) depth: u16,
    out: Vec<Stmt>,
}

/// Parses a whole text; what is not Python is an error.
pub(crate) fn parse(code: &[u8]) -> Parse<Program> {
    if let Some(at) = code.iter().position(|&b| b == 0) {
        return Err((super::lexer::span(at, at + 1), "a NUL byte"));
    }
    let tokens = lex(code)?;
    let mut parser = Parser {
        code,
        tokens,
        at: 0,
        program: Program {
            scopes: vec![Scope::default()],
            ..Program::default()
        },
        scope: 0,
        class: None,
        depth: 0,
        out: Vec::new(),
    };
    // An indented first line is an error in a file, but `-c` dedents it.
    while *parser.peek() != Tok::End {
        if matches!(parser.peek(), Tok::Newline | Tok::Indent | Tok::Dedent) {
            parser.at += 1;
        } else {
            parser.statement()?;
        }
    }
    parser.program.body = parser.out;
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

    pub(crate) fn here(&self) -> Span {
        self.tokens
            .get(self.at)
            .or(self.tokens.last())
            .map_or(Span::default(), |t| t.span)
    }

    fn last(&self) -> Span {
        self.tokens
            .get(self.at.saturating_sub(1))
            .map_or(Span::default(), |t| t.span)
    }

    pub(crate) fn since(&self, start: Span) -> Span {
        start.to(self.last())
    }

    pub(crate) fn fail<T>(&self, why: &'static str) -> Parse<T> {
        Err((self.here(), why))
    }

    pub(crate) fn is_op(&self, op: &str) -> bool {
        matches!(self.peek(), Tok::Op(o) if *o == op)
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Tok::Name(n) if **n == *word)
    }

    pub(crate) fn eat_op(&mut self, op: &str) -> bool {
        let yes = self.is_op(op);
        self.at += usize::from(yes);
        yes
    }

    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let yes = self.is_word(word);
        self.at += usize::from(yes);
        yes
    }

    pub(crate) fn expect_op(&mut self, op: &'static str) -> Parse<()> {
        if self.eat_op(op) {
            Ok(())
        } else {
            self.fail("the syntax was not understood")
        }
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

    pub(crate) fn enter(&mut self) -> Parse<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.fail("it nests too deep")
        } else {
            Ok(())
        }
    }

    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    fn emit(&mut self, kind: StmtKind, span: Span) {
        self.out.push(Stmt { kind, span });
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
            _ => self.fail("the syntax was not understood"),
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

    pub(crate) fn open_scope(&mut self, class: Option<usize>) -> usize {
        self.program.scopes.push(Scope {
            parent: self.scope,
            class,
            ..Scope::default()
        });
        self.program.scopes.len() - 1
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
            return self.fail("the syntax was not understood");
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
        self.fail("the syntax was not understood")
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
                    return self.fail("the syntax was not understood");
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
        let mut parts = vec![first];
        while self.eat_op("=") {
            parts.push(self.expression_list()?);
        }
        let span = self.since(start);
        match (parts.pop(), parts.is_empty()) {
            (Some(value), true) => self.emit(StmtKind::Expr(value), span),
            (Some(value), false) => self.emit(StmtKind::Assign(parts, value), span),
            (None, _) => {}
        }
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
