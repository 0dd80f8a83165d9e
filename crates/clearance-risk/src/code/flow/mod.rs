//! An effect analysis over the shared tree of Python and JavaScript.
//!
//! It is an abstract interpretation that does not depend on the order of statements: every
//! variable, attribute and container holds all values that any statement gives it, and the
//! statements are run until nothing changes. Then they are run once more, reporting. What a
//! call does is looked up in tables ([`rule`]); what the tables do not say is judged by the
//! name of the method, or is unknown.
//!
//! Functions and modules that have effects are followed through variables, attributes,
//! containers and parameters. Where one gets out of sight (it is handed to a library, say), it
//! counts as called with unknown arguments, there and then.

mod apply;
mod assign;
mod cell;
mod chdir;

pub(crate) mod ast;
mod call;
mod expr;
mod foreign;
mod methods;
mod process;

pub(crate) mod parser;
pub(crate) mod rule;

pub(crate) mod value;
use self::ast::{Name, Program};
use self::cell::Cell;
use self::chdir::finish;
use self::rule::{Module, Rest, Rule};
use self::value::{ANY, DATA, MAX_THINGS, Part, Text, Thing, Val};
use super::{CodeAct, CodeInput, CodeReport, CodeTarget};
use clearance_core::{Effect, Span};
use clearance_shell::invocation::Value;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Rounds before the analysis gives up.
const MAX_ROUNDS: u32 = 40;

/// Rounds after which texts that still change lose their details.
const WIDEN_ROUND: u32 = 5;

const FORGET_ROUND: u32 = 12;

/// Steps for each byte of the text, and in any case.
const STEPS_PER_BYTE: u64 = 60;

const MIN_STEPS: u64 = 60_000;

/// What differs between the languages.
#[derive(Debug)]
pub(crate) struct Dialect {
    pub(crate) javascript: bool,
    pub(crate) builtins: &'static [(&'static str, Rule)],
    pub(crate) modules: &'static [&'static [Module]],
    /// Names of the language's own modules that are in no table: not understood.
    pub(crate) library: &'static [&'static str],
    /// Names of methods with effects on objects of unknown kind.
    pub(crate) methods: &'static [(&'static str, Rule)],
    /// The three tables by name, made when the first text of the language is analysed.
    pub(crate) index: OnceLock<Index>,
}

type Entry = (&'static str, &'static Rule);

/// The large tables by name.
#[derive(Debug)]
pub(crate) struct Index {
    builtins: HashMap<&'static str, Entry>,
    methods: HashMap<&'static str, Entry>,
    modules: HashMap<&'static str, &'static Module>,
}

impl Dialect {
    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let names = |table: &'static [(&'static str, Rule)]| {
                let mut out = HashMap::new();
                for (list, rule) in table {
                    for name in list.split(' ') {
                        out.entry(name).or_insert((name, rule));
                    }
                }
                out
            };
            let mut modules = HashMap::new();
            for module in self.modules.iter().copied().flatten() {
                modules.entry(module.name).or_insert(module);
            }
            Index {
                builtins: names(self.builtins),
                methods: names(self.methods),
                modules,
            }
        })
    }

    pub(crate) fn module(&self, name: &str) -> Option<&'static Module> {
        self.index().modules.get(name).copied()
    }

    pub(crate) fn builtin(&self, name: &str) -> Option<Entry> {
        self.index().builtins.get(name).copied()
    }

    pub(crate) fn method(&self, name: &str) -> Option<Entry> {
        self.index().methods.get(name).copied()
    }
}

/// The state of the analysis of one text.
pub(crate) struct Flow<'a> {
    dialect: &'static Dialect,
    program: &'a Program,
    input: &'a CodeInput<'a>,
    vars: HashMap<(usize, Name), Val>,
    /// Attributes of objects of the program, by name, whatever the object.
    attrs: HashMap<Name, Val>,
    cells: HashMap<u64, Cell>,
    returns: Vec<Val>,
    /// The function was called, with these flags joined into all parameters.
    reached: Vec<Option<u8>>,
    by_name: HashMap<Name, Vec<usize>>,
    /// Arguments of decorated or escaped classes were handled.
    escaped: Vec<bool>,
    /// A star import of a module without effects: undefined names may come from it.
    star: u8,
    changed: bool,
    emit: bool,
    steps: u64,
    round: u32,
    depth: u16,
    chdir: Option<Text>,
    report: CodeReport,
}

