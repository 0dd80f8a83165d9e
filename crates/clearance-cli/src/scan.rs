//! `clearance scan` and `clearance redact`: secrets in files, in what git is about to commit,
//! in a stream.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use clearance::sensitive::{
    Baseline, Located, PathAllowList, Scanner, gitleaks, json_string, write_batch, write_json,
    write_jsonl, write_sarif,
};
use ignore::{WalkBuilder, WalkState};
use serde_json::Value;

use crate::args::{ScanFormat, ScanOptions};
use crate::lines::{LONGEST, Line, next_line};
use crate::setup::Failure;
use crate::status::Status;

/// A file whose beginning holds a NUL is taken for binary and skipped, unless it was named.
const PROBE: usize = 8 << 10;

pub(crate) fn run(options: &ScanOptions) -> Result<Status, Failure> {
    let scanner =
        scanner(options.gitleaks_config.as_deref())?.with_markers(!options.ignore_markers);
    if options.batch {
        return batch(&scanner);
    }
    let baseline = baseline(options.baseline.as_deref())?;
    let job = Job {
        scanner: scanner.with_salt(baseline.salt()),
        asks_path: options.gitleaks_config.is_some(),
        allowed: PathAllowList::new(options.exclude.iter().cloned()),
        found: Mutex::default(),
        failed: AtomicBool::new(false),
        files: AtomicU64::new(0),
    };
    if options.staged {
        job.staged()?;
    } else if options.paths.as_slice() == [PathBuf::from("-")] {
        job.stream(None, io::stdin().lock())
            .map_err(Failure::reading)?;
    } else {
        job.walk(&options.paths)?;
    }
    report(options, &baseline, job)
}

/// `clearance redact`: standard input to standard output, secrets replaced.
pub(crate) fn redact() -> Result<Status, Failure> {
    let input = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    Scanner::new()
        .redact_stream(input, out)
        .map_err(|e| Failure::Io("cannot redact the stream", e))?;
    Ok(Status::Success)
}

/// The built-in rules and those of a gitleaks configuration; says what of it is not honoured.
fn scanner(config: Option<&Path>) -> Result<Scanner, Failure> {
    let Some(file) = config else {
        return Ok(Scanner::new());
    };
    let name = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|e| Failure::Other(format!("cannot read the configuration `{name}`: {e}")))?;
    let config = gitleaks::Config::parse(&text)
        .and_then(|config| config.compile().map(|()| config))
        .map_err(|e| Failure::Other(format!("`{name}`: {e}")))?;
    for what in config.ignored() {
        eprintln!("clearance: `{name}`: not used: {what}");
    }
    Ok(Scanner::new().with_gitleaks(config))
}

fn baseline(file: Option<&Path>) -> Result<Baseline, Failure> {
    let Some(file) = file else {
        return Ok(Baseline::default());
    };
    let name = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|e| Failure::Other(format!("cannot read the baseline `{name}`: {e}")))?;
    Baseline::parse(&text).map_err(|e| Failure::Other(format!("the baseline `{name}`: {e}")))
}

/// How far the walk is, on one line of a terminal that is taken away at the end.
struct Progress {
    shown: bool,
}

impl Progress {
    /// After so many files the line is written again.
    const STEP: u64 = 512;

    fn new(is_terminal: bool) -> Self {
        Self { shown: is_terminal }
    }

    /// A terminal that cannot be written to is no reason to stop.
    fn advance(&self, done: u64, out: &mut dyn Write) {
        if self.shown && done % Self::STEP == 0 {
            let _ = write!(out, "\r{done} files").and_then(|()| out.flush());
        }
    }

    fn end(&self, done: u64, out: &mut dyn Write) {
        if self.shown && done >= Self::STEP {
            let _ = write!(out, "\r\x1b[K").and_then(|()| out.flush());
        }
    }
}

/// What is under way: shared by the threads that walk.
struct Job {
    scanner: Scanner,
    /// Rules of a configuration may ask for the name of the file.
    asks_path: bool,
    allowed: PathAllowList,
    found: Mutex<Vec<Located>>,
    failed: AtomicBool,
    files: AtomicU64,
}

