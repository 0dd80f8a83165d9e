//! Validates `packs/*.toml` and writes them as static tables, so that starting costs nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[path = "src/intern.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod intern;
#[path = "src/pack.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod pack;
#[path = "src/spec.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod spec;
#[path = "src/store.rs"]
#[allow(dead_code, unreachable_pub, missing_docs, unused_imports)]
mod store;

use spec::{EnvDef, NamesDef, ProgramDef};
use store::{EnvTable, Store};

fn main() {
    println!("cargo::rerun-if-changed=packs");
    println!("cargo::rerun-if-changed=build.rs");
    match generate() {
        Ok((catalog, names)) => {
            write("catalog.rs", &catalog);
            write("names.rs", &names);
        }
        Err(message) => fail(&message),
    }
}

/// Writes a file of code into the build's folder.
fn write(name: &str, code: &str) {
    let out = env::var("OUT_DIR").unwrap_or_default();
    let path = Path::new(&out).join(name);
    if let Err(error) = fs::write(&path, code) {
        fail(&format!("cannot write {}: {error}", path.display()));
    }
}

/// Ends the build; each line of the message is shown.
fn fail(message: &str) {
    for line in message.lines() {
        println!("cargo::error={line}");
    }
    std::process::exit(1);
}

/// The code of the catalog, and that of the lists of names.
fn generate() -> Result<(String, String), String> {
    let mut files: Vec<_> = fs::read_dir("packs")
        .map_err(|error| format!("cannot read packs: {error}"))?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    let mut programs: Vec<ProgramDef> = Vec::new();
    let mut environment = EnvDef::default();
    let mut names: Vec<NamesDef> = Vec::new();
    let mut errors: Vec<String> = Vec::new();
    for path in files {
        let name = path.display().to_string();
        let text = fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
        match pack::parse(&name, &text) {
            Ok(pack) => {
                programs.extend(pack.programs);
                names.extend(pack.names);
                if let Some(table) = pack.env {
                    environment = table;
                }
            }
            Err(error) => errors.push(error.to_string()),
        }
    }
    if !errors.is_empty() {
        return Err(errors.join("\n"));
    }
    let mut index: Vec<(&str, usize)> = Vec::new();
    for (i, program) in programs.iter().enumerate() {
        index.extend(program.names.iter().map(|name| (name.as_str(), i)));
    }
    index.sort_unstable();
    for pair in index.windows(2) {
        if let [(a, _), (b, _)] = pair {
            if a == b {
                errors.push(format!("program `{a}` occurs twice"));
            }
        }
    }
    if !errors.is_empty() {
        return Err(errors.join("\n"));
    }
    let mut code = String::new();
    write_store(&mut code, &intern::programs(&programs));
    write_env(&mut code, &intern::variables(&environment));
    Ok((code, names_code(&names)?))
}

/// A static for each list of names; those of programs in one table by the programs' names.
fn names_code(lists: &[NamesDef]) -> Result<String, String> {
    let mut code = String::new();
    let mut tables: BTreeMap<&str, BTreeMap<&str, &NamesDef>> = BTreeMap::new();
    for list in lists {
        let table = tables.entry(&list.name).or_default();
        let own: Vec<&str> = match list.of.as_slice() {
            [] => vec![""],
            of => of.iter().map(String::as_str).collect(),
        };
        for of in own {
            if table.insert(of, list).is_some() {
                return Err(format!("the list `{}` of `{of}` occurs twice", list.name));
            }
        }
        if table.len() > 1 && table.contains_key("") {
            return Err(format!(
                "the list `{}` is one for all, or of programs",
                list.name
            ));
        }
    }
    for (name, table) in &tables {
        let constant = name.to_ascii_uppercase().replace('-', "_");
        for what in table
            .values()
            .map(|list| &list.what)
            .collect::<BTreeSet<_>>()
        {
            let _ = writeln!(code, "/// {what}.");
        }
        let _ = match table.get("") {
            Some(list) => writeln!(
                code,
                "pub(crate) static {constant}: Names = {};",
                rows(list)
            ),
            None => {
                let rows: Vec<String> = table
                    .iter()
                    .map(|(of, list)| format!("({of:?}, {})", rows(list)))
                    .collect();
                let rows = rows.join(", ");
                writeln!(
                    code,
                    "pub(crate) static {constant}: NamesOf = NamesOf(&[{rows}]);"
                )
            }
        };
    }
    Ok(code)
}