/// Analyses a parsed text.
pub(crate) fn run(
    program: &Program,
    dialect: &'static Dialect,
    input: &CodeInput<'_>,
    len: usize,
) -> CodeReport {
    let mut flow = Flow {
        dialect,
        program,
        input,
        vars: HashMap::new(),
        attrs: HashMap::new(),
        cells: HashMap::new(),
        returns: vec![Val::default(); program.funcs.len()],
        reached: vec![None; program.funcs.len()],
        by_name: HashMap::new(),
        escaped: vec![false; program.classes.len()],
        star: 0,
        changed: false,
        emit: false,
        steps: MIN_STEPS.max(len as u64 * STEPS_PER_BYTE),
        round: 0,
        depth: 0,
        chdir: None,
        report: CodeReport::default(),
    };
    for (id, func) in program.funcs.iter().enumerate() {
        flow.by_name.entry(func.name.clone()).or_default().push(id);
    }
    flow.solve();
    let mut report = flow.report;
    report.unknown.extend(program.unknown.iter().copied());
    finish(report, flow.chdir.as_ref())
}

impl Flow<'_> {
    fn solve(&mut self) {
        loop {
            self.changed = false;
            self.pass();
            self.round += 1;
            if self.steps == 0 || self.round > MAX_ROUNDS {
                self.emit = true;
                self.unknown(Span::default(), "the code is too complex to follow");
                return;
            }
            // What was never called may still be: by a library, or not at all.
            if !self.changed && !self.reach_the_rest() {
                break;
            }
        }
        self.emit = true;
        self.pass();
        if self.steps == 0 {
            self.unknown(Span::default(), "the code is too complex to follow");
        }
    }

    fn reach_the_rest(&mut self) -> bool {
        let mut any = false;
        for id in 0..self.program.funcs.len() {
            if self.reached.get(id).is_some_and(Option::is_none) {
                self.reach(id, &Val::any());
                any = true;
            }
        }
        any
    }

    fn pass(&mut self) {
        let program = self.program;
        for stmt in &program.body {
            self.statement(stmt, 0, None);
        }
        // Both orders by turns: calls of later and of earlier functions settle soon.
        let count = program.funcs.len();
        for at in 0..count {
            let id = if self.round % 2 == 0 {
                at
            } else {
                count - 1 - at
            };
            let Some(func) = program.funcs.get(id) else {
                continue;
            };
            if self.reached.get(id).is_some_and(Option::is_some) {
                for stmt in &func.body {
                    self.statement(stmt, func.scope, Some(id));
                }
            }
        }
    }

    /// One step of work; `false` when there were too many.
    fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0
    }

    pub(crate) fn unknown(&mut self, span: Span, why: &'static str) {
        if self.emit
            && !self.report.unknown.contains(&(span, why))
            && self.report.unknown.len() < 64
        {
            self.report.unknown.push((span, why));
        }
    }

    pub(crate) fn act(&mut self, effect: Effect, target: CodeTarget, span: Span) {
        if !self.emit {
            return;
        }
        if self.report.acts.len() >= 512 {
            self.unknown(Span::default(), "it does too many things");
            return;
        }
        let act = CodeAct {
            effect,
            target,
            span,
        };
        let double = |a: &CodeAct| a.effect == act.effect && a.target == act.target;
        if !self.report.acts.iter().any(double) {
            self.report.acts.push(act);
        }
    }

    pub(crate) fn act_path(&mut self, effect: Effect, path: &Text, span: Span) {
        if self.emit {
            for value in path.to_values() {
                self.act(effect, CodeTarget::Path(value), span);
            }
        }
    }

    pub(crate) fn act_url(&mut self, effect: Effect, url: &Text, span: Span) {
        if self.emit {
            for value in url.to_values() {
                // A wildcard means something for paths only.
                let value = match value {
                    Value::Glob(glob) => {
                        let known = glob.pattern.iter().position(|b| b"*?[\\".contains(b));
                        let known = glob.pattern.get(..known.unwrap_or(0)).unwrap_or_default();
                        value::dynamic(known, b"", false)
                    }
                    other => other,
                };
                self.act(effect, CodeTarget::Url(value), span);
            }
        }
    }

    /// Joins into `into` and keeps the number of possibilities small.
    fn merge(&mut self, into: &mut Val, from: &Val) -> bool {
        // Joining many possibilities is work too.
        self.steps = self
            .steps
            .saturating_sub((into.things.len() * from.things.len()) as u64 / 4);
        let before = into.text.clone();
        let changed = into.join(from);
        if self.round > WIDEN_ROUND && into.text != before {
            let forget = self.round > FORGET_ROUND;
            into.text = into
                .text
                .take()
                .map(|t| if forget { Text::any() } else { t.widened() });
        }
        if into.things.len() > MAX_THINGS {
            let things = core::mem::take(&mut into.things);
            let rest = Val {
                things,
                ..Val::default()
            };
            let mut all = self.elements(&rest);
            self.escape(&rest, &Val::any());
            all.things.clear();
            into.join(&all);
            into.flags |= ANY | DATA;
        }
        changed
    }

    fn set_var(&mut self, scope: usize, name: &Name, value: &Val) {
        let key = (scope, name.clone());
        let mut now = self.vars.remove(&key).unwrap_or_default();
        let before = now.clone();
        if self.merge(&mut now, value) && now != before {
            self.changed = true;
        }
        self.vars.insert(key, now);
    }

    /// All values that the name can have here.
    fn lookup(&mut self, scope: usize, name: &Name, span: Span) -> Val {
        let mut out = Val::default();
        let mut found = false;
        let mut at = scope;
        loop {
            if let Some(value) = self.vars.get(&(at, name.clone())) {
                out.join(value);
                found = true;
            }
            if at == 0 {
                break;
            }
            at = self.program.scopes.get(at).map_or(0, |s| s.parent);
        }
        if let Some((known, rule)) = self.dialect.builtin(name) {
            out.join(&self.known_value(known, rule, span));
        } else if self.dialect.javascript && self.dialect.module(name).is_some_and(is_global) {
            if let Some(module) = self.dialect.module(name) {
                out.join(&Val::thing(Thing::Module(module)));
            }
        } else if !found {
            if self.star != 0 {
                out.flags |= self.star;
            } else {
                self.unknown(span, "a name that is defined nowhere");
            }
        }
        out
    }

    /// What a listed name is when it is not called.
    fn known_value(&mut self, name: &'static str, rule: &'static Rule, span: Span) -> Val {
        match rule {
            Rule::Value => Val::data(),
            Rule::Const(text) => Val::lit(text.as_bytes()),
            Rule::Unknown(why) => {
                self.unknown(span, why);
                Val::any()
            }
            Rule::Is(kind) => Val::thing(Thing::Object(kind, None)),
            Rule::Special(rule::Special::Environ) => Val::thing(Thing::Environ),
            Rule::Special(rule::Special::Argv) => self.arguments_list(span),
            _ => Val::thing(Thing::Known(name, rule)),
        }
    }

    /// `sys.argv`, `process.argv`.
    fn arguments_list(&mut self, _span: Span) -> Val {
        let args = self.input.args;
        let site = u64::MAX - 1;
        let mut items = vec![Val::data()];
        if self.dialect.javascript {
            items.push(Val::data());
        }
        let mut exact = true;
        for arg in args {
            let (value, one) = from_value(arg);
            exact &= one;
            items.push(value);
        }
        let mut cell = Cell::default();
        for item in &items {
            cell.elem.join(item);
        }
        cell.items = exact.then_some(items);
        if !exact {
            cell.elem.flags |= DATA;
        }
        self.cells.entry(site).or_insert(cell);
        Val::thing(Thing::Cell(site))
    }

    /// A module by its dotted name.
    fn import(&mut self, name: &str, span: Span) -> Val {
        let bare = name.strip_prefix("node:").unwrap_or(name);
        if self.dialect.javascript {
            // A file of the project, or of somewhere else.
            let path = bare.strip_prefix("file://").unwrap_or(bare);
            if path.contains(':') && !path.starts_with("bun:") {
                self.unknown(span, "a module by its address");
                return Val::any();
            }
            // A package keeps to itself; `pkg/../../x` does not.
            let up = path.split('/').any(|part| part == "..");
            if path.starts_with('/') || up {
                let file = Value::Static(path.as_bytes().into());
                // From the file that asks for it, wherever the program runs.
                let target = if path.starts_with('/') {
                    CodeTarget::Path(file)
                } else {
                    CodeTarget::Module(file)
                };
                self.act(Effect::RunProject, target, span);
                return Val::any();
            }
        }
        if let Some(module) = self.dialect.module(bare) {
            if let Some((_, Rule::Unknown(why))) = rule::find(module.names, "*") {
                self.unknown(span, why);
            }
            if module.third_party {
                self.act(
                    Effect::RunProject,
                    CodeTarget::Module(Value::Static(name.as_bytes().into())),
                    span,
                );
            }
            return Val::thing(Thing::Module(module));
        }
        let top = bare.split(['.', '/']).next().unwrap_or(bare);
        if self.dialect.library.contains(&top) {
            self.unknown(span, "a module of the language's library that is not known");
            return Val::any();
        }
        if let Some(parent) = self.dialect.module(top) {
            // A submodule that the tables do not list.
            if parent.rest == Rest::Unknown {
                self.unknown(span, "a module that is not known");
            }
            if !parent.third_party {
                return if parent.rest == Rest::Pure {
                    Val::data()
                } else {
                    Val::any()
                };
            }
        }
        self.act(
            Effect::RunProject,
            CodeTarget::Module(Value::Static(name.as_bytes().into())),
            span,
        );
        Val::any()
    }

    fn new_cell(&mut self, site: u64, cell: Cell) -> Val {
        match self.cells.entry(site) {
            std::collections::hash_map::Entry::Vacant(slot) => {
                slot.insert(cell);
                self.changed = true;
            }
            std::collections::hash_map::Entry::Occupied(mut slot) => {
                self.changed |= slot.get_mut().join(&cell);
            }
        }
        Val::thing(Thing::Cell(site))
    }

    /// A list of which only the kind of the items is known.
    fn list_of(&mut self, span: Span, elem: Val) -> Val {
        let cell = Cell {
            elem,
            ..Cell::default()
        };
        self.new_cell(site(span, 1), cell)
    }

    fn tuple_of(&mut self, span: Span, salt: u64, items: Vec<Val>) -> Val {
        let mut cell = Cell::default();
        for item in &items {
            cell.elem.join(item);
        }
        cell.items = Some(items);
        cell.fixed = true;
        self.new_cell(site(span, salt), cell)
    }

    /// Changes what a container may hold.
    fn update_cell(&mut self, site: u64, f: impl FnOnce(&mut Cell) -> bool) {
        if let Some(cell) = self.cells.get_mut(&site) {
            if f(cell) {
                self.changed = true;
            }
        }
    }
}

