//! The syntax tree: one flat arena of nodes with child and sibling links.
//!
//! A [`Script`] owns the text and every node; nothing is boxed, and neither walking nor
//! dropping recurses. Start at [`Script::root`], go on with [`Script::children`], match on
//! [`Script::kind`], and use the typed views ([`Script::param`], [`Script::redirect`],
//! [`Script::assign`], …) where a node holds more than children. What the children of a node
//! are is said at each [`Kind`].
//!
//! Two kinds of positions exist. A node's *text span* lies in [`Script::text_bytes`]: the
//! input followed by decoded text (the inside of backquotes after one level of unescaping).
//! [`Script::span`] gives the *source span*, always inside the input: it is what to show.

mod fold;
mod print;
mod view;
mod walk;

use clearance_core::Span;

use crate::invocation::Reason;

pub use print::Pretty;
pub use view::{
    Assign, AssignValue, Case, CaseItem, CondOp, Fd, For, Function, If, Loop, Param, ParamOp,
    Redirect, RedirectOp, Simple,
};
pub use walk::{Children, Walk};

/// Names a node in its [`Script`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    /// No node.
    pub(crate) const NONE: Self = Self(u32::MAX);

    pub(crate) const fn some(self) -> Option<Self> {
        if self.0 == u32::MAX { None } else { Some(self) }
    }
}

