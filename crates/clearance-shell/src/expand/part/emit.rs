//! Values as pieces of a word: what may split, vanish or begin with a dash there.

use super::{Context, result};
use crate::expand::field::{Piece, Pieces, Separators, before_glob};
use crate::expand::{Expander, World, unknown};
use crate::invocation::{Dynamic, Reason, Value};

/// So many origins of a text are gone through in one step.
const ORIGINS: usize = 4;

impl<W: World + ?Sized> Expander<'_, W> {
    /// Adds the result of an expansion.
    pub(in crate::expand) fn emit(&mut self, value: &Value, context: Context, out: &mut Pieces) {
        match value {
            Value::Static(bytes) => result(bytes, context, out),
            Value::OneOf(items) => {
                let index = self.choose(items.len(), Reason::UnknownVariable);
                if let Some(bytes) = items.get(index) {
                    result(bytes, context, out);
                }
            }
            Value::Glob(glob) => {
                let mut dynamic = unknown(Reason::Glob);
                dynamic.prefix = before_glob(&glob.pattern).into();
                let piece = crate::invocation::Piece::Match(glob.pattern.clone());
                dynamic.pieces = Some([piece].into());
                self.emit_dynamic(dynamic, context, out);
            }
            Value::Dynamic(dynamic) => self.emit_dynamic(dynamic.clone(), context, out),
        }
    }

    /// Adds text that is not known: whether it can split follows from where it stands.
    pub(in crate::expand) fn emit_dynamic(
        &mut self,
        mut dynamic: Dynamic,
        context: Context,
        out: &mut Pieces,
    ) {
        self.world
            .spend((dynamic.sources.len() + dynamic.variables.len()) / ORIGINS);
        let bare = !context.quoted;
        let open = bare && (dynamic.may_split || self.may_separate(dynamic.numeric));
        if open {
            // What is known of the ends holds up to the first place where it may be split.
            let separators = match self.separators() {
                Separators::Known(bytes) => Some(bytes.clone()),
                Separators::Unknown => None,
            };
            let breaks = |byte: &u8| {
                let plain = byte.is_ascii_alphanumeric() || b"/._-+:@%=,".contains(byte);
                !plain || separators.as_ref().is_none_or(|all| all.contains(byte))
            };
            if let Some(at) = dynamic.prefix.iter().position(breaks) {
                dynamic.prefix = dynamic.prefix.get(..at).unwrap_or_default().into();
            }
            if let Some(at) = dynamic.suffix.iter().rposition(breaks) {
                dynamic.suffix = dynamic.suffix.get(at + 1..).unwrap_or_default().into();
            }
        }
        dynamic.may_split = open;
        let nothing = dynamic.prefix.is_empty() && dynamic.suffix.is_empty();
        // A number is there, unless it is said not to be.
        dynamic.may_vanish = bare && nothing && (dynamic.may_vanish || !dynamic.numeric);
        if let Some(first) = dynamic.prefix.first() {
            dynamic.may_start_dash = *first == b'-';
        }
        dynamic.may_start_dash |= open;
        out.list.push(Piece::Unknown(Box::new(dynamic)));
    }

    /// `IFS` has characters beside blanks that occur in a text which is one word, or a number.
    fn may_separate(&mut self, numeric: bool) -> bool {
        match self.separators() {
            Separators::Known(bytes) if numeric => bytes
                .iter()
                .any(|byte| byte.is_ascii_digit() || *byte == b'-'),
            Separators::Known(bytes) => bytes.iter().any(|byte| !b" \t\n".contains(byte)),
            Separators::Unknown => true,
        }
    }

    /// Adds the elements of `$@`, `$*` or an array.
    pub(in crate::expand) fn emit_list(
        &mut self,
        items: &[Value],
        star: bool,
        context: Context,
        out: &mut Pieces,
    ) {
        let separator = match self.separators() {
            Separators::Known(bytes) => Ok(bytes.first().copied()),
            Separators::Unknown => Err(()),
        };
        if star && (context.quoted || !self.splitting) {
            let Ok(separator) = separator else {
                let mut inner = Pieces::default();
                for item in items {
                    if let Value::Dynamic(item) = item {
                        inner.list.push(Piece::Unknown(Box::new(item.clone())));
                    }
                }
                let dynamic = inner.origins(unknown(Reason::ShellState));
                return self.emit_dynamic(dynamic, context, out);
            };
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.text(separator.as_slice(), true);
                }
                self.emit(
                    item,
                    Context {
                        quoted: true,
                        ..context
                    },
                    out,
                );
            }
            return;
        }
        let blank = matches!(separator, Ok(Some(b' ' | b'\t' | b'\n')));
        if context.result && !context.quoted && !blank && items.len() > 1 {
            // In an operand bash 5.2 joins the elements, or not.
            return self.emit_unknown_list(Reason::Dialect, star, context, out);
        }
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                match separator {
                    Ok(Some(byte)) if !context.quoted && !matches!(byte, b' ' | b'\t' | b'\n') => {
                        out.split(&[byte]);
                    }
                    _ => out.list.push(Piece::Break),
                }
            }
            if context.quoted {
                out.list.push(Piece::Exists);
            }
            self.emit(item, context, out);
        }
    }

    /// Adds a list of which nothing is known.
    pub(in crate::expand) fn emit_unknown_list(
        &mut self,
        reason: Reason,
        star: bool,
        context: Context,
        out: &mut Pieces,
    ) {
        self.emit_list_from(unknown(reason), star, context, out);
    }

    /// The same, with its origins.
    pub(in crate::expand) fn emit_list_from(
        &mut self,
        mut list: Dynamic,
        star: bool,
        context: Context,
        out: &mut Pieces,
    ) {
        if star && context.quoted {
            list.may_split = false;
            list.may_vanish = false;
        }
        out.list.push(Piece::Unknown(Box::new(list)));
    }
}
