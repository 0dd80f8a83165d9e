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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invocation::{Dialect, Limits};
    use crate::parse;
    use crate::tree::{Connector, Script};

    /// Kind, text, and connector of every node, and how deep it lies.
    fn outline(script: &Script) -> Vec<(u32, Kind, &[u8], Connector)> {
        let mut walk = script.walk(script.root());
        let mut out = Vec::new();
        while let Some(id) = walk.next() {
            let (kind, text) = (script.kind(id), script.text(id));
            out.push((walk.depth(), kind, text, script.connector(id)));
        }
        out
    }

    #[test]
    fn a_folded_record_shows_every_node() {
        let script = parse(b"a $( b; )", Dialect::Bash, Limits::default());
        let none = Connector::None;
        let expected: [(u32, Kind, &[u8], Connector); 8] = [
            (0, Kind::List, b"a $( b; )", none),
            (1, Kind::Simple, b"a $( b; )", none),
            (2, Kind::Word, b"a", none),
            (2, Kind::Word, b"$( b; )", none),
            (3, Kind::CommandSub, b"$( b; )", none),
            (4, Kind::List, b" b", none),
            (5, Kind::Simple, b"b", Connector::Semicolon),
            (6, Kind::Word, b"b", none),
        ];
        assert_eq!(outline(&script), expected);
        assert!(script.nodes.len() < expected.len());

        let script = parse(b"{a,'b'}c", Dialect::Bash, Limits::default());
        let parts: Vec<(Kind, &[u8])> = script
            .walk(script.root())
            .skip(3)
            .map(|id| (script.kind(id), script.text(id)))
            .collect();
        let expected: [(Kind, &[u8]); 6] = [
            (Kind::BraceOpen, b"{"),
            (Kind::Literal, b"a"),
            (Kind::BraceComma, b","),
            (Kind::SingleQuote, b"'b'"),
            (Kind::BraceClose, b"}"),
            (Kind::Literal, b"c"),
        ];
        assert_eq!(parts, expected);
    }

    #[test]
    fn all_nodes_are_counted_and_found() {
        for text in [
            "if a; then b\nelse c; fi; while d; do e; done",
            "case a in (b) c;; d) e; f;; esac <(g) `h` \"`i`\"",
            "a \"$b\" 'c' $'d' {e,f}g x{1..3} ${y:-\"z\"} $(k) | l && (m) &",
            "((a)); (( (b) )); ((ls) ; pwd) $( (c) )",
            "a \"$(b",
            "if a; then b; fi fi",
        ] {
            let script = parse(text.as_bytes(), Dialect::Bash, Limits::default());
            let mut all: Vec<NodeId> = script.nodes().collect();
            assert_eq!(all.len(), script.len(), "{text}");
            let mut seen: Vec<NodeId> = script.walk(script.root()).collect();
            all.sort_unstable();
            seen.sort_unstable();
            assert!(script.is_complete() || seen.len() <= all.len(), "{text}");
            assert!(!script.is_complete() || seen == all, "{text}");
            for id in seen {
                let own = script.text_span(id);
                let inside = |child| {
                    let span = script.text_span(child);
                    own.start <= span.start && span.end <= own.end
                };
                let decoded = own.start < script.source_len;
                assert!(!decoded || script.children(id).all(inside), "{text}");
            }
        }
    }
}
