//! awk programs: commands, files and the environment that they use.
//!
//! Source of facts: POSIX `awk`, and the gawk 5.3 manual for its extensions. Options (`-v`,
//! `-f`, `-i`) and input files are the caller's. A single `|` is always a pipe in awk, `>` one
//! outside parentheses in `print` and `printf` always a redirection.

use clearance_core::Effect;
use clearance_shell::invocation::Value;

use super::notes::{Notes, begins, fixed};
use super::{CodeReport, CodeTarget};

#[derive(Clone, Debug, PartialEq)]
enum Tok {
    Name(Vec<u8>),
    /// The decoded text; `None`: with an escape that programs read differently.
    Text(Option<Vec<u8>>),
    Number,
    Regex,
    Op(&'static [u8]),
    Newline,
}

const OPS: &[&[u8]] = &[
    b"**=", b"|&", b"||", b"&&", b"==", b"!=", b"<=", b">=", b">>", b"++", b"--", b"+=", b"-=",
    b"*=", b"/=", b"%=", b"^=", b"**", b"!~", b"{", b"}", b"(", b")", b"[", b"]", b";", b",", b"+",
    b"-", b"*", b"/", b"%", b"^", b"!", b">", b"<", b"|", b"?", b":", b"~", b"$", b"=", b"@",
];

/// What an awk program would do.
pub(super) fn analyze(code: &[u8]) -> CodeReport {
    let mut notes = Notes::default();
    match lex(code) {
        Ok(tokens) => Scan {
            tokens: &tokens,
            notes: &mut notes,
            len: code.len(),
        }
        .run(),
        Err((at, why)) => notes.unknown(at, code.len(), why),
    }
    notes.finish()
}

type Tokens = Vec<(Tok, usize)>;

fn lex(code: &[u8]) -> Result<Tokens, (usize, &'static str)> {
    let mut out: Tokens = Vec::new();
    let mut at = 0;
    while let Some(&b) = code.get(at) {
        let start = at;
        match b {
            b'\n' => {
                at += 1;
                out.push((Tok::Newline, start));
            }
            b'\\' if matches!(code.get(at + 1), Some(b'\n' | b'\r')) => at += 2,
            b' ' | b'\t' | b'\r' | 0x0b | 0x0c => at += 1,
            b'#' => {
                while code.get(at).is_some_and(|&c| c != b'\n') {
                    at += 1;
                }
            }
            b'"' => {
                let (text, end) = string(code, at + 1).ok_or((start, "a string has no end"))?;
                out.push((Tok::Text(text), start));
                at = end;
            }
            b'/' if regex_here(out.last().map(|t| &t.0)) => {
                at = regex(code, at + 1).ok_or((start, "a regular expression has no end"))?;
                out.push((Tok::Regex, start));
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                while code.get(at).is_some_and(|&c| {
                    c == b'_'
                        || c.is_ascii_alphanumeric()
                        || c == b':' && code.get(at + 1) == Some(&b':')
                        || c == b':' && at > start && code.get(at - 1) == Some(&b':')
                }) {
                    at += 1;
                }
                out.push((
                    Tok::Name(code.get(start..at).unwrap_or_default().to_vec()),
                    start,
                ));
            }
            b'0'..=b'9' | b'.' => {
                while code
                    .get(at)
                    .is_some_and(|&c| c.is_ascii_alphanumeric() || c == b'.')
                {
                    at += 1;
                }
                out.push((Tok::Number, start));
            }
            _ => {
                let rest = code.get(at..).unwrap_or_default();
                let op = OPS.iter().find(|op| rest.starts_with(op));
                let op = op.ok_or((start, "the syntax was not understood"))?;
                at += op.len();
                out.push((Tok::Op(op), start));
            }
        }
    }
    Ok(out)
}

/// A slash after an operand divides; elsewhere it begins a regular expression.
fn regex_here(before: Option<&Tok>) -> bool {
    match before {
        None | Some(Tok::Newline) => true,
        Some(Tok::Name(name)) => is_word_before_regex(name),
        Some(Tok::Text(_) | Tok::Number | Tok::Regex) => false,
        Some(Tok::Op(op)) => !matches!(*op, b")" | b"]" | b"$" | b"++" | b"--"),
    }
}

fn is_word_before_regex(name: &[u8]) -> bool {
    matches!(
        name,
        b"print" | b"printf" | b"return" | b"in" | b"case" | b"else" | b"do" | b"exit" | b"getline"
    )
}

fn string(code: &[u8], mut at: usize) -> Option<(Option<Vec<u8>>, usize)> {
    let mut out = Vec::new();
    let mut sure = true;
    loop {
        let b = *code.get(at)?;
        at += 1;
        match b {
            b'"' => return Some((sure.then_some(out), at)),
            b'\n' => return None,
            b'\\' => {
                let e = *code.get(at)?;
                at += 1;
                match e {
                    b'n' => out.push(b'\n'),
                    b't' => out.push(b'\t'),
                    b'r' => out.push(b'\r'),
                    b'a' => out.push(7),
                    b'b' => out.push(8),
                    b'f' => out.push(12),
                    b'v' => out.push(11),
                    b'"' | b'\\' | b'/' => out.push(e),
                    b'\n' => {}
                    b'0'..=b'7' => {
                        let mut n = u32::from(e - b'0');
                        for _ in 0..2 {
                            match code.get(at) {
                                Some(&d @ b'0'..=b'7') => {
                                    n = n * 8 + u32::from(d - b'0');
                                    at += 1;
                                }
                                _ => break,
                            }
                        }
                        out.push((n & 0xff) as u8);
                    }
                    _ => sure = false,
                }
            }
            _ => out.push(b),
        }
    }
}

fn regex(code: &[u8], mut at: usize) -> Option<usize> {
    let mut class = false;
    loop {
        match code.get(at)? {
            b'\n' => return None,
            b'\\' => at += 1,
            // Some awks end it at a slash inside brackets, some do not.
            b'/' if class => return None,
            b'/' => return Some(at + 1),
            b'[' if !class => {
                class = true;
                if code.get(at + 1) == Some(&b'^') {
                    at += 1;
                }
                if code.get(at + 1) == Some(&b']') {
                    at += 1;
                }
            }
            b'[' if matches!(code.get(at + 1), Some(b':')) => {
                // A class name inside brackets.
                while code.get(at).is_some_and(|&c| c != b']' && c != b'\n') {
                    at += 1;
                }
            }
            b']' => class = false,
            _ => {}
        }
        at += 1;
    }
}

struct Scan<'a> {
    tokens: &'a [(Tok, usize)],
    notes: &'a mut Notes,
    len: usize,
}

