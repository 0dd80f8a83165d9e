//! Abstract values: what the analysis knows of a value of the program.
//!
//! A [`Val`] is a set of possibilities; joining two only ever adds. Text keeps its known parts
//! ([`Text`]), since paths, commands and addresses are made of it.

use std::rc::Rc;

use clearance_shell::invocation::{Dynamic, Glob, Reason, Value};

use super::ast::Name;
use super::rule::{Module, ObjType, Rule};

/// Alternatives of one text.
const MAX_ALTS: usize = 24;
/// Bytes of one built text; literals may be longer.
const MAX_BYTES: usize = 8 * 1024;
/// Parts of one text.
const MAX_PARTS: usize = 24;
/// Possibilities of one value.
pub(crate) const MAX_THINGS: usize = 24;

/// A number, a truth value or nothing.
pub(crate) const NUM: u8 = 1;
/// Plain data of unknown content: strings, numbers, and containers of such.
pub(crate) const DATA: u8 = 2;
/// Something of a third-party or project module, or a parameter of unknown origin. It never
/// holds a function or module with effects that the analysis knows: those are reported when
/// they get where they are no longer followed.
pub(crate) const ANY: u8 = 4;
/// Found by a name that is not known: calling it is not understood.
pub(crate) const REFLECT: u8 = 8;
/// The text is a path object, not a string.
pub(crate) const PATH: u8 = 16;

/// What is known of a value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Val {
    pub(crate) flags: u8,
    pub(crate) text: Option<Text>,
    pub(crate) things: Vec<Thing>,
}

/// One possibility beside text and plain data.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Thing {
    /// A module of the tables.
    Module(&'static Module),
    /// A function, class or constant of a module of the tables: its name and rule.
    Known(&'static str, &'static Rule),
    /// A function of the program.
    Func(usize),
    /// A class of the program.
    Class(usize),
    /// An instance of a class of the program.
    Instance(usize),
    /// A method: receiver and name.
    Method(Rc<Val>, Name),
    /// A list, tuple or mapping made at this place.
    Cell(u64),
    /// An open file, with its path.
    File(Option<Text>),
    /// An object whose methods are in the tables, with the text it was made of.
    Object(&'static ObjType, Option<Text>),
    /// The process environment.
    Environ,
}

impl Val {
    pub(crate) fn flag(flags: u8) -> Self {
        Self {
            flags,
            ..Self::default()
        }
    }

    pub(crate) fn num() -> Self {
        Self::flag(NUM)
    }

    pub(crate) fn data() -> Self {
        Self::flag(DATA)
    }

    pub(crate) fn any() -> Self {
        Self::flag(ANY)
    }

    pub(crate) fn text(text: Text) -> Self {
        Self {
            text: Some(text),
            ..Self::default()
        }
    }

    pub(crate) fn path(text: Text) -> Self {
        Self {
            flags: PATH,
            text: Some(text),
            things: Vec::new(),
        }
    }

    pub(crate) fn lit(bytes: &[u8]) -> Self {
        Self::text(Text::lit(bytes))
    }

    pub(crate) fn thing(thing: Thing) -> Self {
        Self {
            things: vec![thing],
            ..Self::default()
        }
    }

    /// Nothing is known to flow here yet.
    pub(crate) fn is_bottom(&self) -> bool {
        self.flags == 0 && self.text.is_none() && self.things.is_empty()
    }

    pub(crate) fn has(&self, flags: u8) -> bool {
        self.flags & flags != 0
    }

    /// Adds the possibilities of `other`; `true` if that changed anything.
    pub(crate) fn join(&mut self, other: &Self) -> bool {
        let mut changed = self.flags | other.flags != self.flags;
        self.flags |= other.flags;
        if let Some(theirs) = &other.text {
            match &mut self.text {
                Some(mine) => changed |= mine.join(theirs),
                None => {
                    self.text = Some(theirs.clone());
                    changed = true;
                }
            }
        }
        for thing in &other.things {
            if !self.things.contains(thing) {
                self.things.push(thing.clone());
                changed = true;
            }
        }
        changed
    }

    pub(crate) fn joined(mut self, other: &Self) -> Self {
        self.join(other);
        self
    }

    /// The text it has when put into a string or used as a path: known text, or holes.
    pub(crate) fn as_text(&self) -> Text {
        let mut out = self.text.clone();
        let mut add = |text: Text| match &mut out {
            Some(mine) => {
                mine.join(&text);
            }
            None => out = Some(text),
        };
        if self.has(NUM) {
            add(Text::part(Part::Num));
        }
        if self.has(DATA | ANY | REFLECT) || !self.things.is_empty() {
            add(Text::any());
        }
        out.unwrap_or_else(Text::any)
    }

    /// The only text it can be.
    pub(crate) fn sole_text(&self) -> Option<&[u8]> {
        if self.flags & !PATH != 0 || !self.things.is_empty() {
            return None;
        }
        self.text.as_ref().and_then(Text::sole)
    }
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    Lit(Rc<[u8]>),
    /// A number.
    Num,
    /// Part of one path component: without a slash, and never `..`.
    Name,
    /// A relative path below a directory: never `..`, never absolute, possibly nothing.
    Sub,
    /// Anything.
    Any,
}

type Pattern = Rc<[Part]>;

/// Text with unknown parts; one of several alternatives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text {
    alts: Vec<Pattern>,
}

