//! The cells of the state and what they hold: variables, definitions, options.

use std::rc::Rc;

use crate::analyze::place::{self, Place};
use crate::analyze::value;
use crate::expand::Variable;
use crate::invocation::{Bytes, Cwd, Reason, Value};
use crate::tree::NodeId;

/// A name: of a variable, a function or an alias.
pub(in crate::analyze) type Sym = u32;

/// Attributes of a variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::analyze) struct Attrs(u8);

impl Attrs {
    pub(in crate::analyze) const EXPORT: Self = Self(1);
    pub(in crate::analyze) const INTEGER: Self = Self(2);
    pub(in crate::analyze) const NAMEREF: Self = Self(4);
    /// Changes case on assignment, or otherwise not what was assigned.
    pub(in crate::analyze) const CHANGES: Self = Self(8);
    /// The script assigned it (it need not be looked up in the environment).
    pub(in crate::analyze) const SEEN: Self = Self(16);

    pub(in crate::analyze) const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(in crate::analyze) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(in crate::analyze) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// A variable with its attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::analyze) struct Var {
    pub(in crate::analyze) value: Variable,
    pub(in crate::analyze) attrs: Attrs,
}

impl Var {
    pub(in crate::analyze) const fn unknown() -> Self {
        Self {
            value: Variable::Unknown(Reason::UnknownVariable),
            attrs: Attrs(0),
        }
    }
}

/// Where a function body stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::analyze) struct Def {
    pub(in crate::analyze) script: u32,
    pub(in crate::analyze) body: NodeId,
}

/// What a name is defined as: any of `defs`, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::analyze) struct Defined<T> {
    pub(in crate::analyze) defs: Rc<[T]>,
    pub(in crate::analyze) absent: bool,
}

impl<T> Defined<T> {
    pub(in crate::analyze) fn nothing() -> Self {
        Self {
            defs: Rc::from([]),
            absent: true,
        }
    }

    pub(in crate::analyze) fn only(def: T) -> Self {
        Self {
            defs: Rc::from([def]),
            absent: false,
        }
    }
}

impl<T: Clone + PartialEq> Defined<T> {
    fn join(&self, other: &Self) -> Self {
        let mut defs = self.defs.to_vec();
        defs.extend(
            other
                .defs
                .iter()
                .filter(|def| !self.defs.contains(def))
                .cloned(),
        );
        Self {
            defs: defs.into(),
            absent: self.absent | other.absent,
        }
    }
}

/// The positional parameters; `None`: not known.
pub(in crate::analyze) type Args = Option<Rc<[Value]>>;

/// Shell options that change what runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::analyze) struct Options {
    on: u16,
    /// Not known.
    unsure: u16,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(in crate::analyze) enum Opt {
    ErrExit = 1,
    Trace = 2,
    ExpandAliases = 4,
    ExtGlob = 8,
    AllExport = 16,
    LastPipe = 32,
    NullGlob = 64,
    NoGlob = 128,
    Posix = 256,
    CdSpells = 512,
    EchoEscapes = 1024,
    /// Any under which words or commands mean something else than is assumed.
    Rewrites = 2048,
}

impl Options {
    /// It is surely on.
    pub(in crate::analyze) const fn is_on(self, option: Opt) -> bool {
        self.on & option as u16 != 0 && self.unsure & option as u16 == 0
    }

    /// It is on, or not known.
    pub(in crate::analyze) const fn may_be_on(self, option: Opt) -> bool {
        (self.on | self.unsure) & option as u16 != 0
    }

    pub(in crate::analyze) const fn set(&mut self, option: Opt, on: bool) {
        let bit = option as u16;
        self.unsure &= !bit;
        if on {
            self.on |= bit;
        } else {
            self.on &= !bit;
        }
    }

    pub(in crate::analyze) const fn unsure(&mut self, option: Opt) {
        self.unsure |= option as u16;
    }

    const fn join(self, other: Self) -> Self {
        Self {
            on: self.on & other.on,
            unsure: self.unsure | other.unsure | (self.on ^ other.on),
        }
    }
}

/// What a cell of the state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::analyze) enum Cell {
    Var(Sym),
    Function(Sym),
    Alias(Sym),
    Place,
    Args,
    Options,
    Stack,
}

/// The content of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::analyze) enum Held {
    Var(Var),
    Function(Defined<Def>),
    /// `None` among the definitions: a text that is not known.
    Alias(Defined<Option<Bytes>>),
    Place(Place),
    Args(Args),
    Options(Options),
    /// What `pushd` put away, the last one first; `None`: nothing.
    Stack(Option<Rc<[Cwd]>>),
}

/// Final contents of the cells that some path changed, by cell.
pub(in crate::analyze) type Changes = Vec<(Cell, Held)>;

/// What it takes to copy or to compare the content, in steps.
pub(in crate::analyze) fn weight(held: &Held) -> usize {
    match held {
        Held::Var(var) => value::weight_of(&var.value),
        Held::Function(function) => function.defs.len(),
        Held::Alias(alias) => alias.defs.len(),
        Held::Args(args) => args.as_ref().map_or(0, |args| args.len()),
        Held::Stack(stack) => stack.as_ref().map_or(0, |stack| stack.len()),
        Held::Place(_) | Held::Options(_) => 0,
    }
}

/// A content that is either of the two.
pub(in crate::analyze) fn join(a: &Held, b: &Held, most: usize) -> Held {
    match (a, b) {
        (Held::Var(a), Held::Var(b)) => Held::Var(Var {
            value: value::join_variables(&a.value, &b.value, most),
            attrs: Attrs(a.attrs.0 | b.attrs.0),
        }),
        (Held::Function(a), Held::Function(b)) => Held::Function(a.join(b)),
        (Held::Alias(a), Held::Alias(b)) => Held::Alias(a.join(b)),
        (Held::Place(a), Held::Place(b)) => Held::Place(Place {
            now: place::join(&a.now, &b.now, most),
            otherwise: match (&a.otherwise, &b.otherwise) {
                (None, None) => None,
                _ => Some(place::join(
                    a.otherwise.as_ref().unwrap_or(&a.now),
                    b.otherwise.as_ref().unwrap_or(&b.now),
                    most,
                )),
            },
            before: match (&a.before, &b.before) {
                (Some(a), Some(b)) => Some(place::join(a, b, most)),
                _ => None,
            },
        }),
        (Held::Args(a), Held::Args(b)) => Held::Args(if a == b { a.clone() } else { None }),
        (Held::Options(a), Held::Options(b)) => Held::Options(a.join(*b)),
        (Held::Stack(a), Held::Stack(b)) => Held::Stack(if a == b {
            a.clone()
        } else {
            Some(Rc::from([Cwd::Unknown]))
        }),
        _ => a.clone(),
    }
}

/// Loses what a loop could go on changing for ever.
pub(in crate::analyze) fn widen(held: Held) -> Held {
    match held {
        Held::Var(var) => Held::Var(Var {
            value: value::widen(&var.value),
            ..var
        }),
        Held::Place(_) => Held::Place(Place::at(Cwd::Unknown)),
        Held::Args(_) => Held::Args(None),
        Held::Stack(_) => Held::Stack(Some(Rc::from([Cwd::Unknown]))),
        other => other,
    }
}
