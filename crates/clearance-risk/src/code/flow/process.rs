//! Calls that start other programs: `subprocess`, `os.system`, `child_process`, ….

use clearance_core::{Effect, Span};
use clearance_shell::invocation::Value;

use super::call::Args;
use super::rule::Special;
use super::value::{DATA, NUM, REFLECT, Text, Thing, Val, unknown_value};
use super::{CodeTarget, Flow};

/// Programs that only take data from their standard input.
const DATA_READERS: &[&str] = &[
    "cat",
    "grep",
    "egrep",
    "fgrep",
    "wc",
    "sort",
    "uniq",
    "head",
    "tail",
    "tr",
    "cut",
    "jq",
    "fold",
    "rev",
    "od",
    "xxd",
    "hexdump",
    "md5sum",
    "sha256sum",
    "sha1sum",
    "base64",
    "column",
    "nl",
    "diff",
];

/// Options of a call that starts a program.
#[derive(Default)]
struct Options {
    shell: bool,
    shell_known: bool,
    cwd: Option<Text>,
    env: Option<Val>,
    stdin: bool,
}

/// A command in a directory, as shell text.
pub(super) fn in_directory(dir: &[u8], command: &[u8]) -> Vec<u8> {
    let mut out = b"cd -- '".to_vec();
    for &b in dir {
        if b == b'\'' {
            out.extend_from_slice(b"'\\''");
        } else {
            out.push(b);
        }
    }
    out.extend_from_slice(b"' && {\n");
    out.extend_from_slice(command);
    out.extend_from_slice(b"\n}");
    out
}

