//! The report once it is known which directories the program changes to.

use std::rc::Rc;

use clearance_core::{Effect, Span};
use clearance_shell::invocation::Value;

use super::process;
use super::value::Text;
use crate::code::{CodeAct, CodeReport, CodeTarget};

/// Relative paths also mean what they mean after a change of directory.
pub(super) fn finish(mut report: CodeReport, chdir: Option<&Text>) -> CodeReport {
    if let Some(dir) = chdir {
        let known = dir
            .all_known()
            .map(|all| all.iter().map(|d| d.to_vec()).collect::<Vec<_>>());
        let relative_dirs = known
            .as_ref()
            .is_none_or(|all| all.iter().filter(|d| !d.starts_with(b"/")).count() > 1);
        let touches = report
            .acts
            .iter()
            .any(|a| !matches!(a.effect, Effect::RunProject | Effect::Compute));
        if relative_dirs && touches {
            report
                .unknown
                .push((Span::default(), "a change to a directory that is not known"));
        } else if let Some(dirs) = known {
            let mut more = Vec::new();
            for act in &report.acts {
                for dir in &dirs {
                    more.extend(moved(act, dir));
                }
            }
            for act in more {
                if !report.acts.contains(&act) {
                    report.acts.push(act);
                }
            }
        }
    }
    report.acts.sort_by_key(|a| a.span.start);
    report.unknown.sort_by_key(|(span, _)| span.start);
    report
}

fn moved(act: &CodeAct, dir: &[u8]) -> Option<CodeAct> {
    let join = |path: &[u8]| -> Rc<[u8]> { [dir, b"/", path].concat().into() };
    let target = match &act.target {
        CodeTarget::Path(Value::Static(path))
            if !path.starts_with(b"/") && !path.starts_with(b"~") =>
        {
            CodeTarget::Path(Value::Static(join(path).as_ref().into()))
        }
        CodeTarget::Path(Value::Glob(glob)) if !glob.pattern.starts_with(b"/") => {
            let mut glob = glob.clone();
            glob.pattern = join(&glob.pattern).as_ref().into();
            CodeTarget::Path(Value::Glob(glob))
        }
        CodeTarget::Argv(argv) => {
            let fixed = |text: &[u8]| Value::Static(text.into());
            let mut with = vec![fixed(b"env"), fixed(b"-C"), fixed(dir)];
            with.extend(argv.iter().cloned());
            CodeTarget::Argv(with)
        }
        CodeTarget::Shell(Value::Static(text)) => {
            CodeTarget::Shell(Value::Static(process::in_directory(dir, text).into()))
        }
        _ => return None,
    };
    Some(CodeAct {
        effect: act.effect,
        target,
        span: act.span,
    })
}
