//! Validates `packs/*.toml` and writes them as static tables, so that starting costs nothing.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[path = "src/pack.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod pack;
#[path = "src/spec.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod spec;

use spec::{Command, EnvTable, Operand, OptionSpec, Program};

fn main() {
    println!("cargo::rerun-if-changed=packs");
    println!("cargo::rerun-if-changed=build.rs");
    match generate() {
        Ok(code) => {
            let out = env::var("OUT_DIR").unwrap_or_default();
            let path = Path::new(&out).join("catalog.rs");
            if let Err(error) = fs::write(&path, code) {
                fail(&format!("cannot write {}: {error}", path.display()));
            }
        }
        Err(message) => fail(&message),
    }
}

/// Ends the build; each line of the message is shown.
fn fail(message: &str) {
    for line in message.lines() {
        println!("cargo::error={line}");
    }
    std::process::exit(1);
}

fn generate() -> Result<String, String> {
    let mut files: Vec<_> = fs::read_dir("packs")
        .map_err(|error| format!("cannot read packs: {error}"))?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    let mut programs: Vec<Program> = Vec::new();
    let mut environment = EnvTable::default();
    let mut errors: Vec<String> = Vec::new();
    for path in files {
        let name = path.display().to_string();
        let text = fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
        match pack::parse(&name, &text) {
            Ok(pack) => {
                programs.extend(pack.programs);
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
        index.extend(program.names.iter().map(|name| (name.as_ref(), i)));
    }
    index.sort_unstable();
    for pair in index.windows(2) {
        if let [(a, _), (b, _)] = pair {
            if a == b {
                errors.push(format!("program `{a}` occurs twice"));
            }
        }
    }
    let mut code = String::new();
    let _ = writeln!(
        code,
        "pub(super) static INDEX: &[(&str, u16)] = &{index:?};"
    );
    code.push_str("pub(super) static PROGRAMS: &[Program] = &[\n");
    for program in &programs {
        write_program(&mut code, program);
    }
    code.push_str("];\n");
    write_env(&mut code, &environment);
    Ok(code)
}

fn write_program(code: &mut String, program: &Program) {
    let _ = write!(code, "Program {{ names: B(&[");
    for name in program.names.iter() {
        let _ = write!(code, "B({name:?}),");
    }
    code.push_str("]), base: ");
    write_command(code, &program.base);
    code.push_str(", subs: B(&[");
    for sub in program.subs.iter() {
        write_command(code, sub);
        code.push(',');
    }
    let _ = writeln!(
        code,
        "]), default: {:?}, globals_before: {}, help: {} }},",
        program.default, program.globals_before, program.help
    );
}

fn write_command(code: &mut String, c: &Command) {
    let _ = write!(
        code,
        "Command {{ path: B({:?}), wild: {}, syntax: Syntax::{:?}, effects: E({}), bare: E({}), operands: ",
        c.path,
        c.wild,
        c.syntax,
        c.effects.bits(),
        c.bare.bits()
    );
    write_operands(code, c.operands.as_deref());
    code.push_str(", options: B(&[");
    for option in c.options.iter() {
        write_option(code, option);
    }
    let _ = write!(code, "]), lenient: {}, handler: ", c.lenient);
    match &c.handler {
        Some(handler) => {
            let _ = write!(code, "Some(B({handler:?}))");
        }
        None => code.push_str("None"),
    }
    let _ = write!(code, ", stdin: {}, env: B(&[", role_option(c.stdin));
    for (name, meaning) in c.env.iter() {
        let meaning = match meaning {
            spec::EnvMeaning::Role(role) => format!("EnvMeaning::Role({})", role_name(*role)),
            spec::EnvMeaning::Effect(effect) => format!("EnvMeaning::Effect(Effect::{effect:?})"),
        };
        let _ = write!(code, "(B({name:?}), {meaning}),");
    }
    let _ = write!(code, "]), options_matter: {} }}", c.options_matter);
}

fn write_option(code: &mut String, o: &OptionSpec) {
    // The common shapes go through short constructors: the tables are large.
    let short = o.second.is_none()
        && o.effects.is_empty()
        && !o.replace
        && !o.sub
        && o.operands.is_none()
        && !o.prefix;
    if short {
        let _ = write!(
            code,
            "O({:?}, {:?}, {}),",
            o.name,
            o.arity,
            role_name(o.role)
        );
        return;
    }
    let _ = write!(
        code,
        "OptionSpec {{ name: B({:?}), prefix: {}, arity: {:?}, role: {}, second: {}, effects: E({}), \
         replace: {}, sub: {}, operands: ",
        o.name,
        o.prefix,
        o.arity,
        role_name(o.role),
        role_option(o.second),
        o.effects.bits(),
        o.replace,
        o.sub
    );
    write_operands(code, o.operands.as_deref());
    code.push_str("},");
}

fn write_operands(code: &mut String, operands: Option<&[Operand]>) {
    let Some(operands) = operands else {
        code.push_str("None");
        return;
    };
    code.push_str("Some(B(&[");
    for Operand { role, count } in operands {
        let _ = write!(code, "P(R::{role:?}, Count::{count:?}),");
    }
    code.push_str("]))");
}

fn role_name(role: spec::WordRole) -> String {
    // `Debug` of the enum is valid Rust once the constructors are in scope.
    format!("R::{role:?}")
}

fn role_option(role: Option<spec::WordRole>) -> String {
    role.map_or_else(|| "None".to_owned(), |r| format!("Some({})", role_name(r)))
}

fn write_env(code: &mut String, env: &EnvTable) {
    code.push_str("pub(super) static ENV: EnvTable = EnvTable {");
    for (key, names) in [
        ("harmless", &env.harmless),
        ("dangerous", &env.dangerous),
        ("paths", &env.paths),
    ] {
        let _ = write!(code, "{key}: B(&[");
        for name in names.iter() {
            let _ = write!(code, "B({name:?}),");
        }
        code.push_str("]),");
    }
    code.push_str("values: B(&[");
    for (name, value) in env.values.iter() {
        let _ = write!(code, "(B({name:?}), B({value:?})),");
    }
    code.push_str("]) };\n");
}
