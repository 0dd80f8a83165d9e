//! Makes a [`Store`] of programs: equal texts, option kinds and lists are stored once.
//!
//! This file is also compiled into `build.rs`.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use super::spec::{CommandDef, EnvDef, Operand, OptionDef, ProgramDef};
use super::store::{
    CommandKind, CommandRow, EnvRow, EnvTable, NameRow, NameSet, OptionKind, OptionRow, Piece,
    ProgramRow, Range, Store, name_key,
};

/// Stores these programs. Of several with the same name the last one has it.
///
/// An option that does not fit the tables (a name over 255 bytes, over 65,535 different kinds)
/// is left out, which makes it unknown.
#[must_use]
pub fn programs(list: &[ProgramDef]) -> Store {
    let mut tables = Tables::default();
    let mut names: BTreeMap<&str, u32> = BTreeMap::new();
    let mut rows = Vec::with_capacity(list.len());
    for program in list {
        let index = small(rows.len());
        names.extend(program.names.iter().map(|name| (name.as_str(), index)));
        rows.push(tables.program(program));
    }
    let names = names
        .into_iter()
        .map(|(name, program)| NameRow {
            key: name_key(name.as_bytes()),
            name: tables.texts.piece(name),
            program,
        })
        .collect();
    Store {
        text: Cow::Owned(tables.texts.text),
        options: Cow::Owned(tables.options.rows),
        option_kinds: Cow::Owned(tables.option_kinds.rows),
        operands: Cow::Owned(tables.operands.rows),
        env: Cow::Owned(tables.env.rows),
        commands: Cow::Owned(tables.commands.rows),
        command_kinds: Cow::Owned(tables.command_kinds.rows),
        programs: Cow::Owned(rows),
        names: Cow::Owned(names),
    }
}

/// Stores the general list of variables.
#[must_use]
pub fn variables(def: &EnvDef) -> EnvTable {
    let mut texts = Texts::default();
    let mut names: Vec<Piece> = Vec::new();
    let mut range = |list: &mut dyn Iterator<Item = &String>| {
        let start = names.len();
        names.extend(list.map(|name| texts.piece(name)));
        Range {
            start: small(start),
            count: small(names.len() - start),
        }
    };
    let mut set = |list: &[String]| NameSet {
        whole: range(&mut list.iter().filter(|name| !name.contains('*'))),
        patterns: range(&mut list.iter().filter(|name| name.contains('*'))),
    };
    let (harmless, dangerous, paths) = (set(&def.harmless), set(&def.dangerous), set(&def.paths));
    let values = range(&mut def.values.iter().flat_map(|(name, value)| [name, value]));
    EnvTable {
        text: Cow::Owned(texts.text),
        names: Cow::Owned(names),
        harmless,
        dangerous,
        paths,
        values,
    }
}

/// An index or length; the texts and tables of a pack never come near four thousand million.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A text in which equal pieces occur once.
#[derive(Default)]
pub(crate) struct Texts {
    pub(crate) text: String,
    known: HashMap<String, Piece>,
}

impl Texts {
    pub(crate) fn piece(&mut self, piece: &str) -> Piece {
        if let Some(&known) = self.known.get(piece) {
            return known;
        }
        let made = Piece {
            start: small(self.text.len()),
            length: small(piece.len()),
        };
        self.text.push_str(piece);
        self.known.insert(piece.to_owned(), made);
        made
    }
}

/// A table in which equal rows occur once.
struct Distinct<T> {
    rows: Vec<T>,
    known: HashMap<T, usize>,
}

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            known: HashMap::new(),
        }
    }
}

impl<T: Copy + Eq + Hash> Distinct<T> {
    fn index(&mut self, row: T) -> usize {
        let next = self.rows.len();
        let index = *self.known.entry(row).or_insert(next);
        if index == next {
            self.rows.push(row);
        }
        index
    }
}

/// A table in which equal lists occur once.
struct Lists<T> {
    rows: Vec<T>,
    known: HashMap<Vec<T>, Range>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            known: HashMap::new(),
        }
    }
}

