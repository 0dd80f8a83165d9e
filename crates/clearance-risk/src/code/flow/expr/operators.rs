//! Operators: sums of text, numbers and lists, paths joined by `/`.

use clearance_core::Span;

use crate::code::flow::ast::{Expr, Op};
use crate::code::flow::value::{ANY, DATA, NUM, PATH, Part, Text, Thing, Val};
use crate::code::flow::{Cell, Flow, site};

impl Flow<'_> {
    pub(in crate::code::flow) fn chain(
        &mut self,
        operands: &[Expr],
        ops: &[Op],
        scope: usize,
        span: Span,
    ) -> Val {
        let values = operands
            .iter()
            .map(|o| self.eval(o, scope))
            .collect::<Vec<_>>();
        let mut out = Val::default();
        let mut start = 0;
        for end in 0..=ops.len() {
            let boundary = ops.get(end).is_none_or(|op| *op == Op::Either);
            if !boundary {
                continue;
            }
            let part = values.get(start..=end).unwrap_or_default();
            let inner = ops.get(start..end).unwrap_or_default();
            let value = self.chain_part(part, inner, span);
            self.merge(&mut out, &value);
            start = end + 1;
        }
        out
    }

    /// Operands without `or` and `and` between them.
    pub(in crate::code::flow) fn chain_part(
        &mut self,
        values: &[Val],
        ops: &[Op],
        span: Span,
    ) -> Val {
        let Some((first, rest)) = values.split_first() else {
            return Val::default();
        };
        if ops.is_empty() {
            return first.clone();
        }
        if ops.contains(&Op::Compare) {
            let foreign = values.iter().any(|v| v.has(ANY));
            return if foreign {
                Val::flag(NUM | ANY)
            } else {
                Val::num()
            };
        }
        let mut sum: Option<Val> = None;
        let mut term = first.clone();
        for (op, value) in ops.iter().zip(rest) {
            if *op == Op::Add {
                sum = Some(match sum {
                    Some(before) => self.add(&before, &term, span),
                    None => term,
                });
                term = value.clone();
                continue;
            }
            term = match op {
                Op::Div => self.divide(&term, value),
                Op::Mod if term.text.is_some() => self.percent(&term, value),
                _ => self.other_op(&term, value),
            };
        }
        match sum {
            Some(before) => self.add(&before, &term, span),
            None => term,
        }
    }

    /// `a + b`: numbers, text, or lists.
    pub(in crate::code::flow) fn add(&mut self, a: &Val, b: &Val, span: Span) -> Val {
        if !self.emit && (a.is_bottom() || b.is_bottom()) {
            return Val::default();
        }
        self.shown(a, span);
        self.shown(b, span);
        let mut out = Val::default();
        let cells = |v: &Val| v.things.iter().any(|t| matches!(t, Thing::Cell(_)));
        if cells(a) || cells(b) {
            let (left, right) = (self.exact_items(a), self.exact_items(b));
            let mut cell = Cell {
                elem: self.elements(a),
                ..Cell::default()
            };
            cell.elem.join(&self.elements(b));
            if let (Some(mut left), Some(right)) = (left, right) {
                left.extend(right);
                cell.items = Some(left).filter(|all| all.len() <= 64);
            }
            out.join(&self.new_cell(site(span, 8), cell));
        }
        if a.text.is_some()
            || b.text.is_some()
            || self.dialect.javascript && !(a.flags == NUM && b.flags == NUM)
        {
            out.join(&Val::text(a.as_text().concat(&b.as_text())));
        }
        let pure = |v: &Val| v.text.is_some() && v.flags & !PATH == 0 && v.things.is_empty();
        if !pure(a) && !pure(b) {
            out.flags |= (a.flags | b.flags) & (NUM | DATA | ANY);
        }
        if out.is_bottom() {
            out.flags |= DATA | ANY;
        }
        out
    }

    /// `a / b`: numbers, or a path and a name.
    pub(in crate::code::flow) fn divide(&mut self, a: &Val, b: &Val) -> Val {
        if !self.emit && (a.is_bottom() || b.is_bottom()) {
            return Val::default();
        }
        let mut out = Val::default();
        if a.has(PATH) || b.has(PATH) {
            out.join(&Val::path(a.as_text().join_path(&b.as_text(), true)));
        }
        out.flags |= (a.flags | b.flags) & (NUM | DATA | ANY);
        if out.is_bottom() {
            out.flags |= NUM | ANY;
        }
        out
    }

    pub(in crate::code::flow) fn other_op(&mut self, a: &Val, b: &Val) -> Val {
        let mut out = Val::default();
        for value in [a, b] {
            let inner = self.elements(value);
            out.flags |= value.flags & (NUM | DATA | ANY) | inner.flags & (NUM | DATA | ANY);
            if value.text.is_some() || inner.text.is_some() {
                out.flags |= DATA;
            }
            // `|` of two mappings, `*` of a list: what they hold is no longer followed.
            if value
                .things
                .iter()
                .any(|t| !matches!(t, Thing::Known(..) | Thing::Class(_) | Thing::Module(_)))
            {
                out.flags |= DATA | ANY;
                self.escape(value, &Val::any());
            }
        }
        if out.is_bottom() {
            Val::flag(NUM | ANY)
        } else {
            out
        }
    }

    /// `"…%s…" % values`.
    pub(in crate::code::flow) fn percent(&mut self, format: &Val, args: &Val) -> Val {
        self.shown(args, Span::default());
        let items = match self.exact_items(args) {
            Some(items) => items,
            None if args.things.is_empty() => vec![args.clone()],
            None => return Val::data(),
        };
        let Some(text) = format.sole_text() else {
            return Val::data();
        };
        let mut out = Text::lit(b"");
        let mut items = items.iter();
        let mut rest = text;
        while let Some(at) = rest.iter().position(|&b| b == b'%') {
            let (before, after) = rest.split_at(at);
            out = out.concat(&Text::lit(before));
            let width = after
                .iter()
                .skip(1)
                .take_while(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.'))
                .count();
            let piece = match after.get(1 + width) {
                Some(b'%') => Text::lit(b"%"),
                Some(b's') if width == 0 => items.next().map_or_else(Text::any, Val::as_text),
                Some(b'd' | b'i' | b'u' | b'f' | b'x' | b'X' | b'o' | b'g' | b'e') => {
                    items.next();
                    Text::part(Part::Num)
                }
                _ => return Val::data(),
            };
            out = out.concat(&piece);
            rest = after.get(2 + width..).unwrap_or_default();
        }
        Val::text(out.concat(&Text::lit(rest)))
    }
}
