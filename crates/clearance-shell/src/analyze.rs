//! Abstract execution: which commands a script could run.
//!
//! The tree is walked as a shell would run it, with values as far as they are known. Every
//! branch counts, loops run to a fixed point, and what is not known is said to be not known.
//! The contract is in [`crate::invocation`].
//!
//! `machine` is the stack of tasks; `control`, `loops` and `simple` run the constructs;
//! `builtin`, `declare`, `code` and `trap` what changes the shell itself; `state`, `value`, `place`
//! and `files` hold what is known; `world` answers word expansion; `output` knows what some
//! commands print.

mod assign;
mod builtin;
mod code;
mod control;
mod declare;
mod files;
mod loops;
mod machine;
mod output;
mod place;
mod redirect;
mod simple;
mod state;
#[cfg(test)]
mod tests;
mod trap;
mod value;
mod visit;
mod world;

use std::rc::Rc;

use clearance_core::Span;

use crate::invocation::{Analysis, Dialect, Env, Limits, Opaque, Reason};
use crate::parse::{Parser, Room};
use crate::tree::Script;

use machine::{Buffers, Machine};

pub use visit::{Progress, Visitor};

/// So many nodes of the tree are made at a time where commands are handed over.
const PIECE: usize = 512;

/// A tree has at most so many nodes for each step that may be made: more are hardly walked, and
/// a text within the usual limit on bytes has fewer.
const NODES: usize = 2;

/// How deep functions and decoded texts may call each other.
const MAX_DEPTH: u16 = 24;

/// Every simple command that `script` could run, in the order of execution of the text.
///
/// The result is a superset of what a real shell would run with this text as `bash -c`'s
/// argument. Where that is not possible, [`Analysis::opaque`] has a site.
///
/// # Examples
///
/// ```
/// use clearance_shell::{Env, analyze};
///
/// let analysis = analyze(b"x=main; cd /srv && git push origin \"$x\"", &Env::default());
/// assert!(analysis.complete && analysis.opaque.is_empty());
/// let push = analysis.invocations.last().expect("three commands");
/// let words: Vec<_> = push.argv.iter().filter_map(|word| word.as_static()).collect();
/// assert_eq!(words, [b"git".as_slice(), b"push", b"origin", b"main"]);
/// ```
#[must_use]
pub fn analyze(script: &[u8], env: &Env) -> Analysis {
    Analyzer::new().analyze(script, env)
}

/// An analyser that keeps its buffers; otherwise as [`analyze`].
///
/// # Examples
///
/// ```
/// use clearance_shell::{Analyzer, Env};
///
/// let mut analyzer = Analyzer::new();
/// for text in ["ls", "eval \"$x\""] {
///     let analysis = analyzer.analyze(text.as_bytes(), &Env::default());
///     assert_eq!(analysis.opaque.is_empty(), text == "ls");
/// }
/// ```
#[derive(Debug, Default)]
pub struct Analyzer {
    parser: Option<(Dialect, Limits, Parser)>,
    script: Rc<Script>,
    buffers: Buffers,
}

impl Analyzer {
    /// An analyser without any buffers yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// As [`analyze`].
    pub fn analyze(&mut self, script: &[u8], env: &Env) -> Analysis {
        self.run(script, env, None)
    }

    /// As [`analyze`], but the commands go to `visitor` while they are found, in the same
    /// order, and are not kept: [`Analysis::invocations`] of the result is empty. What is
    /// left takes little memory, however many commands there are.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_shell::analyze::{Progress, Visitor};
    /// use clearance_shell::{Analyzer, Env};
    ///
    /// #[derive(Default)]
    /// struct Count(usize);
    ///
    /// impl Visitor for Count {
    ///     fn visit(&mut self, progress: &Progress<'_>) {
    ///         self.0 += progress.new_invocations().len();
    ///     }
    /// }
    ///
    /// let mut count = Count::default();
    /// let text = "ls; ".repeat(1000);
    /// let analysis = Analyzer::new().visit(text.as_bytes(), &Env::default(), &mut count);
    /// assert_eq!(count.0, 1000);
    /// assert!(analysis.complete && analysis.invocations.is_empty());
    /// ```
    pub fn visit(&mut self, script: &[u8], env: &Env, visitor: &mut dyn Visitor) -> Analysis {
        self.run(script, env, Some(visitor))
    }

    fn run<'e>(
        &mut self,
        script: &[u8],
        env: &'e Env,
        visitor: Option<&'e mut dyn Visitor>,
    ) -> Analysis {
        if script.len() > env.limits.bytes as usize {
            return too_long(script.len());
        }
        // Nobody sees the tree of what was handed over.
        let most = (env.limits.steps as usize).saturating_mul(NODES);
        let piece = if visitor.is_some() { PIECE } else { most };
        let room = Room {
            piece: piece.min(most),
            most,
        };
        let mut tree = std::mem::take(&mut self.script);
        let parser = self.parser(env);
        let mut rest = parser.first_piece(script, Rc::make_mut(&mut tree), room);
        let buffers = std::mem::take(&mut self.buffers);
        let mut machine = Machine::new(env, tree, buffers);
        if let Some(visitor) = visitor {
            machine.visited_by(visitor);
        }
        machine.begin();
        machine.advance(rest.is_none());
        while let Some(at) = rest.filter(|_| !machine.is_stopped()) {
            machine.next_piece(|tree, keep| {
                let (list, more) = self.parser(env).next_piece(tree, at, room, keep);
                rest = more;
                list
            });
            machine.advance(rest.is_none());
        }
        machine.end();
        let (analysis, buffers, tree) = machine.finish();
        (self.buffers, self.script) = (buffers, tree);
        analysis
    }

    fn parser(&mut self, env: &Env) -> &mut Parser {
        let kept = self.parser.take();
        let kept =
            kept.filter(|(dialect, limits, _)| (*dialect, *limits) == (env.dialect, env.limits));
        let fresh = || {
            let parser = Parser::new(env.dialect, env.limits);
            (env.dialect, env.limits, parser)
        };
        &mut self.parser.insert(kept.unwrap_or_else(fresh)).2
    }
}

/// Nothing is read of a text beyond the limit.
fn too_long(length: usize) -> Analysis {
    let span = Span::new(0, u32::try_from(length).unwrap_or(u32::MAX));
    Analysis {
        opaque: vec![Opaque {
            span,
            reason: Reason::Limit,
        }],
        complete: false,
        ..Analysis::default()
    }
}