/// What a node is, and what its children are.
///
/// "command" below is any of `AndOr`, `Pipeline`, `Simple`, the compound commands, `Function`,
/// `Coproc` and `Error`. "word" is a `Word`. "parts" are what a word is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Kind {
    /// The rest of the text after a syntax error or a limit, or a construct that is not
    /// understood. What it could run is unknown; [`Script::diagnostics`] says why. No children.
    #[default]
    Error,
    /// A sequence of commands; the root too. Children: commands, each with its
    /// [`Connector`] (`;`, `&`, newline, none).
    List,
    /// `a && b || c`. Children: commands, each with `And`, `Or`, or (the last) `None`.
    AndOr,
    /// `a | b`, `! a`, `time a`. Children: commands, each with `Pipe`, `PipeBoth`, or (the
    /// last) `None`. No child at all for a lone `!` or `time`. Flags: [`Flags::NEGATED`],
    /// [`Flags::TIMED`].
    Pipeline,
    /// A simple command. Children in source order: `Assign`, `Word` and `Redirect`. An
    /// `Assign` after the first word is an argument of a declaration builtin
    /// (`export A=b`). See [`Script::simple`].
    Simple,
    /// `( list )`. Children: `List`, then `Redirect`s.
    Subshell,
    /// `{ list; }`. Children: `List`, then `Redirect`s.
    Group,
    /// `if`. Children: `List` (condition), `List` (body), again for each `elif`, a last single
    /// `List` for `else`; then `Redirect`s. See [`Script::if_clause`].
    If,
    /// `while list; do list; done`. Children: `List`, `List`, then `Redirect`s.
    While,
    /// `until list; do list; done`. Children: `List`, `List`, then `Redirect`s.
    Until,
    /// `for name in words; do list; done`. Children: the words, `List`, `Redirect`s. See
    /// [`Script::for_loop`]. [`Flags::HAS_IN`] when there is an `in`.
    For,
    /// `select`, otherwise as `For`.
    Select,
    /// `for ((a; b; c)) do list; done`. Children: three `Arith` (empty ones have no children
    /// and an empty span), `List`, `Redirect`s.
    ArithFor,
    /// `case word in … esac`. Children: `Word`, `CaseItem`s, `Redirect`s.
    Case,
    /// One branch of a `case`. Children: `Word` patterns, then a `List`. The [`Connector`]
    /// tells how it ends: `Break` (`;;`), `FallThrough` (`;&`), `TestNext` (`;;&`), or `None`.
    CaseItem,
    /// A function definition. Children: `Word` (the name), a command (the body, with its own
    /// redirections). [`Flags::KEYWORD`] when written with `function`.
    Function,
    /// `[[ … ]]`. Children: one `Cond…` expression, then `Redirect`s.
    Cond,
    /// `a || b` inside `[[ ]]`. Children: two or more expressions.
    CondOr,
    /// `a && b` inside `[[ ]]`. Children: two or more expressions.
    CondAnd,
    /// `! a` inside `[[ ]]`. Child: one expression.
    CondNot,
    /// `( a )` inside `[[ ]]`. Child: one expression.
    CondGroup,
    /// `-f word` inside `[[ ]]`. Child: `Word`. The operator: [`Script::cond_op`].
    CondUnary,
    /// `word == word` inside `[[ ]]`. Children: two `Word`s. The operator:
    /// [`Script::cond_op`].
    CondBinary,
    /// A lone word inside `[[ ]]` (true when not empty). Child: `Word`.
    CondWord,
    /// `(( … ))`. Children: `Arith`, then `Redirect`s.
    ArithCommand,
    /// `coproc [NAME] command`. Children: optional `Word` (the name), then a command.
    Coproc,
    /// A redirection. Children: the target `Word`; for a here-document the delimiter `Word`
    /// and a `HereBody`. See [`Script::redirect`].
    Redirect,
    /// The text of a here-document. Children: parts, as inside double quotes; only `Literal`s
    /// when the delimiter was quoted. Tabs that `<<-` strips belong to no part.
    HereBody,
    /// `name=value`, `name+=value`, `name[sub]=value`, `name=(…)`, and `[sub]=value` inside
    /// an array (empty name). Children: optional `Subscript`, then `Word` or `Array`. See
    /// [`Script::assign`].
    Assign,
    /// `( … )` after `name=`. Children: `Word`s and `Assign`s with a subscript.
    Array,
    /// `[ … ]` after a name. Children: parts. (As a part of a `Word`: `name[…]` in the place
    /// of a command without `=`; a pattern.) It is evaluated as arithmetic unless the
    /// variable is an associative array or the subscript is `@` or `*`.
    Subscript,
    /// A word. No children when [`Flags::PLAIN`]: then its text is its value. Children
    /// otherwise: parts. Also operands of `${name…}`, whose parts know no blanks.
    Word,
    /// Unquoted text that stands for itself (blanks too, in operands and quotes). Inside
    /// `DoubleQuote` and `HereBody` it is quoted.
    Literal,
    /// `\x`: the bytes after the backslash, quoted. No children.
    Escape,
    /// `'…'`: no children; its value is [`Script::quoted_text`].
    SingleQuote,
    /// `"…"`, and `$"…"` with [`Flags::LOCALE`]. Children: parts; none when
    /// [`Flags::PLAIN`], then its value is [`Script::quoted_text`].
    DoubleQuote,
    /// `$'…'`: no children; decode [`Script::quoted_text`] with
    /// [`decode_ansi`](crate::expand::decode_ansi).
    AnsiQuote,
    /// `$name` or `${…}`. Children: optional `Subscript`, then up to two operands (`Word` or
    /// `Arith`). See [`Script::param`].
    Param,
    /// `$( … )`, or backquotes with [`Flags::BACKQUOTE`]. Child: `List`.
    CommandSub,
    /// `<( … )`, or `>( … )` with [`Flags::OUTPUT`]. Child: `List`.
    ProcessSub,
    /// `$(( … ))`, `$[ … ]`, and the expressions of `(( ))` and `for (( ))`. Children: parts,
    /// as inside double quotes.
    Arith,
    /// An unquoted `~name` where a tilde prefix may stand: the tilde and the name. No
    /// children. With [`Flags::BRACES`] it is only an unquoted `~`, which is a prefix if brace
    /// expansion puts it at the beginning of a word.
    Tilde,
    /// One unquoted pattern character: `*`, `?` or `[`. No children.
    Glob,
    /// `@(a|b)` and its like; the first byte is the operator. Children: `Word` alternatives.
    ExtGlob,
    /// An unquoted `{` that may open a brace expansion. No children.
    BraceOpen,
    /// An unquoted `,` inside braces. No children.
    BraceComma,
    /// An unquoted `}` that may close a brace expansion. No children.
    BraceClose,
}

