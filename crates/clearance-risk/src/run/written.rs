//! What the script itself writes: files, copies, and what program texts in it write.

use clearance_core::{Effect, Verdict};
use clearance_shell::analyze::Progress;
use clearance_shell::invocation::{
    Bytes, Cwd, Flags, Invocation, Reason, Stdin, Value, WrittenFile,
};

use crate::arg::Arg;
use crate::code::{CodeReport, CodeTarget};
use crate::judge::{Call, Judge, Site, Taint, Written};
use crate::names::{FORMATTER, LOADED, RECIPE, TEXT_WRITER};
use crate::path::{Place, Scope};
use crate::run::arrived::could_be_code;
use crate::run::obeyed::{code_language, is_obeyed, is_script};
use crate::run::source::is_source;
use crate::run::strings::put_in;
use crate::run::{base_name, is_interpreter};
use crate::spec::Lang;

/// The files that were written, by the commands that did it.
pub(super) struct Files<'a> {
    sorted: Vec<&'a WrittenFile>,
    done: usize,
}

impl<'a> Files<'a> {
    /// Those that the new invocations wrote.
    pub(super) fn new(script: Progress<'a>) -> Self {
        let new = |file: &&WrittenFile| file.by as usize >= script.first();
        let mut sorted: Vec<_> = script.written().iter().filter(new).collect();
        // Nearly sorted already, and those of one command keep their order.
        sorted.sort_by_key(|file| file.by);
        Self { sorted, done: 0 }
    }

    /// Those of this command, which is after the one that was asked for before.
    pub(super) fn by(&mut self, index: usize) -> &[&'a WrittenFile] {
        let rest = self.sorted.get(self.done..).unwrap_or_default();
        let count = rest.partition_point(|file| file.by as usize <= index);
        let from = self.done;
        self.done += count;
        self.sorted.get(from..self.done).unwrap_or_default()
    }
}

