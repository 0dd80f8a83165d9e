//! Arrays: what is assigned to the name of one is an element more, and what is not known of
//! one is at least of its kind.

use std::process::Command;

use super::{lines, run};
use crate::invocation::Reason;

/// Scripts, the last command as it is reported, and as bash runs it.
const TABLE: &[(&str, &str, &str)] = &[
    // A text is the first element, and so is what is assigned to the name.
    ("x=a; x[1]=b; x=c; p \"${x[@]}\"", "p c b", "p c b"),
    ("x=a; x+=(b c); p \"${x[@]}\"", "p a b c", "p a b c"),
    ("x=(a b); x=c; p \"${x[@]}\"", "p c b", "p c b"),
    ("x=(); x=c; x+=(d); p \"${x[@]}\"", "p c d", "p c d"),
    ("x=a; x[0]+=b; p \"$x\"", "p ab", "p ab"),
    (
        "declare -A m=([a]=b); m=c; p \"${m[a]}\" \"$m\"",
        "p b c",
        "p b c",
    ),
    ("declare -A m=([a]=b); m=c; p \"${m[@]}\"", "p ?…", "p b c"),
    // Of unknown elements some stay.
    (
        "for f in a b; do x+=($f); done; x=c; p \"${x[@]}\"",
        "p ?…",
        "p c b",
    ),
    ("x=($y b c); x=d; p \"${x[@]}\"", "p ?…", "p d c"),
    (
        "mapfile -t x <<<$'a\\nb'; x=c; p \"${x[@]}\"",
        "p ?…",
        "p c b",
    ),
    ("read -ra x <<<'a b'; x=c; p \"${x[@]}\"", "p ?…", "p c b"),
    (
        "x=(a b c); unset 'x[1]'; x=d; p \"${x[@]}\"",
        "p ?…",
        "p d c",
    ),
    ("x=(a b); x+=c; x=d; p \"${x[@]}\"", "p ?…", "p d b"),
    (
        "if [ -e / ]; then x=(a b); else x=c; fi; x=d; p \"${x[@]}\"",
        "p ?…",
        "p d b",
    ),
    (
        "if [ -e / ]; then x=(a b); fi; x=d; p \"${x[@]}\"",
        "p ?…",
        "p d b",
    ),
    // Keys are texts, also when the elements are not known.
    (
        "declare -A m; for k in a b; do m[$k]=x$k; done; p \"${m[a]}\"",
        "p ?…",
        "p xa",
    ),
    (
        "declare -A m; while read -r k v; do m[$k]=$v; done <<<'a b'; p \"${m[a]}\"",
        "p ?…",
        "p b",
    ),
    (
        "declare -A m=([a]=b); if [ -e / ]; then m[c]=d; fi; m[e]=f; p \"${m[c]}\" \"${m[e]}\"",
        "p ?… ?…",
        "p d f",
    ),
    (
        "declare -A m=([$y]=b); m[c]=d; p \"${m[c]}\" \"${#m[@]}\"",
        "p ?… ?…",
        "p d 1",
    ),
    (
        "declare -A m; m[a]=b; unset 'm[a]'; m[x]=c; p \"${m[x]}\"",
        "p ?…",
        "p c",
    ),
];

#[test]
fn what_is_reported_covers_what_bash_runs() {
    let bash = !cfg!(miri) && Command::new("bash").arg("--version").output().is_ok();
    if !bash {
        eprintln!("without bash the table is not held against it");
    }
    for (script, want, real) in TABLE {
        let analysis = run(script);
        assert_eq!(
            lines(&analysis).last().map(String::as_str),
            Some(*want),
            "{script}"
        );
        assert_eq!(analysis.opaque, [], "{script}");
        if !bash {
            continue;
        }
        let probed = format!("p() {{ echo p \"$@\"; }}; {script}");
        let ran = Command::new("bash").args(["-c", &probed]).output();
        let ran = ran.expect("bash runs");
        let ran = String::from_utf8_lossy(&ran.stdout).trim_end().to_owned();
        let mut ran: Vec<&str> = ran.split(' ').collect();
        let mut real: Vec<&str> = real.split(' ').collect();
        // Associative arrays have no order.
        ran.sort_unstable();
        real.sort_unstable();
        assert_eq!(ran, real, "{script}");
    }
}

/// Where it is not sure that an array is associative, its keys are expressions.
#[test]
fn keys_of_other_arrays_are_expressions() {
    for script in [
        "if a; then declare -A m; fi; m[$y]=1",
        "declare -A m; unset m; m[$y]=1",
        "declare -A m; if a; then unset m; fi; m[$y]=1",
        "x=(a); declare -A x; x[$y]=1",
        "for k in a b; do m[$y]=1; done",
        "f() { local -A m; }; f; m[$y]=1",
        "x=($y); p \"${x[$z]}\"",
    ] {
        let analysis = run(script);
        let arithmetic = |site: &crate::invocation::Opaque| site.reason == Reason::Arithmetic;
        assert!(analysis.opaque.iter().any(arithmetic), "{script}");
    }
}
