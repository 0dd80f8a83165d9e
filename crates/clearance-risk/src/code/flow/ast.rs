//! The syntax tree that the Python and JavaScript parsers share.
//!
//! The analysis does not depend on the order of statements, so blocks (`if`, `for`, `try`, …)
//! are flattened into the body they stand in: only functions and classes nest. Chains of
//! operators and of postfix parts are flat lists, so that depth is real nesting only, and that
//! is bounded by [`MAX_DEPTH`].

use std::rc::Rc;

use clearance_core::Span;

/// How deep expressions, functions and classes may nest.
pub(crate) const MAX_DEPTH: u16 = 48;

/// An identifier.
pub(crate) type Name = Rc<str>;

/// A whole program text.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) body: Vec<Stmt>,
    pub(crate) funcs: Vec<Func>,
    pub(crate) classes: Vec<Class>,
    /// Scope 0 is the module.
    pub(crate) scopes: Vec<Scope>,
    /// Places that the parser did not understand.
    pub(crate) unknown: Vec<(Span, &'static str)>,
}

/// A name space.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// The scope around it (the module's parent is itself).
    pub(crate) parent: usize,
    /// Names that Python's `global` and `nonlocal` hand to the scopes around.
    pub(crate) outer: Vec<Name>,
    /// Names that JavaScript declares here.
    pub(crate) declared: Vec<Name>,
    /// The class whose body it is.
    pub(crate) class: Option<usize>,
}

/// A function, method, lambda or arrow function.
#[derive(Debug)]
pub(crate) struct Func {
    pub(crate) name: Name,
    pub(crate) params: Vec<Param>,
    pub(crate) body: Vec<Stmt>,
    pub(crate) scope: usize,
    /// The class in whose body it stands directly.
    pub(crate) class: Option<usize>,
    /// The first parameter is the receiver by Python's rules.
    pub(crate) takes_self: bool,
}

/// A parameter.
#[derive(Debug)]
pub(crate) struct Param {
    /// What it binds (a name, or a JavaScript pattern).
    pub(crate) target: Expr,
    pub(crate) default: Option<Expr>,
    pub(crate) star: Star,
}

/// `x`, `*x` or `**x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Star {
    No,
    One,
    Two,
}

/// A class.
#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) name: Name,
    pub(crate) bases: Vec<Arg>,
    pub(crate) body: Vec<Stmt>,
    pub(crate) scope: usize,
}

/// A statement.
#[derive(Debug)]
pub(crate) struct Stmt {
    pub(crate) kind: StmtKind,
    pub(crate) span: Span,
}

/// What a statement does.
#[derive(Debug)]
pub(crate) enum StmtKind {
    Expr(Expr),
    /// Every target gets the value.
    Assign(Vec<Expr>, Expr),
    /// `target op= value`.
    Augment(Expr, Op, Expr),
    /// The target gets the items of the value.
    For(Expr, Expr),
    /// The target gets what the context manager gives.
    With(Option<Expr>, Expr),
    /// A name bound to something of no known kind (`except … as e`, `case` captures).
    Catch(Name),
    /// `import a.b as c`: dotted name, alias.
    Import(Name, Option<Name>),
    /// `from m import a as b`: module (`None`: relative), name (`None`: all), alias.
    From(Option<Name>, Option<Name>, Option<Name>),
    /// A function with its decorators, outermost first.
    Func(usize, Vec<Expr>),
    Class(usize, Vec<Expr>),
    Return(Option<Expr>),
    Delete(Expr),
}

/// An expression.
#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) span: Span,
}