/// The operator that follows a command in its list, and-or list or pipeline, or that ends a
/// branch of a `case`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Connector {
    /// Nothing follows.
    #[default]
    None,
    /// `;`
    Semicolon,
    /// A line end.
    Newline,
    /// `&`: the command runs in the background.
    Background,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|`
    Pipe,
    /// `|&`: standard error goes into the pipe too.
    PipeBoth,
    /// `;;`
    Break,
    /// `;&`
    FallThrough,
    /// `;;&`
    TestNext,
}

/// Marks of a node, as a bit set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(pub(crate) u16);

impl Flags {
    /// Nothing special.
    pub const NONE: Self = Self(0);
    /// A word whose text is its value; a `"…"` whose inner text is its value.
    pub const PLAIN: Self = Self(1);
    /// A word with an unquoted `{`: brace expansion may apply. A tilde in such a word.
    pub const BRACES: Self = Self(2);
    /// A word with quotes of any kind (it does not vanish when empty, and a here-document
    /// delimiter makes its body literal).
    pub const QUOTED: Self = Self(4);
    /// A pipeline with an odd number of `!`.
    pub const NEGATED: Self = Self(8);
    /// A pipeline with `time`.
    pub const TIMED: Self = Self(16);
    /// `for name in …`.
    pub const HAS_IN: Self = Self(32);
    /// `function name …`.
    pub const KEYWORD: Self = Self(64);
    /// `$"…"`.
    pub const LOCALE: Self = Self(128);
    /// `` `…` ``.
    pub const BACKQUOTE: Self = Self(256);
    /// `>( … )`.
    pub const OUTPUT: Self = Self(512);
    /// The text ended, or an error came, before this node was complete.
    pub const INCOMPLETE: Self = Self(1024);
    /// The node stands inside double quotes or a here-document: its result is not split.
    pub const IN_QUOTES: Self = Self(2048);
    /// `name+=value`.
    pub const APPEND: Self = Self(4096);
    /// A word of the form `name=…` (also as an argument): `~` after `=` and `:` expands.
    pub const ASSIGNMENT_LIKE: Self = Self(8192);

    /// Both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// All bits of `other` are set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// One node, or the record of several ([`fold`]). Read it through [`Script`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) child: NodeId,
    pub(crate) next: NodeId,
    /// Depends on the kind: an index into `names`, or a small operator.
    pub(crate) data: u32,
    pub(crate) flags: Flags,
    pub(crate) kind: Kind,
    /// A [`Connector`], [`ParamOp`] or [`RedirectOp`] as a number.
    pub(crate) op: u8,
}

impl Node {
    pub(crate) const fn new(kind: Kind, start: u32, end: u32) -> Self {
        Self {
            start,
            end,
            child: NodeId::NONE,
            next: NodeId::NONE,
            data: 0,
            flags: Flags::NONE,
            kind,
            op: 0,
        }
    }
}

/// A remark of the parser: why a place is not (or not surely) understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where, in the input.
    pub span: Span,
    /// What it means for whoever relies on the tree. Every diagnostic makes the script opaque
    /// there, except as its [`Note`] says.
    pub reason: Reason,
    /// The sentence.
    pub note: Note,
}

/// What a [`Diagnostic`] says; [`Note::message`] is the sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Note {
    /// A token that the grammar does not allow here; the tail was not parsed.
    UnexpectedToken,
    /// The text ends inside a construct.
    UnexpectedEnd,
    /// `${…}` of a form that bash refuses when it runs.
    BadSubstitution,
    /// A here-document without its delimiter line: bash only warns.
    HereDocumentEnd,
    /// A here-document inside a command or process substitution beside other commands.
    HereDocumentInSubstitution,
    /// A NUL byte.
    Nul,
    /// Nested deeper than the limit.
    Depth,
    /// Longer than the limit.
    Length,
    /// An extended pattern, while it is not known that `extglob` is on.
    ExtendedPattern,
    /// dash or zsh would run this differently.
    Dialect,
    /// A backslash at the very end: kept under `-c`, dropped from a file.
    FinalBackslash,
    /// A place where bash counts parentheses or quotes without regard to what is in them.
    Ambiguous,
}

impl Note {
    /// One lower-case sentence without a full stop.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::UnexpectedToken => "unexpected token; the text from here on was not parsed",
            Self::UnexpectedEnd => "the text ends inside a construct",
            Self::BadSubstitution => "bash refuses this parameter expansion",
            Self::HereDocumentEnd => "the here-document ends without its delimiter",
            Self::HereDocumentInSubstitution => {
                "a here-document inside a substitution beside other commands"
            }
            Self::Nul => "a NUL byte, which shells treat differently",
            Self::Depth => "nested deeper than the limit",
            Self::Length => "longer than the limit",
            Self::ExtendedPattern => "an extended pattern while extglob may be off",
            Self::Dialect => "another shell would run this differently",
            Self::FinalBackslash => "a backslash ends the text",
            Self::Ambiguous => "bash finds the end of this by counting parentheses",
        }
    }
}

/// A piece of decoded text and where it came from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    /// Where it begins in the text.
    pub(crate) text: u32,
    /// Where it begins in the input.
    pub(crate) source: u32,
}

/// The tree of one script, with its text. See the [module documentation](self).
///
/// # Examples
///
/// ```
/// use clearance_shell::tree::Kind;
/// use clearance_shell::{Dialect, Limits, parse};
///
/// let script = parse(b"cd /tmp && rm -rf \"$x\"", Dialect::Bash, Limits::default());
/// assert!(script.is_complete());
/// let commands: Vec<_> =
///     script.walk(script.root()).filter(|id| script.kind(*id) == Kind::Simple).collect();
/// assert_eq!(commands.len(), 2);
/// assert_eq!(script.text(commands[1]), b"rm -rf \"$x\"");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Script {
    pub(crate) text: Vec<u8>,
    pub(crate) source_len: u32,
    pub(crate) nodes: Vec<Node>,
    /// Nodes that have no record of their own.
    pub(crate) folded: usize,
    pub(crate) names: Vec<Span>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) complete: bool,
    pub(crate) steps: u64,
}

