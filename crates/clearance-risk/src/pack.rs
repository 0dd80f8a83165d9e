//! Reads packs: TOML to [`ProgramDef`]s, with errors that say where.
//!
//! The schema is `docs/PACKS.md`. This file is also compiled into `build.rs`, so that the
//! built-in packs and a company's own obey the same rules.

use std::collections::BTreeMap;
use std::fmt;

use clearance_core::Effect;
use serde::Deserialize;
use toml::Spanned;

use super::spec::{
    Arity, CommandDef, EffectSet, EnvDef, EnvMeaning, NamesDef, OptionDef, ProgramDef, Syntax,
    WordRole,
};

#[path = "pack/list.rs"]
mod list;
#[path = "pack/names.rs"]
mod names;
#[path = "pack/words.rs"]
mod words;

use self::words::{effects, operands, role, syntax};

/// What is wrong with a pack, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PackError {
    /// The file's name, as given to [`parse`].
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// One sentence, lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}",
            self.file, self.line, self.column, self.message
        )?;
        match &self.help {
            Some(help) => write!(f, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for PackError {}

/// One `[[program]]` table as it stands in a pack or a policy file; see `docs/PACKS.md`.
/// [`compile`] checks it and makes the [`ProgramDef`].
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct ProgramTable(Table);

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    names: Spanned<String>,
    #[serde(default)]
    source: Option<String>,
    syntax: Option<Spanned<String>>,
    effects: Option<Spanned<String>>,
    bare: Option<Spanned<String>>,
    operands: Option<Spanned<String>>,
    flags: Option<Spanned<String>>,
    #[serde(default)]
    values: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    option: Vec<OptionTable>,
    #[serde(default)]
    sub: Vec<Table>,
    default: Option<Spanned<String>>,
    globals: Option<Spanned<String>>,
    #[serde(default, rename = "passes-on")]
    passes_on: bool,
    help: Option<bool>,
    handler: Option<Spanned<String>>,
    stdin: Option<Spanned<String>>,
    #[serde(default)]
    env: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    hits: Vec<String>,
    #[serde(default)]
    misses: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionTable {
    names: Spanned<String>,
    value: Option<Spanned<String>>,
    effects: Option<Spanned<String>>,
    operands: Option<Spanned<String>>,
    #[serde(default)]
    replace: bool,
    #[serde(default)]
    sub: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackTable {
    #[serde(default)]
    program: Vec<Spanned<Table>>,
    #[serde(default)]
    list: Vec<list::ListTable>,
    #[serde(default)]
    names: Vec<names::NamesTable>,
    env: Option<EnvPack>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvPack {
    #[serde(default)]
    harmless: String,
    #[serde(default)]
    dangerous: String,
    #[serde(default)]
    paths: String,
    #[serde(default)]
    values: BTreeMap<String, String>,
}

/// A pack, read.
#[derive(Clone, Debug, Default)]
pub struct Pack {
    /// The programs, in the order of the file.
    pub programs: Vec<ProgramDef>,
    /// The general list of variables, if the pack has one.
    pub env: Option<EnvDef>,
    /// The lists of names that the built-in code asks for; others ask for none.
    pub names: Vec<NamesDef>,
    /// The examples: canonical name of the program or name of the list, command line, must it be
    /// allowed.
    pub examples: Vec<(String, String, bool)>,
}

/// A fault with the byte range in the file.
type Fault = (std::ops::Range<usize>, String, Option<String>);

fn fault<T>(at: &Spanned<T>, message: String, help: Option<String>) -> Fault {
    (at.span(), message, help)
}

/// Reads a pack.
///
/// # Errors
///
/// The first fault: TOML syntax, an unknown key, role, effect or syntax, or a contradiction.
///
/// # Examples
///
/// ```
/// let pack = "[[program]]\nnames = \"widget\"\nsyntax = \"gnu\"\noperands = \"reed*\"\n";
/// let error = clearance_risk::pack::parse("own.toml", pack).unwrap_err();
/// assert_eq!((error.line, error.column), (4, 12));
/// assert_eq!(error.help.as_deref(), Some("did you mean `read`?"));
/// ```
pub fn parse(file: &str, text: &str) -> Result<Pack, PackError> {
    let located = |(range, message, help): Fault| locate(file, text, range.start, message, help);
    let table: PackTable = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        locate(file, text, start, error.message().trim().to_owned(), None)
    })?;
    let mut pack = Pack {
        env: table.env.map(env_table),
        ..Pack::default()
    };
    for spanned in table.program {
        let table = spanned.into_inner();
        let name = table
            .names
            .get_ref()
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned();
        let examples = |commands: &[String], allowed: bool| {
            commands
                .iter()
                .map(|c| (name.clone(), c.clone(), allowed))
                .collect::<Vec<_>>()
        };
        for part in std::iter::once(&table).chain(&table.sub) {
            pack.examples.extend(examples(&part.hits, false));
            pack.examples.extend(examples(&part.misses, true));
        }
        pack.programs.push(program(&table).map_err(located)?);
    }
    for list in &table.list {
        pack.examples.extend(list.examples());
        for row in list.rows() {
            if let Some(table) = list.row(row).map_err(located)? {
                pack.programs.push(program(&table).map_err(located)?);
            }
        }
    }
    for list in &table.names {
        pack.examples.extend(list.examples());
        pack.names.push(list.compile().map_err(located)?);
    }
    Ok(pack)
}

/// Checks one program table of a larger file, such as a policy.
///
/// # Errors
///
/// As [`parse`]; `text` is the whole file, to which the spans refer.
pub fn compile(file: &str, text: &str, table: &ProgramTable) -> Result<ProgramDef, PackError> {
    program(&table.0)
        .map_err(|(range, message, help)| locate(file, text, range.start, message, help))
}

fn locate(file: &str, text: &str, at: usize, message: String, help: Option<String>) -> PackError {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    PackError {
        file: file.to_owned(),
        line,
        column,
        message,
        help,
    }
}

fn env_table(pack: EnvPack) -> EnvDef {
    let sorted = |names: &str| {
        let mut list: Vec<String> = names.split_whitespace().map(str::to_owned).collect();
        list.sort();
        list.dedup();
        list
    };
    let mut values: Vec<(String, String)> = Vec::new();
    for (name, alternatives) in &pack.values {
        values.extend(
            alternatives
                .split_whitespace()
                .map(|value| (name.clone(), value.to_owned())),
        );
    }
    values.sort();
    EnvDef {
        harmless: sorted(&pack.harmless),
        dangerous: sorted(&pack.dangerous),
        paths: sorted(&pack.paths),
        values,
    }
}

fn program(table: &Table) -> Result<ProgramDef, Fault> {
    let names: Vec<String> = table
        .names
        .get_ref()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    if names.is_empty() {
        return Err(fault(&table.names, "a program needs a name".into(), None));
    }
    let syntax = syntax(table.syntax.as_ref())?.unwrap_or_default();
    let base = command(table, "", false, syntax)?;
    let mut subs: Vec<CommandDef> = Vec::new();
    for sub in &table.sub {
        if !sub.sub.is_empty() || sub.default.is_some() || sub.globals.is_some() {
            let message = "a sub-command has no `sub`, `default` or `globals` of its own";
            let help = "write the whole path in `names`: \"remote add\"";
            return Err(fault(&sub.names, message.into(), Some(help.into())));
        }
        for path in sub.names.get_ref().split('|') {
            let words: Vec<&str> = path.split_whitespace().collect();
            let joined = words.join(" ");
            let (path, wild) = match joined.strip_suffix('*') {
                Some(stem) => (stem, true),
                None => (joined.as_str(), false),
            };
            if words.is_empty() || (wild && path.is_empty()) {
                return Err(fault(&sub.names, "a sub-command needs a name".into(), None));
            }
            if subs.iter().any(|s| s.path == path && s.wild == wild) {
                return Err(fault(
                    &sub.names,
                    format!("sub-command `{path}` occurs twice"),
                    None,
                ));
            }
            subs.push(command(sub, path, wild, syntax)?);
        }
    }
    subs.sort_by(|a, b| a.path.cmp(&b.path).then(a.wild.cmp(&b.wild)));
    let default = match &table.default {
        None => None,
        Some(name) => match subs.iter().position(|s| s.path == name.get_ref().as_str()) {
            Some(index) => u16::try_from(index).ok(),
            None => {
                return Err(fault(
                    name,
                    format!("no sub-command `{}`", name.get_ref()),
                    None,
                ));
            }
        },
    };
    let globals_before = match &table.globals {
        None => false,
        Some(word) if word.get_ref() == "before" => true,
        Some(word) => {
            return Err(fault(word, "`globals` can only be \"before\"".into(), None));
        }
    };
    Ok(ProgramDef {
        names,
        base,
        subs,
        default,
        globals_before,
        help: table.help.unwrap_or(true),
    })
}

fn command(table: &Table, path: &str, wild: bool, inherited: Syntax) -> Result<CommandDef, Fault> {
    // `source` is for readers of the pack.
    let _ = &table.source;
    let mut options: Vec<OptionDef> = Vec::new();
    if let Some(flags) = &table.flags {
        for name in flags.get_ref().split_whitespace() {
            add(
                &mut options,
                flags,
                name,
                plain(Arity::Flag, WordRole::Text),
            )?;
        }
    }
    for (role_name, names) in &table.values {
        let role = role(names, role_name)?;
        for name in names.get_ref().split_whitespace() {
            let (name, arity) = match name.strip_suffix('?') {
                Some(stem) => (stem, Arity::Optional),
                None => (name, Arity::Required),
            };
            add(&mut options, names, name, plain(arity, role))?;
        }
    }
    for table in &table.option {
        let mut second = None;
        let (arity, value) = match &table.value {
            None => (Arity::Flag, WordRole::Text),
            Some(spanned) => match spanned.get_ref().strip_suffix('?') {
                Some(name) => (Arity::Optional, role(spanned, name)?),
                None => {
                    let mut names = spanned.get_ref().split_whitespace();
                    let first = role(spanned, names.next().unwrap_or_default())?;
                    second = names.next().map(|name| role(spanned, name)).transpose()?;
                    (Arity::Required, first)
                }
            },
        };
        let spec = OptionDef {
            effects: effects(table.effects.as_ref())?,
            operands: operands(table.operands.as_ref())?,
            replace: table.replace,
            sub: table.sub,
            second,
            ..plain(arity, value)
        };
        for name in table.names.get_ref().split_whitespace() {
            add(&mut options, &table.names, name, spec.clone())?;
        }
    }
    // A whole name comes before the same name as a beginning.
    options.sort_by(|a, b| a.name.cmp(&b.name).then(a.prefix.cmp(&b.prefix)));
    // What operands are anyway, an option cannot make worse.
    let usual: Vec<WordRole> = operands(table.operands.as_ref())?
        .iter()
        .flat_map(|o| o.iter())
        .map(|o| o.role)
        .collect();
    let options_matter = options.iter().any(|o| {
        let data = o.arity == Arity::Flag
            || matches!(
                o.role,
                WordRole::Read | WordRole::ReadList | WordRole::ReadTree
            )
            || o.role.is_data();
        let data = data && o.second.is_none_or(WordRole::is_data);
        let quiet = o.effects.iter().all(is_quiet);
        let loud = |role: WordRole| {
            let quiet = role.is_data()
                || matches!(
                    role,
                    WordRole::Read | WordRole::ReadList | WordRole::ReadTree
                );
            !quiet && !usual.contains(&role)
        };
        let operands = o.operands.as_deref().unwrap_or_default();
        !data || !quiet || o.sub || operands.iter().any(|x| loud(x.role))
    });
    let mut env: Vec<(String, EnvMeaning)> = Vec::new();
    for (name, meaning) in &table.env {
        let meaning_name = meaning.get_ref();
        let parsed = match WordRole::parse(meaning_name) {
            Some(role) => EnvMeaning::Role(role),
            None => match Effect::parse(meaning_name) {
                Some(effect) => EnvMeaning::Effect(effect),
                None => {
                    let message = format!("`{meaning_name}` is neither a role nor an effect");
                    return Err(fault(meaning, message, None));
                }
            },
        };
        env.push((name.clone(), parsed));
    }
    let stdin = match &table.stdin {
        None => None,
        Some(name) => Some(role(name, name.get_ref())?),
    };
    Ok(CommandDef {
        path: path.to_owned(),
        wild,
        syntax: syntax(table.syntax.as_ref())?.unwrap_or(inherited),
        effects: effects(table.effects.as_ref())?,
        bare: effects(table.bare.as_ref())?,
        operands: operands(table.operands.as_ref())?,
        options,
        passes_on: table.passes_on,
        handler: table.handler.as_ref().map(|h| h.get_ref().clone()),
        stdin,
        env,
        options_matter,
    })
}

/// Effects that leave the world as it is.
fn is_quiet(effect: Effect) -> bool {
    matches!(
        effect,
        Effect::Compute
            | Effect::List
            | Effect::Read
            | Effect::DbRead
            | Effect::ContainerRead
            | Effect::ClusterRead
            | Effect::CloudRead
    )
}

fn plain(arity: Arity, role: WordRole) -> OptionDef {
    OptionDef {
        name: String::new(),
        prefix: false,
        arity,
        role,
        second: None,
        effects: EffectSet::EMPTY,
        replace: false,
        sub: false,
        operands: None,
    }
}

fn add(
    options: &mut Vec<OptionDef>,
    at: &Spanned<String>,
    name: &str,
    spec: OptionDef,
) -> Result<(), Fault> {
    let (stem, prefix) = match name.strip_suffix('*') {
        Some(stem) => (stem, true),
        None => (name, false),
    };
    if !stem.starts_with(['-', '+']) {
        let help = "options are written with their dashes".to_owned();
        return Err(fault(
            at,
            format!("`{name}` does not look like an option"),
            Some(help),
        ));
    }
    if options.iter().any(|o| o.name == stem && o.prefix == prefix) {
        return Err(fault(at, format!("option `{stem}` occurs twice"), None));
    }
    options.push(OptionDef {
        name: stem.to_owned(),
        prefix,
        ..spec
    });
    Ok(())
}