impl Judge<'_> {
    /// Notes what `sed -i` or `perl -pi` puts into scripts and sources.
    fn note_edits(&mut self, outputs: &[Vec<u8>], invocation: &Invocation) {
        let mut words = invocation.argv.iter().map(|w| w.as_static());
        let name = base_name(words.next().flatten().unwrap_or_default());
        if outputs.is_empty() || !matches!(name, b"sed" | b"gsed" | b"perl") {
            return;
        }
        let texts: Vec<Vec<u8>> = words.flatten().flat_map(put_in).collect();
        for path in outputs {
            let file = base_name(path);
            if code_language(file).is_some() || is_script(file) {
                let texts = texts
                    .iter()
                    .map(|text| (path.clone(), text.as_slice().into()));
                self.ledger.edited.extend(texts);
            }
        }
    }

    /// What the program writes can stand in the script: it is fed a text, or writes what its words
    /// say. What an interpreter is fed is code, and judged as such.
    fn is_told(&self, site: &Site<'_>) -> bool {
        let fed = matches!(
            site.stdin,
            Stdin::Text(_) | Stdin::Dynamic(_) | Stdin::Pipe(_)
        );
        let name = site.invocation.argv.first().and_then(|w| w.as_static());
        let name = base_name(name.unwrap_or_default());
        let handler = self.catalog.program(name).and_then(|p| p.base.handler);
        (fed && !handler.is_some_and(is_interpreter)) || TEXT_WRITER.has(name)
    }

    /// Notes what the script has written where, for when it is read or run.
    pub(super) fn remember_writes(&mut self, files: &[&WrittenFile], site: &Site<'_>) {
        let taint = self.ledger.taint;
        let begun = self.ledger.written.len();
        // Those of which more is known follow below.
        let known: Vec<Vec<u8>> = files
            .iter()
            .flat_map(|file| {
                let path = self.resolved_target(&file.path);
                let paths = Arg::new(&path).known().into_iter().flatten();
                paths
                    .flat_map(|p| self.locate(p, false, &site.cwd))
                    .map(|place| place.path)
                    .collect::<Vec<_>>()
            })
            .collect();
        for path in std::mem::take(&mut self.ledger.writes) {
            if !path.starts_with(b"/dev/") && !known.contains(&path) {
                self.ledger.written.push(Written {
                    path,
                    text: None,
                    taint,
                    added: None,
                });
            }
        }
        // Other programs write what they made of the project's own files.
        let outputs = std::mem::take(&mut self.ledger.outputs);
        let tainted = taint.has(Taint::NET) || taint.has(Taint::SECRET);
        let away = taint.has(Taint::AWAY);
        let keeps_meaning = !outputs.is_empty() && keeps_meaning(site.invocation);
        let told = !outputs.is_empty() && self.is_told(site);
        self.note_edits(&outputs, site.invocation);
        let kept = outputs.into_iter().filter(|path| {
            let file = base_name(path);
            let obeyed = LOADED.has(file) || is_obeyed(path) || RECIPE.has(file);
            // What is edited does not say any more what the script wrote.
            let written = &self.ledger.written;
            let edited = || written.iter().any(|w| w.path == *path && w.text.is_some());
            tainted
                || ((away || told && !known.contains(path)) && could_be_code(file))
                || (!keeps_meaning && (obeyed || edited()))
        });
        let kept: Vec<Written> = kept
            .map(|path| {
                let before = self.ledger.written.iter().rev().find(|w| w.path == path);
                Written {
                    taint: before.map_or(taint, |w| taint.with(w.taint)),
                    path,
                    text: None,
                    added: None,
                }
            })
            .collect();
        self.ledger.written.extend(kept);
        let added = echoed(site.invocation);
        let sure = is_sure(site.invocation);
        for file in files {
            let path = self.resolved_target(&file.path);
            let Some(paths) = Arg::new(&path).known() else {
                continue;
            };
            if file.content.is_none() && added.is_none() && self.is_excerpt(site) {
                // Parts of a file of the project are the project's own.
                continue;
            }
            let paths: Vec<&[u8]> = paths.collect();
            // Of several alternatives only one is written.
            let text = if paths.len() == 1 {
                file.content.clone()
            } else {
                None
            };
            for path in paths {
                for place in self.locate(path, false, &site.cwd) {
                    let before = self
                        .ledger
                        .written
                        .iter()
                        .rev()
                        .find(|w| w.path == place.path);
                    let taint = before.map_or(taint, |w| taint.with(w.taint));
                    // Where the second of two texts is perhaps not written, either may be there.
                    let earlier = self.ledger.written.get(..begun).unwrap_or_default();
                    let other = |w: &Written| w.path == place.path && w.text != text;
                    let one = sure || !earlier.iter().any(other);
                    let text = text.clone().filter(|_| one);
                    self.ledger.written.push(Written {
                        path: place.path,
                        text,
                        taint,
                        added: added.clone(),
                    });
                }
            }
        }
    }

    /// The invocation prints lines of the project's own files as they stand, and nothing else.
    fn is_excerpt(&self, site: &Site<'_>) -> bool {
        let taint = self.ledger.taint;
        if taint.has(Taint::NET) || taint.has(Taint::RAW) || taint.has(Taint::AWAY) {
            return false;
        }
        let call = site.invocation;
        let words: Option<Vec<&[u8]>> = call.argv.iter().map(|w| w.as_static()).collect();
        let Some(words) = words else { return false };
        let files = match words.as_slice() {
            [b"sed", b"-n", lines, files @ ..] if is_line_range(lines) => files,
            [b"head" | b"tail", b"-n", number, files @ ..] if is_number(number) => files,
            [b"head" | b"tail" | b"cat", files @ ..] => files,
            _ => return false,
        };
        let own = |path: &[u8]| {
            self.locate(path, false, &site.cwd).all(|place| {
                matches!(place.scope, Scope::Project | Scope::Build)
                    && self.written_at(&place.path).is_none()
            })
        };
        let plain = |path: &&[u8]| !path.starts_with(b"-") && own(path);
        !files.is_empty() && files.iter().all(plain)
    }

    /// What is copied, moved or linked from outside the project and run later is not the
    /// project's own program.
    pub(super) fn note_copies(&mut self, call: &Call<'_>) {
        if !matches!(
            call.name(),
            "cp" | "mv" | "ln" | "install" | "rsync" | "dd" | "ditto" | "link"
        ) {
            return;
        }
        let words: Vec<Arg<'_>> = call.operands().collect();
        let Some((target, sources)) = words.split_last() else {
            return;
        };
        let cwd = &call.site.cwd;
        let secrets = sources.iter().any(|source| {
            source.known().is_some_and(|mut paths| {
                paths.any(|p| {
                    self.locate(p, false, cwd).any(|place| {
                        self.secret(&place)
                            .is_some_and(|hit| hit.read != Verdict::Allow)
                    })
                })
            })
        });
        let own = |place: &Place| matches!(place.scope, Scope::Project | Scope::Build);
        let mut copied: Vec<Vec<u8>> = Vec::new();
        let mut taint = self.ledger.taint;
        for source in sources {
            let paths: Vec<&[u8]> = match source.known() {
                Some(known) => known.collect(),
                None => vec![b"/\0"],
            };
            for path in paths {
                let mut away = false;
                let mut written = false;
                for place in self.locate(path, false, cwd) {
                    away |= !own(&place);
                    if let Some(from) = self.written_at(&place.path) {
                        written = true;
                        taint = taint.with(from.taint);
                    }
                }
                if !secrets && !away && !written {
                    continue;
                }
                if away {
                    taint = taint.with(Taint::AWAY);
                }
                let Some(targets) = target.known() else {
                    continue;
                };
                for to in targets {
                    let mut inside = to.to_vec();
                    inside.push(b'/');
                    inside.extend_from_slice(base_name(path));
                    copied.extend(self.locate(to, false, cwd).map(|p| p.path));
                    copied.extend(self.locate(&inside, false, cwd).map(|p| p.path));
                }
            }
        }
        if secrets {
            taint = taint.with(Taint::SECRET);
        }
        for path in copied {
            self.ledger.written.push(Written {
                path,
                text: None,
                taint,
                added: None,
            });
        }
    }

    /// What is moved among what tools make again, or to where nobody looks, is still the
    /// project's own.
    pub(super) fn note_moves(&mut self, call: &Call<'_>) {
        let moves = matches!((call.name(), call.path()), ("mv", _) | ("git", "mv"));
        let words: Vec<Arg<'_>> = call.operands().collect();
        let Some((target, sources)) = words.split_last().filter(|_| moves) else {
            return;
        };
        let cwd = &call.site.cwd;
        let own = |place: &Place| {
            matches!(place.scope, Scope::Project | Scope::Git | Scope::Hook)
                && self.written_at(&place.path).is_none()
        };
        let mut moved: Vec<Vec<u8>> = Vec::new();
        for to in target.known().into_iter().flatten() {
            let mut there = self.locate(to, false, cwd);
            if !there.any(|p| matches!(p.scope, Scope::Build | Scope::Temp | Scope::TempTop)) {
                continue;
            }
            for path in sources.iter().filter_map(|s| s.known()).flatten() {
                if !self.locate(path, false, cwd).any(|place| own(&place)) {
                    continue;
                }
                let inside = [to, b"/", base_name(path)].concat();
                // The new name, unless it is that of a directory.
                let named = self.locate(to, false, cwd);
                let named = named.filter(|p| p.scope != Scope::TempTop && !to.ends_with(b"/"));
                moved.extend(named.map(|p| p.path));
                moved.extend(self.locate(&inside, false, cwd).map(|p| p.path));
            }
        }
        self.ledger.moved.extend(moved);
    }

    /// The process whose number is in this file is one that the script itself has started:
    /// `echo $! > FILE`.
    pub(crate) fn holds_own_process(&self, path: &[u8], cwd: &Cwd) -> bool {
        let Some(place) = self.locate(path, false, cwd).next() else {
            return false;
        };
        let mut writers = self
            .script
            .written()
            .iter()
            .filter(|file| {
                let target = self.resolved_target(&file.path);
                let known = Arg::new(&target).known();
                known.is_some_and(|mut all| {
                    all.any(|p| self.locate(p, false, cwd).any(|w| w.path == place.path))
                })
            })
            .peekable();
        let own = |file: &WrittenFile| {
            let writer = self.script.invocation(file.by);
            writer.is_some_and(|call| match call.argv.as_slice() {
                [echo, number] => {
                    echo.as_static() == Some(b"echo") && is_own_process(Arg::new(number))
                }
                _ => false,
            })
        };
        writers.peek().is_some() && writers.all(own)
    }

    /// Notes what a program text writes: of a file for a shell or for a tool the text is not
    /// known; code is among the strings of the program text.
    pub(super) fn note_code_writes(
        &mut self,
        lang: Lang,
        source: &[u8],
        report: &CodeReport,
        site: &Site<'_>,
    ) {
        if matches!(lang, Lang::Sed | Lang::Awk | Lang::Jq | Lang::Sql) {
            return;
        }
        for act in report.acts.iter().filter(|a| a.effect == Effect::Write) {
            let CodeTarget::Path(value) = &act.target else {
                continue;
            };
            let Value::Static(path) = value else { continue };
            for place in self.locate(path, false, &site.cwd) {
                let name = base_name(&place.path);
                if code_language(name).is_some() || is_source(name) {
                    let text = Bytes::from(source);
                    self.ledger.written_by.push((place.path, text));
                } else if is_script(name) || RECIPE.has(name) {
                    let taint = self.ledger.taint;
                    self.ledger.written.push(Written {
                        path: place.path,
                        text: None,
                        taint,
                        added: None,
                    });
                }
            }
        }
    }

    /// The script itself has written files with a known text below this directory.
    pub(crate) fn wrote_below(&self, dir: &[u8]) -> bool {
        self.ledger.written.iter().any(|w| {
            let inside = w
                .path
                .strip_prefix(dir)
                .is_some_and(|rest| rest.starts_with(b"/"));
            inside && w.text.is_some()
        })
    }
}

