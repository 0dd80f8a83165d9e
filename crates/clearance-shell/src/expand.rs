//! Words to what they become: brace expansion, tilde, parameters, arithmetic, quote removal,
//! field splitting and pattern marks, as bash 5.2 does them.
//!
//! Nothing is looked up here: what variables hold, what a substitution prints and where home
//! is comes from a [`World`]. Unknown parts give [`Value::Dynamic`] with what is still known
//! of the word, never a guess. Start with [`Expander`].

mod ansi;
mod arith;
mod brace;
mod fetch;
mod field;
mod gathered;
mod join;
mod number;
mod operator;
mod param;
mod part;
mod pattern;
mod quote;
mod world;

use crate::invocation::{Bytes, Dialect, Dynamic, Limits, Reason, Value, Word};
use crate::tree::{Flags, Kind, NodeId, Script};

use field::{Assembler, Pieces, Rules, Separators};
use part::Context;

pub use ansi::decode_ansi;
pub use world::{Key, Nothing, Parameter, Variable, World};

/// Words nest no deeper (`${a:-${b:-…}}`); below that a word is unknown.
///
/// Nested words are expanded by recursion: with this and [`arith::MAX_DEPTH`] an optimised
/// build stays within a stack of 64 kB.
const MAX_DEPTH: u32 = 16;

/// Expands words in a [`World`].
///
/// # Examples
///
/// ```
/// use clearance_shell::expand::{Expander, Nothing};
/// use clearance_shell::tree::Kind;
/// use clearance_shell::{Dialect, Limits, parse};
///
/// let script = parse(b"rm -rf \"a b\"/{x,y}", Dialect::Bash, Limits::default());
/// let mut world = Nothing;
/// let mut expander = Expander::new(&mut world, Dialect::Bash, Limits::default());
/// let mut words = Vec::new();
/// for id in script.walk(script.root()).filter(|id| script.kind(*id) == Kind::Word) {
///     expander.arguments(&script, id, &mut words);
/// }
/// let texts: Vec<_> = words.iter().filter_map(|word| word.as_static()).collect();
/// assert_eq!(texts, [&b"rm"[..], b"-rf", b"a b/x", b"a b/y"]);
/// ```
#[derive(Debug)]
pub struct Expander<'w, W: World + ?Sized> {
    world: &'w mut W,
    dialect: Dialect,
    limits: Limits,
    /// The decisions of this run at places with several possible values: which, of how many.
    choices: Vec<(u16, u16)>,
    next_choice: usize,
    /// Why the last choice had to be made.
    choice_reason: Reason,
    /// What substitutions printed, for the runs after the first one; by node.
    outputs: Vec<(NodeId, Value)>,
    separators: Option<Separators>,
    depth: u32,
    splitting: bool,
}

/// Braces give many words of one value each, rather than many values of one word: so many
/// times the limit on those.
const WORDS_EACH: usize = 16;

/// Steps for each word that braces give.
const EACH_WORD: usize = 5;

/// One row of words that holds whichever of these comes true.
pub(crate) fn any_row(rows: &[Vec<Word>]) -> Vec<Word> {
    let first = rows.iter().flatten().next();
    let span = first.map_or_else(Default::default, |word| word.span);
    let values = |row: &Vec<Word>| row.iter().map(|word| word.value.clone()).collect();
    let values: Vec<Vec<Value>> = rows.iter().map(values).collect();
    let mut joined = Vec::new();
    join::join(&values, Reason::UnknownVariable, &mut joined);
    joined
        .into_iter()
        .map(|value| Word { value, span })
        .collect()
}

/// So many parts or bytes are looked at for the cost of a step.
const LOOKS: usize = 8;

/// What a word is expanded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Argument,
    Single,
    Pattern,
}

impl<'w, W: World + ?Sized> Expander<'w, W> {
    /// An expander for one dialect. [`Limits::alternatives`] bounds the words that braces and
    /// unknown choices may give.
    pub fn new(world: &'w mut W, dialect: Dialect, limits: Limits) -> Self {
        Self {
            world,
            dialect,
            limits,
            choices: Vec::new(),
            next_choice: 0,
            choice_reason: Reason::UnknownVariable,
            outputs: Vec::new(),
            separators: None,
            depth: 0,
            splitting: true,
        }
    }

