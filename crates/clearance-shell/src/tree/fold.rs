//! Records that stand for several nodes.
//!
//! Much of a script are nodes that hold nothing but one other: a list of one command of one
//! word (`$(pwd)`, `then exit; fi`), and words of one part (`"$x"`). Such a chain has one
//! record in the arena, since memory that is touched for the first time is what a parse costs;
//! so have a mark of brace expansion and the text after it. The two highest bits of a [`NodeId`]
//! say which node of the record is meant, in source order, from the outside in. Nobody sees it
//! who asks [`Script`](super::Script).

use super::{Flags, Kind, Node, NodeId};

/// Where the bits begin that say which node of a chain is meant.
const SHIFT: u32 = 30;

impl Flags {
    /// The record of a `List`, the one `Simple` in it, and the one plain `Word` in that. It is
    /// the word; `op` and `data` tell the operator after the command and the start of the list.
    pub(crate) const ONE_WORD: Self = Self(1 << 14);
    /// The record of a `Word` and its only part, which has the same text. It is the part.
    pub(crate) const ONE_PART: Self = Self(1 << 15);
    /// The record of one of the marks `{ , }` and the `Literal` right after it. It is the mark,
    /// and ends where the literal ends.
    const MARK: Self = Self(Self::ONE_WORD.0 | Self::ONE_PART.0);
    const FOLDED: u16 = Self::MARK.0;

    /// The part of a word makes the word a quoted one.
    pub(crate) const fn of_word_around(kind: Kind) -> Self {
        match kind {
            Kind::Escape | Kind::SingleQuote | Kind::DoubleQuote | Kind::AnsiQuote => Self::QUOTED,
            _ => Self::NONE,
        }
    }
}

impl NodeId {
    /// The place of the record in the arena.
    pub(crate) const fn record(self) -> usize {
        (self.0 & ((1 << SHIFT) - 1)) as usize
    }

    /// Which node of the record.
    const fn level(self) -> u32 {
        self.0 >> SHIFT
    }

    const fn at_level(self, level: u32) -> Self {
        Self(self.0 & ((1 << SHIFT) - 1) | level << SHIFT)
    }
}

impl Node {
    #[inline]
    pub(crate) const fn is_folded(&self) -> bool {
        self.flags.0 & Flags::FOLDED != 0
    }

    /// The text from the end of a mark up to `end` joins its record. Gives the literal, or
    /// `None` when this is something else than a mark that ends at `start`.
    #[inline]
    pub(crate) fn join_literal(&mut self, id: NodeId, start: u32, end: u32) -> Option<NodeId> {
        let mark = matches!(
            self.kind,
            Kind::BraceOpen | Kind::BraceComma | Kind::BraceClose
        );
        if !mark || self.is_folded() || self.end != start {
            return None;
        }
        self.flags = self.flags.with(Flags::MARK);
        self.end = end;
        Some(id.at_level(1))
    }

    /// The nodes that the record at `index` stands for.
    pub(crate) fn ids(&self, index: u32) -> impl Iterator<Item = NodeId> + use<> {
        let levels = match self.flags.0 & Flags::FOLDED {
            0 => 1,
            bits if bits == Flags::ONE_WORD.0 => 3,
            _ => 2,
        };
        (0..levels).map(move |level| NodeId(index).at_level(level))
    }

    /// One of the nodes of a folded record.
    pub(crate) const fn unfold(&self, id: NodeId) -> Self {
        let (level, below) = (id.level(), id.at_level(id.level() + 1));
        let mut node = *self;
        node.flags = Flags(self.flags.0 & !Flags::FOLDED);
        if self.flags.has(Flags::MARK) {
            if level == 0 {
                (node.end, node.next) = (self.start + 1, below);
            } else {
                (node.kind, node.start) = (Kind::Literal, self.start + 1);
            }
            return node;
        }
        if self.flags.has(Flags::ONE_PART) {
            if level == 0 {
                node.kind = Kind::Word;
                node.flags = Flags::of_word_around(self.kind);
                (node.child, node.data, node.op) = (below, 0, 0);
            } else {
                node.next = NodeId::NONE;
            }
            return node;
        }
        node.data = 0;
        if level < 2 {
            node.flags = Flags::NONE;
            node.child = below;
        }
        if level > 0 {
            node.next = NodeId::NONE;
        }
        if level != 1 {
            node.op = 0;
        }
        match level {
            0 => (node.kind, node.start) = (Kind::List, self.data),
            1 => node.kind = Kind::Simple,
            _ => {}
        }
        node
    }
}
