//! Files that the script itself wrote, so that what it runs of them later is known text.
//!
//! A content is known only while nothing else could have changed it: any program of which
//! this crate does not know that it leaves files alone makes everything unknown, and so does
//! a background job.

use std::sync::Arc;

use super::machine::Machine;
use super::place;
use super::redirect::{could_be_output, is_file_write, written_file};
use super::simple::Command;
use super::value;
use crate::invocation::{Bytes, Cwd, RedirectKind, Stdin, Value, Word, WrittenFile};

/// So many files are remembered.
const MOST_FILES: usize = 64;

/// So many bytes are copied to follow what is appended to files.
const MOST_COPIED: usize = 1 << 18;

/// What is known of files.
#[derive(Debug, Default)]
pub(super) struct Files {
    known: Vec<(Bytes, Bytes)>,
    racing: bool,
    /// Bytes that were copied by appending.
    copied: usize,
}

impl Files {
    /// Nothing is known any more.
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    /// Something runs beside this and could write at any time.
    pub(super) fn race(&mut self) {
        self.racing = true;
        self.known.clear();
    }

    /// The content of a file.
    pub(super) fn read(&self, cwd: &Cwd, path: &[u8]) -> Option<Bytes> {
        if self.known.is_empty() {
            return None;
        }
        let path = locate(cwd, path)?;
        let (_, text) = self.known.iter().find(|(known, _)| *known == path)?;
        Some(Arc::clone(text))
    }

    /// A file was written: `None` is a text that is not known, `sure` means that it surely
    /// happened.
    pub(super) fn write(
        &mut self,
        cwd: &Cwd,
        path: &Value,
        text: Option<&[u8]>,
        append: bool,
        sure: bool,
    ) {
        let path = path.as_static().and_then(|path| locate(cwd, path));
        let Some(path) = path else {
            self.forget();
            return;
        };
        let at = self.known.iter().position(|(known, _)| *known == path);
        let old = at.map(|at| self.known.swap_remove(at).1);
        let text: Option<Bytes> = match (text, append, old) {
            _ if !sure || self.racing => None,
            (Some(text), false, _) => Some(text.into()),
            (Some(text), true, Some(old)) => {
                // Each line that is appended copies those before it.
                self.copied = self.copied.saturating_add(old.len());
                (self.copied < MOST_COPIED).then(|| [&*old, text].concat().into())
            }
            _ => None,
        };
        if let Some(text) = text {
            if self.known.len() < MOST_FILES {
                self.known.push((path, text));
            }
        }
    }
}

fn locate(cwd: &Cwd, path: &[u8]) -> Option<Bytes> {
    if path.first() == Some(&b'/') {
        return Some(place::resolve(b"", path));
    }
    match cwd {
        Cwd::Known(base) => Some(place::resolve(base, path)),
        _ => None,
    }
}

/// Not a file that keeps what is written.
fn is_device(path: &Value) -> bool {
    path.as_static()
        .is_some_and(|path| path.starts_with(b"/dev/"))
}

impl Machine<'_> {
    /// Whether the present command surely runs, and alone.
    fn surely(&self) -> bool {
        self.context.conditions == 0 && self.context.repeats == 0 && !self.dead
    }

    /// The text of a file, for `cat` and `$(<file)`.
    pub(super) fn file_text(&self, path: &Word) -> Option<Value> {
        let path = path.as_static()?;
        self.files
            .read(&self.state.place.now, path)
            .map(Value::Static)
    }

    /// A command printed `text` (`None`: not known); it goes where its output goes.
    pub(super) fn write_files(&mut self, command: &Command, index: u32, text: Option<Value>) {
        if command.redirects.is_empty() {
            self.print(self.context.sink, Some(index), text, command.errors_too);
            return;
        }
        let sink = if command.stdout.is_none() {
            self.context.sink
        } else {
            None
        };
        let target = written_file(&command.redirects);
        for redirect in &command.redirects {
            if !is_file_write(redirect.kind) || is_device(&redirect.target.value) {
                continue;
            }
            let known = if Some(redirect) == target {
                text.as_ref().and_then(Value::as_static)
            } else {
                None
            };
            let append = redirect.kind == RedirectKind::Append;
            self.store(&redirect.target, known, append, index);
        }
        self.print(sink, Some(index), text, command.errors_too);
    }

    fn store(&mut self, path: &Word, text: Option<&[u8]>, append: bool, by: u32) {
        let sure = self.surely();
        self.charge(text.map_or(0, <[u8]>::len) / 64);
        let place = self.state.place.now.clone();
        self.files.write(&place, &path.value, text, append, sure);
        let content = match (append, path.as_static()) {
            (true, Some(name)) => self.files.read(&place, name),
            (true, None) => None,
            (false, _) => text.map(Bytes::from),
        };
        if content.is_none() {
            // Who wrote it is all that can be asked about.
            self.keep(by);
        }
        self.out.written.push(WrittenFile {
            path: path.clone(),
            content,
            by,
            span: path.span,
        });
    }

    /// A compound command whose output went into a file is done.
    pub(super) fn store_sink(&mut self, path: &Word, append: bool) {
        let (text, sources) = self.close_sink();
        if is_device(&path.value) {
            return;
        }
        if let Some(by) = sources.last() {
            self.store(path, text.as_static(), append, *by);
        } else {
            let place = self.state.place.now.clone();
            self.files.write(&place, &path.value, None, append, false);
        }
    }

    /// `tee`: what it reads goes into its operands.
    pub(super) fn tee(&mut self, command: &Command, stdin: &Stdin, index: u32) {
        let text = match stdin {
            Stdin::Text(text) => Some(Arc::clone(text)),
            _ => None,
        };
        let mut append = false;
        for word in command.arguments() {
            match word.as_static() {
                Some(b"-a" | b"--append") => append = true,
                Some(option) if option.starts_with(b"-") && option.len() > 1 => {}
                _ => {
                    if could_be_output(&word.value) {
                        self.leak();
                    }
                    self.store(word, text.as_deref(), append, index);
                }
            }
        }
    }

    /// What a text printed by `tee` and `cat` is.
    pub(super) fn input_text(stdin: &Stdin) -> Option<Value> {
        match stdin {
            Stdin::Text(text) => Some(Value::Static(Arc::clone(text))),
            Stdin::Null => Some(value::fixed(b"")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::value::fixed;

    #[test]
    fn a_content_is_known_until_something_else_may_write() {
        let cwd = Cwd::Known(b"/w".as_slice().into());
        let mut files = Files::default();
        files.write(&cwd, &fixed(b"a"), Some(b"1"), false, true);
        files.write(&cwd, &fixed(b"./a"), Some(b"2"), true, true);
        assert_eq!(
            files.read(&cwd, b"/w/x/../a").as_deref(),
            Some(b"12".as_slice())
        );
        files.write(&cwd, &fixed(b"a"), Some(b"3"), false, false);
        assert_eq!(files.read(&cwd, b"a"), None);
        files.write(&cwd, &fixed(b"b"), Some(b"1"), true, true);
        assert_eq!(
            files.read(&cwd, b"b"),
            None,
            "there may have been something before"
        );
        files.race();
        files.write(&cwd, &fixed(b"c"), Some(b"1"), false, true);
        assert_eq!(files.read(&cwd, b"c"), None);
    }
}
