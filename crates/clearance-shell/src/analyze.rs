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
mod world;

use std::rc::Rc;

use clearance_core::Span;

use crate::invocation::{Analysis, Dialect, Env, Limits, Opaque, Reason};
use crate::parse::Parser;
use crate::tree::Script;

use machine::{Machine, Task};

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
    tasks: Vec<Task>,
}

impl Analyzer {
    /// An analyser without any buffers yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// As [`analyze`].
    pub fn analyze(&mut self, script: &[u8], env: &Env) -> Analysis {
        if script.len() > env.limits.bytes as usize {
            return too_long(script.len());
        }
        self.parse(script, env);
        let tasks = std::mem::take(&mut self.tasks);
        let mut machine = Machine::new(env, Rc::clone(&self.script), tasks);
        machine.run();
        let (analysis, tasks) = machine.finish();
        self.tasks = tasks;
        analysis
    }

    fn parse(&mut self, text: &[u8], env: &Env) {
        let same = self
            .parser
            .as_ref()
            .is_some_and(|(dialect, limits, _)| (*dialect, *limits) == (env.dialect, env.limits));
        if !same {
            self.parser = Some((
                env.dialect,
                env.limits,
                Parser::new(env.dialect, env.limits),
            ));
        }
        if Rc::get_mut(&mut self.script).is_none() {
            self.script = Rc::default();
        }
        if let (Some((.., parser)), Some(script)) =
            (&mut self.parser, Rc::get_mut(&mut self.script))
        {
            parser.parse_into(text, script);
        }
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