impl Scan<'_> {
    fn tok(&self, i: usize) -> Option<&Tok> {
        self.tokens.get(i).map(|t| &t.0)
    }

    fn place(&self, i: usize) -> usize {
        self.tokens.get(i).map_or(self.len, |t| t.1)
    }

    fn is_op(&self, i: usize, op: &[u8]) -> bool {
        matches!(self.tok(i), Some(Tok::Op(o)) if *o == op)
    }

    fn run(&mut self) {
        let mut depth = 0_u32;
        // The depth of parentheses at which `print` stands, while one is being read.
        let mut print: Option<u32> = None;
        let mut i = 0;
        while let Some(token) = self.tok(i).cloned() {
            let here = self.place(i);
            match token {
                Tok::Name(name) => self.word(&name, i, &mut print, depth),
                Tok::Newline => print = None,
                Tok::Op(op) => match op {
                    b"(" | b"[" => depth += 1,
                    b")" | b"]" => depth = depth.saturating_sub(1),
                    b";" | b"}" | b"{" => print = None,
                    b"@" => self.notes.unknown(
                        here,
                        self.len.min(here + 1),
                        "an extension, include or indirect call",
                    ),
                    b"|" | b"|&" => self.pipe(i),
                    b">" | b">>" if print.is_some_and(|d| depth <= d) => self.redirect(i),
                    _ => {}
                },
                _ => {}
            }
            i += 1;
        }
    }

    fn word(&mut self, name: &[u8], i: usize, print: &mut Option<u32>, depth: u32) {
        let here = self.place(i);
        let end = here + name.len();
        match name {
            b"print" | b"printf" => *print = Some(depth),
            b"system" => {
                let command = if self.is_op(i + 1, b"(") {
                    self.operand(i + 2)
                } else {
                    begins(b"")
                };
                self.notes
                    .act(Effect::RunOther, CodeTarget::Shell(command), here, end);
            }
            b"extension" | b"awk::system" => self.notes.unknown(here, end, "native code is loaded"),
            b"getline" => self.getline(i),
            b"ENVIRON" => {
                let one = match (
                    self.is_op(i + 1, b"["),
                    self.tok(i + 2),
                    self.is_op(i + 3, b"]"),
                ) {
                    (true, Some(Tok::Text(Some(name))), true) => Some(name.clone()),
                    _ => None,
                };
                match one {
                    Some(name) => {
                        self.notes
                            .act(Effect::Read, CodeTarget::Variable(fixed(&name)), here, end)
                    }
                    None => {
                        self.notes
                            .act(Effect::Secret, CodeTarget::Variable(begins(b"")), here, end)
                    }
                }
            }
            // Changed arguments are read as input files.
            b"ARGV" if self.argv_changes(i) => {
                self.notes
                    .act(Effect::Read, CodeTarget::Path(begins(b"")), here, end);
            }
            _ if name.ends_with(b"::system") => {
                self.notes
                    .unknown(here, end, "the syntax was not understood")
            }
            _ => {}
        }
    }

    fn argv_changes(&self, i: usize) -> bool {
        if !self.is_op(i + 1, b"[") {
            return matches!(self.tok(i.wrapping_sub(1)), Some(Tok::Op(b"," | b"(")));
        }
        let mut depth = 0_u32;
        let mut at = i + 1;
        while let Some(token) = self.tok(at) {
            if at > i + 64 {
                return true;
            }
            match token {
                Tok::Op(b"[") => depth += 1,
                Tok::Op(b"]") => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        let deleted = matches!(self.tok(i.wrapping_sub(1)), Some(Tok::Name(n)) if n == b"delete");
        let set = matches!(self.tok(at + 1), Some(Tok::Op(op)) if op.ends_with(b"=") && !matches!(*op, b"==" | b"!=" | b"<=" | b">="));
        // `sub(…, ARGV[1])` changes it too.
        let handed = matches!(self.tok(at + 1), Some(Tok::Op(b")" | b"++" | b"--")))
            && matches!(
                self.tok(i.wrapping_sub(1)),
                Some(Tok::Op(b"," | b"++" | b"--"))
            );
        set && !deleted || handed
    }

    /// What stands after an operator: one string, or text that begins with one.
    fn operand(&self, i: usize) -> Value {
        let end =
            |t: Option<&Tok>| matches!(t, None | Some(Tok::Newline | Tok::Op(b";" | b"}" | b")")));
        match (self.tok(i), self.tok(i + 1)) {
            (Some(Tok::Text(Some(text))), next) if end(next) => fixed(text),
            (Some(Tok::Op(b"(")), Some(Tok::Text(Some(text))))
                if self.is_op(i + 2, b")") && end(self.tok(i + 3)) =>
            {
                fixed(text)
            }
            (
                Some(Tok::Text(Some(text))),
                Some(Tok::Name(_) | Tok::Op(b"$" | b"(") | Tok::Text(_) | Tok::Number),
            ) => begins(text),
            _ => begins(b""),
        }
    }

    fn pipe(&mut self, i: usize) {
        let here = self.place(i);
        let from_command = matches!(self.tok(i + 1), Some(Tok::Name(n)) if n == b"getline");
        let command = if from_command {
            let alone = i < 2
                || matches!(
                    self.tok(i - 2),
                    Some(
                        Tok::Newline
                            | Tok::Op(b";" | b"{" | b"}" | b"(" | b")" | b"!" | b"&&" | b"||")
                    )
                );
            match self.tok(i.wrapping_sub(1)) {
                Some(Tok::Text(Some(text))) if alone && i > 0 => fixed(text),
                _ => begins(b""),
            }
        } else {
            self.operand(i + 1)
        };
        if let Value::Static(text) = &command {
            if text.starts_with(b"/inet") {
                self.notes.act(
                    Effect::NetWrite,
                    CodeTarget::Url(command.clone()),
                    here,
                    here + 1,
                );
                return;
            }
        }
        self.notes
            .act(Effect::RunOther, CodeTarget::Shell(command), here, here + 1);
    }

    fn redirect(&mut self, i: usize) {
        let here = self.place(i);
        self.file(Effect::Write, self.operand(i + 1), here);
    }

    fn file(&mut self, effect: Effect, path: Value, here: usize) {
        if let Value::Static(text) = &path {
            if matches!(
                &**text,
                b"/dev/stdout" | b"/dev/stderr" | b"/dev/stdin" | b"-"
            ) {
                return;
            }
            if text.starts_with(b"/inet") {
                self.notes
                    .act(Effect::NetWrite, CodeTarget::Url(path), here, here + 1);
                return;
            }
        }
        self.notes
            .act(effect, CodeTarget::Path(path), here, here + 1);
    }

    /// `getline < file`, `getline var < file`.
    fn getline(&mut self, i: usize) {
        let mut at = i + 1;
        while self.is_op(at, b"$") {
            at += 1;
        }
        if matches!(self.tok(at), Some(Tok::Name(_) | Tok::Number)) {
            at += 1;
            if self.is_op(at, b"[") {
                let mut depth = 0_u32;
                while let Some(token) = self.tok(at) {
                    if at > i + 64 {
                        let here = self.place(i);
                        return self
                            .notes
                            .unknown(here, here + 7, "the syntax was not understood");
                    }
                    at += 1;
                    match token {
                        Tok::Op(b"[") => depth += 1,
                        Tok::Op(b"]") if depth == 1 => break,
                        Tok::Op(b"]") => depth -= 1,
                        _ => {}
                    }
                }
            }
        }
        if self.is_op(at, b"<") {
            let here = self.place(at);
            self.file(Effect::Read, self.operand(at + 1), here);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::code::Language;
    use crate::code::testing::{Row, check};

    const ROWS: &[Row] = &[
        ("{print $1}", &[]),
        ("NR>1 && $3 > 5 {print $2, $4}", &[]),
        ("length > 80", &[]),
        ("/from/,/to/", &[]),
        (
            "BEGIN{FS=\":\"} {n[$1]++} END{for (k in n) print k, n[k]}",
            &[],
        ),
        ("{gsub(/a\\/b/, \"x\"); print}", &[]),
        ("{s += $2 / 3} END {print s / NR}", &[]),
        ("{printf \"%s %d\\n\", $1, $2}", &[]),
        ("$1 ~ /x|y/ || $2 == \"a\"", &[]),
        ("{print ($1 > $2)}", &[]),
        ("{x = $1 > $2 ? 1 : 0; print x}", &[]),
        ("function f(a) {return a * 2} {print f($1)}", &[]),
        ("{while ((getline line) > 0) n++}", &[]),
        ("BEGIN{printf \"x\" > \"/dev/stderr\"}", &[]),
        ("# system(\"id\")\n{print}", &[]),
        ("{print \"system(\\\"id\\\")\"}", &[]),
        ("{if ($0 ~ /[[:space:]]/) print}", &[]),
        ("BEGIN{system(\"rm -rf ~\")}", &["run-other sh rm -rf ~"]),
        ("BEGIN{system(\"\\162\\155 x\")}", &["run-other sh rm x"]),
        ("BEGIN{c = \"id\"; system(c)}", &["run-other sh ..."]),
        ("{system(\"echo \" $1)}", &["run-other sh echo ..."]),
        ("{system (\"id\")}", &["run-other sh id"]),
        ("BEGIN{system(\"\\x69d\")}", &["run-other sh ..."]),
        ("{print | \"sh\"}", &["run-other sh sh"]),
        ("{print $1 | \"sort -u\"}", &["run-other sh sort -u"]),
        ("{print | $1}", &["run-other sh ..."]),
        ("{printf \"x\" |& \"sh\"}", &["run-other sh sh"]),
        ("BEGIN{\"id\" | getline x; print x}", &["run-other sh id"]),
        (
            "BEGIN{while ((\"ls\" | getline f) > 0) print f}",
            &["run-other sh ls"],
        ),
        ("BEGIN{\"ec\" \"ho\" | getline x}", &["run-other sh ..."]),
        ("{print > \"out.txt\"}", &["write out.txt"]),
        ("{print >> \"/etc/cron.d/x\"}", &["write /etc/cron.d/x"]),
        ("{print > $1 \".txt\"}", &["write ..."]),
        ("{print > (\"out.txt\")}", &["write out.txt"]),
        ("{print > \"parts/\" $1}", &["write parts/..."]),
        ("{print ($1) > \"out.txt\"; x = 1}", &["write out.txt"]),
        ("{if (1) print \"a\" > \"b\"}", &["write b"]),
        (
            "BEGIN{while ((getline l < \"in.txt\") > 0) print l}",
            &["read in.txt"],
        ),
        ("{getline a[1] < \"/etc/shadow\"}", &["read /etc/shadow"]),
        ("{getline x < $1}", &["read ..."]),
        (
            "BEGIN{s = \"/inet/tcp/0/h/80\"; print \"x\" |& s}",
            &["run-other sh ..."],
        ),
        (
            "BEGIN{print \"x\" |& \"/inet/tcp/0/h/80\"}",
            &["net-write url /inet/tcp/0/h/80"],
        ),
        ("BEGIN{print ENVIRON[\"HOME\"]}", &["read $HOME"]),
        (
            "BEGIN{for (k in ENVIRON) print k, ENVIRON[k]}",
            &["secret $..."],
        ),
        (
            "BEGIN{ARGV[1] = \"/etc/shadow\"; ARGC = 2} {print}",
            &["read ..."],
        ),
        ("BEGIN{print ARGV[1]}", &[]),
        ("@load \"filefuncs\"\n{print}", &["?"]),
        ("@include \"lib\"\n{print}", &["?"]),
        ("BEGIN{f = \"system\"; @f(\"id\")}", &["?"]),
        ("{print \"open}", &["?"]),
        ("{print `id`}", &["?"]),
        ("{x = /open", &["?"]),
    ];

    #[test]
    fn programs_tell_their_commands_and_files() {
        check(Language::Awk, ROWS);
    }
}
