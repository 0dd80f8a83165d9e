//! Words that came out of brace expansion. What stands side by side only now is read anew:
//! `$a{b,c}` is `$ab $ac`.

use super::{Context, literal};
use crate::expand::brace::Atom;
use crate::expand::field::{Piece, Pieces};
use crate::expand::{Expander, World, unknown};
use crate::invocation::Reason;
use crate::tree::{Kind, NodeId, Script};

#[derive(Clone, Copy, Debug)]
pub(in crate::expand) struct Row<'a> {
    pub(in crate::expand) atoms: &'a [Atom],
    pub(in crate::expand) generated: &'a [u8],
}

impl<W: World + ?Sized> Expander<'_, W> {
    /// Evaluates a word that came out of brace expansion. What stands side by side only now
    /// is read anew: `$a{b,c}` is `$ab $ac`.
    pub(in crate::expand) fn row(&mut self, script: &Script, row: &Row<'_>, out: &mut Pieces) {
        let context = Context::default();
        let mut skip = 0_usize;
        let mut ends_in_dollar = false;
        for (index, atom) in row.atoms.iter().enumerate() {
            let text = row.text(script, *atom);
            let consumed = skip.min(text.len());
            let text = text.get(consumed..).unwrap_or_default();
            skip -= consumed;
            if consumed > 0 && text.is_empty() {
                continue;
            }
            if ends_in_dollar && row.continues_dollar(script, *atom, text) {
                out.list
                    .push(Piece::Unknown(Box::new(unknown(Reason::UnknownVariable))));
                let Atom::Part(id) = *atom else { return };
                self.world.opaque(script.span(id), Reason::Syntax);
                return;
            }
            ends_in_dollar = row.is_literal(script, *atom) && text.ends_with(b"$");
            let name = if ends_in_dollar {
                row.name_after_dollar(script, index + 1)
            } else {
                Vec::new()
            };
            if !name.is_empty() {
                literal(text.get(..text.len() - 1).unwrap_or_default(), context, out);
                let got = self.named(&name);
                self.emit_got(got, context, out);
                (skip, ends_in_dollar) = (name.len(), false);
                continue;
            }
            match *atom {
                Atom::Part(id) if script.kind(id) == Kind::Tilde => {
                    skip = self.row_tilde(script, row, index, out);
                }
                Atom::Part(id) if script.kind(id) == Kind::Param => {
                    skip = self.row_param(script, row, index, id, out);
                }
                Atom::Part(id) if consumed == 0 => {
                    if !self.part(script, id, context, out) {
                        return;
                    }
                }
                Atom::Generated(..) if matches!(text, b"\\" | b"`") => {
                    if index + 1 < row.atoms.len() {
                        // What follows is read as a substitution, or as escaped.
                        let dynamic = unknown(Reason::Syntax);
                        out.list.push(Piece::Unknown(Box::new(dynamic)));
                        let next = row.atoms.get(index + 1..).unwrap_or_default().iter();
                        let part = next.into_iter().find_map(|atom| match atom {
                            Atom::Part(id) => Some(script.span(*id)),
                            Atom::Generated(..) => None,
                        });
                        self.world.opaque(part.unwrap_or_default(), Reason::Syntax);
                    } else if text == b"`" {
                        out.text(text, true);
                    } else {
                        out.list.push(Piece::Exists);
                    }
                }
                _ => literal(text, context, out),
            }
        }
    }

    /// A `~` in a row: a tilde prefix if it begins the word and its name ends well. Gives the
    /// number of bytes of the next atom that belong to it.
    fn row_tilde(
        &mut self,
        script: &Script,
        row: &Row<'_>,
        index: usize,
        out: &mut Pieces,
    ) -> usize {
        let whole = row
            .atoms
            .get(index)
            .map_or(&b""[..], |atom| row.text(script, *atom));
        if index > 0 {
            literal(whole, Context::default(), out);
            return 0;
        }
        let next = row.atoms.get(index + 1).copied();
        let name = match next {
            None => Some(&b""[..]),
            Some(atom) if row.is_literal(script, atom) => {
                let text = row.text(script, atom);
                let end = text.iter().position(|byte| *byte == b'/' || *byte == b':');
                let rest = row.atoms.get(index + 2..).unwrap_or_default();
                let plain = rest.iter().all(|atom| row.is_literal(script, *atom));
                match end {
                    Some(end) if text.get(end) == Some(&b'/') || plain => text.get(..end),
                    Some(_) => None,
                    None => rest.is_empty().then_some(text),
                }
            }
            Some(_) => None,
        };
        match name {
            Some(name) => {
                let mut text = whole.to_vec();
                text.extend_from_slice(name);
                self.tilde_text(&text, out);
                name.len()
            }
            None => {
                literal(whole, Context::default(), out);
                0
            }
        }
    }

    /// `$name` in a row, whose name may go on in the next atom. Gives the number of bytes of
    /// it that belong to the name.
    fn row_param(
        &mut self,
        script: &Script,
        row: &Row<'_>,
        index: usize,
        id: NodeId,
        out: &mut Pieces,
    ) -> usize {
        let param = script.param(id);
        let named = param
            .name
            .first()
            .is_some_and(|byte| !byte.is_ascii_digit())
            && param
                .name
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let more = row.name_bytes(script, index + 1);
        if param.braced || !named || more.is_empty() {
            self.part(script, id, Context::default(), out);
            return 0;
        }
        let mut name = param.name.to_vec();
        name.extend_from_slice(&more);
        let got = self.variable(&name);
        self.emit_got(got, Context::default(), out);
        more.len()
    }
}

impl Row<'_> {
    fn text<'s>(&'s self, script: &'s Script, atom: Atom) -> &'s [u8] {
        match atom {
            Atom::Part(id) => script.text(id),
            Atom::Generated(start, end) => self
                .generated
                .get(start as usize..end as usize)
                .unwrap_or_default(),
        }
    }

    /// The characters of a name that stand at the beginning of the literal text from `index`
    /// on.
    fn name_bytes(&self, script: &Script, index: usize) -> Vec<u8> {
        let mut out = Vec::new();
        for atom in self.atoms.get(index..).unwrap_or_default() {
            if !self.is_literal(script, *atom) {
                break;
            }
            let text = self.text(script, *atom);
            let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
            let count = text.iter().take_while(is_name).count();
            out.extend_from_slice(text.get(..count).unwrap_or_default());
            if count < text.len() {
                break;
            }
        }
        out
    }

    /// The name, or the digit, that a `$` before the atom at `index` is read with.
    fn name_after_dollar(&self, script: &Script, index: usize) -> Vec<u8> {
        let mut name = self.name_bytes(script, index);
        if name.first().is_some_and(u8::is_ascii_digit) {
            name.truncate(1);
        }
        name
    }

    /// Unquoted text that stands for itself.
    fn is_literal(&self, script: &Script, atom: Atom) -> bool {
        match atom {
            Atom::Part(id) => matches!(
                script.kind(id),
                Kind::Literal | Kind::BraceOpen | Kind::BraceComma | Kind::BraceClose
            ),
            Atom::Generated(..) => true,
        }
    }

    /// After a lone `$` this would be read as one expansion with it.
    fn continues_dollar(&self, script: &Script, atom: Atom, text: &[u8]) -> bool {
        self.is_literal(script, atom)
            && text.first().is_some_and(|byte| {
                byte.is_ascii_alphanumeric()
                    || matches!(byte, b'_' | b'{' | b'@' | b'#' | b'-' | b'!')
            })
    }
}
