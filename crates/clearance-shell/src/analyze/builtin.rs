//! The shell's own commands: what they do to the shell, and what they print.
//!
//! Facts: `man bash`, SHELL BUILTIN COMMANDS; where the manual is silent, bash 5.2 was asked.

use std::rc::Rc;
use std::sync::Arc;

use super::assign::{is_name, is_one_word};
use super::control::is_risky_name;
use super::machine::Machine;
use super::output;
use super::place::{self, Place};
use super::simple::Command;
use super::state::{Cell, Held, Opt, Var};
use super::value::{self, Text};
use crate::expand::{Key, Variable};
use crate::invocation::{Bytes, Cwd, Dynamic, Flags, Piece, Reason, Stdin, Value, Via, Word};

/// A builtin, by what it does to the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Builtin {
    Alias,
    Break,
    /// `builtin name …`.
    OfShell,
    Cd,
    Command,
    Compgen,
    Continue,
    Declare,
    Dirs,
    Echo,
    Enable,
    Eval,
    Exec,
    Exit,
    Getopts,
    Hash,
    Let,
    Local,
    Mapfile,
    /// Prints something that is not known.
    Other,
    Popd,
    Printf,
    Pushd,
    Pwd,
    /// Prints nothing and changes nothing.
    Quiet,
    Read,
    Return,
    Set,
    Shift,
    Shopt,
    Source,
    Test,
    Trap,
    /// Does nothing, with success.
    True,
    Unset,
    Wait,
}

/// The builtin of this name.
pub(super) fn find(name: &[u8]) -> Option<Builtin> {
    Some(match name {
        b":" | b"true" => Builtin::True,
        b"." | b"source" => Builtin::Source,
        b"[" | b"test" => Builtin::Test,
        b"alias" => Builtin::Alias,
        b"unalias" | b"false" | b"disown" | b"suspend" | b"compopt" => Builtin::Quiet,
        b"bg" | b"bind" | b"caller" | b"complete" | b"fc" | b"fg" | b"help" | b"history"
        | b"jobs" | b"kill" | b"times" | b"type" | b"ulimit" | b"umask" => Builtin::Other,
        b"break" => Builtin::Break,
        b"builtin" => Builtin::OfShell,
        b"cd" => Builtin::Cd,
        b"command" => Builtin::Command,
        b"compgen" => Builtin::Compgen,
        b"continue" => Builtin::Continue,
        b"declare" | b"typeset" | b"export" | b"readonly" => Builtin::Declare,
        b"dirs" => Builtin::Dirs,
        b"echo" => Builtin::Echo,
        b"enable" => Builtin::Enable,
        b"eval" => Builtin::Eval,
        b"exec" => Builtin::Exec,
        b"exit" | b"logout" => Builtin::Exit,
        b"getopts" => Builtin::Getopts,
        b"hash" => Builtin::Hash,
        b"let" => Builtin::Let,
        b"local" => Builtin::Local,
        b"mapfile" | b"readarray" => Builtin::Mapfile,
        b"popd" => Builtin::Popd,
        b"printf" => Builtin::Printf,
        b"pushd" => Builtin::Pushd,
        b"pwd" => Builtin::Pwd,
        b"read" => Builtin::Read,
        b"return" => Builtin::Return,
        b"set" => Builtin::Set,
        b"shift" => Builtin::Shift,
        b"shopt" => Builtin::Shopt,
        b"trap" => Builtin::Trap,
        b"unset" => Builtin::Unset,
        b"wait" => Builtin::Wait,
        _ => return None,
    })
}

/// Words that the grammar takes where a command may begin.
pub(super) fn is_reserved(name: &[u8]) -> bool {
    matches!(
        name,
        b"if"
            | b"then"
            | b"else"
            | b"elif"
            | b"fi"
            | b"do"
            | b"done"
            | b"case"
            | b"esac"
            | b"while"
            | b"until"
            | b"for"
            | b"select"
            | b"in"
            | b"{"
            | b"}"
            | b"!"
            | b"[["
            | b"]]"
            | b"function"
            | b"time"
            | b"coproc"
    )
}

impl Builtin {
    /// It does more than print: it must not be treated as a mere program.
    pub(super) fn has_effect(self) -> bool {
        !matches!(
            self,
            Self::Echo | Self::Other | Self::Pwd | Self::Quiet | Self::True | Self::Dirs
        )
    }

