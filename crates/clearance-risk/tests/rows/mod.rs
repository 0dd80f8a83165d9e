//! Judges rows of commands, for the tests that are tables.

use clearance_core::Verdict;
use clearance_risk::{Catalog, Context, Thresholds, assess};

/// The project and the home that all rows are written for.
pub(crate) fn context() -> Context {
    Context::new(b"/home/dev/project").with_home(b"/home/dev")
}

/// The rows of which it is not so that they are allowed, or that they are not; with the reasons
/// that were given.
pub(crate) fn wrong<'r>(
    context: &Context,
    rows: impl IntoIterator<Item = &'r str>,
    allowed: bool,
) -> Vec<String> {
    let catalog = Catalog::builtin();
    let judge = |row: &str| {
        let got = assess(row.as_bytes(), context, &catalog, Thresholds::default());
        if (got.verdict == Verdict::Allow) == allowed {
            return None;
        }
        let why: Vec<String> = got
            .findings
            .iter()
            .map(|f| format!("{}: {}", f.finding.rule, f.finding.message))
            .collect();
        Some(format!("`{row}` is {}: {why:?}", got.verdict))
    };
    rows.into_iter().filter_map(judge).collect()
}
