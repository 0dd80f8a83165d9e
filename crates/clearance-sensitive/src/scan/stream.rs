//! Input that comes in pieces: same answers, bounded memory.

use super::engine::{AHEAD, Engine};
use super::{Detection, Options};

/// How much is gathered before the engine runs again.
const GATHER: usize = 64 * 1024;

/// Scans input that is pushed in pieces of any size.
///
/// The detections and their spans are those of scanning the whole input at once. Memory stays
/// below about 200 KiB.
///
/// # Examples
///
/// ```
/// use clearance_sensitive::Scanner;
///
/// let scanner = Scanner::new();
/// let mut found = Vec::new();
/// let mut stream = scanner.stream();
/// for byte in b"PGPASSWORD=vK7#mQ2x!pL9" {
///     stream.push(&[*byte], &mut |detection| found.push(detection));
/// }
/// stream.finish(&mut |detection| found.push(detection));
/// assert_eq!(found[0].span(), 11..23);
/// ```
#[derive(Debug)]
pub struct Stream<'a> {
    options: &'a Options,
    engine: Engine,
    buffer: Vec<u8>,
    base: u64,
    wait_for: usize,
}

impl<'a> Stream<'a> {
    pub(super) fn new(options: &'a Options) -> Self {
        Self {
            options,
            engine: Engine::default(),
            buffer: Vec::new(),
            base: 0,
            wait_for: GATHER,
        }
    }

    /// Takes the next piece and reports what is certain by now.
    pub fn push(&mut self, piece: &[u8], sink: &mut dyn FnMut(Detection)) {
        let mut rest = piece;
        while !rest.is_empty() {
            let room = self
                .wait_for
                .saturating_sub(self.buffer.len())
                .max(1)
                .min(rest.len());
            let (now, later) = rest.split_at_checked(room).unwrap_or((rest, &[]));
            self.buffer.extend_from_slice(now);
            rest = later;
            if self.buffer.len() >= self.wait_for {
                self.run(false, sink);
            }
        }
    }

    /// Reports the rest. Nothing can be pushed afterwards.
    pub fn finish(mut self, sink: &mut dyn FnMut(Detection)) {
        self.run(true, sink);
    }

    /// Everything before this place is settled: no detection will start there any more.
    pub fn certain_until(&self) -> u64 {
        self.engine.certain_until()
    }

    fn run(&mut self, last: bool, sink: &mut dyn FnMut(Detection)) {
        let dropped = self
            .engine
            .feed(self.options, &self.buffer, self.base, last, sink);
        self.buffer.drain(..dropped.min(self.buffer.len()));
        self.base += dropped as u64;
        self.wait_for = self.buffer.len() + GATHER.max(AHEAD);
    }
}
