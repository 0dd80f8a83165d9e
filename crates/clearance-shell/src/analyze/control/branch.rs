//! `if` and `case`.

use crate::analyze::machine::{Machine, Src, Task, cost};
use crate::analyze::state::Changes;
use crate::analyze::value;
use crate::invocation::{Reason, Value};
use crate::tree::{Connector, Kind, NodeId};

/// An `if` or `case` that is running.
#[derive(Debug)]
pub(in crate::analyze) struct Branches {
    mark: usize,
    dead: bool,
    /// Paths that are done.
    done: Vec<Changes>,
    /// `if`: the path on which all conditions so far failed. `None`: it is dead.
    rest: Option<Changes>,
    /// `case`: the branch falls into the next.
    falls: Option<Changes>,
    /// `case`: some pattern surely matches.
    exhaustive: bool,
}
impl Machine<'_> {
    // --- if

    pub(super) fn start_if(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let Some(condition) = script.first_child(id) else {
            return;
        };
        self.branches.push(Branches {
            mark: self.state.mark(),
            dead: self.dead,
            done: Vec::new(),
            rest: None,
            falls: None,
            exhaustive: false,
        });
        self.tasks.push(Task::Condition(src, condition));
        self.start_list(src, condition);
    }

    pub(in crate::analyze) fn condition_done(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let Some(mark) = self.branches.last().map(|branches| branches.mark) else {
            return;
        };
        let rest = if self.dead {
            None
        } else {
            Some(self.changes_if(mark, false))
        };
        self.charge(rest.as_ref().map_or(0, Vec::len));
        if let Some(branches) = self.branches.last_mut() {
            branches.rest = rest;
        }
        self.state.refine(true);
        if let Some(body) = script.next_sibling(id) {
            self.tasks.push(Task::Branch(src, body));
            self.enter();
            self.conditional();
            self.start_list(src, body);
        }
    }

    pub(in crate::analyze) fn branch_done(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let Some(mut branches) = self.branches.pop() else {
            return;
        };
        if !self.dead {
            let changes = self.state.changes(branches.mark);
            self.charge(changes.len());
            branches.done.push(changes);
        }
        if !self.state.unchanged_since(branches.mark) {
            self.state.roll_back(branches.mark);
            self.exported = None;
        }
        match branches.rest.take() {
            Some(changes) => {
                self.dead = branches.dead;
                self.state.apply(changes);
            }
            None => self.dead = true,
        }
        self.status = None;
        let next = script
            .next_sibling(id)
            .filter(|next| script.kind(*next) == Kind::List);
        let Some(next) = next else {
            let mut done = std::mem::take(&mut branches.done);
            self.meet(branches.mark, branches.dead, &mut done);
            return;
        };
        let body = script
            .next_sibling(next)
            .filter(|body| script.kind(*body) == Kind::List);
        self.branches.push(branches);
        match body {
            Some(_) => {
                self.tasks.push(Task::Condition(src, next));
                self.enter();
                self.conditional();
                self.start_list(src, next);
            }
            // `else`: no path is left after it.
            None => {
                self.tasks.push(Task::Branch(src, next));
                self.enter();
                self.conditional();
                self.start_list(src, next);
            }
        }
    }

    // --- case

    pub(super) fn start_case(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let case = script.case(id);
        let subject = match case.subject {
            Some(word) => self.expander().single(&script, word),
            None => Value::Dynamic(value::unknown(Reason::Syntax)),
        };
        let subject = subject.as_static().map(<[u8]>::to_vec);
        let mut exhaustive = false;
        for item in &case.items {
            if self.is_stopped() {
                break;
            }
            for pattern in script.case_item(*item).patterns {
                self.charge(cost::PATTERN);
                let pattern = self.expander().pattern(&script, pattern);
                let any = matches!(&pattern, Value::Glob(glob) if *glob.pattern == *b"*");
                let same = subject.is_some() && pattern.as_static() == subject.as_deref();
                exhaustive |= any || same;
            }
        }
        self.branches.push(Branches {
            mark: self.state.mark(),
            dead: self.dead,
            done: Vec::new(),
            rest: None,
            falls: None,
            exhaustive,
        });
        match case.items.first() {
            Some(first) => self.case_body(src, *first),
            None => self.end_case(),
        }
    }

    fn case_body(&mut self, src: Src, item: NodeId) {
        let script = self.script(src);
        self.tasks.push(Task::CaseBody(src, item));
        self.enter();
        self.conditional();
        if let Some(body) = script.case_item(item).body {
            self.start_list(src, body);
        }
    }

    pub(in crate::analyze) fn case_body_done(&mut self, src: Src, item: NodeId) {
        let script = self.script(src);
        self.state.settle();
        let Some(mut branches) = self.branches.pop() else {
            return;
        };
        let changes = (!self.dead).then(|| self.state.changes(branches.mark));
        self.charge(changes.as_ref().map_or(0, Vec::len));
        self.state.roll_back(branches.mark);
        self.exported = None;
        self.dead = branches.dead;
        match script.connector(item) {
            Connector::FallThrough | Connector::TestNext => {
                // The next body begins where this one ended, or afresh.
                if let Some(changes) = changes {
                    if script.connector(item) == Connector::TestNext {
                        branches.done.push(changes.clone());
                    }
                    branches.falls = Some(changes);
                }
            }
            _ => {
                branches.done.extend(changes);
                branches.falls = None;
            }
        }
        let falls = branches.falls.take();
        let next = script
            .next_sibling(item)
            .filter(|next| script.kind(*next) == Kind::CaseItem);
        if let Some(next) = next {
            if let Some(changes) = falls {
                self.meet(branches.mark, branches.dead, &mut vec![changes]);
            }
            self.branches.push(branches);
            self.case_body(src, next);
            return;
        }
        branches.done.extend(falls);
        self.branches.push(branches);
        self.end_case();
    }

    fn end_case(&mut self) {
        let Some(mut branches) = self.branches.pop() else {
            return;
        };
        let mut done = std::mem::take(&mut branches.done);
        // No pattern may match.
        self.dead = branches.exhaustive;
        self.meet(branches.mark, branches.dead, &mut done);
        self.status = None;
    }
}
