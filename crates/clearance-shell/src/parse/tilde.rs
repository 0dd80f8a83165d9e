//! Where a tilde is a prefix that becomes a directory (`man bash`, Tilde Expansion).

use crate::tree::{Flags, Kind, NodeId, Note};

use super::Run;
use super::class::{BREAK, WORD, is};
use super::frame::{Mode, part};
use super::word::Flow;

impl Run<'_> {
    pub(super) fn tilde(&mut self, mode: Mode) -> Flow {
        let braces = mode == Mode::Word
            && self.extended_shell()
            && self.cur.bits & (part::NO_BRACES | part::ASSIGNED) == 0;
        let start = self.pos;
        let assignment = self.tilde_after_assignment(mode);
        let allowed = match mode {
            Mode::Word | Mode::Cond | Mode::Pattern | Mode::Operand | Mode::Regex => {
                self.at_word_start() || assignment
            }
            _ => false,
        };
        if !allowed {
            if braces && self.tilde_in_braces(start) {
                self.flush();
                let id = self.leaf(Kind::Tilde, start, start + 1);
                self.flag(id, Flags::BRACES);
                self.pos = start + 1;
                self.lit = self.pos;
                return Ok(true);
            }
            return self.literal();
        }
        let in_braces = self.cur.bits & part::BRACES != 0;
        let operand = mode == Mode::Operand;
        let mut end = start + 1;
        while !self.is_end(end) && !is(self.at(end), WORD) {
            match self.at(end) {
                b'/' | b':' => break,
                b'}' if in_braces || operand => break,
                b',' if in_braces => break,
                _ => end += 1,
            }
        }
        let stop = self.after_continuations(end);
        let byte = self.at(stop);
        let closes = self.is_end(stop)
            || match byte {
                b':' => {
                    assignment
                        || self.cur.bits & part::ASSIGNED != 0
                        || self.plain_to_end(stop)
                        || (mode == Mode::Word && self.slash_before_quotes(stop))
                }
                b'/' => true,
                b'}' => in_braces || operand,
                b',' => in_braces,
                b'{' => braces,
                _ => is(byte, BREAK),
            };
        if !closes {
            self.pos = end;
            if byte == b':' && mode == Mode::Word {
                self.tilde_before_colon(stop);
            } else if byte == b'~' && self.at(end - 1) == b'=' && mode == Mode::Word {
                self.second_tilde(end);
            }
            return Ok(true);
        }
        self.pos = start;
        self.flush();
        let id = self.leaf(Kind::Tilde, start, end);
        if mode == Mode::Word && matches!(byte, b'{' | b',' | b'}') {
            self.flag(id, Flags::BRACES);
        }
        self.pos = end;
        self.lit = end;
        Ok(true)
    }

    /// The rest of the word is plain text.
    pub(super) fn plain_to_end(&self, pos: usize) -> bool {
        let mut end = self.skip(pos, WORD);
        while self.at(end) == b'~' {
            end = self.skip(end + 1, WORD);
        }
        let end = self.after_continuations(end);
        self.is_end(end) || is(self.at(end), BREAK)
    }

    /// The rest of the word has quotes, but none before a slash, and no expansions: bash looks
    /// for quotes up to the slash only.
    fn slash_before_quotes(&self, pos: usize) -> bool {
        let rest = self.slice(pos, self.skip(pos, BREAK));
        let special = |byte: &u8| *byte != b'~' && is(*byte, WORD);
        let first = rest.iter().position(|byte| *byte == b'/' || special(byte));
        first.is_some_and(|at| rest.get(at) == Some(&b'/'))
            && !rest.iter().any(|byte| matches!(byte, b'$' | b'`' | b'{'))
    }

    /// bash looks for `=~` once more in the text after a tilde: not understood.
    pub(super) fn second_tilde(&mut self, pos: usize) {
        self.pos = pos;
        self.flush();
        self.leaf(Kind::Error, pos, pos + 1);
        self.remark_here(pos, pos + 1, Note::BadSubstitution);
        self.pos = pos + 1;
        self.lit = self.pos;
    }

    /// `~:` in a word with quotes stays, but with `$` bash 5.2 expands the tilde and leaves the
    /// rest alone: not understood.
    pub(super) fn tilde_before_colon(&mut self, colon: usize) {
        let end = self.skip(colon, BREAK);
        if self
            .slice(colon, end)
            .iter()
            .any(|byte| matches!(byte, b'$' | b'`' | b'{'))
        {
            self.pos = colon;
            self.flush();
            self.leaf(Kind::Error, colon, colon + 1);
            self.remark_here(colon, end, Note::BadSubstitution);
            self.pos = colon + 1;
            self.lit = self.pos;
        }
    }

    /// Nothing of the word has come yet.
    pub(super) fn at_word_start(&self) -> bool {
        self.cur.last == NodeId::NONE && self.lit == self.pos
    }

    /// The word has (or may get) braces, so that the tilde may begin a word after all.
    pub(super) fn tilde_in_braces(&self, pos: usize) -> bool {
        self.cur.bits & part::BRACES != 0 || self.at(pos + 1) == b'{'
    }

    /// The tilde follows the first `=`, or a `:` after it, of an assignment or a word of that
    /// form.
    pub(super) fn tilde_after_assignment(&mut self, mode: Mode) -> bool {
        if mode != Mode::Word {
            return false;
        }
        let Some(before) = self.literal_before() else {
            return false;
        };
        if self.cur.bits & part::ASSIGNED != 0 {
            return before == b':';
        }
        if !matches!(before, b'=' | b':') || self.dialect == crate::Dialect::Posix {
            return false;
        }
        // Asked once for each word: the name may be long.
        if self.cur.bits & (part::LIKE | part::UNLIKE) == 0 {
            let like = self.assignment_operator_at();
            self.cur.bits |= if like.is_some() {
                part::LIKE
            } else {
                part::UNLIKE
            };
            self.cur.saved_count = like.map_or(0, super::narrow);
        }
        if self.cur.bits & part::UNLIKE != 0 {
            return false;
        }
        let start = self.start_of_parts();
        let equals = self.cur.saved_count as usize;
        if before == b'=' && equals + 1 < self.pos && self.at(equals + 1) == b'~' {
            let second = self.pos;
            self.second_tilde(second);
            return false;
        }
        let after_equals = before == b'=' && self.after_continuations(equals + 1) == self.pos;
        if after_equals || before == b':' {
            self.cur.bits |= part::ASSIGNMENT;
            self.differs(start, self.pos + 1);
            return true;
        }
        false
    }

    /// The byte before the current position, when it is unquoted text of this word (line
    /// continuations aside).
    pub(super) fn literal_before(&self) -> Option<u8> {
        let mut end = self.pos;
        while end >= 2 && self.at(end - 1) == b'\n' && self.at(end - 2) == b'\\' {
            end -= 2;
        }
        let last = self.script.node(self.cur.last);
        let literal = self.lit < end || (last.kind == Kind::Literal && last.end as usize == end);
        literal.then(|| self.at(end - 1))
    }

    /// The `=` of a word that begins like an assignment.
    pub(super) fn assignment_operator_at(&self) -> Option<usize> {
        let start = self.start_of_parts();
        let name = self.name_end(start);
        if !is(self.at(start), super::NAME_START) {
            return None;
        }
        let mut equals = name;
        if self.at(equals) == b'[' {
            let length = memchr::memchr(b']', self.slice(equals, self.pos));
            equals += length.map_or(0, |length| length + 1);
        }
        if self.at(equals) == b'+' {
            equals += 1;
        }
        (self.at(equals) == b'=').then_some(equals)
    }
}
