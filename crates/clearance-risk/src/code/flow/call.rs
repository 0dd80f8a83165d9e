//! Calls of the program's own functions and classes, and what gets out of sight.

use clearance_core::{Effect, Span};

use super::ast::{ExprKind, Name, Star};
use super::rule::{Rest, Rule, Special};
use super::value::{ANY, DATA, NUM, REFLECT, Thing, Val};
use super::{CodeTarget, Flow};

/// The arguments of a call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Args {
    pub(crate) list: Vec<Val>,
    pub(crate) named: Vec<(Name, Val)>,
    /// Any item of `*args`, whose number is not known.
    pub(crate) star: Option<Val>,
    /// Any value of `**kwargs`.
    pub(crate) stars: Option<Val>,
    /// `shell=True` or `shell=False`, if that is written out.
    pub(crate) shell: Option<bool>,
}

impl Args {
    pub(crate) fn one(value: Val) -> Self {
        Self {
            list: vec![value],
            ..Self::default()
        }
    }

    /// The argument at a position, or of one of the names (blank separated).
    pub(crate) fn get(&self, position: u8, names: &str) -> Option<Val> {
        let mut out = self.list.get(usize::from(position)).cloned();
        for (name, value) in &self.named {
            if names.split(' ').any(|n| n == &**name) {
                out = Some(out.unwrap_or_default().joined(value));
            }
        }
        if out.is_none() {
            out = self.star.clone();
            if let (Some(stars), false) = (&self.stars, names.is_empty()) {
                out = Some(out.unwrap_or_default().joined(stars));
            }
        }
        out
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Val> {
        self.named
            .iter()
            .find(|(n, _)| &**n == name)
            .map(|(_, v)| v)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Val> {
        self.list
            .iter()
            .chain(self.named.iter().map(|(_, v)| v))
            .chain(&self.star)
            .chain(&self.stars)
    }

    /// The same without the first positional one.
    pub(crate) fn rest(&self) -> Self {
        let mut rest = self.clone();
        if !rest.list.is_empty() {
            rest.list.remove(0);
        }
        rest
    }
}

impl Flow<'_> {
    /// A call of a value, where `super()` means something.
    pub(super) fn call_in(&mut self, callee: &Val, args: Args, span: Span, scope: usize) -> Val {
        let is_super = callee
            .things
            .iter()
            .any(|t| matches!(t, Thing::Known(_, Rule::Special(Special::Super))));
        if is_super {
            return self.super_value(scope);
        }
        self.call(callee, args, span)
    }

    /// What calling the value gives; its effects are noted.
    pub(super) fn call(&mut self, callee: &Val, args: Args, span: Span) -> Val {
        if !self.step() || self.depth > 400 {
            return Val::any();
        }
        self.depth += 1;
        let out = self.call_inner(callee, &args, span);
        self.depth -= 1;
        out
    }

    fn call_inner(&mut self, callee: &Val, args: &Args, span: Span) -> Val {
        let mut out = Val::default();
        if callee.is_bottom() {
            if self.emit {
                self.hand_over(args, span);
                return Val::any();
            }
            return out;
        }
        if callee.has(REFLECT) {
            self.unknown(span, "a function that is found by a computed name");
            return Val::any();
        }
        if callee.has(ANY | DATA | NUM) || callee.text.is_some() {
            self.hand_over(args, span);
            out.flags |= ANY;
        }
        for thing in &callee.things {
            let made = self.call_thing(thing, args, span);
            self.merge(&mut out, &made);
        }
        out
    }

    fn call_thing(&mut self, thing: &Thing, args: &Args, span: Span) -> Val {
        match thing {
            Thing::Func(id) => self.call_func(*id, args, None),
            Thing::Class(id) => self.construct(*id, args, span),
            Thing::Known(name, rule) => self.apply(name, rule, args, None, span),
            Thing::Method(receiver, name) => {
                let receiver = receiver.clone();
                self.method(&receiver, name, args.clone(), span)
            }
            Thing::Instance(id) => {
                let made = self.instance_method(*id, &"__call__".into(), args.clone(), span);
                self.hand_over(args, span);
                made.joined(&Val::any())
            }
            Thing::Module(module) => {
                if module.rest == Rest::Unknown {
                    self.unknown(span, "a module is called");
                }
                self.hand_over(args, span);
                Val::any()
            }
            Thing::Cell(_) | Thing::File(_) | Thing::Object(..) | Thing::Environ => {
                self.hand_over(args, span);
                Val::any()
            }
        }
    }

    /// A call of a function of the program.
    pub(super) fn call_func(&mut self, id: usize, args: &Args, receiver: Option<Val>) -> Val {
        let Some(func) = self.program.funcs.get(id) else {
            return Val::any();
        };
        if self.reached.get(id).is_some_and(Option::is_none) {
            if let Some(slot) = self.reached.get_mut(id) {
                *slot = Some(0);
            }
            self.changed = true;
        }
        let mut positional: Vec<Val> = Vec::new();
        if func.takes_self {
            let own = func
                .class
                .map_or_else(Val::any, |c| Val::thing(Thing::Instance(c)));
            positional.extend(receiver.map(|r| r.joined(&own)).or(None));
        }
        positional.extend(args.list.iter().cloned());
        let mut at = 0;
        for param in &func.params {
            let value = match param.star {
                Star::One => {
                    let mut elem = Val::default();
                    for value in positional.get(at..).unwrap_or_default() {
                        elem.join(value);
                    }
                    if let Some(star) = &args.star {
                        elem.join(star);
                    }
                    at = positional.len();
                    self.list_of(param.target.span, elem)
                }
                Star::Two => {
                    let mut elem = args.stars.clone().unwrap_or_default();
                    for (_, value) in &args.named {
                        elem.join(value);
                    }
                    let list = self.list_of(param.target.span, elem.clone());
                    if let Some(Thing::Cell(site)) = list.things.first() {
                        self.update_cell(*site, |c| {
                            c.keys.join(&Val::data()) | c.other.join(&elem)
                        });
                    }
                    list
                }
                Star::No => {
                    let mut value = positional.get(at).cloned().unwrap_or_default();
                    at += 1;
                    if let ExprKind::Name(name) = &param.target.kind {
                        if let Some(named) = args.named(name) {
                            value.join(named);
                        }
                    }
                    if let Some(star) = &args.star {
                        value.join(star);
                    }
                    if let Some(stars) = &args.stars {
                        value.join(stars);
                    }
                    if let Some(default) = &param.default {
                        let default = self.eval(default, func.scope);
                        value.join(&default);
                    } else if self.dialect.javascript && value.is_bottom() {
                        value = Val::num();
                    }
                    value
                }
            };
            self.bind(&param.target, &value, func.scope);
        }
        if self.dialect.javascript {
            let mut elem = args.star.clone().unwrap_or_default();
            for value in &args.list {
                elem.join(value);
            }
            let list = self.list_of(Span::new(func.scope as u32, u32::MAX), elem);
            self.set_var(func.scope, &"arguments".into(), &list);
        }
        self.returns
            .get(id)
            .cloned()
            .unwrap_or_default()
            .joined(&Val::num())
    }

    /// The function may be called by something that is not followed, with such arguments.
    pub(super) fn reach(&mut self, id: usize, param: &Val) {
        let Some(func) = self.program.funcs.get(id) else {
            return;
        };
        let plain = param.text.is_none() && param.things.is_empty();
        match self.reached.get_mut(id) {
            Some(Some(flags))
                if plain && *flags & param.flags == param.flags && param.flags != 0 =>
            {
                return;
            }
            Some(slot) => {
                let flags = slot.unwrap_or(0) | if plain { param.flags } else { 0 };
                if *slot != Some(flags) {
                    *slot = Some(flags);
                    self.changed = true;
                }
            }
            None => return,
        }
        let own = func
            .class
            .filter(|_| func.takes_self)
            .map(|c| Val::thing(Thing::Instance(c)));
        for (at, param_of) in func.params.iter().enumerate() {
            let value = match (&own, at) {
                (Some(own), 0) => own.clone(),
                _ => param.clone(),
            };
            let value = if let Some(default) = &param_of.default {
                self.eval(default, func.scope).joined(&value)
            } else {
                value
            };
            self.bind(&param_of.target, &value, func.scope);
        }
        if self.dialect.javascript {
            let list = self.list_of(Span::new(func.scope as u32, u32::MAX), param.clone());
            self.set_var(func.scope, &"arguments".into(), &list);
        }
    }

    fn construct(&mut self, id: usize, args: &Args, span: Span) -> Val {
        let Some(class) = self.program.classes.get(id) else {
            return Val::any();
        };
        let mut out = Val::thing(Thing::Instance(id));
        for name in ["__init__", "__new__", "constructor", "__post_init__"] {
            for func in self.methods_of(id, name) {
                self.call_func(func, args, Some(Val::thing(Thing::Instance(id))));
            }
        }
        for base in &class.bases {
            let value = self.eval(&base.value, class.scope);
            for thing in &value.things {
                match thing {
                    Thing::Class(other) if *other != id && self.depth < 40 => {
                        self.call_thing(thing, args, span);
                    }
                    // `class P(subprocess.Popen)`: making one does what the base does.
                    Thing::Known(name, rule) if !matches!(rule, Rule::Pure | Rule::Foreign) => {
                        let made = self.apply(name, rule, args, None, span);
                        out.join(&made);
                    }
                    _ => {}
                }
            }
            if value.has(ANY) {
                out.flags |= ANY;
                self.hand_over(args, span);
            }
        }
        // Fields of a data class are set by its generated constructor.
        for (name, value) in &args.named {
            let mut now = self.attrs.remove(name).unwrap_or_default();
            let before = now.clone();
            self.merge(&mut now, value);
            self.changed |= now != before;
            self.attrs.insert(name.clone(), now);
        }
        if self.methods_of(id, "__init__").is_empty()
            && self.methods_of(id, "constructor").is_empty()
        {
            for value in &args.list {
                self.escape(value, &Val::any());
            }
        }
        out
    }

    fn methods_of(&self, class: usize, name: &str) -> Vec<usize> {
        let all = self
            .by_name
            .get(name)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let own = |id: &&usize| {
            self.program
                .funcs
                .get(**id)
                .is_some_and(|f| f.class == Some(class))
        };
        all.iter().filter(own).copied().collect()
    }

    /// A member of a class of the program or of its bases.
    pub(super) fn class_member(&mut self, id: usize, name: &Name) -> Val {
        let mut out = Val::default();
        let mut todo = vec![id];
        let mut seen = Vec::new();
        while let Some(id) = todo.pop() {
            if seen.contains(&id) || seen.len() > 16 {
                out.flags |= if seen.len() > 16 { ANY } else { 0 };
                continue;
            }
            seen.push(id);
            let Some(class) = self.program.classes.get(id) else {
                continue;
            };
            if let Some(value) = self.vars.get(&(class.scope, name.clone())) {
                out.join(value);
            }
            for base in &class.bases {
                let value = self.eval(&base.value, class.scope);
                out.flags |= value.flags & ANY;
                for thing in &value.things {
                    match thing {
                        Thing::Class(other) => todo.push(*other),
                        _ => out.flags |= ANY,
                    }
                }
            }
        }
        out
    }

    /// A method of an instance of a class of the program.
    pub(super) fn instance_method(
        &mut self,
        id: usize,
        name: &Name,
        args: Args,
        span: Span,
    ) -> Val {
        let mut out = Val::default();
        let member = self.class_member(id, name);
        for thing in &member.things {
            let made = match thing {
                Thing::Func(func) => {
                    self.call_func(*func, &args, Some(Val::thing(Thing::Instance(id))))
                }
                other => self.call_thing(other, &args, span),
            };
            out.join(&made);
        }
        out
    }

    /// The arguments go to code that is not followed.
    pub(super) fn hand_over(&mut self, args: &Args, span: Span) {
        let param = self.callback_param(args);
        for value in args.all() {
            self.shown(value, span);
            self.escape(value, &param);
            self.havoc(value);
        }
    }

    /// What a library would call a callback with: what it was given besides.
    pub(super) fn callback_param(&mut self, args: &Args) -> Val {
        let mut out = Val::data();
        for value in args.all() {
            let inner = self.elements(value);
            out.flags |= (value.flags | inner.flags) & ANY;
        }
        out
    }

    /// Callbacks among the arguments are called by a library function that only computes.
    pub(super) fn callbacks(&mut self, args: &Args, span: Span) {
        let param = self.callback_param(args);
        for value in args.all() {
            self.shown(value, span);
            self.escape(value, &param);
        }
    }

    /// A container may be changed by code that is not followed.
    pub(super) fn havoc(&mut self, value: &Val) {
        for thing in &value.things {
            if let Thing::Cell(site) = thing {
                self.update_cell(*site, |cell| {
                    if cell.fixed {
                        return false;
                    }
                    let any = Val::any();
                    let changed = cell.items.take().is_some();
                    changed | cell.elem.join(&any) | cell.other.join(&any)
                });
            }
        }
    }

    /// The value gets out of sight: functions in it count as called with `param`.
    pub(super) fn escape(&mut self, value: &Val, param: &Val) {
        if value.things.is_empty() || !self.step() || self.depth > 400 {
            return;
        }
        self.depth += 1;
        for thing in &value.things {
            self.escape_thing(thing, param);
        }
        self.depth -= 1;
    }

    fn escape_thing(&mut self, thing: &Thing, param: &Val) {
        let unknown = |param: &Val| Args {
            star: Some(param.clone()),
            stars: Some(param.clone()),
            ..Args::default()
        };
        match thing {
            Thing::Func(id) => self.reach(*id, param),
            Thing::Class(id) => {
                self.escape_class(*id);
                for func in self.methods_of(*id, "__init__") {
                    self.reach(func, param);
                }
            }
            Thing::Instance(id) => self.escape_class(*id),
            Thing::Known(name, rule) => {
                if !is_harmless(rule) {
                    self.apply(name, rule, &unknown(param), None, Span::default());
                }
            }
            Thing::Method(receiver, name) => {
                let receiver = receiver.clone();
                self.method(&receiver, name, unknown(param), Span::default());
            }
            Thing::Module(module) => {
                if module.rest != Rest::Pure && !module.third_party {
                    self.unknown(Span::default(), "a module of the library is handed on");
                }
            }
            Thing::Cell(site) => {
                self.steps = self.steps.saturating_sub(8);
                let Some(cell) = self.cells.get(site) else {
                    return;
                };
                let mut inner = cell.elem.clone();
                inner.join(&cell.other);
                // Nested containers: a level at a time, each place once.
                inner.things.retain(|t| t != thing);
                if self.depth < 60 {
                    self.escape(&inner, param);
                } else {
                    // Too deep to follow: the analysis ends as not understood.
                    self.steps = 0;
                }
            }
            Thing::Environ => {
                let target = CodeTarget::Variable(super::value::unknown_value());
                self.act(Effect::Secret, target, Span::default());
            }
            Thing::File(_) | Thing::Object(..) => {}
        }
    }

    /// A library may call every method of the class.
    pub(super) fn escape_class(&mut self, id: usize) {
        if let Some(done) = self.escaped.get_mut(id) {
            if core::mem::replace(done, true) {
                return;
            }
        }
        self.changed = true;
        for func in 0..self.program.funcs.len() {
            if self
                .program
                .funcs
                .get(func)
                .is_some_and(|f| f.class == Some(id))
            {
                self.reach(func, &Val::any());
            }
        }
    }
}

/// Handing it on does no harm, whatever it is called with.
pub(super) fn is_harmless(rule: &Rule) -> bool {
    match rule {
        Rule::Value
        | Rule::Const(_)
        | Rule::Pure
        | Rule::Num
        | Rule::Foreign
        | Rule::Same
        | Rule::NamePart
        | Rule::Is(_)
        | Rule::Own
        | Rule::Make(_) => true,
        Rule::Open(_) => false,
        Rule::Special(special) => matches!(
            special,
            Special::Type
                | Special::Look
                | Special::Iterate
                | Special::Enumerate
                | Special::Zip
                | Special::Sorted
                | Special::Range
                | Special::Dict
                | Special::Str
                | Special::PathJoin
                | Special::PathDir
                | Special::PathBase
                | Special::PathSplit
                | Special::Absolute
                | Special::ExpandUser
                | Special::MakePath
                | Special::Home
                | Special::JsPathJoin
                | Special::JsPathResolve
                | Special::Argv
                | Special::GetEnv
        ),
        Rule::Do(..) | Rule::Unknown(_) => false,
    }
}