    /// It reads standard input.
    fn reads(self) -> bool {
        matches!(self, Self::Read | Self::Mapfile)
    }

    /// It prints nothing, unless asked by an option (which is told apart below) or by an
    /// error.
    fn is_silent(self, arguments: &[Word]) -> bool {
        let all = |fits: fn(&[u8]) -> bool| {
            !arguments.is_empty()
                && arguments
                    .iter()
                    .all(|word| word.as_static().is_some_and(fits))
        };
        let none = |shows: fn(&[u8]) -> bool| {
            !arguments.is_empty()
                && !arguments
                    .iter()
                    .any(|word| word.as_static().is_some_and(shows))
        };
        match self {
            Self::Alias => all(|text| text.contains(&b'=')),
            Self::Declare | Self::Local => {
                none(|text| text.starts_with(b"-") && text.iter().any(|b| b"pfF".contains(b)))
            }
            Self::Trap => none(|text| matches!(text, b"-p" | b"-l" | b"-lp" | b"-pl")),
            Self::Set => {
                none(|text| text.ends_with(b"o") && matches!(text.first(), Some(b'-' | b'+')))
            }
            Self::Shopt => {
                arguments.len() > 1
                    && matches!(
                        arguments.first().and_then(Word::as_static),
                        Some(b"-s" | b"-u")
                    )
            }
            Self::Hash => all(|text| text == b"-r"),
            Self::Quiet => true,
            Self::Cd => !arguments.iter().any(|word| word.as_static() == Some(b"-")),
            _ => !matches!(
                self,
                Self::Command
                    | Self::OfShell
                    | Self::Enable
                    | Self::Exec
                    | Self::Compgen
                    | Self::Dirs
                    | Self::Echo
                    | Self::Other
                    | Self::Popd
                    | Self::Printf
                    | Self::Pushd
                    | Self::Pwd
            ),
        }
    }
}

/// Arguments after the options `-x`, `-xyz`; `--` ends them. Gives the letters.
fn options(arguments: &[Word]) -> (Vec<u8>, usize) {
    let mut letters = Vec::new();
    for (at, word) in arguments.iter().enumerate() {
        match word.as_static() {
            Some(b"--") => return (letters, at + 1),
            Some([b'-', rest @ ..]) if !rest.is_empty() => letters.extend_from_slice(rest),
            _ => return (letters, at),
        }
    }
    (letters, arguments.len())
}

/// All arguments in one text, as `eval` joins them.
fn joined(arguments: &[Word], most: usize) -> Value {
    let mut text = Text::default();
    for (at, word) in arguments.iter().enumerate() {
        if at > 0 {
            text.bytes(b" ", most);
        }
        text.push(&word.value, most);
    }
    text.finish()
}

/// `command command builtin …`: so many are taken off a command.
const MOST_PREFIXES: u8 = 8;

