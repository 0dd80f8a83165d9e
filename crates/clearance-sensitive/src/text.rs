//! Pieces of a generated text, so that static tables hold numbers and no pointers.
//!
//! A table of references costs a relocation each when a process starts; a piece costs nothing.

/// A part of a table's text: where it starts and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece(pub(crate) u32, pub(crate) u16);

impl Piece {
    pub(crate) fn of(self, text: &'static str) -> &'static str {
        let start = self.0 as usize;
        text.get(start..start + usize::from(self.1))
            .unwrap_or_default()
    }

    pub(crate) fn bytes(self, text: &'static str) -> &'static [u8] {
        let start = self.0 as usize;
        text.as_bytes()
            .get(start..start + usize::from(self.1))
            .unwrap_or_default()
    }
}
