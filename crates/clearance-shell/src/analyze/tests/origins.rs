//! Where the unknown parts of a word come from.

use super::run;
use crate::invocation::Value;

/// Of all words of the last command: the commands whose output flows in, and the variables.
fn origins(script: &str) -> String {
    let analysis = run(script);
    let last = analysis.invocations.last().expect("a command");
    let mut names = std::collections::BTreeSet::new();
    for word in &last.argv {
        if let Value::Dynamic(known) = &word.value {
            names.extend(known.sources.iter().map(|by| format!("#{by}")));
            let variables = known.variables.iter();
            names.extend(variables.map(|name| String::from_utf8_lossy(name).into_owned()));
        }
    }
    names.into_iter().collect::<Vec<_>>().join(" ")
}

#[test]
fn origins_outlive_operators() {
    for (script, want) in [
        // Braces that give too many words.
        ("a {1..100000}$X$(f)", "#0 X"),
        ("x=$(f); a {1..100000}$x", "#0"),
        ("a {1..100000}", ""),
        // Operators whose operands are not known, or that leave a part.
        ("x=$(f); a \"${x:0:4}\"", "#0"),
        ("x=$(f); a \"${x:$n}\"", "#0"),
        ("x=$(f); a \"${x#$y}\"", "#0"),
        ("x=$(f); a \"${x:?no}\"", "#0"),
        ("x=$(f); a \"${x^^}\"", "#0"),
        ("x=$(f); a \"${x/b/$Y}\"", "#0 Y"),
        ("a \"${x/b/$(f)}\"", "#0 x"),
        ("x=(\"$(f)\" b); a \"${x[@]/b/$Y}\"", "#0 Y"),
        ("x=abc; a \"${x/b/$Y}\"", "Y"),
        ("x=(\"$(f)\" \"$Y\"); a \"${x[@]:1}\"", "Y"),
        ("IFS=$i; x=(\"$(f)\" \"$Y\"); a \"${x[*]}\"", "#1 Y"),
        ("set -- \"$(f)\"; a \"$@$*\"", "#0"),
        ("set -- \"$(f)\"; a \"${1:0:4}\"", "#0"),
        ("set -- \"$(f)\" \"$Y\"; a ${z+\"${@:1}\"}", "#0 Y"),
        // A length tells nothing, nor does what is not chosen.
        ("x=$(f); a \"${#x}\"", ""),
        ("x=$(f); a \"${x+b}\"", ""),
        ("x=$(f); a \"${x-$Y}\"", "#0"),
    ] {
        assert_eq!(origins(script), want, "{script}");
    }
}
