//! What a construct changes when some value of it is one of several: any of them counts.

use super::{check, lines, opaque, run};
use crate::invocation::Reason;

/// The last line of what a script runs.
fn last(script: &str) -> String {
    lines(&run(script)).pop().expect("a command")
}

#[test]
fn elements_of_several_names_are_not_known() {
    for script in [
        "a=(s s); for k in 0 1; do a[$k]=/; done; rm \"${a[1]}\"",
        "a=(s s); for k in 0 1; do a[k]=/; done; rm \"${a[1]}\"",
        "declare -A m=([a]=s [b]=s); for k in a b; do m[$k]=/; done; rm \"${m[b]}\"",
        "for k in 0 1; do a=([$k]=/); done; rm \"${a[1]-s}\"",
    ] {
        assert_eq!(last(script), "rm ?…", "{script}");
    }
}

#[test]
fn arithmetic_over_several_numbers_gives_any_of_them() {
    for (script, want) in [
        (
            "if a; then k=3; else k=5; fi; y=s; ((y=$k)); rm $y",
            "rm {s|3|5}",
        ),
        ("if a; then k=3; else k=5; fi; let y=$k; rm $y", "rm {3|5}"),
        (
            "if a; then k=3; else k=5; fi; declare -i y; y=$k; rm $y",
            "rm {3|5}",
        ),
        (
            "if a; then k=x; else k=y; fi; x=s; y=s; (($k=7)); rm $x $y",
            "rm {s|7} {s|7}",
        ),
        (
            "if a; then k=x; else k=y; fi; x=s; y=s; let $k=7; rm $x $y",
            "rm {7|s} {7|s}",
        ),
        ("k=3; y=s; ((y=$k)); rm $y", "rm 3"),
    ] {
        assert_eq!(last(script), want, "{script}");
    }
}

#[test]
fn arithmetic_that_may_be_skipped_keeps_what_was_before() {
    for (script, want) in [
        ("x=s; (( $(nproc) && (x = 1) )); rm $x", "rm ?…"),
        ("x=s; (( $(nproc) ? (x = 1) : 2 )); rm $x", "rm ?…"),
        ("x=s; v='x = 1'; (( $(nproc) && v )); rm $x", "rm ?…"),
        ("x=2; (( $(nproc) || (x = 1) )); rm $x", "rm #"),
        ("x=2; (( 1 || (x = 1) )); rm $x", "rm 2"),
        ("x=2; (( 1 && (x = 1) )); rm $x", "rm 1"),
    ] {
        assert_eq!(last(script), want, "{script}");
    }
    // Nothing, or a number.
    let text = last("unset x; (( $(nproc) && x++ )); y=$(( x + 1 )); rm $y");
    assert_eq!(text, "rm #");
}

#[test]
fn options_of_several_names_are_opaque() {
    opaque(&[
        (
            "if a; then o=-s; else o=-u; fi; shopt $o expand_aliases\nalias l='rm x'\nl",
            Reason::ShellState,
        ),
        ("shopt $o nullglob; a", Reason::ShellState),
        ("shopt -s $o; a", Reason::ShellState),
    ]);
    check(&[
        ("shopt -s nullglob", &["shopt -s nullglob"]),
        ("shopt", &["shopt"]),
    ]);
}
