//! Families of hostile input: each is one construct, nested or repeated `n` times.

/// A family of inputs: `n` times something, with a frame around it.
pub(crate) type Family = (&'static str, fn(usize) -> String);

fn around(open: &str, n: usize, middle: &str, close: &str) -> String {
    format!("{}{middle}{}", open.repeat(n), close.repeat(n))
}

/// Constructs nested or repeated.
pub(crate) const FAMILIES: [Family; 46] = [
    ("open parentheses", |n| "( ".repeat(n)),
    ("subshells", |n| around("( ", n, "a", " )")),
    ("groups", |n| around("{ ", n, "a", "; }")),
    ("open groups", |n| "{ ".repeat(n)),
    ("substitutions", |n| {
        format!("a {}", around("$(", n, "b", ")"))
    }),
    ("open substitutions", |n| "$(".repeat(n)),
    ("quoted substitutions", |n| {
        format!("a {}", around("\"$(", n, "b", ")\""))
    }),
    ("process substitutions", |n| {
        format!("a {}", around("<(", n, "b", ")"))
    }),
    ("parameters", |n| {
        format!("a {}", around("${b:-", n, "c", "}"))
    }),
    ("open parameters", |n| "${a:-".repeat(n)),
    ("quoted parameters", |n| {
        format!("a {}", around("\"${b:-", n, "c", "}\""))
    }),
    ("double parentheses", |n| around("((", n, "1", "))")),
    ("open double parentheses", |n| "((".repeat(n)),
    ("spaced double parentheses", |n| {
        around("(( ", n, "a", ") )")
    }),
    ("arithmetic", |n| {
        format!("a {}", around("$((", n, "1", "))"))
    }),
    ("arithmetic that is none", |n| {
        format!("a {}", around("$((", n, "b", ") )"))
    }),
    ("arithmetic parentheses", |n| {
        format!("a $(({}))", around("(", n, "1", ")"))
    }),
    ("old arithmetic", |n| {
        format!("a {}", around("$[", n, "1", "]"))
    }),
    ("subscripts", |n| format!("{}=1", around("a[", n, "1", "]"))),
    ("if", |n| around("if a; then ", n, "b", "; fi")),
    ("elif", |n| {
        format!("if a; then b; {} fi", "elif a; then b; ".repeat(n))
    }),
    ("while", |n| around("while a; do ", n, "b", "; done")),
    ("for", |n| around("for a in b; do ", n, "c", "; done")),
    ("case", |n| around("case a in b) ", n, "c", ";; esac")),
    ("case items", |n| {
        format!("case a in {} esac", "b) c;; ".repeat(n))
    }),
    ("functions", |n| around("f() { ", n, "a", "; }")),
    ("conditions", |n| {
        format!("[[ {} ]]", around("( ", n, "a", " )"))
    }),
    ("condition operators", |n| {
        format!("[[ {}a ]]", "a && ".repeat(n))
    }),
    ("negations", |n| format!("{}a", "! ".repeat(n))),
    ("here-documents on a line", |n| {
        format!("a {}\n{}", "<<E ".repeat(n), "E\n".repeat(n))
    }),
    ("here-documents without end", |n| {
        format!("a {}\n{}", "<<E ".repeat(n), "b\n".repeat(n))
    }),
    ("here-document lines", |n| {
        format!("a <<E\n{}E\n", "b $c\n".repeat(n))
    }),
    ("here-document continuations", |n| {
        format!("a <<E\n{}\nE\n", "b\\\n".repeat(n))
    }),
    ("backquotes", |n| "`a` ".repeat(n)),
    ("escaped backquotes", |n| {
        format!("`a {}`", "\\`b\\` ".repeat(n))
    }),
    ("open braces", |n| format!("a {}", "{b,".repeat(n))),
    ("braces", |n| format!("a {}", around("{b,", n, "c", "}"))),
    ("extended patterns", |n| {
        format!("a {}", around("@(", n, "b", ")"))
    }),
    ("pipeline", |n| format!("{}a", "a | ".repeat(n))),
    ("and-or list", |n| format!("{}a", "a && ".repeat(n))),
    ("lines", |n| "a b\n".repeat(n)),
    ("words", |n| format!("a {}", "b ".repeat(n))),
    ("quotes in one word", |n| {
        format!("a {}", "b'c'\"d\"".repeat(n))
    }),
    ("one long word", |n| "a".repeat(n)),
    ("continuations", |n| format!("a{}", "\\\n".repeat(n))),
    ("dollars", |n| format!("a {}", "$".repeat(n))),
];

/// What only the analysis goes into.
pub(crate) const RUN: [Family; 36] = [
    ("assigned defaults", |n| {
        format!("a {}", around("${b:=", n, "c", "}"))
    }),
    ("removed patterns", |n| {
        format!("a {}", around("${b#", n, "c", "}"))
    }),
    ("substrings", |n| {
        format!("a {}", around("${b:", n, "1", "}"))
    }),
    ("elements", |n| {
        format!("a {}", around("${b[", n, "1", "]}"))
    }),
    ("substitutions in operands", |n| {
        format!("a {}", around("\"${b:-$(c ", n, "d", ")}\""))
    }),
    ("parameters in arithmetic", |n| {
        format!("a {}", around("$((${b:-", n, "1", "}))"))
    }),
    ("substitutions in arithmetic", |n| {
        format!("a {}", around("$(($(echo ", n, "1", ")))"))
    }),
    ("conditional expressions", |n| {
        format!("a $(({}1))", "1?1:".repeat(n))
    }),
    ("signs", |n| format!("a $(({}1))", "- ".repeat(n))),
    ("powers", |n| format!("a $(({}1))", "1**".repeat(n))),
    ("assignments in arithmetic", |n| {
        format!("a $(({}1))", "b=".repeat(n))
    }),
    ("sums", |n| format!("a $(({}1))", "1+".repeat(n))),
    ("eval", |n| format!("{}a", "eval ".repeat(n))),
    ("command", |n| format!("{}a", "command ".repeat(n))),
    ("builtin", |n| format!("{}a", "builtin -- ".repeat(n))),
    ("array items", |n| format!("a=({})", "b ".repeat(n))),
    ("patterns in operands", |n| {
        format!("a {}", around("${b#@(", n, "c", ")}"))
    }),
    ("variables of variables", |n| {
        chain(n, |i| format!("v{}=$v{i}x\n", i + 1))
    }),
    ("references", |n| {
        chain(n, |i| format!("declare -n r{}=r{i}\n", i + 1))
    }),
    ("numbers by name", |n| {
        chain(n, |i| format!("v{}=v{i}\n", i + 1)) + &format!("echo $((v{n}))")
    }),
    ("calls", |n| {
        chain(n, |i| format!("f{}() {{ f{i}; }}\n", i + 1)) + &format!("f{n}")
    }),
    ("aliases", |n| {
        let all = chain(n, |i| format!("alias a{}=a{i}\n", i + 1));
        format!("shopt -s expand_aliases\n{all}a{n}")
    }),
    ("directories", |n| "cd \"$(f)\";".repeat(n)),
    ("patterns of case", |n| {
        format!("case {} in {}) b;; esac", "a".repeat(n), "*a".repeat(n))
    }),
    ("sequences", |n| format!("a {}", "{1..200} ".repeat(n))),
    ("products", |n| format!("a {}", "{1,2}".repeat(n))),
    ("nested loops", |n| {
        around("while a; do x=$x$y; ", n, "b", "; done")
    }),
    ("outputs in a word", |n| {
        format!("a \"{}\"", "$(f)".repeat(n))
    }),
    ("values of themselves", |n| {
        "x=${x:-$y}${y:-b};".repeat(n) + "a $x"
    }),
    ("appended values", |n| "x+=$y.;".repeat(n)),
    ("choices", |n| format!("a \"{}\"", "${b:-c}$d".repeat(n))),
    ("braces between quotes", |n| {
        format!("a \"{{\"{}", "{b'".repeat(n))
    }),
    ("exported names", |n| {
        chain(n, |i| format!("export v{i}=a; b\n"))
    }),
    ("references that are exported", |n| {
        chain(n, |i| format!("declare -nx r{}=r{i}; a\n", i + 1))
    }),
    ("functions defined anew under a trap", |n| {
        format!("trap a EXIT; {}", "f() { b; }; ".repeat(n))
    }),
    ("traps and code", |n| {
        format!(
            "set -T; f() {{ a; }}; {}",
            "trap 'eval \"$x\"; f' RETURN; eval f; x=$x$y; ".repeat(n)
        )
    }),
];

fn chain(n: usize, item: fn(usize) -> String) -> String {
    (0..n).map(item).collect()
}
