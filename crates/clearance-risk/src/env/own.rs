//! Values of variables that could do harm and do not: directories for temporary files, variables
//! and libraries of the project's own programs.

use clearance_shell::invocation::Word;

use crate::arg::Arg;
use crate::judge::{Judge, Site};
use crate::names::LOADER_PREFIX;
use crate::path::Scope;
use crate::spec::WordRole;

/// The value of this variable is understood, and harmless or judged as the path that it is.
pub(super) fn is_understood(
    judge: &mut Judge<'_>,
    name: &str,
    value: Arg<'_>,
    site: &Site<'_>,
) -> bool {
    match name {
        "TMPDIR" | "TMP" | "TEMP" => in_temp(judge, value, site),
        // A home that the script has made: what is in it is its own.
        "HOME" | "XDG_CONFIG_HOME" | "XDG_DATA_HOME" | "XDG_CACHE_HOME" | "XDG_STATE_HOME" => {
            judge.is_fresh(value)
        }
        "CARGO_TARGET_DIR" => {
            let understood = in_temp(judge, value, site);
            if understood {
                judge.path(WordRole::WriteDir, value, site);
            }
            understood
        }
        // `GOPATH=$(go env GOPATH)`: as it was.
        "GOPATH" => judge.prints_go_variable(value, name),
        _ => false,
    }
}

/// `APP_CONFIG=/tmp/x/config.toml target/debug/app`: a variable of the project's own program,
/// called by its path, that points into the project or to what the script itself has made.
pub(super) fn is_of_own_program(
    judge: &Judge<'_>,
    name: &str,
    value: Arg<'_>,
    site: &Site<'_>,
) -> bool {
    let program = site.invocation.argv.first().and_then(Word::as_static);
    let Some(program) = program.filter(|p| p.contains(&b'/')) else {
        return false;
    };
    let prefix: Vec<u8> = crate::run::base_name(program)
        .iter()
        .map(|b| {
            if *b == b'-' {
                b'_'
            } else {
                b.to_ascii_uppercase()
            }
        })
        .chain([b'_'])
        .collect();
    // Names that loaders and other programs heed, whatever the program is called.
    if LOADER_PREFIX.has(&prefix) {
        return false;
    }
    let own = |scope: Scope| matches!(scope, Scope::Project | Scope::Build);
    let is_built = |path: &[u8]| {
        judge.locate(path, false, &site.cwd).all(|place| {
            own(place.scope) && !judge.ledger.written.iter().any(|w| w.path == place.path)
        })
    };
    prefix.len() > 2
        && name.as_bytes().starts_with(&prefix)
        && is_built(program)
        && (judge.is_fresh(value)
            || value.known().is_some_and(|mut all| {
                all.all(|path| judge.locate(path, false, &site.cwd).all(|p| own(p.scope)))
            }))
}

/// Libraries of the project for a program of the project, both as its build left them.
pub(super) fn loads_for_own_program(
    judge: &Judge<'_>,
    name: &str,
    value: Arg<'_>,
    site: &Site<'_>,
) -> bool {
    let own = |scope: Scope| matches!(scope, Scope::Project | Scope::Build);
    let program = site.invocation.argv.first().and_then(Word::as_static);
    let built = program
        .filter(|p| p.contains(&b'/'))
        .is_some_and(|program| {
            judge.locate(program, false, &site.cwd).all(|place| {
                own(place.scope) && !judge.ledger.written.iter().any(|w| w.path == place.path)
            })
        });
    let loader = matches!(name, "LD_LIBRARY_PATH" | "DYLD_LIBRARY_PATH");
    if !loader || !built {
        return false;
    }
    // `DIR:$LD_LIBRARY_PATH` keeps what the caller has.
    let known: Vec<u8> = match (value.as_static(), value.dynamic()) {
        (Some(text), _) => text.to_vec(),
        (None, Some(rest)) => {
            let same = matches!(&*rest.variables, [only] if &**only == name.as_bytes());
            match value.prefix().strip_suffix(b":") {
                Some(front) if same && rest.suffix.is_empty() && rest.sources.is_empty() => {
                    front.to_vec()
                }
                _ => return false,
            }
        }
        _ => return false,
    };
    known.split(|&b| b == b':').all(|dir| {
        !dir.is_empty()
            && judge
                .locate(dir, false, &site.cwd)
                .all(|place| own(place.scope) && !judge.writes_below(&place.path))
    })
}

/// A directory for temporary files, in the project or made by the script.
fn in_temp(judge: &Judge<'_>, value: Arg<'_>, site: &Site<'_>) -> bool {
    if judge.is_fresh(value) {
        return true;
    }
    let near = |scope: Scope| matches!(scope, Scope::Temp | Scope::TempTop | Scope::Build);
    value.known().is_some_and(|mut all| {
        all.all(|path| {
            path.starts_with(b"/") && judge.locate(path, false, &site.cwd).all(|p| near(p.scope))
        })
    })
}
