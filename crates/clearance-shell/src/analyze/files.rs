//! Files that the script itself wrote, so that what it runs of them later is known text.
//!
//! A content is known only while nothing else could have changed it: any program of which
//! this crate does not know that it leaves files alone makes everything unknown, and so does
//! a background job.

use std::cell::RefCell;
use std::sync::Arc;

use super::machine::Machine;
use super::place;
use super::redirect::{could_be_output, is_file_write, written_file};
use super::simple::Command;
use super::value;
use crate::invocation::{Bytes, Cwd, Reason, RedirectKind, Stdin, Value, Word, WrittenFile};

/// So many files are remembered.
const MOST_FILES: usize = 64;

/// So many texts may be possible for one file.
const MOST_TEXTS: usize = 4;

/// So many bytes are copied to follow what is appended to files.
const MOST_COPIED: usize = 1 << 18;

/// Whether a write happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sure {
    /// Once, before anything that follows.
    Yes,
    /// Once or not at all.
    Perhaps,
    /// Nobody knows how often, or when.
    Unknown,
}

/// What is known of files.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Each file with the texts of which it holds one. The path is absolute, or a value that is
    /// not known: of that there is at most one, since it may be any of the others.
    known: Vec<(Value, Vec<Bytes>)>,
    racing: bool,
    /// Bytes that were copied by appending.
    copied: usize,
    pipes: Pipes,
}

/// What the commands of a pipeline, which run beside each other, do to files.
#[derive(Debug, Default)]
struct Pipes {
    /// How many pipelines there are around the present command.
    depth: usize,
    /// A number for each command of a pipeline, and the last one given.
    member: u32,
    members: u32,
    /// Which of them wrote, and what the file holds then if nobody else writes.
    wrote: Vec<(u32, Value, Vec<Bytes>)>,
    /// Which of them looked at a text from before the pipeline.
    read: RefCell<Vec<(u32, Value)>>,
    /// Something that may write any file ran in one of them.
    forgot: bool,
}

impl Files {
    /// Nothing is known any more.
    pub(super) fn forget(&mut self) {
        self.known.clear();
        self.pipes.forgot = true;
    }

    /// Something runs beside this and could write at any time.
    pub(super) fn race(&mut self) {
        self.racing = true;
        self.forget();
    }

    /// A pipeline begins.
    pub(super) fn enter_pipeline(&mut self) {
        if self.pipes.depth == 0 {
            self.pipes.forgot = false;
        }
        self.pipes.depth += 1;
    }

    /// The next command of a pipeline. Gives the one around it.
    pub(super) fn enter_member(&mut self) -> u32 {
        self.pipes.members = self.pipes.members.wrapping_add(1);
        std::mem::replace(&mut self.pipes.member, self.pipes.members)
    }

    /// A command of a pipeline is done.
    pub(super) fn leave_member(&mut self, around: u32) {
        self.pipes.member = around;
    }

    /// A pipeline is done. What its commands wrote is known from now on, unless several of them
    /// wrote the same file.
    pub(super) fn leave_pipeline(&mut self) {
        self.pipes.depth = self.pipes.depth.saturating_sub(1);
        if self.pipes.depth > 0 {
            return;
        }
        self.pipes.read.get_mut().clear();
        let wrote = std::mem::take(&mut self.pipes.wrote);
        if self.pipes.forgot {
            self.known.clear();
            return;
        }
        for (member, path, texts) in &wrote {
            let other = |(by, also, _): &(u32, Value, Vec<Bytes>)| {
                by != member && (also == path || is_unknown(also) || is_unknown(path))
            };
            let texts = if wrote.iter().any(other) {
                Vec::new()
            } else {
                texts.clone()
            };
            self.set(path.clone(), texts);
        }
    }