/// What a node that does not exist looks like.
const NO_NODE: Node = Node::new(Kind::Error, 0, 0);

impl Script {
    /// An empty script, to be filled by [`Parser::parse_into`](crate::Parser::parse_into).
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The root: a [`Kind::List`].
    #[must_use]
    pub const fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// The number of nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len() + self.folded
    }

    /// All nodes, in no particular order; nodes of a here-document come after the rest of its
    /// line.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + use<'_> {
        (0_u32..)
            .zip(&self.nodes)
            .flat_map(|(at, node)| node.ids(at))
    }

    /// Nothing has been parsed into it yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The input.
    #[must_use]
    pub fn source(&self) -> &[u8] {
        self.text
            .get(..self.source_len as usize)
            .unwrap_or_default()
    }

    /// The input followed by decoded text; text spans lie in it.
    #[must_use]
    pub fn text_bytes(&self) -> &[u8] {
        &self.text
    }

    /// The whole input was parsed, without a syntax error or a limit.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.complete
    }

    /// What the parser had to remark, in the order found.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Work done by the parser, in steps that are bounded by a multiple of the bytes read. It
    /// is what the tests of linear cost count.
    #[must_use]
    pub const fn steps(&self) -> u64 {
        self.steps
    }

    #[inline]
    pub(crate) fn node(&self, id: NodeId) -> Node {
        let record = self.nodes.get(id.record()).unwrap_or(&NO_NODE);
        if record.is_folded() {
            record.unfold(id)
        } else {
            *record
        }
    }

    /// What the node is.
    #[must_use]
    pub fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    /// Its marks.
    #[must_use]
    pub fn flags(&self, id: NodeId) -> Flags {
        self.node(id).flags
    }

    /// The operator that follows it; [`Connector::None`] for nodes that are no commands.
    #[must_use]
    pub fn connector(&self, id: NodeId) -> Connector {
        let node = self.node(id);
        match node.kind {
            Kind::Param | Kind::Redirect | Kind::CondUnary | Kind::CondBinary => Connector::None,
            _ => Connector::from_byte(node.op),
        }
    }

    /// Where the node stands in the input.
    #[must_use]
    pub fn span(&self, id: NodeId) -> Span {
        let node = self.node(id);
        self.to_source(Span::new(node.start, node.end))
    }

    /// Where the node stands in [`Self::text_bytes`].
    #[must_use]
    pub fn text_span(&self, id: NodeId) -> Span {
        let node = self.node(id);
        Span::new(node.start, node.end)
    }

    /// The node's own text, as written (of decoded text, as decoded).
    #[must_use]
    pub fn text(&self, id: NodeId) -> &[u8] {
        self.text_span(id).of(&self.text)
    }

    /// The text between the quotes of a `SingleQuote`, `AnsiQuote` or `DoubleQuote`.
    #[must_use]
    pub fn quoted_text(&self, id: NodeId) -> &[u8] {
        let text = self.text(id);
        // Line continuations may stand between `$` and the quote.
        let quote = text.iter().position(|byte| matches!(byte, b'"' | b'\''));
        let opening = quote.map_or(0, |quote| quote + 1);
        let close = usize::from(!self.flags(id).has(Flags::INCOMPLETE));
        text.get(opening..text.len().saturating_sub(close))
            .unwrap_or_default()
    }

    /// The children in source order.
    #[must_use]
    pub fn children(&self, id: NodeId) -> Children<'_> {
        Children::new(self, self.node(id).child)
    }

    /// The first child.
    #[must_use]
    pub fn first_child(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).child.some()
    }

    /// The next child of the same parent.
    #[must_use]
    pub fn next_sibling(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).next.some()
    }

    /// The node and everything below it, parents first, children in order.
    #[must_use]
    pub fn walk(&self, id: NodeId) -> Walk<'_> {
        Walk::new(self, id)
    }

    /// The tree below a node as indented text.
    #[must_use]
    pub fn pretty(&self, id: NodeId) -> Pretty<'_> {
        Pretty::new(self, id)
    }

    /// A text span as a span of the input.
    #[must_use]
    pub fn to_source(&self, span: Span) -> Span {
        if span.end <= self.source_len {
            return span;
        }
        let start = self.source_position(span.start);
        let end = if span.end > span.start {
            self.source_position(span.end - 1).saturating_add(1)
        } else {
            start
        };
        Span::new(start, end.min(self.source_len))
    }

    fn source_position(&self, position: u32) -> u32 {
        if position < self.source_len {
            return position;
        }
        match self.segment_after(position).checked_sub(1) {
            Some(index) => self.position_in(index, position),
            None => self.source_len,
        }
    }

    /// The piece of decoded text after the one that holds the position.
    pub(crate) fn segment_after(&self, position: u32) -> usize {
        self.segments
            .partition_point(|segment| segment.text <= position)
    }

    /// Where a position of the text, in this piece of decoded text, stands in the input.
    pub(crate) fn position_in(&self, piece: usize, position: u32) -> u32 {
        let found = self.segments.get(piece);
        found.map_or(self.source_len, |segment| {
            let offset = position.saturating_sub(segment.text);
            segment.source.saturating_add(offset).min(self.source_len)
        })
    }

    pub(crate) fn name(&self, index: u32) -> &[u8] {
        self.names
            .get(index as usize)
            .copied()
            .unwrap_or_default()
            .of(&self.text)
    }
}

impl Connector {
    pub(crate) const fn from_byte(byte: u8) -> Self {
        match byte {
            1 => Self::Semicolon,
            2 => Self::Newline,
            3 => Self::Background,
            4 => Self::And,
            5 => Self::Or,
            6 => Self::Pipe,
            7 => Self::PipeBoth,
            8 => Self::Break,
            9 => Self::FallThrough,
            10 => Self::TestNext,
            _ => Self::None,
        }
    }
}
