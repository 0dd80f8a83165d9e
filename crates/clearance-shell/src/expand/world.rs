//! What an expansion asks of its surroundings.

use clearance_core::Span;

use crate::invocation::{Bytes, Dynamic, Reason, Value};
use crate::tree::{NodeId, Script};

/// What expansion asks of its surroundings. The abstract execution implements it over its
/// state; [`Nothing`] knows nothing.
///
/// Values given back must hold for every run: a value that is not certain is
/// [`Variable::Unknown`] or a [`Value::Dynamic`].
pub trait World {
    /// The variable of this name. Asked once for each use, in the order of evaluation.
    fn variable(&mut self, name: &[u8]) -> Variable;

    /// The script sets this variable somewhere before, surely or perhaps.
    fn is_assigned(&mut self, name: &[u8]) -> bool {
        let _ = name;
        false
    }

    /// `$1`, `$2`, … without `$0`; `None` when they are not known.
    fn positional(&mut self) -> Option<Vec<Value>>;

    /// A parameter that is neither a variable nor positional.
    fn parameter(&mut self, parameter: Parameter) -> Value;

    /// The names of all set variables that begin with `prefix` (`${!prefix*}`), sorted, if
    /// all are known.
    fn names(&mut self, prefix: &[u8]) -> Option<Vec<Bytes>> {
        let _ = prefix;
        None
    }

    /// The directory of `~name`; an empty name is `~` without `HOME` being set, `+` is `~+`,
    /// `-` is `~-`. `Ok(None)`: there is no such user, the text stays. `Err`: not known.
    ///
    /// # Errors
    ///
    /// The reason why it is not known.
    fn user_home(&mut self, name: &[u8]) -> Result<Option<Bytes>, Reason>;

    /// What a command substitution ([`Kind::CommandSub`](crate::tree::Kind::CommandSub))
    /// prints, with the trailing newlines removed. Called once for each time it would run.
    fn command_output(&mut self, script: &Script, node: NodeId) -> Value;

    /// The path that a process substitution
    /// ([`Kind::ProcessSub`](crate::tree::Kind::ProcessSub)) becomes.
    fn process_path(&mut self, script: &Script, node: NodeId) -> Value;

    /// An assignment made by an expansion: `${x:=word}`, `$((x = 1))`, `$((x++))`, with the
    /// element for arrays. `Err` in place of a value: it is set to something unknown.
    fn assign(&mut self, name: &[u8], element: Option<&Key>, value: Value);

    /// The assignments that follow happen surely, and once (`true`), or only for some of the
    /// values that something can have. At first they do not.
    fn certain(&mut self, certain: bool) {
        let _ = certain;
    }

    /// The expansion reads text as code that is not known: one opaque site.
    fn opaque(&mut self, span: Span, reason: Reason);

    /// Work that the expansion does, in steps of roughly equal cost: a part of a word that
    /// expands, some bytes that are looked at. `false`: enough; the rest of the word is not
    /// looked at and taken for unknown.
    fn spend(&mut self, steps: usize) -> bool {
        let _ = steps;
        true
    }

    /// `nocasematch` and `extglob` and the like: whether extended patterns are on.
    fn extglob(&mut self) -> bool {
        false
    }

    /// `nullglob` may be on: a pattern that matches nothing is removed.
    fn nullglob(&mut self) -> bool {
        false
    }
}

/// A variable, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    /// Surely not set.
    Unset,
    /// Surely set to this. A [`Value::Dynamic`] here is set but not known; one that is
    /// `numeric` may be used in arithmetic.
    Scalar(Value),
    /// An indexed array with exactly these elements, by ascending index.
    Indexed(Vec<(u64, Value)>),
    /// An associative array with exactly these elements.
    Associative(Vec<(Bytes, Value)>),
    /// An array of whose elements nothing is known: what is assigned to the name is one more
    /// element. Surely an associative one, or else perhaps an indexed one.
    Unlisted {
        /// Its subscripts are texts and no expressions.
        associative: bool,
    },
    /// Set or not: anything but an array that the script made.
    Unknown(Reason),
}

impl Variable {
    /// Surely an associative array.
    #[must_use]
    pub const fn is_associative(&self) -> bool {
        matches!(
            self,
            Self::Associative(_) | Self::Unlisted { associative: true }
        )
    }

    /// Of the kind of this array, if it is one, with elements that are not known.
    #[must_use]
    pub const fn unlisted(&self) -> Option<Self> {
        match self {
            Self::Indexed(_) | Self::Associative(_) | Self::Unlisted { .. } => {
                Some(Self::Unlisted {
                    associative: self.is_associative(),
                })
            }
            Self::Unset | Self::Scalar(_) | Self::Unknown(_) => None,
        }
    }
}

/// The element of an array that is assigned to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Of an indexed array.
    Index(u64),
    /// Of an associative array.
    Name(Bytes),
    /// Not known which.
    Unknown,
}

/// A special parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// `$0`
    Zero,
    /// `$?`
    Status,
    /// `$$`
    ProcessId,
    /// `$!`
    BackgroundId,
    /// `$-`
    Options,
}

/// A [`World`] that knows nothing: only what the text alone determines is resolved.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl World for Nothing {
    fn variable(&mut self, _: &[u8]) -> Variable {
        Variable::Unknown(Reason::UnknownVariable)
    }

    fn positional(&mut self) -> Option<Vec<Value>> {
        None
    }

    fn parameter(&mut self, parameter: Parameter) -> Value {
        let numeric = !matches!(parameter, Parameter::Zero | Parameter::Options);
        Value::Dynamic(Dynamic {
            may_split: !numeric,
            may_vanish: !numeric || parameter == Parameter::BackgroundId,
            may_start_dash: !numeric,
            numeric,
            ..Dynamic::unknown(Reason::Parameter)
        })
    }

    fn user_home(&mut self, _: &[u8]) -> Result<Option<Bytes>, Reason> {
        Err(Reason::UnknownVariable)
    }

    fn command_output(&mut self, _: &Script, _: NodeId) -> Value {
        Value::Dynamic(Dynamic::unknown(Reason::CommandOutput))
    }

    fn process_path(&mut self, _: &Script, _: NodeId) -> Value {
        Value::Dynamic(Dynamic {
            prefix: b"/dev/fd/"[..].into(),
            may_split: false,
            may_vanish: false,
            may_start_dash: false,
            ..Dynamic::unknown(Reason::CommandOutput)
        })
    }

    fn assign(&mut self, _: &[u8], _: Option<&Key>, _: Value) {}

    fn opaque(&mut self, _: Span, _: Reason) {}
}
