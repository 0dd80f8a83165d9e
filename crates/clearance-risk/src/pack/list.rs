//! Lists: many small programs of one kind, a row for each. The grammar is in `docs/PACKS.md`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Fault, Table, fault};

/// Many small programs of one kind: what they share, and a row for each.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListTable {
    #[serde(default)]
    source: Option<String>,
    syntax: Option<Spanned<String>>,
    effects: Option<Spanned<String>>,
    operands: Option<Spanned<String>>,
    flags: Option<Spanned<String>>,
    #[serde(default)]
    values: BTreeMap<String, Spanned<String>>,
    handler: Option<Spanned<String>>,
    rows: Spanned<String>,
    #[serde(default)]
    hits: Vec<String>,
    #[serde(default)]
    misses: Vec<String>,
}

impl ListTable {
    /// The rows, comments and empty lines included.
    pub(super) fn rows(&self) -> impl Iterator<Item = &str> {
        self.rows.get_ref().lines()
    }

    /// The examples: the word `list`, the command line, must it be allowed.
    pub(super) fn examples(&self) -> impl Iterator<Item = (String, String, bool)> {
        let hits = self.hits.iter().map(|command| (command, false));
        let all = hits.chain(self.misses.iter().map(|command| (command, true)));
        all.map(|(command, allowed)| ("list".to_owned(), command.clone(), allowed))
    }

    /// One row of a list: `NAME,NAME (OPERANDS) [EFFECTS] {SUB,SUB} -FLAG …; ROLE -OPTION …; ROLE …`. What a
    /// row says stands beside what the list says, its operands instead of them. Nothing for an empty
    /// line and a comment.
    pub(super) fn row(&self, row: &str) -> Result<Option<Table>, Fault> {
        let at = |text: &str| Spanned::new(self.rows.span(), text.to_owned());
        let row = row.trim();
        if row.is_empty() || row.starts_with('#') {
            return Ok(None);
        }
        let mut parts = row.split(';');
        let head = parts.next().unwrap_or_default().trim();
        let (names, mut rest) = head.split_once(' ').unwrap_or((head, ""));
        rest = rest.trim_start();
        let (mut operands, mut effects, mut subs) = (None, None, None);
        loop {
            let (slot, close) = match rest.chars().next() {
                Some('(') => (&mut operands, ')'),
                Some('[') => (&mut effects, ']'),
                Some('{') => (&mut subs, '}'),
                _ => break,
            };
            let Some((inner, after)) = rest.split_once(close) else {
                let message = format!("`{close}` is missing in the row of `{names}`");
                return Err(fault(&self.rows, message, None));
            };
            *slot = Some(at(inner.trim_start_matches(['(', '[', '{'])));
            rest = after.trim_start();
        }
        let parts: Vec<(&str, &str)> = parts
            .map(|part| part.trim().split_once(' ').unwrap_or((part.trim(), "")))
            .collect();
        // What a row says of an option stands instead of what the list says.
        let own: Vec<&str> = std::iter::once(rest)
            .chain(parts.iter().map(|(_, options)| *options))
            .flat_map(str::split_whitespace)
            .map(|name| name.trim_end_matches('?'))
            .collect();
        let shared = |common: &str, more: &str| {
            let common = common
                .split_whitespace()
                .filter(|name| !own.contains(&name.trim_end_matches('?')));
            let words: Vec<&str> = common.chain(more.split_whitespace()).collect();
            at(&words.join(" "))
        };
        let mut values: BTreeMap<String, Spanned<String>> = self
            .values
            .iter()
            .map(|(role, options)| (role.clone(), shared(options.get_ref(), "")))
            .collect();
        for (role, options) in parts {
            let entry = values.entry(role.to_owned()).or_insert_with(|| at(""));
            *entry = at(&format!("{} {options}", entry.get_ref()));
        }
        // `--json` and `--json?`: with and without a value.
        let valued: Vec<&str> = values
            .values()
            .flat_map(|options| options.get_ref().split_whitespace())
            .filter_map(|name| name.strip_suffix('?'))
            .collect();
        let common = self.flags.as_ref().map_or("", |s| s.get_ref());
        let flags: Vec<&str> = common
            .split_whitespace()
            .filter(|name| !own.contains(name))
            .chain(rest.split_whitespace())
            .filter(|name| !valued.contains(name))
            .collect();
        // Any option is known only behind a sub-command: before it, options choose what is called.
        let any = flags.contains(&"-*") && subs.is_some();
        let known: Vec<&str> = flags
            .into_iter()
            .filter(|name| !any || *name != "-*")
            .collect();
        let flags = at(&known.join(" "));
        let effects = effects.or_else(|| self.effects.clone());
        let operands = operands.or_else(|| self.operands.clone());
        let sub = subs.as_ref().map(|subs| Table {
            effects: effects.clone(),
            operands: operands.clone(),
            flags: any.then(|| at("-*")),
            // Beside `-*`, which would hide what the program says of `-name=*`.
            values: if any { values.clone() } else { BTreeMap::new() },
            ..Table::named(at(&subs.get_ref().replace(',', "|")))
        });
        let operands = if sub.is_some() { None } else { operands };
        Ok(Some(Table {
            source: self.source.clone(),
            syntax: self.syntax.clone(),
            effects,
            operands,
            flags: Some(flags),
            values,
            sub: sub.into_iter().collect(),
            handler: self.handler.clone(),
            ..Table::named(at(&names.replace(',', " ")))
        }))
    }
}

