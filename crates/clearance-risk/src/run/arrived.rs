//! Code that came in by this very script, and is then run: clones, unpacked archives, copies and
//! patches from outside the project, programs that were compiled of foreign sources.
//!
//! What arrives is noted in the ledger as written with a text that is not known and with where
//! it came from ([`Taint::RAW`], [`Taint::AWAY`]); a directory stands for all below it. Running
//! code in such a place, or with such files in the project, asks.

use clearance_core::{Effect, Span};
use clearance_shell::invocation::{Bytes, Stdin};

use crate::arg::Arg;
use crate::judge::{Call, Judge, Site, Taint, Written};
use crate::names::{DATA_FILE, RECIPE, UNPACKER};
use crate::path::Scope;
use crate::run::base_name;

/// A file of this name could be code, or something that a tool obeys.
pub(super) fn could_be_code(name: &[u8]) -> bool {
    let obeyed: &[&[u8]] = &[b"requirements.txt", b"CMakeLists.txt", b"meson_options.txt"];
    let end = name.iter().rposition(|&b| b == b'.');
    let data = end.is_some_and(|at| {
        let extension = name.get(at + 1..).unwrap_or_default();
        DATA_FILE.has(extension)
    });
    !data || obeyed.contains(&name) || RECIPE.has(name)
}

impl Judge<'_> {
    /// Notes what a call brought in. `from`: its outputs begin there.
    pub(super) fn note_arrivals(&mut self, call: &Call<'_>, from: usize) {
        match (call.name(), call.path()) {
            ("git", "clone") => self.clone_of(call.operand(0), call.operand(1), call),
            ("gh", "repo clone") => self.clone_of(call.operand(0), call.operand(1), call),
            ("git", "submodule add") => self.clone_of(call.operand(0), call.operand(1), call),
            ("gh", "pr checkout" | "co" | "release download")
            | ("git", "subtree add" | "subtree merge" | "subtree pull") => self.arrives(b".", call),
            ("git", "remote add" | "remote set-url") => self.ledger.strange_remote = true,
            (
                "git",
                "checkout" | "switch" | "merge" | "reset" | "rebase" | "pull" | "cherry-pick"
                | "restore" | "worktree add" | "read-tree",
            ) if self.ledger.strange_remote => self.arrives(b".", call),
            ("git", "apply" | "am") | ("patch", _) => self.patched(call),
            ("npm" | "pnpm" | "yarn", "pack") if call.operand(0).is_some() => {
                self.arrives(b".", call);
            }
            (name, _) if UNPACKER.has(name.as_bytes()) => {
                let taint = self.ledger.taint;
                if taint.has(Taint::RAW) || taint.has(Taint::AWAY) {
                    let outputs = self.ledger.outputs.get(from..).unwrap_or_default().to_vec();
                    for path in outputs {
                        self.note_arrival(path, taint);
                    }
                }
            }
            (
                "gcc" | "ld" | "rustc" | "swiftc" | "go" | "ghc" | "ocaml" | "crystal" | "nim"
                | "zig" | "javac" | "kotlinc" | "flex" | "tsc",
                _,
            ) if self.ledger.taint.has(Taint::AWAY) && self.ledger.outputs.len() <= from => {
                // Where nothing says it, the program is written here, by a name of its own.
                let taint = self.ledger.taint;
                for place in self.locate(b".", false, &call.site.cwd) {
                    self.note_arrival(place.path, taint);
                }
            }
            _ => {}
        }
    }

    /// Directories in which a compiler looks for sources and libraries: what it makes is made of
    /// what lies there.
    pub(crate) fn searches(&mut self, call: &Call<'_>, options: &[&str]) {
        let own = [
            Scope::Project,
            Scope::ProjectTop,
            Scope::Build,
            Scope::System,
        ];
        let away = call
            .values(options)
            .filter_map(Arg::known)
            .flatten()
            .any(|dir| {
                self.locate(dir, false, &call.site.cwd)
                    .any(|place| !own.contains(&place.scope))
            });
        if away {
            self.taint(Taint::AWAY);
        }
    }

    fn note_arrival(&mut self, path: Vec<u8>, taint: Taint) {
        self.ledger.written.push(Written {
            path,
            text: None,
            taint,
            added: None,
        });
    }

    fn arrives(&mut self, dir: &[u8], call: &Call<'_>) {
        for place in self.locate(dir, false, &call.site.cwd) {
            self.note_arrival(place.path, Taint::NET.with(Taint::RAW));
        }
    }

    /// A repository, and the directory that is made of it.
    fn clone_of(&mut self, source: Option<Arg<'_>>, dir: Option<Arg<'_>>, call: &Call<'_>) {
        let Some(source) = source else { return };
        let own = source.known().is_some_and(|mut all| {
            all.all(|text| {
                !text.contains(&b':')
                    && call.name() == "git"
                    && self
                        .locate(text, false, &call.site.cwd)
                        .all(|p| matches!(p.scope, Scope::Project | Scope::ProjectTop))
            })
        });
        if own {
            return;
        }
        let Some(named) = dir.unwrap_or(source).known() else {
            return self.arrives(b".", call);
        };
        let names: Vec<Vec<u8>> = named
            .map(|text| {
                if dir.is_some() {
                    return text.to_vec();
                }
                let text = text.strip_suffix(b"/").unwrap_or(text);
                let text = text.strip_suffix(b".git").unwrap_or(text);
                let name = text.rsplit(|b| b"/:".contains(b)).next();
                name.unwrap_or_default().to_vec()
            })
            .collect();
        for name in names {
            self.arrives(&name, call);
        }
    }

    /// `git apply`, `git am`, `patch`: the files that a known patch changes and what it adds to
    /// them; a patch from outside the project brings anything.
    fn patched(&mut self, call: &Call<'_>) {
        if call.has(&["--check", "--stat", "--numstat", "--summary", "--dry-run"]) {
            return;
        }
        if let Stdin::Text(text) = call.site.stdin {
            let text = text.clone();
            return self.patch_text(&text, call.site);
        }
        let mut files: Vec<Arg<'_>> = call.operands().collect();
        files.extend(call.values(&["-i", "--input"]));
        if let Stdin::File(word) = call.site.stdin {
            files.push(Arg::new(word));
        }
        let mut texts: Vec<Bytes> = Vec::new();
        for file in files {
            for path in file.known().into_iter().flatten() {
                for place in self.locate(path, false, &call.site.cwd) {
                    let mut written = self.ledger.written.iter().rev();
                    texts.extend(
                        written
                            .find(|w| w.path == place.path)
                            .and_then(|w| w.text.clone()),
                    );
                }
            }
        }
        for text in texts {
            self.patch_text(&text, call.site);
        }
        let taint = self.ledger.taint;
        if taint.has(Taint::AWAY) || taint.has(Taint::RAW) {
            for place in self.locate(b".", false, &call.site.cwd) {
                self.note_arrival(place.path, taint);
            }
        }
    }

    fn patch_text(&mut self, text: &[u8], site: &Site<'_>) {
        for (name, added) in patch_files(text) {
            for place in self.locate(&name, false, &site.cwd) {
                self.ledger.written.push(Written {
                    path: place.path,
                    text: Some(added.as_slice().into()),
                    taint: self.ledger.taint,
                    added: None,
                });
            }
        }
    }

    /// What the script has written there, or the directory above it that it has brought in.
    pub(crate) fn written_at(&self, path: &[u8]) -> Option<&Written> {
        self.ledger
            .written
            .iter()
            .rev()
            .find(|w| w.path == path || (w.text.is_none() && is_below(path, &w.path)))
    }

    /// What is run there came in by this script. True if it asks.
    pub(crate) fn runs_arrived(&mut self, path: &[u8], what: &str, span: Span) -> bool {
        let root = self.places.root();
        let own = |p: &[u8]| !root.is_empty() && (p == root || is_below(p, root));
        let temp = matches!(self.places.scope(path, false), Scope::Temp | Scope::TempTop);
        let arrival = self.ledger.written.iter().rev().find(|w| {
            // From a known service only (a registry): no news.
            let far = w.taint.has(Taint::RAW) || (w.taint.has(Taint::AWAY) && !temp);
            let related = w.path == path
                || is_below(path, &w.path)
                || is_below(&w.path, path)
                || (own(path) && own(&w.path));
            w.text.is_none() && far && related && could_be_code(base_name(&w.path))
        });
        let Some(arrival) = arrival else { return false };
        let shown = String::from_utf8_lossy(&arrival.path).into_owned();
        self.report(Effect::RunDownloaded, 50, "run.arrived", span, || {
            format!("`{what}` runs code, and what is in `{shown}` came in by this script")
        });
        true
    }
}

