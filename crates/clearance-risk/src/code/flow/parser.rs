//! What the parsers of Python and JavaScript share: looking at tokens, nesting, and scopes.

use clearance_core::Span;

use super::ast::{Arg, Class, MAX_DEPTH, Name, Program, Scope, Stmt, StmtKind, tight};

/// What went wrong, and where.
pub(crate) type Trouble = (Span, &'static str);

/// What a parser gives, or gives up with.
pub(crate) type Parse<T> = Result<T, Trouble>;

/// A token of a language whose operators and names are texts.
pub(crate) trait Lexeme {
    /// Where it stands.
    fn span(&self) -> Span;
    /// It is this operator.
    fn is_op(&self, op: &str) -> bool;
    /// It is this name or keyword.
    fn is_word(&self, word: &str) -> bool;
}

/// The state of a parser; `own` is what only one language needs.
pub(crate) struct Parser<T, O> {
    pub(crate) tokens: Vec<T>,
    pub(crate) at: usize,
    pub(crate) program: Program,
    pub(crate) scope: usize,
    pub(crate) depth: u16,
    /// The statements of the body that is being read.
    pub(crate) out: Vec<Stmt>,
    pub(crate) own: O,
}

impl<T: Lexeme, O> Parser<T, O> {
    pub(crate) fn new(tokens: Vec<T>, own: O) -> Self {
        let program = Program {
            scopes: vec![Scope::default()],
            ..Program::default()
        };
        Self {
            tokens,
            at: 0,
            program,
            scope: 0,
            depth: 0,
            out: Vec::new(),
            own,
        }
    }

    pub(crate) fn here(&self) -> Span {
        self.tokens
            .get(self.at)
            .or(self.tokens.last())
            .map_or(Span::default(), Lexeme::span)
    }

    /// From there to the last token that was read.
    pub(crate) fn since(&self, start: Span) -> Span {
        let last = self.tokens.get(self.at.saturating_sub(1));
        start.to(last.map_or(start, Lexeme::span))
    }

    pub(crate) fn fail<R>(&self, why: &'static str) -> Parse<R> {
        Err((self.here(), why))
    }

    /// No text of the language has this token here.
    pub(crate) fn misread<R>(&self) -> Parse<R> {
        self.fail("the syntax was not understood")
    }

    pub(crate) fn is_op(&self, op: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|t| t.is_op(op))
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|t| t.is_word(word))
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

    pub(crate) fn expect_op(&mut self, op: &str) -> Parse<()> {
        if self.eat_op(op) {
            Ok(())
        } else {
            self.misread()
        }
    }

    /// One level deeper; [`Parser::leave`] goes back.
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

    pub(crate) fn emit(&mut self, kind: StmtKind, span: Span) {
        self.out.push(Stmt { kind, span });
    }

    /// A scope inside the present one.
    pub(crate) fn open_scope(&mut self, class: Option<usize>) -> usize {
        self.program.scopes.push(Scope {
            parent: self.scope,
            class,
            ..Scope::default()
        });
        self.program.scopes.len() - 1
    }

    /// Reads in another scope than the present one.
    pub(crate) fn in_scope<R>(&mut self, scope: usize, read: impl FnOnce(&mut Self) -> R) -> R {
        let outer = core::mem::replace(&mut self.scope, scope);
        let result = read(self);
        self.scope = outer;
        result
    }

    /// The statements that are read for a body with a scope of its own.
    pub(crate) fn body(
        &mut self,
        scope: usize,
        read: impl FnOnce(&mut Self) -> Parse<()>,
    ) -> Parse<Vec<Stmt>> {
        let saved = core::mem::take(&mut self.out);
        let result = self.in_scope(scope, read);
        let body = core::mem::replace(&mut self.out, saved);
        result.map(|()| tight(body))
    }

    /// A class whose body is read by `read`, which gets its index.
    pub(crate) fn class_of(
        &mut self,
        name: Name,
        bases: Vec<Arg>,
        read: impl FnOnce(&mut Self, usize) -> Parse<()>,
    ) -> Parse<usize> {
        let id = self.program.classes.len();
        let scope = self.open_scope(Some(id));
        self.program.classes.push(Class {
            name,
            bases,
            body: Vec::new(),
            scope,
        });
        let body = self.body(scope, |parser| read(parser, id))?;
        if let Some(class) = self.program.classes.get_mut(id) {
            class.body = body;
        }
        Ok(id)
    }
}
