//! Redirections: what they open, and where standard input and output go by them.

use super::files::Sure;
use super::machine::{Machine, Src, Task};
use super::simple::Command;
use super::value;
use crate::invocation::{Dynamic, Reason, Redirect, RedirectKind, Stdin, Stdout, Value, Word};
use crate::tree::{Fd, NodeId, RedirectOp, Script};

/// The effect of some redirections on standard input and output.
#[derive(Debug, Default)]
struct Routes {
    stdin: Option<Stdin>,
    stdout: Option<Stdout>,
    errors_too: bool,
}

impl Machine<'_> {
    /// The redirections of a simple command.
    pub(super) fn redirect_own(&mut self, script: &Script, id: NodeId, command: &mut Command) {
        let mut routes = Routes::default();
        for node in script.redirects(id) {
            self.redirect(script, node, &mut command.redirects, &mut routes);
        }
        command.stdin = routes.stdin;
        command.stdout = routes.stdout;
        command.errors_too = routes.errors_too;
    }

    /// The redirections of a compound command: a context of their own.
    pub(super) fn redirect_compound(&mut self, script: &Script, id: NodeId, _: Src) {
        let mut own = Vec::new();
        let mut routes = Routes::default();
        for node in script.redirects(id) {
            self.redirect(script, node, &mut own, &mut routes);
        }
        let file = written_file(&own).cloned();
        if let Some(file) = &file {
            self.tasks.push(Task::Store(
                file.target.clone(),
                file.kind == RedirectKind::Append,
            ));
        }
        self.enter();
        self.redirects.append(&mut own);
        if let Some(stdin) = routes.stdin {
            self.set_stdin(stdin);
        }
        if file.is_some() {
            self.open_sink(Stdout::File);
        } else if let Some(stdout) = routes.stdout {
            self.context.stdout = stdout;
            self.context.sink = None;
        }
        self.context.errors_too |= routes.errors_too;
    }

    /// `exec` with redirections and no command: they stay.
    pub(super) fn redirect_shell(&mut self, command: &Command) {
        self.exec_redirects.extend_from_slice(&command.redirects);
        if let Some(stdin) = &command.stdin {
            let stdin = if self.context.conditions > 0 {
                Stdin::Dynamic(value::unknown(Reason::ShellState))
            } else {
                stdin.clone()
            };
            self.set_stdin(stdin);
        }
        if let Some(stdout) = &command.stdout {
            self.context.stdout = stdout.clone();
            self.context.sink = None;
            for redirect in &command.redirects {
                if is_file_write(redirect.kind) {
                    let (place, target) = (&self.state.place.now, &redirect.target);
                    let known = self
                        .files
                        .write(place, &target.value, None, false, Sure::Unknown);
                    if !known {
                        self.opaque(target.span, Reason::ShellState);
                    }
                }
            }
        }
    }

    fn redirect(
        &mut self,
        script: &Script,
        node: NodeId,
        all: &mut Vec<Redirect>,
        routes: &mut Routes,
    ) {
        let parsed = script.redirect(node);
        let span = self.span(script, node);
        let target = self.target(script, parsed.op, parsed.target, parsed.body);
        let fd = match parsed.fd {
            Fd::Number(number) => Some(number),
            Fd::Variable(name) => {
                let name = name.to_vec();
                let number = Value::Dynamic(value::number(Reason::UnknownVariable));
                self.set_variable(&name, crate::expand::Variable::Scalar(number), span);
                None
            }
            Fd::Default if reads(parsed.op) => Some(0),
            Fd::Default => Some(1),
        };
        let both = matches!(parsed.op, RedirectOp::WriteBoth | RedirectOp::AppendBoth)
            || (parsed.op == RedirectOp::DuplicateOut && fd == Some(1) && !is_descriptor(&target));
        let kind = if both && parsed.op == RedirectOp::DuplicateOut {
            RedirectKind::Write
        } else {
            kind(parsed.op)
        };
        let word = Word {
            value: target,
            span: parsed
                .target
                .map_or(span, |target| self.span(script, target)),
        };
        if self.leaks(fd, kind, &word, routes) {
            self.leak();
        }
        self.route(fd, kind, &word, routes);
        all.push(Redirect {
            fd,
            kind,
            target: word,
            span,
        });
        if both {
            let target = Word::fixed(b"1", span);
            all.push(Redirect {
                fd: Some(2),
                kind: RedirectKind::Duplicate,
                target,
                span,
            });
            routes.errors_too = true;
        }
    }

    fn target(
        &mut self,
        script: &Script,
        op: RedirectOp,
        target: Option<NodeId>,
        body: Option<NodeId>,
    ) -> Value {
        if op.is_here_document() {
            return match body {
                Some(body) => self.expander().here_body(script, body),
                None => value::fixed(b""),
            };
        }
        let Some(word) = target else {
            return Value::Dynamic(value::unknown(Reason::Syntax));
        };
        if op == RedirectOp::HereString {
            let text = self.expander().single(script, word);
            let most = self.state.most;
            return value::concat(&text, &value::fixed(b"\n"), most);
        }
        let mut words = Vec::new();
        self.expander().arguments(script, word, &mut words);
        match (words.pop(), words.is_empty()) {
            (Some(word), true) => word.value,
            // Bash refuses several words; a pattern that matches one file is taken.
            _ => Value::Dynamic(value::unknown(Reason::Glob)),
        }
    }

    fn route(&self, fd: Option<u32>, kind: RedirectKind, target: &Word, routes: &mut Routes) {
        let null = target.as_static() == Some(b"/dev/null");
        match (fd, kind) {
            (Some(0), RedirectKind::Text) => routes.stdin = Some(text_input(&target.value)),
            (Some(0), RedirectKind::Duplicate) => routes.stdin = Some(self.duplicated(target)),
            (Some(0), _) if null => routes.stdin = Some(Stdin::Null),
            (Some(0), _) => routes.stdin = Some(Stdin::File(target.clone())),
            (Some(1), RedirectKind::Duplicate) if target.as_static() == Some(b"1") => {}
            (Some(1), _) => routes.stdout = Some(Stdout::File),
            (Some(2), RedirectKind::Duplicate) => {
                routes.errors_too = target.as_static() != Some(b"-");
            }
            _ => {}
        }
    }

    /// What is written there could be collected by a substitution or a pipe around: the
    /// output by another name (`>/dev/stdout`, `>&3`), or errors apart from the output
    /// (`2>&1 >file`).
    fn leaks(&self, fd: Option<u32>, kind: RedirectKind, target: &Word, routes: &Routes) -> bool {
        let errors_too = self.context.errors_too || routes.errors_too;
        match (fd, kind) {
            (Some(0) | None, _) | (_, RedirectKind::Read | RedirectKind::Text) => false,
            (Some(1), RedirectKind::Duplicate) => match target.as_static() {
                Some(b"1" | b"-") => false,
                Some(b"2") => errors_too,
                _ => true,
            },
            (Some(2), RedirectKind::Duplicate) => {
                !matches!(target.as_static(), Some(b"1" | b"2" | b"-"))
            }
            (Some(1), _) if routes.errors_too => true,
            (Some(1 | 2), _) => could_be_output(&target.value),
            _ => false,
        }
    }

    fn duplicated(&self, target: &Word) -> Stdin {
        match target.as_static() {
            Some(b"-") => Stdin::Null,
            Some(b"0") => self.context.stdin.clone(),
            _ => Stdin::Dynamic(value::unknown(Reason::ShellState)),
        }
    }
}

