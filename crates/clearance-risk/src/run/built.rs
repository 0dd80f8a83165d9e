//! Programs that the script builds, of the project's own sources or of texts it has written.

use crate::arg::Arg;
use crate::judge::{Call, Judge, Taint, Written};
use crate::matcher::Given;
use crate::path::{Place, Scope};
use crate::run::obeyed::code_file;
use crate::run::{base_name, source};
use crate::spec::WordRole;

impl Judge<'_> {
    /// What a compiler makes of the project's own sources is the project's own program, also
    /// where it lies in a temporary directory. `from`: the outputs of the call begin there.
    pub(super) fn note_built(&mut self, call: &Call<'_>, from: usize) {
        if call.name() == "gcc" && !call.options().iter().all(keeps_names) {
            self.note_other_text(call);
        }
        let unnamed = self.unnamed_output(call);
        if self.ledger.outputs.len() <= from && unnamed.is_none() {
            return;
        }
        let own = |place: &Place| {
            if self.is_written_here(place, call) {
                return true;
            }
            let known = matches!(
                place.scope,
                Scope::Project | Scope::ProjectTop | Scope::Build
            );
            let foreign = self
                .ledger
                .written
                .iter()
                .any(|w| w.path == place.path && (w.text.is_none() || w.taint.has(Taint::NET)));
            known && !foreign
        };
        let cwd = &call.site.cwd;
        let here = self.locate(b".", false, cwd).all(|place| own(&place));
        let sources = match (call.name(), call.path()) {
            ("go", "build" | "test") => here,
            ("gcc" | "rustc" | "swiftc" | "zig" | "nim" | "ghc" | "ocaml", _) => true,
            ("crystal" | "odin", "build") | ("dart", "compile exe") => true,
            ("cp" | "install", _) => call.operands().len() == 2,
            _ => false,
        };
        if !sources {
            return;
        }
        let last = call.operands().len().saturating_sub(1);
        let copies = matches!(call.name(), "cp" | "install");
        for (index, arg) in call.operands().enumerate() {
            if copies && index == last {
                continue;
            }
            if let Some((pattern, _)) = arg.glob() {
                // What the pattern finds are the project's sources, unless the script wrote some.
                let wrote = self.ledger.written.iter().any(|w| code_file(&w.path));
                if wrote || !self.locate(pattern, true, cwd).all(|place| own(&place)) {
                    return;
                }
                continue;
            }
            let Some(mut known) = arg.known() else { return };
            let package = |text: &[u8]| call.name() == "go" && !text.starts_with(b"/");
            let mut all = |text: &[u8]| {
                package(text) && !text.windows(2).any(|w| w == b"..")
                    || self.locate(text, false, cwd).all(|place| own(&place))
            };
            if !known.all(&mut all) {
                return;
            }
        }
        let temp = |path: &&Vec<u8>| self.places.scope(path, false) == Scope::Temp;
        let outputs = self.ledger.outputs.get(from..).unwrap_or_default();
        let outputs = outputs.iter().cloned().chain(unnamed);
        let built: Vec<Vec<u8>> = outputs.filter(|path| temp(&path)).collect();
        self.ledger.built.extend(built);
    }

    /// What is compiled here is not what the sources say that the script has written.
    fn note_other_text(&mut self, call: &Call<'_>) {
        let sources = call.operands().filter_map(Arg::known).flatten();
        let places: Vec<Vec<u8>> = sources
            .flat_map(|path| self.locate(path, false, &call.site.cwd))
            .map(|place| place.path)
            .collect();
        let written = |path: &Vec<u8>| self.ledger.written.iter().any(|w| w.path == *path);
        let places: Vec<Vec<u8>> = places.into_iter().filter(written).collect();
        for path in places {
            self.ledger.written.push(Written {
                path,
                text: None,
                taint: self.ledger.taint,
                added: None,
            });
        }
    }

    /// What a compiler of one program writes that is not told where.
    fn unnamed_output(&self, call: &Call<'_>) -> Option<Vec<u8>> {
        let stays = call.has(&[
            "-o",
            "-c",
            "-S",
            "-E",
            "-fsyntax-only",
            "--crate-type",
            "--emit",
        ]);
        if stays {
            return None;
        }
        let name = match call.name() {
            "gcc" => b"a.out".to_vec(),
            "rustc" => {
                let source = call.operand(0).and_then(Arg::as_static)?;
                base_name(source).strip_suffix(b".rs")?.to_vec()
            }
            _ => return None,
        };
        let mut places = self.locate(&name, false, &call.site.cwd);
        places.next().map(|place| place.path)
    }

    /// A source in a temporary directory that this script has written with a text that only
    /// computes and prints, compiled with nothing beside it.
    fn is_written_here(&self, place: &Place, call: &Call<'_>) -> bool {
        let alone =
            matches!(call.name(), "gcc" | "rustc") && call.options().iter().all(is_plain_build);
        let mut written = self.ledger.written.iter().rev();
        let latest = written.find(|w| w.path == place.path);
        alone
            && place.scope == Scope::Temp
            && latest.is_some_and(|w| {
                let text = w.text.as_deref();
                !w.taint.has(Taint::NET)
                    && text.is_some_and(|text| source::is_harmless(&place.path, text))
            })
    }
}

/// An option that gives no name of a source another meaning.
fn keeps_names(given: &Given<'_>) -> bool {
    let text = given.value.map(|value| value.as_static().unwrap_or(b"?"));
    match (given.spec.name, text) {
        ("-D", Some(text)) => is_plain_define(text),
        (
            "-include" | "-imacros" | "-Xpreprocessor" | "-wrapper" | "-specs" | "-Xassembler"
            | "-Xlinker",
            _,
        ) => false,
        ("-W", Some(text)) => !text.starts_with(b"p,"),
        _ => true,
    }
}

/// `NAME`, `NAME=value`: a name in capitals, as no function has.
fn is_plain_define(text: &[u8]) -> bool {
    let name = text.split(|&b| b == b'=').next().unwrap_or_default();
    !name.is_empty()
        && name
            .iter()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
}

/// A `-D` of the script, wherever it stands, that gives a function another meaning.
pub(super) fn defines_functions(script: &[u8]) -> bool {
    memchr::memmem::find_iter(script, b"-D").any(|at| {
        let before = at.checked_sub(1).and_then(|b| script.get(b)).copied();
        let rest = script.get(at + 2..).unwrap_or_default();
        let rest = rest.trim_ascii_start();
        let end = rest.iter().position(|b| b.is_ascii_whitespace());
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let option = !before.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'-');
        option && word.contains(&b'=') && !is_plain_define(word)
    })
}

/// An option that changes neither the text that is compiled nor what is linked to it.
fn is_plain_build(given: &Given<'_>) -> bool {
    let Some(value) = given.value else {
        return true;
    };
    let text = value.as_static().unwrap_or(b"?");
    match given.spec.name {
        "-l" => matches!(text, b"m" | b"pthread" | b"stdc++"),
        "-C" | "--codegen" => text.starts_with(b"opt-level") || text.starts_with(b"debuginfo"),
        "-W" | "-O" | "-g" | "-m" | "-std" | "-std=" | "-march=" | "-mtune=" | "--edition" => true,
        _ => given.spec.role == WordRole::Write,
    }
}
