//! Functions that open, read, write and remove files.

use clearance_core::{Effect, Span};

use super::path_text;
use crate::code::flow::Flow;
use crate::code::flow::call::Args;
use crate::code::flow::rule::Special;
use crate::code::flow::value::{PATH, Part, Text, Thing, Val};

impl Flow<'_> {
    pub(super) fn file_input(&mut self, args: &Args, span: Span) -> Val {
        let files = args.get(0, "files").unwrap_or_else(Val::data);
        let elem = self.iterate(&files, span);
        let text = if files.text.is_some() {
            files.as_text()
        } else {
            elem.as_text()
        };
        let inplace =
            args.named("inplace").is_some() || args.list.len() > 1 || args.stars.is_some();
        self.act_path(
            if inplace { Effect::Write } else { Effect::Read },
            &text,
            span,
        );
        Val::data()
    }

    /// `list.remove(x)` or `filesystem.remove(path)`.
    pub(super) fn foreign_remove(&mut self, args: &Args, span: Span, first: Val) -> Val {
        // `list.remove(x)` or `filesystem.remove(path)`: a path is text.
        if first.text.is_some() || first.has(PATH) {
            self.act_path(Effect::Delete, &first.as_text(), span);
        }
        self.hand_over(args, span);
        Val::any()
    }

    /// `file.write(text)` or `table.write(path)`.
    pub(super) fn foreign_write(&mut self, args: &Args, span: Span, first: Val) -> Val {
        // `file.write(text)` or `table.write(path)`.
        let named = args.named("filename").or(args.named("output")).cloned();
        let given = named.or_else(|| first.text.is_some().then(|| first.clone()));
        if let Some(text) = given.as_ref().and_then(path_text) {
            let content = text
                .sole()
                .is_some_and(|t| t.contains(&b'\n') || t.contains(&b' '));
            let path_like = text
                .may_start(|b| b.starts_with(b"/") || b.starts_with(b"~") || b.starts_with(b".."));
            if !content && (path_like || text.all_known().is_some()) {
                self.act_path(Effect::Write, &text, span);
            }
        }
        self.hand_over(args, span);
        Val::any()
    }

    pub(super) fn js_rm(&mut self, args: &Args, span: Span, first: Val) -> Val {
        let text = path_text(&first).unwrap_or_else(Text::any);
        let options = args.get(1, "").unwrap_or_default();
        let tree =
            !options.is_bottom() && !options.things.iter().any(|t| matches!(t, Thing::Func(_)));
        self.act_path(
            if tree {
                Effect::DeleteTree
            } else {
                Effect::Delete
            },
            &text,
            span,
        );
        self.hand_over(args, span);
        Val::num()
    }

    pub(super) fn js_open_stream(&mut self, name: &str, span: Span, first: Val) -> Val {
        let text = path_text(&first).unwrap_or_else(Text::any);
        self.act_path(
            if name == "createReadStream" {
                Effect::Read
            } else {
                Effect::Write
            },
            &text,
            span,
        );
        Val::thing(Thing::File(Some(text)))
    }

    pub(super) fn js_readdir(&mut self, args: &Args, span: Span, first: Val) -> Val {
        let text = path_text(&first).unwrap_or_else(|| Text::lit(b"."));
        self.act_path(Effect::List, &text, span);
        self.callbacks(args, span);
        let deep = args.get(1, "").is_some_and(|v| !v.things.is_empty());
        let elem = Val::text(Text::part(if deep { Part::Sub } else { Part::Name }));
        let elem = if deep {
            elem.joined(&Val::data())
        } else {
            elem
        };
        self.list_of(span, elem)
    }

    pub(super) fn open(&mut self, args: &Args, span: Span) -> Val {
        let file = args.get(0, "file filename name path").unwrap_or_default();
        if args.named("opener").is_some() {
            self.unknown(span, "a file is opened by a function of its own");
        }
        let mode = args.get(1, "mode").unwrap_or_default();
        let Some(text) = path_text(&file) else {
            return Val::thing(Thing::File(None));
        };
        let modes = mode.text.as_ref().and_then(Text::all_known);
        let (read, write) = if mode.is_bottom() && args.stars.is_none() {
            (true, false)
        } else {
            match modes {
                Some(all) if mode.flags & !PATH == 0 && mode.things.is_empty() => {
                    let writes =
                        |m: &&[u8]| m.iter().any(|b| matches!(b, b'w' | b'a' | b'x' | b'+'));
                    let reads = |m: &&[u8]| m.contains(&b'r') || m.contains(&b'+') || !writes(m);
                    (all.iter().any(reads), all.iter().any(writes))
                }
                _ => (true, true),
            }
        };
        if read {
            self.act_path(Effect::Read, &text, span);
        }
        if write {
            self.act_path(Effect::Write, &text, span);
        }
        Val::thing(Thing::File(Some(text)))
    }

    pub(super) fn temporary(
        &mut self,
        name: &str,
        special: Special,
        args: &Args,
        span: Span,
    ) -> Val {
        let mut dir = Text::lit(b"/tmp");
        let position = if special == Special::TempFile && name == "NamedTemporaryFile" {
            9
        } else {
            2
        };
        if let Some(given) = args.get(position, "dir").and_then(|v| path_text(&v)) {
            dir = given;
        }
        for key in ["prefix", "suffix"] {
            let odd = args.named(key).is_some_and(|v| {
                v.as_text().may_start(|b| b.contains(&b'/')) || v.sole_text().is_none()
            });
            if odd {
                dir = Text::any();
            }
        }
        let path = dir.below(Part::Name);
        self.act_path(Effect::Write, &path, span);
        match name {
            "gettempdir" => Val::lit(b"/tmp"),
            "mkdtemp" | "mktemp" | "TemporaryDirectory" => Val::text(path),
            "mkstemp" => self.tuple_of(span, 2, vec![Val::num(), Val::text(path)]),
            _ => Val::thing(Thing::File(Some(path))),
        }
    }
}
