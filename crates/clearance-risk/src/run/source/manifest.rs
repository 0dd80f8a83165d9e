//! What the manifest of a package may say: where nothing comes from elsewhere than the registry
//! and the project, and nothing is run that is not a source. Facts: the Cargo book, the Go
//! modules reference, PEP 517 and 518.

use toml::{Table, Value};

use crate::names::{
    CARGO_DEPENDENCY, CARGO_PACKAGE, CARGO_TABLE, MANIFEST_PROFILE, PYTHON_BACKEND,
};

/// The text takes nothing from elsewhere. `None`: the name is not one of a manifest.
pub(super) fn is_plain(name: &[u8], text: &str) -> Option<bool> {
    Some(match name {
        b"Cargo.toml" => text.parse::<Table>().is_ok_and(|t| is_cargo(&t)),
        b"pyproject.toml" => text.parse::<Table>().is_ok_and(|t| is_pyproject(&t)),
        b"rust-toolchain.toml" => text.parse::<Table>().is_ok_and(|t| {
            let tools = t.get("toolchain").and_then(Value::as_table);
            tools.is_some_and(|tools| !tools.contains_key("path"))
        }),
        b"rust-toolchain" => text
            .trim()
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-".contains(c)),
        b"go.mod" | b"go.work" => is_go(text),
        _ => return None,
    })
}

fn is_cargo(manifest: &Table) -> bool {
    manifest.iter().all(|(name, value)| {
        CARGO_TABLE.has(name.as_bytes())
            && match (name.as_str(), value) {
                ("package", Value::Table(package)) => package
                    .iter()
                    .all(|(key, value)| is_package_key(key, value)),
                ("workspace", Value::Table(workspace)) => {
                    workspace.iter().all(|(key, value)| match value {
                        Value::Table(inner) if key == "dependencies" => is_dependencies(inner),
                        Value::Table(inner) if key == "package" => {
                            inner.iter().all(|(key, value)| is_package_key(key, value))
                        }
                        _ => {
                            matches!(
                                key.as_str(),
                                "members" | "exclude" | "resolver" | "default-members" | "lints"
                            ) && is_near(value)
                        }
                    })
                }
                ("target", Value::Table(targets)) => targets.values().all(|target| {
                    target.as_table().is_some_and(|tables| {
                        tables.iter().all(|(name, inner)| {
                            name.ends_with("dependencies")
                                && inner.as_table().is_some_and(is_dependencies)
                        })
                    })
                }),
                ("profile", Value::Table(profiles)) => profiles.values().all(|profile| {
                    profile
                        .as_table()
                        .is_some_and(|p| p.keys().all(|key| MANIFEST_PROFILE.has(key.as_bytes())))
                }),
                (name, Value::Table(inner)) if name.ends_with("dependencies") => {
                    is_dependencies(inner)
                }
                ("features" | "lints" | "badges", _) => true,
                (_, value) => is_near(value),
            }
    })
}

fn is_package_key(key: &str, value: &Value) -> bool {
    if key == "build" {
        return value.as_bool() == Some(false);
    }
    CARGO_PACKAGE.has(key.as_bytes()) && (key == "metadata" || is_near(value))
}

fn is_dependencies(all: &Table) -> bool {
    all.values().all(|dependency| match dependency {
        Value::String(_) => true,
        Value::Table(keys) => keys.iter().all(|(key, value)| {
            CARGO_DEPENDENCY.has(key.as_bytes()) && (key != "path" || is_near(value))
        }),
        _ => false,
    })
}

/// No path in it leads further away than to a neighbour.
fn is_near(value: &Value) -> bool {
    match value {
        Value::String(text) => {
            let up = text.split('/').filter(|part| *part == "..").count();
            !text.starts_with(['/', '~']) && up <= 2 && !text.contains('\\')
        }
        Value::Array(all) => all.iter().all(is_near),
        Value::Table(table) => table.values().all(is_near),
        _ => true,
    }
}

