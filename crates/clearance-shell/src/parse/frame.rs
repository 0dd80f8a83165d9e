//! The explicit stack of the parser.

use crate::tree::NodeId;

/// A construct that is being read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(super) kind: FrameKind,
    /// Where in the construct; the meaning depends on the kind.
    pub(super) state: u8,
    /// Bits; the meaning depends on the kind.
    pub(super) bits: u16,
    /// The node that is being built, and its last child so far. The node of a word is made when
    /// the word ends; until then there is none.
    pub(super) node: NodeId,
    pub(super) last: NodeId,
    /// `Parts` without a node: the first child.
    pub(super) first: NodeId,
    /// `List`, `Cond`: the open and-or list (or `||`), and its last child.
    pub(super) outer: NodeId,
    pub(super) outer_last: NodeId,
    /// `List`, `Cond`: the open pipeline (or `&&`), and its last child.
    pub(super) inner: NodeId,
    pub(super) inner_last: NodeId,
    /// `List`, `Cond`: the command that was finished last and has no place yet.
    pub(super) held: NodeId,
    /// Positions and counts that some kinds keep.
    pub(super) saved: u32,
    pub(super) saved_end: u32,
    pub(super) saved_base: u32,
    pub(super) saved_count: u32,
}

/// What kind of construct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameKind {
    /// Below the outermost frame.
    End,
    List,
    Simple,
    /// The parts of a word, a quote, a here-document, arithmetic.
    Parts,
    Redirect,
    /// The texts of here-documents after a newline.
    HereBodies,
    Assign,
    Array,
    /// `${…}`
    Param,
    /// `$(…)`, `<(…)`, backquotes.
    Substitution,
    ExtGlob,
    Subshell,
    Group,
    If,
    Loop,
    For,
    ArithFor,
    Case,
    CaseItem,
    Function,
    Coproc,
    /// The redirections after a compound command.
    Redirects,
    Cond,
    CondTerm,
}

impl FrameKind {
    /// Counts against the limit on depth.
    pub(super) const fn nests(self) -> bool {
        !matches!(
            self,
            Self::End
                | Self::Simple
                | Self::Redirect
                | Self::Redirects
                | Self::HereBodies
                | Self::Assign
        )
    }
}

impl Frame {
    pub(super) const END: Self = Self::new(FrameKind::End, NodeId::NONE);

    pub(super) const fn new(kind: FrameKind, node: NodeId) -> Self {
        Self {
            kind,
            state: 0,
            bits: 0,
            node,
            last: NodeId::NONE,
            first: NodeId::NONE,
            outer: NodeId::NONE,
            outer_last: NodeId::NONE,
            inner: NodeId::NONE,
            inner_last: NodeId::NONE,
            held: NodeId::NONE,
            saved: 0,
            saved_end: 0,
            saved_base: 0,
            saved_count: 0,
        }
    }

    pub(super) const fn list(node: NodeId, terminators: Terminators) -> Self {
        let mut frame = Self::new(FrameKind::List, node);
        frame.bits = terminators.0;
        frame
    }

    pub(super) const fn parts(node: NodeId, mode: Mode, bits: u16) -> Self {
        let mut frame = Self::new(FrameKind::Parts, node);
        frame.state = mode as u8;
        frame.bits = bits;
        frame
    }
}

impl Frame {
    /// The parts of a word that begins at `start`.
    pub(super) const fn word(start: u32, mode: Mode, bits: u16) -> Self {
        let mut frame = Self::parts(NodeId::NONE, mode, bits);
        frame.saved_base = start;
        frame
    }
}

/// What ends a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Terminators(pub(super) u16);

