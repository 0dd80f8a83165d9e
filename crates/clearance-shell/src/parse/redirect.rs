//! Redirections and here-documents.

use clearance_core::Span;

use crate::tree::{Flags, Kind, NodeId, Note, RedirectOp};

use super::class::{BREAK, is};
use super::frame::{Frame, FrameKind, Mode, part};
use super::{Fail, Run, Step, narrow};

/// A here-document whose operator was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    redirect: NodeId,
    /// The delimiter, in `names`.
    delimiter: u32,
    tabs: bool,
    quoted: bool,
    start: u32,
    end: u32,
}

/// bash gives up at more here-documents than this before a line ends (`HEREDOC_MAX` of its
/// parser), with the message "maximum here-document count exceeded".
const MOST_PENDING: usize = 16;

impl Run<'_> {
    /// Reads a redirection whose operator is at the current position.
    pub(super) fn begin_redirect(&mut self, start: usize, descriptor: u32) -> Step {
        let op = self.redirect_operator();
        let node = self.add(Kind::Redirect, start, self.pos);
        self.edit(node, |node| {
            node.op = op as u8;
            node.data = descriptor;
        });
        let mut frame = Frame::new(FrameKind::Redirect, node);
        frame.bits = u16::from(op.is_here_document());
        self.push(frame);
        self.redirect()
    }

    fn redirect_operator(&mut self) -> RedirectOp {
        let start = self.pos;
        let first = self.at(self.pos);
        self.pos += 1;
        let op = match (first, self.peek()) {
            (b'<', b'<') => {
                self.pos += 1;
                match self.peek() {
                    b'<' if self.extended_shell() => RedirectOp::HereString,
                    b'-' => RedirectOp::HereDocTabs,
                    _ => return RedirectOp::HereDoc,
                }
            }
            (b'<', b'&') => RedirectOp::DuplicateIn,
            (b'<', b'>') => RedirectOp::ReadWrite,
            (b'<', _) => return RedirectOp::Read,
            (b'>', b'>') => RedirectOp::Append,
            (b'>', b'&') => RedirectOp::DuplicateOut,
            (b'>', b'|') => RedirectOp::Clobber,
            (b'>', _) => return RedirectOp::Write,
            (_, b'>') => {
                self.pos += 1;
                self.differs_in_dash(start, self.pos);
                if self.peek() != b'>' {
                    return RedirectOp::WriteBoth;
                }
                RedirectOp::AppendBoth
            }
            _ => return RedirectOp::Read,
        };
        self.pos += 1;
        if op == RedirectOp::HereString {
            self.differs_in_dash(start, self.pos);
        }
        op
    }

    /// One step of a `Redirect` frame.
    pub(super) fn redirect(&mut self) -> Step {
        if self.cur.last == NodeId::NONE {
            self.skip_blanks();
            if self.cur.bits != 0 {
                self.here_delimiter()?;
            } else {
                let byte = self.at(self.pos);
                let substitution =
                    matches!(byte, b'<' | b'>') && self.is_process_substitution(self.pos);
                if (self.ends_word(self.pos) && !substitution) || byte == b'#' {
                    return self.unexpected();
                }
                if self.is_number_before_operator() {
                    return self.unexpected();
                }
                if !self.word(Mode::Word, 0)? {
                    return Ok(());
                }
            }
        }
        let end = self.end_of(self.cur.last);
        self.finish(end);
        Ok(())
    }

    /// `> 2>f`: the number belongs to the next redirection, and the target is missing.
    fn is_number_before_operator(&self) -> bool {
        let duplicates = matches!(
            self.script.redirect(self.cur.node).op,
            RedirectOp::DuplicateIn | RedirectOp::DuplicateOut
        );
        let mut end = self.pos;
        while self.at(end).is_ascii_digit() {
            end += 1;
        }
        !duplicates
            && end > self.pos
            && matches!(self.at(end), b'<' | b'>')
            && !self.is_process_substitution(end)
    }

    // ---- here-documents ----

    /// Reads the delimiter word: quotes are removed, nothing is expanded.
    fn here_delimiter(&mut self) -> Step {
        let start = self.pos;
        let copy = self.script.text.len();
        let mut quoted = false;
        let mut broken = false;
        let mut run = start;
        if self.at(start) == b'#' {
            return self.unexpected();
        }
        loop {
            let byte = self.at(self.pos);
            match byte {
                0 if self.is_end(self.pos) => break,
                _ if is(byte, BREAK) => break,
                b'\\' => {
                    self.copy_decoded(run, self.pos);
                    broken = true;
                    if self.at(self.pos + 1) == b'\n' {
                        run = self.pos + 2;
                    } else {
                        quoted = true;
                        run = self.pos + 1;
                    }
                    self.pos = (self.pos + 2).min(self.end);
                }
                b'\'' | b'"' => {
                    self.copy_decoded(run, self.pos);
                    (quoted, broken) = (true, true);
                    self.quoted_delimiter(byte)?;
                    run = self.pos;
                }
                b'$' if matches!(self.at(self.pos + 1), b'\'' | b'"') && self.extended_shell() => {
                    self.copy_decoded(run, self.pos);
                    (quoted, broken) = (true, true);
                    self.pos += 1;
                    let quote = self.at(self.pos);
                    self.quoted_delimiter(quote)?;
                    run = self.pos;
                }
                b'`' => return self.unexpected(),
                b'$' if self.at(self.pos + 1) == b'(' => return self.unexpected(),
                _ => self.pos += 1,
            }
        }
        if self.pos == start {
            return self.unexpected();
        }
        let name = if broken {
            self.copy_decoded(run, self.pos);
            let end = self.script.text.len();
            self.script.names.push(Span::new(narrow(copy), narrow(end)));
            narrow(self.script.names.len() - 1)
        } else {
            self.intern(start, self.pos)
        };
        let word = self.leaf(Kind::Word, start, self.pos);
        self.edit(word, |node| node.data = name);
        self.flag(word, if quoted { Flags::QUOTED } else { Flags::PLAIN });
        if self.pending.len() >= MOST_PENDING {
            return self.unexpected();
        }
        self.here_documents += 1;
        let tabs = self.script.redirect(self.cur.node).op == RedirectOp::HereDocTabs;
        let redirect = self.cur.node;
        self.pending.push(Pending {
            redirect,
            delimiter: name,
            tabs,
            quoted,
            start: 0,
            end: 0,
        });
        Ok(())
    }

    /// Copies the inside of a quote at the current position, and goes past it.
    fn quoted_delimiter(&mut self, quote: u8) -> Step {
        let start = self.pos + 1;
        let mut end = start;
        let mut run = start;
        loop {
            let byte = self.at(end);
            if self.is_end(end) {
                return Err(Fail {
                    note: Note::UnexpectedEnd,
                    at: self.pos,
                });
            }
            if byte == quote {
                break;
            }
            if byte == b'\\'
                && quote == b'"'
                && matches!(self.at(end + 1), b'\\' | b'"' | b'$' | b'`')
            {
                self.copy_decoded(run, end);
                run = end + 1;
                end += 1;
            }
            end += 1;
        }
        self.copy_decoded(run, end);
        self.pos = end + 1;
        Ok(())
    }

    /// The text ended before the line did: here-documents from `base` on have no text.
    pub(super) fn drop_here_documents(&mut self, base: usize) {
        while self.pending.len() > base {
            let Some(pending) = self.pending.pop() else {
                break;
            };
            let span = self.script.text_span(pending.redirect);
            self.remark(span, Note::HereDocumentEnd);
        }
    }

    /// After a newline: finds the texts of the pending here-documents, and pushes a frame that
    /// parses them. Always `true`.
    pub(super) fn start_here_documents(&mut self) -> bool {
        let base = self.here_base;
        for index in base..self.pending.len() {
            let Some(mut pending) = self.pending.get(index).copied() else {
                break;
            };
            self.here_text(&mut pending);
            if let Some(place) = self.pending.get_mut(index) {
                *place = pending;
            }
        }
        let mut frame = Frame::new(FrameKind::HereBodies, NodeId::NONE);
        frame.saved = narrow(self.pos);
        frame.saved_end = narrow(self.end);
        frame.saved_base = narrow(base);
        frame.saved_count = narrow(base);
        self.push(frame);
        true
    }

    /// Finds the lines up to the delimiter, and goes past it.
    fn here_text(&mut self, pending: &mut Pending) {
        pending.start = narrow(self.pos);
        loop {
            self.steps += 1;
            let start = self.pos;
            if self.is_end(start) {
                pending.end = narrow(start);
                let span = self.script.text_span(pending.redirect);
                self.remark(span, Note::HereDocumentEnd);
                return;
            }
            let mut from = start;
            if pending.tabs {
                while self.at(from) == b'\t' {
                    from += 1;
                }
            }
            let mut end = self.line_end(from);
            let found = if !pending.quoted && self.continues(from, end) {
                self.joined_line_matches(from, &mut end, pending.delimiter)
            } else {
                self.slice(from, end) == self.script.name(pending.delimiter)
            };
            if found {
                pending.end = narrow(start);
                self.pos = (end + 1).min(self.end);
                return;
            }
            if let Some(after) = self.closing_after(pending.delimiter, from, end) {
                pending.end = narrow(start);
                self.pos = after;
                return;
            }
            self.pos = (end + 1).min(self.end);
        }
    }

    fn line_end(&self, start: usize) -> usize {
        let rest = self.slice(start, self.end);
        start + memchr::memchr(b'\n', rest).unwrap_or(rest.len())
    }

    /// The line ends in an odd number of backslashes and another line follows.
    fn continues(&self, start: usize, end: usize) -> bool {
        let backslashes = self
            .slice(start, end)
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count();
        backslashes % 2 == 1 && end < self.end
    }

    /// Compares a line that goes on over line continuations; moves `end` to its real end.
    fn joined_line_matches(&mut self, start: usize, end: &mut usize, delimiter: u32) -> bool {
        let mut offset = 0;
        let mut from = start;
        let mut same = true;
        loop {
            self.steps += 1;
            let goes_on = self.continues(from, *end);
            let stop = if goes_on { *end - 1 } else { *end };
            let piece = self.slice(from, stop);
            let rest = self
                .script
                .name(delimiter)
                .get(offset..)
                .unwrap_or_default();
            same &= rest.starts_with(piece);
            offset += piece.len();
            if !goes_on {
                return same && offset == self.script.name(delimiter).len();
            }
            from = *end + 1;
            *end = self.line_end(from);
        }
    }

    /// Inside `$( )` bash takes `EOF)` for the end, too: the position of the rest.
    fn closing_after(&self, delimiter: u32, from: usize, end: usize) -> Option<usize> {
        let rest = self
            .slice(from, end)
            .strip_prefix(self.script.name(delimiter))?;
        memchr::memchr(b')', rest)?;
        let inside = self.stack.iter().rev().any(|frame| {
            frame.kind == FrameKind::Substitution && frame.bits & super::dollar::BACKQUOTED == 0
        });
        inside.then_some(end - rest.len())
    }

    /// One step of a `HereBodies` frame: the next text, or the end.
    pub(super) fn here_bodies(&mut self) -> Step {
        let next = self.cur.saved_count as usize;
        self.end = self.cur.saved_end as usize;
        let Some(pending) = self.pending.get(next).copied() else {
            self.pending.truncate(self.cur.saved_base as usize);
            self.pos = self.cur.saved as usize;
            self.pop();
            return Ok(());
        };
        self.cur.saved_count += 1;
        let (start, end) = (pending.start as usize, pending.end as usize);
        let body = self.add(Kind::HereBody, start, end);
        let delimiter = self.script.node(pending.redirect).child;
        self.edit(delimiter, |node| node.next = body);
        if pending.quoted {
            self.literal_body(body, start, end, pending.tabs);
            return Ok(());
        }
        self.pos = start;
        self.end = end;
        let mut frame = Frame::parts(body, Mode::Here, part::IN_QUOTES | part::IN_HERE);
        frame.saved = u32::from(pending.tabs);
        self.push_nested(frame)
    }

    /// The text after a quoted delimiter: literal, line by line when tabs are stripped.
    fn literal_body(&mut self, body: NodeId, start: usize, end: usize, tabs: bool) {
        let mut last = NodeId::NONE;
        let mut from = start;
        while from < end {
            let mut stop = end;
            if tabs {
                let line = self.slice(from, end);
                let skipped = line.iter().take_while(|byte| **byte == b'\t').count();
                stop = (self.line_end(from) + 1).min(end);
                from += skipped;
            }
            if from < stop {
                let literal = self.add(Kind::Literal, from, stop);
                last = self.link(body, last, literal);
            }
            from = stop;
        }
    }
}
