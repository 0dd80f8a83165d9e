//! Files that tools run, load or obey, and files of code: what the lists of `packs/files.toml`
//! mean.

use crate::names::{COMPILED_SOURCE, OBEYED, RECIPE_OF, RUNS_ANY_FILE};
use crate::run::base_name;
use crate::spec::Lang;

/// A source of a compiled language, by its name.
pub(super) fn code_file(path: &[u8]) -> bool {
    let name = base_name(path);
    let extension = name.rsplit(|&b| b == b'.').next().unwrap_or_default();
    COMPILED_SOURCE.has(extension)
}

/// A file that is run by a shell, by its name.
pub(super) fn is_script(name: &[u8]) -> bool {
    let end = name.iter().rposition(|&b| b == b'.');
    let extension = end.and_then(|at| name.get(at + 1..));
    matches!(
        extension,
        None | Some(b"sh" | b"bash" | b"zsh" | b"ksh" | b"command" | b"mk")
    )
}

/// A file by which this one tool is told what to run.
pub(super) fn is_recipe_of(name: &[u8], tool: &str) -> bool {
    let data = [&b".csv"[..], b".dat", b".txt"];
    RECIPE_OF.has(tool, name)
        || RUNS_ANY_FILE.has(tool.as_bytes()) && !data.iter().any(|end| name.ends_with(end))
}

/// Files in no language that is analysed, whose words project tools obey.
pub(super) fn is_obeyed(path: &[u8]) -> bool {
    OBEYED.has(base_name(path)) || OBEYED.has(path)
}

/// The language of a file of code, by its name.
pub(super) fn code_language(name: &[u8]) -> Option<Lang> {
    let extension = name.rsplit(|&b| b == b'.').next().unwrap_or_default();
    Some(match extension {
        b"py" => Lang::Python,
        b"js" | b"cjs" | b"mjs" | b"jsx" => Lang::Javascript,
        b"ts" | b"cts" | b"mts" | b"tsx" => Lang::Typescript,
        b"rb" => Lang::Ruby,
        _ => return None,
    })
}
