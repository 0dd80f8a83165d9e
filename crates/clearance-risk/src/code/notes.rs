//! Collects what an analyser of a small language finds.

use clearance_core::{Effect, Span};
use clearance_shell::invocation::{Dynamic, Reason, Value};

use super::{CodeAct, CodeReport, CodeTarget};

/// A report being written.
#[derive(Debug, Default)]
pub(super) struct Notes {
    report: CodeReport,
}

impl Notes {
    /// Notes one effect, once.
    pub(super) fn act(&mut self, effect: Effect, target: CodeTarget, start: usize, end: usize) {
        let double = |a: &CodeAct| a.effect == effect && a.target == target;
        if self.report.acts.len() >= 512 {
            self.unknown(start, end, "it does too many things");
        } else if !self.report.acts.iter().any(double) {
            self.report.acts.push(CodeAct {
                effect,
                target,
                span: span(start, end),
            });
        }
    }

    /// Notes something that was not understood.
    pub(super) fn unknown(&mut self, start: usize, end: usize, why: &'static str) {
        let at = (span(start, end), why);
        if self.report.unknown.len() < 64 && !self.report.unknown.contains(&at) {
            self.report.unknown.push(at);
        }
    }

    pub(super) fn finish(self) -> CodeReport {
        self.report
    }
}

/// Known bytes.
pub(super) fn fixed(bytes: &[u8]) -> Value {
    Value::Static(bytes.into())
}

/// Bytes of which at most the beginning is known.
pub(super) fn begins(prefix: &[u8]) -> Value {
    Value::Dynamic(Dynamic {
        prefix: prefix.into(),
        may_split: false,
        may_vanish: false,
        may_start_dash: prefix.is_empty(),
        ..Dynamic::unknown(Reason::UnknownVariable)
    })
}

pub(super) fn span(start: usize, end: usize) -> Span {
    let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span::new(clip(start), clip(end))
}
