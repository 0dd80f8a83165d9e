//! Functions that load data from stores: databases, serialised objects, model hubs.

use clearance_core::{Effect, Span};
use clearance_shell::invocation::Value;

use super::{Own, path_text};
use crate::code::Language;
use crate::code::flow::call::Args;
use crate::code::flow::rule::Special;
use crate::code::flow::value::{ANY, DATA, REFLECT, Text, Thing, Val, unknown_value};
use crate::code::flow::{CodeTarget, Flow, foreign};

impl Flow<'_> {
    pub(super) fn sql_connect(&mut self, name: &str, args: &Args, span: Span) -> Val {
        let text =
            path_text(&args.get(0, "database").unwrap_or_else(Val::data)).unwrap_or_else(Text::any);
        if text.sole() != Some(b":memory:") {
            self.act_path(Effect::Read, &text, span);
            for value in text.to_values() {
                self.act(Effect::DbRead, CodeTarget::Path(value), span);
            }
        }
        match name {
            _ if text.sole() == Some(b":memory:") => {
                Val::thing(Thing::Object(foreign::MEMORY_DB, None))
            }
            _ => Val::thing(Thing::Object(foreign::SQL, Some(text))),
        }
    }

    pub(super) fn numpy_load(&mut self, args: &Args, span: Span, first: Val) -> Val {
        if args.named("allow_pickle").is_some() || args.list.len() > 2 || args.stars.is_some() {
            return self.unpickle(Special::Unpickle, args, span);
        }
        if let Some(text) = path_text(&first) {
            self.act_path(Effect::Read, &text, span);
        }
        Val::any()
    }

    pub(super) fn foreign_query(&mut self, args: &Args, span: Span, first: Val) -> Val {
        let plain = first
            .sole_text()
            .is_some_and(|t| !t.iter().any(|b| b"@(`_;".contains(b)));
        if !plain && (first.text.is_some() || first.has(DATA)) {
            self.unknown(span, "a method that can run text as code");
        }
        self.hand_over(args, span);
        Val::any()
    }

    pub(super) fn sql(&mut self, args: &Args, own: Own<'_>, span: Span) -> Val {
        let text = args
            .get(0, "sql query statement operation")
            .unwrap_or_default();
        let memory = own.is_some_and(|(kind, _)| kind == foreign::MEMORY_DB);
        let known = text
            .text
            .as_ref()
            .and_then(Text::all_known)
            .filter(|_| text.flags == 0 && text.things.is_empty());
        match known {
            Some(all) => {
                let changes = all.iter().any(|one| {
                    let verb = one.trim_ascii_start().to_ascii_lowercase();
                    ![&b"select"[..], b"pragma", b"explain", b"values"]
                        .iter()
                        .any(|v| verb.starts_with(v))
                });
                if let (false, true, Some((_, Some(path)))) = (memory, changes, own) {
                    self.act_path(Effect::Write, path, span);
                }
                for one in all {
                    if memory
                        && !has_word(one, b"attach")
                        && !has_word(one, b"load_extension")
                        && !has_word(one, b"into")
                        && !has_word(one, b"writefile")
                    {
                        continue;
                    }
                    let value = Value::Static(one.into());
                    self.act(
                        Effect::RunInline,
                        CodeTarget::Code(Language::Sql, value),
                        span,
                    );
                }
            }
            None => {
                // A statement with parts put in: its verb still counts.
                let verb = text.as_text();
                let reads = !verb.may_start(|b| {
                    let t = b.trim_ascii_start().to_ascii_lowercase();
                    !t.starts_with(b"select ") && !t.starts_with(b"pragma table_info")
                });
                if reads && own.is_some() {
                    self.act(Effect::DbRead, CodeTarget::None, span);
                } else if !text.is_bottom() || self.emit {
                    self.unknown(span, "a database statement that is not known");
                }
            }
        }
        self.callbacks(&args.rest(), span);
        match own {
            Some((kind, text)) => Val::thing(Thing::Object(kind, text.cloned())),
            None => Val::data().joined(&Val::any()),
        }
    }

    pub(super) fn yaml(&mut self, args: &Args, span: Span) -> Val {
        let loader = args.get(1, "Loader").unwrap_or_default();
        let safe =
            loader.things.iter().all(
                |t| matches!(t, Thing::Known(n, _) if n.contains("Safe") || n.contains("Base")),
            ) && loader.flags == 0
                && !loader.things.is_empty();
        if !safe {
            // The text itself, not the name of a file.
            let text = args
                .get(0, "stream")
                .is_some_and(|v| v.text.is_some() || v.has(DATA));
            if text {
                self.unknown(span, "data that can run code is loaded");
                return Val::any();
            }
            return self.unpickle(Special::Unpickle, args, span);
        }
        Val::data()
    }

    /// The file can hold code, which runs: as a script of its place.
    pub(super) fn unpickle(&mut self, special: Special, args: &Args, span: Span) -> Val {
        let position = u8::from(special == Special::SpecFromFile);
        let given = args
            .get(position, "file path location f fname filename name_or_path")
            .unwrap_or_default();
        if given.is_bottom() && !self.emit {
            return Val::default();
        }
        let mut paths = path_text(&given).filter(|_| !given.has(DATA) || given.text.is_some());
        let mut known = paths.is_some() && !given.has(ANY | REFLECT | DATA);
        for thing in &given.things {
            match thing {
                Thing::File(Some(path)) => match &mut paths {
                    Some(all) => {
                        all.join(path);
                    }
                    None => {
                        paths = Some(path.clone());
                        known = given.flags == 0;
                    }
                },
                _ => known = false,
            }
        }
        match paths {
            Some(path) if known => {
                self.act_path(Effect::Read, &path, span);
                self.act_path(Effect::RunProject, &path, span);
            }
            _ => self.unknown(span, "data that can run code is loaded"),
        }
        Val::any()
    }

    pub(super) fn hub(&mut self, args: &Args, span: Span) -> Val {
        if args.named("trust_remote_code").is_some() {
            self.unknown(span, "code of a downloaded model runs");
        }
        let name = args
            .get(
                0,
                "repo_id path pretrained_model_name_or_path model_name_or_path name",
            )
            .unwrap_or_default();
        let text = path_text(&name).unwrap_or_else(Text::any);
        let local = text.all_known().is_some_and(|all| {
            all.iter()
                .all(|t| t.starts_with(b"/") || t.starts_with(b"./") || t.starts_with(b"~"))
        });
        if local {
            self.act_path(Effect::Read, &text, span);
        } else {
            let url = Text::lit(b"hub:").concat(&text);
            self.act_url(Effect::NetRead, &url, span);
        }
        for key in ["local_dir", "cache_dir", "cache_folder"] {
            if let Some(dir) = args.named(key).and_then(path_text) {
                self.act_path(Effect::Write, &dir, span);
            }
        }
        self.hand_over(args, span);
        let _ = unknown_value;
        Val::any()
    }
}

fn has_word(text: &[u8], word: &[u8]) -> bool {
    text.to_ascii_lowercase()
        .windows(word.len())
        .any(|w| w == word)
}
