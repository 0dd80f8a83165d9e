//! Which of the commands that were handed over something can still refer to.

use super::Machine;
use crate::expand::Variable;
use crate::invocation::{Cwd, Dynamic, Flags, Invocation, Piece, Stdin, Value, WrittenFile};

/// Indexes of commands that something refers to.
#[derive(Default)]
pub(super) struct References(Vec<u32>);

impl References {
    fn sorted(mut self) -> Vec<u32> {
        self.0.sort_unstable();
        self.0.dedup();
        self.0
    }

    fn dynamic(&mut self, known: &Dynamic) {
        self.0.extend_from_slice(&known.sources);
        let by = known.pieces().iter().filter_map(|piece| match piece {
            Piece::Output(by) | Piece::Item(by) => Some(*by),
            _ => None,
        });
        self.0.extend(by);
    }

    fn value(&mut self, value: &Value) {
        if let Value::Dynamic(known) = value {
            self.dynamic(known);
        }
    }

    fn cwd(&mut self, mut cwd: &Cwd) {
        while let Cwd::Printed(printed) = cwd {
            self.0.push(printed.by);
            cwd = &printed.from;
        }
    }

    fn stdin(&mut self, stdin: &Stdin) {
        match stdin {
            Stdin::Pipe(sources) => self.0.extend_from_slice(sources),
            Stdin::Dynamic(known) => self.dynamic(known),
            Stdin::File(path) => self.value(&path.value),
            Stdin::Inherit | Stdin::Null | Stdin::Text(_) => {}
        }
    }

    fn variable(&mut self, variable: &Variable) {
        match variable {
            Variable::Scalar(value) => self.value(value),
            Variable::Indexed(items) => items.iter().for_each(|(_, value)| self.value(value)),
            Variable::Associative(items) => items.iter().for_each(|(_, value)| self.value(value)),
            Variable::Unset | Variable::Unlisted { .. } | Variable::Unknown(_) => {}
        }
    }

    fn written(&mut self, file: &WrittenFile) {
        self.value(&file.path.value);
        if file.content.is_none() {
            self.0.push(file.by);
        }
    }

    fn invocation(&mut self, command: &Invocation) {
        let words = command.argv.iter();
        let targets = command.redirects.iter().map(|redirect| &redirect.target);
        let set = command.assignments.iter().chain(&*command.exported);
        let values = words.chain(targets).chain(set.map(|set| &set.value));
        values.for_each(|word| self.value(&word.value));
        self.stdin(&command.stdin);
        self.cwd(&command.cwd);
    }
}

impl Machine<'_> {
    /// What the state of the shell and its files refer to, between two commands of the
    /// outermost list.
    fn references(&self) -> References {
        let mut all = References::default();
        for (_, _, var) in self.state.vars() {
            all.variable(&var.value);
        }
        for value in self.state.args().iter().flat_map(|args| args.iter()) {
            all.value(value);
        }
        let place = &self.state.place;
        let stack = self.state.stack().iter().flat_map(|stack| stack.iter());
        let places = [
            Some(&place.now),
            place.otherwise.as_ref(),
            place.before.as_ref(),
        ];
        places
            .into_iter()
            .flatten()
            .chain(stack)
            .for_each(|cwd| all.cwd(cwd));
        for redirect in &self.exec_redirects {
            all.value(&redirect.target.value);
        }
        all.stdin(&self.context.stdin);
        self.out.written.iter().for_each(|file| all.written(file));
        all
    }

    /// Of these commands, those that something refers to, by way of others too. What runs in
    /// the background stays.
    pub(super) fn referred(&self, kept: &[(u32, Invocation)]) -> Vec<bool> {
        let roots = self.references().sorted();
        let is_root = |(index, command): &(u32, Invocation)| {
            roots.binary_search(index).is_ok() || command.flags.has(Flags::BACKGROUND)
        };
        let mut used: Vec<bool> = kept.iter().map(is_root).collect();
        // Commands refer to earlier ones.
        for (at, (_, command)) in kept.iter().enumerate().rev() {
            if used.get(at) != Some(&true) {
                continue;
            }
            let mut others = References::default();
            others.invocation(command);
            for index in others.0 {
                let found = kept.binary_search_by_key(&index, |(own, _)| *own);
                if let Some(used) = found.ok().and_then(|at| used.get_mut(at)) {
                    *used = true;
                }
            }
        }
        used
    }
}
