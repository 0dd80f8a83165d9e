//! Typed views of the nodes that hold more than children.

use super::{Flags, Kind, NodeId, Script};

/// `$name` or `${…}`; see [`Script::param`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param<'a> {
    /// A variable (`HOME`), digits (`1`), or one of `@ * # ? - $ !`.
    pub name: &'a [u8],
    /// What is done with it.
    pub op: ParamOp,
    /// `${!name…}`: the value names the variable.
    pub indirect: bool,
    /// `${…}`, not `$name`.
    pub braced: bool,
    /// `[…]` after the name: a [`Kind::Subscript`].
    pub subscript: Option<NodeId>,
    /// The word after the operator; the offset of a substring (an [`Kind::Arith`]).
    pub operand: Option<NodeId>,
    /// The replacement after `/pattern/`; the length of a substring (an [`Kind::Arith`]).
    pub second: Option<NodeId>,
}

/// What is done with a parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum ParamOp {
    /// `${name}`: its value.
    #[default]
    Value,
    /// `${#name}`: its length.
    Length,
    /// `${name-word}`
    DefaultIfUnset,
    /// `${name:-word}`
    DefaultIfEmpty,
    /// `${name=word}`
    AssignIfUnset,
    /// `${name:=word}`
    AssignIfEmpty,
    /// `${name?word}`
    ErrorIfUnset,
    /// `${name:?word}`
    ErrorIfEmpty,
    /// `${name+word}`
    AlternativeIfSet,
    /// `${name:+word}`
    AlternativeIfFull,
    /// `${name:offset:length}`
    Substring,
    /// `${name#pattern}`
    RemovePrefix,
    /// `${name##pattern}`
    RemoveLongestPrefix,
    /// `${name%pattern}`
    RemoveSuffix,
    /// `${name%%pattern}`
    RemoveLongestSuffix,
    /// `${name/pattern/word}`
    ReplaceFirst,
    /// `${name//pattern/word}`
    ReplaceAll,
    /// `${name/#pattern/word}`
    ReplacePrefix,
    /// `${name/%pattern/word}`
    ReplaceSuffix,
    /// `${name^pattern}`
    UpperFirst,
    /// `${name^^pattern}`
    UpperAll,
    /// `${name,pattern}`
    LowerFirst,
    /// `${name,,pattern}`
    LowerAll,
    /// `${name~pattern}`
    ToggleFirst,
    /// `${name~~pattern}`
    ToggleAll,
    /// `${name@X}`; the letter is the text of the operand.
    Transform,
    /// `${!prefix*}`: the names that begin with it.
    NamesJoined,
    /// `${!prefix@}`
    NamesSeparate,
    /// `${!name[@]}`, `${!name[*]}`: the keys of an array.
    Keys,
    /// A form that bash refuses when it runs (`${a b}`).
    Bad,
}

impl ParamOp {
    const ALL: [Self; 30] = [
        Self::Value,
        Self::Length,
        Self::DefaultIfUnset,
        Self::DefaultIfEmpty,
        Self::AssignIfUnset,
        Self::AssignIfEmpty,
        Self::ErrorIfUnset,
        Self::ErrorIfEmpty,
        Self::AlternativeIfSet,
        Self::AlternativeIfFull,
        Self::Substring,
        Self::RemovePrefix,
        Self::RemoveLongestPrefix,
        Self::RemoveSuffix,
        Self::RemoveLongestSuffix,
        Self::ReplaceFirst,
        Self::ReplaceAll,
        Self::ReplacePrefix,
        Self::ReplaceSuffix,
        Self::UpperFirst,
        Self::UpperAll,
        Self::LowerFirst,
        Self::LowerAll,
        Self::ToggleFirst,
        Self::ToggleAll,
        Self::Transform,
        Self::NamesJoined,
        Self::NamesSeparate,
        Self::Keys,
        Self::Bad,
    ];

    fn from_byte(byte: u8) -> Self {
        Self::ALL
            .get(usize::from(byte))
            .copied()
            .unwrap_or(Self::Bad)
    }
}

