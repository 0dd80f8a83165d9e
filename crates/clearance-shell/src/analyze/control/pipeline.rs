//! Pipelines.

use crate::analyze::machine::{Machine, Src, Task};
use crate::analyze::state::Opt;
use crate::invocation::{Stdin, Stdout, Value};
use crate::tree::{Connector, Flags as Marks, NodeId};

impl Machine<'_> {
    pub(super) fn pipeline(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let Some(first) = script.first_child(id) else {
            self.status = None;
            return;
        };
        if script.next_sibling(first).is_none() {
            self.tasks
                .push(Task::Negate(script.flags(id).has(Marks::NEGATED)));
            self.command(src, first);
            return;
        }
        self.feeds.push(self.context.stdin.clone());
        self.files.enter_pipeline();
        self.pipe_element(src, first, true);
    }

    pub(in crate::analyze) fn negate(&mut self, negated: bool) {
        if negated {
            self.state.settle();
            self.status = None;
        }
    }

    fn pipe_element(&mut self, src: Src, id: NodeId, first: bool) {
        let script = self.script(src);
        let last = script.next_sibling(id).is_none();
        let around = self.files.enter_member();
        self.tasks.push(Task::Pipe(src, id, around));
        self.subshell();
        if !first {
            let stdin = self.feeds.last().cloned().unwrap_or_default();
            self.set_stdin(stdin);
        }
        if !last {
            let errors = script.connector(id) == Connector::PipeBoth;
            self.open_sink(Stdout::Pipe);
            self.context.errors_too = errors;
        }
        if last && self.state.options().may_be_on(Opt::LastPipe) {
            // Then it runs in this shell after all.
            self.forget_variables();
        }
        self.command(src, id);
    }

    pub(in crate::analyze) fn pipe_next(&mut self, src: Src, id: NodeId, around: u32) {
        let script = self.script(src);
        self.files.leave_member(around);
        let Some(next) = script.next_sibling(id) else {
            self.feeds.pop();
            self.files.leave_pipeline();
            self.status = None;
            if self.state.options().may_be_on(Opt::LastPipe) {
                self.forget_variables();
            }
            return;
        };
        let (text, sources) = self.close_sink();
        let feed = match text {
            Value::Static(text) => Stdin::Text(text),
            _ => Stdin::Pipe(sources),
        };
        if let Some(last) = self.feeds.last_mut() {
            *last = feed;
        }
        self.pipe_element(src, next, false);
    }
}