impl Job {
    /// Scans the files below the paths in parallel, as git sees them: ignored files are left
    /// out, hidden ones are not.
    fn walk(&self, paths: &[PathBuf]) -> Result<(), Failure> {
        let mut paths = paths.iter();
        let first = paths.next().map_or(Path::new("."), PathBuf::as_path);
        let mut walk = WalkBuilder::new(first);
        paths.for_each(|path| {
            walk.add(path);
        });
        walk.hidden(false)
            .filter_entry(|entry| entry.file_name() != ".git");
        let progress = Progress::new(io::stderr().is_terminal());
        walk.build_parallel().run(|| {
            Box::new(|entry| {
                match entry {
                    Ok(entry) if entry.file_type().is_some_and(|t| t.is_file()) => {
                        self.file(entry.path(), entry.depth() == 0);
                        let done = self.files.fetch_add(1, Ordering::Relaxed) + 1;
                        progress.advance(done, &mut io::stderr());
                    }
                    Ok(_) => {}
                    Err(error) => self.complain(&error.to_string()),
                }
                WalkState::Continue
            })
        });
        progress.end(self.files.load(Ordering::Relaxed), &mut io::stderr());
        Ok(())
    }

    /// Scans a file that is text, or whatever it is when it was named.
    fn file(&self, path: &Path, named: bool) {
        let name = path.display().to_string();
        if self.allowed.matches(&name) {
            return;
        }
        let scanned = File::open(path).and_then(|file| match named {
            true => self.stream(Some(&name), file),
            false => self.text(&name, file),
        });
        if let Err(error) = scanned {
            self.complain(&format!("{name}: {error}"));
        }
    }

    /// Scans a file unless it is binary.
    fn text(&self, name: &str, mut file: impl Read) -> io::Result<()> {
        let mut head = Vec::with_capacity(PROBE);
        (&mut file).take(PROBE as u64).read_to_end(&mut head)?;
        if head.contains(&0) {
            return Ok(());
        }
        self.stream(Some(name), head.chain(file))
    }

    fn stream(&self, name: Option<&str>, mut input: impl Read) -> io::Result<()> {
        let told = name
            .filter(|_| self.asks_path)
            .map(|name| self.scanner.clone().with_path(name));
        let mut stream = told.as_ref().unwrap_or(&self.scanner).stream();
        let mut found = Vec::new();
        let mut sink = |detection| {
            found.push(Located {
                path: name.map(str::to_owned),
                detection,
            })
        };
        let mut buffer = vec![0; 1 << 16];
        loop {
            match input.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => stream.push(buffer.get(..n).unwrap_or_default(), &mut sink),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        stream.finish(&mut sink);
        if !found.is_empty() {
            self.found
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .append(&mut found);
        }
        Ok(())
    }

    /// Scans what git is about to commit: the index, not the work tree.
    fn staged(&self) -> Result<(), Failure> {
        let list = git(&[
            "diff",
            "--cached",
            "--raw",
            "-z",
            "--no-abbrev",
            "--no-renames",
            "--no-ext-diff",
            "--diff-filter=AMT",
        ])?;
        let mut fields = list.split(|&b| b == 0);
        while let (Some(facts), Some(name)) = (fields.next(), fields.next()) {
            let name = String::from_utf8_lossy(name);
            if let Some(blob) = staged_blob(facts).filter(|_| !self.allowed.matches(&name)) {
                let content = git(&["cat-file", "blob", blob])?;
                self.text(&name, content.as_slice())
                    .map_err(Failure::reading)?;
            }
        }
        Ok(())
    }

    fn complain(&self, message: &str) {
        self.failed.store(true, Ordering::Relaxed);
        eprintln!("clearance: {message}");
    }
}

/// The blob that a line of `git diff --raw` puts into the index; a submodule has none.
fn staged_blob(facts: &[u8]) -> Option<&str> {
    let mut words = std::str::from_utf8(facts).ok()?.split(' ');
    let (_, mode, _, blob) = (words.next()?, words.next()?, words.next()?, words.next()?);
    (mode != "160000").then_some(blob)
}

/// The output of git, hardened against what a repository's configuration could run.
fn git(words: &[&str]) -> Result<Vec<u8>, Failure> {
    let output = Command::new("git")
        .args([
            "-c",
            "core.fsmonitor=false",
            "-c",
            "core.hooksPath=/dev/null",
            "--no-pager",
        ])
        .args(words)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| Failure::Io("cannot ask git", e))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(Failure::Other(format!("`git {}` failed", words.join(" "))))
    }
}