/// The bit in a `Param` node's data that says `${!name}`.
pub(crate) const INDIRECT: u32 = 1 << 31;
/// The bit in a `Param` node's data that says `${…}`.
pub(crate) const BRACED: u32 = 1 << 30;

/// `name=value`; see [`Script::assign`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assign<'a> {
    /// The variable; empty for `[sub]=value` inside an array.
    pub name: &'a [u8],
    /// `+=`.
    pub append: bool,
    /// `[…]` after the name.
    pub subscript: Option<NodeId>,
    /// What is assigned.
    pub value: AssignValue,
}

/// The right side of an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignValue {
    /// A [`Kind::Word`]; its text is empty for `name=`.
    Word(NodeId),
    /// A [`Kind::Array`].
    Array(NodeId),
}

/// A redirection; see [`Script::redirect`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redirect<'a> {
    /// The descriptor in front of the operator.
    pub fd: Fd<'a>,
    /// The operator.
    pub op: RedirectOp,
    /// The target (a [`Kind::Word`]); the delimiter of a here-document. Missing only when the
    /// text ended too early.
    pub target: Option<NodeId>,
    /// The text of a here-document (a [`Kind::HereBody`]).
    pub body: Option<NodeId>,
}

/// The descriptor in front of a redirection operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fd<'a> {
    /// Not written: 0 for reading operators, 1 for writing ones (and 2 for `&>`).
    Default,
    /// `2>`. Numbers that do not fit are `u32::MAX`.
    Number(u32),
    /// `{name}>`: a new descriptor, stored in the variable.
    Variable(&'a [u8]),
}

/// A redirection operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RedirectOp {
    /// `<`
    #[default]
    Read,
    /// `>`
    Write,
    /// `>>`
    Append,
    /// `>|`
    Clobber,
    /// `<>`
    ReadWrite,
    /// `<&`
    DuplicateIn,
    /// `>&` (with a word that is no number and no `-`: both outputs into that file)
    DuplicateOut,
    /// `&>`
    WriteBoth,
    /// `&>>`
    AppendBoth,
    /// `<<`
    HereDoc,
    /// `<<-`
    HereDocTabs,
    /// `<<<`
    HereString,
}

impl RedirectOp {
    const ALL: [Self; 12] = [
        Self::Read,
        Self::Write,
        Self::Append,
        Self::Clobber,
        Self::ReadWrite,
        Self::DuplicateIn,
        Self::DuplicateOut,
        Self::WriteBoth,
        Self::AppendBoth,
        Self::HereDoc,
        Self::HereDocTabs,
        Self::HereString,
    ];

    fn from_byte(byte: u8) -> Self {
        Self::ALL
            .get(usize::from(byte))
            .copied()
            .unwrap_or_default()
    }

    /// `<<` or `<<-`.
    #[must_use]
    pub const fn is_here_document(self) -> bool {
        matches!(self, Self::HereDoc | Self::HereDocTabs)
    }
}

/// The parts of a simple command, sorted; see [`Script::simple`].
#[derive(Clone, Debug)]
pub struct Simple<'a> {
    script: &'a Script,
    id: NodeId,
}

impl<'a> Simple<'a> {
    /// Assignments before the command word.
    pub fn assignments(&self) -> impl Iterator<Item = NodeId> + use<'a> {
        let script = self.script;
        script
            .children(self.id)
            .take_while(move |id| script.kind(*id) != Kind::Word)
            .filter(move |id| script.kind(*id) == Kind::Assign)
    }

    /// The command word and its arguments: `Word`s, and `Assign`s that are arguments of a
    /// declaration builtin.
    pub fn words(&self) -> impl Iterator<Item = NodeId> + use<'a> {
        let script = self.script;
        script
            .children(self.id)
            .skip_while(move |id| script.kind(*id) != Kind::Word)
            .filter(move |id| script.kind(*id) != Kind::Redirect)
    }

    /// Its redirections, in order.
    pub fn redirects(&self) -> impl Iterator<Item = NodeId> + use<'a> {
        self.script.redirects(self.id)
    }
}

