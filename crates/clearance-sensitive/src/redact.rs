//! Takes secrets out of text that is to be shown or logged.

use std::borrow::Cow;
use std::io;

use crate::scan::{Detection, Scanner};

/// What a value is replaced with: `[redacted github-pat]`.
fn label(found: &Detection) -> String {
    format!("[redacted {}]", found.rule_id())
}

/// Replaces every secret, and every repetition of a found value, by the name of its kind.
///
/// Text without secrets is returned as it is. Values that are found encoded are replaced in
/// their encoded form. When a replacement cannot be made without a value remaining, the whole
/// text is replaced. Inline markers count for nothing here: a secret that may stand in a file has no
/// place in a log.
///
/// # Examples
///
/// ```
/// use clearance_sensitive::redact;
///
/// assert_eq!(redact("mysql --password=vK7#mQ2x!pL9 db"), "mysql --password=[redacted generic-password] db");
/// assert_eq!(redact("cargo test"), "cargo test");
/// // Once known, a value is taken out wherever it stands.
/// assert!(!redact("PGPASSWORD=vK7#mQ2x!pL9 psql; echo vK7#mQ2x!pL9").contains("vK7"));
/// ```
pub fn redact(text: &str) -> Cow<'_, str> {
    Scanner::new().redact(text)
}

impl Scanner {
    /// As [`redact`], with this scanner's rules.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let found = self.clone().with_markers(false).scan(text.as_bytes());
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let values: Vec<&str> = found
            .iter()
            .filter_map(|one| text.get(one.range()))
            .collect();
        let mut out = replace_spans(text, &found);
        for (value, one) in values.iter().zip(&found) {
            if !value.is_empty() && out.contains(value) {
                out = out.replace(value, &label(one));
            }
        }
        let remains = values.len() != found.len() || values.iter().any(|value| out.contains(value));
        Cow::Owned(if remains {
            "[redacted]".to_owned()
        } else {
            out
        })
    }

    /// Copies a reader to a writer with the secrets taken out; returns how many there were.
    ///
    /// Memory is bounded, so a value is replaced where it is found, not at repetitions that
    /// nothing marks as secret.
    ///
    /// # Examples
    ///
    /// ```
    /// use clearance_sensitive::Scanner;
    ///
    /// let mut out = Vec::new();
    /// let count = Scanner::new().redact_stream(&b"PGPASSWORD=vK7#mQ2x!pL9 psql"[..], &mut out)?;
    /// assert_eq!((count, out.as_slice()), (1, &b"PGPASSWORD=[redacted generic-password] psql"[..]));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the reader or the writer fails. Nothing unchecked has been written then.
    pub fn redact_stream(
        &self,
        mut reader: impl io::BufRead,
        writer: impl io::Write,
    ) -> io::Result<u64> {
        let mut output = Output {
            writer,
            held: Vec::new(),
            base: 0,
            count: 0,
        };
        let scanner = self.clone().with_markers(false);
        let mut stream = scanner.stream();
        loop {
            let mut found = Vec::new();
            let len = match reader.fill_buf() {
                Ok([]) => break,
                Ok(chunk) => {
                    output.held.extend_from_slice(chunk);
                    stream.push(chunk, &mut |one| found.push(one));
                    chunk.len()
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            reader.consume(len);
            output.replace(&found)?;
            output.release(stream.certain_until())?;
        }
        let mut found = Vec::new();
        stream.finish(&mut |one| found.push(one));
        output.replace(&found)?;
        output.release(u64::MAX)?;
        output.writer.flush()?;
        Ok(output.count)
    }
}

fn replace_spans(text: &str, found: &[Detection]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for one in found {
        let range = one.range();
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(&label(one));
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Bytes that were read and not yet written.
struct Output<W> {
    writer: W,
    held: Vec<u8>,
    base: u64,
    count: u64,
}

impl<W: io::Write> Output<W> {
    /// Writes up to each detection and its label instead of its bytes.
    fn replace(&mut self, found: &[Detection]) -> io::Result<()> {
        for one in found {
            let span = one.span();
            self.release(span.start)?;
            self.writer.write_all(label(one).as_bytes())?;
            self.drop_until(span.end);
            self.count += 1;
        }
        Ok(())
    }

    fn release(&mut self, until: u64) -> io::Result<()> {
        let len = self.local(until);
        self.writer
            .write_all(self.held.get(..len).unwrap_or_default())?;
        self.drop_until(until);
        Ok(())
    }

    fn drop_until(&mut self, until: u64) {
        let len = self.local(until);
        self.held.drain(..len);
        self.base += len as u64;
    }

    fn local(&self, at: u64) -> usize {
        usize::try_from(at.saturating_sub(self.base))
            .unwrap_or(usize::MAX)
            .min(self.held.len())
    }
}