/// `path` lies in the directory.
fn is_below(path: &[u8], dir: &[u8]) -> bool {
    let dir = dir.strip_suffix(b"/").unwrap_or(dir);
    path.strip_prefix(dir)
        .is_some_and(|rest| rest.starts_with(b"/"))
}

/// The files of a unified diff, and the lines that it adds to each.
fn patch_files(text: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut files: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for line in text.split(|&b| b == b'\n') {
        if let Some(name) = line.strip_prefix(b"+++ ") {
            let name = name.split(|&b| b == b'\t').next().unwrap_or_default();
            let name = name.strip_prefix(b"b/").unwrap_or(name);
            files.push((name.trim_ascii().to_vec(), Vec::new()));
        } else if let (Some(added), Some((_, lines))) = (line.strip_prefix(b"+"), files.last_mut())
        {
            lines.extend_from_slice(added);
            lines.push(b'\n');
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_tells_what_it_adds() {
        let patch = b"--- a/Makefile\n+++ b/Makefile\t2026-01-01\n@@ -1 +1,2 @@\n all:\n-\tcc a.c\n+\tcc -O a.c\n--- a/x\n+++ /dev/null\n";
        assert_eq!(
            patch_files(patch),
            [
                (b"Makefile".to_vec(), b"\tcc -O a.c\n".to_vec()),
                (b"/dev/null".to_vec(), Vec::new()),
            ]
        );
    }

    #[test]
    fn names_of_data_are_no_code() {
        for (name, code) in [
            ("golden.json", false),
            ("package.json", true),
            ("notes.txt", false),
            ("requirements.txt", true),
            ("x", true),
            ("x.sh", true),
            (".envrc", true),
        ] {
            assert_eq!(could_be_code(name.as_bytes()), code, "{name}");
        }
    }
}