impl<T: Copy + Eq + Hash> Lists<T> {
    fn range(&mut self, list: Vec<T>) -> Range {
        if let Some(&known) = self.known.get(&list) {
            return known;
        }
        let made = Range {
            start: small(self.rows.len()),
            count: small(list.len()),
        };
        self.rows.extend_from_slice(&list);
        self.known.insert(list, made);
        made
    }
}

#[derive(Default)]
struct Tables {
    texts: Texts,
    options: Lists<OptionRow>,
    option_kinds: Distinct<OptionKind>,
    operands: Lists<Operand>,
    env: Lists<EnvRow>,
    commands: Lists<CommandRow>,
    command_kinds: Distinct<CommandKind>,
}

impl Tables {
    fn program(&mut self, program: &ProgramDef) -> ProgramRow {
        let base = self.command(&program.base);
        let subs = program.subs.iter().map(|sub| self.command(sub)).collect();
        ProgramRow {
            names: self.texts.piece(&program.names.join(" ")),
            base,
            subs: self.commands.range(subs),
            default: program.default,
            globals_before: program.globals_before,
            help: program.help,
        }
    }

    fn command(&mut self, command: &CommandDef) -> CommandRow {
        let rows: Vec<OptionRow> = command
            .options
            .iter()
            .filter_map(|option| self.option(option))
            .collect();
        let complete = rows.len() == command.options.len();
        let env = command
            .env
            .iter()
            .map(|(name, meaning)| EnvRow {
                name: self.texts.piece(name),
                meaning: *meaning,
            })
            .collect();
        let kind = CommandKind {
            syntax: command.syntax,
            effects: command.effects,
            bare: command.bare,
            operands: self.operand_list(command.operands.as_deref()),
            options: self.options.range(rows),
            prefixes: command.options.iter().any(|option| option.prefix),
            passes_on: command.passes_on && complete,
            handler: self
                .texts
                .piece(command.handler.as_deref().unwrap_or_default()),
            stdin: command.stdin,
            env: self.env.range(env),
            options_matter: command.options_matter || !complete,
        };
        let path = self.texts.piece(&command.path);
        CommandRow {
            start: path.start,
            length: path.length,
            wild: command.wild,
            kind: small(self.command_kinds.index(kind)),
        }
    }

    fn option(&mut self, option: &OptionDef) -> Option<OptionRow> {
        let kind = OptionKind {
            prefix: option.prefix,
            arity: option.arity,
            role: option.role,
            second: option.second,
            effects: option.effects,
            replace: option.replace,
            sub: option.sub,
            operands: self.operand_list(option.operands.as_deref()),
        };
        let length = u8::try_from(option.name.len()).ok()?;
        Some(OptionRow {
            start: self.texts.piece(&option.name).start,
            length,
            kind: u16::try_from(self.option_kinds.index(kind)).ok()?,
        })
    }