/// A path that names a descriptor which is open already, or may name one.
pub(super) fn could_be_output(path: &Value) -> bool {
    let quiet = |path: &[u8]| matches!(path, b"/dev/null" | b"/dev/tty" | b"/dev/full");
    let special = |path: &[u8]| {
        let mut parts = path.split(|byte| *byte == b'/');
        let linked = parts.any(|part| matches!(part, b"dev" | b"proc" | b"stdout" | b"stderr"));
        linked && !quiet(path)
    };
    match value::alternatives(path) {
        Some(all) => all.iter().any(|path| special(path)),
        None => {
            let known = value::describe(path);
            known.prefix.is_empty() || special(&known.prefix) || b"/dev/".starts_with(&known.prefix)
        }
    }
}

fn text_input(text: &Value) -> Stdin {
    match text {
        Value::Static(text) => Stdin::Text(std::sync::Arc::clone(text)),
        other => Stdin::Dynamic(Dynamic {
            may_split: false,
            ..value::describe(other)
        }),
    }
}

const fn reads(op: RedirectOp) -> bool {
    matches!(
        op,
        RedirectOp::Read
            | RedirectOp::ReadWrite
            | RedirectOp::DuplicateIn
            | RedirectOp::HereDoc
            | RedirectOp::HereDocTabs
            | RedirectOp::HereString
    )
}

const fn kind(op: RedirectOp) -> RedirectKind {
    match op {
        RedirectOp::Read => RedirectKind::Read,
        RedirectOp::Write | RedirectOp::Clobber | RedirectOp::WriteBoth => RedirectKind::Write,
        RedirectOp::Append | RedirectOp::AppendBoth => RedirectKind::Append,
        RedirectOp::ReadWrite => RedirectKind::ReadWrite,
        RedirectOp::DuplicateIn | RedirectOp::DuplicateOut => RedirectKind::Duplicate,
        RedirectOp::HereDoc | RedirectOp::HereDocTabs | RedirectOp::HereString => {
            RedirectKind::Text
        }
    }
}

/// A number, a number with `-`, or `-`: not a file name.
fn is_descriptor(target: &Value) -> bool {
    match target {
        Value::Static(text) => {
            let digits = text.strip_suffix(b"-").unwrap_or(text);
            digits.iter().all(u8::is_ascii_digit) && !text.is_empty()
        }
        Value::Dynamic(dynamic) => dynamic.numeric,
        Value::OneOf(_) | Value::Glob(_) => false,
    }
}

pub(super) const fn is_file_write(kind: RedirectKind) -> bool {
    matches!(
        kind,
        RedirectKind::Write | RedirectKind::Append | RedirectKind::ReadWrite
    )
}

/// The redirection by which standard output goes into a file, if the last of them does.
pub(super) fn written_file(redirects: &[Redirect]) -> Option<&Redirect> {
    redirects
        .iter()
        .rev()
        .find(|redirect| redirect.fd == Some(1))
        .filter(|redirect| matches!(redirect.kind, RedirectKind::Write | RedirectKind::Append))
}