fn is_pyproject(manifest: &Table) -> bool {
    let from_elsewhere = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| text.contains('@') || text.contains("://") || text.contains("git+"))
    };
    let build = match manifest.get("build-system") {
        None => true,
        Some(Value::Table(build)) => build.iter().all(|(key, value)| match key.as_str() {
            "requires" => value
                .as_array()
                .is_some_and(|all| !all.iter().any(from_elsewhere)),
            "build-backend" => value
                .as_str()
                .is_some_and(|b| PYTHON_BACKEND.has(b.as_bytes())),
            _ => false,
        }),
        Some(_) => false,
    };
    let project = match manifest.get("project") {
        None => true,
        Some(Value::Table(project)) => ["dependencies", "optional-dependencies", "dynamic"]
            .iter()
            .filter_map(|key| project.get(*key))
            .all(|value| !any(value, &from_elsewhere)),
        Some(_) => false,
    };
    let tools = manifest.get("tool").is_none_or(|tools| {
        // Sources of dependencies, and what is run at a build.
        let told = |key: &str| {
            matches!(
                key,
                "git"
                    | "url"
                    | "path"
                    | "file"
                    | "source"
                    | "sources"
                    | "index"
                    | "index-url"
                    | "extra-index-url"
                    | "find-links"
                    | "build"
                    | "hooks"
                    | "script"
                    | "scripts"
                    | "plugins"
                    | "pre-install-commands"
                    | "tasks"
                    | "cmd"
                    | "shell"
            )
        };
        !keys(tools, &told)
    });
    build && project && tools
}

fn any(value: &Value, found: &dyn Fn(&Value) -> bool) -> bool {
    found(value)
        || match value {
            Value::Array(all) => all.iter().any(|v| any(v, found)),
            Value::Table(table) => table.values().any(|v| any(v, found)),
            _ => false,
        }
}

fn keys(value: &Value, found: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::Array(all) => all.iter().any(|v| keys(v, found)),
        Value::Table(table) => table
            .iter()
            .any(|(key, value)| found(key) || keys(value, found)),
        _ => false,
    }
}

/// No `replace` and no `use` of a directory further away than beside the project.
fn is_go(text: &str) -> bool {
    if text.contains(['"', '`', '\\']) || text.contains("/*") {
        return false;
    }
    text.lines().all(|line| {
        let line = line.split("//").next().unwrap_or_default();
        let target = match line.split_once("=>") {
            Some((_, target)) => target.trim(),
            None => line.trim().strip_prefix("use ").map_or("", str::trim),
        };
        let up = target.split('/').filter(|part| *part == "..").count();
        let dir = target.starts_with('.') && up <= 1 && !target.contains(' ');
        target.is_empty() || target == "(" || dir
    })
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn what_is_understood() {
        for (name, text, plain) in [
            (
                "Cargo.toml",
                "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nserde = { version = \"1\", features = [\"derive\"] }\nb = { path = \"../b\" }\n[profile.release]\nlto = true\n",
                true,
            ),
            (
                "Cargo.toml",
                "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"2\"\n",
                true,
            ),
            ("Cargo.toml", "[dependencies]\na = { git = \"x\" }", false),
            (
                "Cargo.toml",
                "[dependencies]\na = { path   =   '/opt/x' }",
                false,
            ),
            (
                "Cargo.toml",
                "[dependencies.a]\n\"path\" = \"\\u002fopt/x\"",
                false,
            ),
            (
                "Cargo.toml",
                "[patch.crates-io]\na = { path = \"b\" }",
                false,
            ),
            (
                "Cargo.toml",
                "[package]\nname = \"a\"\nbuild = \"x.rs\"",
                false,
            ),
            (
                "Cargo.toml",
                "[profile.dev]\nrustflags = [\"-Clinker=x\"]",
                false,
            ),
            ("Cargo.toml", "cargo-features = [\"x\"]", false),
            ("Cargo.toml", "[lib]\npath = \"/tmp/x.rs\"", false),
            ("Cargo.toml", "[package", false),
            ("go.mod", "module a\n\ngo 1.24\n\nreplace b => ../b\n", true),
            ("go.mod", "replace b => /opt/b", false),
            ("go.mod", "replace (\n b => ../../../../tmp/b\n)", false),
            ("go.mod", "replace b => evil.example/b v1.0.0", false),
            ("go.work", "use /opt/b", false),
            (
                "pyproject.toml",
                "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n[project]\nname = \"a\"\n[tool.ruff]\nline-length = 100\n",
                true,
            ),
            (
                "pyproject.toml",
                "[build-system]\nrequires = []\nbuild-backend = \"x\"\nbackend-path = [\"/tmp\"]",
                false,
            ),
            (
                "pyproject.toml",
                "[project]\ndependencies = [\"a @ https://x\"]",
                false,
            ),
            (
                "pyproject.toml",
                "[tool.poetry.dependencies.a]\ngit = \"x\"",
                false,
            ),
            ("rust-toolchain.toml", "[toolchain]\npath = \"/x\"", false),
            (
                "rust-toolchain.toml",
                "[toolchain]\nchannel = \"1.85\"",
                true,
            ),
        ] {
            assert_eq!(
                is_plain(name.as_bytes(), text),
                Some(plain),
                "{name}: {text}"
            );
        }
        assert_eq!(is_plain(b"a.rs", ""), None);
    }
}
