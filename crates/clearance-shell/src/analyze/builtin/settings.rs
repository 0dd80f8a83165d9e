//! The shell's options and arguments: `set`, `shopt`, `shift`, and `test`.

use std::rc::Rc;

use super::options;
use crate::analyze::assign::is_one_word;
use crate::analyze::machine::Machine;
use crate::analyze::simple::Command;
use crate::analyze::state::{self, Cell, Held, Opt};
use crate::analyze::value;
use crate::invocation::{Reason, Value, Word};

impl Machine<'_> {
    pub(super) fn shift(&mut self, command: &Command) {
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

    pub(super) fn set_options(&mut self, command: &Command) {
        let arguments = command.arguments();
        let mut options = self.state.options();
        let mut at = 0;
        let mut rest: Option<&[Word]> = None;
        while let Some(word) = arguments.get(at) {
            let Some(text) = word.as_static() else {
                // It could be an option.
                unsure(&mut options);
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
                            let name = arguments.get(at);
                            at += 1;
                            match name.map(Word::as_static) {
                                Some(Some(name)) => set_named(&mut options, name, on),
                                Some(None) => unsure(&mut options),
                                None => {}
                            }
                        } else if let Some(name) = name_of(*letter) {
                            set_named(&mut options, name, on);
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

    pub(super) fn shopt(&mut self, command: &Command) {
        let (letters, first) = options(command.arguments());
        let hidden = command.arguments().get(first);
        let mut options = self.state.options();
        if hidden.is_some_and(|word| word.as_static().is_none()) {
            // It may be an option: what is on or off then is not known.
            options.set(Opt::Rewrites, true);
            self.state.set_options(options);
        }
        let on = letters.contains(&b's');
        if !on && !letters.contains(&b'u') {
            return;
        }
        for word in command.arguments().get(first..).unwrap_or_default() {
            let option = match word.as_static() {
                Some(b"expand_aliases") => Opt::ExpandAliases,
                Some(b"extglob") => Opt::ExtGlob,
                Some(b"lastpipe") => Opt::LastPipe,
                Some(b"nullglob" | b"failglob") => Opt::NullGlob,
                Some(b"cdspell" | b"cdable_vars") => Opt::CdSpells,
                Some(b"xpg_echo") => Opt::EchoEscapes,
                Some(name) if letters.contains(&b'o') => {
                    set_named(&mut options, name, on);
                    continue;
                }
                Some(name) => {
                    if rewrites(name, on) {
                        options.set(Opt::Rewrites, true);
                    }
                    continue;
                }
                None => Opt::Rewrites,
            };
            options.set(option, on || option == Opt::Rewrites);
        }
        self.state.set_options(options);
    }

    /// `[ … ]` evaluates nothing as arithmetic but the subscript of a name after `-v`.
    pub(super) fn test(&mut self, command: &Command) {
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
}

/// Options of `shopt` under which words or commands mean something else than is assumed here
/// (`man bash`, shopt).
fn rewrites(name: &[u8], on: bool) -> bool {
    match name {
        // A `DEBUG` trap can skip commands; a failed `exec` goes on; patterns match otherwise;
        // `local` takes over values; older rules for quotes and expansions.
        b"extdebug" | b"execfail" | b"nocasematch" | b"nocaseglob" | b"dotglob"
        | b"localvar_inherit" | b"localvar_unset" => on,
        b"patsub_replacement" => !on,
        name => on && name.starts_with(b"compat"),
    }
}

/// The long name of an option of `set`.
const fn name_of(letter: u8) -> Option<&'static [u8]> {
    Some(match letter {
        b'e' => b"errexit",
        b'x' => b"xtrace",
        b'a' => b"allexport",
        b'f' => b"noglob",
        b'k' => b"keyword",
        b'B' => b"braceexpand",
        b'H' => b"histexpand",
        _ => return None,
    })
}

/// Any option may have been set.
fn unsure(options: &mut state::Options) {
    for option in [
        Opt::ErrExit,
        Opt::Trace,
        Opt::AllExport,
        Opt::NoGlob,
        Opt::Posix,
        Opt::ExpandAliases,
    ] {
        options.unsure(option);
    }
}

/// `set -o name`
fn set_named(options: &mut state::Options, name: &[u8], on: bool) {
    match name {
        b"errexit" => options.set(Opt::ErrExit, on),
        b"xtrace" => options.set(Opt::Trace, on),
        b"allexport" => options.set(Opt::AllExport, on),
        b"noglob" => options.set(Opt::NoGlob, on),
        b"posix" => {
            options.set(Opt::Posix, on);
            // POSIX mode expands aliases.
            options.set(Opt::ExpandAliases, on);
        }
        // Every assignment among the arguments goes to the environment; `!` is replaced by
        // earlier commands.
        b"keyword" | b"histexpand" | b"history" if on => options.set(Opt::Rewrites, true),
        b"braceexpand" if !on => options.set(Opt::Rewrites, true),
        _ => {}
    }
}
