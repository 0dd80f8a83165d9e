//! Traps: what they see, and what they leave behind.

use super::{check, opaque};
use crate::invocation::Reason;

#[test]
fn a_trap_that_leaves_changes_nothing() {
    check(&[
        // Both paths count after it, as without it.
        (
            "trap 'exit 1' INT; d=/a; if b; then d=/; fi; rm $d",
            &[
                "trap exit 1 INT",
                "exit 1",
                "d=/a",
                "b",
                "d=/",
                "rm {/|/a}",
                "exit 1",
            ],
        ),
        (
            "trap 'exit 1' INT; d=/a; for i in b; do d=/; done; rm $d",
            &["trap exit 1 INT", "exit 1", "d=/a", "d=/", "rm /", "exit 1"],
        ),
        (
            "d=/a; f() { r=$?; rm $d; exit $r; }; trap f INT; b",
            &[
                "d=/a",
                "trap f INT",
                "r=#",
                "rm /a",
                "exit #",
                "b",
                "r=#",
                "rm /a",
                "exit #",
            ],
        ),
    ]);
}

#[test]
fn what_a_trap_sets_can_change_at_any_time() {
    check(&[
        (
            "s=; trap 's=1' INT; while [ -z \"$s\" ]; do a; s=; done; rm \"$s\"",
            &[
                "s=",
                "trap s=1 INT",
                "s=1",
                "[ -z ?… ]",
                "a",
                "s=",
                "rm ?…",
                "s=1",
            ],
        ),
        (
            "trap 'x=1' DEBUG; x=2; for x in 3; do rm $x; done; y=4; rm $y",
            &[
                "trap x=1 DEBUG",
                "x=1",
                "x=2",
                "rm ?…",
                "y=4",
                "rm 4",
                "x=1",
            ],
        ),
    ]);
    opaque(&[
        ("trap 'cd /' INT; rm a", Reason::ShellState),
        ("trap 'PATH=/x' DEBUG; a", Reason::ShellState),
        ("export X; trap 'X=/x' DEBUG; a", Reason::ShellState),
        ("trap 'IFS=/' DEBUG; a $b", Reason::ShellState),
        ("trap 'f() { b; }' DEBUG; f", Reason::ShellState),
        ("trap 'set -- b' DEBUG; a $1", Reason::ShellState),
        (
            "x=1; while :; do trap 'break' INT; x=2; a; done; rm $x",
            Reason::ShellState,
        ),
        (
            "x=1; while a; do trap 'continue' INT; x=2; x=1; done; rm $x",
            Reason::ShellState,
        ),
        (
            "f() { trap 'return' INT; x=2; a; x=1; }; f; rm $x",
            Reason::ShellState,
        ),
    ]);
}

#[test]
fn traps_at_the_end_do_not_see_each_other() {
    check(&[
        (
            "x=1; trap 'x=2' EXIT; trap 'rm $x' EXIT",
            &["x=1", "trap x=2 EXIT", "trap rm $x EXIT", "x=2", "rm 1"],
        ),
        (
            "trap 'exit' EXIT; trap 'x=1; if a; then x=2; fi; rm $x' EXIT",
            &[
                "trap exit EXIT",
                "trap x=1; if a; then x=2; fi; rm $x EXIT",
                "exit",
                "x=1",
                "a",
                "x=2",
                "rm {2|1}",
            ],
        ),
    ]);
}

#[test]
fn traps_see_what_other_traps_set() {
    let table = [
        // The second one can run while the first one does, and the other way round.
        "x=1; trap 'rm \"$x\"' INT; trap 'x=/; a' EXIT",
        "x=1; y=1; trap 'x=$y; exit' INT; trap 'rm \"$x\"' EXIT; y=/",
    ];
    for script in table {
        let seen = super::lines(&super::run(script));
        let last = seen.iter().rfind(|line| line.starts_with("rm"));
        assert!(
            last.is_some_and(|line| line.contains('/')),
            "{script}: {seen:?}"
        );
    }
    // Each sees what the other made of it, for ever.
    opaque(&[(
        "x=1; trap 'x=y$x; exit' INT; trap 'x=z$x' EXIT",
        Reason::ShellState,
    )]);
}