impl Machine<'_> {
    pub(super) fn builtin(&mut self, builtin: Builtin, mut command: Command) {
        match builtin {
            Builtin::Command | Builtin::OfShell if command.prefixes >= MOST_PREFIXES => {
                self.opaque(command.span, Reason::Limit);
                self.emit(&command);
                return;
            }
            Builtin::Command if self.strip_command(&mut command) => {
                command.prefixes += 1;
                self.dispatch(command);
                return;
            }
            Builtin::OfShell if command.argv.len() > 1 => {
                command.prefixes += 1;
                let skip =
                    usize::from(command.argv.get(1).and_then(Word::as_static) == Some(b"--"));
                command.argv.drain(..=skip);
                strip(&mut command);
                self.dispatch(command);
                return;
            }
            Builtin::Exec => {
                self.exec(command);
                return;
            }
            _ => {}
        }
        let index = self.emit(&command);
        let text = self.builtin_output(builtin, &command);
        let assigned = matches!(builtin, Builtin::Eval | Builtin::Source);
        if !assigned {
            // What these run prints for itself.
            self.write_files(&command, index, text);
        }
        if builtin.reads() {
            self.mark_read_by(&command);
        }
        self.effect(builtin, &command, index);
    }

    fn builtin_output(&mut self, builtin: Builtin, command: &Command) -> Option<Value> {
        let most = self.state.most;
        match builtin {
            Builtin::Echo => output::echo(command.arguments(), self.echo_escapes(), most),
            Builtin::Printf => {
                if command.arguments().first().and_then(Word::as_static) == Some(b"-v") {
                    return Some(value::fixed(b""));
                }
                output::printf(command.arguments(), most)
            }
            Builtin::Pwd => Some(self.pwd_text()),
            _ => {
                let errors = command.errors_too || self.context.errors_too;
                let surely = matches!(builtin, Builtin::True | Builtin::Test);
                (builtin.is_silent(command.arguments()) && (!errors || surely))
                    .then(|| value::fixed(b""))
            }
        }
    }

    /// `echo` expands backslashes without `-e`; `None`: perhaps.
    fn echo_escapes(&self) -> Option<bool> {
        use crate::invocation::Dialect;
        match self.env.dialect {
            Dialect::Bash if !self.state.options().may_be_on(Opt::EchoEscapes) => Some(false),
            Dialect::Posix | Dialect::Zsh => Some(true),
            _ => None,
        }
    }

    fn pwd_text(&self) -> Value {
        let most = self.state.most;
        value::concat(&self.pwd(), &value::fixed(b"\n"), most)
    }

    /// The working directory as a text.
    pub(super) fn pwd(&self) -> Value {
        self.directory_text(&self.state.place.settled(self.state.most))
    }

    /// The directory before the last `cd`, as a text.
    pub(super) fn old_pwd(&self) -> Value {
        match &self.state.place.before {
            Some(before) => self.directory_text(before),
            None => Value::Dynamic(value::unknown(Reason::UnknownVariable)),
        }
    }

    fn directory_text(&self, directory: &Cwd) -> Value {
        match place::known(directory) {
            Some(all) if all.iter().all(|path| path.first() == Some(&b'/')) => {
                value::one_of(all.to_vec(), self.state.most)
            }
            _ => {
                let prefix: &[u8] = match directory {
                    Cwd::Below(path) if path.first() == Some(&b'/') => path,
                    _ => b"/",
                };
                Value::Dynamic(Dynamic {
                    may_split: true,
                    ..value::one_word(Reason::UnknownVariable, prefix)
                })
            }
        }
    }

    fn effect(&mut self, builtin: Builtin, command: &Command, index: u32) {
        match builtin {
            Builtin::True | Builtin::Echo => self.status = Some(true),
            Builtin::Quiet | Builtin::Other | Builtin::Dirs | Builtin::Pwd => {}
            Builtin::Alias => self.define_aliases(command),
            Builtin::Break => self.jump(levels(command), false),
            Builtin::Continue => self.jump(levels(command), true),
            Builtin::Exit => self.dead = true,
            Builtin::Return => self.return_from(),
            Builtin::Cd => self.cd(command),
            Builtin::Pushd => self.pushd(command),
            Builtin::Popd => self.popd(command),
            Builtin::Compgen => self.compgen(command),
            Builtin::Declare => self.declare(command),
            Builtin::Local => self.declare(command),
            Builtin::Enable | Builtin::Hash => self.redefine(builtin, command),
            Builtin::Eval => self.eval(command, index),
            Builtin::Source => self.source(command, index),
            Builtin::Getopts => self.getopts(command),
            Builtin::Let => {
                for word in command.arguments() {
                    self.evaluate(&word.value, word.span);
                }
            }
            Builtin::Mapfile => self.mapfile(command),
            Builtin::Printf => self.printf(command),
            Builtin::Read => self.read_names(command),
            Builtin::Set => self.set_options(command),
            Builtin::Shift => self.shift(command),
            Builtin::Shopt => self.shopt(command),
            Builtin::Test => self.test(command),
            Builtin::Trap => {
                self.set_trap(command);
                self.status = None;
            }
            Builtin::Unset => self.unset(command),
            Builtin::Wait => self.wait(command),
            Builtin::Command | Builtin::OfShell | Builtin::Exec => {}
        }
    }

    // --- prefixes

    /// `command name …` runs `name`; `command -v name` is itself.
    fn strip_command(&mut self, command: &mut Command) -> bool {
        let (letters, first) = options(command.arguments());
        if letters.iter().any(|letter| matches!(letter, b'v' | b'V'))
            || first >= command.arguments().len()
        {
            return false;
        }
        command.argv.drain(..=first);
        strip(command);
        true
    }

    fn exec(&mut self, mut command: Command) {
        let mut at = 0;
        let arguments = command.arguments();
        while let Some(text) = arguments.get(at).and_then(Word::as_static) {
            match text {
                b"--" => {
                    at += 1;
                    break;
                }
                // The next argument is the name it is called by.
                [b'-', letters @ ..] if !letters.is_empty() => {
                    at += if letters.last() == Some(&b'a') { 2 } else { 1 };
                }
                _ => break,
            }
        }
        if at >= arguments.len() {
            let index = self.emit(&command);
            self.write_files(&command, index, Some(value::fixed(b"")));
            self.redirect_shell(&command);
            self.status = None;
            return;
        }
        command.argv.drain(..=at);
        strip(&mut command);
        self.program(command);
        self.dead = true;
    }

    // --- directories

    /// A directory change: to `target`, or nowhere if it fails.
    fn go(&mut self, target: Cwd) {
        let old = self.state.place.settled(self.state.most);
        let surely = matches!(&target, Cwd::Known(path) if **path == *b"/") || target == old;
        let errexit = self.state.options().is_on(Opt::ErrExit) && self.context.conditions == 0;
        let otherwise = (!surely && !errexit).then(|| old.clone());
        self.state.set_place(Place {
            now: target,
            otherwise,
            before: Some(old),
        });
        for name in [b"OLDPWD".as_slice(), b"PWD"] {
            // From now on they follow the directory (again).
            if let Some(sym) = self.state.find(name) {
                self.set_cell(sym, Var::unknown());
            }
        }
        self.status = surely.then_some(true);
    }

    fn cd(&mut self, command: &Command) {
        let (letters, first) = options(command.arguments());
        let target = command
            .arguments()
            .get(first)
            .map(|word| word.value.clone());
        let prefixed = command
            .assignments
            .iter()
            .any(|assignment| matches!(&*assignment.name, b"HOME" | b"CDPATH" | b"OLDPWD"));
        let physical = letters.contains(&b'P');
        let most = self.state.most;
        let target = match target {
            _ if prefixed => Value::Dynamic(value::unknown(Reason::ShellState)),
            Some(Value::Static(path)) if *path == *b"-" => self.variable_value(b"OLDPWD"),
            Some(target) => target,
            None => self.variable_value(b"HOME"),
        };
        let from = self.state.place.settled(most);
        let next = if self.searches(&target) {
            Cwd::Unknown
        } else {
            self.entered(&from, &target)
        };
        // `-P` resolves links before it takes `..` away.
        let up = |path: &[u8]| path.windows(2).any(|pair| pair == b"..");
        let climbs = match (value::alternatives(&target), &target) {
            (Some(all), _) => all.iter().any(|path| up(path)),
            (None, Value::Dynamic(known)) if known.pieces.is_some() => {
                let climbs = |piece: &Piece| matches!(piece, Piece::Text(text) if up(text));
                known.pieces().iter().any(climbs)
            }
            (None, _) => true,
        };
        self.go(if physical && climbs {
            Cwd::Unknown
        } else {
            next
        });
    }

    /// The target may be looked up along `CDPATH`, or corrected.
    fn searches(&mut self, target: &Value) -> bool {
        if self.state.options().may_be_on(Opt::CdSpells) {
            return true;
        }
        let set = match self.variable_value(b"CDPATH") {
            Value::Static(text) => !text.is_empty(),
            _ => true,
        };
        let rooted = |path: &[u8]| {
            path.is_empty()
                || path.starts_with(b"/")
                || path == b"."
                || path == b".."
                || path.starts_with(b"./")
                || path.starts_with(b"../")
        };
        set && !value::alternatives(target).is_some_and(|all| all.iter().all(|path| rooted(path)))
    }

    /// Where `cd target` leads from `from`.
    fn entered(&self, from: &Cwd, target: &Value) -> Cwd {
        let mut next = place::enter(from, target, self.state.most);
        if let (Cwd::Printed(printed), Value::Dynamic(dynamic)) = (&mut next, target) {
            if !printed.path.starts_with(b"..") {
                printed.top = self.maker_of(printed.by, &dynamic.prefix);
            }
        }
        next
    }

    /// The directory in which `mktemp` made what begins so.
    fn maker_of(&self, by: u32, prefix: &[u8]) -> Option<Bytes> {
        let maker = self.out.invocations.get(by as usize)?;
        let name = maker.argv.first().and_then(Word::as_static)?;
        let slash = prefix.iter().rposition(|byte| *byte == b'/')?;
        let top = prefix.get(..slash).unwrap_or_default();
        (name == b"mktemp" && top.first() == Some(&b'/')).then(|| top.into())
    }

    fn pushd(&mut self, command: &Command) {
        let words: Vec<&Word> = command
            .arguments()
            .iter()
            .filter(|word| !matches!(word.as_static(), Some(b"-n" | b"--")))
            .collect();
        let most = self.state.most;
        let here = self.state.place.settled(most);
        let old = self.state.stack().clone();
        let target = match words.first().map(|word| &word.value) {
            Some(Value::Static(text)) if matches!(text.first(), Some(b'+' | b'-')) => Cwd::Unknown,
            Some(target) if self.searches(target) => Cwd::Unknown,
            Some(target) => self.entered(&here, target),
            // Without arguments it swaps the two on top.
            None => Cwd::Unknown,
        };
        self.charge(old.as_ref().map_or(0, |stack| stack.len()));
        let mut stack = vec![here];
        stack.extend(old.iter().flat_map(|stack| stack.iter().cloned()));
        if words.is_empty() || target == Cwd::Unknown {
            stack = vec![Cwd::Unknown];
        }
        self.state
            .set(Cell::Stack, Held::Stack(Some(Rc::from(stack))));
        self.go(target);
    }

    fn popd(&mut self, command: &Command) {
        let stack = self.state.stack().clone();
        let target = match stack.as_deref() {
            Some([top, ..]) if command.arguments().is_empty() => top.clone(),
            Some(_) => Cwd::Unknown,
            // There is nothing to go back to.
            None => return,
        };
        let rest = match stack.as_deref() {
            Some([top, rest @ ..]) if *top != Cwd::Unknown && !rest.is_empty() => {
                Some(Rc::from(rest))
            }
            Some([Cwd::Unknown, ..]) => stack.clone(),
            _ => None,
        };
        self.state.set(Cell::Stack, Held::Stack(rest));
        self.go(target);
    }

    // --- code

    fn eval(&mut self, command: &Command, index: u32) {
        let mut arguments = command.arguments();
        if arguments.first().and_then(Word::as_static) == Some(b"--") {
            arguments = arguments.get(1..).unwrap_or_default();
        }
        let unsure = arguments.iter().any(|word| !is_one_word(&word.value));
        let text = if unsure {
            Value::Dynamic(value::unknown(Reason::DynamicCode))
        } else {
            joined(arguments, self.state.most)
        };
        if value::alternatives(&text).is_some() {
            self.resolved(index);
        }
        self.run_value(&text, Via::Eval, command);
    }

    fn compgen(&mut self, command: &Command) {
        let code = command.arguments().windows(2).any(|pair| {
            let [option, text] = pair else { return false };
            match option.as_static() {
                Some(b"-C" | b"-F") => true,
                Some(b"-W") => text
                    .as_static()
                    .is_none_or(|text| text.iter().any(|byte| matches!(byte, b'$' | b'`'))),
                Some(_) => false,
                None => true,
            }
        });
        if code {
            self.opaque(command.span, Reason::Reexpansion);
        }
    }

    fn redefine(&mut self, builtin: Builtin, command: &Command) {
        let (letters, first) = options(command.arguments());
        let dynamic = command
            .arguments()
            .iter()
            .any(|word| word.as_static().is_none());
        let changes = match builtin {
            Builtin::Hash => letters.contains(&b'p'),
            _ => first < command.arguments().len(),
        };
        if changes || dynamic {
            self.opaque(command.span, Reason::Redefinition);
        }
    }

    // --- arguments and options

    fn shift(&mut self, command: &Command) {
        let count = match command.arguments().first().map(|word| &word.value) {
            None => Some(1),
            Some(Value::Static(text)) => {
                std::str::from_utf8(text).ok().and_then(|n| n.parse().ok())
            }
            Some(_) => None,
        };
        let args = match (self.state.args(), count) {
            (Some(args), Some(count)) => match args.get(count..) {
                Some(rest) => Some(Rc::from(rest)),
                None => return,
            },
            _ => None,
        };
        self.charge(args.as_ref().map_or(0, |args: &Rc<[Value]>| args.len()));
        self.state.set(Cell::Args, Held::Args(args));
    }

    fn set_options(&mut self, command: &Command) {
        let arguments = command.arguments();
        let mut options = self.state.options();
        let mut at = 0;
        let mut rest: Option<&[Word]> = None;
        while let Some(word) = arguments.get(at) {
            let Some(text) = word.as_static() else {
                // It could be an option.
                for option in [Opt::ErrExit, Opt::Trace, Opt::AllExport, Opt::Posix] {
                    options.unsure(option);
                }
                rest = arguments.get(at..);
                break;
            };
            at += 1;
            match text {
                b"--" => {
                    rest = arguments.get(at..);
                    break;
                }
                b"-" => {
                    rest = arguments.get(at..).filter(|rest| !rest.is_empty());
                    break;
                }
                [sign @ (b'-' | b'+'), letters @ ..] if !letters.is_empty() => {
                    for letter in letters {
                        let on = *sign == b'-';
                        if *letter == b'o' {
                            let name = arguments.get(at).and_then(Word::as_static);
                            set_named(&mut options, name, on);
                            at += 1;
                        } else {
                            set_letter(&mut options, *letter, on);
                        }
                    }
                }
                _ => {
                    rest = arguments.get(at - 1..);
                    break;
                }
            }
        }
        self.state.set_options(options);
        if let Some(rest) = rest {
            let known = rest.iter().all(|word| is_one_word(&word.value));
            let args = known.then(|| {
                rest.iter()
                    .map(|word| value::content(&word.value))
                    .collect()
            });
            self.charge(rest.len());
            self.state.set(Cell::Args, Held::Args(args));
        }
        self.status = Some(true);
    }

    fn shopt(&mut self, command: &Command) {
        let (letters, first) = options(command.arguments());
        let on = letters.contains(&b's');
        if !on && !letters.contains(&b'u') {
            return;
        }
        let mut options = self.state.options();
        for word in command.arguments().get(first..).unwrap_or_default() {
            let option = match word.as_static() {
                Some(b"expand_aliases") => Opt::ExpandAliases,
                Some(b"extglob") => Opt::ExtGlob,
                Some(b"lastpipe") => Opt::LastPipe,
                Some(b"nullglob" | b"failglob") => Opt::NullGlob,
                Some(b"cdspell" | b"cdable_vars") => Opt::CdSpells,
                Some(b"xpg_echo") => Opt::EchoEscapes,
                name @ Some(_) if letters.contains(&b'o') => {
                    set_named(&mut options, name, on);
                    continue;
                }
                Some(_) => continue,
                None => {
                    self.opaque(word.span, Reason::ShellState);
                    continue;
                }
            };
            options.set(option, on);
        }
        self.state.set_options(options);
    }

    // --- tests

    /// `[ … ]` evaluates nothing as arithmetic but the subscript of a name after `-v`.
    fn test(&mut self, command: &Command) {
        let arguments = command.arguments();
        for (at, word) in arguments.iter().enumerate() {
            let next = arguments.get(at + 1);
            match (&word.value, next) {
                (Value::Static(text), Some(next)) if matches!(&**text, b"-v" | b"-R") => {
                    let name = next.value.clone();
                    self.check_name(&name, next.span);
                }
                // Split, it could hold `-v` and a name.
                (Value::Dynamic(dynamic), _) if dynamic.may_split && !dynamic.numeric => {
                    self.opaque(word.span, Reason::Subscript);
                }
                _ => {}
            }
        }
        self.status = None;
    }

    // --- names that are set

    /// A name argument: sets that variable to something.
    pub(super) fn set_name(&mut self, word: &Word, value: Variable) {
        let Some(names) = value::alternatives(&word.value).map(<[_]>::to_vec) else {
            self.opaque(word.span, Reason::Indirect);
            self.forget_variables();
            return;
        };
        let only = names.len() == 1;
        for name in names {
            let value = if only {
                value.clone()
            } else {
                Variable::Unknown(Reason::UnknownVariable)
            };
            if is_name(&name) {
                self.assign_to(&name, None, value, false, word.span);
            } else if is_risky_name(&name) {
                self.opaque(word.span, Reason::Subscript);
            } else if let Some(open) = name.iter().position(|byte| *byte == b'[') {
                let base = name.get(..open).unwrap_or_default();
                self.assign_to(base, Some(Key::Unknown), value, false, word.span);
            }
        }
    }

    /// Something that was read.
    fn input(&self, command: &Command, may_split: bool) -> Variable {
        let sources = match self.stdin_of(command) {
            Stdin::Pipe(sources) => sources,
            Stdin::Dynamic(dynamic) => Arc::clone(&dynamic.sources),
            _ => value::no_sources(),
        };
        Variable::Scalar(Value::Dynamic(Dynamic {
            sources,
            may_split,
            ..value::unknown(Reason::UnknownVariable)
        }))
    }

    fn read_names(&mut self, command: &Command) {
        let arguments = command.arguments();
        let mut at = 0;
        let mut any = false;
        let value = self.input(command, true);
        while let Some(word) = arguments.get(at) {
            at += 1;
            match word.as_static() {
                Some([b'-', letters @ ..]) if !letters.is_empty() && !any => {
                    let with_value = letters.iter().position(|letter| {
                        matches!(
                            letter,
                            b'a' | b'd' | b'i' | b'n' | b'N' | b'p' | b't' | b'u'
                        )
                    });
                    let Some(place) = with_value else { continue };
                    let array = letters.get(place) == Some(&b'a');
                    if place + 1 == letters.len() {
                        let name = arguments.get(at).cloned();
                        at += 1;
                        if let Some(name) = name.filter(|_| array) {
                            self.set_name(&name, Variable::Unknown(Reason::UnknownVariable));
                            any = true;
                        }
                    }
                }
                _ => {
                    any = true;
                    self.set_name(word, value.clone());
                }
            }
        }
        if !any {
            self.set_variable(b"REPLY", value, command.span);
        }
        self.status = None;
    }

    fn mapfile(&mut self, command: &Command) {
        let arguments = command.arguments();
        let mut at = 0;
        let mut name = None;
        while let Some(word) = arguments.get(at) {
            at += 1;
            match word.as_static() {
                Some([b'-', letter, rest @ ..]) => {
                    if *letter == b'C' {
                        self.opaque(command.span, Reason::DynamicCode);
                    }
                    let with_value =
                        matches!(letter, b'C' | b'c' | b'd' | b'n' | b'O' | b's' | b'u');
                    if with_value && rest.is_empty() {
                        at += 1;
                    } else if rest.contains(&b'C') {
                        self.opaque(command.span, Reason::DynamicCode);
                    }
                }
                _ => name = Some(word.clone()),
            }
        }
        let value = Variable::Unknown(Reason::UnknownVariable);
        match name {
            Some(name) => self.set_name(&name, value),
            None => self.set_variable(b"MAPFILE", value, command.span),
        }
    }

    fn getopts(&mut self, command: &Command) {
        if let Some(name) = command.arguments().get(1) {
            self.set_name(
                name,
                Variable::Scalar(Value::Dynamic(Dynamic {
                    may_split: false,
                    may_vanish: false,
                    may_start_dash: false,
                    ..value::unknown(Reason::Parameter)
                })),
            );
        }
        self.set_variable(
            b"OPTARG",
            Variable::Scalar(Value::Dynamic(value::unknown(Reason::Parameter))),
            command.span,
        );
        let number = Value::Dynamic(value::number(Reason::Parameter));
        self.set_variable(b"OPTIND", Variable::Scalar(number), command.span);
    }

    fn printf(&mut self, command: &Command) {
        let [option, name, rest @ ..] = command.arguments() else {
            self.status = None;
            return;
        };
        match option.as_static() {
            Some(b"-v") => {
                let text = output::printf(rest, self.state.most)
                    .unwrap_or_else(|| Value::Dynamic(value::unknown(Reason::UnknownVariable)));
                self.set_name(name, Variable::Scalar(text));
            }
            Some(_) => {}
            // It could be `-v`.
            None => {
                if may_be(&option.value, b"-v") {
                    self.opaque(option.span, Reason::Indirect);
                }
            }
        }
    }

    fn wait(&mut self, command: &Command) {
        for pair in command.arguments().windows(2) {
            let [option, name] = pair else { continue };
            if option.as_static() == Some(b"-p") {
                self.set_name(
                    name,
                    Variable::Scalar(Value::Dynamic(value::number(Reason::Parameter))),
                );
            }
        }
    }

    fn unset(&mut self, command: &Command) {
        let (letters, first) = options(command.arguments());
        for word in command.arguments().get(first..).unwrap_or_default() {
            let Some(names) = value::alternatives(&word.value).map(<[_]>::to_vec) else {
                self.opaque(word.span, Reason::Indirect);
                self.forget_variables();
                continue;
            };
            for name in &names {
                if is_risky_name(name) {
                    self.opaque(word.span, Reason::Subscript);
                    continue;
                }
                self.unset_one(name, &letters, names.len() == 1);
            }
        }
        self.status = None;
    }

    fn unset_one(&mut self, name: &[u8], letters: &[u8], only: bool) {
        if let Some(open) = name.iter().position(|byte| *byte == b'[') {
            let base = name.get(..open).unwrap_or_default().to_vec();
            self.set_unknown(&base);
            return;
        }
        let sym = self.sym(name);
        if !letters.contains(&b'f') {
            let var = if only {
                Var {
                    value: Variable::Unset,
                    attrs: super::state::Attrs::SEEN,
                }
            } else {
                Var::unknown()
            };
            self.exported = None;
            self.set_cell(sym, var);
        }
        let defined = self
            .state
            .function(sym)
            .is_some_and(|function| !function.defs.is_empty());
        if defined && !letters.contains(&b'v') {
            // The variable is tried first, so the function may stay.
            let Some(mut function) = self.state.function(sym).cloned() else {
                return;
            };
            if letters.contains(&b'f') && only {
                function = super::state::Defined::nothing();
            } else {
                function.absent = true;
            }
            self.state
                .set(Cell::Function(sym), Held::Function(function));
        }
    }

    /// What a plain use of a variable gives.
    pub(super) fn variable_value(&mut self, name: &[u8]) -> Value {
        use crate::expand::World;
        super::simple::scalar(&self.variable(name))
    }
}

