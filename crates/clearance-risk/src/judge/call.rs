//! Where a command runs, and a command as its pack reads it.

use std::borrow::Cow;

use clearance_core::Span;
use clearance_shell::invocation::{Assignment, Cwd, Invocation, Stdin, Stdout, Word};

use crate::arg::Arg;
use crate::matcher::{Given, Parsed};
use crate::store::{Command, Program};

/// The circumstances of a call.
#[derive(Clone, Debug)]
pub struct Site<'s> {
    /// The invocation of the script that leads here.
    pub invocation: &'s Invocation,
    /// The working directory.
    pub cwd: Cow<'s, Cwd>,
    /// Where standard input comes from.
    pub stdin: &'s Stdin,
    /// Variables set for this call, besides [`Invocation::assignments`].
    pub env: &'s [Assignment],
}

impl<'s> Site<'s> {
    /// As the script has it.
    #[must_use]
    pub fn new(invocation: &'s Invocation) -> Self {
        Self {
            invocation,
            cwd: Cow::Borrowed(&invocation.cwd),
            stdin: &invocation.stdin,
            env: &[],
        }
    }

    /// Where standard output goes.
    #[must_use]
    pub fn stdout(&self) -> &'s Stdout {
        &self.invocation.stdout
    }

    /// The last value of a variable that the script sets for this call.
    #[must_use]
    pub fn variable(&self, name: &[u8]) -> Option<&'s Word> {
        let here = self
            .env
            .iter()
            .rev()
            .chain(self.invocation.assignments.iter().rev());
        here.chain(self.invocation.exported.iter().rev())
            .find(|a| &*a.name == name)
            .map(|a| &a.value)
    }
}

/// One call of a known program, its words read.
#[derive(Debug)]
pub struct Call<'c> {
    /// The program.
    pub program: Program<'c>,
    /// All words, the program's name first.
    pub argv: &'c [Word],
    /// The words as read: sub-command, options, operands.
    pub parsed: Parsed<'c>,
    /// The circumstances.
    pub site: &'c Site<'c>,
}

impl<'c> Call<'c> {
    /// The canonical name of the program.
    #[must_use]
    pub fn name(&self) -> &'c str {
        self.program.name()
    }

    /// The program as the command names it, for messages.
    #[must_use]
    pub fn called(&self) -> &'c str {
        self.program.called()
    }

    /// The sub-command's path, empty without one.
    #[must_use]
    pub fn path(&self) -> &'c str {
        self.parsed.command.path
    }

    /// The (sub-)command's spec.
    #[must_use]
    pub const fn command(&self) -> &Command<'c> {
        &self.parsed.command
    }

    /// The options, in order.
    #[must_use]
    pub fn options(&self) -> &[Given<'c>] {
        &self.parsed.options
    }

    /// One of these options was given (full names, with dashes).
    #[must_use]
    pub fn has(&self, names: &[&str]) -> bool {
        self.parsed
            .options
            .iter()
            .any(|o| names.contains(&o.spec.name))
    }

    /// The value of the last of these options.
    #[must_use]
    pub fn value(&self, names: &[&str]) -> Option<Arg<'c>> {
        self.values(names).last()
    }

    /// The values of all of these options, in order.
    pub fn values<'n>(&'n self, names: &'n [&'n str]) -> impl Iterator<Item = Arg<'c>> + 'n {
        self.parsed
            .options
            .iter()
            .filter(|o| names.contains(&o.spec.name))
            .filter_map(|o| o.value)
    }

    /// The command that an option takes (`fd -x COMMAND...`).
    #[must_use]
    pub fn rest(&self) -> Option<&'c [Word]> {
        self.argv.get(self.parsed.rest?..)
    }

    /// The operands.
    pub fn operands(&self) -> impl DoubleEndedIterator<Item = Arg<'c>> + ExactSizeIterator + '_ {
        self.parsed.operands.iter().map(|&(_, arg)| arg)
    }

    /// The operand at this place.
    #[must_use]
    pub fn operand(&self, index: usize) -> Option<Arg<'c>> {
        self.parsed.operands.get(index).map(|&(_, arg)| arg)
    }

    /// The words from the operand at this place to the end, options among them included:
    /// an inner command.
    #[must_use]
    pub fn from_operand(&self, index: usize) -> &'c [Word] {
        match self.parsed.operands.get(index) {
            Some(&(at, _)) => self.argv.get(at..).unwrap_or_default(),
            None => &[],
        }
    }

    /// The whole call.
    #[must_use]
    pub fn span(&self) -> Span {
        match (self.argv.first(), self.argv.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => self.site.invocation.span,
        }
    }
}