    /// The texts of which the file holds one.
    pub(super) fn read(&self, cwd: &Cwd, path: &Value) -> Option<&[Bytes]> {
        if self.known.is_empty() && self.pipes.wrote.is_empty() {
            return None;
        }
        let path = locate_value(cwd, path)?;
        let member = self.pipes.member;
        let same = |also: &Value| *also == path || is_unknown(also) || is_unknown(&path);
        let mut last = None;
        for (by, also, texts) in &self.pipes.wrote {
            if same(also) {
                if *by != member || *also != path {
                    return None;
                }
                last = Some(texts);
            }
        }
        if last.is_none() {
            let (_, texts) = self.known.iter().find(|(known, _)| *known == path)?;
            if self.pipes.depth > 0 {
                let mut read = self.pipes.read.borrow_mut();
                if read.len() >= MOST_FILES {
                    return None;
                }
                read.push((member, path));
            }
            last = Some(texts);
        }
        last.map(Vec::as_slice).filter(|texts| !texts.is_empty())
    }

    /// A file was written; `None` is a text that is not known. `false`: another command of the
    /// same pipeline has looked at the file, and may have seen this.
    pub(super) fn write(
        &mut self,
        cwd: &Cwd,
        path: &Value,
        text: Option<&[u8]>,
        append: bool,
        sure: Sure,
    ) -> bool {
        let Some(path) = locate_value(cwd, path) else {
            self.forget();
            return self.pipes.read.get_mut().is_empty();
        };
        let member = self.pipes.member;
        let mine = self.pipes.wrote.iter().rev();
        let mut mine = mine.filter(|(by, also, _)| *by == member && *also == path);
        let old = mine.next().map(|(_, _, texts)| texts);
        let old = old.or_else(|| {
            let known = self.known.iter().find(|(known, _)| *known == path);
            known.map(|(_, texts)| texts)
        });
        let old = old.cloned().unwrap_or_default();
        let texts = self.after(&old, text, append, sure).unwrap_or_default();
        if self.pipes.depth == 0 {
            self.set(path, texts);
            return true;
        }
        let mut read = self.pipes.read.get_mut().iter();
        let seen = read.any(|(by, also)| {
            *by != member && (*also == path || is_unknown(also) || is_unknown(&path))
        });
        if self.pipes.wrote.len() < MOST_FILES {
            self.pipes.wrote.push((member, path, texts));
        } else {
            self.forget();
        }
        !seen
    }

    /// The texts that a file may hold after a write.
    fn after(
        &mut self,
        old: &[Bytes],
        text: Option<&[u8]>,
        append: bool,
        sure: Sure,
    ) -> Option<Vec<Bytes>> {
        let text = text.filter(|_| !self.racing && sure != Sure::Unknown)?;
        let mut texts: Vec<Bytes> = Vec::new();
        if append {
            // Each line that is appended copies those before it.
            let copied: usize = old.iter().map(|old| old.len()).sum();
            self.copied = self.copied.saturating_add(copied);
            if old.is_empty() || self.copied >= MOST_COPIED {
                return None;
            }
            texts.extend(old.iter().map(|old| Bytes::from([&**old, text].concat())));
        } else {
            texts.push(text.into());
        }
        if sure == Sure::Perhaps {
            if old.is_empty() {
                return None;
            }
            for old in old {
                if !texts.contains(old) {
                    texts.push(Arc::clone(old));
                }
            }
        }
        (texts.len() <= MOST_TEXTS).then_some(texts)
    }

    fn set(&mut self, path: Value, texts: Vec<Bytes>) {
        if is_unknown(&path) {
            self.known.clear();
        } else {
            self.known
                .retain(|(known, _)| *known != path && !is_unknown(known));
        }
        if !texts.is_empty() && self.known.len() < MOST_FILES {
            self.known.push((path, texts));
        }
    }
}

fn is_unknown(path: &Value) -> bool {
    !matches!(path, Value::Static(_))
}

