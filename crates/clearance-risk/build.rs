//! Validates `packs/*.toml` and writes them as static tables, so that starting costs nothing.

use std::collections::BTreeSet;
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

use spec::{EnvDef, NamesDef, NamesOfDef, ProgramDef};
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

/// A static for each list of names, and the text that they share.
fn names_code(lists: &[NamesDef]) -> Result<String, String> {
    let mut code = String::new();
    let mut texts = intern::Texts::default();
    let mut known = BTreeSet::new();
    for list in lists {
        if !known.insert(&list.name) {
            return Err(format!("the list `{}` occurs twice", list.name));
        }
        let constant = list.name.to_ascii_uppercase().replace('-', "_");
        let _ = writeln!(code, "/// {}.", list.what);
        let _ = match &list.words {
            NamesOfDef::All(words) => writeln!(
                code,
                "pub(crate) static {constant}: Names = {};",
                rows(words, &mut texts)
            ),
            NamesOfDef::Each(of) => {
                let rows: Vec<String> = of
                    .iter()
                    .map(|(program, words)| format!("({program:?}, {})", rows(words, &mut texts)))
                    .collect();
                let rows = rows.join(", ");
                writeln!(
                    code,
                    "pub(crate) static {constant}: NamesOf = NamesOf(&[{rows}]);"
                )
            }
        };
    }
    let _ = writeln!(code, "pub(super) static TEXT: &str = {:?};", texts.text);
    Ok(code)
}

fn rows(words: &[String], texts: &mut intern::Texts) -> String {
    let (patterns, mut whole): (Vec<&String>, Vec<&String>) =
        words.iter().partition(|word| word.contains('*'));
    whole.sort_by_key(|word| (word.len(), word.as_bytes()));
    let first = whole
        .iter()
        .filter_map(|word| word.bytes().next())
        .fold(0_u64, |bits, byte| bits | 1 << (byte & 63));
    let mut pieces = |words: Vec<&String>| -> Vec<store::Piece> {
        words.iter().map(|word| texts.piece(word)).collect()
    };
    let (whole, patterns) = (pieces(whole), pieces(patterns));
    format!("Names {{ first: {first:#x}, whole: &{whole:?}, patterns: &{patterns:?} }}")
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