fn rows(list: &NamesDef) -> String {
    let (patterns, whole): (Vec<&String>, Vec<&String>) =
        list.words.iter().partition(|word| word.contains('*'));
    format!("Names {{ whole: &{whole:?}, patterns: &{patterns:?} }}")
}

/// One static array. `Debug` of a row is valid Rust once the names are in scope.
fn write_table<T>(code: &mut String, name: &str, rows: &[T], row: impl Fn(&T) -> String) {
    let kind = std::any::type_name::<T>();
    let kind = kind.rsplit("::").next().unwrap_or(kind);
    let _ = writeln!(code, "static {name}: [{kind}; {}] = [", rows.len());
    for item in rows {
        let _ = writeln!(code, "{},", row(item));
    }
    code.push_str("];\n");
}

fn write_store(code: &mut String, store: &Store) {
    let debug = |row: &dyn std::fmt::Debug| format!("{row:?}");
    write_table(code, "OPTIONS", &store.options, |row| debug(row));
    write_table(code, "OPTION_KINDS", &store.option_kinds, |k| {
        format!(
            "OptionKind {{ prefix: {}, arity: Arity::{:?}, role: {}, second: {}, effects: {:?}, \
             replace: {}, sub: {}, operands: {:?} }}",
            k.prefix,
            k.arity,
            role(k.role),
            role_option(k.second),
            k.effects,
            k.replace,
            k.sub,
            k.operands
        )
    });
    write_table(code, "OPERANDS", &store.operands, |o| {
        format!(
            "Operand {{ role: {}, count: Count::{:?} }}",
            role(o.role),
            o.count
        )
    });
    write_table(code, "VARIABLES", &store.env, |v| {
        let meaning = match v.meaning {
            spec::EnvMeaning::Role(r) => format!("Role({})", role(r)),
            spec::EnvMeaning::Effect(effect) => format!("Effect(Effect::{effect:?})"),
        };
        format!(
            "EnvRow {{ name: {:?}, meaning: EnvMeaning::{meaning} }}",
            v.name
        )
    });
    write_table(code, "COMMANDS", &store.commands, |row| debug(row));
    write_table(code, "COMMAND_KINDS", &store.command_kinds, |k| {
        format!(
            "CommandKind {{ syntax: Syntax::{:?}, effects: {:?}, bare: {:?}, operands: {:?}, \
             options: {:?}, prefixes: {}, passes_on: {}, handler: {:?}, stdin: {}, env: {:?}, \
             options_matter: {} }}",
            k.syntax,
            k.effects,
            k.bare,
            k.operands,
            k.options,
            k.prefixes,
            k.passes_on,
            k.handler,
            role_option(k.stdin),
            k.env,
            k.options_matter
        )
    });
    write_table(code, "PROGRAMS", &store.programs, |row| debug(row));
    write_table(code, "NAMES", &store.names, |row| debug(row));
    let _ = writeln!(
        code,
        "pub(super) static STORE: Store = Store {{ text: Borrowed({:?}), options: \
         Borrowed(&OPTIONS), option_kinds: Borrowed(&OPTION_KINDS), operands: \
         Borrowed(&OPERANDS), env: Borrowed(&VARIABLES), commands: Borrowed(&COMMANDS), \
         command_kinds: Borrowed(&COMMAND_KINDS), programs: Borrowed(&PROGRAMS), names: \
         Borrowed(&NAMES) }};",
        store.text
    );
}

fn role(role: spec::WordRole) -> String {
    format!("R::{role:?}")
}

fn role_option(option: Option<spec::WordRole>) -> String {
    option.map_or_else(|| "None".to_owned(), |r| format!("Some({})", role(r)))
}

fn write_env(code: &mut String, env: &EnvTable) {
    write_table(code, "ENV_NAMES", &env.names, |row| format!("{row:?}"));
    let _ = writeln!(
        code,
        "pub(super) static ENV: EnvTable = EnvTable {{ text: Borrowed({:?}), names: \
         Borrowed(&ENV_NAMES), harmless: {:?}, dangerous: {:?}, paths: {:?}, values: {:?} }};",
        env.text, env.harmless, env.dangerous, env.paths, env.values
    );
}
