//! Loops, to a fixed point.
//!
//! The body runs until the state at its head covers what comes back from its end. What a
//! round changes is first joined, then widened, so that a few rounds are enough; only the
//! last one, which covers the others, is reported.

use super::machine::{Machine, Src, Task};
use super::place;
use super::state::{self, Attrs, Cell, Changes, Held, Sym, Var};
use super::value;
use crate::expand::Variable;
use crate::invocation::{Bytes, Dynamic, Glob, Piece, Reason, Value};
use crate::tree::{Kind, NodeId};

/// Rounds after which what still changes becomes entirely unknown.
const PATIENCE: u8 = 3;

/// A loop that is running.
#[derive(Debug)]
pub(super) struct LoopFrame {
    src: Src,
    id: NodeId,
    kind: LoopKind,
    mark: usize,
    dead: bool,
    rounds: u8,
    /// How much had been reported before.
    invocations: usize,
    opaque: usize,
    written: usize,
    /// The state at the head, as changes of the state before.
    head: Changes,
    /// Paths that leave by `break`, or because the condition failed.
    exits: Vec<Changes>,
    /// Paths that begin the next round by `continue`.
    again: Vec<Changes>,
}

#[derive(Debug)]
enum LoopKind {
    While,
    /// The variable, what it runs over, and that there is at least one item.
    For(Sym, Variable, bool),
    Arith,
}