/// `break 2`.
fn levels(command: &Command) -> Option<usize> {
    match command.arguments().first().map(|word| &word.value) {
        None => Some(1),
        Some(Value::Static(text)) => std::str::from_utf8(text).ok().and_then(|n| n.parse().ok()),
        Some(_) => None,
    }
}

fn strip(command: &mut Command) {
    command.flags = command.flags.with(Flags::DIRECT);
    command.direct = true;
    command.origin = None;
    command.declared.clear();
}

/// The value could be this text.
fn may_be(value: &Value, text: &[u8]) -> bool {
    let known = value::describe(value);
    !known.numeric
        && known.may_start_dash
        && text.starts_with(
            known
                .prefix
                .get(..known.prefix.len().min(text.len()))
                .unwrap_or_default(),
        )
        && known.prefix.len() <= text.len()
}

fn set_letter(options: &mut super::state::Options, letter: u8, on: bool) {
    match letter {
        b'e' => options.set(Opt::ErrExit, on),
        b'x' => options.set(Opt::Trace, on),
        b'a' => options.set(Opt::AllExport, on),
        b'f' => options.set(Opt::NoGlob, on),
        _ => {}
    }
}

fn set_named(options: &mut super::state::Options, name: Option<&[u8]>, on: bool) {
    match name {
        Some(b"errexit") => options.set(Opt::ErrExit, on),
        Some(b"xtrace") => options.set(Opt::Trace, on),
        Some(b"allexport") => options.set(Opt::AllExport, on),
        Some(b"noglob") => options.set(Opt::NoGlob, on),
        Some(b"posix") => {
            options.set(Opt::Posix, on);
            // POSIX mode expands aliases.
            options.set(Opt::ExpandAliases, on);
        }
        _ => {}
    }
}