    fn operand_list(&mut self, list: Option<&[Operand]>) -> Option<Range> {
        list.map(|list| self.operands.range(list.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use crate::pack;
    use crate::spec::{Arity, ProgramDef, WordRole};

    const PACK: &str = r#"
[[program]]
names = "one uno"
syntax = "clap"
flags = "-a --all"
default = "run"
[program.values]
read = "-f -D*"
[[program.sub]]
names = "run | start | remote add"
flags = "-a --all"
operands = "text*"
env = { PAGER = "shell" }
[[program.sub]]
names = "re*"
handler = "special"

[[program]]
names = "two uno"
syntax = "gnu"
operands = "read*"
"#;

    fn list() -> Vec<ProgramDef> {
        pack::parse("test", PACK).unwrap().programs
    }

    #[test]
    fn the_views_give_back_what_was_stored() {
        let defs = list();
        let store = super::programs(&defs);
        for (def, program) in defs.iter().zip(store.programs()) {
            assert_eq!(program.names().collect::<Vec<_>>(), def.names);
            assert_eq!(program.name(), def.names[0]);
            let commands = std::iter::once(program.base).chain(program.subs.iter());
            let expected = std::iter::once(&def.base).chain(&def.subs);
            assert_eq!(program.subs.len(), def.subs.len());
            for (command, def) in commands.zip(expected) {
                assert_eq!(command.path, def.path);
                assert_eq!(command.wild, def.wild);
                assert_eq!(command.effects, def.effects);
                assert_eq!(command.handler, def.handler.as_deref());
                assert_eq!(command.operands, def.operands.as_deref());
                assert_eq!(command.options.len(), def.options.len());
                for (option, def) in command.options.iter().zip(&def.options) {
                    assert_eq!(option.name, def.name);
                    assert_eq!(option.prefix, def.prefix);
                    assert_eq!((option.arity, option.role), (def.arity, def.role));
                }
                let env: Vec<_> = command.env.iter().map(|(n, m)| (n.to_owned(), m)).collect();
                assert_eq!(env, def.env);
            }
        }
    }

    #[test]
    fn lookups() {
        let store = super::programs(&list());
        let one = store.program(b"one").unwrap();
        assert_eq!(store.program(b"uno").unwrap().name(), "two");
        assert!(store.program(b"on").is_none());
        assert_eq!(one.default_sub().unwrap().path, "run");
        let select = |words: &[&'static str]| {
            let found = one.subs.select(|n| words.get(n).map(|w| w.as_bytes()));
            found.map(|(count, sub)| (count, sub.path))
        };
        assert_eq!(select(&["start", "x"]), Some((1, "start")));
        assert_eq!(select(&["remote", "add"]), Some((2, "remote add")));
        assert_eq!(select(&["remote", "rm"]), Some((1, "re")));
        assert_eq!(select(&["other"]), None);
        assert_eq!(select(&[""]), None);
        assert_eq!(select(&[]), None);
        let options = one.base.options;
        assert_eq!(options.get(b"-f").unwrap().role, WordRole::Read);
        assert_eq!(options.get(b"--all").unwrap().arity, Arity::Flag);
        assert!(options.get(b"--al").is_none());
        let found: Vec<_> = options.with_prefix(b"--a").map(|o| o.name).collect();
        assert_eq!(found, ["--all"]);
        assert_eq!(options.beginning_of(b"-Dx").unwrap().name, "-D");
        assert!(options.beginning_of(b"-x").is_none());
    }

    #[test]
    fn names_order_as_bytes_where_their_keys_agree() {
        let names = "abcdefgh abcdefghi abcdefg abcdefghia abcdefgh- a A";
        let text = format!("[[program]]\nnames = \"{names}\"\nsyntax = \"none\"\n");
        let store = super::programs(&pack::parse("test", &text).unwrap().programs);
        for name in names.split(' ') {
            assert!(store.program(name.as_bytes()).is_some(), "{name}");
        }
        for name in [&b"abcdefghj"[..], b"abcdef", b"a\0", b"", b"abcdefgh\0"] {
            assert!(store.program(name).is_none(), "{name:?}");
        }
    }

    #[test]
    fn equal_lists_are_stored_once() {
        let store = super::programs(&list());
        let one = store.program(b"one").unwrap();
        let [a, b] = ["run", "start"].map(|path| one.subs.named(path).unwrap());
        assert_eq!(a.operands.unwrap().as_ptr(), b.operands.unwrap().as_ptr());
        assert_eq!(store.text.matches("--all").count(), 1);
    }

    #[test]
    fn an_option_that_does_not_fit_is_unknown() {
        let mut defs = list();
        let base = &mut defs[1].base;
        base.passes_on = true;
        let mut option = defs[0].base.options[0].clone();
        option.name = format!("--{}", "x".repeat(300));
        defs[1].base.options.push(option);
        let store = super::programs(&defs);
        let two = store.program(b"two").unwrap();
        assert!(two.base.options.is_empty());
        assert!(!two.base.passes_on && two.base.options_matter);
    }
}
