//! Sinks: what collects the output of commands.

use std::sync::Arc;

use super::{Machine, cost};
use crate::analyze::value::{self, Text};
use crate::invocation::{Piece, Reason, Stdout, Value};

/// Something that collects output.
#[derive(Debug)]
pub(in crate::analyze) struct Sink {
    text: Text,
    sources: Vec<u32>,
    /// The command that printed something.
    printer: Option<u32>,
    /// Others did too, or it did so several times, or errors came in.
    mixed: bool,
    /// Something may have come in on other ways than by `print`.
    leaky: bool,
    /// How many invocations there were when it was opened.
    first: u32,
    conditions: u16,
    repeats: u16,
}

impl Machine<'_> {
    /// Starts to collect output; the context's standard output flows there.
    pub(in crate::analyze) fn open_sink(&mut self, stdout: Stdout) {
        self.charge(cost::SINK);
        self.sinks.push(Sink {
            text: Text::default(),
            sources: Vec::new(),
            printer: None,
            mixed: false,
            leaky: false,
            first: u32::try_from(self.out.invocations.len()).unwrap_or(u32::MAX),
            conditions: self.context.conditions,
            repeats: self.context.repeats,
        });
        self.context.stdout = stdout;
        self.context.sink = self.sinks.len().checked_sub(1);
        self.context.errors_too = false;
    }

    /// Stops to collect output.
    pub(in crate::analyze) fn close_sink(&mut self) -> (Value, Arc<[u32]>) {
        match self.sinks.pop() {
            Some(sink) if sink.leaky => {
                let last = u32::try_from(self.out.invocations.len()).unwrap_or(u32::MAX);
                self.charge((last - sink.first.min(last)) as usize);
                let text = Value::Dynamic(value::unknown(Reason::CommandOutput));
                (text, (sink.first..last).collect())
            }
            Some(sink) if sink.sources.is_empty() => (sink.text.finish(), value::no_sources()),
            Some(mut sink) => {
                sink.sources.sort_unstable();
                sink.sources.dedup();
                let mut text = sink.text.finish();
                if let (Value::Dynamic(known), Some(by), false) =
                    (&mut text, sink.printer, sink.mixed)
                {
                    let pieces = &mut known.pieces;
                    pieces.get_or_insert_with(|| [Piece::Output(by)].into());
                }
                (text, sink.sources.into())
            }
            None => (
                Value::Dynamic(value::unknown(Reason::Limit)),
                value::no_sources(),
            ),
        }
    }

    /// A command printed this into the sink (`None`: not known what).
    pub(in crate::analyze) fn print(
        &mut self,
        sink: Option<usize>,
        index: Option<u32>,
        text: Option<Value>,
        errors: bool,
    ) {
        let errors = errors || self.context.errors_too;
        let (conditions, repeats) = (self.context.conditions, self.context.repeats);
        let most = self.state.most;
        let Some(sink) = sink.and_then(|at| self.sinks.get_mut(at)) else {
            return;
        };
        if let Some(index) = index {
            sink.sources.push(index);
        }
        if text.as_ref().and_then(Value::as_static) != Some(b"") {
            sink.mixed |= sink.printer.is_some() || repeats != sink.repeats || errors;
            sink.printer = index;
        }
        let text = match text {
            Some(text) if text.as_static() == Some(b"") => return,
            Some(text) if repeats == sink.repeats => text,
            _ => Value::Dynamic(value::unknown(Reason::CommandOutput)),
        };
        if conditions > sink.conditions {
            sink.text.maybe(&text, most);
        } else {
            sink.text.push(&text, most);
        }
        let work = sink.text.weight();
        self.charge(work);
    }

    /// Something is written to a place that could be any of the open sinks.
    pub(in crate::analyze) fn leak(&mut self) {
        self.charge(self.sinks.len());
        for sink in &mut self.sinks {
            sink.leaky = true;
        }
    }

    /// Forgets which commands printed, of those from `kept` on: they will be run again.
    pub(in crate::analyze) fn forget_printers(&mut self, kept: usize) {
        let kept = u32::try_from(kept).unwrap_or(u32::MAX);
        for sink in &mut self.sinks {
            sink.sources.retain(|index| *index < kept);
            // What they printed stays in the text.
            sink.mixed |= sink.printer.is_some_and(|index| index >= kept);
        }
    }
}
