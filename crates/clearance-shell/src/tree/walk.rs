//! Iterators over a [`Script`]: children, and a whole subtree without recursion.

use super::{NodeId, Script};

/// The children of a node; see [`Script::children`].
#[derive(Clone, Debug)]
pub struct Children<'a> {
    script: &'a Script,
    next: NodeId,
}

impl<'a> Children<'a> {
    pub(super) const fn new(script: &'a Script, first: NodeId) -> Self {
        Self {
            script,
            next: first,
        }
    }
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let id = self.next.some()?;
        self.next = self.script.node(id).next;
        Some(id)
    }
}

/// A subtree in pre-order; see [`Script::walk`].
#[derive(Clone, Debug)]
pub struct Walk<'a> {
    script: &'a Script,
    /// Nodes whose subtrees are still to come, the next one last.
    pending: Vec<(NodeId, u32)>,
    root: NodeId,
    depth: u32,
}

impl<'a> Walk<'a> {
    pub(super) fn new(script: &'a Script, root: NodeId) -> Self {
        Self {
            script,
            pending: vec![(root, 0)],
            root,
            depth: 0,
        }
    }

    /// How deep the node that was returned last lies below the start.
    #[must_use]
    pub const fn depth(&self) -> u32 {
        self.depth
    }
}

impl Iterator for Walk<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let (id, depth) = self.pending.pop()?;
        self.depth = depth;
        let node = self.script.node(id);
        if id != self.root {
            if let Some(next) = node.next.some() {
                self.pending.push((next, depth));
            }
        }
        if let Some(child) = node.child.some() {
            self.pending.push((child, depth + 1));
        }
        Some(id)
    }
}