impl Machine<'_> {
    fn start_loop(&mut self, src: Src, id: NodeId, kind: LoopKind) {
        self.enter();
        self.repeated();
        let frame = LoopFrame {
            src,
            id,
            kind,
            mark: self.state.mark(),
            dead: self.dead,
            rounds: 0,
            invocations: self.reported(),
            opaque: self.out.opaque.len(),
            written: self.out.written.len(),
            head: Vec::new(),
            exits: Vec::new(),
            again: Vec::new(),
        };
        self.loops.push(frame);
        self.round();
    }

    /// Starts one round from the head.
    fn round(&mut self) {
        let Some(frame) = self.loops.last() else {
            return;
        };
        let (src, id) = (frame.src, frame.id);
        let head = frame.head.clone();
        let item = match &frame.kind {
            LoopKind::For(sym, item, _) => Some((*sym, item.clone())),
            LoopKind::While | LoopKind::Arith => None,
        };
        let arith = matches!(frame.kind, LoopKind::Arith);
        self.dead = frame.dead;
        self.charge(1 + head.len());
        self.state.apply(head);
        self.exported = None;
        if let Some((sym, value)) = item {
            let attrs = self
                .state
                .var(sym)
                .map_or(Attrs::default(), |var| var.attrs);
            let var = Var {
                value,
                attrs: attrs.with(Attrs::SEEN),
            };
            self.set_cell(sym, var);
            self.loop_body(src, id);
        } else if arith {
            self.arith_part(1);
        } else {
            let script = self.script(src);
            if let Some(condition) = script.while_loop(id).condition {
                self.tasks.push(Task::LoopCondition);
                self.start_list(src, condition);
            }
        }
    }

    fn loop_body(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        self.tasks.push(Task::LoopBody);
        let body = script
            .children(id)
            .filter(|child| script.kind(*child) == Kind::List)
            .last();
        if let Some(body) = body {
            self.start_list(src, body);
        }
    }

    // --- while, until

    pub(super) fn start_while(&mut self, src: Src, id: NodeId) {
        self.start_loop(src, id, LoopKind::While);
    }

    pub(super) fn loop_condition_done(&mut self) {
        let Some(frame) = self.loops.last() else {
            return;
        };
        let (src, id, mark) = (frame.src, frame.id, frame.mark);
        let until = self.script(src).kind(id) == Kind::Until;
        self.state.settle();
        // `while true` ends only by `break`.
        if !self.dead && self.status != Some(!until) {
            let changes = self.state.changes(mark);
            self.charge(changes.len());
            if let Some(frame) = self.loops.last_mut() {
                frame.exits.push(changes);
            }
        }
        self.loop_body(src, id);
    }

    // --- for over words

    pub(super) fn start_for(&mut self, src: Src, id: NodeId) {
        let script = self.script(src);
        let for_loop = script.for_loop(id);
        let select = script.kind(id) == Kind::Select;
        let sym = self.sym(for_loop.name);
        let (item, some) = match for_loop.words {
            None => match self.state.args().clone() {
                Some(args) => (self.any_of(&args), !args.is_empty()),
                None => (Value::Dynamic(value::unknown(Reason::Parameter)), false),
            },
            Some(words) => {
                let mut list = Vec::with_capacity(words.len());
                for word in words {
                    self.expander().arguments(&script, word, &mut list);
                }
                let some = list.iter().any(|word| surely_a_word(&word.value));
                let values: Vec<Value> = list.into_iter().map(|word| word.value).collect();
                (self.any_of(&values), some)
            }
        };
        let item = if select {
            self.set_unknown(b"REPLY");
            // Any other answer gives an empty text.
            value::join(&item, &value::fixed(b""), self.state.most)
        } else {
            item
        };
        self.start_loop(src, id, LoopKind::For(sym, Variable::Scalar(item), some));
    }

    /// One of these words.
    fn any_of(&mut self, words: &[Value]) -> Value {
        self.charge(words.len());
        let most = self.state.most;
        let known: Option<Vec<Bytes>> = words
            .iter()
            .map(|word| value::alternatives(word).map(<[Bytes]>::to_vec))
            .collect::<Option<Vec<_>>>()
            .map(|all| all.concat());
        if let Some(all) = known {
            return value::one_of(all, most);
        }
        words
            .iter()
            .map(one_item)
            .reduce(|a, b| value::join(&a, &b, most))
            .unwrap_or_else(|| value::fixed(b""))
    }

    // --- for ((;;))

    pub(super) fn start_arith_for(&mut self, src: Src, id: NodeId) {
        self.start_loop(src, id, LoopKind::Arith);
        // The first expression runs once, before the first round's condition; `round` has
        // scheduled that condition already.
        self.schedule_arith(src, id, 0);
    }

    /// Schedules the substitutions and the evaluation of the n-th expression.
    fn schedule_arith(&mut self, src: Src, id: NodeId, part: usize) {
        let script = self.script(src);
        let arith = script
            .children(id)
            .filter(|child| script.kind(*child) == Kind::Arith)
            .nth(part);
        let base = self.results.len();
        if let Some(arith) = arith {
            self.gather(&script, arith);
        }
        self.tasks.push(Task::LoopArith(base, part));
        self.schedule(src);
    }

    fn arith_part(&mut self, part: usize) {
        if let Some(frame) = self.loops.last() {
            let (src, id) = (frame.src, frame.id);
            self.schedule_arith(src, id, part);
        }
    }

    pub(super) fn loop_arith(&mut self, base: usize, part: usize) {
        let Some(frame) = self.loops.last() else {
            return;
        };
        let (src, id, mark) = (frame.src, frame.id, frame.mark);
        let script = self.script(src);
        let arith = script
            .children(id)
            .filter(|child| script.kind(*child) == Kind::Arith)
            .nth(part);
        if let Some(arith) = arith.filter(|arith| script.first_child(*arith).is_some()) {
            self.arithmetic(&script, arith);
        }
        self.results.truncate(base);
        match part {
            0 => {
                // What the first expression set belongs to the state before the loop.
                let mark = self.state.mark();
                if let Some(frame) = self.loops.last_mut() {
                    frame.mark = mark;
                }
            }
            1 => {
                if !self.dead {
                    let changes = self.state.changes(mark);
                    self.charge(changes.len());
                    if let Some(frame) = self.loops.last_mut() {
                        frame.exits.push(changes);
                    }
                }
                self.loop_body(src, id);
            }
            _ => self.end_round(),
        }
    }

    // --- rounds

    pub(super) fn loop_body_done(&mut self) {
        self.state.settle();
        let Some(frame) = self.loops.last() else {
            return;
        };
        if !matches!(frame.kind, LoopKind::Arith) {
            self.end_round();
            return;
        }
        // `continue` goes on with the third expression.
        let (mark, dead) = (frame.mark, frame.dead);
        let mut again = self
            .loops
            .last_mut()
            .map(|frame| std::mem::take(&mut frame.again));
        if let Some(again) = again.as_mut().filter(|again| !again.is_empty()) {
            self.meet(mark, dead, again);
        }
        self.arith_part(2);
    }

    fn end_round(&mut self) {
        let Some(mut frame) = self.loops.pop() else {
            return;
        };
        let mut back = std::mem::take(&mut frame.again);
        if !self.dead {
            back.push(self.state.changes(frame.mark));
        }
        self.charge(back.iter().map(Vec::len).sum());
        self.state.roll_back(frame.mark);
        self.exported = None;
        let item = match &frame.kind {
            LoopKind::For(sym, ..) => Some(Cell::Var(*sym)),
            LoopKind::While | LoopKind::Arith => None,
        };
        if self.cover(&mut frame, &back, item) {
            self.end_loop(frame, back);
            return;
        }
        frame.rounds = frame.rounds.saturating_add(1);
        frame.exits.clear();
        self.forget_reports(&frame);
        self.loops.push(frame);
        self.round();
    }

    /// Makes the head cover what comes back. `true` if it did already.
    fn cover(&mut self, frame: &mut LoopFrame, back: &[Changes], item: Option<Cell>) -> bool {
        let mut covered = true;
        let mut all: Vec<&(Cell, Held)> = back.iter().flatten().collect();
        all.sort_by_key(|(cell, _)| *cell);
        for (cell, held) in all {
            if Some(*cell) == item {
                continue;
            }
            let place = frame.head.iter().position(|(known, _)| known == cell);
            let known = match place.and_then(|at| frame.head.get(at)) {
                Some((_, known)) => known.clone(),
                None => self.state.get(*cell),
            };
            let mut joined = state::join(&known, held, self.state.most);
            forget_sources(&mut joined, frame.invocations);
            if joined == known {
                continue;
            }
            covered = false;
            if frame.rounds >= 1 {
                joined = state::widen(joined);
            }
            if frame.rounds >= PATIENCE {
                joined = hopeless(joined);
            }
            match place.and_then(|at| frame.head.get_mut(at)) {
                Some(entry) => entry.1 = joined,
                None => frame.head.push((*cell, joined)),
            }
        }
        covered
    }

    fn end_loop(&mut self, frame: LoopFrame, back: Vec<Changes>) {
        let mut exits = frame.exits;
        if let LoopKind::For(_, _, some) = frame.kind {
            exits.extend(back);
            if !some {
                exits.push(Vec::new());
            }
        }
        self.dead = true;
        self.meet(frame.mark, frame.dead, &mut exits);
        self.status = None;
    }

    /// Takes back what a round reported that will be run again.
    fn forget_reports(&mut self, frame: &LoopFrame) {
        self.unreport(frame.invocations);
        self.out.opaque.truncate(frame.opaque);
        self.out.written.truncate(frame.written);
        self.forget_printers(frame.invocations);
    }

    /// `break` and `continue`: the path ends here and goes on elsewhere.
    pub(super) fn jump(&mut self, levels: Option<usize>, again: bool) {
        let depth = self.loops.len();
        // A function does not see the loops around its call.
        let base = self.calls.last().map_or(0, |call| call.loops);
        if depth <= base {
            return;
        }
        // An unknown number could mean any of the loops.
        let lowest = levels.map_or(base, |levels| depth.saturating_sub(levels.max(1)).max(base));
        self.leaves_trap(lowest, usize::MAX);
        let targets = match levels {
            Some(levels) => {
                let at = depth.saturating_sub(levels.max(1)).max(base);
                at..at + 1
            }
            None => base..depth,
        };
        for at in targets {
            let Some(mark) = self.loops.get(at).map(|frame| frame.mark) else {
                continue;
            };
            let changes = self.state.changes(mark);
            self.charge(changes.len());
            if let Some(frame) = self.loops.get_mut(at) {
                if again {
                    &mut frame.again
                } else {
                    &mut frame.exits
                }
                .push(changes);
            }
        }
        self.dead = true;
    }
}

