//! The state of the abstract shell: variables, functions, aliases, directory, arguments and
//! options, with a trail of what changed.
//!
//! Every change is logged, so that a branch or a subshell costs what it changes, not what
//! there is: roll back to a mark to leave it, or collect its changes to join them later.

mod cell;

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::place::Place;
use crate::invocation::{Bytes, Cwd};

pub(super) use cell::{
    Args, Attrs, Cell, Changes, Def, Defined, Held, Opt, Options, Sym, Var, join, weight, widen,
};

/// Beyond so many names they are found by hash.
const LINEAR: usize = 16;

/// Steps, so that each is about as much work as any other in the analysis.
mod cost {
    /// A new name.
    pub(super) const NAME: usize = 6;
    /// A change of a cell.
    pub(super) const CELL: usize = 1;
    /// So many changes are looked through in one step.
    pub(super) const TRAIL: usize = 4;
}

#[derive(Debug)]
struct Entry {
    name: Bytes,
    var: Var,
    function: Defined<Def>,
    alias: Defined<Option<Bytes>>,
    /// It is among the names that were ever exported.
    exported: bool,
}

/// The state.
#[derive(Debug)]
pub(super) struct State {
    entries: Vec<Entry>,
    index: HashMap<Bytes, Sym>,
    /// The names that are exported, or were once.
    exports: Vec<Sym>,
    pub(super) place: Place,
    args: Args,
    options: Options,
    stack: Option<Rc<[Cwd]>>,
    trail: Vec<(Cell, Held)>,
    /// While a trap is set: everything that cells held.
    log: Option<Changes>,
    /// Functions, aliases: whether any was ever defined (to skip look-ups).
    pub(super) any_function: bool,
    pub(super) any_alias: bool,
    /// Alternatives of one value.
    pub(super) most: usize,
    /// Work done here that has not been counted yet.
    work: usize,
    nothing: (Defined<Def>, Defined<Option<Bytes>>),
}

impl State {
    pub(super) fn new(cwd: Cwd, args: Args, most: usize) -> Self {
        Self {
            entries: Vec::new(),
            index: HashMap::new(),
            exports: Vec::new(),
            place: Place::at(cwd),
            args,
            options: Options::default(),
            stack: None,
            trail: Vec::new(),
            log: None,
            any_function: false,
            any_alias: false,
            most,
            work: 0,
            nothing: (Defined::nothing(), Defined::nothing()),
        }
    }

    /// The symbol of a name that occurred before.
    pub(super) fn find(&self, name: &[u8]) -> Option<Sym> {
        if self.entries.len() > LINEAR {
            return self.index.get(name).copied();
        }
        self.entries
            .iter()
            .position(|entry| *entry.name == *name)
            .and_then(|at| Sym::try_from(at).ok())
    }

    /// The symbol of a name; `initial` gives the variable of a name that is new.
    pub(super) fn intern(&mut self, name: &[u8], initial: impl FnOnce() -> Var) -> Sym {
        if let Some(sym) = self.find(name) {
            return sym;
        }
        self.work += cost::NAME;
        let sym = Sym::try_from(self.entries.len()).unwrap_or(Sym::MAX);
        let name: Bytes = name.into();
        let (function, alias) = self.nothing.clone();
        if self.entries.len() >= LINEAR {
            if self.index.is_empty() {
                self.index.extend(
                    (0..)
                        .zip(&self.entries)
                        .map(|(sym, entry)| (Arc::clone(&entry.name), sym)),
                );
            }
            self.index.insert(Arc::clone(&name), sym);
        }
        let var = initial();
        let exported = var.attrs.has(Attrs::EXPORT);
        if exported {
            self.exports.push(sym);
        }
        self.entries.push(Entry {
            name,
            var,
            function,
            alias,
            exported,
        });
        sym
    }

    pub(super) fn name(&self, sym: Sym) -> Option<&[u8]> {
        self.entries.get(sym as usize).map(|entry| &*entry.name)
    }