impl Table {
    fn named(names: Spanned<String>) -> Self {
        Self {
            names,
            source: None,
            syntax: None,
            effects: None,
            operands: None,
            flags: None,
            values: BTreeMap::new(),
            handler: None,
            bare: None,
            option: Vec::new(),
            sub: Vec::new(),
            default: None,
            globals: None,
            passes_on: false,
            help: None,
            stdin: None,
            env: BTreeMap::new(),
            hits: Vec::new(),
            misses: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::spec::{Arity, WordRole};

    fn pack(rows: &str) -> Result<crate::pack::Pack, crate::pack::PackError> {
        let text = format!(
            "[[list]]\nsyntax = \"clap\"\noperands = \"read*\"\nflags = \"-q\"\nvalues = {{ text = \"-f\" }}\nrows = '''\n{rows}\n'''\n"
        );
        parse("list.toml", &text)
    }

    #[test]
    fn a_row_is_a_program() {
        let pack = pack("# a comment\none,uno -n; write -o -f\n\ntwo (text) [db-change]").unwrap();
        let [one, two] = pack.programs.as_slice() else {
            panic!("two rows are two programs");
        };
        assert_eq!(one.names, ["one", "uno"]);
        let names: Vec<_> = one.base.options.iter().map(|o| o.name.as_str()).collect();
        assert_eq!(names, ["-f", "-n", "-o", "-q"]);
        // What the row says of `-f` stands instead of what the list says.
        assert!(
            one.base
                .options
                .iter()
                .any(|o| o.name == "-f" && o.role == WordRole::Write)
        );
        assert!(!two.base.effects.is_empty());
        assert!(
            two.base
                .options
                .iter()
                .any(|o| o.name == "-f" && o.role == WordRole::Text)
        );
    }

    #[test]
    fn sub_commands_hold_the_operands_and_any_option() {
        let pack = pack("tool {list,node show} -*; ask --config").unwrap();
        let [tool] = pack.programs.as_slice() else {
            panic!("one row is one program");
        };
        let paths: Vec<_> = tool.subs.iter().map(|s| s.path.as_str()).collect();
        assert_eq!(paths, ["list", "node show"]);
        assert!(tool.base.operands.is_none());
        assert!(!tool.base.options.iter().any(|o| o.name == "-"));
        for sub in &tool.subs {
            assert!(sub.operands.is_some());
            assert!(sub.options.iter().any(|o| o.name == "-" && o.prefix));
            assert!(
                sub.options
                    .iter()
                    .any(|o| o.name == "--config" && o.role == WordRole::Ask)
            );
        }
    }

    #[test]
    fn an_option_with_and_without_a_value() {
        let pack = pack("tool --json; write --json?").unwrap();
        let [tool] = pack.programs.as_slice() else {
            panic!("one row is one program");
        };
        let json: Vec<_> = tool
            .base
            .options
            .iter()
            .filter(|o| o.name == "--json")
            .collect();
        assert_eq!(json.len(), 1);
        assert!(
            json.iter()
                .all(|o| o.arity == Arity::Optional && o.role == WordRole::Write)
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (rows, message) in [
            ("tool (read*", "`)` is missing in the row of `tool`"),
            ("tool plain", "`plain` does not look like an option"),
            ("tool; reed -o", "unknown role `reed`"),
            ("tool [wride]", "unknown effect `wride`"),
        ] {
            assert_eq!(pack(rows).unwrap_err().message, message, "{rows}");
        }
    }
}