fn is_global(module: &'static Module) -> bool {
    // JavaScript's global objects have capital names, or are these.
    module.name.starts_with(|c: char| c.is_ascii_uppercase())
        || matches!(
            module.name,
            "console"
                | "process"
                | "crypto"
                | "performance"
                | "globalThis"
                | "global"
                | "window"
                | "self"
        )
}

/// The place of a container: its span, and a number for several made there.
fn site(span: Span, salt: u64) -> u64 {
    (u64::from(span.start) << 34) ^ (u64::from(span.end) << 6) ^ salt
}

/// What an argument of the program can be, and whether it is one word.
/// A path that matches the pattern: its literal ends, and a name or a path below between them.
fn matching(pattern: &[u8]) -> Text {
    let special = |b: &u8| b"*?[]\\@!+()".contains(b);
    let (Some(first), Some(last)) = (
        pattern.iter().position(special),
        pattern.iter().rposition(special),
    ) else {
        return Text::lit(pattern);
    };
    let before = pattern.get(..first).unwrap_or_default();
    let between = pattern.get(first..=last).unwrap_or_default();
    let after = pattern.get(last + 1..).unwrap_or_default();
    if between.iter().any(|b| special(b) && !b"*?".contains(b)) || pattern.starts_with(b".") {
        return Text::starts(before);
    }
    if between.windows(2).any(|w| w == b"/.") || before.ends_with(b"/.") {
        return Text::starts(before);
    }
    let part = if between.contains(&b'/') || between.contains(&b'*') {
        Part::Sub
    } else {
        Part::Name
    };
    Text::lit(before)
        .concat(&Text::part(part))
        .concat(&Text::lit(after))
}

fn from_value(value: &Value) -> (Val, bool) {
    match value {
        Value::Static(bytes) => (Val::lit(bytes), true),
        Value::OneOf(many) => {
            let mut out = Val::default();
            for one in many.iter() {
                out.join(&Val::lit(one));
            }
            (out, true)
        }
        Value::Glob(glob) => (Val::text(matching(&glob.pattern)), glob.single),
        Value::Dynamic(d) => (
            Val::text(Text::starts(&d.prefix)),
            !d.may_split && !d.may_vanish,
        ),
    }
}