    pub(super) fn var(&self, sym: Sym) -> Option<&Var> {
        self.entries.get(sym as usize).map(|entry| &entry.var)
    }

    /// All names with their variables.
    pub(super) fn vars(&self) -> impl Iterator<Item = (Sym, &Bytes, &Var)> {
        (0..)
            .zip(&self.entries)
            .map(|(sym, entry)| (sym, &entry.name, &entry.var))
    }

    /// The names that are exported, or were once, in no particular order.
    pub(super) fn exports(&self) -> &[Sym] {
        &self.exports
    }

    /// A name with its variable.
    pub(super) fn named(&self, sym: Sym) -> Option<(Sym, &Bytes, &Var)> {
        let entry = self.entries.get(sym as usize)?;
        Some((sym, &entry.name, &entry.var))
    }

    pub(super) fn function(&self, sym: Sym) -> Option<&Defined<Def>> {
        self.entries.get(sym as usize).map(|entry| &entry.function)
    }

    pub(super) fn alias(&self, sym: Sym) -> Option<&Defined<Option<Bytes>>> {
        self.entries.get(sym as usize).map(|entry| &entry.alias)
    }

    pub(super) const fn args(&self) -> &Args {
        &self.args
    }

    pub(super) const fn options(&self) -> Options {
        self.options
    }

    pub(super) const fn stack(&self) -> &Option<Rc<[Cwd]>> {
        &self.stack
    }

    /// Puts a content into a cell and gives back what was there.
    fn swap(&mut self, cell: Cell, held: Held) -> Held {
        use std::mem::replace;
        match (cell, held) {
            (Cell::Var(sym), Held::Var(var)) => match self.entries.get_mut(sym as usize) {
                Some(entry) => {
                    if var.attrs.has(Attrs::EXPORT) && !entry.exported {
                        entry.exported = true;
                        self.exports.push(sym);
                    }
                    Held::Var(replace(&mut entry.var, var))
                }
                None => Held::Var(var),
            },
            (Cell::Function(sym), Held::Function(function)) => {
                match self.entries.get_mut(sym as usize) {
                    Some(entry) => Held::Function(replace(&mut entry.function, function)),
                    None => Held::Function(function),
                }
            }
            (Cell::Alias(sym), Held::Alias(alias)) => match self.entries.get_mut(sym as usize) {
                Some(entry) => Held::Alias(replace(&mut entry.alias, alias)),
                None => Held::Alias(alias),
            },
            (_, Held::Place(place)) => Held::Place(replace(&mut self.place, place)),
            (_, Held::Args(args)) => Held::Args(replace(&mut self.args, args)),
            (_, Held::Options(options)) => Held::Options(replace(&mut self.options, options)),
            (_, Held::Stack(stack)) => Held::Stack(replace(&mut self.stack, stack)),
            (_, held) => held,
        }
    }

    /// The content of a cell.
    pub(super) fn get(&self, cell: Cell) -> Held {
        match cell {
            Cell::Var(sym) => Held::Var(self.var(sym).cloned().unwrap_or_else(Var::unknown)),
            Cell::Function(sym) => {
                Held::Function(self.function(sym).cloned().unwrap_or_else(Defined::nothing))
            }
            Cell::Alias(sym) => {
                Held::Alias(self.alias(sym).cloned().unwrap_or_else(Defined::nothing))
            }
            Cell::Place => Held::Place(self.place.clone()),
            Cell::Args => Held::Args(self.args.clone()),
            Cell::Options => Held::Options(self.options),
            Cell::Stack => Held::Stack(self.stack.clone()),
        }
    }

    /// Changes a cell, logged.
    pub(super) fn set(&mut self, cell: Cell, held: Held) {
        match cell {
            Cell::Function(_) => self.any_function = true,
            Cell::Alias(_) => self.any_alias = true,
            _ => {}
        }
        self.work += cost::CELL + weight(&held);
        if let Some(log) = &mut self.log {
            self.work += cost::CELL + weight(&held);
            log.push((cell, held.clone()));
        }
        let old = self.swap(cell, held);
        if let Some(log) = &mut self.log {
            log.push((cell, old.clone()));
        }
        self.trail.push((cell, old));
    }

