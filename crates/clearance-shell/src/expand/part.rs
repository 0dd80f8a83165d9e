//! The parts of a word, evaluated to pieces.

use crate::invocation::{Bytes, Dynamic, Reason, Value};
use crate::tree::{Flags, Kind, NodeId, ParamOp, Script};

use super::brace::Atom;
use super::field::{Piece, Pieces, Separators, before_glob};
use super::{Expander, MAX_DEPTH, Variable, World, decode_ansi, unknown};

/// How parts are evaluated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Context {
    /// Inside double quotes: nothing is split, no pattern is active.
    pub(super) quoted: bool,
    /// Inside an operand of `${…}`: literal text is part of the result, and is split.
    pub(super) result: bool,
}

/// A word that came out of brace expansion.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    pub(super) atoms: &'a [Atom],
    pub(super) generated: &'a [u8],
}

impl<W: World + ?Sized> Expander<'_, W> {
    /// Evaluates all children of a node.
    pub(super) fn parts(
        &mut self,
        script: &Script,
        parent: NodeId,
        context: Context,
        out: &mut Pieces,
    ) {
        if self.depth >= MAX_DEPTH {
            out.list
                .push(Piece::Unknown(Box::new(unknown(Reason::Limit))));
            self.world.opaque(script.span(parent), Reason::Limit);
            return;
        }
        self.depth += 1;
        if script.flags(parent).has(Flags::PLAIN) && script.kind(parent) == Kind::Word {
            literal(script.text(parent), context, out);
        }
        for id in script.children(parent) {
            self.part(script, id, context, out);
        }
        self.depth -= 1;
    }

    fn part(&mut self, script: &Script, id: NodeId, context: Context, out: &mut Pieces) {
        match script.kind(id) {
            Kind::Literal | Kind::BraceOpen | Kind::BraceComma | Kind::BraceClose => {
                literal(script.text(id), context, out);
            }
            Kind::Glob => {
                let unquoted = Context {
                    quoted: false,
                    ..context
                };
                literal(script.text(id), unquoted, out);
            }
            Kind::Escape => out.text(script.text(id).get(1..).unwrap_or_default(), true),
            Kind::SingleQuote => {
                out.list.push(Piece::Exists);
                out.text(script.quoted_text(id), true);
            }
            Kind::AnsiQuote => {
                let mut text = Vec::new();
                decode_ansi(script.quoted_text(id), &mut text);
                out.list.push(Piece::Exists);
                out.text(&text, true);
            }
            Kind::DoubleQuote => self.double_quote(script, id, out),
            Kind::Param => self.param(script, id, context, out),
            Kind::CommandSub => {
                let value = self.output_of(script, id);
                self.emit(&value, context, out);
            }
            Kind::ProcessSub => {
                let value = self.path_of(script, id);
                self.emit(
                    &value,
                    Context {
                        quoted: true,
                        ..context
                    },
                    out,
                );
            }
            Kind::Arith => {
                let value = self.arith_value(script, id);
                self.emit(&value, context, out);
            }
            // Only brace expansion could have put it at the beginning of a word.
            Kind::Tilde if script.flags(id).has(Flags::BRACES) => {
                literal(script.text(id), context, out);
            }
            Kind::Tilde => self.tilde(script, id, out),
            Kind::ExtGlob => self.extended_pattern(script, id, context, out),
            Kind::Subscript => {
                literal(b"[", context, out);
                self.parts(script, id, context, out);
                literal(b"]", context, out);
            }
            _ => {
                out.list
                    .push(Piece::Unknown(Box::new(unknown(Reason::Syntax))));
                self.world.opaque(script.span(id), Reason::Syntax);
            }
        }
    }

    fn double_quote(&mut self, script: &Script, id: NodeId, out: &mut Pieces) {
        if script.flags(id).has(Flags::PLAIN) {
            out.list.push(Piece::Exists);
            out.text(script.quoted_text(id), true);
            return;
        }
        let (lists, stars) = list_kinds(script, id);
        if lists && stars {
            // bash 5.2 sometimes splits the latter like the former.
            let quoted = Context {
                quoted: true,
                result: false,
            };
            self.parts(script, id, quoted, &mut Pieces::default());
            return self.emit_unknown_list(Reason::Dialect, false, quoted, out);
        }
        let mark = out.list.len();
        self.parts(
            script,
            id,
            Context {
                quoted: true,
                result: false,
            },
            out,
        );
        let inner = out.list.get(mark..).unwrap_or_default();
        let has_list = script.children(id).any(|part| is_list(script, part));
        let vanishes = has_list
            && inner
                .iter()
                .all(|piece| matches!(piece, Piece::Unknown(dynamic) if dynamic.may_vanish));
        if !vanishes {
            out.list.insert(mark, Piece::Exists);
        }
    }

    fn extended_pattern(
        &mut self,
        script: &Script,
        id: NodeId,
        context: Context,
        out: &mut Pieces,
    ) {
        let operator = script.text(id).get(..1).unwrap_or_default();
        literal(operator, context, out);
        let mut before: &[u8] = b"(";
        for alternative in script.children(id) {
            literal(before, context, out);
            self.parts(script, alternative, context, out);
            before = b"|";
        }
        literal(b")", context, out);
    }

    // ---- substitutions ----

    /// What a substitution prints; in further runs over the same word, as in the first one.
    fn output_of(&mut self, script: &Script, id: NodeId) -> Value {
        if let Some((_, value)) = self.outputs.iter().find(|entry| entry.0 == id) {
            return value.clone();
        }
        let value = self.world.command_output(script, id);
        self.outputs.push((id, value.clone()));
        value
    }

    fn path_of(&mut self, script: &Script, id: NodeId) -> Value {
        if let Some((_, value)) = self.outputs.iter().find(|entry| entry.0 == id) {
            return value.clone();
        }
        let value = self.world.process_path(script, id);
        self.outputs.push((id, value.clone()));
        value
    }

    // ---- values ----

    /// Adds the result of an expansion.
    pub(super) fn emit(&mut self, value: &Value, context: Context, out: &mut Pieces) {
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
    pub(super) fn emit_dynamic(
        &mut self,
        mut dynamic: Dynamic,
        context: Context,
        out: &mut Pieces,
    ) {
        let bare = !context.quoted && !dynamic.numeric;
        let open = bare && dynamic.may_split;
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
        dynamic.may_vanish = bare && dynamic.prefix.is_empty() && dynamic.suffix.is_empty();
        if let Some(first) = dynamic.prefix.first() {
            dynamic.may_start_dash = *first == b'-';
        }
        dynamic.may_start_dash |= open;
        out.list.push(Piece::Unknown(Box::new(dynamic)));
    }

    /// Adds the elements of `$@`, `$*` or an array.
    pub(super) fn emit_list(
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
                let dynamic = unknown(Reason::ShellState);
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
    pub(super) fn emit_unknown_list(
        &mut self,
        reason: Reason,
        star: bool,
        context: Context,
        out: &mut Pieces,
    ) {
        let mut dynamic = unknown(reason);
        if star && context.quoted {
            dynamic.may_split = false;
            dynamic.may_vanish = false;
        }
        out.list.push(Piece::Unknown(Box::new(dynamic)));
    }

    // ---- tildes ----

    fn tilde(&mut self, script: &Script, id: NodeId, out: &mut Pieces) {
        let text = script.text(id);
        self.tilde_text(text, out);
    }

    fn tilde_text(&mut self, text: &[u8], out: &mut Pieces) {
        let user = text.get(1..).unwrap_or_default();
        if user.is_empty() {
            match self.world.variable(b"HOME") {
                Variable::Scalar(value) => {
                    out.list.push(Piece::Exists);
                    let quoted = Context {
                        quoted: true,
                        result: false,
                    };
                    return self.emit(&value, quoted, out);
                }
                Variable::Unset => {}
                _ => return self.unknown_home(Reason::UnknownVariable, out),
            }
        }
        match self.world.user_home(user) {
            Ok(Some(home)) => {
                out.list.push(Piece::Exists);
                out.text(&home, true);
            }
            Ok(None) => out.text(text, false),
            Err(reason) => self.unknown_home(reason, out),
        }
    }

    /// A directory: never empty, never split, and never an option.
    fn unknown_home(&mut self, reason: Reason, out: &mut Pieces) {
        let mut dynamic = unknown(reason);
        dynamic.may_split = false;
        dynamic.may_vanish = false;
        dynamic.may_start_dash = false;
        out.list.push(Piece::Unknown(Box::new(dynamic)));
    }

    // ---- words with braces ----

    /// Evaluates a word that came out of brace expansion. What stands side by side only now
    /// is read anew: `$a{b,c}` is `$ab $ac`.
    pub(super) fn row(&mut self, script: &Script, row: &Row<'_>, out: &mut Pieces) {
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
            match *atom {
                Atom::Part(id) if script.kind(id) == Kind::Tilde => {
                    skip = self.row_tilde(script, row, index, out);
                }
                Atom::Part(id) if script.kind(id) == Kind::Param => {
                    skip = self.row_param(script, row, index, id, out);
                }
                Atom::Part(id) if consumed == 0 => self.part(script, id, context, out),
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
        let starts = index == 0;
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
            Some(name) if starts => {
                let mut text = whole.to_vec();
                text.extend_from_slice(name);
                self.tilde_text(&text, out);
                name.len()
            }
            _ => {
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

/// Whether there is a list like `$@`, and one like `$*`, among the parts of a double quote.
fn list_kinds(script: &Script, id: NodeId) -> (bool, bool) {
    let mut found = (false, false);
    for part in script.children(id) {
        if script.kind(part) != Kind::Param {
            continue;
        }
        found.0 |= is_list(script, part);
        let param = script.param(part);
        found.1 |= param.name == b"*"
            || param
                .subscript
                .is_some_and(|subscript| script.text(subscript) == b"[*]");
    }
    found
}

/// `$@` or an array with `[@]`, quoted: it can be no word at all.
fn is_list(script: &Script, id: NodeId) -> bool {
    if script.kind(id) != Kind::Param {
        return false;
    }
    let param = script.param(id);
    let own = !matches!(
        param.op,
        ParamOp::Length | ParamOp::AlternativeIfSet | ParamOp::AlternativeIfFull
    );
    let at = param.name == b"@"
        || param
            .subscript
            .is_some_and(|subscript| script.text(subscript) == b"[@]")
        || param.op == ParamOp::NamesSeparate;
    let in_operand = |part| {
        script.kind(part) == Kind::Param && {
            let inner = script.param(part);
            inner.name == b"@" && inner.op == ParamOp::Value
        }
    };
    let operand = param.operand.into_iter();
    (at && own)
        || operand
            .flat_map(|operand| script.children(operand))
            .any(in_operand)
}

/// Adds literal text.
fn literal(text: &[u8], context: Context, out: &mut Pieces) {
    if context.result && !context.quoted {
        out.split(text);
    } else {
        out.text(text, context.quoted);
    }
}

/// Adds the result of an expansion.
fn result(text: &[u8], context: Context, out: &mut Pieces) {
    if context.quoted {
        out.text(text, true);
    } else {
        out.split(text);
    }
}

/// Bytes as a static value.
pub(super) fn fixed(text: &[u8]) -> Value {
    Value::Static(Bytes::from(text))
}
