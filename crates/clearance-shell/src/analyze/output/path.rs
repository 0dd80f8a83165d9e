//! Programs that take paths apart or make new ones.

use crate::analyze::machine::Machine;
use crate::analyze::value;
use crate::invocation::{Dynamic, Reason, Value, Word};

fn trimmed(path: &[u8]) -> &[u8] {
    let end = path
        .iter()
        .rposition(|byte| *byte != b'/')
        .map_or(0, |at| at + 1);
    path.get(..end).unwrap_or_default()
}

pub(super) fn basename(arguments: &[Word]) -> Option<Value> {
    let (path, suffix) = match arguments {
        [path] => (path, b"".as_slice()),
        [path, suffix] => (path, suffix.as_static()?),
        _ => return None,
    };
    if value::describe(&path.value).may_start_dash {
        return None;
    }
    let one = |path: &[u8]| {
        let kept = trimmed(path);
        if kept.is_empty() {
            return if path.is_empty() {
                Vec::new()
            } else {
                b"/".to_vec()
            };
        }
        let start = kept
            .iter()
            .rposition(|byte| *byte == b'/')
            .map_or(0, |at| at + 1);
        let name = kept.get(start..).unwrap_or_default();
        match name.strip_suffix(suffix) {
            Some(stem) if !stem.is_empty() => stem.to_vec(),
            _ => name.to_vec(),
        }
    };
    match &path.value {
        Value::Static(path) => Some(value::fixed(&one(path))),
        Value::OneOf(all) => Some(value::one_of(
            all.iter().map(|path| one(path).into()).collect(),
            usize::MAX,
        )),
        // The last component of a path that is not known.
        Value::Glob(_) | Value::Dynamic(_) => None,
    }
}

pub(super) fn dirname(arguments: &[Word]) -> Option<Value> {
    let [path] = arguments else { return None };
    if value::describe(&path.value).may_start_dash && path.as_static().is_none() {
        return None;
    }
    let one = |path: &[u8]| {
        let kept = trimmed(path);
        if kept.is_empty() {
            return if path.is_empty() {
                b".".to_vec()
            } else {
                b"/".to_vec()
            };
        }
        match kept.iter().rposition(|byte| *byte == b'/') {
            None => b".".to_vec(),
            Some(at) => {
                let parent = trimmed(kept.get(..at).unwrap_or_default());
                if parent.is_empty() {
                    b"/".to_vec()
                } else {
                    parent.to_vec()
                }
            }
        }
    };
    match &path.value {
        Value::Static(path) if !path.starts_with(b"-") => Some(value::fixed(&one(path))),
        Value::OneOf(all) => Some(value::one_of(
            all.iter().map(|path| one(path).into()).collect(),
            usize::MAX,
        )),
        _ => None,
    }
}

/// A new file or directory: in the directory for temporary files, or after a template.
pub(super) fn mktemp(arguments: &[Word], machine: &mut Machine<'_>) -> Option<Value> {
    let mut template = None;
    let mut inside = false;
    for word in arguments {
        match word.as_static()? {
            b"-d" | b"-q" | b"-u" | b"--directory" | b"--quiet" | b"--tmpdir" => {}
            b"-t" => inside = true,
            option if option.starts_with(b"-") => return None,
            text => template = Some(text),
        }
    }
    let tmp = match machine.variable_value(b"TMPDIR") {
        Value::Static(path) if path.starts_with(b"/") => path,
        _ => b"/tmp".as_slice().into(),
    };
    let prefix = match template {
        Some(template) if template.starts_with(b"/") && !inside => {
            let fixed = template
                .iter()
                .position(|byte| *byte == b'X')
                .unwrap_or(template.len());
            template.get(..fixed).unwrap_or_default().to_vec()
        }
        Some(template) if !inside => {
            let fixed = template
                .iter()
                .position(|byte| *byte == b'X')
                .unwrap_or(template.len());
            template.get(..fixed).unwrap_or_default().to_vec()
        }
        _ => [trimmed(&tmp), b"/"].concat(),
    };
    if value::splits(&prefix) {
        return None;
    }
    Some(Value::Dynamic(Dynamic {
        may_vanish: true,
        ..value::one_word(Reason::CommandOutput, &prefix)
    }))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{shown, words};
    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        for (path, base, dir) in [
            ("/a/b", "b", "/a"),
            ("a", "a", "."),
            ("/", "/", "/"),
            ("/a/", "a", "/"),
            ("a//b//", "b", "a"),
        ] {
            assert_eq!(shown(basename(&words(&[path]))).as_deref(), Some(base));
            assert_eq!(shown(dirname(&words(&[path]))).as_deref(), Some(dir));
        }
        assert_eq!(
            shown(basename(&words(&["/x/a.txt", ".txt"]))).as_deref(),
            Some("a")
        );
    }
}