impl Text {
    pub(crate) fn lit(bytes: &[u8]) -> Self {
        Self::part(Part::Lit(bytes.into()))
    }

    /// Part of one path component, whatever it is.
    pub(crate) fn is_name(&self) -> bool {
        self.alts
            .iter()
            .all(|alt| matches!(&**alt, [Part::Name | Part::Num]))
    }

    pub(crate) fn part(part: Part) -> Self {
        Self {
            alts: vec![Rc::from([part])],
        }
    }

    pub(crate) fn any() -> Self {
        Self::part(Part::Any)
    }

    /// Known text, then anything.
    pub(crate) fn starts(prefix: &[u8]) -> Self {
        Self {
            alts: vec![pattern([Part::Lit(prefix.into()), Part::Any])],
        }
    }

    /// A path in the directory, or below it.
    pub(crate) fn below(&self, part: Part) -> Self {
        self.slash().concat(&Self::part(part))
    }

    /// The text with a slash at its end, as a directory (nothing stays nothing, `.` too).
    pub(crate) fn slash(&self) -> Self {
        self.map(|parts| match parts {
            [Part::Lit(only)] if only.is_empty() || **only == *b"." => pattern([]),
            [.., Part::Lit(last)] if last.ends_with(b"/") => parts.into(),
            _ => pattern(parts.iter().cloned().chain([Part::Lit(b"/"[..].into())])),
        })
    }

    pub(crate) fn map(&self, f: impl Fn(&[Part]) -> Pattern) -> Self {
        let mut out: Vec<Pattern> = Vec::new();
        for alt in &self.alts {
            let new = f(alt);
            if !out.contains(&new) {
                out.push(new);
            }
        }
        Self { alts: out }
    }