/// What an expression is.
#[derive(Debug)]
pub(crate) enum ExprKind {
    Name(Name),
    /// Exactly these bytes.
    Text(Rc<[u8]>),
    /// Literal text and holes.
    Format(Vec<Piece>),
    Number,
    /// A small whole number, as an index.
    Int(u16),
    /// `None`, `null`, a regular expression …
    Constant,
    Bool(bool),
    /// Data of no known content (a string with an escape that was not resolved).
    Opaque,
    List(Vec<Expr>),
    Tuple(Vec<Expr>),
    /// Pairs; no key: spread.
    Dict(Vec<(Option<Expr>, Expr)>),
    Comprehension(Box<Comprehension>),
    Lambda(usize),
    Class(usize),
    Chain(Box<Chain>),
    /// `not x`, `-x`, `typeof x`: a number or truth value.
    Unary(Box<Expr>),
    /// `await x`: what x gives.
    Await(Box<Expr>),
    /// `yield x`.
    Yield(Option<Box<Expr>>),
    Choice(Box<Choice>),
    Postfix(Box<Expr>, Vec<Trailer>),
    Star(Box<Expr>),
    /// An assignment that is an expression.
    Bind(Box<Expr>, Op, Box<Expr>),
    /// `new callee(args)`.
    New(Box<Expr>, Vec<Arg>),
    This,
    Super,
    /// `import(x)`.
    ImportCall(Box<Expr>),
}

/// Items, made by clauses with conditions.
#[derive(Debug)]
pub(crate) struct Comprehension {
    /// One item, or a key and a value.
    pub(crate) items: Vec<Expr>,
    /// `for target in iter`.
    pub(crate) clauses: Vec<(Expr, Expr)>,
    pub(crate) tests: Vec<Expr>,
    /// The items are a key and a value.
    pub(crate) pairs: bool,
}

/// Operands and the operators between them, flat.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) operands: Vec<Expr>,
    pub(crate) ops: Vec<Op>,
}

/// Tests, and the values of which one is the result.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) tests: Vec<Expr>,
    pub(crate) values: Vec<Expr>,
}

/// A part of a format string.
#[derive(Debug)]
pub(crate) enum Piece {
    Text(Rc<[u8]>),
    /// A value, and whether it is put in as it is (no conversion, no format).
    Hole(Expr, bool),
}

/// What follows a primary expression.
#[derive(Debug)]
pub(crate) enum Trailer {
    Attr(Name, Span),
    Index(Vec<Expr>),
    Call(Vec<Arg>, Span),
}

/// An argument of a call.
#[derive(Debug)]
pub(crate) struct Arg {
    pub(crate) name: Option<Name>,
    pub(crate) star: Star,
    pub(crate) value: Expr,
}

/// Operators, by what the analysis needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// Plain assignment.
    Set,
    Add,
    Mod,
    Div,
    /// `or`, `and`, `??`: one of the operands.
    Either,
    /// Comparison, membership: a truth value.
    Compare,
    /// `|`, `&`, `^`, `*`, … : data.
    Other,
}

impl Expr {
    pub(crate) fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }
}

/// Adds to a list that mostly ends with one item: the room for four with which a `Vec` begins
/// would be the larger part of a tree.
pub(crate) fn push_tight<T>(list: &mut Vec<T>, item: T) {
    if list.capacity() == 0 {
        list.reserve_exact(1);
    }
    list.push(item);
}

/// A list that is complete, without room for more.
pub(crate) fn tight<T>(mut list: Vec<T>) -> Vec<T> {
    list.shrink_to_fit();
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operand, argument and item of a program is one of these.
    #[test]
    fn nodes_are_small() {
        assert!(size_of::<Expr>() <= 48, "{}", size_of::<Expr>());
        assert!(size_of::<Trailer>() <= 32, "{}", size_of::<Trailer>());
        assert!(size_of::<Arg>() <= 72, "{}", size_of::<Arg>());
        assert!(size_of::<Stmt>() <= 120, "{}", size_of::<Stmt>());
    }

    #[test]
    fn lists_of_one_have_room_for_one() {
        let mut list = Vec::new();
        push_tight(&mut list, 1_u64);
        assert_eq!(list.capacity(), 1);
        list.extend([2, 3]);
        assert_eq!(tight(list).capacity(), 3);
    }
}
