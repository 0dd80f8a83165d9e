//! The shell's own commands: what they do to the shell, and what they print.
//!
//! Facts: `man bash`, SHELL BUILTIN COMMANDS; where the manual is silent, bash 5.2 was asked.

mod directory;
mod names;
mod read;
mod settings;

use super::assign::is_one_word;
use super::machine::Machine;
use super::output;
use super::simple::Command;
use super::state::Opt;
use super::value::{self, Text};
use crate::invocation::{Dialect, Flags, Reason, Value, Via, Word};

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

/// A builtin that dash lacks: there it is a program that will not be found.
pub(super) fn is_of_bash(name: &[u8]) -> bool {
    matches!(
        name,
        b"bind"
            | b"builtin"
            | b"caller"
            | b"compgen"
            | b"complete"
            | b"compopt"
            | b"declare"
            | b"dirs"
            | b"disown"
            | b"enable"
            | b"help"
            | b"history"
            | b"let"
            | b"logout"
            | b"mapfile"
            | b"popd"
            | b"pushd"
            | b"readarray"
            | b"shopt"
            | b"source"
            | b"suspend"
            | b"typeset"
    )
}

/// A command word of which the shell that will run it may make something else: builtins with
/// an effect that dash lacks, and words of zsh that run the words after them.
pub(super) fn differs(name: &[u8], dialect: Dialect) -> bool {
    let of_zsh = matches!(
        name,
        b"-" | b"foreach" | b"nocorrect" | b"noglob" | b"repeat"
    );
    match dialect {
        Dialect::Bash | Dialect::Posix => false,
        Dialect::Zsh => of_zsh,
        Dialect::Unknown => {
            let harmless = find(name)
                .is_some_and(|builtin| matches!(builtin, Builtin::Quiet | Builtin::Other));
            of_zsh || (is_of_bash(name) && !harmless)
        }
    }
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
        let input = (builtin == Builtin::Read).then(|| self.stdin_of(&command));
        if builtin.reads() {
            self.mark_read_by(&command);
        }
        if let Some(input) = input {
            self.read_names(&command, &input);
        }
        self.effect(builtin, &command, index);
    }

    fn builtin_output(&mut self, builtin: Builtin, command: &Command) -> Option<Value> {
        let most = self.state.most;
        match builtin {
            Builtin::Echo => self.echo(command.arguments()),
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

    /// What `echo` prints, in every shell that may run it.
    fn echo(&self, arguments: &[Word]) -> Option<Value> {
        let (escapes, most) = (self.echo_escapes(), self.state.most);
        let with = |letters| output::echo(arguments, letters, escapes, most);
        match self.env.dialect {
            Dialect::Bash | Dialect::Zsh => with(b"neE"),
            Dialect::Posix => with(b"n"),
            Dialect::Unknown => with(b"neE").filter(|text| with(b"n").as_ref() == Some(text)),
        }
    }

    /// `echo` expands backslashes without `-e`; `None`: perhaps.
    fn echo_escapes(&self) -> Option<bool> {
        match self.env.dialect {
            Dialect::Bash if !self.state.options().may_be_on(Opt::EchoEscapes) => Some(false),
            Dialect::Posix | Dialect::Zsh => Some(true),
            _ => None,
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
            Builtin::Command | Builtin::OfShell | Builtin::Exec | Builtin::Read => {}
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
