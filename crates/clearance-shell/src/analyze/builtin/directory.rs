//! Directories: `cd`, `pushd`, `popd`, `pwd`.

use std::rc::Rc;

use super::options;
use crate::analyze::machine::Machine;
use crate::analyze::place::{self, Place};
use crate::analyze::simple::Command;
use crate::analyze::state::{Cell, Held, Opt, Var};
use crate::analyze::value;
use crate::invocation::{Bytes, Cwd, Dynamic, Piece, Reason, Value, Word};

impl Machine<'_> {
    pub(super) fn pwd_text(&self) -> Value {
        let most = self.state.most;
        value::concat(&self.pwd(), &value::fixed(b"\n"), most)
    }

    /// The working directory as a text.
    pub(in crate::analyze) fn pwd(&self) -> Value {
        self.directory_text(&self.state.place.settled(self.state.most))
    }

    /// The directory before the last `cd`, as a text.
    pub(in crate::analyze) fn old_pwd(&self) -> Value {
        match &self.state.place.before {
            Some(before) => self.directory_text(before),
            None => Value::Dynamic(value::unknown(Reason::UnknownVariable)),
        }
    }

    pub(super) fn directory_text(&self, directory: &Cwd) -> Value {
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

    /// A directory change: to `target`, or nowhere if it fails.
    pub(super) fn go(&mut self, target: Cwd) {
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

    pub(super) fn cd(&mut self, command: &Command) {
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
    pub(super) fn searches(&mut self, target: &Value) -> bool {
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
    pub(super) fn entered(&self, from: &Cwd, target: &Value) -> Cwd {
        let mut next = place::enter(from, target, self.state.most);
        if let (Cwd::Printed(printed), Value::Dynamic(dynamic)) = (&mut next, target) {
            if !printed.path.starts_with(b"..") {
                printed.top = self.maker_of(printed.by, &dynamic.prefix);
            }
        }
        next
    }

    /// The directory in which `mktemp` made what begins so.
    pub(super) fn maker_of(&self, by: u32, prefix: &[u8]) -> Option<Bytes> {
        let maker = self.invocation(by)?;
        let name = maker.argv.first().and_then(Word::as_static)?;
        let slash = prefix.iter().rposition(|byte| *byte == b'/')?;
        let top = prefix.get(..slash).unwrap_or_default();
        (name == b"mktemp" && top.first() == Some(&b'/')).then(|| top.into())
    }

    pub(super) fn pushd(&mut self, command: &Command) {
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

    pub(super) fn popd(&mut self, command: &Command) {
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
}