/// `if` split into its branches; see [`Script::if_clause`].
#[derive(Clone, Debug)]
pub struct If {
    /// Condition and body (both [`Kind::List`]) of `if` and each `elif`.
    pub branches: Vec<(NodeId, NodeId)>,
    /// The body of `else`.
    pub otherwise: Option<NodeId>,
}

/// `while` or `until`; see [`Script::while_loop`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loop {
    /// A [`Kind::List`].
    pub condition: Option<NodeId>,
    /// A [`Kind::List`].
    pub body: Option<NodeId>,
}

/// `for` or `select` over words; see [`Script::for_loop`].
#[derive(Clone, Debug)]
pub struct For<'a> {
    /// The variable.
    pub name: &'a [u8],
    /// The words after `in`; `None` without `in` (then over `"$@"`).
    pub words: Option<Vec<NodeId>>,
    /// A [`Kind::List`].
    pub body: Option<NodeId>,
}

/// `case`; see [`Script::case`].
#[derive(Clone, Debug)]
pub struct Case {
    /// The word that is compared.
    pub subject: Option<NodeId>,
    /// The branches ([`Kind::CaseItem`]).
    pub items: Vec<NodeId>,
}

/// One branch of a `case`; see [`Script::case_item`].
#[derive(Clone, Debug)]
pub struct CaseItem {
    /// The patterns ([`Kind::Word`]).
    pub patterns: Vec<NodeId>,
    /// A [`Kind::List`].
    pub body: Option<NodeId>,
}

/// A function definition; see [`Script::function`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// The name, a [`Kind::Word`]; bash takes its text literally.
    pub name: Option<NodeId>,
    /// The body: a compound command (or, after `function`, any of them).
    pub body: Option<NodeId>,
}

/// The operator of a test inside `[[ ]]`; see [`Script::cond_op`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CondOp<'a> {
    /// As written: `-f`, `==`, `=~`, `-eq`, `<`, …
    pub text: &'a [u8],
}

impl CondOp<'_> {
    /// Both sides are evaluated as arithmetic (`-eq`, `-lt`, …).
    #[must_use]
    pub fn is_arithmetic(&self) -> bool {
        matches!(
            self.text,
            b"-eq" | b"-ne" | b"-lt" | b"-le" | b"-gt" | b"-ge"
        )
    }

    /// The right side is a pattern or a regular expression.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        matches!(self.text, b"=" | b"==" | b"!=" | b"=~")
    }
}