/// A word of a loop's list, as the variable sees it.
fn one_item(word: &Value) -> Value {
    match word {
        Value::Glob(glob) => Value::Glob(Glob {
            pattern: glob.pattern.clone(),
            single: true,
            may_vanish: false,
        }),
        Value::Dynamic(dynamic) if dynamic.may_split => Value::Dynamic(Dynamic {
            // The ends are those of the first and the last word only.
            prefix: value::no_bytes(),
            suffix: value::no_bytes(),
            may_split: !dynamic.numeric,
            may_vanish: false,
            pieces: match dynamic.pieces() {
                [Piece::Output(by) | Piece::Item(by)] => Some([Piece::Item(*by)].into()),
                [Piece::Number] => Some([Piece::Number].into()),
                _ => None,
            },
            ..dynamic.clone()
        }),
        other => value::content(other),
    }
}

fn surely_a_word(word: &Value) -> bool {
    match word {
        Value::Static(_) | Value::OneOf(_) => true,
        Value::Glob(_) => false,
        Value::Dynamic(dynamic) => !dynamic.may_vanish,
    }
}

fn hopeless(held: Held) -> Held {
    match held {
        Held::Var(var) => Held::Var(Var {
            value: var
                .value
                .unlisted()
                .unwrap_or(Variable::Unknown(Reason::UnknownVariable)),
            attrs: var.attrs,
        }),
        other => other,
    }
}

/// Values do not refer to commands that will be reported anew, perhaps under another number.
pub(super) fn forget_sources(held: &mut Held, kept: usize) {
    match held {
        Held::Var(var) => match &mut var.value {
            Variable::Scalar(value) => forget_in(value, kept),
            Variable::Indexed(items) => {
                items
                    .iter_mut()
                    .for_each(|(_, value)| forget_in(value, kept));
            }
            Variable::Associative(items) => {
                items
                    .iter_mut()
                    .for_each(|(_, value)| forget_in(value, kept));
            }
            Variable::Unset | Variable::Unlisted { .. } | Variable::Unknown(_) => {}
        },
        Held::Args(Some(all)) => {
            let changed = all.iter().cloned().map(|mut value| {
                forget_in(&mut value, kept);
                value
            });
            *all = changed.collect();
        }
        Held::Place(place) => {
            place::forget_from(&mut place.now, kept);
            let others = place.otherwise.iter_mut().chain(&mut place.before);
            others.for_each(|cwd| place::forget_from(cwd, kept));
        }
        Held::Stack(Some(stack)) => {
            let changed = stack.iter().cloned().map(|mut cwd| {
                place::forget_from(&mut cwd, kept);
                cwd
            });
            *stack = changed.collect();
        }
        _ => {}
    }
}

fn forget_in(value: &mut Value, kept: usize) {
    if let Value::Dynamic(dynamic) = value {
        dynamic.forget_from(kept);
    }
}