    /// Every alternative as known bytes through `f`; what is not known becomes anything.
    pub(crate) fn map_lit(&self, f: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Self {
        self.map(|parts| {
            let known = match parts {
                [] => f(b""),
                [Part::Lit(only)] => f(only),
                _ => None,
            };
            pattern([known.map_or(Part::Any, |b| Part::Lit(b.into()))])
        })
    }

    /// `os.path.join`, `Path /`, `path.join`: an absolute right side starts anew.
    pub(crate) fn join_path(&self, right: &Self, resets: bool) -> Self {
        let mut out: Option<Self> = None;
        for alt in &right.alts {
            let one = Self {
                alts: vec![alt.clone()],
            };
            let joined = match &**alt {
                [Part::Lit(first), ..] if first.starts_with(b"/") && resets => one,
                [Part::Any, ..] if resets => Self::any(),
                _ => self.slash().concat(&one),
            };
            match &mut out {
                Some(all) => {
                    all.join(&joined);
                }
                None => out = Some(joined),
            }
        }
        out.unwrap_or_else(Self::any)
    }

    pub(crate) fn concat(&self, right: &Self) -> Self {
        if self.alts.len() * right.alts.len() > MAX_ALTS {
            let (a, b) = (self.widened(), right.widened());
            return if a.alts.len() * b.alts.len() == 1 {
                a.concat(&b)
            } else {
                Self::any()
            };
        }
        let mut out = Vec::new();
        for a in &self.alts {
            for b in &right.alts {
                let new = pattern(a.iter().chain(b.iter()).cloned());
                if !out.contains(&new) {
                    out.push(new);
                }
            }
        }
        Self { alts: out }
    }

    pub(crate) fn join(&mut self, other: &Self) -> bool {
        let mut changed = false;
        for alt in &other.alts {
            if !self
                .alts
                .iter()
                .any(|mine| mine == alt || covers(mine, alt))
            {
                self.alts.push(alt.clone());
                changed = true;
            }
        }
        if changed && self.alts.len() > MAX_ALTS {
            *self = self.widened();
        }
        changed
    }

    /// One pattern that covers every alternative.
    pub(crate) fn widened(&self) -> Self {
        if self.alts.len() == 1 {
            return self.clone();
        }
        let prefix = self
            .alts
            .iter()
            .map(|a| leading(a))
            .reduce(common_prefix)
            .unwrap_or_default();
        let plain = self.alts.iter().all(|a| a.iter().all(is_name_like));
        let hole = if plain { Part::Name } else { Part::Any };
        // The common part must not cut into a component that could then complete to `..`.
        let keep = if plain { 0 } else { prefix.len() };
        let lit = prefix.get(..keep).unwrap_or_default();
        Self {
            alts: vec![pattern([Part::Lit(lit.into()), hole])],
        }
    }

    pub(crate) fn sole(&self) -> Option<&[u8]> {
        match self.alts.as_slice() {
            [one] => lit_of(one),
            _ => None,
        }
    }

    /// All alternatives, if every one is known.
    pub(crate) fn all_known(&self) -> Option<Vec<&[u8]>> {
        self.alts.iter().map(|a| lit_of(a)).collect()
    }

    /// Some alternative is text that begins with one of these, or is not known at its start.
    pub(crate) fn may_start(&self, f: impl Fn(&[u8]) -> bool) -> bool {
        self.alts.iter().any(|a| match &**a {
            [Part::Lit(first), ..] => f(first),
            [] => f(b""),
            _ => true,
        })
    }

    /// As one value.
    pub(crate) fn to_value(&self) -> Value {
        match self.all_known() {
            Some(known) => match known.as_slice() {
                [one] => Value::Static((*one).into()),
                many => Value::OneOf(many.iter().map(|b| (*b).into()).collect()),
            },
            None => self
                .widened()
                .alts
                .first()
                .map_or_else(unknown_value, |a| pattern_value(a)),
        }
    }

    /// As several values, so that each keeps its shape.
    pub(crate) fn to_values(&self) -> Vec<Value> {
        if self.all_known().is_some() {
            return vec![self.to_value()];
        }
        self.alts.iter().map(|a| pattern_value(a)).collect()
    }
}

fn lit_of(parts: &[Part]) -> Option<&[u8]> {
    match parts {
        [] => Some(b""),
        [Part::Lit(only)] => Some(only),
        _ => None,
    }
}

fn leading(parts: &[Part]) -> &[u8] {
    match parts {
        [Part::Lit(first), ..] => first,
        _ => b"",
    }
}

fn trailing(parts: &[Part]) -> &[u8] {
    match parts {
        [.., Part::Lit(last)] => last,
        _ => b"",
    }
}

fn common_prefix<'a>(a: &'a [u8], b: &'a [u8]) -> &'a [u8] {
    let n = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    a.get(..n).unwrap_or_default()
}

/// Everything that `b` can be, `a` can be: a known beginning and then anything.
fn covers(a: &[Part], b: &[Part]) -> bool {
    match a {
        [Part::Any] => true,
        [Part::Lit(prefix), Part::Any] => leading(b).starts_with(prefix),
        [Part::Name] => b.iter().all(is_name_like) && !b.is_empty(),
        _ => false,
    }
}

/// It could be a part of one path component, alone or beside others.
fn is_name_like(part: &Part) -> bool {
    match part {
        Part::Lit(b) => !b.contains(&b'/') && !b.starts_with(b".") && !b.ends_with(b"."),
        Part::Num | Part::Name => true,
        Part::Sub | Part::Any => false,
    }
}

fn pattern(parts: impl IntoIterator<Item = Part>) -> Pattern {
    let mut out: Vec<Part> = Vec::new();
    let mut size = 0;
    for part in parts {
        match (out.last_mut(), &part) {
            (_, Part::Lit(b)) if b.is_empty() => {}
            (Some(Part::Lit(a)), Part::Lit(b)) => {
                size += b.len();
                if size > MAX_BYTES {
                    out.push(Part::Any);
                    break;
                }
                *a = [&**a, &**b].concat().into();
            }
            (Some(Part::Any), Part::Any) => {}
            _ => {
                if let Part::Lit(b) = &part {
                    size += b.len();
                }
                out.push(part);
            }
        }
        if out.len() > MAX_PARTS || (size > MAX_BYTES && out.len() > 1) {
            out.push(Part::Any);
            break;
        }
    }
    out.into()
}

fn pattern_value(parts: &[Part]) -> Value {
    if let Some(known) = lit_of(parts) {
        return Value::Static(known.into());
    }
    if let [Part::Num] = parts {
        return dynamic(b"", b"", true);
    }
    if parts.contains(&Part::Any) {
        return dynamic(leading(parts), trailing(parts), false);
    }
    let mut glob = Vec::new();
    for part in parts {
        match part {
            Part::Lit(b) => {
                for &c in b.iter() {
                    if matches!(
                        c,
                        b'*' | b'?' | b'[' | b']' | b'\\' | b'(' | b')' | b'|' | b'!' | b'+' | b'@'
                    ) {
                        glob.push(b'\\');
                    }
                    glob.push(c);
                }
            }
            Part::Sub => glob.extend_from_slice(b"**"),
            Part::Num | Part::Name | Part::Any => glob.push(b'*'),
        }
    }
    Value::Glob(Glob {
        pattern: glob.into(),
        single: true,
        may_vanish: false,
    })
}

/// Text of which a beginning and an end are known.
pub(crate) fn dynamic(prefix: &[u8], suffix: &[u8], numeric: bool) -> Value {
    Value::Dynamic(Dynamic {
        prefix: prefix.into(),
        suffix: suffix.into(),
        may_split: false,
        may_vanish: false,
        may_start_dash: prefix.is_empty(),
        numeric,
        ..Dynamic::unknown(Reason::UnknownVariable)
    })
}

/// Text of which nothing is known.
pub(crate) fn unknown_value() -> Value {
    dynamic(b"", b"", false)
}