impl Script {
    /// A [`Kind::Param`], taken apart. Of another node: an empty name.
    #[must_use]
    pub fn param(&self, id: NodeId) -> Param<'_> {
        let node = self.node(id);
        let mut children = self.children(id).peekable();
        let subscript = children.next_if(|child| self.kind(*child) == Kind::Subscript);
        Param {
            name: self.name(node.data & !(INDIRECT | BRACED)),
            op: ParamOp::from_byte(node.op),
            indirect: node.data & INDIRECT != 0,
            braced: node.data & BRACED != 0,
            subscript,
            operand: children.next(),
            second: children.next(),
        }
    }

    /// A [`Kind::Assign`], taken apart.
    #[must_use]
    pub fn assign(&self, id: NodeId) -> Assign<'_> {
        let node = self.node(id);
        let mut children = self.children(id).peekable();
        let subscript = children.next_if(|child| self.kind(*child) == Kind::Subscript);
        let value = match children.next() {
            Some(child) if self.kind(child) == Kind::Array => AssignValue::Array(child),
            Some(child) => AssignValue::Word(child),
            None => AssignValue::Word(NodeId::NONE),
        };
        Assign {
            name: self.name(node.data),
            append: node.flags.has(Flags::APPEND),
            subscript,
            value,
        }
    }

    /// A [`Kind::Redirect`], taken apart.
    #[must_use]
    pub fn redirect(&self, id: NodeId) -> Redirect<'_> {
        let node = self.node(id);
        let name = self.name(node.data);
        let fd = match name {
            [] => Fd::Default,
            [first, ..] if first.is_ascii_digit() => Fd::Number(number(name)),
            _ => Fd::Variable(name),
        };
        let mut children = self.children(id);
        Redirect {
            fd,
            op: RedirectOp::from_byte(node.op),
            target: children.next(),
            body: children.next(),
        }
    }

    /// The redirections among the children of a command.
    pub fn redirects(&self, id: NodeId) -> impl Iterator<Item = NodeId> + use<'_> {
        self.children(id)
            .filter(move |child| self.kind(*child) == Kind::Redirect)
    }

    /// A [`Kind::Simple`], sorted into assignments, words and redirections.
    #[must_use]
    pub const fn simple(&self, id: NodeId) -> Simple<'_> {
        Simple { script: self, id }
    }

    /// A [`Kind::If`], taken apart.
    #[must_use]
    pub fn if_clause(&self, id: NodeId) -> If {
        let mut lists = self
            .children(id)
            .filter(|child| self.kind(*child) == Kind::List);
        let mut clause = If {
            branches: Vec::new(),
            otherwise: None,
        };
        while let Some(first) = lists.next() {
            match lists.next() {
                Some(body) => clause.branches.push((first, body)),
                None => clause.otherwise = Some(first),
            }
        }
        clause
    }

    /// A [`Kind::While`] or [`Kind::Until`], taken apart.
    #[must_use]
    pub fn while_loop(&self, id: NodeId) -> Loop {
        let mut children = self.children(id);
        Loop {
            condition: children.next(),
            body: children.next(),
        }
    }

    /// A [`Kind::For`] or [`Kind::Select`], taken apart.
    #[must_use]
    pub fn for_loop(&self, id: NodeId) -> For<'_> {
        let node = self.node(id);
        let words = self
            .children(id)
            .filter(|child| self.kind(*child) == Kind::Word)
            .collect();
        For {
            name: self.name(node.data),
            words: node.flags.has(Flags::HAS_IN).then_some(words),
            body: self
                .children(id)
                .find(|child| self.kind(*child) == Kind::List),
        }
    }

    /// A [`Kind::Case`], taken apart.
    #[must_use]
    pub fn case(&self, id: NodeId) -> Case {
        Case {
            subject: self
                .children(id)
                .find(|child| self.kind(*child) == Kind::Word),
            items: self
                .children(id)
                .filter(|child| self.kind(*child) == Kind::CaseItem)
                .collect(),
        }
    }

    /// A [`Kind::CaseItem`], taken apart.
    #[must_use]
    pub fn case_item(&self, id: NodeId) -> CaseItem {
        CaseItem {
            patterns: self
                .children(id)
                .filter(|child| self.kind(*child) == Kind::Word)
                .collect(),
            body: self
                .children(id)
                .find(|child| self.kind(*child) == Kind::List),
        }
    }

    /// A [`Kind::Function`], taken apart.
    #[must_use]
    pub fn function(&self, id: NodeId) -> Function {
        let mut children = self.children(id);
        Function {
            name: children.next(),
            body: children.next(),
        }
    }

    /// The operator of a [`Kind::CondUnary`] or [`Kind::CondBinary`].
    #[must_use]
    pub fn cond_op(&self, id: NodeId) -> CondOp<'_> {
        CondOp {
            text: self.name(self.node(id).data),
        }
    }

    /// The value of a word that is plain text: no quotes, no expansions.
    #[must_use]
    pub fn plain_text(&self, id: NodeId) -> Option<&[u8]> {
        (self.kind(id) == Kind::Word && self.flags(id).has(Flags::PLAIN)).then(|| self.text(id))
    }
}

fn number(digits: &[u8]) -> u32 {
    digits
        .iter()
        .try_fold(0_u32, |sum, digit| {
            sum.checked_mul(10)?
                .checked_add(u32::from(digit.wrapping_sub(b'0')))
        })
        .unwrap_or(u32::MAX)
}
