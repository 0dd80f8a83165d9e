//! Methods of text, and of paths.

use clearance_core::{Effect, Span};

use super::{base_name, parent, split};
use crate::code::flow::ast::Name;
use crate::code::flow::call::Args;
use crate::code::flow::rule::{Rule, Special};
use crate::code::flow::value::{DATA, NUM, PATH, Part, Text, Thing, Val};
use crate::code::flow::{Cell, Flow, site};

impl Flow<'_> {
    /// The items put together with text between them.
    pub(in crate::code::flow) fn join_text(
        &mut self,
        items: Option<Vec<Val>>,
        elem: &Val,
        by: &Text,
    ) -> Val {
        let Some(items) = items else {
            let name = elem.flags == NUM && elem.text.is_none() && elem.things.is_empty();
            let short = by
                .sole()
                .is_some_and(|b| !b.contains(&b'/') && !b.contains(&b'.'));
            return Val::text(Text::part(if name && short {
                Part::Name
            } else {
                Part::Any
            }));
        };
        let mut out: Option<Text> = None;
        for item in &items {
            let text = item.as_text();
            out = Some(match out {
                Some(before) => before.concat(by).concat(&text),
                None => text,
            });
        }
        Val::text(out.unwrap_or_else(|| Text::lit(b"")))
    }

    /// What text or data offers by that name, not called.
    pub(in crate::code::flow) fn text_member(
        &mut self,
        value: &Val,
        name: &Name,
        span: Span,
    ) -> Val {
        let text = value.as_text();
        if value.has(PATH) {
            match &**name {
                "parent" => return Val::path(parent(&text)),
                "name" | "stem" => return Val::text(base_name(&text, &**name == "stem")),
                "suffix" => return Val::text(Text::part(Part::Name)),
                "parents" => return self.list_of(span, Val::path(Text::any())),
                "parts" | "suffixes" => return Val::data(),
                // A method that is called later, or handed to what calls it.
                _ => {
                    let method = Thing::Method(value.clone().into(), name.clone());
                    return Val::thing(method).joined(&Val::data());
                }
            }
        }
        Val::flag(DATA)
    }

    pub(in crate::code::flow) fn text_method(
        &mut self,
        receiver: &Val,
        name: &Name,
        args: &Args,
        span: Span,
    ) -> Val {
        let text = receiver.text.clone().unwrap_or_else(Text::any);
        if receiver.has(PATH) {
            if let Some(made) = self.path_method(&text, name, args, span) {
                return made;
            }
        }
        let first = args.get(0, "").unwrap_or_default();
        let plain = args.list.is_empty() && args.star.is_none();
        match &**name {
            "strip" | "trim" if plain => Val::text(text.map_lit(|b| Some(b.trim_ascii().to_vec()))),
            "rstrip" | "trimEnd" if plain => {
                Val::text(text.map_lit(|b| Some(b.trim_ascii_end().to_vec())))
            }
            "lstrip" | "trimStart" if plain => {
                Val::text(text.map_lit(|b| Some(b.trim_ascii_start().to_vec())))
            }
            "lower" | "toLowerCase" => {
                Val::text(text.map_lit(|b| b.is_ascii().then(|| b.to_ascii_lowercase())))
            }
            "upper" | "toUpperCase" => {
                Val::text(text.map_lit(|b| b.is_ascii().then(|| b.to_ascii_uppercase())))
            }
            "encode" | "decode" | "toString" | "valueOf" => {
                let ascii = text.map_lit(|b| b.is_ascii().then(|| b.to_vec()));
                let same = match first.sole_text() {
                    None => args.list.is_empty(),
                    Some(codec) => {
                        let codec = codec.to_ascii_lowercase();
                        [&b"utf-8"[..], b"utf8", b"ascii", b"latin-1", b"latin1"].contains(&&*codec)
                    }
                };
                if same { Val::text(ascii) } else { Val::data() }
            }
            // A piece of a name is as plain as the name.
            "slice" | "substring" | "substr" if self.dialect.javascript && text.is_name() => {
                Val::text(Text::part(Part::Name))
            }
            "replace" | "replaceAll" => {
                let with = args.get(1, "new").unwrap_or_default();
                self.callbacks(args, span);
                match (first.sole_text(), with.sole_text()) {
                    (Some(from), Some(to))
                        if !from.is_empty() && &**name == "replace" && !self.dialect.javascript =>
                    {
                        Val::text(text.map_lit(|b| Some(replace(b, from, to))))
                    }
                    _ => Val::data(),
                }
            }
            "join" => {
                let items = self.exact_items(&first);
                let elem = self.iterate(&first, span);
                self.shown(&first, span);
                self.join_text(items, &elem, &text)
            }
            "concat" => {
                let mut out = text;
                for value in &args.list {
                    out = out.concat(&value.as_text());
                }
                Val::text(out)
            }
            "format" => self.format_method(&text, args, span),
            "split" | "splitlines" | "rsplit" if receiver.flags == 0 => {
                self.split(&text, &first, args, span)
            }
            "count" | "find" | "index" | "startswith" | "endswith" | "isdigit" | "startsWith"
            | "endsWith" | "indexOf" | "includes" | "codePointAt" | "charCodeAt" => Val::num(),
            _ => {
                self.callbacks(args, span);
                Val::data()
            }
        }
    }

    pub(in crate::code::flow) fn split(
        &mut self,
        text: &Text,
        by: &Val,
        args: &Args,
        span: Span,
    ) -> Val {
        let pieces = match (text.sole(), args.list.as_slice()) {
            (Some(known), []) => Some(
                known
                    .split(u8::is_ascii_whitespace)
                    .filter(|w| !w.is_empty())
                    .map(Val::lit)
                    .collect::<Vec<_>>(),
            ),
            (Some(known), [_]) => by
                .sole_text()
                .filter(|b| !b.is_empty() && b.len() == 1)
                .map(|sep| {
                    known
                        .split(|b| sep.first() == Some(b))
                        .map(Val::lit)
                        .collect()
                }),
            _ => None,
        };
        match pieces {
            Some(items) if items.len() <= 64 => self.tuple_of(span, 4, items),
            _ => self.list_of(span, Val::data()),
        }
    }

    pub(in crate::code::flow) fn format_method(
        &mut self,
        text: &Text,
        args: &Args,
        span: Span,
    ) -> Val {
        for value in args.all() {
            self.shown(value, span);
        }
        let reaches = text.sole().is_none_or(|t| {
            let mut fields = t.split(|&b| b == b'{').skip(1);
            fields.any(|f| {
                f.iter()
                    .take_while(|&&b| b != b'}' && b != b':')
                    .any(|b| b".[".contains(b))
            })
        });
        if reaches
            && args
                .all()
                .any(|v| v.things.iter().any(|t| matches!(t, Thing::Module(_))))
        {
            self.unknown(span, "a field that reaches into a library");
        }
        let Some(known) = text.sole() else {
            return Val::data();
        };
        let mut out = Text::lit(b"");
        let mut next = 0_u8;
        let mut rest = known;
        while let Some(at) = rest.iter().position(|b| matches!(b, b'{' | b'}')) {
            let (before, after) = rest.split_at(at);
            out = out.concat(&Text::lit(before));
            match after {
                [b'{', b'{', tail @ ..] | [b'}', b'}', tail @ ..] => {
                    out = out.concat(&Text::lit(after.get(..1).unwrap_or_default()));
                    rest = tail;
                }
                [b'{', tail @ ..] => {
                    let Some(end) = tail.iter().position(|&b| b == b'}') else {
                        return Val::data();
                    };
                    let field = tail.get(..end).unwrap_or_default();
                    let value = match core::str::from_utf8(field) {
                        Ok("") => {
                            next += 1;
                            args.get(next - 1, "")
                        }
                        Ok(name) if name.bytes().all(|b| b.is_ascii_digit()) => {
                            name.parse().ok().and_then(|n| args.get(n, ""))
                        }
                        Ok(name) => args.named(name).cloned(),
                        Err(_) => None,
                    };
                    out = out.concat(&value.map_or_else(Text::any, |v| v.as_text()));
                    rest = tail.get(end + 1..).unwrap_or_default();
                }
                _ => return Val::data(),
            }
        }
        Val::text(out.concat(&Text::lit(rest)))
    }

    /// Methods of `pathlib.Path`; `None`: not one.
    pub(in crate::code::flow) fn path_method(
        &mut self,
        path: &Text,
        name: &Name,
        args: &Args,
        span: Span,
    ) -> Option<Val> {
        let first = args.get(0, "target").unwrap_or_default();
        Some(match &**name {
            "read_text" | "read_bytes" => {
                self.act_path(Effect::Read, path, span);
                Val::data()
            }
            "write_text" | "write_bytes" | "touch" | "mkdir" => {
                self.act_path(Effect::Write, path, span);
                Val::num()
            }
            "unlink" | "rmdir" => {
                self.act_path(Effect::Delete, path, span);
                Val::num()
            }
            "chmod" | "lchmod" => {
                self.act_path(Effect::ChangeMode, path, span);
                Val::num()
            }
            "rename" | "replace" | "move" | "move_into" => {
                self.act_path(Effect::Write, path, span);
                self.act_path(Effect::Write, &first.as_text(), span);
                Val::path(first.as_text())
            }
            "copy" | "copy_into" => {
                self.act_path(Effect::Read, path, span);
                self.act_path(Effect::Write, &first.as_text(), span);
                Val::path(first.as_text())
            }
            "symlink_to" | "hardlink_to" | "link_to" => {
                // What is written through the link is written there.
                self.act_path(Effect::Write, path, span);
                self.act_path(Effect::Write, &first.as_text(), span);
                Val::num()
            }
            "open" => {
                let mut inner = args.clone();
                inner.list.insert(0, Val::path(path.clone()));
                self.apply("open", &Rule::Special(Special::Open), &inner, None, span)
            }
            "exists" | "is_file" | "is_dir" | "is_symlink" | "stat" | "lstat" | "owner"
            | "group" | "is_mount" | "samefile" => {
                self.act_path(Effect::List, path, span);
                Val::data()
            }
            "readlink" => {
                self.act_path(Effect::List, path, span);
                Val::path(Text::any())
            }
            "iterdir" => {
                self.act_path(Effect::List, path, span);
                let elem = Val::path(path.below(Part::Name));
                self.list_of(span, elem)
            }
            "glob" | "rglob" => {
                self.act_path(Effect::List, path, span);
                let up = first
                    .as_text()
                    .may_start(|b| b.windows(2).any(|w| w == b"..") || b.starts_with(b"/"));
                let up = up || first.text.is_none();
                let elem = Val::path(if up {
                    Text::any()
                } else {
                    path.below(Part::Sub)
                });
                self.list_of(span, elem)
            }
            "walk" => {
                self.act_path(Effect::List, path, span);
                self.walk(path, true, span)
            }
            "joinpath" => {
                let mut out = path.clone();
                for value in &args.list {
                    out = out.join_path(&value.as_text(), true);
                }
                if let Some(star) = &args.star {
                    let _ = star;
                    out = Text::any();
                }
                Val::path(out)
            }
            "with_suffix" => match first.sole_text() {
                Some(suffix) => {
                    let suffix = suffix.to_vec();
                    Val::path(
                        path.map_lit(|b| with_suffix(b, &suffix))
                            .joined_name_safe(path),
                    )
                }
                None => Val::path(Text::any()),
            },
            "with_name" | "with_stem" => Val::path(parent(path).join_path(&first.as_text(), true)),
            "resolve" | "absolute" | "expanduser" | "as_posix" => Val::path(path.clone()),
            "relative_to" => Val::path(Text::any()),
            "as_uri" | "match" | "is_relative_to" | "is_absolute" => Val::flag(DATA | NUM),
            _ => return None,
        })
    }

    /// `os.walk`: directory, names of directories, names of files.
    pub(in crate::code::flow) fn walk(&mut self, path: &Text, as_path: bool, span: Span) -> Val {
        let dir = path.concat(&Text::part(Part::Sub));
        let dir = path.clone().also(&path.below(Part::Sub)).unwrap_or(dir);
        let dir = if as_path {
            Val::path(dir)
        } else {
            Val::text(dir)
        };
        let dirs = self.tuple_cell(span, 5, Val::text(Text::part(Part::Name)));
        let files = self.tuple_cell(span, 6, Val::text(Text::part(Part::Name)));
        let row = self.tuple_of(span, 7, vec![dir, dirs, files]);
        self.list_of(span, row)
    }

    pub(in crate::code::flow) fn tuple_cell(&mut self, span: Span, salt: u64, elem: Val) -> Val {
        self.new_cell(
            site(span, salt),
            Cell {
                elem,
                ..Cell::default()
            },
        )
    }
}

fn with_suffix(path: &[u8], suffix: &[u8]) -> Option<Vec<u8>> {
    let (dir, name) = split(path);
    let stem = match name.iter().rposition(|&b| b == b'.') {
        Some(at) if at > 0 => name.get(..at)?,
        _ => name,
    };
    Some([dir, stem, suffix].concat())
}

fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.windows(from.len()).position(|w| w == from) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        out.extend_from_slice(to);
        rest = rest.get(at + from.len()..).unwrap_or_default();
        if out.len() > 65_536 {
            break;
        }
    }
    out.extend_from_slice(rest);
    out
}
