//! Functions that compute paths or walk directories.

use std::rc::Rc;

use clearance_core::{Effect, Span};

use super::path_text;
use crate::code::flow::call::Args;
use crate::code::flow::rule::Special;
use crate::code::flow::value::{PATH, Part, Text, Val};
use crate::code::flow::{Flow, methods};

impl Flow<'_> {
    pub(super) fn path_join(&mut self, special: Special, args: &Args) -> Val {
        let resets = special != Special::JsPathJoin;
        let mut parts = args.list.iter();
        let mut out = parts.next().map_or_else(|| Text::lit(b""), Val::as_text);
        for part in parts {
            out = out.join_path(&part.as_text(), resets);
        }
        if args.star.is_some() {
            out = Text::any();
        }
        Val::text(out)
    }

    /// `os.path.split` and `splitext`.
    pub(super) fn path_split(&mut self, name: &str, span: Span, first: Val) -> Val {
        let text = first.as_text();
        let items = if name == "split" {
            vec![
                Val::text(methods::parent(&text)),
                Val::text(methods::base_name(&text, false)),
            ]
        } else {
            let bare = text.map_lit(|b| {
                let dot = b.iter().rposition(|&c| c == b'.').filter(|&at| {
                    at > 0
                        && b.get(at - 1) != Some(&b'/')
                        && !b.get(at..).is_some_and(|r| r.contains(&b'/'))
                });
                Some(b.get(..dot.unwrap_or(b.len())).unwrap_or_default().to_vec())
            });
            let bare = if bare.all_known().is_some() {
                bare
            } else {
                methods::parent(&text)
                    .slash()
                    .concat(&Text::part(Part::Name))
            };
            vec![Val::text(bare), Val::text(Text::part(Part::Name))]
        };
        self.tuple_of(span, 2, items)
    }

    pub(super) fn absolute(&mut self, args: &Args) -> Val {
        let given = args.get(0, "path filename").unwrap_or_default();
        Val {
            flags: given.flags & PATH,
            text: Some(given.as_text()),
            things: Vec::new(),
        }
    }

    pub(super) fn expand_user(&mut self, name: &str, args: &Args) -> Val {
        let given = args.get(0, "path").unwrap_or_default();
        if given
            .text
            .as_ref()
            .is_some_and(|t| t.may_start(|b| b.contains(&b'$')))
            && name == "expandvars"
        {
            return Val::data();
        }
        Val::text(given.as_text())
    }

    /// `Path(…)`.
    pub(super) fn make_path(&mut self, args: &Args) -> Val {
        let mut parts = args.list.iter();
        let mut out = parts.next().map_or_else(|| Text::lit(b"."), Val::as_text);
        for part in parts {
            out = out.join_path(&part.as_text(), true);
        }
        if args.star.is_some() {
            out = Text::any();
        }
        Val::path(out)
    }

    pub(super) fn home_path(&mut self, name: &str) -> Val {
        let home = Text::lit(b"~");
        if name == "homedir" {
            Val::text(home)
        } else {
            Val::path(home)
        }
    }

    /// `os.walk(top)`.
    pub(super) fn walk_files(&mut self, args: &Args, span: Span) -> Val {
        let top = args
            .get(0, "top")
            .map_or_else(|| Text::lit(b"."), |v| v.as_text());
        self.act_path(Effect::List, &top, span);
        self.walk(&top, false, span)
    }

    /// A directory from which imports run code.
    pub(super) fn module_path(&mut self, name: &str, args: &Args, span: Span) -> Val {
        // A directory from which imports run code.
        let dir = match name {
            "insert" => args.get(1, ""),
            _ => args.get(0, ""),
        };
        let dir = dir.unwrap_or_default();
        let text = if dir.things.is_empty() {
            dir.as_text()
        } else {
            self.elements(&dir).as_text()
        };
        self.act_path(Effect::RunProject, &text, span);
        Val::num()
    }

    pub(super) fn change_dir(&mut self, span: Span, first: Val) -> Val {
        let text = path_text(&first).unwrap_or_else(Text::any);
        self.act_path(Effect::List, &text, span);
        if self.emit {
            match &mut self.chdir {
                Some(dir) => {
                    dir.join(&text);
                }
                None => self.chdir = Some(text),
            }
        }
        Val::num()
    }

    pub(super) fn glob(&mut self, pattern: &Val, root: Option<&Text>, span: Span) -> Val {
        let text = pattern.as_text();
        let text = match root {
            Some(root) => root.join_path(&text, true),
            None => text,
        };
        let result = text.map(glob_results);
        self.act_path(Effect::List, &result, span);
        self.list_of(span, Val::text(result))
    }
}

/// The paths that a pattern can match: a directory that is known, and what is below it.
fn glob_results(parts: &[Part]) -> Rc<[Part]> {
    let wild = |b: &u8| b"*?[".contains(b);
    let up = parts.iter().any(|p| match p {
        Part::Lit(lit) => lit.windows(2).any(|w| w == b".."),
        Part::Any => true,
        _ => false,
    });
    match parts {
        [Part::Lit(only)] if !only.iter().any(wild) => parts.into(),
        [Part::Lit(first), ..] => {
            let end = first.iter().position(wild).unwrap_or(first.len());
            let known = first.get(..end).unwrap_or_default();
            let rest = first.get(end..).unwrap_or_default();
            let flat = parts.len() == 1 && !rest.contains(&b'/');
            let tail = match rest.iter().rposition(|b| b"*?[]".contains(b)) {
                Some(at) if flat => rest.get(at + 1..).unwrap_or_default(),
                _ => b"",
            };
            let hole = if up {
                Part::Any
            } else if flat {
                Part::Name
            } else {
                Part::Sub
            };
            [Part::Lit(known.into()), hole, Part::Lit(tail.into())]
                .into_iter()
                .filter(|p| !matches!(p, Part::Lit(b) if b.is_empty()))
                .collect()
        }
        _ if up => [Part::Any].into(),
        _ => [Part::Sub].into(),
    }
}