fn report(options: &ScanOptions, baseline: &Baseline, job: Job) -> Result<Status, Failure> {
    let mut found = job
        .found
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    found.sort_by(|a, b| {
        (&a.path, a.detection.span().start).cmp(&(&b.path, b.detection.span().start))
    });
    if let Some(file) = &options.write_baseline {
        let mut accepted = baseline.clone();
        for one in &found {
            accepted.insert(one.path.as_deref(), &one.detection);
        }
        let name = file.display();
        std::fs::write(file, accepted.render())
            .map_err(|e| Failure::Other(format!("cannot write the baseline `{name}`: {e}")))?;
        return Ok(Status::Success);
    }
    found.retain(|one| !baseline.contains(one.path.as_deref(), &one.detection));
    let status = match (job.failed.into_inner(), found.is_empty()) {
        (true, _) => Status::Failure,
        (false, true) => Status::Success,
        (false, false) => Status::Ask,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let written = match options.format() {
        ScanFormat::Array => write_json(&mut out, &found),
        ScanFormat::Lines => write_jsonl(&mut out, &found),
        ScanFormat::Sarif => write_sarif(&mut out, env!("CARGO_PKG_VERSION"), &found),
        ScanFormat::Text => found.iter().try_for_each(|one| {
            let path = one.path.as_deref().unwrap_or("-");
            let d = &one.detection;
            writeln!(
                out,
                "{path}:{}:{}: {} ({}) {}",
                d.line(),
                d.column(),
                d.description(),
                d.rule_id(),
                d.preview()
            )
        }),
    }
    .and_then(|()| out.flush());
    match written {
        // `| head`: all was scanned and the reader has seen enough, so the status still holds.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            // What is left in the buffer has nowhere to go.
            let _ = out.into_parts();
            Ok(status)
        }
        written => written.map(|()| status).map_err(Failure::writing),
    }
}

/// `clearance scan --batch`: `{"id", "text"}` a line in, `{"id", "matches"}` a line out.
fn batch(scanner: &Scanner) -> Result<Status, Failure> {
    let mut input = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut line = Vec::new();
    let mut clean = true;
    loop {
        match next_line(&mut input, &mut line, LONGEST).map_err(Failure::reading)? {
            Line::End => break,
            Line::TooLong => refuse(&mut out, "null", "the line is too long")?,
            Line::Kept if line.iter().all(u8::is_ascii_whitespace) => continue,
            Line::Kept => {
                let request: Result<Value, _> = serde_json::from_slice(&line);
                let request = request.unwrap_or_default();
                let id = request.get("id").unwrap_or(&Value::Null).to_string();
                match request.get("text").and_then(Value::as_str) {
                    Some(text) => {
                        let found = scanner.scan(text.as_bytes());
                        clean &= found.is_empty();
                        write_batch(&mut out, &id, &found).map_err(Failure::writing)?;
                    }
                    None => refuse(&mut out, &id, "a line is {\"id\", \"text\"}")?,
                }
            }
        }
        if input.buffer().is_empty() {
            out.flush().map_err(Failure::writing)?;
        }
    }
    out.flush().map_err(Failure::writing)?;
    Ok(if clean { Status::Success } else { Status::Ask })
}

fn refuse(out: &mut impl Write, id: &str, error: &str) -> Result<(), Failure> {
    writeln!(out, "{{\"id\":{id},\"error\":{}}}", json_string(error)).map_err(Failure::writing)
}

#[cfg(test)]
mod tests {
    use super::Progress;

    fn drawn(is_terminal: bool, files: u64) -> String {
        let (progress, mut out) = (Progress::new(is_terminal), Vec::new());
        (1..=files).for_each(|done| progress.advance(done, &mut out));
        progress.end(files, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn progress_is_drawn_on_terminals_only_and_taken_away() {
        assert_eq!(drawn(true, 1100), "\r512 files\r1024 files\r\u{1b}[K");
        assert_eq!(drawn(true, 511), "");
        assert_eq!(drawn(false, 1100), "");
    }
}