impl Flow<'_> {
    pub(super) fn process(&mut self, name: &str, special: Special, args: &Args, span: Span) -> Val {
        let first = args
            .get(0, "args cmd command file path program")
            .unwrap_or_default();
        match special {
            Special::Subprocess => {
                let options = self.python_options(name, args, span);
                self.start(&first, &options, span);
            }
            Special::ShellCommand => {
                self.start(
                    &first,
                    &Options {
                        shell: true,
                        shell_known: true,
                        ..Options::default()
                    },
                    span,
                );
            }
            Special::ExecList => {
                // `execl(path, arg0, …)`, `create_subprocess_exec(program, …)`.
                let mut words: Vec<Value> = Vec::new();
                let skip = usize::from(name.starts_with("exec") || name.starts_with("spawn"));
                let at = usize::from(name.starts_with("spawn"));
                words.push(
                    args.list
                        .get(at)
                        .map_or_else(unknown_value, |v| v.as_text().to_value()),
                );
                for value in args.list.iter().skip(at + 1 + skip) {
                    words.push(value.as_text().to_value());
                }
                if args.star.is_some() {
                    words.push(many());
                }
                let env = name.contains('e')
                    && (name == "execle"
                        || name == "execlpe"
                        || name == "spawnle"
                        || name == "spawnlpe");
                if env || args.named("env").is_some() {
                    self.unknown(span, "a program with an environment of its own");
                }
                if args.named("stdin").is_some() {
                    self.unknown(span, "a program that is fed by the code");
                }
                self.act(Effect::RunOther, CodeTarget::Argv(words), span);
            }
            Special::ExecVector => {
                // `execv(path, list)`, `spawnv(mode, path, list)`, `posix_spawn(path, list, env)`.
                let at = usize::from(name.starts_with("spawn"));
                let path = args.list.get(at).cloned().unwrap_or_else(Val::any);
                let list = args.list.get(at + 1).cloned().unwrap_or_else(Val::any);
                let mut words = vec![path.as_text().to_value()];
                match self.exact_items(&list) {
                    Some(items) => {
                        words.extend(items.iter().skip(1).map(|v| v.as_text().to_value()))
                    }
                    None => words.push(many()),
                }
                if name.ends_with('e') && name != "execve" || args.list.len() > at + 2 {
                    self.unknown(span, "a program with an environment of its own");
                }
                self.act(Effect::RunOther, CodeTarget::Argv(words), span);
            }
            Special::JsExec => {
                let options = self.js_options(args, 1, true, span);
                self.start(&first, &options, span);
            }
            _ => {
                // `spawn(program, list, options)`, `fork(file, list)`.
                let list = args.get(1, "").unwrap_or_default();
                let listed =
                    list.things.iter().any(|t| matches!(t, Thing::Cell(_))) && self.is_list(&list);
                let options = self.js_options(
                    args,
                    if listed || list.is_bottom() { 2 } else { 1 },
                    false,
                    span,
                );
                let mut words = Vec::new();
                if special == Special::JsFork {
                    words.push(Value::Static(b"node"[..].into()));
                }
                words.push(first.as_text().to_value());
                match (self.exact_items(&list), listed) {
                    (Some(items), true) => {
                        words.extend(items.iter().map(|v| v.as_text().to_value()))
                    }
                    (None, true) => words.push(many()),
                    _ if list.has(DATA | REFLECT)
                        || list.flags != 0 && !list.is_bottom() && list.flags != NUM =>
                    {
                        words.push(many())
                    }
                    _ => {}
                }
                if options.shell {
                    let joined = words
                        .iter()
                        .map(Value::as_static)
                        .collect::<Option<Vec<_>>>();
                    let text =
                        joined.map_or_else(unknown_value, |w| Value::Static(w.join(&b' ').into()));
                    self.act(Effect::RunOther, CodeTarget::Shell(text), span);
                } else {
                    self.finish_argv(words, &options, span);
                }
            }
        }
        let mut others = args.clone();
        others.named.retain(|(name, _)| &**name != "env");
        self.callbacks(&others, span);
        if self.dialect.javascript {
            Val::any()
        } else {
            Val::flag(DATA | NUM)
        }
    }

    fn is_list(&self, value: &Val) -> bool {
        value.things.iter().any(|t| match t {
            Thing::Cell(site) => self
                .cells
                .get(site)
                .is_some_and(|c| c.fields.is_empty() && c.keys.is_bottom()),
            _ => false,
        })
    }

    fn python_options(&mut self, name: &str, args: &Args, span: Span) -> Options {
        let mut out = Options {
            shell_known: true,
            ..Options::default()
        };
        if matches!(
            name,
            "getoutput" | "getstatusoutput" | "create_subprocess_shell"
        ) {
            out.shell = true;
        }
        if args.stars.is_some() || args.list.len() > 1 {
            self.unknown(span, "options of a program's start that are not known");
        }
        let named: Vec<(super::Name, Val)> = args.named.clone();
        for (key, value) in &named {
            match &**key {
                "shell" => {
                    out.shell = args.shell != Some(false);
                    out.shell_known = args.shell.is_some();
                }
                "cwd" => {
                    out.cwd =
                        Some(value.as_text()).filter(|_| value.flags != NUM || value.text.is_some())
                }
                "env" => {
                    out.env = Some(value.clone())
                        .filter(|v| v.flags != NUM || v.text.is_some() || !v.things.is_empty())
                }
                "executable" => self.unknown(span, "another program than its name says"),
                "preexec_fn" => {
                    self.call(&value.clone(), Args::default(), span);
                }
                "input" => out.stdin = true,
                "stdin" => {
                    let null = value.sole_text() == Some(b"devnull")
                        || value.flags == NUM && value.text.is_none() && value.things.is_empty();
                    out.stdin = !null;
                }
                _ => {}
            }
        }
        out
    }

    fn js_options(&mut self, args: &Args, position: u8, shell: bool, span: Span) -> Options {
        let mut out = Options {
            shell,
            shell_known: true,
            ..Options::default()
        };
        let options = args.get(position, "").unwrap_or_default();
        if options.has(DATA | REFLECT) || args.star.is_some() {
            self.unknown(span, "options of a program's start that are not known");
        }
        for thing in &options.things {
            let Thing::Cell(site) = thing else { continue };
            let Some(cell) = self.cells.get(site).cloned() else {
                continue;
            };
            if !cell.other.is_bottom() {
                self.unknown(span, "options of a program's start that are not known");
            }
            for (key, value) in &cell.fields {
                match &**key {
                    "shell" => {
                        out.shell = true;
                        if value.text.is_some() {
                            self.unknown(span, "a shell that is named by the code");
                        }
                    }
                    "cwd" => out.cwd = Some(value.as_text()),
                    "env" => out.env = Some(value.clone()),
                    "input" => out.stdin = true,
                    "argv0" | "execPath" | "execArgv" | "uid" | "gid" => {
                        self.unknown(span, "options of a program's start that are not known");
                    }
                    _ => {}
                }
            }
        }
        out
    }

    /// One program (a list of words) or a shell text.
    fn start(&mut self, what: &Val, options: &Options, span: Span) {
        if what.is_bottom() {
            if self.emit {
                self.unknown(span, "a program that is not known");
            }
            return;
        }
        let lists: Vec<u64> = what
            .things
            .iter()
            .filter_map(|t| match t {
                Thing::Cell(site) => Some(*site),
                _ => None,
            })
            .collect();
        let textual = what.text.is_some() || what.flags != 0 || lists.len() != what.things.len();
        if textual {
            let text = if what.flags == 0 && lists.len() == what.things.len() {
                what.text.clone().unwrap_or_else(Text::any)
            } else {
                what.as_text()
            };
            if options.shell {
                self.shell(&text, options, span);
            }
            if !options.shell || !options.shell_known {
                self.finish_argv(vec![text.to_value()], options, span);
            }
        }
        for site in lists {
            let Some(cell) = self.cells.get(&site).cloned() else {
                continue;
            };
            let words: Vec<Value> = match cell.items {
                Some(items) => items
                    .iter()
                    .map(|v| {
                        let whole = v.things.iter().all(|t| !matches!(t, Thing::Cell(_)));
                        if whole {
                            v.as_text().to_value()
                        } else {
                            many()
                        }
                    })
                    .collect(),
                None => vec![cell.elem.as_text().to_value(), many()],
            };
            if options.shell {
                // With a shell only the first item is the command.
                if let Some(Value::Static(text)) = words.first() {
                    let text = Text::lit(text);
                    self.shell(&text, options, span);
                } else {
                    self.unknown(span, "a command for the shell that is not known");
                }
            }
            if !options.shell || !options.shell_known {
                self.finish_argv(words, options, span);
            }
        }
    }

    fn shell(&mut self, text: &Text, options: &Options, span: Span) {
        self.environment(options, span);
        if options.stdin
            && !text
                .all_known()
                .is_some_and(|all| all.iter().all(|t| self.takes_data(Some(first_word(t)))))
        {
            self.unknown(span, "a program that is fed by the code");
        }
        for value in text.to_values() {
            let value = match (&options.cwd, value) {
                (None, value) => value,
                (Some(dir), Value::Static(text)) => match dir.sole() {
                    Some(dir) => Value::Static(in_directory(dir, &text).into()),
                    None => {
                        self.unknown(span, "a program in a directory that is not known");
                        Value::Static(text)
                    }
                },
                (Some(_), value) => value,
            };
            // A hole in shell text can hold anything that the shell reads.
            let value = match value {
                Value::Glob(_) => unknown_value(),
                other => other,
            };
            self.act(Effect::RunOther, CodeTarget::Shell(value), span);
        }
    }

    fn finish_argv(&mut self, mut words: Vec<Value>, options: &Options, span: Span) {
        self.environment(options, span);
        if options.stdin {
            let program = words.first().and_then(Value::as_static);
            let script = words.len() > 1;
            let scripted = script && program.is_some_and(|p| runs_script(p, &words));
            if !scripted && !self.takes_data(program) {
                self.unknown(span, "a program that is fed by the code");
            }
        }
        if let Some(dir) = &options.cwd {
            let mut with: Vec<Value> = [&b"env"[..], b"-C"]
                .iter()
                .map(|w| Value::Static((*w).into()))
                .collect();
            with.push(dir.to_value());
            with.append(&mut words);
            words = with;
        }
        self.act(Effect::RunOther, CodeTarget::Argv(words), span);
    }

    /// The program's input is data for it, as far as its name tells.
    fn takes_data(&self, program: Option<&[u8]>) -> bool {
        let Some(program) = program else { return false };
        // A program of the project or elsewhere is judged by its path.
        let shell = |p: &[u8]| {
            let name = p.rsplit(|&b| b == b'/').next().unwrap_or_default();
            [
                &b"sh"[..],
                b"bash",
                b"zsh",
                b"dash",
                b"ksh",
                b"fish",
                b"env",
                b"sudo",
                b"python",
                b"python3",
                b"node",
                b"perl",
                b"ruby",
            ]
            .contains(&name)
        };
        if program.contains(&b'/') {
            return !shell(program);
        }
        core::str::from_utf8(program).is_ok_and(|p| DATA_READERS.contains(&p))
    }

    fn environment(&mut self, options: &Options, span: Span) {
        let Some(env) = &options.env else { return };
        let mut known = true;
        for thing in &env.things {
            match thing {
                Thing::Environ => {}
                Thing::Cell(site) => {
                    let Some(cell) = self.cells.get(site).cloned() else {
                        continue;
                    };
                    for (key, _) in &cell.fields {
                        self.act(
                            Effect::Environment,
                            CodeTarget::Variable(Value::Static(key.as_bytes().into())),
                            span,
                        );
                    }
                    // Values of the copied environment are of unknown name, and already there.
                    known &= !cell.other.has(!DATA)
                        && cell.other.text.is_none()
                        && cell.other.things.is_empty()
                        && (cell.other.is_bottom() || env.things.contains(&Thing::Environ));
                }
                _ => known = false,
            }
        }
        if !known || env.flags != 0 {
            self.unknown(span, "a program with an environment that is not known");
        }
    }
}

/// Words of unknown number.
fn many() -> Value {
    match unknown_value() {
        Value::Dynamic(mut d) => {
            d.may_split = true;
            d.may_vanish = true;
            Value::Dynamic(d)
        }
        other => other,
    }
}

fn first_word(text: &[u8]) -> &[u8] {
    let plain = !text.iter().any(|b| b";|&$`(){}<>\n".contains(b));
    if plain {
        text.split(u8::is_ascii_whitespace)
            .find(|w| !w.is_empty())
            .unwrap_or_default()
    } else {
        b""
    }
}

/// An interpreter that is given a script file takes its input as data.
fn runs_script(program: &[u8], words: &[Value]) -> bool {
    let name = program.rsplit(|&b| b == b'/').next().unwrap_or_default();
    let interpreter = [&b"python"[..], b"python3", b"node", b"perl", b"ruby"].contains(&name);
    interpreter
        && words
            .get(1)
            .and_then(Value::as_static)
            .is_some_and(|w| !w.starts_with(b"-") && !w.is_empty())
}