/// The command runs, once, and before whatever stands behind it.
fn is_sure(invocation: &Invocation) -> bool {
    let perhaps = [
        Flags::CONDITIONAL,
        Flags::LOOP,
        Flags::SUBSHELL,
        Flags::BACKGROUND,
    ];
    !perhaps.into_iter().any(|flag| invocation.flags.has(flag))
}

/// What `echo`, `printf` and `cat` with a here-document print, as it stands.
fn echoed(invocation: &Invocation) -> Option<Bytes> {
    let (name, words) = invocation.argv.split_first()?;
    let name = name.as_static()?;
    if let (b"cat" | b"tee", Stdin::Text(text)) = (name, &invocation.stdin) {
        // `tee` hands on what it reads, `cat` where it reads nothing else.
        let plain = name == b"tee" || words.iter().all(|w| w.as_static() == Some(b"-"));
        return plain.then(|| text.clone());
    }
    if !matches!(name, b"echo" | b"printf") {
        return None;
    }
    let words: Option<Vec<&[u8]>> = words.iter().map(|w| w.as_static()).collect();
    Some(words?.join(&b' ').into())
}

/// `3,25p`, `7p`: lines by their numbers, for sed to print.
fn is_line_range(script: &[u8]) -> bool {
    script.strip_suffix(b"p").is_some_and(|lines| {
        lines
            .split(|&b| b == b',')
            .all(|end| is_number(end) || end == b"$")
    })
}

fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// An invocation that changes how files look, or a version number in them, not what they say.
fn keeps_meaning(invocation: &Invocation) -> bool {
    let mut words = invocation
        .argv
        .iter()
        .map(|w| w.as_static().unwrap_or(b"?"));
    let mut name = base_name(words.next().unwrap_or_default());
    if name == b"npx" {
        name = words.next().unwrap_or_default();
    }
    FORMATTER.has(name)
        || name == b"sed"
            && words.all(|word| {
                matches!(word, b"-i" | b"-E" | b"-r" | b"-e" | b"")
                    || is_version_edit(word)
                    || RECIPE.has(base_name(word))
            })
}

/// `$!`, `$$`: a number that the shell itself knows.
pub(crate) fn is_own_process(arg: Arg<'_>) -> bool {
    arg.dynamic()
        .is_some_and(|d| d.numeric && d.reason == Reason::Parameter)
}

/// An edit by `sed` that puts in a version number only.
fn is_version_edit(script: &[u8]) -> bool {
    let mut parts = match script {
        [b's', sign, rest @ ..] => rest.split(move |b| b == sign),
        _ => return false,
    };
    let (Some(_), Some(new), Some(flags), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let Ok(new) = std::str::from_utf8(new) else {
        return false;
    };
    let rest = new
        .replace("version", "")
        .replace(r"\1", "")
        .replace(r"\2", "");
    flags.iter().all(|b| b"g0123456789".contains(b))
        && rest
            .bytes()
            .all(|b| b.is_ascii_digit() || b"\"':,=. ^~".contains(&b))
}