    /// A trap is set: from now on everything that cells held matters.
    pub(super) fn start_log(&mut self) {
        self.log.get_or_insert_with(Vec::new);
    }

    /// The state becomes any that there was since the log was started. When that takes more
    /// than `limit` steps it is given up: what was counted then ends the analysis. Says whether
    /// there was any other state than this one (whatever printed it).
    pub(super) fn recall(&mut self, limit: usize) -> bool {
        let mut log = self.log.take().unwrap_or_default();
        log.sort_by_key(|(cell, _)| *cell);
        let mut changed = false;
        let mut items = log.into_iter().peekable();
        while let Some((cell, held)) = items.next() {
            let mut now = self.get(cell);
            let mut joined = join(&now, &held, self.most);
            while let Some((_, next)) = items.next_if(|(next, _)| *next == cell) {
                self.work += 1 + weight(&joined);
                if self.work > limit {
                    return true;
                }
                joined = join(&joined, &next, self.most);
            }
            self.work += 1 + weight(&joined);
            if joined != now {
                self.set(cell, joined.clone());
                super::loops::forget_sources(&mut now, 0);
                super::loops::forget_sources(&mut joined, 0);
                changed |= joined != now;
            }
        }
        self.log = Some(Vec::new());
        changed
    }

    pub(super) fn set_var(&mut self, sym: Sym, var: Var) {
        self.set(Cell::Var(sym), Held::Var(var));
    }

    pub(super) fn set_place(&mut self, place: Place) {
        self.set(Cell::Place, Held::Place(place));
    }

    pub(super) fn set_options(&mut self, options: Options) {
        if options != self.options {
            self.set(Cell::Options, Held::Options(options));
        }
    }

    /// After the command that followed a `cd`: it may have failed.
    pub(super) fn settle(&mut self) {
        if self.place.otherwise.is_some() {
            let place = self.place.resolved(self.place.settled(self.most));
            self.set_place(place);
        }
    }

    /// The last command is known to have succeeded, or failed.
    pub(super) fn refine(&mut self, success: bool) {
        if let Some(other) = &self.place.otherwise {
            let now = if success {
                self.place.now.clone()
            } else {
                other.clone()
            };
            let place = self.place.resolved(now);
            self.set_place(place);
        }
    }

    /// A point to come back to.
    pub(super) fn mark(&self) -> usize {
        self.trail.len()
    }

    /// Nothing was changed since the mark.
    pub(super) fn unchanged_since(&self, mark: usize) -> bool {
        self.trail.len() <= mark
    }

    /// Undoes everything since the mark.
    pub(super) fn roll_back(&mut self, mark: usize) {
        while self.trail.len() > mark {
            let Some((cell, old)) = self.trail.pop() else {
                return;
            };
            self.swap(cell, old);
        }
    }

    /// The work done here since this was asked last, in steps.
    pub(super) fn take_work(&mut self) -> usize {
        std::mem::take(&mut self.work)
    }

    /// The cells changed since the mark, each once.
    fn changed(&mut self, mark: usize) -> Vec<Cell> {
        self.work += (self.trail.len() - mark.min(self.trail.len())) / cost::TRAIL;
        let mut cells: Vec<Cell> = self
            .trail
            .get(mark..)
            .unwrap_or_default()
            .iter()
            .map(|(cell, _)| *cell)
            .collect();
        cells.sort_unstable();
        cells.dedup();
        cells
    }

    /// What is different from the state at the mark.
    pub(super) fn changes(&mut self, mark: usize) -> Changes {
        if self.unchanged_since(mark) {
            return Vec::new();
        }
        self.changed(mark)
            .into_iter()
            .map(|cell| (cell, self.get(cell)))
            .collect()
    }

    /// The same, and goes back to the mark.
    #[cfg(test)]
    pub(super) fn take(&mut self, mark: usize) -> Changes {
        let changes = self.changes(mark);
        self.roll_back(mark);
        changes
    }

