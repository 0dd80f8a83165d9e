//! What variables hold before the script assigns them.

use std::sync::Arc;

use crate::analyze::state::{Attrs, Var};
use crate::analyze::value;
use crate::expand::Variable;
use crate::invocation::{Dialect, Env, Reason, Value};

pub(super) fn initial(env: &Env, name: &[u8]) -> Var {
    let known = env
        .variables
        .iter()
        .rev()
        .find(|(known, _)| **known == *name);
    let attrs = Attrs::default();
    match known {
        Some((_, value)) => Var {
            value: Variable::Scalar(Value::Static(Arc::clone(value))),
            attrs: attrs.with(Attrs::EXPORT),
        },
        None => match (name, &env.home) {
            (b"HOME", Some(home)) => Var {
                value: Variable::Scalar(Value::Static(Arc::clone(home))),
                attrs: attrs.with(Attrs::EXPORT),
            },
            (b"IFS", _) => Var {
                value: Variable::Scalar(value::fixed(b" \t\n")),
                attrs,
            },
            (b"PS4", _) => Var {
                value: Variable::Scalar(value::fixed(b"+ ")),
                attrs,
            },
            // Not exported by any usual set-up, and given above when it is.
            (b"CDPATH", _) => Var {
                value: Variable::Unset,
                attrs,
            },
            (name, _) if is_counter(name) => Var {
                value: Variable::Scalar(Value::Dynamic(value::number(Reason::Parameter))),
                attrs,
            },
            _ if env.unset.iter().any(|unset| **unset == *name) => Var {
                value: Variable::Unset,
                attrs,
            },
            (b"PIPESTATUS", _) if matches!(env.dialect, Dialect::Bash | Dialect::Unknown) => Var {
                value: Variable::Unknown(Reason::Parameter),
                attrs,
            },
            _ => Var::unknown(),
        },
    }
}

/// Variables that the shell itself keeps as numbers, whatever the environment says
/// (`man bash`, Shell Variables).
fn is_counter(name: &[u8]) -> bool {
    matches!(
        name,
        b"RANDOM"
            | b"SRANDOM"
            | b"SECONDS"
            | b"LINENO"
            | b"BASHPID"
            | b"PPID"
            | b"UID"
            | b"EUID"
            | b"EPOCHSECONDS"
            | b"BASH_SUBSHELL"
            | b"OPTIND"
    )
}

/// Variables that every process has in its environment already, so that assigning is
/// exporting.
pub(super) fn always_exported(name: &[u8]) -> Attrs {
    if matches!(
        name,
        b"PATH" | b"HOME" | b"SHELL" | b"USER" | b"LOGNAME" | b"TERM" | b"LANG" | b"TMPDIR"
    ) {
        Attrs::EXPORT
    } else {
        Attrs::default()
    }
}