impl Terminators {
    /// The end of the region.
    pub(super) const END: Self = Self(1);
    /// `)`
    pub(super) const PARENTHESIS: Self = Self(2);
    /// `}`
    pub(super) const BRACE: Self = Self(4);
    /// `then`
    pub(super) const THEN: Self = Self(8);
    /// `elif`, `else`
    pub(super) const ELSE: Self = Self(16);
    /// `fi`
    pub(super) const FI: Self = Self(32);
    /// `do`
    pub(super) const DO: Self = Self(64);
    /// `done`
    pub(super) const DONE: Self = Self(128);
    /// `;;`, `;&`, `;;&`, `esac`
    pub(super) const CASE: Self = Self(256);
    /// The list may be empty.
    pub(super) const EMPTY: Self = Self(512);

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// How the parts of something are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Mode {
    /// A word of a command.
    Word,
    /// A word inside `[[ ]]`.
    Cond,
    /// The right side of `=~`.
    Regex,
    /// A pattern of `case`.
    Pattern,
    /// An alternative of `@(…)`.
    Alternative,
    /// `"…"`
    Double,
    /// The text of a here-document.
    Here,
    /// An operand of `${…}` outside double quotes.
    Operand,
    /// An operand of `${…}` inside double quotes.
    QuotedOperand,
    /// Arithmetic up to an unmatched `)`.
    Arith,
    /// `$[…]` and subscripts: up to an unmatched `]`.
    Bracket,
    /// Offset and length of `${name:offset:length}`.
    Offset,
    /// A part of `for ((;;))`: up to `;` or an unmatched `)`.
    ForArith,
}

impl Mode {
    const ALL: [Self; 13] = [
        Self::Word,
        Self::Cond,
        Self::Regex,
        Self::Pattern,
        Self::Alternative,
        Self::Double,
        Self::Here,
        Self::Operand,
        Self::QuotedOperand,
        Self::Arith,
        Self::Bracket,
        Self::Offset,
        Self::ForArith,
    ];

    pub(super) fn from_byte(byte: u8) -> Self {
        Self::ALL
            .get(usize::from(byte))
            .copied()
            .unwrap_or(Self::Word)
    }

    /// Blanks and operators end it.
    pub(super) const fn is_word(self) -> bool {
        matches!(self, Self::Word | Self::Cond | Self::Regex | Self::Pattern)
    }

    /// Quotes, tildes and patterns are special.
    pub(super) const fn unquoted(self) -> bool {
        matches!(
            self,
            Self::Word
                | Self::Cond
                | Self::Regex
                | Self::Pattern
                | Self::Alternative
                | Self::Operand
        )
    }

    pub(super) const fn arithmetic(self) -> bool {
        matches!(
            self,
            Self::Arith | Self::Bracket | Self::Offset | Self::ForArith
        )
    }
}

/// Bits of a `Parts` frame.
pub(super) mod part {
    /// The right side of an assignment: `~` after `:`, no braces.
    pub(in crate::parse) const ASSIGNED: u16 = 1;
    /// The word has quotes.
    pub(in crate::parse) const QUOTED: u16 = 2;
    /// The word has an unquoted `{`.
    pub(in crate::parse) const BRACES: u16 = 4;
    /// A pattern operand of `${…}`.
    pub(in crate::parse) const PATTERN: u16 = 8;
    /// An unquoted `/` ends the operand.
    pub(in crate::parse) const SLASH: u16 = 16;
    /// Inside double quotes or a here-document.
    pub(in crate::parse) const IN_QUOTES: u16 = 32;
    /// Braces do not expand (targets of assignments, `[[ ]]`, `case`).
    pub(in crate::parse) const NO_BRACES: u16 = 64;
    /// A colon ends the operand (offset of a substring).
    pub(in crate::parse) const COLON: u16 = 128;
    /// Inside a here-document (not a double quote in it).
    pub(in crate::parse) const IN_HERE: u16 = 256;
    /// Between two single quotes that quote nothing but hide a `}` (in an operand of `${…}`
    /// inside double quotes).
    pub(in crate::parse) const SINGLE: u16 = 1024;
    /// Double quotes inside an operand inside double quotes: a backslash quotes any byte.
    pub(in crate::parse) const LOOSE: u16 = 2048;
    /// The word begins like an assignment; it does not.
    pub(in crate::parse) const LIKE: u16 = 4096;
    pub(in crate::parse) const UNLIKE: u16 = 8192;
    /// A tilde after `=` or `:` was taken for one of an assignment.
    pub(in crate::parse) const ASSIGNMENT: u16 = 16384;
    /// The literal text begins at the node's own start.
    pub(in crate::parse) const FRESH: u16 = 512;
}