    /// Makes the changes again.
    pub(super) fn apply(&mut self, changes: Changes) {
        for (cell, held) in changes {
            self.set(cell, held);
        }
    }

    /// The state becomes any of these, each given as changes of the present state.
    pub(super) fn merge(&mut self, paths: &mut Vec<Changes>) -> usize {
        if let [_] = paths.as_slice() {
            let only = paths.pop().unwrap_or_default();
            let count = only.len();
            self.apply(only);
            return count;
        }
        let count = paths.len();
        let mut all: Vec<(Cell, Held)> = paths.drain(..).flatten().collect();
        let work = all.len();
        all.sort_by_key(|(cell, _)| *cell);
        let mut items = all.into_iter().peekable();
        while let Some((cell, mut held)) = items.next() {
            let mut same = 1;
            while let Some((_, next)) = items.next_if(|(next, _)| *next == cell) {
                held = join(&held, &next, self.most);
                self.work += weight(&held);
                same += 1;
            }
            if same < count {
                held = join(&held, &self.get(cell), self.most);
            }
            self.set(cell, held);
        }
        work
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::place;
    use crate::analyze::value::{self, fixed};
    use crate::expand::Variable;

    fn scalar(bytes: &[u8]) -> Var {
        Var {
            value: Variable::Scalar(fixed(bytes)),
            attrs: Attrs::default(),
        }
    }

    fn state() -> State {
        State::new(Cwd::Known(b"/w".as_slice().into()), None, 8)
    }

    #[test]
    fn rolling_back_restores_the_first_value() {
        let mut state = state();
        let x = state.intern(b"x", Var::unknown);
        let mark = state.mark();
        state.set_var(x, scalar(b"1"));
        state.set_var(x, scalar(b"2"));
        assert_eq!(
            state.changes(mark),
            vec![(Cell::Var(x), Held::Var(scalar(b"2")))]
        );
        state.roll_back(mark);
        assert_eq!(state.var(x), Some(&Var::unknown()));
    }

    #[test]
    fn merging_joins_each_cell_over_all_paths() {
        let mut state = state();
        let x = state.intern(b"x", || scalar(b"0"));
        let y = state.intern(b"y", || scalar(b"0"));
        let mark = state.mark();
        state.set_var(x, scalar(b"1"));
        let one = state.take(mark);
        state.set_var(x, scalar(b"2"));
        state.set_var(y, scalar(b"2"));
        let two = state.take(mark);
        state.merge(&mut vec![one, two]);
        let both = |a: &[u8], b: &[u8]| Variable::Scalar(value::join(&fixed(a), &fixed(b), 8));
        assert_eq!(state.var(x).map(|var| &var.value), Some(&both(b"1", b"2")));
        assert_eq!(state.var(y).map(|var| &var.value), Some(&both(b"2", b"0")));
    }

    #[test]
    fn many_names_are_found_again() {
        let mut state = state();
        let all: Vec<Sym> = (0..100)
            .map(|n| state.intern(format!("v{n}").as_bytes(), Var::unknown))
            .collect();
        for (n, sym) in all.into_iter().enumerate() {
            assert_eq!(state.find(format!("v{n}").as_bytes()), Some(sym));
        }
        assert_eq!(state.find(b"other"), None);
    }

    #[test]
    fn a_failed_cd_stays() {
        let mut state = state();
        let (old, new) = (state.place.now.clone(), Cwd::Known(b"/x".as_slice().into()));
        let place = Place {
            now: new.clone(),
            otherwise: Some(old.clone()),
            before: Some(old.clone()),
        };
        state.set_place(place.clone());
        state.refine(true);
        assert_eq!(state.place.now, new);
        state.set_place(place.clone());
        state.refine(false);
        assert_eq!(state.place.now, old);
        state.set_place(place);
        state.settle();
        assert_eq!(place::known(&state.place.now).map(<[_]>::len), Some(2));
    }
}