    /// Expands a word of a command, and appends the words it becomes.
    pub fn arguments(&mut self, script: &Script, word: NodeId, out: &mut Vec<Word>) {
        let span = script.span(word);
        if let Some(text) = script.plain_text(word) {
            // Without text it is a backslash at the very end that bash takes for a
            // continuation: no word at all.
            if !text.is_empty() {
                out.push(Word::fixed(text, span));
            }
            return;
        }
        let mut text = Vec::new();
        if append_static(script, word, &mut text) {
            out.push(Word::fixed(&text, span));
            return;
        }
        let values = self.alternatives(script, word, Purpose::Argument);
        out.extend(values.into_iter().map(|value| Word { value, span }));
    }

    /// As [`Self::arguments`], unless there are several possible values, not all of one word,
    /// and no more than `most`: then nothing is appended, and these are the rows of words of
    /// which the word becomes one.
    pub(crate) fn forms(
        &mut self,
        script: &Script,
        word: NodeId,
        most: usize,
        out: &mut Vec<Word>,
    ) -> Option<Vec<Vec<Word>>> {
        let span = script.span(word);
        let plain = script.flags(word).has(Flags::PLAIN);
        if plain || append_static(script, word, &mut Vec::new()) {
            self.arguments(script, word, out);
            return None;
        }
        let mut all = self.combinations(script, word, Purpose::Argument);
        let words = |form: Vec<Value>| form.into_iter().map(|value| Word { value, span });
        if all.len() == 1 {
            out.extend(all.pop().into_iter().flat_map(words));
            return None;
        }
        let mut forms: Vec<Vec<Value>> = Vec::new();
        for form in all {
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        if forms.len() > most || forms.iter().all(|form| form.len() == 1) {
            let mut joined = Vec::new();
            join::join(&forms, self.choice_reason, &mut joined);
            out.extend(words(joined));
            return None;
        }
        Some(
            forms
                .into_iter()
                .map(|form| words(form).collect())
                .collect(),
        )
    }

    /// Expands a word that stays one word: the right side of an assignment, the subject of a
    /// `case`, a here-string, an operand of `[[ ]]`. Pattern characters stay text.
    pub fn single(&mut self, script: &Script, word: NodeId) -> Value {
        if let Some(text) = script.plain_text(word) {
            return Value::Static(text.into());
        }
        let mut values = self.alternatives(script, word, Purpose::Single);
        values
            .pop()
            .unwrap_or_else(|| Value::Static(Bytes::default()))
    }

    /// Expands a pattern of `case` or `[[ == ]]`: [`Value::Static`] when nothing in it is
    /// special, [`Value::Glob`] (with quoted characters escaped) otherwise.
    pub fn pattern(&mut self, script: &Script, word: NodeId) -> Value {
        let mut values = self.alternatives(script, word, Purpose::Pattern);
        values
            .pop()
            .unwrap_or_else(|| Value::Static(Bytes::default()))
    }

    /// The text of a here-document ([`Kind::HereBody`]).
    pub fn here_body(&mut self, script: &Script, body: NodeId) -> Value {
        self.single(script, body)
    }

    /// The value of an [`Kind::Arith`]: decimal digits, or a numeric [`Value::Dynamic`].
    ///
    /// Where its text is one of several, each of them is evaluated.
    pub fn arithmetic(&mut self, script: &Script, arith: NodeId) -> Value {
        let mut texts: Vec<Option<Vec<u8>>> = Vec::new();
        let complete = self.each(|run| {
            let text = run.arith_text(script, arith);
            if !texts.contains(&text) {
                texts.push(text);
            }
        });
        if !complete {
            self.world.opaque(script.span(arith), Reason::Arithmetic);
            texts.push(None);
        }
        self.world.certain(texts.len() == 1);
        let values: Vec<Value> = texts
            .into_iter()
            .map(|text| self.arith_value_of(script, arith, text))
            .collect();
        self.world.certain(false);
        join::join_values(&values.iter().collect::<Vec<_>>(), Reason::Arithmetic)
    }

    /// The element that a [`Kind::Subscript`] names.
    pub fn key(&mut self, script: &Script, subscript: NodeId, associative: bool) -> Key {
        let mut keys: Vec<Key> = Vec::new();
        let complete = self.each(|run| {
            let key = run.element(script, subscript, associative);
            if !keys.contains(&key) {
                keys.push(key);
            }
        });
        match keys.pop() {
            Some(key) if complete && keys.is_empty() => key,
            _ => Key::Unknown,
        }
    }

    /// Runs something for every combination of the values that have alternatives. `false`:
    /// there are more of them than the limit.
    fn each(&mut self, mut run: impl FnMut(&mut Self)) -> bool {
        self.choices.clear();
        self.outputs.clear();
        for _ in 0..usize::from(self.limits.alternatives).max(1) {
            self.begin(Purpose::Single);
            run(self);
            if !self.advance() {
                return true;
            }
        }
        false
    }

    /// The beginning of one run.
    fn begin(&mut self, purpose: Purpose) {
        self.next_choice = 0;
        self.separators = None;
        self.depth = 0;
        self.splitting = purpose == Purpose::Argument;
    }

    /// The expansion for all combinations of the values that have alternatives, joined.
    fn alternatives(&mut self, script: &Script, word: NodeId, purpose: Purpose) -> Vec<Value> {
        let mut all = self.combinations(script, word, purpose);
        if all.len() == 1 {
            return all.pop().unwrap_or_default();
        }
        let mut out = Vec::new();
        join::join(&all, self.choice_reason, &mut out);
        out
    }

    /// The results for every combination of the values that have alternatives.
    fn combinations(&mut self, script: &Script, word: NodeId, purpose: Purpose) -> Vec<Vec<Value>> {
        self.choices.clear();
        self.outputs.clear();
        let mut first = self.once(script, word, purpose);
        if self.choices.is_empty() {
            return vec![first];
        }
        let limit = usize::from(self.limits.alternatives).max(1);
        let mut all = Vec::new();
        let mut complete = true;
        loop {
            all.push(std::mem::take(&mut first));
            if !self.advance() {
                break;
            }
            if all.len() >= limit || !self.world.spend(1) {
                complete = false;
                break;
            }
            first = self.once(script, word, purpose);
        }
        if !complete {
            all.push(vec![Value::Dynamic(unknown(Reason::TooMany))]);
            all.push(Vec::new());
        }
        all
    }

    /// The next combination of choices; `false` after the last.
    fn advance(&mut self) -> bool {
        while let Some((chosen, count)) = self.choices.pop() {
            if chosen + 1 < count {
                self.choices.push((chosen + 1, count));
                return true;
            }
        }
        false
    }

    /// Chooses among `count` possibilities, as this run has it.
    fn choose(&mut self, count: usize, reason: Reason) -> usize {
        self.choice_reason = reason;
        let index = self.next_choice;
        self.next_choice += 1;
        if let Some((chosen, _)) = self.choices.get(index) {
            return usize::from(*chosen);
        }
        self.choices
            .push((0, u16::try_from(count).unwrap_or(u16::MAX)));
        0
    }

    /// One expansion with the current choices.
    fn once(&mut self, script: &Script, word: NodeId, purpose: Purpose) -> Vec<Value> {
        self.begin(purpose);
        let mut out = Vec::new();
        let marked = script.flags(word).has(Flags::BRACES);
        let looked_at = brace::looked_at(script, word);
        if purpose == Purpose::Argument && !self.world.spend(looked_at / LOOKS) {
            out.push(Value::Dynamic(unknown(Reason::Limit)));
            return out;
        }
        let braces = purpose == Purpose::Argument
            && (marked || (self.dialect != Dialect::Posix && brace::hides_braces(script, word)));
        if braces {
            let limit = usize::from(self.limits.alternatives).saturating_mul(WORDS_EACH);
            let mut work = 0;
            let expanded = brace::expand(script, word, limit.max(1), &mut work);
            let words = expanded.as_ref().map_or(0, |braces| braces.words.len());
            let work = work / LOOKS + words.saturating_mul(EACH_WORD);
            if !self.world.spend(work) {
                out.push(Value::Dynamic(unknown(Reason::Limit)));
                return out;
            }
            match expanded {
                Ok(braces) if !braces.is_unchanged(script, word) => {
                    for row in &braces.words {
                        let mut pieces = Pieces::default();
                        let text = part::Row {
                            atoms: row,
                            generated: &braces.generated,
                        };
                        self.row(script, &text, &mut pieces);
                        self.assemble(&pieces, purpose, &mut out);
                    }
                    return out;
                }
                Ok(_) => {}
                Err(refused) => {
                    let reason = match refused {
                        brace::Refused::TooMany => Reason::TooMany,
                        brace::Refused::Irregular => Reason::Dialect,
                    };
                    let mut pieces = Pieces::default();
                    self.parts(script, word, Context::default(), &mut pieces);
                    let numbers = brace::only_numbers(script, word);
                    out.push(Value::Dynamic(pieces.origins(Dynamic {
                        numeric: numbers.is_some(),
                        may_vanish: numbers.is_none(),
                        may_start_dash: numbers.unwrap_or(true),
                        ..unknown(reason)
                    })));
                    return out;
                }
            }
        }
        if let Some(value) = self.lone_glob(script, word, purpose) {
            out.push(value);
            return out;
        }
        let mut pieces = Pieces::default();
        let context = Context {
            quoted: script.kind(word) == Kind::HereBody,
            result: false,
        };
        self.parts(script, word, context, &mut pieces);
        self.assemble(&pieces, purpose, &mut out);
        out
    }

    fn assemble(&mut self, pieces: &Pieces, purpose: Purpose, out: &mut Vec<Value>) {
        let separators = self.separators().clone();
        let rules = Rules {
            split: purpose == Purpose::Argument,
            glob: purpose != Purpose::Single,
            extglob: purpose == Purpose::Pattern || self.world.extglob(),
            nullglob: self.world.nullglob(),
            uncertain: matches!(self.dialect, Dialect::Unknown | Dialect::Zsh),
        };
        Assembler::new(&separators, rules, out).run(pieces);
    }

    /// A word that is nothing but a variable over the matches of a pattern keeps the pattern.
    fn lone_glob(&mut self, script: &Script, word: NodeId, purpose: Purpose) -> Option<Value> {
        if purpose == Purpose::Pattern {
            return None;
        }
        let mut id = script.first_child(word)?;
        if script.next_sibling(id).is_some() {
            return None;
        }
        let mut quoted = purpose == Purpose::Single;
        if script.kind(id) == Kind::DoubleQuote {
            quoted = true;
            id = script.first_child(id)?;
            if script.next_sibling(id).is_some() {
                return None;
            }
        }
        if !quoted || script.kind(id) != Kind::Param {
            return None;
        }
        let param = script.param(id);
        if param.op != crate::tree::ParamOp::Value || param.indirect || param.subscript.is_some() {
            return None;
        }
        if !param
            .name
            .first()
            .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        {
            return None;
        }
        match self.world.variable(param.name) {
            Variable::Scalar(Value::Glob(mut glob)) => {
                glob.single = true;
                Some(Value::Glob(glob))
            }
            _ => None,
        }
    }

    /// The characters of `IFS`, asked once for each word.
    fn separators(&mut self) -> &Separators {
        if self.separators.is_none() {
            self.separators = Some(match self.world.variable(b"IFS") {
                Variable::Unset => Separators::Known(b" \t\n".to_vec()),
                Variable::Scalar(Value::Static(bytes)) => Separators::Known(bytes.to_vec()),
                _ => Separators::Unknown,
            });
        }
        self.separators.as_ref().unwrap_or(&Separators::Unknown)
    }
}

/// Appends the value of a word that has no expansions: only quotes are removed. Nothing is
/// allocated when `out` has room. `false`: the word has expansions, pattern characters, a
/// tilde or braces, and what was appended is to be thrown away; ask an [`Expander`].
///
/// # Examples
///
/// ```
/// use clearance_shell::expand::append_static;
/// use clearance_shell::tree::Kind;
/// use clearance_shell::{Dialect, Limits, parse};
///
/// let script = parse(b"'a b'c\\ d $x", Dialect::Bash, Limits::default());
/// let words: Vec<_> =
///     script.walk(script.root()).filter(|id| script.kind(*id) == Kind::Word).collect();
/// let mut out = Vec::new();
/// assert!(append_static(&script, words[0], &mut out));
/// assert_eq!(out, b"a bc d");
/// assert!(!append_static(&script, words[1], &mut out));
/// ```
pub fn append_static(script: &Script, word: NodeId, out: &mut Vec<u8>) -> bool {
    if let Some(text) = script.plain_text(word) {
        out.extend_from_slice(text);
        return true;
    }
    if script.flags(word).has(Flags::BRACES) {
        return false;
    }
    for id in script.children(word) {
        match script.kind(id) {
            Kind::Literal => out.extend_from_slice(script.text(id)),
            Kind::Escape => out.extend_from_slice(script.text(id).get(1..).unwrap_or_default()),
            Kind::SingleQuote => out.extend_from_slice(script.quoted_text(id)),
            Kind::AnsiQuote => decode_ansi(script.quoted_text(id), out),
            Kind::DoubleQuote if script.flags(id).has(Flags::PLAIN) => {
                out.extend_from_slice(script.quoted_text(id));
            }
            Kind::DoubleQuote => {
                for inner in script.children(id) {
                    match script.kind(inner) {
                        Kind::Literal => out.extend_from_slice(script.text(inner)),
                        Kind::Escape => {
                            out.extend_from_slice(script.text(inner).get(1..).unwrap_or_default());
                        }
                        _ => return false,
                    }
                }
            }
            _ => return false,
        }
    }
    true
}

/// Text of which nothing is known.
fn unknown(reason: Reason) -> Dynamic {
    Dynamic::unknown(reason)
}
