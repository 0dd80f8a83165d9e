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

    pub(super) fn shopt(&mut self, command: &Command) {
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

fn set_letter(options: &mut state::Options, letter: u8, on: bool) {
    match letter {
        b'e' => options.set(Opt::ErrExit, on),
        b'x' => options.set(Opt::Trace, on),
        b'a' => options.set(Opt::AllExport, on),
        b'f' => options.set(Opt::NoGlob, on),
        _ => {}
    }
}

fn set_named(options: &mut state::Options, name: Option<&[u8]>, on: bool) {
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
