//! The buffers of a machine, kept from one text to the next.

use std::rc::Rc;

use super::context::{Context, Subshell};
use super::sink::Sink;
use super::{Src, Task};
use crate::analyze::control::Chain;
use crate::invocation::{Invocation, Stdin, Value};
use crate::tree::{NodeId, Script};

/// Empty vectors with room in them.
#[derive(Debug, Default)]
pub(in crate::analyze) struct Buffers {
    pub(super) tasks: Vec<Task>,
    pub(super) scripts: Vec<Rc<Script>>,
    pub(super) outer: Vec<Context>,
    pub(super) sinks: Vec<Sink>,
    pub(super) read: Vec<bool>,
    pub(super) subshells: Vec<Subshell>,
    pub(super) results: Vec<(Src, NodeId, Value)>,
    pub(super) found: Vec<NodeId>,
    pub(super) descent: Vec<NodeId>,
    pub(super) chains: Vec<Chain>,
    pub(super) feeds: Vec<Stdin>,
    pub(super) invocations: Vec<Invocation>,
    pub(super) lasting: Vec<bool>,
}

impl Buffers {
    pub(super) fn emptied(mut self) -> Self {
        self.tasks.clear();
        self.scripts.clear();
        self.outer.clear();
        self.sinks.clear();
        self.read.clear();
        self.subshells.clear();
        self.results.clear();
        self.found.clear();
        self.descent.clear();
        self.chains.clear();
        self.feeds.clear();
        self.invocations.clear();
        self.lasting.clear();
        self
    }
}