/// What a file is known by: an absolute path, or one word that is not known.
fn locate_value(cwd: &Cwd, path: &Value) -> Option<Value> {
    match path {
        Value::Static(path) => locate(cwd, path).map(Value::Static),
        Value::Dynamic(_) => Some(path.clone()),
        Value::OneOf(_) | Value::Glob(_) => None,
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
    /// Whether the present command surely runs.
    fn surely(&self) -> Sure {
        if self.context.repeats > 0 || self.dead {
            Sure::Unknown
        } else if self.context.conditions > 0 {
            Sure::Perhaps
        } else {
            Sure::Yes
        }
    }

    /// The text of a file, for `cat`, `$(<file)` and `source`.
    pub(super) fn file_text(&self, path: &Word) -> Option<Value> {
        let texts = self.files.read(&self.state.place.now, &path.value)?;
        Some(value::one_of(texts.to_vec(), self.state.most))
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
        let before = self.file_text(path);
        if !self.files.write(&place, &path.value, text, append, sure) {
            self.opaque(path.span, Reason::ShellState);
        }
        let content = match (append, text) {
            (false, _) => text.map(Bytes::from),
            // If it is written, what was there before is still in front of it.
            (true, Some(text)) if sure != Sure::Unknown => {
                let before = before.as_ref().and_then(Value::as_static);
                let known = before.filter(|before| before.len() < MOST_COPIED);
                known.map(|before| [before, text].concat().into())
            }
            (true, _) => None,
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
            let text = None;
            if !self
                .files
                .write(&place, &path.value, text, append, Sure::Unknown)
            {
                self.opaque(path.span, Reason::ShellState);
            }
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
        let texts = |files: &Files, path: &[u8]| -> Vec<String> {
            let texts = files.read(&cwd, &fixed(path)).unwrap_or_default();
            let texts = texts.iter().map(|text| String::from_utf8_lossy(text));
            texts.map(String::from).collect()
        };
        let none: [&str; 0] = [];
        files.write(&cwd, &fixed(b"a"), Some(b"1"), false, Sure::Yes);
        files.write(&cwd, &fixed(b"./a"), Some(b"2"), true, Sure::Yes);
        assert_eq!(texts(&files, b"/w/x/../a"), ["12"]);
        files.write(&cwd, &fixed(b"a"), Some(b"3"), false, Sure::Perhaps);
        assert_eq!(texts(&files, b"a"), ["3", "12"]);
        files.write(&cwd, &fixed(b"a"), Some(b"4"), true, Sure::Perhaps);
        assert_eq!(texts(&files, b"a"), ["34", "124", "3", "12"]);
        files.write(&cwd, &fixed(b"a"), Some(b"3"), true, Sure::Unknown);
        assert_eq!(texts(&files, b"a"), none);
        // There may have been something before.
        files.write(&cwd, &fixed(b"b"), Some(b"1"), true, Sure::Yes);
        assert_eq!(texts(&files, b"b"), none);
        files.write(&cwd, &fixed(b"b"), Some(b"1"), false, Sure::Perhaps);
        assert_eq!(texts(&files, b"b"), none);
        files.race();
        files.write(&cwd, &fixed(b"c"), Some(b"1"), false, Sure::Yes);
        assert_eq!(texts(&files, b"c"), none);
    }

    #[test]
    fn commands_of_a_pipeline_write_beside_each_other() {
        let cwd = Cwd::Known(b"/w".as_slice().into());
        let (a, b) = (fixed(b"a"), fixed(b"b"));
        let mut files = Files::default();
        let write = |files: &mut Files, path| files.write(&cwd, path, Some(b"1"), false, Sure::Yes);
        assert!(write(&mut files, &b));
        files.enter_pipeline();
        let around = files.enter_member();
        assert!(write(&mut files, &a));
        assert!(files.read(&cwd, &a).is_some() && files.read(&cwd, &b).is_some());
        files.leave_member(around);
        let around = files.enter_member();
        assert!(files.read(&cwd, &a).is_none());
        assert!(!write(&mut files, &b), "the other one has looked at it");
        files.leave_member(around);
        files.leave_pipeline();
        assert!(files.read(&cwd, &a).is_some() && files.read(&cwd, &b).is_some());
    }
}
