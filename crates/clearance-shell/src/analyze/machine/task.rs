//! What remains to be done: the tasks of the machine.

use super::Src;
use crate::analyze::state::Changes;
use crate::analyze::trap::{DueTraps, Trap};
use crate::invocation::{Bytes, Via, Word};
use crate::tree::NodeId;
use clearance_core::Span;

/// What remains to be done. The node is always that of the construct, or of the child that
/// has just been run.
#[derive(Debug)]
pub(in crate::analyze) enum Task {
    /// Run a command.
    Command(Src, NodeId),
    /// Run this child of a list, then those after it.
    Item(Src, NodeId),
    /// This operand of an and-or list has run.
    AndOr(Src, NodeId),
    /// This element of a pipeline has run.
    Pipe(Src, NodeId, u32),
    /// A pipeline of one command with `!` or `time` has run.
    Negate(bool),
    /// The words of a compound command are ready: its substitutions have run. The number is
    /// how many results there were before.
    Ready(Src, NodeId, usize),
    /// The words of a simple command are ready.
    Simple(Src, NodeId, usize),
    /// The words of an assignment (the second node) are ready; those after it are not.
    Assign(Src, NodeId, NodeId, usize),
    /// Run a command or process substitution for its output.
    Substitute(Src, NodeId),
    /// Its commands have run.
    Substituted(Src, NodeId),
    /// Leave a context.
    Leave,
    /// Leave a subshell: run its traps, then undo what it changed.
    EndSubshell,
    /// The traps of the subshell have run.
    EndSubshellNow,
    /// The condition of `if` has run; this is the list.
    Condition(Src, NodeId),
    /// A body of `if` has run.
    Branch(Src, NodeId),
    /// A body of `case` has run.
    CaseBody(Src, NodeId),
    /// The condition of `while` has run.
    LoopCondition,
    /// An expression (the number says which) of `for ((;;))` is ready.
    LoopArith(usize, usize),
    /// The body of a loop has run.
    LoopBody,
    /// Go on with the alternatives of one command.
    Alternative,
    /// A function body has run.
    Return,
    /// Run this text as code.
    Text(Bytes, Via, Span),
    /// The text of an alias is done.
    EndAlias,
    /// Run a trap.
    Trap(Trap),
    /// It has run.
    EndTrap,
    /// Run the traps of a shell that ends.
    DueTraps(DueTraps),
    /// The state becomes any that there was since a trap was set.
    Recall,
    /// Variables set for one command are put back.
    Restore(Changes),
    /// What the enclosing redirection into a file caught is stored.
    Store(Word, bool),
    /// The traps of the whole script are due.
    Traps,
}
